//! From an INVITE that came in to its final response, as its server (RFC 3261 section 13.3).

use rsipstack::sip::headers::make_header;
use rsipstack::sip::{Header, Method, Request, Response, SipMessage, StatusCode};
use rsipstack::transaction::transaction::{Transaction, TransactionEvent, TransactionEventSender};
use tokio::sync::mpsc;

use super::Command;
use super::calling::Answered;
use super::session_timer::{self, SessionTimer};
use super::task::Task;
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::sip::guard::{ALLOW, SUPPORTED};
use crate::sip::message::read;
use crate::sip::sdp::body_of;
use crate::sip::wire::Wire;
use crate::sip::{LegEvent, LegFault, Reason};

/// An INVITE that came in. Its transaction lives in a task of its own; what is said to it goes there.
pub(in crate::sip) struct Invited {
    invite: Request,
    replies: TransactionEventSender,
    heard: mpsc::Receiver<Said>,
    tag: String,
}

/// What comes in the INVITE's transaction.
enum Said {
    Ack(Box<Request>),
    Cancel,
    /// No ACK in 64 × T1, or the stack is closing.
    Nothing,
}

/// What came of ringing.
enum Next {
    Answer,
    Over,
    Wait,
}

impl Invited {
    /// Takes the transaction over; our To tag will be `tag`.
    pub fn take(wire: &Wire, mut transaction: Box<Transaction>, tag: String) -> Self {
        let (invite, replies) = (transaction.original.clone(), transaction.tu_sender.clone());
        let (sender, heard) = mpsc::channel(4);
        let closing = wire.closing.clone();
        wire.passing.spawn(async move {
            loop {
                let message = tokio::select! {
                    message = transaction.receive() => message,
                    () = closing.cancelled() => None,
                };
                match message {
                    Some(SipMessage::Request(ack)) if ack.method == Method::Ack => {
                        sender.send(Said::Ack(Box::new(ack))).await.ok();
                        return;
                    }
                    Some(SipMessage::Request(cancel)) if cancel.method == Method::Cancel => {
                        sender.send(Said::Cancel).await.ok();
                    }
                    Some(_) => {}
                    None => {
                        sender.send(Said::Nothing).await.ok();
                        return;
                    }
                }
            }
        });
        Self { invite, replies, heard, tag }
    }

    fn offer(&self) -> &[u8] {
        let kind = read::value(&self.invite, "Content-Type").unwrap_or_default();
        let body = body_of(kind, &self.invite.body);
        if body.iter().all(u8::is_ascii_whitespace) { &[] } else { body }
    }

    /// Says it to the transaction, which sends it, and again while it has to.
    fn reply(&self, wire: &Wire, code: u16, headers: Vec<Header>, sdp: Option<String>) {
        let has_sdp = sdp.is_some();
        let body = sdp.map(String::into_bytes);
        let mut response: Response = wire.endpoint.make_response(&self.invite, StatusCode::from(code), body);
        let to = read::value(&self.invite, "To").unwrap_or_default();
        response.headers.unique_push(make_header("To", format!("{to};tag={}", self.tag)));
        response.headers.extend(headers);
        if has_sdp {
            response.headers.push(make_header("Content-Type", "application/sdp".to_owned()));
        }
        self.replies.send(TransactionEvent::Respond(response)).ok();
    }
}

impl Task {
    /// Rings until the owner answers or declines, or the caller gives up; the answer's facts, or `None` when the leg is
    /// over and its last event told.
    pub(super) async fn be_called(&mut self, mut invited: Invited) -> Option<Answered> {
        let (timer, agreed) = match session_timer::of_request(&invited.invite) {
            Ok(Some((timer, header))) => (timer, Some(header)),
            Ok(None) => (SessionTimer::none(), None),
            Err(min) => {
                invited.reply(&self.wire, 422, vec![make_header("Min-SE", min.to_string())], None);
                return self.turned_away(422, "session interval too small");
            }
        };
        let contact = make_header("Contact", self.dialog.contact.clone());
        invited.reply(&self.wire, 180, vec![contact], None);
        let leaving = self.wire.leaving.clone();
        loop {
            let next = tokio::select! {
                command = self.commands.recv() => self.on_command_called(&invited, command),
                said = invited.heard.recv() => self.on_said_ringing(&invited, said),
                Some(request) = self.requests.recv() => self.on_request_ringing(&invited, request).await,
                () = leaving.cancelled() => {
                    invited.reply(&self.wire, 480, Vec::new(), None);
                    self.tell(LegEvent::Fault(LegFault::Closed));
                    Next::Over
                }
            };
            match next {
                Next::Wait => {}
                Next::Over => return None,
                Next::Answer => return self.pick_up(invited, timer, agreed).await,
            }
        }
    }

