//! The day in steps of five minutes is what a count of the rows gives, whatever of it is over.

use jiff::Timestamp;
use obzvon::agents::{ReservationNo, State, Why};
use obzvon::domain::attempt::{Finished, Stamps};
use obzvon::domain::{AgentId, AttemptId, CampaignId, Fault, Outcome};
use obzvon::rules::EventKind;
use obzvon::stats::{DayStep, DaySteps};
use obzvon::store::{AgentChange, FinishRequest, InboundRequest, KnownCaller, Period};

use crate::world::{World, finished, hours, no_answer, noon, number, promised, row, seconds};

crate::on_both_engines!(the_steps_of_a_day_are_what_its_rows_say, a_day_without_a_call_has_no_steps);

/// The house's day, by the clock of Moscow, and a moment within it.
fn today() -> Period {
    Period { from: noon() - hours(12), to: noon() + hours(12) }
}

fn now() -> Timestamp {
    noon() + seconds(3_500)
}

/// A call begun so many seconds after noon; it had its line for so long.
async fn call(world: &World, campaign: CampaignId, (at, long): (i64, i64), outcome: Outcome) {
    let begun = noon() + seconds(at);
    let contact = world.claim_one(campaign, begun).await;
    let attempt = world.permit(&contact, begun).await.attempt();
    let end = begun + seconds(long);
    let stamps = Stamps { invite: Some(begun + seconds(1)), end: Some(end), ..Stamps::default() };
    let request = match outcome {
        Outcome::Answered => promised(attempt),
        _ => {
            FinishRequest { kinds: vec![EventKind::AttemptNoAnswer], ..no_answer(attempt, begun + hours(48)) }
        }
    };
    let told = Finished { stamps, ..finished(outcome) };
    world.store.finish(FinishRequest { finished: told, ..request }, end).await.expect("finished");
}

async fn log(world: &World, agent: &str, changes: &[(i64, State, Option<AttemptId>)]) {
    for (at, to, attempt) in changes.iter().cloned() {
        let (agent, at) = (AgentId::parse(agent).expect("a login"), noon() + seconds(at));
        let change = AgentChange { agent, at, to, billable: false, why: Why::Call, attempt };
        world.store.log_agent(change).await.expect("kept");
    }
}

/// Somebody calls back, and is up for so long.
async fn call_back(world: &World, phone: u64, (at, long): (i64, i64)) {
    let phone = number(phone);
    let known = world.store.known_caller(phone.clone()).await.expect("read");
    let KnownCaller::One { contact, .. } = known else { panic!("nobody has that phone") };
    let request = InboundRequest {
        contact,
        phone,
        called: number(4_950_000_000),
        trunk: "main".into(),
        debt_kind: obzvon::domain::DebtKind::Overdue,
        config_version: "c1".into(),
        flow_version: "f1".into(),
    };
    let begun = noon() + seconds(at);
    let entered = world.store.enter_inbound(request, begun).await.expect("written").expect("entered");
    let stamps = Stamps { end: Some(begun + seconds(long)), ..Stamps::default() };
    let told =
        Finished { stamps, channel: obzvon::domain::Channel::InboundCall, ..finished(Outcome::Answered) };
    let request = FinishRequest {
        finished: told,
        kinds: vec![EventKind::InboundConversation],
        ..no_answer(entered.attempt, begun + hours(48))
    };
    world.store.finish(request, begun + seconds(long)).await.expect("finished");
}

/// What the rows say of a step, without the sums: calls, those a person answered, those abandoned, microseconds of lines, of
/// talks, and of being ready.
async fn counted(world: &World, begins: Timestamp, campaign: Option<i64>) -> [i64; 6] {
    let (from, to, now) =
        (begins.as_microsecond(), (begins + seconds(300)).as_microsecond(), now().as_microsecond());
    let to = to.min(now);
    let of = campaign.map_or_else(String::new, |id| format!(" AND campaign_id = {id}"));
    let number = async |sql: String| world.text(&sql).await.parse::<i64>().expect("a number");
    let calls = async |which: &str| {
        number(format!(
            "SELECT CAST(COUNT(*) AS TEXT) FROM attempt WHERE reserved_at >= {from} AND reserved_at < {to} \
             AND channel <> 'inbound_call' AND {which}{of}"
        ))
        .await
    };
    let overlap = |spans: String| {
        format!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN e < {to} THEN e ELSE {to} END - CASE WHEN b > {from} THEN b ELSE {from} END), 0) \
             AS TEXT) FROM ({spans}) w WHERE b < {to} AND e > {from}"
        )
    };
    let lines = format!(
        "SELECT CASE WHEN channel = 'inbound_call' THEN reserved_at ELSE invite_at END AS b, \
         CASE WHEN outcome IS NULL THEN {now} ELSE end_at END AS e FROM attempt WHERE 1 = 1{of}"
    );
    let states = |which: &str| {
        format!(
            "SELECT b, e FROM (SELECT s.at AS b, LEAD(s.at, 1, {now}) OVER (PARTITION BY s.agent ORDER BY s.id) AS e, s.state, \
             COALESCE(a.campaign_id, 0) AS campaign_id FROM agent_state s LEFT JOIN attempt a ON a.id = s.attempt_id) t \
             WHERE state IN ({which}){of}"
        )
    };
    [
        calls("(outcome IS NULL OR outcome <> 'cancelled')").await,
        calls("outcome IN ('answered', 'abandoned')").await,
        calls("outcome = 'abandoned'").await,
        number(overlap(lines)).await,
        number(overlap(states("'talking', 'hold'"))).await,
        number(overlap(states("'ready', 'reserved', 'ringing'"))).await,
    ]
}

