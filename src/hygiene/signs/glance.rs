//! A first look at a text: most hold no sign at all, and are not read as code.

use std::sync::LazyLock;

use super::table::{CALLS, PATHS, TLS_OFF, WRITES};
use crate::literals::Literals;

/// What else stands in a text that holds a sign, beside the names of calls, paths and settings.
const TELLING: &[&str] = &["0.0.0.0", "listen_ip_address"];

/// Rare pieces: one stands in every literal that tells a sign, but for writers.
const PIECES: &[&str] = &[
    "ithdraw",
    "orrow",
    "ransfer",
    "Loan",
    "_loan",
    "/loan",
    "sendcoin",
    "margin/o",
    "erify",
    "VERIFY",
    "unverified",
    "ssl=False",
    "check_hostname",
    "CERT_NONE",
    "Unauthorized",
    "UNAUTHORIZED",
    "accept_invalid",
    "DangerousAccept",
    "NoopHostname",
    "TrustAll",
    "0.0.0.0",
    "listen_ip",
];

/// Pieces one of which every secret's name holds.
const SECRETS: &[&str] = &[
    "ecret",
    "SECRET",
    "rivate",
    "PRIVATE",
    "pikey",
    "pi_key",
    "piKey",
    "PI_KEY",
    "assphrase",
    "PASSPHRASE",
    "nemonic",
    "MNEMONIC",
    "eed",
    "SEED",
];

/// Whether a text may hold a sign at all: a look at its bytes, with no memory of its own.
pub(super) fn may_hold(text: &[u8]) -> bool {
    static TOLD: LazyLock<Told> = LazyLock::new(Told::new);
    static WRITERS: LazyLock<Literals> = LazyLock::new(|| Literals::new(WRITES));
    static NAMES: LazyLock<Literals> = LazyLock::new(|| Literals::new(SECRETS));
    TOLD.stands_in(text) || NAMES.stand_in(text) && WRITERS.stand_in(text)
}

/// What tells a sign wherever it stands.
struct Told {
    pieces: Literals,
    /// Of each piece the literals that hold it, and how far behind their beginning.
    whole: Vec<Vec<(usize, String)>>,
}

impl Told {
    fn new() -> Self {
        let mut whole = vec![Vec::new(); PIECES.len()];
        for literal in literals() {
            let at = |piece: &str| literal.find(piece);
            let held = PIECES.iter().zip(&mut whole);
            let held = held.filter_map(|(piece, whole)| Some((at(piece)?, whole)));
            if let Some((at, whole)) = held.min_by_key(|(at, _)| *at) {
                whole.push((at, literal));
            }
        }
        Self {
            pieces: Literals::new(PIECES),
            whole,
        }
    }

    fn stands_in(&self, text: &[u8]) -> bool {
        self.pieces.find_iter(text).any(|found| {
            let piece = text.get(found.clone()).unwrap_or_default();
            let number = PIECES.iter().position(|known| known.as_bytes() == piece);
            let whole = number.and_then(|number| self.whole.get(number));
            whole.into_iter().flatten().any(|(at, literal)| {
                let start = found.start.checked_sub(*at);
                start.is_some_and(|start| text[start..].starts_with(literal.as_bytes()))
            })
        })
    }
}

/// Every literal that tells a sign, but for writers.
fn literals() -> impl Iterator<Item = String> {
    let calls = CALLS.iter().map(|(call, ..)| format!("{call}("));
    let others = PATHS.iter().map(|(path, ..)| *path);
    let others = others.chain(TLS_OFF.iter().copied());
    calls.chain(others.chain(TELLING.iter().copied()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_literal_is_told_by_a_piece() {
        let told = Told::new();
        for literal in literals() {
            assert!(told.stands_in(literal.as_bytes()), "{literal}");
            let whole = told.whole.iter().flatten();
            assert_eq!(whole.filter(|(_, known)| *known == literal).count(), 1);
            let cut = literal.get(..literal.len() - 1).unwrap_or_default();
            let holds = literals().any(|other| cut.contains(&other));
            assert_eq!(told.stands_in(cut.as_bytes()), holds, "{cut}");
        }
    }

    proptest! {
        #[test]
        fn pieces_tell_what_the_literals_tell(
            parts in prop::collection::vec((any::<prop::sample::Index>(), 0..6usize, 0..6usize), 1..6),
        ) {
            let told = Told::new();
            let all: Vec<String> = literals().chain(PIECES.iter().map(|p| (*p).to_owned())).collect();
            let text: String = parts
                .iter()
                .map(|(index, from, less)| {
                    let literal = index.get(&all);
                    let end = literal.len().saturating_sub(less.saturating_sub(3));
                    literal.get(from.saturating_sub(3)..end).unwrap_or_default()
                })
                .collect();
            let holds = literals().any(|literal| text.contains(&literal));
            prop_assert_eq!(told.stands_in(text.as_bytes()), holds, "{}", text);
        }
    }
}
