//! The agents' desks: what happens at each, what each shows, and what is done at it.

mod act;
mod past;
mod preview;
mod subject;
mod view;
mod write;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;

pub use act::act;
pub use preview::{Preview, Shown, Wanted, preview, reason};
pub(super) use subject::wall_ms;
pub use view::view;

use super::floor::Change;
use super::house::House;
use crate::agents::Event;
use crate::domain::{AgentId, AttemptId};
use crate::store::{AgentTimes, Period, StoreError};
use crate::web::DeskEvent;

/// Every desk of this node.
#[derive(Debug)]
pub struct Desks {
    inside: Mutex<Inside>,
    told: broadcast::Sender<(AgentId, DeskEvent)>,
    /// How everybody's time was spent today, and when it was counted: it is too much to count for every look at every desk.
    times: tokio::sync::Mutex<Option<(Instant, Arc<Times>)>>,
}

type Times = BTreeMap<AgentId, AgentTimes>;

#[derive(Debug)]
struct Inside {
    last: u64,
    /// The last events of all desks, the oldest first.
    kept: VecDeque<(AgentId, DeskEvent)>,
    /// Those who are to decide about somebody.
    shown: HashMap<AgentId, Shown>,
    /// Calls whose agents have heard that the debt is paid.
    paid: HashSet<AttemptId>,
}

/// How old the count of everybody's time may be.
const COUNTED: Duration = Duration::from_secs(10);
/// Events kept for whoever was cut off.
const KEPT: usize = 1_024;
/// Events that may wait for one listener.
const WAITING: usize = 64;

impl Desks {
    /// Numbers its events from `since` on, which grows from start to start.
    pub fn new(since: u64) -> Self {
        let (kept, shown, paid) = (VecDeque::new(), HashMap::new(), HashSet::new());
        let inside = Mutex::new(Inside { last: since, kept, shown, paid });
        Self { inside, told: broadcast::channel(KEPT).0, times: tokio::sync::Mutex::default() }
    }

    /// Tells a desk what happened.
    pub fn tell(&self, agent: &AgentId, name: &'static str, data: &Value) {
        let mut inside = self.lock();
        inside.last += 1;
        let event = DeskEvent { id: inside.last, name, data: data.to_string() };
        if inside.kept.len() >= KEPT {
            inside.kept.pop_front();
        }
        inside.kept.push_back((agent.clone(), event.clone()));
        // Without a listener nobody need know.
        self.told.send((agent.clone(), event)).ok();
    }

    /// Tells the agent of a call, once, that the debt was paid meanwhile.
    pub fn tell_paid(&self, agent: &AgentId, attempt: AttemptId) {
        let mut inside = self.lock();
        if inside.paid.len() > KEPT {
            inside.paid.clear();
        }
        let new = inside.paid.insert(attempt);
        drop(inside);
        if new {
            self.tell(agent, "paid", &json!({ "attempt": attempt }));
        }
    }

    /// What is told to a desk from now on, after what it has missed since `last`; and the work that passes it on.
    fn listen(
        &self,
        agent: &AgentId,
        last: Option<u64>,
    ) -> (mpsc::Receiver<DeskEvent>, impl Future<Output = ()> + Send + use<>) {
        let (to, heard) = mpsc::channel(WAITING);
        let inside = self.lock();
        let told = self.told.subscribe();
        if let Some(last) = last {
            let whole =
                last <= inside.last && inside.kept.front().is_none_or(|(_, first)| first.id <= last + 1);
            let missed = inside.kept.iter().filter(|(of, event)| of == agent && event.id > last);
            let missed: Vec<_> = missed.map(|(_, event)| event.clone()).collect();
            if !whole || missed.len() >= WAITING {
                to.try_send(reset(inside.last)).ok();
            } else {
                missed.into_iter().for_each(|event| drop(to.try_send(event)));
            }
        }
        drop(inside);
        (heard, pass_on(agent.clone(), told, to))
    }

    /// How everybody's time was spent in the period that began today, as counted lately.
    async fn times(&self, house: &House, today: Period) -> Result<Arc<Times>, StoreError> {
        let mut kept = self.times.lock().await;
        let now = house.clock.now();
        if let Some((at, times)) = &*kept
            && now.saturating_duration_since(*at) < COUNTED
        {
            return Ok(Arc::clone(times));
        }
        let times = Arc::new(house.store.agent_times(today, house.clock.wall()).await?);
        *kept = Some((now, Arc::clone(&times)));
        Ok(times)
    }

