//! The checklist: each line can pass, fail or be not known, by what stands in the repository.

use serde_json::Value;

use crate::chance::pair;
use crate::world::World;

/// The state of each line, and its evidence.
#[track_caller]
fn lines(world: &World) -> Vec<(String, String)> {
    let run = world.keyfence(&["checklist", "--format", "json"], b"");
    let json = run.json();
    let items: Vec<(String, String)> = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(index, item)| {
            assert_eq!(item["number"], index + 1);
            let texts = |name: &str| {
                let list: Vec<Value> = item[name].as_array().unwrap().clone();
                list.iter()
                    .map(|one| one.as_str().unwrap().to_owned())
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            let state = item["state"].as_str().unwrap().to_owned();
            (state, format!("{}\n{}", texts("evidence"), texts("next")))
        })
        .collect();
    assert_eq!(items.len(), 12);
    let failed = items.iter().filter(|item| item.0 == "failed").count();
    assert_eq!(json["failed"], failed);
    assert_eq!(run.code, i32::from(failed > 0), "{}", run.stderr);
    items
}

/// A bot that does all that can be seen from here.
fn good() -> World {
    let world = World::new();
    world.keyfence(&["gitignore", "--fix"], b"");
    world.write(
        "bot.py",
        "import os, ccxt\nexchange = ccxt.kraken({'apiKey': os.environ['KRAKEN_KEY']})\nexchange.create_order('BTC/USD', 'limit', 'buy', 1, 2)\n",
    );
    world.write(
        ".github/workflows/keyfence.yml",
        "on: push\njobs:\n  scan:\n    steps:\n      - run: keyfence scan --history\n",
    );
    world.commit("begin");
    world.write(
        ".git/hooks/pre-commit",
        "#!/bin/sh\nexec keyfence scan --staged\n",
    );
    world
}

#[test]
fn what_can_be_seen_passes_and_the_rest_is_not_known() {
    let world = good();
    let lines = lines(&world);
    let states: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    let (yes, open) = ("passed", "not known");
    assert_eq!(
        states,
        [
            open, open, yes, yes, yes, open, open, open, yes, yes, open, yes
        ],
        "{lines:#?}"
    );
    // Where the owner looks.
    for line in [0, 1, 6, 7, 10] {
        assert!(
            lines[line].1.contains("Kraken: https://"),
            "{}",
            lines[line].1
        );
    }
    assert_eq!(world.keyfence(&["checklist"], b"").code, 0);
    assert_eq!(world.keyfence(&["checklist", "--strict"], b"").code, 1);
}

#[test]
fn what_is_wrong_fails_with_its_evidence() {
    let world = World::new();
    let keys = pair(40);
    world.write("bots/a/.env", &keys);
    world.write("bots/b/settings.env", &keys);
    world.write(
        "bots/a/bot.py",
        "import ccxt\nexchange = ccxt.binance({})\nexchange.withdraw('BTC', 1, address)\n",
    );
    world.commit("all of it");
    let lines = lines(&world);
    let failed: Vec<usize> = (1..)
        .zip(&lines)
        .filter(|(_, line)| line.0 == "failed")
        .map(|(n, _)| n)
        .collect();
    assert_eq!(failed, [1, 3, 4, 5, 6, 7, 11, 12], "{lines:#?}");
    for (line, part) in [
        (1, "bots/a/bot.py:3"),
        (3, "bots/a/.env:"),
        (4, "exposed "),
        (4, "still in HEAD"),
        (5, "bots/a/.env is tracked"),
        (6, "bots/a/.env, bots/b/settings.env"),
        (7, "days since it first stood in git"),
        (9, "https://"),
        (11, "Ann <ann@example.com>"),
        (12, "no git hook here runs keyfence"),
    ] {
        let told = &lines[line - 1].1;
        assert!(told.contains(part), "line {line}: {told}");
    }
}

#[test]
fn keys_in_ignored_files_are_compared_and_no_leak() {
    let world = good();
    let keys = pair(60);
    world.write("a/.env", &keys);
    let told = lines(&world);
    assert_eq!(
        (told[2].0.as_str(), told[5].0.as_str()),
        ("passed", "passed"),
        "{told:#?}"
    );
    assert_eq!(told[6].0, "not known", "nobody knows how old it is");
    world.write("b/.env", &keys);
    let told = lines(&world);
    assert_eq!(
        (told[2].0.as_str(), told[5].0.as_str()),
        ("passed", "failed"),
        "{told:#?}"
    );
}

#[test]
fn cloud_bots_are_a_decision() {
    let world = good();
    world.write("cloud.py", "URL = 'https://api.3commas.io/public/api'\n");
    world.commit("cloud");
    let told = lines(&world);
    assert_eq!(told[9].0, "not known");
    assert!(
        told[9].1.contains("3Commas is configured at cloud.py:1"),
        "{}",
        told[9].1
    );
}

#[test]
fn a_configured_hook_must_be_installed() {
    let world = good();
    std::fs::remove_file(world.top.join(".git/hooks/pre-commit")).unwrap();
    world.write(
        ".pre-commit-config.yaml",
        "repos:\n- repo: https://github.com/keyfence/keyfence\n",
    );
    world.commit("hook");
    let told = lines(&world);
    assert_eq!(told[11].0, "failed");
    assert!(
        told[11].1.contains("no hook is installed"),
        "{}",
        told[11].1
    );
    world.write("hooks/pre-commit", "#!/bin/sh\n# by pre-commit\n");
    world.git(&["config", "core.hooksPath", "hooks"]);
    assert_eq!(lines(&world)[11].0, "passed");
}

#[test]
fn text_and_markdown() {
    let world = good();
    world.write("evil.py", "x = 1\n");
    world.git(&["config", "user.name", "<b>@all</b> [x](y) ![z](w)"]);
    world.git(&["add", "evil.py"]);
    world.write("secret.env", pair(70));
    world.git(&["add", "-f", "secret.env"]);
    world.git(&["commit", "-q", "-m", "by evil"]);
    let human = world.keyfence(&["checklist"], b"").text();
    assert!(
        human.contains(" 4. failed     No secret ever stood in git"),
        "{human}"
    );
    assert!(human.ends_with("not known\n"), "{human}");
    let markdown = world
        .keyfence(&["checklist", "--format", "markdown"], b"")
        .text();
    assert!(
        markdown.starts_with("## Security checklist\n"),
        "{markdown}"
    );
    assert_eq!(markdown.matches("\n- [").count(), 12);
    assert!(markdown.contains("- [x] **10."), "{markdown}");
    assert!(
        !markdown.contains("<b>") && !markdown.contains("@all"),
        "{markdown}"
    );
    assert!(!markdown.contains("[x](y)"), "{markdown}");
}

#[test]
fn without_a_repository_it_says_so() {
    let world = World::new();
    let run = world.keyfence(&["checklist", world.home().to_str().unwrap()], b"");
    assert_eq!((run.code, run.text().as_str()), (2, ""));
}
