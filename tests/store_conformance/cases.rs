//! Complaints and disputes: the hold stands exactly while a case is open, and nothing but somebody's act closes one.

use jiff::Timestamp;
use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::cases::{
    Act, Acted, By, CaseFilter, CaseLine, Kind, NewCase, Number, Refused, Registered, Source, State,
    TriggerLine,
};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{AgentId, AttemptId, Channel, Currency, Disposition, Money, Outcome, PersonId};
use obzvon::rules::{EventKind, Hold, HoldKind};
use obzvon::store::{CallMark, Complained, EndpointRow, FinishRequest, NewPayment, Paid, Period, Reserved};
use rand::{Rng, RngExt, SeedableRng};

use crate::world::{World, by_hand, finished, hours, no_answer, noon, promised, row, second_debt, seconds};

crate::on_both_engines!(
    a_complaint_after_a_service_call_is_of_his_real_creditor,
    a_letter_is_a_case_that_holds_until_somebody_closes_it,
    the_hold_stands_exactly_while_a_case_is_open_also_with_two_at_once,
    a_key_opens_a_case_whose_hold_nobody_lifts_past_it,
    a_dispute_holds_its_debt_and_one_found_justified_is_not_called_about_again,
    neither_money_nor_a_list_undoes_a_dispute_found_justified,
    a_dispute_is_asked_of_its_creditor_and_his_silence_is_loud,
    what_the_creditor_says_closes_or_upholds_a_dispute,
    a_dispute_of_all_is_judged_debt_by_debt_and_no_creditor_speaks_for_another,
    a_dispute_found_justified_is_not_undone_by_another_one,
    a_complaint_by_mail_counts_against_the_call_before_it,
    each_source_and_each_creditor_counts_its_own_cases,
    a_case_told_twice_is_one_and_another_by_its_id_is_refused,
    a_case_of_nobody_known_holds_once_he_is_found,
    what_sets_people_off_is_counted_with_its_denominator,
    a_case_and_its_history_are_not_rewritten,
    the_queue_is_asked_for_by_kind_owner_and_state,
    a_contact_whose_debt_was_found_not_owed_during_its_call_is_disputed_and_not_paid,
    an_answer_goes_to_the_debtor_by_the_channel_of_the_configuration,
);

fn letter(person: Option<&str>, kind: Kind) -> NewCase {
    NewCase {
        kind,
        source: Source::Mail,
        person: person.map(str::to_owned),
        debt: None,
        creditor: None,
        attempt: None,
        received: noon(),
        text: "they were rude".into(),
        outside_id: None,
    }
}

async fn register(world: &World, case: NewCase) -> Number {
    let now = case.received.max(noon());
    match world.store.register_case(case, "olga".into(), now).await.expect("answered") {
        Registered::New { number, .. } => number,
        other => panic!("not registered: {other:?}"),
    }
}

async fn a_complaint_after_a_service_call_is_of_his_real_creditor(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    world.raw("UPDATE debt SET state = 'paid'").await.expect("long ago");
    let campaign = world.store.campaign("service", noon()).await.expect("made");
    let plan = obzvon::store::FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 0 };
    let wish = obzvon::store::ServiceWish {
        person: "p1".into(),
        about: "2026-02".into(),
        until: "2026-04-01".parse().expect("a date"),
        currency: Currency::Rub,
    };
    world.store.queue_service(plan, vec![wish]).await.expect("queued");
    register(&world, letter(Some("p1"), Kind::Ordinary)).await;
    let period = Period { from: noon() - hours(1), to: noon() + hours(24) };
    let economics =
        world.store.economics_report(period, Currency::Rub, noon() + hours(24)).await.expect("counted");
    let of: Vec<_> =
        economics.creditors.iter().map(|((_, name), month)| (name.as_str(), month.complaints)).collect();
    assert_eq!(of, [("Water", 1)]);
}

async fn act(world: &World, number: Number, act: Act) -> Acted {
    world.store.act_on_case(number, act, "olga".into(), noon() + seconds(60)).await.expect("answered")
}

fn take() -> Act {
    Act::Take { owner: "olga".into() }
}

