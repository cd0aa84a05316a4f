//! A second opinion: reads the preset files for itself and judges one minute at a time, with its own calendar
//! arithmetic. Slow and plain on purpose.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex};

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use obzvon::rules::{DialMode, PhoneType, WayKind};
use toml::{Table, Value};

use super::case::{Case, CaseEvent, PERSON};

const TYPES: [&str; 11] = [
    "hold",
    "consent",
    "caller_id",
    "in_flight",
    "window",
    "end_guard",
    "pref",
    "ratio",
    "channel_lock",
    "cooldown",
    "cap",
];

/// The files of `config/rules`, as one table.
pub struct Tables {
    presets: Table,
    calendars: BTreeMap<String, Calendar>,
}

#[derive(Default)]
struct Calendar {
    horizon: Option<i64>,
    off: Vec<i64>,
    working: Vec<i64>,
}

pub fn read_presets() -> Tables {
    let (mut presets, mut calendars) = (Table::new(), BTreeMap::new());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/rules");
    for entry in std::fs::read_dir(folder).expect("the presets are there") {
        let text = std::fs::read_to_string(entry.expect("readable").path()).expect("readable");
        let table: Table = text.parse().expect("TOML");
        if let Some(Value::Table(more)) = table.get("preset") {
            presets.extend(more.clone());
        }
        for (name, calendar) in table.get("calendar").and_then(Value::as_table).into_iter().flatten() {
            let days = |key: &str| words(calendar.get(key)).iter().map(|date| day_number(date)).collect();
            let horizon = calendar.get("horizon").and_then(Value::as_str).map(day_number);
            calendars.insert(
                name.clone(),
                Calendar { horizon, off: days("off"), working: days("working_weekends") },
            );
        }
    }
    Tables { presets, calendars }
}

struct Rule<'a> {
    id: String,
    kind: &'static str,
    table: Table,
    calendar: Option<&'a Calendar>,
    literal: bool,
    hours: [Option<(i64, i64)>; 8],
    // What is asked for every minute, read from the table once.
    counts_for: Counts,
    suspended_by: Option<String>,
    effective_from: Option<i64>,
    counted: Vec<String>,
    scope: Vec<String>,
    applies: bool,
    limit: i64,
    /// Another limit of this person's, and until when.
    exception: Option<(i64, Option<i64>)>,
}

/// For how long an event counts.
#[derive(Clone, Copy)]
enum Counts {
    SameDay,
    SameWeek,
    SameMonth,
    Days(i64),
    Minutes(i64),
    Always,
}

pub struct Oracle<'a> {
    case: &'a Case,
    rules: Vec<Rule<'a>>,
    zones: Vec<Vec<(i64, i64)>>,
    /// For each zone and event, the local day it happened on.
    event_days: Vec<Vec<i64>>,
    /// For each rule, the events it may count.
    matching: Vec<Vec<usize>>,
    last_refusal: usize,
}

