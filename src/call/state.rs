//! One outbound call, from its INVITE to the record of what came of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::journal::Journal;
use super::party::{Party, Wiring};
use super::timers::{Timer, Timers};
use super::{AgentPlan, CallLimits, CallPlan, Input, Output};
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::final_response::read_final;
use crate::domain::verdict::Heard;
use crate::domain::{Fault, Grade, Outcome, RecordingMark};
use crate::ivr::{self, FlowRun, PromptNo};

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The INVITE is out.
    Inviting {
        rang: bool,
    },
    /// We take it back; `why` is what it will have come to.
    Cancelling {
        why: Outcome,
    },
    /// Answered, and meant for an agent; whether by a person is not known yet.
    Judging,
    /// A person waits for an agent: fresh from the answer, or handed on by another (`handed_on`).
    Seeking {
        handed_on: bool,
    },
    /// Answered; the flow speaks.
    Talking,
    /// With an agent, and maybe a second one.
    WithAgent(Party),
    /// The flow has said its last word, which the far end's phone may still be playing.
    Parting,
    /// Ending: `over` on the wire, or waiting for the answer to our BYE; a cut prompt may still report.
    Leaving {
        over: bool,
    },
    Finished,
}

/// One outbound call. Drive it as `style.md` section 3 says: handle, then poll until nothing is left.
#[derive(Debug)]
pub struct Call {
    pub(super) limits: CallLimits,
    pub(super) agent: AgentPlan,
    pub(super) record: bool,
    pub(super) state: State,
    pub(super) run: FlowRun,
    pub(super) playing: Option<PromptNo>,
    /// Who hears whom beside the prompts, as the driver was told last.
    pub(super) wiring: Wiring,
    /// An agent was looked for.
    pub(super) sought: bool,
    /// The agent has paused the recording.
    pub(super) unrecorded: bool,
    pub(super) journal: Journal,
    pub(super) timers: Timers,
    pub(super) outputs: VecDeque<Output>,
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
            agent: plan.agent,
            record: plan.record,
            state: State::Inviting { rang: false },
            run: FlowRun::new(plan.flow, plan.facts, now),
            playing: None,
            wiring: Wiring::default(),
            sought: false,
            unrecorded: false,
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

