//! One run of a flow in one call.

mod journal;
mod question;
mod state;
mod voicemail;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::journal::Journal;
use self::state::{Progress, Said, State};
use super::step::{Act, Plays, Step, StepNo, Target};
use super::template::Piece;
use super::wording::{Entered, Prompt};
use super::{Action, CallAgain, CallFacts, Flow, Input, Mark, Output, PromptNo};
use crate::domain::{Disposition, Grade, Language};

/// A prompt whose end nobody reports is given up after this.
const PROMPT_LIMIT: Duration = Duration::from_secs(90);
/// How much longer than asked the search for an agent may take before it counts as in vain.
const AGENT_GRACE: Duration = Duration::from_secs(5);
/// Prompts whose end is awaited at once; more means that the driver reports none.
const SAID_MOST: usize = 8;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    ByCallee,
    ByFlow,
    /// We took the call back, or the network lost it.
    CutOff,
    /// An agent has the call.
    Handed,
}

/// What a prompt is for.
#[derive(Clone, Debug)]
enum Says {
    /// A duty: only when it was heard to its end does the call go on.
    Notice,
    /// A question, and what is offered after it.
    Question(Vec<Piece>),
    /// A number as it was entered.
    ReadBack(Entered),
    Text,
}

/// The interpreter of a flow: one for each call. It ends exactly once, with [`Output::Disposed`].
#[derive(Debug)]
pub struct FlowRun {
    flow: Arc<Flow>,
    facts: CallFacts,
    language: Language,
    state: State,
    /// When the state has waited long enough.
    deadline: Option<Instant>,
    /// When the whole run has.
    ends_by: Instant,
    outputs: VecDeque<Output>,
    said: Vec<Said>,
    prompts: u32,
    /// How the question at hand goes.
    progress: Progress,
    /// A key has come: no machine pressed it.
    person_proved: bool,
    journal: Journal,
}

impl FlowRun {
    /// A run that waits for [`Input::Begin`].
    pub fn new(flow: Arc<Flow>, facts: CallFacts, now: Instant) -> Self {
        Self {
            language: flow.language_for(facts.language),
            ends_by: now + flow.limit,
            flow,
            facts,
            state: State::Idle,
            deadline: None,
            outputs: VecDeque::new(),
            said: Vec::new(),
            prompts: 0,
            progress: Progress::default(),
            person_proved: false,
            journal: Journal::default(),
        }
    }

    /// Takes one input; poll the outputs afterwards.
    pub fn handle(&mut self, now: Instant, input: Input) {
        match input {
            Input::AgentConnected => self.agent_connected(),
            Input::Begin => {
                if self.state == State::Idle {
                    self.follow(now, Target::Step(self.flow.start), None);
                }
            }
            Input::BeepEnded => self.beep_ended(now),
            Input::CutOff => self.end(End::CutOff),
            Input::Digit(key) => self.key(now, key),
            Input::HumanHeard => self.human_heard(now),
            Input::HungUp => self.end(End::ByCallee),
            Input::MachineHeard => self.machine_heard(now),
            Input::NoAgent => self.no_agent(now),
            Input::PromptCut { prompt, percent } => {
                if self.state != State::Done {
                    self.note_heard(prompt, percent.min(100));
                }
            }
            Input::PromptEnded { prompt, percent } => self.prompt_ended(now, prompt, percent.min(100)),
            Input::SilenceHeard => self.silence_heard(now),
            Input::SpeechResumed => self.speech_resumed(now),
        }
    }

    /// Lets what is due by `now` happen; poll the outputs afterwards.
    pub fn handle_timers(&mut self, now: Instant) {
        if self.state != State::Done && self.ends_by <= now {
            self.stop_saying();
            self.finish(true);
            return;
        }
        if self.deadline.is_some_and(|at| at <= now) {
            self.deadline = None;
            self.timed_out(now);
        }
    }

    /// The next thing to do, if any.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle_timers`; `None` once the run is over.
    pub fn next_timer(&self) -> Option<Instant> {
        match self.state {
            State::Done => None,
            _ => Some(self.deadline.map_or(self.ends_by, |at| at.min(self.ends_by))),
        }
    }

