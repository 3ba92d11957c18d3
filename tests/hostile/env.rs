//! Surroundings: no home, no room, no readers, no rights.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::case::{Case, keyfence, wait};
use crate::planted::Pair;

fn plain(change: impl Fn(&mut Command)) {
    let pair = Pair::new("env");
    let case = Case::of("a.env", pair.dotenv());
    case.scan_with(&[], |command| change(command))
        .found(&pair, "a.env", 2)
        .findings(1)
        .complete();
}

#[test]
fn no_environment_at_all() {
    plain(|command| {
        command.env_clear();
    });
}

#[test]
fn homes_and_temporary_directories_that_are_not_there() {
    for value in ["", "/nowhere", "/dev/null", "relative/../..", "\n"] {
        plain(|command| {
            for name in [
                "HOME",
                "TMPDIR",
                "XDG_CONFIG_HOME",
                "XDG_CACHE_HOME",
                "PATH",
            ] {
                command.env(name, value);
            }
        });
    }
}

#[test]
fn a_list_of_files_without_end() {
    for flags in [
        &["--files-from", "/dev/zero"][..],
        &["--files-from", "/dev/zero", "-0"],
    ] {
        let mut command = keyfence();
        command.arg("scan").args(flags).stdout(Stdio::piped());
        let output = wait(command.stderr(Stdio::piped()).spawn().unwrap());
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("longer than 64 MiB"), "{said}");
    }
}

#[test]
fn variables_of_git_change_nothing() {
    plain(|command| {
        command
            .env("GIT_DIR", "/nowhere")
            .env("GIT_INDEX_FILE", "/dev/zero")
            .env("GIT_WORK_TREE", "/")
            .env("GIT_CONFIG_GLOBAL", "/dev/zero")
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "core.fsmonitor")
            .env("GIT_CONFIG_VALUE_0", "touch owned")
            .env("GIT_PAGER", "touch owned")
            .env("PAGER", "touch owned");
    });
}

#[test]
fn other_locales_and_colour_settings() {
    for (name, value) in [
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LC_ALL", "C"),
        ("LANG", "ja_JP.eucJP"),
        ("LC_ALL", "nonsense"),
        ("TERM", "dumb"),
        ("TERM", ""),
        ("NO_COLOR", "1"),
        ("COLUMNS", "0"),
        ("COLUMNS", "99999999999999999999"),
        ("TZ", "nonsense"),
    ] {
        plain(|command| {
            command.env(name, value);
        });
    }
}

#[test]
fn no_colour_wins_over_force_colour() {
    plain(|command| {
        command.env("NO_COLOR", "1").env("FORCE_COLOR", "1");
    });
}

