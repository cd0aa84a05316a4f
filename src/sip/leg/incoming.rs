//! The far end's requests in an answered dialog.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Method, Request, SipMessage};
use rsipstack::transaction::transaction::Transaction;

use super::own::Act;
use super::session_timer;
use super::talking::{Talk, Turn};
use super::task::Task;
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::media_target::MediaTarget;
use crate::sip::guard::{ALLOW, SUPPORTED};
use crate::sip::message::read;
use crate::sip::sdp::body_of;
use crate::sip::{LegEvent, Reason};

impl Task {
    /// Answers one request.
    pub(super) async fn answer(&mut self, talk: &mut Talk, mut request: Box<Transaction>) -> Turn {
        let number = request.original.cseq_header().and_then(|cseq| cseq.seq()).unwrap_or_default();
        if self.dialog.remote_cseq.is_some_and(|last| number < last) {
            self.reply(&mut request, 500, &[("Retry-After", "1".to_owned())], None).await;
            return Turn::Go;
        }
        self.dialog.remote_cseq = Some(number);
        match request.original.method {
            Method::Bye => return self.answer_bye(request).await,
            Method::Info => self.answer_info(&mut request).await,
            Method::Invite => self.answer_invite(talk, request).await,
            Method::Notify => self.answer_notify(&mut request).await,
            Method::Options => {
                let headers = [("Allow", ALLOW.to_owned()), ("Supported", SUPPORTED.to_owned())];
                self.reply(&mut request, 200, &headers, None).await;
            }
            Method::PRack => self.reply(&mut request, 481, &[], None).await,
            Method::Refer => self.hear_refer(request).await,
            Method::Update => {
                if talk.own.offering() && !request.original.body.is_empty() {
                    self.reply(&mut request, 491, &[], None).await;
                } else if let Some(headers) = self.agree(talk, &mut request).await {
                    let offer = offer_of(&request.original).to_vec();
                    self.answer_update(&mut request, &offer, &headers, LegEvent::MediaChanged).await;
                }
            }
            _ => self.reply(&mut request, 405, &[("Allow", ALLOW.to_owned())], None).await,
        }
        Turn::Go
    }

    async fn answer_bye(&mut self, mut request: Box<Transaction>) -> Turn {
        self.reply(&mut request, 200, &[], None).await;
        let (q850, reason) = read::reason(&request.original);
        // Normal clearing (16), user busy and refusal, or no word at all: a person hung up.
        let by = if q850.is_none_or(|cause| (16..=31).contains(&cause)) {
            HungUpBy::Callee
        } else {
            HungUpBy::Network
        };
        let word = FinalWord { sip_code: None, reason, q850 };
        self.tell(LegEvent::Ended { by, word, crossed_cancel: false });
        Turn::Over
    }

    /// A key by INFO; other INFO we understand nothing of.
    pub(super) async fn answer_info(&mut self, request: &mut Transaction) {
        let kind = read::value(&request.original, "Content-Type").unwrap_or_default().to_owned();
        let key = read::key(&kind, &request.original.body);
        if let Some((body, key)) = key {
            self.tell(LegEvent::KeyByInfo(body, key));
        }
        let understood = key.is_some() || request.original.body.is_empty();
        let accept = ("Accept", "application/dtmf-relay, application/dtmf".to_owned());
        let (code, headers) = if understood { (200, vec![]) } else { (415, vec![accept]) };
        self.reply(request, code, &headers, None).await;
    }

    /// A re-INVITE: hold, resume, another codec or address, or a refresh.
    async fn answer_invite(&mut self, talk: &mut Talk, mut request: Box<Transaction>) {
        if talk.own.offering() {
            self.reply(&mut request, 491, &[], None).await;
            return;
        }
        let Some(mut headers) = self.agree(talk, &mut request).await else { return };
        headers.push(("Contact", self.dialog.contact.clone()));
        headers.push(("Allow", ALLOW.to_owned()));
        let offer = offer_of(&request.original).to_vec();
        let (sdp, target) = if offer.is_empty() {
            // The far end wants us to offer; its answer comes in the ACK.
            (self.media.offer(), None)
        } else {
            match self.media.answer(&offer) {
                Ok((sdp, target)) => (sdp, Some(target)),
                Err(_) => return self.reply(&mut request, 488, &[], None).await,
            }
        };
        self.take_target(&request.original);
        self.reply(&mut request, 200, &headers, Some(sdp)).await;
        if let Some(target) = target {
            self.changed(target, LegEvent::MediaChanged);
        }
        let acks = talk.ack_sender.clone();
        let closing = self.wire.closing.clone();
        // The library repeats our 2xx until the ACK comes, for as long as this is read.
        self.wire.passing.spawn(async move {
            let ack = loop {
                let message = tokio::select! {
                    message = request.receive() => message,
                    () = closing.cancelled() => return,
                };
                match message {
                    Some(SipMessage::Request(ack)) if ack.method == Method::Ack => break Some(ack),
                    Some(_) => {}
                    None => break None,
                }
            };
            acks.send(ack).await.ok();
        });
    }

