//! The command line as it is written; what it means is decided in `settings.rs`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::finding::{Confidence, Severity};
use crate::report::Format;

/// Finds leaked crypto-exchange, broker, bot and wallet credentials, and general secrets, in code
/// and configuration, offline
#[derive(Debug, Parser)]
#[command(
    name = "keyfence",
    bin_name = "keyfence", // without `.exe`: help and manual are the same everywhere
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
#[command(
    after_help = "Exit codes: 0 nothing to report, 1 findings, 2 could not run, 3 something could not be read."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour [default: auto; also KEYFENCE_COLOR, NO_COLOR, FORCE_COLOR]
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["auto", "always", "never"], help_heading = "Output")]
    pub color: Option<String>,

    /// Say no more than the reports: no summary, no progress
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Output"
    )]
    pub quiet: bool,

    /// Say more: configuration, rules, every gap
    #[arg(short, long, global = true, help_heading = "Output")]
    pub verbose: bool,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files and directories, standard input, or a git repository
    Scan(Box<ScanArgs>),
    /// Check whether .gitignore keeps the secrets out of git, for everyone who clones the repository
    #[command(
        after_help = "Exit codes: 0 all is covered, 1 something is not, 2 could not run, 3 something could not be read."
    )]
    Gitignore(Box<GitignoreArgs>),
    /// The security checklist of a trading bot: twelve lines, each with its evidence and the next step
    #[command(
        after_help = "Exit codes: 0 no line fails, 1 one does, 2 could not run, 3 something could not be read."
    )]
    Checklist(Box<ChecklistArgs>),
    /// Run as a git hook: before a commit, for its message, before a push, or on a server
    Hook(HookArgs),
    /// Set up hook, configuration and workflow; each change is shown first
    Init(InitArgs),
    /// Look whether the hook is live, the configuration valid and git new enough
    Doctor(DoctorArgs),
    /// Say why a finding fired, what would silence it and what to do now; or what a rule looks for
    Explain(ExplainArgs),
    /// Write down what is found now, so that later scans report what is new alone
    Baseline(Box<BaselineArgs>),
    /// List, show and test the rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, of keyfence or of one of its commands (roff)
    Man {
        /// The command
        command: Option<String>,
    },
}

/// What to scan, and how to tell.
#[derive(Debug, Default, Args)]
pub struct ScanArgs {
    /// Files and directories, or `-` for standard input; with a flag of Git, one directory of the repository [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The name that standard input goes by in reports; its extension and words count as context
    #[arg(long, value_name = "NAME", help_heading = "What to scan")]
    pub stdin_name: Option<String>,

    /// Also scan the files listed in FILE, one a line; `-` reads the list from standard input
    #[arg(long, value_name = "FILE", help_heading = "What to scan")]
    pub files_from: Option<PathBuf>,

