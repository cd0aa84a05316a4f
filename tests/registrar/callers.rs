//! Calls that come in: agents to our own numbers, debtors over a trunk, and everybody else.

use std::net::IpAddr;
use std::time::Duration;

use obzvon::domain::Codec;
use obzvon::domain::attempt::HungUpBy;
use obzvon::sip::{Answering, Caller, IncomingCall, Leg, LegEvent, Reason, SipPlan, SipStack};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::client::{Client, code, nonce_of};
use crate::phone::{Account, Phone};
use crate::phones::stack_for_old_phones;
use crate::{ANNA, ANNAS, BORIS, BORIS_S, address, event, id, stack};

const PATIENCE: Duration = Duration::from_secs(20);

fn answering() -> Answering {
    Answering { rtp: "127.0.0.1:40000".parse().unwrap(), codecs: vec![Codec::Pcma] }
}

async fn next(calls: &mut mpsc::Receiver<IncomingCall>) -> IncomingCall {
    timeout(PATIENCE, calls.recv()).await.expect("a call").expect("a stack")
}

async fn told(leg: &mut Leg) -> LegEvent {
    timeout(PATIENCE, leg.next_event()).await.expect("an event").expect("it goes on")
}

/// A stack with a trunk at this machine's address.
async fn trunk_stack(t1: Duration) -> (SipStack, mpsc::Receiver<IncomingCall>) {
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "pbx.example");
    plan.known = vec![IpAddr::from([127, 0, 0, 1]).into()];
    plan.t1 = t1;
    let stack = SipStack::start(plan).await.unwrap();
    let calls = stack.incoming().unwrap();
    (stack, calls)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_calls_our_own_number_and_hangs_up() {
    let (stack, mut events) = stack_for_old_phones().await;
    let mut calls = stack.incoming().unwrap();
    let account = Account { password: BORIS_S, registrar: address(&stack), transport: "udp" };
    let mut phone = Phone::registering(BORIS, &account).await;
    event(&mut events).await;
    phone.dial(&format!("sip:600@{}", address(&stack))).await;
    let call = next(&mut calls).await;
    assert_eq!((&call.caller, call.to_user.as_str()), (&Caller::Agent(id(BORIS)), "600"));
    let mut leg = call.ring(answering()).expect("it rings");
    leg.answer();
    assert!(matches!(told(&mut leg).await, LegEvent::Answered(target) if target.codec == Codec::Pcma));
    phone.until("CALL_ESTABLISHED").await;
    phone.hang_up().await;
    let ended = told(&mut leg).await;
    assert!(matches!(ended, LegEvent::Ended { by: HungUpBy::Callee, .. }), "{ended:?}");
}

#[tokio::test]
async fn strangers_are_challenged_at_our_numbers_and_declined_at_others() {
    let (stack, _events) = stack().await;
    let mut calls = stack.incoming().unwrap();
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let invite = client.invite("600", "", Some(9));
    let challenged = client.ask(&invite).await;
    assert_eq!(code(&challenged), 401);
    client.send(&client.ack(&invite, &challenged)).await;
    // A proof for REGISTER is none for INVITE, and a wrong password none at all.
    for password in [ANNAS, "wrong"] {
        let proof = client.proof(ANNA, password, &nonce_of(&challenged));
        let invite = client.invite("600", &proof, Some(9));
        let refused = client.ask(&invite).await;
        assert_eq!(code(&refused), 401);
        client.send(&client.ack(&invite, &refused)).await;
    }
    let invite = client.invite("79990000001", "", Some(9));
    let declined = client.ask(&invite).await;
    assert_eq!(code(&declined), 480, "no call out, and no challenge to learn from");
    assert!(calls.try_recv().is_err());
}

