//! How an object store may lie on the disk: packs of every make, deltas, indexes of packs.

use std::fs;

use crate::forge::{Delta, Pack, id, loose};
use crate::repo::Repo;

#[test]
fn many_packs() {
    let repo = Repo::begun();
    let mut pairs = Vec::new();
    for n in 0..12 {
        pairs.push(repo.leak(&format!("{n}.env")));
        repo.git(&["repack", "-dq"]);
    }
    assert_eq!(repo.packs("pack").len(), 12);
    let loose = repo.leak("loose.env");
    let run = repo.history();
    run.findings(13).complete();
    for pair in pairs.iter().chain([&loose]) {
        run.found(pair).exposure("versions", 1);
    }
}

#[test]
fn an_object_in_many_copies_is_one() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let blob = repo.id("HEAD:bot.env");
    let content = pair.dotenv();
    for n in 0..3 {
        let mut pack = Pack::new();
        pack.blob(content.as_bytes());
        pack.blob(format!("{n}").as_bytes());
        pack.write(&repo);
    }
    loose(&repo, "blob", content.as_bytes());
    repo.git(&["clone", "-q", "--shared", ".", "../shared"]);
    let shared = Repo::at(&repo.world, "shared");
    loose(&shared, "blob", content.as_bytes());
    let run = shared.history();
    run.findings(1).complete();
    run.found(&pair)
        .within("blob", &blob)
        .exposure("versions", 1);
}

#[test]
fn loose_objects_that_are_packed_as_well() {
    let repo = Repo::begun();
    let mut pairs: Vec<_> = (0..6).map(|n| repo.leak(&format!("{n}.env"))).collect();
    // Without -d: all stay loose, too.
    repo.git(&["repack", "-aq"]);
    for n in 0..6 {
        let pair = repo.world.pair(&format!("dangling {n}"));
        repo.blob(pair.dotenv());
        pairs.push(pair);
        pairs.push(repo.leak(&format!("later{n}.env")));
    }
    let run = repo.history();
    run.findings(18).complete();
    for pair in &pairs {
        run.found(pair).exposure("versions", 1);
    }
}

#[test]
fn an_index_over_all_packs() {
    let repo = Repo::begun();
    let mut pairs = Vec::new();
    for n in 0..4 {
        pairs.push(repo.leak(&format!("{n}.env")));
        repo.git(&["repack", "-dq"]);
    }
    repo.git(&["multi-pack-index", "write"]);
    assert!(
        repo.path(".git/objects/pack/multi-pack-index").exists(),
        "no index over all packs"
    );
    // A pack that came later is not in it.
    pairs.push(repo.leak("later.env"));
    repo.git(&["repack", "-dq"]);
    repo.history().findings(5).complete();
    repo.git(&["repack", "-adq", "--write-midx", "--write-bitmap-index"]);
    let run = repo.history();
    run.findings(5).complete();
    for pair in &pairs {
        run.found(pair);
    }
}

#[test]
fn an_index_over_all_packs_that_lies() {
    let repo = Repo::begun();
    let mut pairs = Vec::new();
    for n in 0..3 {
        pairs.push(repo.leak(&format!("{n}.env")));
        repo.git(&["repack", "-dq"]);
    }
    repo.git(&["multi-pack-index", "write"]);
    let path = repo.path(".git/objects/pack/multi-pack-index");
    let whole = fs::read(&path).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    for change in 0..4 {
        let mut bytes = whole.clone();
        match change {
            0 => bytes.truncate(bytes.len() / 2),
            1 => bytes.fill(0xff),
            2 => bytes.iter_mut().skip(60).for_each(|byte| *byte ^= 0x55),
            _ => bytes.clear(),
        }
        fs::write(&path, bytes).unwrap();
        let run = repo.history();
        // The packs' own indexes are all there.
        run.findings(3);
        for pair in &pairs {
            run.found(pair);
        }
    }
}

#[test]
fn a_pack_without_index() {
    let repo = Repo::begun();
    let hidden = repo.leak("hidden.env");
    repo.git(&["repack", "-dq"]);
    fs::remove_file(repo.packs("idx").first().unwrap()).unwrap();
    let other = repo.world.pair("loose");
    loose(&repo, "blob", other.dotenv().as_bytes());
    let run = repo.history();
    run.found_or_told(&hidden).found(&other);
}

#[test]
fn an_index_without_pack() {
    let repo = Repo::begun();
    let hidden = repo.leak("hidden.env");
    repo.git(&["repack", "-dq"]);
    fs::remove_file(repo.packs("pack").first().unwrap()).unwrap();
    let other = repo.world.pair("loose");
    loose(&repo, "blob", other.dotenv().as_bytes());
    let run = repo.history();
    run.without(&hidden).told().found(&other);
}

