//! Figures of the rule engine: one decision over a long history, and a sweep over many persons.

use std::borrow::Cow;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use obzvon::domain::{DebtId, EventId, PersonId};
use obzvon::rules::{
    CliStatus, DialMode, Event, EventKind, Facts, History, Phone, PhoneKey, PhoneType, Presets, Relation,
    Tally, Way, WayKind, ZoneSet, decide,
};

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

fn main() {
    println!("rules: one decision, mean of 5,000 (aim: 50 us over 1,000 events)");
    one_decision("ru-230fz-safe", &["Europe/Moscow"], 1_000);
    one_decision("ru-230fz-safe", &RUSSIA, 1_000);
    one_decision("us-regf+us-ma+us-tcpa-voice", &["America/New_York", "America/Los_Angeles"], 1_000);
    one_decision("ru-230fz-safe", &["Europe/Moscow"], 20);
    println!("rules: who may be called now, 10,000 persons with 20 events each (aim: 1 s)");
    sweep("ru-230fz-safe", &["Europe/Moscow"]);
    sweep("ru-230fz-safe", &RUSSIA);
}

fn one_decision(preset: &str, zones: &[&str], events: i64) {
    const TIMES: u32 = 5_000;
    let presets = Presets::shipped();
    let flat = presets.flatten(preset).expect("a shipped preset");
    let facts = facts(zones, 1);
    let rows = rows(1, events);
    let history = History::new(rows.clone(), Vec::new(), Vec::new());
    let deciding = time(|| {
        for minute in 0..TIMES {
            let now = now() + SignedDuration::from_mins(i64::from(minute % 1_440));
            black_box(decide(&flat, presets.calendars(), black_box(&facts), black_box(&history), now));
        }
    });
    let rows = vec![rows; 50];
    let ordering = time(|| {
        for rows in rows {
            black_box(History::new(rows, Vec::new(), Vec::new()));
        }
    });
    println!(
        "  {preset:30} {:2} zones {events:5} events: decide {:6.1} us, order the rows {:6.1} us",
        zones.len(),
        deciding.as_secs_f64() * 1e6 / f64::from(TIMES),
        ordering.as_secs_f64() * 1e6 / 50.0,
    );
}

fn sweep(preset: &str, zones: &[&str]) {
    let presets = Presets::shipped();
    let flat = presets.flatten(preset).expect("a shipped preset");
    let persons: Vec<_> = (0..10_000).map(|person| (facts(zones, person), rows(person, 20))).collect();
    let mut allowed = 0_u32;
    let sweeping = time(|| {
        for (facts, rows) in persons {
            let history = History::new(rows, Vec::new(), Vec::new());
            let decision = decide(&flat, presets.calendars(), &facts, &history, now());
            allowed += u32::from(decision.allow);
        }
    });
    println!(
        "  {preset:30} {:2} zones: {:.3} s, {allowed} may be called",
        zones.len(),
        sweeping.as_secs_f64()
    );
}

/// A working day, 10:00 in Moscow.
fn now() -> Timestamp {
    Timestamp::from_second(1_772_521_200).expect("March 2026")
}

fn facts(zones: &[&str], person: i64) -> Facts {
    Facts {
        person: PersonId(person),
        debt: DebtId(person),
        creditor: "c1".to_owned(),
        phone: Phone { number: PhoneKey::new(79_991_234_567), kind: PhoneType::Mobile },
        relation: Relation::Debtor,
        way: Way { kind: WayKind::Call, exact: Cow::Borrowed("call"), dial_mode: DialMode::Prerecorded },
        caller_id: CliStatus::Allocated,
        zones: ZoneSet::resolve(zones.iter().copied(), "bench"),
        blocked: Vec::new(),
        tallies: vec![Tally::default()],
        overrides: Vec::new(),
    }
}

/// Events spread over the last 90 days, the newest a few hours old, in no order.
fn rows(person: i64, count: i64) -> Vec<Event> {
    const KINDS: [EventKind; 5] = [
        EventKind::AttemptNoAnswer,
        EventKind::AttemptUnconnected,
        EventKind::Voicemail,
        EventKind::Message,
        EventKind::Conversation,
    ];
    let event = |number: i64| {
        let place = number * 7_919 % count;
        let age = SignedDuration::from_mins(180 + place * 90 * 24 * 60 / count);
        let kind = KINDS[usize::try_from((number + person) % 5).expect("0 to 4")];
        let mut event = Event::new(EventId(number), now() - age, kind, PersonId(person));
        event.debt = Some(DebtId(person));
        event.creditor = Some("c1".to_owned());
        event.phone = Some(Phone { number: PhoneKey::new(79_991_234_567), kind: PhoneType::Mobile });
        event
    };
    (0..count).map(event).collect()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
