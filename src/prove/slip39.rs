//! Shares of SLIP-39 (Trezor's Shamir backup): 20 or 33 words with a Reed-Solomon checksum
//! (<https://github.com/satoshilabs/slips/blob/master/slip-0039.md>).

use super::bip39::words;
use super::wordlist::slip39_index;
use super::{Evidence, Proof};

const GENERATOR: [u32; 10] = [
    0x00e0_e040,
    0x01c1_c080,
    0x0383_8100,
    0x0707_0200,
    0x0e0e_0009,
    0x1c0c_2412,
    0x3808_6c24,
    0x3090_fc48,
    0x21b1_f890,
    0x03f3_f120,
];

/// The checksum's polynomial over the numbers of 10 bits.
fn polymod(values: impl Iterator<Item = u16>) -> u32 {
    values.fold(1, |sum, value| {
        let top = sum >> 20;
        let sum = (sum & 0x000f_ffff) << 10 ^ u32::from(value);
        let terms = GENERATOR.iter().enumerate();
        terms.fold(
            sum,
            |sum, (bit, term)| {
                if top >> bit & 1 == 1 { sum ^ term } else { sum }
            },
        )
    })
}

/// The checksum of a share: what the three last words must make 1. The text that is hashed before
/// it depends on the share's "extendable" bit.
pub(super) fn checksum(indices: &[u16]) -> u32 {
    let extendable = indices.get(1).is_some_and(|word| word >> 4 & 1 == 1);
    let text: &[u8] = if extendable {
        b"shamir_extendable"
    } else {
        b"shamir"
    };
    let text = text.iter().map(|byte| u16::from(*byte));
    polymod(text.chain(indices.iter().copied()))
}

/// `slip39`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(words) = words(value) else {
        return Proof::Refuted("not text");
    };
    if !matches!(words.len(), 20 | 33) {
        return Proof::Refuted("not the number of words of a SLIP-39 share");
    }
    let indices = words.iter().map(|word| slip39_index(word));
    let Some(indices) = indices.collect::<Option<Vec<u16>>>() else {
        return Proof::Refuted("a word is not in the list");
    };
    if checksum(&indices) != 1 {
        return Proof::Refuted("RS1024 checksum fails");
    }
    // The fourth word ends in four bits for the threshold of the share's group, less one.
    let threshold = indices.get(3).map(|word| (word & 0xf) + 1);
    Proof::Proved(
        Evidence::exact("RS1024 checksum")
            .with_some("shares needed", threshold.map(|count| count.to_string())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first valid and the second, invalid, of the vectors: they differ in the last word.
    #[test]
    fn shares_of_the_vectors() {
        let share = [
            "duckling", "enlarge", "academic", "academic", "agency", "result", "length",
            "solution", "fridge", "kidney", "coal", "piece", "deal", "husband", "erode", "duke",
            "ajar", "critical", "decision", "keyboard",
        ];
        let valid = share.join(" ");
        assert!(matches!(prove(valid.as_bytes()), Proof::Proved(_)));
        let invalid = valid.replace("keyboard", "kidney");
        assert!(matches!(prove(invalid.as_bytes()), Proof::Refuted(_)));
    }
}
