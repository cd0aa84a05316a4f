//! The promises of the rule engine over random histories, all presets and many zones, against a minute scan that
//! knows nothing of the engine.
//!
//! `RULES_HISTORIES` sets how many histories each promise is tried on: 100,000 in release, 300 in debug builds
//! unless set.

mod case;
mod change;
mod oracle;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use obzvon::rules::tighter::loosened;
use obzvon::rules::{Decision, Preset, Presets, decide};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;

use case::{Case, PRESETS};
use oracle::Oracle;

/// How far a minute scan goes where the engine says never: 80 days for one case in eight, 8 days for the others.
fn scan_minutes(case: &Case) -> i64 {
    let days = if case.now % 8 == 0 { 80 } else { 8 };
    days * 24 * 60
}

fn histories() -> u64 {
    let usual = if cfg!(debug_assertions) { 300 } else { 100_000 };
    std::env::var("RULES_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// Tries a promise on random cases; a broken one is shown on the smallest case that still breaks it.
fn promise(broken: impl Fn(&Case) -> Option<String>, stream: u64) {
    for number in 0..histories() {
        let case = Case::random(&mut Pcg64Mcg::seed_from_u64(stream << 32 | number));
        if broken(&case).is_some() {
            let smallest = shrink(case, |smaller| broken(smaller).is_some());
            panic!("case {number}: {}\n{smallest:#?}", broken(&smallest).expect("shrunk while broken"));
        }
    }
}

/// Leaves out whatever the break does not need.
fn shrink(mut case: Case, broken: impl Fn(&Case) -> bool) -> Case {
    loop {
        let smaller = case.smaller().into_iter().find(|smaller| broken(smaller));
        match smaller {
            Some(smaller) => case = smaller,
            None => return case,
        }
    }
}

/// The shipped presets, each composition flattened once.
struct Engine {
    presets: Presets,
    flattened: RefCell<HashMap<String, Rc<Preset>>>,
}

impl Engine {
    fn new() -> Self {
        Self { presets: Presets::shipped(), flattened: RefCell::default() }
    }

    fn decide(&self, preset: &str, case: &Case, now: Timestamp) -> Decision {
        let mut flattened = self.flattened.borrow_mut();
        let flatten = || Rc::new(self.presets.flatten(preset).expect("shipped presets"));
        let preset = Rc::clone(flattened.entry(preset.to_owned()).or_insert_with(flatten));
        let (facts, history) = case.for_engine();
        decide(&preset, self.presets.calendars(), &facts, &history, now)
    }
}

fn minute_time(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).expect("near our days")
}

/// Never counts as later than any time.
fn order(next: Option<Timestamp>) -> Timestamp {
    next.unwrap_or(Timestamp::MAX)
}

#[test]
fn the_engine_and_a_minute_scan_agree_on_every_denial_and_on_the_next_time() {
    let engine = Engine::new();
    let tables = oracle::read_presets();
    promise(
        |case| {
            let decision = engine.decide(case.preset, case, minute_time(case.now));
            let mut oracle = Oracle::new(&tables, case);
            let denied: Vec<String> = decision
                .verdicts
                .iter()
                .filter(|verdict| !verdict.pass)
                .map(|verdict| verdict.rule.to_string())
                .collect();
            let expected = oracle.denied_by(case.now);
            if expected != denied {
                return Some(format!("denied by {denied:?}, the scan says {expected:?}"));
            }
            let next = decision.next_allowed;
            let end = next.map_or(case.now + scan_minutes(case), |next| next.as_second().div_euclid(60) + 1);
            let scanned = (case.now..=end).find(|&minute| oracle.allows(minute)).map(minute_time);
            (scanned != next).then(|| format!("next allowed {next:?}, the scan says {scanned:?}"))
        },
        1,
    );
}

#[test]
fn the_next_allowed_time_is_allowed() {
    let engine = Engine::new();
    promise(
        |case| {
            let next = engine.decide(case.preset, case, minute_time(case.now)).next_allowed?;
            let then = engine.decide(case.preset, case, next);
            (!then.allow || then.next_allowed != Some(next))
                .then(|| format!("at {next} denied by {:?}", then.deny))
        },
        2,
    );
}

#[test]
fn composing_presets_never_makes_the_next_time_earlier() {
    let engine = Engine::new();
    promise(
        |case| {
            let now = minute_time(case.now);
            let other = PRESETS[usize::try_from(case.now).expect("after 1970") % PRESETS.len()];
            let alone = engine.decide(case.preset, case, now);
            let both = engine.decide(&format!("{}+{other}", case.preset), case, now);
            let reversed = engine.decide(&format!("{other}+{}", case.preset), case, now);
            if both.next_allowed != reversed.next_allowed || both.allow != reversed.allow {
                return Some(format!("with {other} the order of composition matters"));
            }
            let looser = order(both.next_allowed) < order(alone.next_allowed) || (both.allow && !alone.allow);
            looser.then(|| format!("with {other}: {both:?}\nalone: {alone:?}"))
        },
        3,
    );
}

#[test]
fn what_counts_as_tighter_never_allows_earlier() {
    let engine = Engine::new();
    let tighter = Cell::new(0_u64);
    promise(
        |case| {
            let rng = &mut Pcg64Mcg::seed_from_u64(case.now.unsigned_abs());
            let old = engine.presets.flatten(case.preset).expect("shipped");
            let new = change::change(&old, rng);
            if !loosened(&old, &new).is_empty() {
                return None;
            }
            tighter.set(tighter.get() + 1);
            let now = minute_time(case.now);
            let (facts, history) = case.for_engine();
            let was = decide(&old, engine.presets.calendars(), &facts, &history, now);
            let is = decide(&new, engine.presets.calendars(), &facts, &history, now);
            let looser = order(is.next_allowed) < order(was.next_allowed) || (is.allow && !was.allow);
            looser.then(|| format!("{new:#?}\nnow {:?}, was {:?}", is.next_allowed, was.next_allowed))
        },
        8,
    );
    assert!(tighter.get() > histories() / 10, "only {} changes were tighter", tighter.get());
}

#[test]
fn one_event_more_never_makes_the_next_time_earlier() {
    let engine = Engine::new();
    promise(
        |case| {
            let mut fewer = case.clone();
            fewer.events.pop()?;
            let now = minute_time(case.now);
            let with = engine.decide(case.preset, case, now);
            let without = engine.decide(case.preset, &fewer, now);
            let earlier = order(with.next_allowed) < order(without.next_allowed);
            earlier.then(|| format!("with {:?}, without {:?}", with.next_allowed, without.next_allowed))
        },
        4,
    );
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let engine = Engine::new();
    promise(
        |case| {
            let mut shuffled = case.clone();
            let rng = &mut Pcg64Mcg::seed_from_u64(case.now.unsigned_abs());
            shuffled.events.shuffle(rng);
            shuffled.holds.shuffle(rng);
            shuffled.consents.shuffle(rng);
            let now = minute_time(case.now);
            let ordered = engine.decide(case.preset, case, now);
            (engine.decide(case.preset, &shuffled, now) != ordered).then(|| "permuted".to_owned())
        },
        5,
    );
}

#[test]
fn a_clock_that_stepped_back_is_waited_for() {
    let engine = Engine::new();
    promise(
        |case| {
            let last = case.events.iter().map(|event| event.at).max()?;
            let before = minute_time(last) - SignedDuration::from_secs(1);
            let decision = engine.decide(case.preset, case, before);
            let denied = decision.deny.as_ref().is_some_and(|rule| rule.as_str() == "fail_closed.clock");
            (!denied || order(decision.next_allowed) < minute_time(last)).then(|| format!("{decision:?}"))
        },
        6,
    );
}

#[test]
fn random_cases_are_neither_all_allowed_nor_all_denied() {
    let engine = Engine::new();
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let (mut allowed, mut never, mut later) = (0, 0, 0);
    for _ in 0..500 {
        let case = Case::random(&mut Pcg64Mcg::seed_from_u64(rng.random()));
        let decision = engine.decide(case.preset, &case, minute_time(case.now));
        match (decision.allow, decision.next_allowed) {
            (true, _) => allowed += 1,
            (false, None) => never += 1,
            (false, Some(_)) => later += 1,
        }
    }
    assert!(allowed > 50 && never > 25 && later > 100, "{allowed} allowed, {later} later, {never} never");
}
