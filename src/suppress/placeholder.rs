//! Values that stand where a credential is to be filled in.

use super::vocabulary::{self, FOREIGN};
use crate::detect::random::{form, looks_random, randomness};

/// Evidence in bits per character above which a value is no text, so its words are chance.
const CLEARLY_RANDOM: f32 = 2.6;

/// Why a value is a placeholder; `None` when it may be real.
///
/// Known are templates (`<…>`, `${…}`, `{{…}}`, `%(x)s`, `$VAR`), masks (`****`, `abcd...wxyz`),
/// repetitions and sequences, nothing-words (`null`), words that say so in several languages
/// (`your_key_here`, `tu_clave_aqui`), a credential's own name (`apiSecret`), and the same in
/// base64. A word inside random characters says nothing: `sk_test_` and a key is a key.
pub fn placeholder(value: &[u8]) -> Option<&'static str> {
    let value = value.trim_ascii();
    if value.is_empty() {
        return Some("empty");
    }
    template(value)
        .or_else(|| plain(value))
        .or_else(|| encoded(value))
}

/// All but templates and encodings.
fn plain(value: &[u8]) -> Option<&'static str> {
    if nothing(value) {
        return Some("a word for nothing");
    }
    if masked(value) {
        return Some("masked");
    }
    // As vendors end the values in their documentation.
    if [
        "EXAMPLE",
        "EXAMPLEKEY",
        "PLACEHOLDER",
        "REDACTED",
        "example",
        "placeholder",
        "changeme",
    ]
    .iter()
    .any(|end| value.ends_with(end.as_bytes()))
    {
        return Some("placeholder words");
    }
    if let Some(form) = form::form(value) {
        return Some(form.as_str());
    }
    const STARTS: [&str; 8] = [
        "sample-",
        "example-",
        "dummy-",
        "fake-",
        "placeholder-",
        "changeme",
        "change_me",
        "change-me",
    ];
    if STARTS.iter().any(|start| {
        let head = value.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    }) {
        return Some("placeholder words");
    }
    if told_to_change(value) {
        return Some("placeholder words");
    }
    if named_after_itself(value) {
        return Some("named after itself");
    }
    if value.len() < 6 && value.iter().all(|byte| Some(byte) == value.first()) {
        return Some("one character repeated");
    }
    // Seed phrases are made of words, and "test" and "example" are among them.
    if value
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .count()
        >= 12
    {
        return None;
    }
    if !value.is_ascii() {
        return foreign(value);
    }
    words(value).or_else(|| spelled(value))
}

/// What a word for a password becomes when letters are written as digits and signs: `pa$$w0rd`, `s3cret`.
fn spelled(value: &[u8]) -> Option<&'static str> {
    let joints = |byte: &&u8| !matches!(byte, b'-' | b'_' | b'.' | b'/' | b' ');
    let plain: Vec<u8> = value
        .iter()
        .filter(joints)
        .map(|byte| match byte {
            b'@' | b'4' => b'a',
            b'$' | b'5' => b's',
            b'0' => b'o',
            b'1' | b'!' => b'i',
            b'3' => b'e',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    // Longer ones first: `password` begins with `pass`.
    const WORDS: [&str; 12] = [
        "passphrase",
        "changeme",
        "password",
        "passwd",
        "secret",
        "secure",
        "super",
        "pass",
        "word",
        "my",
        "pw",
        "very",
    ];
    let mut rest = plain.as_slice();
    let mut words = 0;
    while let Some(word) = WORDS.iter().find(|word| rest.starts_with(word.as_bytes())) {
        rest = rest.get(word.len()..).unwrap_or_default();
        words += 1;
    }
    (rest.is_empty() && words > 0 && plain.len() >= 6).then_some("named after itself")
}

/// Whether the words that ask to change it stand apart in a value, whatever stands around them, so that it passes
/// for a strong one: `zKEh-CHANGE-ME-qIKc`.
fn told_to_change(value: &[u8]) -> bool {
    const WORDS: [[&str; 2]; 3] = [["change", "me"], ["changez", "moi"], ["replace", "me"]];
    let mut last: &[u8] = b"";
    for word in value.split(|b| matches!(b, b'-' | b'_' | b'.')) {
        let is = |word: &[u8], own: &str| word.eq_ignore_ascii_case(own.as_bytes());
        if WORDS.iter().any(|own| is(last, own[0]) && is(word, own[1])) {
            return true;
        }
        last = word;
    }
    false
}

/// Whether it is the name of a setting in one case, and what it is about is a credential: `PROXY_PASSWORD`,
/// `index_password`.
fn named_after_itself(value: &[u8]) -> bool {
    const ENDS: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api_key",
        "access_key",
        "secret_key",
        "private_key",
    ];
    let lower = value.to_ascii_lowercase();
    let one_case = !value.iter().any(u8::is_ascii_lowercase) || lower == value;
    one_case
        && value.len() <= 40
        && value.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
        && ENDS.iter().any(|end| {
            let head = lower.strip_suffix(end.as_bytes());
            head.is_some_and(|head| head.ends_with(b"_") && head.len() > 2)
        })
}

