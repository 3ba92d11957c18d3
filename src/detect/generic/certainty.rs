//! How sure a value under a secret-like name is a secret: by its strength, its name and where it stands.

use super::judge::{Case, Judge, PASSED};
use super::letters;
use super::name::{self, Kind};
use super::place::{self, Place};
use super::value::{self, Strength};
use crate::detect::words::words;
use crate::rule::Confidence;

/// What is shorter may be an id, where `key` alone says that it is a secret, in bytes.
const KEY: usize = 20;

impl Judge<'_> {
    /// None where it is none.
    pub(super) fn confidence(&self, case: &Case<'_>, quoted: bool) -> Option<Confidence> {
        let place = place::of_path(self.path);
        let password = case.named.kind == Kind::Password;
        let unsure = self.class.template || self.class.test || self.class.docs;
        // In code a word without quotes is a name or an expression.
        if !quoted
            && matches!(place, Place::Code | Place::Settings)
            && case.strength < Strength::Long
        {
            return None;
        }
        let hex = case
            .value
            .iter()
            .all(|b| b.is_ascii_hexdigit() || *b == b'x');
        // Vectors of tests, and ids that a test makes up as it goes.
        let vague = hex && (self.class.test || place == Place::Prose);
        let made_up = unsure && value::uuid(case.value);
        // What stands there to be replaced, and a digest of a user's password among test data.
        let typed = unsure || matches!(place, Place::Code | Place::Prose);
        let drummed = typed && letters::is_drummed(case.value);
        let digest = unsure && password && hex && matches!(case.value.len(), 32 | 40);
        match (case.strength, case.named.clear) {
            (Strength::Long, true) if made_up || drummed || digest => Some(Confidence::Possible),
            (Strength::Long, _) if self.is_of_an_answer(case, place) => Some(Confidence::Possible),
            (Strength::Long, false) if vague || made_up => None,
            // `accountKey` of Solana's transactions.
            (Strength::Long, _) if self.is_account(case) => None,
            // A coin goes by its address, in a log and anywhere else.
            (Strength::Long, true)
                if case.named.kind == Kind::Token
                    && is_address(case.value)
                    && self
                        .text
                        .get(case.by.clone())
                        .is_some_and(|name| name.contains(&b' ')) =>
            {
                None
            }
            (Strength::Long, false) if case.named.kind == Kind::Token && is_address(case.value) => {
                None
            }
            // Carts, orders and visits go by a UUID, too.
            (Strength::Long, false)
                if case.named.kind == Kind::Token
                    && value::uuid(case.value)
                    && place != Place::Config =>
            {
                Some(Confidence::Possible)
            }
            // `TOKEN=…` of an environment is one, in hex digits too.
            (Strength::Long, false)
                if case.named.kind == Kind::Token
                    && case.held
                    && (!hex || place == Place::Config && self.of_environment(case)) =>
            {
                Some(Confidence::Likely)
            }
            // `pass: "…"`: many mean other things, but not in front of so many random characters.
            (Strength::Long, false) if password && case.held && quoted && !hex => {
                Some(Confidence::Likely)
            }
            // `jiguang.key`: it is somebody's, or goes with a request.
            (Strength::Long, false)
                if case.named.kind == Kind::ApiKey
                    && case.held
                    && case.value.len() >= KEY
                    && !(hex && (unsure || case.value.len() > 48 && place == Place::Code))
                    && !is_address(case.value)
                    && (self.is_of_somebody(case) || self.is_of_request(case)) =>
            {
                Some(Confidence::Likely)
            }
            // In a template, too: what a machine drew is no placeholder.
            (Strength::Long, true) => Some(Confidence::Likely),
            (Strength::Long, false) => Some(Confidence::Possible),
            (Strength::Short, true)
                if password && matches!(place, Place::Config | Place::Settings) && !unsure =>
            {
                Some(Confidence::Likely)
            }
            (Strength::Short, true) => Some(Confidence::Possible),
            (Strength::Fair, true) if password && !unsure => Some(Confidence::Possible),
            _ => None,
        }
    }

    /// Whether it is a token of a session in a text for people: those stand there as samples of what a server answers,
    /// and expire (RFC 6749, sections 1.4, 1.5 and 5.1). A token that someone made to keep is called after what it is
    /// for.
    fn is_of_an_answer(&self, case: &Case<'_>, place: Place) -> bool {
        let name = self.text.get(case.by.clone()).unwrap_or_default();
        let words = words(name);
        let session = words.iter().all(|word| {
            matches!(
                word,
                b"token"
                    | b"access"
                    | b"refresh"
                    | b"id"
                    | b"client"
                    | b"session"
                    | b"user"
                    | b"value"
                    | b"bearer"
                    | b"authorization"
                    | b"x"
                    | b"auth"
            )
        });
        case.named.kind == Kind::Token
            && session
            && place == Place::Prose
            && self.class.docs
            && !self.of_environment(case)
    }

    /// Whether it is the address of an account that the name speaks of.
    fn is_account(&self, case: &Case<'_>) -> bool {
        let name = self.text.get(case.by.clone()).unwrap_or_default();
        let name = words(name);
        let own = |word: &[u8]| matches!(word, b"account" | b"accounts");
        case.named.kind == Kind::ApiKey && is_address(case.value) && name.iter().any(own)
    }

    /// Whether the name says whose key it is.
    fn is_of_somebody(&self, case: &Case<'_>) -> bool {
        let name = self.text.get(case.by.clone()).unwrap_or_default();
        case.how != PASSED && name::is_somebodys(name)
    }

    /// Whether the value is a parameter of a URL: `https://api.example.com/v1/latest?key=…`.
    fn is_of_request(&self, case: &Case<'_>) -> bool {
        const BACK: usize = 512;
        let head = self.text.get(..case.by.start).unwrap_or_default();
        let url = head
            .get(head.len().saturating_sub(BACK)..)
            .unwrap_or_default();
        let ends =
            |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'(');
        let begin = url.iter().rposition(ends).map_or(0, |at| at + 1);
        let url = url.get(begin..).unwrap_or_default();
        matches!(url.last(), Some(b'?' | b'&')) && memchr::memmem::find(url, b"://").is_some()
    }

    /// Whether the name is written as a variable of the environment is: in capitals.
    fn of_environment(&self, case: &Case<'_>) -> bool {
        let name = self.text.get(case.by.clone()).unwrap_or_default();
        name.iter().any(u8::is_ascii_uppercase) && !name.iter().any(u8::is_ascii_lowercase)
    }
}

/// 32 to 44 characters of base58: an account or a mint, where nothing says otherwise.
pub(super) fn is_address(value: &[u8]) -> bool {
    (32..=44).contains(&value.len())
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b))
        && value.iter().any(u8::is_ascii_uppercase)
}
