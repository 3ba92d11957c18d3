//! Marvin, the hash of .NET's strings (`System.Marvin` in dotnet/runtime), which closes Azure's keys.

/// Marvin in 32 bits: both halves of the hash, one over the other.
pub(super) fn marvin32(data: &[u8], seed: u64) -> u32 {
    let mut low = seed as u32;
    let mut high = (seed >> 32) as u32;
    let mut words = data.chunks_exact(4);
    for word in words.by_ref() {
        low = low.wrapping_add(little(word));
        mix(&mut low, &mut high);
    }
    let tail = [words.remainder(), &[0x80]].concat();
    low = low.wrapping_add(little(&tail));
    mix(&mut low, &mut high);
    mix(&mut low, &mut high);
    low ^ high
}

/// Up to four bytes, the lowest first.
fn little(bytes: &[u8]) -> u32 {
    let bytes = bytes.iter().take(4).enumerate();
    bytes.fold(0, |sum, (at, byte)| sum | u32::from(*byte) << (8 * at))
}

fn mix(low: &mut u32, high: &mut u32) {
    *high ^= *low;
    *low = low.rotate_left(20).wrapping_add(*high);
    *high = high.rotate_left(9) ^ *low;
    *low = low.rotate_left(27).wrapping_add(*high);
    *high = high.rotate_left(19);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `MarvinTests` in dotnet/runtime, their halves one over the other.
    #[test]
    fn known_values_hold() {
        const SEED: u64 = 0x004f_b61a_001b_dbcc;
        for (data, high, low) in [
            (&[][..], 0x30ed_35c1, 0x00cd_3c7d),
            (&[0xaf], 0x48e7_3fc7, 0x7d75_ddc1),
            (&[0xe7, 0x0f], 0xb5f6_e1fc, 0x485d_bff8),
            (&[0x37, 0xf4, 0x95], 0xf0b0_7c78, 0x9b8c_f7e8),
            (&[0x86, 0x42, 0xdc, 0x59], 0x7008_f2e8, 0x7e9c_f556),
        ] {
            assert_eq!(marvin32(data, SEED), high ^ low, "{data:?}");
        }
    }
}
