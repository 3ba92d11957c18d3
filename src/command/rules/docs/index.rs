//! The index of all pages, and the page on signs of danger.

use std::collections::BTreeMap;

use super::markdown::{code, text};
use crate::hygiene::signs::CHECKS;
use crate::rule::Rule;

/// The list of all rules, by domain and provider.
pub(super) fn of(rules: &[Rule]) -> String {
    let mut domains: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        domains.entry(rule.domain).or_default().push(rule);
    }
    let examples: usize = rules.iter().map(|rule| rule.examples.len()).sum();
    let parts: usize = rules.iter().map(|rule| rule.parts.len()).sum();
    let mut out = format!(
        "# What keyfence finds\n\n{} rules, {parts} kinds of values, {examples} examples and counter-examples. \
         [Signs of danger](danger.md) in code and settings have a page of their own.\n",
        rules.len()
    );
    for (domain, mut rules) in domains {
        rules.sort_by_key(|rule| (rule.provider.to_lowercase(), rule.id));
        out.push_str(&format!(
            "\n## {domain}\n\n| provider | rule | severity |\n|---|---|---|\n"
        ));
        for rule in rules {
            out.push_str(&format!(
                "| [{}]({id}.md) | {} | {} |\n",
                text(rule.provider),
                code(rule.id),
                rule.pair.as_str(),
                id = rule.id
            ));
        }
    }
    out
}

/// The signs of danger: no leaks, but what makes one worse.
pub(super) fn danger() -> String {
    let mut out = "# Signs of danger\n\nNo leaks, but what makes a leak worse: told in a part of their own, and never a \
                   reason to fail by default.\n"
        .to_owned();
    for check in CHECKS {
        out.push_str(&format!(
            "\n## {}\n\n{}. {}\n",
            check.id,
            text(check.title),
            text(check.about)
        ));
    }
    out
}
