//! The running stack: places calls, probes, registers, and sorts what comes in.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rsipstack::sip::Uri;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::transaction::TransactionReceiver;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::leg::{Registry, Task};
use super::message::dialog::Dialog;
use super::message::draft::{escape_user, quote, uri_host};
use super::sdp::LocalMedia;
use super::stranger::{Door, IncomingCall, Refused};
use super::wire::{Flow, Wire};
use super::{
    Hop, Leg, Phone, PhoneEvent, PlaceCall, RegistrarPlan, Rung, SipError, SipPlan, StackCounts, Transport,
    TrunkTarget,
};
use crate::domain::{AgentId, AttemptId};
use crate::trunk::Network;

/// The SIP stack. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct SipStack {
    pub(super) wire: Arc<Wire>,
    legs: Registry,
    /// What says good-bye when the stack closes: legs and registrations.
    pub(super) tasks: TaskTracker,
    calls: Mutex<Option<mpsc::Receiver<IncomingCall>>>,
}

/// A request this long goes by TCP where the trunk takes it (RFC 3261 section 18.1.1), in bytes.
const LARGE: usize = 1_300;
/// What an INVITE takes beside its names and SDP, in bytes.
const FRAME: usize = 600;
/// How long legs and registrations may take to say good-bye when the stack closes.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

impl SipStack {
    /// Binds the sockets and starts to serve.
    ///
    /// # Errors
    /// When `listen` is empty or a socket can't be bound.
    pub async fn start(plan: SipPlan) -> Result<Self, SipError> {
        let (wire, requests) = Wire::start(plan).await?;
        let legs = Registry::default();
        let tasks = TaskTracker::new();
        let (door, calls) = Door::new(wire.clone(), legs.clone(), tasks.clone());
        wire.tasks.spawn(sort(door, requests));
        Ok(Self { wire, legs, tasks, calls: Mutex::new(Some(calls)) })
    }

    /// The addresses bound, with the ports the system gave.
    pub fn local(&self) -> Vec<SocketAddr> {
        self.wire.bound()
    }

    /// Takes the trunks' addresses of a new configuration in the old ones' place: what they send has no budget.
    /// Who is at none of them may not call.
    pub fn know(&self, trunks: Vec<Network>) {
        self.wire.know(trunks);
    }

    /// All the addresses of a hop, whatever their family: those its name has, and those of its SRV records (RFC 3263).
    ///
    /// # Errors
    /// When the name has no address now, or nobody can be asked.
    pub async fn addresses(&self, hop: &Hop) -> Result<Vec<IpAddr>, SipError> {
        self.wire.addresses(hop).await
    }

