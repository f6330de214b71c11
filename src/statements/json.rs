//! A statement as JSON. Written by hand, as most of a long one is digits; a test compares it with
//! the shape the API documents.

use uuid::Uuid;

use super::ink::{push_amount, push_day, push_id, push_instant, push_seq};
use super::paper::{Issue, Paper, Subject};
use crate::db::read::{Account, Entry, Known, StatementHead};
use crate::domain::chart::Side;
use crate::domain::{
    AccountId, AdAccountId, CreatorId, InstalmentId, JournalId, LotId, ObligationId, PledgeId,
    StatementId, StatementRunId,
};

fn digits(head: &StatementHead) -> u32 {
    head.account.key.unit.minor_digits()
}

fn money(out: &mut Vec<u8>, head: &StatementHead, name: &str, minor: i64) {
    out.extend_from_slice(b"\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":{\"amount\":\"");
    push_amount(out, minor, digits(head));
    out.extend_from_slice(b"\",\"unit\":\"");
    out.extend_from_slice(head.account.key.unit.code().as_bytes());
    out.extend_from_slice(b"\"}");
}

/// A text, quoted and escaped.
fn text(out: &mut Vec<u8>, text: &str) {
    // A text as JSON can't fail to be written into memory.
    serde_json::to_writer(out, text).unwrap_or_default();
}

fn text_or_null(out: &mut Vec<u8>, name: &str, value: Option<&str>) {
    out.extend_from_slice(name.as_bytes());
    match value {
        Some(value) => text(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

fn id_or_null(out: &mut Vec<u8>, name: &str, prefix: &str, id: Option<Uuid>) {
    out.extend_from_slice(name.as_bytes());
    match id {
        Some(id) => {
            out.push(b'"');
            push_id(out, prefix, id);
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
}

/// The account, as the API answers it elsewhere.
fn account(out: &mut Vec<u8>, account: &Account) {
    let key = &account.key;
    id_or_null(out, "{\"id\":", AccountId::PREFIX, Some(account.id.0));
    let pledge = Some(account.pledge.0);
    id_or_null(out, ",\"pledge_id\":", PledgeId::PREFIX, pledge);
    text_or_null(out, ",\"code\":", Some(key.code.as_str()));
    text_or_null(out, ",\"name\":", Some(key.code.name()));
    text_or_null(out, ",\"unit\":", Some(key.unit.code()));
    let side = Some(key.code.side().as_str());
    text_or_null(out, ",\"normal_side\":", side);
    let market = key.market.as_ref().map(|it| it.as_str());
    text_or_null(out, ",\"market\":", market);
    for (name, prefix, id) in [
        (
            ",\"creator_id\":",
            CreatorId::PREFIX,
            key.creator.map(|id| id.0),
        ),
        (
            ",\"instalment_id\":",
            InstalmentId::PREFIX,
            key.instalment.map(|id| id.0),
        ),
        (",\"lot_id\":", LotId::PREFIX, key.lot.map(|id| id.0)),
        (
            ",\"obligation_id\":",
            ObligationId::PREFIX,
            key.obligation.map(|id| id.0),
        ),
        (
            ",\"ad_account_id\":",
            AdAccountId::PREFIX,
            key.ad_account.map(|id| id.0),
        ),
    ] {
        id_or_null(out, name, prefix, id);
    }
    text_or_null(out, ",\"platform\":", key.platform.as_deref());
    for (name, minor) in [
        (",\"debits\":\"", account.debits),
        (",\"credits\":\"", account.credits),
        (",\"balance\":\"", account.balance()),
    ] {
        out.extend_from_slice(name.as_bytes());
        push_amount(out, minor, key.unit.minor_digits());
        out.push(b'"');
    }
    out.push(b'}');
}

/// Which days, and what was taken into account.
fn range(out: &mut Vec<u8>, days: (time::Date, time::Date), known: Known) {
    out.extend_from_slice(b",\"from\":\"");
    push_day(out, days.0);
    out.extend_from_slice(b"\",\"to\":\"");
    push_day(out, days.1);
    out.extend_from_slice(b"\",\"known_at\":\"");
    push_instant(out, known.at);
    out.extend_from_slice(b"\",\"known_journal\":");
    push_seq(out, known.journal);
}

/// The statement of one account.
pub(super) fn begin(out: &mut Vec<u8>, head: &StatementHead) {
    out.extend_from_slice(b"{\"account\":");
    account(out, &head.account);
    range(out, (head.from, head.to), head.known);
    out.extend_from_slice(b",\"normal_side\":\"");
    out.extend_from_slice(head.normal_side().as_str().as_bytes());
    out.extend_from_slice(b"\",");
    money(out, head, "opening", head.opening);
    out.extend_from_slice(b",\"lines\":[");
}

/// A statement of several accounts, up to the first of them.
pub(super) fn begin_paper(out: &mut Vec<u8>, paper: &Paper) {
    out.extend_from_slice(b"{\"subject\":{\"kind\":");
    text(out, paper.subject.as_str());
    match paper.subject {
        Subject::Creator(id) => {
            id_or_null(out, ",\"creator_id\":", CreatorId::PREFIX, Some(id.0));
        }
        Subject::Lot(id) => id_or_null(out, ",\"lot_id\":", LotId::PREFIX, Some(id.0)),
        Subject::Market(market) => {
            text_or_null(out, ",\"market\":", Some(market.as_str()));
        }
        Subject::Account | Subject::Pledge => {}
    }
    let pledge = Some(paper.pledge.0);
    id_or_null(out, "},\"pledge_id\":", PledgeId::PREFIX, pledge);
    text_or_null(out, ",\"reference\":", Some(&paper.reference));
    range(out, (paper.from, paper.to), paper.known);
    if let Some(run) = paper.run {
        id_or_null(out, ",\"run_id\":", StatementRunId::PREFIX, Some(run.0));
    }
    out.extend_from_slice(b",\"sections\":[");
}

/// The end of a statement of several accounts: whether all of them were issued.
pub(super) fn end_paper(out: &mut Vec<u8>, is_issued: bool) {
    let status = if is_issued { "issued" } else { "draft" };
    text_or_null(out, "],\"status\":", Some(status));
    out.push(b'}');
}

pub(super) fn line(
    out: &mut Vec<u8>,
    head: &StatementHead,
    entry: &Entry,
    balance: i64,
    first: bool,
) {
    if !first {
        out.push(b',');
    }
    out.extend_from_slice(b"{\"seq\":");
    push_seq(out, entry.seq);
    out.extend_from_slice(b",\"effective_date\":\"");
    push_day(out, entry.effective_date);
    out.extend_from_slice(b"\",\"recorded_at\":\"");
    push_instant(out, entry.journal.recorded_at);
    out.extend_from_slice(b"\",\"journal_id\":\"");
    push_id(out, JournalId::PREFIX, entry.journal.id.0);
    out.extend_from_slice(b"\",\"kind\":\"");
    out.extend_from_slice(entry.journal.kind.as_str().as_bytes());
    let reason = entry.journal.reason.as_deref();
    text_or_null(out, "\",\"reason\":", reason);
    out.extend_from_slice(b",\"counterpart\":{");
    if let Some(id) = entry.counterpart.id {
        out.extend_from_slice(b"\"id\":\"");
        push_id(out, AccountId::PREFIX, id.0);
        out.extend_from_slice(b"\",");
    }
    out.extend_from_slice(b"\"code\":\"");
    out.extend_from_slice(entry.counterpart.code.as_str().as_bytes());
    out.extend_from_slice(b"\",\"market\":");
    match entry.counterpart.market {
        Some(market) => {
            out.push(b'"');
            out.extend_from_slice(market.as_str().as_bytes());
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
    for side in [Side::Debit, Side::Credit] {
        out.extend_from_slice(b",\"");
        out.extend_from_slice(side.as_str().as_bytes());
        out.extend_from_slice(b"\":");
        if side == entry.side {
            out.push(b'"');
            push_amount(out, entry.amount, digits(head));
            out.push(b'"');
        } else {
            out.extend_from_slice(b"null");
        }
    }
    out.extend_from_slice(b",\"balance\":\"");
    push_amount(out, balance, digits(head));
    out.extend_from_slice(b"\"}");
}

/// What the lines come to.
pub(super) fn end(out: &mut Vec<u8>, head: &StatementHead) {
    out.extend_from_slice(b"],");
    money(out, head, "total_debits", head.total_debits);
    out.push(b',');
    money(out, head, "total_credits", head.total_credits);
    out.push(b',');
    money(out, head, "closing", head.closing());
}

/// Whether it was issued and how, and the end of the account's statement.
pub(super) fn standing(out: &mut Vec<u8>, issue: Option<&Issue>) {
    let Some(issue) = issue else {
        out.extend_from_slice(b",\"status\":\"draft\"}");
        return;
    };
    out.extend_from_slice(b",\"status\":\"issued\",\"issue\":{\"id\":\"");
    push_id(out, StatementId::PREFIX, issue.id.0);
    out.extend_from_slice(b"\",\"number\":");
    push_seq(out, issue.number);
    out.extend_from_slice(b",\"supersedes\":");
    match issue.supersedes {
        Some(number) => push_seq(out, number),
        None => out.extend_from_slice(b"null"),
    }
    text_or_null(out, ",\"reason\":", issue.reason.as_deref());
    text_or_null(out, ",\"issued_by\":", Some(&issue.issued_by));
    out.extend_from_slice(b",\"issued_at\":\"");
    push_instant(out, issue.issued_at);
    text_or_null(out, "\",\"digest\":", Some(&issue.digest));
    text_or_null(out, ",\"checkpoint\":", Some(&issue.checkpoint));
    text_or_null(out, ",\"signature\":", Some(&issue.signature));
    out.extend_from_slice(b"}}");
}
