//! OpenSSH's private keys
//! (<https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>).

use super::armor::Armor;
use super::hash::sha256;
use super::text::{base64_unpadded, trimmed};
use super::{Evidence, Proof};

/// What the bytes of a key begin with.
pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Cuts a string off that its length in four bytes precedes.
pub(super) fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, tail) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (string, tail) = tail.split_at_checked(length)?;
    *rest = tail;
    Some(string)
}

/// A string with its length before it.
pub(super) fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

/// The kinds of keys, which are safe to show; a stranger's text is not.
pub(super) fn kind(public: &[u8]) -> &'static str {
    let mut rest = public;
    match string(&mut rest) {
        Some(b"ssh-ed25519") => "Ed25519",
        Some(b"ssh-rsa") => "RSA",
        Some(b"ssh-dss") => "DSA",
        Some(b"ecdsa-sha2-nistp256") => "P-256",
        Some(b"ecdsa-sha2-nistp384") => "P-384",
        Some(b"ecdsa-sha2-nistp521") => "P-521",
        Some(b"sk-ssh-ed25519@openssh.com") => "Ed25519 on a token",
        Some(b"sk-ecdsa-sha2-nistp256@openssh.com") => "P-256 on a token",
        _ => "another kind",
    }
}

/// As `ssh-keygen -l` shows a public key.
pub(super) fn fingerprint(public: &[u8]) -> String {
    format!("SHA256:{}", base64_unpadded(&sha256(public)))
}

/// `openssh-private-key`: not encrypted.
pub(super) fn prove(value: &[u8]) -> Proof {
    check(value, false)
}

/// `openssh-encrypted-key`.
pub(super) fn prove_encrypted(value: &[u8]) -> Proof {
    check(value, true)
}

fn check(value: &[u8], encrypted: bool) -> Proof {
    let Some(armor) = trimmed(value).and_then(Armor::parse) else {
        return Proof::Refuted("no begin line");
    };
    if armor.label != "OPENSSH PRIVATE KEY" {
        return Proof::Refuted("not OpenSSH's form");
    }
    let Some(bytes) = armor.decode() else {
        return Proof::Refuted("the body is no base64");
    };
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        return Proof::Refuted("the body is no OpenSSH key");
    };
    let rest = &mut rest;
    let (Some(cipher), Some(_), Some(_)) = (string(rest), string(rest), string(rest)) else {
        return cut(&armor);
    };
    match (cipher == b"none", encrypted) {
        (true, true) => return Proof::Refuted("the key is not encrypted"),
        (false, false) => return Proof::Refuted("the key is encrypted"),
        _ => {}
    }
    let Some((_count, tail)) = rest.split_first_chunk::<4>() else {
        return cut(&armor);
    };
    *rest = tail;
    let (Some(public), Some(private)) = (string(rest), string(rest)) else {
        return cut(&armor);
    };
    // The same random number stands twice before the keys, to tell a wrong passphrase.
    let checks = (private.get(..4), private.get(4..8));
    if !encrypted && (checks.0.is_none() || checks.0 != checks.1) {
        return Proof::Refuted("the check numbers differ");
    }
    let evidence = Evidence::exact("OpenSSH key format")
        .with("key", kind(public))
        .with("fingerprint", fingerprint(public));
    Proof::Proved(if encrypted {
        evidence.with("encrypted", "yes")
    } else {
        evidence
    })
}

/// A body that ends too early: damaged, or cut off with its end line.
fn cut(armor: &Armor) -> Proof {
    if armor.closed {
        Proof::Refuted("the body is no OpenSSH key")
    } else {
        Proof::Unknown
    }
}
