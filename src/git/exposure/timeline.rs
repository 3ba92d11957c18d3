//! What happened to each credential, in the order of commits.

use std::collections::{HashMap, HashSet};

use super::marks::Marks;
use super::order::order;
use super::places::places;
use super::tips::Tips;
use super::upward::{Holding, Upward};
use super::{Attribution, Held, MOST_IN_HEAD, Repository};
use crate::finding::{CommitInfo, Exposure, Sighting};
use crate::git::commits::Commit;
use crate::git::names::{Entry, Forest, History, NONE};

/// So many credentials are followed over the commits at once.
pub(super) const BLOCK: usize = 64;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// What holds a credential.
#[derive(Default)]
pub(super) struct Wanted {
    /// The lines on which objects do.
    pub(super) lines: HashMap<u32, u32>,
    /// The names that do.
    pub(super) names: HashSet<u32>,
}

impl Wanted {
    fn new(held: &Held) -> Self {
        let mut lines = HashMap::new();
        // The first line counts, where an object holds it twice.
        for holder in &held.objects {
            let line = lines.entry(holder.object).or_insert(holder.line);
            *line = (*line).min(holder.line);
        }
        let names = held.names.iter().copied().collect();
        Self { lines, names }
    }

    /// The line on which an entry of a tree holds it, if it does; the first for one with such a name.
    pub(super) fn line(&self, entry: Entry) -> Option<u32> {
        let named = || self.names.contains(&entry.name).then_some(1);
        self.lines.get(&entry.object).copied().or_else(named)
    }
}

/// What all credentials share.
pub(super) struct Timeline<'a> {
    repository: &'a Repository<'a>,
    /// All commits, the oldest first.
    order: Vec<u32>,
    /// The tree of each commit.
    tops: Vec<u32>,
    tips: Tips,
    /// For each blob and each name that holds a credential the places where trees have it as their own.
    places: Own,
    upward: Upward<'a>,
    /// The trees that hold the credential at hand.
    holding: Holding,
    /// The commits whose trees do.
    in_tree: Marks,
    /// A bit for each credential of a block: whether a commit holds it, in its tree or message; and
    /// whether its history does.
    holds: Vec<u64>,
    shown: HashMap<u32, CommitInfo>,
}

