//! What a platform is owed in cash: tax on ad spend falls due (5230.m/2110, from the market's
//! budget, first from what is reserved for it there), and the platform is paid (2110/1010).

use time::Date;

use super::agreement::require_signed;
use super::require::{entry, require_unit};
use super::tax_reserve::{tax_reserve_of, used};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::AdAccount;
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::hold::HoldChange;
use crate::domain::id::{AdAccountId, PledgeId};
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::unit::{Unit, UnitKind};

/// Record tax on what was spent in an ad account.
#[derive(Debug, Clone)]
pub struct ChargeAdTax {
    /// The ad account.
    pub ad_account: AdAccountId,
    /// How much.
    pub amount: Money,
    /// The platform's invoice.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

/// The amount must be cash in the ad account's currency.
pub(super) fn require_currency(
    account: &AdAccount,
    given: &Unit,
    pointer: &'static str,
) -> Result<(), Refusal> {
    match given.code() == account.unit.currency() {
        true => Ok(()),
        false => Err(Refusal::WrongUnit {
            pointer,
            given: given.to_string(),
            expected: account.unit.currency().to_owned(),
        }),
    }
}

impl ChargeAdTax {
    fn moves(&self, account: &AdAccount) -> Vec<Move> {
        let (unit, minor) = (self.amount.unit(), self.amount.minor());
        vec![
            entry(
                AccountKey::market(Code::AdTax, unit, account.market),
                AccountKey::platform(Code::PlatformPayable, unit, &account.platform),
                minor,
            ),
            entry(
                AccountKey::market(Code::CashMarket, unit, account.market),
                AccountKey::plain(Code::CashReleased, unit),
                minor,
            ),
        ]
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::AdAccount, self.ad_account.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.ad_account(books, self.ad_account);
        if let Some(Some(account)) = books.ad_accounts.get(&self.ad_account) {
            let moves = self.moves(account);
            needs.moves(books, account.pledge, moves, self.effective_date);
            if let Some(Some(book)) = books.pledges.get(&account.pledge) {
                needs.holds(book, tax_reserve_of(account.market));
            }
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, account) = books.ad_account(self.ad_account)?;
        require_currency(account, self.amount.unit(), "/amount/unit")?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_signed(book, "charging tax")?;
        let (pledge, day) = (account.pledge, self.effective_date);
        let draft = Draft {
            subject: Some(self.ad_account.0),
            document: Some(self.document.clone()),
            ..Draft::new(pledge, Kind::AdTax, day, self.moves(account))
        };
        let holds: Vec<HoldChange> = used(book, account.market, &self.amount)
            .into_iter()
            .collect();
        book.check_with(&draft, &holds)?;
        let held = holds.into_iter().map(|it| Event::Held(pledge, it));
        Ok(Decision {
            events: held.collect(),
            draft: Some(draft),
            outcome: Outcome::AdTax {
                ad_account: self.ad_account,
                amount: self.amount.clone(),
                effective_date: day,
                journal: context.journal,
            },
        })
    }
}

/// Record that a platform was paid.
#[derive(Debug, Clone)]
pub struct PayPlatform {
    /// Whose money.
    pub pledge: PledgeId,
    /// The platform.
    pub platform: String,
    /// How much.
    pub amount: Money,
    /// The bank's own reference; one reference is one payment.
    pub bank_reference: String,
    /// When it counts.
    pub effective_date: Date,
}

impl PayPlatform {
    fn moves(&self) -> Vec<Move> {
        let unit = self.amount.unit();
        vec![entry(
            AccountKey::platform(Code::PlatformPayable, unit, &self.platform),
            AccountKey::plain(Code::Bank, unit),
            self.amount.minor(),
        )]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if self.amount.unit().kind() == UnitKind::Credits {
            return; // refused as it stands; there are no such accounts
        }
        needs.bank_reference(books, self.pledge, self.pledge.0, &self.bank_reference);
        needs.moves(books, self.pledge, self.moves(), self.effective_date);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let unit = self.amount.unit();
        let mut platforms = book.pledge.split.iter();
        let own = |part: &Money| part.unit().facts().platform.as_ref() == Some(&self.platform);
        if !platforms.any(own) {
            return Err(Refusal::UnknownReference {
                pointer: "/platform",
                what: "platform of the pledge's credits named",
                id: self.platform.clone(),
            });
        }
        require_unit(&book.pledge, unit, "/amount/unit")?;
        if unit.kind() == UnitKind::Credits {
            return Err(Refusal::WrongUnitKind {
                pointer: "/amount/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "a platform is paid in cash.",
            });
        }
        let known = (self.pledge.0, self.bank_reference.clone());
        if books.bank_references.get(&known) == Some(&true) {
            return Err(Refusal::DuplicateReference {
                pointer: "/bank_reference",
                what: "payment of the pledge",
                reference: self.bank_reference.clone(),
            });
        }
        let (pledge, day) = (self.pledge, self.effective_date);
        let draft = Draft {
            subject: Some(pledge.0),
            bank_reference: Some(self.bank_reference.clone()),
            ..Draft::new(pledge, Kind::PlatformPayment, day, self.moves())
        };
        book.check(&draft)?;
        Ok(Decision {
            events: Vec::new(),
            draft: Some(draft),
            outcome: Outcome::PlatformPayment {
                pledge,
                platform: self.platform.clone(),
                amount: self.amount.clone(),
                bank_reference: self.bank_reference.clone(),
                effective_date: day,
                journal: context.journal,
            },
        })
    }
}
