//! Splits: an amount divided by weights, to the last minor digit.
//!
//! Everybody gets what their weight comes to, rounded down. What is left then, less than one minor
//! digit each, goes a digit at a time to whom rounding took most from (the largest remainder), and
//! among equals to who stands first. So nothing is made or lost, and the same weights in the same
//! order give the same shares.

/// What somebody gets of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How much, in minor digits.
    pub minor: i64,
    /// Whether the last digit of it is one that was left over: the odd cent.
    pub odd: bool,
}

/// Divides `total`, which isn't negative, by weights, of which one at least isn't zero.
pub fn split(total: i64, weights: &[u32]) -> Vec<Share> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let exact = |weight: &u32| i128::from(total) * i128::from(*weight);
    let parts = weights.iter().map(exact);
    let mut shares: Vec<Share> = parts
        .map(|part| Share {
            minor: i64::try_from(part / sum.max(1)).unwrap_or(total),
            odd: false,
        })
        .collect();
    let left = total - shares.iter().map(|share| share.minor).sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|at| std::cmp::Reverse(exact(&weights[*at]) % sum.max(1)));
    for at in by_remainder.into_iter().take(left.max(0) as usize) {
        shares[at].minor += 1;
        shares[at].odd = true;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(total: i64, weights: &[u32]) -> Vec<(i64, bool)> {
        let shares = split(total, weights).into_iter();
        shares.map(|share| (share.minor, share.odd)).collect()
    }

    #[test]
    fn the_odd_cents_go_to_the_largest_remainders_and_among_equals_to_the_first() {
        assert_eq!(
            shares(100, &[1, 1, 1]),
            [(34, true), (33, false), (33, false)]
        );
        assert_eq!(
            shares(101, &[1, 1, 1]),
            [(34, true), (34, true), (33, false)]
        );
        // 14.28, 28.57 and 57.14.
        assert_eq!(
            shares(100, &[1, 2, 4]),
            [(14, false), (29, true), (57, false)]
        );
        assert_eq!(shares(90, &[1, 2]), [(30, false), (60, false)]);
        assert_eq!(shares(1, &[1, 1]), [(1, true), (0, false)]);
        assert_eq!(shares(0, &[5]), [(0, false)]);
    }

    #[test]
    fn no_split_makes_or_loses_anything_and_none_strays_a_whole_digit() {
        let mut random = 88_172_645_463_325_252_u64;
        let mut next = |most: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % most
        };
        for _ in 0..2_000 {
            let weights: Vec<u32> = (0..=next(40)).map(|_| 1 + next(1_000_000) as u32).collect();
            let total = next(i64::MAX as u64 / 2) as i64;
            let shares = split(total, &weights);
            assert_eq!(shares.iter().map(|it| it.minor).sum::<i64>(), total);
            let sum: i128 = weights.iter().map(|it| i128::from(*it)).sum();
            for (share, weight) in shares.iter().zip(&weights) {
                let strays =
                    i128::from(share.minor) * sum - i128::from(total) * i128::from(*weight);
                assert!(strays.abs() < sum, "{share:?} of {total} by {weight}");
                assert_eq!(share.odd, strays > 0);
            }
        }
    }
}
