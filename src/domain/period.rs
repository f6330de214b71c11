//! Periods: months of a pledge that are over, and how firmly they are closed.
//!
//! Months are closed from the past on: one that is closed has all before it closed as well. In a
//! softly closed one only controllers post; in a hard closed one nobody, and the schema holds that
//! too. What has to be put right afterwards is posted in an open month, and names what it corrects;
//! or the month is opened again, by two people, which leaves a trace.

use time::{Date, OffsetDateTime};

use super::id::{LotId, PeriodEventId, PledgeId};
use super::journal::Document;
use super::money::Money;
use super::refusal::{PeriodRefusal, Refusal};

/// How a period stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodState {
    /// Whoever may post posts.
    Open,
    /// Only controllers post.
    Soft,
    /// Nobody posts.
    Hard,
}

impl PeriodState {
    /// Every state there is.
    pub const ALL: &'static [PeriodState] =
        &[PeriodState::Open, PeriodState::Soft, PeriodState::Hard];

    /// The state as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            PeriodState::Open => "open",
            PeriodState::Soft => "soft-closed",
            PeriodState::Hard => "hard-closed",
        }
    }

    /// The state written so.
    pub fn parse(text: &str) -> Option<PeriodState> {
        let mut all = Self::ALL.iter().copied();
        all.find(|state| state.as_str() == text)
    }

    /// Which moves are open, as a sentence.
    pub fn open_moves(self) -> &'static str {
        match self {
            PeriodState::Open => "It can be closed, softly or hard.",
            PeriodState::Soft => "It can be closed hard, or opened again.",
            PeriodState::Hard => "It can be opened again, by two people.",
        }
    }
}

/// Up to which days a pledge's months are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closed {
    /// Softly or hard.
    pub soft_until: Option<Date>,
    /// Hard.
    pub hard_until: Option<Date>,
}

impl Closed {
    /// How the month of a day stands.
    pub fn state_on(self, day: Date) -> PeriodState {
        let covers = |until: Option<Date>| until.is_some_and(|until| day <= until);
        match (covers(self.hard_until), covers(self.soft_until)) {
            (true, _) => PeriodState::Hard,
            (false, true) => PeriodState::Soft,
            (false, false) => PeriodState::Open,
        }
    }

    /// Whether something may be posted on a day, by a controller or by somebody else.
    pub fn admits(self, day: Date, by_controller: bool) -> Result<(), Refusal> {
        let refused = match self.state_on(day) {
            PeriodState::Open => return Ok(()),
            PeriodState::Soft if by_controller => return Ok(()),
            PeriodState::Soft => PeriodRefusal::SoftClosed {
                day,
                until: self.soft_until.unwrap_or(day),
            },
            PeriodState::Hard => PeriodRefusal::HardClosed {
                day,
                until: self.hard_until.unwrap_or(day),
            },
        };
        Err(refused.into())
    }

    /// The same after a move.
    pub fn after(self, event: &PeriodEvent) -> Closed {
        let end = Some(event.month_end);
        let before = event.month_end.replace_day(1).ok();
        let before = before.and_then(Date::previous_day);
        match event.state {
            PeriodState::Soft => Closed {
                soft_until: self.soft_until.max(end),
                ..self
            },
            PeriodState::Hard => Closed {
                soft_until: self.soft_until.max(end),
                hard_until: self.hard_until.max(end),
            },
            PeriodState::Open => Closed {
                soft_until: self
                    .soft_until
                    .map(|until| before.map_or(until, |it| it.min(until))),
                hard_until: self
                    .hard_until
                    .map(|until| before.map_or(until, |it| it.min(until))),
            },
        }
    }
}

/// Whether what the ledger says of a month was held against what banks and platforms say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reconciliation {
    /// It was: a document shows it.
    Done,
    /// It was left out, for a reason.
    Waived,
}

