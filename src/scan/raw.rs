//! What was found in one piece, with places instead of offsets and without the text.

use std::collections::HashMap;
use std::ops::Range;

use super::excerpt::{Masked, excerpt, masked, shown as shown_masked};
use super::lines::Lines;
use crate::detect::{Detected, Found};
use crate::finding::{Finding, Fingerprint, FoundPart, Origin, Place, Secret, Suppressed};
use crate::report::line_hash::line_hashes;
use crate::report::redact::Redactor;
use crate::rule::Role;
use crate::source::{OVERLAP, Piece};
use crate::suppress::Reason;
use crate::suppress::inline::{self, Allow};

/// Findings, each with one place, and suppressions.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) findings: Vec<Finding>,
    pub(super) suppressed: Vec<Suppressed>,
}

impl Raw {
    pub(super) fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.suppressed.is_empty()
    }

    /// Adds what was found in another form of the same piece: of the same at one place what tells more.
    pub(super) fn add(&mut self, mut other: Self) {
        let place = |own: &Finding| {
            let place = own.places.first()?;
            Some((own.fingerprint, place.first_span()?.start))
        };
        let tells = |own: &Finding| (own.parts.len(), own.confidence, own.severity);
        let all = |raw: &Self| -> HashMap<_, _> {
            let all = raw.findings.iter();
            all.filter_map(|own| Some((place(own)?, tells(own))))
                .collect()
        };
        let known = all(self);
        let is_news = |own: &Finding| {
            let known = place(own).and_then(|at| known.get(&at));
            known.is_none_or(|known| tells(own) > *known)
        };
        other.findings.retain(is_news);
        let better = all(&other);
        self.findings
            .retain(|own| place(own).is_none_or(|at| !better.contains_key(&at)));
        self.append(other);
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.suppressed.append(&mut other.suppressed);
    }
}

/// Turns what was detected in a piece into findings with places. `text` is the piece as text, `stored` gives
/// an offset's place in the piece as stored.
pub(super) fn locate(
    detected: Detected,
    text: &[u8],
    piece: &Piece<'_>,
    stored: &dyn Fn(usize) -> usize,
    allow: bool,
    hashes: bool,
) -> Raw {
    let mut locator = Locator {
        text,
        lines: Lines::new(text, piece.first_line),
        origin: piece.origin,
        masks: masks(&detected),
        offset: piece.offset,
        stored,
        allows: HashMap::new(),
    };
    let whole = piece.offset == 0 && piece.last;
    let mut hashed = Vec::new();
    // Of two pieces that overlap each reports what ends in its half of the overlap: both see that
    // with all that stands around it, and so see the same.
    let half = OVERLAP / 2;
    let from = piece.fresh_from.saturating_sub(half);
    let whole_length = piece.bytes.len();
    let fresh = |span: &Range<usize>| {
        let (start, end) = (stored(span.start), stored(span.end));
        let mine = piece.last || end <= whole_length.saturating_sub(half);
        // What begins before the next piece is whole only here.
        end > from && (mine || start < whole_length.saturating_sub(OVERLAP))
    };
    let mut raw = Raw::default();
    for found in detected.found {
        let start = found.parts.iter().map(|p| p.span.start).min().unwrap_or(0);
        let end = found.parts.iter().map(|p| p.span.end).max().unwrap_or(0);
        if !fresh(&(start..end)) {
            continue;
        }
        match locator.allowed(&found).filter(|_| allow) {
            Some(detail) => {
                let first = &found.parts[0];
                raw.suppressed.push(Suppressed {
                    rule: found.rule,
                    part: first.part.name,
                    reason: Reason::Inline,
                    detail,
                    origin: piece.origin.clone(),
                    span: locator.span(&first.span),
                });
            }
            None => {
                if whole && hashes {
                    hashed.push((raw.findings.len(), locator.hashed(&found)));
                }
                raw.findings.push(locator.finding(&found));
            }
        }
    }
    for held in detected.held.iter().filter(|held| fresh(&held.span)) {
        raw.suppressed.push(Suppressed {
            rule: held.rule,
            part: held.part.name,
            reason: held.reason,
            detail: held.detail.to_owned(),
            origin: piece.origin.clone(),
            span: locator.span(&held.span),
        });
    }
    locator.line_hashes(&hashed, &mut raw.findings);
    raw
}

