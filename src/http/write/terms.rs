//! What the query of a write says: whether it is a dry run, and on which terms it waits if it needs
//! approval.

use crate::domain::approval::{Proposal, Request, Witness};
use crate::http::problem::Reason;

/// How many days a write waits for somebody else, if nothing is said.
const EXPIRES_IN_DAYS: u16 = 14;

/// The longest that it does.
pub const MOST_DAYS: u16 = 90;

/// What the query of a write says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether nothing is written.
    pub validate_only: bool,
    /// Whether what it takes is held for it while it waits.
    reserve: bool,
    /// How many days it waits, at most.
    expires_in_days: u16,
}

impl Default for Terms {
    fn default() -> Self {
        Terms {
            validate_only: false,
            reserve: false,
            expires_in_days: EXPIRES_IN_DAYS,
        }
    }
}

impl Terms {
    /// Reads a query string, or says what is wrong with it.
    pub fn read(query: &str) -> Result<Self, Reason> {
        let mut terms = Terms::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("validate_only", text) => terms.validate_only = flag("validate_only", text)?,
                ("reserve", text) => terms.reserve = flag("reserve", text)?,
                ("expires_in_days", text) => terms.expires_in_days = days(text)?,
                (stranger, _) => {
                    let detail = "there is no such parameter here; there are validate_only, \
                                  reserve and expires_in_days";
                    return Err(Reason::new(stranger, "unknown-parameter", detail));
                }
            }
        }
        Ok(terms)
    }

    /// The request as it waits on these terms.
    pub fn proposal(self, request: Request, witness: Witness) -> Proposal {
        Proposal {
            request,
            witness,
            reserve: self.reserve,
            expires_in_days: self.expires_in_days,
        }
    }
}

fn flag(name: &'static str, text: &str) -> Result<bool, Reason> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let detail = format!("the parameter {name} is true or false");
            Err(Reason::new(name, "malformed-parameter", detail))
        }
    }
}

fn days(text: &str) -> Result<u16, Reason> {
    let plain = !text.starts_with(['+', '0']);
    let days = text.parse().ok().filter(|it| (1..=MOST_DAYS).contains(it));
    days.filter(|_| plain).ok_or_else(|| {
        let detail = format!("the parameter expires_in_days is a number from 1 to {MOST_DAYS}");
        Reason::new("expires_in_days", "malformed-parameter", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_waits_two_weeks_and_holds_nothing_unless_the_query_says_so() {
        let read = |query| Terms::read(query).map_err(|reason| (reason.pointer, reason.code));
        assert_eq!(read(""), Ok(Terms::default()));
        let terms = read("reserve=true&expires_in_days=3&validate_only=true");
        let said = Terms {
            validate_only: true,
            reserve: true,
            expires_in_days: 3,
        };
        assert_eq!(terms, Ok(said));
        for (query, name) in [
            ("reserve=1", "reserve"),
            ("validate_only", "validate_only"),
            ("expires_in_days=0", "expires_in_days"),
            ("expires_in_days=+7", "expires_in_days"),
            ("expires_in_days=91", "expires_in_days"),
        ] {
            let wrong = Err((name.to_owned(), "malformed-parameter"));
            assert_eq!(read(query), wrong, "{query}");
        }
        assert_eq!(read("x=1"), Err(("x".to_owned(), "unknown-parameter")));
    }
}
