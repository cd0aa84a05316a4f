//! Text that people wrote, shown where a control character would act instead of being seen.

/// The text with control characters, the line's end among them, and marks that turn the direction of writing written out.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_would_act_on_a_terminal_is_seen_instead() {
        assert_eq!(plain("письмо №7"), "письмо №7");
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{9b}\u{202e}"), "a\\u{1b}[2Jb\\u{a}c\\u{9b}\\u{202e}");
    }
}
