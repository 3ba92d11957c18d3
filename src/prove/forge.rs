//! Made-up values that pass a proof, for the examples in rules and for tests.
//!
//! They are as good as any: nobody holds money or rights behind them, since the seed of the
//! generator is public. A value depends on the name and the seed alone.

pub(super) mod file;
pub(super) mod phrase;
pub(super) mod service;
pub(super) mod token;
pub(super) mod vendor;
pub(super) mod wallet;

use super::hash::{head, sha256};
use super::secp256k1::Key;
use super::{ed25519, registry::PROOFS};

/// A maker of values; none only where a dice throw fails, which no seed has been seen to do.
pub(super) type Forger = fn(&mut Dice) -> Option<String>;

/// A made-up value that passes the proof of this name; none for an unknown name. Where a proof
/// covers several forms (the prefixes of GitHub, WIF of several coins, 12 and 24 words), seeds
/// give all of them: take the next seed until the form fits.
#[must_use]
pub fn forge(name: &str, seed: u64) -> Option<String> {
    let (_, _, forger) = PROOFS.iter().find(|(known, ..)| *known == name)?;
    forger(&mut Dice::new(name, seed))
}

/// An endless stream of bytes: SHA-256 of name, seed and a counter.
pub(super) struct Dice {
    name: Vec<u8>,
    counter: u64,
    left: Vec<u8>,
}

impl Dice {
    fn new(name: &str, seed: u64) -> Self {
        Self {
            name: [name.as_bytes(), &[0], &seed.to_be_bytes()].concat(),
            counter: 0,
            left: Vec::new(),
        }
    }

    fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.left.pop() {
                return byte;
            }
            let block = [&self.name[..], &self.counter.to_be_bytes()].concat();
            self.left.extend(sha256(&block));
            self.counter += 1;
        }
    }

    fn vec(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        head(&self.vec(N))
    }

    /// A number below a limit, all equally likely for the small limits that we have.
    fn below(&mut self, limit: u64) -> u64 {
        u64::from_be_bytes(self.bytes()) % limit.max(1)
    }

    fn coin(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let index = self.below(u64::try_from(from.len()).ok()?);
        from.get(usize::try_from(index).ok()?).copied()
    }

    fn text(&mut self, letters: &[u8], length: usize) -> Option<String> {
        (0..length)
            .map(|_| self.pick(letters).map(char::from))
            .collect()
    }

    /// A private key in range.
    fn key(&mut self) -> Option<Key> {
        Key::new(&self.bytes::<32>())
    }

    /// Seed and public half, 64 bytes.
    fn pair(&mut self) -> Vec<u8> {
        let seed = self.bytes();
        [seed, ed25519::public(&seed)].concat()
    }
}

/// Letters of tokens.
const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
