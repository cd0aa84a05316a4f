//! A supervisor in a call: who hears whom because of him.

use tokio_util::sync::DropGuard;
use tracing::warn;

use crate::domain::Supervision;
use crate::media::{MediaError, StreamLink};

/// A supervisor in a call, and who hears whom because of him. Dropped, his leg ends.
#[derive(Debug)]
pub struct Monitor {
    link: StreamLink,
    /// What he does; `None`: nothing yet, or he has left.
    pub what: Option<Supervision>,
    /// Who hears whom.
    hearing: Vec<(StreamLink, StreamLink)>,
    _leg: DropGuard,
}

impl Monitor {
    /// `leg` ends his leg.
    pub fn new(link: StreamLink, leg: DropGuard) -> Self {
        Self { link, what: None, hearing: Vec::new(), _leg: leg }
    }

    /// Parts and ties him anew: to the debtor, to the agent who talks now, and to whoever is asked beside, whom he only hears.
    pub fn tie(&mut self, debtor: &StreamLink, agent: Option<&StreamLink>, beside: Option<&StreamLink>) {
        self.part();
        let Some(what) = self.what else { return };
        let mut hearing = vec![(self.link.clone(), debtor.clone())];
        hearing.extend(agent.into_iter().chain(beside).map(|voice| (self.link.clone(), voice.clone())));
        match what {
            Supervision::Listen | Supervision::TakeOver => {}
            Supervision::Whisper => hearing.extend(agent.map(|agent| (agent.clone(), self.link.clone()))),
            Supervision::Barge => {
                hearing.extend(agent.map(|agent| (agent.clone(), self.link.clone())));
                hearing.push((debtor.clone(), self.link.clone()));
            }
        }
        for (who, whom) in &hearing {
            told(who.hear(whom));
        }
        self.hearing = hearing;
    }

    fn part(&mut self) {
        for (who, whom) in std::mem::take(&mut self.hearing) {
            told(who.no_longer_hear(&whom));
        }
    }
}

/// A phone that stays up must not keep him in its ear.
impl Drop for Monitor {
    fn drop(&mut self) {
        self.part();
    }
}

fn told(result: Result<(), MediaError>) {
    if let Err(fault) = result {
        warn!(%fault, "the media engine did not take a command for a supervisor");
    }
}
