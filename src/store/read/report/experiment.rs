//! The arms of each campaign's lot, and what each paid.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::Period;
use super::effects::{code, named, names};
use crate::domain::Currency;
use crate::stats::{Arm, COST, Experiment, Key};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::tally::Reading;
use crate::store::{Store, StoreError};

/// One campaign's experiment over the debts of one currency, of those who were drawn by one lot: arms that were drawn by
/// different shares are not of the same persons, and days, in both.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentLine {
    pub campaign: String,
    pub currency: Currency,
    /// How many in a hundred the lot left alone; not known of the oldest.
    pub percent: Option<i64>,
    pub experiment: Experiment,
}

impl Store {
    /// Every campaign's experiment: persons selected on a day of the house that lies in `period` as a whole, and whose `window`
    /// (whole days) after the selection is over by the period's end, so that each was looked at for the same time. Payments
    /// count on the debt selected, within the window; who was selected while the lot left nobody alone was not drawn and is
    /// left out; costs are those of the calls within it, taken to be in the debts' currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn experiments_report(
        &self,
        period: Period,
        window: SignedDuration,
    ) -> Result<Vec<ExperimentLine>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { experiments(conn, period, window).await }));
        read.await.map_err(|source| StoreError::Report { report: "uplift", source })
    }
}

async fn experiments(
    conn: &mut Conn,
    period: Period,
    window: SignedDuration,
) -> Result<Vec<ExperimentLine>, Fault> {
    let last = period.to.checked_sub(window).unwrap_or(period.from);
    let Some(days) = Reading::of(conn, Period { to: last, ..period }).await?.in_whole_days() else {
        return Ok(Vec::new());
    };
    let window_us = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
    let arms = conn.all(ARMS, values![days.from, days.to]).await?;
    let payers = conn.all(PAYERS, values![days.from, days.to, window_us]).await?;
    let campaigns = names(conn, true, "SELECT id, name FROM campaign").await?;
    let mut costs: BTreeMap<(String, Currency), i64> = BTreeMap::new();
    let by = ["campaign_id", "currency", "lag_days"];
    for (keys, sums) in Reading::of(conn, days).await?.sums(conn, &COST, &by, false).await? {
        let [campaign, currency, Key::Number(lag)] = &keys[..] else { continue };
        if SignedDuration::from_hours(lag.saturating_mul(24)) < window {
            let key = (named(&campaigns, Some(campaign)), code(currency, "currency", Currency::parse)?);
            *costs.entry(key).or_default() += sums[0];
        }
    }
    let elsewhere = conn.all(ELSEWHERE, values![days.from, days.to, window_us]).await?;
    let mut lines = join(&arms, &payers, &elsewhere)?;
    let mut strata: BTreeMap<(String, Currency), u32> = BTreeMap::new();
    for (campaign, currency, _) in lines.keys() {
        *strata.entry((campaign.clone(), *currency)).or_default() += 1;
    }
    for ((campaign, currency), count) in strata {
        // The tally knows no lots: where there were several, the calls are asked.
        if count == 1 {
            let of = lines.range_mut((campaign.clone(), currency, None)..).next();
            let cost = costs.get(&(campaign, currency)).copied().unwrap_or_default();
            _ = of.map(|(_, experiment)| experiment.cost_minor = cost / MICRO_PER_MINOR);
            continue;
        }
        let bounds = values![days.from, days.to, window_us, campaign.as_str(), currency.code()];
        for row in conn.all(COSTS, bounds).await? {
            if let Some(experiment) = lines.get_mut(&(campaign.clone(), currency, row.int_opt(0)?)) {
                experiment.cost_minor = row.int(1)? / MICRO_PER_MINOR;
            }
        }
    }
    let line = |((campaign, currency, percent), experiment)| ExperimentLine {
        campaign,
        currency,
        percent,
        experiment,
    };
    Ok(lines.into_iter().map(line).collect())
}

/// By campaign, currency and share left alone, without costs.
type Lines = BTreeMap<(String, Currency, Option<i64>), Experiment>;

