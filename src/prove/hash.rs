//! The hashes that keys and addresses are made with.

use ripemd::Ripemd160;
use sha2::{Digest, Sha256, Sha512, Sha512_256};
use sha3::{Keccak256, Sha3_256};

pub(super) fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// SHA-256 twice: Bitcoin's checksum.
pub(super) fn sha256d(data: &[u8]) -> [u8; 32] {
    sha256(&sha256(data))
}

pub(super) fn sha512(data: &[u8]) -> [u8; 64] {
    Sha512::digest(data).into()
}

pub(super) fn sha512_256(data: &[u8]) -> [u8; 32] {
    Sha512_256::digest(data).into()
}

/// The first half of SHA-512, as the XRP Ledger uses it.
pub(super) fn sha512_half(data: &[u8]) -> [u8; 32] {
    head(&sha512(data))
}

pub(super) fn keccak256(data: &[u8]) -> [u8; 32] {
    Keccak256::digest(data).into()
}

pub(super) fn sha3_256(data: &[u8]) -> [u8; 32] {
    Sha3_256::digest(data).into()
}

pub(super) fn ripemd160(data: &[u8]) -> [u8; 20] {
    Ripemd160::digest(data).into()
}

/// RIPEMD-160 of SHA-256: what a Bitcoin address holds of a public key.
pub(super) fn hash160(data: &[u8]) -> [u8; 20] {
    ripemd160(&sha256(data))
}

/// The first `N` bytes; zeros where there are fewer.
pub(super) fn head<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut head = [0; N];
    for (to, from) in head.iter_mut().zip(bytes) {
        *to = *from;
    }
    head
}

/// HMAC-SHA512 (RFC 2104) with its key worked in, to be used many times.
pub(super) struct HmacSha512 {
    inner: Sha512,
    outer: Sha512,
}

impl HmacSha512 {
    pub(super) fn new(key: &[u8]) -> Self {
        let block: [u8; 128] = if key.len() > 128 {
            head(&sha512(key))
        } else {
            head(key)
        };
        Self {
            inner: Sha512::new_with_prefix(block.map(|byte| byte ^ 0x36)),
            outer: Sha512::new_with_prefix(block.map(|byte| byte ^ 0x5c)),
        }
    }

    pub(super) fn sign(&self, parts: &[&[u8]]) -> [u8; 64] {
        let mut inner = self.inner.clone();
        for part in parts {
            inner.update(part);
        }
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

pub(super) fn hmac_sha512(key: &[u8], message: &[u8]) -> [u8; 64] {
    HmacSha512::new(key).sign(&[message])
}

/// HMAC-SHA256 (RFC 2104) of a key of at most 64 bytes.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let block: [u8; 64] = head(key);
    let inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36));
    let outer = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c));
    let inner = inner.chain_update(message).finalize();
    outer.chain_update(inner).finalize().into()
}

/// The first 64 bytes of PBKDF2 with HMAC-SHA512 (RFC 8018).
pub(super) fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 64] {
    let hmac = HmacSha512::new(password);
    let mut last = hmac.sign(&[salt, &1u32.to_be_bytes()]);
    let mut sum = last;
    for _ in 1..rounds {
        last = hmac.sign(&[&last]);
        for (to, from) in sum.iter_mut().zip(last) {
            *to ^= from;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::text::hex;

    /// RFC 4231, test cases 2 and 6 (a key longer than the block).
    #[test]
    fn hmac_is_that_of_the_rfc() {
        let tag = hmac_sha512(b"Jefe", b"what do ya want for nothing?");
        assert!(hex(&tag).starts_with("164b7a7bfcf819e2"));
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert!(hex(&hmac_sha512(&[0xaa; 131], text)).starts_with("80b24263c7c1a3eb"));
        let tag = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert!(hex(&tag).starts_with("5bdcc146bf60754e"));
    }
}
