//! The configuration of a scanned repository runs nothing and changes nothing: each case sets it
//! to programs and values that git itself obeys, and history, range and staged scans must find
//! what they find without it.

use std::fs;
use std::os::unix::fs::symlink;

use crate::planted::Pair;
use crate::repo::Repo;
use crate::run::{Limits, judged};
use crate::world::{World, fifo};

/// A repository with a secret that was removed, one in the last commit and one that is staged; its
/// attributes and hooks are as hostile as can be.
struct Target {
    repo: Repo,
    old: Pair,
    new: Pair,
    staged: Pair,
}

const ATTRIBUTES: &str = "* diff=evil filter=evil merge=evil text eol=crlf ident export-subst \
                          working-tree-encoding=UTF-16LE-BOM\n";

fn target() -> Target {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    repo.git(&["rm", "-q", "old.env"]);
    repo.write("more", "more\n");
    repo.write(
        ".gitmodules",
        format!(
            "[submodule \"x\"]\n\tpath = x\n\turl = ext::{canary}\n\tupdate = !{canary}\n",
            canary = repo.world.canary()
        ),
    );
    let attributes = repo.blob(ATTRIBUTES);
    repo.git(&["add", "-A"]);
    let entry = format!("100644,{attributes},.gitattributes");
    repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
    repo.record("away");
    // By their ids: git would obey the attributes.
    let add = |name: &str| {
        let pair = repo.plant(name, name);
        let entry = format!("100644,{},{name}", repo.blob(pair.dotenv()));
        repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
        pair
    };
    let new = add("new.env");
    repo.record("new");
    let staged = add("staged.env");
    repo.write(".gitattributes", ATTRIBUTES);
    repo.write(".git/info/attributes", ATTRIBUTES);
    for hook in [
        "pre-commit",
        "post-index-change",
        "reference-transaction",
        "fsmonitor-watchman",
        "post-checkout",
        "pre-auto-gc",
        "proc-receive",
    ] {
        let path = repo.path(format!(".git/hooks/{hook}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(repo.world.path("canary"), path).unwrap();
    }
    Target {
        repo,
        old,
        new,
        staged,
    }
}

impl Target {
    /// All three scans find what they should, and no more.
    #[track_caller]
    fn judge(&self) {
        self.judge_with(Limits::PLAIN, |_| {});
    }

    #[track_caller]
    fn judge_with(&self, limits: Limits, change: impl Fn(&mut std::process::Command)) {
        let Self {
            repo,
            old,
            new,
            staged,
        } = self;
        let scan = |args: &[&str]| judged(&repo.world, &repo.root, args, limits, &change);
        let run = scan(&["--history"]);
        run.findings(3).complete();
        run.found(old).at("old.env", 2);
        run.found(new).at("new.env", 2);
        run.found(staged);
        let run = scan(&["--range", "HEAD~1..HEAD"]);
        run.findings(1).complete();
        run.found(new).at("new.env", 2);
        let run = scan(&["--staged"]);
        run.findings(1).complete();
        run.found(staged).at("staged.env", 2);
    }

    /// No scan says that all is well without having found what is there.
    #[track_caller]
    fn judge_aloud(&self, limits: Limits) {
        let Self {
            repo,
            old,
            new,
            staged,
        } = self;
        for (args, pairs) in [
            (&["--history"][..], &[old, new, staged][..]),
            (&["--range", "HEAD~1..HEAD"], &[new]),
            (&["--staged"], &[staged]),
        ] {
            let run = judged(&repo.world, &repo.root, args, limits, |_| {});
            for pair in pairs {
                run.found_or_told(*pair);
            }
        }
    }
}

/// `%` stands for a program that leaves a mark when it is run, `&` for a named pipe.
fn configured(text: &str) -> Target {
    let target = target();
    let repo = &target.repo;
    let pipe = repo.world.path("pipe");
    fifo(&pipe);
    let text = text
        .replace('%', &repo.world.canary())
        .replace('&', pipe.to_str().unwrap());
    repo.configure(format!("{text}\n"));
    target
}

macro_rules! changes_nothing {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            configured($text).judge();
        })*
    };
}

