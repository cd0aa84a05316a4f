//! A use of a channel without a reaction: other systems are told to try another one.

use jiff::{SignedDuration, Timestamp};

use super::message::{Told, tell};
use crate::domain::{Channel, DebtId, PersonId, PhoneNumber};
use crate::rules::{Hold, HoldKind};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect::owed;
use crate::store::gate::holds_of;
use crate::store::{Store, StoreError};

/// When another channel is to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextAction {
    pub name: String,
    /// Any but his own calls: ours, or one that other systems tell of.
    pub channel: Channel,
    /// From this use of it on a person, over all his debts.
    pub after_uses: u16,
    /// Days without a payment, a promise that still runs, or any other action.
    pub days: u16,
    /// One of other systems.
    pub then: Channel,
}

/// A use that is told later than this after it was done is history: nothing is told of it.
const TOLD_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 31);
/// Uses looked at in one transaction.
const PAGE: i64 = 500;

impl Store {
    /// Tells the creditors' systems which debts' last uses of a channel have waited in vain. Each is looked at once, when its
    /// days are over, or when it is told, if that is later (within 31 days); a policy that is new begins with now. Whoever is held, for whatever reason, is left alone. Returns how many
    /// were told.
    ///
    /// # Errors
    /// When the database fails; another call goes on.
    pub async fn tell_next_actions(&self, policy: NextAction, now: Timestamp) -> Result<u64, StoreError> {
        let mut told = 0;
        loop {
            let policy = policy.clone();
            let page = self.write(move |conn| Box::pin(async move { page(conn, &policy, now).await }));
            let (more, is_last) = page.await.map_err(|source| StoreError::Outbox { source })?;
            told += more;
            if is_last {
                return Ok(told);
            }
        }
    }
}

async fn page(conn: &mut Conn, policy: &NextAction, now: Timestamp) -> Result<(u64, bool), Fault> {
    let days = SignedDuration::from_hours(24 * i64::from(policy.days));
    let ripe = now.checked_sub(days).unwrap_or(now);
    let name = policy.name.as_str();
    conn.run(BEGIN, values![name, ripe]).await?;
    let place = conn.one("SELECT upto, upto_place FROM next_action WHERE policy = $1", values![name]).await?;
    let after = (place.int(0)?, place.int(1)?);
    let (days, late) = (micros(days), micros(TOLD_WITHIN));
    let asked = values![after.0, ripe, policy.channel.code(), PAGE, after.1, days, late];
    let rows = conn.all(USES, asked).await?;
    let mut told = 0;
    for row in &rows {
        let (debt, at) = (DebtId(row.int(1)?), row.int(6)?);
        let uses = row.int(4)?;
        if uses < i64::from(policy.after_uses) || conn.first(SINCE, values![debt, at]).await?.is_some() {
            continue;
        }
        if !may_be_asked(conn, debt, policy.then, now).await? {
            continue;
        }
        let (external, creditor) = (row.text(2)?, row.text(3)?);
        let next = Told::NextAction {
            debt: &external,
            creditor: &creditor,
            policy: name,
            channel: policy.channel.code(),
            uses,
            since: crate::store::engine::conn::moment(at)?,
            then: policy.then.code(),
        };
        tell(conn, debt, &next, now).await?;
        told += 1;
    }
    let is_last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
    let (upto, place) = match rows.last() {
        Some(row) if !is_last => (row.int(0)?, row.int(5)?),
        _ => (ripe.as_microsecond(), i64::MAX),
    };
    conn.run(MOVE_ON, values![name, upto, place]).await?;
    Ok((told, is_last))
}

fn micros(long: SignedDuration) -> i64 {
    i64::try_from(long.as_micros()).unwrap_or(i64::MAX)
}

