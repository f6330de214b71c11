//! What goes back to the donor, and the programme support cost that is drawn.
//!
//! | Event | Postings |
//! |---|---|
//! | due to the donor | 3110→2400, or from a market's budget 3120→2400 |
//! | paid to the donor | Dr 2400 Cr 1010 |
//! | support cost drawn | Dr 5310 Cr 1010; Dr 3190 Cr 4910 |

use time::Date;

use super::agreement::require_signed;
use super::recover::posted;
use super::require::{entry, require_market, require_unit, require_unused_reference};
use super::{Context, Decision, Home, Needs};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::id::PledgeId;
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::unit::{Unit, UnitKind};

/// Set money aside that is to be given back to the donor.
#[derive(Debug, Clone)]
pub struct OweDonor {
    /// The pledge.
    pub pledge: PledgeId,
    /// How much.
    pub amount: Money,
    /// Of which market's budget; of what no market has, if none is named.
    pub market: Option<Market>,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

/// Record that the donor was paid back.
#[derive(Debug, Clone)]
pub struct PayDonor {
    /// The pledge.
    pub pledge: PledgeId,
    /// How much.
    pub amount: Money,
    /// The bank's own reference; one is recorded once.
    pub bank_reference: Option<String>,
    /// When it counts.
    pub effective_date: Date,
}

/// Record that programme support cost was drawn.
#[derive(Debug, Clone)]
pub struct DrawSupportCost {
    /// The pledge.
    pub pledge: PledgeId,
    /// How much.
    pub amount: Money,
    /// The bank's own reference; one is recorded once.
    pub bank_reference: Option<String>,
    /// When it counts.
    pub effective_date: Date,
}

/// Credits are never given back in cash, nor do they pay for anything but ads.
fn require_cash(unit: &Unit) -> Result<(), Refusal> {
    match unit.kind() {
        UnitKind::Cash => Ok(()),
        kind @ UnitKind::Credits => Err(Refusal::WrongUnitKind {
            pointer: "/amount/unit",
            unit: unit.to_string(),
            kind,
            rule: "this is paid in cash only.",
        }),
    }
}

impl OweDonor {
    fn moves(&self) -> Vec<Move> {
        let unit = self.amount.unit();
        let purse = match self.market {
            Some(market) => AccountKey::market(Code::CashMarket, unit, market),
            None => AccountKey::plain(Code::CashFunded, unit),
        };
        let due = AccountKey::plain(Code::DueToDonor, unit);
        vec![entry(purse, due, self.amount.minor())]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.moves(books, self.pledge, self.moves(), self.effective_date);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_cash(self.amount.unit())?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        if let Some(market) = self.market {
            require_market(&book.pledge, market, "/market")?;
        }
        require_signed(book, "giving back")?;
        let draft = Draft {
            subject: Some(self.pledge.0),
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            ..Draft::new(
                self.pledge,
                Kind::DonorDue,
                self.effective_date,
                self.moves(),
            )
        };
        posted(book, draft, &self.amount, context)
    }
}

impl PayDonor {
    fn moves(&self) -> Vec<Move> {
        let unit = self.amount.unit();
        let due = AccountKey::plain(Code::DueToDonor, unit);
        let bank = AccountKey::plain(Code::Bank, unit);
        vec![entry(due, bank, self.amount.minor())]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.moves(books, self.pledge, self.moves(), self.effective_date);
        if let Some(reference) = &self.bank_reference {
            needs.bank_reference(books, self.pledge, self.pledge.0, reference);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_cash(self.amount.unit())?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_signed(book, "paying the donor back")?;
        let (subject, reference) = (self.pledge.0, self.bank_reference.as_deref());
        require_unused_reference(books, subject, "payment of this pledge", reference)?;
        let day = self.effective_date;
        let draft = Draft {
            subject: Some(subject),
            bank_reference: self.bank_reference.clone(),
            ..Draft::new(self.pledge, Kind::DonorPayment, day, self.moves())
        };
        posted(book, draft, &self.amount, context)
    }
}

impl DrawSupportCost {
    fn moves(&self) -> Vec<Move> {
        let (unit, amount) = (self.amount.unit(), self.amount.minor());
        let plain = |code| AccountKey::plain(code, unit);
        let (cost, bank) = (plain(Code::SupportCostDrawn), plain(Code::Bank));
        let (purse, released) = (plain(Code::SupportCost), plain(Code::CashReleased));
        vec![entry(cost, bank, amount), entry(purse, released, amount)]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.moves(books, self.pledge, self.moves(), self.effective_date);
        if let Some(reference) = &self.bank_reference {
            needs.bank_reference(books, self.pledge, self.pledge.0, reference);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_cash(self.amount.unit())?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_signed(book, "drawing support cost")?;
        let (subject, reference) = (self.pledge.0, self.bank_reference.as_deref());
        require_unused_reference(books, subject, "payment of this pledge", reference)?;
        let day = self.effective_date;
        let draft = Draft {
            subject: Some(subject),
            bank_reference: self.bank_reference.clone(),
            ..Draft::new(self.pledge, Kind::SupportCostDraw, day, self.moves())
        };
        posted(book, draft, &self.amount, context)
    }
}
