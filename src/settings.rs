//! What a run does: the command line, the environment and the configuration, merged and checked.
//!
//! A flag outranks a `KEYFENCE_*` variable, which outranks the configuration (given with
//! `--config`, or else discovered), which outranks what is built in.

mod date;
mod source;
mod targets;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use source::{Commits, Source};
pub use targets::Target;

use crate::cli::{ConfigArgs, ScanArgs};
use crate::config::{self, Config, Exclude, Ignore, Protect};
use crate::error::Error;
use crate::finding::{Confidence, Severity};
use crate::hygiene;
use crate::nearest::nearest;
use crate::output::Color;
use crate::platform;
use crate::report::escape;
use crate::rule::Set;
use crate::source::{ListFormat, SourceError, read_list};
use crate::suppress::baseline::Baseline;
use crate::suppress::path;

/// Everything a scan needs to know.
#[derive(Debug)]
pub struct Settings {
    /// Where content comes from.
    pub source: Source,
    /// The top directory of the work tree that the repository of [`Settings::source`] has, without
    /// links: paths of blobs count from here. None for files, and for a bare repository.
    pub top: Option<PathBuf>,
    /// Files and directories to scan; they exist.
    pub roots: Vec<PathBuf>,
    /// Files of `--files-from`, in its order; they may not exist.
    pub files: Vec<PathBuf>,
    /// The name of standard input, when it is scanned.
    pub stdin: Option<String>,
    /// A text to scan as standard input is, with its name.
    pub text: Option<(String, Vec<u8>)>,
    /// Whether to scan what git ignores, too.
    pub no_ignore: bool,
    /// Whether to look into archives.
    pub archives: bool,
    /// Whether what stands in installed packages counts as well: also when one of them was named to be
    /// scanned.
    pub dependencies: bool,
    /// Whether allow comments count.
    pub inline: bool,
    /// Threads to use; none for one for each processor.
    pub threads: Option<usize>,
    /// Which rules run.
    pub selection: Selection,
    /// The user's own rule files.
    pub rule_files: Vec<PathBuf>,
    /// Where the globs of `excludes` and `ignores` count from; none without a configuration.
    pub config_dir: Option<PathBuf>,
    /// Paths whose findings are suppressed.
    pub excludes: Vec<Exclude>,
    /// Findings that are suppressed.
    pub ignores: Vec<Ignore>,
    /// Which files must never reach git.
    pub protect: Protect,
    /// Whether to check the repository's hygiene.
    pub hygiene: bool,
    /// What was found before, and is left out.
    pub baselines: Vec<Baseline>,
    /// The files of those that the configuration names.
    pub config_baselines: Vec<PathBuf>,
    /// The least severity that fails the run; none when nothing does.
    pub fail_on: Option<Severity>,
    /// The least confidence that is listed.
    pub min_confidence: Confidence,
    /// Whether a gap is no reason to fail.
    pub allow_incomplete: bool,
    /// The reports to write.
    pub targets: Vec<Target>,
    /// Whether reports list what was suppressed.
    pub show_suppressed: bool,
    /// Whether reports show secrets.
    pub show_secrets: bool,
    /// Whether to show progress on the terminal.
    pub progress: bool,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// What the configuration narrows, for the summary.
    pub narrows: Option<String>,
    /// What the configuration names and what does not count all the same.
    pub notes: Vec<String>,
}

impl Default for Settings {
    /// What is built in: nothing to scan yet, everything else as a plain `keyfence scan` has it.
    fn default() -> Self {
        Self {
            source: Source::Worktree,
            top: None,
            roots: Vec::new(),
            files: Vec::new(),
            stdin: None,
            text: None,
            no_ignore: false,
            archives: true,
            dependencies: false,
            inline: true,
            threads: None,
            selection: Selection::default(),
            rule_files: Vec::new(),
            config_dir: None,
            excludes: Vec::new(),
            ignores: Vec::new(),
            protect: Protect::default(),
            hygiene: true,
            baselines: Vec::new(),
            config_baselines: Vec::new(),
            fail_on: Some(Severity::Medium),
            min_confidence: Confidence::Likely,
            allow_incomplete: false,
            targets: Vec::new(),
            show_suppressed: false,
            show_secrets: false,
            progress: false,
            config: None,
            narrows: None,
            notes: Vec::new(),
        }
    }
}

