//! The command line: one file a command. Floor 4.

mod agent;
mod audit;
mod call;
pub mod campaign;
pub mod cases;
pub mod check;
pub mod csv_text;
mod db;
mod demo;
pub mod detect;
mod event;
pub mod exceptions;
pub mod explain;
mod export;
mod flow;
pub mod heard;
pub(crate) mod import;
mod names;
pub mod open;
mod pace;
mod password;
mod pay;
mod person;
mod prompt_folder;
mod prompts;
pub mod proposal;
pub mod quality;
mod quiet;
mod recording;
pub mod report;
mod reversal;
pub mod rules;
pub mod run;
mod say;
mod say_item;
pub mod screen_language;
pub mod sheet;
mod simulate;
mod standing;
mod user;
pub(crate) mod warnings;
pub mod words;
mod writeback;

pub use quiet::run_quietly;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Calls debtors by the rules and writes back what came of it.
#[derive(Debug, Parser)]
#[command(name = "obzvon", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Agent(agent::AgentArgs),
    Audit(audit::AuditArgs),
    Call(call::Call),
    Campaign(campaign::CampaignArgs),
    #[command(visible_alias = "disputes")]
    Complaints(cases::CasesArgs),
    Check(check::Check),
    Consent(standing::ConsentArgs),
    Db(db::Db),
    Demo(demo::Demo),
    Detect(detect::Detect),
    Event(event::EventArgs),
    Explain(explain::Explain),
    Export(export::Export),
    Flow(flow::FlowArgs),
    Import(import::Import),
    Prompts(prompts::Prompts),
    Hold(standing::HoldArgs),
    Pace(pace::Pace),
    Pay(pay::Pay),
    Person(person::PersonArgs),
    Preference(standing::PreferenceArgs),
    Proposal(proposal::ProposalArgs),
    Quality(quality::QualityArgs),
    Recording(recording::RecordingArgs),
    Report(report::Report),
    Reversal(reversal::Reversal),
    Rules(rules::RulesArgs),
    Run(run::Run),
    Say(say::Say),
    Simulate(simulate::Simulate),
    User(user::UserArgs),
    Writeback(writeback::WritebackArgs),
}

impl Cli {
    /// Carries the command out. Exit codes: 0 clean, 1 fault, 78 config.
    ///
    /// # Errors
    /// The command's fault, with what it was doing.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Agent(args) => args.run(),
            Command::Audit(args) => args.run(),
            Command::Call(call) => call.run(),
            Command::Campaign(args) => args.run(),
            Command::Complaints(args) => args.run(),
            Command::Check(check) => Ok(check.run()),
            Command::Consent(args) => args.run(),
            Command::Db(db) => db.run(),
            Command::Demo(demo) => demo.run(),
            Command::Detect(detect) => detect.run(),
            Command::Event(args) => args.run(),
            Command::Explain(explain) => explain.run(),
            Command::Export(export) => export.run(),
            Command::Flow(args) => args.run(),
            Command::Import(import) => import.run(),
            Command::Prompts(prompts) => prompts.run(),
            Command::Hold(args) => args.run(),
            Command::Pace(pace) => pace.run(),
            Command::Pay(pay) => pay.run(),
            Command::Person(args) => args.run(),
            Command::Preference(args) => args.run(),
            Command::Proposal(args) => args.run(),
            Command::Quality(args) => args.run(),
            Command::Recording(args) => args.run(),
            Command::Report(report) => report.run(),
            Command::Reversal(reversal) => reversal.run(),
            Command::Rules(args) => args.run(),
            Command::Run(run) => run.run(),
            Command::Simulate(simulate) => simulate.run(),
            Command::User(args) => args.run(),
            Command::Writeback(args) => args.run(),
            Command::Say(say) => say.run().map(|()| ExitCode::SUCCESS),
        }
    }
}
