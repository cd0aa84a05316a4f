//! Runs told as stories, and the promises that hold whatever comes.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::{Currency, DebtKind, Language, Money, Part, PersonName, PhoneNumber, Utterance};
use crate::ivr::step::KeyGoes;
use crate::ivr::{FlowFile, IdentifiedBy, Policy, VoicedName, read};

const CURRENT: &str = include_str!("../../../config/flows/reminder_current.yaml");
const SHIPPED: [&str; 4] = [
    CURRENT,
    include_str!("../../../config/flows/reminder_overdue.yaml"),
    include_str!("../../../config/flows/returned_call.yaml"),
    include_str!("../../../config/flows/overflow.yaml"),
];

fn flow(text: &str) -> Arc<Flow> {
    let file = read(text).expect("a flow file");
    Arc::new(Flow::check(&file, &Policy::default(), &BTreeSet::new()).expect("a sound flow"))
}

fn shipped() -> Vec<Arc<Flow>> {
    SHIPPED.into_iter().map(flow).collect()
}

fn facts(name: Option<&str>) -> CallFacts {
    CallFacts {
        name: name.map(|name| VoicedName {
            name: PersonName::new(name),
            languages: vec![Language::Ru, Language::En],
        }),
        identified_by: IdentifiedBy::Number,
        language: Language::En,
        untold: Vec::new(),
        creditor: "Example Bank".to_owned(),
        amount: Money::new(123_450, Currency::Rub),
        due: date(2026, 12, 12),
        kind: DebtKind::Current,
        callback: PhoneNumber::parse("+74950000000").expect("E.164"),
        today: date(2026, 12, 1),
    }
}

/// A call under simulated time, as the lines of its story.
struct Talk {
    run: FlowRun,
    now: Instant,
    last: Option<PromptNo>,
    story: Vec<String>,
}

#[expect(clippy::disallowed_methods, reason = "some instant to count from; no test depends on which")]
fn some_instant() -> Instant {
    Instant::now()
}

impl Talk {
    fn begin(flow_text: &str) -> Self {
        Self::with(flow_text, facts(Some("Anna")))
    }

    fn with(flow_text: &str, facts: CallFacts) -> Self {
        let now = some_instant();
        let run = FlowRun::new(flow(flow_text), facts, now);
        let mut talk = Self { run, now, last: None, story: Vec::new() };
        talk.input(Input::Begin);
        talk
    }

    fn input(&mut self, input: Input) -> &mut Self {
        self.run.handle(self.now, input);
        self.drain();
        self
    }

    fn drain(&mut self) {
        while let Some(output) = self.run.poll() {
            if let Output::Say { prompt, .. } = &output {
                self.last = Some(*prompt);
            }
            self.story.push(line(&output));
        }
    }

    /// What is being said is played to its end.
    fn played(&mut self) -> &mut Self {
        self.ended(100)
    }

    fn ended(&mut self, percent: u8) -> &mut Self {
        let prompt = self.last.expect("something is said");
        self.input(Input::PromptEnded { prompt, percent })
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        keys.chars().for_each(|key| _ = self.input(Input::Digit(key)));
        self
    }

    /// Nothing happens until the next timer.
    fn silence(&mut self) -> &mut Self {
        self.now = self.run.next_timer().expect("a live run has a timer");
        self.run.handle_timers(self.now);
        self.drain();
        self
    }

    /// The lines since the last look.
    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.story)
    }

    /// A call in which the debtor has said that it is he and hears what is due.
    fn identified() -> Self {
        let mut talk = Talk::begin(CURRENT);
        talk.played().keys("1");
        talk.told();
        talk
    }

    /// A call in which the question by his name has begun, where that is what makes him the debtor.
    fn asked_by_name() -> Self {
        let facts = CallFacts { identified_by: IdentifiedBy::Name, ..facts(Some("Anna")) };
        let mut talk = Self::with(CURRENT, facts);
        talk.played().told();
        talk
    }
}

fn line(output: &Output) -> String {
    match output {
        Output::Say { utterance, .. } => format!("say: {}", words(utterance)),
        other => format!("{other:?}"),
    }
}

