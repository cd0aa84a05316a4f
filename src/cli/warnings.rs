//! What a sound configuration promises and can't keep: messages that nobody is asked to send, debts that nobody can tell.

use std::collections::BTreeSet;
use std::path::Path;

use super::names::by_number_text;
use crate::campaign::{CampaignPlan, Flag, PAY_LINK};
use crate::config::Config;
use crate::daemon::{Packs, unspoken_creditors, unspoken_to_callers};
use crate::domain::{Channel, Language};
use crate::ivr::IdentifiedBy;
use crate::rules::lint::{Remark, lint};
use crate::speech::{EnginePlan, EngineWay};

/// One thing a campaign can't keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// He can say that he does not owe, or has paid, and no system of his creditor's takes the question.
    NobodyAsked { campaign: String, way: Way },
    /// A message is promised, and no other system hears of it.
    NobodySends { campaign: String, way: Way, template: String },
    /// The packs can't say the debts to this creditor; without a name, not even the sum.
    NoWords { campaign: String, speaks: Language, creditor: String },
    /// The packs can't say the debts to this creditor, or none at all, to people who call back about a campaign for agents.
    NotToldToCallers { campaign: String, speaks: Language, creditor: String },
    /// The rules of a preset, with the limits over it, let nobody be called.
    NobodyPasses { preset: String, remark: Remark },
    /// An engine is another machine's, and debtors' names go to it unencrypted.
    NamesInClear { speaks: Language, host: String },
    /// A robot tells the debt to whoever says that the number is his own.
    ByNumber { campaign: String },
    /// The campaign wants debtors asked by their names, and no engine says names in its language.
    NoNames { campaign: String, speaks: Language },
    /// An engine's voice is not the one its language's pack is said to have.
    OtherVoice { speaks: Language, engine: String, pack: String },
    /// The packs can't be looked at.
    NoPack { campaign: String, fault: String },
}

/// How it comes to that in a talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// What an agent writes of it: the house's code.
    Disposition(String),
    Step {
        flow: String,
        step: String,
    },
}

/// Everything there is to warn of, campaign by campaign.
pub fn warnings(config: &Config) -> Vec<Warning> {
    let mut found = Vec::new();
    for (name, preset) in &config.rules.presets {
        let fatal = lint(preset, &config.rules.calendars, None).into_iter().filter(Remark::is_fatal);
        found.extend(fatal.map(|remark| Warning::NobodyPasses { preset: name.clone(), remark }));
    }
    found.extend(names_in_clear(&config.prompts.engines));
    found.extend(other_voices(config));
    for plan in &config.campaigns {
        let campaign = || plan.name.to_string();
        found.extend(unheard(config, plan));
        found.extend(identity(config, plan));
        match unspoken_creditors(config, plan) {
            Ok(unspoken) => found.extend(unspoken.into_iter().map(|creditor| Warning::NoWords {
                campaign: campaign(),
                speaks: plan.language,
                creditor,
            })),
            Err(fault) => found.push(Warning::NoPack { campaign: campaign(), fault: format!("{fault:#}") }),
        }
        // A pack that can't be read has been told of.
        let untold = unspoken_to_callers(config, plan).unwrap_or_default();
        found.extend(untold.into_iter().map(|creditor| Warning::NotToldToCallers {
            campaign: campaign(),
            speaks: plan.language,
            creditor,
        }));
    }
    found
}

/// The campaigns whose robot calls nobody, for no engine says names in their language.
pub(crate) fn without_names(config: &Config) -> impl Iterator<Item = Warning> {
    let all = config.campaigns.iter().filter_map(|plan| identity(config, plan));
    all.filter(|warning| matches!(warning, Warning::NoNames { .. }))
}

/// What the campaign's way of knowing the debtor comes to; a flow of which nobody has to be known is no matter.
fn identity(config: &Config, plan: &CampaignPlan) -> Option<Warning> {
    let flows = plan.flows().filter_map(|flow| config.flows.get(flow));
    let mut asking = flows.filter(|flow| !flow.can_identify(IdentifiedBy::Name, None, plan.language));
    if plan.is_service || plan.channel != Channel::Ivr || asking.next().is_none() {
        return None;
    }
    let campaign = plan.name.to_string();
    let says_names = config.prompts.engines.iter().any(|engine| engine.language == plan.language);
    match plan.identity {
        IdentifiedBy::Number => Some(Warning::ByNumber { campaign }),
        IdentifiedBy::Name if says_names => None,
        IdentifiedBy::Name => Some(Warning::NoNames { campaign, speaks: plan.language }),
    }
}

