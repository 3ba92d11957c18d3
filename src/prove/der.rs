//! Private keys in DER: PKCS#1 (RFC 8017), SEC 1 (RFC 5915) and PKCS#8 (RFC 5958), as far as the
//! kind, the curve and the public half.

use super::secp256k1::Key;
use super::text::hex;
use super::{Evidence, Proof, ed25519};

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// Context tags 0 and 1: the parameters and the public key of SEC 1.
const PARAMETERS: u8 = 0xa0;
const PUBLIC: u8 = 0xa1;

/// Elements of DER, one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next element's tag and content; none at the end and for what is no DER.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // Lengths of one to four bytes; no key needs more.
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = digits
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The next element's content when it has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .and_then(|(found, content)| (found == tag).then_some(content))
    }
}

/// The object identifiers of keys and curves, in DER, and their names.
const NAMES: [(&[u8], &str); 12] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], "RSA"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "RSA-PSS"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA"),
    (EC, "EC"),
    (&[0x2b, 0x65, 0x6e], "X25519"),
    (&[0x2b, 0x65, 0x6f], "X448"),
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
    (&[0x2b, 0x81, 0x04, 0, 10], "secp256k1"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "P-256"),
    (&[0x2b, 0x81, 0x04, 0, 34], "P-384"),
    (&[0x2b, 0x81, 0x04, 0, 35], "P-521"),
];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

fn name(oid: &[u8]) -> &'static str {
    let found = NAMES.iter().find(|(known, _)| *known == oid);
    found.map_or("another kind", |(_, name)| name)
}

