//! Header names: compact forms written out, known ones in the RFC's spelling.

/// The long name of a header, in the spelling the library knows; other names stay as they came.
pub(super) fn long_name(name: &str) -> &str {
    if let [letter] = name.as_bytes()
        && let Some((_, long)) = COMPACT.iter().find(|(short, _)| letter.eq_ignore_ascii_case(short))
    {
        return long;
    }
    SINGLE.iter().chain(OTHERS).find(|known| name.eq_ignore_ascii_case(known)).copied().unwrap_or(name)
}

/// Headers that must stand in every message exactly once (RFC 3261 section 8.1.1).
pub(super) const SINGLE: &[&str] = &["From", "To", "Call-ID", "CSeq"];

const OTHERS: &[&str] =
    &["Via", "Content-Length", "Content-Type", "Contact", "Route", "Record-Route", "Require", "Supported"];

/// RFC 3261 section 7.3.3 and its extensions in the IANA registry.
const COMPACT: &[(u8, &str)] = &[
    (b'a', "Accept-Contact"),
    (b'b', "Referred-By"),
    (b'c', "Content-Type"),
    (b'd', "Request-Disposition"),
    (b'e', "Content-Encoding"),
    (b'f', "From"),
    (b'i', "Call-ID"),
    (b'j', "Reject-Contact"),
    (b'k', "Supported"),
    (b'l', "Content-Length"),
    (b'm', "Contact"),
    (b'n', "Identity-Info"),
    (b'o', "Event"),
    (b'r', "Refer-To"),
    (b's', "Subject"),
    (b't', "To"),
    (b'u', "Allow-Events"),
    (b'v', "Via"),
    (b'x', "Session-Expires"),
    (b'y', "Identity"),
];