/// Which rules run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these, unless empty.
    pub only: Vec<String>,
    /// Not these.
    pub except: Vec<String>,
}

impl Selection {
    /// Whether the rule runs.
    pub fn allows(&self, id: &str) -> bool {
        let named = |ids: &[String]| ids.iter().any(|named| named == id);
        (self.only.is_empty() || named(&self.only)) && !named(&self.except)
    }

    /// An id that no rule has is an error, with the most similar one.
    pub fn check<'a>(&self, known: impl Iterator<Item = &'a str> + Clone) -> Result<(), Error> {
        let unknown = self
            .only
            .iter()
            .chain(&self.except)
            .find(|id| known.clone().all(|known| known != *id));
        unknown.map_or(Ok(()), |id| Err(unknown_rule(id, known)))
    }
}

/// The error for an id that no rule has.
pub fn unknown_rule<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> Error {
    Error::UnknownRule {
        id: id.to_owned(),
        nearest: nearest(id, known).map(str::to_owned),
    }
}

/// The environment: a variable's value by its name.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What a repository has for a configuration, for a scan of one that names none itself.
pub type Discover<'a> = &'a dyn Fn(&Source) -> Result<Option<Config>, Error>;

impl Settings {
    /// Merges and checks what a scan was told. A git source takes the configuration from the top of its
    /// repository's work tree; a scan of what is staged takes that of the index.
    ///
    /// # Errors
    ///
    /// When something that was said cannot be: flags against each other, a path that is not there, a
    /// broken configuration.
    pub fn new(args: &ScanArgs, env: Env<'_>) -> Result<Self, Error> {
        Self::discovering(args, env, &|source| {
            if let Source::Staged { path } = source {
                return config::staged(path, env);
            }
            let Some(file) = source.path().and_then(config::of_repository) else {
                return Ok(None);
            };
            config::load(&file, true).map(Some)
        })
    }

    /// The same; a git source asks `discover` for its configuration, unless the command line or the
    /// environment names one or wants none.
    ///
    /// # Errors
    ///
    /// Those of [`Settings::new`] and of `discover`.
    pub fn discovering(
        args: &ScanArgs,
        env: Env<'_>,
        discover: Discover<'_>,
    ) -> Result<Self, Error> {
        let source = Source::new(args)?;
        let inputs = match source {
            Source::Worktree => Inputs::new(args)?,
            _ => Inputs::default(),
        };
        let config = configuration(&args.config, env, || match source {
            Source::Worktree => of_files(&inputs.anchors()),
            _ => discover(&source),
        })?;
        let mut settings = Self {
            top: source.path().and_then(config::top),
            source,
            dependencies: args.dependencies || inputs.roots.iter().any(|root| is_installed(root)),
            roots: inputs.roots,
            files: inputs.files,
            stdin: inputs.stdin,
            no_ignore: args.no_ignore,
            archives: !args.no_archives,
            inline: !args.no_inline,
            hygiene: !args.no_hygiene,
            threads: threads(args, env)?,
            selection: Selection {
                only: args.rule.clone(),
                except: args.exclude_rule.clone(),
            },
            allow_incomplete: args.allow_incomplete,
            targets: targets::read(&args.format, env, args.show_secrets)?,
            show_suppressed: args.show_suppressed,
            show_secrets: args.show_secrets,
            progress: !args.no_progress,
            ..Self::default()
        };
        if let Some(config) = config {
            settings.take(config);
        }
        for file in &args.baseline {
            settings.baselines.push(Baseline::load(file)?);
        }
        if let Some(word) = variable(env, "KEYFENCE_FAIL_ON")? {
            settings.fail_on =
                fail_on(&word).ok_or_else(|| bad_variable("KEYFENCE_FAIL_ON", &word, FAIL_ON))?;
        }
        if let Some(word) = variable(env, "KEYFENCE_MIN_CONFIDENCE")? {
            settings.min_confidence = min_confidence(&word)
                .ok_or_else(|| bad_variable("KEYFENCE_MIN_CONFIDENCE", &word, MIN_CONFIDENCE))?;
        }
        // The command line's words were checked when it was read.
        settings.fail_on = args
            .fail_on
            .as_deref()
            .and_then(fail_on)
            .unwrap_or(settings.fail_on);
        settings.min_confidence = args
            .min_confidence
            .as_deref()
            .and_then(min_confidence)
            .unwrap_or(settings.min_confidence);
        Ok(settings)
    }

