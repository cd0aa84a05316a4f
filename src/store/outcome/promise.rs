//! Promises when their day is over: kept or broken.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::domain::{CampaignId, DebtId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect;
use crate::store::tally;
use crate::store::told::{Told, tell};
use crate::store::{Store, StoreError};

/// What a campaign holds of promises made in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromiseTerms {
    pub campaign: CampaignId,
    /// Days after the promised one that a payment may still take to arrive.
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

/// A promise whose day is over.
struct Due {
    id: i64,
    contact: i64,
    person: PersonId,
    debt: DebtId,
    paid: i64,
    promised: i64,
    on: String,
    debt_external: String,
    creditor: String,
}

/// Promises judged in one transaction.
const PAGE: i64 = 200;

impl Store {
    /// Judges the campaign's promises whose day and grace are over everywhere on Earth: kept when what was paid on the
    /// debt since the promise reaches what was promised, else broken.
    ///
    /// # Errors
    /// When the database fails; what was judged stands, and judging again goes on.
    pub async fn judge_promises(
        &self,
        terms: PromiseTerms,
        now: Timestamp,
    ) -> Result<PromisesJudged, StoreError> {
        let before = last_day(now, terms.grace_days);
        let mut all = PromisesJudged::default();
        loop {
            let page = self.write(move |conn| Box::pin(async move { judge(conn, terms, before, now).await }));
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

/// Promises of an earlier day than this are to be judged: on it, less the grace, the sun is up in the last zone of all,
/// twelve hours behind UTC.
fn last_day(now: Timestamp, grace_days: u8) -> Date {
    let there = now.saturating_sub(SignedDuration::from_hours(12)).expect("hours, not months");
    let there = there.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    there.saturating_sub(i64::from(grace_days).days())
}

async fn judge(
    conn: &mut Conn,
    terms: PromiseTerms,
    before: Date,
    now: Timestamp,
) -> Result<(PromisesJudged, u64), Fault> {
    let rows = conn.all(DUE, values![terms.campaign, before, PAGE]).await?;
    let due = rows.iter().map(due).collect::<Result<Vec<_>, _>>()?;
    let mut judged = PromisesJudged::default();
    for promise in &due {
        dialect::lock_person(conn, promise.person).await?;
        let tallied = tally::before(conn, promise.debt).await?;
        let kept = promise.paid >= promise.promised;
        let state = if kept { "kept" } else { "broken" };
        if conn.run(SETTLE, values![promise.id, state, now]).await? == 0 {
            continue; // a payment, or another node, was faster
        }
        tallied.note(conn).await?;
        let told = Told::Promise {
            debt: &promise.debt_external,
            creditor: &promise.creditor,
            promised_on: &promise.on,
            state,
        };
        tell(conn, promise.debt, &told, now).await?;
        judged.kept += u64::from(kept);
        judged.broken += u64::from(!kept);
        if !kept && terms.call_again {
            judged.queued += conn.run(CALL_AGAIN, values![promise.contact]).await?;
        }
    }
    Ok((judged, due.len() as u64))
}

fn due(row: &Row) -> Result<Due, Fault> {
    Ok(Due {
        id: row.int(0)?,
        contact: row.int(1)?,
        person: PersonId(row.int(2)?),
        debt: DebtId(row.int(3)?),
        promised: row.int(4)?,
        paid: row.int(5)?,
        on: row.text(6)?,
        debt_external: row.text(7)?,
        creditor: row.text(8)?,
    })
}

const DUE: &str = "SELECT p.id, a.contact_id, p.person_id, p.debt_id, p.amount_minor, \
    CAST(COALESCE((SELECT SUM(m.amount_minor) FROM payment m WHERE m.debt_id = p.debt_id \
    AND m.currency = p.currency AND m.paid_at >= p.made_at), 0) AS BIGINT), p.promised_on, d.external_id, k.name \
    FROM promise p JOIN attempt a ON a.id = p.attempt_id JOIN debt d ON d.id = p.debt_id \
    JOIN creditor k ON k.id = d.creditor_id \
    WHERE p.state = 'open' AND a.campaign_id = $1 AND p.promised_on < $2 ORDER BY p.promised_on, p.id LIMIT $3";
const SETTLE: &str = "UPDATE promise SET state = $2, judged_at = $3 WHERE id = $1 AND state = 'open'";
/// The gate decides anew, and the contact's one budget of attempts still holds.
const CALL_AGAIN: &str = "UPDATE contact SET state = 'queued', why = '', next_at = NULL, claimed_until = 0 \
    WHERE id = $1 AND state = 'done' AND why = 'reached' \
    AND EXISTS (SELECT 1 FROM debt d WHERE d.id = contact.debt_id AND d.state = 'open')";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_over_when_it_is_over_everywhere() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let tenth = jiff::civil::date(2026, 3, 10);
        assert_eq!(last_day(at("2026-03-11T11:59:59Z"), 0), tenth, "in the last zone it is still the tenth");
        assert_eq!(last_day(at("2026-03-11T12:00:00Z"), 0), tenth.tomorrow().expect("a day"));
        assert_eq!(last_day(at("2026-03-13T12:00:00Z"), 2), tenth.tomorrow().expect("a day"));
    }
}
