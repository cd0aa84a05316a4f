//! `obzvon quality`: calls drawn to be listened to, reviews by the form, figures and calibration.

mod table;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::export::note_export;
use super::open::{ConfigArgs, work};
use super::sheet::always;
use super::standing::user;
use crate::config::Config;
use crate::daemon::{Clock, DrawPlan, draw_list, last_days, take_review};
use crate::domain::{AgentId, AttemptId, Channel, Language, plain};
use crate::quality::{AgentQuality, Agreement, Filled, Mark, Reviewed, ReviewedCall, agents, criteria};
use crate::store::{Period, Store};

pub use table::{csv_of_picked, csv_of_reviews};

/// Quality of talks: which to listen to, what they are worth by the form, how far reviewers agree
#[derive(Debug, Args)]
pub struct QualityArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: QualityCommand,
}

#[derive(Debug, Subcommand)]
enum QualityCommand {
    /// Draw a list of recorded talks: by lot, the longest, those with a trigger or a complaint
    Sample {
        /// Talks of so many days
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
        /// Of one agent
        #[arg(long, value_parser = agent)]
        agent: Option<AgentId>,
        /// The same seed over the same talks draws the same list
        #[arg(long)]
        seed: Option<u64>,
    },
    /// The lists, or the talks of one
    List {
        list: Option<i64>,
        #[arg(long)]
        csv: bool,
    },
    /// Review a talk; nobody reviews himself
    Review {
        attempt: i64,
        #[arg(value_parser = agent)]
        agent: AgentId,
        /// Each criterion of quality.toml: greeting=met, partly, not_met or na
        #[arg(long = "mark", value_parser = mark, required = true)]
        marks: Vec<(String, Mark)>,
        #[arg(long, default_value = "")]
        comment: String,
        /// His login; the user of the operating system where absent
        #[arg(long)]
        reviewer: Option<String>,
    },
    /// Agents, criteria and calibration
    Report {
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3_660))]
        days: u16,
        #[arg(long)]
        csv: bool,
    },
}

fn agent(text: &str) -> Result<AgentId, String> {
    AgentId::parse(text).ok_or_else(|| "an agent is named by his login".to_owned())
}

fn mark(text: &str) -> Result<(String, Mark), String> {
    let read =
        text.split_once('=').and_then(|(key, mark)| Some((key.trim().to_owned(), Mark::parse(mark.trim())?)));
    read.ok_or_else(|| {
        format!("a mark is CRITERION=MARK; marks are: {}", Mark::ALL.map(Mark::code).join(", "))
    })
}

impl QualityArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or the review is none.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        work(&self.config, async |store, config| carry_out(store, config, self.command, language).await)
    }
}

async fn carry_out(
    store: &Store,
    config: &Config,
    command: QualityCommand,
    language: Language,
) -> anyhow::Result<()> {
    let now = Clock.wall();
    match command {
        QualityCommand::Sample { days, agent, seed } => {
            if let Some(agent) = &agent {
                refuse_nobody(store, config, agent, language).await?;
            }
            let (period, quota) = (last_days(now, days), config.quality.quota);
            let list = draw_list(store, DrawPlan { period, agent, seed, quota, who: user() }, now).await?;
            let calls = store.picked(list).await?;
            note_export(store, "quality sample", format!("list={list}"), Some(calls.len())).await?;
            print!("{list}\n{}", csv_of_picked(&calls));
        }
        QualityCommand::List { list: Some(list), csv: _ } => {
            let calls = store.picked(list).await?;
            let none = match language {
                Language::En => "there is no such list, or nothing was drawn",
                Language::Ru => "такого списка нет, или в него ничего не попало",
            };
            ensure!(!calls.is_empty(), none);
            note_export(store, "quality list", format!("list={list}"), Some(calls.len())).await?;
            print!("{}", csv_of_picked(&calls));
        }
        QualityCommand::List { list: None, csv: _ } => {
            for line in store.samples().await? {
                let (by, seed) = (plain(&line.made_by), line.seed);
                println!(
                    "{:>6}  {}  {by}  seed {seed}  {}/{}",
                    line.id, line.made_at, line.reviewed, line.calls
                );
            }
        }
        QualityCommand::Review { attempt, agent, marks, comment, reviewer } => {
            let reviewer = reviewer.unwrap_or_else(user);
            let marks: BTreeMap<String, Mark> = marks.into_iter().collect();
            let filled = Filled { attempt: AttemptId(attempt), agent, reviewer, marks, comment };
            review(store, config, filled, (now, language)).await?;
        }
        QualityCommand::Report { days, csv } => {
            let window = config.statistics.basis.windows.of(Channel::AgentCall);
            let period = Period { to: Timestamp::MAX, ..last_days(now, days) };
            let calls = store.reviewed_calls(period, window).await?;
            if csv {
                let reviews = calls.iter().map(|call| call.reviews.len()).sum();
                note_export(store, "quality report --csv", format!("days={days}"), Some(reviews)).await?;
            }
            print!("{}", if csv { csv_of_reviews(&calls) } else { report_text(config, &calls, language) });
        }
    }
    Ok(())
}

