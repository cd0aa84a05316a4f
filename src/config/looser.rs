//! What another configuration would loosen: changes after which somebody may be called who might not be before, or less is
//! kept for those who are.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Config;
use crate::campaign::{
    Calendar, CampaignPlan, Dialling, Dispositions, Flag, Hours, PromisePolicy, Retries, RetryClass, Targets,
};
use crate::cases::{Kind, Terms};
use crate::domain::{DebtKind, Language, Stage};
use crate::ivr::IdentifiedBy;
use crate::rules::tighter::loosened;

/// One thing that would be looser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looser {
    /// `None`: of the whole house.
    pub campaign: Option<String>,
    pub what: Loosens,
}

/// What would be looser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loosens {
    /// More may answer and meet nobody.
    Abandoned,
    /// More attempts in all.
    Budget { was: u8, is: u8 },
    /// Hours or days on which it rested.
    Calendar,
    /// A campaign that was not there: it may call whomever its file says.
    Campaign,
    /// More days to answer.
    Deadline { kind: Kind, was: u16, is: u16 },
    /// A disposition after which calls stopped, and no longer do.
    Disposition { code: String, flag: Flag },
    /// A robot tells the debt to whoever says that the number is his own.
    Identity,
    /// Agents say something else while anybody may be listening.
    FirstWords,
    /// A cap raised by an override.
    Override { rule: String, limit: u32 },
    /// Who has promised is called earlier, or again.
    Promises,
    /// Talks are recorded no longer.
    Recording,
    /// The next call comes sooner, or there is one more kind of it.
    Retries(RetryClass),
    /// A rule that nothing in the new rules is as tight as.
    Rule(String),
    /// Abandoned calls are counted against another number.
    ShareOfAbandoned,
    /// Debtors who were none of its business.
    Targets,
}

impl Looser {
    pub fn say(&self, language: Language) -> String {
        let what = match language {
            Language::En => self.what.english(),
            Language::Ru => self.what.russian(),
        };
        match &self.campaign {
            Some(campaign) => format!("{campaign}: {what}"),
            None => what,
        }
    }
}

impl Loosens {
    fn english(&self) -> String {
        match self {
            Self::Abandoned => "more answered calls may meet nobody".to_owned(),
            Self::Budget { was, is } => format!("attempts in all: {was} → {is}"),
            Self::Calendar => "it calls at times at which it did not".to_owned(),
            Self::Campaign => "a new campaign".to_owned(),
            Self::Deadline { kind, was, is } => {
                format!("working days ({}): {was} → {is}", kind.name(Language::En))
            }
            Self::Disposition { code, flag } => {
                format!("disposition {code} no longer means {}", flag.code())
            }
            Self::FirstWords => "other words before it is known who is speaking".to_owned(),
            Self::Identity => {
                "a robot need not call the debtor by his name before the debt is told".to_owned()
            }
            Self::Override { rule, limit } => format!("override: {rule} up to {limit}"),
            Self::Promises => "whoever promised is called earlier or again".to_owned(),
            Self::Recording => "talks are recorded no longer".to_owned(),
            Self::Retries(class) => format!("calls again sooner after {}", after(*class, Language::En)),
            Self::Rule(rule) => format!("rule {rule} is looser"),
            Self::ShareOfAbandoned => "abandoned calls are counted against another number".to_owned(),
            Self::Targets => "it calls debtors whom it did not".to_owned(),
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::Abandoned => "больше ответивших могут никого не дождаться".to_owned(),
            Self::Budget { was, is } => format!("попыток всего: {was} → {is}"),
            Self::Calendar => "звонит в часы, в которые не звонила".to_owned(),
            Self::Campaign => "новая кампания".to_owned(),
            Self::Deadline { kind, was, is } => {
                format!("рабочих дней ({}): {was} → {is}", kind.name(Language::Ru))
            }
            Self::Disposition { code, flag } => format!("итог {code} больше не значит {}", flag.code()),
            Self::FirstWords => "другие слова до того, как известно, кто на линии".to_owned(),
            Self::Identity => "робот назовёт долг и тому, кого не назвал по имени".to_owned(),
            Self::Override { rule, limit } => format!("послабление: {rule} до {limit}"),
            Self::Promises => "обещавшим звонит раньше или снова".to_owned(),
            Self::Recording => "разговоры больше не записываются".to_owned(),
            Self::Retries(class) => format!("перезванивает раньше, когда {}", after(*class, Language::Ru)),
            Self::Rule(rule) => format!("правило {rule} мягче"),
            Self::ShareOfAbandoned => "брошенные звонки делят на другое число".to_owned(),
            Self::Targets => "звонит должникам, которым не звонила".to_owned(),
        }
    }
}

