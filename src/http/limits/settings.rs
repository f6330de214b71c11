//! How much is allowed, by environment variables.

use std::time::Duration;

use super::proxies::{NotAProxy, TrustedProxies};

/// The variables' names.
const RATE_LIMIT: &str = "ALMONER_RATE_LIMIT";
const FAILED_ATTEMPTS: &str = "ALMONER_FAILED_ATTEMPTS";
const TRUSTED_PROXIES: &str = "ALMONER_TRUSTED_PROXIES";
const CONNECTIONS: &str = "ALMONER_CONNECTIONS";
const CLIENT_TIMEOUT_S: &str = "ALMONER_CLIENT_TIMEOUT_S";
const STATEMENT_LINES: &str = "ALMONER_STATEMENT_LINES";

const A_DAY_S: u32 = 86_400;

/// No rate that is set is higher.
const MOST: u32 = 1_000_000_000;

/// So many requests a second, and so many at once after a while without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// A second.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

impl Rate {
    /// In how many seconds a whole burst is there again.
    pub fn window_s(&self) -> u64 {
        u64::from(self.burst)
            .div_ceil(u64::from(self.per_second.max(1)))
            .max(1)
    }
}

/// So many connections at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// Of everybody.
    pub in_all: u32,
    /// Of one address.
    pub per_address: u32,
}

/// How much is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    /// To each subject, and to each address; without bound, if nothing is said.
    pub rate: Option<Rate>,
    /// How many attempts with tokens that are none an address has in a minute.
    pub failed_attempts: u32,
    /// Whose word is taken for where a request comes from.
    pub proxies: TrustedProxies,
    /// How many connections there are at once.
    pub crowd: Crowd,
    /// How long a client may take nothing of what it is sent.
    pub patience: Duration,
    /// How many lines a statement has that is answered whole: as JSON, workbook, PDF or camt.053.
    pub statement_lines: u32,
}

/// A setting that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    /// Not a rate.
    #[error(
        "{RATE_LIMIT} is written as requests a second, with a colon and how many at once if that \
         is said, such as 1000:5000; or it is `off`."
    )]
    Rate,
    /// Not a number of attempts.
    #[error("{FAILED_ATTEMPTS} is a whole number from 1: how many an address has in a minute.")]
    FailedAttempts,
    /// Not a list of addresses.
    #[error("{TRUSTED_PROXIES}: {0}")]
    Proxies(#[from] NotAProxy),
    /// Not a number of connections.
    #[error(
        "{CONNECTIONS} is written as how many there may be at once, with a colon and how many of \
         one address, such as 800:200."
    )]
    Crowd,
    /// Not a number of seconds.
    #[error("{CLIENT_TIMEOUT_S} is a whole number of seconds from 1, at most a day's.")]
    Patience,
    /// Not a number of lines.
    #[error("{STATEMENT_LINES} is a whole number from 1.")]
    StatementLines,
}

impl Default for LimitSettings {
    /// A caller in a thousand requests a second asks more than people, spreadsheets and dashboards
    /// do; what imports do in bulk takes few. Connections are fewer than the files a process may
    /// usually have open (1,024), so that the database can always be reached besides.
    fn default() -> Self {
        LimitSettings {
            rate: Some(Rate {
                per_second: 1_000,
                burst: 5_000,
            }),
            failed_attempts: 100,
            proxies: TrustedProxies::default(),
            crowd: Crowd {
                in_all: 800,
                per_address: 200,
            },
            patience: Duration::from_secs(30),
            statement_lines: 100_000,
        }
    }
}

fn count(text: &str) -> Option<u32> {
    let count = text.parse().ok()?;
    (1..=MOST).contains(&count).then_some(count)
}

fn crowd(text: &str) -> Option<Crowd> {
    let (in_all, per_address) = text.split_once(':')?;
    let (in_all, per_address) = (count(in_all)?, count(per_address)?);
    Some(Crowd {
        in_all,
        per_address,
    })
}

fn patience(text: &str) -> Option<Duration> {
    let seconds = count(text).filter(|seconds| *seconds <= A_DAY_S)?;
    Some(Duration::from_secs(u64::from(seconds)))
}

