//! Contents of any size: cut into windows without losing a place, in bounded memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod collector;

use std::fs;

use collector::Collector;
use keyfence::decode::text::Encoding;
use keyfence::source::{OVERLAP, WHOLE, WorktreeOptions, scan_stdin, scan_worktree};

#[test]
fn every_position_at_window_edges_is_whole_somewhere() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("big.txt");
    // Lines of 16 bytes that say where they stand.
    let lines = (WHOLE + 9_000_000) / 16;
    let bytes: Vec<u8> = (0..lines)
        .flat_map(|n| format!("{n:015}\n").into_bytes())
        .collect();
    fs::write(&path, &bytes).unwrap();
    let seen = Collector::scan(&path);
    assert_eq!(seen.content("big.txt").unwrap(), bytes);
    assert_eq!(seen.stats.lock().unwrap().bytes, bytes.len() as u64);
    let contents = seen.contents.lock().unwrap();
    let pieces = contents.values().next().unwrap();
    assert!(pieces.len() > 2);
    for pair in pieces.windows(2) {
        let end = pair[0].offset + pair[0].bytes.len() as u64;
        // So that a value of up to OVERLAP bytes is whole in one of the two, wherever it stands.
        assert_eq!(end - pair[1].offset, OVERLAP as u64);
        assert_eq!(pair[1].fresh_from, OVERLAP);
    }
    for piece in pieces {
        assert_eq!(piece.offset % 4, 0);
        assert!(piece.bytes.len() <= WHOLE + (16 << 10));
        assert_eq!(u64::from(piece.first_line), 1 + piece.offset / 16);
    }
}

#[test]
fn exact_sizes_around_the_limits() {
    let dir = tempfile::tempdir().unwrap();
    // So much is read before it is known whether it is an archive.
    let begin = 64 << 10;
    for size in [
        begin - 1,
        begin,
        begin + 1,
        WHOLE - 1,
        WHOLE,
        WHOLE + 1,
        WHOLE + (4 << 10),
        WHOLE + (4 << 10) + 1,
    ] {
        let path = dir.path().join(size.to_string());
        let bytes: Vec<u8> = (0..size)
            .map(|n| b'a' + u8::try_from(n % 23).unwrap())
            .collect();
        fs::write(&path, &bytes).unwrap();
        assert_eq!(
            Collector::scan(&path).content(&size.to_string()).unwrap(),
            bytes
        );
        let sink = Collector::default();
        scan_stdin(&mut &bytes[..], b"name", true, &sink);
        assert_eq!(sink.content("name").unwrap(), bytes);
    }
}

#[cfg(unix)] // elsewhere holes are read as the zeros that they stand for
#[test]
fn sparse_files_cost_nothing() {
    use std::os::unix::fs::FileExt;
    let dir = tempfile::tempdir().unwrap();
    let file = fs::File::create(dir.path().join("sparse")).unwrap();
    file.set_len(3 << 30).unwrap();
    file.write_all_at(b"begin\n", 0).unwrap();
    file.write_all_at(b"middle\n", (1 << 30) + 12_345).unwrap();
    file.write_all_at(b"end", (3 << 30) - 3).unwrap();
    let start = std::time::Instant::now();
    let seen = Collector::scan(dir.path());
    assert!(start.elapsed().as_secs() < 20);
    let contents = seen.contents.lock().unwrap();
    let pieces = contents.values().next().unwrap();
    for (text, at, line) in [
        ("begin", 0, 1),
        ("middle", (1 << 30) + 12_345, 2),
        ("end", (3 << 30) - 3, 3),
    ] {
        let found = pieces.iter().any(|piece| {
            memchr::memmem::find(&piece.bytes, text.as_bytes()).is_some_and(|found| {
                let before = piece.bytes[..found]
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count();
                piece.offset + found as u64 == at && piece.first_line as usize + before == line
            })
        });
        assert!(found, "{text}");
    }
    assert!(pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>() < 64 << 20);
    assert!(pieces.last().unwrap().last);
}

#[test]
fn utf16_in_windows() {
    let dir = tempfile::tempdir().unwrap();
    let text: String = (0..700_000).map(|n| format!("{n:011}\n")).collect();
    for (name, mark, little, encoding) in [
        ("le", "\u{feff}", true, Encoding::Utf16Le),
        ("be", "", false, Encoding::Utf16Be),
    ] {
        let bytes: Vec<u8> = format!("{mark}{text}")
            .encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect();
        fs::write(dir.path().join(name), &bytes).unwrap();
        let seen = Collector::scan(&dir.path().join(name));
        let contents = seen.contents.lock().unwrap();
        let pieces = contents.values().next().unwrap();
        assert!(pieces.len() > 1);
        for piece in pieces {
            assert_eq!(piece.encoding, encoding);
            let decoded = keyfence::decode::text::decode(&piece.bytes, encoding).unwrap();
            let (found, _) = decoded.text.match_indices('\n').next().unwrap();
            let number: u32 = decoded.text[found + 1..found + 12].parse().unwrap();
            assert_eq!(number, piece.first_line);
        }
    }
}

#[test]
fn files_that_change_while_they_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    for round in 0..20 {
        fs::write(&path, vec![b'x'; 20 << 20]).unwrap();
        let changing = path.clone();
        let change = std::thread::spawn(move || match round % 3 {
            0 => fs::OpenOptions::new()
                .write(true)
                .open(changing)
                .unwrap()
                .set_len(1000)
                .unwrap(),
            1 => fs::remove_file(changing).unwrap(),
            _ => fs::write(changing, vec![b'y'; 40 << 20]).unwrap(),
        });
        let sink = Collector {
            frugal: true,
            ..Default::default()
        };
        let done = scan_worktree(&[dir.path().to_owned()], &WorktreeOptions::default(), &sink);
        change.join().unwrap();
        assert!(done.is_ok());
        assert!(sink.gaps().is_empty());
    }
}
