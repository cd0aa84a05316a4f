//! `obzvon person`: two ids that are one person, and one id that was taken for another.

use std::process::ExitCode;

use anyhow::ensure;
use clap::{Args, Subcommand};

use super::open::{ConfigArgs, act, evidence};
use super::standing::{Signed, files, no_such_number, nonblank, persons};
use super::words;
use crate::daemon::Clock;
use crate::domain::{DebtorType, Language, PersonId, PhoneNumber, plain};
use crate::store::{PersonFile, Store};

/// Who is whom: merged ids count each other's calls and holds; a split takes nothing out of a history
#[derive(Debug, Args)]
pub struct PersonArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: PersonCommand,
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Take two ids of the lists for one person from now on
    Merge {
        one: String,
        other: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// Take an id for a person of its own from now on
    Split {
        person: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// List what was found out of a person
    Links { person: String },
    /// Set a person's type: forgetful, involuntary, habitual, idler, fraudster, unknown
    Type {
        person: String,
        #[arg(value_parser = debtor_type)]
        becomes: DebtorType,
        /// Who says so
        #[arg(long, value_parser = evidence)]
        by: String,
        /// Why
        #[arg(long, value_parser = evidence)]
        why: String,
    },
    /// Say of a number of his that a call found dead or another person's that it is usable after all
    Phone {
        person: String,
        /// The number, or its last digits
        number: String,
        /// The number may be called again, as far as the rules and his holds allow
        #[arg(long, required = true)]
        usable: bool,
        /// Why
        #[arg(long, value_parser = evidence)]
        reason: String,
        /// Who says so; the user of the operating system is written beside the name
        #[arg(long, value_name = "WHO", value_parser = nonblank)]
        by: String,
    },
    /// List how a person's type changed
    Types { person: String },
}

impl PersonArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or an id is nobody's or several persons'.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        act(&self.config, async |store| carry_out(store, self.command, language).await)
    }
}

async fn carry_out(store: &Store, command: PersonCommand, language: Language) -> anyhow::Result<()> {
    match command {
        PersonCommand::Merge { one, other, signed } => {
            let (first, second) =
                (one_person(store, &one, language).await?, one_person(store, &other, language).await?);
            let same = language.pick(
                format!("{one} and {other} are the same id"),
                format!("{one} и {other} — один и тот же id"),
            );
            ensure!(first != second, same);
            let merged = store.merge_persons(first, second, &told(signed), Clock.wall()).await?;
            let said = match merged {
                true => language.pick("merged", "объединены"),
                false => language.pick("they were one person already", "они и так были одним человеком"),
            };
            println!("{said}");
        }
        PersonCommand::Split { person, signed } => {
            let id = one_person(store, &person, language).await?;
            let parted = store.split_person(id, &told(signed), Clock.wall()).await?;
            let alone = language
                .pick(format!("{person} is one with nobody"), format!("{person} ни с кем не объединён"));
            ensure!(parted > 0, alone);
            println!("{} {parted}", language.pick("split from", "отделён, было вместе с ним id:"));
        }
        PersonCommand::Type { person, becomes, by, why } => {
            let id = one_person(store, &person, language).await?;
            let changed = store.set_debtor_type(id, becomes, (&by, &why), Clock.wall()).await?;
            let before = language.pick(": he is of this type already", ": этот тип у него и был");
            println!("{}{}", type_word(becomes, language), if changed { "" } else { before });
        }
        PersonCommand::Phone { person, number, usable: _, reason, by } => {
            let files = files(store, &person, language).await?;
            ensure!(files.len() == 1, several(language));
            let phone = his_number(&files[0], &number, language)?;
            let by = Signed::of(by, reason).hand();
            let changed = store.make_phone_usable(files[0].id, phone, by, Clock.wall()).await?;
            let (usable, before) = language.pick(("usable", ", as it was"), ("годен", ", как и был"));
            println!("{phone}: {usable}{}", if changed { "" } else { before });
        }
        PersonCommand::Types { person } => {
            for change in store.type_changes(one_person(store, &person, language).await?).await? {
                let [was, became] = [change.was, change.became].map(|it| type_word(it, language));
                println!("{:.0} {was} → {became}  {}: {}", change.at, plain(&change.who), plain(&change.why));
            }
        }
        PersonCommand::Links { person } => {
            for link in store.person_links(one_person(store, &person, language).await?).await? {
                let (person, other) = (plain(&link.person), plain(&link.other));
                println!("{} {:<5} {person} {other}  {}", link.at, link.act, plain(&link.evidence));
            }
        }
    }
    Ok(())
}

/// The evidence with who answers for it, as the link keeps it.
fn told(signed: Signed) -> String {
    let by = signed.hand();
    format!("{} ({})", by.evidence, by.who)
}

/// The one number of his that is, or ends, so.
fn his_number<'a>(file: &'a PersonFile, text: &str, language: Language) -> anyhow::Result<&'a PhoneNumber> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let few = language.pick(
        "say the number, or two of its last digits at least",
        "укажите номер или хотя бы две его последние цифры",
    );
    ensure!(digits.len() >= 2, few);
    let mut his = file.phones.iter().map(|phone| &phone.number).filter(|his| his.digits().ends_with(&digits));
    match (his.next(), his.next()) {
        (Some(number), None) => Ok(number),
        (Some(_), Some(_)) => anyhow::bail!(language.pick(
            "several of his numbers end so: say more digits",
            "так кончаются несколько его номеров: укажите больше цифр",
        )),
        (None, _) => anyhow::bail!(no_such_number(file, language)),
    }
}

/// In English the code, which is a word.
fn type_word(it: DebtorType, language: Language) -> &'static str {
    language.pick(it.code(), words::debtor_type(it.code(), language))
}

fn debtor_type(code: &str) -> Result<DebtorType, String> {
    let known = || DebtorType::ALL.map(DebtorType::code).join(", ");
    DebtorType::parse(code).ok_or_else(|| format!("the types are: {}", known()))
}

async fn one_person(store: &Store, id: &str, language: Language) -> anyhow::Result<PersonId> {
    let found = persons(store, id, language).await?;
    ensure!(found.len() == 1, several(language));
    Ok(found[0])
}

fn several(language: Language) -> &'static str {
    language.pick(
        "several persons share this number: say the id of one",
        "этот номер у нескольких человек: укажите id одного",
    )
}