/// What the call came to, behind «after» and «когда».
fn after(class: RetryClass, language: Language) -> &'static str {
    match class {
        RetryClass::Answered => language.pick("an answer", "человек ответил"),
        RetryClass::Busy => language.pick("a busy line", "было занято"),
        RetryClass::Fault => language.pick("a fault", "был сбой"),
        RetryClass::Machine => language.pick("an answering machine", "ответил автоответчик"),
        RetryClass::NoAnswer => language.pick("no answer", "никто не ответил"),
        RetryClass::Rejected => language.pick("a refusal", "звонок сбросили"),
    }
}

impl fmt::Display for Looser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

/// What `new` loosens. A campaign that is new does by being there: nothing it could be compared with is its own, and whoever
/// writes it may start it.
pub fn loosened_by(old: &Config, new: &Config) -> Vec<Looser> {
    let house = deadlines(&old.cases, &new.cases)
        .into_iter()
        .chain(stops_lost(&old.desk.dispositions, &new.desk.dispositions))
        .chain(told_otherwise(old, new));
    let mut found: Vec<Looser> = house.map(|what| Looser { campaign: None, what }).collect();
    for is in &new.campaigns {
        let what = match old.campaign(&is.name) {
            Some(was) => of_campaign((old, was), (new, is)),
            None => vec![Loosens::Campaign],
        };
        found.extend(what.into_iter().map(|what| Looser { campaign: Some(is.name.to_string()), what }));
    }
    found
}

fn of_campaign((old, was): (&Config, &CampaignPlan), (new, is): (&Config, &CampaignPlan)) -> Vec<Loosens> {
    let rules = loosened(old.preset_of(was), new.preset_of(is)).into_iter();
    let mut found: Vec<Loosens> = rules.map(|rule| Loosens::Rule(rule.to_string())).collect();
    let kept = old.overrides_of(was);
    let added = new.overrides_of(is).iter().filter(|added| !kept.contains(added));
    found.extend(added.map(|added| Loosens::Override { rule: added.rule.to_string(), limit: added.limit }));
    if is.retries.budget > was.retries.budget {
        found.push(Loosens::Budget { was: was.retries.budget, is: is.retries.budget });
    }
    found.extend(sooner(&was.retries, &is.retries).map(Loosens::Retries));
    let flat = [
        (!rests_as_much(&is.calendar, &was.calendar), Loosens::Calendar),
        (!meets_as_many(&is.dialling, &was.dialling), Loosens::Abandoned),
        (!is_within(&is.targets, &was.targets), Loosens::Targets),
        (!waits_as_long(is.promises, was.promises), Loosens::Promises),
        (was.identity == IdentifiedBy::Name && is.identity == IdentifiedBy::Number, Loosens::Identity),
        (was.limits.record && !is.limits.record, Loosens::Recording),
    ];
    found.extend(flat.into_iter().filter_map(|(looser, what)| looser.then_some(what)));
    found
}

fn deadlines(old: &Terms, new: &Terms) -> Vec<Loosens> {
    let more = |kind: Kind| {
        let (was, is) = (old.days(kind), new.days(kind));
        (is > was).then_some(Loosens::Deadline { kind, was, is })
    };
    Kind::ALL.into_iter().filter_map(more).collect()
}

/// What is said to strangers, and what a regulator's share is of: whether it is worse no program sees, so that two people look.
fn told_otherwise(old: &Config, new: &Config) -> impl Iterator<Item = Loosens> {
    let first =
        |config: &Config| DebtKind::ALL.map(|kind| config.desk.script.stage(Stage::Contact, kind).clone());
    let words = (first(old) != first(new)).then_some(Loosens::FirstWords);
    let is_another = old.statistics.abandonment_of != new.statistics.abandonment_of;
    words.into_iter().chain(is_another.then_some(Loosens::ShareOfAbandoned))
}

