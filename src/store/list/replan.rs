//! A campaign whose plan has changed: its contacts that the old plan put off or left out.

use super::fill::{Candidate, FillPlan, NEEDS_AGENT, Placement, UNNAMED, UNSPEAKABLE, candidate, promised};
use crate::domain::contact::ContactState;
use crate::domain::{CampaignId, ContactId};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect::owed;
use crate::store::{Store, StoreError};

/// Why waiting contacts wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parked {
    /// The campaign's own hours, trunks, numbers to show or voice.
    ByPlan,
    /// A rule denied the call.
    ByRules,
}

/// Contacts looked at in one step.
const PAGE: i64 = 2048;

impl Store {
    /// Puts up to `limit` waiting contacts back into the queue whose reason may have gone. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wake_parked(
        &self,
        campaign: CampaignId,
        parked: Parked,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let sql = match parked {
            Parked::ByPlan => WAKE_BY_PLAN,
            Parked::ByRules => WAKE_BY_RULES,
        };
        let values = values![campaign, i64::from(limit)];
        let woken = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        woken.await.map_err(|source| StoreError::Wake { source })
    }

    /// Places the campaign's contacts again that wait for an agent or a voice or are done because they were not aimed at or the
    /// campaign was over, and gives all contacts its new end. Returns how many joined the queue. Goes step by step, so
    /// that dialling goes on meanwhile.
    ///
    /// # Errors
    /// When the database fails; what was placed stands, and doing it again goes on.
    pub async fn replan(
        &self,
        plan: FillPlan,
        mut place: impl FnMut(&Candidate) -> Placement,
    ) -> Result<u64, StoreError> {
        let (mut joined, mut from) = (0, ContactId(0));
        loop {
            let act = |source| StoreError::Wake { source };
            let page =
                self.read(move |conn| Box::pin(async move { contacts(conn, plan.campaign, from).await }));
            let page = page.await.map_err(act)?;
            let Some(last) = page.last else { return Ok(joined) };
            let placed: Vec<_> = page
                .left_out
                .iter()
                .filter_map(|(id, state, candidate)| match place(candidate).rests(candidate.promised) {
                    Placement::Queued { score } => Some((*id, *state, Some(score), candidate.lot)),
                    Placement::LeftAlone => Some((*id, *state, None, candidate.lot)),
                    // What rests stays as it is: the next change of the plan looks again.
                    Placement::Held { .. } | Placement::Left | Placement::Resting { .. } => None,
                })
                .collect();
            let written = self.write(move |conn| {
                Box::pin(async move {
                    let range = values![plan.campaign, from, last, plan.not_after];
                    conn.run(NEW_END, range).await?;
                    let mut queued = 0;
                    for (id, state, score, lot) in placed {
                        let percent = plan.percent(lot);
                        let from = values![id, state.code(), plan.now, percent];
                        match score {
                            Some(score) => {
                                queued += conn.run(JOIN, [from, values![score]].concat()).await?;
                            }
                            None => _ = conn.run(LEAVE_ALONE, from).await?,
                        }
                    }
                    Ok(queued)
                })
            });
            joined += written.await.map_err(act)?;
            from = last;
        }
    }
}

/// Some contacts of a campaign.
struct Page {
    last: Option<ContactId>,
    left_out: Vec<(ContactId, ContactState, Candidate)>,
}

async fn contacts(conn: &mut Conn, campaign: CampaignId, from: ContactId) -> Result<Page, Fault> {
    let rows = conn.all(CONTACTS, values![from, campaign, PAGE]).await?;
    let mut page = Page { last: None, left_out: Vec::new() };
    for row in &rows {
        let id = ContactId(row.int(12)?);
        page.last = Some(id);
        let state = row.code(13, "contact state", ContactState::parse)?;
        let left_out = matches!(
            (state, row.text(14)?.as_str()),
            (ContactState::Held, NEEDS_AGENT | UNNAMED | UNSPEAKABLE)
                | (ContactState::Done, "off_target" | "campaign_over")
        );
        if left_out && row.text(15)? == "open" {
            page.left_out.push((id, state, candidate(row)?));
        }
    }
    Ok(page)
}

const CONTACTS: &str = concat!(
    "SELECT d.id, d.person_id, p.debtor_type, k.name, ",
    owed!(),
    ", d.currency, d.due_date, \
    p.language, s.arm, s.arm_percent, k.id, ",
    promised!(),
    ", c.id, c.state, c.why, d.state FROM contact c JOIN debt d ON d.id = c.debt_id \
    JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id \
    LEFT JOIN contact s ON s.id = (SELECT MIN(f.id) FROM contact f WHERE f.person_id = d.person_id AND f.campaign_id = $2 \
    AND f.arm IS NOT NULL) WHERE c.id > $1 AND c.campaign_id = $2 ORDER BY c.id LIMIT $3"
);
const NEW_END: &str = "UPDATE contact SET not_after = CAST($4 AS BIGINT) WHERE id > $2 AND id <= $3 \
    AND campaign_id = $1 AND not_after IS DISTINCT FROM CAST($4 AS BIGINT)";
/// The arm that a contact was drawn into stays.
const JOIN: &str = "UPDATE contact SET state = 'queued', why = '', score = $5, next_at = NULL, claimed_until = 0, \
    arm = COALESCE(arm, 'called'), selected_at = COALESCE(selected_at, $3), \
    arm_percent = CASE WHEN arm IS NULL THEN CAST($4 AS BIGINT) ELSE arm_percent END WHERE id = $1 AND state = $2";
const LEAVE_ALONE: &str = "UPDATE contact SET state = 'done', why = 'held_out', arm = 'left_alone', selected_at = $3, \
    arm_percent = $4 \
    WHERE id = $1 AND state = $2 AND arm IS NULL";
const WAKE_BY_PLAN: &str = "UPDATE contact SET state = 'queued', next_at = NULL, claimed_until = 0 WHERE id IN \
    (SELECT id FROM contact WHERE campaign_id = $1 AND state = 'waiting' \
    AND why IN ('campaign_hours', 'no_caller_id', 'no_trunk', 'unspeakable') LIMIT $2) AND state = 'waiting'";
/// The ids of rules have a dot in them, and no other reason has.
const WAKE_BY_RULES: &str = "UPDATE contact SET state = 'queued', next_at = NULL, claimed_until = 0 WHERE id IN \
    (SELECT id FROM contact WHERE campaign_id = $1 AND state = 'waiting' AND why LIKE '%.%' LIMIT $2) \
    AND state = 'waiting'";
