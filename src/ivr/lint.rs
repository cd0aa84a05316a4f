//! Words that a text should not say: threats anywhere, anything of a debt before the person is known.

use std::collections::BTreeMap;
use std::fmt;

use super::flow::Flow;
use super::mistake::told;
use super::step::Plays;
use super::template::Piece;
use super::text::Text;
use super::wording::Prompt;
use crate::domain::{Language, Notice, Words};

/// The beginnings of words and phrases to look for in one language.
///
/// The file has one a line under the headings `[threat]`, `[disclosure]` and those of the notices, `[name]`, `[robot]`, `[recording]`; `#` opens a
/// comment. `суд` finds «суд» and «судебный», not «посуда»; `court$` finds the whole word alone, not "courtesy". Of a
/// phrase the last word is such a beginning, and those that `*` ends: `последн* шанс` finds «последнего шанса». A `*` by
/// itself stands for up to two words: `примем * меры` finds «примем все меры».
#[derive(Clone, Debug)]
pub struct WordList {
    language: Language,
    sections: BTreeMap<String, Vec<Sought>>,
}

/// What is known of a flow's speech beside its texts.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Creditors' names: before the person is known each tells of a debt.
    pub creditors: &'a [String],
    /// The words of a sound file in this language, by its path; `None` where nobody wrote them down.
    pub words_of_file: &'a dyn Fn(Language, &str) -> Option<String>,
}

impl fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({} creditors)", self.creditors.len())
    }
}

/// Words to look for, one after another.
#[derive(Clone, Debug)]
struct Sought {
    /// As a finding shows them.
    shown: String,
    words: Vec<SoughtWord>,
}

#[derive(Clone, Debug)]
struct SoughtWord {
    word: String,
    /// As it stands, not as a beginning.
    whole: bool,
    /// Up to two others may stand before it.
    apart: bool,
}

/// Something to look at in a flow's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key of the text, such as `steps.due.say.ru`.
    pub key: String,
    /// What was found and why it matters.
    pub text: Words,
}

const SECTIONS: [&str; 5] = ["threat", "disclosure", "name", "robot", "recording"];

