//! Says an utterance: its text, and the clips that make the sound.

use super::cover::{Sentence, cover};
use super::free::sentences;
use super::pack::Pack;
use super::pieces::{Break, Piece};
use super::reading::{Reading, read};
use super::{ClipId, Unspeakable};
use crate::domain::{Part, Utterance};

/// What is said: the text for transcripts and screens, and the clips in order. Holds debtor's data: not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Spoken {
    pub text: String,
    pub clips: Vec<ClipId>,
}

impl std::fmt::Debug for Spoken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spoken(… in {} clips)", self.clips.len())
    }
}

/// Says the utterance from the clips of one pack, so in one voice.
///
/// # Errors
/// When a slot has no reading or the pack lacks a clip; the flow then plays its wording without that slot.
pub fn speak(utterance: &Utterance, pack: &Pack) -> Result<Spoken, Unspeakable> {
    speak_prepared(utterance, pack, |_| None)
}

/// Says the utterance from the clips of one pack, and each sentence whose name the pack lacks from the clip that
/// `prepared` gives for its text: the whole sentence, so that no two voices meet in it.
///
/// # Errors
/// As `speak`; [`Unspeakable::Name`] when such a sentence has not been prepared.
pub fn speak_prepared(
    utterance: &Utterance,
    pack: &Pack,
    prepared: impl Fn(&str) -> Option<ClipId>,
) -> Result<Spoken, Unspeakable> {
    if utterance.language != pack.language() {
        return Err(Unspeakable::Language);
    }
    let Reading { text, pieces } = read(utterance)?;
    if !lacks_name(utterance, pack) {
        return Ok(Spoken { text, clips: clips(pieces, pack)? });
    }
    let mut all = Vec::new();
    for sentence in sentences(utterance) {
        let Reading { text, pieces } = read(&sentence)?;
        let said = if lacks_name(&sentence, pack) {
            vec![prepared(&text).ok_or(Unspeakable::Name)?]
        } else {
            clips(pieces, pack)?
        };
        if !said.is_empty() {
            pause_long(&mut all, pack);
        }
        all.extend(said);
    }
    Ok(Spoken { text, clips: all })
}

/// A name is recorded or synthesised as a whole; its words are never put together from others.
fn lacks_name(utterance: &Utterance, pack: &Pack) -> bool {
    utterance.parts.iter().any(|part| matches!(part, Part::Name(name) if !pack.has(name.reveal())))
}

/// The utterance in words, for a transcript or a screen. Holds debtor's data: not for logs.
///
/// # Errors
/// When a slot has no reading.
pub fn text(utterance: &Utterance) -> Result<String, Unspeakable> {
    Ok(read(utterance)?.text)
}

/// Covers sentence after sentence, with a long pause between them.
fn clips(pieces: Vec<Piece>, pack: &Pack) -> Result<Vec<ClipId>, Unspeakable> {
    let mut clips = Vec::new();
    let mut sentence = Sentence::default();
    for piece in pieces {
        match piece {
            Piece::Break(Break::Long) => {
                end_sentence(&mut clips, &mut sentence, pack)?;
            }
            Piece::Break(Break::Short) => sentence.pause(),
            Piece::File(path) => {
                end_sentence(&mut clips, &mut sentence, pack)?;
                pause_long(&mut clips, pack);
                clips.push(pack.file(&path).ok_or(Unspeakable::File(path))?);
            }
            Piece::Word(word) => sentence.word(&word),
        }
    }
    end_sentence(&mut clips, &mut sentence, pack)?;
    Ok(clips)
}

fn end_sentence(clips: &mut Vec<ClipId>, sentence: &mut Sentence, pack: &Pack) -> Result<(), Unspeakable> {
    let sentence = std::mem::take(sentence);
    if sentence.is_empty() {
        return Ok(());
    }
    pause_long(clips, pack);
    clips.extend(cover(&sentence, pack)?);
    Ok(())
}

