//! One recording through the detector.

use crate::detect::{Detector, DetectorPlan, FRAME};
use crate::domain::verdict::{Heard, Verdict};

/// What the detector made of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Listening {
    /// The last verdict, which stood to the end.
    pub last: Judged,
    /// The first one.
    pub first: Judged,
    /// Start and end of the first beep in ms; one that never ended has no end.
    pub beep: Option<(u32, Option<u32>)>,
    pub events: Vec<Heard>,
}

/// A verdict and when it stood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    /// Media time from the answer.
    pub at_ms: u32,
    /// 0..=1.
    pub confidence: f32,
}

impl Listening {
    /// Listens to the samples; less than 20 ms at the end is not heard.
    pub fn to(samples: &[i16], plan: &DetectorPlan) -> Self {
        let events = Detector::new(plan).listen(samples);
        let length_ms = (samples.len() / FRAME * 20) as u32;
        let unsure = Judged { verdict: Verdict::Unsure, at_ms: length_ms, confidence: 0.0 };
        let mut verdicts = events.iter().filter_map(|heard| match *heard {
            Heard::Verdict { verdict, at_ms, confidence, .. } => Some(Judged { verdict, at_ms, confidence }),
            Heard::Announced { .. }
            | Heard::BeepEnded { .. }
            | Heard::BeepStarted { .. }
            | Heard::FellSilent { .. }
            | Heard::SpokeAgain { .. } => None,
        });
        let first = verdicts.next().unwrap_or(unsure);
        let last = verdicts.next_back().unwrap_or(first);
        Self { last, first, beep: first_beep(&events), events }
    }
}

fn first_beep(events: &[Heard]) -> Option<(u32, Option<u32>)> {
    let start = events.iter().find_map(|heard| match heard {
        Heard::BeepStarted { at_ms } => Some(*at_ms),
        Heard::Announced { .. }
        | Heard::BeepEnded { .. }
        | Heard::FellSilent { .. }
        | Heard::SpokeAgain { .. }
        | Heard::Verdict { .. } => None,
    })?;
    let end = events.iter().find_map(|heard| match heard {
        Heard::BeepEnded { at_ms } => Some(*at_ms),
        Heard::Announced { .. }
        | Heard::BeepStarted { .. }
        | Heard::FellSilent { .. }
        | Heard::SpokeAgain { .. }
        | Heard::Verdict { .. } => None,
    });
    Some((start, end))
}
