//! A campaign that knows nothing yet, in worlds where refusals come at once and answers seconds later.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::super::budget::{Cap, Window};
use super::input::{End, Input};
use super::lessons::Lessons;
use super::pacer::Pacer;
use super::plan::{Clock, PREDICTIVE_FROM, Plan};

/// Times are seconds.
#[derive(Clone, Copy, Debug)]
struct World {
    agents: u32,
    /// Share of the dials that people answer, after ringing about so long.
    people: f64,
    rings: f64,
    /// Share of the other dials that are refused at once; the rest ring half a minute for nothing.
    refused: f64,
    /// From an answer to the verdict.
    judged: f64,
    talks: f64,
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Answer(u64),
    Deadline(u64),
    Free(u32),
    HangUp(u32),
    Over(u64, bool),
    Person(u64),
}

/// The world goes on by quarters of a second.
const STEP_MS: u64 = 250;

/// What came of it.
struct Morning {
    abandoned: usize,
    lessons: Lessons,
}

struct Played {
    due: BTreeMap<(u64, u64), Due>,
    noted: u64,
    ready: Vec<u32>,
    waiting: Vec<u64>,
    calls: u64,
    met: usize,
    abandoned: usize,
}

impl World {
    /// Of the first so many people who answered, those abandoned.
    fn abandoned_of_first(self, people: usize) -> usize {
        self.play(people, &Lessons::default()).abandoned
    }

    /// Plays until so many people were met, by a pacer that has learned this before.
    fn play(self, people: usize, lessons: &Lessons) -> Morning {
        let start = origin();
        let mut pacer = Pacer::new(self.plan(), start);
        let mut luck = Pcg64Mcg::seed_from_u64(self.seed);
        let mut played = Played {
            due: BTreeMap::new(),
            noted: 0,
            ready: Vec::new(),
            waiting: Vec::new(),
            calls: 0,
            met: 0,
            abandoned: 0,
        };
        pacer.handle(start, Input::DayBegan);
        pacer.recall(start, lessons, &[]);
        for agent in 0..self.agents {
            pacer.handle(start, Input::LoggedIn(agent));
            played.note(u64::from(agent) * 100, Due::Free(agent));
        }
        let mut at = 0;
        while played.met < people && at < 4 * 3_600_000 {
            at += STEP_MS;
            let now = start + Duration::from_millis(at);
            while let Some((&key, &due)) = played.due.range(..=(at, u64::MAX)).next() {
                played.due.remove(&key);
                self.meet(due, at, &mut luck, &mut played)
                    .into_iter()
                    .for_each(|input| pacer.handle(now, input));
            }
            for _ in 0..pacer.decide(now).dial {
                played.calls += 1;
                pacer.handle(now, Input::Dialed(played.calls));
                let (after, due) = self.fate(played.calls, &mut luck);
                played.note(at + after, due);
            }
        }
        let lessons = pacer.take_lessons(start + Duration::from_millis(at));
        Morning { abandoned: played.abandoned, lessons }
    }

    fn fate(self, call: u64, luck: &mut Pcg64Mcg) -> (u64, Due) {
        let (share, part) = (luck.random::<f64>(), luck.random::<f64>());
        let ms = |seconds: f64| (1e3 * seconds) as u64;
        if share < self.people {
            (ms(self.rings * (0.9 + 0.2 * part)), Due::Answer(call))
        } else if share < self.people + (1.0 - self.people) * self.refused {
            (ms(0.3 + 0.5 * part), Due::Over(call, true))
        } else {
            (ms(30.0), Due::Over(call, false))
        }
    }

    fn meet(self, due: Due, at: u64, luck: &mut Pcg64Mcg, played: &mut Played) -> Vec<Input> {
        match due {
            Due::Answer(call) => {
                played.note(at + (1e3 * self.judged) as u64, Due::Person(call));
                vec![Input::Answered(call)]
            }
            Due::Person(call) => {
                played.waiting.push(call);
                played.note(at + 2_000, Due::Deadline(call));
                let mut news = vec![Input::Human(call)];
                news.extend(self.join(at, luck, played));
                news
            }
            Due::Deadline(call) => {
                let before = played.waiting.len();
                played.waiting.retain(|waiting| *waiting != call);
                if played.waiting.len() == before {
                    return Vec::new();
                }
                (played.met, played.abandoned) = (played.met + 1, played.abandoned + 1);
                vec![Input::Abandoned(call)]
            }
            Due::Free(agent) => {
                played.ready.push(agent);
                let mut news = vec![Input::WrappedUp(agent), Input::Ready(agent)];
                news.extend(self.join(at, luck, played));
                news
            }
            Due::HangUp(agent) => {
                played.note(at + 10_000, Due::Free(agent));
                vec![Input::HungUp(agent)]
            }
            Due::Over(call, refused) => {
                vec![Input::Ended(call, if refused { End::Busy } else { End::NoAnswer })]
            }
        }
    }

