//! Layers of encoding, each with the map back to the original span.

mod enclosed;
mod encoded;
mod layer;
pub mod sqlite;
pub mod text;
pub mod wide;

pub use enclosed::Enclosed;
pub use encoded::{BASE64_ARMOR, base64_at, base64_lines, base64_text, encoded_text, may_be_text};
pub use layer::{
    DEPTH, Layer, Piece, layers, layers_of_strings, percent, percent_codes, slash_escapes, slashes,
    strings,
};
