//! What the page fetches: the script of its own, and uPlot with its licence.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Shared;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
/// Whoever is given a copy is given the licence with it.
const UPLOT: &str =
    concat!("/*!\n", include_str!("uplot/LICENSE"), "*/\n", include_str!("uplot/uplot.min.js"));

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/day.js", get(|| file(SCRIPT, include_str!("course.js"))))
        .route("/uplot.js", get(|| file(SCRIPT, UPLOT)))
        .route("/uplot.css", get(|| file(STYLE, include_str!("uplot/uplot.min.css"))))
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}
