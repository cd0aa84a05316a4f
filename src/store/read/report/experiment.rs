//! The arms of each campaign's lot, and what each paid.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::Period;
use crate::domain::Currency;
use crate::stats::{Arm, Experiment};
use crate::store::engine::conn::{Fault, Row, values};
use crate::store::{Store, StoreError};

/// One campaign's experiment over the debts of one currency.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentLine {
    pub campaign: String,
    pub currency: Currency,
    pub experiment: Experiment,
}

impl Store {
    /// Every campaign's experiment: persons selected in `period` whose `window` after the selection is over by the
    /// period's end, so that each was looked at for the same time. Payments count on the debt selected, within the
    /// window; who was selected while the lot left nobody alone was not drawn and is left out; costs are those of the calls within it, taken to be in the debts' currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn experiments_report(
        &self,
        period: Period,
        window: SignedDuration,
    ) -> Result<Vec<ExperimentLine>, StoreError> {
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        let last = period.to.as_microsecond().saturating_sub(window);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let arms = conn.all(ARMS, values![period.from, last]).await?;
                let payers = conn.all(PAYERS, values![period.from, last, window]).await?;
                // Calls before the first selection and after the last window are not looked at.
                let ends = conn.one(ENDS, values![period.from, last]).await?;
                let costs = match ends.int_opt(0)?.zip(ends.int_opt(1)?) {
                    Some((first, newest)) => {
                        let over = newest.saturating_add(window);
                        conn.all(COSTS, values![period.from, last, window, first, over]).await?
                    }
                    None => Vec::new(),
                };
                join(&arms, &payers, &costs)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "uplift", source })
    }
}

fn join(arms: &[Row], payers: &[Row], costs: &[Row]) -> Result<Vec<ExperimentLine>, Fault> {
    let key = |row: &Row| Ok::<_, Fault>((row.text(0)?, row.code(1, "currency", Currency::parse)?));
    let nothing = Experiment { called: Arm::default(), left_alone: Arm::default(), cost_minor: 0 };
    let mut lines: BTreeMap<(String, Currency), Experiment> = BTreeMap::new();
    for row in arms {
        let experiment = lines.entry(key(row)?).or_insert(nothing);
        arm(experiment, row)?.sums.count = row.int(3)?.unsigned_abs();
    }
    for row in payers {
        let experiment = lines.entry(key(row)?).or_insert(nothing);
        let arm = arm(experiment, row)?;
        arm.paid = row.int(3)?.unsigned_abs();
        // Who paid nothing adds nothing to either.
        (arm.sums.sum, arm.sums.squares) = (row.int(4)?, row.float(5)?);
    }
    for row in costs {
        if let Some(experiment) = lines.get_mut(&key(row)?) {
            experiment.cost_minor = row.int(2)? / MICRO_PER_MINOR;
        }
    }
    let line = |((campaign, currency), experiment)| ExperimentLine { campaign, currency, experiment };
    Ok(lines.into_iter().map(line).collect())
}

fn arm<'a>(experiment: &'a mut Experiment, row: &Row) -> Result<&'a mut Arm, Fault> {
    match row.text(2)?.as_str() {
        "called" => Ok(&mut experiment.called),
        "left_alone" => Ok(&mut experiment.left_alone),
        _ => Err(Fault::Unreadable { what: "arm of a lot" }),
    }
}

/// Costs are kept in millionths of a unit; a minor unit is a hundredth.
const MICRO_PER_MINOR: i64 = 10_000;

const ARMS: &str = "SELECT g.name, w.currency, w.arm, w.persons FROM (SELECT c.campaign_id, d.currency, c.arm, \
    COUNT(DISTINCT c.person_id) AS persons FROM contact c JOIN debt d ON d.id = c.debt_id \
    WHERE c.arm IS NOT NULL AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 \
    GROUP BY c.campaign_id, d.currency, c.arm) w JOIN campaign g ON g.id = w.campaign_id";
/// Payments come first, for most persons have none.
const PAYERS: &str = "SELECT g.name, w.currency, w.arm, COUNT(*), CAST(SUM(w.paid) AS BIGINT), \
    CAST(SUM(CAST(w.paid AS DOUBLE PRECISION) * w.paid) AS DOUBLE PRECISION) \
    FROM (SELECT c.campaign_id, c.person_id, p.currency, c.arm, SUM(p.amount_minor) AS paid \
    FROM payment p CROSS JOIN debt d CROSS JOIN contact c WHERE d.id = p.debt_id AND d.currency = p.currency \
    AND c.debt_id = p.debt_id AND p.paid_at >= c.selected_at AND p.paid_at < c.selected_at + CAST($3 AS BIGINT) \
    AND c.arm IS NOT NULL AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 \
    GROUP BY c.campaign_id, c.person_id, p.currency, c.arm) w JOIN campaign g ON g.id = w.campaign_id \
    GROUP BY g.name, w.currency, w.arm";
const ENDS: &str = "SELECT MIN(selected_at), MAX(selected_at) FROM contact WHERE arm = 'called' \
    AND COALESCE(arm_percent, 1) > 0 AND selected_at >= $1 AND selected_at < $2";
const COSTS: &str = "SELECT g.name, w.currency, w.cost FROM (SELECT c.campaign_id, a.currency, \
    CAST(COALESCE(SUM(a.cost_micro), 0) AS BIGINT) AS cost FROM attempt a JOIN contact c ON c.id = a.contact_id \
    WHERE c.arm = 'called' AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 \
    AND a.reserved_at < c.selected_at + CAST($3 AS BIGINT) AND a.reserved_at >= $4 AND a.reserved_at < $5 \
    GROUP BY c.campaign_id, a.currency) w JOIN campaign g ON g.id = w.campaign_id";
