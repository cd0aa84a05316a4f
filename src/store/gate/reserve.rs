//! Decide and reserve: one serialised transaction, after which the attempt is on the disk and only then a permit.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::append_event;
use super::history::load_history;
use super::permit::{Dial, DialPermit};
use super::record::{self, Author, Basis, RulesInForce};
use super::tally;
use crate::campaign::DoneWhy;
use crate::domain::contact::ContactState;
use crate::domain::debt::days_overdue;
use crate::domain::{
    AttemptId, Channel, ContactId, Currency, DebtId, DebtKind, DecisionId, EventId, Money, PersonId,
    PhoneNumber,
};
use crate::rules::{self, Agent, Decision, Event, EventKind, Facts};
use crate::store::desk::call_agreed;
use crate::store::engine::conn::{Conn, Fault, date, values};
use crate::store::engine::dialect::{self, owed, owes};
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
    dialect::lock_contact(conn, request.contact).await?;
    let case = match Case::load(conn, request, now).await? {
        Ok(case) => case,
        Err(gone) => {
            settle_gone(conn, request.contact, gone, now).await?;
            return Ok(Reserved::Gone(gone));
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
        return Ok(Reserved::Gone(Gone::PersonInCall));
    }
    let loaded = load_history(conn, case.person, Some(facts.phone.number), i64::MAX).await?;
    let head = record::take_head(conn, case.person).await?;
    if now < head.at.checked_sub(CLOCK_SLACK).unwrap_or(head.at) {
        return Ok(Reserved::Gone(Gone::ClockSteppedBack));
    }
    let decision =
        rules::decide(&request.rules.preset, &request.rules.calendars, &facts, &loaded.history, now);
    let author = Author {
        node,
        contact: request.contact,
        rules: &request.rules.hash,
        config: &request.config_version,
        caution: request.rules.preset.caution,
    };
    let decided = record::append(conn, head, &Basis::of(&loaded, &facts, &decision, author)).await?;
    if !decision.allow {
        let next = decision.next_allowed.or_else(|| tally::look_again(&request.rules.preset, &decision, now));
        settle_denied(conn, request.contact, &decision, next).await?;
        return Ok(Reserved::Denied(Box::new(decision)));
    }
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

/// The rows a dial rests on, checked.
struct Case {
    person: PersonId,
    debt: DebtId,
    campaign: i64,
    creditor: i64,
    creditor_name: String,
    debtor_type: String,
    /// What is still owed: spoken, and written into the attempt.
    owed: Money,
    due: Date,
}

const CASE: &str = concat!(
    "SELECT c.state, c.person_id, c.debt_id, c.campaign_id, c.not_after, c.tries, g.state, d.state, d.creditor_id, ",
    owed!(),
    ", d.currency, p.debtor_type, \
    (SELECT ph.state FROM phone ph WHERE ph.person_id = c.person_id AND ph.e164 = $2), \
    (SELECT MIN(a.id) FROM attempt a WHERE a.outcome IS NULL AND (a.person_id = c.person_id OR a.person_id IN \
    (SELECT k.other_id FROM kin k WHERE k.person_id = c.person_id AND k.upto_event IS NULL))), k.name, d.due_date, \
    CAST(CASE WHEN ",
    owes!("c.person_id"),
    " THEN 1 ELSE 0 END AS BIGINT) FROM contact c JOIN campaign g ON g.id = c.campaign_id JOIN debt d ON d.id = c.debt_id \
    JOIN person p ON p.id = c.person_id JOIN creditor k ON k.id = d.creditor_id WHERE c.id = $1"
);

const PHONE_IN_CALL: &str = "SELECT id FROM attempt WHERE phone = $1 AND outcome IS NULL LIMIT 1";

impl Case {
    async fn load(
        conn: &mut Conn,
        request: &ReserveRequest,
        now: Timestamp,
    ) -> Result<Result<Self, Gone>, Fault> {
        let Some(row) = conn.first(CASE, values![request.contact, &request.phone]).await? else {
            return Ok(Err(Gone::NotQueued));
        };
        let over = row.int_opt(4)?.is_some_and(|not_after| now.as_microsecond() >= not_after);
        let gone = if row.text(0)? != ContactState::Queued.code() {
            Some(Gone::NotQueued)
        } else if row.text(6)? != "running" {
            Some(Gone::NotRunning)
        } else if row.text(7)? != "open" {
            Some(Gone::DebtNotOpen)
        } else if over {
            Some(Gone::Over)
        } else if row.int(5)? >= i64::from(request.budget) {
            Some(Gone::BudgetSpent)
        } else if row.int(16)? == 0 {
            Some(Gone::NotHisDebt)
        } else if row.text_opt(12)?.as_deref() != Some("usable") {
            Some(Gone::NoPhone)
        } else if row.int_opt(13)?.is_some() {
            Some(Gone::PersonInCall)
        } else {
            None
        };
        if let Some(gone) = gone {
            return Ok(Err(gone));
        }
        Ok(Ok(Self {
            person: PersonId(row.int(1)?),
            debt: DebtId(row.int(2)?),
            campaign: row.int(3)?,
            creditor: row.int(8)?,
            creditor_name: row.text(14)?,
            owed: Money::new(row.int(9)?, row.code(10, "currency", Currency::parse)?),
            debtor_type: row.text(11)?,
            due: date(&row.text(15)?)?,
        }))
    }

    /// The campaign's facts with what the gate's own rows say put over them.
    fn facts(&self, asked: &Facts, phone: &PhoneNumber) -> Facts {
        let mut facts = asked.clone();
        facts.person = self.person;
        facts.debt = self.debt;
        facts.creditor.clone_from(&self.creditor_name);
        facts.phone.number = phone.into();
        facts
    }

    async fn write_attempt(
        &self,
        conn: &mut Conn,
        request: &ReserveRequest,
        decision: DecisionId,
        node: &str,
        now: Timestamp,
    ) -> Result<AttemptId, Fault> {
        // His clock, as far as it is known; what is not known of it is counted as unknown.
        let clock = request.facts.zones.zones().first().map(|zone| now.to_zoned_datetime(zone.tz().clone()));
        let today = clock.clone().unwrap_or_else(|| now.to_zoned_datetime(TimeZone::UTC)).date();
        let row = conn.one(
            ATTEMPT,
            values![
                request.contact,
                self.campaign,
                self.person,
                self.debt,
                decision,
                node,
                &request.phone,
                request.trunk.as_str(),
                &request.caller_id,
                request.channel.code(),
                self.debtor_type.as_str(),
                request.debt_kind.code(),
                self.creditor,
                self.owed.minor,
                self.owed.currency.code(),
                &*request.config_version,
                &*request.flow_version,
                request.due_at,
                now,
                clock.map(|clock| i64::from(clock.hour())),
                i64::from(days_overdue(self.due, today)),
            ],
        );
        Ok(AttemptId(row.await?.int(0)?))
    }
}

const ATTEMPT: &str = "INSERT INTO attempt (contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, \
    trunk, caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, \
    flow_version, due_at, reserved_at, local_hour, age_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
    $16, $17, $18, $19, $20, $21) RETURNING id";

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
