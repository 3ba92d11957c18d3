//! How the credentials of each exchange look (the reference names the source of each format).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::issuer::Issuer;
use crate::random::{
    ALNUM, BASE58, BASE64_URL, DIGITS, HEX, LOWER_ALNUM, Random, UPPER_ALNUM, UPPER_HEX,
};

/// Words of which people make passphrases.
const WORDS: &[&str] = &[
    "Moon", "Whale", "Lambo", "Satoshi", "Gridder", "Night", "Falcon", "Tulip",
];

impl Issuer {
    /// A made-up value of one part, or `None` where this exchange has no such part.
    pub(crate) fn value(&self, part: &str, random: &mut Random) -> Option<String> {
        let value = match (self.id, part) {
            ("okx" | "kucoin" | "bitget", "passphrase") => passphrase(random),
            ("bitmart", "memo") => {
                format!(
                    "{}{}",
                    random.pick(WORDS).to_lowercase(),
                    random.text(DIGITS, 4)
                )
            }
            ("binance", "key" | "secret") => random.text(ALNUM, 64),
            ("bybit", "key") => random.text(ALNUM, 18),
            ("bybit", "secret") => random.text(ALNUM, 36),
            ("okx", "key") | ("kucoin", "secret") | ("phemex", "key") => random.uuid(),
            ("okx", "secret") | ("coinex", "key") => random.text(UPPER_HEX, 32),
            ("kucoin", "key") => random.object_id(),
            ("kraken", "key") => STANDARD.encode(random.bytes(42)),
            ("kraken", "secret") => STANDARD.encode(random.bytes(64)),
            ("bitget", "key") => format!("bg_{}", random.text(HEX, 32)),
            ("bitget" | "gate" | "bitmart", "secret") => random.text(HEX, 64),
            ("gate", "key") => random.text(HEX, 32),
            ("htx", "key") => huobi_access_key(random),
            ("htx", "secret") => hex_groups(random, &[8, 8, 8, 5]),
            ("mexc", "key") => format!("mx0vgl{}", random.text(ALNUM, 12)),
            ("mexc", "secret") => random.uuid_hex(),
            ("bitfinex", "key" | "secret") | ("deribit", "secret") => {
                URL_SAFE_NO_PAD.encode(random.bytes(32))
            }
            ("bitmex", "key") => URL_SAFE_NO_PAD.encode(random.bytes(18)),
            ("bitmex", "secret") => URL_SAFE_NO_PAD.encode(random.bytes(36)),
            ("deribit", "key") => random.text(BASE64_URL, 8),
            ("bitmart", "key") => random.text(HEX, 40),
            ("coinex", "secret") => random.text(UPPER_HEX, 48),
            ("poloniex", "key") => (0..4)
                .map(|_| random.text(UPPER_ALNUM, 8))
                .collect::<Vec<_>>()
                .join("-"),
            ("poloniex", "secret") => random.text(HEX, 128),
            ("gemini", "key") => format!("account-{}", random.text(ALNUM, 20)),
            ("gemini", "secret") => random.text(ALNUM, 28),
            ("phemex", "secret") => URL_SAFE_NO_PAD.encode(random.bytes(66)),
            ("bitstamp", "key" | "secret") | ("ascendex", "key") => random.text(ALNUM, 32),
            ("coinbase-cdp", "key") => {
                let (organization, key) = (random.uuid(), random.uuid());
                format!("organizations/{organization}/apiKeys/{key}")
            }
            ("coinbase-cdp", "secret") => ed25519_pair(random),
            ("coinbase-cdp", "pem") => sec1_pem(random),
            ("binance" | "bybit", "pem") => pkcs8_pem(random),
            ("cryptocom", "key") => random.text(BASE58, 22),
            ("cryptocom", "secret") => format!("cxakp_{}", random.text(BASE58, 22)),
            ("bitvavo", "key") => random.text(HEX, 64),
            ("bitvavo", "secret") => random.text(HEX, 128),
            ("upbit", "key" | "secret") => random.text(ALNUM, 40),
            ("whitebit", "key" | "secret") => random.text(HEX, 32),
            ("bingx", "key") => random.text(ALNUM, 85),
            ("bingx", "secret") => random.text(ALNUM, 83),
            ("ascendex", "secret") => random.text(ALNUM, 64),
            ("lbank", "key") => random.uuid(),
            ("lbank", "secret") => random.text(UPPER_HEX, 32),
            ("indodax", "key") => (0..5)
                .map(|_| random.text(UPPER_ALNUM, 8))
                .collect::<Vec<_>>()
                .join("-"),
            ("indodax", "secret") => random.text(HEX, 80),
            _ => return None,
        };
        Some(value)
    }
}

