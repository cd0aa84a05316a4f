//! The INVITE transaction, and the second answers a forking network may give (RFC 3261 section 13.2.2.4).

use std::sync::Arc;

use rsipstack::sip::{Method, Request, Response, SipMessage};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::sip::message::dialog::Dialog;
use crate::sip::message::read;
use crate::sip::wire::{Flow, Heard, Wire};
use crate::sip::{Reason, SipError};

/// The most answers of one INVITE that are ended; a peer that sends more is broken.
const MOST_FORKS: usize = 8;

/// A running INVITE.
pub(super) struct Inviting {
    pub request: Request,
    pub heard: mpsc::Receiver<Heard>,
    /// Ends the transaction when no final response will be waited for.
    pub abandon: CancellationToken,
}

/// Sends an INVITE. The transaction lives on after a 2xx for 64 × T1: its repetitions are acknowledged again by the
/// library, and every further answer with another To tag gets its BYE from here.
pub(super) fn invite(
    wire: &Arc<Wire>,
    request: Request,
    flow: &Flow,
    dialog: Dialog,
) -> Result<Inviting, SipError> {
    let mut transaction = wire.open(request.clone(), flow)?;
    let (sender, heard) = mpsc::channel(16);
    let abandon = wire.closing.child_token();
    let watch = Watch { wire: wire.clone(), flow: flow.clone(), dialog, answered: Vec::new(), sender };
    let stop = abandon.clone();
    wire.passing.spawn(async move {
        if let Err(error) = transaction.send().await {
            tracing::debug!(%error, "sending an INVITE");
        }
        watch.run(transaction, stop).await;
    });
    Ok(Inviting { request, heard, abandon })
}

struct Watch {
    wire: Arc<Wire>,
    flow: Flow,
    dialog: Dialog,
    /// To tags of the 2xx seen; the first is the call's.
    answered: Vec<String>,
    sender: mpsc::Sender<Heard>,
}

impl Watch {
    async fn run(mut self, mut transaction: Transaction, stop: CancellationToken) {
        let mut provisional = false;
        loop {
            // A broken connection says nothing once the next hop has the INVITE: the answer may come on another.
            let early_loss = !provisional && self.answered.is_empty();
            let message = tokio::select! {
                message = transaction.receive() => message,
                () = stop.cancelled() => break,
                () = self.flow.lost(), if early_loss => break,
            };
            match message {
                Some(SipMessage::Response(response)) => {
                    provisional = true;
                    self.on_response(response).await;
                }
                Some(SipMessage::Request(_)) => {}
                None => break,
            }
        }
        self.sender.send(Heard::Silence).await.ok();
    }

    async fn on_response(&mut self, response: Response) {
        if !(200..300).contains(&response.status_code.code()) {
            self.sender.send(Heard::of(response)).await.ok();
            return;
        }
        let tag = read::to_tag(&response).unwrap_or_default();
        if self.answered.contains(&tag) {
            return;
        }
        let first = self.answered.is_empty();
        if self.answered.len() < MOST_FORKS {
            self.answered.push(tag);
            if first {
                self.sender.send(Heard::of(response)).await.ok();
            } else {
                self.end_fork(&response);
            }
        }
    }

    /// A second phone answered: it is hung up at once.
    fn end_fork(&self, response: &Response) {
        let mut dialog = self.dialog.of(response);
        // Our own requests in the first dialog count on from here too; a number far ahead offends nobody.
        dialog.cseq += 1_000;
        let (wire, flow) = (self.wire.clone(), self.flow.clone());
        self.wire.passing.spawn(async move {
            let (host, port) = dialog.next_hop();
            let flow = match wire.resolve_host(&host, port).await {
                Ok(to) => wire.flow(to, flow.transport).await.unwrap_or(flow),
                Err(_) => flow,
            };
            let draft = dialog.next(Method::Bye).with("Reason", Reason::NORMAL.to_string());
            let bye = draft.write(&flow, wire.name(), &wire.plan.user_agent);
            if let Err(error) = wire.ask(bye, &flow).await {
                tracing::debug!(%error, "ending a forked answer");
            }
        });
    }
}
