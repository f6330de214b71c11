//! Statements held against the leaves: nothing in them that isn't there, nothing there left out.

use super::books::{Account, Books};
use crate::domain::money::minor_of as minor;
use crate::statements::Claim;

/// What of a statement the leaves don't bear out, if anything.
pub(super) fn differs(claim: &Claim, books: &Books) -> Option<String> {
    let id = claim.account();
    let nothing = Account::default();
    let account = books.accounts.get(id).unwrap_or(&nothing);
    let (from, to) = claim.days();
    let known = claim.known_journal();
    let mut expected: Vec<(i64, &super::books::Entry)> = (1..)
        .zip(&account.entries)
        .filter(|(_, entry)| entry.journal_number <= known)
        .filter(|(_, entry)| *from <= *entry.day && *entry.day <= *to)
        .collect();
    expected.sort_by(|one, other| (&one.1.day, one.0).cmp(&(&other.1.day, other.0)));
    if expected.len() != claim.lines().len() {
        let (told, there) = (claim.lines().len(), expected.len());
        return Some(format!(
            "{id} has {there} entries on these days, and {told} are told"
        ));
    }
    for ((seq, entry), line) in expected.iter().zip(claim.lines()) {
        let side = if entry.is_debit {
            &line.debit
        } else {
            &line.credit
        };
        let other = if entry.is_debit {
            &line.credit
        } else {
            &line.debit
        };
        let same = line.seq == *seq
            && line.journal_id == entry.journal
            && line.effective_date == entry.day
            && side.as_deref().and_then(minor) == Some(entry.amount)
            && other.is_none();
        if !same {
            return Some(format!(
                "entry {seq} of {id} is another than the one that is told"
            ));
        }
    }
    let before = account.entries.iter();
    let before = before.filter(|entry| entry.journal_number <= known && *entry.day < *from);
    let (mut debits, mut credits) = (0, 0);
    for entry in before {
        match entry.is_debit {
            true => debits += entry.amount,
            false => credits += entry.amount,
        }
    }
    let opening = account
        .normal_side()
        .map_or(0, |side| side.balance(debits, credits));
    (claim.opening() != Some(opening))
        .then(|| format!("{id} opens with another balance than its entries before come to"))
}
