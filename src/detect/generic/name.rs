//! Names that say their value is a secret, in the languages people write code in.

use super::foreign::{foreign, is_public};
use super::vocabulary::{ABOUT, NEVER, OTHER_KEYS, THINGS};
use crate::detect::role;
use crate::detect::words::{Words, words};

/// What a name says that its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    Secret,
    ApiKey,
    Token,
    PrivateKey,
}

/// A name of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: Kind,
    /// Whether it can hardly be the name of anything else: `key` and `auth` can.
    pub(super) clear: bool,
}

/// The longest name that is read; what is longer is a sentence.
const LONGEST: usize = 96;

/// What a name says; none when it is no secret's.
///
/// What the name is about is its last word, less those that say how the value is written or which
/// of several it is (`password_base64`, `api_key_prod`). So `password_field`, `token_type` and
/// `secret_name` are none.
pub(super) fn of_name(name: &[u8]) -> Option<Named> {
    let name = name.trim_ascii();
    if name.is_empty() || name.len() > LONGEST || sentence(name) {
        return None;
    }
    if !name.is_ascii() {
        let lower = String::from_utf8_lossy(name).to_lowercase();
        if is_public(&lower) {
            return None;
        }
        if let Some(named) = foreign(&lower) {
            return Some(named);
        }
    }
    let all = words(name);
    if all.iter().any(|word| NEVER.contains(&word)) {
        return None;
    }
    // `api_secret_enc`: what says how it is written says that it is encrypted.
    const SEALED: [&[u8]; 6] = [
        b"enc",
        b"encrypted",
        b"crypted",
        b"ciphertext",
        b"sealed",
        b"wrapped",
    ];
    // `gpg --list-secret-keys …`: the ids of keys follow.
    const VERBS: [&[u8]; 7] = [
        b"list", b"export", b"delete", b"import", b"edit", b"recv", b"send",
    ];
    let last = all.get(all.len().wrapping_sub(1)).unwrap_or_default();
    if all.len() > 1 && SEALED.contains(&last)
        || all.get(0).is_some_and(|word| VERBS.contains(&word)) && last == b"keys"
    {
        return None;
    }
    let mut end = all.len();
    while end > 1 && all.get(end - 1).is_some_and(is_manner) {
        end -= 1;
    }
    // `auth_token_github`, `secret_key_base`: what follows says whose it is.
    for last in (0..end).rev().take(3) {
        let short = all.get(last).is_some_and(|word| word.len() <= 4);
        if let Some(mut named) = at(&all, last).filter(|_| !short || last + 1 == end) {
            // What a page shows to Pusher: https://pusher.com/docs/channels/using_channels/connection/
            if named.kind == Kind::ApiKey && all.iter().any(|word| word == b"pusher") {
                return None;
            }
            // `X-Jiguang-Key: …`: a header of somebody's own (RFC 6648, section 2).
            named.clear |= named.kind == Kind::ApiKey && all.get(0) == Some(b"x") && last > 1;
            named.clear &= last + 1 == end || end - last == 2 && named.kind != Kind::Password;
            return Some(named);
        }
        if all.get(last).is_some_and(|word| ABOUT.contains(&word)) {
            return None;
        }
    }
    None
}

/// Whether a name in front of a value says that it is encrypted, or a digest: `vault:v1:…`, `sha1:…`.
pub(super) fn seals(name: &[u8]) -> bool {
    words(name).iter().any(|word| {
        NEVER.contains(&word)
            || matches!(
                word,
                b"enc"
                    | b"vault"
                    | b"kms"
                    | b"cipher"
                    | b"aes"
                    | b"gcm"
                    | b"age"
                    | b"ssha"
                    | b"crypt"
                    | b"scrypt"
                    | b"argon"
                    | b"pbkdf"
                    | b"v"
                    | b"secure"
                    | b"sealed"
                    | b"blake"
                    | b"keccak"
                    | b"xor"
            )
    })
}

/// More than a few words: `enter the password of the user`.
fn sentence(name: &[u8]) -> bool {
    name.iter().filter(|b| **b == b' ').count() > 3
}

