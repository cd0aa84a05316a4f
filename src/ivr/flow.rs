//! A checked flow.

use std::collections::BTreeSet;
use std::time::Duration;

use super::output::Action;
use super::policy::Policy;
use super::step::{Act, Plays, Step, StepNo, Target};
use super::template::Piece;
use super::wording::Prompt;
use super::{FlowFile, Hours, IdentifiedBy, Mistake, Record, VoicedName};
use crate::domain::{Disposition, Language, Money, PersonName, Utterance};

/// A flow that passed every check. It never changes: a live call ends on the version it began with.
#[derive(Debug)]
pub struct Flow {
    pub(super) name: String,
    pub(super) version: u32,
    /// Never empty; the first is the default.
    pub(super) languages: Vec<Language>,
    pub(super) hours: Hours,
    pub(super) record: Record,
    /// How long a run may last.
    pub(super) limit: Duration,
    pub(super) start: StepNo,
    pub(super) steps: Vec<Step>,
    pub(super) voicemail: Option<Voicemail>,
}

/// What is left on an answering machine.
#[derive(Debug)]
pub(super) struct Voicemail {
    pub(super) prompt: Prompt,
    /// How long the greeting is waited out.
    pub(super) wait: Duration,
}

impl Flow {
    /// Makes the flow that `file` describes. `prompt_files` are the usable sound files (8 kHz mono), by the paths
    /// that texts call them by.
    ///
    /// # Errors
    /// Every mistake at once, in the order of the file.
    pub fn check(
        file: &FlowFile,
        policy: &Policy,
        prompt_files: &BTreeSet<String>,
    ) -> Result<Self, Vec<Mistake>> {
        super::check::check(file, policy, prompt_files)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn version(&self) -> u32 {
        self.version
    }

    /// `reminder@4`, as results carry it.
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The languages spoken; the first serves debtors of any other.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    pub fn hours(&self) -> Hours {
        self.hours
    }

    pub fn record(&self) -> Record {
        self.record
    }

    pub fn leaves_voicemail(&self) -> bool {
        self.voicemail.is_some()
    }

    /// The queues it connects to, in the order of its steps.
    pub fn queues(&self) -> impl Iterator<Item = &str> {
        self.connects().map(|(_, queue)| queue)
    }

    /// The steps that connect, with the queue of each.
    pub fn connects(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().filter_map(|step| match &step.plays {
            Plays::Connect { queue, .. } => Some((step.name.as_str(), queue.as_str())),
            Plays::Ask { .. } | Plays::Enter { .. } | Plays::Pass { .. } | Plays::Say { .. } => None,
        })
    }

    /// What it asks of others' systems, with the steps that do: nobody here sends a message.
    pub fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().flat_map(|step| {
            step.acts.iter().filter_map(|act| match act {
                Act::Now(Action::SendSms { template }) => Some((step.name.as_str(), template.as_str())),
                Act::Now(Action::OpenComplaint | Action::ScheduleCall(_)) | Act::ScheduleAtInput => None,
            })
        })
    }

    /// The steps in which somebody disputes the debt or says that he has paid: a question to its creditor.
    pub fn disputes(&self) -> impl Iterator<Item = &str> {
        let asks =
            |step: &&Step| matches!(step.outcome, Some(Disposition::AlreadyPaid | Disposition::Dispute));
        self.steps.iter().filter(asks).map(|step| step.name.as_str())
    }

    /// The prompts in which the flow calls somebody by this name, in one of its languages: a speech engine has to say
    /// their sentences with the name beforehand.
    pub fn prompts_with_name(&self, language: Language, name: &PersonName) -> Vec<Utterance> {
        self.prompts().iter().filter_map(|(_, prompt)| prompt.with_name(language, name)).collect()
    }

    /// The sentences in which the flow tells somebody of `wanted` language this creditor or this amount: a pack that
    /// lacks one of them would leave him in silence when he has said who he is.
    pub fn debt_sentences(&self, wanted: Language, creditor: &str, amount: Money) -> Vec<Utterance> {
        let language = self.language_for(wanted);
        let prompts = self.prompts().into_iter();
        prompts.flat_map(|(_, prompt)| prompt.debt_sentences(language, creditor, amount)).collect()
    }

    /// Whether a debtor of `wanted` language with this name, as far as voices have it, can say who he is so that `by` is
    /// content.
    pub fn can_identify(&self, by: IdentifiedBy, name: Option<&VoicedName>, wanted: Language) -> bool {
        let language = self.language_for(wanted);
        let named = name.is_some_and(|name| name.languages.contains(&language));
        match by {
            IdentifiedBy::Name => self.steps.iter().all(|step| match &step.plays {
                Plays::Ask { question, keys } if keys.values().any(|goes| self.marks(goes.then)) => {
                    named && question.prompt.calls_by_name(language)
                }
                Plays::Ask { .. } | Plays::Connect { .. } | Plays::Enter { .. } => true,
                Plays::Pass { .. } | Plays::Say { .. } => true,
            }),
            IdentifiedBy::Number => true,
        }
    }

    /// Who is led there has said that he is the debtor.
    pub(super) fn marks(&self, target: Target) -> bool {
        match target {
            Target::Step(number) => self.steps[number].mark.is_some(),
            Target::Agent | Target::HangUp => false,
        }
    }

    /// What a step is called.
    pub(super) fn name_of(&self, target: Target) -> &str {
        match target {
            Target::Agent => "agent",
            Target::HangUp => "hangup",
            Target::Step(number) => &self.steps[number].name,
        }
    }

    /// It speaks of nobody: neither a name nor a debt is in any of its prompts.
    pub fn tells_nothing(&self) -> bool {
        self.prompts().iter().all(|(_, prompt)| !prompt.reads_debt() && !prompt.reads_name())
    }

    /// `wanted` if the flow speaks it, else its default.
    pub(super) fn language_for(&self, wanted: Language) -> Language {
        if self.languages.contains(&wanted) { wanted } else { self.languages[0] }
    }

    /// Every prompt with the key it stands at.
    pub(super) fn prompts(&self) -> Vec<(String, &Prompt)> {
        let mut prompts = Vec::new();
        for step in &self.steps {
            for (place, prompt) in step.prompts() {
                prompts.push((format!("steps.{}.{place}", step.name), prompt));
            }
        }
        prompts
            .extend(self.voicemail.iter().map(|voicemail| ("voicemail.say".to_owned(), &voicemail.prompt)));
        prompts
    }
}

/// Every fixed text of the flow once, by language, a sentence or a part of one each: what a speech pack must hold
/// beside the readings of slots.
pub fn fixed_texts(flow: &Flow) -> Vec<(Language, String)> {
    let mut texts = BTreeSet::new();
    for (_, prompt) in flow.prompts() {
        for (language, pieces) in prompt.every_text() {
            for piece in pieces {
                if let Piece::Words(words) = piece
                    && let Some(from) = words.find(char::is_alphanumeric)
                {
                    texts.insert((language, words[from..].to_owned()));
                }
            }
        }
    }
    texts.into_iter().collect()
}
