use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::domain::{AgentId, DebtorType, Language};

const ANNA: &str = "anna";
const BORIS: &str = "boris";

fn id(name: &str) -> AgentId {
    AgentId::parse(name).expect("a login")
}

fn skills(list: &[(&str, u8)]) -> Skills {
    let one =
        |(name, level): &(&str, u8)| (Skill::parse(name).expect("skill"), Level::new(*level).expect("level"));
    list.iter().map(one).collect()
}

fn plan() -> Plan {
    let agent = |list: &[(&str, u8)]| AgentPlan { skills: skills(list), phone_there: true };
    Plan {
        agents: BTreeMap::from([
            (id(ANNA), agent(&[("language:ru", 5), ("debtor:fraudster", 3)])),
            (id(BORIS), agent(&[("language:ru", 5), ("language:en", 2)])),
            (id("vera"), agent(&[("language:ru", 1), ("creditor:north", 1)])),
        ]),
        pauses: BTreeMap::from([
            ("lunch".into(), Pause { limit: Some(secs(1_800)), billable: false }),
            ("training".into(), Pause { limit: None, billable: true }),
        ]),
        queues: BTreeMap::from([("debts".into(), Skills::new())]),
        exclusive_creditors: ["north".into()].into(),
        specialist_types: [DebtorType::Fraudster].into(),
        limits: Limits::default(),
    }
}

fn secs(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// A floor in simulated time; what it tells is kept as text.
struct Story {
    floor: Floor,
    began: Instant,
    now: Instant,
    log: Vec<String>,
}

impl Story {
    #[allow(clippy::disallowed_methods, reason = "any moment is as good a beginning")]
    fn of(plan: Plan) -> Self {
        let began = Instant::now();
        Self { floor: Floor::new(plan, began), began, now: began, log: Vec::new() }
    }

    /// Everybody is ready, one second after the other.
    fn with_all_ready() -> Self {
        let mut story = Self::of(plan());
        for name in [ANNA, BORIS, "vera"] {
            story.after(1, name, Input::LogIn).expect("logs in");
            story.after(0, name, Input::Ready).expect("is ready");
        }
        story.log.clear();
        story
    }

    fn after(&mut self, seconds: u64, agent: &str, input: Input) -> Result<(), Refusal> {
        self.pass(seconds);
        let said = self.floor.handle(self.now, &id(agent), input);
        self.listen();
        said
    }

    fn pass(&mut self, seconds: u64) {
        let until = self.now + secs(seconds);
        while let Some(due) = self.floor.next_timer().filter(|due| *due <= until) {
            self.now = due;
            self.floor.handle_timers(due);
            self.listen();
        }
        self.now = until;
    }

    fn reserve(&mut self, wish: Wish, caller: &Caller) -> Option<(AgentId, ReservationNo)> {
        let need = self.floor.plan().need("debts", caller, wish, secs(40)).expect("the queue is there");
        let reserved = self.floor.reserve(self.now, &need);
        self.listen();
        reserved
    }

    fn listen(&mut self) {
        while let Some(Output { at, agent, event }) = self.floor.poll() {
            let at = at.duration_since(self.began).as_secs();
            self.log.push(match event {
                Event::Changed { from, to, why } => {
                    let pause = to.pause().map(|code| format!("({code})")).unwrap_or_default();
                    format!("{at}s {agent} {} -> {}{pause} by {}", from.code(), to.code(), why.code())
                }
                Event::HoldOverrun => format!("{at}s {agent} hold overrun"),
                Event::PauseOverrun => format!("{at}s {agent} pause overrun"),
                Event::Wishes { .. } => continue,
                Event::WrapUpBegan { .. } => format!("{at}s {agent} wrap-up began"),
                Event::WrapUpRanOut { disposed, .. } => {
                    format!("{at}s {agent} wrap-up ran out, disposed: {disposed}")
                }
            });
        }
    }
}

fn russian(debtor_type: DebtorType) -> Caller {
    Caller { language: Language::Ru, creditor: None, debtor_type, promised_to: None }
}

#[test]
fn a_call_goes_its_way_from_ready_to_ready() {
    let mut story = Story::with_all_ready();
    let (agent, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    assert_eq!(agent, id(ANNA), "who has been idle longest");
    for (wait, input) in
        [(2, Input::Ring(no)), (3, Input::Talk(no)), (20, Input::Hold(no)), (5, Input::Resume(no))]
    {
        story.after(wait, ANNA, input).expect("fits");
    }
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    story.after(4, ANNA, Input::Disposed(no)).expect("fits");
    story.pass(60);
    let told = [
        "3s anna ready -> reserved by picked",
        "5s anna reserved -> ringing by call",
        "8s anna ringing -> talking by call",
        "28s anna talking -> hold by agent",
        "33s anna hold -> talking by agent",
        "43s anna talking -> wrap_up by call",
        "73s anna wrap-up ran out, disposed: true",
        "73s anna wrap_up -> ready by time_out",
    ];
    assert_eq!(story.log, told);
}

#[test]
fn a_wrap_up_that_runs_out_is_marked_and_lasts_until_the_disposition() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    assert_eq!(story.after(1, ANNA, Input::Ready), Err(Refusal::DispositionFirst));
    story.pass(100);
    assert_eq!(story.floor.state(&id(ANNA)).expect("known").0, &State::WrapUp { no });
    story.after(0, ANNA, Input::Disposed(no)).expect("fits");
    assert_eq!(
        story.log[3..],
        ["43s anna wrap-up ran out, disposed: false", "114s anna wrap_up -> ready by agent"]
    );
}

#[test]
fn who_stands_by_a_colleague_owes_nothing_until_the_call_is_his() {
    for his in [false, true] {
        let mut story = Story::with_all_ready();
        let (_, no) = story.reserve(Wish::Only(id(BORIS)), &russian(DebtorType::Habitual)).expect("free");
        story.after(0, BORIS, Input::Assist(no)).expect("fits");
        if his {
            story.after(5, BORIS, Input::Talk(no)).expect("his now");
            story.after(0, BORIS, Input::Assist(no)).expect("told again");
        }
        story.after(5, BORIS, Input::HangUp(no)).expect("fits");
        let said = story.after(1, BORIS, Input::Ready);
        assert_eq!(said, if his { Err(Refusal::DispositionFirst) } else { Ok(()) }, "his: {his}");
    }
}

#[test]
fn whose_call_a_colleague_has_taken_goes_on_as_if_it_were_written_up() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    assert_eq!(story.after(1, ANNA, Input::Ready), Err(Refusal::DispositionFirst));
    story.after(1, ANNA, Input::Excused(no)).expect("fits");
    story.pass(60);
    let told = ["43s anna wrap-up ran out, disposed: true", "43s anna wrap_up -> ready by time_out"];
    assert_eq!(story.log[3..], told);
    assert_eq!(story.after(0, ANNA, Input::Excused(no)), Err(Refusal::Stale));
}

