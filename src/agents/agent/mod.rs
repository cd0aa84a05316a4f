//! One agent's state machine.

mod call;
mod phone;
mod will;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::input::{Event, Input, Output, Refusal, Why};
use super::need::Need;
use super::plan::{AgentPlan, Plan};
use super::skill::reach;
use super::state::{ReservationNo, State};
use crate::domain::AgentId;

#[derive(Debug)]
pub(super) struct Agent {
    pub id: AgentId,
    pub plan: AgentPlan,
    pub state: State,
    /// When the state began.
    pub since: Instant,
    /// Ready since then; a reservation that came to nothing does not send him to the end of the line.
    pub idle_since: Instant,
    /// When the state's time is over.
    pub due: Option<Instant>,
    /// The plan has him no longer.
    pub removed: bool,
    /// How long he is reserved for the call he waits for.
    kept_until: Option<Instant>,
    /// Calls that ended while his phone rang, since he took one.
    missed: u32,
    phone: bool,
    /// It is on the line for the call he is reserved for.
    on_the_line: bool,
    /// When the talk is taken for forgotten.
    talk_ends: Option<Instant>,
    /// The last call's disposition is his to write.
    owes: bool,
    /// He has written it.
    disposed: bool,
    /// The wrap-up's time is over, and the agent still in it.
    ran_out: bool,
    /// The call that he is to write up goes on without him: the wrap-up's time has not begun.
    stands: bool,
    next: Next,
}

/// What he does once the call and its wrap-up are over.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    Away(Arc<str>),
    LogOut,
    Ready,
}

/// What one step goes by and tells.
pub(super) struct Step<'a> {
    pub now: Instant,
    pub plan: &'a Plan,
    pub outputs: &'a mut VecDeque<Output>,
}

impl Agent {
    pub fn new(id: AgentId, plan: AgentPlan, now: Instant) -> Self {
        Self {
            id,
            phone: plan.phone_there,
            plan,
            state: State::LoggedOut,
            since: now,
            idle_since: now,
            due: None,
            removed: false,
            on_the_line: false,
            talk_ends: None,
            owes: false,
            kept_until: None,
            missed: 0,
            disposed: false,
            ran_out: false,
            stands: false,
            next: Next::Ready,
        }
    }

    /// Whether he could take such a call, were he ready.
    pub fn is_able(&self, need: &Need) -> bool {
        reach(&self.plan.skills, &need.skills)
    }

    pub fn is_logged_in(&self) -> bool {
        self.state != State::LoggedOut
    }

    /// The wrap-up he is in has lasted its time.
    pub fn ran_out(&self) -> bool {
        self.ran_out && matches!(self.state, State::WrapUp { .. })
    }

    /// When the state has lasted its time; a wrap-up that can't begin yet has none.
    pub fn ends(&self) -> Option<Instant> {
        self.due.filter(|_| !self.stands)
    }

    /// He has a call to write up before the next.
    pub fn writes(&self, plan: &Plan) -> bool {
        matches!(self.state, State::WrapUp { .. })
            && self.owes
            && !self.disposed
            && plan.limits.disposition_first
    }

    pub fn has_phone(&self) -> bool {
        self.phone
    }

