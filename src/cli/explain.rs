//! `obzvon explain PERSON`: why he is or is not called, by which rule, what counts, and when next, in words.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::exceptions::{caution_text, exceptions_json};
use super::open::{ConfigArgs, block_on, store};
use crate::campaign::{Callee, CampaignPlan, ask};
use crate::config::Config;
use crate::daemon::{Clock, read_registry};
use crate::domain::Language;
use crate::domain::contact::ContactState;
use crate::rules::explain::Grounds;
use crate::rules::zone::Registry;
use crate::rules::{Decision, Explanation, Facts, Override, decide, explain, on_clocks, zone};
use crate::store::{ContactFile, DebtFile, PersonFile, PhoneFile};

/// Says why a person is or is not called, by which rule, and when he may be
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    config: ConfigArgs,
    /// His id in the lists, or his number (+79991234567)
    person: String,
    /// At this moment instead of now (2026-12-01T09:00:00Z), on what had happened before it
    #[arg(long)]
    at: Option<Timestamp>,
    /// For a program: one JSON array
    #[arg(long)]
    json: bool,
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
        let language = self.config.language();
        let now = self.at.unwrap_or(Clock.wall());
        let registry = read_registry(&config.dir.join("registry"))?;
        let mut files = block_on(async {
            let store = store(&config).await?;
            let files = store.person_files(&self.person).await?;
            store.close().await;
            Ok(files)
        })?;
        anyhow::ensure!(!files.is_empty(), "nobody has this id or number; a number is written +79991234567");
        if self.at.is_some() {
            files.iter_mut().flat_map(|file| &mut file.phones).for_each(|phone| phone.look_back(now));
        }
        let desk = Desk { config: &config, registry: &registry, now, language };
        if self.json {
            let all: Vec<_> = files.iter().map(|file| desk.json(file)).collect();
            println!("{}", serde_json::Value::from(all));
        } else {
            files.iter().for_each(|file| print!("{}", desk.text(file)));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What an explanation goes by.
struct Desk<'a> {
    config: &'a Config,
    registry: &'a Registry,
    now: Timestamp,
    language: Language,
}

/// One contact on one phone, and what the rules say of it.
struct Said<'a> {
    contact: &'a ContactFile,
    debt: &'a DebtFile,
    phone: &'a PhoneFile,
    plan: &'a CampaignPlan,
    exceptions: &'a [Override],
    facts: Facts,
    decision: Decision,
    explanation: Explanation,
}

impl<'a> Desk<'a> {
    /// What the rules say of every contact of the person, on every phone of his.
    fn said(&self, file: &'a PersonFile) -> Vec<Said<'a>> {
        let config = self.config;
        let numbers = || file.phones.iter().map(|phone| &phone.number);
        let zones =
            zone::of_contact(file.time_zone.as_deref(), file.region.as_deref(), numbers(), self.registry);
        let mut all = Vec::new();
        for contact in &file.contacts {
            let Some(plan) = config.campaign(&contact.campaign) else { continue };
            let Some(debt) = file.debts.iter().find(|debt| debt.id == contact.debt) else { continue };
            let exceptions = config.overrides_of(plan);
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
                let facts = ask(callee, exceptions);
                let (preset, calendars) = (config.preset_of(plan), &config.rules.calendars);
                let decision = decide(preset, calendars, &facts, &phone.history, self.now);
                let grounds = Grounds { preset, calendars, facts: &facts, history: &phone.history };
                let explanation = explain(&decision, &grounds, self.language);
                all.push(Said { contact, debt, phone, plan, exceptions, facts, decision, explanation });
            }
        }
        all
    }

    fn json(&self, file: &PersonFile) -> serde_json::Value {
        let contacts: Vec<_> = self.said(file).iter().map(|said| self.said_json(said)).collect();
        let strangers: Vec<_> = self.strangers(file).map(|contact| &contact.campaign).collect();
        json!({
            "person": file.external_id, "at": self.now, "contacts": contacts, "events": file_events(file),
            "campaigns_not_configured": strangers,
        })
    }

    fn said_json(&self, said: &Said<'_>) -> serde_json::Value {
        let rules = said.explanation.lines.iter().map(|line| {
            json!({ "rule": line.rule, "pass": line.pass, "overridden": line.overridden, "text": line.text })
        });
        let zones = &said.facts.zones;
        json!({
            "campaign": said.contact.campaign,
            "debt": said.debt.external_id,
            "phone": said.phone.number.as_e164(),
            "state": said.contact.state.code(),
            "why": said.contact.why,
            "next_at": said.contact.next_at,
            "besides": besides(said).map(|(code, _)| code),
            "summary": said.explanation.summary,
            "rules": rules.collect::<Vec<_>>(),
            "next_local": said.decision.next_allowed.map(|at| on_clocks(zones, at, self.language)),
            "caution": self.config.preset_of(said.plan).caution,
            "overrides": exceptions_json(&said.plan.preset, said.exceptions, self.now),
            "decision": said.decision,
            "zones": zones,
        })
    }

