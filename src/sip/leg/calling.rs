//! From the INVITE to its final response: provisionals, authentication, session interval, CANCEL.

use std::time::Duration;

use rsipstack::sip::{Method, Request, Response};
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};

use super::Command;
use super::early::Branches;
use super::inviting::{Inviting, invite};
use super::session_timer::{self, SessionTimer};
use super::task::Task;
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::media_target::MediaTarget;
use crate::sip::guard::{ALLOW, SUPPORTED};
use crate::sip::message::dialog::DialogName;
use crate::sip::message::digest::{self, Tried};
use crate::sip::message::draft::cancel_of;
use crate::sip::message::read;
use crate::sip::sdp::{NoMedia, body_of};
use crate::sip::wire::Heard;
use crate::sip::{LegEvent, LegFault, Reason, SipError, TrunkTarget};

/// What the answer left to know.
pub(super) struct Answered {
    pub timer: SessionTimer,
    /// The far end takes UPDATE.
    pub update: bool,
    /// The ACK of our own 2xx, where it is still to come.
    pub ack: Option<mpsc::Receiver<Option<Request>>>,
}

/// The call's way to its answer.
struct Calling {
    inviting: Inviting,
    branches: Branches,
    tried: Tried,
    /// The header that answers the last challenge.
    authorization: Option<(&'static str, String)>,
    /// Session-Expires and Min-SE we ask for, in seconds.
    interval: Option<(u32, u32)>,
    trying: bool,
    provisional: bool,
    cancel: Cancel,
}

/// Where taking the call back stands.
enum Cancel {
    NotAsked,
    /// No provisional response yet: CANCEL must wait (RFC 3261 section 9.1).
    Waiting,
    Sent {
        give_up: std::pin::Pin<Box<Sleep>>,
    },
}

/// What a response means for the INVITE.
enum Next {
    Again,
    Answered(Box<Answered>),
    Over,
    Wait,
}

/// Times the session interval is raised for one call.
const MOST_INTERVAL: u32 = 86_400;

impl Task {
    /// Calls; the answer's facts, or `None` when the leg is over and its last event told.
    pub(super) async fn call_out(&mut self, trunk: &TrunkTarget) -> Option<Answered> {
        let interval = trunk.session_timer.map(|t| (seconds(t.expires), seconds(t.min)));
        let supported = if trunk.reliable_provisionals { SUPPORTED } else { "timer" };
        let inviting = match self.invite(supported, None, interval) {
            Ok(inviting) => inviting,
            Err(error) => {
                self.tell(LegEvent::Fault(LegFault::Unsent(error.to_string())));
                return None;
            }
        };
        let mut calling = Calling {
            inviting,
            branches: Branches::default(),
            tried: Tried::default(),
            authorization: None,
            interval,
            trying: false,
            provisional: false,
            cancel: Cancel::NotAsked,
        };
        let leaving = self.wire.leaving.clone();
        loop {
            let listening = matches!(calling.cancel, Cancel::NotAsked);
            let next = tokio::select! {
                heard = calling.inviting.heard.recv() => self.on_heard(&mut calling, heard).await,
                command = self.commands.recv(), if listening => self.on_command_calling(&mut calling, command),
                Some(request) = self.requests.recv() => {
                    self.answer_branch(&mut calling.branches, request).await;
                    Next::Wait
                }
                () = leaving.cancelled(), if listening => self.take_back(&mut calling),
                () = given_up(&mut calling.cancel) => {
                    calling.inviting.abandon.cancel();
                    let reason = Some("no final response to our CANCEL".to_owned());
                    self.refused(FinalWord { sip_code: None, reason, q850: None }, None)
                }
            };
            match next {
                Next::Wait => {}
                Next::Answered(answered) => return Some(*answered),
                Next::Over => return None,
                Next::Again => {
                    match self.invite(supported, calling.authorization.clone(), calling.interval) {
                        Ok(inviting) => {
                            calling.inviting = inviting;
                            calling.provisional = false;
                        }
                        Err(error) => {
                            self.tell(LegEvent::Fault(LegFault::Unsent(error.to_string())));
                            return None;
                        }
                    }
                }
            }
        }
    }

