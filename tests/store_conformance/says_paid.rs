//! "I have paid already": the debt rests until the creditor says whether the money came, or tells of it.

use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::cases::{Act, Acted, CaseFilter, CaseLine, Kind, State};
use obzvon::domain::{AgentId, Currency, Disposition, Money, Outcome};
use obzvon::rules::{Called, HoldKind, holds_from};
use obzvon::store::{AskedPaid, ClaimedContact, EndpointRow, FinishRequest, NewPayment, NewReversal};

use crate::world::{World, finished, hours, noon, promised, row, seconds};

crate::on_both_engines!(
    the_creditor_is_asked_whether_the_money_came,
    a_payment_in_full_is_the_creditors_word,
    what_has_not_come_is_called_about_again,
    a_payment_that_is_taken_back_was_no_word,
    an_agent_asks_whether_it_was_paid_while_he_talks,
);

/// He says in a call that he has paid.
async fn says_so(world: &World, n: u32) -> ClaimedContact {
    let campaign = world.campaign(&format!("reminders {n}"), &[row(n)]).await;
    let contact = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let mut said = finished(Outcome::Answered);
    said.disposition = Some(Disposition::AlreadyPaid);
    said.identified = true;
    let phone = (&contact.phones[0].number).into();
    let called = Called { person: contact.person, phone, debt: contact.debt };
    let request = FinishRequest {
        holds: holds_from(&said, called, noon(), &format!("attempt {attempt}")),
        finished: said,
        next: NextStep::Done(DoneWhy::Disputed),
        ..promised(attempt)
    };
    world.store.finish(request, noon() + seconds(30)).await.expect("finished");
    contact
}

async fn open(world: &World) -> Vec<CaseLine> {
    world.store.cases(CaseFilter::default()).await.expect("read")
}

async fn held(world: &World, contact: &ClaimedContact) -> Vec<HoldKind> {
    let holds = world.store.holds(contact.person).await.expect("read");
    holds.iter().filter(|hold| hold.in_force(noon() + hours(9))).map(|hold| hold.kind).collect()
}

/// The states of his contact and of his debt.
async fn states(world: &World, n: u32) -> (String, String) {
    let file = world.store.person_files(&format!("p{n}")).await.expect("read").remove(0);
    (file.contacts[0].state.code().to_owned(), file.debts[0].state.clone())
}

async fn pay(world: &World, id: &str, minor: i64) {
    let payment = NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(minor, Currency::Rub),
        paid_at: noon() + hours(1),
    };
    world.store.record_payment(payment, noon() + hours(2)).await.expect("recorded");
}

async fn the_creditor_is_asked_whether_the_money_came(world: World) {
    let contact = says_so(&world, 1).await;
    let case = open(&world).await.remove(0);
    assert!(case.says_paid && case.kind == Kind::Dispute && case.asked_due.is_some(), "{case:?}");
    assert_eq!((case.person.as_deref(), case.debt.as_deref()), (Some("p1"), Some("d1")));
    assert_eq!(open(&world).await.len(), 1, "it is no complaint");
    let asked = world.text("SELECT payload FROM outbox WHERE kind = 'dispute'").await;
    assert!(asked.contains("\"question\":\"paid\""), "{asked}");
    assert_eq!(held(&world, &contact).await, [HoldKind::DisputeOpen]);
    assert_eq!(states(&world, 1).await, ("done".to_owned(), "open".to_owned()));
}

async fn a_payment_in_full_is_the_creditors_word(world: World) {
    let contact = says_so(&world, 1).await;
    pay(&world, "part", 1).await;
    assert_eq!(open(&world).await.len(), 1, "a part is no word on the rest");
    pay(&world, "rest", 99_999).await;
    assert_eq!(open(&world).await, []);
    assert_eq!(held(&world, &contact).await, []);
    assert_eq!(states(&world, 1).await, ("done".to_owned(), "paid".to_owned()));
    let closed = CaseFilter { closed: true, ..CaseFilter::default() };
    let case = world.store.cases(closed).await.expect("read").remove(0);
    assert_eq!(
        (case.state, case.justified, case.creditor_says_owed),
        (State::Closed, Some(true), Some(false))
    );
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
}

