//! Random requests and histories, in whole minutes.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZoneDatabase;
use obzvon::domain::{DebtId, EventId, PersonId};
use obzvon::rules::{
    CliStatus, Consent, ConsentKind, DialMode, Event, EventKind, Facts, History, Hold, HoldKind, LocalRange,
    Override, Phone, PhoneKey, PhoneType, Relation, RuleId, Tally, Way, WayKind, ZoneSet,
};
use rand::{Rng, RngExt, seq::IndexedRandom};

/// Presets and compositions that make sense together.
pub const PRESETS: [&str; 24] = [
    "core",
    "ru-230fz",
    "ru-230fz-safe",
    "ru-230fz-safe",
    "ru-230fz-lenient",
    "ru-230fz-literal-days",
    "ru-230fz-per-creditor",
    "us-regf",
    "us-regf+us-ma",
    "us-regf+us-wa",
    "us-regf+us-nyc+us-dc",
    "us-regf+us-tcpa-voice",
    "us-regf+us-ma+us-tcpa-voice",
    "dialer-abandon-us",
    "us-tcpa-voice",
    "uk-conc-ofcom",
    "kz-collector",
    "kz-mfi",
    "co-2300",
    "cl-21320",
    "mx-condusef",
    "it-unirec",
    "gr-3758",
    "ru-230fz-safe+uk-conc-ofcom",
];

const RUSSIA: [&str; 11] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
];

/// Clocks that change at odd times (at midnight, by half an hour), and some that do not.
const WORLD: [&str; 26] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Bogota",
    "America/Chicago",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Scoresbysund",
    "America/St_Johns",
    "America/Tijuana",
    "Asia/Almaty",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Athens",
    "Europe/Chisinau",
    "Europe/London",
    "Europe/Moscow",
    "Europe/Rome",
    "Europe/Volgograd",
    "Pacific/Chatham",
];

/// 1 September 2025 and 1 February 2027, in minutes since 1970.
const FIRST: i64 = 1_756_684_800 / 60;
const LAST: i64 = 1_801_440_000 / 60;
const DAY: i64 = 24 * 60;

#[derive(Clone, Debug)]
pub struct Case {
    pub preset: &'static str,
    pub zones: Vec<&'static str>,
    pub now: i64,
    pub channel: WayKind,
    pub exact: &'static str,
    pub mode: DialMode,
    pub relation: Relation,
    pub phone: u64,
    pub phone_type: PhoneType,
    pub debt: i64,
    pub creditor: &'static str,
    pub cli: CliStatus,
    pub events: Vec<CaseEvent>,
    pub holds: Vec<CaseHold>,
    pub consents: Vec<CaseConsent>,
    /// Minutes of the local day.
    pub blocked: Vec<(i64, i64)>,
    /// Rule, limit, and until when.
    pub overrides: Vec<(&'static str, u32, Option<i64>)>,
    pub abandoned: u64,
    pub live: u64,
}

#[derive(Clone, Debug)]
pub struct CaseEvent {
    pub at: i64,
    pub kind: EventKind,
    pub person: i64,
    pub phone: u64,
    pub phone_type: PhoneType,
    pub debt: i64,
    pub creditor: &'static str,
    pub mode: DialMode,
    pub exact: &'static str,
    pub excluded: bool,
}

#[derive(Clone, Debug)]
pub struct CaseHold {
    pub kind: HoldKind,
    pub phone: Option<u64>,
    pub debt: Option<i64>,
    pub from: i64,
    pub until: Option<i64>,
    pub suspended: Vec<(i64, Option<i64>)>,
}

#[derive(Clone, Debug)]
pub struct CaseConsent {
    pub kind: ConsentKind,
    pub debt: Option<i64>,
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// The person asked about.
pub const PERSON: i64 = 1;

const PHONE_TYPES: [PhoneType; 3] = [PhoneType::Mobile, PhoneType::Residential, PhoneType::Work];
const COUNTED: [EventKind; 12] = [
    EventKind::AttemptUnconnected,
    EventKind::AttemptNoAnswer,
    EventKind::AttemptNoAnswer,
    EventKind::Voicemail,
    EventKind::AmdDisconnect,
    EventKind::AnsweredUnknown,
    EventKind::Abandoned,
    EventKind::ThirdParty,
    EventKind::Conversation,
    EventKind::Conversation,
    EventKind::InboundConversation,
    EventKind::Message,
];

impl Case {
    pub fn random(rng: &mut impl Rng) -> Self {
        let preset = one(rng, &PRESETS);
        let zones = zones(rng);
        let now = now(rng, &zones);
        let channel = if rng.random_bool(0.75) { WayKind::Call } else { WayKind::Message };
        let exact = match channel {
            WayKind::Call => "call",
            WayKind::Message => one(rng, &["sms", "whatsapp"]),
        };
        let events = (0..rng.random_range(0..14)).map(|_| CaseEvent::random(rng, now)).collect();
        let holds = if rng.random_bool(0.2) { vec![CaseHold::random(rng, now)] } else { Vec::new() };
        let consents = (0..rng.random_range(0..3)).map(|_| CaseConsent::random(rng, now)).collect();
        let blocked = if rng.random_bool(0.15) { vec![range(rng)] } else { Vec::new() };
        let abandoned = rng.random_range(0..4);
        Self {
            preset,
            zones,
            now,
            channel,
            exact,
            mode: mode(rng),
            relation: *[
                Relation::Debtor,
                Relation::Debtor,
                Relation::Debtor,
                Relation::Representative,
                Relation::ThirdParty,
            ]
            .choose(rng)
            .expect("five"),
            phone: rng.random_range(1..3),
            phone_type: one(rng, &PHONE_TYPES),
            debt: rng.random_range(1..3),
            creditor: one(rng, &["c1", "c1", "c2"]),
            cli: if rng.random_bool(0.97) { CliStatus::Allocated } else { CliStatus::Withheld },
            events,
            holds,
            consents,
            blocked,
            overrides: overrides(rng, now),
            abandoned,
            live: if rng.random_bool(0.8) { abandoned * 97 / 3 + 1 } else { rng.random_range(0..100) },
        }
    }

