//! Values of letters alone: a machine's choice told from names, words of any language, lists and typing.
//!
//! The character model knows the words of code; of other languages, and of abbreviations, it knows less.
//! What all that people speak has in common is asked beside it: vowels and consonants take turns. And a
//! value of letters alone has no sign and no digit that speaks for it, so more evidence is asked than of
//! others, and what hands and lists make is told by its order.
//!
//! Measured on 277,000 different words of 16 and more letters in the code of bots, libraries and operating
//! systems (2.9 million times in all): 44 pass, of which eight are names or lists of options and the others
//! random values and base64. Of random values those pass that `recall` in the tests states.

use crate::detect::random::randomness;

/// The shortest value of small letters and capitals, and of one case alone: a shorter one may be a name.
const MIXED: usize = 16;
const ONE_CASE: usize = 20;

/// Bits of evidence that four groups of letters are no words.
const GROUPED: f32 = 24.0;

/// Whether a machine drew these letters.
pub(super) fn drawn(value: &[u8]) -> bool {
    let mixed =
        value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase);
    let shortest = if mixed { MIXED } else { ONE_CASE };
    let Some(more) = value.len().checked_sub(shortest) else {
        return false;
    };
    let needed = if mixed {
        48.0 + 2.0 * more as f32
    } else {
        40.0 + 2.5 * more as f32
    };
    let evidence = randomness(value) * value.len() as f32 + unspoken(value);
    evidence >= needed && !is_ordered(value) && !is_poor(value) && !is_typed(value)
}

/// Whether a value is four groups of four small letters that a machine drew: a password for an application as
/// Google shows it (<https://support.google.com/accounts/answer/185833>), and people paste it.
pub(super) fn grouped(value: &[u8]) -> bool {
    if !is_grouped(value) {
        return false;
    }
    let joined: Vec<u8> = value.iter().copied().filter(|b| *b != b' ').collect();
    let evidence = randomness(&joined) * joined.len() as f32 + unspoken(&joined);
    evidence >= GROUPED && !is_ordered(&joined) && !is_poor(&joined) && !is_typed(&joined)
}

/// Four groups of four small letters with blanks between them.
pub(super) fn is_grouped(value: &[u8]) -> bool {
    value.len() == 19
        && value.iter().enumerate().all(|(at, byte)| match at % 5 {
            4 => *byte == b' ',
            _ => byte.is_ascii_lowercase(),
        })
}

/// Evidence that nobody can speak a value, in bits: how likely its vowels and consonants follow each other
/// when letters are drawn, against how they do in words. The shares are rounded ones of European words,
/// with `y` for a vowel.
fn unspoken(value: &[u8]) -> f32 {
    const DRAWN: f32 = 6.0 / 26.0;
    let vowel = |byte: &u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    let mut bits = 0.0;
    // Whether the last letter was a vowel, and how many of its kind stood in a row.
    let mut last = None;
    for now in value.iter().map(vowel) {
        let spoken: f32 = match last {
            None => 0.3,
            Some((true, 1)) => 0.15,
            Some((true, _)) => 0.05,
            Some((false, 1)) => 0.6,
            Some((false, 2)) => 0.72,
            Some((false, 3)) => 0.75,
            Some((false, _)) => 0.8,
        };
        bits += if now {
            (DRAWN / spoken).log2()
        } else {
            ((1.0 - DRAWN) / (1.0 - spoken)).log2()
        };
        last = match last {
            Some((kind, count)) if kind == now => Some((kind, count + 1)),
            _ => Some((now, 1)),
        };
    }
    bits
}

/// Whether the letters follow the alphabet, as those of options, markers and sets do: `bdDfFhlLmMnopP`.
/// Three of five steps of at most three letters onwards are chance in one of ten thousand values.
fn is_ordered(value: &[u8]) -> bool {
    let place = |byte: &u8| byte.to_ascii_lowercase();
    let steps = value.iter().zip(value.iter().skip(1));
    let small = steps.filter(|(a, b)| place(b).wrapping_sub(place(a)) <= 3);
    small.count() * 5 >= (value.len() - 1) * 3
}

