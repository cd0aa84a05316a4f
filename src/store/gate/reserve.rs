//! Decide and reserve: one serialised transaction, after which the attempt is on the disk and only then a permit.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::append_event;
use super::case::Case;
use super::history::{Loaded, load_history};
use super::permit::{Dial, DialPermit};
use super::record::{self, Author, Basis, RulesInForce};
use super::tally;
use crate::campaign::DoneWhy;
use crate::domain::contact::ContactState;
use crate::domain::{AttemptId, Channel, ContactId, DebtKind, EventId, PhoneNumber};
use crate::rules::{self, Agent, Decision, Event, EventKind, Facts};
use crate::store::desk::call_agreed;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::identity::give_to_ower;
use crate::store::standing::blocked_at;
use crate::store::{Store, StoreError};

/// A dial that a campaign wants.
#[derive(Debug, Clone)]
pub struct ReserveRequest {
    pub contact: ContactId,
    pub phone: PhoneNumber,
    pub caller_id: PhoneNumber,
    pub trunk: String,
    /// `Ivr` or `AgentCall`.
    pub channel: Channel,
    /// The kind of debt on the debtor's own date.
    pub debt_kind: DebtKind,
    /// The way, the relation, the zones and the caller number's status as the campaign knows them. Person, debt,
    /// creditor, phone number and the campaign's tallies are set by the gate from its own rows, and the times he asked not
    /// to be called at are added.
    pub facts: Facts,
    pub rules: RulesInForce,
    pub config_version: Arc<str>,
    pub flow_version: Arc<str>,
    /// Attempts a contact gets in all.
    pub budget: u8,
    /// When the contact's turn came.
    pub due_at: Timestamp,
}

/// What the gate said.
#[derive(Debug)]
pub enum Reserved {
    /// The attempt is written; the INVITE may leave.
    Permit(DialPermit),
    /// The rules deny it. The contact waits until the decision's `next_allowed`, or is done.
    Denied(Box<Decision>),
    /// There is nothing to decide any more.
    Gone(Gone),
}

/// Why nobody is dialled.
#[derive(Debug)]
pub enum NoDial {
    Denied(Box<Decision>),
    Gone(Gone),
}

impl NoDial {
    /// The rule's name, or the reason's code.
    pub fn code(&self) -> &str {
        match self {
            Self::Denied(decision) => decision.deny.as_ref().map_or("unknown", |rule| rule.as_str()),
            Self::Gone(gone) => gone.code(),
        }
    }
}

impl From<NoDial> for Reserved {
    fn from(no: NoDial) -> Self {
        match no {
            NoDial::Denied(decision) => Self::Denied(decision),
            NoDial::Gone(gone) => Self::Gone(gone),
        }
    }
}

/// Why there was nothing to decide. The contact's row says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// The contact is not queued: another node or task has it, or it is done.
    NotQueued,
    /// The campaign does not run.
    NotRunning,
    /// The debt is paid, disputed or closed.
    DebtNotOpen,
    /// The campaign is over for this contact.
    Over,
    /// No attempt is left.
    BudgetSpent,
    /// The debt is another person's, from whom this one was parted.
    NotHisDebt,
    /// The phone is not one of the person's, or not in service.
    NoPhone,
    /// A call to the person is under way.
    PersonInCall,
    /// `now` is before a time the store has seen: the clock is not to be trusted, nothing may be dialled.
    ClockSteppedBack,
}

impl Gone {
    pub const ALL: [Self; 9] = [
        Self::NotQueued,
        Self::NotRunning,
        Self::DebtNotOpen,
        Self::Over,
        Self::BudgetSpent,
        Self::NotHisDebt,
        Self::NoPhone,
        Self::PersonInCall,
        Self::ClockSteppedBack,
    ];

    /// The reason's code, as in "why not called".
    pub fn code(self) -> &'static str {
        match self {
            Self::NotQueued => "not_queued",
            Self::NotRunning => "not_running",
            Self::DebtNotOpen => "debt_not_open",
            Self::Over => "campaign_over",
            Self::BudgetSpent => "budget_spent",
            Self::NotHisDebt => "not_his_debt",
            Self::NoPhone => "no_phone",
            Self::PersonInCall => "person_in_call",
            Self::ClockSteppedBack => "clock_stepped_back",
        }
    }
}

/// Differences between the clocks of tasks and nodes that mean nothing.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(10);
/// How far ahead a permit knows when the rules end it: longer than any call rings and talks.
const LOOK_AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// A contact whose person is in a call looks again after so long.
const IN_CALL_PAUSE: SignedDuration = SignedDuration::from_secs(60);

