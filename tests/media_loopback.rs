//! The RTP engine against a far end on loopback, with real sockets: what is heard, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod rtp_phone;

use std::sync::Arc;
use std::time::Duration;

use obzvon::domain::media_target::{Direction, MediaTarget};
use obzvon::domain::{Codec, InfoBody};
use obzvon::media::dtmf::{DigitSource, TelephoneEvent};
use obzvon::media::{Clip, MediaEvent, PlayId, RecordingPlan, StreamPlan, g711};
use rtp_phone::{EVENT, PATIENCE, Phone, clip, engine, event, open};
use rtp_rs::{RtpPacketBuilder, Seq};
use tokio::net::UdpSocket;
use tokio::time::timeout;

#[tokio::test]
async fn prompts_are_heard_in_order_without_a_gap_in_one_talk_spurt() {
    let engine = engine();
    let (phone, mut stream) = (Phone::new().await, open(&engine));
    assert_eq!(stream.local_addr().port() % 2, 0);
    let clips = [clip(1, 1001), clip(2, 333), clip(3, 500)];
    stream.connect(phone.target()).unwrap();
    stream.play(PlayId(1), clips[..2].to_vec()).unwrap();
    stream.play(PlayId(2), clips[2..].to_vec()).unwrap();

    let mut packets = Vec::new();
    for _ in 0..20 {
        packets.push(phone.hear().await);
    }
    for (n, pair) in packets.windows(2).enumerate() {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1), "sequence after {n}");
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160), "timestamp after {n}");
    }
    let markers = packets.iter().filter(|packet| packet.marker).count();
    assert!(packets[0].marker && markers == 1);
    assert!(packets.iter().all(|packet| packet.payload_type == 8 && packet.payload.len() == 160));

    let heard: Vec<u8> = packets.iter().flat_map(|packet| packet.payload.clone()).collect();
    let prompt: Vec<u8> = clips.iter().flat_map(|clip| clip.encoded(Codec::Pcma).to_vec()).collect();
    let silence = g711::silence(Codec::Pcma);
    let start = heard.iter().position(|byte| *byte != silence).unwrap();
    assert_eq!(start % 160, 0);
    assert_eq!(heard[start..start + prompt.len()], prompt);
    assert!(heard[start + prompt.len()..].iter().all(|byte| *byte == silence));

    assert!(matches!(event(&mut stream).await, MediaEvent::PlayEnded { id: PlayId(1), percent: 100, .. }));
    assert!(matches!(event(&mut stream).await, MediaEvent::PlayEnded { id: PlayId(2), percent: 100, .. }));
    let report = stream.close().await;
    assert!(report.sent >= 20 && report.first_audio.is_some(), "{report:?}");
}

#[tokio::test]
async fn a_stopped_prompt_falls_silent_and_tells_its_share() {
    let engine = engine();
    let (phone, mut stream) = (Phone::new().await, open(&engine));
    stream.connect(phone.target()).unwrap();
    stream.play(PlayId(1), vec![clip(1, 80_000)]).unwrap();
    stream.play(PlayId(2), vec![clip(2, 80_000)]).unwrap();
    for _ in 0..10 {
        phone.hear().await;
    }
    stream.stop().unwrap();
    let MediaEvent::PlayEnded { id: PlayId(1), percent, .. } = event(&mut stream).await else { panic!() };
    assert!((1..20).contains(&percent), "{percent}");
    assert!(matches!(event(&mut stream).await, MediaEvent::PlayEnded { id: PlayId(2), percent: 0, .. }));
    let silence = [g711::silence(Codec::Pcma); 160];
    while phone.hear().await.payload != silence {}
}

