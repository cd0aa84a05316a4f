//! What a case's history keeps of an act, in words of one language for the seal, and how whoever reads it is told.

use super::{Act, ActCode, CaseActRow, CaseFile, CaseLine, Kind};
use crate::domain::Language;

/// Who acts where money does.
pub const BY_PAYMENT: &str = "payment";

/// What a case says of the payment that closed it, by which it is found again.
pub fn word_of(payment: &str) -> String {
    format!("{PAYMENT}{payment}")
}

/// What it says where that payment was taken back.
pub fn word_gone(payment: &str) -> String {
    format!("{}{TAKEN_BACK}", word_of(payment))
}

/// What it says of a question that went to none of the creditors' systems, or not to those of the creditors named.
pub fn not_sent<'a>(sent: bool, missed: impl IntoIterator<Item = &'a str>) -> String {
    let missed = missed.into_iter().collect::<Vec<_>>().join(", ");
    match (sent, missed.as_str()) {
        (_, "") => String::new(),
        (false, _) => NOT_SENT.to_owned(),
        (true, missed) => format!("{NOT_SENT}: {missed}"),
    }
}

const PAYMENT: &str = "payment ";
const TAKEN_BACK: &str = " was taken back";
const NOT_SENT: &str = "not sent";
const OWED: [(&str, bool); 2] = [("not owed: ", false), ("owed: ", true)];
const JUSTIFIED: [(&str, bool); 2] = [("not justified: ", false), ("justified: ", true)];

impl Act {
    /// The words of an act in the history.
    pub fn kept(&self) -> String {
        let marked = |marks: [(&str, bool); 2], which: bool, text: &str| {
            let mark = marks.into_iter().find(|(_, marked)| *marked == which).map_or("", |(mark, _)| mark);
            format!("{mark}{text}")
        };
        match self {
            Self::Close { justified, measure } => marked(JUSTIFIED, *justified, measure),
            Self::Creditor { owed, debt, creditor, text } => {
                let about: Vec<&str> = creditor.iter().chain(debt).map(String::as_str).collect();
                let said = marked(OWED, *owed, text);
                if about.is_empty() { said } else { format!("{}, {said}", about.join(" ")) }
            }
            Self::Kind { kind } => kind.code().to_owned(),
            // Whom it is about stands in the case: the history need not repeat a number.
            Self::Link { .. } => String::new(),
            Self::Answer { .. } | Self::Note { .. } | Self::Reopen { .. } | Self::Take { .. } => {
                self.words().unwrap_or_default().to_owned()
            }
        }
    }
}

/// Who it was, in the reader's language where it was nobody.
fn who_told(who: &str, language: Language) -> &str {
    match who {
        "api" => language.pick("another system", "другая система"),
        "flow" => language.pick("flow", "сценарий"),
        BY_PAYMENT => language.pick("payment", "платёж"),
        who => who,
    }
}

impl CaseLine {
    /// Who opened it.
    pub fn opener_told(&self, language: Language) -> &str {
        who_told(&self.opened_by, language)
    }
}

impl CaseActRow {
    fn code(&self) -> Option<ActCode> {
        ActCode::parse(&self.act)
    }

    /// Who it was, where it was nobody.
    pub fn who_told(&self, language: Language) -> &str {
        who_told(&self.who, language)
    }

    /// What was done.
    pub fn act_told(&self, language: Language) -> &'static str {
        match self.code() {
            Some(ActCode::Asked) if self.text == NOT_SENT => {
                language.pick("creditor not asked", "кредитора не спросили")
            }
            Some(code) => code.name(language),
            None => "",
        }
    }

    /// Its words: people's as they wrote them, our own in the reader's language.
    pub fn text_told(&self, language: Language) -> String {
        let text = self.text.as_str();
        match self.code() {
            Some(ActCode::Asked) => asked_told(text, language),
            Some(ActCode::Closed) => match marked(text, JUSTIFIED) {
                Some((true, rest)) => format!("{}: {rest}", language.pick("justified", "обоснованно")),
                Some((false, rest)) => {
                    format!("{}: {rest}", language.pick("not justified", "не обоснованно"))
                }
                None => text.to_owned(),
            },
            Some(ActCode::Creditor) => self.creditor_told(language),
            Some(ActCode::Kind) => Kind::parse(text).map_or(text, |kind| kind.name(language)).to_owned(),
            Some(ActCode::Reopened) if self.who == BY_PAYMENT => payment_told(text, language),
            Some(
                ActCode::Answered
                | ActCode::Linked
                | ActCode::Noted
                | ActCode::Opened
                | ActCode::Reopened
                | ActCode::Taken,
            )
            | None => text.to_owned(),
        }
    }

    fn creditor_told(&self, language: Language) -> String {
        let text = self.text.as_str();
        // Of whom it speaks stands before it, where there are several.
        let begins = |mark: &str| {
            if text.starts_with(mark) { Some(0) } else { text.find(&format!(", {mark}")).map(|at| at + 2) }
        };
        let said = OWED.into_iter().filter_map(|(mark, owed)| Some((begins(mark)?, mark, owed))).min();
        let Some((at, mark, owed)) = said else { return text.to_owned() };
        let said = if owed {
            language.pick("owed", "должен")
        } else {
            language.pick("not owed", "не должен")
        };
        let words = &text[at + mark.len()..];
        let words = if self.who == BY_PAYMENT { payment_told(words, language) } else { words.to_owned() };
        format!("{}{said}: {words}", &text[..at])
    }
}

