//! One case with everything that is known of it: its words, its history, the person's calls and other cases.

use super::debts::debts;
use super::line::{line, lines};
use crate::cases::{ActCode, CaseActRow, CaseCall, CaseContact, CaseFile, Number};
use crate::domain::{AttemptId, Disposition, Outcome, PersonId, PersonName};
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::{Store, StoreError};

impl Store {
    /// A case with everything that is known of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn case_file(&self, number: Number) -> Result<Option<CaseFile>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { file(conn, number).await }));
        read.await.map_err(|source| StoreError::Case { source })
    }
}

async fn file(conn: &mut Conn, number: Number) -> Result<Option<CaseFile>, Fault> {
    let Some(row) = conn.first(LINE, values![number.0]).await? else { return Ok(None) };
    let words = conn.one(WORDS, values![number.0]).await?;
    let person = words.int_opt(3)?.map(PersonId);
    let mut acts = Vec::new();
    for row in conn.all(ACTS, values![number.0]).await? {
        let act = row.code(2, "act on a case", ActCode::parse)?.code().to_owned();
        acts.push(CaseActRow { at: moment(row.int(0)?)?, who: row.text(1)?, act, text: row.text(3)? });
    }
    let mut calls = Vec::new();
    for row in conn.all(CALLS, values![person]).await? {
        calls.push(CaseCall {
            attempt: AttemptId(row.int(0)?),
            at: moment(row.int(1)?)?,
            campaign: row.text(2)?,
            outcome: row.code_opt(3, "outcome", Outcome::parse)?,
            disposition: row.code_opt(4, "disposition", Disposition::parse)?,
            agent: row.text_opt(5)?,
            recorded: row.int(6)? != 0,
            triggers: row.int(7)?.unsigned_abs(),
        });
    }
    let mut contacts = Vec::new();
    for row in conn.all(CONTACTS, values![person]).await? {
        let (kind, channel, source) = (row.text(1)?, row.text(2)?, row.text(3)?);
        contacts.push(CaseContact { at: moment(row.int(0)?)?, kind, channel, source });
    }
    let others = conn.all(OTHERS, values![person, number.0]).await?;
    Ok(Some(CaseFile {
        line: line(&row)?,
        person,
        name: words.text_opt(4)?.map(PersonName::new),
        text: words.text(0)?,
        answer: words.text_opt(1)?,
        measure: words.text_opt(2)?,
        holds: words.int(5)?.unsigned_abs(),
        debts: debts(conn, number).await?,
        acts,
        calls,
        contacts,
        others: others.iter().map(line).collect::<Result<_, _>>()?,
    }))
}

const LINE: &str = lines!("WHERE c.id = $1");
/// Ids that are one person have one file, whichever of them a case was opened by.
const OTHERS: &str = lines!(
    "WHERE (c.person_id = $1 OR c.person_id IN (SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL)) \
     AND c.id <> $2 ORDER BY c.id DESC LIMIT 50"
);
const WORDS: &str = "SELECT c.text, c.answer, c.measure, c.person_id, p.name, (SELECT COUNT(*) FROM case_hold t \
    JOIN hold h ON h.id = t.hold_id WHERE t.case_id = c.id AND h.until_at IS NULL) \
    FROM case_file c LEFT JOIN person p ON p.id = c.person_id WHERE c.id = $1";
const ACTS: &str = "SELECT at, who, act, text FROM case_act WHERE case_id = $1 ORDER BY id";
const CALLS: &str = "SELECT a.id, a.reserved_at, g.name, a.outcome, a.disposition, (SELECT s.agent FROM agent_state s \
    WHERE s.attempt_id = a.id AND s.state = 'talking' ORDER BY s.id LIMIT 1), \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM recording r WHERE r.attempt_id = a.id AND r.deleted_at IS NULL) THEN 1 ELSE 0 END \
    AS BIGINT), (SELECT COUNT(*) FROM call_mark m WHERE m.attempt_id = a.id AND m.kind = 'trigger') \
    FROM attempt a JOIN campaign g ON g.id = a.campaign_id WHERE a.person_id = $1 \
    OR a.person_id IN (SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL) ORDER BY a.id DESC LIMIT 100";
const CONTACTS: &str = "SELECT e.at, e.kind, e.channel_exact, e.source FROM event e WHERE (e.person_id = $1 \
    OR e.person_id IN (SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL)) AND e.attempt_id IS NULL \
    AND NOT EXISTS (SELECT 1 FROM event n WHERE n.corrects = e.id) ORDER BY e.at DESC, e.id DESC LIMIT 100";
