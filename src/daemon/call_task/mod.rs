//! The only meeting of a call, the clock, the wire and the sound.

mod hand_on;
mod hear;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use self::hand_on::Moving;
use super::call_seats::{CallSeats, News};
use super::clock::Clock;
use super::floor::Standing;
use super::live::Word;
use super::pacing::Ticket;
use super::voice::{NameSound, Voice};
use super::waiting::{WAITING, waiting_words};
use crate::call::{Call, Input, Output, Seat};
use crate::domain::attempt::Finished;
use crate::domain::verdict::{Heard, Verdict};
use crate::domain::{AttemptId, Fault};
use crate::ivr::{Action, PromptNo};
use crate::media::{MediaError, PlayId, Stream, StreamReport};
use crate::sip::{Answering, IncomingCall, Leg, LegEvent, PlaceCall, Reason, SipStack};
use crate::trunk::TrunkPlan;

/// What a call needs of the house.
#[derive(Debug)]
pub struct CallTask {
    pub attempt: AttemptId,
    /// The flow with its version, for the log.
    pub flow: String,
    pub call: Call,
    pub way: Way,
    pub stack: Arc<SipStack>,
    pub stream: Stream,
    pub voice: Arc<Voice>,
    /// How this debtor is called by his name.
    pub name: NameSound,
    /// The debtor's own date: what is «завтра» to him.
    pub today: Date,
    pub clock: Clock,
    /// How many calls are answered now, over the house.
    pub talking: Arc<AtomicU64>,
    pub seats: CallSeats,
    /// The call as a predictive campaign's pacer sees it.
    pub ticket: Option<Ticket>,
    /// The trunk of a call of ours: it may move the debtor itself when he is handed on outside.
    pub mover: Option<Arc<TrunkPlan>>,
    /// What the house and the agent's desk want.
    pub words: mpsc::Receiver<Word>,
}

/// How a call's leg comes about.
#[derive(Debug)]
pub enum Way {
    /// It has come in and is answered.
    In(IncomingCall, Answering),
    Out(PlaceCall),
}

/// What a call leaves behind.
#[derive(Debug)]
pub struct CallReport {
    pub finished: Finished,
    /// What the flow asked other parts to do.
    pub actions: Vec<Action>,
    /// It rang somewhere, so the trunk did its part.
    pub rang: bool,
    /// The carrier asked us to stay away for so long.
    pub retry_after: Option<Duration>,
    pub media: StreamReport,
}

/// The moving parts of one drive.
struct Drive {
    attempt: AttemptId,
    flow: String,
    call: Call,
    way: Option<Way>,
    stack: Arc<SipStack>,
    leg: Option<Leg>,
    stream: Stream,
    hears: bool,
    /// A packet of sound has come from the far end.
    sound_came: bool,
    answered: bool,
    voice: Arc<Voice>,
    name: NameSound,
    today: Date,
    lengths: HashMap<PromptNo, Duration>,
    actions: Vec<Action>,
    retry_after: Option<Duration>,
    seats: CallSeats,
    ticket: Option<Ticket>,
    mover: Option<Arc<TrunkPlan>>,
    moving: Option<Moving>,
}

