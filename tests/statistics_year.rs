//! A year of 200,000 debts whose truth is known: what each channel brings, how it wears, and payments that would have
//! come anyway. The uplift report finds the truth; counting payments after a call does not.

use jiff::{SignedDuration, Timestamp};
use obzvon::domain::{CampaignId, PersonId};
use obzvon::stats::{
    Arm, Attribution, Axis, Experiment, Ratio, Uplift, effect_table, is_held_out, uplift, wear,
};
use obzvon::store::{Period, Store, StorePlan};
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64;

const PERSONS: i64 = 50_000;
const HELD_OUT_PERCENT: u8 = 20;

/// A channel, used by one campaign of [`PERSONS`].
struct Channel {
    name: &'static str,
    /// The chance that a person who is reached, and would not have paid, pays.
    brings: f64,
}

const CHANNELS: [Channel; 4] = [
    Channel { name: "agent_call", brings: 0.12 },
    Channel { name: "ivr", brings: 0.05 },
    Channel { name: "letter", brings: 0.0 },
    Channel { name: "sms", brings: 0.03 },
];

/// Who means to pay pays without any call, and answers the telephone too: the bias that flatters calling.
fn pays_anyway(will: f64) -> f64 {
    0.04 + 0.6 * will * will * will
}

fn is_reached(will: f64) -> f64 {
    0.15 + 0.75 * will
}

/// The channel's true effect on the share who pay, over everybody selected.
fn truth(channel: &Channel) -> f64 {
    let steps = 10_000;
    let at = |n: i32| (f64::from(n) + 0.5) / f64::from(steps);
    let of = |will: f64| is_reached(will) * channel.brings * (1.0 - pays_anyway(will));
    (0..steps).map(|n| of(at(n))).sum::<f64>() / f64::from(steps)
}

/// Sums owed: 500 to 10,500 roubles, in kopecks; whoever pays, pays all of it.
const OWED: std::ops::Range<i64> = 50_000..1_050_000;
const MEAN_OWED: f64 = 549_999.5;

/// One campaign's year: the experiment, and what a count of payments after calls says.
fn year(channel: &Channel, seed: u64, campaign: i64) -> (Experiment, Ratio) {
    let mut rng = Pcg64::seed_from_u64(seed * 16 + campaign.unsigned_abs());
    let lots = rng.next_u64();
    let (mut called, mut left_alone) = (Arm::default(), Arm::default());
    let mut paid_after_a_call = Ratio::default();
    for person in 0..PERSONS {
        let will: f64 = rng.random();
        let anyway = rng.random_bool(pays_anyway(will));
        let reached = rng.random_bool(is_reached(will));
        let moved = rng.random_bool(channel.brings);
        let owed = rng.random_range(OWED);
        let is_alone = is_held_out(lots, CampaignId(campaign), PersonId(person), HELD_OUT_PERCENT);
        let paid = anyway || (!is_alone && reached && moved);
        if !is_alone && reached {
            paid_after_a_call.denominator += 1;
            paid_after_a_call.numerator += u64::from(paid);
        }
        let arm = if is_alone { &mut left_alone } else { &mut called };
        arm.paid += u64::from(paid);
        arm.sums.add(if paid { owed } else { 0 });
    }
    (Experiment { called, left_alone, ..Experiment::default() }, paid_after_a_call)
}

