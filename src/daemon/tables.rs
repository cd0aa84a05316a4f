//! Lists without filters as files: codes, moments in UTC, one row for each row of the page.

use std::sync::Arc;

use jiff::Timestamp;

use super::audit;
use super::console::{self, answered};
use super::course;
use super::house::House;
use super::lines::Standing;
use super::trunks::standing_of;
use super::why_not;
use crate::cases::AngryCall;
use crate::cli::csv_text::csv_text;
use crate::quality::SampleLine;
use crate::store::{
    CampaignRow, ConfigChange, DayCalls, DeliveryFilter, DeliveryRow, ProposalRow, StoreError,
};
use crate::web::{CircuitView, CourseStep, CourseView, Handler, Table};

/// Rows of a file.
const CHANGES: u16 = 10_000;
const DELIVERIES: u32 = 10_000;

/// Who gives lists as files; `None`: there is no such campaign.
pub fn handler(house: &Arc<House>) -> Handler<Table, Option<String>> {
    answered(house, |house: Arc<House>, table: Table| async move {
        Ok(Some(match table {
            Table::Agents => agents(&house),
            Table::Angry => angry(&house).await?,
            Table::CampaignActs(who) => audit::campaign_acts(&house, who).await?,
            Table::Campaigns => campaigns(&house).await?,
            Table::Course(wish) => {
                let Some(view) = course::view(&house, &wish).await? else { return Ok(None) };
                course_table(&view)
            }
            Table::Changes => changes(&house).await?,
            Table::Deliveries => deliveries(&house).await?,
            Table::Exports(who) => audit::export_acts(&house, who).await?,
            Table::Proposals => proposals(&house).await?,
            Table::Samples => samples(&house).await?,
            Table::Supervisions(who) => audit::supervisions(&house, who).await?,
            Table::Today => today(&house).await?,
            Table::Trunks => trunks(&house),
            Table::SignIns(who) => audit::sign_ins(&house, who).await?,
            Table::UserActs(who) => audit::user_acts(&house, who).await?,
            Table::Users => users(&house).await?,
            Table::WhyNot(campaign) => {
                let rows = house.store.campaigns().await?;
                let Some(row) = rows.iter().find(|row| row.name == campaign) else { return Ok(None) };
                why_not_table(&house, row).await?
            }
        }))
    })
}

/// Who is at work now.
fn agents(house: &House) -> String {
    let lines = super::overview::agents(house).into_iter().map(|it| {
        let since = Timestamp::from_millisecond(it.since_ms).map(|at| at.to_string()).unwrap_or_default();
        [
            it.agent,
            it.display.unwrap_or_default(),
            it.state.to_owned(),
            it.pause.unwrap_or_default(),
            since,
            it.attempt.map(|attempt| attempt.to_string()).unwrap_or_default(),
        ]
    });
    csv_text(&["agent", "display", "state", "pause", "since", "attempt"], lines)
}

async fn angry(house: &House) -> Result<String, StoreError> {
    let line = |it: AngryCall| {
        let case = it.case.map(|case| case.to_string()).unwrap_or_default();
        let head = [it.attempt.to_string(), it.marked.to_string(), it.person, it.agent, it.campaign];
        head.into_iter().chain([it.marks.to_string(), case]).collect::<Vec<_>>()
    };
    let heads = ["attempt", "marked_at", "person", "agent", "campaign", "marks", "case"];
    Ok(csv_text(&heads, super::cases::angry(house).await?.it.into_iter().map(line)))
}

async fn proposals(house: &House) -> Result<String, StoreError> {
    let line = |it: ProposalRow| {
        let (at, who) = it.withdrawn.map_or_else(Default::default, |(at, who)| (at.to_string(), who));
        [it.doing.code(), it.applied_at.to_string(), it.applied_by, at, who]
    };
    let heads = ["proposal", "applied_at", "applied_by", "withdrawn_at", "withdrawn_by"];
    Ok(csv_text(&heads, house.store.proposals_applied().await?.into_iter().map(line)))
}

async fn samples(house: &House) -> Result<String, StoreError> {
    let line = |it: SampleLine| {
        [
            it.id.to_string(),
            it.made_at.to_string(),
            it.made_by,
            it.from.to_string(),
            it.to.to_string(),
            it.seed.to_string(),
            it.calls.to_string(),
            it.reviewed.to_string(),
        ]
    };
    let heads = ["list", "made_at", "made_by", "from", "to", "seed", "calls", "reviewed"];
    Ok(csv_text(&heads, house.store.samples().await?.into_iter().map(line)))
}

async fn today(house: &House) -> Result<String, StoreError> {
    let days = console::today(house).await?;
    let campaigns = house.store.campaigns().await?.into_iter();
    let lines =
        campaigns.filter_map(|row| days.get(&row.id).map(|day| (row.name, *day))).map(|(name, day)| {
            let DayCalls { attempts, connected, served, abandoned } = day;
            let counts = [attempts, connected, served, abandoned].map(|count| count.to_string());
            [name].into_iter().chain(counts).collect::<Vec<_>>()
        });
    Ok(csv_text(&["campaign", "attempts", "connected", "served", "abandoned"], lines))
}

