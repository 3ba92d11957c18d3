//! The words that stand where a credential is missing, and how much of a value they cover.

/// The longest value that is read as words.
const LONGEST: usize = 128;

/// What the words cover of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cover {
    /// Letters and digits in all.
    pub(super) all: usize,
    /// Those covered by a word, by a filler (`xxx`) or by a few digits beside one.
    pub(super) covered: usize,
    /// Whether there is a word at all.
    pub(super) worded: bool,
    /// Whether a word is among them that means "fill me in" or "not real".
    pub(super) telling: bool,
    rest: [u8; LONGEST],
    rest_length: usize,
}

impl Cover {
    /// Letters and digits that no word covers, one after the other.
    pub(super) fn rest(&self) -> &[u8] {
        self.rest.get(..self.rest_length).unwrap_or_default()
    }
}

/// The best reading of a value up to a place.
#[derive(Clone, Copy, Default)]
struct Reading {
    covered: usize,
    telling: bool,
    worded: bool,
    /// The length of the last step, and whether it covers what it steps over.
    step: usize,
    covers: bool,
    /// Whether the last step was a word.
    word: bool,
}

/// Covers a value with words, so that as much as possible is covered; `None` over 128 bytes.
///
/// Words of two and three letters count only at a border (a sign, a capital, an end) or behind
/// another word, and so do tell-tale words of four: random characters have them by chance.
pub(super) fn cover(value: &[u8]) -> Option<Cover> {
    let mut text = [0_u8; LONGEST];
    let text = text.get_mut(..value.len())?;
    text.copy_from_slice(value);
    text.make_ascii_lowercase();
    let mut best = [Reading::default(); LONGEST + 1];
    for place in 0..text.len() {
        let reading = best.get(place).copied()?;
        let rest = text.get(place..)?;
        let first = *rest.first()?;
        let mut offer = |length: usize, covers: bool, tells: bool, word: bool| {
            if let Some(slot) = best.get_mut(place + length) {
                let offered = Reading {
                    covered: reading.covered + if covers { length } else { 0 },
                    telling: reading.telling || tells,
                    worded: reading.worded || word,
                    step: length,
                    covers,
                    word,
                };
                if slot.step == 0
                    || (offered.covered, offered.telling) > (slot.covered, slot.telling)
                {
                    *slot = offered;
                }
            }
        };
        offer(1, false, false, false);
        let after_digit = place
            .checked_sub(1)
            .and_then(|last| text.get(last))
            .is_some_and(u8::is_ascii_digit);
        let at_border = border(value, place) || reading.word;
        match first {
            b'a'..=b'z' => {
                let same = rest.iter().take_while(|&&byte| byte == first).count();
                if same >= 3 && at_border {
                    offer(same, true, first == b'x', true);
                }
                let letter = usize::from(first - b'a');
                for (words, tells) in [(&TELLING, true), (&PLAIN, false)] {
                    let free = if tells { 5 } else { 4 };
                    for &word in words.get(letter).copied().unwrap_or_default() {
                        let fits =
                            word.len() >= free || at_border || (after_digit && word.len() > 3);
                        if fits && rest.starts_with(word.as_bytes()) {
                            offer(word.len(), true, tells, true);
                        }
                    }
                }
            }
            b'0'..=b'9' => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let counted_up = rest
                    .get(..digits)
                    .is_some_and(|run| b"1234567890".starts_with(run));
                let before = place.checked_sub(1).and_then(|last| text.get(last));
                let alone = before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) || reading.word;
                if alone && (digits <= 4 || counted_up) {
                    offer(digits, true, false, false);
                }
            }
            _ => {}
        }
    }
    Some(told(text, &best))
}

/// Walks the best reading back and gathers what it leaves.
fn told(text: &[u8], best: &[Reading]) -> Cover {
    let last = best.get(text.len()).copied().unwrap_or_default();
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
    let mut cover = Cover {
        all: text.iter().filter(|byte| letter(byte)).count(),
        covered: last.covered,
        worded: last.worded,
        telling: last.telling,
        rest: [0; LONGEST],
        rest_length: 0,
    };
    let mut place = text.len();
    while let Some(reading) = best
        .get(place)
        .filter(|reading| place > 0 && reading.step > 0)
    {
        place = place.saturating_sub(reading.step);
        if !reading.covers
            && let Some(byte) = text.get(place).filter(|byte| letter(byte))
            && let Some(slot) = cover.rest.get_mut(cover.rest_length)
        {
            *slot = *byte;
            cover.rest_length += 1;
        }
    }
    if let Some(rest) = cover.rest.get_mut(..cover.rest_length) {
        rest.reverse();
    }
    cover
}

