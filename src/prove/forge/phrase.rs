//! Made-up seed phrases, in English.

use super::Dice;
use crate::prove::hash::sha256;
use crate::prove::text::{bits, groups};
use crate::prove::wordlist::{MONERO_WORDS, SLIP39_WORDS, WORDS, monero_word, slip39_word, word};
use crate::prove::{
    Proof, algorand as algorand_key, electrum as electrum_seed, monero as monero_seed,
};
use crate::prove::{slip39 as slip39_share, ton as ton_mnemonic};

fn phrase(indices: &[u16], word: impl Fn(u16) -> Option<&'static str>) -> Option<String> {
    let words = indices.iter().map(|index| word(*index));
    Some(words.collect::<Option<Vec<_>>>()?.join(" "))
}

fn english(index: u16) -> Option<&'static str> {
    word(0, index)
}

fn random(dice: &mut Dice, count: usize, limit: usize) -> Option<Vec<u16>> {
    let limit = u64::try_from(limit).ok()?;
    let indices = (0..count).map(|_| u16::try_from(dice.below(limit)).ok());
    indices.collect()
}

/// 12 or 24 words.
pub(in crate::prove) fn bip39(dice: &mut Dice) -> Option<String> {
    let length = dice.pick(&[16usize, 32])?;
    let entropy = dice.vec(length);
    let bytes = [&entropy[..], &sha256(&entropy)].concat();
    let bits = bytes.iter().flat_map(|byte| bits(u16::from(*byte), 8));
    phrase(&groups(bits.take(length * 33 / 4), 11), english)
}

/// Throws until the version fits: one phrase in 200 does.
pub(in crate::prove) fn electrum(dice: &mut Dice) -> Option<String> {
    (0..100_000).find_map(|_| {
        let indices = random(dice, 12, WORDS)?;
        let phrase = phrase(&indices, english)?;
        let fits = matches!(electrum_seed::prove(phrase.as_bytes()), Proof::Proved(_));
        fits.then_some(phrase)
    })
}

/// Throws until the version fits: one phrase in 256 does, and each takes 390 rounds of a hash.
pub(in crate::prove) fn ton(dice: &mut Dice) -> Option<String> {
    (0..100_000).find_map(|_| {
        let indices = random(dice, 24, WORDS)?;
        let words: Option<Vec<_>> = indices.iter().map(|index| english(*index)).collect();
        let words: Vec<String> = words?.into_iter().map(str::to_owned).collect();
        ton_mnemonic::version_holds(&words).then(|| words.join(" "))
    })
}

pub(in crate::prove) fn algorand(dice: &mut Dice) -> Option<String> {
    let seed = dice.bytes();
    let mut indices = algorand_key::words_of(&seed);
    indices.push(algorand_key::checksum_of(&seed));
    phrase(&indices, english)
}

pub(in crate::prove) fn monero(dice: &mut Dice) -> Option<String> {
    let indices = random(dice, 24, MONERO_WORDS)?;
    let words = indices.iter().map(|index| monero_word(*index));
    let mut words = words.collect::<Option<Vec<_>>>()?;
    let last = monero_seed::checksum_of(&words)?.to_owned();
    words.push(&last);
    Some(words.join(" "))
}

pub(in crate::prove) fn slip39(dice: &mut Dice) -> Option<String> {
    let mut indices = random(dice, 17, SLIP39_WORDS)?;
    indices.extend([0; 3]);
    let checksum = slip39_share::checksum(&indices) ^ 1;
    for (index, shift) in indices.iter_mut().skip(17).zip([20, 10, 0]) {
        *index = u16::try_from(checksum >> shift & 0x3ff).ok()?;
    }
    phrase(&indices, slip39_word)
}
