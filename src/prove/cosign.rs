//! Private keys of cosign: armour around base64 of an object that says how it is encrypted
//! (<https://github.com/sigstore/cosign/blob/main/KEYS.md>).

use super::armor::Armor;
use super::text::{decoded_object, trimmed};
use super::{Evidence, Proof};

/// `cosign-key`: encrypted with a password always.
pub(super) fn prove(value: &[u8]) -> Proof {
    let armor = trimmed(value).and_then(Armor::parse);
    let armor = armor.filter(|armor| {
        matches!(
            armor.label.as_str(),
            "ENCRYPTED SIGSTORE PRIVATE KEY" | "ENCRYPTED COSIGN PRIVATE KEY"
        )
    });
    let Some(armor) = armor else {
        return Proof::Refuted("not the armour of cosign");
    };
    match decoded_object(&armor.body) {
        Some(object) if object.contains_key("kdf") && object.contains_key("ciphertext") => {
            Proof::Proved(Evidence::exact("says how it is encrypted"))
        }
        _ => Proof::Refuted("does not say how it is encrypted"),
    }
}
