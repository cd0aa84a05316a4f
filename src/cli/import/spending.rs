//! `obzvon import spending`: who spends unlike himself, before there is any debt.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use jiff::ToSpan;
use serde::Serialize;

use super::say_fault;
use crate::campaign::CampaignPlan;
use crate::cli::open::{ConfigArgs, block_on, store};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::Language;
use crate::import::neutralise;
use crate::import::spending::{Series, SpendingCounts, read_spending};
use crate::stats::{Warning, WarningPlan, judge_spending};
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
        let (series, counts) = match read_spending(&self.file, config.import.currency) {
            Ok(read) => read,
            Err(fault) => return Ok(say_fault(&fault, &self.file, self.json, language)),
        };
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
        if let Some(plan) = plan {
            answer.service = Some(self.queue(&config, plan, warned)?);
        }
        println!("{}", if self.json { serde_json::to_string(&answer)? } else { text(&answer, language) });
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the list. Only who has a sum in the file's last month is judged: an older change is no news.
    fn judge(&self, series: &Series, counts: SpendingCounts) -> anyhow::Result<(Answer, Vec<Warned>)> {
        let mut warned = Vec::new();
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
                warned.push(Warned { person: person.clone(), month: month.clone() });
                writer.write_record([neutralise(person).as_ref(), month, code, &spent.to_string()])?;
            }
        }
        writer.flush()?;
        Ok((answer, warned))
    }

    /// Puts those who were warned of into the campaign.
    fn queue(&self, config: &Config, plan: &CampaignPlan, warned: Vec<Warned>) -> anyhow::Result<Service> {
        let now = Clock.wall();
        let today = now.to_zoned_datetime(config.statistics.basis.zone.clone()).date();
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
        (say("  not judged: too few months", "  не оценены: мало месяцев"), answer.not_judged),
    ]
    .map(|(name, count)| format!("{name}: {count}"))
    .into_iter()
    .chain(answer.service.map(|service| service_text(service, language)))
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
