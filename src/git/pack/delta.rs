//! Applying deltas (gitformat-pack(5), "Deltified representation").

use super::Damage;
use super::buffer::Buffer;
use crate::stretch::Stretch;

/// A delta, its two sizes read.
#[derive(Debug, Clone, Copy)]
pub struct Delta<'a> {
    /// Of the base that it is made for, in bytes.
    pub base_size: u64,
    /// Of what comes out, in bytes. A stranger's word.
    pub result_size: u64,
    instructions: &'a [u8],
}

/// One instruction.
enum Step<'a> {
    /// Copies a range of the base.
    Copy { from: usize, length: usize },
    /// Adds bytes that the base does not have.
    Insert(&'a [u8]),
}

/// Results of up to so many bytes are made room for at once; before larger ones the instructions are
/// counted: a few bytes can claim any size.
const SMALL: usize = 1 << 20;

/// Whether what is copied next continues a stretch, in the result and in the base.
fn goes_on(last: &Stretch, at: usize, from: usize) -> bool {
    last.at + last.length == at && last.from + last.length == from
}

impl<'a> Delta<'a> {
    /// Reads the sizes at the start.
    ///
    /// # Errors
    ///
    /// When they are cut off or don't fit 64 bits.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damage> {
        let mut rest = bytes;
        let base_size = size(&mut rest)?;
        let result_size = size(&mut rest)?;
        Ok(Self {
            base_size,
            result_size,
            instructions: rest,
        })
    }

    /// Applies it to its base. `copied` becomes what it copied from there, ascending, each stretch as long
    /// as it can be: all else was inserted.
    ///
    /// The caller has judged [`Delta::result_size`].
    ///
    /// # Errors
    ///
    /// When the base has another size than the delta is for, or an instruction leads out of the base
    /// or the result, or the result comes out shorter. `out` is then meaningless.
    pub fn apply(
        &self,
        base: &[u8],
        out: &mut Buffer,
        copied: &mut Vec<Stretch>,
    ) -> Result<(), Damage> {
        out.fill(0);
        copied.clear();
        if base.len() as u64 != self.base_size {
            return Err(Damage::Base);
        }
        let size = usize::try_from(self.result_size).map_err(|_| Damage::Size)?;
        if size > SMALL && self.count(size) != Some(size) {
            return Err(Damage::Delta);
        }
        let room = out.room(size).get_mut(..size).ok_or(Damage::Size)?;
        let mut at = 0;
        let mut rest = self.instructions;
        while let Some(step) = step(&mut rest)? {
            let bytes = match step {
                Step::Copy { from, length } => {
                    let end = from.checked_add(length).ok_or(Damage::Delta)?;
                    let bytes = base.get(from..end).ok_or(Damage::Delta)?;
                    match copied.last_mut() {
                        Some(last) if goes_on(last, at, from) => last.length += length,
                        _ => copied.push(Stretch { at, from, length }),
                    }
                    bytes
                }
                Step::Insert(bytes) => bytes,
            };
            let end = at + bytes.len();
            room.get_mut(at..end)
                .ok_or(Damage::Delta)?
                .copy_from_slice(bytes);
            at = end;
        }
        if at != size {
            return Err(Damage::Delta);
        }
        out.fill(size);
        Ok(())
    }

    /// What the instructions come to, in bytes; none when they are broken or exceed `most`.
    fn count(&self, most: usize) -> Option<usize> {
        let mut rest = self.instructions;
        let mut total = 0usize;
        while let Some(step) = step(&mut rest).ok()? {
            total = total.checked_add(match step {
                Step::Copy { length, .. } => length,
                Step::Insert(bytes) => bytes.len(),
            })?;
            if total > most {
                return None;
            }
        }
        Some(total)
    }
}

