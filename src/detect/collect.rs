//! From a text's anchors to its hits: every value that some part fits, placed and checked.

use std::ops::Range;
use std::rc::Rc;

use super::Reach;
use super::address;
use super::binding::{Binding, Name, NameKind};
use super::block;
use super::bound::Bound;
use super::candidate::Candidate;
use super::carry::{Kept, Origin};
use super::consider::Look;
use super::enclosed::read_texts;
use super::filter;
use super::generic;
use super::hit::{Held, Hit, Why, placed};
use super::islands::{self, Islands};
use super::mention::{Finding, Mentions};
use super::nothing::inert_layers;
use super::phrase;
use super::place::{Heard, Placed, Strength, Surroundings};
use super::role::{self, Says};
use super::scratch::Scratch;
use super::spans::Spans;
use super::strings::Strings;
use super::testnet;
use super::trace::{self, Since, Trace};
use super::value::{bare, drawn, of_data, tail};
use crate::decode::{Enclosed, Layer, layers};
use crate::prove::{self, Proof};
use crate::rule::{Block, Need, PartRef, Role, Set, Severity};
use crate::stretch::fresh;
use crate::suppress::Reason;
use crate::suppress::path::PathClass;

/// What a text holds before its parts are joined.
pub(super) struct Collected<'t> {
    pub(super) layers: Vec<Layer<'t>>,
    pub(super) hits: Vec<Hit>,
    pub(super) held: Vec<Held>,
    /// Values under secret-like names, whether or not something else takes them.
    pub(super) values: Vec<generic::Value>,
    /// What generic detection leaves alone: it has the shape of a known credential and is none, by its
    /// checksum, or the rule that would take it does not run.
    pub(super) refuted: Vec<Range<usize>>,
    pub(super) reach: Reach,
    /// What the text teaches; inert when there is nothing under any path.
    pub(super) trace: Trace,
    /// Texts that the layer read last holds in base64 or in hex digits, each with the name that holds it.
    pub(super) texts: Vec<(Enclosed, Option<Range<usize>>)>,
}

/// A text and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Subject<'t> {
    pub(super) set: Set,
    pub(super) text: &'t [u8],
    pub(super) path: &'t [u8],
    pub(super) class: PathClass,
    /// What is known of a text that this one was made from.
    pub(super) since: Option<Since<'t>>,
}

/// Whether a file is read as a notebook, whatever it holds.
pub fn is_notebook(path: &[u8]) -> bool {
    path.ends_with(b".ipynb")
}

pub(super) fn collect<'t>(subject: &Subject<'t>, scratch: &mut Scratch) -> Collected<'t> {
    let mut out = Collected {
        layers: vec![Layer::original(subject.text)],
        hits: Vec::new(),
        held: Vec::new(),
        values: Vec::new(),
        refuted: Vec::new(),
        reach: Reach::Any,
        trace: Trace::default(),
        texts: Vec::new(),
    };
    let notebook = is_notebook(subject.path);
    let origin = subject.since.as_ref().and_then(Since::origin);
    let strings = subject.since.as_ref().and_then(Since::strings);
    if !origin.is_some_and(|origin| origin.anchor(subject.set, subject.text, scratch)) {
        scratch.anchor(subject.set, subject.text);
    }
    let (escapes, ascii) = (scratch.anchors.escapes, scratch.ascii);
    if notebook || subject.class.lock_file {
        out.reach = Reach::This;
    }
    if scratch.is_clear(subject.text) {
        if !notebook
            && let Some(strings) = inert_layers(subject.set, subject.text, strings, scratch)
        {
            out.reach = Reach::Inert;
            out.trace = Trace::inert(strings);
            return out;
        }
        out.trace.kept = Some(Kept::nothing(escapes, ascii));
    } else {
        out.trace.kept = read_layer(subject, 0, origin, scratch, &mut out);
        read_texts(subject, 0, 1, scratch, &mut out);
    }
    if !escapes && !notebook {
        return out;
    }
    // A layer is the text but for its escapes.
    let kept = out.trace.kept.take();
    for layer in layers(subject.text, notebook) {
        let of_strings = layer.is_of_strings();
        let base = if of_strings {
            strings.and_then(|before| before.layer(&layer))
        } else {
            kept.as_ref().map(|kept| (kept, layer.copied(subject.text)))
        };
        let (kept, copied) = base.unzip();
        let copied = copied.unwrap_or_default();
        let fresh = fresh(&copied, layer.bytes.len());
        let origin = kept.map(|kept| Origin {
            kept,
            copied: &copied,
            fresh: &fresh,
        });
        if !origin.is_some_and(|origin| origin.anchor(subject.set, &layer.bytes, scratch)) {
            scratch.anchor(subject.set, &layer.bytes);
        }
        out.layers.push(layer);
        let number = out.layers.len() - 1;
        let kept = read_layer(subject, number, origin, scratch, &mut out);
        if let Some(layer) = out.layers.last().filter(|_| of_strings) {
            out.trace.strings = Some(Strings::of(layer, kept));
        }
        read_texts(subject, number, 1, scratch, &mut out);
    }
    out.trace.kept = kept;
    out
}

