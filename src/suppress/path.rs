//! What a path says about the file: facts for the engine, none of which hides anything by itself.

/// What kind of file a path names. Several may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PathClass {
    /// A lock file of a package manager: it holds digests, so only values that prove themselves
    /// count there.
    pub lock_file: bool,
    /// A list of digests: `SHA256SUMS`, `*.sha256`, `go.sum`.
    pub checksums: bool,
    /// Minified or bundled script or style.
    pub minified: bool,
    /// A source map.
    pub source_map: bool,
    /// A test, or data for tests.
    pub test: bool,
    /// Documentation or an example.
    pub docs: bool,
    /// Code of others that was copied in.
    pub vendored: bool,
    /// A template of a configuration: `.env.example`, `config.sample.yml`, `settings.json.dist`.
    pub template: bool,
    /// A contract's compiled form or a generated binding: ABI and bytecode.
    pub artifact: bool,
}

/// Lock files by name, in lower case.
const LOCK_FILES: [&str; 40] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    ".package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-lock.yml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "cargo.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock.toml",
    "pipfile.lock",
    "conda-lock.yml",
    "pixi.lock",
    "composer.lock",
    "go.sum",
    "go.work.sum",
    "gopkg.lock",
    "glide.lock",
    "gemfile.lock",
    "gems.locked",
    "flake.lock",
    "gradle.lockfile",
    "buildscript-gradle.lockfile",
    "verification-metadata.xml",
    "packages.lock.json",
    "project.assets.json",
    "paket.lock",
    "podfile.lock",
    "package.resolved",
    "cartfile.resolved",
    "pubspec.lock",
    "mix.lock",
    "rebar.lock",
    "stack.yaml.lock",
    "cabal.project.freeze",
    ".terraform.lock.hcl",
];

/// Classifies a path, as it stands in the repository, with `/` or `\` between its parts.
pub fn classify(path: &[u8]) -> PathClass {
    let mut class = PathClass::default();
    let mut parts = path.rsplit(|&byte| byte == b'/' || byte == b'\\');
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    class.file(&name);
    for part in parts {
        let part = part.to_ascii_lowercase();
        // The digests of an installed wheel's files
        // (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>).
        class.lock_file |= name == b"record" && part.ends_with(b".dist-info");
        class.folder(&part);
    }
    class
}

/// Where package managers put what they install: npm, pip on Debian and elsewhere, bower.
const INSTALLED: [&[u8]; 4] = [
    b"node_modules",
    b"site-packages",
    b"dist-packages",
    b"bower_components",
];

/// Folders of tests in a package.
const TESTS: [&[u8]; 5] = [b"test", b"tests", b"testdata", b"spec", b"fixtures"];

/// Whether a path names a file of an installed package: what everybody gets who installs it, and no leak of
/// who did. A package is never hidden, nor are its files named `.env`.
///
/// Composer, Go and Bundler put packages into `vendor`, where people put code of their own as well: what stands
/// there below an owner's or a host's folder is a package's where it is data for its tests.
pub fn installed(path: &[u8]) -> bool {
    let mut parts: Vec<&[u8]> = path.split(|&byte| byte == b'/' || byte == b'\\').collect();
    let hidden = |part: &[u8]| part.starts_with(b".") && part != b".." && part != b".";
    if parts.pop().is_none_or(hidden) {
        return false;
    }
    let vendored = || {
        let at = parts.iter().position(|part| *part == b"vendor");
        let inside = at.and_then(|at| parts.get(at + 3..)).unwrap_or_default();
        let tests = |part: &&[u8]| TESTS.iter().any(|own| part.eq_ignore_ascii_case(own));
        inside.iter().any(tests)
    };
    parts
        .windows(2)
        .any(|pair| INSTALLED.contains(&pair[0]) && !hidden(pair[1]))
        || vendored()
}

impl PathClass {
    /// Whether the file lists digests: of packages, or of any files.
    pub fn lists_digests(&self) -> bool {
        self.lock_file || self.checksums
    }

    fn file(&mut self, name: &[u8]) {
        let ends = |end: &str| name.ends_with(end.as_bytes());
        let has = |part: &str| memchr::memmem::find(name, part.as_bytes()).is_some();
        self.lock_file = LOCK_FILES.iter().any(|lock| lock.as_bytes() == name)
            || [
                ".lock.json",
                "-lock.json",
                "-lock.yaml",
                ".lockfile",
                ".bazel.lock",
            ]
            .into_iter()
            .any(ends);
        self.checksums = [
            "sha1sums",
            "sha256sums",
            "sha512sums",
            "md5sums",
            "checksums.txt",
            "checksums",
            "checksum",
            "shasums256.txt",
            ".sha1",
            ".sha256",
            ".sha512",
            ".md5",
            ".sum",
            "sha256sums.txt",
            "sha256sum.txt",
        ]
        .into_iter()
        .any(ends)
            || has("checksum")
                && [".json", ".txt", ".yml", ".yaml", ".csv"]
                    .into_iter()
                    .any(ends);
        self.source_map = [".js.map", ".css.map", ".mjs.map", ".cjs.map", ".ts.map"]
            .into_iter()
            .any(ends);
        self.minified = [
            ".min.js",
            ".min.mjs",
            ".min.css",
            ".bundle.js",
            ".chunk.js",
            "-min.js",
            ".bundle.css",
        ]
        .into_iter()
        .any(ends);
        self.test = name.starts_with(b"test_")
            || name.starts_with(b"conftest")
            || has("_test.")
            || has("_tests.")
            || has(".test.")
            || has("_spec.")
            || has(".spec.")
            || has("-test.")
            || has("fixture");
        self.docs = [".md", ".mdx", ".rst", ".adoc", ".asciidoc", ".markdown"]
            .into_iter()
            .any(ends)
            || name.starts_with(b"readme")
            // What documentation is searched by: of mkdocs, of Sphinx.
            || matches!(name, b"search_index.json" | b"searchindex.js")
            || name.starts_with(b"changelog")
            || has("openapi")
            || has("swagger");
        self.template = [
            ".example",
            ".sample",
            ".template",
            ".dist",
            ".tmpl",
            ".tpl",
            ".j2",
            ".erb",
            ".defaults",
            "-example",
            "_example",
            "-sample",
            "_sample",
        ]
        .into_iter()
        .any(ends)
            || has(".example.")
            || has(".sample.")
            || has(".template.")
            || has("-example.")
            || has("_example.")
            || has("-sample.")
            || has("_sample.");
        self.artifact = ends(".abi") || ends(".abi.json") || ends(".dbg.json");
    }

