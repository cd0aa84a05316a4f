//! What agent and debtor do in a talk: hold, keys, recording, hanging up.

use std::path::Path;
use std::time::Duration;

use obzvon::agents::State;
use obzvon::call::{Desk as Wish, Seat, Whom};
use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::tone;
use obzvon::domain::{AgentId, Codec};
use obzvon::media::g711;

use crate::house::REMINDERS;
use crate::many::speech;
use crate::office::{
    AGENT_HZ, BORIS_HZ, DEBTOR_HZ, Desk, Office, agents_phones, agents_phones_of, debtors, desk_phone, heard,
    heard_before, person, seconds_of, seconds_of_other,
};
use crate::phone::Phone;
use crate::sipp_harness::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_on_hold_hears_music_his_keys_reach_the_agent_and_the_agent_hangs_up() {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let mut steps = person(Duration::from_millis(500), Duration::from_secs(30));
    let at = steps.len() - 2;
    steps.splice(at..at, [Step::Listen(Duration::from_secs(2)), Step::Press("57".to_owned())]);
    let carrier = debtors(steps, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let office = Office::open("progressive", &carrier, 1, &[desk]).await;
    let anna = AgentId::parse("anna").expect("a login");
    let is = |state: fn(&State) -> bool| state(&office.state("anna"));

    office.until(30, "they talk", || is(|state| matches!(state, State::Talking { .. }))).await;
    let call = office.inside().floor.call_of(&anna).expect("the call");
    // The debtor says his word and presses his keys; the phones tell of them when the call is over.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(office.inside().live.desk(call, Wish::Hold));
    office.until(5, "he holds", || is(|state| matches!(state, State::Hold { .. }))).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(office.inside().live.desk(call, Wish::Resume));
    office.until(5, "he is back", || is(|state| matches!(state, State::Talking { .. }))).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(office.inside().live.desk(call, Wish::HangUp));
    office.until(5, "he writes it up", || is(|state| matches!(state, State::WrapUp { .. }))).await;
    office.until_done(10).await;
    let attempts = office.close().await;

    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!((&attempt["outcome"], &attempt["hung_up_by"]), (&"answered".into(), &"us".into()));
    assert_eq!(phones.calls()[0].keys_heard, "57");
    let sound = heard(&debtors_heard, call.0);
    let (agent, music) = (seconds_of(&sound, AGENT_HZ), seconds_of_other(&sound));
    println!("{agent} s of the agent, {music} s of music");
    assert!(agent > 2.0 && music > 1.5, "{agent} s of the agent, {music} s of music");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hold_button_of_a_phone_that_stays_up_gives_the_debtor_music_however_long_it_is_silent() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let mut phone = Phone::that_plays("anna", &tone(AGENT_HZ as f32, 120.0)).await;
    let contact = format!("sip:anna@127.0.0.1:{}", phone.sip_port);
    let desk = Desk { login: "anna", contact, leg: "nailed_up" };
    let office = Office::open("progressive", &carrier, 1, &[desk]).await;
    let is = |state: fn(&State) -> bool| state(&office.state("anna"));
    office.until(30, "they talk", || is(|state| matches!(state, State::Talking { .. }))).await;
    let anna = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&anna).expect("the call");
    phone.hold(true).await;
    office.until(5, "he holds", || is(|state| matches!(state, State::Hold { .. }))).await;
    // The media's own time-out is twenty seconds.
    tokio::time::sleep(Duration::from_secs(23)).await;
    assert!(is(|state| matches!(state, State::Hold { .. })), "{:?}", office.state("anna"));
    phone.hold(false).await;
    office.until(5, "he is back", || is(|state| matches!(state, State::Talking { .. }))).await;
    // By then a phone that says nothing is lost.
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(is(|state| matches!(state, State::Talking { .. })), "{:?}", office.state("anna"));
    assert!(office.inside().live.desk(call, Wish::HangUp));
    office.until_done(10).await;
    office.close().await;
    let sound = heard(&debtors_heard, call.0);
    let (music, agent) = (seconds_of_other(&sound), seconds_of(&sound, AGENT_HZ));
    println!("{music} s of music, {agent} s of the agent");
    assert!(music > 10.0 && agent > 6.0, "{music} s of music, {agent} s of the agent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_says_nothing_for_a_while_after_hold_is_not_taken_for_lost() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let talk = person(Duration::from_millis(300), Duration::from_secs(60));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let speech = speech();
    let path = speech.path().to_str().expect("UTF-8");
    // It has been called before the debtor is, and holds when they have talked for some seconds.
    let phone = Sipp::start("slow_after_hold", &["-set", "speech", path, "-set", "talk_ms", "12000"]).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phone.addr), leg: "nailed_up" };
    let office = Office::open("progressive", &carrier, 1, &[desk]).await;
    let is = |state: fn(&State) -> bool| state(&office.state("anna"));
    office.until(30, "they talk", || is(|state| matches!(state, State::Talking { .. }))).await;
    let anna = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&anna).expect("the call");
    office.until(20, "she holds", || is(|state| matches!(state, State::Hold { .. }))).await;
    office.until(10, "she is back", || !is(|state| matches!(state, State::Hold { .. }))).await;
    // Twice as long as a phone may be silent, and it speaks again.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(is(|state| matches!(state, State::Talking { .. })), "{:?}", office.state("anna"));
    assert!(office.inside().live.desk(call, Wish::HangUp));
    office.until_done(10).await;
    let attempts = office.close().await;
    phone.finish().await.expect_success();

    assert_eq!(attempts[0]["disposition"], "connected", "nobody apologised: {attempts:#?}");
}

