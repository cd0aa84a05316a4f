//! One row of a file of past contacts, checked.

use jiff::Timestamp;
use jiff::civil::Time;
use rlibphonenumber::enums::Region;
use sha2::{Digest, Sha256};

use super::super::head::Head;
use super::super::{FileColumn, Record, cell};
use super::PastOptions;
use super::column::PastColumn;
use super::outcome::{PastReason, PastWay, agent, inbound, outcome, reactions, way};
use crate::domain::{Currency, PhoneNumber, ToldReaction};
use crate::rules::{Agent, EventKind};

/// A contact as the file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadContact {
    /// The person's id in the lists. It or the phone is there.
    pub person: Option<String>,
    pub phone: Option<PhoneNumber>,
    pub at: Timestamp,
    pub kind: EventKind,
    /// Of a message, or a call with a picture.
    pub channel_exact: Option<String>,
    pub agent: Option<Agent>,
    pub creditor: Option<String>,
    pub debt: Option<String>,
    /// The file's own id, else a digest of the row: the same when the row comes again.
    pub external_id: String,
    pub reaction: ToldReaction,
}

/// The longest text of a cell that is kept, in bytes.
const TEXT_LIMIT: usize = 512;

pub(super) struct ContactReader<'o> {
    pub head: Head<PastColumn>,
    pub options: &'o PastOptions,
}

