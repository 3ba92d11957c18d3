//! Repositories by chance: histories that grow at random, judged by git, and damage at random.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::planted::Pair;
use crate::random::Random;
use crate::repo::Repo;
use crate::world::seed;

/// A history that grew at random: branches, merges, renames, removals, tags and packs.
struct Grown {
    repo: Repo,
    pairs: Vec<Pair>,
}

fn grow(name: &str, steps: usize) -> Grown {
    let repo = Repo::begun();
    let mut random = Random::new(&format!("{} {name}", seed()));
    let mut pairs = Vec::new();
    let mut branches = vec!["main".to_owned()];
    for step in 0..steps {
        let files = repo.git(&["ls-files", "*.env"]);
        let files: Vec<&str> = files.lines().collect();
        match random.below(12) {
            0..=2 => {
                let pair = repo.world.pair(&format!("{name} {step}"));
                let dir = random.below(3);
                repo.write(format!("d{dir}/{step}.env"), pair.dotenv());
                pairs.push(pair);
                repo.commit("add");
            }
            3 | 4 if !files.is_empty() => {
                let file = *random.pick(&files);
                let text = fs::read_to_string(repo.path(file)).unwrap();
                repo.write(file, format!("# {step}\n{text}"));
                repo.commit("edit");
            }
            5 if !files.is_empty() => {
                repo.git(&["rm", "-q", *random.pick(&files)]);
                repo.record("remove");
            }
            6 if !files.is_empty() => {
                repo.git(&["mv", *random.pick(&files), &format!("moved-{step}.env")]);
                repo.record("move");
            }
            7 => {
                let branch = format!("b{step}");
                repo.git(&["switch", "-q", "-c", &branch]);
                branches.push(branch);
            }
            8 => {
                let branch = random.pick(branches.as_slice()).clone();
                repo.git(&["switch", "-q", &branch]);
            }
            9 => {
                let other = random.pick(branches.as_slice()).clone();
                repo.world.tick();
                let merged = repo.holds(&["merge", "-q", "--no-ff", "-m", "merge", &other]);
                if !merged {
                    // What stands there with its marks resolves the conflict.
                    repo.commit("merge by hand");
                }
            }
            10 => {
                let way = *random.pick(&["-d", "-ad", "-a", "-adf"]);
                repo.git(&["repack", "-q", way]);
            }
            _ => {
                repo.git(&["tag", "-a", "-m", "tag", &format!("t{step}")]);
            }
        }
    }
    Grown { repo, pairs }
}

/// What git says of every commit that refs reach: id, date, parents, and the paths of its tree by
/// blob.
struct Said {
    id: String,
    date: u64,
    parents: Vec<String>,
    blobs: BTreeMap<String, BTreeSet<String>>,
}

fn said(repo: &Repo) -> Vec<Said> {
    let log = repo.git(&["log", "--all", "--format=%H %ct %P"]);
    log.lines()
        .map(|line| {
            let mut words = line.split(' ');
            let id = words.next().unwrap().to_owned();
            let date = words.next().unwrap().parse().unwrap();
            let parents = words.filter(|w| !w.is_empty()).map(str::to_owned).collect();
            let mut blobs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for entry in repo.git(&["ls-tree", "-r", &id]).lines() {
                let (head, path) = entry.split_once('\t').unwrap();
                let blob = head.split(' ').nth(2).unwrap();
                let paths = blobs.entry(blob.to_owned()).or_default();
                paths.insert(path.to_owned());
            }
            Said {
                id,
                date,
                parents,
                blobs,
            }
        })
        .collect()
}

/// The content of every blob that refs reach.
fn texts(repo: &Repo, commits: &[Said]) -> BTreeMap<String, String> {
    let all: BTreeSet<&String> = commits.iter().flat_map(|c| c.blobs.keys()).collect();
    all.into_iter()
        .map(|blob| (blob.clone(), repo.git(&["cat-file", "-p", blob])))
        .collect()
}

