//! The Action's scan, with the environment that GitHub gives: a planted pull request fails, a clean one passes, in
//! every kind of checkout. `packaging/tests/action.py` runs the steps of `action.yml` itself.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ground::{Ground, Ran};
use crate::planted::Pair;

/// A repository on a server, and a pull request of branch `topic` to `main`.
struct Hub {
    ground: Ground,
    base: String,
    head: String,
}

/// What a run left behind.
struct Run {
    ran: Ran,
    output: String,
    summary: String,
}

impl Run {
    fn output(&self, name: &str) -> &str {
        let start = format!("{name}=");
        let mut lines = self.output.lines();
        lines
            .find_map(|line| line.strip_prefix(&start))
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    #[track_caller]
    fn is(&self, mode: &str, code: &str) -> &Self {
        assert_eq!(
            (self.output("mode"), self.output("exit-code")),
            (mode, code),
            "{self:?}"
        );
        assert_eq!(
            self.ran.code,
            Some(0),
            "the verdict is the last step's: {self:?}"
        );
        self
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\n--- output\n{}\n--- summary\n{}",
            self.ran.said(),
            self.output,
            self.summary
        )
    }
}

impl Hub {
    /// `main` has an old leak in its history and grows on after the topic branched off; the topic is built by
    /// `build`.
    fn new(build: impl FnOnce(&Ground)) -> Self {
        let ground = Ground::begun();
        ground.plant("old", "old.env");
        ground.commit("an old leak");
        for n in 0..30 {
            ground.write("count", format!("{n}\n"));
            ground.commit(&n.to_string());
        }
        ground.git(&["switch", "-q", "-c", "topic"]);
        build(&ground);
        let head = ground.git(&["rev-parse", "HEAD"]);
        ground.git(&["switch", "-q", "main"]);
        for n in 30..40 {
            ground.write("count", format!("{n}\n"));
            ground.commit(&n.to_string());
        }
        let base = ground.git(&["rev-parse", "HEAD"]);
        ground.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        // As GitHub checks it out: the merge of both.
        ground.git(&["switch", "-q", "--detach", "main"]);
        ground.git(&[
            "-c",
            "core.hooksPath=/dev/null",
            "merge",
            "-q",
            "-m",
            "merge",
            "-X",
            "ours",
            "topic",
        ]);
        ground.git(&["update-ref", "refs/pull/1/merge", "HEAD"]);
        ground.git(&["switch", "-q", "main"]);
        Self { ground, base, head }
    }

    /// A checkout as actions/checkout makes it.
    fn checkout(&self, name: &str, depth: Option<u32>) -> PathBuf {
        let to = self.ground.at(name);
        fs::create_dir(&to).unwrap();
        let git = |args: &[&str]| self.ground.try_git_in(&to, args, b"").exit(0);
        git(&["init", "-q"]);
        git(&[
            "remote",
            "add",
            "origin",
            &format!("file://{}", self.ground.top().display()),
        ]);
        let depth = depth.map(|depth| format!("--depth={depth}"));
        let mut args = vec!["fetch", "-q", "--no-tags"];
        args.extend(depth.as_deref());
        args.extend(["origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge"]);
        git(&args);
        if depth.is_none() {
            git(&[
                "fetch",
                "-q",
                "origin",
                "+refs/heads/*:refs/remotes/origin/*",
            ]);
        }
        git(&["checkout", "-q", "--detach", "refs/remotes/pull/1/merge"]);
        to
    }

    fn run(&self, dir: &Path, event: &str, more: &[(&str, &str)]) -> Run {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/action/scan.sh");
        let mut command = self.ground.command("bash", dir);
        let (output, summary) = (self.ground.at("output"), self.ground.at("summary"));
        _ = fs::remove_file(&output);
        _ = fs::remove_file(&summary);
        command
            .arg(script)
            .env("KEYFENCE", env!("CARGO_BIN_EXE_keyfence"))
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_EVENT_NAME", event)
            .env("GITHUB_ACTIONS", "true")
            .env("CI", "true")
            .env("RUNNER_TEMP", self.ground.at("home"))
            .env("EVENT_BASE", &self.base)
            .env("EVENT_HEAD", &self.head)
            .env("EVENT_FORK", "false")
            .envs(more.iter().copied());
        let ran = self.ground.run(command, b"");
        self.ground.shows_nothing(&ran);
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        Run {
            ran,
            output: read(&output),
            summary: read(&summary),
        }
    }
}

