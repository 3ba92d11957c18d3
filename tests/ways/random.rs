//! Made-up values from a seed: the same in every run, and never in a file of this repository.

/// The splitmix64 generator; good enough for made-up values, and four lines long.
pub(crate) struct Random(u64);

impl Random {
    /// A generator whose values depend on `seed` alone.
    pub(crate) fn new(seed: &str) -> Self {
        // FNV-1a, so that seeds that differ in one letter lie far apart.
        let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of `items`.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(items.len() as u64)).unwrap();
        items.get(index).unwrap()
    }

    /// `length` characters of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| *self.pick(&letters)).collect()
    }

    /// `length` random bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// A random (version 4) UUID without its dashes.
    pub(crate) fn uuid_hex(&mut self) -> String {
        let (head, mid) = (self.text(HEX, 12), self.text(HEX, 3));
        format!(
            "{head}4{mid}{}{}",
            self.pick(&['8', '9', 'a', 'b']),
            self.text(HEX, 15)
        )
    }

    /// A random (version 4) UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let hex = self.uuid_hex();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap().to_owned();
        [
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32),
        ]
        .join("-")
    }

    /// A MongoDB ObjectId made between 2018 and 2025: four bytes of time, eight of chance.
    pub(crate) fn object_id(&mut self) -> String {
        let time = 1_514_764_800 + self.below(7 * 365 * 86_400);
        format!("{time:08x}{}", self.text(HEX, 16))
    }
}

pub(crate) const HEX: &str = "0123456789abcdef";
pub(crate) const UPPER_HEX: &str = "0123456789ABCDEF";
pub(crate) const DIGITS: &str = "0123456789";
pub(crate) const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const UPPER_ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(crate) const LOWER_ALNUM: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
pub(crate) const BASE64_URL: &str =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_values_and_another_seed_others() {
        assert_eq!(
            Random::new("a").text(ALNUM, 64),
            Random::new("a").text(ALNUM, 64)
        );
        assert_ne!(
            Random::new("a").text(ALNUM, 64),
            Random::new("b").text(ALNUM, 64)
        );
    }

    #[test]
    fn a_uuid_carries_its_version_and_variant() {
        let uuid = Random::new("u").uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.chars().nth(14), Some('4'));
        assert!("89ab".contains(uuid.chars().nth(19).unwrap()));
    }

    #[test]
    fn an_object_id_begins_with_a_time_in_the_years_of_kucoin() {
        for seed in 0..100 {
            let id = Random::new(&seed.to_string()).object_id();
            let time = u64::from_str_radix(id.get(..8).unwrap(), 16).unwrap();
            assert!((1_514_764_800..1_767_225_600).contains(&time) && id.len() == 24);
        }
    }
}
