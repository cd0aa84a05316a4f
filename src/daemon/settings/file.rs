//! A file of the configuration's folder: read, and written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// The text of the file; `None`: there is none.
///
/// # Errors
/// When it is there and can't be read.
pub fn text_of(dir: &Path, path: &str) -> io::Result<Option<String>> {
    match fs::read_to_string(dir.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Puts the text into the file's place, or takes the file away. A crash leaves the old text or the new, never a part.
///
/// # Errors
/// When the folder can't be written.
pub fn put(dir: &Path, path: &str, text: Option<&str>) -> io::Result<()> {
    let place = dir.join(path);
    let Some(text) = text else { return fs::remove_file(place) };
    // Begins with a dot: whoever lists the folder meanwhile passes it over.
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = place.with_file_name(format!(".{name}.new"));
    let mut file = fs::File::create(&beside)?;
    if let Ok(old) = fs::metadata(&place) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, &place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_put_read_and_taken_away() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(text_of(dir.path(), "limits.toml").expect("readable"), None);
        put(dir.path(), "limits.toml", Some("# one\n")).expect("writable");
        put(dir.path(), "limits.toml", Some("# two\n")).expect("writable");
        assert_eq!(text_of(dir.path(), "limits.toml").expect("readable").as_deref(), Some("# two\n"));
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1, "nothing is left beside it");
        put(dir.path(), "limits.toml", None).expect("writable");
        assert_eq!(text_of(dir.path(), "limits.toml").expect("readable"), None);
    }
}