fn join(arms: &[Row], payers: &[Row], elsewhere: &[Row]) -> Result<Lines, Fault> {
    let key = |row: &Row| {
        Ok::<_, Fault>((row.text(0)?, row.code(1, "currency", Currency::parse)?, row.int_opt(3)?))
    };
    let mut lines = Lines::new();
    for row in arms {
        let experiment = lines.entry(key(row)?).or_default();
        arm(experiment, row)?.sums.count = row.int(4)?.unsigned_abs();
    }
    for row in payers {
        let experiment = lines.entry(key(row)?).or_default();
        let arm = arm(experiment, row)?;
        arm.paid = row.int(4)?.unsigned_abs();
        // Who paid nothing adds nothing to either.
        (arm.sums.sum, arm.sums.squares) = (row.int(5)?, row.float(6)?);
    }
    for row in elsewhere {
        lines.entry(key(row)?).or_default().called_elsewhere = row.int(4)?.unsigned_abs();
    }
    Ok(lines)
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

const ARMS: &str = "SELECT g.name, w.currency, w.arm, w.arm_percent, w.persons FROM (SELECT c.campaign_id, d.currency, c.arm, c.arm_percent, \
    COUNT(DISTINCT c.person_id) AS persons FROM contact c JOIN debt d ON d.id = c.debt_id \
    WHERE c.arm IS NOT NULL AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 \
    GROUP BY c.campaign_id, d.currency, c.arm, c.arm_percent) w JOIN campaign g ON g.id = w.campaign_id";
/// The lot of a campaign binds that campaign alone: who was left alone by it may be another one's to call, on any debt.
const ELSEWHERE: &str = "SELECT g.name, w.currency, w.arm, w.arm_percent, w.persons FROM (SELECT c.campaign_id, d.currency, c.arm, \
    c.arm_percent, COUNT(DISTINCT c.person_id) AS persons FROM contact c JOIN debt d ON d.id = c.debt_id \
    WHERE c.arm = 'left_alone' AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 \
    AND EXISTS (SELECT 1 FROM attempt a WHERE a.person_id = c.person_id AND a.campaign_id <> c.campaign_id \
    AND a.invite_at IS NOT NULL AND a.channel <> 'inbound_call' AND a.reserved_at >= c.selected_at \
    AND a.reserved_at < c.selected_at + CAST($3 AS BIGINT)) GROUP BY c.campaign_id, d.currency, c.arm, c.arm_percent) w \
    JOIN campaign g ON g.id = w.campaign_id";
/// Payments come first, for most persons have none.
const PAYERS: &str = "SELECT g.name, w.currency, w.arm, w.arm_percent, COUNT(*), CAST(SUM(w.paid) AS BIGINT), \
    CAST(SUM(CAST(w.paid AS DOUBLE PRECISION) * w.paid) AS DOUBLE PRECISION) \
    FROM (SELECT c.campaign_id, c.person_id, p.currency, c.arm, c.arm_percent, SUM(p.amount_minor) AS paid \
    FROM payment p CROSS JOIN debt d CROSS JOIN contact c WHERE d.id = p.debt_id AND d.currency = p.currency \
    AND c.debt_id = p.debt_id AND p.paid_at >= c.selected_at AND p.paid_at < c.selected_at + CAST($3 AS BIGINT) \
    AND c.arm IS NOT NULL AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 \
    GROUP BY c.campaign_id, c.person_id, p.currency, c.arm, c.arm_percent) w JOIN campaign g ON g.id = w.campaign_id \
    GROUP BY g.name, w.currency, w.arm, w.arm_percent";
const COSTS: &str = "SELECT c.arm_percent, CAST(SUM(a.cost_micro) AS BIGINT) FROM contact c JOIN attempt a ON a.contact_id = c.id \
    JOIN campaign g ON g.id = c.campaign_id WHERE g.name = $4 AND a.currency = $5 AND a.outcome IS NOT NULL AND c.arm = 'called' \
    AND COALESCE(c.arm_percent, 1) > 0 AND c.selected_at >= $1 AND c.selected_at < $2 AND a.reserved_at >= c.selected_at \
    AND a.reserved_at < c.selected_at + CAST($3 AS BIGINT) GROUP BY c.arm_percent";
