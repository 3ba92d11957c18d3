//! Names that begin with somebody's name, whoever that is: `EPAYCO_PRIVATE_KEY` in a file about other services.

use super::role::{self, Says};
use super::words::words;
use crate::rule::Set;

/// Words that names of credentials begin with and that name nobody.
const ORDINARY: [&str; 118] = [
    "access",
    "account",
    "acct",
    "actual",
    "admin",
    "alt",
    "android",
    "any",
    "api",
    "app",
    "application",
    "auth",
    "authentication",
    "authorization",
    "backend",
    "backup",
    "base",
    "bearer",
    "bot",
    "broker",
    "callback",
    "channel",
    "chat",
    "client",
    "cloud",
    "common",
    "config",
    "consumer",
    "cron",
    "current",
    "custom",
    "customer",
    "data",
    "database",
    "db",
    "debug",
    "default",
    "demo",
    "deploy",
    "deployer",
    "dev",
    "developer",
    "development",
    "django",
    "dummy",
    "email",
    "encrypt",
    "encryption",
    "env",
    "environment",
    "example",
    "exchange",
    "expo",
    "external",
    "flask",
    "frontend",
    "full",
    "global",
    "group",
    "header",
    "hmac",
    "hook",
    "hot",
    "http",
    "id",
    "identity",
    "internal",
    "ios",
    "job",
    "jwt",
    "legacy",
    "live",
    "local",
    "login",
    "mail",
    "main",
    "mainnet",
    "master",
    "mobile",
    "mock",
    "my",
    "new",
    "next",
    "node",
    "nuxt",
    "oauth",
    "old",
    "our",
    "own",
    "owner",
    "primary",
    "prod",
    "production",
    "project",
    "public",
    "react",
    "real",
    "request",
    "rest",
    "root",
    "sandbox",
    "second",
    "secondary",
    "server",
    "service",
    "session",
    "shared",
    "site",
    "staging",
    "sub",
    "team",
    "test",
    "testnet",
    "user",
    "vite",
    "web",
    "webhook",
    "worker",
];

/// Whether a name is that of a variable of the environment which begins with somebody's name and ends with what the
/// value is.
pub(super) fn begins_with_one(name: &[u8]) -> bool {
    let capitals = name
        .iter()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
    if !capitals || !name.contains(&b'_') || matches!(role::of_name(name), Says::Nothing) {
        return false;
    }
    let words = words(name);
    let Some(first) = words.get(0) else {
        return false;
    };
    first.len() >= 4
        && words.len() >= 3
        && matches!(role::of_name(first), Says::Nothing)
        && std::str::from_utf8(first).is_ok_and(|first| ORDINARY.binary_search(&first).is_err())
}

/// Whether such a name may yet be one of a rule's: what trades and what holds coins has accounts that go by the names of
/// their owners and bots (`JOHN_API_SECRET`).
pub(super) fn may_be_own(set: Set, rule: u16) -> bool {
    let domain = set.rules().get(usize::from(rule)).map(|rule| rule.domain);
    matches!(domain, Some("exchange" | "broker" | "wallet"))
}

#[cfg(test)]
mod tests {
    use super::{ORDINARY, begins_with_one};

    #[test]
    fn the_first_word_tells() {
        assert!(ORDINARY.is_sorted());
        for (name, expected) in [
            ("EPAYCO_PRIVATE_KEY", true),
            ("RUMPLE_API_SECRET", true),
            ("API_SECRET", false),
            ("CLIENT_API_SECRET", false),
            ("SECRET_KEY_BASE", false),
            ("PROD_CLIENT_SECRET", false),
            ("RUMPLE_SECRET", false),
            ("rumpleApiSecret", false),
            ("RUMPLE_URL_PATH", false),
        ] {
            assert_eq!(begins_with_one(name.as_bytes()), expected, "{name}");
        }
    }
}
