//! Calls that come in: whose number it is, the attempt that the call becomes, and those of nobody we know.

use jiff::Timestamp;

use crate::domain::contact::ContactState;
use crate::domain::debt::days_overdue;
use crate::domain::{AttemptId, ContactId, Currency, DebtKind, Money, PersonId, PhoneNumber};
use crate::rules::Relation;
use crate::store::cases::open_of_strangers;
use crate::store::engine::conn::{Conn, Fault, date, values};
use crate::store::engine::dialect::{self, owed};
use crate::store::tally::there;
use crate::store::{Store, StoreError};

/// Who calls, by the number shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownCaller {
    /// One person, and what he would most likely call about: the debt he was called about last, in its campaign.
    One {
        contact: ContactId,
        campaign: String,
    },
    /// Somebody with whom we have nothing open.
    NoDebt,
    /// The number is a third party's, or a representative's.
    NotHis,
    /// Several persons share the number.
    Several,
    Unknown,
}

/// A call of a person that has come in.
#[derive(Debug, Clone)]
pub struct InboundRequest {
    pub contact: ContactId,
    /// His number, and ours that he called.
    pub phone: PhoneNumber,
    pub called: PhoneNumber,
    pub trunk: String,
    pub debt_kind: DebtKind,
    pub config_version: std::sync::Arc<str>,
    pub flow_version: String,
}

/// The attempt a call has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered {
    pub attempt: AttemptId,
    pub owed: Money,
}

/// Why a caller is treated as nobody in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrangerWhy {
    /// He shows no number.
    Hidden,
    /// He is in a call already, or we are just calling him.
    InCall,
    NoDebt,
    NotHis,
    Several,
    Unknown,
    /// The pack can't tell him his debt.
    Unspeakable,
}

impl StrangerWhy {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::InCall => "in_call",
            Self::NoDebt => "no_debt",
            Self::NotHis => "not_his",
            Self::Several => "several",
            Self::Unknown => "unknown",
            Self::Unspeakable => "unspeakable",
        }
    }
}

/// A call of nobody in particular.
#[derive(Debug, Clone)]
pub struct StrangerCall {
    pub trunk: String,
    /// Our number, as it was dialled.
    pub called: String,
    pub phone: Option<PhoneNumber>,
    pub why: StrangerWhy,
}

/// How it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StrangerEnd {
    /// An agent talked with him.
    pub talked: bool,
    /// He asked that the calls stop, or complained.
    pub stop_asked: bool,
}

impl Store {
    /// Whose number this is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_caller(&self, number: PhoneNumber) -> Result<KnownCaller, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { known(conn, &number).await }));
        read.await.map_err(|source| StoreError::Report { report: "callers", source })
    }

    /// Enters a person's call as his attempt. `None`: he has an open one already, or nothing is open any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enter_inbound(
        &self,
        request: InboundRequest,
        now: Timestamp,
    ) -> Result<Option<Entered>, StoreError> {
        let (contact, node) = (request.contact, self.node().to_owned());
        let written =
            self.write(move |conn| Box::pin(async move { enter(conn, &request, &node, now).await }));
        written.await.map_err(|source| StoreError::Reserve { contact, source })
    }

    /// Writes down a call of nobody in particular; its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_stranger(&self, call: StrangerCall, now: Timestamp) -> Result<i64, StoreError> {
        let node = self.node().to_owned();
        let written = self.write(move |conn| {
            Box::pin(async move {
                let values = values![
                    now,
                    &node,
                    call.trunk,
                    call.called,
                    call.phone.as_ref().map(PhoneNumber::as_e164),
                    call.why.code()
                ];
                conn.one(STRANGER, values).await?.int(0)
            })
        });
        written.await.map_err(|source| StoreError::Report { report: "callers", source })
    }

    /// Its end. Who asked to be left alone is: whoever may be meant by the number is not called before a human has looked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stranger_gone(&self, id: i64, end: StrangerEnd, now: Timestamp) -> Result<(), StoreError> {
        let terms = self.terms();
        let written = self.write(move |conn| {
            Box::pin(async move {
                conn.run(GONE, values![id, now, end.talked, end.stop_asked]).await?;
                if !end.stop_asked {
                    return Ok(());
                }
                // Several persons may be meant.
                dialect::lock_rows(conn).await?;
                let meant = conn.all(MEANT, values![id]).await?;
                let meant = meant.iter().map(|row| Ok(PersonId(row.int(0)?)));
                let meant = meant.collect::<Result<Vec<_>, Fault>>()?;
                open_of_strangers(conn, &meant, &format!("stranger call {id}"), &terms, now).await?;
                Ok(())
            })
        });
        written.await.map_err(|source| StoreError::Report { report: "callers", source })
    }
}

