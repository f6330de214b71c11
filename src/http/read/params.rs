//! The parameters of a read: each is asked for by its name, and every fault is told with its name.

use std::str::FromStr;

use actix_web::web;
use time::format_description::well_known::Rfc3339;
use time::macros::date;
use time::{Date, OffsetDateTime};

use crate::domain::id::NotAnId;
use crate::domain::{Catalogue, Code, Market};
use crate::http::body::{Window, day};
use crate::http::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::http::problem::{Problem, Reason};

/// The days a read may name: all that are written with four digits.
const DAYS: Window = date!(0001 - 01 - 01)..=date!(9999 - 12 - 31);

/// How many unknown parameters are told, at most.
const MOST_UNKNOWN: usize = 20;

/// What is asked for besides the filters of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// How many members, at most.
    pub limit: i64,
    /// Where to go on, as sent.
    pub cursor: Option<String>,
    /// The filters, in one spelling.
    pub filters: String,
}

/// The parameters of a request, as they are read.
#[derive(Debug)]
pub struct Params<'a> {
    catalogue: &'a Catalogue,
    pairs: Vec<(String, String)>,
    asked: Vec<&'static str>,
    reasons: Vec<Reason>,
}

impl<'a> Params<'a> {
    /// Reads a query string.
    pub fn new(query: &str, catalogue: &'a Catalogue) -> Self {
        // Any text is a list of pairs; what isn't UTF-8 is replaced, and then isn't a known value.
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query);
        let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
        Params {
            catalogue,
            pairs,
            asked: Vec::new(),
            reasons: Vec::new(),
        }
    }

    fn fault(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.reasons.push(Reason::new(name, code, detail));
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let mut values = self.pairs.iter().filter(|(its, _)| its == name);
        let value = values.next().map(|(_, value)| value.clone());
        if values.next().is_some() {
            self.fault(
                name,
                "repeated-parameter",
                "it is given once, or not at all",
            );
        }
        value
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str, &'a Catalogue) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name)?;
        match read(&text, self.catalogue) {
            Ok(value) => Some(value),
            Err(detail) => {
                self.fault(name, "malformed-parameter", detail);
                None
            }
        }
    }

    /// A count: a whole number, from 0.
    pub fn count(&mut self, name: &'static str) -> Option<u64> {
        self.read(name, |text, _| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            let count: Option<u64> = text.parse().ok().filter(|_| digits);
            count.ok_or_else(|| "a count is a whole number, such as 41".to_owned())
        })
    }

    /// A count that has to be given.
    pub fn required_count(&mut self, name: &'static str) -> Option<u64> {
        let before = self.reasons.len();
        let count = self.count(name);
        if count.is_none() && self.reasons.len() == before {
            self.fault(name, "missing-parameter", "it is a count, such as 41");
        }
        count
    }

    /// An id of some type.
    pub fn id<T: FromStr<Err = NotAnId>>(&mut self, name: &'static str) -> Option<T> {
        self.read(name, |text, _| {
            text.parse().map_err(|error: NotAnId| error.to_string())
        })
    }

    /// A day.
    pub fn day(&mut self, name: &'static str) -> Option<Date> {
        self.read(name, |text, _| {
            day(text, &DAYS).map_err(|fault| fault.detail)
        })
    }

    /// A day that has to be given.
    pub fn required_day(&mut self, name: &'static str) -> Option<Date> {
        let found = self.day(name);
        if !self.pairs.iter().any(|(its, _)| its == name) {
            self.fault(name, "missing-parameter", "it has to be given, as a date");
        }
        found
    }

    /// The first day and the last, `from` and `to`, which have to be given.
    pub fn days(&mut self) -> Option<(Date, Date)> {
        let days = self.required_day("from").zip(self.required_day("to"));
        if days.is_some_and(|(from, to)| from > to) {
            self.decline("to", "the last day doesn't come before the first");
        }
        days
    }

    /// An id that has to be given.
    pub fn required_id<T: FromStr<Err = NotAnId>>(&mut self, name: &'static str) -> Option<T> {
        let found = self.id(name);
        if !self.pairs.iter().any(|(its, _)| its == name) {
            self.fault(name, "missing-parameter", "it has to be given");
        }
        found
    }

    /// A moment, with its distance from UTC. A `+` that came as a space is taken for what it was.
    pub fn instant(&mut self, name: &'static str) -> Option<OffsetDateTime> {
        self.read(name, |text, _| {
            let moment = OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339);
            let moment = moment.ok().filter(|moment| DAYS.contains(&moment.date()));
            moment.ok_or_else(|| "a moment is written like 2026-11-24T05:57:41.123456Z".to_owned())
        })
    }

    /// A word that is read so.
    pub fn word<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.read(name, |text, _| read(text))
    }

    /// A code of the chart of accounts.
    pub fn code(&mut self, name: &'static str) -> Option<Code> {
        self.read(name, |text, _| {
            Code::parse(text).ok_or_else(|| "there is no such code in the chart".to_owned())
        })
    }

    /// The code of a unit.
    pub fn unit(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |text, catalogue| match catalogue.units.get(text) {
            Some(unit) => Ok(unit.code().to_owned()),
            None => Err("there is no such unit; /v1/units lists them".to_owned()),
        })
    }

    /// A market.
    pub fn market(&mut self, name: &'static str) -> Option<Market> {
        self.read(name, |text, catalogue| {
            let market = catalogue.markets.get(text);
            market.ok_or_else(|| "there is no such market; /v1/markets lists them".to_owned())
        })
    }

    /// `limit` and `cursor`. The filters are whatever else was sent.
    pub fn paging(&mut self) -> Paging {
        let limit = self.read("limit", |text, _| {
            let limit = text
                .parse::<i64>()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit));
            limit.ok_or_else(|| format!("a whole number from 1 to {MAX_LIMIT} is asked for here"))
        });
        let cursor = self.text("cursor");
        let mut filters: Vec<String> = self
            .pairs
            .iter()
            .filter(|(name, _)| name != "limit" && name != "cursor")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        filters.sort_unstable();
        Paging {
            limit: limit.unwrap_or(DEFAULT_LIMIT),
            cursor,
            filters: filters.join("&"),
        }
    }

    /// Notes that something has to be given and isn't.
    pub fn require(&mut self, name: &'static str) {
        if !self.pairs.iter().any(|(its, _)| its == name) {
            self.fault(name, "missing-parameter", "it has to be given");
        }
    }

    /// Notes a fault of a value that was read.
    pub fn decline(&mut self, name: &'static str, detail: impl Into<String>) {
        self.fault(name, "malformed-parameter", detail);
    }

    /// 422 if anything was wrong, parameters nobody asked for included.
    pub fn finish(mut self) -> Result<(), Problem> {
        let known = match self.asked.as_slice() {
            [] => "there are none here".to_owned(),
            asked => format!("there are {}", asked.join(", ")),
        };
        let strangers: Vec<String> = self
            .pairs
            .iter()
            .filter(|(name, _)| !self.asked.contains(&name.as_str()))
            .map(|(name, _)| name.chars().take(100).collect())
            .take(MOST_UNKNOWN)
            .collect();
        for name in strangers {
            self.fault(
                &name,
                "unknown-parameter",
                format!("there is no such parameter; {known}"),
            );
        }
        if self.reasons.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.reasons))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, PledgeId};

    fn codes(query: &str) -> Vec<String> {
        let catalogue = Catalogue::default();
        let mut params = Params::new(query, &catalogue);
        params.id::<PledgeId>("pledge_id");
        params.day("effective_date[gte]");
        params.instant("known_at");
        params.paging();
        let problem = params.finish();
        problem.err().map_or_else(Vec::new, |problem| {
            let shape = problem.shape(None, None);
            shape
                .errors
                .iter()
                .map(|it| format!("{} {}", it.pointer, it.code))
                .collect()
        })
    }

    #[test]
    fn parameters_are_read_strictly_and_every_fault_is_told() {
        let well =
            "effective_date%5Bgte%5D=2026-01-01&limit=1000&known_at=2026-01-01T00:00:00+09:00";
        assert_eq!(codes(well), [""; 0]);
        assert_eq!(codes("effective_date[gte]=2026-01-01"), [""; 0]);
        assert_eq!(
            codes("limit=1001&effective_date[gte]=2026-02-30&from=x&pledge_id="),
            [
                "pledge_id malformed-parameter",
                "effective_date[gte] malformed-parameter",
                "limit malformed-parameter",
                "from unknown-parameter",
            ]
        );
        assert_eq!(codes("limit=1&limit=2"), ["limit repeated-parameter"]);
        for limit in ["0", "-1", "1e2", "", "9999999999999999999"] {
            assert_eq!(
                codes(&format!("limit={limit}")),
                ["limit malformed-parameter"]
            );
        }
    }

    #[test]
    fn filters_have_one_spelling_whatever_their_order() {
        let catalogue = Catalogue::default();
        let filters = |query| Params::new(query, &catalogue).paging().filters;
        assert_eq!(filters("b=2&limit=5&a=1&cursor=x"), filters("a=1&b=2"));
        assert_ne!(filters("a=1"), filters("a=2"));
        let mut params = Params::new("account=acc_1", &catalogue);
        assert_eq!(params.required_id::<AccountId>("id"), None);
        assert!(params.finish().is_err());
    }
}
