//! Puts clips into a folder all at once: written beside, then renamed, the manifest last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::prompt_folder::write_samples;
use crate::speech::ClipId;

/// Clips that wait to be put into a pack's folder.
#[derive(Debug)]
pub(super) struct Staged {
    folder: PathBuf,
    clips: Vec<(String, Vec<i16>)>,
}

impl Staged {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), clips: Vec::new() }
    }

    /// Adds the clip `id`, 8 kHz.
    pub(super) fn add(&mut self, id: &str, samples: Vec<i16>) {
        self.clips.push((id.to_owned(), samples));
    }

    /// Writes all of it, then puts it in place, then removes the clips that are `gone` from the manifest. A disk that
    /// is full leaves the pack as it was.
    ///
    /// # Errors
    /// When a file can't be written, renamed or removed.
    pub(super) fn commit(&self, manifest: &str, gone: &BTreeSet<ClipId>) -> anyhow::Result<()> {
        let part = |name: &str| self.folder.join(format!("{name}.part"));
        let files: Vec<String> = self.clips.iter().map(|(id, _)| format!("{id}.wav")).collect();
        let written = || -> anyhow::Result<()> {
            for ((_, samples), file) in self.clips.iter().zip(&files) {
                write_samples(&part(file), samples)?;
            }
            let file = part(MANIFEST);
            fs::write(&file, manifest).with_context(|| format!("writing {}", file.display()))
        };
        if let Err(fault) = written() {
            files
                .iter()
                .map(String::as_str)
                .chain([MANIFEST])
                .for_each(|name| _ = fs::remove_file(part(name)));
            return Err(fault);
        }
        for name in files.iter().map(String::as_str).chain([MANIFEST]) {
            let (from, to) = (part(name), self.folder.join(name));
            rename(&from, &to)?;
        }
        for clip in gone {
            let file = self.folder.join(format!("{clip}.wav"));
            if file.exists() {
                fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
            }
        }
        Ok(())
    }

    /// Writes all of it into a folder beside and puts that in the place of the pack, which is kept as `….before`; what was
    /// kept there goes. A fault leaves the pack as it was.
    ///
    /// # Errors
    /// When a folder can't be made, written, renamed or removed.
    pub(super) fn commit_anew(&self, manifest: &str) -> anyhow::Result<()> {
        let (new, before) = (self.beside("new"), self.beside("before"));
        remove_folder(&new)?;
        fs::create_dir_all(&new).with_context(|| format!("making {}", new.display()))?;
        let staged = Self { folder: new.clone(), clips: self.clips.clone() };
        if let Err(fault) = staged.commit(manifest, &BTreeSet::new()) {
            fs::remove_dir_all(&new).ok();
            return Err(fault);
        }
        let had = self.folder.exists();
        if had {
            remove_folder(&before)?;
            rename(&self.folder, &before)?;
        }
        let placed = rename(&new, &self.folder);
        if placed.is_err() && had {
            rename(&before, &self.folder)?;
        }
        placed
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.folder.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{end}"));
        self.folder.with_file_name(name)
    }
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(from, to).with_context(|| format!("renaming {} to {}", from.display(), to.display()))
}

const MANIFEST: &str = "pack.toml";
