//! What an audit pack says of people: what was approved and by whom, and who could do what.

use serde::Serialize;
use serde_json::json;

use super::packs::{Drawing, unwritable};
use super::views::AccessOut;
use crate::db::read::{self, ApprovalFilter, Window};
use crate::domain::Approval;
use crate::http::problem::Problem;
use crate::http::wire::Instant;
use crate::packs::Writer;

/// How many approvals are read at once.
const STRETCH: i64 = 1_000;

fn line(value: &impl Serialize) -> Vec<u8> {
    // Texts and numbers can always be written.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

impl Drawing<'_> {
    /// What was proposed by then, and what had become of it.
    pub(super) async fn approvals(&self, writer: &mut Writer) -> Result<(), Problem> {
        let (catalogue, sight) = (self.get.catalogue(), self.get.sight());
        let filter = ApprovalFilter {
            pledge: Some(self.pledge),
            ..ApprovalFilter::default()
        };
        let mut window = Window {
            after: None,
            until: None,
            limit: STRETCH,
        };
        writer.begin("approvals.ndjson").map_err(unwritable)?;
        loop {
            let page = self.get.snapshot(async |connection| {
                read::list_approvals(connection, catalogue, sight, &filter, window).await
            });
            let page = page.await?;
            window.after = page.data.last().map(|it| it.id.0);
            for approval in page
                .data
                .iter()
                .filter(|it| it.proposed_at <= self.known_at)
            {
                writer
                    .write(&line(&self.approval(approval)))
                    .map_err(unwritable)?;
            }
            if !page.has_more {
                return Ok(());
            }
        }
    }

    fn approval(&self, it: &Approval) -> serde_json::Value {
        let decided = it
            .decisions
            .iter()
            .filter(|decided| decided.at <= self.known_at);
        let decided = decided.map(|decided| {
            json!({"verdict": decided.verdict.as_str(), "by": decided.by.name,
                "identity": decided.by.identity, "at": Instant(decided.at).to_string(),
                "reason": decided.reason})
        });
        json!({"id": it.id, "action": it.action.as_str(),
            "amount": it.amount.as_ref().map(ToString::to_string), "maker": it.maker.name,
            "identity": it.maker.identity, "request": it.request.path,
            "proposed_at": Instant(it.proposed_at).to_string(), "digest": it.shown.digest,
            "needed": it.needed, "decisions": decided.collect::<Vec<_>>()})
    }

    /// Who could do what at that moment.
    pub(super) async fn users(&self, writer: &mut Writer) -> Result<(), Problem> {
        let (from, to) = (
            self.known_at,
            self.known_at.saturating_add(time::Duration::MICROSECOND),
        );
        let found = self
            .get
            .consult(async |connection| read::all_identities(connection).await)
            .await?;
        let able = found.iter().filter(|it| it.was_active_within(from, to));
        let able: Vec<AccessOut> = able.map(|it| AccessOut::new(it, from, to)).collect();
        writer.file("users.json", &line(&able)).map_err(unwritable)
    }
}
