//! What training has learnt: which frames are speech, and which speech is a machine's.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::music::MUSIC_FEATURES;
use super::talk::TALK_FEATURES;
use super::voice::VOICE_FEATURES;

/// A linear rule with boosted trees for frames, and boosted trees for moments of a call and for what music sounds like.
///
/// As text, a line `voice BIAS WEIGHT…` and lines `frame` (of the rule for frames), `tree` and `music`, all `FEATURE THRESHOLD …
/// LEAF …`: seven questions, from the root on level by level, and eight leaves from left (each answer "at most the
/// threshold") to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    voice: [f32; VOICE_FEATURES + 1],
    frames: Vec<Tree>,
    trees: Vec<Tree>,
    music: Vec<Tree>,
}

/// Three questions deep.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Which feature is asked about, and the threshold.
    pub questions: [(u8, f32); 7],
    /// Log-odds to add.
    pub leaves: [f32; 8],
}

/// A line that is no part of a model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the model cannot be read")]
pub struct ModelError {
    pub line: usize,
}

impl Model {
    /// The one in the binary.
    pub fn shipped() -> Arc<Self> {
        static SHIPPED: LazyLock<Arc<Model>> =
            LazyLock::new(|| Arc::new(Model::parse(include_str!("model.txt")).expect("a test reads it")));
        Arc::clone(&SHIPPED)
    }

    /// The same, but for what music sounds like.
    pub fn with_music(self, music: Vec<Tree>) -> Self {
        Self { music, ..self }
    }

    pub fn new(voice: [f32; VOICE_FEATURES + 1], frames: Vec<Tree>, trees: Vec<Tree>) -> Self {
        Self { voice, frames, trees, music: Vec::new() }
    }

    /// Reads the text.
    ///
    /// # Errors
    /// The first line that is neither kind or lacks a number; line 0 when there is no `voice`.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut voice = None;
        let (mut frames, mut trees, mut music) = (Vec::new(), Vec::new(), Vec::new());
        for (line, text) in (1..).zip(text.lines()) {
            let numbers = |text: &str| -> Option<Vec<f32>> {
                text.split_whitespace().map(|word| word.parse().ok()).collect()
            };
            let read = match text.split_once(' ') {
                Some(("voice", rest)) => numbers(rest)
                    .and_then(|numbers| numbers.try_into().ok())
                    .map(|weights| voice = Some(weights)),
                Some(("frame", rest)) => numbers(rest)
                    .and_then(|numbers| Tree::read(&numbers, VOICE_FEATURES))
                    .map(|tree| frames.push(tree)),
                Some(("tree", rest)) => numbers(rest)
                    .and_then(|numbers| Tree::read(&numbers, TALK_FEATURES))
                    .map(|tree| trees.push(tree)),
                Some(("music", rest)) => numbers(rest)
                    .and_then(|numbers| Tree::read(&numbers, MUSIC_FEATURES))
                    .map(|tree| music.push(tree)),
                _ => None,
            };
            read.ok_or(ModelError { line })?;
        }
        Ok(Self { voice: voice.ok_or(ModelError { line: 0 })?, frames, trees, music })
    }

    /// Log-odds that a frame is speech.
    pub fn speech(&self, features: &[f32; VOICE_FEATURES]) -> f32 {
        self.voice[0]
            + self.voice[1..].iter().zip(features).map(|(weight, value)| weight * value).sum::<f32>()
            + self.frames.iter().map(|tree| tree.answer(features)).sum::<f32>()
    }

    /// How likely the speech so far is a machine's, 0..=1.
    pub fn machine(&self, features: &[f32; TALK_FEATURES]) -> f32 {
        likelihood(&self.trees, features)
    }

    /// How likely sound is music, 0..=1.
    pub fn music(&self, features: &[f32; MUSIC_FEATURES]) -> f32 {
        likelihood(&self.music, features)
    }
}

fn likelihood(trees: &[Tree], features: &[f32]) -> f32 {
    let odds: f32 = trees.iter().map(|tree| tree.answer(features)).sum();
    1.0 / (1.0 + (-odds).exp())
}

impl Tree {
    fn read(numbers: &[f32], features: usize) -> Option<Self> {
        let (questions, leaves) = numbers.split_at_checked(14)?;
        let (pairs, []) = questions.as_chunks::<2>() else { return None };
        let questions: Vec<(u8, f32)> = pairs.iter().map(|[feature, at]| (*feature as u8, *at)).collect();
        let known = questions.iter().all(|(feature, _)| usize::from(*feature) < features);
        known.then_some(Self { questions: questions.try_into().ok()?, leaves: leaves.try_into().ok()? })
    }

    /// The leaf these features lead to.
    pub fn leaf(&self, features: &[f32]) -> usize {
        let mut at = 0;
        while at < self.questions.len() {
            let (feature, threshold) = self.questions[at];
            at = 2 * at + if features[usize::from(feature)] > threshold { 2 } else { 1 };
        }
        at - self.questions.len()
    }

    fn answer(&self, features: &[f32]) -> f32 {
        self.leaves[self.leaf(features)]
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "voice")?;
        self.voice.iter().try_for_each(|weight| write!(f, " {weight}"))?;
        let named = |name: &'static str| move |tree| (name, tree);
        let trees = self.frames.iter().map(named("frame")).chain(self.trees.iter().map(named("tree")));
        let trees = trees.chain(self.music.iter().map(named("music")));
        for (name, tree) in trees {
            write!(f, "\n{name}")?;
            tree.questions.iter().try_for_each(|(feature, at)| write!(f, " {feature} {at}"))?;
            tree.leaves.iter().try_for_each(|leaf| write!(f, " {leaf}"))?;
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_is_read_whole_and_written_as_it_was() {
        let text = include_str!("model.txt");
        let model = Model::parse(text).unwrap();
        assert!(model.trees.len() > 20 && model.frames.len() > 20 && model.music.len() > 20);
        assert_eq!(model.to_string(), text);
    }

    #[test]
    fn a_tree_asks_three_questions() {
        let mut tree = Tree { questions: [(0, 0.0); 7], leaves: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0] };
        tree.questions[2] = (1, 5.0);
        let mut features = [0.0; TALK_FEATURES];
        assert_eq!(tree.leaf(&features), 0);
        features[0] = 1.0;
        assert_eq!(tree.leaf(&features), 5);
        features[1] = 6.0;
        assert_eq!(tree.leaf(&features), 7);
    }

    #[test]
    fn what_is_no_model_is_refused_with_its_line() {
        assert_eq!(Model::parse("voice 1 2"), Err(ModelError { line: 1 }));
        assert_eq!(Model::parse(""), Err(ModelError { line: 0 }));
        let text = include_str!("model.txt").replacen("frame", "frames", 1);
        assert!(matches!(Model::parse(&text), Err(ModelError { line: 2 })));
    }
}
