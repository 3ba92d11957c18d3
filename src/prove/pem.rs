//! Private keys in PEM, plain and encrypted.

use super::armor::Armor;
use super::text::trimmed;
use super::{Evidence, Proof, der, openssh, pgp};

fn block(value: &[u8]) -> Option<Armor> {
    Armor::parse(trimmed(value)?)
}

/// Why a block with this label holds no private key.
fn other(label: &str) -> Option<&'static str> {
    if label.contains("SIGSTORE") || label.contains("COSIGN") {
        return Some("a key of cosign");
    }
    if label.contains("PRIVATE KEY") {
        return None;
    }
    Some(if label.contains("PUBLIC KEY") {
        "a public key"
    } else if label.contains("CERTIFICATE") {
        "a certificate"
    } else {
        "no private key"
    })
}

/// `pem-private-key`: says kind and curve. Blocks of OpenSSH and PGP are looked into as such.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(armor) = block(value) else {
        return Proof::Refuted("no begin line");
    };
    if let Some(why) = other(&armor.label) {
        return Proof::Refuted(why);
    }
    match armor.label.as_str() {
        "OPENSSH PRIVATE KEY" => return openssh::prove(value),
        "PGP PRIVATE KEY BLOCK" => return pgp::prove(value),
        _ => {}
    }
    if is_encrypted(&armor) {
        return Proof::Refuted("the key is encrypted");
    }
    let Some(der) = armor.decode() else {
        return Proof::Refuted("the body is no base64");
    };
    match der::prove(&der) {
        // Cut off: nothing can be said.
        Proof::Refuted(_) if !armor.closed => Proof::Unknown,
        // Tendermint's and others' own contents.
        Proof::Refuted(_) if !is_standard(&armor.label) => Proof::Unknown,
        proof => proof,
    }
}

/// `pem-encrypted-key`: PKCS#8's own form, or the older one with `Proc-Type`.
pub(super) fn prove_encrypted(value: &[u8]) -> Proof {
    let Some(armor) = block(value) else {
        return Proof::Refuted("no begin line");
    };
    if let Some(why) = other(&armor.label) {
        return Proof::Refuted(why);
    }
    if armor.label == "OPENSSH PRIVATE KEY" {
        return openssh::prove_encrypted(value);
    }
    if !is_encrypted(&armor) {
        return Proof::Refuted("the key is not encrypted");
    }
    let Some(body) = armor.decode() else {
        return Proof::Refuted("the body is no base64");
    };
    if armor.label == "ENCRYPTED PRIVATE KEY" && armor.closed && !der::is_encrypted(&body) {
        return Proof::Refuted("the body is no DER");
    }
    Proof::Proved(Evidence::exact("an encrypted private key").with("encrypted", "yes"))
}

fn is_encrypted(armor: &Armor) -> bool {
    let is_header = |line: &String| line.starts_with("Proc-Type") && line.contains("ENCRYPTED");
    armor.label.starts_with("ENCRYPTED") || armor.headers.iter().any(is_header)
}

fn is_standard(label: &str) -> bool {
    matches!(
        label,
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY"
    )
}
