//! Context: which provider a bound value belongs to, and why.

use std::ops::Range;

use super::binding::{Binding, Name, NameKind};
use super::candidate::Candidate;
use super::chance::by_chance;
use super::islands::{self, Islands};
use super::mention::{Finding, Mention, Mentions, has, set};
use super::named::Said;
use super::nearby;
use super::outer::is_test;
use super::role::{self, Says};
use super::says;
use super::stranger;
use super::testnet;
use crate::rule::{MentionKind, Need, PartRef, Role, Set, ShapeEntry, words};

/// How a value was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// By the file alone: a word nearby, an import, the path.
    File,
    /// By a name of the part's role, without a provider.
    Name,
    /// By its shape alone.
    Shape,
    /// By the file's name, or by a name of the part's role in a file that uses the provider.
    Used,
    /// By what encloses or holds it.
    Chain,
}

/// Where a value was placed.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The parts it may be, all of one rule, the best first.
    pub(super) parts: Vec<PartRef>,
    /// How.
    pub(super) strength: Strength,
    /// Whether the name says the part's role, or its position in a call does.
    pub(super) named: bool,
    /// Whether the context says test net.
    pub(super) testnet: bool,
    /// The span that placed it, in the text; none for the path.
    pub(super) by: Option<Range<usize>>,
    /// What kind of place that is, for the reader.
    pub(super) how: &'static str,
    /// Whether the name is too common to place what no proof confirms.
    pub(super) unless_proved: bool,
    /// Whether what placed it stands in the same statement or encloses it.
    pub(super) near: bool,
}

impl Placed {
    /// What nothing around the value had to place.
    pub(super) fn by_itself(part: PartRef, strength: Strength, testnet: bool) -> Self {
        Self {
            parts: vec![part],
            strength,
            named: true,
            testnet,
            by: None,
            how: "",
            unless_proved: false,
            near: true,
        }
    }
}

/// What a text says about providers: its own mentions and those of its path.
pub(super) struct Surroundings<'t> {
    pub(super) set: Set,
    pub(super) bytes: &'t [u8],
    pub(super) mentions: Mentions,
    pub(super) path: &'t [u8],
    pub(super) path_mentions: Mentions,
    /// Where mentions were looked for, if there are NULs in the text.
    pub(super) islands: Option<Islands>,
    /// A bit for each rule whose word means something else in this text, and which nothing but its word names.
    elsewhere: Vec<u64>,
    /// Places that speak for the whole file: imports, hosts, calls, headers; a few of each rule.
    pub(super) whole: Vec<Mention>,
    /// The rules whose provider has files of this path.
    filed: Vec<u16>,
}

pub(super) fn names_provider(kind: MentionKind) -> bool {
    !matches!(kind, MentionKind::Testnet | MentionKind::Not)
}

impl<'t> Surroundings<'t> {
    /// What names alone say, for a value of whose parts' rules nothing else says anything.
    pub(super) fn of_names(
        set: Set,
        bytes: &'t [u8],
        path: &'t [u8],
        binding: &Binding,
        finding: &mut Finding,
    ) -> Self {
        let spans = binding.names.iter().map(|name| &name.span);
        let mentions = Mentions::of_spans(set.index(), bytes, spans, finding);
        let islands = islands::around(bytes, &binding.value);
        Self::of(set, bytes, path, mentions, islands, finding)
    }

    /// What these mentions say. Of a text with NULs they are those of some of its `islands`.
    pub(super) fn of(
        set: Set,
        bytes: &'t [u8],
        path: &'t [u8],
        mentions: Mentions,
        islands: Option<Islands>,
        finding: &mut Finding,
    ) -> Self {
        let (elsewhere, whole) = match islands {
            // What stands on another has nothing to do with a value.
            Some(_) => (Vec::new(), Vec::new()),
            None => {
                let all = mentions.all();
                (nearby::elsewhere(all), nearby::whole(all))
            }
        };
        Self {
            set,
            bytes,
            islands,
            elsewhere,
            whole,
            mentions,
            path,
            path_mentions: Mentions::find(set.index(), path, finding),
            filed: finding.filed(set, path),
        }
    }

    /// Whether anything here names a provider of one of these parts, or one of them needs no provider.
    pub(super) fn may_place(&self, candidate: &Candidate) -> bool {
        let mut users = candidate.users.iter();
        candidate.by_name || users.any(|user| self.speaks_of(user.rule))
    }

