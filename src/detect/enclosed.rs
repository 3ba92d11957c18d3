//! What a text holds in base64 or in hex digits: values, key files and phrases, and texts of their own.

use std::ops::Range;

use super::anchor::{self, Anchors};
use super::block;
use super::candidate;
use super::collect::{Collected, Reader, Subject, read_layer};
use super::phrase;
use super::scratch::Scratch;
use crate::decode::{DEPTH, Enclosed, base64_lines, encoded_text};
use crate::rule::Block;

/// Reads the texts that the layer read last holds in base64 or in hex digits, and what these hold, up to a depth.
pub(super) fn read_texts(
    subject: &Subject<'_>,
    within: usize,
    depth: usize,
    scratch: &mut Scratch,
    out: &mut Collected<'_>,
) {
    for (text, name) in std::mem::take(&mut out.texts) {
        let Some(layer) = out.layers.get(within) else {
            return;
        };
        let layer = text.layer(layer, name);
        scratch.anchor(subject.set, &layer.bytes);
        if scratch.is_clear(&layer.bytes) {
            continue;
        }
        out.layers.push(layer);
        let number = out.layers.len() - 1;
        read_layer(subject, number, None, scratch, out);
        if depth < DEPTH {
            read_texts(subject, number, depth + 1, scratch, out);
        } else {
            out.texts.clear();
        }
    }
}

impl Reader<'_, '_> {
    /// A run that is text in base64 or in hex digits: the values in it are bound as the run is, or are a text's
    /// of their own. Gives where it ends.
    pub(super) fn encoded(&mut self, run: Range<usize>) -> usize {
        if let Some((end, decoded)) = base64_lines(self.text, run.start) {
            let mut anchors = Anchors::default();
            anchor::find(&decoded, &mut anchors);
            self.base64_blocks(&decoded, &anchors, &(run.start..end));
            return run.end;
        }
        if let Some(text) = Enclosed::at(self.text, &run) {
            let end = text.span.end;
            let name = self.heading(&text.span);
            self.texts.push((text, name));
            return end;
        }
        // What a public token of Mapbox says of its owner: https://docs.mapbox.com/help/glossary/access-token/
        if self
            .text
            .get(..run.start)
            .is_some_and(|head| head.ends_with(b"pk."))
        {
            return run.end;
        }
        let span = padded(self.text, &run);
        if let Some(decoded) = encoded_text(&self.text[span.clone()]) {
            self.decoded(&decoded, &span, 1);
        }
        run.end
    }

    /// The name that holds a text, where it is one word.
    fn heading(&mut self, span: &Range<usize>) -> Option<Range<usize>> {
        const LONGEST: usize = 64;
        let binding = self.bound.bind(self.text, span);
        let name = binding.holder()?.span.clone();
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let text = self.text.get(name.clone())?;
        (text.len() <= LONGEST && text.iter().all(word)).then_some(name)
    }

    /// What a text holds that was decoded from a span; and what is encoded in it, up to a depth.
    fn decoded(&mut self, decoded: &[u8], span: &Range<usize>, depth: usize) {
        let mut anchors = Anchors::default();
        anchor::find(decoded, &mut anchors);
        self.base64_blocks(decoded, &anchors, span);
        let mut candidates = Vec::new();
        for inner in anchors.runs.iter().filter(|run| !anchors.is_armored(run)) {
            candidates.clear();
            candidate::of_run(
                self.subject.set.index(),
                decoded,
                inner.start..inner.end,
                &mut candidates,
            );
            for candidate in &candidates {
                let whole = candidate.span.start == 0
                    && decoded[candidate.span.end..]
                        .iter()
                        .all(u8::is_ascii_whitespace);
                let value = &decoded[candidate.span.clone()];
                // What is but a part of the text may have a name of its own in it.
                if whole || candidate.telling || decoded.contains(&b':') || decoded.contains(&b'=')
                {
                    self.consider(candidate, value, span, false);
                }
            }
            let inner = padded(decoded, &(inner.start..inner.end));
            if depth < DEPTH
                && let Some(deeper) = decoded.get(inner).and_then(encoded_text)
            {
                self.decoded(&deeper, span, depth + 1);
            }
        }
    }

    /// Key files and phrases in base64, as Kubernetes holds them.
    fn base64_blocks(&mut self, decoded: &[u8], anchors: &Anchors, span: &Range<usize>) {
        let mut blocks = Vec::new();
        block::blocks(decoded, anchors, &mut blocks);
        for found in blocks {
            self.block(found.block, span.clone(), &found.value, found.label);
        }
        let mut phrases = Vec::new();
        let stretches = anchors.words.iter().map(|run| (run.start, run.end));
        phrase::phrases(decoded, stretches, &mut phrases);
        for found in phrases {
            self.block(
                Block::Words,
                span.clone(),
                found.words.join(" ").as_bytes(),
                "",
            );
        }
    }
}

/// A run with the padding of base64 behind it.
fn padded(text: &[u8], run: &Range<usize>) -> Range<usize> {
    let behind = text.get(run.end..).unwrap_or_default().iter().take(2);
    run.start..run.end + behind.take_while(|b| **b == b'=').count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use base64::Engine as _;

    use crate::detect::random::tests::Seed;
    use crate::detect::{Scratch, detect};
    use crate::rule::{Rule, Set};

    #[test]
    fn what_a_public_token_says_of_its_owner_is_no_secret() {
        let mut seed = Seed(181);
        let mut hex = |length| String::from_utf8(seed.value(b"0123456789abcdef", length)).unwrap();
        let claims = format!("{{\"u\":\"ann\",\"a\":\"{}\"}}", hex(32));
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
        let mut found = |head: &str| {
            let text = format!(
                "const fb = require('facebook');\nconst map = {{ secret: \"{head}{claims}.{}\" }};\n",
                hex(22)
            );
            let all = |_: &Rule| true;
            let mut scratch = Scratch::default();
            let found = detect(
                Set::builtin(),
                text.as_bytes(),
                b"map.js",
                &all,
                &mut scratch,
            );
            let rules = found.found.iter().map(|found| found.rule.id);
            rules.filter(|id| id.starts_with("facebook")).count()
        };
        assert_eq!(found("pk."), 0);
        assert!(found("") > 0);
    }
}
