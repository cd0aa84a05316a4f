//! What the flow says in an answered call, and what the debtor makes of it.

use std::time::{Duration, Instant};

use super::party::{Seat, Whom, Wiring};
use super::state::{Call, State};
use super::timers::Timer;
use super::{Input, Output, StopReason};
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::verdict::{Features, Heard, Verdict};
use crate::domain::{Announcement, Outcome};
use crate::ivr::{self, Mark, PromptNo};

impl Call {
    pub(super) fn while_talking(&mut self, now: Instant, input: Input) {
        match input {
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            Input::PlayEnded { prompt, percent, length } => {
                if percent == 100 {
                    self.timers.set(Timer::Tail, now + self.limits.tail);
                }
                self.prompt_ended(now, prompt, percent, length);
                self.follow_flow(now);
            }
            Input::Unsaid { prompt } => self.unsaid(now, prompt),
            Input::Digit(digit) => {
                self.journal.stamp(now, |s| &mut s.first_key);
                if self.was_to_have_an_agent() {
                    return self.seek_after_all(now);
                }
                self.journal.machine = false; // a key press proves a human
                self.tell_flow(now, ivr::Input::Digit(digit));
            }
            Input::Heard(heard) => self.heard(now, heard),
            Input::AgentConnected(seat) => self.agent_came(now, seat),
            Input::NoAgent(Seat::First) => {
                self.wire(Wiring::default());
                self.tell_flow(now, ivr::Input::NoAgent);
            }
            // The flow speaks: the agents of this call are gone.
            Input::NoAgent(Seat::Second) | Input::AgentGone { .. } | Input::Desk(..) | Input::Referred => {}
            Input::Ended(word) => self.they_hung_up(now, word),
            Input::Broken(_) => self.broke(now),
            Input::MediaLost => self.hang_up(now, HungUpBy::Network),
            Input::NoMedia => self.no_media(now),
            Input::Stop(reason) => self.stopped(now, reason),
            // A refusal belongs to the INVITE and can't follow its 2xx; provisionals may be late by reordering.
            Input::Refused(_) | Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
        }
    }

    /// All is said: the call ends by itself in a moment, whatever comes, or now by what the far end does.
    pub(super) fn while_parting(&mut self, now: Instant, input: Input) {
        match input {
            Input::Ended(word) => self.they_hung_up(now, word),
            Input::Broken(_) => self.broke(now),
            Input::AgentConnected(seat) => self.release(seat),
            // The late end of a prompt that was cut before the last.
            Input::PlayEnded { prompt, percent, length } => self.note_play(prompt, percent, length),
            Input::FirstAudio => self.journal.stamp(now, |s| &mut s.first_audio),
            // As while leaving: what is heard or pressed now changes nothing.
            Input::Digit(_) | Input::Heard(_) | Input::Unsaid { .. } => {}
            Input::MediaLost | Input::NoMedia | Input::Stop(_) => {}
            Input::AgentGone { .. } | Input::Desk(..) | Input::NoAgent(_) | Input::Referred => {}
            Input::Refused(_) | Input::Trying | Input::Ringing | Input::EarlyMedia | Input::Answered => {}
        }
    }

    /// Silence where something should be told, and a menu after it, would only puzzle him: the call ends.
    fn unsaid(&mut self, now: Instant, prompt: PromptNo) {
        if self.playing == Some(prompt) {
            self.playing = None;
        }
        self.journal.unsaid = true;
        self.hang_up(now, HungUpBy::Us);
    }

    pub(super) fn they_hung_up(&mut self, now: Instant, word: FinalWord) {
        self.journal.last_word = word;
        self.journal.hung_up_by = HungUpBy::Callee;
        self.leave(now, true);
    }

    pub(super) fn broke(&mut self, now: Instant) {
        self.journal.hung_up_by = HungUpBy::Network;
        self.leave(now, true);
    }

    pub(super) fn stopped(&mut self, now: Instant, reason: StopReason) {
        match reason {
            StopReason::Drain | StopReason::Hold | StopReason::Paid | StopReason::Unrecorded => {
                self.hang_up(now, HungUpBy::Us);
            }
            // They stop dialling; cutting a person off in mid-sentence helps nobody.
            StopReason::Changed | StopReason::Counted | StopReason::KillSwitch => {}
            // He has answered: another agent is sought, or the flow speaks.
            StopReason::NoAgent => {}
        }
    }

    /// The detector changes the flow when it knows. A key pressed before has settled the matter, and so has a talk with
    /// an agent: the flow ignores the machine then, and so do the notes.
    fn heard(&mut self, now: Instant, heard: Heard) {
        if self.journal.has_talked() {
            return;
        }
        let (verdict, features) = match heard {
            Heard::Announced { says, .. } => return self.announced(now, says),
            Heard::BeepEnded { .. } => return self.tell_flow(now, ivr::Input::BeepEnded),
            Heard::BeepStarted { .. } => return,
            Heard::FellSilent { .. } => return self.tell_flow(now, ivr::Input::SilenceHeard),
            Heard::SpokeAgain { .. } => return self.tell_flow(now, ivr::Input::SpeechResumed),
            Heard::Verdict { verdict, features, .. } => (verdict, features),
        };
        let proved_human = self.journal.stamps.first_key.is_some();
        match verdict {
            Verdict::Machine if !proved_human => {
                (self.journal.machine, self.journal.spoke) = (true, true);
                self.tell_flow(now, ivr::Input::MachineHeard);
            }
            Verdict::Busy | Verdict::Congestion => self.line_is_busy(now),
            Verdict::Fax => self.fax(now, features),
            Verdict::Sit => self.nobody_there(now, Outcome::NoAnswer),
            Verdict::Human if self.was_to_have_an_agent() => self.seek_after_all(now),
            Verdict::Human => {
                self.journal.spoke = true;
                if std::mem::take(&mut self.journal.machine) {
                    self.tell_flow(now, ivr::Input::HumanHeard);
                }
            }
            Verdict::Machine | Verdict::Music => {}
            Verdict::Ringback | Verdict::Silence | Verdict::Unsure => {}
        }
    }

