//! PuTTY's private key files
//! (<https://the.earth.li/~sgtatham/putty/0.81/htmldoc/AppendixC.html>).

use super::hash::hmac_sha256;
use super::openssh::{fingerprint, kind, sized};
use super::text::{hex, trimmed, unbase64};
use super::{Evidence, Proof};
use std::collections::HashMap;

/// `putty-private-key`: version 3 without a passphrase is proved by its MAC; others by their
/// form.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let Some((_, text)) = text.split_once("PuTTY-User-Key-File-") else {
        return Proof::Refuted("no head line");
    };
    let fields = fields(text);
    let field = |name| fields.get(name).map(String::as_str).unwrap_or_default();
    let public = blob(text, "Public-Lines");
    let Some(public) = public.filter(|public| !public.is_empty()) else {
        return Proof::Refuted("no public key in it");
    };
    let Some(private) = blob(text, "Private-Lines") else {
        return Proof::Unknown;
    };
    let encrypted = field("Encryption") != "none";
    let version = text.chars().next();
    let mac = field("Private-MAC");
    let mut what = "PuTTY key format";
    if version == Some('3') && !encrypted && !mac.is_empty() {
        let algorithm = field("3");
        let parts = [
            algorithm.as_bytes(),
            b"none",
            field("Comment").as_bytes(),
            &public,
            &private,
        ];
        if hex(&hmac_sha256(&[], &parts.map(sized).concat())) != mac {
            return Proof::Refuted("the MAC fails");
        }
        what = "PuTTY key format and MAC";
    }
    let evidence = Evidence::exact(what)
        .with("key", kind(&public))
        .with("fingerprint", fingerprint(&public));
    Proof::Proved(if encrypted {
        evidence.with("encrypted", "yes")
    } else {
        evidence
    })
}

/// What stands behind the names at the starts of lines.
fn fields(text: &str) -> HashMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    // A comment may end in blanks, and they count for the MAC.
    lines
        .map(|(name, text)| (name.trim(), text.strip_prefix(' ').unwrap_or(text)))
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

/// The base64 of as many lines as a field says.
fn blob(text: &str, field: &str) -> Option<Vec<u8>> {
    let mut lines = text.lines().map(str::trim);
    let count = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    let count: usize = count.trim().parse().ok()?;
    let body: Vec<&str> = lines.take(count).collect();
    (body.len() == count).then(|| unbase64(&body.concat()))?
}
