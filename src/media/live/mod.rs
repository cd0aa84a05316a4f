//! A stream as its shard sees it: one turn every 20 ms.

mod cords;
mod inbox;
mod music;
mod outlet;
mod player;
mod receiving;
mod replay;
mod sending;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

pub(super) use cords::Lane;
use cords::{Cords, Frame, Words};
use inbox::Inbox;
use outlet::Outlet;
use receiving::{Brought, Receiving};
pub use replay::{Replayed, replay};
use sending::{Outgoing, Sending, Start};

use super::shard::{Act, Figures};
use crate::detect::DetectorPlan;
use crate::domain::Codec;
use crate::domain::media_target::MediaTarget;
use crate::domain::verdict::{Heard, Verdict};
use crate::media::clock::Clock;
use crate::media::dtmf::DigitSource;
use crate::media::ports::PortPair;
use crate::media::recording::{Recorder, Side};
use crate::media::rtp::rtcp::{self, Report, Rtcp, is_rtcp};
use crate::media::{FRAME, MediaEvent, StreamReport};

/// One stream's state: everything its turn needs.
#[derive(Debug)]
pub(super) struct Live {
    pair: PortPair,
    outlet: Outlet,
    detector: Option<DetectorPlan>,
    recorder: Option<Recorder>,
    rtp_timeout: Duration,
    quiet: Option<Duration>,
    signals_from: Option<IpAddr>,
    /// `None` until SDP has told where to.
    line: Option<Line>,
    sending: Sending,
    rtcp: Rtcp,
    cords: Cords,
    /// What was said since the answer; gone once somebody was bridged in.
    words: Option<Words>,
    verdict: Option<Verdict>,
    turns: u32,
}

/// What exists once the far end is known.
#[derive(Debug)]
struct Line {
    target: MediaTarget,
    receiving: Receiving,
}

/// What a stream is made of.
#[derive(Debug)]
pub(super) struct Opening {
    pub pair: PortPair,
    pub events: mpsc::Sender<MediaEvent>,
    pub detector: Option<DetectorPlan>,
    pub recorder: Option<Recorder>,
    /// How much of the first words is kept for whoever is bridged in.
    pub first_words: Duration,
    pub rtp_timeout: Duration,
    pub quiet: Option<Duration>,
    pub signals_from: Option<IpAddr>,
}

/// What the shard lends to each turn.
#[derive(Debug)]
pub(super) struct Bench {
    pub clock: Clock,
    inbox: Inbox,
    pub figures: Arc<Figures>,
    /// When this turn was due.
    pub due: Instant,
}

impl Bench {
    pub fn new(clock: Clock, figures: Arc<Figures>) -> Self {
        Self { clock, inbox: Inbox::new(), figures, due: clock.now() }
    }
}

impl Live {
    pub fn new(opening: Opening) -> Self {
        let start = Start { ssrc: rand::random(), sequence: rand::random(), timestamp: rand::random() };
        Self {
            pair: opening.pair,
            outlet: Outlet::new(opening.events),
            detector: opening.detector,
            recorder: opening.recorder,
            rtp_timeout: opening.rtp_timeout,
            quiet: opening.quiet,
            signals_from: opening.signals_from,
            line: None,
            sending: Sending::new(start),
            rtcp: Rtcp::new(start.ssrc, rand::random()),
            cords: Cords::default(),
            words: Words::keep(opening.first_words),
            verdict: None,
            turns: 0,
        }
    }

    /// Whether the handle was dropped without closing.
    pub fn is_abandoned(&self) -> bool {
        self.outlet.is_closed()
    }

