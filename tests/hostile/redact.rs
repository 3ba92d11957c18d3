//! No value in any output, however it is written and wherever it stands.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::case::{Case, keyfence};
use crate::planted::{Pair, token};
use crate::random::{ALNUM, Random};

#[test]
fn every_secret_of_a_line_is_masked() {
    let case = Case::new();
    let (pair, other) = (Pair::new("a"), Pair::new("b"));
    let token = token(2);
    // Of no known kind, but a secret by its looks.
    let weak = Random::new("weak").text(ALNUM, 30);
    case.write(
        "line.py",
        format!(
            "binance = Client('{}', '{}'); gh = '{token}'; other = '{}'; binance2 = Client(\"{}\", \"{}\")\n",
            pair.key, pair.secret, weak, other.key, other.secret
        ),
    );
    let run = case.scan();
    run.found(&pair, "line.py", 1)
        .found(&other, "line.py", 1)
        .without(&token)
        .without(&weak)
        .complete();
}

#[test]
fn below_the_least_confidence_and_suppressed_values_are_masked_too() {
    let case = Case::new();
    let pair = Pair::new("a");
    let hidden = Pair::new("allowed");
    let weak = Random::new("weak").text(ALNUM, 40);
    case.write(
        "a.py",
        format!(
            "weak = '{weak}'; BINANCE_SECRET = '{}' # {weak}\nBINANCE_SECRET = '{}' # keyfence:allow reason {}\n",
            pair.secret, hidden.secret, hidden.secret
        ),
    );
    let run = case.scan_with(
        &["--show-suppressed", "--min-confidence", "possible"],
        |_| {},
    );
    run.without(&pair.secret)
        .without(&hidden.secret)
        .without(&weak)
        .clean();
}

#[test]
fn in_verbose_with_backtraces_and_logs() {
    let pair = Pair::new("verbose");
    let case = Case::of("a.env", pair.dotenv());
    case.write(format!("{}.gz", pair.secret), b"\x1f\x8b\x08\0broken");
    let run = case.scan_with(&["-v"; 0], |command| {
        command
            .env("RUST_BACKTRACE", "full")
            .env("RUST_LOG", "trace")
            .env("CLAP_DEBUG", "1");
    });
    run.found(&pair, "a.env", 2);
}