/// Which commits count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Refs,
    Logs,
    Nothing,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(repository: &'a Repository<'a>, credentials: &[Held]) -> Self {
        let history = repository.history;
        let (forest, graph) = (&history.forest, &history.graph);
        let order = order(graph, repository.objects);
        let top = |commit| graph.tree(commit).and_then(|object| forest.tree(object));
        Self {
            repository,
            tops: (0..graph.count() as u32)
                .map(|commit| top(commit).unwrap_or(NONE))
                .collect(),
            tips: Tips::new(repository, &order),
            order,
            places: Own::of(history, credentials),
            upward: Upward::new(forest),
            holding: Holding::new(forest.count()),
            in_tree: Marks::new(graph.count()),
            holds: vec![0; graph.count()],
            shown: HashMap::new(),
        }
    }

    /// Tells of up to [`BLOCK`] credentials.
    pub(super) fn block(&mut self, credentials: &[Held]) -> Vec<Attribution> {
        self.holds.fill(0);
        let all = (0..).zip(credentials);
        let mut told: Vec<_> = all.map(|(bit, held)| self.tell(held, bit)).collect();
        // A commit's history is its own and that of its parents, which come first.
        let graph = &self.repository.history.graph;
        for commit in &self.order {
            let parents = graph.parents(*commit).iter();
            let above = parents.fold(0, |bits, parent| bits | self.bits(*parent));
            if let Some(own) = self.holds.get_mut(*commit as usize) {
                *own |= above;
            }
        }
        for (bit, (told, named)) in told.iter_mut().enumerate() {
            let refs = (0..).zip(&self.tips.refs);
            let holding = refs.filter(|(at, tip)| {
                let by_commit = tip
                    .commit
                    .is_some_and(|commit| self.bits(commit) >> bit & 1 == 1);
                by_commit || named.binary_search(at).is_ok()
            });
            let mut names = holding.map(|(_, tip)| &tip.name);
            let exposure = &mut told.exposure;
            exposure.refs = names.by_ref().take(Exposure::MOST_REFS).cloned().collect();
            exposure.ref_count = exposure.refs.len() + names.count();
        }
        told.into_iter().map(|(told, _)| told).collect()
    }

    /// Tells all but the refs, and which refs name what holds it in another way than by a commit.
    fn tell(&mut self, held: &Held, bit: u32) -> (Attribution, Vec<usize>) {
        let wanted = Wanted::new(held);
        self.mark(&wanted, bit);
        let named = self.named(&wanted);
        let holds = |commit: u32| self.bits(commit) >> bit & 1 == 1;
        let any = |marks: &Marks| self.order.iter().any(|c| marks.has(*c) && holds(*c));
        let reach = match () {
            () if any(&self.tips.by_refs) => Reach::Refs,
            () if any(&self.tips.by_logs) => Reach::Logs,
            () => Reach::Nothing,
        };
        let graph = &self.repository.history.graph;
        let (mut first, mut last, mut removed) = (None, None, None);
        let mut introductions = 0;
        for &commit in &self.order {
            let counts = match reach {
                Reach::Refs => self.tips.by_refs.has(commit),
                Reach::Logs => self.tips.by_logs.has(commit),
                Reach::Nothing => true,
            };
            if !counts {
                continue;
            }
            let mut parents = graph.parents(commit).iter();
            if holds(commit) {
                first = first.or(Some(commit));
                last = Some(commit);
                introductions += usize::from(!parents.any(|parent| holds(*parent)));
            } else if parents.any(|parent| self.in_tree.has(*parent)) {
                removed = Some(commit);
            }
        }
        let still = self.tips.now.iter().any(|tip| self.in_tree.has(*tip));
        let removed = removed.filter(|_| !still);
        let end = removed.map_or(self.repository.now, |commit| graph.committed(commit));
        let days = first.map(|commit| {
            let seconds = end.saturating_sub(graph.committed(commit)).max(0);
            u32::try_from(seconds / DAY).unwrap_or(u32::MAX)
        });
        let in_log = |tag: &u32| self.tips.logged_tags.binary_search(tag).is_ok();
        let logged = reach == Reach::Logs || wanted.lines.keys().any(in_log);
        let reachable = reach == Reach::Refs || !named.is_empty();
        let mut in_head = self.tips.head.map_or(Vec::new(), |head| {
            places(
                self.forest(),
                self.top(head),
                &self.holding,
                &wanted,
                MOST_IN_HEAD,
            )
        });
        in_head.sort_unstable();
        let exposure = Exposure {
            first: first.map(|commit| self.sighting(commit, &wanted)),
            last: last.map(|commit| self.sighting(commit, &wanted)),
            removed: removed.map(|commit| self.show(commit)),
            in_head,
            reachable,
            in_reflog: !reachable && logged,
            days,
            versions: self.places.versions(&wanted),
            introductions,
            ..Exposure::default()
        };
        let told = Attribution {
            exposure,
            cut: self.holding.cut,
        };
        (told, named)
    }

    /// Finds the trees and commits that hold a credential.
    fn mark(&mut self, wanted: &Wanted, bit: u32) {
        let places = self.places.of_all(wanted);
        self.upward.holding(&places, &mut self.holding);
        let all = (0..).zip(&self.tops).zip(&mut self.holds);
        for ((commit, top), holds) in all {
            let in_tree = self.holding.has(*top);
            let number = self.repository.history.graph.number(commit);
            self.in_tree.set(commit, in_tree);
            *holds |= u64::from(in_tree || wanted.lines.contains_key(&number)) << bit;
        }
    }

    /// The refs that name a blob or tree that holds it, or a tag that says it; ascending.
    fn named(&self, wanted: &Wanted) -> Vec<usize> {
        let lines = &wanted.lines;
        let over = lines.keys().filter_map(|tag| self.tips.over.get(tag));
        let mut named: Vec<usize> = over.flatten().copied().collect();
        for (at, tip) in self.tips.refs.iter().enumerate() {
            let tree = self.forest().tree(tip.object);
            let holds = tree.is_some_and(|tree| self.holding.has(tree));
            if holds || lines.contains_key(&tip.object) {
                named.push(at);
            }
        }
        named.sort_unstable();
        named.dedup();
        named
    }

    fn sighting(&mut self, commit: u32, wanted: &Wanted) -> Sighting {
        let place = places(self.forest(), self.top(commit), &self.holding, wanted, 1).pop();
        let (path, line) = place.unwrap_or_else(|| {
            let number = self.repository.history.graph.number(commit);
            let line = wanted.lines.get(&number).copied();
            (Vec::new().into(), line.unwrap_or(1))
        });
        Sighting {
            commit: self.show(commit),
            path,
            line,
        }
    }

    /// What reports say of a commit, which is read again for it.
    fn show(&mut self, commit: u32) -> CommitInfo {
        let (graph, objects) = (&self.repository.history.graph, self.repository.objects);
        let read = || {
            let number = graph.number(commit);
            let id = objects.id(number);
            let data = (self.repository.read)(number)?;
            let commit = Commit::parse(&data, id.kind()).ok()?;
            Some(commit.info(id))
        };
        let shown = self.shown.entry(commit);
        let shown = shown.or_insert_with(|| {
            read().unwrap_or_else(|| CommitInfo {
                id: objects.id(graph.number(commit)),
                author: String::new(),
                time: graph.committed(commit),
                committed: graph.committed(commit),
                offset: 0,
                summary: String::new(),
            })
        });
        shown.clone()
    }

    fn bits(&self, commit: u32) -> u64 {
        self.holds.get(commit as usize).copied().unwrap_or(0)
    }

    fn top(&self, commit: u32) -> u32 {
        self.tops.get(commit as usize).copied().unwrap_or(NONE)
    }

    fn forest(&self) -> &'a Forest {
        &self.repository.history.forest
    }
}

