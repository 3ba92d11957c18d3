//! Supabase's older keys: JWTs of the issuer `supabase` with a role
//! (<https://supabase.com/docs/guides/api/api-keys>).

use super::text::{decoded_object, trimmed};
use super::{Evidence, Proof};

/// `supabase-service-role`: shows the project. The role `anon` is public, and the keys of
/// `supabase-demo` are those that everybody has who runs it himself.
pub(super) fn prove(value: &[u8]) -> Proof {
    let payload = trimmed(value).and_then(|text| text.split('.').nth(1));
    let Some(payload) = payload.and_then(decoded_object) else {
        return Proof::Refuted("the payload is no JSON object");
    };
    let text = |name: &str| payload.get(name).and_then(|text| text.as_str());
    match (text("iss"), text("role")) {
        (_, Some("anon")) => Proof::Refuted("the public role"),
        (Some("supabase-demo"), _) => Proof::Refuted("the key of every demo"),
        (Some("supabase"), Some("service_role")) => {
            let letters = |text: &&str| text.bytes().all(|byte| byte.is_ascii_lowercase());
            let project = text("ref").filter(|text| text.len() == 20).filter(letters);
            Proof::Proved(
                Evidence::exact("decodes to the role service_role")
                    .with_some("project", project.map(str::to_owned)),
            )
        }
        _ => Proof::Refuted("not the role service_role"),
    }
}
