//! Everything that a repository holds: blobs, the texts of commits and tags, names of refs and their logs.

use std::collections::HashSet;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;

use super::Sink;
use super::archive::Closed;
use super::content::Feeder;
use super::gap::Gaps;
use super::message::{Text, texts};
use super::windows::Supply;
use crate::detect::{self, Since, Trace};
use crate::finding::{Origin, OriginKind};
use crate::git::lfs::{self, Kept};
use crate::git::names::{self, Names};
use crate::git::pack::fresh;
use crate::git::refs::RefKind;
use crate::git::walk::{Census, Seen, Visitor};
use crate::git::{Fault, Layout, refs};

/// The path that stands for the names of all refs, one a line.
pub const REF_NAMES: &[u8] = b"refs";

/// What a history scan reads.
pub struct History<'a> {
    /// Where the repository is.
    pub layout: &'a Layout,
    /// All of its objects.
    pub census: &'a Census<'a>,
    /// All of its refs.
    pub refs: &'a refs::Refs,
    /// How what can't be read is told.
    pub gaps: Gaps,
    /// Whether to look into archives.
    pub archives: bool,
    /// How many threads to use.
    pub threads: usize,
    /// What Git LFS keeps beside them.
    pub kept: &'a Kept,
    /// Whether the name of a file or directory holds a credential; asked once of each.
    pub names: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

/// What a history scan learned on its way, for exposures to be told.
pub struct Learned {
    /// Commits, tags and trees.
    pub history: names::History,
    /// All ids that stand in the logs of refs.
    pub logged: Vec<ObjectId>,
    /// The names that hold a credential, by their numbers among those of all trees.
    pub held: Vec<u32>,
    /// The files with one of these in their path, each at such a path.
    pub named: Vec<Origin>,
    /// How many files and directories were not followed to each of their paths.
    pub capped: usize,
    /// Whether made-up trees kept some from having any path.
    pub cut: bool,
}

/// Scans every object that the repository holds, whether anything reaches it or not, and the names and
/// logs of its refs. What is named and not there is a gap.
///
/// Commits, tags and trees are read first: where a blob stands is context.
pub fn scan<'a>(history: &'a History<'a>, sink: &'a dyn Sink) -> Learned {
    let reader = Reader {
        history,
        sink,
        feeders: Mutex::default(),
        identities: Mutex::default(),
        pointed: Mutex::default(),
    };
    let census = history.census;
    let hash = history.layout.hash;
    let trees = names::Reader::new(census, hash, &history.layout.shallow, history.threads);
    let linked = Linked {
        reader: &reader,
        trees: &trees,
    };
    let kinds = [Kind::Commit, Kind::Tag, Kind::Tree];
    census.walk(&kinds, None, history.threads, &linked);
    let learned = trees.finish();
    let names = Names::new(&learned);
    let blobs = Blobs {
        reader: &reader,
        names: &names,
    };
    census.walk(&[Kind::Blob], None, history.threads, &blobs);
    reader.unpointed();
    reader.incomplete(&learned, &names);
    reader.refs();
    let logged = reader.logs();
    let held = reader.held(&learned);
    Learned {
        named: reader.named(&held, &names),
        capped: names.capped(),
        cut: names.cut,
        held: held.into_iter().collect(),
        history: learned,
        logged,
    }
}

fn origin(path: Arc<[u8]>, kind: OriginKind) -> Origin {
    Origin {
        path,
        members: Vec::new(),
        kind,
    }
}

struct Reader<'a> {
    history: &'a History<'a>,
    sink: &'a dyn Sink,
    /// Those that no thread uses now.
    feeders: Mutex<Vec<Feeder<'a>>>,
    /// Authors and committers in whose names nothing is: the same in thousands of commits.
    identities: Mutex<HashSet<Vec<u8>>>,
    /// What pointers of Git LFS name.
    pointed: Mutex<HashSet<String>>,
}

