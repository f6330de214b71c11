//! Placing credits of a lot into an ad account (1310.lot→1320.acct.lot): one way.

use time::Date;

use super::agreement::require_signed;
use super::require::entry;
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::AdAccount;
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::id::{AdAccountId, LotId};
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::platform::Profiles;
use crate::domain::refusal::{LotRefusal, Refusal};

/// Place credits of a lot into an ad account.
#[derive(Debug, Clone)]
pub struct PlaceCredits {
    /// The lot.
    pub lot: LotId,
    /// Into which ad account.
    pub ad_account: AdAccountId,
    /// How much.
    pub amount: Money,
    /// When it counts, in the ad account's time zone.
    pub effective_date: Date,
    /// What it rests on.
    pub document: Option<Document>,
    /// What platforms let happen.
    pub profiles: Profiles,
}

impl PlaceCredits {
    fn moves(&self) -> Vec<Move> {
        let unit = self.amount.unit();
        vec![entry(
            AccountKey::placed(Code::CreditPlaced, unit, self.lot, self.ad_account),
            AccountKey::lot(Code::CreditPool, unit, self.lot),
            self.amount.minor(),
        )]
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Lot, self.lot.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.ad_account(books, self.ad_account);
        needs.lot(books, self.lot);
        if let Some(book) = books.home(Thing::Lot, self.lot.0) {
            needs.moves(books, book.pledge.id, self.moves(), self.effective_date);
        }
    }

    fn check_profile(&self, account: &AdAccount) -> Result<(), Refusal> {
        let day = self.effective_date;
        match self.profiles.in_force(&account.platform, day) {
            Some(profile) if profile.pool_to_account => Ok(()),
            found => Err(LotRefusal::MoveNotAllowed {
                platform: account.platform.clone(),
                version: found.map(|profile| profile.version),
                day,
                from: "the pool",
                to: "an ad account",
            }
            .into()),
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, standing) = books.lot(self.lot)?;
        let lot = &standing.lot;
        let found = books.ad_account(self.ad_account).ok();
        let account = found.filter(|(_, account)| account.pledge == lot.pledge);
        let (_, account) = account.ok_or_else(|| Refusal::UnknownReference {
            pointer: "/ad_account_id",
            what: "ad account of the pledge",
            id: self.ad_account.to_string(),
        })?;
        let wrong_unit = |pointer, given: String| Refusal::WrongUnit {
            pointer,
            given,
            expected: lot.face.unit().to_string(),
        };
        if self.amount.unit() != lot.face.unit() {
            return Err(wrong_unit("/amount/unit", self.amount.unit().to_string()));
        }
        if account.unit != *lot.face.unit() {
            return Err(wrong_unit("/ad_account_id", account.unit.to_string()));
        }
        if !lot.is_for(account.market) {
            return Err(Refusal::Lot(LotRefusal::ElsewhereOnly {
                lot: self.lot,
                market: account.market,
                markets: lot.scope.markets.iter().map(ToString::to_string).collect(),
            }));
        }
        self.check_profile(account)?;
        if self.effective_date > lot.ends_on() {
            return Err(Refusal::Lot(LotRefusal::Expired {
                expires_at: lot.ends_on(),
                day: self.effective_date,
            }));
        }
        require_signed(book, "placing credits")?;
        let draft = Draft {
            subject: Some(self.lot.0),
            document: self.document.clone(),
            ..Draft::new(
                lot.pledge,
                Kind::Placement,
                self.effective_date,
                self.moves(),
            )
        };
        book.check(&draft)?;
        let pool = AccountKey::lot(Code::CreditPool, self.amount.unit(), self.lot);
        let left = book.available(&pool) - self.amount.minor();
        Ok(Decision {
            events: vec![Event::Placed(self.ad_account, lot.clone())],
            draft: Some(draft),
            outcome: Outcome::Placement {
                lot: self.lot,
                ad_account: self.ad_account,
                amount: self.amount.clone(),
                left: Money::from_minor(left, self.amount.unit().clone()),
                effective_date: self.effective_date,
                journal: context.journal,
            },
        })
    }
}
