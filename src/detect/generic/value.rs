//! How much a value looks like a secret: by the character model, by its form, by what it is made of.
//!
//! The model ([`random`](crate::detect::random)) weighs a value as text against characters drawn by a
//! machine, in bits. Of 10 characters that a machine drew of letters and digits 19 in 20 have 19 bits
//! of evidence and more; of the names and words in source code 1 in 100 has 16, and 1 in 2 is below -4.
//! Passwords that people make up lie between: those are told as what they are, or not at all.

use super::{letters, name};
use crate::detect::random::{looks_random, randomness};
use crate::detect::value::{bare, drawn};
use crate::suppress::{lookup, placeholder, public};

/// How sure it is that a value was drawn by a machine, or made up with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A password as people make them up: no word, no name, but not drawn by a machine.
    Fair,
    /// Drawn by a machine, of fewer than 16 characters.
    Short,
    /// Drawn by a machine, of 16 characters and more.
    Long,
}

/// The shortest secret that is looked for, in bytes: shorter ones are no more than a word.
pub(super) const SHORTEST: usize = 8;
/// The longest.
pub(super) const LONGEST: usize = 512;
/// From here on a value that looks random stands in a run of its own.
const RUN: usize = 16;

/// Bits of evidence that a short value was drawn.
const DRAWN: f32 = 20.0;
/// Bits of evidence that it is at least no word.
const NO_WORD: f32 = 9.0;

/// How much a value looks like a secret; none when it is something else: a word, a name, a path, a
/// number, an expression, a template, something public. Reads the value alone.
pub(super) fn strength(value: &[u8]) -> Option<Strength> {
    if letters::grouped(value) || django(value) {
        return Some(Strength::Long);
    }
    if !(SHORTEST..=LONGEST).contains(&value.len())
        || !value.iter().all(u8::is_ascii_graphic)
        || is_other(value)
        || placeholder::placeholder(value).is_some()
        || lookup::lookup(value)
        || public::by_value(value).is_some()
    {
        return None;
    }
    let kinds = Kinds::of(value);
    if kinds.letters == 0 || kinds.signs * 2 > value.len() {
        return None;
    }
    let value = bare(value);
    let plain = plain_letters(value);
    if kinds.letters == value.len() && value.len() >= RUN {
        return letters::drawn(value).then_some(Strength::Long);
    }
    if value.len() >= RUN
        && (uuid(value) || drawn(value) && kinds.mixed(value) && (kinds.hex || drawn(&plain)))
    {
        return Some(Strength::Long);
    }
    let bits = evidence(value).min(evidence(&plain));
    if kinds.digits == 0 && kinds.signs == 0 && !(kinds.capitals > 0 && kinds.small > 0) {
        return None;
    }
    if value.len() >= RUN {
        // What has signs is no run, and need not look random as one.
        let drawn =
            kinds.varied() && kinds.signs > 0 && bits >= DRAWN + 2.0 * (value.len() - 8) as f32;
        return drawn
            .then_some(Strength::Long)
            .or_else(|| kinds.made_up(bits));
    }
    if bits >= DRAWN && kinds.varied() {
        return Some(Strength::Short);
    }
    kinds.made_up(bits)
}

/// Whether a value is a secret key as Django draws it: 50 small letters, digits and signs, of which all three are
/// plenty (<https://github.com/django/django/blob/main/django/core/management/utils.py>, `get_random_secret_key`).
fn django(value: &[u8]) -> bool {
    const SIGNS: &[u8] = b"!@#$%^&*(-_=+)";
    let count = |of: &dyn Fn(&u8) -> bool| value.iter().filter(|byte| of(byte)).count();
    let different = SIGNS.iter().filter(|sign| value.contains(sign)).count();
    let (letters, digits) = (count(&u8::is_ascii_lowercase), count(&u8::is_ascii_digit));
    let signs = count(&|byte| SIGNS.contains(byte));
    value.len() == 50
        && letters + digits + signs == 50
        && letters >= 15
        && digits >= 3
        && signs >= 6
        && different >= 5
}

/// Evidence that a value was drawn, in bits.
fn evidence(value: &[u8]) -> f32 {
    randomness(value) * value.len() as f32
}

