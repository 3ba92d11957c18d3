//! Made-up repositories from a seed, and what git says about them.
#![allow(dead_code, unreachable_pub)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gix::ObjectId;
use gix::hash;
use gix::objs::Kind;
use keyfence::git::names::{History, Objects, Reader};
use keyfence::git::pack::Stretch;

/// Numbers that look random (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A repository in a temporary directory.
pub struct Repo {
    pub dir: tempfile::TempDir,
}

impl Repo {
    pub fn new(format: &str) -> Self {
        let repo = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let format = format!("--object-format={format}");
        repo.git(&["init", "-q", "-b", "main", &format]);
        repo
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs git in a clean environment; what it says.
    pub fn git(&self, args: &[&str]) -> Vec<u8> {
        self.git_with(args, b"")
    }

    pub fn git_with(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("git")
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_AUTHOR_DATE", "1600000000 +0000")
            .env("GIT_COMMITTER_NAME", "C")
            .env("GIT_COMMITTER_EMAIL", "c@example.com")
            .env("GIT_COMMITTER_DATE", "1600000000 +0000")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feed = std::thread::spawn(move || stdin.write_all(&input));
        let out = child.wait_with_output().unwrap();
        feed.join().unwrap().ok();
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "git {args:?}: {told}");
        out.stdout
    }

    pub fn text(&self, args: &[&str]) -> String {
        String::from_utf8(self.git(args)).unwrap().trim().to_owned()
    }

    pub fn id(&self, name: &str) -> ObjectId {
        ObjectId::from_hex(self.text(&["rev-parse", name]).as_bytes()).unwrap()
    }

    /// Stores an object as it is, however odd.
    pub fn store(&self, kind: &str, data: &[u8]) -> ObjectId {
        let args = ["hash-object", "-t", kind, "-w", "--literally", "--stdin"];
        let out = self.git_with(&args, data);
        ObjectId::from_hex(out.trim_ascii()).unwrap()
    }

    /// Every object: its kind and content, by id.
    pub fn objects(&self) -> BTreeMap<ObjectId, (Kind, Vec<u8>)> {
        let out = self.git(&["cat-file", "--batch-all-objects", "--batch"]);
        let mut rest = &out[..];
        let mut objects = BTreeMap::new();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap();
            let line = std::str::from_utf8(&rest[..end]).unwrap();
            let words: Vec<&str> = line.split(' ').collect();
            let size: usize = words[2].parse().unwrap();
            let data = rest[end + 1..end + 1 + size].to_vec();
            let id = ObjectId::from_hex(words[0].as_bytes()).unwrap();
            let kind = Kind::from_bytes(words[1].as_bytes()).unwrap();
            objects.insert(id, (kind, data));
            rest = &rest[end + size + 2..];
        }
        objects
    }

    /// What `git ls-tree -r` says of a tree or commit: blobs and their paths.
    pub fn list(&self, tree: &ObjectId) -> BTreeSet<(ObjectId, Vec<u8>)> {
        let out = self.git(&["ls-tree", "-r", "-z", &tree.to_string()]);
        let lines = out.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        lines
            .filter_map(|line| {
                let tab = memchr::memchr(b'\t', line).unwrap();
                let head = std::str::from_utf8(&line[..tab]).unwrap();
                let words: Vec<&str> = head.split(' ').collect();
                let id = ObjectId::from_hex(words[2].as_bytes()).unwrap();
                (words[1] == "blob").then(|| (id, line[tab + 1..].to_vec()))
            })
            .collect()
    }

    pub fn git_dir(&self) -> PathBuf {
        self.path().join(".git")
    }
}

/// Objects in memory, numbered by their ids.
pub struct Memory {
    pub ids: Vec<ObjectId>,
    pub objects: BTreeMap<ObjectId, (Kind, Vec<u8>)>,
}

impl Memory {
    pub fn of(repo: &Repo) -> Self {
        Self::new(repo.objects())
    }

    pub fn new(objects: BTreeMap<ObjectId, (Kind, Vec<u8>)>) -> Self {
        Self {
            ids: objects.keys().copied().collect(),
            objects,
        }
    }

    pub fn data(&self, number: u32) -> &[u8] {
        &self.objects[&self.ids[number as usize]].1
    }

    pub fn number(&self, id: &ObjectId) -> u32 {
        self.find(id).unwrap()
    }

    pub fn all(&self, kind: Kind) -> Vec<u32> {
        let all = 0..self.ids.len() as u32;
        all.filter(|number| self.kind(*number) == Some(kind))
            .collect()
    }
}