async fn what_has_not_come_is_called_about_again(world: World) {
    let contact = says_so(&world, 1).await;
    let number = open(&world).await[0].number;
    let nothing = Act::Creditor { owed: true, debt: None, creditor: None, text: "nothing came".into() };
    let close = Act::Close { justified: false, measure: "he was told".into() };
    for act in [nothing, Act::Take { owner: "olga".into() }, close] {
        let acted = world.store.act_on_case(number, act, "olga".into(), noon() + hours(3)).await;
        assert!(matches!(acted.expect("answered"), Acted::Done(_)));
    }
    assert_eq!(held(&world, &contact).await, []);
    assert_eq!(states(&world, 1).await, ("waiting".to_owned(), "open".to_owned()));
}

async fn a_payment_that_is_taken_back_was_no_word(world: World) {
    let contact = says_so(&world, 1).await;
    pay(&world, "all", 100_000).await;
    assert_eq!(open(&world).await, []);
    let reversal = NewReversal {
        creditor: "Water".into(),
        payment: "all".into(),
        debt: None,
        amount: None,
        at: noon() + hours(3),
        why: "the bank called it back".into(),
    };
    world.store.reverse_payment(reversal, noon() + hours(3)).await.expect("told");
    let case = open(&world).await.remove(0);
    assert_eq!((case.state, case.creditor_says_owed), (State::InWork, None), "he is asked anew");
    assert_eq!(held(&world, &contact).await, [HoldKind::DisputeOpen]);
    assert_eq!(states(&world, 1).await.1, "open");
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
}

async fn an_agent_asks_whether_it_was_paid_while_he_talks(world: World) {
    let all = EndpointRow { name: "all".into(), creditors: Vec::new() };
    world.store.set_endpoints(vec![all]).await.expect("set");
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let anna = AgentId::parse("anna").expect("a login");
    let file = async || {
        let file = world.store.desk_file(contact.id, Some(attempt)).await.expect("read");
        file.expect("a contact")
    };
    let ask = async || world.store.ask_paid(attempt, &anna, noon() + seconds(20)).await.expect("answered");
    assert_eq!(file().await.question, None);
    let AskedPaid::Now(number) = ask().await else { panic!("he is asked") };
    assert_eq!(ask().await, AskedPaid::Before, "once");
    let question = file().await.question.expect("it is out");
    assert!(question.whether_paid && question.told && question.answer_by.is_some(), "{question:?}");
    assert_eq!((question.case, question.answer, question.closed), (number, None, false));
    let told = world.text("SELECT payload FROM outbox WHERE kind = 'dispute'").await;
    assert!(told.contains("\"question\":\"paid\"") && told.contains("\"debt\":\"d1\""), "{told}");
    assert_eq!(held(&world, &contact).await, [HoldKind::DisputeOpen]);
    let back = world.store.to_take_back().await.expect("read");
    assert!(back.is_empty(), "the agent is talking about it: {back:?}");
    // What he writes of the call afterwards is of the same case.
    let mut said = finished(Outcome::Answered);
    said.disposition = Some(Disposition::AlreadyPaid);
    said.identified = true;
    let phone = (&contact.phones[0].number).into();
    let called = Called { person: contact.person, phone, debt: contact.debt };
    let holds = holds_from(&said, called, noon(), &format!("attempt {attempt}"));
    let request = FinishRequest { holds, finished: said, ..promised(attempt) };
    world.store.finish(request, noon() + seconds(30)).await.expect("finished");
    assert_eq!(open(&world).await.len(), 1);
    let nothing = Act::Creditor { owed: true, debt: None, creditor: None, text: "nothing came".into() };
    world.store.act_on_case(number, nothing, "bank".into(), noon() + hours(1)).await.expect("answered");
    let answer = file().await.question.and_then(|question| question.answer);
    assert_eq!(answer, Some((true, noon() + hours(1))), "the next who talks with him sees it");
    assert!(matches!(ask().await, AskedPaid::Before), "the call has its case");
    pay(&world, "all", 100_000).await;
    assert_eq!((file().await.payments.len(), ask().await), (1, AskedPaid::NothingOwed));
    assert_eq!(held(&world, &contact).await, [], "the money is the answer");
}
