//! What agents write of their talks, and what follows from it in the same transaction.

use jiff::SignedDuration;
use jiff::civil::date;
use obzvon::campaign::{Agreed, DoneWhy, Follows, NextStep, PromiseForm};
use obzvon::domain::{AgentId, AttemptId, Channel, Currency, DebtorType, Disposition, Money, Outcome};
use obzvon::rules::{EventKind, Hold, HoldKind};
use obzvon::store::{
    CallMark, ClaimedContact, Complained, DisposeRequest, Disposed, EndpointRow, FinishRequest, NewCallback,
    Period, Previewed, Reserved,
};

use crate::world::{World, finished, hours, noon, promised, seconds};

crate::on_both_engines!(
    all_that_a_disposition_means_is_written_with_it_and_once,
    what_an_agent_agrees_takes_the_place_of_the_call_that_the_apology_offered,
    a_call_that_is_not_over_has_no_disposition_yet,
    a_stranger_on_the_line_corrects_the_ledger_and_holds_the_phone,
    a_paid_debt_stays_done_whatever_the_agent_wrote,
    a_complaint_opens_one_case_and_holds_the_person_without_cutting_the_call,
    notes_are_kept_as_typed_last_and_marks_for_ever,
    what_agents_brought_in_a_day_is_added_up,
);

fn anna() -> AgentId {
    AgentId::parse("anna").expect("a login")
}

/// A call that an agent had, closed as the line saw it.
async fn talk(world: &World, contact: &ClaimedContact) -> AttemptId {
    let attempt = world.permit(contact, noon()).await.attempt();
    close(world, attempt).await;
    attempt
}

async fn close(world: &World, attempt: AttemptId) {
    let mut finished = finished(Outcome::Answered);
    finished.disposition = Some(Disposition::Connected);
    finished.channel = Channel::AgentCall;
    let request = FinishRequest {
        finished,
        kinds: vec![EventKind::Conversation],
        next: NextStep::Done(DoneWhy::Reached),
        ..promised(attempt)
    };
    world.store.finish(request, noon() + seconds(90)).await.expect("closed");
}

pub(crate) fn follows(disposition: Disposition) -> Follows {
    Follows {
        disposition,
        identified: true,
        kind: EventKind::Conversation,
        holds: Vec::new(),
        next: NextStep::Done(DoneWhy::Reached),
        promise: None,
        callback: None,
        debtor_type: None,
        complaint: false,
        asks: Vec::new(),
    }
}

fn request(attempt: AttemptId, follows: Follows) -> DisposeRequest {
    DisposeRequest {
        attempt,
        agent: anna(),
        code: "ours".into(),
        follows,
        reason: None,
        callback_is_mine: true,
        late: false,
    }
}

fn roubles(major: i64) -> Money {
    Money::new(major * 100, Currency::Rub)
}

pub(crate) async fn dispose(world: &World, attempt: AttemptId, follows: Follows) -> Disposed {
    world.store.dispose(request(attempt, follows), noon() + seconds(120)).await.expect("written")
}

async fn kinds(world: &World) -> Vec<&'static str> {
    let file = &world.store.person_files("p1").await.expect("read")[0];
    file.phones[0].history.events().iter().map(|event| event.kind.code()).collect()
}

