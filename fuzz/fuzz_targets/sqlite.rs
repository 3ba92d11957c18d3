//! Databases of any bytes on their pages: what stands in the rows stands in the file, in order and on its line, and
//! rows take not much more room than the file.
#![no_main]

use keyfence::decode::sqlite::records;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Database<'a> {
    size: u8,
    reserved: u8,
    pages: Vec<Page<'a>>,
    tail: &'a [u8],
}

#[derive(Arbitrary, Debug)]
struct Page<'a> {
    kind: u8,
    /// Too many or too few, where given.
    count: Option<u16>,
    cells: Vec<Cell<'a>>,
    noise: Vec<(u16, u8)>,
}

#[derive(Arbitrary, Debug)]
enum Cell<'a> {
    /// A record of texts, with its types.
    Record(Vec<&'a [u8]>),
    /// Bytes that should be one.
    Raw(&'a [u8]),
    /// A pointer to anywhere.
    At(u16),
}

fn number(value: usize) -> Vec<u8> {
    match value {
        0..0x80 => vec![value as u8],
        _ => vec![0x80 | (value >> 7) as u8, (value & 0x7f) as u8],
    }
}

fn file(database: &Database<'_>) -> Vec<u8> {
    let size = 512_usize << (database.size % 4);
    let mut out = Vec::new();
    for (at, page) in database.pages.iter().take(8).enumerate() {
        let begin = if at == 0 { 100 } else { 0 };
        let mut bytes = vec![0; size];
        let kind = [0x0d, 0x0a, 0x02, 0x05][usize::from(page.kind) % 4];
        let header = if kind == 0x02 { 12 } else { 8 };
        bytes[begin] = kind;
        let count = page.count.unwrap_or(page.cells.len() as u16);
        bytes[begin + 3..begin + 5].copy_from_slice(&count.to_be_bytes());
        let mut end = size;
        for (nth, cell) in page.cells.iter().enumerate() {
            let cell = match cell {
                Cell::Record(values) => {
                    let types: Vec<u8> =
                        values.iter().flat_map(|v| number(13 + 2 * (v.len() % 4096))).collect();
                    let mut record = number(types.len() + 1);
                    record.extend(types);
                    record.extend(values.concat());
                    let mut cell = vec![0; if kind == 0x02 { 4 } else { 0 }];
                    cell.extend(number(record.len()));
                    cell.extend(if kind == 0x0d { &[1][..] } else { &[] });
                    cell.extend(record);
                    cell
                }
                Cell::Raw(bytes) => bytes.to_vec(),
                Cell::At(_) => Vec::new(),
            };
            let pointer = begin + header + 2 * nth;
            if end < pointer + 2 + cell.len() {
                break;
            }
            end -= cell.len();
            bytes[end..end + cell.len()].copy_from_slice(&cell);
            let at = match page.cells[nth] {
                Cell::At(at) => at,
                _ => end as u16,
            };
            bytes[pointer..pointer + 2].copy_from_slice(&at.to_be_bytes());
        }
        for (at, byte) in &page.noise {
            bytes[usize::from(*at) % size] = *byte;
        }
        out.extend(bytes);
    }
    out.extend_from_slice(database.tail);
    if out.len() >= 100 {
        out[..16].copy_from_slice(b"SQLite format 3\0");
        out[16..18].copy_from_slice(&(size as u16).to_be_bytes());
        out[20] = database.reserved % 40;
        out[56..60].copy_from_slice(&[0, 0, 0, 1]);
    }
    out
}

fuzz_target!(|database: Database<'_>| {
    let bytes = file(&database);
    let Some(text) = records(&bytes) else { return };
    assert!(text.text.len() <= 8 * bytes.len());
    let (mut last, mut lines, mut stored_lines) = (0, 0, 0);
    for (at, character) in text.text.char_indices() {
        let stored = text.stored(at);
        assert!(stored >= last && stored <= bytes.len());
        stored_lines += memchr::memchr_iter(b'\n', &bytes[last..stored]).count();
        last = stored;
        // What is no line end and is not put between stands there.
        let own = bytes.get(stored).copied();
        let same = own == Some(character as u8)
            || character == '\0' && own.is_some_and(|byte| !byte.is_ascii());
        assert!(same || "(', );\n".contains(character), "{at} {character:?} {own:?}");
        if same && character != '\n' && !"(', );".contains(character) {
            assert_eq!(lines, stored_lines, "{at}");
        }
        lines += usize::from(character == '\n');
    }
});
