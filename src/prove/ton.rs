//! TON's mnemonics: 24 words of the English list, and a slow hash that begins with a zero
//! (the reference is `tonlib/tonlib/keys/Mnemonic.cpp` of ton-blockchain/ton).

use super::bip39::{indices, words};
use super::hash::{hmac_sha512, pbkdf2};
use super::{Evidence, Proof};

/// `Mnemonic::PBKDF_ITERATIONS / 256`.
const ROUNDS: u32 = 390;

/// Whether the phrase is one without a password.
pub(super) fn version_holds(words: &[String]) -> bool {
    let entropy = hmac_sha512(words.join(" ").as_bytes(), b"");
    let [first, ..] = pbkdf2(&entropy, b"TON seed version", ROUNDS);
    first == 0
}

/// `ton-mnemonic`. A phrase with a password fails the check as well, and is rare.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(words) = words(value) else {
        return Proof::Refuted("not text");
    };
    if words.len() != 24 {
        return Proof::Refuted("not 24 words");
    }
    if indices(0, &words).is_none() {
        return Proof::Refuted("a word is not in the list");
    }
    if !version_holds(&words) {
        return Proof::Refuted("not the version of a TON mnemonic");
    }
    Proof::Proved(Evidence::exact("TON seed version"))
}
