//! Users: who may sign in, what administrators do to them, and everybody's own password.

mod act;
mod api;
mod list;
mod own;
mod texts;

use std::net::IpAddr;

use axum::Router;
use jiff::Timestamp;
use serde::Serialize;

pub(in crate::web) use api::document;
pub(super) use own::OWN_PASSWORD;

use super::Shared;
use crate::domain::{Role, SignIn};
use crate::web::handler::Handler;

/// Who answers for users.
#[derive(Debug)]
pub struct UserHandlers {
    /// By his login; `None` too when he is kept out.
    pub find: Handler<String, Option<User>>,
    pub list: Handler<(), Vec<UserLine>>,
    pub change: Handler<UserClick, UserClicked>,
    /// A login and the hash of the password that its owner has chosen; his sessions end.
    pub own_password: Handler<(String, String), ()>,
    pub note_sign_in: Handler<NewSignIn, ()>,
}

/// Somebody has tried to sign in.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    /// As he typed it.
    pub login: String,
    pub from: IpAddr,
    pub came_to: SignIn,
}

/// Who may sign in.
#[derive(Clone)]
pub struct User {
    pub login: String,
    /// Argon2id, PHC format.
    pub hash: String,
    pub role: Role,
    /// His password is good for choosing another one, and for nothing else.
    pub once: bool,
    /// It is good for that no more.
    pub expired: bool,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("login", &self.login).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A line of the table of users.
#[derive(Debug, Clone, Serialize)]
pub struct UserLine {
    pub login: String,
    pub role: Role,
    /// A day by the house's clock.
    pub made_on: String,
    /// Stands for the password he has now and tells nothing of it: a click that was meant for another one is known by it.
    #[serde(skip)]
    pub seen: String,
    /// He may not sign in.
    pub out: bool,
    /// He has not chosen a password of his own yet.
    pub once: bool,
    /// Until when the one he was given is good, and whether that is over.
    pub once_until: Option<String>,
    pub expired: bool,
}

/// An administrator's click on a user.
#[derive(Debug, Clone)]
pub struct UserClick {
    pub login: String,
    pub wish: UserWish,
    /// The administrator's login.
    pub who: String,
}

/// What he wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserWish {
    Add(Role),
    KeepOut,
    LetIn,
    /// Another password, to be told once.
    Password,
    Role(Role),
}

/// What came of it. A password is in no debug form.
#[derive(Clone, PartialEq, Eq)]
pub enum UserClicked {
    Done,
    /// The password, which nobody can be told again.
    DoneWith {
        password: String,
        good_until: Timestamp,
    },
    LastAdministrator,
    /// There is no such user, the login is taken, or it is so already.
    NotSo,
    /// It is the administrator himself.
    Own,
}

impl std::fmt::Debug for UserClicked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl UserClicked {
    fn code(&self) -> &'static str {
        match self {
            Self::Done | Self::DoneWith { .. } => "done",
            Self::LastAdministrator => "last_administrator",
            Self::NotSo => "not_so",
            Self::Own => "own",
        }
    }
}

pub(super) fn routes() -> Router<Shared> {
    list::routes().merge(act::routes()).merge(own::routes()).merge(api::routes())
}
