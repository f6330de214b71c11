//! Pledges, and what comes in on them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ExtensionOut, FairValueOut};
use crate::domain::{
    Document, Instalment, InstalmentId, JournalId, Lot, LotId, Market, Outcome, Pledge, PledgeId,
};
use crate::http::wire::{Day, Instant, MoneyOut};

/// A donor or a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyOut {
    /// Its name.
    pub name: String,
}

/// A document kept elsewhere, pinned by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Document)]
pub struct DocumentOut {
    /// Where it is kept.
    pub uri: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

impl From<&Document> for DocumentOut {
    fn from(document: &Document) -> Self {
        DocumentOut {
            uri: document.uri.clone(),
            sha256: document.sha256.clone(),
        }
    }
}

/// A donor's promise to a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Pledge)]
pub struct PledgeOut {
    /// Its id.
    pub id: PledgeId,
    /// `announced`, `agreed` or `active`.
    pub state: &'static str,
    /// The parties' own name for it.
    pub reference: String,
    /// Who gives.
    pub donor: PartyOut,
    /// Who receives.
    pub recipient: PartyOut,
    /// What for.
    pub purpose: String,
    /// The currency the pledge is reported in.
    pub functional_unit: String,
    /// The face value.
    pub total: MoneyOut,
    /// The total by unit.
    pub split: Vec<MoneyOut>,
    /// The markets it is for.
    pub markets: Vec<Market>,
    /// Who bears what is lost or gained on exchange: `reserve` or `market`.
    pub exchange_differences: &'static str,
    /// When it is payable.
    pub instalments: Vec<InstalmentOut>,
    /// When the agreement took effect.
    pub agreed_on: Option<Day>,
    /// When it was recorded.
    pub created_at: Instant,
}

impl PledgeOut {
    /// A pledge with its instalments.
    pub fn new(pledge: &Pledge, instalments: &[Instalment]) -> Self {
        PledgeOut {
            id: pledge.id,
            state: pledge.state.as_str(),
            reference: pledge.reference.clone(),
            donor: PartyOut {
                name: pledge.donor.clone(),
            },
            recipient: PartyOut {
                name: pledge.recipient.clone(),
            },
            purpose: pledge.purpose.clone(),
            functional_unit: pledge.total.unit().code().to_owned(),
            total: (&pledge.total).into(),
            split: pledge.split.iter().map(MoneyOut::from).collect(),
            markets: pledge.markets.clone(),
            exchange_differences: pledge.exchange_differences.as_str(),
            instalments: instalments.iter().map(InstalmentOut::from).collect(),
            agreed_on: pledge.agreed_on.map(Day),
            created_at: Instant(pledge.created_at),
        }
    }
}

/// One payment, or one issue of credits, that a pledge consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Instalment)]
pub struct InstalmentOut {
    /// Its id.
    pub id: InstalmentId,
    /// The pledge it belongs to.
    pub pledge_id: PledgeId,
    /// The parties' own name for it.
    pub reference: String,
    /// `scheduled`, `condition_met`, `short`, `received` or `written_off`.
    pub state: &'static str,
    /// How much.
    pub amount: MoneyOut,
    /// When it is due.
    pub due_date: Day,
    /// What has to happen first.
    pub condition: Option<String>,
    /// When that happened.
    pub condition_met_on: Option<Day>,
    /// What shows that it happened.
    pub condition_document: Option<DocumentOut>,
    /// What has come, bank fees included.
    pub received: MoneyOut,
    /// What will not come.
    pub written_off: MoneyOut,
    /// What has neither come nor been written off.
    pub outstanding: MoneyOut,
}

impl From<&Instalment> for InstalmentOut {
    fn from(instalment: &Instalment) -> Self {
        let money = |minor| MoneyOut::of_minor(minor, instalment.amount.unit());
        InstalmentOut {
            id: instalment.id,
            pledge_id: instalment.pledge,
            reference: instalment.reference.clone(),
            state: instalment.state().as_str(),
            amount: (&instalment.amount).into(),
            due_date: Day(instalment.due_date),
            condition: instalment.condition.clone(),
            condition_met_on: instalment.condition_met_on.map(Day),
            condition_document: instalment
                .condition_document
                .as_ref()
                .map(DocumentOut::from),
            received: money(instalment.received),
            written_off: money(instalment.written_off),
            outstanding: (&instalment.outstanding()).into(),
        }
    }
}

/// An instalment whose condition was met, and the journal that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ConditionMet)]
pub struct ConditionMetOut {
    /// The instalment as it now stands.
    #[serde(flatten)]
    pub instalment: InstalmentOut,
    /// What was posted.
    pub journal_id: JournalId,
}

/// A receipt of cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct ReceiptOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// What reached the account.
    pub received: MoneyOut,
    /// What banks kept on the way.
    pub fee: MoneyOut,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// When it counts.
    pub effective_date: Day,
    /// The instalment as it now stands.
    pub instalment: InstalmentOut,
}

