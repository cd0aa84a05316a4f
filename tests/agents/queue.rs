//! Who calls while nobody is free hears his place and how long it will take, and is offered a call instead.

use std::time::Duration;

use obzvon::agents::{Input, State};
use obzvon::daemon::NameSound;
use obzvon::domain::{AgentId, Codec, Language, Part, Utterance};
use obzvon::media::g711;

use crate::compare;
use crate::house::number;
use crate::inbound::{SILENCE, office, ours};
use crate::phone::Phone;

const FLOW: &str = "config/flows/returned_call.yaml";

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_an_agent_hears_his_place_and_takes_a_call_instead() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, _carriers) = office(1, folder.path()).await;
    let flow = std::fs::read_to_string(office.house.path(FLOW)).expect("the flow");
    office.house.write(FLOW, &flow.replace("wait: 60s, music", "wait: 10s, music"));
    let office = office.restart().await;
    let anna = AgentId::parse("anna").expect("a login");
    office.until(20, "she is at work again", || office.state("anna") == State::Ready).await;
    office.inside().floor.tell(&anna, Input::LogOut).expect("she goes home");

    let pause = async |seconds| tokio::time::sleep(Duration::from_secs(seconds)).await;
    let mut phone = Phone::that_plays(&number(0), &SILENCE).await;
    phone.dial(&ours(&office)).await;
    office.until(20, "he is answered", || office.inside().live.count() == 1).await;
    // The notice can't be skipped; then it is he, and he wants a person.
    pause(12).await;
    for key in ["1", "3", "3"] {
        phone.press(key).await;
        pause(3).await;
    }
    // Ten seconds of music, and the offer is made.
    pause(14).await;
    phone.press("1").await;
    office.until(30, "the call is over", || office.inside().live.count() == 0).await;
    let words = |text: &str| Part::Words(text.to_owned());
    // Nobody's talk has told yet how long one takes: three minutes.
    let (one, three) = (Part::Digits("1".to_owned()), Part::Duration(Duration::from_secs(180)));
    let parts =
        vec![words("Ваш номер в очереди:"), one, words("."), words("Примерное время ожидания:"), three];
    let voice = office.inside().plans.load().voice.clone();
    let standing = Utterance { language: Language::Ru, parts };
    let place = voice.sound(&standing, &NameSound::default()).expect("the pack says it");
    let booked = office.inside().store.waiting_callbacks(9).await.expect("read");
    let attempts = office.close().await;

    let inbound = attempts.last().expect("his call");
    assert_eq!(
        (&inbound["channel"], &inbound["disposition"]),
        (&"inbound_call".into(), &"callback_booked".into()),
        "{inbound:#?}"
    );
    assert_eq!(booked.len(), 1, "{booked:?}");
    let bytes = place.clips.iter().flat_map(|clip| clip.encoded(Codec::Pcma).to_vec());
    let place: Vec<i16> = bytes.map(|byte| g711::decode(Codec::Pcma, byte)).collect();
    let heard = phone.heard().await;
    let from = (0..heard.len()).step_by(8_000 * 6);
    let best = from.map(|from| compare::find(&place, &heard, from).worst).fold(0.0, f64::max);
    println!("what he is told of his place is found with {best:.3} in {} s", heard.len() / 8_000);
    assert!(best > 0.9, "{best}");
}
