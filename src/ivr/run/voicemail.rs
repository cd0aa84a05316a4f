//! A machine has answered: wait out its greeting, then leave the neutral message or nothing.

use std::sync::Arc;
use std::time::Instant;

use super::state::State;
use super::{FlowRun, PROMPT_LIMIT, Says};
use crate::domain::Disposition;
use crate::ivr::step::Target;

impl FlowRun {
    /// The detector takes the callee for a machine.
    pub(super) fn machine_heard(&mut self, now: Instant) {
        if !self.may_be_machine() {
            return;
        }
        self.stop_saying();
        match self.flow.voicemail.as_ref().map(|voicemail| voicemail.wait) {
            Some(wait) => self.set(now, State::Greeting { beeped: false }, wait),
            None => {
                self.state = State::Greeting { beeped: false };
                self.finish(true);
            }
        }
    }

    /// Not a machine after all: the person hears the flow from its notice on.
    pub(super) fn human_heard(&mut self, now: Instant) {
        if matches!(self.state, State::Greeting { .. } | State::Leaving { .. }) {
            self.stop_saying();
            self.follow(now, Target::Step(self.flow.start), None);
        }
    }

    /// The beep tells a machine even where the detector has not said so yet.
    pub(super) fn beep_ended(&mut self, now: Instant) {
        match self.state {
            State::Greeting { .. } => self.leave_message(now, true),
            // The message began in a pause of the greeting, or after a tone before it: this is where it belongs.
            State::Leaving { .. } => {
                self.stop_saying();
                self.leave_message(now, true);
            }
            State::Asking { .. } | State::Idle | State::Saying { .. } | State::Waiting { .. } => {
                self.machine_heard(now);
                if let State::Greeting { .. } = self.state {
                    self.leave_message(now, true);
                }
            }
            // Keys came: there is a person.
            State::Confirming { .. } | State::Connecting { .. } | State::Entering { .. } => {}
            State::Done | State::Reading { .. } => {}
        }
    }

    /// The greeting has ended without a beep.
    pub(super) fn silence_heard(&mut self, now: Instant) {
        if self.state == (State::Greeting { beeped: false }) {
            self.leave_message(now, false);
        }
    }

    /// The greeting had only paused, or the machine has taken no more, or a person has picked up: what was said of the message is
    /// lost, and it waits once more. Who had beeped has to beep again: where a menu follows a beep, silence records nothing.
    pub(super) fn speech_resumed(&mut self, now: Instant) {
        if let State::Leaving { after_beep: beeped, .. } = self.state
            && let Some(wait) = self.flow.voicemail.as_ref().map(|voicemail| voicemail.wait)
        {
            self.stop_saying();
            self.set(now, State::Greeting { beeped }, wait);
        }
    }

    /// The message is over: it was left only if all of it was played.
    pub(super) fn message_ended(&mut self, percent: u8) {
        if percent == 100 {
            self.dispose(Disposition::VoicemailLeft);
        }
        self.finish(true);
    }

    fn leave_message(&mut self, now: Instant, after_beep: bool) {
        let flow = Arc::clone(&self.flow);
        let Some(voicemail) = &flow.voicemail else { return self.finish(true) };
        if let Some(prompt) = self.say(&voicemail.prompt, false, Says::Text) {
            self.set(now, State::Leaving { prompt, after_beep }, PROMPT_LIMIT);
        }
    }

    /// No key has come and the flow still waits for one.
    fn may_be_machine(&self) -> bool {
        let listens = match self.state {
            State::Asking { .. } | State::Idle | State::Saying { .. } | State::Waiting { .. } => true,
            State::Confirming { .. } | State::Connecting { .. } | State::Entering { .. } => false,
            State::Done | State::Greeting { .. } | State::Leaving { .. } | State::Reading { .. } => false,
        };
        listens && !self.person_proved
    }
}