/// Whether far fewer or far more different letters stand in a value than chance gives: drawings and codes of
/// few letters, tables and alphabets with each letter once.
fn is_poor(value: &[u8]) -> bool {
    let mut seen = [0_u8; 26];
    for byte in value {
        let place = byte.to_ascii_lowercase().wrapping_sub(b'a');
        if let Some(count) = seen.get_mut(usize::from(place)) {
            *count = count.saturating_add(1);
        }
    }
    let different = seen.iter().filter(|count| **count > 0).count();
    let length = value.len() as f32;
    let expected = 26.0 * (1.0 - (25.0_f32 / 26.0).powf(length));
    let spread = 24.min(value.len());
    different as f32 <= 0.66 * expected || value.len() <= 32 && different + 1 >= spread
}

/// Whether fingers made it: most of it stands in one row of a keyboard.
fn is_typed(value: &[u8]) -> bool {
    ["qwertyuiop", "asdfghjkl", "zxcvbnm"].iter().any(|row| {
        let own = |byte: &&u8| row.as_bytes().contains(&byte.to_ascii_lowercase());
        value.iter().filter(own).count() * 4 >= value.len() * 3
    })
}

/// Whether fingers drummed most of it on a keyboard: `sdfklsdf93wrthjh`. Two steps of three neighbours in the middle
/// row, or a third of all steps to a neighbour's side and a quarter within that row, are chance in two of a thousand
/// values of letters and digits, and of fewer the longer they are.
pub(super) fn is_drummed(value: &[u8]) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let key = |byte: &u8| {
        let key = byte.to_ascii_lowercase();
        let place = |row: &&[u8]| row.iter().position(|own| *own == key);
        (0..)
            .zip(&ROWS)
            .find_map(|(row, keys)| Some((row, place(keys)?)))
    };
    let keys: Vec<Option<(usize, usize)>> = value.iter().map(key).collect();
    let (mut steps, mut near, mut middle, mut rolled) = (0, 0, 0, 0);
    let mut last = 0;
    for pair in keys.windows(2) {
        let [a, b] = pair else { continue };
        steps += 1;
        let mut step = 0;
        if let (Some((row, from)), Some((other, to))) = (a, b)
            && row == other
        {
            near += usize::from((1..=2).contains(&from.abs_diff(*to)));
            if *row == 1 {
                middle += 1;
                step = match to.wrapping_sub(*from) {
                    1 => 1,
                    usize::MAX => -1,
                    _ => 0,
                };
            }
        }
        rolled += usize::from(step != 0 && step == last);
        last = step;
    }
    rolled >= 2 || middle >= 5 && near * 10 >= steps * 3 && middle * 4 >= steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::Seed;

    fn alphabet(name: &str) -> Vec<u8> {
        match name {
            "lower" => (b'a'..=b'z').collect(),
            "upper" => (b'A'..=b'Z').collect(),
            _ => (b'a'..=b'z').chain(b'A'..=b'Z').collect(),
        }
    }

    /// Four groups, joined as Google shows them.
    fn groups(mut group: impl FnMut() -> String) -> Vec<u8> {
        [group(), group(), group(), group()].join(" ").into_bytes()
    }

    #[test]
    fn groups_of_letters_are_told_from_words_of_four() {
        let mut seed = Seed(103);
        let drawn = (0..1000).filter(|_| {
            grouped(&groups(|| {
                String::from_utf8(seed.value(b"abcdefghijklmnopqrstuvwxyz", 4)).unwrap()
            }))
        });
        let drawn = drawn.count();
        assert!(drawn >= 930, "{drawn} of 1000 are told");
        let words = include_str!("../../prove/wordlists/english.txt").lines();
        let words: Vec<&str> = words.filter(|word| word.len() == 4).collect();
        let mut seed = Seed(104);
        let made = (0..1000)
            .filter(|_| grouped(&groups(|| words[seed.below(words.len())].to_owned())))
            .count();
        assert!(made <= 15, "{made} of 1000 are words");
        assert!(!grouped(b"abcd efgh ijkl mnop"));
        assert!(!grouped(b"this must have words"));
    }

    /// Of 1,000 random values of each alphabet and length at least so many are told.
    #[test]
    fn recall() {
        let mut seed = Seed(101);
        for (name, length, least) in [
            ("lower", 20, 950),
            ("lower", 24, 960),
            ("lower", 32, 970),
            ("lower", 40, 980),
            ("lower", 64, 990),
            ("upper", 20, 950),
            ("upper", 32, 960),
            ("mixed", 16, 870),
            ("mixed", 20, 955),
            ("mixed", 24, 975),
            ("mixed", 32, 985),
            ("mixed", 40, 990),
            ("mixed", 64, 990),
        ] {
            let letters = alphabet(name);
            let told = (0..1000).filter(|_| drawn(&seed.value(&letters, length)));
            let told = told.count();
            assert!(told >= least, "{name} {length}: {told} of 1000");
        }
    }

    #[test]
    fn names_words_lists_and_typing_are_not_drawn() {
        for value in [
            "getAuthenticationTokenFromRequestHeader",
            "AbstractSingletonProxyFactoryBean",
            "internationalizationconfiguration",
            "correcthorsebatterystaple",
            "donaudampfschifffahrtsgesellschaft",
            "Rechtsschutzversicherungsgesellschaften",
            "dvoechelnokryzhevaya",
            "puolilainausmerkkeijin",
            "najszkaradniejszych",
            "uwierzytelnieniedwuskladnikowe",
            "nyiakengpuachuehmong",
            "XcmsCIELuvQueryMaxLC",
            "IXpsOMVisualBrushVtbl",
            "PFNWGLENUMGPUSNVPROC",
            "TestCCXTBotFetchOHLCV",
            "ConvertJpegXRToHDPhoto",
            "abcdefghijklmnopqrstuvwxyz",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            "TRWAGMYFPDXBNJZSQVHLCKET",
            "aAbBcCdDeEfFHilLmMnNOPsStTuvXyYZ",
            "qwertyuiopasdfghjklzxcvbnm",
            "lkjsahdfkjhsdfkjhsdfkjhsdf",
            "mNMMdsNMMNhsyNMMmysooshdmNNNd",
        ] {
            assert!(!drawn(value.as_bytes()), "{value}");
        }
    }

    /// The words of the phrases of wallets stand for words of five languages in a row.
    #[test]
    fn words_in_a_row_are_not_drawn() {
        let mut seed = Seed(102);
        let mut told = Vec::new();
        for list in [
            include_str!("../../prove/wordlists/english.txt"),
            include_str!("../../prove/wordlists/spanish.txt"),
            include_str!("../../prove/wordlists/french.txt"),
            include_str!("../../prove/wordlists/italian.txt"),
            include_str!("../../prove/wordlists/czech.txt"),
            include_str!("../../prove/wordlists/portuguese.txt"),
        ] {
            let words: Vec<&str> = list.lines().filter(|word| word.is_ascii()).collect();
            assert!(words.len() > 1000);
            for round in 0..2000 {
                let count = 3 + round % 4;
                let mut text: String = (0..count).map(|_| words[seed.below(words.len())]).collect();
                if round % 2 == 0 {
                    text.make_ascii_uppercase();
                }
                if drawn(text.as_bytes()) {
                    told.push(text);
                }
            }
        }
        // Czech ones, which have syllables without a vowel.
        assert!(told.len() <= 8, "{told:?}");
    }

    #[test]
    fn drumming_is_told() {
        for value in [
            "sdfklsdf93wrthjh",
            "sdflkxdflm349nsdflmkjdflkw",
            "asdflkzhfs3rsdfmhdjf",
            "34mo8sdfs3rs3ro8hmsdfos83hm",
            "lkajsdf98234lkjasdf",
        ] {
            assert!(is_drummed(value.as_bytes()), "{value}");
        }
        let mut seed = Seed(121);
        let alphabet: Vec<u8> = (b'0'..=b'9').chain(b'a'..=b'z').collect();
        let drummed = (0..1000).filter(|_| is_drummed(&seed.value(&alphabet, 24)));
        assert!(drummed.count() <= 2);
    }
}