fn words(utterance: &Utterance) -> String {
    let parts = utterance.parts.iter().map(|part| match part {
        Part::Words(words) | Part::File(words) => words.clone(),
        Part::Name(name) => name.reveal().to_owned(),
        Part::Money { amount, .. } => amount.reveal(),
        Part::Date { date, .. } => date.to_string(),
        Part::Time(time) => time.to_string(),
        Part::Phone(phone) => phone.as_e164().to_owned(),
        Part::Count { .. } | Part::Digits(_) | Part::Duration(_) => String::new(),
    });
    parts.collect::<Vec<_>>().join(" ").replace(" .", ".").replace(" ?", "?")
}

/// The first words of each line are enough where the wording is not the point.
fn starts(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| line.split('.').next().unwrap_or(line)).collect()
}

#[test]
fn the_debt_is_told_after_the_notice_and_the_key_that_names_the_debtor() {
    let mut talk = Talk::begin(CURRENT);
    assert_eq!(
        talk.told(),
        [
            "say: Hello. This is an automated call. You are speaking with robot number one. The call is recorded."
        ]
    );
    let asked = talk.played().told();
    assert_eq!(starts(&asked), ["Mark(NoticeHeard)", "say: Is this Anna? If yes, press one"]);
    assert_eq!(
        talk.keys("1").told(),
        [
            "Grade(PickedUp)",
            "StopSaying",
            "Mark(RightParty)",
            "Grade(Identified)",
            "say: This is a payment reminder. Payee: Example Bank. Amount: 1234.50 RUB. Due date: 2026-12-12.",
        ]
    );
    let heard = talk.played().told();
    assert_eq!(starts(&heard)[..2], ["Grade(AmountHeard)", "Grade(DateHeard)"]);
    assert_eq!(talk.input(Input::HungUp).told(), ["Disposed(Reminded)"]);
}

#[test]
fn a_key_before_the_question_makes_nobody_the_debtor() {
    let mut talk = Talk::begin(CURRENT);
    talk.told();
    assert_eq!(talk.keys("111").told(), ["Grade(PickedUp)"]);
    talk.played();
    assert!(!talk.run.is_identified());
}

#[test]
fn a_key_before_his_name_was_heard_makes_nobody_the_debtor_where_the_name_does() {
    let mut talk = Talk::asked_by_name();
    assert_eq!(talk.keys("11").told(), ["Grade(PickedUp)"], "the question goes on");
    assert!(!talk.run.is_identified());
    assert!(talk.played().keys("1").told().contains(&"Mark(RightParty)".to_owned()));
    assert!(talk.run.is_identified());
}

#[test]
fn who_is_not_the_debtor_or_wants_no_calls_need_not_hear_the_name_out() {
    for (key, end) in [("2", "StopSaying"), ("0", "Do(OpenComplaint)")] {
        let mut talk = Talk::asked_by_name();
        assert!(talk.keys(key).told().contains(&end.to_owned()), "{key}");
        assert!(!talk.run.is_identified());
    }
}

#[test]
fn a_question_with_the_name_that_broke_off_makes_nobody_the_debtor() {
    let mut talk = Talk::asked_by_name();
    assert_eq!(starts(&talk.ended(40).keys("1").told()).last(), Some(&"say: Goodbye"));
    assert!(!talk.run.is_identified());
    // After a wrong key it is asked anew, and the key pressed meanwhile counts for nothing.
    let mut talk = Talk::asked_by_name();
    talk.keys("5").told();
    assert_eq!(starts(&talk.keys("1").told()), ["StopSaying", "say: Is this Anna? If yes, press one"]);
    assert!(!talk.run.is_identified());
    talk.played().keys("1");
    assert!(talk.run.is_identified());
}

#[test]
fn the_amount_counts_as_heard_only_when_its_words_were_played() {
    let mut talk = Talk::identified();
    assert!(!talk.ended(40).told().iter().any(|line| line.contains("Heard")));
    assert_eq!(talk.input(Input::HungUp).told(), ["Disposed(HungUp)"]);
    let mut talk = Talk::identified();
    // The amount is over, the date is not.
    let heard = talk.ended(88).told();
    assert_eq!(heard[0], "Grade(AmountHeard)");
    assert!(!heard.iter().any(|line| line.contains("DateHeard")));
}

