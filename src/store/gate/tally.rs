//! How many of a campaign's answered calls were abandoned, over the periods that its rules ask about.

use jiff::{SignedDuration, Timestamp};

use crate::rules::{Decision, DialMode, Facts, Preset, RuleId, RuleKind, Tally};
use crate::store::engine::conn::{Conn, Fault, values};

/// A contact that the campaign's share denies looks again after so long: the share is none of its own doing.
const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Calls count by when they were reserved, from `now` less the period on; those under way not yet. Empty where no
/// rule asks: of calls that are not predictive, none does.
pub(super) async fn tallies(
    conn: &mut Conn,
    campaign: i64,
    preset: &Preset,
    facts: &Facts,
    now: Timestamp,
) -> Result<Vec<Tally>, Fault> {
    let mut tallies: Vec<Tally> = Vec::new();
    if facts.way.dial_mode != DialMode::Predictive {
        return Ok(tallies);
    }
    for period in periods(preset) {
        if tallies.iter().any(|tally| tally.period == Some(period)) {
            continue;
        }
        let from = now.checked_sub(period).unwrap_or(Timestamp::MIN);
        let row = conn.one(ANSWERED, values![campaign, from, now]).await?;
        let count = |column| Ok::<_, Fault>(u64::try_from(row.int(column)?).unwrap_or_default());
        tallies.push(Tally { period: Some(period), abandoned: count(0)?, live_connected: count(1)? });
    }
    Ok(tallies)
}

/// When a contact looks again that nothing denies for good but the campaign's share.
pub(super) fn look_again(preset: &Preset, decision: &Decision, now: Timestamp) -> Option<Timestamp> {
    let mut for_good =
        decision.verdicts.iter().filter(|verdict| !verdict.pass && verdict.release.is_none()).peekable();
    for_good.peek()?;
    let is_ratio = |id: &RuleId| {
        let mut rules = preset.rules.iter().filter(|rule| rule.id == *id);
        rules.any(|rule| matches!(rule.kind, RuleKind::Ratio { .. }))
    };
    for_good.all(|verdict| is_ratio(&verdict.rule)).then(|| now.checked_add(PAUSE).unwrap_or(now))
}

fn periods(preset: &Preset) -> impl Iterator<Item = SignedDuration> {
    preset.rules.iter().filter_map(|rule| match rule.kind {
        RuleKind::Ratio { period, .. } => Some(period),
        _ => None,
    })
}

const ANSWERED: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END), 0) AS BIGINT) \
    FROM attempt WHERE channel <> 'inbound_call' AND campaign_id = $1 AND reserved_at >= $2 AND reserved_at <= $3";
