//! The only meeting of the exchange, the clock and the wire: one task, one port for browsers, one for streams.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::error::{OfferFault, WebRtcError};
use super::exchange::{Answer, Exchange, LineNo, Output, SessionNo};
pub use super::line::LineEvent;
use super::session::Identity;

/// How browsers' sound is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcPlan {
    /// Where browsers send to.
    pub bind: SocketAddr,
    /// The address they are told, where it differs.
    pub public: Option<IpAddr>,
    /// What the media engine is bound to.
    pub media: IpAddr,
    /// How long music is played for whoever is lost.
    pub back_within: Duration,
}

/// The way to the task that serves browsers.
#[derive(Clone, Debug)]
pub struct WebRtc {
    commands: mpsc::Sender<Command>,
    streams: SocketAddr,
}

/// An agent's line; dropped, it is closed.
#[derive(Debug)]
pub struct Line {
    link: LineLink,
    events: mpsc::Receiver<LineEvent>,
}

/// A way to a line for others than its owner.
#[derive(Clone, Debug)]
pub struct LineLink {
    no: LineNo,
    commands: mpsc::Sender<Command>,
}

type Reply<T> = oneshot::Sender<T>;

#[derive(Debug)]
enum Command {
    Check { whose: String, offer: String, reply: Reply<Result<Answer, OfferFault>> },
    Close(LineNo),
    Offer { no: LineNo, offer: String, before: Option<SessionNo>, reply: Reply<Result<Answer, OfferFault>> },
    Open { stream: SocketAddr, music: Arc<[u8]>, events: mpsc::Sender<LineEvent>, reply: Reply<LineNo> },
}

/// Commands that wait for the task, and events for a line's owner.
const COMMANDS: usize = 256;
const EVENTS: usize = 64;
/// The longest datagram read, in bytes.
const DATAGRAM: usize = 2_000;
/// Datagrams read from one port before the other has its turn.
const BATCH: usize = 64;
/// Kernel buffer asked for, in bytes: a second of two hundred agents.
const KERNEL_BUFFER: usize = 2 << 20;
/// DSCP 46 in the upper six bits: voice (RFC 4594 section 4.1).
const EXPEDITED: u32 = 46 << 2;

impl WebRtc {
    /// Binds the ports. What is returned beside the way to it is the task, which ends when told to stop; `now` reads the clock.
    ///
    /// # Errors
    /// When a port can't be had, or no certificate made.
    pub fn start(
        plan: WebRtcPlan,
        now: impl Fn() -> Instant + Send,
        stop: CancellationToken,
    ) -> Result<(Self, impl Future<Output = ()> + Send), WebRtcError> {
        let browsers = bound(plan.bind)?;
        let streams = bound((near(plan.media), 0).into())?;
        let addr = |socket: &UdpSocket, addr| {
            socket.local_addr().map_err(|source| WebRtcError::Bind { addr, source })
        };
        let local = addr(&browsers, plan.bind)?;
        let told = SocketAddr::new(plan.public.unwrap_or(local.ip()), local.port());
        let exchange = Exchange::new(Identity::new(told)?, plan.back_within, rand::make_rng());
        let (commands, asked) = mpsc::channel(COMMANDS);
        let way = Self { commands, streams: addr(&streams, plan.bind)? };
        let driver = Driver { browsers, streams, exchange, owners: HashMap::new(), media: plan.media };
        Ok((way, driver.drive(asked, now, stop)))
    }

    /// Where a stream is to send its RTP and RTCP.
    pub fn streams(&self) -> SocketAddr {
        self.streams
    }

    /// Opens a line to the stream bound to this address. `music`: A-law, one byte a sample.
    ///
    /// # Errors
    /// When browsers are served no more.
    pub async fn open(&self, stream: SocketAddr, music: Arc<[u8]>) -> Result<Line, WebRtcError> {
        let (events, heard) = mpsc::channel(EVENTS);
        let no = ask(&self.commands, |reply| Command::Open { stream, music, events, reply }).await?;
        Ok(Line { link: LineLink { no, commands: self.commands.clone() }, events: heard })
    }

    /// Lets a browser hear itself, half a second later; the one that `whose` had before hears nothing any more.
    ///
    /// # Errors
    /// When browsers are served no more; within, why this one is not.
    pub async fn check(
        &self,
        whose: String,
        offer: String,
    ) -> Result<Result<Answer, OfferFault>, WebRtcError> {
        ask(&self.commands, |reply| Command::Check { whose, offer, reply }).await
    }
}

impl Line {
    pub fn link(&self) -> LineLink {
        self.link.clone()
    }

