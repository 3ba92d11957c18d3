//! The cases of a holding, with their slots filled.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::form::form;
use crate::holding::Holding;
use crate::kind;

/// A value that must be found.
pub(crate) struct Wanted {
    pub(crate) kind: String,
    pub(crate) value: String,
    /// Where it stands in the file.
    pub(crate) span: Range<usize>,
}

/// One holding, filled with one kind.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) rules: Vec<String>,
    pub(crate) wanted: Vec<Wanted>,
}

impl Case {
    /// The file that its corpus file is called after.
    pub(crate) fn group(&self) -> &str {
        self.name.split('/').next().unwrap()
    }
}

/// The cases of one holding.
pub(crate) fn cases(holding: &Holding) -> Vec<Case> {
    if holding.kinds.is_empty() {
        return vec![case(holding, None)];
    }
    let kinds = holding.kinds.iter();
    kinds.map(|kind| case(holding, Some(kind))).collect()
}

fn case(holding: &Holding, kind: Option<&str>) -> Case {
    let name = match kind {
        Some(kind) => format!("{} of {kind}", holding.name),
        None => holding.name.clone(),
    };
    let mut text = String::new();
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    let mut pieces = holding.text.split('«');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (slot, after) = piece
            .split_once('»')
            .unwrap_or_else(|| panic!("{name}: a slot without its end"));
        let mut forms = slot.split('|');
        let slot = forms.next().unwrap_or_default();
        let own = slot.split('#').next().unwrap_or_default();
        let own = if own == "it" {
            kind.unwrap_or_default()
        } else {
            own
        };
        let value = kind::value(own, &format!("{name} {slot}"));
        let value = value.unwrap_or_else(|| panic!("{name}: no kind {own}"));
        let stands = forms.fold(value.clone(), |value, each| {
            form(&value, each).unwrap_or_else(|| panic!("{name}: no form {each}"))
        });
        let start = text.len();
        text.push_str(&stands);
        let span = start..text.len();
        if holding.finds.iter().any(|find| find == slot) {
            let kind = own.to_owned();
            wanted.insert(slot.to_owned(), Wanted { kind, value, span });
        }
        text.push_str(after);
    }
    assert_eq!(
        wanted.len(),
        holding.finds.len(),
        "{name}: what is to be found stands nowhere"
    );
    Case {
        name,
        path: holding.path.clone(),
        text,
        rules: holding.rules.clone(),
        wanted: wanted.into_values().collect(),
    }
}

/// The directory of the case with this number: it names nobody.
fn directory(number: usize) -> String {
    format!("w{number:05}")
}

/// The number of the case that a reported path stands in.
pub(crate) fn number(path: &str) -> Option<usize> {
    path.split('/').find_map(|name| {
        let digits = name.strip_prefix('w')?;
        (digits.len() == 5).then(|| digits.parse().ok())?
    })
}

/// Writes each case's file below its own directory.
pub(crate) fn write(root: &Path, cases: &[Case]) {
    for (index, case) in cases.iter().enumerate() {
        let file = root.join(directory(index)).join(&case.path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &case.text).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding;

    #[test]
    fn every_holding_can_be_filled() {
        for holding in holding::all() {
            for case in cases(&holding) {
                assert!(!case.text.contains('«'), "{}", case.name);
                for wanted in &case.wanted {
                    assert!(!case.text[wanted.span.clone()].is_empty());
                }
            }
        }
    }

    #[test]
    fn a_path_leads_back_to_its_case() {
        assert_eq!(
            number(&format!("/tmp/.x/{}/bot/.env", directory(42))),
            Some(42)
        );
        assert_eq!(number("/tmp/wallet/.env"), None);
    }
}
