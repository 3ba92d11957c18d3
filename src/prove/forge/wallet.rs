//! Made-up private keys of chains.

use super::Dice;
use crate::prove::text::{base64, hex};
use crate::prove::{
    address, age as age_key, base58, bech32, eos as eos_key, hedera as hedera_key,
    nostr as nostr_key, stellar as stellar_seed, sui as sui_key, tezos as tezos_key,
    xrp as xrp_seed,
};

pub(in crate::prove) fn age(dice: &mut Dice) -> Option<String> {
    let text = bech32::encode(age_key::NAME, &dice.bytes::<32>())?;
    Some(text.to_uppercase())
}

pub(in crate::prove) fn aptos(dice: &mut Dice) -> Option<String> {
    let kind = dice.pick(&["ed25519", "secp256k1"])?;
    Some(format!("{kind}-priv-0x{}", hex(&dice.key()?.bytes())))
}

pub(in crate::prove) fn bip38(dice: &mut Dice) -> Option<String> {
    let head = [0x01, 0x42, dice.pick(&[0xc0, 0xe0])?];
    Some(base58::encode_check(&[&head, &dice.bytes::<36>()]))
}

pub(in crate::prove) fn cardano(dice: &mut Dice) -> Option<String> {
    if dice.coin() {
        return Some(format!("5820{}", hex(&dice.bytes::<32>())));
    }
    let names = [
        "root_xsk",
        "acct_xsk",
        "addr_xsk",
        "stake_xsk",
        "ed25519_sk",
    ];
    let name = dice.pick(&names)?;
    let length = if name == "ed25519_sk" { 32 } else { 96 };
    bech32::encode(name, &dice.vec(length))
}

pub(in crate::prove) fn pair_base58(dice: &mut Dice) -> Option<String> {
    Some(base58::encode(&dice.pair()))
}

pub(in crate::prove) fn pair_base64(dice: &mut Dice) -> Option<String> {
    Some(base64(&dice.pair()))
}

pub(in crate::prove) fn pair_hex(dice: &mut Dice) -> Option<String> {
    Some(hex(&dice.pair()))
}

pub(in crate::prove) fn pair_bytes(dice: &mut Dice) -> Option<String> {
    let numbers: Vec<String> = dice.pair().iter().map(u8::to_string).collect();
    Some(format!("[{}]", numbers.join(", ")))
}

pub(in crate::prove) fn eos(dice: &mut Dice) -> Option<String> {
    let prefix = dice.pick(&["PVT_K1_", "PVT_R1_"])?;
    Some(eos_key::text_of(prefix, &dice.key()?.bytes()))
}

pub(in crate::prove) fn hedera(dice: &mut Dice) -> Option<String> {
    let head = dice.pick(&[hedera_key::ED, hedera_key::SECP])?;
    Some(format!("{head}{}", hex(&dice.key()?.bytes())))
}

pub(in crate::prove) fn near(dice: &mut Dice) -> Option<String> {
    Some(format!("ed25519:{}", base58::encode(&dice.pair())))
}

pub(in crate::prove) fn nostr(dice: &mut Dice) -> Option<String> {
    bech32::encode(nostr_key::NAME, &dice.key()?.bytes())
}

pub(in crate::prove) fn secp256k1(dice: &mut Dice) -> Option<String> {
    let prefix = dice.pick(&["", "0x"])?;
    Some(format!("{prefix}{}", hex(&dice.key()?.bytes())))
}

pub(in crate::prove) fn stellar(dice: &mut Dice) -> Option<String> {
    Some(address::stellar(stellar_seed::SEED, &dice.bytes::<32>()))
}

pub(in crate::prove) fn sui(dice: &mut Dice) -> Option<String> {
    bech32::encode(sui_key::NAME, &flagged(dice)?)
}

pub(in crate::prove) fn sui_keystore(dice: &mut Dice) -> Option<String> {
    Some(base64(&flagged(dice)?))
}

fn flagged(dice: &mut Dice) -> Option<Vec<u8>> {
    let flag = dice.pick(&[0u8, 1, 2])?;
    Some([&[flag][..], &dice.key()?.bytes()].concat())
}

pub(in crate::prove) fn tezos(dice: &mut Dice) -> Option<String> {
    let (seed, pair) = (tezos_key::ED_SEED, tezos_key::ED_PAIR);
    let prefix = dice.pick(&[seed, pair, tezos_key::SECP, tezos_key::P256])?;
    if prefix == pair {
        return Some(base58::encode_check(&[&prefix, &dice.pair()]));
    }
    Some(base58::encode_check(&[&prefix, &dice.key()?.bytes()]))
}

pub(in crate::prove) fn wif(dice: &mut Dice) -> Option<String> {
    // Bitcoin as often as the others together.
    let versions = [0x80u8, 0x80, 0x80, 0x80, 0xef, 0xb0, 0x9e, 0xcc];
    let version = dice.pick(&versions)?;
    let tail: &[u8] = if dice.coin() { &[1] } else { &[] };
    Some(base58::encode_check(&[
        &[version],
        &dice.key()?.bytes(),
        tail,
    ]))
}

pub(in crate::prove) fn xprv(dice: &mut Dice) -> Option<String> {
    let versions = [0x0488_ade4u32, 0x049d_7878, 0x04b2_430c, 0x0435_8394];
    let version = dice.pick(&versions)?.to_be_bytes();
    let depth = dice.pick(&[0u8, 3])?;
    let parent = if depth == 0 {
        [0; 8]
    } else {
        dice.bytes::<8>()
    };
    let chain = dice.bytes::<32>();
    let key = dice.key()?.bytes();
    Some(base58::encode_check(&[
        &version,
        &[depth],
        &parent,
        &chain,
        &[0],
        &key,
    ]))
}

pub(in crate::prove) fn xrp(dice: &mut Dice) -> Option<String> {
    let prefix: &[u8] = if dice.coin() {
        &[xrp_seed::SECP]
    } else {
        &xrp_seed::ED
    };
    Some(base58::encode_ripple(&[prefix, &dice.bytes::<16>()]))
}
