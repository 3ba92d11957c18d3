//! Archives: members are handed out, and what they may cost is bounded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod collector;
mod packer;

use std::io::{Cursor, Write};
use std::path::Path;

use ::tar::{EntryType, Header};
use collector::Collector;
use flate2::Compression;
use flate2::write::GzEncoder;
use keyfence::source::{WorktreeOptions, scan_stdin};
use packer::{tar, zstd};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, bytes)) in members.iter().enumerate() {
        let method = match at % 2 {
            0 => CompressionMethod::Deflated,
            _ => CompressionMethod::Stored,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Text that packs a little, of any size.
fn text(size: usize) -> Vec<u8> {
    (0..)
        .flat_map(|n: u32| format!("{:08x} {n}\n", n.wrapping_mul(2_654_435_761)).into_bytes())
        .take(size)
        .collect()
}

/// Everything that came at a place, by how its path ends.
fn all(seen: &Collector, end: &str) -> Vec<Vec<u8>> {
    let contents = seen.contents.lock().unwrap();
    let here = contents.iter().filter(|(path, _)| path.ends_with(end));
    here.flat_map(|(_, kept)| kept.iter().map(|piece| piece.bytes.clone()))
        .collect()
}

fn scan(name: &str, bytes: &[u8]) -> Collector {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(name), bytes).unwrap();
    Collector::scan(dir.path())
}

#[test]
fn each_format() {
    let long = format!("{}/end", "long".repeat(60));
    let members: &[(&str, &[u8])] = &[("a/x.env", b"one"), ("b", b"two"), (&long, b"three")];
    for (name, bytes) in [
        ("app.jar", zip(members)),
        ("odd.bin", zip(members)),
        ("a.tar", tar(members)),
        ("a.tgz", gzip(&tar(members))),
        ("a.tar.gz", gzip(&tar(members))),
        ("a.tar.zst", zstd(&tar(members))),
    ] {
        let seen = scan(name, &bytes);
        assert!(seen.gaps().is_empty(), "{name}: {:?}", seen.gaps());
        for (member, content) in members {
            let end = format!("{name}!/{member}");
            assert_eq!(seen.content(&end).as_deref(), Some(*content), "{end}");
        }
        assert_eq!(seen.contents.lock().unwrap().len(), 3, "{name}");
        let stats = *seen.stats.lock().unwrap();
        assert_eq!(
            (stats.files, stats.members, stats.bytes),
            (1, 3, 11),
            "{name}"
        );
    }
    for (name, bytes) in [("x.json.gz", gzip(b"one")), ("x.json.zst", zstd(b"one"))] {
        let seen = scan(name, &bytes);
        assert_eq!(seen.content(&format!("{name}!/x.json")).unwrap(), b"one");
    }
    let joined = [gzip(b"one,"), gzip(b"two")].concat();
    assert_eq!(
        scan("j.gz", &joined).content("j.gz!/j").unwrap(),
        b"one,two"
    );
    let joined = [
        zstd(b"one,"),
        b"\x51\x2a\x4d\x18\x03\0\0\0xyz".to_vec(),
        zstd(b"two"),
    ]
    .concat();
    assert_eq!(
        scan("j.zst", &joined).content("j.zst!/j").unwrap(),
        b"one,two"
    );
}

#[test]
fn archives_in_archives() {
    let inner = zip(&[("deep.env", b"deep")]);
    let nested = tar(&[
        ("lib/inner.jar", &inner),
        ("packed.txt.gz", &gzip(b"packed")),
    ]);
    let outer = zip(&[("n.tgz", &gzip(&nested)), ("plain", b"plain")]);
    let seen = scan("outer.zip", &outer);
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert_eq!(
        seen.content("outer.zip!/n.tgz!/lib/inner.jar!/deep.env")
            .unwrap(),
        b"deep"
    );
    assert_eq!(
        seen.content("outer.zip!/n.tgz!/packed.txt.gz!/packed.txt")
            .unwrap(),
        b"packed"
    );
    assert_eq!(seen.content("outer.zip!/plain").unwrap(), b"plain");

    // A fourth is not opened, but told, and scanned as it is.
    let fourth = zip(&[("4", &zip(&[("3", &zip(&[("2", &inner)]))]))]);
    let seen = scan("4.zip", &fourth);
    assert_eq!(seen.gaps().len(), 1);
    assert_eq!(seen.content("4.zip!/4!/3!/2").unwrap(), inner);

    let options = WorktreeOptions {
        archives: false,
        ..Default::default()
    };
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("o.zip"), &outer).unwrap();
    let seen = Collector::scan_with(&[dir.path().to_owned()], &options);
    assert_eq!(seen.content("o.zip").unwrap(), outer);
}

