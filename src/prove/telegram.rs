//! Telegram's bot tokens: the bot's number and 35 characters
//! (<https://core.telegram.org/bots/api#authorizing-your-bot>).

use super::text::trimmed;
use super::{Evidence, Proof};

const UP: &str = "01234567890123456";
const DOWN: &str = "9876543210987654";

/// `telegram-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((id, secret)) = trimmed(value).and_then(|text| text.split_once(':')) else {
        return Proof::Refuted("no bot number before the secret");
    };
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    if !is_number || !(5..=16).contains(&id.len()) {
        return Proof::Refuted("not the number of a bot");
    }
    // Documentation counts: 123456789, 1234567890, 987654321.
    if id.len() >= 8 && (UP.contains(id) || DOWN.contains(id)) {
        return Proof::Refuted("the number of a sample: it counts");
    }
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if secret.len() != 35 || !secret.bytes().all(letters) {
        return Proof::Refuted("not the secret of a bot");
    }
    Proof::Proved(Evidence::loose("bot number and secret").with("bot id", id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_count_are_samples() {
        let proof = |id: &str| {
            prove(format!("{id}:AA{}", "x1Y_".repeat(9).get(..33).unwrap_or("")).as_bytes())
        };
        for sample in [
            "123456789",
            "1234567890",
            "12345678",
            "987654321",
            "9876543210",
        ] {
            assert!(matches!(proof(sample), Proof::Refuted(_)), "{sample}");
        }
        for own in ["523456789", "1234567891", "110201543"] {
            assert!(matches!(proof(own), Proof::Proved(_)), "{own}");
        }
    }
}