fn answer() -> Act {
    Act::Answer { text: "we are sorry".into() }
}

fn close(justified: bool) -> Act {
    Act::Close { justified, measure: "the agent was told".into() }
}

/// The kinds of hold that bite the person now.
async fn held(world: &World, person: PersonId) -> Vec<HoldKind> {
    let now = noon() + hours(1);
    let holds = world.store.holds(person).await.expect("read");
    holds.iter().filter(|hold| hold.in_force(now)).map(|hold| hold.kind).collect()
}

async fn lines(world: &World, closed: bool) -> Vec<CaseLine> {
    world.store.cases(CaseFilter { closed, ..CaseFilter::default() }).await.expect("read")
}

async fn person(world: &World, id: &str) -> PersonId {
    world.store.person_files(id).await.expect("read")[0].id
}

async fn a_letter_is_a_case_that_holds_until_somebody_closes_it(world: World) {
    let contact = world.one_contact().await;
    let number = register(&world, letter(Some("p1"), Kind::PersonalData)).await;
    assert_eq!(number.to_string(), "C-000001");
    match world.reserve(&contact, noon() + seconds(1)).await {
        Reserved::Denied(decision) => assert!(decision.deny.is_some()),
        other => panic!("called: {other:?}"),
    }
    let line = &lines(&world, false).await[0];
    assert_eq!((line.state, line.person.as_deref(), line.owner.as_deref()), (State::New, Some("p1"), None));
    // Ten working days from Tuesday 3 March, without a calendar: to the end of Tuesday the 17th in Moscow.
    assert_eq!(line.due, "2026-03-17T21:00:00Z".parse::<Timestamp>().expect("a moment"));
    assert_eq!(world.store.open_cases(line.due - seconds(1)).await.expect("counted"), (1, 0));
    assert_eq!(world.store.open_cases(line.due).await.expect("counted"), (1, 1), "overdue at that moment");

    assert_eq!(act(&world, number, close(true)).await, Acted::Refused(Refused::NoOwner));
    assert_eq!(act(&world, number, take()).await, Acted::Done(State::InWork));
    assert_eq!(act(&world, number, close(true)).await, Acted::Refused(Refused::NoAnswer));
    assert_eq!(act(&world, number, answer()).await, Acted::Done(State::Answered));
    assert_eq!(held(&world, contact.person).await, [HoldKind::ComplaintOpen], "an answer closes nothing");
    assert_eq!(act(&world, number, close(true)).await, Acted::Done(State::Closed));
    assert!(held(&world, contact.person).await.is_empty());
    assert_eq!(act(&world, Number(99), take()).await, Acted::NoCase);

    let file = world.store.case_file(number).await.expect("read").expect("it is there");
    let acts: Vec<_> = file.acts.iter().map(|act| format!("{} {}: {}", act.who, act.act, act.text)).collect();
    assert_eq!(
        acts,
        [
            "olga opened: they were rude",
            "olga taken: olga",
            "olga answered: we are sorry",
            "olga closed: justified: the agent was told"
        ]
    );
    assert_eq!((file.line.justified, file.holds), (Some(true), 0));
    assert!(!format!("{file:?}").contains("rude"), "what he says is in no log");
    let reopened = Act::Reopen { why: "he writes again".into() };
    assert_eq!(act(&world, number, reopened).await, Acted::Done(State::InWork));
    assert_eq!(held(&world, contact.person).await, [HoldKind::ComplaintOpen]);
    let walked = world.store.verify_rows(|_| ()).await.expect("walked");
    assert!(walked.broken.is_empty(), "every hold is sealed: {walked:?}");
}

/// An act by chance, whether or not it can be done.
fn chance(luck: &mut impl Rng) -> Act {
    match luck.random_range(0..6) {
        0 => take(),
        1 => answer(),
        2 | 3 => close(luck.random_range(0..2) == 0),
        4 => Act::Reopen { why: "again".into() },
        _ => Act::Kind { kind: [Kind::Ordinary, Kind::Regulator][luck.random_range(0..2)] },
    }
}

