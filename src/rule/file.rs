//! The rule file as it is written (`rules/README.md`), and its turn into a [`Rule`].

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::misread;
use super::model::{
    Block, Confidence, Context, Example, Expected, List, Need, Part, Remedy, Role, Rule, Severity,
    Shape,
};
use super::nearest::nearest;
use super::shape;

/// Where to look when the message does not say it.
const README: &str = "rules/README.md shows a whole rule; the file is TOML";
/// The roles as a file writes them.
const ROLES: &str = "key, secret, passphrase, memo, id, token, private-key, seed, password";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    provider: String,
    id: Spanned<String>,
    page: Option<String>,
    about: String,
    #[serde(default)]
    context: ContextFile,
    part: Vec<Spanned<PartFile>>,
    #[serde(default)]
    pairing: Pairing,
    #[serde(default)]
    severity: SeverityFile,
    remedy: RemedyFile,
    #[serde(default)]
    samples: Samples,
    #[serde(default)]
    example: Vec<Spanned<ExampleFile>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct ContextFile {
    words: Vec<String>,
    headers: Vec<String>,
    hosts: Vec<String>,
    calls: Vec<String>,
    imports: Vec<String>,
    files: Vec<String>,
    testnet: Vec<String>,
    not: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    name: String,
    kind: Option<String>,
    role: Option<RoleWord>,
    secret: Option<bool>,
    need: Option<NeedWord>,
    #[serde(default)]
    names: Vec<String>,
    shape: Option<ShapeFile>,
    #[serde(default)]
    shapes: Vec<ShapeFile>,
    pattern: Option<String>,
    #[serde(default)]
    patterns: Vec<String>,
    block: Option<BlockWord>,
    proof: Option<String>,
    severity: Option<SeverityWord>,
    confidence: Option<ConfidenceWord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeFile {
    alphabet: String,
    length: Option<Length>,
    groups: Option<Vec<u16>>,
    separator: Option<String>,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    suffix: String,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`length` is neither a number nor [min, max]")]
enum Length {
    Exact(u16),
    Between([u16; 2]),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Pairing {
    within: u32,
}

impl Default for Pairing {
    fn default() -> Self {
        Self { within: 12 }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct SeverityFile {
    pair: Option<SeverityWord>,
    testnet: Option<SeverityWord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemedyFile {
    revoke: Option<String>,
    steps: Vec<String>,
    rotate_days: Option<u16>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Samples {
    sha256: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    path: Option<String>,
    text: String,
    finds: Vec<ExpectedFile>,
    why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFile {
    rule: Option<String>,
    part: String,
    line: u32,
    confidence: Option<ConfidenceWord>,
    severity: Option<SeverityWord>,
}

/// Declares the words a file uses for an enum of the model.
macro_rules! words {
    ($word:ident => $model:ident { $($variant:ident),+ $(,)? }) => {
        #[derive(Clone, Copy, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum $word { $($variant),+ }
        impl From<$word> for $model {
            fn from(word: $word) -> Self {
                match word { $($word::$variant => Self::$variant),+ }
            }
        }
    };
}

words!(RoleWord => Role { Key, Secret, Passphrase, Memo, Id, Token, PrivateKey, Seed, Password });
words!(NeedWord => Need { Nothing, Name, Context, Pair });
words!(BlockWord => Block { Words, Bytes, Armor, Keystore, Value, Login });
words!(SeverityWord => Severity { Info, Low, Medium, High, Critical });
words!(ConfidenceWord => Confidence { Possible, Likely, Certain });

/// What is wrong with a rule file: the line, and what to do.
#[derive(Debug)]
pub(super) struct FileError {
    /// Line in the file, from 1.
    pub(super) line: u32,
    /// What is wrong.
    pub(super) what: String,
    /// What to write instead.
    pub(super) help: String,
}

/// Reads a rule file's text. `file` is its path for messages, `domain` its folder, `proofs` the names
/// of the proofs there are.
///
/// # Errors
///
/// Names the line and what is wrong.
pub(super) fn parse(
    text: &str,
    file: &str,
    domain: &str,
    proofs: &[&str],
) -> Result<Rule, FileError> {
    let lines = Lines(text);
    let parsed: RuleFile = toml::from_str(text).map_err(|error| {
        let (what, help) = misread::explain(error.message());
        FileError {
            line: error.span().map_or(1, |span| lines.at(span.start)),
            what,
            help: help.unwrap_or_else(|| README.to_owned()),
        }
    })?;
    Reader { lines, proofs }.rule(parsed, file, domain)
}

struct Lines<'t>(&'t str);

impl Lines<'_> {
    fn at(&self, offset: usize) -> u32 {
        1 + self.0.bytes().take(offset).filter(|b| *b == b'\n').count() as u32
    }
}

struct Reader<'t> {
    lines: Lines<'t>,
    proofs: &'t [&'t str],
}

fn leak(text: String) -> &'static str {
    text.leak()
}

fn leak_all(texts: Vec<String>) -> List<&'static str> {
    texts.into_iter().map(leak).collect::<Vec<_>>().into()
}

fn leak_lower(texts: Vec<String>) -> List<&'static str> {
    texts
        .into_iter()
        .map(|t| leak(t.to_lowercase()))
        .collect::<Vec<_>>()
        .into()
}

impl Reader<'_> {
    fn error(&self, at: usize, what: impl Into<String>, help: impl Into<String>) -> FileError {
        FileError {
            line: self.lines.at(at),
            what: what.into(),
            help: help.into(),
        }
    }

    fn rule(&self, file: RuleFile, path: &str, domain: &str) -> Result<Rule, FileError> {
        let id = file.id.get_ref().clone();
        let at = file.id.span().start;
        if !is_kebab(&id) {
            return Err(self.error(
                at,
                format!("id `{id}` is not kebab case"),
                "use `a-z`, `0-9` and single `-` between them",
            ));
        }
        if file.part.is_empty() {
            return Err(self.error(at, "the rule has no part", "add a [[part]]"));
        }
        let parts = file
            .part
            .into_iter()
            .map(|p| self.part(p))
            .collect::<Result<Vec<_>, _>>()?;
        let mut seen = BTreeMap::new();
        for part in &parts {
            if seen.insert(part.name, ()).is_some() {
                return Err(self.error(
                    at,
                    format!("two parts are called `{}`", part.name),
                    "give each part a name of its own",
                ));
            }
        }
        let needs_word = parts.iter().any(|p| p.need == Need::Context);
        let c = &file.context;
        if needs_word
            && c.words.is_empty()
            && c.headers.is_empty()
            && c.hosts.is_empty()
            && c.calls.is_empty()
        {
            return Err(self.error(
                at,
                "a part needs context, but [context] says none",
                "name words, headers, hosts or calls under [context], or give the part another `need`",
            ));
        }
        let examples = file
            .example
            .into_iter()
            .map(|e| self.example(e, &parts))
            .collect::<Result<Vec<_>, _>>()?;
        let mut samples = file
            .samples
            .sha256
            .iter()
            .map(|s| self.hash(s))
            .collect::<Result<Vec<_>, _>>()?;
        samples.sort_unstable();
        samples.dedup();
        let highest = parts
            .iter()
            .map(|p| p.severity)
            .max()
            .unwrap_or(Severity::Medium);
        Ok(Rule {
            id: leak(id),
            provider: leak(file.provider),
            domain: leak(domain.to_owned()),
            file: leak(path.to_owned()),
            page: file.page.map(leak),
            about: leak(file.about),
            context: Context {
                words: leak_lower(file.context.words),
                headers: leak_lower(file.context.headers),
                hosts: leak_lower(file.context.hosts),
                calls: leak_all(file.context.calls),
                imports: leak_all(file.context.imports),
                files: leak_all(file.context.files),
                testnet: leak_lower(file.context.testnet),
                not: leak_lower(file.context.not),
            },
            parts: parts.into(),
            within: file.pairing.within,
            pair: file.severity.pair.map_or(highest, Into::into),
            testnet: file.severity.testnet.map_or(Severity::Low, Into::into),
            remedy: Remedy {
                revoke: file.remedy.revoke.map(leak),
                steps: leak_all(file.remedy.steps),
                rotate_days: file.remedy.rotate_days,
            },
            samples: samples.into(),
            examples: examples.into(),
        })
    }

    fn part(&self, part: Spanned<PartFile>) -> Result<Part, FileError> {
        let at = part.span().start;
        let part = part.into_inner();
        let role = match part.role {
            Some(word) => word.into(),
            None => role_of(&part.name).ok_or_else(|| {
                self.error(
                    at,
                    format!("part `{}` has no role", part.name),
                    format!("its name is no role, so add `role`, one of: {ROLES}"),
                )
            })?,
        };
        let need = part.need.map_or(Need::Context, Need::from);
        let mut shapes: Vec<Shape> = Vec::new();
        let patterns = part.patterns.into_iter().chain(part.pattern).map(Ok);
        let described = part
            .shapes
            .into_iter()
            .chain(part.shape)
            .map(|s| pattern_of(&s));
        for pattern in patterns.chain(described) {
            let compiled = pattern.and_then(|p| shape::compile(&p, need == Need::Pair));
            shapes.extend(compiled.map_err(|why| {
                let help = "`Shapes` in rules/README.md says what a shape and a pattern may hold";
                self.error(at, format!("part `{}`: {why}", part.name), help)
            })?);
        }
        if shapes.is_empty() == part.block.is_none() {
            return Err(self.error(
                at,
                format!(
                    "part `{}` needs either a shape or pattern, or a block",
                    part.name
                ),
                "a shape says what the value's characters are, a block how the text around it looks",
            ));
        }
        if let Some(proof) = &part.proof
            && !self.proofs.contains(&proof.as_str())
        {
            return Err(self.error(
                at,
                format!("part `{}`: there is no proof `{proof}`", part.name),
                match nearest(proof, self.proofs.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of: {}", self.proofs.join(", ")),
                },
            ));
        }
        let secret = part
            .secret
            .unwrap_or(!matches!(role, Role::Key | Role::Id | Role::Memo));
        let severity = match part.severity {
            Some(word) => word.into(),
            None if secret => Severity::High,
            None => Severity::Low,
        };
        let certain = if need == Need::Nothing {
            Confidence::Certain
        } else {
            Confidence::Likely
        };
        Ok(Part {
            name: leak(part.name),
            kind: part.kind.map(leak),
            role,
            secret,
            need,
            names: leak_lower(part.names),
            shapes: shapes.into(),
            block: part.block.map(Into::into),
            proof: part.proof.map(leak),
            severity,
            confidence: part.confidence.map_or(certain, Into::into),
        })
    }

    fn example(&self, example: Spanned<ExampleFile>, parts: &[Part]) -> Result<Example, FileError> {
        let line = self.lines.at(example.span().start);
        let example = example.into_inner();
        let mut finds = Vec::new();
        for expected in example.finds {
            if expected.rule.is_none() && !parts.iter().any(|p| p.name == expected.part) {
                return Err(FileError {
                    line,
                    what: format!(
                        "the example expects a part `{}` that the rule lacks",
                        expected.part
                    ),
                    help: format!(
                        "the parts are: {}; a part of another rule needs `rule = \"id\"`",
                        parts.iter().map(|p| p.name).collect::<Vec<_>>().join(", ")
                    ),
                });
            }
            finds.push(Expected {
                rule: expected.rule.map(leak),
                part: leak(expected.part),
                line: expected.line,
                confidence: expected.confidence.map(Into::into),
                severity: expected.severity.map(Into::into),
            });
        }
        if finds.is_empty() && example.why.is_none() {
            return Err(FileError {
                line,
                what: "the counter-example says not why nothing is found".into(),
                help: "add `why = \"…\"`, or what it `finds`".into(),
            });
        }
        Ok(Example {
            path: leak(example.path.unwrap_or_else(|| "example.txt".into())),
            text: leak(example.text),
            finds: finds.into(),
            why: example.why.map(leak),
            line,
        })
    }

    fn hash(&self, text: &Spanned<String>) -> Result<[u8; 32], FileError> {
        let bad = || {
            self.error(
                text.span().start,
                "this is no SHA-256",
                "write the SHA-256 of the published value, never the value: 64 hexadecimal digits",
            )
        };
        let digits = text.get_ref().as_bytes();
        if digits.len() != 64 {
            return Err(bad());
        }
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(out)
    }
}

