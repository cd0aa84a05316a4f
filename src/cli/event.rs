//! `obzvon event`: the ledger by hand: messages, visits, letters and calls made elsewhere, and corrections.

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;

use super::open::{ConfigArgs, act, work};
use super::standing::{Signed, how_a_number_is_written, nonblank, persons};
use crate::daemon::Clock;
use crate::domain::{Currency, EventId, Language, PhoneNumber, ToldReaction};
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
        let language = self.config.language();
        match self.command {
            // A case that a contact brings is due by the configuration's days.
            EventCommand::Add(_) => {
                work(&self.config, async |store, _| carry_out(store, self.command, language).await)
            }
            EventCommand::Correct { .. } | EventCommand::List { .. } => {
                act(&self.config, async |store| carry_out(store, self.command, language).await)
            }
        }
    }
}

async fn carry_out(store: &Store, command: EventCommand, language: Language) -> anyhow::Result<()> {
    match command {
        EventCommand::Add(add) => {
            let past = Past {
                contacts: vec![add.read(language)?],
                source: "command".to_owned(),
                dry_run: false,
                strict: true,
            };
            println!("{}", added(store.record_past(past, Clock.wall()).await?.first(), language)?);
        }
        EventCommand::Correct { event, kind, signed, second } => {
            let kind = read_kind(&kind, language)?;
            let alone = language.pick(
                "--by and --second are to be two different people",
                "--by и --second — это должны быть два разных человека",
            );
            ensure!(two_people(signed.name(), &second), alone);
            let hand = signed.hand();
            let hand = ByHand { who: format!("{}; {second}", hand.who), ..hand };
            let came_to = store.correct_event(EventId(event), kind, hand, Clock.wall()).await?;
            println!("{}", corrected(came_to, (event, kind), language)?);
        }
        EventCommand::List { person } => {
            persons(store, &person, language).await?;
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

/// # Errors
/// Why nothing was added.
fn added(recorded: Option<&Recorded>, language: Language) -> anyhow::Result<&'static str> {
    let why = match recorded {
        Some(Recorded::New) => return Ok(language.pick("added", "добавлено")),
        Some(Recorded::Known) => {
            return Ok(
                language.pick("known already; nothing was changed", "уже известно; ничего не изменилось")
            );
        }
        Some(Recorded::Differs) => language.pick(
            "another entry was added by this id before: take an id of its own, or correct that one",
            "с этим --id уже добавлена другая запись: возьмите свой id или исправьте ту",
        ),
        Some(Recorded::NoCreditor) => language.pick(
            "no list has a creditor of that name: nothing was added",
            "такого кредитора нет ни в одном списке: ничего не добавлено",
        ),
        Some(Recorded::NoDebt | Recorded::OfNoDebt { .. }) => language.pick(
            "he has no debt of that id, and a promise is of one: nothing was added",
            "такого долга у него нет, а обещают по долгу: ничего не добавлено",
        ),
        Some(Recorded::NoPerson) | None => {
            language.pick("nobody has this id or number", "ни у кого нет такого id или номера")
        }
    };
    bail!(why)
}

/// # Errors
/// Why the entry stays as it is.
fn corrected(
    came_to: Corrected,
    (event, kind): (i64, EventKind),
    language: Language,
) -> anyhow::Result<String> {
    let why = match came_to {
        Corrected::Now { by } => {
            return Ok(language.pick(format!("corrected by entry {by}"), format!("исправлено записью {by}")));
        }
        Corrected::Before { by } => language.pick(
            format!("it was corrected by entry {by}: correct that one"),
            format!("она уже исправлена записью {by}: исправляйте её"),
        ),
        Corrected::Open { attempt } => language.pick(
            format!("call {attempt} is not over: its end says what it was"),
            format!("звонок {attempt} ещё идёт: чем он был, скажет его конец"),
        ),
        Corrected::Answered { attempt } => language.pick(
            format!("call {attempt} was answered: it can't have been {}", kind.code()),
            format!("на звонок {attempt} ответили: он не мог быть {}", kind.code()),
        ),
        Corrected::NoEvent => language.pick(
            format!("the ledger has no entry {event}"),
            format!("записи {event} в журнале контактов нет"),
        ),
    };
    bail!(why)
}

impl Add {
    fn read(self, language: Language) -> anyhow::Result<PastContact> {
        let now = Clock.wall();
        let ahead = language.pick("the time lies ahead", "это время ещё не наступило");
        ensure!(self.at.is_none_or(|at| at <= now), ahead);
        let number = |text: &str| PhoneNumber::parse(text).ok();
        let (person, phone) = match (self.phone, number(&self.person)) {
            (Some(phone), _) => {
                (Some(self.person), Some(number(&phone).context(how_a_number_is_written(language))?))
            }
            (None, Some(number)) => (None, Some(number)),
            (None, None) => (Some(self.person), None),
        };
        let mut reaction = ToldReaction { promised_on: self.promised_on, ..ToldReaction::default() };
        let known = self.reactions.iter().all(|word| reaction.take(word));
        let words = ToldReaction::WORDS.join(", ");
        ensure!(known, language.pick(format!("reactions are: {words}"), format!("реакции бывают: {words}")));
        let no_sum = language.pick("the sum promised is not one", "обещанная сумма не читается");
        let sum = self.promised_amount.map(|text| cell::money(&text, Currency::Rub));
        reaction.promised_minor = sum.transpose().ok().context(no_sum)?.map(|sum| sum.minor);
        let unsound = language.pick(
            "a promise has a day that is not over at the contact, and a sum above nothing only with it",
            "у обещания есть день, не прошедший к контакту, а сумма бывает только с ним и больше нуля",
        );
        ensure!(reaction.promise_is_sound(self.at.unwrap_or(now)), unsound);
        let agents = language.pick("--agent is human or robot", "--agent — это human или robot");
        let agent = self.agent.map(|word| Agent::parse(&word).context(agents)).transpose()?;
        Ok(PastContact {
            person,
            phone,
            at: self.at,
            kind: read_kind(&self.kind, language)?,
            channel_exact: self.channel.map(|word| read_channel(word, language)).transpose()?,
            agent,
            creditor: self.creditor,
            debt: self.debt,
            external_id: self.id,
            reaction,
        })
    }
}

/// A channel that rules tell apart.
fn read_channel(word: String, language: Language) -> anyhow::Result<String> {
    let known = EXACT_CHANNELS.join(", ");
    let unknown = language.pick(format!("channels are: {known}"), format!("каналы бывают: {known}"));
    ensure!(EXACT_CHANNELS.contains(&word.as_str()), unknown);
    Ok(word)
}

/// A kind of the ledger; the gate alone writes reservations.
fn read_kind(word: &str, language: Language) -> anyhow::Result<EventKind> {
    let kinds = || EventKind::ALL.iter().filter(|kind| **kind != EventKind::InFlight);
    let known = || kinds().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    let kind = kinds().find(|kind| kind.code() == word);
    let unknown = || language.pick(format!("kinds are: {}", known()), format!("виды бывают: {}", known()));
    kind.copied().with_context(unknown)
}
