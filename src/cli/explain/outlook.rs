//! What besides the rules keeps a contact from being dialled, and when a call could be made with all of it counted.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::staff::Staff;
use crate::campaign::{CampaignPlan, Hour, earliest, hour};
use crate::cli::words;
use crate::domain::contact::ContactState;
use crate::domain::{DebtKind, Language};
use crate::rules::{Calendars, Facts, Preset};
use crate::store::{AGREED, CallbackRow, ContactFile, DebtFile, PhoneFile, UNSPEAKABLE};

/// What lies before a contact on one phone, beside the rules.
#[derive(Debug)]
pub struct Outlook {
    /// What stands in the way, the weightiest first; empty: nothing but the rules.
    pub obstacles: Vec<Obstacle>,
    /// When a call could be made, all counted but what only an act ends; absent: never, or not before the campaign
    /// ends.
    pub earliest: Option<Timestamp>,
    /// Only an act lets the call happen.
    pub needs_act: bool,
    /// It is of a time that was asked for.
    back: bool,
}

/// One thing in the way.
#[derive(Debug)]
pub struct Obstacle {
    /// For a program: `campaign_paused`, `waiting: no_answer`, `campaign_hours`.
    pub code: String,
    /// Where the contact stands in the queue, and the queue's reason for it.
    queue: Option<(ContactState, String)>,
    pub ends: Ends,
}

/// How an obstacle ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// By itself, at this moment.
    At(Timestamp),
    /// When somebody acts, or a call that is under way ends.
    ByAct,
    Never,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub contact: &'a ContactFile,
    pub debt: &'a DebtFile,
    pub phone: &'a PhoneFile,
    pub plan: &'a CampaignPlan,
    pub rules: (&'a Preset, &'a Calendars),
    pub facts: &'a Facts,
    /// The call that was agreed and is to come.
    pub agreed: Option<&'a CallbackRow>,
    /// Another contact of the person has a call under way.
    pub person_in_call: bool,
    /// The agents, where the call is one of theirs.
    pub staff: Option<&'a Staff>,
    /// The kill switch is thrown.
    pub killed: bool,
    /// The time looked at was asked for.
    pub back: bool,
}

impl Outlook {
    /// Looks at the contact at `now`.
    pub fn of(case: &Case<'_>, now: Timestamp) -> Self {
        let obstacles: Vec<_> = case.obstacles(now).collect();
        let mut outlook = Self { obstacles, earliest: None, needs_act: false, back: case.back };
        let ends = || outlook.obstacles.iter().filter(|one| outlook.counts(one)).map(|one| one.ends);
        let needs_act = ends().any(|ends| ends == Ends::ByAct);
        let from = ends().filter_map(|ends| match ends {
            Ends::At(at) => Some(at),
            Ends::ByAct | Ends::Never => None,
        });
        let from = from.max().map_or(now, |at| at.max(now));
        if !ends().any(|ends| ends == Ends::Never) {
            let (calendar, history) = (&case.plan.calendar, &case.phone.history);
            outlook.earliest = earliest(calendar, case.rules, case.facts, history, from);
        }
        outlook.needs_act = needs_act;
        outlook
    }

    /// Whether the obstacle says something of the time looked at: how the queue stands today says nothing of another.
    pub fn counts(&self, obstacle: &Obstacle) -> bool {
        !self.back || obstacle.is_of_the_hour()
    }
}

impl Obstacle {
    fn new(code: impl Into<String>, ends: Ends) -> Self {
        Self { code: code.into(), queue: None, ends }
    }

    /// It follows from the plan and the hour, not from how things stand.
    pub fn is_of_the_hour(&self) -> bool {
        ["campaign_hours", "campaign_over"].contains(&self.code.as_str())
    }

