//! Samples for auditors, which neither side could choose and anybody can draw again.
//!
//! The algorithm is [`crate::domain::sampling`]'s. What it needs of chance is a seed: SHA-256 over
//! a text of these lines, each ended by a line break,
//!
//! ```text
//! almoner-sample/1
//! plg_…            the pledge
//! 412              the size of the checkpoint
//! GQZG…=           its root, in base64, as the checkpoint has it
//! USD              the unit
//! journals         the population: journals, or debits or credits and a space and the code
//! 2025-01-01       the first day
//! 2025-12-31       the last
//! 398              the last journal taken into account
//! 2500000          the interval, in minor digits
//!                  the auditor's word; empty if there is none
//! ```
//!
//! The checkpoint has to be one that the ledger signed over the whole population: the root depends
//! on every journal in it, each of which has a random salt. So the auditor can't choose the seed,
//! once it is settled what is asked for. Whoever runs the ledger could try several roots before one
//! is shown; so the auditor may have a word in it too, whose SHA-256 is handed over before the
//! checkpoint is signed, and the word afterwards: then neither side can choose.
//!
//! Nothing else has a part in it. The items are the journals numbered up to the last one taken into
//! account and effective within the days, in the order of their numbers; the amount of each is the
//! sum of its transfers in the unit: all of them, or those that debit (or credit) an account of the
//! code. Those of which that is nothing aren't in the population. `gl-detail.csv` and the
//! checkpoint have all it takes; `.ci/sample` in the ledger's source draws the same sample from
//! them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use aws_lc_rs::digest::{SHA256, digest};
use time::OffsetDateTime;

use super::get::Get;
use super::params::Params;
use super::tables::{Form, written};
use super::views::{HitOut, ItemOut, PopulationOut, SampleOut, SeedOut, StratumOut, TotalOut};
use crate::db::read::{self, Drawn, Fixed, Population};
use crate::domain::chart::Side;
use crate::domain::money::{Money, format_minor};
use crate::domain::sampling::{self, Item, Selection};
use crate::domain::statement::hexadecimal;
use crate::domain::{PledgeId, Unit};
use crate::http::access::permission::ReadProofs;
use crate::http::problem::{Problem, Reason};
use crate::http::wire::{Day, Instant};
use crate::reports::sample::{Sampled, sample};
use crate::tlog::{Against, LogId, Signed};

/// How many items an answer names, at most.
const MOST_ITEMS: usize = 10_000;

/// How many draws are made before it is given up: each fails less than every other time.
const MOST_DRAWS: u32 = 1_000;

/// How long a word is, at most.
const LONGEST_WORD: usize = 200;

/// How large the steps are.
#[derive(Debug, Clone, Copy)]
enum Step {
    Interval(i64),
    Hits(i64),
}

/// What is asked for.
struct Asked {
    form: Form,
    unit: Unit,
    population: Population,
    step: Step,
    checkpoint: u64,
    known_at: Option<OffsetDateTime>,
    word: String,
}

/// The interval, or how many hits are wanted: one of both.
fn step(query: &mut Params<'_>, unit: Option<&Unit>) -> Option<Step> {
    let mut is_unread = false;
    let interval = query.word("interval", |text| {
        let unit = unit.ok_or("it is an amount of the unit")?;
        let read = Money::parse_positive(text, unit).map_err(|error| error.to_string());
        is_unread = read.is_err();
        read.map(|money| money.minor())
    });
    let size = query.count("size");
    match (interval, size.and_then(|size| i64::try_from(size).ok())) {
        (Some(interval), None) => Some(Step::Interval(interval)),
        (None, Some(size)) if size > 0 => Some(Step::Hits(size)),
        _ if is_unread => None,
        _ => {
            let detail = "either an interval or a size from 1 is asked for";
            query.decline("interval", detail);
            None
        }
    }
}

fn asked(get: &Get<ReadProofs>) -> Result<Asked, Problem> {
    let form = Form::of(get)?;
    let mut query = get.query_in_any_form();
    let unit = query.unit("unit");
    let unit = unit.and_then(|code| get.catalogue().units.get(&code));
    if unit.is_none() {
        query.require("unit");
    }
    let days = query.required_day("from").zip(query.required_day("to"));
    if days.is_some_and(|(from, to)| from > to) {
        query.decline("to", "the last day doesn't come before the first");
    }
    let code = query.code("code");
    let side = query.word("population", |text| match text {
        "journals" => Ok(None),
        "debits" => Ok(Some(Side::Debit)),
        "credits" => Ok(Some(Side::Credit)),
        _ => Err("journals, debits or credits is asked for here".to_owned()),
    });
    let side = side.flatten();
    if side.is_some() != code.is_some() {
        query.decline(
            "code",
            "debits and credits are those of a code, and journals of none",
        );
    }
    let step = step(&mut query, unit.as_ref());
    let checkpoint = query.required_count("seed_checkpoint");
    let known_at = query.instant("known_at");
    let word = query.word("word", |text| {
        let is_one = text.len() <= LONGEST_WORD && !text.contains(char::is_control);
        let bad = || format!("a word has at most {LONGEST_WORD} bytes, and no line breaks");
        is_one.then(|| text.to_owned()).ok_or_else(bad)
    });
    query.finish()?;
    let (Some(unit), Some((from, to)), Some(step), Some(checkpoint)) =
        (unit, days, step, checkpoint)
    else {
        return Err(Problem::internal()); // finishing would have told
    };
    let population = Population {
        unit: unit.code().to_owned(),
        of: side.zip(code),
        from,
        to,
    };
    Ok(Asked {
        form,
        unit,
        population,
        step,
        checkpoint,
        known_at,
        word: word.unwrap_or_default(),
    })
}