impl<'a> Oracle<'a> {
    pub fn new(tables: &'a Tables, case: &'a Case) -> Self {
        let mut rules = Vec::new();
        for name in case.preset.split('+') {
            for rule in flatten(tables, name, case) {
                let same = |known: &Rule<'_>| {
                    known.id == rule.id && known.table == rule.table && known.literal == rule.literal
                };
                if !rules.iter().any(same) {
                    rules.push(rule);
                }
            }
        }
        rules.sort_by_key(|rule| TYPES.iter().position(|kind| *kind == rule.kind));
        let zones: Vec<_> = case.zones.iter().map(|name| offsets(name)).collect();
        let days = |zone: &Vec<(i64, i64)>| case.events.iter().map(|event| local(zone, event.at).0).collect();
        let event_days = zones.iter().map(days).collect();
        let matching = rules.iter().map(|rule| matching(case, rule)).collect();
        Self { case, rules, zones, event_days, matching, last_refusal: 0 }
    }

    /// The rules that refuse at `minute`, in report order, each id once.
    pub fn denied_by(&self, minute: i64) -> Vec<String> {
        let refusing = (0..self.rules.len()).filter(|&index| !self.passes(index, minute));
        refusing.map(|index| self.rules[index].id.clone()).collect()
    }

    /// No rule refuses. The one that refused last is asked first.
    pub fn allows(&mut self, minute: i64) -> bool {
        if !self.passes(self.last_refusal, minute) {
            return false;
        }
        let refusal = (0..self.rules.len()).find(|&index| !self.passes(index, minute));
        self.last_refusal = refusal.unwrap_or(self.last_refusal);
        refusal.is_none()
    }

    fn passes(&self, index: usize, minute: i64) -> bool {
        let rule = &self.rules[index];
        if !rule.applies || self.not_yet(rule, minute) {
            return true;
        }
        let case = self.case;
        match rule.kind {
            "hold" => !case.holds.iter().any(|hold| {
                let suspended = hold
                    .suspended
                    .iter()
                    .any(|&(from, until)| from <= minute && until.is_none_or(|u| minute < u));
                rule.counted.iter().any(|kind| kind == hold.kind.code())
                    && (!rule.scope.iter().any(|part| part == "phone")
                        || hold.phone.is_none_or(|p| p == case.phone))
                    && (!rule.scope.iter().any(|part| part == "debt")
                        || hold.debt.is_none_or(|d| d == case.debt))
                    && hold.from <= minute
                    && hold.until.is_none_or(|until| minute < until)
                    && !suspended
            }),
            "consent" => rule.counted.iter().all(|kind| self.consent(kind, minute)),
            "caller_id" => rule.counted.iter().any(|status| status == case.cli.code()),
            "in_flight" => !case.events.iter().any(|event| {
                event.kind.code() == "in_flight"
                    && event.person == PERSON
                    && minute < event.at + rule.limit / 60
            }),
            "window" => self.zones.iter().all(|zone| {
                let (day, clock) = local(zone, minute);
                open_hours(rule, day).is_some_and(|(opens, closes)| opens <= clock && clock < closes)
            }),
            "end_guard" => self.zones.iter().all(|zone| {
                let (day, clock) = local(zone, minute);
                let windows = self.rules.iter().filter(|rule| rule.kind == "window" && rule.applies);
                windows.filter_map(|window| open_hours(window, day)).all(|(opens, closes)| {
                    !(opens <= clock && clock < closes) || closes - clock >= rule.limit
                })
            }),
            "pref" => self.zones.iter().all(|zone| {
                let clock = local(zone, minute).1;
                !case.blocked.iter().any(|&(from, to)| {
                    if from < to { from <= clock && clock < to } else { clock >= from || clock < to }
                })
            }),
            "ratio" => {
                let calls = case.abandoned + case.live;
                case.channel == WayKind::Message
                    || case.mode != DialMode::Predictive
                    || calls == 0
                    || case.abandoned as f64 / calls as f64
                        <= rule.table["max"].as_float().expect("a share") + 1e-12
            }
            "channel_lock" | "cooldown" | "cap" => self.counts_few(index, minute),
            other => panic!("no such type: {other}"),
        }
    }

    fn counts_few(&self, index: usize, minute: i64) -> bool {
        let rule = &self.rules[index];
        if rule.suspended_by.as_ref().is_some_and(|kind| self.consent(kind, minute)) {
            return true;
        }
        let limit = match rule.exception {
            Some((limit, until)) if until.is_none_or(|until| minute < until) => limit,
            _ => rule.limit,
        };
        self.zones.iter().zip(&self.event_days).all(|(zone, days)| {
            let today = local(zone, minute).0;
            let counted = self.matching[index].iter().filter(|&&event| {
                still_counts(rule.counts_for, self.case.events[event].at, days[event], minute, today)
            });
            (counted.count() as i64) < limit
        })
    }

    fn consent(&self, kind: &str, minute: i64) -> bool {
        self.case.consents.iter().any(|consent| {
            consent.kind.code() == kind
                && consent.debt.is_none_or(|debt| debt == self.case.debt)
                && consent.from.is_none_or(|from| from <= minute)
                && consent.until.is_none_or(|until| minute < until)
        })
    }

    fn not_yet(&self, rule: &Rule<'_>, minute: i64) -> bool {
        let Some(start) = rule.effective_from else { return false };
        self.zones.iter().all(|zone| local(zone, minute).0 < start)
    }
}

