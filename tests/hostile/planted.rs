//! Made-up credentials to plant.

use keyfence::finding::Fingerprint;

use crate::random::{ALNUM, Random};

/// A key and its secret, as Binance hands them out.
pub(crate) struct Pair {
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Pair {
    /// The pair of this seed.
    pub(crate) fn new(seed: &str) -> Self {
        let mut random = Random::new(seed);
        Self {
            key: random.text(ALNUM, 64),
            secret: random.text(ALNUM, 64),
        }
    }

    /// Two lines of a dotenv file: the secret is on the second.
    pub(crate) fn dotenv(&self) -> String {
        self.lines("\n")
    }

    /// The same with other line ends.
    pub(crate) fn lines(&self, end: &str) -> String {
        format!(
            "BINANCE_API_KEY={}{end}BINANCE_SECRET_KEY={}{end}",
            self.key, self.secret
        )
    }

    /// What a report knows the pair by.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(&self.secret)
    }
}

/// What a report knows a value by.
pub(crate) fn fingerprint(value: &str) -> String {
    Fingerprint::of_value(value.as_bytes()).to_string()
}

/// A token as GitHub hands it out, checksum included.
pub(crate) fn token(seed: u64) -> String {
    (seed * 100..)
        .filter_map(|seed| keyfence::prove::forge("github-token", seed))
        .find(|token| token.len() == 40)
        .unwrap()
}
