//! One way to hold wallet material, as it stands in the corpus.

use std::fs;
use std::path::Path;

use crate::kind;

/// A text with slots, where it stands, and what must be found in it.
pub(crate) struct Holding {
    /// `group/name`.
    pub(crate) name: String,
    /// The path that the file has in the scanned tree.
    pub(crate) path: String,
    /// The kinds that the slot `«it»` takes, one case each; none where no such slot stands.
    pub(crate) kinds: Vec<String>,
    /// The slots whose values must be found.
    pub(crate) finds: Vec<String>,
    /// Rule ids that are right here as well as the kinds' own.
    pub(crate) rules: Vec<String>,
    pub(crate) text: String,
}

/// All holdings of the corpus, in the order of its files.
pub(crate) fn all() -> Vec<Holding> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wallets");
    let mut files: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    let mut holdings = Vec::new();
    for file in files {
        let group = file.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for part in format!("\n{text}").split("\n== ").skip(1) {
            holdings
                .push(parse(group, part).unwrap_or_else(|why| panic!("{group}: {why}: {part}")));
        }
    }
    holdings
}

/// Reads one holding: its name, header lines up to `--`, then the text.
fn parse(group: &str, part: &str) -> Result<Holding, String> {
    let (header, text) = part.split_once("\n--\n").ok_or("no line `--`")?;
    let mut lines = header.lines();
    let name = lines.next().unwrap_or_default();
    let mut holding = Holding {
        name: format!("{group}/{name}"),
        path: String::new(),
        kinds: Vec::new(),
        finds: vec!["it".to_owned()],
        rules: Vec::new(),
        text: format!("{}\n", text.trim_end_matches('\n')),
    };
    for line in lines {
        let (key, value) = line.split_once(": ").ok_or("no `key: value`")?;
        let words = value.split_whitespace();
        match key {
            "path" => value.clone_into(&mut holding.path),
            "of" => holding.kinds = words.flat_map(kind::family).collect(),
            "finds" if value == "nothing" => holding.finds.clear(),
            "finds" => holding.finds = words.map(str::to_owned).collect(),
            "rule" => holding.rules = words.map(str::to_owned).collect(),
            "why" => {}
            _ => return Err(format!("no header {key}")),
        }
    }
    if holding.path.is_empty() || holding.kinds.is_empty() == text.contains("«it") {
        return Err("path and kinds must stand in the header".to_owned());
    }
    Ok(holding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_corpus_are_told_apart() {
        let mut names: Vec<_> = all().into_iter().map(|holding| holding.name).collect();
        let before = names.len();
        names.sort();
        names.dedup();
        assert!(before > 0 && names.len() == before);
    }

    #[test]
    fn a_header_that_is_wrong_is_refused() {
        assert!(parse("a", "b\npath: x\nfinds: nothing\n--\ntext").is_ok());
        assert!(parse("a", "b\npath: x\n--\n«it»").is_err());
        assert!(parse("a", "b\npath: x\ncolour: red\n--\ntext").is_err());
        assert!(parse("a", "b\npath: x\ntext").is_err());
    }
}
