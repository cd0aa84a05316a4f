//! A simulated carrier: answers real SIP and RTP on loopback, with personas behind the numbers.
//!
//! It shares no SIP code with our user agent, so that it does not share its mistakes either. It takes a [`CarrierPlan`],
//! and keeps its own [`CallRecord`] of every INVITE for reconciliation. It speaks to loopback addresses only.

mod call;
mod clock;
mod incoming;
mod network;
mod perform;
pub mod persona;
mod plan;
mod record;
mod resend;
pub mod script;
pub mod sound;
mod switchboard;
pub mod wire;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use plan::{CarrierPlan, Casting};
pub use record::{CallRecord, Ending, RtpCount};

use network::Network;
use record::CallLog;

/// A carrier that could not start.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    #[error("binding the carrier to {addr}")]
    Bind { addr: SocketAddr, source: io::Error },
    #[error("making the carrier's log {path}")]
    Log { path: PathBuf, source: io::Error },
    #[error("{addr} is not a loopback address, and a simulated carrier takes no other")]
    NotLoopback { addr: SocketAddr },
}

/// A running carrier. Dropping it ends its calls without a word; [`Carrier::stop`] closes their records.
#[derive(Debug)]
pub struct Carrier {
    network: Arc<Network>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Carrier {
    /// Binds the socket and begins to answer.
    ///
    /// # Errors
    /// When the address is not loopback or taken, or the log can't be made.
    pub async fn start(plan: CarrierPlan) -> Result<Self, CarrierError> {
        let addr = plan.bind;
        if !addr.ip().is_loopback() {
            return Err(CarrierError::NotLoopback { addr });
        }
        let bound = UdpSocket::bind(addr).await.and_then(|socket| Ok((socket.local_addr()?, socket)));
        let (ours, socket) = bound.map_err(|source| CarrierError::Bind { addr, source })?;
        let log = CallLog::open(plan.log.as_deref())
            .map_err(|source| CarrierError::Log { path: plan.log.clone().unwrap_or_default(), source })?;
        let network = Arc::new(Network::new(socket, ours, log, &plan));
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(switchboard::run(Arc::clone(&network), plan, stop.clone()));
        Ok(Self { network, stop, tasks })
    }

    /// Where it takes calls.
    pub fn addr(&self) -> SocketAddr {
        self.network.ours
    }

    /// Every call so far in the order of the INVITEs; live ones have no ending yet.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.network.log.calls()
    }

    /// Ends all calls without a word to the callers, closes the records and hands them over.
    pub async fn stop(mut self) -> Vec<CallRecord> {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        self.network.log.stop(clock::wall());
        self.network.log.calls()
    }
}
