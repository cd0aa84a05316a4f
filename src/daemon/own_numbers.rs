//! Our own short numbers, which agents call: 600 gives back what it hears, 601 says what the floor knows of the caller;
//! 602 logs him in and makes him ready, 603 sends him to a pause, 604 logs him out, and each says what he is then.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::house::{House, Plans};
use super::voice::NameSound;
use super::{inbound, supervise};
use crate::agents::{Input, Skill, State};
use crate::domain::{AgentId, Codec, Language, Part, Utterance};
use crate::media::{MediaEvent, PlayId, Stream, StreamPlan};
use crate::sip::{Answering, Caller, IncomingCall, Leg, LegEvent, Reason};

/// What a number does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Echo,
    LogOut,
    Pause,
    Ready,
    State,
}

/// An echo test that nobody ends.
const LONGEST: Duration = Duration::from_secs(300);

/// Takes the calls that come in, until told to stop.
pub async fn take_calls(house: Arc<House>, stop: CancellationToken) {
    let Some(mut calls) = house.stack.incoming() else { return };
    loop {
        let call = tokio::select! {
            call = calls.recv() => call,
            () = stop.cancelled() => return,
        };
        let Some(call) = call else { return };
        match (call.caller.clone(), service(&call.to_user)) {
            (Caller::Agent(agent), Some(service)) => {
                let stop = house.draining.child_token();
                house.helpers.spawn(serve(Arc::clone(&house), call, (agent, service), stop));
            }
            (Caller::Agent(caller), None) => match supervise::watched(&house, &caller, &call.to_user) {
                Some(agent) => {
                    let stop = house.draining.child_token();
                    let whom = (caller, agent);
                    house.helpers.spawn(supervise::serve(Arc::clone(&house), call, whom, stop));
                }
                None => call.refuse(404),
            },
            (Caller::Trunk(from), _) => {
                let most =
                    house.plans.load().config.inbound.as_ref().map_or(usize::MAX, |inbound| inbound.most);
                if house.draining.is_cancelled() {
                    call.refuse(480);
                } else if house.callers.len() >= most {
                    call.refuse(486);
                } else {
                    house.callers.spawn(inbound::answer(Arc::clone(&house), call, from));
                }
            }
        }
    }
}

fn service(number: &str) -> Option<Service> {
    match number {
        "600" => Some(Service::Echo),
        "601" => Some(Service::State),
        "602" => Some(Service::Ready),
        "603" => Some(Service::Pause),
        "604" => Some(Service::LogOut),
        _ => None,
    }
}

async fn serve(
    house: Arc<House>,
    call: IncomingCall,
    (agent, service): (AgentId, Service),
    stop: CancellationToken,
) {
    let plans = house.plans.load_full();
    let mut stream = match house.media.open(StreamPlan::of_agent(call.source.ip())) {
        Ok(stream) => stream,
        Err(fault) => {
            warn!(%fault, "no sound for an agent's call");
            return call.refuse(503);
        }
    };
    let local = stream.local_addr();
    let rtp = plans.config.media.public_ip.map_or(local, |public| (public, local.port()).into());
    if let Some(mut leg) = call.ring(Answering { rtp, codecs: vec![Codec::Pcma, Codec::Pcmu] }) {
        leg.answer();
        talk(&house, &plans, (&mut leg, &mut stream), (&agent, service), &stop).await;
        leg.hang_up(Reason::NORMAL);
        while leg.next_event().await.is_some() {}
    }
    stream.close().await;
}

/// Until one side has had enough.
async fn talk(
    house: &House,
    plans: &Plans,
    (leg, stream): (&mut Leg, &mut Stream),
    (agent, service): (&AgentId, Service),
    stop: &CancellationToken,
) {
    let limit = sleep(LONGEST);
    tokio::pin!(limit);
    loop {
        tokio::select! {
            event = leg.next_event() => match event {
                Some(LegEvent::Answered(target)) => {
                    let link = stream.link();
                    let begun = link.connect(target).and_then(|()| match service {
                        Service::Echo => link.hear(&link),
                        Service::LogOut | Service::Pause | Service::Ready | Service::State => {
                            serve_floor(house, agent, service);
                            say(house, plans, agent, stream)
                        }
                    });
                    if let Err(fault) = begun {
                        warn!(%fault, "an agent's call has no sound");
                        return;
                    }
                }
                Some(LegEvent::MediaChanged(target)) => {
                    stream.connect(target).ok();
                }
                Some(event) if event.is_last() => return,
                Some(_) => {}
                None => return,
            },
            event = stream.next_event() => match event {
                Some(MediaEvent::FirstPacketReceived { .. }) => house.floor.phone_heard(agent),
                Some(MediaEvent::PlayEnded { .. } | MediaEvent::Stale { .. }) | None => return,
                Some(_) => {}
            },
            () = &mut limit => return,
            () = stop.cancelled() => return,
        }
    }
}

