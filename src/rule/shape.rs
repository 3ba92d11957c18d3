//! From what a rule file says of a value's form to the stretches that the scanner compares.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class as HirClass, Hir, HirKind};

use super::model::{Class, List, Seg, Shape};

/// Runs of this many token characters and more are looked at, shorter ones never.
pub const MIN_RUN: usize = 16;
/// The longest value a shape without an end of its own may have.
const MAX_RUN: u16 = 4096;
/// A pattern that unfolds into more forms than this is refused.
const MAX_FORMS: usize = 96;

/// The bytes that runs are made of: `A-Za-z0-9_+/-`.
pub const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'-')
}

/// A named alphabet, or a class in brackets.
///
/// # Errors
///
/// Says which alphabets there are when the name is none of them.
pub(super) fn alphabet(name: &str) -> Result<Class, String> {
    let class = match name {
        "hex" => "[0-9a-f]",
        "HEX" => "[0-9A-F]",
        "xdigit" => "[0-9A-Fa-f]",
        "digit" => "[0-9]",
        "lower" => "[a-z]",
        "upper" => "[A-Z]",
        "alpha" => "[A-Za-z]",
        "alnum" => "[A-Za-z0-9]",
        "lower-alnum" => "[a-z0-9]",
        "upper-alnum" => "[A-Z0-9]",
        "base32" => "[A-Z2-7]",
        "base58" => "[1-9A-HJ-NP-Za-km-z]",
        "base64" => "[A-Za-z0-9+/]",
        "base64url" => "[A-Za-z0-9_-]",
        "bech32" => "[02-9ac-hj-np-z]",
        custom if custom.starts_with('[') && custom.ends_with(']') => custom,
        _ => {
            return Err(format!(
                "unknown alphabet `{name}`; there are hex, HEX, xdigit, digit, lower, upper, alpha, alnum, \
                 lower-alnum, upper-alnum, base32, base58, base64, base64url, bech32, or a class in brackets"
            ));
        }
    };
    match forms(class)?.as_slice() {
        [form] => match form.as_slice() {
            [Seg::Run(class, 1, 1)] => Ok(*class),
            _ => Err(format!("`{name}` is not a class of several characters")),
        },
        _ => Err(format!("`{name}` is not one class")),
    }
}

/// Turns a pattern (literals, classes, `{n}`, `{n,m}`, `?`, groups, `|`) into shapes.
///
/// # Errors
///
/// Says what the pattern holds that a shape can't, or that no form has a stretch long enough to be
/// looked at (unless `short` allows it, for parts that are only looked for beside others).
pub(super) fn compile(pattern: &str, short: bool) -> Result<Vec<Shape>, String> {
    forms(pattern)?
        .into_iter()
        .map(|form| anchor(form, short).map_err(|why| format!("`{pattern}`: {why}")))
        .collect()
}

fn forms(pattern: &str) -> Result<Vec<Vec<Seg>>, String> {
    let hir = ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(|error| format!("`{pattern}` is not a pattern: {error}"))?;
    let forms = unfold(&hir).map_err(|why| format!("`{pattern}`: {why}"))?;
    Ok(forms.into_iter().map(tidy).collect())
}

fn unfold(hir: &Hir) -> Result<Vec<Vec<Seg>>, String> {
    match hir.kind() {
        HirKind::Empty => Ok(vec![Vec::new()]),
        HirKind::Literal(literal) => {
            let text =
                std::str::from_utf8(&literal.0).map_err(|_| "literals must be ASCII".to_owned())?;
            if !text.is_ascii() {
                return Err("literals must be ASCII".into());
            }
            Ok(vec![vec![Seg::Lit(text.to_owned().leak())]])
        }
        HirKind::Class(class) => Ok(vec![vec![Seg::Run(bitmap(class)?, 1, 1)]]),
        HirKind::Capture(capture) => unfold(&capture.sub),
        HirKind::Concat(parts) => {
            let mut all = vec![Vec::new()];
            for part in parts {
                all = product(&all, &unfold(part)?)?;
            }
            Ok(all)
        }
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(unfold(part)?);
            }
            bounded(all)
        }
        HirKind::Repetition(repetition) => {
            let max = repetition.max.unwrap_or(u32::from(MAX_RUN));
            let sub = unfold(&repetition.sub)?;
            if let [single] = sub.as_slice()
                && let [Seg::Run(class, 1, 1)] = single.as_slice()
            {
                let min = u16::try_from(repetition.min).map_err(|_| "too long".to_owned())?;
                let max = u16::try_from(max)
                    .map_err(|_| "too long".to_owned())?
                    .min(MAX_RUN);
                return Ok(vec![vec![Seg::Run(*class, min, max)]]);
            }
            let mut all = Vec::new();
            let mut form = vec![Vec::new()];
            for count in 0..=max.min(64) {
                if count >= repetition.min {
                    all.extend(form.iter().cloned());
                }
                form = product(&form, &sub)?;
            }
            bounded(all)
        }
        HirKind::Look(_) => {
            Err("`^`, `$` and `\\b` have no place in a shape: it matches a whole value".into())
        }
    }
}

