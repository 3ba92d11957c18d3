//! Which files must never reach git.

use crate::gitignore::Patterns;
use crate::suppress::path;

/// A kind of file that holds secrets by its nature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// Its name as a line of a `.gitignore` file.
    pub pattern: String,
    /// What it is, for people: `environment file`.
    pub what: String,
    /// Names that the pattern fits and that are meant for git, as lines of a `.gitignore` file.
    pub except: Vec<String>,
    /// Names that stand for all that the pattern fits: when each of them is covered, it is.
    pub probes: Vec<Vec<u8>>,
}

/// All kinds of files that are protected in a repository.
#[derive(Debug)]
pub struct Protection {
    all: Vec<Protected>,
    /// Their patterns line by line, then those that are meant for git.
    patterns: Patterns,
    /// The last parts of the patterns.
    names: Patterns,
}

/// Of the built-in kinds: pattern, what it is, names that are meant for git, names that stand for all.
///
/// The names are those that the tools themselves use: `config-private.json` (freqtrade.io,
/// "Configuration"), `.password_verification` and `conf/connectors` (hummingbot.org, "Config files"),
/// `api-keys.json` (passivbot, README), `UTC--` (go-ethereum, accounts/keystore), `wallet.dat` (Bitcoin
/// Core, "files.md"), `*-keypair.json` (docs.anza.xyz, "File system wallet"), `.secret` (trufflesuite
/// boxes), `id_*` (ssh-keygen(1)).
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const BUILT_IN: [Row; 28] = [
    (".env", "environment file", &[], &[]),
    (
        ".env.*",
        "environment file",
        &[".env.example", ".env.sample", ".env.template", ".env.dist"],
        &[".env.local", ".env.production", ".env.development"],
    ),
    ("*.key", "private key", &[], &["private.key", "server.key"]),
    ("*.pem", "private key", &[], &["private.pem", "key.pem"]),
    ("*.p12", "key store", &[], &[]),
    ("*.pfx", "key store", &[], &[]),
    ("*.p8", "private key", &[], &[]),
    ("*.jks", "key store", &[], &[]),
    ("*.keystore", "key store", &[], &[]),
    ("*.ppk", "private key", &[], &[]),
    ("id_rsa*", "SSH key", &["id_rsa*.pub"], &["id_rsa"]),
    ("id_dsa*", "SSH key", &["id_dsa*.pub"], &["id_dsa"]),
    ("id_ecdsa*", "SSH key", &["id_ecdsa*.pub"], &["id_ecdsa"]),
    (
        "id_ed25519*",
        "SSH key",
        &["id_ed25519*.pub"],
        &["id_ed25519"],
    ),
    ("config.local.json", "bot configuration", &[], &[]),
    ("config-private.json", "Freqtrade configuration", &[], &[]),
    (
        "*secrets*.json",
        "file of secrets",
        &[],
        &["secrets.json", "config-secrets.json"],
    ),
    (
        "conf/.password_verification",
        "Hummingbot password",
        &[],
        &[],
    ),
    (
        "conf/connectors/*.yml",
        "Hummingbot exchange keys",
        &[],
        &["conf/connectors/binance.yml", "conf/connectors/kucoin.yml"],
    ),
    ("api-keys.json", "passivbot exchange keys", &[], &[]),
    ("UTC--*", "Ethereum key store", &[], &[]),
    ("wallet.dat", "Bitcoin wallet", &[], &[]),
    ("*.wallet", "wallet", &[], &[]),
    ("wallet.json", "wallet", &[], &[]),
    ("*-keypair.json", "Solana key pair", &[], &[]),
    ("mnemonic.txt", "seed phrase", &[], &[]),
    (".secret", "seed phrase", &[], &[]),
    ("*.kdbx", "password database", &[], &[]),
];

/// What is meant for git, whatever it stands for.
const EXAMPLES: &str = "*.example\n*.example.*\n*.sample\n*.sample.*\n*.template\n*.template.*\n\
                        *.tmpl\n*.dist\n*.dist.*\n*.j2\n*.enc\n*.gpg\n*.age\n*.sops.*\n*.pub\n\
                        *example*.env*\n*example*.json\n*sample*.json\n*template*.json\n";