/// The text that is hashed.
fn seed_text(pledge: PledgeId, asked: &Asked, fixed: Fixed, signed: &Signed, step: i64) -> String {
    let population = &asked.population;
    let of = match population.name() {
        (of, Some(code)) => format!("{of} {code}"),
        (of, None) => of.to_owned(),
    };
    format!(
        "almoner-sample/1\n{pledge}\n{}\n{}\n{}\n{of}\n{}\n{}\n{}\n{step}\n{}\n",
        signed.head.size,
        signed.head.root,
        population.unit,
        Day(population.from),
        Day(population.to),
        fixed.journal,
        asked.word,
    )
}

/// Draws below 2⁶⁴ that come of a seed.
fn draws(seed: &[u8]) -> impl Iterator<Item = u64> {
    (0..MOST_DRAWS).map(move |number: u32| {
        let hash = digest(&SHA256, &[seed, &number.to_be_bytes()].concat());
        let first = hash.as_ref().first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(first)
    })
}

/// 422: the checkpoint isn't one to draw with.
fn bad_checkpoint(code: &'static str, detail: String) -> Problem {
    Problem::invalid(vec![Reason::new("seed_checkpoint", code, detail)])
}

/// The checkpoint, if the ledger signed it, and over all that is drawn from.
async fn checkpoint(
    get: &Get<ReadProofs>,
    pledge: PledgeId,
    size: u64,
    fixed: Fixed,
) -> Result<Signed, Problem> {
    let (log, which) = (&get.state().log, LogId::Pledge(pledge));
    let signed = log.checkpoint(which, Against::Size(size)).await?;
    let signed = signed.ok_or_else(|| {
        let detail = format!("the log of {pledge} has no checkpoint of {size}");
        bad_checkpoint("unknown-checkpoint", detail)
    })?;
    if u64::try_from(fixed.journal).is_ok_and(|last| last <= signed.head.size) {
        return Ok(signed);
    }
    let detail = format!(
        "the population goes up to journal {}, and the checkpoint of {size} doesn't cover it: name \
         a later one, or a known_at before it",
        fixed.journal
    );
    Err(bad_checkpoint("checkpoint-too-early", detail))
}

