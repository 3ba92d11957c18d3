//! From masks to stretches: runs of tokens, of numbers and of words, over block borders.
//!
//! All three work alike. A stretch that is open at a block's border is remembered by its start;
//! the ones at the low end of a block close it, the ones at the high end open the next. Only what
//! is long enough to be reported costs more than a few operations a block.

use super::class::{Block, Masks, WIDTH};
use super::{Anchors, NUMBERS, RUN, Run, WORDS};

/// The shortest stretch that can hold a phrase, in bytes: 12 words of three letters; and 12 Chinese
/// characters without spaces.
const SHORTEST: usize = 47;
const SHORTEST_HIGH: usize = 36;

/// Finds runs, numbers and words with the given way to make masks.
#[inline(always)]
pub(super) fn sweep(bytes: &[u8], out: &mut Anchors, masks: impl Fn(&Block) -> Masks) {
    let mut sweep = Sweep::default();
    let (blocks, rest) = bytes.as_chunks::<WIDTH>();
    let mut base = 0;
    for block in blocks {
        sweep.step(&masks(block), base, bytes, out);
        base += WIDTH;
    }
    // A last block of its own, even for no bytes: the NULs behind the text close every stretch.
    let mut last = [0u8; WIDTH];
    if let Some(head) = last.get_mut(..rest.len()) {
        head.copy_from_slice(rest);
    }
    sweep.step(&masks(&last), base, bytes, out);
    sweep.words.close(bytes.len(), out);
    // The last stretch of words may have been closed by the NULs.
    if let Some(last) = out.words.last_mut() {
        last.end = last.end.min(bytes.len());
    }
    out.escapes = sweep.escapes != 0;
    out.markers = sweep.markers != 0;
}

#[derive(Default)]
struct Sweep {
    run: usize,
    number: usize,
    words: Words,
    /// Whether the block before ends with `k` and `-`.
    lead: [u64; 2],
    escapes: u64,
    markers: u64,
}

impl Sweep {
    #[inline(always)]
    fn step(&mut self, masks: &Masks, base: usize, bytes: &[u8], out: &mut Anchors) {
        self.runs(masks.token, base, bytes, out);
        self.numbers(masks.number, base, bytes, out);
        self.words.step(masks, base, out);
        self.escapes |= masks.escape;
        let [k, after_k, dash, after_dash] = masks.pairs;
        self.markers |= (k << 1 | self.lead[0]) & after_k;
        self.markers |= (dash << 1 | self.lead[1]) & after_dash;
        self.lead = [k >> 63, dash >> 63];
    }

    #[inline(always)]
    fn runs(&mut self, mask: u64, base: usize, bytes: &[u8], out: &mut Anchors) {
        if mask == !0 {
            return;
        }
        let end = base + mask.trailing_ones() as usize;
        if end - self.run >= RUN {
            push_run(self.run, end, bytes, out);
        }
        // Without the run at the low end, which is reported; each bit left starts 16 of them.
        let inner = mask & mask.wrapping_add(1);
        let two = inner & inner >> 1;
        let four = two & two >> 2;
        let eight = four & four >> 4;
        let mut starts = eight & eight >> 8;
        while starts != 0 {
            let start = starts.trailing_zeros();
            let length = (inner >> start).trailing_ones();
            if start + length >= WIDTH as u32 {
                break;
            }
            push_run(
                base + start as usize,
                base + (start + length) as usize,
                bytes,
                out,
            );
            starts &= !0 << (start + length);
        }
        self.run = base + WIDTH - mask.leading_ones() as usize;
    }

    #[inline(always)]
    fn numbers(&mut self, mask: u64, base: usize, bytes: &[u8], out: &mut Anchors) {
        // The shortest stretch is longer than a block: none lies inside of one.
        const { assert!(NUMBERS > WIDTH) };
        if mask == !0 {
            return;
        }
        let end = base + mask.trailing_ones() as usize;
        if end - self.number >= NUMBERS {
            push_numbers(self.number, end, bytes, out);
        }
        self.number = base + WIDTH - mask.leading_ones() as usize;
    }
}

#[cold]
#[inline(never)]
fn push_run(start: usize, end: usize, bytes: &[u8], out: &mut Anchors) {
    let run = Run { start, end };
    if run.of(bytes).iter().any(u8::is_ascii_alphanumeric) {
        out.runs.push(run);
    }
}

#[cold]
#[inline(never)]
fn push_numbers(start: usize, end: usize, bytes: &[u8], out: &mut Anchors) {
    let run = Run { start, end };
    if super::class::count_numbers(run.of(bytes)) >= 32 {
        out.numbers.push(run);
    }
}

/// Masks of the block before, so that a shift can reach back over the border.
#[derive(Default)]
struct Before {
    word: u64,
    letter: u64,
    high: u64,
    third: u64,
    sixth: u64,
    twelfth: u64,
    beyond: u64,
    gap4: u64,
    gap8: u64,
}