    /// Sends the INVITE, the first or the next of the call.
    fn invite(
        &mut self,
        supported: &str,
        authorization: Option<(&'static str, String)>,
        interval: Option<(u32, u32)>,
    ) -> Result<Inviting, SipError> {
        let mut draft = self.dialog.next(Method::Invite).with("Allow", ALLOW);
        draft = draft.with("Supported", supported).with("Accept", "application/sdp");
        if let Some((expires, min)) = interval {
            draft = draft.with("Session-Expires", expires.to_string()).with("Min-SE", min.to_string());
        }
        draft.routes.clone_from(&self.dialog.routes);
        if let Some((name, value)) = authorization {
            draft = draft.with(name, value);
        }
        let request = draft.with_sdp(self.media.offer()).write(&self.flow, self.wire.name(), self.agent());
        invite(&self.wire, request, &self.flow)
    }

    async fn on_heard(&mut self, calling: &mut Calling, heard: Option<Heard>) -> Next {
        let response = match heard {
            Some(Heard::Response(response)) => *response,
            Some(Heard::Silence) | None => {
                let closed = self.wire.closing.is_cancelled();
                if calling.provisional && !closed {
                    // The next hop had the INVITE and may still be ringing somebody.
                    self.send_cancel(calling);
                }
                self.tell(LegEvent::Fault(if closed { LegFault::Closed } else { LegFault::Silent }));
                return Next::Over;
            }
        };
        match response.status_code.code() {
            100..=199 => {
                self.on_provisional(calling, &response);
                Next::Wait
            }
            200..=299 => self.on_answer(calling, &response).await,
            401 | 407 if matches!(calling.cancel, Cancel::NotAsked) => self.on_challenge(calling, &response),
            422 if matches!(calling.cancel, Cancel::NotAsked) => {
                self.on_interval_too_small(calling, &response)
            }
            // A redirection is never followed: the new number may be a stranger's, and he would hear of the debt.
            _ => self.refused(read::final_word(&response), read::retry_after(&response)),
        }
    }

    fn refused(&self, word: FinalWord, retry_after: Option<Duration>) -> Next {
        self.tell(LegEvent::Refused { word, retry_after });
        Next::Over
    }

    fn on_provisional(&mut self, calling: &mut Calling, response: &Response) {
        calling.provisional = true;
        if response.status_code.code() == 100 {
            if !std::mem::replace(&mut calling.trying, true) {
                self.tell(LegEvent::Trying);
            }
        } else {
            self.on_ringing(&mut calling.branches, response);
        }
        if matches!(calling.cancel, Cancel::Waiting) {
            self.send_cancel(calling);
        }
    }

    async fn on_answer(&mut self, calling: &mut Calling, response: &Response) -> Next {
        let cseq = self.dialog.cseq;
        self.dialog = self.dialog.of(response);
        self.dialog.cseq = cseq;
        self.find_way().await;
        if !matches!(calling.cancel, Cancel::NotAsked) {
            let word = read::final_word(response);
            self.tell(LegEvent::Ended { by: HungUpBy::Us, word, crossed_cancel: true });
            self.bye(Reason::NORMAL).await;
            return Next::Over;
        }
        match self.media_of(&calling.branches, response) {
            Ok(target) => {
                self.told = Some(target.clone());
                if let Some(name) = DialogName::of_answer(response) {
                    self.name.set(name).ok();
                }
                self.tell(LegEvent::Answered(target));
                let update = read::has_token(response, "Allow", "UPDATE");
                let timer = session_timer::of_answer(response, calling.interval);
                Next::Answered(Box::new(Answered { timer, update, ack: None }))
            }
            Err(fault) => {
                let codec = matches!(fault, NoMedia::NoCodec | NoMedia::NoAudio | NoMedia::TooLong);
                self.tell(LegEvent::Fault(if codec { LegFault::NoCommonCodec } else { LegFault::NoSdp }));
                self.bye(Reason::NO_MEDIA).await;
                Next::Over
            }
        }
    }

    /// The answer's media: its own SDP, else what the same branch, or any, gave early.
    fn media_of(&self, branches: &Branches, response: &Response) -> Result<MediaTarget, NoMedia> {
        let kind = read::value(response, "Content-Type").unwrap_or_default();
        match self.media.read_answer(body_of(kind, &response.body)) {
            Err(NoMedia::Empty) => {
                let tag = read::to_tag(response).unwrap_or_default();
                branches.media(&tag).ok_or(NoMedia::Empty)
            }
            read => read,
        }
    }

    fn on_challenge(&mut self, calling: &mut Calling, response: &Response) -> Next {
        let uri = self.dialog.target.to_string();
        let credentials = self.credentials.as_ref();
        let cnonce = self.wire.name();
        match digest::answer(&mut calling.tried, response, credentials, ("INVITE", &uri), cnonce) {
            Ok(header) => {
                calling.authorization = Some(header);
                Next::Again
            }
            Err(why) => {
                // Credentials we don't have, or a way we don't speak (`auth-int` only, unknown algorithm).
                let word = read::final_word(response);
                let reason = Some(format!("authentication: {why}"));
                self.refused(FinalWord { reason, ..word }, None)
            }
        }
    }

    /// 422: the far end wants a longer interval (RFC 4028 section 7.3).
    fn on_interval_too_small(&mut self, calling: &mut Calling, response: &Response) -> Next {
        let wanted = read::value(response, "Min-SE").and_then(read::number);
        let (expires, min) = calling.interval.unwrap_or((0, 0));
        match wanted {
            Some(wanted) if wanted > min && wanted <= MOST_INTERVAL => {
                calling.interval = Some((expires.max(wanted), wanted));
                Next::Again
            }
            _ => self.refused(read::final_word(response), read::retry_after(response)),
        }
    }

    fn on_command_calling(&mut self, calling: &mut Calling, command: Option<Command>) -> Next {
        match command {
            Some(Command::Cancel | Command::HangUp(_)) | None => self.take_back(calling),
            // It is not ours to answer.
            Some(Command::Answer | Command::Referred(_)) => Next::Wait,
            // There is no dialog yet to change or transfer.
            Some(Command::Hold | Command::Resume) => {
                self.tell(LegEvent::MediaKept { code: 491 });
                Next::Wait
            }
            Some(Command::Refer(_)) => {
                self.tell(LegEvent::Transfer { code: 481 });
                Next::Wait
            }
        }
    }

    fn take_back(&mut self, calling: &mut Calling) -> Next {
        calling.cancel = Cancel::Waiting;
        if calling.provisional {
            self.send_cancel(calling);
        }
        Next::Wait
    }

    fn send_cancel(&mut self, calling: &mut Calling) {
        let cancel = cancel_of(&calling.inviting.request, None);
        if let Err(error) = self.wire.transact(cancel, &self.flow) {
            tracing::debug!(%error, "sending a CANCEL");
        }
        let give_up = Box::pin(sleep(self.wire.plan.t1 * 64));
        calling.cancel = Cancel::Sent { give_up };
    }
}

async fn given_up(cancel: &mut Cancel) {
    match cancel {
        Cancel::Sent { give_up } => give_up.await,
        Cancel::NotAsked | Cancel::Waiting => std::future::pending().await,
    }
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(MOST_INTERVAL)
}
