//! Symmetric RTP: audio goes back to where it comes from, within the host that SDP named, or the one that signals.

use std::net::{IpAddr, SocketAddr};

/// The far end's address. Behind a port-translating gateway the port differs from the SDP's; the host may not
/// (so nobody else can pull a call's sound to himself), unless it is the host that signals for a phone that has proved who it
/// is: a phone in a private network names an address of that. After a few packets of one port it is locked.
#[derive(Clone, Debug)]
pub(in crate::media) struct Source {
    named: SocketAddr,
    beside: Option<IpAddr>,
    heard: Option<Heard>,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    from: SocketAddr,
    packets: u8,
}

impl Source {
    pub fn new(named: SocketAddr) -> Self {
        Self { named, beside: None, heard: None }
    }

    /// Packets from this host are taken as well.
    pub fn beside(&mut self, host: Option<IpAddr>) {
        self.beside = host.map(|host| host.to_canonical());
    }

    /// SDP names an address again; the same one keeps the lock.
    pub fn rename(&mut self, named: SocketAddr) {
        if named != self.named {
            *self = Self { beside: self.beside, ..Self::new(named) };
        }
    }

    /// Whether a valid packet from here belongs to the stream.
    pub fn admit(&mut self, from: SocketAddr) -> bool {
        if from.ip() != self.named.ip() && Some(from.ip().to_canonical()) != self.beside {
            return false;
        }
        match &mut self.heard {
            Some(heard) if heard.from == from => {
                heard.packets = heard.packets.saturating_add(1);
                true
            }
            Some(heard) if heard.packets >= LOCKED_AFTER => false,
            // The named port outweighs a stray one.
            Some(heard) if heard.from == self.named => false,
            Some(_) | None => {
                self.heard = Some(Heard { from, packets: 1 });
                true
            }
        }
    }

    /// Where to send.
    pub fn reply_to(&self) -> SocketAddr {
        self.heard.filter(|heard| heard.packets >= LOCKED_AFTER).map_or(self.named, |heard| heard.from)
    }

    /// The source fell silent: the next one of the same host may take its place.
    pub fn forget(&mut self) {
        self.heard = None;
    }
}

const LOCKED_AFTER: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn replies_go_to_the_named_port_until_another_is_locked() {
        let mut source = Source::new(at("192.0.2.1:4000"));
        for _ in 0..2 {
            assert!(source.admit(at("192.0.2.1:5000")));
            assert_eq!(source.reply_to(), at("192.0.2.1:4000"));
        }
        assert!(source.admit(at("192.0.2.1:5000")));
        assert_eq!(source.reply_to(), at("192.0.2.1:5000"));
    }

    #[test]
    fn another_host_or_family_is_never_admitted() {
        let mut source = Source::new(at("192.0.2.1:4000"));
        assert!(!source.admit(at("192.0.2.2:4000")));
        assert!(!source.admit(at("[2001:db8::1]:4000")));
    }

    #[test]
    fn a_phone_behind_nat_is_heard_from_where_it_signals_and_nobody_else_is() {
        let mut source = Source::new(at("10.0.0.7:4000"));
        source.beside(Some("192.0.2.1".parse().unwrap()));
        assert!(!source.admit(at("192.0.2.2:5000")));
        for _ in 0..3 {
            assert!(source.admit(at("192.0.2.1:5000")));
        }
        assert_eq!(source.reply_to(), at("192.0.2.1:5000"));
        assert!(!source.admit(at("192.0.2.1:5002")), "latched once");
        source.rename(at("10.0.0.7:4010"));
        assert!(source.admit(at("192.0.2.1:5010")), "the SDP's new address changes nothing in who signals");
    }

    #[test]
    fn a_locked_source_shuts_others_out_until_it_falls_silent() {
        let mut source = Source::new(at("192.0.2.1:4000"));
        for _ in 0..3 {
            assert!(source.admit(at("192.0.2.1:5000")));
        }
        assert!(!source.admit(at("192.0.2.1:6000")));
        source.forget();
        assert!(source.admit(at("192.0.2.1:6000")));
    }

    #[test]
    fn the_named_port_is_not_taken_over_by_a_stray_packet() {
        let mut source = Source::new(at("192.0.2.1:4000"));
        assert!(source.admit(at("192.0.2.1:4000")));
        assert!(!source.admit(at("192.0.2.1:5000")));
    }

    #[test]
    fn a_new_address_in_sdp_begins_anew_and_the_same_one_does_not() {
        let mut source = Source::new(at("192.0.2.1:4000"));
        for _ in 0..3 {
            source.admit(at("192.0.2.1:5000"));
        }
        source.rename(at("192.0.2.1:4000"));
        assert_eq!(source.reply_to(), at("192.0.2.1:5000"));
        source.rename(at("192.0.2.9:4000"));
        assert_eq!(source.reply_to(), at("192.0.2.9:4000"));
    }
}