    /// The same of a shape: whether [`Surroundings::may_place`] may say so of what it fits.
    pub(super) fn may_fit(&self, shape: &ShapeEntry) -> bool {
        let mut users = shape.users.iter();
        shape.placed && (shape.by_name || users.any(|user| self.speaks_of(user.rule)))
    }

    /// The same of a shape, where it is known of which parts the text may hold a name.
    pub(super) fn may_fit_named(&self, shape: &ShapeEntry, said: &Said<'_>) -> bool {
        let named =
            |user: &PartRef| self.set.part(*user).1.need == Need::Name && said.may_name(*user);
        let mut users = shape.users.iter();
        shape.placed && users.any(|user| self.speaks_of(user.rule) || named(user))
    }

    /// Whether the text or its path names the provider of this rule.
    fn speaks_of(&self, rule: u16) -> bool {
        self.mentions.name(rule) || self.path_mentions.name(rule) || self.file_of(rule)
    }

    pub(super) fn file_of(&self, rule: u16) -> bool {
        self.filed.contains(&rule)
    }

    /// What is asked of a binding once for all that may stand there.
    pub(super) fn hear(&self, binding: &Binding) -> Heard {
        let says = self.says(binding);
        let (own, rest) = self.called(binding);
        Heard {
            says,
            own,
            rest,
            silent: says == Says::Nothing && !self.is_unnamed(binding),
            elsewhere: self.elsewhere(binding),
        }
    }

    /// The places a candidate may have, with what was heard of its binding; proofs and claims choose.
    pub(super) fn place(
        &self,
        candidate: &Candidate,
        binding: &Binding,
        heard: &Heard,
    ) -> Vec<Placed> {
        // `order 1b2c…`, `"fromId": "…"`, `Order("…")`: the id of a thing is drawn of hex digits as keys are.
        let thing = heard.says == Says::Nothing && self.is_thing(candidate, binding);
        let users: Vec<PartRef> = candidate
            .users
            .iter()
            .copied()
            .filter(|user| {
                let need = self.set.part(*user).1.need;
                // Of what nobody speaks nothing here is.
                matches!(need, Need::Context | Need::Nothing)
                    && (!thing || heard.owns(*user))
                    && self.speaks_of(user.rule)
                    && !has(&heard.elsewhere, user.rule)
            })
            .collect();
        let address = thing && self.speaks_of_long_addresses();
        let by_name = || self.by_name(candidate, binding, heard);
        let by_name = (!address).then(by_name).flatten();
        match self.by_chain(&users, binding, heard, candidate.has_letters()) {
            Verdict::Placed(placed) => vec![placed],
            Verdict::Other => by_name.into_iter().collect(),
            Verdict::Unknown => {
                let by_file = if self.in_path_of_url(binding) {
                    None
                } else {
                    self.by_file(&users, candidate, binding, heard)
                };
                match (by_file, by_name) {
                    // A wallet's key in a file that uses an exchange which takes such keys.
                    (Some(file), Some(name)) if self.takes_key(&file, &name) => vec![Placed {
                        strength: Strength::Used,
                        named: name.named,
                        ..file
                    }],
                    (file, name) => file.into_iter().chain(name).collect(),
                }
            }
        }
    }

    /// Whether the value is a step of a URL's path, as ids of images and pages are: then its host says whose
    /// it is, and nothing that the file is about does.
    fn in_path_of_url(&self, binding: &Binding) -> bool {
        let first = binding.names.first();
        first.is_some_and(|name| {
            name.kind == NameKind::Url && self.bytes.get(name.span.end) == Some(&b'/')
        })
    }

    /// Whether the name says what the part is for.
    pub(super) fn named(&self, parts: &[PartRef], says: Says) -> bool {
        let part = parts.first().map(|part| self.set.part(*part).1);
        says != Says::Nothing && part.is_some_and(|part| role::fit(says, part.role) >= Some(2))
    }

    fn takes_key(&self, placed: &Placed, wallet: &Placed) -> bool {
        let part = |placed: &Placed| placed.parts.first().map(|part| self.set.part(*part).1);
        let role = part(placed).map(|part| part.role);
        let proof = part(placed).and_then(|part| part.proof);
        // What signs an exchange's requests may be proved as any such key is.
        let rule = |placed: &Placed| placed.parts.first().map(|part| part.rule);
        let same = proof.is_some()
            && proof == part(wallet).and_then(|part| part.proof)
            && rule(placed) != rule(wallet);
        // A word some way off is of a test of another chain as often as not.
        let near = placed.near || !matches!(placed.how, nearby::FAR | nearby::NEARBY);
        (same || matches!(role, Some(Role::PrivateKey | Role::Seed))) && near
    }

