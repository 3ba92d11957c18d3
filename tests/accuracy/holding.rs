//! The ways to hold the parts of a credential: a name and a value each, in files of many languages.

/// One name with its value.
pub(crate) struct Field {
    /// The words of the name, in small letters: `acme`, `api`, `key`.
    pub(crate) words: Vec<String>,
    pub(crate) value: String,
}

impl Field {
    fn joined(&self, glue: &str) -> String {
        self.words.join(glue)
    }

    fn snake(&self) -> String {
        self.joined("_")
    }

    fn upper(&self) -> String {
        self.snake().to_uppercase()
    }

    fn camel(&self) -> String {
        let mut words = self.words.iter();
        let first = words.next().cloned().unwrap_or_default();
        words.fold(first, |name, word| name + &title(word))
    }

    fn pascal(&self) -> String {
        self.words.iter().map(|word| title(word)).collect()
    }
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// A way: its name, the path of the file, and the text around the fields.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// Whether a value of several lines can stand there as it is, or with `\n` for its line breaks.
    pub(crate) lines: Lines,
    head: &'static str,
    field: fn(&Field) -> String,
    tail: &'static str,
}

/// What becomes of line breaks in a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// Such values do not stand here.
    None,
    /// They are written `\n`.
    Escaped,
    /// The value is the rest of the file.
    Whole,
}

impl Way {
    /// The text of a file with these fields.
    pub(crate) fn text(&self, fields: &[Field]) -> String {
        let body: String = fields.iter().map(self.field).collect();
        format!("{}{body}{}", self.head, self.tail)
    }
}

const fn way(
    name: &'static str,
    path: &'static str,
    lines: Lines,
    parts: (&'static str, fn(&Field) -> String, &'static str),
) -> Way {
    Way {
        name,
        path,
        lines,
        head: parts.0,
        field: parts.1,
        tail: parts.2,
    }
}

