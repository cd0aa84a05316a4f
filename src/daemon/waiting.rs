//! What somebody who has called us hears of his waiting for an agent.

use std::time::Duration;

use super::floor::Standing;
use crate::domain::{Language, Part, Utterance};
use crate::media::PlayId;

/// What is said of the waiting: no prompt of a flow has this number.
pub const WAITING: PlayId = PlayId(u64::MAX);

/// His place and how long it will take, as `prompts/words.txt` has the words.
pub fn waiting_words(language: Language, standing: Standing) -> Utterance {
    let (place, wait) = match language {
        Language::Ru => ("Ваш номер в очереди:", "Примерное время ожидания:"),
        Language::En => ("Your place in the queue:", "Expected waiting time:"),
    };
    // To the whole minute: more would be a promise.
    let minutes = standing.wait.as_secs().div_ceil(60).clamp(1, 59);
    let words = |text: &str| Part::Words(text.to_owned());
    let parts = vec![
        words(place),
        Part::Digits(standing.place.to_string()),
        words("."),
        words(wait),
        Part::Duration(Duration::from_secs(60 * minutes)),
    ];
    Utterance { language, parts }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::PromptsConfig;
    use crate::daemon::voice::{NameSound, Voice};

    #[test]
    fn the_shipped_packs_can_say_how_somebody_waits() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let packs = vec![(Language::Ru, "ru".to_owned()), (Language::En, "en".to_owned())];
        let voice =
            Voice::load(&PromptsConfig { dir, packs, engines: Vec::new() }).expect("the shipped packs");
        for language in [Language::Ru, Language::En] {
            for (place, seconds) in [(1, 20), (2, 180), (12, 900), (25, 5_000)] {
                let standing = Standing { place, wait: Duration::from_secs(seconds) };
                let said = voice.sound(&waiting_words(language, standing), &NameSound::default());
                assert!(
                    said.is_ok_and(|sound| sound.length > Duration::from_secs(2)),
                    "{language:?} {place}"
                );
            }
        }
    }
}
