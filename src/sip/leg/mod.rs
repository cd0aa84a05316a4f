//! A leg as its owner holds it: events out, commands in. The task behind it lives as long as the dialog.

mod being_called;
mod calling;
mod early;
mod ending;
mod incoming;
mod inviting;
mod own;
mod registry;
mod session_timer;
mod talking;
mod task;

use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;

pub(super) use being_called::Invited;
pub(super) use registry::Registry;
pub(super) use task::Task;

use super::message::dialog::DialogName;
use super::{LegEvent, Reason};

/// Events waiting for an owner who is busy; what comes beyond is left out, but never the last one.
const EVENTS: usize = 64;

/// One call, placed or taken. Dropping it ends the call as the moment asks: CANCEL, a refusal or BYE.
#[derive(Debug)]
pub struct Leg {
    call_id: String,
    dialog: Arc<OnceLock<DialogName>>,
    events: mpsc::Receiver<LegEvent>,
    commands: mpsc::UnboundedSender<Command>,
}

/// What the owner asks of the leg's task.
#[derive(Debug)]
pub(super) enum Command {
    Answer,
    Cancel,
    HangUp(Reason),
    Hold,
    Refer(String),
    /// How the transfer went that the far end asked for.
    Referred(u16),
    Resume,
}

/// The task's ends of a leg's channels.
#[derive(Debug)]
pub(super) struct Ends {
    /// The dialog's name, once it is confirmed.
    pub dialog: Arc<OnceLock<DialogName>>,
    pub events: mpsc::Sender<LegEvent>,
    pub commands: mpsc::UnboundedReceiver<Command>,
}

impl Leg {
    pub(super) fn new(call_id: String) -> (Self, Ends) {
        let (event_sender, events) = mpsc::channel(EVENTS);
        let (commands, command_receiver) = mpsc::unbounded_channel();
        let dialog = Arc::<OnceLock<DialogName>>::default();
        let ends = Ends { dialog: Arc::clone(&dialog), events: event_sender, commands: command_receiver };
        (Self { call_id, dialog, events, commands }, ends)
    }

    /// The Call-ID on the wire.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// What the far end knows an answered call of ours by.
    pub fn dialog(&self) -> Option<DialogName> {
        self.dialog.get().cloned()
    }

    /// The next event; `None` after the last.
    pub async fn next_event(&mut self) -> Option<LegEvent> {
        self.events.recv().await
    }

    /// Answers a call that came in; `Answered` follows, or a last event. One we placed is not ours to answer.
    pub fn answer(&self) {
        self.ask(Command::Answer);
    }

    /// Takes the call back: CANCEL, once a provisional response allows it. An answered leg is hung up.
    pub fn cancel(&self) {
        self.ask(Command::Cancel);
    }

    /// Ends an answered call with BYE and the reason; a ringing one is cancelled, or declined where it came in.
    pub fn hang_up(&self, reason: Reason) {
        self.ask(Command::HangUp(reason));
    }

    /// Puts the far end on hold (re-INVITE, `sendonly`); `MediaChanged` or `MediaKept` follows.
    pub fn hold(&self) {
        self.ask(Command::Hold);
    }

    /// Ends the hold (re-INVITE, `sendrecv`); `MediaChanged` or `MediaKept` follows.
    pub fn resume(&self) {
        self.ask(Command::Resume);
    }

    /// Asks the far end to call `uri` instead (REFER, RFC 3515); `Transfer` events follow.
    pub fn refer(&self, uri: impl Into<String>) {
        self.ask(Command::Refer(uri.into()));
    }

    /// Tells the far end how the transfer went that it asked for: 200, or why not.
    pub fn referred(&self, code: u16) {
        self.ask(Command::Referred(code));
    }

    /// A leg that has ended takes no command, and none is needed.
    fn ask(&self, command: Command) {
        self.commands.send(command).ok();
    }
}
