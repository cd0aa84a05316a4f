//! One call: its way, the gate's decision rule by rule, its recording, its messages.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::ladder::ladder;
use super::list::phone;
use super::texts::Texts;
use super::{CallFile, DecisionView, RungView};
use crate::domain::{AttemptId, Language, Right, hide_numbers};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, page};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/calls/{attempt}", get(show))
}

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(attempt): Path<i64>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCalls)?;
    let asked = (AttemptId(attempt), viewer.login.clone(), viewer.language);
    let file = shared.console.calls.one.ask(asked).await?;
    let file = file.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let texts = Texts::of(viewer.language);
    let title = format!("{} {}", texts.call, file.row.id);
    let body = html! {
        h1 { (title) }
        (by_clock(&viewer))
        (facts(&file, &viewer, texts))
        div.card {
            h2 { (texts.way) }
            (way(&file, viewer.language))
            @if let Some(flow) = &file.flow_name {
                p { a href=(format!("/flows/{flow}?call={attempt}")) { (texts.in_flow) } }
            }
        }
        div.card { h2 { (texts.ears) } (ears(&file, texts)) }
        div.card {
            h2 { (texts.decision) }
            @if let Some(decision) = &file.decision { (decided(decision)) } @else { p { (texts.no_decision) } }
        }
        @if viewer.role.may(Right::HearRecordings) { div.card { h2 { (texts.recording) } (recording(&file, texts)) } }
        div.card {
            h2 { (texts.ladder) }
            @if file.rungs.is_empty() { p { (texts.no_ladder) } } @else {
                p.soft { (texts.ladder_how) }
                (ladder(&shown(&file.rungs, &viewer), texts))
            }
        }
        p { a href="/calls" { (texts.calls) } }
    };
    Ok(page(&viewer, "/calls", &title, &body).into_response())
}

/// The messages as this viewer may see them.
fn shown(rungs: &[RungView], viewer: &Viewer) -> Vec<RungView> {
    if viewer.role.may(Right::SeeNumbers) {
        return rungs.to_vec();
    }
    let hide = |rung: &RungView| RungView {
        head: hide_numbers(&rung.head),
        text: hide_numbers(&rung.text),
        ..rung.clone()
    };
    rungs.iter().map(hide).collect()
}

fn facts(file: &CallFile, viewer: &Viewer, texts: &Texts) -> Markup {
    let row = &file.row;
    let heard = file.heard_percent.map(|percent| format!("{percent} %")).unwrap_or_default();
    let facts = [
        (texts.at, row.at.clone()),
        (texts.campaign, row.campaign.clone()),
        (texts.agents, file.agents.join(", ")),
        (texts.person, row.person.clone()),
        (texts.phone, phone(row, viewer)),
        (texts.trunk, row.trunk.clone()),
        (texts.node, row.node.clone()),
        (texts.channel, row.channel.clone()),
        (texts.outcome, row.outcome.clone().unwrap_or_else(|| texts.goes_on.to_owned())),
        (texts.disposition, row.disposition.clone().unwrap_or_default()),
        (texts.last_word, file.last_word.clone()),
        (texts.identified, if file.identified { texts.yes } else { texts.no }.to_owned()),
        (texts.keys, file.keys.clone()),
        (texts.heard, heard),
        (texts.flow, file.flow.clone()),
        (texts.config, file.config.clone()),
    ];
    html! {
        div.card {
            dl {
                @for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
                    dt { (name) } dd { (value) }
                }
            }
        }
    }
}

/// Seconds with their thousandths.
fn thousandths(ms: i64, language: Language) -> String {
    let text = format!("{:.3}", ms as f64 / 1_000.0);
    language.pick(text.clone(), text.replace('.', ","))
}

fn way(file: &CallFile, language: Language) -> Markup {
    let texts = Texts::of(language);
    html! {
        table {
            tbody {
                @for (code, at, after_ms) in &file.steps {
                    tr {
                        th scope="row" { (texts.step(code)) } td { (at) }
                        td.n { "+" (thousandths(*after_ms, language)) " " (texts.second) }
                    }
                }
            }
        }
        p.soft { (texts.way_how) }
    }
}

fn ears(file: &CallFile, texts: &Texts) -> Markup {
    if file.heard.is_empty() {
        return html! { p { (texts.nothing_heard) } };
    }
    html! {
        table {
            thead { tr { th.n { (texts.second) } th { (texts.ears) } th.n { (texts.sure) } th { (texts.features) } } }
            tbody {
                @for heard in &file.heard {
                    tr {
                        td.n { (heard.at_s) @if heard.early { " " (texts.early) } }
                        td { (heard.what) }
                        td.n { @if let Some(sure) = &heard.sure { (sure) } }
                        td.soft { (heard.features) }
                    }
                }
            }
        }
        p.soft { (texts.ears_how) }
    }
}

fn decided(decision: &DecisionView) -> Markup {
    html! {
        p { "№ " (decision.id) ", " (decision.at) ". " (decision.summary) }
        table {
            tbody {
                @for (pass, rule, text) in &decision.lines {
                    tr {
                        td class=(if *pass { "good" } else { "bad" }) { (if *pass { "✓" } else { "✗" }) }
                        td { code { (rule) } } td { (text) }
                    }
                }
            }
        }
    }
}

fn recording(file: &CallFile, texts: &Texts) -> Markup {
    html! {
        @if file.recorded {
            audio id="sound" controls preload="none" aria-label=(texts.recording)
                src=(format!("/recordings/{}?why=call", file.row.id)) {}
            p.marks {
                @for (seconds, what) in &file.marks {
                    button type="button" data-seek=(format!("{seconds:.1}")) data-sound="sound" {
                        (format!("{}:{:02}", *seconds as u64 / 60, *seconds as u64 % 60)) " " (what)
                    } " "
                }
            }
        } @else { p { (texts.no_recording) } }
    }
}