impl ContactReader<'_> {
    /// Reads a row; `None`: no contact in it that a rule could count.
    pub fn read(&self, record: &Record) -> Result<Option<ReadContact>, Vec<PastReason>> {
        let mut wrong = Vec::new();
        let text = |column| self.head.text(record, column);
        let kept = |column| Some(text(column)).filter(|text| !text.is_empty()).map(str::to_owned);
        let too_long = PastColumn::ALL.iter().any(|column| text(*column).len() > TEXT_LIMIT);
        if too_long {
            wrong.push(PastReason::TextTooLong);
        }
        let (phone, person) = (note(self.phone(record), &mut wrong).flatten(), kept(PastColumn::Person));
        if phone.is_none() && person.is_none() && text(PastColumn::Phone).is_empty() {
            wrong.push(PastReason::PersonMissing);
        }
        let at = note(self.time(text(PastColumn::Time)), &mut wrong);
        let agent = note(agent(text(PastColumn::Agent)), &mut wrong).flatten();
        let contact = note(self.kind(record), &mut wrong);
        let reaction = note(self.reaction(record, at), &mut wrong).unwrap_or_default();
        if reaction.promise && text(PastColumn::Debt).is_empty() {
            wrong.push(PastReason::PromiseOfNoDebt);
        }
        if !reaction.is_none() && matches!(contact, Some(None)) {
            wrong.push(PastReason::ReactionToNothing);
        }
        let (Some(at), Some(contact), true) = (at, contact, wrong.is_empty()) else { return Err(wrong) };
        let Some((kind, channel_exact)) = contact else { return Ok(None) };
        let external_id = kept(PastColumn::Id).unwrap_or_else(|| self.digest(record));
        Ok(Some(ReadContact {
            person,
            phone,
            at,
            kind,
            channel_exact,
            agent,
            creditor: kept(PastColumn::Creditor),
            debt: kept(PastColumn::Debt),
            external_id,
            reaction,
        }))
    }

    /// What he did in it; `at` is when, where that is known.
    fn reaction(&self, record: &Record, at: Option<Timestamp>) -> Result<ToldReaction, PastReason> {
        let text = |column| self.head.text(record, column);
        let mut told = reactions(text(PastColumn::Reaction))?;
        let (on, sum) = (text(PastColumn::PromisedOn), text(PastColumn::PromisedSum));
        if !on.is_empty() {
            let month_first = self.options.region == Region::US;
            told.promised_on = Some(cell::date(on, month_first).ok_or(PastReason::BadPromise)?);
        }
        if !sum.is_empty() {
            // The debt's currency is not known here; every one has hundredths.
            let sum = cell::money(sum, Currency::Rub).map_err(|_| PastReason::BadPromise)?;
            told.promised_minor = Some(sum.minor);
        }
        let sound = at.is_none_or(|at| told.promise_is_sound(at));
        if sound { Ok(told) } else { Err(PastReason::BadPromise) }
    }

    fn phone(&self, record: &Record) -> Result<Option<PhoneNumber>, PastReason> {
        let text = self.head.text(record, PastColumn::Phone);
        let mut phones = cell::Phones::default();
        cell::phones(text, self.options.region, &mut phones);
        match phones.sound.pop() {
            Some(phone) if phones.sound.is_empty() && phones.unreadable == 0 => Ok(Some(phone)),
            None if text.is_empty() => Ok(None),
            _ => Err(PastReason::PhoneUnreadable),
        }
    }

    /// The ledger's word for the row, and the exact channel of a message.
    fn kind(&self, record: &Record) -> Result<Option<(EventKind, Option<String>)>, PastReason> {
        let text = |column| self.head.text(record, column);
        let inbound = inbound(text(PastColumn::Direction))?;
        Ok(match (way(text(PastColumn::Channel))?, inbound) {
            (PastWay::Call, false) => Some((outcome(text(PastColumn::Outcome))?, None)),
            (PastWay::Video, false) => Some((outcome(text(PastColumn::Outcome))?, Some("video".to_owned()))),
            // He called: only a talk says something to the rules.
            (PastWay::Call, true) => match outcome(text(PastColumn::Outcome))? {
                EventKind::Conversation | EventKind::InboundConversation => {
                    Some((EventKind::InboundConversation, None))
                }
                _ => None,
            },
            (_, true) => None,
            (PastWay::Letter, false) => Some((EventKind::Letter, None)),
            (PastWay::Message(exact), false) => Some((EventKind::Message, Some(exact))),
            (PastWay::Visit, false) => Some((EventKind::Visit, None)),
        })
    }

    /// A time with its offset, or by the file's own clock; of a repeated hour the second one, which counts longer.
    fn time(&self, text: &str) -> Result<Timestamp, PastReason> {
        let now = self.options.now;
        if let Ok(at) = text.parse::<Timestamp>() {
            return if at > now { Err(PastReason::InFuture) } else { Ok(at) };
        }
        let month_first = self.options.region == Region::US;
        let date = cell::date(text, month_first).ok_or(PastReason::TimeUnreadable)?;
        let clock = text.split([' ', 'T']).filter(|part| !part.is_empty()).nth(1);
        let time = match clock {
            Some(clock) => Some(clock.parse::<Time>().map_err(|_| PastReason::TimeUnreadable)?),
            None => None,
        };
        let zone = self.options.zone.as_ref().ok_or(PastReason::ZoneMissing)?;
        let shown = date.to_datetime(time.unwrap_or(Time::constant(23, 59, 59, 0)));
        let at = zone
            .to_ambiguous_zoned_datetime(shown)
            .later()
            .map_err(|_| PastReason::TimeUnreadable)?
            .timestamp();
        match time {
            // The day is not over: it happened by now.
            None if at > now && now.to_zoned_datetime(zone.clone()).date() == date => Ok(now),
            _ if at > now => Err(PastReason::InFuture),
            _ => Ok(at),
        }
    }

    /// The row's cells that have a meaning, as one short text that tells no number.
    fn digest(&self, record: &Record) -> String {
        let mut hasher = Sha256::new();
        for &column in PastColumn::ALL {
            let text = self.head.text(record, column);
            // Files without these keep the ids that they had.
            let is_told =
                matches!(column, PastColumn::PromisedOn | PastColumn::PromisedSum | PastColumn::Reaction);
            if is_told && text.is_empty() {
                continue;
            }
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hex::encode(&hasher.finalize()[..16])
    }
}

fn note<T>(read: Result<T, PastReason>, wrong: &mut Vec<PastReason>) -> Option<T> {
    read.map_err(|reason| wrong.push(reason)).ok()
}
