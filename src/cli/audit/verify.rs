//! `obzvon audit verify`: every chain, every rule text, every sealed day.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::bar;
use crate::config::Config;
use crate::daemon::{daily_roots_file, read_roots};
use crate::domain::Language;
use crate::store::{Broken, SealedDay, Store, Verified, VerifiedDay, Wrong};

/// Walks the chains of decisions and says which record does not stand as it was written; exit code 1 then
#[derive(Debug, Args)]
pub struct Verify {
    /// Daily roots that were kept apart (lines of a day and its root); the node's own file when none is named
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
}

/// All that was looked at.
struct Proof {
    chains: Vec<Verified>,
    /// Hashes of rule texts that were changed.
    rules: Vec<String>,
    days: Vec<VerifiedDay>,
    /// Roots kept apart that the database does not have.
    apart: Vec<SealedDay>,
}

impl Verify {
    pub(super) async fn run(
        self,
        store: &Store,
        config: &Config,
        language: Language,
    ) -> anyhow::Result<bool> {
        let file = self.roots.clone().unwrap_or_else(|| daily_roots_file(config));
        let kept = match read_roots(&file) {
            Ok(kept) => kept,
            Err(_) if self.roots.is_none() && !file.exists() => Vec::new(),
            Err(fault) => return Err(fault).with_context(|| format!("reading {}", file.display())),
        };
        let bar = bar(store
            .info()
            .await?
            .rows
            .iter()
            .find(|row| row.0 == "decisions")
            .map_or(0, |row| row.1.unsigned_abs()));
        let chains = store.verify_decisions(|records| bar.inc(records)).await?;
        bar.finish_and_clear();
        let days = store.verify_days().await?;
        let sealed = |one: &SealedDay| days.iter().any(|day| day.day == one.day && day.root == one.root);
        let apart = kept.into_iter().filter(|one| !sealed(one)).collect();
        let proof = Proof { chains, rules: store.verify_rules().await?, days, apart };
        if self.json {
            println!("{}", proof.json());
        } else {
            print!("{}", proof.text(language));
        }
        Ok(proof.stands())
    }
}

impl Proof {
    fn stands(&self) -> bool {
        self.chains.iter().all(|chain| chain.broken.is_empty())
            && self.rules.is_empty()
            && self.days.iter().all(VerifiedDay::fits)
            && self.apart.is_empty()
    }

    fn records(&self) -> i64 {
        self.chains.iter().map(|chain| chain.records).sum()
    }

    fn broken(&self) -> impl Iterator<Item = (i64, &Broken)> {
        self.chains.iter().flat_map(|chain| chain.broken.iter().map(|broken| (chain.chain, broken)))
    }

    fn unfit(&self) -> impl Iterator<Item = &VerifiedDay> {
        self.days.iter().filter(|day| !day.fits())
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "stands": self.stands(),
            "records": self.records(),
            "chains": self.chains,
            "rules_changed": self.rules,
            "days": self.days.len(),
            "days_that_do_not_fit": self.unfit().collect::<Vec<_>>(),
            "roots_kept_apart_that_do_not_fit": self.apart,
        })
    }

    fn text(&self, language: Language) -> String {
        let ru = language == Language::Ru;
        let mut text = String::new();
        for (chain, broken) in self.broken() {
            text += &broken_line(chain, broken, ru);
        }
        for hash in &self.rules {
            let said = if ru {
                "текст правил изменён"
            } else {
                "the text of the rules was changed"
            };
            text += &format!("{said}: {hash}\n");
        }
        for day in self.unfit() {
            let said =
                if ru { "корень дня не сходится" } else { "the day's root does not fit" };
            text += &format!("{} {said}: {} ≠ {}\n", day.day, day.root, day.now);
        }
        for day in &self.apart {
            let said = if ru {
                "этого корня, хранимого отдельно, в базе нет"
            } else {
                "the database does not have this root that was kept apart"
            };
            text += &format!("{} {said}: {}\n", day.day, day.root);
        }
        let (records, days) = (self.records(), self.days.len());
        text += &match (self.stands(), ru) {
            (true, true) => format!("цело: записей {records}, дней с корнем {days}\n"),
            (true, false) => format!("whole: records {records}, sealed days {days}\n"),
            (false, true) => format!("НАРУШЕНО: записей просмотрено {records}, дней с корнем {days}\n"),
            (false, false) => format!("BROKEN: records {records}, sealed days {days}\n"),
        };
        text
    }
}

fn broken_line(chain: i64, broken: &Broken, ru: bool) -> String {
    let wrong = match (broken.wrong, ru) {
        (Wrong::Record, true) => "запись не та, что была подписана хешем",
        (Wrong::Record, false) => "the record is not what its hash was made of",
        (Wrong::Link, true) => "не продолжает предыдущую запись",
        (Wrong::Link, false) => "does not go on from the record before it",
        (Wrong::Missing, true) => "записи пропали",
        (Wrong::Missing, false) => "records are gone",
        (Wrong::Columns, true) => "столбцы говорят не то, что запись",
        (Wrong::Columns, false) => "the columns say otherwise than the record",
        (Wrong::Head, true) => "конец цепочки не тот",
        (Wrong::Head, false) => "the head of the chain says otherwise",
    };
    let decision = broken.decision.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let at = broken.at.map(|at| format!(" {at}")).unwrap_or_default();
    let seq = broken.seq;
    match ru {
        true => format!("решение {decision} (цепочка {chain}, запись {seq}){at}: {wrong}\n"),
        false => format!("decision {decision} (chain {chain}, record {seq}){at}: {wrong}\n"),
    }
}
