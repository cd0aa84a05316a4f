//! Calls that were made and a call that came: as the reports count them, as the pages list and draw them, and who took them away.

use std::net::UdpSocket;
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Refusal, Script, Step};
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};
use obzvon::domain::{AttemptId, Codec};
use obzvon::sip::{LegEvent, PlaceCall, Reason, SipPlan, SipStack, Transport, TrunkTarget};
use tokio::time::timeout;

use crate::PASSWORD;
use crate::browser::Browser;
use crate::house::{House, Running, config, number, until};

const CALLED: u32 = 5;

/// Five people, of whom two answer and three are busy, have been called; whoever calls is answered at the port.
async fn house() -> (House, Running, Carrier, u16) {
    let script = |name, steps| Script::new(name, steps);
    let answers =
        vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_millis(1_500)), Step::HangUp];
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting =
        Casting::Always(script("busy", vec![Step::Refuse(Refusal::new(486, "Busy Here", Some(17)))]));
    for n in [1, 3] {
        let digits = number(n).trim_start_matches('+').to_owned();
        plan.special.insert(digits, script("answers", answers.clone()));
    }
    let carrier = Carrier::start(plan).await.expect("a free port");
    let free = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    let config = config(carrier.addr()).set("obzvon.toml", "sip.bind", free.to_string()).set(
        "obzvon.toml",
        "inbound.flow",
        "returned_call",
    );
    let house = House::new(config);
    house.import(CALLED);
    for role in ["supervisor", "auditor"] {
        house.add_user(role, role, PASSWORD);
    }
    let daemon = house.start();
    until("everybody was called", || {
        let attempts = house.attempts();
        attempts.len() == CALLED as usize && attempts.iter().all(|attempt| attempt["outcome"].is_string())
    });
    (house, daemon, carrier, free.port())
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.text().await.expect("text")
}

/// The calls that a page lists.
fn listed(page: &str) -> usize {
    page.split("href=\"/calls/").skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_leads_to_as_many_calls_as_it_counts_and_who_takes_them_is_written_down() {
    let (_house, daemon, _carrier, _) = house().await;
    let mut boss = Browser::new(&daemon);
    boss.sign_in("supervisor", PASSWORD).await;
    let report = page(&mut boss, "/reports/channels").await;
    let mut counted = 0;
    for cell in report.split("<td").filter(|cell| cell.contains("href=\"/calls?")) {
        let said = cell.split("<span>").nth(1).expect("a figure");
        let figure: usize = said.split('/').next().expect("a numerator").parse().expect("a number");
        let link = cell.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
        let list = page(&mut boss, &link.replace("&amp;", "&")).await;
        assert_eq!(listed(&list), figure, "{link}");
        counted += figure;
    }
    assert_eq!(counted, 2, "two have answered");
    assert_eq!(listed(&page(&mut boss, "/calls").await), CALLED as usize);

    let by_number = format!("/calls?person=%2B{}", &number(1)[1..]);
    assert_eq!(listed(&page(&mut boss, &by_number).await), 1, "he who complains gives his number");
    assert_eq!(listed(&page(&mut boss, "/calls?person=%2B79990999999").await), 0);

    page(&mut boss, "/calls.csv?outcome=answered").await;
    assert_eq!(boss.get("/calls.xlsx").await.status().as_u16(), 200);
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    page(&mut auditor, "/audit.csv").await;
    let audit = page(&mut auditor, "/audit").await;
    for row in [
        "<td>supervisor</td><td>/calls.csv</td><td>outcome=answered</td><td class=\"n\">2</td>",
        "<td>supervisor</td><td>/calls.xlsx</td><td></td><td class=\"n\">5</td>",
        "<td>auditor</td><td>/audit.csv</td><td></td><td class=\"n\">0</td>",
        "<td>obzvon export attempts</td><td></td><td class=\"n\">5</td>",
    ] {
        assert!(audit.contains(row), "{row}\n{audit}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_came_has_its_messages_in_their_order_on_its_ladder() {
    let (house, daemon, _carrier, port) = house().await;
    let caller = SipStack::start(SipPlan::new(([127, 0, 0, 1], 0).into(), "caller.example")).await;
    let caller = caller.expect("a free port");
    let media = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let call = PlaceCall {
        attempt: AttemptId(7_000_000),
        tag: 0xfeed,
        trunk: TrunkTarget::new("127.0.0.1", port, Transport::Udp),
        to_user: "+74950000000".to_owned(),
        from_user: number(0),
        display: None,
        rtp: media.local_addr().expect("bound"),
        codecs: vec![Codec::Pcma],
    };
    let mut leg = caller.place(call).await.expect("placed");
    let next = async |leg: &mut obzvon::sip::Leg| {
        timeout(Duration::from_secs(40), leg.next_event()).await.expect("within its time")
    };
    loop {
        match next(&mut leg).await.expect("it is not over") {
            LegEvent::Answered(_) => break,
            event => assert!(!event.is_last(), "nobody answers: {event:?}"),
        }
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    leg.hang_up(Reason::NORMAL);
    while next(&mut leg).await.is_some() {}
    until("it is written up", || {
        house.attempts().iter().any(|it| it["channel"] == "inbound_call" && it["outcome"].is_string())
    });
    let mut boss = Browser::new(&daemon);
    boss.sign_in("supervisor", PASSWORD).await;
    let list = page(&mut boss, "/calls?channel=inbound_call").await;
    assert_eq!(listed(&list), 1);
    let id = list.split("href=\"/calls/").find_map(|rest| rest.split('"').next()?.parse::<i64>().ok());
    let one = page(&mut boss, &format!("/calls/{}", id.expect("a number"))).await;
    assert!(one.contains("<svg class=\"ladder\""), "{one}");
    let rungs: Vec<_> = one.split("<summary>").skip(1).map(|rest| rest.split("</summary>").next()).collect();
    let rungs: Vec<&str> = rungs.into_iter().flatten().collect();
    let mut at = 0;
    for (arrow, word) in [("←", "INVITE"), ("→", "200 OK"), ("←", "ACK"), ("←", "BYE"), ("→", "200 OK")]
    {
        let found = rungs[at..].iter().position(|rung| rung.contains(arrow) && rung.contains(word));
        at += found.unwrap_or_else(|| panic!("no {arrow} {word} after the first {at} of {rungs:#?}")) + 1;
    }
    assert!(one.contains("caller.example"), "the messages are the caller's own");
    daemon.stop();
}