    fn folder(&mut self, name: &[u8]) {
        match name {
            b"test" | b"tests" | b"testing" | b"testdata" | b"test-data" | b"test_data"
            | b"__tests__" | b"spec" | b"specs" | b"fixtures" | b"__fixtures__" | b"cassettes"
            | b"mocks" | b"__mocks__" | b"e2e" | b"__snapshots__" => self.test = true,
            b"doc" | b"docs" | b"documentation" | b"example" | b"examples" | b"sample"
            | b"samples" | b"demo" | b"demos" | b"tutorial" | b"tutorials" => self.docs = true,
            b"node_modules" | b"vendor" | b"vendored" | b"third_party" | b"third-party"
            | b"thirdparty" | b"bower_components" | b"site-packages" | b"dist-packages"
            | b"pods" | b".yarn" => self.vendored = true,
            b"artifacts" | b"typechain" | b"typechain-types" | b"abis" | b"abi" => {
                self.artifact = true;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> PathClass {
        classify(path.as_bytes())
    }

    #[test]
    fn lock_files_are_known() {
        for path in [
            "package-lock.json",
            "web/yarn.lock",
            "a/pnpm-lock.yaml",
            "Cargo.lock",
            "poetry.lock",
            "uv.lock",
            "Pipfile.lock",
            "composer.lock",
            "go.sum",
            "Gemfile.lock",
            "bun.lock",
            "nix/flake.lock",
            "app\\gradle.lockfile",
            "lib/site-packages/ccxt-4.4.72.dist-info/RECORD",
        ] {
            assert!(of(path).lock_file, "{path}");
        }
        for path in [
            "lock.py",
            "music/RECORD",
            "src/yarn.lock/key.txt",
            "package.json",
            "wallet.lock",
        ] {
            assert!(!of(path).lock_file, "{path}");
        }
    }

    #[test]
    fn packages_that_are_installed() {
        for path in [
            "web/node_modules/a/test/key.pem",
            ".venv/lib/python3.9/site-packages/ecdsa/keys.py",
            "/usr/lib/python3/dist-packages/ecdsa/keys.py",
            "env\\Lib\\site-packages\\ecdsa\\keys.py",
            "vendor/owner/package/tests/_data/key.pem",
            "web/vendor/github.com/owner/package/testdata/ca.key",
            "vendor/bundle/ruby/3.3.0/gems/package-1.0/spec/fixtures/key.pem",
        ] {
            assert!(installed(path.as_bytes()), "{path}");
        }
        for path in [
            "node_modules",
            "node_modules/key.pem",
            "node_modules/.cache/a.js",
            "node_modules/a/.env",
            "my_node_modules/a/b.js",
            "vendor/a/key.pem",
            "vendor/owner/package/src/key.pem",
            "vendor/tests/key.pem",
            "vendor/owner/package/tests/.env",
            "src/owner/package/tests/key.pem",
            "site-packages/bot.py",
            "",
        ] {
            assert!(!installed(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn other_kinds_are_known() {
        assert!(of("dist/app.min.js").minified);
        assert!(of("dist/app.js.map").source_map);
        assert!(of("release/SHA256SUMS").checksums);
        assert!(of("util/checksums_existing.json").checksums && !of("src/checksum.py").checksums);
        assert!(of("tests/bot.py").test && of("src/bot_test.go").test && of("a/b.spec.ts").test);
        assert!(of("docs/usage.txt").docs && of("README.md").docs && of("examples/a.py").docs);
        assert!(of("web/node_modules/a/b.js").vendored && of("vendor/a.go").vendored);
        assert!(of("bot/env-example").template);
        assert!(of(".env.example").template && of("config.sample.yml").template);
        assert!(of("artifacts/Token.json").artifact);
    }

    #[test]
    fn plain_paths_say_nothing() {
        for path in [
            "",
            "/",
            ".env",
            "src/bot.py",
            "config/latest.yml",
            "contest/protest.py",
            "src/attestation.rs",
        ] {
            assert_eq!(of(path), PathClass::default(), "{path}");
        }
    }
}
