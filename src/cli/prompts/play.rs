//! `obzvon prompts play`: hears a value through the pack.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::language;
use crate::cli::prompt_folder::{PromptFolder, name_missing};
use crate::cli::say_item::parse_item;
use crate::domain::{Language, Part, Utterance};
use crate::speech;

/// Plays a value or a sentence through the pack: `obzvon prompts play 1234.50 --as money`.
#[derive(Debug, Args)]
pub struct Play {
    /// The value, as `obzvon say` takes it behind the colon; money also with a decimal point, in roubles.
    value: String,
    /// count, date, digits, duration, file, money, phone, time or words.
    #[arg(long = "as", default_value = "words")]
    slot: String,
    /// ru or en.
    #[arg(long, default_value = "ru")]
    lang: String,
    /// Writes the sound here instead of playing it.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The folder of the packs.
    #[arg(long, default_value = "prompts")]
    prompts: PathBuf,
}

impl Play {
    pub fn run(&self) -> anyhow::Result<()> {
        let language = language(&self.lang)?;
        let parts = vec![self.part(language)?];
        let folder = PromptFolder::open(&self.prompts, language)?;
        let spoken = speech::speak(&Utterance { language, parts }, folder.pack())
            .map_err(|fault| name_missing(fault, language))?;
        println!("{}", spoken.text);
        let clips: Vec<_> = spoken.clips.iter().map(ToString::to_string).collect();
        println!("{}", clips.join(" "));
        if let Some(out) = &self.out {
            return folder.write_wav(&spoken.clips, out);
        }
        let out = std::env::temp_dir().join(format!("obzvon-play-{}.wav", std::process::id()));
        folder.write_wav(&spoken.clips, &out)?;
        let played = play_file(&out);
        std::fs::remove_file(&out).with_context(|| format!("removing {}", out.display()))?;
        played
    }

    fn part(&self, language: Language) -> anyhow::Result<Part> {
        if self.slot == "words" {
            return Ok(Part::Words(self.value.clone()));
        }
        let value = if self.slot == "money" && !self.value.contains(':') {
            format!("{}:RUB", minor_units(&self.value)?)
        } else {
            self.value.clone()
        };
        let part = parse_item(&format!("{}:{value}", self.slot));
        part.map_err(|why| anyhow!(why.of(language).to_owned()))
    }
}

/// `1234.50`, `1234,5` and `1234` in hundredths.
fn minor_units(amount: &str) -> anyhow::Result<i64> {
    let bad = || anyhow!("amount {amount:?}: such as 1234.50");
    let (major, minor) = amount.split_once(['.', ',']).unwrap_or((amount, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(major) || !digits(minor) || minor.len() > 2 {
        return Err(bad());
    }
    format!("{major}{minor:0<2}").parse().map_err(|_| bad())
}

/// Plays by the first player that is there.
fn play_file(file: &std::path::Path) -> anyhow::Result<()> {
    for (player, quiet) in [("aplay", "-q"), ("play", "-q"), ("afplay", "-v1")] {
        match Command::new(player).arg(quiet).arg(file).status() {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => bail!("{player} ended with {status}"),
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {}
            Err(fault) => return Err(fault).with_context(|| format!("starting {player}")),
        }
    }
    bail!("no player: install aplay or sox, or write a file with --out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_in_hundredths() {
        assert_eq!(minor_units("1234.50").unwrap(), 123_450);
        assert_eq!(minor_units("1234,5").unwrap(), 123_450);
        assert_eq!(minor_units("7").unwrap(), 700);
        for bad in ["", "-1", "1.234", "1.", ".5", "x", "99999999999999999999"] {
            assert!(minor_units(bad).is_err(), "{bad}");
        }
    }
}
