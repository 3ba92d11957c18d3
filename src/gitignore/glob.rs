//! One pattern of a `.gitignore` line, ready to be matched in linear space and at most quadratic
//! time.
//!
//! What the constructs mean (gitignore(5), glob(7)): `?` is one byte and `*` any number of them,
//! neither a slash; `[…]` is one byte of a set, never a slash; `\` takes the next byte as it is;
//! `**` between slashes is any number of directories. A `**` anywhere else is a `*`.

/// A set of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set([u64; 4]);

impl FromIterator<u8> for Set {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let mut out = Self::default();
        bytes.into_iter().for_each(|byte| out.add(byte));
        out
    }
}

impl Set {
    /// Whether all of the other set is in this one.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let mut pairs = self.0.iter().zip(&other.0);
        pairs.all(|(own, other)| other & !own == 0)
    }

    fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.0
            .get(usize::from(byte >> 6))
            .is_some_and(|word| word & (1 << (byte & 63)) != 0)
    }

    fn invert(&mut self) {
        for word in &mut self.0 {
            *word = !*word;
        }
    }
}

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This byte.
    Byte(u8),
    /// `?`: any byte but a slash.
    One,
    /// `[…]`: a byte of the set, never a slash.
    Set(Box<Set>),
    /// `*`: bytes up to the next slash.
    Star,
    /// `**/`: nothing, or anything that ends in a slash.
    Directories,
    /// `**` at the end: anything at all.
    Anything,
}

impl Token {
    fn fits(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::One => byte != b'/',
            Self::Set(set) => byte != b'/' && set.has(byte),
            Self::Star | Self::Directories | Self::Anything => false,
        }
    }
}

/// A compiled pattern with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    tokens: Box<[Token]>,
    /// The fewest bytes that it fits: shorter texts need no look.
    shortest: usize,
    /// The bytes that it fits no text without: rules out most texts at once.
    pub(super) needs: Set,
}

impl Glob {
    /// Compiles a pattern. None when it can fit nothing: an open bracket, an unknown class name,
    /// or a backslash at the end.
    pub(super) fn new(pattern: &[u8]) -> Option<Self> {
        let mut tokens = Vec::with_capacity(pattern.len());
        let mut at = 0;
        while let Some(&byte) = pattern.get(at) {
            at += 1;
            match byte {
                b'\\' => {
                    tokens.push(Token::Byte(*pattern.get(at)?));
                    at += 1;
                }
                b'?' => tokens.push(Token::One),
                b'[' => {
                    let (set, end) = bracket(pattern, at)?;
                    tokens.push(Token::Set(Box::new(set)));
                    at = end;
                }
                b'*' => at = stars(pattern, at, &mut tokens),
                byte => tokens.push(Token::Byte(byte)),
            }
        }
        let shortest = tokens
            .iter()
            .filter(|token| matches!(token, Token::Byte(_) | Token::One | Token::Set(_)))
            .count();
        let needs = tokens
            .iter()
            .filter_map(|token| match token {
                Token::Byte(byte) => Some(*byte),
                _ => None,
            })
            .collect();
        Some(Self {
            tokens: tokens.into(),
            shortest,
            needs,
        })
    }

    /// Whether the whole text fits.
    ///
    /// Two places to come back to are enough. A `*` can't leave its path component, so once its
    /// component is passed it is settled; and the earliest fit after a `**` leaves the most text
    /// for what follows.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        if text.len() < self.shortest {
            return false;
        }
        let (mut at, mut token) = (0, 0);
        // Where to go on after a failure: (text position to resume from, token to resume with).
        let mut star: Option<(usize, usize)> = None;
        let mut wide: Option<(usize, usize, bool)> = None;
        loop {
            match (self.tokens.get(token), text.get(at)) {
                (None, None) => return true,
                (Some(Token::Star), _) => {
                    star = Some((at, token + 1));
                    token += 1;
                    continue;
                }
                (Some(Token::Directories), _) => {
                    (star, wide) = (None, Some((at, token + 1, true)));
                    token += 1;
                    continue;
                }
                (Some(Token::Anything), _) => {
                    if token + 1 == self.tokens.len() {
                        return true;
                    }
                    (star, wide) = (None, Some((at, token + 1, false)));
                    token += 1;
                    continue;
                }
                (Some(step), Some(&byte)) if step.fits(byte) => {
                    at += 1;
                    token += 1;
                    continue;
                }
                _ => {}
            }
            // A longer `*`, as long as no slash is in the way.
            if let Some((from, next)) = star
                && text.get(from).is_some_and(|byte| *byte != b'/')
            {
                star = Some((from + 1, next));
                (at, token) = (from + 1, next);
                continue;
            }
            // A longer `**`.
            let Some((from, next, whole)) = wide else {
                return false;
            };
            let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) else {
                return false;
            };
            let step = if whole {
                match memchr::memchr(b'/', rest) {
                    Some(slash) => slash + 1,
                    None => return false,
                }
            } else {
                1
            };
            star = None;
            wide = Some((from + step, next, whole));
            (at, token) = (from + step, next);
        }
    }
}