    pub fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// Carries out a request other than opening and closing.
    pub fn handle(&mut self, now: Instant, act: Act) {
        match act {
            Act::Answered => {
                if let Some(line) = &mut self.line {
                    line.receiving.answered();
                }
                self.words.iter_mut().for_each(Words::begin);
            }
            Act::Connect(target) => self.connect(now, target),
            Act::Cut => self.cords.cut(),
            Act::Hear(from, lane) => self.cords.hear(from, lane),
            Act::KeyByInfo(body, code) => self.pressed(now, code, DigitSource::Info(body)),
            Act::Music(clips) => self.sending.music(clips),
            Act::Mute(muted) => self.cords.mute(muted),
            Act::StandIn(stands_in) => self.cords.stand_in(stands_in),
            Act::NoLongerHear(from) => self.cords.no_longer_hear(from),
            Act::NoLongerSpeak(to) => self.cords.no_longer_speak(to),
            Act::PauseRecording => self.recorder.iter_mut().for_each(|recorder| recorder.pause(true)),
            Act::Play(id, clips) => self.sending.play(id, clips),
            Act::ResumeRecording => self.recorder.iter_mut().for_each(|recorder| recorder.pause(false)),
            Act::SendDigits(codes) => self.sending.press(&codes),
            Act::Speak(to, lane) => self.cords.speak(to, lane),
            Act::SpeakFromTheStart(to, lane) => {
                lane.begin_with(self.words.take().into_iter().flat_map(Words::said));
                self.cords.speak(to, lane);
            }
            Act::StartRecording => {
                if let Some(Err(fault)) = self.recorder.as_mut().map(Recorder::start) {
                    self.outlet.tell(fault);
                }
            }
            Act::Stop => {
                for ended in self.sending.stop() {
                    let event = MediaEvent::PlayEnded { id: ended.id, percent: ended.percent, at: now };
                    self.outlet.tell(event);
                }
            }
            Act::Close(_) | Act::Open(_) => unreachable!("the shard opens and closes streams itself"),
        }
    }

    fn connect(&mut self, now: Instant, target: MediaTarget) {
        self.sending.retarget(&target);
        match &mut self.line {
            Some(line) => {
                line.receiving.retarget(&target, now);
                line.target = target;
            }
            None => {
                let mut receiving = Receiving::new(&target, self.detector.as_ref(), now);
                receiving.signals_from(self.signals_from);
                self.line = Some(Line { target, receiving });
            }
        }
    }

    /// One turn: take in what came, hear 20 ms of it, send 20 ms.
    pub fn turn(&mut self, bench: &mut Bench) {
        let Some(mut line) = self.line.take() else { return };
        let now = bench.clock.now();
        self.turns = self.turns.wrapping_add(1);
        self.receive(&mut line, bench, now);
        let (codec, heard) = line.receiving.take();
        // In a talk keys pass in the sound, and it is known who answered.
        if !self.cords.hears() {
            self.listen(&mut line, now, codec, &heard);
        }
        self.cords.put(Frame { codec, bytes: heard });
        if let Some(words) = &mut self.words {
            words.add(Frame { codec, bytes: heard });
        }
        let out = self.send(&line, bench, now);
        if !self.cords.hears() {
            line.receiving.sent(out.codec, &out.sound);
        }
        if let Some(recorder) = &mut self.recorder {
            let (debtor, us) = (Side { codec, bytes: &heard }, Side { codec: out.codec, bytes: &out.sound });
            if let Err(fault) = recorder.add(debtor, us) {
                self.outlet.tell(fault);
            }
        }
        if self.turns.is_multiple_of(QUIET_EVERY)
            && let Some(silent_for) = self.quiet.and_then(|limit| line.receiving.check_quiet(now, limit))
        {
            self.outlet.tell(MediaEvent::Quiet { silent_for });
        }
        if self.turns.is_multiple_of(TURNS_A_SECOND) {
            self.look_after(&mut line, bench, now);
        }
        self.line = Some(line);
    }

    fn receive(&mut self, line: &mut Line, bench: &mut Bench, now: Instant) {
        let (clock, mut received) = (bench.clock, 0);
        let (rtcp, outlet, cords) = (&mut self.rtcp, &mut self.outlet, &self.cords);
        bench.inbox.read(&self.pair.rtp, |datagram| {
            received += 1;
            if is_rtcp(datagram.bytes) {
                rtcp.read(clock, now, datagram.bytes);
                return;
            }
            let Brought { first, key, resumed } = line.receiving.datagram(datagram, now);
            if let Some(paused) = resumed {
                outlet.tell(MediaEvent::Resumed { paused });
            }
            if let Some(from) = first {
                outlet.tell(MediaEvent::FirstPacketReceived { at: now, from });
            }
            if let Some(code) = key
                && outlet.pressed(now, code, DigitSource::TelephoneEvent)
            {
                cords.press(code);
            }
        });
        bench.figures.received(received);
    }

    /// A key that comes beside the sound: the other side of a talk must be told of it.
    fn pressed(&mut self, now: Instant, code: u8, source: DigitSource) {
        self.line.iter_mut().for_each(|line| line.receiving.key_pressed());
        if self.outlet.pressed(now, code, source) {
            self.cords.press(code);
        }
    }