    /// The keys pressed, in order; `#` for each digit of a number entered.
    pub fn keys_masked(&self) -> &str {
        self.journal.keys()
    }

    /// The steps gone through, each with when it was entered: what was said, for an agent or a replay.
    pub fn trail(&self) -> impl Iterator<Item = (Instant, &str)> {
        self.journal.trail().map(|(at, step)| (at, self.flow.steps[step].name.as_str()))
    }

    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    pub fn facts(&self) -> &CallFacts {
        &self.facts
    }

    /// The language spoken just now; a key may change it.
    pub fn language(&self) -> Language {
        self.language
    }

    /// An agent is being sought.
    pub fn seeks_agent(&self) -> bool {
        matches!(self.state, State::Connecting { .. })
    }

    /// The person has said that he is the debtor.
    pub fn is_identified(&self) -> bool {
        self.journal.identified()
    }

    fn key(&mut self, now: Instant, key: char) {
        if self.state == State::Done || !matches!(key, '0'..='9' | '*' | '#') {
            return;
        }
        self.person_proved = true;
        self.journal.key(if self.enters_number() && key.is_ascii_digit() { '#' } else { key });
        self.grade(Grade::PickedUp);
        match self.state {
            State::Asking { step, .. } => {
                if self.question(step).barge_in && !self.is_too_early(step, key) {
                    self.stop_saying();
                    self.answer(now, step, key);
                }
            }
            State::Confirming { step, entered } | State::Reading { step, entered, .. } => {
                self.confirm_key(now, step, entered, key);
            }
            State::Entering { step, .. } | State::Waiting { step } => self.answer(now, step, key),
            State::Greeting { .. } | State::Leaving { .. } => self.human_heard(now),
            State::Saying { barge_in: true, then, asks_again, .. } => {
                self.stop_saying();
                // A key ahead of its question counts only for who is known, or where the question was heard before:
                // nobody becomes the debtor by a key pressed before he was asked.
                let ahead = (asks_again || self.journal.identified()).then_some(key);
                self.go_on(now, then, asks_again, ahead);
            }
            // A notice is heard to its end; a search for an agent is not broken off by a stray key.
            State::Connecting { .. } | State::Done | State::Idle | State::Saying { barge_in: false, .. } => {}
        }
    }

    fn prompt_ended(&mut self, now: Instant, prompt: PromptNo, percent: u8) {
        if self.state == State::Done {
            return;
        }
        let notice_cut = self.note_heard(prompt, percent);
        match self.state {
            State::Asking { step, prompt: current } if current == prompt => {
                self.progress.heard |= percent == 100;
                self.wait_for_key(now, step);
            }
            State::Leaving { prompt: current, .. } if current == prompt => self.message_ended(percent),
            State::Reading { step, entered, prompt: current } if current == prompt => {
                self.set(now, State::Confirming { step, entered }, self.question(step).wait);
            }
            // Without its notice the call may not go on.
            State::Saying { prompt: current, .. } if current == prompt && notice_cut => self.finish(true),
            State::Saying { prompt: current, then, asks_again, .. } if current == prompt => {
                self.go_on(now, then, asks_again, None);
            }
            // The late end of a prompt that was stopped.
            State::Asking { .. } | State::Leaving { .. } | State::Reading { .. } | State::Saying { .. } => {}
            State::Confirming { .. } | State::Connecting { .. } | State::Done => {}
            State::Entering { .. } | State::Greeting { .. } | State::Idle | State::Waiting { .. } => {}
        }
    }

    fn timed_out(&mut self, now: Instant) {
        match self.state {
            State::Asking { step, .. } => {
                self.stop_saying();
                self.wait_for_key(now, step);
            }
            State::Confirming { step, entered } => self.confirm_again(now, step, entered),
            State::Connecting { .. } => self.no_agent(now),
            State::Entering { step, number } => self.take_number(now, step, number),
            State::Greeting { .. } => self.finish(true),
            State::Leaving { .. } => {
                self.stop_saying();
                self.finish(true);
            }
            State::Reading { step, entered, .. } => {
                self.stop_saying();
                self.set(now, State::Confirming { step, entered }, self.question(step).wait);
            }
            State::Saying { prompt, .. } => {
                self.stop_saying();
                self.prompt_ended(now, prompt, 0);
            }
            State::Waiting { step } => self.no_answer(now, step),
            // Only the run's own limit ends these.
            State::Done | State::Idle => {}
        }
    }