/// Runs the program on a tree with one credential, in a shell that arranges its streams.
fn shell(script: &str, case: &Case) -> std::process::Output {
    let child = Command::new("/bin/sh")
        .arg("-c")
        .arg(script)
        .env("KEYFENCE", env!("CARGO_BIN_EXE_keyfence"))
        .current_dir(case.root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait(child)
}

fn one() -> (Case, Pair) {
    let pair = Pair::new("one");
    (Case::of("a.env", pair.dotenv()), pair)
}

#[test]
fn closed_streams() {
    let (case, pair) = one();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let run = shell("\"$KEYFENCE\" scan <&-", &case);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    // Nobody hears: that is no clean run.
    let run = shell("\"$KEYFENCE\" scan >&-", &case);
    assert_ne!(run.status.code(), Some(0), "{run:?}");
    assert!(!text(&run.stderr).contains("panicked"), "{run:?}");
    let run = shell("\"$KEYFENCE\" scan 2>&-", &case);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(text(&run.stdout).contains("Binance"), "{run:?}");
    let run = shell("\"$KEYFENCE\" scan <&- >&- 2>&-", &case);
    assert_ne!(run.status.code(), Some(0), "{run:?}");
    // A file that is written with the streams closed is not written into by messages.
    let run = shell("\"$KEYFENCE\" scan -v -f json=out.json <&- >&- 2>&-", &case);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    let json = fs::read(case.root().join("out.json")).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["findings"][0]["fingerprint"], pair.fingerprint());
    // Standard input that is asked for and not there.
    let run = shell("\"$KEYFENCE\" scan - <&-", &case);
    assert!(matches!(run.status.code(), Some(0 | 2 | 3)), "{run:?}");
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing() {
    let (case, _) = one();
    let run = shell("\"$KEYFENCE\" scan > /dev/full", &case);
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    assert!(!run.stderr.is_empty());
    for format in ["human", "json", "jsonl", "sarif"] {
        let run = shell(&format!("\"$KEYFENCE\" scan -f {format}=/dev/full"), &case);
        assert_eq!(run.status.code(), Some(2), "{run:?}");
        assert!(!run.stderr.is_empty());
    }
    let run = shell("\"$KEYFENCE\" scan 2> /dev/full", &case);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    // A file that can't be as large as the report: no half of it stays.
    let before = fs::read_dir(case.root()).unwrap().count();
    let run = shell(
        "trap '' XFSZ; ulimit -f 1; \"$KEYFENCE\" scan -f sarif=out.sarif",
        &case,
    );
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    assert_eq!(fs::read_dir(case.root()).unwrap().count(), before);
}

/// The system ends the program where a file grows beyond what may be written: no report, whole or half, no
/// temporary file, and no code that says how the scan went.
#[cfg(target_os = "linux")] // it needs files without a name
#[test]
fn a_report_that_may_not_be_written_leaves_nothing() {
    let (case, _) = one();
    let before = fs::read_dir(case.root()).unwrap().count();
    for format in ["json", "jsonl", "sarif", "gitlab", "junit", "csv"] {
        let run = shell(
            &format!("ulimit -c 0; ulimit -f 0; exec \"$KEYFENCE\" scan -f {format}=out"),
            &case,
        );
        assert!(!matches!(run.status.code(), Some(0 | 1 | 3)), "{run:?}");
        let after = fs::read_dir(case.root()).unwrap().count();
        assert_eq!(after, before, "{format}");
    }
}

#[test]
fn a_reader_that_leaves_is_quiet() {
    let case = Case::new();
    for n in 0..300 {
        case.write(format!("{n}.env"), Pair::new(&n.to_string()).dotenv());
    }
    for format in ["human", "json", "jsonl", "sarif"] {
        let script = format!(
            "{{ \"$KEYFENCE\" scan -f {format} 2> err; echo $? > code; }} | head -c 1 > /dev/null; cat err; cat code"
        );
        let run = shell(&script, &case);
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        assert_eq!(text.lines().last(), Some("1"), "{text}");
        assert!(
            !text.contains("panicked") && !text.contains("pipe"),
            "{text}"
        );
    }
}

#[test]
fn a_directory_that_can_not_be_read_or_is_gone() {
    let (case, pair) = one();
    let root = case.root();
    let run = shell(
        "mkdir gone && cd gone && rmdir ../gone && \"$KEYFENCE\" scan -f json \"$OLDPWD\"",
        &case,
    );
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(text.contains(&pair.fingerprint()), "{run:?}");
    let run = shell(
        "mkdir gone && cd gone && rmdir ../gone && \"$KEYFENCE\" scan",
        &case,
    );
    assert!(matches!(run.status.code(), Some(2 | 3)), "{run:?}");
    assert!(!run.stderr.is_empty());
    if rustix::process::getuid().is_root() {
        // In a directory that may be entered and not read, as somebody else.
        fs::set_permissions(case.beside(), Permissions::from_mode(0o711)).unwrap();
        fs::set_permissions(&root, Permissions::from_mode(0o711)).unwrap();
        let mut command = keyfence();
        command
            .current_dir(&root)
            .args(["scan", "a.env"])
            .uid(65_534)
            .gid(65_534)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let run = wait(command.spawn().unwrap());
        assert_eq!(run.status.code(), Some(1), "{run:?}");
    }
}

#[test]
fn a_tree_that_can_not_be_written() {
    let (case, pair) = one();
    case.git(&[]);
    let before = fs::read(case.root().join(".git/index")).unwrap();
    fs::set_permissions(case.root(), Permissions::from_mode(0o555)).unwrap();
    let run = case.scan();
    fs::set_permissions(case.root(), Permissions::from_mode(0o755)).unwrap();
    run.found(&pair, "a.env", 2).complete();
    // Nor is it written where it could be.
    assert_eq!(fs::read(case.root().join(".git/index")).unwrap(), before);
    let run = shell("\"$KEYFENCE\" scan -f json=no/such/out.json", &case);
    assert_eq!(run.status.code(), Some(2), "{run:?}");
}

#[test]
fn a_repository_of_somebody_else() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let (case, pair) = one();
    case.write("ignored.env", Pair::new("tracked").dotenv());
    case.write(".gitignore", "ignored.env\n");
    case.git(&["ignored.env"]);
    let mut open = vec![case.root()];
    while let Some(path) = open.pop() {
        std::os::unix::fs::chown(&path, Some(12_345), Some(12_345)).unwrap();
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        }
    }
    case.scan()
        .found(&pair, "a.env", 2)
        .found(&Pair::new("tracked"), "ignored.env", 2)
        .complete();
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let case = Case::new();
    for n in 0..120 {
        case.write(
            format!("{}/{n}.env", n % 7),
            Pair::new(&(n % 50).to_string()).dotenv(),
        );
        case.write(format!("{}/{n}.gz", n % 7), b"\x1f\x8b\x08\0broken");
    }
    let outputs: Vec<Vec<Vec<u8>>> = ["1", "2", "4", "13"]
        .iter()
        .chain(["4"; 3].iter())
        .map(|threads| {
            let run = case.scan_with(&["-j", threads], |_| {});
            assert_eq!(run.code(), 1, "{run}");
            run.outputs().map(<[u8]>::to_vec).collect()
        })
        .collect();
    for other in &outputs[1..] {
        assert!(*other == outputs[0], "outputs differ");
    }
}