impl Store {
    /// Decides again and, when the rules allow it, writes decision, attempt and ledger entry, all in one serialised
    /// transaction. When this returns a permit, the attempt is on the disk.
    ///
    /// # Errors
    /// When the database fails: then nothing may be dialled.
    pub async fn reserve(&self, request: ReserveRequest, now: Timestamp) -> Result<Reserved, StoreError> {
        let contact = request.contact;
        let act = |source| StoreError::Reserve { contact, source };
        self.publish(&request.rules).await.map_err(act)?;
        let node = self.node().to_owned();
        let written =
            self.write(move |conn| Box::pin(async move { reserve(conn, &request, &node, now).await }));
        written.await.map_err(act)
    }

    /// Decides of a dial that somebody has still to wish for. What the gate refuses now is written down and put off just as by
    /// [`reserve`](Self::reserve); where it lets him out (`None`) nothing is written, and nothing is permitted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn foresee(
        &self,
        request: ReserveRequest,
        now: Timestamp,
    ) -> Result<Option<NoDial>, StoreError> {
        let contact = request.contact;
        let act = |source| StoreError::Reserve { contact, source };
        self.publish(&request.rules).await.map_err(act)?;
        let node = self.node().to_owned();
        let judged = self
            .write(move |conn| Box::pin(async move { Ok(judge(conn, &request, &node, now).await?.err()) }));
        judged.await.map_err(act)
    }

    /// Keeps the text of the rules beside the decisions made by them.
    async fn publish(&self, rules: &RulesInForce) -> Result<(), Fault> {
        let known = self.published().lock().expect("no panic holds it").contains(&*rules.hash);
        if known {
            return Ok(());
        }
        let (hash, name, body) = (rules.hash.clone(), rules.preset.name.clone(), rules.body.clone());
        let values = values![&*hash, name, &*body];
        let sql = "INSERT INTO rule_set (hash, name, body) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
        self.write(move |conn| Box::pin(async move { conn.run(sql, values).await })).await?;
        self.published().lock().expect("no panic holds it").insert(hash.to_string());
        Ok(())
    }
}

async fn reserve(
    conn: &mut Conn,
    request: &ReserveRequest,
    node: &str,
    now: Timestamp,
) -> Result<Reserved, Fault> {
    let Judged { case, facts, loaded, head, decision } = match judge(conn, request, node, now).await? {
        Ok(judged) => judged,
        Err(no) => return Ok(no.into()),
    };
    let basis = Basis::of(&loaded, &facts, &decision, author(request, node));
    let decided = record::append(conn, head, &basis).await?;
    let end = now.checked_add(LOOK_AHEAD).unwrap_or(now);
    let (preset, calendars) = (&request.rules.preset, &request.rules.calendars);
    let until = rules::allowed_until(preset, calendars, &facts, &loaded.history, (now, end));
    let attempt = case.write_attempt(conn, request, decided, node, now).await?;
    append_event(conn, &in_flight(&facts, attempt, request.channel, now), now).await?;
    conn.run(TAKE_CONTACT, values![request.contact, now]).await?;
    call_agreed(conn, request.contact, attempt, now).await?;
    Ok(Reserved::Permit(DialPermit::new(Dial {
        attempt,
        contact: request.contact,
        person: case.person,
        debt: case.debt,
        owed: case.owed,
        decision: decided,
        phone: request.phone.clone(),
        caller_id: request.caller_id.clone(),
        trunk: request.trunk.clone(),
        rules_hash: request.rules.hash.to_string(),
        reserved_at: now,
        until,
    })))
}

/// A dial that the rules allow, with all that the decision rests on; its chain is held.
struct Judged {
    case: Case,
    facts: Facts,
    loaded: Loaded,
    head: record::Head,
    decision: Decision,
}

