//! PyPI's upload tokens: macaroons in binary form, version 2
//! (<https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>;
//! <https://warehouse.pypa.io/development/token-scanning.html>).

use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;

/// One field: its type and its bytes; a type of 0 ends a section and has none.
fn field<'b>(bytes: &mut &'b [u8]) -> Option<(u8, &'b [u8])> {
    let (kind, rest) = bytes.split_first()?;
    *bytes = rest;
    if *kind == 0 {
        return Some((0, &[]));
    }
    let (mut length, mut shift) = (0usize, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
        if shift > 21 {
            return None;
        }
    }
    let (content, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some((*kind, content))
}

/// The location of a whole macaroon, and how many caveats it has.
fn macaroon(mut bytes: &[u8]) -> Option<(String, usize)> {
    let (version, rest) = bytes.split_first()?;
    bytes = rest;
    if *version != 2 {
        return None;
    }
    let (LOCATION, location) = field(&mut bytes)? else {
        return None;
    };
    let (IDENTIFIER, _) = field(&mut bytes)? else {
        return None;
    };
    let (0, _) = field(&mut bytes)? else {
        return None;
    };
    // Each caveat ends with a 0, and so do all of them.
    let mut caveats = 0;
    let mut open = false;
    loop {
        match (field(&mut bytes)?, open) {
            ((0, _), true) => open = false,
            ((0, _), false) => break,
            (_, true) => {}
            (_, false) => {
                open = true;
                caveats += 1;
            }
        }
    }
    let (SIGNATURE, signature) = field(&mut bytes)? else {
        return None;
    };
    let location = str::from_utf8(location).ok()?.to_owned();
    (signature.len() == 32 && bytes.is_empty()).then_some((location, caveats))
}

/// `pypi-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let bytes = trimmed(value)
        .and_then(|text| text.strip_prefix("pypi-"))
        .and_then(unbase64);
    let Some((location, caveats)) = bytes.as_deref().and_then(macaroon) else {
        return Proof::Refuted("no whole macaroon");
    };
    if !matches!(location.as_str(), "pypi.org" | "test.pypi.org") {
        return Proof::Refuted("a macaroon of another place");
    }
    let evidence = Evidence::exact("a whole macaroon");
    Proof::Proved(evidence.with("caveats", caveats.to_string()))
}
