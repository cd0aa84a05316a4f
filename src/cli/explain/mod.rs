//! `obzvon explain PERSON`: why he is or is not called, by which rule, what counts, and when next, in words.

mod ears;
mod known;
mod outlook;
mod staff;
mod standing;
mod when;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use self::known::{Known, read};
use self::outlook::{Case, Outlook};
use self::staff::Staff;
use self::when::{NOW, THEN, When};
use super::exceptions::{caution_text, exceptions_json};
use super::open::{ConfigArgs, block_on, registry, store};
use super::words;
use crate::campaign::{Callee, CampaignPlan, DoneWhy, ask};
use crate::config::Config;
use crate::daemon::{Clock, TEST_CAMPAIGN, test_plan, test_rules};
use crate::domain::contact::ContactState;
use crate::domain::{AgentId, Language, plain};
use crate::rules::explain::Grounds;
use crate::rules::zone::Registry;
use crate::rules::{
    Calendars, Decision, Explanation, Facts, Override, Preset, RuleKind, decide, explain, on_clocks, zone,
};
use crate::store::{ContactFile, DebtFile, PersonFile, PhoneFile, RulesThen, Store};

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
        let when = When::of(self.at, Clock.wall());
        let now = self.at.unwrap_or(Clock.wall());
        let registry = registry(&config);
        let (mut files, known) = block_on(async {
            let store = store(&config).await?;
            let past = self.at.filter(|_| when == When::Then);
            let read = read(&config, &store, &self.person, (past, Clock.wall())).await;
            store.close().await;
            read
        })?;
        anyhow::ensure!(!files.is_empty(), "nobody has this id or number; a number is written +79991234567");
        if self.at.is_some() {
            files.iter_mut().flat_map(|file| &mut file.phones).for_each(|phone| phone.look_back(now));
        }
        let killed = killed(&config);
        let (config, registry) = (&config, &registry);
        let clock = Shown::Utc;
        let desk = Desk { config, registry, killed, now, when, clock, known, language };
        if self.json {
            let all: Vec<_> = files.iter().map(|file| desk.json(file)).collect();
            println!("{}", serde_json::Value::from(all));
        } else {
            files.iter().for_each(|file| print!("{}", lines(&desk.text(file))));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Explains a person, by his id or number, as the command does, but by the clock of the house's pages; empty when nobody is known by it.
///
/// # Errors
/// When the store fails.
pub async fn explained(
    config: &Config,
    store: &Store,
    person: &str,
    language: Language,
) -> anyhow::Result<String> {
    let (registry, now, killed) = (registry(config), Clock.wall(), killed(config));
    let (files, known) = read(config, store, person, (None, now)).await?;
    let (when, clock) = (When::Now, Shown::OfPage(config.cases.zone.clone()));
    let desk = Desk { config, registry: &registry, killed, now, when, clock, known, language };
    Ok(files.iter().map(|file| lines(&desk.text(file))).collect())
}

/// What can't be looked at counts as thrown, as the daemon has it.
fn killed(config: &Config) -> bool {
    config.daemon.kill_switch.try_exists().unwrap_or(true)
}

/// What an explanation goes by.
struct Desk<'a> {
    config: &'a Config,
    registry: &'a Registry,
    /// The kill switch is thrown.
    killed: bool,
    now: Timestamp,
    when: When,
    clock: Shown,
    known: Known,
    language: Language,
}

/// By whose clock the moment of an explanation is told.
enum Shown {
    /// Of a page, which names it.
    OfPage(TimeZone),
    Utc,
}

impl Shown {
    fn told(&self, at: Timestamp) -> String {
        match self {
            Self::OfPage(zone) => at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M").to_string(),
            Self::Utc => at.strftime("%F %H:%M UTC").to_string(),
        }
    }
}

/// One contact on one phone, and what the rules say of it.
struct Said<'a> {
    contact: &'a ContactFile,
    debt: &'a DebtFile,
    phone: &'a PhoneFile,
    plan: Arc<CampaignPlan>,
    /// The rules: those of then where they are known.
    preset: Arc<Preset>,
    exceptions: &'a [Override],
    facts: Facts,
    decision: Decision,
    explanation: Explanation,
    outlook: Outlook,
    /// The agents, where the call is one of theirs.
    staff: Option<Staff>,
}

