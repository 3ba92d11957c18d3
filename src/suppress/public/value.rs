//! Values whose form says that they are public.

use sha2::{Digest, Sha256};

/// Values whose form says that they are public.
///
/// Sources: BIP-32 and SLIP-132 (extended public keys), BIP-173/350 (bech32 addresses), SEP-23
/// (Stellar), NIP-19 (npub), the Ethereum yellow paper (addresses), RFC 4253 (SSH keys), RFC 5280
/// and 8410 (public keys in DER), solc's output (bytecode), the magic numbers of file formats.
pub fn by_value(value: &[u8]) -> Option<&'static str> {
    let hex = value.strip_prefix(b"0x");
    let digits = hex.unwrap_or(value);
    if digits.iter().all(u8::is_ascii_hexdigit) {
        return hex_digits(digits, hex.is_some());
    }
    const STARTS: [(&str, usize, &str); 45] = [
        // What a shop's page shows: https://docs.stripe.com/keys, and those that took the form over.
        ("pk_live_", 24, "a publishable key"),
        ("pk_test_", 24, "a publishable key"),
        ("pk_prod_", 24, "a publishable key"),
        // https://supabase.com/docs/guides/api/api-keys
        ("sb_publishable_", 36, "a publishable key"),
        ("xpub", 100, "an extended public key"),
        ("ypub", 100, "an extended public key"),
        ("zpub", 100, "an extended public key"),
        ("tpub", 100, "an extended public key"),
        ("upub", 100, "an extended public key"),
        ("vpub", 100, "an extended public key"),
        ("Ypub", 100, "an extended public key"),
        ("Zpub", 100, "an extended public key"),
        ("edpk", 54, "a public key"),
        ("sppk", 55, "a public key"),
        ("p2pk", 55, "a public key"),
        ("PUB_K1_", 50, "a public key"),
        ("AAAAB3NzaC1yc2E", 60, "a public key"),
        (concat!("AAAAC3NzaC1l", "ZDI1NTE5"), 60, "a public key"),
        (concat!("AAAAE2VjZHNh", "LXNoYTI"), 60, "a public key"),
        (
            concat!("MIIBIjANBgkq", "hkiG9w0BAQEF", "AAOCAQ8A"),
            60,
            "a public key",
        ),
        (
            concat!("MIICIjANBgkq", "hkiG9w0BAQEF", "AAOCAg8A"),
            60,
            "a public key",
        ),
        (
            concat!("MIGfMA0GCSqG", "SIb3DQEBAQUA", "A4GNADCBiQKB", "gQ"),
            60,
            "a public key",
        ),
        (
            concat!("MFkwEwYHKoZI", "zj0CAQYIKoZI", "zj0DAQcDQgAE"),
            60,
            "a public key",
        ),
        (
            concat!("MFYwEAYHKoZI", "zj0CAQYFK4EE", "AAoDQgAE"),
            60,
            "a public key",
        ),
        (
            concat!("MHYwEAYHKoZI", "zj0CAQYFK4EE", "ACIDYgAE"),
            60,
            "a public key",
        ),
        (concat!("MCowBQYDK2Vw", "AyEA"), 40, "a public key"),
        ("iVBORw0KGgo", 24, "an embedded file"),
        ("/9j/4AAQ", 24, "an embedded file"),
        ("/9j/2wBD", 24, "an embedded file"),
        ("R0lGODlh", 24, "an embedded file"),
        ("R0lGODdh", 24, "an embedded file"),
        ("UklGR", 24, "an embedded file"),
        ("PHN2Zy", 24, "an embedded file"),
        ("PD94bWwg", 24, "an embedded file"),
        ("JVBERi0", 24, "an embedded file"),
        ("d09GRg", 24, "an embedded file"),
        ("d09GMg", 24, "an embedded file"),
        ("AAEAAAA", 64, "an embedded file"),
        ("AGFzbQ", 24, "an embedded file"),
        ("H4sIAAAA", 24, "an embedded file"),
        // https://docs.oracle.com/javase/8/docs/platform/serialization/spec/protocol.html: 0xACED, version 5
        ("rO0AB", 24, "a serialized object"),
        ("sha256-", 40, "a digest"),
        ("sha384-", 40, "a digest"),
        ("sha512-", 40, "a digest"),
        ("h1:", 40, "a digest"),
    ];
    STARTS
        .iter()
        .find(|(start, least, _)| value.len() >= *least && value.starts_with(start.as_bytes()))
        .map(|&(_, _, reason)| reason)
        .or_else(|| content_id(value).then_some("a digest"))
        .or_else(|| address(value).then_some("an address"))
        .or_else(|| password_hash(value).then_some("a password hash"))
}

