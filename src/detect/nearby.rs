//! Context of the last resort: what is named nearby, used or addressed in the file, or says its path.

use std::ops::Range;

use super::binding::{Binding, NameKind};
use super::candidate::Candidate;
use super::chance::by_chance;
use super::mention::{Mention, bits, has};
use super::place::{Heard, Placed, Strength, Surroundings, names_provider};
use super::role::{self, Says};
use super::says;
use super::stranger;
use super::testnet;
use crate::rule::{MentionKind, PartRef, Role};

/// How near a word must stand to place a value that nothing encloses, in bytes.
const NEAR: usize = 3000;
/// How long a line may be for its words to speak of each other, in bytes.
const LINE: usize = 400;
/// A line longer than this is no statement but a whole file, in bytes: minified code, a list of thousands of
/// entries.
const LONG_LINE: usize = 8192;
/// Beyond this a file is many files in one: what it uses or addresses so far away is another's, in bytes.
const FILE: usize = 256 << 10;
const USED: &str = "used in this file";
/// The shortest word that speaks for what is far away, in bytes: three letters stand for many things.
const WORD: usize = 4;
/// How a word far away is told.
pub(super) const FAR: &str = "named in this file";
/// How a word some way off is told.
pub(super) const NEARBY: &str = "named nearby";
const ADDRESSED: &str = "addressed in this file";

/// A mention within so many bytes stands in the same statement.
const NEXT: usize = 300;
/// A mention within so many bytes stands in the same few lines.
const LINES: usize = 160;
/// How many mentions either way are looked at.
const MENTIONS: usize = 96;
/// How many places of a rule speak for the whole file.
const PLACES: usize = 4;

/// The mentions that speak for the whole file: the first few of each rule and kind.
pub(super) fn whole(mentions: &[Mention]) -> Vec<Mention> {
    const KINDS: usize = MentionKind::Not as usize + 1;
    let place = |m: &Mention| usize::from(m.rule) * KINDS + m.kind as usize;
    let rules = mentions.iter().map(|m| usize::from(m.rule) + 1).max();
    let mut counts = vec![0u8; rules.unwrap_or_default() * KINDS];
    let few = |m: &&Mention| {
        let Some(count) = counts.get_mut(place(m)).filter(|_| names_provider(m.kind)) else {
            return false;
        };
        *count += u8::from(usize::from(*count) <= PLACES);
        usize::from(*count) <= PLACES
    };
    mentions.iter().filter(few).copied().collect()
}

/// A bit for each rule whose word means something else in a text with these mentions, and of which no host,
/// header, call or import is mentioned.
pub(super) fn elsewhere(mentions: &[Mention]) -> Vec<u64> {
    let strong = |rule: u16| {
        mentions.iter().any(|m| {
            let kind = matches!(
                m.kind,
                MentionKind::Host | MentionKind::Header | MentionKind::Call | MentionKind::Import
            );
            m.rule == rule && kind
        })
    };
    let mut rules: Vec<u16> = mentions
        .iter()
        .filter(|m| m.kind == MentionKind::Not)
        .map(|m| m.rule)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    bits(rules.into_iter().filter(|rule| !strong(*rule)))
}

/// How far from a header the host may stand that it is sent to, in bytes.
const SENT: usize = 600;

