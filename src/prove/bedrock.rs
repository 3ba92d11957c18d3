//! Amazon Bedrock's API keys: `ABSK` and base64 of `BedrockAPIKey-…:` and a secret
//! (<https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html>).

use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// `bedrock-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let bytes = trimmed(value)
        .and_then(|text| text.strip_prefix("ABSK"))
        .and_then(unbase64);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = text.as_deref().and_then(|text| text.split_once(':'));
    match parts {
        Some((name, secret)) if name.starts_with("BedrockAPIKey-") && secret.len() >= 16 => {
            Proof::Proved(Evidence::exact("decodes to a Bedrock API key"))
        }
        _ => Proof::Refuted("not base64 of `BedrockAPIKey-…`"),
    }
}
