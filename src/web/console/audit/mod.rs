//! Who looked into whose file and listened to what, took which files, clicked on users and campaigns, and signed in, for those
//! who watch over it.

mod acts;
mod texts;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

pub(super) use self::acts::given;
use self::texts::Texts;
use super::guard::Viewer;
use super::page::{by_clock, csv, in_address, page};
use super::xlsx::as_xlsx;
use super::{Shared, views};
use crate::domain::{Right, Role, SignIn, Supervision};
use crate::web::handler::Handler;

/// Who answers for the audit.
#[derive(Debug)]
pub struct AuditHandlers {
    pub list: Handler<AuditAsked, Acts<AuditLine>>,
    /// The same as CSV, ten thousand lines at most.
    pub csv: Handler<AuditAsked, String>,
    /// Clicks on campaigns.
    pub campaigns: Handler<AuditAsked, Acts<CampaignActLine>>,
    /// Deeds to users.
    pub users: Handler<AuditAsked, Acts<UserActLine>>,
    /// Files with people's data.
    pub exports: Handler<AuditAsked, Acts<ExportLine>>,
    pub note_export: Handler<NewExport, ()>,
    /// Supervisors in agents' talks.
    pub supervisions: Handler<AuditAsked, Acts<SupervisionLine>>,
    /// Tries to sign in.
    pub sign_ins: Handler<AuditAsked, Acts<SignInLine>>,
}

/// Somebody tried to sign in.
#[derive(Debug, Clone)]
pub struct SignInLine {
    pub at: String,
    /// `None`: what was typed is no user's login.
    pub login: Option<String>,
    pub address: String,
    pub came_to: SignIn,
}

/// A supervisor went into an agent's talk.
#[derive(Debug, Clone)]
pub struct SupervisionLine {
    pub at: String,
    pub who: String,
    pub agent: String,
    /// `None`: a stranger's call, which has no page.
    pub call: Option<i64>,
    pub what: Supervision,
    /// It came to nothing after all.
    pub refused: bool,
}

/// Something was done to a user.
#[derive(Debug, Clone)]
pub struct UserActLine {
    pub at: String,
    pub who: String,
    pub login: String,
    /// The deed's code.
    pub deed: String,
    /// The role that it gave.
    pub role: Option<Role>,
}

/// Somebody takes a file with people's data.
#[derive(Debug, Clone)]
pub struct NewExport {
    pub who: String,
    /// The file's address.
    pub what: String,
    /// What stands behind `?` in it.
    pub filter: String,
    pub rows: u64,
}

/// A file that was taken.
#[derive(Debug, Clone)]
pub struct ExportLine {
    pub at: String,
    pub who: String,
    pub what: String,
    pub filter: String,
    /// `None`: it was not taken to its end.
    pub rows: Option<u64>,
}

/// A page of acts, the newest first.
#[derive(Debug, Clone)]
pub struct Acts<T> {
    pub lines: Vec<T>,
    /// The next page is of those before this id; `None`: these are the last.
    pub older: Option<i64>,
}

/// Somebody started, paused or stopped a campaign.
#[derive(Debug, Clone)]
pub struct CampaignActLine {
    pub at: String,
    pub who: String,
    pub campaign: String,
    /// What it has been since: `running`, `paused` or `stopped`.
    pub state: &'static str,
}

/// Which looks. An empty text leaves nothing out.
#[derive(Debug, Clone, Deserialize)]
pub struct AuditAsked {
    #[serde(default)]
    pub who: String,
    /// His id in the lists.
    #[serde(default)]
    pub person: String,
    #[serde(default)]
    pub before: Option<i64>,
    /// The same for files that were taken, and the other lists.
    #[serde(default)]
    pub exports_before: Option<i64>,
    #[serde(default)]
    pub campaigns_before: Option<i64>,
    #[serde(default)]
    pub supervisions_before: Option<i64>,
    #[serde(default)]
    pub users_before: Option<i64>,
    /// An underline stands between a list's name and `before` alone.
    #[serde(default, rename = "sign-ins_before")]
    pub sign_ins_before: Option<i64>,
}

