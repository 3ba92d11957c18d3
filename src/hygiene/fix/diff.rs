//! The change of a file as `git apply` and `patch` read it.

use super::Edit;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// A unified diff of one file. Lines were added in one or more places, none was taken away.
pub fn diff(edit: &Edit) -> Vec<u8> {
    let before = edit.before.as_deref().unwrap_or_default();
    let old = lines(before);
    let new = lines(&edit.after);
    let mut out = Vec::new();
    let name = |side: &[u8]| quoted(&[side, b"/", &edit.path].concat());
    let (from, to) = (name(b"a"), name(b"b"));
    out.extend([b"diff --git ", &*from, b" ", &*to, b"\n"].concat());
    if edit.before.is_none() {
        out.extend_from_slice(b"new file mode 100644\n--- /dev/null\n");
    } else {
        out.extend([b"--- ", &*from, b"\n"].concat());
    }
    out.extend([b"+++ ", &*to, b"\n"].concat());
    for hunk in hunks(&steps(&old, &new)) {
        out.extend(hunk);
    }
    out
}

/// One line of a diff.
#[derive(Clone, Copy)]
struct Step<'a> {
    sign: u8,
    text: &'a [u8],
    /// How many lines of the old and of the new text stand before it.
    old: usize,
    new: usize,
}

/// Each line with its end.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The old lines are all there still, in their order, but for a line end that the last one may have got.
fn steps<'a>(old: &[&'a [u8]], new: &[&'a [u8]]) -> Vec<Step<'a>> {
    let mut out = Vec::new();
    let mut at = 0;
    for (count, line) in new.iter().enumerate() {
        let step = |sign, text, old| Step {
            sign,
            text,
            old,
            new: count,
        };
        match old.get(at) {
            Some(own) if own == line => {
                out.push(step(b' ', *line, at));
                at += 1;
            }
            Some(own) if !own.ends_with(b"\n") && line.starts_with(own) && ended(line, own) => {
                out.push(step(b'-', *own, at));
                at += 1;
                out.push(step(b'+', *line, at));
            }
            _ => out.push(step(b'+', *line, at)),
        }
    }
    out
}

fn ended(line: &[u8], own: &[u8]) -> bool {
    matches!(line.get(own.len()..), Some(b"\n" | b"\r\n"))
}

fn hunks(steps: &[Step<'_>]) -> Vec<Vec<u8>> {
    let changes: Vec<usize> = (0..)
        .zip(steps)
        .filter(|(_, step)| step.sign != b' ')
        .map(|(at, _)| at)
        .collect();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for at in changes {
        let (from, to) = (
            at.saturating_sub(CONTEXT),
            steps.len().min(at + CONTEXT + 1),
        );
        match ranges.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => ranges.push((from, to)),
        }
    }
    let hunk = |(from, to): (usize, usize)| -> Vec<u8> {
        let part = steps.get(from..to).unwrap_or_default();
        let (mut old, mut new) = (0, 0);
        for step in part {
            old += usize::from(step.sign != b'+');
            new += usize::from(step.sign != b'-');
        }
        let first = part.first();
        // An empty side counts from the line before it.
        let start = |before: usize, count: usize| before + usize::from(count > 0);
        let mut out = format!(
            "@@ -{},{old} +{},{new} @@\n",
            start(first.map_or(0, |step| step.old), old),
            start(first.map_or(0, |step| step.new), new),
        )
        .into_bytes();
        for step in part {
            out.push(step.sign);
            out.extend_from_slice(step.text);
            if !step.text.ends_with(b"\n") {
                out.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
        }
        out
    };
    ranges.into_iter().map(hunk).collect()
}

/// A name as git writes it: in quotes, with escapes, where it holds what could be misread.
fn quoted(name: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| matches!(byte, 0x20..=0x7e) && !matches!(byte, b'"' | b'\\');
    if name.iter().all(plain) {
        return name.to_vec();
    }
    let mut out = vec![b'"'];
    for byte in name {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            byte if plain(byte) => out.push(*byte),
            byte => out.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    out.push(b'"');
    out
}
