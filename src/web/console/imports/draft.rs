//! A file on its way into the lists: what its columns mean, what a trial came to, how far the import is.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::texts::Texts;
use super::{Came, ColumnView, DraftAsked, DraftStage, DraftView};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{bar, number, page, wide};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/imports/{key}/live", get(part)).route("/imports/{key}/rejected.csv", get(rejected))
}

fn asked(viewer: &Viewer, key: String) -> DraftAsked {
    DraftAsked { key, who: viewer.login.clone(), language: viewer.language }
}

async fn found(viewer: &Viewer, shared: &Shared, key: &str) -> Result<DraftView, Response> {
    viewer.may(Right::ImportLists)?;
    let draft = shared.console.imports.draft.ask(asked(viewer, key.to_owned())).await?;
    draft.ok_or_else(|| StatusCode::NOT_FOUND.into_response())
}

pub(super) async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(key): Path<String>,
) -> Result<Response, Response> {
    let draft = found(&viewer, &shared, &key).await?;
    let texts = Texts::of(viewer.language);
    let works = matches!(draft.stage, DraftStage::Working { .. });
    let body = html! {
        h1 { (texts.list) " " (draft.name) }
        section data-live=[works.then(|| format!("/imports/{key}/live"))] data-then=[works.then_some("reload")] {
            (standing(&key, &draft, texts))
        }
        @if !draft.columns.is_empty() && !works && !matches!(draft.stage, DraftStage::Imported(_)) {
            (columns(&key, &draft, texts))
        }
        div.acts {
            p { a href="/imports" { (texts.imports) } }
            @if !works {
                form method="post" action=(format!("/imports/{key}")) { button name="act" value="drop" { (texts.drop) } }
            }
        }
    };
    Ok(page(&viewer, "/imports", &draft.name, &body).into_response())
}

/// The part that renews itself while the file is read.
async fn part(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(key): Path<String>,
) -> Result<Response, Response> {
    let draft = found(&viewer, &shared, &key).await?;
    let mut answer = standing(&key, &draft, Texts::of(viewer.language)).into_response();
    if !matches!(draft.stage, DraftStage::Working { .. }) {
        answer.headers_mut().insert("x-last", HeaderValue::from_static("1"));
    }
    Ok(answer)
}

fn standing(key: &str, draft: &DraftView, texts: &Texts) -> Markup {
    html! {
        @match &draft.stage {
            DraftStage::Coming => {
                p.warn role="alert" { (texts.not_whole) ": " (number(draft.got)) " / " (number(draft.size)) }
            }
            DraftStage::There => { p { (texts.name_columns) } }
            DraftStage::Working { imports, done, all } => {
                div.card {
                    h2 { (if *imports { texts.importing } else { texts.checking }) }
                    p { (bar(*done as f64 / (*all).max(1) as f64)) " " (number(*done * 100 / (*all).max(1))) " %" }
                    p.soft { (texts.work_how) }
                }
            }
            DraftStage::Checked(came) => {
                div.card {
                    h2 { (texts.checked) }
                    (figures(came, texts))
                    (faulty(key, came, texts))
                    @if came.new + came.changed + came.unchanged > 0 { (import_form(key, draft, texts)) }
                }
            }
            DraftStage::Imported(came) => {
                div.card {
                    h2.good { (texts.imported) }
                    (figures(came, texts))
                    @if let Some((queued, held)) = came.filled {
                        p { (texts.queued) ": " (number(queued)) ". " (texts.held) ": " (number(held)) "." }
                    }
                    (faulty(key, came, texts))
                }
            }
            DraftStage::Failed(why) => { p.bad role="alert" { (why) } }
        }
    }
}

fn figures(came: &Came, texts: &Texts) -> Markup {
    let figure = |name: &str, count: u64| html! { div.figure { h2 { (name) } b { (number(count)) } } };
    html! {
        div.cards {
            (figure(texts.rows, came.rows))
            (figure(texts.new, came.new))
            (figure(texts.changed, came.changed))
            (figure(texts.unchanged, came.unchanged))
            (figure(texts.duplicate, came.duplicate))
            (figure(texts.rejected, came.rejected))
        }
        p.soft { (texts.figures_how) }
        @if came.phones_left_out > 0 { p { (texts.phones_left_out) ": " (number(came.phones_left_out)) } }
    }
}

fn faulty(key: &str, came: &Came, texts: &Texts) -> Markup {
    html! {
        @if came.rejected > 0 {
            h2 { (texts.first_faults) }
            table {
                thead { tr { th.n { (texts.line) } th { (texts.debt) } th { (texts.why) } } }
                tbody {
                    @for row in &came.faulty { tr { td.n { (row.line) } td { (row.debt) } td { (row.why) } } }
                }
            }
            p { a href=(format!("/imports/{key}/rejected.csv")) { (texts.all_rejected) } }
        }
    }
}

fn import_form(key: &str, draft: &DraftView, texts: &Texts) -> Markup {
    html! {
        form.bar method="post" action=(format!("/imports/{key}")) data-ask=(texts.import_ask) {
            label { (texts.into_campaign) " "
                select name="campaign" {
                    option value="" { (texts.no_campaign) }
                    @for name in &draft.campaigns { option value=(name) { (name) } }
                }
            }
            button.main name="act" value="import" { (texts.import) }
        }
    }
}

fn columns(key: &str, draft: &DraftView, texts: &Texts) -> Markup {
    let rows = html! {
        table {
            thead { tr { th { (texts.column) } th { (texts.means) } th { (texts.cells) } } }
            tbody { @for (nth, column) in draft.columns.iter().enumerate() { (row(nth, column, draft, texts)) } }
        }
    };
    html! {
        form method="post" action=(format!("/imports/{key}")) {
            (wide(texts.columns, &rows))
            p { label { (texts.creditor) " " input name="creditor" maxlength="512" value=(draft.creditor); } }
            p.soft { (texts.columns_how) }
            button.main[!matches!(draft.stage, DraftStage::Checked(_))] name="act" value="check" { (texts.check) }
        }
    }
}

fn row(nth: usize, column: &ColumnView, draft: &DraftView, texts: &Texts) -> Markup {
    html! {
        tr {
            th scope="row" { (column.header) }
            td {
                select name=(format!("c{nth}")) aria-label=(column.header) {
                    option value="" { (texts.passed_over) }
                    @for code in &draft.meanings {
                        option value=(code) selected[*code == column.chosen] { (texts.meaning(code)) }
                    }
                }
            }
            td.soft { (column.cells.join(" · ")) }
        }
    }
}

async fn rejected(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(key): Path<String>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::ImportLists)?;
    let bytes = shared.console.imports.rejected.ask(asked(&viewer, key)).await?;
    let bytes = bytes.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    given(&viewer, &shared, &uri, &bytes).await?;
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
    let file = (header::CONTENT_DISPOSITION, "attachment; filename=\"rejected.csv\"");
    Ok(([kind, file], bytes).into_response())
}