    fn listen(&mut self, line: &mut Line, now: Instant, codec: Codec, frame: &[u8; FRAME]) {
        let (key, heard) = line.receiving.listen(codec, frame);
        if let Some(code) = key {
            self.outlet.pressed(now, code, DigitSource::InBand);
        }
        if let Some(heard) = heard {
            if let Heard::Verdict { verdict, .. } = heard {
                self.verdict = Some(verdict);
            }
            self.outlet.tell(MediaEvent::Heard(heard));
        }
    }

    fn send(&mut self, line: &Line, bench: &Bench, now: Instant) -> Outgoing {
        let (outlet, cords, mut keys) = (&mut self.outlet, &mut self.cords, Vec::new());
        let relayed = if self.sending.speaks() {
            cords.pass(|key| keys.push(key));
            None
        } else {
            cords.take(|key| keys.push(key))
        };
        self.sending.press(&keys);
        let out = self.sending.turn(now, relayed, |ended| {
            outlet.tell(MediaEvent::PlayEnded { id: ended.id, percent: ended.percent, at: now });
        });
        if out.length > 0 {
            match self.pair.rtp.send_to(&out.bytes[..out.length], line.receiving.reply_to()) {
                Ok(_) => bench.figures.sent(bench.clock.now().saturating_duration_since(bench.due)),
                // A full socket buffer or a refusing far end is loss like any other.
                Err(_) => bench.figures.unsent(),
            }
        }
        if out.first_audio {
            self.outlet.tell(MediaEvent::FirstAudioSent { at: now });
        }
        if out.digits_sent {
            self.outlet.tell(MediaEvent::DigitsSent { at: now });
        }
        out
    }

    /// What need not be done more than once a second.
    fn look_after(&mut self, line: &mut Line, bench: &mut Bench, now: Instant) {
        let clock = bench.clock;
        bench.inbox.read(&self.pair.rtcp, |datagram| {
            // Reports come from the host that SDP named; from elsewhere they are somebody's play.
            if datagram.from.ip() == line.target.rtcp.ip() {
                self.rtcp.read(clock, now, datagram.bytes);
            }
        });
        if let Some(silent_for) = line.receiving.check_silence(now, self.rtp_timeout) {
            self.outlet.tell(MediaEvent::Stale { silent_for });
        }
        if self.turns % (TURNS_A_SECOND * REPORT_S) == TURNS_A_SECOND * FIRST_REPORT_S {
            self.report(line, clock, now, false);
        }
    }

    fn report(&mut self, line: &mut Line, clock: Clock, now: Instant, bye: bool) {
        let report = Report { sent: self.sending.report(), block: line.receiving.block(), bye };
        let mut bytes = [0; rtcp::MOST];
        let length = self.rtcp.write(clock, now, &report, &mut bytes);
        let muxed = line.target.rtcp == line.target.addr;
        let (socket, to) = if muxed {
            (&self.pair.rtp, line.receiving.reply_to())
        } else {
            (&self.pair.rtcp, line.target.rtcp)
        };
        // A lost report is replaced by the next one.
        drop(socket.send_to(&bytes[..length], to));
    }

    /// Ends the stream: BYE, the recording's end, then the sums.
    pub fn close(mut self, clock: Clock, reply: Option<oneshot::Sender<StreamReport>>) {
        let now = clock.now();
        let mut report = StreamReport {
            sent: self.sending.sent(),
            first_audio: self.sending.first_audio(),
            lost_at_far_end: self.rtcp.lost_at_far_end(),
            round_trip: self.rtcp.round_trip(),
            verdict: self.verdict,
            events_dropped: self.outlet.dropped(),
            ..StreamReport::default()
        };
        if let Some(mut line) = self.line.take() {
            line.receiving.sum_up(&mut report);
            self.report(&mut line, clock, now, true);
        }
        match (self.recorder, reply) {
            (Some(recorder), reply) => recorder.finish(report, reply),
            (None, Some(reply)) => drop(reply.send(report)),
            (None, None) => {}
        }
    }
}

const TURNS_A_SECOND: u32 = 50;
/// A tenth of a second.
const QUIET_EVERY: u32 = 5;
/// RFC 3550 section 6.2: five seconds, half of that before the first.
const REPORT_S: u32 = 5;
const FIRST_REPORT_S: u32 = 2;
