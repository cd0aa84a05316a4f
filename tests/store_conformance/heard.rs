//! What was heard of a call stands when it is over, in order, with what each verdict rested on.

use obzvon::domain::attempt::{Finished, Stamps};
use obzvon::domain::verdict::{Ear, Features, Heard, Noted, Verdict};
use obzvon::domain::{Announcement, AttemptId, Outcome};
use obzvon::store::{Closed, Ears, FinishRequest, Judged, Period};

use crate::world::{World, finished, hours, no_answer, noon, row, seconds};

crate::on_both_engines!(what_was_heard_is_written_once_with_the_end, every_call_has_its_own_in_the_export);

fn verdict(verdict: Verdict, at_ms: u32, confidence: f32) -> Heard {
    let features = Features { by: Ear::Speech, first_word_ms: Some(600), ..Features::default() };
    Heard::Verdict { verdict, at_ms, confidence, features }
}

/// Taken for a person, revised by the beep of a machine that greets longer; before the answer it rang.
fn machine(attempt: AttemptId) -> FinishRequest {
    let heard = [
        (true, verdict(Verdict::Ringback, 3000, 0.95)),
        (false, verdict(Verdict::Human, 1040, 0.7314)),
        (false, Heard::BeepStarted { at_ms: 6100 }),
        (false, verdict(Verdict::Machine, 6300, 0.95)),
        (false, Heard::BeepEnded { at_ms: 6500 }),
        (false, Heard::SpokeAgain { at_ms: 9000 }),
        (false, Heard::BeepEnded { at_ms: 12_000 }),
    ];
    let heard = heard.map(|(early, heard)| Noted { early, heard }).to_vec();
    let stamps = Stamps { answer: Some(noon() + seconds(9)), ..Stamps::default() };
    let finished = Finished { heard, stamps, ..finished(Outcome::Machine) };
    FinishRequest { finished, ..no_answer(attempt, noon() + hours(4)) }
}

async fn what_was_heard_is_written_once_with_the_end(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    assert!(world.store.heard(attempt).await.expect("read").is_empty(), "it is up");
    let request = machine(attempt);
    for closed in [Closed::Now, Closed::Before] {
        let done = world.store.finish(request.clone(), noon() + seconds(40)).await;
        assert_eq!(done.expect("done"), closed);
    }
    let rows = world.store.heard(attempt).await.expect("read");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.n, row.early, &*row.code, row.says.as_deref(), row.at_ms, row.permille))
        .collect();
    assert_eq!(
        told,
        [
            (0, true, "verdict", Some("ringback"), 3000, Some(950)),
            (1, false, "verdict", Some("human"), 1040, Some(731)),
            (2, false, "beep_start", None, 6100, None),
            (3, false, "verdict", Some("machine"), 6300, Some(950)),
            (4, false, "beep_end", None, 6500, None),
            (5, false, "spoke_again", None, 9000, None),
            (6, false, "beep_end", None, 12_000, None),
        ]
    );
    assert_eq!(rows[1].features.as_deref(), Some(r#"{"by":"speech","first_word_ms":600}"#));
    assert_eq!(rows[2].features, None);

    let kept = world.store.attempt(attempt).await.expect("read").expect("it is there");
    let judged = |verdict: &str, at_ms, permille| Some(Judged { verdict: verdict.into(), at_ms, permille });
    let ears = Ears {
        last: judged("machine", 6300, 950),
        first: judged("human", 1040, 731),
        beep_start_ms: Some(6100),
        beep_end_ms: Some(6500),
    };
    assert_eq!(kept.ears, ears, "the ringing before the answer is not who answered");
    let last = async |at| world.store.heard_of_person(contact.person, (3, at)).await.expect("read");
    let calls = last(noon() + hours(1)).await;
    assert_eq!((calls[0].attempt, calls[0].outcome), (attempt, Some(Outcome::Machine)));
    assert_eq!((calls.len(), &calls[0].heard), (1, &rows));
    assert!(last(noon() - hours(1)).await.is_empty(), "it had not begun");
}

async fn every_call_has_its_own_in_the_export(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let mut attempts = Vec::new();
    for contact in world.store.claim(campaign, 3, noon()).await.expect("claimed") {
        attempts.push(world.permit(&contact, noon()).await.attempt());
    }
    let announced = Heard::Announced { says: Announcement::SwitchedOff, at_ms: 2400 };
    let heard = [announced, verdict(Verdict::Sit, 2400, 0.99)].map(|heard| Noted { early: true, heard });
    let early = Finished { heard: heard.to_vec(), ..finished(Outcome::NoAnswer) };
    let next = noon() + hours(4);
    let requests = [
        machine(attempts[0]),
        no_answer(attempts[1], next),
        FinishRequest { finished: early, ..no_answer(attempts[2], next) },
    ];
    for request in requests {
        world.store.finish(request, noon() + seconds(40)).await.expect("done");
    }
    let exported = async |from, to| {
        let mut walk = world.store.export_heard(Period { from, to });
        let mut rows = Vec::new();
        loop {
            let page = walk.next_page().await.expect("read");
            if page.is_empty() {
                return rows;
            }
            rows.extend(page.into_iter().map(|row| (row.attempt, row.n)));
        }
    };
    let all: Vec<_> = (0..7).map(|n| (attempts[0], n)).chain((0..2).map(|n| (attempts[2], n))).collect();
    assert_eq!(exported(noon(), noon() + hours(1)).await, all);
    assert_eq!(exported(noon() + hours(1), noon() + hours(2)).await, []);
    let ears =
        async |at: usize| world.store.attempt(attempts[at]).await.expect("read").expect("it is there").ears;
    assert_eq!(ears(1).await, Ears::default());
    let unanswered = ears(2).await.last.expect("a verdict");
    assert_eq!(
        (&*unanswered.verdict, unanswered.permille),
        ("sit", 990),
        "nobody answered: the early media's"
    );
}
