//! What must hold for every proof.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::registry::PROOFS;
use super::text::base64;
use super::*;
use proptest::prelude::*;

/// TON's maker takes 256 throws of a slow hash: fewer seeds have to do.
fn seeds(name: &str) -> u64 {
    if name == "ton-mnemonic" { 2 } else { 200 }
}

#[test]
fn names_and_registry_agree() {
    let names: Vec<&str> = PROOFS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, NAMES);
    assert!(NAMES.is_sorted());
    assert!(prover("nothing").is_none());
    assert!(forge("nothing", 0).is_none());
}

/// What is damaged is never proved.
const NEVER: &str = "pem-damaged-key";

#[test]
fn made_up_values_are_proved() {
    for (name, prove, _) in PROOFS {
        if *name == NEVER {
            continue;
        }
        let mut values = std::collections::HashSet::new();
        for seed in 0..seeds(name) {
            let value = forge(name, seed).unwrap();
            let proof = prove(value.as_bytes());
            assert!(
                matches!(proof, Proof::Proved(_)),
                "{name} {seed}: {proof:?}"
            );
            assert!(values.insert(value), "{name}: the same value twice");
        }
        assert_eq!(forge(name, 1), forge(name, 1));
    }
}

/// No fact may give away the value, or a part of it that is worth something.
#[test]
fn facts_hold_no_part_of_the_value() {
    for (name, prove, _) in PROOFS {
        // The address stands in a keystore in the clear, the public half in a pair.
        if name.ends_with("-keystore") || *name == "ed25519-pair-hex" || *name == NEVER {
            continue;
        }
        for seed in 0..seeds(name).min(20) {
            let value = forge(name, seed).unwrap();
            let Proof::Proved(evidence) = prove(value.as_bytes()) else {
                panic!("{name}");
            };
            for (fact, text) in evidence.public {
                let long = text.len() >= 12;
                assert!(!long || !value.contains(&text), "{name}: {fact}");
            }
        }
    }
}

/// Formats with a checksum of 16 bits or more, or with a key pair.
const CHECKED: &[&str] = &[
    "age-key",
    "bip38",
    "ed25519-pair-base58",
    "ed25519-pair-hex",
    "eos-key",
    "near-key",
    "nostr-key",
    "stellar-seed",
    "sui-key",
    "tezos-key",
    "wif",
    "xprv",
    "xrp-seed",
];

#[test]
fn a_changed_character_is_refuted() {
    for name in CHECKED {
        let prove = prover(name).unwrap();
        for seed in 0..20u64 {
            let mut value = forge(name, seed).unwrap().into_bytes();
            let at = value.len() - 1 - usize::try_from(seed).unwrap();
            let mut letters = b"23456789ACDEFacdef".iter();
            // Another letter of all these alphabets, of the same case.
            let case = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase());
            let same = |letter: &&u8| {
                **letter != value[at]
                    && (case(**letter) == case(value[at]) || letter.is_ascii_digit())
            };
            let letter = *letters.find(same).unwrap();
            value[at] = letter;
            assert!(matches!(prove(&value), Proof::Refuted(_)), "{name} {seed}");
        }
    }
}

/// One phrase in 16 passes with a wrong word by chance (BIP-39's 4 bits), fewer of the others.
#[test]
fn a_changed_word_is_refuted() {
    for name in [
        "bip39",
        "algorand-mnemonic",
        "electrum-seed",
        "monero-mnemonic",
        "slip39",
    ] {
        let prove = prover(name).unwrap();
        let refuted = (0..60).filter(|seed| {
            let value = forge(name, *seed).unwrap();
            let (first, rest) = value.split_once(' ').unwrap();
            let (second, rest) = rest.split_once(' ').unwrap();
            let swapped = format!("{second} {first} {rest}");
            first == second || matches!(prove(swapped.as_bytes()), Proof::Refuted(_))
        });
        assert!(refuted.count() > 45, "{name}");
    }
}

/// GitHub's and GitLab's checksums only raise the confidence.
#[test]
fn a_token_with_a_wrong_checksum_is_unknown() {
    for name in ["github-token", "gitlab-token"] {
        for seed in 0..50 {
            let mut value = forge(name, seed).unwrap();
            let last = value.pop();
            value.push(if last == Some('0') { '1' } else { '0' });
            assert_eq!(prover(name).unwrap()(value.as_bytes()), Proof::Unknown);
        }
    }
}

#[test]
fn a_damaged_block_is_refuted() {
    for name in ["pgp-private-key", "putty-private-key"] {
        for seed in 0..20 {
            let value = forge(name, seed).unwrap();
            let line = value.lines().rfind(|line| line.len() == 64);
            let line = line.unwrap_or_else(|| value.lines().nth(7).unwrap());
            let mut letters: Vec<char> = line.chars().collect();
            letters[20] = if letters[20] == 'A' { 'B' } else { 'A' };
            let damaged: String = letters.into_iter().collect();
            let proof = prover(name).unwrap()(value.replace(line, &damaged).as_bytes());
            assert!(matches!(proof, Proof::Refuted(_)), "{name} {seed}");
        }
    }
}