#[test]
fn contents_of_archives_around_what_is_read_of_a_begin() {
    for size in [(64 << 10) - 1, 64 << 10, (64 << 10) + 1] {
        let inner = text(size);
        let seen = scan("a.txt.gz", &gzip(&inner));
        assert_eq!(all(&seen, "a.txt"), [inner.as_slice()]);
        // A member of another archive: it is no file, and its directory stands at its end.
        let nested = zip(&[("b.txt", &inner)]);
        let seen = scan("c.gz", &gzip(&nested));
        assert_eq!(all(&seen, "b.txt"), [inner.as_slice()]);
        assert!(seen.gaps.lock().unwrap().is_empty());
    }
}

#[test]
fn large_members_and_large_archives_come_in_windows() {
    let big = text(20 << 20);
    let inner = zip(&[("skip", b""), ("big.txt", &big)]);
    assert!(inner.len() > 8 << 20);
    let outer = tar(&[("inner.zip", &inner), ("big.gz", &gzip(&big))]);
    let seen = scan("o.tar", &outer);
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert!(seen.content("o.tar!/inner.zip!/big.txt").unwrap() == big);
    assert!(seen.content("o.tar!/big.gz!/big").unwrap() == big);
    assert!(scan("i.zip", &inner).content("i.zip!/big.txt").unwrap() == big);
    let sink = Collector::default();
    scan_stdin(&mut &inner[..], b"in", true, &sink);
    assert!(sink.content("in!/big.txt").unwrap() == big);
}

#[test]
fn bombs_end_early_and_are_told() {
    // A thousand to one, with a value at the end that is not reached.
    let mut bytes = vec![b'a'; 150 << 20];
    bytes.extend_from_slice(b"end");
    for (name, bomb) in [
        ("b.gz", gzip(&bytes)),
        ("b.zip", zip(&[("a", &bytes)])),
        ("b.zst", zstd(&bytes)),
    ] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(name), &bomb).unwrap();
        let sink = Collector {
            frugal: true,
            ..Default::default()
        };
        keyfence::source::scan_worktree(
            &[dir.path().to_owned()],
            &WorktreeOptions::default(),
            &sink,
        )
        .unwrap();
        let read = sink.stats.lock().unwrap().bytes;
        let most = (64 << 20) + 200 * bomb.len() as u64;
        if most < bytes.len() as u64 {
            assert!(
                sink.gaps().concat().contains("more than is allowed"),
                "{name} {:?}",
                sink.gaps()
            );
            assert_eq!(read, most, "{name}");
        } else {
            assert_eq!(read, bytes.len() as u64, "{name}");
        }
    }
}

#[test]
fn many_members_overlaps_and_slips() {
    let names: Vec<String> = (0..10_050).map(|n| format!("{n}")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b"x"[..])).collect();
    for (name, bytes) in [("m.zip", zip(&members)), ("m.tar", tar(&members))] {
        let seen = scan(name, &bytes);
        assert_eq!(seen.contents.lock().unwrap().len(), 10_000, "{name}");
        assert!(seen.gaps().concat().contains("10000 members"), "{name}");
    }
    // Two members that share their bytes.
    let mut overlap = zip(&[("a", b""), ("b", b"shared"), ("c", b""), ("d", b"shared")]);
    let heads: Vec<usize> = memchr::memmem::find_iter(&overlap, b"PK\x01\x02").collect();
    let offset = overlap[heads[1] + 42..heads[1] + 46].to_vec();
    overlap[heads[3] + 42..heads[3] + 46].copy_from_slice(&offset);
    let seen = scan("o.zip", &overlap);
    assert_eq!(seen.content("o.zip!/b").unwrap(), b"shared");
    assert!(seen.content("o.zip!/d").is_some_and(|d| d == b"shared") || seen.gaps().len() == 1);

    let slip = zip(&[
        ("../../../../tmp/keyfence-slip", b"x"),
        ("/etc/keyfence-slip", b"y"),
    ]);
    let seen = scan("s.zip", &slip);
    assert_eq!(
        seen.content("!/../../../../tmp/keyfence-slip").unwrap(),
        b"x"
    );
    assert_eq!(seen.content("!//etc/keyfence-slip").unwrap(), b"y");
    assert!(!Path::new("/tmp/keyfence-slip").exists() && !Path::new("/etc/keyfence-slip").exists());
}