/// Reads a run of stars whose first stands before `at`, and returns where it ends.
fn stars(pattern: &[u8], at: usize, tokens: &mut Vec<Token>) -> usize {
    let first = at - 1;
    let mut end = at;
    while pattern.get(end) == Some(&b'*') {
        end += 1;
    }
    let rest = pattern.get(end..).unwrap_or_default();
    let bounded = first == 0 || pattern.get(first - 1) == Some(&b'/');
    if end - first < 2 || !bounded {
        tokens.push(Token::Star);
        return end;
    }
    match rest {
        [b'/', ..] => {
            tokens.push(Token::Directories);
            end + 1
        }
        [] | [b'\\', b'/', ..] => {
            tokens.push(Token::Anything);
            end
        }
        _ => {
            tokens.push(Token::Star);
            end
        }
    }
}

/// Reads a bracket expression whose `[` stands before `at`: the set, and where it ends.
fn bracket(pattern: &[u8], mut at: usize) -> Option<(Set, usize)> {
    let mut set = Set::default();
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    if negated {
        at += 1;
    }
    // The lower end of a range, when the member before can be one.
    let mut low: Option<u8> = None;
    let mut first = true;
    loop {
        let byte = *pattern.get(at)?;
        at += 1;
        match byte {
            b']' if !first => break,
            b'\\' => {
                let byte = *pattern.get(at)?;
                at += 1;
                set.add(byte);
                low = Some(byte);
            }
            b'-' if low.is_some() && pattern.get(at).is_some_and(|next| *next != b']') => {
                let mut high = *pattern.get(at)?;
                at += 1;
                if high == b'\\' {
                    high = *pattern.get(at)?;
                    at += 1;
                }
                (low.unwrap_or(high)..=high).for_each(|byte| set.add(byte));
                low = None;
            }
            b'[' if pattern.get(at) == Some(&b':') => {
                let body = pattern.get(at + 1..)?;
                let close = memchr::memchr(b']', body)?;
                match body.get(..close)?.strip_suffix(b":") {
                    Some(name) => {
                        let holds = class(name)?;
                        (0..=u8::MAX).filter(holds).for_each(|byte| set.add(byte));
                        at += close + 2;
                        low = None;
                    }
                    // No `:]`: a plain member.
                    None => {
                        set.add(b'[');
                        low = Some(b'[');
                    }
                }
            }
            byte => {
                set.add(byte);
                low = Some(byte);
            }
        }
        first = false;
    }
    if negated {
        set.invert();
    }
    Some((set, at))
}

/// The POSIX classes, of ASCII alone, as git has them.
fn class(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |byte| matches!(byte, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |byte| matches!(byte, b' ' | b'\t'..=b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Glob;

    #[test]
    fn many_stars_stay_quick() {
        let glob = Glob::new("*a".repeat(200).as_bytes()).unwrap();
        assert!(glob.fits("a".repeat(4000).as_bytes()));
        assert!(!glob.fits(format!("{}b", "a".repeat(4000)).as_bytes()));
        let glob = Glob::new("**/a*/".repeat(200).as_bytes()).unwrap();
        assert!(!glob.fits("a/".repeat(2000).as_bytes().strip_suffix(b"/").unwrap()));
    }

    #[test]
    fn impossible_patterns() {
        for pattern in ["a[", "a\\", "[[:nothing:]]", "[!", "[a-", "[]"] {
            assert_eq!(Glob::new(pattern.as_bytes()), None, "{pattern}");
        }
    }
}
