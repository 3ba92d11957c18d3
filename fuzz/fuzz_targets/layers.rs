//! Text in any encoding, and what it decodes to: each byte comes from a place in the text, in order.
#![no_main]

use keyfence::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let decoded = decode::text::to_text(bytes);
    let text = decoded.as_ref().map_or(bytes, |text| text.text.as_bytes());
    if let Some(decoded) = &decoded {
        assert!((0..=text.len()).all(|at| decoded.stored(at) <= bytes.len()));
    }
    for layer in [false, true]
        .into_iter()
        .flat_map(|n| decode::layers(text, n))
    {
        let mut last = 0;
        for at in 0..layer.bytes.len() {
            let origin = layer.origin(at);
            assert!(origin < text.len() && origin >= last);
            last = origin;
        }
    }
});
