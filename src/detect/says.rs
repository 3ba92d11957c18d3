//! What the names around a value say it is for.

use super::binding::{Binding, Name, NameKind};
use super::role::{self, Says};
use crate::rule::{Role, words};

/// What the name that holds a value says, or the setter it is the only argument of, or else the object
/// that holds it, or the file.
pub(super) fn says(bytes: &[u8], path: &[u8], binding: &Binding) -> Says {
    let text = |name: &Name| bytes.get(name.span.clone()).unwrap_or_default();
    let listed = in_list(bytes, binding);
    let holders = binding
        .names
        .iter()
        .filter(|n| matches!(n.kind, NameKind::Holder | NameKind::Lookup))
        // `keys = ["…", "…"]` names the list, not its elements.
        .filter(|n| !(listed && n.span.end <= binding.scope.start))
        .take(3);
    for name in holders {
        let says = role::of_name(last_names(text(name)));
        if says != Says::Nothing {
            return says;
        }
    }
    let callee = binding.names.iter().find(|n| n.kind == NameKind::Callee);
    let scheme = callee.is_some_and(|callee| {
        let behind = bytes.get(callee.span.end..).unwrap_or_default();
        behind.starts_with(b"://")
    });
    if let Some(callee) = callee.map(text) {
        // `-u key:secret`, `https://key:secret@host`
        if scheme || matches!(callee, b"-u" | b"u" | b"--user" | b"-user") {
            return Says::Role(if binding.index == Some(0) {
                Role::Key
            } else {
                Role::Secret
            });
        }
        if signs(callee) {
            return Says::Role(Role::Secret);
        }
        if binding.alone && setter(callee) {
            return role::of_name(last_names(callee));
        }
        return Says::Nothing;
    }
    if listed {
        return Says::Nothing;
    }
    // `"secrets": {"kraken": "…"}`
    let object = binding
        .names
        .iter()
        .find(|n| n.kind == NameKind::Enclosing)
        .map(text);
    let holder = binding.holder().map(text);
    match object {
        // `variable "stripe_secret_key" { default = "…" }` says it in full.
        Some(object)
            if matches!(holder, Some(b"default" | b"value")) && !object.contains(&b' ') =>
        {
            role::of_name(object)
        }
        Some(object) if holder.is_some() && object.len() <= 32 && !object.contains(&b' ') => {
            role::of_name(last_word(object))
        }
        // A value alone in its file, or alone on its line: the file says what it is.
        _ if alone(bytes, binding) && binding.names.iter().all(|n| n.kind == NameKind::Label) => {
            role::of_name(stem(path))
        }
        _ => Says::Nothing,
    }
}

/// Whether the value is one of several in a list or a call.
fn in_list(bytes: &[u8], binding: &Binding) -> bool {
    let scope = bytes.get(binding.scope.clone()).unwrap_or_default();
    binding.index.is_some()
        && matches!(scope.first(), Some(b'[' | b'(' | b'{'))
        && scope.contains(&b',')
}

/// The last word of a name: the objects `secrets` and `apiKeys` say what they hold, `privateAccount` does
/// not.
fn last_word(name: &[u8]) -> &[u8] {
    words(name)
        .last()
        .map_or(name, |word| &name[word.start..word.end])
}

/// Whether the value is all of its text.
fn alone(bytes: &[u8], binding: &Binding) -> bool {
    bytes.trim_ascii() == bytes.get(binding.value.clone()).unwrap_or_default()
}

/// Whether a function by its name may take a credential by position: classes, and functions that make,
/// open or sign in. `getOrder` takes ids.
pub(super) fn takes_credentials(callee: &[u8]) -> bool {
    const WORDS: [&[u8]; 26] = [
        b"client",
        b"api",
        b"exchange",
        b"connect",
        b"login",
        b"auth",
        b"authenticate",
        b"create",
        b"new",
        b"make",
        b"init",
        b"account",
        b"credentials",
        b"credential",
        b"trader",
        b"bot",
        b"session",
        b"config",
        b"configure",
        b"setup",
        b"sign",
        b"signer",
        b"keys",
        b"load",
        b"open",
        b"with",
    ];
    let last = last_names(callee);
    let class = last.first().is_some_and(u8::is_ascii_uppercase);
    let mut all = words(last).map(|w| &last[w.start..w.end]);
    class
        || words(last).count() == 1
        || all.any(|w| WORDS.iter().any(|word| w.eq_ignore_ascii_case(word)))
}

