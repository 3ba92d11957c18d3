//! Which rules may fit a span, by its first bytes, its alphabet and its length; and which words name
//! which provider. Built by the build script for the rules compiled in, and again at run time only
//! when there are rules of the user's.

use std::collections::BTreeMap;

use super::called::Called;
use super::head::Head;
use super::lead::Leads;
use super::led::{Led, is_led};
use super::model::{Block, Class, List, Need, Rule, Seg, Shape};
use super::shape::is_token;
use super::words::words;

/// A part of a rule, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartRef {
    /// Index of the rule.
    pub rule: u16,
    /// Index of the part in the rule.
    pub part: u8,
}

/// A shape and the parts that have it.
#[derive(Clone, Copy, Debug)]
pub struct ShapeEntry {
    /// The shape.
    pub shape: Shape,
    /// The parts.
    pub users: List<PartRef>,
    /// Whether some user needs no context: then no filter on randomness comes first.
    pub telling: bool,
    /// Whether some user needs nothing but a name of its own, and no provider.
    pub by_name: bool,
    /// Whether some user needs more than its shape.
    pub placed: bool,
}

/// What a span of token characters is made of, at the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Letters and digits.
    Alnum,
    /// And `-` and `_`.
    Url,
    /// And `+` and `/`, no `-` and `_`.
    Base64,
}

/// What a literal in the text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MentionKind {
    /// The provider's word.
    Word,
    /// A request header.
    Header,
    /// A host.
    Host,
    /// A function or class.
    Call,
    /// A package.
    Import,
    /// A test net.
    Testnet,
    /// Something else of the same name.
    Not,
}

/// A literal that names a provider, as word hashes.
#[derive(Clone, Copy, Debug)]
pub struct Literal {
    /// Its words.
    pub words: List<u64>,
    /// Which of them it is looked up by.
    pub anchor: u8,
    /// What it says.
    pub kind: MentionKind,
    /// Of which rule.
    pub rule: u16,
}

/// Everything the detection looks up.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// Shapes, each once.
    pub shapes: List<ShapeEntry>,
    /// What is asked first of each of them.
    pub heads: List<Head>,
    /// The class of each of them that is but one stretch of token characters; an empty one for the others.
    pub classes: List<Class>,
    /// For each [`Alphabet`], for each length, the shapes without a telling prefix.
    pub by_length: List<List<List<u16>>>,
    /// Shapes that begin with a literal of three bytes or more, sorted by those three.
    pub prefixes: List<([u8; 3], List<u16>)>,
    /// A bit for each [`prefix_slot`].
    pub prefix_filter: List<u64>,
    /// Shapes that hold other than token characters and have no telling prefix.
    pub open: List<u16>,
    /// Those of `open` that begin at their anchor, for each byte that may stand there.
    pub open_by_first: List<List<u16>>,
    /// The others, by what may stand in front of their anchor.
    pub led: Led,
    /// Parts found by a finder of their own.
    pub blocks: List<(Block, PartRef)>,
    /// Literals by the hash of their anchor, sorted.
    pub literals: List<(u64, List<Literal>)>,
    /// A bit for each anchor: its hash modulo 2¹⁷.
    pub literal_filter: List<u64>,
    /// A bit for each anchor of three bytes: [`prefix_slot`].
    pub short_literals: List<u64>,
    /// The same of longer anchors, by their first four bytes.
    pub leads: Leads,
    /// What parts are called.
    pub called: Called,
    /// SHA-256 of every published value, sorted: a value is published, whatever rule takes it.
    pub samples: List<[u8; 32]>,
    /// Those of wallets' rules: development keys.
    pub development: List<[u8; 32]>,
}

/// Longest span that is looked up by length.
pub const MAX_LENGTH: usize = 256;
/// Bits of the word filter.
pub(super) const LITERAL_BITS: u64 = 1 << 17;
/// Bits of the filter of prefixes.
const PREFIX_BITS: u32 = 15;

