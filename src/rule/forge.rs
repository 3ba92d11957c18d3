//! Made-up values for the slots of examples («key», «hex:64», «uuid»): of the right shape, with right
//! checksums, the same at every run, and never written down.

use sha2::{Digest, Sha256};

use super::model::{Block, Class, Part, Role, Rule, Seg, Shape};
use super::{Set, shape};
use crate::prove;

/// A stream of bytes that depends on its seed alone.
#[derive(Debug)]
pub struct Stream {
    seed: Vec<u8>,
    counter: u64,
    block: Vec<u8>,
}

impl Stream {
    /// The stream of a seed.
    pub fn new(seed: &str) -> Self {
        Self {
            seed: seed.as_bytes().to_vec(),
            counter: 0,
            block: Vec::new(),
        }
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.block.pop() {
                return byte;
            }
            let mut hash = Sha256::new();
            hash.update(&self.seed);
            hash.update(self.counter.to_le_bytes());
            self.counter += 1;
            self.block = hash.finalize().to_vec();
        }
    }

    /// A number below `bound`, each as likely.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = (0..4).fold(0usize, |n, _| n << 8 | usize::from(self.byte()));
        if bound == 0 { 0 } else { number % bound }
    }

    fn of_class(&mut self, class: Class) -> char {
        let bytes: Vec<u8> = class.bytes().collect();
        bytes
            .get(self.below(bytes.len()))
            .map_or('0', |b| *b as char)
    }
}

/// A value of a shape.
pub fn of_shape(shape: &Shape, stream: &mut Stream) -> String {
    let mut out = String::new();
    for seg in shape.lead.iter().chain(shape.body.iter()) {
        match seg {
            Seg::Lit(text) => out.push_str(text),
            Seg::Run(class, min, max) => {
                let spread = usize::from(max - min).min(8) + 1;
                let count = usize::from(*min) + stream.below(spread);
                out.extend((0..count).map(|_| stream.of_class(*class)));
            }
        }
    }
    out
}

/// A made-up value of a part; `seed` tells one from another.
pub fn of_part(rule: &Rule, part: &Part, seed: &str) -> Result<String, String> {
    let mut stream = Stream::new(&format!("{} {} {seed}", rule.id, part.name));
    if part.block == Some(Block::Login) {
        return plain("alnum:14", &format!("{} {seed}", part.name))
            .ok_or_else(|| "there is no made-up password".to_owned());
    }
    if let Some(shape) = part.shapes.get(stream.below(part.shapes.len())) {
        // A proof that looks into the value must hold: most shapes need no help, others are made by
        // the proof itself, where it can make one of this shape.
        let Some(prove) = part.proof.and_then(prove::prover) else {
            return Ok(of_shape(shape, &mut stream));
        };
        for _ in 0..64 {
            let value = of_shape(shape, &mut stream);
            if matches!(prove(value.as_bytes()), prove::Proof::Proved(_)) {
                return Ok(value);
            }
        }
    }
    if part.block == Some(super::Block::Value) {
        return Ok(of_role(part.role, &mut stream));
    }
    let proof = part.proof.ok_or_else(|| {
        format!(
            "part `{}` has neither shape nor proof to make a value of",
            part.name
        )
    })?;
    for _ in 0..64 {
        let number = (0..8).fold(0u64, |n, _| n << 8 | u64::from(stream.byte()));
        let value = prove::forge(proof, number)
            .ok_or_else(|| format!("there is no made-up value for proof `{proof}`"))?;
        if part.shapes.is_empty()
            || part
                .shapes
                .iter()
                .any(|shape| shape.matches(value.as_bytes()))
        {
            return Ok(value);
        }
    }
    Err(format!(
        "no made-up value of proof `{proof}` has the shape of part `{}`",
        part.name
    ))
}

/// A value that nobody's rule knows: a password of 14 characters with signs, or 40 letters and digits.
fn of_role(role: Role, stream: &mut Stream) -> String {
    const PASSWORD: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!%*+-=?@^_";
    const TOKEN: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let (signs, length) = match role {
        Role::Password | Role::Passphrase => (PASSWORD, 14),
        _ => (TOKEN, 40),
    };
    (0..length)
        .filter_map(|_| signs.get(stream.below(signs.len())))
        .map(|byte| char::from(*byte))
        .collect()
}

/// Fills the slots of an example.
///
/// # Errors
///
/// Names the slot that can't be filled.
pub fn fill(set: Set, rule: &Rule, text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('«') {
        let after = &rest[open + '«'.len_utf8()..];
        let close = after
            .find('»')
            .ok_or_else(|| "a slot does not end: `»` is missing".to_owned())?;
        out.push_str(&rest[..open]);
        out.push_str(&slot(set, rule, &after[..close])?);
        rest = &after[close + '»'.len_utf8()..];
    }
    out.push_str(rest);
    Ok(out)
}

fn slot(set: Set, rule: &Rule, slot: &str) -> Result<String, String> {
    let (name, filters) = slot
        .split_once('|')
        .map_or((slot, None), |(n, f)| (n, Some(f)));
    let (name, seed) = name.split_once('#').unwrap_or((name, ""));
    let mut value = if let Some(part) = rule.parts.iter().find(|p| p.name == name) {
        of_part(rule, part, seed)?
    } else if let Some((id, part)) = name.split_once('.')
        && let Some(other) = set.get(id)
        && let Some(part) = other.parts.iter().find(|p| p.name == part)
    {
        of_part(other, part, seed)?
    } else {
        plain(name, seed).ok_or_else(|| {
            format!("«{slot}» is neither a part of the rule nor an alphabet and a length")
        })?
    };
    for filter in filters.iter().flat_map(|f| f.split('|')) {
        value = filtered(&value, filter)
            .ok_or_else(|| format!("«{slot}»: there is no filter `{filter}`"))?;
    }
    Ok(value)
}

fn plain(name: &str, seed: &str) -> Option<String> {
    let mut stream = Stream::new(&format!("{name} {seed}"));
    if name == "uuid" {
        let hex: Vec<char> = (0..32)
            .map(|_| char::from_digit(stream.below(16) as u32, 16).unwrap_or('0'))
            .collect();
        let text: String = hex.into_iter().collect();
        let variant = ["8", "9", "a", "b"][stream.below(4)];
        return Some(format!(
            "{}-{}-4{}-{variant}{}-{}",
            &text[..8],
            &text[8..12],
            &text[13..16],
            &text[17..20],
            &text[20..]
        ));
    }
    let (alphabet, length) = name.rsplit_once(':')?;
    let class = shape::alphabet(alphabet).ok()?;
    let length: usize = length.parse().ok()?;
    Some((0..length).map(|_| stream.of_class(class)).collect())
}

fn filtered(value: &str, filter: &str) -> Option<String> {
    use base64::Engine as _;
    Some(match filter {
        "base64" => base64::engine::general_purpose::STANDARD.encode(value),
        "percent" => value
            .bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                    (b as char).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect(),
        "json" => value.replace('\n', "\\n"),
        "lower" => value.to_lowercase(),
        "upper" => value.to_uppercase(),
        _ => return None,
    })
}