#[test]
fn the_uplift_report_finds_what_each_channel_truly_brings() {
    let (mut shares_right, mut sums_right, mut naive_right) = (0, 0, 0);
    let mut priced_nothing = 0;
    for seed in 0..100 {
        let (mut all_shares, mut all_sums) = (true, true);
        for (campaign, channel) in (1..).zip(&CHANNELS) {
            let (experiment, naive) = year(channel, seed, campaign);
            let found = uplift(&experiment, CHANNELS.len());
            let truth = truth(channel);
            let share = found.paid_share.expect("two arms");
            let each = found.sum_each.expect("two arms");
            assert!(!found.small, "{}: {experiment:?}", channel.name);
            all_shares &= share.contains(truth);
            all_sums &= each.contains(truth * MEAN_OWED);
            let (low, high) = naive.interval().expect("calls");
            naive_right += i32::from((low..=high).contains(&truth));
            priced_nothing += i32::from(channel.brings == 0.0 && found.cost_per_extra.is_some());
        }
        shares_right += i32::from(all_shares);
        sums_right += i32::from(all_sums);
    }
    println!(
        "all four true effects within their intervals: shares {shares_right}, sums {sums_right} of 100 years; \
         payments after a call, counted as its own: {naive_right} of 400; \
         a price for a channel that brings nothing: {priced_nothing} of 100"
    );
    assert!(shares_right >= 93 && sums_right >= 93, "shares {shares_right}, sums {sums_right} of 100");
    assert_eq!(naive_right, 0, "the naive count is wrong in every year, or this world has no bias");
    assert!(priced_nothing <= 5, "{priced_nothing} of 100");
}

/// Persons of a seed's world that goes through the store, each with a debt in every campaign.
const STORED: i64 = 1_000;
/// Worlds in one database, each selected on a day of its own, forty days apart.
const WORLDS: u64 = 10;
const APART_DAYS: i64 = 40;
const DAY_US: i64 = 86_400_000_000;

/// Midnight in Moscow of 1 January 2025, in microseconds.
const BEGIN_US: i64 = 1_735_678_800_000_000;

/// The days in which one world's persons were selected and paid.
fn days_of(world: i64) -> Period {
    let at = |day: i64| Timestamp::from_microsecond(BEGIN_US + day * DAY_US).expect("a moment");
    Period { from: at(world * APART_DAYS), to: at((world + 1) * APART_DAYS) }
}

/// Lays worlds as selection and calls write them down: the lot is the one the campaigns are filled by, with the seed that the
/// store keeps; whoever is not left alone is called a day later. `with_calls`: their rows, too.
fn lay(file: &std::path::Path, lots: [u64; 4], first_seed: u64, with_calls: bool) {
    let mut db = rusqlite::Connection::open(file).expect("the database");
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF").expect("pragmas");
    let all = db.transaction().expect("begun");
    {
        all.execute("INSERT INTO creditor (id, name) VALUES (1, 'Water')", []).expect("a creditor");
        let prepare = |sql| all.prepare(sql).expect("SQL");
        let mut person = prepare(
            "INSERT INTO person (id, external_id, language, debtor_type, updated_at) VALUES (?1, 'p' || ?1, 'ru', 'forgetful', 0)",
        );
        let mut debt = prepare(
            "INSERT INTO debt (id, creditor_id, external_id, person_id, amount_minor, currency, due_date, updated_at) \
             VALUES (?1, 1, 'd' || ?1, ?2, ?3, 'RUB', '2024-12-10', 0)",
        );
        let mut contact = prepare(
            "INSERT INTO contact (id, campaign_id, person_id, debt_id, state, why, arm, arm_percent, selected_at) \
             VALUES (?1, ?2, ?3, ?1, 'done', 'reached', ?4, 20, ?5)",
        );
        let mut call = prepare(
            "INSERT INTO attempt (id, contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, caller_id, \
             channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, flow_version, due_at, \
             reserved_at, outcome, identified, closed_at, age_days, nth_use) VALUES (?1, ?1, ?2, ?3, ?1, ?1, 'one', '+79', 'main', \
             '+74', 'ivr', 'forgetful', 'overdue', 1, ?4, 'RUB', 'c', 'f', ?5, ?5, ?6, ?7, ?5, 20, ?2)",
        );
        let mut payment = prepare(
            "INSERT INTO payment (creditor_id, external_id, debt_id, amount_minor, currency, paid_at, received_at) \
             VALUES (1, 'm' || ?1, ?1, ?2, 'RUB', ?3, ?3)",
        );
        for world in 0..WORLDS.cast_signed() {
            let mut rng = Pcg64::seed_from_u64(1_000 + first_seed + world.unsigned_abs());
            let selected = BEGIN_US + world * APART_DAYS * DAY_US + DAY_US / 2;
            for nth in 0..STORED {
                let of = world * STORED + nth + 1;
                person.execute([of]).expect("a person");
                for (campaign, channel) in (1..).zip(&CHANNELS) {
                    let id = of * 4 + campaign;
                    let will: f64 = rng.random();
                    let anyway = rng.random_bool(pays_anyway(will));
                    let reached = rng.random_bool(is_reached(will));
                    let moved = rng.random_bool(channel.brings);
                    let owed = rng.random_range(OWED);
                    let at = selected + rng.random_range(DAY_US..28 * DAY_US);
                    let lot = lots[usize::try_from(campaign - 1).expect("one of four")];
                    let alone = is_held_out(lot, CampaignId(campaign), PersonId(of), HELD_OUT_PERCENT);
                    debt.execute([id, of, owed]).expect("a debt");
                    let arm = if alone { "left_alone" } else { "called" };
                    contact.execute(rusqlite::params![id, campaign, of, arm, selected]).expect("a contact");
                    let called = selected + DAY_US / 2;
                    if with_calls && !alone {
                        let outcome = if reached { "answered" } else { "no_answer" };
                        let row = rusqlite::params![id, campaign, of, owed, called, outcome, reached];
                        call.execute(row).expect("a call");
                    }
                    if anyway || (!alone && reached && moved) {
                        payment.execute([id, owed, at]).expect("a payment");
                    }
                }
            }
        }
    }
    all.execute("UPDATE tally_plan SET built_upto = 0", []).expect("nothing is counted yet");
    all.commit().expect("laid");
}

