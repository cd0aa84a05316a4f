//! His phone comes and goes.

use super::{Agent, Step};
use crate::agents::input::Why;
use crate::agents::state::State;

impl Agent {
    pub(super) fn lose_phone(&mut self, step: &mut Step<'_>) {
        self.phone = false;
        match self.state {
            State::Ready => self.turn(step, State::NoAudio, Why::Phone),
            State::Reserved { .. } | State::Ringing { .. } => self.go_on(step, Why::Phone),
            // What was said is still to be written up; without his phone he gets no call after that.
            State::Talking { no } | State::Hold { no } => self.turn(step, State::WrapUp { no }, Why::Phone),
            // He will miss it once he wants to be ready.
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::WrapUp { .. } => {}
        }
    }

    /// Where the phone is called is forgotten; the call that it is in, or that rings at it, is a dialog of its own.
    pub(super) fn lose_registration(&mut self, step: &mut Step<'_>) {
        self.phone = false;
        match self.state {
            State::Ready => self.turn(step, State::NoAudio, Why::Phone),
            State::Reserved { .. } if !self.on_the_line => self.go_on(step, Why::Phone),
            State::Reserved { .. } | State::Ringing { .. } | State::Talking { .. } | State::Hold { .. } => {}
            // He will miss it once he wants to be ready.
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::WrapUp { .. } => {}
        }
    }

    pub(super) fn find_phone(&mut self, step: &mut Step<'_>) {
        self.phone = true;
        match self.state {
            State::NoAudio => self.turn(step, State::Ready, Why::Phone),
            State::LoggedOut | State::Away { .. } | State::Ready | State::Reserved { .. } => {}
            State::Ringing { .. } | State::Talking { .. } | State::Hold { .. } | State::WrapUp { .. } => {}
        }
    }
}
