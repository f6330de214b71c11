//! Reports: the summary of a pledge, the trial balance, the standing proofs.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::get::Get;
use crate::db::read::{self, Proof, Summary, Told, UnitBalance, Use, Version};
use crate::domain::money::format_minor;
use crate::domain::{Market, PledgeId, Unit, UnitKind};
use crate::http::access::permission::{ReadLedger, ReadProofs};
use crate::http::problem::Problem;
use crate::http::wire::{Day, Instant, MoneyOut};

/// The picture of a pledge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub struct SummaryOut {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What the ledger knew.
    pub known_at: Instant,
    /// The last journal taken into account; 0 if there was none.
    pub known_journal: i64,
    /// By unit. Figures are null where the caller sees some markets only, and where they come of
    /// too few creators for the caller to know.
    pub units: Vec<UnitSummaryOut>,
    /// By market and unit; every combination, also where nothing happened yet.
    pub markets: Vec<MarketSummaryOut>,
}

/// A pledge in one unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitSummary)]
pub struct UnitSummaryOut {
    /// The unit.
    pub unit: String,
    /// The unit's part of the split.
    pub pledged: Option<String>,
    /// What has come in, bank fees included.
    pub received: Option<String>,
    /// What is known not to come.
    pub written_off: Option<String>,
    /// What is there and was not given to a market.
    pub unallocated: Option<String>,
    /// What was set aside for running the programme.
    pub support_cost: Option<String>,
    /// What all markets were given, less what they returned.
    pub budgeted: Option<String>,
    /// What creators hold.
    pub allocated: Option<String>,
    /// What is bound by contracts and campaigns.
    pub obligated: Option<String>,
    /// What is gone, for what it was meant for.
    pub spent: Option<String>,
    /// What lapsed unused.
    pub expired: Option<String>,
    /// What markets can still allocate.
    pub available: Option<String>,
    /// What of their budgets is set aside: for tax on ad spend, for one.
    pub held: Option<String>,
    /// Whether what markets did is null, as it comes of too few creators for the caller to know.
    pub withheld: bool,
}

/// A market in one unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketSummary)]
pub struct MarketSummaryOut {
    /// The market.
    pub market: Market,
    /// The unit.
    pub unit: String,
    /// What it was given, less what it returned.
    pub budgeted: String,
    /// What its creators hold.
    pub allocated: Option<String>,
    /// What is bound by contracts and campaigns.
    pub obligated: Option<String>,
    /// What is gone, for what it was meant for.
    pub spent: Option<String>,
    /// What lapsed unused.
    pub expired: Option<String>,
    /// What it can still allocate.
    pub available: Option<String>,
    /// What of its budget is set aside.
    pub held: Option<String>,
    /// Beside credits: the cash that the market has set aside for tax on their use.
    pub tax_reserve: Option<MoneyOut>,
    /// Whether all of that is null because it comes of too few creators for the caller to know.
    pub withheld: bool,
}

fn unit_summary((unit, whole): &(Unit, Option<read::Whole>)) -> UnitSummaryOut {
    let amount = |minor: fn(&read::Whole) -> i64| {
        whole
            .as_ref()
            .map(|whole| format_minor(minor(whole), unit.minor_digits()))
    };
    let told = |minor: fn(&read::Whole, &Use) -> i64| {
        let whole = whole.as_ref()?;
        let used = whole.markets.used()?;
        Some(format_minor(minor(whole, used), unit.minor_digits()))
    };
    UnitSummaryOut {
        unit: unit.code().to_owned(),
        pledged: amount(|it| it.pledged),
        received: amount(|it| it.received),
        written_off: amount(|it| it.written_off),
        unallocated: amount(|it| it.unallocated),
        support_cost: amount(|it| it.support_cost),
        budgeted: amount(|it| it.markets.budgeted()),
        allocated: told(|_, used| used.allocated),
        obligated: told(|_, used| used.obligated),
        spent: told(|_, used| used.spent),
        expired: told(|whole, used| used.expired + whole.expired_unallocated),
        available: told(|_, used| used.available),
        held: told(|_, used| used.held),
        withheld: whole.is_some_and(|whole| whole.markets.used().is_none()),
    }
}

