//! What sets people off, counted: complaints and trigger marks against the calls that a person answered.

use crate::cases::{By, TriggerLine};
use crate::store::engine::conn::{Row, values};
use crate::store::{Period, Store, StoreError};

/// The counts of a group of calls, from attempts `a` that a person answered, grouped by `$key`.
macro_rules! counted {
    ($key:literal, $from:literal, $trigger:literal, $complaint:literal) => {
        concat!(
            "SELECT x.k, COUNT(*), CAST(SUM(x.complained) AS BIGINT), CAST(SUM(x.triggered) AS BIGINT), ",
            "CAST(SUM(x.justified) AS BIGINT) FROM (SELECT ",
            $key,
            " AS k, CASE WHEN EXISTS (SELECT 1 FROM case_file c WHERE c.of_attempt_id = a.id AND c.dispute = 0",
            $complaint,
            ") THEN 1 ELSE 0 END AS complained, ",
            "CASE WHEN EXISTS (SELECT 1 FROM call_mark m WHERE m.attempt_id = a.id AND m.kind = 'trigger'",
            $trigger,
            ") THEN 1 ELSE 0 END AS triggered, ",
            "CASE WHEN EXISTS (SELECT 1 FROM case_file c WHERE c.of_attempt_id = a.id AND c.dispute = 0 AND c.justified = 1",
            $complaint,
            ") THEN 1 ELSE 0 END AS justified FROM attempt a ",
            $from,
            " WHERE a.outcome = 'answered' AND a.reserved_at >= $1 AND a.reserved_at < $2) x GROUP BY x.k ORDER BY x.k"
        )
    };
}

impl Store {
    /// Complaints and triggers by agent, campaign, flow version or stage, of calls in the period that a person answered.
    ///
    /// A call that two agents talked in is of both. A stage has the calls that it was marked in; what happened in it is what
    /// came after its mark and before the next one's, or of a complaint that came after the call, its last stage.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trigger_report(&self, by: By, period: Period) -> Result<Vec<TriggerLine>, StoreError> {
        let sql = match by {
            By::Agent => AGENT,
            By::Campaign => CAMPAIGN,
            By::Flow => FLOW,
            By::Stage => STAGE,
        };
        let count = |row: &Row, column| row.int(column).map(i64::unsigned_abs);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, values![period.from, period.to]).await?;
                let read = rows.iter().map(|row| {
                    Ok(TriggerLine {
                        key: row.text(0)?,
                        calls: count(row, 1)?,
                        complaints: count(row, 2)?,
                        triggers: count(row, 3)?,
                        justified: count(row, 4)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "triggers", source })
    }
}

const CAMPAIGN: &str = counted!("g.name", "JOIN campaign g ON g.id = a.campaign_id", "", "");
const FLOW: &str = counted!("a.flow_version", "", "", "");
const AGENT: &str = counted!(
    "t.agent",
    "JOIN (SELECT DISTINCT agent, attempt_id FROM agent_state WHERE state = 'talking' AND attempt_id IS NOT NULL \
     AND at >= $1) t ON t.attempt_id = a.id",
    "",
    ""
);
/// `s`: the first time that a stage was marked in a call, and the next mark of another.
const STAGE: &str = counted!(
    "COALESCE(s.code, 'none')",
    "LEFT JOIN (SELECT f.attempt_id, f.code, f.at, (SELECT MIN(n.at) FROM call_mark n WHERE n.attempt_id = f.attempt_id \
     AND n.kind = 'stage' AND n.at > f.at) AS next_at FROM (SELECT attempt_id, code, MIN(at) AS at FROM call_mark \
     WHERE kind = 'stage' GROUP BY attempt_id, code) f) s ON s.attempt_id = a.id",
    " AND (s.code IS NULL OR (m.at >= s.at AND (s.next_at IS NULL OR m.at < s.next_at)))",
    " AND (s.code IS NULL OR (c.received_at >= s.at AND (s.next_at IS NULL OR c.received_at < s.next_at)))"
);
