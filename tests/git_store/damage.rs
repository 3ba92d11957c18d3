//! Damage costs the object that it hits, unless there is another copy; and never goes untold.

use std::fs;

use gix::ObjectId;

use super::packer::{self, Entry, adding, by_name, name, whole};
use super::repo::{Repo, read, rewrite};
use crate::fifo::fifo;

/// Every way to damage some bytes: cut off, zeroed, one bit flipped, and all of it gone.
type Damage = Box<dyn Fn(&mut Vec<u8>)>;

fn damages(length: usize) -> Vec<Damage> {
    let mut out: Vec<Damage> = Vec::new();
    for at in 0..length {
        for bit in [0, 3, 7] {
            out.push(Box::new(move |bytes| bytes[at] ^= 1 << bit));
        }
        out.push(Box::new(move |bytes| bytes.truncate(at)));
    }
    out.push(Box::new(|bytes| bytes.fill(0)));
    out
}

#[test]
fn a_damaged_loose_object_is_right_or_told() {
    let repo = Repo::empty();
    let content = "some content, some more content\n".repeat(3);
    let id = repo.git_with(
        "repo",
        &["hash-object", "-w", "--stdin"],
        content.as_bytes(),
    );
    let id = ObjectId::from_hex(&id[..40]).unwrap();
    let file = repo.files("repo/.git/objects", "loose").remove(0);
    let sound = fs::read(&file).unwrap();
    let (store, _) = repo.store("repo");
    let mut told = 0;
    for damage in damages(sound.len()) {
        let mut bytes = sound.clone();
        damage(&mut bytes);
        rewrite(&file, |all| *all = bytes);
        match store.read(&id, 1 << 20) {
            Ok(Some(object)) => assert_eq!(object.data, content.as_bytes()),
            Ok(None) => panic!("a damaged object is not an absent one"),
            Err(fault) => {
                assert_eq!((fault.id, fault.file.as_ref()), (Some(id), Some(&file)));
                told += 1;
            }
        }
    }
    // Only the level of compression may change without harm.
    assert!(told >= sound.len() * 4 - 4, "{told}");
    // Another object under this name.
    rewrite(&file, |all| *all = packer::deflated(b"blob 5\0other"));
    let fault = read(&store, &id).unwrap_err();
    assert!(fault.what.contains("does not fit its name"), "{fault}");
    // With another copy it is read.
    rewrite(&file, |all| *all = sound.clone());
    let (work, pack) = ("repo", ["pack-objects", "-q", ".git/objects/pack/pack"]);
    repo.git_with(work, &pack, format!("{id}\n").as_bytes());
    rewrite(&file, |all| all.truncate(9));
    let (store, faults) = repo.store("repo");
    assert_eq!(faults, []);
    assert_eq!(read(&store, &id).unwrap().unwrap().data, content.as_bytes());
}

/// A repository with one pack of chains, and the names of all its objects.
fn packed() -> Repo {
    let repo = Repo::empty();
    for version in 0..6 {
        let text: String = (0..60)
            .map(|n| format!("{n} {}\n", n / 59 * version))
            .collect();
        repo.commit("a", text);
    }
    repo.git("repo", &["repack", "-adfq"]);
    repo
}

#[test]
fn a_damaged_pack_gives_the_right_bytes_or_a_fault() {
    let repo = packed();
    let known = repo.objects("repo");
    let pack = repo.files("repo/.git/objects", "pack").remove(0);
    let sound = fs::read(&pack).unwrap();
    let lost_at = |at: usize, mask: u8| {
        rewrite(&pack, |bytes| bytes[at] ^= mask);
        let (store, faults) = repo.store("repo");
        let mut lost = 0;
        for (id, object) in &known {
            match store.read(id, 1 << 20) {
                Ok(Some(found)) => assert_eq!(found.data, object.data, "byte {at}"),
                Ok(None) => assert!(!faults.is_empty(), "byte {at}"),
                Err(_) => lost += 1,
            }
        }
        rewrite(&pack, |bytes| *bytes = sound.clone());
        lost
    };
    let mut harmless = 0;
    let mut all = 0;
    for at in (12..sound.len() - 20).step_by(3) {
        for mask in [1, 0x10, 0x80] {
            let lost = lost_at(at, mask);
            assert!(lost < known.len(), "byte {at}: {lost}");
            harmless += usize::from(lost == 0);
            all += 1;
        }
    }
    // Some bits of a zlib stream say nothing about the content: how hard it was compressed, what
    // follows its end in the last byte.
    assert!(harmless * 10 < all, "{harmless} of {all}");
}

