//! Values that are public for the name they have.

use crate::detect::words::{Words, words};

/// Values that are public for the name they have: what the name is about is its last word, less
/// those that tell how the value is written (`publicKeyHex`).
///
/// So `private_key_hash` is a digest, `public_key` a public key, and `hash_key`, `address_secret` and
/// `access_key_id` are none of these. Telegram's `api_hash` is a secret in spite of its name.
pub fn by_name(value: &[u8], name: &str) -> Option<&'static str> {
    if is_file(name) {
        return is_digest(value).then_some("a digest");
    }
    let name = bare(words(name.as_bytes()));
    let last = name.last()?;
    let before = name
        .len()
        .checked_sub(2)
        .and_then(|index| name.get(index))
        .unwrap_or_default();
    match last {
        b"pubkey" | b"pubkeys" | b"publickey" | b"pub" | b"xpub" | b"npub" => Some("a public key"),
        b"key" | b"keys" => {
            let public = matches!(
                before,
                b"public"
                    | b"pub"
                    | b"verifying"
                    | b"verification"
                    | b"verify"
                    | b"publishable"
                    | b"site"
            );
            // `NEXT_PUBLIC_KEY` is any key that is sent to browsers.
            let framework = name
                .len()
                .checked_sub(3)
                .and_then(|index| name.get(index))
                .is_some_and(|word| {
                    matches!(word, b"next" | b"expo" | b"nuxt" | b"gatsby" | b"react")
                });
            // A digest of an account's public key: https://aptos.dev/network/blockchain/accounts
            let account =
                before == b"authentication" && value.len() == 66 && value.starts_with(b"0x");
            if account {
                return Some("a digest");
            }
            // What a function draws from a password that stands elsewhere: https://eips.ethereum.org/EIPS/eip-2335
            let drawn = |word: &[u8]| matches!(word, b"scrypt" | b"pbkdf" | b"argon" | b"kdf");
            if before == b"derived" && name.iter().any(drawn) {
                return Some("a derived key");
            }
            (public && !framework).then_some("a public key")
        }
        b"sitekey" => Some("a public key"),
        b"hash" | b"hashes" => {
            // An application's secret at Telegram; and a name like it may be anyone's.
            let secret = matches!(before, b"api" | b"app" | b"telegram" | b"tg");
            (!secret).then_some("a digest")
        }
        b"digest" | b"digests" | b"checksum" | b"checksums" | b"sha" | b"shasum" | b"md"
        | b"crc" | b"integrity" | b"etag" | b"fingerprint" | b"fingerprints" | b"thumbprint"
        | b"sri" | b"blake" | b"keccak" | b"merkle" | b"cid" | b"txhash" | b"blockhash"
        | b"codehash" => Some("a digest"),
        b"password" | b"passwd" | b"pass" | b"secret" | b"token"
            if matches!(before, b"hashed" | b"crypted") =>
        {
            Some("a digest")
        }
        b"root"
            if matches!(
                before,
                b"merkle" | b"state" | b"storage" | b"receipts" | b"transactions"
            ) =>
        {
            Some("a digest")
        }
        b"commit" | b"revision" | b"rev" | b"oid" | b"committish" | b"gitsha" => Some("a commit"),
        b"signature" | b"signatures" | b"sign" => Some("a signature"),
        // The `sig` of a storage link is what opens it: 44 characters. Those of chains are longer.
        b"sig" | b"sigs" if value.len() >= 64 => Some("a signature"),
        b"address" | b"addresses" | b"addr" | b"contract" | b"contracts" | b"recipient"
        | b"sender" | b"receiver" | b"beneficiary" | b"spender" | b"mint" | b"deployer"
        | b"operator" => Some("an address"),
        b"wallet" | b"owner" | b"pool" | b"program" | b"router" | b"factory"
            if address_like(value) =>
        {
            Some("an address")
        }
        b"bytecode" | b"abi" | b"calldata" | b"opcodes" | b"selector" | b"selectors" | b"topic"
        | b"topics" | b"slot" => Some("contract data"),
        // Agora calls an application's secret its certificate.
        b"certificate" if before == b"app" => None,
        b"certificate" | b"cert" | b"csr" => Some("a certificate"),
        b"txid" | b"txids" | b"tx" | b"transaction" | b"txn" => Some("a transaction"),
        // The two numbers of a signature: https://www.secg.org/sec1-v2.pdf, section 4.1.3
        b"r" | b"s" if name.len() == 1 && is_word_of_hex(value) => Some("a signature"),
        // What a password is mixed with; `AUTH_SALT` and `SECRET_SALT` are secrets of programs.
        b"salt"
            if matches!(
                before,
                b"keystore" | b"kdf" | b"scrypt" | b"pbkdf" | b"argon"
            ) =>
        {
            Some("a salt")
        }
        // A public key's id in the log of a Hyperledger Fabric peer: `PKIid`.
        b"iid" if before == b"pk" => Some("an id"),
        // The public numbers of a JSON Web Key: RFC 7518, sections 6.2.1 and 6.3.1
        b"x" | b"y" | b"n" if name.len() == 1 && is_number_of_key(value) => Some("a public key"),
        b"uuid" | b"guid" | b"ulid" | b"nonce" | b"cursor" | b"referral" => Some("an id"),
        b"ciphertext" | b"ciphertexts" => Some("an encrypted value"),
        // Of a keystore: the authentication code of 32 bytes.
        b"mac" if value.len() >= 64 => Some("a digest"),
        b"id" | b"ids" => identifier(value, &name, before),
        b"orderid" | b"requestid" | b"traceid" | b"spanid" | b"listenkey" | b"correlationid"
        | b"blockid" => Some("an id"),
        // Of a JSON Web Token and of a key: RFC 7519, section 4.1.7; RFC 7517, section 4.5
        b"jti" | b"kid" => Some("an id"),
        _ => None,
    }
    .or_else(|| (last == b"key" && before == b"listen").then_some("an id"))
}

