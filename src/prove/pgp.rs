//! OpenPGP's private key blocks (RFC 9580).

use super::armor::Armor;
use super::checksum::crc24;
use super::date::date;
use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// The packet of a secret key.
const SECRET_KEY: u8 = 5;

/// `pgp-private-key`: the armour's CRC-24 where it is given, and a secret key packet first.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(armor) = trimmed(value).and_then(Armor::parse) else {
        return Proof::Refuted("no begin line");
    };
    if armor.label != "PGP PRIVATE KEY BLOCK" {
        return Proof::Refuted("no private key block");
    }
    let Some(bytes) = armor.decode() else {
        return Proof::Refuted("the body is no base64");
    };
    let what = match armor.checksum.as_deref().map(unbase64) {
        Some(Some(sum)) if sum.as_slice() == &crc24(&bytes).to_be_bytes()[1..] => {
            "CRC-24 and a secret key packet"
        }
        Some(_) => return Proof::Refuted("CRC-24 fails"),
        None => "a secret key packet",
    };
    let Some(packet) = packet(&bytes) else {
        return Proof::Refuted("the body is no secret key packet");
    };
    let [4 | 6, a, b, c, d, algorithm, ..] = packet else {
        // Versions 2 and 3 are older than 1998.
        return Proof::Proved(Evidence::exact(what));
    };
    let created = date(u64::from(u32::from_be_bytes([*a, *b, *c, *d])));
    let kind = match algorithm {
        1..=3 => "RSA",
        17 => "DSA",
        16 | 20 => "ElGamal",
        18 => "ECDH",
        19 => "ECDSA",
        22 | 27 => "Ed25519",
        _ => "another kind",
    };
    let evidence = Evidence::exact(what).with("key", kind);
    Proof::Proved(evidence.with_some("created", created))
}

/// The content of the first packet when it is a secret key, in the old or the new form of
/// packets.
fn packet(bytes: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = bytes.split_first()?;
    let (tag, length) = match first {
        0xc0..=0xff => {
            let length = match rest.first()? {
                0..192 => 1,
                192..224 => 2,
                255 => 5,
                // Partial lengths do not occur in keys.
                _ => return None,
            };
            (first & 0x3f, length)
        }
        0x80..=0xbf => {
            let length = match first & 3 {
                0 => 1,
                1 => 2,
                2 => 4,
                _ => 0,
            };
            (first >> 2 & 0xf, length)
        }
        _ => return None,
    };
    (tag == SECRET_KEY).then(|| rest.get(length..))?
}
