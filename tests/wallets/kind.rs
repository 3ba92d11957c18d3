//! The kinds of wallet material: how a value is made, and what should be told of it.

use keyfence::prove::forge;
use sha2::{Digest, Sha256};

use crate::phrase::{LANGUAGES, list, phrase, words};

/// The kinds of a family, or the kind itself.
pub(crate) fn family(name: &str) -> Vec<String> {
    let all = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    match name {
        "phrases" => all(&[
            "english-12",
            "english-15",
            "english-18",
            "english-21",
            "english-24",
        ]),
        "two-phrases" => all(&["english-12", "english-24"]),
        "languages" => LANGUAGES
            .iter()
            .flat_map(|language| [12, 15, 18, 21, 24].map(|count| format!("{language}-{count}")))
            .collect(),
        "strangers" => LANGUAGES[1..]
            .iter()
            .map(|language| format!("{language}-12"))
            .collect(),
        "spaced" => LANGUAGES
            .iter()
            .filter(|language| !language.starts_with("chinese"))
            .map(|language| format!("{language}-12"))
            .collect(),
        "chinese" => all(&["chinese_simplified-12", "chinese_traditional-24"]),
        "wifs" => all(&[
            "btc",
            "btc-long",
            "ltc",
            "ltc-long",
            "doge",
            "doge-long",
            "dash",
            "dash-long",
        ]),
        "xprvs" => all(&["xprv", "yprv", "zprv"]),
        "pems" => all(&["pem-rsa", "pem-ec", "pem-pkcs8"]),
        "armors" => all(&["pem-rsa", "pem-ec", "pem-pkcs8", "openssh", "pgp"]),
        "sealed" => all(&["pem-encrypted", "openssh-encrypted"]),
        "edsks" => all(&["tezos-edsk", "tezos-edsk-long", "tezos-spsk", "tezos-p2sk"]),
        "githubs" => all(&["ghp", "gho", "ghu", "ghs", "ghr"]),
        "chains" => all(&[
            "stellar",
            "xrp",
            "sui",
            "tezos-edsk",
            "near",
            "nostr",
            "age",
            "aptos",
            "cardano",
            "eos",
            "hedera",
        ]),
        _ => vec![name.to_owned()],
    }
}

