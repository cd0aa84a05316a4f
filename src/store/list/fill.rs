//! Contacts of a campaign: one for each open debt that the campaign places.

use jiff::Timestamp;
use jiff::civil::Date;

use super::callers::key;
use super::merge::chunks;
use crate::domain::{CampaignId, ContactId, Currency, DebtId, DebtorType, Language, Money, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, Value, date, values};
use crate::store::engine::dialect::owed;
use crate::store::{Store, StoreError};

/// An open debt that is not in the campaign yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub debt: DebtId,
    pub person: PersonId,
    pub debtor_type: DebtorType,
    pub creditor: String,
    pub amount: Money,
    pub due: Date,
    /// The debtor's.
    pub language: Language,
    /// How the person was drawn in this campaign before, by whichever of his debts.
    pub lot: Option<Lot>,
    /// He has promised to pay it, and that is not judged yet.
    pub promised: bool,
    /// Whom an agent would talk to, as the queue tells callers apart.
    pub(super) caller: String,
}

/// A lot that was drawn: it stands for all of a person's debts in the campaign, whatever share the plan leaves alone now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    pub left_alone: bool,
    /// How many in a hundred were left alone then; not known of the oldest.
    pub percent: Option<i64>,
}

/// Where a campaign puts a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// May be dialled, in the order of this score.
    Queued { score: i64 },
    /// Would be dialled, and rests as every contact of a debt that was promised does: until the promise is judged nobody is
    /// called about it.
    Resting { score: i64 },
    /// Waits for another channel; the reason stands in "why not".
    Held { why: &'static str },
    /// Is not called by this campaign, by lot: who is left alone shows what the calls bring.
    LeftAlone,
    /// Has nothing to do with the campaign.
    Left,
}

/// What a filling is bound by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FillPlan {
    pub campaign: CampaignId,
    /// No dial begins at or after this.
    pub not_after: Option<Timestamp>,
    /// The time of the selection.
    pub now: Timestamp,
    /// How many in a hundred the lot leaves alone; at 0 nobody is drawn.
    pub hold_out_percent: u8,
}

impl FillPlan {
    /// The share left alone that a contact was drawn by.
    pub(super) fn percent(&self, lot: Option<Lot>) -> Option<i64> {
        lot.map_or(Some(i64::from(self.hold_out_percent)), |lot| lot.percent)
    }
}

/// What a filling made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Filled {
    pub queued: u64,
    /// Promised: nobody is called until that is judged.
    pub resting: u64,
    pub held: u64,
    /// Held because our voice cannot tell the debt.
    pub unspeakable: u64,
    pub left_alone: u64,
    pub left: u64,
}

/// Why a contact is held whose type our voice does not serve.
pub const NEEDS_AGENT: &str = "needs_agent";

/// Why a contact is held whose debt our voice cannot tell.
pub const UNSPEAKABLE: &str = "unspeakable";

/// Why a contact is held whose name no voice can say, in a campaign that asks for it.
pub const UNNAMED: &str = "unnamed";

/// Debts looked at in one step.
const PAGE: i64 = 2048;
/// Columns of a contact that is made.
const COLUMNS: usize = 11;