impl CaseFile {
    /// What was done about it: the payment's word in the reader's language where money closed it.
    pub fn measure_told(&self, language: Language) -> Option<String> {
        let measure = self.measure.as_deref()?;
        let closed = self.acts.iter().rev().find(|act| act.code() == Some(ActCode::Creditor));
        let by_money = closed.is_some_and(|act| act.who == BY_PAYMENT && act.text.ends_with(measure));
        Some(if by_money { payment_told(measure, language) } else { measure.to_owned() })
    }
}

fn marked<'a>(text: &'a str, marks: [(&str, bool); 2]) -> Option<(bool, &'a str)> {
    marks.into_iter().find_map(|(mark, which)| Some((which, text.strip_prefix(mark)?)))
}

fn asked_told(text: &str, language: Language) -> String {
    match text.strip_prefix(NOT_SENT) {
        Some("") => language
            .pick("none of his systems takes questions", "его системы не принимают вопросы")
            .to_owned(),
        Some(missed) => format!("{}{missed}", language.pick("not sent", "не отправлено")),
        None => text.to_owned(),
    }
}

fn payment_told(text: &str, language: Language) -> String {
    let Some(payment) = text.strip_prefix(PAYMENT) else { return text.to_owned() };
    match (payment.strip_suffix(TAKEN_BACK), language) {
        (_, Language::En) => text.to_owned(),
        (Some(payment), Language::Ru) => format!("платёж {payment} отозван"),
        (None, Language::Ru) => format!("платёж {payment}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(code: ActCode, who: &str, text: String) -> CaseActRow {
        let at = jiff::Timestamp::UNIX_EPOCH;
        CaseActRow { at, who: who.to_owned(), act: code.code().to_owned(), text }
    }

    fn told(act: &Act, who: &str) -> (String, String) {
        let row = row(act.code(), who, act.kept());
        (row.text_told(Language::En), row.text_told(Language::Ru))
    }

    fn said(owed: bool, debt: Option<&str>, creditor: Option<&str>, text: &str) -> Act {
        let [debt, creditor] = [debt, creditor].map(|it| it.map(str::to_owned));
        Act::Creditor { owed, debt, creditor, text: text.to_owned() }
    }

    fn pair(en: &str, ru: &str) -> (String, String) {
        (en.to_owned(), ru.to_owned())
    }

    #[test]
    fn what_money_did_is_told_in_the_readers_language() {
        let paid = said(false, Some("17"), Some("Вода"), &word_of("P1"));
        let wanted = pair("Вода 17, not owed: payment P1", "Вода 17, не должен: платёж P1");
        assert_eq!(told(&paid, BY_PAYMENT), wanted);
        let gone = Act::Reopen { why: word_gone("P1") };
        assert_eq!(told(&gone, BY_PAYMENT), pair("payment P1 was taken back", "платёж P1 отозван"));
        let row = row(ActCode::Reopened, BY_PAYMENT, gone.kept());
        assert_eq!(row.who_told(Language::Ru), "платёж");
    }

    #[test]
    fn what_people_wrote_stays_as_they_wrote_it() {
        let said = said(true, None, None, "payment P1 is not ours");
        assert_eq!(
            told(&said, "bank"),
            pair("owed: payment P1 is not ours", "должен: payment P1 is not ours")
        );
        let closed = Act::Close { justified: true, measure: "owed: nothing".into() };
        assert_eq!(told(&closed, "olga"), pair("justified: owed: nothing", "обоснованно: owed: nothing"));
        let reopened = Act::Reopen { why: "payment bounced".into() };
        assert_eq!(told(&reopened, "olga"), pair("payment bounced", "payment bounced"));
        let kind = Act::Kind { kind: Kind::Regulator };
        assert_eq!(told(&kind, "olga"), pair("regulator", "регулятор"));
    }

    #[test]
    fn a_question_that_nobody_was_sent_was_not_asked() {
        let asked = |sent, missed: &[&str]| {
            let row = row(ActCode::Asked, "obzvon", not_sent(sent, missed.iter().copied()));
            (row.act_told(Language::En), row.act_told(Language::Ru), row.text_told(Language::Ru))
        };
        assert_eq!(asked(true, &[]), ("creditor asked", "вопрос кредитору", String::new()));
        let nobody = "его системы не принимают вопросы".to_owned();
        assert_eq!(asked(false, &["Вода"]), ("creditor not asked", "кредитора не спросили", nobody));
        let one = "не отправлено: Вода".to_owned();
        assert_eq!(asked(true, &["Вода"]), ("creditor asked", "вопрос кредитору", one));
    }
}
