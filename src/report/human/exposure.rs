//! Since when and where a repository's history holds a credential, in words.

use crate::finding::{Exposure, Sighting};
use crate::report::commit::{by, dated, day, short};
use crate::report::text::{count, cut};

/// Names of refs, and places in `HEAD`, that are told.
const MOST_NAMED: usize = 5;
/// The longest name of a ref that is told whole.
const MOST_NAME: usize = 80;

/// The facts, each with its name. Text from the repository passes through `foreign`, which masks and
/// escapes it. `whole` says that the whole history was looked at, and not just some commits; `shown` says that the place of the first commit is shown above, with its author.
pub(super) fn facts(
    exposure: &Exposure,
    whole: bool,
    shown: bool,
    foreign: &dyn Fn(&str) -> String,
) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(first) = &exposure.first {
        facts.push(("exposed", exposed(exposure, first, whole, shown, foreign)));
    }
    if let Some(refs) = refs(exposure, foreign).filter(|_| whole) {
        facts.push(("refs", refs));
    }
    if exposure.versions > 1 {
        let versions = exposure.versions as u64;
        facts.push(("versions", crate::report::text::number(versions)));
    }
    facts
}

fn exposed(
    exposure: &Exposure,
    first: &Sighting,
    whole: bool,
    shown: bool,
    foreign: &dyn Fn(&str) -> String,
) -> String {
    let days = match exposure.days {
        Some(0) => "less than a day, ".to_owned(),
        Some(days) => format!("{}, ", count(days.into(), "day")),
        None => String::new(),
    };
    let whence = if shown {
        String::new()
    } else {
        format!("{}{}", by(&first.commit, foreign), at(first, foreign))
    };
    let since = format!(
        "since {} in commit {}{whence}",
        day(&first.commit),
        short(first.commit.id)
    );
    if !whole {
        return format!("{days}{since}");
    }
    let until = if !exposure.in_head.is_empty() {
        let places = exposure.in_head.iter().map(|(path, line)| {
            let path = foreign(&String::from_utf8_lossy(path));
            format!("{path}:{line}")
        });
        format!("still in HEAD at {}", list(places, exposure.in_head.len()))
    } else if let Some(removed) = &exposure.removed {
        format!("removed in {}{}", dated(removed), by(removed, foreign))
    } else {
        match &exposure.last {
            Some(last) if last.commit.id != first.commit.id => format!(
                "not in HEAD; last in {}{}",
                dated(&last.commit),
                at(last, foreign)
            ),
            _ if first.path.is_empty() => "in its message".to_owned(),
            _ => "not in HEAD".to_owned(),
        }
    };
    format!("{days}{since} ({until})")
}

/// ` at path:line`; nothing for a message.
fn at(sighting: &Sighting, foreign: &dyn Fn(&str) -> String) -> String {
    if sighting.path.is_empty() {
        return String::new();
    }
    let path = foreign(&String::from_utf8_lossy(&sighting.path));
    format!(" at {path}:{}", sighting.line)
}

fn refs(exposure: &Exposure, foreign: &dyn Fn(&str) -> String) -> Option<String> {
    if !exposure.reachable {
        let told = if exposure.in_reflog {
            "only a reflog reaches it"
        } else {
            "no ref reaches it: unreachable, but still in the object store"
        };
        return Some(told.to_owned());
    }
    let names = exposure
        .refs
        .iter()
        .map(|name| cut(&foreign(name), MOST_NAME));
    let all = exposure.ref_count.max(exposure.refs.len());
    (all > 0).then(|| list(names, all))
}

/// `a, b and 3 more`, of so many in all.
fn list(items: impl Iterator<Item = String>, all: usize) -> String {
    let named: Vec<String> = items.take(MOST_NAMED).collect();
    match all.checked_sub(named.len()) {
        Some(more @ 1..) if named.is_empty() => format!("{more} of them"),
        Some(more @ 1..) => format!("{} and {more} more", named.join(", ")),
        _ => named.join(", "),
    }
}
