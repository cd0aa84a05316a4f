//! What stands about a person and is done by hand: holds, consents, times he asked not to be called at. Each act says
//! who did it and on what evidence.

mod consent;
mod hold;
mod preference;

pub use consent::ConsentArgs;
pub use hold::HoldArgs;
pub use preference::{PreferenceArgs, in_words};

use anyhow::{Context, ensure};
use clap::Args;
use jiff::Timestamp;

use super::open::evidence;
use crate::domain::{DebtId, Language, PersonId, PhoneNumber};
use crate::rules::PhoneKey;
use crate::store::{ByHand, PersonFile, Store};

/// Who does it, and on what evidence.
#[derive(Debug, Args)]
pub struct By {
    /// What proves it: a letter, a recording, a court act
    #[arg(long, value_parser = evidence)]
    evidence: String,
    /// Who does it; the user of the operating system is written beside the name
    #[arg(long, value_name = "WHO", value_parser = nonblank)]
    by: Option<String>,
}

impl By {
    fn hand(self) -> ByHand {
        let user = user();
        let who = self.by.map_or_else(|| user.clone(), |name| format!("{name}, {user}"));
        ByHand { who, evidence: self.evidence }
    }
}

/// The same of an act that may loosen: a name can't be left out.
#[derive(Debug, Args)]
pub struct Signed {
    /// What proves it: a letter, a recording, a court act
    #[arg(long, value_parser = evidence)]
    evidence: String,
    /// Who does it; the user of the operating system is written beside the name
    #[arg(long, value_name = "WHO", value_parser = nonblank)]
    by: String,
}

impl Signed {
    pub(super) fn of(by: String, evidence: String) -> Self {
        Self { evidence, by }
    }

    pub(super) fn name(&self) -> &str {
        &self.by
    }

    pub(super) fn hand(self) -> ByHand {
        By { evidence: self.evidence, by: Some(self.by) }.hand()
    }
}

/// On what of his it stands, and for how long.
#[derive(Debug, Args)]
pub struct Reach {
    /// From this moment (2026-12-01T00:00:00Z); now where absent
    #[arg(long)]
    from: Option<Timestamp>,
    /// Until this moment; without an end where absent
    #[arg(long)]
    until: Option<Timestamp>,
    /// On this number of his only
    #[arg(long)]
    phone: Option<String>,
    /// About this debt of his only: its id at the creditor
    #[arg(long)]
    debt: Option<String>,
    /// The debt's creditor, where two have debts of that id
    #[arg(long, requires = "debt")]
    creditor: Option<String>,
}

impl Reach {
    fn times(&self, now: Timestamp, language: Language) -> anyhow::Result<(Timestamp, Option<Timestamp>)> {
        let from = self.from.unwrap_or(now);
        ensure!(self.until.is_none_or(|until| from < until), ends_before(language));
        Ok((from, self.until))
    }

    /// The number and the debt in this person's file.
    fn within(
        &self,
        file: &PersonFile,
        language: Language,
    ) -> anyhow::Result<(Option<PhoneKey>, Option<DebtId>)> {
        let phone = self.phone.as_deref().map(|text| {
            let number = PhoneNumber::parse(text).ok().context(how_a_number_is_written(language))?;
            let his = file.phones.iter().any(|phone| phone.number == number);
            ensure!(his, no_such_number(file, language));
            Ok(PhoneKey::from(&number))
        });
        let debt = self.debt.as_deref().map(|id| {
            let fits = |creditor: &str| self.creditor.as_deref().is_none_or(|asked| asked == creditor);
            let mut found = file.debts.iter().filter(|debt| debt.external_id == id && fits(&debt.creditor));
            match (found.next(), found.next()) {
                (Some(debt), None) => Ok(debt.id),
                (Some(_), Some(_)) => anyhow::bail!(language.pick(
                    format!("two creditors have a debt {id}: say --creditor"),
                    format!("долг {id} есть у двух кредиторов: укажите --creditor"),
                )),
                (None, _) => anyhow::bail!(language.pick(
                    format!("{} has no debt {id}", file.external_id),
                    format!("у {} нет долга {id}", file.external_id),
                )),
            }
        });
        Ok((phone.transpose()?, debt.transpose()?))
    }
}

/// Whoever has this id or number; several may share a number.
pub(super) async fn files(
    store: &Store,
    id_or_phone: &str,
    language: Language,
) -> anyhow::Result<Vec<PersonFile>> {
    let files = store.person_files(id_or_phone).await?;
    let nobody = language.pick(
        "nobody has this id or number; a number is written +79991234567",
        "ни у кого нет такого id или номера; номер пишется так: +79991234567",
    );
    ensure!(!files.is_empty(), nobody);
    Ok(files)
}

/// The same without what is known of them.
pub(super) async fn persons(
    store: &Store,
    id_or_phone: &str,
    language: Language,
) -> anyhow::Result<Vec<PersonId>> {
    Ok(files(store, id_or_phone, language).await?.iter().map(|file| file.id).collect())
}

pub(super) fn how_a_number_is_written(language: Language) -> &'static str {
    language.pick("a number is written +79991234567", "номер пишется так: +79991234567")
}

pub(super) fn no_such_number(file: &PersonFile, language: Language) -> String {
    let id = &file.external_id;
    language.pick(format!("{id} has no such number"), format!("у {id} нет такого номера"))
}

fn ends_before(language: Language) -> &'static str {
    language.pick("it would end before it begins", "конец раньше начала")
}

/// The user of the operating system, by name and number.
pub(super) fn user() -> String {
    use std::os::unix::fs::MetadataExt;
    let uid = std::fs::metadata("/proc/self").map(|own| own.uid());
    format!("{} (uid {})", login(), uid.map_or_else(|_| "-".to_owned(), |uid| uid.to_string()))
}

/// The name alone.
pub(super) fn login() -> String {
    let name = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|key| std::env::var(key).ok());
    name.unwrap_or_else(|| "-".to_owned())
}

/// Reads an argument that must say something.
///
/// # Errors
/// When it is blank.
pub(super) fn nonblank(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("is blank".to_owned()),
        said => Ok(said.to_owned()),
    }
}

/// `2026-03-03T09:00:00Z – …`.
pub(super) fn span(from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    let moment = |at: Option<Timestamp>| at.map_or("…".to_owned(), |at| at.to_string());
    format!("{} – {}", moment(from), moment(until))
}

/// What of his it stands on; blank: on all.
pub(super) fn reach(phone: Option<PhoneKey>, debt: Option<&str>, language: Language) -> String {
    let phone = phone.map(|phone| format!("{phone:?}"));
    let debt = debt.map(|debt| format!("{} {debt}", language.pick("debt", "долг")));
    phone.into_iter().chain(debt).collect::<Vec<_>>().join(", ")
}
