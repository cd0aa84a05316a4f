//! Live agents in the store: their days, the calls agreed with people, their phones.

use std::time::Duration;

use jiff::Timestamp;
use obzvon::agents::{ReservationNo, State, Why};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{AgentId, AttemptId, Currency, Language, Money, Outcome, PhoneNumber, RecordingMark};
use obzvon::rules::EventKind;
use obzvon::store::{
    AgentChange, AgentMark, CallbackWhy, DueBy, DueKind, FinishRequest, LeftAgent, NewCallback, NewPayment,
    Period, PhoneRow, PromiseTerms, TransferRow, Whose,
};
use obzvon::trunk::Transport;

use crate::world::{World, finished, hours, no_answer, noon, number, promised, seconds};

crate::on_both_engines!(
    an_agents_day_is_added_up_from_his_changes,
    what_a_dead_process_left_open_ends_with_its_last_sign_of_life,
    a_call_that_was_cut_off_is_his_who_began_it_and_once,
    what_was_said_in_a_call_that_a_crash_cuts_off_is_kept,
    what_agents_did_is_never_changed,
    callbacks_come_up_when_due_and_expire_visibly,
    an_agreed_call_goes_first_and_waits_again_where_it_never_went_out,
    agreed_calls_are_claimed_by_who_can_make_them,
    a_call_agreed_in_the_talk_is_written_with_its_outcome,
    a_promise_ends_what_was_agreed_before_it_whichever_way_it_came,
    a_new_callback_takes_the_place_of_the_old,
    a_payment_and_a_call_of_his_own_cancel_what_was_agreed,
    phones_are_found_again_after_a_crash,
    the_journal_of_a_recording_is_kept_in_its_order,
    a_transfer_outside_names_its_agent_and_a_debtors_number_is_none,
);

fn agent(name: &str) -> AgentId {
    AgentId::parse(name).expect("a login")
}

async fn the_journal_of_a_recording_is_kept_in_its_order(world: World) {
    let call = AttemptId(-7);
    let marks = [(20, RecordingMark::Paused), (30, RecordingMark::RanOut), (10, RecordingMark::Resumed)];
    for (at, mark) in marks {
        let at = noon() + seconds(at);
        world.store.mark_recording(call, Some(agent("anna")), mark, at).await.expect("kept");
    }
    let rows = world.store.recording_marks(call).await.expect("read");
    let codes: Vec<_> = rows.iter().map(|row| (row.what.code(), row.agent.as_deref())).collect();
    assert_eq!(codes, [("resumed", Some("anna")), ("paused", Some("anna")), ("ran_out", Some("anna"))]);
    assert!(world.store.recording_marks(AttemptId(-8)).await.expect("read").is_empty());
}

async fn a_transfer_outside_names_its_agent_and_a_debtors_number_is_none(world: World) {
    let contact = world.one_contact().await;
    let debtors = contact.phones[0].number.clone();
    let to = |number: &PhoneNumber| TransferRow {
        at: noon(),
        agent: Some(agent("anna")),
        attempt: AttemptId(-7),
        number: number.clone(),
        trunk: "main".to_owned(),
    };
    let branch = number(8_000_000_001);
    assert!(world.store.is_a_debtors(&debtors).await.expect("read"));
    assert!(!world.store.is_a_debtors(&branch).await.expect("read"));
    assert!(!world.store.note_transfer(to(&debtors)).await.expect("answered"));
    assert!(world.store.note_transfer(to(&branch)).await.expect("answered"));
    assert_eq!(world.store.transfers(noon()).await.expect("read"), [to(&branch)]);
}

async fn turn(world: &World, name: &str, at: i64, to: State, billable: bool) {
    let change = AgentChange {
        agent: agent(name),
        at: noon() + seconds(at),
        to,
        billable,
        why: Why::Agent,
        attempt: None,
    };
    world.store.log_agent(change).await.expect("kept");
}

fn away(code: &str) -> State {
    State::Away { code: code.into() }
}

