//! `obzvon audit person`: the whole file of a complaint in one archive, with a page to read.

mod archive;
mod gather;
mod html;
mod page;
mod person_page;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::json;

use super::super::export::object;
use super::super::standing::user;
use crate::config::Config;
use crate::domain::Language;
use crate::store::{PaymentRow, PromiseRow, Store, Traced, TypeChangeRow};
use archive::Archive;
use gather::Dossier;

/// Writes all that is known of a person's calls into one archive: decisions, attempts, ledger, rules, texts, and a page
#[derive(Debug, Args)]
pub struct Person {
    /// His id in the lists
    id: String,
    /// The archive, which must not be there yet
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
}

impl Person {
    pub(super) async fn run(
        self,
        store: &Store,
        config: &Config,
        language: Language,
    ) -> anyhow::Result<bool> {
        let mut files = store.person_files(&self.id).await?;
        files.retain(|file| file.external_id == self.id);
        let file = files.pop().with_context(|| match language {
            Language::Ru => "в списках нет человека с таким номером",
            Language::En => "nobody in the lists has this id",
        })?;
        ensure!(!self.out.exists(), "{} is there already", self.out.display());
        let (now, who) = (store.now().await?, user());
        // The look is written down before anything is given.
        store.note_access(file.id, &who, "audit person", now).await?;
        let dossier = Dossier::gather(store, config, file, now).await?;
        if let Err(fault) = write(&self.out, &dossier) {
            std::fs::remove_file(&self.out).ok();
            return Err(fault);
        }
        let (decisions, attempts) = (dossier.decisions.len(), dossier.attempts.len());
        match language {
            Language::Ru => println!("{}: решений {decisions}, попыток {attempts}", self.out.display()),
            Language::En => println!("{}: decisions {decisions}, attempts {attempts}", self.out.display()),
        }
        for line in dossier.damage.lines(language == Language::Ru).iter().chain(&dossier.changed) {
            eprintln!("{line}");
        }
        let stands = dossier.damage.is_none() && dossier.changed.is_empty();
        if !stands {
            eprintln!(
                "{}",
                match language {
                    Language::Ru =>
                        "НАРУШЕНО: перечисленное — не то, что было записано; по нему ничего доказать нельзя",
                    Language::En =>
                        "BROKEN: what is named is not what was written; nothing can be proved by it",
                }
            );
        }
        Ok(stands)
    }
}

fn write(out: &Path, dossier: &Dossier) -> anyhow::Result<()> {
    let mut archive = Archive::create(out)?;
    archive.put("index.html", page::page(dossier).as_bytes())?;
    archive.put_json("person.json", &person_json(dossier))?;
    archive.put_lines("decisions.jsonl", dossier.decisions.iter().map(decision_json))?;
    archive.put_lines("attempts.jsonl", dossier.attempts.iter().map(object))?;
    archive.put_lines("ledger.jsonl", &dossier.ledger)?;
    archive.put_json("holds.json", &dossier.holds)?;
    archive.put_json("consents.json", &dossier.consents)?;
    archive.put_json("preferences.json", &dossier.file.preferences)?;
    archive.put_json("deeds.json", &dossier.deeds)?;
    archive.put_json("same_person.json", &json!({ "ids": dossier.kin, "found_out": dossier.links }))?;
    archive.put_json("shared_phones.json", &json!({ "ids": dossier.sharers, "on_them": dossier.beside }))?;
    archive.put_json("changed_texts.json", &dossier.changed)?;
    archive.put_json("broken.json", &dossier.damage)?;
    archive.put_json("types.json", &dossier.types.iter().map(type_json).collect::<Vec<_>>())?;
    archive.put_json("promises.json", &dossier.promises.iter().map(promise_json).collect::<Vec<_>>())?;
    archive.put_json("payments.json", &dossier.payments.iter().map(payment_json).collect::<Vec<_>>())?;
    archive.put_json("recordings.json", &dossier.recordings)?;
    archive.put_json("accesses.json", &dossier.accesses)?;
    for rules in dossier.rules.values() {
        archive.put(&format!("rules/{}.json", rules.hash), rules.text().as_bytes())?;
    }
    for (version, texts) in &dossier.texts {
        for (file, text) in texts {
            archive.put(&format!("config/{version}/{file}"), text.as_bytes())?;
        }
    }
    archive.finish()
}

fn person_json(dossier: &Dossier) -> serde_json::Value {
    let file = &dossier.file;
    let phones = file.phones.iter().map(|phone| {
        json!({
            "number": phone.number.as_e164(), "type": phone.phone_type, "relation": phone.relation,
            "state": phone.state,
        })
    });
    let debts = file.debts.iter().map(|debt| {
        json!({
            "id": debt.id, "external_id": debt.external_id, "creditor": debt.creditor,
            "amount": debt.amount.reveal(), "due": debt.due, "state": debt.state,
        })
    });
    let contacts = file.contacts.iter().map(|contact| {
        json!({
            "id": contact.id, "campaign": contact.campaign, "debt": contact.debt, "state": contact.state.code(),
            "why": contact.why, "next_at": contact.next_at, "tries": contact.tries,
        })
    });
    let places: Vec<_> =
        file.whereabouts.iter().map(|id| json!({ "region": id.region, "time_zone": id.time_zone })).collect();
    json!({
        "id": file.id, "external_id": file.external_id, "name": file.name.as_ref().map(|name| name.reveal()),
        "language": file.language.code(), "debtor_type": file.debtor_type.code(), "places": places,
        "made_at": dossier.made_at, "program": env!("CARGO_PKG_VERSION"),
        "phones": phones.collect::<Vec<_>>(), "debts": debts.collect::<Vec<_>>(),
        "contacts": contacts.collect::<Vec<_>>(),
    })
}

fn promise_json(promise: &PromiseRow) -> serde_json::Value {
    json!({
        "made_at": promise.made_at, "debt": promise.debt, "attempt": promise.attempt,
        "promised_on": promise.promised_on, "amount": promise.amount.reveal(), "state": promise.state,
    })
}

fn type_json(change: &TypeChangeRow) -> serde_json::Value {
    json!({
        "at": change.at, "was": change.was.code(), "became": change.became.code(), "who": change.who,
        "why": change.why,
    })
}

fn payment_json(payment: &PaymentRow) -> serde_json::Value {
    json!({
        "external_id": payment.external_id, "creditor": payment.creditor, "debt": payment.debt,
        "amount": payment.amount.reveal(), "paid_at": payment.paid_at, "received_at": payment.received_at,
    })
}

/// The record stands as the text that its hash was made of.
fn decision_json(traced: &Traced) -> serde_json::Value {
    json!({
        "decision": traced.id, "chain": traced.chain, "seq": traced.seq, "fits": traced.fits,
        "campaign": traced.campaign, "attempt": traced.attempt, "repeated": traced.repeated,
        "last_repeated": traced.last_repeated, "prev_hash": traced.prev_hash, "hash": traced.hash,
        "record": traced.record,
    })
}
