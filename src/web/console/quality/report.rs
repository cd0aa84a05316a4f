//! Figures of agents and the team, criteria, calibration, and every review with the raw mark and the kept one.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use super::{call_link, percent};
use crate::domain::{Language, Right};
use crate::quality::{AgentQuality, Agreement, Form, ReviewedCall, agents, criteria};
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, csv, days_back, number, page, tenths};
use crate::web::console::views;
use crate::web::console::xlsx::as_xlsx;
use crate::web::console::{Dated, Shared};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/quality/report", get(report))
        .route("/quality/report.csv", get(export))
        .route("/quality/report.xlsx", get(export).layer(map_response(as_xlsx)))
}

#[derive(Deserialize)]
struct Asked {
    days: Option<u16>,
}

/// Days shown where nothing is asked.
const USUAL: u16 = 30;

async fn report(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeQuality)?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let days = asked.days.unwrap_or(USUAL);
    let kept = asked.days.map(|days| format!("days={days}")).unwrap_or_default();
    let calls = shared.console.quality.calls.ask(days).await?;
    let form = shared.console.quality.form.ask(()).await?;
    let body = html! {
        h1 { (texts.quality) ": " (days) " " (texts.days) }
        (by_clock(&viewer))
        (views::bar(&viewer, &shared, ("/quality/report", &kept)).await?)
        (days_back("/quality/report", days, (texts.days_back, texts.show)))
        p { (texts.report_how) " " a href=(format!("/quality/report.csv?days={days}")) { "CSV" } " "
            a href=(format!("/quality/report.xlsx?days={days}")) { "XLSX" } }
        @if calls.it.is_empty() { p { (texts.nothing) } } @else {
            div.card { h2 { (texts.agents) } (agents_table(&calls.it, language)) }
            div.card { h2 { (texts.criteria) } (criteria_table(&form, &calls.it, language)) }
            div.card { h2 { (texts.calibration) } (calibration(&Agreement::of(&calls.it), language)) }
            div.card { h2 { (texts.reviews) } (reviews(&calls, &viewer)) }
        }
    };
    Ok(page(&viewer, "/quality", texts.quality, &body).into_response())
}

async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::SeeQuality)?;
    let text = shared.console.quality.calls_csv.ask(asked.days.unwrap_or(USUAL)).await?;
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv("reviews", text))
}

fn agents_table(calls: &[ReviewedCall], language: Language) -> Markup {
    let texts = Texts::of(language);
    let (each, team) = agents(calls);
    let row = |name: &str, figure: &AgentQuality| {
        let (raw, kept) = figure.means().unwrap_or_default();
        html! {
            tr {
                td { (name) } td.n { (number(figure.calls)) } td.n { (tenths(raw, language) + "\u{a0}%") }
                td.n { (tenths(kept, language) + "\u{a0}%") } td.n { (number(figure.kept_for_payment)) }
                td.n { (number(figure.critical)) } td.warn { @if figure.is_small() { (texts.small) } }
            }
        }
    };
    html! {
        table {
            thead {
                tr {
                    th { (texts.agent) } th.n { (texts.calls) } th.n { (texts.raw_mean) } th.n { (texts.kept_mean) }
                    th.n { (texts.kept_for_payment) } th.n { (texts.critical) } th {}
                }
            }
            tbody {
                @for (agent, figure) in &each { (row(agent.as_str(), figure)) }
                (row(texts.team, &team))
            }
        }
    }
}

fn criteria_table(form: &Form, calls: &[ReviewedCall], language: Language) -> Markup {
    html! {
        table {
            tbody {
                @for (criterion, figure) in form.criteria.iter().zip(criteria(form, calls)) {
                    tr {
                        td { @if language == Language::Ru { (criterion.ru) } @else { (criterion.en) } }
                        td.n { (figure.not_met.shown(language)) }
                    }
                }
            }
        }
    }
}

fn calibration(agreement: &Agreement, language: Language) -> Markup {
    let texts = Texts::of(language);
    let points = agreement.mean_difference_bp().map(|bp| tenths(bp / 100.0, language));
    let alpha = agreement.alpha.map(|alpha| format!("{alpha:.3}"));
    let alpha = alpha.map(|alpha| language.pick(alpha.clone(), alpha.replace('.', ",")));
    html! {
        p { (number(agreement.calls)) " " (texts.calls) ", " (number(agreement.pairs)) " " (texts.pairs) }
        p { (texts.difference) ": " (points.as_deref().unwrap_or("—")) }
        p { (texts.alpha) ": " (alpha.as_deref().unwrap_or("—")) }
    }
}

fn reviews(calls: &Dated<Vec<ReviewedCall>>, viewer: &Viewer) -> Markup {
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    html! {
        table {
            thead {
                tr {
                    th { (texts.call) } th { (texts.agent) } th { (texts.when) } th { (texts.reviewer) }
                    th.n { (texts.raw) } th.n { (texts.kept) } th {} th { (texts.comment) }
                }
            }
            tbody {
                @for call in &calls.it {
                    @for review in &call.reviews {
                        @let kept = review.kept(call.paid);
                        tr {
                            td { (call_link(viewer, call.attempt)) } td { (call.agent) } td { (calls.moment(call.at)) } td { (review.reviewer) }
                            td.n { (percent(review.raw_bp, language)) } td.n { (percent(kept.bp, language)) }
                            td {
                                @if kept.for_payment { span.good { (texts.for_payment) } }
                                @if review.critical { span.bad { (texts.critical) } }
                            }
                            td { pre { (review.comment) } }
                        }
                    }
                }
            }
        }
    }
}
