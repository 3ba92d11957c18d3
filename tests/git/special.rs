//! Objects that only hands can make: names that no file could have, trees without end, histories
//! that other files rewrite, commits that bend the form.

use std::fs;

use crate::forge::{commit, deflate, id, loose, loose_as, tree};
use crate::repo::Repo;

const DATE: &str = "1700000000 +0000";

/// A commit of a tree that was made by hand, on a branch of its own.
fn branch(repo: &Repo, tree: &str) -> String {
    let commit = loose(repo, "commit", &commit(tree, &[], DATE, "by hand"));
    repo.git(&["update-ref", "refs/heads/forged", &commit]);
    commit
}

#[test]
fn names_with_line_ends_escapes_and_odd_bytes() {
    let repo = Repo::begun();
    let names: [&[u8]; 9] = [
        b"new\nline.env",
        b"esc\x1b[31m\x1b]0;owned\x07.env",
        b"bad\xff\xfeutf8.env",
        b"<script>alert(1)</script>.env",
        b"::error file=x::owned.env",
        b"##[command]owned.env",
        b"--output=owned",
        "right\u{202e}left.env".as_bytes(),
        b" ",
    ];
    let mut pairs = Vec::new();
    let mut entries = Vec::new();
    for name in names {
        let pair = repo.world.pair(&String::from_utf8_lossy(name));
        let blob = loose(&repo, "blob", pair.dotenv().as_bytes());
        entries.push(("100644", name, blob));
        pairs.push(pair);
    }
    entries.sort_by(|a, b| a.1.cmp(b.1));
    let entries: Vec<_> = entries
        .iter()
        .map(|(mode, name, id)| (*mode, *name, id.as_str()))
        .collect();
    let top = loose(&repo, "tree", &tree(&entries));
    branch(&repo, &top);
    let run = repo.history();
    run.findings(names.len()).complete();
    for pair in &pairs {
        run.found(pair);
    }
    let run = repo.range("main..forged");
    run.findings(names.len()).complete();
}

#[test]
fn names_that_lead_elsewhere() {
    let repo = Repo::begun();
    let outside = repo.world.pair("outside");
    fs::write(repo.world.path("outside.env"), outside.dotenv()).unwrap();
    let names: [&[u8]; 9] = [
        b"",
        b".",
        b"..",
        b"../outside.env",
        b"../../../../../../etc/passwd",
        b"/etc/passwd",
        b".git",
        b".GIT/config",
        b"a/b",
    ];
    let mut pairs = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let pair = repo.world.pair(&at.to_string());
        let blob = loose(&repo, "blob", pair.dotenv().as_bytes());
        let inner = loose(&repo, "tree", &tree(&[("100644", name, &blob)]));
        let outer = loose(&repo, "tree", &tree(&[("40000", name, &inner)]));
        let commit = loose(&repo, "commit", &commit(&outer, &[], DATE, "by hand"));
        repo.git(&["update-ref", &format!("refs/heads/forged{at}"), &commit]);
        pairs.push(pair);
    }
    let run = repo.history();
    run.findings(names.len()).without(&outside);
    for pair in &pairs {
        run.found(pair);
    }
}

#[test]
fn a_tree_as_deep_as_a_well() {
    for depth in [1_000, 4_000] {
        let repo = Repo::begun();
        let pair = repo.world.pair("deep");
        let blob = loose(&repo, "blob", pair.dotenv().as_bytes());
        let mut top = loose(&repo, "tree", &tree(&[("100644", b"bot.env", &blob)]));
        for _ in 0..depth {
            top = loose(&repo, "tree", &tree(&[("40000", b"d", &top)]));
        }
        branch(&repo, &top);
        let run = repo.history();
        run.findings(1).complete();
        run.found(&pair).exposure("reachable", true);
        let run = repo.range("main..forged");
        run.findings(1);
        run.found(&pair);
    }
}

