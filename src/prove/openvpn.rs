//! Keys of OpenVPN that two sides share, in armour
//! (<https://build.openvpn.net/man/openvpn-2.6/openvpn.8.html>, `--genkey`).

use super::armor::Armor;
use super::pem::different;
use super::text::{trimmed, unbase64, unhex};
use super::{Evidence, Proof};

/// Of four keys of 64 bytes each: `--secret`, `--tls-auth`, `--tls-crypt`.
pub(super) const STATIC: &str = "OpenVPN Static key V1";
const STATIC_BYTES: usize = 256;
/// How many different bytes a static key has at least: of 256 drawn ones there are 162, give or take 7.
const DIFFERENT: usize = 112;
/// Of `--tls-crypt-v2`: 256 bytes, the client's wrapped anew behind them, and 128 of the server.
const CLIENT: &str = "OpenVPN tls-crypt-v2 client key";
const SERVER: &str = "OpenVPN tls-crypt-v2 server key";
const SERVER_BYTES: usize = 128;

/// `openvpn-key`: the armour with as many bytes as such a key has.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(armor) = trimmed(value).and_then(Armor::parse) else {
        return Proof::Refuted("no armour");
    };
    let evidence = match armor.label.as_str() {
        STATIC => {
            let bytes = unhex(&armor.body).filter(|bytes| bytes.len() == STATIC_BYTES);
            let drawn = bytes.filter(|bytes| different(bytes) >= DIFFERENT);
            drawn.map(|_| "2048 bits")
        }
        CLIENT => {
            let bytes = unbase64(&armor.body).filter(|bytes| bytes.len() > STATIC_BYTES);
            bytes.map(|_| "2048 bits, and their wrapped form")
        }
        SERVER => {
            let bytes = unbase64(&armor.body).filter(|bytes| bytes.len() == SERVER_BYTES);
            bytes.map(|_| "1024 bits")
        }
        _ => return Proof::Refuted("not the armour of OpenVPN"),
    };
    evidence.map_or(Proof::Refuted("not the length of such a key"), |what| {
        Proof::Proved(Evidence::exact(what))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armor(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn a_static_key_has_2048_drawn_bits() {
        let key = crate::prove::forge("openvpn-key", 7).unwrap_or_default();
        assert!(matches!(prove(key.as_bytes()), Proof::Proved(_)));
        for body in ["00".repeat(256), "ab".repeat(255), "zz".repeat(256)] {
            let text = armor(STATIC, &body);
            assert!(
                matches!(prove(text.as_bytes()), Proof::Refuted(_)),
                "{body}"
            );
        }
        let text = armor("CERTIFICATE", &"ab".repeat(256));
        assert!(matches!(prove(text.as_bytes()), Proof::Refuted(_)));
    }
}