/// All ways.
pub(crate) static WAYS: &[Way] = &[
    way(
        "dotenv",
        "app/.env",
        Lines::Escaped,
        (
            "PORT=8080\n",
            |f| {
                let quote = if f.value.contains([' ', '\\', '#']) {
                    "\""
                } else {
                    ""
                };
                format!("{}={quote}{}{quote}\n", f.upper(), f.value)
            },
            "LOG=debug\n",
        ),
    ),
    way(
        "shell",
        "run.sh",
        Lines::Escaped,
        (
            "#!/bin/sh\nset -eu\n",
            |f| format!("export {}='{}'\n", f.upper(), f.value),
            "./bot\n",
        ),
    ),
    way(
        "python",
        "bot/settings.py",
        Lines::Escaped,
        (
            "import os\n\nDEBUG = False\n",
            |f| format!("{} = \"{}\"\n", f.upper(), f.value),
            "TIMEOUT = 30\n",
        ),
    ),
    way(
        "python-default",
        "bot/config.py",
        Lines::Escaped,
        (
            "import os\n\n",
            |f| {
                format!(
                    "{} = os.getenv(\"{}\", \"{}\")\n",
                    f.snake(),
                    f.upper(),
                    f.value
                )
            },
            "",
        ),
    ),
    way(
        "javascript",
        "src/config.js",
        Lines::Escaped,
        (
            "module.exports = {\n  port: 3000,\n",
            |f| format!("  {}: '{}',\n", f.camel(), f.value),
            "};\n",
        ),
    ),
    way(
        "typescript",
        "src/keys.ts",
        Lines::Escaped,
        (
            "",
            |f| {
                format!(
                    "const {}: string = process.env.{} || \"{}\";\n",
                    f.camel(),
                    f.upper(),
                    f.value
                )
            },
            "",
        ),
    ),
    way(
        "json",
        "config.json",
        Lines::Escaped,
        (
            "{\n  \"debug\": false,\n",
            |f| format!("  \"{}\": \"{}\",\n", f.camel(), f.value),
            "  \"port\": 8080\n}\n",
        ),
    ),
    way(
        "yaml",
        "config/app.yml",
        Lines::Escaped,
        (
            "server:\n  port: 8080\naccess:\n",
            |f| format!("  {}: \"{}\"\n", f.snake(), f.value),
            "  timeout: 30\n",
        ),
    ),
    way(
        "ini",
        "app.ini",
        Lines::None,
        (
            "[server]\nport = 8080\n\n[access]\n",
            |f| format!("{} = {}\n", f.snake(), f.value),
            "",
        ),
    ),
    way(
        "properties",
        "app.properties",
        Lines::None,
        (
            "server.port=8080\n",
            |f| format!("{}={}\n", f.joined("."), f.value),
            "",
        ),
    ),
    way(
        "toml",
        "settings.toml",
        Lines::Escaped,
        (
            "[server]\nport = 8080\n\n[access]\n",
            |f| format!("{} = \"{}\"\n", f.snake(), f.value),
            "",
        ),
    ),
    way(
        "java",
        "src/Settings.java",
        Lines::Escaped,
        (
            "public final class Settings {\n",
            |f| {
                format!(
                    "    private static final String {} = \"{}\";\n",
                    f.upper(),
                    f.value
                )
            },
            "}\n",
        ),
    ),
    way(
        "go",
        "config.go",
        Lines::Escaped,
        (
            "package config\n\nconst (\n",
            |f| format!("\t{} = \"{}\"\n", f.pascal(), f.value),
            ")\n",
        ),
    ),
    way(
        "rust",
        "src/config.rs",
        Lines::Escaped,
        (
            "",
            |f| format!("pub const {}: &str = \"{}\";\n", f.upper(), f.value),
            "",
        ),
    ),
    way(
        "csharp",
        "Settings.cs",
        Lines::Escaped,
        (
            "public static class Settings\n{\n",
            |f| {
                format!(
                    "    public const string {} = \"{}\";\n",
                    f.pascal(),
                    f.value
                )
            },
            "}\n",
        ),
    ),
    way(
        "php",
        "config.php",
        Lines::None,
        (
            "<?php\nreturn [\n",
            |f| format!("    '{}' => '{}',\n", f.snake(), f.value),
            "];\n",
        ),
    ),
    way(
        "xml",
        "App.config",
        Lines::None,
        (
            "<configuration>\n  <appSettings>\n",
            |f| {
                format!(
                    "    <add key=\"{}\" value=\"{}\" />\n",
                    f.pascal(),
                    f.value.replace('&', "&amp;").replace('"', "&quot;")
                )
            },
            "  </appSettings>\n</configuration>\n",
        ),
    ),
    way(
        "compose",
        "docker-compose.yml",
        Lines::None,
        (
            "services:\n  bot:\n    image: bot\n    environment:\n",
            |f| format!("      - {}={}\n", f.upper(), f.value),
            "",
        ),
    ),
    way(
        "dockerfile",
        "Dockerfile",
        Lines::None,
        (
            "FROM scratch\n",
            |f| format!("ENV {} {}\n", f.upper(), f.value),
            "CMD [\"/bot\"]\n",
        ),
    ),
    way(
        "terraform",
        "main.tfvars",
        Lines::Escaped,
        (
            "region = \"eu-central-1\"\n",
            |f| format!("{} = \"{}\"\n", f.snake(), f.value),
            "",
        ),
    ),
    way(
        "kubernetes",
        "secret.yaml",
        Lines::Whole,
        (
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: bot\ndata:\n",
            |f| {
                use base64::Engine as _;
                format!(
                    "  {}: {}\n",
                    f.upper(),
                    base64::engine::general_purpose::STANDARD.encode(&f.value)
                )
            },
            "type: Opaque\n",
        ),
    ),
    way(
        "notebook",
        "research.ipynb",
        Lines::None,
        (
            "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\n",
            |f| format!("  \"{} = \\\"{}\\\"\\n\",\n", f.snake(), f.value),
            "  \"run()\\n\"\n]}], \"nbformat\": 4}\n",
        ),
    ),
    way(
        "note",
        "notes.md",
        Lines::None,
        (
            "# Access\n\n",
            |f| format!("- {}: `{}`\n", f.joined(" "), f.value),
            "\nCall me.\n",
        ),
    ),
];

/// The same names with what is no credential in a value's place: `{}` stands for a digest of 64 hex digits,
/// the value itself is never there.
pub(crate) const NOISE: &[(&str, &str)] = &[
    ("placeholder", "your_NAME_here"),
    ("template", "${NAME}"),
    ("angle", "<your NAME>"),
    ("mask", "xxxxxxxxxxxxxxxxxxxxxxxx"),
    ("stars", "************"),
    ("lookup", "vault://secret/data/bot#NAME"),
    ("word", "changeme"),
    ("counted", "0123456789abcdef0123456789abcdef"),
    ("sealed", "ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]"),
];