fn role_of(name: &str) -> Option<Role> {
    Some(match name {
        "key" => Role::Key,
        "secret" => Role::Secret,
        "passphrase" => Role::Passphrase,
        "memo" => Role::Memo,
        "id" => Role::Id,
        "token" => Role::Token,
        "private-key" | "private key" => Role::PrivateKey,
        "seed" | "seed phrase" => Role::Seed,
        "password" => Role::Password,
        _ => return None,
    })
}

fn pattern_of(shape: &ShapeFile) -> Result<String, String> {
    let class = shape::alphabet(&shape.alphabet)?;
    let class: String = class.bytes().map(|b| format!("\\x{b:02X}")).collect();
    let separator = shape.separator.as_deref().unwrap_or("-");
    let body = match (&shape.length, &shape.groups) {
        (Some(Length::Exact(n)), None) => format!("[{class}]{{{n}}}"),
        (Some(Length::Between([min, max])), None) if min <= max => {
            format!("[{class}]{{{min},{max}}}")
        }
        (None, Some(groups)) if !groups.is_empty() => {
            let groups: Vec<String> = groups.iter().map(|n| format!("[{class}]{{{n}}}")).collect();
            groups.join(&escape(separator))
        }
        _ => {
            return Err(
                "a shape has either `length = n`, `length = [min, max]` or `groups = [n, …]`"
                    .into(),
            );
        }
    };
    Ok(format!(
        "{}{body}{}",
        escape(&shape.prefix),
        escape(&shape.suffix)
    ))
}

fn escape(literal: &str) -> String {
    regex_syntax::escape(literal)
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.split('-').all(|w| {
            !w.is_empty()
                && w.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}