#[test]
fn ten_billion_paths() {
    let repo = Repo::begun();
    let pair = repo.world.pair("bomb");
    let mut mode = "100644";
    let mut inner = loose(&repo, "blob", pair.dotenv().as_bytes());
    for _ in 0..10 {
        let names: Vec<String> = (0..10).map(|n| format!("d{n}")).collect();
        let entries: Vec<_> = names
            .iter()
            .map(|name| (mode, name.as_bytes(), inner.as_str()))
            .collect();
        inner = loose(&repo, "tree", &tree(&entries));
        mode = "40000";
    }
    branch(&repo, &inner);
    assert_eq!(repo.git(&["rev-parse", "forged^{tree}"]), inner);
    let run = repo.history();
    run.findings(1).notes("more than 16 paths");
    run.found(&pair).exposure("versions", 1);
    let run = repo.range("main..forged");
    run.findings(1).found(&pair);
    // And as what is HEAD, for the places in it and for a staged scan.
    repo.git(&["update-ref", "refs/heads/main", "forged"]);
    repo.history().found(&pair);
    let staged = repo.world.pair("staged");
    let blob = repo.blob(staged.dotenv());
    let entry = format!("100644,{blob},d0/d0/d0/d0/d0/d0/d0/d0/d0/new.env");
    repo.git(&["read-tree", "--empty"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&staged);
}

#[test]
fn a_bomb_without_a_secret_is_clean() {
    let repo = Repo::begun();
    let mut mode = "100644";
    let mut inner = loose(&repo, "blob", b"nothing\n");
    for _ in 0..12 {
        let names: Vec<String> = (0..30).map(|n| format!("d{n}")).collect();
        let entries: Vec<_> = names
            .iter()
            .map(|name| (mode, name.as_bytes(), inner.as_str()))
            .collect();
        inner = loose(&repo, "tree", &tree(&entries));
        mode = "40000";
    }
    branch(&repo, &inner);
    repo.history().clean();
    repo.range("main..forged").clean();
}

#[test]
fn trees_out_of_order_and_of_odd_modes() {
    let repo = Repo::begun();
    let mut entries = Vec::new();
    let mut pairs = Vec::new();
    for (mode, name) in [
        ("100644", "z.env"),
        ("100644", "a.env"),
        ("100664", "group.env"),
        ("100600", "own.env"),
        ("0100644", "zero.env"),
        ("100777", "all.env"),
        ("100644", "twice.env"),
        ("100644", "twice.env"),
        ("644", "short.env"),
    ] {
        let pair = repo.world.pair(&format!("{mode}{name}{}", pairs.len()));
        let blob = loose(&repo, "blob", pair.dotenv().as_bytes());
        entries.push((mode, name.as_bytes(), blob));
        pairs.push(pair);
    }
    let entries: Vec<_> = entries
        .iter()
        .map(|(mode, name, id)| (*mode, *name, id.as_str()))
        .collect();
    let top = loose(&repo, "tree", &tree(&entries));
    branch(&repo, &top);
    let run = repo.history();
    run.findings(pairs.len());
    for pair in &pairs {
        run.found(pair);
    }
}

#[test]
fn trees_that_are_no_trees_are_told() {
    let good = id("blob", b"");
    let long = [b"1".repeat(5000), b" a\0".to_vec(), vec![1; 20]].concat();
    for bytes in [
        &b"100644"[..],
        b"100644 a",
        b"100644 a\0short",
        b"\0\0\0\0",
        b"rwxrwxrwx a\0aaaaaaaaaaaaaaaaaaaa",
        b"99999999999999999999 a\0aaaaaaaaaaaaaaaaaaaa",
        &long,
    ] {
        let repo = Repo::begun();
        let other = repo.leak("other.env");
        repo.blob("");
        let odd = loose(&repo, "tree", bytes);
        let entries = [
            ("40000", &b"dir"[..], odd.as_str()),
            ("100644", b"e", &good),
        ];
        let top = loose(&repo, "tree", &tree(&entries));
        branch(&repo, &top);
        // Either as no tree, or for the object that it names.
        let run = repo.history();
        run.told().found(&other);
    }
}

#[test]
fn replace_refs_hide_nothing() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let secret = repo.id("HEAD:bot.env");
    let innocent = repo.blob("BINANCE_API_KEY=\n");
    repo.git(&["replace", &secret, &innocent]);
    assert!(!repo.git(&["show", "HEAD:bot.env"]).contains("SECRET"));
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).at("bot.env", 2).within("blob", &secret);
    let run = repo.range("HEAD~1..HEAD");
    run.findings(1).complete();
    // The commit too: by one without parents and without the file.
    let head = repo.id("HEAD");
    let bare = repo.commit_tree(&repo.id("HEAD~1^{tree}"), &[], "nothing");
    repo.git(&["replace", &head, &bare]);
    let run = repo.history();
    run.findings(1);
    run.found(&pair).at("bot.env", 2).commit("first", &head);
    let run = repo.range("HEAD~1..HEAD");
    run.findings(1).found(&pair);
}

#[test]
fn grafts_hide_nothing() {
    let repo = Repo::begun();
    let root = repo.id("HEAD");
    let pair = repo.leak("bot.env");
    let first = repo.id("HEAD");
    repo.git(&["rm", "-q", "bot.env"]);
    repo.record("away");
    let away = repo.id("HEAD");
    repo.write("x", "1");
    let head = repo.commit("later");
    // The last commit gets no parents; and the first gets the last as its parent.
    for graft in [
        format!("{head}\n"),
        format!("{root} {head}\n{head} {away}\n"),
    ] {
        repo.write(".git/info/grafts", graft);
        let run = repo.history();
        run.findings(1).complete();
        run.found(&pair)
            .at("bot.env", 2)
            .commit("first", &first)
            .exposure("reachable", true);
        let run = repo.range(&format!("{root}..{head}"));
        run.findings(1).found(&pair);
    }
}

