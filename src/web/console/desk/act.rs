//! What an agent does at his desk, and what is answered.

use jiff::civil::{Date, DateTime};

use crate::call::{Desk as Wish, WishNo};
use crate::campaign::{CallbackNo, FormNo, FormPart, PromiseNo, Takes};
use crate::domain::{AttemptId, DebtorType, Language, Money};

/// Something an agent does.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskDeed {
    /// His login.
    pub agent: String,
    /// The call that is meant; refused where the desk has another one meanwhile.
    pub attempt: Option<AttemptId>,
    pub act: DeskAct,
}

#[derive(Debug, Clone, PartialEq)]
pub enum DeskAct {
    Turn(Turn),
    /// Holds, hands on, hangs up.
    Call(Wish),
    /// The debtor has said who he is.
    Identify,
    Note {
        text: String,
        /// What it is written over, as far as whoever writes it knows; where another stands there, that one stays.
        was: Option<String>,
    },
    /// An objection that was answered, a stage gone through; the code.
    Objection(String),
    Stage(String),
    /// Anger, a rude word.
    Trigger,
    Complain(String),
    /// Asks the creditor whether the debt has been paid.
    AskPaid,
    /// Only asks whether a promise would be taken.
    Check(PromiseAsked),
    Dispose(Box<Written>),
    Preview(Decided),
}

/// What he wants to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The pause's code.
    Away(String),
    LoggedIn,
    LoggedOut,
    Ready,
}

/// A promise as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseAsked {
    pub on: Date,
    /// As text, such as `1 234,50`.
    pub amount: String,
}

/// A disposition as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub code: String,
    pub promise: Option<PromiseAsked>,
    /// On the debtor's own clock.
    pub callback: Option<DateTime>,
    pub callback_is_mine: bool,
    pub reason: Option<String>,
    pub debtor_type: Option<DebtorType>,
    pub note: Option<String>,
    /// He is ready for the next call at once.
    pub ready: bool,
}

/// What he decides of somebody he is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    Call,
    NotNow,
    /// Why.
    Skip(String),
}

/// Why somebody who was to be called is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCalled {
    /// The reason's code, or the rule that forbids it.
    pub code: String,
    /// The reason in words.
    pub en: String,
    pub ru: String,
}

