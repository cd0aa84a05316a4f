//! `obzvon say`: what a slot or a sentence sounds like, as words and as a WAV file.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use jiff::civil::Date;

use super::prompt_folder::{PromptFolder, name_missing};
use super::say_item::parse_item;
use crate::domain::{Language, Utterance};
use crate::speech;

/// Reads amounts, dates and words aloud.
#[derive(Debug, Args)]
pub struct Say {
    /// The language of the words and of the messages: ru or en.
    #[arg(long, default_value = "ru")]
    lang: String,
    /// Prints the words alone: small letters, no marks.
    #[arg(long)]
    text_only: bool,
    /// Writes the sound: 8 kHz, mono, 16 bits.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The debtor's date: makes `date:` say today and tomorrow, and the year when it is far.
    #[arg(long)]
    today: Option<Date>,
    /// The folder of the packs.
    #[arg(long, default_value = "prompts")]
    prompts: PathBuf,
    /// Said one after another: money:MINOR:CURRENCY[:nom|acc|gen], date:YYYY-MM-DD[:nom|acc|gen][:year],
    /// time:HH:MM, duration:90m, count:N:NOUN, phone:+7…, digits:…, name:…, file:…, or plain words.
    #[arg(required = true)]
    items: Vec<String>,
}

impl Say {
    /// Prints the words; with `--out` writes the sound, too.
    ///
    /// # Errors
    /// When an item has no reading, or the pack lacks what it takes.
    pub fn run(&self) -> anyhow::Result<()> {
        let Some(language) = Language::parse(&self.lang) else {
            bail!("--lang {}: ru or en", self.lang);
        };
        let mut parts = Vec::new();
        for item in &self.items {
            let part = parse_item(item).map_err(|why| anyhow!(why.of(language).to_owned()));
            parts.push(part.with_context(|| format!("{item:?}"))?);
        }
        let mut utterance = Utterance { language, parts };
        if let Some(today) = self.today {
            utterance = speech::near_dates(utterance, today);
        }
        let text = speech::text(&utterance).map_err(|fault| name_missing(fault, language))?;
        let items = self.items.join(" ");
        let nothing = match language {
            Language::En => format!("there is nothing to say in {items:?}"),
            Language::Ru => format!("в {items:?} нечего произнести"),
        };
        ensure!(!speech::plain(&text).is_empty(), nothing);
        if self.text_only {
            println!("{}", speech::plain(&text));
        } else {
            println!("{text}");
        }
        if let Some(out) = &self.out {
            let folder = PromptFolder::open(&self.prompts, language)?;
            let spoken =
                speech::speak(&utterance, folder.pack()).map_err(|fault| name_missing(fault, language))?;
            folder.write_wav(&spoken.clips, out)?;
        }
        Ok(())
    }
}