async fn an_agents_day_is_added_up_from_his_changes(world: World) {
    let no = ReservationNo(1);
    for (at, to, billable) in [
        (0, away("logged_in"), false),
        (10, State::Ready, false),
        (70, State::Reserved { no }, false),
        (80, State::Ringing { no }, false),
        (85, State::Talking { no }, false),
        (185, State::Hold { no }, false),
        (195, State::Talking { no }, false),
        (205, State::WrapUp { no }, false),
        (235, away("training"), true),
        (335, State::Ready, false),
        (345, State::Reserved { no }, false),
        (360, away("missed"), false),
        (400, State::LoggedOut, false),
    ] {
        turn(&world, "anna", at, to, billable).await;
    }
    turn(&world, "boris", 100, State::Ready, false).await;
    world
        .store
        .mark_agent(&agent("anna"), noon() + seconds(236), AgentMark::PauseOverrun)
        .await
        .expect("kept");
    let held = noon() + seconds(190);
    world.store.mark_agent(&agent("anna"), held, AgentMark::HoldOverrun).await.expect("kept");
    let late = noon() + seconds(200);
    world.store.mark_agent(&agent("anna"), late, AgentMark::WrapUpWithoutDisposition).await.expect("kept");

    let whole = Period { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    let all = world.store.agent_times(whole, noon() + seconds(500)).await.expect("counted");
    let anna = &all[&agent("anna")];
    let spent = [
        anna.ready,
        anna.expecting,
        anna.talking,
        anna.wrap_up,
        anna.away_billable,
        anna.away,
        anna.no_audio,
    ];
    assert_eq!(spent.map(|time| time.as_secs()), [70, 30, 120, 30, 100, 50, 0]);
    assert_eq!((anna.talks, anna.missed, anna.pauses_overrun, anna.wrap_ups_ran_out), (1, 1, 1, 1));
    assert_eq!(anna.holds_overrun, 1);
    assert_eq!(anna.logged_in(), Duration::from_secs(400));
    assert_eq!((anna.busy().as_secs(), anna.at_work().as_secs()), (150, 250));
    assert_eq!(all[&agent("boris")].ready.as_secs(), 400, "what lasts counts up to now");

    let part = Period { from: noon() + seconds(100), to: noon() + seconds(200) };
    let all = world.store.agent_times(part, noon() + seconds(500)).await.expect("counted");
    let anna = &all[&agent("anna")];
    assert_eq!((anna.talking.as_secs(), anna.logged_in().as_secs(), anna.talks), (100, 100, 0));
}

async fn what_a_dead_process_left_open_ends_with_its_last_sign_of_life(world: World) {
    world.store.heartbeat(noon() + seconds(30)).await.expect("it lives");
    turn(&world, "anna", 0, State::Ready, false).await;
    turn(&world, "boris", 40, away("lunch"), false).await;
    turn(&world, "vera", 0, State::LoggedOut, false).await;
    let other = world.node("two").await;
    assert_eq!(other.log_out_left().await.expect("written"), [], "another node's agents");
    let mut left = world.store.log_out_left().await.expect("written");
    left.sort_by(|one, other| one.agent.cmp(&other.agent));
    let seen = |at: i64| noon() + seconds(at);
    let of = |name: &str, at: i64, pause: Option<&str>| LeftAgent {
        agent: agent(name),
        pause: pause.map(str::to_owned),
        leaves: false,
        cut_off: None,
        wrap_up_at: None,
        seen_at: seen(at),
    };
    assert_eq!(left, [of("anna", 30, None), of("boris", 40, Some("lunch"))]);
    assert_eq!(world.store.log_out_left().await.expect("written"), []);
    let whole = Period { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    let all = world.store.agent_times(whole, noon() + hours(9)).await.expect("counted");
    assert_eq!(all[&agent("anna")].logged_in().as_secs(), 30);
    assert_eq!(all.get(&agent("boris")).map_or(0, |times| times.logged_in().as_secs()), 0);
}

async fn a_call_that_was_cut_off_is_his_who_began_it_and_once(world: World) {
    world.store.heartbeat(noon()).await.expect("it lives");
    let contact = world.one_contact().await;
    let call = world.permit(&contact, noon()).await.attempt();
    let no = ReservationNo(1);
    let in_call = async |name: &str, at: i64, to: State| {
        let (why, at) = (Why::Call, noon() + seconds(at));
        let change = AgentChange { agent: agent(name), at, to, billable: false, why, attempt: Some(call) };
        world.store.log_agent(change).await.expect("kept");
    };
    // Vera handed it on to Anna, who asks Boris beside while the debtor hears music.
    in_call("vera", 1, State::Talking { no }).await;
    in_call("anna", 20, State::Talking { no }).await;
    in_call("vera", 21, State::WrapUp { no }).await;
    in_call("anna", 25, State::Hold { no }).await;
    in_call("boris", 30, State::Talking { no }).await;
    let cut_off = async || {
        let mut left = world.store.log_out_left().await.expect("written");
        left.sort_by(|one, other| one.agent.cmp(&other.agent));
        left.into_iter().map(|left| (left.agent.to_string(), left.cut_off)).collect::<Vec<_>>()
    };
    let of = |name: &str, cut_off| (name.to_owned(), cut_off);
    assert_eq!(cut_off().await, [of("anna", Some(call)), of("boris", None), of("vera", None)]);
    assert_eq!(cut_off().await, []);
    // Nobody talks any more: it is his who left it last. Taken up again by another process, a wrap-up has not begun anew.
    in_call("vera", 40, State::WrapUp { no }).await;
    in_call("anna", 50, State::WrapUp { no }).await;
    let mut left = world.store.log_out_left().await.expect("written");
    left.sort_by(|one, other| one.agent.cmp(&other.agent));
    let left: Vec<_> = left.iter().map(|left| (left.agent.as_str(), left.cut_off, left.wrap_up_at)).collect();
    let began = |at: i64| Some(noon() + seconds(at));
    assert_eq!(left, [("anna", Some(call), began(50)), ("vera", None, began(21))]);
}

async fn what_was_said_in_a_call_that_a_crash_cuts_off_is_kept(world: World) {
    world.store.heartbeat(noon()).await.expect("it lives");
    let contact = world.one_contact().await;
    let call = world.permit(&contact, noon()).await.attempt();
    let no = ReservationNo(1);
    let in_call = async |name: &str, at: i64, to: State| turn(&world, name, at, to, false).await;
    let wants = async |name: &str, at: i64, then: Option<State>| {
        world.store.keep_wish(&agent(name), then, noon() + seconds(at)).await.expect("kept");
    };
    for name in ["anna", "boris", "vera", "zoya"] {
        in_call(name, 0, State::Ready).await;
        in_call(name, 1, State::Talking { no }).await;
    }
    wants("anna", 2, Some(away("training"))).await;
    wants("anna", 3, Some(away("lunch"))).await;
    wants("boris", 2, Some(State::LoggedOut)).await;
    // She has thought better of it, and Zoya has had her pause.
    wants("vera", 2, Some(State::LoggedOut)).await;
    wants("vera", 3, None).await;
    wants("zoya", 2, Some(away("lunch"))).await;
    in_call("zoya", 4, away("lunch")).await;
    in_call("zoya", 5, State::Ready).await;
    let mut left = world.store.log_out_left().await.expect("written");
    left.sort_by(|one, other| one.agent.cmp(&other.agent));
    let left: Vec<_> =
        left.iter().map(|left| (left.agent.as_str(), left.pause.as_deref(), left.leaves)).collect();
    let then = [("anna", Some("lunch"), false), ("boris", None, true), ("vera", None, false)];
    assert_eq!(left[..3], then);
    assert_eq!(left[3..], [("zoya", None, false)]);
    in_call("anna", 9, State::Talking { no }).await;
    let left = world.store.log_out_left().await.expect("written");
    assert_eq!(left.iter().map(|left| &left.pause).collect::<Vec<_>>(), [&None], "told once");

    let known = async || {
        let file = world.store.desk_file(contact.id, Some(call)).await.expect("read").expect("his");
        file.attempt.expect("the call").identified
    };
    assert!(!known().await);
    let says = async |at: i64, who: bool| {
        world.store.keep_identity(call, who, noon() + seconds(at)).await.expect("kept");
    };
    says(1, true).await;
    assert!(known().await);
    says(2, false).await;
    says(1, true).await;
    assert!(!known().await, "his last word");
    says(3, true).await;
    world.store.rescue(Whose::Own, seconds(60), noon() + seconds(9)).await.expect("closed");
    assert!(known().await, "the call is lost, and what he said in it is not");
}

async fn what_agents_did_is_never_changed(world: World) {
    turn(&world, "anna", 0, State::Ready, false).await;
    for sql in ["UPDATE agent_state SET at = 0", "DELETE FROM agent_state"] {
        assert!(world.raw(sql).await.is_err(), "{sql}");
    }
}

async fn book(world: &World, contact: obzvon::domain::ContactId, due: i64, of: Option<&str>) -> i64 {
    let due_at = noon() + seconds(due);
    let new =
        NewCallback { contact, due_at, expires_at: due_at + hours(1), agent: of.map(agent), wished: true };
    world.store.book_callback(new, noon()).await.expect("booked").expect("the contact is there")
}

async fn callbacks_come_up_when_due_and_expire_visibly(world: World) {
    let campaign = world.campaign("reminders", &[crate::world::row(1), crate::world::row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let later = book(&world, both[0].id, 600, Some("anna")).await;
    let sooner = book(&world, both[1].id, 300, None).await;
    let due = async |at: i64| {
        let rows = world.store.due_callbacks(9, noon() + seconds(at)).await.expect("read");
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(due(299).await, [0_i64; 0]);
    assert_eq!(due(600).await, [sooner, later]);
    assert!(
        world.store.claim(campaign, 2, noon() + seconds(299)).await.expect("read").is_empty(),
        "they wait"
    );
    assert_eq!(
        world.store.cancel_callbacks(both[1].person, CallbackWhy::Agent, noon()).await.expect("done"),
        1
    );
    assert_eq!(due(700).await, [later]);
    let after = noon() + seconds(600) + hours(1);
    assert!(world.store.claim_callbacks(campaign, 2, after).await.expect("read").is_empty(), "too late");
    let expired = world.store.expire_callbacks(after).await.expect("ended");
    assert_eq!(
        expired.iter().map(|row| (row.id, row.agent.clone())).collect::<Vec<_>>(),
        [(later, Some(agent("anna")))]
    );
    assert!(world.store.expire_callbacks(after).await.expect("ended").is_empty(), "told once");
}

async fn an_agreed_call_goes_first_and_waits_again_where_it_never_went_out(world: World) {
    let campaign = world.campaign("reminders", &[crate::world::row(1), crate::world::row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let (rich, poor) = (&both[0], &both[1]);
    world.store.release(vec![rich.id, poor.id]).await.expect("released");
    book(&world, poor.id, 300, Some("anna")).await;
    assert_eq!(world.contact_of("p1").await, ("held".to_owned(), "callback_agreed".to_owned()));
    let at = noon() + seconds(300);
    let ordinary = world.store.claim(campaign, 2, at).await.expect("claimed");
    assert_eq!(ordinary.iter().map(|contact| contact.id).collect::<Vec<_>>(), [rich.id]);
    let agreed = async |at: Timestamp| {
        let claimed = world.store.claim_callbacks(campaign, 2, at).await.expect("claimed");
        claimed.into_iter().map(|due| (due.contact.id, due.callback.agent)).collect::<Vec<_>>()
    };
    assert!(agreed(noon() + seconds(299)).await.is_empty(), "not due");
    assert_eq!(agreed(at).await, [(poor.id, Some(agent("anna")))]);
    assert!(agreed(at).await.is_empty(), "leased");

    let permit = world.permit(poor, at).await;
    assert!(world.store.due_callbacks(9, at).await.expect("read").is_empty(), "it is being made");
    let taken_back = FinishRequest {
        finished: finished(Outcome::Cancelled),
        kinds: vec![EventKind::AttemptUnconnected],
        ..no_answer(permit.attempt(), at + seconds(60))
    };
    world.store.finish(taken_back, at + seconds(1)).await.expect("finished");
    assert_eq!(world.contact_of("p1").await.0, "waiting", "it has its turn as any try has");
    world.store.wake_due(9, at + seconds(60)).await.expect("woken");
    assert_eq!(agreed(at + seconds(60)).await.len(), 1);
    let permit = world.permit(poor, at + seconds(61)).await;
    let finish = no_answer(permit.attempt(), at + hours(2));
    world.store.finish(finish, at + seconds(90)).await.expect("finished");
    assert!(world.store.due_callbacks(9, at + seconds(99)).await.expect("read").is_empty(), "it was made");
}

async fn agreed_calls_are_claimed_by_who_can_make_them(world: World) {
    let row = crate::world::row;
    let english = ImportRow { language: Language::En, ..row(3) };
    let campaign = world.campaign("reminders", &[row(1), row(2), english, row(4)]).await;
    let all = world.store.claim(campaign, 4, noon()).await.expect("claimed");
    let of = |debt: &str| all.iter().find(|one| one.debt_external == debt).expect("claimed").id;
    book(&world, of("d3"), 100, None).await;
    book(&world, of("d1"), 200, Some("anna")).await;
    book(&world, of("d2"), 300, None).await;
    book(&world, of("d4"), 9_000, None).await;
    let at = noon() + seconds(600);
    let kinds = world.store.due_kinds(campaign, at).await.expect("read");
    let told: Vec<_> = kinds.iter().map(|kind| (kind.queued.caller.language, kind.agent.clone())).collect();
    let russian = [(Language::Ru, None), (Language::Ru, Some(agent("anna")))];
    assert_eq!(kinds.len(), 3, "{told:?}");
    assert!(told.contains(&(Language::En, None)) && russian.iter().all(|one| told.contains(one)), "{told:?}");
    assert_eq!(
        world.store.held_past_due(campaign, 9, at).await.expect("read"),
        [of("d3"), of("d1"), of("d2")]
    );

    let claim = async |by: i64| {
        let kinds = kinds.iter().filter(|kind| kind.queued.caller.language == Language::Ru);
        // Hers are anybody's once she had her time.
        let by = |kind: &DueKind| noon() + seconds(if kind.agent.is_some() { by } else { 600 });
        let kinds =
            kinds.map(|kind| DueBy { key: kind.queued.key.clone(), agent: kind.agent.clone(), by: by(kind) });
        let claimed = world.store.claim_callback_of(campaign, kinds.collect(), at).await.expect("claimed");
        claimed.map(|due| (due.contact.id, due.callback.agent))
    };
    assert_eq!(claim(199).await, Some((of("d2"), None)), "past the English one, and past hers");
    assert_eq!(claim(199).await, None);
    assert_eq!(claim(200).await, Some((of("d1"), Some(agent("anna")))));
    assert_eq!(claim(200).await, None, "leased");
    assert_eq!(world.store.held_past_due(campaign, 9, at).await.expect("read"), [of("d3")]);
    let kinds = world.store.due_kinds(campaign, at).await.expect("read");
    assert_eq!(kinds.iter().map(|kind| kind.queued.caller.language).collect::<Vec<_>>(), [Language::En]);
    let over = noon() + seconds(100) + hours(1);
    assert!(
        world.store.due_kinds(campaign, over).await.expect("read").iter().all(|kind| kind
            .queued
            .caller
            .language
            == Language::Ru)
    );
}

async fn a_call_agreed_in_the_talk_is_written_with_its_outcome(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let due_at = noon() + hours(3);
    let callback =
        NewCallback { contact: contact.id, due_at, expires_at: due_at + hours(1), agent: None, wished: true };
    let request = FinishRequest { callback: Some(callback), ..promised(permit.attempt()) };
    world.store.finish(request, noon() + seconds(60)).await.expect("finished");
    assert_eq!(world.contact_of("p1").await, ("held".to_owned(), "callback_agreed".to_owned()));
    assert_eq!(world.store.due_callbacks(9, due_at).await.expect("read").len(), 1);
    let expired = world.store.expire_callbacks(due_at + hours(1)).await.expect("ended");
    assert_eq!(expired.len(), 1);
    assert_eq!(world.contact_of("p1").await, ("done".to_owned(), "reached".to_owned()), "his promise runs");
}

async fn a_promise_ends_what_was_agreed_before_it_whichever_way_it_came(world: World) {
    let rows = [1, 2, 3].map(crate::world::row);
    let agreed_in = world.campaign("reminders", &rows).await;
    let called_in = world.campaign("others", &rows).await;
    let due_at = noon() + hours(48);
    for contact in world.store.claim(agreed_in, 3, noon()).await.expect("claimed") {
        let new = NewCallback {
            contact: contact.id,
            due_at,
            expires_at: due_at + hours(1),
            agent: None,
            wished: true,
        };
        world.store.book_callback(new, noon() - hours(2)).await.expect("booked").expect("it is there");
    }
    let claimed = world.store.claim(called_in, 3, noon()).await.expect("claimed");
    let of = |debt: &str| claimed.iter().find(|one| one.debt_external == debt).expect("claimed");
    // In a flow, to an agent, and to another system while he is just being called.
    let by_flow = world.permit(of("d1"), noon()).await.attempt();
    world.store.finish(promised(by_flow), noon() + seconds(60)).await.expect("finished");
    let to_agent = world.permit(of("d2"), noon()).await.attempt();
    let talk = FinishRequest { finished: finished(Outcome::Answered), ..promised(to_agent) };
    world.store.finish(talk, noon() + seconds(60)).await.expect("finished");
    let form = obzvon::campaign::PromiseForm {
        on: jiff::civil::date(2026, 3, 10),
        amount: obzvon::domain::Money::new(5_000, obzvon::domain::Currency::Rub),
    };
    let written = obzvon::campaign::Follows {
        promise: Some(form),
        ..crate::written::follows(obzvon::domain::Disposition::PromiseToPay)
    };
    crate::written::dispose(&world, to_agent, written).await;
    let ringing = world.permit(of("d3"), noon()).await.attempt();
    assert_eq!(crate::told_reactions::tell_promise_of(&world, 3).await, obzvon::store::Recorded::New);
    world.store.finish(no_answer(ringing, noon() + hours(3)), noon() + seconds(60)).await.expect("finished");

    assert!(world.store.due_callbacks(9, due_at).await.expect("read").is_empty());
    let count = async |which: &str| world.text(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {which}")).await;
    assert_eq!(count("callback WHERE why = 'promised'").await, "3");
    assert_eq!(count("contact WHERE state = 'done' AND why = 'reached'").await, "6");
    // Broken, each is called again by the campaign in which it was promised, or that had the debt last.
    let terms = PromiseTerms { campaign: called_in, grace_days: 0, call_again: true };
    let judged = world.store.judge_promises(terms, noon() + hours(24 * 9)).await.expect("judged");
    assert_eq!((judged.broken, judged.queued), (3, 3));
}

async fn a_new_callback_takes_the_place_of_the_old(world: World) {
    let contact = world.one_contact().await;
    book(&world, contact.id, 300, None).await;
    let new = book(&world, contact.id, 900, None).await;
    let due = world.store.due_callbacks(9, noon() + seconds(1_000)).await.expect("read");
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [new]);
    let nobody = NewCallback {
        contact: obzvon::domain::ContactId(contact.id.0 + 1_000),
        due_at: noon(),
        expires_at: noon() + hours(1),
        agent: None,
        wished: true,
    };
    assert_eq!(world.store.book_callback(nobody, noon()).await.expect("read"), None);
}

async fn a_payment_and_a_call_of_his_own_cancel_what_was_agreed(world: World) {
    let campaign = world.campaign("reminders", &[crate::world::row(1), crate::world::row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    for contact in &both {
        book(&world, contact.id, 300, None).await;
    }
    let payment = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(10_000_000, Currency::Rub),
        paid_at: noon(),
    };
    world.store.record_payment(payment, noon()).await.expect("recorded");
    let due = world.store.due_callbacks(9, noon() + seconds(600)).await.expect("read");
    assert_eq!(due.len(), 1);
    let cancelled = world.store.cancel_callbacks(due[0].person, CallbackWhy::Inbound, noon()).await;
    assert_eq!(cancelled.expect("cancelled"), 1);
    assert!(world.store.due_callbacks(9, noon() + seconds(600)).await.expect("read").is_empty());
}

async fn phones_are_found_again_after_a_crash(world: World) {
    let phone = |contact: &str, source: &str, expires: i64| PhoneRow {
        agent: agent("anna"),
        contact: contact.to_owned(),
        source: source.parse().expect("an address"),
        transport: Transport::Udp,
        expires_at: noon() + seconds(expires),
    };
    let moved = phone("sip:a@10.0.0.1", "[2001:db8::1]:5070", 120);
    for row in [
        phone("sip:a@10.0.0.1", "192.0.2.1:5060", 60),
        moved.clone(),
        phone("sip:b@10.0.0.1", "192.0.2.2:1", 50),
    ] {
        world.store.keep_phone(row).await.expect("kept");
    }
    assert_eq!(world.store.kept_phones(noon() + seconds(60)).await.expect("read"), [moved]);
    assert!(world.node("two").await.kept_phones(noon()).await.expect("read").is_empty());
    world.store.forget_phone(&agent("anna"), "sip:a@10.0.0.1").await.expect("forgotten");
    assert!(world.store.kept_phones(noon() + seconds(60)).await.expect("read").is_empty());
}
