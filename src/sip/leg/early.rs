//! Before the answer: ringing branches, early media, reliable provisionals (RFC 3262), early requests.

use std::sync::Arc;

use rsipstack::sip::{Method, Response};
use rsipstack::transaction::transaction::Transaction;

use super::task::Task;
use crate::domain::media_target::MediaTarget;
use crate::sip::guard::{ALLOW, SUPPORTED};
use crate::sip::message::digest::{self, Tried};
use crate::sip::message::draft::Draft;
use crate::sip::message::read;
use crate::sip::sdp::body_of;
use crate::sip::wire::{Flow, Heard, Wire};
use crate::sip::{Credentials, LegEvent, SipError};

/// The early dialogs of one INVITE; a forking network makes several.
#[derive(Default)]
pub(super) struct Branches {
    /// In the order of their first response.
    all: Vec<Branch>,
    /// Code and tag told last.
    rang: Option<(u16, String)>,
}

struct Branch {
    tag: String,
    /// The last reliable response's RSeq.
    rseq: Option<u32>,
    media: Option<MediaTarget>,
    /// An UPDATE has changed the media: what a provisional response says of it is older, however late it comes.
    updated: bool,
}

/// The most branches kept; later ones still ring, but bring no media and get no PRACK.
const MOST: usize = 16;

impl Branches {
    fn of(&mut self, tag: &str) -> Option<&mut Branch> {
        if let Some(at) = self.all.iter().position(|branch| branch.tag == tag) {
            return self.all.get_mut(at);
        }
        if self.all.len() >= MOST {
            return None;
        }
        self.all.push(Branch { tag: tag.to_owned(), rseq: None, media: None, updated: false });
        self.all.last_mut()
    }

    /// Takes the media that an UPDATE of a branch agreed on.
    fn update(&mut self, tag: &str, media: Option<MediaTarget>) {
        if let Some(branch) = self.of(tag) {
            branch.media = media;
            branch.updated = true;
        }
    }

    /// The early media of a branch, or the latest of any.
    pub fn media(&self, tag: &str) -> Option<MediaTarget> {
        let own = self.all.iter().find(|branch| branch.tag == tag).and_then(|branch| branch.media.clone());
        own.or_else(|| self.all.iter().rev().find_map(|branch| branch.media.clone()))
    }
}

impl Branch {
    /// Whether a reliable response is the next in order; a repeated or too early one is not (RFC 3262 section 4).
    fn is_next(&mut self, rseq: u32) -> bool {
        let next = self.rseq.is_none_or(|last| rseq == last.wrapping_add(1));
        if next {
            self.rseq = Some(rseq);
        }
        next
    }
}

impl Task {
    /// 101 to 199.
    pub(super) fn on_ringing(&mut self, branches: &mut Branches, response: &Response) {
        let tag = read::to_tag(response).unwrap_or_default();
        let reliable = read::has_token(response, "Require", "100rel");
        if let Some(rseq) = read::value(response, "RSeq").and_then(read::number).filter(|_| reliable) {
            if !branches.of(&tag).is_some_and(|branch| branch.is_next(rseq)) {
                return;
            }
            self.prack(response, rseq);
        }
        let kind = read::value(response, "Content-Type").unwrap_or_default();
        match self.media.read_answer(body_of(kind, &response.body)) {
            Ok(target) => {
                if let Some(branch) = branches.of(&tag) {
                    if branch.updated {
                        return;
                    }
                    branch.media = Some(target.clone());
                }
                if self.told.as_ref() != Some(&target) {
                    self.told = Some(target.clone());
                    self.tell(LegEvent::EarlyMedia(target));
                }
            }
            // A description we can't use rings like none.
            Err(_) => {
                let rang = Some((response.status_code.code(), tag));
                if branches.rang != rang {
                    branches.rang = rang;
                    self.tell(LegEvent::Ringing { code: response.status_code.code() });
                }
            }
        }
    }

    fn prack(&mut self, response: &Response, rseq: u32) {
        let invite = read::value(response, "CSeq").and_then(read::number).unwrap_or(self.dialog.cseq);
        let mut early = self.dialog.of(response);
        let draft = early.next(Method::PRack).with("RAck", format!("{rseq} {invite} INVITE"));
        // PRACK and what follows count on together; the RAck keeps the INVITE's own number. One number is left for
        // the PRACK that answers a challenge.
        let credentials = self.credentials.clone();
        self.dialog.cseq = early.cseq + u32::from(credentials.is_some());
        let (wire, flow) = (self.wire.clone(), self.flow.clone());
        self.wire.passing.spawn(async move {
            if let Err(error) = acknowledge(&wire, draft, &flow, credentials.as_ref()).await {
                tracing::debug!(%error, "sending a PRACK");
            }
        });
    }

    /// A request in an early dialog of the INVITE we sent.
    pub(super) async fn answer_branch(&mut self, branches: &mut Branches, request: Box<Transaction>) {
        let tag = read::from_tag(&request.original).unwrap_or_default();
        if self.answer_early(request).await {
            branches.update(&tag, self.told.clone());
        }
    }

    /// A request in an early dialog. Says whether it agreed on media.
    pub(super) async fn answer_early(&mut self, mut request: Box<Transaction>) -> bool {
        match request.original.method {
            Method::Update => {
                let kind = read::value(&request.original, "Content-Type").unwrap_or_default();
                let offer = body_of(kind, &request.original.body).to_vec();
                return self.answer_update(&mut request, &offer, &[], LegEvent::EarlyMedia).await;
            }
            Method::Info => self.answer_info(&mut request).await,
            Method::Options => {
                let headers = [("Allow", ALLOW.to_owned()), ("Supported", SUPPORTED.to_owned())];
                self.reply(&mut request, 200, &headers, None).await;
            }
            // Not confirmed yet, so there is nothing to end; the final response will come.
            Method::Bye => self.reply(&mut request, 200, &[], None).await,
            Method::Invite => self.reply(&mut request, 491, &[], None).await,
            _ => self.reply(&mut request, 405, &[("Allow", ALLOW.to_owned())], None).await,
        }
        false
    }
}

/// Sends a PRACK, and once more where it is challenged.
async fn acknowledge(
    wire: &Arc<Wire>,
    mut draft: Draft,
    flow: &Flow,
    credentials: Option<&Credentials>,
) -> Result<(), SipError> {
    let agent = &wire.plan.user_agent;
    let Heard::Response(response) = wire.ask(draft.clone().write(flow, wire.name(), agent), flow).await?
    else {
        return Ok(());
    };
    if !matches!(response.status_code.code(), 401 | 407) {
        return Ok(());
    }
    let uri = draft.uri.to_string();
    let asked = ("PRACK", uri.as_str());
    if let Ok(header) = digest::answer(&mut Tried::default(), &response, credentials, asked, wire.name()) {
        draft.headers.push(header);
        draft.cseq += 1;
        wire.ask(draft.write(flow, wire.name(), agent), flow).await?;
    }
    Ok(())
}