#[test]
fn the_end_of_a_prompt_cut_by_a_key_grades_but_moves_nothing() {
    let mut talk = Talk::identified();
    talk.played().told();
    let menu = talk.last;
    let repeated = talk.keys("9").told();
    assert_eq!(starts(&repeated), ["StopSaying", "Grade(RepeatAsked)", "say: This is a payment reminder"]);
    let prompt = menu.expect("the menu was said");
    assert!(talk.input(Input::PromptEnded { prompt, percent: 30 }).told().is_empty());
}

#[test]
fn a_promise_is_a_day_within_the_policy_that_was_confirmed() {
    let mut talk = Talk::identified();
    talk.played().keys("2").told();
    let read_back = talk.played().keys("5#").told();
    assert_eq!(starts(&read_back), ["say: You will pay on 2026-12-05"]);
    assert_eq!(talk.keys("1").told()[..2], ["StopSaying", "Promised(2026-12-05)"]);
    assert_eq!(talk.played().played().told().last().expect("an end"), "HangUp");
    assert_eq!(talk.run.keys_masked(), "12##1");
}

#[test]
fn a_day_out_of_reach_is_asked_for_again_and_then_let_be() {
    let mut talk = Talk::identified();
    talk.played().keys("2").played().told();
    let again = talk.keys("30").told();
    assert_eq!(starts(&again), ["say: Please name a day within the next two weeks"]);
    talk.played().played().keys("30").played().played();
    let given_up = talk.keys("30").told();
    assert!(!given_up.iter().any(|line| line.starts_with("Promised")));
    assert_eq!(starts(&given_up).last().expect("a goodbye"), &"say: Thank you");
    assert_eq!(talk.played().told(), ["Disposed(Reminded)", "HangUp"]);
}

#[test]
fn a_number_not_confirmed_is_no_promise() {
    let mut talk = Talk::identified();
    talk.played().keys("2").played().keys("05").told();
    let story = talk.keys("2").told();
    assert_eq!(starts(&story), ["StopSaying", "say: Enter the day of the month, then press pound"]);
    assert_eq!(talk.input(Input::HungUp).told(), ["Disposed(Reminded)"]);
}

#[test]
fn a_call_at_six_is_booked_for_that_hour() {
    let mut talk = Talk::identified();
    talk.played().keys("41").played().keys("18").told();
    let booked = talk.keys("1").told();
    assert_eq!(booked[1], "Do(ScheduleCall(AtHour(18)))");
    assert_eq!(talk.input(Input::HungUp).told(), ["Disposed(CallbackBooked)"]);
}

#[test]
fn silence_is_asked_once_more_and_then_taken_for_nobody() {
    let mut talk = Talk::begin(CURRENT);
    talk.played().played().told();
    assert_eq!(talk.silence().told(), ["say: We did not hear you."]);
    let again = talk.played().told();
    assert_eq!(starts(&again), ["say: Is this Anna? If yes, press one"]);
    assert_eq!(talk.played().silence().told(), ["say: Goodbye."]);
    assert_eq!(talk.played().told(), ["Grade(PickedUp)", "Disposed(NotIdentified)", "HangUp"]);
}

#[test]
fn who_asks_to_be_left_alone_is_whatever_comes_later() {
    let mut talk = Talk::begin(CURRENT);
    let story = talk.played().keys("0").told();
    assert!(story.contains(&"Do(OpenComplaint)".to_owned()));
    assert_eq!(talk.input(Input::HungUp).told(), ["Disposed(StopRequested)"]);
    assert!(!talk.run.is_identified());
}

#[test]
fn a_key_changes_the_language() {
    let mut talk = Talk::begin(CURRENT);
    talk.played().told();
    let russian = talk.keys("7").told();
    assert_eq!(starts(&russian)[2], "say: Это Anna? Если да, нажмите один");
}

