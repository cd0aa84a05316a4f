//! Builds the flow step by step and notes what does not make sense in a step by itself.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Checker;
use super::texts::{Place, not_spoken};
use crate::domain::Disposition;
use crate::ivr::file::{
    ActsFile, CallAgainWord, DigitsFile, MarkWord, Meaning, ReactionsFile, StepFile, Wait,
};
use crate::ivr::flow::{Flow, Voicemail};
use crate::ivr::mistake::told;
use crate::ivr::output::{Action, CallAgain, Mark};
use crate::ivr::step::{Act, Digits, DigitsMean, KeyGoes, Plays, Question, Reactions, Step, Target};

impl Checker<'_> {
    /// The flow, as far as it makes sense; none without a start.
    pub(super) fn build(&mut self) -> Option<Flow> {
        let file = self.file;
        if !is_name(&file.flow) {
            let text = told(
                "a flow's name is made of letters, digits and _",
                "имя сценария — латинские буквы, цифры и _",
            );
            self.note("flow", text);
        }
        if file.version == 0 {
            let text = told("versions are counted from 1", "версии считают с 1");
            self.note("version", text);
        }
        if file.languages.is_empty() {
            let text = told("a flow speaks at least one language", "сценарий говорит хотя бы на одном языке");
            self.note("languages", text);
        }
        let limit = self.span("defaults.limit", file.defaults.limit, 10..=1800);
        let steps: Vec<Step> = self.names.clone().into_iter().map(|name| self.step(name)).collect();
        self.line = line_of(file.start.referenced.line());
        let start = match self.target("start", &file.start.value) {
            Target::Step(start) => Some(start),
            Target::Agent | Target::HangUp => None,
        };
        let voicemail = self.voicemail();
        Some(Flow {
            name: file.flow.clone(),
            version: file.version,
            languages: file.languages.clone(),
            hours: file.hours,
            record: file.defaults.record,
            limit,
            start: start?,
            steps,
            voicemail,
        })
    }

    fn voicemail(&mut self) -> Option<Voicemail> {
        let voicemail = self.file.voicemail.as_ref()?;
        self.line = line_of(voicemail.referenced.line());
        let voicemail = &voicemail.value;
        if voicemail.outcome != Disposition::VoicemailLeft {
            let text = told(
                "a message that was left has the outcome voicemail_left",
                "у оставленного сообщения исход voicemail_left",
            );
            self.note("voicemail.outcome", text);
        }
        let wait = self.span("voicemail.wait", voicemail.wait, 5..=120);
        let without_name = voicemail.without_name.as_ref();
        let prompt = self.prompt("voicemail.say", Place::Voicemail, &voicemail.say, without_name);
        voicemail.enabled.then_some(Voicemail { prompt, wait })
    }

    fn step(&mut self, name: &str) -> Step {
        let spanned = &self.file.steps[name];
        self.line = line_of(spanned.referenced.line());
        let step = &spanned.value;
        let key = format!("steps.{name}");
        if name == "hangup" || name.is_empty() {
            self.note(&key, told("hangup is a target, not a step", "hangup — это цель, а не шаг"));
        }
        let plays = self.plays(&key, step);
        let acts = step.acts.as_ref().map_or_else(Vec::new, |acts| self.acts(&key, acts, &plays));
        if !step.notice.is_empty() && !matches!(plays, Plays::Say { .. }) {
            let text = told(
                "a notice stands with say, where it is heard to its end",
                "уведомление стоит при say, где его слышат до конца",
            );
            self.note(format!("{key}.notice"), text);
        }
        Step {
            name: name.to_owned(),
            line: self.line,
            requires_identity: step.requires == Some(MarkWord::RightParty),
            identified: false,
            mark: step.mark.map(|MarkWord::RightParty| Mark::RightParty),
            acts,
            outcome: step.outcome,
            notices: step.notice.clone(),
            plays,
        }
    }

    fn plays(&mut self, key: &str, step: &StepFile) -> Plays {
        self.refuse_strays(key, step);
        let without_name = step.without_name.as_ref();
        let barge_in = step.barge_in.unwrap_or(self.file.defaults.barge_in && step.notice.is_empty());
        if let Some(texts) = &step.ask {
            return self.asks(key, step, self.file.defaults.barge_in, texts);
        }
        if let Some(connect) = &step.connect {
            let wait = self.span(&format!("{key}.connect.wait"), connect.wait, 1..=120);
            let no_agent = self.needed_target(key, "no_agent", step.no_agent.as_deref());
            let (queue, music) = (connect.queue.clone(), connect.music.clone());
            return Plays::Connect { queue, wait, music, no_agent };
        }
        let then = self.needed_target(key, "then", step.then.as_deref());
        match &step.say {
            Some(texts) => {
                let prompt = self.prompt(&format!("{key}.say"), Place::Main, texts, without_name);
                Plays::Say { prompt, barge_in, then }
            }
            None => Plays::Pass { then },
        }
    }

    fn asks(&mut self, key: &str, step: &StepFile, barge_in: bool, texts: &crate::ivr::file::Texts) -> Plays {
        let prompt = self.prompt(&format!("{key}.ask"), Place::Main, texts, step.without_name.as_ref());
        let wait = self.span(&format!("{key}.wait"), step.wait.unwrap_or(self.file.defaults.wait), 1..=60);
        let tries = step.tries.unwrap_or(self.file.defaults.tries);
        if !(1..=5).contains(&tries) {
            let text = told("a question is asked 1 to 5 times", "вопрос задают от 1 до 5 раз");
            self.note(format!("{key}.tries"), text);
        }
        // Who enters no number goes the way of those who did, without their outcome.
        let otherwise = step.otherwise.as_deref().or(step.then.as_deref());
        let no_input = self.reactions(key, "no_input", step.no_input.as_ref(), otherwise, tries);
        let no_match = self.reactions(key, "no_match", step.no_match.as_ref(), otherwise, tries);
        let barge_in = step.barge_in.unwrap_or(barge_in);
        let question = Question { prompt, barge_in, wait, tries, no_input, no_match };
        match &step.digits {
            Some(digits) => self.enters(key, step, question, digits),
            None => Plays::Ask { question, keys: self.keys(key, step) },
        }
    }

    fn keys(&mut self, key: &str, step: &StepFile) -> BTreeMap<char, KeyGoes> {
        if step.keys.is_empty() {
            let text = told("a question needs keys or digits", "вопросу нужны keys или digits");
            self.nowhere(format!("{key}.ask"), text);
        }
        if step.then.is_some() {
            let text = told(
                "a question goes on by its keys; then is never taken",
                "после вопроса идут по клавишам; then не сработает никогда",
            );
            self.note(format!("{key}.then"), text);
        }
        let mut keys = BTreeMap::new();
        for (name, goes) in &step.keys {
            let at = format!("{key}.keys.{name}");
            let then = self.target(&at, &goes.then);
            if let Some(language) = goes.lang.filter(|language| !self.languages().contains(language)) {
                self.note(&at, not_spoken(language));
            }
            let offer = goes.offer.as_ref().map(|texts| self.offer(&format!("{at}.offer"), goes.lang, texts));
            let offer = offer.unwrap_or_default();
            match read_key(name) {
                Some(digit) => _ = keys.insert(digit, KeyGoes { language: goes.lang, then, offer }),
                None => {
                    let text = told("a key is one of 0 to 9, * and #", "клавиша — это 0–9, * или #");
                    self.nowhere(&at, text);
                }
            }
        }
        keys
    }

    fn enters(&mut self, key: &str, step: &StepFile, question: Question, digits: &DigitsFile) -> Plays {
        let at = format!("{key}.digits");
        if !step.keys.is_empty() {
            let text = told("a question has keys or digits, not both", "у вопроса либо keys, либо digits");
            self.nowhere(format!("{key}.keys"), text);
        }
        if digits.min == 0 || digits.min > digits.max || digits.max > 2 {
            self.note(&at, told("min and max are 1 to 2 digits", "min и max — от 1 до 2 цифр"));
        }
        let end = digits.end.as_deref().map(read_key);
        if end == Some(None) || end.flatten().is_some_and(|end| end.is_ascii_digit()) {
            let text = told("the key that ends a number is * or #", "число кончают клавишей * или #");
            self.note(format!("{at}.end"), text);
        }
        let meaning = self.digits_mean(&at, digits);
        let then = self.needed_target(key, "then", step.then.as_deref());
        let confirm = match &step.confirm {
            Some(texts) => {
                self.prompt(&format!("{key}.confirm"), Place::Confirm(digits.meaning), texts, None)
            }
            None => {
                let text = told(
                    "a number entered is read back: confirm is missing",
                    "введённое число повторяют вслух: нужен confirm",
                );
                self.nowhere(format!("{key}.confirm"), text);
                return Plays::Pass { then };
            }
        };
        let promises = step.outcome == Some(Disposition::PromiseToPay);
        if promises != (digits.meaning == Meaning::DayOfMonth) {
            let text = told(
                "a day of the month is a promise: outcome promise_to_pay stands with it, and only with it",
                "день месяца — это обещание: с ним, и только с ним, стоит outcome promise_to_pay",
            );
            self.note(&at, text);
        }
        let digits = Digits { min: digits.min, max: digits.max, end: end.flatten(), meaning };
        Plays::Enter { question, digits, confirm, then }
    }

    fn digits_mean(&mut self, key: &str, digits: &DigitsFile) -> DigitsMean {
        match digits.meaning {
            Meaning::DayOfMonth => {
                let furthest = self.policy.promise_within_days;
                let within_days = digits.within.map_or(0, |days| days.0);
                if within_days == 0 || within_days > furthest {
                    let text = told(
                        format!("a promise may be for a day within {furthest}d by policy"),
                        format!("по правилам обещают на день не дальше {furthest}d"),
                    );
                    self.note(format!("{key}.within"), text);
                }
                if digits.between.is_some() {
                    self.note(
                        format!("{key}.between"),
                        told("between goes with hour", "between бывает при hour"),
                    );
                }
                DigitsMean::Day { within_days }
            }
            Meaning::Hour => {
                let (first, last) = self.policy.call_hours;
                let [from, to] = digits.between.unwrap_or([first, last]);
                if from < first || to > last || from > to {
                    let text = told(
                        format!("calls may be asked for from {first} to {last} by policy"),
                        format!("по правилам звонок просят на время с {first} до {last} часов"),
                    );
                    self.note(format!("{key}.between"), text);
                }
                if digits.within.is_some() {
                    let text = told("within goes with day_of_month", "within бывает при day_of_month");
                    self.note(format!("{key}.within"), text);
                }
                DigitsMean::Hour { from, to }
            }
        }
    }

    fn reactions(
        &mut self,
        key: &str,
        name: &str,
        file: Option<&ReactionsFile>,
        otherwise: Option<&str>,
        tries: u8,
    ) -> Reactions {
        let (_, itself) = key.rsplit_once('.').unwrap_or(("", key));
        let mut by_count = BTreeMap::new();
        for (&count, reaction) in file.iter().flat_map(|file| &file.by_count) {
            let at = format!("{key}.{name}.{count}");
            if count >= tries {
                let text = told(
                    format!("is never said: the question is asked {tries} times"),
                    format!("не прозвучит никогда: вопрос задают раз: {tries}"),
                );
                self.note(&at, text);
            }
            let prompt = self.prompt(&format!("{at}.say"), Place::Reaction, &reaction.say, None);
            let then = self.target(&at, reaction.then.as_deref().unwrap_or(itself));
            by_count.insert(count, (prompt, then));
        }
        let otherwise = file.and_then(|file| file.otherwise.as_deref()).or(otherwise);
        let otherwise = match otherwise {
            Some(name_of_step) => self.target(&format!("{key}.{name}.else"), name_of_step),
            None => {
                let text = told(
                    "else is missing: where to go when the tries are used up",
                    "нет else: куда идти, когда попытки кончились",
                );
                self.nowhere(format!("{key}.{name}"), text)
            }
        };
        Reactions { by_count, otherwise }
    }

    fn acts(&mut self, key: &str, acts: &ActsFile, plays: &Plays) -> Vec<Act> {
        let mut read = Vec::new();
        if acts.complaint.is_some() {
            read.push(Act::Now(Action::OpenComplaint));
        }
        if let Some(template) = &acts.sms {
            if !is_name(template) {
                // Its text is the other system's, who knows it by this name.
                let text = told(
                    "the name of a message's template is made of letters, digits and _",
                    "имя шаблона сообщения — латинские буквы, цифры и _",
                );
                self.note(format!("{key}.do.sms"), text);
            }
            read.push(Act::Now(Action::SendSms { template: template.clone() }));
        }
        match acts.schedule_call {
            Some(CallAgainWord::NextWindow) => {
                read.push(Act::Now(Action::ScheduleCall(CallAgain::NextWindow)));
            }
            Some(CallAgainWord::Input) => {
                let hour =
                    matches!(plays, Plays::Enter { digits, .. } if digits.meaning.word() == Meaning::Hour);
                if !hour {
                    let text =
                        told("input stands where an hour is entered", "input бывает там, где вводят час");
                    self.note(format!("{key}.do.schedule_call"), text);
                }
                read.push(Act::ScheduleAtInput);
            }
            None => {}
        }
        read
    }

    /// Keys that mean nothing beside what the step does.
    fn refuse_strays(&mut self, key: &str, step: &StepFile) {
        let does = [step.say.is_some(), step.ask.is_some(), step.connect.is_some()];
        if does.into_iter().filter(|does| *does).count() > 1 {
            let text =
                told("a step has one of say, ask and connect", "у шага одно из трёх: say, ask или connect");
            self.nowhere(key, text);
        }
        let asks = step.ask.is_some();
        let strays = [
            ("keys", !asks && !step.keys.is_empty()),
            ("digits", !asks && step.digits.is_some()),
            ("confirm", step.digits.is_none() && step.confirm.is_some()),
            ("tries", !asks && step.tries.is_some()),
            ("wait", !asks && step.wait.is_some()),
            ("no_input", !asks && step.no_input.is_some()),
            ("no_match", !asks && step.no_match.is_some()),
            ("else", !asks && step.otherwise.is_some()),
            ("barge_in", !asks && step.say.is_none() && step.barge_in.is_some()),
            ("without_name", !asks && step.say.is_none() && step.without_name.is_some()),
            ("no_agent", step.connect.is_none() && step.no_agent.is_some()),
            ("then", step.connect.is_some() && step.then.is_some()),
        ];
        for (name, _) in strays.into_iter().filter(|(_, stray)| *stray) {
            let text = told("means nothing in this kind of step", "в таком шаге ничего не значит");
            self.note(format!("{key}.{name}"), text);
        }
    }

    fn needed_target(&mut self, key: &str, name: &str, target: Option<&str>) -> Target {
        let at = format!("{key}.{name}");
        match target {
            Some(target) => self.target(&at, target),
            None => self.nowhere(
                at,
                told("is missing: the next step, or hangup", "не указано: следующий шаг или hangup"),
            ),
        }
    }

    fn span(&mut self, key: &str, span: Wait, seconds: RangeInclusive<u64>) -> Duration {
        if !seconds.contains(&span.0.as_secs()) {
            let (least, most) = (seconds.start(), seconds.end());
            let text = told(format!("is {least} s to {most} s"), format!("бывает от {least} до {most} с"));
            self.note(key, text);
        }
        span.0
    }
}

/// Letters, digits and `_`.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A key of the telephone.
fn read_key(name: &str) -> Option<char> {
    let mut chars = name.chars();
    let key = chars.next().filter(|key| matches!(key, '0'..='9' | '*' | '#'))?;
    chars.next().is_none().then_some(key)
}

fn line_of(line: u64) -> Option<u32> {
    u32::try_from(line).ok().filter(|line| *line > 0)
}
