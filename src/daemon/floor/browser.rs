//! Agents whose sound is in their browsers: for each a line of the port for browsers, joined to a stream of the engine for as
//! long as he is heard and a little longer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Floor;
use crate::agents::State;
use crate::config::{AgentLeg, AgentsConfig, BrowserConfig, Config};
use crate::daemon::clock::Clock;
use crate::daemon::house::House;
use crate::domain::media_target::{Direction, MediaTarget};
use crate::domain::{AgentId, Codec};
use crate::media::{Stream, StreamPlan};
use crate::web::{SoundAnswer, SoundAsked};
use crate::webrtc::{
    Answer, Line, LineEvent, LineLink, OfferFault, SessionNo, WebRtc, WebRtcError, WebRtcPlan,
};

/// The browsers of this node.
#[derive(Debug)]
pub struct Browsers {
    served: WebRtc,
    lines: Mutex<HashMap<AgentId, LineLink>>,
}

/// A browser that was answered and is not heard within this has come to nothing.
const COMES: Duration = Duration::from_secs(30);

impl Browsers {
    /// Opens their port, where somebody's sound is in his browser, and gives the task that serves it until told to stop.
    ///
    /// # Errors
    /// When the port can't be had.
    pub fn open(
        config: &Config,
        clock: Clock,
        stop: &CancellationToken,
    ) -> Result<(Option<Self>, Option<impl Future<Output = ()> + Send + use<>>), WebRtcError> {
        if !config.agents.has_browsers() {
            return Ok((None, None));
        }
        let BrowserConfig { bind, public_ip, back_within } = config.agents.browser.clone();
        let plan = WebRtcPlan { bind, public: public_ip, media: config.media.ip, back_within };
        let (served, task) = WebRtc::start(plan, move || clock.now(), stop.clone())?;
        Ok((Some(Self { served, lines: Mutex::default() }), Some(task)))
    }

    /// The line of an agent, opened where there is none, given to the browser that offers.
    async fn offer(
        &self,
        house: &Arc<House>,
        agent: &AgentId,
        offer: String,
        before: Option<SessionNo>,
    ) -> anyhow::Result<Result<Answer, OfferFault>> {
        let mut lines = self.lines.lock().await;
        if let Some(line) = lines.get(agent) {
            let answer = line.offer(offer.clone(), before).await?;
            if answer != Err(OfferFault::Gone) {
                return Ok(answer);
            }
        }
        let stream = house.media.open(StreamPlan::default())?;
        let addr = self.served.streams();
        let (codec, direction) = (Codec::Pcma, Direction::Both);
        stream.connect(MediaTarget { addr, rtcp: addr, codec, telephone_event: None, direction })?;
        let music = house.tones.music.iter().flat_map(|clip| clip.encoded(Codec::Pcma)).copied().collect();
        let line = self.served.open(stream.local_addr(), music).await?;
        let link = line.link();
        lines.insert(agent.clone(), link.clone());
        house.helpers.spawn(keep(Arc::clone(house), agent.clone(), line, stream));
        Ok(link.offer(offer, before).await?)
    }
}

/// The port for browsers is there from the start on, or not at all.
pub fn browsers_differ(old: &AgentsConfig, new: &AgentsConfig) -> bool {
    new.has_browsers() && (!old.has_browsers() || old.browser != new.browser)
}

/// Answers a browser, or says why not.
pub async fn sound(house: &Arc<House>, asked: SoundAsked) -> SoundAnswer {
    let SoundAsked { agent, offer, check, before } = asked;
    let agent = AgentId::parse(&agent).and_then(|agent| Some((house.floor.leg(&agent)?, agent)));
    let Some((leg, agent)) = agent else { return SoundAnswer::NoDesk };
    if leg != AgentLeg::Browser {
        return SoundAnswer::Telephone;
    }
    let Some(browsers) = &house.browsers else { return SoundAnswer::NotServed };
    let answered = if check {
        browsers.served.check(agent.as_str().to_owned(), offer).await.map_err(Into::into)
    } else {
        browsers.offer(house, &agent, offer, before.map(SessionNo)).await
    };
    match answered {
        Ok(Ok(Answer { sdp, session })) => SoundAnswer::Answered { sdp, session: session.0 },
        Ok(Err(OfferFault::Busy)) => SoundAnswer::Busy,
        Ok(Err(OfferFault::Elsewhere)) => SoundAnswer::Elsewhere,
        Ok(Err(fault @ (OfferFault::Malformed { .. } | OfferFault::NoAlaw))) => {
            SoundAnswer::Malformed(fault.to_string())
        }
        Ok(Err(OfferFault::Gone)) => SoundAnswer::NotServed,
        Err(fault) => {
            warn!(%agent, fault = format!("{fault:#}"), "a browser's sound is not served");
            SoundAnswer::NotServed
        }
    }
}

/// Keeps the floor told of an agent's browser until it is gone. In a talk the floor waits for one that may come back: the
/// debtor hears music meanwhile.
async fn keep(house: Arc<House>, agent: AgentId, mut line: Line, mut stream: Stream) {
    let (mut changes, floor) = (house.floor.changes(), &house.floor);
    let (mut up, mut awaited) = (false, false);
    let comes = tokio::time::sleep(COMES);
    tokio::pin!(comes);
    let mut heard = false;
    loop {
        let event = tokio::select! {
            event = line.next_event() => match event {
                Some(event) => Some(event),
                None => break,
            },
            event = stream.next_event() => match event {
                // The line knows better than the engine how long nothing is heard.
                Some(_) => continue,
                None => break,
            },
            _ = changes.changed() => None,
            () = &mut comes, if !heard => break,
        };
        match event {
            Some(LineEvent::Up) => {
                (heard, awaited) = (true, false);
                stands_in(&stream, false);
                if !std::mem::replace(&mut up, true) {
                    info!(%agent, "the agent's browser is heard");
                    floor.phone_up(&agent, stream.link());
                }
            }
            Some(LineEvent::Lost) => {
                info!(%agent, "the agent's browser is not heard");
                awaited = true;
                stands_in(&stream, true);
            }
            Some(LineEvent::Gone) => break,
            None => {}
        }
        if floor.leg(&agent) != Some(AgentLeg::Browser) {
            break;
        }
        if up && awaited && !floor.talks(&agent) {
            up = false;
            floor.phone_lost(&agent);
        }
    }
    if up {
        info!(%agent, "the agent's browser is gone");
        floor.phone_lost(&agent);
    }
    drop(line);
    stream.close().await;
}

/// Whom music stands in for is not muted meanwhile: the debtor would hear nothing at all.
fn stands_in(stream: &Stream, does: bool) {
    if let Err(fault) = stream.link().stand_in(does) {
        warn!(%fault, "the media engine did not take a command for an agent");
    }
}

impl Floor {
    /// Somebody is on the line with him.
    fn talks(&self, agent: &AgentId) -> bool {
        self.state(agent)
            .is_some_and(|(state, _)| matches!(state, State::Talking { .. } | State::Hold { .. }))
    }
}