#[test]
fn the_time_to_write_begins_when_the_call_can_be_written_up_or_is_a_colleagues() {
    for (ends, told) in [
        (Input::Closed as fn(_) -> _, "83s anna wrap-up ran out, disposed: false"),
        (Input::Excused, "83s anna wrap-up ran out, disposed: true"),
    ] {
        let mut story = Story::with_all_ready();
        let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
        story.after(0, ANNA, Input::Talk(no)).expect("fits");
        story.after(10, ANNA, Input::HangUp(no)).expect("fits");
        story.after(0, ANNA, Input::GoesOn(no)).expect("she has handed it on");
        assert_eq!(story.floor.due(&id(ANNA)), None);
        story.after(40, ANNA, ends(no)).expect("fits");
        assert!(story.floor.due(&id(ANNA)).is_some() && !story.floor.ran_out(&id(ANNA)));
        story.pass(40);
        assert_eq!(story.log[3..5], ["53s anna wrap-up began", told]);
    }
}

#[test]
fn a_wrap_up_whose_call_is_never_over_does_not_stand_for_ever() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    story.after(0, ANNA, Input::GoesOn(no)).expect("fits");
    story.pass(7_200);
    assert_eq!(story.log[3..], ["7213s anna wrap-up ran out, disposed: false"]);
    story.after(0, ANNA, Input::Closed(no)).expect("too late");
    assert_eq!(story.log.len(), 4);
}

