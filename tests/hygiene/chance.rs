//! Numbers that look random and are the same for the same seed.

pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut x = self.0;
        x ^= x >> 33;
        x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
        x ^ x >> 29
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.next() >> 16) as usize % most.max(1)
    }

    /// In so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// A made-up value of letters and digits.
pub(crate) fn value(seed: u64, length: usize) -> String {
    let alphabet = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let mut chance = Chance::new(seed);
    (0..length)
        .map(|_| alphabet[chance.below(alphabet.len())] as char)
        .collect()
}

/// A made-up pair of an exchange as a `.env` holds it.
pub(crate) fn pair(seed: u64) -> String {
    format!(
        "BINANCE_API_KEY={}\nBINANCE_API_SECRET={}\n",
        value(seed, 64),
        value(seed + 1, 64)
    )
}
