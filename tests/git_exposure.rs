//! Since when and by which refs a history holds something, against git.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    missing_docs
)]

mod histories;

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use gix::hash;
use gix::objs::Kind;
use histories::{Memory, Random, Repo, history, read_all};
use keyfence::finding::Exposure;
use keyfence::git::Layout;
use keyfence::git::commits::Commit;
use keyfence::git::exposure::{Attribution, Held, Holder, MOST_IN_HEAD, Repository, attribute};
use keyfence::git::refs;

/// When the scans are made.
const NOW: i64 = 1_700_000_000;

/// What keyfence says of credentials, each held by these objects on the line of their place in the list.
fn ask(repo: &Repo, hash: hash::Kind, held: &[Vec<ObjectId>]) -> Vec<Attribution> {
    let memory = Memory::of(repo);
    let layout = Layout::open(repo.path(), &|_| None).unwrap();
    let found = refs::all(&layout);
    let mut logged = Vec::new();
    refs::logs(&layout, &mut |line| {
        let entry = line.entry.unwrap();
        logged.extend([entry.old, entry.new]);
    });
    let history = read_all(&memory, hash, &layout.shallow, 3);
    let held: Vec<Held> = held
        .iter()
        .map(|ids| {
            let all = (1..).zip(ids).map(|(line, id)| Holder {
                object: memory.number(id),
                line,
            });
            all.collect::<Vec<_>>().into()
        })
        .collect();
    let repository = Repository {
        history: &history,
        objects: &memory,
        refs: &found.refs,
        logged: &logged,
        read: &|number| Some(memory.data(number).to_vec()),
        now: NOW,
    };
    attribute(&repository, &held)
}

fn ask_one(repo: &Repo, held: &[ObjectId]) -> Attribution {
    ask(repo, hash::Kind::Sha1, &[held.to_vec()]).remove(0)
}

fn firsts(told: &Exposure) -> [Option<ObjectId>; 3] {
    [
        told.first.as_ref().map(|sighting| sighting.commit.id),
        told.last.as_ref().map(|sighting| sighting.commit.id),
        told.removed.as_ref().map(|commit| commit.id),
    ]
}

/// All commits of a repository, by the plain way.
struct Plain {
    /// Parents and date.
    commits: BTreeMap<ObjectId, (Vec<ObjectId>, i64)>,
    files: BTreeMap<ObjectId, BTreeSet<(ObjectId, Vec<u8>)>>,
    /// The oldest first.
    order: Vec<ObjectId>,
    reached: BTreeSet<ObjectId>,
    /// What each ref reaches, by its full name.
    refs: BTreeMap<String, BTreeSet<ObjectId>>,
}

/// The commits that git lists.
fn list(repo: &Repo, args: &[&str]) -> BTreeSet<ObjectId> {
    let text = repo.text(args);
    let ids = text
        .lines()
        .map(|id| ObjectId::from_hex(id.as_bytes()).unwrap());
    ids.collect()
}

impl Plain {
    fn of(repo: &Repo) -> Self {
        let mut commits = BTreeMap::new();
        let mut files = BTreeMap::new();
        for (id, (kind, data)) in repo.objects() {
            if kind == Kind::Commit {
                let commit = Commit::parse(&data, id.kind()).unwrap();
                files.insert(id, repo.list(&id));
                commits.insert(id, (commit.parents.clone(), commit.committer.time));
            }
        }
        let mut order: Vec<ObjectId> = Vec::new();
        let mut done = BTreeSet::new();
        while order.len() < commits.len() {
            let ready = commits.iter().filter(|(id, (parents, _))| {
                !done.contains(*id) && parents.iter().all(|parent| done.contains(parent))
            });
            let next = ready.min_by_key(|(id, (_, date))| (*date, **id)).unwrap();
            done.insert(*next.0);
            order.push(*next.0);
        }
        let refs = repo.text(&["for-each-ref", "--format=%(refname)"]);
        let reach = |name: &str| (name.to_owned(), list(repo, &["rev-list", name]));
        Self {
            commits,
            files,
            order,
            reached: list(repo, &["rev-list", "--all"]),
            refs: refs.lines().map(reach).collect(),
        }
    }

    fn holds(&self, commit: &ObjectId, held: &[ObjectId]) -> bool {
        self.files[commit].iter().any(|(id, _)| held.contains(id))
    }

