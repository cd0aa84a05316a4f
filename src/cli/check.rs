//! `obzvon check`: reads the configuration as the daemon would and says every mistake.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::screen_language::{parse_language, screen_language};
use crate::config::{Config, Environment, Problems};
use crate::domain::Language;

/// Exit code for mistakes in the configuration (`EX_CONFIG` of sysexits.h).
pub const CONFIG_MISTAKE: u8 = 78;

/// Reads the configuration whole and shows every mistake at once.
#[derive(Debug, Args)]
pub struct Check {
    /// Folder of the configuration
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
    /// Language of the messages: ru or en
    #[arg(long, value_parser = parse_language)]
    lang: Option<Language>,
}

impl Check {
    /// 0 when the configuration is sound, 78 when it has mistakes.
    pub fn run(&self) -> ExitCode {
        let language = screen_language(self.lang);
        match Config::load(&self.config, &environment()) {
            Ok(config) => {
                println!("{}", if self.json { sound_json(&config) } else { sound(&config, language) });
                ExitCode::SUCCESS
            }
            Err(problems) if self.json => {
                let mistakes = problems.to_json(language);
                println!("{}", serde_json::json!({ "sound": false, "mistakes": mistakes }));
                ExitCode::from(CONFIG_MISTAKE)
            }
            Err(problems) => refuse(&problems, language),
        }
    }
}

/// Shows the mistakes and gives the exit code that says so.
pub fn refuse(problems: &Problems, language: Language) -> ExitCode {
    eprintln!("{}", problems.render(language));
    ExitCode::from(CONFIG_MISTAKE)
}

/// The process environment, as far as it is text.
pub fn environment() -> Environment {
    let pairs = std::env::vars_os();
    pairs.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

fn sound(config: &Config, language: Language) -> String {
    let (trunks, campaigns, version) = (config.trunks.len(), config.campaigns.len(), &config.version);
    match language {
        Language::En => format!("sound: trunks {trunks}, campaigns {campaigns}, version {version}"),
        Language::Ru => format!("ошибок нет: транков {trunks}, кампаний {campaigns}, версия {version}"),
    }
}

fn sound_json(config: &Config) -> String {
    let names = |names: Vec<&str>| serde_json::Value::from(names);
    serde_json::json!({
        "sound": true,
        "version": &*config.version,
        "trunks": names(config.trunks.iter().map(|trunk| &*trunk.name).collect()),
        "campaigns": names(config.campaigns.iter().map(|campaign| &*campaign.name).collect()),
    })
    .to_string()
}
