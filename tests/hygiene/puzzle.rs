//! Puzzles of ignore files, made from a seed; git solves them first.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;

use crate::chance::Chance;
use crate::oracle;
use crate::world::World;

const DIRS: &[&str] = &["", "a", "a/b", "bot", "bot/conf", "x y", "a/b/c", "src"];
const NAMES: &[&str] = &[
    ".env",
    ".env.local",
    ".env.example",
    ".ENV",
    "id_rsa",
    "id_rsa.pub",
    "key.pem",
    "Key.PEM",
    "config.local.json",
    "config.local.json\t",
    "secrets.json",
    "my secrets.json",
    "a ",
    "a",
    "[x].key",
    "{.env,b}",
    "#note.key",
    "!bang.key",
    "back\\slash.key",
    "star*.key",
    "caf\u{e9}.key",
    "x1.key",
    "build",
    "wallet.dat",
];
const PIECES: &[&str] = &[
    "*",
    "?",
    "**",
    "**/",
    "/",
    "a",
    "b",
    "bot",
    "conf",
    ".env",
    ".key",
    ".pem",
    "[a-z]",
    "[!a]",
    "[^x]",
    "[[:alpha:]]",
    "[[:digit:]]",
    "[[:upper:]]",
    "\\*",
    "\\!",
    "\\#",
    "\\ ",
    "\\\\",
    " ",
    "\t",
    "{.env,b}",
    "[",
    "]",
    "config",
    "local",
    ".json",
    "secrets",
    "id_rsa",
    "wallet",
    "x",
    "caf\u{e9}",
    "[]a]",
    "[a-",
];
const LINES: &[&str] = &[
    ".env",
    ".env*",
    "!.env.example",
    "*.key",
    "*.pem",
    "/.env",
    "!.env",
    "config.local.json",
    "config.local.json\t",
    "config.local.json  ",
    "{.env,*.key}",
    ".env.[[:alpha:]]*",
    "*secrets*.json",
    "a/",
    "a/*",
    "!a/b/",
    "a/**",
    "!a/b/c/.env",
    "**/conf/",
    "bot/**/.env",
    "*",
    "!*/",
    "!*.py",
    "\\#note.key",
    "\\!bang.key",
    "\\[x\\].key",
    "my\\ secrets.json",
    "a\\ ",
    "build/",
    "# a comment",
    "",
    "wallet.*",
    "**",
    "/**/id_rsa",
    "id_rsa*",
    "!id_rsa.pub",
    "bot",
    "src/",
    ".gitignore",
];

/// A line: one that people write, or one that nobody does.
fn line(chance: &mut Chance) -> String {
    if chance.percent(70) {
        return chance.pick(LINES).to_owned();
    }
    let mut out = String::new();
    if chance.percent(20) {
        out.push('!');
    }
    for _ in 0..=chance.below(4) {
        out.push_str(chance.pick(PIECES));
    }
    out
}

/// An ignore file, with line ends and marks of all kinds.
fn file(chance: &mut Chance) -> Vec<u8> {
    let mut out = Vec::new();
    if chance.percent(10) {
        out.extend_from_slice(b"\xef\xbb\xbf");
    }
    let end = if chance.percent(25) { "\r\n" } else { "\n" };
    let lines = 1 + chance.below(7);
    for number in 0..lines {
        out.extend_from_slice(line(chance).as_bytes());
        if number + 1 < lines || chance.percent(80) {
            out.extend_from_slice(end.as_bytes());
        }
    }
    out
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}

/// What the ignore files say, for people who look for a fault.
type Shown = BTreeMap<String, String>;

