//! Attempts as rows: for files, for a person's page, page by page so that memory stays bounded.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::attempt::{FinalWord, Stamps};
use crate::domain::{
    AttemptId, CampaignId, Channel, ContactId, Currency, DebtKind, DebtorType, DecisionId, Disposition,
    Money, Outcome, PersonId, PhoneNumber,
};
use crate::store::engine::conn::{Conn, Fault, Row, date, moment, moment_opt, values};
use crate::store::heard::read_judged;
use crate::store::list::number;
use crate::store::{Judged, Store, StoreError};

/// Everything that is kept of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    pub id: AttemptId,
    pub contact: ContactId,
    /// The decision of the gate that allowed it; a call that came in has none.
    pub decision: Option<DecisionId>,
    pub campaign: String,
    /// The person's id in the lists.
    pub person: String,
    /// The debt's id at the creditor.
    pub debt: String,
    pub creditor: String,
    pub phone: PhoneNumber,
    pub node: String,
    pub trunk: String,
    pub caller_id: PhoneNumber,
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub debt_kind: DebtKind,
    pub amount: Money,
    pub config_version: String,
    pub flow_version: String,
    pub due_at: Timestamp,
    pub reserved_at: Timestamp,
    pub stamps: Stamps,
    /// Absent while the attempt is open.
    pub outcome: Option<Outcome>,
    pub disposition: Option<Disposition>,
    /// Codes of the grades reached.
    pub grades: Vec<String>,
    pub last_word: FinalWord,
    /// `callee`, `network` or `us`.
    pub hung_up_by: Option<String>,
    /// Share of the prompts' audio that was sent, in percent.
    pub heard_percent: Option<u8>,
    pub keys: String,
    pub identified: bool,
    pub promised_on: Option<Date>,
    /// Millionths of the currency's unit.
    pub cost_micro: Option<i64>,
    pub ears: Ears,
}

/// What was heard in an answered call since the answer; of one that was not, in its early media.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ears {
    /// The verdict that stood in the end.
    pub last: Option<Judged>,
    /// The first one: what the last one revised, where they differ.
    pub first: Option<Judged>,
    /// When the first beep began and ended, ms from the answer.
    pub beep_start_ms: Option<i64>,
    pub beep_end_ms: Option<i64>,
}

/// Which attempts to export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptFilter {
    /// Absent: all campaigns.
    pub campaign: Option<CampaignId>,
    /// Reserved at or after this.
    pub from: Option<Timestamp>,
    /// Reserved before this.
    pub to: Option<Timestamp>,
}

/// A walk over attempts by id.
#[derive(Debug)]
pub struct AttemptExport {
    store: Store,
    filter: AttemptFilter,
    after: AttemptId,
}

/// The verdict that was last, or first, since the answer, or before it where there was none.
macro_rules! verdict {
    ($as:literal, $which:literal) => {
        concat!(
            "LEFT JOIN heard ",
            $as,
            " ON ",
            $as,
            ".attempt_id = a.id AND ",
            $as,
            ".n = (SELECT ",
            $which,
            "(w.n) FROM heard w WHERE w.attempt_id = a.id AND w.kind = 'verdict' ",
            "AND w.early = CASE WHEN a.answer_at IS NULL THEN 1 ELSE 0 END) "
        )
    };
}

macro_rules! attempts {
    ($tail:literal) => {
        concat!(
            "SELECT a.id, a.contact_id, g.name, p.external_id, d.external_id, k.name, a.phone, a.node, a.trunk, ",
            "a.caller_id, a.channel, a.debtor_type, a.debt_kind, a.amount_minor, a.currency, a.config_version, ",
            "a.flow_version, a.due_at, a.reserved_at, a.invite_at, a.trying_at, a.ringing_at, a.early_media_at, ",
            "a.answer_at, a.first_audio_at, a.first_key_at, a.end_at, a.outcome, a.disposition, a.grades, ",
            "a.sip_code, a.sip_reason, a.q850, a.hung_up_by, a.heard_percent, a.keys, a.identified, a.promised_on, ",
            "a.cost_micro, a.decision_id, v.what, v.t_ms, v.permille, f.what, f.t_ms, f.permille, ",
            "(SELECT MIN(b.t_ms) FROM heard b WHERE b.attempt_id = a.id AND b.early = 0 AND b.kind = 'beep_start'), ",
            "(SELECT MIN(b.t_ms) FROM heard b WHERE b.attempt_id = a.id AND b.early = 0 AND b.kind = 'beep_end') ",
            "FROM attempt a JOIN campaign g ON g.id = a.campaign_id ",
            "JOIN person p ON p.id = a.person_id JOIN debt d ON d.id = a.debt_id ",
            "JOIN creditor k ON k.id = a.creditor_id ",
            verdict!("v", "MAX"),
            verdict!("f", "MIN"),
            $tail
        )
    };
}

/// Attempts read at once.
const PAGE: i64 = 1000;

impl Store {
    /// Begins a walk over attempts.
    pub fn export_attempts(&self, filter: AttemptFilter) -> AttemptExport {
        AttemptExport { store: self.clone(), filter, after: AttemptId(0) }
    }
}

impl Store {
    /// The newest attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_attempt(&self) -> Result<Option<AttemptId>, StoreError> {
        let sql = "SELECT MAX(id) FROM attempt";
        let read =
            self.read(move |conn| Box::pin(async move { conn.one(sql, Vec::new()).await?.int_opt(0) }));
        let last = read.await.map_err(|source| StoreError::Export { after: AttemptId(0), source })?;
        Ok(last.map(AttemptId))
    }
}

