//! Who is asking, and whether he may.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;
use tower_sessions::Session;

use super::page::page;
use super::sessions::stay_signed_in;
use super::sign_in::{DOOR, WAY_BACK, home_of};
use super::texts::Texts;
use super::users::OWN_PASSWORD;
use super::{Clocks, Shared};
use crate::domain::{Language, Right, Role};
use crate::web::api::Fault;

/// The session's key for the login; nothing else is kept in it.
pub const LOGIN: &str = "login";
/// The session's key for the chosen language.
pub const LANGUAGE: &str = "language";

/// Somebody who is signed in, as the database knows him at this click: who is disabled is out at once.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub login: String,
    pub role: Role,
    pub language: Language,
    /// He has to choose another password before anything else.
    pub once: bool,
    pub clocks: Clocks,
    /// The page that he asked for, to come back to; empty after a form that was sent.
    pub here: String,
}

impl Viewer {
    /// Lets him on, or answers that he may not.
    pub fn may(&self, right: Right) -> Result<(), Response> {
        if self.role.may(right) {
            return Ok(());
        }
        Err((StatusCode::FORBIDDEN, no_right(self)).into_response())
    }

    /// Whether the session is his still and his role may it, asked anew: for an answer that lasts. In doubt it is not; whoever
    /// was wronged asks again.
    pub async fn may_still(&self, right: Right, session: &Session, shared: &Shared) -> bool {
        if session.load().await.is_err() {
            return false;
        }
        let login = session.get::<String>(LOGIN).await.ok().flatten();
        let Some(login) = login.filter(|login| *login == self.login) else { return false };
        matches!(shared.console.users.find.ask(login).await, Ok(Some(user)) if !user.expired && user.role.may(right))
    }
}

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Response> {
        let language = language(parts).await;
        let unavailable = || StatusCode::SERVICE_UNAVAILABLE.into_response();
        let session = session(parts).await?;
        let login: Option<String> = session.get(LOGIN).await.map_err(|_| unavailable())?;
        // A program has no use for the door.
        let program = parts.uri.path().starts_with("/api/");
        let door = match program {
            true => StatusCode::UNAUTHORIZED.into_response(),
            false => Redirect::to(&door_for(parts)).into_response(),
        };
        let Some(login) = login else { return Err(door) };
        let found = shared.console.users.find.ask(login).await;
        match found.map(|user| user.filter(|user| !user.expired)) {
            Ok(Some(user)) if user.once && !may_be_without_password(parts.uri.path()) => Err(match program {
                true => {
                    let fault = "choose another password first, at /password";
                    Fault::new(StatusCode::FORBIDDEN, "password_to_choose", fault).into_response()
                }
                false => Redirect::to(OWN_PASSWORD).into_response(),
            }),
            Ok(Some(user)) => {
                if is_click(&parts.method, &parts.headers) {
                    stay_signed_in(&session).await;
                }
                let clocks = shared.console.clocks.ask(()).await.map_err(|_| unavailable())?;
                let here = page_of(parts);
                Ok(Self { login: user.login, role: user.role, language, once: user.once, clocks, here })
            }
            Ok(None) => {
                session.flush().await.ok();
                Err(door)
            }
            Err(_) => Err(unavailable()),
        }
    }
}

/// The page that is asked for, as an address has it.
fn page_of(parts: &Parts) -> String {
    let page = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
    page.map_or_else(String::new, |page| page.as_str().to_owned())
}

/// The door, from which whoever opened a page comes back to it.
fn door_for(parts: &Parts) -> String {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let page = parts.method == Method::GET && path != "/" && is_document(&parts.headers);
    if page { format!("{DOOR}?{WAY_BACK}{path}") } else { DOOR.to_owned() }
}

/// A click of a person, not a part of a page that renews itself.
fn is_click(method: &Method, headers: &HeaderMap) -> bool {
    !matches!(*method, Method::GET | Method::HEAD) || is_document(headers)
}

/// Whether a browser asked for a whole page to show (Fetch Metadata, `Sec-Fetch-Dest`).
fn is_document(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_some_and(|to| to.as_bytes() == b"document")
}

/// What is there for whoever has to choose a password.
fn may_be_without_password(path: &str) -> bool {
    [OWN_PASSWORD, "/language"].contains(&path)
}