impl WordList {
    /// Reads the text of a word list.
    ///
    /// # Errors
    /// A heading that is not known, or a word under none, with its line.
    pub fn parse(language: Language, text: &str) -> Result<Self, String> {
        let mut sections: BTreeMap<String, Vec<Sought>> = BTreeMap::new();
        let mut current = None;
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            if let Some(heading) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                if !SECTIONS.contains(&heading) {
                    return Err(format!("line {}: [{heading}] is none of {}", at + 1, SECTIONS.join(", ")));
                }
                current = Some(heading.to_owned());
            } else if !line.is_empty() {
                let heading = current.clone().ok_or(format!("line {}: a word under no heading", at + 1))?;
                sections.entry(heading).or_default().push(Sought::parse(language, line));
            }
        }
        Ok(Self { language, sections })
    }

    /// Everything in `flow` that this list speaks against, in the order of the file.
    pub fn lint(&self, flow: &Flow, known: &Known<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for step in &flow.steps {
            for (place, prompt) in step.prompts() {
                let place = format!("steps.{}.{place}", step.name);
                self.lint_prompt(&place, (prompt, !step.identified), known, &mut findings);
                if let Plays::Say { .. } = step.plays {
                    let key = format!("{place}.{}", self.language.code());
                    self.lint_notice(&key, prompt, &step.notices, known, &mut findings);
                }
            }
        }
        if let Some(voicemail) = &flow.voicemail {
            self.lint_prompt("voicemail.say", (&voicemail.prompt, true), known, &mut findings);
        }
        findings
    }

    /// The first word that tells of a debt in a text that a person reads out, as its list has it.
    pub fn discloses(&self, text: &Text) -> Option<String> {
        let words = self.words(text.pieces(), |_, _| None);
        self.found(&words, "disclosure").next().map(str::to_owned)
    }

    fn lint_prompt(
        &self,
        place: &str,
        (prompt, anybody_hears): (&Prompt, bool),
        known: &Known<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let mut note = |language: Language, text: Words| {
            let finding = Finding { key: format!("{place}.{}", language.code()), text };
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        };
        for (of, pieces) in prompt.every_text() {
            let text = self.words_in(of, pieces, known.words_of_file);
            for word in self.found(&text, "threat") {
                let text = told(
                    format!("{word:?} threatens: offer and invite instead"),
                    format!("{word:?} — угроза: предложите и пригласите"),
                );
                note(of, text);
            }
            if !anybody_hears {
                continue;
            }
            for word in self.found(&text, "disclosure") {
                let text = told(
                    format!("{word:?} tells of a debt where anybody may hear it"),
                    format!("{word:?} говорит о долге там, где услышит кто угодно"),
                );
                note(of, text);
            }
            let named = |name: &&String| of == self.language && Sought::name(of, name).is_in(&text);
            for name in known.creditors.iter().filter(named) {
                let text = told(
                    format!("{name:?} is a creditor, and names the debt where anybody may hear it"),
                    format!("{name:?} — кредитор, и выдаёт долг там, где услышит кто угодно"),
                );
                note(of, text);
            }
        }
        let unknown = |path: &&str| anybody_hears && (known.words_of_file)(self.language, path).is_none();
        for path in self.files(prompt).filter(unknown) {
            let text = told(
                format!("what {path} says is written in no pack.toml, and anybody may hear it"),
                format!("что говорит {path}, не записано ни в одном pack.toml, а услышит кто угодно"),
            );
            note(self.language, text);
        }
    }

    /// A text that is declared a notice says so in its words.
    fn lint_notice(
        &self,
        key: &str,
        prompt: &Prompt,
        notices: &[Notice],
        known: &Known<'_>,
        findings: &mut Vec<Finding>,
    ) {
        for notice in notices {
            let section = notice.code();
            if self.texts(prompt, known).any(|text| self.found(&text, section).next().is_none()) {
                let text = told(
                    format!("is declared the notice {section} and has none of its words"),
                    format!("объявлен уведомлением {section}, но слов его в нём нет"),
                );
                findings.push(Finding { key: key.to_owned(), text });
            }
        }
    }

    /// The fixed words of every wording in this list's language, folded.
    fn texts(&self, prompt: &Prompt, known: &Known<'_>) -> impl Iterator<Item = Vec<String>> {
        self.pieces(prompt).map(|pieces| self.words(pieces, known.words_of_file))
    }

    /// The fixed words of a text, folded. A slot parts the words beside it, and so does a file of which nobody knows what it says.
    fn words(&self, pieces: &[Piece], of_file: impl Fn(Language, &str) -> Option<String>) -> Vec<String> {
        let words = pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::File(path) => of_file(self.language, path).unwrap_or(PARTED.to_owned()),
            Piece::Slot(_) => PARTED.to_owned(),
        });
        spoken(self.language, &words.collect::<Vec<_>>().join(" "))
    }

    /// The words of a text in this list's language; of another language's text those that are written in this one's letters.
    fn words_in(
        &self,
        of: Language,
        pieces: &[Piece],
        of_file: impl Fn(Language, &str) -> Option<String>,
    ) -> Vec<String> {
        if of == self.language {
            return self.words(pieces, of_file);
        }
        let ours = |c: char| match self.language {
            Language::En => c.is_ascii_alphabetic(),
            Language::Ru => matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё'),
        };
        let foreign = |word: &str| if word.contains(ours) { word.to_owned() } else { PARTED.to_owned() };
        let words = pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.split_whitespace().map(foreign).collect::<Vec<_>>().join(" "),
            Piece::File(_) | Piece::Slot(_) => PARTED.to_owned(),
        });
        spoken(self.language, &words.collect::<Vec<_>>().join(" "))
    }

    fn files<'a>(&self, prompt: &'a Prompt) -> impl Iterator<Item = &'a str> {
        self.pieces(prompt).flatten().filter_map(|piece| match piece {
            Piece::File(path) => Some(path.as_str()),
            Piece::Slot(_) | Piece::Words(_) => None,
        })
    }

    fn pieces<'a>(&self, prompt: &'a Prompt) -> impl Iterator<Item = &'a [Piece]> {
        let own = self.language;
        prompt.every_text().filter(move |(language, _)| *language == own).map(|(_, pieces)| pieces)
    }

    fn found<'a>(&'a self, text: &'a [String], section: &str) -> impl Iterator<Item = &'a str> {
        let sought = self.sections.get(section).into_iter().flatten();
        sought.filter(|sought| sought.is_in(text)).map(|sought| sought.shown.as_str())
    }
}

/// Stands between words that are not one after another.
const PARTED: &str = "\u{2026}";

/// What Russian names end in and change with the case.
const ENDINGS: [char; 9] = ['а', 'е', 'и', 'й', 'о', 'у', 'ы', 'ь', 'я'];

impl Sought {
    fn parse(language: Language, line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let last = words.len().saturating_sub(1);
        let parse = |(at, word): (usize, &&str)| {
            let whole = if at == last { word.ends_with('$') } else { !word.ends_with('*') };
            let apart = at > 0 && words[at - 1] == "*";
            folded(language, word).into_iter().map(move |word| SoughtWord { word, whole, apart })
        };
        let sought = words.iter().enumerate().flat_map(parse).collect();
        Self { shown: line.replace(" * ", " … ").replace(['$', '*'], ""), words: sought }
    }

