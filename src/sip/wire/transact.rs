//! One client transaction: a request out, its responses in.

use std::sync::Arc;

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Method, Request, Response, SipMessage};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;

use super::{Flow, Wire};
use crate::sip::SipError;

/// What a transaction brings.
#[derive(Debug)]
pub(in crate::sip) enum Heard {
    Response(Box<Response>),
    /// Nobody answered in 64 × T1, or the connection broke or the peer was found unreachable before anybody did.
    Silence,
}

impl Wire {
    /// Makes a client transaction; nothing is sent yet.
    pub fn open(&self, request: Request, flow: &Flow) -> Result<Transaction, SipError> {
        let key = TransactionKey::from_request(&request, TransactionRole::Client)
            .map_err(|source| SipError::Library { act: "naming a transaction", source })?;
        let connection = Some(flow.connection.clone());
        let mut transaction = Transaction::new_client(key, request, self.endpoint.clone(), connection);
        transaction.destination = Some(flow.library_addr());
        Ok(transaction)
    }

    /// Sends a request outside the first INVITE; the receiver ends with the transaction.
    pub fn transact(
        self: &Arc<Self>,
        request: Request,
        flow: &Flow,
    ) -> Result<mpsc::Receiver<Heard>, SipError> {
        // In a dialog one ICMP error must not end a call: the timers decide.
        let patient =
            matches!(request.method, Method::Info | Method::Invite | Method::Refer | Method::Update);
        let patient = patient && !flow.transport.is_stream();
        let invite = (request.method == Method::Invite).then(|| request.clone());
        let mut transaction = self.open(request, flow)?;
        let (heard, receiver) = mpsc::channel(8);
        let (wire, flow, closing) = (self.clone(), flow.clone(), self.closing.clone());
        self.passing.spawn(async move {
            if let Err(error) = transaction.send().await {
                tracing::debug!(%error, "sending a request");
            }
            loop {
                // `receive` may not be dropped half-way, but where the two others end the loop nothing is left to lose.
                let message = tokio::select! {
                    message = transaction.receive() => message,
                    () = flow.lost(), if !patient => None,
                    () = closing.cancelled() => None,
                };
                match message {
                    Some(SipMessage::Response(response)) => {
                        if let Some(invite) = &invite
                            && (200..300).contains(&response.status_code.code())
                        {
                            wire.accept(invite, &flow, &response).await;
                        }
                        heard.send(Heard::of(response)).await.ok();
                    }
                    Some(SipMessage::Request(_)) => {}
                    None => break,
                }
            }
            heard.send(Heard::Silence).await.ok();
        });
        Ok(receiver)
    }

    /// The final response to a request that is no INVITE.
    pub async fn ask(self: &Arc<Self>, request: Request, flow: &Flow) -> Result<Heard, SipError> {
        let mut heard = self.transact(request, flow)?;
        while let Some(Heard::Response(response)) = heard.recv().await {
            if response.status_code.code() >= 200 {
                return Ok(Heard::Response(response));
            }
        }
        Ok(Heard::Silence)
    }
}

impl Heard {
    /// The library tells a time-out as a 408 of its own; unlike a real one it has no To tag.
    pub fn of(response: Response) -> Self {
        let made_here = response.status_code.code() == 408
            && response.to_header().is_ok_and(|to| to.tag().is_ok_and(|tag| tag.is_none()));
        if made_here { Self::Silence } else { Self::Response(Box::new(response)) }
    }
}
