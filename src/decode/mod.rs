//! Layers of encoding, each with the map back to the original span.

mod layer;
pub mod text;

pub use layer::{
    BASE64_ARMOR, DEPTH, Layer, base64_at, base64_lines, base64_text, encoded_text, layers,
    layers_of_strings, may_be_text, percent, percent_codes, slash_escapes, slashes, strings,
};
