//! How a shape lies in the runs that its values stand in: whether a value may go on behind the run that its
//! anchor stands in.

use crate::rule::{Index, Seg, Shape, is_token};

/// Of one shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Whether something may stand in front of the anchor.
    pub(super) led: bool,
    /// Which bytes other than token characters may stand in the body, a bit for each.
    others: u128,
    /// How many token characters may stand in the body before something else must.
    most: usize,
}

/// Of all shapes.
#[derive(Debug, Default)]
pub(super) struct Standings {
    pub(super) all: Vec<Standing>,
    /// Which bytes may stand behind a run in a value.
    others: u128,
    /// Whether no shape holds white space.
    pub(super) graphic: bool,
}

impl Standings {
    pub(super) fn of(index: &Index) -> Self {
        let set = |class: fn(u8) -> bool| {
            (0..128u8)
                .filter(|byte| class(*byte))
                .fold(0u128, |bits, byte| bits | 1 << byte)
        };
        let tokens = set(is_token);
        let blanks = set(|byte| byte.is_ascii_whitespace());
        let shapes = index.shapes.iter().map(|entry| &entry.shape);
        let all: Vec<_> = shapes
            .clone()
            .map(|shape| Standing::of(shape, tokens))
            .collect();
        let mut segs = shapes.flat_map(|shape| shape.lead.iter().chain(shape.body.iter()));
        Self {
            others: all.iter().fold(0, |bits, standing| bits | standing.others),
            graphic: !segs.any(|seg| held(seg) & blanks != 0),
            all,
        }
    }

    /// The byte behind a run, if it tells anything; a blank otherwise. Where shapes hold blanks, it tells nothing.
    pub(super) fn behind(&self, byte: Option<&u8>) -> u8 {
        let tells = |byte: &&u8| is_token(**byte) || has(self.others, **byte);
        byte.filter(tells).copied().unwrap_or(b' ')
    }
}

impl Standing {
    fn of(shape: &Shape, tokens: u128) -> Self {
        let others = shape.body.iter().fold(0, |bits, seg| bits | held(seg));
        let mut most = 0usize;
        for seg in shape.body.iter() {
            if held(seg) & tokens != 0 {
                most = most.saturating_add(seg.max());
            } else if seg.min() > 0 {
                break;
            }
        }
        Self {
            led: !shape.lead.is_empty(),
            others: others & !tokens,
            most,
        }
    }

    /// Whether a value whose anchor stands `length` bytes before the end of a run may go on behind it, where this
    /// byte stands. A shape of token characters alone may not: its values end with their runs.
    pub(super) fn may_leave(&self, length: usize, behind: u8) -> bool {
        self.others != 0 && length <= self.most && (has(self.others, behind) || is_token(behind))
    }
}

/// The bytes that a stretch may hold, a bit for each.
fn held(seg: &Seg) -> u128 {
    match seg {
        Seg::Lit(text) => text
            .bytes()
            .filter(u8::is_ascii)
            .fold(0, |bits, byte| bits | 1 << byte),
        Seg::Run(class, ..) => class.0,
    }
}

fn has(bits: u128, byte: u8) -> bool {
    byte < 128 && bits >> byte & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Class;

    fn standing(body: &[Seg]) -> Standing {
        let set = |class: fn(u8) -> bool| {
            let bytes = (0..128u8).filter(|byte| class(*byte));
            bytes.fold(0u128, |bits, byte| bits | 1 << byte)
        };
        let shape = Shape {
            lead: Vec::new().into(),
            body: body.to_vec().into(),
        };
        Standing::of(&shape, set(is_token))
    }

    const SMALL: Class = Class(0x07ff_fffe << 96);

    #[test]
    fn a_value_leaves_its_run_where_its_shape_goes_on() {
        let padded = standing(&[Seg::Run(SMALL, 43, 43), Seg::Lit("=")]);
        assert!(padded.may_leave(43, b'='));
        assert!(padded.may_leave(20, b'='));
        assert!(!padded.may_leave(44, b'='), "the run is too long");
        assert!(!padded.may_leave(43, b'"'));
        // What was cut short may go on with anything.
        assert!(padded.may_leave(43, b'x'));
    }

    #[test]
    fn what_may_be_left_out_is_passed_over() {
        let dotted = [
            Seg::Run(SMALL, 16, 20),
            Seg::Run(Class(1 << b'.'), 0, 1),
            Seg::Run(SMALL, 4, 10),
            Seg::Lit(":"),
            Seg::Run(SMALL, 90, 90),
        ];
        let dotted = standing(&dotted);
        assert!(dotted.may_leave(30, b':'));
        assert!(dotted.may_leave(16, b'.'));
        assert!(!dotted.may_leave(31, b':'));
    }

    #[test]
    fn token_characters_alone_never_leave_a_run() {
        let plain = standing(&[Seg::Run(SMALL, 16, 64)]);
        assert!(!plain.may_leave(16, b'x'));
        assert!(!plain.may_leave(16, b'='));
    }
}
