//! What `.gitignore` lacks of the names that hold secrets.

use std::path::Path;

use super::plan::Change;
use super::project::Plan;
use crate::cli::ConfigArgs;
use crate::error::Error;
use crate::hygiene::{Depth, Ground, HEADING, Plan as Fix, Protection, Survey};
use crate::settings::{Env, Settings};

/// A repository's protected names, and whether its `.gitignore` covers them.
pub struct Ignored {
    ground: Ground,
    protection: Protection,
    survey: Survey,
}

impl Ignored {
    /// Looks at the files and the index; not at what the files hold, nor at the history.
    ///
    /// # Errors
    ///
    /// When the configuration is broken or the repository can't be read.
    pub fn look(top: &Path, env: Env<'_>) -> Result<Self, Error> {
        let settings = Settings::of_repository(top, &ConfigArgs::default(), env)?;
        let mut ground = Ground::open(top, env, true)?;
        ground.prefix.clear();
        let protection = settings.protection();
        let depth = Depth {
            contents: false,
            history: false,
        };
        let survey = Survey::take(&ground, &protection, &settings, depth)?;
        Ok(Self {
            ground,
            protection,
            survey,
        })
    }

    /// Whether every clone would keep all of them out of git, once the files of this one are committed.
    pub fn is_covered(&self) -> bool {
        let fix = self.fix();
        fix.edits.is_empty() && fix.left.is_empty()
    }

    fn fix(&self) -> Fix {
        Fix::make(&self.ground, &self.protection, &self.survey)
    }

    /// Adds the lines that are missing.
    pub fn plan(&self, plan: &mut Plan) {
        let fix = self.fix();
        for edit in fix.edits {
            let path = self.ground.full(&edit.path);
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
            let before = match edit.before.map(text) {
                None => None,
                Some(Some(before)) => Some(before),
                // Nobody's text is rewritten that can't be shown.
                Some(None) => {
                    plan.notes.push(format!(
                        "{} is no UTF-8: keyfence gitignore --fix adds its lines",
                        path.display()
                    ));
                    continue;
                }
            };
            let after = text(edit.after);
            if after.is_some() {
                plan.changes.push(Change {
                    path,
                    before,
                    after,
                    executable: false,
                    what: "names that hold secrets stay out of git".to_owned(),
                });
            }
        }
        plan.notes.extend(fix.left);
    }
}

/// Takes out what was added at the top, up to the next blank line. Other people's lines stay.
pub fn undo(top: &Path, plan: &mut Plan) {
    let path = top.join(".gitignore");
    let Some(before) = super::hooks::text(&path) else {
        return;
    };
    let Some(start) = before.find(HEADING) else {
        return;
    };
    let (head, block) = before.split_at(start);
    let gap = |sign: &str| block.find(sign).map(|at| at + sign.len());
    let end = gap("\n\n")
        .or_else(|| gap("\r\n\r\n"))
        .unwrap_or(block.len());
    // The line between what was there and what was added.
    let head = match head.strip_suffix("\r\n") {
        Some(above) if above.ends_with('\n') => above,
        Some(_) => head,
        None => head
            .strip_suffix('\n')
            .filter(|above| above.ends_with('\n'))
            .unwrap_or(head),
    };
    let after = format!("{head}{}", block.get(end..).unwrap_or_default());
    plan.changes.push(Change {
        path,
        after: (!after.trim().is_empty()).then_some(after),
        before: Some(before),
        executable: false,
        what: "without the names that keyfence added".to_owned(),
    });
}