    /// The next event; `None`: browsers are served no more. Cancel-safe.
    pub async fn next_event(&mut self) -> Option<LineEvent> {
        self.events.recv().await
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // Where that is too much, the next event finds no owner and closes it.
        self.link.commands.try_send(Command::Close(self.link.no)).ok();
    }
}

impl LineLink {
    /// Gives the line's sound to the browser that offers. `before`: the session it comes back from by itself.
    ///
    /// # Errors
    /// When browsers are served no more; within, why this one is not.
    pub async fn offer(
        &self,
        offer: String,
        before: Option<SessionNo>,
    ) -> Result<Result<Answer, OfferFault>, WebRtcError> {
        let no = self.no;
        ask(&self.commands, |reply| Command::Offer { no, offer, before, reply }).await
    }
}

async fn ask<T>(
    commands: &mpsc::Sender<Command>,
    command: impl FnOnce(Reply<T>) -> Command,
) -> Result<T, WebRtcError> {
    let (reply, answer) = oneshot::channel();
    commands.send(command(reply)).await.map_err(|_| WebRtcError::Ended)?;
    answer.await.map_err(|_| WebRtcError::Ended)
}

struct Driver {
    browsers: UdpSocket,
    streams: UdpSocket,
    exchange: Exchange,
    owners: HashMap<LineNo, mpsc::Sender<LineEvent>>,
    media: IpAddr,
}

impl Driver {
    async fn drive(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        now: impl Fn() -> Instant + Send,
        stop: CancellationToken,
    ) {
        let mut buffer = [0; DATAGRAM];
        loop {
            let wake = self.exchange.next_timer();
            tokio::select! {
                Ok(()) = self.browsers.readable() => {
                    for _ in 0..BATCH {
                        let Ok((length, from)) = self.browsers.try_recv_from(&mut buffer) else { break };
                        self.exchange.take_from_browser(now(), from, &buffer[..length]);
                    }
                }
                Ok(()) = self.streams.readable() => {
                    for _ in 0..BATCH {
                        let Ok((length, from)) = self.streams.try_recv_from(&mut buffer) else { break };
                        self.exchange.take_from_stream(now(), from, &buffer[..length]);
                    }
                }
                Some(command) = commands.recv() => self.obey(now(), command),
                () = sleep_until(wake) => {}
                () = stop.cancelled() => break,
            }
            self.exchange.handle_timers(now());
            self.perform();
        }
        self.exchange.end();
        self.perform();
    }

    fn obey(&mut self, now: Instant, command: Command) {
        match command {
            Command::Check { whose, offer, reply } => {
                drop(reply.send(self.exchange.check(now, &whose, &offer)));
            }
            Command::Close(no) => self.close(no),
            Command::Offer { no, offer, before, reply } => {
                drop(reply.send(self.exchange.offer(now, no, &offer, before)));
            }
            Command::Open { stream, music, events, reply } => {
                let seen = if stream.ip().is_unspecified() { near(self.media) } else { stream.ip() };
                let no = self.exchange.open((seen, stream.port()).into(), music);
                self.owners.insert(no, events);
                if reply.send(no).is_err() {
                    self.close(no);
                }
            }
        }
    }

    fn perform(&mut self) {
        while let Some(output) = self.exchange.poll() {
            let sent = match output {
                Output::ToBrowser { to, bytes } => self.browsers.try_send_to(&bytes, to),
                Output::ToStream { to, bytes } => self.streams.try_send_to(&bytes, to),
                Output::Told(no, event) => {
                    let told = self.owners.get(&no).is_some_and(|owner| owner.try_send(event).is_ok());
                    if !told {
                        self.close(no);
                    }
                    continue;
                }
            };
            // A full socket buffer or a refusing far end is loss like any other.
            if let Err(fault) = sent {
                debug!(%fault, "a packet between browser and stream was not sent");
            }
        }
    }

    fn close(&mut self, no: LineNo) {
        self.owners.remove(&no);
        self.exchange.close(no);
    }
}

/// The address of this host by which a stream bound to `media` is reached, and seen.
fn near(media: IpAddr) -> IpAddr {
    match media {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

fn bound(addr: SocketAddr) -> Result<UdpSocket, WebRtcError> {
    let bind = || {
        let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        // As much of both as the host lets us have.
        socket.set_recv_buffer_size(KERNEL_BUFFER).ok();
        match addr {
            SocketAddr::V4(_) => socket.set_tos_v4(EXPEDITED).ok(),
            SocketAddr::V6(_) => socket.set_tclass_v6(EXPEDITED).ok(),
        };
        socket.bind(&addr.into())?;
        UdpSocket::from_std(socket.into())
    };
    bind().map_err(|source| WebRtcError::Bind { addr, source })
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
