//! What a campaign's pacing knows again after a night or a restart.

use std::time::Duration;

use obzvon::domain::{AttemptId, Outcome};
use obzvon::pacing::{Earlier, Lessons};
use obzvon::store::FinishRequest;

use crate::world::{World, finished, hours, noon, promised, row, seconds};

crate::on_both_engines!(
    what_was_learned_is_known_most_at_its_hour_and_fades,
    whom_a_campaign_met_is_counted_by_parts_of_the_time,
    a_campaigns_calls_of_a_period_are_found_by_an_index,
);

/// People who answered, of so many dials.
fn lessons(people: u32) -> Lessons {
    let text = format!(
        r#"{{"durations":{{"talk":[[30,{people}.0]]}},"people":{people},"exposure":{},"agent_seconds":1000}}"#,
        4 * people
    );
    serde_json::from_str(&text).expect("a lesson")
}

/// Its weight: people.
fn people(lessons: &Lessons) -> f64 {
    serde_json::to_value(lessons).expect("JSON")["people"].as_f64().expect("a number")
}

async fn what_was_learned_is_known_most_at_its_hour_and_fades(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let keep = async |hour, count, at| {
        world.store.keep_lessons(campaign, hour, lessons(count), noon() + hours(at)).await.expect("kept");
    };
    let known = async |hour, at| {
        people(&world.store.lessons(campaign, hour, noon() + hours(at)).await.expect("read"))
    };
    assert_eq!(known(12, 0).await, 0.0);
    keep(12, 100, 0).await;
    keep(12, 20, 0).await;
    keep(15, 40, 0).await;
    assert_eq!((known(12, 0).await, known(15, 0).await, known(3, 0).await), (130.0, 70.0, 40.0));
    let tomorrow = known(12, 24).await;
    assert!((tomorrow - 0.7 * 130.0).abs() < 0.01, "{tomorrow}");
    keep(12, 10, 24).await;
    let both = known(12, 24).await;
    assert!((both - 0.7 * 130.0 - 10.0).abs() < 0.01, "{both}");
}

async fn whom_a_campaign_met_is_counted_by_parts_of_the_time(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3), row(4)]).await;
    let ends = [
        (-7_200, Outcome::Answered),
        (10, Outcome::Answered),
        (3_700, Outcome::Abandoned),
        (3_800, Outcome::NoAnswer),
    ];
    for (at, outcome) in ends {
        let at = noon() + seconds(at);
        let contact = world.claim_one(campaign, at).await;
        let attempt: AttemptId = world.permit(&contact, at).await.attempt();
        let request = FinishRequest { finished: finished(outcome), ..promised(attempt) };
        world.store.finish(request, at + seconds(30)).await.expect("finished");
    }
    let part = Duration::from_secs(3_600);
    let met = world.store.met(campaign, noon(), part, noon() + hours(2)).await.expect("read");
    let earlier = |hours: u64, abandoned| Earlier { ago: part * hours as u32, answered: 1, abandoned };
    assert_eq!(met, [earlier(2, 0), earlier(1, 1)]);
}

/// The gate counts them before each predictive dial.
async fn a_campaigns_calls_of_a_period_are_found_by_an_index(world: World) {
    let sql = "SELECT COUNT(*), SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END) FROM attempt \
        WHERE channel <> 'inbound_call' AND campaign_id = 1 AND reserved_at >= 5 AND reserved_at <= 9";
    let plan = world.plan(sql).await;
    assert!(plan.contains("attempt_campaign"), "{plan}");
}
