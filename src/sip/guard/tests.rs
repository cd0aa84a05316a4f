//! What the guard says to sound, odd, malformed and hostile input.

use std::net::IpAddr;

use proptest::prelude::*;
use rsipstack::sip::prelude::HeadersExt;

use super::*;

fn source() -> SocketAddr {
    "192.0.2.9:5062".parse().expect("an address")
}

fn judged(text: &str) -> Judgement {
    judge(text.replace('\n', "\r\n").as_bytes(), source(), "obzvon")
}

/// `pass METHOD-or-code`, `answer CODE`, `drop Why`, `ping`.
fn verdict(judgement: &Judgement) -> String {
    match judgement {
        Judgement::Answer { code, .. } => format!("answer {code}"),
        Judgement::Drop(why) => format!("drop {why:?}"),
        Judgement::KeepAlive => "ping".to_owned(),
        Judgement::Pass(message) => match message.as_ref() {
            SipMessage::Request(request) => format!("pass {}", request.method),
            SipMessage::Response(response) => format!("pass {}", response.status_code.code()),
        },
    }
}

const HEAD: &str = "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\n\
                    Call-ID: 1@b\nMax-Forwards: 70\n";

fn request(line: &str, cseq: &str, more: &str) -> String {
    format!("{line}\n{HEAD}CSeq: {cseq}\n{more}\n")
}

#[test]
fn sound_requests_pass() {
    for line in [
        "OPTIONS sip:c@d SIP/2.0",
        "OPTIONS  sip:c@d\tSIP/2.0 ",
        "options tel:+74950000000;phone-context=x SIP/2.0",
        "OPTIONS sips:[2001:db8::1]:5061;transport=tcp sip/2.0",
        "OPTIONS sip:user;par=u%40example.net@example.com;lr SIP/2.0",
    ] {
        assert_eq!(verdict(&judged(&request(line, "7 OPTIONS", ""))), "pass OPTIONS", "{line}");
    }
}

/// After the torture test of RFC 4475 section 3.1.1.1, in words of our own.
#[test]
fn every_allowed_oddity_at_once_passes() {
    let odd = "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\n\
        TO :\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\n\
        from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8\n\
        MaX-fOrWaRdS: 0068\nCall-ID: wsinv.ndaksdj@192.0.2.1\nContent-Length   : 0\ncseq: 0009\n  INVITE\n\
        Via  : SIP  /   2.0\n /UDP\n    192.0.2.2;branch=390skdjuw\ns :\nNewFangledHeader:   newfangled value\n continued newfangled value\n\
        UnknownHeaderWithUnusualValue: ;;,,;;,;\nContent-Type: application/sdp\nRoute:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\n\
        v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239\n\
        m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\n      newvalue ;\n  secondparam ; q = 0.33\n\n";
    assert_eq!(verdict(&judged(odd)), "pass INVITE");
}

#[test]
fn a_passed_message_is_in_plain_form() {
    let odd = "SIP/2.0 200 OK\nv: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nf: <sip:a@b>;tag=1\nt: <sip:c@d>\n ;tag=2\n\
               i: 1@b\nCSEQ: 1 INVITE\nm: <sip:c@192.0.2.7>\nl: 3\n\nabcdef";
    let Judgement::Pass(message) = judged(odd) else { panic!("refused") };
    let SipMessage::Response(response) = *message else { panic!("no response") };
    assert_eq!(response.body, b"abc");
    assert_eq!(response.to_header().expect("To").value(), "<sip:c@d>;tag=2");
    assert_eq!(response.call_id_header().expect("Call-ID").value(), "1@b");
}

#[test]
fn bytes_that_are_no_text_cut_nothing_off() {
    let mut bytes =
        request("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", "Subject: caf@\n").replace('\n', "\r\n").into_bytes();
    let at = bytes.windows(4).position(|w| w == b"caf@").expect("there") + 3;
    bytes[at] = 0xe9;
    assert_eq!(verdict(&judge(&bytes, source(), "obzvon")), "pass OPTIONS");
}

#[test]
fn malformed_requests_get_the_answer_the_rfc_names() {
    let ask = |line: &str, cseq: &str, more: &str| verdict(&judged(&request(line, cseq, more)));
    assert_eq!(ask("OPTIONS sip:c@d SIP/7.0", "1 OPTIONS", ""), "answer 505");
    assert_eq!(ask("FLY sip:c@d SIP/2.0", "1 FLY", ""), "answer 501");
    assert_eq!(ask("PUBLISH sip:d SIP/2.0", "1 PUBLISH", ""), "answer 405");
    assert_eq!(ask("OPTIONS soap.beep://d SIP/2.0", "1 OPTIONS", ""), "answer 416");
    assert_eq!(ask("OPTIONS <sip:c@d> SIP/2.0", "1 OPTIONS", ""), "answer 400");
    assert_eq!(ask("OPTIONS sip:c @d SIP/2.0", "1 OPTIONS", ""), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 INVITE", ""), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "36893488147419103232 OPTIONS", ""), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "2147483648 OPTIONS", ""), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", "Call-ID: 2\n"), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", "Content-Length: -999\n"), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", "Content-Length: 9999\n"), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", "Require: nothingSupportsThis\n"), "answer 420");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", "no colon here\n"), "answer 400");
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", &"X: y\n".repeat(300)), "answer 400");
    assert_eq!(
        ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", &format!("X: {}\n", "y".repeat(9_000))),
        "answer 400"
    );
    assert_eq!(ask("OPTIONS sip:c@d SIP/2.0", "1 OPTIONS", &"Via: SIP/2.0/UDP x\n".repeat(71)), "answer 400");
    assert_eq!(verdict(&judged("OPTIONS sip:c@d SIP/2.0\nTo: <sip:c@d>\n")), "answer 400");
    assert_eq!(verdict(&judged("OPTIONS sip:c@d SIP/2.0\n\n")), "answer 400");
}

