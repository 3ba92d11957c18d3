//! Why the matcher is our own: what others make of the same lines, with git as the judge.

use gix::bstr::ByteSlice;
use gix::glob::pattern::Case;
use gix::glob::wildmatch::Mode;
use ignore::gitignore::GitignoreBuilder;

use crate::oracle;
use crate::world::World;

/// Lines that people write or stumble into, and paths that tell the readings apart.
const LINES: &[(&str, &[&str])] = &[
    (
        "config.local.json\t",
        &["config.local.json", "config.local.json\t"],
    ),
    ("{.env,*.key}", &[".env", "a.key", "{.env,a.key}"]),
    (".env.[[:alpha:]]*", &[".env.local", ".env.1"]),
    ("[[:upper:]].key", &["A.key", "a.key"]),
    ("[[:nonsense:]].key", &["n.key", ":.key"]),
    ("[]-a].key", &["].key", "^.key", "b.key"]),
    ("[!]a].key", &["b.key", "].key"]),
    ("[a-.key", &["a.key", "[a-.key"]),
    ("a[/]b", &["a/b", "a]b"]),
    ("a[b/c]d", &["abd", "a/d"]),
    ("*.key\\", &["a.key", "a.key\\"]),
    ("\\ .env", &[" .env"]),
    (".env\\ ", &[".env ", ".env"]),
    (".env  ", &[".env", ".env  "]),
    ("foo**bar", &["fooxbar", "foo/x/bar", "foobar"]),
    ("**foo", &["foo", "a/foo", "xfoo", "a/xfoo"]),
    ("a/**b", &["a/b", "a/xb", "a/x/b"]),
    ("a**/b", &["a/b", "ax/b", "ax/y/b"]),
    ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"]),
    ("***", &["a", "a/b"]),
    ("a/***/b", &["a/b", "a/x/b", "a/x/y/b"]),
    ("**/*", &["a", "a/b"]),
    ("/**/.env", &[".env", "a/.env", "a/b/.env"]),
    ("\\*.key", &["*.key", "a.key"]),
    ("a\\b.key", &["ab.key", "a\\b.key"]),
    ("[\\]].key", &["].key", "\\.key"]),
    ("[\\a-c].key", &["b.key", "\\.key"]),
    ("[--0].key", &["-.key", "..key", "0.key"]),
    ("[z-a].key", &["m.key", "z.key"]),
    ("?", &["a", "\u{e9}"]),
    ("??", &["\u{e9}", "ab"]),
    ("[\u{e9}]x", &["\u{e9}x"]),
];

type Reading = fn(&str, &str) -> bool;

/// The `ignore` crate.
fn by_ignore(line: &str, path: &str) -> bool {
    let mut builder = GitignoreBuilder::new("");
    // A line that it refuses ignores nothing.
    _ = builder.add_line(None, line);
    let Ok(built) = builder.build() else {
        return false;
    };
    built.matched_path_or_any_parents(path, false).is_ignore()
}

/// gix-glob, as gix-ignore uses it.
fn by_gix(line: &str, path: &str) -> bool {
    let Some(pattern) = gix::glob::Pattern::from_bytes(line.as_bytes()) else {
        return false;
    };
    let fits = |path: &str, is_dir: bool| {
        let slash = path.rfind('/').map(|slash| slash + 1);
        pattern.matches_repo_relative_path(
            path.as_bytes().as_bstr(),
            slash,
            Some(is_dir),
            Case::Sensitive,
            Mode::NO_MATCH_SLASH_LITERAL,
        )
    };
    let above = path.match_indices('/').map(|(slash, _)| &path[..slash]);
    above.into_iter().any(|dir| fits(dir, true)) || fits(path, false)
}

#[test]
fn git_and_the_others() {
    let mut wrong: [Vec<String>; 2] = [Vec::new(), Vec::new()];
    let mut asked = 0;
    for (line, paths) in LINES {
        let world = World::new();
        world.write(".gitignore", format!("{line}\n"));
        world.git(&["add", "-f", ".gitignore"]);
        let list: Vec<Vec<u8>> = paths.iter().map(|path| path.as_bytes().to_vec()).collect();
        let said = oracle::ask(&world, &list);
        let ours = world.verdicts(paths);
        for ((path, said), ours) in paths.iter().zip(said).zip(ours) {
            assert_eq!(ours, said.verdict, "{line:?}: {path:?}");
            asked += 1;
            let ignored = said.verdict == "covered";
            let readings: [Reading; 2] = [by_ignore, by_gix];
            for (reading, wrong) in readings.into_iter().zip(&mut wrong) {
                if reading(line, path) != ignored {
                    let says = if ignored { "uncovered" } else { "covered" };
                    wrong.push(format!("{line:?} {path:?}: {says}, git {}", said.verdict));
                }
            }
        }
    }
    println!(
        "{asked} verdicts; ignore {}: {:#?}",
        wrong[0].len(),
        wrong[0]
    );
    println!("gix-glob {}: {:#?}", wrong[1].len(), wrong[1]);
    // False safety: it calls covered what git would commit.
    for known in [
        "\"config.local.json\\t\" \"config.local.json\": covered, git uncovered",
        "\"{.env,*.key}\" \".env\": covered, git uncovered",
    ] {
        assert!(wrong[0].iter().any(|one| one == known), "{known}");
    }
    assert!(
        wrong[0]
            .iter()
            .any(|one| one.starts_with("\".env.[[:alpha:]]*\"")),
        "{:#?}",
        wrong[0]
    );
}