    fn parent_holds(&self, commit: &ObjectId, held: &[ObjectId]) -> bool {
        let parents = &self.commits[commit].0;
        parents.iter().any(|parent| self.holds(parent, held))
    }
}

#[test]
fn made_up_histories_as_git_tells_them() {
    let mut reach = [0; 2];
    let mut kinds = [0; 4];
    for (seed, format, kind) in [
        (11, "sha1", hash::Kind::Sha1),
        (12, "sha256", hash::Kind::Sha256),
        (13, "sha1", hash::Kind::Sha1),
    ] {
        let repo = history(seed, 80, format);
        let plain = Plain::of(&repo);
        let blobs: BTreeSet<ObjectId> = plain.files.values().flatten().map(|(id, _)| *id).collect();
        let blobs: Vec<ObjectId> = blobs.into_iter().collect();
        let mut random = Random(seed);
        // More than are followed at once.
        let held: Vec<Vec<ObjectId>> = (0..90)
            .map(|at| {
                let mut held: BTreeSet<ObjectId> = BTreeSet::new();
                held.insert(blobs[at % blobs.len()]);
                for _ in 0..random.below(3) {
                    held.insert(*random.pick(&blobs));
                }
                held.into_iter().collect()
            })
            .collect();
        let tip = |name: &String| (name.clone(), repo.id(&format!("{name}^{{commit}}")));
        let tips: BTreeMap<String, ObjectId> = plain.refs.keys().map(tip).collect();
        let told = ask(&repo, kind, &held);
        for (held, told) in held
            .iter()
            .zip(&told)
            .take(40)
            .chain(held.iter().zip(&told).skip(80))
        {
            let exposure = &told.exposure;
            let holders: BTreeSet<_> = plain
                .order
                .iter()
                .filter(|c| plain.holds(c, held))
                .collect();
            let reachable = holders.iter().any(|commit| plain.reached.contains(*commit));
            let counts = |commit: &ObjectId| !reachable || plain.reached.contains(commit);
            let line: Vec<ObjectId> = plain.order.iter().copied().filter(counts).collect();
            let brought: Vec<ObjectId> = line
                .iter()
                .filter(|c| holders.contains(c) && !plain.parent_holds(c, held))
                .copied()
                .collect();
            assert_eq!(told.exposure.introductions, brought.len());
            assert_eq!(exposure.reachable, reachable);
            reach[usize::from(reachable)] += 1;
            kinds[0] += usize::from(brought.len() > 1);
            let merge = |id: &ObjectId| plain.commits[id].0.len() > 1;
            kinds[1] += usize::from(brought.iter().any(merge));
            // Git finds each of them, as it compares with every parent.
            if let [only] = held[..]
                && reachable
            {
                let find = format!("--find-object={only}");
                let found = list(&repo, &["log", "--all", "-m", "--format=%H", &find]);
                assert!(brought.iter().all(|id| found.contains(id)));
            }
            let branches = plain
                .refs
                .keys()
                .filter(|name| !name.starts_with("refs/tags/"));
            let mut tips = branches.map(|name| tips[name]);
            let removed = line
                .iter()
                .rfind(|c| !holders.contains(c) && plain.parent_holds(c, held))
                .filter(|_| !tips.any(|tip| holders.contains(&tip)));
            kinds[2] += usize::from(removed.is_some());
            let last = line.iter().rfind(|commit| holders.contains(commit));
            assert_eq!(
                firsts(exposure),
                [Some(brought[0]), last.copied(), removed.copied()]
            );
            let first = exposure.first.as_ref().unwrap();
            for sighting in [first, exposure.last.as_ref().unwrap()] {
                let id = held[sighting.line as usize - 1];
                assert!(plain.files[&sighting.commit.id].contains(&(id, sighting.path.to_vec())));
            }
            let end = removed.map_or(NOW, |id| plain.commits[id].1);
            let days = (end - plain.commits[&brought[0]].1).max(0) / 86_400;
            assert_eq!(exposure.days, Some(days as u32));
            assert_eq!(exposure.versions, held.len());
            let mut in_head: Vec<_> = plain.files[&repo.id("HEAD")]
                .iter()
                .filter_map(|(id, path)| {
                    let line = held.iter().position(|own| own == id)? as u32 + 1;
                    Some((path.clone(), line))
                })
                .collect();
            in_head.sort();
            kinds[3] += usize::from(!in_head.is_empty());
            let seen: Vec<_> = exposure
                .in_head
                .iter()
                .map(|(path, line)| (path.to_vec(), *line))
                .collect();
            assert_eq!(seen, in_head);
            let wanted = plain
                .refs
                .iter()
                .filter(|(_, reached)| brought.iter().any(|commit| reached.contains(commit)));
            let wanted: BTreeSet<String> = wanted.map(|(name, _)| name.clone()).collect();
            assert_eq!(exposure.ref_count, wanted.len());
            let kept: BTreeSet<String> = exposure.refs.iter().map(|name| full(name)).collect();
            assert_eq!(kept.len(), wanted.len().min(Exposure::MOST_REFS));
            assert!(kept.is_subset(&wanted), "{kept:?} {wanted:?}");
        }
    }
    // All of it was there to be told.
    assert!(
        reach.iter().chain(&kinds).all(|times| *times > 2),
        "{reach:?} {kinds:?}"
    );
}