/// Flags after which nobody calls, or calls as before.
const STOPS: [Flag; 7] = [
    Flag::AlreadyPaid,
    Flag::Bankruptcy,
    Flag::Complaint,
    Flag::Dispute,
    Flag::Hardship,
    Flag::Stop,
    Flag::WrongPerson,
];

/// The flags that a disposition no longer has, or that are gone with it.
fn stops_lost(old: &Dispositions, new: &Dispositions) -> Vec<Loosens> {
    let mut lost = Vec::new();
    for was in &old.kinds {
        let is = new.kinds.iter().find(|is| is.code == was.code);
        let gone = |flag: &Flag| was.flags.contains(flag) && is.is_none_or(|is| !is.flags.contains(flag));
        let code = || was.code.to_string();
        lost.extend(STOPS.into_iter().filter(gone).map(|flag| Loosens::Disposition { code: code(), flag }));
    }
    lost
}

/// The classes after which `new` calls again where `old` did not, or sooner.
fn sooner(old: &Retries, new: &Retries) -> impl Iterator<Item = RetryClass> {
    let after = |class, nth| {
        let was = old.delay(class, nth);
        new.delay(class, nth).is_some_and(|is: Duration| was.is_none_or(|was| is < was))
    };
    let (old_budget, new_budget) = (old.budget, new.budget);
    RetryClass::ALL
        .into_iter()
        .filter(move |&class| (1..=old_budget.max(new_budget)).any(|nth| after(class, nth)))
}

/// Whether by `new` at most as many people answer and meet nobody as by `old`. Another window is not comparable.
fn meets_as_many(new: &Dialling, old: &Dialling) -> bool {
    match (new, old) {
        (Dialling::Predictive(calls, new), Dialling::Predictive(before, old)) => {
            calls.clock.is_no_later_than(before.clock)
                && calls.deadline <= before.deadline
                && new.cap.share <= old.cap.share
                && new.cap.window == old.cap.window
                && new.cap.lost_to_detection >= old.cap.lost_to_detection
                && new.least_agents >= old.least_agents
        }
        (Dialling::Predictive(..), _) => false,
        (Dialling::Agentless | Dialling::Preview(..) | Dialling::Progressive(_), _) => true,
    }
}

/// Whether whoever is a target of `new` is one of `old`. With other years a debt is of another kind: not comparable.
fn is_within(new: &Targets, old: &Targets) -> bool {
    let creditors = old.creditors.is_empty()
        || (!new.creditors.is_empty() && new.creditors.iter().all(|one| old.creditors.contains(one)));
    creditors
        && new.debtor_types.iter().all(|one| old.debtor_types.contains(one))
        && new.kinds.iter().all(|one| old.kinds.contains(one))
        && new.collectible_years == old.collectible_years
}