fn leaky(ground: &Ground) -> Pair {
    ground.write("fine", "1\n");
    ground.commit("fine");
    let pair = ground.plant("new", "bot/new.env");
    ground.commit("a leak");
    ground.git(&["rm", "-q", "bot/new.env"]);
    ground.commit("taken out in a later commit");
    pair
}

#[test]
fn a_planted_pull_request_fails_whatever_the_checkout() {
    let mut pair = None;
    let hub = Hub::new(|ground| pair = Some(leaky(ground)));
    for (name, depth) in [("whole", None), ("shallow", Some(1)), ("two", Some(2))] {
        let run = hub.run(&hub.checkout(name, depth), "pull_request", &[]);
        run.is("diff", "1");
        assert_eq!(
            (run.output("findings"), run.output("new")),
            ("1", "1"),
            "the old leak is none: {run:?}"
        );
        assert_eq!(run.output("upload"), "true");
        let said = run.ran.said();
        assert!(said.contains("::error file=bot/new.env,line=2,"), "{said}");
        assert!(said.contains("of 3 commits"), "{said}");
        assert!(
            said.contains(&pair.as_ref().unwrap().fingerprint()),
            "{said}"
        );
        assert!(
            run.summary.contains("## keyfence: failed, 1 finding"),
            "{run:?}"
        );
        let sarif = fs::read_to_string(run.output("sarif-file")).unwrap();
        assert!(sarif.contains("keyfence/range/"), "{sarif}");
    }
}

#[test]
fn a_clean_pull_request_passes() {
    let hub = Hub::new(|ground| {
        ground.write("fine", "1\n");
        ground.commit("fine");
    });
    for (name, depth) in [("whole", None), ("shallow", Some(1))] {
        let run = hub.run(&hub.checkout(name, depth), "pull_request", &[]);
        run.is("diff", "0");
        assert_eq!(run.output("findings"), "0");
        assert!(
            run.ran.said().contains("1 blob and 1 message of 1 commit"),
            "{run:?}"
        );
        assert!(run.summary.contains("passed, 0 findings"), "{run:?}");
    }
}

#[test]
fn what_came_by_a_merge_is_looked_at() {
    let mut pair = None;
    let hub = Hub::new(|ground| {
        ground.git(&["switch", "-q", "-c", "side", "HEAD~20"]);
        pair = Some(ground.plant("side", "side.env"));
        ground.commit("a leak on a side branch");
        ground.git(&["rm", "-q", "side.env"]);
        ground.commit("gone again");
        ground.git(&["switch", "-q", "topic"]);
        ground.git(&[
            "-c",
            "core.hooksPath=/dev/null",
            "merge",
            "-q",
            "--no-ff",
            "-m",
            "side",
            "side",
        ]);
    });
    for (name, depth) in [("whole", None), ("shallow", Some(1))] {
        let run = hub.run(&hub.checkout(name, depth), "pull_request", &[]);
        run.is("diff", "1");
        assert!(
            run.ran
                .said()
                .contains(&pair.as_ref().unwrap().fingerprint()),
            "{run:?}"
        );
    }
}

