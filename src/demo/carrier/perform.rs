//! Carries out a script's steps.

use tokio::time::Instant;

use super::call::{Call, Over, Phase};
use super::clock;
use super::record::Ending;
use super::resend::Awaited;
use super::script::{Refusal, Reoffer, Step};
use super::sound::line::Far;
use super::wire::reply::Reply;
use super::wire::sdp::{OurAudio, mirrored};
use crate::domain::Codec;
use crate::domain::media_target::Direction;

/// A reliable provisional or a request of ours is answered within this time, or we go on without.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(4);

impl Call {
    /// Does one step; the error says that the call ended meanwhile.
    pub(super) async fn perform(&mut self, step: Step) -> Result<(), Over> {
        match step {
            Step::Answer => self.answer().await,
            Step::EarlyMedia => {
                self.record.early_media.get_or_insert(clock::wall());
                self.start_sound();
                let sdp = self.our_audio().write();
                self.ring(Reply::new(183, "Session Progress").sdp(sdp)).await
            }
            Step::HangUp => {
                self.hang_up().await;
                Err(Over)
            }
            Step::Listen(time) => self.live(clock::now() + time, |_, _| false).await,
            Step::Loop(sound) => {
                self.line.play(self.network.sounds.samples(sound), true);
                Ok(())
            }
            Step::Pause { quiet, limit } => {
                let until = clock::now() + limit;
                self.live(until, |call, now| call.line.ear.pause(quiet, now)).await?;
                if clock::now() >= until {
                    self.hang_up().await;
                    return Err(Over);
                }
                self.line.ear.forget();
                Ok(())
            }
            Step::Play(sound) => {
                self.line.play(self.network.sounds.samples(sound), false);
                self.live(far_off(), |call, _| !call.line.is_playing()).await
            }
            Step::Press(keys) => {
                self.record.keys_sent.push_str(&keys);
                self.line.press(&keys);
                self.live(far_off(), |call, _| !call.line.is_pressing()).await
            }
            Step::PressByInfo(key) => {
                self.record.keys_sent.push(key);
                let body = format!("Signal={key}\r\nDuration=160\r\n");
                self.ask("INFO", &["Content-Type: application/dtmf-relay".to_owned()], &body).await
            }
            Step::Refuse(refusal) => {
                self.refuse(refusal).await;
                Err(Over)
            }
            Step::Reoffer(reoffer) => self.reoffer(reoffer).await,
            Step::Ring(code) => {
                self.record.ringing.get_or_insert(clock::wall());
                let reason = match code {
                    181 => "Call Is Being Forwarded",
                    182 => "Queued",
                    183 => "Session Progress",
                    _ => "Ringing",
                };
                self.ring(Reply::new(code, reason)).await
            }
            Step::Wait(time) => self.live(clock::now() + self.network.pace(time), |_, _| false).await,
        }
    }

    /// Whether the caller's offer can be served: none at all, or audio on loopback in a codec of ours.
    pub(super) fn offer_is_fit(&self) -> bool {
        match &self.offer {
            None => self.invite.body.is_empty(),
            Some(audio) => !audio.codecs.is_empty() && audio.rtp.ip().is_loopback(),
        }
    }

    /// Sends a provisional response: reliably where it must be (RFC 3262), and then waits for its PRACK.
    async fn ring(&mut self, reply: Reply<'_>) -> Result<(), Over> {
        let tag = self.tag.clone();
        let reply = reply.tag(&tag).header(self.contact());
        self.note();
        let wanted = self.faults.reliable && self.invite.lists("supported", "100rel");
        if !(wanted || self.invite.lists("require", "100rel")) {
            self.provisional(reply).await;
            return Ok(());
        }
        self.reliable_number += 1;
        let number = self.reliable_number;
        let reply = reply.header("Require: 100rel").header(format!("RSeq: {number}"));
        let bytes = self.provisional(reply).await;
        self.resends.add(Awaited::Prack(number), bytes, self.caller(), clock::now());
        self.live(clock::now() + PATIENCE, |call, _| !call.resends.awaits(Awaited::Prack(number))).await
    }

