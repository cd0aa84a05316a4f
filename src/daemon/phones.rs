//! Agents' phones: who may register.

use crate::config::Config;
use crate::sip::RegistrarPlan;

/// The registrar's plan; `None` while no agent has an account.
pub fn registrar_plan(config: &Config) -> Option<RegistrarPlan> {
    let agents = &config.agents;
    (!agents.accounts.is_empty()).then(|| RegistrarPlan {
        realm: agents.realm.clone(),
        accounts: agents.accounts.clone(),
        expires: agents.registration.clone(),
    })
}