    /// A name in whatever case it stands.
    fn name(language: Language, name: &str) -> Self {
        let stem = |mut word: String| {
            for _ in 0..2 {
                if word.chars().count() > 4 && word.ends_with(ENDINGS) {
                    word.pop();
                }
            }
            SoughtWord { word, whole: false, apart: false }
        };
        let words = folded(language, name).into_iter().map(stem).collect();
        Self { shown: name.to_owned(), words }
    }

    fn is_in(&self, text: &[String]) -> bool {
        !self.words.is_empty() && (0..text.len()).any(|at| begins(&self.words, &text[at..]))
    }
}

/// Whether the text begins with the words.
fn begins(sought: &[SoughtWord], text: &[String]) -> bool {
    let Some((first, rest)) = sought.split_first() else { return true };
    let is = |word: &String| {
        if first.whole { *word == first.word } else { word.starts_with(&first.word) }
    };
    let farthest = if first.apart { MOST_APART } else { 0 };
    (0..=farthest).any(|at| text.get(at).is_some_and(is) && begins(rest, &text[at + 1..]))
}

/// Words that may stand where a phrase has `*` by itself.
const MOST_APART: usize = 2;

/// The words of a text as they are said: a currency's sign is its word.
fn spoken(language: Language, text: &str) -> Vec<String> {
    let signs = match language {
        Language::Ru => [('₽', " рублей "), ('$', " долларов "), ('€', " евро "), ('₸', " тенге ")],
        Language::En => [('₽', " rubles "), ('$', " dollars "), ('€', " euros "), ('₸', " tenge ")],
    };
    let said = signs.into_iter().fold(text.to_owned(), |text, (sign, word)| text.replace(sign, word));
    folded(language, &said)
}

/// The words of a text: small letters, ё as е, marks gone, letters of the other alphabet that look like this one's as
/// this one's.
fn folded(language: Language, text: &str) -> Vec<String> {
    // Accents, soft hyphens and joiners are inside of words.
    let unseen =
        |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}');
    let text = text.to_lowercase().replace("и\u{306}", "й");
    let text: String = text.chars().filter(|c| !unseen(*c)).collect();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\u{2026}').filter(|word| !word.is_empty());
    words.map(|word| word.chars().map(|c| alike(language, c)).collect()).collect()
}

