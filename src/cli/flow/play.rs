//! `obzvon flow play`: walks through a flow in the terminal.

use std::io::{self, BufRead, Write};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;

use super::files::{self, Folder};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{DebtKind, Language};
use crate::ivr::{Debtor, Rehearsal};

const HELP: &str =
    "keys: 0-9 * #; an empty line: silence; events: agent no_agent machine beep pause resume hangup";

/// The flow and the invented debtor.
#[derive(Debug, Args)]
pub struct Play {
    /// Name of a flow or path of its file.
    flow: String,
    /// The debtor's name; without it the wording without a name is said.
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    creditor: Option<String>,
    /// What is owed: 1234.50.
    #[arg(long)]
    amount: Option<String>,
    #[arg(long)]
    due: Option<Date>,
    #[arg(long)]
    today: Option<Date>,
}

impl Play {
    /// Reads turns from the terminal until the flow is over; the end of the input hangs up.
    ///
    /// # Errors
    /// When the flow cannot be read, or the terminal.
    pub fn run(&self, folder: &Folder) -> anyhow::Result<bool> {
        let path = folder.flow_file(&self.flow);
        let flow = match folder.flow(&path)? {
            Ok(flow) => Arc::new(flow),
            Err(mistakes) => {
                files::show(&path, &mistakes, folder.language());
                return Ok(false);
            }
        };
        let config = folder.config();
        let kind = config.as_ref().and_then(|config| kind_of(config, flow.name()));
        let facts = self.debtor(kind, folder.spoken()).facts().map_err(|why| anyhow!(why))?;
        // A debtor would hear nothing of it: campaigns hold such debts back.
        match folder.packs(config.as_ref()) {
            Ok(packs) if packs.can_tell(&flow, facts.language, &facts.creditor, facts.amount) => {}
            Ok(_) => eprintln!(
                "warning: the {} pack cannot say this debt, its sum or its creditor {:?}: it would not be called about",
                facts.language.code(),
                facts.creditor
            ),
            Err(fault) => eprintln!("warning: what the packs can say is not known: {fault:#}"),
        }
        println!("{}; {HELP}", flow.label());
        let mut call = Rehearsal::begin(flow, facts, Clock.now(), &super::heard);
        let mut lines = io::stdin().lock().lines();
        let mut shown = Shown::default();
        shown.show(&call);
        while !call.is_over() {
            print!("> ");
            io::stdout().flush().context("writing to the terminal")?;
            let line = lines.next().transpose().context("reading the terminal")?;
            let turn = match line.as_deref().map(str::trim) {
                None => "hangup",
                Some("") => "silence",
                Some(turn) => turn,
            };
            if let Err(why) = call.turn(turn) {
                println!("{why}; {HELP}");
            }
            shown.show(&call);
            while turn != "hangup" && call.hear() {
                shown.show(&call);
            }
        }
        let outcome = call.disposition.map_or("none", |outcome| outcome.code());
        let grades: Vec<_> = call.grades.iter().map(|grade| grade.code()).collect();
        let steps: Vec<_> = call.run().trail().map(|(_, step)| step).collect();
        println!("outcome: {outcome}\ngrades: {}\nsteps: {}", grades.join(", "), steps.join(" → "));
        println!("keys: {}", call.run().keys_masked());
        Ok(true)
    }

    /// The debtor asked for; what is left open is invented so that it fits debts of `kind`.
    fn debtor(&self, kind: Option<DebtKind>, lang: Language) -> Debtor {
        let invented = Debtor::default();
        let today = self.today.unwrap_or(invented.today);
        let due = match kind {
            _ if self.today.is_none() && kind.is_none_or(|kind| kind == DebtKind::Current) => invented.due,
            None | Some(DebtKind::Current) => today.saturating_add(11.days()),
            Some(DebtKind::Overdue) => today.saturating_sub(21.days()),
            Some(DebtKind::Collectible) => today.saturating_sub(5.years()),
        };
        Debtor {
            name: self.name.clone(),
            lang,
            creditor: self.creditor.clone().unwrap_or(invented.creditor),
            amount: self.amount.clone().unwrap_or(invented.amount),
            due: self.due.unwrap_or(due),
            today,
            ..invented
        }
    }
}

/// The kind of debt that a campaign plays this flow for.
fn kind_of(config: &Config, flow: &str) -> Option<DebtKind> {
    config.campaigns.iter().find_map(|plan| {
        let mut kinds = plan.targets.kinds.iter();
        kinds.find(|&&kind| plan.flow_for(kind) == flow).copied()
    })
}

/// How much of the call the terminal has seen.
#[derive(Default)]
struct Shown {
    said: usize,
    acts: usize,
    promised: bool,
}

impl Shown {
    fn show(&mut self, call: &Rehearsal<'_>) {
        for act in &call.acts[self.acts..] {
            println!("  [{act}]");
        }
        for said in &call.said[self.said..] {
            println!("  {said}");
        }
        if let Some(day) = call.promised.filter(|_| !self.promised) {
            println!("  [promised {day}]");
        }
        (self.acts, self.said) = (call.acts.len(), call.said.len());
        self.promised = call.promised.is_some();
    }
}