/// A made-up value of a kind; none for an unknown one.
pub(crate) fn value(kind: &str, seed: &str) -> Option<String> {
    if let Some(language) = kind.strip_suffix("-list") {
        return Some(list(language).join("\n"));
    }
    if let Some((language, count)) = kind.rsplit_once('-')
        && LANGUAGES.contains(&language)
    {
        return Some(phrase(language, count.parse().ok()?, seed));
    }
    if let Some((name, count)) = kind.split_once(':') {
        return plain(name, count.parse().ok()?, seed);
    }
    let begins = |proof: &str, prefixes: &[&str]| {
        made(proof, seed, |v| prefixes.iter().any(|p| v.starts_with(p)))
    };
    let any = |proof: &str| made(proof, seed, |_| true);
    match kind {
        "electrum" => any("electrum-seed"),
        "ton" => any("ton-mnemonic"),
        "algorand" => any("algorand-mnemonic"),
        "slip39" => any("slip39"),
        "btc" => begins("wif", &["K", "L"]),
        "btc-long" => begins("wif", &["5"]),
        "ltc" => begins("wif", &["T"]),
        "ltc-long" => made("wif", seed, |v| v.starts_with('6') && net(v) == Some(0xb0)),
        "doge" => begins("wif", &["Q"]),
        "doge-long" => made("wif", seed, |v| v.starts_with('6') && net(v) == Some(0x9e)),
        "dash" => begins("wif", &["X"]),
        "dash-long" => begins("wif", &["7"]),
        "btc-testnet" => begins("wif", &["c"]),
        "btc-testnet-long" => begins("wif", &["9"]),
        "bip38" => any("bip38"),
        "xprv" | "yprv" | "zprv" | "tprv" => begins("xprv", &[kind]),
        "eth" => begins("secp256k1", &["0x"]),
        "keystore" => any("eth-keystore"),
        "substrate-keystore" => any("substrate-keystore"),
        "solana-array" => any("ed25519-pair-bytes"),
        "solana" => any("ed25519-pair-base58"),
        "solana-base64" => any("ed25519-pair-base64"),
        "solana-hex" => any("ed25519-pair-hex"),
        "stellar" => any("stellar-seed"),
        "xrp" => begins("xrp-seed", &["s"]),
        "sui" => any("sui-key"),
        "sui-keystore" => any("sui-keystore-key"),
        "tezos-edsk" => made("tezos-key", seed, |v| {
            v.starts_with("edsk") && v.len() == 54
        }),
        "tezos-edsk-long" => made("tezos-key", seed, |v| {
            v.starts_with("edsk") && v.len() == 98
        }),
        "tezos-spsk" => begins("tezos-key", &["spsk"]),
        "tezos-p2sk" => begins("tezos-key", &["p2sk"]),
        "near" => any("near-key"),
        "nostr" => any("nostr-key"),
        "age" => any("age-key"),
        "aptos" => any("aptos-key"),
        "cosmos" => begins("tendermint-key", &["{"]),
        "cosmos-value" => made("tendermint-key", seed, |v| !v.starts_with('{')),
        "cardano" => made("cardano-key", seed, |v| !v.starts_with("5820")),
        "cardano-skey" => begins("cardano-key", &["5820"]),
        "eos" => any("eos-key"),
        "hedera" => any("hedera-key"),
        "pem-rsa" => begins("pem-private-key", &["-----BEGIN RSA"]),
        "pem-ec" => begins("pem-private-key", &["-----BEGIN EC"]),
        "pem-pkcs8" => begins("pem-private-key", &["-----BEGIN PRIVATE"]),
        "pem-encrypted" => any("pem-encrypted-key"),
        "openssh" => any("openssh-private-key"),
        "openssh-encrypted" => any("openssh-encrypted-key"),
        "pgp" => any("pgp-private-key"),
        "putty" => any("putty-private-key"),
        "telegram" => any("telegram-token"),
        "discord" => any("discord-token"),
        "discord-webhook" => {
            let id = plain("digit", 17, seed)?;
            Some(format!(
                "https://discord.com/api/webhooks/1{id}/{}",
                plain("alnum", 68, seed)?
            ))
        }
        "repeat" => Some(["word"; 12].join(" ")),
        "fernet" => any("fernet-key"),
        "aws-id" => begins("aws-key-id", &["AKIA"]),
        "aws-secret" => plain("base64", 40, seed),
        "ghp" | "gho" | "ghu" | "ghs" | "ghr" => begins("github-token", &[kind]),
        _ => None,
    }
}

/// The first made-up value for a seed that fits.
fn made(proof: &str, seed: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let digest = Sha256::digest(seed);
    let start = u64::from_be_bytes(digest[..8].try_into().ok()?);
    let values = (0..2000).filter_map(|add| forge(proof, start.wrapping_add(add)));
    values.into_iter().find(|value| fits(value))
}

/// The version byte of a wallet import format text.
fn net(text: &str) -> Option<u8> {
    bs58::decode(text).into_vec().ok()?.first().copied()
}

/// Characters that mean nothing, or `words:12` of the English list.
fn plain(name: &str, length: usize, seed: &str) -> Option<String> {
    const ALL: &str = "0123456789abcdefABCDEFghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ+/";
    let letters: String = match name {
        "words" => return Some(words(length, seed)),
        "bytes" => {
            let number = |at| Sha256::digest(format!("{at} {seed}"))[0].to_string();
            return Some((0..length).map(number).collect::<Vec<_>>().join(", "));
        }
        "hex" => ALL[..16].to_owned(),
        "digit" => ALL[..10].to_owned(),
        "base58" => ALL[1..62].replace(['I', 'O', 'l'], ""),
        "alnum" => ALL[..62].to_owned(),
        "base64" => ALL.to_owned(),
        "bech32" => "qpzry9x8gf2tvdw0s3jn54khce6mua7l".to_owned(),
        "base32" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".to_owned(),
        _ => return None,
    };
    let letters = letters.as_bytes();
    let letter = |at| {
        let digest = Sha256::digest(format!("{name} {at} {seed}"));
        let number = usize::from(u16::from_be_bytes([digest[0], digest[1]]));
        char::from(letters[number % letters.len()])
    };
    Some((0..length).map(letter).collect())
}

