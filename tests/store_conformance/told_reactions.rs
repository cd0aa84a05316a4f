//! What other systems tell that a debtor did: it counts, it holds him, it is judged. And complaints of what was no call.

use jiff::civil::date;
use obzvon::cases::{CaseFilter, Kind, NewCase, Registered, Source};
use obzvon::domain::{CampaignId, Channel, Currency, EventId, Money, ToldReaction};
use obzvon::rules::{EventKind, HoldKind};
use obzvon::stats::{Basis, Ratio, Windows};
use obzvon::store::{
    Corrected, NewPayment, Past, PastContact, Period, PromiseTerms, Reacted, Recorded, Reserved,
};

use crate::world::{World, by_hand, hours, no_answer, noon, row, second_debt, seconds};

crate::on_both_engines!(
    a_promise_told_is_counted_rests_the_debt_and_is_judged,
    a_promise_told_of_a_debt_that_no_campaign_has_is_judged_too,
    a_promise_told_on_no_debt_is_refused,
    a_complaint_and_a_dispute_told_are_cases_that_hold,
    a_request_to_stop_told_without_a_debt_stops_every_call,
    a_contact_corrected_keeps_what_he_did_in_it,
    a_complaint_is_of_the_last_action_that_its_window_believes,
);

const PROMISED: ToldReaction = ToldReaction {
    complaint: false,
    dispute: false,
    opt_out: false,
    promise: true,
    promised_on: Some(date(2026, 3, 10)),
    promised_minor: None,
};

/// About the first debt, an hour before noon.
fn contact(kind: EventKind, reaction: ToldReaction) -> PastContact {
    PastContact {
        person: Some("p1".into()),
        phone: None,
        at: Some(noon() - hours(1)),
        kind,
        channel_exact: None,
        agent: None,
        creditor: None,
        debt: Some("d1".into()),
        external_id: "1".into(),
        reaction,
    }
}

async fn tell(world: &World, contact: PastContact) -> Recorded {
    let past = Past { contacts: vec![contact], source: "crm".into(), dry_run: false, strict: true };
    world.store.record_past(past, noon()).await.expect("written")[0]
}

/// Person `n` tells another system that he will pay on his debt.
pub(crate) async fn tell_promise_of(world: &World, n: u32) -> Recorded {
    let (person, debt) = (Some(format!("p{n}")), Some(format!("d{n}")));
    tell(world, PastContact { person, debt, ..contact(EventKind::Message, PROMISED) }).await
}

async fn sums<const N: usize>(world: &World, channel: Channel, columns: [&str; N]) -> [i64; N] {
    let always = Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX };
    let rows = world.store.effects_report(always, &[]).await.expect("counted");
    let sum = |column| rows.iter().filter(|row| row.channel == channel).map(|row| row.sum(column)).sum();
    let sums = columns.map(sum);
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
    sums
}

async fn held(world: &World) -> Vec<HoldKind> {
    let person = world.store.person_files("p1").await.expect("read")[0].id;
    let mut kinds: Vec<_> =
        world.store.holds(person).await.expect("read").into_iter().map(|hold| hold.kind).collect();
    kinds.sort_unstable_by_key(|kind| kind.code());
    let walked = world.store.verify_rows(|_| ()).await.expect("walked");
    assert!(walked.broken.is_empty(), "every hold is sealed: {walked:?}");
    kinds
}

