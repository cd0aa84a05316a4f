//! A test vector: one line of JSON that asks for a decision.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::{DebtId, EventId, PersonId};
use crate::rules::{
    Agent, CliStatus, Consent, ConsentKind, DialMode, Event, EventKind, Facts, History, Hold, HoldKind,
    LocalRange, Override, Phone, PhoneKey, PhoneType, Relation, RuleId, Tally, Way, WayKind, ZoneSet,
};

/// A vector as written; what is absent has the defaults of the format.
#[derive(Debug, Deserialize)]
pub(super) struct Vector {
    pub id: String,
    pub preset: String,
    pub now_utc: Timestamp,
    #[serde(default)]
    pub calendar_extra_off: BTreeSet<Date>,
    contact_tz: Vec<String>,
    channel: Option<WayKind>,
    channel_exact: Option<String>,
    dial_mode: Option<DialMode>,
    relation: Option<Relation>,
    person: Option<String>,
    phone: Option<String>,
    phone_type: Option<PhoneType>,
    debt: Option<String>,
    creditor: Option<String>,
    cli: Option<String>,
    #[serde(default)]
    debt_groups: BTreeMap<String, String>,
    #[serde(default)]
    history: Vec<VectorEvent>,
    #[serde(default)]
    holds: Vec<VectorHold>,
    #[serde(default)]
    consents: Vec<VectorConsent>,
    #[serde(default)]
    prefs_blocked_local: Vec<(String, String)>,
    #[serde(default)]
    pub overrides: BTreeMap<String, u32>,
    campaign: Option<Campaign>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// What is expected, and why: for whoever compares.
const EXPECTED: [&str; 5] = ["also_denied_by", "deny_rule", "expect", "next_allowed_utc", "why"];
/// Fields of a request that say nothing of an event: the format allows them.
const OF_REQUESTS: [&str; 7] = ["channel", "cli", "contact_tz", "debt_groups", "id", "preset", "relation"];

#[derive(Debug, Deserialize)]
struct VectorEvent {
    ts_utc: Timestamp,
    kind: EventKind,
    channel_exact: Option<String>,
    dial_mode: Option<DialMode>,
    person: Option<String>,
    phone: Option<String>,
    phone_type: Option<PhoneType>,
    debt: Option<String>,
    creditor: Option<String>,
    agent: Option<Agent>,
    #[serde(default)]
    excluded: bool,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct VectorHold {
    kind: HoldKind,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    #[serde(default)]
    suspended: Vec<(Timestamp, Option<Timestamp>)>,
    person: Option<String>,
    phone: Option<String>,
    debt: Option<String>,
}

#[derive(Debug, Deserialize)]
struct VectorConsent {
    kind: ConsentKind,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    person: Option<String>,
    debt: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Campaign {
    abandoned: u64,
    live_connected: u64,
}

impl Vector {
    /// Fields that the format does not have: a rule's input, perhaps, that nobody looks at.
    pub fn strangers(&self) -> impl Iterator<Item = &str> {
        let own = self.others.keys().filter(|name| !EXPECTED.contains(&name.as_str()));
        let events = self.history.iter().flat_map(|event| event.others.keys());
        own.chain(events.filter(|name| !OF_REQUESTS.contains(&name.as_str()))).map(String::as_str)
    }

    /// The request and the history that the vector describes.
    pub fn read(&self) -> Result<(Facts, History), String> {
        let mut names = Names { known: BTreeMap::new(), groups: &self.debt_groups };
        let person = self.person.as_deref();
        let kind = self.channel.unwrap_or(WayKind::Call);
        let exact = self.channel_exact.clone().unwrap_or_else(|| kind.code().to_owned());
        let facts = Facts {
            person: names.person(person),
            debt: names.debt(self.debt.as_deref()),
            creditor: self.creditor.clone().unwrap_or_else(|| CREDITOR.to_owned()),
            phone: names.phone(self.phone.as_deref(), self.phone_type),
            relation: self.relation.unwrap_or(Relation::Debtor),
            way: Way {
                kind,
                exact: Cow::Owned(exact),
                dial_mode: self.dial_mode.unwrap_or(DialMode::Predictive),
            },
            caller_id: self.cli.as_deref().map_or(CliStatus::Allocated, read_cli),
            zones: ZoneSet::resolve(self.contact_tz.iter().map(String::as_str), "vector"),
            blocked: self.blocked()?,
            tallies: vec![self.tally()],
            overrides: self.overrides(),
        };
        let events =
            self.history.iter().zip(1..).map(|(event, id)| event.read(EventId(id), &mut names)).collect();
        let holds = self.holds.iter().map(|hold| hold.read(&mut names, person)).collect();
        let consents = self.consents.iter().map(|consent| consent.read(&mut names, person)).collect();
        Ok((facts, History::new(events, holds, consents)))
    }