impl Objects for Memory {
    fn count(&self) -> usize {
        self.ids.len()
    }

    fn find(&self, id: &gix::oid) -> Option<u32> {
        let at = self.ids.binary_search_by(|own| (**own).cmp(id));
        at.ok().map(|at| at as u32)
    }

    fn id(&self, number: u32) -> ObjectId {
        self.ids[number as usize]
    }

    fn kind(&self, number: u32) -> Option<Kind> {
        Some(self.objects[self.ids.get(number as usize)?].0)
    }
}

/// Stretches of `base` that `data` could be made of: where a delta may begin and end them is chance.
pub fn stretches(random: &mut Random, base: &[u8], data: &[u8]) -> Vec<Stretch> {
    let mut starts: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (at, window) in base.windows(3).enumerate() {
        starts.entry(window).or_default().push(at);
    }
    let mut out = Vec::new();
    let mut at = 0;
    while at + 3 <= data.len() {
        let Some(sources) = starts.get(&data[at..at + 3]).filter(|_| !random.one_in(20)) else {
            at += 1;
            continue;
        };
        let from = *random.pick(sources);
        let same = base[from..].iter().zip(&data[at..]);
        let mut length = same.take_while(|(a, b)| a == b).count();
        if random.one_in(3) {
            length = 1 + random.below(length);
        }
        out.push(Stretch { at, from, length });
        at += length;
    }
    out
}

/// Reads everything in an order, and with bases, that chance picks.
pub fn read_all(memory: &Memory, hash: hash::Kind, shallow: &[ObjectId], seed: u64) -> History {
    let mut random = Random(seed);
    let threads = 1 + random.below(4);
    let reader = Reader::new(memory, hash, shallow, threads);
    for number in memory.all(Kind::Commit) {
        reader.commit(number, memory.data(number));
    }
    for number in memory.all(Kind::Tag) {
        reader.tag(number, memory.data(number));
    }
    let mut trees = memory.all(Kind::Tree);
    for at in (1..trees.len()).rev() {
        trees.swap(at, random.below(at + 1));
    }
    for (at, number) in trees.iter().enumerate() {
        let data = memory.data(*number);
        let base = trees[random.below(at + 1)];
        if base == *number || random.one_in(20) {
            reader.tree(*number, data, None, &[]);
        } else {
            let stretches = stretches(&mut random, memory.data(base), data);
            reader.tree(*number, data, Some(base), &stretches);
        }
    }
    reader.finish()
}

/// What a branch holds: content by path.
type Files = BTreeMap<String, usize>;

