//! A rule as people and programs read it.

use serde_json::{Value, json};

use super::escape_lines;
use crate::report::docs;
use crate::report::text::count;
use crate::rule::{Need, Part, Role, Rule, Seg, Shape};

pub(in crate::command) fn text(rule: &Rule) -> String {
    let mut out = format!("{}: {}\n", rule.id, rule.provider);
    if !rule.about.is_empty() {
        out.push_str(&format!("{}\n", rule.about));
    }
    out.push_str(&format!(
        "\nseverity: {}, on a test net {}\n",
        rule.pair.as_str(),
        rule.testnet.as_str()
    ));
    for part in rule.parts.iter() {
        out.push_str(&format!("part: {}\n", part_line(part)));
    }
    for (name, items) in context(rule) {
        if !items.is_empty() {
            out.push_str(&format!("{name}: {}\n", items.join(", ")));
        }
    }
    if !rule.remedy.steps.is_empty() {
        out.push_str("\nwhen leaked:\n");
    }
    for (i, step) in rule.remedy.steps.iter().enumerate() {
        out.push_str(&format!("  {}. {step}\n", i + 1));
    }
    if let Some(days) = rule.remedy.rotate_days {
        out.push_str(&format!("replace every {days} days\n"));
    }
    let docs = docs::url(rule);
    for (name, url) in [
        ("revoke", rule.remedy.revoke),
        ("page", rule.page),
        ("more", docs.as_deref()),
    ] {
        if let Some(url) = url {
            out.push_str(&format!("{name}: {url}\n"));
        }
    }
    let hits = rule.examples.iter().filter(|e| !e.finds.is_empty()).count();
    let misses = rule.examples.len() - hits;
    out.push_str(&format!(
        "\nfile: {} ({}, {})\n",
        rule.file,
        count(hits as u64, "example"),
        count(misses as u64, "counter-example")
    ));
    escape_lines(&out)
}

pub(super) fn json(rule: &Rule) -> Value {
    let context: serde_json::Map<String, Value> = context(rule)
        .into_iter()
        .map(|(name, items)| (name.to_owned(), json!(items)))
        .collect();
    json!({
        "schema_version": 1,
        "id": rule.id,
        "provider": rule.provider,
        "domain": rule.domain,
        "file": rule.file,
        "about": rule.about,
        "page": rule.page,
        "docs": docs::url(rule),
        "severity": { "pair": rule.pair.as_str(), "testnet": rule.testnet.as_str() },
        "parts": rule.parts.iter().map(|p| json!({
            "name": p.name,
            "role": role(p.role),
            "sensitive": p.secret,
            "need": need(p.need),
            "names": &p.names[..],
            "shapes": p.shapes.iter().map(shape).collect::<Vec<_>>(),
            "block": p.block.map(|b| format!("{b:?}").to_lowercase()),
            "proof": p.proof,
            "severity": p.severity.as_str(),
            "confidence": p.confidence.as_str(),
        })).collect::<Vec<_>>(),
        "within_lines": rule.within,
        "context": context,
        "remedy": { "revoke": rule.remedy.revoke, "steps": &rule.remedy.steps[..], "rotate_days": rule.remedy.rotate_days },
        "examples": rule.examples.len(),
    })
}

fn part_line(part: &Part) -> String {
    let mut said = vec![part.name.to_owned()];
    if role(part.role) != part.name {
        said.push(format!("role {}", role(part.role)));
    }
    said.extend(part.shapes.iter().map(shape));
    said.extend(
        part.block
            .map(|block| format!("a block of {}", format!("{block:?}").to_lowercase())),
    );
    said.extend(part.proof.map(|proof| format!("proof {proof}")));
    said.push(format!("needs {}", need(part.need)));
    said.push(format!("alone {}", part.severity.as_str()));
    if !part.secret {
        said.push("no secret by itself".to_owned());
    }
    said.join("; ")
}

fn context(rule: &Rule) -> [(&'static str, Vec<&'static str>); 8] {
    let c = &rule.context;
    [
        ("words", c.words.to_vec()),
        ("headers", c.headers.to_vec()),
        ("hosts", c.hosts.to_vec()),
        ("calls", c.calls.to_vec()),
        ("imports", c.imports.to_vec()),
        ("files", c.files.to_vec()),
        ("testnet", c.testnet.to_vec()),
        ("not", c.not.to_vec()),
    ]
}

/// A shape in the manner of a regular expression.
pub(super) fn shape(shape: &Shape) -> String {
    let seg = |seg: &Seg| match seg {
        Seg::Lit(text) => regex::escape(text),
        Seg::Run(class, least, most) => {
            let class = ranges(&class.bytes().collect::<Vec<_>>());
            match (least, most) {
                (1, 1) => class,
                (least, most) if least == most => format!("{class}{{{least}}}"),
                (least, most) => format!("{class}{{{least},{most}}}"),
            }
        }
    };
    shape
        .lead
        .iter()
        .chain(shape.body.iter())
        .map(seg)
        .collect()
}

/// The bytes of a class in brackets, neighbours joined.
fn ranges(bytes: &[u8]) -> String {
    let mut out = String::from("[");
    for run in bytes.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let shown = |b: &u8| regex::escape(&(*b as char).to_string());
        match run {
            [first, _, .., last] => out.push_str(&format!("{}-{}", shown(first), shown(last))),
            few => few.iter().for_each(|b| out.push_str(&shown(b))),
        }
    }
    out.push(']');
    out
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Key => "key",
        Role::Secret => "secret",
        Role::Passphrase => "passphrase",
        Role::Memo => "memo",
        Role::Id => "id",
        Role::Token => "token",
        Role::PrivateKey => "private-key",
        Role::Seed => "seed",
        Role::Password => "password",
    }
}

fn need(need: Need) -> &'static str {
    match need {
        Need::Nothing => "nothing",
        Need::Name => "name",
        Need::Context => "context",
        Need::Pair => "pair",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Class, List};

    #[test]
    fn shapes_read_like_regular_expressions() {
        let class = |bytes: &[u8]| Class(bytes.iter().fold(0, |c, b| c | 1u128 << b));
        let hex = class(b"0123456789abcdef");
        let segs: &'static [Seg] = Box::leak(Box::new([
            Seg::Lit("sk_"),
            Seg::Run(hex, 32, 32),
            Seg::Run(class(b"-_"), 1, 1),
            Seg::Run(hex, 1, 4),
        ]));
        assert_eq!(
            shape(&Shape {
                lead: List(&[]),
                body: List(segs)
            }),
            r"sk_[0-9a-f]{32}[\-_][0-9a-f]{1,4}"
        );
    }
}