async fn the_hold_stands_exactly_while_a_case_is_open_also_with_two_at_once(world: World) {
    world.one_contact().await;
    let whose = person(&world, "p1").await;
    let cases = [
        register(&world, letter(Some("p1"), Kind::Ordinary)).await,
        register(&world, letter(Some("p1"), Kind::Regulator)).await,
    ];
    let mut luck = rand_pcg::Pcg64::seed_from_u64(7);
    let (mut both_closed, mut one_open) = (0, 0);
    for step in 0..80 {
        let number = cases[luck.random_range(0..2)];
        let wanted = chance(&mut luck);
        act(&world, number, wanted.clone()).await;
        let all = lines(&world, true).await;
        let open = all.iter().filter(|line| line.state != State::Closed).count();
        let holds = held(&world, whose).await;
        assert_eq!(holds.len(), open, "step {step}, {wanted:?}: a hold a case, {all:?}");
        both_closed += usize::from(open == 0);
        one_open += usize::from(open == 1);
    }
    assert!(both_closed > 0 && one_open > 0, "the script has seen it all: {both_closed}, {one_open}");
    assert!(world.store.verify_rows(|_| ()).await.expect("walked").broken.is_empty());
}

/// A call that a person answered, and in which he said this.
fn said(attempt: AttemptId, holds: Vec<Hold>, asks: &[&str]) -> FinishRequest {
    let asks = asks.iter().map(|ask| (*ask).to_owned()).collect();
    FinishRequest { holds, asks, next: NextStep::Done(DoneWhy::Disputed), ..promised(attempt) }
}

async fn a_key_opens_a_case_whose_hold_nobody_lifts_past_it(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let evidence = Some(format!("attempt {attempt}"));
    let hold = Hold { evidence, ..Hold::new(HoldKind::ComplaintOpen, contact.person, noon()) };
    world.store.finish(said(attempt, vec![hold], &["complaint"]), noon()).await.expect("finished");
    let all = lines(&world, false).await;
    assert_eq!((all.len(), all[0].source, all[0].attempt), (1, Source::Key, Some(attempt)));
    let id = world.store.holds(contact.person).await.expect("read")[0].id;
    let lift = || world.store.lift_hold_by_hand(contact.person, id, by_hand(), noon() + seconds(5));
    assert!(!lift().await.expect("answered"), "the case is open");
    for wanted in [take(), answer(), close(false)] {
        assert!(matches!(act(&world, all[0].number, wanted).await, Acted::Done(_)));
    }
    assert!(held(&world, contact.person).await.is_empty());
    // One case a call, however often somebody clicks.
    let agent = AgentId::parse("anna").expect("a login");
    let again = world.store.complain(attempt, &agent, "rude", noon()).await.expect("kept");
    assert_eq!(again, Complained::Before);
}

async fn a_dispute_holds_its_debt_and_one_found_justified_is_not_called_about_again(world: World) {
    let campaign = world.campaign("reminders", &[row(1), second_debt(1)]).await;
    let first = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&first, noon()).await.attempt();
    let dispute = Hold {
        debt: Some(first.debt),
        evidence: Some(format!("attempt {attempt}")),
        ..Hold::new(HoldKind::DisputeOpen, first.person, noon())
    };
    let mut request = said(attempt, vec![dispute], &[]);
    request.finished.disposition = Some(Disposition::Dispute);
    request.finished.promised_on = None;
    world.store.finish(request, noon()).await.expect("finished");
    let line = lines(&world, false).await.remove(0);
    assert_eq!((line.kind, line.debt.as_deref()), (Kind::Dispute, Some(first.debt_external.as_str())));

    // A dispute found unjustified lets the contact look again; one found justified leaves the debt alone for good.
    act(&world, line.number, take()).await;
    assert_eq!(act(&world, line.number, close(false)).await, Acted::Done(State::Closed), "paid: by hand");
    assert!(held(&world, first.person).await.is_empty());
    let state = |files: &[obzvon::store::PersonFile]| {
        let contact = files[0].contacts.iter().find(|contact| contact.id == first.id).expect("his contact");
        let debt = files[0].debts.iter().find(|debt| debt.id == first.debt).expect("his debt");
        (contact.state.code().to_owned(), debt.state.clone())
    };
    let files = world.store.person_files("p1").await.expect("read");
    assert_eq!(state(&files), ("waiting".to_owned(), "open".to_owned()));
    act(&world, line.number, Act::Reopen { why: "a receipt came".into() }).await;
    assert_eq!(held(&world, first.person).await, [HoldKind::DisputeOpen]);
    let written = Act::Kind { kind: Kind::WrittenDispute };
    assert_eq!(act(&world, line.number, written).await, Acted::Done(State::InWork));
    assert_eq!(held(&world, first.person).await, [HoldKind::ValidationDisputeOpen], "the kind's own hold");
    assert_eq!(act(&world, line.number, close(true)).await, Acted::Done(State::Closed));
    let files = world.store.person_files("p1").await.expect("read");
    assert_eq!(state(&files).1, "disputed");
    world.raw("UPDATE contact SET state = 'queued', why = '', next_at = NULL").await.expect("an intruder");
    let later = noon() + hours(48);
    for contact in world.store.claim(campaign, 9, later).await.expect("claimed") {
        if contact.id == first.id {
            assert!(!matches!(world.reserve(&contact, later).await, Reserved::Permit(_)), "it is not owed");
        }
    }
    assert_eq!(world.store.check_tallies().await.expect("counted"), [], "the reports know of it");
}

