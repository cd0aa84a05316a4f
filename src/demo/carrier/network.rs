//! What all calls of a carrier share: the SIP socket, the sounds, the pace, the book.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use tokio::net::UdpSocket;

use super::plan::CarrierPlan;
use super::record::CallLog;
use super::sound::synth::Sounds;

/// The shared part of a carrier.
#[derive(Debug)]
pub struct Network {
    socket: UdpSocket,
    pub ours: SocketAddr,
    pub log: CallLog,
    pub sounds: Sounds,
    pub recordings: Option<PathBuf>,
    speed: f64,
    loss_percent: u8,
    dice: Mutex<Pcg32>,
}

impl Network {
    pub fn new(socket: UdpSocket, ours: SocketAddr, log: CallLog, plan: &CarrierPlan) -> Self {
        Self {
            socket,
            ours,
            log,
            sounds: plan.sounds.clone(),
            recordings: plan.recordings.clone(),
            speed: plan.speed,
            loss_percent: plan.sip_loss_percent,
            dice: Mutex::new(Pcg32::seed_from_u64(plan.seed)),
        }
    }

    /// Sends a SIP message, unless the network loses it or the address is not loopback.
    pub async fn send(&self, bytes: &[u8], to: SocketAddr) {
        if !to.ip().is_loopback() || self.loses() {
            return;
        }
        if let Err(fault) = self.socket.send_to(bytes, to).await {
            tracing::debug!(%fault, "the carrier could not send");
        }
    }

    /// Waits for a datagram that was not lost and came from a loopback address.
    ///
    /// # Errors
    /// What the socket says.
    pub async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        loop {
            let (length, from) = self.socket.recv_from(buffer).await?;
            if from.ip().is_loopback() && !self.loses() {
                return Ok((length, from));
            }
        }
    }

    /// `duration` of a callee's life, at the carrier's speed.
    pub fn pace(&self, duration: Duration) -> Duration {
        duration.div_f64(self.speed.max(0.01))
    }

    fn loses(&self) -> bool {
        self.loss_percent > 0 && {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            dice.random_range(0..100) < self.loss_percent
        }
    }
}
