//! Formats of archives beyond zip, tar, gzip and Zstandard: what is unpacked, and what is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod collector;
mod packer;

use collector::Collector;
use keyfence::source::{WorktreeOptions, scan_stdin, scan_worktree};
use lzma_rust2::CheckType;
use packer::{
    ar, ar_bsd, bzip2, cpio, cpio_old, cpio_words, lzip, lzma, rpm, tar, xz, xz_with, zip_lzma,
    zip_packed, zstd,
};

type Pack = fn(&[u8]) -> Vec<u8>;

/// The formats of one compressed content, by the ending of their names.
const LAYERS: [(&str, Pack); 5] = [
    ("bz2", bzip2),
    ("xz", xz),
    ("lzma", |bytes| lzma(bytes, false)),
    ("sized.lzma", |bytes| lzma(bytes, true)),
    ("lz", lzip),
];

fn scan(name: &str, bytes: &[u8]) -> Collector {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(name), bytes).unwrap();
    Collector::scan(dir.path())
}

/// Text that packs a little, of any size.
fn text(size: usize) -> Vec<u8> {
    (0..)
        .flat_map(|n: u32| format!("{:08x} {n}\n", n.wrapping_mul(2_654_435_761)).into_bytes())
        .take(size)
        .collect()
}

#[test]
fn contents_of_every_size() {
    for (ending, pack) in LAYERS {
        for size in [0, 1, 100, 70_000, 3_000_000, 9 << 20] {
            let content = text(size);
            let packed = pack(&content);
            let seen = scan(&format!("a.txt.{ending}"), &packed);
            assert!(seen.gaps().is_empty(), "{ending} {size}: {:?}", seen.gaps());
            let got = seen.content(&format!(
                "!/a.txt{}",
                ending
                    .strip_suffix(".lzma")
                    .map_or(String::new(), |more| format!(".{more}"))
            ));
            assert!(got.unwrap() == content, "{ending} {size}");
        }
    }
}

#[test]
fn tar_archives_have_members_of_their_own() {
    let packed = tar(&[("a/x.env", b"one"), ("b", b"two")]);
    for (name, bytes) in [
        ("a.tar.bz2", bzip2(&packed)),
        ("a.tbz", bzip2(&packed)),
        ("a.TBZ2", bzip2(&packed)),
        ("a.tar.xz", xz(&packed)),
        ("a.txz", xz(&packed)),
        ("a.tar.lzma", lzma(&packed, false)),
        ("a.tlz", lzma(&packed, true)),
        ("a.tar.lz", lzip(&packed)),
    ] {
        let seen = scan(name, &bytes);
        assert!(seen.gaps().is_empty(), "{name}: {:?}", seen.gaps());
        assert_eq!(seen.content(&format!("{name}!/a/x.env")).unwrap(), b"one");
        assert_eq!(seen.content(&format!("{name}!/b")).unwrap(), b"two");
    }
}

#[test]
fn streams_may_follow_one_another() {
    for (name, bytes) in [
        (
            "j.bz2",
            [bzip2(b"one,"), bzip2(b""), bzip2(b"two")].concat(),
        ),
        ("j.lz", [lzip(b"one,"), lzip(b"two")].concat()),
        ("j.xz", [xz(b"one,"), xz(b"two")].concat()),
        // Room between and behind them: multiples of four.
        (
            "j.xz",
            [xz(b"one,"), vec![0; 8], xz(b"two"), vec![0; 4]].concat(),
        ),
        ("j.xz", xz_with(b"one,two", CheckType::Sha256, Some(4096))),
    ] {
        let seen = scan(name, &bytes);
        assert!(seen.gaps().is_empty(), "{name}: {:?}", seen.gaps());
        assert_eq!(seen.content("!/j").unwrap(), b"one,two", "{name}");
    }
    for (name, bytes, said) in [
        ("j.xz", [xz(b"one,"), vec![0; 3]].concat(), "padding"),
        ("j.xz", [xz(b"one,"), b"rest".to_vec()].concat(), "padding"),
        (
            "j.bz2",
            [bzip2(b"one,"), b"rest".to_vec()].concat(),
            "unpacked",
        ),
        (
            "j.lzma",
            [lzma(b"one,", true), b"rest".to_vec()].concat(),
            "something follows",
        ),
        (
            "j.lzma",
            [lzma(b"one,", false), b"rest".to_vec()].concat(),
            "something follows",
        ),
        (
            "j.lz",
            [lzip(b"one,"), b"rest".to_vec()].concat(),
            "something follows",
        ),
    ] {
        let seen = scan(name, &bytes);
        let gaps = seen.gaps().concat();
        assert!(
            seen.gaps().len() == 1 && gaps.contains(said),
            "{name}: {gaps}"
        );
        assert_eq!(seen.content("!/j").unwrap(), b"one,", "{name}");
    }
}