async fn neither_money_nor_a_list_undoes_a_dispute_found_justified(world: World) {
    let contact = world.one_contact().await;
    let dispute = NewCase { debt: Some("d1".into()), ..letter(Some("p1"), Kind::Dispute) };
    let number = register(&world, dispute).await;
    act(&world, number, take()).await;
    assert_eq!(act(&world, number, close(true)).await, Acted::Done(State::Closed));
    let state = "SELECT state FROM debt WHERE external_id = 'd1'";
    assert_eq!(world.text(state).await, "disputed");
    let paid = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: row(1).amount,
        paid_at: noon(),
    };
    let paid = world.store.record_payment(paid, noon() + hours(1)).await.expect("recorded");
    assert!(matches!(paid, Paid::Recorded { closed: true, .. }), "{paid:?}");
    assert_eq!(world.text(state).await, "disputed");
    let more = ImportRow { amount: Money::new(250_000, Currency::Rub), ..row(1) };
    world.store.upsert(&[more], noon() + hours(2)).await.expect("read");
    assert_eq!(world.text(state).await, "disputed");
    world.fill(contact.campaign).await;
    assert_ne!(world.contact_of("p1").await.0, "queued");
    // Somebody's act alone opens it again.
    act(&world, number, Act::Reopen { why: "the meter was read".into() }).await;
    assert_eq!(act(&world, number, close(false)).await, Acted::Done(State::Closed));
    assert_eq!(world.text(state).await, "open");
}

/// What was told of disputes, the newest last.
async fn asked(world: &World) -> String {
    let sql = "SELECT COALESCE(MAX(payload), '') FROM outbox WHERE kind = 'dispute'";
    world.text(sql).await
}

async fn a_dispute_is_asked_of_its_creditor_and_his_silence_is_loud(world: World) {
    world.one_contact().await;
    assert_eq!(asked(&world).await, "");
    register(&world, letter(Some("p1"), Kind::Ordinary)).await;
    assert_eq!(asked(&world).await, "", "a complaint is no question to him");
    let number = register(&world, letter(Some("p1"), Kind::Dispute)).await;
    let told = asked(&world).await;
    assert!(told.contains("\"case\":\"C-000002\"") && told.contains("\"debt\":\"d1\""), "{told}");
    let line = lines(&world, false).await.into_iter().find(|line| line.number == number).expect("there");
    // Five working days from Tuesday the third: to the end of Tuesday the tenth in Moscow.
    let until: Timestamp = "2026-03-10T21:00:00Z".parse().expect("a moment");
    assert_eq!(line.asked_due, Some(until));
    assert_eq!(world.store.creditors_late(until - seconds(1)).await.expect("counted"), 0);
    assert_eq!(world.store.creditors_late(until).await.expect("counted"), 1);
    assert_eq!(world.store.open_cases(until).await.expect("counted"), (2, 1), "his silence is overdue");
    assert_eq!(lines(&world, false).await[0].number, number, "and first in the queue");
}