#[test]
fn what_can_not_be_unpacked_is_told() {
    let good = zip(&[("a.txt", b"first content"), ("b.txt", b"second content")]);
    // Encrypted: the flag in both headers of the first member.
    let mut encrypted = good.clone();
    encrypted[6] |= 1;
    let central = memchr::memmem::find(&good, b"PK\x01\x02").unwrap();
    encrypted[central + 8] |= 1;
    let seen = scan("e.zip", &encrypted);
    assert_eq!(seen.gaps().len(), 1, "{:?}", seen.gaps());
    assert!(seen.gaps()[0].contains("e.zip!/a.txt"));
    assert_eq!(seen.content("e.zip!/b.txt").unwrap(), b"second content");

    // A wrong checksum: the content is read all the same.
    let mut damaged = good.clone();
    let stored = memchr::memmem::find(&good, b"second").unwrap();
    damaged[stored] = b'S';
    let seen = scan("d.zip", &damaged);
    assert_eq!(seen.gaps().len(), 1);
    assert_eq!(seen.content("d.zip!/b.txt").unwrap(), b"Second content");

    // Truncated: no directory. Read as it is.
    let seen = scan("t.zip", &good[..good.len() - 30]);
    assert_eq!(seen.gaps().len(), 1);
    assert_eq!(seen.content("t.zip").unwrap(), &good[..good.len() - 30]);

    let packed = gzip(&text(100_000));
    let seen = scan("t.gz", &packed[..packed.len() / 2]);
    assert_eq!(seen.gaps().len(), 1);
    let packed = zstd(&text(100_000));
    assert_eq!(scan("t.zst", &packed[..packed.len() / 2]).gaps().len(), 1);
    let whole = tar(&[("a", b"first"), ("b", &text(5000))]);
    let seen = scan("t.tar", &whole[..2000]);
    assert_eq!(seen.gaps().len(), 1, "{:?}", seen.gaps());
    assert_eq!(seen.content("t.tar!/a").unwrap(), b"first");
}

/// Who unpacks it from its begin finds all of them, and `git` and others keep them.
#[test]
fn members_that_a_zip_archive_does_not_name_are_read() {
    let one = zip(&[("a.txt", b"first content")]);
    let two = zip(&[("a.txt", b"other content"), ("b.txt", b"second content")]);
    let find = |bytes: &[u8], mark: &[u8]| memchr::memmem::rfind(bytes, mark).unwrap();
    // One behind the other.
    let joined = [one.clone(), two.clone()].concat();
    // The directory says that it has one member.
    let mut less = two.clone();
    let end = find(&two, b"PK\x05\x06");
    less[end + 8..end + 12].copy_from_slice(&[1, 0, 1, 0]);
    // The directory of the second, which knows nothing of the member before it.
    let (start, end) = (
        memchr::memmem::find(&one, b"PK\x01\x02").unwrap(),
        find(&two, b"PK\x05\x06"),
    );
    let directory = memchr::memmem::find(&two, b"PK\x01\x02").unwrap();
    let mut hidden = [&one[..start], &two].concat();
    for head in memchr::memmem::find_iter(&two[..end], b"PK\x01\x02") {
        let at = start + head + 42;
        let offset = u32::from_le_bytes(hidden[at..at + 4].try_into().unwrap());
        let moved = offset + u32::try_from(start).unwrap();
        hidden[at..at + 4].copy_from_slice(&moved.to_le_bytes());
    }
    let at = start + end + 16;
    let moved = u32::try_from(start + directory).unwrap();
    hidden[at..at + 4].copy_from_slice(&moved.to_le_bytes());
    for (name, bytes, first) in [
        ("j.zip", joined, true),
        ("l.zip", less, false),
        ("h.zip", hidden, true),
    ] {
        let seen = scan(name, &bytes);
        assert!(seen.gaps().is_empty(), "{name}: {:?}", seen.gaps());
        assert_eq!(
            seen.content(&format!("{name}!/b.txt")).unwrap(),
            b"second content",
            "{name}"
        );
        let a = all(&seen, &format!("{name}!/a.txt"));
        let has = |content: &[u8]| a.iter().any(|own| own == content);
        assert!(has(b"other content"), "{name}");
        assert_eq!(has(b"first content"), first, "{name}");
    }

    // Two members of one name.
    let mut twins = two.clone();
    for at in memchr::memmem::find_iter(&two, b"b.txt") {
        twins[at] = b'a';
    }
    let seen = scan("w.zip", &twins);
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert_eq!(all(&seen, "w.zip!/a.txt").len(), 2);

    // One that can't be read: its length stands behind it.
    let mut unread = [one, two].concat();
    unread[6] |= 8;
    let gaps = scan("u.zip", &unread).gaps().concat();
    assert!(gaps.contains("that its directory does not name"), "{gaps}");

    // A directory with content.
    let mut odd = zip(&[("a/b", b"content")]);
    for at in memchr::memmem::find_iter(&odd.clone(), b"a/b") {
        odd[at..at + 3].copy_from_slice(b"ab/");
    }
    assert_eq!(
        scan("d.zip", &odd).content("d.zip!/ab/").unwrap(),
        b"content"
    );
}

