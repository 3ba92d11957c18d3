//! Where the pages stand that `keyfence rules docs` makes: one of each built-in rule.

use crate::rule::Rule;

/// Below which all pages stand.
const HOME: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules/");

/// The page of a rule; none for a user's own, which has none.
pub fn url(rule: &Rule) -> Option<String> {
    (rule.domain != "user").then(|| format!("{HOME}{}.md", rule.id))
}

/// The page on the signs of danger in code and settings, at the sign of this id.
pub fn of_sign(id: &str) -> String {
    format!("{HOME}danger.md#{id}")
}
