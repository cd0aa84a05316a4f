//! Who is dialled for whom: what the callers in a queue ask of an agent, against the agents who are there.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::agents::{Able, Caller, Need, State};
use crate::domain::AgentId;
use crate::store::QueuedCaller;

/// What the callers in a queue ask of an agent, each want once.
#[derive(Debug, Default)]
pub(super) struct Wants {
    pub needs: Vec<Need>,
    callers: Vec<Vec<Arc<str>>>,
}

impl Wants {
    pub fn of(queued: &[QueuedCaller], need: impl Fn(&Caller) -> Option<Need>) -> Self {
        let mut wants = Self::default();
        for QueuedCaller { key, caller } in queued {
            let Some(need) = need(caller) else { continue };
            match wants.needs.iter().position(|known| known.skills == need.skills) {
                Some(want) => wants.callers[want].push(Arc::clone(key)),
                None => {
                    wants.needs.push(need);
                    wants.callers.push(vec![Arc::clone(key)]);
                }
            }
        }
        wants
    }

    /// Who has one of these wants; `None`: everybody in the queue.
    pub fn callers(&self, which: &[usize]) -> Option<Vec<Arc<str>>> {
        (which.len() < self.needs.len())
            .then(|| which.iter().flat_map(|&want| self.callers[want].iter().cloned()).collect())
    }
}

/// Agents who can serve the same wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub wants: Vec<usize>,
    pub agents: Vec<AgentId>,
}

/// These agents by whom they can serve, as far as it is one of the wants `of`. Who can serve fewest comes first: others have
/// more to choose from.
pub(super) fn shares<'a>(agents: impl Iterator<Item = &'a Able>, of: impl Fn(usize) -> bool) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for Able { agent, can, .. } in agents {
        let wants: Vec<usize> = can.iter().copied().filter(|&want| of(want)).collect();
        if wants.is_empty() {
            continue;
        }
        match shares.iter_mut().find(|share| share.wants == wants) {
            Some(share) => share.agents.push(agent.clone()),
            None => shares.push(Share { wants, agents: vec![agent.clone()] }),
        }
    }
    shares.sort_by_key(|share| share.wants.len());
    shares
}

/// Whom prediction counts on, and for whom.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pool {
    /// The want that most agents at hand can serve: those who can are counted on.
    pub main: usize,
    /// The wants that each of them can serve, `main` among them. Whoever else is called has an agent reserved.
    pub predicted: Vec<usize>,
}

/// `None`: nobody is at hand who could serve anybody.
pub(super) fn pool(agents: &[Able], needs: &[Need]) -> Option<Pool> {
    let at_hand =
        |want: usize| agents.iter().filter(|able| is_at_hand(able) && able.can.contains(&want)).count();
    let wants = (0..needs.len()).filter(|&want| at_hand(want) > 0);
    let main = wants.max_by_key(|&want| (at_hand(want), Reverse(needs[want].skills.len()), Reverse(want)))?;
    // Who is away may be back before the call is answered.
    let counted_on = |able: &&Able| able.state != State::LoggedOut && able.can.contains(&main);
    let all_can = |want: &usize| agents.iter().filter(counted_on).all(|able| able.can.contains(want));
    Some(Pool { main, predicted: (0..needs.len()).filter(all_can).collect() })
}

fn is_at_hand(able: &Able) -> bool {
    !matches!(able.state, State::Away { .. } | State::LoggedOut | State::NoAudio)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::agents::{Level, Skill, Skills, Wish};
    use crate::domain::{DebtorType, Language};

    const RU: usize = 0;
    const EN: usize = 1;
    const FRAUDSTER: usize = 2;

    fn needs() -> Vec<Need> {
        let of = |skills: &[Skill]| Need {
            skills: skills.iter().map(|skill| (skill.clone(), Level::LOWEST)).collect::<Skills>(),
            wish: Wish::Anybody,
            lasts: Duration::ZERO,
        };
        let (ru, en) = (Skill::Language(Language::Ru), Skill::Language(Language::En));
        vec![of(std::slice::from_ref(&ru)), of(&[en]), of(&[ru, Skill::Debtor(DebtorType::Fraudster)])]
    }

    fn able(login: &str, state: State, can: &[usize]) -> Able {
        Able { agent: AgentId::parse(login).expect("a login"), state, can: can.to_vec() }
    }

    #[test]
    fn callers_who_ask_the_same_of_an_agent_are_one_want() {
        let queued = |key: &str, language, debtor_type| QueuedCaller {
            key: key.into(),
            caller: Caller { language, creditor: Some("north".into()), debtor_type, promised_to: None },
        };
        let all = [
            queued("a", Language::Ru, DebtorType::Forgetful),
            queued("b", Language::En, DebtorType::Forgetful),
            queued("c", Language::Ru, DebtorType::Idler),
        ];
        let all_needs = needs();
        let wants = Wants::of(&all, |caller| {
            Some(all_needs[if caller.language == Language::Ru { RU } else { EN }].clone())
        });
        assert_eq!(wants.needs.len(), 2);
        assert_eq!(wants.callers(&[0]), Some(vec!["a".into(), "c".into()]));
        assert_eq!(wants.callers(&[0, 1]), None, "the whole queue");
    }

    #[test]
    fn who_has_no_choice_is_given_somebody_first() {
        let agents = [
            able("anna", State::Ready, &[RU, EN]),
            able("boris", State::Ready, &[RU]),
            able("clara", State::Ready, &[RU]),
            able("dora", State::Ready, &[FRAUDSTER]),
        ];
        let found = shares(agents.iter(), |want| want != FRAUDSTER);
        let logins = |share: &Share| share.agents.iter().map(|agent| agent.to_string()).collect::<Vec<_>>();
        assert_eq!(found.iter().map(logins).collect::<Vec<_>>(), [vec!["boris", "clara"], vec!["anna"]]);
    }

    #[test]
    fn who_is_predicted_can_be_served_by_each_agent_who_is_counted_on() {
        let talks = || able("clara", State::Ready, &[RU, FRAUDSTER]);
        let agents = [able("anna", State::Ready, &[RU]), able("boris", State::Ready, &[RU, EN]), talks()];
        assert_eq!(pool(&agents, &needs()), Some(Pool { main: RU, predicted: vec![RU] }));
        // Where all are specialists, nobody is special.
        let all = [talks(), talks()];
        assert_eq!(pool(&all, &needs()), Some(Pool { main: RU, predicted: vec![RU, FRAUDSTER] }));
    }

    #[test]
    fn who_is_not_at_work_is_counted_on_for_nobody() {
        let away = State::NoAudio;
        let agents = [
            able("anna", away.clone(), &[RU]),
            able("boris", State::LoggedOut, &[RU]),
            able("clara", State::Ready, &[EN]),
        ];
        assert_eq!(pool(&agents, &needs()), Some(Pool { main: EN, predicted: vec![EN] }));
        assert_eq!(pool(&agents[..2], &needs()), None);
        // He may be back while somebody's phone rings whom he can't talk to.
        let agents = [able("anna", away, &[RU]), able("clara", State::Ready, &[RU, EN])];
        assert_eq!(pool(&agents, &needs()), Some(Pool { main: RU, predicted: vec![RU] }));
    }
}
