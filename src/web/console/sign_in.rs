//! The door: signing in and out, and the choice of a language.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;
use tower_sessions::Session;

use super::Shared;
use super::guard::{LANGUAGE, LOGIN, Viewer, language};
use super::page::{ROOMS, frame};
use super::password::{is_right, on_password_thread};
use super::texts::Texts;
use super::users::NewSignIn;
use crate::domain::{Language, Right, Role, SignIn};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(DOOR, get(door).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/language", post(choose_language))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
}

/// The door's address, and what stands in its query before the page that was asked for. The page is the rest of it as it stands.
pub const DOOR: &str = "/sign-in";
pub const WAY_BACK: &str = "to=";

/// Longest form of the door's, in bytes.
const LONGEST_FORM: usize = 16 * 1024;

/// Counts failed tries, of logins known or not, so that nobody guesses for long.
///
/// A login is counted by the address that tries it: whoever guesses elsewhere does not keep its owner out.
#[derive(Debug, Default)]
pub struct Doorman {
    tries: Mutex<Tries>,
}

/// Failed tries in the pause that began at a moment, by address and login; without a login: all of an address.
type Tries = HashMap<(IpAddr, Option<String>), (u32, Instant)>;

/// Failed tries of a login from an address that are let through, those of an address, and how long both wait after them.
const TRIES: u32 = 5;
const TRIES_OF_ADDRESS: u32 = 100;
const PAUSE: Duration = Duration::from_secs(60);
/// Tries remembered; beyond that those whose pause is over are forgotten, and nobody new is let in before.
const REMEMBERED: usize = 10_000;

impl Doorman {
    /// Whether this login may try now from there. A try is counted until it turns out to be right.
    pub fn lets(&self, from: IpAddr, login: &str, now: Instant) -> bool {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED {
            tries.retain(|_, (_, since)| now.duration_since(*since) < PAUSE);
            if tries.len() >= REMEMBERED {
                return false;
            }
        }
        let mut count = |whose, most| {
            let (count, since) = tries.entry(whose).or_insert((0, now));
            if now.duration_since(*since) >= PAUSE {
                (*count, *since) = (0, now);
            }
            *count = count.saturating_add(1);
            *count <= most
        };
        count((from, None), TRIES_OF_ADDRESS) && count((from, Some(login.to_owned())), TRIES)
    }

    /// He was right.
    pub fn forget(&self, from: IpAddr, login: &str) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(&(from, Some(login.to_owned())));
        if let Some((count, _)) = tries.get_mut(&(from, None)) {
            *count = count.saturating_sub(1);
        }
    }
}

/// The door's clock.
#[allow(clippy::disallowed_methods, reason = "the door's pause is the wall's, not a core's")]
pub fn now() -> Instant {
    Instant::now()
}

/// Where somebody of this role begins: who sees the whole house in the house, others in the first room that is theirs.
pub fn home_of(role: Role) -> &'static str {
    let room = ROOMS.iter().find(|(_, right)| role.may(*right)).map(|(path, _)| *path);
    if role.may(Right::SeeLive) { "/" } else { room.unwrap_or("/") }
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    /// The page that was asked for.
    #[serde(default)]
    to: String,
}

async fn door(request: Request) -> Markup {
    let (mut parts, _) = request.into_parts();
    let to = parts.uri.query().and_then(|query| query.strip_prefix(WAY_BACK)).unwrap_or("").to_owned();
    door_page(language(&mut parts).await, &to, None)
}

/// The page to come back to, if it is one of ours: another site's would be shown as if it were (open redirect).
fn own_page(to: &str) -> Option<&str> {
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') && !to.starts_with(DOOR);
    (ours && to.len() <= LONGEST_PATH && to.bytes().all(|byte| byte.is_ascii_graphic())).then_some(to)
}

/// Longest path that is come back to, in bytes.
const LONGEST_PATH: usize = 2_000;

