//! Calls under way whose person was contacted elsewhere since they were decided: decided again on what the ledger has now.

use super::history::load_history;
use super::record::{Record, RulesInForce};
use crate::domain::AttemptId;
use crate::rules::decide;
use crate::store::engine::conn::{Conn, Fault, Value, values};

/// Which of the open attempts are meant.
#[derive(Debug, Clone)]
pub(in crate::store) enum Open {
    /// Those of a node.
    OfNode(String),
    One(AttemptId),
}

/// The open attempts that the rules would not permit any more for what other systems told since. What can't be read
/// again is not permitted.
pub(in crate::store) async fn denied_since(conn: &mut Conn, which: Open) -> Result<Vec<AttemptId>, Fault> {
    let (sql, whose): (_, Value) = match which {
        Open::OfNode(node) => (OF_NODE, node.into()),
        Open::One(attempt) => (THIS_ONE, attempt.into()),
    };
    let mut denied = Vec::new();
    for row in conn.all(sql, vec![whose]).await? {
        let attempt = AttemptId(row.int(0)?);
        if !still_permitted(conn, attempt, &row.text(1)?).await? {
            denied.push(attempt);
        }
    }
    Ok(denied)
}

/// Decides again at the time of the ledger's last word, as if the call itself were not under way.
async fn still_permitted(conn: &mut Conn, attempt: AttemptId, record: &str) -> Result<bool, Fault> {
    let Ok(Record { rules: hash, facts, decision, .. }) = serde_json::from_str(record) else {
        return Ok(false);
    };
    let body = conn.first("SELECT body FROM rule_set WHERE hash = $1", values![hash.as_str()]).await?;
    let body = body.map(|row| row.text(0)).transpose()?;
    let Some(rules) = body.and_then(|body| RulesInForce::read(&hash, &body)) else { return Ok(false) };
    let loaded = load_history(conn, facts.person, Some(facts.phone.number), i64::MAX).await?;
    let history = loaded.history.without(|event| event.attempt == Some(attempt));
    let now = history.high_water().map_or(decision.at, |told| told.max(decision.at));
    Ok(decide(&rules.preset, &rules.calendars, &facts, &history, now).allow)
}

/// What no call of ours wrote, later than the attempt's own entry, about the person, whoever he is beside, or the phone.
/// Counted, for SQLite 3.51 loses rows of an EXISTS whose OR it answers by several indexes.
macro_rules! contacted_since {
    ($which:literal) => {
        concat!(
            "SELECT a.id, d.record FROM attempt a JOIN decision d ON d.id = a.decision_id ",
            "JOIN event f ON f.person_id = a.person_id AND f.attempt_id = a.id AND f.kind = 'in_flight' ",
            "WHERE a.outcome IS NULL AND ",
            $which,
            " AND 0 < (SELECT COUNT(*) FROM event e WHERE e.id > f.id AND e.attempt_id IS NULL ",
            "AND (e.person_id = a.person_id OR e.phone = f.phone OR e.person_id IN ",
            "(SELECT k.other_id FROM kin k WHERE k.person_id = a.person_id AND k.upto_event IS NULL)))"
        )
    };
}
const OF_NODE: &str = contacted_since!("a.node = $1");
const THIS_ONE: &str = contacted_since!("a.id = $1");
