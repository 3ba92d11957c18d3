//! From bytes to findings: anchors, candidates, bindings, context, pairs.
//!
//! ```text
//! text -> layers -> anchors -> candidates -> binding -> place -> proof, filter -> hits
//!      -> claims, pairs, companions -> found
//! ```
//!
//! Most texts end after the anchors: nothing in them is of consequence anywhere (`inert`, `nothing`). What
//! is learnt of one text makes the next one cheaper (`scratch`), most of all a version of the same file
//! (`trace`). None of that changes what is found: `tests` compares it with the long way.

mod address;
pub mod anchor;
pub mod binding;
pub mod block;
mod bound;
mod candidate;
mod carry;
mod chance;
mod collect;
mod companion;
mod consider;
mod enclosed;
mod filter;
mod generic;
mod hit;
mod inert;
mod islands;
mod joints;
mod known;
mod mention;
mod named;
mod nearby;
mod nothing;
mod outer;
mod pair;
pub mod phrase;
mod place;
pub mod random;
pub mod role;
mod says;
mod scratch;
mod spans;
mod standing;
mod stranger;
mod strings;
mod tail;
mod testnet;
#[cfg(test)]
mod tests;
mod thing;
mod trace;
mod value;
pub mod words;
mod wordspans;

use std::ops::Range;

pub use collect::is_notebook;
pub use nothing::{is_inert, stays_inert};
pub use scratch::Scratch;
pub use trace::{Since, Trace};

use crate::prove::{self, Evidence, Proof};
use crate::rule::{Confidence, Need, Part, PartRef, Role, Rule, Set, Severity};
use crate::suppress::Reason;
use crate::suppress::path;
use collect::{Collected, Subject, collect};
use hit::Hit;
use place::Strength;
use spans::Spans;

/// A part of a credential in one text.
#[derive(Debug)]
pub struct FoundPart {
    /// The part.
    pub part: &'static Part,
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// The decoded value.
    pub value: Vec<u8>,
    /// What its proof says.
    pub evidence: Option<Evidence>,
}

/// Why a value was placed at a provider.
#[derive(Debug)]
pub struct Why {
    /// In words: "held by".
    pub how: &'static str,
    /// The name, in the text; none for the path.
    pub by: Option<Range<usize>>,
}

/// A credential in one text.
#[derive(Debug)]
pub struct Found {
    /// The rule that names it.
    pub rule: &'static Rule,
    /// The parts, the most secret first.
    pub parts: Vec<FoundPart>,
    /// How sure we are.
    pub confidence: Confidence,
    /// What it can do.
    pub severity: Severity,
    /// Test net.
    pub testnet: bool,
    /// Why it was placed at the provider, the strongest first.
    pub why: Vec<Why>,
}

/// A value that is not reported.
#[derive(Debug)]
pub struct Held {
    /// The rule that would have reported it.
    pub rule: &'static Rule,
    /// The part.
    pub part: &'static Part,
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// Why it is not reported.
    pub reason: Reason,
    /// The reason in words.
    pub detail: &'static str,
}

/// What a text holds.
#[derive(Debug, Default)]
pub struct Detected {
    /// Credentials, in the order in which they stand.
    pub found: Vec<Found>,
    /// What looked like one.
    pub held: Vec<Held>,
    /// For which other paths that holds.
    pub reach: Reach,
    /// What the text teaches for those made from it.
    pub trace: Trace,
}

/// For which paths what was found in a text holds; those of notebooks apart ([`is_notebook`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// For any, and nothing was found: what [`is_inert`] tells.
    Inert,
    /// For any.
    Any,
    /// For this one alone: the path had a say.
    #[default]
    This,
}

/// Finds the credentials in a text that stands at `path`. `allows` says whether a rule runs.
pub fn detect(
    set: Set,
    text: &[u8],
    path: &[u8],
    allows: &dyn Fn(&Rule) -> bool,
    scratch: &mut Scratch,
) -> Detected {
    detect_since(set, text, path, allows, None, scratch)
}

