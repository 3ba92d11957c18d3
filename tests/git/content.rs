//! What blobs hold: large, encoded, binary, packed, and what attributes say of them.

use std::io::{Cursor, Write};

use crate::forge::{Delta, Pack, id};
use crate::planted::Pair;
use crate::repo::Repo;

/// Text of about this size in which nothing looks like a secret.
fn prose(size: usize) -> Vec<u8> {
    let line = b"the market was calm this morning, and the bot had nothing to do but wait\n";
    line.iter().copied().cycle().take(size).collect()
}

fn zip(name: &str, data: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(data).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_large_text_with_a_secret_at_its_end() {
    let repo = Repo::begun();
    let pair = repo.world.pair("large");
    let mut text = prose(50_000_000);
    text.extend(b"\n");
    text.extend(pair.dotenv().bytes());
    let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
    repo.write("large.txt", text);
    repo.commit("large");
    let run = repo.large_history();
    run.findings(1).complete();
    run.found(&pair).at("large.txt", lines);
    repo.pack();
    let run = repo.large_history();
    run.findings(1).complete();
    run.found(&pair).at("large.txt", lines);
}

#[test]
fn a_blob_larger_than_the_budget_streams() {
    let repo = Repo::begun();
    let (head, tail) = (repo.world.pair("head"), repo.world.pair("tail"));
    let size = 68 << 20;
    let mut text = head.dotenv().into_bytes();
    text.extend(prose(size));
    text.extend(b"\n");
    text.extend(tail.dotenv().bytes());
    repo.write("huge.txt", text);
    repo.commit("huge");
    let other = repo.leak("other.env");
    for packed in [false, true] {
        if packed {
            repo.pack();
        }
        let run = repo.large_history();
        run.complete();
        run.found(&head).at("huge.txt", 2);
        run.found(&tail);
        run.found(&other);
    }
}

#[test]
fn a_deltified_blob_larger_than_the_budget_is_told() {
    let repo = Repo::begun();
    let other = repo.leak("other.env");
    let hidden = repo.world.pair("hidden");
    let mut data = prose(1 << 20);
    let mut pack = Pack::new();
    let (_, base) = pack.blob(&data);
    let mut delta = Delta::new(1 << 20, (80 << 20) + hidden.dotenv().len() as u64);
    for _ in 0..80 {
        delta = delta.copy(0, 1 << 20);
    }
    data = data.repeat(80);
    data.extend(hidden.dotenv().bytes());
    let huge = id("blob", &data);
    pack.on_offset(&huge, base, &delta.insert(hidden.dotenv()).bytes());
    pack.write(&repo);
    assert_eq!(repo.git(&["cat-file", "-s", &huge]), data.len().to_string());
    let run = repo.large_history();
    run.found(&other);
    if run.finding(&hidden).is_none() {
        run.told_of(&huge);
    }
}

#[test]
fn text_in_utf_16() {
    let repo = Repo::begun();
    let (little, big) = (repo.world.pair("little"), repo.world.pair("big"));
    let units = |pair: &Pair| pair.lines("\r\n").encode_utf16().collect::<Vec<_>>();
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(units(&little).iter().flat_map(|unit| unit.to_le_bytes()));
    repo.write("little.txt", bytes);
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(units(&big).iter().flat_map(|unit| unit.to_be_bytes()));
    repo.write("big.txt", bytes);
    repo.commit("from Windows");
    let run = repo.history();
    run.findings(2).complete();
    run.found(&little).at("little.txt", 2);
    run.found(&big).at("big.txt", 2);
}

#[test]
fn binary_content() {
    let repo = Repo::begun();
    let pair = repo.world.pair("binary");
    let mut bytes = b"\x7fELF\0\0\0\0".to_vec();
    bytes.extend(pair.dotenv().bytes());
    bytes.extend(b"\0\0\xff\xfe\0");
    repo.write("tool", bytes);
    repo.commit("a program");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn an_archive() {
    let repo = Repo::begun();
    let pair = repo.world.pair("zip");
    repo.write("backup.zip", zip("conf/.env", pair.dotenv().as_bytes()));
    repo.commit("backup");
    repo.git(&["rm", "-q", "backup.zip"]);
    repo.record("away");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).at("backup.zip", 2);
    assert!(run.json().to_string().contains("conf/.env"), "{run}");
}

#[test]
fn an_archive_that_is_broken_is_told() {
    let repo = Repo::begun();
    let pair = repo.leak("other.env");
    let mut bytes = zip("a.env", &prose(5000));
    bytes.truncate(bytes.len() / 2);
    repo.write("broken.zip", bytes);
    repo.commit("broken");
    let run = repo.history();
    run.told_of("broken.zip").found(&pair);
}

#[test]
fn attributes_hide_nothing() {
    let repo = Repo::begun();
    let mut pairs = Vec::new();
    repo.write(
        ".gitattributes",
        "* -diff -text\n*.env binary\n*.key filter=crypt diff=crypt\nexport.env export-ignore\n\
         * linguist-generated linguist-vendored\n* working-tree-encoding=UTF-16\n",
    );
    for name in ["a.txt", "b.env", "c.key", "export.env"] {
        let pair = repo.world.pair(name);
        let id = repo.blob(pair.dotenv());
        repo.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("100644,{id},{name}"),
        ]);
        pairs.push((pair, name));
    }
    repo.record("quiet");
    let run = repo.history();
    run.findings(4).complete();
    for (pair, name) in &pairs {
        run.found(pair).at(name, 2);
    }
    let run = repo.range("HEAD~1..HEAD");
    run.findings(4).complete();
}

