//! `obzvon import payments`: a file of payments; a file read again changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::{bar, beside, say_fault};
use crate::cli::open::{ConfigArgs, block_on, store};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::Language;
use crate::import::payments::{
    PaidColumn, PaidReason, PaymentCounts, PaymentItem, PaymentOptions, ReadPayment, read_payments,
};
use crate::import::{ImportFault, Record, RejectedFile, parse_told};
use crate::store::{NewPayment, NewReversal, Paid, Reversed, Store, StoreError};

/// Reads payments into the store: who has paid is not called any more, and a ringing call is taken back
#[derive(Debug, Args)]
pub struct Payments {
    /// CSV or XLSX with a debt's id, a sum and a date in each row
    file: PathBuf,
    /// The file's header of a column: amount, creditor, currency, debt, id, kind (payment or storno) or time
    #[arg(long = "column", value_name = "COLUMN=HEADER", value_parser = parse_told::<PaidColumn>)]
    columns: Vec<(PaidColumn, String)>,
    /// The creditor, where the file names none
    #[arg(long, value_name = "NAME")]
    creditor: Option<String>,
    /// Time zone of times without an offset
    #[arg(long, value_name = "ZONE", default_value = "Europe/Moscow", value_parser = super::history::parse_zone)]
    zone: TimeZone,
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
    counts: PaymentCounts,
    new: u64,
    known: u64,
    /// Of the new: the debt is paid with it, exactly or by more than was owed; or a part is still owed.
    paid_in_full: u64,
    overpaid: u64,
    paid_in_part: u64,
    /// Payments taken back, beside the new.
    reversed: u64,
    /// Headers that mean nothing to us: what stands below them was passed over.
    unknown_columns: Vec<String>,
    rejected_file: Option<PathBuf>,
}

/// Payments written at once; they share the way to the disk.
const BATCH: usize = 64;

impl Payments {
    /// 0 when the file was read, whatever its rows were like; 1 when it is none; 78 for the configuration.
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
            Ok(answer) if json => println!("{}", serde_json::to_string(&answer)?),
            Ok(answer) => println!("{}", text(&answer, language)),
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
        let options = PaymentOptions {
            creditor: self.creditor.clone(),
            currency: config.import.currency,
            zone: self.zone.clone(),
            now: Clock.wall(),
            columns: self.columns.clone(),
        };
        let (writer, handle) = (store.clone(), Handle::current());
        let reading = tokio::task::spawn_blocking(move || {
            let bar = if self.json { ProgressBar::hidden() } else { bar() };
            let rejected = self.rejected.clone().unwrap_or_else(|| beside(&self.file));
            let reading = Reading {
                store: writer,
                handle,
                bar,
                rejected: RejectedFile::new(&rejected, language),
                language,
                batch: Vec::new(),
                answer: Answer::default(),
                broken: None,
            };
            reading.read(&self.file, &options)
        });
        let read = reading.await.context("reading the file")?;
        store.close().await;
        read
    }
}

/// The file as it is being read.
struct Reading {
    store: Store,
    handle: Handle,
    bar: ProgressBar,
    rejected: RejectedFile,
    language: Language,
    batch: Vec<(ReadPayment, Record)>,
    answer: Answer,
    /// The store's fault, which ends the reading.
    broken: Option<anyhow::Error>,
}

impl Reading {
    fn read(
        mut self,
        file: &std::path::Path,
        options: &PaymentOptions,
    ) -> anyhow::Result<Result<Answer, ImportFault>> {
        let read = read_payments(file, options, &mut |item| self.take(item));
        let read = read.and_then(|counts| self.write().map(|()| counts));
        self.bar.finish_and_clear();
        if let Some(fault) = self.broken {
            return Err(fault);
        }
        let counts = match read {
            Ok(counts) => counts,
            Err(fault) => return Ok(Err(fault)),
        };
        let back = counts.sound - self.answer.new - self.answer.known - self.answer.reversed;
        let (sound, rejected) = (counts.sound - back, counts.rejected + back);
        self.answer.counts = PaymentCounts { sound, rejected, ..counts };
        match self.rejected.finish() {
            Ok(file) => self.answer.rejected_file = file,
            Err(fault) => return Ok(Err(fault)),
        }
        Ok(Ok(self.answer))
    }

    fn take(&mut self, item: PaymentItem<'_>) -> Result<(), ImportFault> {
        match item {
            PaymentItem::Heading { header, unknown, total } => {
                self.bar.set_length(total);
                self.answer.unknown_columns = unknown.to_vec();
                self.rejected.heading(header);
                Ok(())
            }
            PaymentItem::Payment { payment, record } => {
                self.bar.set_position(record.done);
                self.batch.push((payment, record.clone()));
                if self.batch.len() < BATCH { Ok(()) } else { self.write() }
            }
            PaymentItem::Rejected { record, reasons } => {
                let language = self.language;
                let words = reasons.iter().map(|reason| (reason.code(), reason.text(language)));
                self.rejected.write_words(record, words)
            }
        }
    }

