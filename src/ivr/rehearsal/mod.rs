//! Plays a flow without a telephone: for `flow test` and `flow play`, under simulated time.

mod case;
mod debtor;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;

pub use self::case::{Case, CaseFile};
pub use self::debtor::Debtor;

use super::{Action, CallAgain, CallFacts, Flow, FlowRun, Input, Output, PromptNo};
use crate::domain::{Disposition, Grade, Utterance};

/// Turns an utterance into the words that somebody hears whose date is this.
pub type Reader<'a> = &'a dyn Fn(&Utterance, Date) -> String;

/// How long a prompt is taken to last.
const PROMPT_LASTS: Duration = Duration::from_secs(4);
/// Prompts and waits in one rehearsal; a flow that goes on longer has lost its way.
const ROUNDS_MOST: usize = 500;

/// One walk through a flow.
pub struct Rehearsal<'a> {
    run: FlowRun,
    now: Instant,
    reader: Reader<'a>,
    /// The prompt being said.
    saying: Option<PromptNo>,
    /// Whether an agent is being sought.
    pub seeking_agent: bool,
    /// What was said, prompt by prompt.
    pub said: Vec<String>,
    pub acts: Vec<String>,
    pub grades: Vec<Grade>,
    pub promised: Option<Date>,
    pub disposition: Option<Disposition>,
}

impl fmt::Debug for Rehearsal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rehearsal({:?})", self.run)
    }
}

impl<'a> Rehearsal<'a> {
    /// A call that has just been answered at `now`.
    pub fn begin(flow: Arc<Flow>, facts: CallFacts, now: Instant, reader: Reader<'a>) -> Self {
        let mut rehearsal = Self {
            run: FlowRun::new(flow, facts, now),
            now,
            reader,
            saying: None,
            seeking_agent: false,
            said: Vec::new(),
            acts: Vec::new(),
            grades: Vec::new(),
            promised: None,
            disposition: None,
        };
        rehearsal.tell(Input::Begin);
        rehearsal
    }

    pub fn run(&self) -> &FlowRun {
        &self.run
    }

    pub fn is_over(&self) -> bool {
        self.disposition.is_some()
    }

    /// Gives the run one input at once.
    pub fn tell(&mut self, input: Input) {
        self.run.handle(self.now, input);
        self.drain();
    }

    /// Lets what is being said end; false when nothing is.
    pub fn hear(&mut self) -> bool {
        let Some(prompt) = self.saying.take() else { return false };
        self.now += PROMPT_LASTS;
        self.tell(Input::PromptEnded { prompt, percent: 100 });
        true
    }

    /// Hears until the run waits for something or is over.
    pub fn listen(&mut self) {
        for _ in 0..ROUNDS_MOST {
            if !self.hear() {
                return;
            }
        }
    }

    /// Nothing happens until the run's next timer.
    pub fn stay_silent(&mut self) {
        if let Some(timer) = self.run.next_timer() {
            self.now = self.now.max(timer);
            self.run.handle_timers(self.now);
            self.drain();
        }
    }

    /// Takes one turn of a case: keys, or the name of an event.
    ///
    /// # Errors
    /// When it is neither.
    pub fn turn(&mut self, turn: &str) -> Result<(), String> {
        match turn {
            "agent" => self.tell(Input::AgentConnected),
            "beep" => self.tell(Input::BeepEnded),
            "hangup" => self.tell(Input::HungUp),
            "listen" => self.listen(),
            "machine" => self.tell(Input::MachineHeard),
            "no_agent" => self.tell(Input::NoAgent),
            "pause" => self.tell(Input::SilenceHeard),
            "resume" => self.tell(Input::SpeechResumed),
            "silence" => {
                self.listen();
                self.stay_silent();
            }
            keys => {
                let at_once = keys.strip_prefix('!');
                if at_once.is_none() {
                    self.listen();
                }
                let keys = at_once.unwrap_or(keys);
                if keys.is_empty() || !keys.chars().all(|key| matches!(key, '0'..='9' | '*' | '#')) {
                    return Err(format!("{turn:?} is neither keys nor an event"));
                }
                keys.chars().for_each(|key| self.tell(Input::Digit(key)));
            }
        }
        Ok(())
    }

    /// Plays on to the end with nobody pressing anything.
    pub fn finish(&mut self) {
        for _ in 0..ROUNDS_MOST {
            if self.is_over() {
                return;
            }
            self.listen();
            self.stay_silent();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.run.poll() {
            match output {
                Output::Connect { queue, .. } => {
                    self.seeking_agent = true;
                    self.acts.push(format!("connect {queue}"));
                }
                Output::Disposed(disposition) => self.disposition = Some(disposition),
                Output::Do(action) => self.acts.push(act_word(&action)),
                Output::Grade(grade) => self.grades.push(grade),
                Output::Promised(date) => self.promised = Some(date),
                Output::Say { prompt, utterance, .. } => {
                    self.saying = Some(prompt);
                    self.seeking_agent = false;
                    self.said.push((self.reader)(&utterance, self.run.facts().today));
                }
                Output::StopSaying => self.saying = None,
                Output::HangUp | Output::Mark(_) | Output::Withdrawn => {}
            }
        }
    }
}

/// An act as cases write it.
fn act_word(action: &Action) -> String {
    match action {
        Action::OpenComplaint => "complaint".to_owned(),
        Action::ScheduleCall(CallAgain::AtHour(hour)) => format!("call {hour}"),
        Action::ScheduleCall(CallAgain::NextWindow) => "call next_window".to_owned(),
        Action::SendSms { template } => format!("sms {template}"),
    }
}
