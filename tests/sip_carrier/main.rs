//! The SIP port against sipp as a carrier: every behaviour a trunk may show, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says by its failure what was wrong")]

#[path = "../sipp_harness/mod.rs"]
mod sipp_harness;

mod answers;
mod auth;
mod calls;
mod changes;
mod ends;
mod forms;
mod outside;
mod provisionals;
mod timers;
mod tls;

use std::time::Duration;

use obzvon::domain::attempt::FinalWord;
use obzvon::domain::media_target::MediaTarget;
use obzvon::domain::{AttemptId, Codec};
use obzvon::sip::{Leg, LegEvent, PlaceCall, SipPlan, SipStack, Transport, TrunkTarget};
use sipp_harness::Sipp;
use tokio::time::timeout;

async fn stack() -> SipStack {
    SipStack::start(SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example")).await.unwrap()
}

fn trunk_of(carrier: &Sipp) -> TrunkTarget {
    TrunkTarget::new(carrier.addr.ip().to_string(), carrier.addr.port(), Transport::Udp)
}

fn call_to(trunk: TrunkTarget) -> PlaceCall {
    PlaceCall {
        attempt: AttemptId(42),
        tag: 0xfeed,
        trunk,
        to_user: "79990000001".to_owned(),
        from_user: "74950000000".to_owned(),
        display: None,
        rtp: "127.0.0.1:40000".parse().unwrap(),
        codecs: vec![Codec::Pcma, Codec::Pcmu],
    }
}

/// Places a call and hands out its leg.
async fn place(stack: &SipStack, carrier: &Sipp) -> Leg {
    stack.place(call_to(trunk_of(carrier))).await.unwrap()
}

/// The next event, within a bound that no sound run comes near.
async fn next(leg: &mut Leg) -> LegEvent {
    timeout(Duration::from_secs(40), leg.next_event()).await.expect("an event").expect("the leg goes on")
}

/// Every event up to and with the first whose line begins with `start`.
async fn until(leg: &mut Leg, start: &str) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let event = next(leg).await;
        let line = line(&event);
        let (wanted, last) = (line.starts_with(start), event.is_last());
        seen.push(line);
        if wanted {
            return seen;
        }
        assert!(!last, "the leg ended without {start}: {seen:?}");
    }
}

/// Everything until the leg is over.
async fn rest(leg: &mut Leg) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(event) = timeout(Duration::from_secs(40), leg.next_event()).await.expect("an event") {
        seen.push(line(&event));
    }
    seen
}

/// An event in a line.
fn line(event: &LegEvent) -> String {
    let media = |to: &MediaTarget| format!("{} {} {:?}", to.addr.port(), to.codec.name(), to.direction);
    let word = |word: &FinalWord| {
        let code = word.sip_code.map_or("-".to_owned(), |code| code.to_string());
        let cause = word.q850.map_or("-".to_owned(), |cause| cause.to_string());
        format!("{code} {cause} {}", word.reason.as_deref().unwrap_or("-"))
    };
    match event {
        LegEvent::Trying => "trying".to_owned(),
        LegEvent::Ringing { code } => format!("ringing {code}"),
        LegEvent::EarlyMedia(to) => format!("early {}", media(to)),
        LegEvent::Answered(to) => format!("answered {}", media(to)),
        LegEvent::Refused { word: said, retry_after: None } => format!("refused {}", word(said)),
        LegEvent::Refused { word: said, retry_after: Some(after) } => {
            format!("refused {} after {after:?}", word(said))
        }
        LegEvent::MediaChanged(to) => format!("changed {}", media(to)),
        LegEvent::MediaKept { code } => format!("kept {code}"),
        LegEvent::KeyByInfo(_, key) => format!("key {key}"),
        LegEvent::Transfer { code } => format!("transfer {code}"),
        LegEvent::Refer { to } => format!("refer {to}"),
        LegEvent::Ended { by, word: said, crossed_cancel } => {
            format!("ended by {} {}{}", by.code(), word(said), if *crossed_cancel { " crossed" } else { "" })
        }
        LegEvent::Fault(fault) => format!("fault: {fault}"),
    }
}