    /// What the name that holds the value says, or the setter it is passed to.
    pub(super) fn says(&self, binding: &Binding) -> Says {
        let says = says::says(self.bytes, self.path, binding);
        // A header names the key it carries.
        let header = |m: &Mention| m.kind == MentionKind::Header;
        match binding.names.first() {
            Some(name) if says == Says::Nothing && self.mentions.within(&name.span).any(header) => {
                Says::Role(Role::Key)
            }
            _ => says,
        }
    }

    pub(super) fn text(&self, span: &Range<usize>) -> &'t [u8] {
        self.bytes.get(span.clone()).unwrap_or_default()
    }

    /// A bit for each rule whose provider's word means something else here.
    fn elsewhere(&self, binding: &Binding) -> Vec<u64> {
        let path = self.path_mentions.all().iter();
        let names = binding.names.iter();
        let island = self.islands.as_ref();
        let island = island.and_then(|islands| islands.at(binding.value.start));
        let mut all = match island {
            Some(island) => {
                let here: Vec<Mention> = self.mentions.within(island).copied().collect();
                nearby::elsewhere(&here)
            }
            None => self.elsewhere.clone(),
        };
        let near = names
            .flat_map(|name| self.mentions.within(&name.span))
            .chain(path);
        for mention in near.filter(|m| m.kind == MentionKind::Not) {
            set(&mut all, mention.rule);
        }
        all
    }

    fn by_chain(
        &self,
        users: &[PartRef],
        binding: &Binding,
        heard: &Heard,
        letters: bool,
    ) -> Verdict {
        let borrowed = self.borrows(users, binding);
        let holder = binding.holder().map(|holder| self.text(&holder.span));
        let stranger = holder.is_some_and(stranger::begins_with_one);
        // What a comment says of a call is nothing about the ids that the call asks for.
        let callee = binding
            .names
            .iter()
            .find(|name| name.kind == NameKind::Callee);
        let asks = binding.index.is_some()
            && callee.is_some_and(|name| !says::takes_credentials(self.text(&name.span)));
        for name in &binding.names {
            if asks && name.kind == NameKind::Label && heard.says == Says::Nothing {
                continue;
            }
            let mut here: Vec<&Mention> = self
                .mentions
                .within(&name.span)
                .filter(|m| names_provider(m.kind))
                // What a class is called says nothing as the name of a variable.
                .filter(|m| m.kind != MentionKind::Call || name.kind != NameKind::Holder)
                .filter(|m| !by_chance(self.bytes, &(m.start..m.end)))
                // A sentence above a name that begins with somebody's name is about others.
                .filter(|m| {
                    let above = matches!(name.kind, NameKind::Enclosing | NameKind::Label);
                    !(stranger && above)
                        || self.text(&name.span).iter().filter(|b| **b == b' ').count() < 3
                        || stranger::may_be_own(self.set, m.rule)
                })
                .collect();
            if here.is_empty() {
                continue;
            }
            // `crypto com` is more than `com`; the longer mention names the provider.
            here.sort_by_key(|m| std::cmp::Reverse(m.end - m.start));
            let mut best: Option<((usize, bool), Vec<PartRef>, u16)> = None;
            for mention in &here {
                let parts = self.fitting(users, mention.rule, heard);
                let Some(part) = parts.first() else {
                    continue;
                };
                // Of two providers that go by one word, the one that calls its part so.
                let own = heard.owns(*part);
                let claim = (mention.end - mention.start, own);
                if best.as_ref().is_none_or(|(best, ..)| claim > *best) {
                    best = Some((claim, parts, mention.rule));
                }
            }
            if let Some((_, parts, rule)) = best {
                let theirs = here.iter().filter(|m| m.rule == rule);
                let clone = self
                    .clone_of(rule, theirs, name.span.start)
                    .map(|clone| (self.fitting(users, clone, heard), clone))
                    .filter(|(parts, _)| !parts.is_empty());
                let (parts, rule) = clone.unwrap_or((parts, rule));
                return Verdict::Placed(Placed {
                    named: self.named(&parts, heard.says)
                        || heard.owns(parts[0])
                        || binding.index.is_some()
                            && name.kind == NameKind::Callee
                            && (here.iter().any(|m| m.kind == MentionKind::Call)
                                || says::takes_credentials(self.text(&name.span)))
                        // `KRAKEN = "…"`, of letters that no id has.
                        || name.kind == NameKind::Holder && letters,
                    parts,
                    strength: Strength::Chain,
                    testnet: self.testnet(rule, binding),
                    by: Some(name.span.clone()),
                    how: how(name),
                    unless_proved: false,
                    near: true,
                });
            }
            // A name that speaks of another provider; words of rules that never need their provider
            // named (`private key`), and words that any key is called by (`signing key`), say nothing of
            // the kind.
            let names = |mention: &Mention| {
                let parts = self.set.rules()[usize::from(mention.rule)].parts;
                let text = self.text(&(mention.start..mention.end));
                let anyones = words(text).count() > 1 && role::of_name(text) != Says::Nothing;
                !anyones && parts.iter().any(|part| part.need == Need::Context)
            };
            // `"exchange": "okx"` beside it speaks of it, too.
            let beside = name.kind == NameKind::Sibling
                && here
                    .iter()
                    .any(|m| (m.end - m.start) * 5 >= name.span.len() * 4);
            if (matches!(
                name.kind,
                NameKind::Holder | NameKind::Lookup | NameKind::Url
            ) || beside)
                && here.iter().any(|m| names(m))
                && !borrowed
            {
                return Verdict::Other;
            }
        }
        Verdict::Unknown
    }

    /// Whether the name that holds the value speaks of another provider, but is one that a part takes as well:
    /// a store that works like S3 is given `aws_access_key_id`.
    fn borrows(&self, users: &[PartRef], binding: &Binding) -> bool {
        let Some(name) = binding.holder() else {
            return false;
        };
        let have: Vec<u64> = words(self.text(&name.span)).map(|w| w.hash).collect();
        let mut owners = self.set.index().called.by_name(&have, 1);
        owners.any(|owner| users.contains(&owner))
    }

    /// The parts of this rule that the name allows, the best first.
    pub(super) fn fitting(&self, users: &[PartRef], rule: u16, heard: &Heard) -> Vec<PartRef> {
        let mut parts: Vec<(u8, PartRef)> = users
            .iter()
            .filter(|user| user.rule == rule)
            .filter_map(|user| {
                let part = self.set.part(*user).1;
                if heard.owns(*user) {
                    Some((4, *user))
                } else {
                    role::fit(heard.says, part.role).map(|fit| (fit, *user))
                }
            })
            .collect();
        let best = parts.iter().map(|(fit, _)| *fit).max().unwrap_or(0);
        parts.retain(|(fit, _)| *fit == best);
        parts.into_iter().map(|(_, user)| user).collect()
    }

    /// Whose names the nearest names hold, word for word; of a URL, whether its host holds one of several
    /// words (`infura io`): the values in its path are that part. And of whose names the holder may begin
    /// with the rest.
    fn called(&self, binding: &Binding) -> (Vec<PartRef>, &'static [PartRef]) {
        let index = &self.set.index().called;
        let mut own = Vec::new();
        let near = binding.names.iter().filter(|n| {
            matches!(
                n.kind,
                NameKind::Holder | NameKind::Lookup | NameKind::Callee | NameKind::Url
            )
        });
        for name in near.take(3) {
            // `addInputWithPrivateKey(hash, index, key)` does something with the key, which is none of the first.
            if name.kind == NameKind::Callee
                && binding.index == Some(0)
                && !binding.alone
                && (does_with(self.text(&name.span)) || self.is_entrys_name(binding, name))
            {
                continue;
            }
            let least = if name.kind == NameKind::Url { 2 } else { 1 };
            let have: Vec<u64> = words(self.text(&name.span)).map(|w| w.hash).collect();
            own.extend(index.by_name(&have, least));
        }
        let holder = binding.holder().map(|holder| self.text(&holder.span));
        let first = holder.and_then(|holder| words(holder).next());
        let rest = first.map_or(&[][..], |first| index.by_second(first.hash));
        (own, rest)
    }

    fn by_name(&self, candidate: &Candidate, binding: &Binding, heard: &Heard) -> Option<Placed> {
        let mut by_role = None;
        let says = heard.says;
        // What is called or sent here, by rule: few.
        let near = binding.names.iter().take(4);
        let callers: Vec<(u16, &Name)> = near
            // The salt in an object that is passed to such a function is no key; what is read as a wallet is.
            .filter(|name| {
                let read = matches!(self.bytes.get(name.span.end), Some(b'>' | b' '));
                name.kind != NameKind::Callee || !heard.silent || read
            })
            .flat_map(|name| {
                let here = self.mentions.within(&name.span);
                let here =
                    here.filter(|m| matches!(m.kind, MentionKind::Call | MentionKind::Header));
                here.map(move |m| (m.rule, name))
            })
            .collect();
        for user in candidate.users {
            let (_, part) = self.set.part(*user);
            if part.need != Need::Name || has(&heard.elsewhere, user.rule) {
                continue;
            }
            let called = callers.iter().find(|(rule, _)| *rule == user.rule);
            let called = called.map(|(_, name)| *name);
            let own = called.is_some() || heard.owns(*user);
            let rest = || match heard.rest.contains(user) {
                true => self.rest_of_name(user.rule, part, binding),
                false => None,
            };
            let outer = || self.outer_name(*user, part, binding).or_else(rest);
            let further = (!own).then(outer).flatten();
            let named = own || further.is_some();
            let role = matches!(says, Says::Role(_)) && role::fit(says, part.role) >= Some(2);
            if !named && !role {
                continue;
            }
            let name = called.or(further).or(binding.names.first());
            // In a class of tests an address beside it tells which of the values is the key.
            let test = further.is_some_and(|name| is_test(self.text(&name.span)));
            let placed = Placed {
                parts: vec![*user],
                strength: Strength::Name,
                named: true,
                testnet: self.testnet(user.rule, binding),
                by: name.map(|n| n.span.clone()),
                how: name.map_or("its name", how),
                unless_proved: test || !named && !part.names.is_empty(),
                near: true,
            };
            if named {
                return Some(placed);
            }
            by_role.get_or_insert(placed);
        }
        by_role
    }

    /// Whether the names around the value, its scope or the path say test net.
    pub(super) fn testnet(&self, rule: u16, binding: &Binding) -> bool {
        testnet::is_said(
            self.bytes,
            &self.mentions,
            &self.path_mentions,
            rule,
            binding,
        )
    }
}

