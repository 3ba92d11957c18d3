//! Ranges of made-up histories, against `git rev-list`.

use std::collections::{BTreeSet, HashMap};

use super::made::{CLOCKS, Clock, Dice, Opened, history, import};
use super::repo::Repo;

type Set = BTreeSet<String>;

fn set(text: &str) -> Set {
    text.lines().map(str::to_owned).collect()
}

/// A history with names of every kind at random commits.
fn named(dice: &mut Dice, clock: Clock, count: usize) -> (Repo, Vec<String>) {
    let repo = Repo::empty();
    let ids = import(&repo, &history(dice, count, clock));
    let mut names: Vec<String> = vec!["HEAD".into(), "@".into()];
    repo.git("repo", &["update-ref", "refs/heads/main", &ids[count - 1]]);
    for number in 0..8 {
        let mut id = || ids[dice.below(count)].clone();
        repo.git("repo", &["branch", &format!("b{number}"), &id()]);
        repo.git("repo", &["tag", &format!("light{number}"), &id()]);
        repo.git(
            "repo",
            &["tag", "-a", "-m", "x", &format!("v{number}"), &id()],
        );
        repo.git(
            "repo",
            &[
                "tag",
                "-a",
                "-m",
                "x",
                &format!("vv{number}"),
                &format!("v{number}"),
            ],
        );
        repo.git(
            "repo",
            &[
                "update-ref",
                &format!("refs/remotes/origin/r{number}"),
                &id(),
            ],
        );
        names.extend(["b", "light", "v", "vv", "origin/r"].map(|kind| format!("{kind}{number}")));
        names.push(id());
        names.push(id()[..9].to_owned());
    }
    repo.git("repo", &["update-ref", "-d", "refs/heads/made"]);
    (repo, names)
}

/// A word that git resolves, at random.
fn word(dice: &mut Dice, repo: &Repo, names: &[String]) -> String {
    loop {
        let mut name = names[dice.below(names.len())].clone();
        for _ in 0..dice.below(3) {
            name += ["^", "~", "^2", "~2", "~5", "^0", "^{commit}", "^{}"][dice.below(8)];
        }
        if repo.git_agrees(
            "repo",
            &["rev-parse", "-q", "--verify", &format!("{name}^{{commit}}")],
        ) {
            return name;
        }
    }
}

#[test]
fn two_hundred_ranges_are_what_git_says() {
    let mut dice = Dice(11);
    let (mut wrong_by_git, mut nonempty) = (0, 0);
    for clock in CLOCKS {
        let (repo, names) = named(&mut dice, clock, 160);
        let opened = Opened::new(&repo, "repo");
        let mut reach: HashMap<String, Set> = HashMap::new();
        for round in 0..50 {
            let mut words: Vec<String> = Vec::new();
            let (mut inside, mut out) = (Set::new(), Set::new());
            for _ in 0..1 + dice.below(3) {
                let [a, b] = [(); 2].map(|()| word(&mut dice, &repo, &names));
                for own in [&a, &b] {
                    reach
                        .entry(own.clone())
                        .or_insert_with(|| set(&repo.git("repo", &["rev-list", own])));
                }
                let [ra, rb] = [&reach[&a], &reach[&b]];
                match dice.below(8) {
                    0 => {
                        words.push(format!("{a}...{b}"));
                        inside.extend(ra | rb);
                        out.extend(ra & rb);
                    }
                    1 => {
                        words.extend([format!("^{a}"), b]);
                        inside.extend(rb.clone());
                        out.extend(ra.clone());
                    }
                    2 => {
                        words.push(b);
                        inside.extend(rb.clone());
                    }
                    _ => {
                        words.push(format!("{a}..{b}"));
                        inside.extend(rb.clone());
                        out.extend(ra.clone());
                    }
                }
            }
            let plain: Vec<&str> = words.iter().map(|word| &**word).collect();
            let ours: Set = opened.ids(&plain).into_iter().collect();
            assert_eq!(ours, &inside - &out, "{clock:?} {words:?}");
            nonempty += usize::from(!ours.is_empty());
            let git = set(&repo.git("repo", &[&["rev-list"], &plain[..]].concat()));
            if matches!(clock, Clock::Right | Clock::Coarse) {
                assert_eq!(ours, git, "{words:?}");
            } else {
                wrong_by_git += usize::from(ours != git);
            }
            if round == 25 {
                repo.git("repo", &["repack", "-q", "-a", "-d"]);
                repo.git("repo", &["pack-refs", "--all"]);
            }
        }
    }
    assert!(nonempty > 100, "{nonempty}");
    // Not a demand: so it is with lying clocks, and the test above does not lean on them.
    assert!(wrong_by_git < 100, "{wrong_by_git}");
}