#[tokio::test]
async fn a_debtor_calls_back_is_answered_until_he_acknowledges_and_is_hung_up() {
    let (stack, mut calls) = trunk_stack(Duration::from_millis(50)).await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let invite = client.invite("74950000000", "", Some(9));
    client.send(&invite).await;
    let call = next(&mut calls).await;
    assert_eq!((&call.caller, call.from_user()), (&Caller::Trunk([127, 0, 0, 1].into()), "caller"));
    let mut leg = call.ring(answering()).expect("it rings");
    assert_eq!([code(&client.next().await), code(&client.next().await)], [100, 180]);
    leg.answer();
    let answer = client.next().await;
    assert_eq!(code(&answer), 200);
    assert!(answer.contains("m=audio 40000 RTP/AVP 8"), "{answer}");
    assert_eq!(client.next().await, answer, "again, since the ACK is late");
    client.send(&client.ack(&invite, &answer)).await;
    assert!(matches!(told(&mut leg).await, LegEvent::Answered(target) if target.addr.port() == 9));
    leg.hang_up(Reason::NORMAL);
    let bye = client.until("BYE ").await;
    assert!(bye.contains("From: <sip:74950000000@pbx.example>;tag="), "{bye}");
    client.send(&crate::flood::accept(&bye, None)).await;
    assert!(matches!(told(&mut leg).await, LegEvent::Ended { by: HungUpBy::Us, .. }));
}

#[tokio::test]
async fn who_gives_up_while_it_rings_gets_his_487() {
    let (stack, mut calls) = trunk_stack(Duration::from_millis(500)).await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let invite = client.invite("74950000000", "", Some(9));
    client.send(&invite).await;
    let mut leg = next(&mut calls).await.ring(answering()).expect("it rings");
    assert_eq!([code(&client.next().await), code(&client.next().await)], [100, 180]);
    client.send(&client.cancel(&invite)).await;
    let mut codes = [code(&client.next().await), code(&client.next().await)];
    codes.sort_unstable();
    assert_eq!(codes, [200, 487]);
    let LegEvent::Refused { word, .. } = told(&mut leg).await else { panic!("refused") };
    assert_eq!(word.sip_code, Some(487));
    assert!(leg.next_event().await.is_none(), "and that is all");
}

#[tokio::test]
async fn an_offer_may_come_from_us_and_its_answer_with_the_ack() {
    let (stack, mut calls) = trunk_stack(Duration::from_millis(500)).await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let invite = client.invite("74950000000", "", None);
    client.send(&invite).await;
    let mut leg = next(&mut calls).await.ring(answering()).expect("it rings");
    leg.answer();
    let answer = client.until("SIP/2.0 200").await;
    assert!(answer.contains("a=sendrecv"), "{answer}");
    client.send(&client.ack_with(&invite, &answer, 4_242)).await;
    assert!(matches!(told(&mut leg).await, LegEvent::Answered(target) if target.addr.port() == 4_242));
}

#[tokio::test]
async fn without_an_ack_the_call_is_ended_and_a_foreign_codec_is_refused() {
    let (stack, mut calls) = trunk_stack(Duration::from_millis(10)).await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let invite = client.invite("74950000000", "", Some(9));
    client.send(&invite).await;
    let mut leg = next(&mut calls).await.ring(answering()).expect("it rings");
    leg.answer();
    assert!(matches!(told(&mut leg).await, LegEvent::Answered(_)));
    let ended = told(&mut leg).await;
    assert!(matches!(ended, LegEvent::Ended { by: HungUpBy::Network, .. }), "{ended:?}");

    let mut other = Client::at("127.0.0.1", address(&stack)).await;
    let invite = other.invite("74950000000", "", Some(9)).replace("RTP/AVP 8", "RTP/AVP 3");
    other.send(&invite).await;
    let mut leg = next(&mut calls).await.ring(answering()).expect("it rings");
    leg.answer();
    assert_eq!(code(&other.until("SIP/2.0 488").await), 488);
    assert!(matches!(told(&mut leg).await, LegEvent::Fault(_)));
}

#[tokio::test]
async fn a_call_nobody_takes_is_declined_neutrally() {
    let (stack, mut calls) = trunk_stack(Duration::from_millis(500)).await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let invite = client.invite("74950000000", "", Some(9));
    client.send(&invite).await;
    drop(next(&mut calls).await);
    assert_eq!(code(&client.until("SIP/2.0 4").await), 480);
}
