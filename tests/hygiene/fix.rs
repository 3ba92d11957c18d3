//! `--fix` adds what is missing, where it counts, and nothing else.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::chance::Chance;
use crate::oracle;
use crate::world::World;

const PROTECTED: &[&str] = &[
    ".env",
    ".env.local",
    "a.key",
    "b.pem",
    "id_rsa",
    "id_ed25519_bot",
    "config.local.json",
    "config-private.json",
    "my-secrets.json",
    "conf/connectors/kraken.yml",
    "api-keys.json",
    "wallet.dat",
    "x.kdbx",
];
const MEANT: &[&str] = &[
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "id_rsa.pub",
];

#[track_caller]
fn covered(world: &World, dir: &str) {
    let join = |name: &&str| [dir.as_bytes(), name.as_bytes()].concat();
    let paths: Vec<Vec<u8>> = PROTECTED.iter().map(join).collect();
    for (path, said) in paths.iter().zip(oracle::ask(world, &paths)) {
        assert_eq!(said.verdict, "covered", "{}", String::from_utf8_lossy(path));
    }
    let paths: Vec<Vec<u8>> = MEANT.iter().map(join).collect();
    for (path, said) in paths.iter().zip(oracle::ask(world, &paths)) {
        assert_eq!(
            said.verdict,
            "uncovered",
            "{}",
            String::from_utf8_lossy(path)
        );
    }
}

#[test]
fn a_new_file_covers_all_and_the_second_run_changes_nothing() {
    let world = World::new();
    let run = world.keyfence(&["gitignore", "--fix"], b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("git add .gitignore"), "{}", run.stderr);
    let text = world.read(".gitignore");
    assert!(
        text.starts_with(b"# Secrets (keyfence gitignore --fix)\n.env\n.env.*\n!.env.example\n")
    );
    let mode = world
        .top
        .join(".gitignore")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o600, 0o600);
    world.commit("fixed");
    covered(&world, "");
    covered(&world, "some/where/");
    let again = world.keyfence(&["gitignore", "--fix"], b"");
    assert_eq!((again.code, again.text().as_str()), (0, ""));
    assert_eq!(world.read(".gitignore"), text);
    assert_eq!(world.git(&["status", "--porcelain"]), b"");
}

#[test]
fn line_ends_order_and_permissions_stay() {
    let world = World::new();
    world.write(".gitignore", "# mine\r\nbuild/\r\n.env\r\n*.log");
    let path = world.top.join(".gitignore");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(world.keyfence(&["gitignore", "--fix"], b"").code, 0);
    let text = String::from_utf8(world.read(".gitignore")).unwrap();
    let head = "# mine\r\nbuild/\r\n.env\r\n*.log\r\n\r\n# Secrets (keyfence gitignore --fix)\r\n.env.*\r\n";
    assert!(text.starts_with(head), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert_eq!(text.lines().filter(|line| *line == ".env").count(), 1);
    let mode = path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o640);
    let names: Vec<_> = std::fs::read_dir(&world.top)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "nothing else is there: {names:?}");
}

#[test]
fn lines_stand_in_the_file_that_decides() {
    let world = World::new();
    world.write(".gitignore", ".env\n*.key\n");
    world.write("bot/.gitignore", "!.env\n!*.key\n");
    world.write("bot/package.json", "{}");
    world.commit("begin");
    assert_eq!(world.keyfence(&["gitignore", "--fix"], b"").code, 0);
    world.commit("fixed");
    covered(&world, "");
    covered(&world, "bot/");
    let text = String::from_utf8(world.read("bot/.gitignore")).unwrap();
    assert_eq!(
        text,
        "!.env\n!*.key\n\n# Secrets (keyfence gitignore --fix)\n.env\n*.key\n"
    );
}

