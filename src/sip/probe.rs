//! Asking a trunk with OPTIONS whether it is there (RFC 3261 section 11).

use std::time::Duration;

use rsipstack::sip::Method;

use super::message::dialog::Dialog;
use super::message::read;
use super::stack::{preloaded_route, target_uri};
use super::wire::Heard;
use super::{SipError, SipStack, TrunkTarget, Unreached};

/// What a probe found. Any final response but 503 and 408 means: there is someone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeAnswer {
    Alive {
        code: u16,
    },
    /// 503 or 408: there is someone who does not serve.
    Refusing {
        code: u16,
        retry_after: Option<Duration>,
    },
    /// No answer in 64 × T1.
    Silent,
    /// Nothing could be sent.
    Unreachable(Unreached),
}

impl SipStack {
    /// Asks the trunk with OPTIONS whether it is there.
    pub async fn probe(&self, target: &TrunkTarget) -> ProbeAnswer {
        match self.ask_options(target).await {
            Err(error) => ProbeAnswer::Unreachable(error.unreached()),
            Ok(Heard::Silence) => ProbeAnswer::Silent,
            Ok(Heard::Response(response)) => match response.status_code.code() {
                code @ (408 | 503) => {
                    ProbeAnswer::Refusing { code, retry_after: read::retry_after(&response) }
                }
                code => ProbeAnswer::Alive { code },
            },
        }
    }

    async fn ask_options(&self, trunk: &TrunkTarget) -> Result<Heard, SipError> {
        let flow = self.flow_to(trunk, 0).await?;
        let (wire, domain) = (&self.wire, &self.wire.plan.domain);
        let target = target_uri(trunk, "")?;
        let mut asking = Dialog {
            call_id: format!("probe-{:016x}@{domain}", wire.name()),
            local: format!("<sip:probe@{domain}>;tag={:016x}", wire.name()),
            remote: format!("<{target}>"),
            target,
            routes: preloaded_route(trunk),
            contact: flow.contact(""),
            cseq: 0,
            remote_cseq: None,
        };
        let draft = asking.next(Method::Options).with("Accept", "application/sdp");
        wire.ask(draft.write(&flow, wire.name(), &wire.plan.user_agent), &flow).await
    }
}