fn pause_long(clips: &mut Vec<ClipId>, pack: &Pack) {
    if !clips.is_empty() {
        clips.extend(pack.file(Pack::LONG_PAUSE));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Intonation;
    use super::*;
    use crate::domain::utterance::Case;
    use crate::domain::{Currency, Language, Money, PersonName};

    fn pack() -> Pack {
        let mut pack = Pack::new(Language::Ru);
        let id = |id: &str| ClipId::parse(id).unwrap();
        for (id_text, words) in [("sum", "сумма"), ("odin", "один"), ("dva", "два"), ("dvadtsat", "двадцать")]
        {
            pack.add(words, Intonation::Mid, id(id_text));
        }
        pack.add("двадцать два", Intonation::Mid, id("dvadtsat-dva"));
        for (id_text, at) in [("rubl-mid", Intonation::Mid), ("rubl-end", Intonation::End)] {
            pack.add("рубль", at, id(id_text));
        }
        pack.add("рубля", Intonation::Mid, id("rublya"));
        pack.add("Спасибо", Intonation::End, id("spasibo"));
        pack.add("Иван Петрович", Intonation::Mid, id("name-1"));
        pack.add("", Intonation::Mid, id("pause-short"));
        pack.add("", Intonation::Mid, id("pause-long"));
        pack.add("", Intonation::End, id("menu"));
        pack
    }

    fn said(parts: Vec<Part>) -> Result<String, Unspeakable> {
        let spoken = speak(&Utterance { language: Language::Ru, parts }, &pack())?;
        Ok(spoken.clips.iter().map(ClipId::as_str).collect::<Vec<_>>().join(" "))
    }

    fn words(text: &str) -> Part {
        Part::Words(text.to_owned())
    }

    fn roubles(major: i64) -> Part {
        Part::Money { amount: Money::new(major * 100, Currency::Rub), case: Case::Nominative }
    }

    #[test]
    fn the_fewest_clips_say_it_and_the_last_one_falls() {
        let clips = said(vec![words("Сумма:"), roubles(22), words("."), words("Спасибо.")]);
        assert_eq!(clips.unwrap(), "sum pause-short dvadtsat-dva rublya pause-long spasibo");
        assert_eq!(said(vec![roubles(1)]).unwrap(), "odin rubl-end");
        assert_eq!(said(vec![roubles(1), words(", сумма")]).unwrap(), "odin rubl-mid pause-short sum");
    }

    #[test]
    fn what_the_pack_lacks_is_named() {
        let missing = said(vec![words("Сумма:"), roubles(3)]).unwrap_err();
        assert_eq!(missing, Unspeakable::Missing { language: Language::Ru, words: "три".to_owned() });
        assert!(!missing.to_string().contains("три"), "the words may be debtor's data");
    }

    #[test]
    fn a_name_needs_its_own_clip() {
        assert_eq!(said(vec![Part::Name(PersonName::new("Иван Петрович"))]).unwrap(), "name-1");
        assert_eq!(said(vec![Part::Name(PersonName::new("Один Два"))]), Err(Unspeakable::Name));
    }

    #[test]
    fn a_sentence_with_a_name_is_said_whole_by_the_engine_or_not_at_all() {
        let name = Part::Name(PersonName::new("Один Два"));
        let parts = vec![words("Спасибо."), words("Сумма,"), name, words("!"), roubles(2), words(".")];
        let utterance = Utterance { language: Language::Ru, parts };
        let prepared = |text: &str| (text == "Сумма, Один Два!").then(|| ClipId::parse("name-x").unwrap());
        let clips = speak_prepared(&utterance, &pack(), prepared).unwrap().clips;
        let clips: Vec<_> = clips.iter().map(ClipId::as_str).collect();
        assert_eq!(clips.join(" "), "spasibo pause-long name-x pause-long dva rublya");
        assert_eq!(speak_prepared(&utterance, &pack(), |_| None), Err(Unspeakable::Name));
    }

    #[test]
    fn a_file_is_played_by_its_path() {
        let file = |path: &str| Part::File(path.to_owned());
        assert_eq!(
            said(vec![words("Спасибо."), file("prompts/menu.wav")]).unwrap(),
            "spasibo pause-long menu"
        );
        assert_eq!(said(vec![file("../menu.wav")]), Err(Unspeakable::File("../menu.wav".to_owned())));
    }

    #[test]
    fn one_voice_says_it_all() {
        let utterance = Utterance { language: Language::En, parts: vec![words("hello")] };
        assert_eq!(speak(&utterance, &pack()), Err(Unspeakable::Language));
    }
}
