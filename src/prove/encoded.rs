//! Values that are nothing but an encoding of a certain number of bytes.

use super::date::{date, now};
use super::text::{trimmed, unbase64, unhex_exact};
use super::{Evidence, Proof, ed25519};

/// When KuCoin, whose keys are the reason for this proof, opened: 2017-09-01.
pub(super) const OBJECT_IDS_SINCE: u64 = 1_504_224_000;

/// `fernet-key`: URL-safe base64 of 32 bytes, padded
/// (<https://github.com/fernet/spec/blob/master/Spec.md>).
pub(super) fn prove_fernet(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.len() == 44 && text.ends_with('='));
    let text = text.filter(|text| !text.contains(['+', '/']));
    match text.and_then(unbase64) {
        Some(bytes) if bytes.len() == 32 => Proof::Proved(Evidence::loose("base64 of 32 bytes")),
        _ => Proof::Refuted("not URL-safe base64 of 32 bytes"),
    }
}

/// `base64-32`: exactly 32 bytes.
pub(super) fn prove_base64_32(value: &[u8]) -> Proof {
    match trimmed(value).and_then(unbase64) {
        Some(bytes) if bytes.len() == 32 => Proof::Proved(Evidence::loose("base64 of 32 bytes")),
        _ => Proof::Refuted("not base64 of 32 bytes"),
    }
}

/// `base64-64`: exactly 64 bytes, as in the secrets of Kraken and Coinbase, and not an Ed25519
/// pair, which is another credential.
pub(super) fn prove_base64_64(value: &[u8]) -> Proof {
    match trimmed(value).and_then(unbase64) {
        Some(bytes) if bytes.len() != 64 => Proof::Refuted("not base64 of 64 bytes"),
        Some(bytes) if ed25519::pair(&bytes).is_some() => Proof::Refuted("an Ed25519 pair"),
        Some(_) => Proof::Proved(Evidence::loose("base64 of 64 bytes")),
        None => Proof::Refuted("not base64 of 64 bytes"),
    }
}

/// `objectid`: 24 hexadecimal digits, the first eight a moment in seconds
/// (<https://www.mongodb.com/docs/manual/reference/bson-types/#objectid>).
pub(super) fn prove_object_id(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.len() == 24);
    let Some(bytes) = text.and_then(unhex_exact::<12>) else {
        return Proof::Refuted("not 24 hexadecimal digits");
    };
    let seconds = u64::from(u32::from_be_bytes(super::hash::head(&bytes)));
    if seconds < OBJECT_IDS_SINCE || now().is_some_and(|now| seconds > now) {
        return Proof::Refuted("not a moment from 2017-09 to now");
    }
    Proof::Proved(Evidence::loose("an ObjectId").with_some("created", date(seconds)))
}

/// `uuid4`: with dashes (RFC 9562).
pub(super) fn prove_uuid(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let lengths = text.split('-').map(str::len);
    if !lengths.eq([8, 4, 4, 4, 12]) {
        return Proof::Refuted("not the form of a UUID");
    }
    random_uuid(&text.replace('-', ""))
}

/// `uuid4-hex`: the same without dashes.
pub(super) fn prove_uuid_hex(value: &[u8]) -> Proof {
    match trimmed(value) {
        Some(text) => random_uuid(text),
        None => Proof::Refuted("not text"),
    }
}

fn random_uuid(digits: &str) -> Proof {
    let text = Some(digits).filter(|text| text.len() == 32);
    let Some(bytes) = text.and_then(unhex_exact::<16>) else {
        return Proof::Refuted("not 32 hexadecimal digits");
    };
    match (bytes[6], bytes[8]) {
        (0x40..=0x4f, 0x80..=0xbf) => Proof::Proved(Evidence::loose("a version 4 UUID")),
        _ => Proof::Refuted("not a version 4 UUID"),
    }
}