#[test]
fn sums_are_checked() {
    let content = text(50_000);
    let middle = |mut bytes: Vec<u8>, back: usize| {
        let at = bytes.len() - back;
        bytes[at] ^= 1;
        bytes
    };
    // The end of each: of a stream of bzip2 its sum, of xz the sum of the index and of the block before it.
    for (name, bytes) in [
        ("s.bz2", middle(bzip2(&content), 3)),
        ("s.xz", middle(xz(&content), 16)),
        (
            "s.xz",
            middle(xz_with(&content, CheckType::Crc32, None), 26),
        ),
        (
            "s.xz",
            middle(xz_with(&content, CheckType::Sha256, None), 40),
        ),
        ("s.lz", middle(lzip(&content), 20)),
        ("s.lz", middle(lzip(&content), 1)),
    ] {
        let seen = scan(name, &bytes);
        assert_eq!(seen.gaps().len(), 1, "{name}: {:?}", seen.gaps());
        assert!(seen.content("!/s").unwrap() == content, "{name}");
    }
}

#[test]
fn what_stands_before_a_damage_is_read() {
    let content = text(1_200_000);
    for (ending, pack) in LAYERS {
        let whole = pack(&content);
        for cut in [whole.len() / 2, whole.len() - 1] {
            let seen = scan(&format!("t.{ending}"), &whole[..cut]);
            assert_eq!(seen.gaps().len(), 1, "{ending} {cut}: {:?}", seen.gaps());
            let inner = seen.contents.lock().unwrap().keys().next().unwrap().clone();
            let read = seen.content(&inner).unwrap();
            assert!(content.starts_with(&read), "{ending} {cut}");
            // A block of bzip2 is 900,000 bytes, and of no use until it is whole.
            let least = if ending == "bz2" && cut < whole.len() - 1 {
                0
            } else {
                content.len() / 3
            };
            assert!(read.len() >= least, "{ending} {cut}: {}", read.len());
        }
    }
}

#[test]
fn cut_or_changed_anywhere() {
    let content = b"a content, and a content again";
    let members: &[(&str, &[u8])] = &[("one", content), ("a name of many letters", content)];
    let mut all: Vec<(&str, Vec<u8>)> = LAYERS
        .iter()
        .map(|(ending, pack)| (*ending, pack(content)))
        .collect();
    all.push(("a", ar(members)));
    all.push(("a", ar_bsd(members)));
    all.push(("cpio", cpio(members)));
    all.push(("cpio", cpio_old(members)));
    all.push(("cpio", cpio_words(members, u16::to_le_bytes)));
    all.push(("rpm", rpm(b"text", &xz(&cpio(members)))));
    all.push(("bz2.zip", zip_packed("m", 12, content, &bzip2(content))));
    all.push((
        "lzma.zip",
        zip_packed("m", 14, content, &zip_lzma(content, true)),
    ));
    all.push(("zst.zip", zip_packed("m", 93, content, &zstd(content))));
    all.push(("xz.zip", zip_packed("m", 95, content, &xz(content))));
    for (ending, bytes) in all {
        let name = format!("h.{ending}");
        let scan = |bytes: &[u8]| {
            let sink = Collector::default();
            scan_stdin(&mut &bytes[..], name.as_bytes(), true, &sink);
            let gaps = sink.gaps().concat();
            assert!(!gaps.contains("fault inside"), "{name}: {gaps}");
            sink
        };
        let sound = scan(&bytes);
        assert!(sound.gaps().is_empty(), "{name}: {:?}", sound.gaps());
        for at in 0..bytes.len() {
            // It is told, or too short to be told for what it was. Between two members of ar nothing is missing.
            let cut = scan(&bytes[..at]);
            let plain = at < 112 && cut.content(&name).is_some_and(|read| read == bytes[..at]);
            let told = !cut.gaps().is_empty();
            assert!(told || plain || ending == "a", "{name} {at}");
            for value in [0, 0xff, bytes[at] ^ 1] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                scan(&bytes);
            }
        }
    }
}

