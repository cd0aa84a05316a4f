//! `obzvon complaints`: complaints and disputes, listed with what is overdue first, registered, answered and closed.

mod answers;
mod table;

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::export::note_export;
use super::open::{ConfigArgs, block_on, store};
use super::report::is_forward;
use super::standing::{login, user};
use crate::cases::{
    Act, Acted, By, CaseFile, CaseFilter, CaseLine, Kind, NewCase, Number, Refused, Registered, Source,
    Standing, State, TriggerLine,
};
use crate::daemon::Clock;
use crate::domain::{AttemptId, Language, plain};
use crate::store::{Period, Store};

pub use table::{csv_of_cases, csv_of_history, csv_of_triggers};

/// Complaints and disputes: whoever complains is not called automatically until somebody closes his case
#[derive(Debug, Args)]
pub struct CasesArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: Option<CasesCommand>,
}

#[derive(Debug, Subcommand)]
enum CasesCommand {
    /// The open cases, the overdue ones first: exit 1 while one is overdue
    List {
        /// Closed ones too
        #[arg(long)]
        closed: bool,
        /// ordinary, personal_data, regulator, dispute or written_dispute
        #[arg(long, value_parser = kind)]
        kind: Option<Kind>,
        /// Those of one owner
        #[arg(long)]
        owner: Option<String>,
        #[arg(long)]
        csv: bool,
    },
    /// One case with its history
    Show {
        #[arg(value_parser = number)]
        number: Number,
    },
    /// Register a case from mail, chat, the hotline, a creditor or a regulator
    Add {
        #[arg(value_parser = kind)]
        kind: Kind,
        /// chat, creditor, email, hotline, mail or regulator
        #[arg(long, value_parser = source)]
        source: Source,
        /// His id in the lists or his number; without it nobody is held
        #[arg(long)]
        person: Option<String>,
        /// The debt's id at the creditor
        #[arg(long)]
        debt: Option<String>,
        /// Whose debt it is, where two creditors have a debt of that id
        #[arg(long)]
        creditor: Option<String>,
        /// The call it is about
        #[arg(long)]
        attempt: Option<i64>,
        /// When it was received; now where absent
        #[arg(long)]
        received: Option<Timestamp>,
        /// What he says
        #[arg(long)]
        text: String,
    },
    /// Give a case to its owner, a user who may work cases: yourself where nobody is named
    Take {
        #[arg(value_parser = number)]
        number: Number,
        #[arg(long)]
        owner: Option<String>,
    },
    /// Add to a case's history
    Note {
        #[arg(value_parser = number)]
        number: Number,
        text: String,
    },
    /// Write down what he was answered
    Answer {
        #[arg(value_parser = number)]
        number: Number,
        text: String,
    },
    /// Close a case: he may be called again, unless something else forbids it
    Close {
        #[arg(value_parser = number)]
        number: Number,
        /// He was right
        #[arg(long, conflicts_with = "unjustified", required_unless_present = "unjustified")]
        justified: bool,
        /// He was not
        #[arg(long)]
        unjustified: bool,
        /// What was done about it
        #[arg(long)]
        measure: String,
    },
    /// Write down what the creditor says to a dispute: not owed of every debt closes it as justified, owed upholds the debt
    Creditor {
        #[arg(value_parser = number)]
        number: Number,
        /// The debt is owed as it stands
        #[arg(long, conflicts_with = "not_owed", required_unless_present = "not_owed")]
        owed: bool,
        /// It is not
        #[arg(long)]
        not_owed: bool,
        /// The debt's id at the creditor, where the dispute is about several
        #[arg(long)]
        debt: Option<String>,
        /// Whose debt it is; without --debt he speaks of all that is owed to him
        #[arg(long)]
        creditor: Option<String>,
        text: String,
    },
    /// Read a creditor's answers from a CSV file with the columns case, owed (yes or no) and text; debt and creditor where a dispute is about several debts
    Answers { file: std::path::PathBuf },
    /// Open a closed case again: he is held again
    Reopen {
        #[arg(value_parser = number)]
        number: Number,
        #[arg(long)]
        why: String,
    },
    /// Change a case's kind, and its deadline with it
    Kind {
        #[arg(value_parser = number)]
        number: Number,
        #[arg(value_parser = kind)]
        kind: Kind,
    },
    /// Say whom a case is about, where that was not known
    Link {
        #[arg(value_parser = number)]
        number: Number,
        person: String,
    },
    /// Complaints and marked triggers against answered calls
    Triggers {
        /// agent, campaign, flow or stage
        #[arg(long, default_value = "agent", value_parser = by)]
        by: By,
        /// From this moment (2026-12-01T00:00:00Z)
        #[arg(long)]
        from: Option<Timestamp>,
        /// Before this moment
        #[arg(long)]
        to: Option<Timestamp>,
        #[arg(long)]
        csv: bool,
    },
}

