//! Public addresses, by which the owner of a private key recognises the wallet.

use super::hash::{hash160, keccak256};
use super::text::{base32, hex};
use super::{base58, checksum, hash};
use bech32::Hrp;
use bech32::segwit;

/// The address of an uncompressed secp256k1 key (64 bytes, without the leading 4), with the case
/// of its letters as EIP-55 asks.
pub(super) fn ethereum(public: &[u8]) -> String {
    let digest = keccak256(public);
    let digits = hex(digest.get(12..).unwrap_or_default());
    eip55(&digits)
}

/// `0x` and the digits of an address, upper case where the digest of the lower-case text says so
/// (<https://eips.ethereum.org/EIPS/eip-55>).
pub(super) fn eip55(digits: &str) -> String {
    let digits = digits.to_ascii_lowercase();
    let digest = hex(&keccak256(digits.as_bytes()));
    let cased = digits.chars().zip(digest.chars()).map(|(digit, nibble)| {
        if nibble >= '8' {
            digit.to_ascii_uppercase()
        } else {
            digit
        }
    });
    format!("0x{}", cased.collect::<String>())
}

/// The address of a public key's hash (P2PKH): 0 is Bitcoin's version.
pub(super) fn pay_to_key_hash(version: u8, public: &[u8]) -> String {
    base58::encode_check(&[&[version], &hash160(public)])
}

/// The address of a compressed key inside a script's hash (BIP-49): 5 is Bitcoin's version.
pub(super) fn nested_segwit(version: u8, public: &[u8]) -> String {
    let script = [&[0, 20][..], &hash160(public)].concat();
    base58::encode_check(&[&[version], &hash160(&script)])
}

/// The address of a compressed key as a witness program (BIP-84): `bc` is Bitcoin's name.
pub(super) fn segwit(name: &str, public: &[u8]) -> Option<String> {
    segwit::encode_v0(Hrp::parse(name).ok()?, &hash160(public)).ok()
}

/// Stellar's text of a key, `G…` or `S…` by its version byte (SEP-23).
pub(super) fn stellar(version: u8, key: &[u8]) -> String {
    let mut bytes = [&[version], key].concat();
    let checksum = checksum::crc16(&bytes);
    bytes.extend(checksum.to_le_bytes());
    base32(&bytes)
}

/// Algorand's address of an Ed25519 key.
pub(super) fn algorand(public: &[u8]) -> String {
    let digest = hash::sha512_256(public);
    let checksum = digest.get(28..).unwrap_or_default();
    base32(&[public, checksum].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of EIP-55.
    #[test]
    fn letters_have_the_case_of_eip_55() {
        for address in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ] {
            assert_eq!(eip55(address.trim_start_matches("0x")), address);
        }
    }
}
