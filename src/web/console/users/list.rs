//! The table of users, with what may be done to each.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::UserLine;
use super::texts::Texts;
use crate::domain::{Right, Role};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, in_address, page};
use crate::web::console::tables::files;
use crate::web::console::texts::Texts as Words;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/users", get(list))
}

#[derive(Deserialize)]
struct Said {
    /// Why the last click did nothing.
    #[serde(default)]
    refused: String,
    /// Of a new user who was not made: what was written.
    #[serde(default)]
    login: String,
    #[serde(default)]
    role: String,
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeUsers)?;
    let (words, texts) = (Words::of(viewer.language), Texts::of(viewer.language));
    let users = shared.console.users.list.ask(()).await?;
    let changes = viewer.role.may(Right::ChangeUsers);
    let body = html! {
        h1 { (words.users) }
        (by_clock(&viewer))
        @if let Some(why) = texts.refusal(&said.refused) { p.bad role="alert" { (why) } }
        @if changes { (form(&said, texts, words)) }
        div.card {
            table {
                thead {
                    tr {
                        th { (words.login) } th { (words.role) } th { (words.made_on) } th {}
                        @if changes { th { (texts.acts) } }
                    }
                }
                tbody { @for user in &users { (row(user, &viewer, texts, words)) } }
            }
            (files("/users"))
        }
        p { (texts.how) }
    };
    Ok(page(&viewer, "/users", words.users, &body).into_response())
}

fn form(said: &Said, texts: &Texts, words: &Words) -> Markup {
    html! {
        form.card.bar method="post" action="/users" {
            input name="login" required maxlength="32" value=(said.login) pattern="[a-z0-9][a-z0-9._\\-]*" title=(texts.login_how)
                placeholder=(words.login) aria-label=(words.login) autocomplete="off";
            // Whoever chooses nothing gives the fewest rights.
            (roles(Role::parse(&said.role).unwrap_or(Role::Agent), words))
            button { (texts.add) }
        }
    }
}

fn roles(chosen: Role, words: &Words) -> Markup {
    html! {
        select name="role" aria-label=(words.role) {
            @for role in Role::ALL {
                option value=(role.code()) selected[chosen == role] { (words.role_of(role)) }
            }
        }
    }
}

fn row(user: &UserLine, viewer: &Viewer, texts: &Texts, words: &Words) -> Markup {
    let own = user.login == viewer.login;
    html! {
        tr {
            td { (user.login) } td { (words.role_of(user.role)) } td { (user.made_on) }
            td {
                @if user.out { span.bad { (words.kept_out) } }
                @else if user.expired { span.bad { (texts.once_over) } }
                @else if user.once { span.warn { (texts.once) } }
            }
            @if viewer.role.may(Right::ChangeUsers) {
                td { @if own { a href=(super::OWN_PASSWORD) { (texts.own_password) } } @else { (buttons(user, texts, words)) } }
            }
        }
    }
}

fn buttons(user: &UserLine, texts: &Texts, words: &Words) -> Markup {
    let path = format!("/users/{}", in_address(&user.login));
    let named = |text: &str| format!("{text}: {}", user.login);
    let button = |wish: &str, text: &str, ask: &str| {
        html! {
            form method="post" action=(path) data-ask=(named(ask)) {
                @if wish == "password" { input type="hidden" name="seen" value=(user.seen); }
                button name="do" value=(wish) aria-label=(named(text)) { (text) }
            }
            " "
        }
    };
    html! {
        form method="post" action=(path) {
            (roles(user.role, words))
            button name="do" value="role" aria-label=(named(texts.give_role)) { (texts.give_role) }
        }
        " "
        (button("password", texts.new_password, texts.new_password_ask))
        @if user.out { (button("let_in", texts.let_in, texts.let_in_ask)) }
        @else { (button("keep_out", texts.keep_out, texts.keep_out_ask)) }
    }
}
