//! JSON key files: Ethereum keystores, polkadot-js accounts, Tendermint validator keys.

use std::collections::VecDeque;

use memchr::memmem;

use super::BlockHit;
use crate::rule::Block;

/// The longest object that is taken for a key file, in bytes.
const LONGEST: usize = 64 * 1024;

/// The deepest nesting that is followed: key files have five levels.
const DEEPEST: usize = 256;

/// An object whose end is not reached yet.
struct Open {
    start: usize,
    /// The word that asked for this object.
    word: Option<usize>,
    /// Whether an object inside of it was looked at: no byte is read or reported twice.
    spent: bool,
}

/// Adds the objects that hold the words at `places`. The words stand one object deep in the file:
/// in `crypto` (Ethereum), in `encoding` (polkadot-js), in `priv_key` (Tendermint).
pub(super) fn find(bytes: &[u8], places: &[usize], out: &mut Vec<BlockHit>) {
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return;
    };
    let from = first.saturating_sub(LONGEST);
    let to = last.saturating_add(LONGEST).min(bytes.len());
    let mut places = places.iter().copied().peekable();
    let mut open: VecDeque<Open> = VecDeque::new();
    for (offset, byte) in bytes.get(from..to).unwrap_or_default().iter().enumerate() {
        let at = from + offset;
        if places.next_if_eq(&at).is_some() {
            let outer = open.len().saturating_sub(2);
            if let Some(object) = open.get_mut(outer) {
                object.word.get_or_insert(at);
            }
        }
        match byte {
            b'{' => {
                if open.len() == DEEPEST {
                    open.pop_front();
                }
                open.push_back(Open {
                    start: at,
                    word: None,
                    spent: false,
                });
            }
            b'}' => close(bytes, &mut open, at + 1, out),
            _ => {}
        }
    }
}

fn close(bytes: &[u8], open: &mut VecDeque<Open>, end: usize, out: &mut Vec<BlockHit>) {
    let Some(mut object) = open.pop_back() else {
        return;
    };
    let text = bytes.get(object.start..end).unwrap_or_default();
    if let Some(word) = object.word
        && !object.spent
        && text.len() <= LONGEST
    {
        object.spent = true;
        if is_key_file(text, bytes.get(word..).unwrap_or_default()) {
            let (block, value) = (Block::Keystore, text.to_vec());
            out.push(BlockHit {
                block,
                start: object.start,
                end,
                value,
                label: "",
            });
        }
    }
    if let Some(outer) = open.back_mut() {
        outer.spent |= object.spent;
    }
}

/// Whether the object has the field that holds the key, by the word that was found in it.
fn is_key_file(text: &[u8], word: &[u8]) -> bool {
    let needle: &[u8] = match word.first() {
        Some(b'k') => b"ciphertext",
        Some(b'p') => b"encoded",
        _ => b"value",
    };
    memmem::find(text, needle).is_some()
}
