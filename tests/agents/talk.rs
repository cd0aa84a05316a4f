//! What agent and debtor do in a talk: hold, keys, recording, hanging up.

use std::time::Duration;

use obzvon::agents::State;
use obzvon::call::{Desk as Wish, Whom};
use obzvon::demo::carrier::script::Step;
use obzvon::domain::AgentId;

use crate::office::{
    AGENT_HZ, BORIS_HZ, DEBTOR_HZ, Desk, Office, agents_phones, agents_phones_of, debtors, desk_phone, heard,
    person, seconds_of, seconds_of_other,
};

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
async fn a_second_agent_is_asked_then_talks_with_both_then_takes_over() {
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let [debtors_heard, annas, boriss] = &folders;
    let carrier =
        debtors(person(Duration::from_millis(500), Duration::from_secs(40)), &[], debtors_heard.path());
    let carrier = carrier.await;
    let (anna, boris) = (
        agents_phones(desk_phone(), annas.path()).await,
        agents_phones_of(BORIS_HZ, desk_phone(), boriss.path()).await,
    );
    let desk = |login, phone: &obzvon::demo::carrier::Carrier| Desk {
        login,
        contact: format!("sip:{login}@{}", phone.addr()),
        leg: "per_call",
    };
    let office =
        Office::open("progressive", &carrier, 1, &[desk("anna", &anna), desk("boris", &boris)]).await;
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

    let [debtor, anna, boris] = folders.each_ref().map(|folder| heard(folder, call.0));
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