#[test]
fn who_waits_for_nothing_but_a_disposition_goes_on_once_he_owes_none() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    story.pass(100);
    assert_eq!(story.floor.state(&id(ANNA)).expect("known").0, &State::WrapUp { no });
    story.after(0, ANNA, Input::Excused(no)).expect("fits");
    assert_eq!(story.log.last().map(String::as_str), Some("113s anna wrap_up -> ready by call"));
}

#[test]
fn a_hold_that_lasts_too_long_is_told_once_and_ends_with_the_talk() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(7, ANNA, Input::Hold(no)).expect("fits");
    story.after(100, ANNA, Input::Resume(no)).expect("in time");
    story.after(100, ANNA, Input::Hold(no)).expect("fits");
    story.pass(2 * 3_600);
    let told = ["330s anna hold overrun", "7203s anna hold -> wrap_up by time_out"];
    assert_eq!(story.log[5..7], told);
}

#[test]
fn a_missed_call_takes_the_agent_out_of_the_line() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Ring(no)).expect("fits");
    story.pass(15);
    assert_eq!(story.log[2], "18s anna ringing -> away(missed) by time_out");
    assert_eq!(story.after(0, ANNA, Input::Talk(no)), Err(Refusal::Stale));
}

#[test]
fn who_never_picks_up_in_time_is_away_after_some_calls() {
    let mut story = Story::with_all_ready();
    let call = |story: &mut Story| {
        let (agent, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
        assert_eq!(agent, id(ANNA));
        story.after(0, ANNA, Input::Ring(no)).expect("fits");
        no
    };
    for _ in 0..2 {
        let no = call(&mut story);
        story.after(2, ANNA, Input::HangUp(no)).expect("the debtor was told that nobody is free");
    }
    let no = call(&mut story);
    story.after(2, ANNA, Input::Talk(no)).expect("this time he was quick");
    story.after(5, ANNA, Input::HangUp(no)).expect("fits");
    story.after(1, ANNA, Input::Disposed(no)).expect("fits");
    story.after(0, ANNA, Input::Ready).expect("written up");
    for _ in 0..3 {
        let no = call(&mut story);
        story.after(2, ANNA, Input::HangUp(no)).expect("fits");
    }
    assert_eq!(story.log.last().expect("told"), "21s anna ringing -> away(missed) by missed");
    assert_eq!(story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)), None);
}

#[test]
fn who_picks_up_before_the_debtor_waits_as_long_as_he_is_reserved() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(1, ANNA, Input::Ring(no)).expect("fits");
    story.after(3, ANNA, Input::PickedUp(no)).expect("fits");
    story.pass(25);
    assert_eq!(story.floor.state(&id(ANNA)).expect("known").0, &State::Reserved { no });
    story.after(1, ANNA, Input::Talk(no)).expect("the debtor has answered");
    assert_eq!(
        story.log[1..],
        [
            "4s anna reserved -> ringing by call",
            "7s anna ringing -> reserved by call",
            "33s anna reserved -> talking by call",
        ]
    );
    let (_, no) = story.reserve(Wish::Only(id(BORIS)), &russian(DebtorType::Habitual)).expect("free");
    story.after(0, BORIS, Input::Ring(no)).expect("fits");
    story.after(3, BORIS, Input::PickedUp(no)).expect("fits");
    story.pass(40);
    assert_eq!(story.log.last().expect("told"), "73s boris reserved -> ready by time_out");
    let (_, no) = story.reserve(Wish::Only(id("vera")), &russian(DebtorType::Habitual)).expect("free");
    story.after(35, "vera", Input::Ring(no)).expect("fits");
    story.after(10, "vera", Input::PickedUp(no)).expect("fits");
    assert_eq!(story.floor.due(&id("vera")), Some(story.now), "he was kept until five seconds ago");
    story.pass(0);
    assert_eq!(story.log.last().expect("told"), "121s vera reserved -> ready by time_out");
}

#[test]
fn a_reservation_that_comes_to_nothing_costs_no_place_in_the_line() {
    let mut story = Story::with_all_ready();
    for _ in 0..3 {
        let (agent, _) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
        assert_eq!(agent, id(ANNA));
        story.pass(40);
    }
    assert_eq!(story.log[1], "43s anna reserved -> ready by time_out");
}