/// Does what the number stands for; what the floor refuses is heard in the state that is said.
fn serve_floor(house: &House, agent: &AgentId, service: Service) {
    let inputs = match service {
        Service::Echo | Service::State => vec![],
        Service::LogOut => vec![Input::LogOut],
        // The first pause of the file: a phone has no word for the others.
        Service::Pause => {
            let first = house.plans.load().config.agents.first_pause.clone();
            first.into_iter().map(|code| Input::Away { code }).collect()
        }
        Service::Ready => vec![Input::LogIn, Input::Ready],
    };
    for input in inputs {
        if let Err(refusal) = house.floor.tell(agent, input) {
            debug!(%agent, %refusal, "the floor does not do what a number stands for");
        }
    }
}

/// Plays the agent's state and how long it has lasted; without the words for it the call just ends.
fn say(
    house: &House,
    plans: &Plans,
    agent: &AgentId,
    stream: &Stream,
) -> Result<(), crate::media::MediaError> {
    let known = house.floor.state(agent);
    let language = language_of(plans, agent);
    let (state, lasts) = match &known {
        Some((state, since)) => (state, house.clock.now().saturating_duration_since(*since)),
        None => (&State::LoggedOut, Duration::ZERO),
    };
    let words = Part::Words(words(state, language).to_owned());
    let whole = Utterance { language, parts: vec![words.clone(), Part::Duration(lasts)] };
    let short = Utterance { language, parts: vec![words] };
    let none = NameSound::default();
    let sound = plans.voice.sound(&whole, &none).or_else(|_| plans.voice.sound(&short, &none));
    match sound {
        Ok(sound) => stream.play(PlayId(1), sound.clips),
        Err(why) => {
            debug!(%why, "an agent's state can't be said");
            stream.play(PlayId(1), Vec::new())
        }
    }
}

/// The language an agent speaks by his skills, else the first pack's.
fn language_of(plans: &Plans, agent: &AgentId) -> Language {
    let skills = plans.config.agents.plan.agents.get(agent).map(|agent| &agent.skills);
    let spoken = skills.into_iter().flatten().find_map(|(skill, _)| match skill {
        Skill::Language(language) => Some(*language),
        Skill::Creditor(_) | Skill::Debtor(_) | Skill::Named(_) => None,
    });
    let packs = &plans.config.prompts.packs;
    spoken.or_else(|| packs.first().map(|(language, _)| *language)).unwrap_or(Language::Ru)
}

/// As `prompts/words.txt` has them.
fn words(state: &State, language: Language) -> &'static str {
    let (ru, en) = match state {
        State::LoggedOut => ("Вы не вошли в систему.", "You are not logged in."),
        State::Away { .. } => ("Вы на паузе.", "You are away."),
        State::NoAudio => ("Нет связи с вашим телефоном.", "Your phone is not connected."),
        State::Ready => ("Вы готовы к звонкам.", "You are ready for calls."),
        State::Reserved { .. } => ("Для вас набирают номер.", "A call is being made for you."),
        State::Ringing { .. } => ("Ваш телефон звонит.", "Your phone is ringing."),
        State::Talking { .. } => ("Вы разговариваете.", "You are talking."),
        State::Hold { .. } => ("Собеседник на удержании.", "The other side is on hold."),
        State::WrapUp { .. } => ("Вы записываете итог звонка.", "You are writing up a call."),
    };
    match language {
        Language::Ru => ru,
        Language::En => en,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::agents::ReservationNo;
    use crate::config::PromptsConfig;
    use crate::daemon::Voice;

    #[test]
    fn the_shipped_packs_can_say_every_state_and_how_long_it_lasts() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let packs = vec![(Language::Ru, "ru".to_owned()), (Language::En, "en".to_owned())];
        let voice =
            Voice::load(&PromptsConfig { dir, packs, engines: Vec::new() }).expect("the shipped packs");
        let no = ReservationNo(1);
        let states = [
            State::LoggedOut,
            State::Away { code: "lunch".into() },
            State::NoAudio,
            State::Ready,
            State::Reserved { no },
            State::Ringing { no },
            State::Talking { no },
            State::Hold { no },
            State::WrapUp { no },
        ];
        for language in [Language::Ru, Language::En] {
            for state in &states {
                let parts = vec![
                    Part::Words(words(state, language).to_owned()),
                    Part::Duration(Duration::from_secs(3_723)),
                ];
                let said = voice.sound(&Utterance { language, parts }, &NameSound::default());
                assert!(
                    said.is_ok_and(|sound| sound.length > Duration::from_secs(2)),
                    "{} {language:?}",
                    state.code()
                );
            }
        }
    }
}
