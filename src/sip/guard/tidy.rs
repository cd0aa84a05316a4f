//! White space that the grammar allows around separators, taken out where the library stumbles over it.

/// Headers whose values have the form `... ; name = value , ...`.
const TIDIED: &[&str] = &["Via", "From", "To", "Contact", "Route", "Record-Route"];

/// The value without blanks around its separators; quoted strings stay as they are. `None`: nothing to do.
pub(super) fn tidy(name: &str, value: &str) -> Option<String> {
    if !TIDIED.contains(&name) || !value.contains([' ', '\t']) {
        return None;
    }
    let separators = if name == "Via" { ";=,/:" } else { ";=," };
    let (mut out, mut quoted, mut blank) = (String::with_capacity(value.len()), false, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if !quoted && (c == ' ' || c == '\t') {
            blank = true;
            continue;
        }
        let apart = !separators.contains(c) && !out.ends_with(|last| separators.contains(last));
        if std::mem::take(&mut blank) && apart && !out.is_empty() {
            out.push(' ');
        }
        out.push(c);
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => out.extend(chars.next()),
            _ => {}
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn blanks_go_where_the_grammar_allows_them_and_stay_in_quotes() {
        let via = tidy("Via", "SIP  /   2.0 /UDP    192.0.2.2 : 5060 ; branch = 390skdjuw ,  SIP/2.0/TCP x");
        assert_eq!(via.as_deref(), Some("SIP/2.0/UDP 192.0.2.2:5060;branch=390skdjuw,SIP/2.0/TCP x"));
        let from = tidy("From", "\"a ; \\\" = b\"   <sip:x@y>  ;  tag = 1");
        assert_eq!(from.as_deref(), Some("\"a ; \\\" = b\" <sip:x@y>;tag=1"));
        assert_eq!(tidy("Subject", "a ; b"), None);
        assert_eq!(tidy("To", "<sip:x@y>"), None);
    }
}
