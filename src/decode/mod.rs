//! Layers of encoding, each with the map back to the original span.

mod layer;
pub mod text;

pub use layer::{Layer, base64_lines, base64_text, layers};