async fn all_that_a_disposition_means_is_written_with_it_and_once(world: World) {
    let endpoint = EndpointRow { name: "bank".into(), creditors: Vec::new() };
    world.store.set_endpoints(vec![endpoint]).await.expect("set");
    let contact = world.one_contact().await;
    let attempt = talk(&world, &contact).await;
    let due = noon() + hours(24);
    let whole = Follows {
        promise: Some(PromiseForm { on: date(2026, 3, 12), amount: roubles(600) }),
        callback: Some(Agreed { due, expires: due + hours(1), moved: false }),
        debtor_type: Some(DebtorType::Habitual),
        holds: vec![Hold::new(HoldKind::ComplaintOpen, contact.person, noon())],
        complaint: true,
        next: NextStep::Hold,
        asks: vec!["complaint".into()],
        ..follows(Disposition::PromiseToPay)
    };
    let asked = DisposeRequest { reason: Some("job".into()), late: true, ..request(attempt, whole.clone()) };
    assert_eq!(
        world.store.dispose(asked.clone(), noon() + seconds(120)).await.expect("written"),
        Disposed::Now
    );

    let file = &world.store.person_files("p1").await.expect("read")[0];
    let kept = &file.attempts[0];
    assert_eq!((kept.disposition, kept.identified), (Some(Disposition::PromiseToPay), true));
    assert_eq!(kept.promised_on, Some(date(2026, 3, 12)));
    assert_eq!(file.debtor_type, DebtorType::Habitual);
    assert_eq!(world.contact_of("p1").await.0, "held", "until the agreed call");
    let holds: Vec<_> = file.phones[0].history.holds().iter().map(|hold| hold.kind).collect();
    assert_eq!(holds, [HoldKind::ComplaintOpen]);
    let whose = world.store.contacts(vec![contact.id]).await.expect("read").pop().expect("the contact");
    assert_eq!((contact.promised_to, whose.promised_to), (None, Some(anna())), "he is called by her again");
    let desk = world.store.desk_file(contact.id, Some(attempt)).await.expect("read").expect("a contact");
    let (call, promise) = (desk.attempt.expect("a call"), &desk.promises[0]);
    assert_eq!((call.written.as_deref(), call.complained), (Some("ours"), true));
    assert_eq!(
        (promise.on, promise.amount, promise.state.as_str()),
        (date(2026, 3, 12), roubles(600), "open")
    );
    let booked = world.store.due_callbacks(9, due).await.expect("read");
    assert_eq!((booked.len(), booked[0].agent.clone()), (1, Some(anna())));
    let told =
        world.store.claim_deliveries("bank", 9, noon() + hours(1), SignedDuration::from_secs(60)).await;
    let told = told.expect("claimed");
    assert_eq!(told[0].kind, "attempt", "the call's own end comes first");

    // Whoever clicks twice, or comes late, changes nothing.
    assert_eq!(dispose(&world, attempt, follows(Disposition::Refused)).await, Disposed::Before);
    let again = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!(again.attempts[0].disposition, Some(Disposition::PromiseToPay));
    for sql in ["UPDATE disposed SET code = 'x'", "DELETE FROM disposed"] {
        assert!(world.raw(sql).await.is_err(), "{sql}");
    }
    let walked = world.store.verify_rows(|_| ()).await.expect("walked");
    assert!(walked.broken.is_empty(), "the attempt was sealed again: {walked:?}");
    assert_eq!(world.store.check_tallies().await.expect("counted"), [], "the reports know of it");
}

async fn what_an_agent_agrees_takes_the_place_of_the_call_that_the_apology_offered(world: World) {
    let reached = || follows(Disposition::Connected);
    let promise = || Follows {
        promise: Some(PromiseForm { on: date(2026, 3, 12), amount: roubles(600) }),
        ..follows(Disposition::PromiseToPay)
    };
    let next = |disposition, next| Follows { next, ..follows(disposition) };
    let dispute = next(Disposition::Dispute, NextStep::Done(DoneWhy::Disputed));
    let terms = next(Disposition::Connected, NextStep::Hold);
    let (agreed, due_at) = (("held", "callback_agreed"), noon() + hours(24));
    let ends = [
        (false, promise(), ("done", "reached")),
        (true, promise(), agreed),
        (false, dispute, ("done", "disputed")),
        (false, terms, ("held", "agent_wanted")),
        (false, reached(), agreed),
    ];
    let rows = [1, 2, 3, 4, 5].map(crate::world::row);
    let campaign = world.campaign("reminders", &rows).await;
    let claimed = world.store.claim(campaign, 5, noon()).await.expect("claimed");
    for (n, (wished, written, (state, why))) in (1..).zip(ends) {
        let contact = claimed.iter().find(|one| one.debt_external == format!("d{n}")).expect("claimed");
        let attempt = world.permit(contact, noon()).await.attempt();
        let expires_at = due_at + hours(1);
        let offered = NewCallback { contact: contact.id, due_at, expires_at, agent: None, wished };
        let talk = FinishRequest {
            finished: finished(Outcome::Answered),
            next: NextStep::Hold,
            callback: Some(offered),
            ..promised(attempt)
        };
        world.store.finish(talk, noon() + seconds(60)).await.expect("finished");
        assert_eq!(dispose(&world, attempt, written).await, Disposed::Now);
        let waits = world.store.callbacks_of(contact.person).await.expect("read").len();
        assert_eq!(waits == 1, (state, why) == agreed, "{n}");
        assert_eq!(world.contact_of(&format!("p{n}")).await, (state.to_owned(), why.to_owned()), "{n}");
    }
}