/// The bits that every stretch of this length holds that lies between two breaks of a block.
const fn middle(length: usize) -> u64 {
    let last = WIDTH - 1 - length;
    (!0 << last) & (!0 >> last)
}

/// `mask` moved up by `by` bits, filled from the block before, which is replaced.
#[inline(always)]
fn carry<const BY: u32>(mask: u64, before: u64) -> u64 {
    mask << BY | before >> (64 - BY)
}

/// Where at least twelve letters end, by the letters alone.
#[inline(never)]
fn twelfth_letter(letter: u64, before: u64) -> u64 {
    let one = u128::from(letter) << 64 | u128::from(before);
    let two = one & one << 1;
    let four = two & two << 2;
    let twelve = four & four << 4 & four << 8;
    (twelve >> 64) as u64
}

/// The words of a stretch without a break: what ends it stands at the byte that shows it, so that
/// nothing needs to look ahead.
#[derive(Default)]
struct Words {
    before: Before,
    start: usize,
    words: u32,
    high: u32,
}

impl Words {
    #[inline(always)]
    fn step(&mut self, masks: &Masks, base: usize, out: &mut Anchors) {
        let (ends, breaks) = self.ends_and_breaks(masks, &mut out.starts);
        if breaks == 0 {
            self.words += ends.count_ones();
            self.high += masks.high.count_ones();
            return;
        }
        let first = breaks.trailing_zeros();
        let last = 63 - breaks.leading_zeros();
        // A stretch inside of the block that is long enough holds the bytes in its middle.
        let (shortest, middle) = if masks.high == 0 && self.high == 0 {
            (SHORTEST, middle(SHORTEST))
        } else {
            (SHORTEST_HIGH, middle(SHORTEST_HIGH))
        };
        if base + first as usize - self.start >= shortest {
            let below = (1u64 << first) - 1;
            self.words += (ends & below).count_ones();
            self.high += (masks.high & below).count_ones();
            self.close(base + first as usize, out);
        }
        if breaks & middle == 0 && first < 32 && last >= 32 {
            let low = 63 - (breaks & u64::from(u32::MAX)).leading_zeros();
            let high = (breaks >> 32).trailing_zeros() + 32;
            let inside = ((1u64 << high) - 1) & (!0 << low << 1);
            self.start = base + low as usize + 1;
            self.words = (ends & inside).count_ones();
            self.high = (masks.high & inside).count_ones();
            self.close(base + high as usize, out);
        }
        let above = !0u64 << last << 1;
        self.start = base + last as usize + 1;
        self.words = (ends & above).count_ones();
        self.high = (masks.high & above).count_ones();
    }
}

impl Words {
    /// Where a word of three bytes and more has just ended, and where a phrase cannot go on: after
    /// a word of one or two bytes, from the thirteenth ASCII letter of a word to the byte behind it, and
    /// from the sixteenth byte of a gap on.
    /// No word list has words of such lengths (BIP-39: 3 to 9 letters in Latin scripts, counted
    /// without combining marks; Monero: up to 12).
    #[inline(always)]
    fn ends_and_breaks(&mut self, masks: &Masks, starts: &mut Vec<u64>) -> (u64, u64) {
        let before = &mut self.before;
        let word = masks.letter | masks.high;
        let one = carry::<1>(word, before.word);
        let two = carry::<2>(word, before.word);
        let three = carry::<3>(word, before.word);
        starts.push(word & !one);
        let third = word & one & two;
        let sixth = third & carry::<3>(third, before.third);
        let twelfth = if masks.high | before.high == 0 {
            sixth & carry::<6>(sixth, before.sixth)
        } else {
            twelfth_letter(masks.letter, before.letter)
        };
        let beyond = twelfth & carry::<1>(twelfth, before.twelfth);
        let tail = carry::<1>(beyond, before.beyond);
        let gap4 = !(word | one | two | three);
        let gap8 = gap4 & carry::<4>(gap4, before.gap4);
        let gap16 = gap8 & carry::<8>(gap8, before.gap8);
        let (letter, high) = (masks.letter, masks.high);
        *before = Before {
            word,
            letter,
            high,
            third,
            sixth,
            twelfth,
            beyond,
            gap4,
            gap8,
        };
        let (after, long) = (!word & one, two & three);
        (after & long, (after & !long) | beyond | tail | gap16)
    }

    /// Reports the open stretch if it may hold a phrase: three bytes beyond ASCII count as a word,
    /// as a Chinese character has three and Japanese words may be parted by a space of three.
    #[inline(always)]
    fn close(&mut self, end: usize, out: &mut Anchors) {
        if self.words.max(self.high / 3) >= WORDS {
            out.words.push(Run {
                start: self.start,
                end,
            });
        }
        self.words = 0;
        self.high = 0;
    }
}
