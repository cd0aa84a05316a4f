//! Asking a phone whether it is there: its address translator keeps the way open, and a dead phone gets no calls.

use std::sync::Arc;

use rsipstack::sip::{Method, Uri};

use super::phone::Phone;
use crate::domain::AgentId;
use crate::sip::message::dialog::Dialog;
use crate::sip::wire::{Heard, Wire};

/// Asks with OPTIONS and tells the registrar what came of it.
pub(in crate::sip) async fn ask(wire: Arc<Wire>, agent: AgentId, phone: Phone) {
    let answered = is_there(&wire, &phone).await;
    wire.registrar.asked(&agent, &phone, answered);
}

async fn is_there(wire: &Arc<Wire>, phone: &Phone) -> bool {
    let Ok(target) = Uri::try_from(phone.contact.as_str()) else { return false };
    let Ok(flow) = wire.flow(phone.source, phone.transport, "").await else { return false };
    let domain = &wire.plan.domain;
    let mut asking = Dialog {
        call_id: format!("there-{:016x}@{domain}", wire.name()),
        local: format!("<sip:there@{domain}>;tag={:016x}", wire.name()),
        remote: format!("<{target}>"),
        target,
        routes: Vec::new(),
        contact: flow.contact(""),
        cseq: 0,
        remote_cseq: None,
    };
    let request = asking.next(Method::Options).write(&flow, wire.name(), &wire.plan.user_agent);
    matches!(wire.ask(request, &flow).await, Ok(Heard::Response(_)))
}
