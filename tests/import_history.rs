//! Past contacts as other systems write them: every doubt is read as what more rules count.

use std::fs;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use obzvon::import::history::{PastCounts, PastItem, PastOptions, ReadContact, read_past};
use obzvon::rules::{Agent, EventKind};
use rlibphonenumber::enums::Region;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Reads a file with this header and these rows as it is on a Thursday noon; `zone` is where its clocks stood.
fn read(text: &str, zone: Option<&str>) -> (PastCounts, Vec<ReadContact>, Vec<String>) {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("past.csv");
    fs::write(&file, text).expect("a file");
    let zone = zone.map(|name| TimeZoneDatabase::bundled().get(name).expect("a zone"));
    let options =
        PastOptions { region: Region::RU, zone, now: at("2026-11-26T09:00:00Z"), columns: Vec::new() };
    let (mut contacts, mut rejected) = (Vec::new(), Vec::new());
    let counts = read_past(&file, &options, &mut |item| {
        match item {
            PastItem::Contact { contact, .. } => contacts.push(contact),
            PastItem::Heading { .. } => {}
            PastItem::Rejected { reasons, .. } => {
                rejected.extend(reasons.iter().map(|r| r.code().to_owned()));
            }
        }
        Ok(())
    });
    (counts.expect("a file of past contacts"), contacts, rejected)
}

/// The kind that one outgoing call with this outcome is read as.
fn kind(outcome: &str) -> EventKind {
    let text = format!("person;time;outcome\np1;2026-11-20T09:00:00Z;{outcome}\n");
    read(&text, None).1.first().expect("sound").kind
}

#[test]
fn a_call_that_was_only_answered_may_have_been_the_right_person() {
    for word in ["answered", "Ответил", "дозвон", "разговор", ""] {
        assert_eq!(kind(word), EventKind::Conversation, "{word}");
    }
    assert_eq!(kind("бросил трубку"), EventKind::AnsweredUnknown);
}

#[test]
fn a_machine_a_ring_and_a_busy_line_are_told_apart() {
    assert_eq!(kind("Автоответчик"), EventKind::Voicemail);
    assert_eq!(kind("не берёт трубку"), EventKind::AttemptNoAnswer);
    assert_eq!(kind("сброс"), EventKind::AttemptNoAnswer);
    assert_eq!(kind("Занято"), EventKind::AttemptUnconnected);
    assert_eq!(kind("third_party"), EventKind::ThirdParty);
}

#[test]
fn who_is_not_told_to_be_human_is_unknown_and_an_unknown_word_goes_back() {
    let text = "person;time;outcome;agent\np1;2026-11-20T09:00:00Z;busy;\np1;2026-11-20T09:00:00Z;busy;оператор\n\
        p1;2026-11-20T09:00:00Z;busy;кто-то\np1;2026-11-20T09:00:00Z;in_flight;\n";
    let (counts, contacts, rejected) = read(text, None);
    let agents: Vec<_> = contacts.iter().map(|contact| contact.agent).collect();
    assert_eq!(agents, [None, Some(Agent::Human)]);
    assert_eq!(rejected, ["agent_unknown", "outcome_unknown"]);
    assert_eq!((counts.rows, counts.sound, counts.rejected), (4, 2, 2));
}

#[test]
fn a_date_without_a_time_is_its_end_and_of_a_repeated_hour_the_second() {
    let text = "person;time\np1;20.11.2026\np1;26.11.2026\np1;25.10.2026 02:30\n";
    let (_, contacts, _) = read(text, Some("Europe/Berlin"));
    let times: Vec<_> = contacts.iter().map(|contact| contact.at).collect();
    let second_half_past_two = at("2026-10-25T01:30:00Z");
    assert_eq!(times, [at("2026-11-20T22:59:59Z"), at("2026-11-26T09:00:00Z"), second_half_past_two]);
}

#[test]
fn what_has_not_happened_and_what_has_no_zone_goes_back() {
    let text = "person;time\np1;2026-11-26T09:00:01Z\np1;2026-11-20 12:00\np1;вчера\n;2026-11-20T12:00:00Z\n";
    let (_, contacts, rejected) = read(text, None);
    assert!(contacts.is_empty());
    assert_eq!(rejected, ["in_future", "zone_missing", "time_unreadable", "person_missing"]);
}