    pub fn handle(&mut self, step: &mut Step<'_>, input: Input) -> Result<(), Refusal> {
        match input {
            Input::LogIn => self.log_in(step),
            Input::LogOut => self.log_out(step),
            Input::Away { code } => return self.go_away(step, code),
            Input::Ready => return self.be_ready(step),
            Input::PhoneLost => self.lose_phone(step),
            Input::PhoneBack => self.find_phone(step),
            Input::Unregistered => self.lose_registration(step),
            Input::Ring(no)
            | Input::PickedUp(no)
            | Input::Missed(no)
            | Input::Talk(no)
            | Input::Assist(no)
            | Input::Excused(no)
            | Input::Hold(no)
            | Input::Resume(no)
            | Input::HangUp(no)
            | Input::GoesOn(no)
            | Input::Closed(no)
            | Input::Disposed(no)
                if self.state.reservation() != Some(no) =>
            {
                return Err(Refusal::Stale);
            }
            Input::Ring(no) => return self.ring(step, no),
            Input::PickedUp(no) => return self.pick_up(step, no),
            Input::Missed(_) => return self.miss(step, Why::Missed),
            Input::Talk(no) => return self.talk(step, no, true),
            Input::Assist(no) => return self.talk(step, no, false),
            Input::Excused(_) => return self.excuse(step),
            Input::Hold(no) => return self.hold(step, no),
            Input::Resume(no) => return self.resume(step, no),
            Input::HangUp(no) => self.hang_up(step, no, Why::Call),
            Input::GoesOn(_) => self.stand(step),
            Input::Closed(no) => self.begin_wrap_up(step, no),
            Input::Disposed(_) => return self.dispose(step),
        }
        Ok(())
    }

    /// The state's time is over.
    pub fn time_out(&mut self, step: &mut Step<'_>) {
        self.due = None;
        match self.state {
            State::Away { .. } => self.tell(step, Event::PauseOverrun),
            State::Reserved { .. } => self.go_on(step, Why::TimeOut),
            State::Ringing { .. } => self.give_up_ringing(step, Why::TimeOut),
            State::Hold { .. } if self.talk_ends.is_some_and(|ends| ends > step.now) => {
                self.due = self.talk_ends;
                self.tell(step, Event::HoldOverrun);
            }
            State::Talking { no } | State::Hold { no } => self.hang_up(step, no, Why::TimeOut),
            State::WrapUp { no } => self.wrap_up_ran_out(step, no),
            // They rest, and have no timer.
            State::LoggedOut | State::NoAudio | State::Ready => {}
        }
    }

    /// Takes him out of the line for a call. He is ready: the floor picks no other.
    pub fn reserve(&mut self, step: &mut Step<'_>, no: ReservationNo, lasts: Duration) {
        self.turn(step, State::Reserved { no }, Why::Picked);
        (self.kept_until, self.on_the_line) = (Some(step.now + lasts), false);
        self.due = self.kept_until;
    }

    /// Takes him out of whatever he does outside of calls, for a call that he has chosen himself; it puts him back there once
    /// it is over and written up.
    ///
    /// # Errors
    /// When he has a call already.
    pub fn draft(&mut self, step: &mut Step<'_>, no: ReservationNo, lasts: Duration) -> Result<(), Refusal> {
        let next = self.goes_back_to().ok_or(Refusal::NotNow)?;
        self.wish(step, next);
        self.reserve(step, no, lasts);
        Ok(())
    }

    /// Lets him write up a call of before he logged in again. Cut off in it, he may for a wrap-up's time, and need not; whose
    /// wrap-up had begun, at this moment, is in it still.
    ///
    /// # Errors
    /// When he has a call already.
    pub fn recall(
        &mut self,
        step: &mut Step<'_>,
        no: ReservationNo,
        began: Option<Instant>,
    ) -> Result<(), Refusal> {
        let next = self.goes_back_to().ok_or(Refusal::NotNow)?;
        self.wish(step, next);
        (self.owes, self.disposed, self.ran_out) = (began.is_some(), false, false);
        self.turn(step, State::WrapUp { no }, Why::Call);
        if let Some(began) = began {
            self.since = began.min(step.now);
            self.due = Some(self.since + step.plan.limits.wrap_up);
        }
        Ok(())
    }

    /// What he does outside of calls; `None`: he has one.
    fn goes_back_to(&self) -> Option<Next> {
        match &self.state {
            State::LoggedOut => Some(Next::LogOut),
            State::Away { code } => Some(Next::Away(Arc::clone(code))),
            State::NoAudio | State::Ready => Some(Next::Ready),
            State::Reserved { .. }
            | State::Ringing { .. }
            | State::Talking { .. }
            | State::Hold { .. }
            | State::WrapUp { .. } => None,
        }
    }

