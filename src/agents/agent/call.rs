//! His call: rung, talked, held, hung up, written up.

use super::{Agent, Next, Step};
use crate::agents::input::{Event, Refusal, Why};
use crate::agents::state::{MISSED, ReservationNo, State};

impl Agent {
    pub(super) fn ring(&mut self, step: &mut Step<'_>, no: ReservationNo) -> Result<(), Refusal> {
        match self.state {
            State::Reserved { .. } => self.turn(step, State::Ringing { no }, Why::Call),
            State::Ringing { .. } => {}
            State::Talking { .. } | State::Hold { .. } | State::WrapUp { .. } => return Err(Refusal::NotNow),
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    /// His phone is on the line before the debtor is: he is reserved as before.
    pub(super) fn pick_up(&mut self, step: &mut Step<'_>, no: ReservationNo) -> Result<(), Refusal> {
        match self.state {
            State::Reserved { .. } => (self.missed, self.on_the_line) = (0, true),
            State::Ringing { .. } => {
                (self.missed, self.on_the_line) = (0, true);
                self.turn(step, State::Reserved { no }, Why::Call);
                // Who takes longer to pick up than he is kept for is let go at once.
                self.due = self.kept_until.max(Some(step.now));
            }
            State::Talking { .. } | State::Hold { .. } | State::WrapUp { .. } => return Err(Refusal::NotNow),
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    pub(super) fn miss(&mut self, step: &mut Step<'_>, why: Why) -> Result<(), Refusal> {
        match self.state {
            State::Reserved { .. } | State::Ringing { .. } => self.give_up_ringing(step, why),
            State::Talking { .. } | State::Hold { .. } | State::WrapUp { .. } => return Err(Refusal::NotNow),
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    pub(super) fn talk(&mut self, step: &mut Step<'_>, no: ReservationNo, owes: bool) -> Result<(), Refusal> {
        match self.state {
            State::Reserved { .. } | State::Ringing { .. } => {
                (self.owes, self.disposed, self.ran_out, self.missed) = (owes, false, false, 0);
                self.turn(step, State::Talking { no }, Why::Call);
            }
            // Whom he stood by has left him the call.
            State::Talking { .. } => self.owes |= owes,
            State::Hold { .. } | State::WrapUp { .. } => return Err(Refusal::NotNow),
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    pub(super) fn hold(&mut self, step: &mut Step<'_>, no: ReservationNo) -> Result<(), Refusal> {
        match self.state {
            State::Talking { .. } => self.turn(step, State::Hold { no }, Why::Agent),
            State::Hold { .. } => {}
            State::Reserved { .. } | State::Ringing { .. } | State::WrapUp { .. } => {
                return Err(Refusal::NotNow);
            }
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    pub(super) fn resume(&mut self, step: &mut Step<'_>, no: ReservationNo) -> Result<(), Refusal> {
        match self.state {
            State::Hold { .. } => self.turn(step, State::Talking { no }, Why::Agent),
            State::Talking { .. } => {}
            State::Reserved { .. } | State::Ringing { .. } | State::WrapUp { .. } => {
                return Err(Refusal::NotNow);
            }
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    pub(super) fn hang_up(&mut self, step: &mut Step<'_>, no: ReservationNo, why: Why) {
        match self.state {
            // It never came to a talk.
            State::Reserved { .. } => self.go_on(step, why),
            State::Ringing { .. } => self.stop_ringing(step, why),
            State::Talking { .. } | State::Hold { .. } => self.turn(step, State::WrapUp { no }, why),
            State::WrapUp { .. } => {}
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {}
        }
    }

    /// The call that he is to write up goes on without him: until it is over nothing can be written, and his time stands. No
    /// call goes on for longer than a talk.
    pub(super) fn stand(&mut self, step: &Step<'_>) {
        if matches!(self.state, State::WrapUp { .. }) && self.owes && !self.disposed {
            (self.stands, self.due) = (true, Some(step.now + step.plan.limits.talk));
        }
    }

    /// The call can be written up, or somebody else does: his time begins.
    pub(super) fn begin_wrap_up(&mut self, step: &mut Step<'_>, no: ReservationNo) {
        if std::mem::take(&mut self.stands) {
            self.due = Some(step.now + step.plan.limits.wrap_up);
            self.tell(step, Event::WrapUpBegan { no });
        }
    }

    pub(super) fn dispose(&mut self, step: &mut Step<'_>) -> Result<(), Refusal> {
        match self.state {
            State::Talking { .. } | State::Hold { .. } => self.disposed = true,
            State::WrapUp { .. } => {
                self.disposed = true;
                self.waited_for(step, Why::Agent);
            }
            State::Reserved { .. } | State::Ringing { .. } => return Err(Refusal::NotNow),
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    pub(super) fn excuse(&mut self, step: &mut Step<'_>) -> Result<(), Refusal> {
        match self.state {
            State::Talking { .. } | State::Hold { .. } => self.owes = false,
            State::WrapUp { no } => {
                self.owes = false;
                self.begin_wrap_up(step, no);
                self.waited_for(step, Why::Call);
            }
            State::Reserved { .. } | State::Ringing { .. } => return Err(Refusal::NotNow),
            State::LoggedOut | State::Away { .. } | State::NoAudio | State::Ready => {
                return Err(Refusal::Stale);
            }
        }
        Ok(())
    }

    /// Nothing is left to write: he goes on where only that was waited for.
    pub(super) fn waited_for(&mut self, step: &mut Step<'_>, why: Why) {
        let in_vain = self.ran_out && step.plan.limits.auto_ready;
        if in_vain || *self.wants() != Next::Ready {
            self.go_on(step, why);
        }
    }

    /// The call has ended while his phone rang: chance the first time, and his absence when it goes on.
    pub(super) fn stop_ringing(&mut self, step: &mut Step<'_>, why: Why) {
        self.missed += 1;
        if self.missed >= step.plan.limits.missed {
            self.give_up_ringing(step, Why::Missed);
        } else {
            self.go_on(step, why);
        }
    }

    /// Rung in vain: he is not at his desk, and the next call must not wait for him.
    pub(super) fn give_up_ringing(&mut self, step: &mut Step<'_>, why: Why) {
        self.missed = 0;
        if self.next == Next::Ready {
            self.next = Next::Away(MISSED.into());
        }
        self.go_on(step, why);
    }

    pub(super) fn wrap_up_ran_out(&mut self, step: &mut Step<'_>, no: ReservationNo) {
        (self.ran_out, self.stands) = (true, false);
        self.tell(step, Event::WrapUpRanOut { no, disposed: self.disposed || !self.owes });
        let goes_on = match self.wants() {
            // Who has left writes nothing more.
            Next::LogOut => true,
            Next::Away(_) => self.is_written_up(step),
            Next::Ready => self.is_written_up(step) && step.plan.limits.auto_ready,
        };
        if goes_on {
            self.go_on(step, Why::TimeOut);
        }
    }

    pub(super) fn is_written_up(&self, step: &Step<'_>) -> bool {
        self.disposed || !self.owes || !step.plan.limits.disposition_first
    }
}
