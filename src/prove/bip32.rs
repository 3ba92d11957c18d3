//! Derivation of keys from a seed or an extended key (BIP-32), on the private side.

use super::address;
use super::hash::{HmacSha512, hmac_sha512};
use super::secp256k1::Key;

/// Added to a step of a path: the hardened derivation.
pub(super) const HARD: u32 = 1 << 31;

/// A private key with its chain code.
pub(super) struct Node {
    pub(super) key: Key,
    chain: [u8; 32],
}

impl Node {
    /// None when the key is out of range.
    pub(super) fn new(key: &[u8], chain: &[u8]) -> Option<Self> {
        Some(Self {
            key: Key::new(key)?,
            chain: chain.try_into().ok()?,
        })
    }

    /// The master key of a seed.
    pub(super) fn master(seed: &[u8]) -> Option<Self> {
        let node = hmac_sha512(b"Bitcoin seed", seed);
        let (key, chain) = node.split_at(32);
        Self::new(key, chain)
    }

    fn child(&self, step: u32) -> Option<Self> {
        let data = if step < HARD {
            self.key.compressed()
        } else {
            [&[0][..], &self.key.bytes()].concat()
        };
        let node = HmacSha512::new(&self.chain).sign(&[&data, &step.to_be_bytes()]);
        let (tweak, chain) = node.split_at(32);
        Some(Self {
            key: Key::new(tweak)?.plus(&self.key)?,
            chain: chain.try_into().ok()?,
        })
    }

    /// The key at the end of a path; none is as likely as a hash of nothing but zeros.
    pub(super) fn derive(&self, path: &[u32]) -> Option<Key> {
        let (first, rest) = path.split_first()?;
        let mut node = self.child(*first)?;
        for step in rest {
            node = node.child(*step)?;
        }
        Some(node.key)
    }

    /// The first Ethereum address of a wallet (m/44'/60'/0'/0/0).
    pub(super) fn ethereum_address(&self) -> Option<String> {
        let key = self.derive(&[44 + HARD, 60 + HARD, HARD, 0, 0])?;
        Some(key.ethereum_address())
    }

    /// The first `bc1` address of a wallet (BIP-84: m/84'/0'/0'/0/0).
    pub(super) fn bitcoin_address(&self) -> Option<String> {
        let key = self.derive(&[84 + HARD, HARD, HARD, 0, 0])?;
        address::segwit("bc", &key.compressed())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::prove::text::{hex, unhex};

    /// BIP-32, test vector 1: m and m/0'/1/2'/2/1000000000, by the fingerprints of their keys.
    #[test]
    fn derivation_is_that_of_the_bip() {
        let seed: Vec<u8> = (0..16).collect();
        let node = Node::master(&seed).unwrap();
        assert!(hex(&node.chain).starts_with("873dff81c02f5256"));
        assert!(hex(&node.key.compressed()).starts_with("0339a36013301597"));
        let key = node.derive(&[HARD, 1, 2 + HARD, 2, 1_000_000_000]).unwrap();
        assert!(hex(&key.compressed()).starts_with("022a471424da5e65"));
    }

    #[test]
    fn no_key_is_zero_or_the_order() {
        let order = [
            "ffffffffffffffff",
            "fffffffffffffffe",
            "baaedce6af48a03b",
            "bfd25e8cd0364141",
        ]
        .concat();
        assert!(Key::new(&unhex(&order).unwrap()).is_none());
        assert!(Key::new(&[0; 32]).is_none());
        assert!(Key::new(&[1; 31]).is_none());
    }
}