#[test]
fn parents_as_words() {
    let mut dice = Dice(3);
    let (repo, _) = named(&mut dice, Clock::Right, 60);
    let opened = Opened::new(&repo, "repo");
    let merges = repo.git("repo", &["rev-list", "--merges", "HEAD"]);
    assert!(merges.lines().count() > 3);
    for merge in merges.lines().take(8) {
        for end in ["^@", "^!", "^-", "^-1", "^-2", "^2^@", "^2^!"] {
            let word = format!("{merge}{end}");
            let args = ["rev-list", &word];
            if !repo.git_agrees("repo", &args) {
                continue;
            }
            let git = set(&repo.git("repo", &args));
            assert_eq!(
                opened.ids(&[&word]).into_iter().collect::<Set>(),
                git,
                "{word}"
            );
        }
    }
}

#[test]
fn the_last_and_those_since_as_git_counts_them() {
    let mut dice = Dice(17);
    for clock in CLOCKS {
        let (repo, _) = named(&mut dice, clock, 120);
        let opened = Opened::new(&repo, "repo");
        let head = keyfence::git::revs::Range::head(opened.view()).unwrap();
        let ids = |range: &keyfence::git::revs::Range| -> Set {
            opened
                .walk(range)
                .ids
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        for count in [1, 2, 7, 30, 500] {
            let git = repo.git("repo", &["rev-list", &format!("-n{count}"), "HEAD"]);
            assert_eq!(
                ids(&head.clone().last(count)),
                set(&git),
                "{clock:?} {count}"
            );
        }
        for _ in 0..5 {
            let moment = repo.git(
                "repo",
                &[
                    "log",
                    "-1",
                    "--format=%ct",
                    &format!("HEAD~{}", dice.below(4)),
                ],
            );
            let since = format!("--since-as-filter=@{moment} +0000");
            let git = repo.git("repo", &["rev-list", &since, "HEAD"]);
            let range = head.clone().since(moment.parse().unwrap());
            assert_eq!(ids(&range), set(&git), "{clock:?} {moment}");
        }
    }
}

#[test]
fn sha256() {
    let repo = Repo::none();
    repo.git(".", &["init", "-q", "--object-format=sha256", "repo"]);
    for number in 0..5 {
        repo.commit("a", number.to_string());
    }
    let opened = Opened::new(&repo, "repo");
    let git = repo.git("repo", &["rev-list", "HEAD~3..main"]);
    assert_eq!(
        opened.ids(&["HEAD~3..main"]),
        git.lines().collect::<Vec<_>>()
    );
    let short = &git[..12];
    assert_eq!(opened.ids(&[&format!("{short}^!")]), [&git[..64]]);
}

#[test]
fn shallow_clones_are_cut_where_git_cuts_them() {
    let repo = Repo::empty();
    let mut dice = Dice(23);
    let mut line = history(&mut dice, 100, Clock::Right);
    // One line of descent reaches all.
    for (number, (parents, _)) in line.iter_mut().enumerate().skip(1) {
        if !parents.contains(&(number - 1)) {
            parents.insert(0, number - 1);
        }
    }
    let ids = import(&repo, &line);
    repo.git("repo", &["update-ref", "refs/heads/main", &ids[99]]);
    repo.git("repo", &["update-ref", "refs/heads/old", &ids[20]]);
    let url = format!("file://{}", repo.path("repo").display());
    let mut refused = 0;
    for depth in [1, 3, 10] {
        let dir = format!("depth{depth}");
        let depth = depth.to_string();
        repo.git(
            ".",
            &[
                "clone", "-q", "--depth", &depth, "--branch", "main", &url, &dir,
            ],
        );
        let opened = Opened::new(&repo, &dir);
        let out = opened.walk(&opened.select(&["HEAD"]).unwrap());
        let git = set(&repo.git(&dir, &["rev-list", "HEAD"]));
        assert_eq!(
            out.ids.iter().map(ToString::to_string).collect::<Set>(),
            git
        );
        assert!(out.faults.is_empty());
        assert!(!out.cut.is_empty() || git.len() == 100, "{depth}");
        // The base is not here: never an empty range.
        for word in [
            "old..HEAD",
            &format!("{}..HEAD", ids[20]),
            "HEAD~99..HEAD",
            "HEAD^..HEAD",
        ] {
            let whole = repo.git_agrees("repo", &["rev-list", word]);
            if !whole || repo.git_agrees(&dir, &["rev-list", word]) {
                continue;
            }
            refused += 1;
            let error = opened.select(&[word]).unwrap_err();
            let help = error.help().unwrap_or_else(|| panic!("{word}: {error:?}"));
            assert!(help.contains("fetch"), "{word}: {error} {help}");
        }
        // A base of its own: git and we see the same, and a cut on our side is told.
        repo.git(&dir, &["fetch", "-q", "--depth", "2", "origin", "old:old"]);
        let opened = Opened::new(&repo, &dir);
        let out = opened.walk(&opened.select(&["old..HEAD"]).unwrap());
        let git = set(&repo.git(&dir, &["rev-list", "old..HEAD"]));
        assert_eq!(
            out.ids.iter().map(ToString::to_string).collect::<Set>(),
            git
        );
        assert!(!out.cut.is_empty() && out.excluded_cut, "{depth}");
    }
    assert!(refused >= 6, "{refused}");
    // One commit by itself: nothing behind it was asked for.
    let opened = Opened::new(&repo, "depth1");
    assert_eq!(opened.ids(&["HEAD^!"]), [&*ids[99]]);
    assert!(opened.select(&["HEAD^@"]).is_err());
    // The base is the very parent that was cut off: nothing is hidden.
    repo.git(
        ".",
        &[
            "clone", "-q", "--depth", "1", "--branch", "old", &url, "close",
        ],
    );
    repo.git("repo", &["branch", "parent", "old^"]);
    repo.git(
        "close",
        &["fetch", "-q", "--depth", "1", "origin", "parent:parent"],
    );
    let opened = Opened::new(&repo, "close");
    if line[20].0.len() == 1 {
        assert_eq!(opened.ids(&["parent..HEAD"]), [&*ids[20]]);
    }
}

#[test]
fn a_damaged_history_is_told() {
    let repo = Repo::empty();
    for number in 0..6 {
        repo.commit("a", number.to_string());
    }
    let ids: Vec<String> = repo
        .git("repo", &["rev-list", "HEAD"])
        .lines()
        .map(str::to_owned)
        .collect();
    let loose = |id: &str| format!("repo/.git/objects/{}/{}", &id[..2], &id[2..]);
    let whole = std::fs::read(repo.path(&loose(&ids[3]))).unwrap();
    // A blob where a commit should be, garbage, nothing.
    let blob = repo.git("repo", &["rev-parse", "HEAD:a"]);
    let blob = std::fs::read(repo.path(&loose(&blob))).unwrap();
    for damage in [
        Some(blob),
        Some(b"garbage".to_vec()),
        Some(whole[..20].to_vec()),
        None,
    ] {
        std::fs::remove_file(repo.path(&loose(&ids[3]))).unwrap();
        if let Some(bytes) = damage {
            repo.write(&loose(&ids[3]), bytes);
        } else {
            // Put back below.
        }
        let opened = Opened::new(&repo, "repo");
        let out = opened.walk(&opened.select(&["HEAD"]).unwrap());
        assert_eq!(
            out.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ids[..3]
        );
        assert_eq!(out.faults.len(), 1, "{:?}", out.faults);
        assert_eq!(out.faults[0].id.unwrap().to_string(), ids[3]);
        let error = opened.select(&["HEAD~3"]).unwrap_err();
        assert!(!error.to_string().is_empty());
        assert_eq!(opened.ids(&["HEAD~1..HEAD"]), ids[..1]);
        repo.write(&loose(&ids[3]), &whole);
    }
}