#[test]
fn packs_of_cruft() {
    let repo = Repo::begun();
    let kept = repo.leak("kept.env");
    let gone = repo.leak("gone.env");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.forget();
    repo.git(&["repack", "--cruft", "-dq"]);
    assert_eq!(repo.packs("mtimes").len(), 1, "no cruft pack");
    let run = repo.history();
    run.findings(2).complete();
    run.found(&kept).exposure("reachable", true);
    run.found(&gone)
        .at("gone.env", 2)
        .exposure("reachable", false);
}

#[test]
fn an_old_index_and_wide_offsets() {
    let repo = Repo::begun();
    let pair = repo.leak("a.env");
    repo.git(&["-c", "pack.indexVersion=1", "repack", "-adfq"]);
    let old = fs::read(repo.packs("idx").first().unwrap()).unwrap();
    assert_ne!(&old[..4], b"\xfftOc");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).at("a.env", 2);
    // Offsets of 64 bits, as packs over 2 GB have them.
    let pack = repo.packs("pack").first().unwrap().clone();
    let index = pack.with_extension("idx");
    fs::remove_file(&index).unwrap();
    repo.git(&[
        "index-pack",
        "--index-version=2,0x20",
        pack.to_str().unwrap(),
    ]);
    assert!(fs::metadata(&index).unwrap().len() > old.len() as u64);
    repo.git(&["fsck", "--full"]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).at("a.env", 2);
}

#[test]
fn a_pack_with_companions() {
    let repo = Repo::begun();
    let pair = repo.leak("a.env");
    repo.git(&["repack", "-adbq"]);
    let pack = repo.packs("pack").first().unwrap().clone();
    assert!(pack.with_extension("bitmap").exists());
    for name in ["keep", "promisor", "tmp", "lock", "old"] {
        fs::write(pack.with_extension(name), "x").unwrap();
    }
    repo.write(".git/objects/pack/tmp_pack_Ab12", "PACK half of one");
    repo.write(".git/objects/pack/README", "hello");
    repo.write(".git/objects/ab/tmp_obj_x", "half of one");
    let mut empty = Pack::new();
    empty.claims = Some(0);
    empty.write(&repo);
    let run = repo.history();
    run.findings(1);
    run.found(&pair);
}