#[test]
fn a_commit_graph_is_not_believed() {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    let first = repo.id("HEAD");
    for n in 0..4 {
        repo.write("n", n.to_string());
        repo.commit("more");
    }
    let base = repo.id("HEAD");
    let new = repo.leak("new.env");
    repo.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    let path = repo.path(".git/objects/info/commit-graph");
    let whole = fs::read(&path).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    // The chunk of commits: a tree, two parents, generation and date each.
    let chunk = (8..).step_by(12).find(|at| &whole[*at..at + 4] == b"CDAT");
    let at = chunk.unwrap() + 4;
    let start = u64::from_be_bytes(whole[at..at + 8].try_into().unwrap()) as usize;
    for change in 0..5 {
        let mut bytes = whole.clone();
        match change {
            // No commit has parents: all lies in no other's past.
            0 => {
                for at in (start..start + 7 * 36).step_by(36) {
                    bytes[at + 20..at + 24].copy_from_slice(&0x7000_0000_u32.to_be_bytes());
                }
                let end = bytes.len() - 20;
                let sum = crate::forge::sha1(&bytes[..end]);
                bytes[end..].copy_from_slice(&sum);
            }
            1 => bytes.truncate(bytes.len() / 2),
            2 => bytes.iter_mut().skip(8).for_each(|byte| *byte ^= 0xff),
            3 => bytes.clear(),
            _ => bytes.iter_mut().skip(start).for_each(|byte| *byte = 0x7f),
        }
        fs::write(&path, bytes).unwrap();
        let run = repo.history();
        run.findings(2);
        run.found(&old).commit("first", &first);
        let run = repo.range(&format!("{base}..HEAD"));
        run.findings(1).without(&old).found(&new);
    }
}

#[test]
fn commits_that_bend_the_form() {
    let repo = Repo::begun();
    let empty = repo.tree(&[]);
    let mut pairs = Vec::new();
    let who = "Ada <a@b>";
    let name = "x".repeat(1 << 20);
    let dates = [
        "1700000000 +0000",
        "99999999999999999999999 +0000",
        "-1 +0000",
        "9223372036854775807 +9999",
        "0 -9999",
        "1700000000 +99999999999999",
        "1700000000",
        "",
        "noon +0000",
    ];
    let mut heads: Vec<String> = dates
        .iter()
        .map(|date| format!("author {who} {date}\ncommitter {who} {date}\n"))
        .collect();
    heads.extend([
        String::new(),
        format!("author {who} {}\n", dates[0]),
        "author\ncommitter\n".to_owned(),
        "author <\ncommitter >\n".to_owned(),
        format!("author {name} <a> 1 +0000\ncommitter {who} 1 +0000\n"),
        format!("author {who} 1 +0000\ncommitter {who} 1 +0000\nencoding ISO-2022-JP\n"),
        format!(
            "author {who} 1 +0000\ncommitter {who} 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\nx-other y\n"
        ),
        "author \u{1b}[31mred\u{7} <a> 1 +0000\ncommitter \u{1b}]0;x\u{7} <b> 1 +0000\n".to_owned(),
    ]);
    for (at, head) in heads.iter().enumerate() {
        let pair = repo.world.pair(&at.to_string());
        let text = format!(
            "tree {empty}\n{head}\nmessage \u{1b}[2J\n\n{}",
            pair.dotenv()
        );
        let id = loose(&repo, "commit", text.as_bytes());
        fs::write(
            repo.path(format!(".git/refs/heads/odd{at}")),
            format!("{id}\n"),
        )
        .unwrap();
        pairs.push(pair);
    }
    let run = repo.history();
    run.findings(pairs.len());
    for pair in &pairs {
        run.found(pair).kind("commit");
    }
}

#[test]
fn dates_that_run_backwards() {
    let repo = Repo::begun();
    let mut parent = repo.id("HEAD");
    let tree = repo.id("HEAD^{tree}");
    let old = repo.leak("old.env");
    let held = repo.id("HEAD^{tree}");
    let mut all = vec![parent.clone()];
    for n in 0..6_i64 {
        let date = format!("{} +0000", 1_600_000_000 - n * 86_400);
        let holds = if n == 2 { &held } else { &tree };
        parent = loose(
            &repo,
            "commit",
            &commit(holds, &[&parent], &date, "earlier"),
        );
        all.push(parent.clone());
    }
    repo.git(&["update-ref", "refs/heads/main", &parent]);
    repo.forget();
    let run = repo.history();
    run.findings(1).complete();
    run.found(&old).exposure("reachable", true);
    // In what a range takes away, whatever the dates say.
    let run = repo.range(&format!("{}..{}", all[4], all[6]));
    run.findings(0).complete();
    let run = repo.range(&format!("{}..{}", all[2], all[6]));
    run.findings(1).found(&old);
}

