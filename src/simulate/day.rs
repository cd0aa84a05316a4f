//! One simulated day: events in the order of their time, and the pacer asked after each.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::{Duration, Instant};

use crate::pacing::Input;

use super::Dialler;
use super::desk::{Desk, Doing};
use super::figures::Tally;
use super::list::{Fate, Who, answer_rate, fate};
use super::luck::Luck;
use super::roster::intentions;
use super::scenario::Scenario;

#[derive(Debug)]
pub(super) struct Day<'a> {
    scenario: &'a Scenario,
    luck: Luck,
    number: u32,
    /// Dials of the days before.
    dials_before: u64,
    /// Seconds into the day.
    now: f64,
    desk: Desk,
    calls: Vec<Call>,
    /// Calls that no agent has yet.
    out: usize,
    /// People for whom no agent was free.
    waiting: VecDeque<usize>,
    starts: Starts,
    /// What is due, by the moment and the order it was noted in. The moment in bits: of numbers that are not below zero these sort as
    /// they do, and a pause that is due at a moment is due when it comes, to the last bit.
    agenda: BinaryHeap<Reverse<(u64, u64, Event)>>,
    noted: u64,
    news: Vec<Input>,
    tally: Tally,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    fate: Fate,
    dialed: f64,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Out,
    Waiting,
    /// With an agent, or over.
    Gone,
}

/// The carrier's count of starts: so many a second, saved up for a second.
#[derive(Debug)]
struct Starts {
    saved: f64,
    counted: f64,
}

/// What is due; the numbers are of agents and calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Answer(usize),
    Ask(u64),
    Deadline(usize),
    Login(usize),
    PauseDue(usize),
    PauseOver(usize),
    ShiftOver,
    TalkOver(usize),
    Verdict(usize),
    WrapOver(usize),
}

/// From the morning of one day to the next.
const DAY_S: f64 = 86_400.0;

impl<'a> Day<'a> {
    pub fn new(scenario: &'a Scenario, luck: Luck, number: u32, dials_before: u64) -> Self {
        let desk = Desk::new((0..scenario.agents).map(|agent| intentions(scenario, luck, number, agent)));
        let mut day = Self {
            scenario,
            luck,
            number,
            dials_before,
            now: 0.0,
            desk,
            calls: Vec::new(),
            out: 0,
            waiting: VecDeque::new(),
            starts: Starts { saved: 0.0, counted: 0.0 },
            agenda: BinaryHeap::new(),
            noted: 0,
            news: vec![Input::DayBegan],
            tally: Tally::default(),
        };
        day.write_agenda();
        day
    }

    /// Goes through the day to the last call's end.
    pub fn run(mut self, dialler: &mut impl Dialler, origin: Instant) -> Tally {
        let morning = origin + Duration::from_secs_f64(DAY_S * f64::from(self.number));
        let mut asked = 0;
        while let Some(Reverse((at, _, event))) = self.agenda.pop() {
            let due = matches!(event, Event::Ask(nth) if nth == asked);
            if matches!(event, Event::Ask(_)) && !due {
                continue;
            }
            self.now = f64::from_bits(at);
            self.meet(event);
            if self.news.is_empty() && !due {
                continue;
            }
            // The dialler's clock counts whole milliseconds, as the protocol's does.
            let now = morning + Duration::from_millis((self.now * 1e3).round() as u64);
            self.news.drain(..).for_each(|input| dialler.handle(now, input));
            if self.now >= self.scenario.day_s {
                continue;
            }
            let (dial, wake) = dialler.decide(now);
            self.dial(dial);
            self.news.drain(..).for_each(|input| dialler.handle(now, input));
            asked += 1;
            let wake = (wake - morning).as_secs_f64();
            self.note(wake.clamp(self.now + 0.02, self.now + 10.0), Event::Ask(asked));
        }
        self.tally
    }

    fn write_agenda(&mut self) {
        self.note(0.001, Event::Ask(0));
        self.note(self.scenario.day_s, Event::ShiftOver);
        let mut due = Vec::new();
        for (agent, intentions) in self.desk.intentions().enumerate() {
            due.push((intentions.login, Event::Login(agent)));
            due.extend(intentions.pauses.iter().map(|pause| (pause.0, Event::PauseDue(agent))));
        }
        due.into_iter().for_each(|(at, event)| self.note(at, event));
    }

    fn note(&mut self, at: f64, event: Event) {
        self.noted += 1;
        self.agenda.push(Reverse((at.max(0.0).to_bits(), self.noted, event)));
    }

