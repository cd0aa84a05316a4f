//! `/day`: the charts with their definitions, and the same numbers as a table.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::charts::charts;
use super::texts::Texts;
use super::{CourseStep, CourseView, CourseWish, Shared, Written};
use crate::domain::{Language, Right};
use crate::web::console::guard::Viewer;
use crate::web::console::page::{days_by_clock, in_address, number, page_with, tenths};
use crate::web::console::tables::{Table, give};
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/day", get(whole))
        .route("/day/table", get(part))
        .route("/day.csv", get(file))
        .route("/day.xlsx", get(file).layer(map_response(as_xlsx)))
}

async fn whole(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(written): Query<Written>,
) -> Result<Response, Response> {
    let texts = Texts::of(viewer.language);
    let wish = wish(&viewer, written)?;
    let view = asked(&shared, wish.clone()).await?;
    let query = query(&wish);
    let live = view.goes_on.then(|| format!("/day/table{query}"));
    let own = html! {
        link rel="stylesheet" href="/uplot.css";
        script src="/uplot.js" defer {}
        script src="/day.js" defer {}
    };
    let body = html! {
        h1 { (texts.title) }
        (days_by_clock(&viewer))
        (form(&view, texts))
        @if view.steps.is_empty() { p.card { (texts.nothing) } } @else {
            section #course data-source=(format!("/api/v1/day{query}")) data-goes-on=[view.goes_on.then_some("1")]
                data-language=(viewer.language.code()) { (charts(&view, texts)) }
            details.card {
                summary { (texts.table) }
                section data-live=[live] aria-live="off" { (table(&view, viewer.language)) }
            }
            p.files {
                a href=(format!("/day.csv{query}")) { "CSV" } " · "
                a href=(format!("/day.xlsx{query}")) { "XLSX" }
            }
        }
    };
    Ok(page_with(&viewer, "/", (texts.title, &own), &body).into_response())
}

async fn part(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(written): Query<Written>,
) -> Result<Response, Response> {
    let view = asked(&shared, wish(&viewer, written)?).await?;
    Ok(table(&view, viewer.language).into_response())
}

async fn file(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(written): Query<Written>,
) -> Result<Response, Response> {
    let wish = wish(&viewer, written)?;
    give(viewer, State(shared), Table::Course(wish)).await
}

/// What is asked for by whoever may; what is no day is refused with words.
fn wish(viewer: &Viewer, written: Written) -> Result<CourseWish, Response> {
    viewer.may(Right::SeeLive)?;
    let texts = Texts::of(viewer.language);
    written.of_form().read().ok_or_else(|| (StatusCode::UNPROCESSABLE_ENTITY, texts.no_day).into_response())
}

async fn asked(shared: &Shared, wish: CourseWish) -> Result<CourseView, Response> {
    let view = shared.console.course.ask(wish).await?;
    view.ok_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// The part of an address that asks for it.
fn query(wish: &CourseWish) -> String {
    let day = wish.day.map(|day| format!("day={day}"));
    let campaign = wish.campaign.as_ref().map(|campaign| format!("campaign={}", in_address(campaign)));
    let parts: Vec<String> = day.into_iter().chain(campaign).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

fn form(view: &CourseView, texts: &Texts) -> Markup {
    let day = if view.goes_on { String::new() } else { view.day.to_string() };
    html! {
        form.bar action="/day" {
            label { (texts.campaign) " "
                select name="campaign" {
                    option value="" { (texts.house) }
                    @for name in &view.campaigns {
                        option value=(name) selected[view.campaign.as_ref() == Some(name)] { (name) }
                    }
                }
            }
            label { (texts.day) " " input type="date" name="day" value=(day); }
            button { (texts.show) }
            @if view.goes_on { span.soft { (texts.today) } } @else { a href="/day" { (texts.to_today) } }
        }
    }
}

fn table(view: &CourseView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let house = view.campaign.is_none();
    html! {
        table {
            thead {
                tr {
                    th { (texts.time) } th.n { (texts.dials) } th.n { (texts.people) } th.n { (texts.abandoned) }
                    th.n { (texts.share) } th.n { (texts.cap) } th.n { (texts.talk) } th.n { (texts.wrap_up) }
                    @if house { th.n { (texts.ready) } th.n { (texts.away) } }
                    th.n { (texts.in_use) }
                }
            }
            tbody { @for step in &view.steps { (row(step, view, language)) } }
        }
    }
}

fn row(step: &CourseStep, view: &CourseView, language: Language) -> Markup {
    let figures = &step.figures;
    let mean = |value: f64| tenths(value, language);
    let percent = |share: f64| tenths(share * 100.0, language) + "\u{a0}%";
    let share = match figures.people_so_far {
        0 => "—".to_owned(),
        people => {
            let share = figures.abandoned_so_far as f64 / people as f64;
            format!("{} ({} / {})", percent(share), number(figures.abandoned_so_far), number(people))
        }
    };
    html! {
        tr {
            td { (step.clock) } td.n { (number(figures.dials)) } td.n { (number(figures.people)) } td.n { (number(figures.abandoned)) }
            td.n { (share) } td.n { (view.cap.map_or_else(|| "—".to_owned(), percent)) }
            td.n { (mean(figures.talk)) } td.n { (mean(figures.wrap_up)) }
            @if view.campaign.is_none() { td.n { (mean(figures.ready)) } td.n { (mean(figures.away)) } }
            td.n { (mean(figures.lines)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::DayStep;

    #[test]
    fn a_campaigns_name_stays_one_value_of_the_address() {
        let wish = CourseWish { day: "2026-03-05".parse().ok(), campaign: Some("a&b=<c>".into()) };
        assert_eq!(query(&wish), "?day=2026-03-05&campaign=a%26b%3D%3Cc%3E");
        assert_eq!(query(&CourseWish::default()), "");
    }

    #[test]
    fn a_share_names_both_its_figures() {
        let figures = DayStep {
            dials: 1_200,
            people_so_far: 400,
            abandoned_so_far: 3,
            lines: 1.25,
            ..DayStep::default()
        };
        let step = CourseStep { begins: jiff::Timestamp::UNIX_EPOCH, clock: "09:05".into(), figures };
        let view = CourseView {
            day: jiff::civil::date(2026, 3, 5),
            goes_on: false,
            campaign: None,
            campaigns: Vec::new(),
            cap: Some(0.03),
            steps: Vec::new(),
        };
        let of = |step: &CourseStep| row(step, &view, Language::Ru).into_string();
        assert!(
            of(&step).contains("0,8\u{a0}% (3 / 400)") && of(&step).contains("3,0\u{a0}%"),
            "{}",
            of(&step)
        );
        let figures = DayStep { people_so_far: 0, abandoned_so_far: 0, ..figures };
        let nobody = CourseStep { figures, ..step };
        assert!(of(&nobody).contains("—"), "nothing is not none of nothing");
    }
}
