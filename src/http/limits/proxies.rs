//! Where a request comes from: who is connected, or, if that is a proxy we trust, whom it names.
//!
//! Anybody can write `Forwarded` and `X-Forwarded-For`. So they are read from their end, where the
//! nearest proxy wrote, and only as far as each name stands for a trusted proxy: the first that
//! doesn't is the client, whatever it says of others. Nothing is believed unless a setting names
//! whom to believe.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// How many names are read of a chain of proxies; longer ones are made up.
const LONGEST_CHAIN: usize = 16;

/// The networks of the proxies whose word is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: u128,
    bits: u32,
}

/// What is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} isn't an address or a network, such as 10.0.0.7 or 10.0.0.0/8; several are separated \
     by commas."
)]
pub struct NotAProxy(String);

/// IPv4 addresses are IPv6 addresses as well.
fn wide(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (ip, bits) = match text.split_once('/') {
            Some((ip, bits)) => (ip, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let ip: IpAddr = ip.parse().ok()?;
        let (own, before) = if ip.is_ipv4() { (32, 96) } else { (128, 0) };
        let bits = bits.unwrap_or(own);
        (bits <= own).then(|| Network {
            address: wide(ip),
            bits: before + bits,
        })
    }

    fn contains(&self, ip: IpAddr) -> bool {
        let differs = self.address ^ wide(ip);
        self.bits == 0 || differs.leading_zeros() >= self.bits
    }
}

impl TrustedProxies {
    /// Reads addresses and networks with commas between them; none, if there is nothing.
    pub fn parse(list: &str) -> Result<Self, NotAProxy> {
        let names = list.split(',').map(str::trim).filter(|it| !it.is_empty());
        let read = names.map(|it| Network::parse(it).ok_or_else(|| NotAProxy(it.to_owned())));
        read.collect::<Result<_, _>>().map(TrustedProxies)
    }

    /// Whether that is a proxy whose word is taken.
    pub(super) fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(ip))
    }

    /// Where a request comes from: of an IPv6 address the half that names the network, as whoever
    /// has one has them all.
    pub fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        Some(narrow(self.client_of(peer, request.headers())))
    }

    /// Whether a request's client came by https, as the proxy says that it came to.
    pub fn came_by_https(&self, request: &HttpRequest) -> bool {
        let peer = request.peer_addr();
        if !peer.is_some_and(|peer| self.trusts(peer.ip())) {
            return false; // it came to us, and we don't speak it
        }
        let headers = request.headers();
        let place = self.place_of_client(&chain(headers));
        proto(headers, place).is_some_and(|it| it.eq_ignore_ascii_case("https"))
    }

    /// Which of a chain's names is the client's, the nearest being the first.
    fn place_of_client(&self, chain: &[Option<IpAddr>]) -> usize {
        let trusted = |it: &Option<IpAddr>| it.is_some_and(|ip| self.trusts(ip));
        let proxies = chain.iter().take_while(|it| trusted(it)).count();
        proxies.min(chain.len().saturating_sub(1))
    }

    fn client_of(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        if !self.trusts(peer) {
            return client;
        }
        for named in chain(headers) {
            let Some(ip) = named else {
                return client; // it hides, or isn't an address: the proxy stands for it
            };
            client = ip;
            if !self.trusts(ip) {
                return client;
            }
        }
        client
    }
}

/// Of an IPv6 address the half that names the network.
pub(super) fn narrow(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(wide) => match wide.to_ipv4_mapped() {
            Some(ip) => IpAddr::V4(ip),
            None => IpAddr::V6(Ipv6Addr::from_bits(wide.to_bits() >> 64 << 64)),
        },
    }
}

/// What stands in a header, between its commas.
fn texts(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).filter_map(|it| it.to_str().ok());
    values
        .flat_map(|it| it.split(','))
        .map(|it| it.trim().to_owned())
        .collect()
}

/// The addresses that proxies wrote down, the nearest first. `Forwarded` goes before its elder.
fn chain(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let forwarded = texts(headers, &FORWARDED);
    let named: Vec<Option<IpAddr>> = match forwarded.is_empty() {
        true => texts(headers, &X_FORWARDED_FOR)
            .iter()
            .map(|it| address(it))
            .collect(),
        false => forwarded.iter().map(|it| forwarded_for(it)).collect(),
    };
    named.into_iter().rev().take(LONGEST_CHAIN).collect()
}

/// By which protocol somebody came, of those whom proxies wrote down: the nearest is the first. A
/// single `X-Forwarded-Proto` is the client's: proxies pass it on.
fn proto(headers: &HeaderMap, place: usize) -> Option<String> {
    let forwarded = texts(headers, &FORWARDED);
    if !forwarded.is_empty() {
        let element = forwarded.into_iter().rev().nth(place)?;
        return parameter(&element, "proto").map(str::to_owned);
    }
    let mut protos = texts(headers, &X_FORWARDED_PROTO);
    match protos.len() {
        1 => protos.pop(),
        _ => protos.into_iter().rev().nth(place),
    }
}

