//! Requests outside any dialog of ours.
//!
//! An INVITE is declined neutrally, so that a debtor who calls back hears nothing that a third party may not, unless
//! somebody takes calls: then those of the trunks come in, and those of agents who prove themselves to our own short
//! numbers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rsipstack::sip::headers::make_header;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Method, Request, StatusCode};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipConnection;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::guard::{ALLOW, SUPPORTED};
use super::leg::{Invited, Registry, Task};
use super::message::dialog::Dialog;
use super::message::draft::escape_user;
use super::message::read;
use super::registrar::Visitor;
use super::sdp::LocalMedia;
use super::wire::{Flow, Wire};
use super::{Leg, Transport};
use crate::domain::{AgentId, Codec};

/// Calls waiting for the daemon; more are declined.
const QUEUE: usize = 64;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// He has proved it.
    Agent(AgentId),
    /// Somebody over the trunk at this address.
    Trunk(IpAddr),
}

/// Calls that were declined since they came from an address of no trunk's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    pub calls: u64,
    /// Where the last one came from.
    pub last: Option<IpAddr>,
}

/// A call that comes in. It is taken or refused; dropped, it is declined neutrally.
#[derive(Debug)]
pub struct IncomingCall {
    pub caller: Caller,
    /// The user part of the Request-URI: the number called.
    pub to_user: String,
    /// Where its request came from.
    pub source: SocketAddr,
    from_user: String,
    open: Option<Open>,
}

/// Our side of the call.
#[derive(Clone, Debug)]
pub struct Answering {
    /// Where our media stream listens; RTCP is the next port.
    pub rtp: SocketAddr,
    /// Codecs taken, the preferred first.
    pub codecs: Vec<Codec>,
}

/// The open transaction, and what a leg is made of.
struct Open {
    request: Box<Transaction>,
    flow: Flow,
    door: Door,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open").finish_non_exhaustive()
    }
}

/// Where requests that belong to no leg come in.
#[derive(Clone)]
pub(super) struct Door {
    pub wire: Arc<Wire>,
    pub legs: Registry,
    tasks: TaskTracker,
    calls: mpsc::Sender<IncomingCall>,
}

impl IncomingCall {
    /// The user part of From: a number, which belongs into no log.
    pub fn from_user(&self) -> &str {
        &self.from_user
    }

    /// As the caller chose it; empty where it is answered or refused already.
    pub(super) fn call_id(&self) -> String {
        let id = self.open.as_ref().and_then(|open| open.request.original.call_id_header().ok());
        id.map(|id| id.value().to_owned()).unwrap_or_default()
    }

    /// Lets it ring; the leg is answered with [`Leg::answer`]. `None`: the request can't become a call.
    pub fn ring(mut self, answering: Answering) -> Option<Leg> {
        let Open { request, flow, door } = self.open.take()?;
        let wire = door.wire.clone();
        let tag = format!("{:016x}", wire.name());
        let contact = flow.contact(&escape_user(&self.to_user));
        let dialog = Dialog::of_invite(&request.original, &tag, contact);
        let seat = dialog.as_ref().and_then(|dialog| door.legs.try_sit(&dialog.call_id));
        let (Some(dialog), Some(seat)) = (dialog, seat) else {
            wire.passing.spawn(refuse(request, 400));
            return None;
        };
        let (leg, ends) = Leg::new(dialog.call_id.clone());
        let media = LocalMedia::new(answering.rtp, answering.codecs, wire.name());
        let invited = Invited::take(&wire, request, tag);
        let task = Task::new(wire, (media, flow, dialog), ends, seat);
        door.tasks.spawn(task.run_called(invited));
        Some(leg)
    }

    /// Declines it with a final response of 400 to 699.
    pub fn refuse(mut self, code: u16) {
        self.decline(code);
    }

    fn decline(&mut self, code: u16) {
        if let Some(Open { request, door, .. }) = self.open.take() {
            door.wire.passing.spawn(refuse(request, code));
        }
    }
}

impl Drop for IncomingCall {
    fn drop(&mut self) {
        self.decline(480);
    }
}

impl Door {
    pub fn new(wire: Arc<Wire>, legs: Registry, tasks: TaskTracker) -> (Self, mpsc::Receiver<IncomingCall>) {
        let (calls, receiver) = mpsc::channel(QUEUE);
        (Self { wire, legs, tasks, calls }, receiver)
    }

