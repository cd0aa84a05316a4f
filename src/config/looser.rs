//! What another configuration would loosen: changes after which somebody may be called who might not be before.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Config;
use crate::campaign::{Calendar, CampaignPlan, Hours};
use crate::domain::Language;
use crate::rules::tighter::loosened;

/// One thing that would be looser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looser {
    pub campaign: String,
    pub what: Loosens,
}

/// What would be looser in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loosens {
    /// More attempts in all.
    Budget { was: u8, is: u8 },
    /// Hours or days on which it rested.
    Calendar,
    /// A cap raised by an override.
    Override { rule: String, limit: u32 },
    /// A rule that nothing in the new rules is as tight as.
    Rule(String),
}

impl Looser {
    pub fn say(&self, language: Language) -> String {
        let campaign = &self.campaign;
        let what = match (&self.what, language) {
            (Loosens::Budget { was, is }, Language::En) => format!("attempts in all: {was} → {is}"),
            (Loosens::Budget { was, is }, Language::Ru) => format!("попыток всего: {was} → {is}"),
            (Loosens::Calendar, Language::En) => "it calls at times at which it did not".to_owned(),
            (Loosens::Calendar, Language::Ru) => "звонит в часы, в которые не звонила".to_owned(),
            (Loosens::Override { rule, limit }, Language::En) => format!("override: {rule} up to {limit}"),
            (Loosens::Override { rule, limit }, Language::Ru) => format!("послабление: {rule} до {limit}"),
            (Loosens::Rule(rule), Language::En) => format!("rule {rule} is looser"),
            (Loosens::Rule(rule), Language::Ru) => format!("правило {rule} мягче"),
        };
        format!("{campaign}: {what}")
    }
}

impl fmt::Display for Looser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

/// What `new` loosens for the campaigns of `old`. A campaign that is new loosens nothing: it calls nobody before it is
/// started.
pub fn loosened_by(old: &Config, new: &Config) -> Vec<Looser> {
    let both = old.campaigns.iter().filter_map(|was| Some((was, new.campaign(&was.name)?)));
    both.flat_map(|(was, is)| of_campaign((old, was), (new, is))).collect()
}

fn of_campaign((old, was): (&Config, &CampaignPlan), (new, is): (&Config, &CampaignPlan)) -> Vec<Looser> {
    let rules = loosened(old.preset_of(was), new.preset_of(is)).into_iter();
    let mut found: Vec<Loosens> = rules.map(|rule| Loosens::Rule(rule.to_string())).collect();
    let kept = old.overrides_of(was);
    let added = new.overrides_of(is).iter().filter(|added| !kept.contains(added));
    found.extend(added.map(|added| Loosens::Override { rule: added.rule.to_string(), limit: added.limit }));
    if !rests_as_much(&is.calendar, &was.calendar) {
        found.push(Loosens::Calendar);
    }
    if is.retries.budget > was.retries.budget {
        found.push(Loosens::Budget { was: was.retries.budget, is: is.retries.budget });
    }
    let of_it = |what| Looser { campaign: was.name.to_string(), what };
    found.into_iter().map(of_it).collect()
}

/// Whether `new` dials only when `old` would.
fn rests_as_much(new: &Calendar, old: &Calendar) -> bool {
    let within = |(new, old): (&Option<Hours>, &Option<Hours>)| match (new, old) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => old.opens <= new.opens && new.closes <= old.closes,
    };
    let off = |date: &Date| new.off.contains(date);
    let begins = |at: Option<Timestamp>| at.unwrap_or(Timestamp::MIN);
    let ends = |at: Option<Timestamp>| at.unwrap_or(Timestamp::MAX);
    new.hours.iter().zip(&old.hours).all(within)
        && old.off.iter().all(off)
        && begins(new.not_before) >= begins(old.not_before)
        && ends(new.not_after) <= ends(old.not_after)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn calendar(opens: i8, closes: i8) -> Calendar {
        let hours = Hours { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) };
        Calendar { hours: [Some(hours); 7], off: Vec::new(), not_before: None, not_after: None }
    }

    #[test]
    fn a_calendar_is_looser_where_it_dials_at_one_moment_more() {
        let day = calendar(9, 18);
        assert!(rests_as_much(&calendar(10, 18), &day) && rests_as_much(&day, &day));
        assert!(!rests_as_much(&calendar(8, 18), &day) && !rests_as_much(&calendar(9, 19), &day));
        let holiday = Calendar { off: vec![date(2027, 1, 1)], ..day };
        assert!(rests_as_much(&holiday, &day) && !rests_as_much(&day, &holiday));
        let sunday = Calendar { hours: [day.hours[0], None, None, None, None, None, None], ..day.clone() };
        assert!(rests_as_much(&sunday, &day) && !rests_as_much(&day, &sunday));
        let ends = Calendar { not_after: Some(Timestamp::UNIX_EPOCH), ..day.clone() };
        assert!(rests_as_much(&ends, &day) && !rests_as_much(&day, &ends));
    }
}