/// Whether a word may begin at `place`: at the start, behind a sign, or at a capital behind a small
/// letter.
fn border(value: &[u8], place: usize) -> bool {
    let Some(before) = place.checked_sub(1).and_then(|last| value.get(last)) else {
        return true;
    };
    let capital = value.get(place).is_some_and(u8::is_ascii_uppercase);
    !before.is_ascii_alphanumeric() || (capital && before.is_ascii_lowercase())
}

/// By first letter: words that mean "put yours here" or "this is not real".
#[rustfmt::skip]
static TELLING: [&[&str]; 26] = [
    &["abc", "abcd", "abcdef", "add", "anda", "aqui", "aquí", "asdf"],
    &["baadf00d", "badcafe", "bar", "baz", "beispiel", "bla", "blah", "blank", "bogus", "buraya"],
        &["c0ffee", "cafebabe", "cambiame", "cambiar", "change", "changeit", "changeme",
        "changer", "coloque", "copy"],
        &["deadbeef", "deadc0de", "decafbad", "default", "dein", "deine", "demo", "din", "disini",
        "ditt", "does", "doesnt", "dummy"],
        &["einfuegen", "eintragen", "ejemplo", "empty", "enter", "esempio", "example", "exempel",
        "exemple", "exemplo", "existing"],
        &["facefeed", "fake", "feedface", "fill", "fixme", "fixture", "foo", "foobar", "for",
        "from", "fuga"],
    &["generate", "generated", "get", "given", "goes"],
    &["har", "hello", "here", "hidden", "hier", "hoge", "hunter"],
        &["ici", "ihr", "ingresa", "inject", "inserisci", "insert", "inserta", "insira",
        "invalid", "ipsum", "irgendwas"],
    &["jouw", "junk", "just"],
    &["klucz"],
    &["legacy", "lorem"],
    &["masked", "mettre", "missing", "mock", "mocked", "modify", "mon", "must", "mustbe"],
    &["need", "nil", "none", "not", "nothing", "notreal", "null"],
    &["obtain", "only", "optional"],
        &["paste", "pega", "piyo", "placeholder", "platzhalter", "please", "pon", "poner",
        "provide", "provided", "put"],
    &["qui", "quux", "qux", "qwer", "qwerty"],
        &["random", "real", "redacted", "reemplaza", "removed", "remplacer", "replace",
        "required", "revoked", "rotated"],
        &["same", "sample", "scrubbed", "set", "seu", "should", "some", "somerandom", "something",
        "static", "stub", "sua", "super", "supersecret"],
        &["tbd", "temp", "test", "tester", "testing", "that", "the", "then", "this", "tmp",
        "todo", "troque", "tua", "tuo", "tus", "twoj", "type"],
    &["undefined", "unit", "unknown", "unset", "unused", "update", "use"],
    &["valid", "vash", "voorbeeld", "votre", "votrecle", "vul"],
    &["want", "whatever", "will", "with", "without", "would", "wrong"],
    &["xxx", "xxxx", "xyz"],
    &["you", "your", "yourkey", "yours"],
    &["zzz", "zzzz"],
];

