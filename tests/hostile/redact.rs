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
    let run = case.scan();
    let fingerprint = crate::planted::fingerprint(&secret);
    let places = run.places(&fingerprint);
    for name in ["slashed.json", "unicode.json", "percent.txt"] {
        assert!(places.contains(&(name.to_owned(), 1)), "{name}: {run}");
    }
    for value in [&key, &secret, &slashed, &unicode, &percent] {
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