#[test]
fn a_language_is_offered_in_the_other_one_whenever_it_is_asked_who_listens() {
    let mut talk = Talk::begin(CURRENT);
    talk.told();
    let asked =
        |lines: Vec<String>| lines.into_iter().find(|line| line.starts_with("say: ")).expect("a question");
    let english = asked(talk.played().told());
    assert!(english.ends_with("press zero. For Russian, press seven."), "{english}");
    let russian = asked(talk.keys("7").told());
    assert!(russian.ends_with("нажмите ноль. Английский язык: нажмите восемь."), "{russian}");
}

#[test]
fn a_key_to_a_language_that_cannot_be_told_in_is_not_offered_and_goes_on_in_the_one_that_can() {
    let facts = CallFacts { untold: vec![Language::Ru], ..facts(Some("Anna")) };
    let mut talk = Talk::with(CURRENT, facts);
    talk.told();
    let asked = talk.played().told();
    assert!(asked[1].ends_with("to complain, press zero."), "{asked:?}");
    let asked_again = talk.keys("7").told();
    assert_eq!(starts(&asked_again)[2], "say: Is this Anna? If yes, press one");
    assert!(starts(&talk.keys("1").told()).iter().any(|line| line.starts_with("say: ")), "he hears his debt");
}

#[test]
fn without_a_voice_for_names_another_wording_is_said() {
    let mut talk = Talk::with(CURRENT, facts(None));
    talk.told();
    let asked = talk.played().told();
    assert!(asked[1].starts_with("say: Is this your own number? If yes"), "{asked:?}");
}

#[test]
fn a_name_prepared_in_one_language_is_not_said_in_another() {
    let mut facts = facts(Some("Anna"));
    facts.name.as_mut().expect("a name").languages = vec![Language::Ru];
    let mut talk = Talk::with(CURRENT, facts);
    talk.told();
    assert!(talk.played().told()[1].starts_with("say: Is this your own number?"));
    assert!(starts(&talk.keys("7").told())[2].starts_with("say: Это Anna?"));
}

#[test]
fn an_agent_takes_the_call_over_or_it_is_booked_for_later() {
    let mut talk = Talk::identified();
    talk.played().keys("3").played().told();
    assert_eq!(talk.input(Input::AgentConnected).told(), ["Disposed(Connected)"]);
    let mut talk = Talk::identified();
    talk.played().keys("3").told();
    let sought = talk.played().told();
    assert!(sought[0].starts_with("Connect { queue: \"collectors\""), "{sought:?}");
    let booked = talk.silence().told();
    assert_eq!(booked[0], "Do(ScheduleCall(NextWindow))");
    assert_eq!(talk.input(Input::HungUp).told(), ["Disposed(CallbackBooked)"]);
}

#[test]
fn a_message_is_left_after_the_beep_and_counts_only_when_complete() {
    for (percent, end) in [(100, "Disposed(VoicemailLeft)"), (99, "Disposed(NotIdentified)")] {
        let mut talk = Talk::begin(CURRENT);
        talk.told();
        assert_eq!(talk.input(Input::MachineHeard).told(), ["StopSaying"]);
        let message = talk.input(Input::BeepEnded).told();
        assert!(message[0].starts_with("say: Hello. This is an automated message. It is for Anna"));
        assert!(!message[0].contains("1234") && !message[0].contains("Bank"));
        assert_eq!(talk.ended(percent).told(), [end, "HangUp"]);
    }
}

#[test]
fn a_beep_after_the_message_began_in_a_pause_begins_it_anew() {
    let mut talk = Talk::begin(CURRENT);
    talk.input(Input::MachineHeard).input(Input::SilenceHeard).told();
    let story = talk.input(Input::BeepEnded).told();
    assert_eq!(starts(&story), ["StopSaying", "say: Hello"]);
    // A blip before the greeting, or the first of three: the last one counts.
    assert_eq!(starts(&talk.input(Input::BeepEnded).told()), ["StopSaying", "say: Hello"]);
}

#[test]
fn a_message_begun_in_a_pause_of_the_greeting_is_stopped_and_left_anew_after_it() {
    let mut talk = Talk::begin(CURRENT);
    talk.input(Input::MachineHeard).input(Input::SilenceHeard).told();
    assert_eq!(talk.input(Input::SpeechResumed).told(), ["StopSaying"]);
    assert!(talk.ended(40).told().is_empty(), "what was cut counts for nothing");
    assert_eq!(starts(&talk.input(Input::SilenceHeard).told()), ["say: Hello"]);
    assert_eq!(talk.played().told(), ["Disposed(VoicemailLeft)", "HangUp"]);
}