#[test]
fn what_cannot_be_fetched_is_said_and_all_files_are_scanned() {
    let hub = Hub::new(|ground| _ = leaky(ground));
    let dir = hub.checkout("shallow", Some(1));
    hub.ground
        .try_git_in(&dir, &["remote", "set-url", "origin", "file:///gone"], b"")
        .exit(0);
    let run = hub.run(&dir, "pull_request", &[]);
    // The old leak stands in the files.
    run.is("tree", "1");
    assert!(
        run.ran
            .said()
            .contains("::warning title=keyfence::the commits between"),
        "{run:?}"
    );
    // Nothing to compare is not clean either.
    let same = hub.run(
        &hub.checkout("whole", None),
        "pull_request",
        &[("EVENT_HEAD", &hub.base)],
    );
    same.is("tree", "1");
    assert!(same.ran.said().contains("adds no commit"), "{same:?}");
    let first = hub.run(
        &hub.ground.at("whole"),
        "push",
        &[("EVENT_BASE", &"0".repeat(40))],
    );
    first.is("tree", "1");
}

#[test]
fn a_pull_request_cannot_silence_itself() {
    let mut pair = None;
    let hub = Hub::new(|ground| {
        let one = ground.pair("new");
        ground.write(
            "new.env",
            one.dotenv()
                .replace('\n', " # keyfence:allow(binance) trust me\n"),
        );
        ground.write(
            "keyfence.toml",
            "fail-on = \"none\"\nonly-rules = [\"bybit\"]\n",
        );
        ground.commit("a leak with excuses");
        pair = Some(one);
    });
    let dir = hub.checkout("whole", None);
    let run = hub.run(&dir, "pull_request", &[]);
    run.is("diff", "1");
    // Whoever trusts the branch may say so.
    let trusted = hub.run(&dir, "pull_request", &[("INPUT_ALLOW_COMMENTS", "true")]);
    trusted.is("diff", "0");
}

#[test]
fn configuration_and_baseline_are_those_of_the_base_side() {
    let ground = Ground::begun();
    let known = ground.plant("known", "known.env");
    ground.keyfence(&["baseline"]).exit(0);
    ground.write("keyfence.toml", "baseline = [\"keyfence.baseline\"]\n");
    ground.commit("known");
    let base = ground.git(&["rev-parse", "HEAD"]);
    ground.git(&["switch", "-q", "-c", "topic"]);
    ground.git(&["rm", "-q", "keyfence.toml", "keyfence.baseline"]);
    ground.write("copy.env", known.dotenv());
    ground.commit("the known one again, and no configuration");
    let head = ground.git(&["rev-parse", "HEAD"]);
    let top = ground.top();
    let hub = Hub { ground, base, head };
    hub.run(&top, "pull_request", &[]).is("diff", "0");
    hub.run(&top, "push", &[]).is("diff", "1");
}

#[test]
fn forks_get_no_upload_and_inputs_are_words() {
    let hub = Hub::new(|ground| _ = leaky(ground));
    let dir = hub.checkout("whole", None);
    let run = hub.run(&dir, "pull_request", &[("EVENT_FORK", "true")]);
    assert_eq!(run.is("diff", "1").output("upload"), "false");
    let evil = "$(touch pwned); `touch pwned` --output=pwned";
    for name in [
        "INPUT_BASE",
        "INPUT_HEAD",
        "INPUT_CONFIG",
        "INPUT_BASELINE",
        "INPUT_FAIL_ON",
        "INPUT_MODE",
    ] {
        let run = hub.run(&dir, "pull_request", &[(name, evil)]);
        assert!(
            !dir.join("pwned").exists() && !run.ran.said().contains("command not found"),
            "{name}: {run:?}"
        );
        let silent = run.ran.code == Some(0) && run.output("exit-code") == "0";
        assert!(!silent, "{name}: what is no value does not pass: {run:?}");
    }
    let quiet = [
        ("INPUT_FAIL_ON", "none"),
        ("INPUT_ANNOTATIONS", "false"),
        ("INPUT_SUMMARY", "false"),
        ("INPUT_SARIF", "false"),
    ];
    let run = hub.run(&dir, "pull_request", &quiet);
    assert_eq!(run.is("diff", "0").output("upload"), "false");
    assert!(
        run.summary.is_empty() && !run.ran.said().contains("::error"),
        "{run:?}"
    );
}
