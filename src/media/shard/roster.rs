//! The streams of a shard, by number and by phase.

use std::collections::HashMap;

use super::StreamId;
use crate::media::live::Live;

/// Sub-ticks in a period of 20 ms.
pub(super) const PHASES: usize = 4;

/// Every stream has a phase: the sub-tick in which its turn comes. The phases are kept about equally full, so that
/// no sub-tick has more to do than another.
#[derive(Debug, Default)]
pub(super) struct Roster {
    phases: [Vec<(StreamId, Box<Live>)>; PHASES],
    places: HashMap<StreamId, Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    phase: usize,
    at: usize,
}

impl Roster {
    /// Adds a stream, its turn to come in `soonest` or, where that phase is crowded, in the emptiest one.
    pub fn add(&mut self, id: StreamId, live: Box<Live>, soonest: usize) {
        let emptiest = (0..PHASES).min_by_key(|phase| self.phases[*phase].len()).unwrap_or(soonest);
        let crowded = self.phases[soonest].len() > self.phases[emptiest].len() * 5 / 4 + SMALL_CROWD;
        let phase = if crowded { emptiest } else { soonest };
        self.places.insert(id, Place { phase, at: self.phases[phase].len() });
        self.phases[phase].push((id, live));
    }

    pub fn stream(&mut self, id: StreamId) -> Option<&mut Live> {
        let place = self.places.get(&id)?;
        Some(&mut self.phases[place.phase][place.at].1)
    }

    pub fn remove(&mut self, id: StreamId) -> Option<Box<Live>> {
        let Place { phase, at } = self.places.remove(&id)?;
        let (_, live) = self.phases[phase].swap_remove(at);
        if let Some((moved, _)) = self.phases[phase].get(at) {
            self.places.insert(*moved, Place { phase, at });
        }
        Some(live)
    }

    /// The streams whose turn comes in this phase.
    pub fn phase(&mut self, phase: usize) -> impl Iterator<Item = &mut Live> {
        self.phases[phase].iter_mut().map(|(_, live)| &mut **live)
    }

    /// Streams whose owner is gone.
    pub fn abandoned(&self) -> Vec<StreamId> {
        let all = self.phases.iter().flatten();
        all.filter(|(_, live)| live.is_abandoned()).map(|(id, _)| *id).collect()
    }

    pub fn ids(&self) -> Vec<StreamId> {
        self.places.keys().copied().collect()
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }
}

/// So many streams more are no crowd: a tenth of a millisecond.
const SMALL_CROWD: usize = 16;