#[test]
fn few_files_may_be_open() {
    let (case, pair) = one();
    for n in 0..200 {
        case.write(format!("{n}/x"), "x");
    }
    let run = shell("ulimit -n 40; \"$KEYFENCE\" scan -f json", &case);
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(text.contains(&pair.fingerprint()), "{run:?}");
}

#[test]
fn an_interrupt_leaves_no_half_report() {
    let case = Case::new();
    case.write("large.txt", vec![b'x'; 60_000_000]);
    let out = case.beside().join("out.json");
    let mut command = keyfence();
    command
        .current_dir(case.root())
        .arg("scan")
        .arg("-f")
        .arg(format!("json={}", out.display()))
        .stdout(Stdio::null())
        .stderr(File::create(case.beside().join("err")).unwrap());
    let child = command.spawn().unwrap();
    let id = rustix::process::Pid::from_child(&child);
    std::thread::sleep(std::time::Duration::from_millis(50));
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let run = wait(child);
    let whole =
        fs::read(&out).is_ok_and(|json| serde_json::from_slice::<serde_json::Value>(&json).is_ok());
    assert_eq!(whole, out.exists());
    assert!(whole || !run.status.success());
    let left: Vec<_> = fs::read_dir(case.beside())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(left.len() <= 3, "{left:?}");
}

#[test]
fn the_threads_are_ours_to_count() {
    let (case, pair) = one();
    case.git(&[]);
    // Five thousand threads would not fit.
    let script = "ulimit -v 4000000; export RAYON_NUM_THREADS=5000
        for n in 1 2 3 4 5 6 7 8 9; do
            git -c user.name=a -c user.email=b commit -qm $n --allow-empty
        done
        \"$KEYFENCE\" scan --range HEAD -f json";
    let run = shell(script, &case);
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(text.contains(&pair.fingerprint()), "{run:?}");
}

/// A container's limit, or a user's: no thread at all can be started, one, or two.
#[cfg(target_os = "linux")] // it needs prlimit
#[test]
fn few_threads_may_be_started() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let (case, pair) = one();
    case.git(&[]);
    shell(
        "git -c user.name=a -c user.email=b commit -qm one; chmod 755 .. .",
        &case,
    );
    for limit in 1..=3 {
        for source in [".", "--history", "--range HEAD"] {
            let script = format!(
                "exec setpriv --reuid 54321 --clear-groups prlimit --nproc={limit}:{limit} \
                 \"$KEYFENCE\" scan {source} -j 2 -f json"
            );
            let run = shell(&script, &case);
            let text = String::from_utf8_lossy(&run.stdout).into_owned();
            if source == "." && limit == 1 {
                let said = String::from_utf8_lossy(&run.stderr).into_owned();
                assert_eq!(run.status.code(), Some(2), "{run:?}");
                assert!(said.contains("cannot start a thread"), "{run:?}");
                continue;
            }
            assert_eq!(run.status.code(), Some(1), "{limit} {source} {run:?}");
            assert!(text.contains(&pair.fingerprint()), "{run:?}");
        }
    }
}

#[cfg(target_os = "linux")] // it looks into /proc
#[test]
fn a_core_dump_is_never_written() {
    let mut command = keyfence();
    command.args(["scan", "-"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let path = format!("/proc/{}/limits", child.id());
    let cores = || -> Option<String> {
        let limits = fs::read_to_string(&path).ok()?;
        let line = limits.lines().find(|line| line.starts_with("Max core"))?;
        line.split_whitespace().nth(5).map(str::to_owned)
    };
    let began = std::time::Instant::now();
    while cores().as_deref() != Some("0") {
        assert!(began.elapsed().as_secs() < 20, "{:?}", cores());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    drop(child.stdin.take());
    assert!(wait(child).status.success());
}
