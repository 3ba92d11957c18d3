//! The password in a header of Basic authentication: a user's name, a colon and the password, in base64
//! (RFC 7617, section 2).

use std::ops::Range;

use super::Value;
use super::judge::Judge;
use super::name::Kind;
use super::value::{self, Strength};
use crate::rule::Confidence;
use crate::suppress::sample;

impl Judge<'_> {
    /// The password of Basic authentication, where a machine drew it: shorter ones stand in headers of tests.
    pub(super) fn account(&mut self, account: &[u8], span: &Range<usize>, by: Range<usize>) {
        let Some(colon) = memchr::memchr(b':', account) else {
            return;
        };
        let password = account.get(colon + 1..).unwrap_or_default().trim_ascii();
        let unsure = self.class.template || self.class.test || self.class.docs;
        let confidence = match value::strength(password) {
            Some(Strength::Long) => Confidence::Likely,
            Some(Strength::Short) if !unsure => Confidence::Possible,
            _ => return,
        };
        let known = sample::is_sample(self.set.index().samples.0, password);
        let Some(part) = self.part(Kind::Password).filter(|_| !known) else {
            return;
        };
        self.values.push(Value {
            part,
            span: self.layer.origin_of(span),
            value: password.to_vec(),
            confidence,
            how: "held by",
            by: self.layer.origin_of(&by),
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use crate::detect::random::tests::Seed;
    use crate::detect::{Scratch, detect};
    use crate::rule::Set;

    /// The rule and value of each finding of a text.
    fn found(text: &str) -> Vec<(&'static str, Vec<u8>)> {
        let mut scratch = Scratch::default();
        let set = Set::builtin();
        let found = detect(
            set,
            text.as_bytes(),
            b"bot/fetch.py",
            &|_| true,
            &mut scratch,
        )
        .found;
        let parts = found.iter().flat_map(|found| {
            let id = found.rule.id;
            found.parts.iter().map(move |part| (id, part.value.clone()))
        });
        parts.collect()
    }

    #[test]
    fn basic_authentication_holds_a_password() {
        let mut seed = Seed(133);
        let password = seed.value(b"abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789", 24);
        let password = String::from_utf8(password).unwrap();
        let encoded = STANDARD.encode(format!("admin:{password}"));
        let header = format!("headers = {{'Authorization': 'Basic {encoded}'}}\n");
        let expected = vec![("generic-password", password.into_bytes())];
        assert_eq!(found(&header), expected);
        let curl = format!("curl -H 'authorization: basic {encoded}' https://api.acme.io/\n");
        assert_eq!(found(&curl), expected);
        let words = STANDARD.encode("admin:correct-horse-battery");
        let header = format!("headers = {{'Authorization': 'Basic {words}'}}\n");
        assert_eq!(found(&header), []);
    }

    #[test]
    fn basic_authentication_at_a_host_is_the_providers() {
        let mut seed = Seed(134);
        let key = seed.value(b"abcdefghijklmnopqrstuvwxyz0123456789", 13);
        let secret = seed.value(
            b"abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789_-",
            43,
        );
        let account = [key.as_slice(), b":", &secret].concat();
        let encoded = STANDARD.encode(account);
        let text = format!(
            "requests.get('https://api.luno.com/api/1/balance', headers={{'Authorization': 'Basic {encoded}'}})\n"
        );
        assert!(
            found(&text).contains(&("luno", secret)),
            "{:?}",
            found(&text)
        );
    }
}
