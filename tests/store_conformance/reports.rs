//! What is counted, and what leaves as a file.

use obzvon::campaign::NextStep;
use obzvon::domain::{Channel, Currency, DebtKind, DebtorType, Fault, Grade, Money, Outcome};
use obzvon::rules::EventKind;
use obzvon::stats::{ActionRow, Axis, Counts, EFFECT};
use obzvon::store::{AttemptFilter, FinishRequest, NewPayment, Period};

use crate::world::{World, finished, hours, no_answer, noon, promised, row, seconds};

crate::on_both_engines!(
    actions_stand_against_what_they_brought,
    outcomes_and_attempts_are_counted,
    a_campaigns_figures_are_counted,
    accounts_of_each_currency_are_told_apart_and_service_calls_are_none,
    the_parts_of_every_report_are_its_whole,
    an_export_walks_over_every_attempt,
    the_clock_of_law_is_the_databases,
);

fn today() -> Period {
    Period { from: noon() - hours(9), to: noon() + hours(15) }
}

/// A promise kept, a call not answered, a call the trunk lost.
async fn three_calls(world: &World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let claimed = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    let mut attempts = Vec::new();
    for contact in &claimed {
        attempts.push(world.permit(contact, noon()).await.attempt());
    }
    let mut heard = promised(attempts[0]);
    heard.finished.grades = vec![Grade::PickedUp, Grade::AmountHeard];
    heard.finished.stamps.answer = Some(noon() + seconds(5));
    heard.finished.stamps.end = Some(noon() + seconds(35));
    let failed = FinishRequest {
        finished: finished(Outcome::Failed(Fault::Trunk)),
        kinds: vec![EventKind::AttemptUnconnected],
        asks: Vec::new(),
        next: NextStep::Wait(noon() + hours(1)),
        ..promised(attempts[2])
    };
    for request in [heard, no_answer(attempts[1], noon() + hours(3)), failed] {
        world.store.finish(request, noon() + seconds(40)).await.expect("finished");
    }
    let payment = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d3".into(),
        amount: Money::new(300_000, Currency::Rub),
        paid_at: noon() + hours(2),
    };
    world.store.record_payment(payment, noon() + hours(2)).await.expect("recorded");
}

async fn actions_stand_against_what_they_brought(world: World) {
    three_calls(&world).await;
    let rows = world.store.effects_report(today(), &[]).await.expect("counted");
    assert_eq!(rows.len(), 1);
    let all = &rows[0];
    assert_eq!(
        (all.channel, all.debtor_type, all.kind),
        (Channel::Ivr, DebtorType::Forgetful, DebtKind::Overdue)
    );
    let sums = |columns: &[&str]| columns.iter().map(|column| all.sum(column)).collect::<Vec<_>>();
    assert_eq!(sums(&["attempts", "faults", "actions", "actions_minor"]), [3, 1, 2, 500_000]);
    assert_eq!(sums(&["answered", "answered_minor", "right_party", "amount_heard"]), [1, 300_000, 1, 1]);
    assert_eq!(sums(&["promise", "dated", "kept", "refused", "no_reaction"]), [1, 1, 1, 0, 1]);
    assert_eq!(sums(&["full_paid", "full_paid_minor", "part_paid"]), [1, 300_000, 0]);
    for rule in ["credited_last", "credited_first", "credited_linear"] {
        assert_eq!(sums(&[rule, &format!("{rule}_minor")]), [1, 300_000], "{rule}");
    }
}

async fn outcomes_and_attempts_are_counted(world: World) {
    three_calls(&world).await;
    let outcomes = world.store.outcomes_report(today()).await.expect("counted");
    let told: Vec<_> =
        outcomes.iter().map(|line| format!("{} {}", line.outcome.code(), line.attempts)).collect();
    assert_eq!(told, ["answered 1", "failed_trunk 1", "no_answer 1"]);
    let attempts = world.store.attempts_report(today()).await.expect("counted");
    let line = &attempts[0];
    assert_eq!((line.attempts, line.open, line.answered, line.failed, line.talk_s), (3, 0, 1, 1, 30));
    let yesterday = Period { from: noon() - hours(48), to: noon() - hours(24) };
    assert!(world.store.outcomes_report(yesterday).await.expect("counted").is_empty());
}

async fn a_campaigns_figures_are_counted(world: World) {
    three_calls(&world).await;
    let all = world.store.kpi_report(today()).await.expect("counted");
    let counts = all[&("reminders".to_owned(), Currency::Rub)];
    let wanted = Counts {
        accounts: 3,
        accounts_called: 2,
        calls: 2,
        connected: 1,
        human: 1,
        abandoned: 0,
        right_party: 1,
        promises: 1,
        kept: 1,
        broken: 0,
        talk_s: 30,
        cost_minor: 150,
        owed_minor: 500_000,
        paid_minor: 300_000,
        ..Counts::default()
    };
    assert_eq!(counts, wanted, "a call that the trunk lost is no call");
}

