//! `obzvon explain PERSON`: why he is or is not called now, by which rule, what counts, and when next.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::open::{ConfigArgs, block_on, store};
use crate::campaign::{Callee, CampaignPlan, ask};
use crate::config::Config;
use crate::daemon::{Clock, read_registry};
use crate::domain::contact::ContactState;
use crate::domain::{Language, PhoneNumber};
use crate::rules::zone::Registry;
use crate::rules::{Decision, ZoneSet, decide, zone};
use crate::store::{ContactFile, DebtFile, PersonFile, PhoneFile};

/// Says why a person is or is not called, by which rule, and when he may be
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    config: ConfigArgs,
    /// His id in the lists, or his number (+79991234567)
    person: String,
    /// At this moment instead of now (2026-12-01T09:00:00Z)
    #[arg(long)]
    at: Option<Timestamp>,
    /// For a program: one JSON array
    #[arg(long)]
    json: bool,
}

/// One contact on one phone, and what the rules say of it.
struct Said<'a> {
    contact: &'a ContactFile,
    debt: &'a DebtFile,
    phone: &'a PhoneFile,
    zones: ZoneSet,
    decision: Decision,
}

impl Explain {
    /// Prints the explanation.
    ///
    /// # Errors
    /// When the store fails or knows nobody of that id or number.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let now = self.at.unwrap_or(Clock.wall());
        let registry = read_registry(&config.dir.join("registry"))?;
        let files = block_on(async {
            let store = store(&config).await?;
            let files = store.person_files(&self.person).await?;
            store.close().await;
            Ok(files)
        })?;
        anyhow::ensure!(!files.is_empty(), "nobody has this id or number; a number is written +79991234567");
        if self.json {
            let all: Vec<_> = files.iter().map(|file| person_json(file, &config, &registry, now)).collect();
            println!("{}", serde_json::Value::from(all));
        } else {
            for file in &files {
                print!("{}", person_text(file, &config, &registry, now, self.config.language()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What the rules say of every contact of the person, on every phone of his.
fn said<'a>(file: &'a PersonFile, config: &Config, registry: &Registry, now: Timestamp) -> Vec<Said<'a>> {
    let numbers = || file.phones.iter().map(|phone| &phone.number);
    let zones = zone::of_contact(file.time_zone.as_deref(), file.region.as_deref(), numbers(), registry);
    let mut all = Vec::new();
    for contact in &file.contacts {
        let Some(plan) = config.campaign(&contact.campaign) else { continue };
        let Some(debt) = file.debts.iter().find(|debt| debt.id == contact.debt) else { continue };
        for phone in &file.phones {
            let callee = Callee {
                person: file.id,
                debt: debt.id,
                creditor: &debt.creditor,
                phone: &phone.number,
                phone_type: phone.phone_type,
                relation: phone.relation,
                zones: &zones,
            };
            let facts = ask(callee, config.overrides_of(plan));
            let (preset, calendars) = (config.preset_of(plan), &config.rules.calendars);
            let decision = decide(preset, calendars, &facts, &phone.history, now);
            all.push(Said { contact, debt, phone, zones: zones.clone(), decision });
        }
    }
    all
}

/// Why the contact is not dialled although the rules would allow it; absent when nothing stands in the way.
fn besides(contact: &ContactFile, debt: &DebtFile, plan: Option<&CampaignPlan>) -> Option<String> {
    if plan.is_none() {
        return Some("campaign_not_configured".to_owned());
    }
    if contact.campaign_state != "running" {
        return Some(format!("campaign_{}", contact.campaign_state));
    }
    if debt.state != "open" {
        return Some(format!("debt_{}", debt.state));
    }
    match contact.state {
        ContactState::Queued => None,
        ContactState::Done | ContactState::Held | ContactState::InFlight | ContactState::Waiting => {
            Some(format!("{}: {}", contact.state.code(), contact.why))
        }
    }
}

fn person_json(file: &PersonFile, config: &Config, registry: &Registry, now: Timestamp) -> serde_json::Value {
    let contacts: Vec<_> = said(file, config, registry, now)
        .iter()
        .map(|said| {
            json!({
                "campaign": said.contact.campaign,
                "debt": said.debt.external_id,
                "phone": said.phone.number.as_e164(),
                "state": said.contact.state.code(),
                "why": said.contact.why,
                "next_at": said.contact.next_at,
                "besides": besides(said.contact, said.debt, config.campaign(&said.contact.campaign).map(|p| &**p)),
                "decision": said.decision,
                "zones": said.zones,
            })
        })
        .collect();
    json!({ "person": file.external_id, "at": now, "contacts": contacts, "events": file_events(file) })
}

/// How many entries of the ledger the rules read for him.
fn file_events(file: &PersonFile) -> usize {
    file.phones.iter().map(|phone| phone.history.events().len()).max().unwrap_or(0)
}

fn person_text(
    file: &PersonFile,
    config: &Config,
    registry: &Registry,
    now: Timestamp,
    language: Language,
) -> String {
    let (mut text, ru) = (format!("{}  {now}\n", file.external_id), language == Language::Ru);
    for said in said(file, config, registry, now) {
        let Said { contact, debt, phone, zones, decision } = &said;
        let plan = config.campaign(&contact.campaign).map(|plan| &**plan);
        let besides = besides(contact, debt, plan);
        let verdict = match (decision.allow && besides.is_none(), ru) {
            (true, true) => "МОЖНО ЗВОНИТЬ",
            (true, false) => "MAY BE CALLED",
            (false, true) => "НЕ ЗВОНИМ",
            (false, false) => "NOT CALLED",
        };
        text += &format!(
            "\n{} · {} · {}: {verdict}\n",
            contact.campaign,
            debt.external_id,
            masked(&phone.number)
        );
        if let Some(besides) = besides {
            text += &format!("  {} {besides}\n", if ru { "контакт:" } else { "contact:" });
        }
        for verdict in decision.verdicts.iter().filter(|verdict| verdict.applies) {
            text += &rule_line(verdict, language);
        }
        let next = decision.next_allowed.map_or_else(
            || {
                if ru {
                    "никогда без решения человека".to_owned()
                } else {
                    "never without a human act".to_owned()
                }
            },
            |at| local_times(at, zones),
        );
        text += &format!("  {} {next}\n", if ru { "правила разрешат:" } else { "the rules allow it:" });
    }
    text
}

fn rule_line(verdict: &crate::rules::Verdict, language: Language) -> String {
    let mark = match (verdict.pass, language) {
        (true, _) => "ok ",
        (false, Language::Ru) => "НЕТ",
        (false, Language::En) => "NO ",
    };
    let count = match (verdict.count, verdict.limit) {
        (Some(count), Some(limit)) => format!("  {count} / {limit}"),
        (Some(count), None) => format!("  {count}"),
        (None, _) => String::new(),
    };
    let release = verdict.release.filter(|_| !verdict.pass).map(|at| format!("  → {at}")).unwrap_or_default();
    format!("  {mark} {:<28}{count}{release}\n", verdict.rule.to_string())
}

/// The moment on each of the debtor's clocks.
fn local_times(at: Timestamp, zones: &ZoneSet) -> String {
    let mut times: Vec<_> = zones
        .zones()
        .iter()
        .map(|zone| {
            format!("{} {}", at.to_zoned_datetime(zone.tz().clone()).strftime("%Y-%m-%d %H:%M"), zone.name())
        })
        .collect();
    let more = times.len().saturating_sub(3);
    times.truncate(3);
    if more > 0 {
        times.push(format!("+{more}"));
    }
    times.join(", ")
}

fn masked(number: &PhoneNumber) -> String {
    number.to_string()
}
