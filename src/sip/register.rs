//! Registering with a trunk and staying registered (RFC 3261 section 10.2).

use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::{Method, Response, Uri};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::message::dialog::Dialog;
use super::message::digest::{self, Tried};
use super::message::draft::{escape_user, uri_host};
use super::message::read;
use super::stack::{preloaded_route, target_uri};
use super::wire::{Flow, Heard, Wire};
use super::{SipError, SipStack, TrunkTarget, Unreached};
use crate::domain::attempt::FinalWord;

/// A registration to keep.
#[derive(Clone, Debug)]
pub struct RegisterPlan {
    pub trunk: TrunkTarget,
    /// The user part of the address of record.
    pub user: String,
    /// The time we ask for; the registrar's answer decides.
    pub expires: Duration,
}

/// Where a registration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationState {
    /// Bound for `expires`; refreshed before that.
    Registered { expires: Duration },
    /// Refused; tried again after `retry_in`.
    Refused { word: FinalWord, retry_in: Duration },
    /// No answer or no way there; tried again after `retry_in`.
    Unreachable { why: Unreached, retry_in: Duration },
}

/// A running registration. Dropping it stops the refreshing and unbinds.
#[derive(Debug)]
pub struct Registration {
    states: watch::Receiver<Option<RegistrationState>>,
    over: CancellationToken,
}

/// The wait after a failure, doubled with each in a row up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Refreshing leaves this much of the binding, at most half of it.
const MARGIN: Duration = Duration::from_secs(30);

