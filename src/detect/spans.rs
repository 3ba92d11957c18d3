//! Sets of spans, asked for what touches a span in time that does not grow with their number.

use std::ops::Range;

/// Spans in order of their starts.
#[derive(Debug, Default)]
pub(super) struct Spans {
    spans: Vec<Range<usize>>,
    /// The furthest end among each span and those before it.
    reach: Vec<usize>,
}

impl Spans {
    /// Puts spans in order.
    pub(super) fn new(mut spans: Vec<Range<usize>>) -> Self {
        spans.sort_unstable_by_key(|span| span.start);
        let mut furthest = 0;
        let reach = spans
            .iter()
            .map(|span| {
                furthest = furthest.max(span.end);
                furthest
            })
            .collect();
        Self { spans, reach }
    }

    /// Whether one of them shares a byte with this span.
    pub(super) fn touch(&self, span: &Range<usize>) -> bool {
        let before = self.spans.partition_point(|one| one.start < span.end);
        before
            .checked_sub(1)
            .and_then(|last| self.reach.get(last))
            .is_some_and(|reach| *reach > span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_spans_reach_over_short_ones() {
        let spans = Spans::new(vec![20..22, 0..50, 10..12, 60..70]);
        for (span, touches) in [
            (30..40, true),
            (50..60, false),
            (69..90, true),
            (70..90, false),
        ] {
            assert_eq!(spans.touch(&span), touches, "{span:?}");
        }
        assert!(!Spans::default().touch(&(0..9)));
    }
}