    /// What holds for a command that looks at the repository of a directory as a whole: its configuration,
    /// unless another one is named or none is wanted.
    ///
    /// # Errors
    ///
    /// When the configuration is broken, or the environment says something that cannot be.
    pub fn of_repository(dir: &Path, args: &ConfigArgs, env: Env<'_>) -> Result<Self, Error> {
        let source = Source::History {
            path: dir.to_owned(),
        };
        let config = configuration(args, env, || {
            let Some(file) = config::of_repository(dir) else {
                return Ok(None);
            };
            config::load(&file, true).map(Some)
        })?;
        let mut settings = Self {
            top: config::top(dir),
            source,
            threads: threads(&ScanArgs::default(), env)?,
            ..Self::default()
        };
        if let Some(config) = config {
            settings.take(config);
        }
        Ok(settings)
    }

    fn take(&mut self, config: Config) {
        self.narrows = config.narrows();
        self.config_dir = Some(config.dir);
        self.config = Some(config.path);
        self.rule_files = config.rules;
        let asked = self.selection.only.clone();
        self.selection.except.extend(
            config
                .exclude_rules
                .into_iter()
                .filter(|id| !asked.contains(id)),
        );
        if asked.is_empty() {
            self.selection.only = config.only_rules;
        }
        self.excludes = config.excludes;
        self.ignores = config.ignores;
        self.protect = config.protect;
        self.baselines = config.baselines;
        self.config_baselines = config.baseline_files;
        self.notes = config.notes;
        self.fail_on = config.fail_on.unwrap_or(self.fail_on);
        self.min_confidence = config.min_confidence.unwrap_or(self.min_confidence);
    }

    /// How many threads to use.
    pub fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.filter(|count| *count > 0).unwrap_or_else(all)
    }

    /// Which files must never reach git.
    pub fn protection(&self) -> hygiene::Protection {
        let protect = &self.protect;
        hygiene::Protection::new(protect.built_in, &protect.more, &protect.except)
    }

    /// The rules of this run, built in and the user's own: loaded, and every id that the settings
    /// name checked. Which of them run says [`Settings::selection`].
    pub fn rules(&self) -> Result<Set, Error> {
        let set = Set::load(&self.rule_files)?;
        let checks = hygiene::CHECKS.iter().chain(&hygiene::signs::CHECKS);
        let checks = checks.map(|check| check.id);
        let rules = set.rules().iter().map(|rule| rule.id);
        self.selection.check(rules.chain(checks))?;
        Ok(set)
    }
}

/// The configuration that holds for a command, if any; `discover` finds one when none is named.
pub fn configuration(
    args: &ConfigArgs,
    env: Env<'_>,
    discover: impl FnOnce() -> Result<Option<Config>, Error>,
) -> Result<Option<Config>, Error> {
    if args.isolated {
        return Ok(None);
    }
    let given = args.config.clone().or_else(|| {
        env("KEYFENCE_CONFIG")
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    });
    match given {
        Some(path) => config::load(&path, false).map(Some),
        None => discover(),
    }
}

/// The configuration of these paths' tree.
pub fn of_files(anchors: &[PathBuf]) -> Result<Option<Config>, Error> {
    config::discover(anchors)?
        .map(|path| config::load(&path, true))
        .transpose()
}

/// The colour that the command line or the environment asks for.
pub fn color(flag: Option<&str>, env: Env<'_>) -> Result<Color, Error> {
    let variable = if flag.is_none() {
        variable(env, "KEYFENCE_COLOR")?
    } else {
        None
    };
    match flag.or(variable.as_deref()).unwrap_or("auto") {
        "auto" => Ok(Color::Auto),
        "always" => Ok(Color::Always),
        "never" => Ok(Color::Never),
        other => Err(bad_variable(
            "KEYFENCE_COLOR",
            other,
            "auto, always or never",
        )),
    }
}