/// Reads a layer whose anchors have been found: what is to be kept of it.
pub(super) fn read_layer(
    subject: &Subject<'_>,
    number: usize,
    origin: Option<Origin<'_>>,
    scratch: &mut Scratch,
    out: &mut Collected<'_>,
) -> Option<Kept> {
    let kept;
    // The layer is taken out while it is read, since what it yields is added beside it.
    let layer = std::mem::replace(&mut out.layers[number], Layer::original(&[]));
    scratch.bound.thorough = scratch.thorough;
    scratch.bound.begin();
    {
        let text: &[u8] = &layer.bytes;
        let mut reader = Reader {
            subject,
            text,
            layer: &layer,
            number,
            islands: islands::of(text, &scratch.anchors),
            around: None,
            origin,
            untold: None,
            finding: std::mem::take(&mut scratch.finding),
            bound: std::mem::take(&mut scratch.bound),
            path_mentions: None,
            spoken: None,
            told: Vec::new(),
            live: None,
            narrow: false,
            bindings: 0,
            last: None,
            heard: None,
            thorough: scratch.thorough,
            derived: 0,
            judged: None,
            hits: &mut out.hits,
            held: &mut out.held,
            refuted: &mut out.refuted,
            texts: &mut out.texts,
        };
        reader.blocks(scratch);
        reader.runs(scratch);
        // Where nothing was found or looked for around a value, the path was not asked either.
        if reader.around.is_some() || reader.path_mentions.is_some() || !reader.hits.is_empty() {
            out.reach = Reach::This;
        }
        let mentions = match (&reader.untold, &reader.around) {
            (Some(untold), _) => Some(untold),
            (None, around) => around.as_ref().map(|around| &around.mentions),
        };
        // Nobody looked where no value is.
        let mentions = mentions.filter(|_| reader.islands.is_none());
        kept = Kept::of(scratch, mentions.map(Mentions::all));
        let spoken = match (mentions, reader.spoken) {
            (Some(mentions), _) => Some(mentions.spoken().into()),
            (None, spoken) => spoken.flatten(),
        };
        if let Some(number) = trace::number(&layer) {
            out.trace.spoken[number] = spoken;
        }
        scratch.finding = reader.finding;
        scratch.bound = reader.bound;
    }
    read_values(subject, number, &layer, scratch, out);
    out.layers[number] = layer;
    kept
}