    /// Somebody has written a call up: his own figures are to be there at once.
    async fn count_anew(&self) {
        *self.times.lock().await = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything has to be looked at anew.
fn reset(id: u64) -> DeskEvent {
    DeskEvent { id, name: "reset", data: "{}".to_owned() }
}

/// Passes a desk's own events on to one listener, until he is gone.
async fn pass_on(
    agent: AgentId,
    mut told: broadcast::Receiver<(AgentId, DeskEvent)>,
    to: mpsc::Sender<DeskEvent>,
) {
    loop {
        let event = tokio::select! {
            event = told.recv() => event,
            () = to.closed() => return,
        };
        let passed = match event {
            Ok((of, event)) if of == agent => to.send(event).await,
            Ok(_) => continue,
            Err(broadcast::error::RecvError::Lagged(_)) => to.send(reset(0)).await,
            Err(broadcast::error::RecvError::Closed) => return,
        };
        if passed.is_err() {
            return;
        }
    }
}

/// Listens at a desk; `None`: no agent works under this login.
pub fn listen(house: &House, login: &str, last: Option<u64>) -> Option<mpsc::Receiver<DeskEvent>> {
    let agent = AgentId::parse(login)?;
    house.floor.state(&agent)?;
    let (heard, passing) = house.desks.listen(&agent, last);
    house.helpers.spawn(passing);
    Some(heard)
}

/// Tells the desks of what happens on the floor, until told to stop.
pub async fn follow(house: Arc<House>, stop: CancellationToken) {
    let mut floor = house.floor.listen();
    loop {
        let change = tokio::select! {
            change = floor.recv() => change,
            () = stop.cancelled() => return,
        };
        match change {
            Ok(change) => tell(&house, &change),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                for (agent, _) in house.floor.everybody() {
                    house.desks.tell(&agent, "reset", &json!({}));
                }
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn tell(house: &House, Change { output, attempt }: &Change) {
    let agent = &output.agent;
    match &output.event {
        Event::Changed { from, to, why } => {
            let ends = ends_ms(house, agent);
            let data = json!({
                "from": from.code(),
                "state": to.code(),
                "pause": to.pause(),
                "why": why.code(),
                "attempt": attempt,
                "since_ms": subject::wall_ms(house, output.at),
                "ends_ms": ends,
            });
            house.desks.tell(agent, "state", &data);
        }
        Event::HoldOverrun => house.desks.tell(agent, "overrun", &json!({ "what": "hold" })),
        Event::PauseOverrun => house.desks.tell(agent, "overrun", &json!({ "what": "pause" })),
        // He has said it here.
        Event::Wishes { .. } => {}
        Event::WrapUpBegan { .. } => {
            let data = json!({ "attempt": attempt, "ends_ms": ends_ms(house, agent) });
            house.desks.tell(agent, "wrap_up", &data);
        }
        Event::WrapUpRanOut { disposed, .. } => {
            let data = json!({ "what": "wrap_up", "written": disposed });
            house.desks.tell(agent, "overrun", &data);
        }
    }
}

/// When the agent's state has lasted its time.
fn ends_ms(house: &House, agent: &AgentId) -> Option<i64> {
    house.floor.due(agent).map(|at| subject::wall_ms(house, at))
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    fn anna() -> AgentId {
        AgentId::parse("anna").expect("a login")
    }

    #[tokio::test]
    async fn whoever_was_cut_off_hears_what_he_missed_and_nothing_of_others() {
        let (desks, boris) = (Desks::new(100), AgentId::parse("boris").expect("a login"));
        for (agent, name) in [(&anna(), "state"), (&boris, "state"), (&anna(), "paid"), (&anna(), "call")] {
            desks.tell(agent, name, &json!({}));
        }
        let (mut heard, passing) = desks.listen(&anna(), Some(101));
        let mut tasks = JoinSet::from_iter([passing]);
        let mut names = Vec::new();
        while let Ok(event) = heard.try_recv() {
            names.push((event.id, event.name));
        }
        assert_eq!(names, [(103, "paid"), (104, "call")]);
        desks.tell(&boris, "state", &json!({}));
        desks.tell(&anna(), "overrun", &json!({}));
        assert_eq!(heard.recv().await.expect("told").name, "overrun");
        drop(heard);
        tasks.join_next().await.expect("it ends with its listener").expect("well");
    }

    #[tokio::test]
    async fn what_is_not_known_any_more_is_looked_at_anew() {
        let desks = Desks::new(100);
        desks.tell(&anna(), "state", &json!({}));
        for before in [7, 900] {
            let event = desks.listen(&anna(), Some(before)).0.try_recv().expect("told");
            assert_eq!(event.name, "reset", "after {before}");
        }
        assert!(desks.listen(&anna(), None).0.try_recv().is_err(), "who is new has looked already");
    }

    #[tokio::test]
    async fn a_payment_is_told_once_a_call() {
        let desks = Desks::new(0);
        let (mut heard, passing) = desks.listen(&anna(), None);
        let _tasks = JoinSet::from_iter([passing]);
        for _ in 0..3 {
            desks.tell_paid(&anna(), AttemptId(7));
        }
        assert_eq!(heard.recv().await.expect("told").name, "paid");
        desks.tell_paid(&anna(), AttemptId(8));
        assert!(heard.recv().await.expect("told").data.contains('8'));
    }
}
