//! Covers a sentence with clips: as few as possible, so with the fewest joints.

use super::pack::Pack;
use super::pieces::fold;
use super::{ClipId, Intonation, Unspeakable};

/// A sentence's words, folded, and the short pauses between them.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    words: Vec<String>,
    /// Before which word a short pause stands.
    pauses: Vec<usize>,
}

impl Sentence {
    pub fn word(&mut self, word: &str) {
        self.words.extend(fold(word).split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
    }

    pub fn pause(&mut self) {
        if !self.words.is_empty() {
            self.pauses.push(self.words.len());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// A joint is worse than a clip with the other intonation.
const CLIP_COST: u32 = 10;
const OTHER_INTONATION_COST: u32 = 1;
/// But a sentence that ends as if it went on is worse than one joint more.
const RISING_END_COST: u32 = 11;

/// The cheapest way from a word to the end of the sentence.
#[derive(Clone)]
struct Way<'p> {
    cost: u32,
    clip: &'p ClipId,
    next: usize,
}

/// Finds the clips that say the sentence, with the pauses that fall between two of them.
///
/// # Errors
/// When a word is in no clip that fits: names the first such word.
pub(super) fn cover(sentence: &Sentence, pack: &Pack) -> Result<Vec<ClipId>, Unspeakable> {
    let ways = ways(&sentence.words, pack);
    let mut clips = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        let Some(way) = &ways[at] else {
            let words = first_uncovered(&sentence.words, pack);
            return Err(Unspeakable::Missing { language: pack.language(), words });
        };
        clips.push(way.clip.clone());
        at = way.next;
        if at < sentence.words.len() && sentence.pauses.contains(&at) {
            clips.extend(pack.file(Pack::SHORT_PAUSE));
        }
    }
    Ok(clips)
}

/// For each word the cheapest way from it to the end, worked out from the end.
fn ways<'p>(words: &[String], pack: &'p Pack) -> Vec<Option<Way<'p>>> {
    let mut ways: Vec<Option<Way<'p>>> = vec![None; words.len()];
    for from in (0..words.len()).rev() {
        let farthest = words.len().min(from + pack.longest());
        for next in (from + 1..=farthest).rev() {
            let at_end = next == words.len();
            let rest = if at_end { Some(0) } else { ways[next].as_ref().map(|way| way.cost) };
            let wanted = if at_end { Intonation::End } else { Intonation::Mid };
            let (Some(rest), Some((clip, got))) = (rest, pack.find(&words[from..next].join(" "), wanted))
            else {
                continue;
            };
            let other = match got == wanted {
                true => 0,
                false if at_end => RISING_END_COST,
                false => OTHER_INTONATION_COST,
            };
            let cost = rest + CLIP_COST + other;
            if ways[from].as_ref().is_none_or(|best| cost < best.cost) {
                ways[from] = Some(Way { cost, clip, next });
            }
        }
    }
    ways
}

/// The word at which every way from the start breaks off.
fn first_uncovered(words: &[String], pack: &Pack) -> String {
    let mut reached = vec![false; words.len() + 1];
    reached[0] = true;
    for from in 0..words.len() {
        let farthest = words.len().min(from + pack.longest());
        for next in from + 1..=farthest {
            if reached[from] && pack.find(&words[from..next].join(" "), Intonation::Mid).is_some() {
                reached[next] = true;
            }
        }
    }
    let last = reached.iter().rposition(|reached| *reached).unwrap_or(0);
    words.get(last).cloned().unwrap_or_default()
}