/// By first letter: what a credential is called, which tells nothing beside random characters.
#[rustfmt::skip]
static PLAIN: [&[&str]; 26] = [
        &["access", "account", "actual", "address", "admin", "alpha", "an", "and", "api",
        "apikey", "apisecret", "app", "application", "at", "auth", "authorization", "aws"],
        &["backend", "base", "basic", "be", "bearer", "binance", "bitfinex", "bitget", "bitmex",
        "bot", "broker", "bybit"],
        &["channel", "chat", "chave", "chiave", "clave", "cle", "client", "code", "coinbase",
        "config", "consumer", "contrasena", "cookie", "copia", "credential", "credentials",
        "customer"],
        &["data", "database", "db", "de", "del", "deribit", "des", "dev", "development",
        "discord", "docker", "document"],
        &["email", "encoded", "encryption", "end", "env", "environment", "eth", "ethereum",
        "exchange"],
    &["field", "file", "first", "foreign", "ftx"],
    &["gate", "gateio", "geheim", "gemini", "github", "google"],
    &["hash", "haslo", "hemlig", "hex", "hmac", "host", "htx", "huobi", "hush", "hyperliquid"],
    &["id", "identifier", "in", "info", "integration", "into", "is", "it"],
    &["json", "jwt"],
    &["key", "keys", "kraken", "kucoin", "kunci"],
    &["la", "le", "like", "live", "local", "localhost", "login", "long", "losenord"],
        &["main", "mainnet", "master", "me", "memo", "metamask", "mexc", "mi", "mnemonic", "mot",
        "my", "mysecret"],
    &["name", "net", "new", "no", "node", "number", "nyckel"],
    &["oauth", "of", "okex", "okx", "old", "one", "or", "organization"],
        &["part", "pass", "passe", "passphrase", "passwd", "password", "passwort", "personal",
        "phrase", "pin", "pk", "polygon", "private", "prod", "production", "project", "provider",
        "pubkey", "public", "pw", "pwd"],
    &["query"],
    &["read", "refresh", "region", "root", "rpc"],
        &["safe", "salt", "sandbox", "schluessel", "schlussel", "second", "secret", "secreta",
        "secretkey", "secrets", "secure", "security", "seed", "segredo", "segreto", "senha",
        "server", "service", "session", "sign", "signing", "site", "sk", "slack", "sleutel",
        "staging", "string", "strong"],
        &["telegram", "testnet", "text", "to", "token", "tokens", "trading", "tu", "twilio",
        "twitter"],
    &["url", "user", "username", "usr", "uuid"],
    &["value", "values", "var", "variable", "vault"],
    &["wachtwoord", "wallet", "web", "webhook", "word", "words", "worker", "write"],
    &[],
    &["yaml"],
    &["zone"],
];

/// Tell-tale words in other scripts, in small letters: the value holds one of them.
#[rustfmt::skip]
pub(super) static FOREIGN: [&str; 64] = [
    // Chinese
    "你的", "您的", "我的", "密钥", "秘钥", "密匙", "填写", "填入", "输入", "替换", "示例", "这里",
    "此处", "密码", "金鑰", "輸入", "填寫", "令牌", "访问", "请在",
    // Japanese
    "ここに", "あなたの", "入力", "パスワード", "シークレット", "トークン", "キー", "設定", "取得した",
    // Korean
    "발급", "여기", "입력", "당신", "본인", "액세스", "시크릿", "비밀", "토큰", "예시", "키를", "나의",
    // Russian and Ukrainian
    "встав", "ваш", "твой", "ключ", "секрет", "парол", "токен", "введи",
    "замени", "сюда", "здесь", "пример",
    // Others
    "κλειδί", "مفتاح", "schlüssel", "einfügen", "contraseña", "clé", "lösenord",
    "här", "ваше", "código", "şifre",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(value: &str) -> (usize, usize, bool) {
        let cover = cover(value.as_bytes()).unwrap();
        (cover.covered, cover.all, cover.telling)
    }

    #[test]
    fn words_cover_what_they_can() {
        assert_eq!(of("your_api_key"), (10, 10, true));
        assert_eq!(of("yourapikeyhere"), (14, 14, true));
        assert_eq!(of("apiSecret"), (9, 9, false));
        assert_eq!(of("secret123"), (9, 9, false));
        assert_eq!(of("XXXX-XXXX"), (8, 8, true));
        assert_eq!(of("contest"), (0, 7, false));
        assert_eq!(of(""), (0, 0, false));
        assert_eq!(cover(b"sk_test_qK5q9").unwrap().rest(), b"qk5q9");
        assert!(cover(&[b'a'; 129]).is_none());
    }

    #[test]
    fn words_stand_under_their_letter() {
        for words in [&TELLING, &PLAIN] {
            for (letter, words) in (b'a'..=b'z').zip(words) {
                for word in *words {
                    assert_eq!(word.as_bytes().first(), Some(&letter), "{word}");
                }
            }
        }
    }
}
