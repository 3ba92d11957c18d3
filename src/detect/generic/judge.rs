//! From a value that looks like a secret to a finding: what it is bound to, where, and how sure that is.

use std::ops::Range;

use super::around::{asks, declares, is_neutral, is_salted, is_stage, last_name};
use super::certainty::is_address;
use super::kin::among_kin;
use super::name::{self, Kind, Named};
use super::other::is_account;
use super::place::{self, Place};
use super::stem::Bound;
use super::value::{self, Strength};
use super::{Value, call, escaped, manifest, near, row, shown};
use crate::decode::{Layer, base64_text};
use crate::detect::binding::{Binding, Name, NameKind};
use crate::detect::bound::Bound as Bindings;
use crate::detect::candidate;
use crate::detect::hit::covers;
use crate::detect::random::form;
use crate::detect::value::{declared, is_basic};
use crate::detect::words::words;
use crate::rule::{Block, PartRef, Role, Set};
use crate::suppress::path::PathClass;
use crate::suppress::{encrypted, placeholder, public, sample};

/// What judges the values of one layer.
pub(in crate::detect) struct Judge<'a> {
    pub(in crate::detect) set: Set,
    pub(in crate::detect) text: &'a [u8],
    pub(in crate::detect) path: &'a [u8],
    pub(in crate::detect) class: PathClass,
    pub(in crate::detect) layer: &'a Layer<'a>,
    pub(in crate::detect) values: &'a mut Vec<Value>,
    pub(in crate::detect) bindings: &'a mut Bindings,
}

/// How what is around a value names it.
const INSIDE: &str = "inside";
pub(super) const PASSED: &str = "passed to";

/// A value and what its binding says.
pub(super) struct Case<'a> {
    pub(super) value: &'a [u8],
    pub(super) span: Range<usize>,
    pub(super) strength: Strength,
    pub(super) named: Named,
    pub(super) by: Range<usize>,
    pub(super) how: &'static str,
    /// Whether the name holds the value itself, and is not that of something around it.
    pub(super) held: bool,
}

impl<'a> Judge<'a> {
    /// Whether the file can hold such values at all.
    pub(in crate::detect) fn reads(&self) -> bool {
        !self.class.lists_digests()
            && !self.class.source_map
            && place::of_path(self.path) != Place::Nothing
    }

    /// Judges a run of token characters.
    pub(in crate::detect) fn run(&mut self, run: &Range<usize>) {
        let Some(text) = self.text.get(run.clone()) else {
            return;
        };
        if !near::may_matter(text) || !near::stands_near_name(self.text, run.start) {
            return;
        }
        let binding = self.bindings.bind(self.text, run);
        let Some(span) = self.extent(&binding, run) else {
            return;
        };
        self.judge(&binding, span, binding.quoted);
    }

    /// Judges a value that stands right behind a name.
    pub(in crate::detect) fn bound(&mut self, bound: &Bound) {
        let binding = self.bindings.bind(self.text, &bound.value);
        if !covers(self.text, &binding, &bound.value) {
            return;
        }
        let quoted = bound.quoted || binding.quoted;
        self.judge(&binding, bound.value.clone(), quoted);
    }

    /// The whole value that a run is a part of: its literal, or what stands behind a name in it.
    fn extent(&self, binding: &Binding, run: &Range<usize>) -> Option<Range<usize>> {
        let literal = self.text.get(binding.value.clone())?;
        let inside = binding.names.first().is_some_and(|name| {
            name.span.start >= binding.value.start && name.span.end <= run.start
        });
        if !inside
            && !literal.iter().any(u8::is_ascii_whitespace)
            && literal.len() <= value::LONGEST
        {
            // `"key:"`: the user's name and no password; a line of a text that is put together of such: `"…\n" +`.
            let own = literal.strip_suffix(b":").unwrap_or(literal);
            let own = own.strip_suffix(b"\\n").unwrap_or(own);
            let own = own.strip_suffix(b"\\r").unwrap_or(own);
            let start = binding.value.start;
            return Some(self.padded(start..start + own.len()));
        }
        let ends = |b: u8| b.is_ascii_whitespace() || b"\"'`<>;,(){}[]\\&=".contains(&b);
        let (mut start, mut end) = (run.start, run.end);
        while start > binding.value.start
            && self
                .text
                .get(start - 1)
                .is_some_and(|b| !ends(*b) && *b != b':')
        {
            start -= 1;
        }
        while end < binding.value.end && self.text.get(end).is_some_and(|b| !ends(*b)) {
            end += 1;
        }
        let span = self.padded(start..end);
        covers(self.text, binding, &span).then_some(span)
    }

