//! `statistics.toml`: how actions, payments and costs are counted. Without the file everything is as usual.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::economics::economics;
use super::plan::{NextActionConfig, StatisticsConfig};
use super::read::{Clause, Mistake, Reading, Section, words};
use crate::domain::Channel;
use crate::stats::{AbandonmentOf, Attribution, Basis, Windows};

const FILE: &str = "statistics.toml";

/// Reads the file, if it is there; `None` means noted.
pub fn statistics(reading: &Reading<'_>) -> Option<StatisticsConfig> {
    if !reading.has(FILE) {
        return Some(StatisticsConfig::default());
    }
    let source = reading.source(FILE)?;
    reading.toml(&source, "statistics", |root| {
        let rules = Attribution::ALL.map(|rule| (rule.code(), rule));
        let attribution = root.or("attribution", Attribution::default(), |value| value.one_of(&rules));
        let bases = AbandonmentOf::ALL.map(|base| (base.code(), base));
        let abandonment = root.or("abandonment_of", AbandonmentOf::default(), |value| value.one_of(&bases));
        let windows = windows(root);
        let zone = root.or("zone", Basis::default().zone, |value| {
            let name = value.text()?;
            TimeZone::get(&name).map_err(|_| Mistake::Malformed { is: name, wants: words::ZONE })
        });
        let economics = economics(root);
        let next_actions = next_actions(root);
        Some(StatisticsConfig {
            basis: Basis { windows: windows?, zone: zone? },
            attribution: attribution?,
            abandonment_of: abandonment?,
            economics: economics?,
            next_actions: next_actions?,
        })
    })
}

/// Which channel is to follow one that brought no reaction.
fn next_actions(root: &Section<'_>) -> Option<Vec<NextActionConfig>> {
    let all = Channel::ALL.map(|channel| (channel.code(), channel));
    // He calls when he likes.
    let used: Vec<_> = all.into_iter().filter(|(_, channel)| *channel != Channel::InboundCall).collect();
    let policy = |(name, section): (String, Section<'_>)| {
        let channel = section.must("channel", words::CHANNEL, |value| value.one_of(&used));
        let after_uses = section.or("after_uses", 1, |value| value.integer(1..=50));
        let days = section.or("days", 5, |value| value.integer(1..=60));
        let then = section.must("then", words::CHANNEL, |value| value.one_of(&all));
        section.finish();
        let (channel, then) = (channel?, then?);
        if channel == then {
            section.note("then", Mistake::Contradiction(SAME_CHANNEL));
            return None;
        }
        if then.is_ours() {
            section.note("then", Mistake::Contradiction(OURS));
            return None;
        }
        Some(NextActionConfig { name, channel, after_uses: after_uses?, days: days?, then })
    };
    root.children("next_action").into_iter().map(policy).collect::<Vec<_>>().into_iter().collect()
}

const OURS: Clause = Clause {
    en: "is a call of ours, and other systems are asked here: let a campaign over this channel take the debts",
    ru: "это наш звонок, а здесь просят другие системы: возьмите долги в кампанию по этому каналу",
};
const SAME_CHANNEL: Clause = Clause { en: "is the same as `channel`", ru: "то же, что `channel`" };

/// Days after an action within which what follows is its own, by channel.
fn windows(root: &Section<'_>) -> Option<Windows> {
    let days = |days: u16| SignedDuration::from_hours(i64::from(days) * 24);
    let otherwise = root.or("window_days", 30, |value| value.integer(1..=366));
    let table = root.child("windows");
    let each = Channel::ALL.map(|channel| {
        table.may(channel.code(), |value| value.integer(1..=366)).map(|long| Some((channel, days(long?))))
    });
    table.finish();
    let mut by_channel = Vec::new();
    for one in each {
        by_channel.extend(one.ok()?);
    }
    by_channel.sort_unstable_by_key(|(channel, _)| *channel);
    Some(Windows { otherwise: days(otherwise?), by_channel })
}
