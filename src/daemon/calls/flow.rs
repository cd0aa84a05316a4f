//! A flow's picture with the way a call took through it.

use std::sync::Arc;

use crate::cli::words;
use crate::daemon::console::answered;
use crate::daemon::house::House;
use crate::domain::{AttemptId, Language};
use crate::ivr::picture;
use crate::store::StoreError;
use crate::web::{FlowHandlers, FlowPicture};

/// Who answers for flows.
pub fn flow_handlers(house: &Arc<House>) -> FlowHandlers {
    FlowHandlers {
        list: answered(house, |house: Arc<House>, ()| async move {
            Ok(house.plans.load().config.flows.keys().cloned().collect())
        }),
        picture: answered(
            house,
            |house: Arc<House>, (name, call, language): (String, Option<AttemptId>, Language)| async move {
                drawn(&house, &name, call, language).await
            },
        ),
    }
}

/// The flow that is called so now, of a label such as a call keeps it.
pub fn name_of(house: &House, label: &str) -> Option<String> {
    let (name, _version) = label.split_once('@')?;
    house.plans.load().config.flows.contains_key(name).then(|| name.to_owned())
}

async fn drawn(
    house: &House,
    name: &str,
    call: Option<AttemptId>,
    language: Language,
) -> Result<Option<FlowPicture>, StoreError> {
    let Some(flow) = house.plans.load().config.flows.get(name).cloned() else { return Ok(None) };
    let (mut trail, mut changed) = (Vec::new(), false);
    if let Some(call) = call {
        trail = house.store.flow_trail(call).await?;
        let row = house.store.attempt(call).await?;
        changed = row.is_some_and(|row| row.flow_version != flow.label());
    }
    let steps: Vec<String> = trail.iter().map(|(_, step)| step.clone()).collect();
    let begun = trail.first().map(|(at, _)| *at);
    let after = |(at, step): (jiff::Timestamp, String)| {
        let since = begun.map_or(0, |begun| at.as_millisecond() - begun.as_millisecond());
        (since, step)
    };
    Ok(Some(FlowPicture {
        label: flow.label(),
        svg: picture(&flow, &steps, &|code| words::flow(code, language)),
        trail: trail.into_iter().map(after).collect(),
        changed,
    }))
}