/// A look.
#[derive(Debug, Clone)]
pub struct AuditLine {
    pub at: String,
    pub who: String,
    pub what: String,
    pub person: String,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/audit", get(list))
        .route("/audit.csv", get(export))
        .route("/audit.xlsx", get(export).layer(map_response(as_xlsx)))
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<AuditAsked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeAudit)?;
    let texts = Texts::of(viewer.language);
    let looks = shared.console.audit.list.ask(asked.clone()).await?;
    let query = query(&asked);
    let views = views::bar(&viewer, &shared, ("/audit", &query)).await?;
    let audit = &shared.console.audit;
    let supervisions = audit.supervisions.ask(asked.clone()).await?;
    let exports = audit.exports.ask(asked.clone()).await?;
    let users = audit.users.ask(asked.clone()).await?;
    let campaigns = audit.campaigns.ask(asked.clone()).await?;
    let sign_ins = audit.sign_ins.ask(asked.clone()).await?;
    let body = html! {
        h1 { (texts.audit) }
        (by_clock(&viewer))
        div.card {
            (views)
            (filters(&asked, texts))
            @if looks.lines.is_empty() { p { (texts.none) } } @else { (table(&looks.lines, texts)) }
            (older(&looks, "before", &query, texts.older))
        }
        @if !supervisions.lines.is_empty() { (acts::supervisions(&supervisions, &query, texts)) }
        @if !exports.lines.is_empty() { (acts::exports(&exports, &query, texts)) }
        @if !users.lines.is_empty() { (acts::users(&users, &query, viewer.language)) }
        @if !campaigns.lines.is_empty() { (acts::campaigns(&campaigns, &query, viewer.language)) }
        @if !sign_ins.lines.is_empty() { (acts::sign_ins(&sign_ins, &query, texts)) }
    };
    Ok(page(&viewer, "/audit", texts.audit, &body).into_response())
}

/// The way to the acts before these, where there are any: `name` is how they are asked for.
fn older<T>(acts: &Acts<T>, name: &str, query: &str, word: &str) -> Markup {
    let list = name.split_once('_').map_or("", |(list, _)| list);
    html! {
        @if let Some(older) = acts.older {
            p.pages { a href=(format!("/audit?{query}&{name}={older}#{list}")) { (word) } }
        }
    }
}

/// What is asked as an address has it, but for the page's beginning.
fn query(asked: &AuditAsked) -> String {
    let parts = [("who", &asked.who), ("person", &asked.person)];
    let said = parts.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| format!("{name}={}", in_address(value))).collect::<Vec<_>>().join("&")
}

fn filters(asked: &AuditAsked, texts: &Texts) -> Markup {
    html! {
        form.bar method="get" action="/audit" {
            input name="who" value=(asked.who) placeholder=(texts.who) aria-label=(texts.who) maxlength="64";
            input name="person" value=(asked.person) placeholder=(texts.person) aria-label=(texts.person) maxlength="128";
            button { (texts.show) }
            button formaction="/audit.csv" { "CSV" }
            button formaction="/audit.xlsx" { "XLSX" }
        }
    }
}

fn table(lines: &[AuditLine], texts: &Texts) -> Markup {
    html! {
        table {
            thead { tr { th { (texts.at) } th { (texts.who) } th { (texts.person) } th { (texts.what) } } }
            tbody {
                @for line in lines {
                    tr { td.at { (line.at) } td { (line.who) } td { (line.person) } td { (texts.said(&line.what)) } }
                }
            }
        }
    }
}

async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<AuditAsked>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::SeeAudit)?;
    let text = shared.console.audit.csv.ask(asked).await?;
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv("audit", text))
}
