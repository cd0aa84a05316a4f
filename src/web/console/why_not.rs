//! Why a campaign's contacts are not called: each reason in words, until when, and what can be done; and why a person is not.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::Shared;
use super::guard::Viewer;
use super::page::{bar, by_clock, number, page, wide};
use super::tables::files;
use super::texts::Texts;
use crate::domain::Right;

/// Contacts of one state and reason, in words.
#[derive(Debug, Clone)]
pub struct WhyNotLine {
    pub state: String,
    pub why: String,
    /// The rule's name, where it is a rule.
    pub rule: String,
    pub contacts: u64,
    /// When the first of them may be called, on the house's clock.
    pub first: Option<String>,
    pub act: Option<WhyNotAct>,
}

/// What can be done about a reason, and in which room.
#[derive(Debug, Clone, Copy)]
pub struct WhyNotAct {
    pub text: &'static str,
    pub room: &'static str,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/campaigns/{name}/why-not", get(show))
}

#[derive(Deserialize)]
struct Asked {
    /// His id in the lists or his number.
    #[serde(default)]
    person: String,
}

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(campaign): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeLive)?;
    let texts = Texts::of(viewer.language);
    let lines = shared.console.why_not.ask((campaign.clone(), viewer.language)).await?;
    let lines = lines.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let one = match asked.person.trim() {
        "" => None,
        id => {
            viewer.may(Right::SeeCalls)?;
            let asked = (id.to_owned(), viewer.login.clone(), viewer.language);
            Some(shared.console.why_person.ask(asked).await?)
        }
    };
    let body = html! {
        h1 { (texts.why_not) ": " (campaign) }
        (by_clock(&viewer))
        @if lines.is_empty() { p.card { (texts.no_contact) " " a href="/imports" { (texts.imports) } } } @else {
            (wide(texts.why_not, &table(&lines, texts)))
            p.soft { (texts.why_not_how) }
            (files(&format!("/campaigns/{campaign}/why-not")))
        }
        @if viewer.role.may(Right::SeeCalls) { (person(&asked.person, one.as_deref(), texts)) }
    };
    Ok(page(&viewer, "/campaigns", texts.why_not, &body).into_response())
}

fn table(lines: &[WhyNotLine], texts: &Texts) -> Markup {
    let all: u64 = lines.iter().map(|line| line.contacts).sum();
    html! {
        table {
            thead { tr {
                th { (texts.state) } th { (texts.why) } th.n { (texts.contacts) } th {} th { (texts.first_at) } th { (texts.what_to_do) }
            } }
            tbody {
                @for line in lines {
                    tr {
                        td { (line.state) }
                        td { (line.why) @if !line.rule.is_empty() { br; small.soft { (texts.rule) " " (line.rule) } } }
                        td.n { (number(line.contacts)) }
                        td { (bar(line.contacts as f64 / all.max(1) as f64)) }
                        td.at { (line.first.as_deref().unwrap_or("—")) }
                        td {
                            @match (line.act, &line.first) {
                                (Some(act), _) => { a href=(act.room) { (act.text) } }
                                (None, Some(_)) => { (texts.by_itself) }
                                (None, None) => { "—" }
                            }
                        }
                    }
                }
                tr { th { (texts.all) } th {} th.n { (number(all)) } th {} th {} th {} }
            }
        }
    }
}

/// Everything about one person, by the id or the number that somebody calls with.
fn person(asked: &str, said: Option<&str>, texts: &Texts) -> Markup {
    html! {
        div.card id="person" {
            h2 { (texts.why_person) }
            form.bar method="get" {
                input name="person" value=(asked) required maxlength="128" placeholder=(texts.id_or_number)
                    aria-label=(texts.id_or_number);
                button { (texts.why_ask) }
            }
            @match said {
                Some("") => { p.warn role="alert" { (texts.no_such_person) } }
                Some(text) => { pre.told tabindex="0" { (text) } }
                None => { p.soft { (texts.why_person_how) } }
            }
        }
    }
}
