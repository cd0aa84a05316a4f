//! Messages in odd but valid forms, and rubbish beside a call.

use std::net::SocketAddr;
use std::time::Duration;

use obzvon::sip::Reason;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::sipp_harness::Sipp;
use crate::{place, rest, stack, until};

#[tokio::test]
async fn compact_folded_and_spaced_forms_are_read() {
    let carrier = Sipp::start("odd_forms", &["-key", "v6", "[2001:db8::1]"]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    let port = carrier.media_port;
    assert_eq!(rest(&mut leg).await, [&format!("answered {port} PCMA Both"), "ended by callee - - -"]);
    let log = carrier.finish().await.expect_success();
    let answer = log.rsplit("SIP/2.0 200").next().expect("the answer to BYE");
    assert_eq!(
        answer.lines().filter(|line| line.starts_with("Via: ")).count(),
        3,
        "every Via line comes back:\n{answer}"
    );
}

async fn ask(peer: &UdpSocket, to: SocketAddr, bytes: &[u8]) -> Option<String> {
    peer.send_to(bytes, to).await.unwrap();
    let mut buffer = [0; 4_096];
    let length = timeout(Duration::from_millis(300), peer.recv(&mut buffer)).await.ok()?.unwrap();
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

#[tokio::test]
async fn a_malformed_message_harms_nothing_but_itself() {
    let carrier = Sipp::start("ring_answer", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    let (ours, peer) = (stack.local()[0], UdpSocket::bind("127.0.0.1:0").await.unwrap());
    let head = "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx;rport\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:z@y>\r\nCall-ID: c\r\n";
    let bye = format!("BYE sip:x@y SIP/2.0\r\n{head}CSeq: 1 INVITE\r\n\r\n");
    assert!(ask(&peer, ours, bye.as_bytes()).await.expect("an answer").starts_with("SIP/2.0 400 CSeq\r\n"));
    let options = format!("OPTIONS sip:x@y SIP/2.0\r\n{head}CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n\r\n");
    assert!(ask(&peer, ours, options.as_bytes()).await.expect("an answer").starts_with("SIP/2.0 200 OK\r\n"));
    let invite =
        format!("INVITE sip:x@y SIP/2.0\r\n{head}CSeq: 1 INVITE\r\nContact: <sip:x@127.0.0.1:9>\r\n\r\n");
    assert!(ask(&peer, ours, invite.as_bytes()).await.expect("an answer").starts_with("SIP/2.0 480 "));
    let stray = format!("BYE sip:x@y SIP/2.0\r\n{head}CSeq: 9 BYE\r\n\r\n");
    assert!(ask(&peer, ours, stray.as_bytes()).await.expect("an answer").starts_with("SIP/2.0 481 "));
    for rubbish in [&b"\0\0\0\0"[..], b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n", &[0xff; 9_000]] {
        assert_eq!(ask(&peer, ours, rubbish).await, None);
    }
    assert_eq!(ask(&peer, ours, b"\r\n\r\n").await.as_deref(), Some("\r\n"));
    leg.hang_up(Reason::NORMAL);
    assert_eq!(rest(&mut leg).await, ["ended by us - 16 Normal call clearing"]);
    carrier.finish().await.expect_success();
}