/// A passphrase as a person makes it: a word or two, digits, now and then a sign that needs no
/// escaping in any of the ways.
fn passphrase(random: &mut Random) -> String {
    let (first, second) = (random.pick(WORDS), random.pick(WORDS));
    let digits = random.text(DIGITS, 4);
    match random.below(4) {
        0 => format!("{first}{digits}{second}"),
        1 => format!("{first}{digits}{}", random.text(LOWER_ALNUM, 5)),
        2 => format!("{first}_{second}{digits}"),
        _ => random.text(ALNUM, 14),
    }
}

/// The exchange's access key: four groups, one of them from a short list (the reference names
/// the shapes that were seen).
fn huobi_access_key(random: &mut Random) -> String {
    let word = *random.pick(&["bg5t6ygr6y", "dbuqg6hkte", "vf25treb80", "rfhfg2mkl3"]);
    match random.below(3) {
        0 => format!(
            "{}-{word}-{}",
            hex_groups(random, &[8]),
            hex_groups(random, &[8, 5])
        ),
        1 => format!(
            "{}-{word}-{}",
            hex_groups(random, &[8, 8]),
            hex_groups(random, &[5])
        ),
        _ => format!("{}-{word}", hex_groups(random, &[8, 8, 8])),
    }
}

fn hex_groups(random: &mut Random, lengths: &[usize]) -> String {
    lengths
        .iter()
        .map(|length| random.text(HEX, *length))
        .collect::<Vec<_>>()
        .join("-")
}

/// An Ed25519 seed and its public key, as the exchange hands them out.
fn ed25519_pair(random: &mut Random) -> String {
    let seed: [u8; 32] = random.bytes(32).try_into().unwrap();
    STANDARD.encode(ed25519_dalek::SigningKey::from_bytes(&seed).to_keypair_bytes())
}

/// An Ed25519 private key (RFC 8410).
fn pkcs8_pem(random: &mut Random) -> String {
    let mut der = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    der.extend(random.bytes(32));
    armor("PRIVATE KEY", &der)
}

/// A P-256 private key without its public half (RFC 5915, where that half is optional).
fn sec1_pem(random: &mut Random) -> String {
    let mut der = vec![0x30, 0x31, 2, 1, 1, 4, 0x20];
    der.extend(random.bytes(32));
    der.extend([0xa0, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    armor("EC PRIVATE KEY", &der)
}

fn armor(label: &str, der: &[u8]) -> String {
    let body: Vec<char> = STANDARD.encode(der).chars().collect();
    let lines: Vec<String> = body.chunks(64).map(|line| line.iter().collect()).collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::{ISSUERS, named};

    #[test]
    fn every_exchange_has_a_key_and_a_secret() {
        for issuer in ISSUERS.iter() {
            let mut random = Random::new(issuer.id);
            assert!(issuer.value("key", &mut random).is_some(), "{}", issuer.id);
            assert!(
                issuer.value("secret", &mut random).is_some(),
                "{}",
                issuer.id
            );
        }
    }

    #[test]
    fn the_lengths_are_those_of_the_reference() {
        let lengths = |id: &str| {
            let issuer = named(id).unwrap();
            let length = |part| issuer.value(part, &mut Random::new(part)).unwrap().len();
            (length("key"), length("secret"))
        };
        assert_eq!(lengths("binance"), (64, 64));
        assert_eq!(lengths("bybit"), (18, 36));
        assert_eq!(lengths("okx"), (36, 32));
        assert_eq!(lengths("kucoin"), (24, 36));
        assert_eq!(lengths("kraken"), (56, 88));
        assert_eq!(lengths("bitget"), (35, 64));
        assert_eq!(lengths("bitfinex"), (43, 43));
        assert_eq!(lengths("bitmex"), (24, 48));
        assert_eq!(lengths("mexc"), (18, 32));
        assert_eq!(lengths("phemex"), (36, 88));
        assert_eq!(lengths("poloniex"), (35, 128));
        assert_eq!(lengths("coinbase-cdp"), (95, 88));
        assert_eq!(lengths("indodax"), (44, 80));
    }

    #[test]
    fn only_some_have_a_passphrase() {
        let has = |id: &str, part| {
            named(id)
                .unwrap()
                .value(part, &mut Random::new(""))
                .is_some()
        };
        assert!(has("okx", "passphrase") && has("kucoin", "passphrase"));
        assert!(!has("binance", "passphrase") && has("bitmart", "memo"));
    }
}
