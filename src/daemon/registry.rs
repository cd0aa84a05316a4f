//! The state numbering registry's CSV files, as the operator put them into the folder `registry/` of the configuration.
//!
//! A file that can't be read stops nobody: its numbers are unknown then, and an unknown number is called only when
//! every zone of its country is open.

use std::path::Path;

use crate::rules::zone::Registry;

/// What was read, and what of it was not.
#[derive(Debug, Default)]
pub struct RegistryRead {
    pub registry: Registry,
    /// Files, in no words of ours, that could not be read.
    pub unread: Vec<String>,
    /// Lines that are no ranges.
    pub left_out: usize,
}

/// Reads the folder's CSV files; none where there is no such folder.
pub fn read_registry(folder: &Path) -> RegistryRead {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return RegistryRead::default(),
        Err(fault) => {
            let unread = vec![format!("{}: {fault}", folder.display())];
            let registry = Registry::default().with_unread_files();
            return RegistryRead { registry, unread, ..RegistryRead::default() };
        }
    };
    let (mut texts, mut unread) = (Vec::new(), Vec::new());
    for path in listed.filter_map(|entry| Some(entry.ok()?.path())) {
        let csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if !csv {
            continue;
        }
        match std::fs::read(&path) {
            Ok(bytes) => texts.push((path.display().to_string(), decode(&bytes))),
            Err(fault) => unread.push(format!("{}: {fault}", path.display())),
        }
    }
    texts.sort();
    let (registry, left_out) =
        Registry::read(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let registry = if unread.is_empty() { registry } else { registry.with_unread_files() };
    RegistryRead { registry, unread, left_out: left_out.len() }
}

/// The text of a file in UTF-8, with or without its mark, or else in Windows-1251, as the registry is published.
pub fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1251.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

impl RegistryRead {
    /// Tells the log what is unknown because of it, and gives the registry.
    pub fn told(self) -> Registry {
        for file in &self.unread {
            tracing::error!(file, "a file of the numbering registry can't be read: its numbers are unknown");
        }
        if self.left_out > 0 {
            tracing::warn!(
                lines = self.left_out,
                "lines of the numbering registry were left out: those numbers are unknown"
            );
        }
        self.registry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_are_read_and_a_file_that_is_none_leaves_its_numbers_unknown() {
        let folder = tempfile::tempdir().expect("a folder");
        let line = "900;0000000;0000099;100;x;Омская обл.\n";
        let other = "901;0000000;0000099;100;x;Омская обл.\n";
        std::fs::write(folder.path().join("one.csv"), encoding_rs::WINDOWS_1251.encode(line).0)
            .expect("a file");
        std::fs::write(folder.path().join("two.CSV"), format!("\u{feff}{other}")).expect("a file");
        std::fs::create_dir(folder.path().join("three.csv")).expect("a folder where a file should be");
        std::fs::write(folder.path().join("four.csv"), b"902;x\xff;\x98;\xfe\n").expect("a file");
        let read = read_registry(folder.path());
        assert_eq!((read.registry.len(), read.unread.len(), read.left_out), (2, 1, 1));
        assert!(read.unread[0].contains("three.csv"), "{:?}", read.unread);
        assert_eq!(read_registry(&folder.path().join("nowhere")).unread.len(), 0);
    }
}
