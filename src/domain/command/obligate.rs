//! Binding an allocation by a contract or a campaign, and giving back what is no longer bound
//! (3130→3140.ob and back; credits 3230→3240.ob and back); and the ad accounts campaigns run in.

use time::Date;

use super::agreement::require_open;
use super::require::{entry, require_market, require_own_reference, require_unit};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::AdAccount;
use crate::domain::books::Books;
use crate::domain::id::{AdAccountId, CreatorId, JournalId, ObligationId, PledgeId};
use crate::domain::journal::{Document, Draft, Kind};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::refusal::Refusal;
use crate::domain::unit::{Unit, UnitKind};

/// Register an ad account at a platform.
#[derive(Debug, Clone)]
pub struct OpenAdAccount {
    /// The id it will have.
    pub id: AdAccountId,
    /// The pledge whose credits will be placed in it.
    pub pledge: PledgeId,
    /// The platform's own number for it.
    pub reference: String,
    /// What people call it.
    pub name: String,
    /// The platform's credits in the account's currency.
    pub unit: Unit,
    /// Its region.
    pub market: Market,
    /// The IANA time zone its days end in.
    pub time_zone: String,
    /// Since when it can be used.
    pub opened_on: Date,
}

impl OpenAdAccount {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.own_reference(books, self.pledge, Thing::AdAccount, &self.reference);
    }

    pub(super) fn decide(&self, books: &Books, _: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_unit(&book.pledge, &self.unit, "/unit")?;
        require_market(&book.pledge, self.market, "/market")?;
        let Some(platform) = self.unit.facts().platform.clone() else {
            return Err(Refusal::WrongUnitKind {
                pointer: "/unit",
                unit: self.unit.to_string(),
                kind: self.unit.kind(),
                rule: "an ad account holds the credits of a platform.",
            });
        };
        let (thing, name) = (Thing::AdAccount, "ad account of the pledge");
        require_own_reference(books, self.pledge, thing, name, &self.reference)?;
        let account = AdAccount {
            id: self.id,
            pledge: self.pledge,
            platform,
            reference: self.reference.clone(),
            name: self.name.clone(),
            unit: self.unit.clone(),
            market: self.market,
            time_zone: self.time_zone.clone(),
            opened_on: self.opened_on,
        };
        Ok(Decision {
            events: vec![Event::AdAccountOpened(account.clone())],
            draft: None,
            outcome: Outcome::AdAccount(account),
        })
    }
}

/// Bind part of a creator's allocation.
#[derive(Debug, Clone)]
pub struct OpenObligation {
    /// The id it will have, and its journal.
    pub id: ObligationId,
    /// Whose money.
    pub pledge: PledgeId,
    /// Whose allocation.
    pub creator: CreatorId,
    /// The parties' own name for it.
    pub reference: String,
    /// What binds it.
    pub bond: Bond,
    /// How much.
    pub amount: Money,
    /// What is to be delivered.
    pub deliverables: Option<String>,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
    /// The contract, or the campaign's order.
    pub document: Option<Document>,
    /// When it counts.
    pub effective_date: Date,
}

impl OpenObligation {
    /// An obligation shares its id with the journal that binds it.
    pub(super) fn journal(&self) -> JournalId {
        JournalId(self.id.0)
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.own_reference(books, self.pledge, Thing::Obligation, &self.reference);
        if let Bond::Campaign {
            ad_account,
            campaign,
            ..
        } = &self.bond
        {
            needs.ad_account(books, *ad_account);
            let name = (*ad_account, campaign.clone());
            if !books.paid_campaigns.contains_key(&name) {
                let (ad_account, campaign) = name;
                needs
                    .paid_campaigns
                    .insert((self.pledge, ad_account, campaign));
            }
        }
        match books.creators.get(&self.creator) {
            None => _ = needs.creators.insert(self.creator),
            Some(Some(market)) => {
                let bound = self.obligation(*market);
                let keys = [bound.allocation_purse(), bound.purse()];
                needs.accounts(books, self.pledge, keys, self.effective_date);
            }
            Some(None) => {}
        }
    }

    fn obligation(&self, market: Market) -> Obligation {
        Obligation {
            id: self.id,
            pledge: self.pledge,
            reference: self.reference.clone(),
            bond: self.bond.clone(),
            amount: self.amount.clone(),
            creator: self.creator,
            market,
            deliverables: self.deliverables.clone(),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            document: self.document.clone(),
            obligated: self.amount.minor(),
            released: 0,
            remaining: self.amount.minor(),
            clawed_back: 0,
            held: 0,
        }
    }

