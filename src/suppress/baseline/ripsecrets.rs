//! `.secretsignore` of ripsecrets: patterns of paths as in `.gitignore`, then, below `[secrets]`, values.
//!
//! (ripsecrets' README, "Ignoring secrets".)

use super::Baseline;
use crate::gitignore::Patterns;

pub(super) fn read(bytes: &[u8], into: &mut Baseline) {
    let mut patterns = Vec::new();
    let mut secrets = false;
    for line in bytes.split(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        if text == b"[secrets]" {
            secrets = true;
        } else if !secrets {
            patterns.extend_from_slice(line);
            patterns.push(b'\n');
        } else if !text.is_empty() && !text.starts_with(b"#") {
            into.add_value(text);
        }
    }
    into.paths = Patterns::parse(&patterns);
}
