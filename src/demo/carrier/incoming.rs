//! Takes the caller's messages within a call.

use std::net::SocketAddr;

use super::call::{Call, Phase};
use super::clock;
use super::record::Ending;
use super::resend::Awaited;
use super::script::Step;
use super::sound::line::Far;
use super::switchboard::Parcel;
use super::wire::message::{Message, Start};
use super::wire::reply::{Reply, return_address};
use super::wire::sdp::Audio;
use crate::domain::media_target::Direction;

impl Call {
    /// Takes one message of the caller's.
    pub(super) async fn take(&mut self, (message, from): Parcel) {
        let method = match &message.start {
            Start::Response { code } => return self.take_response(*code, &message).await,
            Start::Request { method, .. } => method.clone(),
        };
        if method == "ACK" {
            return self.take_ack(&message);
        }
        if self.repeat(&message, from).await {
            return;
        }
        match method.as_str() {
            "BYE" => self.take_bye(&message, from).await,
            "CANCEL" => self.take_cancel(&message, from).await,
            "INVITE" | "UPDATE" => self.take_offer(&message, from).await,
            "PRACK" => {
                let number = message.header("rack").and_then(|rack| rack.split(' ').next()?.parse().ok());
                let known = number.is_some_and(|number| self.resends.answered(Awaited::Prack(number)));
                let reply =
                    if known { Reply::new(200, "OK") } else { Reply::new(481, "No Such Provisional") };
                self.respond(&message, from, reply).await;
            }
            "INFO" | "MESSAGE" | "NOTIFY" | "OPTIONS" => {
                self.respond(&message, from, Reply::new(200, "OK")).await;
            }
            _ => {
                self.respond(&message, from, Reply::new(501, "Not Implemented")).await;
            }
        }
    }

    fn take_ack(&mut self, ack: &Message) {
        let Some((cseq, _)) = ack.cseq() else { return };
        if !self.resends.answered(Awaited::Ack(cseq)) || self.phase != Phase::Answered {
            return;
        }
        self.acknowledge();
        if self.offer.is_none()
            && let Some(audio) = Audio::read(&ack.body)
        {
            self.agree(&audio);
        }
        self.note();
    }

    async fn take_bye(&mut self, bye: &Message, from: SocketAddr) {
        if self.faults.bye_crosses && self.phase == Phase::Answered {
            self.hang_up().await;
        }
        self.respond(bye, from, Reply::new(200, "OK")).await;
        // Whoever hangs up has the answer.
        self.resends.clear_acks();
        self.end(Ending::HungUpByCaller);
    }

    async fn take_cancel(&mut self, cancel: &Message, from: SocketAddr) {
        let tag = self.tag.clone();
        if self.phase == Phase::Inviting && self.faults.answer_crosses_cancel {
            // The callee answered while the CANCEL was on its way.
            let answered = self.perform(Step::Answer);
            if Box::pin(answered).await.is_err() {
                return;
            }
        }
        self.respond(cancel, from, Reply::new(200, "OK").tag(&tag)).await;
        if self.phase == Phase::Inviting {
            self.final_response(Reply::new(487, "Request Terminated").tag(&tag)).await;
            self.end(Ending::Cancelled);
        }
    }

    /// A re-INVITE or an UPDATE: a new offer, or only a sign of life.
    async fn take_offer(&mut self, request: &Message, from: SocketAddr) {
        let tag = self.tag.clone();
        let is_invite = request.method() == "INVITE";
        if self.phase == Phase::Over || (is_invite && self.phase == Phase::Inviting) {
            let reply = if self.phase == Phase::Over {
                Reply::new(481, "Call Does Not Exist")
            } else {
                Reply::new(500, "Server Internal Error").header("Retry-After: 1")
            };
            self.respond(request, from, reply.tag(&tag)).await;
            return;
        }
        self.dialog.refresh(request);
        let mut reply = Reply::new(200, "OK").tag(&tag).header(self.contact());
        if let Some(expires) = request.header("session-expires") {
            reply = reply.header("Require: timer").header(format!("Session-Expires: {expires}"));
        }
        let audio = Audio::read(&request.body);
        if is_invite || audio.is_some() {
            if let Some(audio) = audio {
                self.line.open = may_send(&audio);
                self.offer = Some(audio);
            }
            reply = reply.sdp(self.our_audio().write());
        }
        let bytes = self.respond(request, from, reply).await;
        if is_invite && let Some((cseq, _)) = request.cseq() {
            self.resends.add(Awaited::Ack(cseq), bytes, return_address(request, from), clock::now());
        }
    }

    async fn take_response(&mut self, code: u16, response: &Message) {
        let Some((cseq, method)) = response.cseq() else { return };
        if code < 200 {
            return;
        }
        let first = self.resends.answered(Awaited::Response(cseq));
        if method != "INVITE" {
            return;
        }
        // Every 2xx to our re-INVITE is acknowledged; for the rest too an ACK ends the repetitions.
        let ack = self.dialog.ack(cseq);
        self.network.send(&ack, self.dialog.peer()).await;
        if first && code < 300 {
            self.record.reoffers += 1;
            if let Some(audio) = Audio::read(&response.body) {
                self.agree(&audio);
            }
            self.note();
        }
    }

    /// Takes the far end's answer to an offer of ours.
    fn agree(&mut self, answer: &Audio) {
        if let Some(&codec) = answer.codecs.first() {
            self.far = Some(Far { addr: answer.rtp, codec, event: answer.telephone_event });
            self.aim();
        }
    }
}

/// Whether the caller wants our sound: not when he holds us.
fn may_send(audio: &Audio) -> bool {
    matches!(audio.direction, Direction::Both | Direction::ReceiveOnly) && !audio.rtp.ip().is_unspecified()
}
