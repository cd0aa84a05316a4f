//! `obzvon import spending`: who spends unlike himself, before there is any debt.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::{beside, say_fault};
use crate::campaign::CampaignPlan;
use crate::cli::open::{ConfigArgs, block_on, store};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::Language;
use crate::import::spending::{Series, SpendingCounts, SpendingItem, month_of, read_spending};
use crate::import::{ImportFault, RejectedFile, neutralise};
use crate::stats::{Warning, WarningPlan, is_last_whole, judge_spending, whole_months};
use crate::store::{FillPlan, ServiceQueued, ServiceWish};

/// Reads what subscribers spent month by month, and lists whose last month jumps up or falls away against his own
#[derive(Debug, Args)]
pub struct Spending {
    /// CSV or XLSX: a person's id and a column for each month (2026-03), or columns person, month, amount
    file: PathBuf,
    /// Where the list goes, as CSV
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
    /// The campaign of the kind `service` that those of the list are put into: each is called once for the month, through
    /// the same gate as everybody; who owes something, or is in no list, is left out
    #[arg(long, value_name = "NAME")]
    campaign: Option<String>,
    /// Days for which such a call is of use
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=180))]
    of_use_days: u16,
    /// Months before the last one that are needed to know what is usual
    #[arg(long, default_value_t = WarningPlan::default().least_months, value_parser = months)]
    least_months: usize,
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
    counts: SpendingCounts,
    persons: u64,
    jumps_up: u64,
    falls_away: u64,
    usual: u64,
    /// Too few months to judge, or none in the file's last two months.
    not_judged: u64,
    /// The file's last month is not that of all yet: who has nothing in it was not judged.
    last_month_begun: bool,
    /// The month that is not over, where the file has it.
    left_out_month: Option<String>,
    rejected_file: Option<PathBuf>,
    /// With `--campaign`: what became of those who jump up or fall away.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
}

/// What became of the persons of the list.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Service {
    queued: u64,
    /// In the campaign for this month already.
    known: u64,
    /// Not called: he owes something.
    owes: u64,
    /// Not called: nobody has this id.
    unknown: u64,
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
        let (mut series, counts, rejected_file) = match self.read(&config, language) {
            Ok(read) => read,
            Err(fault) => return Ok(say_fault(&fault, &self.file, self.json, language)),
        };
        // What is spent so far in a month that runs is not what is spent in a month.
        let running = month_of(today(&config, Clock.wall()));
        let has_running = series.values_mut().filter_map(|months| months.remove(&running)).count() > 0;
        let plan = match &self.campaign {
            None => None,
            Some(name) => match config.campaign(name).filter(|plan| plan.is_service) {
                Some(plan) => Some(plan),
                None => bail!(no_campaign(name, language)),
            },
        };
        let judged =
            self.judge(&series, counts).with_context(|| format!("writing {}", self.out.display()))?;
        let (mut answer, warned) = judged;
        answer.rejected_file = rejected_file;
        answer.left_out_month = has_running.then_some(running);
        if let Some(plan) = plan {
            answer.service = Some(self.queue(&config, plan, warned)?);
        }
        println!("{}", if self.json { serde_json::to_string(&answer)? } else { text(&answer, language) });
        Ok(ExitCode::SUCCESS)
    }

    /// Reads the file; what can't be read goes back.
    fn read(
        &self,
        config: &Config,
        language: Language,
    ) -> Result<(Series, SpendingCounts, Option<PathBuf>), ImportFault> {
        let path = self.rejected.clone().unwrap_or_else(|| beside(&self.file));
        let mut rejected = RejectedFile::new(&path, language);
        let of = (config.import.currency, today(config, Clock.wall()));
        let read = read_spending(&self.file, of, &mut |item| match item {
            SpendingItem::Heading(header) => {
                rejected.heading(&header);
                Ok(())
            }
            SpendingItem::Rejected { record, reason } => {
                let words = std::iter::once((reason.code(), reason.text(language)));
                rejected.write_words(record, words)
            }
        });
        match read {
            Ok((series, counts)) => Ok((series, counts, rejected.finish()?)),
            Err(fault) => {
                rejected.discard();
                Err(fault)
            }
        }
    }

    /// Writes the list. Only what is new in the file's last month is told: an older change is no news.
    fn judge(&self, series: &Series, counts: SpendingCounts) -> anyhow::Result<(Answer, Vec<Warned>)> {
        let mut warned = Vec::new();
        let plan = WarningPlan { least_months: self.least_months, ..WarningPlan::default() };
        let all: BTreeSet<&str> = series.values().flat_map(|told| told.keys().map(String::as_str)).collect();
        let (last, is_whole) = (all.last().copied(), is_last_whole(series.values(), &all));
        let persons = series.len() as u64;
        let mut answer = Answer { counts, persons, last_month_begun: !is_whole, ..Answer::default() };
        let mut writer = csv::Writer::from_path(&self.out)?;
        writer.write_record(["person", "month", "warning", "last_minor"])?;
        for (person, told) in series {
            let sums = whole_months(told, &all, is_whole);
            let warning = sums.as_ref().map_or(Warning::TooShort, |sums| judge_spending(&plan, sums));
            let (count, code) = match warning {
                Warning::FallsAway => (&mut answer.falls_away, Some("falls_away")),
                Warning::JumpsUp => (&mut answer.jumps_up, Some("jumps_up")),
                Warning::TooShort => (&mut answer.not_judged, None),
                Warning::Usual => (&mut answer.usual, None),
            };
            *count += 1;
            let spent = sums.iter().flatten().next_back();
            if let (Some(code), Some(month), Some(spent)) = (code, last, spent) {
                warned.push(Warned { person: person.clone(), month: month.to_owned() });
                writer.write_record([neutralise(person).as_ref(), month, code, &spent.to_string()])?;
            }
        }
        writer.flush()?;
        Ok((answer, warned))
    }

    /// Puts those who were warned of into the campaign.
    fn queue(&self, config: &Config, plan: &CampaignPlan, warned: Vec<Warned>) -> anyhow::Result<Service> {
        let now = Clock.wall();
        let today = today(config, now);
        let until = today.checked_add(i64::from(self.of_use_days).days())?;
        let wish = |Warned { person, month }| {
            let currency = config.import.currency;
            ServiceWish { person, about: month, until, currency }
        };
        let wishes: Vec<ServiceWish> = warned.into_iter().map(wish).collect();
        let mut service = Service::default();
        block_on(async {
            let store = store(config).await?;
            let campaign = store.campaign(&plan.name, now).await?;
            let not_after = until.at(0, 0, 0, 0).to_zoned_datetime(config.statistics.basis.zone.clone());
            let not_after = not_after.ok().map(|zoned| zoned.timestamp());
            let ends = [plan.calendar.not_after, not_after].into_iter().flatten().min();
            let fill = FillPlan { campaign, not_after: ends, now, hold_out_percent: 0 };
            for wishes in wishes.chunks(QUEUED_AT_ONCE) {
                for queued in store.queue_service(fill, wishes.to_vec()).await? {
                    let count = match queued {
                        ServiceQueued::Known => &mut service.known,
                        ServiceQueued::New => &mut service.queued,
                        ServiceQueued::NoPerson => &mut service.unknown,
                        ServiceQueued::Owes => &mut service.owes,
                    };
                    *count += 1;
                }
            }
            store.close().await;
            anyhow::Ok(())
        })?;
        Ok(service)
    }
}

