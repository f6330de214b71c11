//! Extending the life of a lot: nothing is posted, and nothing that was recorded is changed.

use time::Date;

use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::books::Books;
use crate::domain::id::LotId;
use crate::domain::journal::Document;
use crate::domain::lot::Extension;
use crate::domain::refusal::Refusal;

/// Record that the platform granted a lot a later end.
#[derive(Debug, Clone)]
pub struct ExtendLot {
    /// The lot.
    pub lot: LotId,
    /// Its last day from now on; later than the present one.
    pub expires_at: Date,
    /// Why.
    pub reason: String,
    /// The platform's notice.
    pub document: Document,
}

impl ExtendLot {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Lot, self.lot.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.is_located(Thing::Lot, self.lot.0) {
            return;
        }
        needs.lot(books, self.lot);
        if let Ok((book, standing)) = books.lot(self.lot) {
            let parts = standing.parts.iter().cloned();
            needs.accounts(books, book.pledge.id, parts, Date::MAX);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, standing) = books.lot(self.lot)?;
        let mut lot = standing.lot.clone();
        lot.figures = standing.figures(book);
        let ends_on = lot.ends_on();
        if self.expires_at <= ends_on {
            return Err(Refusal::NotLater {
                ends_on,
                expires_at: self.expires_at,
            });
        }
        if lot.figures.lapsed > 0 || lot.figures.remaining() == 0 {
            return Err(Refusal::WrongState {
                what: "lot",
                state: lot.state().as_str(),
                command: "extending",
                open: "A lot is extended while there is something left of it and nothing lapsed.",
            });
        }
        lot.extensions.push(Extension {
            expires_at: self.expires_at,
            reason: self.reason.clone(),
            document: self.document.clone(),
            recorded_at: context.now,
        });
        Ok(Decision {
            events: vec![Event::LotExtended(lot.clone())],
            draft: None,
            outcome: Outcome::LotExtended(lot),
        })
    }
}
