//! Our own requests inside the dialog: hold, resume, refresh, transfer.

use std::collections::VecDeque;

use rsipstack::sip::{Method, Response, StatusCode};
use tokio::sync::mpsc;

use super::Command;
use super::session_timer::{self, MIN_SE};
use super::talking::{Talk, Turn};
use super::task::Task;
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::media_target::Direction;
use crate::sip::guard::SUPPORTED;
use crate::sip::message::digest::{self, Tried};
use crate::sip::message::draft::Draft;
use crate::sip::message::read;
use crate::sip::sdp::body_of;
use crate::sip::wire::Heard;
use crate::sip::{LegEvent, Reason};

/// What one of our requests is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Refer(String),
    /// How a transfer went that the far end asked for.
    Referred(u16),
    Refresh,
    Turn(Direction),
}

/// A request on its way.
struct Running {
    act: Act,
    /// The direction to go back to when a turn is refused.
    before: Direction,
    draft: Draft,
    heard: mpsc::Receiver<Heard>,
    tried: Tried,
}

/// Our requests: one at a time, the others wait.
#[derive(Default)]
pub(super) struct Own {
    running: Option<Running>,
    waiting: VecDeque<Act>,
}

/// Acts waiting behind the running one; more are refused to the owner.
const MOST_WAITING: usize = 8;

impl Own {
    /// An offer of ours is under way: the far end's own must wait (RFC 3261 section 14.2).
    pub fn offering(&self) -> bool {
        let offers = |act: &Act| matches!(act, Act::Refresh | Act::Turn(_));
        self.running.as_ref().is_some_and(|running| offers(&running.act) && running.draft.body.is_some())
    }

    /// Waits for news of the running request; for ever without one.
    pub async fn heard(&mut self) -> Option<Heard> {
        match &mut self.running {
            Some(running) => running.heard.recv().await,
            None => std::future::pending().await,
        }
    }

    /// Puts an act in the queue.
    pub fn push(&mut self, act: Act) -> bool {
        let room = self.waiting.len() < MOST_WAITING && (act != Act::Refresh || !self.waiting.contains(&act));
        if room {
            self.waiting.push_back(act);
        }
        room
    }
}

impl Task {
    /// The owner's wish, as an act.
    pub(super) fn wish(&self, talk: &mut Talk, command: Command) {
        let (act, refusal) = match command {
            Command::Hold => (Act::Turn(Direction::SendOnly), LegEvent::MediaKept { code: 491 }),
            Command::Resume => (Act::Turn(Direction::Both), LegEvent::MediaKept { code: 491 }),
            Command::Refer(uri) => (Act::Refer(uri), LegEvent::Transfer { code: 491 }),
            // What ends the talk and what answers the far end never comes here.
            Command::Cancel | Command::HangUp(_) | Command::Referred(_) => return,
            // It is answered.
            Command::Answer => return,
        };
        if !talk.own.push(act) {
            self.tell(refusal);
        }
    }

    /// Starts the next waiting act, if none is running.
    pub(super) async fn start_next(&mut self, talk: &mut Talk) {
        while talk.own.running.is_none() {
            let Some(act) = talk.own.waiting.pop_front() else { return };
            self.find_way().await;
            let before = self.media.direction();
            let draft = self.draft_of(&act, talk);
            match self
                .wire
                .transact(draft.clone().write(&self.flow, self.wire.name(), self.agent()), &self.flow)
            {
                Ok(heard) => {
                    talk.own.running = Some(Running { act, before, draft, heard, tried: Tried::default() });
                }
                Err(error) => {
                    tracing::debug!(%error, "sending a request in a dialog");
                    self.kept(&act, before, 503);
                }
            }
        }
    }

    fn draft_of(&mut self, act: &Act, talk: &Talk) -> Draft {
        let timed = |draft: Draft| {
            let value = format!("{};refresher=uac", talk.timer.interval_s().max(MIN_SE));
            draft
                .with("Supported", SUPPORTED)
                .with("Session-Expires", value)
                .with("Min-SE", MIN_SE.to_string())
        };
        match act {
            Act::Refer(uri) => {
                let uri: String = uri.chars().filter(|c| !c.is_control() && !"<>".contains(*c)).collect();
                self.dialog.next(Method::Refer).with("Refer-To", format!("<{uri}>"))
            }
            Act::Referred(code) => {
                let phrase = StatusCode::from(*code).text().to_owned();
                let draft = self.dialog.next(Method::Notify).with("Event", "refer");
                let mut draft = draft.with("Subscription-State", "terminated;reason=noresource");
                let said = format!("SIP/2.0 {code} {phrase}\r\n");
                draft.body = Some(("message/sipfrag;version=2.0", said.into_bytes()));
                draft
            }
            Act::Refresh if talk.update => timed(self.dialog.next(Method::Update)),
            Act::Refresh => timed(self.dialog.next(Method::Invite)).with_sdp(self.media.offer()),
            Act::Turn(direction) => {
                self.media.turn(*direction);
                self.dialog.next(Method::Invite).with("Supported", SUPPORTED).with_sdp(self.media.offer())
            }
        }
    }

