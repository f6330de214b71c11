//! Noting what a platform's own screen says is left in an ad account: nothing is posted by it.

use time::Date;

use super::require::require_same_unit;
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::books::Books;
use crate::domain::id::{AdAccountId, PlatformBalanceId};
use crate::domain::journal::Document;
use crate::domain::money::Money;
use crate::domain::platform::PlatformBalance;
use crate::domain::refusal::Refusal;

/// Note what a platform says is left in an ad account.
#[derive(Debug, Clone)]
pub struct NotePlatformBalance {
    /// The id it will have.
    pub id: PlatformBalanceId,
    /// The ad account.
    pub ad_account: AdAccountId,
    /// How much was left; nothing, perhaps.
    pub amount: Money,
    /// At the end of which day, in the account's time zone.
    pub as_of: Date,
    /// The screen, or the report.
    pub document: Document,
}

impl NotePlatformBalance {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::AdAccount, self.ad_account.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.ad_account(books, self.ad_account);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (_, account) = books.ad_account(self.ad_account)?;
        require_same_unit(&self.amount, &account.unit)?;
        let balance = PlatformBalance {
            id: self.id,
            pledge: account.pledge,
            ad_account: self.ad_account,
            as_of: self.as_of,
            amount: self.amount.clone(),
            document: self.document.clone(),
            actor: context.actor.clone(),
            recorded_at: context.now,
        };
        Ok(Decision {
            events: vec![Event::PlatformBalanceNoted(balance.clone())],
            draft: None,
            outcome: Outcome::PlatformBalance(balance),
        })
    }
}