/// What nobody hears of whose system would have to: unless an endpoint is for every creditor, or there is one for each of the
/// campaign's.
fn unheard(config: &Config, plan: &CampaignPlan) -> Vec<Warning> {
    let told = |creditor: &String| config.writeback.iter().any(|to| to.creditors.contains(creditor));
    let wanted = &plan.targets.creditors;
    let everybody = config.writeback.iter().any(|to| to.creditors.is_empty());
    if everybody || (!wanted.is_empty() && wanted.iter().all(told)) {
        return Vec::new();
    }
    let campaign = || plan.name.to_string();
    let mut found = Vec::new();
    let flows: BTreeSet<&str> = plan.flows().collect();
    let flows: Vec<_> = flows.into_iter().filter_map(|name| config.flows.get(name)).collect();
    for flow in &flows {
        let way = |step: &str| Way::Step { flow: flow.name().to_owned(), step: step.to_owned() };
        let sends = flow.messages().map(|(step, template)| Warning::NobodySends {
            campaign: campaign(),
            way: way(step),
            template: template.to_owned(),
        });
        found.extend(sends);
        found.extend(
            flow.disputes().map(|step| Warning::NobodyAsked { campaign: campaign(), way: way(step) }),
        );
    }
    // An agent writes what he hears, wherever the call has reached one.
    let by_agents =
        plan.dialling.agents().is_some() || flows.iter().any(|flow| flow.queues().next().is_some());
    if by_agents && !config.agents.desks.is_empty() {
        for kind in &config.desk.dispositions.kinds {
            let way = || Way::Disposition(kind.code.to_string());
            if kind.has(Flag::Link) {
                let template = PAY_LINK.to_owned();
                found.push(Warning::NobodySends { campaign: campaign(), way: way(), template });
            }
            if kind.has(Flag::Dispute) || kind.has(Flag::AlreadyPaid) {
                found.push(Warning::NobodyAsked { campaign: campaign(), way: way() });
            }
        }
    }
    found
}

impl Way {
    fn english(&self) -> String {
        match self {
            Self::Disposition(code) => format!("disposition {code} of the desk"),
            Self::Step { flow, step } => format!("step {step} of flow {flow}"),
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::Disposition(code) => format!("итог {code} рабочего места"),
            Self::Step { flow, step } => format!("шаг {step} сценария {flow}"),
        }
    }

    fn json(&self, campaign: &str, (lacks, what): (&str, serde_json::Value)) -> serde_json::Value {
        match self {
            Self::Disposition(code) => {
                serde_json::json!({ "campaign": campaign, "disposition": code, lacks: what })
            }
            Self::Step { flow, step } => {
                serde_json::json!({ "campaign": campaign, "flow": flow, "step": step, lacks: what })
            }
        }
    }
}

/// Engines on other machines: HTTP has no TLS of ours, and what is sent are names.
fn names_in_clear(engines: &[EnginePlan]) -> Vec<Warning> {
    let elsewhere = |engine: &EnginePlan| match &engine.way {
        EngineWay::Http { address, .. } if !address.is_loopback() => {
            Some(Warning::NamesInClear { speaks: engine.language, host: address.host.clone() })
        }
        EngineWay::Http { .. } | EngineWay::Command(_) => None,
    };
    engines.iter().filter_map(elsewhere).collect()
}

/// Engines that would say the names in another voice than the pack's, by what both are called. A pack that can't be read is
/// told of elsewhere.
fn other_voices(config: &Config) -> Vec<Warning> {
    let Ok(packs) = Packs::read(&config.prompts) else { return Vec::new() };
    let other = |engine: &EnginePlan| {
        let pack = packs.of(engine.language)?.voice();
        let (speaks, engine) = (engine.language, engine.voice.clone());
        let warning = Warning::OtherVoice { speaks, engine: engine.clone(), pack: pack.to_owned() };
        (!is_one_voice(&engine, pack)).then_some(warning)
    };
    config.prompts.engines.iter().filter_map(other).collect()
}