/// The next instruction; none at the end.
#[inline(always)]
fn step<'a>(rest: &mut &'a [u8]) -> Result<Option<Step<'a>>, Damage> {
    let Some((&code, mut after)) = rest.split_first() else {
        return Ok(None);
    };
    let step = if code & 0x80 != 0 {
        // The low bits say which bytes of offset and length stand there; the others are zero.
        let mut from = 0u32;
        let mut length = 0u32;
        for bit in 0..4 {
            if code & 1 << bit != 0 {
                let (&byte, next) = after.split_first().ok_or(Damage::Delta)?;
                from |= u32::from(byte) << (8 * bit);
                after = next;
            }
        }
        for bit in 0..3 {
            if code & 0x10 << bit != 0 {
                let (&byte, next) = after.split_first().ok_or(Damage::Delta)?;
                length |= u32::from(byte) << (8 * bit);
                after = next;
            }
        }
        Step::Copy {
            from: from as usize,
            length: if length == 0 {
                0x10000
            } else {
                length as usize
            },
        }
    } else {
        // Zero is reserved.
        let length = usize::from(code);
        let (bytes, next) = after
            .split_at_checked(length)
            .filter(|_| length > 0)
            .ok_or(Damage::Delta)?;
        after = next;
        Step::Insert(bytes)
    };
    *rest = after;
    Ok(Some(step))
}

