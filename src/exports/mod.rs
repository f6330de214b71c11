//! The ledger in other programs' words, so that it can be checked without this one.
//!
//! An [`Export`] is begun with all accounts of a pledge as they stand at its end, given the
//! pledge's journals in the order of their numbers, a stretch at a time, and ended. It keeps the
//! accounts and the last day, and nothing of the journals, so one of any length costs the memory
//! of its accounts and of one stretch.
//!
//! How that is written is the [`Form`]'s alone: [`mod@hledger`] and [`mod@beancount`] are journals
//! in plain-text accounting, [`mod@audit_data`] and [`mod@fec`] tables for auditors' programs.

pub mod audit_data;
pub mod beancount;
mod books;
pub mod fec;
pub mod hledger;
pub mod table;

use time::Date;

use crate::db::read::{Account, PostedJournal, PostedSide};
use crate::domain::{PledgeId, Unit};
use books::{Books, Posting};

/// What an export is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// hledger, a journal in plain text.
    Hledger,
    /// beancount, a ledger in plain text.
    Beancount,
    /// `GL_Detail` of the Audit Data Standard, as CSV.
    GlDetail,
    /// `Trial_Balance` of the Audit Data Standard, as CSV.
    TrialBalance,
    /// The French tax administration's file of entries.
    Fec,
}

impl Form {
    /// The media type, without its parameters; the text is in UTF-8.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Hledger | Form::Beancount | Form::Fec => "text/plain",
            Form::GlDetail | Form::TrialBalance => "text/csv",
        }
    }

    /// What the file is called, of that pledge.
    pub fn file_name(self, pledge: PledgeId) -> String {
        match self {
            Form::Hledger => format!("{pledge}.journal"),
            Form::Beancount => format!("{pledge}.beancount"),
            Form::GlDetail => format!("GL_Detail_{pledge}.csv"),
            Form::TrialBalance => format!("Trial_Balance_{pledge}.csv"),
            Form::Fec => format!("{pledge}-fec.txt"),
        }
    }
}

/// Which pledge an export is of, and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The pledge.
    pub pledge: PledgeId,
    /// What its parties call it.
    pub reference: String,
    /// The currency its books are kept in.
    pub functional_unit: Unit,
    /// How many journals there are: the last one's number.
    pub journals: i64,
}

impl Head {
    /// What it is, in one line.
    fn title(&self) -> String {
        let (reference, pledge, journals) = (&self.reference, self.pledge, self.journals);
        format!("{reference} ({pledge}), journals 1 to {journals}")
    }
}

/// A transfer touches an account that wasn't there when the export began: it can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a transfer touches an account that the export doesn't know")]
pub struct UnknownAccount;

/// A pledge's whole journal on its way to another program.
#[derive(Debug)]
pub struct Export {
    form: Form,
    head: Head,
    books: Books,
    last: Option<Date>,
}

impl Export {
    /// An export of these accounts, all of them as they stand at its end; writes the beginning.
    pub fn begin(form: Form, head: Head, accounts: Vec<Account>, out: &mut Vec<u8>) -> Self {
        let name = match form {
            Form::Hledger => hledger::name,
            Form::Beancount => beancount::name,
            Form::GlDetail | Form::TrialBalance | Form::Fec => books::path,
        };
        let books = Books::new(accounts, name);
        match form {
            Form::Hledger => hledger::begin(&head, &books, out),
            Form::Beancount => beancount::begin(&head, &books, out),
            Form::GlDetail => audit_data::begin_detail(out),
            Form::TrialBalance => audit_data::begin_balance(out),
            Form::Fec => fec::begin(out),
        }
        Export {
            form,
            head,
            books,
            last: None,
        }
    }

    /// Writes journals; in the order of their numbers, over all calls.
    pub fn journals(
        &mut self,
        journals: &[PostedJournal],
        out: &mut Vec<u8>,
    ) -> Result<(), UnknownAccount> {
        for journal in journals {
            self.last = self.last.max(Some(journal.effective_date));
            let postings = self.postings(journal)?;
            match self.form {
                Form::Hledger => hledger::journal(&self.books, journal, &postings, out),
                Form::Beancount => beancount::journal(&self.books, journal, &postings, out),
                Form::GlDetail => audit_data::journal(&self.books, journal, &postings, out),
                Form::TrialBalance => {}
                Form::Fec => fec::journal(&self.head, &self.books, journal, &postings, out),
            }
        }
        Ok(())
    }

    /// Both sides of every transfer: the account debited, then the one credited.
    fn postings(&self, journal: &PostedJournal) -> Result<Vec<Posting>, UnknownAccount> {
        let mut postings = Vec::with_capacity(2 * journal.transfers.len());
        let place = |side: &PostedSide| {
            let place = side.account.and_then(|it| self.books.place(it.id));
            place.ok_or(UnknownAccount)
        };
        for transfer in &journal.transfers {
            let minor = transfer.amount.minor();
            for (side, minor) in [(&transfer.debit, minor), (&transfer.credit, -minor)] {
                let place = place(side)?;
                postings.push(Posting { place, minor });
            }
        }
        Ok(postings)
    }

    /// Writes the end; nothing, if there was no journal.
    pub fn end(&self, out: &mut Vec<u8>) {
        let Some(last) = self.last else {
            return;
        };
        match self.form {
            Form::Hledger => hledger::end(&self.books, last, out),
            Form::Beancount => beancount::end(&self.books, last, out),
            Form::TrialBalance => audit_data::end_balance(&self.head, &self.books, last, out),
            Form::GlDetail | Form::Fec => {}
        }
    }
}
