//! The agent's part of a call: a person is judged, waits, talks, is held, handed on, and never left alone.

use std::time::{Duration, Instant};

use super::party::{Desk, Party, Seat, Second, Whom, Wiring, WishNo};
use super::state::{Call, State};
use super::timers::Timer;
use super::{Input, Output, StopReason};
use crate::domain::attempt::HungUpBy;
use crate::domain::verdict::{Features, Heard, Verdict};
use crate::domain::{Outcome, RecordingMark};
use crate::ivr::{self, FlowRun};

impl Call {
    pub(super) fn while_judging(&mut self, now: Instant, input: Input) {
        match input {
            Input::Heard(Heard::Verdict { verdict, features, .. }) => self.judged(now, verdict, features),
            Input::Digit(_) => {
                self.journal.stamp(now, |s| &mut s.first_key);
                self.seek(now);
            }
            // The beep is a machine's, whatever was thought before.
            Input::Heard(beep @ (Heard::BeepStarted { .. } | Heard::BeepEnded { .. })) => {
                self.take_for_machine(now);
                if let Heard::BeepEnded { .. } = beep {
                    self.tell_flow(now, ivr::Input::BeepEnded);
                }
            }
            Input::Heard(Heard::Announced { says, .. }) => self.announced(now, says),
            // Silence is no verdict.
            Input::Heard(Heard::FellSilent { .. } | Heard::SpokeAgain { .. }) => {}
            Input::Ended(word) => self.they_hung_up(now, word),
            Input::Broken(_) => self.broke(now),
            Input::MediaLost => self.hang_up(now, HungUpBy::Network),
            Input::NoMedia => self.no_media(now),
            Input::Stop(reason) => self.stopped(now, reason),
            Input::AgentConnected(seat) => self.release(seat),
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            // Nothing is said yet and nobody is sought.
            Input::PlayEnded { .. } | Input::Unsaid { .. } => {}
            Input::NoAgent(_) | Input::AgentGone { .. } | Input::Desk(..) | Input::Referred => {}
            // A refusal can't follow a 2xx; provisionals may be late by reordering.
            Input::Refused(_) | Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
        }
    }

    fn judged(&mut self, now: Instant, verdict: Verdict, features: Features) {
        match verdict {
            Verdict::Human | Verdict::Unsure => self.seek(now),
            Verdict::Machine => self.take_for_machine(now),
            Verdict::Busy | Verdict::Congestion => self.line_is_busy(now),
            Verdict::Fax => self.fax(now, features),
            Verdict::Sit => self.nobody_there(now, Outcome::NoAnswer),
            // Not said yet: the time limit decides.
            Verdict::Music | Verdict::Ringback | Verdict::Silence => {}
        }
    }

    /// The flow speaks to the machine: it waits for the beep and leaves its message, or hangs up.
    fn take_for_machine(&mut self, now: Instant) {
        (self.journal.machine, self.journal.spoke) = (true, true);
        self.timers.clear(Timer::Verdict);
        self.state = State::Talking;
        self.tell_flow(now, ivr::Input::MachineHeard);
    }

    /// A person is on the line: an agent is needed at once.
    pub(super) fn seek(&mut self, now: Instant) {
        (self.journal.machine, self.journal.spoke) = (false, true);
        self.timers.clear(Timer::Verdict);
        let wait = self.agent.clock.after_verdict(self.agent.deadline, self.journal.since_answer(now));
        self.timers.set(Timer::Agent, now + wait);
        self.state = State::Seeking { handed_on: false };
        let whom = Whom::Queue(self.agent.first.clone().unwrap_or_default());
        self.find(Seat::First, whom, wait);
    }

    pub(super) fn while_seeking(&mut self, now: Instant, handed_on: bool, input: Input) {
        match input {
            Input::AgentConnected(Seat::First) => self.agent_came(now, Seat::First),
            Input::AgentConnected(Seat::Second) => self.release(Seat::Second),
            Input::NoAgent(Seat::First) => self.nobody_came(now, handed_on),
            // He talks to somebody else now, over the trunk alone.
            Input::Referred if handed_on => self.hang_up(now, HungUpBy::Us),
            Input::Referred => {}
            Input::Digit(_) => self.journal.stamp(now, |s| &mut s.first_key),
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            Input::Ended(word) => self.they_hung_up(now, word),
            Input::Broken(_) => self.broke(now),
            Input::MediaLost => self.hang_up(now, HungUpBy::Network),
            Input::NoMedia => self.no_media(now),
            Input::Stop(reason) => self.stopped(now, reason),
            // Who waits is a person: the search settled that.
            Input::Heard(_) | Input::PlayEnded { .. } | Input::Unsaid { .. } => {}
            Input::NoAgent(Seat::Second) | Input::AgentGone { .. } | Input::Desk(..) => {}
            Input::Refused(_) | Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
        }
    }