/// The `for` of one element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    address(parameter(element, "for")?)
}

/// What an element of `Forwarded` says of something.
fn parameter<'e>(element: &'e str, wanted: &str) -> Option<&'e str> {
    let mut pairs = element
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    Some(value.trim_matches('"'))
}

/// An address, in brackets and with a port or not.
fn address(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let (ip, _) = rest.split_once(']')?;
        return ip.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip);
    }
    let (ip, _) = text.split_once(':')?;
    ip.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(trusted: &str, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1").parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let proxies = TrustedProxies::parse(trusted).unwrap();
        proxies
            .client(&request.to_http_request())
            .unwrap()
            .to_string()
    }

    #[test]
    fn nobody_is_believed_unless_a_setting_says_so() {
        for headers in [("x-forwarded-for", "1.2.3.4"), ("forwarded", "for=1.2.3.4")] {
            assert_eq!(client("", "10.0.0.1", &[headers]), "10.0.0.1");
            assert_eq!(client("10.0.0.2", "10.0.0.1", &[headers]), "10.0.0.1");
            assert_eq!(client("10.0.0.0/8", "10.0.0.1", &[headers]), "1.2.3.4");
        }
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        let trusted = "10.0.0.0/8, 192.168.1.1";
        let said = |value| client(trusted, "10.0.0.1", &[("x-forwarded-for", value)]);
        assert_eq!(said("6.6.6.6, 1.2.3.4, 192.168.1.1"), "1.2.3.4");
        assert_eq!(said("6.6.6.6, 10.9.9.9"), "6.6.6.6");
        assert_eq!(said("10.1.1.1, 10.2.2.2"), "10.1.1.1");
        assert_eq!(said("6.6.6.6, unknown"), "10.0.0.1");
        assert_eq!(said("1.2.3.4:8080"), "1.2.3.4");
        let split = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "1.2.3.4"),
        ];
        assert_eq!(client(trusted, "10.0.0.1", &split), "1.2.3.4");
        let both = [("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "6.6.6.6")];
        assert_eq!(client(trusted, "10.0.0.1", &both), "1.2.3.4");
    }

    #[test]
    fn forwarded_is_read_as_its_standard_has_it() {
        let said = |value| client("10.0.0.1", "10.0.0.1", &[("forwarded", value)]);
        assert_eq!(
            said("for=6.6.6.6, For=\"1.2.3.4:47\";proto=https;by=10.0.0.1"),
            "1.2.3.4"
        );
        assert_eq!(
            said("proto=http;for=\"[2001:db8:1:2:3:4:5:6]:47\""),
            "2001:db8:1:2::"
        );
        assert_eq!(said("for=_hidden"), "10.0.0.1");
    }

    #[test]
    fn https_is_what_a_trusted_proxy_says_of_the_client() {
        let said = |trusted: &str, headers: &[(&'static str, &str)]| {
            let peer = "10.0.0.1:1".parse().unwrap();
            let mut request = TestRequest::default().peer_addr(peer);
            for (name, value) in headers {
                request = request.append_header((*name, *value));
            }
            let proxies = TrustedProxies::parse(trusted).unwrap();
            proxies.came_by_https(&request.to_http_request())
        };
        let trusted = "10.0.0.0/8";
        let one = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-proto", "https"),
        ];
        assert!(said(trusted, &one));
        assert!(!said("", &one), "nobody is believed unasked");
        assert!(!said(trusted, &[("x-forwarded-proto", "http")]) && !said(trusted, &[]));
        // Whatever the client wrote itself stands before what the proxy wrote.
        let forged = [
            ("x-forwarded-for", "6.6.6.6, 1.2.3.4"),
            ("x-forwarded-proto", "https, http"),
        ];
        assert!(!said(trusted, &forged));
        let two = "for=1.2.3.4;proto=https, for=10.0.0.2;proto=http";
        assert!(said(trusted, &[("forwarded", two)]));
        let plain = "for=6.6.6.6;proto=https, for=1.2.3.4;proto=http, for=10.0.0.2;proto=https";
        assert!(!said(trusted, &[("forwarded", plain)]));
    }

    #[test]
    fn networks_are_read_strictly() {
        for wrong in ["10.0.0", "10.0.0.0/33", "::1/129", "10.0.0.0/x", "proxy"] {
            assert_eq!(
                TrustedProxies::parse(wrong),
                Err(NotAProxy(wrong.to_owned()))
            );
        }
        let all = TrustedProxies::parse("::/0").unwrap();
        assert!(all.trusts("1.2.3.4".parse().unwrap()) && all.trusts("::1".parse().unwrap()));
        let some = TrustedProxies::parse("192.0.2.0/24,2001:db8::/32").unwrap();
        for (ip, trusted) in [
            ("192.0.2.255", true),
            ("192.0.3.0", false),
            ("::ffff:192.0.2.1", true),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(some.trusts(ip.parse().unwrap()), trusted, "{ip}");
        }
    }
}
