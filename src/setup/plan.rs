//! Changes of files, shown before they are made.

use std::path::{Path, PathBuf};

use super::manager;
use crate::error::Error;
use crate::output;
use crate::platform;
use crate::report::escape;

/// A file that is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// What it holds; none where it is not there.
    pub before: Option<String>,
    /// What it shall hold; none where it shall go.
    pub after: Option<String>,
    /// Whether it shall be a program.
    pub executable: bool,
    /// What for, in a few words.
    pub what: String,
}

impl Change {
    /// The lines that come and go, each behind its sign; of one that does to its file what `above` does to another
    /// (the hooks of a directory, which differ by their names alone) no more than that.
    pub fn shown(&self, base: &Path, above: Option<&Self>) -> String {
        let (sign, verb) = match (&self.before, &self.after) {
            (None, _) => ("+", "new"),
            (_, None) => ("-", "deleted"),
            _ => ("~", "changed"),
        };
        let path = self.path.strip_prefix(base).unwrap_or(&self.path);
        let path = escape::terminal(&path.to_string_lossy()).into_owned();
        if above.is_some_and(|above| self.is_like(above)) {
            return format!("{sign} {path} ({verb}): {}, as above\n", self.what);
        }
        let mut out = format!("{sign} {path} ({verb}): {}\n", self.what);
        let before = self.before.as_deref().unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default();
        let (gone, come) = difference(before, after);
        for (sign, lines) in [("-", gone), ("+", come)] {
            for line in lines {
                out.push_str(&format!(
                    "    {sign} {}\n",
                    escape::terminal(&line.replace('\t', "    "))
                ));
            }
        }
        out
    }

    /// Whether both are the same but for the names of their files.
    fn is_like(&self, other: &Self) -> bool {
        let texts = |change: &Self| {
            let name = change.path.file_name()?.to_str()?;
            let plain = |text: &String| text.replace(name, "NAME");
            let texts = (change.before.as_ref(), change.after.as_ref());
            Some((texts.0.map(plain), texts.1.map(plain)))
        };
        self.what == other.what && texts(self).is_some_and(|own| Some(own) == texts(other))
    }

    /// What takes the parts of keyfence out of a file; none where it has none.
    pub fn without(path: PathBuf, text: String) -> Option<Self> {
        let left = manager::without(&text)?;
        Some(Self {
            path,
            before: Some(text),
            after: (!left.is_empty()).then_some(left),
            executable: false,
            what: "without keyfence".to_owned(),
        })
    }

    /// Makes the change.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub fn make(&self) -> Result<(), Error> {
        let failed = |cause| Error::Write {
            target: format!("`{}`", escape::terminal(&self.path.to_string_lossy())),
            cause,
        };
        let Some(after) = &self.after else {
            return std::fs::remove_file(&self.path).map_err(failed);
        };
        if let Some(dir) = self.path.parent() {
            std::fs::create_dir_all(dir).map_err(failed)?;
        }
        output::project_file(&self.path, after.as_bytes())?;
        if self.executable {
            platform::make_executable(&self.path).map_err(failed)?;
        }
        Ok(())
    }
}

/// The lines between what both texts begin with and what both end with.
fn difference<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut gone, mut come): (Vec<_>, Vec<_>) =
        (before.lines().collect(), after.lines().collect());
    while gone.last().is_some() && gone.last() == come.last() {
        gone.pop();
        come.pop();
    }
    let same = gone.iter().zip(&come).take_while(|(a, b)| a == b).count();
    (gone.split_off(same), come.split_off(same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_is_shown() {
        let change = |before: Option<&str>, after: Option<&str>| Change {
            path: PathBuf::from("/r/a"),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            executable: false,
            what: "why".to_owned(),
        };
        let shown = |before, after| change(before, after).shown(Path::new("/r"), None);
        assert_eq!(
            shown(Some("a\nb\n"), Some("a\nx\nb\n")),
            "~ a (changed): why\n    + x\n"
        );
        assert_eq!(shown(None, Some("x\n")), "+ a (new): why\n    + x\n");
        assert_eq!(shown(Some("x\n"), None), "- a (deleted): why\n    - x\n");
        let hook = |name: &str, text: &str| Change {
            path: Path::new("/r").join(name),
            ..change(None, Some(text))
        };
        let first = hook("update", "exec hooks/update\n");
        let as_above = |second: Change| second.shown(Path::new("/r"), Some(&first));
        assert_eq!(
            as_above(hook("pre-push", "exec hooks/pre-push\n")),
            "+ pre-push (new): why, as above\n"
        );
        assert_eq!(
            as_above(hook("pre-push", "exec hooks/update\n")),
            "+ pre-push (new): why\n    + exec hooks/update\n"
        );
    }
}