/// Where the filter keeps a prefix.
#[inline]
pub(super) const fn prefix_slot(prefix: [u8; 3]) -> usize {
    let packed = (prefix[0] as u32) << 16 | (prefix[1] as u32) << 8 | prefix[2] as u32;
    (packed.wrapping_mul(0x9E37_79B1) >> (32 - PREFIX_BITS)) as usize
}

/// Words that stand everywhere and so never lead to a literal.
const COMMON: &[&str] = &[
    "access",
    "account",
    "api",
    "apikey",
    "app",
    "auth",
    "authorization",
    "base",
    "bearer",
    "client",
    "cloud",
    "co",
    "com",
    "config",
    "data",
    "de",
    "exchange",
    "futures",
    "github",
    "golang",
    "http",
    "https",
    "id",
    "io",
    "java",
    "js",
    "key",
    "lib",
    "main",
    "name",
    "net",
    "new",
    "node",
    "open",
    "org",
    "passphrase",
    "pro",
    "python",
    "rest",
    "rs",
    "sdk",
    "secret",
    "server",
    "sign",
    "signature",
    "spot",
    "swap",
    "timestamp",
    "token",
    "trade",
    "trading",
    "user",
    "v1",
    "v2",
    "v3",
    "v5",
    "wallet",
    "web",
    "ws",
    "www",
    "x",
];

/// Builds the index of these rules.
pub(super) fn build(rules: &[Rule]) -> Index {
    let mut shapes: Vec<(Shape, Vec<PartRef>, bool)> = Vec::new();
    let mut by_text: BTreeMap<String, usize> = BTreeMap::new();
    let mut blocks = Vec::new();
    let mut literals: BTreeMap<u64, Vec<Literal>> = BTreeMap::new();
    let mut short_literals = vec![0u64; 1 << PREFIX_BITS >> 6];
    let mut long_anchors = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let number = number as u16;
        for (at, part) in rule.parts.iter().enumerate() {
            let user = PartRef {
                rule: number,
                part: at as u8,
            };
            if let Some(block) = part.block {
                blocks.push((block, user));
            }
            if part.need == Need::Pair {
                continue;
            }
            for shape in &*part.shapes {
                let id = *by_text.entry(format!("{shape:?}")).or_insert_with(|| {
                    shapes.push((*shape, Vec::new(), false));
                    shapes.len() - 1
                });
                shapes[id].1.push(user);
                shapes[id].2 |= part.need == Need::Nothing;
            }
        }
        for (kind, text) in spoken(rule) {
            if let Some((literal, anchor)) = literal(text, kind, number) {
                let anchor = anchor.to_ascii_lowercase();
                if anchor.len() >= 4 {
                    long_anchors.push(anchor.into_bytes());
                } else if let Some(head) = anchor.as_bytes().first_chunk::<3>() {
                    let slot = prefix_slot(*head);
                    short_literals[slot / 64] |= 1 << (slot % 64);
                }
                literals
                    .entry(literal.words[usize::from(literal.anchor)])
                    .or_default()
                    .push(literal);
            }
        }
    }
    let mut by_length = vec![vec![Vec::new(); MAX_LENGTH + 1]; 3];
    let mut prefixes: BTreeMap<[u8; 3], Vec<u16>> = BTreeMap::new();
    let mut open = Vec::new();
    for (id, (shape, ..)) in shapes.iter().enumerate() {
        let id = id as u16;
        if let Some(prefix) = telling_prefix(shape) {
            prefixes.entry(prefix).or_default().push(id);
        } else if let Some((alphabet, min, max)) = plain(shape)
            && min <= MAX_LENGTH
        {
            for ids in by_length[alphabet as usize]
                .iter_mut()
                .take(max.min(MAX_LENGTH) + 1)
                .skip(min)
            {
                ids.push(id);
            }
            if max > MAX_LENGTH {
                open.push(id);
            }
        } else {
            open.push(id);
        }
    }
    let open_by_first: Vec<List<u16>> = (0..=u8::MAX)
        .map(|byte| {
            let may = |id: &u16| {
                let shape = &shapes[usize::from(*id)].0;
                !is_led(shape) && begins(shape, byte)
            };
            open.iter().copied().filter(may).collect::<Vec<_>>().into()
        })
        .collect();
    let led = Led::of(open.iter().map(|id| (*id, &shapes[usize::from(*id)].0)));
    let mut prefix_filter = vec![0u64; 1 << PREFIX_BITS >> 6];
    for prefix in prefixes.keys() {
        let slot = prefix_slot(*prefix);
        prefix_filter[slot / 64] |= 1 << (slot % 64);
    }
    let mut literal_filter = vec![0u64; LITERAL_BITS as usize / 64];
    for hash in literals.keys() {
        let slot = hash % LITERAL_BITS;
        literal_filter[slot as usize / 64] |= 1 << (slot % 64);
    }
    Index {
        classes: shapes
            .iter()
            .map(|(shape, ..)| one_class(shape))
            .collect::<Vec<_>>()
            .into(),
        heads: shapes
            .iter()
            .map(|(shape, ..)| Head::of(shape))
            .collect::<Vec<_>>()
            .into(),
        shapes: shapes
            .into_iter()
            .map(|(shape, users, telling)| {
                let need = |user: &PartRef| {
                    rules[usize::from(user.rule)].parts[usize::from(user.part)].need
                };
                ShapeEntry {
                    shape,
                    telling,
                    by_name: users.iter().any(|user| need(user) == Need::Name),
                    placed: users.iter().any(|user| need(user) != Need::Nothing),
                    users: users.into(),
                }
            })
            .collect::<Vec<_>>()
            .into(),
        by_length: by_length
            .into_iter()
            .map(|lengths| {
                lengths
                    .into_iter()
                    .map(List::from)
                    .collect::<Vec<_>>()
                    .into()
            })
            .collect::<Vec<_>>()
            .into(),
        prefixes: prefixes
            .into_iter()
            .map(|(p, ids)| (p, ids.into()))
            .collect::<Vec<_>>()
            .into(),
        prefix_filter: prefix_filter.into(),
        open: open.into(),
        open_by_first: open_by_first.into(),
        led,
        blocks: blocks.into(),
        literals: literals
            .into_iter()
            .map(|(h, l)| (h, l.into()))
            .collect::<Vec<_>>()
            .into(),
        literal_filter: literal_filter.into(),
        short_literals: short_literals.into(),
        leads: Leads::of(&long_anchors),
        called: Called::of(rules),
        samples: samples(rules, |_| true),
        development: samples(rules, |rule| rule.domain == "wallet"),
    }
}

