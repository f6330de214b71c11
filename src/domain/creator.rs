//! Creators: the people and studios the money is for.
//!
//! Who they are stands apart from the ledger, which goes by id, reference and market, so that it
//! can be erased without touching a journal.

use time::OffsetDateTime;

use super::id::CreatorId;
use super::journal::Document;
use super::market::Market;
use super::refusal::OpenReason;

/// A creator enrolled in the network.
#[derive(Debug, Clone)]
pub struct Creator {
    /// Its id.
    pub id: CreatorId,
    /// The network's own name for it; unique.
    pub reference: String,
    /// The creator's name: personal data. None once it was erased, or where it isn't in sight.
    pub name: Option<String>,
    /// The market it belongs to.
    pub market: Market,
    /// When it was enrolled.
    pub enrolled_at: OffsetDateTime,
    /// When its name and bank details were erased, if they were.
    pub erased_at: Option<OffsetDateTime>,
}

/// A creator as far as its person is concerned: what recording and erasing go by.
#[derive(Debug, Clone)]
pub struct Person {
    /// The creator, without the name.
    pub creator: Creator,
    /// How many versions of its bank details were recorded.
    pub bank_versions: i16,
    /// What is owed to it, bound for it, or owed by it.
    pub debts: Vec<OpenReason>,
}

/// Where a creator is paid: personal data. A change is a new version, and the last one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankDetails {
    /// The creator.
    pub creator: CreatorId,
    /// From 1.
    pub version: i16,
    /// Whose account it is.
    pub holder: String,
    /// The account: an IBAN, or the number the bank goes by.
    pub account: String,
    /// The bank: a BIC, or the code it goes by; none where the account says it.
    pub bank: Option<String>,
    /// Who recorded it.
    pub actor: String,
    /// When.
    pub recorded_at: OffsetDateTime,
}

impl BankDetails {
    /// How many characters of an account are shown to whoever doesn't pay.
    const SHOWN: usize = 4;

    /// The account with all but its last characters hidden; all of them, if it has few.
    pub fn masked_account(&self) -> String {
        let length = self.account.chars().count();
        let shown = match length > 2 * Self::SHOWN {
            true => Self::SHOWN,
            false => 0,
        };
        let hidden = length - shown;
        let tail = self.account.chars().skip(hidden);
        "•".repeat(hidden).chars().chain(tail).collect()
    }
}

/// That a creator's name and bank details were erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The creator.
    pub creator: CreatorId,
    /// When.
    pub erased_at: OffsetDateTime,
    /// Who had it done.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Document,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn of_an_account_the_last_four_characters_are_shown_if_there_are_enough() {
        let masked = |account: &str| {
            let details = BankDetails {
                creator: CreatorId(uuid::Uuid::nil()),
                version: 1,
                holder: "H".to_owned(),
                account: account.to_owned(),
                bank: None,
                actor: "a".to_owned(),
                recorded_at: OffsetDateTime::UNIX_EPOCH,
            };
            details.masked_account()
        };
        assert_eq!(
            masked("DE89370400440532013000"),
            format!("{}3000", "•".repeat(18))
        );
        assert_eq!(masked("123456789"), "•••••6789");
        assert_eq!(masked("12345678"), "••••••••");
        assert_eq!(masked("1"), "•");
        assert_eq!(masked("口座番号一二三四五"), "•••••二三四五");
    }
}
