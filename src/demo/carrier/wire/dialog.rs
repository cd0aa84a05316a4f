//! The carrier's end of a dialog: what its own requests must carry (RFC 3261 section 12.2.1.1).

use std::net::SocketAddr;

use super::message::{Message, uri_of};
use super::reply::{finish, line};

/// The state of a dialog that an INVITE opened towards us.
#[derive(Clone, Debug)]
pub struct Dialog {
    call_id: String,
    /// Our From: the INVITE's To with our tag.
    local: String,
    /// Our To: the INVITE's From.
    remote: String,
    /// The caller's Contact: the URI of our requests.
    target: String,
    routes: Vec<String>,
    /// Where our requests go.
    peer: SocketAddr,
    ours: SocketAddr,
    cseq: u32,
}

impl Dialog {
    /// The dialog of `invite`, which came from `source` to our address `ours`.
    pub fn new(invite: &Message, tag: &str, source: SocketAddr, ours: SocketAddr) -> Self {
        let text = |name| invite.header(name).unwrap_or_default().to_owned();
        let routes: Vec<String> = invite.all("record-route").map(str::to_owned).collect();
        let target =
            invite.header("contact").map_or_else(|| format!("sip:{source}"), |c| uri_of(c).to_owned());
        let mut dialog = Self {
            call_id: text("call-id"),
            local: format!("{};tag={tag}", text("to")),
            remote: text("from"),
            target,
            routes,
            peer: source,
            ours,
            cseq: 0,
        };
        dialog.aim(source);
        dialog
    }

    /// A re-INVITE or an UPDATE refreshes the target (RFC 3261 section 12.2.2).
    pub fn refresh(&mut self, request: &Message) {
        if let Some(contact) = request.header("contact") {
            self.target = uri_of(contact).to_owned();
            self.aim(self.peer);
        }
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// The next request's bytes and its CSeq.
    pub fn request(&mut self, method: &str, extra: &[String], sdp: Option<&str>) -> (u32, Vec<u8>) {
        self.cseq += 1;
        (self.cseq, self.write(method, self.cseq, extra, sdp))
    }

    /// The next request with a body that is not SDP; `extra` names its Content-Type.
    pub fn request_with(&mut self, method: &str, extra: &[String], body: &str) -> (u32, Vec<u8>) {
        self.cseq += 1;
        let mut text = self.head(method, self.cseq);
        for header in extra {
            text.push_str(header);
            text.push_str("\r\n");
        }
        line(&mut text, "Content-Length", &body.len().to_string());
        text.push_str("\r\n");
        text.push_str(body);
        (self.cseq, text.into_bytes())
    }

    /// The ACK of a 2xx to our INVITE of this `cseq`.
    pub fn ack(&self, cseq: u32) -> Vec<u8> {
        self.write("ACK", cseq, &[], None)
    }

    fn write(&self, method: &str, cseq: u32, extra: &[String], sdp: Option<&str>) -> Vec<u8> {
        finish(self.head(method, cseq), extra, sdp)
    }

    fn head(&self, method: &str, cseq: u32) -> String {
        let mut text = format!("{method} {} SIP/2.0\r\n", self.target);
        // The branch is unique in the dialog by method and CSeq, and across dialogs by our tag.
        let tag = self.local.rsplit_once("tag=").map_or("", |(_, tag)| tag);
        line(&mut text, "Via", &format!("SIP/2.0/UDP {};rport;branch=z9hG4bK{tag}{method}{cseq}", self.ours));
        line(&mut text, "Max-Forwards", "70");
        for route in &self.routes {
            line(&mut text, "Route", route);
        }
        line(&mut text, "From", &self.local);
        line(&mut text, "To", &self.remote);
        line(&mut text, "Call-ID", &self.call_id);
        line(&mut text, "CSeq", &format!("{cseq} {method}"));
        line(&mut text, "Contact", &format!("<sip:{}>", self.ours));
        text
    }

    /// The next hop: the first route, else the target, when that is a loopback address; else where the INVITE came from.
    fn aim(&mut self, source: SocketAddr) {
        let hop = self.routes.first().map_or(self.target.as_str(), |route| uri_of(route));
        self.peer = address_of(hop).filter(|addr| addr.ip().is_loopback()).unwrap_or(source);
    }
}

/// The address of a SIP URI whose host is an IP address; port 5060 when it has none.
fn address_of(uri: &str) -> Option<SocketAddr> {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split([';', '?']).next()?;
    host.parse().ok().or_else(|| {
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        Some(SocketAddr::new(ip, 5060))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_bye_swaps_the_ends_and_goes_to_the_contact() {
        let text = "INVITE sip:1@127.0.0.1 SIP/2.0\r\nFrom: <sip:a@b>;tag=them\r\nTo: <sip:1@b>\r\n\
             Call-ID: c\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:5071>\r\n\r\n";
        let invite = Message::parse(text.as_bytes()).expect("SIP");
        let (source, ours) = ("127.0.0.1:5070".parse().expect("a"), "127.0.0.1:5060".parse().expect("a"));
        let mut dialog = Dialog::new(&invite, "us", source, ours);
        let (cseq, bytes) = dialog.request("BYE", &[], None);
        let bye = Message::parse(&bytes).expect("SIP");
        assert_eq!((cseq, bye.cseq()), (1, Some((1, "BYE"))));
        assert_eq!((bye.tag("from"), bye.tag("to")), (Some("us"), Some("them")));
        assert_eq!(dialog.peer(), "127.0.0.1:5071".parse().expect("a"));
    }

    #[test]
    fn a_contact_that_is_not_loopback_is_never_sent_to() {
        let text = "INVITE sip:1@x SIP/2.0\r\nContact: <sip:a@192.0.2.1:5071>\r\n\r\n";
        let invite = Message::parse(text.as_bytes()).expect("SIP");
        let source = "127.0.0.1:5070".parse().expect("a");
        assert_eq!(Dialog::new(&invite, "us", source, source).peer(), source);
    }
}