#[test]
fn content_that_git_crypt_sealed() {
    let repo = Repo::begun();
    let mut random = crate::random::Random::new(crate::world::seed());
    let sealed = [b"\0GITCRYPT\0".to_vec(), random.bytes(3000)].concat();
    repo.write("sealed.env", sealed);
    repo.write(
        ".gitattributes",
        "sealed.env filter=git-crypt diff=git-crypt\n",
    );
    repo.commit("sealed");
    repo.history().clean();
    let pair = repo.leak("open.env");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn links_programs_and_odd_files() {
    let repo = Repo::begun();
    let (link, run_it) = (repo.world.token("link"), repo.world.pair("program"));
    let target = format!("https://x:{}@github.com/a/b", link.0);
    std::os::unix::fs::symlink(target, repo.path("link")).unwrap();
    repo.write("empty", "");
    repo.write("newline", "\n");
    repo.write("deploy.sh", format!("#!/bin/sh\n{}", run_it.dotenv()));
    std::fs::set_permissions(
        repo.path("deploy.sh"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    repo.commit("odd");
    assert!(repo.git(&["ls-tree", "HEAD", "link"]).starts_with("120000"));
    let run = repo.history();
    run.complete();
    run.found(&link).at("link", 1);
    run.found(&run_it).at("deploy.sh", 3);
}

#[test]
fn the_path_is_context_in_every_version() {
    // A work tree's scan finds these; so must the history's, and with the same names.
    let repo = Repo::begun();
    let pair = repo.world.pair("path");
    let text = format!(
        "{{\n  \"apiKey\": \"{}\",\n  \"secret\": \"{}\"\n}}\n",
        pair.key, pair.secret
    );
    repo.write("connectors/binance.json", &text);
    repo.write("a.txt", &text);
    repo.commit("one blob, two names");
    let summary = |args: &[&str]| {
        let run = repo.scan(args);
        let json = run.json();
        let findings = json["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| {
                ["fingerprint", "rule", "confidence", "severity"]
                    .map(|field| finding[field].as_str().unwrap().to_owned())
            })
            .collect::<Vec<_>>()
    };
    let tree = summary(&["."]);
    assert_eq!(tree.len(), 1);
    assert_eq!(tree[0][1], "binance");
    assert_eq!(summary(&["--history"]), tree);
    assert_eq!(summary(&["--range", "HEAD~1..HEAD"]), tree);
}

#[test]
fn an_allow_comment_silences_its_version_alone() {
    let repo = Repo::begun();
    let pair = repo.world.pair("allowed");
    let mut lines = pair.dotenv().replace('\n', " # keyfence:allow\n");
    lines.push_str("MODE=1\n");
    repo.write("bot.env", &lines);
    repo.commit("allowed");
    let run = repo.history();
    run.clean();
    repo.write("bot.env", pair.dotenv() + "MODE=1\n");
    repo.commit("allowed no more");
    repo.pack();
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn many_versions_of_one_file() {
    let repo = Repo::begun();
    let pair = repo.world.pair("versions");
    for n in 0..40 {
        let text = format!("# version {n}\n{}", "x = 1\n".repeat(50 + n)) + &pair.dotenv();
        repo.write("settings.env", text);
        repo.commit("turn");
    }
    repo.git(&["repack", "-adfq"]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).exposure("versions", 40);
}

/// Puts a file into the repository as Git LFS does: a pointer is committed, the content lies beside the objects.
fn keep(repo: &Repo, path: &str, content: &str, here: bool) {
    use sha2::{Digest, Sha256};
    let name: String = Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let size = content.len();
    repo.write(
        path,
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {size}\n"),
    );
    if here {
        let kept = format!(".git/lfs/objects/{}/{}/{name}", &name[..2], &name[2..4]);
        repo.write(kept, content);
    }
}

#[test]
fn what_git_lfs_keeps_is_read_in_its_place() {
    let repo = Repo::begun();
    let (old, new) = (repo.world.pair("old"), repo.world.pair("new"));
    keep(&repo, "data/dump.env", &old.dotenv(), true);
    let first = repo.commit("a dump");
    keep(&repo, "data/dump.env", &new.dotenv(), true);
    repo.git(&["add", "."]);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&new).at("data/dump.env", 2);
    repo.commit("another");
    let run = repo.range("HEAD~1..HEAD");
    run.findings(1).complete();
    run.found(&new).at("data/dump.env", 2);
    repo.pack();
    let run = repo.history();
    run.findings(2).complete();
    run.found(&old)
        .at("data/dump.env", 2)
        .commit("first", &first);
    run.found(&new).at("data/dump.env", 2);
}

#[test]
fn what_git_lfs_keeps_and_nothing_names() {
    let repo = Repo::begun();
    let pair = repo.world.pair("kept");
    keep(&repo, "gone.env", &pair.dotenv(), true);
    repo.remove("gone.env");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn pointers_to_what_git_lfs_does_not_keep_here_are_counted() {
    let repo = Repo::begun();
    keep(&repo, "a.env", "one", false);
    keep(&repo, "b.env", "two", false);
    repo.commit("two files");
    for args in [&["--history"][..], &["--range", "HEAD"], &["."]] {
        let run = repo.scan(args);
        run.findings(0).complete();
        run.notes("2 files are pointers of Git LFS");
    }
}