#[test]
fn specialists_languages_and_creditors_decide_who_may() {
    let mut story = Story::with_all_ready();
    let mut picks = |caller: &Caller| {
        let picked = story.reserve(Wish::Anybody, caller);
        if let Some((agent, no)) = &picked {
            story.after(0, agent.as_str(), Input::HangUp(*no)).expect("given back");
        }
        picked.map(|(agent, _)| agent.to_string())
    };
    let english = Caller { language: Language::En, ..russian(DebtorType::Unknown) };
    let of_north = Caller { creditor: Some("north".into()), ..russian(DebtorType::Idler) };
    let of_south = Caller { creditor: Some("south".into()), ..russian(DebtorType::Idler) };
    assert_eq!(picks(&russian(DebtorType::Fraudster)).as_deref(), Some(ANNA));
    assert_eq!(picks(&english).as_deref(), Some(BORIS));
    assert_eq!(picks(&of_north).as_deref(), Some("vera"));
    assert_eq!(picks(&of_south).as_deref(), Some(ANNA), "anybody may");
    assert_eq!(picks(&Caller { debtor_type: DebtorType::Fraudster, ..english }), None);
}

#[test]
fn a_promise_finds_the_agent_who_took_it_and_else_the_next() {
    let mut story = Story::with_all_ready();
    let caller = russian(DebtorType::Habitual);
    let first = story.reserve(Wish::Rather(id("vera")), &caller).expect("free").0;
    let second = story.reserve(Wish::Rather(id("vera")), &caller).expect("free").0;
    assert_eq!([first.as_str(), second.as_str()], ["vera", ANNA]);
    assert_eq!(story.reserve(Wish::Only(id("vera")), &caller), None);

    let promised = |agent| Caller { promised_to: Some(id(agent)), ..russian(DebtorType::Habitual) };
    let mut story = Story::with_all_ready();
    let agreed_with_another = story.reserve(Wish::Rather(id(BORIS)), &promised("vera")).expect("free").0;
    let his = story.reserve(Wish::Anybody, &promised("vera")).expect("free").0;
    let of_one_who_left = story.reserve(Wish::Anybody, &promised("gone")).expect("free").0;
    assert_eq!(
        [agreed_with_another, his, of_one_who_left].map(|agent| agent.to_string()),
        [BORIS, "vera", ANNA]
    );
}

#[test]
fn a_pause_wished_for_in_a_call_begins_after_it_and_its_limit_is_told_once() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    assert_eq!(story.after(0, ANNA, Input::Away { code: "nap".into() }), Err(Refusal::NoSuchPause));
    story.after(0, ANNA, Input::Away { code: "lunch".into() }).expect("later");
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    story.after(2, ANNA, Input::Disposed(no)).expect("fits");
    story.pass(7_200);
    assert_eq!(story.log[3..], ["15s anna wrap_up -> away(lunch) by agent", "1815s anna pause overrun"]);
}

#[test]
fn an_agent_whose_phone_is_lost_in_a_call_writes_it_up_and_gets_no_other() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(5, ANNA, Input::PhoneLost).expect("known");
    story.after(5, ANNA, Input::Disposed(no)).expect("fits");
    story.after(0, ANNA, Input::Ready).expect("written up");
    story.after(60, ANNA, Input::PhoneBack).expect("known");
    let told = [
        "8s anna talking -> wrap_up by phone",
        "13s anna wrap_up -> no_audio by agent",
        "73s anna no_audio -> ready by phone",
    ];
    assert_eq!(story.log[2..], told);
}

#[test]
fn who_leaves_in_a_call_is_logged_out_after_it() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    story.after(0, ANNA, Input::LogOut).expect("later");
    story.after(10, ANNA, Input::HangUp(no)).expect("fits");
    story.pass(100);
    let told = ["43s anna wrap-up ran out, disposed: false", "43s anna wrap_up -> logged_out by time_out"];
    assert_eq!(story.log[3..], told);
}

