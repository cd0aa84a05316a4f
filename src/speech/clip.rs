//! The name of one recorded clip.

use std::fmt;
use std::sync::Arc;

use super::pieces::fold;

/// How the voice stands at the end of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intonation {
    /// The sentence goes on.
    Mid,
    /// The sentence ends here: the voice falls.
    End,
}

/// A clip of a pack: the file `prompts/<language>/<id>.wav`. Small ASCII letters, digits, `-` and `_`, so it is safe as a
/// file name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipId(Arc<str>);

impl ClipId {
    /// Reads an id; `None` when it would not be safe as a file name.
    pub fn parse(id: &str) -> Option<Self> {
        let safe = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let sound = (1..=80).contains(&id.len()) && id.bytes().all(safe);
        sound.then(|| Self(id.into()))
    }

    /// The id a pack gives to a text: its words in Latin letters, `-mid` or `-end`. A long text is cut and marked by
    /// its FNV-1a hash.
    pub fn of(words: &str, at: Intonation) -> Self {
        let folded = fold(words);
        let mut slug: String = folded.chars().map(latin).collect();
        if slug.len() > LONGEST_SLUG {
            slug.truncate(LONGEST_SLUG);
            slug = format!("{}-{:08x}", slug.trim_end_matches('-'), fnv1a(&folded));
        }
        let at = match at {
            Intonation::End => "end",
            Intonation::Mid => "mid",
        };
        Self(format!("{slug}-{at}").into())
    }

    /// The id without folder and `.wav`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bytes of a slug before it is cut.
const LONGEST_SLUG: usize = 40;

/// Small Cyrillic letters in Latin; what is neither these nor ASCII is dropped.
fn latin(letter: char) -> &'static str {
    const CYRILLIC: [&str; 32] = [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u",
        "f", "h", "c", "ch", "sh", "shch", "", "y", "", "eh", "yu", "ya",
    ];
    const ASCII: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    match letter {
        ' ' => "-",
        'а'..='я' => CYRILLIC[letter as usize - 'а' as usize],
        _ => ASCII.find(letter).map_or("", |at| &ASCII[at..=at]),
    }
}

fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl fmt::Debug for ClipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ClipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_words_in_latin_letters() {
        assert_eq!(ClipId::of("Двадцать одна", Intonation::Mid).as_str(), "dvadcat-odna-mid");
        assert_eq!(ClipId::of("p.m.", Intonation::End).as_str(), "pm-end");
        let long = ClipId::of("Чтобы получить ссылку для оплаты, нажмите один.", Intonation::End);
        assert_eq!(long.as_str(), "chtoby-poluchit-ssylku-dlya-oplaty-nazhm-fd115494-end");
        assert_eq!(ClipId::parse(long.as_str()), Some(long));
    }

    #[test]
    fn what_is_no_file_name_is_no_id() {
        for id in ["", "../x", "a.wav", "A", "ё", &"x".repeat(81)] {
            assert_eq!(ClipId::parse(id), None, "{id}");
        }
    }
}
