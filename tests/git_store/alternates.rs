//! Objects that are borrowed from elsewhere, and borrowing that leads nowhere.

use std::fs;
use std::os::unix::fs::symlink;

use super::repo::{Repo, read};

/// Repositories `n0`, `n1`, …, each with one object of its own, that borrow from the next.
fn row(repo: &Repo, length: usize) -> Vec<gix::ObjectId> {
    let mut ids = Vec::new();
    for n in 0..length {
        let name = format!("n{n}");
        repo.git(".", &["init", "-q", "--bare", &name]);
        let content = format!("content of {n}");
        let id = repo.git_with(&name, &["hash-object", "-w", "--stdin"], content.as_bytes());
        ids.push(gix::ObjectId::from_hex(&id[..40]).unwrap());
        // Relative to the objects directory.
        let next = format!("# the next\n../../n{}/objects\n", n + 1);
        if n + 1 < length {
            repo.write(&format!("{name}/objects/info/alternates"), next);
        }
    }
    ids
}

#[test]
fn as_deep_as_git_goes_and_no_deeper_in_silence() {
    let repo = Repo::none();
    let ids = row(&repo, 9);
    let (store, faults) = repo.store("n0");
    let known = repo.objects("n0");
    for id in &ids {
        assert_eq!(read(&store, id).unwrap().as_ref(), known.get(id), "{id}");
    }
    assert_eq!(known.len(), 7);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].what.contains("too deep"), "{}", faults[0]);
    let (_, faults) = repo.store("n2");
    assert_eq!(faults, []);
}

#[test]
fn quoted_absolute_and_linked_paths_and_rings() {
    let repo = Repo::none();
    row(&repo, 3);
    fs::rename(repo.path("n1"), repo.path("n \"1\n")).unwrap();
    symlink(repo.path("n2"), repo.path("link")).unwrap();
    let quoted = repo.path("n \"1\n/objects").display().to_string();
    let quoted = quoted.replace('"', "\\\"").replace('\n', "\\n");
    // It names itself, and the third twice; the third names the first.
    let list = format!("\"{quoted}\"\n.\n../../link/objects/\n../objects/../../n2/objects\n");
    repo.write("n0/objects/info/alternates", list);
    repo.write("n2/objects/info/alternates", "../../n0/objects");
    let (store, faults) = repo.store("n0");
    assert_eq!(faults, []);
    let wanted = ["n0/objects", "n \"1\n/objects", "n2/objects"].map(|dir| repo.path(dir));
    assert_eq!(store.loose_dirs(), wanted);
    for (id, object) in repo.objects("n0") {
        assert_eq!(read(&store, &id).unwrap(), Some(object));
    }
}

#[test]
fn packs_of_alternates_and_bases_across_them() {
    let repo = Repo::empty();
    for version in 0..5 {
        let text: String = (0..200)
            .map(|n| format!("{n} {}\n", n / 199 * version))
            .collect();
        repo.commit("a", text);
    }
    repo.git("repo", &["repack", "-adfq"]);
    repo.git(".", &["clone", "-q", "--shared", "repo", "second"]);
    repo.write("second/b", "of the second");
    repo.git("second", &["add", "b"]);
    repo.git("second", &["commit", "-q", "-m", "b"]);
    repo.git(
        ".",
        &["clone", "-q", "--bare", "--shared", "second", "third"],
    );
    let known = repo.objects("third");
    let (store, faults) = repo.store("third");
    assert_eq!(faults, []);
    assert_eq!((store.packs().len(), store.loose_dirs().len()), (1, 3));
    for (id, object) in &known {
        assert_eq!(read(&store, id).unwrap().as_ref(), Some(object));
    }
    assert_eq!(known.len(), repo.objects("repo").len() + 3);
}

#[test]
fn what_is_not_there_is_a_gap() {
    let repo = Repo::none();
    row(&repo, 2);
    repo.write("n0/file", "");
    crate::fifo::fifo(&repo.path("n0/pipe"));
    symlink("loop", repo.path("n0/loop")).unwrap();
    let list = "../../nowhere\n../pipe\n../file\n../loop\n../../n1/objects\n\"unclosed\n";
    repo.write("n0/objects/info/alternates", list);
    let (store, faults) = repo.store("n0");
    assert_eq!(store.loose_dirs().len(), 2);
    let whats: Vec<_> = faults.iter().map(|fault| &*fault.what).collect();
    assert_eq!(whats.len(), 5, "{whats:?}");
    for (what, name) in whats
        .iter()
        .zip(["nowhere", "pipe", "file", "loop", "unclosed"])
    {
        assert!(what.contains(name), "{what}");
    }
    // The list itself is a pipe, or too large.
    fs::remove_file(repo.path("n0/objects/info/alternates")).unwrap();
    fs::rename(
        repo.path("n0/pipe"),
        repo.path("n0/objects/info/alternates"),
    )
    .unwrap();
    assert_eq!(repo.store("n0").1.len(), 1);
    fs::remove_file(repo.path("n0/objects/info/alternates")).unwrap();
    repo.write("n0/objects/info/alternates", "#\n".repeat(1 << 20));
    assert_eq!(repo.store("n0").1.len(), 1);
}