/// How many bytes a sequence of more than 255 says that it has, its head included; read from what may be cut off.
pub(super) fn declared(der: &[u8]) -> Option<usize> {
    match der {
        [SEQUENCE, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

/// What a private key's DER says: kind, curve or size, and the public half where we can make it.
pub(super) fn prove(der: &[u8]) -> Proof {
    let Some(content) = Reader(der).take(SEQUENCE) else {
        return Proof::Refuted("the body is no DER");
    };
    let mut fields = Reader(content);
    let Some((tag, version)) = fields.next() else {
        return Proof::Refuted("the body is no DER");
    };
    if tag != INTEGER {
        // Public keys and certificates begin with a sequence.
        return Proof::Refuted("a public key or certificate, or no key");
    }
    match (version, fields.next()) {
        ([0 | 1], Some((SEQUENCE, algorithm))) => pkcs8(algorithm, fields),
        ([1], Some((OCTETS, key))) => sec1(None, key, fields),
        ([0 | 1], Some((INTEGER, modulus))) => integers(modulus, fields),
        _ => Proof::Refuted("the body is no private key"),
    }
}

/// Whether bytes are one sequence in DER, and what is in it is DER, a key or something else that is whole; or the
/// beginning of what is no private key, since those begin with their version, or of what is far longer: the first line
/// of a key in a documentation.
pub(super) fn is_sound(der: &[u8]) -> bool {
    let Some(content) = Reader(der).take(SEQUENCE) else {
        let (length, head) = match der {
            [SEQUENCE, 0x82, high, low, head @ ..] => (u16::from_be_bytes([*high, *low]), head),
            [SEQUENCE, 0x81, length, head @ ..] => (u16::from(*length), head),
            _ => return false,
        };
        return usize::from(length) > head.len() * 2
            || matches!(head, [INTEGER, 0x81 | 0x82, ..] | [SEQUENCE, ..]);
    };
    let mut fields = Reader(content);
    while fields.next().is_some() {}
    fields.0.is_empty()
}

/// What of an encrypted PKCS#8 key is readable: that it is one.
pub(super) fn is_encrypted(der: &[u8]) -> bool {
    let fields = Reader(der).take(SEQUENCE).map(|content| {
        let mut fields = Reader(content);
        (fields.take(SEQUENCE), fields.take(OCTETS))
    });
    matches!(fields, Some((Some(_), Some(content))) if !content.is_empty())
}

fn evidence(kind: &str) -> Evidence {
    Evidence::exact("DER of a private key").with("key", kind)
}

fn pkcs8(algorithm: &[u8], mut fields: Reader<'_>) -> Proof {
    let mut algorithm = Reader(algorithm);
    let (Some(oid), Some(key)) = (algorithm.take(OID), fields.take(OCTETS)) else {
        return Proof::Refuted("the body is no private key");
    };
    if oid == EC {
        let curve = algorithm.take(OID);
        let mut content = Reader(Reader(key).take(SEQUENCE).unwrap_or_default());
        return match (content.take(INTEGER), content.take(OCTETS)) {
            (Some([1]), Some(key)) => sec1(curve, key, content),
            _ => Proof::Refuted("the body is no private key"),
        };
    }
    let kind = name(oid);
    match (kind, Reader(key).next()) {
        ("RSA" | "RSA-PSS", Some((SEQUENCE, content))) => {
            let mut fields = Reader(content);
            match (fields.take(INTEGER), fields.take(INTEGER)) {
                (Some(_), Some(modulus)) => integers(modulus, fields),
                _ => Proof::Refuted("the body is no private key"),
            }
        }
        ("Ed25519", Some((OCTETS, seed))) => match <&[u8; 32]>::try_from(seed) {
            Ok(seed) => {
                let public = hex(&ed25519::public(seed));
                Proof::Proved(evidence(kind).with("public key", public))
            }
            Err(_) => Proof::Refuted("not 32 bytes"),
        },
        _ => Proof::Proved(evidence(kind)),
    }
}

/// The fields of SEC 1 behind version and key; the curve may stand outside, in PKCS#8.
fn sec1(curve: Option<&[u8]>, key: &[u8], mut fields: Reader<'_>) -> Proof {
    let (mut curve, mut public) = (curve, None);
    while let Some((tag, content)) = fields.next() {
        match tag {
            PARAMETERS => curve = Reader(content).take(OID).or(curve),
            // A bit string: a byte for the unused bits stands before the point.
            PUBLIC => public = Reader(content).take(0x03).and_then(|bits| bits.get(1..)),
            _ => {}
        }
    }
    let curve = curve.map_or("EC", name);
    if curve != "secp256k1" {
        return Proof::Proved(evidence(curve));
    }
    let Some(key) = Key::new(key) else {
        return Proof::Refuted("out of the range of secp256k1");
    };
    let ours = [key.compressed(), key.uncompressed()];
    if public.is_some_and(|public| ours.iter().all(|ours| ours != public)) {
        return Proof::Refuted("the public half does not belong to the key");
    }
    Proof::Proved(evidence(curve).with("Ethereum address", key.ethereum_address()))
}

/// PKCS#1's numbers behind version and modulus (n, then e d p q and three more), or the fewer
/// ones of DSA.
fn integers(modulus: &[u8], mut fields: Reader<'_>) -> Proof {
    let mut count = 0;
    while fields.take(INTEGER).is_some() {
        count += 1;
    }
    let digits = modulus.iter().skip_while(|byte| **byte == 0);
    let mut digits = digits.copied();
    let top = digits.next().unwrap_or(0);
    let bits = 8 * digits.count() + 8 - usize::try_from(top.leading_zeros()).unwrap_or(8);
    let kind = match count {
        7 => "RSA",
        4 => "DSA",
        _ => return Proof::Refuted("not the numbers of a private key"),
    };
    if bits < 512 {
        return Proof::Refuted("too short for a private key");
    }
    Proof::Proved(evidence(kind).with("bits", bits.to_string()))
}

/// An element from its content, for made-up keys.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    match (digits.as_slice(), u8::try_from(digits.len())) {
        ([], _) => der.push(0),
        ([short @ ..=0x7f], _) => der.push(*short),
        (long, Ok(count)) => {
            der.push(0x80 | count);
            der.extend(long);
        }
        _ => {}
    }
    der.extend(content);
    der
}