/// Words for "no value", as the whole value.
fn nothing(value: &[u8]) -> bool {
    const WORDS: [&str; 30] = [
        "none",
        "null",
        "nil",
        "undefined",
        "nan",
        "true",
        "false",
        "n/a",
        "na",
        "void",
        "empty",
        "blank",
        "unset",
        "unknown",
        "tbd",
        "tba",
        "no key",
        "nokey",
        "nothing",
        "yes",
        "no",
        "on",
        "off",
        "-",
        "--",
        "?",
        "(none)",
        "[]",
        "{}",
        "nullptr",
    ];
    value.len() <= 9
        && WORDS
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// Values of which a part is blacked out.
fn masked(value: &[u8]) -> bool {
    let mut run = 0;
    let mut last = 0;
    for &byte in value {
        run = if byte == last { run + 1 } else { 1 };
        last = byte;
        let enough = match byte {
            b'*' | b'.' | b'#' | b'?' => 3,
            b'_' | b'-' => 6,
            b'x' | b'X' => {
                if value.len() <= 12 {
                    3
                } else {
                    5
                }
            }
            _ => usize::MAX,
        };
        if run >= enough {
            return true;
        }
    }
    // Behind hexadecimal digits a few stand for what was cut off.
    let digits = value
        .get(..value.len() - run.min(value.len()))
        .unwrap_or_default();
    let group = digits.rsplit(|b| matches!(b, b'.' | b'_' | b'-')).next();
    let group = group.unwrap_or_default();
    if last == b'x' && run >= 3 && group.len() >= 8 && group.iter().all(u8::is_ascii_hexdigit) {
        return true;
    }
    let blabla = |six: &[u8]| six.eq_ignore_ascii_case(b"blabla");
    if value.windows(6).any(blabla) {
        return true;
    }
    // •, … and ● in UTF-8.
    ["•", "…", "●"]
        .iter()
        .any(|sign| memchr::memmem::find(value, sign.as_bytes()).is_some())
}

/// Values that a template engine, a shell or a person is to fill in.
fn template(value: &[u8]) -> Option<&'static str> {
    if !value.iter().any(|byte| b"<{$%[#@_(".contains(byte)) {
        return None;
    }
    for (open, close) in [
        ("${", "}"),
        ("{{", "}}"),
        ("{%", "%}"),
        ("<%", "%>"),
        ("#{", "}"),
        ("$(", ")"),
        ("[[", "]]"),
        ("@{", "}"),
    ] {
        if let Some((outside, inside)) = between(value, open, close)
            && inside
                .trim_ascii()
                .first()
                .is_some_and(|&byte| byte.is_ascii_alphabetic() || b"_.@$([=!".contains(&byte))
        {
            // `${NAME:-default}`: the default may be real, and so may what stands around.
            let default =
                memchr::memchr2(b'-', b'=', inside).and_then(|sign| inside.get(sign + 1..));
            let real = |text: &[u8]| text.len() >= 12 && looks_random(text);
            return if real(outside) || default.is_some_and(real) {
                None
            } else {
                Some("a template")
            };
        }
    }
    if let Some((outside, inside)) = between(value, "<", ">")
        && named(inside)
        && !(outside.len() >= 12 && looks_random(outside))
    {
        return Some("in angle brackets");
    }
    let inside = |open: u8, close: u8| {
        value
            .strip_prefix(&[open])
            .and_then(|rest| rest.strip_suffix(&[close]))
            .filter(|inside| named(inside))
    };
    if [
        (b'{', b'}'),
        (b'[', b']'),
        (b'%', b'%'),
        (b'@', b'@'),
        (b'(', b')'),
    ]
    .iter()
    .any(|&(a, b)| inside(a, b).is_some())
    {
        return Some("a template");
    }
    if value
        .strip_prefix(b"$")
        .is_some_and(|name| identifier(name) && !looks_random(name))
    {
        return Some("a variable");
    }
    if value.starts_with(b"%(") && (value.ends_with(b")s") || value.ends_with(b")d")) {
        return Some("a template");
    }
    let dunder = value
        .strip_prefix(b"__")
        .and_then(|rest| rest.strip_suffix(b"__"));
    if dunder.is_some_and(|name| identifier(name) && !looks_random(name)) {
        return Some("a template");
    }
    matches!(value, b"%s" | b"%d" | b"%v" | b"{}" | b"%@" | b"{0}").then_some("a template")
}