impl CallTask {
    /// Drives the call to its end.
    pub async fn drive(self) -> CallReport {
        let Self { attempt, flow, call, way, stack, stream, voice, name, .. } = self;
        let Self { today, clock, talking, seats, ticket, mover, mut words, .. } = self;
        let mut drive = Drive {
            attempt,
            flow,
            call,
            way: Some(way),
            stack,
            leg: None,
            stream,
            hears: true,
            sound_came: false,
            answered: false,
            voice,
            name,
            today,
            lengths: HashMap::new(),
            actions: Vec::new(),
            retry_after: None,
            seats,
            ticket,
            mover,
            moving: None,
        };
        let finished = loop {
            if let Some(finished) = drive.perform_outputs(clock).await {
                break finished;
            }
            drive.seats.identified(drive.call.identified());
            let wake = drive.call.next_timer();
            let input = tokio::select! {
                event = next_leg_event(&mut drive.leg) => drive.hear_leg(event, clock),
                event = drive.stream.next_event(), if drive.hears => drive.hear_media(event),
                news = drive.seats.next() => match news {
                    News::Input(input) => Some(input),
                    News::Waits(standing) => {
                        drive.tell_standing(standing);
                        continue;
                    }
                },
                Some(word) = words.recv() => match word {
                    Word::Desk(seat, wish, answer) => {
                        let said = drive.wish(seat, wish, clock.now());
                        // Who does not listen need not know.
                        answer.map(|answer| answer.send(said));
                        continue;
                    }
                    Word::Stop(reason) => Some(Input::Stop(reason)),
                    Word::TakeOver(seat, answer) => {
                        // Who waits no longer has been told that it is not done.
                        if !answer.is_closed() {
                            answer.send(drive.take_over(seat, clock.now())).ok();
                        }
                        continue;
                    }
                    Word::Join(monitor) => {
                        drive.seats.join(&drive.stream, monitor);
                        continue;
                    }
                    Word::Supervise(what) => {
                        drive.seats.supervise(&drive.stream, what);
                        continue;
                    }
                },
                () = sleep_until(wake) => None,
            };
            if input == Some(Input::Answered) && !std::mem::replace(&mut drive.answered, true) {
                talking.fetch_add(1, Ordering::Relaxed);
            }
            drive.note(input.as_ref());
            match input {
                Some(input) => drive.call.handle(clock.now(), input),
                None => drive.call.handle_timers(clock.now()),
            }
        };
        talking.fetch_sub(u64::from(drive.answered), Ordering::Relaxed);
        if let Some(ticket) = &mut drive.ticket {
            ticket.ended(finished.outcome);
        }
        let rang = drive.call.rang();
        let media = drive.stream.close().await;
        CallReport { finished, actions: drive.actions, rang, retry_after: drive.retry_after, media }
    }
}

impl Drive {
    /// Does what the call wants until it wants nothing more; gives the end, if that was it.
    async fn perform_outputs(&mut self, clock: Clock) -> Option<Finished> {
        while let Some(output) = self.call.poll() {
            let answer = match output {
                Output::Place => self.place().await,
                Output::Cancel => {
                    self.with_leg(Leg::cancel);
                    None
                }
                Output::HangUp => {
                    self.with_leg(|leg| leg.hang_up(Reason::NORMAL));
                    None
                }
                Output::Play { prompt, utterance } => self.play(prompt, &utterance),
                Output::StopPlay => {
                    told("stop", self.stream.stop());
                    None
                }
                Output::StartRecording => {
                    told("record", self.stream.start_recording());
                    None
                }
                Output::Record(mark) => {
                    let done = match mark.sounds() {
                        true => self.stream.resume_recording(),
                        false => self.stream.pause_recording(),
                    };
                    told("pause of a recording", done);
                    self.seats.recorded(mark);
                    None
                }
                Output::FindAgent { seat, whom, wait } => {
                    if let Some(ticket) = &mut self.ticket {
                        ticket.human();
                    }
                    if self.moves(seat, &whom, clock.now() + wait).await {
                        None
                    } else {
                        self.seats.find(seat, whom, wait)
                    }
                }
                agents @ (Output::Mute(..) | Output::Promote | Output::Release(_) | Output::Wire(_)) => {
                    self.seat(agents);
                    None
                }
                Output::Do(action) => {
                    self.actions.push(action);
                    None
                }
                Output::Finished(finished) => return Some(*finished),
            };
            if let Some(input) = answer {
                self.call.handle(clock.now(), input);
            }
        }
        None
    }

