//! Names before a campaign dials: has the speech engines say what the flows will say, with a bar and an estimate.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::ops::ControlFlow;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::config::Config;
use crate::daemon::{Clock, Unnamed, wanted_sentences};
use crate::domain::{Channel, Language};
use crate::ivr::IdentifiedBy;
use crate::speech::EnginePlan;
use crate::store::{Store, ToTell};
use crate::synthesis::{Prepared, SentenceCache, prepare, synthesise};

/// Has every engine say the sentences with names of the campaign that are not there yet. Whether none failed.
///
/// # Errors
/// When the configuration has no such campaign, or the store or the disk fails.
pub async fn prepare_campaign(
    store: &Store,
    config: &Config,
    name: &str,
    language: Language,
) -> anyhow::Result<bool> {
    let plan = config.campaign(name).with_context(|| format!("no campaign {name:?} in the configuration"))?;
    if config.prompts.engines.is_empty() {
        return Ok(true);
    }
    let campaign = store.campaign(name, Clock.wall()).await?;
    let cache = SentenceCache::below(&config.daemon.data_dir);
    let mut sound = true;
    for engine in &config.prompts.engines {
        let texts = wanted_sentences(store, config, (campaign, plan), engine).await?;
        let prepared = tokio::task::block_in_place(|| say(engine, texts, &cache, language))?;
        sound &= prepared.failed + prepared.left == 0;
    }
    Ok(sound)
}

/// What a preparation without an engine comes to.
pub fn no_engine_text(language: Language) -> &'static str {
    match language {
        Language::En => "names: prompts.toml has no speech engine",
        Language::Ru => "имена: в prompts.toml нет движка речи",
    }
}

/// What it means that the number is enough.
pub fn by_number_text(language: Language) -> &'static str {
    match language {
        Language::En => {
            "identity = \"number\": who cannot be called by his name hears the debt when he says that the number is his own, and \
             so does whoever was given the number after him"
        }
        Language::Ru => {
            "identity = \"number\": кого нельзя назвать по имени, слышит о долге, сказав, что номер его; новый владелец номера \
             скажет то же"
        }
    }
}

/// By what a robot knows the debtor, with what follows for whom it cannot call by his name. Empty where agents ask.
pub fn identity_text(
    (channel, identity): (Channel, IdentifiedBy),
    unnamed: Option<Unnamed>,
    language: Language,
) -> String {
    let Unnamed { contacts, of } = unnamed.unwrap_or_default();
    match (channel, identity, language) {
        (Channel::Ivr, IdentifiedBy::Number, _) => by_number_text(language).to_owned() + "\n",
        (Channel::Ivr, IdentifiedBy::Name, Language::En) => format!(
            "identity = \"name\": no voice has said the names of {contacts} of {of} contacts yet: they are not called by the \
             robot but set aside for agents\n"
        ),
        (Channel::Ivr, IdentifiedBy::Name, Language::Ru) => format!(
            "identity = \"name\": имя ещё не озвучено у {contacts} из {of} контактов: робот им не звонит, они ждут оператора\n"
        ),
        (_, IdentifiedBy::Name | IdentifiedBy::Number, _) => String::new(),
    }
}

/// A warning for each creditor whose debts our voice cannot tell, and what to do.
pub fn untellable_text(untellable: &[ToTell], language: Language) -> String {
    let line = |debts: &ToTell| {
        let ToTell { creditor, language: of, amount, contacts } = debts;
        let (of, currency) = (of.code(), amount.currency.code());
        match language {
            Language::En => format!(
                "warning: the {of} pack cannot say the debts to {creditor:?} ({currency}): contacts not called: {contacts}\n"
            ),
            Language::Ru => format!(
                "предупреждение: в наборе {of} нет слов для долгов перед «{creditor}» ({currency}): контактов без звонка: \
                 {contacts}\n"
            ),
        }
    };
    let lines: String = untellable.iter().map(line).collect();
    match language {
        _ if lines.is_empty() => lines,
        Language::En => {
            lines
                + "  add the creditor to prompts/words.txt, record it (obzvon prompts script, prompts import) or have an \
               engine say it (prompts render), reload the daemon, and fill the campaign again\n"
        }
        Language::Ru => {
            lines
                + "  впишите кредитора в prompts/words.txt, запишите его (obzvon prompts script, prompts import) или \
               озвучьте движком (prompts render), перечитайте настройки службы и снова заполните кампанию\n"
        }
    }
}