    fn agent_connected(&mut self) {
        if let State::Connecting { step } = self.state {
            self.dispose(self.flow.steps[step].outcome.unwrap_or(Disposition::Connected));
            self.finish(false);
        }
    }

    fn no_agent(&mut self, now: Instant) {
        if let State::Connecting { step } = self.state
            && let Plays::Connect { no_agent, .. } = self.flow.steps[step].plays
        {
            self.follow(now, no_agent, None);
        }
    }

    /// Goes on after a text: asks the question at hand once more, or follows the way.
    fn go_on(&mut self, now: Instant, then: Target, asks_again: bool, ahead: Option<char>) {
        match (then, asks_again, ahead) {
            (Target::Step(step), true, Some(key)) if !self.is_too_early(step, key) => {
                self.answer(now, step, key);
            }
            (Target::Step(step), true, _) => self.ask(now, step),
            (Target::Agent | Target::HangUp, _, _) | (Target::Step(_), false, _) => {
                self.follow(now, then, ahead);
            }
        }
    }

    /// Goes to `target` and on, until a step says, asks or connects. `ahead` is a key pressed before its question.
    fn follow(&mut self, now: Instant, target: Target, ahead: Option<char>) {
        let flow = Arc::clone(&self.flow);
        let mut target = target;
        loop {
            let number = match target {
                Target::Agent => return self.finish(false),
                Target::HangUp => return self.finish(true),
                Target::Step(number) => number,
            };
            let step = &flow.steps[number];
            self.journal.visit(now, number);
            self.enter(step);
            match &step.plays {
                Plays::Ask { .. } => {
                    self.progress = Progress::default();
                    return match ahead {
                        Some(key) if !self.is_too_early(number, key) => self.answer(now, number, key),
                        _ => self.ask(now, number),
                    };
                }
                Plays::Connect { queue, wait, music, .. } => {
                    self.dispose(Disposition::OperatorAsked);
                    let (queue, music) = (queue.clone(), music.clone());
                    self.outputs.push_back(Output::Connect { queue, wait: *wait, music });
                    return self.set(now, State::Connecting { step: number }, *wait + AGENT_GRACE);
                }
                Plays::Enter { .. } => {
                    self.progress = Progress::default();
                    return self.ask(now, number);
                }
                Plays::Pass { then } => target = *then,
                Plays::Say { prompt, barge_in, then } => {
                    let says = if step.notices.is_empty() { Says::Text } else { Says::Notice };
                    let Some(prompt) = self.say(prompt, *barge_in, says) else { return };
                    let state = State::Saying { prompt, barge_in: *barge_in, then: *then, asks_again: false };
                    return self.set(now, state, PROMPT_LIMIT);
                }
            }
        }
    }

    /// Marks, acts and sets the outcome, save where that waits for a number or an agent.
    fn enter(&mut self, step: &Step) {
        if step.mark == Some(Mark::RightParty) && self.journal.identify() {
            self.outputs.push_back(Output::Mark(Mark::RightParty));
            self.grade(Grade::Identified);
        }
        match step.plays {
            Plays::Ask { .. } | Plays::Pass { .. } | Plays::Say { .. } => self.act(step, None),
            Plays::Connect { .. } | Plays::Enter { .. } => {}
        }
    }