#[test]
fn an_agent_struck_from_the_plan_finishes_his_call_and_is_forgotten() {
    let mut story = Story::with_all_ready();
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(0, ANNA, Input::Talk(no)).expect("fits");
    let mut other = plan();
    other.agents.retain(|agent, _| agent.as_str() == "vera");
    story.floor.replan(other, story.now);
    story.listen();
    assert_eq!(story.log[2..], ["3s boris ready -> logged_out by removed"]);
    assert_eq!(story.floor.state(&id(BORIS)), None);
    story.after(1, ANNA, Input::HangUp(no)).expect("fits");
    story.after(1, ANNA, Input::Disposed(no)).expect("fits");
    assert_eq!(story.floor.state(&id(ANNA)), None);
}

#[test]
fn who_is_taken_out_of_the_plan_writes_up_his_talk_and_is_gone_and_who_is_put_back_stays() {
    for put_back in [false, true] {
        let mut story = Story::with_all_ready();
        let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
        story.after(1, ANNA, Input::Talk(no)).expect("fits");
        let mut without = plan();
        without.agents.remove(&id(ANNA));
        story.floor.replan(without, story.now);
        assert!(story.floor.is_leaving(&id(ANNA)));
        assert_eq!(story.floor.state(&id(ANNA)).map(|(state, _)| state), Some(&State::Talking { no }));
        story.after(5, ANNA, Input::HangUp(no)).expect("fits");
        // He may press what he likes: no call comes after this one.
        assert_eq!(story.after(1, ANNA, Input::Ready), Err(Refusal::DispositionFirst));
        if put_back {
            story.floor.replan(plan(), story.now);
        }
        story.after(1, ANNA, Input::Disposed(no)).expect("fits");
        assert_eq!(story.floor.state(&id(ANNA)).is_some(), put_back);
        if put_back {
            story.after(1, ANNA, Input::Ready).expect("he works on");
        }
    }
}

#[test]
fn a_registration_that_ends_leaves_a_call_on_the_line_alone_and_lets_no_other_come() {
    type Of = fn(ReservationNo) -> Input;
    let on_the_line: [(&str, &[Of]); 4] = [
        ("reserved", &[Input::Ring, Input::PickedUp]),
        ("ringing", &[Input::Ring]),
        ("talking", &[Input::Talk]),
        ("hold", &[Input::Talk, Input::Hold]),
    ];
    for (state, before) in on_the_line {
        let mut story = Story::with_all_ready();
        let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
        for input in before {
            story.after(0, ANNA, input(no)).expect("fits");
        }
        story.after(5, ANNA, Input::Unregistered).expect("known");
        assert_eq!(story.floor.state(&id(ANNA)).map(|(state, _)| state.code()), Some(state));
        story.after(0, ANNA, Input::Talk(no)).ok();
        story.after(5, ANNA, Input::HangUp(no)).expect("fits");
        story.after(0, ANNA, Input::Disposed(no)).expect("fits");
        story.after(0, ANNA, Input::Ready).expect("written up");
        assert_eq!(story.floor.state(&id(ANNA)).map(|(state, _)| state), Some(&State::NoAudio), "{state}");
    }
    let mut story = Story::with_all_ready();
    story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(1, ANNA, Input::Unregistered).expect("known");
    assert_eq!(
        story.log.last().expect("told"),
        "4s anna reserved -> no_audio by phone",
        "nobody can ring him"
    );
}

#[test]
fn skills_are_read_as_they_are_written() {
    for text in ["language:ru", "creditor:north", "debtor:fraudster", "vip"] {
        assert_eq!(Skill::parse(text).expect(text).to_string(), text);
    }
    for text in ["", "language:xx", "debtor:rich", "shoe:42", "a b", "creditor:"] {
        assert_eq!(Skill::parse(text), None, "{text}");
    }
}

/// One step of a random day: seconds that pass, whose, and what.
fn step() -> impl Strategy<Value = (u64, usize, u8)> {
    (0..200_u64, 0..3_usize, 0..22_u8)
}

