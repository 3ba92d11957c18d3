//! One candidate after another: whether it looks random, what it is bound to, where it belongs.

use std::ops::Range;

use super::address;
use super::binding::{self, Binding};
use super::candidate::Candidate;
use super::collect::{Reader, path_of};
use super::hit::covers;
use super::place::{Placed, Strength};
use super::value::{bare, drawn, wrapped};
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
        if self.subject.class.lock_file
            || candidate
                .users
                .iter()
                .all(|u| set.part(*u).1.need == Need::Nothing)
        {
            return;
        }
        // Several shapes fit one span: it is judged once.
        let random = match &self.judged {
            Some((judged, random)) if plain && judged == span => *random,
            _ => drawn(bare(value)),
        };
        if plain {
            self.judged = Some((span.clone(), random));
        }
        if !random || candidate.improbable(value) || !self.around().may_place(candidate) {
            return;
        }
        let key = if plain {
            self.key(candidate, span)
        } else {
            None
        };
        if key.is_some_and(|key| self.fruitless.has(key)) {
            return;
        }
        if self.place(candidate, value, span, plain)
            && let Some(key) = key
        {
            self.fruitless.add(key);
        }
    }

    /// By what a value is known that came to nothing; none when more decides than such a key holds.
    fn key(&mut self, candidate: &Candidate, span: &Range<usize>) -> Option<u64> {
        let text = self.text;
        let known = !self.thorough && !self.told;
        let silent = known && self.around().is_silent(candidate);
        let path = path_of(self.subject.path);
        silent
            .then(|| self.fruitless.key(candidate, text, span, path))
            .flatten()
    }

    /// Places and checks a value that looks random. Whether it came to nothing by what a key holds.
    fn place(
        &mut self,
        candidate: &Candidate,
        value: &[u8],
        span: &Range<usize>,
        plain: bool,
    ) -> bool {
        if plain && wrapped(self.text, span) {
            return true;
        }
        let binding = binding::bind(self.text, span.clone());
        let derived = self.derives(candidate, &binding, span);
        if let Some(user) = derived
            && self.by_address(user, &binding, value, span)
        {
            return false;
        }
        if plain && !covers(self.text, &binding, span) {
            return derived.is_none();
        }
        let at = Candidate {
            span: span.clone(),
            ..candidate.clone()
        };
        let places = self.around().place(&at, &binding);
        let nothing = places.is_empty() && derived.is_none();
        for place in places {
            self.placed(place, &binding, value, span);
        }
        nothing
    }

    /// The part that a value without a name of its own may be, if an address stands beside it.
    fn derives(
        &mut self,
        candidate: &Candidate,
        binding: &Binding,
        span: &Range<usize>,
    ) -> Option<PartRef> {
        let set = self.subject.set;
        let derives = |user: &&PartRef| {
            let part = set.part(**user).1;
            part.need == Need::Name && part.proof == Some("secp256k1")
        };
        let user = candidate.users.iter().find(derives).copied()?;
        (address::stands_near(self.text, span) && self.around().is_unnamed(binding)).then_some(user)
    }

    /// Takes such a value for a private key if the address that follows from it stands beside it.
    fn by_address(
        &mut self,
        user: PartRef,
        binding: &Binding,
        value: &[u8],
        span: &Range<usize>,
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
        let place = Placed {
            parts: vec![user],
            strength: Strength::Chain,
            named: true,
            testnet: self.around().testnet(user.rule, binding),
            by: Some(beside),
            how: "its address is",
            unless_proved: false,
            near: true,
        };
        self.placed(place, binding, value, span);
        true
    }
}
