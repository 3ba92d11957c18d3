//! Hygiene in the reports of a scan: a part of its own, and never a leak.

use crate::chance::pair;
use crate::world::World;

fn messy() -> World {
    let world = World::new();
    world.write("main.py", "print(1)\n");
    world.write(".env", pair(20));
    world.write("deep/config.local.json", "{\"apiSecret\": \"\"}\n");
    world.write("dump.sql", format!("-- {}", pair(22)));
    world.git(&["add", "main.py", ".env", "dump.sql"]);
    world.git(&["commit", "-q", "-m", "one"]);
    world
}

#[test]
fn lapses_have_a_part_of_their_own() {
    let world = messy();
    let run = world.keyfence(&["scan", "--format", "json"], b"");
    assert_eq!(run.code, 1);
    let json = run.json();
    let told: Vec<(&str, &str, &str)> = json["hygiene"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| {
            (
                own["id"].as_str().unwrap(),
                own["severity"].as_str().unwrap(),
                own["place"]["path"].as_str().unwrap(),
            )
        })
        .collect();
    for wanted in [
        ("hygiene-tracked-secret-file", "medium", ".env"),
        ("hygiene-tracked-secret-file", "medium", "dump.sql"),
        (
            "hygiene-uncovered-secret-file",
            "medium",
            "deep/config.local.json",
        ),
        ("hygiene-uncovered-pattern", "info", ".gitignore"),
    ] {
        assert!(told.contains(&wanted), "{wanted:?} in {told:?}");
    }
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(json["summary"]["findings"], findings.len());
    assert_eq!(json["summary"]["hygiene"], told.len());
    assert!(
        findings
            .iter()
            .all(|own| !own["id"].as_str().unwrap().starts_with("hygiene"))
    );
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../report.schema.json")).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&json)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [""; 0]);
    let human = world.keyfence(&["scan"], b"").text();
    assert!(human.contains("Hygiene: no leaks"), "{human}");
    assert!(human.contains("git rm --cached -- .env"), "{human}");
}

#[test]
fn they_count_for_the_exit_code_by_their_severity() {
    let world = World::new();
    world.write("main.py", "print(1)\n");
    world.commit("one");
    assert_eq!(
        world.keyfence(&["scan"], b"").code,
        0,
        "a pattern without a file is info"
    );
    assert_eq!(world.keyfence(&["scan", "--fail-on", "info"], b"").code, 1);
    world.write("wallet.dat", "x");
    assert_eq!(
        world.keyfence(&["scan"], b"").code,
        1,
        "a file that is there is medium"
    );
    assert_eq!(world.keyfence(&["scan", "--fail-on", "high"], b"").code, 0);
    let without = world.keyfence(&["scan", "--no-hygiene", "--format", "json"], b"");
    assert_eq!(without.code, 0);
    assert_eq!(without.json()["hygiene"].as_array().unwrap().len(), 0);
    let left_out = ["scan", "--exclude-rule", "hygiene-uncovered-secret-file"];
    assert_eq!(world.keyfence(&left_out, b"").code, 0);
    world.write(
        "keyfence.toml",
        "[[exclude]]\npath = \"wallet.dat\"\nreason = \"a made-up one\"\n",
    );
    let run = world.keyfence(&["scan", "--format", "json"], b"");
    assert_eq!(run.code, 0);
    assert_eq!(run.json()["summary"]["hygiene_suppressed"], 2);
}

#[test]
fn sarif_names_the_file() {
    let world = messy();
    let json = world.keyfence(&["scan", "--format", "sarif"], b"").json();
    let run = &json["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut places = Vec::new();
    for result in run["results"].as_array().unwrap() {
        let id = result["ruleId"].as_str().unwrap();
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], id);
        if id.starts_with("hygiene-") {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            places.push((id, uri, result["level"].as_str().unwrap()));
        }
    }
    assert!(
        places.contains(&("hygiene-tracked-secret-file", ".env", "warning")),
        "{places:?}"
    );
    assert!(
        places.contains(&("hygiene-uncovered-pattern", ".gitignore", "note")),
        "{places:?}"
    );
}

#[test]
fn a_part_of_a_repository_is_judged_alone() {
    let world = messy();
    world.write("deep/package.json", "{}");
    let json = world
        .keyfence(&["scan", "deep", "--format", "json"], b"")
        .json();
    let paths: Vec<&str> = json["hygiene"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["place"]["path"].as_str().unwrap())
        .collect();
    assert!(paths.contains(&"deep/config.local.json"), "{paths:?}");
    assert!(
        paths.iter().all(|path| path.starts_with("deep/")),
        "{paths:?}"
    );
}

#[test]
fn documents_have_the_form_that_their_schema_says() {
    let world = messy();
    world.write("sub/package.json", "{}");
    world.write("sub/.gitignore", "*.key\n");
    world.write(".git/info/exclude", "*.pem\n");
    let schema = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
    let gitignore = schema(include_str!("../../gitignore.schema.json"));
    let checklist = schema(include_str!("../../checklist.schema.json"));
    for (schema, args, input) in [
        (&gitignore, &["gitignore"][..], ""),
        (
            &gitignore,
            &["gitignore", "--paths", "-"],
            "a.pem\n.env\nx\n",
        ),
        (&checklist, &["checklist"], ""),
    ] {
        let run = world.keyfence(&[args, &["--format", "json"]].concat(), input.as_bytes());
        let errors: Vec<String> = jsonschema::validator_for(schema)
            .unwrap()
            .iter_errors(&run.json())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{args:?}: {}", run.text());
    }
}

#[test]
fn no_value_leaves() {
    let world = messy();
    let text = String::from_utf8(world.read(".env")).unwrap();
    let values: Vec<&str> = text
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.1))
        .collect();
    for args in [
        &["scan"][..],
        &["scan", "--format", "json"],
        &["scan", "--format", "sarif"],
        &["gitignore"],
        &["gitignore", "--format", "json"],
        &["gitignore", "--format", "tsv"],
        &["gitignore", "--fix", "--dry-run"],
        &["checklist"],
        &["checklist", "--format", "json"],
        &["checklist", "--format", "markdown"],
    ] {
        let run = world.keyfence(args, b"");
        assert!(run.code == 0 || run.code == 1, "{args:?}: {}", run.stderr);
        for value in &values {
            assert!(
                !run.text().contains(value) && !run.stderr.contains(value),
                "{args:?}"
            );
        }
    }
}