impl Protection {
    /// The built-in kinds, if wanted, and the patterns of a configuration; `except` are patterns that the
    /// configuration wants in git.
    pub fn new(built_in: bool, more: &[String], except: &[String]) -> Self {
        let mut all = Vec::new();
        if built_in {
            all.extend(BUILT_IN.iter().map(|row| row.into()));
        }
        all.extend(more.iter().map(|pattern| Protected::named(pattern)));
        all.retain(|own: &Protected| !except.contains(&own.pattern));
        let mut text = String::new();
        for own in &all {
            text.push_str(&floating(&own.pattern));
            text.push('\n');
        }
        for line in all.iter().flat_map(|own| &own.except).chain(except) {
            text.push_str(&format!("!{}\n", floating(line)));
        }
        for line in EXAMPLES.lines() {
            text.push_str(&format!("!{line}\n"));
        }
        let names: Vec<&str> = all
            .iter()
            .filter_map(|own| own.pattern.trim_end_matches('/').rsplit('/').next())
            .collect();
        Self {
            patterns: Patterns::parse(text.as_bytes()),
            names: Patterns::parse(names.join("\n").as_bytes()),
            all,
        }
    }

    /// Whether a file of this name, in some directory, could be protected.
    pub fn could_be(&self, name: &[u8]) -> bool {
        let fits = |name: &[u8]| self.names.last_match(name, true).is_some();
        fits(name) || name.iter().any(u8::is_ascii_uppercase) && fits(&name.to_ascii_lowercase())
    }

    /// All kinds, in the order of the list.
    pub fn all(&self) -> &[Protected] {
        &self.all
    }

    /// What a file is, by its path; none when it is nothing that is protected. Upper case counts as
    /// lower case: what a file holds does not change with its name.
    pub fn of(&self, path: &[u8]) -> Option<&Protected> {
        let fits = |path: &[u8]| {
            let own = self.patterns.last_match(path, false)?;
            // A pattern of the configuration could begin with `!`, too.
            let index = usize::try_from(own.line).ok()?.checked_sub(1)?;
            self.all.get(index).filter(|_| !own.negated)
        };
        // Most names are none's, and the certificates that come with a package are everybody's.
        let name = memchr::memrchr(b'/', path).and_then(|slash| path.get(slash + 1..));
        if !self.could_be(name.unwrap_or(path)) || path::installed(path) {
            return None;
        }
        fits(path).or_else(|| {
            let lower = path.to_ascii_lowercase();
            (lower != path).then(|| fits(&lower)).flatten()
        })
    }
}

impl From<&Row> for Protected {
    fn from((pattern, what, except, probes): &Row) -> Self {
        let mut own = Self::named(pattern);
        (*what).clone_into(&mut own.what);
        own.except = except.iter().map(|line| (*line).to_owned()).collect();
        let probes = probes.iter().map(|name| name.as_bytes().to_vec());
        own.probes = probes.chain(own.probes).collect();
        own.probes.dedup();
        own
    }
}

impl Protected {
    /// What is meant for git: a line that takes it back in, and a name that it fits.
    pub(super) fn exceptions(&self) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        let line = |line: &String| (format!("!{}", floating(line)).into_bytes(), probe(line));
        self.except.iter().map(line)
    }

    fn named(pattern: &str) -> Self {
        Self {
            pattern: pattern.to_owned(),
            what: "protected file".to_owned(),
            except: Vec::new(),
            probes: vec![probe(pattern)],
        }
    }
}

/// A pattern with a slash in the middle counts from a project's directory, wherever that is.
pub(super) fn floating(pattern: &str) -> String {
    let body = pattern.trim_end_matches('/');
    match body.strip_prefix('/') {
        Some(rest) => format!("**/{rest}"),
        None if body.contains('/') && !body.starts_with("**/") => format!("**/{body}"),
        None => body.to_owned(),
    }
}