/// The full name of a ref that is shown shortened.
fn full(name: &str) -> String {
    match name {
        _ if name.starts_with("tags/") => format!("refs/{name}"),
        _ if name.starts_with("origin/") => format!("refs/remotes/{name}"),
        _ => format!("refs/heads/{name}"),
    }
}

fn write(repo: &Repo, path: &str, text: &str) -> ObjectId {
    let path = repo.path().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    repo.git(&["add", "-A"]);
    ObjectId::from_hex(
        repo.text(&["hash-object", path.to_str().unwrap()])
            .as_bytes(),
    )
    .unwrap()
}

fn commit(repo: &Repo, message: &str) -> ObjectId {
    repo.git(&["commit", "-q", "--allow-empty", "-m", message]);
    repo.id("HEAD")
}

#[test]
fn what_was_amended_away_is_not_the_first() {
    let repo = Repo::new("sha1");
    commit(&repo, "start");
    let blob = write(&repo, "a/b.txt", "held\n");
    let old = commit(&repo, "first try");
    repo.git(&["commit", "-q", "--amend", "-m", "second try"]);
    let new = repo.id("HEAD");
    assert_ne!(old, new);
    let told = ask_one(&repo, &[blob]).exposure;
    assert_eq!(firsts(&told), [Some(new), Some(new), None]);
    let first = told.first.unwrap();
    assert_eq!((&*first.path, first.line), (&b"a/b.txt"[..], 1));
    assert_eq!(first.commit.author, "A <a@example.com>");
    assert_eq!(first.commit.summary, "second try");
    assert_eq!(first.commit.time, 1_600_000_000);
    assert_eq!(told.refs, ["main"]);
    assert_eq!(told.days, Some(1157));
    // Only the log of the branch knows it.
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let told = ask_one(&repo, &[blob]).exposure;
    assert_eq!(
        (told.reachable, told.in_reflog, told.ref_count),
        (false, true, 0)
    );
    assert!([old, new].map(Some).contains(&firsts(&told)[0]));
    assert_eq!(told.in_head, []);
    // Nothing does.
    repo.git(&["reflog", "expire", "--expire=all", "--all"]);
    // What the reset left behind keeps nothing.
    assert_eq!(repo.id("ORIG_HEAD"), new);
    let told = ask_one(&repo, &[blob]).exposure;
    assert_eq!(
        (told.reachable, told.in_reflog, told.ref_count),
        (false, false, 0)
    );
    assert!(told.first.is_some());
    // Not even a commit.
    let blob = write(&repo, "never", "never committed\n");
    repo.git(&["reset", "-q", "--hard"]);
    let told = ask_one(&repo, &[blob]);
    let wanted = Exposure {
        versions: 1,
        ..Exposure::default()
    };
    assert_eq!(told.exposure, wanted);
}

