//! One call at the carrier: its dialog, its line, and the loop in which messages, sound and time meet.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, Interval};

use super::clock;
use super::network::Network;
use super::record::{CallRecord, Ending, RtpCount, attempt_of};
use super::resend::{Awaited, Due, Resends};
use super::script::{Faults, Refusal, Step};
use super::sound::line::{Far, Line};
use super::switchboard::Parcel;
use super::wire::dialog::Dialog;
use super::wire::message::{Message, uri_of, user_of};
use super::wire::reply::{Reply, return_address};
use super::wire::sdp::Audio;

/// A call, ringing or up, lasts no longer than this.
const LIMIT: Duration = Duration::from_secs(180);
/// After its end a call still answers repetitions for this long (timer J, RFC 3261 section 17.2.2).
const LINGER: Duration = Duration::from_secs(32);
/// Responses kept for repeated requests.
const KEPT: usize = 16;

/// The call is over; what the script still had to say is void.
#[derive(Debug)]
pub struct Over;

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Inviting,
    Answered,
    Over,
}

/// A living call.
#[derive(Debug)]
pub struct Call {
    pub(super) network: Arc<Network>,
    pub(super) invite: Message,
    source: SocketAddr,
    pub(super) tag: String,
    pub(super) dialog: Dialog,
    inbox: mpsc::Receiver<Parcel>,
    pub(super) line: Line,
    /// The caller's offer; absent when he sent none.
    pub(super) offer: Option<Audio>,
    pub(super) far: Option<Far>,
    /// The version of our last SDP.
    pub(super) version: u32,
    pub(super) faults: Faults,
    pub(super) resends: Resends,
    /// Our last response to each request, by branch and method.
    given: VecDeque<(String, Vec<u8>)>,
    pub(super) phase: Phase,
    pub(super) reliable_number: u32,
    pace: Option<Interval>,
    pub(super) record: CallRecord,
    acknowledged: Option<Instant>,
    place: usize,
}