/// Ids of things that come and go. Those of an account, a client, an application or a key are parts
/// of credentials and stay.
fn identifier(value: &[u8], name: &Words, before: &[u8]) -> Option<&'static str> {
    match before {
        // Of a key that never leaves the service: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
        b"key" if name.iter().any(|word| word == b"kms") => Some("an id"),
        // Every page that connects wallets shows it: https://docs.reown.com/cloud/relay#project-id
        b"project" if of_wallet_connect(name) => Some("an id"),
        b"order" | b"request" | b"trace" | b"span" | b"parent" | b"correlation"
        | b"transaction" | b"tx" | b"txn" | b"block" | b"message" | b"msg" | b"event"
        | b"trade" | b"position" | b"fill" | b"deal" | b"job" | b"task" | b"run" | b"build"
        | b"batch" | b"object" | b"row" | b"record" | b"document" | b"doc" | b"node" | b"cell"
        | b"item" | b"product" | b"asset" | b"market" | b"pair" | b"pool" | b"withdrawal"
        | b"withdraw" | b"deposit" | b"transfer" | b"quote" | b"strategy" | b"image"
        | b"container" | b"commit" | b"condition" | b"program" | b"chain" | b"operation"
        | b"invoice" | b"payment" | b"subscription" | b"tracking" | b"execution" | b"exec"
        | b"workflow" | b"ledger" | b"stream" => Some("an id"),
        // `_id` or `id` alone: a UUID or a database's object id.
        b"" if name.len() == 1 => {
            let hex = value.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
            let dashes = value.iter().filter(|byte| **byte == b'-').count();
            let uuid = value.len() == 36 && dashes == 4 && hex == 32;
            let object = matches!(value.len(), 24 | 32) && hex == value.len();
            (uuid || object).then_some("an id")
        }
        _ => None,
    }
}

/// Whether a name speaks of WalletConnect, or of Reown, as it is called now.
fn of_wallet_connect(name: &Words) -> bool {
    let own = |word: &[u8]| matches!(word, b"walletconnect" | b"reown" | b"appkit" | b"wc");
    let wallet = name.iter().position(|word| word == b"wallet");
    name.iter().any(own) || wallet.is_some_and(|at| name.get(at + 1) == Some(b"connect"))
}

/// 43 to 44 characters of base58, as thirty-two bytes have: an account, not a key of two halves.
/// (Twenty bytes behind `0x` are known by their form.)
fn address_like(value: &[u8]) -> bool {
    (43..=44).contains(&value.len())
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() && !b"0OIl".contains(byte))
}

/// Whether a name is that of a file of code or text: lists of digests are sorted by such.
fn is_file(name: &str) -> bool {
    const ENDINGS: [&str; 21] = [
        "rb", "py", "js", "mjs", "ts", "tsx", "jsx", "go", "rs", "java", "php", "cs", "css",
        "html", "md", "sh", "sql", "kt", "swift", "vue", "sol",
    ];
    name.rsplit_once('.')
        .is_some_and(|(head, ending)| !head.is_empty() && ENDINGS.contains(&ending))
}

/// Whether a value is written as a digest is, or a piece of one: in hex digits or in base64.
fn is_digest(value: &[u8]) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    value.len() >= 16 && value.iter().all(base64)
}

