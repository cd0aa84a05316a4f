//! The pacer: dials while one more person would find nobody no more often than the budget affords.

use std::time::{Duration, Instant};

use super::super::budget::{Budget, Earlier};
use super::super::faults::Faults;
use super::super::lines::Lines;
use super::super::steering::Steering;
use super::agents::{Agents, Doing};
use super::balance::Balance;
use super::calls::Calls;
use super::input::{AgentNumber, End, Input};
use super::learn::Rate;
use super::lessons::Lessons;
use super::outlook::{Chances, MOMENTS, Outlook};
use super::plan::Plan;
use super::why::{Decision, Mode, Why};

/// One campaign's pacing. Events come in by `handle`, calls to start go out by `decide`.
#[derive(Clone, Debug)]
pub struct Pacer {
    plan: Plan,
    origin: Instant,
    agents: Agents,
    calls: Calls,
    lines: Lines,
    faults: Faults,
    budget: Budget,
    steering: Steering,
    outlook: Outlook,
    /// Seconds after `origin` at which the outlook is computed anew.
    outlook_due: f64,
    /// Time that agents were logged in since the last lesson, and the moment up to which it is counted.
    attended: f64,
    attended_to: f64,
}

/// Seconds an outlook serves, and at first, when it is this share of the time since the beginning.
const OUTLOOK_SERVES: f64 = 60.0;
const OUTLOOK_AT_FIRST: f64 = 2.0;
const OUTLOOK_SHARE: f64 = 0.1;
/// The next question, if nothing happens before.
const WAKE: Duration = Duration::from_millis(500);
/// Calls of one decision; more wait for the next.
const MOST_AT_ONCE: usize = 400;
/// Seconds after which a call that has not failed shows that the line works.
const YOUNG: f64 = 2.0;
/// Of the part of the shift in which nothing is dialled any more, the seconds in which people still answer.
const LAST_ANSWERS: f64 = 14.0;

impl Pacer {
    pub fn new(plan: Plan, now: Instant) -> Self {
        let (agents, calls) = (Agents::new(), Calls::new());
        Self {
            origin: now,
            outlook: Outlook::new(&plan, &agents, &calls),
            outlook_due: 0.0,
            attended: 0.0,
            attended_to: 0.0,
            lines: Lines::new(plan.max_lines, plan.starts_per_second, 0.0),
            faults: Faults::default(),
            budget: Budget::new(plan.cap, plan.agents, plan.shift),
            steering: Steering::new(plan.cap),
            agents,
            calls,
            plan,
        }
    }

    /// Notes what happened. What does not fit what is known (a call nobody dialled) changes nothing.
    pub fn handle(&mut self, now: Instant, input: Input) {
        let now = self.seconds(now);
        self.attend(now);
        match input {
            Input::DayBegan => self.begin_day(now),
            // Its agents log out one by one.
            Input::DayEnded => {}
            Input::LoggedIn(agent) | Input::Away(agent) => self.agents.turn(agent, Doing::Away, now),
            Input::Ready(agent) => self.agents.turn(agent, Doing::Ready, now),
            Input::Taken(agent) => self.agents.turn(agent, Doing::Taken, now),
            Input::LoggedOut(agent) => self.agents.leave(agent),
            Input::Dialed(call) => self.calls.dialed(call, now),
            Input::Answered(call) => {
                self.faults.worked();
                self.calls.answered(call, now);
            }
            Input::Human(call) => {
                if self.calls.human(call, now) {
                    self.budget.answered(now);
                }
            }
            Input::Ended(call, why) => {
                match why {
                    End::Fault => self.faults.failed(now),
                    _ => self.faults.worked(),
                }
                self.calls.ended(call, why, now);
            }
            Input::Connected(call, agent) => {
                self.agents.turn(agent, Doing::Talking, now);
                if self.calls.leave(call) {
                    self.learn_price(now, false);
                }
            }
            Input::Abandoned(call) => {
                if self.calls.leave(call) {
                    self.budget.abandoned(now);
                    self.learn_price(now, true);
                }
            }
            Input::Withdrawn(call) => self.calls.withdrawn(call),
            Input::HungUp(agent) => self.agents.turn(agent, Doing::WrappingUp, now),
            Input::Overran(agent) => self.agents.overrun(agent),
            Input::WrappedUp(agent) => self.agents.wrapped_up(agent, now),
        }
    }