    /// In words, with the queue's reason.
    pub fn text(&self, language: Language) -> String {
        let Some((state, why)) = &self.queue else { return words::why(&self.code, language) };
        let (en, ru) = match state {
            ContactState::Done => ("the contact is done", "контакт завершён"),
            ContactState::Held if why == UNSPEAKABLE => ("the contact is held", "контакт отложен"),
            ContactState::Held if why == AGREED => {
                ("the contact waits for its call", "контакт ждёт своего звонка")
            }
            ContactState::Held => ("the contact waits for an agent", "контакт ждёт оператора"),
            ContactState::InFlight => {
                return if language == Language::Ru {
                    "звонок идёт"
                } else {
                    "a call is under way"
                }
                .to_owned();
            }
            ContactState::Queued => ("the contact is queued", "контакт в очереди"),
            ContactState::Waiting => ("the contact waits for its time", "контакт ждёт своего времени"),
        };
        let told = if language == Language::Ru { ru } else { en };
        format!("{told}: {}", words::why(why, language))
    }
}

impl Case<'_> {
    fn obstacles(&self, now: Timestamp) -> impl Iterator<Item = Obstacle> {
        let spent = self.contact.tries >= i64::from(self.plan.retries.budget);
        let own = [
            self.killed.then(|| Obstacle::new("kill_switch", Ends::ByAct)),
            self.campaign(),
            self.debt(now),
            self.phone(),
            self.queue(now),
            self.person_in_call.then(|| Obstacle::new("person_in_call", Ends::ByAct)),
            (spent && self.contact.state != ContactState::Done)
                .then(|| Obstacle::new("budget_spent", Ends::Never)),
            self.calendar(now),
            self.agents(now),
        ];
        own.into_iter().flatten()
    }

    fn campaign(&self) -> Option<Obstacle> {
        let ends = match self.contact.campaign_state.as_str() {
            "running" => return None,
            "stopped" => Ends::Never,
            _ => Ends::ByAct,
        };
        Some(Obstacle::new(format!("campaign_{}", self.contact.campaign_state), ends))
    }

    fn debt(&self, now: Timestamp) -> Option<Obstacle> {
        if self.debt.state != "open" {
            return Some(Obstacle::new("debt_not_open", Ends::ByAct));
        }
        let zone = self.facts.zones.zones().first().map_or(TimeZone::UTC, |zone| zone.tz().clone());
        let today = now.to_zoned_datetime(zone).date();
        let targets = &self.plan.targets;
        let kind = DebtKind::on(self.debt.due, today, targets.collectible_years);
        (!targets.kinds.contains(&kind)).then(|| Obstacle::new("off_target", Ends::Never))
    }

    fn phone(&self) -> Option<Obstacle> {
        let state = &self.phone.state;
        (state != "usable").then(|| Obstacle::new(format!("phone_{state}"), Ends::ByAct))
    }

    fn queue(&self, now: Timestamp) -> Option<Obstacle> {
        let (state, why) = (self.contact.state, &self.contact.why);
        let agreed = self.agreed.filter(|_| why == AGREED).map(|call| call.due_at);
        let ends = match state {
            ContactState::Queued => return None,
            ContactState::Done => Ends::Never,
            // The call agreed comes by itself, before the rest of the queue.
            ContactState::Held if agreed.is_some() => Ends::At(agreed.filter(|due| *due > now)?),
            ContactState::Held | ContactState::InFlight => Ends::ByAct,
            // What is due wakes within a second.
            ContactState::Waiting => Ends::At(self.contact.next_at.filter(|until| *until > now)?),
        };
        let queue = Some((state, why.clone()));
        Some(Obstacle { code: format!("{}: {why}", state.code()), queue, ends })
    }

    /// Nobody can talk to him, or nobody who can is at work while he would be called.
    fn agents(&self, now: Timestamp) -> Option<Obstacle> {
        let staff = self.staff?;
        let is_due = match self.contact.state {
            ContactState::Queued => true,
            ContactState::Held => self.agreed.is_some_and(|call| call.due_at <= now),
            ContactState::Done | ContactState::InFlight | ContactState::Waiting => false,
        };
        let code = staff.wanting().filter(|_| is_due)?;
        Some(Obstacle::new(code, Ends::ByAct))
    }

    fn calendar(&self, now: Timestamp) -> Option<Obstacle> {
        let clocks: Vec<_> = self.facts.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        match hour(&self.plan.calendar, &clocks, now) {
            Hour::Open => None,
            Hour::OpensAt(at) => Some(Obstacle::new("campaign_hours", Ends::At(at))),
            Hour::Over => Some(Obstacle::new("campaign_over", Ends::Never)),
        }
    }
}
