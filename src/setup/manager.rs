//! keyfence added to what others keep: pure functions from a file's text to its new text, none where the file
//! has a form that is not understood well enough to change.

use std::ffi::OsStr;
use std::path::Path;

use super::block::{self, ended, marked};
use super::hooks::Manager;

/// What a hook says when keyfence is not there: nothing passes unseen.
const SHELL: &str = "\
if ! command -v keyfence >/dev/null 2>&1; then
    echo 'keyfence is not installed: https://github.com/keyfence/keyfence' >&2
    exit 1
fi
keyfence hook || exit";

const PRE_COMMIT: &str = "\
- repo: local
  hooks:
    - id: keyfence
      name: keyfence
      entry: keyfence hook
      language: system
      always_run: true
      pass_filenames: false
      stages: [pre-commit, pre-merge-commit]";

const LEFTHOOK: &str = "\
pre-commit:
  commands:
    keyfence:
      run: keyfence hook";

/// The same for prek's own configuration (prek.j178.dev, "Configuration").
const PREK: &str = "\
[[repos]]
repo = \"local\"

[[repos.hooks]]
id = \"keyfence\"
name = \"keyfence\"
entry = \"keyfence hook\"
language = \"system\"
always_run = true
pass_filenames = false
stages = [\"pre-commit\", \"pre-merge-commit\"]";

/// The text of the manager's file, or of git's own hook, with keyfence in it.
pub fn with(manager: Manager, file: &Path, text: Option<&str>) -> Option<String> {
    let is_yaml = extension(file).is_none_or(|end| end == "yml" || end == "yaml");
    match (manager, text) {
        (Manager::PreCommit | Manager::Lefthook, _) if !is_yaml => None,
        (Manager::PreCommit, Some(text)) => pre_commit(text),
        (Manager::Lefthook, Some(text)) => lefthook(text),
        (Manager::Husky | Manager::None, text) => shell(text.unwrap_or_default()),
        (Manager::PreCommit | Manager::Lefthook, None) => None,
    }
}

/// What to add by hand, where the file was not understood.
pub fn by_hand(manager: Manager, file: &Path) -> String {
    let text = match (manager, extension(file)) {
        (Manager::PreCommit, Some("toml")) => PREK,
        (Manager::PreCommit, _) => PRE_COMMIT,
        (Manager::Lefthook, Some("toml")) => {
            "[pre-commit.commands.keyfence]\nrun = \"keyfence hook\""
        }
        (Manager::Lefthook, Some("json")) => {
            "\"pre-commit\": { \"commands\": { \"keyfence\": { \"run\": \"keyfence hook\" } } }"
        }
        (Manager::Lefthook, _) => LEFTHOOK,
        (Manager::Husky | Manager::None, _) => {
            return "it is no shell script: let it run `keyfence hook`, and end with 1 where that does not end with 0"
                .to_owned();
        }
    };
    format!("add by hand:\n{text}")
}

fn extension(file: &Path) -> Option<&str> {
    file.extension().and_then(OsStr::to_str)
}

/// A shell script, which keyfence comes first in: a hook that ends with `exec` has no end.
fn shell(text: &str) -> Option<String> {
    let block = marked("", SHELL);
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
fn pre_commit(text: &str) -> Option<String> {
    let text = ended(text);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let repos = lines.iter().position(|line| line.trim_end() == "repos:")?;
    let (items, indent) = list(&lines, repos + 1)?;
    let block = marked(&indent, PRE_COMMIT);
    Some(inserted(&lines, items, &block))
}

/// A YAML file with `pre-commit:` that holds `commands:` or `jobs:`, or none of that.
fn lefthook(text: &str) -> Option<String> {
    let text = ended(text);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(stage) = lines
        .iter()
        .position(|line| line.trim_end() == "pre-commit:")
    else {
        if lines.iter().any(|line| line.starts_with("pre-commit")) {
            return None;
        }
        let block = marked("", LEFTHOOK);
        return Some(format!(
            "{text}{}{block}",
            if text.is_empty() { "" } else { "\n" }
        ));
    };
    let end = region(&lines, stage + 1);
    let inside = lines.get(stage + 1..end)?;
    let at = |name: &str| {
        inside
            .iter()
            .position(|line| line.trim() == name)
            .map(|at| stage + 1 + at)
    };
    if let Some(commands) = at("commands:") {
        let indent = indent_of(lines.get(commands + 1)?)?;
        let block = marked(indent, "keyfence:\n  run: keyfence hook");
        return Some(inserted(&lines, commands + 1, &block));
    }
    let jobs = at("jobs:")?;
    let (items, indent) = list(&lines, jobs + 1)?;
    let block = marked(&indent, "- name: keyfence\n  run: keyfence hook");
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
        super::with(manager, Path::new("hook"), text)
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
}
