//! What debtors did changes their types, by the rules of the configuration.

use jiff::SignedDuration;
use tracing::info;

use super::house::House;

/// Who was called, or whose promise was judged, since so long is looked at: longer than the pause between two looks,
/// and than a daemon is down for a restart. Looking twice changes nothing.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2);

/// Applies every rule.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn apply(house: &House) -> anyhow::Result<()> {
    let plans = house.plans.load_full();
    let now = house.clock.wall();
    for rule in &plans.config.reclassify {
        let changed = house.store.reclassify(rule, now.checked_sub(LOOK_BACK)?, now).await?;
        if changed > 0 {
            info!(rule = rule.name, to = rule.to.code(), changed, "debtors changed their type");
        }
    }
    Ok(())
}