#[test]
fn what_other_programs_made() {
    // bzip2 1.0.8 and XZ Utils 5.4, of "one two one two" and an end of line.
    let bzip2: &[u8] = &[
        0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x50, 0xee, 0xc7, 0x37, 0x00,
        0x00, 0x05, 0xd1, 0x80, 0x00, 0x10, 0x40, 0x00, 0x02, 0x01, 0x84, 0x80, 0x20, 0x00, 0x21,
        0x29, 0xa3, 0x10, 0x86, 0x01, 0x9c, 0x33, 0x4a, 0x48, 0x8a, 0x78, 0xbb, 0x92, 0x29, 0xc2,
        0x84, 0x82, 0x87, 0x76, 0x39, 0xb8,
    ];
    let xz: &[u8] = &[
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21,
        0x01, 0x1c, 0x00, 0x00, 0x00, 0x10, 0xcf, 0x58, 0xcc, 0x01, 0x00, 0x0f, 0x6f, 0x6e, 0x65,
        0x20, 0x74, 0x77, 0x6f, 0x20, 0x6f, 0x6e, 0x65, 0x20, 0x74, 0x77, 0x6f, 0x0a, 0x00, 0xed,
        0xff, 0x01, 0x09, 0xdc, 0xb8, 0xe7, 0x20, 0x00, 0x01, 0x28, 0x10, 0xe5, 0x0b, 0x6c, 0x60,
        0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
    ];
    let lzma: &[u8] = &[
        0x5d, 0x00, 0x00, 0x80, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x37,
        0x9b, 0x88, 0xce, 0x76, 0xe2, 0xf4, 0xe1, 0xbf, 0x65, 0x6e, 0x03, 0x59, 0x89, 0x7f, 0xff,
        0xfd, 0xc5, 0x60, 0x00,
    ];
    for bytes in [bzip2, xz, lzma] {
        let seen = scan("no-ending", bytes);
        assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
        let inner = seen.content("no-ending!/no-ending").unwrap();
        assert_eq!(inner, b"one two one two\n");
    }
}

#[test]
fn bombs_and_large_dictionaries() {
    let mut bytes = vec![b'a'; 150 << 20];
    bytes.extend_from_slice(b"end");
    for (ending, pack) in LAYERS {
        let bomb = pack(&bytes);
        let name = format!("b.{ending}");
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(&name), &bomb).unwrap();
        let sink = Collector {
            frugal: true,
            ..Default::default()
        };
        scan_worktree(&[dir.path().to_owned()], &WorktreeOptions::default(), &sink).unwrap();
        let gaps = sink.gaps().concat();
        assert!(gaps.contains("more than is allowed"), "{name}: {gaps}");
        let read = sink.stats.lock().unwrap().bytes;
        assert_eq!(read, (64 << 20) + 200 * bomb.len() as u64, "{name}");
    }

    // A header of LZMA that asks for 3 GiB, and of lzip for 512 MiB.
    let mut large = lzma(b"content", false);
    large[1..5].copy_from_slice(&(3_u32 << 30).to_le_bytes());
    let mut member = lzip(b"content");
    member[5] = 29;
    // The same in a zip archive, whose size it would fit.
    let mut zipped = zip_lzma(b"content", true);
    zipped[5..9].copy_from_slice(&(3_u32 << 30).to_le_bytes());
    let mut zipped = zip_packed("m", 14, b"content", &zipped);
    for mark in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = memchr::memmem::find(&zipped, mark).unwrap();
        let at = at + if mark[2] == 3 { 22 } else { 24 };
        zipped[at..at + 4].copy_from_slice(&(3_u32 << 30).to_le_bytes());
    }
    // Blocks of xz say it in a byte, and have a sum.
    let mut block = xz(b"content");
    let header = block[12..24].to_vec();
    let at = memchr::memmem::find(&header, &[0x21, 1]).unwrap();
    block[12 + at + 2] = 40;
    let mut sum = flate2::Crc::new();
    sum.update(&block[12..20]);
    block[20..24].copy_from_slice(&sum.sum().to_le_bytes());
    for (name, bytes) in [
        ("d.lzma", large),
        ("d.lz", member),
        ("d.zip", zipped),
        ("d.xz", block),
    ] {
        let seen = scan(name, &bytes);
        let gaps = seen.gaps().concat();
        assert!(gaps.contains("128 MiB"), "{name}: {gaps}");
        assert_eq!(seen.gaps().len(), 1, "{name}: {gaps}");
    }
}