/// A warning for each creditor whose debtors, calling back, can't be told their debt by our voice.
pub fn untold_text(untold: &[ToTell], language: Language) -> String {
    let line = |debts: &ToTell| {
        let ToTell { creditor, language: of, amount, contacts } = debts;
        let (of, currency) = (of.code(), amount.currency.code());
        match language {
            Language::En => format!(
                "warning: the {of} pack cannot say the debts to {creditor:?} ({currency}): who calls back hears the neutral \
                 flow and is told by an agent alone; contacts: {contacts}\n"
            ),
            Language::Ru => format!(
                "предупреждение: в наборе {of} нет слов для долгов перед «{creditor}» ({currency}): кто перезвонит, услышит \
                 нейтральный сценарий, и о долге скажет только оператор; контактов: {contacts}\n"
            ),
        }
    };
    untold.iter().map(line).collect()
}

/// Says what the cache lacks, and prints what came of it.
fn say(
    engine: &EnginePlan,
    texts: BTreeSet<String>,
    cache: &SentenceCache,
    language: Language,
) -> anyhow::Result<Prepared> {
    let all = texts.len();
    let lacking: Vec<String> = texts.into_iter().filter(|text| !cache.has(&engine.clip(text))).collect();
    let there = all - lacking.len();
    let bar = bar(lacking.len(), engine.language, language);
    let told = || {
        bar.inc(1);
        ControlFlow::Continue(())
    };
    let prepared = prepare(engine, lacking, cache, told).context("keeping a sentence with a name")?;
    bar.finish_and_clear();
    println!("{}", prepared_text(engine.language, &prepared, there, language));
    Ok(prepared)
}

/// On a terminal a bar with the time left, reckoned from the sentences so far; silence otherwise.
fn bar(count: usize, of: Language, language: Language) -> ProgressBar {
    let template = match language {
        Language::En => "{prefix} names {bar:30} {pos}/{len}, {eta} left",
        Language::Ru => "{prefix} имена {bar:30} {pos}/{len}, осталось {eta}",
    };
    let style = ProgressStyle::with_template(template).expect("the template is sound");
    let shown = std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    ProgressBar::with_draw_target(Some(count as u64), target).with_style(style).with_prefix(of.code())
}

fn prepared_text(of: Language, prepared: &Prepared, there: usize, language: Language) -> String {
    let (code, Prepared { made, failed, left, fault }) = (of.code(), prepared);
    let mut text = match language {
        Language::En => format!("names, {code}: said now {made}, there before {there}"),
        Language::Ru => format!("имена, {code}: озвучено {made}, было готово {there}"),
    };
    if failed + left > 0 {
        text += &match language {
            Language::En => {
                format!(", failed {failed}, not tried {left}")
            }
            Language::Ru => {
                format!(", не вышло {failed}, не пробовали {left}")
            }
        };
    }
    if let Some(fault) = fault {
        text += &format!("\n  {:#}", anyhow::Error::msg(chain(fault)));
    }
    text
}

/// A fault with its causes. Engines' faults name no debtor.
fn chain(fault: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(fault), |fault| fault.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// How one engine is: what it took for one sentence, or why it said nothing.
#[derive(Debug)]
pub struct EngineHealth {
    pub language: Language,
    /// Milliseconds; the fault otherwise.
    pub said: Result<u128, String>,
}

/// Has every engine of the configuration say one sentence.
pub fn engine_health(config: &Config) -> Vec<EngineHealth> {
    let ask = |engine: &EnginePlan| {
        let text = match engine.language {
            Language::En => "This is a test of the voice.",
            Language::Ru => "Это проверка голоса.",
        };
        let began = Clock.now();
        let said = synthesise(engine, text);
        let took = Clock.now().duration_since(began).as_millis();
        EngineHealth { language: engine.language, said: said.map(|_| took).map_err(|fault| chain(&fault)) }
    };
    config.prompts.engines.iter().map(ask).collect()
}

/// One line an engine.
pub fn health_text(health: &EngineHealth, language: Language) -> String {
    let code = health.language.code();
    match (language, &health.said) {
        (Language::En, Ok(ms)) => format!("speech engine {code}: speaks, {ms} ms a sentence"),
        (Language::Ru, Ok(ms)) => format!("движок речи {code}: говорит, {ms} мс на фразу"),
        (Language::En, Err(fault)) => {
            format!("warning: speech engine {code}: {fault}; names not prepared yet are not said")
        }
        (Language::Ru, Err(fault)) => {
            format!("предупреждение: движок речи {code}: {fault}; ещё не озвученные имена не произносятся")
        }
    }
}

/// The same for a program.
pub fn health_json(health: &EngineHealth) -> serde_json::Value {
    let (ms, fault) = match &health.said {
        Ok(ms) => (Some(u64::try_from(*ms).unwrap_or(u64::MAX)), None),
        Err(fault) => (None, Some(fault)),
    };
    serde_json::json!({ "language": health.language.code(), "speaks": ms.is_some(), "ms": ms, "fault": fault })
}