    /// The names in --files-from end with NUL instead of a line end
    #[arg(
        short = '0',
        long,
        requires = "files_from",
        help_heading = "What to scan"
    )]
    pub null: bool,

    /// Scan what .gitignore leaves out, too
    #[arg(long, help_heading = "What to scan")]
    pub no_ignore: bool,

    /// Do not look into archives
    #[arg(long, help_heading = "What to scan")]
    pub no_archives: bool,

    /// Report what stands in installed packages, too: node_modules, site-packages
    #[arg(long, help_heading = "What to scan")]
    pub dependencies: bool,

    /// Threads to use [default: one for each processor; also KEYFENCE_THREADS]
    #[arg(short = 'j', long, value_name = "N", help_heading = "What to scan")]
    pub threads: Option<String>,

    /// Scan what the next commit would record: the index against HEAD, whatever the files say now
    #[arg(long, help_heading = "Git")]
    pub staged: bool,

    /// Scan what commits add, merges included: A..B, all that B reaches and A does not; A...B, all that one of them reaches alone; several words and several --range are one range
    #[arg(
        long,
        value_name = "COMMITS",
        allow_hyphen_values = true,
        help_heading = "Git"
    )]
    pub range: Vec<OsString>,

    /// Scan what the commits of HEAD add that were committed since then: 2026-01-31, or "2 weeks ago"
    #[arg(long, value_name = "DATE", help_heading = "Git")]
    pub since: Option<OsString>,

    /// Scan what the last N commits of HEAD add
    #[arg(long, value_name = "N", help_heading = "Git")]
    pub last: Option<String>,

    /// Scan what a push would send; standard input says what, as for git's hook pre-push
    #[arg(long, num_args = 0..=2, value_names = ["REMOTE", "URL"], help_heading = "Git")]
    pub pre_push: Option<Vec<OsString>>,

    /// Scan what a push brings; standard input says what, as for git's hook pre-receive
    #[arg(long, help_heading = "Git")]
    pub pre_receive: bool,

    /// Scan everything that the repository holds: the content and messages of all branches, tags, stashes and reflogs, and what nothing reaches any more
    #[arg(long, help_heading = "Git")]
    pub history: bool,

    /// How to report: human, json, jsonl, sarif, gitlab, codeclimate, junit, csv, github or markdown, to standard output or into FILE; or, with --show-secrets and into FILE alone, replace-text: expressions for git filter-repo; several may be given [default: human; also KEYFENCE_FORMAT]
    #[arg(short, long, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    pub format: Vec<OsString>,

    /// Also list what was suppressed, and why (human, json, jsonl)
    #[arg(long, help_heading = "Output")]
    pub show_suppressed: bool,

    /// Show secrets instead of masking them (human, json, jsonl, sarif)
    #[arg(long, help_heading = "Output")]
    pub show_secrets: bool,

    /// No progress on the terminal
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,

    /// Exit with 1 for findings of this severity and above [default: medium; also KEYFENCE_FAIL_ON]
    #[arg(long, value_name = "SEVERITY", value_parser = severities(), help_heading = "What counts")]
    pub fail_on: Option<String>,

    /// List findings of this confidence and above, count the others [default: likely; also KEYFENCE_MIN_CONFIDENCE]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidences(), help_heading = "What counts")]
    pub min_confidence: Option<String>,

    /// Only these rules
    #[arg(
        long,
        value_name = "ID",
        value_delimiter = ',',
        help_heading = "What counts"
    )]
    pub rule: Vec<String>,

    /// Without these rules
    #[arg(
        long,
        value_name = "ID",
        value_delimiter = ',',
        help_heading = "What counts"
    )]
    pub exclude_rule: Vec<String>,

    /// Find leaks alone: no word about .gitignore, secret files in git, permissions
    #[arg(long, help_heading = "What counts")]
    pub no_hygiene: bool,

    /// Report what allow comments silence, too
    #[arg(long, help_heading = "What counts")]
    pub no_inline: bool,

    /// Exit with 0 although something could not be read
    #[arg(long, help_heading = "What counts")]
    pub allow_incomplete: bool,

    /// Leave out what this file knows: a baseline of keyfence, or another scanner's ignore file, baseline or report; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub baseline: Vec<PathBuf>,

    /// Where the configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Which hook it is.
#[derive(Debug, Default, Args)]
pub struct HookArgs {
    /// pre-commit, pre-merge-commit, commit-msg, pre-push or pre-receive [default: pre-commit]
    #[arg(value_name = "STAGE")]
    pub stage: Option<OsString>,

    /// What git gives its hook: the message's file, or the remote and its URL; other files are not looked at
    #[arg(
        value_name = "ARG",
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    pub args: Vec<OsString>,

    /// Report what allow comments silence, too
    #[arg(long)]
    pub no_inline: bool,

    /// Where the configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What to set up.
#[derive(Debug, Default, Args)]
pub struct InitArgs {
    /// A directory of the repository [default: .]
    #[arg(value_name = "PATH", conflicts_with = "global")]
    pub path: Option<PathBuf>,
    /// Make the changes without asking
    #[arg(short, long, conflicts_with = "check")]
    pub yes: bool,
    /// Change nothing; exit with 1 when something is missing
    #[arg(long)]
    pub check: bool,
    /// Take out what was set up
    #[arg(long)]
    pub undo: bool,
    /// Protect every repository of this user, and not one alone
    #[arg(long)]
    pub global: bool,
    /// Look at each push as well (pre-push): it finds what came in by a rebase, a cherry-pick or a commit made elsewhere
    #[arg(long, conflicts_with = "undo")]
    pub push: bool,
    /// Look at the message of each commit as well (commit-msg)
    #[arg(long, conflicts_with = "undo")]
    pub message: bool,
}

/// Where to look.
#[derive(Debug, Default, Args)]
pub struct DoctorArgs {
    /// A directory of the repository [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
}

/// What to explain.
#[derive(Debug, Default, Args)]
pub struct ExplainArgs {
    /// A finding's fingerprint, or its first digits; or a rule
    #[arg(value_name = "FINGERPRINT|RULE")]
    pub what: String,
    /// Where the finding is [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Look in the whole history of the repository
    #[arg(long)]
    pub history: bool,
    /// Where the configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What to write down.
#[derive(Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BaselineArgs {
    /// What to do instead of writing down.
    #[command(subcommand)]
    pub command: Option<BaselineCommand>,
    /// What to scan for it.
    #[command(flatten)]
    pub scan: BaselineScan,
    /// Write down no more than what this ignore file, baseline or report of another scanner knows; may be given several times
    #[arg(long, value_name = "FILE")]
    pub from: Vec<PathBuf>,
}

/// The subcommands of `baseline`.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Take out what is not found any more
    Prune(BaselineScan),
}