#[test]
fn blocks_of_xz_are_not_counted_without_bound() {
    // One stream of empty blocks, more of them than are read: 16 bytes each.
    let one = xz_with(b"", CheckType::None, None);
    let mut header = vec![2, 0, 0x21, 1, 0, 0, 0, 0];
    let mut sum = flate2::Crc::new();
    sum.update(&header);
    header.extend(sum.sum().to_le_bytes());
    header.extend([0, 0, 0, 0]);
    let mut bytes = one[..12].to_vec();
    while bytes.len() <= 257 << 20 {
        bytes.extend_from_slice(&header);
    }
    let sink = Collector::default();
    scan_stdin(&mut &bytes[..], b"e.xz", true, &sink);
    let gaps = sink.gaps().concat();
    assert!(gaps.contains("larger than xz content"), "{gaps}");
}

#[test]
fn members_of_zip_archives_in_younger_methods() {
    let content = text(100_000);
    for (method, packed) in [
        (12, bzip2(&content)),
        (14, zip_lzma(&content, true)),
        (14, zip_lzma(&content, false)),
        (20, zstd(&content)),
        (93, zstd(&content)),
        (95, xz(&content)),
    ] {
        let seen = scan("y.zip", &zip_packed("m.env", method, &content, &packed));
        assert!(seen.gaps().is_empty(), "{method}: {:?}", seen.gaps());
        assert!(seen.content("y.zip!/m.env").unwrap() == content, "{method}");

        // The directory tells of another content: of one as long, and of a shorter one.
        let mut other = content.clone();
        other[0] ^= 1;
        for other in [&other[..], &content[..500]] {
            let seen = scan("y.zip", &zip_packed("m.env", method, other, &packed));
            assert_eq!(seen.gaps().len(), 1, "{method}: {:?}", seen.gaps());
        }
    }
    // PPMd, deflate64, and what no one knows.
    for method in [9, 98, 1234] {
        let seen = scan("y.zip", &zip_packed("m.env", method, &content, b"packed"));
        let gaps = seen.gaps().concat();
        assert!(gaps.contains("y.zip!/m.env: can't be unpacked"), "{gaps}");
    }
}

#[test]
fn archives_of_ar_and_cpio() {
    let long = "a/name/that/is/longer/than/any/field.env";
    let members: &[(&str, &[u8])] = &[("one", b"first"), (long, b"second"), ("odd", b"123")];
    for (name, bytes) in [
        ("lib.a", ar(members)),
        ("bsd.a", ar_bsd(members)),
        ("new.cpio", cpio(members)),
        ("old.cpio", cpio_old(members)),
        ("oldest.cpio", cpio_words(members, u16::to_le_bytes)),
        ("oldest-be.cpio", cpio_words(members, u16::to_be_bytes)),
        ("i.cpio.gz", bzip2(&cpio(members))),
    ] {
        let seen = scan(name, &bytes);
        assert!(seen.gaps().is_empty(), "{name}: {:?}", seen.gaps());
        for (member, content) in members {
            let got = seen.content(&format!("{name}!/{member}"));
            assert_eq!(got.as_deref(), Some(*content), "{name} {member}");
        }
    }
    let linked = cpio(&[("a.link", b"../target")]);
    assert_eq!(
        scan("l.cpio", &linked).content("!/a.link").unwrap(),
        b"../target"
    );
    // An image of an initial file system: more archives behind the first.
    let image = [
        cpio(&[("one", b"first")]),
        vec![0; 5000],
        xz(&cpio(members)),
    ]
    .concat();
    let seen = scan("image", &image);
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert_eq!(seen.content("image!/one").unwrap(), b"first");
    assert_eq!(seen.content(&format!("!/{long}")).unwrap(), b"second");

    // Sizes that no file has, and archives that end within a member.
    let mut lie = ar(members);
    lie[8 + 60 + 42 + 48..][..10].copy_from_slice(b"9999999999");
    for (name, bytes) in [
        ("lie.a", lie),
        ("cut.a", ar(members)[..150].to_vec()),
        ("cut.cpio", cpio(members)[..118].to_vec()),
        ("cut2.cpio", cpio(members)[..124].to_vec()),
    ] {
        let seen = scan(name, &bytes);
        assert_eq!(seen.gaps().len(), 1, "{name}: {:?}", seen.gaps());
    }
    // Text that begins as they do is text.
    for text in [
        "!<arch>\n is what ar writes, and then a name of 16 letters, and a date",
        "070701 is a date",
    ] {
        let seen = scan("x.txt", text.as_bytes());
        assert!(seen.gaps().is_empty());
        assert_eq!(seen.content("x.txt").unwrap(), text.as_bytes());
    }
}