/// What is set aside in cash for tax on the use of a market's credits.
fn tax_reserve(summary: &Summary, market: Market, credits: &Unit) -> Option<MoneyOut> {
    let beside = summary.markets.iter().find(|(known, unit, _)| {
        credits.kind() == UnitKind::Credits && *known == market && unit.code() == credits.currency()
    });
    let (_, cash, told) = beside?;
    let used = told.used()?;
    Some(MoneyOut::of_minor(used.tax_reserve, cash))
}

fn market_summary(
    summary: &Summary,
    (market, unit, told): &(Market, Unit, Told),
) -> MarketSummaryOut {
    let amount = |minor| format_minor(minor, unit.minor_digits());
    let used = |minor: fn(&Use) -> i64| told.used().map(|used| amount(minor(used)));
    MarketSummaryOut {
        market: *market,
        unit: unit.code().to_owned(),
        budgeted: amount(told.budgeted()),
        allocated: used(|it| it.allocated),
        obligated: used(|it| it.obligated),
        spent: used(|it| it.spent),
        expired: used(|it| it.expired),
        available: used(|it| it.available),
        held: used(|it| it.held),
        tax_reserve: tax_reserve(summary, *market, unit),
        withheld: told.used().is_none(),
    }
}

impl From<&Summary> for SummaryOut {
    fn from(summary: &Summary) -> Self {
        let markets = summary.markets.iter();
        SummaryOut {
            pledge_id: summary.pledge,
            known_at: Instant(summary.known.at),
            known_journal: summary.known.journal,
            units: summary.units.iter().map(unit_summary).collect(),
            markets: markets.map(|row| market_summary(summary, row)).collect(),
        }
    }
}

/// The picture of a pledge
///
/// By unit, and by market and unit: pledged, received, budgeted, allocated, spent, available.
#[utoipa::path(get, path = "/v1/pledges/{id}/summary", tag = "pledges",
    responses((status = 200, description = "The summary", body = SummaryOut)))]
pub async fn read_summary(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    get.query()?.finish()?;
    if get.request().headers().contains_key(header::IF_NONE_MATCH) {
        let version =
            get.look(async |connection| read::pledge_version(connection, get.sight(), id).await);
        let version = version.await?.ok_or_else(|| get.absent("pledge"))?;
        let tag = get.tag(
            "summary",
            &format!("{} {}", version.journals, version.hold_changes),
        );
        if get.has(&tag) {
            return Ok(tag.not_modified());
        }
    }
    let summary = get
        .look(async |connection| read::summary(connection, get.catalogue(), get.sight(), id).await);
    let summary = summary.await?.ok_or_else(|| get.absent("pledge"))?;
    let version = (summary.known.journal, summary.hold_changes);
    let tag = get.tag("summary", &format!("{} {}", version.0, version.1));
    get.json(Some(tag), &SummaryOut::from(&summary))
}

/// The trial balance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrialBalance)]
pub struct TrialBalanceOut {
    /// The pledge; null for all of them.
    pub pledge_id: Option<PledgeId>,
    /// The day at whose end, by effective date; null for everything there is.
    pub as_of: Option<Day>,
    /// When the last journal taken into account was recorded; null if there was none.
    pub known_at: Option<Instant>,
    /// By unit.
    pub units: Vec<UnitBalanceOut>,
}

/// The trial balance in one unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitBalance)]
pub struct UnitBalanceOut {
    /// The unit.
    pub unit: String,
    /// By code of the chart.
    pub rows: Vec<TrialBalanceRowOut>,
    /// All debits together.
    pub total_debits: String,
    /// All credits together: the same.
    pub total_credits: String,
}

/// All accounts of one code in one unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrialBalanceRow)]
pub struct TrialBalanceRowOut {
    /// The code.
    pub code: String,
    /// What the chart calls it.
    pub name: String,
    /// `debit` or `credit`: the side on which its balance is positive.
    pub normal_side: &'static str,
    /// Cumulative debits.
    pub debits: String,
    /// Cumulative credits.
    pub credits: String,
    /// What it comes to on its normal side.
    pub balance: String,
}

