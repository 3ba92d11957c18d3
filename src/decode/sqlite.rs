//! Records of SQLite databases (sqlite.org/fileformat2.html): their values stand behind one another without
//! anything between, so that where one ends only the record's header tells.

use std::ops::Range;

use super::text::Text;

/// What a database begins with.
const MARK: &[u8] = b"SQLite format 3\0";
/// The length of the database's header, which stands at the begin of the first page, in bytes.
const HEADER: usize = 100;
/// The least page, in bytes.
const LEAST_PAGE: usize = 512;

/// The values of all records that stand on the pages of a database, as rows of quoted values, with the way back:
/// texts in UTF-8 and blobs, as far as they stand on a record's own page. None when it is no database, or has none.
/// Of what lies between them the line ends stand: lines count as in the file itself.
pub fn records(bytes: &[u8]) -> Option<Text> {
    let header = bytes
        .get(..HEADER)
        .filter(|header| header.starts_with(MARK))?;
    let size = match u16::from_be_bytes([*header.get(16)?, *header.get(17)?]) {
        1 => 65_536,
        size => usize::from(size),
    };
    let usable = size.checked_sub(usize::from(*header.get(20)?))?;
    // 1: UTF-8. What is UTF-16 is read as such.
    let utf8 = header.get(56..60) == Some(&[0, 0, 0, 1]);
    if !utf8 || !size.is_power_of_two() || size < LEAST_PAGE || usable < 480 {
        return None;
    }
    let mut out = Text::default();
    let mut at = 0;
    for (number, page) in bytes.chunks(size).enumerate() {
        let begin = if number == 0 { HEADER } else { 0 };
        let page = page.get(..usable).unwrap_or(page);
        for row in (Page { bytes: page, begin }).rows() {
            let mut open = "('";
            for value in row {
                let value = number * size + value.start..number * size + value.end;
                // Records that share bytes are made up.
                if value.start < at {
                    continue;
                }
                let between = bytes.get(at..value.start).unwrap_or_default();
                let lines = memchr::memchr_iter(b'\n', between).count();
                let between = std::iter::repeat_n(b'\n', lines).chain(open.bytes());
                out.spaced(between, at, 0);
                let held = bytes.get(value.clone()).unwrap_or_default();
                // Credentials have no other characters.
                let ascii = held
                    .iter()
                    .map(|byte| if byte.is_ascii() { *byte } else { 0 });
                out.spaced(ascii, value.start, 1);
                at = value.end;
                open = "', '";
            }
            if open != "('" {
                out.spaced("');".bytes(), at, 0);
            }
        }
    }
    (!out.text.is_empty()).then(|| out.ended(bytes.len()))
}

/// A page of a table or an index.
struct Page<'a> {
    bytes: &'a [u8],
    /// Where its header stands.
    begin: usize,
}

