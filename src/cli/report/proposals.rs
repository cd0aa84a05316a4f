//! `obzvon report proposals`: what the figures suggest, with the lines of configuration that would do it.

use serde_json::json;

use crate::cli::words;
use crate::config::NextActionConfig;
use crate::domain::Language;
use crate::stats::{Axis, DayPart, Doing, Proposal, decimal_sign, proposals};
use crate::store::{Period, ProposalRow, Reacted, Store, StoreError};

/// What the figures of a period suggest.
///
/// # Errors
/// When the store fails.
pub async fn proposed(store: &Store, period: Period) -> Result<Vec<Proposal>, StoreError> {
    let uses = store.wear_report(period, Reacted::Paid).await?;
    let by_day_part = store.effects_report(period, &[Axis::DayPart]).await?;
    Ok(proposals(&uses, &by_day_part))
}

/// The report as text, or as JSON: what is new, and what the figures would propose again and is in force.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    configured: &[NextActionConfig],
    (json, language): (bool, Language),
) -> anyhow::Result<String> {
    let found = proposed(store, period).await?;
    let applied = store.proposals_applied().await?;
    let by_what = |proposal: &Proposal| {
        let doing = proposal.doing()?;
        Some((doing, Force::of(doing, &applied, configured)?))
    };
    if json {
        let one = |proposal: &Proposal| {
            let mut told = json!(proposal);
            told["in_force"] = by_what(proposal).map_or(serde_json::Value::Null, |(_, force)| force.json());
            told
        };
        return Ok(format!("{}\n", json!(found.iter().map(one).collect::<Vec<_>>())));
    }
    let (mut new, mut in_force) = (Vec::new(), Vec::new());
    for proposal in &found {
        match by_what(proposal) {
            Some(by) => in_force.push(by),
            None => new.push(proposal),
        }
    }
    let mut text = new.iter().map(|proposal| new_text(proposal, language)).collect::<String>();
    text += match (new.is_empty(), in_force.is_empty(), language) {
        (true, true, Language::En) => "nothing that is sure\n",
        (true, true, Language::Ru) => "ничего достоверного\n",
        (true, false, Language::En) => "nothing new that is sure\n",
        (true, false, Language::Ru) => "нового достоверного нет\n",
        (false, _, Language::En) => {
            "\nNothing is changed by itself: `obzvon proposal apply CODE --by YOU`, a click in the console, or the lines of \
             configuration.\n"
        }
        (false, _, Language::Ru) => {
            "\nСамо ничего не меняется: `obzvon proposal apply КОД --by КТО`, щелчок в консоли или строки конфигурации.\n"
        }
    };
    for (doing, force) in in_force {
        text += &format!("{}\n  {}\n", doing_text(doing, language), force.text(doing, language));
    }
    Ok(text)
}

fn new_text(proposal: &Proposal, language: Language) -> String {
    let code = proposal.doing().map(|doing| format!("  {}\n", doing.code()));
    proposal_text(proposal, language) + &code.unwrap_or_default()
}