#[test]
fn histories_that_grew_at_random_are_told_as_git_tells_them() {
    for round in 0..3 {
        let Grown { repo, pairs } = grow(&format!("history {round}"), 45);
        let commits = said(&repo);
        let texts = texts(&repo, &commits);
        let run = repo.history();
        run.findings(pairs.len()).complete();
        for pair in &pairs {
            let found = run.found(pair);
            let every: BTreeSet<&String> = texts
                .iter()
                .filter(|(_, text)| text.contains(&pair.secret))
                .map(|(blob, _)| blob)
                .collect();
            let places = found.finding["places"].to_string();
            for blob in &every {
                assert!(places.contains(*blob), "not in {blob}: {run}");
            }
            let holds = |id: &str| {
                let commit = commits.iter().find(|commit| commit.id == id).unwrap();
                commit.blobs.keys().any(|blob| every.contains(blob))
            };
            let first = commits
                .iter()
                .filter(|c| holds(&c.id) && !c.parents.iter().any(|parent| holds(parent)))
                .min_by_key(|c| c.date)
                .unwrap();
            let last = commits
                .iter()
                .filter(|c| holds(&c.id))
                .max_by_key(|c| c.date)
                .unwrap();
            found
                .commit("first", &first.id)
                .commit("last", &last.id)
                .exposure("reachable", true)
                .exposure("versions", every.len());
            let head = repo.id("HEAD");
            let head = commits.iter().find(|commit| commit.id == head).unwrap();
            let paths: BTreeSet<&str> = head
                .blobs
                .iter()
                .filter(|(blob, _)| every.contains(*blob))
                .flat_map(|(_, paths)| paths.iter().map(String::as_str))
                .collect();
            let told = found.exposed("in_head");
            let told: BTreeSet<&str> = told
                .as_array()
                .unwrap()
                .iter()
                .map(|place| place["path"].as_str().unwrap())
                .collect();
            assert_eq!(told, paths, "in HEAD: {run}");
        }
    }
}

#[test]
fn ranges_of_random_histories_miss_nothing() {
    for round in 0..3 {
        let Grown { repo, pairs } = grow(&format!("range {round}"), 40);
        let commits = said(&repo);
        let contents = texts(&repo, &commits);
        let mut random = Random::new(&format!("{} {round}", seed()));
        for _ in 0..4 {
            let (from, to) = (
                random.pick(&commits).id.clone(),
                random.pick(&commits).id.clone(),
            );
            let list = repo.git(&["rev-list", &format!("{from}..{to}")]);
            let within: BTreeSet<&str> = list.lines().collect();
            let run = repo.range(&format!("{from}..{to}"));
            run.complete();
            for pair in &pairs {
                // New for certain: a commit of the range brings a blob with it to a path, and no
                // parent of this commit has a blob with it anywhere.
                let texts = |commit: &Said| {
                    let mut blobs = commit.blobs.keys();
                    blobs.any(|blob| contents[blob].contains(&pair.secret))
                };
                let holding: BTreeMap<&str, bool> = commits
                    .iter()
                    .map(|commit| (commit.id.as_str(), texts(commit)))
                    .collect();
                let new = commits.iter().any(|commit| {
                    within.contains(commit.id.as_str())
                        && holding[commit.id.as_str()]
                        && !commit.parents.iter().any(|parent| holding[parent.as_str()])
                });
                // Old for certain: no commit of the range has it at all.
                let anywhere = within.iter().any(|id| holding[id]);
                if new {
                    run.found(pair);
                } else if !anywhere {
                    run.without(pair);
                }
            }
        }
    }
}

/// All files below a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all.sort();
    all
}

#[test]
fn damage_at_random_is_found_around_or_told() {
    let Grown { repo, pairs } = grow("damage", 30);
    let mut random = Random::new(&format!("{} damage", seed()));
    for round in 0..60 {
        let hurt = Repo::at(&repo.world, "hurt");
        _ = fs::remove_dir_all(&hurt.root);
        let copied = Command::new("cp")
            .arg("-a")
            .args([&repo.root, &hurt.root])
            .status()
            .unwrap();
        assert!(copied.success());
        let all = files(&hurt.path(".git/objects"));
        let path = random.pick(&all);
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let mut bytes = fs::read(path).unwrap();
        let at = random.below(bytes.len() as u64) as usize;
        let what = match random.below(6) {
            0 => {
                bytes.truncate(at);
                "cut"
            }
            1 => {
                let end = (at + 32).min(bytes.len());
                bytes[at..end].fill(0);
                "zeroed"
            }
            2 => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(0xff);
                "set"
            }
            3 => {
                bytes.remove(at);
                "shifted"
            }
            _ => {
                bytes[at] ^= 1 << random.below(8);
                "flipped"
            }
        };
        fs::write(path, bytes).unwrap();
        eprintln!("round {round}: {} {what} at {at}", path.display());
        let run = hurt.history();
        for pair in &pairs {
            run.found_or_told(pair);
        }
    }
}
