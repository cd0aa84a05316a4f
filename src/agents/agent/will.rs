//! What an agent wants: to be at work, to rest, to go. In a call it comes after it.

use std::sync::Arc;

use super::{Agent, Next, Step};
use crate::agents::input::{Event, Refusal, Why};
use crate::agents::state::{LOGGED_IN, State};

impl Agent {
    /// What he does once the call and its wrap-up are over.
    pub(super) fn wish(&mut self, step: &mut Step<'_>, next: Next) {
        if self.next != next {
            self.next = next;
            let then = match &self.next {
                Next::Away(code) => Some(State::Away { code: Arc::clone(code) }),
                Next::LogOut => Some(State::LoggedOut),
                Next::Ready => None,
            };
            self.tell(step, Event::Wishes { then });
        }
    }

    pub(super) fn log_in(&mut self, step: &mut Step<'_>) {
        match self.state {
            State::LoggedOut => self.turn(step, State::Away { code: LOGGED_IN.into() }, Why::Agent),
            // He has thought better of logging out.
            State::Reserved { .. }
            | State::Ringing { .. }
            | State::Talking { .. }
            | State::Hold { .. }
            | State::WrapUp { .. } => {
                if self.next == Next::LogOut {
                    self.wish(step, Next::Ready);
                }
            }
            State::Away { .. } | State::NoAudio | State::Ready => {}
        }
    }

    pub(super) fn log_out(&mut self, step: &mut Step<'_>) {
        match self.state {
            State::LoggedOut => {}
            State::Away { .. } | State::NoAudio | State::Ready => {
                self.turn(step, State::LoggedOut, Why::Agent);
            }
            State::Reserved { .. } | State::Ringing { .. } | State::Talking { .. } | State::Hold { .. } => {
                self.wish(step, Next::LogOut);
            }
            State::WrapUp { .. } => {
                self.wish(step, Next::LogOut);
                if self.is_written_up(step) {
                    self.go_on(step, Why::Agent);
                }
            }
        }
    }

    pub(super) fn go_away(&mut self, step: &mut Step<'_>, code: Arc<str>) -> Result<(), Refusal> {
        if !step.plan.pauses.contains_key(&code) {
            return Err(Refusal::NoSuchPause);
        }
        match self.state {
            State::LoggedOut => return Err(Refusal::NotLoggedIn),
            State::Away { .. } | State::NoAudio | State::Ready => {
                self.turn(step, State::Away { code }, Why::Agent);
            }
            State::Reserved { .. } | State::Ringing { .. } | State::Talking { .. } | State::Hold { .. } => {
                self.wish(step, Next::Away(code));
            }
            State::WrapUp { .. } => {
                self.wish(step, Next::Away(code));
                if self.is_written_up(step) {
                    self.go_on(step, Why::Agent);
                }
            }
        }
        Ok(())
    }

    pub(super) fn be_ready(&mut self, step: &mut Step<'_>) -> Result<(), Refusal> {
        match self.state {
            State::LoggedOut => return Err(Refusal::NotLoggedIn),
            State::Away { .. } => self.settle(step, Why::Agent),
            State::NoAudio | State::Ready => {}
            State::Reserved { .. } | State::Ringing { .. } | State::Talking { .. } | State::Hold { .. } => {
                self.wish(step, Next::Ready);
            }
            State::WrapUp { .. } if self.is_written_up(step) => {
                self.wish(step, Next::Ready);
                self.go_on(step, Why::Agent);
            }
            State::WrapUp { .. } => return Err(Refusal::DispositionFirst),
        }
        Ok(())
    }
}