#[test]
fn encoded_forms_are_masked() {
    let case = Case::new();
    let pair = Pair::new("encoded");
    let secret = &pair.secret;
    let standard = STANDARD.encode(secret);
    let url = URL_SAFE_NO_PAD.encode(secret);
    let hex = secret.bytes().fold(String::new(), |mut hex, byte| {
        use std::fmt::Write;
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    // Beside the value on its line, and in the file's name.
    case.write(
        format!("{hex}-{standard}.env").replace('/', "_"),
        format!(
            "BINANCE_API_KEY={}\nBINANCE_SECRET_KEY={secret} # {standard} {url} {hex}\n",
            pair.key
        ),
    );
    let run = case.scan();
    run.masked(&pair)
        .without(&standard)
        .without(&url)
        .without(&hex)
        .complete();
    assert_eq!(run.code(), 1, "{run}");
}

#[test]
fn escaped_values_are_found_and_masked() {
    let case = Case::new();
    let mut random = Random::new("escaped");
    // Kraken's secrets are base64: they hold signs that are escaped in some ways to write.
    let key = STANDARD.encode(random.bytes(42));
    let secret = loop {
        let secret = STANDARD.encode(random.bytes(64));
        if secret.contains('/') && secret.contains('+') {
            break secret;
        }
    };
    let slashed = secret.replace('/', "\\/");
    let unicode = secret.replace('+', "\\u002b").replace('/', "\\u002F");
    let percent = secret
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    case.write(
        "slashed.json",
        format!("{{\"kraken\":{{\"key\":\"{key}\",\"secret\":\"{slashed}\"}}}}\n"),
    );
    case.write(
        "unicode.json",
        format!("{{\"kraken\":{{\"key\":\"{key}\",\"secret\":\"{unicode}\"}}}}\n"),
    );
    case.write(
        "percent.txt",
        format!("https://kraken.example.org/?kraken_key=x&kraken_secret={percent}&a=b\n"),
    );
    // No sign of it needs a code; all have one.
    let whole: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
    case.write("whole.txt", format!("kraken_secret={whole}\n"));
    let run = case.scan();
    let fingerprint = crate::planted::fingerprint(&secret);
    let places = run.places(&fingerprint);
    for name in ["slashed.json", "unicode.json", "percent.txt", "whole.txt"] {
        assert!(places.contains(&(name.to_owned(), 1)), "{name}: {run}");
    }
    for value in [&key, &secret, &slashed, &unicode, &percent, &whole] {
        run.without(value);
    }
    run.complete();
}

#[test]
fn keys_in_armour_show_nothing_of_their_body() {
    for proof in ["pem-private-key", "openssh-private-key"] {
        let key = keyfence::prove::forge(proof, 3).unwrap();
        let case = Case::new();
        case.write("id", format!("\n{key}\n"));
        case.write("one.json", format!("{{\"k\": {}}}", serde_json::json!(key)));
        let run = case.scan();
        let text = run.json().to_string();
        assert!(
            text.contains("\"id\"") && text.contains("one.json"),
            "{run}"
        );
        assert_eq!(run.code(), 1, "{run}");
        for line in key.lines().filter(|line| !line.starts_with("-----")) {
            run.without(line);
        }
        run.complete();
    }
}

#[test]
fn seed_phrases_show_no_word() {
    let phrase = keyfence::prove::forge("bip39", 5).unwrap();
    let case = Case::new();
    case.write("seed.txt", format!("{phrase}\n"));
    case.write("seed.env", format!("MNEMONIC=\"{phrase}\"\n"));
    let lines = phrase.split(' ').collect::<Vec<_>>().join("\n");
    case.write("lines.txt", format!("{lines}\n"));
    let run = case.scan();
    assert_eq!(run.code(), 1, "{run}");
    let words: Vec<&str> = phrase.split(' ').collect();
    for two in words.windows(2) {
        for out in run.outputs() {
            let text = String::from_utf8_lossy(out);
            assert!(!text.contains(&two.join(" ")), "words show: {run}");
        }
    }
    let excerpts = run.json()["findings"].to_string();
    let shown = words
        .iter()
        .filter(|word| word.len() > 5 && excerpts.contains(&format!("\"{word}\"")))
        .count();
    assert_eq!(shown, 0, "{run}");
    run.complete();
}

#[test]
fn secrets_are_shown_where_asked_for_and_nowhere_else() {
    let pair = Pair::new("shown");
    let case = Case::of("a.env", pair.dotenv());
    let run = case.scan_with(&["--show-secrets"], |_| {});
    assert!(run.json().to_string().contains(&pair.secret));
    let stderr = String::from_utf8_lossy(&run.output.stderr);
    assert!(!stderr.contains(&pair.secret), "{stderr}");
}

#[test]
fn what_a_broken_configuration_says_is_cut_short() {
    let token = token(43);
    for text in [
        format!("\"{token}\" = 1\n"),
        format!("fail-on = \"{token}\"\n"),
        format!("min-confidence = \"{token}\"\n"),
        format!("only-rules = [\"{token}\"]\n"),
        format!("rules = \"{token}\"\n"),
        format!("[[exclude]]\n\"{token}\" = 2\n"),
    ] {
        let run = Case::of("keyfence.toml", &text).scan();
        assert_eq!(run.code(), 2, "{run}");
        run.without(&token).clean();
    }
}

/// What looks through the names of a repository shows no value that one of them holds, whether a file
/// holds it as well or not.
#[test]
fn names_that_hold_a_token() {
    let token = token(77);
    for text in [format!("A_TOKEN={token}\n"), "A=1\n".to_owned()] {
        let case = Case::new();
        case.write(format!("{token}/.env"), &text);
        case.write(format!("{token}/package.json"), "{}");
        case.git(&[]);
        for args in [
            &["gitignore"][..],
            &["gitignore", "--format", "json"],
            &["gitignore", "--format", "tsv"],
            &["checklist"],
            &["checklist", "--format", "json"],
            &["checklist", "--format", "markdown"],
        ] {
            let run = keyfence()
                .current_dir(case.root())
                .args(args)
                .output()
                .unwrap();
            let out = [run.stdout, run.stderr].concat();
            assert!(memchr::memmem::find(&out, b".env").is_some(), "{args:?}");
            assert!(
                memchr::memmem::find(&out, token.as_bytes()).is_none(),
                "{args:?}"
            );
        }
    }
}

/// Every way to report, to standard output.
const FORMATS: [&str; 10] = [
    "human",
    "json",
    "jsonl",
    "sarif",
    "gitlab",
    "codeclimate",
    "junit",
    "csv",
    "github",
    "markdown",
];

/// A repository whose names hold tokens, each one of its own: of a file with a finding, of one without, of
/// directories, of members of an archive, of a file that can't be unpacked, of a branch, a tag, an author.
struct Named {
    case: Case,
    tokens: Vec<String>,
}

impl Named {
    fn new() -> Self {
        let case = Case::new();
        let tokens: Vec<String> = (200..209).map(token).collect();
        let aws = format!(
            "AKIA{}",
            Random::new("aws").text("ABCDEFGHIJKLMNOP234567", 16)
        );
        let named = Random::new("named").text(ALNUM, 40);
        let [a, b, c, d, e, f, branch, tag, author] = &tokens[..] else {
            unreachable!()
        };
        let line = |seed| format!("GH_TOKEN={}\n", token(seed));
        case.write(format!("dump-{a}.txt"), line(300));
        case.write(format!("plain-{b}.tar.md"), "nothing\n");
        case.write(format!("{aws}/.env"), "A=1\n");
        case.write(format!("{aws}/x.py"), line(301));
        case.write(format!("dir_{c}/deep/.env"), line(302));
        case.write(format!("api_key={named}.json"), line(303));
        let packed = crate::packer::tar(&[
            (&format!("in/{d}/x.txt"), line(304).as_bytes()),
            (&format!("y-{e}.txt"), b"nothing"),
        ]);
        case.write("a.tar", packed);
        case.write(format!("{f}.gz"), b"\x1f\x8b\x08\0broken");
        case.git(&[]);
        let git = |args: &[&str]| {
            let done = std::process::Command::new("git")
                .current_dir(case.root())
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("HOME", "/nowhere")
                .args(["-c", &format!("user.name=by {author}")])
                .args(["-c", "user.email=a@example.org"])
                .args(args)
                .output()
                .unwrap();
            assert!(done.status.success(), "git {args:?}");
        };
        git(&["add", "-f", "."]);
        git(&["commit", "-q", "-m", "one"]);
        git(&["branch", &format!("b-{branch}")]);
        git(&["tag", &format!("t-{tag}")]);
        let mut tokens = tokens.clone();
        tokens.extend([aws, named]);
        Self { case, tokens }
    }

    /// Runs a command: none of the tokens shows.
    fn run(&self, args: &[&str]) -> String {
        let run = keyfence()
            .current_dir(self.case.root())
            .args(args)
            .output()
            .unwrap();
        let out = [run.stdout, run.stderr].concat();
        self.shows_none(&out, &format!("{args:?}"));
        String::from_utf8(out).unwrap()
    }

    fn shows_none(&self, out: &[u8], what: &str) {
        for token in &self.tokens {
            // Neither the whole nor a telling piece.
            for piece in [&token[..12], &token[token.len() - 12..]] {
                let shows = memchr::memmem::find(out, piece.as_bytes()).is_some();
                assert!(!shows, "{what}: {piece}: {}", String::from_utf8_lossy(out));
            }
        }
    }
}

#[test]
fn no_report_shows_what_a_name_holds() {
    let named = Named::new();
    for format in FORMATS {
        for source in [
            &["--show-suppressed"][..],
            &["--history"],
            &["--range", "HEAD"],
        ] {
            let args = [&["scan", "-v", "--format", format], source].concat();
            let out = named.run(&args);
            assert!(out.contains("dump-gh"), "{args:?}: {out}");
        }
    }
}

#[test]
fn no_command_shows_what_a_name_holds() {
    let named = Named::new();
    let json: serde_json::Value = {
        let out = named.run(&["scan", "-q", "--format", "json"]);
        serde_json::from_str(&out[..=out.rfind("\n}").unwrap() + 1]).unwrap()
    };
    for finding in json["findings"].as_array().unwrap() {
        named.run(&["explain", finding["fingerprint"].as_str().unwrap()]);
    }
    for args in [
        &["gitignore"][..],
        &["gitignore", "--fix", "--dry-run"],
        &["checklist"],
        &["doctor"],
        &["baseline", "--history"],
        &["init", "--yes"],
        &["scan", &format!("{}.txt", named.tokens[0])],
        &["scan", "--config", &format!("{}.toml", named.tokens[0])],
        &["hook", "pre-commit"],
    ] {
        named.run(args);
    }
    let baseline = std::fs::read(named.case.root().join("keyfence.baseline")).unwrap();
    assert!(memchr::memmem::find(&baseline, b"dump-gh").is_some());
    named.shows_none(&baseline, "baseline");
    // What is in the baseline is known, whatever its path looks like there.
    let out = named.run(&["scan", "--history", "--baseline", "keyfence.baseline"]);
    assert!(out.contains(": 0 findings"), "{out}");
}

/// The places without a line at which a report tells these values.
fn named(out: &str, values: &[String]) -> Vec<(usize, String)> {
    let json: serde_json::Value =
        serde_json::from_str(&out[..out.rfind("\n}").unwrap() + 2]).unwrap();
    let mut found = Vec::new();
    for finding in json["findings"].as_array().unwrap() {
        let value = values
            .iter()
            .position(|value| finding["fingerprint"] == crate::planted::fingerprint(value));
        for place in finding["places"].as_array().unwrap() {
            let members = place["members"].as_array().map_or(0, Vec::len);
            let path = place["path"].as_str().unwrap();
            if let Some(value) = value.filter(|_| place["line"].is_null()) {
                assert!(place["spans"].as_array().unwrap().is_empty());
                found.push((value, format!("{}{}", path.len(), "!".repeat(members))));
            }
        }
    }
    found.sort();
    found
}

/// What stands in a name alone is a finding: in the tree, in a range, in the history, when it is staged; once,
/// whatever lies below a directory; and an entry of a baseline or an ignore file silences it.
#[test]
fn a_token_in_a_name_is_told() {
    let repository = Named::new();
    // Of the files: the branch, the tag and the author are texts that only a history scan reads. The key
    // under a plain name is told by that name alone, which counts in a file.
    let tokens = &repository.tokens[..6];
    let everywhere: Vec<usize> = (0..6).collect();
    for source in [&[][..], &["--range", "HEAD"], &["--history"]] {
        let args = [&["scan", "-q", "--format", "json"], source].concat();
        let found = named(&repository.run(&args), tokens);
        let values: Vec<usize> = found.iter().map(|(value, _)| *value).collect();
        assert_eq!(values, everywhere, "{args:?}: {found:?}");
        let member =
            |(value, path): &(usize, String)| (3..5).contains(value) == path.ends_with('!');
        assert!(found.iter().all(member), "{found:?}");
    }
    let history = repository.run(&["scan", "-q", "--history", "--format", "json"]);
    for text in &repository.tokens[6..9] {
        assert!(
            history.contains(&crate::planted::fingerprint(text)),
            "{history}"
        );
    }
    // Nothing is staged; a commit that changes what a file holds brings no name.
    assert!(!repository.run(&["scan", "--staged"]).contains("GitHub"));
    let name = format!("plain-{}.tar.md", tokens[1]);
    repository.case.write(&name, "nothing more\n");
    repository.case.git(&[]);
    assert!(!repository.run(&["scan", "--staged"]).contains("GitHub"));
    // Another name does.
    repository
        .case
        .write(format!("{}/plain", tokens[1]), "nothing\n");
    repository.case.git(&[]);
    let staged = repository.run(&["scan", "--staged", "-q", "--format", "json"]);
    assert_eq!(named(&staged, tokens).len(), 1, "{staged}");
    let silent = format!(
        "[[ignore]]\nfingerprint = \"{}\"\nreason = \"revoked\"\n",
        crate::planted::fingerprint(&tokens[1])
    );
    repository.case.write("keyfence.toml", silent);
    let out = repository.run(&["scan", "-q", "--format", "json"]);
    assert!(
        named(&out, tokens).iter().all(|(value, _)| *value != 1),
        "{out}"
    );
    assert!(
        repository
            .run(&["scan", "--show-suppressed"])
            .contains("suppressed[ignore]")
    );
}

/// A commit that brings a name with a token: the hook tells it without showing it.
#[test]
fn a_hook_shows_no_name_that_holds_a_token() {
    let named = Named::new();
    let token = token(250);
    named.case.write(
        format!("new-{token}/x.env"),
        format!("GH_TOKEN={}\n", crate::planted::token(251)),
    );
    named.case.git(&[]);
    for args in [
        &["hook", "pre-commit"][..],
        &["scan", "--staged", "--format", "json"],
    ] {
        let out = named.run(args);
        assert!(out.contains("new-gh"), "{out}");
        assert!(!out.contains(&token[..12]), "{out}");
    }
}

/// Names that programs make of digests and ids are shown as they are.
#[test]
fn names_of_digests_are_not_masked() {
    let case = Case::new();
    let mut random = Random::new("digests");
    let mut hex = |length: usize| random.text("0123456789abcdef", length);
    let names = [
        format!("objects/{}/{}", hex(2), hex(38)),
        format!("{}.json", hex(64)),
        format!("sha256-{}.tar.gz", hex(64)),
        format!("static/js/main.{}.chunk.js", hex(20)),
        format!(
            "{}-{}-4{}-8{}-{}.log",
            hex(8),
            hex(4),
            hex(3),
            hex(3),
            hex(12)
        ),
        format!("keystore/UTC--2024-01-02T03-04-05.678901234Z--{}", hex(40)),
        format!("cache/v2/{}/content-v2/sha512/{}", hex(2), hex(124)),
        format!("logo.{}.png", hex(32)),
    ];
    for (name, seed) in names.iter().zip(400..) {
        case.write(name, format!("GH_TOKEN={}\n", token(seed)));
    }
    let run = case.scan();
    run.findings(names.len());
    let out = String::from_utf8_lossy(&run.output.stdout).into_owned();
    for name in &names {
        assert!(out.contains(&format!("--> {name}:1:")), "{name}: {run}");
    }
}
