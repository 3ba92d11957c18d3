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
    // A preview, as scripts print it: of an RSA key the modulus stands first, which is public, and takes a quarter.
    if !armor.closed && der::declared(&der).is_some_and(|whole| der.len() * 4 < whole) {
        return Proof::Refuted("only the public beginning of a key");
    }
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
    let whole = der::is_encrypted(&body) || !der::is_sound(&body) && is_noise(&body);
    if armor.label == "ENCRYPTED PRIVATE KEY" && armor.closed && !whole {
        return Proof::Refuted("the body is no DER");
    }
    Proof::Proved(Evidence::exact("an encrypted private key").with("encrypted", "yes"))
}

/// `pem-damaged-key`: a block that is labelled as a private key and holds random bytes in no form that a key has: a
/// line is missing, or another program wrote them in its own way. Never proved; what holds anything else than a key, or
/// text, is refuted.
pub(super) fn prove_damaged(value: &[u8]) -> Proof {
    let Some(armor) = block(value) else {
        return Proof::Refuted("no begin line");
    };
    if let Some(why) = other(&armor.label) {
        return Proof::Refuted(why);
    }
    if is_encrypted(&armor) {
        return Proof::Refuted("the key is encrypted");
    }
    let begins: fn(&[u8]) -> bool = match armor.label.as_str() {
        label if is_standard(label) => der::is_sound,
        "OPENSSH PRIVATE KEY" => |body| body.starts_with(openssh::MAGIC),
        // A secret key's packet, in the old form or the new one: RFC 9580, section 4.2.
        "PGP PRIVATE KEY BLOCK" => |body| matches!(body.first(), Some(0x94..=0x97 | 0xc5)),
        _ => return Proof::Refuted("not a form that is known"),
    };
    let Some(body) = armor.closed.then(|| armor.decode()).flatten() else {
        return Proof::Refuted("no whole body in base64");
    };
    if begins(&body) {
        return Proof::Refuted("the body has a form");
    }
    if is_noise(&body) {
        Proof::Unknown
    } else {
        Proof::Refuted("the body is no key")
    }
}

/// Whether bytes look random: as many of them differ as of so many random ones, nearly, and half of them, more or
/// less, are no ASCII.
fn is_noise(bytes: &[u8]) -> bool {
    /// A key of Ed25519 has 48 bytes (RFC 8410).
    const FEWEST: usize = 40;
    let different = different(bytes);
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    let expected = 256.0 * (1.0 - (255.0_f64 / 256.0).powi(length));
    bytes.len() >= FEWEST
        && different as f64 >= expected * 0.85
        && (bytes.len() / 4..=bytes.len() * 3 / 4).contains(&high)
}

/// How many different bytes there are.
pub(super) fn different(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
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