impl Surroundings<'_> {
    /// Whose host a header is sent to that belongs to another provider, none of whose hosts are named: some exchanges
    /// take the headers of the one they copy.
    pub(super) fn clone_of<'m>(
        &self,
        rule: u16,
        mut named: impl Iterator<Item = &'m &'m Mention>,
        at: usize,
    ) -> Option<u16> {
        let host = |m: &&Mention| m.kind == MentionKind::Host;
        if named.any(|m| m.kind != MentionKind::Header)
            || self.whole.iter().filter(host).any(|m| m.rule == rule)
        {
            return None;
        }
        let near = |m: &&Mention| m.start.abs_diff(at) <= SENT;
        let mut hosts = self.whole.iter().filter(host).filter(near);
        let first = hosts.next()?.rule;
        hosts.all(|m| m.rule == first).then_some(first)
    }

    /// Places a candidate by its file.
    pub(super) fn by_file(
        &self,
        users: &[PartRef],
        candidate: &Candidate,
        binding: &Binding,
        heard: &Heard,
    ) -> Option<Placed> {
        if users.is_empty() {
            return None;
        }
        let says = heard.says;
        let at = candidate.span.start;
        let mut best: Option<Near> = None;
        let mut rules: Vec<u16> = users.iter().map(|u| u.rule).collect();
        rules.dedup();
        let wanted = bits(rules.iter().copied());
        // A connection string names its service beside the key in it.
        let listed = self.text(&binding.value).contains(&b';');
        let value = if listed {
            &candidate.span
        } else {
            &binding.value
        };
        // In a sentence, which a string may hold, what stands before the value speaks of it.
        let spoken = |m: &Mention| memchr::memchr(b' ', self.text(&(m.end..at))).is_some();
        let in_value = |m: &Mention| m.start >= value.start && m.end <= value.end && !spoken(m);
        let long_line = self.long_line(at);
        // A name that begins with somebody's name speaks of them, and not of what is named some way off.
        let holder = binding.holder().map(|holder| self.text(&holder.span));
        let stranger = holder.is_some_and(stranger::begins_with_one);
        let elsewhere = self.element(binding);
        for mention in self.mentions.around(at, MENTIONS).chain(&self.whole) {
            if !names_provider(mention.kind) || !has(&wanted, mention.rule) || in_value(mention) {
                continue;
            }
            // What an element is called speaks of what stands in it.
            let element = mention
                .start
                .checked_sub(1)
                .and_then(|at| self.bytes.get(at))
                == Some(&b'<');
            let far = stranger && mention.start.abs_diff(at) > LINES
                || elsewhere
                    .as_ref()
                    .is_some_and(|own| !own.contains(&mention.start));
            if element
                || holder.is_some_and(|own| is_of_another(self.bytes, own, mention.start))
                || mention.kind == MentionKind::Header
                    && self
                        .clone_of(mention.rule, [&mention].into_iter(), mention.start)
                        .is_some_and(|clone| has(&wanted, clone))
                || far && !stranger::may_be_own(self.set, mention.rule)
                || mention.start.abs_diff(at) > FILE
                || self.islands.is_some() && self.apart(mention, at)
            {
                continue;
            }
            let (mut distance, mut how) = distance(mention, at);
            if long_line && how != FAR && distance > NEAR {
                (distance, how) = (distance + 20_000, FAR);
            }
            // In a line that is a whole program a word is of another statement.
            let word = || match mention.kind {
                MentionKind::Word => true,
                MentionKind::Import => !loads(self.bytes, &(mention.start..mention.end)),
                _ => false,
            };
            if long_line && distance > NEXT && word() {
                continue;
            }
            // A word far away places secrets under a name that says so, nothing else.
            let far = how == FAR;
            if far && mention.end - mention.start < WORD {
                continue;
            }
            let length = mention.end - mention.start;
            if best.as_ref().is_none_or(|b| b.farther(distance, length))
                && !by_chance(self.bytes, &(mention.start..mention.end))
            {
                let mut parts = self.fitting(users, mention.rule, heard);
                parts.retain(|user| {
                    let part = self.set.part(*user).1;
                    !far || part.secret
                        && says != Says::Nothing
                        && role::fit(says, part.role) >= Some(2)
                });
                if !parts.is_empty() {
                    let by = Some(mention.start..mention.end);
                    best = Some(Near {
                        distance,
                        length,
                        by,
                        parts,
                        how,
                    });
                }
            }
        }
        rules.retain(|rule| !stranger || stranger::may_be_own(self.set, *rule));
        for rule in rules {
            let named = |m: &Mention| m.rule == rule && names_provider(m.kind);
            let file = self.file_of(rule);
            // Of a compiled file the path says what it is about, and not what its symbols are.
            if self.islands.is_some() && !file {
                continue;
            }
            let distance = if file { 0 } else { 400 };
            let length = self
                .path_mentions
                .all()
                .iter()
                .filter(|m| named(m))
                .map(|m| m.end - m.start)
                .max();
            if (length.is_some() || file)
                && best
                    .as_ref()
                    .is_none_or(|b| b.farther(distance, length.unwrap_or(0)))
            {
                let parts = self.fitting(users, rule, heard);
                if !parts.is_empty() {
                    best = Some(Near {
                        distance,
                        length: length.unwrap_or(0),
                        by: None,
                        parts,
                        how: "named by the path",
                    });
                }
            }
        }
        let near = best?;
        let rule = near.parts.first()?.rule;
        let part = self.set.part(near.parts[0]).1;
        let file = near.by.is_none() && self.file_of(rule);
        let role =
            matches!(says, Says::Role(_)) && role::fit(says, part.role).is_some_and(|fit| fit >= 2);
        // A private key in hexadecimal is a wallet's before it is an exchange's secret.
        let wallet = matches!(says, Says::Role(Role::PrivateKey | Role::Seed))
            && part.role == Role::Secret
            && !candidate.has_letters();
        let used = matches!(near.how, USED | ADDRESSED) && !wallet;
        // `from provider import Client`, and the one argument of it.
        let client = near.how == USED && part.secret && self.is_client(binding);
        Some(Placed {
            named: self.named(&near.parts, says) || heard.owns(near.parts[0]) || file || client,
            testnet: self.testnet(rule, binding)
                || near
                    .by
                    .as_ref()
                    .is_some_and(|by| self.testnet_line(rule, by)),
            parts: near.parts,
            strength: if file || client || role && used {
                Strength::Used
            } else {
                Strength::File
            },
            by: near.by,
            how: near.how,
            unless_proved: false,
            near: near.distance <= NEXT || binding.names.is_empty(),
        })
    }

    /// The element that a value is an attribute of, if it goes by somebody's name: `<SinaWeibo AppSecret="…"/>`.
    fn element(&self, binding: &Binding) -> Option<Range<usize>> {
        const PLAIN: [&[u8]; 8] = [
            b"Add",
            b"Entry",
            b"Item",
            b"Param",
            b"Parameter",
            b"Property",
            b"Setting",
            b"String",
        ];
        let tag = binding
            .names
            .iter()
            .find(|name| name.kind == NameKind::Enclosing)?;
        let own = self.text(&tag.span);
        let opened = binding.scope.start + 1 == tag.span.start
            && self.bytes.get(binding.scope.start) == Some(&b'<');
        let somebody = own.first().is_some_and(u8::is_ascii_uppercase)
            && own.iter().all(u8::is_ascii_alphanumeric)
            && !PLAIN.contains(&own)
            && role::of_name(own) == Says::Nothing;
        (opened && somebody).then(|| binding.scope.clone())
    }

    /// Whether the value is all that is passed to what is called a client, in one word or more.
    fn is_client(&self, binding: &Binding) -> bool {
        let callee = binding.names.first();
        let callee = callee.filter(|name| name.kind == NameKind::Callee && binding.alone);
        callee.is_some_and(|name| says::makes_client(self.text(&name.span)))
    }

    /// Whether a value stands in a very long line.
    fn long_line(&self, at: usize) -> bool {
        let low = at.saturating_sub(LONG_LINE);
        let high = at.saturating_add(LONG_LINE).min(self.bytes.len());
        let around = self.bytes.get(low..high).unwrap_or_default();
        around.len() > LONG_LINE && memchr::memchr(b'\n', around).is_none()
    }

    /// Whether a NUL stands between a mention and the value.
    fn apart(&self, mention: &Mention, at: usize) -> bool {
        let between = if mention.end <= at {
            mention.end..at
        } else {
            at..mention.start
        };
        memchr::memchr(0, self.bytes.get(between).unwrap_or_default()).is_some()
    }

    /// Whether the line that names the provider names its test net: a host, an import.
    fn testnet_line(&self, rule: u16, by: &Range<usize>) -> bool {
        // A longer line says nothing; and many values may ask for it.
        let low = by.start.saturating_sub(LINE);
        let high = by.end.saturating_add(LINE).min(self.bytes.len());
        let start = memchr::memrchr(b'\n', &self.bytes[low..by.start]).map_or(low, |n| low + n + 1);
        let end = memchr::memchr(b'\n', &self.bytes[by.end..high]).map_or(high, |n| by.end + n);
        end - start < LINE
            && self
                .mentions
                .within(&(start..end))
                .any(|m| testnet::is_mark(self.bytes, m, rule))
    }
}