    /// Answers a request nobody here waits for, or hands on a call.
    pub async fn open(self, request: Box<Transaction>) {
        let original = &request.original;
        let in_dialog = read::value(original, "To").is_some_and(|to| read::param(to, "tag").is_some());
        if original.method == Method::Invite && !in_dialog && self.wire.taking_calls.load(Ordering::Relaxed) {
            self.take_call(request).await;
        } else {
            answer(request, in_dialog).await;
        }
    }

    async fn take_call(self, mut request: Box<Transaction>) {
        let to_user = request.original.uri.user().unwrap_or_default().to_owned();
        let Some((source, transport)) = source_of(&request) else { return refuse(request, 480).await };
        let caller = match self.wire.registrar.visitor(&request.original, source) {
            Some(Visitor::Agent(agent)) => Caller::Agent(agent),
            Some(Visitor::Stranger(challenges)) if is_ours(&to_user) => {
                let headers =
                    challenges.into_iter().map(|value| make_header("WWW-Authenticate", value)).collect();
                if let Err(error) = request.reply_with(StatusCode::from(401), headers, None).await {
                    tracing::debug!(%error, "challenging a caller");
                }
                return;
            }
            Some(Visitor::Stranger(_)) | None if self.wire.knows(source.ip()) => Caller::Trunk(source.ip()),
            Some(Visitor::Stranger(_)) | None => {
                self.wire.note_refused(source.ip());
                return refuse(request, 480).await;
            }
        };
        let Ok(flow) = self.wire.flow(source, transport, "").await else { return refuse(request, 480).await };
        let flow = if matches!(caller, Caller::Agent(_)) { flow.symmetric() } else { flow };
        if let Err(error) = request.send_trying().await {
            tracing::debug!(%error, "saying 100");
        }
        let from_user = user_of(&request.original).unwrap_or_default();
        let calls = self.calls.clone();
        let open = Some(Open { request, flow, door: self });
        // Dropped where there is no room, and so declined.
        calls.try_send(IncomingCall { caller, to_user, source, from_user, open }).ok();
    }
}

/// Our own numbers, which only agents may call: two to four digits.
fn is_ours(user: &str) -> bool {
    (2..=4).contains(&user.len()) && user.bytes().all(|byte| byte.is_ascii_digit())
}

fn user_of(request: &Request) -> Option<String> {
    use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
    let from = request.from_header().ok()?.typed().ok()?;
    from.uri.user().map(str::to_owned)
}

/// Where the request came from: over a stream its connection's far end, else what the Via says with `received` and
/// `rport`, as the guard filled them in.
fn source_of(request: &Transaction) -> Option<(SocketAddr, Transport)> {
    let connection = request.connection.as_ref()?;
    if let Some(remote) = connection.get_remote_addr().filter(|_| connection.is_reliable()) {
        return Some((remote.addr.clone().try_into().ok()?, Transport::Tcp));
    }
    use rsipstack::sip::prelude::HeadersExt;
    let (_, target) = SipConnection::parse_target_from_via(request.original.via_header().ok()?).ok()?;
    Some((target.try_into().ok()?, Transport::Udp))
}

async fn refuse(mut request: Box<Transaction>, code: u16) {
    let headers = vec![make_header("Allow", ALLOW.to_owned())];
    if let Err(error) = request.reply_with(StatusCode::from(code), headers, None).await {
        tracing::debug!(%error, code, "refusing a request");
    }
}

async fn answer(mut request: Box<Transaction>, in_dialog: bool) {
    let code = match request.original.method {
        _ if in_dialog => 481,
        Method::Options => 200,
        Method::Invite => 480,
        Method::Bye | Method::Info | Method::Update | Method::PRack | Method::Notify | Method::Cancel => 481,
        _ => 405,
    };
    let mut headers = vec![make_header("Allow", ALLOW.to_owned())];
    if code == 200 {
        headers.push(make_header("Accept", "application/sdp".to_owned()));
        headers.push(make_header("Supported", SUPPORTED.to_owned()));
    }
    if let Err(error) = request.reply_with(StatusCode::from(code), headers, None).await {
        tracing::debug!(%error, code, "answering a stranger");
    }
}
