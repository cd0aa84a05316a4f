//! `obzvon pay`: a payment by hand, as the creditor's system would tell it.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;

use super::open::{ConfigArgs, act};
use crate::daemon::Clock;
use crate::domain::Currency;
use crate::store::{NewPayment, Paid};

/// Records a payment: the debt is not called about any more, and a ringing call is taken back within a second
#[derive(Debug, Args)]
pub struct Pay {
    #[command(flatten)]
    config: ConfigArgs,
    /// The creditor's id of the payment: told twice, it changes nothing
    #[arg(long)]
    id: String,
    /// The creditor's name, as in the lists
    #[arg(long)]
    creditor: String,
    /// The debt's id at the creditor
    #[arg(long)]
    debt: String,
    /// For example 1234.50
    #[arg(long)]
    amount: String,
    /// ISO 4217 code
    #[arg(long, default_value = "RUB")]
    currency: String,
    /// When it was paid; now where absent
    #[arg(long)]
    at: Option<Timestamp>,
}

impl Pay {
    /// Records it.
    ///
    /// # Errors
    /// When the store fails, the amount can't be read, or there is no such debt.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let currency = Currency::parse(&self.currency).context("currencies are RUB, KZT, USD, EUR")?;
        let amount = crate::import::cell::money(&self.amount, currency)
            .map_err(|_| anyhow::anyhow!("an amount is 1234.50"))?;
        if amount.minor <= 0 {
            bail!("a payment is a sum above 0");
        }
        let now = Clock.wall();
        let payment = NewPayment {
            external_id: self.id,
            creditor: self.creditor,
            debt: self.debt,
            amount,
            paid_at: self.at.unwrap_or(now),
        };
        act(&self.config, async |store| {
            match store.record_payment(payment, now).await? {
                Paid::Recorded { closed: true, .. } => println!("recorded; the debt is paid"),
                Paid::Recorded { closed: false, .. } => println!("recorded; a part is still owed"),
                Paid::Known => println!("known already; nothing was changed"),
                Paid::BeforeDebt => bail!("--at is more than a year before the debt was due"),
                Paid::InFuture => bail!("--at is in the future: a payment is told once it was made"),
                Paid::Differs => bail!("another payment was told by this id before"),
                Paid::OtherCurrency => bail!("the debt is in another currency than {}", currency.code()),
                Paid::NoDebt => bail!("the creditor has no debt of that id"),
            }
            Ok(())
        })
    }
}
