//! Random numbers that are the same wherever and whenever they are drawn: SplitMix64 (Steele, Lea
//! and Flood 2014). Good enough to vary sample data, and of no use where somebody must not guess.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// A stream of its own for one purpose in one pledge, so that drawing more for one of them
    /// doesn't change what the others draw.
    pub fn stream(seed: u64, pledge: u32, purpose: &str) -> Self {
        let mut random = Random::new(seed);
        let mut state = random.draw() ^ u64::from(pledge);
        for byte in purpose.bytes() {
            state = Random::new(state).draw() ^ u64::from(byte);
        }
        Random::new(state)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // The remainder favours small numbers by less than bound / 2^64: nobody will see it here.
        let bound = bound.max(1) as u64;
        (self.draw() % bound) as usize
    }

    /// A number from `first` to `last`, both of them included; `first` if there is none between.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let width = usize::try_from(last - first).map_or(1, |distance| distance + 1);
        first + self.below(width) as i64
    }

    /// Puts the items in another order, each as likely as any other (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..4).map(|_| random.draw()).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn streams_differ_by_seed_pledge_and_purpose() {
        let first = |seed, pledge, purpose| Random::stream(seed, pledge, purpose).draw();
        let known = first(1, 1, "names");
        assert_eq!(known, first(1, 1, "names"));
        for other in [
            first(2, 1, "names"),
            first(1, 2, "names"),
            first(1, 1, "amounts"),
        ] {
            assert_ne!(known, other);
        }
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = Random::new(7);
        let drawn: Vec<i64> = (0..200).map(|_| random.between(3, 6)).collect();
        assert_eq!(
            (drawn.iter().min(), drawn.iter().max()),
            (Some(&3), Some(&6))
        );
        assert_eq!(
            (random.between(5, 5), random.between(5, 4), random.below(0)),
            (5, 5, 0)
        );
    }

    #[test]
    fn shuffling_loses_nothing() {
        let mut items: Vec<usize> = (0..50).collect();
        Random::new(7).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