    fn join(self, at: u64, luck: &mut Pcg64Mcg, played: &mut Played) -> Option<Input> {
        if played.waiting.is_empty() || played.ready.is_empty() {
            return None;
        }
        let (call, agent) = (played.waiting.remove(0), played.ready.remove(0));
        played.met += 1;
        played.note(at + (1e3 * self.talks * 2.0 * luck.random::<f64>()) as u64, Due::HangUp(agent));
        Some(Input::Connected(call, agent))
    }

    fn plan(self) -> Plan {
        Plan {
            agents: self.agents,
            cap: Cap { share: 0.03, window: Window::Day, lost_to_detection: 0.0 },
            deadline: Duration::from_secs(2),
            clock: Clock::Verdict,
            max_lines: 20 * self.agents,
            starts_per_second: 20.0,
            shift: Duration::from_secs(28_800),
            stop_before_end: Duration::from_secs(45),
            predictive_from: PREDICTIVE_FROM,
        }
    }
}

impl Played {
    fn note(&mut self, at: u64, due: Due) {
        self.noted += 1;
        self.due.insert((at, self.noted), due);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
fn origin() -> Instant {
    Instant::now()
}

fn worlds() -> impl Strategy<Value = World> {
    let (agents, people, refused) = (3..25_u32, 0.1..0.6_f64, 0.0..1.0_f64);
    (agents, people, 3.0..20.0_f64, refused, 20.0..120.0_f64, any::<u64>()).prop_map(
        |(agents, people, rings, refused, talks, seed)| World {
            agents,
            people,
            rings,
            refused,
            judged: 0.0,
            talks,
            seed,
        },
    )
}

#[test]
fn early_refusals_and_a_long_silence_do_not_make_a_burst() {
    let mut runner = TestRunner::deterministic();
    let mut drawn = || worlds().new_tree(&mut runner).expect("a world").current();
    let worst =
        World { agents: 35, people: 0.43, rings: 19.7, refused: 0.83, judged: 0.0, talks: 65.0, seed: 7 };
    let worlds: Vec<World> = (0..WORLDS).map(|_| drawn()).chain([worst]).collect();
    let abandoned = worlds.iter().map(|world| (world.abandoned_of_first(PEOPLE), world));
    let abandoned: Vec<(usize, &World)> = abandoned.collect();
    let (most, world) = abandoned.iter().max_by_key(|(abandoned, _)| abandoned).expect("some worlds");
    assert!(*most <= PEOPLE / 5, "{most} of the first {PEOPLE} in {world:?}");
    let sum: usize = abandoned.iter().map(|(abandoned, _)| abandoned).sum();
    // Nothing is known yet, so that the cap is not kept exactly, but it is near.
    assert!(sum * 20 <= PEOPLE * worlds.len(), "{sum} of {PEOPLE} in each of {} worlds", worlds.len());
}

/// A list of friends: all of them at their telephones, whatever the pacer knows of people.
#[test]
fn people_who_all_answer_at_once_are_not_taken_for_machines() {
    let mut abandoned = BTreeMap::new();
    for agents in [3, 20] {
        for rings in [0.05, 2.0, 5.0, 8.0, 12.0] {
            let world = World { agents, people: 1.0, rings, refused: 0.0, judged: 1.0, talks: 60.0, seed: 3 };
            abandoned.insert((agents, (1e3 * rings) as u64), world.abandoned_of_first(PEOPLE));
        }
    }
    assert!(abandoned.values().all(|abandoned| *abandoned <= PEOPLE / 20), "{abandoned:?}");
}

#[test]
fn what_was_learned_on_other_days_makes_no_burst_be_it_right_or_wrong() {
    let mut runner = TestRunner::deterministic();
    let mut drawn = || worlds().new_tree(&mut runner).expect("a world").current();
    let (mut right, mut wrong, mut worst) = (0, 0, 0);
    for _ in 0..WORLDS / 2 {
        let (world, other) = (drawn(), drawn());
        let today = World { seed: world.seed ^ 1, ..world };
        let learned = |world: World| world.play(4 * PEOPLE, &Lessons::default()).lessons;
        right += today.play(PEOPLE, &learned(world)).abandoned;
        // People ring, talk and answer otherwise than they did.
        let misled = today.play(PEOPLE, &learned(World { agents: world.agents, ..other })).abandoned;
        (wrong, worst) = (wrong + misled, worst.max(misled));
    }
    assert!(
        right * 20 <= PEOPLE * WORLDS / 2,
        "{right} of {PEOPLE} in each of {} worlds that were known",
        WORLDS / 2
    );
    assert!(
        wrong * 20 <= PEOPLE * WORLDS / 2,
        "{wrong} of {PEOPLE} in each of {} worlds that were others",
        WORLDS / 2
    );
    assert!(worst <= PEOPLE / 5, "{worst} of the first {PEOPLE}");
}

/// Worlds drawn, always the same.
const WORLDS: usize = 12;
/// People who answer first.
const PEOPLE: usize = 40;
