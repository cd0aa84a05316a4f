//! Which calls are listened to: some by lot, the longest, those with a trigger and those with a complaint, agent by agent.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

use crate::domain::{AgentId, AttemptId};

/// A recorded talk that may be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub attempt: AttemptId,
    pub agent: AgentId,
    /// From the answer to the end, in seconds.
    pub talk_s: u64,
    /// The agent marked one in it.
    pub trigger: bool,
    /// A complaint came of it.
    pub complaint: bool,
}

/// How many calls of each agent, by what they are drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub random: u16,
    pub longest: u16,
    pub triggers: u16,
    pub complaints: u16,
}

/// What a call was drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    Complaint,
    Trigger,
    Longest,
    Random,
}

impl Why {
    pub const ALL: [Self; 4] = [Self::Complaint, Self::Trigger, Self::Longest, Self::Random];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Longest => "longest",
            Self::Random => "random",
            Self::Trigger => "trigger",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// Two calls of each agent by lot and his longest; of those with a trigger or a complaint, three each.
impl Default for Quota {
    fn default() -> Self {
        Self { random: 2, longest: 1, triggers: 3, complaints: 3 }
    }
}

/// Draws the calls, agent by agent. A call is drawn once, for the gravest reason; the lot falls on those that are left.
/// The same seed over the same calls draws the same, whatever their order.
pub fn draw(mut all: Vec<Candidate>, quota: Quota, seed: u64) -> Vec<(Candidate, Why)> {
    all.sort_unstable_by(|a, b| (&a.agent, a.attempt).cmp(&(&b.agent, b.attempt)));
    all.dedup_by(|a, b| (&a.agent, a.attempt) == (&b.agent, b.attempt));
    let mut luck = Pcg64::seed_from_u64(seed);
    let mut by_agent: BTreeMap<AgentId, Vec<Candidate>> = BTreeMap::new();
    for candidate in all {
        by_agent.entry(candidate.agent.clone()).or_default().push(candidate);
    }
    let mut drawn = Vec::new();
    for (_, mut calls) in by_agent {
        // By lot within each reason too: the first call of a day is not better than the last.
        calls.shuffle(&mut luck);
        let mut take = |calls: &mut Vec<Candidate>, why, most: u16, wanted: fn(&Candidate) -> bool| {
            for _ in 0..most {
                let Some(at) = calls.iter().position(wanted) else { return };
                drawn.push((calls.remove(at), why));
            }
        };
        take(&mut calls, Why::Complaint, quota.complaints, |call| call.complaint);
        take(&mut calls, Why::Trigger, quota.triggers, |call| call.trigger);
        let mut longest = calls.clone();
        longest.sort_by_key(|call| (std::cmp::Reverse(call.talk_s), call.attempt));
        longest.truncate(quota.longest.into());
        calls.retain(|call| !longest.contains(call));
        take(&mut longest, Why::Longest, quota.longest, |_| true);
        take(&mut calls, Why::Random, quota.random, |_| true);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calls() -> impl Strategy<Value = Vec<Candidate>> {
        let call = (0_usize..3, 0_u64..600, any::<bool>(), any::<bool>());
        proptest::collection::vec(call, 0..60).prop_map(|all| {
            let one =
                |(at, (who, talk_s, trigger, complaint)): (usize, (usize, u64, bool, bool))| Candidate {
                    attempt: AttemptId(at as i64 + 1),
                    agent: AgentId::parse(["anna", "boris", "vera"][who]).expect("a login"),
                    talk_s,
                    trigger,
                    complaint,
                };
            all.into_iter().enumerate().map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn the_same_seed_draws_the_same_calls_each_once_and_no_more_than_asked(mut all in calls(), seed in any::<u64>()) {
            let quota = Quota::default();
            let drawn = draw(all.clone(), quota, seed);
            all.reverse();
            prop_assert_eq!(&drawn, &draw(all.clone(), quota, seed));
            let mut ids: Vec<_> = drawn.iter().map(|(call, _)| call.attempt).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), drawn.len());
            for agent in ["anna", "boris", "vera"] {
                let his = all.iter().filter(|call| call.agent.as_str() == agent).count();
                let of = |why: Why| drawn.iter().filter(|(call, is)| call.agent.as_str() == agent && *is == why).count();
                prop_assert!(of(Why::Random) <= 2 && of(Why::Longest) <= 1);
                prop_assert!(of(Why::Trigger) <= 3 && of(Why::Complaint) <= 3);
                let complaints = all.iter().filter(|call| call.agent.as_str() == agent && call.complaint).count();
                prop_assert_eq!(of(Why::Complaint), complaints.min(3));
                let total: usize = Why::ALL.into_iter().map(of).sum();
                prop_assert!(total >= his.min(3), "as many as there are");
            }
        }
    }
}
