//! Keys of EOS and its kin (Antelope): `PVT_K1_` and base58 with a RIPEMD-160 checksum over key
//! and curve name.

use super::hash::ripemd160;
use super::secp256k1::Key;
use super::text::trimmed;
use super::{Evidence, Proof, base58};

/// `eos-key`. The older form, without `PVT_`, is Bitcoin's (`wif`).
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).and_then(|text| text.strip_prefix("PVT_"));
    let Some((curve, digits)) = text.and_then(|text| text.split_once('_')) else {
        return Proof::Refuted("not the prefix of a private key");
    };
    let Some(bytes) = base58::decode(digits) else {
        return Proof::Refuted("base58 does not decode");
    };
    let Some((key, checksum)) = bytes.split_last_chunk::<4>() else {
        return Proof::Refuted("not 32 bytes and a checksum");
    };
    if key.len() != 32 || !sum(key, curve).starts_with(checksum) {
        return Proof::Refuted("RIPEMD-160 checksum fails");
    }
    let evidence = Evidence::exact("RIPEMD-160 checksum");
    match curve {
        "K1" => match Key::new(key) {
            Some(key) => {
                let public = text_of("PUB_K1_", &key.compressed());
                Proof::Proved(evidence.with("EOS public key", public))
            }
            None => Proof::Refuted("out of the range of secp256k1"),
        },
        "R1" => Proof::Proved(evidence.with("key", "P-256")),
        _ => Proof::Refuted("not the curve of a private key"),
    }
}

fn sum(key: &[u8], curve: &str) -> [u8; 20] {
    ripemd160(&[key, curve.as_bytes()].concat())
}

/// The text of a key under a prefix such as `PVT_K1_`.
pub(super) fn text_of(prefix: &str, key: &[u8]) -> String {
    let curve = prefix.split('_').nth(1).unwrap_or_default();
    let checksum: [u8; 4] = super::hash::head(&sum(key, curve));
    let digits = base58::encode(&[key, &checksum].concat());
    format!("{prefix}{digits}")
}
