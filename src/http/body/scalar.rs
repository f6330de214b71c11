//! Values that are written as one string: texts, days, rates, digests, addresses.

use std::ops::RangeInclusive;

use rust_decimal::Decimal;
use time::{Date, Month};

/// Why a string isn't the value a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code.
    pub code: &'static str,
    /// A sentence.
    pub detail: String,
}

impl Fault {
    /// A fault in words.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Fault {
            code,
            detail: detail.into(),
        }
    }
}

/// What a free text may be. Spaces around it don't count, and are dropped.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    max_chars: usize,
    visible: bool,
}

impl Text {
    /// A name people go by, in any script.
    pub const NAME: Text = Text {
        max_chars: 200,
        visible: false,
    };
    /// A name for a thing: what can't be seen would make two of them look the same.
    pub const REFERENCE: Text = Text {
        max_chars: 64,
        visible: true,
    };
    /// A bank's own reference.
    pub const BANK_REFERENCE: Text = Text {
        max_chars: 140,
        visible: true,
    };
    /// A name in a token, or of one.
    pub const SUBJECT: Text = Text {
        max_chars: 255,
        visible: true,
    };
    /// A sentence or two.
    pub const PROSE: Text = Text {
        max_chars: 1000,
        visible: false,
    };

    /// The text without the spaces around it.
    pub fn read(self, text: &str) -> Result<String, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::new("text-empty", "something has to be written here"));
        }
        let chars = text.chars().count();
        if chars > self.max_chars {
            let detail = format!("at most {} characters, not {chars}", self.max_chars);
            return Err(Fault::new("text-too-long", detail));
        }
        if text.chars().any(char::is_control) {
            let detail = "control characters, line breaks among them, aren't taken";
            return Err(Fault::new("text-not-printable", detail));
        }
        if self.visible && text.chars().any(is_invisible) {
            let detail = "characters that can't be seen aren't taken in a reference";
            return Err(Fault::new("text-not-printable", detail));
        }
        Ok(text.to_owned())
    }
}

/// Marks that have no width, or that turn the direction of what follows (Unicode, category Cf).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The days a field may name.
pub type Window = RangeInclusive<Date>;

/// A day written `YYYY-MM-DD`, within the window.
pub fn day(text: &str, window: &Window) -> Result<Date, Fault> {
    let day = calendar_day(text)
        .ok_or_else(|| Fault::new("date-malformed", "a date is written YYYY-MM-DD and exists"))?;
    if window.contains(&day) {
        return Ok(day);
    }
    let detail = format!(
        "a date from {} to {} is asked for here",
        window.start(),
        window.end()
    );
    Err(Fault::new("date-out-of-range", detail))
}

fn calendar_day(text: &str) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u16, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u16::from(digit - b'0'))
        })
    };
    let year = i32::from(number(&[*y1, *y2, *y3, *y4])?);
    let month = Month::try_from(u8::try_from(number(&[*m1, *m2])?).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(number(&[*d1, *d2])?).ok()?).ok()
}

/// A rate in percent, such as `13` or `12.5`; the answer is the fraction, 0.13 or 0.125.
pub fn rate(text: &str) -> Result<Decimal, Fault> {
    let malformed = || {
        let detail = "a rate in percent is a string of digits with at most one point and four \
                      digits after it, such as \"13\"";
        Fault::new("rate-malformed", detail)
    };
    let plain = text.len() <= 16 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let bounded = text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with('.');
    if !plain || !bounded {
        return Err(malformed());
    }
    let percent = Decimal::from_str_exact(text).map_err(|_| malformed())?;
    if percent.scale() > 4 {
        return Err(malformed());
    }
    if percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        let detail = "the rate is greater than zero and at most 100 percent";
        return Err(Fault::new("rate-out-of-range", detail));
    }
    Ok(percent * Decimal::new(1, 2))
}

/// The SHA-256 of a document: 64 lower-case hexadecimal digits.
pub fn sha256(text: &str) -> Result<String, Fault> {
    let hexadecimal = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if text.len() == 64 && hexadecimal {
        return Ok(text.to_owned());
    }
    let detail = "a SHA-256 is written as 64 lower-case hexadecimal digits";
    Err(Fault::new("digest-malformed", detail))
}

/// Where a document is kept: an absolute URI (RFC 3986), as far as its scheme and its letters go.
/// It is recorded, and never fetched.
pub fn uri(text: &str) -> Result<String, Fault> {
    let fault = || {
        let detail = "a document's URI begins with its scheme, such as https:, has at most 2000 \
                      characters, and no spaces";
        Fault::new("uri-malformed", detail)
    };
    let (scheme, rest) = text.split_once(':').ok_or_else(fault)?;
    let scheme_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let well_formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(scheme_letter)
        && !rest.is_empty()
        && text.chars().count() <= 2000
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if well_formed {
        Ok(text.to_owned())
    } else {
        Err(fault())
    }
}
