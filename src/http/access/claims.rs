//! The claims of an access token, in the shape of RFC 9068.
//!
//! Guarantees: `iss`, `aud`, `exp`, `sub`, `iat` and `jti` are there and of the right type; what
//! is optional is of the right type too, or the token is refused. The library that checks
//! signatures takes a list of issuers, times with fractions, and text where a number belongs;
//! that is why none of its claim checks are relied upon.
//!
//! Precedence: presence and type in the order of [`Claims::read`]; then issuer, audience,
//! lifetime, start, end.

use uuid::Uuid;

use super::error::{AccessError, Malformation};
use super::members::{Member, Members};
use super::principal::{Markets, Party, parse_creator_id, parse_pledge_id};

/// How far apart the clocks of the issuer and of this service may be.
pub(super) const LEEWAY_S: u64 = 30;

/// The longest a token may last: a year and a day. A credential without an end is a password.
pub(super) const MAX_LIFETIME_S: u64 = 366 * 86_400;

/// The longest subject or token id, in characters.
const MAX_NAME_CHARS: usize = 255;

/// The last second of the year 9999. Times after it are slips (milliseconds, often), and sums of
/// times before it can't overflow.
const MAX_TIME_S: u64 = 253_402_300_799;

const NAME_EXPECTED: &str = "text of 1 to 255 characters, none of them control characters";
const TIME_EXPECTED: &str = "a whole number of seconds since 1970";

/// Whose tokens are accepted, and as meant for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) audience: String,
}

/// Claims that have the right types and come from the right issuer for the right audience. Their
/// times are checked apart, by [`Lifetime`]: at every use.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) token_id: String,
    pub(super) issued_at: u64,
    pub(super) not_before: Option<u64>,
    pub(super) expires_at: u64,
    pub(super) scope: String,
    pub(super) roles: Vec<String>,
    pub(super) pledges: Vec<Uuid>,
    pub(super) markets: Markets,
    pub(super) party: Party,
    pub(super) creator: Option<Uuid>,
}

impl Claims {
    /// Reads the payload of a token whose signature was found good.
    pub(super) fn read(payload: &[u8], expected: &Expected) -> Result<Self, AccessError> {
        let members =
            Members::parse(payload).ok_or(AccessError::Malformed(Malformation::Claims))?;
        let issuer = required(members.get::<String>("iss"), "iss", "text")?;
        let audience = audience(&members)?;
        let claims = Self {
            issuer,
            expires_at: time(&members, "exp")?,
            subject: name(&members, "sub")?,
            issued_at: time(&members, "iat")?,
            token_id: name(&members, "jti")?,
            not_before: match members.contains("nbf") {
                true => Some(time(&members, "nbf")?),
                false => None,
            },
            scope: optional(
                members.get("scope"),
                "scope",
                "text with spaces between scopes",
            )?,
            roles: optional(members.get("roles"), "roles", "a list of role names")?,
            pledges: pledges(&members)?,
            markets: markets(&members)?,
            party: party(&members)?,
            creator: creator(&members)?,
        };
        if claims.issuer != expected.issuer {
            return Err(AccessError::WrongIssuer {
                expected: expected.issuer.clone(),
            });
        }
        if !audience.contains(&expected.audience) {
            return Err(AccessError::WrongAudience {
                expected: expected.audience.clone(),
            });
        }
        Ok(claims)
    }
}

/// When a token counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    starts_at: u64,
    ends_at: u64,
}

impl Lifetime {
    /// Takes the times of the claims, if they make a lifetime of sensible length.
    pub(super) fn of(claims: &Claims) -> Result<Self, AccessError> {
        if claims.expires_at > claims.issued_at.saturating_add(MAX_LIFETIME_S) {
            return Err(AccessError::LifetimeTooLong);
        }
        // A token can't have been used before it was made; a clock that far off is somebody's
        // mistake, and waiting is the cure for either claim.
        let starts_at = claims.not_before.unwrap_or(0).max(claims.issued_at);
        Ok(Self {
            starts_at,
            ends_at: claims.expires_at,
        })
    }

    /// Refuses a token before its start and from its end on, give or take the leeway.
    pub(super) fn check(&self, now_s: u64) -> Result<(), AccessError> {
        if self.starts_at > now_s.saturating_add(LEEWAY_S) {
            return Err(AccessError::NotYetValid {
                in_s: self.starts_at - now_s,
            });
        }
        if now_s >= self.ends_at.saturating_add(LEEWAY_S) {
            return Err(AccessError::Expired {
                ago_s: now_s - self.ends_at,
            });
        }
        Ok(())
    }
}

/// Whether a text may be a subject or token id: bounded, and fit for a log line and for Postgres,
/// whose text can't hold a NUL.
pub(super) fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    (1..=MAX_NAME_CHARS).contains(&length) && !text.chars().any(char::is_control)
}