#[test]
fn a_commit_with_a_thousand_parents() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let head = repo.id("HEAD");
    let held = repo.id("HEAD^{tree}");
    let parents: Vec<String> = (0..1_000)
        .map(|n| {
            let text = commit(&held, &[&head], DATE, &n.to_string());
            loose(&repo, "commit", &text)
        })
        .collect();
    let all: Vec<&str> = parents.iter().map(String::as_str).collect();
    let own = repo.world.pair("own");
    let blob = repo.blob(own.dotenv());
    let top = repo.tree(&[("100644", &blob, "own.env")]);
    let last = loose(&repo, "commit", &commit(&top, &all, DATE, "all"));
    repo.git(&["update-ref", "refs/heads/main", &last]);
    let run = repo.history();
    run.findings(2).complete();
    run.found(&pair).commit("first", &head);
    run.found(&own).commit("first", &last);
    let run = repo.range(&format!("{head}..{last}"));
    run.findings(1).found(&own);
}

#[test]
fn a_tag_of_a_tag_of_a_tag() {
    let repo = Repo::begun();
    let (inner, message) = (repo.world.pair("inner"), repo.world.pair("message"));
    let mut object = repo.blob(inner.dotenv());
    let mut kind = "blob";
    for n in 0..3_000 {
        let note = match n {
            1_000 => message.dotenv(),
            _ => "x\n".to_owned(),
        };
        let text = format!(
            "object {object}\ntype {kind}\ntag t{n}\ntagger Ada <a@b> 1700000000 +0000\n\n{note}"
        );
        object = loose(&repo, "tag", text.as_bytes());
        kind = "tag";
    }
    repo.git(&["update-ref", "refs/tags/top", &object]);
    let run = repo.history();
    run.findings(2).complete();
    run.found(&inner).exposure("reachable", true);
    run.found(&message).kind("tag");
}

#[test]
fn a_long_history() {
    let repo = Repo::new();
    let pair = repo.world.pair("first");
    let mut stream = format!(
        "blob\nmark :1\ndata {}\n{}\n",
        pair.dotenv().len(),
        pair.dotenv()
    );
    for n in 0..20_000 {
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter Bea <b@b> {} +0000\ndata 1\nx\n",
            1_600_000_000 + n
        ));
        if n == 0 {
            stream.push_str("M 100644 :1 bot.env\n");
        }
    }
    repo.git_with(&["fast-import", "--quiet"], stream.as_bytes(), |_| {});
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]);
    let head = repo.id("main");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .commit("first", &root)
        .commit("last", &head);
    let run = repo.range("main~19999..main");
    run.findings(0).complete();
}

#[test]
fn a_wide_tree_and_many_refs() {
    let repo = Repo::begun();
    let pair = repo.world.pair("wide");
    let blob = repo.blob(pair.dotenv());
    let none = repo.blob("nothing\n");
    let names: Vec<String> = (0..20_000).map(|n| format!("{n:05}")).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| {
            let object = if name == "12345" { &blob } else { &none };
            ("100644", name.as_bytes(), object.as_str())
        })
        .collect();
    let top = loose(&repo, "tree", &tree(&entries));
    let commit = branch(&repo, &top);
    let lines: String = (0..20_000)
        .map(|n| format!("{commit} refs/heads/many/{n:05}\n"))
        .collect();
    repo.write(
        ".git/packed-refs",
        format!("# pack-refs with: peeled fully-peeled sorted \n{lines}"),
    );
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("12345", 2)
        .exposure("ref_count", 20_001);
}

#[test]
fn loose_objects_of_odd_make() {
    let repo = Repo::begun();
    let pair = repo.world.pair("odd");
    // Not packed at all by zlib, in many blocks, by the best level: all lawful.
    for level in [0, 9] {
        let text = format!("{level}\n{}", pair.dotenv());
        let framed = format!("blob {}\0{text}", text.len());
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
        std::io::Write::write_all(&mut out, framed.as_bytes()).unwrap();
        loose_as(&repo, &id("blob", text.as_bytes()), &out.finish().unwrap());
    }
    repo.git(&["fsck"]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).exposure("versions", 2);
    // An object of no known kind is told.
    let odd = loose_as(&repo, &"ab".repeat(20), &deflate(b"stuff 5\0hello"));
    assert!(odd.exists());
    let run = repo.history();
    run.told_of(&"ab".repeat(20)).found(&pair);
}
