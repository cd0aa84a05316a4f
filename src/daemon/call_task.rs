//! The only meeting of a call, the clock, the wire and the sound.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use super::call_seats::{CallSeats, News};
use super::clock::Clock;
use super::floor::{self, Standing};
use super::live::Word;
use super::pacing::Ticket;
use super::sip_names::to_number;
use super::voice::{NameSound, Voice};
use super::waiting::{WAITING, waiting_words};
use crate::call::{Call, Desk as Wish, Input, Output, Seat, StopReason, Whom, WishNo};
use crate::domain::attempt::Finished;
use crate::domain::verdict::{Heard, Verdict};
use crate::domain::{AttemptId, Fault, PhoneNumber};
use crate::ivr::{Action, PromptNo};
use crate::media::{MediaError, MediaEvent, PlayId, Stream, StreamReport};
use crate::sip::{Answering, IncomingCall, Leg, LegEvent, LegFault, PlaceCall, Reason, SipStack};
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

/// How the trunk was asked to move the debtor.
enum Moving {
    /// To this number, and until when that is waited for.
    Blind(PhoneNumber, Instant),
    /// To somebody outside who is on the line already: the two talk over us until then.
    Joined,
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

    /// Does what an agent of the call wants, or says why not: whom he names has to be there.
    fn wish(&mut self, seat: Seat, wish: Wish, now: Instant) -> Result<(), WishNo> {
        if let Wish::Consult(whom) | Wish::Transfer(whom) = &wish {
            self.call.may_seek(seat)?;
            self.seats.reaches(whom)?;
        }
        self.call.wish(now, seat, wish)
    }

    /// The agent leaves the call to a supervisor, who is on the line already; or nothing changes.
    fn take_over(&mut self, seat: floor::Seat, now: Instant) -> Result<(), WishNo> {
        self.call.may_seek(Seat::First)?;
        let whom = Whom::Agent(seat.agent.as_str().to_owned());
        self.call.wish(now, Seat::First, Wish::Transfer(whom))?;
        // He hears the debtor from his seat from now on, and nobody besides.
        self.seats.supervise(&self.stream, None);
        self.seats.expect(seat);
        Ok(())
    }

    /// Asks the trunk to move the debtor to a number outside, where it does that and he may be moved there.
    async fn moves(&mut self, seat: Seat, whom: &Whom, until: Instant) -> bool {
        let mover = self.mover.as_ref().filter(|trunk| trunk.peer.takes_refer);
        let (Seat::First, Whom::Outside(number), Some(trunk), Some(leg)) = (seat, whom, mover, &self.leg)
        else {
            return false;
        };
        let allowed = self.seats.may_be_moved(number, &trunk.name).await;
        if allowed {
            leg.refer(to_number(trunk, number));
            self.moving = Some(Moving::Blind(number.clone(), until));
        }
        allowed
    }

    /// Asks the trunk to join the debtor with whom he is left to (RFC 5589 section 7.3), where it has both calls and does that.
    fn join_outside(&mut self) {
        let mover = self.mover.as_ref().filter(|trunk| trunk.peer.takes_replaces);
        let asked = mover.and_then(|trunk| self.seats.asked_outside(&trunk.name));
        if let (Some(dialog), Some(leg)) = (asked, &self.leg) {
            leg.refer(dialog.to_replace());
            self.moving = Some(Moving::Joined);
        }
    }

    /// How moving the debtor goes; where the trunk does not do it, we call the number ourselves, or stay between the two.
    fn moved(&mut self, code: u16, now: Instant) -> Option<Input> {
        if (100..200).contains(&code) {
            return None;
        }
        let moving = self.moving.take()?;
        if (200..300).contains(&code) {
            return Some(Input::Referred);
        }
        debug!(attempt = %self.attempt, code, "the trunk does not move the call");
        match moving {
            Moving::Blind(number, until) => {
                let wait = until.saturating_duration_since(now);
                self.seats.find(Seat::First, Whom::Outside(number), wait)
            }
            Moving::Joined => None,
        }
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

    fn hear_leg(&mut self, event: Option<LegEvent>, clock: Clock) -> Option<Input> {
        let Some(event) = event else {
            self.leg = None;
            return Some(Input::Broken(Fault::Us));
        };
        if event.is_last() {
            self.leg = None;
        }
        match event {
            LegEvent::Trying => Some(Input::Trying),
            LegEvent::Ringing { .. } => Some(Input::Ringing),
            LegEvent::EarlyMedia(target) => {
                told("early media", self.stream.connect(target));
                Some(Input::EarlyMedia)
            }
            LegEvent::Answered(target) => {
                told("answer", self.stream.connect(target));
                told("answer", self.stream.answered());
                Some(Input::Answered)
            }
            LegEvent::Refused { word, retry_after } => {
                self.retry_after = retry_after;
                Some(Input::Refused(word))
            }
            LegEvent::MediaChanged(target) => {
                told("change of media", self.stream.connect(target));
                None
            }
            LegEvent::KeyByInfo(key) => {
                told("key by INFO", self.stream.key_by_info(key));
                None
            }
            LegEvent::Transfer { code } => self.moved(code, clock.now()),
            LegEvent::MediaKept { .. } | LegEvent::Refer { .. } => None,
            LegEvent::Ended { word, .. } => Some(Input::Ended(word)),
            LegEvent::Fault(fault) => {
                debug!(%fault, "the leg could not go on");
                Some(Input::Broken(blame(&fault)))
            }
        }
    }

    fn hear_media(&mut self, event: Option<MediaEvent>) -> Option<Input> {
        let Some(event) = event else {
            self.hears = false; // the engine is gone: say so once, and let the call end itself
            return Some(Input::MediaLost);
        };
        match event {
            MediaEvent::Digit { digit, .. } => Some(Input::Digit(digit)),
            MediaEvent::FirstAudioSent { .. } => {
                self.seats.sounded();
                Some(Input::FirstAudio)
            }
            MediaEvent::Heard(heard) => Some(Input::Heard(heard)),
            MediaEvent::PlayEnded { id: WAITING, .. } => None,
            MediaEvent::PlayEnded { id, percent, .. } => {
                let prompt = PromptNo(u32::try_from(id.0).expect("made from a u32"));
                let length = self.lengths.remove(&prompt).unwrap_or_default();
                Some(Input::PlayEnded { prompt, percent, length })
            }
            MediaEvent::RecordingFailed { why } => {
                let ends = self.seats.must_record();
                warn!(attempt = %self.attempt, why, ends, "a recording failed");
                ends.then_some(Input::Stop(StopReason::Unrecorded))
            }
            MediaEvent::Stale { .. } if self.sound_came => Some(Input::MediaLost),
            MediaEvent::Stale { .. } => Some(Input::NoMedia),
            MediaEvent::FirstPacketReceived { .. } => {
                self.sound_came = true;
                None
            }
            MediaEvent::DigitsSent { .. } | MediaEvent::Quiet { .. } | MediaEvent::Resumed { .. } => None,
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

fn blame(fault: &LegFault) -> Fault {
    match fault {
        LegFault::Closed => Fault::Us,
        LegFault::NoCommonCodec | LegFault::NoSdp | LegFault::Silent | LegFault::Unsent(_) => Fault::Trunk,
    }
}
