//! What a name says its value is for: key, secret, passphrase, …

use crate::rule::{Role, hash, words};

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The value is for this.
    Role(Role),
    /// Nothing of the kind.
    Nothing,
}

/// Words, each with what it says and how much that outweighs the others in the same name:
/// in `secret_key` the secret counts, in `key_passphrase` the passphrase.
const WORDS: &[(&str, Role, u8)] = &[
    ("key", Role::Key, 1),
    ("keys", Role::Key, 1),
    ("keyid", Role::Key, 2),
    ("apikey", Role::Key, 2),
    ("accesskey", Role::Key, 2),
    ("accesskeyid", Role::Key, 3),
    ("publickey", Role::Key, 2),
    ("clientid", Role::Key, 2),
    ("access", Role::Key, 1),
    ("login", Role::Id, 1),
    ("ak", Role::Key, 1),
    ("secret", Role::Secret, 3),
    ("secrets", Role::Secret, 3),
    ("apisecret", Role::Secret, 3),
    ("secretkey", Role::Secret, 3),
    ("secretkeys", Role::Secret, 3),
    ("apisecretkey", Role::Secret, 3),
    ("clientsecret", Role::Secret, 3),
    ("secretaccesskey", Role::Secret, 3),
    ("sk", Role::Secret, 1),
    ("sec", Role::Secret, 1),
    ("signing", Role::Secret, 2),
    ("private", Role::PrivateKey, 4),
    ("privatekey", Role::PrivateKey, 4),
    ("privkey", Role::PrivateKey, 4),
    ("priv", Role::PrivateKey, 3),
    ("pkey", Role::PrivateKey, 2),
    ("pk", Role::PrivateKey, 1),
    ("wif", Role::PrivateKey, 2),
    ("deployer", Role::PrivateKey, 1),
    ("signer", Role::PrivateKey, 1),
    ("passphrase", Role::Passphrase, 5),
    ("apipassphrase", Role::Passphrase, 5),
    ("apipass", Role::Passphrase, 5),
    ("phrase", Role::Passphrase, 2),
    ("pass", Role::Passphrase, 4),
    ("password", Role::Password, 5),
    ("passwd", Role::Password, 5),
    ("passwrd", Role::Password, 5),
    ("pwd", Role::Password, 5),
    ("apipassword", Role::Password, 5),
    ("memo", Role::Memo, 5),
    ("apimemo", Role::Memo, 5),
    ("uid", Role::Id, 4),
    ("userid", Role::Id, 4),
    ("customerid", Role::Id, 4),
    ("subaccount", Role::Id, 4),
    ("token", Role::Token, 3),
    ("accesstoken", Role::Token, 3),
    ("authtoken", Role::Token, 3),
    ("bearer", Role::Token, 2),
    ("authorization", Role::Token, 2),
    ("auth", Role::Token, 1),
    ("jwt", Role::Token, 3),
    ("pat", Role::Token, 1),
    ("credential", Role::Secret, 1),
    ("credentials", Role::Secret, 1),
    ("mnemonic", Role::Seed, 5),
    ("seed", Role::Seed, 5),
    ("seedphrase", Role::Seed, 5),
    ("recovery", Role::Seed, 4),
    ("encryption", Role::Secret, 2),
    ("fernet", Role::Secret, 2),
    // The same words in languages people write code and notes in.
    ("clave", Role::Key, 1),
    ("llave", Role::Key, 1),
    ("secreto", Role::Secret, 3),
    ("contraseña", Role::Password, 5),
    ("chave", Role::Key, 1),
    ("chiave", Role::Key, 1),
    ("sleutel", Role::Key, 1),
    ("klíč", Role::Key, 1),
    ("segredo", Role::Secret, 3),
    ("senha", Role::Password, 5),
    ("cle", Role::Key, 1),
    ("clé", Role::Key, 1),
    ("schluessel", Role::Key, 1),
    ("schlüssel", Role::Key, 1),
    ("geheimnis", Role::Secret, 3),
    ("geheim", Role::Secret, 3),
    ("geheimer", Role::Secret, 3),
    ("geheime", Role::Secret, 3),
    ("privater", Role::PrivateKey, 4),
    ("secreta", Role::Secret, 3),
    ("privada", Role::PrivateKey, 4),
    ("secrète", Role::Secret, 3),
    ("secrete", Role::Secret, 3),
    ("segreta", Role::Secret, 3),
    ("segreto", Role::Secret, 3),
    ("hemlig", Role::Secret, 3),
    ("nyckel", Role::Key, 1),
    ("tajny", Role::Secret, 3),
    ("klucz", Role::Key, 1),
    ("gizli", Role::Secret, 3),
    ("anahtar", Role::Key, 1),
    ("секретного", Role::Secret, 3),
    ("приватный", Role::PrivateKey, 4),
    ("密鑰", Role::Secret, 1),
    ("密匙", Role::Secret, 1),
    ("passwort", Role::Password, 5),
    ("ключ", Role::Key, 1),
    ("секретний", Role::Secret, 3),
    ("таємний", Role::Secret, 3),
    ("приватний", Role::PrivateKey, 4),
    ("مفتاح", Role::Key, 1),
    ("المفتاح", Role::Key, 1),
    ("سر", Role::Secret, 3),
    ("السر", Role::Secret, 3),
    ("سري", Role::Secret, 3),
    ("السري", Role::Secret, 3),
    ("секрет", Role::Secret, 3),
    ("секретный", Role::Secret, 3),
    ("пароль", Role::Password, 5),
    ("密钥", Role::Secret, 1),
    ("秘钥", Role::Secret, 1),
    ("私钥", Role::PrivateKey, 4),
    ("公钥", Role::Key, 2),
    ("公鑰", Role::Key, 2),
    ("密码", Role::Password, 5),
    ("キー", Role::Key, 1),
    ("シークレット", Role::Secret, 3),
    ("秘密鍵", Role::PrivateKey, 4),
    ("키", Role::Key, 1),
    ("시크릿", Role::Secret, 3),
    ("비밀키", Role::Secret, 3),
    ("비밀번호", Role::Password, 5),
];

