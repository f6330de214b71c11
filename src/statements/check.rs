//! A statement that somebody was given, checked with nothing but the ledger's public key.
//!
//! Its NDJSON is written anew from what the file says, to the byte; the digest of that is what the
//! key has signed, together with the account, the statement's number and its days. Then it is added
//! up: every line's balance, the totals, the closing balance, and the account's own figures, which
//! come to the same.

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::money::minor_of as minor;
use crate::domain::statement::hexadecimal;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{Note, Verifier};
use crate::tlog::proof::Finding;

/// An amount with its unit.
#[derive(Debug, Clone, Deserialize)]
struct Amount {
    amount: String,
}

#[derive(Debug, Clone, Deserialize)]
struct AccountNamed {
    id: String,
    debits: String,
    credits: String,
    balance: String,
    pledge_id: String,
    code: String,
    unit: String,
    market: Option<String>,
    creator_id: Option<String>,
    lot_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Issued {
    number: i64,
    digest: String,
    checkpoint: String,
    signature: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Document {
    account: AccountNamed,
    from: String,
    to: String,
    known_at: String,
    known_journal: i64,
    normal_side: String,
    opening: Amount,
    lines: Vec<Box<RawValue>>,
    total_debits: Amount,
    total_credits: Amount,
    closing: Amount,
    issue: Option<Issued>,
}

/// A line of a statement, as the file says it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// The account's number for it.
    pub seq: i64,
    /// When it counts.
    pub effective_date: String,
    /// The journal it is part of.
    pub journal_id: String,
    /// What was debited.
    pub debit: Option<String>,
    /// What was credited.
    pub credit: Option<String>,
    balance: String,
}

/// A statement as a file says it.
#[derive(Debug, Clone)]
pub struct Claim {
    document: Document,
    lines: Vec<Line>,
}

/// Why a file can't be checked as a statement.
#[derive(Debug, thiserror::Error)]
pub enum NotAStatement {
    /// It isn't one.
    #[error("it isn't a statement as the ledger issues them: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is a draft.
    #[error("it is a draft: only statements that were issued are signed and can be checked")]
    Draft,
}

impl Claim {
    /// Whether a text says that it is a statement, issued or not.
    pub fn is_one(json: &str) -> bool {
        #[derive(Deserialize)]
        struct Status {
            status: Option<String>,
        }
        let status = serde_json::from_str::<Status>(json).ok();
        status.is_some_and(|it| it.status.is_some())
    }

    /// Reads an issued statement's JSON.
    pub fn read(json: &str) -> Result<Self, NotAStatement> {
        let document: Document = serde_json::from_str(json)?;
        let lines = document.lines.iter();
        let lines = lines.map(|line| serde_json::from_str(line.get()));
        let lines = lines.collect::<Result<_, _>>()?;
        match document.issue {
            Some(_) => Ok(Claim { document, lines }),
            None => Err(NotAStatement::Draft),
        }
    }

    /// The account's id.
    pub fn account(&self) -> &str {
        &self.document.account.id
    }

    /// The pledge whose money the account counts.
    pub(super) fn pledge(&self) -> &str {
        &self.document.account.pledge_id
    }

    /// The account's market, if it says that it has one.
    pub(super) fn market(&self) -> Option<&str> {
        self.document.account.market.as_deref()
    }

    /// The account's creator, if it says that it has one.
    pub(super) fn creator(&self) -> Option<&str> {
        self.document.account.creator_id.as_deref()
    }

    /// The account's lot, if it says that it has one.
    pub(super) fn lot(&self) -> Option<&str> {
        self.document.account.lot_id.as_deref()
    }

    /// Its number.
    pub(super) fn number(&self) -> Option<i64> {
        self.document.issue.as_ref().map(|it| it.number)
    }

    /// What it closes with, in words.
    pub(super) fn closing(&self) -> String {
        let (closing, unit) = (&self.document.closing.amount, &self.document.account.unit);
        format!("{closing} {unit}")
    }

    /// The first and the last day.
    pub fn days(&self) -> (&str, &str) {
        (&self.document.from, &self.document.to)
    }

    /// The last journal it takes into account.
    pub fn known_journal(&self) -> i64 {
        self.document.known_journal
    }

    /// Its lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What it opens with.
    pub fn opening(&self) -> Option<i64> {
        minor(&self.document.opening.amount)
    }