    /// News of the running request.
    pub(super) async fn on_own(&mut self, talk: &mut Talk, heard: Option<Heard>) -> Turn {
        let response = match heard {
            Some(Heard::Response(response)) if response.status_code.code() < 200 => return Turn::Go,
            Some(Heard::Response(response)) => response,
            Some(Heard::Silence) | None => return self.dialog_is_gone(None).await,
        };
        let Some(mut running) = talk.own.running.take() else { return Turn::Go };
        match response.status_code.code() {
            200..=299 => self.own_done(talk, &running, &response),
            401 | 407 => match self.again_with_credentials(&mut running, &response) {
                Ok(()) => talk.own.running = Some(running),
                Err(code) => self.kept(&running.act, running.before, code),
            },
            // The phone waits for no word of its transfer; its call it has as before.
            400.. if matches!(running.act, Act::Referred(_)) => {}
            // RFC 3261 section 12.2.1.2: the far end knows no such dialog.
            408 | 481 => return self.dialog_is_gone(Some(read::final_word(&response))).await,
            code if running.act == Act::Refresh => self.refresh_refused(talk, code, &response),
            code => self.kept(&running.act, running.before, code),
        }
        self.start_next(talk).await;
        Turn::Go
    }

    fn own_done(&mut self, talk: &mut Talk, running: &Running, response: &Response) {
        if !matches!(running.draft.method, Method::Notify | Method::Refer)
            && let Some(target) = read::contact(response)
        {
            self.dialog.target = target;
        }
        match &running.act {
            Act::Refer(_) => self.tell(LegEvent::Transfer { code: 100 }),
            Act::Referred(_) => {}
            Act::Refresh => {
                let interval = talk.timer.interval_s().max(MIN_SE);
                talk.timer = session_timer::of_answer(response, Some((interval, MIN_SE)));
                let kind = read::value(response, "Content-Type").unwrap_or_default();
                if let Ok(target) = self.media.read_answer(body_of(kind, &response.body)) {
                    self.changed(target, LegEvent::MediaChanged);
                }
            }
            Act::Turn(_) => {
                let kind = read::value(response, "Content-Type").unwrap_or_default();
                match self.media.read_answer(body_of(kind, &response.body)) {
                    Ok(target) => {
                        self.told = Some(target.clone());
                        self.tell(LegEvent::MediaChanged(target));
                    }
                    Err(_) => self.tell(LegEvent::MediaKept { code: 488 }),
                }
            }
        }
    }

    /// The same request with the answer to a challenge; else the code to report.
    fn again_with_credentials(&mut self, running: &mut Running, response: &Response) -> Result<(), u16> {
        let code = response.status_code.code();
        let (method, uri) = (running.draft.method.to_string(), running.draft.uri.to_string());
        let credentials = self.credentials.as_ref();
        let cnonce = self.wire.name();
        let header = digest::answer(&mut running.tried, response, credentials, (&method, &uri), cnonce);
        let (name, value) = header.map_err(|_| code)?;
        self.dialog.cseq += 1;
        running.draft.cseq = self.dialog.cseq;
        running.draft.headers.retain(|(other, _)| *other != name);
        running.draft.headers.push((name, value));
        let request = running.draft.clone().write(&self.flow, self.wire.name(), self.agent());
        running.heard = self.wire.transact(request, &self.flow).map_err(|_| code)?;
        Ok(())
    }

    fn refresh_refused(&mut self, talk: &mut Talk, code: u16, response: &Response) {
        let wanted = read::value(response, "Min-SE").and_then(read::number);
        match (code, wanted) {
            (422, Some(wanted)) if wanted > talk.timer.interval_s() && wanted <= 86_400 => {
                talk.timer.lengthen(wanted);
            }
            // The owner of the Call-ID waits 2.1 to 4 s after a collision (RFC 3261 section 14.1).
            (491, _) => talk.timer.again_in(std::time::Duration::from_secs(3)),
            // A far end that refuses refreshes without knowing why keeps its session until it says BYE.
            _ => {}
        }
    }

    fn kept(&mut self, act: &Act, before: Direction, code: u16) {
        match act {
            Act::Refer(_) => self.tell(LegEvent::Transfer { code }),
            Act::Referred(_) | Act::Refresh => {}
            Act::Turn(_) => {
                self.media.turn(before);
                self.tell(LegEvent::MediaKept { code });
            }
        }
    }

    async fn dialog_is_gone(&mut self, word: Option<FinalWord>) -> Turn {
        let reason = Some("no answer inside the dialog".to_owned());
        let word = word.unwrap_or(FinalWord { sip_code: Some(408), reason, q850: None });
        self.tell(LegEvent::Ended { by: HungUpBy::Network, word, crossed_cancel: false });
        self.bye(Reason::NORMAL).await;
        Turn::Over
    }
}