#[test]
fn an_answer_carries_what_the_request_had_and_a_stable_tag() {
    let text = request("FLY sip:c@d SIP/2.0", "1 FLY", "v: SIP/2.0/UDP 10.0.0.1;branch=z9\n");
    let answer = |judgement| match judgement {
        Judgement::Answer { bytes, .. } => String::from_utf8(bytes).expect("text"),
        other => panic!("{other:?}"),
    };
    let (one, two) = (answer(judged(&text)), answer(judged(&text)));
    assert_eq!(one, two);
    assert!(one.starts_with("SIP/2.0 501 Not Implemented\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.9;rport=5062\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9\r\n"), "{one}");
    assert!(
        one.contains("To: <sip:c@d>;tag=")
            && one.contains(&format!("Allow: {ALLOW}"))
            && one.ends_with("\r\n\r\n")
    );
}

#[test]
fn nothing_answers_an_ack_or_a_response() {
    assert_eq!(verdict(&judged(&request("ACK sip:c@d SIP/2.0", "1 INVITE", ""))), "drop MalformedAck");
    assert_eq!(verdict(&judged(&request("SIP/2.0 200 OK", "1", ""))), "drop MalformedResponse");
    assert_eq!(
        verdict(&judged(&request("SIP/2.0 4294967301 better", "1 INVITE", ""))),
        "drop MalformedResponse"
    );
    assert_eq!(verdict(&judged(&request("SIP/2.0 99 Odd", "1 INVITE", ""))), "drop MalformedResponse");
    let two = "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK8\n";
    assert_eq!(verdict(&judged(&request("SIP/2.0 200 OK", "1 INVITE", two))), "drop MalformedResponse");
}

#[test]
fn rubbish_gets_nothing() {
    let say = |bytes: &[u8]| verdict(&judge(bytes, source(), "obzvon"));
    assert_eq!(say(b""), "drop Blank");
    assert_eq!(say(b"\r\n"), "drop Blank");
    assert_eq!(say(b"\r\n\r\n"), "ping");
    assert_eq!(say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "drop Garbage");
    assert_eq!(say(&[0; 64]), "drop Garbage");
    assert_eq!(say(&[b'a'; MAX_MESSAGE + 1]), "drop TooLong");
}

#[test]
fn an_answer_without_contact_gets_its_source() {
    let Judgement::Pass(message) = judged(&request("SIP/2.0 200 OK", "1 INVITE", "")) else {
        panic!("refused")
    };
    let SipMessage::Response(response) = *message else { panic!("no response") };
    assert_eq!(response.contact_header().expect("Contact").value(), "<sip:192.0.2.9:5062>");
}

#[test]
fn a_stranger_has_a_budget_and_a_friend_none() {
    let (friend, stranger): (IpAddr, IpAddr) =
        ("192.0.2.1".parse().expect("IP"), "198.51.100.1".parse().expect("IP"));
    let mut budget = Budget::new([friend.into()]);
    assert!((0..1_000).all(|_| budget.take(friend)));
    assert_eq!((0..1_000).filter(|_| budget.take(stranger)).count(), 20);
    assert!(budget.take("192.0.2.77".parse().unwrap()), "one who floods silences nobody else");
    budget.tick();
    assert!(budget.take(stranger));
    let crowd = (0..10_000u32).filter(|n| budget.take(std::net::Ipv4Addr::from(*n).into())).count();
    assert!(crowd <= 400, "{crowd}");
    budget.befriend(stranger);
    assert!(budget.take(stranger));
}

proptest! {
    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        judge(&bytes, source(), "obzvon");
    }

    #[test]
    fn a_spoilt_request_is_judged_and_its_answer_is_sip(at in 0usize..400, byte in any::<u8>(), cut in 0usize..400) {
        let mut bytes = request("INVITE sip:c@d SIP/2.0", "1 INVITE", "Contact: <sip:a@b>\nRequire: timer\nl: 2\n");
        bytes.push_str("ab");
        let mut bytes = bytes.replace('\n', "\r\n").into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(bytes.len() - cut % bytes.len());
        if let Judgement::Answer { bytes, code } = judge(&bytes, source(), "obzvon") {
            let start = format!("SIP/2.0 {code} ");
            prop_assert!(bytes.starts_with(start.as_bytes()));
            prop_assert!(bytes.ends_with(b"\r\n\r\n"));
            prop_assert!(!bytes.contains(&0));
        }
    }
}
