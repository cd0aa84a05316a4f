//! The door: signing in and out, and the choice of a language.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;
use tower_sessions::Session;

use super::Shared;
use super::guard::{LANGUAGE, LOGIN, language};
use super::page::{ROOMS, frame};
use super::password::is_right;
use super::texts::Texts;
use crate::domain::{Language, Right};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/sign-in", get(door).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/language", post(choose_language))
}

/// Counts failed tries by login, known or not, so that nobody guesses for long.
#[derive(Debug, Default)]
pub struct Doorman(Mutex<HashMap<String, (u32, Instant)>>);

/// Failed tries of a login that are let through, and how long it waits after them.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(60);
/// Logins remembered; beyond that the oldest are forgotten, and the door is slow anyway.
const REMEMBERED: usize = 10_000;

impl Doorman {
    /// Whether this login may try now. A try is counted until it turns out to be right.
    fn lets(&self, login: &str, now: Instant) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED {
            tries.retain(|_, (_, since)| now.duration_since(*since) < PAUSE);
        }
        let (count, since) = tries.entry(login.to_owned()).or_insert((0, now));
        if now.duration_since(*since) >= PAUSE {
            (*count, *since) = (0, now);
        }
        *count += 1;
        *count <= TRIES
    }

    fn forget(&self, login: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(login);
    }
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
}

async fn door(request: Request) -> Markup {
    let (mut parts, _) = request.into_parts();
    door_page(language(&mut parts).await, None)
}

fn door_page(language: Language, trouble: Option<&str>) -> Markup {
    let texts = Texts::of(language);
    frame(
        language,
        texts.sign_in,
        &html! {
            main.door {
                div.card {
                    form method="post" action="/sign-in" {
                        h1 { "obzvon" }
                        @if let Some(trouble) = trouble { p.bad role="alert" { (trouble) } }
                        label { (texts.login)
                            input name="login" autocomplete="username" required autofocus maxlength="64";
                        }
                        label { (texts.password)
                            input name="password" type="password" autocomplete="current-password" required
                                maxlength="256";
                        }
                        button { (texts.sign_in) }
                    }
                }
            }
        },
    )
}

async fn sign_in(State(shared): State<Shared>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let language = language(&mut parts).await;
    let texts = Texts::of(language);
    let Ok(session) = Session::from_request_parts(&mut parts, &()).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let form = Request::from_parts(parts, body);
    let Ok(Form(Credentials { login, password })) = axum::RequestExt::extract(form).await else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    #[allow(clippy::disallowed_methods, reason = "the door's pause is the wall's, not a core's")]
    let now = Instant::now();
    if login.len() > 64 || password.len() > 256 || !shared.doorman.lets(&login, now) {
        return (StatusCode::TOO_MANY_REQUESTS, door_page(language, Some(texts.too_often))).into_response();
    }
    let Ok(user) = shared.console.user.ask(login.clone()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    // An agent's own room is his desk.
    let home = match &user {
        Some(user) if !user.role.may(Right::SeeLive) && user.role.may(Right::WorkDesk) => "/desk",
        Some(_) | None => "/",
    };
    let hash = user.map(|user| user.hash);
    // Argon2 takes a core for tens of milliseconds: not on the threads that serve pages and calls.
    let right = tokio::task::spawn_blocking(move || is_right(&password, hash.as_deref())).await;
    if !right.unwrap_or(false) {
        tracing::warn!("a sign-in was refused");
        return (StatusCode::UNAUTHORIZED, door_page(language, Some(texts.refused))).into_response();
    }
    shared.doorman.forget(&login);
    // Another session id: one that was known before the sign-in is worth nothing after it.
    if session.cycle_id().await.is_err() || session.insert(LOGIN, &login).await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    tracing::info!(login, "signed in");
    Redirect::to(home).into_response()
}

async fn sign_out(session: Session) -> Redirect {
    session.flush().await.ok();
    Redirect::to("/sign-in")
}

#[derive(Deserialize)]
struct Chosen {
    language: String,
    /// The room to go back to.
    #[serde(default)]
    to: String,
}

async fn choose_language(session: Session, Form(chosen): Form<Chosen>) -> Redirect {
    session.insert(LANGUAGE, chosen.language).await.ok();
    let room = ROOMS.iter().map(|(room, _)| *room).find(|room| *room == chosen.to);
    Redirect::to(room.unwrap_or("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn after_five_wrong_tries_a_login_waits_and_others_do_not() {
        let (doorman, now) = (Doorman::default(), Instant::now());
        assert!((0..5).all(|_| doorman.lets("anna", now)));
        assert!(!doorman.lets("anna", now + Duration::from_secs(59)));
        assert!(doorman.lets("boris", now));
        assert!(doorman.lets("anna", now + Duration::from_secs(60)));
        doorman.forget("anna");
        assert!((0..5).all(|_| doorman.lets("anna", now)));
    }
}