    /// The agent sought is on the line.
    pub(super) fn agent_came(&mut self, now: Instant, seat: Seat) {
        // A flow that has gone on, or says good-bye, wants none any more.
        let wanted = match self.state {
            State::Seeking { .. } => true,
            State::Talking => self.run.seeks_agent(),
            State::Cancelling { .. } | State::Finished | State::Inviting { .. } | State::Judging => false,
            State::Leaving { .. } | State::Parting | State::WithAgent(_) => false,
        };
        if seat != Seat::First || !wanted {
            return self.release(seat);
        }
        if self.state == State::Talking {
            self.run.handle(now, ivr::Input::AgentConnected);
            self.collect_flow();
        }
        self.journal.talked(now);
        if self.record {
            // The agent's first words are the notice; after a flow's own notice it runs already.
            self.outputs.push_back(Output::StartRecording);
        }
        self.timers.clear_all();
        self.timers.set(Timer::Talk, now + self.agent.talk);
        self.turn(Party::default());
    }

    /// Nobody came in time. Fresh from the answer he is counted as abandoned and hears the neutral flow all the same;
    /// whoever was handed on hears the apology.
    pub(super) fn nobody_came(&mut self, now: Instant, handed_on: bool) {
        if handed_on {
            return self.apologise(now);
        }
        self.journal.unserved = true;
        self.wire(Wiring::default());
        self.release(Seat::First);
        self.timers.clear(Timer::Agent);
        self.timers.set(Timer::Talk, now + self.limits.talk);
        self.state = State::Talking;
        self.run.handle(now, ivr::Input::Begin);
        // Where a machine was suspected before, the flow has begun already and begins anew.
        self.tell_flow(now, ivr::Input::HumanHeard);
    }

    pub(super) fn with_agent(&mut self, now: Instant, party: Party, input: Input) {
        match input {
            // Whoever has to know what came of it asks `wish` himself.
            Input::Desk(seat, wish) => drop(self.wish(now, seat, wish)),
            Input::AgentConnected(Seat::Second) if party.second == Second::Sought => {
                self.timers.clear(Timer::Agent);
                self.turn(Party { second: Second::Asked, ..party });
            }
            Input::AgentConnected(seat) => self.release(seat),
            Input::NoAgent(Seat::Second) => self.second_never_came(party),
            Input::AgentGone { seat: Seat::First, lost } => self.first_gone(now, party, lost),
            Input::AgentGone { seat: Seat::Second, .. } => drop(self.second_leaves(party)),
            Input::Digit(_) => self.journal.stamp(now, |s| &mut s.first_key),
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            Input::Ended(word) => self.they_hung_up(now, word),
            Input::Broken(_) => self.broke(now),
            Input::MediaLost => self.hang_up(now, HungUpBy::Network),
            Input::NoMedia => self.no_media(now),
            // The agent is told by his desk, and thanks.
            Input::Stop(StopReason::Paid) => {}
            Input::Stop(reason) => self.stopped(now, reason),
            // The late end of a prompt that the agent cut; sounds tell nothing new.
            Input::PlayEnded { prompt, percent, length } => self.prompt_ended(now, prompt, percent, length),
            Input::Unsaid { prompt } => self.prompt_ended(now, prompt, 0, Duration::ZERO),
            // He was left to somebody outside, and the two talk over the trunk alone.
            Input::Referred => self.hang_up(now, HungUpBy::Us),
            Input::Heard(_) | Input::NoAgent(Seat::First) => {}
            Input::Refused(_) | Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
        }
    }

