//! A statement as ISO 20022 camt.053.001.08 (`BankToCustomerStatement`): what accounting programs
//! read from banks. A `Stmt` for each account.
//!
//! Where the message and the ledger don't mean the same:
//!
//! * `CRDT` is what raises the balance and a balance that isn't negative, `DBIT` the opposite: the
//!   message is the account holder's view. On an account whose normal side is debit, such as the
//!   bank's, a ledger's debit is `CRDT`.
//! * A currency has three letters. Of ad credits, `Ccy` is the currency they are denominated in;
//!   the unit's own code stands in `Acct/Tp/Prtry`, for cash as well (`USD`, `ADC:TIKTOK:USD`).
//! * References have at most 35 characters, an account's number 34. Ids are written without their
//!   underscore (`jnl0193…` for `jnl_0193…`), the account's number without its prefix as well.
//! * A message of several statements that were issued has no id in the ledger: its `MsgId` is made
//!   of theirs, so that a message of other statements has another one.
//! * An entry's `NtryRef` is the account's own gapless number for it. `AcctSvcrRef` is its journal,
//!   which several entries may share. Both of its dates are when it counts; when the ledger knew is
//!   `RltdDts/Prtry` of type `recorded`.
//! * A reason of any length is `RmtInf/Ustrd`, 140 characters at a time.

use aws_lc_rs::digest;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::ink::{push_amount, push_day, push_instant};
use super::paper::{Issue, Paper, Section};
use crate::db::read::{Entry, StatementHead};
use crate::domain::chart::Side;
use crate::domain::statement::hexadecimal;
use crate::domain::{AccountId, JournalId, Kind, PledgeId, StatementId};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

/// XML as it is written: the elements that are open, and text that can't break out of them.
struct Xml {
    out: Vec<u8>,
    open: Vec<&'static str>,
}

impl Xml {
    fn begin(&mut self, name: &'static str) {
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
        self.open.push(name);
    }