/// What a baseline is made of, and where it stands.
#[derive(Clone, Debug, Default, Args)]
pub struct BaselineScan {
    /// The directory to scan [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// What the whole history of the repository holds, and not the files as they are now
    #[arg(long)]
    pub history: bool,
    /// The baseline [default: keyfence.baseline at the top of the repository]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Findings of this confidence and above [default: likely]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidences())]
    pub min_confidence: Option<String>,
    /// Where the configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What of `.gitignore` to check, and what to do about it.
#[derive(Clone, Debug, Default, Args)]
pub struct GitignoreArgs {
    /// A directory of the repository; the whole of it is checked [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Answer for the paths that FILE lists, one a line, instead; they count from PATH; `-` reads standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "fix",
        help_heading = "What to check"
    )]
    pub paths: Option<PathBuf>,

    /// The paths in --paths end with NUL instead of a line end
    #[arg(short = '0', long, requires = "paths", help_heading = "What to check")]
    pub null: bool,

    /// Do not look through the history for files that leaked before
    #[arg(long, help_heading = "What to check")]
    pub no_history: bool,

    /// Add the lines that are missing
    #[arg(long, help_heading = "What to do")]
    pub fix: bool,

    /// Show what --fix would change, as a diff, and change nothing
    #[arg(long, requires = "fix", help_heading = "What to do")]
    pub dry_run: bool,

    /// How to tell: human, json or tsv
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        default_value = "human",
        value_parser = ["human", "json", "tsv"],
        conflicts_with = "fix",
        help_heading = "Output"
    )]
    pub format: String,

    /// Where the configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What to check, and how to tell.
#[derive(Clone, Debug, Default, Args)]
pub struct ChecklistArgs {
    /// A directory of the bot's repository [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Exit with 1 also when a line is not known
    #[arg(long, help_heading = "What counts")]
    pub strict: bool,

    /// How to tell: human, json or markdown
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        default_value = "human",
        value_parser = [
            PossibleValue::new("human").alias("text"),
            PossibleValue::new("json"),
            PossibleValue::new("markdown").alias("md"),
        ],
        help_heading = "Output"
    )]
    pub format: String,

    /// Where the configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Which configuration holds.
#[derive(Clone, Debug, Default, Args)]
pub struct ConfigArgs {
    /// Use this configuration instead of the keyfence.toml of the scanned tree [also KEYFENCE_CONFIG]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub config: Option<PathBuf>,

    /// Use no configuration at all
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    pub isolated: bool,
}

/// The subcommands of `rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List all rules
    List {
        /// text or json
        #[arg(short, long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
        /// Where your own rules come from.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Show what a rule looks for, and what to do about a leak
    Show {
        /// The rule
        id: String,
        /// text or json
        #[arg(short, long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
        /// Where your own rules come from.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Run the rules' own examples and counter-examples through the scanner
    Test {
        /// Rule files to test [default: all rules, built in and of the configuration]
        files: Vec<PathBuf>,
        /// text or json
        #[arg(short, long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
        /// Where your own rules come from.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Write the pages of the built-in rules (Markdown): those that changed, and none for rules that are gone
    Docs {
        /// The directory
        directory: PathBuf,
    },
}

fn severities() -> PossibleValuesParser {
    PossibleValuesParser::new(
        Severity::ALL
            .map(Severity::as_str)
            .into_iter()
            .chain(["none"]),
    )
}

fn confidences() -> PossibleValuesParser {
    PossibleValuesParser::new(Confidence::ALL.map(Confidence::as_str))
}

impl Format {
    /// The formats' names as the help shows them.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::ALL.into_iter().map(Self::as_str)
    }
}
