//! Why a placed value is not reported after all.

use std::ops::Range;

use super::words::words;
use crate::rule::Index;
use crate::suppress::{Reason, encrypted, placeholder, public, sample};

/// A placed value and what stands around it.
pub(super) struct Question<'a> {
    pub(super) text: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) span: &'a Range<usize>,
    /// The name that holds it; may be empty.
    pub(super) name: &'a [u8],
    /// Whether a proof holds that no other value would pass.
    pub(super) exact: bool,
    /// Whether its shape alone says what it is.
    pub(super) shape: bool,
    /// Whether the part is a secret one; the other half may be called public.
    pub(super) secret: bool,
    /// Whether the part is an encrypted key, told as what it is.
    pub(super) sealed: bool,
    pub(super) index: &'static Index,
}

/// The first reason not to report the value.
pub(super) fn refuse(question: &Question<'_>) -> Option<(Reason, &'static str)> {
    let Question {
        text,
        value,
        span,
        name,
        exact,
        shape,
        secret,
        sealed,
        index,
    } = question;
    if sample::is_sample(index.samples.0, value) {
        let known = sample::is_sample(index.development.0, value);
        let why = if known {
            "a development key that everybody knows"
        } else {
            "published in documentation"
        };
        return Some((Reason::Sample, why));
    }
    if repeats(value) {
        return Some((Reason::Placeholder, "the same few words over and over"));
    }
    if let Some(why) = placeholder::placeholder(value)
        && !exact
    {
        return Some((Reason::Placeholder, why));
    }
    // `'api_key_placeholder' => '…'`: what a form shows where a value is to be filled in.
    if !exact && words(name).iter().last() == Some(b"placeholder") {
        return Some((Reason::Placeholder, "what a form shows"));
    }
    if let Some(why) = encrypted::encrypted(text, (*span).clone())
        && !exact
        && !sealed
    {
        return Some((Reason::Encrypted, why));
    }
    // Every link that its key has signed shows its id.
    if !secret && is_of_link(text.get(..span.start).unwrap_or_default()) {
        return Some((Reason::Public, "the id in a signed link"));
    }
    if *exact || *shape {
        return None;
    }
    let before = &text[span.start.saturating_sub(32)..span.start];
    let name = std::str::from_utf8(name).unwrap_or_default();
    let called_public = !secret && name.to_ascii_lowercase().contains("pub");
    let name = if called_public { "" } else { name };
    // In a phrase of several words, such a word says what the value is wherever it stands.
    let tells = ["signature", "hmac", "digest", "checksum", "sha256", "md5"];
    let lower = name.to_ascii_lowercase();
    let mut said = lower.split(|c: char| !c.is_ascii_alphanumeric());
    if lower.split(' ').count() > 3 && said.any(|word| tells.contains(&word)) {
        return Some((Reason::Public, "a signature or digest"));
    }
    public::public(value, name, before).map(|why| (Reason::Public, why))
}

/// Whether the parameter of a signed link stands in front that names the key
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>).
fn is_of_link(before: &[u8]) -> bool {
    const NAME: &[u8] = b"x-amz-credential=";
    let name = before.get(before.len().saturating_sub(NAME.len())..);
    name.is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

/// Whether a phrase is made of a few words: `word word word …`, `test test … junk`. One of twelve
/// random words in sixteen has a right checksum, whatever the words.
fn repeats(value: &[u8]) -> bool {
    let mut words: Vec<&[u8]> = value.split(|byte| *byte == b' ').collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    (12..=33).contains(&count) && words.len() * 4 <= count
}

#[cfg(test)]
mod tests {
    use super::{is_of_link, repeats};

    #[test]
    fn signed_links_show_the_id_of_their_key() {
        assert!(is_of_link(b"https://s3.example.org/a?X-Amz-Credential="));
        assert!(!is_of_link(b"AWS_ACCESS_KEY_ID="));
        assert!(!is_of_link(b""));
    }

    #[test]
    fn few_words_make_no_phrase() {
        assert!(repeats(["word"; 12].join(" ").as_bytes()));
        assert!(repeats(["one two three"; 4].join(" ").as_bytes()));
        assert!(!repeats(["one two three four"; 3].join(" ").as_bytes()));
        assert!(!repeats(b"one two"));
        assert!(!repeats(b""));
    }
}
