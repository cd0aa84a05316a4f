//! Phones that may come in: sockets that say every word of RFC 3261 section 10, and baresip.

use std::time::Duration;

use obzvon::domain::{AttemptId, Codec, DigestAccount};
use obzvon::sip::{LegEvent, PhoneEvent, PlaceCall, Reason, SipStack, Transport, digest_account};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::client::{Claim, Client, code, nonce_of};
use crate::phone::{Account, Phone};
use crate::{ANNA, ANNAS, BORIS, BORIS_S, address, event, id, stack, stack_for};

#[tokio::test]
async fn a_phone_registers_asks_moves_and_leaves() {
    let (stack, mut events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let (claim, home) = (Claim::of(ANNA, ANNAS), client.contact());
    let brief = client.come_in(&claim, &format!("Contact: {home};expires=5\r\n")).await;
    assert_eq!(code(&brief), 423);
    assert!(brief.contains("Min-Expires: 60\r\n"));
    let bound = client.come_in(&claim, &format!("Contact: {home}\r\nExpires: 90\r\n")).await;
    assert!(bound.contains(&format!("Contact: {home};expires=90\r\n")), "{bound}");
    let bare = home.trim_matches(['<', '>']).to_owned();
    assert_eq!(event(&mut events).await, format!("anna registered {bare}"));
    let listed = client.come_in(&claim, "").await;
    assert!(listed.contains(&home), "{listed}");

    let mut moved = Client::at("127.0.0.1", address(&stack)).await;
    let answer = moved.come_in(&claim, &format!("Contact: {home}\r\n")).await;
    assert_eq!(code(&answer), 200);
    let now = moved.socket.local_addr().unwrap();
    assert_eq!(event(&mut events).await, format!("anna moved to {now}"));
    assert_eq!(stack.phones(&id(ANNA))[0].source, now, "requests go where it registered from");

    assert_eq!(code(&moved.come_in(&claim, "Contact: *\r\n").await), 400);
    let gone = moved.come_in(&claim, "Contact: *\r\nExpires: 0\r\n").await;
    assert!(!gone.contains("Contact:"), "{gone}");
    assert_eq!(event(&mut events).await, format!("anna expired {bare}"));
    assert!(stack.phones(&id(ANNA)).is_empty());
}

#[tokio::test]
async fn a_new_password_ends_what_registered_by_the_old_one_and_nothing_else() {
    let (stack, mut events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    for (claim, algorithm) in [(Claim::of(ANNA, ANNAS), "SHA-256"), (Claim::of(BORIS, BORIS_S), "MD5")] {
        let home = client.contact();
        let claim = Claim { algorithm, ..claim };
        assert_eq!(code(&client.come_in(&claim, &format!("Contact: {home}\r\n")).await), 200);
        event(&mut events).await;
    }
    let mut accounts = crate::accounts();
    accounts.insert(id(ANNA), digest_account(ANNA, "obzvon", "another password"));
    stack.admit(Some(crate::plan_for(accounts)));
    assert!(event(&mut events).await.starts_with("anna expired "));
    assert_eq!((stack.phones(&id(ANNA)).len(), stack.phones(&id(BORIS)).len()), (0, 1));
    assert_eq!(code(&client.come_in(&Claim::of(ANNA, ANNAS), "").await), 401, "nor does it come in again");
}

#[tokio::test]
async fn a_phone_behind_a_translator_is_called_where_it_registered_from() {
    let (stack, _events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let answer = client.come_in(&Claim::of(ANNA, ANNAS), "Contact: <sip:me@192.168.77.7:5999;ob>\r\n").await;
    assert_eq!(code(&answer), 200);
    let _leg = call(&stack, ANNA).await;
    let invite = client.next().await;
    assert!(invite.starts_with("INVITE sip:me@192.168.77.7:5999;ob SIP/2.0\r\n"), "{invite}");
    assert!(!invite.contains("Route:"), "{invite}");
}

#[tokio::test]
async fn a_phone_on_tcp_is_called_over_its_own_connection_and_is_gone_with_it() {
    let (stack, mut events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let mut stream = TcpStream::connect(address(&stack)).await.unwrap();
    let by_tcp = |text: String| text.replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    let text = by_tcp(client.register(ANNA, ""));
    let challenge = ask_tcp(&mut stream, &text).await;
    let contact = "Contact: <sip:me@10.1.1.1;transport=tcp>\r\n";
    let text = by_tcp(client.proven(&Claim::of(ANNA, ANNAS), &nonce_of(&challenge), contact));
    assert_eq!(code(&ask_tcp(&mut stream, &text).await), 200);
    assert_eq!(event(&mut events).await, "anna registered sip:me@10.1.1.1;transport=tcp");
    assert_eq!(stack.phones(&id(ANNA))[0].transport, Transport::Tcp);

    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    stream.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\r\n", "a ping has its pong (RFC 5626)");

    let _leg = call(&stack, ANNA).await;
    let invite = read_tcp(&mut stream).await;
    assert!(
        invite.to_ascii_lowercase().starts_with("invite sip:me@10.1.1.1;transport=tcp sip/2.0\r\n"),
        "{invite}"
    );
    drop(stream);
    assert_eq!(event(&mut events).await, "anna expired sip:me@10.1.1.1;transport=tcp");
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_registers_over_udp_and_tcp_and_takes_a_call() {
    for transport in ["udp", "tcp"] {
        let (stack, mut events) = stack_for_old_phones().await;
        let account = Account { password: BORIS_S, registrar: address(&stack), transport };
        let phone = Phone::registering(BORIS, &account).await;
        assert!(event(&mut events).await.starts_with("boris registered sip:"), "{transport}");
        let mut leg = call(&stack, BORIS).await;
        loop {
            match timeout(Duration::from_secs(20), leg.next_event())
                .await
                .expect("an answer")
                .expect("an event")
            {
                LegEvent::Answered(_) => break,
                event => assert!(!event.is_last(), "{transport}: {event:?}"),
            }
        }
        leg.hang_up(Reason::NORMAL);
        while timeout(Duration::from_secs(20), leg.next_event()).await.expect("an end").is_some() {}
        drop(phone);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_with_a_wrong_password_stays_out() {
    let (stack, mut events) = stack_for_old_phones().await;
    let account = Account { password: "a-wrong-one", registrar: address(&stack), transport: "udp" };
    let mut phone = Phone::registering(BORIS, &account).await;
    phone.until("REGISTER_FAIL").await;
    assert!(stack.phones(&id(BORIS)).is_empty());
    assert!(events.try_recv().is_err());
}

/// This baresip knows MD5 only and stumbles over a second challenge.
pub async fn stack_for_old_phones() -> (SipStack, mpsc::Receiver<PhoneEvent>) {
    let boris = DigestAccount { sha256: None, ..digest_account(BORIS, "obzvon", BORIS_S) };
    stack_for([(id(BORIS), boris)].into()).await
}

/// Places a call to an agent's first phone.
pub async fn call(stack: &SipStack, agent: &str) -> obzvon::sip::Leg {
    let phone = stack.phones(&id(agent)).into_iter().next().expect("registered");
    let call = PlaceCall {
        attempt: AttemptId(1),
        tag: 7,
        trunk: phone.target(),
        to_user: agent.to_owned(),
        from_user: "obzvon".to_owned(),
        display: None,
        rtp: "127.0.0.1:40000".parse().unwrap(),
        codecs: vec![Codec::Pcma],
    };
    stack.place(call).await.expect("it leaves")
}

async fn ask_tcp(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    read_tcp(stream).await
}

async fn read_tcp(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 4_096];
    let length =
        timeout(Duration::from_secs(10), stream.read(&mut buffer)).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}