/// Everything that is masked wherever a line of this text is shown: parts of findings, and values that
/// were held back (some of which are secrets all the same).
fn masks(detected: &Detected) -> Vec<Masked> {
    let found = detected
        .found
        .iter()
        .flat_map(|f| &f.parts)
        .map(|p| Masked {
            span: p.span.clone(),
            role: p.part.role,
        });
    let held = detected.held.iter().map(|h| Masked {
        span: h.span.clone(),
        role: h.part.role,
    });
    let mut all: Vec<Masked> = found.chain(held).collect();
    all.sort_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end)));
    // Of two that overlap no end may show.
    all.dedup_by(|later, earlier| {
        let overlaps = later.span.start < earlier.span.end;
        if overlaps {
            earlier.span.end = earlier.span.end.max(later.span.end);
        }
        overlaps
    });
    all
}

struct Locator<'a> {
    text: &'a [u8],
    lines: Lines<'a>,
    origin: &'a Origin,
    masks: Vec<Masked>,
    offset: u64,
    stored: &'a dyn Fn(usize) -> usize,
    /// The allow comments of lines that were asked for, by the line's start.
    allows: HashMap<usize, Option<Allow>>,
}

/// A line whose hash is wanted, and whether the hash is that of the masked text.
type Hashed = (u32, bool);

