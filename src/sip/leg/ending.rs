//! The BYE, and what still comes in while it is on its way.

use rsipstack::sip::Method;
use rsipstack::transaction::transaction::Transaction;

use super::task::Task;
use crate::sip::Reason;
use crate::sip::message::digest::{self, Tried};
use crate::sip::wire::Heard;

impl Task {
    /// Sends BYE and sees it through; the last event has been told. No answer in 64 × T1 ends it as well (RFC 3261
    /// section 15.1.1).
    pub(super) async fn bye(&mut self, reason: Reason) {
        self.find_way().await;
        let mut tried = Tried::default();
        let mut authorization = None;
        loop {
            let mut draft = self.dialog.next(Method::Bye).with("Reason", reason.to_string());
            draft.headers.extend(authorization.take());
            let request = draft.write(&self.flow, self.wire.name(), self.agent());
            let uri = request.uri.to_string();
            let mut heard = match self.wire.transact(request, &self.flow) {
                Ok(heard) => heard,
                Err(error) => {
                    tracing::debug!(%error, "sending a BYE");
                    return;
                }
            };
            let answer = loop {
                tokio::select! {
                    news = heard.recv() => match news {
                        Some(Heard::Response(response)) if response.status_code.code() < 200 => {}
                        Some(Heard::Response(response)) => break response,
                        Some(Heard::Silence) | None => return,
                    },
                    Some(request) = self.requests.recv() => self.answer_ending(request).await,
                }
            };
            if !matches!(answer.status_code.code(), 401 | 407) {
                return;
            }
            let credentials = self.credentials.as_ref();
            let cnonce = self.wire.name();
            match digest::answer(&mut tried, &answer, credentials, ("BYE", &uri), cnonce) {
                Ok(header) => authorization = Some(header),
                Err(_) => return,
            }
        }
    }

    /// BYEs may cross (200); all else has come too late.
    async fn answer_ending(&mut self, mut request: Box<Transaction>) {
        let code = if request.original.method == Method::Bye { 200 } else { 481 };
        self.reply(&mut request, code, &[], None).await;
    }
}
