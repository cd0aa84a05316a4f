//! `cases.toml`: how long there is to answer complaints and disputes. Without the file everything is as usual.

use jiff::tz::TimeZone;

use super::read::{Mistake, Reading, words};
use crate::cases::{Kind, Terms};
use crate::domain::Channel;
use crate::rules::{Calendar, Calendars};

const FILE: &str = "cases.toml";

/// Reads the file, if it is there; `None` means noted.
pub fn cases(reading: &Reading<'_>, calendars: &Calendars) -> Option<Terms> {
    let usual = |calendar: Option<Calendar>| Terms::new(calendar.unwrap_or_default(), Terms::default().zone);
    if !reading.has(FILE) {
        return Some(usual(calendars.0.get("RU").cloned()));
    }
    let source = reading.source(FILE)?;
    reading.toml(&source, "cases", |root| {
        let names: Vec<(&str, &Calendar)> =
            calendars.0.iter().map(|(name, is)| (name.as_str(), is)).collect();
        let calendar = root.may("calendar", |value| value.one_of(&names));
        let zone = root.may("zone", |value| {
            let name = value.text()?;
            TimeZone::get(&name).map_err(|_| Mistake::Malformed { is: name, wants: words::ZONE })
        });
        // Calls are placed by campaigns, not by cases.
        let outside = [Channel::Sms, Channel::Email, Channel::Letter, Channel::Messenger];
        let outside = outside.map(|channel| (channel.code(), channel));
        let answer_by = root.may("answer_by", |value| value.one_of(&outside));
        let table = root.child("working_days");
        let days = Kind::ALL.map(|kind| {
            table.or(kind.code(), kind.days(), |value| value.integer(1..=250)).map(|days| (kind, days))
        });
        table.finish();
        let table = root.child("creditor_days");
        let asked = [Kind::Dispute, Kind::WrittenDispute].map(|kind| {
            let usual = kind.creditor_days().unwrap_or(0);
            table.or(kind.code(), usual, |value| value.integer(1..=250)).map(|days| (kind, days))
        });
        table.finish();
        let mut terms = usual(calendar.ok()?.cloned().or_else(|| calendars.0.get("RU").cloned()));
        if let Some(zone) = zone.ok()? {
            terms.zone = zone;
        }
        terms.answer_by = answer_by.ok()?;
        for one in days {
            let (kind, days) = one?;
            terms = terms.with(kind, days);
        }
        for one in asked {
            let (kind, days) = one?;
            terms = terms.with_creditor(kind, days);
        }
        Some(terms)
    })
}
