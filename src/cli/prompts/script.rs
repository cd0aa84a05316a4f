//! `obzvon prompts script`: what a speaker records, clip by clip.

use clap::Args;

use super::import::TAKEN;
use super::wanted::{Wanted, wanted};
use super::{Places, language};
use crate::speech::Intonation;

/// Prints the recording script: the file's name, how to read it, the words.
#[derive(Debug, Args)]
pub struct Script {
    /// ru or en.
    #[arg(long, default_value = "ru")]
    lang: String,
    /// Tab-separated: id, mid or end, reading, words, needed by.
    #[arg(long)]
    tsv: bool,
    #[command(flatten)]
    places: Places,
}

impl Script {
    pub fn run(&self) -> anyhow::Result<()> {
        let all = wanted(language(&self.lang)?, &self.places)?;
        if self.tsv {
            for wanted in &all {
                let Wanted { id, fragment, needed_by, .. } = wanted;
                println!("{id}\t{}\t{}\t{}\t{needed_by}", at(fragment.at), read(wanted), fragment.words);
            }
            return Ok(());
        }
        println!("Record each line to a file of that name: {TAKEN}. One voice, one sitting, one distance.");
        println!("\"mid\": the sentence goes on, the voice stays up. \"end\": it ends, the voice falls.");
        println!("Numbers sound best taken out of a sentence read whole. Lines marked * may be left out.\n");
        let mut group = "";
        for wanted in &all {
            if wanted.needed_by != group {
                group = &wanted.needed_by;
                println!("\n== {group}");
            }
            let mark = if wanted.is_optional() { '*' } else { ' ' };
            println!("{mark} {}.wav  [{}]  {}", wanted.id, at(wanted.fragment.at), read(wanted));
        }
        println!("\n{} clips", all.len());
        Ok(())
    }
}

/// `mid` or `end`.
pub fn at(at: Intonation) -> &'static str {
    match at {
        Intonation::End => "end",
        Intonation::Mid => "mid",
    }
}

fn read(wanted: &Wanted) -> &str {
    wanted.read.as_deref().unwrap_or(&wanted.fragment.words)
}
