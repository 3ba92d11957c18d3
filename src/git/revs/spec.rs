//! How ranges and names of commits are written (gitrevisions(7)).

use bstr::ByteSlice;
use gix::objs::Kind;

use super::RangeError;

/// One word of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spec<'a> {
    /// `B`
    One(Name<'a>),
    /// `^A`
    Not(Name<'a>),
    /// `A..B`
    Between(Name<'a>, Name<'a>),
    /// `A...B`
    Either(Name<'a>, Name<'a>),
    /// `B^@`: the parents of B.
    Parents(Name<'a>),
    /// `B^!`: B without its parents.
    Alone(Name<'a>),
    /// `B^-2`: B without its second parent.
    Without(Name<'a>, usize),
}

/// The name of an object: where to begin, and the way from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// As written, for messages.
    pub(super) text: &'a [u8],
    /// A ref or an id; empty before `@{1}`.
    pub(super) base: &'a [u8],
    /// `@{n}`: which change of the ref's log, from 0 for the newest.
    pub(super) change: Option<usize>,
    pub(super) steps: Vec<Step>,
}

/// One step from an object to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `^2`, from 1; 0 is the commit itself.
    Parent(usize),
    /// `~3`: so many first parents.
    Ancestor(usize),
    /// `^{commit}`: through tags, to an object of the kind; `^{}`: to one that is no tag.
    Peel(Option<Kind>),
    /// `^{object}`: it must be there.
    Exists,
}

impl<'a> Spec<'a> {
    /// Reads one word.
    pub(super) fn parse(word: &'a [u8]) -> Result<Self, RangeError> {
        let wrong = |what| RangeError::Word {
            word: word.to_vec(),
            what,
        };
        if word.starts_with(b"-") {
            return Err(wrong("no name begins with `-`"));
        }
        if word.is_empty() {
            return Err(wrong("it is empty"));
        }
        if let Some(name) = word.strip_prefix(b"^") {
            return Ok(Self::Not(Name::parse(name, word)?));
        }
        if let Some((from, to)) = word.split_once_str("..") {
            if word == b".." {
                return Err(wrong("it is a directory"));
            }
            let side = |text: &'a [u8]| match text {
                b"" => Ok(Name::head()),
                text => Name::parse(text, word),
            };
            return Ok(match to.strip_prefix(b".") {
                Some(to) => Self::Either(side(from)?, side(to)?),
                None => Self::Between(side(from)?, side(to)?),
            });
        }
        if let Some(name) = word.strip_suffix(b"^@") {
            return Ok(Self::Parents(Name::parse(name, word)?));
        }
        if let Some(name) = word.strip_suffix(b"^!") {
            return Ok(Self::Alone(Name::parse(name, word)?));
        }
        if let Some((name, digits)) = word.rsplit_once_str("^-") {
            let number = match digits {
                b"" => 1,
                digits => number(digits)
                    .filter(|own| *own > 0)
                    .ok_or_else(|| wrong("after `^-` comes the number of a parent"))?,
            };
            return Ok(Self::Without(Name::parse(name, word)?, number));
        }
        Ok(Self::One(Name::parse(word, word)?))
    }
}

impl<'a> Name<'a> {
    /// `HEAD`
    pub(super) fn head() -> Self {
        Self {
            text: b"HEAD",
            base: b"HEAD",
            change: None,
            steps: Vec::new(),
        }
    }

    fn parse(text: &'a [u8], word: &[u8]) -> Result<Self, RangeError> {
        let wrong = |what| RangeError::Word {
            word: word.to_vec(),
            what,
        };
        if text.starts_with(b"-") {
            return Err(wrong("no name begins with `-`"));
        }
        let log = text.find(b"@{").unwrap_or(text.len());
        let step = text.find_byteset(b"~^").unwrap_or(text.len());
        let (base, mut rest) = text.split_at(log.min(step));
        if base.contains(&b':') {
            return Err(wrong(
                "what stands after `:` is a path or a message, not a commit",
            ));
        }
        if base.contains_str("..") {
            return Err(wrong("`..` can stand only between two names"));
        }
        let mut change = None;
        if let Some(inner) = rest.strip_prefix(b"@{") {
            let (digits, after) = inner
                .split_once_str("}")
                .ok_or_else(|| wrong("a `}` is missing"))?;
            change = Some(number(digits).ok_or_else(|| {
                wrong("of what stands in `@{…}` only the number of a change is known: main@{1}")
            })?);
            rest = after;
        }
        if base.is_empty() && change.is_none() {
            return Err(wrong("a name is missing"));
        }
        let base = if base == b"@" { b"HEAD" } else { base };
        let mut steps = Vec::new();
        while let Some((sign, after)) = rest.split_first() {
            let digits = after
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let (digits, after_digits) = after.split_at(digits);
            let count = if digits.is_empty() {
                Some(1)
            } else {
                number(digits)
            };
            let count = count.ok_or_else(|| wrong("its number is too large"))?;
            rest = after_digits;
            match sign {
                b'~' => steps.push(Step::Ancestor(count)),
                b'^' if digits.is_empty() && after.starts_with(b"{") => {
                    let (kind, after) = after
                        .get(1..)
                        .and_then(|after| after.split_once_str("}"))
                        .ok_or_else(|| wrong("a `}` is missing"))?;
                    steps.push(match kind {
                        b"" => Step::Peel(None),
                        b"object" => Step::Exists,
                        kind => Step::Peel(Some(Kind::from_bytes(kind).map_err(|_| {
                            wrong("of what stands in `^{…}` only kinds are known: v1^{commit}")
                        })?)),
                    });
                    rest = after;
                }
                b'^' => steps.push(Step::Parent(count)),
                _ => return Err(wrong("after the name may stand only `~`, `^` and `@{…}`")),
            }
        }
        Ok(Self {
            text,
            base,
            change,
            steps,
        })
    }
}

fn number(digits: &[u8]) -> Option<usize> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    // git's own limit is that of an `int`.
    text.parse().ok().filter(|own| *own <= 0x7fff_ffff)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn one(word: &str) -> (String, Option<usize>, Vec<Step>) {
        match Spec::parse(word.as_bytes()).unwrap() {
            Spec::One(name) => (
                name.base.to_str().unwrap().to_owned(),
                name.change,
                name.steps,
            ),
            other => panic!("{word}: {other:?}"),
        }
    }

    #[test]
    fn names() {
        use Step::{Ancestor, Exists, Parent, Peel};
        for (word, base, change, steps) in [
            ("main", "main", None, vec![]),
            ("@", "HEAD", None, vec![]),
            ("@~2", "HEAD", None, vec![Ancestor(2)]),
            ("user@host", "user@host", None, vec![]),
            (
                "HEAD^^2~~3^0",
                "HEAD",
                None,
                vec![Parent(1), Parent(2), Ancestor(1), Ancestor(3), Parent(0)],
            ),
            (
                "v1^{commit}^{}^{object}",
                "v1",
                None,
                vec![Peel(Some(Kind::Commit)), Peel(None), Exists],
            ),
            ("stash@{2}^2", "stash", Some(2), vec![Parent(2)]),
            ("@{1}", "", Some(1), vec![]),
            ("@@{1}", "HEAD", Some(1), vec![]),
            ("a-b^", "a-b", None, vec![Parent(1)]),
        ] {
            assert_eq!(one(word), (base.to_owned(), change, steps), "{word}");
        }
    }

    #[test]
    fn ranges() {
        let parse = |word: &'static str| Spec::parse(word.as_bytes());
        assert!(
            matches!(parse("a..b"), Ok(Spec::Between(a, b)) if (a.base, b.base) == (b"a", b"b"))
        );
        assert!(
            matches!(parse("a...b"), Ok(Spec::Either(a, b)) if (a.base, b.base) == (b"a", b"b"))
        );
        assert!(matches!(parse("..b"), Ok(Spec::Between(a, _)) if a.base == b"HEAD"));
        assert!(matches!(parse("a..."), Ok(Spec::Either(_, b)) if b.base == b"HEAD"));
        assert!(matches!(parse("^a~2"), Ok(Spec::Not(a)) if a.steps == [Step::Ancestor(2)]));
        assert!(matches!(parse("a^2^@"), Ok(Spec::Parents(a)) if a.steps == [Step::Parent(2)]));
        assert!(matches!(parse("a^!"), Ok(Spec::Alone(_))));
        assert!(matches!(parse("a^-"), Ok(Spec::Without(_, 1))));
        assert!(matches!(parse("a^-2"), Ok(Spec::Without(_, 2))));
    }

    #[test]
    fn what_is_no_revision() {
        for word in [
            "",
            "-",
            "--all",
            "--output=x",
            "a..-b",
            "^-a",
            "^",
            "..",
            "^a..b",
            "^^a",
            "a..b..c",
            "HEAD:x",
            ":/text",
            ":x",
            "a@{u}",
            "a@{yesterday}",
            "@{-1}",
            "a@{1",
            "a^{",
            "a^{/x}",
            "a^{comet}",
            "a~1x",
            "a^@^",
            "a^!x",
            "a^-0",
            "a^-x",
            "a~99999999999999999999",
            "~",
            "a@{1}@{2}",
            "a^{}x",
        ] {
            let read = Spec::parse(word.as_bytes());
            assert!(
                matches!(read, Err(RangeError::Word { .. })),
                "{word}: {read:?}"
            );
        }
    }
}