impl ReceiptOut {
    /// What a committed receipt is answered with; nothing, if the outcome is of another kind.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Receipt {
            received,
            fee,
            bank_reference,
            effective_date,
            instalment,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(ReceiptOut {
            journal_id: *journal,
            received: received.into(),
            fee: fee.into(),
            bank_reference: bank_reference.clone(),
            effective_date: Day(*effective_date),
            instalment: instalment.into(),
        })
    }
}

/// Credits a platform issued together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Lot)]
pub struct LotOut {
    /// Its id.
    pub id: LotId,
    /// The pledge it counts towards.
    pub pledge_id: PledgeId,
    /// The instalment it fulfils.
    pub instalment_id: InstalmentId,
    /// Its face value.
    pub face: MoneyOut,
    /// `free`, `assignable` or `conditional`.
    pub kind: &'static str,
    /// `issued`, `placed` once some of it is in an ad account, and in the end `exhausted`,
    /// `expired` or `revoked`. Left out, as what tells how much of it was used, where the caller
    /// may not know it, as it may be of very few creators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The markets it may be used for; all of the pledge's, if none is named.
    pub markets: Vec<Market>,
    /// The campaigns it may be used for; any, if none is named.
    pub campaigns: Vec<String>,
    /// What it is worth by the pledge's books.
    pub fair_value: Option<FairValueOut>,
    /// The first day it can be used.
    pub valid_from: Day,
    /// The last day it can be used, extensions included.
    pub expires_at: Day,
    /// The last day as it was issued.
    pub issued_until: Day,
    /// Later ends, in the order they were granted.
    pub extensions: Vec<ExtensionOut>,
    /// What of it is in the platform's pool.
    pub in_pool: MoneyOut,
    /// What of it is in ad accounts; left out as the state is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placed: Option<MoneyOut>,
    /// What of it was neither used nor lost; left out as the state is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<MoneyOut>,
    /// What of it lapsed; left out as the state is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapsed: Option<MoneyOut>,
    /// What of it the platform took back.
    pub revoked: MoneyOut,
    /// When it counts as issued.
    pub effective_date: Day,
    /// The platform's document.
    pub document: Option<DocumentOut>,
    /// What was posted, in the answer to the call that posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_id: Option<JournalId>,
}

impl From<&Lot> for LotOut {
    fn from(lot: &Lot) -> Self {
        let money = |minor| MoneyOut::of_minor(minor, lot.face.unit());
        LotOut {
            id: lot.id,
            pledge_id: lot.pledge,
            instalment_id: lot.instalment,
            face: (&lot.face).into(),
            kind: lot.kind.as_str(),
            state: Some(lot.state().as_str()),
            markets: lot.scope.markets.clone(),
            campaigns: lot.scope.campaigns.clone(),
            fair_value: lot.fair_value.as_ref().map(FairValueOut::from),
            valid_from: Day(lot.valid_from),
            expires_at: Day(lot.ends_on()),
            issued_until: Day(lot.expires_at),
            extensions: lot.extensions.iter().map(ExtensionOut::from).collect(),
            in_pool: money(lot.figures.in_pool),
            placed: Some(money(lot.figures.placed)),
            remaining: Some(money(lot.figures.remaining())),
            lapsed: Some(money(lot.figures.lapsed)),
            revoked: money(lot.figures.revoked),
            effective_date: Day(lot.issued_on),
            document: lot.document.as_ref().map(DocumentOut::from),
            journal_id: None,
        }
    }
}

/// A write-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WriteOff)]
pub struct WriteOffOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// What will not come.
    pub amount: MoneyOut,
    /// Why.
    pub reason: String,
    /// When it counts.
    pub effective_date: Day,
    /// The instalment as it now stands.
    pub instalment: InstalmentOut,
}

impl WriteOffOut {
    /// What a committed write-off is answered with; nothing, if the outcome is of another kind.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::WriteOff {
            amount,
            effective_date,
            reason,
            instalment,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(WriteOffOut {
            journal_id: *journal,
            amount: amount.into(),
            reason: reason.clone(),
            effective_date: Day(*effective_date),
            instalment: instalment.into(),
        })
    }
}

/// A charge for programme support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SupportCost)]
pub struct SupportCostOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What the charge was worked out on.
    pub gross: MoneyOut,
    /// What remains for the programme.
    pub base: MoneyOut,
    /// What was set aside; with the base it makes up the gross exactly.
    pub support_cost: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
}

impl SupportCostOut {
    /// What a committed charge is answered with; nothing, if the outcome is of another kind.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::SupportCost {
            pledge,
            gross,
            base,
            support_cost,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(SupportCostOut {
            journal_id: *journal,
            pledge_id: *pledge,
            gross: gross.into(),
            base: base.into(),
            support_cost: support_cost.into(),
            effective_date: Day(*effective_date),
        })
    }
}
