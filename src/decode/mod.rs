//! Layers of encoding, each with the map back to the original span.

mod layer;
pub mod text;

pub use layer::{
    Layer, base64_at, base64_lines, base64_text, layers, may_be_base64_text, percent,
    percent_codes, slash_escapes, slashes, strings,
};