/// The same through the store: the reports are asked, a hundred seeds of four campaigns.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reports_of_the_store_tell_the_truth_where_the_channels_report_does_not() {
    let (mut shares_right, mut sums_right) = (0, 0);
    let (mut naive, mut naive_right) = (0, 0);
    for first_seed in (0..100).step_by(usize::try_from(WORLDS).expect("a few")) {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("obzvon.db");
        let open = async || {
            let url = secrecy::SecretString::from(format!("sqlite:{}", file.display()));
            Store::open(StorePlan { url, node: "one".into() }).await.expect("the database opens")
        };
        let store = open().await;
        let mut lots = [0; 4];
        for (lot, channel) in lots.iter_mut().zip(&CHANNELS) {
            let campaign = store.campaign(channel.name, days_of(0).from).await.expect("made");
            *lot = store.hold_out_seed(campaign, first_seed * 7 + 1).await.expect("kept");
        }
        store.close().await;
        // Every world's calls in the last database: what the channels report says of them needs no hundred.
        let with_calls = first_seed + WORLDS == 100;
        lay(&file, lots, first_seed, with_calls);
        let store = open().await;
        if with_calls {
            store.build_tallies().await.expect("counted");
        }
        for world in 0..WORLDS.cast_signed() {
            let period = days_of(world);
            let window = SignedDuration::from_hours(24 * 30);
            let lines = store.experiments_report(period, window).await.expect("counted");
            assert_eq!(lines.len(), CHANNELS.len());
            let of = |name: &str| CHANNELS.iter().find(|channel| channel.name == name).expect("a channel");
            let found: Vec<_> = lines
                .iter()
                .map(|line| (truth(of(&line.campaign)), uplift(&line.experiment, lines.len())))
                .collect();
            let holds = |(truth, found): &(f64, Uplift)| found.paid_share.expect("two arms").contains(*truth);
            shares_right += i32::from(found.iter().all(holds));
            let holds = |(truth, found): &(f64, Uplift)| {
                found.sum_each.expect("two arms").contains(truth * MEAN_OWED)
            };
            sums_right += i32::from(found.iter().all(holds));
            if with_calls {
                let rows = store.effects_report(period, &[Axis::Campaign]).await.expect("counted");
                for row in effect_table(&rows, Attribution::Last) {
                    let (low, high) = row.paid.interval().expect("calls");
                    naive += 1;
                    naive_right += i32::from((low..=high).contains(&truth(of(&row.by[0]))));
                }
            }
        }
        store.close().await;
    }
    println!(
        "by the store's reports all four true effects within their intervals: shares {shares_right}, sums {sums_right} of 100; \
         by its channels report {naive_right} of {naive}"
    );
    assert!(shares_right >= 93 && sums_right >= 93, "shares {shares_right}, sums {sums_right} of 100");
    assert_eq!((naive, naive_right), (40, 0), "a payment after a call is not the call's own");
}

