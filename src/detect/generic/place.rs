//! What kind of file a value stands in, by its path: where people keep secrets, where they keep code,
//! and where every other line is about passwords and none is one.

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Settings: what follows a name is its value, quoted or not.
    Config,
    /// Settings written as code: a value is a string.
    Settings,
    /// Code: a value is a string, or it is an expression.
    Code,
    /// Text for people, and what is not known.
    Prose,
    /// Translations, style sheets: no secrets.
    Nothing,
}

/// Endings of settings.
const CONFIG: [&str; 42] = [
    "env",
    "ini",
    "cfg",
    "cnf",
    "conf",
    "config",
    "properties",
    "props",
    "yml",
    "yaml",
    "toml",
    "json",
    "json5",
    "jsonc",
    "xml",
    "tf",
    "tfvars",
    "hcl",
    "sql",
    "sh",
    "bash",
    "zsh",
    "ksh",
    "fish",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    "plist",
    "reg",
    "rdp",
    "ovpn",
    "service",
    "dockerfile",
    "pgpass",
    "my",
    "settings",
    "publishsettings",
    "pubxml",
    "netrc",
    "envrc",
    "nomad",
];

/// Endings of texts for people.
const PROSE: [&str; 16] = [
    "md", "mdx", "rst", "adoc", "asciidoc", "markdown", "txt", "html", "htm", "xhtml", "tex",
    "log", "csv", "eml", "http", "rest",
];

/// Endings of what holds none.
const NOTHING: [&str; 19] = [
    "po",
    "pot",
    "xliff",
    "xlf",
    "strings",
    "arb",
    "ftl",
    "css",
    "scss",
    "sass",
    "less",
    "svg",
    "lock",
    "sum",
    "map",
    "stringsdict",
    "resx",
    "lproj",
    "qm",
];

/// The kind of the file at a path.
pub(super) fn of_path(path: &[u8]) -> Place {
    let path = path.to_ascii_lowercase();
    let mut parts = path.rsplit(|b| matches!(b, b'/' | b'\\'));
    let name = parts.next().unwrap_or_default();
    let ending = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let is = |endings: &[&str]| endings.iter().any(|own| own.as_bytes() == ending);
    let translated = |part: &[u8]| {
        matches!(
            part,
            b"locale"
                | b"locales"
                | b"i18n"
                | b"l10n"
                | b"lang"
                | b"langs"
                | b"languages"
                | b"translations"
                | b"translation"
                | b"nls"
                | b"_locales"
        )
    };
    // Android keeps its texts and its keys in one file; texts in other languages stand in folders of their own.
    if name == b"strings.xml" && parts.next() == Some(b"values") {
        return Place::Config;
    }
    if is(&NOTHING)
        || name == b"strings.xml"
        || name.starts_with(b"messages") && ending == b"properties"
        || parts.take(4).any(translated)
    {
        return Place::Nothing;
    }
    let hidden = name.first() == Some(&b'.');
    if is(&CONFIG)
        || name.starts_with(b".env")
        || name.starts_with(b"dockerfile")
        || matches!(name, b"credentials" | b"config" | b"secrets" | b"makefile")
        || hidden && !name.get(1..).unwrap_or_default().contains(&b'.')
    {
        return Place::Config;
    }
    // Settings written as code.
    const SETTINGS: [&str; 8] = [
        "config",
        "settings",
        "secret",
        "credential",
        "database",
        "connection",
        "environment",
        "keys",
    ];
    let says = |word: &&str| memchr::memmem::find(name, word.as_bytes()).is_some();
    if SETTINGS.iter().any(says) && !is(&PROSE) && ending != name {
        return Place::Settings;
    }
    // A name without an ending, and text.
    if is(&PROSE) || ending == name {
        return Place::Prose;
    }
    Place::Code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_the_kind() {
        for (path, place) in [
            ("app/.env", Place::Config),
            (".env.production", Place::Config),
            ("config/database.yml", Place::Config),
            ("deploy/Dockerfile", Place::Config),
            ("home/.pgpass", Place::Config),
            ("src/main.rs", Place::Code),
            ("wp-config.php", Place::Settings),
            ("bot/local_settings.py", Place::Settings),
            ("web/App.tsx", Place::Code),
            ("README.md", Place::Prose),
            ("NOTES", Place::Prose),
            ("locales/de.json", Place::Nothing),
            ("po/de.po", Place::Nothing),
            ("res/values/strings.xml", Place::Config),
            ("res/values-de/strings.xml", Place::Nothing),
            ("static/app.css", Place::Nothing),
        ] {
            assert_eq!(of_path(path.as_bytes()), place, "{path}");
        }
    }
}
