//! The command line as it is written; what it means is decided in `settings.rs`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::finding::{Confidence, Severity};
use crate::report::Format;

/// Finds leaked crypto-exchange, broker, bot and wallet credentials, and general secrets, in code
/// and configuration, offline
#[derive(Debug, Parser)]
#[command(
    name = "keyfence",
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

    /// How to report: human, json, jsonl or sarif, to standard output or into FILE; or, with --show-secrets and into FILE alone, replace-text: expressions for git filter-repo; several may be given [default: human; also KEYFENCE_FORMAT]
    #[arg(short, long, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    pub format: Vec<OsString>,

    /// Also list what was suppressed, and why (human, json, jsonl)
    #[arg(long, help_heading = "Output")]
    pub show_suppressed: bool,

    /// Show secrets in the reports instead of masking them
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

    /// Report what allow comments silence, too
    #[arg(long, help_heading = "What counts")]
    pub no_inline: bool,

    /// Exit with 0 although something could not be read
    #[arg(long, help_heading = "What counts")]
    pub allow_incomplete: bool,

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