    /// How many calls to start now, and when to ask again. The starts are taken as made.
    pub fn decide(&mut self, now: Instant) -> Decision {
        let at = self.seconds(now);
        let (dial, why) = self.weigh(at);
        self.lines.take(dial);
        Decision { dial, wake: now + WAKE, why }
    }

    /// People answered and abandoned within the window so far.
    pub fn counts(&self, now: Instant) -> (u64, u64) {
        let (answered, abandoned) = self.budget.counts(self.seconds(now));
        (answered as u64, abandoned as u64)
    }

    /// What was learned since the last time this was asked, to be kept for other days.
    pub fn take_lessons(&mut self, now: Instant) -> Lessons {
        let now = self.seconds(now);
        self.attend(now);
        let mut lessons = Lessons::default();
        let people = self.calls.tell(now, &mut lessons);
        let goes_away = self.agents.tell(&mut lessons);
        lessons.note_people(people, std::mem::take(&mut self.attended), goes_away);
        lessons
    }

    /// Begins with what was learned on other days, and with the people whom this day or the window has met already.
    pub fn recall(&mut self, now: Instant, lessons: &Lessons, earlier: &[Earlier]) {
        let now = self.seconds(now);
        self.calls.recall(lessons);
        self.agents.recall(lessons);
        if let Some(pace) = lessons.pace() {
            self.budget.expect(pace * f64::from(self.plan.agents));
        }
        self.budget.carry(now, earlier);
        self.outlook_due = now;
    }

    /// Whether the agent talks to one of these calls.
    pub fn talks(&self, agent: AgentNumber) -> bool {
        self.agents.does(agent) == Some(Doing::Talking)
    }

    /// Counts the agents' time up to now.
    fn attend(&mut self, now: f64) {
        self.attended += self.agents.logged_in() as f64 * (now - self.attended_to).max(0.0);
        self.attended_to = now;
    }

    fn begin_day(&mut self, now: f64) {
        self.agents.begin_day();
        self.calls.begin_day();
        self.lines.begin_day(now);
        self.budget.begin_day(now);
        self.faults = Faults::default();
        self.outlook_due = now;
    }

    fn weigh(&mut self, now: f64) -> (usize, Why) {
        self.look_ahead(now);
        let exposure = self.calls.exposure(now);
        self.calls.rate.settle(exposure);
        let (ready, talking) = (self.agents.count(Doing::Ready), self.agents.count(Doing::Talking));
        let rate = self.calls.rate.rate(exposure);
        let outlay = Steering::outlay(&self.budget, now, self.answering(now));
        let mut why = Why {
            mode: self.mode(now),
            ready,
            talking,
            logged_in: self.agents.logged_in(),
            at_hand: self.agents.at_hand(),
            calls_out: self.calls.count(),
            waiting: self.calls.waiting(),
            room: self.lines.room(now, self.calls.count() + talking).min(MOST_AT_ONCE),
            answer_rate: rate.usual,
            spendable: outlay.spendable,
            expected: outlay.expected,
            ..Why::default()
        };
        let dial = match why.mode {
            Mode::Resting => 0,
            // Whatever the budget affords, there is nobody to talk to.
            _ if self.agents.all_taken() => 0,
            Mode::Progressive => ready.saturating_sub(why.calls_out),
            Mode::Predictive | Mode::Faulty => {
                why.accepted =
                    self.steering.accepted(outlay, why.waiting, why.calls_out as f64 * why.answer_rate);
                self.predict(&mut why, rate, now)
            }
        };
        (dial.min(self.unasked(now)).min(why.room), why)
    }

    /// Calls to start until one more person would find nobody too often, be the answer rate as high as it may or
    /// as low.
    fn predict(&self, why: &mut Why, rate: Rate, now: f64) -> usize {
        let rates = [rate.low, rate.high];
        let mut futures = rates.map(|rate| self.balances(rate, now));
        why.risk = risk(&futures);
        let (mut dial, mut risk_now) = (0, why.risk);
        while dial < why.room && risk_now <= why.accepted {
            for (balances, rate) in futures.iter_mut().zip(rates) {
                for (balance, due) in balances.iter_mut().zip(self.outlook.fresh) {
                    balance.take(rate * due);
                }
            }
            dial += 1;
            risk_now = risk(&futures);
        }
        dial
    }

