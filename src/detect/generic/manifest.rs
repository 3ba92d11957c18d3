//! The manifest of a secret of Kubernetes: what stands under its `data` is a secret, however it is called
//! (<https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data>).

/// How far from a value its manifest's kind is looked for, in bytes.
const REACH: usize = 2048;

/// Whether a name that encloses a value is that of a secret's data.
pub(super) fn is_data(name: &[u8]) -> bool {
    let name = name.trim_ascii_end();
    matches!(
        name.strip_suffix(b":").unwrap_or(name),
        b"data" | b"stringData"
    )
}

/// Whether the document of a file that a place lies in is the manifest of a secret.
pub(super) fn of_secret(text: &[u8], at: usize) -> bool {
    let low = at.saturating_sub(REACH);
    let high = at.saturating_add(REACH).min(text.len());
    let before = text.get(low..at).unwrap_or_default();
    let behind = text.get(at..high).unwrap_or_default();
    let begin = memchr::memmem::rfind(before, b"\n---").map_or(0, |joint| joint + 1);
    let end = memchr::memmem::find(behind, b"\n---").unwrap_or(behind.len());
    let says = |part: &[u8]| part.split(|byte| *byte == b'\n').any(is_kind);
    says(before.get(begin..).unwrap_or_default()) || says(behind.get(..end).unwrap_or_default())
}

/// `kind: Secret`, `"kind": "Secret",`
fn is_kind(line: &[u8]) -> bool {
    let plain = |byte: &&u8| !(byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b','));
    line.len() < 64 && line.iter().filter(plain).eq(b"kind:Secret")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::of_secret;

    #[test]
    fn manifests_are_told_by_their_kind() {
        for (text, secret) in [
            ("kind: Secret\ndata:\n  key: «»", true),
            ("data:\n  key: «»\nkind: \"Secret\"\n", true),
            (
                "{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"key\": \"«»\"",
                true,
            ),
            ("kind: ConfigMap\ndata:\n  key: «»", false),
            (
                "kind: Secret\n---\nkind: ConfigMap\ndata:\n  key: «»",
                false,
            ),
            ("kind: SecretStore\ndata:\n  key: «»", false),
        ] {
            let at = text.find('«').unwrap();
            assert_eq!(of_secret(text.as_bytes(), at), secret, "{text}");
        }
    }
}