fn product(left: &[Vec<Seg>], right: &[Vec<Seg>]) -> Result<Vec<Vec<Seg>>, String> {
    bounded(
        left.iter()
            .flat_map(|l| right.iter().map(|r| [l.as_slice(), r.as_slice()].concat()))
            .collect(),
    )
}

fn bounded(forms: Vec<Vec<Seg>>) -> Result<Vec<Vec<Seg>>, String> {
    if forms.len() > MAX_FORMS {
        Err(format!("more than {MAX_FORMS} forms"))
    } else {
        Ok(forms)
    }
}

fn bitmap(class: &HirClass) -> Result<Class, String> {
    let mut bits = 0u128;
    let mut add = |start: u32, end: u32| {
        if end >= 128 {
            return Err(
                "classes must be ASCII (write `[A-Za-z0-9_]`, not a negated class)".to_owned(),
            );
        }
        for byte in start..=end {
            bits |= 1 << byte;
        }
        Ok(())
    };
    match class {
        HirClass::Bytes(class) => class
            .ranges()
            .iter()
            .try_for_each(|r| add(r.start().into(), r.end().into()))?,
        HirClass::Unicode(class) => class
            .ranges()
            .iter()
            .try_for_each(|r| add(r.start().into(), r.end().into()))?,
    }
    Ok(Class(bits))
}

/// Joins neighbouring literals, splits them where token characters begin or end, and joins
/// neighbouring runs of one class.
fn tidy(form: Vec<Seg>) -> Vec<Seg> {
    let mut out: Vec<Seg> = Vec::new();
    for seg in form {
        match (out.last_mut(), seg) {
            (Some(Seg::Lit(before)), Seg::Lit(text)) => *before = format!("{before}{text}").leak(),
            (Some(Seg::Run(class, min, max)), Seg::Run(same, more_min, more_max))
                if *class == same =>
            {
                *min = min.saturating_add(more_min);
                *max = max.saturating_add(more_max).min(MAX_RUN);
            }
            _ => out.push(seg),
        }
    }
    out.into_iter()
        .flat_map(|seg| match seg {
            Seg::Lit(text) => split_literal(text),
            run => vec![run],
        })
        .collect()
}

fn split_literal(text: &'static str) -> Vec<Seg> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    for at in 1..=bytes.len() {
        if at == bytes.len() || is_token(bytes[at]) != is_token(bytes[at - 1]) {
            out.push(Seg::Lit(&text[start..at]));
            start = at;
        }
    }
    out
}

impl Seg {
    /// The fewest bytes the stretch can have.
    pub fn min(&self) -> usize {
        match self {
            Self::Lit(text) => text.len(),
            Self::Run(_, min, _) => usize::from(*min),
        }
    }

    /// The most bytes the stretch can have.
    pub fn max(&self) -> usize {
        match self {
            Self::Lit(text) => text.len(),
            Self::Run(_, _, max) => usize::from(*max),
        }
    }

    /// Whether every byte of it is a token character.
    pub fn is_token(&self) -> bool {
        match self {
            Self::Lit(text) => text.bytes().all(is_token),
            Self::Run(class, ..) => class.bytes().all(is_token),
        }
    }
}

/// Puts the anchor where a stretch of at least [`MIN_RUN`] token characters is certain to begin.
fn anchor(form: Vec<Seg>, short: bool) -> Result<Shape, String> {
    if form.iter().map(Seg::min).sum::<usize>() == 0 {
        return Err("may be empty".into());
    }
    for start in 0..form.len() {
        let certain: usize = form[start..]
            .iter()
            .take_while(|seg| seg.is_token())
            .map(Seg::min)
            .sum();
        let begins = start == 0 || !form[start - 1].is_token();
        if begins && certain >= MIN_RUN {
            return Ok(Shape {
                lead: form[..start].to_vec().into(),
                body: form[start..].to_vec().into(),
            });
        }
    }
    if short {
        return Ok(Shape {
            lead: List(&[]),
            body: form.into(),
        });
    }
    Err(format!(
        "some values have no stretch of {MIN_RUN} characters of A-Za-z0-9_+/- and would be missed; \
         such a part needs `need = \"pair\"`"
    ))
}

impl Shape {
    /// Matches the body at `at` and the lead before it; gives the whole value's range.
    /// Each stretch takes as much as it can; what follows it may give some back to the next.
    pub fn match_at(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        let mut start = at;
        for seg in self.lead.iter().rev() {
            start = back(seg, text, start)?;
        }
        if let Some(Seg::Run(class, ..)) = self.lead.first()
            && start > 0
            && class.has(text[start - 1])
        {
            return None;
        }
        let end = forward(&self.body, text, at)?;
        Some((start, end))
    }

