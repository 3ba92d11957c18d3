//! keyfence added to what others keep: pure functions from a file's text to its new text, none where the file
//! has a form that is not understood well enough to change.

use std::ffi::OsStr;
use std::path::Path;

use super::block::{self, ended, marked};
use super::hooks::Manager;
use super::stage::Stage;

/// What a hook says when keyfence is not there: nothing passes unseen.
const MISSING: &str = "\
if ! command -v keyfence >/dev/null 2>&1; then
    echo 'keyfence is not installed: https://github.com/keyfence/keyfence' >&2
    exit 1
fi";

/// git tells a push on standard input, and what follows in the same hook (Git LFS's, for one, which else would send
/// nothing) reads it as well.
const PUSH: &str = "\
keyfence_push=$(cat)
if [ -n \"$keyfence_push\" ]; then
    printf '%s\\n' \"$keyfence_push\" | keyfence hook pre-push \"$@\" || exit
    exec <<KEYFENCE
$keyfence_push
KEYFENCE
fi";

/// The lines of a shell script that run keyfence.
pub fn lines(stage: Stage) -> String {
    match stage {
        Stage::Push => format!("{MISSING}\n{PUSH}"),
        Stage::Commit | Stage::Message => format!("{MISSING}\n{} || exit", stage.in_shell()),
    }
}

/// The text of the manager's file, or of git's own hook, with keyfence in it at these stages; a shell script is of one
/// stage alone.
pub fn with(manager: Manager, file: &Path, text: Option<&str>, stages: &[Stage]) -> Option<String> {
    let is_yaml = extension(file).is_none_or(|end| end == "yml" || end == "yaml");
    match (manager, text) {
        (Manager::PreCommit | Manager::Lefthook, _) if !is_yaml => None,
        (Manager::PreCommit, Some(text)) => pre_commit(text, stages),
        (Manager::Lefthook, Some(text)) => {
            let mut text = text.to_owned();
            for stage in stages {
                text = lefthook(&text, *stage)?;
            }
            Some(text)
        }
        (Manager::Husky | Manager::None, text) => {
            let stage = stages.first()?;
            shell(text.unwrap_or_default(), *stage)
        }
        (Manager::PreCommit | Manager::Lefthook, None) => None,
    }
}

/// What to add by hand, where the file was not understood.
pub fn by_hand(manager: Manager, file: &Path, stages: &[Stage]) -> String {
    let each = |text: &dyn Fn(Stage) -> String| {
        let texts: Vec<String> = stages.iter().map(|stage| text(*stage)).collect();
        texts.join("\n")
    };
    let text = match (manager, extension(file)) {
        // prek's own configuration (prek.j178.dev, "Configuration").
        (Manager::PreCommit, Some("toml")) => {
            let hooks = |stage| format!("\n[[repos.hooks]]\n{}", item(stage, " = ", "\""));
            format!("[[repos]]\nrepo = \"local\"\n{}", each(&hooks))
        }
        (Manager::PreCommit, _) => repository(stages),
        (Manager::Lefthook, Some("toml")) => each(&|stage| {
            let table = format!("[{}.commands.keyfence]", stage.hook());
            format!("{table}\n{}", job(stage, " = ", "\""))
        }),
        (Manager::Lefthook, Some("json")) => {
            let member = |stage: Stage| {
                let job = job(stage, "\": ", "\"").replace('\n', ", \"");
                format!(
                    "\"{}\": {{ \"commands\": {{ \"keyfence\": {{ \"{job} }} }} }}",
                    stage.hook()
                )
            };
            each(&member).replace('\n', ",\n")
        }
        (Manager::Lefthook, _) => each(&|stage| {
            let run = indented(&job(stage, ": ", ""), "      ");
            format!("{}:\n  commands:\n    keyfence:\n{run}", stage.hook())
        }),
        (Manager::Husky | Manager::None, _) => {
            let command = stages
                .first()
                .map_or("keyfence hook", |stage| stage.command());
            return format!(
                "it is no shell script: let it run `{command}`, with what git gives the hook, and end with 1 where that \
                 does not end with 0"
            );
        }
    };
    format!("add by hand:\n{text}")
}

/// A hook of pre-commit's: its fields, with what stands between a name and a value and around a text.
fn item(stage: Stage, is: &str, quote: &str) -> String {
    let (id, command) = (stage.id(), stage.command());
    // A message is the one thing that is told by the name of a file.
    let names = match stage {
        Stage::Message => String::new(),
        _ => format!("always_run{is}true\npass_filenames{is}false\n"),
    };
    let hooks = match stage {
        Stage::Commit => format!("{quote}pre-commit{quote}, {quote}pre-merge-commit{quote}"),
        _ => format!("{quote}{}{quote}", stage.hook()),
    };
    format!(
        "id{is}{quote}{id}{quote}\nname{is}{quote}{id}{quote}\nentry{is}{quote}{command}{quote}\n\
         language{is}{quote}system{quote}\n{names}stages{is}[{hooks}]"
    )
}

/// What lefthook runs. It hands out git's standard input where it is asked to, and puts the words that git gives into
/// the command as they are.
fn job(stage: Stage, is: &str, quote: &str) -> String {
    match stage {
        Stage::Commit => format!("run{is}{quote}keyfence hook{quote}"),
        Stage::Push => {
            format!("run{is}{quote}keyfence hook pre-push '{{1}}'{quote}\nuse_stdin{is}true")
        }
        Stage::Message => format!("run{is}{quote}keyfence hook commit-msg '{{1}}'{quote}"),
    }
}

/// An item of pre-commit's `repos:`.
fn repository(stages: &[Stage]) -> String {
    let mut out = "- repo: local\n  hooks:".to_owned();
    for stage in stages {
        let item = indented(&item(*stage, ": ", ""), "      ");
        out.push_str(&format!("\n    - {}", item.trim_start()));
    }
    out
}

fn indented(text: &str, indent: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n")
}

fn extension(file: &Path) -> Option<&str> {
    file.extension().and_then(OsStr::to_str)
}

/// A shell script, which keyfence comes first in: a hook that ends with `exec` has no end.
fn shell(text: &str, stage: Stage) -> Option<String> {
    let block = marked("", &lines(stage));
    if text.trim().is_empty() {
        return Some(format!("#!/bin/sh\n{block}"));
    }
    let (first, rest) = match text.split_once('\n') {
        Some((first, rest)) => (first, rest),
        None => (text, ""),
    };
    if !first.starts_with("#!") {
        // husky's hooks have no such line, and are run by sh.
        return Some(format!("{block}{}", ended(text)));
    }
    let shells = ["sh", "bash", "dash", "zsh", "ksh"];
    let mut words = first.trim_start_matches("#!").split(['/', ' ']);
    let is_shell = words.any(|word| shells.contains(&word.trim()));
    is_shell.then(|| format!("{first}\n{block}{}", ended(rest)))
}

/// A YAML file whose `repos:` is a plain list.
fn pre_commit(text: &str, stages: &[Stage]) -> Option<String> {
    let text = ended(text);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let repos = lines.iter().position(|line| line.trim_end() == "repos:")?;
    let (items, indent) = list(&lines, repos + 1)?;
    let block = marked(&indent, &repository(stages));
    Some(inserted(&lines, items, &block))
}

/// A YAML file with the hook's name (`pre-commit:`) that holds `commands:` or `jobs:`, or none of that.
fn lefthook(text: &str, at: Stage) -> Option<String> {
    let text = ended(text);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let name = format!("{}:", at.hook());
    let Some(stage) = lines.iter().position(|line| line.trim_end() == name) else {
        if lines.iter().any(|line| line.starts_with(&name)) {
            return None;
        }
        let run = indented(&job(at, ": ", ""), "      ");
        let block = marked("", &format!("{name}\n  commands:\n    keyfence:\n{run}"));
        return Some(format!("{text}{block}"));
    };
    let end = region(&lines, stage + 1);
    let inside = lines.get(stage + 1..end)?;
    let find = |name: &str| {
        inside
            .iter()
            .position(|line| line.trim() == name)
            .map(|line| stage + 1 + line)
    };
    if let Some(commands) = find("commands:") {
        let indent = indent_of(lines.get(commands + 1)?)?;
        let run = indented(&job(at, ": ", ""), "  ");
        let block = marked(indent, &format!("keyfence:\n{run}"));
        return Some(inserted(&lines, commands + 1, &block));
    }
    let jobs = find("jobs:")?;
    let (items, indent) = list(&lines, jobs + 1)?;
    let run = indented(&job(at, ": ", ""), "  ");
    let block = marked(&indent, &format!("- name: keyfence\n{run}"));
    Some(inserted(&lines, items, &block))
}

/// Where the items of a YAML list end that begins here or a few lines on, and how far they are indented.
fn list(lines: &[&str], from: usize) -> Option<(usize, String)> {
    let first = lines.iter().skip(from).find(|line| is_content(line))?;
    let indent = indent_of(first)?;
    first.trim_start().starts_with("- ").then_some(())?;
    let mut end = from;
    for (at, line) in lines.iter().enumerate().skip(from) {
        if !is_content(line) {
            continue;
        }
        let own = indent_of(line)?;
        let item = own == indent && line.trim_start().starts_with('-');
        if !item && own.len() <= indent.len() {
            break;
        }
        end = at + 1;
    }
    // What was added before ends behind its last item.
    end += usize::from(lines.get(end).is_some_and(|line| block::is_end(line)));
    Some((end, indent.to_owned()))
}

/// Where the lines end that are indented.
fn region(lines: &[&str], from: usize) -> usize {
    let outside = |line: &&str| is_content(line) && !line.starts_with([' ', '\t']);
    let end = lines.iter().skip(from).position(outside);
    end.map_or(lines.len(), |end| from + end)
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

/// The blanks that a line begins with; none where they are tabs.
fn indent_of(line: &str) -> Option<&str> {
    let end = line.find(|c: char| c != ' ')?;
    (!line.get(end..)?.starts_with('\t'))
        .then(|| line.get(..end))
        .flatten()
}

fn inserted(lines: &[&str], at: usize, block: &str) -> String {
    let (before, after) = lines.split_at(at.min(lines.len()));
    format!("{}{block}{}", before.concat(), after.concat())
}

/// The text without keyfence; none where it is not in it, an empty text where nothing else is left.
pub fn without(text: &str) -> Option<String> {
    let left = block::without(text)?;
    let bare = left.trim();
    let nothing = bare.is_empty() || (bare.starts_with("#!") && !bare.contains('\n'));
    Some(if nothing { String::new() } else { left })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn with(manager: Manager, text: Option<&str>) -> Option<String> {
        super::with(manager, Path::new("hook"), text, &[Stage::Commit])
    }

    #[track_caller]
    fn round(manager: Manager, text: &str) -> String {
        let with = self::with(manager, Some(text)).unwrap();
        assert_eq!(
            without(&with).unwrap().trim_end(),
            text.trim_end(),
            "it comes out again"
        );
        with
    }

    #[test]
    fn a_shell_hook_runs_it_first() {
        let with = round(Manager::None, "#!/usr/bin/env bash\nset -e\nexec lint");
        assert!(
            with.starts_with("#!/usr/bin/env bash\n# >>> keyfence\n"),
            "{with}"
        );
        assert!(
            with.ends_with("# <<< keyfence\nset -e\nexec lint\n"),
            "{with}"
        );
        assert_eq!(
            self::with(Manager::None, Some("#!/usr/bin/env python3\n")),
            None
        );
        let husky = round(Manager::Husky, "npm test\n");
        assert!(husky.starts_with("# >>> keyfence\n"));
        let new = self::with(Manager::None, None).unwrap();
        assert!(new.starts_with("#!/bin/sh\n"));
        assert_eq!(without(&new).unwrap(), "");
    }

    #[test]
    fn pre_commit_gets_an_item_of_its_list() {
        let text = "repos:\n  - repo: https://example.com/a\n    rev: v1\n    hooks:\n      - id: a\n\nci:\n  autofix: false\n";
        let with = round(Manager::PreCommit, text);
        assert!(
            with.contains("      - id: a\n  # >>> keyfence\n  - repo: local\n    hooks:\n"),
            "{with}"
        );
        let flat = round(
            Manager::PreCommit,
            "default_stages: [pre-commit]\nrepos:\n- repo: x\n  hooks:\n  - id: a\n",
        );
        assert!(
            flat.contains("  - id: a\n# >>> keyfence\n- repo: local\n"),
            "{flat}"
        );
        assert_eq!(self::with(Manager::PreCommit, Some("repos: []\n")), None);
    }

    #[test]
    fn lefthook_gets_a_command_or_a_job() {
        let with = round(
            Manager::Lefthook,
            "pre-push:\n  commands:\n    a:\n      run: a\n",
        );
        assert!(with.ends_with("pre-commit:\n  commands:\n    keyfence:\n      run: keyfence hook\n# <<< keyfence\n"), "{with}");
        let with = round(
            Manager::Lefthook,
            "pre-commit:\n  parallel: true\n  commands:\n    a:\n      run: a\n",
        );
        assert!(
            with.contains(
                "  commands:\n    # >>> keyfence\n    keyfence:\n      run: keyfence hook\n"
            ),
            "{with}"
        );
        let with = round(
            Manager::Lefthook,
            "pre-commit:\n  jobs:\n    - name: a\n      run: a\n\npre-push:\n  jobs:\n    - run: b\n",
        );
        assert!(
            with.contains("      run: a\n    # >>> keyfence\n    - name: keyfence\n"),
            "{with}"
        );
        assert_eq!(
            self::with(Manager::Lefthook, Some("pre-commit: {}\n")),
            None
        );
    }

    #[test]
    fn pushes_and_messages_come_in_beside_what_is_there() {
        let both = [Stage::Push, Stage::Message];
        let add = |manager, text: &str| {
            let with = super::with(manager, Path::new("x.yml"), Some(text), &both).unwrap();
            assert_eq!(without(&with).unwrap().trim_end(), text.trim_end());
            with
        };
        let text = "repos:\n- repo: x\n  hooks:\n  - id: a\n";
        let with = add(Manager::PreCommit, text);
        assert!(with.ends_with(
            "# >>> keyfence\n- repo: local\n  hooks:\n    - id: keyfence-push\n      name: keyfence-push\n      \
             entry: keyfence hook pre-push\n      language: system\n      always_run: true\n      pass_filenames: false\n      \
             stages: [pre-push]\n    - id: keyfence-msg\n      name: keyfence-msg\n      entry: keyfence hook commit-msg\n      \
             language: system\n      stages: [commit-msg]\n# <<< keyfence\n"
        ), "{with}");
        // Behind what was added before, and not into it.
        let first = self::with(Manager::PreCommit, Some(text)).unwrap();
        let twice =
            super::with(Manager::PreCommit, Path::new("x.yml"), Some(&first), &both).unwrap();
        assert!(twice.starts_with(&first), "{twice}");
        assert_eq!(without(&twice).unwrap(), text);
        let text = "pre-push:\n  jobs:\n    - run: a\n";
        let with = add(Manager::Lefthook, text);
        assert!(with.contains(
            "    - run: a\n    # >>> keyfence\n    - name: keyfence\n      run: keyfence hook pre-push '{1}'\n      \
             use_stdin: true\n    # <<< keyfence\n"
        ), "{with}");
        assert!(
            with.ends_with("commit-msg:\n  commands:\n    keyfence:\n      run: keyfence hook commit-msg '{1}'\n# <<< keyfence\n"),
            "{with}"
        );
        let hand = |file: &str| by_hand(Manager::Lefthook, Path::new(file), &[Stage::Push]);
        assert!(hand("a.json").ends_with(
            "\"pre-push\": { \"commands\": { \"keyfence\": { \"run\": \"keyfence hook pre-push '{1}'\", \"use_stdin\": true } } }"
        ), "{}", hand("a.json"));
        let members = by_hand(Manager::Lefthook, Path::new("a.json"), &both);
        assert!(members.contains("} } },\n\"commit-msg\": {"), "{members}");
        assert!(hand("a.toml").ends_with(
            "[pre-push.commands.keyfence]\nrun = \"keyfence hook pre-push '{1}'\"\nuse_stdin = true"
        ), "{}", hand("a.toml"));
    }
}
