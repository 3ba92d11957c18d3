//! One candidate after another: whether it looks random, what it is bound to, where it belongs.

use std::ops::Range;
use std::rc::Rc;

use super::address;
use super::anchor::Run;
use super::binding::Binding;
use super::candidate::{self, Candidate};
use super::collect::{Reader, path_of};
use super::hit::covers;
use super::mention::{Mentions, has};
use super::named::Names;
use super::place::{Heard, Placed, Strength, Surroundings, file_of};
use super::scratch::Scratch;
use super::trace;
use super::value::{declared, drawn_behind, is_basic, of_data, wrapped};
use crate::prove::{self, Proof};
use crate::rule::{Need, PartRef};
use crate::suppress::public;

/// How many values without a name may be tried as keys in one text: each costs a multiplication on
/// the curve.
const DERIVED: u32 = 64;

/// After how many bindings it is asked which names a text holds at all, and for how many bytes of the text
/// one of them costs as much as that.
const MANY: usize = 8;
const SPARED: usize = 4096;

/// What a span looks like before it is known whose it may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look {
    /// As if somebody had written it.
    Plain,
    /// Drawn, and public by its nature: an address, a digest behind the name of its function.
    Public,
    /// As if a machine had drawn it.
    Random,
}

/// Whether a value is public for what it is or what stands directly before it, or is a piece of embedded data:
/// then nobody needs to know whose it may be.
fn is_public(text: &[u8], value: &[u8], span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    public::by_value(value).is_some()
        || public::by_text(value, before).is_some()
        || public::of_file(text, span)
        || of_data(text, span)
}

impl Reader<'_, '_> {
    /// Reads the runs that matter.
    pub(super) fn runs(&mut self, scratch: &mut Scratch) {
        let armor = std::mem::take(&mut scratch.anchors.armor);
        let mut candidates = std::mem::take(&mut scratch.candidates);
        let read = scratch.anchors.runs.iter().filter(|run| {
            // Nothing in armour is a value of another kind; its first line's words may be.
            let inside = armor
                .partition_point(|a| a.start <= run.start)
                .checked_sub(1);
            !inside.is_some_and(|at| run.end <= armor[at].end && run.start > armor[at].start + 11)
        });
        self.telling_runs(
            read.clone(),
            scratch.shapes.telling(self.subject.set),
            &mut candidates,
        );
        // Of a lock file and a list of digests only what tells itself is looked at.
        if !self.subject.class.lists_digests() {
            for run in read {
                self.placed_run(run.start..run.end, &mut scratch.names, &mut candidates);
            }
        }
        scratch.candidates = candidates;
        let mut end = 0;
        for run in &scratch.anchors.runs {
            if run.start >= end {
                end = self.encoded(run.start..run.end);
            }
        }
        scratch.anchors.armor = armor;
    }