    /// With the padding of base64 that stands behind.
    fn padded(&self, span: Range<usize>) -> Range<usize> {
        let behind = self.text.get(span.end..).unwrap_or_default();
        let signs = behind.iter().take(2).take_while(|b| **b == b'=').count();
        let open = behind.get(signs).is_some_and(u8::is_ascii_alphanumeric);
        span.start..span.end + if open { 0 } else { signs }
    }

    fn judge(&mut self, binding: &Binding, mut span: Range<usize>, quoted: bool) {
        // `${NAME:-default}` of a shell.
        let before = self.text.get(..span.start).unwrap_or_default();
        if before.ends_with(b":") && self.text.get(span.start) == Some(&b'-') {
            span.start += 1;
        }
        let Some(text) = self.text.get(span.clone()) else {
            return;
        };
        let of_row = || {
            let (named, by) = row::beside(self.text, binding)?;
            Some((named, by, "beside"))
        };
        let Some((named, by, how)) = self.named(binding).or_else(of_row) else {
            return;
        };
        // `[programs.localnet]` of Anchor: the addresses of programs.
        if is_address(text) && self.within_programs(binding) {
            return;
        }
        // A piece of a password's digest: its parameters and its salt stand in front of it.
        if self.behind_method(&span) {
            return;
        }
        // What names a chain or an identity stands in front of the account.
        if binding.quoted && self.text.get(binding.value.clone()).is_some_and(is_account) {
            return;
        }
        // `module:system:secret:edit:*`: steps of a permission (https://shiro.apache.org/permissions.html).
        if self.is_step(binding, &by) {
            return;
        }
        // A symbol of a program or a member of an object holds no value: it is one name.
        if by.start >= span.start && by.end <= span.end || !quoted && self.is_expression(&span) {
            return;
        }
        let decoded = base64_text(text).or_else(|| short_base64(text));
        if let Some(account) = decoded.as_deref()
            && is_basic(self.text, span.start)
        {
            self.account(account, &span, by);
            return;
        }
        let printed = || escaped::random_bytes(text).then_some(Strength::Long);
        let Some(strength) = strength(text, decoded.as_deref()).or_else(printed) else {
            return;
        };
        let case = Case {
            value: text,
            span,
            strength,
            named,
            by,
            how,
            held: how != INSIDE,
        };
        if self.refused(&case) || self.tells(&case.span) || self.searches(binding, text) {
            return;
        }
        let Some(confidence) = self.confidence(&case, quoted) else {
            return;
        };
        let Some(part) = self.part(named.kind) else {
            return;
        };
        let value = decoded.unwrap_or_else(|| case.value.to_vec());
        self.values.push(Value {
            part,
            span: self.layer.origin_of(&case.span),
            value,
            confidence,
            how: case.how,
            by: self.layer.origin_of(&case.by),
        });
    }