    /// The line's own tone. Whoever had spoken or pressed a key has hung up, which some gateways tell by this alone. Before any
    /// word the number is busy.
    pub(super) fn line_is_busy(&mut self, now: Instant) {
        if self.journal.spoke || self.journal.stamps.first_key.is_some() {
            return self.hang_up(now, HungUpBy::Callee);
        }
        self.journal.line_says = Some(Outcome::Busy);
        self.hang_up(now, HungUpBy::Us);
    }

    /// A fax that answers has a number that is no telephone's. The tone of one that calls is no such proof, for machines beep so.
    pub(super) fn fax(&mut self, now: Instant, features: Features) {
        if features.tone_hz.is_some_and(|hertz| hertz >= ANSWERING_FAX_HZ) {
            return self.nobody_there(now, Outcome::InvalidNumber);
        }
        if self.journal.stamps.first_key.is_none() {
            self.journal.machine |= !self.journal.spoke;
            self.hang_up(now, HungUpBy::Us);
        }
    }

    /// A fax, or the network's information tones, which leave open why nobody is reached. Where
    /// somebody or a machine has spoken before, the call came to what that was. A key pressed before has proved a person.
    pub(super) fn nobody_there(&mut self, now: Instant, outcome: Outcome) {
        if self.journal.stamps.first_key.is_none() {
            self.journal.line_says = Some(outcome).filter(|_| !self.journal.spoke);
            self.hang_up(now, HungUpBy::Us);
        }
    }

    /// The network has answered in the place of the callee, and told why. A key pressed before has proved a person.
    pub(super) fn announced(&mut self, now: Instant, says: Announcement) {
        if self.journal.stamps.first_key.is_none() {
            self.journal.line_says = Some(says.outcome());
            self.hang_up(now, HungUpBy::Us);
        }
    }

    pub(super) fn prompt_ended(&mut self, now: Instant, prompt: PromptNo, percent: u8, length: Duration) {
        self.note_play(prompt, percent, length);
        self.run.handle(now, ivr::Input::PromptEnded { prompt, percent });
    }

    /// The end of the call cut the prompt, unless it had just been played out.
    pub(super) fn prompt_cut(&mut self, now: Instant, prompt: PromptNo, percent: u8, length: Duration) {
        if percent == 100 {
            return self.prompt_ended(now, prompt, percent, length);
        }
        self.note_play(prompt, percent, length);
        self.run.handle(now, ivr::Input::PromptCut { prompt, percent });
    }

    fn note_play(&mut self, prompt: PromptNo, percent: u8, length: Duration) {
        self.journal.note_play(percent, length);
        if self.playing == Some(prompt) {
            self.playing = None;
        }
    }

    pub(super) fn tell_flow(&mut self, now: Instant, input: ivr::Input) {
        self.run.handle(now, input);
        self.follow_flow(now);
    }

    /// Does what the flow wants, as long as the call lives.
    pub(super) fn follow_flow(&mut self, now: Instant) {
        if self.wiring.music && !self.run.seeks_agent() {
            // The flow has waited long enough for an agent and goes on.
            self.wire(Wiring::default());
            self.release(Seat::First);
        }
        while let Some(wish) = self.run.poll() {
            match wish {
                ivr::Output::Say { prompt, utterance, barge_in: _ } => {
                    self.playing = Some(prompt);
                    self.outputs.push_back(Output::Play { prompt, utterance });
                }
                ivr::Output::StopSaying => self.outputs.push_back(Output::StopPlay),
                ivr::Output::Connect { queue, wait, music: _ } => {
                    self.wire(Wiring::MUSIC);
                    self.find(Seat::First, Whom::Queue(queue), wait);
                }
                ivr::Output::HangUp => return self.part(now),
                told @ (ivr::Output::Disposed(_)
                | ivr::Output::Do(_)
                | ivr::Output::Grade(_)
                | ivr::Output::Mark(_)
                | ivr::Output::Promised(_)
                | ivr::Output::Withdrawn) => self.note(told),
            }
        }
    }

    /// The flow is over: hangs up, at once or when its last word has been heard.
    fn part(&mut self, now: Instant) {
        if self.playing.is_none() && self.timers.is_set(Timer::Tail) {
            self.state = State::Parting;
        } else {
            self.hang_up(now, HungUpBy::Us);
        }
    }

    /// A person taken for a machine, in a call meant for an agent.
    fn was_to_have_an_agent(&self) -> bool {
        self.agent.first.is_some() && self.journal.machine
    }

    fn seek_after_all(&mut self, now: Instant) {
        if self.playing.is_some() {
            self.outputs.push_back(Output::StopPlay);
        }
        self.seek(now);
    }

    /// Takes from the flow what it still has to tell; what it wants done comes too late.
    pub(super) fn collect_flow(&mut self) {
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
            ivr::Output::Withdrawn => self.journal.identified = false,
        }
    }
}

/// A fax that answers sends 2100 Hz, one that calls 1100 Hz (ITU-T T.30): what lies above, in Hz, answers.
const ANSWERING_FAX_HZ: u32 = 1600;
