//! Calls that come in: whose they are, that they are his one open call, and what they leave behind.

use obzvon::agents::{ReservationNo, State, Why};
use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{AgentId, AttemptId, Channel, Currency, DebtKind, Disposition, Money, Outcome};
use obzvon::rules::{EventKind, HoldKind};
use obzvon::stats::Axis;
use obzvon::store::{
    AgentChange, ClaimedContact, Entered, FinishRequest, Gone, InboundRequest, KnownCaller, NewCallback,
    NewPayment, Period, Reacted, Reserved, StrangerCall, StrangerEnd, StrangerWhy,
};

use crate::world::{World, finished, hours, no_answer, noon, number, promised, row, seconds};

crate::on_both_engines!(
    a_number_tells_one_person_or_nobody_in_particular,
    a_call_that_came_in_is_his_one_open_call,
    a_talk_he_began_is_in_the_ledger_and_cancels_what_was_agreed,
    who_only_rang_stands_where_he_stood,
    a_call_lost_in_a_crash_counts_as_a_talk,
    a_call_he_made_is_an_action_with_its_reactions_and_no_call_of_ours,
    a_stranger_who_asks_to_be_left_alone_is,
    what_agents_talk_is_of_the_persons_creditor_whoever_called,
);

fn request(contact: &ClaimedContact) -> InboundRequest {
    InboundRequest {
        contact: contact.id,
        phone: contact.phones[0].number.clone(),
        called: number(4_950_000_000),
        trunk: "main".into(),
        debt_kind: DebtKind::Overdue,
        config_version: "c1".into(),
        flow_version: "returned_call@3".into(),
    }
}

async fn enter(world: &World, contact: &ClaimedContact, at: i64) -> Option<Entered> {
    world.store.enter_inbound(request(contact), noon() + seconds(at)).await.expect("written")
}

/// The kinds of the person's entries, and how his first contact stands.
async fn ledger(world: &World, contact: &ClaimedContact) -> Vec<String> {
    let rows = world.store.ledger_rows(contact.person).await.expect("read");
    rows.into_iter().map(|row| row.kind).collect()
}

/// A call in which nothing was said.
fn hung_up(attempt: AttemptId) -> FinishRequest {
    FinishRequest {
        finished: finished(Outcome::Answered),
        kinds: Vec::new(),
        ..no_answer(attempt, noon() + hours(1))
    }
}

async fn a_number_tells_one_person_or_nobody_in_particular(world: World) {
    let shared = ImportRow { phones: vec![number(9_990_000_003)], ..row(4) };
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3), shared]).await;
    let all = world.store.claim(campaign, 9, noon()).await.expect("claimed");
    let of = |debt: &str| all.iter().find(|contact| contact.debt_external == debt).expect("claimed");
    let known = async |n: u64| world.store.known_caller(number(n)).await.expect("read");
    let one = |debt: &str| KnownCaller::One { contact: of(debt).id, campaign: "reminders".into() };
    assert_eq!(known(9_990_000_001).await, one("d1"));
    assert_eq!(known(9_990_000_009).await, KnownCaller::Unknown);
    assert_eq!(known(9_990_000_003).await, KnownCaller::Several);
    let merged = world.store.merge_persons(of("d3").person, of("d4").person, "passport", noon()).await;
    assert!(merged.expect("written"));
    let newest = if of("d3").id > of("d4").id { "d3" } else { "d4" };
    assert_eq!(known(9_990_000_003).await, one(newest), "they are one");
    world.raw("UPDATE phone SET relation = 'third_party' WHERE e164 = '+79990000002'").await.expect("set");
    assert_eq!(known(9_990_000_002).await, KnownCaller::NotHis);
    world.raw("UPDATE debt SET state = 'paid' WHERE external_id = 'd1'").await.expect("set");
    assert_eq!(known(9_990_000_001).await, KnownCaller::NoDebt);
}

async fn a_call_that_came_in_is_his_one_open_call(world: World) {
    let contact = world.one_contact().await;
    let entered = enter(&world, &contact, 0).await.expect("he has no other");
    assert_eq!(entered.owed, contact.amount);
    assert_eq!(enter(&world, &contact, 1).await, None);
    assert!(matches!(world.reserve(&contact, noon() + seconds(2)).await, Reserved::Gone(Gone::PersonInCall)));
    world.store.finish(hung_up(entered.attempt), noon() + seconds(9)).await.expect("finished");
    assert!(enter(&world, &contact, 10).await.is_some());
    let broken = world.store.verify_rows(|_| {}).await.expect("walked").broken;
    assert_eq!(broken.len(), 0, "{broken:?}");
}