#[test]
fn blocks_tell_kind_and_curve() {
    let prove = prover("pem-private-key").unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let value = forge("pem-private-key", seed).unwrap();
        let escaped = format!("\"{}\"", value.replace('\n', "\\n"));
        let Proof::Proved(evidence) = prove(escaped.as_bytes()) else {
            panic!("{seed}");
        };
        kinds.insert(evidence.public[0].1.clone());
        let public = value.replace("PRIVATE", "PUBLIC");
        assert_eq!(prove(public.as_bytes()), Proof::Refuted("a public key"));
    }
    let kinds: Vec<String> = kinds.into_iter().collect();
    assert_eq!(kinds, ["Ed25519", "P-256", "RSA", "secp256k1"]);
}

#[test]
fn damaged_blocks_are_told_from_whole_ones_and_from_made_up_ones() {
    let damaged = prover("pem-damaged-key").unwrap();
    for seed in 0..40 {
        let whole = forge("pem-private-key", seed).unwrap();
        assert!(
            matches!(damaged(whole.as_bytes()), Proof::Refuted(_)),
            "{seed}"
        );
        let closed = forge("pem-encrypted-key", seed).unwrap();
        assert!(
            matches!(damaged(closed.as_bytes()), Proof::Refuted(_)),
            "{seed}"
        );
        let value = forge("pem-damaged-key", seed).unwrap();
        assert_eq!(damaged(value.as_bytes()), Proof::Unknown, "{seed}");
        let public = value.replace("PRIVATE", "PUBLIC");
        assert!(
            matches!(damaged(public.as_bytes()), Proof::Refuted(_)),
            "{seed}"
        );
        // A line of a key is missing.
        let mut lines: Vec<&str> = whole.lines().collect();
        if lines.len() > 12 {
            lines.remove(5);
            assert_eq!(
                damaged(lines.join("\n").as_bytes()),
                Proof::Unknown,
                "{seed}"
            );
        }
    }
    for seed in 0..40 {
        let whole = forge("pem-private-key", seed).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        if let [begin, first, _, _, _, _, .., end] = lines.as_slice() {
            let shown = [*begin, first, end].join("\n");
            assert!(
                matches!(damaged(shown.as_bytes()), Proof::Refuted(_)),
                "{seed}"
            );
        }
    }
    // The first lines of a public key.
    let head = format!(
        "MIIBCgKCAQEA{}",
        base64(&[7, 201, 99, 180, 33, 250, 14, 77].repeat(9))
    );
    let lines = ["VGhpcyBpcyBubyBrZXk6IGEgdGV4dCBpbiBiYXNlNjQu"; 8].join("\n");
    for body in [
        head,
        lines,
        "A".repeat(640),
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(20),
    ] {
        let block = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----");
        assert!(
            matches!(damaged(block.as_bytes()), Proof::Refuted(_)),
            "{block}"
        );
    }
}

#[test]
fn plain_and_encrypted_blocks_are_told_apart() {
    for (plain, encrypted) in [
        ("pem-private-key", "pem-encrypted-key"),
        ("openssh-private-key", "openssh-encrypted-key"),
    ] {
        for seed in 0..10 {
            let (open, closed) = (forge(plain, seed).unwrap(), forge(encrypted, seed).unwrap());
            let refutes = |name: &str, value: &str| {
                matches!(prover(name).unwrap()(value.as_bytes()), Proof::Refuted(_))
            };
            assert!(refutes(plain, &closed) && refutes(encrypted, &open));
            // Blocks of OpenSSH are PEM as well.
            assert!(!refutes("pem-private-key", &open));
            assert!(!refutes("pem-encrypted-key", &closed));
        }
    }
}

#[test]
fn huge_values_are_turned_down() {
    let huge = vec![b'1'; 4 << 20];
    for (name, prove, _) in PROOFS {
        assert!(!matches!(prove(&huge), Proof::Proved(_)), "{name}");
        assert!(!matches!(prove(b""), Proof::Proved(_)), "{name}");
        assert!(!matches!(prove(&[0xff; 64]), Proof::Proved(_)), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_a_proof(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for (_, prove, _) in PROOFS {
            let _ = prove(&bytes);
        }
    }

    #[test]
    fn no_text_breaks_a_proof(text in "(0x|-----BEGIN PRIVATE KEY-----|\\{|\"|é|[1-9A-Za-z.:=_ -]{0,9}){0,20}") {
        for (_, prove, _) in PROOFS {
            let _ = prove(text.as_bytes());
        }
    }

    /// What is almost right reaches further into a check.
    #[test]
    fn no_damage_breaks_a_proof(seed in 0u64..1000, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        for (name, prove, _) in PROOFS {
            if *name == "ton-mnemonic" || *name == "electrum-seed" {
                continue;
            }
            let mut value = forge(name, seed).unwrap().into_bytes();
            let at = at.index(value.len());
            value[at] = byte;
            if cut {
                value.truncate(at);
            }
            let _ = prove(&value);
        }
    }
}
