//! The word somebody most likely meant.

/// The known word nearest to what was written, when it is near enough to be a slip of the fingers.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|word| (strsim::damerau_levenshtein(written, word), word));
    let (distance, word) = scored.min()?;
    let near = distance <= 1 + written.chars().count() / 4;
    let begun = word.len() > 2 && (written.starts_with(word) || word.starts_with(written));
    (near || begun).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_recognised_and_another_word_is_not() {
        let known = ["http", "node", "drain_limit_s"];
        assert_eq!(nearest("htpp", known), Some("http"));
        assert_eq!(nearest("drain_limit", known), Some("drain_limit_s"));
        assert_eq!(nearest("nodes_of_ours", known), Some("node"));
        assert_eq!(nearest("colour", known), None);
    }
}
