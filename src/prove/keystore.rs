//! Key files in JSON: Ethereum's and Polkadot's encrypted ones, Tendermint's plain one.

use super::blake2b::blake2b;
use super::hash::sha256;
use super::text::{hex, trimmed, unbase64, unhex};
use super::{Evidence, Proof, address, base58, ed25519};
use serde_json::Value;

fn json(value: &[u8]) -> Option<Value> {
    serde_json::from_str(trimmed(value)?).ok()
}

/// `eth-keystore`: version 3 of
/// <https://ethereum.org/en/developers/docs/data-structures-and-encoding/web3-secret-storage/>.
pub(super) fn prove_ethereum(value: &[u8]) -> Proof {
    let Some(file) = json(value) else {
        return Proof::Refuted("no JSON");
    };
    if file.get("version").and_then(Value::as_u64) != Some(3) {
        return Proof::Refuted("not version 3");
    }
    let Some(crypto) = file.get("crypto").or_else(|| file.get("Crypto")) else {
        return Proof::Refuted("no crypto section");
    };
    let text = |name| crypto.get(name).and_then(Value::as_str);
    let bytes = |name| text(name).and_then(unhex);
    let is_whole = text("cipher").is_some() && text("kdf").is_some();
    if !is_whole || bytes("ciphertext").is_none_or(|bytes| bytes.is_empty()) {
        return Proof::Refuted("no cipher text");
    }
    if bytes("mac").is_none_or(|mac| mac.len() != 32) {
        return Proof::Refuted("no MAC of 32 bytes");
    }
    let account = file.get("address").and_then(Value::as_str).and_then(unhex);
    let account = account.filter(|account| account.len() == 20);
    let account = account.map(|account| address::eip55(&hex(&account)));
    Proof::Proved(
        Evidence::exact("keystore format")
            .with("encrypted", "yes")
            .with_some("Ethereum address", account),
    )
}

/// `substrate-keystore`: the file of polkadot.js
/// (`packages/keyring/src/pair/toJson.ts`), encrypted or not.
pub(super) fn prove_substrate(value: &[u8]) -> Proof {
    let Some(file) = json(value) else {
        return Proof::Refuted("no JSON");
    };
    let encoding = |name| {
        let list = file.get("encoding").and_then(|encoding| encoding.get(name));
        list.and_then(Value::as_array).into_iter().flatten()
    };
    let mut content = encoding("content").filter_map(Value::as_str);
    if !content.any(|content| content.contains("pkcs8")) {
        return Proof::Refuted("no PKCS#8 content");
    }
    let encoded = file.get("encoded").and_then(Value::as_str);
    let encoded = encoded.and_then(|text| match text.strip_prefix("0x") {
        Some(_) => unhex(text),
        None => unbase64(text),
    });
    // The shortest, not encrypted, is a PKCS#8 head with seed and public key.
    if encoded.is_none_or(|bytes| bytes.len() < 53) {
        return Proof::Refuted("no encoded key");
    }
    let open = encoding("type").any(|kind| kind == "none");
    let account = file.get("address").and_then(Value::as_str);
    Proof::Proved(
        Evidence::exact("keystore format")
            .with("encrypted", if open { "no" } else { "yes" })
            .with_some("Polkadot address", account.and_then(ss58)),
    )
}

/// An address of Polkadot's kind when its checksum holds: base58 with two bytes of BLAKE2b
/// (<https://docs.polkadot.com/reference/parachains/accounts/>).
fn ss58(text: &str) -> Option<String> {
    let bytes = base58::decode(text)?;
    let (payload, checksum) = bytes.split_last_chunk::<2>()?;
    let digest: [u8; 64] = blake2b(&[b"SS58PRE", payload].concat());
    digest.starts_with(checksum).then(|| text.to_owned())
}

/// The SS58 text of a public key on any network.
pub(super) fn ss58_of(public: &[u8; 32]) -> String {
    let payload = [&[42][..], public].concat();
    let digest: [u8; 64] = blake2b(&[b"SS58PRE", &payload[..]].concat());
    base58::encode(&[&payload[..], &digest[..2]].concat())
}

/// `tendermint-key`: `priv_validator_key.json` or `node_key.json`, or the base64 of the pair in
/// it.
pub(super) fn prove_tendermint(value: &[u8]) -> Proof {
    let text = trimmed(value).unwrap_or_default();
    let file = json(value);
    let pair = match &file {
        Some(file) => {
            let key = file.get("priv_key").or_else(|| file.get("privKey"));
            let key = key.unwrap_or(file);
            key.get("value").and_then(Value::as_str).unwrap_or_default()
        }
        None => text,
    };
    let Some(bytes) = unbase64(pair).filter(|bytes| bytes.len() == 64) else {
        return Proof::Refuted("not base64 of 64 bytes");
    };
    let Some(public) = ed25519::pair(&bytes) else {
        return Proof::Refuted("64 bytes, but no Ed25519 pair");
    };
    let address: [u8; 20] = super::hash::head(&sha256(&public));
    Proof::Proved(
        Evidence::exact("Ed25519, the public half belongs to the seed")
            .with("validator address", hex(&address).to_uppercase()),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::prove::text::unhex_exact;

    /// Alice, the development account of Substrate.
    #[test]
    fn polkadot_addresses_are_checked() {
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        assert_eq!(ss58(alice).as_deref(), Some(alice));
        assert_eq!(ss58(&alice.replace("5G", "5H")), None);
        let public = [
            "d43593c715fdd31c",
            "61141abd04a99fd6",
            "822c8558854ccde3",
            "9a5684e7a56da27d",
        ];
        assert_eq!(ss58_of(&unhex_exact(&public.concat()).unwrap()), alice);
    }
}
