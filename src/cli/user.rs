//! `obzvon user`: who may sign in to the screens.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::open::{ConfigArgs, act};
use super::password::ask_twice;
use super::standing::user;
use crate::daemon::Clock;
use crate::domain::{Language, Role, is_login};
use crate::store::{Store, UserChanged, UserDeed};
use crate::web::hash_password;

/// Users of the screens; nobody has a password from the start
#[derive(Debug, Args)]
pub struct UserArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make a user; the password is asked for, or is the first line of standard input
    Add {
        #[arg(value_parser = login)]
        login: String,
        /// administrator, agent, auditor, operator, quality or supervisor
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Give a user another password
    Password { login: String },
    /// Keep a user out from now on: whoever is signed in is put out at his next click
    Disable { login: String },
    /// Let a user in again
    Enable { login: String },
    /// Every user with his role
    List,
}

impl UserArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, the login is taken or unknown, or the password is too short.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        act(&self.config, async |store| carry_out(store, self.command, language).await)
    }
}

async fn carry_out(store: &Store, command: UserCommand, language: Language) -> anyhow::Result<()> {
    let (now, who) = (Clock.wall(), user());
    match command {
        UserCommand::Add { login, role } => {
            let hash = asked(&login, language)?;
            let deed = UserDeed::Add { role, hash, once_until: None };
            done(store.change_user(&login, deed, &who, now).await?, &format!("login {login:?} is taken"))?;
            println!("{login}: {}", role.code());
        }
        UserCommand::Password { login } => {
            let hash = asked(&login, language)?;
            let deed = UserDeed::Password { hash, once_until: None };
            done(store.change_user(&login, deed, &who, now).await?, &format!("no user {login:?}"))?;
        }
        UserCommand::Disable { login } => {
            let changed = store.change_user(&login, UserDeed::KeepOut, &who, now).await?;
            done(changed, &format!("no user {login:?} who may sign in"))?;
        }
        UserCommand::Enable { login } => {
            let changed = store.change_user(&login, UserDeed::LetIn, &who, now).await?;
            done(changed, &format!("no user {login:?} who is kept out"))?;
        }
        UserCommand::List => {
            for user in store.users().await? {
                let out = user.disabled_at.map(|at| format!(" — {at:.0}")).unwrap_or_default();
                println!("{:<24} {:<14} {:.0}{out}", user.login, user.role.code(), user.made_at);
            }
        }
    }
    Ok(())
}

fn done(changed: UserChanged, not_so: &str) -> anyhow::Result<()> {
    match changed {
        UserChanged::Done => Ok(()),
        UserChanged::LastAdministrator => bail!("nobody would be left who makes users"),
        UserChanged::NotSo => bail!("{not_so}"),
    }
}

fn asked(login: &str, language: Language) -> anyhow::Result<String> {
    hash_password(&ask_twice(login, language)?).context("hashing the password")
}

fn role(code: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::code).join(", ");
    Role::parse(code).ok_or_else(|| format!("the roles are: {}", known()))
}

fn login(text: &str) -> Result<String, String> {
    match is_login(text) {
        true => Ok(text.to_owned()),
        false => Err("a login of a-z, 0-9, -, _ and ., at most 32".to_owned()),
    }
}