    fn text(&self, file: &PersonFile) -> String {
        let (said, ru) = (self.said(file), self.language == Language::Ru);
        let mut text = format!("{} · {}\n", file.external_id, self.now);
        if let Some(Said { facts, .. }) = said.first() {
            let clocks = on_clocks(&facts.zones, self.now, self.language);
            let (head, by) = if ru { ("его часы", "по") } else { ("his clocks", "by") };
            text += &format!("{head}: {clocks} ({by}: {})\n", facts.zones.evidence());
        }
        let head = if ru { "записей журнала" } else { "ledger entries" };
        text += &format!("{head}: {}\n", file_events(file));
        for said in &said {
            text += &self.said_text(said);
        }
        for contact in self.strangers(file) {
            let why = if ru {
                "НЕ ЗВОНИМ — кампании нет в конфигурации"
            } else {
                "NOT CALLED — the campaign is not configured"
            };
            text += &format!("\n{}: {why}\n", contact.campaign);
        }
        if file.contacts.is_empty() {
            text += if ru { "ни в одной кампании\n" } else { "in no campaign\n" };
        }
        text
    }

    fn said_text(&self, said: &Said<'_>) -> String {
        let (besides, ru) = (besides(said), self.language == Language::Ru);
        let verdict = match (said.decision.allow && besides.is_none(), ru) {
            (true, true) => "МОЖНО ЗВОНИТЬ",
            (true, false) => "MAY BE CALLED",
            (false, true) => "НЕ ЗВОНИМ",
            (false, false) => "NOT CALLED",
        };
        let (campaign, debt, phone) = (&said.contact.campaign, &said.debt.external_id, &said.phone.number);
        let mut text = format!("\n{campaign} · {debt} · {phone}: {verdict}\n");
        if let Some((code, (in_ru, in_en))) = besides {
            text += &format!("  {} ({code})\n", if ru { in_ru } else { in_en });
        }
        text += &format!("  {}\n", said.explanation.summary);
        let caution = self.config.preset_of(said.plan).caution;
        let warning = caution_text(&said.plan.preset, caution, self.language);
        if !warning.is_empty() {
            text += &format!("  {warning}");
        }
        text += &format!("  {}:\n", said.plan.preset);
        for line in &said.explanation.lines {
            let mark = match (line.pass, ru) {
                (true, true) => "да ",
                (true, false) => "yes",
                (false, true) => "НЕТ",
                (false, false) => "NO ",
            };
            text += &format!("  {mark} {:<28} {}\n", line.rule, line.text);
        }
        let head = if ru { "правила разрешат" } else { "the rules allow it" };
        let next = match said.decision.next_allowed {
            Some(at) => on_clocks(&said.facts.zones, at, self.language),
            None if ru => "никогда без решения человека".to_owned(),
            None => "never without a human act".to_owned(),
        };
        text + &format!("  {head}: {next}\n")
    }

    /// Contacts of campaigns that are not in the configuration: nobody knows by which rules they would be called.
    fn strangers(&self, file: &'a PersonFile) -> impl Iterator<Item = &'a ContactFile> {
        file.contacts.iter().filter(|contact| self.config.campaign(&contact.campaign).is_none())
    }
}

/// Why the contact is not dialled although the rules would allow it, as a code and in Russian and English; absent when
/// nothing stands in the way.
fn besides(said: &Said<'_>) -> Option<(String, (&'static str, &'static str))> {
    let contact = said.contact;
    if contact.campaign_state != "running" {
        let words = ("кампания не идёт", "the campaign does not run");
        return Some((format!("campaign_{}", contact.campaign_state), words));
    }
    if said.debt.state != "open" {
        let words = ("долг больше не открыт", "the debt is not open any more");
        return Some((format!("debt_{}", said.debt.state), words));
    }
    if said.phone.state != "usable" {
        let words = ("по этому номеру не звонят", "this number is not called");
        return Some((format!("phone_{}", said.phone.state), words));
    }
    let words = match contact.state {
        ContactState::Queued => return None,
        ContactState::Done => ("контакт завершён", "the contact is done"),
        ContactState::Held => ("контакт ждёт оператора", "the contact waits for an agent"),
        ContactState::InFlight => ("звонок идёт", "a call is under way"),
        ContactState::Waiting => ("контакт ждёт своего времени", "the contact waits for its time"),
    };
    Some((format!("{}: {}", contact.state.code(), contact.why), words))
}

/// How many entries of the ledger the rules read for him.
fn file_events(file: &PersonFile) -> usize {
    file.phones.iter().map(|phone| phone.history.events().len()).max().unwrap_or(0)
}