#[test]
fn a_message_that_the_greeting_spoke_over_and_that_was_never_left_anew_is_not_left() {
    let mut talk = Talk::begin(CURRENT);
    talk.input(Input::MachineHeard).input(Input::SilenceHeard).input(Input::SpeechResumed).told();
    assert_eq!(talk.silence().told(), ["Disposed(NotIdentified)", "HangUp"]);
    let mut talk = Talk::begin(CURRENT);
    talk.input(Input::MachineHeard).input(Input::BeepEnded).told();
    assert_eq!(talk.input(Input::SpeechResumed).told(), ["StopSaying"], "a menu, or the time is over");
    assert!(talk.input(Input::SilenceHeard).told().is_empty(), "who beeps beeps again");
    assert_eq!(starts(&talk.input(Input::BeepEnded).told()), ["say: Hello"]);
    assert_eq!(talk.input(Input::SpeechResumed).told(), ["StopSaying"]);
    assert_eq!(talk.silence().told(), ["Disposed(NotIdentified)", "HangUp"]);
}

#[test]
fn a_greeting_without_end_is_given_up() {
    let mut talk = Talk::begin(CURRENT);
    talk.input(Input::MachineHeard).told();
    assert_eq!(talk.silence().told(), ["Disposed(NotIdentified)", "HangUp"]);
}

#[test]
fn a_key_proves_a_person_whatever_the_detector_says() {
    let mut talk = Talk::begin(CURRENT);
    talk.input(Input::MachineHeard).told();
    let story = talk.keys("5").told();
    assert_eq!(starts(&story), ["Grade(PickedUp)", "say: Hello"]);
    assert!(talk.input(Input::MachineHeard).told().is_empty());
}

#[test]
fn a_verdict_revised_to_a_person_begins_the_flow_anew() {
    let mut talk = Talk::begin(CURRENT);
    talk.told();
    talk.input(Input::HumanHeard);
    assert!(talk.told().is_empty());
    talk.input(Input::MachineHeard).told();
    assert_eq!(starts(&talk.input(Input::HumanHeard).told()), ["say: Hello"]);
}

#[test]
fn a_notice_that_could_not_be_said_ends_the_call() {
    let mut talk = Talk::begin(CURRENT);
    talk.told();
    assert_eq!(talk.ended(0).told(), ["Grade(PickedUp)", "Disposed(NotIdentified)", "HangUp"]);
}

#[test]
fn the_trail_names_the_steps_gone_through() {
    let mut talk = Talk::identified();
    talk.played();
    let trail: Vec<_> = talk.run.trail().map(|(_, step)| step.to_owned()).collect();
    assert_eq!(trail, ["hello", "who", "verified", "due", "menu"]);
}

/// What a driver may do to a run.
#[derive(Clone, Debug)]
enum Turn {
    Input(Input),
    /// The prompt said last ends.
    Ended(u8),
    Pass(Duration),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let key = prop::sample::select(vec!['0', '1', '1', '1', '2', '3', '4', '5', '8', '9', '#', '*', 'x']);
    let input = prop_oneof![
        12 => key.prop_map(Input::Digit),
        1 => Just(Input::HumanHeard),
        1 => Just(Input::MachineHeard),
        1 => Just(Input::BeepEnded),
        1 => Just(Input::SilenceHeard),
        1 => Just(Input::SpeechResumed),
        1 => Just(Input::AgentConnected),
        1 => Just(Input::NoAgent),
        1 => Just(Input::Begin),
        1 => (0..9u32, 0..=120u8).prop_map(|(prompt, percent)| Input::PromptEnded { prompt: PromptNo(prompt), percent }),
    ];
    let turn = prop_oneof![
        6 => input.prop_map(Turn::Input),
        5 => prop_oneof![4 => Just(100u8), 1 => 0..100u8].prop_map(Turn::Ended),
        2 => (0..20_000u64).prop_map(|ms| Turn::Pass(Duration::from_millis(ms))),
    ];
    prop::collection::vec(turn, 0..60)
}