struct Near {
    distance: usize,
    length: usize,
    by: Option<Range<usize>>,
    parts: Vec<PartRef>,
    how: &'static str,
}

impl Near {
    /// Whether a mention at this distance is nearer; of two in one place the longer one counts.
    fn farther(&self, distance: usize, length: usize) -> bool {
        let (here, there) = (self.distance / 16, distance / 16);
        (there, std::cmp::Reverse(length)) < (here, std::cmp::Reverse(self.length))
    }
}

/// Whether the line that holds `at` begins with a name as another one does, but for the number in it: the exchange of
/// `ACCOUNT2_EXCHANGE` is not that of `ACCOUNT1_SECRET`.
fn is_of_another(bytes: &[u8], name: &[u8], at: usize) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let Some(number) = name
        .iter()
        .position(u8::is_ascii_digit)
        .filter(|at| *at > 2)
    else {
        return false;
    };
    let (head, own) = name.split_at(number);
    let before = bytes.get(at.saturating_sub(LINE)..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = before.get(start..).unwrap_or_default().trim_ascii_start();
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let Some(other) = line.strip_prefix(head) else {
        return false;
    };
    let (here, there) = (digits(own), digits(other));
    there > 0 && own.get(..here) != other.get(..there)
}

/// Whether a package is loaded or listed where it is named. Many go by a word of the language, which stands in any
/// text: `massive`, `facebook`. Those of a path or of several words are nothing else.
fn loads(bytes: &[u8], name: &Range<usize>) -> bool {
    const BACK: usize = 48;
    const WORDS: [&str; 17] = [
        "import", "imports", "require", "required", "requires", "from", "use", "using", "include",
        "install", "load", "library", "gem", "crate", "mod", "module", "add",
    ];
    let own = bytes.get(name.clone()).unwrap_or_default();
    if !own.iter().all(u8::is_ascii_alphabetic) {
        return true;
    }
    let low = name.start.saturating_sub(BACK);
    let head = bytes.get(low..name.start).unwrap_or_default();
    let line =
        memchr::memrchr(b'\n', head).map_or(head, |at| head.get(at + 1..).unwrap_or_default());
    let next = bytes.get(name.end).copied().unwrap_or(b'\n');
    // An entry of a manifest: in quotes, or at the start of a line with a version behind it.
    let quoted = line
        .last()
        .is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'))
        && matches!(next, b'"' | b'\'' | b'`' | b'/' | b'@');
    let listed = line.trim_ascii().is_empty() && b"=<>~^![;\r\n".contains(&next);
    let word = |word: &[u8]| {
        WORDS
            .iter()
            .any(|own| word.eq_ignore_ascii_case(own.as_bytes()))
    };
    quoted || listed || line.split(|b| !b.is_ascii_alphanumeric()).any(word)
}