impl<'a> Reader<'a> {
    fn fed<R>(&self, feed: impl FnOnce(&mut Feeder<'a>) -> R) -> R {
        let feeders = || self.feeders.lock().unwrap_or_else(PoisonError::into_inner);
        let free = feeders().pop();
        let mut feeder = free.unwrap_or_else(|| Feeder::new(self.sink, self.history.archives));
        let out = feed(&mut feeder);
        feeders().push(feeder);
        out
    }

    /// Tells an object that could not be read.
    fn lost(&self, number: u32, path: Option<&Arc<[u8]>>, fault: &Fault) {
        let census = self.history.census;
        let fault = Fault {
            id: Some(census.id(number)),
            ..fault.clone()
        };
        self.tell(&fault, path, census.kind(number));
    }

    /// Tells what is damaged, and what is named and not there.
    fn incomplete(&self, history: &names::History, names: &Names) {
        for wrong in &history.wrong {
            let fault = Fault::object(wrong.id, wrong.what.clone());
            let kind = self.history.census.find(&wrong.id);
            let kind = kind.and_then(|number| self.history.census.kind(number));
            self.tell(&fault, None, kind);
        }
        for missing in history.missing(names, self.history.census) {
            let path = missing.path.as_deref().map(Arc::from);
            let what = match missing.by {
                Some(by) => format!(
                    "this {} is missing, which {} names",
                    missing.kind,
                    by.to_hex_with_len(10)
                ),
                None => format!("this {} is missing", missing.kind),
            };
            let fault = Fault::missing(missing.id, what);
            self.tell(&fault, path.as_ref(), Some(missing.kind));
        }
    }

    /// The names that hold a credential.
    fn held(&self, history: &names::History) -> HashSet<u32> {
        let words = &history.forest.words;
        let all = 0..words.count() as u32;
        all.filter(|word| (self.history.names)(words.get(*word)))
            .collect()
    }

    /// The files with one of these names in their path.
    fn named(&self, held: &HashSet<u32>, names: &Names) -> Vec<Origin> {
        let census = self.history.census;
        let there = |object: &u32| census.kind(*object).is_some();
        let files = names.with(held).into_iter();
        files
            .filter(|(object, _)| there(object))
            .map(|(object, path)| origin(Arc::from(path), OriginKind::Blob(census.id(object))))
            .collect()
    }

    fn tell(&self, fault: &Fault, path: Option<&Arc<[u8]>>, kind: Option<Kind>) {
        self.sink.gap(self.history.gaps.known(fault, path, kind));
    }

    /// The texts of a commit or tag.
    fn message(&self, data: &[u8], kind: OriginKind) {
        let commits = u64::from(matches!(kind, OriginKind::Commit(_)));
        let (identities, texts): (Vec<_>, Vec<_>) = texts(data).partition(Text::is_identity);
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.text).collect();
        let origin = origin(Arc::default(), kind);
        self.fed(|feeder| {
            feeder.texts(&texts, &origin);
            feeder.stats.commits += commits;
            for Text { text, .. } in identities {
                // Only what nothing was found in is left out elsewhere, whichever thread comes first.
                if !self.is_known(text) && !feeder.aside(text, &origin) {
                    self.knows(text);
                }
            }
        });
    }

    fn is_known(&self, identity: &[u8]) -> bool {
        self.identities().contains(identity)
    }

    fn knows(&self, identity: &[u8]) {
        self.identities().insert(identity.to_vec());
    }

    fn identities(&self) -> MutexGuard<'_, HashSet<Vec<u8>>> {
        self.identities
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What Git LFS keeps that no blob points to.
    fn unpointed(&self) {
        let (names, faults) = self.history.kept.names();
        for fault in faults {
            self.tell(&fault, None, None);
        }
        let pointed = self.pointed.lock();
        let pointed = pointed.unwrap_or_else(PoisonError::into_inner);
        for name in names.iter().filter(|name| !pointed.contains(*name)) {
            self.fed(|feeder| feeder.unnamed(name, self.history.kept));
        }
    }

    /// The names of refs, one a line. What they name should be there, but for `ORIG_HEAD` and its kin: git drops what
    /// only they name, and takes that for no damage.
    fn refs(&self) {
        let mut names = Vec::new();
        for one in &self.history.refs.refs {
            let kept = one.kind() != RefKind::Pseudo && !one.target.is_null();
            if kept && self.history.census.find(&one.target).is_none() {
                let name = String::from_utf8_lossy(&one.name).into_owned();
                let what = format!("this object is missing, which {name} names");
                self.tell(&Fault::missing(one.target, what), None, None);
            }
            names.extend_from_slice(&one.name);
            names.push(b'\n');
        }
        let origin = origin(Arc::from(REF_NAMES), OriginKind::Refs);
        self.fed(|feeder| feeder.texts(&[&names], &origin));
    }