    /// Whether a value stands behind the method and the parameters of a digest: `$argon2id$v=19$m=65536,t=3,p=4$…`.
    fn behind_method(&self, span: &Range<usize>) -> bool {
        const BACK: usize = 64;
        let head = self.text.get(..span.start).unwrap_or_default();
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'');
        let length = head
            .iter()
            .rev()
            .take(BACK)
            .take_while(|b| !ends(b))
            .count();
        let token = head.get(head.len() - length..).unwrap_or_default();
        let token = memchr::memchr(b'$', token).and_then(|at| token.get(at + 1..));
        let mut fields = token.unwrap_or_default().split(|b| *b == b'$');
        let method = fields.next().unwrap_or_default();
        fields.next().is_some()
            && !method.is_empty()
            && method
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    }

    /// Whether the file holds settings, written as such or as code.
    fn is_of_settings(&self) -> bool {
        matches!(place::of_path(self.path), Place::Config | Place::Settings)
    }

    /// Whether a name stands between colons in the literal of its value, which ends with what stands for anything.
    fn is_step(&self, binding: &Binding, name: &Range<usize>) -> bool {
        let before = name.start.checked_sub(1).and_then(|at| self.text.get(at));
        let literal = self.text.get(binding.value.clone()).unwrap_or_default();
        name.start > binding.value.start
            && before == Some(&b':')
            && self.text.get(name.end) == Some(&b':')
            && literal.ends_with(b":*")
    }

    /// Whether the section around a value lists the programs of a chain.
    fn within_programs(&self, binding: &Binding) -> bool {
        binding.names.iter().any(|name| {
            let text = self.text.get(name.span.clone()).unwrap_or_default();
            name.kind == NameKind::Enclosing && text.starts_with(b"[programs")
        })
    }

    /// Whether a word without quotes in code is part of an expression or a type: something follows that ends no
    /// value.
    fn is_expression(&self, span: &Range<usize>) -> bool {
        let tail = self.text.get(span.end..).unwrap_or_default();
        let blanks = tail.iter().take_while(|b| **b == b' ').count();
        let next = tail.get(blanks).copied().unwrap_or(b'\n');
        // The text of an element in a document that stands in code.
        let closes = blanks == 0 && tail.starts_with(b"</");
        let head = self.text.get(..span.start).unwrap_or_default();
        if closes && head.ends_with(b">") {
            return false;
        }
        declared(self.text, span, false)
            || matches!(place::of_path(self.path), Place::Code | Place::Settings)
                && (next.is_ascii_alphabetic()
                    || b"([<.+-*|?)!".contains(&next)
                    || next == b'=' && blanks > 0)
    }

    /// The nearest name that says what the value is: what holds it, the setter it is passed to, or the object
    /// around it where that which holds it says nothing (`value`, `default`).
    fn named(&self, binding: &Binding) -> Option<(Named, Range<usize>, &'static str)> {
        if let Some(passed) = self.passed(binding) {
            return Some(passed);
        }
        let (mut column, mut staged) = (false, false);
        for name in binding.names.iter().take(6) {
            let text = self.text.get(name.span.clone())?;
            // `INSERT INTO settings (name, value) VALUES ('api_secret', '…')`
            if column && name.kind == NameKind::Sibling {
                let named = name::of_name(text).filter(|named| named.clear);
                return named.map(|named| (named, name.span.clone(), "beside"));
            }
            let how = match name.kind {
                NameKind::Holder => "held by",
                NameKind::Lookup => "the default of",
                NameKind::Callee if binding.alone => PASSED,
                NameKind::Enclosing if !declares(text) => INSIDE,
                NameKind::Enclosing => return None,
                _ => continue,
            };
            // `IDENTIFIED BY '…'` of SQL.
            if text.eq_ignore_ascii_case(b"by") && self.behind(name.span.start, b"identified ") {
                let named = Named {
                    kind: Kind::Password,
                    clear: true,
                };
                return Some((named, name.span.clone(), how));
            }
            // `SECRET_KEY: "name-of-the-key:value"`
            if let Some(held) = self.held_whole(binding, name) {
                return Some(held);
            }
            let of_name = if name.kind == NameKind::Callee {
                name::of_name(last_name(text)).filter(|named| named.clear && !asks(last_name(text)))
            } else {
                name::of_name(text)
            };
            if let Some(mut named) = of_name {
                // Pieces of one value, when the name speaks of one.
                if self.listed(binding, name.span.end) && !text.to_ascii_lowercase().ends_with(b"s")
                {
                    return None;
                }
                named.clear |= name.kind == NameKind::Holder && self.in_manifest(binding);
                // `app_secrets: { prod: … }`
                let map =
                    || staged && text.iter().rfind(|b| b.is_ascii_alphabetic()) == Some(&b's');
                named.clear &= name.kind != NameKind::Enclosing
                    || self.behind(name.span.start, b"variable \"")
                    || map();
                return Some((named, name.span.clone(), how));
            }
            staged |= name.kind == NameKind::Holder && is_stage(text);
            column |= binding.index.is_some() && name.kind == NameKind::Holder;
            if !(is_neutral(text) || column && name.kind == NameKind::Enclosing) {
                return None;
            }
        }
        None
    }

    /// The function that takes the value where it takes a secret; `-u user:password` and `-u key:` of curl.
    fn passed(&self, binding: &Binding) -> Option<(Named, Range<usize>, &'static str)> {
        let index = binding.index?;
        let callees = binding.names.iter().take(3);
        callees
            .filter(|name| name.kind == NameKind::Callee)
            .find_map(|name| {
                let text = self.text.get(name.span.clone())?;
                let login = text == b"--user"
                    || matches!(text, b"u" | b"user")
                        && self.text.get(name.span.start.checked_sub(1)?) == Some(&b'-');
                // A key goes as the user's name, and no password.
                let kind = match index {
                    1 => Some(Kind::Password),
                    0 if self.is_account_alone(binding) => Some(Kind::ApiKey),
                    _ => None,
                };
                let own = kind.filter(|_| login);
                let own = own.map(|kind| Named { kind, clear: true });
                let named = call::takes(text, index).or(own)?;
                Some((named, name.span.clone(), PASSED))
            })
    }

    /// Whether a value is a user's name with an empty password: `-u key:`.
    fn is_account_alone(&self, binding: &Binding) -> bool {
        let rest = self.text.get(binding.value.start..).unwrap_or_default();
        let length = binding.value.len().min(rest.len());
        let (value, behind) = rest.split_at(length);
        let behind = match value.strip_suffix(b":") {
            Some(_) => behind,
            None => behind.strip_prefix(b":").unwrap_or(b"-"),
        };
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`');
        behind.first().is_none_or(ends)
    }

    /// The name that holds all of a literal, where it is clearly a secret's, and the one in it says whose the secret
    /// is: the literal is that name, a colon and the value.
    fn held_whole(
        &self,
        binding: &Binding,
        inner: &Name,
    ) -> Option<(Named, Range<usize>, &'static str)> {
        let text = |span: &Range<usize>| self.text.get(span.clone());
        let literal = text(&binding.value)?;
        let own = text(&inner.span)?;
        let whole = inner.span.start == binding.value.start
            && literal.get(own.len()) == Some(&b':')
            && literal.iter().filter(|b| **b == b':').count() == 1
            && !literal
                .iter()
                .any(|b| b.is_ascii_whitespace() || *b == b',');
        if !whole || name::of_name(own).is_some_and(|named| named.clear) || name::seals(own) {
            return None;
        }
        let outside = |name: &&Name| name.span.end <= binding.value.start;
        let name = binding.names.iter().find(outside)?;
        let named = name::of_name(text(&name.span)?)?;
        (name.kind == NameKind::Holder && named.clear)
            .then(|| (named, name.span.clone(), "held by"))
    }

    /// Whether the value is an entry of a secret's manifest.
    fn in_manifest(&self, binding: &Binding) -> bool {
        let around = |name: &Name| self.text.get(name.span.clone()).unwrap_or_default();
        binding
            .names
            .iter()
            .any(|name| name.kind == NameKind::Enclosing && manifest::is_data(around(name)))
            && manifest::of_secret(self.text, binding.value.start)
    }

    /// Whether the value is one of several in a list behind the name.
    fn listed(&self, binding: &Binding, name: usize) -> bool {
        let scope = self.text.get(binding.scope.clone()).unwrap_or_default();
        binding.index.is_some()
            && name <= binding.scope.start
            && matches!(scope.first(), Some(b'[' | b'{'))
            && scope.contains(&b',')
    }

    /// Whether these words, in any case, stand right before a place.
    fn behind(&self, at: usize, words: &[u8]) -> bool {
        let from = at.checked_sub(words.len());
        from.and_then(|from| self.text.get(from..at))
            .is_some_and(|before| before.eq_ignore_ascii_case(words))
    }

    /// Whether something speaks against the value: it is public by its name or by what stands before it, a
    /// published sample, encrypted, the same as its name, one of a list of such.
    fn refused(&self, case: &Case<'_>) -> bool {
        let name = self.text.get(case.by.clone()).unwrap_or_default();
        let before = self
            .text
            .get(case.span.start.saturating_sub(32)..case.span.start)
            .unwrap_or_default();
        // What a function is called says what it does: `jwt.sign`.
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|_| case.how != PASSED)
            .unwrap_or_default();
        public::public(case.value, name, before).is_some()
            || is_fingerprint(case.value) && words(name.as_bytes()).iter().any(|w| w == b"signing")
            || encrypted::encrypted(self.text, case.span.clone()).is_some()
            || form::form(case.value).is_some()
            || value::uuid_in_order(case.value)
            || case.named.kind == Kind::Password && is_salted(self.text, &case.by, &case.span)
            // A file that anybody may load: https://firebase.google.com/docs/storage/web/download-files
            || before.ends_with(b"alt=media&token=")
            || before.ends_with(b"alt=media&amp;token=")
            || shown::opens_link(self.text, &case.by, &case.span)
            || is_noise(self.text, &case.by, &case.span)
            || row::is_index(self.text, &case.by, &case.span)
            || among_kin(self.text, &case.span, self.is_of_settings())
            || self
                .set
                .rules()
                .iter()
                .filter(|rule| rule.domain == "generic")
                .any(|rule| sample::is_sample(rule.samples.0, case.value))
    }

    /// Whether the shape of a value says of itself what it is: then its own rule has judged it, and a wrong
    /// checksum makes it no secret.
    fn tells(&self, span: &Range<usize>) -> bool {
        let mut candidates = Vec::new();
        candidate::of_run(self.set.index(), self.text, span.clone(), &mut candidates);
        candidates
            .iter()
            .any(|candidate| candidate.telling && candidate.span == *span)
    }

    /// Whether it is the key with which a site's visitors search its documentation
    /// (<https://docsearch.algolia.com/docs/api#apikey>): of Algolia by a name, or beside the name of an index.
    fn searches(&self, binding: &Binding, value: &[u8]) -> bool {
        let around = binding
            .scope
            .start
            .max(binding.value.start.saturating_sub(256))
            ..binding.scope.end.min(binding.value.end.saturating_add(256));
        let around = self.text.get(around).unwrap_or_default();
        let index = memchr::memmem::find(around, b"indexName").is_some()
            && memchr::memmem::find(around, b"appId").is_some();
        let search = |name: &Name| {
            let text = self.text.get(name.span.clone()).unwrap_or_default();
            let lower = text.to_ascii_lowercase();
            [&b"algolia"[..], b"docsearch"]
                .iter()
                .any(|own| memchr::memmem::find(&lower, own).is_some())
        };
        value.len() == 32
            && value.iter().all(u8::is_ascii_hexdigit)
            && (index
                || binding
                    .names
                    .iter()
                    .any(|name| name.kind == NameKind::Enclosing && search(name)))
    }

    /// The part of the rule for values of this kind.
    pub(super) fn part(&self, kind: Kind) -> Option<PartRef> {
        let role = match kind {
            Kind::Password => Role::Password,
            Kind::Secret => Role::Secret,
            Kind::ApiKey => Role::Key,
            Kind::Token => Role::Token,
            Kind::PrivateKey => Role::PrivateKey,
        };
        let blocks = self.set.index().blocks.0.iter();
        blocks
            .filter(|(block, _)| *block == Block::Value)
            .map(|(_, part)| *part)
            .find(|part| self.set.part(*part).1.role == role)
    }
}

/// The text that a few characters are in base64, padding and all: a password of a Kubernetes secret. Twelve
/// random characters are the text of nine graphic ones by chance in one of ten thousand cases.
fn short_base64(value: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let short = (12..=64).contains(&value.len()) && value.len().is_multiple_of(4);
    let decoded = short.then(|| base64::engine::general_purpose::STANDARD.decode(value).ok())??;
    let graphic = decoded.trim_ascii().iter().all(u8::is_ascii_graphic);
    (graphic && decoded.len() >= 6).then_some(decoded)
}

/// How much a value looks like a secret; what is text in base64 counts as that text.
fn strength(value: &[u8], decoded: Option<&[u8]>) -> Option<Strength> {
    let own = value::strength(value);
    let Some(decoded) = decoded else { return own };
    let text = decoded.trim_ascii();
    if placeholder::placeholder(text).is_some() {
        return None;
    }
    // A user's name with a password behind it.
    if text.contains(&b':') {
        return None;
    }
    // Several lines or words are a file or a sentence; that is for other rules.
    if text
        .iter()
        .any(|b| b.is_ascii_whitespace() || matches!(b, b'{' | b'<'))
    {
        return None;
    }
    value::strength(text)
        .or(Some(Strength::Fair).filter(|_| text.len() >= value::SHORTEST && own.is_some()))
}

/// Whether a name and its value stand among bytes of a picture or of compressed data, where any of them stand by
/// chance: among control characters. Text in any encoding has none, whatever its other bytes are (GBK, Shift JIS,
/// windows-1251), but for those that lay it out or begin an escape; strings of a program stand between NULs.
fn is_noise(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    const AROUND: usize = 96;
    const MANY: usize = 8;
    let low = name.start.min(value.start).saturating_sub(AROUND);
    let high = name
        .end
        .max(value.end)
        .saturating_add(AROUND)
        .min(text.len());
    let around = text.get(low..high).unwrap_or_default();
    let control = |b: &&u8| b.is_ascii_control() && !b"\0\t\n\x0c\r\x1b".contains(b);
    around.iter().filter(control).count() >= MANY
}

/// Forty capital hex digits: the fingerprint of an OpenPGP key that signs packages (RFC 9580, section 5.5.4).
fn is_fingerprint(value: &[u8]) -> bool {
    let digit = |b: &u8| b.is_ascii_digit() || matches!(b, b'A'..=b'F');
    value.len() == 40 && value.iter().all(digit)
}

#[cfg(test)]
mod tests {
    use super::is_noise;
    use crate::detect::random::tests::Seed;

    #[test]
    fn bytes_of_a_picture_are_noise_and_old_encodings_are_none() {
        let mut seed = Seed(131);
        // Two bytes a character in GBK and Shift JIS, one in windows-1251.
        let wide: Vec<u8> = (0..120).map(|_| 0x81 + seed.below(0x7d) as u8).collect();
        let drawn: Vec<u8> = (0..120).map(|_| seed.below(256) as u8).collect();
        for (around, expected) in [(&wide, false), (&drawn, true)] {
            let text = [around.as_slice(), b"\ntoken=value\n", around].concat();
            let name = around.len() + 1..around.len() + 6;
            let value = name.end + 1..name.end + 6;
            assert_eq!(is_noise(&text, &name, &value), expected);
        }
    }
}