#[test]
fn the_same_row_has_the_same_id_and_another_file_order_too() {
    let rows = ["p1;2026-11-20T09:00:00Z;busy", "p2;2026-11-20T09:00:00Z;busy"];
    let ids = |rows: &[&str]| {
        let text = format!("person;time;outcome\n{}\n", rows.join("\n"));
        let mut ids: Vec<_> = read(&text, None).1.into_iter().map(|contact| contact.external_id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&rows), ids(&[rows[1], rows[0]]));
    assert_eq!(ids(&[rows[0], rows[0]]), [ids(&rows[..1]), ids(&rows[..1])].concat());
    assert_ne!(ids(&rows)[0], ids(&rows)[1]);
}

#[test]
fn only_talks_of_those_who_called_us_are_contacts() {
    let text = "phone;time;direction;outcome\n89990000001;2026-11-20T09:00:00Z;вх;ответил\n\
        89990000001;2026-11-20T09:00:00Z;in;busy\n";
    let (counts, contacts, _) = read(text, None);
    assert_eq!((counts.sound, counts.no_contact), (1, 1));
    assert_eq!(contacts[0].kind, EventKind::InboundConversation);
    assert_eq!(contacts[0].phone.as_ref().expect("a number").as_e164(), "+79990000001");
}

#[test]
fn a_messenger_and_a_video_call_are_channels_of_their_own() {
    let text = "person;time;channel;outcome\np1;2026-11-20T09:00:00Z;Мессенджер;\n\
        p1;2026-11-20T09:00:00Z;видеозвонок;разговор\np1;2026-11-20T09:00:00Z;голубь;\n";
    let (_, contacts, rejected) = read(text, None);
    let read: Vec<_> =
        contacts.iter().map(|contact| (contact.kind, contact.channel_exact.as_deref())).collect();
    assert_eq!(read, [(EventKind::Message, Some("messenger")), (EventKind::Conversation, Some("video"))]);
    assert_eq!(rejected, ["channel_unknown"]);
}

#[test]
fn what_he_did_in_a_contact_is_read_with_it() {
    let text = "person;debt;time;channel;direction;reaction;promised on;promised sum\n\
        p1;A-1;2026-11-20T09:00:00Z;sms;;жалоба, отказ;;\n\
        p1;A-1;2026-11-20T09:00:00Z;call;;обещание;01.12.2026;1 200,50\n\
        p1;;2026-11-20T09:00:00Z;call;;обещание;;\n\
        p1;A-1;2026-11-20T09:00:00Z;call;;обещание;01.11.2026;\n\
        p1;A-1;2026-11-20T09:00:00Z;call;;;01.12.2026;\n\
        p1;A-1;2026-11-20T09:00:00Z;email;вх;жалоба;;\n\
        p1;A-1;2026-11-20T09:00:00Z;call;;пожал плечами;;\n";
    let (_, contacts, rejected) = read(text, None);
    let words = |n: usize| contacts[n].reaction.words().collect::<Vec<_>>();
    assert_eq!((words(0), words(1)), (vec!["complaint", "opt_out"], vec!["promise"]));
    let promised = contacts[1].reaction;
    let on = Some(jiff::civil::date(2026, 12, 1));
    assert_eq!((promised.promised_on, promised.promised_minor), (on, Some(120_050)));
    let reasons =
        ["promise_of_no_debt", "bad_promise", "bad_promise", "reaction_to_nothing", "reaction_unknown"];
    assert_eq!(rejected, reasons);
}

#[test]
fn a_row_without_a_reaction_keeps_the_id_it_had_before_there_were_any() {
    let rows = ["person;time\np1;2026-11-20T09:00:00Z\n", "person;time;reaction\np1;2026-11-20T09:00:00Z;\n"];
    let ids = rows.map(|text| read(text, None).1[0].external_id.clone());
    assert_eq!(ids[0], ids[1]);
}
