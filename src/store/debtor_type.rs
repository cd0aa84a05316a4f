//! A debtor's type over time: set by people, by lists, by what he does; each change with who, when and why.

use jiff::Timestamp;

use crate::campaign::{Behaviour, Reclassify};
use crate::domain::{DebtorType, PersonId};
use crate::store::counted::{counts, person_counts};
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::engine::dialect;
use crate::store::{NEEDS_AGENT, Period, Store, StoreError};

/// A change as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct TypeChange<'a> {
    pub was: &'a str,
    pub became: &'a str,
    pub who: &'a str,
    pub why: &'a str,
}

/// A change of a person's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeChangeRow {
    pub at: Timestamp,
    pub was: DebtorType,
    pub became: DebtorType,
    /// Who: a person's name, `import`, or the name of a rule of the configuration.
    pub who: String,
    pub why: String,
}

/// How many changes went one way in a period, by one hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeMoveLine {
    pub was: DebtorType,
    pub became: DebtorType,
    pub who: String,
    pub persons: u64,
}

/// Persons of a type now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeShareLine {
    pub debtor_type: DebtorType,
    pub persons: u64,
    /// Those of them with an open debt.
    pub owing: u64,
}

/// Persons judged in one transaction.
const PAGE: i64 = 500;

impl Store {
    /// Sets a person's type. `false`: he has it already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_debtor_type(
        &self,
        person: PersonId,
        became: DebtorType,
        (who, why): (&str, &str),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (who, why) = (who.to_owned(), why.to_owned());
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_person(conn, person).await?;
                retype_to(conn, person, became, (&who, &why), now).await
            })
        });
        written.await.map_err(|source| StoreError::DebtorType { source })
    }

    /// Applies a rule to the persons who were called or whose promise was judged since `since`. Returns how many
    /// changed.
    ///
    /// # Errors
    /// When the database fails; what was changed stands.
    pub async fn reclassify(
        &self,
        rule: &Reclassify,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        loop {
            let rule = rule.clone();
            let page = self.write(move |conn| Box::pin(async move { apply(conn, &rule, since, now).await }));
            let (moved, seen) = page.await.map_err(|source| StoreError::DebtorType { source })?;
            changed += moved;
            if seen < PAGE.unsigned_abs() {
                return Ok(changed);
            }
        }
    }

    /// The changes of a person's type, the first one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn type_changes(&self, person: PersonId) -> Result<Vec<TypeChangeRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(CHANGES, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(TypeChangeRow {
                        at: moment(row.int(0)?)?,
                        was: row.code(1, "debtor type", DebtorType::parse)?,
                        became: row.code(2, "debtor type", DebtorType::parse)?,
                        who: row.text(3)?,
                        why: row.text(4)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::DebtorType { source })
    }

    /// The types now, and the ways they changed in a period.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn types_report(
        &self,
        period: Period,
    ) -> Result<(Vec<TypeShareLine>, Vec<TypeMoveLine>), StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let shares = conn.all(SHARES, Vec::new()).await?;
                let shares = shares.iter().map(|row| {
                    Ok(TypeShareLine {
                        debtor_type: row.code(0, "debtor type", DebtorType::parse)?,
                        persons: row.int(1)?.unsigned_abs(),
                        owing: row.int(2)?.unsigned_abs(),
                    })
                });
                let shares = shares.collect::<Result<Vec<_>, Fault>>()?;
                let moves = conn.all(MOVES, values![period.from, period.to]).await?;
                let moves = moves.iter().map(|row| {
                    Ok(TypeMoveLine {
                        was: row.code(0, "debtor type", DebtorType::parse)?,
                        became: row.code(1, "debtor type", DebtorType::parse)?,
                        who: row.text(2)?,
                        persons: row.int(3)?.unsigned_abs(),
                    })
                });
                Ok((shares, moves.collect::<Result<Vec<_>, Fault>>()?))
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "types", source })
    }
}

async fn apply(
    conn: &mut Conn,
    rule: &Reclassify,
    since: Timestamp,
    now: Timestamp,
) -> Result<(u64, u64), Fault> {
    let find = match rule.when {
        Behaviour::PromiseBroken => PROMISES_BROKEN,
        Behaviour::RemindedInVain => REMINDED_IN_VAIN,
    };
    let bounds = values![rule.from.code(), since, i64::from(rule.times), PAGE];
    let persons = conn.all(find, bounds).await?;
    let mut moved = 0;
    for row in &persons {
        let person = PersonId(row.int(0)?);
        dialect::lock_person(conn, person).await?;
        let why = format!("{} × {}", rule.when.code(), rule.times);
        let change = TypeChange { was: rule.from.code(), became: rule.to.code(), who: &rule.name, why: &why };
        moved += u64::from(retype(conn, person, change, now).await?);
    }
    Ok((moved, persons.len() as u64))
}

/// Sets the type of a person who is locked. `false`: he has it already.
pub(super) async fn retype_to(
    conn: &mut Conn,
    person: PersonId,
    became: DebtorType,
    (who, why): (&str, &str),
    now: Timestamp,
) -> Result<bool, Fault> {
    let was = conn.one(TYPE_OF, values![person]).await?.text(0)?;
    let change = TypeChange { was: &was, became: became.code(), who, why };
    retype(conn, person, change, now).await
}