    fn blocked(&self) -> Result<Vec<LocalRange>, String> {
        let read = |text: &str| match text {
            "24:00" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("{text:?} is not a time of day")),
        };
        let ranges = self.prefs_blocked_local.iter().map(|(from, to)| {
            let from = read(from)?.ok_or_else(|| "a blocked range begins at 24:00".to_owned())?;
            Ok(LocalRange { from, to: read(to)?.filter(|&to| to != Time::midnight()) })
        });
        ranges.collect()
    }

    fn tally(&self) -> Tally {
        self.campaign.as_ref().map_or_else(Tally::default, |campaign| Tally {
            period: None,
            abandoned: campaign.abandoned,
            live_connected: campaign.live_connected,
        })
    }

    fn overrides(&self) -> Vec<Override> {
        let exceptions = self.overrides.iter().map(|(rule, &limit)| Override {
            rule: RuleId::from(rule.as_str()),
            limit,
            evidence: "vector".to_owned(),
            from: None,
            until: None,
        });
        exceptions.collect()
    }
}

impl VectorEvent {
    fn read(&self, id: EventId, names: &mut Names<'_>) -> Event {
        let mut event = Event::new(id, self.ts_utc, self.kind, names.person(self.person.as_deref()));
        event.debt = Some(names.debt(self.debt.as_deref()));
        event.creditor = Some(self.creditor.clone().unwrap_or_else(|| CREDITOR.to_owned()));
        event.phone = Some(names.phone(self.phone.as_deref(), self.phone_type));
        event.dial_mode = self.dial_mode.unwrap_or(DialMode::Predictive);
        if let Some(exact) = &self.channel_exact {
            event.channel_exact = Cow::Owned(exact.clone());
        }
        event.agent = self.agent;
        event.excluded = self.excluded;
        event
    }
}

impl VectorHold {
    /// The hold; without a person of its own it is on the one asked about.
    fn read(&self, names: &mut Names<'_>, asked: Option<&str>) -> Hold {
        Hold {
            kind: self.kind,
            person: names.person(self.person.as_deref().or(asked)),
            phone: Some(names.phone(self.phone.as_deref(), None).number),
            debt: Some(names.debt(self.debt.as_deref())),
            from: self.from,
            until: self.until,
            suspended: self.suspended.clone(),
            evidence: None,
        }
    }
}

impl VectorConsent {
    /// The consent; without a person of its own it is of the one asked about.
    fn read(&self, names: &mut Names<'_>, asked: Option<&str>) -> Consent {
        Consent {
            kind: self.kind,
            person: names.person(self.person.as_deref().or(asked)),
            debt: self.debt.as_deref().map(|debt| names.debt(Some(debt))),
            phone: None,
            from: self.from,
            until: self.until,
            evidence: None,
        }
    }
}

const CREDITOR: &str = "c1";

/// A status that is not known is never an allowed one.
fn read_cli(code: &str) -> CliStatus {
    CliStatus::parse(code).unwrap_or(CliStatus::Unknown)
}

/// Numbers for the names a vector uses, and the groups its debts belong to.
struct Names<'a> {
    known: BTreeMap<String, i64>,
    groups: &'a BTreeMap<String, String>,
}

impl Names<'_> {
    fn person(&mut self, name: Option<&str>) -> PersonId {
        PersonId(self.number("person", name.unwrap_or("p1")))
    }

    fn debt(&mut self, name: Option<&str>) -> DebtId {
        let name = name.unwrap_or("d1");
        let (kind, name) = self.groups.get(name).map_or(("debt", name), |group| ("group", group));
        DebtId(self.number(kind, name))
    }

    fn phone(&mut self, name: Option<&str>, kind: Option<PhoneType>) -> Phone {
        let number = self.number("phone", name.unwrap_or("A"));
        Phone { number: PhoneKey::new(number.unsigned_abs()), kind: kind.unwrap_or(PhoneType::Mobile) }
    }

    fn number(&mut self, kind: &str, name: &str) -> i64 {
        let next = i64::try_from(self.known.len()).expect("a line holds few names") + 1;
        *self.known.entry(format!("{kind} {name}")).or_insert(next)
    }
}
