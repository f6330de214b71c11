//! Why a statement can't be issued.

use time::Date;

/// Why an account can't be issued a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefusal {
    /// Its days aren't over.
    #[error("The days up to {to} aren't over, so no statement of them can be issued yet.")]
    NotOver {
        /// The last day asked for.
        to: Date,
    },
    /// It doesn't go on where the last one ended.
    #[error(
        "The account's last statement, number {number}, ends on {ended}: the next one begins the \
         day after, not on {from}."
    )]
    NotNext {
        /// The last one's number.
        number: i64,
        /// The last one's last day.
        ended: Date,
        /// The first day asked for.
        from: Date,
    },
    /// The first one leaves something out.
    #[error(
        "The account's first statement can't begin on {from}: something counts before that day. \
         Begin earlier, or leave from out."
    )]
    BeginsLate {
        /// The first day asked for.
        from: Date,
    },
    /// Late entries changed what the one before says.
    #[error(
        "Statement number {number} of the account says it closed at another balance than the \
         account has now on {ended}: entries were posted late. Issue that statement again first."
    )]
    Behind {
        /// The number of the one before.
        number: i64,
        /// Its last day.
        ended: Date,
    },
    /// Late entries changed what statements of several accounts say.
    #[error(
        "Of {accounts} accounts of the pledge an earlier statement no longer says what the account \
         comes to: entries were posted late. Give a reissue_reason, and they are issued again."
    )]
    SomeBehind {
        /// How many.
        accounts: i64,
    },
    /// What is to be replaced was replaced already.
    #[error("Statement number {number} was issued again already; issue the later one again.")]
    Superseded {
        /// Its number.
        number: i64,
    },
    /// Another one was issued in between.
    #[error("Another statement of the account was issued at the same time. Ask again.")]
    Overtaken,
    /// A run has accounts that it has yet to come to.
    #[error(
        "Of the run's {accounts} accounts in sight, {left} have no statement yet. It goes on by \
         itself, and when the job statement-issue is run: ask again once it is done."
    )]
    RunUnfinished {
        /// How many accounts it is for, of those in sight.
        accounts: i64,
        /// How many of these are left.
        left: i64,
    },
    /// All accounts have it.
    #[error("Every account of the pledge has its statements up to {to} already.")]
    NothingToIssue {
        /// The last day asked for.
        to: Date,
    },
}

impl StatementRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            StatementRefusal::NotOver { .. } => "statement-not-over",
            StatementRefusal::NotNext { .. } => "statement-not-next",
            StatementRefusal::BeginsLate { .. } => "statement-begins-late",
            StatementRefusal::Behind { .. } | StatementRefusal::SomeBehind { .. } => {
                "statement-behind"
            }
            StatementRefusal::Superseded { .. } => "statement-superseded",
            StatementRefusal::Overtaken => "statement-overtaken",
            StatementRefusal::RunUnfinished { .. } => "statement-run-unfinished",
            StatementRefusal::NothingToIssue { .. } => "nothing-to-issue",
        }
    }

    /// Where in the body the reason lies.
    pub fn pointer(&self) -> Option<&'static str> {
        match self {
            StatementRefusal::NotOver { .. } | StatementRefusal::NothingToIssue { .. } => {
                Some("/to")
            }
            StatementRefusal::NotNext { .. } | StatementRefusal::BeginsLate { .. } => Some("/from"),
            StatementRefusal::SomeBehind { .. } => Some("/reissue_reason"),
            StatementRefusal::Behind { .. }
            | StatementRefusal::Superseded { .. }
            | StatementRefusal::RunUnfinished { .. }
            | StatementRefusal::Overtaken => None,
        }
    }
}
