//! What a call remembers of itself, to be written down at its end.

use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::domain::attempt::{FinalWord, Finished, HungUpBy, Stamps};
use crate::domain::verdict::{Heard, Noted};
use crate::domain::{Channel, Disposition, Fault, Grade, Outcome};
use crate::ivr::FlowRun;

/// The notes of one call. Wall-clock stamps are the beginning's plus the time passed, so they never run backwards.
#[derive(Debug)]
pub struct Journal {
    began: Instant,
    began_at: Timestamp,
    pub stamps: Stamps,
    pub last_word: FinalWord,
    pub hung_up_by: HungUpBy,
    pub disposition: Option<Disposition>,
    pub identified: bool,
    /// A machine answered, as far as is known.
    pub machine: bool,
    /// A person or a machine has spoken.
    pub spoke: bool,
    /// What the line itself has told in the place of whoever was called: the network, or a fax.
    pub line_says: Option<Outcome>,
    /// A person answered and no agent came in time.
    pub unserved: bool,
    /// The flow wanted something said that we could not say.
    pub unsaid: bool,
    /// Not one packet of sound came from the far end.
    pub no_media: bool,
    /// When an agent came.
    agent_at: Option<Instant>,
    grades: Vec<Grade>,
    heard: Vec<Noted>,
    promised_on: Option<Date>,
    sent: Duration,
    whole: Duration,
}

impl Journal {
    pub fn new(now: Instant, wall: Timestamp) -> Self {
        Self {
            began: now,
            began_at: wall,
            stamps: Stamps::default(),
            last_word: FinalWord::default(),
            hung_up_by: HungUpBy::Network,
            disposition: None,
            identified: false,
            machine: false,
            spoke: false,
            line_says: None,
            unserved: false,
            unsaid: false,
            no_media: false,
            agent_at: None,
            grades: Vec::new(),
            heard: Vec::new(),
            promised_on: None,
            sent: Duration::ZERO,
            whole: Duration::ZERO,
        }
    }

    /// The time of day at `now`.
    pub fn at(&self, now: Instant) -> Timestamp {
        let passed = SignedDuration::try_from(now - self.began).unwrap_or(SignedDuration::MAX);
        self.began_at.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// Stamps a moment of the call's life the first time it comes.
    pub fn stamp(&mut self, now: Instant, which: fn(&mut Stamps) -> &mut Option<Timestamp>) {
        let at = self.at(now);
        which(&mut self.stamps).get_or_insert(at);
    }

    /// How long ago he picked up.
    pub fn since_answer(&self, now: Instant) -> Duration {
        self.stamps.answer.map_or(Duration::ZERO, |answer| self.at(now).duration_since(answer).unsigned_abs())
    }

    /// An agent talks with him.
    pub fn talked(&mut self, now: Instant) {
        self.agent_at.get_or_insert(now);
    }

    /// An agent has talked with him: he is a person, whatever a sound may say.
    pub fn has_talked(&self) -> bool {
        self.agent_at.is_some()
    }

    pub fn note_grade(&mut self, grade: Grade) {
        if !self.grades.contains(&grade) {
            self.grades.push(grade);
        }
    }

    /// A line that beeps for ever is told of so many times; what it is, always.
    pub fn note_heard(&mut self, heard: Heard) {
        let says = matches!(heard, Heard::Announced { .. } | Heard::Verdict { .. });
        if says || self.heard.len() < MOST_HEARD {
            self.heard.push(Noted { early: self.stamps.answer.is_none(), heard });
        }
    }

    pub fn note_promise(&mut self, on: Date) {
        self.promised_on = Some(on);
    }

    pub fn note_play(&mut self, percent: u8, length: Duration) {
        self.sent += length * u32::from(percent.min(100)) / 100;
        self.whole += length;
    }

    /// What an answered call came to. A fax, the network's tones and its announcements say it themselves. Where nothing was heard of us the person was left in silence: abandoned. So is
    /// whoever should have had an agent in time and had none, whatever he heard instead. A call that we ended because our
    /// voice failed is our own fault. A trunk that connects no sound has failed, unless a person showed himself all the
    /// same, by a key told in the signalling or to an agent.
    pub fn outcome_of_answer(&self) -> Outcome {
        if self.no_media && self.stamps.first_key.is_none() && self.agent_at.is_none() {
            return Outcome::Failed(Fault::Trunk);
        }
        if let Some(outcome) = self.line_says {
            return outcome;
        }
        let heard = self.stamps.first_audio.is_some() || self.agent_at.is_some();
        match (self.machine, self.unserved, heard) {
            (true, ..) => Outcome::Machine,
            (false, true, _) | (false, false, false) => Outcome::Abandoned,
            (false, false, true) if self.unsaid && self.agent_at.is_none() => Outcome::Failed(Fault::Us),
            (false, false, true) => Outcome::Answered,
        }
    }

    /// Who talked to an agent was connected, whoever ended it, unless more is known.
    pub fn settle_agents_talk(&mut self) {
        let nothing_more = self.disposition.is_none_or(|disposition| {
            matches!(disposition, Disposition::CutOff | Disposition::HungUp | Disposition::NotIdentified)
        });
        if self.agent_at.is_some() && nothing_more {
            self.disposition = Some(Disposition::Connected);
        }
    }

    fn channel(&self) -> Channel {
        match (self.agent_at, self.disposition) {
            (Some(_), _) => Channel::AgentCall,
            (None, Some(Disposition::VoicemailLeft)) => Channel::Voicemail,
            (None, _) => Channel::Ivr,
        }
    }

    /// Closes the notes.
    pub fn close(&mut self, now: Instant, outcome: Outcome, run: &FlowRun) -> Finished {
        self.stamps.end = Some(self.at(now));
        // Where nobody was, nobody did anything.
        let talked = self.stamps.answer.is_some()
            && self.line_says.is_none()
            && outcome != Outcome::Failed(Fault::Trunk);
        Finished {
            outcome,
            disposition: self.disposition.filter(|_| talked),
            grades: std::mem::take(&mut self.grades),
            channel: self.channel(),
            stamps: self.stamps.clone(),
            last_word: self.last_word.clone(),
            hung_up_by: self.hung_up_by,
            heard_percent: self.heard_percent(),
            keys: run.keys_masked().to_owned(),
            trail: run.trail().map(|(at, step)| (self.at(at), step.to_owned())).collect(),
            heard: std::mem::take(&mut self.heard),
            promised_on: self.promised_on,
            identified: self.identified,
        }
    }

    fn heard_percent(&self) -> Option<u8> {
        let share = (self.whole > Duration::ZERO).then(|| self.sent.as_secs_f64() / self.whole.as_secs_f64());
        share.map(|share| (share * 100.0).round().clamp(0.0, 100.0) as u8)
    }
}

/// Things heard of one call that are kept, but for verdicts and announcements.
const MOST_HEARD: usize = 100;