    /// What the call wants of its agents beside finding them.
    fn seat(&mut self, output: Output) {
        match output {
            Output::Mute(place, muted) => self.seats.mute(place, muted),
            Output::Promote => {
                self.join_outside();
                self.seats.promote();
            }
            Output::Release(place) => {
                if place == Seat::First {
                    self.moving = None;
                }
                if let (Some(ticket), Seat::First) = (&mut self.ticket, place) {
                    ticket.unserved();
                }
                self.seats.release(place);
            }
            Output::Wire(wiring) => {
                if let (Some(ticket), Some(agent), true) =
                    (&mut self.ticket, self.seats.agent(), wiring.first)
                {
                    ticket.connected(agent);
                }
                if wiring.first {
                    // Whatever he was being told of his waiting.
                    told("stop", self.stream.stop());
                }
                self.seats.wire(&self.stream, wiring);
            }
            Output::Cancel
            | Output::Do(_)
            | Output::FindAgent { .. }
            | Output::Finished(_)
            | Output::HangUp
            | Output::Place
            | Output::Play { .. }
            | Output::Record(_)
            | Output::StartRecording
            | Output::StopPlay => unreachable!("it wants nothing of the agents"),
        }
    }

    /// What pacer and floor learn from what happened.
    fn note(&mut self, input: Option<&Input>) {
        match (input, &self.ticket) {
            (Some(Input::Answered), Some(ticket)) => ticket.answered(),
            (Some(Input::Heard(Heard::Verdict { verdict: Verdict::Machine, .. })), _) => self.seats.forgo(),
            _ => {}
        }
    }

    async fn place(&mut self) -> Option<Input> {
        let place = match self.way.take()? {
            Way::Out(place) => place,
            Way::In(call, answering) => return self.answer(call, answering),
        };
        match self.stack.place(place).await {
            Ok(leg) => {
                self.leg = Some(leg);
                None
            }
            Err(fault) => {
                warn!(%fault, "the INVITE did not leave");
                // No way to the trunk: a name without an address, a connection refused.
                let blame = if fault.is_transient() { Fault::Trunk } else { Fault::Us };
                Some(Input::Broken(blame))
            }
        }
    }

    /// Takes a call that has come in; the leg tells when it is answered.
    fn answer(&mut self, call: IncomingCall, answering: Answering) -> Option<Input> {
        let Some(leg) = call.ring(answering) else { return Some(Input::Broken(Fault::Us)) };
        leg.answer();
        self.leg = Some(leg);
        None
    }

    fn with_leg(&self, ask: impl FnOnce(&Leg)) {
        if let Some(leg) = &self.leg {
            ask(leg);
        }
    }

    /// Plays an utterance; one that the engine does not take has ended at once, unheard.
    fn play(&mut self, prompt: PromptNo, utterance: &crate::domain::Utterance) -> Option<Input> {
        let sound = match self.voice.sound_on(self.today, utterance, &self.name) {
            Ok(sound) => sound,
            Err(fault) => {
                warn!(attempt = %self.attempt, flow = self.flow, %fault, "an utterance could not be said: the call ends");
                return Some(Input::Unsaid { prompt });
            }
        };
        self.lengths.insert(prompt, sound.length);
        match self.stream.play(PlayId(prompt.0.into()), sound.clips) {
            Ok(()) => None,
            Err(fault) => {
                warn!(attempt = %self.attempt, %fault, "a prompt could not be played");
                Some(Input::PlayEnded { prompt, percent: 0, length: sound.length })
            }
        }
    }

    /// Says over the music how long he will wait; without the words for it the music plays on.
    fn tell_standing(&self, standing: Standing) {
        let language = self.seats.language();
        let sound = self.voice.sound(&waiting_words(language, standing), &NameSound::default());
        match sound {
            Ok(sound) => told("waiting", self.stream.play(WAITING, sound.clips)),
            Err(why) => debug!(%why, "the pack can't say how somebody waits"),
        }
    }
}

/// Without a leg there is nothing to hear: waits for ever.
async fn next_leg_event(leg: &mut Option<Leg>) -> Option<LegEvent> {
    match leg {
        Some(leg) => leg.next_event().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// A media engine that is overloaded loses a command; the call goes on and its timers end it.
fn told(what: &'static str, result: Result<(), MediaError>) {
    if let Err(fault) = result {
        warn!(%fault, what, "the media engine did not take a command");
    }
}