    fn meet(&mut self, event: Event) {
        match event {
            Event::Answer(call) => self.news.push(Input::Answered(call as u64)),
            Event::Ask(_) => {}
            Event::Deadline(call) => self.abandon(call),
            Event::Login(agent) => {
                self.news.push(Input::LoggedIn(agent as u32));
                self.finish(agent);
            }
            Event::PauseDue(agent) => {
                if self.desk.doing(agent) == Doing::Ready {
                    self.finish(agent);
                }
            }
            Event::PauseOver(agent) => self.finish(agent),
            Event::ShiftOver => {
                let agents = 0..self.scenario.agents as usize;
                let ready: Vec<usize> =
                    agents.filter(|&agent| self.desk.doing(agent) == Doing::Ready).collect();
                ready.into_iter().for_each(|agent| self.finish(agent));
                self.news.push(Input::DayEnded);
            }
            Event::TalkOver(agent) => {
                if let Doing::Talking { call } = self.desk.doing(agent) {
                    let wrap = self.calls[call].fate.wrap * self.desk.speed(agent);
                    self.desk.turn(agent, Doing::WrappingUp, self.now, &mut self.tally);
                    self.news.push(Input::HungUp(agent as u32));
                    self.note(self.now + wrap, Event::WrapOver(agent));
                }
            }
            Event::Verdict(call) => self.verdict(call),
            Event::WrapOver(agent) => {
                self.news.push(Input::WrappedUp(agent as u32));
                self.finish(agent);
            }
        }
    }

    /// The agent is done with what it did: it goes home, pauses, or is ready.
    fn finish(&mut self, agent: usize) {
        let number = agent as u32;
        if self.now >= self.scenario.day_s {
            self.desk.turn(agent, Doing::Off, self.now, &mut self.tally);
            self.news.push(Input::LoggedOut(number));
        } else if let Some(length) = self.desk.take_pause(agent, self.now) {
            self.desk.turn(agent, Doing::Away, self.now, &mut self.tally);
            self.note(self.now + length, Event::PauseOver(agent));
            self.news.push(Input::Away(number));
        } else {
            self.desk.turn(agent, Doing::Ready, self.now, &mut self.tally);
            self.news.push(Input::Ready(number));
            if let Some(call) = self.waiting.pop_front() {
                self.connect(call, agent);
            }
        }
    }

    fn verdict(&mut self, call: usize) {
        let Call { fate, dialed, .. } = self.calls[call];
        match fate.who {
            Who::Nobody(end) => self.end(call, end),
            Who::PersonLost => {
                self.tally.people += 1;
                self.tally.lost += 1;
                self.end(call, crate::pacing::End::Machine);
            }
            Who::Person | Who::MachinePassed => {
                self.tally.people += u64::from(fate.who == Who::Person);
                self.calls[call].stage = Stage::Waiting;
                self.news.push(Input::Human(call as u64));
                if let Some(agent) = self.desk.longest_ready() {
                    return self.connect(call, agent);
                }
                let limits = &self.scenario.limits;
                let from = match fate.answered {
                    Some(answered) if limits.deadline_from_answer => dialed + answered,
                    _ => self.now,
                };
                self.waiting.push_back(call);
                self.note((from + limits.deadline_s).max(self.now), Event::Deadline(call));
            }
        }
    }

    fn end(&mut self, call: usize, end: crate::pacing::End) {
        self.tally.faults += u64::from(end == crate::pacing::End::Fault);
        self.leave(call);
        self.news.push(Input::Ended(call as u64, end));
    }

    fn connect(&mut self, call: usize, agent: usize) {
        self.leave(call);
        let fate = self.calls[call].fate;
        let talk = fate.talk * self.desk.speed(agent);
        self.desk.turn(agent, Doing::Talking { call }, self.now, &mut self.tally);
        match fate.who {
            Who::Person => self.tally.connects += 1,
            _ => self.tally.machines_to_agents += 1,
        }
        self.note(self.now + talk, Event::TalkOver(agent));
        self.news.push(Input::Connected(call as u64, agent as u32));
    }

    fn abandon(&mut self, call: usize) {
        if self.calls[call].stage != Stage::Waiting {
            return;
        }
        self.waiting.retain(|&waiting| waiting != call);
        self.leave(call);
        self.tally.abandons += u64::from(self.calls[call].fate.who == Who::Person);
        self.news.push(Input::Abandoned(call as u64));
    }

    fn leave(&mut self, call: usize) {
        self.calls[call].stage = Stage::Gone;
        self.out -= 1;
    }

    /// Places the calls the lines take.
    fn dial(&mut self, wanted: usize) {
        let scenario = self.scenario;
        let per_second = scenario.starts_per_second();
        self.starts.saved =
            (self.starts.saved + per_second * (self.now - self.starts.counted)).min(per_second);
        self.starts.counted = self.now;
        let late = self.now > scenario.day_s - scenario.limits.stop_before_end_s;
        let free = (scenario.max_lines() as usize).saturating_sub(self.out + self.desk.talking());
        let taken = if late { 0 } else { wanted.min(free).min(self.starts.saved as usize) };
        self.tally.refused += (wanted - taken) as u64;
        if taken == 0 {
            return;
        }
        self.starts.saved -= taken as f64;
        let rate = answer_rate(scenario, self.luck, self.number, self.now);
        for _ in 0..taken {
            let number = self.dials_before + self.tally.dials;
            let fate = fate(scenario, self.luck, number, self.now, rate);
            let call = self.calls.len();
            self.calls.push(Call { fate, dialed: self.now, stage: Stage::Out });
            self.out += 1;
            self.tally.dials += 1;
            if let Some(answered) = fate.answered {
                self.note(self.now + answered, Event::Answer(call));
            }
            self.note(self.now + fate.known, Event::Verdict(call));
            self.news.push(Input::Dialed(call as u64));
        }
    }
}