    /// Writes what has been read; rows that no debt of ours is meant by go back.
    fn write(&mut self) -> Result<(), ImportFault> {
        let (payments, records): (Vec<_>, Vec<_>) = self.batch.drain(..).unzip();
        let recorded = self.handle.block_on(record_all(&self.store, payments)).map_err(|fault| {
            self.broken = Some(fault.into());
            ImportFault::Stopped
        })?;
        for (paid, record) in recorded.iter().zip(&records) {
            let reason = match paid {
                Told::Reversal(Reversed::Recorded { .. }) => {
                    self.answer.reversed += 1;
                    continue;
                }
                Told::Reversal(Reversed::Known) | Told::Payment(Paid::Known) => {
                    self.answer.known += 1;
                    continue;
                }
                Told::Reversal(Reversed::BeforePayment) => PaidReason::BeforePayment,
                Told::Reversal(Reversed::Differs | Reversed::NoPayment) => PaidReason::NoPayment,
                Told::Payment(Paid::Recorded { left_minor, .. }) => {
                    self.answer.new += 1;
                    match left_minor {
                        1.. => self.answer.paid_in_part += 1,
                        0 => self.answer.paid_in_full += 1,
                        _ => self.answer.overpaid += 1,
                    }
                    continue;
                }
                Told::Payment(Paid::BeforeDebt) => PaidReason::BeforeDebt,
                Told::Payment(Paid::Differs) => PaidReason::IdReused,
                Told::Payment(Paid::InFuture) => PaidReason::InFuture,
                Told::Payment(Paid::NoDebt) => PaidReason::NoDebt,
                Told::Payment(Paid::OtherCurrency) => PaidReason::OtherCurrency,
            };
            let words = std::iter::once((reason.code(), reason.text(self.language)));
            self.rejected.write_words(record, words)?;
        }
        Ok(())
    }
}

/// What became of a row.
enum Told {
    Payment(Paid),
    Reversal(Reversed),
}

/// Records payments side by side, then takes back what is to be taken back; what became of each row, in their order.
async fn record_all(store: &Store, rows: Vec<ReadPayment>) -> Result<Vec<Told>, StoreError> {
    let (mut tasks, mut back) = (JoinSet::new(), Vec::new());
    for (nth, read) in rows.into_iter().enumerate() {
        if read.is_reversal {
            back.push((nth, read));
            continue;
        }
        let store = store.clone();
        let payment = NewPayment {
            external_id: read.external_id,
            creditor: read.creditor,
            debt: read.debt,
            amount: read.amount,
            paid_at: read.paid_at,
        };
        tasks.spawn(async move { (nth, store.record_payment(payment, Clock.wall()).await) });
    }
    let recorded = tasks.join_all().await.into_iter();
    let recorded = recorded.map(|(nth, paid)| Ok((nth, Told::Payment(paid?))));
    let mut recorded = recorded.collect::<Result<Vec<_>, StoreError>>()?;
    for (nth, read) in back {
        let reversal = NewReversal {
            creditor: read.creditor,
            payment: read.external_id,
            debt: Some(read.debt),
            amount: Some(read.amount),
            at: read.paid_at,
            why: "storno".to_owned(),
        };
        recorded.push((nth, Told::Reversal(store.reverse_payment(reversal, Clock.wall()).await?)));
    }
    recorded.sort_unstable_by_key(|(nth, _)| *nth);
    Ok(recorded.into_iter().map(|(_, told)| told).collect())
}

fn text(answer: &Answer, language: Language) -> String {
    let say = |en: &'static str, ru: &'static str| if language == Language::Ru { ru } else { en };
    let mut lines = vec![
        format!("{}: {}", say("rows", "строк"), answer.counts.rows),
        format!("{}: {}", say("  new", "  новых"), answer.new),
        format!("{}: {}", say("    debts paid in full", "    долг оплачен весь"), answer.paid_in_full),
        format!("{}: {}", say("    more than was owed", "    больше долга"), answer.overpaid),
        format!("{}: {}", say("    a part still owed", "    оплачена часть"), answer.paid_in_part),
        format!("{}: {}", say("  taken back", "  отозвано"), answer.reversed),
        format!("{}: {}", say("  known", "  известных"), answer.known),
        format!("{}: {}", say("  rejected", "  отклонённых"), answer.counts.rejected),
    ];
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