#[test]
fn every_other_copy_is_tried_before_an_object_is_lost() {
    let repo = packed();
    let known = repo.objects("repo");
    let pack = repo.files("repo/.git/objects", "pack").remove(0);
    // One copy packed the same way elsewhere, and one loose: any one of them will do, for bases too.
    repo.git(
        ".",
        &["clone", "-q", "--bare", "--no-hardlinks", "repo", "second"],
    );
    let borrowed = repo.path("second/objects").display().to_string();
    repo.write("repo/.git/objects/info/alternates", borrowed);
    let sound = fs::read(&pack).unwrap();
    for at in (12..sound.len() - 20).step_by(11) {
        rewrite(&pack, |bytes| bytes[at] ^= 0x55);
        let (store, _) = repo.store("repo");
        for (id, object) in &known {
            assert_eq!(
                read(&store, id).unwrap().as_ref(),
                Some(object),
                "byte {at}"
            );
        }
        rewrite(&pack, |bytes| *bytes = sound.clone());
    }
    fs::remove_dir_all(repo.path("second")).unwrap();
    fs::remove_file(repo.path("repo/.git/objects/info/alternates")).unwrap();
    // Only the bases are loose: what builds on them comes from the damaged pack.
    let blobs: Vec<_> = known.iter().filter(|(_, it)| it.kind == "blob").collect();
    for (id, object) in &blobs {
        repo.git_with("repo", &["hash-object", "-w", "--stdin"], &object.data);
        let loose = format!(
            "repo/.git/objects/{}/{}",
            &id.to_string()[..2],
            &id.to_string()[2..]
        );
        if !repo.path(&loose).exists() {
            // Git does not write what it has: unpack it by hand.
            let bytes = [
                format!("blob {}\0", object.data.len()).as_bytes(),
                &object.data,
            ]
            .concat();
            repo.write(&loose, packer::deflated(&bytes));
        }
    }
    for at in (12..sound.len() - 20).step_by(7) {
        rewrite(&pack, |bytes| bytes[at] ^= 0x55);
        let (store, _) = repo.store("repo");
        for (id, object) in &blobs {
            assert_eq!(
                read(&store, id).unwrap().as_ref(),
                Some(*object),
                "byte {at}"
            );
        }
        rewrite(&pack, |bytes| *bytes = sound.clone());
    }
}

#[test]
fn a_sound_delta_is_read_over_another_copy_of_its_damaged_base() {
    let repo = Repo::empty();
    let (base, both) = (b"the base of it", b"the base of it, and more");
    let dir = repo.path("repo/.git/objects/pack");
    let delta = by_name(&name(base), &adding(14, b", and more"));
    let mut damaged = whole(3, 14, base);
    *damaged.last_mut().unwrap() ^= 1;
    let entry = |id: &[u8], bytes: &[u8]| Entry {
        id: name(id),
        bytes: bytes.to_vec(),
    };
    packer::write(
        &dir,
        "pack-a",
        &[entry(base, &damaged), entry(both, &delta)],
    );
    let (store, faults) = repo.store("repo");
    assert_eq!(faults, []);
    let fault = read(&store, &name(both)).unwrap_err();
    assert!(fault.what.contains("delta base"), "{fault}");
    assert!(read(&store, &name(base)).is_err());
    // In another pack.
    packer::write(&dir, "pack-b", &[entry(base, &whole(3, 14, base))]);
    let (store, _) = repo.store("repo");
    assert_eq!(read(&store, &name(both)).unwrap().unwrap().data, both);
    assert_eq!(read(&store, &name(base)).unwrap().unwrap().data, base);
    // Loose; and the pack is thin.
    fs::remove_dir_all(&dir).unwrap();
    packer::write(&dir, "pack-thin", &[entry(both, &delta)]);
    assert!(read(&repo.store("repo").0, &name(both)).is_err());
    repo.git_with("repo", &["hash-object", "-w", "--stdin"], base);
    let (store, _) = repo.store("repo");
    assert_eq!(read(&store, &name(both)).unwrap().unwrap().data, both);
}

