//! Shapes of which something stands in front of the anchor: `STS.` before a run, `https://hook.eu1.make.`.
//!
//! They are looked up by the two bytes in front of a run. Most calls of methods are long names behind a dot, and
//! only few words end with the letter that the name in front of it does.

use super::model::{List, Seg, Shape};

/// The shapes by what may stand in front of their anchor.
#[derive(Clone, Copy, Debug)]
pub struct Led {
    /// For each byte right in front of an anchor, the numbers of the lists by the byte in front of that one;
    /// none where no list is.
    pub numbers: List<List<u16>>,
    /// The shapes that may begin so; none in the first list.
    pub lists: List<List<u16>>,
}

impl Led {
    /// That of some shapes, each with its number.
    pub(super) fn of<'s>(shapes: impl Iterator<Item = (u16, &'s Shape)>) -> Self {
        let led: Vec<(u16, &Shape)> = shapes.filter(|(_, shape)| is_led(shape)).collect();
        let mut lists = vec![Vec::new()];
        let mut number = |ids: Vec<u16>| {
            let known = lists.iter().position(|list| *list == ids);
            let number = known.unwrap_or_else(|| {
                lists.push(ids);
                lists.len() - 1
            });
            // There are no more pairs of bytes.
            u16::try_from(number).unwrap_or(u16::MAX)
        };
        let mut numbers = Vec::new();
        for last in 0..=u8::MAX {
            let ends = |(_, shape): &&(u16, &Shape)| may_end(&shape.lead, &[last]);
            let here: Vec<_> = led.iter().filter(ends).collect();
            let behind = |first: u8| {
                let led = here.iter();
                let led = led.filter(|(_, shape)| may_end(&shape.lead, &[last, first]));
                number(led.map(|(id, _)| *id).collect())
            };
            let all: Vec<u16> = match here.is_empty() {
                true => Vec::new(),
                false => (0..=u8::MAX).map(behind).collect(),
            };
            numbers.push(all.into());
        }
        let lists: Vec<List<u16>> = lists.into_iter().map(List::from).collect();
        Self {
            numbers: numbers.into(),
            lists: lists.into(),
        }
    }

    /// The number of the list of the shapes whose anchor may stand behind these two bytes; 0 where there is none.
    #[inline]
    pub fn number(&self, first: u8, last: u8) -> u16 {
        let numbers = self.numbers.0.get(usize::from(last));
        let number = numbers.and_then(|numbers| numbers.0.get(usize::from(first)));
        number.copied().unwrap_or_default()
    }

    /// The shapes of a list.
    #[inline]
    pub fn list(&self, number: u16) -> &'static [u16] {
        self.lists
            .0
            .get(usize::from(number))
            .map_or(&[], |ids| ids.0)
    }
}

/// Whether something always stands in front of a shape's body.
pub(super) fn is_led(shape: &Shape) -> bool {
    shape.lead.iter().any(|seg| seg.min() > 0)
}

/// Whether what these stretches fit may end with some bytes, the last one first. Whatever stands in front of
/// the first stretch may.
fn may_end(lead: &[Seg], bytes: &[u8]) -> bool {
    let (Some((last, rest)), Some((byte, before))) = (lead.split_last(), bytes.split_first())
    else {
        return true;
    };
    match last {
        Seg::Lit(text) => {
            let ends = text
                .bytes()
                .rev()
                .zip(bytes)
                .all(|(one, other)| one == *other);
            ends && bytes
                .get(text.len()..)
                .is_none_or(|bytes| may_end(rest, bytes))
        }
        Seg::Run(class, min, max) => {
            let less = Seg::Run(*class, min.saturating_sub(1), max.saturating_sub(1));
            let again = [rest, &[less]].concat();
            *min == 0 && may_end(rest, bytes)
                || *max > 0 && class.has(*byte) && may_end(&again, before)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::model::Class;

    fn shape(lead: Vec<Seg>) -> Shape {
        let digits = Class((b'0'..=b'9').fold(0, |bits, byte| bits | 1 << byte));
        Shape {
            lead: lead.into(),
            body: vec![Seg::Run(digits, 20, 20)].into(),
        }
    }

    #[test]
    fn shapes_are_looked_up_by_what_leads_to_them() {
        let letters = Class((b'a'..=b'c').fold(0, |bits, byte| bits | 1 << byte));
        let shapes = [
            shape(vec![]),
            shape(vec![Seg::Lit("v2"), Seg::Lit(".")]),
            shape(vec![Seg::Run(letters, 2, 8), Seg::Lit(".")]),
            shape(vec![Seg::Lit("x"), Seg::Run(letters, 0, 2)]),
            shape(vec![Seg::Lit("$")]),
        ];
        let led = Led::of((0..).zip(&shapes));
        let found = |text: &[u8; 2]| led.list(led.number(text[0], text[1]));
        assert_eq!(found(b"2."), [1]);
        assert_eq!(found(b"a."), [2]);
        assert_eq!(found(b"d."), [0u16; 0]);
        assert_eq!(found(b"xa"), [3]);
        assert_eq!(found(b"ab"), [3]);
        assert_eq!(found(b" x"), [3]);
        assert_eq!(found(b" $"), [4]);
        assert_eq!(found(b" a"), [0u16; 0]);
        assert_eq!(found(b"  "), [0u16; 0]);
    }
}
