//! What the leg and the sound tell, as the call is to hear it.

use tracing::{debug, info, warn};

use super::{Drive, told};
use crate::call::{Input, StopReason};
use crate::daemon::clock::Clock;
use crate::daemon::waiting::WAITING;
use crate::domain::Fault;
use crate::domain::verdict::Heard;
use crate::ivr::PromptNo;
use crate::media::MediaEvent;
use crate::sip::{LegEvent, LegFault};

impl Drive {
    pub(super) fn hear_leg(&mut self, event: Option<LegEvent>, clock: Clock) -> Option<Input> {
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
            LegEvent::KeyByInfo(body, key) => {
                told("key by INFO", self.stream.key_by_info(body, key));
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

    /// Who looks on sees it at once; the store has it when the call is over, with what each verdict rested on.
    fn tell_heard(&self, heard: &Heard) {
        let attempt = self.attempt;
        match *heard {
            Heard::Announced { says, at_ms } => {
                info!(%attempt, at_ms, says = says.code(), "an announcement is known");
            }
            Heard::BeepEnded { at_ms } => info!(%attempt, at_ms, "a beep has ended"),
            Heard::FellSilent { at_ms } => info!(%attempt, at_ms, "a machine fell silent"),
            Heard::SpokeAgain { at_ms } => info!(%attempt, at_ms, "a machine spoke again"),
            Heard::Verdict { verdict, at_ms, confidence, .. } => {
                info!(%attempt, at_ms, verdict = verdict.code(), confidence, "who answered");
            }
            Heard::BeepStarted { .. } => {}
        }
    }

    pub(super) fn hear_media(&mut self, event: Option<MediaEvent>) -> Option<Input> {
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
            MediaEvent::Heard(heard) => {
                self.tell_heard(&heard);
                Some(Input::Heard(heard))
            }
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

fn blame(fault: &LegFault) -> Fault {
    match fault {
        LegFault::Closed => Fault::Us,
        LegFault::NoCommonCodec | LegFault::NoSdp | LegFault::Silent | LegFault::Unsent(_) => Fault::Trunk,
    }
}
