//! What the code and the settings say of exchanges, cloud bots and sub-accounts.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::git::tree::Mode;
use crate::hygiene::Ground;
use crate::rule::{Rule, Set};
use crate::source::open;
use crate::suppress::path;

/// Larger files are data, in bytes.
const LARGEST: u64 = 512 << 10;
/// So many files are read.
const MOST_FILES: usize = 20_000;
/// Places kept of each.
const MOST_PLACES: usize = 5;

/// What makes a line speak of a sub-account: fields and headers of the exchanges' and ccxt's interfaces.
const SUB_ACCOUNTS: [&str; 7] = [
    "subaccount",
    "sub_account",
    "sub-account",
    "vaultaddress",
    "vault_address",
    "fromsubaccount",
    "kc-api-partner-sub",
];

/// What the code says.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The exchanges and brokers it talks to, with places.
    pub(super) exchanges: BTreeMap<&'static str, (&'static Rule, Vec<String>)>,
    /// The bot platforms that it talks to, with places.
    pub(super) bots: BTreeMap<&'static str, (&'static Rule, Vec<String>)>,
    /// Lines that speak of sub-accounts.
    pub(super) sub_accounts: Vec<String>,
}

impl Marks {
    /// Reads the files of the index, as they stand on disk. Tests, documentation and what came with
    /// packages say nothing about the bot.
    pub(super) fn read(ground: &Ground, set: Set) -> Self {
        let mut words: Vec<&'static str> = Vec::new();
        let mut whose: Vec<Option<&'static Rule>> = Vec::new();
        for rule in set.rules() {
            if !matches!(rule.domain, "exchange" | "broker" | "bot") {
                continue;
            }
            let calls = rule.context.calls.iter().filter(|call| call.contains('.'));
            for word in rule.context.hosts.iter().chain(calls) {
                words.push(word);
                whose.push(Some(rule));
            }
        }
        words.extend(SUB_ACCOUNTS);
        whose.extend(SUB_ACCOUNTS.map(|_| None));
        let mut out = Self::default();
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&words);
        let Ok(search) = search else {
            return out;
        };
        let files = ground.listing.all().iter().filter(|listed| {
            let class = path::classify(&listed.path);
            let aside = class.test || class.docs || class.vendored || class.minified;
            listed.mode == Mode::File
                && !aside
                && !class.lock_file
                && !path::installed(&listed.path)
        });
        for listed in files.take(MOST_FILES) {
            let full = ground.full(&listed.path);
            let Ok(Some(bytes)) = open::small(&full, LARGEST) else {
                continue;
            };
            let path = String::from_utf8_lossy(&listed.path);
            for hit in search.find_iter(&bytes) {
                if !stands_alone(&bytes, hit.start(), hit.end()) {
                    continue;
                }
                let place = || {
                    let before = bytes.get(..hit.start()).unwrap_or_default();
                    format!("{path}:{}", 1 + memchr::memchr_iter(b'\n', before).count())
                };
                match whose.get(hit.pattern().as_usize()).copied().flatten() {
                    None if out.sub_accounts.len() < MOST_PLACES => {
                        out.sub_accounts.push(place());
                    }
                    None => {}
                    Some(rule) => {
                        let list = if rule.domain == "bot" {
                            &mut out.bots
                        } else {
                            &mut out.exchanges
                        };
                        let entry = list.entry(rule.provider).or_insert((rule, Vec::new()));
                        if entry.1.len() < MOST_PLACES {
                            entry.1.push(place());
                        }
                    }
                }
            }
        }
        out
    }
}

/// Whether no letter or digit stands before the word, nor one that makes it another word behind it.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let behind = bytes.get(end);
    let word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-');
    // Names are joined as they like: `useSubaccount`, `subaccount_id`.
    let text = bytes.get(start..end).unwrap_or_default();
    let joined = SUB_ACCOUNTS
        .iter()
        .any(|own| text.eq_ignore_ascii_case(own.as_bytes()));
    joined || !word(before) && !word(behind)
}