/// What the names around a value say of it.
#[derive(Debug)]
pub(super) struct Heard {
    /// What they say it is for.
    pub(super) says: Says,
    /// The parts of which the names near the value hold a name.
    own: Vec<PartRef>,
    /// Those of which the holder may begin with the rest of a name.
    rest: &'static [PartRef],
    /// Whether it has a name, which says nothing of the kind.
    silent: bool,
    /// A bit for each rule whose provider's word means something else here.
    elsewhere: Vec<u64>,
}

impl Heard {
    /// Whether it is one of this part's own names.
    pub(super) fn owns(&self, part: PartRef) -> bool {
        self.own.contains(&part)
    }
}

/// Whether a path is that of a file that a rule's provider has.
pub(super) fn file_of(set: Set, rule: u16, path: &[u8]) -> bool {
    let files = set.rules()[usize::from(rule)].context.files;
    files.iter().any(|file| ends_path(path, file.as_bytes()))
}

enum Verdict {
    Placed(Placed),
    /// The nearest name speaks of somebody else.
    Other,
    Unknown,
}

/// Whether a function by its name does something with something.
fn does_with(callee: &[u8]) -> bool {
    let mut all = words(callee).skip(1);
    all.any(|word| callee[word.start..word.end].eq_ignore_ascii_case(b"with"))
}

fn how(name: &Name) -> &'static str {
    match name.kind {
        NameKind::Holder => "held by",
        NameKind::Lookup => "the default of",
        NameKind::Callee => "passed to",
        NameKind::Sibling => "beside",
        NameKind::Enclosing => "inside",
        NameKind::Url => "sent to",
        NameKind::Label => "labelled",
    }
}

fn ends_path(path: &[u8], end: &[u8]) -> bool {
    path.len() >= end.len()
        && path[path.len() - end.len()..].eq_ignore_ascii_case(end)
        && (path.len() == end.len() || path[path.len() - end.len() - 1] == b'/')
}
