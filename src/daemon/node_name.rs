//! The node's name is one process's at a time: taken at the start, and looked after for as long as the daemon lives.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::house::House;
use super::start_fault::StartFault;
use crate::call::StopReason;
use crate::store::Store;
use crate::web::Readiness;

/// How often it is looked whether the name is still ours.
const LOOK: Duration = Duration::from_secs(1);

/// Before anything is taken for left behind: what a living process of this name has open is not lost.
pub(super) async fn take_node(store: &Store) -> anyhow::Result<()> {
    if store.take_node().await? { Ok(()) } else { Err(is_taken(store.node())) }
}

/// The fault of a name that another process has.
pub(super) fn is_taken(node: &str) -> anyhow::Error {
    StartFault::NodeTaken { node: node.to_owned() }.into()
}

/// Looks after the node's name, which is held by a session of PostgreSQL's that can be lost. While the database does not
/// answer nothing can be reserved; once another process has the name, nothing is dialled any more, what rings is taken
/// back, who talks may finish, and the daemon ends.
pub(super) async fn keep_name(
    house: Arc<House>,
    readiness: watch::Sender<Readiness>,
    stop: CancellationToken,
) {
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = stop.cancelled() => return,
        }
        match house.store.take_node().await {
            Ok(true) => {}
            Ok(false) => break,
            Err(fault) => {
                warn!(fault = format!("{:#}", anyhow::Error::from(fault)), "the node's name can't be told");
            }
        }
    }
    house.ousted.cancel();
    house.live.stop_all(StopReason::KillSwitch);
    house.metrics.ousted();
    error!(
        node = house.store.node(),
        "another process has this node's name: nothing is dialled, and this one ends"
    );
    readiness.send_replace(Readiness::Not("another process has this node's name".to_owned()));
}