impl Store {
    /// One attempt; `None`: there is none of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempt(&self, attempt: AttemptId) -> Result<Option<AttemptRow>, StoreError> {
        let sql = attempts!("WHERE a.id = $1");
        let read = self.read(move |conn| {
            Box::pin(async move {
                conn.first(sql, values![attempt]).await?.as_ref().map(read_attempt).transpose()
            })
        });
        read.await.map_err(|source| StoreError::Export { after: attempt, source })
    }

    /// Every attempt on the person, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts_of(&self, person: PersonId) -> Result<Vec<AttemptRow>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { of_person(conn, person, i64::MAX).await }));
        let mut attempts = read.await.map_err(|source| StoreError::Export { after: AttemptId(0), source })?;
        attempts.reverse();
        Ok(attempts)
    }
}

impl AttemptExport {
    /// Begins behind an attempt.
    pub fn after(mut self, attempt: AttemptId) -> Self {
        self.after = attempt;
        self
    }

    /// The next attempts, at most a thousand; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_page(&mut self) -> Result<Vec<AttemptRow>, StoreError> {
        let (filter, after) = (self.filter, self.after);
        let read = self.store.read(move |conn| Box::pin(async move { page(conn, filter, after).await }));
        let rows = read.await.map_err(|source| StoreError::Export { after, source })?;
        if let Some(last) = rows.last() {
            self.after = last.id;
        }
        Ok(rows)
    }
}

async fn page(conn: &mut Conn, filter: AttemptFilter, after: AttemptId) -> Result<Vec<AttemptRow>, Fault> {
    let from = filter.from.unwrap_or(Timestamp::MIN);
    let to = filter.to.unwrap_or(Timestamp::MAX);
    let rows = match filter.campaign {
        Some(campaign) => conn.all(OF_CAMPAIGN, values![after, from, to, PAGE, campaign]).await?,
        None => conn.all(OF_ALL, values![after, from, to, PAGE]).await?,
    };
    rows.iter().map(read_attempt).collect()
}

const OF_ALL: &str =
    attempts!("WHERE a.id > $1 AND a.reserved_at >= $2 AND a.reserved_at < $3 ORDER BY a.id LIMIT $4");
const OF_CAMPAIGN: &str = attempts!(
    "WHERE a.id > $1 AND a.reserved_at >= $2 AND a.reserved_at < $3 AND a.campaign_id = $5 ORDER BY a.id LIMIT $4"
);

/// The person's last attempts, the newest first.
pub(super) async fn of_person(
    conn: &mut Conn,
    person: PersonId,
    limit: i64,
) -> Result<Vec<AttemptRow>, Fault> {
    let rows = conn
        .all(attempts!("WHERE a.person_id = $1 ORDER BY a.id DESC LIMIT $2"), values![person, limit])
        .await?;
    rows.iter().map(read_attempt).collect()
}

fn read_attempt(row: &Row) -> Result<AttemptRow, Fault> {
    let currency = row.code(14, "currency", Currency::parse)?;
    Ok(AttemptRow {
        id: AttemptId(row.int(0)?),
        contact: ContactId(row.int(1)?),
        campaign: row.text(2)?,
        person: row.text(3)?,
        debt: row.text(4)?,
        creditor: row.text(5)?,
        phone: number(&row.text(6)?)?,
        node: row.text(7)?,
        trunk: row.text(8)?,
        caller_id: number(&row.text(9)?)?,
        channel: row.code(10, "channel", Channel::parse)?,
        debtor_type: row.code(11, "debtor type", DebtorType::parse)?,
        debt_kind: row.code(12, "kind of debt", DebtKind::parse)?,
        amount: Money::new(row.int(13)?, currency),
        config_version: row.text(15)?,
        flow_version: row.text(16)?,
        due_at: moment(row.int(17)?)?,
        reserved_at: moment(row.int(18)?)?,
        stamps: read_stamps(row)?,
        outcome: row.code_opt(27, "outcome", Outcome::parse)?,
        disposition: row.code_opt(28, "disposition", Disposition::parse)?,
        grades: serde_json::from_str(&row.text(29)?).map_err(|_| Fault::Unreadable { what: "grades" })?,
        last_word: FinalWord {
            sip_code: row.int_opt(30)?.and_then(|code| u16::try_from(code).ok()),
            reason: row.text_opt(31)?,
            q850: row.int_opt(32)?.and_then(|cause| u8::try_from(cause).ok()),
        },
        hung_up_by: row.text_opt(33)?,
        heard_percent: row.int_opt(34)?.and_then(|percent| u8::try_from(percent).ok()),
        keys: row.text(35)?,
        identified: row.int(36)? != 0,
        promised_on: row.text_opt(37)?.map(|day| date(&day)).transpose()?,
        cost_micro: row.int_opt(38)?,
        decision: row.int_opt(39)?.map(DecisionId),
        ears: Ears {
            last: read_judged(row, 40)?,
            first: read_judged(row, 43)?,
            beep_start_ms: row.int_opt(46)?,
            beep_end_ms: row.int_opt(47)?,
        },
    })
}

fn read_stamps(row: &Row) -> Result<Stamps, Fault> {
    Ok(Stamps {
        invite: moment_opt(row.int_opt(19)?)?,
        trying: moment_opt(row.int_opt(20)?)?,
        ringing: moment_opt(row.int_opt(21)?)?,
        early_media: moment_opt(row.int_opt(22)?)?,
        answer: moment_opt(row.int_opt(23)?)?,
        first_audio: moment_opt(row.int_opt(24)?)?,
        first_key: moment_opt(row.int_opt(25)?)?,
        end: moment_opt(row.int_opt(26)?)?,
    })
}