changes_nothing! {
    fsmonitor: "[core]\nfsmonitor = %";
    fsmonitor_hook_of_version_two: "[core]\nfsmonitor = .git/hooks/fsmonitor-watchman\nfsmonitorHookVersion = 2";
    hooks_path: "[core]\nhooksPath = ../canary";
    ssh_command: "[core]\nsshCommand = %\n[remote \"origin\"]\nurl = ssh://nowhere.invalid/x";
    pager: "[core]\npager = %\n[pager]\nlog = %\ndiff = %\nscan = %";
    editor: "[core]\neditor = %\n[sequence]\neditor = %";
    git_proxy: "[core]\ngitProxy = %";
    ask_pass: "[core]\naskPass = %";
    alternate_refs_command: "[core]\nalternateRefsCommand = %\nalternateRefsPrefixes = refs/none";
    external_diff: "[diff]\nexternal = %\ntrustExitCode = true";
    textconv: "[diff \"evil\"]\ntextconv = %\ncachetextconv = true\nbinary = true";
    diff_command: "[diff \"evil\"]\ncommand = %\nxfuncname = ((((";
    filter_clean_and_smudge: "[filter \"evil\"]\nclean = %\nsmudge = %\nrequired = true";
    filter_process: "[filter \"evil\"]\nprocess = %\nrequired = true";
    merge_driver: "[merge \"evil\"]\ndriver = %\n[merge]\ntool = evil\n[mergetool \"evil\"]\ncmd = %";
    gpg_program: "[gpg]\nprogram = %\n[gpg \"ssh\"]\nprogram = %\ndefaultKeyCommand = %\n[log]\nshowSignature = true\n[commit]\ngpgSign = true";
    credential_helper: "[credential]\nhelper = !%";
    aliases: "[alias]\nlog = !%\ndiff = !%\nscan = !%\ncat-file = !%";
    include_a_pipe: "[include]\npath = &";
    include_a_file: "[include]\npath = ../../more\n[core]\nx = y";
    include_endlessly: "[include]\npath = config\n[include]\npath = ../.git/config\n[include]\npath = /dev/zero";
    include_if: "[includeIf \"gitdir:**\"]\npath = &\n[includeIf \"onbranch:main\"]\npath = &\n[includeIf \"hasconfig:remote.*.url:**\"]\npath = &";
    a_work_tree_elsewhere: "[core]\nworktree = /";
    a_work_tree_that_is_a_pipe: "[core]\nworktree = &";
    bare_it_is_not: "[core]\nbare = true";
    bare_is_nonsense: "[core]\nbare = perhaps";
    pack_objects_hook: "[uploadpack]\npackObjectsHook = %\n[receive]\nprocReceiveRefs = refs";
    protocols: "[protocol]\nallow = always\n[protocol \"ext\"]\nallow = always\n[remote \"origin\"]\nurl = ext::%";
    instead_of: "[url \"ext::%\"]\ninsteadOf = \"\"\npushInsteadOf = \"\"";
    a_remote_of_another_kind: "[remote \"origin\"]\nvcs = ../../canary\nurl = x\nuploadpack = %\nreceivepack = %";
    submodule_update: "[submodule \"x\"]\nupdate = !%\nurl = ext::%\n[submodule]\nrecurse = true";
    colours_always: "[color]\nui = always\ndiff = always\n[color \"diff\"]\nmeta = red";
    big_file_threshold: "[core]\nbigFileThreshold = 1\npackedGitLimit = 1\npackedGitWindowSize = 1\ndeltaBaseCacheLimit = 1\n[pack]\nwindowMemory = 1";
    quotes_and_abbreviations: "[core]\nquotePath = true\nabbrev = 4\n[core]\nabbrev = nonsense";
    unicode_and_case: "[core]\nprecomposeUnicode = true\nignoreCase = true\nprotectHFS = false\nprotectNTFS = false\nautocrlf = true\nsafecrlf = true\nsymlinks = false\nfileMode = false\ntrustCtime = false\ncheckStat = minimal";
    attributes_file: "[core]\nattributesFile = &";
    excludes_file: "[core]\nexcludesFile = &";
    files_that_are_pipes: "[mailmap]\nfile = &\n[fsck]\nskipList = &\n[blame]\nignoreRevsFile = &\n[diff]\norderFile = &\n[commit]\ntemplate = &\n[gc]\nx = &";
    a_partial_clone: "[core]\nrepositoryFormatVersion = 1\nsshCommand = %\n[extensions]\npartialClone = origin\n[remote \"origin\"]\npromisor = true\nurl = ssh://nowhere.invalid/x\npartialCloneFilter = blob:none";
    encodings: "[i18n]\ncommitEncoding = UTF-16\nlogOutputEncoding = UTF-7\nfilesEncoding = nonsense";
    ways_to_log: "[log]\ndate = human\ndecorate = full\nfollow = true\nmailmap = true\nshowRoot = false\nexcludeDecoration = **\ndiffMerges = off\n[format]\npretty = %\n[notes]\ndisplayRef = **";
    ways_to_diff: "[diff]\nalgorithm = nonsense\nrenames = false\nrenameLimit = 1\nnoprefix = true\nmnemonicPrefix = true\ncontext = 999999999999\nignoreSubmodules = all\nindentHeuristic = false\nwordRegex = ((((\ninterHunkContext = -1";
    ways_of_the_index: "[index]\nversion = 4\nthreads = 999999\nsparse = true\nskipHash = true\n[core]\nsplitIndex = true\nuntrackedCache = true\nsparseCheckout = true\nsparseCheckoutCone = true\npreloadIndex = true\n[feature]\nmanyFiles = true";
    replaced_and_grafted: "[core]\nuseReplaceRefs = true\ncommitGraph = true\nmultiPackIndex = true\nnotesRef = refs/heads/main\n[receive]\nshallowUpdate = true";
    numbers_that_are_none: "[core]\ncompression = 99999999999999999999\nlooseCompression = -5\nbigFileThreshold = 1e9\n[pack]\nthreads = -1\ndepth = 99999999\npackSizeLimit = x\n[gc]\nauto = x";
    keys_of_odd_make: "[a \"\\\"]x\\\\\"]\nb\n[core]\nx = \"a\\\nb\" ; comment\n[c.d.e]\nf = g # h\n\t[core] bare = false";
}

