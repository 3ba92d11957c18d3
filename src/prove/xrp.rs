//! Family seeds of the XRP Ledger, of both kinds of keys
//! (<https://xrpl.org/docs/concepts/accounts/cryptographic-keys>).

use super::hash::{hash160, sha512_half};
use super::secp256k1::Key;
use super::text::trimmed;
use super::{Evidence, Proof, base58, ed25519};

/// Before the 16 bytes of a seed for secp256k1: the letter s.
pub(super) const SECP: u8 = 0x21;
/// Before the 16 bytes of a seed for Ed25519: sEd.
pub(super) const ED: [u8; 3] = [0x01, 0xe1, 0x4b];

/// `xrp-seed`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(payload) = trimmed(value).and_then(base58::decode_ripple) else {
        return Proof::Refuted("base58check fails");
    };
    let (public, kind) = match payload.as_slice() {
        [SECP, seed @ ..] if seed.len() == 16 => (account_key(seed), "secp256k1"),
        [0x01, 0xe1, 0x4b, seed @ ..] if seed.len() == 16 => {
            let public = ed25519::public(&sha512_half(seed));
            (Some([&[0xed][..], &public].concat()), "Ed25519")
        }
        _ => return Proof::Refuted("not the version of a family seed"),
    };
    let account = public.map(|public| base58::encode_ripple(&[&[0], &hash160(&public)]));
    Proof::Proved(
        Evidence::exact("base58check and version")
            .with("key", kind)
            .with_some("XRP account", account),
    )
}

/// The public key of a seed's first account: a root key from the seed, and a second key from the
/// root's public half, added together.
fn account_key(seed: &[u8]) -> Option<Vec<u8>> {
    let root = first_key(&[seed])?;
    let family = first_key(&[&root.compressed(), &0u32.to_be_bytes()])?;
    Some(root.plus(&family)?.compressed())
}

/// The first number in range among the hashes of the parts and a counter.
fn first_key(parts: &[&[u8]]) -> Option<Key> {
    (0u32..8).find_map(|counter| {
        let data = [&parts.concat()[..], &counter.to_be_bytes()].concat();
        Key::new(&sha512_half(&data))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    /// The genesis account of every network, from the seed of the text "masterpassphrase".
    #[test]
    fn the_account_is_that_of_the_ledger() {
        let digest = super::super::hash::sha512(b"masterpassphrase");
        let seed = base58::encode_ripple(&[&[SECP], &digest[..16]]);
        let Proof::Proved(evidence) = prove(seed.as_bytes()) else {
            panic!("not proved");
        };
        let account = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh";
        assert!(evidence.public.contains(&("XRP account", account.into())));
    }
}
