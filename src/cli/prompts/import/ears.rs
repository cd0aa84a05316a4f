//! What a sound engineer would say of a recording.

use crate::domain::Language;
use crate::speech::sound::{NoSound, RATE, Recording, in_band, is_steady, measure};

/// What may be recorded to: the import refuses the rest.
pub const TAKEN: &str = "WAV of 8 to 192 kHz and 16 to 32 bits, mono or stereo";

const TAKEN_RU: &str = "WAV 8–192 кГц, 16–32 бита, моно или стерео";

/// Why a file has no sound for a pack.
pub(super) fn no_sound(why: &NoSound, screen: Language) -> String {
    let ru = match (screen, why) {
        (Language::En, _) => return why.to_string(),
        (Language::Ru, NoSound::CutShort { there, said }) => {
            return format!("файл обрезан: {there} байт из {said}, о которых говорит его начало");
        }
        (Language::Ru, NoSound::Rate(rate)) => return format!("{rate} Гц: годится от 6 000 до 192 000"),
        (Language::Ru, NoSound::TooLong(seconds)) => return format!("длиннее {seconds} с"),
        (Language::Ru, NoSound::Empty) => "в файле WAV нет отсчётов",
        (Language::Ru, NoSound::NotWav) => "это не файл WAV с целыми или дробными отсчётами",
        (Language::Ru, NoSound::Silence) => "в нём ничего не слышно",
        (Language::Ru, NoSound::Steady) => "звук ровный, как тон или шипение: это не голос",
    };
    ru.to_owned()
}

/// Quieter than this before levelling, and the noise comes up with the voice: dB below full scale.
const TOO_QUIET_DBOV: f64 = -40.0;
/// Longer silence than this around the voice is remarked on, ms.
const LONG_SILENCE_MS: u32 = 1000;
/// A letter takes so long at least and at most, s; a word alone is spoken slower, which three letters more stand for.
/// In the shipped packs a letter takes 0.034 to 0.099 s.
const LETTER_S: std::ops::Range<f64> = 0.03..0.18;

/// Why a recording is none that a pack can have; `clip` is what was made of it.
pub(super) fn refusal(recording: &Recording, clip: &[i16], screen: Language) -> Option<String> {
    let Recording { rate, channels, bits, .. } = *recording;
    if rate < RATE || bits < 16 || channels > 2 {
        return Some(match screen {
            Language::En => format!("{rate} Hz, {bits} bits, {channels} channels: {TAKEN} is taken"),
            Language::Ru => format!("{rate} Гц, {bits} бит, каналов {channels}: годится {TAKEN_RU}"),
        });
    }
    is_steady(clip).then(|| no_sound(&NoSound::Steady, screen))
}

/// What is remarked on in a recording of `words`. Clipping is looked for before anything is done to the sound.
pub(super) fn remarks(recording: &Recording, clip: &[i16], words: &str, screen: Language) -> Vec<String> {
    let measured = measure(&in_band(recording));
    let say = |en: String, ru: String| match screen {
        Language::En => en,
        Language::Ru => ru,
    };
    let mut remarks = Vec::new();
    if recording.channels > 1 {
        remarks.push(say(
            format!("{} channels made one", recording.channels),
            format!("каналов {}, сведены в один", recording.channels),
        ));
    }
    let clipped = recording.clipped();
    if clipped > 0 {
        remarks.push(say(format!("{clipped} samples clipped"), format!("перегружено отсчётов: {clipped}")));
    }
    if measured.active_dbov < TOO_QUIET_DBOV {
        remarks.push(say(
            format!("very quiet, {:.0} dBov", measured.active_dbov),
            format!("очень тихо, {:.0} дБ", measured.active_dbov),
        ));
    }
    let (before, after) = measured.silence_ms;
    if before.max(after) > LONG_SILENCE_MS {
        remarks.push(say(
            format!("silence {before} ms before, {after} ms after"),
            format!("тишина: {before} мс до, {after} мс после"),
        ));
    }
    let seconds = clip.len() as f64 / f64::from(RATE);
    let letters = words.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    if seconds > LETTER_S.end * (letters + 3.0) {
        remarks.push(say(
            format!("{seconds:.1} s is long for {words:?}"),
            format!("{seconds:.1} с — долго для {words:?}"),
        ));
    } else if seconds < LETTER_S.start * letters {
        remarks.push(say(
            format!("{seconds:.1} s is short for {words:?}"),
            format!("{seconds:.1} с — мало для {words:?}"),
        ));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `seconds` of a sound that swells and falls as a voice does.
    fn voice(seconds: usize) -> Recording {
        let wave = |n: usize| (n as f32 * 0.4).sin() * (n as f32 / 900.0).sin().abs() * 9000.0;
        Recording { rate: 8000, channels: 1, bits: 16, samples: (0..seconds * 8000).map(wave).collect() }
    }

    #[test]
    fn what_is_outside_of_the_shapes_taken_is_refused_with_their_names() {
        let clip = in_band(&voice(1));
        assert_eq!(refusal(&voice(1), &clip, Language::En), None);
        for unfit in [
            Recording { channels: 4, ..voice(1) },
            Recording { bits: 8, ..voice(1) },
            Recording { rate: 6000, ..voice(1) },
        ] {
            assert!(refusal(&unfit, &clip, Language::En).is_some_and(|why| why.contains(TAKEN)), "{unfit:?}");
        }
    }

    #[test]
    fn a_tone_of_twenty_seconds_is_refused_and_a_long_voice_remarked_on() {
        let tone: Vec<i16> = (0..160_000).map(|n| ((n as f32 * 0.4).sin() * 9000.0) as i16).collect();
        assert!(refusal(&voice(1), &tone, Language::En).is_some_and(|why| why.contains("tone")));
        let said = remarks(&voice(20), &in_band(&voice(20)), "десять", Language::En);
        assert!(said.iter().any(|remark| remark.contains("20.0 s is long for \"десять\"")), "{said:?}");
        let said = remarks(&voice(1), &in_band(&voice(1)), &"слово ".repeat(20), Language::En);
        assert!(said.iter().any(|remark| remark.contains("is short for")), "{said:?}");
        assert_eq!(remarks(&voice(1), &in_band(&voice(1)), "десять", Language::En), [""; 0]);
    }

    #[test]
    fn two_channels_are_made_one_and_it_is_said() {
        let stereo = Recording { channels: 2, ..voice(1) };
        assert_eq!(remarks(&stereo, &in_band(&stereo), "десять", Language::En), ["2 channels made one"]);
    }
}
