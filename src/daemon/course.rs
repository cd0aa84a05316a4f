//! The day's course for the console: the store's steps with the house's clock and caps.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::console::answered;
use super::fresh::Fresh;
use super::house::House;
use super::reports::period_of;
use crate::campaign::Dialling;
use crate::config::Config;
use crate::stats::{DayStep, DaySteps};
use crate::store::StoreError;
use crate::web::{CourseStep, CourseView, CourseWish, Days, Handler};

/// However many look on, today is counted once in this time.
const TODAY_GOOD_FOR: Duration = Duration::from_secs(1);

/// Who answers for the page and the interface.
pub fn handler(house: &Arc<House>) -> Handler<CourseWish, Option<CourseView>> {
    let today = Arc::new(Fresh::new(TODAY_GOOD_FOR));
    answered(house, move |house: Arc<House>, wish: CourseWish| {
        let fresh = Arc::clone(&today);
        async move {
            let (zone, now) = (zone(&house), house.clock.wall());
            let today = now.to_zoned_datetime(zone.clone()).date();
            if wish.day.is_some_and(|day| day != today) {
                return view(&house, &wish).await;
            }
            let count = async { Ok::<_, StoreError>((today, steps(&house, today, &zone).await?)) };
            match &*fresh.ask(house.clock.now(), count).await? {
                (day, steps) if *day == today => shown(&house, &wish, (today, steps)).await,
                // It was counted before midnight.
                _ => view(&house, &wish).await,
            }
        }
    })
}

/// A day's course, counted now; `None`: there is no such campaign.
pub async fn view(house: &House, wish: &CourseWish) -> Result<Option<CourseView>, StoreError> {
    let zone = zone(house);
    let day = wish.day.unwrap_or_else(|| house.clock.wall().to_zoned_datetime(zone.clone()).date());
    let steps = steps(house, day, &zone).await?;
    shown(house, wish, (day, &steps)).await
}

fn zone(house: &House) -> TimeZone {
    house.plans.load().config.statistics.basis.zone.clone()
}

async fn steps(house: &House, day: Date, zone: &TimeZone) -> Result<DaySteps, StoreError> {
    let days = Days { from: Some(day), to: Some(day) };
    house.store.day_steps(period_of(days, zone), house.clock.wall()).await
}

async fn shown(
    house: &House,
    wish: &CourseWish,
    (day, steps): (Date, &DaySteps),
) -> Result<Option<CourseView>, StoreError> {
    let plans = house.plans.load_full();
    let zone = &plans.config.statistics.basis.zone;
    let names: BTreeMap<i64, String> =
        house.store.campaigns().await?.into_iter().map(|row| (row.id.0, row.name)).collect();
    let known = |name: &String| names.iter().find(|(_, of)| *of == name).map(|(id, _)| *id);
    let campaign = match &wish.campaign {
        Some(name) => match known(name) {
            Some(id) => Some(id),
            None => return Ok(None),
        },
        None => None,
    };
    let dialled = campaign.map_or_else(|| steps.campaigns(), |campaign| vec![campaign]);
    let dialled = dialled.iter().filter_map(|id| names.get(id)).map(String::as_str);
    let cap = one_cap(&plans.config, dialled);
    Ok(Some(CourseView {
        day,
        goes_on: day == house.clock.wall().to_zoned_datetime(zone.clone()).date(),
        campaign: wish.campaign.clone(),
        cap,
        steps: steps.of(campaign).into_iter().map(|step| line(step, zone)).collect(),
        campaigns: names.into_values().collect(),
    }))
}

/// The cap that all these campaigns have; `None`: one of them has none, or another one.
fn one_cap<'a>(config: &Config, campaigns: impl Iterator<Item = &'a str>) -> Option<f64> {
    let cap = |name: &str| match &config.campaign(name)?.dialling {
        Dialling::Predictive(_, prediction) => Some(prediction.cap.share),
        Dialling::Agentless | Dialling::Preview(..) | Dialling::Progressive(_) => None,
    };
    let caps: Vec<Option<f64>> = campaigns.map(cap).collect();
    let first = *caps.first()?;
    caps.iter().all(|cap| *cap == first).then_some(first)?
}

fn line((begins, figures): (Timestamp, DayStep), zone: &TimeZone) -> CourseStep {
    let clock = begins.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string();
    CourseStep { begins, clock, figures }
}
