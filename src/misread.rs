//! What the TOML reader says about a bad file, turned into what is wrong and what to write instead.

use std::borrow::Cow;

use super::nearest::nearest;

/// The longest word of a stranger's that messages repeat, in characters: more than any name of ours has.
const LONGEST_WORD: usize = 24;

/// What is wrong, and what to write instead where the message knows it.
pub(super) fn explain(message: &str) -> (String, Option<String>) {
    for (begin, plural) in [
        ("unknown field", "fields here"),
        ("unknown variant", "one of"),
    ] {
        if !message.starts_with(begin) {
            continue;
        }
        let what = message.split(", expected").next().unwrap_or(message);
        // What was written may hold quotes itself.
        let what = match what.split_once('`') {
            Some((head, word)) => {
                let word = word.strip_suffix('`').unwrap_or(word);
                format!("{head}`{}`", short(word))
            }
            None => what.to_owned(),
        };
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let help = quoted.split_first().map(|(written, known)| {
            let all = format!("{plural}: {}", known.join(", "));
            match nearest(written, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`? {all}"),
                None => all,
            }
        });
        return (what.trim().replace("variant", "word"), help);
    }
    (without_value(message.trim()), None)
}

/// A word that stands where a name is expected. A longer one may be a secret: it is cut short.
pub(super) fn short(word: &str) -> Cow<'_, str> {
    match word.char_indices().nth(LONGEST_WORD) {
        None => Cow::Borrowed(word),
        Some(_) => word.chars().take(4).chain(['…']).collect(),
    }
}

/// A TOML message without the string it quotes: a value in the wrong place may be a secret.
fn without_value(message: &str) -> String {
    match message
        .split_once("string \"")
        .and_then(|(head, rest)| Some((head, rest.rsplit_once('"')?)))
    {
        Some((head, (_, tail))) => format!("{head}string{tail}"),
        None => message.to_owned(),
    }
}
