//! `obzvon event`: the ledger by hand: messages, visits, letters and calls made elsewhere, and corrections.

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;

use super::open::{ConfigArgs, act, work};
use super::standing::{Signed, nonblank, persons};
use crate::daemon::Clock;
use crate::domain::{Currency, EventId, PhoneNumber, ToldReaction};
use crate::import::cell;
use crate::rules::event::EXACT_CHANNELS;
use crate::rules::limits::two_people;
use crate::rules::{Agent, EventKind};
use crate::store::{ByHand, Corrected, Past, PastContact, Recorded, Store};

/// The ledger of contacts: what was done elsewhere is added, a mistake is corrected, nothing is changed
#[derive(Debug, Args)]
pub struct EventArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: EventCommand,
}

#[derive(Debug, Subcommand)]
enum EventCommand {
    Add(Add),
    /// Say that an entry was of another kind; it stands and the correction is counted. What counted it may count it no
    /// more, so two people answer for it
    Correct {
        event: i64,
        kind: String,
        #[command(flatten)]
        signed: Signed,
        /// Who else has looked at the evidence
        #[arg(long, value_name = "WHO", value_parser = nonblank)]
        second: String,
    },
    /// List the entries that count for a person
    List {
        person: String,
    },
}

/// Add a message, visit, letter or call, such as: event add 1001 message --id crm-77
#[derive(Debug, Args)]
struct Add {
    /// His id in the lists, or his number (+79991234567)
    person: String,
    /// message, visit, letter, conversation, answered_unknown, voicemail and the like
    kind: String,
    /// The entry's own id: told twice, it changes nothing
    #[arg(long, value_parser = nonblank)]
    id: String,
    /// When it happened; now where absent
    #[arg(long)]
    at: Option<Timestamp>,
    /// The number it went to
    #[arg(long)]
    phone: Option<String>,
    /// The exact channel: sms, whatsapp, email; the kind's usual one where absent
    #[arg(long)]
    channel: Option<String>,
    /// human or robot
    #[arg(long)]
    agent: Option<String>,
    #[arg(long)]
    creditor: Option<String>,
    /// The debt's id at the creditor
    #[arg(long)]
    debt: Option<String>,
    /// What he did in it: complaint, dispute, opt_out, promise; the first three hold him from now on
    #[arg(long = "reaction", value_name = "WORD")]
    reactions: Vec<String>,
    /// The last day on which he would pay what he promised (2026-03-10)
    #[arg(long)]
    promised_on: Option<Date>,
    /// How much of it, in the debt's currency; all that he owed then where absent
    #[arg(long, value_name = "SUM")]
    promised_amount: Option<String>,
}

impl EventArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or a word is not known.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            // A case that a contact brings is due by the configuration's days.
            EventCommand::Add(_) => work(&self.config, async |store, _| carry_out(store, self.command).await),
            EventCommand::Correct { .. } | EventCommand::List { .. } => {
                act(&self.config, async |store| carry_out(store, self.command).await)
            }
        }
    }
}

async fn carry_out(store: &Store, command: EventCommand) -> anyhow::Result<()> {
    match command {
        EventCommand::Add(add) => {
            let past = Past {
                contacts: vec![add.read()?],
                source: "command".to_owned(),
                dry_run: false,
                strict: true,
            };
            match store.record_past(past, Clock.wall()).await?.first() {
                Some(Recorded::New) => println!("added"),
                Some(Recorded::Known) => println!("known already; nothing was changed"),
                Some(Recorded::Differs) => {
                    bail!(
                        "another entry was added by this id before: take an id of its own, or correct that one"
                    )
                }
                Some(Recorded::NoCreditor) => bail!("no list has a creditor of that name: nothing was added"),
                Some(Recorded::NoDebt | Recorded::OfNoDebt { .. }) => {
                    bail!("he has no debt of that id, and a promise is of one: nothing was added")
                }
                Some(Recorded::NoPerson) | None => bail!("nobody has this id or number"),
            }
        }
        EventCommand::Correct { event, kind, signed, second } => {
            let kind = read_kind(&kind)?;
            ensure!(two_people(signed.name(), &second), "--by and --second are to be two different people");
            let hand = signed.hand();
            let hand = ByHand { who: format!("{}; {second}", hand.who), ..hand };
            let corrected = store.correct_event(EventId(event), kind, hand, Clock.wall());
            match corrected.await? {
                Corrected::Now { by } => println!("corrected by entry {by}"),
                Corrected::Before { by } => bail!("it was corrected by entry {by}: correct that one"),
                Corrected::Open { attempt } => {
                    bail!("call {attempt} is not over: its end says what it was")
                }
                Corrected::Answered { attempt } => {
                    bail!("call {attempt} was answered: it can't have been {}", kind.code())
                }
                Corrected::NoEvent => bail!("the ledger has no entry {event}"),
            }
        }
        EventCommand::List { person } => {
            persons(store, &person).await?;
            for file in store.person_files(&person).await? {
                let Some(phone) = file.phones.first() else { continue };
                for event in phone.history.events().iter().filter(|event| event.person == file.id) {
                    let kind = event.kind.code();
                    println!("{:>8} {} {kind:<20} {}", event.id, event.at, event.channel_exact);
                }
            }
        }
    }
    Ok(())
}

impl Add {
    fn read(self) -> anyhow::Result<PastContact> {
        let now = Clock.wall();
        ensure!(self.at.is_none_or(|at| at <= now), "the time lies ahead");
        let number = |text: &str| PhoneNumber::parse(text).ok();
        let (person, phone) = match (self.phone, number(&self.person)) {
            (Some(phone), _) => {
                (Some(self.person), Some(number(&phone).context("a number is written +79991234567")?))
            }
            (None, Some(number)) => (None, Some(number)),
            (None, None) => (Some(self.person), None),
        };
        let mut reaction = ToldReaction { promised_on: self.promised_on, ..ToldReaction::default() };
        let known = self.reactions.iter().all(|word| reaction.take(word));
        ensure!(known, "reactions are: {}", ToldReaction::WORDS.join(", "));
        let sum = self.promised_amount.map(|text| cell::money(&text, Currency::Rub));
        reaction.promised_minor =
            sum.transpose().ok().context("the sum promised is not one")?.map(|sum| sum.minor);
        ensure!(
            reaction.promise_is_sound(self.at.unwrap_or(now)),
            "a promise has a day that is not over at the contact, and a sum above nothing only with it"
        );
        let agent = self.agent.map(|word| Agent::parse(&word).context("human or robot")).transpose()?;
        Ok(PastContact {
            person,
            phone,
            at: self.at,
            kind: read_kind(&self.kind)?,
            channel_exact: self.channel.map(read_channel).transpose()?,
            agent,
            creditor: self.creditor,
            debt: self.debt,
            external_id: self.id,
            reaction,
        })
    }
}

/// A channel that rules tell apart.
fn read_channel(word: String) -> anyhow::Result<String> {
    ensure!(EXACT_CHANNELS.contains(&word.as_str()), "channels are: {}", EXACT_CHANNELS.join(", "));
    Ok(word)
}

/// A kind of the ledger; the gate alone writes reservations.
fn read_kind(word: &str) -> anyhow::Result<EventKind> {
    let kinds = || EventKind::ALL.iter().filter(|kind| **kind != EventKind::InFlight);
    let known = || kinds().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    let kind = kinds().find(|kind| kind.code() == word);
    kind.copied().with_context(|| format!("kinds are: {}", known()))
}