fn input(kind: u8, no: ReservationNo) -> Option<Input> {
    let pause = |code: &str| Input::Away { code: Arc::from(code) };
    Some(match kind {
        0 => Input::LogIn,
        1 => Input::LogOut,
        2 => pause("lunch"),
        3 => pause("training"),
        4 | 5 => Input::Ready,
        6 => Input::Ring(no),
        7 => Input::Missed(no),
        8 => Input::Talk(no),
        9 => Input::Hold(no),
        10 => Input::Resume(no),
        11 => Input::HangUp(no),
        12 => Input::Disposed(no),
        13 => Input::PhoneLost,
        14 => Input::PhoneBack,
        15 => Input::Assist(no),
        16 => Input::Excused(no),
        17 => Input::PickedUp(no),
        18 => Input::Unregistered,
        19 => Input::GoesOn(no),
        20 => Input::Closed(no),
        _ => return None,
    })
}

proptest! {
    #[test]
    fn every_live_state_has_a_timer_and_nobody_is_reserved_twice(
        steps in proptest::collection::vec(step(), 1..200), auto_ready: bool, disposition_first: bool,
    ) {
        let mut plan = plan();
        (plan.limits.auto_ready, plan.limits.disposition_first) = (auto_ready, disposition_first);
        let names = [id(ANNA), id(BORIS), id("vera")];
        let mut story = Story::of(plan);
        let need = Need { skills: Skills::new(), wish: Wish::Anybody, lasts: secs(30) };
        let mut last = ReservationNo(0);
        for (wait, who, kind) in steps {
            story.pass(wait);
            let now = story.now;
            if let Some(input) = input(kind, last) {
                let _ = story.floor.handle(now, &names[who], input);
            } else {
                let ready: Vec<_> = names.iter().filter(|name| story.floor.state(name).unwrap().0 == &State::Ready).cloned().collect();
                prop_assert_eq!(story.floor.free(&need), ready.len());
                match story.floor.reserve(now, &need) {
                    Some((agent, no)) => {
                        prop_assert!(ready.contains(&agent) && no > last);
                        last = no;
                    }
                    None => prop_assert!(ready.is_empty()),
                }
            }
            let mut held = Vec::new();
            for (name, state, since, _) in story.floor.everybody() {
                prop_assert!(since <= now);
                held.extend(state.reservation());
                let live = matches!(state, State::Reserved { .. } | State::Ringing { .. } | State::Talking { .. } | State::Hold { .. });
                let due = story.floor.due(name);
                prop_assert!(!live || due.is_some_and(|due| due >= now), "{} has no timer", state.code());
                let rests = matches!(state, State::LoggedOut | State::NoAudio | State::Ready);
                prop_assert!(!rests || due.is_none(), "{} has a timer", state.code());
            }
            held.sort();
            let before = held.len();
            held.dedup();
            prop_assert_eq!(held.len(), before);
        }
    }

    #[test]
    fn who_has_been_idle_longest_is_picked(order in Just(vec![ANNA, BORIS, "vera"]).prop_shuffle()) {
        let mut story = Story::of(plan());
        for name in &order {
            story.after(1, name, Input::LogIn).expect("logs in");
            story.after(0, name, Input::Ready).expect("is ready");
        }
        for name in &order {
            let picked = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free").0;
            prop_assert_eq!(picked.as_str(), *name);
        }
    }
}

#[test]
fn whoever_takes_a_call_of_his_own_will_is_kept_for_it_and_then_again_what_he_was() {
    let mut story = Story::with_all_ready();
    story.after(0, "vera", Input::LogOut).expect("goes");
    story.after(0, BORIS, Input::Away { code: "training".into() }).expect("a pause");
    for (name, back) in [("vera", "logged_out"), (BORIS, "away"), (ANNA, "ready")] {
        let no = story.floor.draft(story.now, &id(name), secs(10)).expect("he has no call");
        assert_eq!(story.floor.draft(story.now, &id(name), secs(10)), Err(Refusal::NotNow));
        story.after(1, name, Input::HangUp(no)).expect("it came to nothing");
        assert_eq!(story.floor.state(&id(name)).expect("ours").0.code(), back, "{name}");
    }
    assert_eq!(story.floor.state(&id(BORIS)).expect("ours").0.pause(), Some("training"));
    let no = story.floor.draft(story.now, &id("vera"), secs(10)).expect("she has no call");
    story.after(1, "vera", Input::Talk(no)).expect("fits");
    story.after(9, "vera", Input::HangUp(no)).expect("fits");
    story.after(1, "vera", Input::Disposed(no)).expect("fits");
    assert_eq!(story.floor.state(&id("vera")).expect("ours").0, &State::LoggedOut);
}