/// What else a key may be a key of.
pub(super) const OTHERS: &[&[u8]] = &[
    b"instance",
    b"request",
    b"trace",
    b"correlation",
    b"websocket",
    b"link",
    b"settlement",
    b"broker",
    b"partner",
    b"cache",
    b"sort",
    b"primary",
    b"foreign",
    b"partition",
    b"row",
    b"dict",
    b"map",
    b"event",
    b"idempotency",
    b"dedup",
    b"listen",
    b"query",
    b"storage",
    b"translation",
    b"message",
    b"routing",
    b"group",
    b"index",
    b"order",
    b"symbol",
    b"lookup",
    b"object",
    b"item",
    b"entry",
    b"field",
    b"column",
    b"registry",
    b"locale",
    b"label",
    b"ssh",
    b"host",
    b"license",
    b"licence",
    b"referral",
    b"invite",
    b"ticker",
];

/// Whose id it may be for the id to be half of a credential.
const WHOSE: &[&[u8]] = &[
    b"client",
    b"customer",
    b"user",
    b"account",
    b"member",
    b"app",
    b"application",
    b"api",
    b"access",
];

/// What the name says its value is for.
pub fn of_name(name: &[u8]) -> Says {
    let mut best: Option<(u8, Role)> = None;
    let mut other = false;
    let mut key = false;
    let mut id = false;
    let mut whose = false;
    let mut last_id = false;
    let mut version = false;
    for word in words(name) {
        let text = &name[word.start..word.end];
        let text = text
            .strip_suffix(b"s")
            .filter(|t| t.len() > 3 && *t != b"acces" && *t != b"pas")
            .unwrap_or(text);
        let bare = text
            .iter()
            .rposition(|b| !b.is_ascii_digit())
            .map_or(text, |last| &text[..=last]);
        // Beyond ASCII, capitals have to be lowered first.
        let hashed = if bare.is_ascii() {
            hash(bare)
        } else {
            hash(String::from_utf8_lossy(bare).to_lowercase().as_bytes())
        };
        key |= bare.eq_ignore_ascii_case(b"key");
        last_id = bare.eq_ignore_ascii_case(b"id");
        version = bare.eq_ignore_ascii_case(b"version");
        id |= last_id;
        other |= OTHERS.iter().any(|word| bare.eq_ignore_ascii_case(word));
        whose |= WHOSE.iter().any(|word| bare.eq_ignore_ascii_case(word));
        if let Some((_, role, weight)) = table().iter().find(|(h, ..)| *h == hashed).copied()
            && best.is_none_or(|(w, _)| weight >= w)
        {
            best = Some((weight, role));
        } else if best.is_none()
            && let Some((weight, role)) = joined(bare)
        {
            best = Some((weight, role));
        }
    }
    if best.is_none() {
        best = unparted(name);
    }
    // The halves are called public and private.
    if best.is_none() && matches!(name.trim_ascii(), b"public" | b"pub") {
        return Says::Role(Role::Key);
    }
    match best {
        // `seed_phrase` is no passphrase; `secret access key id` is a key.
        Some((_, Role::Key | Role::Secret)) if key && id => Says::Role(Role::Key),
        // `UserSecretsId` is an id.
        Some((_, Role::Secret | Role::Token)) if last_id => Says::Role(Role::Id),
        // Of a key that a vault holds: which of several it is.
        Some((1, Role::Key)) if other || version => Says::Nothing,
        Some((_, role)) => Says::Role(role),
        None if id && whose => Says::Role(Role::Id),
        None => Says::Nothing,
    }
}

