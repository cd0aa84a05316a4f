//! Two voices in one sentence: a pack in which some clips are another speaker's.

use std::collections::BTreeSet;

use crate::domain::Words;
use crate::ivr::{Finding, Flow, Gravity, JoinedSentence, joined_sentences};
use crate::speech::{Fragment, Intonation, Pack, slot_compounds, slot_fragments, text_fragments};

/// The flow's sentences in which two voices of the pack would meet.
pub(super) fn meetings(flow: &Flow, pack: &Pack, creditors: &[String]) -> Vec<Finding> {
    if !pack.is_mixed() {
        return Vec::new();
    }
    let language = pack.language();
    let values = voices(pack, slot_fragments(language).into_iter().chain(slot_compounds(language)));
    let both =
        |name: &String| [Intonation::Mid, Intonation::End].map(|at| Fragment { words: name.clone(), at });
    let names = voices(pack, creditors.iter().flat_map(both));
    let meeting = |sentence: JoinedSentence| {
        let mut said = voices(pack, sentence.words.iter().flat_map(|words| text_fragments(words)));
        said.extend(names.iter().filter(|_| sentence.creditor));
        said.extend(values.iter().filter(|_| sentence.values));
        (said.len() > 1).then(|| Finding {
            text: told(&sentence, &said),
            key: sentence.key,
            gravity: Gravity::Remarked,
        })
    };
    joined_sentences(flow, language).into_iter().filter_map(meeting).collect()
}

/// Whose voices say the fragments, as far as clips do.
fn voices(pack: &Pack, fragments: impl Iterator<Item = Fragment>) -> BTreeSet<&str> {
    fragments.filter_map(|fragment| pack.voice_of(&fragment.words, fragment.at)).collect()
}

fn told(sentence: &JoinedSentence, voices: &BTreeSet<&str>) -> Words {
    let (words, voices) = (sentence.words.join(" … "), Vec::from_iter(voices.iter().copied()).join("; "));
    Words {
        en: format!("the clips of {words:?} are of several voices: {voices}"),
        ru: format!("клипы фразы {words:?} — разных голосов: {voices}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::Language;
    use crate::ivr::Policy;

    /// Where voices meet in a shipped flow when these clips of the shipped pack are another's.
    fn met(others: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = std::fs::read_to_string(root.join("prompts/ru/pack.toml")).expect("the shipped pack");
        let pack = Pack::parse(&format!("{manifest}\n[other_voices]\n{others}")).expect("a manifest");
        assert_eq!(pack.language(), Language::Ru);
        let file =
            crate::ivr::read(include_str!("../../../config/flows/reminder_overdue.yaml")).expect("a flow");
        let flow = Flow::check(&file, &Policy::default(), &BTreeSet::new()).expect("a sound flow");
        let found = meetings(&flow, &pack, &["Северный Банк".to_owned()]);
        found.into_iter().map(|finding| format!("{}: {}", finding.key, finding.text.en)).collect()
    }

    #[test]
    fn a_pack_of_one_voice_and_whole_sentences_of_another_meet_nowhere() {
        assert_eq!(met(""), [""; 0]);
        assert_eq!(met("zdravstvujte-end = \"A. Speaker\""), [""; 0]);
    }

    #[test]
    fn a_creditor_or_a_number_of_another_voice_meets_the_packs_in_the_sentences_that_say_it() {
        let creditor = met("severnyj-bank-end = \"A. Speaker\"");
        assert!(
            creditor.len() == 1 && creditor[0].starts_with("steps.due.say.ru: the clips of \"Получатель:\""),
            "{creditor:?}"
        );
        let number = met("pyat-mid = \"A. Speaker\"");
        assert!(
            number.len() == 5 && number[0].contains("Сумма:") && number[0].contains("A. Speaker; festvox-ru")
        );
    }
}
