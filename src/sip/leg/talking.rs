//! An answered leg until its end.

use rsipstack::sip::Request;
use tokio::sync::mpsc;

use super::Command;
use super::calling::Answered;
use super::own::{Act, Own};
use super::session_timer::{Due, SessionTimer};
use super::task::Task;
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::sip::{LegEvent, Reason};

/// What an answered leg keeps beside the dialog.
pub(super) struct Talk {
    pub timer: SessionTimer,
    pub update: bool,
    pub own: Own,
    /// ACKs of the far end's re-INVITEs; `None` where it never came.
    pub acks: mpsc::Receiver<Option<Request>>,
    pub ack_sender: mpsc::Sender<Option<Request>>,
}

/// Whether the talk goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Go,
    Over,
}

impl Task {
    /// Serves the leg until somebody hangs up.
    pub(super) async fn talk(&mut self, mut answered: Answered) {
        let (ack_sender, acks) = mpsc::channel(4);
        let mut talk =
            Talk { timer: answered.timer, update: answered.update, own: Own::default(), acks, ack_sender };
        let leaving = self.wire.leaving.clone();
        loop {
            let turn = tokio::select! {
                command = self.commands.recv() => self.on_command(&mut talk, command).await,
                Some(request) = self.requests.recv() => self.answer(&mut talk, request).await,
                heard = talk.own.heard() => self.on_own(&mut talk, heard).await,
                Some(ack) = talk.acks.recv() => self.on_ack(ack).await,
                Some(ack) = first_ack(&mut answered.ack) => {
                    answered.ack = None;
                    self.on_ack(ack).await
                }
                due = talk.timer.due() => self.on_due(&mut talk, due).await,
                () = leaving.cancelled() => self.hang_up(Reason::SHUTDOWN).await,
            };
            if turn == Turn::Over {
                return;
            }
        }
    }

    async fn on_command(&mut self, talk: &mut Talk, command: Option<Command>) -> Turn {
        match command {
            Some(Command::HangUp(reason)) => self.hang_up(reason).await,
            Some(Command::Cancel) | None => self.hang_up(Reason::NORMAL).await,
            Some(Command::Referred(code)) => {
                self.judge_refer(talk, code).await;
                self.start_next(talk).await;
                Turn::Go
            }
            Some(wish) => {
                self.wish(talk, wish);
                self.start_next(talk).await;
                Turn::Go
            }
        }
    }

    async fn on_due(&mut self, talk: &mut Talk, due: Due) -> Turn {
        match due {
            Due::Refresh => {
                talk.own.push(Act::Refresh);
                self.start_next(talk).await;
                Turn::Go
            }
            Due::GiveUp => {
                let reason = Some("session timer ran out".to_owned());
                let word = FinalWord { sip_code: None, reason, q850: None };
                self.tell(LegEvent::Ended { by: HungUpBy::Network, word, crossed_cancel: false });
                self.bye(Reason::NORMAL).await;
                Turn::Over
            }
        }
    }

    async fn hang_up(&mut self, reason: Reason) -> Turn {
        let word =
            FinalWord { sip_code: None, reason: Some(reason.text.to_owned()), q850: Some(reason.q850) };
        self.tell(LegEvent::Ended { by: HungUpBy::Us, word, crossed_cancel: false });
        self.bye(reason).await;
        Turn::Over
    }
}

/// The ACK of our 2xx; for ever without one to come.
async fn first_ack(ack: &mut Option<mpsc::Receiver<Option<Request>>>) -> Option<Option<Request>> {
    match ack {
        Some(ack) => ack.recv().await,
        None => std::future::pending().await,
    }
}
