//! Values of another nature than a secret's: paths, addresses, code, numbers, what anybody may see.

use super::{name, shown};
use crate::detect::random::randomness;
use crate::detect::value::bare;

/// Values of another nature: paths, addresses of mail and net, code, versions, formats.
pub(super) fn is_other(value: &[u8]) -> bool {
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
        || behind_its_method(value)
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
    // A JSON Web Token, what holds text in base64 behind `pk.` (Mapbox) and a wallet's root have rules of their
    // own, a Fernet token is encrypted; the first bytes of digests of nothing are everywhere.
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
    let marked = value.get(2..6) == Some(b".eyJ");
    if has(":APA91b") || marked || HEADS.iter().any(|head| own.starts_with(head.as_bytes())) {
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
        || shown::is_shown(value)
        || is_file(value)
        || is_entry(value)
        || is_typed(value)
        || is_code(value)
        || is_numbers(value)
        || is_validation(value)
        || counts(value)
        || name::of_name(value).is_some() && value.iter().all(|b| !b.is_ascii_digit())
}

/// What stands behind the sign of a method that makes digests of passwords, whole or not: `$1$…`, `$2b$12$…`
/// (crypt(5)), `$P$…` of phpass.
fn behind_its_method(value: &[u8]) -> bool {
    const METHODS: [&[u8]; 14] = [
        b"1", b"2", b"2a", b"2b", b"2x", b"2y", b"5", b"6", b"7", b"y", b"gy", b"P", b"H", b"apr1",
    ];
    let mut fields = value.split(|b| *b == b'$');
    fields.next() == Some(&b""[..])
        && fields
            .next()
            .is_some_and(|method| METHODS.contains(&method))
        && fields.next().is_some_and(|rest| !rest.is_empty())
}

/// Rules that what is typed into a form must keep, as Laravel writes them: `required|min:6|max:18`
/// (<https://laravel.com/docs/validation#available-validation-rules>).
fn is_validation(value: &[u8]) -> bool {
    let rule = |piece: &[u8]| {
        let (name, rest) = match memchr::memchr(b':', piece) {
            Some(at) => (piece.get(..at), piece.get(at + 1..)),
            None => (Some(piece), None),
        };
        let own = |b: &u8| b.is_ascii_lowercase() || *b == b'_';
        let given = |b: &u8| own(b) || b.is_ascii_digit() || matches!(b, b',' | b'.');
        name.is_some_and(|name| name.len() > 1 && name.iter().all(own))
            && rest.is_none_or(|rest| rest.iter().all(given))
    };
    value.contains(&b'|') && value.contains(&b':') && value.split(|b| *b == b'|').all(rule)
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
            .strip_prefix(b"v")
            .unwrap_or(value)
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
    use super::{is_account, is_other};

    #[test]
    fn rules_of_a_form_are_no_passwords() {
        for (value, expected) in [
            ("min:6|max:18", true),
            ("required|string|between:8,64", true),
            ("k3:6|Wx:18qZ", false),
        ] {
            assert_eq!(is_other(value.as_bytes()), expected, "{value}");
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
}