fn waits_as_long(new: PromisePolicy, old: PromisePolicy) -> bool {
    !new.call_again || (old.call_again && new.grace_days >= old.grace_days)
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
    use crate::campaign::{AgentCalls, Delays, DispositionPlan, Prediction, USUAL_CAP};
    use crate::domain::{DebtorType, Words};
    use crate::pacing::Clock;

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

    #[test]
    fn retries_are_looser_where_one_call_comes_sooner_or_at_all() {
        let of = |budget, minutes: &[u64]| {
            let delays = Delays(minutes.iter().map(|&minutes| Duration::from_secs(minutes * 60)).collect());
            Retries { budget, delays: vec![(RetryClass::Busy, delays)], day_parts: Vec::new() }
        };
        let found = |old: &Retries, new: &Retries| sooner(old, new).collect::<Vec<_>>();
        let day = of(3, &[60, 1440]);
        assert_eq!(found(&day, &of(3, &[60, 1440])), []);
        assert_eq!(found(&day, &of(3, &[90, 1440])), []);
        assert_eq!(found(&day, &of(3, &[60, 720])), [RetryClass::Busy]);
        assert_eq!(found(&day, &of(3, &[60])), [RetryClass::Busy], "the last one goes on");
        assert_eq!(found(&of(3, &[]), &day), [RetryClass::Busy], "it was not called again");
        assert_eq!(found(&day, &of(3, &[])), []);
    }

    #[test]
    fn a_stop_that_is_taken_off_or_goes_with_its_disposition_is_looser() {
        let kind = |code: &str, flags: &[Flag]| {
            let (words, flags) =
                (Words { en: code.into(), ru: code.into() }, flags.iter().copied().collect());
            DispositionPlan { code: code.into(), key: None, words, flags }
        };
        let of = |kinds| Dispositions { kinds, reasons: Vec::new() };
        let old =
            of(vec![kind("no_calls", &[Flag::RightParty, Flag::Stop]), kind("later", &[Flag::Callback])]);
        let lost = [Loosens::Disposition { code: "no_calls".to_owned(), flag: Flag::Stop }];
        assert_eq!(stops_lost(&old, &of(vec![kind("no_calls", &[Flag::RightParty])])), lost);
        assert_eq!(stops_lost(&old, &of(vec![kind("later", &[])])), lost);
        assert_eq!(stops_lost(&old, &of(vec![kind("no_calls", &[Flag::Stop])])), []);
    }

    #[test]
    fn a_later_clock_and_a_longer_wait_for_an_agent_are_looser() {
        let prediction = Prediction {
            cap: USUAL_CAP,
            least_agents: 3,
            shift: Hours { opens: time(9, 0, 0, 0), closes: time(21, 0, 0, 0) },
        };
        let of = |clock, seconds| {
            let deadline = Duration::from_secs(seconds);
            Dialling::Predictive(AgentCalls { clock, deadline, ..AgentCalls::default() }, prediction.clone())
        };
        let usual = of(Clock::Verdict, 2);
        assert!(meets_as_many(&usual, &usual) && meets_as_many(&of(Clock::Answer, 2), &usual));
        assert!(!meets_as_many(&of(Clock::GreetingEnd(Duration::from_secs(1)), 2), &usual));
        assert!(
            !meets_as_many(&usual, &of(Clock::Answer, 2)) && !meets_as_many(&of(Clock::Verdict, 3), &usual)
        );
    }

    #[test]
    fn what_loosens_is_told_in_the_readers_words() {
        let said = |what: Loosens| Looser { campaign: None, what }.say(Language::Ru);
        assert_eq!(
            said(Loosens::Retries(RetryClass::Machine)),
            "перезванивает раньше, когда ответил автоответчик"
        );
        let days = Loosens::Deadline { kind: Kind::Regulator, was: 5, is: 9 };
        assert_eq!(said(days), "рабочих дней (регулятор): 5 → 9");
    }

    #[test]
    fn longer_deadlines_wider_targets_and_shorter_grace_are_looser() {
        let (usual, longer) = (Terms::default(), Terms::default().with(Kind::Ordinary, 200));
        let was = usual.days(Kind::Ordinary);
        assert_eq!(deadlines(&usual, &longer), [Loosens::Deadline { kind: Kind::Ordinary, was, is: 200 }]);
        assert_eq!(deadlines(&longer, &usual), []);

        let narrow = Targets {
            creditors: vec!["one".to_owned()],
            debtor_types: vec![DebtorType::Forgetful],
            kinds: vec![DebtKind::Overdue],
            collectible_years: 3,
        };
        let wide = [
            Targets { creditors: Vec::new(), ..narrow.clone() },
            Targets { kinds: vec![DebtKind::Overdue, DebtKind::Current], ..narrow.clone() },
            Targets { debtor_types: DebtorType::ALL.to_vec(), ..narrow.clone() },
        ];
        assert!(is_within(&narrow, &narrow));
        for wide in wide {
            assert!(is_within(&narrow, &wide) && !is_within(&wide, &narrow), "{wide:?}");
        }

        let patient = PromisePolicy::default();
        let never = PromisePolicy { call_again: false, ..patient };
        assert!(waits_as_long(patient, patient) && waits_as_long(never, patient));
        assert!(!waits_as_long(patient, never));
        assert!(!waits_as_long(PromisePolicy { grace_days: 0, ..patient }, patient));
    }
}