#[test]
fn whose_call_was_cut_off_may_write_it_up_need_not_and_is_then_what_he_was() {
    let mut story = Story::with_all_ready();
    story.after(0, BORIS, Input::Away { code: "training".into() }).expect("a pause");
    let now = story.now;
    let no =
        [ANNA, BORIS, "vera"].map(|name| story.floor.recall(now, &id(name), None).expect("he has no call"));
    assert_eq!(story.floor.recall(now, &id(ANNA), None), Err(Refusal::NotNow), "once");
    story.after(1, "vera", Input::Ready).expect("she has nothing to write");
    story.after(4, ANNA, Input::Disposed(no[0])).expect("she has");
    story.pass(100);
    let state = |name: &str| story.floor.state(&id(name)).expect("ours").0.clone();
    let training = State::Away { code: "training".into() };
    assert_eq!([state(ANNA), state(BORIS), state("vera")], [State::Ready, training, State::Ready]);
}

#[test]
fn a_wrap_up_goes_on_from_its_start_and_is_still_to_be_written_when_its_time_is_over() {
    let mut plan = plan();
    (plan.limits.disposition_first, plan.limits.auto_ready) = (true, true);
    plan.limits.wrap_up = secs(120);
    let mut story = Story::of(plan);
    story.pass(300);
    story.after(0, ANNA, Input::LogIn).expect("logs in");
    story.after(0, ANNA, Input::Ready).expect("is ready");
    let began = story.now - secs(100);
    let no = story.floor.recall(story.now, &id(ANNA), Some(began)).expect("she has no call");
    assert_eq!(story.floor.state(&id(ANNA)).expect("ours"), (&State::WrapUp { no }, began));
    assert_eq!(story.floor.due(&id(ANNA)), Some(story.now + secs(20)));
    story.pass(30);
    assert!(story.floor.ran_out(&id(ANNA)));
    assert_eq!(story.floor.state(&id(ANNA)).expect("ours").0, &State::WrapUp { no }, "she owes it");
    story.after(1, ANNA, Input::Disposed(no)).expect("she writes it");
    assert_eq!(story.floor.state(&id(ANNA)).expect("ours").0.code(), "ready");
}

#[test]
fn what_comes_after_the_call_is_told_and_can_be_taken_back() {
    let mut story = Story::with_all_ready();
    let turns_to = |story: &Story| story.floor.turns_to(&id(ANNA)).map(|state| state.code());
    let (_, no) = story.reserve(Wish::Only(id(ANNA)), &russian(DebtorType::Habitual)).expect("free");
    story.after(1, ANNA, Input::Talk(no)).expect("fits");
    assert_eq!(turns_to(&story), None);
    story.after(1, ANNA, Input::LogOut).expect("after the call");
    assert_eq!(turns_to(&story), Some("logged_out"));
    story.after(1, ANNA, Input::LogIn).expect("she thinks better of it");
    assert_eq!(turns_to(&story), None);
}

#[test]
fn a_wrap_up_that_only_waits_for_a_disposition_ends_when_the_plan_asks_for_none_any_more() {
    let mut plan = plan();
    (plan.limits.disposition_first, plan.limits.auto_ready) = (true, true);
    let mut story = Story::of(plan.clone());
    story.after(1, ANNA, Input::LogIn).expect("logs in");
    story.after(0, ANNA, Input::Ready).expect("is ready");
    let (_, no) = story.reserve(Wish::Anybody, &russian(DebtorType::Habitual)).expect("free");
    story.after(1, ANNA, Input::Talk(no)).expect("fits");
    story.after(9, ANNA, Input::HangUp(no)).expect("fits");
    story.pass(600);
    assert_eq!(story.floor.state(&id(ANNA)).expect("ours").0, &State::WrapUp { no });
    story.floor.replan(plan.clone(), story.now);
    assert_eq!(story.floor.state(&id(ANNA)).expect("ours").0, &State::WrapUp { no }, "nothing has changed");
    plan.limits.disposition_first = false;
    story.floor.replan(plan, story.now);
    assert_eq!(story.floor.state(&id(ANNA)).expect("ours").0, &State::Ready);
}
