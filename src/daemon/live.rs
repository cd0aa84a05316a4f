//! The calls that are up, and how to take one back.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::floor;
use super::monitor::Monitor;
use crate::call::{Desk, Seat, StopReason, WishNo};
use crate::domain::{AgentId, AttemptId, Supervision};
use crate::web::Supervised;

/// Every live call of this node by its attempt.
#[derive(Debug, Default)]
pub struct Live(Mutex<HashMap<AttemptId, Up>>);

/// A call that is up.
#[derive(Debug)]
struct Up {
    words: mpsc::Sender<Word>,
    /// The debtor has said who he is.
    identified: bool,
    /// Silence is recorded, for card data.
    silenced: bool,
    /// The supervisor in it, and where to tell him that he is to take it over.
    supervisor: Option<(AgentId, TakesOver)>,
}

/// Asks a supervisor's part in a call to take it over; it says what came of it.
pub type TakesOver = mpsc::Sender<oneshot::Sender<Supervised>>;

/// What is said to a live call.
#[derive(Debug)]
pub enum Word {
    /// An agent of it wants something, and may want to know what came of it.
    Desk(Seat, Desk, Option<Answer>),
    /// A supervisor has come.
    Join(Monitor),
    /// What he does; `None`: he has left.
    Supervise(Option<Supervision>),
    /// The house takes it back.
    Stop(StopReason),
    /// The agent leaves it to the supervisor who sits there.
    TakeOver(floor::Seat, Answer),
}

/// Hears whether a wish is done.
pub type Answer = oneshot::Sender<Result<(), WishNo>>;

/// A call answers its agents between two of its steps; one that takes longer does not keep up.
const ANSWERS: Duration = Duration::from_secs(3);

impl Live {
    /// Enters a call; it leaves when the guard is dropped.
    pub fn enter(&self, attempt: AttemptId) -> (Here<'_>, mpsc::Receiver<Word>) {
        let (stop, stopped) = mpsc::channel(WORDS);
        self.lock().insert(attempt, Up { words: stop, identified: false, silenced: false, supervisor: None });
        (Here { live: self, attempt }, stopped)
    }

    /// Takes a call back. `false`: it is not up here. A call that has a queue of words already has been told.
    pub fn stop(&self, attempt: AttemptId, why: StopReason) -> bool {
        self.lock().get(&attempt).map(|call| call.words.try_send(Word::Stop(why)).ok()).is_some()
    }

    /// Tells a call what its first agent wants. `false`: it is not up here, or does not keep up.
    pub fn desk(&self, attempt: AttemptId, wish: Desk) -> bool {
        self.say(attempt, Word::Desk(Seat::First, wish, None))
    }

    /// The same for the agent of a seat, and whether it is done. `None`: the call is not up here, or does not keep up.
    pub async fn ask(&self, attempt: AttemptId, seat: Seat, wish: Desk) -> Option<Result<(), WishNo>> {
        let (answer, answered) = oneshot::channel();
        if !self.say(attempt, Word::Desk(seat, wish, Some(answer))) {
            return None;
        }
        timeout(ANSWERS, answered).await.ok()?.ok()
    }

    /// Whether the debtor has said who he is; `None`: the call is not up here.
    pub fn identified(&self, attempt: AttemptId) -> Option<bool> {
        self.lock().get(&attempt).map(|call| call.identified)
    }

    /// Whether the debtor has said who he is, as the call knows it now: he may say otherwise later. `true`: it is news that
    /// he has.
    pub fn identify(&self, attempt: AttemptId, known: bool) -> bool {
        let news = |call: &mut Up| !std::mem::replace(&mut call.identified, known) && known;
        self.lock().get_mut(&attempt).is_some_and(news)
    }

    /// Whether the call's recording is silent now.
    pub fn silenced(&self, attempt: AttemptId) -> bool {
        self.lock().get(&attempt).is_some_and(|call| call.silenced)
    }

    /// The call's recording is silent from now on, or not.
    pub fn silence(&self, attempt: AttemptId, silenced: bool) {
        if let Some(call) = self.lock().get_mut(&attempt) {
            call.silenced = silenced;
        }
    }

    /// Lets a supervisor into a call. `false`: it is not up here, or does not keep up.
    pub fn join(&self, attempt: AttemptId, supervisor: (AgentId, TakesOver), monitor: Monitor) -> bool {
        let joined = self.say(attempt, Word::Join(monitor));
        if let Some(call) = self.lock().get_mut(&attempt).filter(|_| joined) {
            call.supervisor = Some(supervisor);
        }
        joined
    }

    /// Leaves a call to the supervisor who sits there, at once; or says why not, and all stays as it was. `None`: it is not up
    /// here, or does not keep up.
    pub async fn take_over(&self, attempt: AttemptId, seat: floor::Seat) -> Option<Result<(), WishNo>> {
        let (answer, answered) = oneshot::channel();
        if !self.say(attempt, Word::TakeOver(seat, answer)) {
            return None;
        }
        let said = timeout(ANSWERS, answered).await.ok()?.ok()?;
        if let (Ok(()), Some(call)) = (said, self.lock().get_mut(&attempt)) {
            call.supervisor = None;
        }
        Some(said)
    }

    /// Has the supervisor in a call take it over; `None`: nobody is there any more.
    pub async fn has_taken_over(&self, attempt: AttemptId) -> Option<Supervised> {
        let part = self.lock().get(&attempt)?.supervisor.as_ref().map(|(_, part)| part.clone())?;
        let (answer, answered) = oneshot::channel();
        part.try_send(answer).ok()?;
        answered.await.ok()
    }

    /// The supervisor in a call.
    pub fn supervisor(&self, attempt: AttemptId) -> Option<AgentId> {
        self.lock().get(&attempt)?.supervisor.as_ref().map(|(supervisor, _)| supervisor.clone())
    }

    /// What the supervisor in a call does from now on; `None`: he has left.
    pub fn supervise(&self, attempt: AttemptId, what: Option<Supervision>) -> bool {
        if let (None, Some(call)) = (what, self.lock().get_mut(&attempt)) {
            call.supervisor = None;
        }
        self.say(attempt, Word::Supervise(what))
    }

    /// Takes every call back.
    pub fn stop_all(&self, why: StopReason) {
        for call in self.lock().values() {
            call.words.try_send(Word::Stop(why)).ok();
        }
    }

    fn say(&self, attempt: AttemptId, word: Word) -> bool {
        self.lock().get(&attempt).is_some_and(|call| call.words.try_send(word).is_ok())
    }

    /// Whether the call is up here.
    pub fn is_up(&self, attempt: AttemptId) -> bool {
        self.lock().contains_key(&attempt)
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AttemptId, Up>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Words a call may have waiting; it takes them at once.
const WORDS: usize = 8;

/// A call's presence among the live ones.
#[derive(Debug)]
pub struct Here<'a> {
    live: &'a Live,
    attempt: AttemptId,
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.live.lock().remove(&self.attempt);
    }
}