async fn a_promise_told_is_counted_rests_the_debt_and_is_judged(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    assert_eq!(tell(&world, contact(EventKind::Message, PROMISED)).await, Recorded::New);
    assert_eq!(tell(&world, contact(EventKind::Message, PROMISED)).await, Recorded::Known);
    let other = ToldReaction { promised_minor: Some(5), ..PROMISED };
    assert_eq!(tell(&world, contact(EventKind::Message, other)).await, Recorded::Differs);
    let columns = ["actions", "answered", "right_party", "promise", "dated", "dated_minor", "no_reaction"];
    assert_eq!(sums(&world, Channel::Sms, columns).await, [1, 1, 1, 1, 1, 100_000, 0]);
    let always = Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX };
    for (asked, found) in [(Reacted::Promised, 1), (Reacted::RightParty, 1)] {
        let wear = world.store.wear_report(always, asked).await.expect("counted");
        assert_eq!(wear, [(Channel::Sms, vec![Ratio::new(found, 1)])], "{asked:?}");
    }
    let promises = world.store.promises_report(always).await.expect("counted");
    assert_eq!((promises[0].campaign.as_str(), promises[0].made), ("", 1), "no campaign's");
    assert_eq!(world.contact_of("p1").await, ("done".to_owned(), "reached".to_owned()));
    let terms = PromiseTerms { campaign, grace_days: 0, call_again: true };
    let judged = world.store.judge_promises(terms, noon() + hours(24 * 9)).await.expect("judged");
    assert_eq!((judged.broken, judged.queued), (1, 1), "he is called again");
    assert_eq!(sums(&world, Channel::Sms, ["kept", "broken"]).await, [0, 1]);
    let paid = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(100_000, Currency::Rub),
        paid_at: noon() + hours(24),
    };
    world.store.record_payment(paid, noon() + hours(24 * 9)).await.expect("told late");
    assert_eq!(sums(&world, Channel::Sms, ["kept", "broken", "full_paid"]).await, [1, 0, 1]);
    let period = Period { from: noon() - hours(24), to: noon() };
    let lines = world.store.promises_report(period).await.expect("counted");
    assert_eq!((lines[0].campaign.as_str(), lines[0].made, lines[0].kept), ("", 1, 1));
}

async fn a_promise_told_of_a_debt_that_no_campaign_has_is_judged_too(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    let half = ToldReaction { promised_minor: Some(50_000), ..PROMISED };
    assert_eq!(tell(&world, contact(EventKind::Visit, half)).await, Recorded::New);
    let terms = PromiseTerms { campaign: CampaignId(0), grace_days: 2, call_again: false };
    let before = world.store.judge_promises(terms, noon() + hours(24 * 8)).await.expect("judged");
    assert_eq!(before.broken, 0, "the grace is not over");
    let judged = world.store.judge_promises(terms, noon() + hours(24 * 11)).await.expect("judged");
    assert_eq!(judged.broken, 1);
    assert_eq!(sums(&world, Channel::Visit, ["dated_minor", "broken_minor"]).await, [50_000, 50_000]);
}

async fn a_promise_told_on_no_debt_is_refused(world: World) {
    world.store.upsert(&[row(1), second_debt(1)], noon()).await.expect("read");
    let of_none = PastContact { debt: None, ..contact(EventKind::Message, PROMISED) };
    assert_eq!(tell(&world, of_none).await, Recorded::NoDebt);
    assert_eq!(sums(&world, Channel::Sms, ["actions"]).await, [0]);
}

async fn a_complaint_and_a_dispute_told_are_cases_that_hold(world: World) {
    let claimed = world.one_contact().await;
    let both = ToldReaction { complaint: true, dispute: true, ..ToldReaction::default() };
    let email = PastContact { channel_exact: Some("email".into()), ..contact(EventKind::Message, both) };
    assert_eq!(tell(&world, email.clone()).await, Recorded::New);
    assert_eq!(tell(&world, email).await, Recorded::Known);
    let cases = world.store.cases(CaseFilter::default()).await.expect("read");
    let mut kinds: Vec<_> = cases.iter().map(|case| (case.kind.code(), case.source.code())).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("dispute", "email"), ("ordinary", "email")], "told twice they are two");
    assert_eq!(held(&world).await, [HoldKind::ComplaintOpen, HoldKind::DisputeOpen]);
    match world.reserve(&claimed, noon() + seconds(1)).await {
        Reserved::Denied(decision) => assert!(decision.deny.is_some()),
        other => panic!("called: {other:?}"),
    }
    let columns = ["answered", "complaint", "dispute", "refused", "right_party", "no_reaction"];
    assert_eq!(sums(&world, Channel::Email, columns).await, [1, 1, 1, 1, 0, 0]);
    let period = Period { from: noon() - hours(24), to: noon() + hours(24) };
    let economics =
        world.store.economics_report(period, Currency::Rub, noon() + hours(24)).await.expect("counted");
    assert_eq!(economics.creditors.values().map(|month| month.complaints).sum::<u64>(), 1, "it counts once");
}