fn number(text: &str) -> Result<Number, String> {
    Number::parse(text).ok_or_else(|| "a case's number is C-000017".to_owned())
}

fn kind(code: &str) -> Result<Kind, String> {
    let codes = Kind::ALL.map(Kind::code).join(", ");
    Kind::parse(code).ok_or_else(|| format!("kinds are: {codes}"))
}

fn source(code: &str) -> Result<Source, String> {
    let codes = Source::OUTSIDE.map(Source::code).join(", ");
    let found = Source::parse(code).filter(|source| Source::OUTSIDE.contains(source));
    found.ok_or_else(|| format!("sources are: {codes}"))
}

fn by(code: &str) -> Result<By, String> {
    By::parse(code).ok_or_else(|| format!("by is one of: {}", By::ALL.map(By::code).join(", ")))
}

impl CasesArgs {
    /// Carries the command out. Listing exits with 1 while something is overdue.
    ///
    /// # Errors
    /// When the store fails, or the act can't be done.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let language = self.config.language();
        let usual = CasesCommand::List { closed: false, kind: None, owner: None, csv: false };
        let zone = config.cases.zone.clone();
        block_on(async {
            let store = store(&config).await?;
            let done = carry_out(&store, self.command.unwrap_or(usual), &zone, language).await;
            store.close().await;
            done
        })
    }
}

async fn carry_out(
    store: &Store,
    command: CasesCommand,
    zone: &TimeZone,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let now = Clock.wall();
    let (number, act) = match command {
        CasesCommand::List { closed, kind, owner, csv } => {
            let filter = CaseFilter { closed, kind, owner };
            let said = filter.said();
            let lines = store.cases(filter).await?;
            if csv {
                note_export(store, "cases list --csv", said, Some(lines.len())).await?;
            }
            print!(
                "{}",
                if csv { csv_of_cases(&lines, now) } else { list_text(&lines, now, zone, language) }
            );
            let (_, overdue) = store.open_cases(now).await?;
            return Ok(ExitCode::from(u8::from(overdue > 0)));
        }
        CasesCommand::Show { number } => {
            let file = store.case_file(number).await?.with_context(|| no_case(number, language))?;
            if let Some(person) = file.person {
                store.note_access(person, &user(), &format!("case {number}: opened"), now).await?;
            }
            print!("{}", file_text(&file, now, zone, language));
            return Ok(ExitCode::SUCCESS);
        }
        CasesCommand::Add { kind, source, person, debt, creditor, attempt, received, text } => {
            let ahead = match language {
                Language::En => "--received is in the future",
                Language::Ru => "--received ещё не наступило",
            };
            ensure!(received.is_none_or(|at| at <= now), ahead);
            let (received, attempt) = (received.unwrap_or(now), attempt.map(AttemptId));
            let case =
                NewCase { kind, source, person, debt, creditor, attempt, received, text, outside_id: None };
            return register(store, case, language).await;
        }
        CasesCommand::Triggers { by, from, to, csv } => {
            let period =
                Period { from: from.unwrap_or(Timestamp::UNIX_EPOCH), to: to.unwrap_or(Timestamp::MAX) };
            is_forward(period, language)?;
            let lines = store.trigger_report(by, period).await?;
            print!("{}", if csv { csv_of_triggers(&lines) } else { triggers_text(by, &lines, language) });
            return Ok(ExitCode::SUCCESS);
        }
        CasesCommand::Take { number, owner } => {
            let owner = owner.unwrap_or_else(login);
            ensure!(store.works_cases(&owner).await?, "{number}: {}", Refused::NobodyWorksSo.text(language));
            (number, Act::Take { owner })
        }
        CasesCommand::Note { number, text } => (number, Act::Note { text }),
        CasesCommand::Answer { number, text } => (number, Act::Answer { text }),
        CasesCommand::Close { number, justified, measure, .. } => (number, Act::Close { justified, measure }),
        CasesCommand::Creditor { number, owed, debt, creditor, text, .. } => {
            (number, Act::Creditor { owed, debt, creditor, text })
        }
        CasesCommand::Answers { file } => return answers::read(store, &file, language).await,
        CasesCommand::Reopen { number, why } => (number, Act::Reopen { why }),
        CasesCommand::Kind { number, kind } => (number, Act::Kind { kind }),
        CasesCommand::Link { number, person } => (number, Act::Link { person }),
    };
    match store.act_on_case(number, act, user(), now).await? {
        Acted::Done(state) => println!("{number}: {}", state.name(language)),
        Acted::NoCase => bail!(no_case(number, language)),
        Acted::Refused(why) => bail!("{number}: {}", why.text(language)),
    }
    Ok(ExitCode::SUCCESS)
}

fn no_case(number: Number, language: Language) -> String {
    match language {
        Language::En => format!("there is no case {number}"),
        Language::Ru => format!("дела {number} нет"),
    }
}