fn counts_for(table: &Table) -> Counts {
    let number = |key: &str| table.get(key).and_then(Value::as_integer);
    let minutes = number("hours").unwrap_or(0) * 60 + number("minutes").unwrap_or(0);
    match table.get("window").and_then(Value::as_str) {
        Some("calendar_day") => Counts::SameDay,
        Some("calendar_week") => Counts::SameWeek,
        Some("calendar_month") => Counts::SameMonth,
        Some("rolling_days") => Counts::Days(number("n").expect("n")),
        Some("rolling_hours") => Counts::Minutes(number("n").expect("n") * 60),
        Some("lifetime") => Counts::Always,
        Some(other) => panic!("no such window: {other}"),
        None => number("days").map_or(Counts::Minutes(minutes), Counts::Days),
    }
}

fn still_counts(window: Counts, at: i64, day: i64, minute: i64, today: i64) -> bool {
    match window {
        Counts::SameDay => day == today,
        Counts::SameWeek => (day + 3).div_euclid(7) == (today + 3).div_euclid(7),
        Counts::SameMonth => civil(day) == civil(today),
        Counts::Days(days) => today < day + days,
        Counts::Minutes(minutes) => minute < at + minutes,
        Counts::Always => true,
    }
}

/// The events of a rule's kinds, scope and filters.
fn matching(case: &Case, rule: &Rule<'_>) -> Vec<usize> {
    let filtered = |key: &str, word: &str| {
        let filter = words(rule.table.get(key));
        filter.is_empty() || filter.iter().any(|one| one == word)
    };
    let fits = |event: &CaseEvent| {
        rule.counted.iter().any(|kind| kind == event.kind.code())
            && rule.scope.iter().all(|part| match part.as_str() {
                "person" => event.person == PERSON,
                "debt" => event.debt == case.debt,
                "phone" => event.phone == case.phone,
                "creditor" => event.creditor == case.creditor,
                other => panic!("no such part: {other}"),
            })
            && filtered("count_phone_types", event.phone_type.code())
            && filtered("count_dial_modes", event.mode.code())
            && !(event.excluded && rule.table.get("honour_excluded").is_some())
            && (rule.kind != "channel_lock" || event.exact != case.exact)
            && !words(rule.table.get("unless_mode")).iter().any(|mode| mode == case.mode.code())
    };
    (0..case.events.len()).filter(|&index| fits(&case.events[index])).collect()
}

fn flatten<'a>(tables: &'a Tables, name: &str, case: &Case) -> Vec<Rule<'a>> {
    let preset = tables.presets[name].as_table().expect("a preset");
    let mut rules: Vec<Rule<'a>> = Vec::new();
    for parent in words(preset.get("extends")) {
        rules.extend(flatten(tables, &parent, case));
    }
    for patch in preset.get("patches").and_then(Value::as_array).into_iter().flatten() {
        let patch = patch.as_table().expect("a patch");
        for rule in rules.iter_mut().filter(|rule| rule.id == patch["id"].as_str().expect("an id")) {
            let mut table = rule.table.clone();
            table.extend(patch.clone());
            let (calendar, literal) = (rule.calendar, rule.literal);
            *rule = Rule { calendar, literal, ..rule_of(table, case) };
        }
    }
    for table in preset.get("rules").and_then(Value::as_array).into_iter().flatten() {
        rules.push(rule_of(table.as_table().expect("a rule").clone(), case));
    }
    for rule in rules.iter_mut().filter(|rule| rule.kind == "window") {
        if let Some(calendar) = preset.get("calendar").and_then(Value::as_str) {
            rule.calendar = tables.calendars.get(calendar);
        }
        if let Some(word) = preset.get("working_weekend").and_then(Value::as_str) {
            rule.literal = word == "as_workday";
        }
    }
    rules
}