/// The same of a text that was made from another, where that is known: what is found is the same.
///
/// A text may be read under several paths with what its base taught under one of them. What a base
/// taught counts for the same rules only.
pub fn detect_since(
    set: Set,
    text: &[u8],
    path: &[u8],
    allows: &dyn Fn(&Rule) -> bool,
    since: Option<Since<'_>>,
    scratch: &mut Scratch,
) -> Detected {
    let notebook = is_notebook(path);
    if let Some(since) = since.filter(|since| since.base.inert && !notebook)
        && let Some(trace) = stays_inert(set, text, since, scratch)
    {
        return Detected {
            reach: Reach::Inert,
            trace,
            ..Detected::default()
        };
    }
    let subject = Subject {
        since,
        set,
        text,
        path,
        class: path::classify(path),
    };
    let mut collected = collect(&subject, scratch);
    // What a rule would take that does not run is not what no rule knows.
    let refuted = &mut collected.refuted;
    collected.hits.retain(|hit| {
        let runs = allows(set.part(hit.parts[0]).0);
        if !runs {
            refuted.push(hit.span.clone());
        }
        runs
    });
    let reach = collected.reach;
    let trace = std::mem::take(&mut collected.trace);
    if collected.hits.is_empty() && collected.held.is_empty() && collected.values.is_empty() {
        return Detected {
            reach,
            trace,
            ..Detected::default()
        };
    }
    number_lines(text, &mut collected.hits);
    let groups = pair::pair(set, &mut collected.hits);
    let mut neighbours = Neighbours::new(&collected);
    let mut found: Vec<Found> = groups
        .iter()
        .filter_map(|group| build(set, text, &collected, group, &mut neighbours, scratch))
        .collect();
    add_values(set, &mut collected, &mut found, allows);
    let mut held: Vec<Held> = collected
        .held
        .into_iter()
        .map(|held| {
            let (rule, part) = set.part(held.part);
            Held {
                rule,
                part,
                span: held.span,
                reason: held.reason,
                detail: held.detail,
            }
        })
        .filter(|held| allows(held.rule))
        .collect();
    // A value that another rule reports is not suppressed.
    let parts = found.iter().flat_map(|f| &f.parts);
    let reported = Spans::new(parts.map(|p| p.span.clone()).collect());
    held.retain(|held| !reported.touch(&held.span));
    held.sort_by_key(|held| (held.span.start, held.span.end));
    held.dedup_by_key(|held| (held.span.start, held.span.end));
    Detected {
        found,
        held,
        reach,
        trace,
    }
}

/// Adds what no rule knows, where nothing else was found or held back.
fn add_values(
    set: Set,
    collected: &mut Collected<'_>,
    found: &mut Vec<Found>,
    allows: &dyn Fn(&Rule) -> bool,
) {
    let mut values = std::mem::take(&mut collected.values);
    values.retain(|value| allows(set.part(value.part).0));
    if values.is_empty() {
        return;
    }
    let parts = found.iter().flat_map(|f| &f.parts);
    let taken = parts.map(|p| p.span.clone());
    let held = collected.held.iter().map(|held| held.span.clone());
    let refuted = std::mem::take(&mut collected.refuted);
    let taken = Spans::new(taken.chain(held).chain(refuted).collect());
    found.extend(generic::findings(set, values, &taken));
    found.sort_by_key(|f| f.parts.iter().map(|p| p.span.start).min());
}

fn number_lines(text: &[u8], hits: &mut [Hit]) {
    hits.sort_by_key(|hit| hit.span.start);
    let (mut at, mut line) = (0, 0);
    for hit in hits {
        line += memchr::memchr_iter(b'\n', &text[at..hit.span.start]).count();
        at = hit.span.start;
        hit.line = line;
    }
}

