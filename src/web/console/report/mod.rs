//! The reports: each a table with its definitions and its charts, and the same numbers as CSV.

mod calls;
mod chart;
mod days;
mod deliveries;
mod proposals;
mod texts;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use self::chart::chart;
use self::days::Written;
use self::texts::Texts;
use super::Shared;
use super::guard::Viewer;
use super::page::{bar, csv, days_by_clock, page, wide};
use super::views;
use super::xlsx::as_xlsx;
use crate::domain::{Language, Right, Role};
use crate::stats::{Column, Kpi, Sheet, SheetCell, SheetKind};
use crate::web::handler::Handler;

pub use days::{Days, SheetWish};
pub use deliveries::{DeliveryLine, Resend};
pub use proposals::{AppliedLine, ProposalLine, ProposalsView, SetProposal, Taken};

/// Who answers for the reports.
#[derive(Debug)]
pub struct ReportHandlers {
    pub sheet: Handler<SheetWish, Sheet>,
    /// The same sheet as CSV.
    pub csv: Handler<SheetWish, String>,
    pub proposals: Handler<Language, ProposalsView>,
    pub set_proposal: Handler<SetProposal, Taken>,
    /// The newest messages to other systems.
    pub deliveries: Handler<(), Vec<DeliveryLine>>,
    /// How many are to be sent.
    pub resend: Handler<Resend, u64>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/reports", get(first))
        .route("/reports/{name}", get(report))
        .merge(proposals::routes())
        .merge(deliveries::routes())
}

async fn first(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(written): Query<Written>,
) -> Result<Response, Response> {
    show(&viewer, &shared, (SheetKind::Channels, written)).await
}

/// `/reports/kpi` is the page, `/reports/kpi.csv` and `/reports/kpi.xlsx` the files.
async fn report(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Query(written): Query<Written>,
) -> Result<Response, Response> {
    let (code, ending) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
    let Some(kind) = SheetKind::parse(code) else { return Err(StatusCode::NOT_FOUND.into_response()) };
    if !matches!(ending, "" | "csv" | "xlsx") {
        return Err(StatusCode::NOT_FOUND.into_response());
    }
    if ending.is_empty() {
        return show(&viewer, &shared, (kind, written)).await;
    }
    viewer.may(right(kind))?;
    let text = shared.console.reports.csv.ask(written.read(kind, viewer.language)?).await?;
    let file = csv(code, text);
    Ok(if ending == "xlsx" { as_xlsx(file).await } else { file })
}

/// Whoever works sees how the team does; the rest is for those who answer for it.
fn right(kind: SheetKind) -> Right {
    match kind {
        SheetKind::Agents => Right::SeeTeam,
        SheetKind::Channels
        | SheetKind::Economics
        | SheetKind::Glossary
        | SheetKind::Kpi
        | SheetKind::Pareto
        | SheetKind::Promises
        | SheetKind::Types
        | SheetKind::Uplift
        | SheetKind::Wear => Right::SeeReports,
    }
}

async fn show(
    viewer: &Viewer,
    shared: &Shared,
    (kind, written): (SheetKind, Written),
) -> Result<Response, Response> {
    viewer.may(right(kind))?;
    let texts = Texts::of(viewer.language);
    let wish = written.read(kind, viewer.language)?;
    let sheet = shared.console.reports.sheet.ask(wish.clone()).await?;
    let path = format!("/reports/{}", kind.code());
    let query = wish.query();
    let views = views::bar(viewer, shared, (&path, query.trim_start_matches('?'))).await?;
    let room = if kind == SheetKind::Agents { "/reports/agents" } else { "/reports" };
    let body = html! {
        h1 { (texts.name(kind)) }
        (tabs(viewer.role, &path, texts))
        (views)
        // A definition is of no day.
        @if kind != SheetKind::Glossary { (days_by_clock(viewer)) (wish.form(&path, texts)) }
        @if sheet.rows.is_empty() { p.card { (texts.nothing_yet) } } @else {
            @for one in &sheet.charts { div.card { (chart(one, viewer.language)) } }
            (wide(texts.name(kind), &table(&sheet, &calls::behind(&sheet, &wish, viewer.role), texts)))
            p {
                a href=(format!("{path}.csv{query}")) { (texts.as_csv) } " "
                a href=(format!("{path}.xlsx{query}")) { "XLSX" }
            }
            (explained(&sheet, texts))
        }
    };
    Ok(page(viewer, room, texts.name(kind), &body).into_response())
}