/// The same calls, told apart in as many ways as there are, are the same calls.
async fn the_parts_of_every_report_are_its_whole(world: World) {
    three_calls(&world).await;
    let store = &world.store;
    let by = [Axis::Age, Axis::Campaign, Axis::Creditor, Axis::DayPart, Axis::Month];
    let whole = store.effects_report(today(), &[]).await.expect("counted");
    let total = |rows: &[ActionRow]| -> Vec<i64> {
        (0..EFFECT.sums.len()).map(|place| rows.iter().map(|row| row.sums[place]).sum()).collect()
    };
    for axis in by {
        let parts = store.effects_report(today(), &[axis]).await.expect("counted");
        assert_eq!(total(&parts), total(&whole), "{axis:?}");
    }
    assert_eq!(total(&store.effects_report(today(), &by).await.expect("counted")), total(&whole));
    // Outcomes, trunks, figures and channels say the same of the attempts.
    let outcomes = store.outcomes_report(today()).await.expect("counted");
    let attempts = store.attempts_report(today()).await.expect("counted");
    let kpi = store.kpi_report(today()).await.expect("counted");
    let by_outcome: u64 = outcomes.iter().map(|line| line.attempts).sum();
    let faults: u64 = attempts.iter().map(|line| line.failed).sum();
    assert_eq!(by_outcome, attempts.iter().map(|line| line.attempts - line.open).sum::<u64>());
    assert_eq!(by_outcome - faults, kpi.values().map(|counts| counts.calls).sum::<u64>());
    let of = |column| total(&whole)[EFFECT.sum(column).expect("a column")].unsigned_abs();
    assert_eq!((of("attempts"), of("faults")), (by_outcome, faults));
    let sum = |count: fn(&Counts) -> u64| kpi.values().map(count).sum::<u64>();
    assert_eq!((of("right_party"), of("dated")), (sum(|it| it.right_party), sum(|it| it.promises)));
    let promises = store.promises_report(today()).await.expect("counted");
    let promised = promises.iter().fold((0, 0), |sum, line| (sum.0 + line.made, sum.1 + line.kept));
    assert_eq!(promised, (sum(|it| it.promises), sum(|it| it.kept)));
}

async fn an_export_walks_over_every_attempt(world: World) {
    three_calls(&world).await;
    let mut export = world.store.export_attempts(AttemptFilter::default());
    let page = export.next_page().await.expect("read");
    assert_eq!(page.iter().map(|row| row.debt.as_str()).collect::<Vec<_>>(), ["d3", "d2", "d1"]);
    assert_eq!(page[0].grades, ["picked_up", "amount_heard"]);
    assert!(export.next_page().await.expect("read").is_empty());
    let tomorrow = AttemptFilter { from: Some(noon() + hours(24)), ..AttemptFilter::default() };
    assert!(world.store.export_attempts(tomorrow).next_page().await.expect("read").is_empty());
}

async fn the_clock_of_law_is_the_databases(world: World) {
    let first = world.store.now().await.expect("read");
    assert!(first > "2026-01-01T00:00:00Z".parse().expect("a timestamp"));
    assert!(world.store.now().await.expect("read") >= first);
}

async fn accounts_of_each_currency_are_told_apart_and_service_calls_are_none(world: World) {
    let euros = |n| obzvon::domain::import_row::ImportRow {
        amount: Money::new(i64::from(n) * 100, Currency::Eur),
        ..row(n)
    };
    let service = |n| obzvon::domain::import_row::ImportRow {
        creditor: obzvon::domain::SERVICE_CREDITOR.into(),
        ..row(n)
    };
    // Whatever the newest debt's currency is.
    for (name, rows) in [
        ("first", vec![row(1), row(2), euros(3)]),
        ("second", vec![euros(4), row(5), service(6), row(7), row(8)]),
    ] {
        world.store.upsert(&rows, noon()).await.expect("imported");
        let campaign = world.store.campaign(name, noon()).await.expect("made");
        world.fill(campaign).await;
        let figures = world.store.kpi_report(today()).await.expect("counted");
        let of = |currency| figures.get(&(name.to_owned(), currency)).map_or(0, |counts| counts.accounts);
        let all = if name == "first" { (2, 1) } else { (5, 2) };
        assert_eq!((of(Currency::Rub), of(Currency::Eur)), all, "{name}");
    }
}
