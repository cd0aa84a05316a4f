//! Phones called for each call that were picked up and sent nothing: their agents have no sound, and nobody is dialled for
//! them, until one of them is heard.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Floor, phone};
use crate::agents::Input;
use crate::daemon::house::House;
use crate::domain::AgentId;

/// Whose phone was not heard, and whether it is being tried.
pub(super) type Unheard = HashMap<AgentId, bool>;

impl Floor {
    /// His phone was picked up, and nothing came from it. To register anew proves nothing.
    pub(super) fn phone_unheard(&self, agent: &AgentId) {
        self.with(|inside, now| {
            inside.unheard.insert(agent.clone(), false);
            inside.core.handle(now, agent, Input::PhoneLost).ok();
        });
    }

    /// Something came from a phone of his.
    pub fn phone_heard(&self, agent: &AgentId) {
        if self.is_unheard(agent) {
            self.with(|inside, now| {
                inside.unheard.remove(agent);
                inside.core.handle(now, agent, Input::PhoneBack).ok();
            });
        }
    }

    /// Nothing came from his phone when it was picked up last.
    pub fn is_unheard(&self, agent: &AgentId) -> bool {
        self.lock().unheard.contains_key(agent)
    }
}

/// An agent wants to be ready: his phone, where it was not heard, is called once to hear whether it is now.
pub fn try_phone(house: &Arc<House>, agent: &AgentId) {
    let contact = {
        let mut inside = house.floor.lock();
        let Some(tried) = inside.unheard.get_mut(agent) else { return };
        if std::mem::replace(tried, true) {
            return;
        }
        inside.desks.get(agent).and_then(|desk| desk.contact.clone())
    };
    let (home, agent) = (Arc::clone(house), agent.clone());
    house.helpers.spawn(async move {
        let heard = phone::try_out(&home, &agent, contact.as_ref()).await;
        if heard {
            home.floor.phone_heard(&agent);
        } else if let Some(tried) = home.floor.lock().unheard.get_mut(&agent) {
            *tried = false;
        }
    });
}
