//! What the reports' pages ask, answered from the house.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tracing::{error, info};

use super::console::answered;
use super::house::House;
use crate::cli::proposal::{Applied, apply, is_followed};
use crate::cli::report::proposals::{Force, doing_text, proposal_text, proposed};
use crate::cli::sheet;
use crate::domain::Language;
use crate::stats::{Doing, Sheet};
use crate::store::{DeliveryFilter, DeliveryRow, Period, ProposalRow, StoreError};
use crate::web::{
    AppliedLine, Days, DeliveryLine, ProposalLine, ProposalsView, ReportHandlers, Resend, SetProposal,
    SheetWish, Taken,
};

/// Messages that the page has room for.
const SHOWN: u32 = 200;

/// Who answers for the reports.
pub fn handlers(house: &Arc<House>) -> ReportHandlers {
    ReportHandlers {
        sheet: answered(house, |house: Arc<House>, wish: SheetWish| async move { made(&house, wish).await }),
        csv: answered(house, |house: Arc<House>, wish: SheetWish| async move {
            let made = made(&house, wish).await?;
            Ok(sheet::csv_text(&made).unwrap_or_else(|fault| {
                error!(%fault, "a sheet is no CSV");
                String::new()
            }))
        }),
        proposals: answered(house, |house: Arc<House>, language: Language| async move {
            proposals(&house, language).await
        }),
        set_proposal: answered(house, |house: Arc<House>, set: SetProposal| async move {
            set_proposal(&house, set).await
        }),
        deliveries: answered(house, |house: Arc<House>, ()| async move {
            let filter = DeliveryFilter { limit: SHOWN, ..DeliveryFilter::default() };
            let zone = house.plans.load().config.cases.zone.clone();
            let lines = house.store.deliveries(filter).await?.into_iter();
            Ok(lines.map(|row| delivery_line(row, &zone)).collect())
        }),
        resend: answered(house, |house: Arc<House>, resend: Resend| async move {
            let Resend { endpoint, message, who } = resend;
            let count = house.store.send_again(&endpoint, message, house.clock.wall()).await?;
            info!(endpoint, message, who, count, "messages are sent again");
            Ok(count)
        }),
    }
}

async fn made(house: &House, wish: SheetWish) -> Result<Sheet, StoreError> {
    let plans = house.plans.load_full();
    let zone = &plans.config.statistics.basis.zone;
    let period = period_of(wish.days, zone);
    let asked = sheet::Asked { period, now: house.clock.wall(), language: wish.language, cut: wish.cut };
    sheet::sheet(&house.store, &plans.config, wish.kind, asked).await
}

/// The days on the house's clock, the last of them to its end.
pub(super) fn period_of(days: Days, zone: &TimeZone) -> Period {
    let begins = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX);
    let always = sheet::always();
    let after = |day: Date| day.tomorrow().map_or(always.to, begins);
    Period { from: days.from.map_or(always.from, begins), to: days.to.map_or(always.to, after) }
}

async fn proposals(house: &House, language: Language) -> Result<ProposalsView, StoreError> {
    let plans = house.plans.load_full();
    let zone = &plans.config.cases.zone;
    let rows = house.store.proposals_applied().await?;
    let found = proposed(&house.store, sheet::always()).await?;
    let line = |proposal: &crate::stats::Proposal| ProposalLine {
        text: proposal_text(proposal, language),
        code: proposal.doing().map(Doing::code),
        in_force: proposal.doing().and_then(|doing| {
            let force = Force::of(doing, &rows, &plans.config.statistics.next_actions)?;
            Some(force.text(doing, language))
        }),
    };
    let applied = |row: &ProposalRow| AppliedLine {
        text: doing_text(row.doing, language),
        code: row.doing.code(),
        followed: is_followed(&plans.config, row.doing),
        applied: (row.applied_by.clone(), minute(row.applied_at, zone)),
        withdrawn: row.withdrawn.as_ref().map(|(at, who)| (who.clone(), minute(*at, zone))),
    };
    Ok(ProposalsView {
        proposed: found.iter().map(line).collect(),
        applied: rows.iter().map(applied).collect(),
    })
}

async fn set_proposal(house: &House, set: SetProposal) -> Result<Taken, StoreError> {
    let Some(doing) = Doing::parse(&set.code) else { return Ok(Taken::Refused) };
    let now = house.clock.wall();
    let plans = house.plans.load_full();
    let taken = match set.apply {
        true => match apply((&house.store, &plans.config), doing, &set.who, now).await? {
            Applied::Done => Taken::Done,
            Applied::NeverOpen => Taken::NeverOpen,
            Applied::InForce | Applied::NotProposed => Taken::Refused,
        },
        false if house.store.withdraw_proposal(doing, &set.who, now).await? => Taken::Done,
        false => Taken::Refused,
    };
    house.proposals.store(Arc::new(house.store.proposals_in_force().await?));
    info!(proposal = set.code, apply = set.apply, who = set.who, ?taken, "a proposal was clicked");
    Ok(taken)
}

fn delivery_line(row: DeliveryRow, zone: &TimeZone) -> DeliveryLine {
    let status = row.status.map(|status| format!("HTTP {status}"));
    DeliveryLine {
        at: minute(row.at, zone),
        waits_until: row.next_try_at.map(|at| minute(at, zone)),
        answer: status.or(row.fault).unwrap_or_default(),
        endpoint: row.endpoint,
        message: row.message,
        kind: row.kind,
        tries: row.tries,
    }
}

/// `2026-03-05 14:05` on the house's clock.
fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M").to_string()
}