    /// The ACK of a re-INVITE. Without one the session ends (RFC 3261 section 13.3.1.4).
    pub(super) async fn on_ack(&mut self, ack: Option<Request>) -> Turn {
        let Some(ack) = ack else {
            let reason = Some("no ACK for a re-INVITE".to_owned());
            let word = FinalWord { sip_code: None, reason, q850: None };
            self.tell(LegEvent::Ended { by: HungUpBy::Network, word, crossed_cancel: false });
            self.bye(Reason::NORMAL).await;
            return Turn::Over;
        };
        if let Ok(target) = self.media.read_answer(offer_of(&ack)) {
            self.changed(target, LegEvent::MediaChanged);
        }
        Turn::Go
    }

    /// UPDATE with or without an offer (RFC 3311). Says whether it agreed on media.
    pub(super) async fn answer_update(
        &mut self,
        request: &mut Transaction,
        offer: &[u8],
        headers: &[(&'static str, String)],
        event: fn(MediaTarget) -> LegEvent,
    ) -> bool {
        let mut headers = headers.to_vec();
        headers.push(("Contact", self.dialog.contact.clone()));
        headers.push(("Allow", ALLOW.to_owned()));
        if offer.is_empty() {
            self.take_target(&request.original);
            self.reply(request, 200, &headers, None).await;
            return false;
        }
        let Ok((sdp, target)) = self.media.answer(offer) else {
            self.reply(request, 488, &[], None).await;
            return false;
        };
        self.take_target(&request.original);
        self.reply(request, 200, &headers, Some(sdp)).await;
        self.changed(target, event);
        true
    }

    /// How a transfer goes (RFC 3515 section 2.4.4): the NOTIFY's body is the start of a SIP response.
    async fn answer_notify(&mut self, request: &mut Transaction) {
        let refer = read::value(&request.original, "Event").is_some_and(|event| {
            event.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("refer"))
        });
        if !refer {
            self.reply(request, 489, &[], None).await;
            return;
        }
        let body = String::from_utf8_lossy(&request.original.body);
        let code = body.split_ascii_whitespace().nth(1).and_then(|code| code.parse().ok());
        if let Some(code) = code.filter(|code| (100..700).contains(code)) {
            self.tell(LegEvent::Transfer { code });
        }
        self.reply(request, 200, &[], None).await;
    }

    /// A phone's wish to hand its call on; to whom is the owner's to judge, who answers by `referred`. Nobody else's is heard.
    async fn hear_refer(&mut self, mut request: Box<Transaction>) {
        if !self.takes_refer {
            return self.reply(&mut request, 603, &[], None).await;
        }
        if self.asked.is_some() {
            return self.reply(&mut request, 491, &[], None).await;
        }
        let wanted = read::value(&request.original, "Refer-To").and_then(read::refer_to);
        let Some(to) = wanted else { return self.reply(&mut request, 400, &[], None).await };
        self.asked = Some(request);
        self.tell(LegEvent::Refer { to });
    }

    /// The owner's word on that wish: done, which a NOTIFY says too (RFC 3515 section 2.4.4), or refused.
    pub(super) async fn judge_refer(&mut self, talk: &mut Talk, code: u16) {
        let Some(mut request) = self.asked.take() else { return };
        if code >= 300 {
            return self.reply(&mut request, code, &[], None).await;
        }
        let contact = ("Contact", self.dialog.contact.clone());
        self.reply(&mut request, 202, &[contact], None).await;
        talk.own.push(Act::Referred(code));
    }

    /// Takes the session interval of a refresh: the headers that agree, or `None` when it was refused with 422.
    async fn agree(
        &mut self,
        talk: &mut Talk,
        request: &mut Transaction,
    ) -> Option<Vec<(&'static str, String)>> {
        match session_timer::of_request(&request.original) {
            Ok(None) => Some(Vec::new()),
            Ok(Some((timer, header))) => {
                talk.timer = timer;
                Some(vec![("Session-Expires", header), ("Require", "timer".to_owned())])
            }
            Err(min) => {
                self.reply(request, 422, &[("Min-SE", min.to_string())], None).await;
                None
            }
        }
    }

    /// A target refresh (RFC 3261 section 12.2.2).
    fn take_target(&mut self, request: &Request) {
        if let Some(target) = read::contact(request) {
            self.dialog.target = target;
        }
    }

    /// Tells of media that differ from those told last.
    pub(super) fn changed(&mut self, target: MediaTarget, event: fn(MediaTarget) -> LegEvent) {
        if self.told.as_ref() != Some(&target) {
            self.told = Some(target.clone());
            self.tell(event(target));
        }
    }
}

fn offer_of(request: &Request) -> &[u8] {
    let kind = read::value(request, "Content-Type").unwrap_or_default();
    let body = body_of(kind, &request.body);
    if body.iter().all(u8::is_ascii_whitespace) { &[] } else { body }
}