    /// Agents against people, at each moment ahead, with the calls that are out.
    fn balances(&self, rate: f64, now: f64) -> [Balance; MOMENTS] {
        let stays = self.agents.stays();
        let busy = self.agents.present().filter(|agent| agent.doing != Doing::Ready && !agent.overran);
        let freeing: Vec<Chances> = busy.map(|agent| self.outlook.freeing(agent, stays, now)).collect();
        let ready = self.agents.count(Doing::Ready);
        let mut balances: [Balance; MOMENTS] =
            std::array::from_fn(|nth| Balance::new(ready, freeing.iter().map(|chances| chances[nth])));
        for call in self.calls.out() {
            let due = self.outlook.due(call, &self.calls, rate, now);
            for (balance, due) in balances.iter_mut().zip(due) {
                balance.take(due);
            }
        }
        balances
    }

    fn mode(&self, now: f64) -> Mode {
        // A breath early, so that no call is refused for a rounded clock.
        let over = self.budget.left(now) <= self.plan.stop_before_end.as_secs_f64() + 0.01;
        match self.agents.at_hand() {
            0 => Mode::Resting,
            _ if over => Mode::Resting,
            _ if self.faults.allow(now).is_some() => Mode::Faulty,
            few if few < self.plan.predictive_from as usize => Mode::Progressive,
            // Where everybody answers at once, a guess is too many.
            _ if !self.calls.tells_something() => Mode::Progressive,
            _ => Mode::Predictive,
        }
    }

    /// Calls the line may be asked to carry while it is faulty; any number while it is not.
    fn unasked(&self, now: f64) -> usize {
        let young = || self.calls.out().filter(|call| now - call.dialed < YOUNG).count();
        self.faults.allow(now).map_or(usize::MAX, |calls| calls.saturating_sub(young()))
    }

    fn look_ahead(&mut self, now: f64) {
        if now >= self.outlook_due {
            self.agents.settle(now);
            self.calls.settle(now);
            self.outlook = Outlook::new(&self.plan, &self.agents, &self.calls);
            // What little is known at first is soon out of date.
            self.outlook_due = now + (OUTLOOK_SHARE * now).clamp(OUTLOOK_AT_FIRST, OUTLOOK_SERVES);
        }
    }

    fn learn_price(&mut self, now: f64, abandoned: bool) {
        let outlay = Steering::outlay(&self.budget, now, self.answering(now));
        self.steering.learn(outlay, abandoned);
    }

    /// Seconds of the shift in which people will still answer.
    fn answering(&self, now: f64) -> f64 {
        self.budget.left(now) - self.plan.stop_before_end.as_secs_f64() + LAST_ANSWERS
    }

    fn seconds(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.origin).as_secs_f64()
    }
}

