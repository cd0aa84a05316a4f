//! Who may be on the other end, how often, and what each does.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;

use super::script::{Refusal, Script, Step};
use super::sound::synth::Sound;

/// A kind of callee, or of network in his place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persona {
    AlreadyPaid,
    AsksAgain,
    AsksOperator,
    Busy,
    Congestion,
    Declines,
    Disputes,
    HangsUpAtOnce,
    HangsUpMidway,
    NoAnswer,
    NotInService,
    PaysByLink,
    Promises,
    RingsLate,
    SaysNothing,
    SilentTrying,
    SlowAnswer,
    StopsCalls,
    SwitchedOff,
    Voicemail,
    WrongPerson,
}

/// The personas of a thousand numbers.
pub const POPULATION: [(Persona, u32); 21] = [
    (Persona::PaysByLink, 140),
    (Persona::Promises, 100),
    (Persona::AlreadyPaid, 20),
    (Persona::AsksAgain, 40),
    (Persona::AsksOperator, 30),
    (Persona::WrongPerson, 30),
    (Persona::Disputes, 20),
    (Persona::StopsCalls, 15),
    (Persona::HangsUpAtOnce, 60),
    (Persona::HangsUpMidway, 60),
    (Persona::SaysNothing, 35),
    (Persona::NoAnswer, 130),
    (Persona::Busy, 80),
    (Persona::SwitchedOff, 70),
    (Persona::Voicemail, 70),
    (Persona::NotInService, 40),
    (Persona::Declines, 20),
    (Persona::SlowAnswer, 20),
    (Persona::Congestion, 10),
    (Persona::RingsLate, 5),
    (Persona::SilentTrying, 5),
];

/// The keys of the shipped reminder flows.
mod key {
    pub const IT_IS_ME: &str = "1";
    pub const NOT_ME: &str = "2";
    pub const NO_MORE_CALLS: &str = "0";
    pub const PAY_LINK: &str = "1";
    pub const PROMISE: &str = "2";
    pub const OPERATOR: &str = "3";
    pub const OTHER: &str = "4";
    /// In the menu of other questions.
    pub const PAID: &str = "2";
    /// In the menu of other questions.
    pub const DISPUTE: &str = "3";
    pub const AGAIN: &str = "9";
    pub const YES: &str = "1";
}

/// A person who hears this long a silence knows that it is his turn: sentences of one prompt are closer together.
const QUIET: Duration = Duration::from_millis(900);
/// He loses patience with a prompt that does not end.
const PATIENCE: Duration = Duration::from_secs(60);

impl Persona {
    /// The persona behind `number` at its `nth` call, 0 for the first.
    ///
    /// What lasts, such as a number out of service or a person's character, is the same at every call;
    /// what passes, such as a busy line, is drawn anew.
    pub fn behind(number: &str, nth: u32, seed: u64, population: &[(Self, u32)]) -> Self {
        let first = Self::draw(&mut dice(seed, number, 0), population);
        if nth == 0 || !first.passes() {
            return first;
        }
        Self::draw(&mut dice(seed, number, nth), population)
    }

    /// What he does in one call on `today`.
    pub fn script(self, dice: &mut Pcg32, today: Date) -> Script {
        Script::new(self.name(), self.steps(dice, today))
    }