/// The published values of some rules.
fn samples(rules: &[Rule], of: fn(&Rule) -> bool) -> List<[u8; 32]> {
    let chosen = rules.iter().filter(|rule| of(rule));
    let mut all: Vec<[u8; 32]> = chosen.flat_map(|rule| rule.samples.0).copied().collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// Whether the body may begin with this byte.
fn begins(shape: &Shape, byte: u8) -> bool {
    match shape.body.first() {
        Some(Seg::Lit(text)) => text.as_bytes().first() == Some(&byte),
        Some(Seg::Run(class, min, _)) => *min == 0 || class.has(byte),
        None => true,
    }
}

fn spoken(rule: &Rule) -> impl Iterator<Item = (MentionKind, &'static str)> {
    let context = rule.context;
    let with =
        |kind: MentionKind, list: List<&'static str>| list.0.iter().map(move |text| (kind, *text));
    with(MentionKind::Word, context.words)
        .chain(with(MentionKind::Header, context.headers))
        .chain(with(MentionKind::Host, context.hosts))
        .chain(with(MentionKind::Call, context.calls))
        .chain(with(MentionKind::Import, context.imports))
        .chain(with(MentionKind::Testnet, context.testnet))
        .chain(with(MentionKind::Not, context.not))
}

/// The literal, and the word that it is looked up by.
fn literal(text: &str, kind: MentionKind, rule: u16) -> Option<(Literal, &str)> {
    let found: Vec<_> = words(text.as_bytes()).collect();
    let rare =
        |w: &super::words::Word| !COMMON.contains(&text[w.start..w.end].to_lowercase().as_str());
    let lead = |kind: MentionKind| {
        matches!(
            kind,
            MentionKind::Word | MentionKind::Testnet | MentionKind::Not
        )
    };
    let (anchor, word) = found
        .iter()
        .enumerate()
        .filter(|(_, w)| rare(w) || lead(kind))
        .max_by_key(|(at, w)| (rare(w), w.end - w.start, usize::MAX - at))?;
    let hashes: Vec<u64> = found.iter().map(|w| w.hash).collect();
    let literal = Literal {
        words: hashes.into(),
        anchor: anchor as u8,
        kind,
        rule,
    };
    Some((literal, &text[word.start..word.end]))
}

fn telling_prefix(shape: &Shape) -> Option<[u8; 3]> {
    match shape.body.first()? {
        Seg::Lit(text) if shape.lead.is_empty() => text.as_bytes().first_chunk::<3>().copied(),
        _ => None,
    }
}

/// The alphabet and the bounds of length, for a body of token characters alone; `=` at the end, the
/// padding of base64, does not count.
fn plain(shape: &Shape) -> Option<(Alphabet, usize, usize)> {
    if !shape.lead.is_empty() {
        return None;
    }
    let mut body = &shape.body[..];
    if let Some((Seg::Lit(text), rest)) = body.split_last()
        && text.bytes().all(|b| b == b'=')
    {
        body = rest;
    }
    let (mut dashes, mut pluses) = (false, false);
    for seg in body {
        let mut note = |b: u8| {
            dashes |= matches!(b, b'-' | b'_');
            pluses |= matches!(b, b'+' | b'/');
            is_token(b)
        };
        let token = match seg {
            Seg::Lit(text) => text.bytes().all(&mut note),
            Seg::Run(class, ..) => class.bytes().all(&mut note),
        };
        if !token {
            return None;
        }
    }
    let alphabet = match (dashes, pluses) {
        (false, false) => Alphabet::Alnum,
        (true, false) => Alphabet::Url,
        (false, true) => Alphabet::Base64,
        (true, true) => return None,
    };
    Some((
        alphabet,
        body.iter().map(Seg::min).sum(),
        body.iter().map(Seg::max).sum(),
    ))
}

/// The class of a shape that is one stretch of token characters and nothing else; an empty one of others.
fn one_class(shape: &Shape) -> Class {
    match &shape.body[..] {
        [seg @ Seg::Run(class, ..)] if shape.lead.is_empty() && seg.is_token() => *class,
        _ => Class(0),
    }
}

impl Index {
    /// The shapes whose values begin with these three bytes.
    #[inline]
    pub fn with_prefix(&self, prefix: [u8; 3]) -> &'static [u16] {
        let slot = prefix_slot(prefix);
        if self.prefix_filter.0[slot / 64] >> (slot % 64) & 1 == 0 {
            return &[];
        }
        let number = |[a, b, c]: [u8; 3]| u32::from_be_bytes([0, a, b, c]);
        let sought = number(prefix);
        match self
            .prefixes
            .0
            .binary_search_by_key(&sought, |(p, _)| number(*p))
        {
            Ok(at) => self.prefixes.0[at].1.0,
            Err(_) => &[],
        }
    }

    /// The shapes of values of this length in this alphabet.
    #[inline]
    pub fn with_length(&self, alphabet: Alphabet, length: usize) -> &'static [u16] {
        self.by_length.0[alphabet as usize]
            .0
            .get(length)
            .map_or(&[], |ids| ids.0)
    }

    /// The shapes of [`Index::open`] that begin with this byte, nothing in front of it.
    #[inline]
    pub fn open_with(&self, first: u8) -> &'static [u16] {
        self.open_by_first
            .0
            .get(usize::from(first))
            .map_or(&[], |ids| ids.0)
    }

    /// The literals that are looked up by this word.
    #[inline]
    pub fn literals_at(&self, hash: u64) -> &'static [Literal] {
        let slot = hash % LITERAL_BITS;
        if self.literal_filter.0[slot as usize / 64] >> (slot % 64) & 1 == 0 {
            return &[];
        }
        match self.literals.0.binary_search_by_key(&hash, |(h, _)| *h) {
            Ok(at) => self.literals.0[at].1.0,
            Err(_) => &[],
        }
    }
}
