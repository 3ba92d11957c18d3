//! Archives: bombs, slips, nests, lies.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::case::Case;
use crate::packer;
use crate::planted::{self, Pair};

fn gz(content: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn tar(members: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

#[test]
fn secrets_in_archives_of_every_kind() {
    let case = Case::new();
    let pair = Pair::new("packed");
    let text = pair.dotenv();
    let text = text.as_bytes();
    case.write("a.env.gz", gz(text));
    case.write("b.zip", zip(&[("conf/b.env", text)]));
    case.write("c.tar", tar(&[(b"c.env", text)]));
    case.write("d.tgz", gz(&tar(&[(b"d.env", text)])));
    case.write("e.jar", zip(&[("inner.zip", &zip(&[("e.env", text)]))]));
    case.write("no-ending", zip(&[("f.env", text)]));
    let run = case.scan();
    for at in [
        "a.env.gz!/a.env",
        "b.zip!/conf/b.env",
        "c.tar!/c.env",
        "d.tgz!/d.env",
        "e.jar!/inner.zip!/e.env",
        "no-ending!/f.env",
    ] {
        run.found(&pair, at, 2);
    }
    run.findings(1).complete();
}

#[test]
fn secrets_in_archives_of_further_kinds() {
    let case = Case::new();
    let pair = Pair::new("packed further");
    let text = pair.dotenv();
    let text = text.as_bytes();
    let tarball = packer::tar(&[("t.env", text)]);
    case.write("a.env.bz2", packer::bzip2(text));
    case.write("b.env.xz", packer::xz(text));
    case.write("c.env.lzma", packer::lzma(text, false));
    case.write("d.env.lz", packer::lzip(text));
    case.write("e.tbz2", packer::bzip2(&tarball));
    case.write("f.tar.xz", packer::xz(&tarball));
    case.write("g.a", packer::ar(&[("g.env", text)]));
    case.write("h.cpio", packer::cpio(&[("h.env", text)]));
    case.write(
        "i.deb",
        packer::ar(&[("data.tar.xz", &packer::xz(&tarball))]),
    );
    case.write(
        "j.rpm",
        packer::rpm(text, &packer::xz(&packer::cpio(&[("j.env", text)]))),
    );
    case.write(
        "k.zip",
        packer::zip_packed("k.env", 12, text, &packer::bzip2(text)),
    );
    case.write(
        "l.crx",
        [b"Cr24\x03\0\0\0", &zip(&[("l.env", text)])[..]].concat(),
    );
    let run = case.scan();
    for at in [
        "a.env.bz2!/a.env",
        "b.env.xz!/b.env",
        "c.env.lzma!/c.env",
        "d.env.lz!/d.env",
        "e.tbz2!/t.env",
        "f.tar.xz!/t.env",
        "g.a!/g.env",
        "h.cpio!/h.env",
        "i.deb!/data.tar.xz!/t.env",
        "j.rpm!/payload.cpio.xz!/j.env",
        "k.zip!/k.env",
        "l.crx!/l.env",
    ] {
        run.found(&pair, at, 2);
    }
    assert!(
        !run.places(&pair.fingerprint())
            .iter()
            .all(|(at, _)| at != "j.rpm"),
        "{run}"
    );
    run.findings(1).complete();
}

/// A PDF file of these objects: dictionary and stream.
fn pdf(objects: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    for (number, (dictionary, stream)) in (1..).zip(objects) {
        let length = stream.len();
        out.extend(format!("{number} 0 obj\n<</Length {length}{dictionary}>>\nstream\r\n").bytes());
        out.extend(*stream);
        out.extend(b"\nendstream\nendobj\n");
    }
    out.extend(b"%%EOF\n");
    out
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

/// As streams are written in characters (ISO 32000-1, 7.4.3).
fn ascii85(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in content.chunks(4) {
        let mut whole = [0; 4];
        whole[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes(whole);
        let digits = [4, 3, 2, 1, 0].map(|power| (number / 85_u32.pow(power) % 85) as u8 + b'!');
        out.extend(&digits[..=chunk.len()]);
    }
    out.extend(b"~>");
    out
}

#[test]
fn streams_of_pdf_files() {
    let pair = Pair::new("pdf");
    let text = pair.dotenv();
    let text = text.as_bytes();
    let noise: Vec<u8> = (0..9_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let streams = [
        ("/Filter/FlateDecode", deflated(b"BT (nothing) Tj ET")),
        (
            "/Subtype /Image/Filter/FlateDecode",
            b"no zlib at all".to_vec(),
        ),
        ("/Type/EmbeddedFile/Filter [ /FlateDecode ]", deflated(text)),
        (
            "/Filter[/ASCII85Decode/FlateDecode]",
            ascii85(&deflated(text)),
        ),
        // A picture, as it says elsewhere.
        ("/Filter 9 0 R", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec()),
    ];
    let small: Vec<(&str, &[u8])> = streams
        .iter()
        .map(|(own, stream)| (*own, &**stream))
        .collect();
    let mut large = vec![("/Subtype/Image/Filter/DCTDecode", &*noise)];
    large.extend(&small);
    let case = Case::new();
    case.write("small.pdf", pdf(&small));
    case.write("large.pdf", pdf(&large));
    case.write("in.zip", zip(&[("a.pdf", &pdf(&small))]));
    let run = case.scan();
    run.findings(1).complete();
    run.found(&pair, "small.pdf!/object 3", 2);
    run.found(&pair, "small.pdf!/object 4", 2);
    run.found(&pair, "large.pdf!/object 4", 2);
    run.found(&pair, "in.zip!/a.pdf!/object 3", 2);
}

#[test]
fn streams_of_pdf_files_that_cannot_be_read_are_told() {
    let good = deflated(b"BT (nothing) Tj ET");
    let cut = &good[..good.len() / 2];
    for (dictionary, stream) in [
        ("/Filter/FlateDecode", &b"encrypted, as it were"[..]),
        ("/Filter/FlateDecode", cut),
        ("/Filter/LZWDecode", &good),
        ("/Filter[/ASCII85Decode/FlateDecode]", &good),
    ] {
        let run = Case::of("a.pdf", pdf(&[(dictionary, stream)])).scan();
        run.findings(0)
            .gap("a.pdf", "one of its streams can't be unpacked");
    }
    for (dictionary, stream) in [
        ("/Filter/FlateDecode", &b""[..]),
        // Without its checksum.
        ("/Filter/FlateDecode", &good[..good.len() - 4]),
        ("", b"BT (nothing) Tj ET"),
    ] {
        let run = Case::of("a.pdf", pdf(&[(dictionary, stream)])).scan();
        run.findings(0).complete();
    }
}

#[test]
fn a_pdf_file_that_is_a_bomb_ends() {
    let zeros = deflated(&vec![0; 64 << 20]);
    let streams = vec![("/Filter/FlateDecode", &*zeros); 3];
    let run = Case::of("a.pdf", pdf(&streams)).scan();
    run.findings(0)
        .gap("object 2", "unpacks to more than is allowed");
}

#[test]
fn closed_archives_are_told_as_encrypted_members_are() {
    let mut encrypted = zip(&[("a.env", b"content")]);
    for (mark, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let found = memchr::memmem::find(&encrypted, mark).unwrap();
        encrypted[found + at] |= 1;
    }
    for (name, content, said) in [
        ("a.zip", encrypted, "can't be unpacked"),
        (
            "a.7z",
            b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(),
            "a 7z archive can't be unpacked",
        ),
        (
            "a.rar",
            b"Rar!\x1a\x07\x01\0".to_vec(),
            "a rar archive can't be unpacked",
        ),
    ] {
        let told = if name == "a.zip" { "a.env" } else { name };
        let case = Case::of(name, &content);
        let run = case.scan();
        run.gap(told, said);
        assert_eq!(run.code(), 3, "{run}");
        case.git(&[]);
        let run = case.scan_with(&["--staged"], |_| {});
        run.gap(told, said);
        assert_eq!(run.code(), 3, "{run}");
        let run = case.scan_with(&["--no-archives"], |_| {});
        assert_eq!(run.code(), 0, "{run}");
    }
}

/// What a configuration excludes need not be opened, and the summary says so; of commits it stays a gap.
#[test]
fn a_closed_archive_at_an_excluded_path_is_no_gap() {
    let case = Case::of("fonts/a.7z", b"7z\xbc\xaf\x27\x1c\0\x04");
    let rule = "[[exclude]]\npath = \"fonts/**\"\nreason = \"bought\"\n";
    case.write("keyfence.toml", rule);
    case.git(&[]);
    for args in [&[][..], &["--staged"]] {
        let run = case.scan_with(args, |_| {});
        assert_eq!(run.code(), 0, "{run}");
        let summary = &run.json()["summary"];
        let narrows = "keyfence.toml excludes 1 place that could not be read";
        assert_eq!(summary["config_narrows"], narrows);
        let run = case.scan_with(&[args, &["--isolated"]].concat(), |_| {});
        assert_eq!(run.code(), 3, "{run}");
    }
    assert_eq!(case.scan_with(&["--history"], |_| {}).code(), 3);
    let rule = format!("fail-on = \"high\"\n{rule}");
    case.write("keyfence.toml", rule);
    let told = case.scan().json()["summary"]["config_narrows"].to_string();
    assert!(told.contains("fail-on high; it excludes 1 place"), "{told}");
}

#[test]
fn slips_write_nothing() {
    let case = Case::new();
    let pair = Pair::new("slip");
    let text = pair.dotenv();
    let text = text.as_bytes();
    let names = [
        "../../slip.env",
        "/slip.env",
        "..\\slip.env",
        "a/../../slip.env",
    ];
    let members: Vec<_> = names.iter().map(|name| (*name, text)).collect();
    case.write("slip.zip", zip(&members));
    let members: Vec<_> = names.iter().map(|name| (name.as_bytes(), text)).collect();
    case.write("slip.tar", tar(&members));
    let before = names_below(case.beside());
    let run = case.scan();
    for archive in ["slip.zip", "slip.tar"] {
        for name in names {
            run.found(&pair, &format!("{archive}!/{name}"), 2);
        }
    }
    run.findings(1).complete();
    assert_eq!(names_below(case.beside()), before);
}

fn names_below(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut open = vec![dir.to_owned()];
    let mut out = Vec::new();
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            }
            out.push(entry.path());
        }
    }
    out.sort();
    out
}

#[test]
fn names_of_members_come_out_harmless_and_masked() {
    let case = Case::new();
    let pair = Pair::new("member");
    let name = format!("\x1b[31m::error::\n{}\u{202e}.env", pair.secret);
    case.write("a.zip", zip(&[(&name, pair.dotenv().as_bytes())]));
    let run = case.scan();
    run.masked(&pair).findings(1).complete();
    assert_eq!(run.code(), 1);
}

#[test]
fn a_bomb_of_one_member_is_told() {
    let case = Case::new();
    let pair = Pair::new("bomb");
    let mut content = pair.dotenv().into_bytes();
    content.resize(100 << 20, 0);
    content.extend(b"end");
    case.write("bomb.gz", gz(&content));
    case.write("z.env", Pair::new("z").dotenv());
    case.scan()
        .found(&pair, "bomb.gz!/bomb", 2)
        .found(&Pair::new("z"), "z.env", 2)
        .gap("bomb", "unpacks to more than is allowed");
}

#[test]
fn bombs_in_bombs_are_told() {
    let layer = zip(&[("0", &vec![0_u8; 4 << 20])]);
    let mut bomb = layer;
    for _ in 0..5 {
        let members: Vec<(String, &[u8])> =
            (0..16).map(|n| (format!("{n}.zip"), &bomb[..])).collect();
        let members: Vec<(&str, &[u8])> = members
            .iter()
            .map(|(name, one)| (name.as_str(), *one))
            .collect();
        bomb = zip(&members);
    }
    let case = Case::of("42.zip", bomb);
    let run = case.scan();
    assert_eq!(run.code(), 3, "{run}");
    run.clean();
}

#[test]
fn a_quine_of_gzip_ends() {
    // Not a true quine: so many layers that a quine looks the same.
    let pair = Pair::new("quine");
    let mut content = pair.dotenv().into_bytes();
    for _ in 0..30 {
        content = gz(&content);
    }
    let run = Case::of("r.gz", content).scan();
    assert_eq!(run.code(), 3, "{run}");
    run.clean();
}

#[test]
fn too_many_members_are_told() {
    let names: Vec<String> = (0..12_000).map(|n| n.to_string()).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    Case::of("many.zip", zip(&members))
        .scan()
        .gap("many.zip", "members; the rest was not read");
}

#[test]
fn overlapping_members_do_not_multiply() {
    // Every entry of the directory points to the same megabytes.
    let member = zip(&[("m", &vec![b'a'; 8 << 20])]);
    let directory = memchr::memmem::rfind(&member, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::rfind(&member, b"PK\x05\x06").unwrap();
    let mut bomb = member[..directory].to_vec();
    let entry = &member[directory..end];
    let count = 5000_u16;
    for n in 0..count {
        let mut entry = entry.to_vec();
        entry[46] = b'a' + u8::try_from(n % 26).unwrap();
        bomb.extend(entry);
    }
    let size = u32::try_from(bomb.len() - directory).unwrap();
    let mut record = member[end..].to_vec();
    record[8..10].copy_from_slice(&count.to_le_bytes());
    record[10..12].copy_from_slice(&count.to_le_bytes());
    record[12..16].copy_from_slice(&size.to_le_bytes());
    bomb.extend(record);
    let run = Case::of("overlap.zip", bomb).scan();
    assert_eq!(run.code(), 3, "{run}");
    run.clean();
}

#[test]
fn broken_archives_are_told_or_read_as_they_are() {
    let pair = Pair::new("broken");
    let text = pair.dotenv();
    let whole_gz = gz(&[text.as_bytes(), &[b'x'; 5000]].concat());
    let cut = &whole_gz[..whole_gz.len() - 10];
    let run = Case::of("cut.gz", cut).scan();
    run.found(&pair, "cut.gz!/cut", 2)
        .gap("cut", "can't be unpacked");

    let whole = zip(&[("a.env", text.as_bytes())]);
    let run = Case::of("cut.zip", &whole[..whole.len() - 10]).scan();
    run.gap("cut.zip", "can't be unpacked");

    let mut lie = whole;
    let end = memchr::memmem::rfind(&lie, b"PK\x05\x06").unwrap();
    lie[end + 8..end + 12].fill(0xff);
    let run = Case::of("lie.zip", &lie).scan();
    assert!(matches!(run.code(), 1 | 3), "{run}");
    run.clean();

    let mut tarball = tar(&[(b"a.env", text.as_bytes())]);
    tarball.truncate(600);
    let run = Case::of("cut.tar", &tarball).scan();
    assert!(matches!(run.code(), 1 | 3), "{run}");

    // A size in the header that no disk has.
    let mut tarball = tar(&[(b"a.env", text.as_bytes())]);
    tarball[124..136].copy_from_slice(&[
        0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ]);
    let sum: u32 = (0..512)
        .map(|at| {
            if (148..156).contains(&at) {
                32
            } else {
                u32::from(tarball[at])
            }
        })
        .sum();
    tarball[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let run = Case::of("huge.tar", &tarball).scan();
    assert!(matches!(run.code(), 1 | 3), "{run}");
    run.clean();

    // Text that only begins like an archive.
    for begin in [
        &b"PK\x03\x04"[..],
        b"\x1f\x8b",
        b"\x1f\x8b\x08\0",
        b"\x28\xb5\x2f\xfd",
    ] {
        let content = [begin, b"\n", text.as_bytes()].concat();
        let run = Case::of("x.env", content).scan();
        assert_eq!(
            run.places(&pair.fingerprint()),
            [("x.env".to_owned(), 3)],
            "{run}"
        );
    }
}

#[test]
fn a_directory_that_names_no_member_is_told() {
    let pair = Pair::new("empty directory");
    let mut hidden = zip(&[("a.env", pair.dotenv().as_bytes())]);
    let start = memchr::memmem::find(&hidden, b"PK\x01\x02").unwrap();
    hidden.truncate(start);
    hidden.extend(b"PK\x05\x06");
    hidden.extend([0; 18]);
    let run = Case::of("a.zip", hidden).scan();
    run.gap("a.zip", "its directory names none");
}

#[test]
fn comments_and_targets_of_links_are_content() {
    let (pair, token) = (Pair::new("comment"), planted::token(42));
    let mut out = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    out.start_file("a.txt", SimpleFileOptions::default())
        .unwrap();
    out.set_comment(pair.dotenv()).unwrap();
    let commented = out.finish().unwrap().into_inner();
    let run = Case::of("a.zip", commented).scan();
    run.found(&pair, "a.zip", 2).complete();

    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    header.set_path("origin").unwrap();
    header
        .set_link_name(format!("https://u:{token}@github.com"))
        .unwrap();
    header.set_cksum();
    let linked = [header.as_bytes().as_slice(), &[0; 1024]].concat();
    let run = Case::of("a.tar", linked).scan();
    let places = run.places(&planted::fingerprint(&token));
    assert_eq!(places, [("a.tar!/origin".to_owned(), 1)], "{run}");
}

#[test]
fn two_members_of_one_name_are_both_read() {
    let (first, second) = (Pair::new("one"), Pair::new("two"));
    let (a, b) = (first.dotenv(), second.dotenv());
    let mut twice = zip(&[("aa.env", a.as_bytes()), ("bb.env", b.as_bytes())]);
    while let Some(at) = memchr::memmem::find(&twice, b"bb.env") {
        twice[at..at + 2].copy_from_slice(b"aa");
    }
    let run = Case::of("twice.zip", twice).scan();
    let all = !run.places(&first.fingerprint()).is_empty()
        && !run.places(&second.fingerprint()).is_empty();
    assert!(all || run.json()["summary"]["gaps"] != 0, "{run}");
}

#[test]
fn archives_that_programs_carry_are_unpacked() {
    let (script, inside) = (Pair::new("script"), Pair::new("inside"));
    let archive = zip(&[("conf/a.env", inside.dotenv().as_bytes())]);
    // A jar that starts itself, a program that unpacks itself; one piece and several.
    for (begin, padding) in [
        (&b"#!/bin/sh\n"[..], 0),
        (b"MZ", 5_000),
        (b"\x7fELF", 20_000_000),
    ] {
        let text = script.dotenv();
        let padding = vec![0; padding];
        let content = [begin, b"\n", text.as_bytes(), &padding, &archive].concat();
        let run = Case::of("start.jar", &content).scan();
        run.found(&inside, "start.jar!/conf/a.env", 2)
            .findings(2)
            .complete();
        assert_eq!(run.places(&script.fingerprint()).len(), 1, "{run}");
        let case = Case::of("start.jar", &content);
        case.git(&[]);
        case.scan_with(&["--staged"], |_| {})
            .found(&inside, "start.jar!/conf/a.env", 2)
            .findings(2);
    }
}
