//! One candidate after another: whether it looks random, what it is bound to, where it belongs.

use std::ops::Range;

use super::address;
use super::binding::Binding;
use super::candidate::Candidate;
use super::collect::{Reader, path_of};
use super::hit::covers;
use super::mention::{Mentions, has};
use super::place::{Placed, Strength, Surroundings, file_of};
use super::trace;
use super::value::{drawn_behind, wrapped};
use crate::prove::{self, Proof};
use crate::rule::{Need, PartRef};

/// How many values without a name may be tried as keys in one text: each costs a multiplication on
/// the curve.
const DERIVED: u32 = 64;

impl Reader<'_, '_> {
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
        if self.subject.class.lock_file || !candidate.placed {
            return;
        }
        // Several shapes fit one span: it is judged once.
        let random = match &self.judged {
            Some((judged, random)) if plain && judged == span => *random,
            _ => drawn_behind(value),
        };
        if plain {
            self.judged = Some((span.clone(), random));
        }
        if !random || candidate.improbable(value) {
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
        if self.told || self.thorough || self.around.is_some() {
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
        let binding = self.bound.bind(text, span);
        let names = silent.then(|| {
            let path = path_of(self.subject.path);
            Surroundings::of_names(set, text, path, &binding, &mut self.finding)
        });
        if let Some(user) = self.derives(candidate, &binding, span, names.as_ref())
            && self.by_address(user, &binding, value, span, names.as_ref())
        {
            return;
        }
        if plain && !covers(text, &binding, span) {
            return;
        }
        let at = Candidate {
            span: span.clone(),
            ..candidate.clone()
        };
        let around = match &names {
            Some(names) => names,
            None => self.around(),
        };
        for place in around.place(&at, &binding) {
            self.placed(place, &binding, value, span);
        }
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