    /// Its NDJSON, written anew.
    fn ndjson(&self) -> String {
        let it = &self.document;
        let head = format!(
            "{{\"account_id\":\"{}\",\"code\":\"{}\",\"unit\":\"{}\",\"normal_side\":\"{}\",\
             \"from\":\"{}\",\"to\":\"{}\",\"known_at\":\"{}\",\"known_journal\":{},\
             \"opening\":\"{}\",\"debits\":\"{}\",\"credits\":\"{}\"}}\n",
            it.account.id,
            it.account.code,
            it.account.unit,
            it.normal_side,
            it.from,
            it.to,
            it.known_at,
            it.known_journal,
            it.opening.amount,
            it.account.debits,
            it.account.credits
        );
        let mut text = head;
        for line in &it.lines {
            text.push_str(line.get());
            text.push('\n');
        }
        text.push_str(&format!(
            "{{\"lines\":{},\"total_debits\":\"{}\",\"total_credits\":\"{}\",\
             \"closing\":\"{}\"}}\n",
            it.lines.len(),
            it.total_debits.amount,
            it.total_credits.amount,
            it.closing.amount
        ));
        text
    }

    /// Whether the lines come to what is said.
    fn adds_up(&self) -> Option<bool> {
        let it = &self.document;
        let sign = if it.normal_side == "debit" { 1 } else { -1 };
        let mut balance = minor(&it.opening.amount)?;
        let (mut debits, mut credits) = (0, 0);
        let mut last = "";
        for line in &self.lines {
            let amount = |side: &Option<String>| side.as_deref().map_or(Some(0), minor);
            let (debit, credit) = (amount(&line.debit)?, amount(&line.credit)?);
            (debits, credits) = (debits + debit, credits + credit);
            balance += sign * (debit - credit);
            let within = line.effective_date >= it.from && line.effective_date <= it.to;
            if minor(&line.balance) != Some(balance) || !within || *line.effective_date < *last {
                return Some(false);
            }
            last = &line.effective_date;
        }
        let said = (
            minor(&it.total_debits.amount)?,
            minor(&it.total_credits.amount)?,
            minor(&it.closing.amount)?,
        );
        let beside = minor(&it.account.balance)?;
        let in_all = sign * (minor(&it.account.debits)? - minor(&it.account.credits)?);
        Some((debits, credits, balance) == said && beside == balance && in_all == balance)
    }

    /// Checks it with the ledger's public keys, of which one has to have signed it.
    pub fn check(&self, keys: &[Verifier]) -> Vec<Finding> {
        let it = &self.document;
        let Some(issue) = &it.issue else {
            return Vec::new();
        };
        let digest = hexadecimal(digest(&SHA256, self.ndjson().as_bytes()).as_ref());
        let note: Option<Note> = issue.signature.parse().ok();
        let is_signed = keys.iter().any(|key| {
            let name = format!("{}/{}/statements", key.name(), it.account.pledge_id);
            let signed = format!(
                "{name}\n{} {}\n{} {}\n{}\n",
                it.account.id, issue.number, it.from, it.to, issue.digest
            );
            let own = key.of_log(&name);
            let both = note.as_ref().zip(own.as_ref());
            both.is_some_and(|(note, own)| note.text == signed && note.is_signed_by(own))
        });
        let (number, account) = (issue.number, &it.account.id);
        let adds_up = self.adds_up() == Some(true);
        let (lines, closing) = (self.lines.len(), &it.closing.amount);
        let unit = &it.account.unit;
        let checkpoint = Checkpoint::open(&issue.checkpoint, keys).ok();
        let covers = checkpoint.is_some_and(|checkpoint| {
            let size = i64::try_from(checkpoint.head.size).unwrap_or(i64::MAX);
            checkpoint.origin.ends_with(&it.account.pledge_id) && size >= it.known_journal
        });
        vec![
            Finding::new(
                is_signed,
                format!(
                    "The ledger signed statement number {number} of {account}, {} to {}.",
                    it.from, it.to
                ),
            ),
            Finding::new(
                digest == issue.digest,
                "Every line and figure is as it was signed, to the byte.",
            ),
            Finding::new(
                adds_up,
                format!(
                    "Its {lines} lines add up: every balance follows from the one before, and \
                     it closes with {closing} {unit}."
                ),
            ),
            Finding::new(
                covers,
                format!(
                    "Its checkpoint is signed and covers the {} journals it is drawn from.",
                    it.known_journal
                ),
            ),
        ]
    }
}