fn rate(text: &str) -> Option<Rate> {
    let (per_second, burst) = match text.split_once(':') {
        Some((per_second, burst)) => (count(per_second)?, count(burst)?),
        None => (count(text)?, count(text)?),
    };
    Some(Rate { per_second, burst })
}

impl LimitSettings {
    /// The settings by the named values that `lookup` knows.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, LimitsError> {
        let defaults = Self::default();
        Ok(LimitSettings {
            rate: match lookup(RATE_LIMIT).as_deref() {
                None => defaults.rate,
                Some("off") => None,
                Some(text) => Some(rate(text).ok_or(LimitsError::Rate)?),
            },
            failed_attempts: match lookup(FAILED_ATTEMPTS) {
                None => defaults.failed_attempts,
                Some(text) => count(&text).ok_or(LimitsError::FailedAttempts)?,
            },
            proxies: TrustedProxies::parse(&lookup(TRUSTED_PROXIES).unwrap_or_default())?,
            crowd: match lookup(CONNECTIONS) {
                None => defaults.crowd,
                Some(text) => crowd(&text).ok_or(LimitsError::Crowd)?,
            },
            patience: match lookup(CLIENT_TIMEOUT_S) {
                None => defaults.patience,
                Some(text) => patience(&text).ok_or(LimitsError::Patience)?,
            },
            statement_lines: match lookup(STATEMENT_LINES) {
                None => defaults.statement_lines,
                Some(text) => count(&text).ok_or(LimitsError::StatementLines)?,
            },
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn settings(name: &'static str, value: &'static str) -> Result<LimitSettings, LimitsError> {
        LimitSettings::from_lookup(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn a_rate_is_so_many_a_second_and_so_many_at_once() {
        let rate = |text| settings("ALMONER_RATE_LIMIT", text).map(|it| it.rate);
        let (per_second, burst) = (1_000, 5_000);
        assert_eq!(rate("1000:5000").unwrap(), Some(Rate { per_second, burst }));
        let burst = 1_000;
        assert_eq!(rate("1000").unwrap(), Some(Rate { per_second, burst }));
        assert_eq!(rate("off").unwrap(), None);
        for wrong in ["", "0", "-1", "1:0", "1:2:3", "many", "99999999999"] {
            assert!(matches!(rate(wrong), Err(LimitsError::Rate)), "{wrong}");
        }
        assert_eq!(
            Rate {
                per_second,
                burst: 1_500
            }
            .window_s(),
            2
        );
    }

    #[test]
    fn connections_waiting_and_lines_are_counted_from_one() {
        let crowd = settings("ALMONER_CONNECTIONS", "20:5").unwrap().crowd;
        assert_eq!((crowd.in_all, crowd.per_address), (20, 5));
        for wrong in ["", "20", "0:5", "20:0", "20:5:1", "off"] {
            let wrong = settings("ALMONER_CONNECTIONS", wrong);
            assert!(matches!(wrong, Err(LimitsError::Crowd)), "{wrong:?}");
        }
        let patience = |text| settings("ALMONER_CLIENT_TIMEOUT_S", text).map(|it| it.patience);
        assert_eq!(patience("7").unwrap(), Duration::from_secs(7));
        assert!(matches!(patience("86401"), Err(LimitsError::Patience)));
        let lines = settings("ALMONER_STATEMENT_LINES", "0");
        assert!(matches!(lines, Err(LimitsError::StatementLines)));
    }

    #[test]
    fn attempts_are_counted_from_one() {
        let attempts = |text| settings("ALMONER_FAILED_ATTEMPTS", text);
        assert_eq!(attempts("7").unwrap().failed_attempts, 7);
        assert!(matches!(attempts("0"), Err(LimitsError::FailedAttempts)));
        assert_eq!(settings("", "").unwrap(), LimitSettings::default());
        let wrong = settings("ALMONER_TRUSTED_PROXIES", "proxy.example.org");
        assert!(wrong.unwrap_err().to_string().contains("proxy.example.org"));
    }
}