/// Which files to scan.
#[derive(Default)]
struct Inputs {
    roots: Vec<PathBuf>,
    files: Vec<PathBuf>,
    stdin: Option<String>,
}

impl Inputs {
    fn new(args: &ScanArgs) -> Result<Self, Error> {
        let (dashes, mut roots): (Vec<_>, Vec<_>) = args
            .paths
            .iter()
            .cloned()
            .partition(|p| p.as_os_str() == "-");
        let stdin = !dashes.is_empty();
        if !stdin && args.stdin_name.is_some() {
            return Err(usage(
                "--stdin-name names standard input, but it is not scanned",
                "add `-` as the path",
            ));
        }
        if stdin && args.files_from.as_deref() == Some(Path::new("-")) {
            return Err(usage(
                "standard input cannot be scanned and hold the list of files at once",
                "write the list into a file, and name it with --files-from",
            ));
        }
        for root in &roots {
            root.symlink_metadata()
                .map_err(|cause| match cause.kind() {
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                        Error::Missing(root.clone())
                    }
                    _ => Error::Read {
                        path: root.clone(),
                        cause,
                    },
                })?;
        }
        let files = args
            .files_from
            .as_deref()
            .map(|list| listed(list, args.null))
            .transpose()?;
        if roots.is_empty() && files.is_none() && !stdin {
            roots.push(PathBuf::from("."));
        }
        let name = || {
            args.stdin_name
                .clone()
                .unwrap_or_else(|| "<stdin>".to_owned())
        };
        Ok(Self {
            roots,
            files: files.unwrap_or_default(),
            stdin: stdin.then(name),
        })
    }

    /// Where the search for a configuration starts.
    fn anchors(&self) -> Vec<PathBuf> {
        if self.roots.is_empty() {
            vec![PathBuf::from(".")]
        } else {
            self.roots.clone()
        }
    }
}

/// The files named in a list.
pub(crate) fn listed(list: &Path, null: bool) -> Result<Vec<PathBuf>, Error> {
    let format = if null {
        ListFormat::Nul
    } else {
        ListFormat::Lines
    };
    read_list(list, format).map_err(|error| match error {
        SourceError::List { path, source } if path.as_os_str() == "-" => Error::Stdin(source),
        SourceError::List { path, source } => Error::Read {
            path,
            cause: source,
        },
        other => other.into(),
    })
}

fn threads(args: &ScanArgs, env: Env<'_>) -> Result<Option<usize>, Error> {
    let (name, word) = match &args.threads {
        Some(word) => ("--threads", Some(word.clone())),
        None => ("KEYFENCE_THREADS", variable(env, "KEYFENCE_THREADS")?),
    };
    let Some(word) = word else { return Ok(None) };
    match word.parse() {
        Ok(n @ 1..=1024) => Ok(Some(n)),
        _ => Err(bad_variable(name, &word, "a number from 1 to 1024")),
    }
}

const FAIL_ON: &str = "info, low, medium, high, critical or none";
const MIN_CONFIDENCE: &str = "possible, likely or certain";

fn fail_on(word: &str) -> Option<Option<Severity>> {
    let severity = Severity::ALL.into_iter().find(|s| s.as_str() == word);
    if word == "none" {
        Some(None)
    } else {
        severity.map(Some)
    }
}

fn min_confidence(word: &str) -> Option<Confidence> {
    Confidence::ALL.into_iter().find(|c| c.as_str() == word)
}

/// A variable that is set and not empty.
fn variable(env: Env<'_>, name: &str) -> Result<Option<String>, Error> {
    let value = env(name)
        .filter(|v| !v.is_empty())
        .map(OsString::into_string)
        .transpose();
    value.map_err(|value| bad_variable(name, &value.to_string_lossy(), "plain text"))
}

fn bad_variable(name: &str, value: &str, words: &str) -> Error {
    usage(
        &format!("{name} cannot be `{}`", escape::terminal(value)),
        &format!("give it {words}"),
    )
}

fn usage(what: &str, help: &str) -> Error {
    Error::Usage {
        what: what.to_owned(),
        help: help.to_owned(),
    }
}

fn is_installed(root: &Path) -> bool {
    // The root itself may be the directory that packages stand in.
    let below = root.join("package/file");
    path::installed(&platform::slashed(&below))
}
