//! What is no plain file: links, pipes, sockets, devices, what can't be read, odd `.git`s.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use crate::case::Case;
use crate::planted::Pair;

fn fifo(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    crate::fifo::fifo(path);
}

/// An id without any rights, for tests that run as root.
fn as_nobody(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    if rustix::process::getuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
}

/// Lets anybody write beside the tree, where the reports go.
fn open_to_all(case: &Case) {
    fs::set_permissions(case.beside(), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn links_lead_nowhere() {
    let case = Case::new();
    let (inside, outside) = (Pair::new("inside"), Pair::new("outside"));
    let beside = case.beside();
    fs::write(beside.join("secret.env"), outside.dotenv()).unwrap();
    fs::create_dir(beside.join("dir")).unwrap();
    fs::write(beside.join("dir/secret.env"), outside.dotenv()).unwrap();
    case.write("real/a.env", inside.dotenv());
    let root = case.root();
    let absolute = beside.join("secret.env");
    for (target, link) in [
        (Path::new("../secret.env"), "out.env"),
        (&absolute, "absolute.env"),
        (Path::new("../dir"), "outdir"),
        (Path::new("real"), "indir"),
        (Path::new("real/a.env"), "in.env"),
        (Path::new("."), "self"),
        (Path::new(".."), "parent"),
        (Path::new("loop2"), "loop1"),
        (Path::new("loop1"), "loop2"),
        (Path::new("loop"), "loop"),
        (Path::new("nowhere"), "dangling"),
        (Path::new("/proc/self/environ"), "environ"),
        (Path::new("/dev/zero"), "zero"),
        (Path::new("/"), "slash"),
    ] {
        symlink(target, root.join(link)).unwrap();
    }
    let run = case.scan();
    run.found(&inside, "real/a.env", 2).findings(1).complete();
    assert_eq!(run.places(&inside.fingerprint()).len(), 1, "{run}");
    assert!(run.places(&outside.fingerprint()).is_empty(), "{run}");
}

#[test]
fn a_root_that_is_a_link_is_followed() {
    let case = Case::new();
    let pair = Pair::new("root");
    case.write("real/a.env", pair.dotenv());
    symlink("real", case.root().join("link")).unwrap();
    symlink("real/a.env", case.root().join("file.env")).unwrap();
    let run = case.scan_with(&["link"], |_| {});
    run.found(&pair, "link/a.env", 2).complete();
    let run = case.scan_with(&["file.env"], |_| {});
    run.found(&pair, "file.env", 2).complete();
}

#[test]
fn a_link_root_to_a_pipe_or_in_a_circle_is_told() {
    let case = Case::new();
    symlink("loop", case.root().join("loop")).unwrap();
    symlink("nowhere", case.root().join("dangling")).unwrap();
    for name in ["loop", "dangling"] {
        let run = case.scan_with(&[name], |_| {});
        assert!(matches!(run.code(), 2 | 3), "{run}");
        assert!(!run.output.stderr.is_empty(), "{run}");
    }
    fifo(&case.root().join("pipe"));
    symlink("pipe", case.root().join("piped")).unwrap();
    for name in ["pipe", "piped", "/dev/null"] {
        case.scan_with(&[name], |_| {}).gap(name, "this is no file");
    }
}

#[test]
fn a_pipe_that_a_shell_names_is_told() {
    // `keyfence scan <(git show HEAD:.env)`.
    let (reader, _writer) = std::io::pipe().unwrap();
    let run = Case::new().scan_with(&["/dev/fd/0"], |command| {
        command.stdin(reader);
    });
    run.gap("/dev/fd/0", "this is no file");
}

#[test]
fn pipes_and_sockets_under_every_name_do_not_stop_the_walk() {
    let case = Case::new();
    let pair = Pair::new("pipes");
    case.write("z/a.env", pair.dotenv());
    let names = [
        "pipe",
        ".gitignore",
        ".ignore",
        ".rgignore",
        ".env",
        ".gitattributes",
        ".gitmodules",
        "keyfence.toml",
        ".keyfence.toml",
        "z/.gitignore",
        "z/.env",
        "z/.git",
        "z/keyfence.toml",
        "x.gz",
        "x.zip",
    ];
    case.git(&[]);
    for name in names {
        fifo(&case.root().join(name));
    }
    let listener = UnixListener::bind(case.root().join("socket.env")).unwrap();
    let run = case.scan_with(&["--isolated"], |_| {});
    run.found(&pair, "z/a.env", 2).findings(1).complete();
    drop(listener);
}

#[test]
fn a_pipe_for_a_configuration_does_not_wait() {
    let case = Case::of("a.env", Pair::new("config").dotenv());
    fifo(&case.root().join("keyfence.toml"));
    let run = case.scan();
    // Told, or nothing to obey: but never a wait.
    assert!(matches!(run.code(), 1 | 2), "{run}");
    let given = case.scan_with(&["--config", "keyfence.toml"], |_| {});
    assert_eq!(given.code(), 2, "{given}");
}

#[cfg(target_os = "linux")] // by Linux's numbers of devices
#[test]
fn devices_are_not_read() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    if !rustix::process::getuid().is_root() {
        eprintln!("left out: device nodes need root");
        return;
    }
    let case = Case::new();
    let pair = Pair::new("devices");
    case.write("a.env", pair.dotenv());
    let node = |name: &str, kind, major, minor| {
        let device = rustix::fs::makedev(major, minor);
        mknodat(CWD, case.root().join(name), kind, Mode::RUSR, device).is_ok()
    };
    if !node("zero.env", FileType::CharacterDevice, 1, 5)
        || !node("tty.env", FileType::CharacterDevice, 5, 0)
        || !node("disk.env", FileType::BlockDevice, 7, 0)
    {
        eprintln!("left out: no device nodes here");
        return;
    }
    case.scan().found(&pair, "a.env", 2).findings(1).complete();
}

#[test]
fn what_can_not_be_read_is_told() {
    let case = Case::new();
    let (pair, hidden) = (Pair::new("readable"), Pair::new("hidden"));
    case.write("a.env", pair.dotenv());
    case.write("locked.env", hidden.dotenv());
    case.write("closed/b.env", hidden.dotenv());
    case.write("listed/c.env", hidden.dotenv());
    open_to_all(&case);
    let mode = |name: &str, mode| {
        fs::set_permissions(case.root().join(name), Permissions::from_mode(mode)).unwrap();
    };
    mode("locked.env", 0o000);
    mode("closed", 0o000);
    mode("listed", 0o444);
    let out = case.beside().join("out");
    fs::create_dir(&out).unwrap();
    fs::set_permissions(&out, Permissions::from_mode(0o777)).unwrap();
    let mut command = crate::case::keyfence();
    command
        .current_dir(case.root())
        .args(["scan", "-f", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    as_nobody(&mut command);
    let output = crate::case::wait(command.spawn().unwrap());
    for (name, m) in [("locked.env", 0o600), ("closed", 0o700), ("listed", 0o700)] {
        mode(name, m);
    }
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let gaps: Vec<&str> = json["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| gap["path"].as_str().unwrap())
        .collect();
    assert_eq!(gaps, ["closed", "listed/c.env", "locked.env"]);
    assert_eq!(json["findings"][0]["fingerprint"], pair.fingerprint());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("permission denied"), "{stderr}");
}

#[test]
fn an_unreadable_root_or_nothing_at_all_is_no_clean_tree() {
    let case = Case::new();
    open_to_all(&case);
    fs::set_permissions(case.root(), Permissions::from_mode(0o000)).unwrap();
    let mut command = crate::case::keyfence();
    command
        .current_dir("/")
        .arg("scan")
        .arg(case.root())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    as_nobody(&mut command);
    let output = crate::case::wait(command.spawn().unwrap());
    fs::set_permissions(case.root(), Permissions::from_mode(0o700)).unwrap();
    assert!(matches!(output.status.code(), Some(2 | 3)), "{output:?}");
    assert!(!output.stderr.is_empty());
}

#[test]
fn odd_gits_hide_nothing() {
    let pair = Pair::new("odd git");
    let gits: &[&[u8]] = &[
        b"",
        b"gitdir: ",
        b"gitdir: .",
        b"gitdir: /proc/self",
        b"gitdir: ../../../../../../etc\n",
        b"gitdir: \xff\xfe\0\n",
        b"not a git file",
        b"gitdir: .git",
    ];
    for git in gits {
        let case = Case::of("a.env", pair.dotenv());
        case.write(".gitignore", "nothing\n");
        case.write(".git", git);
        case.scan().found(&pair, "a.env", 2).findings(1).complete();
    }
    // A directory that only has the name holds content.
    let case = Case::of("a.env", pair.dotenv());
    let other = Pair::new("inside git");
    case.write(".git/hidden.env", other.dotenv());
    case.scan()
        .found(&pair, "a.env", 2)
        .found(&other, ".git/hidden.env", 2)
        .findings(2)
        .complete();
    // A pipe, a link to itself, a link out.
    let case = Case::of("a.env", pair.dotenv());
    fifo(&case.root().join(".git"));
    case.scan().found(&pair, "a.env", 2).complete();
    for target in [".git", "/", ".", "nowhere"] {
        let case = Case::of("a.env", pair.dotenv());
        symlink(target, case.root().join(".git")).unwrap();
        case.scan().found(&pair, "a.env", 2).complete();
    }
}

#[test]
fn damaged_repositories_hide_nothing_that_is_there() {
    let pair = Pair::new("damaged");
    for (file, content) in [
        ("HEAD", &b""[..]),
        ("HEAD", b"\xff\xff"),
        ("config", b"[core"),
        ("config", b"[core]\n\trepositoryformatversion = 99\n"),
        ("config", b"[include]\n\tpath = /dev/zero\n"),
        ("config", b"[core]\n\tworktree = /\n"),
        ("index", b"DIRC\0\0\0\x02\xff\xff\xff\xff"),
        ("index", b"garbage"),
        ("index", b""),
    ] {
        let case = Case::of("a.env", pair.dotenv());
        case.write("ignored.env", Pair::new("ignored").dotenv());
        case.write(".gitignore", "ignored.env\n");
        case.git(&["ignored.env"]);
        fs::write(case.root().join(".git").join(file), content).unwrap();
        let run = case.scan();
        run.found(&pair, "a.env", 2).clean();
        // The ignored file may be tracked: either it is read, or that is told.
        let read = !run.places(&Pair::new("ignored").fingerprint()).is_empty();
        let told = run.json()["summary"]["gaps"] != 0;
        assert!(read || told, "{file} {content:?}: {run}");
    }
    // The configuration of a repository may be a pipe, and its index too.
    for file in ["config", "index", "HEAD"] {
        let case = Case::of("a.env", pair.dotenv());
        case.write(".gitignore", "ignored.env\n");
        case.write("ignored.env", Pair::new("ignored").dotenv());
        case.git(&[]);
        let path = case.root().join(".git").join(file);
        fs::remove_file(&path).unwrap();
        fifo(&path);
        case.scan().found(&pair, "a.env", 2).clean();
    }
}
