//! Reads a flow file's text; its schema for editors.

use std::ops::Range;

use schemars::Schema;
use serde_saphyr::Error;

use super::FlowFile;
use crate::domain::nearest;
use crate::ivr::Mistake;

/// Reads the text of a flow file.
///
/// # Errors
/// The first mistake of writing, with its line: an unknown key, a wrong type, a duplicate.
pub fn read(text: &str) -> Result<FlowFile, Mistake> {
    serde_saphyr::from_str(text).map_err(|error| Mistake::of_writing(&error, None))
}

/// Reads the text of a flow file and gives every mistake of writing that can be told. A word that is no key and no
/// choice is taken for the one most likely meant, so that what stands after it is read as well; the file is absent
/// where that is not enough. A file with mistakes is good for finding more of them, and for nothing else.
pub fn read_all(text: &str) -> (Option<FlowFile>, Vec<Mistake>) {
    let mut text = text.to_owned();
    let mut mistakes = Vec::new();
    loop {
        let error = match serde_saphyr::from_str::<FlowFile>(&text) {
            Ok(file) => return (Some(file), mistakes),
            Err(error) => error,
        };
        let word = unknown_word(&error);
        let meant = word.as_ref().and_then(|(written, known)| nearest(written, known.iter().copied()));
        mistakes.push(Mistake::of_writing(&error, meant));
        let place = word_bytes(&error).filter(|place| text.get(place.clone()).is_some());
        match (meant, place) {
            (Some(meant), Some(place)) if mistakes.len() < MOST => text.replace_range(place, meant),
            _ => return (None, mistakes),
        }
    }
}

/// Mistakes of writing told of one file; with more, it is another kind of file.
const MOST: usize = 50;

/// What was written in place of one of these words.
fn unknown_word(error: &Error) -> Option<(&str, &[&'static str])> {
    match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => Some((field, expected)),
        Error::SerdeUnknownVariant { variant, expected, .. } => Some((variant, expected)),
        _ => None,
    }
}

/// Where the word stands in the text.
fn word_bytes(error: &Error) -> Option<Range<usize>> {
    let location = error.location()?;
    let span = location.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    Some(start..start.checked_add(usize::try_from(span.byte_len()?).ok()?)?)
}

/// The JSON Schema of flow files, so that editors complete and underline.
pub fn schema() -> Schema {
    schemars::schema_for!(FlowFile)
}