    /// Does what an agent of the call wants.
    ///
    /// # Errors
    /// Why nothing is done.
    pub fn wish(&mut self, now: Instant, seat: Seat, wish: Desk) -> Result<(), WishNo> {
        match (self.state, seat) {
            (State::WithAgent(party), Seat::First) => self.first_wants(now, party, wish),
            (State::WithAgent(party), Seat::Second) => self.second_wants(party, &wish),
            // No agent talks with him.
            (
                State::Inviting { .. } | State::Cancelling { .. } | State::Judging | State::Seeking { .. },
                _,
            )
            | (State::Talking | State::Parting | State::Leaving { .. } | State::Finished, _) => {
                Err(WishNo::NotNow)
            }
        }
    }

    /// Whether an agent may seek somebody now, whoever it is.
    ///
    /// # Errors
    /// Why not.
    pub fn may_seek(&self, seat: Seat) -> Result<(), WishNo> {
        match (self.state, seat) {
            (State::WithAgent(Party { second: Second::None, .. }), Seat::First) => Ok(()),
            (State::WithAgent(_), Seat::First) => Err(WishNo::SecondThere),
            (State::WithAgent(_), Seat::Second) => Err(WishNo::NotFirst),
            (
                State::Inviting { .. } | State::Cancelling { .. } | State::Judging | State::Seeking { .. },
                _,
            )
            | (State::Talking | State::Parting | State::Leaving { .. } | State::Finished, _) => {
                Err(WishNo::NotNow)
            }
        }
    }

    fn first_wants(&mut self, now: Instant, party: Party, wish: Desk) -> Result<(), WishNo> {
        match (wish, party.second) {
            (Desk::HangUp, _) => self.hang_up(now, HungUpBy::Us),
            (Desk::Hold, Second::None | Second::Joined) => self.turn(Party { held: true, ..party }),
            (Desk::Resume, Second::None | Second::Joined) => self.turn(Party { held: false, ..party }),
            // The debtor waits already while somebody is asked.
            (Desk::Hold, Second::Asked | Second::Sought) => {}
            (Desk::Identified, _) => self.journal.identified = true,
            (Desk::Mute(muted), _) => self.outputs.push_back(Output::Mute(Seat::First, muted)),
            (Desk::Record(on), _) => self.silence(now, on),
            (Desk::Transfer(whom), Second::None) => self.hand_on(now, whom),
            (Desk::Consult(whom), Second::None) => {
                let wait = self.ring_for(&whom);
                self.timers.set(Timer::Agent, now + wait);
                self.turn(Party { second: Second::Sought, ..party });
                self.find(Seat::Second, whom, wait);
            }
            // One second agent at a time.
            (Desk::Transfer(_) | Desk::Consult(_), Second::Asked | Second::Joined | Second::Sought) => {
                return Err(WishNo::SecondThere);
            }
            (Desk::Complete, Second::Asked | Second::Joined) => self.promote(),
            (Desk::Join, Second::Asked) => self.turn(Party { held: false, second: Second::Joined }),
            (Desk::Join, Second::Joined) => {}
            (Desk::Return, Second::Asked | Second::Joined | Second::Sought) => {
                self.timers.clear(Timer::Agent);
                self.release(Seat::Second);
                self.turn(Party::default());
            }
            (Desk::Resume, Second::Asked | Second::Sought)
            | (Desk::Complete | Desk::Join, Second::None | Second::Sought)
            | (Desk::Return, Second::None) => return Err(WishNo::NotNow),
        }
        Ok(())
    }

    /// Who is asked beside says for himself whether he stays and is heard; the rest is his colleague's to say.
    fn second_wants(&mut self, party: Party, wish: &Desk) -> Result<(), WishNo> {
        match wish {
            Desk::HangUp => self.second_leaves(party),
            Desk::Mute(muted) => {
                self.outputs.push_back(Output::Mute(Seat::Second, *muted));
                Ok(())
            }
            Desk::Complete | Desk::Consult(_) | Desk::Hold | Desk::Identified | Desk::Join => {
                Err(WishNo::NotFirst)
            }
            Desk::Record(_) | Desk::Resume | Desk::Return | Desk::Transfer(_) => Err(WishNo::NotFirst),
        }
    }

    /// The second agent is gone, and the first one's talk goes on; on hold stays who was on hold by the first one's will.
    fn second_leaves(&mut self, party: Party) -> Result<(), WishNo> {
        match party.second {
            Second::Asked | Second::Joined => {
                self.release(Seat::Second);
                let held = party.held && party.second == Second::Joined;
                self.turn(Party { held, second: Second::None });
                Ok(())
            }
            Second::None | Second::Sought => Err(WishNo::NotNow),
        }
    }