    /// Looks for what its shape tells: that names the provider of what stands beside it. `telling` has a bit for
    /// each such shape.
    fn telling_runs<'r>(
        &mut self,
        runs: impl Iterator<Item = &'r Run>,
        telling: &[u64],
        candidates: &mut Vec<Candidate>,
    ) {
        let index = self.subject.set.index();
        let first = self.hits.len();
        for run in runs {
            candidates.clear();
            let span = run.start..run.end;
            candidate::some_of_run(index, Some(telling), self.text, span, candidates);
            for candidate in &*candidates {
                for user in candidate.users {
                    if self.subject.set.part(*user).1.need == Need::Nothing {
                        self.telling(*user, &self.text[candidate.span.clone()], &candidate.span);
                    }
                }
            }
        }
        let told: Vec<_> = self.hits[first..]
            .iter()
            .map(|hit| (hit.found.clone(), hit.rule()))
            .collect();
        if let Some(around) = self.around.as_mut().filter(|_| !told.is_empty()) {
            self.untold = Some(around.mentions.clone());
            around.mentions.add(told.iter().cloned());
            self.heard = None;
        }
        self.told = told;
    }

    /// Looks for what needs more than its shape. Where it is known who is named, nobody else's shapes are
    /// compared.
    fn placed_run(
        &mut self,
        run: Range<usize>,
        names: &mut Names,
        candidates: &mut Vec<Candidate>,
    ) {
        let index = self.subject.set.index();
        if self.live.is_none()
            && let Some(around) = &self.around
            && !self.thorough
        {
            self.live = Some(candidate::shapes_that(index, |entry| around.may_fit(entry)));
        }
        // Where many values were bound, one look at the whole text may spare the others.
        if self.bindings > MANY
            && self.bindings * SPARED > self.text.len()
            && !self.narrow
            && let Some(around) = &self.around
            && !self.thorough
        {
            let said = names.of(self.subject.set, self.text);
            let live = candidate::shapes_that(index, |entry| around.may_fit_named(entry, &said));
            (self.live, self.narrow) = (Some(live), true);
        }
        candidates.clear();
        candidate::some_of_run(index, self.live.as_deref(), self.text, run, candidates);
        for candidate in &*candidates {
            let value = &self.text[candidate.span.clone()];
            self.consider(candidate, value, &candidate.span, true);
        }
    }

    /// Places and checks one candidate; `span` is where it stands in this layer, `plain` whether the
    /// value stands there as it is.
    pub(super) fn consider(
        &mut self,
        candidate: &Candidate,
        value: &[u8],
        span: &Range<usize>,
        plain: bool,
    ) {
        let set = self.subject.set;
        if !plain && candidate.telling {
            for user in candidate.users {
                if set.part(*user).1.need == Need::Nothing {
                    self.telling(*user, value, span);
                }
            }
        }
        if self.subject.class.lists_digests() || !candidate.placed {
            return;
        }
        // Several shapes fit one span: it is judged once.
        let look = match &self.judged {
            Some((judged, look)) if plain && judged == span => *look,
            _ if !drawn_behind(value) => Look::Plain,
            _ if plain && is_public(self.text, value, span) => Look::Public,
            _ => Look::Random,
        };
        if plain {
            self.judged = Some((span.clone(), look));
        }
        let refused = match look {
            Look::Plain => true,
            // Only a proof outweighs what a value says of itself.
            Look::Public => candidate
                .users
                .iter()
                .all(|user| set.part(*user).1.proof.is_none()),
            Look::Random => false,
        };
        if refused || candidate.improbable(value) {
            return;
        }
        let silent = self.is_silent(candidate);
        // What its name may place needs no word of a provider: the text is not searched for one yet.
        let may = candidate.by_name || !silent && self.around().may_place(candidate);
        if may && !(plain && wrapped(self.text, span)) {
            self.place(candidate, value, span, plain, silent);
        }
    }

    /// Whether nothing in the text or its path says anything of the rules of these parts, as far as is known
    /// without reading all of it: then the names that a value is bound to say it all.
    fn is_silent(&mut self, candidate: &Candidate) -> bool {
        if !self.told.is_empty() || self.thorough || self.around.is_some() {
            return false;
        }
        // Where they are only moved, the mentions cost less.
        if self.origin.is_some_and(|origin| origin.has_mentions()) {
            return false;
        }
        let (set, path) = (self.subject.set, path_of(self.subject.path));
        if self.spoken.is_none() {
            let since = self.subject.since;
            let spoken = trace::number(self.layer)
                .and_then(|layer| since?.spoken(self.subject.text, layer, set, &mut self.finding));
            self.spoken = Some(spoken);
        }
        let Some(Some(spoken)) = &self.spoken else {
            return false;
        };
        let finding = &mut self.finding;
        let by_path = self
            .path_mentions
            .get_or_insert_with(|| Mentions::find(set.index(), path, finding));
        candidate.users.iter().all(|user| {
            !has(spoken, user.rule)
                && !by_path.speak_of(user.rule)
                && !file_of(set, user.rule, path)
        })
    }

    /// Places and checks a value that looks random.
    fn place(
        &mut self,
        candidate: &Candidate,
        value: &[u8],
        span: &Range<usize>,
        plain: bool,
        silent: bool,
    ) {
        let (set, text) = (self.subject.set, self.text);
        let binding = self.bind(span);
        let names = silent.then(|| {
            let path = path_of(self.subject.path);
            Surroundings::of_names(set, text, path, &binding, &mut self.finding)
        });
        if let Some(user) = self.derives(candidate, &binding, span, names.as_ref())
            && self.by_address(user, &binding, value, span, names.as_ref())
        {
            return;
        }
        if plain && (!covers(text, &binding, span) || declared(text, span, binding.quoted)) {
            return;
        }
        let at = Candidate {
            span: span.clone(),
            ..candidate.clone()
        };
        let places = match &names {
            Some(names) => names.place(&at, &binding, &names.hear(&binding)),
            None => {
                let heard = self.hear(&binding);
                self.around().place(&at, &binding, &heard)
            }
        };
        // `Authorization: Basic …`: user and password, or key and secret (RFC 7617, section 2).
        let account = !plain && is_basic(text, span.start);
        for mut place in places {
            if account {
                place.named = true;
                place.strength = place.strength.max(Strength::Used);
            }
            self.placed(place, &binding, value, span);
        }
    }

    /// What is heard of the binding that was asked for last: once for all shapes that fit its span.
    fn hear(&mut self, binding: &Binding) -> Rc<Heard> {
        if let Some(heard) = &self.heard {
            return Rc::clone(heard);
        }
        let heard = Rc::new(self.around().hear(binding));
        self.heard = Some(Rc::clone(&heard));
        heard
    }

    /// What a span of the text is bound to. Several shapes fit one span: it is asked for once.
    fn bind(&mut self, span: &Range<usize>) -> Rc<Binding> {
        if let Some((known, binding)) = &self.last
            && known == span
        {
            return Rc::clone(binding);
        }
        self.bindings += 1;
        let binding = Rc::new(self.bound.bind(self.text, span));
        self.last = Some((span.clone(), Rc::clone(&binding)));
        self.heard = None;
        binding
    }

    /// The part that a value without a name of its own may be, if an address stands beside it.
    fn derives(
        &mut self,
        candidate: &Candidate,
        binding: &Binding,
        span: &Range<usize>,
        names: Option<&Surroundings<'_>>,
    ) -> Option<PartRef> {
        let set = self.subject.set;
        let derives = |user: &&PartRef| {
            let part = set.part(**user).1;
            part.need == Need::Name && part.proof == Some("secp256k1")
        };
        let user = candidate.users.iter().find(derives).copied()?;
        if !address::stands_near(self.text, span) {
            return None;
        }
        let around = match names {
            Some(names) => names,
            None => self.around(),
        };
        around.is_unnamed(binding).then_some(user)
    }

    /// Takes such a value for a private key if the address that follows from it stands beside it.
    fn by_address(
        &mut self,
        user: PartRef,
        binding: &Binding,
        value: &[u8],
        span: &Range<usize>,
        names: Option<&Surroundings<'_>>,
    ) -> bool {
        if self.derived == DERIVED {
            return false;
        }
        self.derived += 1;
        let Some(Proof::Proved(evidence)) = prove::prover("secp256k1").map(|prove| prove(value))
        else {
            return false;
        };
        let Some(beside) = address::beside(self.text, span, &evidence) else {
            return false;
        };
        let around = match names {
            Some(names) => names,
            None => self.around(),
        };
        let testnet = around.testnet(user.rule, binding);
        let place = Placed {
            parts: vec![user],
            strength: Strength::Chain,
            named: true,
            testnet,
            by: Some(beside),
            how: "its address is",
            unless_proved: false,
            near: true,
        };
        self.placed(place, binding, value, span);
        true
    }
}