#[test]
fn packages() {
    let control = tar(&[("postinst", b"script")]);
    let data = tar(&[("etc/app.env", b"one")]);
    let debian = ar(&[
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", &xz(&control)),
        ("data.tar.zst", &zstd(&data)),
    ]);
    let seen = scan("app.deb", &debian);
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert_eq!(
        seen.content("app.deb!/data.tar.zst!/etc/app.env").unwrap(),
        b"one"
    );
    assert_eq!(
        seen.content("app.deb!/control.tar.xz!/postinst").unwrap(),
        b"script"
    );

    let files = cpio(&[("etc/app.env", b"one")]);
    for (ending, payload) in [
        (".xz", xz(&files)),
        (".lzma", lzma(&files, false)),
        ("", files.clone()),
    ] {
        let seen = scan("app.rpm", &rpm(b"what the package says", &payload));
        assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
        let end = format!("app.rpm!/payload.cpio{ending}!/etc/app.env");
        assert_eq!(seen.content(&end).unwrap(), b"one");
        let own = seen.contents.lock().unwrap();
        let own = own
            .iter()
            .find(|(name, _)| name.ends_with("app.rpm"))
            .unwrap();
        assert!(
            own.1
                .iter()
                .any(|piece| piece.bytes.ends_with(b"what the package says"))
        );
    }
    let seen = scan("cut.rpm", &rpm(b"text", b"")[..20]);
    assert!(
        seen.gaps()
            .concat()
            .contains("an RPM package can't be unpacked")
    );
}

#[test]
fn what_is_not_opened_is_told() {
    let squashfs = [b"hsqs".to_vec(), vec![0; 24], vec![4, 0, 0, 0]].concat();
    for (begin, what) in [
        (&b"7z\xbc\xaf\x27\x1c"[..], "a 7z archive"),
        (b"Rar!\x1a\x07\0", "a rar archive"),
        (b"Rar!\x1a\x07\x01\0", "a rar archive"),
        (b"\x04\x22\x4d\x18", "an lz4 frame"),
        (b"\x89LZO\0\r\n\x1a\n", "an lzop file"),
        (b"\x1f\x9d\x90", "a file of compress"),
        (b"MSCF\0\0\0\0", "a cabinet file"),
        (b"# v2 git bundle\n", "a git bundle"),
        (b"!<arch>\ncut/ \x01\x02", "an ar archive"),
        (
            b"\x60\xea\x2b\0\x22\x0b\x01\x02\x10\0\x02",
            "an arj archive",
        ),
        (b"\x19\x22-lh5-12345678abcd\x20\x01", "an lha archive"),
        (b"\x19\x22-lzs-12345678abcd\x20\0", "an lha archive"),
        (&squashfs, "a squashfs image"),
    ] {
        let content = [begin, b"what it holds"].concat();
        let seen = scan("closed", &content);
        let gaps = seen.gaps();
        assert!(
            gaps.len() == 1 && gaps[0].contains(what),
            "{what}: {gaps:?}"
        );
        // Its bytes are looked at all the same.
        assert_eq!(seen.content("closed").unwrap(), content);
        // In an archive that is unpacked, too; never when archives are left alone.
        let inside = scan("outer.tar", &tar(&[("m", &content)])).gaps().concat();
        assert!(
            inside.contains("outer.tar!/m: ") && inside.contains(what),
            "{inside}"
        );
        let sink = Collector::default();
        scan_stdin(&mut &content[..], b"closed", false, &sink);
        assert!(sink.gaps().is_empty());
    }
    for text in [
        "7zip",
        "Rar!",
        "MSCF",
        "hsqs",
        "BZh9 is a mark",
        "LZIP too",
        "ls -lh5- is no archive",
    ] {
        assert!(scan("x.txt", text.as_bytes()).gaps().is_empty(), "{text}");
    }
}

