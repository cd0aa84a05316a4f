//! What a sound configuration promises and can't keep: messages that nobody is asked to send, debts that nobody can tell.

use crate::config::Config;
use crate::daemon::{unspoken_creditors, unspoken_to_callers};
use crate::domain::Language;
use crate::rules::lint::{Remark, lint};

/// One thing a campaign can't keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The flow promises a message, and no other system hears of it.
    NobodySends { campaign: String, flow: String, step: String, template: String },
    /// The packs can't say the debts to this creditor; without a name, not even the sum.
    NoWords { campaign: String, speaks: Language, creditor: String },
    /// The packs can't say the debts to this creditor, or none at all, to people who call back about a campaign for agents.
    NotToldToCallers { campaign: String, speaks: Language, creditor: String },
    /// The rules of a preset, with the limits over it, let nobody be called.
    NobodyPasses { preset: String, remark: Remark },
    /// The packs can't be looked at.
    NoPack { campaign: String, fault: String },
}

/// Everything there is to warn of, campaign by campaign.
pub fn warnings(config: &Config) -> Vec<Warning> {
    let mut found = Vec::new();
    for (name, preset) in &config.rules.presets {
        let fatal = lint(preset, &config.rules.calendars, None).into_iter().filter(Remark::is_fatal);
        found.extend(fatal.map(|remark| Warning::NobodyPasses { preset: name.clone(), remark }));
    }
    for plan in &config.campaigns {
        let campaign = || plan.name.to_string();
        // An endpoint for every creditor, or for each of the campaign's.
        let told = |creditor: &String| config.writeback.iter().any(|to| to.creditors.contains(creditor));
        let wanted = &plan.targets.creditors;
        let everybody = config.writeback.iter().any(|to| to.creditors.is_empty());
        if !everybody && (wanted.is_empty() || !wanted.iter().all(told)) {
            let flows = plan.flows().filter_map(|name| config.flows.get(name));
            for (flow, (step, template)) in flows.flat_map(|flow| flow.messages().map(move |sms| (flow, sms)))
            {
                let (flow, step, template) = (flow.name().to_owned(), step.to_owned(), template.to_owned());
                let warning = Warning::NobodySends { campaign: campaign(), flow, step, template };
                if !found.contains(&warning) {
                    found.push(warning);
                }
            }
        }
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

impl Warning {
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => format!("warning: {}", self.english()),
            Language::Ru => format!("предупреждение: {}", self.russian()),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::NobodySends { campaign, flow, step, template } => format!(
                "campaign {campaign}: step {step} of flow {flow} promises the message {template}, and writeback.toml names \
                 nobody who hears of it for every creditor of the campaign: nothing will be sent"
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
            Self::NobodyPasses { preset, remark } => {
                format!("preset {preset} with limits.toml: {remark}: nobody will be called")
            }
            Self::NoPack { campaign, fault } => {
                format!("campaign {campaign}: what the packs can say is not known: {fault}")
            }
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::NobodySends { campaign, flow, step, template } => format!(
                "кампания {campaign}: шаг {step} сценария {flow} обещает сообщение {template}, а в writeback.toml нет никого, \
                 кто узнал бы об этом для каждого кредитора кампании: ничего не будет отправлено"
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
            Self::NoPack { campaign, fault } => {
                format!("кампания {campaign}: что умеют произнести наборы, неизвестно: {fault}")
            }
        }
    }

    /// The same for a program.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::NobodySends { campaign, flow, step, template } => serde_json::json!({
                "campaign": campaign, "flow": flow, "step": step, "unsent": template
            }),
            Self::NoWords { campaign, speaks, creditor } => serde_json::json!({
                "campaign": campaign, "language": speaks.code(), "unspoken_creditor": creditor
            }),
            Self::NotToldToCallers { campaign, speaks, creditor } => serde_json::json!({
                "campaign": campaign, "language": speaks.code(), "untold_to_callers": creditor
            }),
            Self::NobodyPasses { preset, remark } => {
                serde_json::json!({ "preset": preset, "nobody_passes": remark.to_string() })
            }
            Self::NoPack { campaign, fault } => {
                serde_json::json!({ "campaign": campaign, "unread_packs": fault })
            }
        }
    }
}
