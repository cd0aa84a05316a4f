//! Words that a text should not say: threats anywhere, anything of a debt before the person is known.

use std::collections::BTreeMap;
use std::fmt;

use super::flow::Flow;
use super::mistake::told;
use super::phrases::{NAMED, PARTED, Sought, spoken};
use super::step::{Plays, Step};
use super::template::{Piece, Slot};
use super::text::Text;
use super::wording::Prompt;
use crate::domain::{Language, Notice, Words};

/// The beginnings of words and phrases to look for in one language.
///
/// The file has one a line under the headings `[threat]`, `[disclosure]` and those of what must be said, `[identity]`, `[name]`, `[robot]`, `[recording]`; none may be
/// empty. `#` opens a comment. `суд` finds «суд» and «судебный», not «посуда»; `court$` finds the whole word alone, not "courtesy". Of a
/// phrase the last word is such a beginning, and those that `*` ends: `последн* шанс` finds «последнего шанса». A `*` by
/// itself stands for up to two words: `примем * меры` finds «примем все меры». `{{ debtor.name }}` is the place of the name.
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

/// Something to look at in a flow's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key of the text, such as `steps.due.say.ru`.
    pub key: String,
    /// What was found and why it matters.
    pub text: Words,
    pub gravity: Gravity,
}

/// What is to be done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// No call may be made with it: a threat, a debt told where anybody may hear it, a duty in name alone.
    Refused,
    /// Somebody should look at it.
    Remarked,
}

const SECTIONS: [&str; 6] = ["threat", "disclosure", "identity", "name", "robot", "recording"];

impl WordList {
    /// Reads the text of a word list.
    ///
    /// # Errors
    /// A heading that is not known, or a word under none, with its line; a section without a word.
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
        match SECTIONS.into_iter().find(|section| !sections.contains_key(*section)) {
            Some(section) => Err(format!("[{section}] has no word")),
            None => Ok(Self { language, sections }),
        }
    }

    /// Everything in `flow` that this list speaks against, in the order of the file.
    pub fn lint(&self, flow: &Flow, known: &Known<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for step in &flow.steps {
            for (place, prompt) in step.prompts() {
                let place = format!("steps.{}.{place}", step.name);
                self.lint_prompt(&place, (prompt, !step.identified), known, &mut findings);
                let key = format!("{place}.{}", self.language.code());
                if let Plays::Say { .. } = step.plays {
                    self.lint_notice(&key, prompt, &step.notices, known, &mut findings);
                }
                if place.ends_with(".ask") {
                    self.lint_identity(&key, (flow, step), prompt, known, &mut findings);
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
        let mut note = |language: Language, text: Words, gravity: Gravity| {
            let finding = Finding { key: format!("{place}.{}", language.code()), text, gravity };
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
                note(of, text, Gravity::Refused);
            }
            if !anybody_hears {
                continue;
            }
            for word in self.found(&text, "disclosure") {
                let text = told(
                    format!("{word:?} tells of a debt where anybody may hear it"),
                    format!("{word:?} говорит о долге там, где услышит кто угодно"),
                );
                note(of, text, Gravity::Refused);
            }
            let named = |name: &&String| of == self.language && Sought::name(of, name).is_in(&text);
            for name in known.creditors.iter().filter(named) {
                let text = told(
                    format!("{name:?} is a creditor, and names the debt where anybody may hear it"),
                    format!("{name:?} — кредитор, и выдаёт долг там, где услышит кто угодно"),
                );
                note(of, text, Gravity::Refused);
            }
        }
        let unknown = |path: &&str| anybody_hears && (known.words_of_file)(self.language, path).is_none();
        for path in self.files(prompt).filter(unknown) {
            let text = told(
                format!("what {path} says is written in no pack.toml, and anybody may hear it"),
                format!("что говорит {path}, не записано ни в одном pack.toml, а услышит кто угодно"),
            );
            note(self.language, text, Gravity::Remarked);
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
            if self.lacks(prompt, known, section) {
                let text = told(
                    format!(
                        "is declared the notice {section} and has none of its words: [{section}] of the word list"
                    ),
                    format!(
                        "объявлен уведомлением {section}, но слов его в нём нет: [{section}] в списке слов"
                    ),
                );
                findings.push(Finding { key: key.to_owned(), text, gravity: Gravity::Refused });
            }
        }
    }

    /// Whether one of the prompt's texts has no word of the section.
    fn lacks(&self, prompt: &Prompt, known: &Known<'_>, section: &str) -> bool {
        self.texts(prompt, known).any(|text| self.found(&text, section).next().is_none())
    }

    /// A question whose key says that he is the debtor asks who he is.
    fn lint_identity(
        &self,
        key: &str,
        (flow, step): (&Flow, &Step),
        prompt: &Prompt,
        known: &Known<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let Plays::Ask { keys, .. } = &step.plays else { return };
        let Some((digit, goes)) = keys.iter().find(|(_, goes)| flow.marks(goes.then)) else { return };
        if self.lacks(prompt, known, "identity") {
            let way = format!("{} → {digit} → {}", step.name, flow.name_of(goes.then));
            let text = told(
                format!(
                    "does not ask who listens, and its key says that it is the debtor ({way}): [identity] of the word list"
                ),
                format!(
                    "не спрашивает, кто слушает, а клавиша говорит, что это должник ({way}): [identity] в списке слов"
                ),
            );
            findings.push(Finding { key: key.to_owned(), text, gravity: Gravity::Refused });
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
            Piece::Slot(Slot::DebtorName) => NAMED.to_owned(),
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
    fn the_usual_words_of_a_notice_are_known() {
        let notices = [
            (
                Language::Ru,
                "recording",
                "Ведётся аудиозапись.|Звонки записываются.|Производится запись разговора.|Ваш разговор может быть записан.",
            ),
            (
                Language::Ru,
                "robot",
                "Вас приветствует робот.|Говорит робот.|Вас приветствует автоматическая система.|С вами говорит голосовой помощник.",
            ),
            (
                Language::En,
                "recording",
                "This call may be monitored or recorded.|This call will be monitored or recorded.|You are on a recorded line.",
            ),
        ];
        for (language, section, texts) in notices {
            for text in texts.split('|') {
                assert!(finds(language, section, text), "{text}");
            }
        }
        assert!(!finds(Language::Ru, "recording", "Разговор никто не записывает."));
        assert!(!finds(Language::Ru, "robot", "С вами говорит не робот."));
        assert!(!finds(Language::En, "recording", "This call is not monitored or recorded."));
    }

    #[test]
    fn a_question_of_some_number_or_call_asks_nobody_who_he_is() {
        let asks = |language, text| finds(language, "identity", text);
        assert!(asks(Language::Ru, "Это ваш номер?") && asks(Language::Ru, "Это ваш личный номер?"));
        assert!(asks(Language::En, "Is this your number?") && asks(Language::En, "Is this your own number?"));
        assert!(!asks(Language::Ru, "Ваш номер в очереди — третий?"));
        assert!(!asks(Language::En, "Is this your first call?"));
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
}
