//! The codes of cases in people's words.

use super::{ActCode, By, CaseLine, Kind, Refused, Source, Standing, State};
use crate::domain::Language;

fn pick(language: Language, en: &'static str, ru: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
}

impl Kind {
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Dispute => pick(language, "disputes the debt", "спорит с долгом"),
            Self::Ordinary => pick(language, "complaint", "жалоба"),
            Self::PersonalData => pick(language, "personal data", "персональные данные"),
            Self::Regulator => pick(language, "regulator", "регулятор"),
            Self::WrittenDispute => pick(language, "written dispute", "письменный спор"),
        }
    }
}

impl CaseLine {
    /// What it is about.
    pub fn subject(&self, language: Language) -> &'static str {
        if self.says_paid {
            pick(language, "says he has paid", "говорит, что оплатил")
        } else {
            self.kind.name(language)
        }
    }
}

impl Source {
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Agent => pick(language, "agent", "оператор"),
            Self::Caller => pick(language, "unknown caller", "неизвестный, позвонил сам"),
            Self::Chat => pick(language, "chat", "чат"),
            Self::Creditor => pick(language, "creditor", "кредитор"),
            Self::Email => pick(language, "e-mail", "электронная почта"),
            Self::Hotline => pick(language, "hotline", "горячая линия"),
            Self::Key => pick(language, "key in a call", "клавиша в звонке"),
            Self::Mail => pick(language, "letter", "письмо"),
            Self::Regulator => pick(language, "regulator", "регулятор"),
        }
    }
}

impl State {
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::New => pick(language, "new", "новое"),
            Self::InWork => pick(language, "in work", "в работе"),
            Self::Answered => pick(language, "answered", "отвечено"),
            Self::Closed => pick(language, "closed", "закрыто"),
        }
    }
}

impl Standing {
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::InTime => pick(language, "in time", "в срок"),
            Self::Overdue => pick(language, "OVERDUE", "ПРОСРОЧЕНО"),
            Self::Soon => pick(language, "due soon", "скоро срок"),
        }
    }
}

impl ActCode {
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Answered => pick(language, "answered", "ответ"),
            Self::Asked => pick(language, "creditor asked", "вопрос кредитору"),
            Self::Closed => pick(language, "closed", "закрыто"),
            Self::Creditor => pick(language, "the creditor says", "ответ кредитора"),
            Self::Kind => pick(language, "kind changed", "изменён вид"),
            Self::Linked => pick(language, "person found", "найден человек"),
            Self::Noted => pick(language, "note", "заметка"),
            Self::Opened => pick(language, "registered", "зарегистрировано"),
            Self::Reopened => pick(language, "reopened", "открыто снова"),
            Self::Taken => pick(language, "owner", "владелец"),
        }
    }
}

impl By {
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Agent => pick(language, "agent", "оператор"),
            Self::Campaign => pick(language, "campaign", "кампания"),
            Self::Flow => pick(language, "flow version", "версия сценария"),
            Self::Stage => pick(language, "stage of the script", "этап скрипта"),
        }
    }
}

impl Refused {
    pub fn text(self, language: Language) -> &'static str {
        match self {
            Self::Closed => pick(
                language,
                "the case is closed: reopen it first",
                "дело закрыто: сначала откройте его снова",
            ),
            Self::NoAnswer => pick(
                language,
                "a complaint is closed once it is answered",
                "жалобу закрывают после ответа на неё",
            ),
            Self::NoOwner => pick(language, "nobody has taken the case yet", "дело ещё никто не взял"),
            Self::NoWords => pick(language, "say it in words", "скажите словами"),
            Self::NobodyWorksSo => pick(
                language,
                "nobody of this login works cases: the deadline would be nobody's",
                "под этим логином никто не ведёт дела: срок остался бы ничьим",
            ),
            Self::NobodyHasThisId => pick(
                language,
                "nobody, or more than one, has this id or number",
                "такого номера нет ни у кого или он у нескольких",
            ),
            Self::NotADispute => pick(
                language,
                "the creditor is asked about disputes alone",
                "кредитора спрашивают только о спорах",
            ),
            Self::NotClosed => pick(language, "the case is not closed", "дело не закрыто"),
            Self::OtherSubject => pick(
                language,
                "a complaint does not become a dispute, nor a dispute a complaint: register another case",
                "жалоба не становится спором, а спор жалобой: зарегистрируйте другое дело",
            ),
            Self::NoSuchDebt => pick(language, "the dispute is about no such debt", "спор не об этом долге"),
            Self::TooLong => {
                pick(language, "the words are longer than 16,384 letters", "текст длиннее 16 384 знаков")
            }
            Self::WrittenSince => pick(
                language,
                "somebody has written in this case since you opened it: read the history below, then send yours again",
                "пока дело было открыто у вас, в нём появилась новая запись: прочтите историю ниже и отправьте своё снова",
            ),
            Self::WhichDebt => pick(
                language,
                "the dispute is about several debts: name the debt or the creditor",
                "спор о нескольких долгах: назовите долг или кредитора",
            ),
            Self::PersonKnown => {
                pick(language, "it is known whom the case is about", "о ком дело, уже известно")
            }
        }
    }
}
