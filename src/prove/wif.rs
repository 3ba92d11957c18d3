//! Private keys of Bitcoin and its kin in base58check: the wallet import format, plain and
//! encrypted with a passphrase (BIP-38).

use super::secp256k1::Key;
use super::text::trimmed;
use super::{Evidence, Proof, address, base58};

/// A coin that writes keys this way.
struct Coin {
    /// First byte of the private key's payload.
    version: u8,
    /// First byte of an address's payload.
    address: u8,
    /// The name in segwit addresses, where there are any.
    segwit: Option<&'static str>,
    label: &'static str,
}

/// From each coin's `chainparams.cpp`: `SECRET_KEY`, `PUBKEY_ADDRESS`, `bech32_hrp`.
const COINS: [Coin; 6] = [
    coin(0x80, 0x00, Some("bc"), "Bitcoin address"),
    coin(0xef, 0x6f, Some("tb"), "Bitcoin test address"),
    coin(0xb0, 0x30, Some("ltc"), "Litecoin address"),
    coin(0x9e, 0x1e, None, "Dogecoin address"),
    coin(0xcc, 0x4c, None, "Dash address"),
    coin(0xf1, 0x71, None, "Dogecoin test address"),
];

const fn coin(version: u8, address: u8, segwit: Option<&'static str>, label: &'static str) -> Coin {
    Coin {
        version,
        address,
        segwit,
        label,
    }
}

/// `wif`: version, 32 bytes, and a 1 when the public key is compressed.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(payload) = trimmed(value).and_then(base58::decode_check) else {
        return Proof::Refuted("base58check fails");
    };
    let (version, key, compressed) = match payload.as_slice() {
        [version, key @ .., 1] if key.len() == 32 => (*version, key, true),
        [version, key @ ..] if key.len() == 32 => (*version, key, false),
        _ => return Proof::Refuted("not the length of a private key"),
    };
    let Some(coin) = COINS.iter().find(|coin| coin.version == version) else {
        return Proof::Refuted("not the version of a private key");
    };
    let Some(key) = Key::new(key) else {
        return Proof::Refuted("out of the range of secp256k1");
    };
    let public = if compressed {
        key.compressed()
    } else {
        key.uncompressed()
    };
    let mut evidence = Evidence::exact("base58check, version and curve range")
        .with(coin.label, address::pay_to_key_hash(coin.address, &public));
    if compressed && let Some(name) = coin.segwit {
        evidence = evidence.with_some(coin.label, address::segwit(name, &public));
    }
    Proof::Proved(evidence)
}

/// `bip38`: 39 bytes that begin 0142 or 0143; useless without the passphrase.
pub(super) fn prove_encrypted(value: &[u8]) -> Proof {
    let Some(payload) = trimmed(value).and_then(base58::decode_check) else {
        return Proof::Refuted("base58check fails");
    };
    let kind = match payload.as_slice() {
        [0x01, 0x42, 0xc0 | 0xe0, rest @ ..] if rest.len() == 36 => "encrypted key",
        [0x01, 0x43, _, rest @ ..] if rest.len() == 36 => "encrypted key with an intermediate code",
        _ => return Proof::Refuted("not the prefix and length of BIP-38"),
    };
    Proof::Proved(Evidence::exact("base58check and BIP-38 prefix").with("key", kind))
}
