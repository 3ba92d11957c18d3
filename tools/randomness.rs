//! Makes and measures `src/detect/random/table.bin`, the character model of keyfence.
//!
//! ```text
//! rustc -O --edition 2024 tools/randomness.rs -o target/randomness
//! target/randomness train   FOLDER…    reads source code, writes the table
//! target/randomness measure FOLDER…    error rates on random values and on code, and the time
//! ```
//!
//! Any source code serves; the committed table was made of the crates this crate depends on, the
//! Python and Perl libraries, C headers and JavaScript packages of a Debian system. A file whose path hashes to
//! 0 modulo 5 is left out of the training and is what `measure` reads.
//!
//! A token counts once, however often it stands there: rare names matter as much as `self`.
//! Source code holds digests and keys too, so the model is trained twice, and the second time
//! without the tokens that the first model called random.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Instant;

#[path = "../src/detect/random/mod.rs"]
#[allow(dead_code)]
mod random;

const TABLE: &str = "src/detect/random/table.bin";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_default();
    let folders: Vec<String> = arguments.collect();
    match mode.as_str() {
        "train" => {
            let tokens = tokens(&folders, false);
            println!("{} tokens", tokens.len());
            let first = Model::train(tokens.keys().map(Vec::as_slice));
            let clean: Vec<&[u8]> = tokens
                .keys()
                .map(Vec::as_slice)
                .filter(|token| !first.odd(token))
                .collect();
            println!("{} after the first pass", clean.len());
            std::fs::write(TABLE, Model::train(clean.into_iter()).bytes())
                .expect("write the table");
        }
        "measure" => measure(&tokens(&folders, true)),
        _ => println!("train FOLDER… | measure FOLDER…"),
    }
}

/// Files that hold code or prose.
fn files(folders: &[String], held_out: bool) -> Vec<PathBuf> {
    const KINDS: [&str; 16] = [
        "rs", "py", "pm", "pl", "h", "c", "js", "ts", "toml", "json", "md", "sh", "yml", "yaml",
        "txt", "go",
    ];
    let mut open: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(&path)
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|e| e.path()),
            );
        } else if path
            .extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| KINDS.contains(&e))
            && !tabular(&path)
        {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            if (hasher.finish() % 5 == 0) == held_out {
                found.push(path);
            }
        }
    }
    found
}

/// Lock files, checksums, minified bundles and test data: not what people write.
fn tabular(path: &Path) -> bool {
    let path = path.to_string_lossy();
    [
        "-lock.",
        "checksum",
        ".min.",
        "vcs_info",
        "/tests/",
        "/testdata/",
        "/fixtures/",
    ]
    .iter()
    .any(|part| path.contains(part))
}

/// Identifiers, and runs of identifier and path characters, with how often they stand there.
fn tokens(folders: &[String], held_out: bool) -> BTreeMap<Vec<u8>, u64> {
    let mut seen: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for file in files(folders, held_out) {
        let Ok(bytes) = std::fs::read(&file) else {
            continue;
        };
        if bytes.len() > 4 << 20 {
            continue;
        }
        for run in bytes.split(|b| !(b.is_ascii_alphanumeric() || b"_-./+".contains(b))) {
            if (8..=120).contains(&run.len()) && run.iter().any(u8::is_ascii_alphabetic) {
                *seen.entry(run.to_vec()).or_default() += 1;
            }
            for word in run.split(|b| !(b.is_ascii_alphanumeric() || *b == b'_')) {
                if (3..=120).contains(&word.len()) && word.iter().any(u8::is_ascii_alphabetic) {
                    *seen.entry(word.to_vec()).or_default() += 1;
                }
            }
        }
    }
    seen
}

fn symbol(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => (byte - b'a') as usize,
        b'A'..=b'Z' => (byte - b'A') as usize,
        b'0'..=b'9' => 26,
        _ => 27,
    }
}

fn kind(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

struct Model {
    trigrams: Vec<f64>,
    cases: Vec<f64>,
    within: Vec<f64>,
}

impl Model {
    fn train<'a>(tokens: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut three: Vec<f64> = vec![0.0; 1 << 15];
        let mut two: Vec<f64> = vec![0.0; 1 << 10];
        let mut one: Vec<f64> = vec![0.0; 32];
        let mut cases: Vec<f64> = vec![1.0; 128];
        let mut within: Vec<f64> = vec![1.0; 256];
        for token in tokens {
            let mut symbols = 27 << 5 | 27;
            let mut kinds = 0b11_1111;
            for &byte in token {
                symbols = (symbols << 5 | symbol(byte)) & 0x7fff;
                three[symbols] += 1.0;
                two[symbols & 0x3ff] += 1.0;
                one[symbols & 31] += 1.0;
                if kind(byte) < 2 {
                    cases[kinds << 1 | kind(byte)] += 1.0;
                } else {
                    within[byte as usize] += 1.0;
                }
                kinds = (kinds << 2 | kind(byte)) & 0b11_1111;
            }
        }
        // Each order leans on the one below it, the more the less it has seen.
        let total: f64 = one.iter().sum();
        let single: Vec<f64> = one.iter().map(|n| (n + 0.5) / (total + 14.0)).collect();
        let mut trigrams: Vec<f64> = vec![15.9; 1 << 15];
        for a in 0..28 {
            for b in 0..28 {
                let start = a << 10 | b << 5;
                let row: f64 = three[start..start + 28].iter().sum();
                for c in 0..28 {
                    let p = (three[start | c] + 20.0 * pair_of(&two, &single, b, c)) / (row + 20.0);
                    trigrams[start | c] = -p.log2();
                }
            }
        }
        for context in 0..64 {
            let sum = cases[context << 1] + cases[context << 1 | 1];
            for k in 0..2 {
                cases[context << 1 | k] = -(cases[context << 1 | k] / sum).log2();
            }
        }
        for wanted in [2, 3] {
            let sum: f64 = (0..256)
                .filter(|b| kind(*b as u8) == wanted)
                .map(|b| within[b])
                .sum();
            for b in (0..256).filter(|b| kind(*b as u8) == wanted) {
                within[b] = -(within[b] / sum).log2();
            }
        }
        for b in (0..256).filter(|b| kind(*b as u8) < 2) {
            within[b] = 0.0;
        }
        Self {
            trigrams,
            cases,
            within,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.trigrams, &self.cases, &self.within]
            .into_iter()
            .flatten()
            .map(|bits| (bits * 16.0).round().clamp(0.0, 255.0) as u8)
            .collect()
    }

    /// A number, or a long token that costs as much as random letters: a digest, a key, a table.
    fn odd(&self, token: &[u8]) -> bool {
        let digits = token.iter().filter(|b| b.is_ascii_digit()).count();
        if token.len() >= 7 && digits > 0 && (digits * 2 > token.len() || hexadecimal(token)) {
            return true;
        }
        if token.len() < 12 {
            return false;
        }
        let mut symbols = 27 << 5 | 27;
        let mut cost = 0.0;
        for &byte in token {
            symbols = (symbols << 5 | symbol(byte)) & 0x7fff;
            cost += self.trigrams[symbols] + self.within[byte as usize];
        }
        cost / token.len() as f64 > 4.7
    }
}

