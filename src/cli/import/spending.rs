//! `obzvon import spending`: who spends unlike himself, before there is any debt.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::say_fault;
use crate::cli::open::ConfigArgs;
use crate::domain::Language;
use crate::import::neutralise;
use crate::import::spending::{Series, SpendingCounts, read_spending};
use crate::stats::{Warning, WarningPlan, judge_spending};

/// Reads what subscribers spent month by month, and lists whose last month jumps up or falls away against his own
#[derive(Debug, Args)]
pub struct Spending {
    /// CSV or XLSX: a person's id and a column for each month (2026-03), or columns person, month, amount
    file: PathBuf,
    /// Where the list goes, as CSV
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
    /// Months before the last one that are needed to know what is usual
    #[arg(long, default_value_t = WarningPlan::default().least_months, value_parser = months)]
    least_months: usize,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    open: ConfigArgs,
}

/// What became of the file.
#[derive(Debug, Default, Serialize)]
struct Answer {
    counts: SpendingCounts,
    persons: u64,
    jumps_up: u64,
    falls_away: u64,
    usual: u64,
    /// Too few months to judge, or none in the file's last month.
    not_judged: u64,
}

impl Spending {
    /// 0 when the file was read, whatever its rows were like; 1 when it is none; 78 for the configuration.
    ///
    /// # Errors
    /// When the list can't be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.open.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let language = self.open.language();
        let (series, counts) = match read_spending(&self.file, config.import.currency) {
            Ok(read) => read,
            Err(fault) => return Ok(say_fault(&fault, &self.file, self.json, language)),
        };
        let answer =
            self.judge(&series, counts).with_context(|| format!("writing {}", self.out.display()))?;
        println!("{}", if self.json { serde_json::to_string(&answer)? } else { text(&answer, language) });
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the list. Only who has a sum in the file's last month is judged: an older change is no news.
    fn judge(&self, series: &Series, counts: SpendingCounts) -> anyhow::Result<Answer> {
        let plan = WarningPlan { least_months: self.least_months, ..WarningPlan::default() };
        let last = series.values().filter_map(|months| months.keys().next_back()).max();
        let mut answer = Answer { counts, persons: series.len() as u64, ..Answer::default() };
        let mut writer = csv::Writer::from_path(&self.out)?;
        writer.write_record(["person", "month", "warning", "last_minor"])?;
        for (person, months) in series {
            let sums: Vec<i64> = months.values().copied().collect();
            let is_new = months.keys().next_back() == last;
            let warning = if is_new { judge_spending(&plan, &sums) } else { Warning::TooShort };
            let (count, code) = match warning {
                Warning::FallsAway => (&mut answer.falls_away, Some("falls_away")),
                Warning::JumpsUp => (&mut answer.jumps_up, Some("jumps_up")),
                Warning::TooShort => (&mut answer.not_judged, None),
                Warning::Usual => (&mut answer.usual, None),
            };
            *count += 1;
            if let (Some(code), Some(month), Some(spent)) = (code, last, sums.last()) {
                writer.write_record([neutralise(person).as_ref(), month, code, &spent.to_string()])?;
            }
        }
        writer.flush()?;
        Ok(answer)
    }
}

fn text(answer: &Answer, language: Language) -> String {
    let say = |en: &'static str, ru: &'static str| if language == Language::Ru { ru } else { en };
    [
        (say("rows", "строк"), answer.counts.rows),
        (say("  rejected", "  отклонённых"), answer.counts.rejected),
        (say("persons", "человек"), answer.persons),
        (say("  spend far more than usual", "  тратят намного больше обычного"), answer.jumps_up),
        (say("  spend far less than usual", "  тратят намного меньше обычного"), answer.falls_away),
        (say("  as usual", "  как обычно"), answer.usual),
        (say("  not judged: too few months", "  не оценены: мало месяцев"), answer.not_judged),
    ]
    .map(|(name, count)| format!("{name}: {count}"))
    .join("\n")
}

fn months(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|months| (1..=60).contains(months)).ok_or_else(|| "1 to 60 months".to_owned())
}