impl Store {
    /// Makes contacts of every open debt that `place` wants and the campaign does not have yet, and takes in again
    /// those that were paid and are owed anew. Goes step by step, so
    /// that dialling goes on meanwhile; filled twice, nothing is made twice.
    ///
    /// # Errors
    /// When the database fails; what was made stands, and filling again goes on.
    pub async fn fill_campaign(
        &self,
        plan: FillPlan,
        mut place: impl FnMut(&Candidate) -> Placement,
    ) -> Result<Filled, StoreError> {
        let mut filled = Filled::default();
        let mut from = DebtId(0);
        loop {
            let act = |source| StoreError::Fill { campaign: plan.campaign, from, source };
            let page =
                self.read(move |conn| Box::pin(async move { candidates(conn, plan.campaign, from).await }));
            let (page, last) = page.await.map_err(act)?;
            let Some(last) = last else { return Ok(filled) };
            let mut rows = Vec::with_capacity(page.len());
            for candidate in page {
                let placement = place(&candidate).rests(candidate.promised);
                filled.count(placement);
                if let Some(made) = placement.made() {
                    rows.push((candidate, made));
                }
            }
            let made = self.write(move |conn| {
                Box::pin(async move {
                    for (sql, part) in chunks(conn, &rows, COLUMNS, insert_text) {
                        let values = part.iter().flat_map(|(of, made)| -> Vec<Value> {
                            let &Made { state, why, score, arm } = made;
                            let selected = arm.map(|_| plan.now);
                            let percent = arm.and(plan.percent(of.lot));
                            let place = values![plan.campaign, of.person, of.debt, state, why, score];
                            [place, values![plan.not_after, arm, selected, percent, &of.caller]].concat()
                        });
                        conn.run_built(sql, values.collect()).await?;
                    }
                    Ok(())
                })
            });
            made.await.map_err(act)?;
            from = last;
        }
    }
}

impl Store {
    /// Puts one debt into a campaign's queue, or back into it when its contact waits or is done: a call asked for by
    /// a person, a test call. `None`: there is no such open debt, or its contact is in a call.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_debt(
        &self,
        plan: FillPlan,
        creditor: &str,
        debt: &str,
        score: i64,
    ) -> Result<Option<ContactId>, StoreError> {
        let values = values![plan.campaign, creditor, debt, score, plan.not_after];
        let queued = self.write(move |conn| {
            Box::pin(async move {
                let row = conn.first(QUEUE_ONE, values).await?;
                row.map(|row| row.int(0).map(ContactId)).transpose()
            })
        });
        queued.await.map_err(|source| StoreError::Fill { campaign: plan.campaign, from: DebtId(0), source })
    }
}

const QUEUE_ONE: &str = "INSERT INTO contact (campaign_id, person_id, debt_id, state, score, not_after) \
    SELECT CAST($1 AS BIGINT), d.person_id, d.id, 'queued', CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM debt d \
    JOIN creditor k ON k.id = d.creditor_id WHERE k.name = $2 AND d.external_id = $3 AND d.state = 'open' \
    ON CONFLICT (campaign_id, debt_id) DO UPDATE SET person_id = excluded.person_id, state = 'queued', score = excluded.score, next_at = NULL, \
    claimed_until = 0, not_after = excluded.not_after WHERE contact.state <> 'in_flight' RETURNING id";

/// A contact as it is made.
#[derive(Clone, Copy)]
struct Made {
    state: &'static str,
    why: &'static str,
    score: i64,
    arm: Option<&'static str>,
}

impl Placement {
    /// The same of a debt that was promised: what would be dialled rests, in the arm that it was drawn into.
    pub(super) fn rests(self, promised: bool) -> Self {
        match self {
            Self::Queued { score } if promised => Self::Resting { score },
            placement => placement,
        }
    }

    fn made(self) -> Option<Made> {
        match self {
            Self::Resting { score } => {
                Some(Made { state: "done", why: "reached", score, arm: Some("called") })
            }
            Self::Queued { score } => Some(Made { state: "queued", why: "", score, arm: Some("called") }),
            Self::Held { why } => Some(Made { state: "held", why, score: 0, arm: None }),
            Self::LeftAlone => {
                Some(Made { state: "done", why: "held_out", score: 0, arm: Some("left_alone") })
            }
            Self::Left => None,
        }
    }
}

impl Filled {
    fn count(&mut self, placement: Placement) {
        let counter = match placement {
            Placement::Queued { .. } => &mut self.queued,
            Placement::Resting { .. } => &mut self.resting,
            Placement::Held { why: UNSPEAKABLE } => &mut self.unspeakable,
            Placement::Held { .. } => &mut self.held,
            Placement::LeftAlone => &mut self.left_alone,
            Placement::Left => &mut self.left,
        };
        *counter += 1;
    }
}

