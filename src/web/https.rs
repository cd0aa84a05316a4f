//! HTTPS: a listener that hands on whoever has been greeted. TCP connections go in; out come streams without TLS.
//!
//! A greeting has its own task, so that nobody who is slow keeps others waiting; its time and the number of them are
//! limited.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What browsers are greeted with. Another one may take its place while connections are up.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<ArcSwap<ServerConfig>>);

impl Certificate {
    /// This one, until it is renewed.
    pub fn new(served: Arc<ServerConfig>) -> Self {
        Self(Arc::new(ArcSwap::new(served)))
    }

    /// Who is greeted from now on sees this one.
    pub fn renew(&self, served: Arc<ServerConfig>) {
        self.0.store(served);
    }
}

/// Listens by HTTPS.
pub(super) struct Https {
    listener: TcpListener,
    certificate: Certificate,
    greetings: JoinSet<Option<Greeted>>,
}

type Greeted = (TlsStream<TcpStream>, SocketAddr);

/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(5);
/// Greetings at once; who comes beyond them waits with the system.
const GREETINGS: usize = 256;

impl Https {
    pub fn new(listener: TcpListener, certificate: Certificate) -> Self {
        Self { listener, certificate, greetings: JoinSet::new() }
    }
}

impl Listener for Https {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Greeted {
        loop {
            tokio::select! {
                (stream, from) = Listener::accept(&mut self.listener), if self.greetings.len() < GREETINGS => {
                    let acceptor = TlsAcceptor::from(self.certificate.0.load_full());
                    self.greetings.spawn(async move {
                        let greeted = timeout(GREETING, greet(acceptor, stream)).await.ok().flatten()?;
                        Some((greeted, from))
                    });
                }
                Some(done) = self.greetings.join_next() => {
                    if let Ok(Some(greeted)) = done {
                        return greeted;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

async fn greet(acceptor: TlsAcceptor, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    if stream.peek(&mut first).await.ok()? == 1 && first[0].is_ascii_uppercase() {
        refuse(&mut stream).await.ok();
        return None;
    }
    match acceptor.accept(stream).await {
        Ok(greeted) => Some(greeted),
        Err(fault) => {
            tracing::debug!(%fault, "a greeting by TLS failed");
            None
        }
    }
}

/// Says that it is the wrong way. What he has written is read first: a connection that is closed over it takes the answer back.
async fn refuse(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(NOT_HTTP).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(LONGEST_REQUEST), &mut tokio::io::sink()).await.map(|_| ())
}

/// Bytes of a request that are read and thrown away.
const LONGEST_REQUEST: u64 = 64 * 1024;
/// The first byte of TLS is 22; a capital letter begins a request by HTTP.
const NOT_HTTP: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n\
    https:// is spoken here, not http://\n";
