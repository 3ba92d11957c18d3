//! Reads `rules/**/*.toml`, refuses a bad one with its line, and writes the tables that are compiled in.

// The modules are shared with the library, which uses more of them.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process::ExitCode};

#[path = "src/rule/called.rs"]
mod called;
#[path = "src/rule/file.rs"]
mod file;
#[path = "src/rule/head.rs"]
mod head;
#[path = "src/rule/index.rs"]
mod index;
#[path = "src/rule/lead.rs"]
mod lead;
#[path = "src/rule/led.rs"]
mod led;
#[path = "src/misread.rs"]
mod misread;
#[path = "src/rule/model.rs"]
mod model;
#[path = "src/prove/names.rs"]
mod names;
#[path = "src/nearest.rs"]
mod nearest;
#[path = "src/rule/shape.rs"]
mod shape;
#[path = "src/rule/words.rs"]
mod words;

fn main() -> ExitCode {
    match write_tables() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn write_tables() -> Result<(), String> {
    let home =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    println!("cargo::rerun-if-changed=rules");
    for source in [
        "called", "file", "head", "index", "lead", "led", "model", "shape", "words",
    ] {
        println!("cargo::rerun-if-changed=src/rule/{source}.rs");
    }
    for source in ["misread", "nearest", "prove/names"] {
        println!("cargo::rerun-if-changed=src/{source}.rs");
    }
    let mut rules = Vec::new();
    for domain in sorted(&home.join("rules"))?.iter().filter(|p| p.is_dir()) {
        for path in sorted(domain)?
            .iter()
            .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        {
            rules.push(read(path, domain)?);
        }
    }
    rules.sort_by_key(|rule: &model::Rule| rule.id);
    for pair in rules.windows(2) {
        if pair[0].id == pair[1].id {
            return Err(format!(
                "rules/{} and rules/{} have the same id `{}`",
                pair[0].file, pair[1].file, pair[0].id
            ));
        }
    }
    let index = index::build(&rules);
    let mut text = String::new();
    writeln!(text, "pub(super) static RULES: &[Rule] = &[").map_err(|e| e.to_string())?;
    for rule in &rules {
        writeln!(text, "{rule:?},").map_err(|e| e.to_string())?;
    }
    writeln!(text, "];\npub(super) static INDEX: Index = {index:?};").map_err(|e| e.to_string())?;
    fs::write(out.join("rules.rs"), text).map_err(|e| format!("rules.rs: {e}"))
}

fn read(path: &Path, domain: &Path) -> Result<model::Rule, String> {
    let name = |p: &Path| {
        p.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let short = format!("{}/{}", name(domain), name(path));
    let text = fs::read_to_string(path).map_err(|e| format!("rules/{short}: {e}"))?;
    file::parse(&text, &short, &name(domain), names::NAMES)
        .map_err(|e| format!("rules/{short}:{}: {} ({})", e.line, e.what, e.help))
}

fn sorted(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    Ok(paths)
}