    /// How long whoever is sought may ring: somebody outside as long as any telephone.
    fn ring_for(&self, whom: &Whom) -> Duration {
        match whom {
            Whom::Agent(_) | Whom::Queue(_) => self.agent.ring,
            Whom::Outside(_) => self.limits.ring,
        }
    }

    /// The first agent leaves, somebody else is sought; the debtor hears music.
    fn hand_on(&mut self, now: Instant, whom: Whom) {
        // The pause was his who leaves.
        self.record_again(RecordingMark::AgentLeft);
        self.wire(Wiring::MUSIC);
        self.release(Seat::First);
        let wait = self.ring_for(&whom);
        self.timers.set(Timer::Agent, now + wait);
        self.state = State::Seeking { handed_on: true };
        self.find(Seat::First, whom, wait);
    }

    /// The second agent takes the first one's place.
    fn promote(&mut self) {
        // The pause was his who leaves.
        self.record_again(RecordingMark::AgentLeft);
        self.wire(Wiring::MUSIC);
        self.release(Seat::First);
        self.outputs.push_back(Output::Promote);
        self.turn(Party::default());
    }

    fn first_gone(&mut self, now: Instant, party: Party, lost: bool) {
        match party.second {
            Second::Asked | Second::Joined => self.promote(),
            Second::Sought => {
                self.release(Seat::Second);
                self.apologise(now);
            }
            Second::None if lost => self.apologise(now),
            Second::None => self.hang_up(now, HungUpBy::Us),
        }
    }

    pub(super) fn second_never_came(&mut self, party: Party) {
        if party.second == Second::Sought {
            self.timers.clear(Timer::Agent);
            self.release(Seat::Second);
            self.turn(Party::default());
        }
    }

    /// Nobody talks with the debtor any more: the automaton says so and books a call.
    fn apologise(&mut self, now: Instant) {
        // The pause was his who leaves.
        self.record_again(RecordingMark::AgentLeft);
        self.wire(Wiring::default());
        self.release(Seat::First);
        let Some(apology) = self.agent.apology.clone() else { return self.hang_up(now, HungUpBy::Us) };
        self.timers.clear_all();
        self.timers.set(Timer::Talk, now + self.limits.talk);
        self.run = FlowRun::new(apology, self.run.facts().clone(), now);
        self.state = State::Talking;
        self.tell_flow(now, ivr::Input::Begin);
    }

    /// Silences the recording for a while (`on` is false), or lets it go on. Where nothing is recorded nothing is silenced.
    fn silence(&mut self, now: Instant, on: bool) {
        if on {
            self.record_again(RecordingMark::Resumed);
        } else if self.record && !std::mem::replace(&mut self.unrecorded, true) {
            self.timers.set(Timer::Silence, now + self.agent.unrecorded);
            self.outputs.push_back(Output::Record(RecordingMark::Paused));
        }
    }

    /// Ends a pause of the recording, if there is one.
    pub(super) fn record_again(&mut self, why: RecordingMark) {
        self.timers.clear(Timer::Silence);
        if std::mem::take(&mut self.unrecorded) {
            self.outputs.push_back(Output::Record(why));
        }
    }

    fn turn(&mut self, party: Party) {
        self.state = State::WithAgent(party);
        self.wire(party.wiring());
    }

    pub(super) fn find(&mut self, seat: Seat, whom: Whom, wait: Duration) {
        self.sought = true;
        self.outputs.push_back(Output::FindAgent { seat, whom, wait });
    }

    /// Tells the driver who hears whom from now on.
    pub(super) fn wire(&mut self, wiring: Wiring) {
        if self.wiring != wiring {
            self.wiring = wiring;
            self.outputs.push_back(Output::Wire(wiring));
        }
    }

    /// An agent has no part in the call any more, or is not sought.
    pub(super) fn release(&mut self, seat: Seat) {
        self.outputs.push_back(Output::Release(seat));
    }

    /// The call is over for its agents before it is on the wire.
    pub(super) fn let_agents_go(&mut self) {
        if !self.sought {
            return;
        }
        self.wire(Wiring::default());
        self.release(Seat::First);
        self.release(Seat::Second);
    }
}