#[test]
fn packs_that_cannot_be_opened_are_told_and_the_rest_is_read() {
    let repo = packed();
    let first = repo.files("repo/.git/objects", "pack").remove(0);
    repo.commit("b", "in the second pack");
    repo.git("repo", &["repack", "-dq"]);
    let second = repo.files("repo/.git/objects", "pack");
    let second = second.iter().find(|path| **path != first).unwrap();
    let readable = |wanted: usize, why: &str| {
        let (store, faults) = repo.store("repo");
        assert_eq!(store.packs().len(), wanted, "{why}");
        assert_eq!(faults.len(), 1, "{why}: {faults:?}");
        let id = repo.git("repo", &["rev-parse", "HEAD"]);
        let id = ObjectId::from_hex(id.as_bytes()).unwrap();
        assert!(read(&store, &id).unwrap().is_some(), "{why}");
    };
    let (index, sound) = (first.with_extension("idx"), fs::read(&first).unwrap());
    let sound_index = fs::read(&index).unwrap();
    rewrite(&first, |bytes| bytes.truncate(11));
    readable(1, "a pack cut off in its header");
    rewrite(&first, |bytes| *bytes = sound[..sound.len() / 2].to_vec());
    readable(2, "a pack cut off, read as far as it goes");
    rewrite(&first, |bytes| bytes.clear());
    readable(1, "an empty pack");
    fs::remove_file(&first).unwrap();
    readable(1, "an index without a pack");
    fs::write(&first, &sound).unwrap();
    rewrite(&index, |bytes| bytes.truncate(1000));
    readable(2, "an index cut off");
    rewrite(&index, |bytes| {
        *bytes = [&sound_index[..1200], &[7; 60]].concat();
    });
    readable(2, "an index of nonsense");
    fs::remove_file(&index).unwrap();
    readable(2, "a pack without an index");
    fifo(&index);
    readable(2, "a pipe for an index");
    fs::remove_file(&index).unwrap();
    fs::write(&index, &sound_index).unwrap();
    fs::remove_file(&first).unwrap();
    fifo(&first);
    readable(1, "a pipe for a pack");
    fs::remove_file(&first).unwrap();
    fifo(&first.with_file_name("x.idx"));
    fs::write(&first, &sound).unwrap();
    readable(2, "a pipe for the index of no pack");
    assert!(second.exists());
}

#[test]
fn loose_objects_that_are_no_files() {
    let repo = Repo::empty();
    repo.git_with("repo", &["hash-object", "-w", "--stdin"], b"sound");
    let file = repo.files("repo/.git/objects", "loose").remove(0);
    let dir = file.parent().unwrap();
    let rest = "0".repeat(38);
    let prefix = dir.file_name().unwrap().to_str().unwrap().to_owned();
    let id = ObjectId::from_hex(format!("{prefix}{rest}").as_bytes()).unwrap();
    let odd = dir.join(&rest);
    let check = |why: &str| {
        let (store, _) = repo.store("repo");
        let (ids, faults) = store.loose_ids();
        assert_eq!((ids.len(), faults.len()), (2, 0), "{why}");
        let fault = read(&store, &id).unwrap_err();
        assert_eq!(fault.file.as_ref(), Some(&odd), "{why}");
    };
    fifo(&odd);
    check("a pipe");
    fs::remove_file(&odd).unwrap();
    fs::create_dir(&odd).unwrap();
    check("a directory");
    fs::remove_dir(&odd).unwrap();
    std::os::unix::fs::symlink("nowhere", &odd).unwrap();
    check("a link to nowhere");
    fs::remove_file(&odd).unwrap();
    fs::write(&odd, "").unwrap();
    check("an empty file");
    // A link to a sound object is followed, as git does.
    let (elsewhere, name) = (repo.path("elsewhere"), file.clone());
    fs::rename(&file, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &name).unwrap();
    let (store, _) = repo.store("repo");
    let sound = packer::name(b"sound");
    assert_eq!(read(&store, &sound).unwrap().unwrap().data, b"sound");
    // Names of another hash.
    repo.write(&format!("repo/.git/objects/00/{}", "1".repeat(62)), "");
    assert_eq!(repo.store("repo").0.loose_ids().1.len(), 1);
}

#[test]
fn what_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    if rustix::process::geteuid().is_root() {
        return;
    }
    let repo = packed();
    repo.git_with("repo", &["hash-object", "-w", "--stdin"], b"sound");
    let file = repo.files("repo/.git/objects", "loose").remove(0);
    let forbid = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    forbid(&file, 0);
    assert!(read(&repo.store("repo").0, &name(b"sound")).is_err());
    forbid(file.parent().unwrap(), 0);
    assert_eq!(repo.store("repo").0.loose_ids().1.len(), 1);
    forbid(file.parent().unwrap(), 0o755);
    let packs = repo.path("repo/.git/objects/pack");
    forbid(&packs, 0);
    assert_eq!(repo.store("repo").1.len(), 1);
    forbid(&packs, 0o755);
}