/// Draw a sample of journals
///
/// Monetary-unit sampling with a fixed interval and a random start, which comes of the root of a
/// later checkpoint, so that neither side chooses it, and everybody can draw it again. The
/// population is the pledge's journals in a unit, effective within the days; or the debits, or the
/// credits, of the accounts of a code. It is fixed by `known_at`. Items of at least the interval
/// are all taken.
#[utoipa::path(get, path = "/v1/pledges/{id}/sample", tag = "reports",
    params(
        ("unit" = String, Query, description = "What the amounts are in"),
        ("from" = String, Query, description = "The first effective day"),
        ("to" = String, Query, description = "The last"),
        ("population" = Option<String>, Query,
            description = "`journals` (if nothing is said), `debits` or `credits`"),
        ("code" = Option<String>, Query, description = "The code of those debits or credits"),
        ("interval" = Option<String>, Query, description = "The interval, as an amount"),
        ("size" = Option<u64>, Query, description = "Or about how many hits are wanted"),
        ("seed_checkpoint" = u64, Query,
            description = "The size of a checkpoint that covers the population"),
        ("word" = Option<String>, Query, description = "A word of the auditor's own"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The sample", body = SampleOut)))]
pub async fn draw_sample(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let asked = asked(&get)?;
    let sight = get.sight();
    let found = get.snapshot(async |connection| {
        let Some(cut) = read::cut(connection, sight, id, None, asked.known_at).await? else {
            return Ok(None);
        };
        let fixed = read::fixed(connection, id, asked.known_at).await?;
        let items = read::population(connection, id, &asked.population, fixed).await?;
        Ok(Some((cut, fixed, items)))
    });
    let (cut, fixed, items) = found.await?.ok_or_else(|| get.absent("pledge"))?;
    let signed = checkpoint(&get, id, asked.checkpoint, fixed).await?;
    let form = asked.form;
    let sampled = sampled(&get, id, asked, fixed, &signed, &items).await?;
    match form {
        Form::Json => get.json(None, &shown(id, fixed, signed, &sampled)),
        Form::Csv | Form::Xlsx => written(&get, form, sample(&cut, &sampled)).await,
    }
}

/// Draws; 422 if more would be drawn than is named.
async fn sampled(
    get: &Get<ReadProofs>,
    pledge: PledgeId,
    asked: Asked,
    fixed: Fixed,
    signed: &Signed,
    items: &[Item],
) -> Result<Sampled, Problem> {
    let total = sum(items);
    let interval = match asked.step {
        Step::Interval(interval) => interval,
        Step::Hits(size) => sampling::interval_for(total, size),
    };
    let text = seed_text(pledge, &asked, fixed, signed, interval);
    let seed = digest(&SHA256, text.as_bytes());
    let start = sampling::start(interval, draws(seed.as_ref())).ok_or_else(Problem::internal)?;
    let selection = sampling::select(items, interval, start).ok_or_else(Problem::internal)?;
    let named = selection.top.len() + selection.hits.len();
    if named > MOST_ITEMS {
        let detail = format!("{named} items would be looked at; {MOST_ITEMS} are named at most");
        let code = "sample-too-large";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).at("interval"));
    }
    Ok(Sampled {
        drawn: read_drawn(get, pledge, &selection).await?,
        unit: asked.unit,
        population: asked.population,
        count: items.len(),
        total,
        interval,
        start,
        checkpoint: signed.head.size,
        seed: text,
        digest: hexadecimal(seed.as_ref()),
        selection,
    })
}

/// The sample as JSON shows it.
fn shown(pledge: PledgeId, fixed: Fixed, signed: Signed, it: &Sampled) -> SampleOut {
    let minor = |minor| format_minor(minor, it.unit.minor_digits());
    let (of, code) = it.population.name();
    SampleOut {
        pledge_id: pledge,
        unit: it.population.unit.clone(),
        population: PopulationOut {
            of,
            code,
            from: Day(it.population.from),
            to: Day(it.population.to),
            known_at: fixed.at.map(Instant),
            known_journal: fixed.journal,
            count: it.count,
            total: minor(it.total),
        },
        interval: minor(it.interval),
        seed: SeedOut {
            checkpoint_size: it.checkpoint,
            checkpoint: signed.note,
            text: it.seed.clone(),
            sha256: it.digest.clone(),
            start: minor(it.start),
        },
        top_stratum: StratumOut {
            count: it.selection.top.len(),
            total: minor(sum(&it.selection.top)),
            items: items_shown(&it.selection.top, &it.drawn, &it.unit),
        },
        rest: TotalOut {
            count: it.selection.rest,
            total: minor(it.selection.rest_total),
        },
        hits: hits(&it.selection, &it.drawn, &it.unit),
    }
}

fn sum(items: &[Item]) -> i64 {
    items
        .iter()
        .map(|it| it.amount)
        .fold(0, i64::saturating_add)
}

/// The journals that are looked at, by their numbers.
async fn read_drawn(
    get: &Get<ReadProofs>,
    pledge: PledgeId,
    selection: &Selection,
) -> Result<Vec<Drawn>, Problem> {
    let hits = selection.hits.iter().map(|hit| &hit.item);
    let numbers = selection.top.iter().chain(hits).map(|it| it.number);
    let numbers: Vec<i64> = numbers.collect();
    get.look(async |connection| read::drawn(connection, pledge, numbers).await)
        .await
}

fn items_shown(items: &[Item], drawn: &[Drawn], unit: &Unit) -> Vec<ItemOut> {
    let show = |item: &Item| {
        let at = drawn.binary_search_by_key(&item.number, |it| it.number);
        let journal = drawn.get(at.ok()?)?;
        Some(ItemOut {
            journal_id: journal.id,
            number: journal.number,
            kind: journal.kind.as_str(),
            effective_date: Day(journal.effective_date),
            amount: format_minor(item.amount, unit.minor_digits()),
        })
    };
    items.iter().filter_map(show).collect()
}

fn hits(selection: &Selection, drawn: &[Drawn], unit: &Unit) -> Vec<HitOut> {
    let items: Vec<Item> = selection.hits.iter().map(|hit| hit.item).collect();
    let items = items_shown(&items, drawn, unit);
    let minor = |minor| format_minor(minor, unit.minor_digits());
    let hits = selection.hits.iter().zip(items).map(|(hit, item)| HitOut {
        position: minor(hit.position),
        cumulative: minor(hit.cumulative),
        item,
    });
    hits.collect()
}