    /// Goes by another plan: whom only the old one kept in his wrap-up goes on.
    pub fn replan(&mut self, step: &mut Step<'_>, plan: AgentPlan) {
        (self.plan, self.removed) = (plan, false);
        if matches!(self.state, State::WrapUp { .. }) && self.is_written_up(step) {
            self.waited_for(step, Why::TimeOut);
        }
    }

    /// The plan has him no longer: he finishes his call and its wrap-up, whatever he wanted to do next. Put back before, he
    /// does that.
    pub fn remove(&mut self, step: &mut Step<'_>) {
        self.removed = true;
        match self.state {
            State::LoggedOut => {}
            State::Away { .. } | State::NoAudio | State::Ready => {
                self.turn(step, State::LoggedOut, Why::Removed);
            }
            State::WrapUp { .. } if self.is_written_up(step) => self.go_on(step, Why::Removed),
            State::Reserved { .. } | State::Ringing { .. } | State::WrapUp { .. } => {}
            State::Talking { .. } | State::Hold { .. } => {}
        }
    }

    /// What he turns to once his call is over and written up, where that is not the next call.
    pub fn turns_to(&self) -> Option<State> {
        let in_call = self.goes_back_to().is_none();
        match self.wants() {
            Next::Away(code) if in_call => Some(State::Away { code: Arc::clone(code) }),
            Next::LogOut if in_call => Some(State::LoggedOut),
            Next::Away(_) | Next::LogOut | Next::Ready => None,
        }
    }

    /// What comes after the call and its wrap-up.
    fn wants(&self) -> &Next {
        if self.removed { &Next::LogOut } else { &self.next }
    }

    /// Does what he wants to do next.
    fn go_on(&mut self, step: &mut Step<'_>, why: Why) {
        let wants = self.wants().clone();
        self.next = Next::Ready;
        match wants {
            Next::Away(code) => self.turn(step, State::Away { code }, why),
            Next::LogOut => self.turn(step, State::LoggedOut, why),
            Next::Ready => self.settle(step, why),
        }
    }

    /// Ready, as far as his phone is there.
    fn settle(&mut self, step: &mut Step<'_>, why: Why) {
        let to = if self.phone { State::Ready } else { State::NoAudio };
        self.turn(step, to, why);
    }

    fn turn(&mut self, step: &mut Step<'_>, to: State, why: Why) {
        let limits = step.plan.limits;
        let after = |limit: Duration| Some(step.now + limit);
        self.stands = false;
        let began = matches!(to, State::Talking { .. }) && !matches!(self.state, State::Hold { .. });
        if began {
            self.talk_ends = after(limits.talk);
        }
        self.due = match &to {
            State::LoggedOut | State::NoAudio | State::Ready => None,
            State::Away { code } => step.plan.pauses.get(code).and_then(|pause| pause.limit).and_then(after),
            State::Ringing { .. } => after(limits.ring),
            // A call on hold is no longer for that.
            State::Hold { .. } => after(limits.hold).min(self.talk_ends),
            State::Talking { .. } => self.talk_ends,
            State::WrapUp { .. } => after(limits.wrap_up),
            // `reserve` sets it.
            State::Reserved { .. } => None,
        };
        let came_to_nothing = matches!(self.state, State::Reserved { .. } | State::Ringing { .. });
        if to == State::Ready && !came_to_nothing {
            self.idle_since = step.now;
        }
        let from = std::mem::replace(&mut self.state, to.clone());
        self.since = step.now;
        self.tell(step, Event::Changed { from, to, why });
    }

    fn tell(&self, step: &mut Step<'_>, event: Event) {
        step.outputs.push_back(Output { at: step.now, agent: self.id.clone(), event });
    }
}
