//! Reads rules as the files write them.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Table;

use super::rule::{
    Applies, Counted, DayHours, Filter, Hours, Rule, RuleId, RuleKind, Scope, ScopePart, Window,
};
use crate::rules::coded::Set;
use crate::rules::consent::ConsentKind;
use crate::rules::event::EventKind;
use crate::rules::facts::{CliStatus, DialMode, PhoneType, Relation, WayKind};
use crate::rules::hold::HoldKind;
use crate::rules::spot::key_of;

/// What is wrong with a rule.
#[derive(Debug, thiserror::Error)]
pub enum RuleMistake {
    #[error("{}", .0.message())]
    Shape(#[from] toml::de::Error),
    #[error("unknown type {0:?}")]
    UnknownType(String),
    #[error("{0:?} is not a range of hours such as \"08:00-22:00\"")]
    Hours(String),
    #[error("{0:?} is not a number of days or hours such as \"30d\" or \"24h\"")]
    Period(String),
    #[error("max {0} is not a share in 0..=1")]
    Share(f64),
    #[error("a window of {0} needs n of at least 1")]
    NoDays(&'static str),
    #[error("a cooldown needs either days or hours and minutes, above 0")]
    NoLength,
    #[error("the list {0} is empty")]
    Empty(&'static str),
    #[error("the lease must be above 0 seconds")]
    NoLease,
}

impl RuleMistake {
    /// The key that is wrong; empty where it is the rule as a whole.
    pub fn key(&self) -> String {
        match self {
            Self::Shape(error) => key_of(error),
            Self::UnknownType(_) => "type".to_owned(),
            Self::Hours(_) => "hours".to_owned(),
            Self::Period(_) => "period".to_owned(),
            Self::Share(_) => "max".to_owned(),
            Self::NoDays(_) => "n".to_owned(),
            Self::NoLength => String::new(),
            Self::Empty(key) => (*key).to_owned(),
            Self::NoLease => "lease_s".to_owned(),
        }
    }
}

/// The calendar a rule's hours go by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    pub calendar: Option<String>,
    pub literal_weekends: bool,
}

/// Reads one rule, its patches applied already.
///
/// # Errors
/// What is wrong with it; unknown keys are mistakes.
pub fn read_rule(mut table: Table, days: &Days) -> Result<Rule, RuleMistake> {
    let Head { id, kind } = split(&mut table, &["id", "type"])?;
    let applies: Applies = split::<AppliesFile>(
        &mut table,
        &["channels", "relations", "phone_types", "dial_modes", "effective_from"],
    )?
    .into();
    Ok(Rule { id, applies, kind: read_kind(&kind, table, days)? })
}

fn read_kind(kind: &str, table: Table, days: &Days) -> Result<RuleKind, RuleMistake> {
    Ok(match kind {
        "hold" => {
            let HoldFile { hold, scope } = table.try_into()?;
            RuleKind::Hold { hold: filled("hold", hold)?, scope: scope.unwrap_or_else(person) }
        }
        "consent" => {
            let ConsentFile { needs } = table.try_into()?;
            RuleKind::Consent { needs: filled("needs", needs)? }
        }
        "caller_id" => {
            let CallerIdFile { allow } = table.try_into()?;
            RuleKind::CallerId { allow: filled("allow", allow)? }
        }
        "in_flight" => {
            let InFlightFile { lease_s } = table.try_into()?;
            if lease_s == 0 {
                return Err(RuleMistake::NoLease);
            }
            RuleKind::InFlight { lease: SignedDuration::from_secs(lease_s.into()) }
        }
        "window" => {
            let WindowFile { hours } = table.try_into()?;
            RuleKind::Window { hours: hours.read(days)? }
        }
        "end_guard" => {
            let EndGuardFile { minutes } = table.try_into()?;
            RuleKind::EndGuard { minutes }
        }
        "pref" => {
            let PrefFile {} = table.try_into()?;
            RuleKind::Pref
        }
        "ratio" => {
            let file: RatioFile = table.try_into()?;
            RuleKind::Ratio { max_ppm: share(file.max)?, period: period(&file.period)? }
        }
        "channel_lock" => RuleKind::ChannelLock { trigger: table.try_into::<LockFile>()?.read()? },
        "cooldown" => table.try_into::<CooldownFile>()?.read()?,
        "cap" => table.try_into::<CapFile>()?.read()?,
        unknown => return Err(RuleMistake::UnknownType(unknown.to_owned())),
    })
}

/// Takes the named keys out of the table and reads them.
fn split<T: DeserializeOwned>(table: &mut Table, keys: &[&str]) -> Result<T, RuleMistake> {
    let taken = keys.iter().filter_map(|&key| table.remove_entry(key)).collect::<Table>();
    Ok(taken.try_into()?)
}

fn person() -> Scope {
    [ScopePart::Person].into_iter().collect()
}

fn filled<T: crate::rules::coded::Coded>(key: &'static str, words: Set<T>) -> Result<Set<T>, RuleMistake> {
    if words.is_empty() { Err(RuleMistake::Empty(key)) } else { Ok(words) }
}

/// A share in 0..=1 as millionths.
fn share(max: f64) -> Result<u32, RuleMistake> {
    if !(0.0..=1.0).contains(&max) {
        return Err(RuleMistake::Share(max));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000,000")]
    let ppm = (max * 1e6).round() as u32;
    Ok(ppm)
}

/// Reads `30d` or `24h`.
fn period(text: &str) -> Result<SignedDuration, RuleMistake> {
    let wrong = || RuleMistake::Period(text.to_owned());
    let hours_each = if text.ends_with('d') { 24 } else { 1 };
    let number = text.strip_suffix(['d', 'h']).ok_or_else(wrong)?;
    let number: u16 = number.parse().map_err(|_| wrong())?;
    if number == 0 { Err(wrong()) } else { Ok(SignedDuration::from_hours(i64::from(number) * hours_each)) }
}

#[derive(Deserialize)]
struct Head {
    id: RuleId,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppliesFile {
    channels: Filter<WayKind>,
    relations: Filter<Relation>,
    phone_types: Filter<PhoneType>,
    dial_modes: Filter<DialMode>,
    effective_from: Option<Date>,
}

impl From<AppliesFile> for Applies {
    fn from(file: AppliesFile) -> Self {
        Self {
            channels: file.channels,
            relations: file.relations,
            phone_types: file.phone_types,
            dial_modes: file.dial_modes,
            effective_from: file.effective_from,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldFile {
    hold: Set<HoldKind>,
    scope: Option<Scope>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentFile {
    needs: Set<ConsentKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallerIdFile {
    allow: Set<CliStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InFlightFile {
    lease_s: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowFile {
    hours: HoursFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    mon: String,
    tue: String,
    wed: String,
    thu: String,
    fri: String,
    sat: String,
    sun: String,
    holiday: String,
}

impl HoursFile {
    fn read(self, days: &Days) -> Result<Hours, RuleMistake> {
        let texts = [self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun, self.holiday];
        let mut week = [None; 8];
        for (column, text) in week.iter_mut().zip(&texts) {
            *column = day_hours(text)?;
        }
        Ok(Hours { week, calendar: days.calendar.clone(), literal_weekends: days.literal_weekends })
    }
}

/// Reads `08:00-22:00`; empty is closed.
fn day_hours(text: &str) -> Result<Option<DayHours>, RuleMistake> {
    if text.is_empty() {
        return Ok(None);
    }
    let edges = text.split_once('-').and_then(|(opens, closes)| Some((minutes(opens)?, minutes(closes)?)));
    match edges {
        Some((opens, closes)) if opens < closes && closes <= 24 * 60 => Ok(Some(DayHours { opens, closes })),
        _ => Err(RuleMistake::Hours(text.to_owned())),
    }
}

/// Minutes after midnight of `HH:MM`, to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndGuardFile {
    minutes: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefFile {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatioFile {
    max: f64,
    period: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WindowWord {
    CalendarDay,
    CalendarWeek,
    CalendarMonth,
    RollingDays,
    RollingHours,
    Lifetime,
}

/// A window of `n` days or hours, where the word asks for a number.
fn window(word: WindowWord, n: Option<u16>) -> Result<Window, RuleMistake> {
    let several = |unit| n.filter(|&n| n > 0).ok_or(RuleMistake::NoDays(unit));
    Ok(match word {
        WindowWord::CalendarDay => Window::CalendarDay,
        WindowWord::CalendarWeek => Window::CalendarWeek,
        WindowWord::CalendarMonth => Window::CalendarMonth,
        WindowWord::RollingDays => Window::RollingDays(several("days")?),
        WindowWord::RollingHours => Window::Elapsed(SignedDuration::from_hours(several("hours")?.into())),
        WindowWord::Lifetime => Window::Lifetime,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    trigger: Set<EventKind>,
    scope: Option<Scope>,
    window: WindowWord,
}

impl LockFile {
    fn read(self) -> Result<Counted, RuleMistake> {
        Ok(Counted {
            kinds: filled("trigger", self.trigger)?,
            scope: self.scope.unwrap_or_else(person),
            window: window(self.window, None)?,
            phone_types: None,
            dial_modes: None,
            honour_excluded: false,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CooldownFile {
    trigger: Set<EventKind>,
    scope: Option<Scope>,
    days: Option<u16>,
    hours: Option<u16>,
    minutes: Option<u16>,
    #[serde(default)]
    unless_mode: Set<DialMode>,
    suspended_by: Option<ConsentKind>,
    count_phone_types: Filter<PhoneType>,
    count_dial_modes: Filter<DialMode>,
    #[serde(default)]
    honour_excluded: bool,
}

impl CooldownFile {
    fn read(self) -> Result<RuleKind, RuleMistake> {
        let elapsed = SignedDuration::from_hours(self.hours.unwrap_or(0).into())
            + SignedDuration::from_mins(self.minutes.unwrap_or(0).into());
        let window = match self.days {
            Some(days) if days > 0 && elapsed.is_zero() => Window::RollingDays(days),
            None if !elapsed.is_zero() => Window::Elapsed(elapsed),
            _ => return Err(RuleMistake::NoLength),
        };
        let trigger = Counted {
            kinds: filled("trigger", self.trigger)?,
            scope: self.scope.unwrap_or_else(person),
            window,
            phone_types: self.count_phone_types,
            dial_modes: self.count_dial_modes,
            honour_excluded: self.honour_excluded,
        };
        Ok(RuleKind::Cooldown { trigger, unless: self.unless_mode, suspended_by: self.suspended_by })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapFile {
    count: Set<EventKind>,
    scope: Option<Scope>,
    limit: u32,
    window: WindowWord,
    n: Option<u16>,
    suspended_by: Option<ConsentKind>,
    count_phone_types: Filter<PhoneType>,
    count_dial_modes: Filter<DialMode>,
    #[serde(default)]
    honour_excluded: bool,
}

impl CapFile {
    fn read(self) -> Result<RuleKind, RuleMistake> {
        let count = Counted {
            kinds: filled("count", self.count)?,
            scope: self.scope.unwrap_or_else(person),
            window: window(self.window, self.n)?,
            phone_types: self.count_phone_types,
            dial_modes: self.count_dial_modes,
            honour_excluded: self.honour_excluded,
        };
        Ok(RuleKind::Cap { count, limit: self.limit, suspended_by: self.suspended_by })
    }
}