#[test]
fn new_lines_join_the_section_unless_something_behind_it_decides() {
    let world = World::new();
    let config = |names: &str| {
        let text = format!("[gitignore]\nbuilt-in = false\nprotect = [{names}]\n");
        world.write("keyfence.toml", text);
        assert_eq!(world.keyfence(&["gitignore", "--fix"], b"").code, 0);
        String::from_utf8(world.read(".gitignore")).unwrap()
    };
    const HEADING: &str = "# Secrets (keyfence gitignore --fix)\n";
    config("\"*.a\"");
    world.write(".gitignore", format!("{HEADING}*.a\n\n# mine\nx\n!*.c\n"));
    assert_eq!(
        config("\"*.a\", \"*.b\""),
        format!("{HEADING}*.a\n*.b\n\n# mine\nx\n!*.c\n")
    );
    assert_eq!(
        config("\"*.a\", \"*.c\""),
        format!("{HEADING}*.a\n*.b\n\n# mine\nx\n!*.c\n\n{HEADING}*.c\n")
    );
}

#[test]
fn a_file_with_an_odd_name_gets_a_line_of_its_own() {
    let world = World::new();
    for name in ["Deep/.ENV", "a/we*ird [x] .Key", "#b.KEY", "trail.PEM"] {
        world.write(name, "value");
    }
    world.keyfence(&["gitignore", "--fix"], b"");
    world.git(&["add", ".gitignore"]);
    let text = String::from_utf8(world.read(".gitignore")).unwrap();
    assert!(text.contains("/Deep/.ENV\n"), "{text}");
    let paths = [
        "Deep/.ENV",
        "a/we*ird [x] .Key",
        "#b.KEY",
        "trail.PEM",
        "Deep/other",
    ];
    let asked: Vec<Vec<u8>> = paths.iter().map(|path| path.as_bytes().to_vec()).collect();
    let said: Vec<&str> = oracle::ask(&world, &asked)
        .iter()
        .map(|own| own.verdict)
        .collect();
    assert_eq!(
        said,
        ["covered", "covered", "covered", "covered", "uncovered"],
        "{text}"
    );
}

#[test]
fn a_dry_run_is_a_diff_that_git_applies() {
    for before in [
        None,
        Some("a\nb\nc\nd\ne\n"),
        Some("a\r\n.env"),
        Some("x\n# Secrets (keyfence gitignore --fix)\n.env\n\nlast\nmore\nand more\nend"),
    ] {
        let world = World::new();
        if let Some(before) = before {
            world.write(".gitignore", before);
        }
        let dry = world.keyfence(&["gitignore", "--fix", "--dry-run"], b"");
        assert_eq!(dry.code, 1, "something is missing");
        assert!(dry.stderr.contains("nothing was changed"), "{}", dry.stderr);
        let now = std::fs::read_to_string(world.top.join(".gitignore")).ok();
        assert_eq!(now.as_deref(), before);
        let applied = world.try_git(&["apply", "--whitespace=nowarn", "-"], &dry.stdout);
        let error = String::from_utf8_lossy(&applied.stderr).into_owned();
        assert!(applied.status.success(), "{error}\n{}", dry.text());
        let patched = world.read(".gitignore");
        match before {
            Some(before) => world.write(".gitignore", before),
            None => std::fs::remove_file(world.top.join(".gitignore")).unwrap(),
        }
        let run = world.keyfence(&["gitignore", "--fix"], b"");
        assert_eq!(run.stdout, dry.stdout);
        assert_eq!(world.read(".gitignore"), patched);
    }
}