impl Locator<'_> {
    fn span(&mut self, range: &Range<usize>) -> crate::finding::Span {
        let (stored, offset) = (self.stored, self.offset);
        self.lines.span(range, &|at| offset + stored(at) as u64)
    }

    /// The allow comment that applies to a part of the finding: all secret parts need one.
    fn allowed(&mut self, found: &Found) -> Option<String> {
        let mut detail = None;
        let secret: Vec<_> = found.parts.iter().filter(|p| p.part.secret).collect();
        let asked = if secret.is_empty() {
            found.parts.iter().collect()
        } else {
            secret
        };
        for part in asked {
            let allow = self.allow(part.span.start)?;
            let named = allow
                .rule
                .as_deref()
                .is_none_or(|rule| rule == found.rule.id || rule == id(found));
            if !named {
                return None;
            }
            // What somebody wrote beside a value may repeat it.
            let values = found.parts.iter().map(|p| (&*p.value, p.part.secret));
            let redact = Redactor::of(values);
            let reason = allow
                .reason
                .as_deref()
                .map(|r| format!(": {}", redact.text(r)))
                .unwrap_or_default();
            detail = Some(format!("`{}`{reason}", allow.marker));
        }
        detail
    }

    /// The allow comment of the line that holds this offset.
    fn allow(&mut self, at: usize) -> Option<Allow> {
        let (_, line) = self.lines.line(at);
        let text = self.text;
        let asked = self.allows.entry(line.start).or_insert_with(|| {
            let previous = line.start.checked_sub(1).map(|end| {
                let start = memchr::memrchr(b'\n', &text[..end]).map_or(0, |n| n + 1);
                &text[start..end]
            });
            inline::allow(&text[line], previous)
        });
        asked.clone()
    }

    fn finding(&mut self, found: &Found) -> Finding {
        let place = self.place(found);
        let first = &found.parts[0];
        let fingerprint = if guessable(first.part.role) {
            let line = place.excerpts.first().map_or("", |e| e.text.as_str());
            Fingerprint::of_place(found.rule.id, &self.origin.path, line)
        } else {
            Fingerprint::of_value(&first.value)
        };
        let why = found.why.iter().map(|why| self.why(why)).collect();
        Finding {
            rule: found.rule,
            id: id(found),
            severity: found.severity,
            confidence: found.confidence,
            testnet: found.testnet,
            parts: parts(found),
            why,
            identities: identities(found),
            fingerprint,
            places: vec![place],
            exposure: None,
        }
    }

    fn place(&mut self, found: &Found) -> Place {
        let spans: Vec<_> = found
            .parts
            .iter()
            .map(|p| Some(self.span(&p.span)))
            .collect();
        let mut excerpts = Vec::with_capacity(found.parts.len());
        for part in &found.parts {
            let (number, line) = self.lines.line(part.span.start);
            excerpts.push(excerpt(
                self.text,
                number,
                &line,
                &self.masks,
                &part.span,
                part.part.name,
            ));
        }
        excerpts.sort_by_key(|e| (e.line, e.mark));
        Place {
            origin: self.origin.clone(),
            spans,
            excerpts,
            line_hash: None,
            lead: 0,
        }
    }

    /// The line by whose hash GitHub is to recognise the finding; that of the masked text where a
    /// value could be guessed.
    fn hashed(&mut self, found: &Found) -> Hashed {
        let at = found.parts.first().map_or(0, |p| p.span.start);
        let masked = found.parts.iter().any(|p| guessable(p.part.role));
        (self.lines.line(at).0, masked)
    }

    /// Adds the line hashes to the findings at these places: one reading of the text for all.
    fn line_hashes(&self, asked: &[(usize, Hashed)], findings: &mut [Finding]) {
        for kind in [false, true] {
            let asked: Vec<_> = asked.iter().filter(|(_, (_, m))| *m == kind).collect();
            let lines: Vec<u32> = asked.iter().map(|(_, (line, _))| *line).collect();
            if lines.is_empty() {
                continue;
            }
            let hashes = if kind {
                let (shown, _) = masked(self.text, &(0..self.text.len()), &self.masks, &(0..0));
                line_hashes(shown.as_bytes(), &lines)
            } else {
                line_hashes(self.text, &lines)
            };
            for ((at, _), hash) in asked.into_iter().zip(hashes) {
                let place = findings.get_mut(*at).and_then(|f| f.places.first_mut());
                if let Some(place) = place {
                    place.line_hash = hash;
                }
            }
        }
    }

    fn why(&mut self, why: &crate::detect::Why) -> String {
        let Some(by) = &why.by else {
            return format!(
                "{} `{}`",
                why.how,
                String::from_utf8_lossy(&self.origin.path)
            );
        };
        let (number, line) = self.lines.line(by.start);
        let shown = by.start..by.end.min(line.end.max(by.start)).min(by.start + 80);
        let (text, _) = shown_masked(self.text, &shown, &self.masks, &(0..0));
        let mut why = format!("{} `{}` on line {number}", why.how, text.trim());
        why.shrink_to_fit();
        why
    }
}

/// Values people make up themselves can be guessed, and so never enter a hash that is shown.
pub fn guessable(role: Role) -> bool {
    matches!(role, Role::Password | Role::Passphrase | Role::Memo)
}

/// The parts as reports have them.
pub(super) fn parts(found: &Found) -> Vec<FoundPart> {
    let part = |own: &crate::detect::FoundPart| FoundPart {
        name: own.part.name,
        role: own.part.role,
        secret: own.part.secret,
        value: Secret::new(&own.value),
        proved: own
            .evidence
            .as_ref()
            .filter(|e| e.exact)
            .map(|e| e.what.clone()),
    };
    found.parts.iter().map(part).collect()
}

/// What its proofs say that may be shown.
pub(super) fn identities(found: &Found) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let evidence = found.parts.iter().filter_map(|p| p.evidence.as_ref());
    for (name, text) in evidence.flat_map(|e| &e.public) {
        if !out.iter().any(|(n, t)| n == name && t == text) {
            out.push((*name, text.clone()));
        }
    }
    out
}

/// The finding's id: one for each severity a rule can have.
pub(super) fn id(found: &Found) -> String {
    let rule = found.rule.id;
    if found.testnet {
        return format!("{rule}-testnet");
    }
    let single = found.rule.parts.len() == 1;
    match found.parts.as_slice() {
        [one] if !single => one.part.kind.map_or_else(
            || format!("{rule}-{}", one.part.name.replace(' ', "-")),
            str::to_owned,
        ),
        _ => rule.to_owned(),
    }
}