/// Numbers in base 16, with or without a prefix.
fn hexadecimal(token: &[u8]) -> bool {
    let digits = token.strip_prefix(b"0x").unwrap_or(token);
    digits
        .iter()
        .all(|b| b.is_ascii_hexdigit() || *b == b'_' || *b == b'-')
}

fn pair_of(two: &[f64], single: &[f64], b: usize, c: usize) -> f64 {
    let row: f64 = two[b << 5..(b << 5) + 28].iter().sum();
    (two[b << 5 | c] + 20.0 * single[c]) / (row + 20.0)
}

/// SplitMix64.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

fn measure(tokens: &BTreeMap<Vec<u8>, u64>) {
    let digits = "0123456789";
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let upper = lower.to_uppercase();
    let alphabets = [
        ("hex", format!("{digits}abcdef")),
        ("HEX", format!("{digits}ABCDEF")),
        ("base32", format!("{upper}234567")),
        ("lower-alnum", format!("{digits}{lower}")),
        ("upper-alnum", format!("{digits}{upper}")),
        ("lower", lower.to_string()),
        ("alpha", format!("{lower}{upper}")),
        (
            "base58",
            format!("{digits}{lower}{upper}").replace(['0', 'O', 'I', 'l'], ""),
        ),
        ("alnum", format!("{digits}{lower}{upper}")),
        ("base64", format!("{digits}{lower}{upper}+/")),
        ("base64url", format!("{digits}{lower}{upper}-_")),
    ];
    let mut seed = Seed(7);
    for (name, alphabet) in &alphabets {
        let alphabet = alphabet.as_bytes();
        print!("{name:12}");
        let mut formed_of_all = 0;
        for length in [16, 18, 20, 24, 32, 40, 64, 88] {
            let (mut missed, mut formed, mut all) = (0, 0, Vec::new());
            let count = 200_000;
            for _ in 0..count {
                let value: Vec<u8> = (0..length)
                    .map(|_| alphabet[seed.next() as usize % alphabet.len()])
                    .collect();
                all.push(random::randomness(&value));
                missed += u32::from(!random::looks_random(&value));
                formed += u32::from(random::form::form(&value).is_some());
            }
            all.sort_unstable_by(f32::total_cmp);
            print!(
                " {length}: {:.1}/M {:.2} {:.2}|",
                f64::from(missed) * 1e6 / f64::from(count),
                all[all.len() / 20_000],
                all[all.len() / 2],
            );
            formed_of_all += formed;
        }
        println!(" formed {formed_of_all}");
    }
    for (name, identifiers) in [("identifiers", true), ("runs", false)] {
        let chosen = tokens.iter().filter(|(t, _)| {
            t.len() >= 16
                && !t[0].is_ascii_digit()
                && !hexadecimal(t)
                && t.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') == identifiers
        });
        let (mut count, mut occurrences, mut called_occurrences) = (0, 0, 0);
        let mut called = Vec::new();
        for (token, times) in chosen {
            count += 1;
            occurrences += times;
            if random::looks_random(token) {
                called.push(token);
                called_occurrences += times;
            }
        }
        println!(
            "{name}: {} of {count} called random, {called_occurrences} of {occurrences} where they stand",
            called.len()
        );
        for token in called.iter().step_by((called.len() / 150).max(1)) {
            println!(
                "  {:.2} {}",
                random::randomness(token),
                String::from_utf8_lossy(token)
            );
        }
    }
    let values: Vec<Vec<u8>> = (0..1000)
        .map(|_| {
            (0..32)
                .map(|_| alphabets[8].1.as_bytes()[seed.next() as usize % 62])
                .collect()
        })
        .collect();
    // The best of many, since the machine has other work too.
    let mut best = u128::MAX;
    let mut yes = 0;
    for _ in 0..1000 {
        let start = Instant::now();
        for value in &values {
            yes += usize::from(random::looks_random(std::hint::black_box(value)));
        }
        best = best.min(start.elapsed().as_nanos());
    }
    println!("{} ns for 32 characters ({yes} random)", best / 1000);
}
