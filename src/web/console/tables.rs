//! Lists without filters as files, CSV and XLSX: the same rows as on their pages.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::Shared;
use super::course::CourseWish;
use super::guard::Viewer;
use super::page::csv;
use super::xlsx::as_xlsx;
use crate::domain::Right;

/// A list that is given as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Table {
    /// Who is at work, and does what since when.
    Agents,
    /// Talks in which something set the debtor off.
    Angry,
    /// Who started, paused or stopped which campaign: one user's acts, or everybody's where the text is empty. So are the others.
    CampaignActs(String),
    /// Campaigns with their contacts by state.
    Campaigns,
    /// Changes of the configuration, without the texts.
    Changes,
    /// A day in steps of five minutes.
    Course(CourseWish),
    /// Messages to other systems.
    Deliveries,
    /// Who took which file with people's data.
    Exports(String),
    /// What was put into force of what the figures propose.
    Proposals,
    /// Lists of talks to listen to.
    Samples,
    /// Who tried to sign in.
    SignIns(String),
    /// Supervisors in others' talks.
    Supervisions(String),
    /// What each campaign's calls out came to today.
    Today,
    Trunks,
    /// What was done to users.
    UserActs(String),
    Users,
    /// Contacts of a campaign by state and reason.
    WhyNot(String),
}

impl Table {
    /// The list's address without its ending, and who may have it.
    fn told(&self) -> (&'static str, Right) {
        match self {
            Self::Agents => ("agents", Right::SeeLive),
            Self::Angry => ("angry", Right::SeeCases),
            Self::CampaignActs(_) => ("campaign-acts", Right::SeeAudit),
            Self::Campaigns => ("campaigns", Right::SeeLive),
            Self::Changes => ("changes", Right::SeeConfig),
            Self::Course(_) => ("day", Right::SeeLive),
            Self::Deliveries => ("deliveries", Right::SeeReports),
            Self::Exports(_) => ("exports", Right::SeeAudit),
            Self::Proposals => ("proposals", Right::SeeReports),
            Self::Samples => ("lists", Right::SeeQuality),
            Self::SignIns(_) => ("sign-ins", Right::SeeAudit),
            Self::Supervisions(_) => ("supervisions", Right::SeeAudit),
            Self::Today => ("today", Right::SeeLive),
            Self::Trunks => ("trunks", Right::SeeLive),
            Self::UserActs(_) => ("user-acts", Right::SeeAudit),
            Self::Users => ("users", Right::SeeUsers),
            Self::WhyNot(_) => ("why-not", Right::SeeLive),
        }
    }
}

/// A list of acts as a table, of one user or of all.
type ActsOf = fn(String) -> Table;

/// Whose acts are wanted.
#[derive(Deserialize)]
struct Whose {
    #[serde(default)]
    who: String,
}

pub(super) fn routes() -> Router<Shared> {
    let lists = [
        ("/agents", Table::Agents),
        ("/campaigns", Table::Campaigns),
        ("/config/changes", Table::Changes),
        ("/deliveries", Table::Deliveries),
        ("/proposals", Table::Proposals),
        ("/quality/lists", Table::Samples),
        ("/today", Table::Today),
        ("/trunks", Table::Trunks),
        ("/users", Table::Users),
    ];
    let acts: [(&str, ActsOf); 5] = [
        ("/audit/campaigns", Table::CampaignActs),
        ("/audit/exports", Table::Exports),
        ("/audit/sign-ins", Table::SignIns),
        ("/audit/supervisions", Table::Supervisions),
        ("/audit/users", Table::UserActs),
    ];
    let why_not = |viewer, shared, Path(campaign)| give(viewer, shared, Table::WhyNot(campaign));
    let mut routes = Router::new()
        .route("/campaigns/{name}/why-not.csv", get(why_not))
        .route("/campaigns/{name}/why-not.xlsx", get(why_not).layer(map_response(as_xlsx)));
    for (path, table) in acts {
        let give = move |viewer, shared, Query(whose): Query<Whose>| give(viewer, shared, table(whose.who));
        routes = routes
            .route(&format!("{path}.csv"), get(give))
            .route(&format!("{path}.xlsx"), get(give).layer(map_response(as_xlsx)));
    }
    for (path, table) in lists {
        let give = move |viewer, shared| give(viewer, shared, table.clone());
        routes = routes
            .route(&format!("{path}.csv"), get(give.clone()))
            .route(&format!("{path}.xlsx"), get(give).layer(map_response(as_xlsx)));
    }
    routes
}

pub(super) async fn give(
    viewer: Viewer,
    State(shared): State<Shared>,
    table: Table,
) -> Result<Response, Response> {
    let (name, right) = table.told();
    viewer.may(right)?;
    let text = shared.console.tables.ask(table).await?;
    Ok(csv(name, text.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?))
}

/// The ways to a list's files; `path` is its address.
pub(super) fn files(path: &str) -> Markup {
    files_of(path, "")
}

/// The same of a list that is asked by `query`.
pub(super) fn files_of(path: &str, query: &str) -> Markup {
    let mark = if query.is_empty() { "" } else { "?" };
    html! {
        p.files {
            a href=(format!("{path}.csv{mark}{query}")) { "CSV" } " · " a href=(format!("{path}.xlsx{mark}{query}")) { "XLSX" }
        }
    }
}
