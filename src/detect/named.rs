//! Whether a text can hold a name of the parts that need no provider but a name of their own.
//!
//! Their shapes are wide: hundreds of random values in a list of tokens fit some of them, and what each is
//! bound to is costly to tell. A name of theirs stands in the text where a value is bound to it.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::rule::{Index, Need, Part, PartRef, Role, Set};

/// The words that names of such parts hold, of one set of rules.
#[derive(Debug, Default)]
pub(super) struct Names {
    index: Option<&'static Index>,
    search: Option<AhoCorasick>,
    words: usize,
    /// For each of these parts, in order, one word of each of its names, by number.
    parts: Vec<(PartRef, Vec<usize>)>,
}

/// Which of these parts a text may name.
pub(super) struct Said<'n> {
    parts: &'n [(PartRef, Vec<usize>)],
    found: Vec<bool>,
}

/// Whether nothing but one of its names can place the part: it has some, no proof makes up for them, and
/// it is none that is named further out.
fn is_named(part: &Part) -> bool {
    part.need == Need::Name
        && part.proof.is_none()
        && part.role != Role::PrivateKey
        && !part.names.is_empty()
}

impl Names {
    fn read(&mut self, set: Set) {
        let index = set.index();
        if self.index.is_some_and(|known| std::ptr::eq(known, index)) {
            return;
        }
        let mut words: Vec<&str> = Vec::new();
        self.parts.clear();
        for (number, rule) in (0u16..).zip(set.rules()) {
            for (at, part) in (0u8..).zip(rule.parts.iter()) {
                if !is_named(part) {
                    continue;
                }
                // The longest says most.
                let longest = |name: &&'static str| name.split(' ').max_by_key(|word| word.len());
                let own = part.names.iter().filter_map(longest);
                let own = own.map(|word| {
                    let known = words.iter().position(|known| *known == word);
                    known.unwrap_or_else(|| {
                        words.push(word);
                        words.len() - 1
                    })
                });
                let user = PartRef {
                    rule: number,
                    part: at,
                };
                let own = own.collect();
                self.parts.push((user, own));
            }
        }
        self.words = words.len();
        self.search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .ok();
        self.index = Some(index);
    }

    /// Reads a text.
    pub(super) fn of(&mut self, set: Set, text: &[u8]) -> Said<'_> {
        self.read(set);
        let mut found = vec![self.search.is_none(); self.words];
        if let Some(search) = &self.search {
            for word in search.find_overlapping_iter(text) {
                if let Some(found) = found.get_mut(word.pattern().as_usize()) {
                    *found = true;
                }
            }
        }
        Said {
            parts: &self.parts,
            found,
        }
    }
}

impl Said<'_> {
    /// Whether the text may name a part that needs a name of its own.
    pub(super) fn may_name(&self, user: PartRef) -> bool {
        let Ok(at) = self.parts.binary_search_by_key(&user, |(user, _)| *user) else {
            return true;
        };
        let words = self.parts.get(at).map(|(_, words)| words.as_slice());
        words.is_none_or(|words| {
            let mut words = words.iter();
            words.any(|word| self.found.get(*word).copied().unwrap_or(true))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_where_a_word_of_its_name_stands() {
        let set = Set::builtin();
        let (rule, part) = (0u16..)
            .zip(set.rules())
            .flat_map(|(number, rule)| {
                let parts = (0u8..).zip(rule.parts.iter());
                parts.map(move |(at, part)| {
                    (
                        PartRef {
                            rule: number,
                            part: at,
                        },
                        part,
                    )
                })
            })
            .find(|(_, part)| part.names.contains(&"cpassword"))
            .map_or((None, None), |(user, part)| (Some(user), Some(part)));
        assert!(part.is_some_and(is_named));
        let mut names = Names::default();
        let mut says =
            |text: &str| rule.is_some_and(|user| names.of(set, text.as_bytes()).may_name(user));
        assert!(says("<Properties cPassword=\""));
        assert!(says("xcpasswords"));
        assert!(!says("password"));
        assert!(!says(""));
    }
}
