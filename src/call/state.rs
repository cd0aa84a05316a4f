//! One outbound call, from its INVITE to the record of what came of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::journal::Journal;
use super::timers::{Timer, Timers};
use super::{CallLimits, CallPlan, Input, Output, StopReason};
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::final_response::read_final;
use crate::domain::verdict::{Heard, Verdict};
use crate::domain::{Fault, Grade, Outcome};
use crate::ivr::{self, FlowRun, Mark, PromptNo};

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The INVITE is out.
    Inviting {
        rang: bool,
    },
    /// We take it back; `why` is what it will have come to.
    Cancelling {
        why: Outcome,
    },
    /// Answered; the flow speaks.
    Talking,
    /// Ending: `over` on the wire, or waiting for the answer to our BYE; a cut prompt may still report.
    Leaving {
        over: bool,
    },
    Finished,
}

/// One outbound call. Drive it as `style.md` section 3 says: handle, then poll until nothing is left.
#[derive(Debug)]
pub struct Call {
    limits: CallLimits,
    record: bool,
    state: State,
    run: FlowRun,
    playing: Option<PromptNo>,
    journal: Journal,
    timers: Timers,
    outputs: VecDeque<Output>,
}

impl Call {
    /// A call that wants its INVITE sent. `now` and `wall` are the same moment on two clocks.
    pub fn new(plan: CallPlan, now: Instant, wall: Timestamp) -> Self {
        let mut journal = Journal::new(now, wall);
        journal.stamps.invite = Some(wall);
        let mut timers = Timers::default();
        timers.set(Timer::NoRing, now + plan.limits.no_ring);
        timers.set(Timer::Ring, now + plan.limits.ring);
        Self {
            limits: plan.limits,
            record: plan.record,
            state: State::Inviting { rang: false },
            run: FlowRun::new(plan.flow, plan.facts, now),
            playing: None,
            journal,
            timers,
            outputs: VecDeque::from([Output::Place]),
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timers`](Self::handle_timers); nothing once the call is finished.
    pub fn next_timer(&self) -> Option<Instant> {
        let flow = if self.state == State::Talking { self.run.next_timer() } else { None };
        self.timers.next().into_iter().chain(flow).min()
    }

    /// Whether it ever rang: then a failure is no reason to try another trunk.
    pub fn rang(&self) -> bool {
        self.journal.stamps.ringing.is_some() || self.journal.stamps.early_media.is_some()
    }

    /// Lets what is due by `now` happen.
    pub fn handle_timers(&mut self, now: Instant) {
        while let Some(timer) = self.timers.pop_due(now) {
            self.handle_timer(now, timer);
        }
        if self.state == State::Talking {
            self.run.handle_timers(now);
            self.follow_flow(now);
        }
    }

    fn handle_timer(&mut self, now: Instant, timer: Timer) {
        match (self.state, timer) {
            // 100 and silence, or not even that: the trunk swallowed the call.
            (State::Inviting { .. }, Timer::NoRing) => self.cancel(now, Outcome::Failed(Fault::Trunk)),
            (State::Inviting { .. }, Timer::Ring) => self.cancel(now, Outcome::NoAnswer),
            (State::Talking, Timer::Talk) => self.hang_up(now, HungUpBy::Us),
            (State::Cancelling { why }, Timer::Farewell) => self.finish(now, why),
            (State::Leaving { .. }, Timer::Farewell) => self.settle(now),
            // A state's timers are cleared when it is left.
            (State::Inviting { .. } | State::Cancelling { .. } | State::Leaving { .. }, Timer::Talk)
            | (
                State::Cancelling { .. } | State::Leaving { .. } | State::Talking,
                Timer::NoRing | Timer::Ring,
            )
            | (State::Inviting { .. } | State::Talking, Timer::Farewell)
            | (State::Finished, Timer::Farewell | Timer::NoRing | Timer::Ring | Timer::Talk) => {}
        }
    }

    /// Takes what happened.
    pub fn handle(&mut self, now: Instant, input: Input) {
        match self.state {
            State::Inviting { rang } => self.while_inviting(now, rang, input),
            State::Cancelling { why } => self.while_cancelling(now, why, input),
            State::Talking => self.while_talking(now, input),
            State::Leaving { over } => self.while_leaving(now, over, input),
            State::Finished => {} // said once, and last: whatever comes later is the leg's to clean up
        }
    }

    fn while_inviting(&mut self, now: Instant, rang: bool, input: Input) {
        match input {
            Input::Trying => self.journal.stamp(now, |s| &mut s.trying),
            Input::Ringing => {
                self.journal.stamp(now, |s| &mut s.ringing);
                self.heard_of();
            }
            Input::EarlyMedia => {
                self.journal.stamp(now, |s| &mut s.early_media);
                self.heard_of();
            }
            Input::Answered => self.begin_talk(now),
            Input::Refused(word) => {
                let outcome = refused(&word, rang);
                self.journal.last_word = word;
                self.finish(now, outcome);
            }
            Input::Broken(fault) => self.finish(now, Outcome::Failed(fault)),
            // The leg answered and ended in one breath: a person may have picked up and heard nothing.
            Input::Ended(word) => {
                self.journal.stamp(now, |s| &mut s.answer);
                self.journal.last_word = word;
                self.finish(now, Outcome::Abandoned);
            }
            Input::Stop(StopReason::Drain | StopReason::Hold | StopReason::KillSwitch | StopReason::Paid) => {
                self.cancel(now, Outcome::Cancelled);
            }
            // Early media's sounds tell of the network; its final response will say what came of the call.
            Input::Heard(_) | Input::Digit(_) | Input::MediaLost => {}
            // Nothing is played and no agent is sought before the answer.
            Input::FirstAudio | Input::PlayEnded { .. } | Input::AgentConnected | Input::NoAgent => {}
        }
    }

    fn while_cancelling(&mut self, now: Instant, why: Outcome, input: Input) {
        match input {
            // The 200 crossed our CANCEL on the wire: somebody picked up and is dropped, which counts as a call.
            Input::Answered => {
                self.journal.stamp(now, |s| &mut s.answer);
                self.hang_up(now, HungUpBy::Us);
            }
            Input::Ended(word) => {
                self.journal.stamp(now, |s| &mut s.answer);
                self.journal.last_word = word;
                self.finish(now, Outcome::Abandoned);
            }
            Input::Refused(word) => {
                self.journal.last_word = word;
                self.finish(now, why);
            }
            Input::Broken(_) => self.finish(now, why),
            Input::Ringing | Input::EarlyMedia => self.journal.stamp(now, |s| &mut s.ringing),
            // Already on its way out.
            Input::Trying | Input::Stop(_) | Input::Heard(_) | Input::Digit(_) | Input::MediaLost => {}
            Input::FirstAudio | Input::PlayEnded { .. } | Input::AgentConnected | Input::NoAgent => {}
        }
    }

    fn while_talking(&mut self, now: Instant, input: Input) {
        match input {
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            Input::PlayEnded { prompt, percent, length } => {
                self.prompt_ended(now, prompt, percent, length);
                self.follow_flow(now);
            }
            Input::Digit(digit) => {
                self.journal.stamp(now, |s| &mut s.first_key);
                self.journal.machine = false; // a key press proves a human
                self.tell_flow(now, ivr::Input::Digit(digit));
            }
            Input::Heard(heard) => self.heard(now, heard),
            Input::AgentConnected => self.tell_flow(now, ivr::Input::AgentConnected),
            Input::NoAgent => self.tell_flow(now, ivr::Input::NoAgent),
            Input::Ended(word) => {
                self.journal.last_word = word;
                self.journal.hung_up_by = HungUpBy::Callee;
                self.leave(now, true);
            }
            Input::Broken(_) => {
                self.journal.hung_up_by = HungUpBy::Network;
                self.leave(now, true);
            }
            Input::MediaLost => self.hang_up(now, HungUpBy::Network),
            Input::Stop(StopReason::Drain | StopReason::Hold | StopReason::Paid) => {
                self.hang_up(now, HungUpBy::Us);
            }
            // The switch stops dialling; cutting a person off in mid-sentence helps nobody.
            Input::Stop(StopReason::KillSwitch) => {}
            // A refusal belongs to the INVITE and can't follow its 2xx; provisionals may be late by reordering.
            Input::Refused(_) | Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
        }
    }

    fn while_leaving(&mut self, now: Instant, over: bool, input: Input) {
        match input {
            Input::PlayEnded { prompt, percent, length } => {
                self.prompt_ended(now, prompt, percent, length);
                self.collect_flow();
                if over && self.playing.is_none() {
                    self.settle(now);
                }
            }
            Input::Ended(word) => {
                self.journal.last_word = word;
                self.leave(now, true);
            }
            Input::Broken(_) | Input::Refused(_) => self.leave(now, true),
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            // The call is ending: nothing said or pressed now changes what came of it.
            Input::Digit(_) | Input::Heard(_) | Input::MediaLost | Input::Stop(_) => {}
            Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
            Input::AgentConnected | Input::NoAgent => {}
        }
    }

    fn heard_of(&mut self) {
        self.timers.clear(Timer::NoRing);
        self.state = State::Inviting { rang: true };
    }

    fn begin_talk(&mut self, now: Instant) {
        self.journal.stamp(now, |s| &mut s.answer);
        self.journal.note_grade(Grade::PickedUp);
        self.timers.clear_all();
        self.timers.set(Timer::Talk, now + self.limits.talk);
        self.state = State::Talking;
        self.tell_flow(now, ivr::Input::Begin);
    }

    /// The detector changes the flow when it knows. A key pressed before has settled the matter: the flow ignores
    /// the machine then, and so do the notes.
    fn heard(&mut self, now: Instant, heard: Heard) {
        let verdict = match heard {
            Heard::BeepEnded { .. } => return self.tell_flow(now, ivr::Input::BeepEnded),
            Heard::BeepStarted { .. } => return,
            Heard::FellSilent { .. } => return self.tell_flow(now, ivr::Input::SilenceHeard),
            Heard::Verdict { verdict, .. } => verdict,
        };
        let proved_human = self.journal.stamps.first_key.is_some();
        match verdict {
            Verdict::Machine if !proved_human => {
                self.journal.machine = true;
                self.tell_flow(now, ivr::Input::MachineHeard);
            }
            Verdict::Busy | Verdict::Congestion | Verdict::Fax | Verdict::Sit if !proved_human => {
                self.journal.machine = true;
                self.hang_up(now, HungUpBy::Us);
            }
            Verdict::Human if self.journal.machine => {
                self.journal.machine = false;
                self.tell_flow(now, ivr::Input::HumanHeard);
            }
            Verdict::Busy | Verdict::Congestion | Verdict::Fax | Verdict::Human => {}
            Verdict::Machine | Verdict::Music => {}
            Verdict::Ringback | Verdict::Silence | Verdict::Sit | Verdict::Unsure => {}
        }
    }

    fn prompt_ended(&mut self, now: Instant, prompt: PromptNo, percent: u8, length: Duration) {
        self.journal.note_play(percent, length);
        if self.playing == Some(prompt) {
            self.playing = None;
        }
        self.run.handle(now, ivr::Input::PromptEnded { prompt, percent });
    }

    fn tell_flow(&mut self, now: Instant, input: ivr::Input) {
        self.run.handle(now, input);
        self.follow_flow(now);
    }

    /// Does what the flow wants, as long as the call lives.
    fn follow_flow(&mut self, now: Instant) {
        while let Some(wish) = self.run.poll() {
            match wish {
                ivr::Output::Say { prompt, utterance, barge_in: _ } => {
                    self.playing = Some(prompt);
                    self.outputs.push_back(Output::Play { prompt, utterance });
                }
                ivr::Output::StopSaying => self.outputs.push_back(Output::StopPlay),
                ivr::Output::Connect { queue, wait, music: _ } => {
                    self.outputs.push_back(Output::FindAgent { queue, wait });
                }
                ivr::Output::HangUp => {
                    self.hang_up(now, HungUpBy::Us);
                    return;
                }
                told @ (ivr::Output::Disposed(_)
                | ivr::Output::Do(_)
                | ivr::Output::Grade(_)
                | ivr::Output::Mark(_)
                | ivr::Output::Promised(_)) => self.note(told),
            }
        }
    }

    /// Takes from the flow what it still has to tell; what it wants done comes too late.
    fn collect_flow(&mut self) {
        while let Some(told) = self.run.poll() {
            self.note(told);
        }
    }

    fn note(&mut self, told: ivr::Output) {
        match told {
            ivr::Output::Disposed(disposition) => self.journal.disposition = Some(disposition),
            ivr::Output::Do(action) => self.outputs.push_back(Output::Do(action)),
            ivr::Output::Grade(grade) => self.journal.note_grade(grade),
            ivr::Output::Mark(Mark::RightParty) => self.journal.identified = true,
            ivr::Output::Mark(Mark::NoticeHeard) => {
                if self.record && self.state == State::Talking {
                    self.outputs.push_back(Output::StartRecording);
                }
            }
            ivr::Output::Promised(on) => self.journal.note_promise(on),
            ivr::Output::Connect { .. } | ivr::Output::HangUp | ivr::Output::Say { .. } => {}
            ivr::Output::StopSaying => {}
        }
    }

    fn cancel(&mut self, now: Instant, why: Outcome) {
        self.timers.clear_all();
        self.timers.set(Timer::Farewell, now + self.limits.farewell);
        self.journal.hung_up_by = HungUpBy::Us;
        self.outputs.push_back(Output::Cancel);
        self.state = State::Cancelling { why };
    }

    fn hang_up(&mut self, now: Instant, by: HungUpBy) {
        self.journal.hung_up_by = by;
        self.outputs.push_back(Output::HangUp);
        self.leave(now, false);
    }

    /// Ends what is played and waits for what is still to be told: the prompt's share, the answer to our BYE.
    fn leave(&mut self, now: Instant, over: bool) {
        if !matches!(self.state, State::Leaving { .. }) {
            self.timers.clear_all();
            self.timers.set(Timer::Farewell, now + self.limits.farewell);
            if self.playing.is_some() {
                self.outputs.push_back(Output::StopPlay);
            }
        }
        self.state = State::Leaving { over };
        if over && self.playing.is_none() {
            self.settle(now);
        } else if over {
            self.timers.set(Timer::Farewell, now + PROMPT_REPORT);
        }
    }

    fn settle(&mut self, now: Instant) {
        self.run.handle(now, ivr::Input::HungUp);
        self.collect_flow();
        let outcome = self.journal.outcome_of_answer();
        self.finish(now, outcome);
    }

    fn finish(&mut self, now: Instant, outcome: Outcome) {
        self.timers.clear_all();
        self.state = State::Finished;
        let finished = self.journal.close(now, outcome, self.run.keys_masked());
        self.outputs.push_back(Output::Finished(Box::new(finished)));
    }
}

/// How long a cut prompt may take to report how much of it was sent.
const PROMPT_REPORT: Duration = Duration::from_millis(500);

/// Reads a refusal. After ringing a carrier's 408 or 500 is most often an unanswered phone, but a fault is not taken
/// for an outcome: only the codes that speak of the callee do.
fn refused(word: &FinalWord, rang: bool) -> Outcome {
    match word.sip_code {
        // No answer to the INVITE at all is the trunk's silence, not the callee's.
        Some(408) if !rang => Outcome::Failed(Fault::Trunk),
        Some(code) => read_final(code),
        None => Outcome::Failed(Fault::Trunk),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::attempt::Finished;
    use crate::domain::{Currency, DebtKind, Disposition, Language, Money, PhoneNumber};
    use crate::ivr::{CallFacts, Flow, Policy};

    /// Says a notice, asks who it is, says the sum, and takes one key for a promise of nothing but goodwill.
    const FLOW: &str = r#"
flow: little
version: 1
languages: [ru]
hours: campaign
defaults: { wait: 5s, tries: 1, barge_in: true, record: after_notice, limit: 2m }
start: hello
steps:
  hello: { notice: [robot, recording], say: { ru: "Это робот. Разговор записывается." }, barge_in: false, then: who }
  who:
    ask: { ru: "Это вы? Если да, нажмите один. Если нет, нажмите ноль." }
    keys: { 1: verified, 0: stop }
    else: silent_end
  verified: { mark: right_party, then: due }
  due: { requires: right_party, say: { ru: "Сумма: {{ debt.amount | money }}." }, then: thanks }
  thanks: { outcome: reminded, say: { ru: "Спасибо." }, then: hangup }
  stop: { outcome: stop_requested, say: { ru: "До свидания." }, then: hangup }
  silent_end: { outcome: not_identified, say: { ru: "До свидания." }, then: hangup }
voicemail:
  enabled: true
  say: { ru: "Пожалуйста, перезвоните." }
  outcome: voicemail_left
"#;

    fn plan() -> CallPlan {
        let file = crate::ivr::read(FLOW).expect("a flow file");
        let flow =
            Flow::check(&file, &Policy::default(), &std::collections::BTreeSet::new()).expect("a sound flow");
        CallPlan {
            flow: Arc::new(flow),
            facts: CallFacts {
                name: None,
                language: Language::Ru,
                creditor: "Водоканал".to_owned(),
                amount: Money::new(100_000, Currency::Rub),
                due: date(2026, 3, 1),
                kind: DebtKind::Overdue,
                callback: PhoneNumber::parse("+78000000000").expect("E.164"),
                today: date(2026, 3, 3),
            },
            limits: CallLimits::default(),
            record: true,
        }
    }

    /// Drives a call through a script of seconds and inputs; every prompt ends 2 s after it began, unless cut.
    /// Gives the timeline, and how the call ended.
    fn drive(script: &[(u64, Input)]) -> (Vec<String>, Option<Finished>) {
        let (mut log, mut end) = (Vec::new(), None);
        let began = std::time::Duration::ZERO;
        let zero = instant();
        let mut call = Call::new(plan(), zero, "2026-03-03T09:00:00Z".parse().expect("a time"));
        let mut script: VecDeque<_> =
            script.iter().map(|(s, input)| (began + Duration::from_secs(*s), input.clone())).collect();
        let mut prompt: Option<(Duration, PromptNo)> = None;
        let mut now = Duration::ZERO;
        for _ in 0..1000 {
            while let Some(output) = call.poll() {
                let note = |what: &str| format!("{}s {what}", now.as_secs());
                match output {
                    Output::Play { prompt: no, .. } => {
                        prompt = Some((now + Duration::from_secs(2), no));
                        log.push(note("Play"));
                    }
                    Output::StopPlay => {
                        prompt = prompt.map(|(at, no)| (at.min(now + Duration::from_millis(20)), no));
                        log.push(note("StopPlay"));
                    }
                    Output::Finished(finished) => {
                        log.push(note(&format!("Finished {}", finished.outcome.code())));
                        end = Some(*finished);
                    }
                    other => log.push(note(&format!("{other:?}"))),
                }
            }
            let timer = call.next_timer().map(|at| at - zero);
            let next_input = script.front().map(|(at, _)| *at);
            let prompt_end = prompt.map(|(at, _)| at);
            let Some(at) = timer.into_iter().chain(next_input).chain(prompt_end).min() else { break };
            now = now.max(at);
            if prompt_end.is_some_and(|end| end <= now) {
                let (_, no) = prompt.take().expect("a prompt plays");
                let ended = Input::PlayEnded { prompt: no, percent: 100, length: Duration::from_secs(2) };
                call.handle(zero + now, ended);
            } else if next_input.is_some_and(|at| at <= now) {
                let (_, input) = script.pop_front().expect("an input is due");
                call.handle(zero + now, input);
            } else {
                call.handle_timers(zero + now);
            }
        }
        (log, end)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant can't be made otherwise; only differences are used"
    )]
    fn instant() -> Instant {
        Instant::now()
    }

    fn word(code: u16) -> FinalWord {
        FinalWord { sip_code: Some(code), reason: None, q850: None }
    }

    fn bye() -> Input {
        Input::Ended(FinalWord::default())
    }

    #[test]
    fn an_answer_that_crosses_our_cancel_is_hung_up_and_counts_as_abandoned() {
        let (log, end) = drive(&[(3, Input::Ringing), (41, Input::Answered), (42, bye())]);
        assert_eq!(log, ["0s Place", "40s Cancel", "41s HangUp", "42s Finished abandoned"]);
        assert!(end.expect("an end").stamps.answer.is_some());
    }

    #[test]
    fn a_trunk_that_swallows_the_call_is_at_fault() {
        let (log, _) = drive(&[(1, Input::Trying), (21, Input::Refused(word(487)))]);
        assert_eq!(log, ["0s Place", "20s Cancel", "21s Finished failed_trunk"]);
    }

    #[test]
    fn nobody_answers_and_the_carrier_never_confirms_our_cancel() {
        let (log, _) = drive(&[(2, Input::Ringing)]);
        assert_eq!(log, ["0s Place", "40s Cancel", "73s Finished no_answer"]);
    }

    #[test]
    fn the_right_person_hears_the_sum() {
        let script = [
            (2, Input::Ringing),
            (5, Input::Answered),
            (5, Input::FirstAudio),
            (8, Input::Digit('1')),
            (20, bye()),
        ];
        let (log, end) = drive(&script);
        let end = end.expect("an end");
        assert_eq!(end.outcome, Outcome::Answered);
        assert_eq!(end.disposition, Some(Disposition::Reminded));
        assert!(end.identified);
        assert!(end.grades.contains(&Grade::AmountHeard), "{:?} in {log:?}", end.grades);
        assert!(log.contains(&"7s StartRecording".to_owned()), "recording begins after the notice: {log:?}");
    }

    #[test]
    fn a_person_left_in_silence_is_abandoned() {
        let (_, end) = drive(&[(2, Input::Ringing), (5, Input::Answered), (6, bye())]);
        assert_eq!(end.expect("an end").outcome, Outcome::Abandoned);
    }

    #[test]
    fn a_machine_gets_the_message_after_its_beep() {
        let machine = |at_ms| Heard::Verdict { verdict: Verdict::Machine, at_ms, confidence: 0.9 };
        let script = [
            (5, Input::Answered),
            (5, Input::FirstAudio),
            (7, Input::Heard(machine(2000))),
            (12, Input::Heard(Heard::BeepEnded { at_ms: 7000 })),
            (30, bye()),
        ];
        let (_, end) = drive(&script);
        let end = end.expect("an end");
        assert_eq!((end.outcome, end.disposition), (Outcome::Machine, Some(Disposition::VoicemailLeft)));
        assert_eq!(end.channel, crate::domain::Channel::Voicemail);
        assert!(!end.identified);
    }

    #[test]
    fn a_payment_takes_a_ringing_call_back() {
        let (log, end) =
            drive(&[(2, Input::Ringing), (4, Input::Stop(StopReason::Paid)), (5, Input::Refused(word(487)))]);
        assert_eq!(log, ["0s Place", "4s Cancel", "5s Finished cancelled"]);
        assert_eq!(end.expect("an end").hung_up_by, HungUpBy::Us);
    }

    fn inputs() -> impl Strategy<Value = Vec<(u64, Input)>> {
        let input = prop_oneof![
            Just(Input::Trying),
            Just(Input::Ringing),
            Just(Input::EarlyMedia),
            Just(Input::Answered),
            Just(Input::FirstAudio),
            Just(Input::MediaLost),
            Just(Input::NoAgent),
            Just(bye()),
            Just(Input::Broken(Fault::Trunk)),
            (300_u16..700).prop_map(|code| Input::Refused(word(code))),
            "[0-9*#]".prop_map(|key| Input::Digit(key.chars().next().expect("one key"))),
            Just(Input::Heard(Heard::Verdict { verdict: Verdict::Machine, at_ms: 1, confidence: 1.0 })),
            Just(Input::Heard(Heard::BeepEnded { at_ms: 2 })),
            prop_oneof![Just(StopReason::Paid), Just(StopReason::KillSwitch), Just(StopReason::Drain)]
                .prop_map(Input::Stop),
        ];
        proptest::collection::vec((0_u64..120, input), 0..30).prop_map(|mut script| {
            script.sort_by_key(|(at, _)| *at);
            script
        })
    }

    proptest! {
        #[test]
        fn every_call_finishes_exactly_once_and_last(script in inputs()) {
            let (log, _) = drive(&script);
            prop_assert_eq!(log.iter().filter(|line| line.contains("Finished")).count(), 1, "{:?}", log);
            prop_assert!(log.last().is_some_and(|line| line.contains("Finished")), "{:?}", log);
        }

        #[test]
        fn nothing_is_said_before_the_answer(script in inputs()) {
            let (log, end) = drive(&script);
            let answered = end.is_some_and(|end| end.stamps.answer.is_some());
            prop_assert!(answered || !log.iter().any(|line| line.contains("Play")), "{:?}", log);
        }
    }
}
