//! The set: every rule's credential in every way, and the same names over what is no credential.

use std::fs;
use std::path::Path;

use keyfence::rule::{Block, Need, Part, Role, Rule, Set, forge};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::holding::{Field, Lines, NOISE, WAYS, Way};

/// One file of the set.
pub(crate) struct Case {
    pub(crate) rule: &'static Rule,
    pub(crate) way: &'static str,
    pub(crate) path: &'static str,
    pub(crate) text: String,
    /// The parts that must be found: name, whether it is a secret one, value. None in a case of noise.
    pub(crate) parts: Vec<(&'static str, bool, String)>,
}

/// All cases of these rules, or one in so many of them, of each rule others: the same at every run with the
/// same seed.
pub(crate) fn cases(set: Set, seed: &str, one_in: usize) -> Vec<Case> {
    let of_rule = |(number, rule): (usize, &'static Rule)| {
        let cases = of_rule(rule, seed).into_iter().enumerate();
        cases.filter_map(move |(at, case)| {
            usize::is_multiple_of(at + number, one_in).then_some(case)
        })
    };
    set.rules().iter().enumerate().flat_map(of_rule).collect()
}

fn of_rule(rule: &'static Rule, seed: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for way in WAYS {
        // A fresh credential for each file: the same value in two files would be one finding.
        let seed = format!("{seed} {}", way.name);
        let parts = parts(rule, way, &seed);
        if !parts.iter().any(|(part, _)| part.secret) {
            continue;
        }
        let fields: Vec<Field> = parts
            .iter()
            .map(|(part, value)| Field {
                words: words(rule, part),
                value: written(value, way.lines),
            })
            .collect();
        cases.push(Case {
            rule,
            way: way.name,
            path: way.path,
            text: way.text(&fields),
            parts: parts
                .into_iter()
                .map(|(part, value)| (part.name, part.secret, value))
                .collect(),
        });
    }
    cases.extend(noise(rule, seed));
    cases
}

/// The parts that this way can hold, with made-up values. Of parts that stand for each other, such as several
/// kinds of one token, each way takes another.
fn parts(rule: &'static Rule, way: &Way, seed: &str) -> Vec<(&'static Part, String)> {
    let made: Vec<(&Part, String)> = rule
        .parts
        .0
        .iter()
        .filter_map(|part| Some((part, forge::of_part(rule, part, seed).ok()?)))
        .filter(|(part, value)| {
            let lines = value.contains('\n');
            let apart = matches!(part.block, Some(Block::Bytes | Block::Keystore));
            !(apart || lines && way.lines == Lines::None)
        })
        .collect();
    let alone = |part: &Part| part.need == Need::Nothing || part.role == Role::Seed;
    let (alone, together): (Vec<_>, Vec<_>) = made.into_iter().partition(|(part, _)| alone(part));
    let which = digest(&format!("{} {seed}", rule.id))[0] as usize;
    // Parts that are credentials of their own: each way takes another.
    if rule.within == 0 {
        let parts = together.into_iter().chain(alone);
        let secrets: Vec<_> = parts.filter(|(part, _)| part.secret).collect();
        let which = which % secrets.len().max(1);
        return secrets.into_iter().nth(which).into_iter().collect();
    }
    let mut taken: Vec<(&Part, String)> = Vec::new();
    // A key signs with a secret or with a private key, never with both: each way takes another.
    let signs = |part: &Part| matches!(part.role, Role::Secret | Role::PrivateKey);
    let signers = together.iter().filter(|(part, _)| signs(part)).count();
    let signer = together.iter().filter(|(part, _)| signs(part));
    let signer = signer
        .map(|(part, _)| part.name)
        .nth(which % signers.max(1));
    for (part, value) in together {
        if signs(part) && signer.is_some_and(|name| name != part.name) {
            continue;
        }
        // One of each role: a rule may have several kinds of key.
        if !taken.iter().any(|(other, _)| other.role == part.role) {
            taken.push((part, value));
        }
    }
    // What needs the other half does not stand alone.
    let whole = |part: &Part| part.secret && part.need != Need::Pair;
    if taken.iter().any(|(part, _)| whole(part)) || alone.is_empty() {
        return taken;
    }
    let which = which % alone.len();
    taken.extend(alone.into_iter().nth(which));
    taken
}

fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// The words of a part's name: the provider's and the part's own, or those of its role.
fn words(rule: &Rule, part: &Part) -> Vec<String> {
    let own = part.names.0.first().copied();
    let role = match part.role {
        Role::Key => "api key",
        Role::Secret => "api secret",
        Role::Passphrase => "passphrase",
        Role::Memo => "memo",
        Role::Id => "client id",
        Role::Token => "token",
        Role::PrivateKey => "private key",
        Role::Seed => "mnemonic",
        Role::Password => "password",
    };
    let provider = rule.context.words.0.first().copied().unwrap_or("");
    let name = own.unwrap_or(role);
    let name = if provider.is_empty() || name.contains(provider) {
        name.to_owned()
    } else {
        format!("{provider} {name}")
    };
    name.split([' ', '-', '_']).map(str::to_owned).collect()
}

fn written(value: &str, lines: Lines) -> String {
    match lines {
        Lines::Escaped => value.replace('\n', "\\n"),
        Lines::None | Lines::Whole => value.to_owned(),
    }
}

/// The names of the secret parts over what is no credential.
fn noise(rule: &'static Rule, seed: &str) -> Vec<Case> {
    let secret = rule.parts.0.iter().find(|part| part.secret);
    let Some(part) = secret else {
        return Vec::new();
    };
    let words = words(rule, part);
    let ways = [0, 2, 6, 7];
    NOISE
        .iter()
        .enumerate()
        .filter_map(|(number, (kind, text))| {
            let way = WAYS.get(ways[number % ways.len()])?;
            let hex: String = digest(&format!("{seed} {} {kind}", rule.id))
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let value = text.replace("NAME", &words.join("_")).replace("{}", &hex);
            let field = Field {
                words: words.clone(),
                value,
            };
            Some(Case {
                rule,
                way: kind,
                path: way.path,
                text: way.text(&[field]),
                parts: Vec::new(),
            })
        })
        .collect()
}

/// The folder of the case with this number: no word in it says anything.
pub(crate) fn folder(number: usize) -> String {
    format!("w{number:05}")
}

/// Writes the set: a folder for each case, and beside them what stands in each (`truth.jsonl`).
pub(crate) fn write(root: &Path, cases: &[Case]) {
    let mut truth = String::new();
    for (number, case) in cases.iter().enumerate() {
        let file = root.join("set").join(folder(number)).join(case.path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &case.text).unwrap();
        let secrets: Vec<&str> = case
            .parts
            .iter()
            .filter(|(_, secret, _)| *secret)
            .map(|(_, _, value)| value.as_str())
            .collect();
        let parts: Vec<&str> = case.parts.iter().map(|(_, _, v)| v.as_str()).collect();
        let line = json!({
            "path": format!("{}/{}", folder(number), case.path),
            "rule": case.rule.id,
            "provider": case.rule.provider,
            "domain": case.rule.domain,
            "way": case.way,
            "secrets": secrets,
            "parts": parts,
        });
        truth.push_str(&format!("{line}\n"));
    }
    fs::write(root.join("truth.jsonl"), truth).unwrap();
}
