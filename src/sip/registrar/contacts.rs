//! The Contact headers of a REGISTER (RFC 3261 section 20.10).

/// What a REGISTER's contacts ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Contacts {
    /// `*`: all of them.
    Star,
    Listed(Vec<Contact>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contact {
    /// The URI as written.
    pub uri: String,
    /// Its own `expires`, in seconds.
    pub expires: Option<u32>,
    /// `+sip.instance` (RFC 5626 section 4.1): the same telephone, wherever it is.
    pub instance: Option<String>,
}

/// The longest URI kept, in bytes.
const MAX_URI: usize = 512;

/// Reads them all; `None` when one can't be read, or `*` is not alone.
pub(super) fn read<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Contacts> {
    let values: Vec<&str> = headers.flat_map(split).collect();
    if values.as_slice() == ["*"] {
        return Some(Contacts::Star);
    }
    values.into_iter().map(Contact::read).collect::<Option<Vec<_>>>().map(Contacts::Listed)
}

impl Contact {
    fn read(value: &str) -> Option<Self> {
        let (uri, params) = match outside_quotes(value, '<') {
            Some(open) => {
                let (uri, after) = value[open + 1..].split_once('>')?;
                (uri, after)
            }
            // Without angle brackets what follows `;` is the header's (section 20.10).
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        let uri = uri.trim();
        let scheme = uri.split(':').next()?;
        let spoken = ["sip", "sips"].iter().any(|spoken| scheme.eq_ignore_ascii_case(spoken));
        let plain = uri.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"".contains(&b));
        (spoken && plain && uri.len() <= MAX_URI).then_some(())?;
        let mut contact = Self { uri: uri.to_owned(), expires: None, instance: None };
        for param in split_at(params, ';') {
            let (name, said) = param.split_once('=').unwrap_or((param, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                // What is no number is an hour (section 10.2.1.1); it may be a very large one.
                "expires" => contact.expires = Some(seconds(said)),
                "+sip.instance" => contact.instance = Some(said.trim().trim_matches('"').to_owned()),
                _ => {}
            }
        }
        contact.instance = contact.instance.filter(|instance| instance.len() <= MAX_URI);
        Some(contact)
    }
}

/// Reads a number of seconds as the RFC says: what is too large is the largest, what is malformed an hour.
pub(super) fn seconds(text: &str) -> u32 {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return 3_600;
    }
    text.parse().unwrap_or(u32::MAX)
}

fn split(line: &str) -> Vec<&str> {
    split_at(line, ',')
}

/// Parts between separators that stand neither in quotes nor in angle brackets; empty ones are left out.
fn split_at(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut angled) = (false, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => angled = true,
            '>' if !quoted => angled = false,
            c if c == separator && !quoted && !angled => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Where a character first stands outside quotes.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == wanted && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(line: &str) -> Option<Vec<(String, Option<u32>)>> {
        match read([line].into_iter())? {
            Contacts::Star => None,
            Contacts::Listed(all) => Some(all.into_iter().map(|c| (c.uri, c.expires)).collect()),
        }
    }

    #[test]
    fn contacts_are_read_in_all_their_forms() {
        let read =
            listed("\"A <b>, c\" <sip:a@h;ob,x>;expires=60;q=0.5 , sip:b@h;expires=0,<SIPS:c@[::1]:5061>")
                .unwrap();
        let expected = [("sip:a@h;ob,x", Some(60)), ("sip:b@h", Some(0)), ("SIPS:c@[::1]:5061", None)];
        assert_eq!(read, expected.map(|(uri, expires)| (uri.to_owned(), expires)));
        assert_eq!(listed("<sip:a@h>;expires=soon").unwrap()[0].1, Some(3_600));
        assert_eq!(listed("<sip:a@h>;expires=99999999999").unwrap()[0].1, Some(u32::MAX));
        let Some(Contacts::Listed(all)) =
            super::read(["<sip:a@h>;+sip.instance=\"<urn:uuid:1;2>\""].into_iter())
        else {
            panic!("read")
        };
        assert_eq!(all[0].instance.as_deref(), Some("<urn:uuid:1;2>"));
    }

    #[test]
    fn what_can_not_be_reached_or_read_is_refused() {
        for line in ["<tel:+7999>", "<sip:a@h", "<sip:a b@h>", "*, <sip:a@h>", "mailto:a@b", "<>"] {
            assert_eq!(super::read([line].into_iter()), None, "{line}");
        }
        assert_eq!(super::read(["*"].into_iter()), Some(Contacts::Star));
        assert_eq!(super::read([].into_iter()), Some(Contacts::Listed(Vec::new())));
    }
}
