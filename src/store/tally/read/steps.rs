//! A day in steps of five minutes.

use jiff::Timestamp;

use super::{Part, Reading, Sums, add_cells, project};
use crate::domain::Channel;
use crate::stats::{Counted, DaySteps, OpenCall, STATE_STEP, STEP, count_open, count_stretch};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, Row, moment, moment_opt, values};
use crate::store::tally::states::{columns, read};

impl Reading {
    /// The steps of the period's whole days, with what goes on still counted up to `now`.
    ///
    /// # Errors
    /// The database's.
    pub async fn steps(&self, conn: &mut Conn, now: Timestamp) -> Result<DaySteps, Fault> {
        const CALLS: &[&str] = &["step", "campaign_id"];
        const STATES: &[&str] = &["step", "state", "campaign_id"];
        let among = (self.period.from, self.period.to);
        let (mut calls, mut states) = (Sums::new(), Sums::new());
        for part in &self.parts {
            if let Part::Cells { level, months, days } = *part {
                add_cells(conn, (&STEP, CALLS, false), (level, months, days), &mut calls).await?;
                add_cells(conn, (&STATE_STEP, STATES, false), (level, months, days), &mut states).await?;
            }
        }
        let mut counted = Counted::default();
        for row in conn.all(OPEN, values![among.0, among.1]).await? {
            count_open(&open(&row)?, now, &self.basis, &mut counted);
        }
        for row in conn.all(LATEST, Vec::new()).await? {
            count_stretch(&read(&row)?, now, Some(among), &self.basis, &mut counted);
        }
        project(&counted, (&STEP, CALLS, false), &mut calls);
        project(&counted, (&STATE_STEP, STATES, false), &mut states);
        let mut day = DaySteps::new(among.0, among.1, now);
        calls.iter().for_each(|(keys, sums)| day.add_calls(keys, sums));
        states.iter().for_each(|(keys, sums)| day.add_states(keys, sums));
        Ok(day)
    }
}

fn open(row: &Row) -> Result<OpenCall, Fault> {
    let reserved_at = moment(row.int(2)?)?;
    let is_his_own = row.code(1, "channel", Channel::parse)? == Channel::InboundCall;
    let line_from = moment_opt(row.int_opt(3)?)?.or_else(|| is_his_own.then_some(reserved_at));
    Ok(OpenCall { is_his_own, campaign: row.int(0)?, reserved_at, line_from })
}

/// The open ones are few and have an index; each plus keeps the planner from the one of times, which has all.
const OPEN: &str = concat!(
    "SELECT campaign_id, channel, reserved_at, invite_at FROM attempt WHERE outcome IS NULL ",
    "AND +reserved_at >= $1 AND +reserved_at < $2 AND ",
    counts!("attempt"),
);
/// The last change of whoever was ever at work; each is found by the index, however much there is of him.
const LATEST: &str = columns!(
    "s.id IN (WITH RECURSIVE w(agent) AS (SELECT MIN(agent) FROM agent_state UNION ALL \
     SELECT (SELECT MIN(n.agent) FROM agent_state n WHERE n.agent > w.agent) FROM w WHERE w.agent IS NOT NULL) \
     SELECT (SELECT MAX(l.id) FROM agent_state l WHERE l.agent = w.agent) FROM w WHERE w.agent IS NOT NULL)"
);
