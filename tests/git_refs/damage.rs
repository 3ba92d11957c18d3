//! Damaged and hostile refs: each costs itself alone.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use keyfence::git::refs;

use super::{layout, read, shown, varied};

#[test]
fn damage_costs_the_damaged_ref_alone() {
    let repo = varied();
    let whole = shown(&read(&repo, "repo"));
    let at = |name: &str| format!("repo/.git/{name}");
    let zero = "0".repeat(40);
    repo.write(&at("refs/heads/empty"), "");
    repo.write(&at("refs/heads/short"), "1234\n");
    repo.write(&at("refs/heads/zero"), zero);
    repo.write(&at("refs/heads/binary"), [0xff; 100]);
    repo.write(&at("refs/heads/long"), vec![b'a'; 1 << 20]);
    repo.write(&at("refs/heads/no-name"), "ref: ");
    repo.write(&at("refs/heads/lock.lock"), "");
    repo.write(&at("refs/heads/.hidden"), "");
    repo.write(&at("CHERRY_PICK_HEAD"), "nothing");
    repo.write(&at("COMMIT_EDITMSG"), "text");
    let pipe = repo.path(&at("refs/heads/pipe"));
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let pipe = repo.path(&at("REVERT_HEAD"));
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    fs::create_dir_all(repo.path(&at("refs/heads/dir/empty"))).unwrap();
    repo.write("outside", whole.first().unwrap().split(' ').next().unwrap());
    symlink(repo.path("outside"), repo.path(&at("refs/heads/link"))).unwrap();
    symlink(
        repo.path("repo"),
        repo.path(&at("refs/heads/linked-directory")),
    )
    .unwrap();
    let refs = read(&repo, "repo");
    assert_eq!(shown(&refs), whole);
    let told: Vec<String> = refs.faults.iter().map(ToString::to_string).collect();
    for name in [
        "empty",
        "short",
        "zero",
        "binary",
        "long",
        "no-name",
        "pipe",
        "link",
        "linked-directory",
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
    ] {
        let end = format!("/{name}: ");
        assert_eq!(
            told.iter().filter(|fault| fault.contains(&end)).count(),
            1,
            "{name}: {told:#?}"
        );
    }
    assert_eq!(told.len(), 11, "{told:#?}");
}

#[test]
fn a_damaged_head_is_told_and_the_rest_is_read() {
    let repo = varied();
    for bytes in [
        &b""[..],
        b"garbage",
        b"ref: ../../outside",
        b"ref: HEAD",
        &[0; 3000],
    ] {
        repo.write("repo/.git/HEAD", bytes);
        let refs = read(&repo, "repo");
        assert!(refs.get(b"HEAD").is_none());
        assert!(refs::head(&layout(&repo, "repo")).is_err());
        assert!(refs.get(b"refs/heads/main").is_some());
        assert_eq!(refs.faults.len(), 1, "{:#?}", refs.faults);
    }
}

#[test]
fn damaged_packed_refs() {
    let repo = varied();
    repo.git("repo", &["pack-refs", "--all"]);
    let path = "repo/.git/packed-refs";
    let whole = fs::read(repo.path(path)).unwrap();
    let names = shown(&read(&repo, "repo"));
    let insert = |at: usize, bytes: &[u8]| [&whole[..at], bytes, &whole[at..]].concat();
    let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for bad in [
        &b"garbage\n"[..],
        b"^1234\n",
        b"\n",
        b"\0\n",
        &[b'x'; 20_000],
        &[b"x\n".repeat(5000)].concat(),
    ] {
        let mut bytes = insert(second, bad);
        if !bad.ends_with(b"\n") {
            bytes = insert(second, &[bad, b"\n"].concat());
        }
        repo.write(path, bytes);
        let refs = read(&repo, "repo");
        assert_eq!(shown(&refs), names);
        assert_eq!(refs.faults.len(), 1, "{:#?}", refs.faults);
    }
    // Cut anywhere: never a panic, and told unless a line's end is hit.
    for end in (0..whole.len()).step_by(7) {
        repo.write(path, &whole[..end]);
        let refs = read(&repo, "repo");
        let clean = end == 0 || whole[end - 1] == b'\n';
        let about = refs
            .faults
            .iter()
            .filter(|fault| fault.file.as_ref().unwrap().ends_with("packed-refs"));
        assert_eq!(about.count() == 0, clean, "{end}");
    }
}

/// Every file of the git directory that is read here, cut and changed at random: no panic, and what is
/// whole elsewhere is found.
#[test]
fn random_damage_never_panics() {
    let repo = varied();
    repo.git("repo", &["pack-refs", "--all"]);
    repo.git("repo", &["branch", "loose"]);
    let files = [
        "HEAD",
        "packed-refs",
        "refs/heads/loose",
        "logs/HEAD",
        "logs/refs/stash",
        "ORIG_HEAD",
    ];
    let mut seed = 7_u64;
    let mut next = |most: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % most.max(1)
    };
    let found = layout(&repo, "repo");
    for round in 0..300 {
        let path = format!("repo/.git/{}", files[round % files.len()]);
        let whole = fs::read(repo.path(&path)).unwrap();
        let mut bytes = whole.clone();
        for _ in 0..=next(4) {
            match next(3) {
                0 => bytes.truncate(next(whole.len())),
                1 if !bytes.is_empty() => {
                    let at = next(bytes.len());
                    bytes[at] = u8::try_from(next(256)).unwrap();
                }
                _ => {
                    let at = next(bytes.len());
                    bytes.splice(at..at, std::iter::repeat_n(b'\n', next(3)));
                }
            }
        }
        repo.write(&path, &bytes);
        let refs = refs::all(&found);
        assert!(
            refs.get(b"refs/heads/loose").is_some() || path.ends_with("loose"),
            "{path}"
        );
        let mut lines = 0;
        refs::logs(&found, &mut |_| lines += 1);
        assert!(lines > 0);
        repo.write(&path, &whole);
    }
}
