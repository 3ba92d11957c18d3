//! Names of secrets in scripts and with accents that ASCII has not.

use super::name::{Kind, Named};

/// What such a name says; in small letters.
pub(super) fn foreign(name: &str) -> Option<Named> {
    const PASSWORDS: [&str; 26] = [
        "contraseña",
        "contrasenya",
        "palavra-passe",
        "hasło",
        "пароль",
        "пароля",
        "lösenord",
        "şifre",
        "parolă",
        "κωδικός",
        "密码",
        "密碼",
        "口令",
        "パスワード",
        "暗証番号",
        "비밀번호",
        "패스워드",
        "암호",
        "รหัสผ่าน",
        "סיסמה",
        "كلمة المرور",
        "mật khẩu",
        "jelszó",
        "parolė",
        "slaptažodis",
        "पासवर्ड",
    ];
    const SECRETS: [&str; 14] = [
        "секрет",
        "密钥",
        "密鑰",
        "秘钥",
        "シークレット",
        "시크릿",
        "비밀키",
        "geheimschlüssel",
        "schlüssel",
        "ключ",
        "clé",
        "私钥",
        "秘密鍵",
        "令牌",
    ];
    let kind = |kind, clear| Some(Named { kind, clear });
    if PASSWORDS.iter().any(|word| name.contains(word)) {
        kind(Kind::Password, true)
    } else if SECRETS.iter().any(|word| name.contains(word)) {
        kind(Kind::Secret, false)
    } else {
        None
    }
}

/// Whether a name ends with a word for a digest, a public key or an address: `部署哈希`, `адрес`.
pub(super) fn is_public(name: &str) -> bool {
    const ENDS: [&str; 17] = [
        "哈希",
        "哈希值",
        "雜湊",
        "雜湊值",
        "ハッシュ",
        "ハッシュ値",
        "해시",
        "хеш",
        "хэш",
        "公钥",
        "公鑰",
        "公開鍵",
        "공개키",
        "地址",
        "アドレス",
        "주소",
        "адрес",
    ];
    let name = name.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    ENDS.iter().any(|end| name.ends_with(end))
}
