//! One archive of files, with a list of their checksums as its last.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An archive being written.
pub struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    /// Lines of the list of checksums, as `sha256sum` writes them.
    sums: String,
}

impl Archive {
    /// Makes the file, which must not be there; only its owner may read it.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::options().write(true).create_new(true).mode(0o600).open(path);
        let file = file.with_context(|| format!("making {}", path.display()))?;
        Ok(Self { zip: ZipWriter::new(BufWriter::new(file)), sums: String::new() })
    }

    /// Adds a file.
    ///
    /// # Errors
    /// When writing fails.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let options = SimpleFileOptions::default().unix_permissions(0o600);
        self.zip.start_file(name, options).with_context(|| format!("adding {name}"))?;
        self.zip.write_all(bytes).with_context(|| format!("adding {name}"))?;
        self.sums += &format!("{}  {name}\n", checksum(bytes));
        Ok(())
    }

    /// Adds a file of one JSON value.
    ///
    /// # Errors
    /// When writing fails.
    pub fn put_json(&mut self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let mut text = serde_json::to_vec_pretty(value).context("writing JSON")?;
        text.push(b'\n');
        self.put(name, &text)
    }

    /// Adds a file of one JSON value a line.
    ///
    /// # Errors
    /// When writing fails.
    pub fn put_lines(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = impl Serialize>,
    ) -> anyhow::Result<()> {
        let mut text = Vec::new();
        for value in values {
            serde_json::to_writer(&mut text, &value).context("writing JSON")?;
            text.push(b'\n');
        }
        self.put(name, &text)
    }

    /// Adds the checksums and closes the archive.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let sums = std::mem::take(&mut self.sums);
        self.put("SHA256SUMS", sums.as_bytes())?;
        let file = self.zip.finish().context("closing the archive")?;
        file.into_inner().context("closing the archive")?.sync_all().context("closing the archive")
    }
}

/// SHA-256, hex.
pub fn checksum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