async fn retype(
    conn: &mut Conn,
    person: PersonId,
    change: TypeChange<'_>,
    now: Timestamp,
) -> Result<bool, Fault> {
    if change.was == change.became || conn.run(SET, values![person, change.became, change.was]).await? == 0 {
        return Ok(false);
    }
    note_change(conn, person, change, now).await?;
    Ok(true)
}

/// Takes back what broken promises have made of a person who is locked, where one of them, judged at `judged_at`, was
/// none after all and the others are too few. Only his last change is taken back; both stay in his file.
pub(super) async fn take_back_broken(
    conn: &mut Conn,
    person: PersonId,
    (judged_at, why): (i64, &str),
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(row) = conn.first(LAST_CHANGE, values![person]).await? else { return Ok(()) };
    let (at, was, became, said) = (row.int(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
    let times = said.strip_prefix(Behaviour::PromiseBroken.code()).and_then(|rest| rest.strip_prefix(" × "));
    let Some(times) = times.and_then(|times| times.parse::<i64>().ok()) else { return Ok(()) };
    if at < judged_at || conn.one(BROKEN_TILL, values![person, at]).await?.int(0)? >= times {
        return Ok(());
    }
    let change = TypeChange { was: &became, became: &was, who: "promise", why };
    retype(conn, person, change, now).await.map(|_| ())
}

/// Writes a change down. Who was kept for an agent on account of his type is looked at again by the campaign that had him.
pub(super) async fn note_change(
    conn: &mut Conn,
    person: PersonId,
    change: TypeChange<'_>,
    now: Timestamp,
) -> Result<(), Fault> {
    let TypeChange { was, became, who, why } = change;
    conn.run(NOTE, values![person, now, was, became, who, why]).await?;
    conn.run(LOOK_AGAIN, values![person, NEEDS_AGENT]).await.map(|_| ())
}

const TYPE_OF: &str = "SELECT debtor_type FROM person WHERE id = $1";
const SET: &str = "UPDATE person SET debtor_type = $2 WHERE id = $1 AND debtor_type = $3";
const NOTE: &str = "INSERT INTO debtor_type_change (person_id, at, was, became, who, why) \
    VALUES ($1, $2, $3, $4, $5, $6)";
/// Who was held when the list was filled has no place in the queue yet: the next filling looks at him.
const LOOK_AGAIN: &str = "UPDATE contact SET state = 'queued', why = '' WHERE person_id = $1 AND state = 'held' \
    AND why = $2 AND arm = 'called'";
const LAST_CHANGE: &str =
    "SELECT at, was, became, why FROM debtor_type_change WHERE person_id = $1 ORDER BY id DESC LIMIT 1";
const BROKEN_TILL: &str = "SELECT COUNT(*) FROM promise WHERE person_id = $1 AND state = 'broken' AND judged_at <= $2 \
    AND judged_at > COALESCE((SELECT MAX(at) FROM debtor_type_change WHERE person_id = $1 AND at < $2), 0)";
const CHANGES: &str =
    "SELECT at, was, became, who, why FROM debtor_type_change WHERE person_id = $1 ORDER BY id";
const SHARES: &str = concat!(
    "SELECT p.debtor_type, COUNT(*), CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM debt d ",
    "WHERE d.person_id = p.id AND d.state = 'open' AND ",
    counts!("d"),
    ") THEN 1 ELSE 0 END) AS BIGINT) FROM person p WHERE ",
    person_counts!("p.id"),
    " GROUP BY p.debtor_type ORDER BY COUNT(*) DESC, p.debtor_type",
);
const MOVES: &str = concat!(
    "SELECT was, became, who, COUNT(*) FROM debtor_type_change WHERE at >= $1 AND at < $2 AND ",
    person_counts!("person_id"),
    " GROUP BY was, became, who ORDER BY COUNT(*) DESC, was, became, who",
);
/// Counts begin anew with each change of the type; a payment or a promise is a reaction to the reminders before it.
const REMINDED_IN_VAIN: &str = "SELECT p.id FROM person p WHERE p.debtor_type = $1 AND p.id IN (SELECT a.person_id \
    FROM attempt a WHERE a.reserved_at >= $2 AND a.closed_at IS NOT NULL) AND (SELECT COUNT(*) FROM attempt a \
    WHERE a.person_id = p.id AND a.grades LIKE '%\"amount_heard\"%' \
    AND a.reserved_at > COALESCE((SELECT MAX(c.at) FROM debtor_type_change c WHERE c.person_id = p.id), 0) \
    AND a.reserved_at > COALESCE((SELECT MAX(r.at) FROM reaction r WHERE r.person_id = p.id \
    AND r.kind IN ('payment', 'promise')), 0)) >= $3 ORDER BY p.id LIMIT $4";
const PROMISES_BROKEN: &str = "SELECT p.id FROM person p WHERE p.debtor_type = $1 AND p.id IN (SELECT b.person_id \
    FROM promise b WHERE b.state = 'broken' AND b.judged_at >= $2) AND (SELECT COUNT(*) FROM promise b \
    WHERE b.person_id = p.id AND b.state = 'broken' \
    AND b.judged_at > COALESCE((SELECT MAX(c.at) FROM debtor_type_change c WHERE c.person_id = p.id), 0)) >= $3 \
    ORDER BY p.id LIMIT $4";
