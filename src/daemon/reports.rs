//! What the reports' pages ask, answered from the house.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::{error, info};

use super::console::answered;
use super::house::House;
use crate::cli::proposal::{Applied, apply};
use crate::cli::report::proposals::{doing_text, proposal_text, proposed};
use crate::cli::sheet;
use crate::domain::Language;
use crate::stats::{Cut, Doing, Sheet, SheetKind};
use crate::store::{DeliveryFilter, DeliveryRow, ProposalRow, StoreError};
use crate::web::{
    AppliedLine, DeliveryLine, ProposalLine, ProposalsView, ReportHandlers, Resend, SetProposal, Taken,
};

/// Messages that the page has room for.
const SHOWN: u32 = 200;

/// Who answers for the reports.
pub fn handlers(house: &Arc<House>) -> ReportHandlers {
    ReportHandlers {
        sheet: answered(house, |house: Arc<House>, (kind, language): (SheetKind, Language)| async move {
            made(&house, kind, language).await
        }),
        csv: answered(house, |house: Arc<House>, (kind, language): (SheetKind, Language)| async move {
            let made = made(&house, kind, language).await?;
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
            Ok(house.store.deliveries(filter).await?.into_iter().map(delivery_line).collect())
        }),
        resend: answered(house, |house: Arc<House>, resend: Resend| async move {
            let Resend { endpoint, message, who } = resend;
            let count = house.store.send_again(&endpoint, message, house.clock.wall()).await?;
            info!(endpoint, message, who, count, "messages are sent again");
            Ok(count)
        }),
    }
}

async fn made(house: &House, kind: SheetKind, language: Language) -> Result<Sheet, StoreError> {
    let plans = house.plans.load_full();
    let asked =
        sheet::Asked { period: sheet::always(), now: house.clock.wall(), language, cut: Cut::default() };
    sheet::sheet(&house.store, &plans.config, kind, asked).await
}

async fn proposals(house: &House, language: Language) -> Result<ProposalsView, StoreError> {
    let rows = house.store.proposals_applied().await?;
    let in_force = |doing| rows.iter().any(|row| row.doing == doing && row.withdrawn.is_none());
    let found = proposed(&house.store, sheet::always()).await?;
    let line = |proposal: &crate::stats::Proposal| ProposalLine {
        text: proposal_text(proposal, language),
        code: proposal.doing().map(Doing::code),
        in_force: proposal.doing().is_some_and(in_force),
    };
    let applied = |row: &ProposalRow| AppliedLine {
        text: doing_text(row.doing, language),
        code: row.doing.code(),
        applied: (row.applied_by.clone(), minute(row.applied_at)),
        withdrawn: row.withdrawn.as_ref().map(|(at, who)| (who.clone(), minute(*at))),
    };
    Ok(ProposalsView {
        proposed: found.iter().map(line).collect(),
        applied: rows.iter().map(applied).collect(),
    })
}

async fn set_proposal(house: &House, set: SetProposal) -> Result<Taken, StoreError> {
    let Some(doing) = Doing::parse(&set.code) else { return Ok(Taken::Refused) };
    let now = house.clock.wall();
    let done = match set.apply {
        true => apply(&house.store, doing, &set.who, now).await? == Applied::Done,
        false => house.store.withdraw_proposal(doing, &set.who, now).await?,
    };
    house.proposals.store(Arc::new(house.store.proposals_in_force().await?));
    info!(proposal = set.code, apply = set.apply, who = set.who, done, "a proposal was clicked");
    Ok(if done { Taken::Done } else { Taken::Refused })
}

fn delivery_line(row: DeliveryRow) -> DeliveryLine {
    let status = row.status.map(|status| format!("HTTP {status}"));
    DeliveryLine {
        at: minute(row.at),
        waits_until: row.next_try_at.map(minute),
        answer: status.or(row.fault).unwrap_or_default(),
        endpoint: row.endpoint,
        message: row.message,
        kind: row.kind,
        tries: row.tries,
    }
}

/// `2026-03-05 14:05 UTC`.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
