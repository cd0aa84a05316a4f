//! A caller who is nobody in particular to us: a neutral word, and an agent if he wants one.

use std::sync::Arc;

use anyhow::Context;
use jiff::tz::TimeZone;

use super::{Arrival, Talk, drive, open};
use crate::agents::Caller;
use crate::call::AgentPlan;
use crate::daemon::house::House;
use crate::daemon::turn::sought_for;
use crate::daemon::voice::NameSound;
use crate::domain::{AttemptId, Channel, DebtKind, DebtorType, Money};
use crate::ivr::{Action, CallFacts, IdentifiedBy};
use crate::sip::IncomingCall;
use crate::store::{StrangerCall, StrangerEnd, StrangerWhy};

/// Lets the flow speak and writes down that he called. His call has no attempt: its number is below zero.
pub(super) async fn talk(
    house: &Arc<House>,
    arrival: &Arrival,
    flow: &str,
    why: StrangerWhy,
    call: IncomingCall,
) -> anyhow::Result<()> {
    let config = &arrival.plans.config;
    let flow = Arc::clone(config.flows.get(flow).context("the flow for strangers was checked at load")?);
    let stream = open(house, None)?;
    let noted = StrangerCall {
        trunk: arrival.trunk.name.to_string(),
        called: arrival.called.as_e164().to_owned(),
        phone: arrival.phone.clone(),
        why,
    };
    let number = house.store.note_stranger(noted, house.clock.wall()).await?;
    let attempt = AttemptId(-number);
    let language = config.import.language;
    let today = house.clock.wall().to_zoned_datetime(TimeZone::system()).date();
    // No prompt of the flow reads any of it.
    let (creditor, amount) = (String::new(), Money::new(0, config.import.currency));
    let facts = CallFacts {
        name: None,
        identified_by: IdentifiedBy::Name,
        language,
        untold: arrival.plans.voice.untold(&flow, &creditor, amount),
        creditor,
        amount,
        due: today,
        kind: DebtKind::Overdue,
        callback: arrival.called.clone(),
        today,
    };
    let limits = config.agents.plan.limits;
    let said = Talk {
        attempt,
        flow,
        facts,
        agent: AgentPlan { ring: sought_for(&limits), talk: limits.talk, ..AgentPlan::default() },
        caller: Caller { language, creditor: None, debtor_type: DebtorType::Unknown, promised_to: None },
        record: false,
        name: NameSound::default(),
    };
    let (here, words) = house.live.enter(attempt);
    let report = drive(house, arrival, (call, stream), said, words).await;
    drop(here);
    let talked = report.finished.channel == Channel::AgentCall;
    let stop_asked = report.actions.contains(&Action::OpenComplaint);
    house.store.stranger_gone(number, StrangerEnd { talked, stop_asked }, house.clock.wall()).await?;
    Ok(())
}
