//! `obzvon audit verify`: every chain, every sealed row, every kept text, every sealed day.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::json;

use super::bar;
use super::words::{broken_line, broken_row_line};
use crate::config::Config;
use crate::daemon::{daily_roots_file, read_roots};
use crate::domain::Language;
use crate::store::{Broken, SealedDay, Store, Verified, VerifiedDay, VerifiedRows};

/// Walks the chains of decisions and of sealed rows and says what does not stand as it was written; exit code 1 then, and
/// where there is no database
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
    /// The ledger, the attempts and all that stands about people.
    rows: VerifiedRows,
    /// Hashes of rule texts that were changed.
    rules: Vec<String>,
    /// Texts of the configuration that were changed: their hashes, or the version and the file they were kept for.
    texts: Vec<String>,
    days: Vec<VerifiedDay>,
    /// Roots kept apart that the days were compared with.
    compared: usize,
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
        let compared = kept.len();
        let apart = kept.into_iter().filter(|one| !sealed(one)).collect();
        let (rules, mut texts) = (store.verify_rules().await?, store.verify_texts().await?);
        texts.extend(store.verify_versions().await?);
        let proof = Proof { chains, rows, rules, texts, days, compared, apart };
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

    /// Nothing was ever written.
    fn is_empty(&self) -> bool {
        self.records() == 0 && self.rows.links == 0
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
            "nothing_to_prove": self.is_empty(),
            "days": self.days.len(),
            "roots_kept_apart": self.compared,
            "days_that_do_not_fit": self.unfit().collect::<Vec<_>>(),
            "roots_kept_apart_that_do_not_fit": self.apart,
        })
    }

    fn text(&self, language: Language) -> String {
        let ru = language == Language::Ru;
        let mut text = String::new();
        for (chain, broken) in self.broken() {
            text += &(broken_line(chain, broken, ru) + "\n");
        }
        for broken in &self.rows.broken {
            text += &(broken_row_line(broken, ru) + "\n");
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
        if self.compared == 0 {
            text += if ru {
                "сверять не с чем: ни одного корня дня отдельно от базы не хранится\n"
            } else {
                "nothing to compare with: no day's root is kept apart from the database\n"
            };
        }
        if self.stands() && self.is_empty() {
            text += if ru {
                "доказывать нечего: ни одной записи ещё нет\n"
            } else {
                "nothing to prove: nothing was written yet\n"
            };
            return text;
        }
        text += &match (self.stands(), ru) {
            (true, true) => {
                format!("цело: записей {records}, строк {rows}, дней с корнем {days}\n")
            }
            (true, false) => {
                format!("whole: records {records}, rows {rows}, sealed days {days}\n")
            }
            (false, true) => {
                format!("НАРУШЕНО: просмотрено записей {records}, строк {rows}, дней с корнем {days}\n")
            }
            (false, false) => format!("BROKEN: records {records}, rows {rows}, sealed days {days}\n"),
        };
        text
    }
}