impl NotCalled {
    /// The whole sentence.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::En => format!("Nobody is called: {}.", self.en),
            Language::Ru => format!("Звонка не будет: {}.", self.ru),
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskAnswer {
    Done,
    /// What is asked tells of the debt, and nobody knows who is speaking.
    IdentityFirst,
    /// Who asks has no desk.
    NoDesk,
    /// Nobody is on the line, written up, or shown.
    NoCall,
    /// The call is up: it is written up when it is over.
    CallIsOn,
    /// The desk has another call than the one that was meant.
    OtherCall,
    /// The note was changed meanwhile by another window.
    NoteChanged,
    /// Whoever is skipped is skipped for a reason.
    ReasonWanted,
    /// The debt is settled: there is nothing to ask.
    NothingOwed,
    /// The call is a colleague's now.
    NotYours,
    /// The call has its disposition.
    WrittenBefore,
    /// Whom he wanted to call is not called.
    NotCalled(NotCalled),
    /// What he decided is being done; his desk hears of it when nobody is called after all.
    UnderWay,
    /// The campaign is in the configuration no more.
    NoCampaign,
    /// The floor refuses the change of state, in its own code.
    State(&'static str),
    /// The sum can't be read.
    Amount,
    Form(Vec<FormNo>),
    /// A code that is none of the house's.
    NoSuchCode,
    /// The call does not do what was wished.
    Wish(WishNo),
}

impl DeskAnswer {
    /// Codes and sentences of what was refused; empty when it was done.
    pub fn refusals(&self, language: Language) -> Vec<(String, String)> {
        let ru = language == Language::Ru;
        let one = |code: &str, en: &str, ru_text: &str| {
            vec![(code.to_owned(), if ru { ru_text } else { en }.to_owned())]
        };
        match self {
            Self::Done | Self::UnderWay => Vec::new(),
            Self::NoDesk => one("no_desk", "You have no desk.", "У вас нет рабочего места оператора."),
            Self::NoCall => one("no_call", "There is no call.", "Звонка нет."),
            Self::CallIsOn => one("call_is_on", "The call still goes on.", "Звонок ещё идёт."),
            Self::IdentityFirst => {
                one("identity_first", "First confirm who is speaking.", "Сначала подтвердите личность.")
            }
            Self::NoteChanged => one(
                "note_changed",
                "The note was changed in another window.",
                "Заметку изменили в другом окне.",
            ),
            Self::ReasonWanted => one("reason_wanted", "Say why.", "Укажите, почему."),
            Self::NothingOwed => one("nothing_owed", "The debt is settled.", "Долг закрыт."),
            Self::NotYours => {
                one("not_yours", "The call is a colleague's now.", "Звонок теперь у другого оператора.")
            }
            Self::Wish(no) => {
                let (en, ru_text) = wish_word(*no);
                one(no.code(), en, ru_text)
            }
            Self::OtherCall => one("other_call", "That call is gone.", "Того звонка уже нет."),
            Self::WrittenBefore => one("written_before", "It is written up already.", "Итог уже записан."),
            Self::NotCalled(why) => vec![(why.code.clone(), why.sentence(language))],
            Self::NoCampaign => one("no_campaign", "The campaign is gone.", "Кампании больше нет."),
            Self::State(code) => vec![((*code).to_owned(), state_word(code, ru).to_owned())],
            Self::Amount => one("no_sum", "The sum can't be read.", "Сумма не читается."),
            Self::Form(all) => {
                all.iter().map(|no| (no.code().to_owned(), form_word(*no, language))).collect()
            }
            Self::NoSuchCode => one("no_such_code", "No such choice.", "Такого выбора нет."),
        }
    }
}

fn wish_word(no: WishNo) -> (&'static str, &'static str) {
    match no {
        WishNo::AgentBusy => ("The colleague is not free.", "Коллега сейчас не свободен."),
        WishNo::IdentityFirst => ("First confirm who is speaking.", "Сначала подтвердите личность."),
        WishNo::NoSuchAgent => ("There is no such colleague.", "Такого оператора нет."),
        WishNo::NoSuchQueue => ("There is no such queue.", "Такой очереди нет."),
        WishNo::NobodyThere => ("Nobody of that queue is at work.", "В этой очереди никто не работает."),
        WishNo::NotFirst => {
            ("Your colleague has the call: that is for him to do.", "Звонок ведёт коллега: это делает он.")
        }
        WishNo::NotNow => ("Not now.", "Сейчас так нельзя."),
        WishNo::NumberRefused => ("That number may not be called.", "По этому номеру переводить нельзя."),
        WishNo::SecondThere => (
            "A second agent is in the call: let him go first.",
            "Второй оператор уже на линии: сначала отпустите его.",
        ),
        WishNo::Stopped => ("Calls are stopped.", "Звонки остановлены."),
    }
}

fn state_word(code: &str, ru: bool) -> &'static str {
    match (code, ru) {
        ("disposition_first", true) => "Сначала запишите итог разговора.",
        ("disposition_first", false) => "Write up the last call first.",
        ("not_logged_in", true) => "Сначала начните смену.",
        ("not_logged_in", false) => "Log in first.",
        ("no_such_pause", true) => "Такой паузы нет.",
        ("no_such_pause", false) => "There is no such pause.",
        (_, true) => "Сейчас так нельзя.",
        (_, false) => "Not now.",
    }
}

fn form_word(no: FormNo, language: Language) -> String {
    let ru = language == Language::Ru;
    let pick = |en: &str, ru_text: &str| if ru { ru_text } else { en }.to_owned();
    match no {
        FormNo::CallbackWanted => pick("Say when to call.", "Укажите, когда перезвонить."),
        FormNo::PromiseWanted => pick("Say the day and the sum.", "Укажите день и сумму."),
        FormNo::NoSuchDisposition => pick("Choose how the call ended.", "Выберите итог разговора."),
        FormNo::NoSuchReason => pick("There is no such reason.", "Такой причины нет."),
        FormNo::NotTaken { part, takes } => not_taken_word(part, takes, language),
        FormNo::WasIdentified => pick(
            "It is known who spoke: this disposition says that nobody was identified.",
            "Известно, кто говорил: этот итог значит, что личность никто не подтвердил.",
        ),
        FormNo::Callback(no) => callback_word(no, language),
        FormNo::Promise(no) => promise_word(no, language),
    }
}

/// What is not taken, and what is instead.
fn not_taken_word(part: FormPart, takes: Takes, language: Language) -> String {
    let word = |part: FormPart| match part {
        FormPart::Callback => language.pick("time to call again", "времени звонка"),
        FormPart::Promise => language.pick("promise", "обещания"),
        FormPart::Reason => language.pick("reason for not paying", "причины неоплаты"),
    };
    let taken = [
        (takes.promise, language.pick("a promise", "обещание")),
        (takes.callback, language.pick("a time to call again", "время звонка")),
        (takes.reason, language.pick("a reason for not paying", "причину неоплаты")),
    ];
    let taken: Vec<_> = taken.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    let taken = match taken.is_empty() {
        true => language.pick("nothing else", "ничего больше").to_owned(),
        false => taken.join(", "),
    };
    match language {
        Language::En => format!("This disposition takes no {}; it takes {taken}.", word(part)),
        Language::Ru => format!("Этот итог не принимает {}; принимает: {taken}.", word(part)),
    }
}

/// Why a call is not agreed, with the earliest time that may be, where there is one.
fn callback_word(no: CallbackNo, language: Language) -> String {
    let (why, from) = match (no, language) {
        (CallbackNo::Past { from }, Language::En) => ("That time has passed", from),
        (CallbackNo::Past { from }, Language::Ru) => ("Это время уже прошло", from),
        (CallbackNo::Closed { from }, Language::En) => ("The campaign does not call at that hour", from),
        (CallbackNo::Closed { from }, Language::Ru) => ("В это время кампания не звонит", from),
        (CallbackNo::Unlawful { from: None }, Language::En) => ("The rules allow no more calls to him", None),
        (CallbackNo::Unlawful { from: None }, Language::Ru) => {
            ("По правилам звонить ему больше нельзя", None)
        }
        (CallbackNo::Unlawful { from }, Language::En) => ("The rules allow no call then", from),
        (CallbackNo::Unlawful { from }, Language::Ru) => ("По правилам в это время звонить нельзя", from),
        (CallbackNo::TooFar { last }, Language::En) => {
            return format!("Two weeks ahead at most: until {}, by his clock.", minute(last, language));
        }
        (CallbackNo::TooFar { last }, Language::Ru) => {
            return format!("Не дальше двух недель: до {} по его часам.", minute(last, language));
        }
    };
    match (from, language) {
        (None, _) => format!("{why}."),
        (Some(from), Language::En) => format!("{why}: from {} on, by his clock.", minute(from, language)),
        (Some(from), Language::Ru) => format!("{why}: можно с {} по его часам.", minute(from, language)),
    }
}

/// `05.12.2026 09:00`, or `2026-12-05 09:00` in English.
fn minute(at: DateTime, language: Language) -> String {
    format!("{} {}", day(at.date(), language), at.strftime("%H:%M"))
}

/// Why a promise is not taken, in a sentence.
pub(super) fn promise_word(no: PromiseNo, language: Language) -> String {
    let ru = language == Language::Ru;
    match (no, ru) {
        (PromiseNo::NothingOwed, true) => "Долг закрыт: обещать нечего.".to_owned(),
        (PromiseNo::NothingOwed, false) => "The debt is settled: there is nothing to promise.".to_owned(),
        (PromiseNo::OtherCurrency, true) => "Долг в другой валюте.".to_owned(),
        (PromiseNo::OtherCurrency, false) => "The debt is in another currency.".to_owned(),
        (PromiseNo::Past { .. }, true) => "День уже прошёл.".to_owned(),
        (PromiseNo::Past { .. }, false) => "That day has passed.".to_owned(),
        (PromiseNo::TooLate { last }, true) => format!("Не позже {}.", day(last, language)),
        (PromiseNo::TooLate { last }, false) => format!("No later than {}.", day(last, language)),
        (PromiseNo::TooLittle { least }, true) => format!("Не меньше {}.", money(least, language)),
        (PromiseNo::TooLittle { least }, false) => format!("No less than {}.", money(least, language)),
        (PromiseNo::TooMuch { owed }, true) => format!("Больше долга: {}.", money(owed, language)),
        (PromiseNo::TooMuch { owed }, false) => format!("More than is owed: {}.", money(owed, language)),
    }
}

/// `05.12.2026`, or `2026-12-05` in English.
pub fn day(date: Date, language: Language) -> String {
    match language {
        Language::Ru => date.strftime("%d.%m.%Y").to_string(),
        Language::En => date.to_string(),
    }
}

/// `05.12 14:30`, or `5 Dec 14:30` in English: of the last weeks or months.
pub fn day_and_hour(at: DateTime, language: Language) -> String {
    at.strftime(language.pick("%-d %b %H:%M", "%d.%m %H:%M")).to_string()
}

/// A sum as people write it.
pub fn money(money: Money, language: Language) -> String {
    money.shown(language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    #[test]
    fn sums_and_days_are_written_as_people_write_them() {
        let sum = Money::new(123_450, Currency::Rub);
        assert_eq!(money(sum, Language::Ru), "1\u{a0}234,50\u{a0}₽");
        assert_eq!(money(sum, Language::En), "1,234.50\u{a0}RUB");
        let last = jiff::civil::date(2026, 12, 5);
        assert_eq!(promise_word(PromiseNo::TooLate { last }, Language::Ru), "Не позже 05.12.2026.");
        let at = last.at(14, 30, 0, 0);
        assert_eq!(day_and_hour(at, Language::Ru), "05.12 14:30");
        assert_eq!(day_and_hour(at, Language::En), "5 Dec 14:30");
    }

    #[test]
    fn what_is_not_taken_is_told_with_what_is() {
        let takes = |promise, callback, reason| Takes { callback, promise, reason };
        let said = |part, takes, language| {
            DeskAnswer::Form(vec![FormNo::NotTaken { part, takes }]).refusals(language).remove(0)
        };
        assert_eq!(
            said(FormPart::Promise, takes(false, true, true), Language::En),
            (
                "promise_not_taken".to_owned(),
                "This disposition takes no promise; it takes a time to call again, a reason for not paying."
                    .to_owned()
            )
        );
        let nothing = takes(false, false, false);
        assert_eq!(
            said(FormPart::Callback, nothing, Language::Ru).1,
            "Этот итог не принимает времени звонка; принимает: ничего больше."
        );
    }

    #[test]
    fn a_refused_hour_names_the_earliest_one_that_is() {
        let from = Some(jiff::civil::date(2026, 12, 5).at(9, 0, 0, 0));
        let all = [CallbackNo::Closed { from }, CallbackNo::Past { from }, CallbackNo::Unlawful { from }];
        for no in all {
            let said =
                |language| DeskAnswer::Form(vec![FormNo::Callback(no)]).refusals(language)[0].1.clone();
            assert!(said(Language::Ru).ends_with(": можно с 05.12.2026 09:00 по его часам."), "{no:?}");
            assert!(said(Language::En).ends_with(": from 2026-12-05 09:00 on, by his clock."), "{no:?}");
        }
        let closed = CallbackNo::Closed { from: None };
        assert_eq!(callback_word(closed, Language::Ru), "В это время кампания не звонит.");
    }
}
