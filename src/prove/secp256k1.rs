//! Private keys of the curve of Bitcoin and Ethereum: range, public half, addresses.

use super::text::{trimmed, unhex_exact};
use super::{Evidence, Proof, address};
use k256::elliptic_curve::sec1::ToSec1Point;
use k256::{NonZeroScalar, SecretKey};

/// A private key in range, which can tell its public half.
pub(super) struct Key(SecretKey);

impl Key {
    /// None for zero and for what is not below the order of the curve.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 32] = bytes.try_into().ok()?;
        SecretKey::from_bytes(&bytes.into()).ok().map(Self)
    }

    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    /// 33 bytes.
    pub(super) fn compressed(&self) -> Vec<u8> {
        let point = self.0.public_key().to_sec1_point(true);
        point.as_bytes().to_vec()
    }

    /// 65 bytes, the first is 4.
    pub(super) fn uncompressed(&self) -> Vec<u8> {
        let point = self.0.public_key().to_sec1_point(false);
        point.as_bytes().to_vec()
    }

    /// The key whose number is the sum of both, as BIP-32 and the XRP Ledger derive.
    pub(super) fn plus(&self, other: &Self) -> Option<Self> {
        let sum = *self.0.to_nonzero_scalar() + *other.0.to_nonzero_scalar();
        let sum: Option<NonZeroScalar> = NonZeroScalar::new(sum).into();
        sum.map(|sum| Self(sum.into()))
    }

    pub(super) fn ethereum_address(&self) -> String {
        let public = self.uncompressed();
        address::ethereum(public.get(1..).unwrap_or_default())
    }
}

/// `secp256k1`: 64 hexadecimal digits, with or without `0x`, in range. Almost every number is:
/// the address is the evidence, not the range.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(bytes) = trimmed(value).and_then(unhex_exact::<32>) else {
        return Proof::Refuted("not 32 bytes of hexadecimal digits");
    };
    let Some(key) = Key::new(&bytes) else {
        return Proof::Refuted("out of the range of secp256k1");
    };
    let evidence = Evidence::loose("in the range of secp256k1");
    Proof::Proved(evidence.with("Ethereum address", key.ethereum_address()))
}
