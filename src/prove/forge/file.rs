//! Made-up key files: PEM and its kin, and JSON.

use super::Dice;
use crate::prove::checksum::crc24;
use crate::prove::der::element;
use crate::prove::hash::hmac_sha256;
use crate::prove::openssh::{MAGIC, sized};
use crate::prove::text::{base64, hex};
use crate::prove::{ed25519, keystore, openvpn};

/// Base64 in lines of a width.
fn lines(bytes: &[u8], width: usize) -> Vec<String> {
    let text: Vec<char> = base64(bytes).chars().collect();
    text.chunks(width)
        .map(|line| line.iter().collect())
        .collect()
}

fn block(label: &str, head: &str, bytes: &[u8]) -> String {
    let body = lines(bytes, 64).join("\n");
    format!("-----BEGIN {label}-----\n{head}{body}\n-----END {label}-----")
}

/// As `openvpn --genkey` writes it: 16 bytes a line.
pub(in crate::prove) fn openvpn(dice: &mut Dice) -> Option<String> {
    let lines: Vec<String> = dice.vec(256).chunks(16).map(hex).collect();
    let label = openvpn::STATIC;
    let body = lines.join("\n");
    Some(format!(
        "-----BEGIN {label}-----\n{body}\n-----END {label}-----"
    ))
}

/// An element with others inside.
fn nest(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    element(tag, &parts.concat())
}

const SECP256K1: &[u8] = &[0x2b, 0x81, 0x04, 0, 10];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

fn version(number: u8) -> Vec<u8> {
    element(0x02, &[number])
}

fn sec1(dice: &mut Dice, curve: &[u8], inside: bool) -> Option<Vec<u8>> {
    let key = dice.key()?;
    let mut parts = vec![version(1), element(0x04, &key.bytes())];
    if !inside {
        parts.push(nest(0xa0, &[element(0x06, curve)]));
    }
    if curve == SECP256K1 {
        let point = [vec![0], key.uncompressed()].concat();
        parts.push(nest(0xa1, &[element(0x03, &point)]));
    }
    Some(nest(0x30, &parts))
}

fn pkcs8(algorithm: &[Vec<u8>], key: &[u8]) -> Vec<u8> {
    nest(
        0x30,
        &[version(0), nest(0x30, algorithm), element(0x04, key)],
    )
}

/// A 2048-bit key's numbers, which are no primes.
fn rsa(dice: &mut Dice) -> Vec<u8> {
    let mut number = |length| {
        let mut bytes = dice.vec(length);
        if let Some(first) = bytes.first_mut() {
            *first |= 0x80;
        }
        element(0x02, &[&[0][..], &bytes].concat())
    };
    let mut parts = vec![version(0), number(256), element(0x02, &[1, 0, 1])];
    parts.push(number(256));
    parts.extend((0..5).map(|_| number(128)));
    nest(0x30, &parts)
}

pub(in crate::prove) fn pem(dice: &mut Dice) -> Option<String> {
    let curve = dice.pick(&[SECP256K1, P256])?;
    let (label, der) = match dice.below(4) {
        0 => ("EC PRIVATE KEY", sec1(dice, curve, false)?),
        1 => {
            let algorithm = [element(0x06, EC), element(0x06, curve)];
            ("PRIVATE KEY", pkcs8(&algorithm, &sec1(dice, curve, true)?))
        }
        2 => {
            let seed = element(0x04, &dice.bytes::<32>());
            ("PRIVATE KEY", pkcs8(&[element(0x06, ED25519)], &seed))
        }
        _ => ("RSA PRIVATE KEY", rsa(dice)),
    };
    Some(block(label, "", &der))
}

pub(in crate::prove) fn pem_damaged(dice: &mut Dice) -> Option<String> {
    let label = dice.pick(&[
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
    ])?;
    // No element of DER begins with so high a byte.
    let body = [
        vec![0xff],
        dice.vec(if label.starts_with("EC") { 120 } else { 1190 }),
    ]
    .concat();
    Some(block(label, "", &body))
}

pub(in crate::prove) fn pem_encrypted(dice: &mut Dice) -> Option<String> {
    if dice.coin() {
        let vector = hex(&dice.bytes::<16>()).to_uppercase();
        let head = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{vector}\n\n");
        return Some(block("RSA PRIVATE KEY", &head, &dice.vec(1200)));
    }
    // PBES2's identifier, without its parameters.
    let scheme = element(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13]);
    let der = nest(
        0x30,
        &[nest(0x30, &[scheme]), element(0x04, &dice.vec(160))],
    );
    Some(block("ENCRYPTED PRIVATE KEY", "", &der))
}