fn hex_digits(digits: &[u8], prefixed: bool) -> Option<&'static str> {
    const CODE: [&str; 8] = [
        "60806040",
        "6080806040",
        "60a06040",
        "60a0806040",
        "60c06040",
        "60606040",
        "363d3d373d3d3d363d73",
        "0061736d",
    ];
    // SubjectPublicKeyInfo in DER, and how many digits it has: Ed25519 (RFC 8410, section 4), points of secp256k1
    // and P-256 whole and compressed (RFC 5480, sections 2.1.1 and 2.2; Hedera leaves the curve's family out).
    const PUBLIC: [(&str, usize); 6] = [
        ("302a300506032b6570032100", 88),
        ("3056301006072a8648ce3d020106052b8104000a034200", 176),
        ("302d300706052b8104000a032200", 94),
        ("3059301306072a8648ce3d020106082a8648ce3d030107034200", 182),
        ("3039301306072a8648ce3d020106082a8648ce3d030107032200", 118),
        ("3036301006072a8648ce3d020106052b8104000a032200", 112),
    ];
    let starts = |start: &str| {
        digits
            .get(..start.len())
            .is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()))
    };
    match digits.len() {
        40 if prefixed => Some("an address"),
        66 if starts("02") || starts("03") => Some("a public key"),
        130 if starts("04") => Some("a public key"),
        _ if PUBLIC
            .iter()
            .any(|(start, length)| digits.len() == *length && starts(start)) =>
        {
            Some("a public key")
        }
        // Keys in hex end at 256 characters.
        257.. => Some("embedded data"),
        32.. if CODE.iter().any(|start| starts(start)) => Some("bytecode"),
        _ => None,
    }
}

/// Whether a value is the id of a content in IPFS: version 1 in base32, of a SHA-256
/// (<https://github.com/multiformats/cid>).
fn content_id(value: &[u8]) -> bool {
    value.len() == 59
        && value.starts_with(b"baf")
        && value
            .iter()
            .all(|b| b.is_ascii_lowercase() || matches!(b, b'2'..=b'7'))
}

/// Whether a value is an address or a public key that its own checksum confirms: bech32 with a
/// public prefix, base58check of Bitcoin's and XRP's addresses, a Stellar account.
fn address(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    match value.len() {
        25..=35 if value.starts_with(b"r") => base58_check(text, bs58::Alphabet::RIPPLE, &[0]),
        25..=35
            if value.starts_with(b"1")
                || value.starts_with(b"3")
                || value.starts_with(b"m")
                || value.starts_with(b"n")
                || value.starts_with(b"2")
                || value.starts_with(b"T") =>
        {
            base58_check(text, bs58::Alphabet::BITCOIN, &[0, 5, 0x6f, 0xc4, 0x41])
        }
        56 if value.starts_with(b"G") => stellar_account(value),
        39..=130 => bech32_public(text),
        _ => false,
    }
}

/// Base58 of a version byte, twenty bytes and four of a double SHA-256.
fn base58_check(text: &str, alphabet: &bs58::Alphabet, versions: &[u8]) -> bool {
    let Ok(bytes) = bs58::decode(text).with_alphabet(alphabet).into_vec() else {
        return false;
    };
    let Some((body, check)) = bytes.split_last_chunk::<4>() else {
        return false;
    };
    body.len() == 21
        && body
            .first()
            .is_some_and(|version| versions.contains(version))
        && Sha256::digest(Sha256::digest(body)).starts_with(check)
}

/// Bech32 whose prefix does not speak of a secret: `bc1…`, `cosmos1…`, `npub1…`, `age1…`.
fn bech32_public(text: &str) -> bool {
    let Some((prefix, _)) = text.rsplit_once('1') else {
        return false;
    };
    let lower = prefix.to_ascii_lowercase();
    let secret = ["sec", "priv", "prv", "sk", "secret", "key", "nsec"]
        .iter()
        .any(|part| lower.contains(part));
    (1..=20).contains(&prefix.len())
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && !secret
        && bech32::decode(text).is_ok()
}

/// Base32 of version 6 << 3, thirty-two bytes and a CRC-16 (XMODEM, low byte first): SEP-23.
fn stellar_account(value: &[u8]) -> bool {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::with_capacity(35));
    for &byte in value {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return false,
        };
        held = (held << 5 | u32::from(digit)) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    let Some((body, check)) = bytes.split_last_chunk::<2>() else {
        return false;
    };
    let crc = body.iter().fold(0_u16, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                crc << 1 ^ 0x1021
            }
        })
    });
    body.first() == Some(&(6 << 3)) && crc.to_le_bytes() == *check
}

