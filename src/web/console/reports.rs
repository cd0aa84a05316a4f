//! The figures, each with what it divides by what, and the channels as bars.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::guard::Viewer;
use super::page::{bar, number, page};
use super::texts::Texts;
use super::{Console, Shared, Word};
use crate::domain::{Language, Right};
use crate::stats::{Attribution, Counts, EffectRow, effect_table, kpis};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/reports", get(report))
}

async fn report(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeReports)?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let unavailable = |_| StatusCode::SERVICE_UNAVAILABLE.into_response();
    let channels =
        effect_table(&shared.console.channels.ask(()).await.map_err(unavailable)?, Attribution::default());
    let campaigns = shared.console.kpi.ask(()).await.map_err(unavailable)?;
    let body = html! {
        h1 { (texts.reports) }
        @if channels.is_empty() { p { (texts.nothing_yet) } } @else {
            div.card {
                h2 { (texts.by_channel) }
                (channel_table(&shared.console, &channels, language))
            }
        }
        @for ((campaign, currency), counts) in &campaigns {
            div.card {
                h2.name { (campaign) " · " (currency.code()) }
                (figures(counts, language))
            }
        }
    };
    Ok(page(&viewer, "/reports", texts.reports, &body).into_response())
}

fn channel_table(console: &Console, rows: &[EffectRow], language: Language) -> Markup {
    let texts = Texts::of(language);
    let word = |kind, code: &str| (console.words)(kind, code, language);
    html! {
        table {
            thead {
                tr {
                    th { (texts.channel) } th { (texts.debtor_type) } th { (texts.debt_kind) }
                    th.n { (texts.actions) } th.n { (texts.right_party) } th.n { (texts.paid_of) } th {}
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        td { (word(Word::Channel, row.channel.code())) }
                        td { (word(Word::DebtorType, row.debtor_type.code())) }
                        td { (word(Word::DebtKind, row.kind.code())) }
                        td.n { (number(row.actions)) }
                        td.n { (row.right_party) }
                        td.n { (row.paid) }
                        td { (bar(row.paid.share().unwrap_or(0.0))) }
                    }
                }
            }
        }
    }
}

fn figures(counts: &Counts, language: Language) -> Markup {
    let texts = Texts::of(language);
    html! {
        table {
            thead { tr { th { (texts.figure) } th.n { (texts.value) } th { (texts.formula) } } }
            tbody {
                @for (definition, value) in kpis(counts) {
                    tr {
                        @let (name, formula) = definition.words(language);
                        td { (name) } td.n { (value) } td { (formula) }
                    }
                }
            }
        }
    }
}
