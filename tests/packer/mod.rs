//! Packs contents as archives do, in memory.
#![allow(dead_code)]

use std::io::Write;
use std::num::NonZeroU64;

use bzip2::write::BzEncoder;
use lzma_rust2::{
    CheckType, LzipOptions, LzipWriter, LzmaOptions, LzmaWriter, XzOptions, XzWriter,
};

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    xz_with(bytes, CheckType::Crc64, None)
}

/// With this check, in blocks of so many bytes.
pub(crate) fn xz_with(bytes: &[u8], check: CheckType, block: Option<u64>) -> Vec<u8> {
    let mut options = XzOptions::with_preset(1);
    options.set_check_sum_type(check);
    options.set_block_size(block.and_then(NonZeroU64::new));
    let mut writer = XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A file of the older format, with its size in the header or a mark at its end.
pub(crate) fn lzma(bytes: &[u8], sized: bool) -> Vec<u8> {
    let size = sized.then_some(bytes.len() as u64);
    let options = LzmaOptions::with_preset(1);
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, size).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn lzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = LzipWriter::new(Vec::new(), LzipOptions::with_preset(1));
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// An archive of ar as GNU writes it: long names stand in a table.
pub(crate) fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut table = String::new();
    let mut body = Vec::new();
    for (name, bytes) in members {
        let short = if name.len() < 16 {
            format!("{name}/")
        } else {
            let at = table.len();
            table += &format!("{name}/\n");
            format!("/{at}")
        };
        ar_member(&mut body, &short, bytes);
    }
    let mut out = b"!<arch>\n".to_vec();
    if !table.is_empty() {
        ar_member(&mut out, "//", table.as_bytes());
    }
    [out, body].concat()
}

/// The same as BSD writes it: the name before the content.
pub(crate) fn ar_bsd(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let mut long = name.as_bytes().to_vec();
        long.resize(long.len().next_multiple_of(4), 0);
        let length = long.len();
        ar_member(&mut out, &format!("#1/{length}"), &[&long, *bytes].concat());
    }
    out
}

fn ar_member(out: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let size = bytes.len();
    writeln!(
        out,
        "{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`",
        0, 0, 0, 100_644
    )
    .unwrap();
    out.extend(bytes);
    if size % 2 == 1 {
        out.push(b'\n');
    }
}

/// A portable archive of cpio, with hexadecimal numbers.
pub(crate) fn cpio(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let link = |name: &str| name.ends_with("link");
    let end = [("TRAILER!!!", &b""[..])];
    for (name, bytes) in members.iter().chain(&end) {
        let mode = if link(name) { 0o120_777 } else { 0o100_644 };
        let fields = [
            1,
            mode,
            0,
            0,
            1,
            0,
            bytes.len(),
            0,
            0,
            0,
            0,
            name.len() + 1,
            0,
        ];
        out.extend(b"070701");
        for field in fields {
            write!(out, "{field:08x}").unwrap();
        }
        write!(out, "{name}\0").unwrap();
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(*bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// The same with octal numbers.
pub(crate) fn cpio_old(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let end = [("TRAILER!!!", &b""[..])];
    for (name, bytes) in members.iter().chain(&end) {
        write!(
            out,
            "070707{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:011o}{:06o}{:011o}{name}\0",
            0,
            1,
            0o100_644,
            0,
            0,
            1,
            0,
            0,
            name.len() + 1,
            bytes.len()
        )
        .unwrap();
        out.extend(*bytes);
    }
    out
}

/// cpio in its oldest form, in either order of bytes.
#[allow(dead_code)]
pub(crate) fn cpio_words(members: &[(&str, &[u8])], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mut out = Vec::new();
    let end = [("TRAILER!!!", &b""[..])];
    for (name, bytes) in members.iter().chain(&end) {
        let size = u32::try_from(bytes.len()).unwrap();
        let [high, low] = [size >> 16, size & 0xffff].map(|half| u16::try_from(half).unwrap());
        let length = u16::try_from(name.len() + 1).unwrap();
        let fields = [
            0o070_707, 1, 1, 0o100_644, 0, 0, 1, 0, 0, 0, length, high, low,
        ];
        out.extend(fields.into_iter().flat_map(order));
        write!(out, "{name}\0").unwrap();
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend(*bytes);
        out.resize(out.len().next_multiple_of(2), 0);
    }
    out
}

/// An RPM package with this text among what it says of itself.
pub(crate) fn rpm(text: &[u8], payload: &[u8]) -> Vec<u8> {
    let header = |text: &[u8]| {
        let size = u32::try_from(text.len()).unwrap();
        [
            &[0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0, 0, 0, 0, 1][..],
            &size.to_be_bytes(),
            &[0; 16],
            text,
        ]
        .concat()
    };
    let mut lead = vec![0xed, 0xab, 0xee, 0xdb, 3];
    lead.resize(96, 0);
    let mut signature = header(b"sum");
    signature.resize(signature.len().next_multiple_of(8), 0);
    [lead, signature, header(text), payload.to_vec()].concat()
}

/// A zip archive of one member that is packed already.
pub(crate) fn zip_packed(name: &str, method: u16, bytes: &[u8], packed: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    let sizes = [
        sum.sum(),
        u32::try_from(packed.len()).unwrap(),
        sum.amount(),
    ];
    let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common = |out: &mut Vec<u8>| {
        out.extend([63, 0, 0, 0]);
        out.extend(method.to_le_bytes());
        out.extend([0; 4]);
        sizes.iter().for_each(|n| out.extend(n.to_le_bytes()));
        out.extend(name_length);
    };
    let mut out = b"PK\x03\x04".to_vec();
    common(&mut out);
    out.extend([0, 0]);
    out.extend(name.as_bytes());
    out.extend(packed);
    let directory = u32::try_from(out.len()).unwrap();
    out.extend(b"PK\x01\x02\x3f\0");
    common(&mut out);
    out.extend([0; 16]);
    out.extend(name.as_bytes());
    let size = u32::try_from(out.len()).unwrap() - directory;
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(size.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A member's content as zip archives hold LZMA (APPNOTE 5.8).
pub(crate) fn zip_lzma(bytes: &[u8], mark: bool) -> Vec<u8> {
    let options = LzmaOptions::with_preset(1);
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, mark).unwrap();
    writer.write_all(bytes).unwrap();
    let properties = writer.props();
    let mut out = vec![16, 4, 5, 0, properties];
    out.extend(options.dict_size.to_le_bytes());
    out.extend(writer.finish().unwrap());
    out
}