    fn end(&mut self) {
        let name = self.open.pop().unwrap_or_default();
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    /// Elements within each other, and text in the innermost.
    fn leaf(&mut self, names: &[&'static str], text: &str) {
        self.within(names, |out| push_escaped(out, text));
    }

    fn within(&mut self, names: &[&'static str], write: impl FnOnce(&mut Vec<u8>)) {
        for name in names {
            self.begin(name);
        }
        write(&mut self.out);
        for _ in names {
            self.end();
        }
    }

    fn day(&mut self, names: &[&'static str], day: Date) {
        self.within(names, |out| push_day(out, day));
    }

    fn moment(&mut self, names: &[&'static str], at: OffsetDateTime) {
        self.within(names, |out| push_instant(out, at));
    }

    /// `Amt`, in the currency of the account.
    fn amount(&mut self, head: &StatementHead, minor: i64) {
        let currency = &head.account.key.unit.facts().currency;
        self.out.extend_from_slice(b"<Amt Ccy=\"");
        push_escaped(&mut self.out, currency);
        self.out.extend_from_slice(b"\">");
        push_amount(&mut self.out, minor, head.account.key.unit.minor_digits());
        self.out.extend_from_slice(b"</Amt>");
    }
}

/// Text, escaped. What XML 1.0 can't say is said as `\u{FFFD}`.
fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\t' | '\n' | '\r' => out.push(b' '),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {
                out.extend_from_slice("\u{FFFD}".as_bytes());
            }
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The first characters of a text, as many as there may be.
fn first(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map_or(text.len(), |it| it.0);
    text.get(..end).unwrap_or_default()
}

/// An id in 35 characters: its prefix and its 32 digits.
fn reference(prefix: &str, id: Uuid) -> String {
    format!("{prefix}{}", id.as_simple())
}

fn direction(raises: bool) -> &'static str {
    match raises {
        true => "CRDT",
        false => "DBIT",
    }
}

/// The statement as a message.
pub(super) fn camt(paper: &Paper) -> Vec<u8> {
    let mut xml = Xml {
        out: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"".to_vec(),
        open: Vec::new(),
    };
    xml.out.extend_from_slice(NAMESPACE.as_bytes());
    xml.out.extend_from_slice(b"\">");
    xml.begin("BkToCstmrStmt");
    let made_at = paper.made_at();
    xml.begin("GrpHdr");
    xml.leaf(&["MsgId"], &message_id(paper));
    xml.moment(&["CreDtTm"], made_at);
    xml.leaf(&["AddtlInf"], first(&standing_of_all(paper), 500));
    xml.end();
    for section in &paper.sections {
        statement(&mut xml, paper, section);
    }
    xml.end();
    xml.out.extend_from_slice(b"</Document>\n");
    xml.out
}

fn message_id(paper: &Paper) -> String {
    let issues: Option<Vec<&Issue>> = paper.sections.iter().map(|it| it.issue.as_ref()).collect();
    match (paper.issue(), issues, paper.sections.as_slice()) {
        (Some(issue), ..) => reference(StatementId::PREFIX, issue.id.0),
        (None, Some(issues), [_, ..]) => {
            let mut context = digest::Context::new(&digest::SHA256);
            for issue in issues {
                context.update(issue.id.0.as_bytes());
            }
            let whole = hexadecimal(context.finish().as_ref());
            format!("set{}", first(&whole, 32))
        }
        (None, _, [section]) => reference(AccountId::PREFIX, section.head.account.id.0),
        (None, ..) => reference(PledgeId::PREFIX, paper.pledge.0),
    }
}

/// Whether it is a draft, or how it was issued; of several accounts, each says how it was.
fn standing_of_all(paper: &Paper) -> String {
    match (paper.issue(), paper.is_issued()) {
        (None, true) => format!("Issued: {} statements.", paper.sections.len()),
        (issue, _) => standing(issue),
    }
}

/// Whether it is a draft, or how it was issued.
fn standing(issue: Option<&Issue>) -> String {
    let Some(issue) = issue else {
        return "Draft: not issued.".to_owned();
    };
    let supersedes = issue.supersedes.map(|it| format!(", supersedes No. {it}"));
    format!(
        "Issued as No. {}{}. SHA-256 {}",
        issue.number,
        supersedes.unwrap_or_default(),
        issue.digest
    )
}

fn statement(xml: &mut Xml, paper: &Paper, section: &Section) {
    let head = &section.head;
    xml.begin("Stmt");
    let issue = section.issue.as_ref();
    let id = match issue {
        Some(issue) => reference(StatementId::PREFIX, issue.id.0),
        None => reference(AccountId::PREFIX, head.account.id.0),
    };
    xml.leaf(&["Id"], &id);
    if let Some(issue) = issue {
        xml.leaf(&["ElctrncSeqNb"], &issue.number.to_string());
    }
    let made_at = issue.map_or_else(|| paper.made_at(), |it| it.issued_at);
    xml.moment(&["CreDtTm"], made_at);
    xml.begin("FrToDt");
    for (name, day, time) in [
        ("FrDtTm", head.from, "T00:00:00Z"),
        ("ToDtTm", head.to, "T23:59:59Z"),
    ] {
        xml.within(&[name], |out| {
            push_day(out, day);
            out.extend_from_slice(time.as_bytes());
        });
    }
    xml.end();
    account(xml, paper, section);
    balance(xml, head, "OPBD", head.from, head.opening);
    balance(xml, head, "CLBD", head.to, head.closing());
    if let Some(available) = section.available {
        balance(xml, head, "CLAV", head.to, available);
    }
    summary(xml, section);
    for line in &section.lines {
        entry(xml, head, line);
    }
    xml.leaf(&["AddtlStmtInf"], first(&standing(issue), 500));
    xml.end();
}

fn account(xml: &mut Xml, paper: &Paper, section: &Section) {
    let (account, key) = (&section.head.account, &section.head.account.key);
    xml.begin("Acct");
    number(xml, account.id);
    xml.leaf(&["Tp", "Prtry"], first(key.unit.code(), 35));
    xml.leaf(&["Ccy"], &key.unit.facts().currency);
    let market = key.market.map(|it| format!(", {it}"));
    let name = format!(
        "{} {}{}",
        key.code.as_str(),
        key.code.name(),
        market.unwrap_or_default()
    );
    xml.leaf(&["Nm"], first(&name, 70));
    let owner = section.holder.as_deref().unwrap_or(&paper.recipient);
    if !owner.is_empty() {
        xml.leaf(&["Ownr", "Nm"], first(owner, 140));
    }
    xml.end();
}

/// An account's number, and whose number that is.
fn number(xml: &mut Xml, id: AccountId) {
    xml.begin("Id");
    xml.begin("Othr");
    xml.leaf(&["Id"], &id.0.as_simple().to_string());
    xml.leaf(&["Issr"], "Almoner");
    xml.end();
    xml.end();
}

fn balance(xml: &mut Xml, head: &StatementHead, code: &'static str, day: Date, minor: i64) {
    xml.begin("Bal");
    xml.leaf(&["Tp", "CdOrPrtry", "Cd"], code);
    xml.amount(head, minor.saturating_abs());
    xml.leaf(&["CdtDbtInd"], direction(minor >= 0));
    xml.day(&["Dt", "Dt"], day);
    xml.end();
}

fn summary(xml: &mut Xml, section: &Section) {
    let head = &section.head;
    let digits = head.account.key.unit.minor_digits();
    let own_side = head.normal_side();
    let raising = section
        .lines
        .iter()
        .filter(|it| it.side == own_side)
        .count();
    let net = own_side.balance(head.total_debits, head.total_credits);
    let (raised, lowered) = match own_side {
        Side::Debit => (head.total_debits, head.total_credits),
        Side::Credit => (head.total_credits, head.total_debits),
    };
    xml.begin("TxsSummry");
    xml.begin("TtlNtries");
    xml.leaf(&["NbOfNtries"], &section.lines.len().to_string());
    if let Some(sum) = raised.checked_add(lowered) {
        xml.within(&["Sum"], |out| push_amount(out, sum, digits));
    }
    xml.begin("TtlNetNtry");
    xml.within(&["Amt"], |out| {
        push_amount(out, net.saturating_abs(), digits)
    });
    xml.leaf(&["CdtDbtInd"], direction(net >= 0));
    xml.end();
    xml.end();
    for (name, lines, sum) in [
        ("TtlCdtNtries", raising, raised),
        ("TtlDbtNtries", section.lines.len() - raising, lowered),
    ] {
        xml.begin(name);
        xml.leaf(&["NbOfNtries"], &lines.to_string());
        xml.within(&["Sum"], |out| push_amount(out, sum, digits));
        xml.end();
    }
    xml.end();
}

fn entry(xml: &mut Xml, head: &StatementHead, line: &Entry) {
    let raises = line.side == head.normal_side();
    let kind = line.journal.kind;
    let journal = reference(JournalId::PREFIX, line.journal.id.0);
    xml.begin("Ntry");
    xml.leaf(&["NtryRef"], &line.seq.to_string());
    xml.amount(head, line.amount);
    xml.leaf(&["CdtDbtInd"], direction(raises));
    if kind == Kind::Reversal {
        xml.leaf(&["RvslInd"], "true");
    }
    xml.leaf(&["Sts", "Cd"], "BOOK");
    xml.day(&["BookgDt", "Dt"], line.effective_date);
    xml.day(&["ValDt", "Dt"], line.effective_date);
    xml.leaf(&["AcctSvcrRef"], &journal);
    xml.begin("BkTxCd");
    xml.begin("Prtry");
    xml.leaf(&["Cd"], first(kind.as_str(), 35));
    xml.leaf(&["Issr"], "Almoner");
    xml.end();
    xml.end();
    xml.begin("NtryDtls");
    xml.begin("TxDtls");
    xml.leaf(&["Refs", "AcctSvcrRef"], &journal);
    xml.amount(head, line.amount);
    xml.leaf(&["CdtDbtInd"], direction(raises));
    other_side(xml, line, raises);
    reason(xml, line);
    xml.begin("RltdDts");
    xml.begin("Prtry");
    xml.leaf(&["Tp"], "recorded");
    xml.moment(&["Dt", "DtTm"], line.journal.recorded_at);
    xml.end();
    xml.end();
    xml.end();
    xml.end();
    let other = &line.counterpart;
    let market = other.market.map(|it| format!(", {it}"));
    let said = format!(
        "{}: {} {}{}",
        kind.as_str(),
        other.code.as_str(),
        other.code.name(),
        market.unwrap_or_default()
    );
    xml.leaf(&["AddtlNtryInf"], first(&said, 500));
    xml.end();
}

/// The account on the other side, where it may be named: it pays what raises the balance.
fn other_side(xml: &mut Xml, line: &Entry, raises: bool) {
    let Some(id) = line.counterpart.id else {
        return;
    };
    xml.begin("RltdPties");
    xml.begin(if raises { "DbtrAcct" } else { "CdtrAcct" });
    number(xml, id);
    xml.leaf(&["Nm"], first(line.counterpart.code.name(), 70));
    xml.end();
    xml.end();
}

fn reason(xml: &mut Xml, line: &Entry) {
    let Some(mut rest) = line.journal.reason.as_deref().filter(|it| !it.is_empty()) else {
        return;
    };
    xml.begin("RmtInf");
    while !rest.is_empty() {
        let part = first(rest, 140);
        xml.leaf(&["Ustrd"], part);
        rest = rest.get(part.len()..).unwrap_or_default();
    }
    xml.end();
}
