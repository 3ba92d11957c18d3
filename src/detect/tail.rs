//! What is often written together with a provider's name: `binanceapikey`, `OKX2`.

use crate::rule::{Index, Literal, hash};

/// Words that are often written together with a provider's (`binanceapikey`).
const TAILS: &[&[u8]] = &[
    b"apikey",
    b"apisecret",
    b"secretkey",
    b"secret",
    b"key",
    b"keys",
    b"api",
    b"client",
    b"exchange",
    b"futures",
    b"spot",
    b"bot",
    b"usdm",
    b"coinm",
    b"config",
    b"credentials",
    b"account",
    b"token",
    b"trader",
    b"passphrase",
    b"perpetual",
    b"perp",
    b"swap",
    b"password",
    b"private",
    b"privatekey",
    b"connector",
    b"adapter",
    b"service",
    b"test",
    b"testnet",
    b"demo",
    b"settings",
    b"auth",
];

/// The [`TAILS`] that end with two letters, a bit for each, by the letters' lowest five bits.
static TAILS_BY_END: [u64; 1024] = {
    assert!(TAILS.len() <= 64);
    let mut table = [0; 1024];
    let mut at = 0;
    while at < TAILS.len() {
        let tail = TAILS[at];
        table[end_of(tail[tail.len() - 2], tail[tail.len() - 1])] |= 1 << at;
        at += 1;
    }
    table
};

/// The pairs of letters that the [`TAILS`] begin with, a bit for each, by the letters' lowest five bits.
static TAILS_BY_START: [u32; 32] = {
    let mut table = [0; 32];
    let mut at = 0;
    while at < TAILS.len() {
        let tail = TAILS[at];
        table[tail[0] as usize & 31] |= 1 << (tail[1] & 31);
        at += 1;
    }
    table
};

/// Whether one of the [`TAILS`] may begin with these letters.
#[inline(always)]
pub(super) fn begins_tail(first: u8, second: u8) -> bool {
    let seconds = TAILS_BY_START.get(usize::from(first & 31));
    seconds.is_none_or(|seconds| seconds >> (second & 31) & 1 == 1)
}

const fn end_of(last_but_one: u8, last: u8) -> usize {
    (last_but_one as usize & 31) << 5 | last as usize & 31
}

/// What a word leads to without what is often written together with it, and the length of the rest.
pub(super) fn joined(index: &Index, word: &[u8]) -> (&'static [Literal], usize) {
    if let [.., last_but_one, last] = word {
        let mut tails = TAILS_BY_END[end_of(*last_but_one, *last)];
        while tails != 0 {
            let tail = TAILS[tails.trailing_zeros() as usize];
            tails &= tails - 1;
            if let Some((head, end)) = word.split_at_checked(word.len().saturating_sub(tail.len()))
                && head.len() >= 3
                && end.eq_ignore_ascii_case(tail)
            {
                let hit = index.literals_at(hash(head));
                if !hit.is_empty() {
                    return (hit, head.len());
                }
            }
        }
    }
    // A number behind the word: `binance2`.
    let head = word
        .iter()
        .rposition(|b| !b.is_ascii_digit())
        .map_or(0, |last| last + 1);
    if head < word.len() && head >= 3 {
        return (index.literals_at(hash(&word[..head])), word.len());
    }
    (&[], word.len())
}