    /// The name in the records.
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyPaid => "already_paid",
            Self::AsksAgain => "asks_again",
            Self::AsksOperator => "asks_operator",
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Declines => "declines",
            Self::Disputes => "disputes",
            Self::HangsUpAtOnce => "hangs_up_at_once",
            Self::HangsUpMidway => "hangs_up_midway",
            Self::NoAnswer => "no_answer",
            Self::NotInService => "not_in_service",
            Self::PaysByLink => "pays_by_link",
            Self::Promises => "promises",
            Self::RingsLate => "rings_late",
            Self::SaysNothing => "says_nothing",
            Self::SilentTrying => "silent_trying",
            Self::SlowAnswer => "slow_answer",
            Self::StopsCalls => "stops_calls",
            Self::SwitchedOff => "switched_off",
            Self::Voicemail => "voicemail",
            Self::WrongPerson => "wrong_person",
        }
    }

    fn passes(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Congestion
                | Self::NoAnswer
                | Self::RingsLate
                | Self::SilentTrying
                | Self::SlowAnswer
                | Self::SwitchedOff
        )
    }

    fn draw(dice: &mut Pcg32, population: &[(Self, u32)]) -> Self {
        let total: u32 = population.iter().map(|(_, weight)| weight).sum();
        let mut left = dice.random_range(0..total.max(1));
        for &(persona, weight) in population {
            if left < weight {
                return persona;
            }
            left -= weight;
        }
        Self::Busy
    }

    fn steps(self, dice: &mut Pcg32, today: Date) -> Vec<Step> {
        let refuse = |refusal| vec![Step::Refuse(refusal)];
        match self {
            Self::AlreadyPaid => keys(dice, &[key::IT_IS_ME, key::OTHER, key::PAID]),
            Self::AsksAgain => keys(dice, &[key::IT_IS_ME, key::AGAIN, key::PAY_LINK]),
            Self::AsksOperator => keys(dice, &[key::IT_IS_ME, key::OPERATOR]),
            Self::Busy => after_ringing(dice, Refusal::new(486, "Busy Here", Some(17))),
            Self::Congestion => {
                refuse(Refusal { retry_after: Some(5), ..Refusal::new(503, "Service Unavailable", Some(34)) })
            }
            Self::Declines => after_ringing(dice, Refusal::new(603, "Decline", Some(21))),
            Self::Disputes => keys(dice, &[key::IT_IS_ME, key::OTHER, key::DISPUTE]),
            Self::HangsUpAtOnce => chain([answers(dice), vec![wait(dice, 300..1500), Step::HangUp]]),
            Self::HangsUpMidway => {
                let listens = Duration::from_millis(dice.random_range(3000..9000));
                chain([answers(dice), vec![Step::Play(Sound::Hello), Step::Listen(listens), Step::HangUp]])
            }
            Self::NoAnswer => vec![wait(dice, 300..1500), Step::Ring(180)],
            Self::NotInService => {
                announced(dice, Sound::NotInService, Refusal::new(404, "Not Found", Some(1)))
            }
            Self::PaysByLink => keys(dice, &[key::IT_IS_ME, key::PAY_LINK]),
            Self::Promises => {
                let day = today.saturating_add(i64::from(dice.random_range(2..10u8)).days()).day();
                let mut steps = keys(dice, &[key::IT_IS_ME, key::PROMISE]);
                steps.extend(presses(dice, &format!("{day}#")));
                steps.extend(presses(dice, key::YES));
                steps
            }
            Self::RingsLate => {
                chain([vec![wait(dice, 6000..9000)], keys(dice, &[key::IT_IS_ME, key::PAY_LINK])])
            }
            Self::SaysNothing => chain([answers(dice), vec![Step::Listen(Duration::from_secs(120))]]),
            Self::SilentTrying => Vec::new(),
            Self::SlowAnswer => chain([
                vec![Step::Ring(180), wait(dice, 17_000..20_000)],
                keys(dice, &[key::IT_IS_ME, key::PAY_LINK]),
            ]),
            Self::StopsCalls => keys(dice, &[key::NO_MORE_CALLS]),
            Self::SwitchedOff => {
                announced(dice, Sound::SwitchedOff, Refusal::new(480, "Temporarily Unavailable", Some(20)))
            }
            Self::Voicemail => chain([
                answers(dice),
                vec![
                    Step::Play(Sound::Greeting),
                    Step::Play(Sound::Beep),
                    Step::Listen(Duration::from_secs(40)),
                    Step::HangUp,
                ],
            ]),
            Self::WrongPerson => {
                let mut steps = keys(dice, &[key::NOT_ME]);
                steps.insert(steps.len() - 1, Step::Play(Sound::WrongNumber));
                steps
            }
        }
    }
}

/// The dice of one call, the same at every run with the same seed.
pub fn dice(seed: u64, number: &str, nth: u32) -> Pcg32 {
    // FNV-1a: std's hasher may change between releases, and a seeded demo should not.
    let hash = number.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Pcg32::seed_from_u64(seed ^ hash ^ u64::from(nth).rotate_left(48))
}

