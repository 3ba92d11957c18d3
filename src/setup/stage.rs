//! The moments at which keyfence looks: a commit always, a push and a message where somebody asked for it.

/// One of git's hooks that keyfence runs in (githooks(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before a commit.
    Commit,
    /// Before a push: what came in by other ways than a commit that was looked at.
    Push,
    /// When the message of a commit is written.
    Message,
}

impl Stage {
    /// All, in the order they are told in.
    pub const ALL: [Self; 3] = [Self::Commit, Self::Push, Self::Message];

    /// git's name of the hook.
    pub fn hook(self) -> &'static str {
        match self {
            Self::Commit => "pre-commit",
            Self::Push => "pre-push",
            Self::Message => "commit-msg",
        }
    }

    /// The stage of git's hook of this name. Git asks another hook before a merge that it makes by itself.
    pub fn of(hook: &str) -> Option<Self> {
        if hook == "pre-merge-commit" {
            return Some(Self::Commit);
        }
        Self::ALL.into_iter().find(|stage| stage.hook() == hook)
    }

    /// The name that keyfence goes by there, as in `.pre-commit-hooks.yaml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Commit => "keyfence",
            Self::Push => "keyfence-push",
            Self::Message => "keyfence-msg",
        }
    }

    /// What is run, but for what git gives the hook.
    pub fn command(self) -> &'static str {
        match self {
            Self::Commit => "keyfence hook",
            Self::Push => "keyfence hook pre-push",
            Self::Message => "keyfence hook commit-msg",
        }
    }

    /// The same for a shell script.
    pub fn in_shell(self) -> &'static str {
        match self {
            Self::Commit => "keyfence hook",
            Self::Push => "keyfence hook pre-push \"$@\"",
            Self::Message => "keyfence hook commit-msg \"$1\"",
        }
    }

    /// What is looked at.
    pub fn what(self) -> &'static str {
        match self {
            Self::Commit => "each commit",
            Self::Push => "each push",
            Self::Message => "each message of a commit",
        }
    }

    /// Whether a hook, or a manager's file, has keyfence run at this stage.
    pub fn is_in(self, text: &str) -> bool {
        match self {
            Self::Commit => text.contains("keyfence"),
            Self::Push | Self::Message => text.lines().any(|line| {
                let ours = line.contains("keyfence") && !line.trim_start().starts_with('#');
                ours && (line.contains(self.hook()) || line.contains(self.id()))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_told_by_what_is_run_there() {
        let pushes = |text| Stage::Push.is_in(text);
        assert!(pushes("exec /opt/keyfence hook pre-push \"$@\"\n"));
        assert!(pushes("    - id: keyfence-push\n"));
        assert!(!pushes("# keyfence pre-push: not here\nkeyfence hook\n"));
        // What `init --global` writes for a hook that keyfence does not look at.
        assert!(!pushes(
            "# Written by keyfence init --global\nown=$(git rev-parse --git-common-dir)/hooks/pre-push\n"
        ));
        assert!(Stage::Message.is_in("keyfence hook commit-msg \"$1\" || exit\n"));
        assert_eq!(Stage::of("pre-merge-commit"), Some(Stage::Commit));
        assert_eq!(Stage::of("update"), None);
    }
}