async fn what_the_creditor_says_closes_or_upholds_a_dispute(world: World) {
    let contact = world.one_contact().await;
    let state = "SELECT state FROM debt WHERE external_id = 'd1'";
    let dispute = || NewCase { debt: Some("d1".into()), ..letter(Some("p1"), Kind::Dispute) };
    let said = |owed| word(owed, None, None);
    let first = register(&world, dispute()).await;
    assert_eq!(act(&world, first, said(true)).await, Acted::Done(State::New), "its owner goes on");
    assert!(!held(&world, contact.person).await.is_empty());
    let later = noon() + hours(24 * 30);
    assert_eq!(world.store.creditors_late(later).await.expect("counted"), 0, "he has answered");
    let second = register(&world, dispute()).await;
    assert_eq!(act(&world, second, said(false)).await, Acted::Done(State::Closed));
    assert_eq!(world.text(state).await, "disputed", "the debtor was right");
    let line = lines(&world, true).await.into_iter().find(|line| line.number == second).expect("there");
    assert_eq!((line.justified, line.creditor_says_owed), (Some(true), Some(false)));
    let complaint = register(&world, letter(Some("p1"), Kind::Ordinary)).await;
    assert_eq!(act(&world, complaint, said(true)).await, Acted::Refused(Refused::NotADispute));
}

fn word(owed: bool, debt: Option<&str>, creditor: Option<&str>) -> Act {
    let (debt, creditor) = (debt.map(str::to_owned), creditor.map(str::to_owned));
    Act::Creditor { owed, debt, creditor, text: "the meter was read".into() }
}

async fn states(world: &World) -> String {
    let row = "SELECT COALESCE(MAX(CASE external_id WHEN 'd1' THEN state END), '') || ' ' || \
        COALESCE(MAX(CASE external_id WHEN 'd1b' THEN state END), '') FROM debt";
    world.text(row).await
}

async fn a_dispute_of_all_is_judged_debt_by_debt_and_no_creditor_speaks_for_another(world: World) {
    let gas = ImportRow { creditor: "Gas".into(), ..second_debt(1) };
    world.campaign("reminders", &[row(1), gas]).await;
    let whose = person(&world, "p1").await;
    let all = letter(Some("p1"), Kind::Dispute);
    let first = register(&world, all.clone()).await;
    let refused = |why| Acted::Refused(why);
    assert_eq!(act(&world, first, word(false, None, None)).await, refused(Refused::WhichDebt));
    assert_eq!(act(&world, first, word(false, Some("d9"), None)).await, refused(Refused::NoSuchDebt));
    assert_eq!(act(&world, first, word(false, Some("d1"), None)).await, Acted::Done(State::New));
    assert_eq!(states(&world).await, "disputed open");
    assert_eq!(held(&world, whose).await, [HoldKind::DisputeOpen], "one has not spoken");
    let later = noon() + hours(24 * 30);
    assert_eq!(world.store.creditors_late(later).await.expect("counted"), 1, "and is silent");
    // The second upholds his: the owner ends it, and what the first said stands.
    assert_eq!(act(&world, first, word(true, None, Some("Gas"))).await, Acted::Done(State::New));
    assert_eq!(world.store.creditors_late(later).await.expect("counted"), 0);
    act(&world, first, take()).await;
    assert_eq!(act(&world, first, close(false)).await, Acted::Done(State::Closed));
    assert_eq!(states(&world).await, "disputed open");
    // Said of all it closes the case.
    let second = register(&world, all.clone()).await;
    assert_eq!(act(&world, second, word(false, Some("d1b"), Some("Gas"))).await, Acted::Done(State::Closed));
    assert_eq!(states(&world).await, "disputed disputed");
    let file = world.store.case_file(second).await.expect("read").expect("it is there");
    assert_eq!((file.debts.len(), file.debts[0].owed, file.line.justified), (1, Some(false), Some(true)));

    // By hand: every debt, also one that has come since he spoke.
    world.store.upsert(&[row(2)], noon()).await.expect("read");
    let third = register(&world, letter(Some("p2"), Kind::Dispute)).await;
    world.store.upsert(&[second_debt(2)], noon()).await.expect("read");
    act(&world, third, take()).await;
    assert_eq!(act(&world, third, close(true)).await, Acted::Done(State::Closed));
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM debt WHERE state = 'open'";
    assert_eq!(world.text(open).await, "0");
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
}

