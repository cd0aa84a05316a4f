//! `obzvon check`: reads the configuration as the daemon would and says every mistake.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::exceptions::{cautions_json, exceptions_json, notices_text};
use super::flow::{Voices, findings};
use super::names::{EngineHealth, engine_health, health_json, health_text};
use super::screen_language::{parse_language, screen_language};
use super::warnings::{Warning, warnings};
use super::words;
use crate::config::{Config, Environment, Problems};
use crate::daemon::Clock;
use crate::domain::Language;
use crate::ivr::{Finding, Flow, Gravity};
use crate::rules::calendar::ALARM_DAYS;
use crate::trunk::TrunkPlan;

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
    /// 0 when the configuration is sound, 78 when it has mistakes or a flow says what no flow may.
    pub fn run(&self) -> ExitCode {
        let language = screen_language(self.lang);
        match Config::load(&self.config, &environment()) {
            Ok(config) => {
                let (refused, words) = words_to_look_at(&config, language);
                if !refused.is_empty() {
                    return refuse_words(&refused, self.json, language);
                }
                let ending = ending(&config);
                let engines = engine_health(&config);
                if self.json {
                    println!("{}", sound_json((&config, language), &ending, &engines, &words));
                } else {
                    println!("{}", sound(&config, language));
                    for word in &words {
                        println!("{}: {}", words::warning(language), word.line(language));
                    }
                    for (calendar, days) in &ending {
                        println!("{}", ends_soon(calendar, *days, language));
                    }
                    for (trunk, key) in unreachable_from(&config) {
                        println!("{}", out_of_reach(trunk, key, language));
                    }
                    for doubt in config.doubts.iter() {
                        println!("{}: {}", words::warning(language), doubt.line(language));
                    }
                    for warning in warnings(&config) {
                        println!("{}", warning.text(language));
                    }
                    for engine in &engines {
                        println!("{}", health_text(engine, language));
                    }
                }
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

/// Something in a flow's texts, or in a list of words.
struct ToLookAt {
    /// Empty: of the lists.
    flow: String,
    key: String,
    text: String,
}

impl ToLookAt {
    fn line(&self, language: Language) -> String {
        let Self { flow, key, text } = self;
        match language {
            _ if flow.is_empty() => text.clone(),
            Language::En => format!("flow {flow}: {key}: {text}"),
            Language::Ru => format!("сценарий {flow}: {key}: {text}"),
        }
    }

    fn json(&self) -> serde_json::Value {
        let Self { flow, key, text } = self;
        serde_json::json!({ "flow": flow, "key": key, "text": text })
    }
}

/// Texts of flows that nobody may hear (they threaten, tell of a debt where anybody listens, or are a duty in name alone), and
/// those that somebody should look at. Where the lists can't be read nothing may be said.
fn words_to_look_at(config: &Config, language: Language) -> (Vec<ToLookAt>, Vec<ToLookAt>) {
    let folder = config.dir.join("flows");
    let voices = Voices::of(config);
    let look = |flow: &Flow| match &voices {
        Ok(voices) => findings(&folder, flow, voices).map_err(|fault| format!("{fault:#}")),
        Err(fault) => Err(format!("{fault:#}")),
    };
    let (mut refused, mut remarked, mut faults) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (name, flow) in &config.flows {
        match look(flow) {
            Ok(found) => {
                for Finding { key, text, gravity } in found {
                    let told = ToLookAt { flow: name.clone(), key, text: text.of(language).to_owned() };
                    match gravity {
                        Gravity::Refused => refused.push(told),
                        Gravity::Remarked => remarked.push(told),
                    }
                }
            }
            Err(fault) => _ = faults.insert(fault),
        }
    }
    let unread = |text| ToLookAt { flow: String::new(), key: String::new(), text };
    refused.extend(faults.into_iter().map(unread));
    (refused, remarked)
}

/// Shows what no flow may say.
fn refuse_words(refused: &[ToLookAt], json: bool, language: Language) -> ExitCode {
    if json {
        let mistakes: Vec<_> = refused.iter().map(ToLookAt::json).collect();
        println!("{}", serde_json::json!({ "sound": false, "mistakes": mistakes }));
    } else {
        refused.iter().for_each(|word| eprintln!("{}", word.line(language)));
    }
    ExitCode::from(CONFIG_MISTAKE)
}

/// Calendars that end soon or have ended, with the days left.
fn ending(config: &Config) -> Vec<(String, i32)> {
    let today = Clock.wall().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let left = config.calendar_days_left(today).into_iter();
    let near = left.filter(|&(_, days)| days <= ALARM_DAYS);
    near.map(|(calendar, days)| (calendar.to_owned(), days)).collect()
}

fn ends_soon(calendar: &str, days: i32, language: Language) -> String {
    match (language, days) {
        (Language::En, 0..) => format!(
            "warning: calendar {calendar} ends in {days} days, and every day after it has the hours of a holiday: \
             load the next year"
        ),
        (Language::En, _) => format!(
            "warning: calendar {calendar} has ended, and every day has the hours of a holiday: load this year"
        ),
        (Language::Ru, 0..) => format!(
            "предупреждение: дней до конца календаря {calendar}: {days}; после него каждый день считается выходным: \
             загрузите следующий год"
        ),
        (Language::Ru, _) => format!(
            "предупреждение: календарь {calendar} кончился, каждый день считается выходным: загрузите этот год"
        ),
    }
}

/// Trunks elsewhere that can't send anything back to where we listen: the trunk, and the key that says so.
fn unreachable_from(config: &Config) -> Vec<(&str, &'static str)> {
    let elsewhere = |host: &str| match host.parse::<IpAddr>() {
        Ok(address) => !address.is_loopback(),
        Err(_) => host != "localhost",
    };
    let here =
        [("sip.bind", config.sip.bind.ip().is_loopback()), ("media.ip", config.media.ip.is_loopback())];
    let hop = |trunk: &TrunkPlan| {
        trunk.peer.outbound_proxy.as_ref().map_or(&trunk.peer.host, |proxy| &proxy.host).clone()
    };
    let far = config.trunks.iter().filter(|trunk| elsewhere(&hop(trunk)));
    far.flat_map(|trunk| {
        here.into_iter().filter_map(|(key, loopback)| loopback.then_some((&*trunk.name, key)))
    })
    .collect()
}

fn out_of_reach(trunk: &str, key: &str, language: Language) -> String {
    match language {
        Language::En => format!(
            "warning: trunk {trunk} is not on this machine, and {key} is an address that only this machine reaches"
        ),
        Language::Ru => format!(
            "предупреждение: транк {trunk} не на этой машине, а {key} — адрес, до которого достаёт только она сама"
        ),
    }
}

fn sound(config: &Config, language: Language) -> String {
    let (trunks, campaigns, version) = (config.trunks.len(), config.campaigns.len(), &config.version);
    let notices = notices_text(config, Clock.wall(), language);
    let sound = match language {
        Language::En => format!("sound: trunks {trunks}, campaigns {campaigns}, version {version}"),
        Language::Ru => format!("ошибок нет: транков {trunks}, кампаний {campaigns}, версия {version}"),
    };
    format!("{notices}{sound}")
}

fn sound_json(
    (config, language): (&Config, Language),
    ending: &[(String, i32)],
    engines: &[EngineHealth],
    words: &[ToLookAt],
) -> String {
    let warning =
        |(calendar, days): &(String, i32)| serde_json::json!({ "calendar": calendar, "days_left": days });
    let mut told: Vec<_> = ending.iter().map(warning).chain(words.iter().map(ToLookAt::json)).collect();
    told.extend(cautions_json(config));
    let far = unreachable_from(config).into_iter();
    told.extend(far.map(|(trunk, key)| serde_json::json!({ "trunk": trunk, "out_of_reach_of": key })));
    told.extend(config.doubts.iter().map(|doubt| doubt.to_json(language)));
    told.extend(warnings(config).iter().map(Warning::json));
    let said = config.rules.overrides.iter();
    let overrides: Vec<_> =
        said.flat_map(|(preset, listed)| exceptions_json(preset, listed, Clock.wall())).collect();
    let names = |names: Vec<&str>| serde_json::Value::from(names);
    serde_json::json!({
        "sound": true,
        "version": &*config.version,
        "overrides": overrides,
        "trunks": names(config.trunks.iter().map(|trunk| &*trunk.name).collect()),
        "engines": engines.iter().map(health_json).collect::<Vec<_>>(),
        "warnings": told,
        "campaigns": names(config.campaigns.iter().map(|campaign| &*campaign.name).collect()),
    })
    .to_string()
}