fn ssh_public(pair: &[u8]) -> Vec<u8> {
    let public = pair.get(32..).unwrap_or_default();
    [sized(b"ssh-ed25519"), sized(public)].concat()
}

fn openssh_block(head: &[Vec<u8>], public: &[u8], private: &[u8]) -> String {
    let count = 1u32.to_be_bytes().to_vec();
    let tail = [count, sized(public), sized(private)].concat();
    let bytes = [MAGIC, &head.concat(), &tail].concat();
    let label = "OPENSSH PRIVATE KEY";
    let body = lines(&bytes, 70).join("\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

pub(in crate::prove) fn openssh(dice: &mut Dice) -> Option<String> {
    let pair = dice.pair();
    let public = ssh_public(&pair);
    let check = dice.vec(4);
    let comment = sized(b"bot@example");
    let mut private = [check.clone(), check, public.clone(), sized(&pair), comment].concat();
    private.extend((1u8..).take(private.len().wrapping_neg() % 8));
    let head = [sized(b"none"), sized(b"none"), sized(b"")];
    Some(openssh_block(&head, &public, &private))
}

pub(in crate::prove) fn openssh_encrypted(dice: &mut Dice) -> Option<String> {
    let public = ssh_public(&dice.pair());
    let options = [sized(&dice.bytes::<16>()), 16u32.to_be_bytes().to_vec()].concat();
    let head = [sized(b"aes256-ctr"), sized(b"bcrypt"), sized(&options)];
    Some(openssh_block(&head, &public, &dice.vec(160)))
}

pub(in crate::prove) fn pgp(dice: &mut Dice) -> Option<String> {
    let moment = u32::try_from(1_500_000_000 + dice.below(200_000_000)).ok()?;
    // Version 4, a moment, EdDSA, the rest of the key.
    let content = [&[4][..], &moment.to_be_bytes(), &[22], &dice.bytes::<82>()].concat();
    let packet = [&[0xc5, 88][..], &content].concat();
    let sum = base64(crc24(&packet).to_be_bytes().get(1..)?);
    let label = "PGP PRIVATE KEY BLOCK";
    let body = lines(&packet, 64).join("\n");
    Some(format!(
        "-----BEGIN {label}-----\n\n{body}\n={sum}\n-----END {label}-----"
    ))
}

pub(in crate::prove) fn putty(dice: &mut Dice) -> Option<String> {
    let seed = dice.bytes();
    let pair = [seed, ed25519::public(&seed)].concat();
    let (public, private) = (ssh_public(&pair), sized(&seed));
    let strings = [&b"ssh-ed25519"[..], b"none", b"bot", &public, &private];
    let mac = hex(&hmac_sha256(&[], &strings.map(sized).concat()));
    let (public, private) = (lines(&public, 64), lines(&private, 64));
    Some(format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: bot\n\
         Public-Lines: {}\n{}\nPrivate-Lines: {}\n{}\nPrivate-MAC: {mac}\n",
        public.len(),
        public.join("\n"),
        private.len(),
        private.join("\n"),
    ))
}

pub(in crate::prove) fn ethereum(dice: &mut Dice) -> Option<String> {
    let mut part = |length| hex(&dice.vec(length));
    let file = serde_json::json!({
        "version": 3,
        "address": part(20),
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": part(16) },
            "ciphertext": part(32),
            "kdf": "scrypt",
            "kdfparams": { "dklen": 32, "n": 262_144, "p": 1, "r": 8, "salt": part(32) },
            "mac": part(32),
        },
    });
    Some(file.to_string())
}

pub(in crate::prove) fn substrate(dice: &mut Dice) -> Option<String> {
    let file = serde_json::json!({
        "encoded": base64(&dice.vec(200)),
        "encoding": {
            "content": ["pkcs8", "sr25519"],
            "type": ["scrypt", "xsalsa20-poly1305"],
            "version": "3",
        },
        "address": keystore::ss58_of(&dice.bytes()),
    });
    Some(file.to_string())
}

/// The pair alone, or the node's file.
pub(in crate::prove) fn tendermint(dice: &mut Dice) -> Option<String> {
    let value = base64(&dice.pair());
    if dice.coin() {
        return Some(value);
    }
    let file = serde_json::json!({
        "priv_key": { "type": "tendermint/PrivKeyEd25519", "value": value },
    });
    Some(file.to_string())
}
