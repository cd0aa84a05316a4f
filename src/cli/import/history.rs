//! `obzvon import history`: contacts that other systems made, into the ledger.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::runtime::Handle;

use super::{bar, beside, say_fault};
use crate::cli::open::{ConfigArgs, block_on, store};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::Language;
use crate::import::history::{
    PastColumn, PastCounts, PastItem, PastOptions, PastReason, ReadContact, read_past,
};
use crate::import::{ImportFault, Record, RejectedFile, parse_told};
use crate::store::{Past, PastContact, Recorded, Store};

/// Reads past contacts (calls, messages, visits, letters) into the ledger, where the rules count them; a file read
/// again changes nothing
#[derive(Debug, Args)]
pub struct History {
    /// CSV or XLSX with a time and a person's id or telephone in each row
    file: PathBuf,
    /// The file's header of a column: agent, channel, creditor, debt, direction, id, outcome, person, phone or time
    #[arg(long = "column", value_name = "COLUMN=HEADER", value_parser = parse_told::<PastColumn>)]
    columns: Vec<(PastColumn, String)>,
    /// Time zone of times without an offset, such as Europe/Moscow
    #[arg(long, value_name = "ZONE", value_parser = parse_zone)]
    zone: Option<TimeZone>,
    /// The system the file comes from: ids are its own
    #[arg(long, value_name = "NAME", default_value = "import")]
    source: String,
    /// Read and check everything, write nothing to the ledger
    #[arg(long)]
    dry_run: bool,
    /// Where rejected rows go; FILE.rejected.csv if not said
    #[arg(long, value_name = "OUT")]
    rejected: Option<PathBuf>,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    open: ConfigArgs,
}

/// What became of the file.
#[derive(Debug, Default, Serialize)]
struct Answer {
    counts: PastCounts,
    /// Entries the ledger has now, or in a dry run would have.
    new: u64,
    known: u64,
    no_person: u64,
    /// Of `new` and `known`: no list has the creditor or the debt that the row names, so that no report counts it.
    of_no_debt: u64,
    /// The lines of the first of these.
    of_no_debt_lines: Vec<u64>,
    /// Another contact was told by the row's id before.
    id_reused: u64,
    /// Headers that mean nothing to us: what stands below them was passed over.
    unknown_columns: Vec<String>,
    rejected_file: Option<PathBuf>,
    dry_run: bool,
}

/// Lines of rows of no debt of ours that are told: enough to see what is misspelt.
const LINES_TOLD: usize = 20;

impl Answer {
    fn note_of_no_debt(&mut self, new: bool, line: u64) {
        *(if new { &mut self.new } else { &mut self.known }) += 1;
        self.of_no_debt += 1;
        if self.of_no_debt_lines.len() < LINES_TOLD {
            self.of_no_debt_lines.push(line);
        }
    }
}

/// Rows written in one transaction.
const BATCH: usize = 256;

impl History {
    /// 0 when the file was read and some of its rows were taken; 1 when it is none, or all it told was rejected; 78 for the configuration.
    ///
    /// # Errors
    /// When the store fails. What was written before stands; the same file goes on from there.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.open.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let (language, json, file) = (self.open.language(), self.json, self.file.clone());
        match block_on(self.carry_out(config, language))? {
            Ok(answer) => {
                println!("{}", if json { serde_json::to_string(&answer)? } else { text(&answer, language) });
                if answer.new + answer.known == 0 && answer.counts.rejected > 0 {
                    return Ok(ExitCode::FAILURE);
                }
            }
            Err(fault) => return Ok(say_fault(&fault, &file, json, language)),
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn carry_out(
        self,
        config: Config,
        language: Language,
    ) -> anyhow::Result<Result<Answer, ImportFault>> {
        let store = store(&config).await?;
        let options = PastOptions {
            region: config.import.region.parse().ok().context("the region of the configuration")?,
            zone: self.zone.clone(),
            now: Clock.wall(),
            columns: self.columns.clone(),
        };
        let (writer, handle) = (store.clone(), Handle::current());
        let reading = tokio::task::spawn_blocking(move || {
            let bar = if self.json { ProgressBar::hidden() } else { bar() };
            let rejected = self.rejected.clone().unwrap_or_else(|| beside(&self.file));
            Reading {
                args: &self,
                store: writer,
                handle,
                bar,
                rejected: RejectedFile::new(&rejected, language),
                language,
                batch: Vec::new(),
                answer: Answer { dry_run: self.dry_run, ..Answer::default() },
                broken: None,
            }
            .read(&options)
        });
        let read = reading.await.context("reading the file")?;
        store.close().await;
        read
    }
}

/// The file as it is being read.
struct Reading<'a> {
    args: &'a History,
    store: Store,
    handle: Handle,
    bar: ProgressBar,
    rejected: RejectedFile,
    language: Language,
    batch: Vec<(PastContact, Record)>,
    answer: Answer,
    /// The store's fault, which ends the reading.
    broken: Option<anyhow::Error>,
}