#[tokio::test]
async fn a_key_is_counted_once_whatever_ways_it_comes() {
    let engine = engine();
    let (mut phone, mut stream) = (Phone::new().await, open(&engine));
    let to = stream.local_addr();
    stream.connect(phone.target()).unwrap();
    let event_bytes =
        |code, length: u16, end| TelephoneEvent { code, end, volume: 10, duration: length * 160 }.bytes();
    for (code, start) in [(5, 16_000), (5, 17_600), (9, 19_200)] {
        for n in 1..=4 {
            phone.packet(to, EVENT, start, &event_bytes(code, n, false)).await;
        }
        for _ in 0..3 {
            phone.packet(to, EVENT, start, &event_bytes(code, 5, true)).await;
        }
    }
    let mut keys = String::new();
    for _ in 0..3 {
        let MediaEvent::Digit { digit, source: DigitSource::TelephoneEvent, .. } = event(&mut stream).await
        else {
            panic!("a telephone event was expected")
        };
        keys.push(digit);
    }
    assert_eq!(keys, "559");
    // The same press once more by INFO is no press; another key is.
    stream.key_by_info(InfoBody::DtmfRelay, '9').unwrap();
    stream.key_by_info(InfoBody::DtmfRelay, '#').unwrap();
    let next = event(&mut stream).await;
    assert!(matches!(next, MediaEvent::Digit { digit: '#', source: DigitSource::Info(_), .. }), "{next:?}");
}

#[tokio::test]
async fn a_key_in_the_sound_is_heard() {
    let engine = engine();
    let (mut phone, mut stream) = (Phone::new().await, open(&engine));
    stream.connect(MediaTarget { telephone_event: None, ..phone.target() }).unwrap();
    let tone: Vec<u8> = (0..1600)
        .map(|n| {
            let t = f64::from(n) / 8000.0 * std::f64::consts::TAU;
            let sound = if n < 800 { (770.0 * t).sin() + (1477.0 * t).sin() } else { 0.0 };
            g711::encode(Codec::Pcma, (8000.0 * sound) as i16)
        })
        .collect();
    for frame in tone.chunks(160) {
        phone.send(stream.local_addr(), frame).await;
    }
    let heard = event(&mut stream).await;
    assert!(matches!(heard, MediaEvent::Digit { digit: '6', source: DigitSource::InBand, .. }), "{heard:?}");
}

#[tokio::test]
async fn keys_we_press_are_telephone_events_with_three_ends() {
    let engine = engine();
    let (phone, mut stream) = (Phone::new().await, open(&engine));
    stream.connect(phone.target()).unwrap();
    stream.send_digits("4#").unwrap();
    assert!(stream.send_digits("4x").is_err());
    let mut events = Vec::new();
    while events.len() < 14 {
        let packet = phone.hear().await;
        if packet.payload_type == EVENT {
            events.push((packet.timestamp, packet.marker, TelephoneEvent::parse(&packet.payload).unwrap()));
        }
    }
    for (press, code) in events.chunks(7).zip([4, 11]) {
        assert!(press.iter().all(|(timestamp, _, event)| *timestamp == press[0].0 && event.code == code));
        let ends: Vec<bool> = press.iter().map(|(_, _, event)| event.end).collect();
        assert_eq!(ends, [false, false, false, false, true, true, true]);
        let markers: Vec<bool> = press.iter().map(|(_, marker, _)| *marker).collect();
        assert_eq!(markers, [true, false, false, false, false, false, false]);
    }
    assert!(matches!(event(&mut stream).await, MediaEvent::DigitsSent { .. }));
}

#[tokio::test]
async fn bridged_far_ends_hear_each_other_byte_for_byte_until_parted() {
    let engine = engine();
    let (mut anna, boris) = (Phone::new().await, Phone::new().await);
    let (one, two) = (open(&engine), open(&engine));
    one.connect(anna.target()).unwrap();
    two.connect(boris.target()).unwrap();
    one.bridge(&two).unwrap();
    boris.hear().await;
    // All at once: the jitter buffer paces them, so a slow test machine is not heard.
    let sound = clip(5, 160 * 8);
    for frame in sound.encoded(Codec::Pcma).chunks(160) {
        anna.send(one.local_addr(), frame).await;
    }
    let silence = g711::silence(Codec::Pcma);
    let mut heard = Vec::<u8>::new();
    while heard.len() < sound.samples() {
        let packet = boris.hear().await;
        if !heard.is_empty() || packet.payload != [silence; 160] {
            heard.extend(packet.payload);
        }
    }
    assert_eq!(heard, sound.encoded(Codec::Pcma));
    two.unbridge().unwrap();
    anna.send(one.local_addr(), &[1; 160]).await;
    for _ in 0..6 {
        assert_eq!(boris.hear().await.payload, [silence; 160]);
    }
}

