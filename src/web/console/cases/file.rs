//! One case: his words, our answer, every act, and his calls with their recordings.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::Dated;
use super::list::{creditor, due, table};
use super::texts::Texts;
use crate::cases::{CaseCall, CaseFile, Kind, Number, Refused, State as Stands};
use crate::domain::{Language, Right};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, page};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/cases/{number}", get(show))
}

#[derive(Deserialize)]
struct Said {
    /// Why the last act was not done.
    #[serde(default)]
    refused: String,
}

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(number): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let nothing = || StatusCode::NOT_FOUND.into_response();
    let number = Number::parse(&number).ok_or_else(nothing)?;
    let asked = shared.console.cases.file.ask((number, viewer.login.clone())).await;
    let file = asked?.ok_or_else(nothing)?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let refused = Refused::ALL.into_iter().find(|why| why.code() == said.refused);
    let body = html! {
        h1 { (number) " · " (file.it.line.subject(language)) }
        (by_clock(&viewer))
        @if let Some(why) = refused { p.bad role="alert" { (why.text(language)) } }
        (about(&file, texts, language))
        @if viewer.role.may(Right::WorkCases) { (forms(&viewer, &file, texts, language)) }
        div.card { h2 { (texts.history) } (history(&file, language)) }
        div.card { h2 { (texts.calls) } (calls(&shared, &viewer, &file, texts)) }
        @if !file.it.contacts.is_empty() {
            div.card { h2 { (texts.contacts) } (contacts(&shared, &file, language)) }
        }
        @if !file.it.others.is_empty() {
            div.card {
                h2 { (texts.other_cases) }
                (table(&file, &file.it.others, texts, language))
            }
        }
    };
    Ok(page(&viewer, "/cases", &number.to_string(), &body).into_response())
}

fn about(file: &Dated<CaseFile>, texts: &Texts, language: Language) -> Markup {
    let (it, line) = (&file.it, &file.it.line);
    html! {
        div.card {
            p {
                (texts.state) ": " strong { (line.state.name(language)) } " · " (texts.due) ": " (due(file, line, language))
                @if line.asked_due.is_some() { " · " (texts.creditor) ": " (creditor(file, line, texts)) }
                " · " (texts.owner) ": " (line.owner.as_deref().unwrap_or("—"))
            }
            p {
                (texts.source) ": " (line.source.name(language)) ", " (file.moment(line.received)) ", " (line.opened_by)
            }
            p {
                (texts.person) ": " (line.person.as_deref().unwrap_or("—"))
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

/// What may be done now, and nothing else.
fn forms(viewer: &Viewer, file: &Dated<CaseFile>, texts: &Texts, language: Language) -> Markup {
    let line = &file.it.line;
    let act = |act: &str| format!("/cases/{}/{act}", line.number);
    let has = |state| line.state == state;
    let may_close = has(Stands::Answered) || has(Stands::InWork) && line.kind.is_dispute();
    html! {
        div.card.acts {
            @if !has(Stands::Closed) {
                form method="post" action=(act("take")) {
                    input name="text" value=(viewer.login) required aria-label=(texts.owner);
                    button { (texts.take) }
                }
                @if line.person.is_none() {
                    form method="post" action=(act("link")) {
                        input name="text" required aria-label=(texts.id_or_phone) placeholder=(texts.id_or_phone);
                        button { (texts.link) }
                    }
                }
                form method="post" action=(act("kind")) {
                    select name="text" aria-label=(texts.kind) {
                        @for kind in Kind::ALL.into_iter().filter(|kind| kind.is_dispute() == line.kind.is_dispute()) {
                            option value=(kind.code()) selected[kind == line.kind] { (kind.name(language)) }
                        }
                    }
                    button { (texts.change_kind) }
                }
            }
            form method="post" action=(act("note")) {
                textarea name="text" rows="2" required aria-label=(texts.note) placeholder=(texts.note) {}
                button { (texts.note) }
            }
            @if has(Stands::InWork) || has(Stands::Answered) {
                form method="post" action=(act("answer")) {
                    textarea name="text" rows="3" required aria-label=(texts.answer) placeholder=(texts.answer) {}
                    button { (texts.keep_answer) }
                }
            }
            @if line.kind.is_dispute() && !has(Stands::Closed) {
                form method="post" action=(act("creditor")) {
                    textarea name="text" rows="2" required aria-label=(texts.creditor_said) placeholder=(texts.creditor_said) {}
                    @if file.it.debts.len() > 1 {
                        select name="debt" aria-label=(texts.debt) {
                            @for debt in &file.it.debts {
                                option value={ (debt.debt) "\t" (debt.creditor) } { (debt.debt) ", " (debt.creditor) }
                            }
                        }
                    }
                    label { input type="radio" name="justified" value="no" required; " " (texts.creditor_owed) }
                    label { input type="radio" name="justified" value="yes" required; " " (texts.creditor_not_owed) }
                    button { (texts.creditor_said) }
                }
            }
            @if may_close {
                form method="post" action=(act("close")) {
                    textarea name="text" rows="2" required aria-label=(texts.measure) placeholder=(texts.measure) {}
                    label { input type="radio" name="justified" value="yes" required; " " (texts.justified) }
                    label { input type="radio" name="justified" value="no" required; " " (texts.not_justified) }
                    button { (texts.close) }
                }
            }
            @if has(Stands::Closed) {
                form method="post" action=(act("reopen")) {
                    input name="text" required aria-label=(texts.why) placeholder=(texts.why);
                    button { (texts.reopen) }
                }
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
