//! In which order rows are inserted that other services may insert at the same time.
//!
//! What belongs to a pledge is written under its lock. What is unique beyond one pledge (references
//! of pledges and creators, keys, rates, rules, a creator's bank details) has no lock to wait for:
//! two services may insert the same at once. Every batch inserts it in the order of what is unique
//! of it, so that the later one waits for the earlier and then finds what it did, and no two wait
//! for each other in a circle.

/// The rows in the order of what is unique of them.
pub(super) fn in_order<'a, T, K: Ord>(rows: &'a [T], unique: impl Fn(&'a T) -> K) -> Vec<&'a T> {
    let mut rows: Vec<&T> = rows.iter().collect();
    rows.sort_unstable_by_key(|row| unique(row));
    rows
}