async fn a_dispute_found_justified_is_not_undone_by_another_one(world: World) {
    world.one_contact().await;
    let dispute = || NewCase { debt: Some("d1".into()), ..letter(Some("p1"), Kind::Dispute) };
    let (first, second) = (register(&world, dispute()).await, register(&world, dispute()).await);
    for number in [first, second] {
        act(&world, number, take()).await;
    }
    assert_eq!(act(&world, second, close(true)).await, Acted::Done(State::Closed));
    assert_eq!(act(&world, first, close(false)).await, Acted::Done(State::Closed));
    assert_eq!(states(&world).await, "disputed ", "the second is justified as before");
    act(&world, second, Act::Reopen { why: "the receipt was false".into() }).await;
    assert_eq!(act(&world, second, close(false)).await, Acted::Done(State::Closed));
    assert_eq!(states(&world).await, "open ");
}

async fn a_complaint_by_mail_counts_against_the_call_before_it(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let called = both.iter().find(|contact| contact.debt_external == "d1").expect("the first");
    let attempt = world.permit(called, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + seconds(40)).await.expect("done");
    let later = |person| NewCase { received: noon() + hours(2), ..letter(Some(person), Kind::Ordinary) };
    register(&world, later("p1")).await;
    register(&world, later("p2")).await; // nobody called him
    let period = Period { from: noon() - hours(1), to: noon() + hours(24) };
    let triggers = world.store.trigger_report(By::Campaign, period).await.expect("counted");
    assert_eq!((triggers[0].calls, triggers[0].complaints), (1, 1));
    let effects = world.store.effects_report(period, &[]).await.expect("counted");
    assert_eq!(effects.iter().map(|row| row.sum("complaint")).sum::<i64>(), 1);
    let economics =
        world.store.economics_report(period, Currency::Rub, noon() + hours(24)).await.expect("counted");
    assert_eq!(economics.creditors.values().map(|month| month.complaints).sum::<u64>(), 2);
    let faults = world.store.check_tallies().await.expect("checked");
    assert!(faults.is_empty(), "{faults:?}");
}

async fn each_source_and_each_creditor_counts_its_own_cases(world: World) {
    world.one_contact().await;
    let told = |source, creditor: Option<&str>| NewCase {
        source,
        creditor: creditor.map(str::to_owned),
        outside_id: Some("1".into()),
        text: format!("{source:?} {creditor:?}"),
        ..letter(Some("p1"), Kind::Ordinary)
    };
    let ways = [
        (Source::Hotline, None),
        (Source::Chat, None),
        (Source::Creditor, Some("Water")),
        (Source::Creditor, Some("Gas")),
    ];
    for (source, creditor) in ways {
        register(&world, told(source, creditor)).await;
    }
    for (source, creditor) in ways {
        let again =
            world.store.register_case(told(source, creditor), "olga".into(), noon()).await.expect("answered");
        assert!(matches!(again, Registered::Known { .. }), "{again:?}");
    }
}

async fn a_case_told_twice_is_one_and_another_by_its_id_is_refused(world: World) {
    world.one_contact().await;
    let told = NewCase { outside_id: Some("mail-7".into()), ..letter(Some("p1"), Kind::Ordinary) };
    let tell =
        async |case: NewCase| world.store.register_case(case, "api".into(), noon()).await.expect("answered");
    assert_eq!(tell(told.clone()).await, Registered::New { number: Number(1), held: true });
    assert_eq!(tell(told.clone()).await, Registered::Known { number: Number(1) });
    assert_eq!(tell(NewCase { text: "other words".into(), ..told }).await, Registered::Differs);
    assert_eq!(lines(&world, true).await.len(), 1);
    assert_eq!(tell(letter(Some("p9"), Kind::Ordinary)).await, Registered::NoPerson);
    let no_debt = NewCase { debt: Some("d9".into()), ..letter(Some("p1"), Kind::Dispute) };
    assert_eq!(tell(no_debt).await, Registered::NoDebt);
    let no_call = NewCase { attempt: Some(AttemptId(99)), ..letter(None, Kind::Ordinary) };
    assert_eq!(tell(no_call).await, Registered::NoAttempt);
    let received = |at: Timestamp| NewCase { received: at, ..letter(Some("p1"), Kind::Ordinary) };
    assert_eq!(tell(received(noon() + hours(1))).await, Registered::InFuture);
    assert_eq!(tell(received("1990-01-01T00:00:00Z".parse().expect("a moment"))).await, Registered::TooOld);
}

