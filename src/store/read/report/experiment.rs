//! The arms of each campaign's lot, and what each paid.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::Period;
use crate::domain::Currency;
use crate::stats::{Arm, Experiment, Sample};
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
    /// window; costs are those of the calls within it, taken to be in the debts' currency.
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
                let arms = conn.all(ARMS, values![period.from, last, window]).await?;
                let costs = conn.all(COSTS, values![period.from, last, window]).await?;
                join(&arms, &costs)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "uplift", source })
    }
}

fn join(arms: &[Row], costs: &[Row]) -> Result<Vec<ExperimentLine>, Fault> {
    let key = |row: &Row| Ok::<_, Fault>((row.text(0)?, row.code(1, "currency", Currency::parse)?));
    let nothing = Experiment { called: Arm::default(), left_alone: Arm::default(), cost_minor: 0 };
    let mut lines: BTreeMap<(String, Currency), Experiment> = BTreeMap::new();
    for row in arms {
        let experiment = lines.entry(key(row)?).or_insert(nothing);
        let arm = match row.text(2)?.as_str() {
            "called" => &mut experiment.called,
            "left_alone" => &mut experiment.left_alone,
            _ => return Err(Fault::Unreadable { what: "arm of a lot" }),
        };
        let sums = Sample { count: row.int(3)?.unsigned_abs(), sum: row.int(5)?, squares: row.float(6)? };
        *arm = Arm { paid: row.int(4)?.unsigned_abs(), sums };
    }
    for row in costs {
        if let Some(experiment) = lines.get_mut(&key(row)?) {
            experiment.cost_minor = row.int(2)? / MICRO_PER_MINOR;
        }
    }
    let line = |((campaign, currency), experiment)| ExperimentLine { campaign, currency, experiment };
    Ok(lines.into_iter().map(line).collect())
}

/// Costs are kept in millionths of a unit; a minor unit is a hundredth.
const MICRO_PER_MINOR: i64 = 10_000;

const ARMS: &str = "SELECT g.name, w.currency, w.arm, COUNT(*), \
    CAST(SUM(CASE WHEN w.paid > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(w.paid) AS BIGINT), \
    CAST(SUM(CAST(w.paid AS DOUBLE PRECISION) * w.paid) AS DOUBLE PRECISION) \
    FROM (SELECT c.campaign_id, c.person_id, d.currency, c.arm, COALESCE(SUM(p.amount_minor), 0) AS paid \
    FROM contact c JOIN debt d ON d.id = c.debt_id LEFT JOIN payment p ON p.debt_id = c.debt_id \
    AND p.currency = d.currency AND p.paid_at >= c.selected_at AND p.paid_at < c.selected_at + CAST($3 AS BIGINT) \
    WHERE c.arm IS NOT NULL AND c.selected_at >= $1 AND c.selected_at < $2 \
    GROUP BY c.campaign_id, c.person_id, d.currency, c.arm) w JOIN campaign g ON g.id = w.campaign_id \
    GROUP BY g.name, w.currency, w.arm";
const COSTS: &str = "SELECT g.name, a.currency, CAST(COALESCE(SUM(a.cost_micro), 0) AS BIGINT) FROM attempt a \
    JOIN contact c ON c.id = a.contact_id JOIN campaign g ON g.id = c.campaign_id \
    WHERE c.arm = 'called' AND c.selected_at >= $1 AND c.selected_at < $2 \
    AND a.reserved_at < c.selected_at + CAST($3 AS BIGINT) GROUP BY g.name, a.currency";