/// Words of languages that are written without blanks, in a name: `シークレットキー`, `APIキー`. The word that counts
/// most, and of equals the last.
fn unparted(name: &[u8]) -> Option<(u8, Role)> {
    // What is written so begins with these bytes in UTF-8: kana, Chinese characters, Hangul.
    if !name.iter().any(|b| (0xe3..=0xed).contains(b)) {
        return None;
    }
    let stands = |word: &str| memchr::memmem::rfind(name, word.as_bytes());
    let own = WORDS
        .iter()
        .filter(|(word, ..)| word.as_bytes().first() >= Some(&0xe3));
    let found = own.filter_map(|(word, role, weight)| Some((*weight, stands(word)?, *role)));
    let (weight, _, role) = found.max_by_key(|(weight, at, _)| (*weight, *at))?;
    // An API's key goes by the word that else is the secret's.
    let api = name
        .trim_ascii_start()
        .to_ascii_lowercase()
        .starts_with(b"api");
    match role {
        Role::Secret if weight == 1 && api => Some((1, Role::Key)),
        _ => Some((weight, role)),
    }
}

/// Words written together: `binanceapikey`, `mysecret`.
fn joined(word: &[u8]) -> Option<(u8, Role)> {
    if word.len() < 6 || word.len() > 40 {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    [
        ("apisecretkey", Role::Secret),
        ("apisecret", Role::Secret),
        ("secretkey", Role::Secret),
        ("privatekey", Role::PrivateKey),
        ("passphrase", Role::Passphrase),
        ("password", Role::Password),
        ("accesskey", Role::Key),
        ("publickey", Role::Key),
        ("secret", Role::Secret),
        ("apikey", Role::Key),
        ("mnemonic", Role::Seed),
        ("token", Role::Token),
        ("key", Role::Key),
    ]
    .into_iter()
    .find(|(end, _)| {
        lower.ends_with(end.as_bytes())
            && (*end != "key"
                || lower.len() > 6
                    && !lower.ends_with(b"monkey")
                    && !lower.ends_with(b"turkey")
                    && !lower.ends_with(b"hotkey"))
            // An exchange of this name.
            && lower != b"latoken"
    })
    .map(|(_, role)| (1, role))
}

fn table() -> &'static [(u64, Role, u8)] {
    static TABLE: std::sync::OnceLock<Vec<(u64, Role, u8)>> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        WORDS
            .iter()
            .map(|(word, role, weight)| (hash(word.as_bytes()), *role, *weight))
            .collect()
    })
}

/// How well a part of this role fits a name that says so: 3 the same, 2 close, 1 no objection,
/// none a contradiction.
pub fn fit(says: Says, part: Role) -> Option<u8> {
    use Role::{Id, Key, Memo, Passphrase, Password, PrivateKey, Secret, Seed, Token};
    let Says::Role(says) = says else {
        return Some(1);
    };
    match (says, part) {
        (a, b) if a == b => Some(3),
        (Secret, PrivateKey | Token | Password)
        | (PrivateKey, Secret | Seed)
        | (Passphrase, Password)
        | (Password, Passphrase) => Some(2),
        (Token, Key)
        | (Key, Token | Id)
        | (Seed, PrivateKey | Secret)
        | (Memo, Id)
        | (Id, Memo) => Some(2),
        (Id, Key)
        | (Token | Password, Secret)
        | (Passphrase, Secret | Seed)
        | (Key, PrivateKey)
        | (Memo, Passphrase) => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_their_value_is_for() {
        for (name, role) in [
            ("BINANCE_API_KEY", Role::Key),
            ("binanceApiSecret", Role::Secret),
            ("secret_key", Role::Secret),
            ("KRAKEN_PRIVATE_KEY", Role::PrivateKey),
            ("okx_passphrase", Role::Passphrase),
            ("OKX_API_PASS", Role::Passphrase),
            ("apiPassword", Role::Password),
            ("bitmart_memo", Role::Memo),
            ("aws_secret_access_key", Role::Secret),
            ("AWS_ACCESS_KEY_ID", Role::Key),
            ("TELEGRAM_TOKEN", Role::Token),
            ("seed_phrase", Role::Seed),
            ("mnemonic", Role::Seed),
            ("binanceapikey", Role::Key),
            ("MYSECRETKEY", Role::Secret),
            ("API Key", Role::Key),
            ("apiKey2", Role::Key),
            ("secret2", Role::Secret),
            ("秘密鍵", Role::PrivateKey),
            ("public", Role::Key),
        ] {
            assert_eq!(of_name(name.as_bytes()), Says::Role(role), "{name}");
        }
        for name in ["foo", "monkey", "turkey", "timestamp", "commit", ""] {
            assert_eq!(of_name(name.as_bytes()), Says::Nothing, "{name}");
        }
    }
}
