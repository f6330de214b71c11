//! Credits on their way out: placements, imports of spend, refunds, and what platforms are owed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::command::{Overspill, RefusedRow, SpendImport};
use crate::domain::{
    AdAccountId, JournalId, LotId, ObligationId, Outcome, PledgeId, SpendLine, SpendLineId, Unit,
};
use crate::http::wire::{Day, MoneyOut};

/// Credits placed in an ad account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Placement)]
pub struct PlacementOut {
    /// The lot they are of.
    pub lot_id: LotId,
    /// Where they are now.
    pub ad_account_id: AdAccountId,
    /// How much was placed.
    pub amount: MoneyOut,
    /// What of the lot is still in the pool.
    pub left_in_pool: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
    /// What was posted.
    pub journal_id: JournalId,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RefusedRow)]
pub struct RefusedRowOut {
    /// Its line: of a list, counted from 1; of a file, with its header as line 1.
    pub line: i32,
    /// Stable code.
    pub code: String,
    /// A sentence with the arithmetic.
    pub detail: String,
}

impl From<&RefusedRow> for RefusedRowOut {
    fn from(row: &RefusedRow) -> Self {
        RefusedRowOut {
            line: row.line,
            code: row.code.to_owned(),
            detail: row.detail.clone(),
        }
    }
}

/// Ads that went on against cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Overspill)]
pub struct OverspillOut {
    /// The line that says so.
    pub line: i32,
    /// What more is owed to the platform than before, in cash; less than zero after a restatement.
    pub amount: String,
    /// The currency.
    pub unit: String,
    /// Whether no purse of the market covered it: an alert, as it is in suspense.
    pub suspended: bool,
}

impl From<&Overspill> for OverspillOut {
    fn from(overspill: &Overspill) -> Self {
        OverspillOut {
            line: overspill.line,
            amount: overspill.amount.amount(),
            unit: overspill.amount.unit().to_string(),
            suspended: overspill.suspended,
        }
    }
}

/// What came of an import of spend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SpendImport)]
pub struct SpendImportOut {
    /// The import's id, which its lines bear.
    #[schema(pattern = "^imp_[0-9a-f]{32}$")]
    pub id: String,
    /// Whose credits.
    #[schema(pattern = "^plg_[0-9a-f]{32}$")]
    pub pledge_id: String,
    /// Rows that became final and were posted.
    pub posted: usize,
    /// Provisional rows, whose credits are held.
    pub held: usize,
    /// Final rows that were final before and now say something else: the difference was posted.
    pub restated: usize,
    /// Rows that said what was known already.
    pub unchanged: usize,
    /// Rows of a revision that a later one has replaced; ignored.
    pub stale: usize,
    /// Rows that were refused.
    pub refused: usize,
    /// The first 100 of them.
    pub refusals: Vec<RefusedRowOut>,
    /// Final rows that were spent in cash.
    pub overspilled: usize,
    /// The first 100 of them.
    pub overspill: Vec<OverspillOut>,
}

impl From<&SpendImport> for SpendImportOut {
    fn from(import: &SpendImport) -> Self {
        SpendImportOut {
            id: format!("imp_{}", import.id.as_simple()),
            pledge_id: import.pledge.to_string(),
            posted: import.posted,
            held: import.held,
            restated: import.restated,
            unchanged: import.unchanged,
            stale: import.stale,
            refused: import.refused,
            refusals: import.refusals.iter().map(RefusedRowOut::from).collect(),
            overspilled: import.overspilled,
            overspill: import.overspill.iter().map(OverspillOut::from).collect(),
        }
    }
}

/// A campaign's day, as last reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SpendLine)]
pub struct SpendLineOut {
    /// Its id.
    pub id: SpendLineId,
    /// Whose credits.
    pub pledge_id: PledgeId,
    /// Where the campaign runs.
    pub ad_account_id: AdAccountId,
    /// The campaign's obligation.
    pub obligation_id: ObligationId,
    /// The day, in the ad account's time zone.
    pub day: Day,
    /// Which report of the day this is.
    pub revision: i32,
    /// `provisional` while its credits are held, `final` once they are posted.
    pub state: &'static str,
    /// What was spent in all, counted in the currency.
    pub spend: String,
    /// What of it was cash.
    pub cash_spend: String,
    /// What of it was credits.
    pub voucher_spend: String,
    /// What of the cash no purse covered and is still in suspense.
    pub suspended: String,
    /// What of the credits was refunded, as credits or in cash.
    pub refunded: String,
    /// The credits' unit.
    pub unit: String,
    /// The lots the credits stand in, in the order they were used.
    pub lots: Vec<LotUseOut>,
    /// The number of the journal it was posted with; none if nothing moved.
    pub journal: Option<i64>,
    /// The import that brought it.
    #[schema(pattern = "^imp_[0-9a-f]{32}$")]
    pub import_id: String,
    /// Its line there.
    pub line: i32,
}

