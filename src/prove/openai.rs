//! OpenAI's keys: in the middle stands `T3BlbkFJ`, base64 of "OpenAI".

use super::text::trimmed;
use super::{Evidence, Proof};

/// The mark in the middle.
pub(super) const MARK: &str = "T3BlbkFJ";

/// `openai-key`: as much stands before the mark as behind it. Older keys have no mark.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value).filter(|text| text.starts_with("sk-")) else {
        return Proof::Refuted("not the prefix of a key");
    };
    let halves = text.rsplit_once(MARK);
    match halves {
        Some((head, tail)) if tail.len() >= 20 && head.len() >= tail.len() + 3 => {
            Proof::Proved(Evidence::exact("the mark in the middle"))
        }
        _ => Proof::Unknown,
    }
}