impl Registration {
    /// Waits for the next change of state; `None` when the stack has closed.
    pub async fn next_state(&mut self) -> Option<RegistrationState> {
        loop {
            self.states.changed().await.ok()?;
            if let Some(state) = self.states.borrow_and_update().clone() {
                return Some(state);
            }
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

impl SipStack {
    /// Registers and stays registered until the handle is dropped.
    ///
    /// # Errors
    /// When the plan can't be written as a REGISTER.
    pub fn register(&self, plan: RegisterPlan) -> Result<Registration, SipError> {
        let (sender, states) = watch::channel(None);
        let over = self.wire.leaving.child_token();
        let registrar = target_uri(&plan.trunk, "")?;
        let host = plan.trunk.from_host.as_deref().unwrap_or(&plan.trunk.hop.host);
        let of_record = format!("<sip:{}@{}>", escape_user(&plan.user), uri_host(host));
        let dialog = Dialog {
            call_id: format!("register-{:016x}@{}", self.wire.name(), self.wire.plan.domain),
            local: format!("{of_record};tag={:016x}", self.wire.name()),
            remote: of_record,
            target: registrar,
            routes: preloaded_route(&plan.trunk),
            contact: String::new(),
            cseq: 0,
            remote_cseq: None,
        };
        let expires = plan.expires;
        let keeper = Keeper { wire: self.wire.clone(), plan, dialog, expires, over: over.clone() };
        self.tasks.spawn(keeper.run(sender));
        Ok(Registration { states, over })
    }
}

struct Keeper {
    wire: Arc<Wire>,
    plan: RegisterPlan,
    dialog: Dialog,
    /// What we ask for now; a registrar may want more (423).
    expires: Duration,
    over: CancellationToken,
}

impl Keeper {
    async fn run(mut self, states: watch::Sender<Option<RegistrationState>>) {
        let mut failures = 0;
        loop {
            let state = self.register(self.expires, failures).await;
            let wait = match &state {
                RegistrationState::Registered { expires } => {
                    failures = 0;
                    expires.saturating_sub(MARGIN.min(*expires / 2))
                }
                RegistrationState::Refused { retry_in, .. }
                | RegistrationState::Unreachable { retry_in, .. } => {
                    failures += 1;
                    *retry_in
                }
            };
            let bound = matches!(state, RegistrationState::Registered { .. });
            states.send(Some(state)).ok();
            tokio::select! {
                () = self.over.cancelled() => {
                    if bound {
                        self.register(Duration::ZERO, 0).await;
                    }
                    return;
                }
                () = tokio::time::sleep(wait.max(Duration::from_secs(1))) => {}
            }
        }
    }

    async fn register(&mut self, expires: Duration, failures: u32) -> RegistrationState {
        let retry_in = FIRST_WAIT.saturating_mul(1 << failures.min(8)).min(LONGEST_WAIT);
        match self.exchange(expires).await {
            Ok(Ok(response)) => RegistrationState::Registered { expires: self.granted(&response, expires) },
            Ok(Err(refused)) => {
                let asked =
                    refused.as_deref().and_then(read::retry_after).map(|after| after.min(LONGEST_WAIT));
                match refused {
                    Some(response) => {
                        let retry_in = asked.unwrap_or(retry_in).max(FIRST_WAIT);
                        RegistrationState::Refused { word: read::final_word(&response), retry_in }
                    }
                    None => RegistrationState::Unreachable { why: Unreached::Silence, retry_in },
                }
            }
            Err(error) => RegistrationState::Unreachable { why: error.unreached(), retry_in },
        }
    }

    /// One REGISTER with its challenges: the 2xx, or what refused it (`None`: silence).
    async fn exchange(
        &mut self,
        expires: Duration,
    ) -> Result<Result<Box<Response>, Option<Box<Response>>>, SipError> {
        let hop = self.plan.trunk.outbound_proxy.as_ref().unwrap_or(&self.plan.trunk.hop);
        let to = self.wire.resolve(hop).await?;
        let flow = self.wire.flow(to, hop.transport, &hop.host).await?;
        self.dialog.contact = flow.contact(&escape_user(&self.plan.user));
        let mut tried = Tried::default();
        let mut authorization = None;
        let mut expires = expires;
        let mut lengthened = false;
        loop {
            let response = match self.send(&flow, expires, authorization.take()).await? {
                Heard::Silence => return Ok(Err(None)),
                Heard::Response(response) => response,
            };
            match response.status_code.code() {
                200..=299 => return Ok(Ok(response)),
                401 | 407 => {
                    let credentials = self.plan.trunk.credentials.as_ref();
                    let uri = self.dialog.target.to_string();
                    let cnonce = self.wire.name();
                    match digest::answer(&mut tried, &response, credentials, ("REGISTER", &uri), cnonce) {
                        Ok(header) => authorization = Some(header),
                        Err(_) => return Ok(Err(Some(response))),
                    }
                }
                // The registrar wants longer bindings (RFC 3261 section 10.2.8).
                423 if !lengthened => {
                    lengthened = true;
                    let min = read::value(&*response, "Min-Expires").and_then(read::number).unwrap_or(3_600);
                    expires = Duration::from_secs(u64::from(min.min(86_400)));
                    self.expires = expires;
                }
                _ => return Ok(Err(Some(response))),
            }
        }
    }

    async fn send(
        &mut self,
        flow: &Flow,
        expires: Duration,
        authorization: Option<(&'static str, String)>,
    ) -> Result<Heard, SipError> {
        let mut draft = self.dialog.next(Method::Register).with("Expires", expires.as_secs().to_string());
        draft.headers.extend(authorization);
        let request = draft.write(flow, self.wire.name(), &self.wire.plan.user_agent);
        self.wire.ask(request, flow).await
    }

    /// The time granted: our Contact's `expires`, else the Expires header, else what we asked for (section 10.2.4).
    fn granted(&self, response: &Response, asked: Duration) -> Duration {
        let ours = own_uri(&self.dialog.contact);
        let mine = read::values(response, "Contact").flat_map(|line| line.split(',')).find(|contact| {
            own_uri(contact)
                .zip(ours.as_ref())
                .is_some_and(|(theirs, ours)| theirs.host_with_port == ours.host_with_port)
        });
        let seconds = mine.and_then(|contact| read::param(contact, "expires")).and_then(read::number);
        let seconds = seconds.or_else(|| read::value(response, "Expires").and_then(read::number));
        seconds.map_or(asked, |seconds| Duration::from_secs(seconds.into()))
    }
}

fn own_uri(contact: &str) -> Option<Uri> {
    let start = contact.find('<')? + 1;
    let end = contact[start..].find('>')? + start;
    Uri::try_from(&contact[start..end]).ok()
}