/// What the words up to and including the one at `last` say.
fn at(all: &Words, last: usize) -> Option<Named> {
    let word = all.get(last)?;
    let before = last.checked_sub(1).and_then(|at| all.get(at));
    let clear = |kind| Some(Named { kind, clear: true });
    let vague = |kind| Some(Named { kind, clear: false });
    let ends = |end: &str| word.len() > end.len() && word.ends_with(end.as_bytes());
    match word {
        b"password" | b"passwords" | b"passwd" | b"passwrd" | b"passphrase" | b"passcode"
        | b"passwort" | b"kennwort" | b"contrasena" | b"senha" | b"wachtwoord" | b"losenord"
        | b"motdepasse" | b"haslo" | b"salasana" | b"passord" | b"adgangskode" | b"parola"
        | b"jelszo" | b"sifre" | b"userpass" | b"dbpass" | b"requirepass" | b"masterauth" => {
            clear(Kind::Password)
        }
        // `ConvertTo-SecureString "…"` of PowerShell.
        b"secure" if before == Some(b"to") => clear(Kind::Password),
        // Of Devise; of Wi-Fi, TLS and VPNs.
        b"pepper" | b"psk" | b"presharedkey" => clear(Kind::Secret),
        b"pwd" | b"pass" | b"pw" | b"heslo" | b"clave" => {
            // `pwd` alone is a directory as often; `db_pwd` is none.
            let alone = before.is_none();
            Some(Named {
                kind: Kind::Password,
                clear: !alone,
            })
        }
        b"word" | b"phrase" | b"code" if before == Some(b"pass") => clear(Kind::Password),
        b"passe" if before == Some(b"de") => clear(Kind::Password),
        b"by" if before == Some(b"identified") => clear(Kind::Password),
        b"secret" | b"secrets" | b"secreto" | b"segredo" | b"geheimnis" => clear(Kind::Secret),
        b"secretkey" | b"apisecret" | b"clientsecret" | b"appsecret" => clear(Kind::Secret),
        // What HitPay, Hashids and others call the secret that they sign with.
        b"salt" if before == Some(b"secret") => clear(Kind::Secret),
        // Of a form: https://learn.microsoft.com/aspnet/core/security/anti-request-forgery
        b"token" if before == Some(b"verification") && request(all, last) => None,
        b"token" | b"tokens" => match before {
            Some(word) if SYNTAX.contains(&word) => None,
            // What a telephone makes of a card for one payment.
            Some(b"pay") if of_telephone(all, last) => None,
            // A denomination, a part of a text: its value tells which.
            // Of a device: sent with every message to it.
            None | Some(b"device") => vague(Kind::Token),
            Some(_) => clear(Kind::Token),
        },
        b"bearer" | b"jwt" => vague(Kind::Token),
        b"authorization" => clear(Kind::Token),
        b"auth" | b"credential" | b"credentials" | b"creds" => vague(Kind::Secret),
        b"apikey" | b"apikeys" | b"accesskey" | b"appkey" | b"authkey" | b"masterkey"
        | b"xapikey" | b"consumerkey" | b"encryptionkey" | b"signingkey" => clear(Kind::ApiKey),
        b"privatekey" | b"privkey" => clear(Kind::PrivateKey),
        b"key" | b"keys" => key(before),
        _ if ends("password")
            || ends("passwd")
            || ends("passwrd")
            || ends("passwort")
            || ends("passphrase") =>
        {
            clear(Kind::Password)
        }
        _ if ends("pwd") && word.len() > 4 => clear(Kind::Password),
        _ if ends("secretkey") || ends("secret") => clear(Kind::Secret),
        _ if ends("apikey") || ends("accesskey") => clear(Kind::ApiKey),
        _ if ends("privatekey") => clear(Kind::PrivateKey),
        _ if ends("authtoken") || ends("accesstoken") || ends("bottoken") => clear(Kind::Token),
        _ => None,
    }
}

/// Whether `request` stands two words in front: `__RequestVerificationToken`.
fn request(all: &Words, last: usize) -> bool {
    let word = last.checked_sub(2).and_then(|at| all.get(at));
    word == Some(b"request")
}

/// Whether the maker of a telephone stands two words in front: `applePay.token`, `GOOGLE_PAY_TOKEN`.
fn of_telephone(all: &Words, last: usize) -> bool {
    let word = last.checked_sub(2).and_then(|at| all.get(at));
    matches!(word, Some(b"apple" | b"google" | b"samsung" | b"android"))
}