/// The rules that may name a kind.
pub(crate) fn rules(kind: &str) -> &'static [&'static str] {
    if LANGUAGES.iter().any(|language| kind.starts_with(language)) {
        return &["bip39"];
    }
    match kind {
        "electrum" => &["electrum-seed"],
        "xprv" | "yprv" | "zprv" | "tprv" => &["bip32"],
        "eth" => &["ethereum-hex"],
        "keystore" => &["eth-keystore"],
        "substrate-keystore" => &["substrate"],
        "solana-array" => &["solana-array"],
        "solana" => &["solana-b58"],
        "solana-base64" | "solana-hex" => &["ed25519-key-pair", "solana-b58"],
        "sui-keystore" => &["sui"],
        "cosmos-value" => &["cosmos"],
        "discord-webhook" => &["discord"],
        "aws-id" | "aws-secret" => &["aws"],
        "ghp" | "gho" | "ghu" | "ghs" | "ghr" => &["github"],
        "stellar" => &["stellar"],
        "xrp" => &["xrp"],
        "sui" => &["sui"],
        "near" => &["near"],
        "nostr" => &["nostr"],
        "age" => &["age"],
        "aptos" => &["aptos"],
        "cosmos" => &["cosmos"],
        "cardano" => &["cardano"],
        "cardano-skey" => &["cardano-skey"],
        "eos" => &["eos"],
        "hedera" => &["hedera"],
        "ton" => &["ton"],
        "algorand" => &["algorand"],
        "slip39" => &["slip39"],
        "telegram" => &["telegram"],
        "discord" => &["discord"],
        "fernet" => &["fernet"],
        _ if kind.starts_with("tezos") => &["tezos"],
        _ if kind.starts_with("pem") || kind.starts_with("openssh") => &["pem-ssh-pgp"],
        "pgp" | "putty" => &["pem-ssh-pgp"],
        _ => &["wif"],
    }
}

/// By which public facts the owner should recognise a value; none where there is nothing to derive.
pub(crate) fn facts(kind: &str) -> &'static [&'static str] {
    if LANGUAGES.iter().any(|language| kind.starts_with(language)) {
        return &["Ethereum address", "Bitcoin address"];
    }
    match kind {
        "electrum" => &["Bitcoin address"],
        "algorand" => &["Algorand address"],
        "btc" | "btc-long" => &["Bitcoin address"],
        "eth" | "keystore" => &["Ethereum address"],
        "solana" | "solana-array" => &["Solana address"],
        "solana-base64" | "solana-hex" => &["public key"],
        "stellar" => &["Stellar account"],
        "near" => &["NEAR implicit account"],
        "nostr" => &["Nostr public key"],
        "aptos" => &["Aptos address"],
        "age" => &["age recipient"],
        "eos" => &[],
        "openssh" => &["fingerprint"],
        "cardano-skey" => &["public key"],
        _ => &[],
    }
}

/// Whether a value is sealed with a password, so that it may be told but is no leak.
pub(crate) fn is_sealed(kind: &str) -> bool {
    kind.ends_with("encrypted")
        || kind.ends_with("keystore") && !kind.starts_with("sui")
        || kind == "bip38"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_hold_kinds_that_can_be_made() {
        for name in [
            "phrases",
            "languages",
            "strangers",
            "wifs",
            "xprvs",
            "armors",
            "sealed",
            "edsks",
            "githubs",
            "chains",
        ] {
            for kind in family(name) {
                assert!(value(&kind, "x").is_some(), "{kind}");
            }
        }
        assert_eq!(value("nothing", "x"), None);
    }

    #[test]
    fn values_hang_on_their_seed_alone() {
        assert_eq!(value("eth", "a"), value("eth", "a"));
        assert_ne!(value("eth", "a"), value("eth", "b"));
    }
}
