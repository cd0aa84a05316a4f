//! The end of an attempt: everything that came of it, in one transaction.

use jiff::Timestamp;

use super::money::{rest, rest_after_call};
use crate::campaign::{DoneWhy, NextStep};
use crate::cases::{Kind, Source, Terms};
use crate::domain::attempt::Finished;
use crate::domain::contact::ContactState;
use crate::domain::{
    AttemptId, CampaignId, Channel, ContactId, DebtId, Disposition, EventId, Fault as Blame, Outcome,
    PersonId, PhoneNumber,
};
use crate::rules::{Event, EventKind, Hold, Phone, PhoneType};
use crate::store::cases::{Opening, open_of_hold};
use crate::store::desk::{book, cancel_of_person, hold_for_callback, not_made};
use crate::store::engine::conn::{Conn, Fault, Row, Value, moment, values};
use crate::store::engine::dialect;
use crate::store::gate::{append_event, call_event, seal_attempt};
use crate::store::heard::note_heard;
use crate::store::standing::insert_hold;
use crate::store::tally;
use crate::store::told::{TalkTold, Told, tell};
use crate::store::{CallbackWhy, NewCallback, Store, StoreError};

/// A finished attempt, and what follows from it.
#[derive(Debug, Clone)]
pub struct FinishRequest {
    pub attempt: AttemptId,
    pub finished: Finished,
    /// What the ledger calls it; the rules say which kinds an outcome is (a message left is two).
    pub kinds: Vec<EventKind>,
    /// Holds that follow from what was said.
    pub holds: Vec<Hold>,
    pub next: NextStep,
    /// The contact's place in the queue from now on; absent: as it was.
    pub score: Option<i64>,
    /// What the carrier will charge, in millionths of the currency's unit.
    pub cost_micro: Option<i64>,
    /// The call agreed in this one, where one was.
    pub callback: Option<NewCallback>,
    /// What the flow asked other systems for: `complaint`, `sms:TEMPLATE`, `call_at:HOUR`, `call_next_window`.
    pub asks: Vec<String>,
}

/// Whether this was the finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    Now,
    /// It had been closed before by a finish; nothing was changed.
    Before,
    /// A rescue had taken it for lost: the row stays as it is, what the talk forbids from now on was written.
    Late,
}

impl Store {
    /// Closes an attempt: outcome, what was heard, ledger, contact, holds, promise, reactions and the word to the creditor, in one
    /// transaction. A second finish changes nothing; one that comes after a rescue writes its holds and what is known of the
    /// number, for a request to stop is never lost.
    ///
    /// # Errors
    /// When the database fails: the attempt is still open then, and may be finished again.
    pub async fn finish(&self, request: FinishRequest, now: Timestamp) -> Result<Closed, StoreError> {
        let (attempt, terms) = (request.attempt, self.terms());
        let written =
            self.write(move |conn| Box::pin(async move { finish(conn, &request, &terms, now).await }));
        written.await.map_err(|source| StoreError::Finish { attempt, source })
    }
}

pub(super) async fn finish(
    conn: &mut Conn,
    request: &FinishRequest,
    terms: &Terms,
    now: Timestamp,
) -> Result<Closed, Fault> {
    // Attempt, debt, chains: the order of all writers; who takes the person, too, takes him first.
    let sql = dialect::open_attempt(conn);
    let row = conn.one(sql, values![request.attempt]).await?;
    let before = row.code_opt(0, "outcome", Outcome::parse)?;
    let open = Open::read(&row)?;
    match before {
        Some(Outcome::Failed(Blame::Lost)) => {
            open.forbid_late(conn, request, terms, now).await?;
            return Ok(Closed::Late);
        }
        Some(_) => return Ok(Closed::Before),
        None => {}
    }
    let tallied = tally::before(conn, open.debt).await?;
    close_attempt(conn, request, open.channel(request), now).await?;
    note_heard(conn, request.attempt, &request.finished.heard).await?;
    if open.is_inbound() {
        open.note_inbound(conn, request, now).await?;
    } else {
        for &kind in &request.kinds {
            call_event(conn, request.attempt, kind, now).await?;
        }
    }
    open.move_contact(conn, request).await?;
    not_made(conn, request.attempt, request.finished.outcome).await?;
    if request.finished.promised_on.is_some() {
        rest(conn, (open.debt, Some(open.contact)), open.reserved_at, now).await?;
    } else {
        rest_after_call(conn, open.contact, open.reserved_at).await?;
    }
    match &request.callback {
        Some(callback) => drop(book(conn, callback, now).await?),
        // One agreed before for later still waits; one that is due has its turn as any try has.
        None => hold_for_callback(conn, open.contact, now).await?,
    }
    for hold in &request.holds {
        open.forbid(conn, (request, hold), terms, now).await?;
    }
    open.mark_phone(conn, &request.finished).await?;
    open.write_reactions(conn, request, now).await?;
    tell(conn, open.debt, &open.told(request), now).await?;
    seal_attempt(conn, request.attempt, open.person, now).await?;
    tally::number_call(conn, request.attempt, open.person).await?;
    tallied.note(conn).await?;
    Ok(Closed::Now)
}