    fn on_command_called(&self, invited: &Invited, command: Option<Command>) -> Next {
        match command {
            Some(Command::Answer) => Next::Answer,
            // Neutral: a caller must not read from it whether he was wanted.
            Some(Command::Cancel | Command::HangUp(_)) | None => {
                invited.reply(&self.wire, 480, Vec::new(), None);
                self.turned_away(480, "declined");
                Next::Over
            }
            Some(Command::Hold | Command::Resume) => {
                self.tell(LegEvent::MediaKept { code: 491 });
                Next::Wait
            }
            // Nothing was asked before the answer.
            Some(Command::Referred(_)) => Next::Wait,
            Some(Command::Refer(_)) => {
                self.tell(LegEvent::Transfer { code: 481 });
                Next::Wait
            }
        }
    }

    fn on_said_ringing(&self, invited: &Invited, said: Option<Said>) -> Next {
        match said {
            Some(Said::Cancel) => {
                invited.reply(&self.wire, 487, Vec::new(), None);
                self.turned_away(487, "the caller gave up");
                Next::Over
            }
            // There is nothing to acknowledge yet.
            Some(Said::Ack(_)) => Next::Wait,
            Some(Said::Nothing) | None => {
                self.tell(LegEvent::Fault(LegFault::Silent));
                Next::Over
            }
        }
    }

    /// A BYE in the early dialog ends it, and the INVITE with it (RFC 3261 section 15.1.2).
    async fn on_request_ringing(&mut self, invited: &Invited, mut request: Box<Transaction>) -> Next {
        if request.original.method != Method::Bye {
            self.answer_early(request).await;
            return Next::Wait;
        }
        self.reply(&mut request, 200, &[], None).await;
        self.on_said_ringing(invited, Some(Said::Cancel))
    }

    /// Sends the 200. Without an offer in the INVITE ours goes with it, and the ACK brings the answer.
    async fn pick_up(
        &mut self,
        mut invited: Invited,
        timer: SessionTimer,
        agreed: Option<String>,
    ) -> Option<Answered> {
        let (sdp, target) = if invited.offer().is_empty() {
            (self.media.offer(), None)
        } else {
            match self.media.answer(invited.offer()) {
                Ok((sdp, target)) => (sdp, Some(target)),
                Err(_) => {
                    invited.reply(&self.wire, 488, Vec::new(), None);
                    self.tell(LegEvent::Fault(LegFault::NoCommonCodec));
                    return None;
                }
            }
        };
        let mut headers = vec![
            make_header("Contact", self.dialog.contact.clone()),
            make_header("Allow", ALLOW.to_owned()),
            make_header("Supported", SUPPORTED.to_owned()),
        ];
        if let Some(agreed) = agreed {
            headers.push(make_header("Session-Expires", agreed));
            if read::has_token(&invited.invite, "Supported", "timer") {
                headers.push(make_header("Require", "timer".to_owned()));
            }
        }
        invited.reply(&self.wire, 200, headers, Some(sdp));
        let update = read::has_token(&invited.invite, "Allow", "UPDATE");
        match target {
            Some(target) => {
                self.told = Some(target.clone());
                self.tell(LegEvent::Answered(target));
            }
            None => self.take_late_answer(&mut invited).await?,
        }
        let ack = Some(self.await_ack(invited));
        Some(Answered { timer, update, ack })
    }

    /// Waits for the ACK that answers our offer; `None`: the leg is over.
    async fn take_late_answer(&mut self, invited: &mut Invited) -> Option<()> {
        let ack = loop {
            tokio::select! {
                said = invited.heard.recv() => match said {
                    Some(Said::Ack(ack)) => break Some(ack),
                    // It crossed our 200, which stands.
                    Some(Said::Cancel) => {}
                    Some(Said::Nothing) | None => break None,
                },
                Some(mut request) = self.requests.recv() => {
                    let over = request.original.method == Method::Bye;
                    self.reply(&mut request, if over { 200 } else { 491 }, &[], None).await;
                    if over {
                        let word = FinalWord::default();
                        self.tell(LegEvent::Ended { by: HungUpBy::Callee, word, crossed_cancel: false });
                        return None;
                    }
                }
            }
        };
        let target = ack.as_deref().and_then(|ack| {
            let kind = read::value(ack, "Content-Type").unwrap_or_default();
            self.media.read_answer(body_of(kind, &ack.body)).ok()
        });
        let Some(target) = target else {
            self.tell(LegEvent::Fault(LegFault::NoSdp));
            self.bye(Reason::NO_MEDIA).await;
            return None;
        };
        self.told = Some(target.clone());
        self.tell(LegEvent::Answered(target));
        Some(())
    }

    /// Hands on the ACK, or that it never came; after an answer that came with one there is none to come.
    fn await_ack(&self, mut invited: Invited) -> mpsc::Receiver<Option<Request>> {
        let (sender, ack) = mpsc::channel(1);
        self.wire.passing.spawn(async move {
            while let Some(said) = invited.heard.recv().await {
                let ack = match said {
                    Said::Ack(ack) => Some(*ack),
                    Said::Cancel => continue,
                    Said::Nothing => None,
                };
                sender.send(ack).await.ok();
                return;
            }
        });
        ack
    }

    fn turned_away(&self, code: u16, why: &str) -> Option<Answered> {
        let word = FinalWord { sip_code: Some(code), reason: Some(why.to_owned()), q850: None };
        self.tell(LegEvent::Refused { word, retry_after: None });
        None
    }
}
