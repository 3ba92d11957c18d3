//! Algorand's mnemonics: 24 words for a key and one for its checksum
//! (<https://developer.algorand.org/docs/get-details/accounts/#transformation-private-key-to-25-word-mnemonic>).

use super::bip39::{indices, words};
use super::hash::sha512_256;
use super::{Evidence, Proof, address, ed25519};

/// `algorand-mnemonic`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(words) = words(value) else {
        return Proof::Refuted("not text");
    };
    if words.len() != 25 {
        return Proof::Refuted("not 25 words");
    }
    let Some(indices) = indices(0, &words) else {
        return Proof::Refuted("a word is not in the list");
    };
    let Some((checksum, key)) = indices.split_last() else {
        return Proof::Refuted("not 25 words");
    };
    let key = bytes(key);
    // 24 words hold 264 bits; the last eight are no part of the key.
    let Some((seed, [0])) = key.split_first_chunk::<32>() else {
        return Proof::Refuted("the bits beyond the key are not zero");
    };
    if checksum_of(seed) != *checksum {
        return Proof::Refuted("Algorand checksum fails");
    }
    let address = address::algorand(&ed25519::public(seed));
    Proof::Proved(Evidence::exact("Algorand checksum").with("Algorand address", address))
}

/// The word for a key's checksum: the first 11 bits of its SHA-512/256, the lowest first.
pub(super) fn checksum_of(seed: &[u8; 32]) -> u16 {
    let [low, high, ..] = sha512_256(seed);
    u16::from_le_bytes([low, high]) & 0x7ff
}

/// Numbers of 11 bits as bytes, the lowest bits first.
fn bytes(indices: &[u16]) -> Vec<u8> {
    let bits = indices
        .iter()
        .flat_map(|index| (0..11).map(move |bit| index >> bit & 1));
    let bits: Vec<u16> = bits.collect();
    bits.chunks_exact(8)
        .map(|byte| {
            byte.iter()
                .rev()
                .fold(0, |sum, bit| sum << 1 | u8::from(*bit == 1))
        })
        .collect()
}

/// Bytes as numbers of 11 bits, the lowest bits first.
pub(super) fn words_of(seed: &[u8]) -> Vec<u16> {
    let bits = seed
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks(11)
        .map(|word| {
            word.iter()
                .rev()
                .fold(0, |sum, bit| sum << 1 | u16::from(*bit))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    /// The key of 32 zero bytes: the phrase is in the SDKs' tests.
    #[test]
    fn the_key_of_zeros_is_known() {
        let phrase = format!("{} invest", ["abandon"; 24].join(" "));
        let Proof::Proved(evidence) = prove(phrase.as_bytes()) else {
            panic!("not proved");
        };
        let (_, address) = evidence.public.first().unwrap();
        assert!(address.starts_with("HNVCPPGOW2SC2YVD"), "{address}");
        assert_eq!(address.len(), 58);
    }
}