impl Reconciliation {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Reconciliation::Done => "done",
            Reconciliation::Waived => "waived",
        }
    }

    /// The word written so.
    pub fn parse(text: &str) -> Option<Reconciliation> {
        match text {
            "done" => Some(Reconciliation::Done),
            "waived" => Some(Reconciliation::Waived),
            _ => None,
        }
    }
}

/// What a month looks like at its end: what stands against closing it, and what doesn't but is to
/// be known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MonthEnd {
    /// What was in suspense then.
    pub suspense: Vec<Money>,
    /// Lots that had ended by then, and of which something hasn't lapsed.
    pub unlapsed: Vec<LotId>,
    /// How many lines of spend up to then are provisional still.
    pub provisional_lines: i64,
    /// What they come to.
    pub provisional: Vec<Money>,
}

impl MonthEnd {
    /// What stands against closing it, as sentences.
    pub fn reasons(&self) -> Vec<String> {
        let suspense = self.suspense.iter();
        let suspense = suspense.map(|it| format!("{it} is in suspense (1900)"));
        let lots = self.unlapsed.iter();
        let lots = lots.map(|id| format!("{id} has ended, and what is left of it hasn't lapsed"));
        suspense.chain(lots).collect()
    }
}

/// A month that was closed or opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodEvent {
    /// Its id.
    pub id: PeriodEventId,
    /// Whose month.
    pub pledge: PledgeId,
    /// The month's last day.
    pub month_end: Date,
    /// How it stands since.
    pub state: PeriodState,
    /// Whether it was reconciled; nothing for one that was opened.
    pub reconciliation: Option<Reconciliation>,
    /// Why it was opened, or its reconciliation waived.
    pub reason: Option<String>,
    /// What shows its reconciliation, or why it was opened.
    pub document: Option<Document>,
    /// How many lines of spend were provisional then.
    pub provisional_lines: i64,
    /// Who did it.
    pub actor: String,
    /// When.
    pub recorded_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use uuid::Uuid;

    use super::*;

    fn moved(closed: Closed, month_end: Date, state: PeriodState) -> Closed {
        closed.after(&PeriodEvent {
            id: PeriodEventId(Uuid::nil()),
            pledge: PledgeId(Uuid::nil()),
            month_end,
            state,
            reconciliation: None,
            reason: None,
            document: None,
            provisional_lines: 0,
            actor: "carlos".to_owned(),
            recorded_at: OffsetDateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn months_close_from_the_past_on_and_open_from_the_last() {
        let closed = moved(Closed::default(), date!(2025 - 02 - 28), PeriodState::Soft);
        assert_eq!(closed.state_on(date!(2024 - 05 - 01)), PeriodState::Soft);
        assert_eq!(closed.state_on(date!(2025 - 03 - 01)), PeriodState::Open);
        let closed = moved(closed, date!(2025 - 01 - 31), PeriodState::Hard);
        assert_eq!(closed.state_on(date!(2025 - 01 - 31)), PeriodState::Hard);
        assert_eq!(closed.state_on(date!(2025 - 02 - 01)), PeriodState::Soft);
        let opened = moved(closed, date!(2025 - 01 - 31), PeriodState::Open);
        assert_eq!(opened.state_on(date!(2024 - 12 - 31)), PeriodState::Hard);
        assert_eq!(opened.state_on(date!(2025 - 01 - 01)), PeriodState::Open);
        assert_eq!(opened.state_on(date!(2025 - 02 - 28)), PeriodState::Open);
    }

    #[test]
    fn controllers_post_where_it_is_closed_softly_and_nobody_where_it_is_closed_hard() {
        let soft = moved(Closed::default(), date!(2025 - 02 - 28), PeriodState::Soft);
        let hard = moved(soft, date!(2025 - 01 - 31), PeriodState::Hard);
        for (day, by_controller, admitted) in [
            (date!(2025 - 01 - 31), true, false),
            (date!(2025 - 02 - 01), false, false),
            (date!(2025 - 02 - 01), true, true),
            (date!(2025 - 03 - 01), false, true),
        ] {
            assert_eq!(hard.admits(day, by_controller).is_ok(), admitted, "{day}");
        }
    }
}