/// Looks for values under secret-like names.
fn read_values(
    subject: &Subject<'_>,
    number: usize,
    layer: &Layer<'_>,
    scratch: &mut Scratch,
    out: &mut Collected<'_>,
) {
    let Scratch {
        anchors,
        bounds,
        bound,
        ..
    } = scratch;
    if anchors.runs.is_empty() && bounds.is_empty() {
        return;
    }
    // The path has a say.
    out.reach = Reach::This;
    let mut judge = generic::Judge {
        set: subject.set,
        text: &layer.bytes,
        path: subject.path,
        class: subject.class,
        layer,
        values: &mut out.values,
        bindings: bound,
    };
    if !judge.reads() {
        return;
    }
    // What a rule has by its shape or by what is around it is a finding, and none of these.
    let own = out.hits.iter().filter(|hit| hit.layer == number);
    let sure = own.filter(|hit| hit.strength >= Strength::Shape);
    let taken = Spans::new(sure.map(|hit| hit.found.clone()).collect());
    // In order: what a value is bound to is asked once for what is found in both ways.
    let runs = anchors.runs.iter().filter(|run| !anchors.is_armored(run));
    let runs = runs.map(|run| run.start..run.end);
    let free = |span: &Range<usize>| !taken.touch(span);
    let mut bounds = bounds.iter().filter(|b| free(b.value())).peekable();
    for run in runs.filter(free) {
        while let Some(bound) = bounds.next_if(|bound| bound.ends() < run.start) {
            judge.bound(bound);
        }
        judge.run(&run);
    }
    for bound in bounds {
        judge.bound(bound);
    }
}

/// What reads one layer.
pub(super) struct Reader<'a, 't> {
    pub(super) subject: &'a Subject<'t>,
    pub(super) text: &'a [u8],
    pub(super) layer: &'a Layer<'t>,
    pub(super) number: usize,
    /// Where the anchors stand, if there are NULs in the text.
    pub(super) islands: Option<Islands>,
    pub(super) around: Option<Surroundings<'a>>,
    /// What the layer was made from.
    pub(super) origin: Option<Origin<'a>>,
    /// The mentions, without what values tell of themselves.
    pub(super) untold: Option<Mentions>,
    pub(super) finding: Finding,
    pub(super) bound: Bound,
    /// What the path says of providers, once asked for.
    pub(super) path_mentions: Option<Mentions>,
    /// The rules of which anything may be said, once asked for; none within where that is not known.
    pub(super) spoken: Option<Option<Box<[u64]>>>,
    /// What told its provider by its shape, and the rule of it: nothing yet says so in what is around.
    pub(super) told: Vec<(Range<usize>, u16)>,
    /// A bit for each shape that may place something, once it is known what the text names.
    pub(super) live: Option<Box<[u64]>>,
    /// Whether what the text can name itself is known there, too.
    pub(super) narrow: bool,
    /// How many values were bound.
    pub(super) bindings: usize,
    /// What the span was bound to that was asked for last.
    pub(super) last: Option<(Range<usize>, Rc<Binding>)>,
    /// What was heard of that binding, once asked for.
    pub(super) heard: Option<Rc<Heard>>,
    pub(super) thorough: bool,
    /// How many addresses were derived from values without a name.
    pub(super) derived: u32,
    /// The span that was judged last, and what it looks like.
    pub(super) judged: Option<(Range<usize>, Look)>,
    pub(super) hits: &'a mut Vec<Hit>,
    pub(super) held: &'a mut Vec<Held>,
    pub(super) refuted: &'a mut Vec<Range<usize>>,
    pub(super) texts: &'a mut Vec<(Enclosed, Option<Range<usize>>)>,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn around(&mut self) -> &Surroundings<'a> {
        let (set, text) = (self.subject.set, self.text);
        let path = self.subject.path;
        let (finding, origin, thorough) = (&mut self.finding, self.origin, self.thorough);
        let (islands, told, untold) = (&self.islands, &self.told, &mut self.untold);
        self.around.get_or_insert_with(|| {
            let origin = origin.filter(|_| !thorough && islands.is_none());
            let moved = origin.and_then(|origin| origin.mentions(set, text, finding));
            let mentions = moved.unwrap_or_else(|| match islands {
                Some(islands) => islands.mentions(set.index(), text, finding),
                None => Mentions::find(set.index(), text, finding),
            });
            let before = (!told.is_empty()).then(|| mentions.clone());
            let islands = islands.clone();
            let mut around = Surroundings::of(set, text, path_of(path), mentions, islands, finding);
            if before.is_some() {
                around.mentions.add(told.iter().cloned());
                *untold = before;
            }
            around
        })
    }