/// An attempt's row that is being written to.
pub(super) struct Open {
    pub contact: ContactId,
    pub person: PersonId,
    pub debt: DebtId,
    campaign: CampaignId,
    pub phone: String,
    debtor_type: String,
    debt_kind: String,
    amount_minor: i64,
    currency: String,
    /// What ended the debt meanwhile, and the contact with it.
    pub debt_ended: Option<DoneWhy>,
    debt_external: String,
    person_external: String,
    creditor: String,
    campaign_name: String,
    /// What the call was begun as, or was once it is over: a call of his own, for an agent, for a voice alone.
    pub begun_as: Channel,
    pub reserved_at: Timestamp,
}

impl Open {
    pub fn read(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            contact: ContactId(row.int(1)?),
            person: PersonId(row.int(2)?),
            debt: DebtId(row.int(3)?),
            campaign: CampaignId(row.int(4)?),
            phone: row.text(5)?,
            debtor_type: row.text(6)?,
            debt_kind: row.text(7)?,
            amount_minor: row.int(8)?,
            currency: row.text(9)?,
            debt_ended: debt_ended(&row.text(10)?),
            debt_external: row.text(11)?,
            person_external: row.text(12)?,
            creditor: row.text(13)?,
            campaign_name: row.text(14)?,
            begun_as: row.code(15, "channel", Channel::parse)?,
            reserved_at: moment(row.int(16)?)?,
        })
    }

    pub fn is_inbound(&self) -> bool {
        self.begun_as == Channel::InboundCall
    }

    /// The channel by which it ended. A call of his own stays one; so does a call for an agent that reached nobody, or nobody in
    /// time, else these would all be laid at the voice's door. Who was answered by the voice alone was its call.
    fn channel(&self, request: &FinishRequest) -> Channel {
        match (self.begun_as, request.finished.channel) {
            (Channel::InboundCall, _) => Channel::InboundCall,
            (Channel::AgentCall, Channel::Ivr) if request.finished.outcome != Outcome::Answered => {
                Channel::AgentCall
            }
            (_, ended_as) => ended_as,
        }
    }

    /// A talk that he began is in the ledger as such, and makes the call agreed with him needless.
    async fn note_inbound(
        &self,
        conn: &mut Conn,
        request: &FinishRequest,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if request.kinds.is_empty() {
            return Ok(());
        }
        cancel_of_person(conn, self.person, CallbackWhy::Inbound, now).await?;
        let mut event = Event::new(EventId(0), self.reserved_at, EventKind::InboundConversation, self.person);
        event.debt = Some(self.debt);
        event.creditor = Some(self.creditor.clone());
        let number =
            PhoneNumber::parse(&self.phone).map_err(|_| Fault::Unreadable { what: "phone number" })?;
        event.phone = Some(Phone { number: (&number).into(), kind: PhoneType::Unknown });
        event.attempt = Some(request.attempt);
        append_event(conn, &event, now).await.map(|_| ())
    }

    /// Moves the contact on; a debt that was paid or is disputed meanwhile ends it.
    async fn move_contact(&self, conn: &mut Conn, request: &FinishRequest) -> Result<(), Fault> {
        let outcome = request.finished.outcome.code();
        let (state, why, next_at) = match (self.debt_ended, request.next) {
            (Some(why), _) | (None, NextStep::Done(why)) => (ContactState::Done, why.code(), None),
            (None, NextStep::Hold) => (ContactState::Held, "agent_wanted", None),
            (None, NextStep::Wait(at)) => (ContactState::Waiting, outcome, Some(at)),
        };
        if self.is_inbound() {
            return match request.next {
                // Nothing came of it: the contact stands where it stood.
                NextStep::Wait(_) => Ok(()),
                NextStep::Done(_) | NextStep::Hold => {
                    conn.run(MOVE_INBOUND, values![self.contact, state.code(), why]).await.map(|_| ())
                }
            };
        }
        let answered = matches!(request.finished.outcome, Outcome::Answered);
        conn.run(MOVE_CONTACT, values![self.contact, state.code(), why, next_at, answered, request.score])
            .await
            .map(|_| ())
    }

    /// Sets a hold that the talk has brought; a complaint and a dispute are cases.
    async fn forbid(
        &self,
        conn: &mut Conn,
        (request, hold): (&FinishRequest, &Hold),
        terms: &Terms,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let opening = Opening {
            kind: Kind::Ordinary,
            source: Source::Key,
            person: Some(self.person),
            debt: None,
            says_paid: request.finished.disposition == Some(Disposition::AlreadyPaid),
            attempt: Some(request.attempt),
            received: now,
            by: "flow",
            text: "",
        };
        let id = insert_hold(conn, hold, now).await?;
        open_of_hold(conn, (hold, id), opening, terms, now).await
    }

    /// What the talk forbids from now on, once: a finish may be tried again.
    async fn forbid_late(
        &self,
        conn: &mut Conn,
        request: &FinishRequest,
        terms: &Terms,
        now: Timestamp,
    ) -> Result<(), Fault> {
        for hold in &request.holds {
            let same = values![hold.person, hold.kind.code(), hold.evidence.as_deref().unwrap_or_default()];
            if conn.first(SAME_HOLD, same).await?.is_none() {
                self.forbid(conn, (request, hold), terms, now).await?;
            }
        }
        self.mark_phone(conn, &request.finished).await
    }

    /// A number out of service, or another person's, is not tried again for this person.
    async fn mark_phone(&self, conn: &mut Conn, finished: &Finished) -> Result<(), Fault> {
        let state = match (finished.outcome, finished.disposition) {
            (Outcome::InvalidNumber, _) => "invalid",
            (_, Some(Disposition::WrongPerson)) => "wrong_person",
            _ => return Ok(()),
        };
        conn.run(MARK_PHONE, values![self.person, self.phone.as_str(), state]).await.map(|_| ())
    }

    async fn write_reactions(
        &self,
        conn: &mut Conn,
        request: &FinishRequest,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let finished = &request.finished;
        let complained = request.asks.iter().any(|ask| ask == "complaint");
        for kind in reactions(finished).into_iter().chain(complained.then_some("complaint")) {
            self.react(conn, (request.attempt, kind, self.channel(request)), now).await?;
        }
        if let Some(on) = finished.promised_on {
            let who: Vec<Value> = values![
                self.person,
                self.debt,
                request.attempt,
                now,
                on,
                self.amount_minor,
                self.currency.as_str()
            ];
            conn.run(PROMISE, who).await?;
        }
        Ok(())
    }

    /// Tallies a reaction to the call.
    pub async fn react(
        &self,
        conn: &mut Conn,
        (attempt, kind, channel): (AttemptId, &'static str, Channel),
        now: Timestamp,
    ) -> Result<(), Fault> {
        let values = values![
            now,
            self.person,
            self.debt,
            self.campaign,
            attempt,
            kind,
            channel.code(),
            self.debtor_type.as_str(),
            self.debt_kind.as_str(),
            self.amount_minor,
            self.currency.as_str(),
        ];
        conn.run(REACTION, values).await.map(|_| ())
    }

    fn told<'a>(&'a self, request: &'a FinishRequest) -> Told<'a> {
        let finished = &request.finished;
        let talk = TalkTold {
            outcome: finished.outcome.code(),
            disposition: finished.disposition.map(Disposition::code),
            identified: finished.identified,
            promised_on: finished.promised_on,
            asks: &request.asks,
            written: None,
        };
        self.tells(request.attempt, talk)
    }

    /// The word to the creditor's systems.
    pub fn tells<'a>(&'a self, attempt: AttemptId, talk: TalkTold<'a>) -> Told<'a> {
        Told::Attempt {
            attempt,
            campaign: &self.campaign_name,
            person: &self.person_external,
            debt: &self.debt_external,
            creditor: &self.creditor,
            talk,
        }
    }
}