/// How much of a line stands in a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LotUse)]
pub struct LotUseOut {
    /// The lot.
    pub lot_id: LotId,
    /// How much of the line.
    pub amount: String,
}

impl SpendLineOut {
    /// A line whose credits are of that unit.
    pub fn new(line: &SpendLine, unit: &Unit) -> Self {
        let amount = |minor| MoneyOut::of_minor(minor, unit).amount;
        let lots = line.uses.iter().map(|it| LotUseOut {
            lot_id: it.lot,
            amount: amount(it.amount),
        });
        SpendLineOut {
            id: line.id,
            pledge_id: line.pledge,
            ad_account_id: line.ad_account,
            obligation_id: line.obligation,
            day: Day(line.day),
            revision: line.revision,
            state: line.state.as_str(),
            spend: amount(line.cash + line.voucher),
            cash_spend: amount(line.cash),
            voucher_spend: amount(line.voucher),
            suspended: amount(line.suspended),
            refunded: amount(line.refunded + line.refunded_in_cash),
            unit: unit.to_string(),
            lots: lots.collect(),
            journal: line.journal,
            import_id: format!("imp_{}", line.import.as_simple()),
            line: line.line,
        }
    }
}

/// What a platform gave back of a line of spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SpendRefund)]
pub struct SpendRefundOut {
    /// The line.
    pub spend_line_id: SpendLineId,
    /// How much.
    pub amount: MoneyOut,
    /// The platform's own reference.
    pub reference: String,
    /// Whether it came as cash, which is the donor's.
    pub in_cash: bool,
    /// What of the line may still be refunded.
    pub refundable: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
    /// What was posted.
    pub journal_id: JournalId,
}

/// The lots a line of spend stands in, as the platform says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SpendAttribution)]
pub struct SpendAttributionOut {
    /// The line, by its latest report.
    pub spend_line_id: SpendLineId,
    /// The lots its credits stand in from now on, in the order in which they count as used.
    pub lots: Vec<LotUseOut>,
    /// The credits' unit.
    pub unit: String,
    /// What came back to a lot that had lapsed, and lapsed at once.
    pub lapsed: String,
    /// When it counts: the line's day.
    pub effective_date: Day,
    /// What was posted; nothing if the line stood in these lots already.
    pub journal_id: Option<JournalId>,
}

/// Tax on ad spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AdTax)]
pub struct AdTaxOut {
    /// The ad account.
    pub ad_account_id: AdAccountId,
    /// How much.
    pub amount: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
    /// What was posted.
    pub journal_id: JournalId,
}

/// A payment to a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlatformPayment)]
pub struct PlatformPaymentOut {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// Who was paid.
    pub platform: String,
    /// How much.
    pub amount: MoneyOut,
    /// The bank's own reference.
    pub bank_reference: String,
    /// When it counts.
    pub effective_date: Day,
    /// What was posted.
    pub journal_id: JournalId,
}

impl PlacementOut {
    /// The shape of an [`Outcome::Placement`].
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Placement {
            lot,
            ad_account,
            amount,
            left,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(PlacementOut {
            lot_id: *lot,
            ad_account_id: *ad_account,
            amount: amount.into(),
            left_in_pool: left.into(),
            effective_date: Day(*effective_date),
            journal_id: *journal,
        })
    }
}

impl SpendRefundOut {
    /// The shape of an [`Outcome::SpendRefund`].
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::SpendRefund {
            line,
            amount,
            reference,
            in_cash,
            left,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(SpendRefundOut {
            spend_line_id: *line,
            amount: amount.into(),
            reference: reference.clone(),
            in_cash: *in_cash,
            refundable: left.into(),
            effective_date: Day(*effective_date),
            journal_id: *journal,
        })
    }
}

impl SpendAttributionOut {
    /// The shape of an [`Outcome::SpendAttribution`].
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::SpendAttribution {
            line,
            unit,
            lapsed,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(SpendAttributionOut {
            spend_line_id: line.id,
            lots: SpendLineOut::new(line, unit).lots,
            unit: unit.to_string(),
            lapsed: MoneyOut::of_minor(*lapsed, unit).amount,
            effective_date: Day(line.day),
            journal_id: *journal,
        })
    }
}

impl AdTaxOut {
    /// The shape of an [`Outcome::AdTax`].
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::AdTax {
            ad_account,
            amount,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(AdTaxOut {
            ad_account_id: *ad_account,
            amount: amount.into(),
            effective_date: Day(*effective_date),
            journal_id: *journal,
        })
    }
}

impl PlatformPaymentOut {
    /// The shape of an [`Outcome::PlatformPayment`].
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::PlatformPayment {
            pledge,
            platform,
            amount,
            bank_reference,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(PlatformPaymentOut {
            pledge_id: *pledge,
            platform: platform.clone(),
            amount: amount.into(),
            bank_reference: bank_reference.clone(),
            effective_date: Day(*effective_date),
            journal_id: *journal,
        })
    }
}
