//! Passwords, asked for without showing them.

use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::domain::Language;

/// The shortest password taken, in characters: who guesses one makes calls, or sees debtors, in our name.
const SHORTEST: usize = 8;

/// Asks for the password, twice where somebody types it; from a pipe its first line is taken.
///
/// # Errors
/// When it is too short, the two differ, or nothing can be read.
pub fn ask_twice(login: &str, language: Language) -> anyhow::Result<String> {
    let (ask, again, differ, short) = match language {
        Language::En => {
            ("Password of", "Again", "the passwords differ", "the password is shorter than 8 characters")
        }
        Language::Ru => ("Пароль для", "Ещё раз", "пароли не совпадают", "пароль короче 8 символов"),
    };
    let typed = std::io::stdin().is_terminal();
    let first = if typed { ask_hidden(&format!("{ask} {login}: "))? } else { read_line()? };
    ensure!(first.chars().count() >= SHORTEST, short);
    ensure!(!typed || ask_hidden(&format!("{again}: "))? == first, differ);
    Ok(first)
}

fn ask_hidden(prompt: &str) -> anyhow::Result<String> {
    eprint!("{prompt}");
    std::io::stderr().flush().ok();
    let quiet = Quiet::begin();
    let line = read_line();
    drop(quiet);
    eprintln!();
    line
}

fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("reading the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// While it lives, the terminal does not show what is typed.
struct Quiet;

impl Quiet {
    fn begin() -> Self {
        stty("-echo");
        Self
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        stty("echo");
    }
}

fn stty(word: &str) {
    // A terminal that can't be silenced is no reason to refuse: the prompt stands there for all to see.
    Command::new("stty").arg(word).stdin(Stdio::inherit()).status().ok();
}