impl Call {
    /// Opens the line and enters the call in the log; `persona` and the number dialled go into the record.
    ///
    /// # Errors
    /// When no pair of RTP ports is free.
    pub async fn begin(
        network: Arc<Network>,
        (invite, source): Parcel,
        inbox: mpsc::Receiver<Parcel>,
        faults: Faults,
        (persona, number): (&'static str, String),
    ) -> io::Result<Self> {
        let call_id = invite.call_id().unwrap_or_default().to_owned();
        let seed = call_id.bytes().fold(7u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        let line = Line::open(network.ours.ip(), faults.line, network.recordings.is_some(), seed).await?;
        let record = CallRecord {
            attempt: attempt_of(&call_id),
            call_id,
            number,
            caller: user_of(uri_of(invite.header("from").unwrap_or_default())).to_owned(),
            persona,
            began: clock::wall(),
            ringing: None,
            early_media: None,
            answered: None,
            acknowledged: None,
            ended: None,
            ending: None,
            invites: 1,
            keys_sent: String::new(),
            keys_heard: String::new(),
            reoffers: 0,
            rtp: RtpCount::default(),
        };
        let place = network.log.begin(record.clone());
        let tag = format!("c{place}x{seed:016x}");
        let dialog = Dialog::new(&invite, &tag, source, network.ours);
        let offer = Audio::read(&invite.body);
        Ok(Self {
            network,
            invite,
            source,
            tag,
            dialog,
            inbox,
            line,
            offer,
            far: None,
            version: 0,
            faults,
            resends: Resends::default(),
            given: VecDeque::new(),
            phase: Phase::Inviting,
            reliable_number: 0,
            pace: None,
            record,
            acknowledged: None,
            place,
        })
    }

    /// Plays the steps, lasts as long as the caller wants, and lingers for repetitions.
    pub async fn run(mut self, steps: Vec<Step>) {
        let limit = clock::now() + LIMIT;
        if !self.faults.no_trying {
            self.provisional(Reply::new(100, "Trying")).await;
        }
        if self.act(steps).await.is_ok() && self.live(limit, |_, _| false).await.is_ok() {
            match self.phase {
                Phase::Inviting => self.refuse(Refusal::new(480, "Temporarily Unavailable", Some(19))).await,
                Phase::Answered | Phase::Over => self.hang_up().await,
            }
        }
        let until = clock::now() + LINGER;
        self.pump(until, |_, _| false).await;
    }

    async fn act(&mut self, steps: Vec<Step>) -> Result<(), Over> {
        if !self.offer_is_fit() {
            self.refuse(Refusal::new(488, "Not Acceptable Here", Some(88))).await;
            return Err(Over);
        }
        for step in steps {
            self.perform(step).await?;
        }
        Ok(())
    }

    /// Lives until `until`, until `done` holds, or until the call is over.
    pub(super) async fn live(
        &mut self,
        until: Instant,
        done: impl Fn(&Self, Instant) -> bool,
    ) -> Result<(), Over> {
        self.pump(until, |call, now| call.phase == Phase::Over || done(call, now)).await;
        if self.phase == Phase::Over { Err(Over) } else { Ok(()) }
    }

    /// The one place where messages, sound and time meet.
    async fn pump(&mut self, until: Instant, done: impl Fn(&Self, Instant) -> bool) {
        loop {
            let now = clock::now();
            if now >= until || done(self, now) {
                return;
            }
            // With no sound to pace the loop, look at `done` now and then.
            let wake = self.resends.next().unwrap_or(until).min(until).min(now + Duration::from_millis(200));
            tokio::select! {
                Some(parcel) = self.inbox.recv() => self.take(parcel).await,
                heard = self.line.hear(clock::now) => {
                    if let Err(fault) = heard {
                        tracing::debug!(%fault, "a carrier's line failed");
                    }
                }
                () = tick(&mut self.pace) => self.line.tick().await,
                () = tokio::time::sleep_until(wake) => self.resend().await,
            }
        }
    }

    async fn resend(&mut self) {
        for due in self.resends.due(clock::now()) {
            match due {
                Due::Send(bytes, to) => self.network.send(&bytes, to).await,
                Due::GaveUp(Awaited::Ack(_)) if self.phase == Phase::Answered => {
                    self.end(Ending::NeverAcknowledged);
                    self.send_bye().await;
                }
                Due::GaveUp(_) => {}
            }
        }
    }

    /// Starts the frames of 20 ms.
    pub(super) fn start_sound(&mut self) {
        self.line.open = true;
        self.pace.get_or_insert_with(|| tokio::time::interval(Duration::from_millis(20)));
    }

    /// Answers a request and keeps the answer for its repetitions.
    pub(super) async fn respond(&mut self, request: &Message, from: SocketAddr, reply: Reply<'_>) -> Vec<u8> {
        let bytes = reply.write(request, from);
        let key = transaction(request);
        self.given.retain(|(known, _)| *known != key);
        self.given.push_back((key, bytes.clone()));
        if self.given.len() > KEPT {
            self.given.pop_front();
        }
        self.network.send(&bytes, return_address(request, from)).await;
        bytes
    }

    /// Answers a repeated request as it was answered; false when it is new.
    pub(super) async fn repeat(&mut self, request: &Message, from: SocketAddr) -> bool {
        let key = transaction(request);
        if key == transaction(&self.invite) {
            self.record.invites += 1;
            self.network.log.count_invite(self.place);
        }
        let Some((_, bytes)) = self.given.iter().find(|(known, _)| *known == key) else { return false };
        self.network.send(bytes, return_address(request, from)).await;
        true
    }

    /// Sends a response to the INVITE and repeats it until its ACK, when it is final.
    pub(super) async fn final_response(&mut self, reply: Reply<'_>) -> Vec<u8> {
        let bytes = self.answer_invite(reply).await;
        let cseq = self.invite.cseq().map_or(0, |(number, _)| number);
        let to = return_address(&self.invite, self.source);
        self.resends.add(Awaited::Ack(cseq), bytes.clone(), to, clock::now());
        bytes
    }

    pub(super) async fn provisional(&mut self, reply: Reply<'_>) -> Vec<u8> {
        self.answer_invite(reply).await
    }

    async fn answer_invite(&mut self, reply: Reply<'_>) -> Vec<u8> {
        let invite = self.invite.clone();
        self.respond(&invite, self.source, reply).await
    }

    /// Where responses to the INVITE go.
    pub(super) fn caller(&self) -> SocketAddr {
        return_address(&self.invite, self.source)
    }

    pub(super) fn acknowledge(&mut self) {
        if self.acknowledged.is_none() {
            self.acknowledged = Some(clock::now());
            self.record.acknowledged = Some(clock::wall());
        }
    }

    /// Ends the call, once: closes the line and the record.
    pub(super) fn end(&mut self, ending: Ending) {
        if self.phase == Phase::Over {
            return;
        }
        self.phase = Phase::Over;
        self.line.close();
        self.pace = None;
        self.record.ending = Some(ending);
        self.record.ended = Some(clock::wall());
        self.note();
        self.save_recording();
    }

    /// Brings the log up to date.
    pub(super) fn note(&mut self) {
        let ear = &self.line.ear;
        let after_ack = |at: Option<Instant>| {
            let waited = at?.saturating_duration_since(self.acknowledged?);
            u64::try_from(waited.as_millis()).ok()
        };
        self.record.rtp = RtpCount {
            sent: self.line.sent,
            received: ear.received,
            lost: ear.lost,
            longest_gap_ms: u64::try_from(ear.longest_gap.as_millis()).unwrap_or(u64::MAX),
            first_packet_ms: after_ack(ear.first_packet),
            first_voice_ms: after_ack(ear.first_voice),
        };
        self.record.keys_heard.clone_from(&ear.keys);
        self.network.log.update(self.place, self.record.clone());
    }

    fn save_recording(&mut self) {
        let (Some(folder), Some(samples)) = (&self.network.recordings, self.line.ear.take_recording()) else {
            return;
        };
        // An agent's phone is called for no attempt, or before there is one.
        let attempt = self.record.attempt.filter(|id| *id > 0);
        let name = attempt.map_or_else(|| format!("call{}", self.place), |id| id.to_string());
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let written =
            hound::WavWriter::create(folder.join(format!("{name}.wav")), spec).and_then(|mut writer| {
                samples.iter().try_for_each(|&sample| writer.write_sample(sample))?;
                writer.finalize()
            });
        if let Err(fault) = written {
            tracing::warn!(%fault, "a callee's recording can't be written");
        }
    }
}

/// The next frame's time; never, while no sound runs.
async fn tick(pace: &mut Option<Interval>) {
    match pace {
        Some(pace) => {
            pace.tick().await;
        }
        None => std::future::pending().await,
    }
}

/// What makes two requests the same one (RFC 3261 section 17.2.3).
fn transaction(request: &Message) -> String {
    let cseq = request.cseq().map_or(0, |(number, _)| number);
    format!("{} {} {cseq}", request.method(), request.branch().unwrap_or_default())
}
