//! What reviewers found, and whether the talk brought a payment.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::sample::{act, agent};
use crate::domain::{AgentId, AttemptId, PersonId};
use crate::quality::{Mark, Review, Reviewed, ReviewedCall};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::gate::{Sealed, seal};
use crate::store::{Period, Store, StoreError};

impl Store {
    /// Keeps a review of an agent's talk.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_review(
        &self,
        attempt: AttemptId,
        agent: AgentId,
        review: Review,
    ) -> Result<Reviewed, StoreError> {
        let written =
            self.write(move |conn| Box::pin(async move { keep(conn, attempt, &agent, &review).await }));
        written.await.map_err(act)
    }

    /// Whether the agent talked in the call.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn talked(&self, attempt: AttemptId, agent: AgentId) -> Result<bool, StoreError> {
        let values = values![attempt, agent.as_str()];
        let read = self.read(move |conn| Box::pin(async move { conn.first(TALKED, values).await }));
        read.await.map(|row| row.is_some()).map_err(act)
    }

    /// The talks that were reviewed in the period, with what the debts they were about were paid within `window` after them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviewed_calls(
        &self,
        period: Period,
        window: SignedDuration,
    ) -> Result<Vec<ReviewedCall>, StoreError> {
        let micros = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        let read = self.read(move |conn| {
            Box::pin(async move { group(&conn.all(REVIEWS, values![period.from, period.to, micros]).await?) })
        });
        read.await.map_err(act)
    }
}

async fn keep(
    conn: &mut Conn,
    attempt: AttemptId,
    agent: &AgentId,
    review: &Review,
) -> Result<Reviewed, Fault> {
    if review.reviewer == agent.as_str() {
        return Ok(Reviewed::Himself);
    }
    if conn.first(TALKED, values![attempt, agent.as_str()]).await?.is_none() {
        return Ok(Reviewed::NoTalk);
    }
    let marks: BTreeMap<&str, &str> =
        review.marks.iter().map(|(key, mark)| (key.as_str(), mark.code())).collect();
    let values = values![
        attempt,
        agent.as_str(),
        review.reviewer.as_str(),
        review.at,
        serde_json::to_string(&marks).expect("text"),
        i64::from(review.raw_bp),
        review.critical,
        review.comment.as_str(),
    ];
    let Some(row) = conn.first(KEEP, values).await? else { return Ok(Reviewed::Before) };
    let called = conn.one("SELECT person_id FROM attempt WHERE id = $1", values![attempt]).await?;
    seal(conn, (Sealed::Review, row.int(0)?), PersonId(called.int(0)?), review.at).await?;
    Ok(Reviewed::Now { raw_bp: review.raw_bp, critical: review.critical })
}

/// The rows of a call stand together.
fn group(rows: &[Row]) -> Result<Vec<ReviewedCall>, Fault> {
    let mut calls: Vec<ReviewedCall> = Vec::new();
    for row in rows {
        let (attempt, agent) = (AttemptId(row.int(0)?), agent(row, 1)?);
        if calls.last().is_none_or(|last| (last.attempt, &last.agent) != (attempt, &agent)) {
            let (at, paid) = (moment(row.int(2)?)?, row.int(3)? != 0);
            calls.push(ReviewedCall { attempt, agent, at, paid, reviews: Vec::new() });
        }
        let read = review(row)?;
        calls.last_mut().expect("it was just pushed").reviews.push(read);
    }
    Ok(calls)
}

fn review(row: &Row) -> Result<Review, Fault> {
    let unreadable = || Fault::Unreadable { what: "marks of a review" };
    let written: BTreeMap<String, String> = serde_json::from_str(&row.text(6)?).map_err(|_| unreadable())?;
    let marks = written.into_iter().map(|(key, mark)| Some((key, Mark::parse(&mark)?)));
    Ok(Review {
        reviewer: row.text(4)?,
        at: moment(row.int(5)?)?,
        marks: marks.collect::<Option<_>>().ok_or_else(unreadable)?,
        raw_bp: u32::try_from(row.int(7)?).map_err(|_| unreadable())?,
        critical: row.int(8)? != 0,
        comment: row.text(9)?,
    })
}

const TALKED: &str =
    "SELECT 1 FROM agent_state WHERE attempt_id = $1 AND agent = $2 AND state = 'talking' LIMIT 1";
const KEEP: &str = "INSERT INTO quality_review (attempt_id, agent, reviewer, at, marks, raw_bp, critical, comment) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id";
/// A payment is the talk's when it came after it within the window, and no other answered call on the debt lies between.
const REVIEWS: &str = "SELECT v.attempt_id, v.agent, a.reserved_at, CAST(CASE WHEN EXISTS (SELECT 1 FROM payment y \
    WHERE y.debt_id = a.debt_id AND y.paid_at >= a.reserved_at AND y.paid_at <= a.reserved_at + CAST($3 AS BIGINT) \
    AND NOT EXISTS (SELECT 1 FROM attempt b WHERE b.debt_id = a.debt_id AND b.id > a.id AND b.outcome = 'answered' \
    AND b.reserved_at <= y.paid_at)) THEN 1 ELSE 0 END AS BIGINT), v.reviewer, v.at, v.marks, v.raw_bp, v.critical, v.comment \
    FROM quality_review v JOIN attempt a ON a.id = v.attempt_id WHERE v.at >= $1 AND v.at < $2 \
    ORDER BY v.attempt_id, v.agent, v.id";