    /// A contract is in cash; a campaign is in the credits of the ad account it runs in.
    fn check_bond(&self, books: &Books) -> Result<(), Refusal> {
        let unit = self.amount.unit();
        let wrong_kind = |rule| Refusal::WrongUnitKind {
            pointer: "/amount/unit",
            unit: unit.to_string(),
            kind: unit.kind(),
            rule,
        };
        match (&self.bond, unit.kind()) {
            (Bond::Contract, UnitKind::Cash) => Ok(()),
            (Bond::Contract, UnitKind::Credits) => Err(wrong_kind("a contract is in cash.")),
            (Bond::Campaign { .. }, UnitKind::Cash) => {
                Err(wrong_kind("a campaign is paid with credits."))
            }
            (Bond::Campaign { ad_account, .. }, UnitKind::Credits) => {
                let found = books.ad_account(*ad_account).ok();
                let account = found.filter(|(_, account)| account.pledge == self.pledge);
                let (_, account) = account.ok_or_else(|| Refusal::UnknownReference {
                    pointer: "/campaign/ad_account_id",
                    what: "ad account of the pledge",
                    id: ad_account.to_string(),
                })?;
                match *unit == account.unit {
                    true => Ok(()),
                    false => Err(Refusal::WrongUnit {
                        pointer: "/amount/unit",
                        given: unit.to_string(),
                        expected: account.unit.to_string(),
                    }),
                }
            }
        }
    }

    /// One campaign of an ad account is paid from one obligation.
    fn check_campaign(&self, books: &Books) -> Result<(), Refusal> {
        let Bond::Campaign {
            ad_account,
            campaign,
            ..
        } = &self.bond
        else {
            return Ok(());
        };
        let name = (*ad_account, campaign.clone());
        match books.paid_campaigns.get(&name) {
            Some(true) => Err(Refusal::DuplicateReference {
                pointer: "/campaign/campaign",
                what: "campaign of the ad account",
                reference: name.1,
            }),
            Some(false) | None => Ok(()),
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let unknown = |pointer, what, id| Refusal::UnknownReference { pointer, what, id };
        let book = books
            .pledge(self.pledge)
            .map_err(|_| unknown("/pledge_id", "pledge", self.pledge.to_string()))?;
        let market = books.creators.get(&self.creator).copied().flatten();
        let market =
            market.ok_or_else(|| unknown("/creator_id", "creator", self.creator.to_string()))?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_market(&book.pledge, market, "/creator_id")?;
        self.check_bond(books)?;
        if self.starts_on > self.ends_on {
            return Err(Refusal::EndsBeforeStart {
                pointer: "/ends_on",
                starts_on: self.starts_on,
                ends_on: self.ends_on,
            });
        }
        let (thing, name) = (Thing::Obligation, "obligation of the pledge");
        require_own_reference(books, self.pledge, thing, name, &self.reference)?;
        self.check_campaign(books)?;
        require_open(book, "binding an allocation")?;
        let obligation = self.obligation(market);
        let purses = (obligation.allocation_purse(), obligation.purse());
        let moves = vec![entry(purses.0, purses.1, self.amount.minor())];
        let draft = Draft {
            subject: Some(self.id.0),
            document: self.document.clone(),
            ..Draft::new(self.pledge, Kind::Obligation, self.effective_date, moves)
        };
        book.check(&draft)?;
        Ok(Decision {
            events: vec![Event::Obligated(obligation.clone())],
            draft: Some(draft),
            outcome: Outcome::Obligation {
                obligation,
                journal: context.journal,
            },
        })
    }
}

/// Give back to the creator's allocation what an obligation no longer binds.
#[derive(Debug, Clone)]
pub struct ReleaseObligation {
    /// The obligation.
    pub obligation: ObligationId,
    /// How much goes back.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// When it counts.
    pub effective_date: Date,
}

impl ReleaseObligation {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Obligation, self.obligation.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.is_located(Thing::Obligation, self.obligation.0) {
            return;
        }
        needs.obligation(books, self.obligation);
        if let Some(Some(known)) = books.obligations.get(&self.obligation) {
            let keys = [known.purse(), known.allocation_purse()];
            needs.accounts(books, known.pledge, keys, self.effective_date);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, obligation) = books.obligation(self.obligation)?;
        if self.amount.unit() != obligation.amount.unit() {
            return Err(Refusal::WrongUnit {
                pointer: "/amount/unit",
                given: self.amount.unit().to_string(),
                expected: obligation.amount.unit().to_string(),
            });
        }
        let moves = vec![entry(
            obligation.purse(),
            obligation.allocation_purse(),
            self.amount.minor(),
        )];
        let (pledge, day) = (obligation.pledge, self.effective_date);
        let draft = Draft {
            subject: Some(self.obligation.0),
            reason: Some(self.reason.clone()),
            ..Draft::new(pledge, Kind::ObligationRelease, day, moves)
        };
        book.check(&draft)?;
        let mut changed = obligation.clone();
        changed.released += self.amount.minor();
        changed.remaining -= self.amount.minor();
        Ok(Decision {
            events: vec![Event::ObligationChanged(changed.clone())],
            draft: Some(draft),
            outcome: Outcome::Obligation {
                obligation: changed,
                journal: context.journal,
            },
        })
    }
}