#[test]
fn what_the_headers_of_a_tar_archive_say_is_read() {
    let header = |kind: EntryType, name: &str, content: &[u8]| {
        let mut header = Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        let mut out = header.as_bytes().to_vec();
        out.extend(content);
        out.resize(out.len().next_multiple_of(512), 0);
        out
    };
    let record = |key: &str, value: &str| {
        let rest = format!(" {key}={value}\n");
        let length = rest.len() + 2;
        format!("{}{rest}", length + usize::from(length > 99)).into_bytes()
    };
    let long = format!("https://{}.example/end", "long".repeat(30));
    let bytes = [
        header(EntryType::XHeader, "x", &record("comment", "one")),
        header(EntryType::Regular, "a", b"A"),
        header(EntryType::XHeader, "x", &record("linkpath", &long)),
        header(EntryType::Symlink, "l", b""),
        header(EntryType::GNULongLink, "k", format!("{long}\0").as_bytes()),
        header(EntryType::Symlink, "m", b""),
        header(EntryType::XGlobalHeader, "g", &record("comment", "two")),
        header(EntryType::XHeader, "x", &record("mtime", "1")),
        header(EntryType::Directory, "d", b"three"),
        vec![0; 1024],
    ]
    .concat();
    let seen = scan("h.tar", &bytes);
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert_eq!(
        all(&seen, "h.tar"),
        [b"15 comment=one\n", b"15 comment=two\n"]
    );
    for link in ["h.tar!/l", "h.tar!/m"] {
        assert_eq!(seen.content(link).unwrap(), long.as_bytes(), "{link}");
    }
    assert_eq!(seen.content("h.tar!/d").unwrap(), b"three");

    let long = vec![b'n'; 70_000];
    let bytes = [
        header(EntryType::GNULongName, "n", &long),
        header(EntryType::Regular, "a", b"A"),
    ]
    .concat();
    let gaps = scan("n.tar", &bytes).gaps().concat();
    assert!(gaps.contains("is too long"), "{gaps}");
}

#[test]
fn hostile_headers() {
    // Every byte of small archives, changed: no panic (which would be a gap that says so), no hang.
    for (name, bytes) in [
        ("h.zip", zip(&[("a", b"content"), ("b", b"content")])),
        ("h.tar", tar(&[("a", b"content")])[..1024].to_vec()),
        ("h.gz", gzip(b"content")),
        ("h.zst", zstd(b"content")),
    ] {
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0xff, bytes[at] ^ 1] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let sink = Collector::default();
                scan_stdin(&mut &bytes[..], name.as_bytes(), true, &sink);
                assert!(
                    !sink.gaps().concat().contains("fault inside"),
                    "{name} {at} {value}"
                );
            }
        }
    }
}
