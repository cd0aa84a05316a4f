//! INVITEs answered with 2xx: every answer gets its ACK, a repetition gets it again, and a further answer of a forking
//! network gets its BYE (RFC 3261 section 13.2.2.4, RFC 6026 section 7.2).
//!
//! The library would keep a transaction of 29 kB for each in the 64 × T1 that this lasts. What is needed of it is the
//! dialog and the tags.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rsipstack::sip::{Method, Request, Response, SipMessage};

use super::{Flow, Wire};
use crate::sip::Reason;
use crate::sip::message::dialog::Dialog;
use crate::sip::message::read;

/// The most answers of one INVITE that are ended; a peer that sends more is broken.
const MOST_FORKS: usize = 8;

/// The answered INVITEs by branch.
#[derive(Default)]
pub(super) struct Accepted {
    by_branch: HashMap<u64, Answered>,
    /// Branches with the second in which they came, oldest first.
    order: VecDeque<(u64, u64)>,
    /// Seconds since the start.
    second: u64,
}

struct Answered {
    /// As the INVITE was sent.
    dialog: Dialog,
    flow: Flow,
    /// The credentials that an ACK repeats (RFC 3261 section 22.1).
    authorization: Vec<(&'static str, String)>,
    /// To tag and the ACK's branch, of each answer.
    acks: Vec<(String, u64)>,
}

/// What a 2xx is to us.
enum Place {
    /// Of an INVITE that has not been answered yet, or that nobody knows.
    Unknown,
    /// To be acknowledged with this branch; `ended`: and ended.
    Known { ack: u64, ended: bool },
    /// One of too many.
    Surplus,
}

impl Accepted {
    pub fn len(&self) -> usize {
        self.by_branch.len()
    }

    /// A second has passed: what is older than `keep` is forgotten.
    pub fn tick(&mut self, keep: Duration) {
        self.second += 1;
        let keep = keep.as_secs() + 2;
        while let Some((branch, since)) = self.order.front()
            && since + keep < self.second
        {
            self.by_branch.remove(branch);
            self.order.pop_front();
        }
    }

    fn insert(&mut self, branch: u64, answered: Answered) {
        if self.by_branch.insert(branch, answered).is_none() {
            self.order.push_back((branch, self.second));
        }
    }

    fn place(&mut self, branch: u64, tag: &str, name: u64) -> Place {
        let Some(answered) = self.by_branch.get_mut(&branch) else { return Place::Unknown };
        if let Some((_, ack)) = answered.acks.iter().find(|(known, _)| known == tag) {
            return Place::Known { ack: *ack, ended: false };
        }
        if answered.acks.len() >= MOST_FORKS {
            return Place::Surplus;
        }
        answered.acks.push((tag.to_owned(), name));
        Place::Known { ack: name, ended: true }
    }
}

impl Wire {
    /// The first answer to an INVITE of ours: acknowledges it, and knows it from now on.
    pub async fn accept(self: &Arc<Self>, invite: &Request, flow: &Flow, response: &Response) {
        let Some(branch) = branch_of(response) else { return };
        let ack = self.name();
        let mut answered = Answered::of(invite, flow);
        answered.acks.push((read::to_tag(response).unwrap_or_default(), ack));
        let dialog = answered.dialog_with(response);
        let authorization = answered.authorization.clone();
        self.accepted().insert(branch, answered);
        self.acknowledge(dialog, flow, authorization, ack).await;
    }

    /// An INVITE nobody waits for any longer: an answer that comes after all is hung up.
    pub fn abandon(&self, invite: &Request, flow: &Flow) {
        if let Some(branch) = branch_of(invite) {
            self.accepted().insert(branch, Answered::of(invite, flow));
        }
    }

    /// Takes a 2xx of an INVITE that is answered already; false: it is somebody else's. Boxed, because an ACK may
    /// open a connection, whose reader comes here again.
    pub(super) fn answered_again<'a>(
        self: &'a Arc<Self>,
        response: &'a Response,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(self.take_answer(response))
    }

    async fn take_answer(self: &Arc<Self>, response: &Response) -> bool {
        let Some(branch) = branch_of(response) else { return false };
        let tag = read::to_tag(response).unwrap_or_default();
        let (place, known) = {
            let mut accepted = self.accepted();
            let place = accepted.place(branch, &tag, self.name());
            let known = accepted.by_branch.get(&branch).map(|answered| {
                (answered.dialog_with(response), answered.flow.clone(), answered.authorization.clone())
            });
            (place, known)
        };
        match (place, known) {
            (Place::Unknown, _) | (_, None) => return false,
            (Place::Surplus, _) => {}
            (Place::Known { ack, ended }, Some((dialog, flow, authorization))) => {
                self.acknowledge(dialog.clone(), &flow, authorization, ack).await;
                if ended {
                    self.end(dialog, flow);
                }
            }
        }
        true
    }

    async fn acknowledge(
        self: &Arc<Self>,
        dialog: Dialog,
        over: &Flow,
        authorization: Vec<(&'static str, String)>,
        branch: u64,
    ) {
        let flow = self.way(&dialog, over).await;
        let mut draft = dialog.draft(Method::Ack);
        draft.contact = None;
        draft.headers = authorization;
        let ack = draft.write(&flow, branch, &self.plan.user_agent);
        let sent = flow.connection.send(SipMessage::Request(ack), Some(&flow.library_addr())).await;
        if let Err(error) = sent {
            tracing::debug!(%error, "sending an ACK");
        }
    }

    /// A second phone answered: it is hung up at once.
    fn end(self: &Arc<Self>, mut dialog: Dialog, over: Flow) {
        // Our own requests in the first dialog count on from here too; a number far ahead offends nobody.
        dialog.cseq += 1_000;
        let wire = self.clone();
        self.passing.spawn(async move {
            let flow = wire.way(&dialog, &over).await;
            let draft = dialog.next(Method::Bye).with("Reason", Reason::NORMAL.to_string());
            let bye = draft.write(&flow, wire.name(), &wire.plan.user_agent);
            if let Err(error) = wire.ask(bye, &flow).await {
                tracing::debug!(%error, "ending a forked answer");
            }
        });
    }

    pub(super) fn accepted(&self) -> std::sync::MutexGuard<'_, Accepted> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answered {
    fn of(invite: &Request, flow: &Flow) -> Self {
        let names = ["Authorization", "Proxy-Authorization"];
        let authorization = names
            .into_iter()
            .flat_map(|name| read::values(invite, name).map(move |value| (name, value.to_owned())))
            .collect();
        Self { dialog: Dialog::of_request(invite), flow: flow.clone(), authorization, acks: Vec::new() }
    }

    /// The dialog that an answer makes, or goes on with.
    fn dialog_with(&self, response: &Response) -> Dialog {
        let mut dialog = self.dialog.of(response);
        if read::param(&self.dialog.remote, "tag").is_some() {
            // A re-INVITE changes the target, not the route (RFC 3261 section 12.2).
            dialog.routes.clone_from(&self.dialog.routes);
        }
        dialog
    }
}

/// A 2xx to an INVITE.
pub(super) fn is_answer(response: &Response) -> bool {
    (200..300).contains(&response.status_code.code())
        && read::value(response, "CSeq").is_some_and(|cseq| cseq.ends_with("INVITE"))
}

/// The number in the branch of a message we began.
fn branch_of(message: &impl rsipstack::sip::HasHeaders) -> Option<u64> {
    let branch = read::param(read::value(message, "Via")?, "branch")?;
    u64::from_str_radix(branch.strip_prefix("z9hG4bK")?, 16).ok()
}