/// Makes a history with everything that makes attribution hard: merges with content of their own,
/// octopus merges, moved and copied files and directories, several roots, what is removed and comes
/// back, the same content under many names, tags of commits, trees and blobs, notes, a stash, unreachable
/// commits, wrong clocks.
pub fn history(seed: u64, commits: usize, format: &str) -> Repo {
    let repo = Repo::new(format);
    let mut random = Random(seed);
    let mut stream = String::new();
    // Contents: short ones, so that chance makes equal ones.
    let contents = 90 + random.below(90);
    for content in 0..contents + 30 {
        let text = format!("content {content} of {seed}\n").repeat(1 + content % 7);
        let _ = write!(
            stream,
            "blob\nmark :{}\ndata {}\n{text}\n",
            content + 1,
            text.len()
        );
    }
    let mut made: Vec<(usize, Files)> = Vec::new();
    let branches = ["main", "dev", "side/one", "side/two", "orphan", "gone"];
    let mut tips: BTreeMap<&str, usize> = BTreeMap::new();
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    let mut time = 1_500_000_000i64;
    for number in 0..commits {
        let mark = 1000 + number;
        let branch = *random.pick(&branches);
        let mut parents: Vec<usize> = Vec::new();
        // Nothing is made from what will be gone.
        let others: Vec<usize> = (0..made.len()).filter(|at| !gone.contains(at)).collect();
        let kept = |random: &mut Random| others.get(random.below(others.len() + 1)).copied();
        match tips.get(branch) {
            Some(tip) if !random.one_in(40) => parents.push(*tip),
            _ if !made.is_empty() && random.one_in(2) => parents.extend(kept(&mut random)),
            _ => {}
        }
        if random.one_in(5) && !parents.is_empty() {
            for _ in 0..1 + random.below(3) {
                let other = kept(&mut random).filter(|other| !parents.contains(other));
                parents.extend(other);
            }
        }
        let mut files = Files::new();
        for parent in &parents {
            for (path, content) in &made[*parent].1 {
                // A conflict is solved one way or the other, or the file is lost.
                if !(random.one_in(15) || files.contains_key(path) && random.one_in(2)) {
                    files.insert(path.clone(), *content);
                }
            }
        }
        if parents.is_empty() {
            // A directory large enough for deltas to pay.
            files.extend((0..30).map(|n| (format!("data/file{n}"), contents + n)));
        }
        let changes = if parents.len() > 1 {
            random.below(2)
        } else {
            1 + random.below(4)
        };
        for _ in 0..changes {
            change(&mut random, &mut files, contents);
        }
        time += 1 + random.below(100_000) as i64;
        let clock = if random.one_in(10) {
            time - 40_000_000
        } else {
            time
        };
        let message = format!("commit {number} of {seed}\n");
        let _ = write!(
            stream,
            "reset refs/heads/{branch}\ncommit refs/heads/{branch}\nmark :{mark}\n\
             author A <a@example.com> {} +0100\ncommitter C <c@example.com> {clock} +0000\n\
             data {}\n{message}",
            clock - 50,
            message.len(),
        );
        for (at, parent) in parents.iter().enumerate() {
            let word = if at == 0 { "from" } else { "merge" };
            let _ = writeln!(stream, "{word} :{}", made[*parent].0);
        }
        stream.push_str("deleteall\n");
        for (path, content) in &files {
            let _ = writeln!(stream, "M 100644 :{} {path}", content + 1);
        }
        tips.insert(branch, made.len());
        made.push((mark, files));
        if branch == "gone" {
            gone.insert(made.len() - 1);
            continue;
        }
        if random.one_in(12) {
            let _ = write!(
                stream,
                "reset refs/tags/light{number}\nfrom :{mark}\n\n\
                 tag v{number}\nfrom :{mark}\ntagger T <t@example.com> {time} +0000\ndata 4\ntag\n"
            );
        }
        if random.one_in(15) {
            let _ = write!(
                stream,
                "reset refs/remotes/origin/r{number}\nfrom :{mark}\n\n"
            );
        }
    }
    stream.push_str("done\n");
    repo.git_with(
        &["fast-import", "--quiet", "--done", "--force"],
        stream.as_bytes(),
    );
    // The tip of one branch, and all that only it reached, is reachable no more.
    if tips.contains_key("gone") {
        repo.git(&["update-ref", "-d", "refs/heads/gone"]);
    }
    repo
}

/// Changes files in one of the ways in which people do.
fn change(random: &mut Random, files: &mut Files, contents: usize) {
    let directories = [
        "",
        "src/",
        "src/a/",
        "src/a/deep/er/",
        "docs/",
        "lib/src/",
        "x y/",
    ];
    let names = ["a.py", "b.py", "config.json", "README", "src", "z.env"];
    let paths: Vec<String> = files.keys().cloned().collect();
    let somewhere = |random: &mut Random| {
        let directory = *random.pick(&directories);
        format!("{directory}{}", random.pick(&names))
    };
    let place = |files: &mut Files, path: String, content: usize| {
        // A file where a directory is, or the other way round, takes its place.
        let below = format!("{path}/");
        files.retain(|own, _| !own.starts_with(&below) && !path.starts_with(&format!("{own}/")));
        files.insert(path, content);
    };
    match random.below(if paths.is_empty() { 1 } else { 8 }) {
        0..=2 => {
            let path = somewhere(random);
            place(files, path, random.below(contents));
        }
        3 => {
            files.remove(random.pick(&paths));
        }
        4 | 5 => {
            // A move or a copy.
            let path = random.pick(&paths).clone();
            let content = files[&path];
            if random.one_in(2) {
                files.remove(&path);
            }
            let path = somewhere(random);
            place(files, path, content);
        }
        6 => {
            // A directory moves, or is copied.
            let from = *random.pick(&directories[1..]);
            let to = format!("{}{from}", random.pick(&directories[1..]));
            for path in paths.iter().filter(|path| path.starts_with(from)) {
                let Some(&content) = files.get(path) else {
                    continue;
                };
                if random.one_in(2) {
                    files.remove(path);
                }
                place(files, format!("{to}{}", &path[from.len()..]), content);
            }
        }
        _ => {
            for path in &paths {
                if random.one_in(6) {
                    files.insert(path.clone(), random.below(contents));
                }
            }
        }
    }
}
