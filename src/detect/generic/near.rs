//! Whether a run can matter: it looks drawn, and a piece of a secret-like name stands right before it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::value::LONGEST;
use crate::detect::random::looks_random;
use crate::detect::value::bare;

/// How far before a run its name is looked for, in bytes: less than what is read around a change
/// ([`inert`](crate::detect::inert)).
pub(super) const WINDOW: usize = 80;

/// Pieces of names: all that [`name`](super::name) knows holds one.
static PIECES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build([
            "key",
            "secret",
            "token",
            "pass",
            "pwd",
            "pw",
            "auth",
            "cred",
            "jwt",
            "bearer",
            "hmac",
            "sign",
            "crypt",
            "cipher",
            "aes",
            "psk",
            "pepper",
            "securestring",
            "curl",
            "contrase",
            "senha",
            "kennwort",
            "wachtwoord",
            "losenord",
            "motdepasse",
            "haslo",
            "salasana",
            "adgangskode",
            "parola",
            "jelszo",
            "sifre",
            "heslo",
            "clave",
            "segredo",
            "secreto",
            "geheimnis",
            "palavra",
            "hasło",
            "ароль",
            "АРОЛЬ",
            "ароля",
            "ösenord",
            "ifre",
            "parolă",
            "κωδικ",
            "密",
            "口令",
            "秘",
            "私钥",
            "パスワード",
            "暗証",
            "シークレット",
            "비밀",
            "패스워드",
            "암호",
            "시크릿",
            "รหัส",
            "סיסמה",
            "كلمة",
            "khẩu",
            "екрет",
            "ключ",
            "КЛЮЧ",
            "clé",
            "令牌",
            "slapta",
            "पासवर्ड",
        ])
        .ok()
});

/// Whether a run looks drawn, wherever it stands.
pub(in crate::detect) fn may_matter(run: &[u8]) -> bool {
    run.len() <= LONGEST && looks_random(bare(run))
}

/// Whether a piece of a name stands before a run, or may stand before what is given of the text.
pub(in crate::detect) fn stands_near_name(text: &[u8], start: usize) -> bool {
    let Some(from) = start.checked_sub(WINDOW) else {
        return true;
    };
    let before = text.get(from..start).unwrap_or_default();
    PIECES.as_ref().is_none_or(|pieces| pieces.is_match(before))
}
