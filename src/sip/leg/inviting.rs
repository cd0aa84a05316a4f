//! The INVITE transaction up to its final response.

use std::sync::Arc;

use rsipstack::sip::{Request, SipMessage};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::sip::SipError;
use crate::sip::wire::{Flow, Heard, Wire};

/// A running INVITE.
pub(super) struct Inviting {
    pub request: Request,
    pub heard: mpsc::Receiver<Heard>,
    /// Ends the transaction when no final response will be waited for.
    pub abandon: CancellationToken,
}

/// Sends an INVITE. Its first 2xx is acknowledged here; what comes after that is the wire's.
pub(super) fn invite(wire: &Arc<Wire>, request: Request, flow: &Flow) -> Result<Inviting, SipError> {
    let mut transaction = wire.open(request.clone(), flow)?;
    let (sender, heard) = mpsc::channel(16);
    let abandon = wire.closing.child_token();
    let watch = Watch { wire: wire.clone(), flow: flow.clone(), sender };
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
    sender: mpsc::Sender<Heard>,
}

impl Watch {
    async fn run(self, mut transaction: Transaction, stop: CancellationToken) {
        let mut provisional = false;
        loop {
            let message = tokio::select! {
                message = transaction.receive() => message,
                () = stop.cancelled() => break,
                // A broken connection says nothing once the next hop has the INVITE: the answer may come on another.
                () = self.flow.lost(), if !provisional => break,
            };
            match message {
                Some(SipMessage::Response(response)) => {
                    provisional = true;
                    let answer = (200..300).contains(&response.status_code.code());
                    if answer {
                        self.wire.accept(&transaction.original, &self.flow, &response).await;
                    }
                    self.sender.send(Heard::of(response)).await.ok();
                    if answer {
                        return;
                    }
                }
                Some(SipMessage::Request(_)) => {}
                None => break,
            }
        }
        self.wire.abandon(&transaction.original, &self.flow);
        self.sender.send(Heard::Silence).await.ok();
    }
}
