//! Extended private keys (BIP-32) under all the versions of SLIP-132.

use super::bip32::{HARD, Node};
use super::hash::hash160;
use super::text::{hex, trimmed};
use super::{Evidence, Proof, address, base58};

/// How the wallet of an extended key spends, and on which chain.
#[derive(Clone, Copy)]
enum Kind {
    /// BIP-44 (the key may as well be of another chain, such as Ethereum).
    Legacy,
    /// BIP-49.
    Nested,
    /// BIP-84.
    Segwit,
    /// Several signers: no address from one key.
    Shared,
    /// Not a coin of value, or one whose addresses we do not make.
    Other,
}

/// <https://github.com/satoshilabs/slips/blob/master/slip-0132.md>: `xprv` and its kin.
const VERSIONS: [(u32, Kind, &str); 13] = [
    (0x0488_ade4, Kind::Legacy, "Bitcoin"),
    (0x049d_7878, Kind::Nested, "Bitcoin"),
    (0x04b2_430c, Kind::Segwit, "Bitcoin"),
    (0x0295_b005, Kind::Shared, "Bitcoin"),
    (0x02aa_7a99, Kind::Shared, "Bitcoin"),
    (0x0435_8394, Kind::Other, "Bitcoin test"),
    (0x044a_4e28, Kind::Other, "Bitcoin test"),
    (0x045f_18bc, Kind::Other, "Bitcoin test"),
    (0x0242_85b5, Kind::Other, "Bitcoin test"),
    (0x0257_5048, Kind::Other, "Bitcoin test"),
    (0x019d_9cfe, Kind::Other, "Litecoin"),
    (0x01b2_6792, Kind::Other, "Litecoin"),
    (0x02fa_c398, Kind::Other, "Dogecoin"),
];

/// The versions of the public twins: `xpub` and its kin.
const PUBLIC: [u32; 13] = [
    0x0488_b21e,
    0x049d_7cb2,
    0x04b2_4746,
    0x0295_b43f,
    0x02aa_7ed3,
    0x0435_87cf,
    0x044a_5262,
    0x045f_1cf6,
    0x0242_89ef,
    0x0257_5483,
    0x019d_a462,
    0x01b2_6ef6,
    0x02fa_cafd,
];

/// `xprv`: version, depth, parent, child number, chain code, a zero and the key; 78 bytes.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(payload) = trimmed(value).and_then(base58::decode_check) else {
        return Proof::Refuted("base58check fails");
    };
    let Some((version, [depth, rest @ ..])) = payload.split_first_chunk() else {
        return Proof::Refuted("not the length of an extended key");
    };
    let version = u32::from_be_bytes(*version);
    if PUBLIC.contains(&version) {
        return Proof::Refuted("an extended public key");
    }
    let Some((_, kind, network)) = VERSIONS.iter().find(|known| known.0 == version) else {
        return Proof::Refuted("not the version of an extended key");
    };
    let (Some(chain), Some([0, key @ ..])) = (rest.get(8..40), rest.get(40..)) else {
        return Proof::Refuted("not the form of an extended private key");
    };
    let Some(node) = Node::new(key, chain) else {
        return Proof::Refuted("out of the range of secp256k1");
    };
    let identifier = hash160(&node.key.compressed());
    let mut evidence = Evidence::exact("base58check, version and curve range")
        .with("network", *network)
        .with("depth", depth.to_string())
        .with("fingerprint", hex(identifier.get(..4).unwrap_or_default()))
        .with_some("Bitcoin address", first_address(&node, *kind, *depth));
    if *depth == 0 && matches!(kind, Kind::Legacy) {
        evidence = evidence
            .with_some("Bitcoin address", node.bitcoin_address())
            .with_some("Ethereum address", node.ethereum_address());
    }
    Proof::Proved(evidence)
}

/// The first receiving address of a master (depth 0) or an account (depth 3).
fn first_address(node: &Node, kind: Kind, depth: u8) -> Option<String> {
    let purpose = match kind {
        Kind::Legacy => 44,
        Kind::Nested => 49,
        Kind::Segwit => 84,
        Kind::Shared | Kind::Other => return None,
    };
    let key = match depth {
        0 => node.derive(&[purpose + HARD, HARD, HARD, 0, 0])?,
        3 => node.derive(&[0, 0])?,
        _ => return None,
    };
    let public = key.compressed();
    match kind {
        Kind::Legacy => Some(address::pay_to_key_hash(0, &public)),
        Kind::Nested => Some(address::nested_segwit(5, &public)),
        Kind::Segwit => address::segwit("bc", &public),
        Kind::Shared | Kind::Other => None,
    }
}