#[test]
fn extensions_of_each_work_tree() {
    let target = target();
    let repo = &target.repo;
    let canary = repo.world.canary();
    repo.configure("[core]\nrepositoryFormatVersion = 1\n[extensions]\nworktreeConfig = true\n");
    repo.write(
        ".git/config.worktree",
        format!(
            "[core]\nworktree = /\nfsmonitor = {canary}\nbare = true\n[diff]\nexternal = {canary}\n"
        ),
    );
    target.judge();
    fifo(&repo.path(".git/config.worktree"));
    target.judge_aloud(Limits::PLAIN);
}

#[test]
fn no_configuration_at_all() {
    let target = target();
    fs::write(target.repo.path(".git/config"), "").unwrap();
    target.judge();
    fs::remove_file(target.repo.path(".git/config")).unwrap();
    target.judge();
}

#[test]
fn a_configuration_of_garbage() {
    for bytes in [
        &b"\0\0\0\0"[..],
        b"[core",
        b"[core]\nbare",
        b"\xff\xfe[\0c\0",
        b"\xef\xbb\xbf[core]\n\tbare = false\n",
        b"[core]\n\trepositoryFormatVersion = 0\n= x\n",
        b"]]]]\n\x1b[31m\n",
        b"[core]\n\tbare = \"unclosed\n",
        b"\r\n\r\n[core]\r\n",
    ] {
        let target = target();
        fs::write(target.repo.path(".git/config"), bytes).unwrap();
        target.judge_aloud(Limits::PLAIN);
    }
}

#[test]
fn a_configuration_without_end() {
    let target = target();
    let line = b"[section \"sub\"]\n\tkey = value that goes on for a while\n";
    let mut text = fs::read(target.repo.path(".git/config")).unwrap();
    while text.len() < 50_000_000 {
        text.extend(line);
    }
    fs::write(target.repo.path(".git/config"), text).unwrap();
    target.judge_aloud(Limits::PLAIN);
    let target = self::target();
    fs::write(target.repo.path(".git/config"), "[".repeat(1_000_000)).unwrap();
    target.judge_aloud(Limits::PLAIN);
}