async fn a_case_of_nobody_known_holds_once_he_is_found(world: World) {
    world.one_contact().await;
    let whose = person(&world, "p1").await;
    let number = register(&world, letter(None, Kind::Ordinary)).await;
    assert!(held(&world, whose).await.is_empty());
    let link = |id: &str| Act::Link { person: id.into() };
    assert_eq!(act(&world, number, link("p9")).await, Acted::Refused(Refused::NobodyHasThisId));
    assert_eq!(act(&world, number, link("+79990000001")).await, Acted::Done(State::New));
    assert_eq!(held(&world, whose).await, [HoldKind::ComplaintOpen]);
    assert_eq!(act(&world, number, link("p1")).await, Acted::Refused(Refused::PersonKnown));
    let file = world.store.case_file(number).await.expect("read").expect("it is there");
    assert!(
        file.acts.iter().all(|act| !act.text.contains("+7999")),
        "no number in the history: {:?}",
        file.acts
    );
}

async fn what_sets_people_off_is_counted_with_its_denominator(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let agent = AgentId::parse("anna").expect("a login");
    let mut attempts = Vec::new();
    for contact in world.store.claim(campaign, 3, noon()).await.expect("claimed") {
        let attempt = world.permit(&contact, noon()).await.attempt();
        attempts.push(attempt);
        for (at, mark, code) in [(10, CallMark::Stage, "contact"), (20, CallMark::Stage, "demand")] {
            world.store.keep_mark(attempt, &agent, (mark, code), noon() + seconds(at)).await.expect("kept");
        }
        if attempts.len() == 1 {
            let mark = (CallMark::Trigger, "anger");
            world.store.keep_mark(attempt, &agent, mark, noon() + seconds(15)).await.expect("kept");
            world.store.complain(attempt, &agent, "rude", noon() + seconds(25)).await.expect("kept");
        }
        let mut request = no_answer(attempt, noon() + hours(9));
        if attempts.len() < 3 {
            request.finished = finished(Outcome::Answered);
            request.kinds = vec![EventKind::AnsweredUnknown];
        }
        world.store.finish(request, noon() + seconds(60)).await.expect("finished");
    }
    let period = Period { from: noon() - hours(1), to: noon() + hours(1) };
    let report = async |by| world.store.trigger_report(by, period).await.expect("counted");
    let line = |key: &str, calls, complaints, triggers| TriggerLine {
        key: key.into(),
        calls,
        complaints,
        triggers,
        justified: 0,
    };
    assert_eq!(
        report(By::Campaign).await,
        [line("reminders", 2, 1, 1)],
        "the unanswered call is no denominator"
    );
    assert_eq!(report(By::Flow).await, [line("f1", 2, 1, 1)]);
    assert_eq!(report(By::Stage).await, [line("contact", 2, 0, 1), line("demand", 2, 1, 0)]);
    assert_eq!(report(By::Agent).await, [], "nobody talked");
    let line = &report(By::Campaign).await[0];
    assert_eq!(line.complained().to_string(), "1/2 = 50.0 % (9.5–90.5)");
    assert!(line.is_small());
}

async fn a_case_and_its_history_are_not_rewritten(world: World) {
    world.one_contact().await;
    register(&world, letter(Some("p1"), Kind::Ordinary)).await;
    for sql in [
        "DELETE FROM case_file",
        "UPDATE case_act SET text = ''",
        "DELETE FROM case_act",
        "UPDATE case_file SET state = 'closed'",
        "UPDATE case_file SET state = 'closed', closed_at = 1, justified = 1, measure = ''",
    ] {
        assert!(world.raw(sql).await.is_err(), "{sql}");
    }
}