    async fn answer(&mut self) -> Result<(), Over> {
        self.phase = Phase::Answered;
        self.line.stop_playing();
        self.record.answered = Some(clock::wall());
        let sdp = self.our_audio().write();
        let tag = self.tag.clone();
        let mut reply = Reply::new(200, "OK").tag(&tag).header(self.contact()).header(ALLOW).sdp(sdp);
        if let Some(expires) = self.invite.header("session-expires") {
            // The caller keeps the session alive (RFC 4028 section 9).
            let seconds = expires.split(';').next().unwrap_or(expires).trim();
            reply =
                reply.header("Require: timer").header(format!("Session-Expires: {seconds};refresher=uac"));
        }
        let bytes = self.final_response(reply).await;
        for _ in 0..self.faults.repeat_answer {
            self.network.send(&bytes, self.caller()).await;
        }
        self.start_sound();
        self.note();
        Ok(())
    }

    /// Our answer to the caller's offer, or an offer of ours where he made none; aims the line as well.
    pub(super) fn our_audio(&mut self) -> OurAudio {
        let (codecs, event, direction) = match &self.offer {
            None => (vec![Codec::Pcma, Codec::Pcmu], Some(101), Direction::Both),
            Some(audio) => {
                let codec = audio.codecs.first().copied().unwrap_or(Codec::Pcma);
                self.far = Some(Far { addr: audio.rtp, codec, event: audio.telephone_event });
                (vec![codec], audio.telephone_event, mirrored(audio.direction))
            }
        };
        self.aim();
        self.audio(codecs, event, direction)
    }

    /// Points the line where the last exchange of SDP said.
    pub(super) fn aim(&mut self) {
        if let Some(far) = self.far.filter(|far| far.addr.ip().is_loopback()) {
            self.line.aim(far);
        }
    }

    fn audio(&mut self, codecs: Vec<Codec>, event: Option<u8>, direction: Direction) -> OurAudio {
        self.version += 1;
        OurAudio { rtp: self.line.local(), codecs, telephone_event: event, direction, version: self.version }
    }

    pub(super) async fn refuse(&mut self, refusal: Refusal) {
        let tag = self.tag.clone();
        let mut reply = Reply::new(refusal.code, refusal.reason).tag(&tag);
        if let Some(seconds) = refusal.retry_after {
            reply = reply.header(format!("Retry-After: {seconds}"));
        }
        if let Some(cause) = refusal.q850 {
            reply = reply.header(format!("Reason: Q.850;cause={cause}"));
        }
        if let Some(contact) = refusal.contact {
            reply = reply.header(format!("Contact: <{contact}>"));
        }
        self.final_response(reply).await;
        self.end(Ending::Refused(refusal.code));
    }

    /// Hangs up from the callee's side.
    pub(super) async fn hang_up(&mut self) {
        self.end(Ending::HungUpByCallee);
        self.send_bye().await;
    }

    pub(super) async fn send_bye(&mut self) {
        self.request("BYE", &["Reason: Q.850;cause=16".to_owned()], None).await;
    }

    async fn reoffer(&mut self, reoffer: Reoffer) -> Result<(), Over> {
        let Some(far) = self.far else { return Ok(()) };
        let (codec, direction) = match reoffer {
            Reoffer::Codec(codec) => (codec, Direction::Both),
            Reoffer::Direction(direction) => (far.codec, direction),
        };
        self.line.open = matches!(direction, Direction::Both | Direction::SendOnly);
        let sdp = self.audio(vec![codec], far.event, direction).write();
        let contact = self.contact();
        let cseq = self.request("INVITE", &[contact], Some(&sdp)).await;
        self.live(clock::now() + PATIENCE, |call, _| !call.resends.awaits(Awaited::Response(cseq))).await
    }

    /// Sends a request with a body that is not SDP and waits for its answer.
    async fn ask(&mut self, method: &str, extra: &[String], body: &str) -> Result<(), Over> {
        let (cseq, bytes) = self.dialog.request_with(method, extra, body);
        self.send_request(cseq, bytes).await;
        self.live(clock::now() + PATIENCE, |call, _| !call.resends.awaits(Awaited::Response(cseq))).await
    }

    async fn request(&mut self, method: &str, extra: &[String], sdp: Option<&str>) -> u32 {
        let (cseq, bytes) = self.dialog.request(method, extra, sdp);
        self.send_request(cseq, bytes).await;
        cseq
    }

    async fn send_request(&mut self, cseq: u32, bytes: Vec<u8>) {
        let to = self.dialog.peer();
        self.network.send(&bytes, to).await;
        self.resends.add(Awaited::Response(cseq), bytes, to, clock::now());
    }

    pub(super) fn contact(&self) -> String {
        format!("Contact: <sip:callee@{}>", self.network.ours)
    }
}

/// What we understand, for a 200.
const ALLOW: &str = "Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS";

/// A wait whose end comes by itself.
fn far_off() -> Instant {
    clock::now() + std::time::Duration::from_secs(120)
}