#[test]
fn a_configuration_that_is_no_file() {
    let target = target();
    let path = target.repo.path(".git/config");
    fifo(&path);
    target.judge_aloud(Limits::PLAIN);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    target.judge_aloud(Limits::PLAIN);
    fs::remove_dir(&path).unwrap();
    for to in ["/dev/zero", "config", "/nowhere"] {
        symlink(to, &path).unwrap();
        target.judge_aloud(Limits::PLAIN);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn formats_that_are_not_known() {
    for text in [
        "[core]\nrepositoryFormatVersion = 99",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nunheardOf = true",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nobjectFormat = sha512",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nobjectFormat = sha256",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nrefStorage = reftable",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\ncompatObjectFormat = sha256",
    ] {
        eprintln!("{text}");
        configured(text).judge_aloud(Limits::PLAIN);
    }
}

#[test]
fn the_configuration_of_the_user() {
    let target = target();
    let world = &target.repo.world;
    let canary = world.canary();
    let text = format!(
        "[core]\nfsmonitor = {canary}\npager = {canary}\nhooksPath = /\n[diff]\nexternal = {canary}\n\
         [diff \"evil\"]\ntextconv = {canary}\n[filter \"evil\"]\nclean = {canary}\n\
         [color]\nui = always\n[log]\nshowSignature = true\ndate = human\n[gpg]\nprogram = {canary}\n"
    );
    fs::write(world.path("home/.gitconfig"), &text).unwrap();
    fs::create_dir_all(world.path("home/.config/git")).unwrap();
    fs::write(world.path("home/.config/git/config"), &text).unwrap();
    fs::write(world.path("home/.config/git/attributes"), ATTRIBUTES).unwrap();
    target.judge();
    fs::remove_file(world.path("home/.gitconfig")).unwrap();
    fifo(&world.path("home/.gitconfig"));
    fifo(&world.path("home/.config/git/config"));
    target.judge();
}

#[test]
fn the_environment_of_git() {
    let target = target();
    let world = &target.repo.world;
    let (canary, trace) = (world.canary(), world.path("tree/trace"));
    let pipe = world.path("pipe");
    fifo(&pipe);
    target.judge_with(Limits::PLAIN, |command| {
        for name in [
            "GIT_EXTERNAL_DIFF",
            "GIT_PAGER",
            "PAGER",
            "GIT_EDITOR",
            "EDITOR",
            "GIT_SSH",
            "GIT_SSH_COMMAND",
            "GIT_ASKPASS",
            "SSH_ASKPASS",
            "GIT_PROXY_COMMAND",
            "GIT_CONFIG_VALUE_0",
        ] {
            command.env(name, &canary);
        }
        for name in [
            "GIT_TRACE",
            "GIT_TRACE2",
            "GIT_TRACE2_EVENT",
            "GIT_TRACE_SETUP",
        ] {
            command.env(name, &trace);
        }
        for name in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_GRAFT_FILE"] {
            command.env(name, &pipe);
        }
        command
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "core.fsmonitor")
            .env("GIT_CONFIG_PARAMETERS", "'core.worktree=/'")
            .env("GIT_DIFF_OPTS", "--nonsense")
            .env("GIT_NAMESPACE", "none")
            .env("GIT_REPLACE_REF_BASE", "refs/heads/")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("GIT_ATTR_SOURCE", "HEAD")
            .env("GIT_DEFAULT_HASH", "sha256")
            .env("GIT_DISCOVERY_ACROSS_FILESYSTEM", "0");
    });
}

#[test]
fn a_missing_object_of_a_partial_clone_is_not_fetched() {
    let target = configured(
        "[core]\nrepositoryFormatVersion = 1\nsshCommand = %\n[extensions]\npartialClone = origin\n\
         [remote \"origin\"]\npromisor = true\nurl = ssh://nowhere.invalid/x\nuploadpack = %\n",
    );
    let repo = &target.repo;
    let id = crate::forge::id("blob", target.old.dotenv().as_bytes());
    fs::remove_file(repo.loose(&id)).unwrap();
    let run = repo.history();
    run.told().without(&target.old);
    run.found(&target.new);
    run.found(&target.staged);
    repo.range("HEAD~1..HEAD").findings(1).complete();
    repo.range("HEAD~3..HEAD").told();
    repo.staged().findings(1).complete();
}

#[test]
fn the_canary_would_have_sung() {
    // The cases above can fail: git, in their place, runs the program.
    let target = configured("[core]\nfsmonitor = %\n[diff]\nexternal = %");
    let repo = &target.repo;
    repo.try_git(&["status"], b"", |_| {});
    repo.try_git(&["diff", "HEAD~1", "HEAD"], b"", |_| {});
    assert!(repo.world.song().is_some());
    drop(World::new());
}
