//! Connections: how many there are at once, how many an address has, how long a client may let us
//! wait.
//!
//! | A client that | Is let go |
//! |---|---|
//! | takes its time with the head of a request | after [`crate::http::app::HEAD_TIMEOUT`] |
//! | takes its time with a body | after [`crate::http::write::post::BODY_TIMEOUT`], with 408 |
//! | doesn't take its answer | once nothing of it was taken for as long as a setting says (Linux) |
//! | asks nothing | after [`crate::http::app::KEEP_ALIVE`] |
//! | has more connections than an address may | at once: what it asks there is refused with 429 |
//!
//! None of them holds a connection to the database meanwhile: bodies are read before one is asked
//! for, and what is sent was read before. Connections beyond those there may be in all wait in the
//! system's queue. A trusted proxy stands for many, and isn't counted as an address.

use std::any::Any;
use std::collections::HashMap;
use std::net::{IpAddr, Shutdown};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::rt::net::TcpStream;
use socket2::SockRef;

use super::proxies::{TrustedProxies, narrow};
use super::settings::{Crowd, LimitSettings};
use crate::http::problem::Problem;

/// When somebody with too many connections may try again.
const RETRY_AFTER_S: u64 = 5;

/// Who is connected.
#[derive(Debug)]
pub struct Connections {
    crowd: Crowd,
    patience: Duration,
    proxies: TrustedProxies,
    open: Mutex<HashMap<IpAddr, u32>>,
}

/// A connection's place among those of its address, given up when the connection ends.
#[derive(Debug)]
pub struct Place {
    all: Arc<Connections>,
    address: IpAddr,
}

/// What is known of a connection: it has a place, or there was none left.
#[derive(Debug)]
pub enum Admission {
    /// It counts.
    Placed(Place),
    /// It is one too many of its address.
    Refused,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.all.open();
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

impl Connections {
    /// Nobody is connected yet.
    pub fn new(settings: &LimitSettings) -> Arc<Self> {
        Arc::new(Connections {
            crowd: settings.crowd,
            patience: settings.patience,
            proxies: settings.proxies.clone(),
            open: Mutex::default(),
        })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many each of so many threads takes at once.
    pub fn for_each(&self, threads: NonZeroUsize) -> usize {
        let all = usize::try_from(self.crowd.in_all).unwrap_or(usize::MAX);
        all.div_ceil(threads.get())
    }

    /// A place for one more connection of that address, unless it has as many as it may.
    pub fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = narrow(address);
        let mut open = self.open();
        let count = open.entry(address).or_default();
        if *count >= self.crowd.per_address && !self.proxies.trusts(address) {
            return None;
        }
        *count += 1;
        drop(open);
        let all = Arc::clone(self);
        Some(Place { all, address })
    }

    /// What is done with a new connection, before anything is read of it.
    pub fn admit(self: &Arc<Self>, connection: &dyn Any, data: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else {
            return;
        };
        let socket = SockRef::from(stream);
        #[cfg(target_os = "linux")]
        if let Err(error) = socket.set_tcp_user_timeout(Some(self.patience)) {
            log::debug!("a connection without a limit to waiting: {error}");
        }
        let Ok(peer) = stream.peer_addr() else {
            return;
        };
        let admission = match self.place(peer.ip()) {
            Some(place) => Admission::Placed(place),
            None => {
                // What it has asked already is answered; nothing more is read.
                let _ = socket.shutdown(Shutdown::Read);
                Admission::Refused
            }
        };
        data.insert(admission);
    }
}

/// 429: an address has as many connections as it may.
pub fn crowded() -> Problem {
    let detail = format!(
        "There are as many connections from this address as there may be: use those, or try again \
         in {RETRY_AFTER_S} seconds"
    );
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-connections",
        detail,
    )
    .with_header(header::RETRY_AFTER, RETRY_AFTER_S.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let settings = LimitSettings {
            crowd: Crowd {
                in_all: 10,
                per_address: 2,
            },
            proxies: TrustedProxies::parse("10.0.0.1").unwrap(),
            ..LimitSettings::default()
        };
        let all = Connections::new(&settings);
        let of = |address: &str| all.place(address.parse().unwrap());
        let (first, second) = (of("192.0.2.1"), of("192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(of("192.0.2.1").is_none());
        assert!(of("192.0.2.2").is_some(), "another address");
        drop(first);
        assert!(of("192.0.2.1").is_some());
        // Whoever has an IPv6 network has all its addresses.
        let held = [of("2001:db8::1"), of("2001:db8::2")];
        assert!(held.iter().all(Option::is_some) && of("2001:db8::3").is_none());
        let proxied: Vec<_> = (0..5).map(|_| of("10.0.0.1")).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop((second, held, proxied));
        assert!(all.open().is_empty(), "nobody is remembered who left");
        let threads = NonZeroUsize::new(4).unwrap();
        assert_eq!(all.for_each(threads), 3);
    }
}