/// The value with signs and digits that stand for letters written as letters: `P@ssw0rd`.
fn plain_letters(value: &[u8]) -> Vec<u8> {
    let letter = |at: Option<usize>| {
        at.and_then(|at| value.get(at))
            .is_some_and(|b| b.is_ascii_alphabetic() || b"@$013457!".contains(b))
    };
    (0..value.len())
        .zip(value)
        .map(|(at, byte)| {
            let plain = match byte {
                b'@' | b'4' => b'a',
                b'$' | b'5' => b's',
                b'0' => b'o',
                b'1' | b'!' => b'i',
                b'3' => b'e',
                b'7' => b't',
                _ => return *byte,
            };
            if letter(at.checked_sub(1)) && letter(Some(at + 1)) {
                plain
            } else {
                *byte
            }
        })
        .collect()
}

/// What a value is made of.
struct Kinds {
    letters: usize,
    small: usize,
    capitals: usize,
    digits: usize,
    signs: usize,
    /// The longest stretch of small letters.
    longest: usize,
    /// Whether all of it is hex digits.
    hex: bool,
}

impl Kinds {
    fn of(value: &[u8]) -> Self {
        let count = |class: fn(&u8) -> bool| value.iter().filter(|b| class(b)).count();
        let (small, capitals) = (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
        let longest = value
            .split(|b| !b.is_ascii_lowercase())
            .map(<[u8]>::len)
            .max()
            .unwrap_or(0);
        Self {
            letters: small + capitals,
            small,
            capitals,
            digits: count(u8::is_ascii_digit),
            signs: count(u8::is_ascii_punctuation),
            longest,
            hex: bare(value).iter().all(u8::is_ascii_hexdigit),
        }
    }

    /// Whether it is at least no word.
    fn made_up(&self, bits: f32) -> Option<Strength> {
        (bits >= NO_WORD && self.digits > 0 && self.letters > 2).then_some(Strength::Fair)
    }

    /// Whether a short value has more than one kind of character, as names have not.
    fn varied(&self) -> bool {
        self.digits > 0 && (self.letters > 1)
            || self.small > 0 && self.capitals > 0 && self.longest <= 4
    }

    /// Whether a long value has what a random one has and names have not: digits, or signs among letters of both
    /// cases where digits may be missing by chance.
    fn mixed(&self, value: &[u8]) -> bool {
        let missing = (52.0_f64 / 62.0).powf(value.len() as f64);
        self.digits > 0 || self.signs > 0 && missing > 1e-2 && self.small > 0 && self.capitals > 0
    }
}

/// Whether a value is 32 hex digits in the groups of a UUID.
pub(super) fn uuid(value: &[u8]) -> bool {
    let groups: Vec<usize> = value.split(|b| *b == b'-').map(<[u8]>::len).collect();
    groups == [8, 4, 4, 4, 12]
        && value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
        && looks_random(value)
}

/// Whether the digits of a UUID stand in order, as nobody drew them: `a1b2c3d4-e5f6-7890-abcd-ef1234567890`.
pub(super) fn uuid_in_order(value: &[u8]) -> bool {
    let joined: Vec<u32> = value
        .iter()
        .filter_map(|b| char::from(*b).to_digit(36))
        .collect();
    // Each digit follows the one before it, or the last but one: zero follows nine.
    let next = |a: u32, b: u32| b == a + 1 || a == 9 && b == 0;
    let follows = joined
        .windows(3)
        .filter(|three| matches!(three, [a, b, c] if next(*b, *c) || next(*a, *c)));
    joined.len() == 32 && value.len() == 36 && follows.count() >= 22
}

/// Values of another nature: paths, addresses of mail and net, code, versions, formats.
fn is_other(value: &[u8]) -> bool {
    let has = |text: &str| memchr::memmem::find(value, text.as_bytes()).is_some();
    if value.contains(&b'\\') || value.contains(&b'`') || has("://") || has("${") || has("{{") {
        return true;
    }
    let first = value.first().copied().unwrap_or_default();
    if matches!(first, b'/' | b'~' | b'.' | b'%' | b'<' | b'-') && value.contains(&b'/') {
        return true;
    }
    if matches!(first, b'<' | b'{' | b'[' | b'(')
        || value.starts_with(b"--")
        || value.starts_with(b"$$")
    {
        return true;
    }
    // An address of mail.
    if let Some(at) = memchr::memchr(b'@', value)
        && let Some(host) = value.get(at + 1..)
        && host.contains(&b'.')
        && host
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && at > 0
        && !value.iter().any(|b| b"!#$%^&*=?".contains(b))
    {
        return true;
    }
    // An option of a command, a path of modules, a member.
    if first == b'-' && value.get(1).is_some_and(u8::is_ascii_alphabetic) && value.len() < 24
        || has("::")
        || has("->")
    {
        return true;
    }
    // Text that is written for a URL.
    if percent_codes(value) >= 4 {
        return true;
    }
    // A JSON Web Token and a wallet's root have rules of their own, a Fernet token is encrypted; the first bytes of digests of nothing
    // are everywhere.
    const HEADS: [&str; 6] = [
        "eyJ",
        "xprv",
        "gAAAAA",
        "e3b0c44298fc",
        "da39a3ee5e6b",
        "d41d8cd98f00",
    ];
    let own = value.strip_prefix(b".").unwrap_or(value);
    // A device's registration with Firebase: https://firebase.google.com/docs/cloud-messaging/manage-tokens
    if has(":APA91b") || HEADS.iter().any(|head| own.starts_with(head.as_bytes())) {
        return true;
    }
    // A pattern: what a value may look like.
    if ["[A-Z", "[a-z", "[0-9", "]{", "\\d", "\\w"]
        .iter()
        .any(|sign| has(sign))
    {
        return true;
    }
    // What a browser shows to Datadog: https://docs.datadoghq.com/account_management/api-app-keys/#client-tokens
    let client = value.strip_prefix(b"pub");
    if client.is_some_and(|rest| rest.len() == 32 && rest.iter().all(u8::is_ascii_hexdigit)) {
        return true;
    }
    let blanks = memchr::memmem::find_iter(value, "XXX").count();
    blanks > 1
        || is_shown(value)
        || is_file(value)
        || is_entry(value)
        || is_typed(value)
        || is_code(value)
        || is_numbers(value)
        || counts(value)
        || name::of_name(value).is_some() && value.iter().all(|b| !b.is_ascii_digit())
}

/// What a shop's page shows to its visitors: a publishable key, the secret of one payment or one set-up
/// (<https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret>), the token of one
/// checkout at PayPal (<https://developer.paypal.com/api/nvp-soap/set-express-checkout-nvp/>).
fn is_shown(value: &[u8]) -> bool {
    let alnum = |rest: &[u8]| rest.iter().all(u8::is_ascii_alphanumeric);
    let publishable = value.strip_prefix(b"pk_").is_some_and(alnum);
    let once = ["pi_", "seti_", "src_", "cs_"]
        .iter()
        .any(|start| value.starts_with(start.as_bytes()))
        && memchr::memmem::find(value, b"_secret_").is_some();
    let checkout = value.strip_prefix(b"EC-").is_some_and(|rest| {
        let own = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        rest.len() == 17 && rest.iter().all(own)
    });
    publishable || once || checkout
}

/// How many bytes of a value are written with percent signs (RFC 3986, section 2.1).
fn percent_codes(value: &[u8]) -> usize {
    let code = |code: &&[u8]| matches!(code, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    value.windows(3).filter(code).count()
}

/// A path that ends with a file's name: `v4/5f/2b/…/picture.png`. Base64 has no points.
fn is_file(value: &[u8]) -> bool {
    let Some(joint) = memchr::memrchr(b'/', value) else {
        return false;
    };
    let name = value.get(joint + 1..).unwrap_or_default();
    let ending = memchr::memrchr(b'.', name).filter(|point| *point > 0);
    let ending = ending.and_then(|point| name.get(point + 1..));
    ending.is_some_and(|ending| {
        (2..=5).contains(&ending.len())
            && ending.first().is_some_and(u8::is_ascii_lowercase)
            && ending
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// What goes by a public name of a chain or of an identity: a chain, an account or an asset
/// (<https://chainagnostic.org/CAIPs/caip-2>, with the namespaces of
/// <https://namespaces.chainagnostic.org>), and a decentralized identifier
/// (<https://www.w3.org/TR/did-core/#did-syntax>).
pub(super) fn is_account(value: &[u8]) -> bool {
    const NAMESPACES: [&str; 22] = [
        "eip155", "bip122", "solana", "cosmos", "polkadot", "starknet", "tezos", "stellar",
        "hedera", "fil", "near", "sui", "aptos", "tron", "xrpl", "algorand", "antelope", "eosio",
        "arweave", "mvx", "hive", "erc20",
    ];
    let Some(joint) = memchr::memchr(b':', value) else {
        return false;
    };
    let (head, rest) = (value.get(..joint), value.get(joint + 1..));
    let head = head.unwrap_or_default();
    NAMESPACES.iter().any(|name| name.as_bytes() == head)
        || head == b"did"
            && rest.is_some_and(|rest| {
                rest.first().is_some_and(u8::is_ascii_lowercase) && rest.contains(&b':')
            })
}

/// The entry of a user whose password is kept elsewhere: `name:x:1000:…` (passwd(5)).
fn is_entry(value: &[u8]) -> bool {
    let mut fields = value.split(|b| *b == b':').skip(1);
    let mark = fields
        .next()
        .is_some_and(|mark| matches!(mark, b"x" | b"*" | b"!"));
    let number = |id: &[u8]| !id.is_empty() && id.iter().all(u8::is_ascii_digit);
    mark && fields.next().is_some_and(number)
}

/// What fingers do on a keyboard: letters of the row that they rest on alone, or groups of what is easily typed
/// behind a prefix: `xapp-A111-222-xyz`.
fn is_typed(value: &[u8]) -> bool {
    let row = |b: &u8| b"asdfghjkl".contains(&b.to_ascii_lowercase());
    if value.iter().all(row) {
        return true;
    }
    let easy = |group: &[u8]| {
        let steps = group.windows(3).any(|three| match three {
            [a, b, c] => a == b && b == c || b.wrapping_sub(*a) == 1 && c.wrapping_sub(*b) == 1,
            _ => false,
        });
        steps && group.len() <= 6
    };
    let mut groups = value.split(|b| *b == b'-').skip(1).peekable();
    groups.peek().is_some() && groups.all(easy)
}

/// Hex bytes that count: `000102030405…`, `808182…`.
fn counts(value: &[u8]) -> bool {
    let byte = |pair: &[u8; 2]| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let (pairs, _) = bare(value).as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    let Some(bytes) = bytes.filter(|bytes| bytes.len() >= 6) else {
        return false;
    };
    let steps = bytes
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == 1 || a.wrapping_sub(*b) == 1 || b.wrapping_sub(*a) == 0x11))
        .count();
    steps * 4 >= (bytes.len() - 1) * 3
}

/// Expressions, calls, lists, names with points: brackets that close, words around operators.
fn is_code(value: &[u8]) -> bool {
    let has = |signs: &[u8]| value.iter().any(|b| signs.contains(b));
    let longest = value
        .split(|b| !b.is_ascii_alphabetic())
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    if has(b"(){}[]<>|,;\"'") && (longest > 4 || !has(b"0123456789")) {
        return true;
    }
    // `list.length==0`: base64 has such signs at its end alone.
    if memchr::memmem::find(
        value.trim_ascii_end().strip_suffix(b"=").unwrap_or(value),
        b"==",
    )
    .is_some_and(|at| {
        value
            .get(at + 2..)
            .is_some_and(|rest| rest.iter().any(|b| *b != b'='))
    }) {
        return true;
    }
    // `a.b.c`, `app.config.key`: names with a point between them.
    let mut parts = value.split(|b| *b == b'.');
    let name = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphabetic)
            && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && randomness(part) < 0.5
    };
    value.contains(&b'.') && parts.all(name)
}

/// Numbers, dates, versions, sizes: digits with at most a few letters among them.
fn is_numbers(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let points = value.iter().filter(|b| **b == b'.').count();
    let version = points >= 2
        && value
            .split(|b| *b == b'.')
            .take(2)
            .all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
    // Of a package of Debian: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
    let package = ["ubuntu", "dfsg", "+deb", "~bpo"]
        .iter()
        .any(|mark| memchr::memmem::find(value, mark.as_bytes()).is_some())
        && value.first().is_some_and(u8::is_ascii_digit)
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b".:+~-".contains(b));
    version
        || package
        || !hex
            && value.len() < 24
            && letters <= 2
            && digits + 4 >= value.len() - letters.min(2)
            && !value.iter().any(|b| b"!@#$%^&*?=".contains(b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::{Seed, alphabets};

    #[test]
    fn what_people_write_is_no_secret() {
        for value in [
            "",
            "password",
            "mypassword",
            "changeme",
            "your-password",
            "Password",
            "hunter",
            "admin",
            "administrator",
            "settings.PASSWORD",
            "config.get('x')",
            "${DB_PASSWORD}",
            "/etc/passwd",
            "./secrets/key.pem",
            "user@example.com",
            "https://example.com/a",
            "getPassword()",
            "currentPassword",
            "NEW_PASSWORD",
            "new-password",
            "password_reset_form",
            "string",
            "2019-01-01",
            "1.2.3-beta.4",
            "text/html",
            "Passwort",
            "i18n.password.label",
            "12345678",
            "com.example.Secret",
            "PasswordAuthentication",
            "keyboard-interactive",
            "Purple62/v4/50/96/f5/5096f5-0130-90b1-86bb-eb5679/source.png",
            "lkjsdfjLKJlKJLKJDSFSDJF",
            "xapp-A111-222-xyz",
            "nix:x:999:30000:Nix",
            "utf8mb4_unicode_ci",
            "form-control",
            "input-lg",
            "P@ssw0rd",
            "Passw0rd!",
            "passw0rd123",
            "qwerty123",
            "abc123456",
            "bcrypt",
            "sha256",
            "arguments.length===2",
            "aoData.length==0",
            "4:4.13.3-0ubuntu0.1",
            "8.56+14.04.20140307-0ubuntu2",
            "5.0+dfsg-2",
        ] {
            assert_eq!(strength(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn what_pages_show_is_no_secret() {
        let mut seed = Seed(62);
        let upper: Vec<u8> = (b'A'..=b'Z').chain(b'0'..=b'9').collect();
        let (_, alnum) = alphabets()
            .into_iter()
            .find(|(name, _)| *name == "alnum")
            .unwrap();
        let mut drawn =
            |alphabet: &[u8], length| String::from_utf8(seed.value(alphabet, length)).unwrap();
        let (a, b, c) = (drawn(&alnum, 24), drawn(&alnum, 24), drawn(&upper, 17));
        for (value, shown) in [
            (format!("pk_{a}"), true),
            (format!("seti_{a}_secret_{b}"), true),
            (format!("pi_{a}_secret_{b}"), true),
            (format!("EC-{c}"), true),
            (format!("pk_48216_{a}"), false),
            (format!("sk_{a}"), false),
        ] {
            assert_eq!(is_shown(value.as_bytes()), shown, "{value}");
        }
    }

    #[test]
    fn uuids_that_count_are_told() {
        for (value, ordered) in [
            ("a1b2c3d4-e5f6-7890-abcd-ef1234567890", true),
            ("12345678-1234-1234-1234-123456789012", true),
            ("f3a1c97e-5b2d-4e80-9c6a-d07b41e8f259", false),
            ("a1b2c3d4e5f67890abcdef1234567890", false),
        ] {
            assert_eq!(uuid_in_order(value.as_bytes()), ordered, "{value}");
        }
    }

    #[test]
    fn accounts_of_chains_are_public() {
        for (value, account) in [
            (
                "eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f",
                true,
            ),
            ("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", true),
            (
                "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                true,
            ),
            ("my-key:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", false),
            ("did:x", false),
        ] {
            assert_eq!(is_account(value.as_bytes()), account, "{value}");
        }
    }

    #[test]
    fn what_a_machine_drew_is() {
        let mut seed = Seed(61);
        let of = |name: &str| {
            alphabets()
                .into_iter()
                .find(|(own, _)| *own == name)
                .unwrap()
                .1
        };
        let (alnum, hex) = (of("alnum"), of("hex"));
        let signs: Vec<u8> = [&alnum[..], b"!@#%^&*-_=+?"].concat();
        let letters: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').collect();
        for (alphabet, length, least, at_least) in [
            (&letters, 32, Strength::Long, 970),
            (&alnum, 24, Strength::Long, 995),
            (&hex, 32, Strength::Long, 999),
            (&alnum, 12, Strength::Short, 900),
            (&signs, 12, Strength::Short, 880),
            (&alnum, 10, Strength::Fair, 900),
        ] {
            let found = (0..1000)
                .filter(|_| strength(&seed.value(alphabet, length)) >= Some(least))
                .count();
            assert!(found >= at_least, "{found} of 1000 of {length}");
        }
    }
}