#[test]
fn links_and_odd_files_are_left_alone() {
    let world = World::new();
    world.write("rules.txt", "x\n");
    symlink("rules.txt", world.top.join(".gitignore")).unwrap();
    let run = world.keyfence(&["gitignore", "--fix"], b"");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("symbolic link"), "{}", run.stderr);
    assert_eq!(world.read("rules.txt"), b"x\n");
    assert!(world.top.join(".gitignore").is_symlink());

    std::fs::remove_file(world.top.join(".gitignore")).unwrap();
    let utf16: Vec<u8> = ".env\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    world.write(".gitignore", &utf16);
    let run = world.keyfence(&["gitignore", "--fix"], b"");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("UTF-8"), "{}", run.stderr);
    assert_eq!(world.read(".gitignore"), utf16);

    world.write(".gitignore", "x\n");
    world.commit("begin");
    std::fs::remove_file(world.top.join(".gitignore")).unwrap();
    let run = world.keyfence(&["gitignore", "--fix"], b"");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("git restore"), "{}", run.stderr);
    assert!(!world.top.join(".gitignore").exists());
}

#[test]
fn what_is_tracked_stays_so_and_is_told() {
    let world = World::new();
    world.write(".env", crate::chance::pair(3));
    world.commit("oops");
    let run = world.keyfence(&["gitignore", "--fix"], b"");
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("git rm --cached -- .env"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("leaked already"), "{}", run.stderr);
    assert_eq!(world.verdicts(&[".env"]), ["tracked"]);
    world.git(&["rm", "-q", "--cached", ".env"]);
    world.commit("away");
    assert_eq!(world.verdicts(&[".env"]), ["covered"]);
    assert!(world.top.join(".env").exists());
}

#[test]
fn an_ignore_file_that_is_ignored_says_so() {
    let world = World::new();
    world.write(".gitignore", ".gitignore\n");
    let run = world.keyfence(&["gitignore", "--fix"], b"");
    assert!(
        run.stderr.contains("git add --force .gitignore"),
        "{}",
        run.stderr
    );
}

/// Whatever stood there before: git then agrees that all is covered, no old line is lost, and a second run
/// changes nothing.
#[test]
fn any_ignore_file_is_fixed() {
    let lines = [
        "!.env",
        "*.key",
        "!*.key",
        "a/",
        "*",
        "!*/",
        "!*.py",
        ".env*",
        "!.env.example",
        "# x",
        "",
        "conf/",
        "!conf/connectors/",
        "build",
        "!id_rsa",
        "**/x",
        "\\",
        "[",
        "!/.env.local",
    ];
    for seed in 0..40 {
        let mut chance = Chance::new(seed);
        let world = World::new();
        let end = if chance.percent(30) { "\r\n" } else { "\n" };
        let mut before = String::new();
        for _ in 0..chance.below(9) {
            before.push_str(lines[chance.below(lines.len())]);
            before.push_str(end);
        }
        if chance.percent(20) {
            before = before.trim_end().to_owned();
        }
        world.write(".gitignore", &before);
        world.write("bot/setup.py", "");
        if chance.percent(50) {
            let nested: String = (0..3)
                .map(|_| format!("{}\n", lines[chance.below(lines.len())]))
                .collect();
            world.write("bot/.gitignore", nested);
        }
        world.git(&["add", "-f", "."]);
        let run = world.keyfence(&["gitignore", "--fix"], b"");
        assert_eq!(run.code, 0, "seed {seed}: {}", run.stderr);
        let after = String::from_utf8(world.read(".gitignore")).unwrap();
        assert!(after.starts_with(before.trim_end()), "seed {seed}");
        let mut add = vec!["add", "-f", ".gitignore"];
        if world.top.join("bot/.gitignore").exists() {
            add.push("bot/.gitignore");
        }
        world.git(&add);
        let paths: Vec<Vec<u8>> = PROTECTED
            .iter()
            .flat_map(|name| [name.as_bytes().to_vec(), format!("bot/{name}").into_bytes()])
            .collect();
        for (path, said) in paths.iter().zip(oracle::ask(&world, &paths)) {
            let path = String::from_utf8_lossy(path);
            assert_eq!(said.verdict, "covered", "seed {seed}: {path} with {after}");
        }
        let again = world.keyfence(&["gitignore", "--fix"], b"");
        assert_eq!((again.code, again.text().as_str()), (0, ""), "seed {seed}");
    }
}