    /// Whether a value of this rule is of a test net. The whole text is not read to know it.
    fn testnet(&mut self, rule: u16, binding: &Binding) -> bool {
        let (set, text) = (self.subject.set, self.text);
        let rules = set.rules().get(usize::from(rule));
        if rules.is_none_or(|rule| rule.context.testnet.is_empty()) {
            return false;
        }
        if let Some(around) = &self.around {
            return around.testnet(rule, binding);
        }
        let (finding, path) = (&mut self.finding, path_of(self.subject.path));
        let by_path = self
            .path_mentions
            .get_or_insert_with(|| Mentions::find(set.index(), path, finding));
        let mentions = Mentions::of_spans(set.index(), text, testnet::spans(binding), finding);
        testnet::is_said(text, &mentions, by_path, rule, binding)
    }

    pub(super) fn placed(
        &mut self,
        place: Placed,
        binding: &Binding,
        value: &[u8],
        span: &Range<usize>,
    ) {
        let why = Why {
            how: place.how,
            by: place.by.as_ref().map(|by| self.layer.origin_of(by)),
        };
        let hit = placed(place, why);
        self.check(hit, binding, value, span);
    }

    pub(super) fn telling(&mut self, user: PartRef, value: &[u8], span: &Range<usize>) {
        let part = self.subject.set.part(user).1;
        // Without a proof the shape must at least be filled with random characters.
        let refused = match part.proof {
            Some(name) => {
                // A row of zero bytes proves little in data that has many.
                prove::prover(name).is_some_and(|prove| matches!(prove(value), Proof::Refuted(_)))
                    || value.starts_with(b"AAAAAAAA") && of_data(self.text, span)
            }
            None => !drawn(tail(bare(value))),
        };
        if refused {
            return;
        }
        let binding = self.bound.bind(self.text, span);
        let testnet = self.testnet(user.rule, &binding);
        let place = Placed::by_itself(user, Strength::Shape, testnet);
        let hit = placed(place, Why { how: "", by: None });
        self.check(hit, &binding, value, span);
    }

    fn blocks(&mut self, scratch: &mut Scratch) {
        scratch.blocks.clear();
        block::blocks(self.text, &scratch.anchors, &mut scratch.blocks);
        for found in std::mem::take(&mut scratch.blocks) {
            self.block(
                found.block,
                found.start..found.end,
                &found.value,
                found.label,
            );
        }
        scratch.phrases.clear();
        let stretches = scratch.anchors.words.iter().map(|run| (run.start, run.end));
        phrase::phrases(self.text, stretches, &mut scratch.phrases);
        phrase::phrases_of_items(self.text, &scratch.items, &mut scratch.phrases);
        for found in std::mem::take(&mut scratch.phrases) {
            self.block(
                Block::Words,
                found.start..found.end,
                found.words.join(" ").as_bytes(),
                "",
            );
        }
    }

    /// Gives a block to every part that takes such blocks and whose proof does not refuse it.
    pub(super) fn block(&mut self, block: Block, span: Range<usize>, value: &[u8], label: &str) {
        let set = self.subject.set;
        let binding = self.bound.bind(self.text, &span);
        for (kind, user) in set.index().blocks.0 {
            let part = set.part(*user).1;
            // 64 bytes prove themselves; 32 are a key only by their name.
            let seed = block == Block::Bytes && value.len() == 32;
            let other = block == Block::Login && !part.names.contains(&label);
            if *kind != block || other || seed && part.need == Need::Nothing {
                continue;
            }
            let candidate = Candidate {
                span: span.clone(),
                users: std::slice::from_ref(user),
                telling: part.need == Need::Nothing,
                by_name: part.need == Need::Name,
                placed: part.need != Need::Nothing,
                shape: None,
                holds: None,
            };
            let places = match part.need {
                Need::Nothing => {
                    // A token in a password's place is more than a password.
                    let strength = match block {
                        Block::Login => Strength::Name,
                        _ => Strength::Shape,
                    };
                    let testnet = self.testnet(user.rule, &binding);
                    vec![Placed::by_itself(*user, strength, testnet)]
                }
                Need::Pair => Vec::new(),
                Need::Name | Need::Context => {
                    let around = self.around();
                    around.place(&candidate, &binding, &around.hear(&binding))
                }
            };
            for place in places {
                self.placed(place, &binding, value, &span);
            }
        }
    }