    /// Cases with something left out.
    pub fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        let mut without = |change: &dyn Fn(&mut Self)| {
            let mut case = self.clone();
            change(&mut case);
            smaller.push(case);
        };
        for index in 0..self.events.len() {
            without(&|case| {
                case.events.remove(index);
            });
        }
        for index in 0..self.holds.len() {
            without(&|case| {
                case.holds.remove(index);
            });
        }
        for index in 0..self.consents.len() {
            without(&|case| {
                case.consents.remove(index);
            });
        }
        for index in 0..self.zones.len() {
            if self.zones.len() > 1 {
                without(&|case| {
                    case.zones.remove(index);
                });
            }
        }
        if !self.blocked.is_empty() {
            without(&|case| case.blocked.clear());
        }
        if !self.overrides.is_empty() {
            without(&|case| case.overrides.clear());
        }
        smaller
    }

    /// The case in the engine's types.
    pub fn for_engine(&self) -> (Facts, History) {
        let facts = Facts {
            person: PersonId(PERSON),
            debt: DebtId(self.debt),
            creditor: self.creditor.to_owned(),
            phone: Phone { number: PhoneKey::new(self.phone), kind: self.phone_type },
            relation: self.relation,
            way: Way { kind: self.channel, exact: Cow::Borrowed(self.exact), dial_mode: self.mode },
            caller_id: self.cli,
            zones: ZoneSet::resolve(self.zones.iter().copied(), "random"),
            blocked: self
                .blocked
                .iter()
                .map(|&(from, to)| LocalRange { from: clock(from), to: Some(clock(to)) })
                .collect(),
            tallies: vec![Tally { period: None, abandoned: self.abandoned, live_connected: self.live }],
            overrides: self
                .overrides
                .iter()
                .map(|&(rule, limit, until)| exception(rule, limit, until))
                .collect(),
        };
        let events = self.events.iter().zip(1..).map(|(event, id)| event.for_engine(id)).collect();
        let holds = self.holds.iter().map(CaseHold::for_engine).collect();
        let consents = self.consents.iter().map(CaseConsent::for_engine).collect();
        (facts, History::new(events, holds, consents))
    }
}

impl CaseEvent {
    fn random(rng: &mut impl Rng, now: i64) -> Self {
        let kind = if rng.random_bool(0.03) { EventKind::InFlight } else { one(rng, &COUNTED) };
        // Recent ones matter most; some lie on hours, where edges are.
        let days = if rng.random_bool(0.6) { 8 } else { 40 };
        let mut at = now
            - if kind == EventKind::InFlight {
                rng.random_range(0..8)
            } else {
                rng.random_range(0..days * DAY)
            };
        if rng.random_bool(0.3) {
            at -= at % 60;
        }
        let message = kind == EventKind::Message;
        Self {
            at,
            kind,
            person: if rng.random_bool(0.9) { PERSON } else { 2 },
            phone: rng.random_range(1..3),
            phone_type: one(rng, &PHONE_TYPES),
            debt: rng.random_range(1..3),
            creditor: one(rng, &["c1", "c1", "c2"]),
            mode: mode(rng),
            exact: if message { one(rng, &["sms", "whatsapp"]) } else { "call" },
            excluded: rng.random_bool(0.1),
        }
    }

