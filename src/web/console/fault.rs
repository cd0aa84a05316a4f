//! Faults as pages: whoever follows an old link or sends what can't be read is told so in his language, and how to go on.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::Shared;
use super::guard::{Viewer, language};
use super::page::{frame, page};
use super::sign_in::{DOOR, home_of};
use super::texts::Texts;

/// The longest text of a fault that is told on, in bytes.
const LONGEST: usize = 4 * 1024;

/// Makes a page of a fault that a browser is about to show as nothing, or as bare text.
pub async fn in_pages(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let answer = next.run(Request::from_parts(parts, body)).await;
    let is_fault = answer.status().is_client_error() || answer.status().is_server_error();
    if !is_fault || !is_for_eyes(&asked) || is_page(&answer) {
        return answer;
    }
    let (mut said, body) = answer.into_parts();
    let text = to_bytes(body, LONGEST).await.unwrap_or_default();
    let text = String::from_utf8(text.to_vec()).unwrap_or_default();
    said.headers.remove(header::CONTENT_LENGTH);
    said.headers.remove(header::CONTENT_TYPE);
    let page = told(&mut asked, &shared, said.status, &text).await;
    (said.status, said.headers, page).into_response()
}

/// A browser shows the answer as a page of its own: no script asks for it, and no program.
fn is_for_eyes(asked: &Parts) -> bool {
    let accepted = asked.headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or("");
    accepted.contains("text/html") && !asked.uri.path().starts_with("/api/")
}

fn is_page(answer: &Response) -> bool {
    answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn told(asked: &mut Parts, shared: &Shared, status: StatusCode, said: &str) -> Response<Body> {
    let texts = Texts::of(language(asked).await);
    let (head, usual) = match status {
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            (texts.fault_malformed, texts.fault_malformed_how)
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => (texts.fault_gone, texts.fault_gone_how),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::INTERNAL_SERVER_ERROR => {
            (texts.fault_unavailable, texts.fault_unavailable_how)
        }
        _ => (texts.fault_refused, texts.no_right_how),
    };
    // What the library says of a query or a form is for programs.
    let own = status != StatusCode::BAD_REQUEST && !said.is_empty() && !said.starts_with("Failed to");
    let viewer = Viewer::from_request_parts(asked, shared).await.ok();
    let rights = viewer.as_ref().map(|viewer| viewer.role);
    let (room, way) = rights.map_or((DOOR, texts.sign_in), |role| (home_of(role), texts.to_own_room));
    let body = html! {
        h1 { (head) }
        div.card { p { (if own { said } else { usual }) } p { a href=(room) { (way) } } }
    };
    match viewer {
        Some(viewer) => page(&viewer, "", head, &body).into_response(),
        None => frame(language(asked).await, (head, &html! {}), &html! { main { (body) } }).into_response(),
    }
}