async fn a_talk_he_began_is_in_the_ledger_and_cancels_what_was_agreed(world: World) {
    let contact = world.one_contact().await;
    let due_at = noon() + hours(2);
    let agreed =
        NewCallback { contact: contact.id, due_at, expires_at: due_at + hours(1), agent: None, wished: true };
    world.store.book_callback(agreed, noon()).await.expect("booked").expect("the contact is there");
    let attempt = enter(&world, &contact, 60).await.expect("entered").attempt;
    let talk = FinishRequest {
        kinds: vec![EventKind::InboundConversation],
        next: NextStep::Done(DoneWhy::Reached),
        ..promised(attempt)
    };
    world.store.finish(talk, noon() + seconds(200)).await.expect("finished");
    assert_eq!(ledger(&world, &contact).await, ["inbound_conversation"]);
    assert_eq!(world.contact_of("p1").await, ("done".to_owned(), "reached".to_owned()));
    assert!(world.store.due_callbacks(9, due_at).await.expect("read").is_empty());
    let attempts = world.store.attempts_of(contact.person).await.expect("read");
    assert_eq!((attempts[0].channel, attempts[0].decision), (Channel::InboundCall, None));
    let period = Period { from: noon(), to: noon() + hours(1) };
    let made = world.store.promises_report(period).await.expect("read");
    assert_eq!(made.iter().map(|line| line.made).sum::<u64>(), 1, "he promised all the same");
    let broken = world.store.verify_rows(|_| {}).await.expect("walked").broken;
    assert_eq!(broken.len(), 0, "{broken:?}");
}

async fn who_only_rang_stands_where_he_stood(world: World) {
    let contact = world.one_contact().await;
    let attempt = enter(&world, &contact, 0).await.expect("entered").attempt;
    world.store.finish(hung_up(attempt), noon() + seconds(5)).await.expect("finished");
    assert!(ledger(&world, &contact).await.is_empty());
    assert_eq!(world.contact_of("p1").await.0, "queued");
    let again = world.store.contacts(vec![contact.id]).await.expect("read").remove(0);
    assert_eq!((again.tries, again.before.len()), (0, 0), "it is no try of ours");
}

async fn a_call_he_made_is_an_action_with_its_reactions_and_no_call_of_ours(world: World) {
    let contact = world.one_contact().await;
    let ours = world.permit(&contact, noon()).await.attempt();
    world.store.finish(no_answer(ours, noon() + hours(99)), noon() + seconds(40)).await.expect("finished");
    let attempt = enter(&world, &contact, 3_600).await.expect("entered").attempt;
    let talk = FinishRequest {
        kinds: vec![EventKind::InboundConversation],
        asks: vec!["complaint".into()],
        ..promised(attempt)
    };
    world.store.finish(talk, noon() + seconds(3_700)).await.expect("finished");
    let paid_at = noon() + hours(5);
    let amount = Money::new(100_000, Currency::Rub);
    let paid =
        NewPayment { external_id: "m1".into(), creditor: "Water".into(), debt: "d1".into(), amount, paid_at };
    world.store.record_payment(paid, paid_at).await.expect("told");
    let period = Period { from: noon(), to: noon() + hours(24) };
    let rows = world.store.effects_report(period, &[Axis::Age, Axis::DayPart]).await.expect("counted");
    let of = |channel| rows.iter().find(|row| row.channel == channel).expect("an action");
    let his = of(Channel::InboundCall);
    let columns =
        ["actions", "answered", "right_party", "promise", "kept", "full_paid", "complaint", "no_reaction"];
    assert_eq!(columns.map(|column| his.sum(column)), [1, 1, 1, 1, 1, 1, 1, 0]);
    assert_eq!(his.by, ["1-30", "afternoon"], "as it was when he called");
    assert_eq!(his.sum("credited_last_minor"), 100_000);
    assert_eq!(of(Channel::Ivr).sum("credited_first_minor"), 100_000, "the reminder before it");
    let kpi = world.store.kpi_report(period).await.expect("counted");
    let counts = kpi[&("reminders".to_owned(), Currency::Rub)];
    assert_eq!((counts.calls, counts.promises, counts.accounts_called), (1, 0, 1), "of calls that we made");
    let wear = world.store.wear_report(period, Reacted::Paid).await.expect("counted");
    assert_eq!(wear.iter().map(|(channel, _)| *channel).collect::<Vec<_>>(), [Channel::Ivr]);
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
    world.store.recount_tallies(world.store.basis().await.expect("read")).await.expect("counted anew");
    let again = world.store.effects_report(period, &[Axis::Age, Axis::DayPart]).await.expect("counted");
    assert_eq!(again, rows);
}

