//! Monetary-unit sampling: which items an auditor looks at, so that every unit of money has the
//! same chance, and nobody chose.
//!
//! # The algorithm
//!
//! A **population** is a list of items in a fixed order, each with an amount above zero in minor
//! digits (cents). An **interval** `i` is stated, or comes of how many hits are wanted: the
//! population's total divided by that, rounded down, and at least 1.
//!
//! 1. Items of at least the interval are the **top stratum**: all of them are looked at.
//! 2. The others, the **rest**, are laid end to end in their order: an item covers the minor digits
//!    from the sum of those before it, plus 1, to its own cumulative sum.
//! 3. The **start** `s` is one of `1 … i`, each as likely as the others. Positions `s`, `s + i`,
//!    `s + 2i`, … up to the rest's total are **hits**; whichever item covers one is looked at. As
//!    every item of the rest is smaller than the interval, none is hit twice.
//!
//! The start comes of a seed of 32 bytes, and of nothing else: draws are numbers below 2⁶⁴, the
//! first eight bytes (most significant first) of SHA-256 over the seed and the draw's number, from
//! 0, in four bytes (most significant first). A draw of `⌊2⁶⁴ / i⌋ × i` or more is passed over;
//! of the first other one, `d`, the start is `1 + d mod i`.

/// Something that may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Which it is.
    pub number: i64,
    /// Its amount, above zero, in minor digits.
    pub amount: i64,
}

/// A position that was hit, and the item that covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The position.
    pub position: i64,
    /// What the rest comes to with this item.
    pub cumulative: i64,
    /// The item.
    pub item: Item,
}

/// What is to be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Items of at least the interval.
    pub top: Vec<Item>,
    /// How many items are below it,
    pub rest: usize,
    /// and what they come to.
    pub rest_total: i64,
    /// The positions hit among these.
    pub hits: Vec<Hit>,
}

/// The interval that leads to about so many hits.
pub fn interval_for(total: i64, hits: i64) -> i64 {
    total.checked_div(hits).unwrap_or(total).max(1)
}

/// The start within an interval, from draws below 2⁶⁴; none if they end too soon.
pub fn start(interval: i64, draws: impl IntoIterator<Item = u64>) -> Option<i64> {
    let interval = u128::try_from(interval).ok().filter(|it| *it > 0)?;
    let end = (1_u128 << 64) / interval * interval;
    let fair = draws.into_iter().map(u128::from).find(|draw| *draw < end)?;
    i64::try_from(1 + fair % interval).ok()
}

/// What is hit, from a start within the interval; none if it isn't within it.
pub fn select(items: &[Item], interval: i64, start: i64) -> Option<Selection> {
    if !(1..=interval).contains(&start) {
        return None;
    }
    let (top, rest): (Vec<Item>, Vec<Item>) = items.iter().partition(|it| it.amount >= interval);
    let mut selection = Selection {
        top,
        rest: rest.len(),
        ..Selection::default()
    };
    let mut next = Some(start);
    for item in rest {
        let cumulative = selection.rest_total.checked_add(item.amount)?;
        if let Some(position) = next.filter(|position| *position <= cumulative) {
            selection.hits.push(Hit {
                position,
                cumulative,
                item,
            });
            next = position.checked_add(interval);
        }
        selection.rest_total = cumulative;
    }
    Some(selection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(amounts: &[i64]) -> Vec<Item> {
        let numbered = (1..).zip(amounts);
        numbered
            .map(|(number, amount)| Item {
                number,
                amount: *amount,
            })
            .collect()
    }

    fn hit(amounts: &[i64], interval: i64, start: i64) -> Vec<(i64, i64, i64)> {
        let found = select(&items(amounts), interval, start).unwrap();
        let hits = found.hits.iter();
        hits.map(|it| (it.position, it.item.number, it.cumulative))
            .collect()
    }

    #[test]
    fn what_covers_a_position_is_hit_its_last_digit_included() {
        let amounts = [5, 3, 9, 1, 2];
        assert_eq!(hit(&amounts, 10, 5), [(5, 1, 5), (15, 3, 17)]);
        assert_eq!(hit(&amounts, 10, 6), [(6, 2, 8), (16, 3, 17)]);
        assert_eq!(hit(&amounts, 10, 8), [(8, 2, 8), (18, 4, 18)]);
        assert_eq!(hit(&amounts, 10, 10), [(10, 3, 17), (20, 5, 20)]);
    }

    #[test]
    fn what_is_as_large_as_the_interval_is_always_taken_and_left_out_of_the_rest() {
        let found = select(&items(&[10, 4, 25, 9, 6]), 10, 5).unwrap();
        let top: Vec<i64> = found.top.iter().map(|it| it.number).collect();
        assert_eq!((top, found.rest, found.rest_total), (vec![1, 3], 3, 19));
        let hits: Vec<i64> = found.hits.iter().map(|it| it.item.number).collect();
        assert_eq!(hits, [4, 5]);
    }

    #[test]
    fn over_all_starts_every_unit_of_money_is_hit_once() {
        let amounts = [5, 3, 9, 1, 2, 7, 7, 4];
        let mut times = [0; 8];
        for start in 1..=10 {
            for (_, number, _) in hit(&amounts, 10, start) {
                times[usize::try_from(number).unwrap() - 1] += 1;
            }
        }
        assert_eq!(times, amounts);
    }

    #[test]
    fn a_start_is_within_the_interval_and_draws_that_would_favour_some_are_passed_over() {
        assert_eq!(start(10, [0]), Some(1));
        assert_eq!(start(10, [9]), Some(10));
        assert_eq!(start(10, [u64::MAX, 12]), Some(3));
        assert_eq!(start(1 << 62, [u64::MAX]), Some(1 << 62));
        assert_eq!(start(1, [u64::MAX]), Some(1));
        assert_eq!(start(10, [u64::MAX]), None);
        assert_eq!(start(0, [1]), None);
        assert_eq!(select(&items(&[1]), 10, 0), None);
        assert_eq!(select(&items(&[1]), 10, 11), None);
        assert_eq!(interval_for(100, 7), 14);
        assert_eq!(interval_for(3, 7), 1);
    }

    #[test]
    fn nothing_is_hit_of_nothing_and_the_longest_way_is_gone_without_a_fault() {
        let none = select(&[], 10, 3).unwrap();
        assert_eq!((none.hits.len(), none.rest_total), (0, 0));
        let most = [i64::MAX / 2, i64::MAX / 2];
        assert_eq!(hit(&most, i64::MAX, i64::MAX - 1).len(), 1);
        assert_eq!(select(&items(&[i64::MAX - 1, 2]), i64::MAX, 1), None);
    }
}