/// What kind of key it is, by the word in front.
fn key(before: Option<&[u8]>) -> Option<Named> {
    let Some(before) = before else {
        return Some(Named {
            kind: Kind::ApiKey,
            clear: false,
        });
    };
    let kind = match before {
        b"private" | b"priv" => Kind::PrivateKey,
        b"secret" => Kind::Secret,
        _ => Kind::ApiKey,
    };
    let clear = matches!(
        before,
        b"private"
            | b"priv"
            | b"secret"
            | b"api"
            | b"access"
            | b"encryption"
            | b"encrypt"
            | b"enc"
            | b"decryption"
            | b"crypt"
            | b"cipher"
            | b"aes"
            | b"hmac"
            | b"signing"
            | b"master"
            | b"account"
            | b"app"
            | b"application"
            | b"consumer"
            | b"auth"
            | b"authentication"
            | b"authorization"
            | b"service"
            | b"subscription"
            | b"admin"
            | b"root"
            | b"session"
            | b"jwt"
            | b"webhook"
            | b"deploy"
            | b"unseal"
            | b"preshared"
            | b"recovery"
            | b"shared"
            | b"security"
            | b"client"
            | b"developer"
            | b"write"
            | b"rest"
            | b"x"
    );
    if clear {
        return Some(Named { kind, clear: true });
    }
    let other = OTHER_KEYS.contains(&before) || role::OTHERS.contains(&before);
    (!other).then_some(Named { kind, clear: false })
}

/// Whether the word in front of `key` says whose it is: that of nothing that a program has.
pub(super) fn is_somebodys(name: &[u8]) -> bool {
    let all = words(name.trim_ascii());
    let is_key = |at: &usize| matches!(all.get(*at), Some(b"key" | b"keys"));
    let at = (0..all.len()).rev().find(is_key);
    let before = at.and_then(|at| all.get(at.checked_sub(1)?));
    before.is_some_and(|word| {
        word.len() > 1
            && !word.iter().all(u8::is_ascii_digit)
            && !THINGS.contains(&word)
            && !is_manner(word)
    })
}

/// Words that say how a value is written, or which of several it is.
fn is_manner(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_digit)
        || matches!(
            word,
            b"hex"
                | b"base"
                | b"b"
                | b"b64"
                | b"value"
                | b"val"
                | b"str"
                | b"string"
                | b"text"
                | b"raw"
                | b"plain"
                | b"plaintext"
                | b"cleartext"
                | b"prod"
                | b"production"
                | b"prd"
                | b"dev"
                | b"development"
                | b"staging"
                | b"stage"
                | b"stg"
                | b"live"
                | b"test"
                | b"testing"
                | b"qa"
                | b"uat"
                | b"sandbox"
                | b"local"
                | b"default"
                | b"old"
                | b"new"
                | b"current"
                | b"primary"
                | b"secondary"
                | b"main"
                | b"backup"
                | b"env"
                | b"var"
                | b"encoded"
                | b"bytes"
                | b"v"
                | b"a"
                | b"const"
                | b"literal"
        )
}

