//! One case: his words, our answer, every act, and his calls with their recordings.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::acts::Click;
use super::list::{creditor, due, table};
use super::texts::Texts;
use super::{Dated, acting};
use crate::cases::{CaseCall, CaseFile, CaseLine, Number, Refused};
use crate::domain::{Language, Right};
use crate::web::console::Shared;
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, csv, in_address, page};
use crate::web::console::tables::files;
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cases/{number}", get(show))
        .route("/cases/{number}/history.csv", get(export))
        .route("/cases/{number}/history.xlsx", get(export).layer(map_response(as_xlsx)))
}

/// An act that was refused: its words stay with their author.
pub(super) struct NotDone {
    pub act: String,
    pub click: Click,
    pub why: Refused,
}

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(number): Path<String>,
) -> Result<Response, Response> {
    let number = Number::parse(&number).ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    Ok(shown(&viewer, &shared, number, None).await?.into_response())
}

/// The case's page.
pub(super) async fn shown(
    viewer: &Viewer,
    shared: &Shared,
    number: Number,
    not_done: Option<&NotDone>,
) -> Result<Markup, Response> {
    viewer.may(Right::SeeCases)?;
    let asked = shared.console.cases.file.ask((number, viewer.login.clone())).await;
    let file = asked?.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let body = html! {
        h1 { (number) " · " (file.it.line.subject(language)) }
        (by_clock(viewer))
        @if let Some(not_done) = not_done { (told(not_done, &file.it.line, texts, language)) }
        (about(viewer, &file, texts))
        @if viewer.role.may(Right::WorkCases) { (acting::forms(viewer, &file, not_done)) }
        div.card {
            h2 { (texts.history) }
            (history(&file, language))
            (files(&format!("/cases/{number}/history")))
        }
        div.card { h2 { (texts.calls) } (calls(shared, viewer, &file, texts)) }
        @if !file.it.contacts.is_empty() {
            div.card { h2 { (texts.contacts) } (contacts(shared, &file, language)) }
        }
        @if !file.it.others.is_empty() {
            div.card {
                h2 { (texts.other_cases) }
                (table(&file, &file.it.others, texts, language))
            }
        }
    };
    Ok(page(viewer, "/cases", &number.to_string(), &body))
}

/// The history as a file; that it was opened is written down, and that it was taken.
async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(number): Path<String>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let nothing = || StatusCode::NOT_FOUND.into_response();
    let number = Number::parse(&number).ok_or_else(nothing)?;
    let text = shared.console.cases.history_csv.ask((number, viewer.login.clone())).await?;
    let text = text.ok_or_else(nothing)?;
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv(&number.to_string(), text))
}

/// Why it was not done; with his words where their field is gone.
fn told(not_done: &NotDone, line: &CaseLine, texts: &Texts, language: Language) -> Markup {
    html! {
        p.bad role="alert" { (not_done.why.text(language)) }
        @if !acting::is_offered(&not_done.act, line) {
            div.card {
                label { (texts.not_written) " " textarea rows="4" readonly { (not_done.click.text) } }
            }
        }
    }
}

fn about(viewer: &Viewer, file: &Dated<CaseFile>, texts: &Texts) -> Markup {
    let (it, line, language) = (&file.it, &file.it.line, viewer.language);
    html! {
        div.card {
            p {
                (texts.state) ": " strong { (line.state.name(language)) } " · " (texts.due) ": " (due(file, line, language))
                @if line.asked_due.is_some() { " · " (texts.creditor) ": " (creditor(file, line, texts)) }
                " · " (texts.owner) ": " (line.owner.as_deref().unwrap_or("—"))
            }
            p {
                (texts.source) ": " (line.source.name(language)) ", " (file.moment(line.received)) ", " (line.opener_told(language))
            }
            p {
                (texts.person) ": "
                @match &line.person {
                    Some(person) if viewer.role.may(Right::SeeCalls) => {
                        a href=(format!("/calls?person={}", in_address(person))) { (person) }
                    }
                    Some(person) => { (person) }
                    None => "—",
                }
                @if let Some(name) = &it.name { ", " (name.reveal()) }
                @if let ([], Some(debt)) = (it.debts.as_slice(), &line.debt) { " · " (debt) ", " (line.creditor.as_deref().unwrap_or("")) }
            }
            @for debt in &it.debts {
                p {
                    (debt.debt) ", " (debt.creditor)
                    @if let Some(owed) = debt.owed { ": " (if owed { texts.creditor_owed } else { texts.creditor_not_owed }) }
                }
            }
            @if it.holds > 0 { p.warn { (texts.held) } }
            @if !it.text.is_empty() { h2 { (texts.words) } pre { (it.text) } }
            @if let Some(answer) = &it.answer { h2 { (texts.answer) } pre { (answer) } }
            @if let (Some(measure), Some(justified)) = (it.measure_told(language), line.justified) {
                h2 { @if justified { (texts.justified) } @else { (texts.not_justified) } }
                pre { (measure) }
            }
        }
    }
}

fn history(file: &Dated<CaseFile>, language: Language) -> Markup {
    html! {
        table {
            tbody {
                @for act in &file.it.acts {
                    tr {
                        td { (file.moment(act.at)) } td { (act.who_told(language)) }
                        td { (act.act_told(language)) }
                        td { pre { (act.text_told(language)) } }
                    }
                }
            }
        }
    }
}

fn contacts(shared: &Shared, file: &Dated<CaseFile>, language: Language) -> Markup {
    html! {
        table {
            tbody {
                @for contact in &file.it.contacts {
                    tr {
                        td { (file.moment(contact.at)) }
                        td { ((shared.console.cases.contact)(&contact.kind, &contact.channel, language)) }
                        td { (contact.source) }
                    }
                }
            }
        }
    }
}

fn calls(shared: &Shared, viewer: &Viewer, file: &Dated<CaseFile>, texts: &Texts) -> Markup {
    let word = |call: &CaseCall| {
        let code = call.disposition.map(|it| it.code()).or(call.outcome.map(|it| it.code()));
        code.map_or_else(String::new, |code| (shared.console.cases.call_end)(code, viewer.language))
    };
    html! {
        @if file.it.calls.is_empty() { p { (texts.no_call) } } @else {
            table {
                thead {
                    tr {
                        th { (texts.call) } th { (texts.when) } th { (texts.campaign) } th { (texts.agent) }
                        th { (texts.ended) } th { (texts.recording) }
                    }
                }
                tbody {
                    @for call in &file.it.calls {
                        tr {
                            td { @if viewer.role.may(Right::SeeCalls) { a href=(format!("/calls/{}", call.attempt)) { (call.attempt) } } @else { (call.attempt) } @if call.triggers > 0 { " " span.bad { "⚑" (call.triggers) } } }
                            td { (file.moment(call.at)) } td { (call.campaign) }
                            td { (call.agent.as_deref().unwrap_or("—")) } td { (word(call)) }
                            td {
                                @if call.recorded && viewer.role.may(Right::HearRecordings) {
                                    (crate::web::console::recordings::player(call.attempt, &file.it.line.number.to_string()))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
