//! The rows a dial rests on: contact, person, debt, campaign and phone, checked before anything is decided.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::reserve::{Gone, ReserveRequest};
use crate::domain::contact::ContactState;
use crate::domain::debt::days_overdue;
use crate::domain::{AttemptId, Currency, DebtId, DecisionId, Money, PersonId, PhoneNumber};
use crate::rules::Facts;
use crate::store::engine::conn::{Conn, Fault, date, values};
use crate::store::engine::dialect::{owed, owes};

/// The rows a dial rests on, checked.
pub(super) struct Case {
    pub person: PersonId,
    pub debt: DebtId,
    pub campaign: i64,
    creditor: i64,
    creditor_name: String,
    debtor_type: String,
    /// What is still owed: spoken, and written into the attempt.
    pub owed: Money,
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

impl Case {
    /// Reads and checks them.
    pub async fn load(
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
    pub fn facts(&self, asked: &Facts, phone: &PhoneNumber) -> Facts {
        let mut facts = asked.clone();
        facts.person = self.person;
        facts.debt = self.debt;
        facts.creditor.clone_from(&self.creditor_name);
        facts.phone.number = phone.into();
        facts
    }

    /// Writes the attempt that follows from a decision.
    pub async fn write_attempt(
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