/// The letter of `language` that looks like `letter`; itself where there is none.
fn alike(language: Language, letter: char) -> char {
    const LATIN: &str = "aceopxykmhbt03";
    const CYRILLIC: &str = "асеорхукмнвтоз";
    let letter = if letter == 'ё' { 'е' } else { letter };
    let (from, to) = match language {
        Language::En if letter == '0' => return 'o',
        Language::En => (CYRILLIC, &LATIN[..12]),
        Language::Ru => (LATIN, CYRILLIC),
    };
    let at = from.chars().position(|other| other == letter);
    at.and_then(|at| to.chars().nth(at)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ivr::Policy;

    const LISTS: [(Language, &str); 2] = [
        (Language::Ru, include_str!("../../config/flows/words/ru.txt")),
        (Language::En, include_str!("../../config/flows/words/en.txt")),
    ];

    fn finds(language: Language, section: &str, text: &str) -> bool {
        let (_, list) = LISTS.into_iter().find(|(of, _)| *of == language).expect("both are there");
        let list = WordList::parse(language, list).expect("a word list");
        list.found(&spoken(language, text), section).next().is_some()
    }

    #[test]
    fn a_word_is_found_in_every_form_and_a_phrase_too() {
        let threats = "взыщем|накажем|изымем|иска|вашей жене|последнего шанса|кредитная история|выселим|заставим|посадим|юрист|розыск|нашему адвокату|в ином случае|мы знаем, где вы живёте|лишат прав|обесточим|опишут имущество|вашему ребёнку|знаем ваш адрес|ваших друзей|отнимем|поставим на счётчик|терпение кончилось|уволят";
        for text in threats.split('|') {
            assert!(finds(Language::Ru, "threat", text), "{text}");
        }
        let debts = "погашение|внесите|денег|спишем|доллары|банк|налог|тысяч|ссуда|займа|пеня|финансам|неоплаченный|неплательщик|неуплата|непогашенная|с вас 5000|5000 руб.|5000₽|$70";
        for text in debts.split('|') {
            assert!(finds(Language::Ru, "disclosure", text), "{text}");
        }
        let threats = "legal proceedings|we know where you live|our lawyers|your kids|last notice|courts|no choice|too late|shut off|take your car|wages|report you|know your address";
        for text in threats.split('|') {
            assert!(finds(Language::En, "threat", text), "{text}");
        }
        let debts =
            "settling|sums|repay|bank|account|lender|delinquent|taxes|write off|unpaid|non-payment|$5000|€20";
        for text in debts.split('|') {
            assert!(finds(Language::En, "disclosure", text), "{text}");
        }
        assert!(
            !finds(Language::Ru, "threat", "Посуда, курица, сейчас, искать, спасибо за терпение")
                && !finds(
                    Language::En,
                    "threat",
                    "Courtesy, with pleasure, busy right now, sorry for the trouble"
                )
        );
    }

    #[test]
    fn whole_sentences_that_threaten_or_disclose_are_found_and_innocent_ones_are_not() {
        let sentences = [
            (Language::Ru, include_str!("../../tests/golden/lint/ru.txt")),
            (Language::En, include_str!("../../tests/golden/lint/en.txt")),
        ];
        for (language, text) in sentences {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let (mark, sentence) = line.split_at(2);
                assert_eq!(finds(language, "threat", sentence), mark == "- ", "{sentence}");
                assert!(
                    mark == "- " || finds(language, "disclosure", sentence) == (mark == "= "),
                    "{sentence}"
                );
            }
        }
    }

    #[test]
    fn a_letter_of_the_other_alphabet_an_accent_or_a_soft_hyphen_hides_no_word() {
        for text in ["дoлг", "ДOЛГ", "до\u{301}лг", "дол\u{ad}г", "д0лг", "заём", "зaeм"]
        {
            assert!(finds(Language::Ru, "disclosure", text), "{text}");
        }
        assert!(finds(Language::En, "disclosure", "dеbt, with a Cyrillic letter"));
    }

    /// What is found in the shipped reminder with this in the place of its text after silence.
    fn found_in(said: &str) -> Vec<String> {
        found_by(&WordList::parse(Language::Ru, LISTS[0].1).expect("a word list"), said)
    }

    fn found_by(list: &WordList, said: &str) -> Vec<String> {
        let text = include_str!("../../config/flows/reminder_current.yaml");
        let text = text.replacen("Мы не услышали ответа.", said, 1);
        let files = BTreeSet::from(["ru/debt.wav", "ru/hello.wav", "ru/music.wav"].map(str::to_owned));
        let file = crate::ivr::read(&text).expect("a flow file");
        let flow = Flow::check(&file, &Policy::default(), &files).expect("a sound flow");
        let creditors = ["Северный Банк".to_owned()];
        let words_of_file = |_, path: &str| match path {
            "ru/debt.wav" => Some("Напоминаем о платеже.".to_owned()),
            "ru/hello.wav" => Some("Здравствуйте.".to_owned()),
            _ => None,
        };
        let known = Known { creditors: &creditors, words_of_file: &words_of_file };
        list.lint(&flow, &known)
            .into_iter()
            .map(|finding| format!("{}: {}", finding.key, finding.text.en))
            .collect()
    }

    #[test]
    fn words_of_the_other_language_are_looked_at_too() {
        let found = |said| -> Vec<String> {
            let list = WordList::parse(Language::En, LISTS[1].1).expect("a word list");
            found_by(&list, said)
        };
        assert_eq!(
            found("Your debt is overdue."),
            [
                "steps.who.no_input.ru: \"debt\" tells of a debt where anybody may hear it",
                "steps.who.no_input.ru: \"overdue\" tells of a debt where anybody may hear it"
            ]
        );
        assert_eq!(found("Мы не услышали вас, Zoom."), [""; 0]);
    }

    #[test]
    fn a_sound_file_is_read_by_its_words_and_one_without_them_is_remarked_on_where_anybody_hears() {
        assert_eq!(found_in("ru/hello.wav"), [""; 0]);
        assert!(found_in("ru/debt.wav")[0].contains("\"плате\" tells of a debt"));
        assert!(found_in("ru/music.wav")[0].starts_with("steps.who.no_input.ru: what ru/music.wav says"));
    }

    #[test]
    fn a_creditor_named_before_anybody_is_known_is_found() {
        let found = found_in("Вам звонят из Северного Банка.");
        assert!(found.iter().any(|finding| finding.contains("is a creditor")), "{found:?}");
    }

    #[test]
    fn a_creditors_name_is_found_in_whatever_case_it_stands() {
        let is_in =
            |name: &str, text: &str| Sought::name(Language::Ru, name).is_in(&folded(Language::Ru, text));
        assert!(is_in("Северный Банк", "Это из Северного Банка?"));
        assert!(is_in("Ромашка Телеком", "Звоним от Ромашки Телеком."));
        assert!(!is_in("Северный Банк", "Северный ветер"));
    }
}
