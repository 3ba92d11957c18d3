//! JSON Web Tokens (RFC 7519): header and payload decode to objects.

use super::date::date;
use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};
use serde_json::{Map, Value};

/// `jwt`: shows the algorithm, the issuer and when the token ends.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        // Five parts are an encrypted token, two a cut one.
        return Proof::Unknown;
    };
    let (Some(header), Some(payload)) = (object(header), object(payload)) else {
        return Proof::Refuted("header or payload is no JSON object");
    };
    let Some(algorithm) = header.get("alg").and_then(Value::as_str) else {
        return Proof::Refuted("the header names no algorithm");
    };
    if signature.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        // Not signed: no credential by itself.
        return Proof::Unknown;
    }
    let moment = |claim| payload.get(claim).and_then(Value::as_u64).and_then(date);
    let issuer = payload.get("iss").and_then(Value::as_str);
    Proof::Proved(
        Evidence::exact("header and payload decode")
            .with_some(
                "algorithm",
                Some(algorithm.to_owned()).filter(|text| is_algorithm(text)),
            )
            .with_some("issuer", issuer.and_then(public_issuer))
            .with_some("created", moment("iat"))
            .with_some("expires", moment("exp")),
    )
}

/// `signed-jwt`: the same for a token whose service nothing names. It may have ended, or be one that
/// everybody may have: other rules know better.
pub(super) fn prove_token(value: &[u8]) -> Proof {
    let payload = trimmed(value).and_then(|text| object(text.split('.').nth(1)?));
    let claim = |name: &str| {
        let payload = payload.as_ref();
        payload.and_then(|p| p.get(name)).and_then(Value::as_str)
    };
    if claim("iss").is_some_and(|issuer| issuer.starts_with("supabase"))
        && claim("role") == Some("anon")
    {
        return Proof::Refuted("the public role");
    }
    if claim("iss") == Some("supabase-demo") {
        return Proof::Refuted("the key of every demo");
    }
    if claim("sub") == Some("1234567890") {
        return Proof::Refuted("the sample of jwt.io");
    }
    match prove(value) {
        Proof::Proved(evidence) => Proof::Proved(Evidence {
            exact: false,
            ..evidence
        }),
        other => Proof::Refuted(match other {
            Proof::Refuted(why) => why,
            _ => "not signed",
        }),
    }
}

/// A part of a token: base64 of a JSON object.
pub(super) fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&unbase64(part)?).ok()
}

/// A short word without digits, which can hold no key.
fn is_name(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | '.');
    (1..=20).contains(&text.len()) && text.chars().all(letters)
}

/// The algorithms of RFC 7518 and RFC 8037 in short: HS256, ES256K, EdDSA.
fn is_algorithm(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The host of an issuer's address, or its name. Some vendors put an API key here: anything long
/// is kept to ourselves.
fn public_issuer(issuer: &str) -> Option<String> {
    let host = match issuer.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next()?.rsplit('@').next()?,
        None => return is_name(issuer).then(|| issuer.to_owned()),
    };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
    (host.len() <= 100 && host.chars().all(letters)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;
    use crate::prove::text::base64url;

    fn token(header: &str, payload: &str) -> String {
        let parts = [header, payload, "signature"].map(|part| base64url(part.as_bytes()));
        parts.join(".")
    }

    #[test]
    fn facts_are_shown_and_keys_are_not() {
        let payload = r#"{"iss":"https://user:pw@login.example.com/a","exp":1546473600}"#;
        let Proof::Proved(evidence) = prove(token(r#"{"alg":"HS256"}"#, payload).as_bytes()) else {
            panic!("not proved");
        };
        let facts = [
            ("algorithm", "HS256".into()),
            ("issuer", "login.example.com".into()),
            ("expires", "2019-01-03".into()),
        ];
        assert_eq!(evidence.public, facts);
        assert_eq!(public_issuer(&"k".repeat(22)), None);
        assert_eq!(public_issuer("a\u{1b}[2J"), None);
    }

    #[test]
    fn the_key_of_every_demo_is_none() {
        let mut shown = Vec::new();
        for issuer in ["supabase-demo", "supabase"] {
            let payload = format!(r#"{{"iss":"{issuer}","role":"service_role"}}"#);
            let token = token(r#"{"alg":"HS256"}"#, &payload);
            shown.push(matches!(prove_token(token.as_bytes()), Proof::Proved(_)));
        }
        assert_eq!(shown, [false, true]);
    }

    #[test]
    fn an_unsigned_token_proves_nothing() {
        let unsigned = token(r#"{"alg":"none"}"#, "{}");
        assert_eq!(prove(unsigned.as_bytes()), Proof::Unknown);
        assert!(matches!(
            prove(token("[]", "{}").as_bytes()),
            Proof::Refuted(_)
        ));
    }
}
