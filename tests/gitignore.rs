//! Our `.gitignore` matcher against git's own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use keyfence::gitignore::Tree;

/// Asks git about paths (all of them files) in an empty repository that holds only the given
/// `.gitignore` files. One answer a path: (ignored, file, line).
fn ask_git(files: &BTreeMap<String, Vec<u8>>, paths: &[Vec<u8>]) -> Vec<(bool, Vec<u8>, u32)> {
    let dir = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(dir.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", dir.path().join("nowhere"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(args);
        command
    };
    assert!(
        git(&["init", "-q", "--template="])
            .status()
            .unwrap()
            .success()
    );
    for (path, bytes) in files {
        let at = dir.path().join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, bytes).unwrap();
    }
    let mut child = git(&["check-ignore", "--no-index", "--stdin", "-z", "-v", "-n"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut asked = Vec::new();
    for path in paths {
        asked.extend_from_slice(path);
        asked.push(0);
    }
    let writer = std::thread::spawn(move || input.write_all(&asked).unwrap());
    let output = child.wait_with_output().unwrap().stdout;
    writer.join().unwrap();
    let fields: Vec<&[u8]> = output.split(|byte| *byte == 0).collect();
    let answers: Vec<_> = fields
        .chunks_exact(4)
        .map(|field| {
            let line = std::str::from_utf8(field[1]).unwrap().parse().unwrap_or(0);
            let ignored = !field[0].is_empty() && !field[2].starts_with(b"!");
            (ignored, field[0].to_vec(), line)
        })
        .collect();
    assert_eq!(answers.len(), paths.len(), "git answered for each path");
    answers
}

/// Compares all verdicts, the deciding file and line included.
fn compare(files: &BTreeMap<String, Vec<u8>>, paths: &[Vec<u8>]) {
    let mut tree = Tree::default();
    for (path, bytes) in files {
        let dir = Path::new(path).parent().unwrap().to_str().unwrap();
        tree.insert(dir.as_bytes(), bytes);
    }
    for (path, (ignored, file, line)) in paths.iter().zip(ask_git(files, paths)) {
        // The directories of nested pattern files exist; git looks.
        let below = [path, &b"/"[..]].concat();
        let is_dir = files.keys().any(|file| file.as_bytes().starts_with(&below));
        let ours = tree.verdict(path, is_dir);
        let deciding = ours.deciding.as_ref().map_or((Vec::new(), 0), |own| {
            let mut file = own.dir.to_vec();
            if !file.is_empty() {
                file.push(b'/');
            }
            file.extend_from_slice(b".gitignore");
            (file, own.line)
        });
        assert_eq!(
            (ours.ignored, deciding),
            (ignored, (file, line)),
            "path {:?} with {:#?}",
            String::from_utf8_lossy(path),
            files
                .iter()
                .map(|(path, bytes)| (path, String::from_utf8_lossy(bytes)))
                .collect::<Vec<_>>()
        );
    }
}

fn one(text: &[u8], paths: &[&[u8]]) {
    let paths: Vec<Vec<u8>> = paths.iter().map(|path| path.to_vec()).collect();
    compare(
        &BTreeMap::from([(".gitignore".to_owned(), text.to_vec())]),
        &paths,
    );
}

#[test]
fn constructs_one_by_one() {
    let paths: &[&[u8]] = &[
        b".env",
        b".env.local",
        b".env.example",
        b"a/.env",
        b"key.pem",
        b"a/b/key.pem",
        b"config.local.json",
        b"config.local.json\t",
        b"{.env,key.pem}",
        b"a b",
        b"a ",
        b"a",
        b"b",
        b"#a",
        b"!a",
        b"a/b/c",
        b"a/c",
        b"foo/bar",
        b"foo/x/bar",
        b"foox/bar",
        b"foo/x/y/bar",
        b"x/foo/bar",
        b"[a]",
        b"a]",
        b"-",
        b"^",
        b"]",
        b"\\",
        b"a\\b",
        b"Key.PEM",
        b"\xff\xfe",
        b"caf\xc3\xa9",
        b"build/out/x",
        b"build/keep",
        b"docs/build/x",
        b"a\r",
        b"x/y/z/w",
        b"1",
        b"z",
        b"\n",
        b"a\nb",
        b".gitignore",
    ];
    let lines: &[&[u8]] = &[
        b".env",
        b".env*\n!.env.example",
        b"/.env",
        b"*.pem",
        b"config.local.json\t",
        b"{.env,*.pem}",
        b"{.env,key.pem}",
        b"a\\ ",
        b"a ",
        b"a  \n",
        b"\\#a",
        b"\\!a",
        b"#a",
        b"!a",
        b"a/",
        b"a/*\n!a/b/",
        b"a/**",
        b"a/**/c",
        b"**/c",
        b"**/b/",
        b"foo/**/bar",
        b"foo**/bar",
        b"foo/**bar",
        b"foo**bar",
        b"foo*/bar",
        b"foo/*/bar",
        b"*/bar",
        b"*/*",
        b"**",
        b"***",
        b"/**",
        b"/*",
        b"/",
        b"//",
        b"//a",
        b"*/",
        b"**/",
        b"**/*",
        b"[[:alpha:]]",
        b".env.[[:alpha:]]*",
        b"[[:digit:]-z]",
        b"[!a]",
        b"[^a]",
        b"[]a]",
        b"[!]a]",
        b"[a-]",
        b"[-a]",
        b"[]-a]",
        b"[a",
        b"[",
        b"a[",
        b"[[]a]",
        b"[[:x:]]",
        b"[[:alpha]]",
        b"[[:]",
        b"[\\]]",
        b"[\\\\]",
        b"\\\\",
        b"a\\",
        b"\\",
        b"a\\\\b",
        b"a\r",
        b"a\r\n",
        b"\r\n*.pem\r\n",
        b"\xef\xbb\xbf.env",
        b"\xff*",
        b"\xff\xfe",
        b"caf?",
        b"caf??",
        b"caf\xc3\xa9",
        b"key.pem\0x",
        b"build/\n!build/keep",
        b"build/*\n!build/keep",
        b"docs/build",
        b"build",
        b"*.PEM",
        b"?",
        b"??",
        b"\\a",
        b"[z-a]",
        b"[a-\\z]",
        b"[/]",
        b"a[/]b",
        b"a?c",
        b"a/?/c",
        b"\\**",
        b"a/\\*",
        b"x/**/w",
        b"x/**/**/w",
        b"x/***/w",
        b"**\\/w",
        b"x/**\\/w",
        b"!",
        b"!!a",
        b"! a",
        b" a",
        b"*a*b*",
        b".*",
        b"!.*",
        b"a\nb\n!a",
        b"a/b/c/",
        b"foo/",
        b"[[:space:]]",
        b"[[:cntrl:]]",
        b"[[:punct:]]",
        b"[[:upper:]]*",
        b"[[:xdigit:][:punct:]]",
        b"[[:graph:]!]",
    ];
    for line in lines {
        one(line, paths);
    }
}

/// A small generator: the same puzzles on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn pattern(&mut self) -> String {
        let pieces = [
            "a",
            "b",
            "c",
            "ab",
            ".",
            "*",
            "*",
            "**",
            "/",
            "/",
            "**/",
            "/**",
            "?",
            "[ab]",
            "[!a]",
            "[^b]",
            "[a-c]",
            "[[:alpha:]]",
            "[[:digit:]b]",
            "[]a]",
            "[a",
            "\\a",
            "\\*",
            "\\",
            "{a,b}",
            " ",
            "\\ ",
            "\t",
            "-",
            "é",
            "1",
        ];
        let mut out = String::new();
        if self.below(4) == 0 {
            out.push('!');
        }
        if self.below(4) == 0 {
            out.push('/');
        }
        for _ in 0..=self.below(5) {
            out.push_str(self.pick(&pieces));
        }
        if self.below(5) == 0 {
            out.push('/');
        }
        out.push_str(self.pick(&["", "", "", " ", "\r", "\t"]));
        out
    }

    fn path(&mut self) -> Vec<u8> {
        let names = [
            "a", "b", "c", "ab", "abc", "ba", ".a", "a.b", "1", "a b", "*", "{a,b}", "é", "a-b",
            "b\\", "a ", "a\t",
        ];
        let mut out = String::new();
        for depth in 0..=self.below(4) {
            if depth > 0 {
                out.push('/');
            }
            out.push_str(self.pick(&names));
        }
        out.into_bytes()
    }
}

#[test]
fn random_puzzles() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..250 {
        let mut files = BTreeMap::new();
        for dir in ["", "a/", "a/b/", "ab/"] {
            if dir.is_empty() || random.below(3) == 0 {
                let lines: Vec<String> = (0..=random.below(6)).map(|_| random.pattern()).collect();
                files.insert(format!("{dir}.gitignore"), lines.join("\n").into_bytes());
            }
        }
        let paths: Vec<Vec<u8>> = (0..80).map(|_| random.path()).collect();
        compare(&files, &paths);
    }
}