fn distance(mention: &Mention, at: usize) -> (usize, &'static str) {
    let distance = if mention.end <= at {
        at - mention.end
    } else {
        mention.start.saturating_sub(at) * 3
    };
    match mention.kind {
        MentionKind::Import | MentionKind::Call => (distance / 2, USED),
        MentionKind::Host | MentionKind::Header => (distance / 2, ADDRESSED),
        _ if distance <= NEAR => (distance, NEARBY),
        _ => (distance + 20_000, FAR),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::loads;
    use crate::detect::random::tests::Seed;
    use crate::detect::{Scratch, detect};
    use crate::rule::Set;

    /// The rules that find something in a text.
    fn found(text: &str, path: &str) -> Vec<&'static str> {
        let mut scratch = Scratch::default();
        let all = |_: &crate::rule::Rule| true;
        let found = detect(
            Set::builtin(),
            text.as_bytes(),
            path.as_bytes(),
            &all,
            &mut scratch,
        );
        found.found.iter().map(|found| found.rule.id).collect()
    }

    #[test]
    fn words_far_away_in_one_long_line_name_nobody() {
        let drawn = Seed(171).value(
            b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnopqrstuvwxyz23456789",
            32,
        );
        let key = String::from_utf8(drawn).unwrap();
        let filler = "items.push(new Item(row, column)); ".repeat(40);
        // A page as a browser saves it: a kite and a massive crowd in its text.
        let page = format!(
            "<script>var news = [\"a kite above a massive crowd\"]; {filler} var zion = {{\"accessKey\":\"{key}\"}}; {}</script>",
            filler.repeat(8)
        );
        let named = found(&page, "page.html");
        assert!(
            !named.contains(&"polygon") && !named.contains(&"zerodha"),
            "{named:?}"
        );
        // The same words where they are meant.
        let meant = format!("import massive\n\nclient = massive.RESTClient(api_key=\"{key}\")\n");
        assert!(found(&meant, "prices.py").contains(&"polygon"));
    }

    #[test]
    fn packages_are_loaded_or_listed() {
        for (text, name, loaded) in [
            ("import massive", "massive", true),
            ("const m = require('massive');", "massive", true),
            ("use facebook::Graph;", "facebook", true),
            ("massive==1.0", "massive", true),
            ("  \"massive\": \"^1.0\",", "massive", true),
            ("a massive crowd", "massive", false),
            ("- Facebook login", "Facebook", false),
            ("see python-binance", "python-binance", true),
        ] {
            let at = text.find(name).unwrap();
            let named = at..at + name.len();
            assert_eq!(loads(text.as_bytes(), &named), loaded, "{text}");
        }
    }
}
