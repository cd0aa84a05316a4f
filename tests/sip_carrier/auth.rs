//! Digest authentication, and registering.

use std::time::Duration;

use obzvon::sip::{Credentials, Reason, RegisterPlan, RegistrationState, SipStack, TrunkTarget};
use sha2::{Digest, Sha256};

use crate::sipp_harness::{Sipp, count};
use crate::{call_to, rest, stack, trunk_of, until};

fn trunk_with_password(carrier: &Sipp) -> TrunkTarget {
    let mut trunk = trunk_of(carrier);
    trunk.credentials = Some(Credentials { user: "line".to_owned(), password: "secret".to_owned().into() });
    trunk
}

/// Calls, is answered, hangs up; the carrier's log.
async fn whole_call(stack: &SipStack, carrier: Sipp) -> String {
    let mut leg = stack.place(call_to(trunk_with_password(&carrier))).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    rest(&mut leg).await;
    carrier.finish().await.expect_success()
}

fn field<'a>(header: &'a str, name: &str) -> &'a str {
    header
        .split(", ")
        .find_map(|part| part.split_once('=').filter(|(n, _)| n.ends_with(name)))
        .expect("field")
        .1
        .trim_matches('"')
}

#[tokio::test]
async fn a_challenge_in_sha_256_is_answered_rightly() {
    let asked = r#"Digest realm="carrier", nonce="abc", algorithm=SHA-256, qop="auth,auth-int", opaque="o""#;
    let carrier = Sipp::start("challenge", &["-key", "challenge", asked]).await;
    let uri = format!("sip:79990000001@127.0.0.1:{}", carrier.addr.port());
    let log = whole_call(&stack().await, carrier).await;
    assert_eq!(count(&log, "INVITE "), 2);
    let header = log.lines().find(|line| line.starts_with("Proxy-Authorization: ")).expect("an answer");
    let hash = |text: &str| hex::encode(Sha256::digest(text));
    let (ha1, ha2) = (hash("line:carrier:secret"), hash(&format!("INVITE:{uri}")));
    let expected = hash(&format!("{ha1}:abc:00000001:{}:auth:{ha2}", field(header, "cnonce")));
    assert_eq!(field(header, "response"), expected);
    assert!(header.contains("qop=auth, ") && header.contains("algorithm=SHA-256"), "{header}");
    let numbers: Vec<&str> =
        log.lines().filter(|line| line.starts_with("CSeq: ") && line.contains("INVITE")).collect();
    assert!(numbers.contains(&"CSeq: 1 INVITE") && numbers.contains(&"CSeq: 2 INVITE"));
}

#[tokio::test]
async fn a_challenge_in_md5_without_qop_is_answered() {
    let asked = r#"Digest realm="carrier",nonce="abc""#;
    let carrier = Sipp::start("challenge", &["-key", "challenge", asked]).await;
    let log = whole_call(&stack().await, carrier).await;
    assert!(!log.contains("cnonce"));
}

#[tokio::test]
async fn a_stale_nonce_is_replaced() {
    let carrier = Sipp::start("stale_nonce", &[]).await;
    let log = whole_call(&stack().await, carrier).await;
    assert_eq!(count(&log, "INVITE "), 3);
}

#[tokio::test]
async fn a_challenged_prack_is_sent_again_with_credentials() {
    let carrier = Sipp::start("challenged_prack", &[]).await;
    let log = whole_call(&stack().await, carrier).await;
    let numbers: Vec<&str> = log.lines().filter(|line| line.ends_with(" PRACK")).collect();
    assert!(numbers.contains(&"CSeq: 2 PRACK") && numbers.contains(&"CSeq: 3 PRACK"), "{numbers:?}");
    assert!(log.contains("CSeq: 4 BYE"), "what follows counts on");
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let carrier = Sipp::start("wrong_password", &[]).await;
    let stack = stack().await;
    let mut leg = stack.place(call_to(trunk_with_password(&carrier))).await.unwrap();
    assert_eq!(rest(&mut leg).await, ["refused 401 - authentication: credentials refused"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn what_we_do_not_speak_is_refused_clearly() {
    for (asked, said) in [
        (r#"Digest realm="c", nonce="n", qop="auth-int""#, "only auth-int is offered, which we do not speak"),
        (r#"Digest realm="c", nonce="n", algorithm=AKAv1-MD5"#, "no algorithm we speak"),
    ] {
        let carrier = Sipp::start("challenge_only", &["-key", "challenge", asked]).await;
        let stack = stack().await;
        let mut leg = stack.place(call_to(trunk_with_password(&carrier))).await.unwrap();
        assert_eq!(rest(&mut leg).await, [format!("refused 401 - authentication: {said}")]);
        carrier.finish().await.expect_success();
    }
}

#[tokio::test]
async fn a_registration_is_kept_and_unbound() {
    let carrier = Sipp::start("registrar", &[]).await;
    let stack = stack().await;
    let trunk = trunk_with_password(&carrier);
    let plan = RegisterPlan { trunk, user: "line".to_owned(), expires: Duration::from_secs(600) };
    let mut registration = stack.register(plan).unwrap();
    let granted = |seconds| Some(RegistrationState::Registered { expires: Duration::from_secs(seconds) });
    assert_eq!(registration.next_state().await, granted(4), "our binding's own time, not the header's");
    assert_eq!(registration.next_state().await, granted(3_600), "refreshed");
    drop(registration);
    let log = carrier.finish().await.expect_success();
    assert_eq!(count(&log, "REGISTER "), 4);
    assert_eq!(count(&log, "Expires: 0"), 1);
}
