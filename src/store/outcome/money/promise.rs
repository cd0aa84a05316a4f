//! Promises when their day is over, and again whenever money says otherwise: kept, broken, or void.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::verdict::{Asked, Judged, Money, Verdict, end_of, judge, last_day};
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
    /// debt from the call to that end reaches what was promised, or left nothing owed, void when it does with what had been paid before and was
    /// told later, else broken. Money keeps one promise, that which ends first.
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
            let page = self.write(move |conn| Box::pin(async move { judge_due(conn, terms, now).await }));
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

async fn judge_due(
    conn: &mut Conn,
    terms: PromiseTerms,
    now: Timestamp,
) -> Result<(PromisesJudged, u64), Fault> {
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
        let settled = settle(conn, promise.debt, now).await?;
        let verdict = settled.iter().find(|(id, _)| *id == promise.id).map(|(_, verdict)| *verdict);
        tallied.note(conn).await?;
        judged.kept += u64::from(verdict == Some(Verdict::Kept));
        judged.broken += u64::from(verdict == Some(Verdict::Broken));
        if verdict == Some(Verdict::Broken) && terms.call_again {
            judged.queued += conn.run(CALL_AGAIN, values![promise.contact]).await?;
        }
    }
    Ok((judged, due.len() as u64))
}

/// Judges a debt's promises anew after money came or went: within the caller's tally, its person taken. Whose promise money has
/// broken that went back is judged in the next round, by its campaign's terms.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn judge_again(
    conn: &mut Conn,
    debt: DebtId,
    now: Timestamp,
) -> Result<(), Fault> {
    settle(conn, debt, now).await.map(|_| ())
}

/// Writes down what each promise of a debt has come to, by its id, where that has changed.
async fn settle(conn: &mut Conn, debt: DebtId, now: Timestamp) -> Result<Vec<(i64, Verdict)>, Fault> {
    let promises = read(conn, OF_DEBT, values![debt]).await?;
    let paid = conn.all(PAID, values![debt]).await?;
    let paid =
        paid.iter().map(|row| Ok::<_, Fault>((row.text(4)?, money(row)?))).collect::<Result<Vec<_>, _>>()?;
    let mut all = Vec::new();
    for currency in promises.iter().map(|promise| &*promise.currency).collect::<BTreeSet<_>>() {
        let of: Vec<_> = promises.iter().filter(|promise| promise.currency == currency).collect();
        let asked = of.iter().map(|promise| promise.asked()).collect::<Result<Vec<_>, _>>()?;
        let paid: Vec<_> =
            paid.iter().filter(|(in_it, _)| in_it == currency).map(|(_, money)| *money).collect();
        for (promise, mut judged) in of.into_iter().zip(judge(&asked, &paid)) {
            let was_kept = promise.state == Verdict::Kept.code() || promise.state == Verdict::Void.code();
            if judged.verdict == Verdict::Broken && was_kept {
                conn.run(NOT_OVER, values![promise.id]).await?;
                judged.verdict = Verdict::Open;
            }
            write(conn, promise, judged, now).await?;
            all.push((promise.id, judged.verdict));
        }
    }
    Ok(all)
}

/// Its row, its history, a word to the creditor.
async fn write(conn: &mut Conn, promise: &Promise, judged: Judged, now: Timestamp) -> Result<(), Fault> {
    let Judged { verdict, in_time, late } = judged;
    if verdict.code() == promise.state {
        return Ok(());
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
    tell(conn, promise.debt, &told, now).await.map(|_| ())
}

impl Promise {
    fn asked(&self) -> Result<Asked, Fault> {
        let until = self.until.map_or_else(|| date(&self.on), Ok)?;
        Ok(Asked {
            promised: self.promised,
            called: self.called,
            ends: end_of(until),
            is_over: self.until.is_some(),
        })
    }
}

fn money(row: &Row) -> Result<Money, Fault> {
    Ok(Money {
        minor: row.int(0)?,
        paid_at: moment(row.int(1)?)?,
        received_at: moment(row.int(2)?)?,
        settles: row.int(3)? != 0,
    })
}

async fn read(
    conn: &mut Conn,
    sql: &'static str,
    values: Vec<crate::store::engine::conn::Value>,
) -> Result<Vec<Promise>, Fault> {
    conn.all(sql, values).await?.iter().map(promise).collect()
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

/// The debt's contact that comes back, whose campaign's terms hold: the one in which he promised, else the newest of a campaign that
/// runs, or that may run again; of a campaign that was stopped only where there is no other. 0: it has none.
macro_rules! comes_back {
    () => {
        "COALESCE((SELECT c.id FROM contact c JOIN campaign g ON g.id = c.campaign_id WHERE c.id = a.contact_id \
         AND g.state <> 'stopped'), (SELECT MAX(c.id) FROM contact c JOIN campaign g ON g.id = c.campaign_id \
         WHERE c.debt_id = p.debt_id AND g.state = 'running'), (SELECT MAX(c.id) FROM contact c JOIN campaign g \
         ON g.id = c.campaign_id WHERE c.debt_id = p.debt_id AND g.state <> 'stopped'), \
         (SELECT MAX(c.id) FROM contact c WHERE c.debt_id = p.debt_id), 0)"
    };
}
macro_rules! promises {
    ($where:expr) => {
        concat!(
            "SELECT p.id, ",
            comes_back!(),
            ", p.person_id, p.debt_id, p.amount_minor, p.currency, p.state, p.promised_on, ",
            "COALESCE(a.reserved_at, p.made_at), p.judged_at, p.until, d.external_id, k.name FROM promise p ",
            "LEFT JOIN attempt a ON a.id = p.attempt_id JOIN debt d ON d.id = p.debt_id ",
            "JOIN creditor k ON k.id = d.creditor_id WHERE ",
            $where
        )
    };
}

const DUE: &str = promises!(concat!(
    "p.state = 'open' AND p.until IS NULL AND p.promised_on < $2 AND \
     COALESCE((SELECT t.campaign_id FROM contact t WHERE t.id = ",
    comes_back!(),
    "), 0) = $1 ORDER BY p.promised_on, p.id LIMIT $3"
));
const OF_DEBT: &str = promises!("p.debt_id = $1 ORDER BY p.id");
const OVER: &str = "UPDATE promise SET until = $2 WHERE id = $1 AND state = 'open' AND until IS NULL";
/// Judged by its campaign's terms once more.
const NOT_OVER: &str = "UPDATE promise SET until = NULL WHERE id = $1";
const PAID: &str = "SELECT amount_minor, paid_at, received_at, settles, currency FROM payment WHERE debt_id = $1 \
    ORDER BY paid_at, received_at, external_id";
const SETTLE: &str = "UPDATE promise SET state = $2, judged_at = $3 WHERE id = $1";
const JUDGEMENT: &str = "INSERT INTO promise_judgement (promise_id, at, was, became, paid_minor, late_minor) \
    VALUES ($1, $2, $3, $4, $5, $6)";
/// The gate decides anew, and the contact's one budget of attempts still holds. Who has promised anew is left alone until then.
const CALL_AGAIN: &str = "UPDATE contact SET state = 'queued', why = '', next_at = NULL, claimed_until = 0 \
    WHERE id = $1 AND state = 'done' AND why = 'reached' \
    AND EXISTS (SELECT 1 FROM debt d WHERE d.id = contact.debt_id AND d.state = 'open') \
    AND NOT EXISTS (SELECT 1 FROM promise p WHERE p.debt_id = contact.debt_id AND p.state = 'open')";
