//! One sentence through an engine.

use super::{EngineFault, command, http};
use crate::speech::sound::{NoSound, for_telephone, is_steady, parse_wav};
use crate::speech::{EnginePlan, EngineWay};

/// The most an engine may give for a sentence, MB: two minutes of 32 bits at 48 kHz.
pub(super) const MOST_MB: u64 = 24;

/// Has `text` said and makes a clip of it: 8 kHz, of the packs' loudness. Blocks, at most for the plan's time limit.
///
/// # Errors
/// When the engine cannot be had, takes too long, or gives no sound.
pub fn synthesise(plan: &EnginePlan, text: &str) -> Result<Vec<i16>, EngineFault> {
    let bytes = match &plan.way {
        EngineWay::Command(words) => command::say(plan, words, text)?,
        EngineWay::Http { address, body } => http::say(plan, address, body.as_deref(), text)?,
    };
    let no_sound = |source| EngineFault::Sound { source };
    let clip = for_telephone(&parse_wav(&bytes).map_err(no_sound)?).map_err(no_sound)?;
    if is_steady(&clip) { Err(no_sound(NoSound::Steady)) } else { Ok(clip) }
}
