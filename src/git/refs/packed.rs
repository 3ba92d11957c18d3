//! Packed refs: many in one file (git-pack-refs(1)).

use std::io::{BufRead, BufReader, Read};

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::Kind as Hash;

use super::follow::Found;
use super::told::Told;
use super::value::Value;
use crate::git::{Layout, commits};
use crate::source::open;

/// The longest line, in bytes: an id and the longest name.
const LONGEST: u64 = 1 << 13;
/// How many lines are read.
const MOST: usize = 20_000_000;

/// Reads `packed-refs`: lines of `<id> <name>`, each followed by `^<id>` where the object is a tag.
/// A name that a loose ref has keeps that one's value.
pub(super) fn read(layout: &Layout, found: &mut Found, told: &mut Told) {
    let path = layout.common_dir.join("packed-refs");
    let file = match open::regular(&path) {
        Ok(Some((file, _))) => file,
        Ok(None) => return told.damaged(&path, "it is no regular file"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => return told.unreadable(&path, &error),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut last: Option<Packed> = None;
    let mut wrong = Wrong::default();
    for number in 1.. {
        line.clear();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                told.unreadable(&path, &error);
                break;
            }
        }
        if number > MOST {
            told.damaged(&path, format!("it has more than {MOST} lines"));
            break;
        }
        let text = match line.strip_suffix(b"\n") {
            Some(text) => text,
            None => {
                // Cut short: its id may be whole all the same. Or far too long.
                wrong.add(number);
                if line.len() as u64 == LONGEST {
                    skip_line(&mut reader);
                    continue;
                }
                &line
            }
        };
        if text.starts_with(b"#") {
            continue;
        }
        if let Some(hex) = text.strip_prefix(b"^") {
            match (commits::id(hex.trim_end(), layout.hash), &mut last) {
                (Some(id), Some(packed)) if packed.peeled.is_none() => packed.peeled = Some(id),
                _ => wrong.add(number),
            }
            continue;
        }
        add(last.take(), found);
        last = Packed::parse(text, layout.hash);
        if last.is_none() {
            wrong.add(number);
        }
    }
    add(last, found);
    if let Some(first) = wrong.first {
        let more = match wrong.count {
            1 => String::new(),
            count => format!(", and {} more,", count - 1),
        };
        let what = format!("line {first}{more} is no ref; the rest was read");
        told.damaged(&path, what);
    }
}

struct Packed {
    name: Vec<u8>,
    id: ObjectId,
    peeled: Option<ObjectId>,
}

impl Packed {
    fn parse(line: &[u8], hash: Hash) -> Option<Self> {
        let (hex, name) = line.split_at_checked(hash.len_in_hex())?;
        let name = name.strip_prefix(b" ")?.trim_end();
        let id = commits::id(hex, hash).filter(|id| !id.is_null())?;
        (!name.is_empty()).then(|| Self {
            name: name.to_vec(),
            id,
            peeled: None,
        })
    }
}

#[derive(Default)]
struct Wrong {
    first: Option<usize>,
    count: usize,
}

impl Wrong {
    fn add(&mut self, number: usize) {
        self.first.get_or_insert(number);
        self.count += 1;
    }
}

fn add(packed: Option<Packed>, found: &mut Found) {
    if let Some(packed) = packed {
        found.add(packed.name, Value::Id(packed.id), packed.peeled);
    }
}

/// Reads on to the end of the line, keeping nothing.
pub(super) fn skip_line(reader: &mut impl BufRead) {
    // An error shows again at the next reading.
    while let Ok(bytes) = reader.fill_buf() {
        let (used, done) = match bytes.find_byte(b'\n') {
            Some(at) => (at + 1, true),
            None => (bytes.len(), bytes.is_empty()),
        };
        reader.consume(used);
        if done {
            break;
        }
    }
}
