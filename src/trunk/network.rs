//! Addresses that a trunk's calls may come from.

use std::fmt;
use std::net::IpAddr;

/// A network such as `203.0.113.0/24`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// Its first address; never an IPv4 address in IPv6's clothes.
    first: IpAddr,
    /// Bits that all its addresses share: 0 to 32, or 128 for IPv6.
    bits: u8,
}

/// Half the world is no trunk.
const WIDEST: (u8, u8) = (8, 16);

impl Network {
    /// Reads an address, or a network as `address/bits`; bits beyond them in the address are passed over. `None`: it is
    /// neither, or wider than /8 (IPv6: /16), which no carrier is.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        let (widest, narrowest) = if address.is_ipv4() { (WIDEST.0, 32) } else { (WIDEST.1, 128) };
        let bits = bits.unwrap_or(narrowest);
        if !(widest..=narrowest).contains(&bits) {
            return None;
        }
        match bits == narrowest {
            true => Some(Self::from(address)),
            false => Some(Self { first: shared(address, bits), bits }),
        }
    }

    /// Whether an address is in it; an IPv4 address in IPv6's clothes is taken for what it is.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_ipv4() == self.first.is_ipv4() && shared(ip, self.bits) == self.first
    }
}

impl From<IpAddr> for Network {
    fn from(ip: IpAddr) -> Self {
        let first = ip.to_canonical();
        Self { first, bits: if first.is_ipv4() { 32 } else { 128 } }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// The address with its first `bits` bits, the others 0.
fn shared(ip: IpAddr, bits: u8) -> IpAddr {
    let bits = u32::from(bits);
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
            IpAddr::V4((u32::from(ip) & mask).into())
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
            IpAddr::V6((u128::from(ip) & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, ip: &str) -> bool {
        Network::parse(network).expect(network).contains(ip.parse().expect(ip))
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
            ("203.0.113.77/25", "203.0.113.127", "203.0.113.128"),
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.1/32", "::ffff:192.0.2.1", "::1"),
            ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.3"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
        ] {
            assert!(holds(network, inside), "{network} {inside}");
            assert!(!holds(network, outside), "{network} {outside}");
        }
    }

    #[test]
    fn what_is_no_network_or_half_the_world_is_refused() {
        for text in
            ["", "carrier.example", "192.0.2.1/33", "192.0.2.1/", "0.0.0.0/0", "8.0.0.0/7", "::/0", "::/129"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
