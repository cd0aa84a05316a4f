//! What calling brings, by lot and by the number of the use.

use jiff::SignedDuration;
use obzvon::campaign::NextStep;
use obzvon::domain::{Channel, Currency, Money};
use obzvon::stats::{Basis, Ratio, Windows};
use obzvon::store::{
    CampaignState, Candidate, FillPlan, FinishRequest, NewPayment, Period, Placement, Reacted,
};

use crate::world::{World, hours, no_answer, noon, promised, row, second_debt};

crate::on_both_engines!(
    a_seed_is_drawn_once,
    the_arms_are_counted_by_persons_within_the_window,
    who_was_selected_before_there_was_a_lot_is_in_no_arm,
    who_is_left_alone_here_and_called_there_is_told,
    who_was_drawn_stays_in_his_arm_and_each_share_is_compared_by_itself,
    the_second_use_is_told_from_the_first,
);

async fn a_seed_is_drawn_once(world: World) {
    let campaign = world.store.campaign("reminders", noon()).await.expect("made");
    assert_eq!(world.store.hold_out_seed(campaign, u64::MAX).await.expect("drawn"), u64::MAX);
    assert_eq!(world.store.hold_out_seed(campaign, 7).await.expect("kept"), u64::MAX);
}

fn days(n: i64) -> SignedDuration {
    hours(24 * n)
}

async fn pay(world: &World, id: &str, debt: &str, minor: i64, after: SignedDuration) {
    let payment = NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: debt.into(),
        amount: Money::new(minor, Currency::Rub),
        paid_at: noon() + after,
    };
    world.store.record_payment(payment, noon() + after).await.expect("recorded");
}

async fn the_arms_are_counted_by_persons_within_the_window(world: World) {
    let rows = [row(1), second_debt(1), row(2), row(3), row(4)];
    world.store.upsert(&rows, noon()).await.expect("imported");
    let campaign = world.store.campaign("reminders", noon()).await.expect("made");
    world.store.set_campaign("reminders", CampaignState::Running, "boss", noon()).await.expect("started");
    let place = |candidate: &Candidate| match candidate.amount.minor {
        300_000 => Placement::LeftAlone,
        400_000 => Placement::Held { why: "needs_agent" },
        _ => Placement::Queued { score: 1 },
    };
    let plan = FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 50 };
    let filled = world.store.fill_campaign(plan, place).await.expect("filled");
    assert_eq!((filled.queued, filled.held, filled.left_alone), (3, 1, 1));

    let contact = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
    pay(&world, "m1", "d1", 40_000, days(1)).await;
    pay(&world, "m2", "d1b", 20_000, days(2)).await;
    pay(&world, "m3", "d2", 50_000, days(11)).await; // after the window
    pay(&world, "m4", "d3", 30_000, days(3)).await;
    pay(&world, "m5", "d4", 30_000, days(3)).await; // of no arm

    let to = |n| Period { from: noon() - days(1), to: noon() + days(n) };
    let lines = world.store.experiments_report(to(20), days(10)).await.expect("counted");
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!((line.campaign.as_str(), line.currency), ("reminders", Currency::Rub));
    let (called, alone) = (line.experiment.called, line.experiment.left_alone);
    assert_eq!((called.paid_share(), called.sums.sum), (Ratio::new(1, 2), 60_000));
    assert!((called.sums.squares - 3.6e9).abs() < 1.0);
    assert_eq!((alone.paid_share(), alone.sums.sum), (Ratio::new(1, 1), 30_000));
    assert_eq!(line.experiment.cost_minor, 150);
    let early = world.store.experiments_report(to(9), days(10)).await.expect("counted");
    assert!(early.is_empty(), "whose window is not over yet is not compared");
}

async fn who_was_selected_before_there_was_a_lot_is_in_no_arm(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("imported");
    let campaign = world.store.campaign("reminders", noon()).await.expect("made");
    let nobody_left = FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 0 };
    let queued = |_: &Candidate| Placement::Queued { score: 1 };
    world.store.fill_campaign(nobody_left, queued).await.expect("filled");
    world.store.upsert(&[row(3), row(4)], noon()).await.expect("imported");
    let drawn = FillPlan { hold_out_percent: 20, ..nobody_left };
    let by_lot = |candidate: &Candidate| match candidate.amount.minor {
        300_000 => Placement::LeftAlone,
        _ => Placement::Queued { score: 1 },
    };
    world.store.fill_campaign(drawn, by_lot).await.expect("filled");
    for id in ["d1", "d4"] {
        pay(&world, id, id, 10_000, days(1)).await;
    }
    let period = Period { from: noon() - days(1), to: noon() + days(20) };
    let line = &world.store.experiments_report(period, days(10)).await.expect("counted")[0];
    let (called, alone) = (line.experiment.called, line.experiment.left_alone);
    assert_eq!((called.paid_share(), alone.paid_share()), (Ratio::new(1, 1), Ratio::new(0, 1)));
}