    /// Does the acts of a step and sets its outcome.
    fn act(&mut self, step: &Step, entered: Option<Entered>) {
        for act in &step.acts {
            let action = match (act, entered) {
                (Act::Now(action), _) => action.clone(),
                (Act::ScheduleAtInput, Some(Entered::Hour(hour))) => {
                    Action::ScheduleCall(CallAgain::AtHour(hour))
                }
                // The checker has seen to it that an hour was entered.
                (Act::ScheduleAtInput, Some(Entered::Day(_)) | None) => continue,
            };
            // With a checked flow no message goes to anybody else: the second wall.
            let astray = matches!(action, Action::SendSms { .. }) && !self.journal.identified();
            if !astray && self.journal.act(&action) {
                self.outputs.push_back(Output::Do(action));
            }
        }
        if let Some(outcome) = step.outcome {
            self.dispose(outcome);
        }
    }

    fn dispose(&mut self, outcome: Disposition) {
        if self.journal.dispose(outcome) {
            self.outputs.push_back(Output::Withdrawn);
        }
    }

    /// Says a prompt. A debt is told to the debtor only: with a checked flow the guard never closes.
    fn say(&mut self, prompt: &Prompt, barge_in: bool, says: Says) -> Option<PromptNo> {
        let notice = matches!(says, Says::Notice);
        let (entered, offers) = match says {
            Says::Notice | Says::Text => (None, Vec::new()),
            Says::Question(offers) => (None, offers),
            Says::ReadBack(entered) => (Some(entered), Vec::new()),
        };
        let rendered = prompt.render(self.language, &self.facts, entered, &offers);
        if rendered.tells_debt && !self.journal.identified() {
            self.finish(true);
            return None;
        }
        self.prompts += 1;
        let number = PromptNo(self.prompts);
        if self.said.len() == SAID_MOST {
            self.said.remove(0);
        }
        self.said.push(Said::new(number, &rendered, notice));
        self.outputs.push_back(Output::Say { prompt: number, utterance: rendered.utterance, barge_in });
        Some(number)
    }

    fn stop_saying(&mut self) {
        if self.state.is_saying() {
            self.outputs.push_back(Output::StopSaying);
        }
    }

    /// Grades what was heard of a prompt; tells whether it was a notice that did not play to its end.
    fn note_heard(&mut self, prompt: PromptNo, percent: u8) -> bool {
        let Some(at) = self.said.iter().position(|said| said.prompt == prompt) else { return false };
        let said = self.said.remove(at);
        if said.amount_at.is_some_and(|needed| percent >= needed) {
            self.grade(Grade::AmountHeard);
        }
        if said.date_at.is_some_and(|needed| percent >= needed) {
            self.grade(Grade::DateHeard);
        }
        if said.tells_debt && percent >= said.amount_at.max(said.date_at).unwrap_or(100) {
            self.dispose(Disposition::Reminded);
        }
        if said.notice && percent == 100 {
            self.outputs.push_back(Output::Mark(Mark::NoticeHeard));
        }
        said.notice && percent < 100
    }

    fn grade(&mut self, grade: Grade) {
        if self.journal.grade(grade) {
            self.outputs.push_back(Output::Grade(grade));
        }
    }

    fn set(&mut self, now: Instant, state: State, wait: Duration) {
        self.state = state;
        self.deadline = Some(now + wait);
    }

    /// Ends the run: by its own hang-up, or because an agent has the call.
    fn finish(&mut self, hang_up: bool) {
        self.end(if hang_up { End::ByFlow } else { End::Handed });
    }

    /// Ends the run, once.
    fn end(&mut self, end: End) {
        let on_machine = match self.state {
            State::Done => return,
            State::Greeting { .. } | State::Leaving { .. } => true,
            _ => false,
        };
        if !on_machine {
            self.grade(Grade::PickedUp);
        }
        self.state = State::Done;
        self.deadline = None;
        let otherwise = match end {
            _ if on_machine => Disposition::NotIdentified,
            End::ByCallee => Disposition::HungUp,
            End::ByFlow | End::Handed => Disposition::NotIdentified,
            End::CutOff => Disposition::CutOff,
        };
        self.outputs.push_back(Output::Disposed(self.journal.disposition().unwrap_or(otherwise)));
        if end == End::ByFlow {
            self.outputs.push_back(Output::HangUp);
        }
    }

    fn step(&self, number: StepNo) -> &Step {
        &self.flow.steps[number]
    }
}

#[cfg(test)]
mod tests;
