//! How much is allowed, by environment variables.

use super::proxies::{NotAProxy, TrustedProxies};

/// The variables' names.
const RATE_LIMIT: &str = "ALMONER_RATE_LIMIT";
const FAILED_ATTEMPTS: &str = "ALMONER_FAILED_ATTEMPTS";
const TRUSTED_PROXIES: &str = "ALMONER_TRUSTED_PROXIES";

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

/// How much is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    /// To each subject, and to each address; without bound, if nothing is said.
    pub rate: Option<Rate>,
    /// How many attempts with tokens that are none an address has in a minute.
    pub failed_attempts: u32,
    /// Whose word is taken for where a request comes from.
    pub proxies: TrustedProxies,
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
}

impl Default for LimitSettings {
    /// More than one caller needs, and than a machine of a few cores gives: what it keeps in check
    /// is a client that has gone wild. Lower it to what your callers need.
    fn default() -> Self {
        LimitSettings {
            rate: Some(Rate {
                per_second: 100_000,
                burst: 200_000,
            }),
            failed_attempts: 100,
            proxies: TrustedProxies::default(),
        }
    }
}

fn count(text: &str) -> Option<u32> {
    let count = text.parse().ok()?;
    (1..=MOST).contains(&count).then_some(count)
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
    fn attempts_are_counted_from_one() {
        let attempts = |text| settings("ALMONER_FAILED_ATTEMPTS", text);
        assert_eq!(attempts("7").unwrap().failed_attempts, 7);
        assert!(matches!(attempts("0"), Err(LimitsError::FailedAttempts)));
        assert_eq!(settings("", "").unwrap(), LimitSettings::default());
        let wrong = settings("ALMONER_TRUSTED_PROXIES", "proxy.example.org");
        assert!(wrong.unwrap_err().to_string().contains("proxy.example.org"));
    }
}