impl Desk<'_> {
    /// The rules of a campaign at the time asked for, and the exceptions from them.
    fn rules(&self, plan: &CampaignPlan) -> (&Arc<Preset>, &Calendars, &[Override]) {
        match self.known.then.get(&*plan.name) {
            Some(then) => (&then.rules.preset, &then.rules.calendars, &then.overrides),
            None => {
                let config = self.config;
                (config.preset_of(plan), &config.rules.calendars, config.overrides_of(plan))
            }
        }
    }

    /// The plan by which a campaign calls; that of test calls is made for them.
    fn plan(&self, campaign: &str) -> Option<Arc<CampaignPlan>> {
        if campaign == TEST_CAMPAIGN {
            return test_plan(self.config, "").ok().map(Arc::new);
        }
        self.config.campaign(campaign).cloned()
    }

    /// A test call to a listed number goes by rules of its own.
    fn preset(&self, plan: &CampaignPlan, preset: &Arc<Preset>, phone: &PhoneFile) -> Arc<Preset> {
        let listed = &*plan.name == TEST_CAMPAIGN && self.config.daemon.test_numbers.contains(&phone.number);
        if listed { Arc::new(test_rules(preset, true)) } else { Arc::clone(preset) }
    }

    /// What the rules say of every contact of the person, on every phone of his.
    fn said<'d>(&'d self, file: &'d PersonFile) -> Vec<Said<'d>> {
        let zones = zone::of_person(&file.whereabouts, self.registry);
        let mut all = Vec::new();
        for contact in &file.contacts {
            let Some(plan) = self.plan(&contact.campaign) else { continue };
            let Some(debt) = file.debts.iter().find(|debt| debt.id == contact.debt) else { continue };
            let (of_campaign, calendars, exceptions) = self.rules(&plan);
            let in_call =
                |other: &ContactFile| other.id != contact.id && other.state == ContactState::InFlight;
            let person_in_call = file.contacts.iter().any(in_call);
            let staff = Staff::of(&self.config.agents.plan, &self.known.at_work, (&*plan, file, debt));
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
                let facts = Facts {
                    blocked: file.blocked(self.now),
                    ..ask(callee, plan.dialling.mode(), exceptions)
                };
                let preset = self.preset(&plan, of_campaign, phone);
                let decision = decide(&preset, calendars, &facts, &phone.history, self.now);
                let grounds = Grounds { preset: &preset, calendars, facts: &facts, history: &phone.history };
                let explanation = explain(&decision, &grounds, self.language);
                let rules = (&*preset, calendars);
                let (plan, killed, back) = (Arc::clone(&plan), self.killed, self.when != When::Now);
                let case = Case {
                    contact,
                    debt,
                    phone,
                    plan: &plan,
                    rules,
                    facts: &facts,
                    agreed: self.known.agreed.get(&contact.id),
                    person_in_call,
                    staff: staff.as_ref(),
                    killed,
                    back,
                };
                let outlook = Outlook::of(&case, self.now);
                all.push(Said {
                    contact,
                    debt,
                    phone,
                    plan,
                    preset,
                    exceptions,
                    facts,
                    decision,
                    explanation,
                    outlook,
                    staff: staff.clone(),
                });
            }
        }
        all
    }

    fn json(&self, file: &PersonFile) -> serde_json::Value {
        let contacts: Vec<_> = self.said(file).iter().map(|said| self.said_json(said)).collect();
        let strangers: Vec<_> = self.strangers(file).map(|contact| &contact.campaign).collect();
        json!({
            "person": file.external_id, "at": self.now, "contacts": contacts, "events": file_events(file),
            "as_of": (self.when != When::Now).then(|| json!({ "then": THEN, "now": NOW })),
            "holds": self.holds(file), "consents": self.consents(file), "preferences": file.preferences,
            "campaigns_not_configured": strangers, "heard": self.heard_json(file),
            "said_usable": file.phones.iter().filter_map(|phone| {
                let said = phone.said_usable.as_ref().filter(|said| said.at <= self.now)?;
                Some(json!({ "phone": phone.number.as_e164(), "said": said }))
            }).collect::<Vec<_>>(),
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
            "may_be_called": said.may_be_called(),
            "besides": said.outlook.obstacles.first().map(|obstacle| &obstacle.code),
            "obstacles": said.outlook.obstacles.iter().map(|obstacle| &obstacle.code).collect::<Vec<_>>(),
            "preset": said.preset.name,
            "summary": said.explanation.summary,
            "rules": rules.collect::<Vec<_>>(),
            "earliest": said.outlook.earliest,
            "needs_act": said.outlook.needs_act,
            "promised_on": said.debt.promised_on,
            "agents": said.staff.as_ref().map(Staff::json),
            "agreed": self.known.agreed.get(&said.contact.id).map(|call| json!({
                "due_at": call.due_at, "expires_at": call.expires_at, "agent": call.agent.as_ref().map(AgentId::as_str),
            })),
            "next_local": said.outlook.earliest.map(|at| on_clocks(zones, at, self.language)),
            "caution": said.preset.caution,
            "rules_as_of": self.known.then.get(&*said.plan.name).map(|then| json!({
                "decided_at": then.decided_at, "config": then.config,
            })),
            "overrides": exceptions_json(&said.plan.preset, said.exceptions, self.now),
            "decision": said.decision,
            "zones": zones,
        })
    }

    fn text(&self, file: &PersonFile) -> String {
        let (said, ru) = (self.said(file), self.language == Language::Ru);
        let mut text = format!("{} · {}\n", file.external_id, self.clock.told(self.now));
        text += self.when.told(ru);
        if let Some(Said { facts, .. }) = said.first() {
            let clocks = on_clocks(&facts.zones, self.now, self.language);
            let (head, by) =
                if ru { ("его часы", "основание") } else { ("his clocks", "by") };
            let evidence = words::evidence(facts.zones.evidence(), self.language);
            text += &format!("{head}: {clocks} ({by}: {evidence})\n");
        }
        let head = if ru { "записей журнала" } else { "ledger entries" };
        text += &format!("{head}: {}\n", file_events(file));
        text += &self.standing_text(file);
        text += &self.heard_text(file);
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
        let ru = self.language == Language::Ru;
        let verdict = match (said.may_be_called(), ru) {
            (true, true) => "МОЖНО ЗВОНИТЬ",
            (true, false) => "MAY BE CALLED",
            (false, true) => "НЕ ЗВОНИМ",
            (false, false) => "NOT CALLED",
        };
        let (campaign, debt, phone) = (&said.contact.campaign, &said.debt.external_id, &said.phone.number);
        let mut text = format!("\n{campaign} · {debt} · {phone}: {verdict}\n");
        for obstacle in &said.outlook.obstacles {
            // How the contact stands today says nothing of the time asked for; the campaign's hours do.
            let today = match (self.when != When::Now && !obstacle.is_of_the_hour(), ru) {
                (false, _) => "",
                (true, true) => "сегодня: ",
                (true, false) => "today: ",
            };
            text += &format!("  {today}{} ({})\n", obstacle.text(self.language), obstacle.code);
        }
        text += &self.staff_text(said);
        text += &self.agreed_text(said);
        text += &format!("  {}\n", self.earliest_text(said));
        if said.contact.state == ContactState::Queued && said.plan.dialling.agents().is_some() {
            text += match ru {
                true => "  звоним, когда свободен оператор: пока никто не готов, звонка нет\n",
                false => "  called when an agent is free: while none is ready there is no call\n",
            };
        }
        let warning = caution_text(&said.preset.name, said.preset.caution, self.language);
        if !warning.is_empty() {
            text += &format!("  {warning}");
        }
        if !said.facts.blocked.is_empty() && !said.preset.rules.iter().any(|rule| rule.kind == RuleKind::Pref)
        {
            text += match ru {
                true => "  этот набор правил не смотрит на время, в которое человек просил не звонить\n",
                false => "  these rules do not look at the times he asked not to be called at\n",
            };
        }
        let (rules, when) = (if ru { "правила" } else { "rules" }, self.rules_of_when(&said.plan, ru));
        text += &format!("  {rules} {}{when}: {}\n", said.preset.name, said.explanation.summary);
        for line in &said.explanation.lines {
            let mark = match (line.pass, ru) {
                (true, true) => "да ",
                (true, false) => "yes",
                (false, true) => "НЕТ",
                (false, false) => "NO ",
            };
            text += &format!("    {mark} {:<28} {}\n", line.rule, line.text);
        }
        text
    }

    /// The agents for whom his call waits, as they are now.
    fn staff_text(&self, said: &Said<'_>) -> String {
        let is_over = matches!(said.contact.state, ContactState::Done | ContactState::InFlight);
        let staff = said.staff.as_ref().filter(|_| self.when == When::Now && !is_over);
        staff.map_or_else(String::new, |staff| staff.text(self.language))
    }

    /// The call that was agreed with him: when, until when, and by whom it is made.
    fn agreed_text(&self, said: &Said<'_>) -> String {
        let Some(call) = self.known.agreed.get(&said.contact.id) else { return String::new() };
        let ru = self.language == Language::Ru;
        let on = |at: Timestamp| on_clocks(&said.facts.zones, at, self.language);
        let (due, expires) = (on(call.due_at), on(call.expires_at));
        match (&call.agent, ru) {
            (Some(agent), true) => {
                format!("  договорились о звонке: {due}, не позже {expires}, звонит {agent}\n")
            }
            (None, true) => format!("  договорились о звонке: {due}, не позже {expires}, любой оператор\n"),
            (Some(agent), false) => {
                format!("  a call is agreed: {due}, no later than {expires}, by {agent}\n")
            }
            (None, false) => format!("  a call is agreed: {due}, no later than {expires}, by any agent\n"),
        }
    }

    /// When a call could be made, rules, campaign and queue together.
    fn earliest_text(&self, said: &Said<'_>) -> String {
        let ru = self.language == Language::Ru;
        if let Some(day) = self.resting_until(said) {
            let day = day.strftime(self.language.pick("%F", "%d.%m.%Y"));
            return match ru {
                true => format!(
                    "ближайший звонок: обещал заплатить не позже {day}; пока обещание не оценено, не звоним"
                ),
                false => format!("earliest call: he has promised to pay by {day}; not before that is judged"),
            };
        }
        let at = said.outlook.earliest.map(|at| on_clocks(&said.facts.zones, at, self.language));
        match (at, said.outlook.needs_act, ru) {
            (Some(at), false, true) => format!("ближайший звонок: {at}"),
            (Some(at), false, false) => format!("earliest call: {at}"),
            (Some(at), true, true) => format!("ближайший звонок: после решения человека, не раньше {at}"),
            (Some(at), true, false) => format!("earliest call: after a human act, not before {at}"),
            (None, _, true) => "ближайший звонок: никогда без решения человека".to_owned(),
            (None, _, false) => "earliest call: never without a human act".to_owned(),
        }
    }

    /// The day of the promise on account of which his contact rests.
    fn resting_until(&self, said: &Said<'_>) -> Option<Date> {
        let (contact, debt) = (said.contact, said.debt);
        // Who is done for another reason is brought back by no promise.
        let rests = contact.state == ContactState::Done && contact.why == DoneWhy::Reached.code();
        debt.promised_on.filter(|_| rests && debt.state == "open" && self.when == When::Now)
    }

    /// Of what time the rules are, where a time was asked for.
    fn rules_of_when(&self, plan: &CampaignPlan, ru: bool) -> String {
        match (self.when, self.known.then.get(&*plan.name), ru) {
            (When::Now | When::Ahead, ..) => String::new(),
            (When::Then, Some(RulesThen { config, decided_at, .. }), true) => {
                format!(" (как в решении {decided_at}, настройки {config})")
            }
            (When::Then, Some(RulesThen { config, decided_at, .. }), false) => {
                format!(" (as in the decision of {decided_at}, configuration {config})")
            }
            (When::Then, None, true) => {
                " (нынешние: до этого времени по кампании ничего не решали)".to_owned()
            }
            (When::Then, None, false) => {
                " (those of today: nothing was decided for the campaign by then)".to_owned()
            }
        }
    }

    /// Contacts of campaigns that are not in the configuration: nobody knows by which rules they would be called.
    fn strangers<'d>(&'d self, file: &'d PersonFile) -> impl Iterator<Item = &'d ContactFile> {
        file.contacts.iter().filter(|contact| self.plan(&contact.campaign).is_none())
    }
}

impl Said<'_> {
    /// Rules, campaign and queue all let the call happen now; of another time the queue says nothing.
    fn may_be_called(&self) -> bool {
        self.decision.allow && !self.outlook.obstacles.iter().any(|obstacle| self.outlook.counts(obstacle))
    }
}

/// A text of ours, line by line, in which nothing that people wrote acts on a terminal.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", plain(line))).collect()
}

/// How many entries of the ledger the rules read for him.
fn file_events(file: &PersonFile) -> usize {
    file.phones.iter().map(|phone| phone.history.events().len()).max().unwrap_or(0)
}
