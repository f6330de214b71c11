//! Spend as the ledger has it against what platforms report, and say is left.

use time::Date;

use super::Report;
use super::cell::{Amount, Free, row};
use crate::db::read::{Cut, MatchedBalance, MatchedMonth, SpendMatch};

row! {
    /// An ad account's month, or the last balance its platform stated.
    SpendMatchLine {
        /// `month` or `balance`.
        what: String,
        /// The ad account.
        ad_account_id: String,
        /// The platform's own number of it.
        reference: Option<Free>,
        /// The month's first day, or the day at whose end the balance was stated.
        day: Date,
        /// What is counted.
        unit: String,
        /// What the ledger has: posted of the month's days, or left at the end of that day.
        ledger: Amount,
        /// What provisional reports hold beside that.
        provisional: Amount,
        /// What the platform reported last, or says is left.
        platform: Amount,
        /// What the platform has beyond the ledger, provisional reports taken into account.
        difference: Amount,
        /// Whether that is within the tolerance of the platform's profile.
        within_tolerance: bool,
        /// How many provisional reports are older than the profile says they get.
        overdue: Option<i64>,
        /// The oldest of their days.
        overdue_since: Option<Date>,
        /// The version of the profile in force then.
        profile_version: Option<i64>,
    }
}

/// Whether a difference is within a profile's tolerance; without a profile there is none.
pub fn is_within(difference: i64, profile: Option<(i32, i64)>) -> bool {
    let tolerance = profile.map_or(0, |(_, tolerance)| tolerance);
    difference.abs() <= tolerance
}

/// What was reported beyond what was posted and is held.
pub fn beyond_posted(it: &MatchedMonth) -> i64 {
    it.reported - it.posted - it.held
}

/// What the platform has left beyond what the ledger has and doesn't hold.
pub fn beyond_ledger(it: &MatchedBalance) -> i64 {
    it.platform - (it.ledger - it.provisional)
}

fn month(it: &MatchedMonth) -> SpendMatchLine {
    let amount = |minor| Amount::new(minor, &it.unit);
    let difference = beyond_posted(it);
    SpendMatchLine {
        what: "month".to_owned(),
        ad_account_id: it.ad_account.to_string(),
        reference: Some(Free(it.reference.clone())),
        day: it.month,
        unit: it.unit.code().to_owned(),
        ledger: amount(it.posted),
        provisional: amount(it.held),
        platform: amount(it.reported),
        difference: amount(difference),
        within_tolerance: is_within(difference, it.profile),
        overdue: Some(it.overdue),
        overdue_since: it.overdue_since,
        profile_version: it.profile.map(|(version, _)| i64::from(version)),
    }
}

fn balance(it: &MatchedBalance, months: &[MatchedMonth]) -> SpendMatchLine {
    let amount = |minor| Amount::new(minor, &it.unit);
    let difference = beyond_ledger(it);
    let named = months
        .iter()
        .find(|month| month.ad_account == it.ad_account);
    SpendMatchLine {
        what: "balance".to_owned(),
        ad_account_id: it.ad_account.to_string(),
        reference: named.map(|month| Free(month.reference.clone())),
        day: it.as_of,
        unit: it.unit.code().to_owned(),
        ledger: amount(it.ledger),
        provisional: amount(it.provisional),
        platform: amount(it.platform),
        difference: amount(difference),
        within_tolerance: is_within(difference, it.profile),
        overdue: None,
        overdue_since: None,
        profile_version: it.profile.map(|(version, _)| i64::from(version)),
    }
}

/// The match as it stands: months by ad account, then balances.
pub fn spend_match(cut: &Cut, found: &SpendMatch) -> Report<SpendMatchLine> {
    let months = found.months.iter().map(month);
    let balances = found.balances.iter().map(|it| balance(it, &found.months));
    Report::new(
        "spend-match",
        cut,
        months.chain(balances).collect(),
        Vec::new(),
    )
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_difference_is_tolerated_either_way_as_far_as_the_profile_says() {
        for (difference, tolerance, within) in [(0, 0, true), (5, 5, true), (-6, 5, false)] {
            assert_eq!(is_within(difference, Some((1, tolerance))), within);
        }
        assert!(is_within(0, None) && !is_within(1, None));
    }
}