#[test]
fn removed_and_back_and_rotated() {
    let repo = Repo::new("sha1");
    let one = write(&repo, "key", "held\n");
    let first = commit(&repo, "one");
    let two = write(&repo, "key", "\nheld\n");
    let second = commit(&repo, "two");
    repo.git(&["mv", "key", "moved"]);
    let third = commit(&repo, "moved");
    // Neither another line nor another file ends it.
    let told = ask_one(&repo, &[one, two]);
    assert_eq!(firsts(&told.exposure), [Some(first), Some(third), None]);
    assert_eq!(told.exposure.introductions, 1);
    assert_eq!(told.exposure.in_head, [(b"moved"[..].into(), 2)]);
    assert_eq!(told.exposure.versions, 2);
    repo.git(&["rm", "-q", "moved"]);
    let gone = commit(&repo, "gone");
    let told = ask_one(&repo, &[one, two]).exposure;
    assert_eq!(firsts(&told), [Some(first), Some(third), Some(gone)]);
    assert_eq!(told.days, Some(0));
    assert_eq!((told.refs, told.in_head), (vec!["main".to_owned()], vec![]));
    // A tag still holds it, and yet it was taken out.
    repo.git(&["tag", "v1", "HEAD~1"]);
    let told = ask_one(&repo, &[two]).exposure;
    assert_eq!(firsts(&told), [Some(second), Some(third), Some(gone)]);
    assert_eq!(told.refs, ["main", "tags/v1"]);
    // A branch that does has it still.
    repo.git(&["branch", "old", "HEAD~1"]);
    assert_eq!(firsts(&ask_one(&repo, &[two]).exposure)[2], None);
    write(&repo, "again", "held\n");
    let back = commit(&repo, "back");
    let told = ask_one(&repo, &[one]);
    assert_eq!(firsts(&told.exposure), [Some(first), Some(back), None]);
    assert_eq!(told.exposure.introductions, 2);
}

#[test]
fn messages_and_what_only_tags_name() {
    let repo = Repo::new("sha1");
    let said = commit(&repo, "it says");
    let after = commit(&repo, "after");
    let told = ask_one(&repo, &[said]).exposure;
    assert_eq!(firsts(&told), [Some(said), Some(said), None]);
    assert_eq!((&*told.first.unwrap().path, told.versions), (&b""[..], 1));
    assert_eq!(told.refs, ["main"]);
    // The message of a tag, and a tag of that tag.
    repo.git(&["tag", "-a", "-m", "it says", "inner", "HEAD~1"]);
    let tag = repo.id("inner");
    repo.git(&["tag", "-a", "-m", "outer", "outer", "inner"]);
    let told = ask_one(&repo, &[tag]).exposure;
    assert_eq!((firsts(&told), told.days), ([None; 3], None));
    assert_eq!(
        (told.refs, told.reachable),
        (vec!["tags/inner".to_owned(), "tags/outer".to_owned()], true)
    );
    // A blob and a tree that no commit has.
    let blob = repo.store("blob", b"tagged");
    let listed = format!("100644 blob {blob}\tname\n");
    let tree = repo.git_with(&["mktree"], listed.as_bytes());
    let tree = String::from_utf8(tree).unwrap();
    assert!(!ask_one(&repo, &[blob]).exposure.reachable);
    repo.git(&["tag", "blob", &blob.to_string()]);
    repo.git(&["tag", "-a", "-m", "tree", "tree", tree.trim()]);
    let told = ask_one(&repo, &[blob]).exposure;
    assert_eq!(told.refs, ["tags/blob", "tags/tree"]);
    assert_eq!((told.reachable, told.first), (true, None));
    assert_eq!(firsts(&ask_one(&repo, &[after]).exposure)[0], Some(after));
}

#[test]
fn stashes_notes_and_a_detached_head() {
    let repo = Repo::new("sha1");
    write(&repo, "file", "plain\n");
    commit(&repo, "start");
    let stashed = write(&repo, "file", "stashed\n");
    repo.git(&["stash", "-q"]);
    repo.git(&["notes", "add", "-m", "noted", "HEAD"]);
    let noted = repo.store("blob", b"noted\n");
    repo.git(&["checkout", "-q", "--detach"]);
    let detached = write(&repo, "file", "detached\n");
    let there = commit(&repo, "detached");
    let held = [stashed, noted, detached].map(|id| vec![id]);
    let told = ask(&repo, hash::Kind::Sha1, &held);
    let refs: Vec<_> = told.iter().map(|told| &told.exposure.refs[..]).collect();
    assert_eq!(refs[0], ["stash"]);
    assert_eq!(refs[1].len(), 1);
    assert!(refs[1][0].ends_with("notes/commits"), "{refs:?}");
    assert_eq!(refs[2], ["HEAD"]);
    let last = &told[2].exposure;
    assert_eq!(firsts(last), [Some(there), Some(there), None]);
    assert_eq!(last.in_head, [(b"file"[..].into(), 1)]);
    assert!(told.iter().all(|told| told.exposure.reachable));
}

