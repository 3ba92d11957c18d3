//! Cyclic redundancy checks, bit by bit: the values are short.

/// CRC-16/XMODEM: Stellar's strkey (SEP-23).
pub(super) fn crc16(data: &[u8]) -> u16 {
    data.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}

/// CRC-24 of OpenPGP's armour (RFC 9580, section 6.1).
pub(super) fn crc24(data: &[u8]) -> u32 {
    let crc = data.iter().fold(0x00b7_04ce, |crc, byte| {
        (0..8).fold(crc ^ (u32::from(*byte) << 16), |crc, _| {
            (crc << 1)
                ^ if crc & 0x0080_0000 == 0 {
                    0
                } else {
                    0x0186_4cfb
                }
        })
    });
    crc & 0x00ff_ffff
}

/// CRC-32 (ISO-HDLC, as in zip): GitHub's and GitLab's tokens.
pub(super) fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 0 { 0 } else { 0xedb8_8320 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue of parametrised CRC algorithms.
    #[test]
    fn check_values_hold() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(crc24(b"123456789"), 0x21_cf02);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