async fn candidates(
    conn: &mut Conn,
    campaign: CampaignId,
    from: DebtId,
) -> Result<(Vec<Candidate>, Option<DebtId>), Fault> {
    let rows = conn.all(CANDIDATES, values![from, campaign, PAGE]).await?;
    let last = rows.last().map(|row| row.int(0).map(DebtId)).transpose()?;
    let mut page = Vec::with_capacity(rows.len());
    for row in &rows {
        let known = row.int_opt(12)?.is_some() || row.text(13)? != "open";
        if known {
            continue;
        }
        page.push(candidate(row)?);
    }
    Ok((page, last))
}

/// The first twelve columns of a row.
pub(super) fn candidate(row: &Row) -> Result<Candidate, Fault> {
    Ok(Candidate {
        debt: DebtId(row.int(0)?),
        person: PersonId(row.int(1)?),
        debtor_type: row.code(2, "debtor type", DebtorType::parse)?,
        creditor: row.text(3)?,
        amount: Money::new(row.int(4)?, row.code(5, "currency", Currency::parse)?),
        due: date(&row.text(6)?)?,
        language: row.code(7, "language", Language::parse)?,
        lot: match row.text_opt(8)?.as_deref() {
            None => None,
            Some(arm @ ("called" | "left_alone")) => {
                Some(Lot { left_alone: arm == "left_alone", percent: row.int_opt(9)? })
            }
            Some(_) => return Err(Fault::Unreadable { what: "arm of a lot" }),
        },
        promised: row.int(11)? != 0,
        caller: key(&row.text(7)?, &row.text(2)?, row.int(10)?),
    })
}

/// Whether the debt `d` has a promise that is not judged yet.
macro_rules! promised {
    () => {
        "CAST(CASE WHEN EXISTS (SELECT 1 FROM promise o WHERE o.debt_id = d.id AND o.state = 'open') THEN 1 ELSE 0 END AS BIGINT)"
    };
}
pub(super) use promised;

/// A contact that money ended is none: where the debt is open, a list has told a new amount since.
const CANDIDATES: &str = concat!(
    "SELECT d.id, d.person_id, p.debtor_type, k.name, ",
    owed!(),
    ", d.currency, d.due_date, p.language, s.arm, s.arm_percent, k.id, ",
    promised!(),
    ", CASE WHEN c.state = 'done' AND c.why = 'paid' THEN NULL ELSE c.id END, d.state FROM debt d JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id \
    LEFT JOIN contact c ON c.debt_id = d.id AND c.campaign_id = $2 LEFT JOIN contact s ON s.id = (SELECT MIN(f.id) \
    FROM contact f WHERE f.person_id = d.person_id AND f.campaign_id = $2 AND f.arm IS NOT NULL) WHERE d.id > $1 ORDER BY d.id LIMIT $3"
);

fn insert_text(places: &str) -> String {
    format!(
        "INSERT INTO contact (campaign_id, person_id, debt_id, state, why, score, not_after, arm, selected_at, arm_percent, caller) \
         VALUES {places} ON CONFLICT (campaign_id, debt_id) DO UPDATE SET person_id = excluded.person_id, state = excluded.state, why = excluded.why, \
         score = excluded.score, next_at = NULL, claimed_until = 0, not_after = excluded.not_after, caller = excluded.caller, \
         arm = COALESCE(contact.arm, excluded.arm), selected_at = COALESCE(contact.selected_at, excluded.selected_at), \
         arm_percent = CASE WHEN contact.arm IS NULL THEN excluded.arm_percent ELSE contact.arm_percent END \
         WHERE contact.state = 'done' AND contact.why = 'paid'"
    )
}