    /// Whether the body stands at `at`, whatever stands before it.
    pub fn fits_body(&self, text: &[u8], at: usize) -> bool {
        forward(&self.body, text, at).is_some()
    }

    /// Whether the whole of `text` has this shape.
    pub fn matches(&self, text: &[u8]) -> bool {
        let whole = [&self.lead[..], &self.body[..]].concat();
        forward(&whole, text, 0) == Some(text.len())
    }
}

fn back(seg: &Seg, text: &[u8], end: usize) -> Option<usize> {
    match seg {
        Seg::Lit(literal) => text[..end]
            .ends_with(literal.as_bytes())
            .then(|| end - literal.len()),
        Seg::Run(class, min, max) => {
            let taken = text[..end]
                .iter()
                .rev()
                .take(usize::from(*max))
                .take_while(|b| class.has(**b))
                .count();
            (taken >= usize::from(*min)).then(|| end - taken)
        }
    }
}

fn forward(segs: &[Seg], text: &[u8], at: usize) -> Option<usize> {
    let Some((seg, rest)) = segs.split_first() else {
        return Some(at);
    };
    let tail = text.get(at..)?;
    match seg {
        Seg::Lit(literal) => {
            if tail.starts_with(literal.as_bytes()) {
                forward(rest, text, at + literal.len())
            } else {
                None
            }
        }
        Seg::Run(class, min, max) => {
            let (min, max) = (usize::from(*min), usize::from(*max));
            let taken = tail.iter().take(max).take_while(|b| class.has(**b)).count();
            if taken < min {
                return None;
            }
            if rest.is_empty() {
                // A value ends where its alphabet ends.
                let over = tail.get(taken).is_some_and(|b| class.has(*b));
                return (!over).then_some(at + taken);
            }
            if min == max {
                return forward(rest, text, at + taken);
            }
            // Few shapes have a variable stretch before another one, and those are short or end at
            // a literal: give back at most as much as there is. Mostly what follows cannot begin there.
            let mut length = taken;
            let mut tries = 0;
            loop {
                if may_follow(rest, tail.get(length))
                    && let Some(end) = forward(rest, text, at + length)
                {
                    return Some(end);
                }
                tries += 1;
                if length == min || tries > 64 {
                    return None;
                }
                length -= 1;
            }
        }
    }
}

/// Whether the first of these stretches may begin with a byte, or with the end of the text.
fn may_follow(segs: &[Seg], byte: Option<&u8>) -> bool {
    match segs.first() {
        Some(Seg::Lit(literal)) => byte == literal.as_bytes().first(),
        Some(Seg::Run(class, min, _)) if *min > 0 => byte.is_some_and(|byte| class.has(*byte)),
        _ => true,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn one(pattern: &str) -> Shape {
        let shapes = compile(pattern, false).unwrap();
        assert_eq!(shapes.len(), 1, "{shapes:?}");
        shapes[0]
    }

    #[test]
    fn a_shape_matches_the_whole_value_only() {
        let shape = one("bg_[0-9a-f]{32}");
        let value = format!("bg_{}", "0a".repeat(16));
        assert_eq!(shape.match_at(value.as_bytes(), 0), Some((0, 35)));
        assert_eq!(shape.match_at(format!("{value}0").as_bytes(), 0), None);
        assert_eq!(
            shape.match_at(format!("{value}\"").as_bytes(), 0),
            Some((0, 35))
        );
    }

    #[test]
    fn what_stands_before_the_anchor_is_matched_backwards() {
        let shape = one("[0-9]{8,10}:AA[A-Za-z0-9_-]{33}");
        let value = format!("token=123456789:AA{}", "x".repeat(33));
        let at = value.find("AA").unwrap();
        assert_eq!(shape.match_at(value.as_bytes(), at), Some((6, value.len())));
    }

    #[test]
    fn groups_repeat() {
        let shape = one("[0-9A-Z]{8}(-[0-9A-Z]{8}){3}");
        assert!(shape.matches(b"AAAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD"));
        assert!(!shape.matches(b"AAAAAAAA-BBBBBBBB-CCCCCCCC"));
    }

    #[test]
    fn alternatives_are_shapes_of_their_own() {
        assert_eq!(
            compile("(master|account)-[A-Za-z0-9]{20}", false)
                .unwrap()
                .len(),
            2
        );
    }

    #[test]
    fn a_form_that_would_be_missed_is_refused() {
        assert!(
            compile("[a-z]{8}\\.[a-z]{8}", false)
                .unwrap_err()
                .contains("would be missed")
        );
        assert!(compile("[a-z]{8}", true).is_ok());
        assert!(compile("(ab|[a-z]{20})", false).is_err());
    }

    #[test]
    fn a_variable_stretch_gives_back_to_what_follows() {
        let shape = one("[A-Za-z0-9]{16,40}[0-9]{4}");
        assert!(shape.matches(b"abcdefghijklmnopqrst1234"));
    }
}
