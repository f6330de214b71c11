//! Attempts with tokens that are none: counted per address, and per key that the tokens name.
//!
//! Whoever fails too often isn't listened to for a while: no signature of theirs is checked. A
//! token that is known to be good already isn't concerned, so that nobody shuts others out who come
//! from the same address. Nor does somebody who has never failed suffer from others failing with
//! the key that their token names.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, MonotonicClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

/// What attempts are counted over.
const WINDOW: Duration = Duration::from_secs(60);

/// A key is tried from many addresses, by so many times as much as by one.
const KEY_FACTOR: u32 = 10;

/// More than so many who fail at once aren't told apart any more.
const MOST_REMEMBERED: usize = 100_000;

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, MonotonicClock>;

/// Counts failed attempts.
pub struct Failures {
    addresses: Limiter,
    keys: Limiter,
    remembered: Mutex<HashMap<u64, Failing>>,
}

/// Somebody, or some key, that attempts failed by.
#[derive(Debug, Clone, Copy)]
struct Failing {
    last: Instant,
    shut_until: Option<Instant>,
}

impl std::fmt::Debug for Failures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Failures").finish_non_exhaustive()
    }
}

fn limiter(attempts: u32) -> Limiter {
    let attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
    let each = WINDOW / attempts.get();
    let quota = Quota::with_period(each).unwrap_or(Quota::per_minute(attempts));
    RateLimiter::dashmap_with_clock(quota.allow_burst(attempts), MonotonicClock)
}

impl Failures {
    /// So many attempts of an address in a minute.
    pub fn new(attempts: u32) -> Self {
        Failures {
            addresses: limiter(attempts),
            keys: limiter(attempts.saturating_mul(KEY_FACTOR)),
            remembered: Mutex::default(),
        }
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<u64, Failing>> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How long an attempt with a token nobody knows has to wait, if it has to.
    pub fn wait(&self, address: u64, key: u64) -> Option<Duration> {
        let remembered = self.remembered();
        let failing = remembered.get(&address)?;
        let now = Instant::now();
        let shut = |it: &Failing| {
            it.shut_until
                .and_then(|until| until.checked_duration_since(now))
        };
        // The key's own count concerns those who have failed themselves, and lately.
        let of_key = || {
            let lately = now.saturating_duration_since(failing.last) < WINDOW;
            remembered.get(&key).filter(|_| lately).and_then(shut)
        };
        shut(failing).or_else(of_key).filter(|wait| !wait.is_zero())
    }

    /// Counts a failed attempt. How long the next one has to wait, if this was one too many.
    pub fn count(&self, address: u64, key: u64) -> Option<Duration> {
        let of_address = overdrawn(&self.addresses, address);
        let of_key = overdrawn(&self.keys, key);
        let now = Instant::now();
        let mut remembered = self.remembered();
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        for (who, wait) in [(address, of_address), (key, of_key)] {
            let shut_until = wait.map(|wait| now + wait);
            let last = now;
            remembered.insert(who, Failing { last, shut_until });
        }
        of_address
    }

    /// Forgets whoever has not failed for a while.
    pub(super) fn tidy(&self) {
        for limiter in [&self.addresses, &self.keys] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let now = Instant::now();
        let lately = |it: &Failing| now.saturating_duration_since(it.last) < WINDOW;
        self.remembered().retain(|_, it| lately(it));
    }
}

/// How long until the next one, if this is one too many.
fn overdrawn(limiter: &Limiter, key: u64) -> Option<Duration> {
    let until = limiter.check_key(&key).err()?;
    Some(until.wait_time_from(MonotonicClock.now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_so_many_failures_an_address_waits_and_others_don_t() {
        let failures = Failures::new(3);
        for _ in 0..3 {
            assert_eq!(failures.wait(1, 100), None);
            assert_eq!(failures.count(1, 100), None);
        }
        let wait = failures.count(1, 100);
        assert!(wait.is_some_and(|it| it <= WINDOW / 3), "{wait:?}");
        assert!(failures.wait(1, 100).is_some());
        assert!(failures.wait(1, 200).is_some(), "whatever the key");
        assert_eq!(failures.wait(2, 100), None, "another address");
    }

    #[test]
    fn a_key_that_many_fail_with_is_shut_to_those_who_failed() {
        let failures = Failures::new(1);
        for address in 1..=10 {
            assert_eq!(failures.count(address, 100), None);
        }
        failures.count(11, 100);
        assert!(failures.wait(10, 100).is_some(), "has failed before");
        assert_eq!(failures.wait(10, 200), None, "another key");
        assert_eq!(failures.wait(99, 100), None, "has never failed");
    }
}
