//! TLS to a trunk. The far end is sipp over TCP behind a small end of TLS of our own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use obzvon::sip::{ProbeAnswer, Reason, SipPlan, SipStack, Transport, TrunkTarget};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::sipp_harness::{Sipp, count};
use crate::{call_to, rest, until};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// Takes TLS off and hands on to `to`; its certificate is `localhost`'s. Where it listens, and its task.
async fn end_of_tls(to: SocketAddr) -> (u16, JoinSet<()>) {
    let certificate = CertificateDer::from_pem_file(file("carrier.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("carrier.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A caller that does not trust us ends the greeting.
            let Ok(mut clear) = acceptor.accept(stream).await else { continue };
            let mut behind = TcpStream::connect(to).await.unwrap();
            copy_bidirectional(&mut clear, &mut behind).await.ok();
        }
    });
    (port, tasks)
}

async fn stack_that_trusts(authority: &str) -> SipStack {
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example");
    plan.ca_file = file(authority);
    SipStack::start(plan).await.unwrap()
}

#[tokio::test]
async fn a_call_goes_over_tls() {
    let carrier = Sipp::start("ring_answer", &["-t", "t1"]).await;
    let (port, _tasks) = end_of_tls(carrier.addr).await;
    let stack = stack_that_trusts("authority.pem").await;
    let call = call_to(TrunkTarget::new("localhost", port, Transport::Tls));
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    rest(&mut leg).await;
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("Via: SIP/2.0/TLS 127.0.0.1") && log.contains(";transport=tls>"), "{log}");
    assert_eq!(count(&log, "ACK "), 1);
}

#[tokio::test]
async fn a_carrier_that_does_not_prove_its_name_hears_nothing() {
    let carrier = Sipp::start("ring_answer", &["-t", "t1"]).await;
    let (port, _tasks) = end_of_tls(carrier.addr).await;
    let refused = |answer: ProbeAnswer| match answer {
        ProbeAnswer::Unreachable(why) => why.to_string(),
        other => panic!("{other:?}"),
    };
    let trusting = stack_that_trusts("authority.pem").await;
    let by_address = TrunkTarget::new("127.0.0.1", port, Transport::Tls);
    assert_eq!(refused(trusting.probe(&by_address).await), "greeting 127.0.0.1 over TLS");
    let by_name = TrunkTarget::new("localhost", port, Transport::Tls);
    let wary = stack_that_trusts("stranger.pem").await;
    assert_eq!(refused(wary.probe(&by_name).await), "greeting localhost over TLS");
    let blind = stack_that_trusts("carrier.key").await;
    assert!(refused(blind.probe(&by_name).await).ends_with("no certificate in it"));
    assert_eq!(carrier.log(), "");
}