fn tells_debt(utterance: &Utterance, facts: &CallFacts) -> bool {
    utterance.parts.iter().any(|part| match part {
        Part::Money { .. } => true,
        Part::Date { date, .. } => *date == facts.due,
        Part::Words(words) => *words == facts.creditor,
        _ => false,
    })
}

/// The flow with the way out of the step `from` led to the step `to`, past the checker.
fn led_astray(from: &str, to: &str) -> Arc<Flow> {
    let mut flow = Arc::into_inner(flow(CURRENT)).expect("the only one");
    let number = |name: &str| flow.steps.iter().position(|step| step.name == name).expect("a step");
    let (from, to) = (number(from), number(to));
    if let Plays::Say { then, .. } = &mut flow.steps[from].plays {
        *then = Target::Step(to);
    }
    Arc::new(flow)
}

#[test]
fn the_run_itself_tells_nothing_more_to_who_said_that_he_is_not_the_debtor() {
    for astray in ["due", "verified", "pay_link"] {
        let mut talk = Talk::begin(CURRENT);
        talk.run = FlowRun::new(led_astray("third_party", astray), facts(None), talk.now);
        talk.input(Input::Begin).played().keys("2").told();
        let after = talk.played().told();
        let breach =
            |line: &String| line.contains("Bank") || line.contains("SendSms") || line.contains("RightParty");
        assert!(!after.iter().any(breach), "{astray}: {after:?}");
        assert!(!talk.run.is_identified(), "{astray}");
    }
}

#[test]
fn who_said_that_he_is_the_debtor_and_then_that_he_is_not_is_taken_at_his_last_word() {
    let mut flow = Arc::into_inner(flow(CURRENT)).expect("the only one");
    let number = |name: &str| flow.steps.iter().position(|step| step.name == name).expect("a step");
    let (menu, stranger) = (number("menu"), number("third_party"));
    if let Plays::Ask { keys, .. } = &mut flow.steps[menu].plays {
        let goes = KeyGoes { language: None, then: Target::Step(stranger), offer: Prompt::default() };
        keys.insert('5', goes);
    }
    let mut talk = Talk::begin(CURRENT);
    talk.run = FlowRun::new(Arc::new(flow), facts(None), talk.now);
    talk.input(Input::Begin).played().keys("1").played().told();
    assert!(talk.run.is_identified());
    assert_eq!(starts(&talk.keys("5").told()), ["StopSaying", "Withdrawn", "say: Sorry for the trouble"]);
    assert!(!talk.run.is_identified());
}

