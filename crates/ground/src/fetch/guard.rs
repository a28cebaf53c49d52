//! Which addresses the program may call. An address typed by a person, or answered by a stranger's name server, must
//! not become a way to reach the machines next door.
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Whether an address belongs to the open internet (or to this machine, where that is allowed).
pub fn allowed(address: IpAddr, allow_loopback: bool) -> bool {
    match address {
        IpAddr::V4(v4) => allowed_v4(v4, allow_loopback),
        IpAddr::V6(v6) => allowed_v6(v6, allow_loopback),
    }
}

fn allowed_v4(a: Ipv4Addr, allow_loopback: bool) -> bool {
    if a.is_loopback() {
        return allow_loopback;
    }
    let [x, y, z, _] = a.octets();
    let closed = x == 0
        || a.is_private()
        || a.is_link_local()
        || a.is_multicast()
        || a.is_broadcast()
        || a.is_documentation()
        || (x == 100 && (64..128).contains(&y)) // carrier-grade NAT
        || (x == 192 && y == 0 && z == 0) // protocol assignments
        || (x == 192 && y == 88 && z == 99) // old 6to4 relays
        || (x == 198 && (18..20).contains(&y)) // benchmarking
        || x >= 240;
    !closed
}

fn allowed_v6(a: Ipv6Addr, allow_loopback: bool) -> bool {
    if a.is_loopback() {
        return allow_loopback;
    }
    // An IPv4 address in another coat is judged as that IPv4 address.
    if let Some(inner) = inner_v4(a) {
        return allowed_v4(inner, allow_loopback);
    }
    let s = a.segments();
    // Only 2000::/3 is the open internet; of that, Teredo, ORCHID, documentation and benchmarking are not.
    let global = s[0] & 0xe000 == 0x2000;
    let special = s[0] == 0x2001 && s[1] < 0x0200;
    let documentation = (s[0] == 0x2001 && s[1] == 0x0db8) || s[0] == 0x3fff;
    global && !special && !documentation
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address.
fn inner_v4(a: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = a.segments();
    let low = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff | 0, h, l] => Some(low(h, l)),
        [0, 0, 0, 0, 0xffff, 0, h, l] => Some(low(h, l)),
        [0x64, 0xff9b, 0, 0, 0, 0, h, l] => Some(low(h, l)),
        [0x2002, h, l, ..] => Some(low(h, l)),
        _ => None,
    }
}

/// The same, where the operator named whom to call, and that may stand in a network of the government's own.
fn reachable(address: IpAddr, allow_loopback: bool, allow_inner: bool) -> bool {
    allowed(address, allow_loopback) || (allow_inner && is_inner(address))
}

/// Addresses of networks of one's own. Those that machines give themselves are none: there, a machine answers for its host.
fn is_inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => a.is_private() || (a.octets()[0] == 100 && (64..128).contains(&a.octets()[1])),
        IpAddr::V6(a) => match inner_v4(a) {
            Some(inner) => is_inner(IpAddr::V4(inner)),
            None => a.is_unique_local(),
        },
    }
}

/// Judges the address as written, before anything is resolved: its scheme, its host, a literal address.
/// The error is one sentence for the log and for the person who typed it.
pub fn check(url: &Url, allow_loopback: bool) -> Result<(), String> {
    judge(url, allow_loopback, false)
}

pub(super) fn judge(url: &Url, allow_loopback: bool, allow_inner: bool) -> Result<(), String> {
    let closed = |a: IpAddr| !reachable(a, allow_loopback, allow_inner);
    let refuse = |why: &str| Err(format!("{} is not called: {why}", url.host_str().unwrap_or("the address")));
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it carries a name or a password");
    }
    let local = match url.host() {
        None => return refuse("it names no host"),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(a)) if closed(IpAddr::V4(a)) => return refuse("the address is not allowed"),
        Some(Host::Ipv6(a)) if closed(IpAddr::V6(a)) => return refuse("the address is not allowed"),
        Some(Host::Ipv4(a)) => a.is_loopback(),
        Some(Host::Ipv6(a)) => a.is_loopback(),
    };
    if local && !allow_loopback {
        return refuse("the address is not allowed");
    }
    match url.scheme() {
        "https" => Ok(()),
        // Keys and citizens' words never cross a network in the clear; to this same machine they may.
        "http" if local => Ok(()),
        "http" => refuse("only https is used beyond this machine"),
        _ => refuse("only https is used"),
    }
}

/// Resolves names and keeps only the addresses that may be called, so a name cannot lead to a closed address.
#[derive(Debug, Clone)]
pub struct GuardedNames {
    pub allow_loopback: bool,
    pub allow_inner: bool,
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (loopback, inner) = (self.allow_loopback, self.allow_inner);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let open: Vec<SocketAddr> = found.into_iter().filter(|a| reachable(a.ip(), loopback, inner)).collect();
            if open.is_empty() {
                return Err(format!("the address of {} is not allowed", name.as_str()).into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_addresses() {
        for closed in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "fec0::1",
            "::ffff:0:10.0.0.1",
        ] {
            assert!(!allowed(closed.parse().unwrap(), false), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "100.63.0.1",
            "172.32.0.1",
            "203.0.114.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "2002:101:101::1",
        ] {
            assert!(allowed(open.parse().unwrap(), false), "{open}");
        }
        assert!(allowed("127.0.0.1".parse().unwrap(), true));
        assert!(allowed("::1".parse().unwrap(), true));
        assert!(allowed("::ffff:127.0.0.1".parse().unwrap(), true));
        assert!(!allowed("10.0.0.1".parse().unwrap(), true), "only this machine, not its neighbours");
    }

    #[test]
    fn addresses_as_written() {
        let check = |text: &str, loopback| check(&Url::parse(text).unwrap(), loopback);
        for refused in [
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://user:pw@example.org/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://[::ffff:10.0.0.1]/",
            "https://localhost/",
            "https://a.localhost/",
            "https://169.254.169.254/latest",
        ] {
            assert!(check(refused, false).is_err(), "{refused}");
        }
        assert!(check("https://example.org/a", false).is_ok());
        assert!(check("http://127.0.0.1:8080/", true).is_ok());
        assert!(check("http://localhost:8080/", true).is_ok());
        assert!(check("http://10.0.0.1/", true).is_err());
        assert!(check("http://example.org/", true).is_err());
    }

    #[test]
    fn a_network_of_ones_own_is_reached_only_where_the_operator_said_whom_to_call() {
        let judge = |text: &str| judge(&Url::parse(text).unwrap(), false, true);
        for open in ["https://10.0.0.1/", "https://192.168.1.1/", "https://100.64.0.1/", "https://[fd12::1]/"] {
            assert!(judge(open).is_ok(), "{open}");
            assert!(check(&Url::parse(open).unwrap(), false).is_err(), "{open}");
        }
        for closed in [
            "http://10.0.0.1/",
            "https://127.0.0.1/",
            "https://169.254.169.254/",
            "https://[fe80::1]/",
            "https://[::1]/",
        ] {
            assert!(judge(closed).is_err(), "{closed}");
        }
    }
}