fn required<T>(
    member: Member<T>,
    claim: &'static str,
    expected: &'static str,
) -> Result<T, AccessError> {
    match member {
        Member::Is(value) => Ok(value),
        Member::Absent => Err(AccessError::MissingClaim(claim)),
        Member::WrongType => Err(AccessError::InvalidClaim { claim, expected }),
    }
}

/// An absent claim is its type's emptiest value: it never gives power.
fn optional<T: Default>(
    member: Member<T>,
    claim: &'static str,
    expected: &'static str,
) -> Result<T, AccessError> {
    match member {
        Member::Absent => Ok(T::default()),
        present => required(present, claim, expected),
    }
}

fn time(members: &Members<'_>, claim: &'static str) -> Result<u64, AccessError> {
    let time_s = required(members.get::<u64>(claim), claim, TIME_EXPECTED)?;
    if time_s > MAX_TIME_S {
        return Err(AccessError::InvalidClaim {
            claim,
            expected: TIME_EXPECTED,
        });
    }
    Ok(time_s)
}

fn name(members: &Members<'_>, claim: &'static str) -> Result<String, AccessError> {
    let text = required(members.get::<String>(claim), claim, NAME_EXPECTED)?;
    if !is_name(&text) {
        return Err(AccessError::InvalidClaim {
            claim,
            expected: NAME_EXPECTED,
        });
    }
    Ok(text)
}

fn audience(members: &Members<'_>) -> Result<Vec<String>, AccessError> {
    match members.get::<String>("aud") {
        Member::Is(single) => Ok(vec![single]),
        _ => required(
            members.get::<Vec<String>>("aud"),
            "aud",
            "text or a list of texts",
        ),
    }
}

fn pledges(members: &Members<'_>) -> Result<Vec<Uuid>, AccessError> {
    const EXPECTED: &str = "a list of pledge ids, each `plg_` and 32 hex digits";
    let listed: Vec<String> = optional(members.get("pledges"), "pledges", EXPECTED)?;
    let ids: Option<Vec<Uuid>> = listed.iter().map(|text| parse_pledge_id(text)).collect();
    let invalid = AccessError::InvalidClaim {
        claim: "pledges",
        expected: EXPECTED,
    };
    let mut ids = ids.ok_or(invalid)?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn markets(members: &Members<'_>) -> Result<Markets, AccessError> {
    const EXPECTED: &str = "a list of ISO 3166 country codes, or `*` alone in the list";
    let listed: Vec<String> = optional(members.get("markets"), "markets", EXPECTED)?;
    let invalid = AccessError::InvalidClaim {
        claim: "markets",
        expected: EXPECTED,
    };
    Markets::parse(&listed).ok_or(invalid)
}

/// A partner whose token doesn't say what it is sees the least: it is a donor.
fn party(members: &Members<'_>) -> Result<Party, AccessError> {
    const EXPECTED: &str = "donor, grantee or market-lead";
    let named: String = match members.get("party") {
        Member::Absent => return Ok(Party::default()),
        present => required(present, "party", EXPECTED)?,
    };
    named.parse().map_err(|_| AccessError::InvalidClaim {
        claim: "party",
        expected: EXPECTED,
    })
}

fn creator(members: &Members<'_>) -> Result<Option<Uuid>, AccessError> {
    const EXPECTED: &str = "a creator's id, `crt_` and 32 hex digits";
    let named: String = match members.get("creator") {
        Member::Absent => return Ok(None),
        present => required(present, "creator", EXPECTED)?,
    };
    let read = parse_creator_id(&named).map(Some);
    read.ok_or(AccessError::InvalidClaim {
        claim: "creator",
        expected: EXPECTED,
    })
}

#[cfg(test)]
mod tests {
    use super::{LEEWAY_S, Lifetime, is_name};
    use crate::http::access::error::AccessError;

    #[test]
    fn a_token_counts_from_its_start_to_its_end_give_or_take_the_leeway() {
        let lifetime = Lifetime {
            starts_at: 1_000,
            ends_at: 2_000,
        };
        assert_eq!(
            lifetime.check(1_000 - LEEWAY_S - 1),
            Err(AccessError::NotYetValid { in_s: LEEWAY_S + 1 })
        );
        assert_eq!(lifetime.check(1_000 - LEEWAY_S), Ok(()));
        assert_eq!(lifetime.check(2_000 + LEEWAY_S - 1), Ok(()));
        assert_eq!(
            lifetime.check(2_000 + LEEWAY_S),
            Err(AccessError::Expired { ago_s: LEEWAY_S })
        );
    }

    #[test]
    fn a_clock_at_its_ends_refuses_rather_than_overflows() {
        let lifetime = Lifetime {
            starts_at: 1_000,
            ends_at: 2_000,
        };
        assert!(lifetime.check(0).is_err());
        assert!(lifetime.check(u64::MAX).is_err());
    }

    #[test]
    fn names_are_bounded_and_fit_for_a_log_line() {
        assert!(is_name("a") && is_name(&"é".repeat(255)));
        for text in ["", "a\0", "a\n", "\u{85}", &"é".repeat(256)] {
            assert!(!is_name(text), "{text:?}");
        }
    }
}