    /// Whether the debtor has said who he is.
    pub fn identified(&self) -> bool {
        self.journal.identified
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
            // Nobody has said that it is a machine: in doubt it is a person.
            (State::Judging, Timer::Verdict) => self.seek(now),
            (State::Seeking { handed_on }, Timer::Agent) => self.nobody_came(now, handed_on),
            (State::WithAgent(party), Timer::Agent) => self.second_never_came(party),
            // Forgotten: what is said now belongs into the file.
            (State::WithAgent(_), Timer::Silence) => self.record_again(RecordingMark::RanOut),
            (State::Judging | State::Seeking { .. } | State::Talking | State::WithAgent(_), Timer::Talk)
            | (State::Parting, Timer::Tail | Timer::Talk) => self.hang_up(now, HungUpBy::Us),
            (State::Cancelling { why }, Timer::Farewell) => self.finish(now, why),
            (State::Leaving { .. }, Timer::Farewell) => self.settle(now),
            // A prompt ended so long ago, and the flow has gone on.
            (State::Judging | State::Seeking { .. } | State::Talking | State::WithAgent(_), Timer::Tail) => {}
            // A state's timers are cleared when it is left.
            (State::Inviting { .. } | State::Cancelling { .. } | State::Leaving { .. }, Timer::Tail)
            | (State::Parting, Timer::Agent | Timer::Silence | Timer::Verdict)
            | (
                State::Inviting { .. } | State::Cancelling { .. } | State::Leaving { .. } | State::Talking,
                Timer::Agent | Timer::Silence | Timer::Verdict,
            )
            | (State::Inviting { .. } | State::Cancelling { .. } | State::Leaving { .. }, Timer::Talk)
            | (State::Judging, Timer::Agent | Timer::Silence)
            | (State::Seeking { .. }, Timer::Silence | Timer::Verdict)
            | (State::WithAgent(_), Timer::Verdict)
            | (
                State::Cancelling { .. }
                | State::Judging
                | State::Leaving { .. }
                | State::Parting
                | State::Seeking { .. }
                | State::Talking
                | State::WithAgent(_),
                Timer::NoRing | Timer::Ring,
            )
            | (
                State::Inviting { .. }
                | State::Judging
                | State::Parting
                | State::Seeking { .. }
                | State::Talking
                | State::WithAgent(_),
                Timer::Farewell,
            )
            | (
                State::Finished,
                Timer::Agent
                | Timer::Farewell
                | Timer::NoRing
                | Timer::Ring
                | Timer::Silence
                | Timer::Tail
                | Timer::Talk
                | Timer::Verdict,
            ) => {}
        }
    }

    /// Takes what happened.
    pub fn handle(&mut self, now: Instant, input: Input) {
        if let Input::Heard(heard) = input {
            self.journal.note_heard(heard);
        }
        match self.state {
            State::Inviting { rang } => self.while_inviting(now, rang, input),
            State::Cancelling { why } => self.while_cancelling(now, why, input),
            State::Judging => self.while_judging(now, input),
            State::Seeking { handed_on } => self.while_seeking(now, handed_on, input),
            State::Talking => self.while_talking(now, input),
            State::WithAgent(party) => self.with_agent(now, party, input),
            State::Parting => self.while_parting(now, input),
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
            Input::Stop(_) => self.cancel(now, Outcome::Cancelled),
            // The operator says why nobody will answer: the final response would come after the announcement, and less exact.
            Input::Heard(Heard::Announced { says, .. }) => {
                self.journal.line_says = Some(says.outcome());
                self.cancel(now, says.outcome());
            }
            // Early media's other sounds tell of the network; its final response will say what came of the call.
            Input::Heard(_) | Input::Digit(_) | Input::MediaLost | Input::NoMedia => {}
            // Nothing is played and no agent is sought before the answer.
            Input::FirstAudio | Input::PlayEnded { .. } | Input::Unsaid { .. } => {}
            Input::AgentConnected(seat) => self.release(seat),
            Input::AgentGone { .. } | Input::Desk(..) | Input::NoAgent(_) | Input::Referred => {}
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
            Input::Trying | Input::Stop(_) | Input::Heard(_) | Input::Digit(_) => {}
            Input::MediaLost | Input::NoMedia => {}
            Input::FirstAudio | Input::PlayEnded { .. } | Input::Unsaid { .. } => {}
            Input::AgentConnected(seat) => self.release(seat),
            Input::AgentGone { .. } | Input::Desk(..) | Input::NoAgent(_) | Input::Referred => {}
        }
    }

    fn while_leaving(&mut self, now: Instant, over: bool, input: Input) {
        match input {
            Input::PlayEnded { prompt, percent, length } => {
                self.leaving_cut(now, over, prompt, percent, length);
            }
            Input::Unsaid { prompt } => self.leaving_cut(now, over, prompt, 0, Duration::ZERO),
            Input::Ended(word) => {
                self.journal.last_word = word;
                self.leave(now, true);
            }
            Input::Broken(_) | Input::Refused(_) => self.leave(now, true),
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            // The call is ending: nothing said or pressed now changes what came of it.
            Input::Digit(_) | Input::Heard(_) | Input::MediaLost | Input::NoMedia | Input::Stop(_) => {}
            Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
            Input::AgentConnected(seat) => self.release(seat),
            Input::AgentGone { .. } | Input::Desk(..) | Input::NoAgent(_) | Input::Referred => {}
        }
    }

    fn leaving_cut(&mut self, now: Instant, over: bool, prompt: PromptNo, percent: u8, length: Duration) {
        self.prompt_cut(now, prompt, percent, length);
        self.collect_flow();
        if over && self.playing.is_none() {
            self.settle(now);
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
        if self.agent.first.is_some() {
            self.timers.set(Timer::Verdict, now + self.agent.verdict);
            self.state = State::Judging;
        } else {
            self.state = State::Talking;
            self.tell_flow(now, ivr::Input::Begin);
        }
    }

    fn cancel(&mut self, now: Instant, why: Outcome) {
        self.timers.clear_all();
        self.timers.set(Timer::Farewell, now + self.limits.farewell);
        self.journal.hung_up_by = HungUpBy::Us;
        self.outputs.push_back(Output::Cancel);
        self.state = State::Cancelling { why };
    }

    pub(super) fn hang_up(&mut self, now: Instant, by: HungUpBy) {
        self.journal.hung_up_by = by;
        self.outputs.push_back(Output::HangUp);
        self.leave(now, false);
    }

    /// The trunk connects no sound: nobody can be talked to, and it is we who end it.
    pub(super) fn no_media(&mut self, now: Instant) {
        self.journal.no_media = true;
        self.hang_up(now, HungUpBy::Us);
    }

    /// Ends what is played and waits for what is still to be told: the prompt's share, the answer to our BYE.
    pub(super) fn leave(&mut self, now: Instant, over: bool) {
        if !matches!(self.state, State::Leaving { .. }) {
            self.timers.clear_all();
            self.timers.set(Timer::Farewell, now + self.limits.farewell);
            if self.playing.is_some() {
                self.outputs.push_back(Output::StopPlay);
            }
            self.let_agents_go();
        }
        self.state = State::Leaving { over };
        if over && self.playing.is_none() {
            self.settle(now);
        } else if over {
            self.timers.set(Timer::Farewell, now + PROMPT_REPORT);
        }
    }

    fn settle(&mut self, now: Instant) {
        let gone = match self.journal.hung_up_by {
            HungUpBy::Callee => ivr::Input::HungUp,
            HungUpBy::Network | HungUpBy::Us => ivr::Input::CutOff,
        };
        self.run.handle(now, gone);
        self.collect_flow();
        self.journal.settle_agents_talk();
        let outcome = self.journal.outcome_of_answer();
        self.finish(now, outcome);
    }

    fn finish(&mut self, now: Instant, outcome: Outcome) {
        self.timers.clear_all();
        self.state = State::Finished;
        let finished = self.journal.close(now, outcome, &self.run);
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