async fn who_is_left_alone_here_and_called_there_is_told(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("imported");
    let first = world.store.campaign("reminders", noon()).await.expect("made");
    let plan = FillPlan { campaign: first, not_after: None, now: noon(), hold_out_percent: 50 };
    world.store.fill_campaign(plan, |_: &Candidate| Placement::LeftAlone).await.expect("filled");
    let other = world.store.campaign("second", noon()).await.expect("made");
    world.store.set_campaign("second", CampaignState::Running, "boss", noon()).await.expect("started");
    let plan = FillPlan { campaign: other, hold_out_percent: 0, ..plan };
    let queued = |_: &Candidate| Placement::Queued { score: 1 };
    world.store.fill_campaign(plan, queued).await.expect("filled");
    // Whichever of the two comes first.
    for after in [days(1), days(11)] {
        let now = noon() + after;
        let claimed = world.claim_one(other, now).await;
        let attempt = world.permit(&claimed, now).await.attempt();
        let mut done = promised(attempt);
        done.finished.stamps.invite = Some(now);
        world.store.finish(done, now + hours(1)).await.expect("finished");
    }
    let period = Period { from: noon() - days(1), to: noon() + days(20) };
    let lines = world.store.experiments_report(period, days(10)).await.expect("counted");
    let line = lines.iter().find(|line| line.campaign == "reminders").expect("its line");
    assert_eq!(line.experiment.elsewhere_share(), Ratio::new(1, 2), "only the call within the window");
}

async fn who_was_drawn_stays_in_his_arm_and_each_share_is_compared_by_itself(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("imported");
    let campaign = world.store.campaign("reminders", noon()).await.expect("made");
    world.store.set_campaign("reminders", CampaignState::Running, "boss", noon()).await.expect("started");
    let plan = |hold_out_percent| FillPlan { campaign, not_after: None, now: noon(), hold_out_percent };
    let by_amount = |candidate: &Candidate| match candidate.lot {
        Some(lot) if lot.left_alone => Placement::LeftAlone,
        None if candidate.amount.minor % 200_000 == 0 => Placement::LeftAlone,
        _ => Placement::Queued { score: 1 },
    };
    world.store.fill_campaign(plan(20), by_amount).await.expect("filled");
    // Another share, new debts of the same persons, and others.
    let more = [second_debt(1), second_debt(2), row(3), row(4)];
    world.store.upsert(&more, noon()).await.expect("imported");
    let mut lots = Vec::new();
    let seen = |candidate: &Candidate| {
        lots.push(candidate.lot.map(|lot| (lot.left_alone, lot.percent)));
        by_amount(candidate)
    };
    world.store.fill_campaign(plan(5), seen).await.expect("filled");
    lots.sort_unstable();
    assert_eq!(lots, [None, None, Some((false, Some(20))), Some((true, Some(20)))]);
    for _ in 0..3 {
        let contact = world.claim_one(campaign, noon()).await;
        if contact.debt_external.ends_with('b') {
            continue; // his one open attempt is enough
        }
        let attempt = world.permit(&contact, noon()).await.attempt();
        world.store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
    }
    let period = Period { from: noon() - days(1), to: noon() + days(20) };
    let lines = world.store.experiments_report(period, days(10)).await.expect("counted");
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let (called, alone) = (line.experiment.called, line.experiment.left_alone);
            (line.percent, called.sums.count, alone.sums.count, line.experiment.cost_minor)
        })
        .collect();
    assert_eq!(told, [(Some(5), 1, 1, 150), (Some(20), 1, 1, 150)]);
}

async fn the_second_use_is_told_from_the_first(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    for (day, calls, next) in [(0, 2, 4), (4, 2, 9), (9, 1, 14)] {
        world.store.wake_due(9, noon() + days(day)).await.expect("woken");
        for nth in 0..calls {
            let now = noon() + days(day) + hours(nth);
            let contact = world.claim_one(campaign, now).await;
            let attempt = world.permit(&contact, now).await.attempt();
            let next = noon() + days(next);
            let request = match (day, nth) {
                (4, 0) => FinishRequest { next: NextStep::Wait(next), ..promised(attempt) },
                _ => no_answer(attempt, next),
            };
            world.store.finish(request, now + hours(1)).await.expect("finished");
        }
    }
    pay(&world, "m1", "d2", 200_000, days(4) + hours(5)).await;
    let period = Period { from: noon() - days(1), to: noon() + days(19) };
    let of = |reacted| {
        let store = &world.store;
        async move { store.wear_report(period, reacted).await.expect("counted") }
    };
    let uses = [Ratio::new(0, 2), Ratio::new(1, 2), Ratio::new(0, 1)];
    for reacted in [Reacted::RightParty, Reacted::Promised] {
        assert_eq!(of(reacted).await, [(Channel::Ivr, uses.to_vec())], "{reacted:?}");
    }
    let basis =
        |long| Basis { windows: Windows { otherwise: long, by_channel: Vec::new() }, ..Basis::default() };
    assert!(!world.store.offer_basis(basis(days(1))).await.expect("asked"), "something is counted already");
    let paid = of(Reacted::Paid).await;
    assert_eq!(paid[0].1.iter().map(|uses| uses.numerator).sum::<u64>(), 2, "within a month: {paid:?}");
    world.store.recount_tallies(basis(days(1))).await.expect("counted anew");
    let paid = of(Reacted::Paid).await;
    assert_eq!(paid[0].1.iter().map(|uses| uses.numerator).sum::<u64>(), 1, "within a day: {paid:?}");
    let later = Period { from: noon() + hours(12), ..period };
    let rest = world.store.wear_report(later, Reacted::RightParty).await.expect("counted");
    assert_eq!(rest[0].1, [Ratio::default(), Ratio::new(1, 2), Ratio::new(0, 1)]);
}