/// A size: seven bits a byte, lowest first.
fn size(rest: &mut &[u8]) -> Result<u64, Damage> {
    let mut size = 0u64;
    let mut shift = 0;
    loop {
        let (&byte, after) = rest.split_first().ok_or(Damage::Delta)?;
        *rest = after;
        let part = u64::from(byte & 0x7f);
        if shift > 63 || shift == 63 && part > 1 {
            return Err(Damage::Size);
        }
        size |= part << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok(size);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use super::*;
    use crate::stretch::fresh;
    use std::ops::Range;

    fn number(mut value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let byte = (value & 0x7f) as u8;
            value >>= 7;
            if value == 0 {
                out.push(byte);
                return out;
            }
            out.push(byte | 0x80);
        }
    }

    fn copy(from: u32, length: u32) -> Vec<u8> {
        let mut code = 0x80u8;
        let mut bytes = Vec::new();
        let stored = if length == 0x10000 { 0 } else { length };
        let parts = from.to_le_bytes().into_iter().take(4);
        for (bit, byte) in parts
            .chain(stored.to_le_bytes().into_iter().take(3))
            .enumerate()
        {
            if byte != 0 {
                code |= 1 << bit;
                bytes.push(byte);
            }
        }
        bytes.insert(0, code);
        bytes
    }

    #[derive(Debug, Clone)]
    enum Op {
        Copy(usize, usize),
        Insert(Vec<u8>),
    }

    /// The plain way: the result, and of each of its bytes where in the base it came from.
    fn naive(base: &[u8], ops: &[Op]) -> (Vec<u8>, Vec<Option<usize>>) {
        let mut out = Vec::new();
        let mut from = Vec::new();
        for op in ops {
            match op {
                Op::Copy(start, length) => {
                    out.extend(&base[*start..start + length]);
                    from.extend((*start..start + length).map(Some));
                }
                Op::Insert(bytes) => {
                    for byte in bytes {
                        out.push(*byte);
                        from.push(None);
                    }
                }
            }
        }
        (out, from)
    }

    fn encode(base: &[u8], result: usize, ops: &[Op]) -> Vec<u8> {
        let mut out = [number(base.len() as u64), number(result as u64)].concat();
        for op in ops {
            match op {
                Op::Copy(start, length) => out.extend(copy(*start as u32, *length as u32)),
                Op::Insert(bytes) => {
                    out.push(bytes.len() as u8);
                    out.extend(bytes);
                }
            }
        }
        out
    }

    /// The fresh ranges by the plain way: runs of inserted bytes, and the seams.
    fn seams(from: &[Option<usize>]) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        let mut last = 0;
        for (at, source) in from.iter().enumerate() {
            match (source, out.last_mut()) {
                (None, Some(range)) if range.end == at && !Range::is_empty(range) => range.end += 1,
                (None, _) => out.push(at..at + 1),
                (Some(source), Some(range)) => {
                    if *source != last && (range.end != at || Range::is_empty(range)) {
                        out.push(at..at);
                    }
                }
                (Some(source), None) => {
                    if *source != last {
                        out.push(at..at);
                    }
                }
            }
            if let Some(source) = source {
                last = source + 1;
            }
        }
        let end = from.len();
        if out
            .last()
            .is_none_or(|range| range.end != end || Range::is_empty(range))
        {
            out.push(end..end);
        }
        out
    }

    fn ops(base: usize) -> impl Strategy<Value = Vec<Op>> {
        let copy = (0..base, 1usize..600)
            .prop_map(move |(start, length)| Op::Copy(start, length.min(base - start)));
        let insert = proptest::collection::vec(any::<u8>(), 1..127).prop_map(Op::Insert);
        proptest::collection::vec(prop_oneof![copy, insert], 0..40)
    }

    fn case() -> impl Strategy<Value = (Vec<u8>, Vec<Op>)> {
        proptest::collection::vec(any::<u8>(), 1..2000)
            .prop_flat_map(|base| ops(base.len()).prop_map(move |ops| (base.clone(), ops)))
    }

    proptest! {
        #[test]
        fn equals_the_plain_way((base, ops) in case()) {
            let (wanted, from) = naive(&base, &ops);
            let bytes = encode(&base, wanted.len(), &ops);
            let delta = Delta::read(&bytes).unwrap();
            prop_assert_eq!(delta.result_size, wanted.len() as u64);
            let (mut out, mut copied) = (Buffer::default(), Vec::new());
            delta.apply(&base, &mut out, &mut copied).unwrap();
            prop_assert_eq!(&*out, &*wanted);
            prop_assert_eq!(fresh(&copied, out.len()), seams(&from));
            let mut sources = vec![None; from.len()];
            for stretch in &copied {
                for step in 0..stretch.length {
                    sources[stretch.at + step] = Some(stretch.from + step);
                }
            }
            prop_assert_eq!(sources, from);
            // Each is as long as it can be.
            for pair in copied.windows(2) {
                let ends = [pair[0].at, pair[0].from].map(|start| start + pair[0].length);
                prop_assert!(ends[0] <= pair[1].at && ends != [pair[1].at, pair[1].from]);
            }
            // Another base size, and a result cut short or too long.
            prop_assert_eq!(delta.apply(&base[1..], &mut out, &mut copied), Err(Damage::Base));
            prop_assert!(out.is_empty());
            for size in [wanted.len() + 1, wanted.len().wrapping_sub(1)] {
                let bytes = encode(&base, size, &ops);
                let done = Delta::read(&bytes).unwrap().apply(&base, &mut out, &mut copied);
                prop_assert!(done.is_err());
            }
        }

        #[test]
        fn any_bytes_are_applied_or_refused(base: Vec<u8>, bytes: Vec<u8>, size in 0u64..200_000) {
            let whole = [number(base.len() as u64), number(size), bytes].concat();
            let delta = Delta::read(&whole).unwrap();
            let (mut out, mut copied) = (Buffer::default(), Vec::new());
            if delta.apply(&base, &mut out, &mut copied).is_ok() {
                prop_assert_eq!(out.len() as u64, size);
                prop_assert!(copied.iter().all(|one| one.at + one.length <= out.len()));
            }
        }
    }

    #[test]
    fn a_copy_of_length_zero_is_64_kib() {
        let base = vec![7; 0x10000];
        let bytes = [number(0x10000), number(0x10000), vec![0x80]].concat();
        let (mut out, mut copied) = (Buffer::default(), Vec::new());
        let delta = Delta::read(&bytes).unwrap();
        delta.apply(&base, &mut out, &mut copied).unwrap();
        let whole = Stretch {
            at: 0,
            from: 0,
            length: 0x10000,
        };
        assert_eq!((&*out, &*copied), (&*base, &[whole][..]));
    }

    #[test]
    fn nothing_is_allocated_for_a_claim() {
        let bytes = [number(1), number(1 << 40), vec![1, b'x']].concat();
        let (mut out, mut copied) = (Buffer::default(), Vec::new());
        let done = Delta::read(&bytes)
            .unwrap()
            .apply(b"a", &mut out, &mut copied);
        assert_eq!((done, out.capacity()), (Err(Damage::Delta), 0));
        assert_eq!(Delta::read(&[0xff; 30]).unwrap_err(), Damage::Size);
    }
}
