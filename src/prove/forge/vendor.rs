//! Made-up tokens that hold an object in base64, or close with a checksum of their vendor's.

use super::{ALNUM, Dice};
use crate::prove::text::{base64, base64_unpadded, base64url, hex};
use crate::prove::{
    cloudflare as cloudflare_token, confluent as confluent_secret, grafana as grafana_token,
    zuplo as zuplo_key,
};

/// Small letters and digits.
const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// A moment in 2024 and the seconds after it that a made-up value may tell.
const SINCE: u64 = 1_704_067_200;
const SPREAD: u64 = 31_536_000;

pub(in crate::prove) fn cloudflare(dice: &mut Dice) -> Option<String> {
    let (prefix, _) = dice.pick(&cloudflare_token::KINDS)?;
    let body = dice.text(ALNUM, 40)?;
    let sum = cloudflare_token::checksum(&body);
    Some(format!("{prefix}{body}{sum}"))
}

pub(in crate::prove) fn cloudflare_tunnel(dice: &mut Dice) -> Option<String> {
    let account = hex(&dice.bytes::<16>());
    let tunnel = super::token::uuid(dice)?;
    let secret = base64(&dice.bytes::<32>());
    let object = format!(r#"{{"a":"{account}","t":"{tunnel}","s":"{secret}"}}"#);
    Some(base64(object.as_bytes()))
}

pub(in crate::prove) fn confluent(dice: &mut Dice) -> Option<String> {
    let body = dice.text(ALNUM, 54)?;
    Some(format!("cflt{body}{}", confluent_secret::checksum(&body)))
}

pub(in crate::prove) fn cosign(dice: &mut Dice) -> Option<String> {
    let [salt, nonce] =
        [dice.bytes::<32>().to_vec(), dice.bytes::<24>().to_vec()].map(|b| base64(&b));
    let text = base64(&dice.vec(192));
    let object = format!(
        r#"{{"kdf":{{"name":"scrypt","params":{{"N":65536,"r":8,"p":1}},"salt":"{salt}"}},"cipher":{{"name":"nacl/secretbox","nonce":"{nonce}"}},"ciphertext":"{text}"}}"#
    );
    let body = base64(object.as_bytes());
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .filter_map(|line| str::from_utf8(line).ok())
        .collect();
    let label = "ENCRYPTED SIGSTORE PRIVATE KEY";
    Some(format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----",
        lines.join("\n")
    ))
}

pub(in crate::prove) fn elastic(dice: &mut Dice) -> Option<String> {
    let text = format!("{}:{}", dice.text(ALNUM, 20)?, dice.text(ALNUM, 22)?);
    Some(base64(text.as_bytes()))
}

pub(in crate::prove) fn grafana(dice: &mut Dice) -> Option<String> {
    let rest = format!("glsa_{}", dice.text(ALNUM, 32)?);
    let sum = grafana_token::checksum(&rest);
    Some(format!("{rest}_{sum}"))
}

pub(in crate::prove) fn grafana_cloud(dice: &mut Dice) -> Option<String> {
    let organisation = 100_000 + dice.below(900_000);
    let key = dice.text(ALNUM, 24)?;
    let object =
        format!(r#"{{"o":"{organisation}","n":"stack-writer","k":"{key}","m":{{"r":"eu"}}}}"#);
    Some(format!("glc_{}", base64(object.as_bytes())))
}

pub(in crate::prove) fn grafana_key(dice: &mut Dice) -> Option<String> {
    let key = dice.text(ALNUM, 32)?;
    let object = format!(
        r#"{{"k":"{key}","n":"reports","id":{}}}"#,
        1 + dice.below(99)
    );
    Some(base64(object.as_bytes()))
}

pub(in crate::prove) fn mapbox(dice: &mut Dice) -> Option<String> {
    let object = format!(r#"{{"u":"acme-maps","a":"c{}"}}"#, dice.text(LOWER, 24)?);
    let signature: String = base64url(&dice.bytes::<17>()).chars().take(22).collect();
    Some(format!("sk.{}.{signature}", base64url(object.as_bytes())))
}

pub(in crate::prove) fn onepassword(dice: &mut Dice) -> Option<String> {
    let key = base64url(&dice.bytes::<32>());
    let srp = hex(&dice.bytes::<32>());
    let object = format!(
        r#"{{"signInAddress":"acme.1password.eu","email":"{}@1passwordserviceaccounts.eu","srpX":"{srp}","muk":{{"alg":"A256GCM","k":"{key}","kty":"oct"}}}}"#,
        dice.text(LOWER, 13)?
    );
    Some(format!("ops_{}", base64url(object.as_bytes())))
}

pub(in crate::prove) fn sentry(dice: &mut Dice) -> Option<String> {
    let moment = SINCE + dice.below(SPREAD);
    let object = format!(
        r#"{{"iat":{moment}.{},"url":"https://sentry.io","region_url":"https://de.sentry.io","org":"acme"}}"#,
        100_000 + dice.below(900_000)
    );
    let secret = base64_unpadded(&dice.bytes::<32>());
    Some(format!("sntrys_{}_{secret}", base64(object.as_bytes())))
}

pub(in crate::prove) fn supabase(dice: &mut Dice) -> Option<String> {
    let header = base64url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let project = dice.text(b"abcdefghijklmnopqrstuvwxyz", 20)?;
    let moment = SINCE + dice.below(SPREAD);
    let payload = format!(
        r#"{{"iss":"supabase","ref":"{project}","role":"service_role","iat":{moment},"exp":{}}}"#,
        moment + 10 * SPREAD
    );
    let payload = base64url(payload.as_bytes());
    let signature = base64url(&dice.bytes::<32>());
    Some(format!("{header}.{payload}.{signature}"))
}

pub(in crate::prove) fn twitter(dice: &mut Dice) -> Option<String> {
    let (start, end) = (dice.text(ALNUM, 30)?, dice.text(ALNUM, 45)?);
    Some(format!("{}{start}%3D{end}", "A".repeat(21)))
}

pub(in crate::prove) fn wireguard(dice: &mut Dice) -> Option<String> {
    let mut bytes = dice.bytes::<32>();
    bytes[0] &= 0xf8;
    bytes[31] = bytes[31] & 0x3f | 0x40;
    Some(base64(&bytes))
}

pub(in crate::prove) fn zapier(dice: &mut Dice) -> Option<String> {
    let account = 1_000_000 + dice.below(20_000_000);
    let hook = format!("a{}{}", dice.text(LOWER, 5)?, dice.below(10));
    Some(format!(
        "https://hooks.zapier.com/hooks/catch/{account}/{hook}"
    ))
}

pub(in crate::prove) fn zuplo(dice: &mut Dice) -> Option<String> {
    let body = dice.text(LOWER, 32)?;
    Some(format!("zpka_{body}_{}", zuplo_key::checksum(&body)))
}