async fn a_call_lost_in_a_crash_counts_as_a_talk(world: World) {
    let contact = world.one_contact().await;
    enter(&world, &contact, 0).await.expect("entered");
    let rescued = world.store.rescue(obzvon::store::Whose::Own, hours(24), noon() + seconds(60)).await;
    assert_eq!(rescued.expect("closed").len(), 1);
    assert_eq!(ledger(&world, &contact).await, ["inbound_conversation"]);
    assert_eq!(world.contact_of("p1").await.0, "queued");
    let attempts = world.store.attempts_of(contact.person).await.expect("read");
    assert_eq!(attempts[0].channel, Channel::InboundCall);
}

async fn a_stranger_who_asks_to_be_left_alone_is(world: World) {
    let shared = ImportRow { phones: vec![number(9_990_000_001)], ..row(2) };
    let campaign = world.campaign("reminders", &[row(1), shared]).await;
    let both = world.store.claim(campaign, 9, noon()).await.expect("claimed");
    let stranger = |phone| StrangerCall {
        trunk: "main".into(),
        called: "+74950000000".into(),
        phone,
        why: StrangerWhy::Several,
    };
    let hidden = world.store.note_stranger(stranger(None), noon()).await.expect("noted");
    let end = StrangerEnd { talked: true, stop_asked: true };
    world.store.stranger_gone(hidden, end, noon() + seconds(9)).await.expect("noted");
    let known = stranger(Some(number(9_990_000_001)));
    let known = world.store.note_stranger(known, noon()).await.expect("noted");
    assert!(known > hidden);
    for contact in &both {
        assert!(world.store.standing(contact.person).await.expect("read").0.is_empty());
    }
    world.store.stranger_gone(known, end, noon() + seconds(9)).await.expect("noted");
    for contact in &both {
        let (holds, _) = world.store.standing(contact.person).await.expect("read");
        assert!(holds.iter().any(|hold| hold.kind == HoldKind::ComplaintOpen), "{holds:?}");
    }
}

async fn what_agents_talk_is_of_the_persons_creditor_whoever_called(world: World) {
    let gas = ImportRow { creditor: "Gas".into(), ..row(2) };
    let campaign = world.campaign("reminders", &[row(1), gas]).await;
    let claimed = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let of = |debt: &str| claimed.iter().find(|one| one.debt_external == debt).expect("claimed");
    let ours = world.permit(of("d1"), noon()).await.attempt();
    let his = enter(&world, of("d2"), 0).await.expect("he has no other").attempt;
    // Minutes since noon; the last is with a caller whom nobody knows.
    let no = ReservationNo(1);
    let changes = [
        (0, State::Talking { no }, Some(ours)),
        (4, State::Hold { no }, Some(ours)),
        (6, State::Talking { no }, Some(ours)),
        (7, State::WrapUp { no }, Some(ours)),
        (10, State::Talking { no }, Some(his)),
        (15, State::WrapUp { no }, Some(his)),
        (20, State::Talking { no }, None),
        (29, State::Ready, None),
        (30, State::LoggedOut, None),
    ];
    for (minute, to, attempt) in changes {
        let (agent, at) = (AgentId::parse("anna").expect("a login"), noon() + seconds(60 * minute));
        let change = AgentChange { agent, at, to, billable: false, why: Why::Call, attempt };
        world.store.log_agent(change).await.expect("kept");
    }
    world.store.finish(promised(ours), noon() + seconds(420)).await.expect("finished");
    let talk = FinishRequest {
        kinds: vec![EventKind::InboundConversation],
        next: NextStep::Done(DoneWhy::Reached),
        ..promised(his)
    };
    world.store.finish(talk, noon() + seconds(900)).await.expect("finished");
    // What he wrote of it leaves it a call of his own.
    crate::written::dispose(&world, his, crate::written::follows(Disposition::Connected)).await;
    let kind = format!("SELECT channel FROM attempt WHERE id = {}", his.0);
    assert_eq!(world.text(&kind).await, "inbound_call");

    let period = Period { from: noon() - hours(1), to: noon() + hours(24) };
    let found = world.store.economics_report(period, Currency::Rub, noon() + hours(24)).await.expect("read");
    let minutes: Vec<_> =
        found.creditors.iter().map(|((_, name), month)| (name.as_str(), month.agent_talk_s / 60)).collect();
    assert_eq!(minutes, [("Gas", 5), ("Water", 7)]);
    let times = world.store.agent_times(period, noon() + hours(24)).await.expect("read");
    let anna = &times[&AgentId::parse("anna").expect("a login")];
    let all = anna.talking.as_secs() / 60;
    assert_eq!(all, 5 + 7 + 9, "all talks: his, ours, and nine minutes of nobody's");
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
}