    /// The logs of refs: who moved them, and why. A line for a line. The ids in them.
    fn logs(&self) -> Vec<ObjectId> {
        let mut ids = Vec::new();
        let mut path = Vec::new();
        let mut text = Vec::new();
        let flush = |path: &[u8], text: &mut Vec<u8>| {
            let origin = origin(Arc::from(path), OriginKind::Refs);
            self.fed(|feeder| feeder.texts(&[text], &origin));
            text.clear();
        };
        let faults = refs::logs(self.history.layout, &mut |line| {
            if path != line.path {
                flush(&path, &mut text);
                path = line.path.to_vec();
            }
            match &line.entry {
                Some(entry) => {
                    ids.extend([entry.old, entry.new]);
                    text.extend_from_slice(entry.identity.who);
                    text.push(b'\t');
                    text.extend_from_slice(entry.message);
                }
                None => text.extend_from_slice(line.raw),
            }
            text.push(b'\n');
        });
        flush(&path, &mut text);
        for fault in faults {
            self.tell(&fault, None, None);
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Takes commits, tags and trees.
struct Linked<'r, 'a> {
    reader: &'r Reader<'a>,
    trees: &'r names::Reader<'a>,
}

impl Visitor for Linked<'_, '_> {
    type Note = ();

    fn object(&self, seen: &Seen<'_>) {
        let id = || self.reader.history.census.id(seen.number);
        match seen.kind {
            Kind::Commit => self.reader.message(seen.data, OriginKind::Commit(id())),
            Kind::Tag => self.reader.message(seen.data, OriginKind::Tag(id())),
            Kind::Tree | Kind::Blob => {}
        }
        self.trees.object(seen);
    }

    fn large(&self, number: u32, _kind: Kind, size: u64, _data: &mut dyn Read) {
        let id = self.reader.history.census.id(number);
        let what = format!("it has {size} bytes, too many for what is no file");
        self.reader.lost(number, None, &Fault::object(id, what));
    }

    fn lost(&self, number: u32, fault: &Fault) {
        self.reader.lost(number, None, fault);
    }
}

/// Takes blobs.
struct Blobs<'r, 'a> {
    reader: &'r Reader<'a>,
    names: &'r Names,
}

impl Blobs<'_, '_> {
    /// A blob as it stands at each of its paths.
    fn origins(&self, number: u32) -> Vec<Origin> {
        let id = self.reader.history.census.id(number);
        let at = |path: Vec<u8>| origin(Arc::from(path), OriginKind::Blob(id));
        let mut origins: Vec<Origin> = self.names.of(number).map(at).collect();
        if origins.is_empty() {
            origins.push(at(Vec::new()));
        }
        origins
    }

    /// Whether one of a blob's paths says that it is read as no other text: as a notebook or an archive.
    fn is_named(&self, number: u32) -> bool {
        let says = |path: &[u8]| detect::is_notebook(path) || Closed::is_named(path);
        self.names.of(number).any(|path| says(&path))
    }
}

impl Visitor for Blobs<'_, '_> {
    type Note = Trace;

    fn object(&self, seen: &Seen<'_, Trace>) -> Trace {
        self.reader.fed(|feeder| {
            // Most blobs are a known one but for a few lines: only these are read.
            let fresh = seen.note.map(|_| fresh(seen.copied, seen.data.len()));
            let since = seen.note.zip(fresh.as_deref());
            let mut since = since.map(|(base, fresh)| Since {
                base,
                fresh,
                copied: seen.copied,
            });
            if let Some(inert) = since.filter(|since| since.base.is_inert())
                && lfs::pointer(seen.data).is_none()
                && !self.is_named(seen.number)
            {
                if let Some(trace) = feeder.stays_inert(seen.data, inert) {
                    return trace;
                }
                // It taught no more, and is not asked twice.
                since = None;
            }
            let origins = self.origins(seen.number);
            let taught = feeder.memory(seen.data, &origins, since);
            if let Some(name) = feeder.kept(seen.data, &origins, self.reader.history.kept) {
                let pointed = self.reader.pointed.lock();
                let mut pointed = pointed.unwrap_or_else(PoisonError::into_inner);
                pointed.insert(name.to_owned());
            }
            taught
        })
    }

    fn large(&self, number: u32, _kind: Kind, size: u64, data: &mut dyn Read) {
        // It passes once: as it stands at its first path.
        if let Some(origin) = self.origins(number).first() {
            self.reader.fed(|feeder| {
                let mut supply = Supply::new(data);
                supply.size = Some(size);
                feeder.outer(&mut supply, origin);
            });
        }
    }

    fn lost(&self, number: u32, fault: &Fault) {
        let path = self.names.of(number).next().map(Arc::from);
        self.reader.lost(number, path.as_ref(), fault);
    }
}