impl Page<'_> {
    /// The values of its records, in the order in which they stand.
    fn rows(&self) -> Vec<Vec<Range<usize>>> {
        let mut rows = self.cells().unwrap_or_default();
        rows.retain(|row| !row.is_empty());
        rows.sort_by_key(|row| row.first().map_or(0, |first| first.start));
        rows
    }

    /// Reads the page's header (1.6) and each of its cells.
    fn cells(&self) -> Option<Vec<Vec<Range<usize>>>> {
        // What stands in front of a cell's payload, and how far the page's header reaches.
        let (left, row_id, header) = match self.bytes.get(self.begin)? {
            0x0d => (0, true, 8),
            0x0a => (0, false, 8),
            0x02 => (4, false, 12),
            _ => return None,
        };
        let count = self.short(self.begin + 3)?;
        // A page has room for no more, whatever its header says.
        let mut budget = self.bytes.len();
        let mut rows = Vec::new();
        for cell in 0..count {
            let Some(at) = self.short(self.begin + header + 2 * cell) else {
                break;
            };
            rows.extend(self.record(at + left, row_id, &mut budget));
            if budget == 0 {
                break;
            }
        }
        Some(rows)
    }

    /// The values of a record (2.1) whose cell stands here.
    fn record(&self, at: usize, row_id: bool, budget: &mut usize) -> Option<Vec<Range<usize>>> {
        let (payload, mut at) = self.number(at)?;
        if row_id {
            (_, at) = self.number(at)?;
        }
        let end = at.checked_add(self.local(usize::try_from(payload).ok()?, row_id))?;
        let end = end.min(self.bytes.len());
        let (header, mut types) = self.number(at)?;
        let values = at.checked_add(usize::try_from(header).ok()?)?;
        *budget = budget.saturating_sub(values.checked_sub(at)?);
        let mut out = Vec::new();
        let mut value = values;
        while types < values && value < end {
            let (kind, next) = self.number(types)?;
            types = next;
            let length = match kind {
                0 | 8 | 9 => 0,
                1..=4 => kind,
                5 => 6,
                6 | 7 => 8,
                10 | 11 => return None,
                kind => (kind - 12) / 2,
            };
            let next = value.checked_add(usize::try_from(length).ok()?)?;
            if kind >= 12 && length > 0 {
                out.push(value..next.min(end));
            }
            value = next;
        }
        Some(out)
    }

    /// How much of a payload stands on the page itself (1.6, "cell payload overflow").
    fn local(&self, payload: usize, is_table: bool) -> usize {
        let usable = self.bytes.len();
        let most = match is_table {
            true => usable.saturating_sub(35),
            false => (usable.saturating_sub(12) * 64 / 255).saturating_sub(23),
        };
        if payload <= most {
            return payload;
        }
        let least = (usable.saturating_sub(12) * 32 / 255).saturating_sub(23);
        let fits = least + payload.saturating_sub(least) % usable.saturating_sub(4).max(1);
        if fits <= most { fits } else { least }
    }

    fn short(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(usize::from(u16::from_be_bytes(*bytes)))
    }

    /// A number of one to nine bytes (1.6, "varint"), and where it ends.
    fn number(&self, at: usize) -> Option<(u64, usize)> {
        let mut number = 0_u64;
        for (nth, byte) in (1..).zip(self.bytes.get(at..)?.iter().take(9)) {
            if nth == 9 {
                return Some((number << 8 | u64::from(*byte), at + nth));
            }
            number = number << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Some((number, at + nth));
            }
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A database of one page with one table, whose records stand from its end on.
    fn database(rows: &[&[&str]]) -> Vec<u8> {
        let mut page = vec![0; 4096];
        page[..16].copy_from_slice(MARK);
        page[16..18].copy_from_slice(&4096_u16.to_be_bytes());
        page[59] = 1;
        page[HEADER] = 0x0d;
        page[HEADER + 4] = rows.len() as u8;
        let mut end = page.len();
        for (number, row) in rows.iter().enumerate() {
            let mut record = vec![row.len() as u8 + 2, 1];
            // Lengths of two digits take one byte here.
            record.extend(row.iter().map(|value| 13 + 2 * value.len() as u8));
            record.push(7);
            record.extend(row.iter().flat_map(|value| value.bytes()));
            let mut cell = vec![record.len() as u8, number as u8 + 1];
            cell.extend(record);
            end -= cell.len();
            page[end..end + cell.len()].copy_from_slice(&cell);
            let at = HEADER + 8 + 2 * number;
            page[at..at + 2].copy_from_slice(&(end as u16).to_be_bytes());
        }
        page
    }

    #[test]
    fn values_are_told_apart() {
        let bytes = database(&[&["name", "value"], &["a\nb", "second", "third"]]);
        let text = records(&bytes).unwrap();
        assert_eq!(text.text, "('a\nb', 'second', 'third');('name', 'value');");
        for value in ["second", "third", "name", "value"] {
            let at = text.stored(text.text.find(value).unwrap());
            assert_eq!(&bytes[at..at + value.len()], value.as_bytes());
        }
    }

    #[test]
    fn any_bytes_are_read() {
        let whole = database(&[&["name", "value"], &["first", "second", "third"]]);
        for at in 16..whole.len() {
            for byte in [0, 0xff, whole[at] ^ 0x80] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                _ = records(&bytes);
            }
        }
        for end in 0..whole.len() {
            _ = records(&whole[..end]);
        }
        assert!(records(b"SQLite format 3").is_none());
    }
}