/// Decides. A denial is written down and the contact put off; what is allowed is still to be written.
async fn judge(
    conn: &mut Conn,
    request: &ReserveRequest,
    node: &str,
    now: Timestamp,
) -> Result<Result<Judged, NoDial>, Fault> {
    dialect::lock_contact(conn, request.contact).await?;
    let case = match Case::load(conn, request, now).await? {
        Ok(case) => case,
        Err(gone) => {
            settle_gone(conn, request.contact, gone, now).await?;
            return Ok(Err(NoDial::Gone(gone)));
        }
    };
    let mut facts = case.facts(&request.facts, &request.phone);
    for range in blocked_at(conn, case.person, now).await? {
        if !facts.blocked.contains(&range) {
            facts.blocked.push(range);
        }
    }
    facts.tallies = tally::tallies(conn, case.campaign, &request.rules.preset, &facts, now).await?;
    dialect::lock_phone(conn, facts.phone.number).await?;
    // Whoever shares the telephone is talking on it, or it rings for him.
    if conn.first(PHONE_IN_CALL, values![&request.phone]).await?.is_some() {
        settle_gone(conn, request.contact, Gone::PersonInCall, now).await?;
        return Ok(Err(NoDial::Gone(Gone::PersonInCall)));
    }
    let loaded = load_history(conn, case.person, Some(facts.phone.number), i64::MAX).await?;
    let head = record::take_head(conn, case.person).await?;
    if now < head.at.checked_sub(CLOCK_SLACK).unwrap_or(head.at) {
        return Ok(Err(NoDial::Gone(Gone::ClockSteppedBack)));
    }
    let (preset, calendars) = (&request.rules.preset, &request.rules.calendars);
    let decision = rules::decide(preset, calendars, &facts, &loaded.history, now);
    if decision.allow {
        return Ok(Ok(Judged { case, facts, loaded, head, decision }));
    }
    record::append(conn, head, &Basis::of(&loaded, &facts, &decision, author(request, node))).await?;
    let next = decision.next_allowed.or_else(|| tally::look_again(preset, &decision, now));
    settle_denied(conn, request.contact, &decision, next).await?;
    Ok(Err(NoDial::Denied(Box::new(decision))))
}

fn author<'a>(request: &'a ReserveRequest, node: &'a str) -> Author<'a> {
    Author {
        node,
        contact: request.contact,
        rules: &request.rules.hash,
        config: &request.config_version,
        caution: request.rules.preset.caution,
    }
}

const PHONE_IN_CALL: &str = "SELECT id FROM attempt WHERE phone = $1 AND outcome IS NULL LIMIT 1";

const TAKE_CONTACT: &str = "UPDATE contact SET state = 'in_flight', tries = tries + 1, last_tried_at = $2 \
    WHERE id = $1 AND state = 'queued'";

fn in_flight(facts: &Facts, attempt: AttemptId, channel: Channel, now: Timestamp) -> Event {
    let mut event = Event::new(EventId(0), now, EventKind::InFlight, facts.person);
    event.debt = Some(facts.debt);
    event.creditor = Some(facts.creditor.clone());
    event.phone = Some(facts.phone);
    event.dial_mode = facts.way.dial_mode;
    event.channel_exact = facts.way.exact.clone();
    event.agent = Some(if channel == Channel::AgentCall { Agent::Human } else { Agent::Robot });
    event.attempt = Some(attempt);
    event
}

/// A denied contact waits for the next time to look, or is done when there is none without a human act.
async fn settle_denied(
    conn: &mut Conn,
    contact: ContactId,
    decision: &Decision,
    next: Option<Timestamp>,
) -> Result<(), Fault> {
    let why = decision.deny.as_ref().map_or("denied", |rule| rule.as_str());
    let state = if next.is_some() { ContactState::Waiting } else { ContactState::Done };
    conn.run(SETTLE, values![contact, state.code(), why, next]).await.map(|_| ())
}

async fn settle_gone(conn: &mut Conn, contact: ContactId, gone: Gone, now: Timestamp) -> Result<(), Fault> {
    let done = match gone {
        Gone::BudgetSpent => DoneWhy::BudgetSpent,
        Gone::DebtNotOpen => DoneWhy::Paid,
        Gone::NoPhone => DoneWhy::NoPhone,
        Gone::NotHisDebt => return give_to_ower(conn, contact, now).await,
        Gone::Over => DoneWhy::CampaignOver,
        Gone::PersonInCall => {
            let until = now.checked_add(IN_CALL_PAUSE).unwrap_or(now);
            let waiting = ContactState::Waiting.code();
            return conn.run(SETTLE, values![contact, waiting, "person_in_call", until]).await.map(|_| ());
        }
        // Another has it, or it is queued still and nothing was decided.
        Gone::ClockSteppedBack | Gone::NotQueued | Gone::NotRunning => return Ok(()),
    };
    let none: Option<i64> = None;
    conn.run(SETTLE, values![contact, ContactState::Done.code(), done.code(), none]).await.map(|_| ())
}

const SETTLE: &str = "UPDATE contact SET state = $2, why = $3, next_at = $4, claimed_until = 0 WHERE id = $1 \
    AND state = 'queued'";
