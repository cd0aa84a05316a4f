//! `obzvon prompts script`: what a speaker records, clip by clip.

use clap::Args;

use super::import::TAKEN;
use super::wanted::{Wanted, wanted};
use super::{Places, language};
use crate::domain::Language;
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
        let speaks = language(&self.lang)?;
        let all = wanted(speaks, &self.places)?;
        if self.tsv {
            for wanted in &all {
                let Wanted { id, fragment, needed_by, .. } = wanted;
                println!("{id}\t{}\t{}\t{}\t{needed_by}", at(fragment.at), read(wanted), fragment.words);
            }
            return Ok(());
        }
        println!("{}\n", directions(speaks));
        let mut group = "";
        for wanted in &all {
            if wanted.needed_by != group {
                group = &wanted.needed_by;
                println!("\n== {group}");
            }
            let mark = if wanted.is_optional() { '*' } else { ' ' };
            println!("{mark} {}.wav  [{}]  {}", wanted.id, at(wanted.fragment.at), read(wanted));
        }
        println!("\n{}", count(speaks, all.len()));
        Ok(())
    }
}

/// To the speaker, in the language that is spoken.
fn directions(speaks: Language) -> String {
    match speaks {
        Language::En => format!(
            "Record each line to a file of that name: {TAKEN}. One voice, one sitting, one distance.\n\
             \"mid\": the sentence goes on, the voice stays up. \"end\": it ends, the voice falls.\n\
             Numbers sound best taken out of a sentence read whole. Lines marked * may be left out."
        ),
        Language::Ru => "Запишите каждую строку в файл с этим именем: WAV, от 8 до 192 кГц, от 16 до 32 бит, моно или стерео. Один\n\
             голос, за один раз, на одном расстоянии. «mid»: фраза продолжается, голос не опускается. «end»: фраза\n\
             кончается, голос опускается. Числа лучше вырезать из целой прочитанной фразы. Строки со звёздочкой *\n\
             можно пропустить."
            .to_owned(),
    }
}

fn count(speaks: Language, clips: usize) -> String {
    match speaks {
        Language::En => format!("{clips} clips"),
        Language::Ru => format!("Записей: {clips}"),
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
