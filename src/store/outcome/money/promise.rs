//! Promises when their day is over, and again whenever money says otherwise: kept, broken, or void.

use jiff::Timestamp;
use jiff::civil::Date;

use super::verdict::{Standing, Verdict, end_of, last_day};
use crate::domain::{CampaignId, DebtId, PersonId};
use crate::store::debtor_type::take_back_broken;
use crate::store::engine::conn::{Conn, Fault, Row, date, moment, values};
use crate::store::engine::dialect;
use crate::store::tally;
use crate::store::told::{Told, tell};
use crate::store::{Store, StoreError};

/// What a campaign holds of promises made in it, or told to other systems by debtors whom it had last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromiseTerms {
    /// 0: of debts that no campaign ever had.
    pub campaign: CampaignId,
    /// Days after the promised one on which a payment is still in time.
    pub grace_days: u8,
    /// Who broke his promise comes back into the queue.
    pub call_again: bool,
}

/// What became of promises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PromisesJudged {
    pub kept: u64,
    pub broken: u64,
    /// Contacts that came back into the queue.
    pub queued: u64,
}

/// A promise as its row has it.
struct Promise {
    id: i64,
    contact: i64,
    person: PersonId,
    debt: DebtId,
    promised: i64,
    currency: String,
    state: String,
    on: String,
    /// When the call or the contact began in which he promised.
    called: Timestamp,
    judged_at: Option<i64>,
    /// The last day with its grace, once it was judged by its campaign's terms.
    until: Option<Date>,
    debt_external: String,
    creditor: String,
}

/// Promises judged in one transaction.
const PAGE: i64 = 200;

impl Store {
    /// Judges the campaign's promises whose day and grace are over everywhere on Earth: kept when what was paid on the
    /// debt from the call to that end reaches what was promised, void when it does with what had been paid before and was
    /// told later, else broken.
    ///
    /// # Errors
    /// When the database fails; what was judged stands, and judging again goes on.
    pub async fn judge_promises(
        &self,
        terms: PromiseTerms,
        now: Timestamp,
    ) -> Result<PromisesJudged, StoreError> {
        let mut all = PromisesJudged::default();
        loop {
            let page = self.write(move |conn| Box::pin(async move { judge(conn, terms, now).await }));
            let act = |source| StoreError::Promises { campaign: terms.campaign, source };
            let (judged, seen) = page.await.map_err(act)?;
            all.kept += judged.kept;
            all.broken += judged.broken;
            all.queued += judged.queued;
            if seen < PAGE.unsigned_abs() {
                return Ok(all);
            }
        }
    }
}

async fn judge(conn: &mut Conn, terms: PromiseTerms, now: Timestamp) -> Result<(PromisesJudged, u64), Fault> {
    let before = last_day(now, terms.grace_days);
    let due = read(conn, DUE, values![terms.campaign, before, PAGE]).await?;
    let mut judged = PromisesJudged::default();
    for promise in &due {
        dialect::lock_person(conn, promise.person).await?;
        let tallied = tally::before(conn, promise.debt).await?;
        let grace = jiff::Span::new().days(i64::from(terms.grace_days));
        let until = date(&promise.on)?.saturating_add(grace);
        if conn.run(OVER, values![promise.id, until]).await? == 0 {
            continue; // a payment, or another node, was faster
        }
        let promise = &Promise { until: Some(until), ..read_one(conn, promise.id).await? };
        let verdict = settle(conn, promise, now).await?;
        tallied.note(conn).await?;
        judged.kept += u64::from(verdict == Verdict::Kept);
        judged.broken += u64::from(verdict == Verdict::Broken);
        if verdict == Verdict::Broken && terms.call_again {
            judged.queued += conn.run(CALL_AGAIN, values![promise.contact]).await?;
        }
    }
    Ok((judged, due.len() as u64))
}

/// Judges a debt's promises anew after money came or went: within the caller's tally, its person taken.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn judge_again(
    conn: &mut Conn,
    debt: DebtId,
    now: Timestamp,
) -> Result<(), Fault> {
    for promise in read(conn, OF_DEBT, values![debt]).await? {
        settle(conn, &promise, now).await?;
    }
    Ok(())
}

