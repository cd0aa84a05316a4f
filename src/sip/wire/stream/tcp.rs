//! Our own connections, shown to the library as in-memory channels.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::framing::{Frame, Framer};
use crate::sip::ladder::Ladder;
use crate::sip::wire::Wire;
use crate::sip::{SipError, Transport};

/// How long a connection may take to open.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A connection without a byte for so long is closed.
const IDLE_LIMIT: Duration = Duration::from_secs(300);
/// Messages waiting to be written to one connection.
const QUEUE: usize = 256;
/// Connections held at once; more are refused.
const MOST: usize = 1_024;

/// Whom a connection leads to: an address and, over TLS, the name that was proven there.
type Peer = (SocketAddr, Option<Arc<str>>);

/// The open connections by peer.
#[derive(Default)]
pub(in crate::sip::wire) struct Flows(Mutex<HashMap<Peer, Open>>);

#[derive(Clone)]
struct Open {
    connection: SipConnection,
    gone: CancellationToken,
}

impl Flows {
    fn lock(&self) -> MutexGuard<'_, HashMap<Peer, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self, to: &Peer) -> Option<Open> {
        self.lock().get(to).filter(|open| !open.gone.is_cancelled()).cloned()
    }

    /// Whether a connection that came from `source` is open.
    pub(in crate::sip::wire) fn is_open(&self, source: SocketAddr) -> bool {
        self.live(&(source, None)).is_some()
    }

    /// Forgets a connection, unless a newer one has taken its place.
    fn forget(&self, to: &Peer) {
        let mut all = self.lock();
        if all.get(to).is_some_and(|open| open.gone.is_cancelled()) {
            all.remove(to);
        }
    }
}

/// The open connection to `to`, or a new one; over TLS to whoever proves to be `name`.
pub(in crate::sip::wire) async fn connect(
    wire: &Arc<Wire>,
    to: SocketAddr,
    name: Option<&str>,
) -> Result<(SipConnection, CancellationToken), SipError> {
    let peer = (to, name.map(Arc::from));
    if let Some(open) = wire.flows.live(&peer) {
        return Ok((open.connection, open.gone));
    }
    let timed_out = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let dialled = tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(to)).await;
    let stream = dialled.map_err(|_| timed_out()).flatten();
    let stream = stream.map_err(|source| SipError::Connect { to, source })?;
    stream.set_nodelay(true).ok();
    let open = match name {
        None => adopt(wire, tokio::io::split(stream), peer).await?,
        Some(name) => {
            let greeting = wire.authorities.greet(&wire.plan.ca_file, name, stream);
            let greeted = tokio::time::timeout(CONNECT_LIMIT, greeting).await;
            let stream = greeted.map_err(|_| SipError::Connect { to, source: timed_out() }).flatten()?;
            adopt(wire, tokio::io::split(stream), peer).await?
        }
    };
    Ok((open.connection, open.gone))
}

/// Listens for connections on `addr`.
pub(in crate::sip::wire) async fn listen(wire: &Arc<Wire>, addr: SocketAddr) -> Result<(), SipError> {
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
                    stream.set_nodelay(true).ok();
                    if let Err(error) = adopt(&wire, tokio::io::split(stream), (from, None)).await {
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

async fn adopt<R, W>(wire: &Arc<Wire>, (reader, writer): (R, W), peer: Peer) -> Result<Open, SipError>
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let by = if peer.1.is_some() { Transport::Tls } else { Transport::Tcp };
    let (outgoing, queue) = mpsc::channel(QUEUE);
    let (answers, own) = mpsc::channel(QUEUE);
    // The library would read from this one; we hand messages on ourselves.
    let (_, never) = mpsc::unbounded_channel();
    let gone = wire.closing.child_token();
    let addr = SipAddr { r#type: Some(by.of_library()), addr: peer.0.into() };
    let channel = ChannelConnection::create_connection_bounded(never, outgoing, addr, Some(gone.clone()))
        .await
        .map_err(|source| SipError::Library { act: "taking our TCP connection", source })?;
    let open = Open { connection: SipConnection::Channel(channel), gone };
    wire.flows.lock().insert(peer.clone(), open.clone());
    let told = (wire.ladder.clone(), peer.0);
    wire.tasks.spawn(write(writer, (queue, own), told, open.gone.clone()));
    wire.tasks.spawn(read(reader, answers, open.clone(), (peer, by), wire.clone()));
    Ok(open)
}

/// Writes the library's messages and the guard's answers.
async fn write(
    mut writer: impl AsyncWrite + Unpin,
    (mut queue, mut answers): (mpsc::Receiver<TransportEvent>, mpsc::Receiver<Vec<u8>>),
    (ladder, peer): (Arc<Ladder>, SocketAddr),
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
        ladder.note(true, peer, &bytes);
        // TLS keeps what is not flushed.
        if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
            break;
        }
    }
    gone.cancel();
    writer.shutdown().await.ok();
}

async fn read(
    mut reader: impl AsyncRead + Unpin,
    answers: mpsc::Sender<Vec<u8>>,
    open: Open,
    (peer, by): (Peer, Transport),
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
            if let Some(answer) = wire.take(&bytes, peer.0, &open.connection, by).await {
                // A peer that sends rubbish and reads nothing loses its answers.
                answers.try_send(answer).ok();
            }
        }
    }
    open.gone.cancel();
    wire.flows.forget(&peer);
}
