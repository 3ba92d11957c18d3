//! Azure's identifiable keys: a mark of four letters near the end says of which service a key is, and its
//! last bytes are the Marvin hash of all before
//! (<https://github.com/microsoft/security-utilities>, Microsoft's library that makes them).

use super::checksum::crc32;
use super::marvin::marvin32;
use super::text::{trimmed, unbase32, unbase64};
use super::{Evidence, Proof};

/// Characters of a key's base64, where its mark stands in them, the mark, the seeds of its hash, and whose it is.
pub(super) type Kind = (
    usize,
    usize,
    &'static str,
    &'static [&'static str],
    &'static str,
);

/// The kinds. Search keys and registry passwords have 52 characters, 39 bytes.
pub(super) const KINDS: [Kind; 13] = [
    (86, 76, "+ASt", &["Default0"], "storage account"),
    (86, 76, "ACDb", &["MastRW00", "MastRO00"], "Cosmos DB"),
    (86, 76, "+ABa", &["AbAcct00"], "Batch"),
    (
        86,
        76,
        "APIM",
        &["Tenant00", "Gatewy00", "GitKey00", "SubKey00", "Direct00"],
        "API Management",
    ),
    (
        43,
        33,
        "+ASb",
        &["Send0000", "Listen00", "Manage00", "System00", "Unknown0"],
        "Service Bus",
    ),
    (
        43,
        33,
        "+AEh",
        &["Send0000", "Listen00", "Manage00", "System00", "Unknown0"],
        "Event Hubs",
    ),
    (
        43,
        33,
        "+ARm",
        &["Send0000", "Listen00", "Manage00", "System00", "Unknown0"],
        "Relay",
    ),
    (
        43,
        33,
        "AIoT",
        &["IoTHub00", "DpsKey00", "Device00"],
        "IoT Hub",
    ),
    (43, 33, "AzCa", &["Access00"], "Redis"),
    (43, 33, "AZEG", &["Default0"], "Event Grid"),
    (52, 42, "+ACR", &["ACRDflt0"], "Container Registry"),
    (52, 42, "AzSe", &["PAdmin00", "Query000"], "AI Search"),
    (
        54,
        44,
        "AzFu",
        &["Functi00", "System00", "Master00"],
        "Functions",
    ),
];

/// A seed is eight letters, the first the highest.
pub(super) fn seed(letters: &str) -> u64 {
    letters
        .bytes()
        .fold(0, |sum, byte| sum << 8 | u64::from(byte))
}

/// `azure-key`. The mark is enough for a finding, the hash makes it certain: it was read, not tried on
/// keys that work, so that a key without it is not refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let text = text.trim_end_matches('=');
    let marked = |(length, at, mark, ..): &&Kind| {
        text.len() == *length && text.get(*at..*at + 4) == Some(*mark)
    };
    let Some((.., seeds, whose)) = KINDS.iter().find(marked) else {
        return Proof::Refuted("no mark of a service");
    };
    let bytes = unbase64(text).unwrap_or_default();
    let hashed = bytes.split_last_chunk::<4>().is_some_and(|(rest, sum)| {
        let mut seeds = seeds.iter();
        seeds.any(|letters| marvin32(rest, seed(letters)).to_le_bytes() == *sum)
    });
    let evidence = if hashed {
        Evidence::exact("the mark of its service and a Marvin checksum")
    } else {
        Evidence::loose("the mark of its service")
    };
    Proof::Proved(evidence.with("service", *whose))
}

/// `azure-unmarked`: 64 or 32 bytes, as older keys are, without the mark of a newer one.
pub(super) fn prove_unmarked(value: &[u8]) -> Proof {
    let bytes = trimmed(value).and_then(unbase64);
    match bytes.map(|bytes| bytes.len()) {
        Some(32 | 64) if matches!(prove(value), Proof::Refuted(_)) => {
            Proof::Proved(Evidence::loose("base64 of 32 or 64 bytes"))
        }
        Some(32 | 64) => Proof::Refuted("it carries the mark of a service"),
        _ => Proof::Refuted("not base64 of 32 or 64 bytes"),
    }
}

/// The mark of a common annotated key (CASK), and where it stands in its 84 characters.
pub(super) const CASK: (usize, &str) = (52, "JQQJ9");

/// Four letters that say whose such a key is, at 76.
pub(super) const OWNERS: [(&str, &str); 9] = [
    ("AZDO", "Azure DevOps"),
    ("AZAC", "App Configuration"),
    ("AZFR", "Fluid Relay"),
    ("AZEG", "Event Grid"),
    ("AZMR", "Mixed Reality"),
    ("AZMP", "Azure Maps"),
    ("AZCS", "Communication Services"),
    ("ACOG", "AI services"),
    ("msql", "Azure SQL"),
];

/// `azure-cask`: 60 bytes and the first three of their Marvin hash, in 84 characters of base62.
pub(super) fn prove_cask(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.len() == 84);
    let Some(text) = text.filter(|text| text.get(CASK.0..CASK.0 + 5) == Some(CASK.1)) else {
        return Proof::Refuted("no mark of an annotated key");
    };
    if text.get(57..58) == Some("H") {
        return Proof::Refuted("a hash of an annotated key");
    }
    let owner = text.get(76..80).unwrap_or_default();
    let owner = OWNERS.iter().find(|(mark, _)| *mark == owner);
    let bytes = unbase64(text).unwrap_or_default();
    let hashed = bytes.split_last_chunk::<3>().is_some_and(|(rest, sum)| {
        marvin32(rest, seed("Default0"))
            .to_le_bytes()
            .starts_with(sum)
    });
    let evidence = if hashed {
        Evidence::exact("the marks of an annotated key and a Marvin checksum")
    } else {
        Evidence::loose("the marks of an annotated key")
    };
    Proof::Proved(evidence.with_some("service", owner.map(|(_, whose)| (*whose).to_owned())))
}

/// What the checksum of an older Azure DevOps token is mixed with: a user's, an application's.
pub(super) const MASKS: [u32; 2] = [0xe0b9_692d, 0x1019_f92e];
/// Where the four bytes of the checksum stand among the 32, the lowest first.
pub(super) const PLACES: [usize; 4] = [22, 8, 7, 2];

/// `azure-devops-pat`: 52 characters of base32 in small letters, a CRC-32 among their bytes.
pub(super) fn prove_devops(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.len() == 52);
    let upper = text.map(str::to_ascii_uppercase);
    let Some(bytes) = upper.and_then(|text| unbase32(&text)) else {
        return Proof::Refuted("not base32 of 32 bytes");
    };
    let rest: Vec<u8> = bytes
        .iter()
        .enumerate()
        .filter(|(at, _)| !PLACES.contains(at))
        .map(|(_, byte)| *byte)
        .collect();
    let sum = PLACES.map(|at| bytes.get(at).copied().unwrap_or_default());
    let crc = crc32(&rest);
    let holds = |mask: &u32| {
        let wanted = crc ^ mask;
        wanted == u32::from_le_bytes(sum) || wanted == u32::from_be_bytes(sum)
    };
    if MASKS.iter().any(holds) {
        Proof::Proved(Evidence::exact("CRC-32 checksum"))
    } else {
        Proof::Refuted("the checksum fails")
    }
}
