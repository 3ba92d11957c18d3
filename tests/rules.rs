//! The rules: each keeps the contract of `rules/README.md`, and its examples hold in the whole
//! scanner; a rule file that breaks it is refused with its line and what to write instead.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use keyfence::rule::{Need, Rule, Set, read};
use keyfence::scan::examples;
use serde_json::{Value, json};

/// Rules with fewer than three examples or two counter-examples, and why that is all there is.
const FEWER_EXAMPLES: &[(&str, &str)] = &[];

#[test]
fn examples_and_counter_examples_hold() {
    let set = Set::builtin();
    let failures: Vec<String> = set
        .rules()
        .iter()
        .flat_map(|rule| examples(&set, rule).into_iter().map(move |f| (rule, f)))
        .map(|(rule, f)| format!("rules/{}:{}: {}", rule.file, f.example.line, f.what))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn each_rule_has_examples_enough() {
    let few = |rule: &&Rule| {
        let counter = rule.examples.iter().filter(|e| e.finds.is_empty()).count();
        rule.examples.len() - counter < 3 || counter < 2
    };
    let few: BTreeSet<&str> = Set::builtin()
        .rules()
        .iter()
        .filter(few)
        .map(|rule| rule.id)
        .collect();
    let excused: BTreeSet<&str> = FEWER_EXAMPLES.iter().map(|(id, _)| *id).collect();
    assert_eq!(few, excused);
}

#[test]
fn each_part_is_found_by_an_example() {
    let rules = Set::builtin().rules();
    let shown: BTreeSet<(&str, &str)> = rules
        .iter()
        .flat_map(|rule| {
            let finds = rule.examples.iter().flat_map(|e| e.finds.iter());
            finds.map(|f| (f.rule.unwrap_or(rule.id), f.part))
        })
        .collect();
    let missing: Vec<(&str, &str)> = rules
        .iter()
        .flat_map(|rule| rule.parts.iter().map(|part| (rule.id, part.name)))
        .filter(|part| !shown.contains(part))
        .collect();
    assert!(missing.is_empty(), "no example finds {missing:?}");
}

#[test]
fn ids_are_unique_in_order_and_tell_the_parts_apart() {
    let ids: Vec<&str> = Set::builtin().rules().iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for rule in Set::builtin().rules() {
        for part in &*rule.parts {
            let reported = part
                .kind
                .map_or(format!("{}-{}", rule.id, part.name), str::to_owned);
            let other = ids.iter().find(|id| **id == reported && **id != rule.id);
            assert_eq!(
                other, None,
                "{}: `{}` has the id of a rule",
                rule.file, part.name
            );
        }
    }
}

#[test]
fn each_rule_says_what_to_do() {
    for rule in Set::builtin().rules() {
        let file = rule.file;
        assert!(!rule.remedy.steps.is_empty(), "{file}: no steps");
        assert!(
            rule.about.ends_with('.') && rule.about.len() > 20,
            "{file}: about"
        );
        for page in rule.page.iter().chain(&rule.remedy.revoke) {
            assert!(page.starts_with("https://"), "{file}: {page}");
        }
        assert!(
            rule.parts.iter().any(|part| part.need != Need::Pair),
            "{file}: no part can be found first"
        );
    }
}

#[test]
fn each_proof_that_a_rule_names_exists() {
    for rule in Set::builtin().rules() {
        for proof in rule.parts.iter().filter_map(|part| part.proof) {
            assert!(
                keyfence::prove::prover(proof).is_some(),
                "{}: {proof}",
                rule.file
            );
        }
    }
}

fn toml_files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| {
            if path.is_dir() {
                toml_files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What the user reads of a rule file, without its directory.
fn refused(path: &Path) -> String {
    let error = read(path).expect_err(&path.to_string_lossy());
    let said = format!("error: {error}\nhelp: {}\n", error.help());
    let directory = path.parent().unwrap().to_string_lossy();
    said.replace(&format!("{directory}{}", std::path::MAIN_SEPARATOR), "")
}

/// `KEYFENCE_UPDATE=1 cargo test --test rules` writes the messages anew; read the difference.
#[test]
fn broken_files_are_refused_with_line_and_help() {
    let said: String = toml_files(&home("tests/rules/broken"))
        .iter()
        .map(|path| refused(path))
        .collect();
    let kept = home("tests/rules/broken.txt");
    if std::env::var_os("KEYFENCE_UPDATE").is_some() {
        fs::write(&kept, &said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(&kept).unwrap());
}

#[test]
fn a_file_replaces_the_rule_of_its_id_only_where_that_is_meant() {
    let bybit = [home("rules/exchange/bybit.toml")];
    let error = Set::load(&bybit).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("there is a rule `bybit` already"),
        "{error}"
    );
    assert!(
        error.help().contains("exchange/bybit.toml"),
        "{}",
        error.help()
    );
    let set = Set::replacing(&bybit).unwrap();
    assert_eq!(set.rules().len(), Set::builtin().rules().len());
    let rule = set.get("bybit").unwrap();
    assert!(rule.file.ends_with("rules/exchange/bybit.toml") && rule.domain == "user");
    assert_eq!(examples(&set, rule).len(), 0);
    let twice = [bybit[0].clone(), bybit[0].clone()];
    assert!(Set::replacing(&twice).is_err());
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(home("rules.schema.json")).unwrap()).unwrap()
}

#[test]
fn the_schema_takes_every_rule() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let schema = jsonschema::validator_for(&schema).unwrap();
    for path in toml_files(&home("rules")) {
        let rule: toml::Value = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let rule = serde_json::to_value(rule).unwrap();
        let wrong: Vec<String> = schema
            .iter_errors(&rule)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("\n"));
    }
}

/// The fields that the reader knows in a table, as it tells them when it meets another.
fn fields(table: &str) -> BTreeSet<String> {
    let text = match table {
        "" => "«» = 1".to_owned(),
        "shape" => "[[part]]\nname = 'key'\nshape = { «» = 1 }".to_owned(),
        "finds" => "[[example]]\ntext = ''\nfinds = [{ «» = 1 }]".to_owned(),
        list @ ("part" | "example") => format!("[[{list}]]\n«» = 1"),
        table => format!("[{table}]\n«» = 1"),
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rule.toml");
    fs::write(&path, text.replace("«»", "no-such-field")).unwrap();
    let help = read(&path).unwrap_err().help();
    let (_, all) = help
        .split_once("fields here: ")
        .unwrap_or_else(|| panic!("{table}: {help}"));
    all.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_schema_knows_the_fields_that_the_reader_knows() {
    let schema = schema();
    for (table, pointer) in [
        ("", ""),
        ("context", "/properties/context"),
        ("part", "/$defs/part"),
        ("shape", "/$defs/shape"),
        ("pairing", "/properties/pairing"),
        ("severity", "/properties/severity"),
        ("remedy", "/properties/remedy"),
        ("samples", "/properties/samples"),
        ("example", "/$defs/example"),
        ("finds", "/$defs/expected"),
    ] {
        let object = schema.pointer(pointer).unwrap();
        let named: BTreeSet<String> = object["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(named, fields(table), "{table}");
        assert_eq!(object["additionalProperties"], json!(false), "{table}");
    }
    let proofs = &schema["$defs"]["part"]["properties"]["proof"]["enum"];
    assert_eq!(proofs, &json!(keyfence::prove::NAMES));
}
