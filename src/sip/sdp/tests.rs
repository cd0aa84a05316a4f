//! Descriptions as carriers write them, and what we make of them.

use proptest::prelude::*;

use super::*;

const PLAIN: &str = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 8 101\n\
                     a=rtpmap:101 telephone-event/8000\n";

fn local() -> LocalMedia {
    LocalMedia::new("198.51.100.1:40000".parse().expect("an address"), vec![Codec::Pcma, Codec::Pcmu], 7)
}

fn seen(body: &str) -> String {
    match local().read_answer(body.replace('\n', "\r\n").as_bytes()) {
        Ok(to) => {
            format!("{} {} {} {:?} {:?}", to.addr, to.rtcp, to.codec.name(), to.telephone_event, to.direction)
        }
        Err(why) => why.to_string(),
    }
}

#[test]
fn a_plain_answer_is_read() {
    assert_eq!(seen(PLAIN), "192.0.2.1:4000 192.0.2.1:4001 PCMA Some(101) Both");
}

#[test]
fn rtcp_may_stand_elsewhere_or_be_muxed() {
    assert!(seen(&format!("{PLAIN}a=rtcp:5005\n")).contains(" 192.0.2.1:5005 "));
    assert!(seen(&format!("{PLAIN}a=rtcp:5005 IN IP4 192.0.2.8\n")).contains(" 192.0.2.8:5005 "));
    assert!(seen(&format!("{PLAIN}a=rtcp-mux\n")).contains(" 192.0.2.1:4000 "));
    assert!(seen(&PLAIN.replace("4000", "65535")).starts_with("192.0.2.1:65535 192.0.2.1:65535 "));
}

#[test]
fn a_far_end_that_can_not_take_20_ms_is_refused_and_a_wish_is_not() {
    assert_eq!(seen(&format!("{PLAIN}a=maxptime:10\n")), "packets of 20 ms are too long for the far end");
    for wish in ["a=ptime:10", "a=ptime:30", "a=maxptime:20", "a=maxptime:150"] {
        assert!(seen(&format!("{PLAIN}{wish}\n")).starts_with("192.0.2.1:4000"), "{wish}");
    }
}