#[test]
fn content_that_only_a_merge_has() {
    let repo = Repo::new("sha1");
    let common = write(&repo, "file", "one\n");
    commit(&repo, "start");
    repo.git(&["checkout", "-q", "-b", "side"]);
    let side = write(&repo, "side", "side\n");
    let of_side = commit(&repo, "side");
    repo.git(&["checkout", "-q", "main"]);
    commit(&repo, "main");
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    let evil = write(&repo, "file", "evil\n");
    repo.git(&["rm", "-qf", "side"]);
    let merge = commit(&repo, "merge");
    let held = [common, side, evil].map(|id| vec![id]);
    let told = ask(&repo, hash::Kind::Sha1, &held);
    assert_eq!(firsts(&told[2].exposure), [Some(merge), Some(merge), None]);
    assert_eq!(told[2].exposure.refs, ["main"]);
    // The branch still has what the merge took out.
    assert_eq!(
        firsts(&told[1].exposure),
        [Some(of_side), Some(of_side), None]
    );
    assert_eq!(told[1].exposure.refs, ["main", "side"]);
    repo.git(&["branch", "-D", "-q", "side"]);
    let told = ask(&repo, hash::Kind::Sha1, &held);
    assert_eq!(firsts(&told[1].exposure)[2], Some(merge));
    assert_eq!(firsts(&told[0].exposure)[2], Some(merge));
}

#[test]
fn a_shallow_clone_begins_at_its_boundary() {
    let repo = Repo::new("sha1");
    let blob = write(&repo, "file", "held\n");
    let first = commit(&repo, "one");
    commit(&repo, "two");
    let third = commit(&repo, "three");
    let clone = Repo::new("sha1");
    let url = format!("file://{}", repo.path().display());
    clone.git(&[
        "fetch",
        "-q",
        "--depth=2",
        &url,
        "main:main",
        "--update-head-ok",
    ]);
    let told = ask_one(&clone, &[blob]);
    let boundary = clone.id("main~1");
    assert_ne!(boundary, first);
    assert_eq!(firsts(&told.exposure), [Some(boundary), Some(third), None]);
    assert_eq!(told.exposure.introductions, 1);
}

#[test]
fn many_refs_and_many_places_are_counted() {
    let repo = Repo::new("sha1");
    let mut blob = None;
    for number in 0..MOST_IN_HEAD + 5 {
        blob = Some(write(
            &repo,
            &format!("d{}/f{number}", number % 7),
            "held\n",
        ));
    }
    let blob = blob.unwrap();
    commit(&repo, "many");
    let updates: String = (10..40)
        .map(|n| format!("create refs/heads/b{n} HEAD\n"))
        .collect();
    repo.git_with(&["update-ref", "--stdin"], updates.as_bytes());
    repo.git(&["update-ref", "refs/remotes/origin/a", "HEAD"]);
    let told = ask_one(&repo, &[blob]).exposure;
    assert_eq!(told.ref_count, 32);
    let wanted: Vec<String> = (10..30).map(|n| format!("b{n}")).collect();
    assert_eq!(told.refs, wanted);
    assert_eq!(told.in_head.len(), MOST_IN_HEAD);
    assert!(told.in_head.is_sorted());
}

#[test]
fn a_bomb_of_trees_is_followed_once() {
    let repo = Repo::new("sha1");
    let mut id = repo.store("blob", b"boom");
    let blob = id;
    for level in 0..10 {
        let kind = if level == 0 {
            "100644 blob"
        } else {
            "040000 tree"
        };
        let listed: String = (0..10).map(|n| format!("{kind} {id}\td{n}\n")).collect();
        let tree = repo.git_with(&["mktree"], listed.as_bytes());
        id = ObjectId::from_hex(tree.trim_ascii()).unwrap();
    }
    let commit = repo.text(&["commit-tree", "-m", "bomb", &id.to_string()]);
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    let told = ask_one(&repo, &[blob]).exposure;
    assert_eq!(told.in_head.len(), MOST_IN_HEAD);
    assert_eq!(&*told.first.unwrap().path, ["d0"; 10].join("/").as_bytes());
}