/// Why nobody is called about a debt in this state; a dispute that is found unjustified lets its contacts look again.
fn debt_ended(state: &str) -> Option<DoneWhy> {
    match state {
        "open" => None,
        "disputed" => Some(DoneWhy::Disputed),
        "paid" => Some(DoneWhy::Paid),
        _ => Some(DoneWhy::OffTarget),
    }
}

/// As [`Open::react`], in a call that may still be open.
pub(in crate::store) async fn react_to_call(
    conn: &mut Conn,
    what: (AttemptId, &'static str, Channel),
    now: Timestamp,
) -> Result<(), Fault> {
    let sql = dialect::open_attempt(conn);
    let row = conn.one(sql, values![what.0]).await?;
    let open = Open::read(&row)?;
    let tallied = tally::before(conn, open.debt).await?;
    open.react(conn, what, now).await?;
    tallied.note(conn).await
}

/// What the debtor did that counts as a reaction to the call.
fn reactions(finished: &Finished) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    if finished.outcome == Outcome::Answered {
        kinds.push("answered");
    }
    if finished.identified {
        kinds.push("right_party");
    }
    match finished.disposition {
        Some(Disposition::PromiseToPay) => kinds.push("promise"),
        Some(Disposition::Dispute) => kinds.push("dispute"),
        Some(Disposition::StopRequested) => kinds.push("opt_out"),
        _ if finished.outcome == Outcome::Unwanted => kinds.push("opt_out"),
        _ => {}
    }
    kinds
}

