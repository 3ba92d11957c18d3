//! Which reports go where: `--format F[=FILE]`.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Env, usage};
use crate::error::Error;
use crate::nearest::nearest;
use crate::platform;
use crate::report::{Format, escape};

/// One report to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// How.
    pub format: Format,
    /// Into which file; none for standard output.
    pub file: Option<PathBuf>,
}

/// The reports asked for by flags, or else by `KEYFENCE_FORMAT` (several separated by commas), or
/// else one for people.
pub(super) fn read(
    flags: &[OsString],
    env: Env<'_>,
    show_secrets: bool,
) -> Result<Vec<Target>, Error> {
    let variable = env("KEYFENCE_FORMAT").filter(|v| flags.is_empty() && !v.is_empty());
    let words: Vec<Cow<'_, OsStr>> = match &variable {
        Some(value) => value
            .as_encoded_bytes()
            .split(|b| *b == b',')
            .map(platform::os)
            .collect(),
        None => flags.iter().map(|word| Cow::Borrowed(&**word)).collect(),
    };
    if words.is_empty() {
        return Ok(vec![Target {
            format: Format::Human,
            file: None,
        }]);
    }
    let targets: Vec<Target> = words
        .iter()
        .map(|word| target(word))
        .collect::<Result<_, _>>()?;
    for (i, target) in targets.iter().enumerate() {
        if target.format == Format::ReplaceText {
            private(target.file.as_deref(), show_secrets)?;
        }
        if targets
            .iter()
            .take(i)
            .any(|before| before.file == target.file)
        {
            let place = target
                .file
                .as_ref()
                .map_or_else(|| "standard output".into(), |f| f.to_string_lossy());
            return Err(usage(
                &format!("two reports cannot go to {}", escape::terminal(&place)),
                "write all but one into files of their own: --format sarif=FILE",
            ));
        }
    }
    Ok(targets)
}

/// Secrets in plain text go to a regular file that the user asked for twice, and nowhere else.
fn private(file: Option<&Path>, show_secrets: bool) -> Result<(), Error> {
    const HELP: &str = if platform::PRIVATE_FILES {
        "write --show-secrets --format replace-text=FILE; FILE is readable by you alone"
    } else {
        "write --show-secrets --format replace-text=FILE; whoever may read its directory may read FILE"
    };
    if !show_secrets {
        return Err(usage(
            "a replace-text file holds secrets in plain text, and --show-secrets is not given",
            HELP,
        ));
    }
    let Some(file) = file else {
        return Err(usage(
            "replace-text cannot go to standard output: it holds secrets in plain text",
            HELP,
        ));
    };
    match std::fs::metadata(file).map(|meta| meta.is_file()) {
        known if platform::is_device(file) || matches!(known, Ok(false)) => {
            let shown = file.to_string_lossy();
            Err(usage(
                &format!(
                    "replace-text cannot go to `{}`: it holds secrets in plain text, and this is no regular file",
                    escape::terminal(&shown)
                ),
                HELP,
            ))
        }
        _ => Ok(()),
    }
}

fn target(word: &OsStr) -> Result<Target, Error> {
    let mut halves = word.as_encoded_bytes().splitn(2, |b| *b == b'=');
    let name = String::from_utf8_lossy(halves.next().unwrap_or_default()).into_owned();
    let file = halves
        .next()
        .map(|file| PathBuf::from(platform::os(file).into_owned()));
    let Some(format) = Format::ALL.into_iter().find(|f| f.as_str() == name) else {
        let all = Format::names().collect::<Vec<_>>().join(", ");
        let help = match nearest(&name, Format::names()) {
            Some(near) => format!("did you mean `{near}`? formats: {all}"),
            None => format!("formats: {all}"),
        };
        return Err(usage(
            &format!("there is no format `{}`", escape::terminal(&name)),
            &help,
        ));
    };
    if let Some(file) = &file {
        // Told before the scan, not after it.
        let parent = file.parent().filter(|p| !p.as_os_str().is_empty());
        if file.as_os_str().is_empty() || parent.is_some_and(|p| !p.is_dir()) {
            let shown = file.to_string_lossy();
            return Err(usage(
                &format!(
                    "cannot write `{}`: no such directory",
                    escape::terminal(&shown)
                ),
                "make the directory first, or name another file",
            ));
        }
    }
    Ok(Target { format, file })
}