    /// Proofs and suppressions; what passes is a hit.
    fn check(&mut self, mut hit: Hit, binding: &Binding, value: &[u8], span: &Range<usize>) {
        let set = self.subject.set;
        let origin = self.layer.origin_of(span);
        let Some(first) = hit.parts.first().copied() else {
            return;
        };
        let mut refuted = None;
        let mut held = |part: PartRef, reason, detail| {
            self.held.push(Held {
                part,
                span: origin.clone(),
                reason,
                detail,
            });
        };
        hit.parts.retain(|user| {
            match set
                .part(*user)
                .1
                .proof
                .and_then(prove::prover)
                .map(|prove| prove(value))
            {
                Some(Proof::Refuted(why)) => {
                    refuted = Some(why);
                    false
                }
                Some(Proof::Proved(mut evidence)) => {
                    if !evidence.exact && address::beside(self.text, span, &evidence).is_some() {
                        evidence.exact = true;
                        evidence
                            .what
                            .push_str(", and its public half stands beside it");
                    }
                    hit.evidence = Some(evidence);
                    true
                }
                Some(Proof::Unknown) | None => true,
            }
        });
        if hit.parts.is_empty() {
            if hit.strength == Strength::Shape {
                self.refuted.push(origin.clone());
            }
            // Most refuted values are no credentials at all: only those with a name of theirs are told.
            if let Some(why) = refuted
                && hit.strength == Strength::Chain
            {
                held(first, Reason::Refuted, why);
            }
            return;
        }
        let exact = hit.evidence.as_ref().is_some_and(|e| e.exact);
        if !exact && (hit.unless_proved || of_data(self.text, span)) {
            return;
        }
        // `const DEPLOYER = process.env.DEPLOYER_PRIVATE_KEY ?? "…"`: what is looked up says what the value is.
        let secret = |n: &&Name| {
            let says = role::of_name(self.text.get(n.span.clone()).unwrap_or_default());
            n.kind == NameKind::Lookup
                && matches!(
                    says,
                    Says::Role(Role::PrivateKey | Role::Secret | Role::Seed)
                )
        };
        let names = &binding.names;
        let name = names
            .iter()
            .find(secret)
            .or_else(|| names.iter().find(|n| n.kind == NameKind::Holder))
            .map_or(&b""[..], |n| &self.text[n.span.clone()]);
        let question = filter::Question {
            text: self.text,
            value,
            span,
            name,
            exact,
            shape: hit.strength == Strength::Shape,
            secret: set.part(hit.parts[0]).1.secret,
            sealed: set.part(hit.parts[0]).1.severity == Severity::Info,
            index: set.index(),
        };
        if let Some((reason, detail)) = filter::refuse(&question) {
            held(first, reason, detail);
            return;
        }
        hit.found = span.clone();
        hit.span = origin;
        hit.value = value.to_vec();
        hit.layer = self.number;
        hit.scope = self.layer.origin_of(&binding.scope);
        self.hits.push(hit);
    }
}

/// The part of a path that can name a provider: its last four names.
pub(super) fn path_of(path: &[u8]) -> &[u8] {
    let start = path
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, b)| **b == b'/')
        .nth(3)
        .map_or(0, |(at, _)| at + 1);
    &path[start..]
}
