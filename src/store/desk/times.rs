//! How agents spent their time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::AgentId;
use crate::stats::Key;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::Reading;
use crate::store::{Period, Store, StoreError};

/// An agent's time within a period. A state that lasts beyond it counts up to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentTimes {
    pub ready: Duration,
    /// Reserved or ringing.
    pub expecting: Duration,
    /// Talking or with the other side on hold.
    pub talking: Duration,
    pub wrap_up: Duration,
    pub away_billable: Duration,
    pub away: Duration,
    pub no_audio: Duration,
    /// Talks begun.
    pub talks: u64,
    /// Calls he let ring.
    pub missed: u64,
    pub pauses_overrun: u64,
    pub wrap_ups_ran_out: u64,
    pub holds_overrun: u64,
}

impl AgentTimes {
    /// All time but logged out.
    pub fn logged_in(&self) -> Duration {
        self.at_work() + self.away_billable + self.away + self.no_audio
    }

    /// Time in which a call could come or was there: what occupancy is measured against.
    pub fn at_work(&self) -> Duration {
        self.ready + self.expecting + self.busy()
    }

    /// Talking and writing up: occupancy's numerator.
    pub fn busy(&self) -> Duration {
        self.talking + self.wrap_up
    }
}

impl Store {
    /// How each agent spent his time in `period`, up to `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agent_times(
        &self,
        period: Period,
        now: Timestamp,
    ) -> Result<BTreeMap<AgentId, AgentTimes>, StoreError> {
        let period = Period { to: period.to.min(now), ..period };
        let read = self.read(move |conn| Box::pin(async move { times(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "agents", source })
    }
}

async fn times(conn: &mut Conn, period: Period) -> Result<BTreeMap<AgentId, AgentTimes>, Fault> {
    let mut all: BTreeMap<AgentId, AgentTimes> = BTreeMap::new();
    let reading = Reading::of(conn, period).await?;
    for (keys, sums) in reading.states(conn, &["agent", "state", "billable"], false, Some(period.to)).await? {
        let [Key::Code(agent), Key::Code(state), Key::Number(billable)] = &keys[..] else { continue };
        let times = all.entry(agent_of(agent)?).or_default();
        let count = |sum: usize| sums[sum].max(0).unsigned_abs();
        let spent = Duration::from_micros(count(1));
        match (&**state, billable) {
            ("ready", _) => times.ready += spent,
            ("reserved" | "ringing", _) => times.expecting += spent,
            ("talking" | "hold", _) => times.talking += spent,
            ("wrap_up", _) => times.wrap_up += spent,
            ("away", 1) => times.away_billable += spent,
            ("away", _) => times.away += spent,
            ("no_audio", _) => times.no_audio += spent,
            ("logged_out", _) => {}
            _ => return Err(Fault::Unreadable { what: "agent state" }),
        }
        times.talks += count(2);
        times.missed += count(3);
    }
    for row in conn.all(MARKED, values![period.from, period.to]).await? {
        let times = all.entry(agent_of(&row.text(0)?)?).or_default();
        times.pauses_overrun = row.int(1)?.try_into().unwrap_or(0);
        times.wrap_ups_ran_out = row.int(2)?.try_into().unwrap_or(0);
        times.holds_overrun = row.int(3)?.try_into().unwrap_or(0);
    }
    Ok(all)
}

fn agent_of(text: &str) -> Result<AgentId, Fault> {
    AgentId::parse(text).ok_or(Fault::Unreadable { what: "agent" })
}

const MARKED: &str = "SELECT agent, CAST(SUM(CASE WHEN what = 'pause_overrun' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN what IN ('pause_overrun', 'hold_overrun') THEN 0 ELSE 1 END) AS BIGINT), \
    CAST(SUM(CASE WHEN what = 'hold_overrun' THEN 1 ELSE 0 END) AS BIGINT) FROM agent_mark \
    WHERE at >= $1 AND at < $2 GROUP BY agent";
