//! Kubernetes' service account tokens: JWTs whose claims name the account
//! (<https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>).

use super::jwt::object;
use super::text::trimmed;
use super::{Evidence, Proof};
use serde_json::Value;

/// `kubernetes-token`: tells whether the token ends.
pub(super) fn prove(value: &[u8]) -> Proof {
    let payload = trimmed(value).and_then(|text| object(text.split('.').nth(1)?));
    let Some(claims) = payload else {
        return Proof::Refuted("no JSON Web Token");
    };
    let issuer = claims.get("iss").and_then(Value::as_str);
    let named = claims.keys().any(|name| name.starts_with("kubernetes.io"));
    if !named && issuer != Some("kubernetes/serviceaccount") {
        return Proof::Refuted("the claims name no service account");
    }
    let ends = claims.contains_key("exp");
    Proof::Proved(
        Evidence::exact("the claims name a service account")
            .with("ends", if ends { "yes" } else { "never" }),
    )
}