/// A repository: nested ignore files, in the index, changed since, untracked, links; rules of this machine
/// alone; tracked files; projects.
fn build(chance: &mut Chance) -> (World, Vec<Vec<u8>>, Shown) {
    let world = World::new();
    let mut shown = Shown::new();
    let mut add = Vec::new();
    for dir in DIRS {
        let wanted = if dir.is_empty() { 90 } else { 25 };
        if !chance.percent(wanted) {
            continue;
        }
        let name = join(dir, ".gitignore");
        let bytes = file(chance);
        world.write(&name, &bytes);
        if chance.percent(80) {
            add.push(name.clone());
        }
        shown.insert(name, String::from_utf8_lossy(&bytes).into_owned());
    }
    if chance.percent(30) {
        let dir = chance.pick(&["bot", "a/b", "src"]);
        let name = join(dir, chance.pick(&["package.json", "pyproject.toml"]));
        world.write(&name, "{}");
        add.push(name);
    }
    for _ in 0..chance.below(4) {
        let name = join(chance.pick(DIRS), chance.pick(NAMES));
        if name.ends_with("/a") || name == "a" || name == "build" {
            continue;
        }
        world.write(&name, "x");
        add.push(name);
    }
    for name in &add {
        world.git(&["add", "-f", "--", name]);
    }
    // Changes that are not staged.
    if chance.percent(15) && shown.contains_key(".gitignore") {
        let bytes = file(chance);
        world.write(".gitignore", &bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        shown.insert(".gitignore, not staged".to_owned(), text);
    }
    if chance.percent(10) {
        let name = join(chance.pick(&["bot", "src"]), ".gitignore");
        if !world.top.join(&name).exists() {
            let bytes = file(chance);
            world.write("ignore.txt", &bytes);
            std::fs::create_dir_all(world.top.join(&name).parent().unwrap()).unwrap();
            symlink("../ignore.txt", world.top.join(&name)).unwrap();
            if chance.percent(50) {
                world.git(&["add", "-f", "--", &name]);
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            shown.insert(format!("{name}, a link"), text);
        }
    }
    if chance.percent(20) {
        let bytes = file(chance);
        world.write(".git/info/exclude", &bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        shown.insert("info/exclude".to_owned(), text);
    }
    if chance.percent(20) {
        let bytes = file(chance);
        let (name, config) = match chance.below(3) {
            0 => (".config/git/ignore", None),
            1 => ("mine", Some("[core]\n\texcludesFile = ~/mine\n")),
            _ => ("mine", Some("[Core]\nexcludesfile=\"~/mine\" ; mine\n")),
        };
        let path = world.home().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &bytes).unwrap();
        if let Some(config) = config {
            std::fs::write(world.home().join(".gitconfig"), config).unwrap();
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        shown.insert("global".to_owned(), text);
    }
    let mut paths: Vec<Vec<u8>> = Vec::new();
    let known = add.iter().filter(|name| !name.ends_with(".gitignore"));
    paths.extend(known.map(|name| name.clone().into_bytes()));
    for _ in 0..12 {
        let path = join(chance.pick(DIRS), chance.pick(NAMES));
        // Directories that are on disk alone are another question.
        if !world.top.join(&path).is_dir() {
            paths.push(path.into_bytes());
        }
    }
    paths.sort();
    paths.dedup();
    (world, paths, shown)
}

/// A verdict, and the file and line of the rule behind it.
type Told = (String, Option<(Vec<u8>, u64)>);

/// What keyfence says of the paths, with the rules.
fn told(world: &World, paths: &[Vec<u8>]) -> Vec<Told> {
    let mut input = paths.join(&0);
    input.push(0);
    let args = ["gitignore", "--paths", "-", "-0", "--format", "json"];
    let run = world.keyfence(&args, &input);
    assert!(run.code < 2, "{}", run.stderr);
    let list = run.json();
    let list = list["paths"].as_array().unwrap().clone();
    assert_eq!(list.len(), paths.len());
    let home = world.home().canonicalize().unwrap();
    list.iter()
        .map(|one| {
            let rule = one["rule"].as_object().map(|rule| {
                let file = rule["file"].as_str().unwrap();
                let file = match file.strip_prefix("~/") {
                    Some(below) => home.join(below).to_str().unwrap().to_owned(),
                    None => file.to_owned(),
                };
                (file.into_bytes(), rule["line"].as_u64().unwrap())
            });
            (one["verdict"].as_str().unwrap().to_owned(), rule)
        })
        .collect()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

#[test]
fn git_solves_the_same_puzzles() {
    let seed = number("KEYFENCE_SEED", 1);
    let puzzles = number("KEYFENCE_PUZZLES", 300);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut verdicts = 0;
    for puzzle in 0..puzzles {
        let mut chance = Chance::new(seed * 1_000_003 + puzzle);
        let (world, paths, shown) = build(&mut chance);
        let said = oracle::ask(&world, &paths);
        for ((path, said), (verdict, rule)) in paths.iter().zip(said).zip(told(&world, &paths)) {
            let home = world.home().canonicalize().unwrap();
            let mut wanted = said.rule.clone();
            if let Some((file, _)) = &mut wanted {
                // git names the file of all repositories as the configuration does.
                let name = String::from_utf8_lossy(file).into_owned();
                if let Some(below) = name.strip_prefix(world.home().to_str().unwrap()) {
                    *file = format!("{}{below}", home.display()).into_bytes();
                }
            }
            assert_eq!(
                (verdict.as_str(), rule),
                (said.verdict, wanted),
                "seed {seed}, puzzle {puzzle}: {:?} with {shown:#?}",
                String::from_utf8_lossy(path),
            );
            *counts.entry(said.verdict).or_default() += 1;
            verdicts += 1;
        }
    }
    println!("{puzzles} puzzles, {verdicts} verdicts equal to git's: {counts:?}");
    // A generator that asks nothing of worth would pass as well.
    if puzzles >= 300 {
        for verdict in ["covered", "uncovered", "tracked", "only-here"] {
            assert!(counts.get(verdict).copied().unwrap_or(0) > 40, "{counts:?}");
        }
    }
}

#[test]
fn ten_thousand_patterns() {
    let mut chance = Chance::new(77);
    let world = World::new();
    let mut text = String::new();
    for number in 0..10_000 {
        let line = match number % 5 {
            0 => format!("file{number}.key\n"),
            1 => format!("*.x{number}\n"),
            2 => format!("/dir{number}/*.pem\n"),
            3 => format!("!file{}.key\n", chance.below(10_000)),
            _ => format!("**/deep{number}/[a-f]*q?\n"),
        };
        text.push_str(&line);
    }
    world.write(".gitignore", text);
    world.commit("many");
    let mut paths: Vec<Vec<u8>> = (0..400)
        .map(|_| {
            let number = chance.below(10_000);
            match chance.below(4) {
                0 => format!("file{number}.key"),
                1 => format!("sub/a.x{number}"),
                2 => format!("dir{number}/a.pem"),
                _ => format!("z/deep{number}/bqq7"),
            }
            .into_bytes()
        })
        .collect();
    paths.sort();
    paths.dedup();
    let said = oracle::ask(&world, &paths);
    assert!(said.iter().filter(|said| said.verdict == "covered").count() > 50);
    for ((path, said), told) in paths.iter().zip(said).zip(told(&world, &paths)) {
        let path = String::from_utf8_lossy(path);
        assert_eq!(told, (said.verdict.to_owned(), said.rule), "{path}");
    }
}