/// Writes down what a promise came to, where that has changed: its row, its history, a word to the creditor.
async fn settle(conn: &mut Conn, promise: &Promise, now: Timestamp) -> Result<Verdict, Fault> {
    let until = match promise.until {
        Some(until) => until,
        None => date(&promise.on)?,
    };
    let asked = values![promise.debt, promise.currency.as_str(), promise.called, end_of(until)];
    let paid = conn.one(PAID, asked).await?;
    let (in_time, earlier, late) = (paid.int(0)?, paid.int(1)?, paid.int(2)?);
    let is_over = promise.until.is_some();
    let verdict = Standing { promised: promise.promised, in_time, earlier, is_over }.verdict();
    if verdict.code() == promise.state {
        return Ok(verdict);
    }
    let judged_at = (verdict != Verdict::Open).then_some(now);
    conn.run(SETTLE, values![promise.id, verdict.code(), judged_at]).await?;
    let note = values![promise.id, now, promise.state.as_str(), verdict.code(), in_time, late];
    conn.run(JUDGEMENT, note).await?;
    if promise.state == Verdict::Broken.code()
        && let Some(judged_at) = promise.judged_at
    {
        let why = format!("promise of {} {} after all", promise.on, verdict.code());
        take_back_broken(conn, promise.person, (judged_at, &why), now).await?;
    }
    let told = Told::Promise {
        debt: &promise.debt_external,
        creditor: &promise.creditor,
        promised_on: &promise.on,
        state: verdict.code(),
        paid_minor: in_time,
        paid_late_minor: late,
    };
    tell(conn, promise.debt, &told, now).await?;
    Ok(verdict)
}

async fn read(
    conn: &mut Conn,
    sql: &'static str,
    values: Vec<crate::store::engine::conn::Value>,
) -> Result<Vec<Promise>, Fault> {
    conn.all(sql, values).await?.iter().map(promise).collect()
}

async fn read_one(conn: &mut Conn, id: i64) -> Result<Promise, Fault> {
    promise(&conn.one(ONE, values![id]).await?)
}

fn promise(row: &Row) -> Result<Promise, Fault> {
    Ok(Promise {
        id: row.int(0)?,
        contact: row.int(1)?,
        person: PersonId(row.int(2)?),
        debt: DebtId(row.int(3)?),
        promised: row.int(4)?,
        currency: row.text(5)?,
        state: row.text(6)?,
        on: row.text(7)?,
        called: moment(row.int(8)?)?,
        judged_at: row.int_opt(9)?,
        until: row.text_opt(10)?.map(|text| date(&text)).transpose()?,
        debt_external: row.text(11)?,
        creditor: row.text(12)?,
    })
}

macro_rules! promises {
    ($where:literal) => {
        concat!(
            "SELECT p.id, COALESCE(a.contact_id, (SELECT MAX(c.id) FROM contact c WHERE c.debt_id = p.debt_id), 0), ",
            "p.person_id, p.debt_id, p.amount_minor, p.currency, p.state, p.promised_on, ",
            "COALESCE(a.reserved_at, p.made_at), p.judged_at, p.until, d.external_id, k.name FROM promise p ",
            "LEFT JOIN attempt a ON a.id = p.attempt_id JOIN debt d ON d.id = p.debt_id ",
            "JOIN creditor k ON k.id = d.creditor_id WHERE ",
            $where
        )
    };
}

const DUE: &str = promises!(
    "p.state = 'open' AND p.until IS NULL AND COALESCE(a.campaign_id, (SELECT c.campaign_id FROM contact c \
     WHERE c.debt_id = p.debt_id ORDER BY c.id DESC LIMIT 1), 0) = $1 AND p.promised_on < $2 \
     ORDER BY p.promised_on, p.id LIMIT $3"
);
const ONE: &str = promises!("p.id = $1");
const OF_DEBT: &str = promises!("p.debt_id = $1 ORDER BY p.id");
const OVER: &str = "UPDATE promise SET until = $2 WHERE id = $1 AND state = 'open' AND until IS NULL";
/// In time, before the call and told after it had begun, and too late.
const PAID: &str = "SELECT \
    CAST(COALESCE(SUM(CASE WHEN paid_at >= $3 AND paid_at < $4 THEN amount_minor ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN paid_at < $3 AND received_at >= $3 THEN amount_minor ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN paid_at >= $4 THEN amount_minor ELSE 0 END), 0) AS BIGINT) \
    FROM payment WHERE debt_id = $1 AND currency = $2";
const SETTLE: &str = "UPDATE promise SET state = $2, judged_at = $3 WHERE id = $1";
const JUDGEMENT: &str = "INSERT INTO promise_judgement (promise_id, at, was, became, paid_minor, late_minor) \
    VALUES ($1, $2, $3, $4, $5, $6)";
/// The gate decides anew, and the contact's one budget of attempts still holds.
const CALL_AGAIN: &str = "UPDATE contact SET state = 'queued', why = '', next_at = NULL, claimed_until = 0 \
    WHERE id = $1 AND state = 'done' AND why = 'reached' \
    AND EXISTS (SELECT 1 FROM debt d WHERE d.id = contact.debt_id AND d.state = 'open')";