/// The ways to the other reports that the viewer may see.
fn tabs(role: Role, here: &str, texts: &Texts) -> Markup {
    let sheets = SheetKind::ALL.into_iter().filter(|kind| role.may(right(*kind)));
    let sheets = sheets.map(|kind| (format!("/reports/{}", kind.code()), texts.name(kind)));
    let pages = [("/proposals", texts.proposals), ("/deliveries", texts.deliveries)];
    let pages = pages.into_iter().filter(|_| role.may(Right::SeeReports));
    let all = sheets.chain(pages.map(|(path, name)| (path.to_owned(), name)));
    html! {
        nav.tabs {
            @for (path, name) in all { a href=(path) aria-current=[(path == here).then_some("page")] { (name) } }
        }
    }
}

/// `behind`: for each row the address of its calls, where they can be told apart.
fn table(sheet: &Sheet, behind: &[Option<String>], texts: &Texts) -> Markup {
    // A column is a column of numbers if any of its cells is one; what is absent stands as the others do.
    let is_number: Vec<bool> =
        (0..sheet.columns.len()).map(|place| sheet.rows.iter().any(|row| row[place].is_number())).collect();
    html! {
        table.sheet {
            thead {
                tr {
                    @for (column, is_number) in sheet.columns.iter().zip(&is_number) {
                        th.n[*is_number] { (column.name) }
                    }
                }
            }
            tbody {
                @for (row, behind) in sheet.rows.iter().zip(behind) {
                    tr {
                        @for ((column, is_number), cell) in sheet.columns.iter().zip(&is_number).zip(row) {
                            td.n[*is_number] { (one(cell, calls::of_cell(behind.as_deref(), column.key), texts)) }
                        }
                    }
                }
            }
        }
    }
}

fn one(cell: &SheetCell, calls: Option<String>, texts: &Texts) -> Markup {
    let share = match cell {
        SheetCell::Share(ratio) | SheetCell::Figure { value: Kpi::Share(ratio), .. } => ratio.share(),
        SheetCell::Absent
        | SheetCell::Code { .. }
        | SheetCell::Count(_)
        | SheetCell::Decimal(..)
        | SheetCell::Figure { value: Kpi::Each { .. } | Kpi::Part { .. }, .. }
        | SheetCell::Money(_)
        | SheetCell::Part { .. }
        | SheetCell::Text(_) => None,
    };
    let value = html! { span { (unbroken(&cell.text(texts.language))) } };
    html! {
        @match (calls, share) {
            (None, None) => (value),
            (None, Some(share)) => { (value) (bar(share)) }
            (Some(calls), None) => a href=(calls) title=(texts.calls_behind) { (value) },
            (Some(calls), Some(share)) => {
                (value)
                a href=(calls) title=(texts.calls_behind) aria-label=(texts.calls_behind) { (bar(share)) }
            }
        }
    }
}

/// A narrow column breaks a value before its percentage and its interval, and nowhere else.
fn unbroken(text: &str) -> String {
    text.replace(" = ", " =\u{a0}").replace(" %", "\u{a0}%").replace('–', "\u{2060}–\u{2060}")
}

/// What each column divides by what.
fn explained(sheet: &Sheet, texts: &Texts) -> Markup {
    let ratios: Vec<&Column> = sheet.columns.iter().filter(|column| !column.of.is_empty()).collect();
    html! {
        @if !ratios.is_empty() || !sheet.notes.is_empty() {
            div.card {
                h2 { (texts.how_to_read) }
                dl { @for column in ratios { dt { (column.name) } dd { (column.of) } } }
                @for note in &sheet.notes { p { (note) } }
            }
        }
    }
}