/// An agent of no file is one still while talks of his are there to be listened to.
async fn refuse_nobody(
    store: &Store,
    config: &Config,
    agent: &AgentId,
    language: Language,
) -> anyhow::Result<()> {
    let known = config.agents.desks.contains_key(agent)
        || !store.quality_candidates(always(), Some(agent.clone())).await?.is_empty();
    let nobody = language.pick(
        format!("there is no agent {agent}: neither in agents.toml nor in a recorded talk"),
        format!("оператора {agent} нет: ни в agents.toml, ни в записанных разговорах"),
    );
    ensure!(known, nobody);
    Ok(())
}

async fn review(
    store: &Store,
    config: &Config,
    filled: Filled,
    (now, language): (Timestamp, Language),
) -> anyhow::Result<()> {
    if let Err(unfit) = config.quality.form.mark(&filled.marks) {
        bail!(unfit.text(language));
    }
    match take_review(store, &config.quality.form, filled, now).await? {
        Reviewed::Now { raw_bp, critical } => {
            let critical = match (critical, language) {
                (false, _) => "",
                (true, Language::En) => ", critical",
                (true, Language::Ru) => ", критическая",
            };
            println!("{:.1} %{critical}", f64::from(raw_bp) / 100.0);
        }
        refused => bail!(refused.refusal(language).unwrap_or_default()),
    }
    Ok(())
}

fn report_text(config: &Config, calls: &[ReviewedCall], language: Language) -> String {
    let pick = |en: &'static str, ru: &'static str| if language == Language::Ru { ru } else { en };
    let (each, team) = agents(calls);
    let mut text = pick(
        "agent: calls, raw marks / calls, kept marks / calls, kept whole for a payment, critical\n",
        "оператор: звонков, исходные оценки / звонки, итоговые / звонки, сохранено за платёж, критических\n",
    )
    .to_owned();
    let small = pick("few calls: it may be chance", "мало звонков: может быть случайностью");
    let row = |name: &str, figure: &AgentQuality| {
        let mean = |mean: f64| format!("{mean:>5.1} %");
        let none = || format!("{:>7}", "—");
        let (raw, kept) =
            figure.means().map_or_else(|| (none(), none()), |(raw, kept)| (mean(raw), mean(kept)));
        let said = if figure.is_small() { small } else { "" };
        let (calls, paid, critical) = (figure.calls, figure.kept_for_payment, figure.critical);
        format!("{name:<20} {calls:>5}  {raw}  {kept}  {paid:>4}  {critical:>4}  {said}\n")
    };
    for (agent, figure) in &each {
        text += &row(agent.as_str(), figure);
    }
    text += &row(pick("team", "команда"), &team);
    text += pick("not met / reviews in which it applied\n", "не выполнен / оценок, где был уместен\n");
    for figure in criteria(&config.quality.form, calls) {
        text += &format!("{:<20} {}\n", figure.key, figure.not_met);
    }
    let agreement = Agreement::of(calls);
    let points = agreement.mean_difference_bp().map_or("—".to_owned(), |bp| format!("{:.1}", bp / 100.0));
    let alpha = agreement.alpha.map_or("—".to_owned(), |alpha| format!("{alpha:.3}"));
    let (shared, pairs) = (agreement.calls, agreement.pairs);
    text += &match language {
        Language::En => format!(
            "calibration: {shared} calls, {pairs} pairs; differences / pairs: {points} points; Krippendorff's alpha: {alpha}\n"
        ),
        Language::Ru => format!(
            "калибровка: {shared} звонков, {pairs} пар; разницы / пары: {points} п. п.; альфа Криппендорфа: {alpha}\n"
        ),
    };
    text
}
