//! What the names around a value say it is for.

use super::binding::{Binding, Name, NameKind};
use super::role::{self, Says};
use crate::rule::{Role, words};

/// What the name that holds a value says, or the setter it is the only argument of, or else the object
/// that holds it, or the file.
pub(super) fn says(bytes: &[u8], path: &[u8], binding: &Binding) -> Says {
    let text = |name: &Name| bytes.get(name.span.clone()).unwrap_or_default();
    if let Some(number) = binding.half {
        let holder = binding
            .holder()
            .map_or(Says::Nothing, |name| role::of_name(last_names(text(name))));
        if matches!(holder, Says::Nothing | Says::Role(Role::Key | Role::Secret)) {
            return Says::Role([Role::Key, Role::Secret][number.min(1)]);
        }
    }
    let listed = in_list(bytes, binding);
    // `hmac.new(key="…")`: what is signed with, whatever it is called.
    let keyword =
        |name: &Name| name.kind == NameKind::Holder && matches!(text(name), b"key" | b"secret");
    if let Some(holder) = binding.names.iter().find(|n| keyword(n))
        && binding.names.iter().any(|n| {
            let opens = bytes.get(n.span.end) == Some(&b'(');
            n.kind == NameKind::Callee && n.span.end < holder.span.start && opens && signs(text(n))
        })
    {
        return Says::Role(Role::Secret);
    }
    let holders = binding
        .names
        .iter()
        .filter(|n| matches!(n.kind, NameKind::Holder | NameKind::Lookup))
        // `keys = ["…", "…"]` names the list, not its elements.
        // What a method is called on (`secret_entry.insert(0, "…")`) is another thing.
        .filter(|n| {
            !(listed && n.span.end <= binding.scope.start)
                || n.kind == NameKind::Holder && bytes.get(n.span.end) == Some(&b'.')
        })
        .take(3);
    for name in holders {
        let says = role::of_name(last_names(text(name)));
        if says != Says::Nothing {
            return says;
        }
    }
    let mut callees = binding.names.iter().filter(|n| n.kind == NameKind::Callee);
    let callee = callees.next();
    // `SymmetricKey(data: Data("…".utf8))`
    if binding.index == Some(0)
        && callee
            .is_some_and(|callee| matches!(text(callee), b"Data" | b"data" | b"bytes" | b"Bytes"))
        && callees.next().is_some_and(|outer| signs(text(outer)))
    {
        return Says::Role(Role::Secret);
    }
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
pub(super) fn last_word(name: &[u8]) -> &[u8] {
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

/// Whether a value is one of two of one tuple or list that look alike: a key and a secret.
pub(super) fn is_pair(bytes: &[u8], binding: &Binding) -> bool {
    let scope = bytes.get(binding.scope.clone()).unwrap_or_default();
    let inner = scope.get(1..scope.len().max(2) - 1).unwrap_or_default();
    let drawn = |part: &[u8]| {
        let part = part.trim_ascii();
        let part = part.trim_ascii_start().strip_prefix(b"b").unwrap_or(part);
        let quoted = matches!(part, [b'"', .., b'"'] | [b'\'', .., b'\'']);
        quoted && part.len() > 16 && part.iter().any(u8::is_ascii_digit)
    };
    in_list(bytes, binding)
        && binding.quoted
        && inner.split(|b| *b == b',').count() == 2
        && inner.split(|b| *b == b',').all(drawn)
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
    // The last is how RustCrypto's ciphers and codes are given their key.
    [
        &b"hmac"[..],
        b"secretkeyspec",
        b"symmetrickey",
        b"new_from_slice",
    ]
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
        b"pass",
    ]
    .contains(&first.as_slice());
    sets || names && callee.iter().any(|b| matches!(b, b'.' | b':' | b'>'))
}

/// The last name of a chain of members: in `binance.exchange.apiKey` the `apiKey` says the role.
pub(super) fn last_names(name: &[u8]) -> &[u8] {
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