/// The same as the steps tell it.
fn told(step: &DayStep, begins: Timestamp) -> [i64; 6] {
    let lasted = now().duration_since(begins).as_secs_f64().min(300.0);
    let spent = |mean: f64| (mean * lasted * 1_000_000.0).round() as i64;
    let counts = [step.dials, step.people, step.abandoned].map(u64::cast_signed);
    let [dials, people, abandoned] = counts;
    [dials, people, abandoned, spent(step.lines), spent(step.talk), spent(step.ready)]
}

async fn assert_counted(world: &World, day: &DaySteps, campaign: Option<i64>) {
    let steps = day.of(campaign);
    assert!(steps.len() >= 10, "{}", steps.len());
    let (mut people, mut abandoned) = (0, 0);
    for (begins, step) in steps {
        let wanted = counted(world, begins, campaign).await;
        assert_eq!(told(&step, begins), wanted, "{begins} {campaign:?}");
        people += step.people;
        abandoned += step.abandoned;
        assert_eq!((step.people_so_far, step.abandoned_so_far), (people, abandoned));
    }
}

async fn the_steps_of_a_day_are_what_its_rows_say(world: World) {
    let first = world.campaign("reminders", &(1..=9).map(row).collect::<Vec<_>>()).await;
    // A second campaign calls those first who are not in the first one: they owe more.
    world.store.upsert(&(11..=13).map(row).collect::<Vec<_>>(), noon()).await.expect("imported");
    let second = world.store.campaign("second", noon()).await.expect("made");
    let running = obzvon::store::CampaignState::Running;
    world.store.set_campaign("second", running, "boss", noon()).await.expect("started");
    world.fill(second).await;

    call(&world, first, (0, 40), Outcome::Answered).await;
    call(&world, first, (30, 700), Outcome::Answered).await;
    call(&world, first, (299, 2), Outcome::Abandoned).await;
    call(&world, first, (300, 300), Outcome::Machine).await;
    call(&world, first, (650, 20), Outcome::Cancelled).await;
    call(&world, first, (651, 20), Outcome::Failed(Fault::Trunk)).await;
    call(&world, second, (900, 1_000), Outcome::Answered).await;
    call_back(&world, 9_990_000_012, (1_210, 100)).await;
    // One that nobody knows the end of.
    let contact = world.claim_one(first, noon() + seconds(3_400)).await;
    let open = world.permit(&contact, noon() + seconds(3_400)).await.attempt();
    let no = ReservationNo(1);
    let talk = [
        (-100, State::Ready, None),
        (20, State::Reserved { no }, Some(open)),
        (31, State::Talking { no }, Some(open)),
        (400, State::Hold { no }, Some(open)),
        (650, State::WrapUp { no }, Some(open)),
        (1_900, State::Ready, None),
    ];
    log(&world, "anna", &talk).await;
    log(&world, "boris", &[(310, State::Away { code: "break".into() }, None), (3_450, State::Ready, None)])
        .await;
    log(&world, "vera", &[(100, State::Ready, None), (200, State::LoggedOut, None)]).await;

    let day = world.store.day_steps(today(), now()).await.expect("counted");
    assert_eq!(day.campaigns(), [first.0, second.0]);
    assert_counted(&world, &day, None).await;
    assert_counted(&world, &day, Some(first.0)).await;
    assert_eq!(day.of(Some(second.0)).iter().map(|(_, step)| step.people).sum::<u64>(), 1);
    // What is counted anew is the same.
    let faults = world.store.check_tallies().await.expect("counted");
    assert!(faults.is_empty(), "{faults:?}");
    world.store.recount_tallies(world.store.basis().await.expect("read")).await.expect("counted anew");
    assert_eq!(world.store.day_steps(today(), now()).await.expect("counted"), day);
    // The day before has only what its own hours had.
    let yesterday = Period { from: noon() - hours(36), to: noon() - hours(12) };
    assert_eq!(world.store.day_steps(yesterday, now()).await.expect("counted").of(None), []);
}

async fn a_day_without_a_call_has_no_steps(world: World) {
    assert_eq!(world.store.day_steps(today(), now()).await.expect("counted").of(None), []);
    let never = Period { from: Timestamp::MIN, to: Timestamp::MIN + hours(24) };
    assert_eq!(world.store.day_steps(never, now()).await.expect("counted").of(None), []);
    let ever = Period { from: Timestamp::MAX - hours(24), to: Timestamp::MAX };
    assert_eq!(world.store.day_steps(ever, now()).await.expect("counted").of(None), []);
}
