//! A dialog's identity: who talks to whom, and through what (RFC 3261 section 12).

use rsipstack::sip::typed::Route;
use rsipstack::sip::{Method, Request, Response, Uri};

use super::draft::Draft;
use super::read;

/// A confirmed dialog of ours, as its far end knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogName {
    call_id: String,
    /// Our tag, the far end's remote one.
    ours: String,
    theirs: String,
    /// Where the far end is to be reached: its Contact.
    target: String,
}

impl DialogName {
    /// The dialog that an answer to our INVITE makes; `None` where it has no Contact or no tag.
    pub(in crate::sip) fn of_answer(response: &Response) -> Option<Self> {
        Some(Self {
            call_id: read::value(response, "Call-ID")?.to_owned(),
            ours: read::from_tag(response)?,
            theirs: read::to_tag(response)?,
            target: read::contact(response)?.to_string(),
        })
    }

    /// The URI by which somebody else takes our place in the dialog (RFC 3891 section 6.1, RFC 5589 section 7): its far end's
    /// own tag is the `to-tag`.
    pub fn to_replace(&self) -> String {
        let replaces = format!("{};to-tag={};from-tag={}", self.call_id, self.theirs, self.ours);
        // A URI that has headers or none: what stands behind a `?` of its own is no business of ours.
        let target = self.target.split('?').next().unwrap_or_default();
        format!("{target}?Replaces={}", escape(&replaces))
    }
}

/// Writes what may not stand in a URI's header by its code (RFC 3261 section 19.1.2).
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    let part = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(part).collect()
}

/// One dialog as we see it.
#[derive(Clone, Debug)]
pub(in crate::sip) struct Dialog {
    pub call_id: String,
    /// From's value with our tag.
    pub local: String,
    /// To's value; with the far end's tag once there is one.
    pub remote: String,
    pub target: Uri,
    pub routes: Vec<String>,
    pub contact: String,
    /// The last CSeq number we used.
    pub cseq: u32,
    /// The last CSeq number of the far end.
    pub remote_cseq: Option<u32>,
}

impl Dialog {
    /// What a request of ours was sent in.
    pub fn of_request(request: &Request) -> Self {
        let value = |name| read::value(request, name).unwrap_or_default().to_owned();
        Self {
            call_id: value("Call-ID"),
            local: value("From"),
            remote: value("To"),
            target: request.uri.clone(),
            routes: read::values(request, "Route").map(str::to_owned).collect(),
            contact: value("Contact"),
            cseq: read::value(request, "CSeq").and_then(read::number).unwrap_or_default(),
            remote_cseq: None,
        }
    }

    /// The dialog that an INVITE to us begins, with our tag (RFC 3261 section 12.1.1); `None` without a Contact, to
    /// which no request of ours could go.
    pub fn of_invite(request: &Request, tag: &str, contact: String) -> Option<Self> {
        let value = |name| read::value(request, name).unwrap_or_default().to_owned();
        Some(Self {
            call_id: value("Call-ID"),
            local: format!("{};tag={tag}", value("To")),
            remote: value("From"),
            target: read::contact(request)?,
            routes: read::recorded_routes(request),
            contact,
            cseq: 0,
            remote_cseq: read::value(request, "CSeq").and_then(read::number),
        })
    }

    /// The dialog a response makes. One without Contact or To tag (RFC 2543) is spoken with as well as it can be.
    pub fn of(&self, response: &Response) -> Self {
        let remote = read::value(response, "To").map_or_else(|| self.remote.clone(), str::to_owned);
        let target = read::contact(response).unwrap_or_else(|| self.target.clone());
        Self { remote, target, routes: read::route_set(response), ..self.clone() }
    }

    /// Host and port of the next hop: the first route, else the far end's Contact.
    pub fn next_hop(&self) -> (String, Option<u16>) {
        let route =
            self.routes.first().and_then(|route| Route::parse_header_list(route).ok()?.into_iter().next());
        let uri = route.map_or_else(|| self.target.clone(), |route| route.uri);
        let port = uri.host_with_port.port.map(|port| port.value());
        (uri.host_with_port.host.to_string(), port)
    }

    /// The next request in the dialog.
    pub fn next(&mut self, method: Method) -> Draft {
        self.cseq += 1;
        self.draft(method)
    }

    /// A request with the CSeq as it stands.
    pub fn draft(&self, method: Method) -> Draft {
        Draft {
            method,
            uri: self.target.clone(),
            from: self.local.clone(),
            to: self.remote.clone(),
            call_id: self.call_id.clone(),
            cseq: self.cseq,
            routes: self.routes.clone(),
            contact: Some(self.contact.clone()),
            headers: Vec::new(),
            body: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_our_place_names_the_dialog_as_its_far_end_knows_it() {
        let name = DialogName {
            call_id: "12345600@atlanta.example.com".to_owned(),
            ours: "1928;x".to_owned(),
            theirs: "44b=8".to_owned(),
            target: "sip:3333@chicago.example.com;transport=udp?Subject=x".to_owned(),
        };
        assert_eq!(
            name.to_replace(),
            "sip:3333@chicago.example.com;transport=udp?Replaces=12345600%40atlanta.example.com\
             %3Bto-tag%3D44b%3D8%3Bfrom-tag%3D1928%3Bx"
        );
    }
}