/// Chance that one more person finds nobody, over all moments and answer rates.
fn risk(futures: &[[Balance; MOMENTS]]) -> f64 {
    let balances = futures.iter().flatten();
    balances.map(Balance::nobody).sum::<f64>() / (futures.len() * MOMENTS) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::budget::{Cap, Window};
    use super::super::plan::Clock;
    use super::*;

    fn plan() -> Plan {
        Plan {
            agents: 8,
            cap: Cap { share: 0.03, window: Window::Day, lost_to_detection: 0.0 },
            deadline: Duration::from_secs(2),
            clock: Clock::Verdict,
            max_lines: 12,
            starts_per_second: 3.0,
            shift: Duration::from_secs(3_600),
            stop_before_end: Duration::from_secs(45),
            predictive_from: 3,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
    fn origin() -> Instant {
        Instant::now()
    }

    /// Any event, of few agents and calls so that they meet, in no order that makes sense.
    fn inputs() -> impl Strategy<Value = Vec<(u64, Input)>> {
        let end =
            prop::sample::select(vec![End::Busy, End::Fault, End::Invalid, End::Machine, End::NoAnswer]);
        let input = (0..16_u8, 0..6_u32, 0..30_u64, end).prop_map(|(kind, agent, call, end)| match kind {
            0 => Input::LoggedOut(agent),
            1 => Input::DayEnded,
            2 => Input::LoggedIn(agent),
            3 | 4 => Input::Ready(agent),
            5 => Input::Away(agent),
            6 | 7 => Input::Dialed(call),
            8 => Input::Answered(call),
            9 => Input::Human(call),
            10 => Input::Ended(call, end),
            11 => Input::Connected(call, agent),
            12 => Input::Abandoned(call),
            13 => Input::Overran(agent),
            14 => Input::Taken(agent),
            _ => {
                if agent % 2 == 0 {
                    Input::HungUp(agent)
                } else {
                    Input::WrappedUp(agent)
                }
            }
        });
        prop::collection::vec((0..4_000_u64, input), 0..300)
    }

    proptest! {
        #[test]
        fn whatever_happens_the_lines_and_the_rate_are_kept_and_nobody_is_dialled_without_agents(
            script in inputs(),
        ) {
            let start = origin();
            let (mut now, mut pacer) = (start, Pacer::new(plan(), start));
            pacer.handle(now, Input::DayBegan);
            let mut starts: Vec<Instant> = Vec::new();
            for (step, input) in script {
                now += Duration::from_millis(step);
                pacer.handle(now, input);
                let Decision { dial, wake, why } = pacer.decide(now);
                prop_assert!(why.calls_out + why.talking + dial <= 12 || dial == 0, "{:?}", why);
                prop_assert!(dial == 0 || why.at_hand > 0, "{:?}", why);
                prop_assert!(wake > now);
                starts.extend(std::iter::repeat_n(now, dial));
            }
            // A second's worth may be saved up: two fit into a second, no more.
            for (nth, &first) in starts.iter().enumerate() {
                let within = starts[nth..].iter().take_while(|&&at| at - first < Duration::from_secs(1));
                prop_assert!(within.count() <= 6);
            }
        }

        #[test]
        fn the_abandoned_are_those_told_of_who_were_people_and_waited(script in inputs()) {
            let start = origin();
            let (mut now, mut pacer) = (start, Pacer::new(plan(), start));
            pacer.handle(now, Input::DayBegan);
            let mut out = std::collections::BTreeMap::new();
            let (mut people, mut abandoned) = (0, 0);
            for (step, input) in script {
                now += Duration::from_millis(step);
                pacer.handle(now, input);
                match input {
                    Input::Dialed(call) => drop(out.insert(call, false)),
                    Input::Human(call) => {
                        if let Some(person) = out.get_mut(&call).filter(|person| !**person) {
                            (*person, people) = (true, people + 1);
                        }
                    }
                    Input::Abandoned(call) => abandoned += u64::from(out.remove(&call) == Some(true)),
                    Input::Connected(call, _) | Input::Ended(call, _) => drop(out.remove(&call)),
                    _ => {}
                }
            }
            prop_assert_eq!(pacer.counts(now), (people, abandoned));
        }
    }

    #[test]
    fn few_agents_are_dialled_for_one_by_one() {
        let start = origin();
        let mut pacer = Pacer::new(plan(), start);
        let begin =
            [Input::DayBegan, Input::LoggedIn(0), Input::Ready(0), Input::LoggedIn(1), Input::Ready(1)];
        begin.into_iter().for_each(|input| pacer.handle(start, input));
        let decision = pacer.decide(start + Duration::from_secs(2));
        assert_eq!((decision.dial, decision.why.mode), (2, Mode::Progressive));
    }

    #[test]
    fn who_is_stuck_in_a_wrap_up_or_away_is_not_counted_for_prediction() {
        let start = origin();
        let mut pacer = Pacer::new(plan(), start);
        let mode = |pacer: &mut Pacer, inputs: &[Input]| {
            inputs.iter().for_each(|input| pacer.handle(start, *input));
            pacer.decide(start).why.mode
        };
        let three = [Input::DayBegan, Input::Ready(0), Input::Ready(1), Input::HungUp(2)];
        assert_eq!(mode(&mut pacer, &three), Mode::Progressive, "nothing is known of today's list");
        let dials = (0..10).flat_map(|call| [Input::Dialed(call), Input::Ended(call, End::NoAnswer)]);
        let known: Vec<Input> = dials.collect();
        assert_eq!(mode(&mut pacer, &known[..18]), Mode::Progressive);
        assert_eq!(mode(&mut pacer, &known[18..]), Mode::Predictive, "a wrap-up within its time counts");
        assert_eq!(mode(&mut pacer, &[Input::Overran(2)]), Mode::Progressive);
        assert_eq!(mode(&mut pacer, &[Input::WrappedUp(2), Input::Ready(2)]), Mode::Predictive);
        assert_eq!(mode(&mut pacer, &[Input::Taken(0)]), Mode::Predictive, "he works");
        assert_eq!(mode(&mut pacer, &[Input::Away(1)]), Mode::Progressive);
        assert_eq!(mode(&mut pacer, &[Input::Away(0), Input::Away(2)]), Mode::Resting);
    }

    #[test]
    fn nobody_is_dialled_while_all_are_in_the_calls_of_others() {
        let start = origin();
        // A house that may abandon whom it likes.
        let cap = Cap { share: 0.9, window: Window::Day, lost_to_detection: 0.0 };
        let mut pacer = Pacer::new(Plan { cap, ..plan() }, start);
        let dials = (0..10).flat_map(|call| [Input::Dialed(call), Input::Ended(call, End::NoAnswer)]);
        let begin = [Input::DayBegan, Input::Taken(0), Input::Taken(1), Input::Taken(2)];
        begin.into_iter().chain(dials).for_each(|input| pacer.handle(start, input));
        let Decision { dial, why, .. } = pacer.decide(start + Duration::from_secs(2));
        assert_eq!((dial, why.mode), (0, Mode::Predictive));
        pacer.handle(start, Input::Ready(0));
        assert!(pacer.decide(start + Duration::from_secs(4)).dial > 0);
    }

    #[test]
    fn ready_agents_get_calls_when_the_budget_is_spent() {
        let start = origin();
        let mut pacer = Pacer::new(Plan { agents: 20, max_lines: 100, ..plan() }, start);
        pacer.handle(start, Input::DayBegan);
        // Three of sixty people were lost, which is more than the hour may lose.
        for call in 0..200 {
            pacer.handle(start, Input::Dialed(call));
            match call {
                0..3 => [Input::Human(call), Input::Abandoned(call)].map(|input| pacer.handle(start, input)),
                3..60 => {
                    [Input::Human(call), Input::Connected(call, 99)].map(|input| pacer.handle(start, input))
                }
                _ => [Input::Ended(call, End::NoAnswer), Input::LoggedOut(99)]
                    .map(|input| pacer.handle(start, input)),
            };
        }
        (0..20).for_each(|agent| pacer.handle(start, Input::Ready(agent)));
        let (mut now, mut dialed) = (start + Duration::from_secs(3_300), 0);
        for _ in 0..20 {
            let Decision { dial, why, .. } = pacer.decide(now);
            assert!(why.accepted < 1e-4, "{why:?}");
            (0..dial).for_each(|nth| pacer.handle(now, Input::Dialed(1_000 + dialed + nth as u64)));
            dialed += dial as u64;
            now += Duration::from_millis(500);
        }
        assert!((10..=40).contains(&dialed), "{dialed} calls for twenty agents who wait");
    }

    #[test]
    fn in_the_first_minute_ready_agents_get_calls_but_no_burst() {
        let start = origin();
        let mut pacer = Pacer::new(plan(), start);
        pacer.handle(start, Input::DayBegan);
        for agent in 0..4 {
            pacer.handle(start, Input::LoggedIn(agent));
            pacer.handle(start, Input::Ready(agent));
        }
        let (mut dialed, mut now) = (0, start);
        for _ in 0..20 {
            now += Duration::from_millis(500);
            let dial = pacer.decide(now).dial;
            (0..dial).for_each(|nth| pacer.handle(now, Input::Dialed((dialed + nth) as u64)));
            dialed += dial;
        }
        assert!((4..=11).contains(&dialed), "{dialed}");
    }
}
