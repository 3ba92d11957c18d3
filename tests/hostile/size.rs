//! Long lines, large files, holes, depth. The largest contents are scaled to what a debug build
//! reads in seconds: a line of 20 MB, a text of 20 MB. `KEYFENCE_FLOOD=15` makes them as large as
//! 300 MB. Holes cost nothing.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;

use crate::case::Case;
use crate::planted::Pair;

const WHOLE: usize = keyfence::source::WHOLE;
const WINDOW: usize = keyfence::source::WINDOW;

/// How much larger than usual the contents are to be.
fn scale() -> usize {
    let scale = std::env::var("KEYFENCE_FLOOD").ok();
    scale.and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

/// Prose without a credential, so many bytes of it, in lines.
fn prose(length: usize) -> String {
    let line = "The quick brown fox jumps over the lazy dog, and nobody minds it at all.\n";
    let mut text = line.repeat(length / line.len() + 1);
    text.truncate(length);
    text
}

#[test]
fn credentials_across_the_edges_of_windows() {
    let text = Pair::new("length").dotenv().len();
    // The edge falls before, into each value, between them, and behind.
    let mut cases = Vec::new();
    for edge in [WHOLE, WHOLE + WINDOW] {
        for back in [20, 120, text] {
            cases.push(edge - back);
        }
    }
    let case = Case::new();
    let mut planted = Vec::new();
    for at in &cases {
        let pair = Pair::new(&at.to_string());
        let mut content = prose(*at).into_bytes();
        content.pop();
        content.push(b'\n');
        let line = memchr::memchr_iter(b'\n', &content).count() as u64 + 2;
        content.extend(pair.dotenv().bytes());
        content.extend(prose(100_000).bytes());
        let name = format!("{at}.env");
        case.write(&name, &content);
        planted.push((pair, name, line));
    }
    let run = case.scan();
    for (pair, name, line) in &planted {
        run.found(pair, name, *line);
    }
    run.findings(planted.len()).complete();
}

#[test]
fn one_line_of_megabytes() {
    let case = Case::new();
    let (first, last) = (Pair::new("first"), Pair::new("last"));
    let json = |pair: &Pair| {
        format!(
            r#"{{"binance":{{"apiKey":"{}","secret":"{}"}}}},"#,
            pair.key, pair.secret
        )
    };
    let mut text = String::from("[");
    text.push_str(&json(&first));
    text.push_str(&r#"{"id":1234,"name":"fox"},"#.repeat(800_000 * scale()));
    text.push_str(&json(&last));
    text.push_str("{}]");
    assert!(text.len() > 18_000_000);
    case.write("one.json", &text);
    let run = case.scan();
    run.found(&first, "one.json", 1)
        .found(&last, "one.json", 1)
        .findings(2)
        .complete();
    // What is shown of such a line is short.
    assert!(run.output.stdout.len() < 20_000, "{run}");
}

#[test]
fn a_large_text() {
    let case = Case::new();
    let pair = Pair::new("large");
    let block = prose(1 << 20);
    let mut file = File::create(case.root().join("large.txt")).unwrap();
    let mut lines = 0;
    for _ in 0..20 * scale() {
        file.write_all(block.as_bytes()).unwrap();
        file.write_all(b"\n").unwrap();
        lines += memchr::memchr_iter(b'\n', block.as_bytes()).count() as u64 + 1;
    }
    file.write_all(pair.dotenv().as_bytes()).unwrap();
    drop(file);
    case.scan()
        .found(&pair, "large.txt", lines + 2)
        .findings(1)
        .complete();
}

#[test]
fn three_gibibytes_of_holes() {
    let case = Case::new();
    let (begin, middle, end) = (Pair::new("b"), Pair::new("m"), Pair::new("e"));
    let size = 3_u64 << 30;
    let file = File::create(case.root().join("disk.img")).unwrap();
    let text = begin.dotenv();
    file.write_all_at(text.as_bytes(), 0).unwrap();
    let text = format!("\n{}", middle.dotenv());
    file.write_all_at(text.as_bytes(), size / 2 + 12_345)
        .unwrap();
    let text = format!("\n{}", end.dotenv());
    file.write_all_at(text.as_bytes(), size - text.len() as u64)
        .unwrap();
    drop(file);
    case.scan()
        .found(&begin, "disk.img", 2)
        .found(&middle, "disk.img", 5)
        .found(&end, "disk.img", 8)
        .findings(3)
        .complete();
}

#[test]
fn a_path_beyond_what_the_system_takes_at_once() {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, unlinkat};
    let case = Case::new();
    let pair = Pair::new("deep");
    let name = "d".repeat(200);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let mut dirs = vec![openat(CWD, case.root(), flags, Mode::empty()).unwrap()];
    for _ in 0..40 {
        let dir = dirs.last().unwrap();
        mkdirat(dir, &name, Mode::RWXU).unwrap();
        dirs.push(openat(dir, &name, flags, Mode::empty()).unwrap());
    }
    let create = OFlags::WRONLY | OFlags::CREATE;
    let file = openat(dirs.last().unwrap(), ".env", create, Mode::RUSR).unwrap();
    File::from(file)
        .write_all(pair.dotenv().as_bytes())
        .unwrap();
    let path = format!("{name}/").repeat(40) + ".env";
    let run = case.scan();
    // The temporary directory could not be removed with this in it.
    unlinkat(dirs.last().unwrap(), ".env", AtFlags::empty()).unwrap();
    while dirs.len() > 1 {
        dirs.pop();
        unlinkat(dirs.last().unwrap(), &name, AtFlags::REMOVEDIR).unwrap();
    }
    assert!(path.len() > 4096);
    run.found(&pair, &path, 2).findings(1).complete();
}

#[test]
fn three_thousand_levels() {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, unlinkat};
    let case = Case::new();
    let pair = Pair::new("levels");
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let mut dir = openat(CWD, case.root(), flags, Mode::empty()).unwrap();
    for _ in 0..3000 {
        mkdirat(&dir, "d", Mode::RWXU).unwrap();
        dir = openat(&dir, "d", flags, Mode::empty()).unwrap();
    }
    let create = OFlags::WRONLY | OFlags::CREATE;
    let file = openat(&dir, "x.env", create, Mode::RUSR).unwrap();
    File::from(file)
        .write_all(pair.dotenv().as_bytes())
        .unwrap();
    let run = case.scan();
    unlinkat(&dir, "x.env", AtFlags::empty()).unwrap();
    for _ in 0..3000 {
        dir = openat(&dir, "..", flags, Mode::empty()).unwrap();
        unlinkat(&dir, "d", AtFlags::REMOVEDIR).unwrap();
    }
    run.found(&pair, &("d/".repeat(3000) + "x.env"), 2)
        .findings(1)
        .complete();
}

#[test]
fn many_small_files() {
    let case = Case::new();
    let planted: Vec<_> = (0..1000)
        .map(|n| (Pair::new(&n.to_string()), format!("{}/{n}.env", n % 13)))
        .collect();
    for (pair, name) in &planted {
        case.write(name, pair.dotenv());
    }
    let run = case.scan();
    for (pair, name) in planted.iter().step_by(97) {
        run.found(pair, name, 2);
    }
    run.findings(1000).complete();
}
