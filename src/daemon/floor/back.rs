//! Agents who were at work when the process died are at work again, without help.

use jiff::SignedDuration;
use tracing::info;

use crate::agents::Input;
use crate::daemon::house::House;
use crate::store::LeftAgent;

/// Who was left longer ago has gone home.
const GONE_HOME: SignedDuration = SignedDuration::from_mins(10);

/// Logs in whom the last process left not long ago: into his pause, else ready as soon as his phone is there. Whose call was
/// cut off may write it up first: the store knows the call as lost, and only he knows what was said. Who was writing one up goes on
/// where he was. What he wanted after that he does after that.
pub fn bring_back(house: &House, left: Vec<LeftAgent>) {
    let now = house.clock.wall();
    for LeftAgent { agent, pause, leaves, cut_off, wrap_up_at, seen_at } in left {
        if now.duration_since(seen_at) > GONE_HOME || house.floor.tell(&agent, Input::LogIn).is_err() {
            continue;
        }
        let told = match pause {
            _ if leaves => house.floor.tell(&agent, Input::LogOut),
            // The pauses that are nobody's choice, `logged_in` and `missed`, are none of the plan's: he says when he is ready.
            Some(code) => house.floor.tell(&agent, Input::Away { code: code.into() }),
            None => house.floor.tell(&agent, Input::Ready),
        };
        let ago = wrap_up_at.map(|at| now.duration_since(at).try_into().unwrap_or_default());
        let recalled = cut_off.is_some_and(|attempt| house.floor.recall(&agent, attempt, ago).is_ok());
        info!(%agent, chosen = told.is_ok(), recalled, "an agent is at work again");
    }
}
