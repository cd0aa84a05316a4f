//! The task behind a leg: everything it knows, and its life from INVITE to BYE.

use std::sync::{Arc, OnceLock};

use rsipstack::sip::StatusCode;
use rsipstack::sip::headers::make_header;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;

use super::being_called::Invited;
use super::registry::Seat;
use super::{Command, Ends};
use crate::domain::media_target::MediaTarget;
use crate::sip::message::dialog::{Dialog, DialogName};
use crate::sip::sdp::LocalMedia;
use crate::sip::wire::{Flow, Wire};
use crate::sip::{Credentials, LegEvent, TrunkTarget};

/// A leg's state. Its phases are `call_out` or `be_called`, and `talk`; each answers the far end's requests in its own way.
pub(in crate::sip) struct Task {
    pub(super) wire: Arc<Wire>,
    /// What answers a far end that challenges our requests.
    pub(super) credentials: Option<Credentials>,
    /// The far end may ask us to hand its call on.
    pub(super) takes_refer: bool,
    /// Its wish that the owner has not judged yet.
    pub(super) asked: Option<Box<Transaction>>,
    pub(super) flow: Flow,
    /// Before an answer: who we are and where we ask; afterwards the confirmed dialog.
    pub(super) dialog: Dialog,
    pub(super) media: LocalMedia,
    /// The media target told last.
    pub(super) told: Option<MediaTarget>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) requests: mpsc::Receiver<Box<Transaction>>,
    events: mpsc::Sender<LegEvent>,
    /// The dialog's name, for the owner.
    pub(super) name: Arc<OnceLock<DialogName>>,
    _seat: Seat,
}

impl Task {
    pub fn new(
        wire: Arc<Wire>,
        (media, flow, dialog): (LocalMedia, Flow, Dialog),
        ends: Ends,
        (seat, requests): (Seat, mpsc::Receiver<Box<Transaction>>),
    ) -> Self {
        Self {
            wire,
            credentials: None,
            takes_refer: false,
            asked: None,
            flow,
            dialog,
            media,
            told: None,
            commands: ends.commands,
            requests,
            events: ends.events,
            name: ends.dialog,
            _seat: seat,
        }
    }

    /// Calls a trunk or a phone, from INVITE to the end.
    pub async fn run(mut self, trunk: TrunkTarget) {
        self.credentials.clone_from(&trunk.credentials);
        self.takes_refer = trunk.takes_refer;
        if let Some(answered) = self.call_out(&trunk).await {
            self.talk(answered).await;
        }
    }

    /// Is called, from the INVITE to the end.
    pub async fn run_called(mut self, invited: Invited) {
        if let Some(answered) = self.be_called(invited).await {
            self.talk(answered).await;
        }
    }

    /// Tells the owner. A slow owner misses events, but never the last: one place is kept for it.
    pub(super) fn tell(&self, event: LegEvent) {
        if event.is_last() || self.events.capacity() > 1 {
            self.events.try_send(event).ok();
        }
    }

    pub(super) fn agent(&self) -> &str {
        &self.wire.plan.user_agent
    }

    /// Answers a request of the far end.
    pub(super) async fn reply(
        &self,
        request: &mut Transaction,
        code: u16,
        headers: &[(&'static str, String)],
        sdp: Option<String>,
    ) {
        let mut all: Vec<_> = headers.iter().map(|(name, value)| make_header(name, value.clone())).collect();
        if sdp.is_some() {
            all.push(make_header("Content-Type", "application/sdp".to_owned()));
        }
        let body = sdp.map(String::into_bytes);
        if let Err(error) = request.reply_with(StatusCode::from(code), all, body).await {
            tracing::debug!(%error, code, "answering a request in a dialog");
        }
    }

    /// Turns to the dialog's next hop.
    pub(super) async fn find_way(&mut self) {
        self.flow = self.wire.way(&self.dialog, &self.flow).await;
    }
}