impl Reading<'_> {
    fn read(mut self, options: &PastOptions) -> anyhow::Result<Result<Answer, ImportFault>> {
        let file = self.args.file.clone();
        let read = read_past(&file, options, &mut |item| self.take(item));
        let read = read.and_then(|counts| self.write().map(|()| counts));
        self.bar.finish_and_clear();
        if let Some(fault) = self.broken {
            return Err(fault);
        }
        match read {
            Ok(counts) => {
                self.answer.counts = counts;
                let back = self.answer.no_person + self.answer.id_reused;
                self.answer.counts.rejected += back;
                self.answer.counts.sound -= back;
                self.answer.rejected_file = match self.rejected.finish() {
                    Ok(file) => file,
                    Err(fault) => return Ok(Err(fault)),
                };
                Ok(Ok(self.answer))
            }
            Err(fault) => Ok(Err(fault)),
        }
    }

    fn take(&mut self, item: PastItem<'_>) -> Result<(), ImportFault> {
        match item {
            PastItem::Heading { header, unknown, total } => {
                self.bar.set_length(total);
                self.answer.unknown_columns = unknown.to_vec();
                self.rejected.heading(header);
                Ok(())
            }
            PastItem::Contact { contact, record } => {
                self.bar.set_position(record.done);
                self.batch.push((past(contact), record.clone()));
                if self.batch.len() < BATCH { Ok(()) } else { self.write() }
            }
            PastItem::Rejected { record, reasons } => {
                let language = self.language;
                let words = reasons.iter().map(|reason| (reason.code(), reason.text(language)));
                self.rejected.write_words(record, words)
            }
        }
    }

    /// Writes what has been read; rows of persons whom nobody knows, and of ids that were another contact's, go back.
    fn write(&mut self) -> Result<(), ImportFault> {
        let (contacts, records): (Vec<_>, Vec<_>) = self.batch.drain(..).unzip();
        let past =
            Past { contacts, source: self.args.source.clone(), dry_run: self.args.dry_run, strict: false };
        let written = self.handle.block_on(self.store.record_past(past, Clock.wall()));
        let recorded = written.map_err(|fault| {
            self.broken = Some(fault.into());
            ImportFault::Stopped
        })?;
        for (recorded, record) in recorded.into_iter().zip(&records) {
            match recorded {
                Recorded::Known => self.answer.known += 1,
                Recorded::New => self.answer.new += 1,
                Recorded::OfNoDebt { new } => self.answer.note_of_no_debt(new, record.line),
                // Not strict: a debt that nobody has is no reason here, but for a promise.
                Recorded::Differs | Recorded::NoCreditor | Recorded::NoDebt | Recorded::NoPerson => {
                    let reason = match recorded {
                        Recorded::Differs => PastReason::IdReused,
                        Recorded::NoDebt => PastReason::PromiseOfNoDebt,
                        _ => PastReason::NoPerson,
                    };
                    match reason {
                        PastReason::IdReused => self.answer.id_reused += 1,
                        _ => self.answer.no_person += 1,
                    }
                    let words = std::iter::once((reason.code(), reason.text(self.language)));
                    self.rejected.write_words(record, words)?;
                }
            }
        }
        Ok(())
    }
}

fn past(read: ReadContact) -> PastContact {
    PastContact {
        person: read.person,
        phone: read.phone,
        at: Some(read.at),
        kind: read.kind,
        channel_exact: read.channel_exact,
        agent: read.agent,
        creditor: read.creditor,
        debt: read.debt,
        external_id: read.external_id,
        reaction: read.reaction,
    }
}

fn text(answer: &Answer, language: Language) -> String {
    let say = |en: &'static str, ru: &'static str| if language == Language::Ru { ru } else { en };
    let counts = &answer.counts;
    let new = if answer.dry_run {
        say("  new (dry run, nothing is written)", "  новых (проба, ничего не записано)")
    } else {
        say("  new in the ledger", "  новых в журнале")
    };
    let mut lines = vec![
        format!("{}: {}", say("rows", "строк"), counts.rows),
        format!("{new}: {}", answer.new),
        format!("{}: {}", say("  known", "  известных"), answer.known),
        format!("{}: {}", say("  no contact in them", "  без контакта"), counts.no_contact),
        format!("{}: {}", say("  rejected", "  отклонённых"), counts.rejected),
    ];
    if answer.of_no_debt > 0 {
        let told: Vec<String> = answer.of_no_debt_lines.iter().map(u64::to_string).collect();
        let more = if answer.of_no_debt > told.len() as u64 { ", …" } else { "" };
        let what = say(
            "of no debt of ours (the law counts them, no report does: look at the creditor and the debt)",
            "не по нашим долгам (для закона учтены, в отчётах их нет: проверьте кредитора и долг)",
        );
        let lines_word = say("lines", "строки");
        lines.push(format!("{what}: {}; {lines_word} {}{more}", answer.of_no_debt, told.join(", ")));
    }
    if !answer.unknown_columns.is_empty() {
        let passed_over =
            say("columns passed over (say what they are: --column)", "столбцы не поняты (укажите: --column)");
        lines.push(format!("{passed_over}: {}", answer.unknown_columns.join(", ")));
    }
    if let Some(file) = &answer.rejected_file {
        lines.push(format!("{}: {}", say("rejected rows", "отклонённые строки"), file.display()));
    }
    lines.join("\n")
}

pub(super) fn parse_zone(name: &str) -> Result<TimeZone, String> {
    let zone = crate::rules::Zone::find(name).ok_or("a zone such as Europe/Moscow")?;
    Ok(zone.tz().clone())
}