/// Words before `token` that make it a piece of a text, of a page, of a chain.
const SYNTAX: &[&[u8]] = &[
    b"page",
    b"next",
    b"continuation",
    b"resume",
    b"cancellation",
    b"cancel",
    b"sync",
    b"start",
    b"end",
    b"base",
    b"quote",
    b"erc",
    b"lp",
    b"native",
    b"reward",
    b"crypto",
    b"collateral",
    b"payment",
    // Of a shop: what is in the cart, and what stands for a card there.
    b"cart",
    b"checkout",
    b"card",
    b"stop",
    b"eos",
    b"bos",
    b"pad",
    b"unk",
    b"mask",
    b"special",
    b"sep",
    b"cls",
    b"current",
    b"last",
    b"prev",
    b"previous",
    b"peek",
    b"first",
    b"operator",
    b"keyword",
    b"identifier",
    b"close",
    b"open",
    b"string",
    b"number",
    b"comment",
    b"underlying",
    b"governance",
    b"wrapped",
    b"stable",
    b"spl",
    b"associated",
    b"nft",
    b"from",
    b"to",
    b"in",
    b"out",
    b"input",
    b"output",
    b"deposit",
    b"borrow",
    b"debt",
    b"supply",
    b"gas",
    b"fee",
    b"token",
    b"max",
    b"min",
    b"num",
    b"punctuation",
    b"each",
    // Drawn anew for each request: https://learning.postman.com/docs/sending-requests/create-requests/headers/
    b"postman",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for (name, kind, clear) in [
            ("password", Kind::Password, true),
            ("DB_PASSWORD", Kind::Password, true),
            ("dbPassword", Kind::Password, true),
            ("spring.datasource.password", Kind::Password, true),
            ("--redis-password", Kind::Password, true),
            ("MYSQL_ROOT_PASSWORD", Kind::Password, true),
            ("smtp_pass", Kind::Password, true),
            ("adminpwd", Kind::Password, true),
            ("TEMP_PASSWRD", Kind::Password, true),
            ("Pwd", Kind::Password, false),
            ("Passwort", Kind::Password, true),
            ("contraseña", Kind::Password, true),
            ("mot de passe", Kind::Password, true),
            ("senha_banco", Kind::Password, false),
            ("hasło", Kind::Password, true),
            ("Пароль", Kind::Password, true),
            ("数据库密码", Kind::Password, true),
            ("パスワード", Kind::Password, true),
            ("비밀번호", Kind::Password, true),
            ("client_secret", Kind::Secret, true),
            ("clientsecret", Kind::Secret, true),
            ("SECRET_KEY_BASE", Kind::Secret, true),
            ("SESSION_SECRET_PROD", Kind::Secret, true),
            ("apiKey", Kind::ApiKey, true),
            ("X-Api-Key", Kind::ApiKey, true),
            ("google-maps-api-key", Kind::ApiKey, true),
            ("encryption.key", Kind::ApiKey, true),
            ("AccountKey", Kind::ApiKey, true),
            ("requirepass", Kind::Password, true),
            ("ConvertTo-SecureString", Kind::Password, true),
            ("wpa_psk", Kind::Secret, true),
            ("config.pepper", Kind::Secret, true),
            ("Unseal Key 1", Kind::ApiKey, true),
            ("recovery_key", Kind::ApiKey, true),
            ("key", Kind::ApiKey, false),
            ("authToken", Kind::Token, true),
            ("AUTH_TOKEN_GITHUB", Kind::Token, true),
            ("token", Kind::Token, false),
            ("private_key_hex", Kind::PrivateKey, true),
            ("auth", Kind::Secret, false),
        ] {
            assert_eq!(
                of_name(name.as_bytes()),
                Some(Named { kind, clear }),
                "{name}"
            );
        }
    }

    #[test]
    fn a_key_is_somebodys_or_of_a_thing_that_a_program_has() {
        for (name, expected) in [
            ("jiguang.key", true),
            ("abuseipdb_key", true),
            ("ABUSEIPDB_KEY_PROD", true),
            ("restKey", true),
            ("key", false),
            ("image_key", false),
            ("expectedKeyString", false),
            ("test_key", false),
            ("KEY_1", false),
        ] {
            assert_eq!(is_somebodys(name.as_bytes()), expected, "{name}");
        }
        // A header of somebody's own.
        let clear = |name: &[u8]| of_name(name).map(|named| named.clear);
        assert_eq!(clear(b"X-Jiguang-Key"), Some(true));
        assert_eq!(clear(b"X-Idempotency-Key"), None);
    }

    #[test]
    fn other_names_are_not() {
        for name in [
            "Postman-Token",
            "PUSHER_APP_KEY",
            "pusherKey",
            "",
            "passwordField",
            "password_hash",
            "PASSWORD_MIN_LENGTH",
            "token_type",
            "token_accessor",
            "secretName",
            "api_key_id",
            "public_key",
            "cacheKey",
            "sort_key",
            "nextPageToken",
            "baseToken",
            "csrf_token",
            "tokenAddress",
            "Crypto_Token__",
            "tokenLogo",
            "Crypto_Token_Info__",
            "monkey",
            "keyboard",
            "compass",
            "author",
            "authored",
            "secretary",
            "private_key_path",
            "passwordPlaceholder",
            "username",
            "please enter your new password here",
            "sshPublicKey",
            "authUrl",
            "pass_through",
        ] {
            assert_eq!(of_name(name.as_bytes()), None, "{name}");
        }
    }
}
