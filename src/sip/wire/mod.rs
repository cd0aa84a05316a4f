//! Our sockets, and the way from them to the library's transactions.
//!
//! We read the sockets ourselves: the guard judges each message before the library sees it. For UDP the library sends
//! through a socket of ours; for TCP through its in-memory channel, which counts as reliable and so never retransmits.

mod accepted;
mod flow;
mod resolve;
mod stream;
mod transact;
mod udp;
mod unreached;
mod way;

pub(super) use flow::Flow;
pub(super) use transact::Heard;

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rsipstack::EndpointBuilder;
use rsipstack::resolver::SipResolver;
use rsipstack::sip::{Method, SipMessage};
use rsipstack::transaction::endpoint::{EndpointInnerRef, EndpointOption};
use rsipstack::transaction::{Endpoint, TransactionReceiver};
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::guard::{Budget, Judgement, judge};
use super::ladder::Ladder;
use super::registrar::{Registrar, keep_alive};
use super::stranger::Refused;
use super::{SipError, SipPlan, Transport};
use crate::trunk::Network;

/// Everything below the legs, shared by all of them.
pub(super) struct Wire {
    pub endpoint: EndpointInnerRef,
    pub plan: SipPlan,
    /// Legs are to hang up.
    pub leaving: CancellationToken,
    /// Sockets and timers are to stop.
    pub closing: CancellationToken,
    /// What lives as long as the stack or a connection: readers, writers, timers.
    pub tasks: TaskTracker,
    /// What lives as long as a transaction.
    pub passing: TaskTracker,
    udp: udp::Udp,
    /// The last messages of calls.
    pub ladder: Arc<Ladder>,
    flows: stream::Flows,
    authorities: stream::Authorities,
    unreached: Arc<unreached::Unreached>,
    pub registrar: Registrar,
    /// Somebody takes calls that come in.
    pub taking_calls: AtomicBool,
    /// Callers at addresses that are nobody's, since somebody asked.
    pub refused: Mutex<Refused>,
    /// Read from the system's configuration when the first SRV record is wanted.
    resolver: OnceLock<SipResolver>,
    accepted: Mutex<accepted::Accepted>,
    budget: Mutex<Budget>,
    /// Unguessable start of the names we make up, and their count.
    seed: u64,
    names: AtomicU64,
}

impl Wire {
    /// Binds and starts to read. The receiver gets the requests that begin a transaction.
    pub async fn start(plan: SipPlan) -> Result<(Arc<Self>, TransactionReceiver), SipError> {
        let closing = CancellationToken::new();
        let unreached = Arc::<unreached::Unreached>::default();
        let ladder = Arc::new(Ladder::new(plan.stamp));
        let udp = udp::Udp::bind(&plan, &unreached, &ladder).await?;
        let endpoint = endpoint(&plan, &closing);
        let requests = endpoint
            .incoming_transactions()
            .map_err(|source| SipError::Library { act: "taking its requests", source })?;
        let wire = Arc::new(Self {
            endpoint: endpoint.inner.clone(),
            leaving: closing.child_token(),
            closing,
            tasks: TaskTracker::new(),
            passing: TaskTracker::new(),
            udp,
            ladder,
            flows: stream::Flows::default(),
            authorities: stream::Authorities::default(),
            unreached,
            resolver: OnceLock::new(),
            accepted: Mutex::default(),
            budget: Mutex::new(Budget::new(plan.known.iter().copied())),
            registrar: Registrar::new(plan.registrar.clone()),
            taking_calls: AtomicBool::new(false),
            refused: Mutex::default(),
            seed: seed(),
            names: AtomicU64::new(0),
            plan,
        });
        wire.clone().serve(endpoint).await?;
        Ok((wire, requests))
    }

    async fn serve(self: Arc<Self>, endpoint: Endpoint) -> Result<(), SipError> {
        // The library looks its listeners up when it ACKs a 2xx over UDP.
        endpoint.inner.transport_layer.add_transport(self.udp.connection());
        self.udp.serve(&self);
        if self.plan.tcp {
            for addr in self.udp.bound() {
                stream::listen(&self, addr).await?;
            }
        }
        let wire = self.clone();
        self.tasks.spawn(async move {
            let mut second = tokio::time::interval(Duration::from_secs(1));
            let serve = endpoint.serve();
            tokio::pin!(serve);
            loop {
                tokio::select! {
                    () = &mut serve => return,
                    () = wire.closing.cancelled() => return,
                    _ = second.tick() => {
                        wire.second_passed();
                    }
                }
            }
        });
        Ok(())
    }

