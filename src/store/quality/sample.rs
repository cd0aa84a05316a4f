//! Lists of calls to be listened to: the talks there are, what was drawn, and how far it has been listened to.

use jiff::Timestamp;

use crate::domain::{AgentId, AttemptId};
use crate::quality::{Candidate, Picked, SampleLine, Why};
use crate::store::engine::conn::{Fault, Row, moment, values};
use crate::store::{Period, Store, StoreError};

impl Store {
    /// The talks of agents in the period that are recorded: of one agent, or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quality_candidates(
        &self,
        period: Period,
        agent: Option<AgentId>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let values = values![period.from, period.to, agent.as_ref().map(AgentId::as_str)];
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(CANDIDATES, values).await?.iter().map(candidate).collect() })
        });
        read.await.map_err(act)
    }

    /// Keeps what was drawn, with the seed it was drawn by. Its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_sample(
        &self,
        (period, seed): (Period, u64),
        drawn: Vec<(Candidate, Why)>,
        who: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let who = who.to_owned();
        let written = self.write(move |conn| {
            Box::pin(async move {
                let values = values![now, &who, seed.cast_signed(), period.from, period.to];
                let id = conn.one(SAMPLE, values).await?.int(0)?;
                for (call, why) in &drawn {
                    let values = values![id, call.attempt, call.agent.as_str(), why.code()];
                    conn.run(PICK, values).await?;
                }
                Ok(id)
            })
        });
        written.await.map_err(act)
    }

    /// The lists, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn samples(&self) -> Result<Vec<SampleLine>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(SAMPLES, Vec::new()).await?.iter().map(line).collect() })
        });
        read.await.map_err(act)
    }

    /// The calls of a list, agent by agent, the gravest reason first; none where there is no such list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn picked(&self, sample: i64) -> Result<Vec<Picked>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(PICKED, values![sample]).await?.iter().map(picked).collect() })
        });
        read.await.map_err(act)
    }
}

pub(super) fn act(source: Fault) -> StoreError {
    StoreError::Report { report: "reviews", source }
}

pub(super) fn agent(row: &Row, column: usize) -> Result<AgentId, Fault> {
    AgentId::parse(&row.text(column)?).ok_or(Fault::Unreadable { what: "agent" })
}

fn candidate(row: &Row) -> Result<Candidate, Fault> {
    Ok(Candidate {
        attempt: AttemptId(row.int(0)?),
        agent: agent(row, 1)?,
        talk_s: row.int(2)?.unsigned_abs() / 1_000_000,
        trigger: row.int(3)? != 0,
        complaint: row.int(4)? != 0,
    })
}

fn line(row: &Row) -> Result<SampleLine, Fault> {
    Ok(SampleLine {
        id: row.int(0)?,
        made_at: moment(row.int(1)?)?,
        made_by: row.text(2)?,
        seed: row.int(3)?.cast_unsigned(),
        from: moment(row.int(4)?)?,
        to: moment(row.int(5)?)?,
        calls: row.int(6)?.unsigned_abs(),
        reviewed: row.int(7)?.unsigned_abs(),
    })
}

fn picked(row: &Row) -> Result<Picked, Fault> {
    Ok(Picked {
        attempt: AttemptId(row.int(0)?),
        agent: agent(row, 1)?,
        at: moment(row.int(2)?)?,
        why: row.code(3, "reason to listen", Why::parse)?,
        reviews: row.int(4)?.unsigned_abs(),
        recorded: row.int(5)? != 0,
    })
}

const CANDIDATES: &str = "SELECT a.id, t.agent, COALESCE(a.end_at - a.answer_at, 0), \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM call_mark m WHERE m.attempt_id = a.id AND m.kind = 'trigger') THEN 1 ELSE 0 END AS BIGINT), \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM case_file c WHERE c.attempt_id = a.id AND c.dispute = 0) THEN 1 ELSE 0 END AS BIGINT) \
    FROM (SELECT DISTINCT agent, attempt_id FROM agent_state WHERE state = 'talking' AND attempt_id IS NOT NULL \
    AND at >= $1 AND at < $2) t JOIN attempt a ON a.id = t.attempt_id JOIN recording r ON r.attempt_id = a.id \
    WHERE r.deleted_at IS NULL AND t.agent = COALESCE($3, t.agent) ORDER BY t.agent, a.id";
const SAMPLE: &str = "INSERT INTO quality_sample (made_at, made_by, seed, from_at, to_at) VALUES ($1, $2, $3, $4, $5) \
    RETURNING id";
const PICK: &str = "INSERT INTO quality_pick (sample_id, attempt_id, agent, why) VALUES ($1, $2, $3, $4)";
const SAMPLES: &str = "SELECT s.id, s.made_at, s.made_by, s.seed, s.from_at, s.to_at, COUNT(p.attempt_id), \
    CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM quality_review v WHERE v.attempt_id = p.attempt_id \
    AND v.agent = p.agent) THEN 1 ELSE 0 END), 0) AS BIGINT) FROM quality_sample s \
    LEFT JOIN quality_pick p ON p.sample_id = s.id GROUP BY s.id, s.made_at, s.made_by, s.seed, s.from_at, s.to_at \
    ORDER BY s.id DESC LIMIT 100";
const PICKED: &str = "SELECT p.attempt_id, p.agent, a.reserved_at, p.why, (SELECT COUNT(*) FROM quality_review v \
    WHERE v.attempt_id = p.attempt_id AND v.agent = p.agent), \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM recording r WHERE r.attempt_id = a.id AND r.deleted_at IS NULL) THEN 1 ELSE 0 END \
    AS BIGINT) FROM quality_pick p JOIN attempt a ON a.id = p.attempt_id WHERE p.sample_id = $1 ORDER BY p.agent, \
    CASE p.why WHEN 'complaint' THEN 0 WHEN 'trigger' THEN 1 WHEN 'longest' THEN 2 ELSE 3 END, p.attempt_id";
