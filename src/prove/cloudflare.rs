//! Cloudflare's tokens: eight hexadecimal digits close them, the CRC-32 of the forty characters before, the
//! prefix left out
//! (<https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/> names a checksum).

use super::checksum::crc32;
use super::text::{decoded_object, trimmed};
use super::{Evidence, Proof};

/// The prefixes whose tokens close with a checksum, and what they are.
pub(super) const KINDS: [(&str, &str); 3] = [
    ("cfut_", "user token"),
    ("cfat_", "account token"),
    ("cfk_", "global key"),
];

/// The eight digits that close a token with this body.
pub(super) fn checksum(body: &str) -> String {
    format!("{:08x}", crc32(body.as_bytes()))
}

/// `cloudflare-token`. The vendor does not say how the checksum is made, so that none is refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let mut kinds = KINDS.iter();
    let Some((token, kind)) =
        kinds.find_map(|(prefix, kind)| Some((text.strip_prefix(prefix)?, *kind)))
    else {
        return Proof::Unknown;
    };
    match token.split_at_checked(40) {
        Some((body, sum)) if checksum(body) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum").with("kind", kind))
        }
        _ => Proof::Unknown,
    }
}

/// `cloudflare-tunnel`: base64 of an object with account (`a`), tunnel (`t`) and secret (`s`), as
/// `cloudflared` reads it (`connection.TunnelToken`).
pub(super) fn prove_tunnel(value: &[u8]) -> Proof {
    let object = trimmed(value).and_then(decoded_object);
    let has = |name: &str| {
        let object = object.as_ref();
        object.is_some_and(|o| o.get(name).is_some_and(serde_json::Value::is_string))
    };
    if ["a", "t", "s"].into_iter().all(has) {
        Proof::Proved(Evidence::exact("decodes to account, tunnel and secret"))
    } else {
        Proof::Refuted("does not decode to a tunnel's token")
    }
}