#[tokio::test]
async fn audio_goes_back_to_the_port_it_comes_from_but_not_to_another_host() {
    let engine = engine();
    let (named, mut behind) = (Phone::new().await, Phone::new().await);
    let stream = open(&engine);
    stream.connect(named.target()).unwrap();
    let stranger = UdpSocket::bind(("127.0.0.2", 0)).await.unwrap();
    for n in 0..5 {
        let voice = RtpPacketBuilder::new().payload_type(8).sequence(Seq::from(n)).payload(&[1; 160]).build();
        stranger.send_to(&voice.unwrap(), stream.local_addr()).await.unwrap();
        behind.send(stream.local_addr(), &[2; 160]).await;
    }
    named.hear().await;
    behind.hear().await;
    let report = stream.close().await;
    assert_eq!((report.received, report.foreign, report.lost), (5, 5, 0));
}

#[tokio::test]
async fn a_hold_ends_the_talk_spurt_and_the_return_is_marked_with_the_time_passed() {
    let engine = engine();
    let (phone, stream) = (Phone::new().await, open(&engine));
    stream.connect(phone.target()).unwrap();
    let mut last = phone.hear().await;
    stream.connect(MediaTarget { direction: Direction::Inactive, ..phone.target() }).unwrap();
    while let Ok(packet) = timeout(Duration::from_millis(200), phone.hear()).await {
        last = packet;
    }
    stream.connect(phone.target()).unwrap();
    let back = phone.hear().await;
    assert!(back.marker);
    assert_eq!(back.sequence, last.sequence.wrapping_add(1));
    let passed = back.timestamp.wrapping_sub(last.timestamp);
    assert!(passed >= 10 * 160 && passed.is_multiple_of(160), "{passed}");
}

#[tokio::test]
async fn silence_of_the_far_end_is_told_once() {
    let engine = engine();
    let (phone, mut stream) = (Phone::new().await, open(&engine));
    stream.connect(phone.target()).unwrap();
    assert!(matches!(event(&mut stream).await, MediaEvent::Stale { .. }));
    stream.key_by_info(InfoBody::DtmfRelay, '1').unwrap();
    assert!(matches!(event(&mut stream).await, MediaEvent::Digit { .. }));
}

#[tokio::test]
async fn reports_are_exchanged_and_a_goodbye_ends_them() {
    use rtcp_types::{Compound, Packet as Rtcp};
    let engine = engine();
    let (mut phone, stream) = (Phone::new().await, open(&engine));
    stream.connect(phone.target()).unwrap();
    phone.send(stream.local_addr(), &[1; 160]).await;
    let mut bytes = [0; 1500];
    let length = timeout(PATIENCE, phone.rtcp.recv(&mut bytes)).await.unwrap().unwrap();
    let packets: Vec<_> = Compound::parse(&bytes[..length]).unwrap().map(Result::unwrap).collect();
    let [Rtcp::Sr(report), Rtcp::Sdes(_)] = &packets[..] else { panic!("{packets:?}") };
    assert_eq!(report.report_blocks().next().unwrap().ssrc(), 77);
    assert_eq!(report.octet_count(), report.packet_count() * 160);
    stream.close().await;
    let length = timeout(PATIENCE, phone.rtcp.recv(&mut bytes)).await.unwrap().unwrap();
    let last = Compound::parse(&bytes[..length]).unwrap().last();
    assert!(matches!(last, Some(Ok(Rtcp::Bye(_)))), "{last:?}");
}

