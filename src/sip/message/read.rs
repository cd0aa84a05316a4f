//! Reading headers the library leaves as text.

use std::time::Duration;

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::typed::{Contact, RecordRoute};
use rsipstack::sip::{HasHeaders, Response, Uri};

use crate::domain::InfoBody;
use crate::domain::attempt::FinalWord;

/// Every value of a header; lists stay one value a header line.
pub(in crate::sip) fn values<'a>(
    message: &'a impl HasHeaders,
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    message.headers().iter().filter(move |h| h.name().eq_ignore_ascii_case(name)).map(|h| h.value().trim())
}

/// The first value.
pub(in crate::sip) fn value<'a>(message: &'a impl HasHeaders, name: &'a str) -> Option<&'a str> {
    values(message, name).next()
}

/// Whether a comma-separated header has a token, in any case.
pub(in crate::sip) fn has_token(message: &impl HasHeaders, name: &str, token: &str) -> bool {
    values(message, name).flat_map(|v| v.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
}

/// The number a header begins with.
pub(in crate::sip) fn number(text: &str) -> Option<u32> {
    let digits = text.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// A parameter of a value: `90;refresher=uac`, `Q.850;cause=16;text="..."`.
pub(in crate::sip) fn param<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Whom a Refer-To names (RFC 3515 section 2.1): the user of a SIP URI, the number of a `tel:`, plain characters only. One
/// that would replace another dialog (RFC 3891) names nobody: our phones have no other.
pub(in crate::sip) fn refer_to(value: &str) -> Option<String> {
    let uri = value.split_once('<').map_or(value, |(_, uri)| uri.split('>').next().unwrap_or_default());
    let (scheme, rest) = uri.trim().split_once(':')?;
    let replaces =
        rest.split_once('?').is_some_and(|(_, headers)| headers.to_lowercase().contains("replaces="));
    let user = match scheme.to_ascii_lowercase().as_str() {
        "sip" | "sips" => rest.split_once('@')?.0,
        "tel" => rest,
        _ => return None,
    };
    let user = user.split([';', '?', ':']).next().unwrap_or_default().replace("%2B", "+").replace("%2b", "+");
    let plain = |c: char| c.is_ascii_alphanumeric() || "+-._*#".contains(c);
    (!replaces && !user.is_empty() && user.len() <= 64 && user.chars().all(plain)).then_some(user)
}

/// The tag of the To header.
pub(in crate::sip) fn to_tag(message: &impl HeadersExt) -> Option<String> {
    let tag = message.to_header().ok()?.tag().ok()??;
    Some(tag.value().to_owned()).filter(|tag| !tag.is_empty())
}

/// The tag of the From header.
pub(in crate::sip) fn from_tag(message: &impl HeadersExt) -> Option<String> {
    let tag = message.from_header().ok()?.tag().ok()??;
    Some(tag.value().to_owned()).filter(|tag| !tag.is_empty())
}

/// The URI of the first Contact.
pub(in crate::sip) fn contact(message: &impl HasHeaders) -> Option<Uri> {
    let list = values(message, "Contact").next()?;
    let first = Contact::parse_header_list(list).ok()?.into_iter().next()?;
    Some(first.uri)
}

/// The route set a response gives its client: Record-Route from last to first (RFC 3261 section 12.1.2).
pub(in crate::sip) fn route_set(message: &impl HasHeaders) -> Vec<String> {
    let mut routes = recorded_routes(message);
    routes.reverse();
    routes
}

/// The route set a request gives its server: Record-Route in its order (section 12.1.1).
pub(in crate::sip) fn recorded_routes(message: &impl HasHeaders) -> Vec<String> {
    let lines = values(message, "Record-Route").filter_map(|line| RecordRoute::parse_header_list(line).ok());
    lines.flatten().map(|route| route.to_string()).collect()
}

/// The last word of a final response: its code and phrase, and the Q.850 cause of its Reason header (RFC 3326).
pub(in crate::sip) fn final_word(response: &Response) -> FinalWord {
    let phrase = response.wire_reason.as_deref().unwrap_or_else(|| response.status_code.text());
    FinalWord {
        sip_code: Some(response.status_code.code()),
        reason: Some(shorten(phrase)).filter(|phrase| !phrase.is_empty()),
        q850: reason(response).0,
    }
}

/// Q.850 cause and text of the Reason headers. Several reasons may stand in one line.
pub(in crate::sip) fn reason(message: &impl HasHeaders) -> (Option<u8>, Option<String>) {
    let (mut cause, mut text) = (None, None);
    for reason in values(message, "Reason").flat_map(split_outside_quotes) {
        let protocol = reason.split(';').next().unwrap_or_default().trim();
        if protocol.eq_ignore_ascii_case("Q.850") {
            cause = cause.or_else(|| param(reason, "cause")?.parse().ok());
        }
        text = text.or_else(|| param(reason, "text").map(shorten));
    }
    (cause, text)
}

fn split_outside_quotes(line: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(line[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(line[start..].trim());
    parts
}

/// Phrases are kept for people; a peer must not fill our records with one.
fn shorten(phrase: &str) -> String {
    phrase.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// Retry-After in whole seconds: `120`, `18000;duration=3600`, `120 (in a meeting)`.
pub(in crate::sip) fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = number(value(response, "Retry-After")?)?;
    Some(Duration::from_secs(seconds.into()))
}

/// A key from an INFO body: `application/dtmf-relay` (`Signal=5`) or `application/dtmf` (`5`).
pub(in crate::sip) fn key(content_type: &str, body: &[u8]) -> Option<(InfoBody, char)> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = std::str::from_utf8(body).ok()?;
    let (kind, said) = match kind.as_str() {
        "application/dtmf-relay" => {
            let signal = text.lines().find_map(|line| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case("Signal").then(|| value.trim())
            });
            (InfoBody::DtmfRelay, signal?)
        }
        "application/dtmf" => (InfoBody::Dtmf, text.trim()),
        _ => return None,
    };
    let key = match said.to_ascii_uppercase().as_str() {
        "10" | "*" => Some('*'),
        "11" | "#" => Some('#'),
        one if one.len() == 1 => one.chars().next().filter(|c| matches!(c, '0'..='9' | 'A'..='D')),
        _ => None,
    };
    key.map(|key| (kind, key))
}

#[cfg(test)]
mod tests {
    use rsipstack::sip::Response;

    use super::*;

    #[test]
    fn whom_a_transfer_is_for_is_read_from_any_form_and_nothing_else_is() {
        let forms = [
            ("<sip:102@192.0.2.1>", Some("102")),
            ("sip:102@192.0.2.1;transport=tcp", Some("102")),
            ("\"Boris\" <sip:%2B79991112233;phone-context=ru@pbx.example:5070?X-A=b>", Some("+79991112233")),
            ("<tel:+79991112233;isub=1>", Some("+79991112233")),
            ("<sip:102@pbx.example?Replaces=a%40b%3Bto-tag%3Dc>", None),
            ("<sip:pbx.example>", None),
            ("<http://102@pbx.example>", None),
            ("<sip:1%0d%0aX@pbx.example>", None),
            ("", None),
        ];
        for (form, user) in forms {
            assert_eq!(refer_to(form).as_deref(), user, "{form}");
        }
    }

    fn response(headers: &str) -> Response {
        let text = format!("SIP/2.0 480 Gone Fishing\r\n{headers}\r\n\r\n");
        Response::try_from(text.as_str()).expect("a response")
    }

    #[test]
    fn the_q850_cause_is_found_among_reasons() {
        let said = response("Reason: SIP;cause=487;text=\"a, b\", Q.850 ; cause=19;text=\"No answer\"");
        assert_eq!(reason(&said), (Some(19), Some("a, b".to_owned())));
        assert_eq!(reason(&response("Reason: Q.850;cause=300")), (None, None));
        let word = final_word(&said);
        assert_eq!(
            (word.sip_code, word.reason.as_deref(), word.q850),
            (Some(480), Some("Gone Fishing"), Some(19))
        );
    }

    #[test]
    fn retry_after_may_have_a_comment_and_parameters() {
        let after = |value: &str| {
            retry_after(&response(&format!("Retry-After: {value}"))).map(|after| after.as_secs())
        };
        assert_eq!(
            [after("120"), after("18000;duration=3600"), after("5 (busy)")],
            [Some(120), Some(18_000), Some(5)]
        );
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn keys_come_in_several_spellings() {
        assert_eq!(
            key("application/dtmf-relay", b"Signal=5\r\nDuration=160"),
            Some((InfoBody::DtmfRelay, '5'))
        );
        assert_eq!(
            key("Application/DTMF-Relay; x=y", b"duration = 1\nsignal = 11"),
            Some((InfoBody::DtmfRelay, '#'))
        );
        assert_eq!(key("application/dtmf", b" a "), Some((InfoBody::Dtmf, 'A')));
        assert_eq!(key("application/dtmf", b"12"), None);
        assert_eq!(key("text/plain", b"5"), None);
    }

    #[test]
    fn the_route_set_is_turned_round() {
        let said = response("Record-Route: <sip:a;lr>, <sip:b;lr>\r\nRecord-Route: <sip:c;lr>");
        assert_eq!(route_set(&said), ["<sip:c;lr>", "<sip:b;lr>", "<sip:a;lr>"]);
    }
}
