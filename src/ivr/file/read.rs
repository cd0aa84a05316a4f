//! Reads a flow file's text; its schema for editors.

use schemars::Schema;

use super::FlowFile;
use crate::ivr::Mistake;

/// Reads the text of a flow file.
///
/// # Errors
/// The first mistake of writing, with its line: an unknown key, a wrong type, a duplicate.
pub fn read(text: &str) -> Result<FlowFile, Mistake> {
    serde_saphyr::from_str(text).map_err(|error| Mistake::of_writing(&error))
}

/// The JSON Schema of flow files, so that editors complete and underline.
pub fn schema() -> Schema {
    schemars::schema_for!(FlowFile)
}