#[tokio::test]
async fn a_recording_holds_the_debtor_left_and_us_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("2026/call.wav");
    let engine = engine();
    let mut phone = Phone::new().await;
    let plan = StreamPlan { recording: Some(RecordingPlan { path: path.clone() }), ..Default::default() };
    let mut stream = engine.open(plan).unwrap();
    stream.connect(phone.target()).unwrap();
    stream.start_recording().unwrap();
    let (ours, theirs) = (clip(1, 1600), clip(9, 1600));
    stream.play(PlayId(1), vec![Arc::clone(&ours)]).unwrap();
    for frame in theirs.encoded(Codec::Pcma).chunks(160) {
        phone.send(stream.local_addr(), frame).await;
        phone.hear().await;
    }
    assert!(matches!(event(&mut stream).await, MediaEvent::PlayEnded { .. }));
    for _ in 0..5 {
        phone.hear().await;
    }
    let report = stream.close().await;
    let bytes = std::fs::read(&path).unwrap();
    let sound = &bytes[58..];
    assert_eq!(sound.len(), report.recorded.unwrap().as_millis() as usize * 16);
    assert_eq!(u32::from_le_bytes(bytes[54..58].try_into().unwrap()) as usize, sound.len());
    let side = |at: usize| sound.iter().skip(at).step_by(2).copied().collect::<Vec<u8>>();
    let holds =
        |side: &[u8], clip: &Clip| side.windows(clip.samples()).any(|part| part == clip.encoded(Codec::Pcma));
    assert!(holds(&side(0), &theirs), "the debtor is on the left");
    assert!(holds(&side(1), &ours), "we are on the right");
}

#[tokio::test]
async fn a_recording_that_cannot_be_written_is_an_event_and_the_call_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("a file");
    std::fs::write(&blocked, "in the place of a folder").unwrap();
    let engine = engine();
    let phone = Phone::new().await;
    let plan =
        StreamPlan { recording: Some(RecordingPlan { path: blocked.join("x.wav") }), ..Default::default() };
    let mut stream = engine.open(plan).unwrap();
    stream.connect(phone.target()).unwrap();
    stream.start_recording().unwrap();
    assert!(matches!(event(&mut stream).await, MediaEvent::RecordingFailed { .. }));
    phone.hear().await;
}

#[tokio::test]
async fn a_dropped_handle_ends_its_stream() {
    let engine = engine();
    let (phone, stream) = (Phone::new().await, open(&engine));
    stream.connect(phone.target()).unwrap();
    phone.hear().await;
    drop(stream);
    let ended = async {
        while engine.figures()[0].streams > 0 {
            phone.hear().await;
        }
    };
    // Packets may stop before the count does; a hearing that waits in vain then ends with the time-out.
    drop(timeout(Duration::from_secs(3), ended).await);
    assert_eq!(engine.figures()[0].streams, 0);
}

#[tokio::test]
async fn a_phone_whose_sdp_names_a_private_address_is_heard_and_hears_at_the_host_it_signals_from() {
    let engine = engine();
    let mut phone = Phone::new().await;
    let signals_from = Some(phone.rtp.local_addr().unwrap().ip());
    let mut stream = engine.open(StreamPlan { signals_from, ..StreamPlan::default() }).unwrap();
    let private = "127.0.0.77:4000".parse().unwrap();
    stream.connect(MediaTarget { addr: private, rtcp: private, ..phone.target() }).unwrap();
    // What comes before the engine knows of the target is nobody's.
    let mut told = Vec::new();
    for _ in 0..50 {
        phone.send(stream.local_addr(), &[0xd5; 160]).await;
        if let Ok(Some(event)) = timeout(Duration::from_millis(20), stream.next_event()).await {
            told.push(event);
        }
    }
    assert!(told.iter().any(|event| matches!(event, MediaEvent::FirstPacketReceived { .. })), "{told:?}");
    assert_eq!(phone.hear().await.payload.len(), 160);
    let mut trunk = engine.open(StreamPlan::default()).unwrap();
    trunk.connect(MediaTarget { addr: private, rtcp: private, ..phone.target() }).unwrap();
    phone.send(trunk.local_addr(), &[0xd5; 160]).await;
    let told = timeout(Duration::from_millis(300), trunk.next_event()).await;
    assert!(told.is_err(), "another host is not listened to: {told:?}");
}
