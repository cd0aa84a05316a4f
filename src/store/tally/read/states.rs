//! How agents spent a period.

use jiff::Timestamp;

use super::{Part, Reading, Sums, add_cells, project};
use crate::stats::{Counted, STATE, StateFact, count_change, count_stretch};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::states::{columns, read};

impl Reading {
    /// The sums of [`STATE`] by these columns of its key. What lasts still counts up to `now`, where it is given; else not at
    /// all.
    ///
    /// # Errors
    /// The database's.
    pub async fn states(
        &self,
        conn: &mut Conn,
        by: &[&'static str],
        by_month: bool,
        now: Option<Timestamp>,
    ) -> Result<Sums, Fault> {
        let mut all = Sums::new();
        let mut counted = Counted::default();
        let agents = agents(conn).await?;
        for part in &self.parts {
            match *part {
                Part::Cells { level, months, days } => {
                    add_cells(conn, (&STATE, by, by_month), (level, months, days), &mut all).await?;
                }
                Part::Rows { from, to } => {
                    for agent in &agents {
                        self.count_end(conn, agent, (from, to), &mut counted).await?;
                    }
                }
            }
        }
        if let Some(now) = now {
            let among = Some((self.period.from, self.period.to));
            for agent in &agents {
                if let Some(row) = conn.first(LAST, values![agent.as_str()]).await? {
                    count_stretch(&read(&row)?, now, among, &self.basis, &mut counted);
                }
            }
        }
        project(&counted, (&STATE, by, by_month), &mut all);
        all.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
        Ok(all)
    }

    /// An agent's changes within an end of the period, the one before it and the one after it.
    async fn count_end(
        &self,
        conn: &mut Conn,
        agent: &str,
        (from, to): (Timestamp, Timestamp),
        counted: &mut Counted,
    ) -> Result<(), Fault> {
        let rows = conn.all(AROUND, values![agent, from, to]).await?;
        let changes = rows.iter().map(read).collect::<Result<Vec<StateFact>, _>>()?;
        let among = Some((from, to));
        for (place, change) in changes.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| &changes[place]);
            count_change(before, change, among, &self.basis, counted);
            if let Some(before) = before {
                count_stretch(before, change.at, among, &self.basis, counted);
            }
        }
        Ok(())
    }
}

/// Whoever was ever at work.
async fn agents(conn: &mut Conn) -> Result<Vec<String>, Fault> {
    conn.all(AGENTS, Vec::new()).await?.iter().map(|row| row.text(0)).collect()
}

const AGENTS: &str = "SELECT DISTINCT agent FROM tally_state WHERE level = 2 ORDER BY agent";
const LAST: &str = columns!("s.agent = $1 ORDER BY s.id DESC LIMIT 1");
const AROUND: &str = columns!(
    "s.agent = $1 AND s.at >= COALESCE((SELECT MAX(o.at) FROM agent_state o WHERE o.agent = $1 AND o.at < $2), $2) \
     AND s.at <= COALESCE((SELECT MIN(o.at) FROM agent_state o WHERE o.agent = $1 AND o.at >= $3), $3) ORDER BY s.id"
);