async fn a_contact_whose_debt_was_found_not_owed_during_its_call_is_disputed_and_not_paid(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let dispute = NewCase { debt: Some("d1".into()), ..letter(Some("p1"), Kind::Dispute) };
    let number = register(&world, dispute).await;
    for done in [take(), answer(), close(true)] {
        assert!(matches!(act(&world, number, done).await, Acted::Done(_)));
    }
    world.store.finish(no_answer(attempt, noon() + hours(9)), noon() + hours(1)).await.expect("finished");
    let why = "SELECT state || ' ' || why FROM contact WHERE id = 1";
    assert_eq!(world.text(why).await, "done disputed");
    // Found to be owed after all, he is called about it again.
    assert!(matches!(act(&world, number, Act::Reopen { why: "a receipt".into() }).await, Acted::Done(_)));
    for done in [answer(), close(false)] {
        assert!(matches!(act(&world, number, done).await, Acted::Done(_)));
    }
    assert_eq!(world.text(why).await, "waiting disputed");
}

async fn an_answer_goes_to_the_debtor_by_the_channel_of_the_configuration(world: World) {
    world
        .store
        .set_endpoints(vec![EndpointRow { name: "crm".into(), creditors: Vec::new() }])
        .await
        .expect("set");
    world.campaign("reminders", &[row(1), row(2)]).await;
    let answered = async |person: &str| {
        let number = register(&world, letter(Some(person), Kind::Ordinary)).await;
        for done in [take(), answer()] {
            assert!(matches!(act(&world, number, done).await, Acted::Done(_)));
        }
        world.store.claim_deliveries("crm", 9, noon() + hours(1), hours(1)).await.expect("claimed")
    };
    assert!(answered("p1").await.is_empty(), "no channel is configured");
    let mut terms = obzvon::cases::Terms::default();
    terms.answer_by = Some(Channel::Sms);
    world.store.set_terms(terms);
    let told = answered("p2").await;
    let [message] = &told[..] else { panic!("{told:?}") };
    assert_eq!(message.kind, "case_answered");
    for part in ["C-000002", "\"sms\"", "\"p2\"", "\"d2\"", "\"Water\"", "we are sorry"] {
        assert!(message.payload.contains(part), "{part}: {}", message.payload);
    }
}

async fn the_queue_is_asked_for_by_kind_owner_and_state(world: World) {
    world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let ordinary = register(&world, letter(Some("p1"), Kind::Ordinary)).await;
    let of_data = register(&world, letter(Some("p2"), Kind::PersonalData)).await;
    let closed = register(&world, letter(Some("p3"), Kind::Ordinary)).await;
    for act_on in [ordinary, closed] {
        act(&world, act_on, take()).await;
    }
    act(&world, closed, answer()).await;
    assert_eq!(act(&world, closed, close(false)).await, Acted::Done(State::Closed));
    let asked = async |filter: CaseFilter| {
        let lines = world.store.cases(filter).await.expect("read");
        let mut numbers: Vec<_> = lines.iter().map(|line| line.number.0).collect();
        numbers.sort_unstable();
        numbers
    };
    let all = CaseFilter::default();
    assert_eq!(asked(all.clone()).await, [ordinary.0, of_data.0]);
    assert_eq!(asked(CaseFilter { closed: true, ..all.clone() }).await, [ordinary.0, of_data.0, closed.0]);
    assert_eq!(asked(CaseFilter { kind: Some(Kind::PersonalData), ..all.clone() }).await, [of_data.0]);
    let hers = CaseFilter { owner: Some("olga".into()), ..all.clone() };
    assert_eq!(asked(hers.clone()).await, [ordinary.0]);
    assert_eq!(asked(CaseFilter { closed: true, ..hers.clone() }).await, [ordinary.0, closed.0]);
    assert_eq!(asked(CaseFilter { kind: Some(Kind::PersonalData), ..hers }).await, [0_i64; 0]);
    assert_eq!(asked(CaseFilter { owner: Some("nobody".into()), ..all }).await, [0_i64; 0]);
}