/// The day on the house's clock.
fn today(config: &Config, now: Timestamp) -> Date {
    now.to_zoned_datetime(config.statistics.basis.zone.clone()).date()
}

/// Persons queued in one transaction: dialling goes on meanwhile.
const QUEUED_AT_ONCE: usize = 500;

/// Somebody whose last month is unlike his others.
struct Warned {
    person: String,
    month: String,
}

fn no_campaign(name: &str, language: Language) -> String {
    match language {
        Language::En => format!("there is no campaign {name:?} of kind = \"service\" in the configuration"),
        Language::Ru => format!("в конфигурации нет кампании {name:?} с kind = \"service\""),
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
        (
            say(
                "  not judged: too few months, or gone before the last one",
                "  не оценены: мало месяцев или ушли раньше последнего",
            ),
            answer.not_judged,
        ),
    ]
    .map(|(name, count)| format!("{name}: {count}"))
    .into_iter()
    .chain(answer.last_month_begun.then(|| {
        say(
            "fewer than half have a sum in the last month: who has none was not judged",
            "в последнем месяце суммы меньше чем у половины: у кого её нет, не оценены",
        )
        .to_owned()
    }))
    .chain(
        answer
            .left_out_month
            .as_ref()
            .map(|month| format!("{month} {}", say("is not over: it was left out", "ещё идёт: он не учтён"))),
    )
    .chain(answer.service.map(|service| service_text(service, language)))
    .chain(
        answer
            .rejected_file
            .as_ref()
            .map(|file| format!("{}: {}", say("rejected rows", "отклонённые строки"), file.display())),
    )
    .collect::<Vec<_>>()
    .join("\n")
}

fn service_text(service: Service, language: Language) -> String {
    let Service { queued, known, owes, unknown } = service;
    match language {
        Language::En => format!(
            "service calls: {queued} queued, {known} queued before, {owes} left out for they owe, {unknown} unknown"
        ),
        Language::Ru => format!(
            "сервисных звонков: в очереди {queued}, были раньше {known}, не звоним должникам {owes}, неизвестных {unknown}"
        ),
    }
}

fn months(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|months| (1..=60).contains(months)).ok_or_else(|| "1 to 60 months".to_owned())
}
