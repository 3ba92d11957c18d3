//! Content in every encoding, with every line end.

use crate::case::Case;
use crate::planted::{self, Pair};
use crate::random::Random;

fn found_in(name: &str, pair: &Pair, content: impl AsRef<[u8]>, line: u64) {
    Case::of(name, content)
        .scan()
        .found(pair, name, line)
        .findings(1)
        .complete();
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect()
}

#[test]
fn utf16_either_way_with_and_without_a_mark() {
    let pair = Pair::new("utf16");
    for little in [true, false] {
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}# names\n{}", pair.dotenv());
            found_in("settings.env", &pair, utf16(&text, little), 3);
            let text = text.replace('\n', "\r\n");
            found_in("settings.env", &pair, utf16(&text, little), 3);
        }
    }
}

#[test]
fn utf32_either_way() {
    let pair = Pair::new("utf32");
    let text = pair.dotenv();
    let little: Vec<u8> = text
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    let big: Vec<u8> = text
        .chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect();
    found_in("a.txt", &pair, little, 2);
    found_in("a.txt", &pair, big, 2);
}

#[test]
fn a_mark_of_utf16_before_plain_text_hides_nothing() {
    let pair = Pair::new("false mark");
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        let mut content = mark.to_vec();
        content.push(b'\n');
        content.extend(pair.dotenv().bytes());
        found_in("a.env", &pair, content, 3);
    }
}

#[test]
fn utf8_with_a_mark() {
    let pair = Pair::new("mark");
    found_in("a.env", &pair, format!("\u{feff}{}", pair.dotenv()), 2);
}

#[test]
fn latin1_around_and_beside() {
    let pair = Pair::new("latin1");
    let mut content = b"# cl\xe9 secr\xe8te de l'\xe9change\n".to_vec();
    content.extend(pair.dotenv().bytes());
    content.extend(b"\xff\xfe\xfd\n");
    found_in("a.env", &pair, content, 3);
}

#[test]
fn a_nul_hides_nothing() {
    let pair = Pair::new("nul");
    found_in("a.env", &pair, format!("\0\n{}", pair.dotenv()), 3);
    found_in("a.env", &pair, format!("{}\0", pair.dotenv()), 2);
    found_in("a.bin", &pair, pair.lines("\0"), 1);
    let mut binary: Vec<u8> = (0..=255).cycle().take(9000).collect();
    let lines = binary.iter().filter(|byte| **byte == b'\n').count() as u64;
    binary.extend(b"\n");
    binary.extend(pair.dotenv().bytes());
    binary.extend([0, 1, 2, 3]);
    found_in("a.bin", &pair, binary, lines + 3);
}

#[test]
fn every_line_end() {
    let pair = Pair::new("ends");
    found_in("crlf.env", &pair, pair.lines("\r\n"), 2);
    found_in(
        "mixed.env",
        &pair,
        format!("a\r\n\n{}", pair.lines("\r\n")),
        4,
    );
    // A lone CR ends no line for git, nor here: but it ends a value.
    found_in("cr.env", &pair, pair.lines("\r"), 1);
    let text = pair.lines("\n");
    found_in("no-end.env", &pair, text.trim_end(), 2);
    found_in("u2028.env", &pair, pair.lines("\u{2028}"), 1);
}

#[test]
fn nothing_and_next_to_nothing() {
    for content in ["", "\n", "\0", "\u{feff}", "\"", "-----BEGIN"] {
        let run = Case::of("a.txt", content).scan();
        assert_eq!(run.code(), 0, "{run}");
        run.findings(0).complete();
    }
}

#[test]
fn escapes_in_the_content_come_out_as_text() {
    let pair = Pair::new("content");
    let before = "\x1b]0;owned\x07\x1b[31m\u{202e}\u{9b}31m::error::x ##[error]y \r::error::z";
    let text = format!(
        "BINANCE_API_KEY={} # {before}\n::error::BINANCE_SECRET_KEY={} {before}\n",
        pair.key, pair.secret
    );
    found_in("a.env", &pair, text, 2);
}