/// Thirty-two bytes in hex digits behind `0x`, as chains write numbers: the secrets of exchanges stand without.
fn is_word_of_hex(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x");
    digits.is_some_and(|digits| digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a value has the length and alphabet that a number of a JSON Web Key has.
fn is_number_of_key(value: &[u8]) -> bool {
    matches!(value.len(), 43 | 64 | 86 | 342 | 512 | 683)
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A name without the last words that tell how the value is written or which of several it is.
fn bare(mut name: Words) -> Words {
    while let Some(last) = name.last()
        && name.len() > 1
        && (last.iter().all(u8::is_ascii_digit)
            || matches!(
                last,
                b"hex"
                    | b"base"
                    | b"b"
                    | b"pem"
                    | b"der"
                    | b"bytes"
                    | b"byte"
                    | b"str"
                    | b"string"
                    | b"value"
                    | b"raw"
                    | b"list"
                    | b"array"
                    | b"encoded"
                    | b"bech"
                    | b"sum"
                    | b"prefix"
                    | b"suffix"
                    | b"v"
                    | b"data"
                    | b"a"
                    | b"x"
                    | b"y"
            ))
    {
        name = name.first(name.len() - 1);
    }
    name
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::Seed;

    fn hex(length: usize) -> String {
        String::from_utf8(Seed(51).value(b"0123456789abcdef", length)).unwrap()
    }

    #[test]
    fn an_account_goes_by_its_authentication_key() {
        let digest = format!("0x{}", hex(64));
        assert!(by_name(digest.as_bytes(), "authentication_key").is_some());
        assert_eq!(by_name(hex(32).as_bytes(), "authentication_key"), None);
    }

    #[test]
    fn names_are_weighed_by_their_last_words() {
        let value = hex(64);
        for (name, expected) in [
            ("public_key", Some("a public key")),
            ("publicKey", Some("a public key")),
            ("PUBLIC-KEY-HEX", Some("a public key")),
            ("signing_public_key_base64", Some("a public key")),
            ("pubkey", Some("a public key")),
            ("verifyingKey", Some("a public key")),
            ("private_key_hash", Some("a digest")),
            ("passwordHash", Some("a digest")),
            ("hashed_password", Some("a digest")),
            ("sha256", Some("a digest")),
            ("file_sha256sum", Some("a digest")),
            ("md5", Some("a digest")),
            ("etag", Some("a digest")),
            ("checksum", Some("a digest")),
            ("merkle_root", Some("a digest")),
            ("txHash", Some("a digest")),
            ("block_hash", Some("a digest")),
            ("commit", Some("a commit")),
            ("git_rev", Some("a commit")),
            ("signature", Some("a signature")),
            ("contractAddress", Some("an address")),
            ("private_key_address", Some("an address")),
            ("USDT_CONTRACT", Some("an address")),
            ("txid", Some("a transaction")),
            ("orderId", Some("an id")),
            ("X-Request-ID", Some("an id")),
            ("trace_id", Some("an id")),
            ("listenKey", Some("an id")),
            ("uuid", Some("an id")),
            ("bytecode", Some("contract data")),
            ("topic0", Some("contract data")),
            ("ciphertext", Some("an encrypted value")),
            ("mac", Some("a digest")),
            ("referral", Some("an id")),
        ] {
            assert_eq!(by_name(value.as_bytes(), name), expected, "{name}");
        }
    }

    #[test]
    fn secrets_keep_their_names() {
        let value = hex(64);
        for name in [
            "",
            "key",
            "api_key",
            "apiKey",
            "secret",
            "api_secret",
            "private_key",
            "privateKey",
            "hash_key",
            "HashKey",
            "hash_secret",
            "address_private_key",
            "access_key_id",
            "AWS_ACCESS_KEY_ID",
            "client_id",
            "api_hash",
            "APP_HASH",
            "signing_key",
            "signature_key",
            "wallet_token",
            "signature_secret",
            "token",
            "auth_token",
            "session_token",
            "public_api_secret",
            "NEXT_PUBLIC_KEY",
            "id",
            "user_id",
            "account_id",
            "key_id",
            "wallet",
            "owner_key",
            "commit_token",
            "sha_secret",
            "monkey",
            "password",
            "publicKeySecret",
            "AGORA_APP_CERTIFICATE",
        ] {
            assert_eq!(by_name(value.as_bytes(), name), None, "{name}");
        }
    }

    #[test]
    fn ids_alone_need_their_form() {
        assert_eq!(by_name(hex(24).as_bytes(), "_id"), Some("an id"));
        let uuid = format!("{}-{}-{}-{}-{}", hex(8), hex(4), hex(4), hex(4), hex(12));
        assert_eq!(by_name(uuid.as_bytes(), "id"), Some("an id"));
        assert_eq!(by_name(hex(64).as_bytes(), "id"), None);
    }
}