    /// Whether it is a trunk's address.
    pub fn knows(&self, ip: IpAddr) -> bool {
        self.budget().knows(ip)
    }

    /// A call from there was declined: it is no trunk's address.
    pub fn note_refused(&self, from: IpAddr) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused = Refused { calls: refused.calls + 1, last: Some(from) };
    }

    fn second_passed(self: &Arc<Self>) {
        self.budget().tick();
        self.accepted().tick(self.plan.t1 * 64);
        for (agent, phone) in self.registrar.tick(|source| self.flows.is_open(source)) {
            self.passing.spawn(keep_alive::ask(self.clone(), agent, phone));
        }
    }

    /// The bound addresses, with the ports the system gave.
    pub fn bound(&self) -> Vec<SocketAddr> {
        self.udp.bound()
    }

    /// Takes the trunks' addresses of a new configuration in the old ones' place.
    pub fn know(&self, trunks: Vec<Network>) {
        self.budget().know(trunks);
    }

    /// Answered INVITEs whose repetitions are still acknowledged.
    pub fn answered(&self) -> usize {
        self.accepted().len()
    }

    /// A name nobody can guess, new each time: tags, branches, Call-IDs.
    pub fn name(&self) -> u64 {
        let n = self.names.fetch_add(1, Ordering::Relaxed);
        mix(self.seed ^ mix(n))
    }

    /// Judges what came from `source` and hands it on; the answer to send back, if any.
    async fn take(
        self: &Arc<Self>,
        bytes: &[u8],
        source: SocketAddr,
        over: &SipConnection,
        by: Transport,
    ) -> Option<Vec<u8>> {
        if !self.budget().take(source.ip()) {
            return None;
        }
        match judge(bytes, source, &self.plan.user_agent) {
            Judgement::Answer { code, bytes } => {
                tracing::debug!(%source, code, "refused a request at the guard");
                Some(bytes)
            }
            Judgement::Drop(why) => {
                tracing::debug!(%source, ?why, "dropped at the guard");
                None
            }
            Judgement::KeepAlive => Some(b"\r\n".to_vec()),
            Judgement::Pass(message) => {
                self.ladder.note(false, source, bytes);
                if let SipMessage::Response(response) = &*message
                    && accepted::is_answer(response)
                    && self.answered_again(response).await
                {
                    return None;
                }
                if let SipMessage::Request(request) = &*message
                    && request.method == Method::Register
                    && let Some(answer) = self.registrar.answer(request, source, by, &self.plan.user_agent)
                {
                    // Only who has read our challenge at this address gets a 200: an office behind one address is no
                    // crowd of strangers.
                    if answer.starts_with(b"SIP/2.0 200 ") {
                        self.budget().befriend(source.ip());
                    }
                    return Some(answer);
                }
                self.hand_on(*message, source, over, by).await;
                None
            }
        }
    }

    async fn hand_on(&self, message: SipMessage, source: SocketAddr, over: &SipConnection, by: Transport) {
        let by = by.of_library();
        let from = SipAddr { r#type: Some(by), addr: source.into() };
        let handed = match SipConnection::update_msg_received(message, source, by) {
            Ok(message) => self.endpoint.on_received_message(message, over.clone(), &from).await,
            Err(error) => Err(error),
        };
        if let Err(error) = handed {
            tracing::debug!(%source, %error, "the library refused a message");
        }
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("bound", &self.udp.bound()).finish_non_exhaustive()
    }
}

fn endpoint(plan: &SipPlan, closing: &CancellationToken) -> Endpoint {
    let option = EndpointOption {
        t1: plan.t1,
        t1x64: plan.t1 * 64,
        t2: plan.t1 * 8,
        t4: plan.t1 * 10,
        // Ringing is limited by the caller; this is only against a leak.
        timerc: Duration::from_secs(600),
        // ACK and forks are ours: see `accepted`.
        auto_ack_2xx: false,
        ..EndpointOption::default()
    };
    EndpointBuilder::new()
        .with_user_agent(&plan.user_agent)
        .with_option(option)
        .with_cancel_token(closing.clone())
        .with_transport_layer(TransportLayer::new(closing.clone()))
        .build()
}

/// From the keys the system gives every hash map: unguessable, and no clock or generator is needed.
fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

/// SplitMix64's finaliser: spreads a counter over all bits.
fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
