//! Values that are code or a reference: the credential is fetched from elsewhere.

use crate::detect::random::{looks_random, randomness};

/// How references to a secret store and look-ups in the environment begin.
const STARTS: [&str; 91] = [
    // Environment, by language
    "process.env",
    "import.meta.env",
    "Deno.env",
    "Bun.env",
    "os.environ",
    "os.getenv",
    "environ[",
    "environ.get",
    "getenv(",
    "env(",
    "env[",
    "ENV[",
    "ENV.fetch",
    "$ENV{",
    "$_ENV[",
    "$_SERVER[",
    "System.getenv",
    "System.getProperty",
    "Environment.GetEnvironmentVariable",
    "std::env::",
    "env::var",
    "env!(",
    "option_env!(",
    "os.Getenv",
    "os.LookupEnv",
    "Sys.getenv",
    "System.get_env",
    "ProcessInfo.processInfo",
    "String.fromEnvironment",
    "Platform.environment",
    "$env:",
    "$Env:",
    "env.",
    "env:",
    "%env(",
    "@env",
    "secrets.",
    "vars.",
    // Configuration
    "viper.Get",
    "config.get",
    "config[",
    "config(",
    "Config.get",
    "configService.get",
    "settings.",
    "getpass",
    "keyring.get_password",
    "input(",
    "raw_input(",
    "prompt(",
    "readline(",
    "st.secrets",
    "userdata.get(",
    "dotenv",
    "ConfigurationManager.",
    "Configuration[",
    "configuration[",
    "builder.Configuration",
    "properties.getProperty",
    // Secret stores
    "vault://",
    "vault:secret/",
    "vault:kv/",
    "op://",
    "aws-sm://",
    "awssm://",
    "awsssm://",
    "ssm://",
    "ssm:/",
    "sm://",
    "gcp-sm://",
    "gcpsm://",
    "akv://",
    "azkv://",
    "bw://",
    "doppler://",
    "infisical://",
    "keyring://",
    "ref+",
    "secret://",
    "secretref:",
    "arn:aws:secretsmanager:",
    "arn:aws:ssm:",
    "@Microsoft.KeyVault(",
    "{{resolve:",
    "/run/secrets/",
    "/var/run/secrets/",
    "secretKeyRef",
    "valueFrom",
    "configMapKeyRef",
    "fromSecret",
    "from_secret",
];

/// YAML tags of references.
const TAGS: [&str; 12] = [
    "!vault",
    "!Ref",
    "!Sub",
    "!GetAtt",
    "!ImportValue",
    "!secret",
    "!env",
    "!env_var",
    "!ENV",
    "!reference",
    "!FindInMap",
    "!Join",
];

/// Whether a value is a look-up: of an environment variable, a setting, a secret store, or any
/// chain of names and calls (`self.config.apiKey`, `load_key("main")`).
///
/// False when random characters stand in it: `from_key("…")` with a key is no look-up, nor is a
/// JWT, though it has points.
pub fn lookup(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    if value.is_empty() || holds_random(value) {
        return false;
    }
    let begins = |start: &&str| value.starts_with(start.as_bytes());
    STARTS.iter().any(begins)
        || TAGS.iter().any(|tag| {
            value.strip_prefix(tag.as_bytes()).is_some_and(|rest| {
                rest.first()
                    .is_none_or(|byte| !byte.is_ascii_alphanumeric())
            })
        })
        || (value.starts_with(b"${{") && value.ends_with(b"}}"))
        || (value.starts_with(b"projects/") && memchr::memmem::find(value, b"/secrets/").is_some())
        || chain(value)
}

/// Whether a stretch of 16 and more token characters looks random.
fn holds_random(value: &[u8]) -> bool {
    value
        .split(|byte| !(byte.is_ascii_alphanumeric() || b"_-+/=".contains(byte)))
        .any(|run| run.len() >= 16 && looks_random(run))
}

/// Names joined by `.`, `->`, `::`, `?.`, with calls and indexes: at least one joint.
fn chain(value: &[u8]) -> bool {
    let value = value
        .strip_prefix(b"await ")
        .or_else(|| value.strip_prefix(b"new "))
        .unwrap_or(value);
    let mut rest = value
        .strip_prefix(b"$")
        .or_else(|| value.strip_prefix(b"&"))
        .or_else(|| value.strip_prefix(b"@"))
        .unwrap_or(value);
    let (mut joints, mut longest) = (0, 0);
    loop {
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        let (name, after) = rest.split_at(length);
        if name.first().is_none_or(u8::is_ascii_digit) || (length >= 6 && randomness(name) > 0.8) {
            return false;
        }
        longest = longest.max(length);
        rest = after.strip_prefix(b"!").unwrap_or(after);
        // Whatever stands in the brackets of a call or an index: a value cut off there counts too.
        while let Some(open @ (b'(' | b'[')) = rest.first().copied() {
            joints += 1;
            let close = if open == b'(' { b')' } else { b']' };
            let Some(end) = memchr::memrchr(close, rest) else {
                return joints > 1 && longest >= 3;
            };
            let nearest = memchr::memchr(close, rest).unwrap_or(end);
            rest = rest.get(nearest + 1..).unwrap_or_default();
        }
        if rest.is_empty() || rest == b";" || rest == b"," {
            return joints > 0 && longest >= 3;
        }
        let Some(next) = ["?.", "->", "::", "."]
            .iter()
            .find_map(|joint| rest.strip_prefix(joint.as_bytes()))
        else {
            return false;
        };
        joints += 1;
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::random::tests::{Seed, alphabets};

    #[test]
    fn lookups_are_known() {
        for value in [
            "process.env.BINANCE_API_KEY",
            "os.environ[\"BINANCE_API_KEY\"]",
            "os.environ.get('KEY')",
            "os.getenv(\"KRAKEN_SECRET\", \"\")",
            "ENV['API_KEY']",
            "ENV.fetch(\"API_KEY\")",
            "getenv('KEY')",
            "System.getenv(\"KEY\")",
            "Environment.GetEnvironmentVariable(\"KEY\")",
            "viper.GetString(\"exchange.key\")",
            "config.get('exchange', 'secret')",
            "std::env::var(\"KEY\").unwrap()",
            "vault://secret/data/bot#key",
            "op://Private/binance/secret",
            "aws-sm://prod/bot",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bot/binance",
            "secretKeyRef",
            "!vault",
            "!Ref ApiSecret",
            "${{ secrets.BINANCE_KEY }}",
            "self.config.api_key",
            "this.apiSecret",
            "cfg.Exchange.Secret",
            "credentials->secret",
            "Settings::api_key()",
            "load_key(\"main\")",
            "/run/secrets/binance_key",
            "projects/p/secrets/binance/versions/latest",
        ] {
            assert!(lookup(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn literals_are_not() {
        for value in [
            "",
            "api_key",
            "hunter2",
            "correct horse battery",
            "12.5",
            "!important",
            "a+b",
            "key.",
            ".key",
            "$",
        ] {
            assert!(!lookup(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn random_characters_are_not() {
        let mut seed = Seed(41);
        for (name, alphabet) in alphabets() {
            for _ in 0..500 {
                let random = String::from_utf8_lossy(&seed.value(&alphabet, 40)).into_owned();
                for value in [
                    random.clone(),
                    format!("from_key(\"{random}\")"),
                    format!("Token.of.{random}"),
                ] {
                    assert!(!lookup(value.as_bytes()), "{name}: {value}");
                }
            }
        }
    }
}