fn rule_of<'a>(table: Table, case: &Case) -> Rule<'a> {
    let word = |key: &str| table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let within = |key: &str, word: &str| {
        let filter = words(table.get(key));
        filter.is_empty() || filter.iter().any(|one| one == word)
    };
    let id = word("id");
    let kind = TYPES.iter().find(|kind| **kind == word("type")).expect("a known type");
    let mut hours = [None; 8];
    if let Some(Value::Table(texts)) = table.get("hours") {
        for (column, day) in ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"].iter().enumerate() {
            hours[column] =
                texts[*day].as_str().expect("hours").split_once('-').map(|(a, b)| (clock(a), clock(b)));
        }
    }
    let counted = ["hold", "needs", "allow", "trigger", "count"]
        .iter()
        .flat_map(|key| words(table.get(*key)))
        .collect();
    let mut scope = words(table.get("scope"));
    if scope.is_empty() {
        scope.push("person".to_owned());
    }
    let number = |key: &str| table.get(key).and_then(Value::as_integer);
    let exception = case.overrides.iter().find(|(rule, ..)| *rule == id && *kind == "cap");
    let own = match *kind {
        "cap" => number("limit"),
        "in_flight" => number("lease_s"),
        "end_guard" => number("minutes"),
        _ => Some(1),
    };
    Rule {
        applies: within("channels", case.channel.code())
            && within("relations", case.relation.code())
            && (case.phone_type == PhoneType::Unknown || within("phone_types", case.phone_type.code()))
            && within("dial_modes", case.mode.code()),
        limit: own.expect("a number"),
        counts_for: counts_for(&table),
        suspended_by: table.get("suspended_by").and_then(Value::as_str).map(str::to_owned),
        effective_from: table.get("effective_from").and_then(Value::as_str).map(day_number),
        exception: exception.map(|&(_, limit, until)| (i64::from(limit), until)),
        id,
        kind,
        calendar: None,
        literal: false,
        hours,
        counted,
        scope,
        table,
    }
}

fn open_hours(rule: &Rule<'_>, day: i64) -> Option<(i64, i64)> {
    let weekday = (day + 3).rem_euclid(7);
    let mut column = weekday;
    if let Some(calendar) = rule.calendar {
        if rule.literal && calendar.working.contains(&day) {
            column = 0;
        }
        if calendar.off.contains(&day) || calendar.horizon.is_some_and(|horizon| day > horizon) {
            column = 7;
        }
    }
    rule.hours[usize::try_from(column).expect("a column")]
}

fn words(value: Option<&Value>) -> Vec<String> {
    let words = value.and_then(Value::as_array).into_iter().flatten();
    words.map(|word| word.as_str().expect("a word").to_owned()).collect()
}

fn clock(text: &str) -> i64 {
    let (hours, minutes) = text.split_once(':').expect("HH:MM");
    hours.parse::<i64>().expect("hours") * 60 + minutes.parse::<i64>().expect("minutes")
}

/// Days since 1970 of `YYYY-MM-DD`, by the algorithm of Howard Hinnant's "chrono-compatible low-level date algorithms".
fn day_number(date: &str) -> i64 {
    let parts: Vec<i64> = date.split('-').map(|part| part.parse().expect("a number")).collect();
    let (year, month, day) = (parts[0] - i64::from(parts[1] <= 2), parts[1], parts[2]);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year and month of a day since 1970, by the same source.
fn civil(day: i64) -> (i64, i64) {
    let shifted = day + 719_468;
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = shifted_month + if shifted_month < 10 { 3 } else { -9 };
    (shifted.div_euclid(146_097) * 400 + year_of_era + i64::from(month <= 2), month)
}

/// The local day and minute of the day.
fn local(offsets: &[(i64, i64)], minute: i64) -> (i64, i64) {
    let place = offsets.partition_point(|&(from, _)| from <= minute);
    let shown = minute + offsets[place - 1].1;
    (shown.div_euclid(24 * 60), shown.rem_euclid(24 * 60))
}

/// The offsets of a zone, found by looking at its clock every minute that ends a quarter of an hour.
fn offsets(name: &'static str) -> Vec<(i64, i64)> {
    type Offsets = HashMap<&'static str, Vec<(i64, i64)>>;
    static KNOWN: LazyLock<Mutex<Offsets>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().expect("no test panics here");
    let found = known.entry(name).or_insert_with(|| {
        let tz = TimeZoneDatabase::bundled().get(name).expect("a real zone");
        let mut offsets: Vec<(i64, i64)> = Vec::new();
        for quarter in (day_number("2025-06-01") * 96)..(day_number("2028-06-01") * 96) {
            let time = Timestamp::from_second(quarter * 900).expect("near our days");
            let offset = i64::from(tz.to_offset(time).seconds()) / 60;
            if offsets.last().is_none_or(|&(_, last)| last != offset) {
                offsets.push((quarter * 15, offset));
            }
        }
        offsets
    });
    found.clone()
}