/// `said`: the login that was written, and what was wrong.
fn door_page(language: Language, to: &str, said: Option<(&str, &str)>) -> Markup {
    let texts = Texts::of(language);
    frame(
        language,
        (texts.sign_in, &html! {}),
        &html! {
            main.door {
                div.card {
                    form method="post" action=(DOOR) {
                        h1 { "obzvon" }
                        @if let Some(to) = own_page(to) { input type="hidden" name="to" value=(to); }
                        @if let Some((_, trouble)) = said { p.bad role="alert" { (trouble) } }
                        label { (texts.login)
                            input name="login" autocomplete="username" required autofocus maxlength="64"
                                value=[said.map(|(login, _)| login)];
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
    // Without a socket, nobody is far away.
    let from = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip());
    let from = from.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let form = Request::from_parts(parts, body);
    let Ok(Form(Credentials { login, password, to })) = axum::RequestExt::extract(form).await else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    if login.len() > 64 || password.len() > 256 || !shared.doorman.lets(from, &login, now()) {
        return (
            StatusCode::TOO_MANY_REQUESTS,
            door_page(language, &to, Some((login.as_str(), texts.too_often))),
        )
            .into_response();
    }
    let Ok(user) = shared.console.users.find.ask(login.clone()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let home = user.as_ref().map_or("/", |user| home_of(user.role));
    let expired = user.as_ref().is_some_and(|user| user.expired);
    let hash = user.map(|user| user.hash);
    let Some(right) = on_password_thread(move || is_right(&password, hash.as_deref())).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let came_to = match (right, expired) {
        (false, _) => SignIn::Refused,
        (true, true) => SignIn::Expired,
        (true, false) => SignIn::In,
    };
    // Nobody is let in unwritten.
    let noted =
        shared.console.users.note_sign_in.ask(NewSignIn { login: login.clone(), from, came_to }).await;
    let trouble = match came_to {
        SignIn::Refused => texts.refused,
        SignIn::Expired => texts.password_over,
        SignIn::In if noted.is_ok() => "",
        SignIn::In => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    if came_to != SignIn::In {
        return (StatusCode::UNAUTHORIZED, door_page(language, &to, Some((login.as_str(), trouble))))
            .into_response();
    }
    shared.doorman.forget(from, &login);
    // Another session id: one that was known before the sign-in is worth nothing after it.
    if session.cycle_id().await.is_err() || session.insert(LOGIN, &login).await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    Redirect::to(own_page(&to).unwrap_or(home)).into_response()
}

async fn sign_out(session: Session) -> Redirect {
    session.flush().await.ok();
    Redirect::to(DOOR)
}

#[derive(Deserialize)]
struct Chosen {
    language: String,
    /// The page to go back to.
    #[serde(default)]
    to: String,
}

async fn choose_language(
    _: Viewer,
    session: Session,
    Form(chosen): Form<Chosen>,
) -> Result<Redirect, StatusCode> {
    let language = Language::parse(&chosen.language).ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
    session.insert(LANGUAGE, language.code()).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Redirect::to(own_page(&chosen.to).unwrap_or("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_begins_in_a_room_of_his_own() {
        for role in Role::ALL {
            let home = home_of(role);
            assert!(
                ROOMS.iter().any(|(room, right)| *room == home && role.may(*right)),
                "{role:?} at {home}"
            );
        }
        assert_eq!((home_of(Role::Agent), home_of(Role::Supervisor)), ("/desk", "/"));
    }

    #[test]
    fn the_way_back_leads_to_no_other_site() {
        for ours in ["/calls/30", "/calls?outcome=busy&to=2", "/reports/kpi?from=2026-11-01"] {
            assert_eq!(own_page(ours), Some(ours));
        }
        for other in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/sign-in", "/\u{e9}"]
        {
            assert_eq!(own_page(other), None, "{other:?}");
        }
        assert_eq!(own_page(&format!("/{}", "a".repeat(3_000))), None);
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn after_five_wrong_tries_a_login_waits_and_others_do_not() {
        let (doorman, now) = (Doorman::default(), Instant::now());
        let [here, there] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        assert!((0..5).all(|_| doorman.lets(here, "anna", now)));
        assert!(!doorman.lets(here, "anna", now + Duration::from_secs(59)));
        assert!(doorman.lets(there, "anna", now), "she herself is elsewhere");
        assert!(doorman.lets(here, "boris", now));
        assert!(doorman.lets(here, "anna", now + Duration::from_secs(60)));
        doorman.forget(here, "anna");
        assert!((0..5).all(|_| doorman.lets(here, "anna", now)));
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn an_address_that_tries_many_logins_waits_and_who_is_right_is_not_counted() {
        let (doorman, now) = (Doorman::default(), Instant::now());
        let [here, there] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        for agent in 0..300 {
            let login = format!("agent {agent}");
            assert!(doorman.lets(here, &login, now), "a shift that signs in from one address");
            doorman.forget(here, &login);
        }
        assert!((0..100).all(|guess| doorman.lets(here, &format!("guess {guess}"), now)));
        assert!(!doorman.lets(here, "one more", now));
        assert!(doorman.lets(there, "anna", now));
        assert!(doorman.lets(here, "anna", now + PAUSE));
    }
}