/// A line for each five minutes; lines and agents are means.
fn course_table(view: &CourseView) -> String {
    let heads = [
        "begins",
        "clock",
        "campaign",
        "dials",
        "people",
        "abandoned",
        "people_so_far",
        "abandoned_so_far",
        "cap",
        "lines",
        "talk",
        "wrap_up",
        "ready",
        "away",
    ];
    let campaign = view.campaign.clone().unwrap_or_default();
    let cap = view.cap.map(|cap| cap.to_string()).unwrap_or_default();
    let line = |it: &CourseStep| {
        let of = &it.figures;
        let counts = [of.dials, of.people, of.abandoned, of.people_so_far, of.abandoned_so_far];
        let means = [of.lines, of.talk, of.wrap_up, of.ready, of.away];
        let head = [it.begins.to_string(), it.clock.clone(), campaign.clone()].into_iter();
        let counts = counts.into_iter().map(|count| count.to_string());
        let means = means.into_iter().map(|mean| format!("{mean:.2}"));
        head.chain(counts).chain([cap.clone()]).chain(means).collect::<Vec<_>>()
    };
    csv_text(&heads, view.steps.iter().map(line))
}

/// A line for each state and reason of each campaign's contacts.
async fn campaigns(house: &House) -> Result<String, StoreError> {
    let mut lines = Vec::new();
    for row in house.store.campaigns().await? {
        for total in house.store.why_not(row.id).await? {
            let (name, state) = (row.name.clone(), row.state.code().to_owned());
            lines.push([name, state, total.state.code().to_owned(), total.why, total.contacts.to_string()]);
        }
    }
    Ok(csv_text(&["campaign", "state", "contact_state", "why", "contacts"], lines))
}

async fn why_not_table(house: &House, campaign: &CampaignRow) -> Result<String, StoreError> {
    let totals = why_not::judged(house, campaign).await?;
    let lines = totals
        .into_iter()
        .map(|reason| reason.total)
        .map(|it| [it.state.code().to_owned(), it.why, it.contacts.to_string()]);
    Ok(csv_text(&["contact_state", "why", "contacts"], lines))
}

async fn changes(house: &House) -> Result<String, StoreError> {
    let heads = [
        "change",
        "node",
        "file",
        "loosens",
        "takes_back",
        "made_at",
        "made_by",
        "applied_at",
        "applied_by",
        "dropped_at",
        "dropped_by",
    ];
    let who = |done: Option<(Timestamp, String)>| match done {
        Some((at, who)) => [at.to_string(), who],
        None => [String::new(), String::new()],
    };
    let line = |it: ConfigChange| {
        let loosens = if it.looser == "[]" { "no" } else { "yes" };
        let undoes = it.undoes.map(|id| id.to_string()).unwrap_or_default();
        let head = [it.id.to_string(), it.node, it.path, loosens.to_owned(), undoes];
        [head.to_vec(), who(Some(it.made)).to_vec(), who(it.applied).to_vec(), who(it.dropped).to_vec()]
            .concat()
    };
    Ok(csv_text(&heads, house.store.config_changes(CHANGES).await?.into_iter().map(line)))
}

async fn deliveries(house: &House) -> Result<String, StoreError> {
    let heads = ["message", "endpoint", "kind", "at", "tries", "next_try_at", "status", "fault"];
    let filter = DeliveryFilter { limit: DELIVERIES, ..DeliveryFilter::default() };
    let line = |it: DeliveryRow| {
        [
            it.message.to_string(),
            it.endpoint,
            it.kind,
            it.at.to_string(),
            it.tries.to_string(),
            it.next_try_at.map(|at| at.to_string()).unwrap_or_default(),
            it.status.map(|status| status.to_string()).unwrap_or_default(),
            it.fault.unwrap_or_default(),
        ]
    };
    Ok(csv_text(&heads, house.store.deliveries(filter).await?.into_iter().map(line)))
}

fn trunks(house: &House) -> String {
    let line = |standing: Standing| {
        let Standing { plan, circuit, taken, .. } = standing;
        let state = match standing_of(circuit, &house.trunk_book.of(&plan.name), house.clock.now()) {
            CircuitView::Closed | CircuitView::HalfOpen => "well",
            CircuitView::NoAddress => "no_address",
            CircuitView::Open { .. } => "faulty",
        };
        let room = [taken, plan.channels.get(), plan.cps.get()].map(|count| count.to_string());
        [plan.name.to_string(), state.to_owned()].into_iter().chain(room).collect::<Vec<_>>()
    };
    let lines = house.lines.standing().into_iter().map(line);
    csv_text(&["trunk", "state", "calls", "channels", "cps"], lines)
}

async fn users(house: &House) -> Result<String, StoreError> {
    let line = |it: crate::store::UserRow| {
        let out = it.disabled_at.map(|at| at.to_string()).unwrap_or_default();
        let once = it.once_until.map(|at| at.to_string()).unwrap_or_default();
        [it.login, it.role.code().to_owned(), it.made_at.to_string(), out, once]
    };
    Ok(csv_text(
        &["login", "role", "made_at", "kept_out_at", "one_time_password_until"],
        house.store.users().await?.into_iter().map(line),
    ))
}
