//! What a person and a machine are told apart by, at one moment of a call.

use super::speech::{Speech, Stretch};
use crate::detect::FRAME_MS;
use crate::domain::verdict::Features;

/// How many there are; see [`names`].
pub const TALK_FEATURES: usize = 46;

/// Their names, in order.
pub fn names() -> [&'static str; TALK_FEATURES] {
    [
        "onset",
        "since",
        "speaking",
        "pause",
        "last_seg",
        "last_utt",
        "long_seg",
        "long_utt",
        "segs",
        "utts",
        "voiced",
        "share",
        "long_pause",
        "first_seg",
        "first_pause",
        "first_utt",
        "first_utt_pause",
        "odds_now",
        "odds_low",
        "snr",
        "floor",
        "peak",
        "v_level",
        "v_dev",
        "v_harm",
        "v_flat",
        "v_centre",
        "v_change",
        "v_voiced",
        "v_pitch",
        "v_pitchdev",
        "pitch_end",
        "syllables",
        "syl_rate",
        "l_harm",
        "l_flat",
        "l_change",
        "l_dev",
        "soft",
        "second_utt",
        "second_pause",
        "wide_utt",
        "faded",
        "far_faded",
        "fade",
        "held",
    ]
}

/// Reads them off; `None` before anything was said.
pub(super) fn read(speech: &Speech, floor: f32, peak: f32) -> Option<[f32; TALK_FEATURES]> {
    let s = |ms: u32| ms as f32 / 1000.0;
    let tight = speech.joined(TIGHT_MS);
    let loose = speech.joined(LOOSE_MS);
    let wide = speech.joined(WIDE_MS);
    let (first, last) = (*tight.first()?, *tight.last()?);
    let now = speech.now_ms;
    let onset = first.since_ms;
    let since = now - onset;
    let pause = if speech.speaking { 0 } else { now - last.until_ms };
    let longest = |of: &[Stretch]| of.iter().map(|stretch| stretch.length_ms()).max().unwrap_or(0);
    let after = |of: &[Stretch], n: usize| match of.get(n + 1) {
        Some(next) => next.since_ms - of[n].until_ms,
        None => pause,
    };
    let voiced: u32 = speech.stretches.iter().map(|stretch| stretch.length_ms()).sum();
    let long_pause = tight.windows(2).map(|two| two[1].since_ms - two[0].until_ms).max().unwrap_or(0);
    let [v_level, v_dev, v_harm, v_flat, v_centre, v_change, v_voiced, v_pitch, v_pitchdev] =
        speech.voice.means();
    let [_, l_dev, l_harm, l_flat, _, l_change, ..] = speech.line.means();
    let recent = &speech.odds[..];
    let odds_now = recent.iter().rev().take(5).sum::<f32>() / 5.0;
    let odds_low = recent.windows(3).map(|w| w.iter().sum::<f32>() / 3.0).fold(9.0, f32::min);
    let soft =
        recent.iter().map(|odds| 1.0 / (1.0 + (-odds).exp())).sum::<f32>() / recent.len().max(1) as f32;
    let ending = &speech.pitches;
    let pitch_end = ending.iter().sum::<f32>() / ending.len().max(1) as f32 - v_pitch;
    let second = loose.get(1).map_or(0, |stretch| stretch.length_ms());
    let second_pause = if loose.len() > 1 { after(&loose, 1) } else { 0 };
    let [faded, far_faded] = speech.faded_ms();
    let syllables = speech.syllables as f32;
    Some([
        s(onset),
        s(since),
        f32::from(u8::from(speech.speaking)),
        s(pause),
        s(last.length_ms()),
        s(loose.last().map_or(0, |stretch| stretch.length_ms())),
        s(longest(&tight)),
        s(longest(&loose)),
        tight.len() as f32,
        loose.len() as f32,
        s(voiced),
        voiced as f32 / since.max(FRAME_MS) as f32,
        s(long_pause),
        s(first.length_ms()),
        s(after(&tight, 0)),
        s(loose[0].length_ms()),
        s(after(&loose, 0)),
        odds_now,
        odds_low,
        peak - floor,
        floor,
        peak,
        v_level - peak,
        v_dev,
        v_harm,
        v_flat,
        v_centre,
        v_change,
        v_voiced,
        v_pitch,
        v_pitchdev,
        pitch_end,
        syllables,
        syllables / s(voiced.max(100)),
        l_harm,
        l_flat,
        l_change,
        l_dev,
        soft,
        s(second),
        s(second_pause),
        s(wide[0].length_ms()),
        s(faded),
        s(far_faded),
        speech.fade(),
        speech.held / speech.voice.frames.max(1.0),
    ])
}

/// What of the timing explains a verdict; nothing before anything was said.
pub(super) fn told(speech: &Speech) -> Features {
    let utterances = speech.joined(LOOSE_MS);
    let Some(first) = utterances.first() else { return Features::default() };
    let pauses = utterances.windows(2).map(|two| two[1].since_ms - two[0].until_ms);
    Features {
        first_word_ms: Some(first.since_ms),
        first_utterance_ms: Some(first.length_ms()),
        longest_utterance_ms: utterances.iter().map(|utterance| utterance.length_ms()).max(),
        utterances: u32::try_from(utterances.len()).ok(),
        speech_ms: Some(speech.voiced_ms()),
        longest_pause_ms: pauses.max(),
        pause_ms: Some(speech.pause_ms()),
        ..Features::default()
    }
}

const TIGHT_MS: u32 = 120;
const LOOSE_MS: u32 = 300;
const WIDE_MS: u32 = 600;