async fn register(store: &Store, case: NewCase, language: Language) -> anyhow::Result<ExitCode> {
    let empty = match language {
        Language::En => "--text: say what he says",
        Language::Ru => "--text: напишите, что он говорит",
    };
    ensure!(!case.text.trim().is_empty(), empty);
    let pick = |en, ru| if language == Language::Ru { ru } else { en };
    match store.register_case(case, user(), Clock.wall()).await? {
        Registered::New { number, held } => {
            let held = match held {
                true => pick(
                    "no automatic calls to him until it is closed",
                    "до закрытия автоматических звонков ему нет",
                ),
                false => {
                    pick("nobody is held: say whom it is about", "звонки не остановлены: укажите, о ком дело")
                }
            };
            println!("{number}: {held}");
        }
        Registered::Known { number } => println!("{number}"),
        refused => bail!(refused.refusal(language).unwrap_or_default()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The last day on which it is in time: a deadline is that day's end.
fn last_day(due: Timestamp, zone: &TimeZone) -> String {
    let last = due.checked_sub(SignedDuration::from_secs(1)).unwrap_or(due);
    last.to_zoned_datetime(zone.clone()).date().to_string()
}

fn list_text(lines: &[CaseLine], now: Timestamp, zone: &TimeZone, language: Language) -> String {
    if lines.is_empty() {
        return match language {
            Language::En => "no open case\n".to_owned(),
            Language::Ru => "открытых дел нет\n".to_owned(),
        };
    }
    let mut text = String::new();
    for line in lines {
        let standing = match line.state {
            State::Closed => "",
            State::Answered | State::InWork | State::New => {
                Standing::of(line.presses_at(), now).name(language)
            }
        };
        let (kind, state) = (line.subject(language), line.state.name(language));
        let (owner, person) = (line.owner.as_deref().unwrap_or("—"), line.person.as_deref().unwrap_or("—"));
        text += &format!(
            "{}  {kind:<22} {state:<9} {}  {standing:<12} {}  {}\n",
            line.number,
            last_day(line.due, zone),
            plain(owner),
            plain(person)
        );
    }
    text
}

fn file_text(file: &CaseFile, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let moment = |at: Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M").to_string();
    let mut text = list_text(std::slice::from_ref(&file.line), now, zone, language);
    if let Some(asked) = asked_text(&file.line, now, zone, language) {
        text += &format!("  {asked}\n");
    }
    for debt in &file.debts {
        let said = match (debt.owed, language) {
            (None, _) => "—",
            (Some(true), Language::En) => "owed",
            (Some(true), Language::Ru) => "должен",
            (Some(false), Language::En) => "not owed",
            (Some(false), Language::Ru) => "не должен",
        };
        text += &format!("  {}, {}: {said}\n", plain(&debt.debt), plain(&debt.creditor));
    }
    for act in &file.acts {
        let (who, did, words) = (act.who_told(language), act.act_told(language), act.text_told(language));
        text += &format!("  {}  {}  {did}  {}\n", moment(act.at), plain(who), plain(&words));
    }
    for call in &file.calls {
        let agent = call.agent.as_deref().unwrap_or("—");
        let outcome = call.outcome.map_or("", |outcome| super::words::outcome(outcome.code(), language));
        let recorded = if call.recorded { "●" } else { " " };
        text += &format!("  {recorded} {}  {}  {}  {outcome}\n", call.attempt, moment(call.at), plain(agent));
    }
    text
}

/// Whether the creditor was asked, while he has said nothing.
fn asked_text(line: &CaseLine, now: Timestamp, zone: &TimeZone, language: Language) -> Option<String> {
    let due = line.asked_due.filter(|_| line.creditor_says_owed.is_none())?;
    Some(if !line.asked_told {
        language
            .pick(
                "the creditor was not asked: none of his systems takes questions",
                "кредитора не спросили: его системы не принимают вопросы",
            )
            .to_owned()
    } else if line.is_creditor_late(now) {
        language.pick("the creditor is silent beyond his time", "кредитор не ответил в срок").to_owned()
    } else {
        format!(
            "{} {}",
            language.pick("the creditor was asked, until", "кредитора спросили, до"),
            last_day(due, zone)
        )
    })
}

fn triggers_text(by: By, lines: &[TriggerLine], language: Language) -> String {
    let (head, small) = match language {
        Language::En => (
            "answered calls: with a complaint / answered, with a conflict marked / answered, justified / with a complaint",
            "few calls: it may be chance",
        ),
        Language::Ru => (
            "отвеченные звонки: с жалобой / отвечено, с отметкой «конфликт» / отвечено, обоснованных / с жалобой",
            "мало звонков: может быть случайностью",
        ),
    };
    let mut text = format!("{}; {head}\n", by.name(language));
    for line in lines {
        let (complained, triggered, right) = (line.complained(), line.triggered(), line.was_right());
        let small = if line.is_small() { small } else { "" };
        text += &format!("{:<24} {complained}  {triggered}  {right}  {small}\n", plain(&line.key));
    }
    text
}