/// Six uses of a channel on 20,000 debts; `force` is what is left of it at a use, from 0. Whoever reacts is left in peace,
/// and of the others some are closed.
fn six_uses(rng: &mut Pcg64, chance: impl Fn(&mut Pcg64) -> f64, force: fn(i32) -> f64) -> Vec<Ratio> {
    let mut debtors: Vec<f64> = (0..20_000).map(|_| chance(rng)).collect();
    let mut by_use = Vec::new();
    for nth in 0..6 {
        let all = debtors.len() as u64;
        debtors.retain(|own| !rng.random_bool(own * force(nth)));
        by_use.push(Ratio::new(all - debtors.len() as u64, all));
        debtors.retain(|_| rng.random_bool(0.7));
    }
    by_use
}

/// Six uses of a channel on 20,000 persons with one to four debts each, every use about the first debt that is left; who pays it
/// goes on being reminded of the others. Who owes on more pays more seldom.
fn six_uses_of_persons(rng: &mut Pcg64, force: fn(i32) -> f64) -> Vec<Ratio> {
    let mut persons: Vec<i32> = (0..20_000).map(|_| rng.random_range(1..=4)).collect();
    let chances: Vec<f64> = persons.iter().map(|debts| 0.3 / f64::from(*debts)).collect();
    let mut by_use = Vec::new();
    for nth in 0..6 {
        let mut reacted = Ratio::default();
        for (debts, chance) in persons.iter_mut().zip(&chances).filter(|(debts, _)| **debts > 0) {
            reacted.denominator += 1;
            if rng.random_bool(chance * force(nth)) {
                reacted.numerator += 1;
                *debts -= 1;
            }
        }
        by_use.push(reacted);
    }
    by_use
}

#[test]
fn known_wear_is_found_and_none_is_made_up() {
    // From the third use on a fifth of the force is lost with each.
    let tiring: fn(i32) -> f64 = |nth| 0.8_f64.powi((nth - 1).max(0));
    let (mut found, mut alike, mut differing, mut apart) = (0, 0, 0, 0);
    let (mut found_of_persons, mut several) = (0, 0);
    for seed in 0..100 {
        let mut rng = Pcg64::seed_from_u64(seed);
        found += i32::from(wear(&six_uses(&mut rng, |_| 0.2, tiring)).worn_from == Some(3));
        alike += i32::from(wear(&six_uses(&mut rng, |_| 0.2, |_| 1.0)).worn_from.is_some());
        // Most hardly ever react, some nearly always.
        let wide = |rng: &mut Pcg64| rng.random::<f64>().powi(4);
        differing += i32::from(wear(&six_uses(&mut rng, wide, |_| 1.0)).worn_from.is_some());
        let two = |rng: &mut Pcg64| if rng.random_bool(0.4) { 0.4 } else { 0.03 };
        apart += i32::from(wear(&six_uses(&mut rng, two, |_| 1.0)).worn_from.is_some());
        found_of_persons += i32::from(wear(&six_uses_of_persons(&mut rng, tiring)).worn_from.is_some());
        several += i32::from(wear(&six_uses_of_persons(&mut rng, |_| 1.0)).worn_from.is_some());
    }
    println!(
        "wear from the third use found in {found} of 100 years; made up where all are alike in {alike}, where they differ in \
         {differing}, where they are of two kinds in {apart}; where they owe on several debts found in {found_of_persons}, made up \
         in {several}"
    );
    assert!(found >= 90, "found {found} of 100");
    assert!(alike <= 5 && differing <= 5 && apart <= 5, "made up {alike}, {differing}, {apart} of 100");
    assert!(found_of_persons >= 90 && several <= 5, "found {found_of_persons}, made up {several} of 100");
}
