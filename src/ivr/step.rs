//! One step of a checked flow, and the ways out of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::file::Meaning;
use super::output::{Action, Mark};
use super::template::Piece;
use super::wording::Prompt;
use crate::domain::{Disposition, Language, Notice};

/// The place of a step in its flow.
pub(super) type StepNo = usize;

/// Where a way leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// To a person; the flow is over.
    Agent,
    HangUp,
    Step(StepNo),
}

/// A step: on entry it marks, acts and sets its outcome; then it plays its part.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) line: Option<u32>,
    pub(super) requires_identity: bool,
    /// On every path here the person has said that he is the debtor; the checker works it out.
    pub(super) identified: bool,
    pub(super) mark: Option<Mark>,
    /// With `Enter`, once the number is confirmed.
    pub(super) acts: Vec<Act>,
    /// With `Enter`, once the number is confirmed.
    pub(super) outcome: Option<Disposition>,
    pub(super) notices: Vec<Notice>,
    pub(super) plays: Plays,
}

/// What a step does after its entry.
#[derive(Debug)]
pub(super) enum Plays {
    Ask { question: Question, keys: BTreeMap<char, KeyGoes> },
    Connect { queue: String, wait: Duration, music: Option<String>, no_agent: Target },
    Enter { question: Question, digits: Digits, confirm: Prompt, then: Target },
    Pass { then: Target },
    Say { prompt: Prompt, barge_in: bool, then: Target },
}

/// What is asked, and what happens when no good answer comes.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) prompt: Prompt,
    pub(super) barge_in: bool,
    pub(super) wait: Duration,
    /// How often it is asked in all.
    pub(super) tries: u8,
    pub(super) no_input: Reactions,
    pub(super) no_match: Reactions,
}

#[derive(Debug)]
pub(super) struct Reactions {
    pub(super) by_count: BTreeMap<u8, (Prompt, Target)>,
    pub(super) otherwise: Target,
}

#[derive(Debug)]
pub(super) struct KeyGoes {
    pub(super) language: Option<Language>,
    pub(super) then: Target,
    /// What offers the language to who hears another; empty where the question's own words do.
    pub(super) offer: Prompt,
}

/// A number to be entered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digits {
    pub(super) min: u8,
    pub(super) max: u8,
    pub(super) end: Option<char>,
    pub(super) meaning: DigitsMean,
}

/// What the number means, with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DigitsMean {
    Day { within_days: u16 },
    Hour { from: u8, to: u8 },
}

impl DigitsMean {
    pub(super) fn word(self) -> Meaning {
        match self {
            Self::Day { .. } => Meaning::DayOfMonth,
            Self::Hour { .. } => Meaning::Hour,
        }
    }
}

/// An act of a step; the hour may still have to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Now(Action),
    ScheduleAtInput,
}

/// Why a way is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Agent,
    Confirmed,
    Key(char),
    NoAgent,
    NoInput,
    NoMatch,
    Then,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent => f.write_str("agent"),
            Self::Confirmed => f.write_str("confirmed"),
            Self::Key(key) => write!(f, "{key}"),
            Self::NoAgent => f.write_str("no agent"),
            Self::NoInput => f.write_str("no input"),
            Self::NoMatch => f.write_str("no match"),
            Self::Then => Ok(()),
        }
    }
}

impl Step {
    /// Every way out.
    pub(super) fn ways(&self) -> Vec<(Way, Target)> {
        match &self.plays {
            Plays::Ask { question, keys } => {
                let mut ways: Vec<_> = keys.iter().map(|(&key, goes)| (Way::Key(key), goes.then)).collect();
                ways.extend(question.ways());
                ways
            }
            Plays::Connect { no_agent, .. } => vec![(Way::Agent, Target::Agent), (Way::NoAgent, *no_agent)],
            Plays::Enter { question, then, .. } => {
                let mut ways = vec![(Way::Confirmed, *then)];
                ways.extend(question.ways());
                ways
            }
            Plays::Pass { then } | Plays::Say { then, .. } => vec![(Way::Then, *then)],
        }
    }

    /// Every prompt of the step with the key it stands at.
    pub(super) fn prompts(&self) -> Vec<(&'static str, &Prompt)> {
        match &self.plays {
            Plays::Ask { question, keys } => {
                let mut prompts = question.prompts();
                prompts.extend(keys.values().map(|goes| ("offer", &goes.offer)));
                prompts
            }
            Plays::Enter { question, confirm, .. } => {
                let mut prompts = question.prompts();
                prompts.push(("confirm", confirm));
                prompts
            }
            Plays::Say { prompt, .. } => vec![("say", prompt)],
            Plays::Connect { .. } | Plays::Pass { .. } => Vec::new(),
        }
    }

    /// One of its prompts tells of the debt.
    pub(super) fn reads_debt(&self) -> bool {
        self.prompts().iter().any(|(_, prompt)| prompt.reads_debt())
    }

    /// It sends a message, which tells of the debt to whoever reads it.
    pub(super) fn sends_message(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Now(Action::SendSms { .. })))
    }

    /// Its outcome says that whoever listens is not the debtor, or never said that he is.
    pub(super) fn denies(&self) -> bool {
        self.outcome.is_some_and(denies)
    }

    /// What its keys offer whom `language` is spoken to; a language of `untold` is not offered.
    pub(super) fn offers(&self, language: Language, untold: &[Language]) -> Vec<Piece> {
        let keys = match &self.plays {
            Plays::Ask { keys, .. } => Some(keys),
            Plays::Connect { .. } | Plays::Enter { .. } | Plays::Pass { .. } | Plays::Say { .. } => None,
        };
        let told = |goes: &&KeyGoes| goes.language.is_some_and(|offered| !untold.contains(&offered));
        let offers = keys.into_iter().flat_map(BTreeMap::values).filter(told);
        offers.filter_map(|goes| goes.offer.0.get(&language)).flat_map(|said| said.pieces.clone()).collect()
    }

    /// The keys that choose a language, and where they lead.
    pub(super) fn language_keys(&self) -> impl Iterator<Item = (char, Target)> {
        let keys = match &self.plays {
            Plays::Ask { keys, .. } => Some(keys),
            _ => None,
        };
        let chosen = keys.into_iter().flatten().filter(|(_, goes)| goes.language.is_some());
        chosen.map(|(&key, goes)| (key, goes.then))
    }
}

/// Whether an outcome says that whoever listens is not known to be the debtor.
pub(super) fn denies(outcome: Disposition) -> bool {
    matches!(outcome, Disposition::NotIdentified | Disposition::WrongPerson)
}

impl Question {
    fn ways(&self) -> Vec<(Way, Target)> {
        let mut ways = Vec::new();
        for (way, reactions) in [(Way::NoInput, &self.no_input), (Way::NoMatch, &self.no_match)] {
            let mut targets: Vec<_> = reactions.by_count.values().map(|(_, then)| *then).collect();
            targets.push(reactions.otherwise);
            targets.sort_unstable();
            targets.dedup();
            ways.extend(targets.into_iter().map(|target| (way, target)));
        }
        ways
    }

    fn prompts(&self) -> Vec<(&'static str, &Prompt)> {
        let mut prompts = vec![("ask", &self.prompt)];
        prompts.extend(self.no_input.by_count.values().map(|(prompt, _)| ("no_input", prompt)));
        prompts.extend(self.no_match.by_count.values().map(|(prompt, _)| ("no_match", prompt)));
        prompts
    }
}
