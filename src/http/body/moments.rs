//! Fields that name moments, and lists of words.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

use super::edge::{EARLIEST, LATEST};
use super::fields::Fields;
use super::scalar::{Fault, day};

/// Which moment of a day is meant where only the day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The day's first, UTC.
    Start,
    /// Its end, which is the next day's first.
    End,
}

/// A moment with its distance from UTC, or a day.
fn moment(text: &str, bound: Bound) -> Result<OffsetDateTime, Fault> {
    if text.len() <= "2026-11-24".len() {
        let day: Date = day(text, &(EARLIEST..=LATEST))?;
        let day = match bound {
            Bound::Start => day,
            Bound::End => day.next_day().unwrap_or(day),
        };
        return Ok(day.with_time(Time::MIDNIGHT).assume_utc());
    }
    let read = OffsetDateTime::parse(text, &Rfc3339).ok();
    let read = read.and_then(|read| read.checked_to_offset(UtcOffset::UTC));
    let read = read.ok_or_else(|| {
        let detail = "a moment is written like 2026-11-24T05:57:41Z, or as a date";
        Fault::new("moment-malformed", detail)
    })?;
    if !(EARLIEST..=LATEST).contains(&read.date()) {
        let detail = format!("a moment from {EARLIEST} to {LATEST} is asked for here");
        return Err(Fault::new("date-out-of-range", detail));
    }
    // As fine as the database keeps it, so that what is answered is what is kept.
    let micros = read.microsecond();
    Ok(read.replace_nanosecond(micros * 1_000).unwrap_or(read))
}

/// The last day of a month written `YYYY-MM`.
pub fn month_end(text: &str) -> Result<Date, Fault> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split_once('-').filter(|(year, month)| {
        (year.len(), month.len()) == (4, 2) && digits(year) && digits(month)
    });
    let read = parts.and_then(|(year, month)| {
        let (year, month): (i32, u8) = (year.parse().ok()?, month.parse().ok()?);
        let month = Month::try_from(month).ok()?;
        Date::from_calendar_date(year, month, month.length(year)).ok()
    });
    let read = read.filter(|day| (2000..=2100).contains(&day.year()));
    read.ok_or_else(|| {
        let detail = "a month is written YYYY-MM, and lies between 2000 and 2100";
        Fault::new("month-malformed", detail)
    })
}

impl<'a> Fields<'a> {
    /// A moment, or a day's start or end.
    pub fn moment(&mut self, name: &'static str, bound: Bound) -> Option<OffsetDateTime> {
        self.value(name, |text| moment(text, bound))
    }

    /// A moment that may be left out.
    pub fn optional_moment(
        &mut self,
        name: &'static str,
        bound: Bound,
    ) -> Option<Option<OffsetDateTime>> {
        self.optional(name, |body, name| body.moment(name, bound))
    }

    /// A list of words that are read so; may be left out.
    pub fn optional_words<T>(
        &mut self,
        name: &'static str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Option<Option<Vec<T>>> {
        self.optional(name, |body, name| body.values(name, most, parse))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_day_is_its_start_or_its_end_and_a_moment_is_itself() {
        let start = datetime!(2026-11-24 0:00 UTC);
        assert_eq!(moment("2026-11-24", Bound::Start), Ok(start));
        assert_eq!(
            moment("2026-11-24", Bound::End),
            Ok(start + time::Duration::DAY)
        );
        let nine = datetime!(2026-11-24 0:30:00.123456 UTC);
        for bound in [Bound::Start, Bound::End] {
            assert_eq!(moment("2026-11-24T09:30:00.1234567+09:00", bound), Ok(nine));
        }
        for (wrong, code) in [
            ("2026-02-30", "date-malformed"),
            ("soon", "date-malformed"),
            ("1999-12-31", "date-out-of-range"),
            ("1999-12-31T00:00:00Z", "date-out-of-range"),
            ("2026-11-24 05:57:41", "moment-malformed"),
            ("2026-11-24T05:57:41", "moment-malformed"),
            ("9999-12-31T23:59:59-12:00", "moment-malformed"),
        ] {
            assert_eq!(
                moment(wrong, Bound::Start).unwrap_err().code,
                code,
                "{wrong}"
            );
        }
    }
}