/// A place in a tree: the tree, and which of its entries.
type Place = (u32, u32);

/// Where trees have what holds a credential as their own.
#[derive(Default)]
struct Own {
    /// By object.
    objects: HashMap<u32, Vec<Place>>,
    /// By name, each with what it names there.
    names: HashMap<u32, Vec<(Place, u32)>>,
}

impl Own {
    fn of(history: &History, credentials: &[Held]) -> Self {
        let objects = credentials.iter().flat_map(|held| &held.objects);
        let names = credentials.iter().flat_map(|held| &held.names);
        let mut own = Self {
            objects: objects.map(|holder| (holder.object, Vec::new())).collect(),
            names: names.map(|name| (*name, Vec::new())).collect(),
        };
        let mut wanted = Marks::new(history.objects());
        for object in own.objects.keys() {
            wanted.set(*object, true);
        }
        let forest = &history.forest;
        for tree in 0..forest.count() as u32 {
            for (at, entry) in forest.own(tree) {
                if wanted.has(entry.object)
                    && let Some(places) = own.objects.get_mut(&entry.object)
                {
                    places.push((tree, at));
                }
                if !own.names.is_empty()
                    && let Some(places) = own.names.get_mut(&entry.name)
                {
                    places.push(((tree, at), entry.object));
                }
            }
        }
        own
    }

    /// All places of what holds one credential.
    fn of_all(&self, wanted: &Wanted) -> Vec<Place> {
        let objects = wanted
            .lines
            .keys()
            .filter_map(|object| self.objects.get(object));
        let names = wanted.names.iter().filter_map(|name| self.names.get(name));
        let names = names.flatten().map(|(place, _)| *place);
        objects.flatten().copied().chain(names).collect()
    }

    /// How many objects hold it, in themselves or in their names.
    fn versions(&self, wanted: &Wanted) -> usize {
        let names = wanted.names.iter().filter_map(|name| self.names.get(name));
        let named: HashSet<u32> = names.flatten().map(|(_, object)| *object).collect();
        let more = named
            .iter()
            .filter(|object| !wanted.lines.contains_key(*object));
        wanted.lines.len() + more.count()
    }
}