async fn known(conn: &mut Conn, number: &PhoneNumber) -> Result<KnownCaller, Fault> {
    let rows = conn.all(OWNERS, values![number]).await?;
    let Some(first) = rows.first() else { return Ok(KnownCaller::Unknown) };
    let first = PersonId(first.int(0)?);
    for other in &rows[1..] {
        let other = PersonId(other.int(0)?);
        if conn.first(ONE_PERSON, values![first, other]).await?.is_none() {
            return Ok(KnownCaller::Several);
        }
    }
    for owner in &rows {
        if owner.code(1, "relation", Relation::parse)? != Relation::Debtor {
            return Ok(KnownCaller::NotHis);
        }
    }
    match conn.first(LAST_CONTACT, values![number]).await? {
        Some(row) => Ok(KnownCaller::One { contact: ContactId(row.int(0)?), campaign: row.text(1)? }),
        None => Ok(KnownCaller::NoDebt),
    }
}

async fn enter(
    conn: &mut Conn,
    request: &InboundRequest,
    node: &str,
    now: Timestamp,
) -> Result<Option<Entered>, Fault> {
    dialect::lock_contact(conn, request.contact).await?;
    dialect::lock_phone(conn, (&request.phone).into()).await?;
    let Some(whose) = conn.first(WHOSE, values![request.contact]).await? else { return Ok(None) };
    let there = there(conn, PersonId(whose.int(0)?), now).await?;
    let values = values![
        request.contact,
        node,
        &request.phone,
        request.trunk.as_str(),
        &request.called,
        request.debt_kind.code(),
        &*request.config_version,
        request.flow_version.as_str(),
        now,
        ContactState::InFlight.code(),
        there.hour,
        i64::from(days_overdue(date(&whose.text(1)?)?, there.today))
    ];
    let Some(row) = conn.first(ENTER, values).await? else { return Ok(None) };
    let owed = Money::new(row.int(1)?, row.code(2, "currency", Currency::parse)?);
    Ok(Some(Entered { attempt: AttemptId(row.int(0)?), owed }))
}

const OWNERS: &str = "SELECT person_id, relation FROM phone WHERE e164 = $1 AND state <> 'wrong_person' \
    ORDER BY person_id";
const ONE_PERSON: &str = "SELECT 1 FROM kin WHERE person_id = $1 AND other_id = $2 AND upto_event IS NULL";
const LAST_CONTACT: &str = "SELECT c.id, g.name FROM contact c JOIN debt d ON d.id = c.debt_id \
    JOIN campaign g ON g.id = c.campaign_id WHERE d.state = 'open' \
    AND d.creditor_id NOT IN (SELECT id FROM creditor WHERE name = 'obzvon: service calls') AND c.person_id IN \
    (SELECT f.person_id FROM phone f WHERE f.e164 = $1 AND f.state <> 'wrong_person') \
    ORDER BY COALESCE((SELECT MAX(a.id) FROM attempt a WHERE a.contact_id = c.id AND a.phone = $1), 0) DESC, \
    c.id DESC LIMIT 1";
/// He is his own open call from now on: nothing is dialled to him meanwhile.
const ENTER: &str = concat!(
    "INSERT INTO attempt (contact_id, campaign_id, person_id, debt_id, node, phone, trunk, caller_id, channel, \
    debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, flow_version, due_at, reserved_at, \
    local_hour, age_days) SELECT c.id, c.campaign_id, c.person_id, c.debt_id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), \
    CAST($5 AS TEXT), 'inbound_call', p.debtor_type, CAST($6 AS TEXT), d.creditor_id, ",
    owed!(),
    ", d.currency, CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS BIGINT), CAST($9 AS BIGINT), \
    CAST($11 AS BIGINT), CAST($12 AS BIGINT) FROM contact c JOIN debt d ON d.id = c.debt_id JOIN person p ON p.id = c.person_id \
    WHERE c.id = $1 AND d.state = 'open' AND c.state <> $10 AND NOT EXISTS (SELECT 1 FROM attempt a \
    WHERE a.outcome IS NULL AND (a.phone = $3 OR a.person_id = c.person_id OR a.person_id IN \
    (SELECT k.other_id FROM kin k WHERE k.person_id = c.person_id AND k.upto_event IS NULL))) \
    RETURNING id, amount_minor, currency"
);
const WHOSE: &str =
    "SELECT c.person_id, d.due_date FROM contact c JOIN debt d ON d.id = c.debt_id WHERE c.id = $1";
const GONE: &str = "UPDATE stranger_call SET ended_at = $2, talked = $3, stop_asked = $4 WHERE id = $1";
const MEANT: &str =
    "SELECT DISTINCT f.person_id FROM phone f JOIN stranger_call s ON s.phone = f.e164 WHERE s.id = $1";
const STRANGER: &str = "INSERT INTO stranger_call (at, node, trunk, called, phone, why) \
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
