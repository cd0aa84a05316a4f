//! The calls that a report's figure links to are those that it counts.

use obzvon::agents::{ReservationNo, State, Why};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{AgentId, Currency, Fault, Money, Outcome};
use obzvon::store::{AgentChange, CallFilter, CountedAs, Period};

use crate::world::{World, hours, no_answer, noon, promised, row, seconds};

crate::on_both_engines!(the_calls_that_a_figure_is_divided_by_are_those_the_page_lists);

/// Calls of every outcome in two currencies, one of them with an agent.
async fn the_calls_that_a_figure_is_divided_by_are_those_the_page_lists(world: World) {
    let euros = |n| ImportRow { amount: Money::new(i64::from(n) * 100, Currency::Eur), ..row(n) };
    let rows: Vec<_> = (1..=8).map(row).chain((9..=11).map(euros)).collect();
    let campaign = world.campaign("reminders", &rows).await;
    let outcomes = [
        Outcome::Cancelled,
        Outcome::Failed(Fault::Trunk),
        Outcome::Failed(Fault::Lost),
        Outcome::NoAnswer,
        Outcome::Machine,
        Outcome::Cancelled,
    ];
    for nth in 0..11 {
        let contact = world.claim_one(campaign, noon()).await;
        let attempt = world.permit(&contact, noon()).await.attempt();
        let request = match outcomes.get(nth) {
            Some(outcome) => {
                let mut request = no_answer(attempt, noon() + hours(900));
                request.finished.outcome = *outcome;
                request
            }
            None => promised(attempt),
        };
        if nth == 7 {
            let (agent, no) = (AgentId::parse("anna").expect("a login"), ReservationNo(1));
            for (at, to) in [(9, State::Talking { no }), (69, State::Ready)] {
                let (agent, at) = (agent.clone(), noon() + seconds(at));
                let change =
                    AgentChange { agent, at, to, billable: false, why: Why::Call, attempt: Some(attempt) };
                world.store.log_agent(change).await.expect("kept");
            }
        }
        world.store.finish(request, noon() + hours(1)).await.expect("finished");
    }
    let period = Period { from: noon() - hours(12), to: noon() + hours(12) };
    let in_period = CallFilter { from: Some(period.from), to: Some(period.to), ..CallFilter::default() };
    let listed = async |filter| world.store.calls(filter, None).await.expect("read").lines.len();
    assert_eq!(listed(in_period.clone()).await, 11, "all of them");
    let mut counted = 0;
    for line in world.store.effects_report(period, &[]).await.expect("counted") {
        let behind = CallFilter {
            channel: Some(line.channel),
            debtor_type: Some(line.debtor_type),
            debt_kind: Some(line.kind),
            currency: Some(line.currency),
            counted: Some(CountedAs::Action),
            ..in_period.clone()
        };
        let actions = usize::try_from(line.sum("actions")).expect("a count");
        assert_eq!(listed(behind.clone()).await, actions, "{line:?}");
        let answered = CallFilter { outcome: Some(Outcome::Answered), ..behind };
        assert_eq!(i64::try_from(listed(answered).await), Ok(line.sum("answered")), "{line:?}");
        counted += actions;
    }
    assert_eq!(counted, 7, "neither those taken back nor the faults");
    let results = world.store.agent_results(period).await.expect("counted");
    let ((agent, currency), result) = results.iter().find(|(_, it)| it.talks > 0).expect("a talk");
    let talks = CallFilter {
        agent: Some(agent.to_string()),
        currency: Some(*currency),
        counted: Some(CountedAs::Talk),
        ..in_period
    };
    assert_eq!((listed(talks).await as u64, result.talks), (1, 1));
}