/// Something is owed on the debt, and nothing holds whom it is of. The ledger of holds is the gate's, and one of any kind, on any
/// debt of his, is enough: which of them a law means for a channel that is not ours is not ours to say.
async fn may_be_asked(conn: &mut Conn, debt: DebtId, then: Channel, now: Timestamp) -> Result<bool, Fault> {
    let Some(row) = conn.first(WHOSE, values![debt]).await? else { return Ok(false) };
    let person = PersonId(row.int(0)?);
    let to_telephone = !matches!(then, Channel::Email | Channel::Letter | Channel::Visit);
    let mut phones = vec![None];
    if to_telephone {
        // Which of his telephones others would take is not known here.
        for row in conn.all(PHONES, values![person]).await? {
            let number =
                PhoneNumber::parse(&row.text(0)?).map_err(|_| Fault::Unreadable { what: "phone" })?;
            phones.push(Some((&number).into()));
        }
    }
    for phone in phones {
        let holds = holds_of(conn, person, phone).await?;
        if holds.iter().any(|hold| hold.bites(now) && (to_telephone || !is_of_a_telephone(hold))) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// It says of one telephone whose it is, or that it is not to be rung: a letter goes elsewhere.
fn is_of_a_telephone(hold: &Hold) -> bool {
    let kinds = [HoldKind::NeverCall, HoldKind::PhoneUnderReview, HoldKind::WrongNumber];
    hold.phone.is_some() && kinds.contains(&hold.kind)
}

/// Of a service call nothing is owed.
const WHOSE: &str = concat!("SELECT d.person_id FROM debt d WHERE d.id = $1 AND ", owed!(), " > 0");
const PHONES: &str = "SELECT e164 FROM phone WHERE person_id = $1";
const BEGIN: &str = "INSERT INTO next_action (policy, upto) VALUES ($1, $2) ON CONFLICT (policy) DO NOTHING";
/// Uses of the channel on debts that are still owed, the oldest first: calls of ours, and what other systems told, which stand
/// where they would have been ripe when they were told, if that is later. Many can be of one moment, so each has a place in it.
const USES: &str = "SELECT u.turn, u.debt_id, d.external_id, k.name, u.nth_use, u.place, u.at FROM (\
    SELECT a.reserved_at AS turn, a.debt_id, a.nth_use, a.id * 2 AS place, a.reserved_at AS at FROM attempt a \
    WHERE a.reserved_at >= $1 AND a.reserved_at <= $2 AND a.channel = $3 AND a.nth_use IS NOT NULL \
    UNION ALL SELECT o.at, o.debt_id, o.nth_use, o.event_id * 2 + 1, o.at FROM outside_action o \
    WHERE o.at >= $1 AND o.at <= $2 AND o.channel = $3 AND o.nth_use IS NOT NULL AND o.told_at - $6 <= o.at \
    UNION ALL SELECT o.told_at - $6, o.debt_id, o.nth_use, o.event_id * 2 + 1, o.at FROM outside_action o \
    WHERE o.told_at >= $1 + $6 AND o.told_at <= $2 + $6 AND o.channel = $3 AND o.nth_use IS NOT NULL \
    AND o.told_at - $6 > o.at AND o.told_at - $7 <= o.at) u \
    JOIN debt d ON d.id = u.debt_id JOIN creditor k ON k.id = d.creditor_id \
    WHERE d.state = 'open' AND (u.turn > $1 OR u.place > $5) ORDER BY u.turn, u.place LIMIT $4";
const MOVE_ON: &str = "UPDATE next_action SET upto = $2, upto_place = $3 WHERE policy = $1 \
    AND (upto < $2 OR (upto = $2 AND upto_place < $3))";
/// What makes another channel needless, or was another action already.
const SINCE: &str = "SELECT 1 FROM payment WHERE debt_id = $1 AND paid_at >= $2 \
    UNION ALL SELECT 1 FROM promise WHERE debt_id = $1 AND state = 'open' \
    UNION ALL SELECT 1 FROM attempt WHERE debt_id = $1 AND reserved_at > $2 \
    AND (outcome IS NULL OR (outcome <> 'cancelled' AND outcome NOT LIKE 'failed%')) \
    UNION ALL SELECT 1 FROM outside_action WHERE debt_id = $1 AND at > $2 LIMIT 1";
