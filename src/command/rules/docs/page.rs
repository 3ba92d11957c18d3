//! The page of one rule.

use super::markdown::{code, codes, text};
use crate::command::rules::show;
use crate::rule::{Need, Part, Role, Rule, Severity};

/// How many of a list are named.
const MOST: usize = 12;

/// The page.
pub(super) fn of(rule: &Rule) -> String {
    let mut out = format!("# {}\n\n{}\n\n", text(rule.provider), text(rule.about));
    out.push_str(&format!(
        "Rule {} · {} · severity {}, on a test net {}\n",
        code(rule.id),
        rule.domain,
        rule.pair.as_str(),
        rule.testnet.as_str()
    ));
    out.push_str(&format!("\n## What an attacker can do\n\n{}\n", harm(rule)));
    out.push_str("\n## The first five minutes\n\n");
    for (at, step) in rule.remedy.steps.iter().enumerate() {
        out.push_str(&format!("{}. {}\n", at + 1, text(step)));
    }
    out.push_str(
        "\nIt stays valid until it is revoked, also when the line is gone from the file and from the history.\n",
    );
    if let Some(days) = rule.remedy.rotate_days {
        out.push_str(&format!("Replace it every {days} days, leaked or not.\n"));
    }
    out.push_str("\n## How it is found\n\n");
    for part in rule.parts.iter() {
        out.push_str(&format!("- {}\n", found(part)));
    }
    out.push_str(&context(rule));
    let links: Vec<String> = [
        ("Revoke it", rule.remedy.revoke),
        ("About these credentials", rule.page),
    ]
    .into_iter()
    .filter_map(|(what, url)| url.map(|url| format!("- {what}: <{url}>\n")))
    .collect();
    if !links.is_empty() {
        out.push_str(&format!(
            "\n## Where the vendor says so\n\n{}",
            links.concat()
        ));
    }
    out
}

/// What a leak costs, by what the credential is and how bad that is.
fn harm(rule: &Rule) -> String {
    let mut out = vec![whole(rule).to_owned()];
    let alone: Vec<String> = rule
        .parts
        .iter()
        .map(|part| {
            let nothing = if part.secret {
                ""
            } else {
                ", no secret by itself"
            };
            format!(
                "the {} is {}{nothing}",
                text(part.name),
                part.severity.as_str()
            )
        })
        .collect();
    if rule.parts.len() > 1 {
        out.push(format!("Alone, {}.", alone.join("; ")));
    }
    out.join(" ")
}

fn whole(rule: &Rule) -> &'static str {
    let owns =
        |part: &Part| matches!(part.role, Role::PrivateKey | Role::Seed) && part.block.is_none();
    match (rule.domain, rule.pair) {
        (_, Severity::Info) => {
            "Nothing without the key or password that opens it; with it, all that it holds."
        }
        ("wallet", Severity::Critical | Severity::High) => {
            "Send everything the wallet holds away, on every chain it is used on. Nobody can call that back, and \
             bots watch public repositories for it: it takes seconds."
        }
        ("exchange", Severity::Critical) if rule.parts.iter().all(owns) => {
            "Sign whatever the wallet or account may sign: orders, transfers and, with an owner's key, \
             withdrawals. Nobody can call those back."
        }
        ("exchange", Severity::Critical) => {
            "Read balances, place and cancel orders and, where the key has the right, withdraw. Without that right \
             money is lost all the same: by trades against the attacker's own orders in a thin market."
        }
        ("broker", Severity::Critical | Severity::High) => {
            "Read the account, place and cancel orders, and lose the money in trades against the attacker's own \
             orders in a thin market."
        }
        ("bot", Severity::Critical | Severity::High) => {
            "Steer the bot: start and stop trades on every exchange that is connected, with the rights that its \
             keys have."
        }
        ("data", _) => {
            "Read what the plan pays for until its quota or the money is gone, and bring the bot to a halt with it."
        }
        (_, Severity::Critical) => {
            "Act with all the rights of its owner: read, change and take what it protects."
        }
        (_, Severity::High) => "Act in its owner's name: read and change what it gives access to.",
        (_, Severity::Medium) => "Read what it gives access to, or use up what its owner pays for.",
        (_, Severity::Low) => "Little by itself; beside other parts or other leaks it helps.",
    }
}

/// How one part is found, in a line.
fn found(part: &Part) -> String {
    let mut said: Vec<String> = part
        .shapes
        .iter()
        .map(|shape| code(&show::shape(shape)))
        .collect();
    said.truncate(MOST);
    if let Some(block) = part.block {
        said.push(format!(
            "a block of {}",
            format!("{block:?}").to_lowercase()
        ));
    }
    let needs = match part.need {
        Need::Nothing => "by its form alone",
        Need::Name => "under a name that says so",
        Need::Context => "where something names the provider",
        Need::Pair => "beside another part",
    };
    let mut out = format!("{}: {}; {needs}", text(part.name), said.join(" or "));
    if said.is_empty() {
        out = format!("{}: {needs}", text(part.name));
    }
    if let Some(proof) = part.proof {
        out.push_str(&format!("; checked by {}", code(proof)));
    }
    if !part.names.is_empty() {
        out.push_str(&format!("; names: {}", codes(&part.names, MOST)));
    }
    out
}

/// What names the provider.
fn context(rule: &Rule) -> String {
    let c = &rule.context;
    let lists = [
        ("Words", &c.words),
        ("Headers", &c.headers),
        ("Hosts", &c.hosts),
        ("Calls", &c.calls),
        ("Packages", &c.imports),
        ("Files", &c.files),
        ("Test net", &c.testnet),
        ("Something else where it says", &c.not),
    ];
    let lines: Vec<String> = lists
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| format!("- {name}: {}\n", codes(list, MOST)))
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let within = if rule.parts.len() > 1 {
        format!(
            " Parts within {} lines, or in one object, are one finding.",
            rule.within
        )
    } else {
        String::new()
    };
    format!("\nThe provider is named by:{within}\n\n{}", lines.concat())
        .replace("named by: Parts", "named by the following. Parts")
}
