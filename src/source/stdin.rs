//! Standard input.

use std::io::Read;
use std::sync::Arc;

use super::Sink;
use super::content::Feeder;
use super::windows::Supply;
use crate::finding::{Origin, OriginKind};

/// Scans standard input, or what stands in for it, to its end. The name is what the origin
/// shows: `--stdin-name`, or `-`.
pub fn scan(input: &mut dyn Read, name: &[u8], archives: bool, sink: &dyn Sink) {
    let origin = Origin {
        path: Arc::from(name),
        members: Vec::new(),
        kind: OriginKind::Stdin,
    };
    Feeder::new(sink, archives).outer(&mut Supply::new(input), &origin);
}