/// Runs a flow through `turns` and then through silence, and holds it to its promises: it ends once, always has a
/// timer, and tells no debt before the mark.
fn keeps_its_promises(
    flow: Arc<Flow>,
    mut facts: CallFacts,
    turns: Vec<Turn>,
    hang_up_at: Option<usize>,
) -> Result<(), TestCaseError> {
    // A day no promise within two weeks can name, so that a date said before the mark is the debt's.
    facts.due = date(2027, 1, 31);
    let mut now = some_instant();
    let mut run = FlowRun::new(flow, facts.clone(), now);
    let mut outputs = Vec::new();
    let mut last = PromptNo(0);
    // Prompts with the name that have not ended, and whether one has been heard to its end.
    let (mut named, mut name_heard, mut by_name) = (BTreeSet::new(), false, true);
    let mut turns = turns.into_iter().enumerate().collect::<VecDeque<_>>();
    run.handle(now, Input::Begin);
    for _ in 0..600 {
        while let Some(output) = run.poll() {
            if let Output::Say { prompt, utterance, .. } = &output {
                last = *prompt;
                if utterance.parts.iter().any(|part| matches!(part, Part::Name(_))) {
                    named.insert(prompt.0);
                }
            }
            by_name &= name_heard || output != Output::Mark(Mark::RightParty);
            outputs.push(output);
        }
        let over = outputs.iter().any(|output| matches!(output, Output::Disposed(_)));
        prop_assert_eq!(run.next_timer().is_none(), over);
        match (turns.pop_front(), run.next_timer()) {
            (Some((at, _)), _) if Some(at) == hang_up_at => run.handle(now, Input::HungUp),
            (Some((_, Turn::Input(input))), _) => {
                if let Input::PromptEnded { prompt, percent: 100.. } = input {
                    name_heard |= named.contains(&prompt.0);
                }
                run.handle(now, input);
            }
            (Some((_, Turn::Ended(percent))), _) => {
                name_heard |= percent == 100 && named.contains(&last.0);
                run.handle(now, Input::PromptEnded { prompt: last, percent });
            }
            (Some((_, Turn::Pass(time))), _) => {
                now += time;
                run.handle_timers(now);
            }
            (None, Some(timer)) => {
                now = now.max(timer);
                run.handle_timers(now);
            }
            (None, None) => break,
        }
    }
    prop_assert!(run.next_timer().is_none(), "the run goes on and on");
    let end = outputs.iter().position(|output| matches!(output, Output::Disposed(_))).expect("over");
    prop_assert!(matches!(outputs[end + 1..], [] | [Output::HangUp]));
    let marked = outputs.iter().position(|output| *output == Output::Mark(Mark::RightParty));
    for output in &outputs[..marked.unwrap_or(outputs.len())] {
        if let Output::Say { utterance, .. } = output {
            prop_assert!(!tells_debt(utterance, &facts));
        }
    }
    let withdrawn = outputs.iter().position(|output| *output == Output::Withdrawn);
    for output in &outputs[withdrawn.unwrap_or(outputs.len())..] {
        if let Output::Say { utterance, .. } = output {
            prop_assert!(!tells_debt(utterance, &facts));
        }
    }
    prop_assert!(by_name || facts.identified_by == IdentifiedBy::Number, "he has not heard the name");
    prop_assert!(!run.keys_masked().contains('x'));
    Ok(())
}

/// Debtors with and without a name that some voice has, and by what they are known.
fn debtors() -> impl Strategy<Value = CallFacts> {
    let languages = prop::sample::subsequence(vec![Language::Ru, Language::En], 0..=2);
    let by = prop::sample::select(vec![IdentifiedBy::Name, IdentifiedBy::Name, IdentifiedBy::Number]);
    (languages, by).prop_map(|(languages, identified_by)| {
        let mut facts = CallFacts { identified_by, ..facts(Some("Anna")) };
        facts.name = facts.name.filter(|_| !languages.is_empty());
        facts.name.iter_mut().for_each(|name| name.languages.clone_from(&languages));
        facts
    })
}

/// Leads one way of the `step`-th step to the `target`-th, or takes its mark or demand away.
fn mutate(file: &mut FlowFile, (step, kind, target): (usize, u8, usize)) {
    let names: Vec<String> = file.steps.keys().cloned().collect();
    let target = names[target % names.len()].clone();
    let step = &mut file.steps.get_mut(&names[step % names.len()]).expect("a step of the file").value;
    match kind {
        0 => step.then = step.then.as_ref().map(|_| target),
        1 => step.otherwise = step.otherwise.as_ref().map(|_| target),
        2 => step.mark = None,
        3 => step.requires = None,
        _ => {
            if let Some(goes) = step.keys.values_mut().next() {
                goes.then = target;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_run_ends_once_always_has_a_timer_and_tells_no_debt_to_a_stranger(
        flow in prop::sample::select(shipped()),
        debtor in debtors(),
        hang_up_at in prop::option::of(0..60usize),
        turns in turns(),
    ) {
        keeps_its_promises(flow, debtor, turns, hang_up_at)?;
    }
}

proptest! {
    // Each case reads a file.
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whatever_is_done_to_a_flow_the_checker_lets_no_breach_through(
        changes in prop::collection::vec((0..40usize, 0..6u8, 0..40usize), 1..4),
        debtor in debtors(),
        turns in turns(),
    ) {
        let mut file = read(CURRENT).expect("a flow file");
        changes.into_iter().for_each(|change| mutate(&mut file, change));
        if let Ok(flow) = Flow::check(&file, &Policy::default(), &BTreeSet::new()) {
            keeps_its_promises(Arc::new(flow), debtor, turns, None)?;
        }
    }
}