#[test]
fn archives_that_programs_and_images_carry_are_told() {
    let filler = text(70_000);
    let program = |mark: &[u8], more: &[u8]| [mark, &filler, more, b"what it holds"].concat();
    let image = [&filler[..], b"koly\0\0\0\x04\0\0\x02\0", &[0; 500]].concat();
    let large = [text(9 << 20), image.clone()].concat();
    for (content, what) in [
        (
            program(b"MZ", b"7z\xbc\xaf\x27\x1c\0\x04"),
            Some("a 7z archive in a program"),
        ),
        (
            program(b"\x7fELF", b"Rar!\x1a\x07\0\xcf\x90\x73"),
            Some("a rar archive in a program"),
        ),
        (
            program(b"MZ", b"Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\x0a\x01"),
            Some("a rar archive in a program"),
        ),
        (
            program(b"MZ", b"\xef\xbe\xad\xdeNullsoftInst"),
            Some("an installer of NSIS"),
        ),
        (
            program(b"\x7fELF\x02\x01\x01\0AI\x02", b""),
            Some("an AppImage"),
        ),
        (
            program(b"#!/bin/sh\n", b"\nexit\n\x1f\x8b\x08\0"),
            Some("an archive in a script"),
        ),
        (image, Some("a disk image")),
        (large, Some("a disk image")),
        // Programs that know the marks, as unpackers do.
        (
            program(
                b"MZ",
                b"7z\xbc\xaf\x27\x1c\0Rar!\x1a\x07\0\0Rar!\x1a\x07\x01\0",
            ),
            None,
        ),
        (
            program(
                b"#!/bin/sh\n",
                b"\nprintf '\\x1f\\x8b\\x08' 7z\xbc\xaf\x27\x1c\0\x04",
            ),
            None,
        ),
    ] {
        let seen = scan("carries", &content);
        let gaps = seen.gaps();
        match what {
            Some(what) => assert!(
                gaps.len() == 1 && gaps[0].contains(what),
                "{what}: {gaps:?}"
            ),
            None => assert!(gaps.is_empty(), "{gaps:?}"),
        }
        assert!(seen.content("carries").unwrap() == content);
    }
}

/// The first byte of an archive is damaged, or it is encrypted as a whole.
#[test]
fn what_only_its_name_calls_an_archive_is_told() {
    let damaged = |mut bytes: Vec<u8>| {
        bytes[1] ^= 4;
        bytes
    };
    let cut = tar(&[("a.env", b"one")])[..354].to_vec();
    for (name, content) in [
        ("a.xz", damaged(xz(b"content"))),
        ("a.BZ2", damaged(bzip2(&text(1000)))),
        ("a.tar", cut),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
    ] {
        let seen = scan(name, &content);
        let gaps = seen.gaps();
        assert!(
            gaps.len() == 1 && gaps[0].contains("what its name calls an archive"),
            "{name}: {gaps:?}"
        );
        assert_eq!(seen.content(name).unwrap(), content);
        for other in ["a.bin".to_owned(), format!("._{name}")] {
            assert!(scan(&other, &content).gaps().is_empty(), "{other}");
        }
    }
    for (name, content) in [
        (
            "a.zip",
            &b"version https://git-lfs.github.com/spec/v1\n"[..],
        ),
        ("a.tar", &[0; 1024]),
        ("a.gz", b""),
    ] {
        assert!(scan(name, content).gaps().is_empty(), "{name}");
    }
}