/// Whether a name is that of a thing's id, or of the thing: `clOrdId`, `request`.
pub(super) fn names_thing(name: &[u8]) -> bool {
    const THINGS: [&[u8]; 21] = [
        b"id",
        b"ids",
        b"uuid",
        b"guid",
        b"order",
        b"account",
        b"request",
        b"session",
        b"trade",
        b"position",
        b"transaction",
        b"job",
        b"task",
        b"event",
        b"message",
        b"withdrawal",
        b"deposit",
        b"reference",
        b"instance",
        b"block",
        b"tx",
    ];
    let last = last_word(name);
    // `"0x…": "…"`: what stands under an account or a digest is something of that.
    let digits = name.strip_prefix(b"0x").unwrap_or(name);
    let drawn = digits.len() >= 32 && digits.iter().all(u8::is_ascii_hexdigit);
    drawn || THINGS.iter().any(|word| last.eq_ignore_ascii_case(word))
}

/// Whether a name is that of ids or digests of things, which are drawn as keys are: `order_id`, `VersionId`, `ETag`,
/// `marketIDs`.
pub(super) fn names_ids(name: &[u8]) -> bool {
    const IDS: [&[u8]; 17] = [
        b"id",
        b"uuid",
        b"guid",
        b"order",
        b"trade",
        b"transaction",
        b"withdrawal",
        b"deposit",
        b"etag",
        b"version",
        b"checksum",
        b"digest",
        b"hash",
        b"md5",
        b"sha1",
        b"sha256",
        b"cursor",
    ];
    let mut last = [&b""[..]; 2];
    for word in words(name) {
        last = [last[1], &name[word.start..word.end]];
    }
    let is = |word: &[u8], own: &[u8]| word.eq_ignore_ascii_case(own);
    let one = last[1].strip_suffix(b"s").unwrap_or(last[1]);
    is(last[0], b"e") && is(last[1], b"tag") || IDS.iter().any(|id| is(last[1], id) || is(one, id))
}

/// Whether a function by its name writes down what happened to a thing: `recordWithdrawal`, `onOrder`.
pub(super) fn tells_of_thing(callee: &[u8]) -> bool {
    const VERBS: [&[u8]; 12] = [
        b"record", b"log", b"save", b"store", b"insert", b"on", b"handle", b"mark", b"track",
        b"assert", b"expect", b"notify",
    ];
    let last = last_names(callee);
    let first = words(last).next().map(|word| &last[word.start..word.end]);
    let verb = first.is_some_and(|first| VERBS.iter().any(|word| first.eq_ignore_ascii_case(word)));
    verb && names_ids(last)
}

/// Whether a class by its name is a client of an API, which is given a key: `Client`, `RestClient`, `ApiSession`.
pub(super) fn makes_client(callee: &[u8]) -> bool {
    let last = last_names(callee);
    let word = words(last).last().map(|w| &last[w.start..w.end]);
    last.first().is_some_and(u8::is_ascii_uppercase)
        && matches!(
            word,
            Some(b"Client" | b"client" | b"Api" | b"API" | b"Session" | b"Connection")
        )
}

/// Functions that take the key they sign with.
fn signs(callee: &[u8]) -> bool {
    let lower = callee.to_ascii_lowercase();
    [&b"hmac"[..], b"secretkeyspec"]
        .iter()
        .any(|word| memchr::memmem::find(&lower, word).is_some())
}

/// `setApiKey`, `WithApiKey`, `.apiKey(…)`: the callee says what its argument is.
fn setter(callee: &[u8]) -> bool {
    let last = last_names(callee);
    let Some(first) = words(last).next() else {
        return false;
    };
    let first = last[first.start..first.end].to_ascii_lowercase();
    let sets = [&b"set"[..], b"with"].contains(&first.as_slice());
    let names = [
        &b"add"[..],
        b"use",
        b"put",
        b"from",
        b"api",
        b"secret",
        b"key",
        b"passphrase",
    ]
    .contains(&first.as_slice());
    sets || names && callee.iter().any(|b| matches!(b, b'.' | b':' | b'>'))
}

/// The last name of a chain of members: in `binance.exchange.apiKey` the `apiKey` says the role.
fn last_names(name: &[u8]) -> &[u8] {
    let joint = name.iter().rposition(|b| matches!(b, b'.' | b':' | b'>'));
    joint
        .and_then(|at| name.get(at + 1..))
        .filter(|last| !last.is_empty())
        .unwrap_or(name)
}

/// A file's name without its ending.
fn stem(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
    name.iter()
        .rposition(|b| *b == b'.')
        .filter(|at| *at > 0)
        .map_or(name, |at| &name[..at])
}

#[cfg(test)]
mod tests {
    use super::{names_ids, tells_of_thing};

    #[test]
    fn names_of_ids_and_of_what_is_told() {
        for (name, expected) in [
            ("order_id", true),
            ("VersionId", true),
            ("ETag", true),
            ("marketIDs", true),
            ("md5", true),
            ("secret", false),
            ("bithumb", false),
            ("tag", false),
        ] {
            assert_eq!(names_ids(name.as_bytes()), expected, "{name}");
        }
        assert!(tells_of_thing(b"recordWithdrawal"));
        assert!(!tells_of_thing(b"createOrder"));
        assert!(!tells_of_thing(b"new Client"));
    }
}
