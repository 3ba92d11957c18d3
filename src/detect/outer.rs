//! Values whose own name says nothing: `default`, an address, a place in a list, `key`. What they
//! are is said further out, or by what the file does with keys.

use super::binding::{Binding, Name, NameKind};
use super::place::Surroundings;
use super::role::{self, Says};
use crate::rule::{MentionKind, Part, PartRef, Role, hash, words};

/// Names of fields that hold whatever their object is called.
const WEAK: [&str; 9] = [
    "default", "value", "val", "data", "content", "text", "string", "hex", "raw",
];

/// Names that hold a private key where the file turns one into an account.
const PLAIN: [&str; 6] = ["key", "keys", "secret", "secrets", "wallet", "signer"];

/// What a test is called with: its title.
const TESTS: [&[u8]; 8] = [
    b"it",
    b"test",
    b"describe",
    b"context",
    b"specify",
    b"scenario",
    b"suite",
    b"t.Run",
];

/// Classes whose argument is a private key in a file that imports the library.
const CLASSES: [&str; 2] = ["account", "wallet"];

impl Surroundings<'_> {
    /// What names this part of the binding's value, where its own name does not.
    pub(super) fn outer_name<'b>(
        &self,
        user: PartRef,
        part: &Part,
        binding: &'b Binding,
    ) -> Option<&'b Name> {
        if part.role != Role::PrivateKey {
            return None;
        }
        // `["--private-key", "…"]`
        let option = binding.names.iter().find(|name| {
            let end = name.span.end;
            let before = end <= binding.value.start && binding.value.start - end <= 6;
            name.kind == NameKind::Sibling && before && self.slice(name).starts_with(b"-")
        });
        if let Some(option) = option.filter(|name| self.names_part(name, part)) {
            return Some(option);
        }
        let holder = binding.holder();
        if holder.is_none_or(|holder| self.is_weak(holder)) {
            let outer = binding.names.iter().filter(|name| match name.kind {
                NameKind::Enclosing | NameKind::Label => true,
                NameKind::Sibling => self.slice(name).starts_with(b"-"),
                _ => false,
            });
            let found = outer.take(3).find(|name| self.names_part(name, part));
            if found.is_some() {
                return found;
            }
        }
        // `PRIVATE_KEYS = {"ann": "…"}`, a table's column.
        let silent = |holder: &Name| role::of_name(self.slice(holder)) == Says::Nothing;
        if holder.is_some_and(silent) {
            let mut outer = binding.names.iter();
            let outer = outer.find(|name| name.kind == NameKind::Enclosing);
            if let Some(outer) = outer.filter(|name| self.is_name_of(name, part)) {
                return Some(outer);
            }
        }
        let named = holder.filter(|holder| self.is_one_of(holder, &PLAIN));
        if named.is_some() && self.uses(user.rule, &[MentionKind::Call]) {
            return named;
        }
        // `keys = ["0x…", "0x…"]` beside the library: topics and slots go by other names.
        let listed = named.filter(|holder| {
            let value = self.bytes.get(binding.value.clone()).unwrap_or_default();
            value.starts_with(b"0x") && self.is_one_of(holder, &["keys"]) && binding.index.is_some()
        });
        if listed.is_some() && self.uses(user.rule, &[MentionKind::Import]) {
            return listed;
        }
        let callee = binding.names.iter().find(|n| n.kind == NameKind::Callee);
        callee
            .filter(|callee| holder.is_none() && self.is_one_of(callee, &CLASSES))
            .filter(|_| self.uses(user.rule, &[MentionKind::Call, MentionKind::Import]))
    }

    /// What names the provider where the name that holds the value is the rest of one of the part's names: the
    /// object in `pusher: { secret: "…" }`; or that name itself, of several words, in a file that uses the
    /// provider.
    pub(super) fn rest_of_name<'b>(
        &self,
        rule: u16,
        part: &Part,
        binding: &'b Binding,
    ) -> Option<&'b Name> {
        let context = self.set.rules()[usize::from(rule)].context.words;
        let holder = binding.holder()?;
        let have: Vec<u64> = words(self.slice(holder)).map(|word| word.hash).collect();
        part.names.iter().find_map(|name| {
            let (provider, text) = name.split_once(' ')?;
            let rest: Vec<u64> = text.split(' ').map(|w| hash(w.as_bytes())).collect();
            // `virustotal: { key: "…" }` holds this or that: such names are of two words at least.
            let vague = rest.len() == 1 && role::of_name(text.as_bytes()) == Says::Role(Role::Key);
            if vague || !have.starts_with(&rest) || !context.contains(&provider) {
                return None;
            }
            let provider = hash(provider.as_bytes());
            let outer = |name: &&Name| {
                matches!(name.kind, NameKind::Enclosing | NameKind::Callee)
                    && name.span.len() <= 80
                    && words(self.slice(name)).any(|word| word.hash == provider)
            };
            let kinds = [MentionKind::Call, MentionKind::Import, MentionKind::Host];
            let used = || (rest.len() > 1 && self.uses(rule, &kinds)).then_some(holder);
            binding.names.iter().find(outer).or_else(used)
        })
    }

    /// Whether nothing that holds the value says what it is for, but that it may be a key.
    pub(super) fn is_unnamed(&self, binding: &Binding) -> bool {
        let holder = binding.holder();
        holder.is_none_or(|holder| self.is_weak(holder) || self.is_one_of(holder, &PLAIN))
    }

    fn slice(&self, name: &Name) -> &[u8] {
        self.bytes.get(name.span.clone()).unwrap_or_default()
    }

    fn uses(&self, rule: u16, kinds: &[MentionKind]) -> bool {
        let mut whole = self.whole.iter();
        whole.any(|m| m.rule == rule && kinds.contains(&m.kind))
    }

    /// A name that would stand for any value: a general word, a number, an address.
    fn is_weak(&self, name: &Name) -> bool {
        let text = self.slice(name);
        let digits = text.strip_prefix(b"0x").unwrap_or(text);
        let number = digits.iter().all(u8::is_ascii_hexdigit)
            && (digits.len() >= 32 || digits.iter().all(u8::is_ascii_digit));
        number || self.is_one_of(name, &WEAK)
    }

    /// Whether the last name of a chain is one of these words and no other.
    fn is_one_of(&self, name: &Name, list: &[&str]) -> bool {
        let text = self.slice(name);
        let last = text.rsplit(|b| matches!(b, b'.' | b':')).next();
        let last = last.unwrap_or(text);
        let end = last.iter().rposition(|b| b.is_ascii_alphabetic());
        let word = end.and_then(|end| last.get(..=end)).unwrap_or_default();
        list.iter()
            .any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
    }

    /// Whether a name is one of the part's, of two words, or ends with it: `privateKeys`, no
    /// `class PrivateKeySigner`.
    fn is_name_of(&self, name: &Name, part: &Part) -> bool {
        let text = self.slice(name);
        let have: Vec<u64> = words(text).map(|word| word.hash).collect();
        let mut own = part.names.0.iter().filter(|wanted| wanted.contains(' '));
        let ends = own.any(|wanted| {
            let wanted: Vec<u64> = wanted.split(' ').map(|w| hash(w.as_bytes())).collect();
            have.ends_with(&wanted)
        });
        ends && self.names_part(name, part) && !text.contains(&b'(')
    }

    /// Whether a name further out says the part: its role, or one of its names of two words, of
    /// which none says that it is public or a digest.
    fn names_part(&self, name: &Name, part: &Part) -> bool {
        let text = self.slice(name);
        let public = [&b"pub"[..], b"hash", b"digest", b"address", b"sha256"];
        let lower = text.to_ascii_lowercase();
        if public
            .iter()
            .any(|word| memchr::memmem::find(&lower, word).is_some())
        {
            return false;
        }
        // `private view returns (…)` speaks of no key, and neither does a sentence.
        if text.len() > 60 || memchr::memmem::find(&lower, b"key").is_none() || is_title(text) {
            return false;
        }
        let have: Vec<u64> = words(text).map(|word| word.hash).collect();
        let own = part.names.0.iter().filter(|wanted| wanted.contains(' '));
        let own = own.into_iter().any(|wanted| {
            let wanted: Vec<u64> = wanted.split(' ').map(|w| hash(w.as_bytes())).collect();
            have.windows(wanted.len()).any(|words| words == wanted)
        });
        own || role::of_name(text) == Says::Role(part.role)
    }
}

/// Whether a name is that of a class of tests, in which digests and messages stand beside keys: `KeySignerTest`.
pub(super) fn is_test(name: &[u8]) -> bool {
    const LAST: [&[u8]; 4] = [b"test", b"tests", b"spec", b"suite"];
    let class = name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().any(u8::is_ascii_lowercase)
        && name.iter().all(u8::is_ascii_alphanumeric);
    let last = words(name).last().map(|word| word.hash);
    class && LAST.iter().any(|own| last == Some(hash(own)))
}

/// Whether a call is that of a test, whose title says what it is about and not what stands in it.
fn is_title(call: &[u8]) -> bool {
    let Some((function, title)) = memchr::memchr(b'(', call).map(|at| call.split_at(at)) else {
        return false;
    };
    let quoted = matches!(title.get(1), Some(b'"' | b'\'' | b'`'));
    quoted && TESTS.contains(&function)
}
