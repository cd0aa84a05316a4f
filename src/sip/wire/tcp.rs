//! TCP: our own connections, shown to the library as in-memory channels.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Wire;
use super::framing::{Frame, Framer};
use crate::sip::{SipError, Transport};

/// How long a connection may take to open.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A connection without a byte for so long is closed.
const IDLE_LIMIT: Duration = Duration::from_secs(300);
/// Messages waiting to be written to one connection.
const QUEUE: usize = 256;
/// Connections held at once; more are refused.
const MOST: usize = 1_024;

/// The open connections by the peer's address.
#[derive(Default)]
pub(super) struct Flows(Mutex<HashMap<SocketAddr, Open>>);

#[derive(Clone)]
struct Open {
    connection: SipConnection,
    gone: CancellationToken,
}

impl Flows {
    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self, to: SocketAddr) -> Option<Open> {
        self.lock().get(&to).filter(|open| !open.gone.is_cancelled()).cloned()
    }

    /// Forgets a connection, unless a newer one has taken its place.
    fn forget(&self, to: SocketAddr) {
        let mut all = self.lock();
        if all.get(&to).is_some_and(|open| open.gone.is_cancelled()) {
            all.remove(&to);
        }
    }
}

/// The open connection to `to`, or a new one.
pub(super) async fn connect(
    wire: &Arc<Wire>,
    to: SocketAddr,
) -> Result<(SipConnection, CancellationToken), SipError> {
    if let Some(open) = wire.flows.live(to) {
        return Ok((open.connection, open.gone));
    }
    let timed_out = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let dialled = tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(to)).await;
    let stream = dialled.map_err(|_| timed_out()).flatten();
    let stream = stream.map_err(|source| SipError::Connect { to, source })?;
    let open = adopt(wire, stream, to).await?;
    Ok((open.connection, open.gone))
}

/// Listens for connections on `addr`.
pub(super) async fn listen(wire: &Arc<Wire>, addr: SocketAddr) -> Result<(), SipError> {
    let bind = |source| SipError::Bind { transport: "TCP", addr, source };
    let listener = TcpListener::bind(addr).await.map_err(bind)?;
    let wire = wire.clone();
    wire.tasks.clone().spawn(async move {
        loop {
            let accepted = tokio::select! {
                () = wire.closing.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, from)) if wire.flows.lock().len() < MOST && wire.budget().take(from.ip()) => {
                    if let Err(error) = adopt(&wire, stream, from).await {
                        tracing::debug!(%from, %error, "taking a TCP connection");
                    }
                }
                Ok((_, from)) => tracing::debug!(%from, "refused a TCP connection"),
                Err(error) => {
                    tracing::warn!(%error, "accepting TCP");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    });
    Ok(())
}

async fn adopt(wire: &Arc<Wire>, stream: TcpStream, peer: SocketAddr) -> Result<Open, SipError> {
    stream.set_nodelay(true).ok();
    let (reader, writer) = stream.into_split();
    let (outgoing, queue) = mpsc::channel(QUEUE);
    let (answers, own) = mpsc::channel(QUEUE);
    // The library would read from this one; we hand messages on ourselves.
    let (_, never) = mpsc::unbounded_channel();
    let gone = wire.closing.child_token();
    let addr = SipAddr { r#type: Some(Transport::Tcp.of_library()), addr: peer.into() };
    let channel = ChannelConnection::create_connection_bounded(never, outgoing, addr, Some(gone.clone()))
        .await
        .map_err(|source| SipError::Library { act: "taking our TCP connection", source })?;
    let open = Open { connection: SipConnection::Channel(channel), gone };
    wire.flows.lock().insert(peer, open.clone());
    wire.tasks.spawn(write(writer, queue, own, open.gone.clone()));
    wire.tasks.spawn(read(reader, answers, open.clone(), peer, wire.clone()));
    Ok(open)
}

/// Writes the library's messages and the guard's answers.
async fn write(
    mut writer: OwnedWriteHalf,
    mut queue: mpsc::Receiver<TransportEvent>,
    mut answers: mpsc::Receiver<Vec<u8>>,
    gone: CancellationToken,
) {
    loop {
        let bytes = tokio::select! {
            () = gone.cancelled() => break,
            Some(event) = queue.recv() => match event {
                TransportEvent::Incoming(message, _, _) => message.to_bytes(),
                TransportEvent::New(_) | TransportEvent::Closed(_) => continue,
            },
            Some(answer) = answers.recv() => answer,
        };
        if writer.write_all(&bytes).await.is_err() {
            break;
        }
    }
    gone.cancel();
    writer.shutdown().await.ok();
}

async fn read(
    mut reader: OwnedReadHalf,
    answers: mpsc::Sender<Vec<u8>>,
    open: Open,
    peer: SocketAddr,
    wire: Arc<Wire>,
) {
    let mut framer = Framer::default();
    let mut chunk = vec![0; 4_096];
    'stream: loop {
        let length = tokio::select! {
            () = open.gone.cancelled() => break,
            read = tokio::time::timeout(IDLE_LIMIT, reader.read(&mut chunk)) => match read {
                Ok(Ok(length)) if length > 0 => length,
                _ => break,
            },
        };
        framer.push(&chunk[..length]);
        loop {
            let bytes = match framer.next() {
                Ok(Some(Frame::Message(bytes))) => bytes,
                Ok(Some(Frame::Ping)) => b"\r\n\r\n".to_vec(),
                Ok(None) => break,
                Err(_) => break 'stream,
            };
            if let Some(answer) = wire.take(&bytes, peer, &open.connection, Transport::Tcp).await {
                // A peer that sends rubbish and reads nothing loses its answers.
                answers.try_send(answer).ok();
            }
        }
    }
    open.gone.cancel();
    wire.flows.forget(peer);
}
