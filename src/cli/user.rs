//! `obzvon user`: who may sign in to the screens.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};

use super::open::{ConfigArgs, act};
use super::password::ask_twice;
use crate::daemon::Clock;
use crate::domain::{Language, Role};
use crate::store::Store;
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
    let now = Clock.wall();
    match command {
        UserCommand::Add { login, role } => {
            let hash = asked(&login, language)?;
            ensure!(store.add_user(&login, hash, role, now).await?, "login {login:?} is taken");
            println!("{login}: {}", role.code());
        }
        UserCommand::Password { login } => {
            let hash = asked(&login, language)?;
            ensure!(store.set_password(&login, hash, now).await?, "no user {login:?}");
        }
        UserCommand::Disable { login } => {
            ensure!(store.disable_user(&login, true, now).await?, "no user {login:?} who may sign in");
        }
        UserCommand::Enable { login } => {
            ensure!(store.disable_user(&login, false, now).await?, "no user {login:?} who is kept out");
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

fn asked(login: &str, language: Language) -> anyhow::Result<String> {
    hash_password(&ask_twice(login, language)?).context("hashing the password")
}

fn role(code: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::code).join(", ");
    Role::parse(code).ok_or_else(|| format!("the roles are: {}", known()))
}

fn login(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    match text.len() {
        1..=32 if text.chars().all(fits) => Ok(text.to_owned()),
        _ => Err("a login of a-z, 0-9, -, _ and ., at most 32".to_owned()),
    }
}