    /// The calls declined since the last time this was asked, for they came from no trunk's address.
    pub fn take_refused(&self) -> Refused {
        std::mem::take(&mut *self.wire.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Legs whose task lives: calling, answered, or seeing their BYE through.
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// The messages still kept of an attempt, the oldest first.
    pub fn ladder(&self, attempt: AttemptId) -> Vec<Rung> {
        self.wire.ladder.of(attempt)
    }

    /// Keeps a call that came in with its attempt, so that its messages are found.
    pub fn name_call(&self, attempt: AttemptId, call: &IncomingCall) {
        self.wire.ladder.name(attempt, call.call_id());
    }

    /// The calls that come in; the first caller gets them. Until then, and whenever the queue is full, they are declined
    /// as strangers' are.
    pub fn incoming(&self) -> Option<mpsc::Receiver<IncomingCall>> {
        self.wire.taking_calls.store(true, Ordering::Relaxed);
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What becomes of agents' phones; the first caller gets it.
    pub fn phone_events(&self) -> Option<mpsc::Receiver<PhoneEvent>> {
        self.wire.registrar.take_events()
    }

    /// An agent's registered phones, the one heard of last first.
    pub fn phones(&self, agent: &AgentId) -> Vec<Phone> {
        self.wire.registrar.phones(agent)
    }

    /// Puts back a phone that was registered before a restart; it is asked at once whether it is still there.
    pub fn restore_phone(&self, agent: AgentId, phone: Phone) {
        self.wire.registrar.restore(agent, phone);
    }

    /// Who may register from now on.
    pub fn admit(&self, plan: Option<RegistrarPlan>) {
        self.wire.registrar.admit(plan);
    }

    /// What is held in memory now.
    pub fn counts(&self) -> StackCounts {
        let stats = self.wire.endpoint.get_stats();
        StackCounts {
            legs: self.legs.len(),
            transactions: stats.running_transactions,
            remembered: stats.finished_transactions,
            answered: self.wire.answered(),
            unacknowledged: stats.waiting_ack,
            timers: self.wire.endpoint.timers.len(),
            tasks: self.tasks.len() + self.wire.passing.len(),
        }
    }

    /// Sends the INVITE and hands out the leg.
    ///
    /// # Errors
    /// When nothing could be sent: no address, no connection, a number that can't be written.
    pub async fn place(&self, call: PlaceCall) -> Result<Leg, SipError> {
        if call.codecs.is_empty() {
            return Err(SipError::Unwritable { what: "an empty codec list" });
        }
        if self.wire.leaving.is_cancelled() {
            return Err(SipError::Closing);
        }
        let flow = self.flow_to(&call.trunk, estimate(&call)).await?;
        let dialog = self.dialog_of(&call, &flow)?;
        let (leg, ends) = Leg::new(dialog.call_id.clone());
        let seat = self.legs.sit(&dialog.call_id);
        let media = LocalMedia::new(call.rtp, call.codecs, call.tag);
        let task = Task::new(self.wire.clone(), (media, flow, dialog), ends, seat);
        self.tasks.spawn(task.run(call.trunk));
        Ok(leg)
    }

    /// Ends all legs with BYE or CANCEL, unbinds the registrations, waits for both a little, closes the sockets.
    pub async fn close(self) {
        self.wire.leaving.cancel();
        self.tasks.close();
        if tokio::time::timeout(LEAVE_LIMIT, self.tasks.wait()).await.is_err() {
            tracing::warn!(legs = self.legs.len(), "closing with legs that have not ended");
        }
        self.wire.closing.cancel();
        for tasks in [&self.wire.passing, &self.wire.tasks] {
            tasks.close();
            tasks.wait().await;
        }
    }

    /// The way to a trunk's next hop for a request of about `size` bytes.
    pub(super) async fn flow_to(&self, trunk: &TrunkTarget, size: usize) -> Result<Flow, SipError> {
        let hop = trunk.outbound_proxy.as_ref().unwrap_or(&trunk.hop);
        let to = self.wire.resolve(hop).await?;
        if trunk.phone.is_some() {
            return Ok(self.wire.flow(to, hop.transport, &hop.host).await?.symmetric());
        }
        if hop.transport == Transport::Udp && trunk.tcp_for_large && size > LARGE {
            match self.wire.flow(to, Transport::Tcp, &hop.host).await {
                Ok(flow) => return Ok(flow),
                // RFC 3261 section 18.1.1: where TCP is refused, UDP is tried after all.
                Err(error) => tracing::debug!(%error, "no TCP for a large request"),
            }
        }
        self.wire.flow(to, hop.transport, &hop.host).await
    }

    fn dialog_of(&self, call: &PlaceCall, flow: &Flow) -> Result<Dialog, SipError> {
        let plan = &self.wire.plan;
        let trunk = &call.trunk;
        let from_user = escape_user(&call.from_user);
        let display = call.display.as_deref().map(|name| quote(name) + " ").unwrap_or_default();
        let from_host = trunk.from_host.as_deref().unwrap_or(&plan.domain);
        let target = target_uri(trunk, &escape_user(&call.to_user))?;
        Ok(Dialog {
            call_id: format!("{}-{:016x}@{}", call.attempt, call.tag, plan.domain),
            local: format!(
                "{display}<sip:{from_user}@{}>;tag={:016x}",
                uri_host(from_host),
                self.wire.name()
            ),
            remote: format!("<{target}>"),
            target,
            routes: preloaded_route(trunk),
            contact: flow.contact(&from_user),
            cseq: 0,
            remote_cseq: None,
        })
    }
}

/// The URI of a user at the trunk.
pub(super) fn target_uri(trunk: &TrunkTarget, user: &str) -> Result<Uri, SipError> {
    if let Some(contact) = &trunk.phone {
        return Uri::try_from(contact.as_str())
            .map_err(|_| SipError::Unwritable { what: "the phone's Contact" });
    }
    let at = if user.is_empty() { "" } else { "@" };
    let transport = trunk.hop.transport.param();
    let text = format!("sip:{user}{at}{}{transport}", trunk.hop.host_port());
    Uri::try_from(text.as_str()).map_err(|_| SipError::Unwritable { what: "the trunk's address" })
}

/// The outbound proxy as a loose route (RFC 3261 section 8.1.2).
pub(super) fn preloaded_route(trunk: &TrunkTarget) -> Vec<String> {
    let route = trunk
        .outbound_proxy
        .as_ref()
        .map(|hop| format!("<sip:{}{};lr>", hop.host_port(), hop.transport.param()));
    route.into_iter().collect()
}

/// About how long the INVITE will be, with one answer to a challenge.
fn estimate(call: &PlaceCall) -> usize {
    let names =
        call.to_user.len() * 2 + call.from_user.len() * 2 + call.display.as_ref().map_or(0, String::len);
    let auth = if call.trunk.credentials.is_some() { 350 } else { 0 };
    FRAME + auth + names + call.trunk.hop.host.len() * 2 + 300
}

/// Gives each request to its leg; the others are strangers'.
async fn sort(door: Door, mut requests: TransactionReceiver) {
    let wire = door.wire.clone();
    loop {
        let request = tokio::select! {
            () = wire.closing.cancelled() => return,
            request = requests.recv() => request,
        };
        let Some(request) = request else { return };
        let call_id = request.original.call_id_header().map(|id| id.value().to_owned()).unwrap_or_default();
        if let Err(request) = door.legs.deliver(&call_id, Box::new(request)) {
            wire.passing.spawn(door.clone().open(request));
        }
    }
}
