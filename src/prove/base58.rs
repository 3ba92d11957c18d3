//! Base58 and base58check: four bytes of SHA-256 twice close the payload
//! (<https://en.bitcoin.it/wiki/Base58Check_encoding>).

use super::hash::sha256d;
use super::text::trimmed;
use super::{Evidence, Proof};

/// Decoding takes time that grows with the square: no key is longer.
const LONGEST: usize = 512;

/// The bytes of a base58 text.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    decode_in(text, bs58::Alphabet::BITCOIN)
}

/// The payload of a base58check text, without its checksum.
pub(super) fn decode_check(text: &str) -> Option<Vec<u8>> {
    checked(decode(text)?)
}

/// The payload of a base58check text in the XRP Ledger's alphabet.
pub(super) fn decode_ripple(text: &str) -> Option<Vec<u8>> {
    checked(decode_in(text, bs58::Alphabet::RIPPLE)?)
}

fn decode_in(text: &str, alphabet: &bs58::Alphabet) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    bs58::decode(text).with_alphabet(alphabet).into_vec().ok()
}

fn checked(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (payload, checksum) = bytes.split_last_chunk::<4>()?;
    if !sha256d(payload).starts_with(checksum) {
        return None;
    }
    bytes.truncate(payload.len());
    Some(bytes)
}

pub(super) fn encode(bytes: &[u8]) -> String {
    bs58::encode(bytes).into_string()
}

/// The base58check text of the parts, one after the other.
pub(super) fn encode_check(parts: &[&[u8]]) -> String {
    encode(&sealed(parts))
}

/// The base58check text in the XRP Ledger's alphabet.
pub(super) fn encode_ripple(parts: &[&[u8]]) -> String {
    let alphabet = bs58::Alphabet::RIPPLE;
    let bytes = bs58::encode(sealed(parts));
    bytes.with_alphabet(alphabet).into_string()
}

fn sealed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = parts.concat();
    let checksum = sha256d(&bytes);
    bytes.extend(checksum.iter().take(4));
    bytes
}

/// `base58`: the text decodes, which most texts of its letters do.
pub(super) fn prove(value: &[u8]) -> Proof {
    match trimmed(value).map(decode) {
        Some(Some(_)) => Proof::Proved(Evidence::loose("base58 decodes")),
        Some(None) => Proof::Refuted("base58 does not decode"),
        None => Proof::Refuted("not text"),
    }
}