/// Anna and Boris, each with a voice of his own, and one debtor.
struct Two {
    office: Office,
    /// Where the debtor's phone, hers and his keep what they heard.
    folders: [tempfile::TempDir; 3],
    _phones: [Carrier; 3],
}

/// `talks`: how long the debtor stays on the line.
async fn two_agents(leg: &'static str, talks: Duration) -> Two {
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let talk = person(Duration::from_millis(500), talks);
    let carrier = debtors(talk, &[], folders[0].path()).await;
    let anna = agents_phones(desk_phone(), folders[1].path()).await;
    let boris = agents_phones_of(BORIS_HZ, desk_phone(), folders[2].path()).await;
    let desk = |login, phone: &Carrier| Desk { login, contact: format!("sip:{login}@{}", phone.addr()), leg };
    let office =
        Office::open("progressive", &carrier, 1, &[desk("anna", &anna), desk("boris", &boris)]).await;
    Two { office, folders, _phones: [carrier, anna, boris] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_agent_is_asked_then_talks_with_both_then_takes_over() {
    let Two { office, folders, _phones } = two_agents("per_call", Duration::from_secs(40)).await;
    let [debtors_heard, annas, boriss] = &folders;
    let talks = |login: &str| matches!(office.state(login), State::Talking { .. });
    // Anna has been idle no shorter than Boris, and her name comes first.
    office.until(30, "they talk", || talks("anna")).await;
    let id = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&id).expect("the call");
    let wish = |wish: Wish| assert!(office.inside().live.desk(call, wish));
    tokio::time::sleep(Duration::from_secs(4)).await;
    wish(Wish::Consult(Whom::Agent("boris".to_owned())));
    office.until(10, "he is asked", || talks("boris")).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    wish(Wish::Join);
    tokio::time::sleep(Duration::from_secs(3)).await;
    wish(Wish::Complete);
    office
        .until(5, "she has left", || matches!(office.state("anna"), State::WrapUp { .. } | State::Ready))
        .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(talks("boris"));
    wish(Wish::HangUp);
    office.until_done(20).await;
    office.close().await;

    let [debtor, boris] = [debtors_heard, boriss].map(|folder| heard(folder, call.0));
    let anna = heard_before(annas, 0);
    let of = |samples: &[i16]| [DEBTOR_HZ, AGENT_HZ, BORIS_HZ].map(|hz| seconds_of(samples, hz));
    let (debtor, anna, boris) = (of(&debtor), of(&anna), of(&boris));
    println!("debtor heard {debtor:?}, anna {anna:?}, boris {boris:?}");
    // Anna: four seconds before and three together; Boris: three together and three alone.
    assert!(debtor[1] > 5.0 && debtor[2] > 4.0 && debtor[2] < 9.0, "{debtor:?}");
    assert!(
        anna[0] > 4.0 && anna[2] > 4.0,
        "she hears him while he is asked and while they are three: {anna:?}"
    );
    assert!(boris[0] > 4.0 && boris[1] > 4.0, "{boris:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_stays_up_is_in_no_talk_once_it_has_left_and_not_mute_in_the_next() {
    let Two { office, folders, _phones } = two_agents("nailed_up", Duration::from_secs(120)).await;
    let [debtors_heard, annas, boriss] = &folders;
    let talks = |login: &str| matches!(office.state(login), State::Talking { .. });
    office.until(30, "one of them talks", || talks("anna") || talks("boris")).await;
    // Whoever was ready first has the call; the voice of the other is listened for.
    let (first, second, hz) =
        if talks("anna") { ("anna", "boris", BORIS_HZ) } else { ("boris", "anna", AGENT_HZ) };
    let id = AgentId::parse(first).expect("a login");
    let call = office.inside().floor.call_of(&id).expect("the call");
    let wish = async |seat, wish| {
        let said = office.inside().live.ask(call, seat, wish).await;
        assert_eq!(said, Some(Ok(())));
    };
    let pause = async |seconds| tokio::time::sleep(Duration::from_secs(seconds)).await;
    let come = async || {
        office.until(10, "he is free", || office.state(second) == State::Ready).await;
        wish(Seat::First, Wish::Consult(Whom::Agent(second.to_owned()))).await;
        office.until(10, "he is asked", || talks(second)).await;
        wish(Seat::First, Wish::Join).await;
    };
    pause(3).await;
    // He leaves by himself, then mute and by his colleague's will; the third time he is to be heard.
    come().await;
    pause(3).await;
    wish(Seat::Second, Wish::HangUp).await;
    pause(6).await;
    come().await;
    wish(Seat::Second, Wish::Mute(true)).await;
    pause(2).await;
    wish(Seat::First, Wish::Return).await;
    pause(5).await;
    come().await;
    pause(3).await;
    wish(Seat::First, Wish::HangUp).await;
    office.until_done(20).await;
    office.close().await;

    let others_phone = if second == "boris" { boriss } else { annas };
    let heard = [
        seconds_of(&heard(debtors_heard, call.0), hz),
        seconds_of(&heard_before(others_phone, 0), DEBTOR_HZ),
    ];
    println!("the debtor heard the second agent for {} s, he the debtor for {} s", heard[0], heard[1]);
    assert!((5.0..8.0).contains(&heard[0]), "three seconds twice: {} s", heard[0]);
    assert!((7.0..10.5).contains(&heard[1]), "three, two and three seconds: {} s", heard[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_card_is_told_the_recording_is_silent_and_no_shorter() {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(500), Duration::from_secs(40));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let records = |config: obzvon::demo::carrier_config::CarrierConfig| config.set(REMINDERS, "record", true);
    let office = Office::open_by(records, "progressive", &carrier, 1, &[desk]).await;
    let anna = AgentId::parse("anna").expect("a login");

    office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    let call = office.inside().floor.call_of(&anna).expect("the call");
    let pause = async |seconds| tokio::time::sleep(Duration::from_secs(seconds)).await;
    pause(4).await;
    assert!(office.inside().live.desk(call, Wish::Record(false)));
    pause(5).await;
    assert!(office.inside().live.desk(call, Wish::Record(true)));
    pause(4).await;
    assert!(office.inside().live.desk(call, Wish::HangUp));
    office.until_done(10).await;
    let file = office.house.path("kept.wav");
    let id = call.0.to_string();
    let out = file.to_str().expect("UTF-8").to_owned();
    office.house.run(&["recording", "listen", &id, "--out", &out, "--why", "a test"]);
    let [debtor, agent] = sides(&file);
    let kept = office.inside().store.recording(call).await.expect("read").expect("it is kept");
    let said = office.inside().store.accesses(kept.person).await.expect("read");
    assert!(said.iter().any(|look| look.what.contains("a test")), "who listened, and why, is kept: {said:?}");
    office.close().await;

    let quiet = |samples: &[i16]| {
        let slices = samples.chunks_exact(800);
        slices.filter(|slice| slice.iter().all(|sample| sample.unsigned_abs() <= 8)).count() as f64 / 10.0
    };
    let length = debtor.len() as f64 / 8_000.0;
    let spoken = [seconds_of(&debtor, DEBTOR_HZ), seconds_of(&agent, AGENT_HZ)];
    let silent = [quiet(&debtor), quiet(&agent)];
    println!("{length} s, spoken {spoken:?}, silent {silent:?}");
    assert!(length > 12.0, "what was not recorded is there as silence: {length} s");
    assert!(spoken.iter().all(|seconds| (5.0..11.0).contains(seconds)), "before and after: {spoken:?}");
    assert!(silent.iter().all(|seconds| (4.5..9.0).contains(seconds)), "meanwhile: {silent:?}");
    let whole = heard(&debtors_heard, call.0);
    assert!(seconds_of(&whole, AGENT_HZ) > 12.0, "they heard each other all the time");
}

/// Whether a talk that is to be recorded and can't be goes on, by what the house says of it.
async fn goes_on_unrecorded(when_it_fails: &str) -> bool {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(1_500), Duration::from_secs(40));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let records = |config: obzvon::demo::carrier_config::CarrierConfig| {
        config.set(REMINDERS, "record", true).set("obzvon.toml", "recordings.when_it_fails", when_it_fails)
    };
    let office = Office::open_by(records, "progressive", &carrier, 1, &[desk]).await;
    // Nothing can be written where the folder should be.
    office.house.write("data/recordings", "a file");
    // A talk that is ended at once may be over before anybody looks.
    let mut dialled = false;
    let ended = |dialled: bool| dialled && office.inside().live.count() == 0;
    office
        .until(30, "they talk, or have talked", || {
            dialled |= office.inside().live.count() == 1;
            matches!(office.state("anna"), State::Talking { .. }) || ended(dialled)
        })
        .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let goes_on = office.inside().live.count() == 1;
    office.close().await;
    goes_on
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_whose_recording_fails_goes_on_or_ends_as_the_house_says() {
    assert!(goes_on_unrecorded("go_on").await);
    assert!(!goes_on_unrecorded("end_call").await);
}

/// Both sides of a stereo A-law recording: the debtor's and the agent's.
fn sides(file: &Path) -> [Vec<i16>; 2] {
    let bytes = std::fs::read(file).expect("the recording");
    let data = bytes.windows(4).position(|four| four == b"data").expect("a data chunk") + 8;
    let side = |side: usize| {
        bytes[data + side..].iter().step_by(2).map(|&byte| g711::decode(Codec::Pcma, byte)).collect()
    };
    [side(0), side(1)]
}