fn build(
    set: Set,
    text: &[u8],
    collected: &Collected<'_>,
    group: &[usize],
    neighbours: &mut Neighbours,
    scratch: &mut Scratch,
) -> Option<Found> {
    let hits: Vec<&Hit> = group.iter().map(|at| &collected.hits[*at]).collect();
    let first = hits[0];
    let rule = set.part(first.parts[0]).0;
    let mut parts: Vec<FoundPart> = hits
        .iter()
        .map(|hit| FoundPart {
            part: set.part(hit.parts[0]).1,
            span: hit.span.clone(),
            value: hit.value.clone(),
            evidence: hit.evidence.clone(),
        })
        .collect();
    let sure = add_companions(set, text, collected, &hits, neighbours, scratch, &mut parts);
    if hits.len() == 1 && first.weak() && !sure {
        return None;
    }
    parts.sort_by_key(|p| (!p.part.secret, p.part.need == Need::Pair, p.span.start));
    let testnet = hits.iter().any(|hit| hit.testnet);
    let paired = parts
        .iter()
        .any(|p| p.part.secret && p.part.need != Need::Pair)
        && parts.len() > 1;
    let alone = parts
        .iter()
        .map(|p| p.part.severity)
        .max()
        .unwrap_or(Severity::Medium);
    let severity = match (testnet, paired) {
        (true, _) => rule
            .testnet
            .min(alone.max(if paired { rule.pair } else { alone })),
        (false, true) => rule.pair,
        (false, false) => alone,
    };
    let proved = parts
        .iter()
        .any(|p| p.evidence.as_ref().is_some_and(|e| e.exact));
    let confidence = if proved {
        Confidence::Certain
    } else {
        hits.iter()
            .map(|hit| confidence(set, hit, paired))
            .max()
            .unwrap_or(Confidence::Possible)
    };
    let mut why: Vec<(Strength, Why)> = hits
        .iter()
        .filter(|hit| !hit.why.how.is_empty())
        .map(|hit| {
            (
                hit.strength,
                Why {
                    how: hit.why.how,
                    by: hit.why.by.clone(),
                },
            )
        })
        .collect();
    why.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
    let mut told: Vec<Why> = Vec::new();
    for (_, one) in why {
        if !told.iter().any(|t| {
            t.by.as_ref().map(|b| &text[b.clone()]) == one.by.as_ref().map(|b| &text[b.clone()])
        }) {
            told.push(one);
        }
    }
    Some(Found {
        rule,
        parts,
        confidence,
        severity,
        testnet,
        why: told,
    })
}

fn confidence(set: Set, hit: &Hit, paired: bool) -> Confidence {
    let part = set.part(hit.parts[0]).1;
    match hit.strength {
        Strength::Shape => part.confidence,
        // The half that is sent in clear, in a file that merely uses the provider, may be any id.
        Strength::File | Strength::Used if !paired && !part.secret && !hit.near => {
            Confidence::Possible
        }
        _ if hit.named || paired => part.confidence.min(Confidence::Likely),
        _ => Confidence::Possible,
    }
}

/// What stands beside the hits of each layer: the spans of all its hits, and the values looked at.
struct Neighbours(Vec<(Spans, companion::Looked)>);

impl Neighbours {
    fn new(collected: &Collected<'_>) -> Self {
        let mut spans = vec![Vec::new(); collected.layers.len()];
        for hit in &collected.hits {
            if let Some(spans) = spans.get_mut(hit.layer) {
                spans.push(hit.found.clone());
            }
        }
        let layer = |spans| (Spans::new(spans), companion::Looked::default());
        Self(spans.into_iter().map(layer).collect())
    }
}

/// Adds parts too short to be found alone, beside the others, in the layer these were found in. Whether one
/// of them makes sure of the others: by its name, or as the other half.
fn add_companions(
    set: Set,
    text: &[u8],
    collected: &Collected<'_>,
    hits: &[&Hit],
    neighbours: &mut Neighbours,
    scratch: &mut Scratch,
    parts: &mut Vec<FoundPart>,
) -> bool {
    let number = hits[0].layer;
    if !hits.iter().all(|hit| hit.layer == number) {
        return false;
    }
    let layer = &collected.layers[number];
    let spans: Vec<Range<usize>> = hits.iter().map(|hit| hit.found.clone()).collect();
    let Some((taken, seen)) = neighbours.0.get_mut(number) else {
        return false;
    };
    let mut sure = false;
    scratch.bound.begin();
    for companion in companion::companions(
        set,
        &layer.bytes,
        hits,
        &spans,
        taken,
        seen,
        &mut scratch.bound,
    ) {
        let part = set.part(companion.part).1;
        let value = companion.value;
        let Some(evidence) = proof(companion.part, part, &value) else {
            continue;
        };
        let span = layer.origin_of(&companion.span);
        debug_assert!(span.end <= text.len());
        sure |= companion.named || part.role == Role::Key;
        parts.push(FoundPart {
            part,
            span,
            value,
            evidence,
        });
    }
    sure
}

/// None when refuted.
fn proof(_: PartRef, part: &Part, value: &[u8]) -> Option<Option<Evidence>> {
    match part.proof.and_then(prove::prover).map(|prove| prove(value)) {
        Some(Proof::Refuted(_)) => None,
        Some(Proof::Proved(evidence)) => Some(Some(evidence)),
        Some(Proof::Unknown) | None => Some(None),
    }
}
