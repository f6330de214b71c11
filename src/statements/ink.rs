//! How single values are written: straight into bytes, as a statement has many.

use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

/// Writes a whole number in decimal.
fn push_number(out: &mut Vec<u8>, mut number: u64, least_digits: usize) {
    let mut digits = [b'0'; 20];
    let mut from = digits.len();
    while number > 0 || digits.len() - from < least_digits {
        from -= 1;
        digits[from] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&digits[from..]);
}

/// Writes an amount of minor digits as a plain decimal, with all of `digits` fraction digits.
pub fn push_amount(out: &mut Vec<u8>, minor: i64, digits: u32) {
    if minor < 0 {
        out.push(b'-');
    }
    let scale = 10_u64.pow(digits.min(18));
    let (whole, fraction) = (minor.unsigned_abs() / scale, minor.unsigned_abs() % scale);
    push_number(out, whole, 1);
    if digits > 0 {
        out.push(b'.');
        push_number(out, fraction, digits as usize);
    }
}

/// Writes a day: `2026-11-24`.
pub fn push_day(out: &mut Vec<u8>, day: Date) {
    let (year, month, day) = day.to_calendar_date();
    push_number(out, u64::from(year.unsigned_abs()), 4);
    out.push(b'-');
    push_number(out, u64::from(u8::from(month)), 2);
    out.push(b'-');
    push_number(out, u64::from(day), 2);
}

/// Writes a moment, to the microsecond, in UTC: `2026-11-24T05:57:41.000000Z`.
pub fn push_instant(out: &mut Vec<u8>, at: OffsetDateTime) {
    let utc = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second, micros) = utc.to_hms_micro();
    push_day(out, utc.date());
    for (before, number, digits) in [
        (b'T', u32::from(hour), 2),
        (b':', minute.into(), 2),
        (b':', second.into(), 2),
        (b'.', micros, 6),
    ] {
        out.push(before);
        push_number(out, u64::from(number), digits);
    }
    out.push(b'Z');
}

/// Writes a sequence number.
pub(super) fn push_seq(out: &mut Vec<u8>, seq: i64) {
    push_number(out, seq.unsigned_abs(), 1);
}

/// Writes an id: its type's prefix, an underscore, 32 hexadecimal digits.
pub(super) fn push_id(out: &mut Vec<u8>, prefix: &str, id: Uuid) {
    out.extend_from_slice(prefix.as_bytes());
    out.push(b'_');
    let mut digits = [0; 32];
    out.extend_from_slice(id.as_simple().encode_lower(&mut digits).as_bytes());
}

/// Free text as a spreadsheet may open it: what would be taken for a formula gets a quote in front.
pub fn unformula(text: &str) -> std::borrow::Cow<'_, str> {
    match text.as_bytes() {
        [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r', ..] => format!("'{text}").into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::format_minor;
    use time::macros::{date, datetime};

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn amounts_are_written_as_money_is_elsewhere() {
        for digits in [0, 2, 3, 4] {
            for minor in [0, 1, 9, 10, 99, 100, 12_345, -1, -100, i64::MAX, i64::MIN] {
                let amount = written(|out| push_amount(out, minor, digits));
                assert_eq!(amount, format_minor(minor, digits));
            }
        }
    }

    #[test]
    fn days_and_instants_are_written_in_full_and_in_utc() {
        assert_eq!(
            written(|out| push_day(out, date!(2026 - 01 - 09))),
            "2026-01-09"
        );
        let at = datetime!(2026-11-24 05:57:41.25 +09:00);
        assert_eq!(
            written(|out| push_instant(out, at)),
            "2026-11-23T20:57:41.250000Z"
        );
    }

    #[test]
    fn text_that_looks_like_a_formula_is_kept_from_being_one() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(unformula(text), format!("'{text}"));
        }
        assert_eq!(unformula("Réparti à 13 = ok"), "Réparti à 13 = ok");
    }
}