/// By what a proposal is in force already.
#[derive(Debug, Clone, Copy)]
pub enum Force<'a> {
    /// Somebody applied it.
    Applied(&'a ProposalRow),
    /// `[next_action.NAME]` does the same.
    Configured(&'a str),
}

impl<'a> Force<'a> {
    /// `None`: it is not in force.
    pub fn of(doing: Doing, applied: &'a [ProposalRow], configured: &'a [NextActionConfig]) -> Option<Self> {
        if let Some(row) = applied.iter().find(|row| row.puts_into_force(doing)) {
            return Some(Self::Applied(row));
        }
        let Doing::ChangeChannel { channel, after_uses, then } = doing else { return None };
        let same = |next: &&NextActionConfig| {
            (next.channel, next.after_uses, next.then) == (channel, after_uses, then)
        };
        configured.iter().find(same).map(|next| Self::Configured(&next.name))
    }

    fn json(self) -> serde_json::Value {
        match self {
            Self::Applied(row) => json!({ "since": row.applied_at.to_string(), "by": row.applied_by }),
            Self::Configured(name) => json!({ "next_action": name }),
        }
    }

    /// In words.
    pub fn text(self, doing: Doing, language: Language) -> String {
        match (self, language) {
            (Self::Applied(row), Language::En) => {
                format!("in force since {:.0}, {}: {}", row.applied_at, row.applied_by, doing.code())
            }
            (Self::Applied(row), Language::Ru) => {
                format!("действует с {:.0}, {}: {}", row.applied_at, row.applied_by, doing.code())
            }
            (Self::Configured(name), Language::En) => {
                format!("in force by [next_action.{name}] of statistics.toml")
            }
            (Self::Configured(name), Language::Ru) => {
                format!("действует: [next_action.{name}] в statistics.toml")
            }
        }
    }
}

/// The proposal with its figures, and the lines of configuration that would do it.
pub fn proposal_text(proposal: &Proposal, language: Language) -> String {
    match proposal {
        Proposal::ChangeChannel { channel, after_uses, first, worn, then, then_first } => {
            let name = words::channel(channel.code(), language);
            let nth = after_uses + 1;
            let [first, worn] = [first, worn].map(|share| share.shown(language));
            let head = match language {
                Language::En => {
                    format!(
                        "{name} wears out: paid after use 1 {first}, after use {nth} {worn}; the fall is faster than \
                         people's differences alone could make it\n"
                    )
                }
                Language::Ru => {
                    format!(
                        "{name}: приедается. Оплат после 1-го раза {first}, после {nth}-го {worn}; разницей между людьми \
                         такое падение не объяснить\n"
                    )
                }
            };
            let code = channel.code();
            let Some((then, share)) = then.zip(*then_first) else {
                return head
                    + match language {
                        Language::En => "  no other channel surely brings more\n",
                        Language::Ru => "  другого канала, который достоверно лучше, нет\n",
                    };
            };
            let (better, share) = (words::channel(then.code(), language), share.shown(language));
            let told = match language {
                Language::En => format!("  {better} brings more at its first use: {share}\n"),
                Language::Ru => format!("  {better}: с первого раза больше, {share}\n"),
            };
            if proposal.doing().is_none() {
                return head
                    + &told
                    + match language {
                        Language::En => "  it is a call of ours: let a campaign over it take the debts\n",
                        Language::Ru => "  это наш звонок: возьмите долги в кампанию по этому каналу\n",
                    };
            }
            let other = then.code();
            format!(
                "{head}{told}  statistics.toml:\n    [next_action.{code}_to_{other}]\n    channel = \"{code}\"\n    \
                 after_uses = {after_uses}\n    days = 5\n    then = \"{other}\"\n"
            )
        }
        Proposal::DayPart { channel, debtor_type, part, here, elsewhere, more } => {
            let (channel, who) =
                (words::channel(channel.code(), language), words::debtor_type(debtor_type.code(), language));
            let [here, elsewhere] = [here, elsewhere].map(|share| share.shown(language));
            let [low, high] =
                [more.low, more.high].map(|share| decimal_sign(&format!("{:.1}", share * 100.0), language));
            let (hours, name) = part_words(*part, language);
            let head = match language {
                Language::En => format!(
                    "{channel} · {who}: reached best {name}: {here}, else {elsewhere}: {low} to {high} points more\n"
                ),
                Language::Ru => format!(
                    "{channel} · {who}: лучше застать {name}: {here}, в другое время {elsewhere}: больше на {low}–{high} \
                     п. п.\n"
                ),
            };
            if proposal.doing().is_none() {
                return head
                    + match language {
                        Language::En => {
                            "  nothing that we can do: others use this channel, or nobody may be called then\n"
                        }
                        Language::Ru => {
                            "  сделать нечего: это канал других систем или в это время звонить нельзя\n"
                        }
                    };
            }
            format!("{head}  campaigns/….toml:\n    [calendar]\n    weekdays = \"{hours}\"\n")
        }
    }
}

/// What follows from a proposal in force, in words.
pub fn doing_text(doing: Doing, language: Language) -> String {
    match doing {
        Doing::ChangeChannel { channel, after_uses, then } => {
            let [from, to] = [channel, then].map(|it| words::channel(it.code(), language));
            match language {
                Language::En => format!("{from}: after {after_uses} without a reaction, {to}"),
                Language::Ru => format!("{from}: после {after_uses} без ответа — {to}"),
            }
        }
        Doing::DayPart { channel, debtor_type, part } => {
            let who = words::debtor_type(debtor_type.code(), language);
            format!("{} · {who}: {}", words::channel(channel.code(), language), part_words(part, language).1)
        }
    }
}

fn part_words(part: DayPart, language: Language) -> (&'static str, &'static str) {
    let (hours, en, ru) = match part {
        DayPart::Afternoon => ("12:00-18:00", "in the afternoon", "днём"),
        DayPart::Evening => ("18:00-22:00", "in the evening", "вечером"),
        DayPart::Morning => ("08:00-12:00", "in the morning", "утром"),
        DayPart::Night | DayPart::Unknown => ("off", "at night", "ночью"),
    };
    (hours, if language == Language::Ru { ru } else { en })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Channel, DebtorType};
    use crate::stats::{Estimate, Ratio};

    #[test]
    fn figures_have_the_sign_that_the_language_has_between_units_and_tenths() {
        let proposal = Proposal::DayPart {
            channel: Channel::Ivr,
            debtor_type: DebtorType::Forgetful,
            part: DayPart::Evening,
            here: Ratio::new(10, 30),
            elsewhere: Ratio::new(1, 30),
            more: Estimate { value: 0.3, low: 0.111, high: 0.5 },
        };
        let [ru, en] = [Language::Ru, Language::En].map(|language| proposal_text(&proposal, language));
        assert!(ru.contains("10/30 = 33,3 %") && ru.contains("больше на 11,1–50,0 п. п."), "{ru}");
        assert!(en.contains("10/30 = 33.3 %") && en.contains("11.1 to 50.0 points more"), "{en}");
    }
}