/// A name that the pattern fits, and hardly any narrower one does.
fn probe(pattern: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let body = pattern.trim_matches('/');
    let body = body.strip_prefix("**/").unwrap_or(body);
    let mut bytes = body.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' => {
                while bytes.next_if_eq(&b'*').is_some() {}
                out.extend_from_slice(b"any-name");
            }
            b'?' => out.push(b'7'),
            b'\\' => out.extend(bytes.next()),
            b'[' => {
                let negated = bytes.next_if(|b| matches!(b, b'!' | b'^')).is_some();
                let first = bytes.next().unwrap_or(b'a');
                let class = first == b'[' && bytes.peek() == Some(&b':');
                let mut last = 0;
                for byte in bytes.by_ref() {
                    if byte == b']' && !(class && last == b':') {
                        break;
                    }
                    last = byte;
                }
                out.push(match (negated, class) {
                    (true, _) => b'\x7e',
                    (false, true) => b'a',
                    (false, false) => first,
                });
            }
            byte => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn built_in() -> Protection {
        Protection::new(true, &[], &[])
    }

    #[test]
    fn what_is_protected() {
        let all = built_in();
        for (path, pattern) in [
            (".env", ".env"),
            ("bots/a/.env.prod", ".env.*"),
            ("Server.KEY", "*.key"),
            ("id_rsa", "id_rsa*"),
            ("id_ed25519_github", "id_ed25519*"),
            ("user_data/config-private.json", "config-private.json"),
            ("conf/connectors/binance.yml", "conf/connectors/*.yml"),
            ("x/conf/connectors/binance.yml", "conf/connectors/*.yml"),
            ("my-secrets-2.json", "*secrets*.json"),
            ("data/UTC--2024-01-01T00-00-00Z--ab", "UTC--*"),
        ] {
            let found = all.of(path.as_bytes()).map(|own| &*own.pattern);
            assert_eq!(found, Some(pattern), "{path}");
        }
        for path in [
            ".env.example",
            "a/.env.sample",
            ".env.template",
            ".env.dist",
            ".env.prod.example",
            "id_rsa.pub",
            "id_ed25519_x.pub",
            "secrets.example.json",
            "config.json",
            ".envrc",
            "keys",
            "server.key.enc",
            "conf/x.yml",
        ] {
            assert_eq!(all.of(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn each_kind_knows_its_own_probes() {
        let all = built_in();
        for own in all.all() {
            assert!(!own.probes.is_empty());
            for probe in &own.probes {
                assert_eq!(
                    all.of(probe).map(|found| &found.pattern),
                    Some(&own.pattern),
                    "{}",
                    String::from_utf8_lossy(probe)
                );
            }
        }
    }

    #[test]
    fn probes_of_any_pattern() {
        for (pattern, name) in [
            ("/bots/*/keys.yml", "bots/any-name/keys.yml"),
            ("**/a?[b-c]", "a7b"),
            ("x[!a-z].key", "x~.key"),
            ("x[[:alpha:]]y", "xay"),
            ("a\\*b", "a*b"),
        ] {
            assert_eq!(probe(pattern), name.as_bytes());
            let patterns = Patterns::parse(pattern.as_bytes());
            assert!(patterns.last_match(&probe(pattern), false).is_some());
        }
    }

    #[test]
    fn a_configuration_adds_and_takes_away() {
        let more = ["*.vault".to_owned(), "bots/*/keys.yml".to_owned()];
        let except = ["*.pem".to_owned(), "tests/**".to_owned()];
        let all = Protection::new(true, &more, &except);
        assert!(all.of(b"a/x.vault").is_some());
        assert!(all.of(b"deep/bots/b/keys.yml").is_some());
        assert!(all.of(b"x.pem").is_none());
        assert!(all.of(b"tests/a/.env").is_none());
        assert!(all.of(b".env").is_some());
        let alone = Protection::new(false, &more, &[]);
        assert_eq!(alone.all().len(), 2);
    }
}
