//! Offline checks of a candidate: checksums, curve ranges, key pairs, decodings.
//!
//! A proof looks at the value alone and never at its surroundings. It tells what it found by
//! public facts (an address, an account number, a date), never by a part of the value.

mod address;
mod age;
mod algorand;
mod aptos;
mod armor;
mod atlassian;
mod aws;
mod azure;
mod base58;
mod bech32;
mod bedrock;
mod bip32;
mod bip39;
mod blake2b;
mod cardano;
mod checksum;
mod cloudflare;
mod confluent;
mod cosign;
mod date;
mod der;
mod discord;
mod ed25519;
mod elastic;
mod electrum;
mod encoded;
mod eos;
mod forge;
mod github;
mod gitlab;
mod grafana;
mod hash;
mod hedera;
mod jfrog;
mod jwt;
mod keystore;
mod kubernetes;
mod mapbox;
mod marvin;
mod matrix;
mod monero;
mod names;
mod near;
mod nostr;
mod npm;
mod onepassword;
mod openai;
mod openssh;
mod openvpn;
mod pem;
mod pgp;
mod putty;
mod pypi;
mod registry;
mod secp256k1;
mod sentry;
mod slip39;
mod stellar;
mod sui;
mod supabase;
mod telegram;
mod text;
mod tezos;
mod ton;
mod twitter;
mod vercel;
mod wif;
mod wireguard;
mod wordlist;
mod xprv;
mod xrp;
mod zapier;
mod zuplo;

pub use forge::forge;
pub use names::NAMES;
pub use wordlist::{LISTS, english_index, lists_of, may_be_listed, word_index};
pub use wordlist::{monero_index, slip39_index};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The value is what it seems.
    Proved(Evidence),
    /// It can't be: why, for the list of what was suppressed ("base58check fails").
    Refuted(&'static str),
    /// The check can't tell.
    Unknown,
}

/// Why a value is proved, and what may be shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What held: "base58check, version and curve range".
    pub what: String,
    /// Whether other values of the same shape would fail the check, as with a checksum or a key
    /// pair. When not (64 digits are nearly always in the range of a curve), the proof tells
    /// facts but does not tell a credential from a digest: it must not raise the confidence.
    pub exact: bool,
    /// Facts that are safe to show, by name: `("Ethereum address", "0x…")`.
    pub public: Vec<(&'static str, String)>,
}

impl Evidence {
    fn exact(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            exact: true,
            public: Vec::new(),
        }
    }

    fn loose(what: impl Into<String>) -> Self {
        Self {
            exact: false,
            ..Self::exact(what)
        }
    }

    fn with(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.public.push((name, text.into()));
        self
    }

    fn with_some(self, name: &'static str, text: Option<String>) -> Self {
        match text {
            Some(text) => self.with(name, text),
            None => self,
        }
    }
}

/// A check of one candidate's bytes. It never fails, whatever the bytes.
pub type Prover = fn(&[u8]) -> Proof;

/// The check of this name (one of [`NAMES`]).
#[must_use]
pub fn prover(name: &str) -> Option<Prover> {
    let mut proofs = registry::PROOFS.iter();
    proofs.find_map(|(known, prover, _)| (*known == name).then_some(*prover))
}

#[cfg(test)]
mod tests;
