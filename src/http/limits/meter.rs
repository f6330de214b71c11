//! Counting by key, as a bucket that fills steadily.

use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::settings::Rate;

/// Keys are digests, made with a secret of the process: nobody can choose to share one.
static SEED: LazyLock<foldhash::quality::RandomState> =
    LazyLock::new(foldhash::quality::RandomState::default);

/// The key of whoever is counted.
pub fn key(who: &impl Hash) -> u64 {
    SEED.hash_one(who)
}

/// What is left after a request was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many requests more.
    pub remaining: u32,
    /// In how many seconds the whole quota is there again.
    pub reset_s: u64,
    /// When to come back, if this one was one too many.
    pub retry_s: Option<u64>,
}

/// Counts requests by key.
pub struct Meter {
    limiter: RateLimiter<u64, DashMapStateStore<u64>, MonotonicClock, StateInformationMiddleware>,
    rate: Rate,
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

/// Whole seconds, rounded up and at least one.
fn seconds(duration: Duration) -> u64 {
    let whole = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    whole.max(1)
}

impl Meter {
    /// A meter that has counted nothing yet.
    pub fn new(rate: Rate) -> Self {
        let per_second = NonZeroU32::new(rate.per_second).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Meter {
            limiter: RateLimiter::dashmap_with_clock(quota, MonotonicClock).with_middleware(),
            rate,
        }
    }

    /// Counts one request of the key.
    pub fn count(&self, key: u64) -> Left {
        match self.limiter.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = u64::from(self.rate.burst.saturating_sub(remaining));
                Left {
                    remaining,
                    reset_s: used.div_ceil(u64::from(self.rate.per_second.max(1))),
                    retry_s: None,
                }
            }
            Err(until) => Left {
                remaining: 0,
                reset_s: self.rate.window_s(),
                retry_s: Some(seconds(until.wait_time_from(MonotonicClock.now()))),
            },
        }
    }

    /// Forgets whoever has all their quota again.
    pub fn tidy(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.limiter.len()
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.limiter.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_no_more_and_others_aren_t_concerned() {
        let meter = Meter::new(Rate {
            per_second: 1,
            burst: 3,
        });
        let left: Vec<u32> = (0..3).map(|_| meter.count(1).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let over = meter.count(1);
        assert_eq!(over.retry_s, Some(1));
        assert_eq!((over.remaining, over.reset_s), (0, 3));
        assert_eq!(meter.count(2).retry_s, None);
    }

    #[test]
    fn whoever_is_quiet_is_forgotten() {
        let meter = Meter::new(Rate {
            per_second: 1_000_000,
            burst: 1_000_000,
        });
        for key in 0..10_000 {
            meter.count(key);
        }
        std::thread::sleep(Duration::from_millis(5));
        meter.tidy();
        assert!(meter.is_empty(), "{}", meter.len());
    }
}
