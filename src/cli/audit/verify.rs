//! `obzvon audit verify`: every chain, every row of the ledger and of the attempts, every rule text, every sealed day.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::json;

use super::bar;
use crate::config::Config;
use crate::daemon::{daily_roots_file, read_roots};
use crate::domain::Language;
use crate::store::{
    Broken, BrokenRow, RowName, SealedDay, Store, Verified, VerifiedDay, VerifiedRows, Wrong, WrongRow,
};

/// Walks the chains of decisions, of the ledger and of the attempts and says what does not stand as it was written;
/// exit code 1 then
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
    /// The ledger and the attempts.
    rows: VerifiedRows,
    /// Hashes of rule texts that were changed.
    rules: Vec<String>,
    /// Hashes of texts of the configuration that were changed.
    texts: Vec<String>,
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
        ensure!(
            self.roots.is_none() || !kept.is_empty(),
            "{} {}",
            file.display(),
            match language {
                Language::Ru => "не содержит ни одного корня: сверять не с чем",
                Language::En => "has no root in it: there is nothing to compare with",
            }
        );
        let walked = ["decisions", "ledger events", "attempts"];
        let counted = store.info().await?.rows.into_iter().filter(|row| walked.contains(&row.0));
        let bar = bar(counted.map(|row| row.1.unsigned_abs()).sum());
        let chains = store.verify_decisions(|records| bar.inc(records)).await?;
        let rows = store.verify_rows(|links| bar.inc(links)).await?;
        bar.finish_and_clear();
        let days = store.verify_days().await?;
        let sealed = |one: &SealedDay| days.iter().any(|day| day.day == one.day && day.root == one.root);
        let apart = kept.into_iter().filter(|one| !sealed(one)).collect();
        let (rules, texts) = (store.verify_rules().await?, store.verify_texts().await?);
        let proof = Proof { chains, rows, rules, texts, days, apart };
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
            && self.rows.broken.is_empty()
            && self.rules.is_empty()
            && self.texts.is_empty()
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
            "rows": self.rows,
            "rules_changed": self.rules,
            "texts_changed": self.texts,
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
        for broken in &self.rows.broken {
            text += &broken_row_line(broken, ru);
        }
        for hash in &self.rules {
            let said = if ru {
                "текст правил изменён"
            } else {
                "the text of the rules was changed"
            };
            text += &format!("{said}: {hash}\n");
        }
        for hash in &self.texts {
            let said = if ru {
                "хранимый текст конфигурации изменён"
            } else {
                "a kept text of the configuration was changed"
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
        let (records, rows, days) = (self.records(), self.rows.links, self.days.len());
        text += &match (self.stands(), ru) {
            (true, true) => {
                format!("цело: записей {records}, строк журнала и звонков {rows}, дней с корнем {days}\n")
            }
            (true, false) => {
                format!("whole: records {records}, ledger and call rows {rows}, sealed days {days}\n")
            }
            (false, true) => {
                format!("НАРУШЕНО: просмотрено записей {records}, строк {rows}, дней с корнем {days}\n")
            }
            (false, false) => format!("BROKEN: records {records}, rows {rows}, sealed days {days}\n"),
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

fn broken_row_line(broken: &BrokenRow, ru: bool) -> String {
    let wrong = match (broken.wrong, ru) {
        (WrongRow::Changed, true) => "строка не та, что была записана",
        (WrongRow::Changed, false) => "the row is not what was written",
        (WrongRow::Gone, true) => "строки больше нет",
        (WrongRow::Gone, false) => "the row is gone",
        (WrongRow::Head, true) => "конец цепочки не тот",
        (WrongRow::Head, false) => "the head of the chain says otherwise",
        (WrongRow::Link, true) => "звено не продолжает предыдущее",
        (WrongRow::Link, false) => "the link does not go on from the one before it",
        (WrongRow::Missing, true) => "звенья пропали",
        (WrongRow::Missing, false) => "links are gone",
        (WrongRow::Unsealed, true) => "строка записана не программой",
        (WrongRow::Unsealed, false) => "the row was not written by the program",
    };
    let name = broken.row.as_ref().map(|RowName { table, id }| match (table.as_str(), ru) {
        ("event", true) => format!("журнал, запись {id}"),
        ("event", false) => format!("ledger, entry {id}"),
        (_, true) => format!("звонок {id}"),
        (_, false) => format!("call {id}"),
    });
    let place = broken.chain.zip(broken.seq).map(|(chain, seq)| match ru {
        true => format!(" (цепочка {chain}, звено {seq})"),
        false => format!(" (chain {chain}, link {seq})"),
    });
    format!("{}{}: {wrong}\n", name.unwrap_or_else(|| "-".to_owned()), place.unwrap_or_default())
}