async fn session(parts: &mut Parts) -> Result<Session, Response> {
    let none = |_| StatusCode::INTERNAL_SERVER_ERROR.into_response();
    Session::from_request_parts(parts, &()).await.map_err(none)
}

/// The language chosen in this session, else the browser's; Russian where neither says.
pub async fn language(parts: &mut Parts) -> Language {
    let chosen = match session(parts).await {
        Ok(session) => session.get::<String>(LANGUAGE).await.ok().flatten(),
        Err(_) => None,
    };
    match chosen.as_deref() {
        Some("en") => Language::En,
        Some("ru") => Language::Ru,
        _ => of_browser(&parts.headers),
    }
}

fn of_browser(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let known = accepted.split(',').find_map(|part| match part.trim().get(..2) {
        Some("en") => Some(Language::En),
        Some("ru") => Some(Language::Ru),
        _ => None,
    });
    known.unwrap_or(Language::Ru)
}

/// Says so, and leads back to the first room that is his.
fn no_right(viewer: &Viewer) -> Markup {
    let texts = Texts::of(viewer.language);
    let own = home_of(viewer.role);
    let body = html! {
        h1 { (texts.no_right) }
        div.card { p { (texts.no_right_how) } p { a href=(own) { (texts.to_own_room) } } }
    };
    page(viewer, own, texts.no_right, &body)
}

/// Says faults to programs in JSON, whoever found them: a path or a query that can't be read, a method that is not there,
/// somebody who is not signed in.
pub async fn faults_in_json(request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    let is_json = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !program || is_json || !answer.status().is_client_error() {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    // A page is for people.
    let is_page =
        parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let body = if is_page { Body::empty() } else { body };
    let (code, usual) = match parts.status {
        StatusCode::BAD_REQUEST => ("malformed", "the path or the query can't be read"),
        StatusCode::UNAUTHORIZED => ("no_session", "sign in first"),
        StatusCode::FORBIDDEN => ("no_right", "the role may not"),
        StatusCode::NOT_FOUND => ("not_there", "there is nothing of that name"),
        StatusCode::METHOD_NOT_ALLOWED => ("no_such_method", "see Allow"),
        _ => ("refused", "see the status"),
    };
    let said =
        to_bytes(body, LONGEST_FAULT).await.ok().and_then(|said| String::from_utf8(said.to_vec()).ok());
    let message = said.filter(|said| !said.is_empty()).unwrap_or_else(|| usual.to_owned());
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    (parts.status, parts.headers, Json(json!({ "fault": code, "message": message }))).into_response()
}

/// The longest text of a fault that is told on, in bytes.
const LONGEST_FAULT: usize = 4 * 1024;

/// Refuses a change that another site's page asked for (cross-site request forgery). Browsers say where a request comes
/// from by `Sec-Fetch-Site`, older ones by `Origin`; what says neither is no browser's form.
pub async fn only_from_here(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_from_here(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        Some(origin) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some() && authority == text("host")
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| (name.parse().expect("a name"), value.parse().expect("text")))
            .collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let here = |pairs: &[_]| is_from_here(&headers(pairs));
        assert!(here(&[("sec-fetch-site", "same-origin")]));
        assert!(!here(&[("sec-fetch-site", "cross-site")]));
        assert!(!here(&[("sec-fetch-site", "same-site")]));
        assert!(here(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
        assert!(!here(&[("host", "127.0.0.1:8080"), ("origin", "https://evil.example")]));
        assert!(!here(&[("host", "127.0.0.1:8080"), ("origin", "null")]));
        assert!(here(&[("host", "127.0.0.1:8080")]));
    }

    #[test]
    fn only_a_person_clicks() {
        let click = |method: Method, pairs: &[_]| is_click(&method, &headers(pairs));
        assert!(click(Method::POST, &[]));
        assert!(click(Method::GET, &[("sec-fetch-dest", "document")]));
        assert!(!click(Method::GET, &[("sec-fetch-dest", "empty")]), "a part that renews itself");
        assert!(!click(Method::GET, &[]));
    }

    #[test]
    fn the_browsers_first_known_language_is_taken() {
        let of = |text: &'static str| of_browser(&headers(&[("accept-language", text)]));
        assert_eq!(of("de-DE,en;q=0.8,ru;q=0.5"), Language::En);
        assert_eq!(of("ru-RU,ru;q=0.9"), Language::Ru);
        assert_eq!(of("de"), Language::Ru);
    }
}