async fn a_call_that_is_not_over_has_no_disposition_yet(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    assert_eq!(dispose(&world, attempt, follows(Disposition::Connected)).await, Disposed::Open);
    assert_eq!(
        dispose(&world, AttemptId(attempt.0 + 9), follows(Disposition::Connected)).await,
        Disposed::NoAttempt
    );
    close(&world, attempt).await;
    assert_eq!(dispose(&world, attempt, follows(Disposition::Connected)).await, Disposed::Now);
}

async fn a_stranger_on_the_line_corrects_the_ledger_and_holds_the_phone(world: World) {
    let contact = world.one_contact().await;
    let attempt = talk(&world, &contact).await;
    assert_eq!(kinds(&world).await, ["in_flight", "conversation"]);
    let phone = (&contact.phones[0].number).into();
    let hold = Hold { phone: Some(phone), ..Hold::new(HoldKind::PhoneUnderReview, contact.person, noon()) };
    let stranger = Follows {
        identified: false,
        kind: EventKind::ThirdParty,
        holds: vec![hold],
        next: NextStep::Done(DoneWhy::NoPhone),
        ..follows(Disposition::WrongPerson)
    };
    assert_eq!(dispose(&world, attempt, stranger).await, Disposed::Now);
    let counted = kinds(&world).await;
    assert!(counted.contains(&"third_party"), "{counted:?}");
    let deeds = world.store.deeds(contact.person).await.expect("read");
    assert_eq!((deeds[0].who.as_str(), deeds[0].act.as_str()), ("anna", "event_corrected"));
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!((file.phones[0].state.as_str(), file.attempts[0].identified), ("wrong_person", false));
    assert!(world.store.verify_rows(|_| ()).await.expect("walked").broken.is_empty());
    assert_eq!(world.store.check_tallies().await.expect("counted"), [], "the reports know of it");
}

async fn a_paid_debt_stays_done_whatever_the_agent_wrote(world: World) {
    let contact = world.one_contact().await;
    let attempt = talk(&world, &contact).await;
    let payment = obzvon::store::NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: roubles(1_000),
        paid_at: noon(),
    };
    world.store.record_payment(payment, noon() + seconds(100)).await.expect("recorded");
    let again = Follows { next: NextStep::Wait(noon() + hours(3)), ..follows(Disposition::Refused) };
    assert_eq!(dispose(&world, attempt, again).await, Disposed::Now);
    assert_eq!(world.contact_of("p1").await.0, "done");
    assert_eq!(world.store.check_tallies().await.expect("counted"), [], "the reports know of it");
}