/// Whether the pack's voice is called as the engine's. Festival calls a voice `voice_…`, Piper by the path of its file. Where
/// either has no name nobody can tell.
fn is_one_voice(engine: &str, pack: &str) -> bool {
    let name = Path::new(engine).file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".onnx").unwrap_or(&name);
    let name = name.strip_prefix("voice_").unwrap_or(name);
    let pack = pack.to_lowercase();
    let mut names = pack.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
    pack.is_empty() || name.is_empty() || names.any(|of_pack| of_pack == name)
}

impl Warning {
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => format!("warning: {}", self.english()),
            Language::Ru => format!("предупреждение: {}", self.russian()),
        }
    }

    /// Without a heading, for a log.
    pub fn english(&self) -> String {
        match self {
            Self::NobodyAsked { campaign, way } => format!(
                "campaign {campaign}: {} opens a dispute, and writeback.toml names nobody who takes the question for every \
                 creditor of the campaign: somebody has to ask him by hand",
                way.english()
            ),
            Self::NobodySends { campaign, way, template } => format!(
                "campaign {campaign}: {} promises the message {template}, and writeback.toml names \
                 nobody who hears of it for every creditor of the campaign: nothing will be sent",
                way.english()
            ),
            Self::NoWords { campaign, speaks, creditor } if creditor.is_empty() => format!(
                "campaign {campaign}: the {} pack cannot say sums of the import's currency: nobody will be called",
                speaks.code()
            ),
            Self::NoWords { campaign, speaks, creditor } => format!(
                "campaign {campaign}: the {} pack cannot say the debts to {creditor:?}: they will not be called about",
                speaks.code()
            ),
            Self::NotToldToCallers { campaign, speaks, creditor } => {
                let debts = if creditor.is_empty() {
                    "any debts".into()
                } else {
                    format!("the debts to {creditor:?}")
                };
                format!(
                    "campaign {campaign}: the {} pack cannot say {debts}: who calls back hears the neutral flow and is told \
                     by an agent alone",
                    speaks.code()
                )
            }
            Self::NamesInClear { speaks, host } => format!(
                "engine.{} is on {host}, and debtors' names go there unencrypted: put the engine on this machine, or a TLS proxy \
                 beside obzvon",
                speaks.code()
            ),
            Self::ByNumber { campaign } => format!("campaign {campaign}: {}", by_number_text(Language::En)),
            Self::NoNames { campaign, speaks } => format!(
                "campaign {campaign}: identity = \"name\", and prompts.toml has no engine.{}: nobody can be asked by his name, and \
                 the robot calls nobody",
                speaks.code()
            ),
            Self::NobodyPasses { preset, remark } => {
                format!("preset {preset} with limits.toml: {remark}: nobody will be called")
            }
            Self::OtherVoice { speaks, engine, pack } => {
                let code = speaks.code();
                format!(
                    "engine.{code} speaks as {engine:?} and the {code} pack as {pack:?}: if that is one voice, write the \
                     engine's name into `voice` of its pack.toml, else names sound in another voice than the rest"
                )
            }
            Self::NoPack { campaign, fault } => {
                format!("campaign {campaign}: what the packs can say is not known: {fault}")
            }
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::NobodyAsked { campaign, way } => format!(
                "кампания {campaign}: {} открывает спор о долге, а в writeback.toml нет никого, кто принял бы вопрос для каждого \
                 кредитора кампании: спрашивать придётся вручную",
                way.russian()
            ),
            Self::NobodySends { campaign, way, template } => format!(
                "кампания {campaign}: {} обещает сообщение {template}, а в writeback.toml нет никого, \
                 кто узнал бы об этом для каждого кредитора кампании: ничего не будет отправлено",
                way.russian()
            ),
            Self::NoWords { campaign, speaks, creditor } if creditor.is_empty() => format!(
                "кампания {campaign}: набору {} нечем произнести суммы в валюте импорта: звонков не будет",
                speaks.code()
            ),
            Self::NoWords { campaign, speaks, creditor } => format!(
                "кампания {campaign}: в наборе {} нет слов для долгов перед «{creditor}»: о них звонков не будет",
                speaks.code()
            ),
            Self::NotToldToCallers { campaign, speaks, creditor } => {
                let debts = if creditor.is_empty() {
                    "долгов".into()
                } else {
                    format!("долгов перед «{creditor}»")
                };
                format!(
                    "кампания {campaign}: в наборе {} нет слов для {debts}: кто перезвонит, услышит нейтральный сценарий, и о \
                     долге скажет только оператор",
                    speaks.code()
                )
            }
            Self::NamesInClear { speaks, host } => format!(
                "engine.{} стоит на {host}, и имена должников идут туда незашифрованными: поставьте движок на эту машину или \
                 TLS-прокси рядом с obzvon",
                speaks.code()
            ),
            Self::ByNumber { campaign } => format!("кампания {campaign}: {}", by_number_text(Language::Ru)),
            Self::NoNames { campaign, speaks } => format!(
                "кампания {campaign}: identity = \"name\", а в prompts.toml нет engine.{}: спросить по имени некого, и робот никому не \
                 звонит",
                speaks.code()
            ),
            Self::NobodyPasses { preset, remark } => {
                let why = match remark {
                    Remark::NoCalendar { rule, calendar } => {
                        format!("правилу {rule} нужен календарь {calendar}, а его нет")
                    }
                    Remark::NeverPasses { rule } => format!("правило {rule} никого не пропускает"),
                    Remark::HorizonNear { .. }
                    | Remark::NeverAlone { .. }
                    | Remark::NeverOpen
                    | Remark::NoHolidays { .. } => "часы правил вместе не открыты никогда".to_owned(),
                };
                format!("набор правил {preset} с limits.toml: {why}: звонков не будет")
            }
            Self::OtherVoice { speaks, engine, pack } => {
                let code = speaks.code();
                format!(
                    "голос engine.{code} — {engine:?}, а набора {code} — {pack:?}: если это один голос, впишите имя голоса \
                     движка в `voice` его pack.toml, иначе имена звучат другим голосом, чем остальное"
                )
            }
            Self::NoPack { campaign, fault } => {
                format!("кампания {campaign}: что умеют произнести наборы, неизвестно: {fault}")
            }
        }
    }

    /// The same for a program.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::NobodyAsked { campaign, way } => way.json(campaign, ("unasked", true.into())),
            Self::NobodySends { campaign, way, template } => {
                way.json(campaign, ("unsent", template.as_str().into()))
            }
            Self::NoWords { campaign, speaks, creditor } => serde_json::json!({
                "campaign": campaign, "language": speaks.code(), "unspoken_creditor": creditor
            }),
            Self::NotToldToCallers { campaign, speaks, creditor } => serde_json::json!({
                "campaign": campaign, "language": speaks.code(), "untold_to_callers": creditor
            }),
            Self::NamesInClear { speaks, host } => serde_json::json!({
                "language": speaks.code(), "names_in_clear_to": host
            }),
            Self::ByNumber { campaign } => {
                serde_json::json!({ "campaign": campaign, "identified_by": "number" })
            }
            Self::NoNames { campaign, speaks } => {
                serde_json::json!({ "campaign": campaign, "language": speaks.code(), "identified_by": "name" })
            }
            Self::NobodyPasses { preset, remark } => {
                serde_json::json!({ "preset": preset, "nobody_passes": remark.to_string() })
            }
            Self::OtherVoice { speaks, engine, pack } => serde_json::json!({
                "language": speaks.code(), "engine_voice": engine, "pack_voice": pack
            }),
            Self::NoPack { campaign, fault } => {
                serde_json::json!({ "campaign": campaign, "unread_packs": fault })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_of_the_packs_voice_is_known_by_its_name_and_another_is_told_of() {
        let festival = "festvox-ru: msu_ru_nsh_clunits, N. V. Shmyrev 2005";
        assert!(is_one_voice("voice_msu_ru_nsh_clunits", festival));
        assert!(is_one_voice(
            "/voices/ru_RU-irina-medium.onnx",
            "speech engine, voice \"ru_RU-irina-medium\""
        ));
        assert!(is_one_voice("anna", "") && is_one_voice("", festival), "nobody can tell");
        assert!(!is_one_voice("anna", festival));
        assert!(!is_one_voice("ru", festival), "a language is no voice");
    }
}
