//! Reads the socket: a new INVITE becomes a call, everything else goes to its call or gets a stateless answer.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::call::Call;
use super::network::Network;
use super::plan::CarrierPlan;
use super::record::attempt_of;
use super::wire::message::{Message, Start};
use super::wire::reply::{Reply, return_address};

/// A message and where it came from.
pub type Parcel = (Message, SocketAddr);

/// Messages a call may have waiting; more are lost, as on a full socket.
const INBOX: usize = 32;

/// Answers until `stop`.
pub async fn run(network: Arc<Network>, plan: CarrierPlan, stop: CancellationToken) {
    let mut board = Switchboard {
        network: Arc::clone(&network),
        plan,
        calls: HashMap::new(),
        tasks: JoinSet::new(),
        dialled: HashMap::new(),
    };
    let mut buffer = vec![0u8; 65_536];
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(ended) = board.tasks.join_next() => {
                if let Ok(call_id) = ended {
                    board.calls.remove(&call_id);
                }
            }
            got = network.receive(&mut buffer) => match got {
                Ok((length, from)) => {
                    if let Some(message) = Message::parse(&buffer[..length]) {
                        board.take(message, from).await;
                    }
                }
                Err(fault) => wait_out(&fault).await,
            }
        }
    }
}

/// A socket that fails at every read must not spin.
async fn wait_out(fault: &io::Error) {
    tracing::warn!(%fault, "the carrier's socket failed");
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
}

struct Switchboard {
    network: Arc<Network>,
    plan: CarrierPlan,
    /// By Call-ID.
    calls: HashMap<String, mpsc::Sender<Parcel>>,
    tasks: JoinSet<String>,
    /// How often each number was called.
    dialled: HashMap<String, u32>,
}

impl Switchboard {
    async fn take(&mut self, message: Message, from: SocketAddr) {
        let Some(call_id) = message.call_id() else { return };
        if let Some(inbox) = self.calls.get(call_id).filter(|inbox| !inbox.is_closed()) {
            // A call that does not keep up loses messages; the caller repeats them.
            let _ = inbox.try_send((message, from));
            return;
        }
        let Start::Request { method, .. } = &message.start else { return };
        match method.as_str() {
            "ACK" => {}
            "INVITE" if message.tag("to").is_none() => self.begin(message, from).await,
            "OPTIONS" => {
                let allow = "Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS";
                self.answer(&message, from, Reply::new(200, "OK").tag("ping").header(allow)).await;
            }
            "REGISTER" => self.register(&message, from).await,
            _ => self.answer(&message, from, Reply::new(481, "Call Does Not Exist").tag("none")).await,
        }
    }

    async fn begin(&mut self, invite: Message, from: SocketAddr) {
        if let Some(refusal) = self.challenge(&invite, "Proxy-Authorization") {
            self.answer(
                &invite,
                from,
                Reply::new(407, "Proxy Authentication Required").tag("auth").header(refusal),
            )
            .await;
            return;
        }
        let number = number_of(invite.dialled().unwrap_or_default());
        let nth = self.dialled.entry(number.clone()).or_default();
        let mut script = self.plan.script(&number, *nth);
        *nth += 1;
        if self.plan.channels.is_some_and(|channels| self.network.log.live() >= channels) {
            script = super::script::Script::refuses(
                "channels_full",
                super::script::Refusal::new(503, "Service Unavailable", Some(34)),
            );
        }
        let call_id = invite.call_id().unwrap_or_default().to_owned();
        let (sender, inbox) = mpsc::channel(INBOX);
        let attempt = attempt_of(&call_id);
        tracing::debug!(?attempt, persona = script.persona, "the carrier takes a call");
        let network = Arc::clone(&self.network);
        let call = Call::begin(network, (invite, from), inbox, script.faults, (script.persona, number));
        match call.await {
            Ok(call) => {
                self.calls.insert(call_id.clone(), sender);
                self.tasks.spawn(async move {
                    Box::pin(call.run(script.steps)).await;
                    call_id
                });
            }
            Err(fault) => wait_out(&fault).await,
        }
    }

    async fn register(&self, request: &Message, from: SocketAddr) {
        if let Some(refusal) = self.challenge(request, "Authorization") {
            self.answer(request, from, Reply::new(401, "Unauthorized").tag("auth").header(refusal)).await;
            return;
        }
        let mut reply = Reply::new(200, "OK").tag("registrar");
        let expires = request.header("expires").unwrap_or("60");
        for contact in request.all("contact").filter(|contact| *contact != "*") {
            let given = super::wire::message::parameter(contact, "expires").is_some();
            reply = reply.header(if given {
                format!("Contact: {contact}")
            } else {
                format!("Contact: {contact};expires={expires}")
            });
        }
        self.answer(request, from, reply).await;
    }

    /// The header that asks for a password; `None` when none is needed or the request proves it.
    fn challenge(&self, request: &Message, header: &str) -> Option<String> {
        let challenge = self.plan.challenge.as_ref()?;
        let nonce = format!("{:016x}", self.plan.seed ^ 0x5eed);
        if challenge.accepts(request, &header.to_ascii_lowercase(), &nonce) {
            return None;
        }
        let name = if header.starts_with("Proxy") { "Proxy-Authenticate" } else { "WWW-Authenticate" };
        let stale = request.header(&header.to_ascii_lowercase()).is_some();
        Some(format!("{name}: {}", challenge.ask(&nonce, stale)))
    }

    async fn answer(&self, request: &Message, from: SocketAddr, reply: Reply<'_>) {
        self.network.send(&reply.write(request, from), return_address(request, from)).await;
    }
}

/// A number's digits: without `+`, and with Russia's trunk prefix 8 read as its country code.
fn number_of(user: &str) -> String {
    let digits: String = user.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('8') {
        Some(national) if national.len() == 10 && !user.starts_with('+') => format!("7{national}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for user in
            ["+79990000001", "89990000001", "79990000001", "8%20(999)000-00-01".trim_start_matches("%20")]
        {
            assert_eq!(number_of(&user.replace("%20", "")), "79990000001");
        }
        assert_eq!(number_of("+8999000000"), "8999000000");
    }
}