async fn a_request_to_stop_told_without_a_debt_stops_every_call(world: World) {
    let claimed = world.one_contact().await;
    let stop = ToldReaction { opt_out: true, ..ToldReaction::default() };
    let phone = Some(claimed.phones[0].number.clone());
    let told = PastContact { debt: None, phone, ..contact(EventKind::Message, stop) };
    assert_eq!(tell(&world, told).await, Recorded::New);
    let wanted = [HoldKind::NeverCall, HoldKind::RefusalOfInteraction, HoldKind::StopRequested];
    assert_eq!(held(&world).await, wanted);
    assert!(matches!(world.reserve(&claimed, noon() + seconds(1)).await, Reserved::Denied(_)));
}

async fn a_contact_corrected_keeps_what_he_did_in_it(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    assert_eq!(tell(&world, contact(EventKind::Letter, PROMISED)).await, Recorded::New);
    let event = world.text("SELECT CAST(MAX(id) AS TEXT) FROM event").await.parse().expect("an id");
    let corrected =
        world.store.correct_event(EventId(event), EventKind::Visit, by_hand(), noon()).await.expect("done");
    assert!(matches!(corrected, Corrected::Now { .. }));
    assert_eq!(sums(&world, Channel::Letter, ["actions", "dated"]).await, [0, 0]);
    assert_eq!(sums(&world, Channel::Visit, ["actions", "dated"]).await, [1, 1]);
}

async fn a_complaint_is_of_the_last_action_that_its_window_believes(world: World) {
    let claimed = world.one_contact().await;
    let attempt = world.permit(&claimed, noon() - hours(48)).await.attempt();
    world.store.finish(no_answer(attempt, noon() + hours(99)), noon() - hours(47)).await.expect("finished");
    let sms = PastContact {
        channel_exact: Some("sms".into()),
        ..contact(EventKind::Message, ToldReaction::default())
    };
    assert_eq!(tell(&world, sms).await, Recorded::New);
    let complain = async |id: &str, days: i64| {
        let case = NewCase {
            kind: Kind::Ordinary,
            source: Source::Mail,
            person: Some("p1".into()),
            debt: None,
            creditor: None,
            attempt: None,
            received: noon() + hours(24 * days),
            text: "you write at night".into(),
            outside_id: Some(id.into()),
        };
        let told = world.store.register_case(case, "olga".into(), noon() + hours(24 * days)).await;
        assert!(matches!(told.expect("answered"), Registered::New { .. }));
    };
    let windows = Windows { otherwise: hours(24 * 30), by_channel: vec![(Channel::Sms, hours(24 * 3))] };
    world.store.recount_tallies(Basis { windows, ..Basis::default() }).await.expect("counted anew");
    complain("1", 2).await;
    assert_eq!(sums(&world, Channel::Sms, ["complaint"]).await, [1], "the message was the last");
    assert_eq!(sums(&world, Channel::Ivr, ["complaint"]).await, [0]);
    complain("2", 5).await;
    assert_eq!(sums(&world, Channel::Ivr, ["complaint"]).await, [1], "the message is believed no more");
    complain("3", 40).await;
    let of_none =
        "SELECT CAST(COUNT(*) AS TEXT) FROM case_file WHERE of_attempt_id IS NULL AND of_event_id IS NULL";
    assert_eq!(world.text(of_none).await, "1", "nothing is believed so long");
}