#[test]
fn directions_are_turned_round() {
    for (said, ours) in [
        ("sendonly", "ReceiveOnly"),
        ("recvonly", "SendOnly"),
        ("inactive", "Inactive"),
        ("SendRecv", "Both"),
    ] {
        assert!(seen(&format!("{PLAIN}a={said}\n")).ends_with(ours), "{said}");
        assert!(
            seen(&PLAIN.replace("t=0 0", &format!("t=0 0\na={said}"))).ends_with(ours),
            "{said} for the session"
        );
    }
    assert!(seen(&PLAIN.replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0")).ends_with("Inactive"));
}

#[test]
fn odd_bodies_are_understood() {
    assert!(seen(&format!("\n{PLAIN}\n\n")).starts_with("192.0.2.1:4000"));
    assert!(seen(&PLAIN.replace("8 101", "18 0 8 96")).contains("PCMU None"), "their order, what we know");
    assert!(
        seen(&PLAIN.replace("c=IN IP4 192.0.2.1", "c=IN IP6 2001:db8::5")).starts_with("[2001:db8::5]:4000")
    );
    assert!(
        seen(&PLAIN.replace("c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.1/127")).starts_with("192.0.2.1:4000")
    );
    assert!(
        seen(&format!("{PLAIN}c=IN IP4 192.0.2.77\n")).starts_with("192.0.2.77:4000"),
        "the stream's own address"
    );
    assert!(
        seen(&format!(
            "{PLAIN}a=ptime:30\na=maxptime:abc\na=fmtp:101 0-16\na=crypto:1 x\nm=video 0 RTP/AVP 31\n"
        ))
        .starts_with("192.0.2.1")
    );
    assert!(seen(&PLAIN.replace('\n', "\r")).contains("not a session"));
    assert!(
        seen(&PLAIN.replace("m=audio 4000", "m=video 5000 RTP/AVP 31\nm=audio 0 RTP/AVP 8\nm=audio 4000"))
            .starts_with("192.0.2.1:4000")
    );
}

#[test]
fn what_can_not_be_sent_to_is_refused() {
    assert_eq!(seen(""), "no body");
    assert_eq!(seen("hello"), "not a session description");
    assert_eq!(seen(&PLAIN.replace("audio 4000", "audio 0")), "no audio stream, or a rejected one");
    assert_eq!(seen(&PLAIN.replace("RTP/AVP", "RTP/SAVP")), "no audio stream, or a rejected one");
    assert_eq!(seen(&PLAIN.replace("8 101", "18")), "no codec in common");
    assert_eq!(seen(&format!("{PLAIN}a=rtpmap:8 G729/8000\n")), "no codec in common");
    assert_eq!(
        seen(&PLAIN.replace("c=IN IP4 192.0.2.1", "c=IN IP4 media.example")),
        "no address that can be sent to"
    );
    assert_eq!(
        seen(&PLAIN.replace("c=IN IP4 192.0.2.1", "c=IN IP4 224.2.1.1")),
        "no address that can be sent to"
    );
    assert_eq!(seen(&PLAIN.replace("c=IN IP4 192.0.2.1\n", "")), "no address that can be sent to");
}

#[test]
fn our_offer_is_as_carriers_expect_it() {
    assert_eq!(
        local().offer(),
        "v=0\r\no=- 7 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 0 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
         a=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn an_answer_has_a_line_for_each_line_of_the_offer() {
    let offer = PLAIN.replace("m=audio", "m=video 5000 RTP/AVP 31\nm=audio").replace("101", "97")
        + "a=sendonly\nm=audio 6000 RTP/AVP 8\n";
    let (answer, target) = local().answer(offer.as_bytes()).expect("common ground");
    let lines: Vec<&str> =
        answer.lines().filter(|line| line.starts_with("m=") || line.starts_with("a=")).collect();
    assert_eq!(lines[0], "m=video 0 RTP/AVP 31");
    assert_eq!(lines[1], "m=audio 40000 RTP/AVP 8 97");
    assert_eq!(lines[3], "a=rtpmap:97 telephone-event/8000");
    assert_eq!(lines[6], "a=recvonly");
    assert_eq!(lines[7], "m=audio 0 RTP/AVP 8");
    assert_eq!(target.direction, Direction::ReceiveOnly);
    assert!(answer.contains("o=- 7 1 "), "the first description");
}

#[test]
fn the_version_grows_with_what_is_said_and_only_then() {
    let mut local = local();
    let version = |body: &str| body.split_ascii_whitespace().nth(3).map(str::to_owned).expect("o=");
    assert_eq!(version(&local.offer()), "1");
    assert_eq!(version(&local.offer()), "1");
    let (answer, _) = local.answer(PLAIN.as_bytes()).expect("audio");
    assert_eq!(version(&answer), "2", "one codec instead of two");
    assert_eq!(version(&local.answer(PLAIN.as_bytes()).expect("audio").0), "2");
    local.turn(Direction::SendOnly);
    assert_eq!(version(&local.offer()), "3");
}

#[test]
fn a_hold_of_ours_limits_what_is_agreed() {
    let mut local = local();
    local.turn(Direction::SendOnly);
    let held = local.read_answer(PLAIN.as_bytes()).expect("audio");
    assert_eq!(held.direction, Direction::SendOnly);
    let (answer, _) = local.answer(format!("{PLAIN}a=sendonly\n").as_bytes()).expect("audio");
    assert!(answer.contains("a=inactive"));
}

#[test]
fn sdp_is_found_in_a_multipart_body() {
    let kind = "multipart/mixed; boundary=\"x y\"";
    let body = format!(
        "--x y\r\nContent-Type: application/isup\r\n\r\n\x01\x02\r\n--x y\r\nContent-Type: application/sdp\r\n\r\n{PLAIN}\r\n--x y--\r\n"
    );
    assert_eq!(body_of(kind, body.as_bytes()), PLAIN.trim_end().as_bytes());
    assert_eq!(body_of("application/isup", b"x"), b"");
    assert_eq!(body_of("Application/SDP;charset=utf-8", b"x"), b"x");
    assert_eq!(body_of("multipart/mixed", b"x"), b"");
}

proptest! {
    #[test]
    fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&body, &[Codec::Pcma, Codec::Pcmu]).ok();
        body_of("multipart/mixed;boundary=a", &body);
    }

    #[test]
    fn what_we_write_we_can_read(port in 1u16.., pcmu_first in any::<bool>(), v6 in any::<bool>()) {
        let ip: IpAddr = if v6 { "2001:db8::1".parse().expect("IP") } else { "192.0.2.1".parse().expect("IP") };
        let codecs = if pcmu_first { vec![Codec::Pcmu, Codec::Pcma] } else { vec![Codec::Pcma] };
        let mut ours = LocalMedia::new(SocketAddr::new(ip, port), codecs.clone(), 1);
        let (answer, target) = local().answer(ours.offer().as_bytes()).expect("common ground");
        prop_assert_eq!(target.addr, SocketAddr::new(ip, port));
        prop_assert_eq!(target.codec, codecs[0]);
        let back = ours.read_answer(answer.as_bytes()).expect("common ground");
        prop_assert_eq!(back.codec, codecs[0]);
        prop_assert_eq!(back.telephone_event, Some(TELEPHONE_EVENT));
    }
}
