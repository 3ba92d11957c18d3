//! Objects that are too large, bases that don't fit into memory, families that are split.

use keyfence::git::walk::{Census, Limits};

use crate::packer::{Entry, adding, by_name, name, whole, write};
use crate::repo::{Repo, rewrite};
use crate::shapes::{Random, named};
use crate::walked::{ALL, asked, limited};

/// A store whose one family has the shape of a heap, and how many objects it has.
fn heap(repo: &Repo) -> usize {
    const COUNT: usize = 120;
    let mut contents = vec![b"root".to_vec()];
    let mut entries = vec![Entry {
        id: name(b"root"),
        bytes: whole(3, 4, b"root"),
    }];
    for number in 1..COUNT {
        let base = contents[(number - 1) / 2].clone();
        let own = [&base[..], &[number as u8]].concat();
        entries.push(Entry {
            id: name(&own),
            bytes: by_name(&name(&base), &adding(base.len() as u8, &[number as u8])),
        });
        contents.push(own);
    }
    write(&repo.path("repo/.git/objects/pack"), "pack-a", &entries);
    COUNT
}

#[test]
fn bases_that_are_dropped_are_decoded_again() {
    let repo = Repo::empty();
    let count = heap(&repo);
    let (store, _) = repo.store("repo");
    let wanted = limited(&store, Limits::default(), 1).0;
    assert_eq!((wanted.seen.len(), wanted.lost.len()), (count, 0));
    for held in [0, 10, 20, 100] {
        for branch in [0, 100, u64::MAX] {
            let limits = Limits {
                held,
                branch,
                ..Limits::default()
            };
            for threads in [1, 2, 4] {
                assert_eq!(limited(&store, limits, threads).0, wanted, "{limits:?}");
            }
        }
    }
    // Without a second time, what needs it is named.
    for again in [0, 100] {
        let limits = Limits {
            held: 0,
            again,
            ..Limits::default()
        };
        let (walked, _) = limited(&store, limits, 1);
        assert!(walked.seen.len() > 5 && !walked.lost.is_empty());
        assert_eq!(walked.seen.len() + walked.lost.len(), count);
        assert!(walked.lost.values().any(|what| what.contains("memory")));
        for threads in [2, 4] {
            assert_eq!(limited(&store, limits, threads).0, walked);
        }
    }
}

#[test]
fn large_blobs_are_streamed() {
    let repo = Repo::empty();
    let mut random = Random(22);
    let noise: Vec<u8> = (0..300_000).map(|_| random.below(256) as u8).collect();
    for number in 0..6u8 {
        let mut data = noise.clone();
        data[number as usize * 10_000] ^= 1;
        // A line of its own: no delta.
        repo.commit("versions", &data);
        repo.commit(&format!("single{number}"), vec![number; 200_000]);
    }
    repo.git("repo", &["repack", "-qadf"]);
    repo.write("repo/loose", &noise[..150_000]);
    repo.write("repo/small", "small");
    repo.git("repo", &["add", "-A"]);
    let wanted = named(&repo, "repo");
    let limits = Limits {
        object: 100_000,
        ..Limits::default()
    };
    let (store, _) = repo.store("repo");
    let (walked, _) = limited(&store, limits, 1);
    let deltas = walked.lost.len();
    assert!(deltas >= 5, "{deltas}");
    assert!(walked.large.len() >= 3);
    assert_eq!(walked.large.len() + deltas, 6 + 6 + 1);
    for (id, (_, size)) in &wanted {
        let large = *size > limits.object;
        assert_eq!(walked.seen.contains_key(id), !large);
        assert_eq!(
            walked.large.contains_key(id) || walked.lost.contains_key(id),
            large
        );
    }
    for threads in [2, 4] {
        assert_eq!(limited(&store, limits, threads).0, walked);
    }
    // Only what is asked for is streamed.
    let (census, _) = Census::take_limited(&store, 2, limits);
    let nothing = asked(&census, &ALL, Some(&|_| false), 2);
    assert_eq!(nothing, Default::default());
}

#[test]
fn a_damaged_large_blob_is_lost_or_read_elsewhere() {
    let repo = Repo::empty();
    let mut random = Random(23);
    let noise: Vec<u8> = (0..200_000).map(|_| random.below(256) as u8).collect();
    repo.commit("noise", &noise);
    repo.git("repo", &["repack", "-qad"]);
    let id = repo.git("repo", &["rev-parse", "HEAD:noise"]);
    let id = gix::ObjectId::from_hex(id.as_bytes()).unwrap();
    let limits = Limits {
        object: 100_000,
        ..Limits::default()
    };
    let pack = repo.files("repo/.git/objects", "pack").remove(0);
    rewrite(&pack, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    let (store, _) = repo.store("repo");
    let (walked, _) = limited(&store, limits, 2);
    assert!(walked.lost.contains_key(&id) && walked.large.is_empty());
    repo.git_with("repo", &["init", "-q", "../other"], b"");
    repo.git_with("other", &["hash-object", "-w", "--stdin"], &noise);
    let hex = id.to_string();
    let path = format!("{}/{}", &hex[..2], &hex[2..]);
    let bytes = std::fs::read(repo.path(&format!("other/.git/objects/{path}"))).unwrap();
    repo.write(&format!("repo/.git/objects/{path}"), bytes);
    let (store, _) = repo.store("repo");
    let (walked, _) = limited(&store, limits, 2);
    assert_eq!(walked.large.get(&id), Some(&200_000));
    assert!(walked.lost.is_empty(), "{:?}", walked.lost);
}
