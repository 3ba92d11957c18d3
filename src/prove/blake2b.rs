//! BLAKE2b without a key (RFC 7693): addresses of Sui, Tezos and Polkadot.

const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Which word of the message goes where in each of the ten rounds; the last two of the twelve
/// repeat the first two.
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The columns, then the diagonals, that a round mixes.
const LANES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// The digest of `N` bytes (1 to 64).
pub(super) fn blake2b<const N: usize>(data: &[u8]) -> [u8; N] {
    let mut state = IV;
    state[0] ^= 0x0101_0000 ^ N as u64;
    let mut rest = data;
    let mut count = 0u128;
    loop {
        let (block, tail) = rest.split_at(rest.len().min(128));
        count += block.len() as u128;
        compress(&mut state, block, count, tail.is_empty());
        rest = tail;
        if rest.is_empty() {
            break;
        }
    }
    let mut digest = [0; N];
    let bytes = state.iter().flat_map(|word| word.to_le_bytes());
    for (to, from) in digest.iter_mut().zip(bytes) {
        *to = from;
    }
    digest
}

fn compress(state: &mut [u64; 8], block: &[u8], count: u128, last: bool) {
    let mut message = [0u64; 16];
    for (word, chunk) in message.iter_mut().zip(block.chunks(8)) {
        *word = u64::from_le_bytes(super::hash::head(chunk));
    }
    let mut work = [0u64; 16];
    work[..8].copy_from_slice(state);
    work[8..].copy_from_slice(&IV);
    work[12] ^= count as u64;
    work[13] ^= (count >> 64) as u64;
    if last {
        work[14] = !work[14];
    }
    for order in SIGMA.iter().chain(&SIGMA[..2]) {
        for (lane, pair) in LANES.iter().zip(order.chunks(2)) {
            mix(&mut work, *lane, message[pair[0]], message[pair[1]]);
        }
    }
    for (index, word) in state.iter_mut().enumerate() {
        *word ^= work[index] ^ work[index + 8];
    }
}

fn mix(v: &mut [u64; 16], [a, b, c, d]: [usize; 4], x: u64, y: u64) {
    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
    v[d] = (v[d] ^ v[a]).rotate_right(32);
    v[c] = v[c].wrapping_add(v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(24);
    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
    v[d] = (v[d] ^ v[a]).rotate_right(16);
    v[c] = v[c].wrapping_add(v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(63);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::text::hex;

    /// RFC 7693, appendix A; the others by Python's hashlib: whole blocks and a byte beyond.
    #[test]
    fn digests_are_those_of_the_rfc() {
        assert!(hex(&blake2b::<64>(b"abc")).starts_with("ba80a53f981c4d0d"));
        assert!(hex(&blake2b::<32>(b"")).starts_with("0e5751c026e543b2"));
        let sevens = |length| hex(&blake2b::<20>(&vec![7; length]));
        assert!(sevens(128).starts_with("be9d098b744658fb"));
        assert!(sevens(129).starts_with("480200afcac2d647"));
        assert!(sevens(256).starts_with("1952caee925b7617"));
        assert!(sevens(300).starts_with("e4ad28b64d89dbee"));
    }
}
