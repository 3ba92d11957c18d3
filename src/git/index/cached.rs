//! The trees that an index knows already: its TREE extension (gitformat-index(5), "Cache tree").

use std::ops::Range;

use gix::ObjectId;
use gix::hash::Kind;

use super::entry::Reader;

/// The known trees, each before those below it.
#[derive(Debug)]
pub(in crate::git) struct Cached {
    nodes: Vec<Node>,
    names: Vec<u8>,
}

/// A directory.
#[derive(Debug)]
struct Node {
    name: Range<usize>,
    /// How many entries it covers, and its tree; none when it has changed since.
    tree: Option<(u32, ObjectId)>,
    /// The node after the last one below it.
    end: usize,
}

impl Cached {
    /// Decodes the extension; none when it is damaged: git does without it then.
    pub(super) fn decode(body: &[u8], kind: Kind) -> Option<Self> {
        let mut reader = Reader { bytes: body, at: 0 };
        let mut out = Self {
            nodes: Vec::new(),
            names: Vec::new(),
        };
        // Nodes that are open, and how many they still have below them.
        let mut open: Vec<(usize, usize)> = Vec::new();
        loop {
            let number = out.nodes.len();
            let below = out.node(&mut reader, kind)?;
            open.push((number, below));
            while let Some((node, 0)) = open.last().copied() {
                out.nodes.get_mut(node)?.end = out.nodes.len();
                open.pop();
            }
            match open.last_mut() {
                Some((_, below)) => *below -= 1,
                None => break,
            }
        }
        (reader.at == body.len()).then_some(out)
    }

    /// Takes one node, and returns how many stand directly below it.
    fn node(&mut self, reader: &mut Reader<'_>, kind: Kind) -> Option<usize> {
        let name = reader.until_nul()?;
        let start = self.names.len();
        self.names.extend_from_slice(name);
        let count = reader.until(b' ')?;
        let below = number(reader.until(b'\n')?)?;
        let tree = if count.starts_with(b"-") {
            None
        } else {
            let id = ObjectId::try_from(reader.take(kind.len_in_bytes())?).ok()?;
            Some((number(count)?, id))
        };
        self.nodes.push(Node {
            name: start..self.names.len(),
            tree,
            end: 0,
        });
        usize::try_from(below).ok()
    }

    /// The node of the work tree's top.
    pub(in crate::git) fn top(&self) -> Option<usize> {
        (!self.nodes.is_empty()).then_some(0)
    }

    /// How many entries a directory covers, and its tree; none when it has changed since.
    pub(in crate::git) fn tree(&self, node: usize) -> Option<(u32, ObjectId)> {
        self.nodes.get(node)?.tree
    }

    /// The directories directly below one, by name.
    pub(in crate::git) fn below(&self, node: usize) -> Vec<(&[u8], usize)> {
        let mut out = Vec::new();
        let end = self.nodes.get(node).map_or(0, |node| node.end);
        let mut at = node + 1;
        while at < end
            && let Some(child) = self.nodes.get(at)
        {
            out.push((self.names.get(child.name.clone()).unwrap_or_default(), at));
            at = child.end.max(at + 1);
        }
        out.sort_unstable();
        out
    }
}

/// A number in decimal digits.
fn number(digits: &[u8]) -> Option<u32> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    text.parse().ok()
}