#[test]
fn a_deep_chain_of_deltas() {
    const DEPTH: usize = 20_000;
    let repo = Repo::begun();
    let pair = repo.world.pair("deep");
    let head = "nothing to see here, a line of text\n".repeat(4);
    let mut pack = Pack::new();
    let (_, mut base) = pack.blob(head.as_bytes());
    let mut size = head.len() as u64;
    for n in 0..DEPTH {
        let tail = match n + 1 {
            DEPTH => pair.dotenv(),
            _ => format!("{n}\n"),
        };
        let text = format!("{head}{tail}");
        let delta = Delta::new(size, text.len() as u64)
            .copy(0, head.len() as u32)
            .insert(&tail);
        base = pack.on_offset(&id("blob", text.as_bytes()), base, &delta.bytes());
        size = text.len() as u64;
    }
    let path = pack.write(&repo);
    repo.git(&["verify-pack", path.to_str().unwrap()]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn a_wide_family_of_deltas() {
    let repo = Repo::begun();
    let head = "a line of text that all of them share\n".repeat(200);
    let mut pack = Pack::new();
    let (_, base) = pack.blob(head.as_bytes());
    let mut pairs = Vec::new();
    for n in 0..2_000 {
        let mut tail = format!("{n}\n");
        if n % 500 == 7 {
            let pair = repo.world.pair(&tail);
            tail.push_str(&pair.dotenv());
            pairs.push(pair);
        }
        let text = format!("{head}{tail}");
        let delta = Delta::new(head.len() as u64, text.len() as u64)
            .copy(0, head.len() as u32)
            .insert(&tail);
        pack.on_offset(&id("blob", text.as_bytes()), base, &delta.bytes());
    }
    pack.write(&repo);
    let run = repo.history();
    run.findings(4).complete();
    for pair in &pairs {
        run.found(pair);
    }
}

#[test]
fn deltas_by_id() {
    let repo = Repo::begun();
    let mut text = "one line among many\n".repeat(100);
    for n in 0..20 {
        text.push_str(&format!("{n}\n"));
        repo.write("grows.txt", &text);
        repo.commit("grow");
    }
    let pair = repo.world.pair("last");
    text.push_str(&pair.dotenv());
    repo.write("grows.txt", &text);
    repo.commit("leak");
    repo.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).at("grows.txt", 122);
}

#[test]
fn a_base_that_comes_later_or_lies_elsewhere() {
    let repo = Repo::begun();
    let head = "a base of some length, so that a delta pays\n".repeat(3);
    let whole = |pair: &crate::planted::Pair, base: &str| {
        let text = format!("{base}{}", pair.dotenv());
        let delta = Delta::new(base.len() as u64, text.len() as u64)
            .copy(0, base.len() as u32)
            .insert(pair.dotenv())
            .bytes();
        (id("blob", text.as_bytes()), delta)
    };
    let (later, thin, on_loose) = (
        repo.world.pair("later"),
        repo.world.pair("thin"),
        repo.world.pair("loose"),
    );
    let mut pack = Pack::new();
    let (object, delta) = whole(&later, &head);
    pack.on_id(&object, &id("blob", head.as_bytes()), &delta);
    pack.blob(head.as_bytes());
    let path = pack.write(&repo);
    repo.git(&["verify-pack", path.to_str().unwrap()]);
    // Packs in a store must hold their bases; git reads these all the same.
    let mut pack = Pack::new();
    let (object, delta) = whole(&thin, &head);
    pack.on_id(&object, &id("blob", head.as_bytes()), &delta);
    pack.write(&repo);
    let base = format!("another {head}");
    let mut pack = Pack::new();
    let (object, delta) = whole(&on_loose, &base);
    pack.on_id(&object, &loose(&repo, "blob", base.as_bytes()), &delta);
    pack.write(&repo);
    let run = repo.history();
    run.found_or_told(&thin)
        .found_or_told(&on_loose)
        .found(&later);
}

#[test]
fn a_secret_that_a_delta_puts_together() {
    let repo = Repo::begun();
    let names = ["joined", "named", "moved"];
    let [joined, named, moved] = names.map(|name| repo.world.pair(name));
    let mut pack = Pack::new();
    // Half of the value is copied, half is inserted.
    let (first, second) = joined.secret.split_at(30);
    let base = format!("a note: {first}\n");
    let start = format!("BINANCE_API_KEY={}\nBINANCE_SECRET_KEY=", joined.key);
    let text = format!("{start}{first}{second}\n");
    let (_, offset) = pack.blob(base.as_bytes());
    let delta = Delta::new(base.len() as u64, text.len() as u64)
        .insert(&start)
        .copy(8, first.len() as u32)
        .insert(format!("{second}\n"));
    pack.on_offset(&id("blob", text.as_bytes()), offset, &delta.bytes());
    // The values are copied, the names are new.
    let base = format!("{}\n{}\n", named.key, named.secret);
    let text = named.dotenv();
    let (_, offset) = pack.blob(base.as_bytes());
    let delta = Delta::new(base.len() as u64, text.len() as u64)
        .insert("BINANCE_API_KEY=")
        .copy(0, 65)
        .insert("BINANCE_SECRET_KEY=")
        .copy(65, 65);
    pack.on_offset(&id("blob", text.as_bytes()), offset, &delta.bytes());
    // All is copied: only the order is new.
    let key = format!("BINANCE_API_KEY={}\n", moved.key);
    let secret = format!("BINANCE_SECRET_KEY={}\n", moved.secret);
    let base = format!("{key}{}{secret}", "x = 1\n".repeat(400));
    let text = format!("{key}{secret}");
    let (_, offset) = pack.blob(base.as_bytes());
    let delta = Delta::new(base.len() as u64, text.len() as u64)
        .copy(0, key.len() as u32)
        .copy((base.len() - secret.len()) as u32, secret.len() as u32);
    pack.on_offset(&id("blob", text.as_bytes()), offset, &delta.bytes());
    let path = pack.write(&repo);
    repo.git(&["verify-pack", path.to_str().unwrap()]);
    let run = repo.history();
    run.complete();
    for pair in [&joined, &named, &moved] {
        let found = run.found(pair);
        assert_eq!(
            found.finding["parts"].as_array().unwrap().len(),
            2,
            "not both parts: {run}"
        );
    }
}

#[test]
fn a_pack_that_git_streams_in() {
    // fast-import writes packs of its own make: no order, marks, chains of one branch.
    let repo = Repo::new();
    let pair = repo.world.pair("imported");
    let mut stream = String::new();
    for n in 0..3_000 {
        let text = match n {
            1_500 => pair.dotenv(),
            _ => format!("{n}\n").repeat(20),
        };
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter Bea <bea@example.com> {} +0000\ndata 2\nx\n\
             M 100644 inline dir{}/file\ndata {}\n{text}\n",
            1_700_000_000 + n * 60,
            n % 40,
            text.len(),
        ));
    }
    repo.git_with(
        &["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"],
        stream.as_bytes(),
        |_| {},
    );
    let first = repo.id("main~1499");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("dir20/file", 2)
        .commit("first", &first)
        .exposure("versions", 1);
}
