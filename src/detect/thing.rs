//! Names of things that have ids, digests and records, which are drawn as keys are.

use super::binding::{Binding, Name, NameKind};
use super::candidate::Candidate;
use super::place::Surroundings;
use super::says::{is_pair, last_names, last_word};
use crate::rule::words;

impl Surroundings<'_> {
    /// Whether the names around a value say that it is the id of a thing, or stands among such.
    pub(super) fn is_thing(&self, candidate: &Candidate, binding: &Binding) -> bool {
        let class = |n: &&Name| n.kind == NameKind::Callee && binding.alone;
        let holder = binding.holder();
        let named = |names: fn(&[u8]) -> bool| move |name: &Name| names(self.text(&name.span));
        let mut all = holder.or(binding.names.first().filter(class)).into_iter();
        if holder.is_some_and(named(names_ids))
            || !candidate.has_letters()
                && all.any(named(names_thing))
                && !is_pair(self.bytes, binding)
        {
            return true;
        }
        binding.names.iter().any(|name| {
            let text = self.text(&name.span);
            match name.kind {
                NameKind::Enclosing => !text.contains(&b' ') && names_ids(text),
                NameKind::Callee => tells_of_thing(text),
                _ => false,
            }
        })
    }
}

impl Surroundings<'_> {
    /// Whether an import, a call or a host says that the text is about a chain whose addresses are as long as keys, 32
    /// bytes in hex digits: there `accounts` are no keys, as they are in settings for Ethereum
    /// (<https://aptos.dev/network/blockchain/accounts>, <https://docs.sui.io/concepts/sui-move-concepts>).
    pub(super) fn speaks_of_long_addresses(&self) -> bool {
        self.whole.iter().any(|mention| {
            let rule = self.set.rules().get(usize::from(mention.rule));
            rule.is_some_and(|rule| matches!(rule.id, "aptos" | "sui"))
        })
    }

    /// Whether a value is what another one of its length goes by in a map: `privateKeys.put("0x…", "0x…")`. The map is
    /// called after what it holds.
    pub(super) fn is_entrys_name(&self, binding: &Binding, callee: &Name) -> bool {
        const PUTS: [&[u8]; 4] = [b"put", b"insert", b"emplace", b"set"];
        let name = self.text(&callee.span);
        let dot = name.iter().rposition(|b| *b == b'.').map_or(0, |at| at + 1);
        let method = name.get(dot..).unwrap_or_default();
        let puts = |own: &&[u8]| method.eq_ignore_ascii_case(own);
        let own = self.text(&binding.value);
        let behind = self.bytes.get(binding.value.end..).unwrap_or_default();
        let quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
        let Some((first, rest)) = behind.split_first().filter(|(first, _)| quote(first)) else {
            return false;
        };
        let rest = rest.trim_ascii_start().strip_prefix(b",");
        let rest = rest.map(<[u8]>::trim_ascii_start).unwrap_or_default();
        let other = rest.strip_prefix(&[*first]).unwrap_or_default();
        let length = other.iter().take(own.len() + 1).position(|b| b == first);
        dot > 0 && PUTS.iter().any(puts) && length == Some(own.len())
    }
}

/// Whether a name is that of a thing's id, or of the thing: `clOrdId`, `request`.
fn names_thing(name: &[u8]) -> bool {
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
    // Several of them, too: `accounts`.
    let one = last.strip_suffix(b"s").or(last.strip_suffix(b"S"));
    let one = one.unwrap_or(last);
    // `"0x…": "…"`: what stands under an account or a digest is something of that.
    let digits = name.strip_prefix(b"0x").unwrap_or(name);
    let drawn = digits.len() >= 32 && digits.iter().all(u8::is_ascii_hexdigit);
    let is = |word: &[u8], own: &[u8]| word.eq_ignore_ascii_case(own);
    drawn || THINGS.iter().any(|own| is(last, own) || is(one, own))
}

/// Whether a name is that of ids or digests of things, which are drawn as keys are: `order_id`, `VersionId`, `ETag`,
/// `marketIDs`.
fn names_ids(name: &[u8]) -> bool {
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
fn tells_of_thing(callee: &[u8]) -> bool {
    const VERBS: [&[u8]; 12] = [
        b"record", b"log", b"save", b"store", b"insert", b"on", b"handle", b"mark", b"track",
        b"assert", b"expect", b"notify",
    ];
    let last = last_names(callee);
    let first = words(last).next().map(|word| &last[word.start..word.end]);
    let verb = first.is_some_and(|first| VERBS.iter().any(|word| first.eq_ignore_ascii_case(word)));
    verb && names_ids(last)
}

#[cfg(test)]
mod tests {
    use super::{names_ids, names_thing, tells_of_thing};

    #[test]
    fn names_of_things_and_of_several_of_them() {
        for (name, expected) in [
            ("account", true),
            ("accounts", true),
            ("demoAccounts", true),
            ("ORDERS", true),
            ("access", false),
            ("keys", false),
        ] {
            assert_eq!(names_thing(name.as_bytes()), expected, "{name}");
        }
    }

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
