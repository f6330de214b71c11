//! What a donor is told of markets.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text as SqlText};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Told, Use};
use crate::db::read::error::ReadError;
use crate::db::read::text::Text;
use crate::domain::PledgeId;

/// What a market, or all of them, have done with their budgets in one unit.
#[derive(Debug, QueryableByName)]
pub(super) struct Figures {
    #[diesel(sql_type = SqlText)]
    pub(super) unit: String,
    #[diesel(sql_type = Nullable<SqlText>)]
    pub(super) market: Option<String>,
    #[diesel(sql_type = Bool)]
    withheld: bool,
    #[diesel(sql_type = BigInt)]
    budgeted: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    available: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    held: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    allocated: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    obligated: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    spent: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    expired: Option<i64>,
}

impl Figures {
    pub(super) fn told(&self) -> Told {
        let withheld = Told::Withheld {
            budgeted: self.budgeted,
        };
        if self.withheld {
            return withheld;
        }
        let budget = self.available.zip(self.held);
        let used = budget.zip(self.allocated).zip(self.obligated);
        let gone = self.spent.zip(self.expired);
        let whole = used.zip(gone).map(|(used, (spent, expired))| {
            let (((available, held), allocated), obligated) = used;
            Told::Whole(Use {
                available,
                held,
                // For what it is held is no donor's to know.
                tax_reserve: 0,
                allocated,
                obligated,
                spent,
                expired,
            })
        });
        whole.unwrap_or(withheld)
    }
}

/// Of pledge $1.
const FIGURES: &str = "SELECT * FROM donor_figures($1)";

/// What may be told of markets; nothing unless it is a donor who looks.
pub(super) async fn figures(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
) -> Result<Vec<Figures>, ReadError> {
    let text: Text = Text::new(FIGURES).bind(pledge.0);
    Ok(text.load(connection).await?)
}
