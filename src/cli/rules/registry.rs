//! Reads files of the state numbering registry and says what they tell.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;

use crate::daemon::decode;
use crate::domain::PhoneNumber;
use crate::rules::zone::{Evidence, Registry};

/// Reads the files, in UTF-8 or else Windows-1251.
///
/// # Errors
/// When a file can't be read.
pub fn read_files(files: &[PathBuf], mut output: impl Write) -> anyhow::Result<Registry> {
    let mut texts = Vec::new();
    for file in files {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        texts.push((file.display().to_string(), decode(&bytes)));
    }
    let (registry, left_out) = Registry::read(texts.iter().map(|(file, text)| (&**file, &**text)));
    for line in &left_out {
        writeln!(output, "left out: {line}")?;
    }
    for raw in registry.unmatched() {
        writeln!(output, "unknown region: {raw}")?;
    }
    writeln!(output, "{} ranges, {} lines left out", registry.len(), left_out.len())?;
    Ok(registry)
}

/// Writes the zones that a number points to when nothing else is known.
///
/// # Errors
/// When writing fails.
pub fn tell(registry: &Registry, phone: &PhoneNumber, mut output: impl Write) -> io::Result<()> {
    let evidence = Evidence { stated: None, residence: None, registration: None, phone };
    let zones = evidence.zones(registry);
    let names: Vec<_> = zones.zones().iter().map(|zone| zone.name()).collect();
    writeln!(output, "{}: {}", zones.evidence(), names.join(", "))
}