/// The modular crypt format and its kin: bcrypt, the SHA crypts, argon2, scrypt, PBKDF2.
fn password_hash(value: &[u8]) -> bool {
    const STARTS: [&str; 14] = [
        "$2a$",
        "$2b$",
        "$2y$",
        "$5$",
        "$6$",
        "$y$",
        "$argon2",
        "$scrypt$",
        "$pbkdf2",
        "pbkdf2_sha",
        "pbkdf2:sha",
        "scrypt:",
        "{SSHA",
        "$apr1$",
    ];
    // As PostgreSQL writes it: https://www.postgresql.org/docs/current/catalog-pg-authid.html
    let postgres = value.strip_prefix(b"md5").is_some_and(|digits| {
        let small = |b: &u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
        digits.len() == 32 && digits.iter().all(small)
    });
    STARTS
        .iter()
        .any(|start| value.starts_with(start.as_bytes()))
        || postgres
        || modular(value)
}

/// The modular crypt format with any method's name: `$method$salt$digest` (crypt(5)), as rspamd writes it, too.
fn modular(value: &[u8]) -> bool {
    let mut fields = value.split(|b| *b == b'$');
    let (Some(b""), Some(method)) = (fields.next(), fields.next()) else {
        return false;
    };
    let rest: Vec<&[u8]> = fields.collect();
    let own = |b: &u8| b.is_ascii_alphanumeric() || b"./+=,-_".contains(b);
    let digest = rest.last().is_some_and(|last| last.len() >= 22);
    (1..=16).contains(&method.len())
        && method
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && (2..=4).contains(&rest.len())
        && digest
        && rest
            .iter()
            .all(|field| !field.is_empty() && field.iter().all(own))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::{Seed, alphabets};

    fn hex(length: usize) -> String {
        String::from_utf8(Seed(51).value(b"0123456789abcdef", length)).unwrap()
    }

    #[test]
    fn values_tell() {
        // Addresses from the specifications: BIP-173, the genesis block, XRPL's ACCOUNT_ZERO.
        let bech32 = ["bc1", "qw508d6qe", "jxtdg4y5r3", "zarvary0c5xw7k", "v8f3t4"].concat();
        let genesis = ["1A1zP1eP5", "QGefi2D", "MPTfTL5SL", "mv7DivfNa"].concat();
        let ripple = ["rrrrrrrrrrrrrrrr", "rrrrrhoLvTp"].concat();
        for (value, expected) in [
            (format!("0x{}", hex(40)), "an address"),
            (format!("02{}", hex(64)), "a public key"),
            (format!("04{}", hex(128)), "a public key"),
            (format!("0x60806040{}", hex(100)), "bytecode"),
            (hex(400), "embedded data"),
            (format!("xpub{}", "A".repeat(107)), "an extended public key"),
            (
                format!("sb_publishable_{}", "A".repeat(31)),
                "a publishable key",
            ),
            (format!("iVBORw0KGgo{}", "A".repeat(40)), "an embedded file"),
            (format!("rO0ABX{}", "A".repeat(40)), "a serialized object"),
            (
                format!("MCowBQYDK2Vw{}{}", "AyEA", "A".repeat(44)),
                "a public key",
            ),
            (format!("$2b$12${}", "a".repeat(53)), "a password hash"),
            (bech32, "an address"),
            (genesis, "an address"),
            (ripple, "an address"),
        ] {
            assert_eq!(by_value(value.as_bytes()), Some(expected), "{value}");
        }
    }

    #[test]
    fn secrets_do_not() {
        let mut broken = ["1A1zP1eP5", "QGefi2D", "MPTfTL5SL", "mv7DivfNa"].concat();
        broken.replace_range(5..6, "X");
        let mut secrets = vec![
            hex(32),
            hex(64),
            format!("0x{}", hex(64)),
            hex(40),
            hex(128),
            broken,
        ];
        let mut seed = Seed(52);
        for (_, alphabet) in alphabets() {
            for round in 0..2000 {
                let value = String::from_utf8(seed.value(&alphabet, 16 + round % 90)).unwrap();
                // 66 hex digits with a public key's first byte are one in 128.
                if value.len() != 66 {
                    secrets.push(value);
                }
            }
        }
        for secret in secrets {
            assert_eq!(by_value(secret.as_bytes()), None, "{secret}");
        }
    }
}