async fn a_complaint_opens_one_case_and_holds_the_person_without_cutting_the_call(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let complain =
        async || world.store.complain(attempt, &anna(), "rude", noon() + seconds(20)).await.expect("kept");
    assert_eq!(complain().await, Complained::Now);
    assert_eq!(complain().await, Complained::Before);
    let back = world.store.to_take_back().await.expect("read");
    assert!(back.is_empty(), "the agent is talking about it: {back:?}");
    let nobody = world.store.complain(AttemptId(attempt.0 + 9), &anna(), "", noon()).await.expect("read");
    assert_eq!(nobody, Complained::NoAttempt);
    close(&world, attempt).await;
    let queued = "UPDATE contact SET state = 'queued', why = ''";
    world.raw(queued).await.expect("an intruder");
    let again = world.claim_one(contact.campaign, noon() + hours(48)).await;
    match world.reserve(&again, noon() + hours(48)).await {
        Reserved::Denied(decision) => assert!(decision.deny.is_some()),
        other => panic!("called again: {other:?}"),
    }
    assert_eq!(world.store.check_tallies().await.expect("counted"), [], "the reports know of it");
}

async fn notes_are_kept_as_typed_last_and_marks_for_ever(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    for text in ["зарплата", "зарплата 19-го, просит ссылку"] {
        assert!(world.store.keep_note(attempt, &anna(), (text, None), noon()).await.expect("kept"));
    }
    let over = async |text: &str, was: &str| {
        let note = (text, Some(was.to_owned()));
        world.store.keep_note(attempt, &anna(), note, noon()).await.expect("asked")
    };
    assert!(!over("из другого окна", "зарплата").await, "what stands there is another one");
    assert!(over("зарплата 19-го", "зарплата 19-го, просит ссылку").await);
    assert!(over("зарплата 19-го", "зарплата 19-го, просит ссылку").await, "sent twice");
    assert!(over("зарплата 19-го, просит ссылку", "зарплата 19-го").await);
    for mark in
        [(CallMark::Identity, "asked"), (CallMark::Objection, "no_money"), (CallMark::Trigger, "anger")]
    {
        world.store.keep_mark(attempt, &anna(), mark, noon()).await.expect("kept");
    }
    let desk = world.store.desk_file(contact.id, Some(attempt)).await.expect("read").expect("a contact");
    let call = desk.attempt.expect("a call");
    assert_eq!(call.note, "зарплата 19-го, просит ссылку");
    let marks: Vec<_> = call.marks.iter().map(|(kind, code)| format!("{kind} {code}")).collect();
    assert_eq!(marks, ["identity asked", "objection no_money", "trigger anger"]);
    assert!(world.raw("DELETE FROM call_mark").await.is_err());
    assert_eq!(world.store.contact_of(attempt).await.expect("read"), Some(contact.id));
    let decided = (Previewed::Skip, Some("paid_by_hand"));
    world.store.keep_preview(contact.id, &anna(), decided, noon()).await.expect("kept");
    let unsaid = world.store.keep_preview(contact.id, &anna(), (Previewed::Skip, None), noon()).await;
    assert!(unsaid.is_err(), "who skips says why");
}

async fn what_agents_brought_in_a_day_is_added_up(world: World) {
    let rows = [crate::world::row(1), crate::world::row(2), crate::world::row(3)];
    let campaign = world.campaign("reminders", &rows).await;
    for contact in world.store.claim(campaign, 3, noon()).await.expect("claimed") {
        let attempt = talk(&world, &contact).await;
        let disposition =
            if contact.debt_external == "d1" { Disposition::Refused } else { Disposition::PromiseToPay };
        let promise = (disposition == Disposition::PromiseToPay)
            .then(|| PromiseForm { on: date(2026, 3, 9), amount: roubles(150) });
        dispose(&world, attempt, Follows { promise, ..follows(disposition) }).await;
    }
    let day = |from: i64, to: i64| Period { from: noon() + hours(from), to: noon() + hours(to) };
    let days = world.store.agent_days(day(0, 1)).await.expect("counted");
    let annas = &days[&anna()];
    assert_eq!((annas.written, annas.promises, &annas.promised[..]), (3, 2, &[roubles(300)][..]));
    assert!(world.store.agent_days(day(-9, 0)).await.expect("counted").is_empty());
}