async fn close_attempt(
    conn: &mut Conn,
    request: &FinishRequest,
    channel: Channel,
    now: Timestamp,
) -> Result<(), Fault> {
    let finished = &request.finished;
    let (stamps, word) = (&finished.stamps, &finished.last_word);
    let grades: Vec<_> = finished.grades.iter().map(|grade| grade.code()).collect();
    // Nobody knows who ended what a crash has cut off.
    let is_known = finished.outcome != Outcome::Failed(Blame::Lost);
    let hung_up_by = is_known.then(|| finished.hung_up_by.code());
    let closed = conn.run(
        CLOSE,
        values![
            request.attempt,
            finished.outcome.code(),
            finished.disposition.map(Disposition::code),
            serde_json::to_string(&grades).expect("codes"),
            channel.code(),
            stamps.invite,
            stamps.trying,
            stamps.ringing,
            stamps.early_media,
            stamps.answer,
            stamps.first_audio,
            stamps.first_key,
            stamps.end,
            word.sip_code.map(i64::from),
            word.reason.as_deref(),
            word.q850.map(i64::from),
            hung_up_by,
            finished.heard_percent.map(i64::from),
            finished.keys.as_str(),
            finished.identified,
            finished.promised_on,
            request.cost_micro,
            now,
            trail(&finished.trail),
        ],
    );
    closed.await.map(|_| ())
}

/// As it is kept: JSON; `None`: no flow was played.
fn trail(steps: &[(Timestamp, String)]) -> Option<String> {
    let steps: Vec<_> = steps.iter().map(|(at, step)| (at.as_microsecond(), step)).collect();
    (!steps.is_empty()).then(|| serde_json::to_string(&steps).expect("text"))
}

const CLOSE: &str = "UPDATE attempt SET outcome = $2, disposition = $3, grades = $4, channel = $5, \
    invite_at = CASE WHEN $2 = 'failed_lost' THEN COALESCE($6, invite_at) ELSE $6 END, \
    trying_at = $7, ringing_at = $8, early_media_at = $9, answer_at = $10, first_audio_at = $11, \
    first_key_at = $12, end_at = $13, sip_code = $14, sip_reason = $15, q850 = $16, hung_up_by = $17, \
    heard_percent = $18, keys = $19, identified = $20, promised_on = $21, cost_micro = $22, closed_at = $23, trail = $24 \
    WHERE id = $1";
const MOVE_CONTACT: &str = "UPDATE contact SET state = $2, why = $3, next_at = $4, claimed_until = 0, \
    answered = CASE WHEN $5 = 1 THEN 1 ELSE answered END, score = COALESCE($6, score) \
    WHERE id = $1 AND state = 'in_flight'";
const MOVE_INBOUND: &str = "UPDATE contact SET state = $2, why = $3, next_at = NULL, claimed_until = 0, answered = 1 \
    WHERE id = $1 AND state IN ('queued', 'waiting', 'held')";
const SAME_HOLD: &str =
    "SELECT id FROM hold WHERE person_id = $1 AND kind = $2 AND COALESCE(evidence, '') = $3 LIMIT 1";
const MARK_PHONE: &str = "UPDATE phone SET state = $3 WHERE person_id = $1 AND e164 = $2";
const REACTION: &str = "INSERT INTO reaction (at, person_id, debt_id, campaign_id, attempt_id, kind, channel, \
    debtor_type, debt_kind, amount_minor, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const PROMISE: &str = "INSERT INTO promise (person_id, debt_id, attempt_id, made_at, promised_on, amount_minor, \
    currency) VALUES ($1, $2, $3, $4, $5, $6, $7)";
