//! Setting funded cash aside for fees and exchange differences (3110→3150), and giving it back.

use time::Date;

use super::agreement::require_signed;
use super::require::{entry, require_same_unit};
use super::{Context, Decision, Home, Needs, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::id::PledgeId;
use crate::domain::journal::{Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::unit::UnitKind;

/// Add to the reserve, or give part of it back.
#[derive(Debug, Clone)]
pub struct MoveReserve {
    /// Whose money.
    pub pledge: PledgeId,
    /// How much.
    pub amount: Money,
    /// Whether it goes back to what is funded and unallocated.
    pub gives_back: bool,
    /// When it counts.
    pub effective_date: Date,
}

impl MoveReserve {
    fn movement(&self) -> Move {
        let [funded, reserve] = [Code::CashFunded, Code::Reserve];
        let key = |code| AccountKey::plain(code, self.amount.unit());
        match self.gives_back {
            true => entry(key(reserve), key(funded), self.amount.minor()),
            false => entry(key(funded), key(reserve), self.amount.minor()),
        }
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if self.amount.unit().kind() == UnitKind::Cash {
            let moves = vec![self.movement()];
            needs.moves(books, self.pledge, moves, self.effective_date);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_same_unit(&self.amount, book.pledge.total.unit())?;
        require_signed(book, "reserving")?;
        let (kind, sign) = match self.gives_back {
            true => (Kind::ReserveReturn, -1),
            false => (Kind::Reserve, 1),
        };
        let moves = vec![self.movement()];
        let draft = Draft {
            subject: Some(self.pledge.0),
            ..Draft::new(self.pledge, kind, self.effective_date, moves)
        };
        book.check(&draft)?;
        let key = AccountKey::plain(Code::Reserve, self.amount.unit());
        let reserve = book.balance(&key) + sign * self.amount.minor();
        Ok(Decision {
            events: Vec::new(),
            draft: Some(draft),
            outcome: Outcome::Reserve {
                pledge: self.pledge,
                amount: self.amount.clone(),
                reserve: Money::from_minor(reserve, self.amount.unit().clone()),
                effective_date: self.effective_date,
                journal: context.journal,
            },
        })
    }
}