#[test]
fn colours_of_a_terminal_hide_nothing() {
    let token = planted::token(41);
    for (begin, end) in [
        ("\x1b[31m", "\x1b[0m"),
        ("\x1b[1;38;5;208m", "\x1b[m"),
        ("\x1b[m", ""),
    ] {
        let text = format!("step 3: {begin}{token}{end} done\n");
        Case::of("build.log", text)
            .scan()
            .places(&planted::fingerprint(&token))
            .first()
            .unwrap_or_else(|| panic!("{begin:?}"));
    }
}

#[test]
fn utf16_in_the_midst_of_other_bytes_hides_nothing() {
    let pair = Pair::new("wide");
    // What PowerShell appends to a text file, at an even and an odd place; then far down in it.
    for ahead in ["A=1\n", "AB=1\n"] {
        let content = [ahead.as_bytes(), &utf16(&pair.dotenv(), true)].concat();
        Case::of("a.env", content).scan().masked(&pair).findings(1);
    }
    let ahead = "plain text\n".repeat(1000);
    let content = [ahead.as_bytes(), &utf16(&pair.dotenv(), true)].concat();
    found_in("a.env", &pair, content, 1002);
    // A string of a Windows program, and of one whose bytes are the other way round.
    for little in [true, false] {
        let mut random = Random::new("program");
        let noise = random.text("\u{1}\u{2}\u{7f}abcdefgh", 30_001);
        let mut content = noise.clone().into_bytes();
        content.extend([0, 0]);
        content.extend(utf16(&format!("\n{}", pair.dotenv()), little));
        content.extend(noise.bytes());
        Case::of("a.exe", content)
            .scan()
            .masked(&pair)
            .findings(1)
            .complete();
    }
}

#[test]
fn utf16_behind_an_odd_byte() {
    let (first, second) = (Pair::new("before"), Pair::new("behind"));
    for little in [true, false] {
        for ahead in [0, 40_000] {
            let mut content = utf16(
                &format!("\u{feff}{}{}", "x\n".repeat(ahead), first.dotenv()),
                little,
            );
            content.push(b'Z');
            content.extend(utf16(&format!("\r\n{}", second.dotenv()), little));
            let run = Case::of("a.txt", content).scan();
            run.findings(2).complete();
            let line = ahead as u64 + 2;
            run.found(&first, "a.txt", line);
            run.found(&second, "a.txt", line + 3);
        }
    }
}

#[test]
fn values_of_sqlite_records_without_anything_between() {
    let token = crate::planted::token(7);
    let pair = Pair::new("database");
    // One page with one table: the header of a record tells how long each value is.
    let mut page = vec![0; 4096];
    page[..16].copy_from_slice(b"SQLite format 3\0");
    page[16..18].copy_from_slice(&4096_u16.to_be_bytes());
    page[59] = 1;
    page[100] = 0x0d;
    let rows: [&[&str]; 2] = [&["token", &token], &["binance", &pair.key, &pair.secret]];
    page[104] = 2;
    let mut end = page.len();
    for (number, row) in rows.iter().enumerate() {
        let mut record = vec![2 * row.len() as u8 + 1];
        for value in *row {
            let kind = 13 + 2 * value.len() as u8;
            // A number of two bytes, whatever its size.
            record.extend([0x80 | kind >> 7, kind & 0x7f]);
        }
        record.extend(row.iter().flat_map(|value| value.bytes()));
        let mut cell = vec![0x81, record.len() as u8 & 0x7f, 1];
        if record.len() < 0x80 {
            cell[0] = 0x80;
        }
        cell.extend(record);
        end -= cell.len();
        page[end..end + cell.len()].copy_from_slice(&cell);
        let at = 108 + 2 * number;
        page[at..at + 2].copy_from_slice(&(end as u16).to_be_bytes());
    }
    let case = Case::of("bot.db", page);
    let run = case.scan();
    let found = run.places(&planted::fingerprint(&token));
    assert_eq!(found, [("bot.db".to_owned(), 1)], "{run}");
    run.found(&pair, "bot.db", 1).complete();
}
