//! Values that are public by their nature: digests, addresses, public keys, embedded files, ids.
//!
//! Three kinds of evidence, each with its own function: the value itself ([`by_value`]), what
//! stands directly before it ([`by_text`]), and the nearest name ([`by_name`]). The first two
//! are facts; a name is only a hint, so it is not to be held against a value that proves itself.

mod name;
mod text;
mod value;

pub use name::by_name;
pub use text::{by_text, of_file};
pub use value::by_value;

/// Why a value is public, from all that is known; `None` when it may be a secret.
///
/// `name` is the nearest name, empty when there is none; `before` is what stands left of the
/// value, at most 32 bytes of it are needed.
pub fn public(value: &[u8], name: &str, before: &[u8]) -> Option<&'static str> {
    by_value(value)
        .or_else(|| by_text(value, before))
        .or_else(|| by_name(value, name))
}