impl From<&UnitBalance> for UnitBalanceOut {
    fn from(balance: &UnitBalance) -> Self {
        let amount = |minor| format_minor(minor, balance.unit.minor_digits());
        let row = |row: &read::TrialBalanceRow| TrialBalanceRowOut {
            code: row.code.clone(),
            name: row.name.clone(),
            normal_side: row.side.as_str(),
            debits: amount(row.debits),
            credits: amount(row.credits),
            balance: amount(row.balance()),
        };
        UnitBalanceOut {
            unit: balance.unit.code().to_owned(),
            rows: balance.rows.iter().map(row).collect(),
            total_debits: amount(balance.debits()),
            total_credits: amount(balance.credits()),
        }
    }
}

/// How far the ledger had come, in one word.
fn word(version: &Version) -> String {
    let at = version.last_recorded_at.map(|at| at.unix_timestamp_nanos());
    format!("{} {}", version.journals, at.unwrap_or_default())
}

/// The trial balance
///
/// Of one pledge or of all; as it stands, or at the end of a day.
#[utoipa::path(get, path = "/v1/trial-balance", tag = "reports",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("as_of" = Option<String>, Query, description = "At the end of that day")),
    responses((status = 200, description = "The trial balance", body = TrialBalanceOut)))]
pub async fn read_trial_balance(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let (pledge, as_of) = (query.id("pledge_id"), query.day("as_of"));
    query.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let version = read::ledger_version(connection, sight, pledge).await?;
        if get.has(&get.tag("trial-balance", &word(&version))) {
            return Ok((version, None));
        }
        let units = read::trial_balance(connection, catalogue, sight, pledge, as_of).await?;
        Ok((version, Some(units)))
    });
    let (version, units) = reads.await?;
    let tag = get.tag("trial-balance", &word(&version));
    let Some(units) = units else {
        return Ok(tag.not_modified());
    };
    let balance = TrialBalanceOut {
        pledge_id: pledge,
        as_of: as_of.map(Day),
        known_at: version.last_recorded_at.map(Instant),
        units: units.iter().map(UnitBalanceOut::from).collect(),
    };
    get.json(Some(tag), &balance)
}

/// Whether the books are proved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proofs)]
pub struct ProofsOut {
    /// Whether every proof holds.
    pub holds: bool,
    /// Each of them.
    pub proofs: Vec<ProofOut>,
}

/// A standing proof, checked against every row just now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proof)]
pub struct ProofOut {
    /// Its stable name.
    pub name: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What was compared; at most a hundred rows.
    #[schema(value_type = Vec<Object>)]
    pub figures: Vec<Map<String, Value>>,
    /// How many rows stand against it.
    pub broken: i64,
    /// The first ten of them.
    #[schema(value_type = Vec<Object>)]
    pub offending: Vec<Map<String, Value>>,
}

impl From<Proof> for ProofOut {
    fn from(proof: Proof) -> Self {
        let Proof {
            name,
            sentence,
            holds,
            figures,
            broken,
            offending,
        } = proof;
        ProofOut {
            name,
            sentence,
            holds,
            figures,
            broken,
            offending,
        }
    }
}

/// The standing proofs
///
/// Whether every one holds, with figures, checked against every row of one snapshot. Costs what the
/// ledger's size says.
#[utoipa::path(get, path = "/v1/proofs", tag = "reports",
    params(("pledge_id" = Option<String>, Query, description = "Of that pledge")),
    responses((status = 200, description = "The proofs", body = ProofsOut)))]
pub async fn read_proofs(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let pledge = query.id("pledge_id");
    query.finish()?;
    let proofs = get
        .look(async |connection| read::proofs(connection, pledge).await)
        .await?;
    let proofs: Vec<ProofOut> = proofs.into_iter().map(ProofOut::from).collect();
    let holds = proofs.iter().all(|proof| proof.holds);
    let answer = ProofsOut { holds, proofs };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(answer))
}