/// What stands around the first `open` … `close`, on its longer side, and what stands inside.
fn between<'a>(value: &'a [u8], open: &str, close: &str) -> Option<(&'a [u8], &'a [u8])> {
    let start = memchr::memmem::find(value, open.as_bytes())?;
    let inside = value.get(start + open.len()..)?;
    let length = memchr::memmem::find(inside, close.as_bytes())?;
    let before = value.get(..start)?;
    let after = inside.get(length + close.len()..)?;
    Some((
        if before.len() > after.len() {
            before
        } else {
            after
        },
        inside.get(..length)?,
    ))
}

/// Letters, digits, blanks and the signs of names, not drawn by a machine.
fn named(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_alphabetic)
        && text.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || *byte >= 0x80 || b" _-.:/|,'".contains(byte)
        })
        && !looks_random(text)
        || (!text.is_empty() && !text.is_ascii())
}

fn identifier(text: &[u8]) -> bool {
    text.first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Values with letters beyond ASCII: no provider issues such, so a tell-tale word or a credential's
/// own name beside them is enough. Passwords with an accent stay.
fn foreign(value: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(value).ok()?.to_lowercase();
    if FOREIGN.iter().any(|word| text.contains(word)) {
        return Some("placeholder words");
    }
    let cover = vocabulary::cover(value)?;
    (cover.telling || cover.covered * 2 >= cover.all.max(1)).then_some("placeholder words")
}

/// Values made of words.
fn words(value: &[u8]) -> Option<&'static str> {
    if value.len() >= 16 && randomness(value) > CLEARLY_RANDOM {
        return None;
    }
    let cover = vocabulary::cover(value)?;
    if !cover.worded {
        return None;
    }
    if cover.covered == cover.all {
        return Some(if cover.telling {
            "placeholder words"
        } else {
            "named after itself"
        });
    }
    let mostly = cover.covered * 5 >= cover.all * 3 && cover.rest().len() < 8;
    (cover.telling && (mostly || !looks_random(cover.rest()))).then_some("placeholder words")
}

