//! `obzvon reversal`: a payment that bounced or was charged back, by hand, as the creditor's system would tell it.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use jiff::Timestamp;

use super::open::{ConfigArgs, act};
use crate::daemon::Clock;
use crate::store::{NewReversal, Reversed};

/// Takes a payment back: what it paid is owed again, and promises are judged anew
#[derive(Debug, Args)]
pub struct Reversal {
    #[command(flatten)]
    config: ConfigArgs,
    /// The creditor's name, as in the lists
    #[arg(long)]
    creditor: String,
    /// The id by which the payment was told
    #[arg(long)]
    payment: String,
    /// Why it went back
    #[arg(long)]
    why: String,
    /// When it went back; now where absent
    #[arg(long)]
    at: Option<Timestamp>,
}

impl Reversal {
    /// Records it.
    ///
    /// # Errors
    /// When the store fails, or there is no such payment.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let now = Clock.wall();
        if self.at.is_some_and(|at| at > now) {
            bail!("--at is in the future: a reversal is told once the money went back");
        }
        let reversal = NewReversal {
            creditor: self.creditor,
            payment: self.payment,
            debt: None,
            amount: None,
            at: self.at.unwrap_or(now),
            why: self.why,
        };
        act(&self.config, async |store| {
            match store.reverse_payment(reversal, now).await? {
                Reversed::Recorded { opened: true, .. } => println!("recorded; the debt is owed again"),
                Reversed::Recorded { opened: false, .. } => println!("recorded"),
                Reversed::BeforePayment => bail!("--at is before the payment was made"),
                Reversed::Known => println!("known already; nothing was changed"),
                Reversed::Differs | Reversed::NoPayment => {
                    bail!("the creditor has told no payment by that id")
                }
            }
            Ok(())
        })
    }
}