/// Rings a while and answers.
fn answers(dice: &mut Pcg32) -> Vec<Step> {
    vec![wait(dice, 300..1500), Step::Ring(180), wait(dice, 2000..9000), Step::Answer]
}

/// Answers, says hello, and presses each of the keys at the end of a prompt.
fn keys(dice: &mut Pcg32, keys: &[&str]) -> Vec<Step> {
    let mut steps = answers(dice);
    steps.push(Step::Play(Sound::Hello));
    for key in keys {
        steps.extend(presses(dice, key));
    }
    steps
}

fn presses(dice: &mut Pcg32, keys: &str) -> [Step; 3] {
    let hesitates = Duration::from_millis(dice.random_range(50..600));
    [Step::Pause { quiet: QUIET, limit: PATIENCE }, Step::Listen(hesitates), Step::Press(keys.to_owned())]
}

/// An announcement as early media, then the refusal.
fn announced(dice: &mut Pcg32, sound: Sound, refusal: Refusal) -> Vec<Step> {
    vec![wait(dice, 300..1500), Step::EarlyMedia, Step::Play(sound), Step::Refuse(refusal)]
}

fn after_ringing(dice: &mut Pcg32, refusal: Refusal) -> Vec<Step> {
    let rings = refusal.code == 603;
    let mut steps = vec![wait(dice, 300..1500)];
    if rings {
        steps.extend([Step::Ring(180), wait(dice, 1000..6000)]);
    }
    steps.push(Step::Refuse(refusal));
    steps
}

fn wait(dice: &mut Pcg32, ms: std::ops::Range<u64>) -> Step {
    Step::Wait(Duration::from_millis(dice.random_range(ms)))
}

fn chain<const N: usize>(parts: [Vec<Step>; N]) -> Vec<Step> {
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_number_has_the_same_persona_in_every_run_and_shares_are_the_weights() {
        let mut busy = 0;
        for n in 0..10_000 {
            let number = format!("7999{n:07}");
            let persona = Persona::behind(&number, 0, 1, &POPULATION);
            assert_eq!(persona, Persona::behind(&number, 0, 1, &POPULATION));
            busy += u32::from(persona == Persona::Busy);
        }
        assert!((700..900).contains(&busy), "{busy} of 10,000, expected 800");
    }

    #[test]
    fn what_lasts_is_there_at_the_next_call_and_what_passes_may_change() {
        let (mut lasting, mut changed) = (0, 0);
        for n in 0..2000 {
            let number = format!("7999{n:07}");
            let (first, next) =
                (Persona::behind(&number, 0, 1, &POPULATION), Persona::behind(&number, 1, 1, &POPULATION));
            if first.passes() {
                changed += u32::from(first != next);
            } else {
                lasting += 1;
                assert_eq!(first, next);
            }
        }
        assert!(lasting > 1000 && changed > 400, "{lasting} {changed}");
    }

    #[test]
    fn every_persona_has_a_weight_and_the_weights_are_a_thousand() {
        assert_eq!(POPULATION.iter().map(|(_, weight)| weight).sum::<u32>(), 1000);
        let names: std::collections::BTreeSet<_> =
            POPULATION.iter().map(|(persona, _)| persona.name()).collect();
        assert_eq!(names.len(), POPULATION.len());
    }

    #[test]
    fn a_promise_names_a_day_to_come_and_confirms_it() {
        let mut dice = dice(1, "79990000001", 0);
        let script = Persona::Promises.script(&mut dice, date(2026, 1, 30));
        let keys: Vec<_> = script
            .steps
            .iter()
            .filter_map(|step| if let Step::Press(keys) = step { Some(keys.as_str()) } else { None })
            .collect();
        assert_eq!((keys.len(), keys[0], keys[1], keys[3]), (4, "1", "2", "1"));
        let day: u8 = keys[2].trim_end_matches('#').parse().expect("a day");
        assert!((1..=9).contains(&day), "{day}");
    }
}