/// Base64 of a text that is a placeholder.
fn encoded(value: &[u8]) -> Option<&'static str> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    if !(8..=256).contains(&value.len()) {
        return None;
    }
    let end = value.iter().rposition(|&byte| byte != b'=')? + 1;
    let digits = value.get(..end)?;
    let text = STANDARD_NO_PAD
        .decode(digits)
        .or_else(|_| URL_SAFE_NO_PAD.decode(digits))
        .ok()?;
    let printable = text
        .iter()
        .all(|byte| (b' '..=b'~').contains(byte) || *byte == b'\n');
    let text = text.trim_ascii();
    (text.len() >= 5 && printable && (template(text).is_some() || plain(text).is_some()))
        .then_some("a placeholder in base64")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::{Seed, alphabets};

    #[test]
    fn what_asks_to_be_changed_is_a_placeholder_among_any_signs() {
        for (value, expected) in [
            ("qXzT-CHANGE-ME-wPbL", true),
            ("aXzT_change_me_9pbL", true),
            ("Kf3-CHANGEZ-MOI-Wq8", true),
            ("Kf3x.replace.me.Wq8r", true),
            ("qXzT-CHANGED-MEwPbL4", false),
            ("qXzTCHANGEMEwPbL7Rt2", false),
        ] {
            assert_eq!(placeholder(value.as_bytes()).is_some(), expected, "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn placeholders_are_known() {
        for value in [
            "", "your_api_key", "your_key_here", "YOUR-API-KEY", "YOUR_API_KEY",
            "YourApiKeyToken", "<your key>", "<...>", "<API_KEY>", "sk-<your-key>", "${SECRET}",
            "${SECRET:-}", "${SECRET:-changeme}", "{{ secret }}", "{{secret}}", "%(secret)s",
            "$SECRET", "$(cat key)", "#{secret}", "<%= key %>", "{api_key}", "[YOUR_KEY]",
            "%API_KEY%", "@api.key@", "__API_KEY__", "xxxx", "XXXX", "xxxxxxxxxxxxxxxxxxxxxxxx",
            "xxxx-xxxx-xxxx", "bg_xxxxxxxx", "...", "***", "****", "changeme", "ChangeMe123",
            "insert_api_key", "apiKeyHere", "apiSecretHere", "REDACTED", "[REDACTED]",
            "<redacted>", "None", "null", "nil", "undefined", "key", "secret", "passphrase",
            "test", "demo", "dummy", "example", "fake", "todo", "TODO", "foo", "bar", "foobar",
            "somethingrandom", "SuperSecurePassword", "tu_api_key_aqui", "din_api_nyckel",
            "你的_API_KEY", "ВСТАВЬ", "ВСТАВЬ_КЛЮЧ", "발급받은_액세스키", "ここに_APIキー",
            "dein_geheimer_schluessel", "sua_chave_aqui", "votre_cle_ici", "NO KEY", "hoge",
            "mmmyyyaaapppiiikkkeeeyyy", "ssseeecccrrreeettt", "abcd****wxyz", "abcd...wxyz",
            "abcdefxxxxxxxxxxuvwxyz", "qwertyuiop", "1234567890abcdef",
            "0123456789abcdef0123456789abcdef", "a1b2c3d4e5f6g7h8",
            "deadbeefdeadbeefdeadbeefdeadbeef", "test_api_key_123", "my-secret-token",
            "mysecretpassword", "enter your api key here", "paste-your-private-key-here",
            "0000000000000000000000000000000000000000", "deadbeefcafebabe", "example-api-secret",
            "fake_secret_for_tests", concat!("AKIAIOSFODNN7", "EXAMPLE"), "this-is-not-a-real-key", "test-client-secret-value",
            "insert-kraken-private-key", "sk_test_xxxxxxxxxxxx", "your-256-bit-secret",
            "YOUR_BINANCE_TESTNET_SECRET", "replace-with-your-coinbase-key", "secretsecretsecret",
            "CHANGEME_7fQ2", "pa$$w0rd", "s3cretpw", "s3cr3tP4ss", "p@ss/word", "sup3r-s3cret", "sample-7fQ2kXw9", "PROXY_PASSWORD", "index_password", "VENDOR_API_KEY", "v1.1f69f1069f60xxx",
        ] {
            assert!(placeholder(value.as_bytes()).is_some(), "{value}");
        }
    }

    #[test]
    fn placeholders_in_base64_are_known() {
        use base64::Engine as _;
        for value in [
            "your_api_secret_here",
            "changeme",
            "<your-secret>",
            "xxxxxxxxxxxxxxxx",
        ] {
            let value = base64::engine::general_purpose::STANDARD.encode(value);
            assert!(placeholder(value.as_bytes()).is_some(), "{value}");
        }
    }

    #[test]
    fn real_values_are_not() {
        let mut seed = Seed(31);
        let alphabets = alphabets();
        for _ in 0..50 {
            for (name, alphabet) in &alphabets {
                let random = String::from_utf8_lossy(&seed.value(alphabet, 32)).into_owned();
                let other = String::from_utf8_lossy(&seed.value(alphabet, 32)).into_owned();
                for value in [
                    format!("sk_test_{random}"),
                    format!("bg_{random}"),
                    format!("test-{random}"),
                    format!("{random}test{other}"),
                    format!("${{KEY:-{random}}}"),
                    format!("prefix{random}xxx{other}"),
                ] {
                    assert_eq!(placeholder(value.as_bytes()), None, "{name} {value}");
                }
            }
        }
        let phrase = [
            "test", "example", "fake", "dummy", "key", "secret", "foo", "word", "rain", "sun",
            "moon", "stay",
        ]
        .join(" ");
        assert_eq!(placeholder(phrase.as_bytes()), None);
        for password in ["Tr0ub4dor&3", "p\u{e4}ron-9Kq!"] {
            assert_eq!(placeholder(password.as_bytes()), None, "{password}");
        }
    }

    #[test]
    fn shapes_of_credentials_are_not_eaten() {
        let mut seed = Seed(33);
        let of = |name: &str| {
            alphabets()
                .into_iter()
                .find(|(own, _)| *own == name)
                .unwrap()
                .1
        };
        let (hex, base32, base64) = (of("hex"), of("base32"), of("base64"));
        let mut value =
            |alphabet: &[u8], length| String::from_utf8(seed.value(alphabet, length)).unwrap();
        for _ in 0..500 {
            for value in [
                [8, 4, 4, 4, 12].map(|length| value(&hex, length)).join("-"),
                [8, 8, 8, 5].map(|length| value(&hex, length)).join("-"),
                format!("bg_{}", value(&hex, 32)),
                format!("0x{}", value(&hex, 64)),
                format!("AKIA{}", value(&base32, 16)),
                format!("{}==", value(&base64, 86)),
                format!("{}:AA{}", value(b"0123456789", 10), value(&base64, 33)),
            ] {
                assert_eq!(placeholder(value.as_bytes()), None, "{value}");
            }
        }
    }

    /// How many of `count` random values of each alphabet are called placeholders.
    fn eaten(count: usize) -> Vec<(&'static str, usize)> {
        let mut seed = Seed(32);
        alphabets()
            .into_iter()
            .map(|(name, alphabet)| {
                let eaten = (0..count)
                    .filter(|round| placeholder(&seed.value(&alphabet, 16 + round % 73)).is_some());
                (name, eaten.count())
            })
            .collect()
    }

    #[test]
    fn random_values_are_not_eaten() {
        for (name, eaten) in eaten(8_000) {
            assert!(eaten <= 1, "{name}: {eaten} of 8,000");
        }
    }

    #[test]
    #[ignore = "nine million values: minutes without optimisation"]
    fn of_a_million_random_values_fewer_than_ten_are_eaten() {
        for (name, eaten) in eaten(1_000_000) {
            assert!(eaten < 10, "{name}: {eaten} of a million");
        }
    }
}