    fn for_engine(&self, id: i64) -> Event {
        let mut event = Event::new(EventId(id), time(self.at), self.kind, PersonId(self.person));
        event.phone = Some(Phone { number: PhoneKey::new(self.phone), kind: self.phone_type });
        event.debt = Some(DebtId(self.debt));
        event.creditor = Some(self.creditor.to_owned());
        event.dial_mode = self.mode;
        event.channel_exact = Cow::Borrowed(self.exact);
        event.excluded = self.excluded;
        event
    }
}

impl CaseHold {
    fn random(rng: &mut impl Rng, now: i64) -> Self {
        let around = |rng: &mut _| now + offset(rng);
        let (from, until) = (around(rng), around(rng));
        let suspended = (0..rng.random_range(0..3)).map(|_| {
            let (one, other) = (around(rng), around(rng));
            (one.min(other), rng.random_bool(0.9).then_some(one.max(other)))
        });
        let suspended = suspended.collect();
        Self {
            kind: *HoldKind::ALL.choose(rng).expect("there are kinds"),
            phone: rng.random_bool(0.7).then(|| rng.random_range(1..3)),
            debt: rng.random_bool(0.7).then(|| rng.random_range(1..3)),
            from: from.min(until),
            until: rng.random_bool(0.5).then_some(from.max(until)),
            suspended,
        }
    }

    fn for_engine(&self) -> Hold {
        let mut hold = Hold::new(self.kind, PersonId(PERSON), time(self.from));
        hold.phone = self.phone.map(PhoneKey::new);
        hold.debt = self.debt.map(DebtId);
        hold.until = self.until.map(time);
        hold.suspended = self.suspended.iter().map(|&(from, until)| (time(from), until.map(time))).collect();
        hold
    }
}

impl CaseConsent {
    fn random(rng: &mut impl Rng, now: i64) -> Self {
        let (one, other) = (now + offset(rng), now + offset(rng));
        Self {
            kind: *ConsentKind::ALL.choose(rng).expect("there are kinds"),
            debt: rng.random_bool(0.5).then(|| rng.random_range(1..3)),
            from: rng.random_bool(0.7).then_some(one.min(other)),
            until: rng.random_bool(0.5).then_some(one.max(other)),
        }
    }

    fn for_engine(&self) -> Consent {
        Consent {
            kind: self.kind,
            person: PersonId(PERSON),
            debt: self.debt.map(DebtId),
            phone: None,
            from: self.from.map(time),
            until: self.until.map(time),
            evidence: None,
        }
    }
}

fn one<T: Copy>(rng: &mut impl Rng, of: &[T]) -> T {
    *of.choose(rng).expect("not empty")
}

fn mode(rng: &mut impl Rng) -> DialMode {
    one(rng, &[DialMode::Predictive, DialMode::Predictive, DialMode::Prerecorded, DialMode::AgentGuaranteed])
}

fn zones(rng: &mut impl Rng) -> Vec<&'static str> {
    match rng.random_range(0..10) {
        0 => RUSSIA.to_vec(),
        1..=3 => vec![one(rng, &WORLD), one(rng, &WORLD), one(rng, &RUSSIA)],
        4..=5 => vec![one(rng, &RUSSIA)],
        _ => vec![one(rng, &WORLD)],
    }
}

/// Any minute of the span, or one near a change of some clock.
fn now(rng: &mut impl Rng, zones: &[&str]) -> i64 {
    let any = rng.random_range(FIRST..LAST);
    if rng.random_bool(0.5) {
        return any;
    }
    let tz = TimeZoneDatabase::bundled().get(one(rng, zones)).expect("a real zone");
    let change = tz.following(time(any)).next().map_or(any, |change| change.timestamp().as_second() / 60);
    if change > LAST { any } else { change + rng.random_range(-3 * DAY..2 * DAY) }
}

fn offset(rng: &mut impl Rng) -> i64 {
    rng.random_range(-10 * DAY..20 * DAY)
}

fn range(rng: &mut impl Rng) -> (i64, i64) {
    (rng.random_range(0..48) * 30, rng.random_range(0..48) * 30)
}

fn clock(minute: i64) -> Time {
    let (hour, minute) = (minute / 60, minute % 60);
    Time::new(i8::try_from(hour).expect("hour"), i8::try_from(minute).expect("minute"), 0, 0)
        .expect("a time of day")
}

fn overrides(rng: &mut impl Rng, now: i64) -> Vec<(&'static str, u32, Option<i64>)> {
    if rng.random_bool(0.85) {
        return Vec::new();
    }
    let rules = ["ru.call.day", "ru.call.week", "us.regf.7in7", "kz.call.day", "it.talk.week"];
    rules.map(|rule| (rule, rng.random_range(0..5), rng.random_bool(0.6).then(|| now + offset(rng)))).to_vec()
}

fn exception(rule: &str, limit: u32, until: Option<i64>) -> Override {
    Override {
        rule: RuleId::from(rule),
        limit,
        evidence: "random".to_owned(),
        from: None,
        until: until.map(time),
    }
}

fn time(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).expect("near our days")
}
