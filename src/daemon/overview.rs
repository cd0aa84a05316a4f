//! What programs ask of the floor as a whole, answered from the house.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::console::answered;
use super::desk::wall_ms;
use super::house::House;
use super::supervise;
use super::why_not::agent_for;
use crate::agents::State;
use crate::domain::{AgentId, AttemptId};
use crate::store::{CallbackRow, CampaignState, RecordingMarkRow, RecordingRow, StoreError};
use crate::web::{AgentLine, CallbackLine, FloorHandlers, Hear, RecordingLine, SilenceLine, Supervise};

/// Callbacks told at once.
const CALLBACKS: u32 = 1_000;

/// Who answers for the floor.
pub fn floor(house: &Arc<House>) -> FloorHandlers {
    FloorHandlers {
        agents: answered(house, |house: Arc<House>, ()| async move { Ok(agents(&house)) }),
        board: answered(house, |house: Arc<House>, ()| async move {
            Ok(super::cases::dated(&house, agents(&house)))
        }),
        callbacks: answered(house, |house: Arc<House>, ()| async move { callbacks(&house).await }),
        recordings: answered(house, |house: Arc<House>, after: AttemptId| async move {
            Ok(house.store.recordings(after).await?.into_iter().map(recording).collect())
        }),
        journal: answered(house, |house: Arc<House>, attempt: AttemptId| async move {
            Ok(house.store.recording_marks(attempt).await?.into_iter().map(silence).collect())
        }),
        hear: answered(house, |house: Arc<House>, asked: Hear| async move { hear(&house, asked).await }),
        supervise: answered(house, |house: Arc<House>, asked: Supervise| async move {
            Ok(supervise::by_program(&house, asked).await)
        }),
    }
}

/// Who is at work, and does what since when.
pub fn agents(house: &House) -> Vec<AgentLine> {
    let plans = house.plans.load();
    let line = |(agent, _): (AgentId, State)| {
        let (state, since): (State, Instant) = house.floor.state(&agent)?;
        Some(AgentLine {
            display: plans.config.agents.desks.get(&agent).and_then(|desk| desk.display.clone()),
            state: state.code(),
            pause: state.pause().map(str::to_owned),
            since_ms: wall_ms(house, since),
            attempt: house.floor.call_of(&agent).map(|attempt| attempt.0),
            agent: agent.to_string(),
        })
    };
    house.floor.everybody().into_iter().filter_map(line).collect()
}

async fn callbacks(house: &House) -> Result<Vec<CallbackLine>, StoreError> {
    let (now, rows) = (house.clock.wall(), house.store.waiting_callbacks(CALLBACKS).await?);
    let due = rows.iter().filter(|row| row.due_at <= now).map(|row| row.contact).collect();
    let campaigns = house.store.campaigns().await?;
    let plans = house.plans.load_full();
    let config = &plans.config;
    let mut awaited = HashMap::new();
    for contact in house.store.contacts(due).await? {
        let campaign = campaigns.iter().find(|row| row.id == contact.campaign);
        let Some(row) = campaign else { continue };
        // An agent is awaited only where somebody calls at all.
        let why = match row.state {
            CampaignState::Running => {
                config.campaign(&row.name).map(|plan| agent_for(config, plan, &contact, now))
            }
            CampaignState::Draft | CampaignState::Paused | CampaignState::Stopped => {
                Some(format!("campaign_{}", row.state.code()))
            }
        };
        awaited.extend(why.map(|why| (contact.id, why)));
    }
    let line = |row: CallbackRow| CallbackLine {
        id: row.id,
        contact: row.contact.0,
        due_at: row.due_at.to_string(),
        expires_at: row.expires_at.to_string(),
        agent: row.agent.map(|agent| agent.to_string()),
        waits_for: awaited.remove(&row.contact).filter(|code| !code.is_empty()),
    };
    Ok(rows.into_iter().map(line).collect())
}

fn recording(row: RecordingRow) -> RecordingLine {
    RecordingLine { attempt: row.attempt.0, bytes: row.bytes, sha256: row.sha256, held: row.held }
}

fn silence(row: RecordingMarkRow) -> SilenceLine {
    SilenceLine { at: row.at.to_string(), what: row.what.code(), agent: row.agent }
}

/// The listen is written down before anything is given.
async fn hear(house: &House, Hear { attempt, who, why }: Hear) -> Result<Option<PathBuf>, StoreError> {
    let row = house.store.recording(attempt).await?;
    let Some(row) = row.filter(|row| row.deleted_at.is_none()) else { return Ok(None) };
    let what = format!("recording {attempt}: listened, {why}");
    house.store.note_access(row.person, &who, &what, house.clock.wall()).await?;
    Ok(Some(house.plans.load().config.daemon.data_dir.join(&row.file)))
}
