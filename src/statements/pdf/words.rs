//! How amounts, days and names are put for people.

use time::{Date, OffsetDateTime, UtcOffset};

use crate::db::read::{Known, StatementHead};
use crate::domain::AccountKey;
use crate::domain::money::format_minor;
use crate::statements::paper::{Paper, Subject};

/// An amount with its thousands apart and a true minus: `−1,250,000.00`.
pub(super) fn amount(minor: i64, digits: u32) -> String {
    let plain = format_minor(minor, digits);
    let (whole, fraction) = match plain.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (plain.as_str(), None),
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => ("\u{2212}", whole),
        None => ("", whole),
    };
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A count, with its thousands apart.
pub(super) fn count(number: i64) -> String {
    amount(number, 0)
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn month(day: Date) -> &'static str {
    let place = usize::from(u8::from(day.month())) - 1;
    MONTHS.get(place).copied().unwrap_or_default()
}

/// A day: `05 Jan 2026`.
pub(super) fn day(day: Date) -> String {
    format!("{:02} {} {}", day.day(), month(day), day.year())
}

/// A moment, to the microsecond: `01 Feb 2026, 10:00:00.000001 UTC`.
pub(super) fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second, micro) = at.to_hms_micro();
    let day = day(at.date());
    format!("{day}, {hour:02}:{minute:02}:{second:02}.{micro:06} UTC")
}

/// A word of the API, for people: `condition-met` is `Condition met`.
pub(super) fn sentence(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect::<String>(),
        None => String::new(),
    }
    .replace('-', " ")
}

/// What is counted: `US dollar (USD)`.
pub(super) fn unit(head: &StatementHead) -> String {
    let facts = head.account.key.unit.facts();
    format!("{} ({})", facts.name, facts.code)
}

/// What the account is called: `3130 Purse: allocated to a creator`.
pub(super) fn account(head: &StatementHead) -> String {
    let code = head.account.key.code;
    format!("{} {}", code.as_str(), code.name())
}

/// What was taken into account, in a sentence.
pub(super) fn known(known: Known) -> String {
    let at = moment(known.at);
    match known.journal {
        0 => "The pledge had no journal yet.".to_owned(),
        1 => format!("The pledge\u{2019}s journal No. 1 is taken into account, recorded {at}."),
        last => format!(
            "The pledge\u{2019}s journals No. 1 to {} are taken into account, the last recorded \
             {at}.",
            count(last)
        ),
    }
}

/// What else tells the account from others of its code.
pub(super) fn kept_by(key: &AccountKey) -> Vec<(&'static str, String)> {
    let mut kept = Vec::new();
    kept.extend(key.creator.map(|it| ("Creator", it.to_string())));
    kept.extend(key.instalment.map(|it| ("Instalment", it.to_string())));
    kept.extend(key.lot.map(|it| ("Lot", it.to_string())));
    kept.extend(key.obligation.map(|it| ("Obligation", it.to_string())));
    kept.extend(key.ad_account.map(|it| ("Ad account", it.to_string())));
    kept.extend(key.platform.clone().map(|it| ("Platform", it)));
    kept
}

/// What the document is called.
pub(super) fn title(paper: &Paper) -> String {
    match &paper.subject {
        Subject::Account => "Statement of account".to_owned(),
        Subject::Creator(_) => "Statement of a creator\u{2019}s accounts".to_owned(),
        Subject::Market(market) => format!("Statement of market {market}"),
        Subject::Lot(_) => "Statement of a lot of credits".to_owned(),
        Subject::Pledge => "Statement of a pledge".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn amounts_have_their_thousands_apart_and_every_digit() {
        assert_eq!(amount(0, 2), "0.00");
        assert_eq!(amount(99_999, 2), "999.99");
        assert_eq!(amount(-125_000_000, 2), "\u{2212}1,250,000.00");
        assert_eq!(amount(1_000, 0), "1,000");
        assert_eq!(amount(i64::MIN, 2), "\u{2212}92,233,720,368,547,758.08");
    }

    #[test]
    fn days_moments_and_words_are_put_for_people() {
        assert_eq!(day(date!(2026 - 01 - 05)), "05 Jan 2026");
        let at = datetime!(2026-02-01 19:00:00.000001 +09:00);
        assert_eq!(moment(at), "01 Feb 2026, 10:00:00.000001 UTC");
        assert_eq!(sentence("condition-met"), "Condition met");
    }
}
