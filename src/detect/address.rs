//! A key whose public address stands beside it is certain, whatever it is called.

use std::ops::Range;

use crate::prove::Evidence;

/// How far from a key its address is looked for, in bytes.
const NEAR: usize = 600;

/// Shorter facts (a number of words, a kind) say nothing.
const SHORTEST: usize = 26;

/// Where an address or public key that was derived from the value stands near it; `0x` and the case
/// of letters don't count.
pub(super) fn beside(
    text: &[u8],
    span: &Range<usize>,
    evidence: &Evidence,
) -> Option<Range<usize>> {
    let low = span.start.saturating_sub(NEAR);
    let high = span.end.saturating_add(NEAR).min(text.len());
    let window = text.get(low..high)?.to_ascii_lowercase();
    evidence.public.iter().find_map(|(_, fact)| {
        let fact = fact.to_ascii_lowercase();
        let fact = fact.strip_prefix("0x").unwrap_or(&fact);
        if fact.len() < SHORTEST {
            return None;
        }
        let at = memchr::memmem::find_iter(&window, fact).map(|at| low + at);
        let mut outside = at.filter(|at| *at >= span.end || at + fact.len() <= span.start);
        outside.next().map(|at| at..at + fact.len())
    })
}

/// Whether an Ethereum address stands on the same line as a span or on one beside it.
pub(super) fn stands_near(text: &[u8], span: &Range<usize>) -> bool {
    const SAME: usize = 160;
    let low = span.start.saturating_sub(SAME);
    let high = span.end.saturating_add(SAME).min(text.len());
    let sides = [text.get(low..span.start), text.get(span.end..high)];
    sides.into_iter().flatten().any(|side| {
        memchr::memmem::find_iter(side, b"0x").any(|at| {
            let digits = side.get(at + 2..).unwrap_or_default().iter();
            digits.take_while(|byte| byte.is_ascii_hexdigit()).count() == 40
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::prove::{Proof, forge, prover};

    fn evidence(key: &str) -> Evidence {
        match prover("secp256k1").unwrap()(key.as_bytes()) {
            Proof::Proved(evidence) => evidence,
            _ => panic!("not proved"),
        }
    }

    #[test]
    fn an_address_is_found_in_any_case_and_only_outside_the_key() {
        let key = forge("secp256k1", 7).unwrap();
        let evidence = evidence(&key);
        let address = evidence.public[0].1.clone();
        for address in [
            address.clone(),
            address.to_lowercase(),
            address[2..].to_uppercase(),
        ] {
            let text = format!("{address}:{key}");
            let span = address.len() + 1..text.len();
            let found = beside(text.as_bytes(), &span, &evidence).unwrap();
            assert_eq!(found.end, address.len());
        }
        let other = format!("0x{}:{key}", "ab".repeat(20));
        assert_eq!(
            beside(other.as_bytes(), &(43..other.len()), &evidence),
            None
        );
        assert!(stands_near(other.as_bytes(), &(43..other.len())));
        assert!(!stands_near(key.as_bytes(), &(0..key.len())));
    }
}
