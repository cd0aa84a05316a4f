//! What the words of other systems mean in the ledger's.

use super::super::column::fold;
use crate::domain::{Language, ToldReaction};
use crate::rules::{Agent, EventKind};

/// Why a row was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastReason {
    AgentUnknown,
    BadPromise,
    ChannelUnknown,
    DirectionUnknown,
    IdReused,
    InFuture,
    NoPerson,
    OutcomeUnknown,
    PersonMissing,
    PhoneUnreadable,
    PromiseOfNoDebt,
    ReactionToNothing,
    ReactionUnknown,
    TextTooLong,
    TimeUnreadable,
    ZoneMissing,
}

impl PastReason {
    pub fn code(self) -> &'static str {
        match self {
            Self::AgentUnknown => "agent_unknown",
            Self::BadPromise => "bad_promise",
            Self::ChannelUnknown => "channel_unknown",
            Self::DirectionUnknown => "direction_unknown",
            Self::IdReused => "id_reused",
            Self::InFuture => "in_future",
            Self::NoPerson => "no_person",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::PersonMissing => "person_missing",
            Self::PhoneUnreadable => "phone_unreadable",
            Self::PromiseOfNoDebt => "promise_of_no_debt",
            Self::ReactionToNothing => "reaction_to_nothing",
            Self::ReactionUnknown => "reaction_unknown",
            Self::TextTooLong => "text_too_long",
            Self::TimeUnreadable => "time_unreadable",
            Self::ZoneMissing => "zone_missing",
        }
    }

    pub fn text(self, language: Language) -> &'static str {
        let (en, ru) = match self {
            Self::AgentUnknown => ("the agent is neither human nor robot", "не человек и не робот"),
            Self::BadPromise => (
                "a promise has a day that is not over at the contact nor further off than 180 days, and a sum above nothing only with it",
                "у обещания есть день, который при контакте не прошёл и не дальше 180 дней, и сумма больше нуля — только вместе с ним",
            ),
            Self::ChannelUnknown => (
                "the channel is not known: call, sms, email, messenger, letter, visit, video",
                "канал не известен: звонок, sms, email, мессенджер, письмо, визит, видео",
            ),
            Self::DirectionUnknown => ("the direction is neither in nor out", "направление не вх. и не исх."),
            Self::IdReused => {
                ("another contact was told by this id before", "под этим номером уже записан другой контакт")
            }
            Self::InFuture => ("the time lies ahead", "время ещё не наступило"),
            Self::NoPerson => (
                "nobody has this id or number: import the list first",
                "такого должника или номера нет: сначала загрузите список",
            ),
            Self::OutcomeUnknown => (
                "the outcome is not known; write one of the ledger's kinds",
                "результат не известен; пишите вид события журнала",
            ),
            Self::PersonMissing => ("neither a person nor a telephone", "нет ни должника, ни телефона"),
            Self::PhoneUnreadable => ("no telephone number", "телефон не читается"),
            Self::PromiseOfNoDebt => (
                "a promise is of a debt: name one of his",
                "обещание — по долгу: назовите один из его долгов",
            ),
            Self::ReactionToNothing => (
                "a reaction is to a contact; what he wrote of himself is a case: obzvon complaints add",
                "реакция бывает на контакт; что он написал сам — дело: obzvon complaints add",
            ),
            Self::ReactionUnknown => (
                "reactions are: complaint, dispute, opt_out, promise",
                "реакции: жалоба, спор, отказ, обещание",
            ),
            Self::TextTooLong => ("a text above 512 bytes", "текст длиннее 512 байт"),
            Self::TimeUnreadable => {
                ("the time is not one: write 2026-03-03 14:05", "время не читается: пишите 03.03.2026 14:05")
            }
            Self::ZoneMissing => {
                ("a time without an offset: say --zone", "время без смещения: укажите --zone")
            }
        };
        match language {
            Language::En => en,
            Language::Ru => ru,
        }
    }
}

/// By which way a contact was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PastWay {
    Call,
    Letter,
    /// The exact channel.
    Message(String),
    /// A call with a picture: its outcome is a call's.
    Video,
    Visit,
}

/// Reads a channel; nothing said is a call.
pub(super) fn way(cell: &str) -> Result<PastWay, PastReason> {
    Ok(match fold(cell).as_str() {
        "" | "call" | "звонок" | "телефон" | "телефонный звонок" | "phone" | "voice" => {
            PastWay::Call
        }
        "letter" | "письмо" | "почта" | "mail" | "post" => PastWay::Letter,
        "visit" | "визит" | "выезд" | "встреча" | "личная встреча" | "meeting" => {
            PastWay::Visit
        }
        "sms" | "смс" | "text" | "message" | "сообщение" => PastWay::Message("sms".to_owned()),
        "email" | "e mail" | "имейл" | "электронная почта" => {
            PastWay::Message("email".to_owned())
        }
        "voice message" | "голосовое сообщение" => PastWay::Message("voice".to_owned()),
        "messenger" | "мессенджер" => PastWay::Message("messenger".to_owned()),
        "video" | "видео" | "видеозвонок" | "видеосвязь" | "video call" => {
            PastWay::Video
        }
        messenger @ ("whatsapp" | "viber" | "telegram" | "max" | "push") => {
            PastWay::Message(messenger.to_owned())
        }
        _ => return Err(PastReason::ChannelUnknown),
    })
}

/// Reads what he did, several with commas between them.
pub(super) fn reactions(cell: &str) -> Result<ToldReaction, PastReason> {
    let mut told = ToldReaction::default();
    for word in cell.split([',', ';', '+']).map(fold).filter(|word| !word.is_empty()) {
        let code = match word.as_str() {
            "complaint" | "жалоба" => "complaint",
            "dispute" | "спор" | "оспаривает" | "не согласен" => "dispute",
            "opt out" | "stop" | "отказ" | "не звонить" | "отказ от взаимодействия" => {
                "opt_out"
            }
            "promise" | "promise to pay" | "обещание" | "обещал" => "promise",
            _ => return Err(PastReason::ReactionUnknown),
        };
        told.take(code);
    }
    Ok(told)
}

/// Reads a direction: whether the person called us. Nothing said: we called.
pub(super) fn inbound(cell: &str) -> Result<bool, PastReason> {
    Ok(match fold(cell).as_str() {
        "" | "out" | "outbound" | "outgoing" | "исходящий" | "исх" | "исходящее" => {
            false
        }
        "in" | "inbound" | "incoming" | "входящий" | "вх" | "входящее" => true,
        _ => return Err(PastReason::DirectionUnknown),
    })
}

/// Reads who spoke.
pub(super) fn agent(cell: &str) -> Result<Option<Agent>, PastReason> {
    Ok(match fold(cell).as_str() {
        "" => None,
        "human" | "человек" | "оператор" | "agent" => Some(Agent::Human),
        "robot" | "робот" | "автоинформатор" | "ivr" | "бот" => Some(Agent::Robot),
        _ => return Err(PastReason::AgentUnknown),
    })
}

/// Reads the outcome of a call of ours, as a kind of the ledger or a usual word.
///
/// In doubt the kind that more rules count: who is only told to have "answered" may have been the right person, and a
/// call of which nothing is told may have been answered.
pub(super) fn outcome(cell: &str) -> Result<EventKind, PastReason> {
    let word = fold(cell);
    let by_code = EventKind::ALL.iter().copied().find(|kind| fold(kind.code()) == word);
    if let Some(kind) = by_code.filter(|kind| *kind != EventKind::InFlight) {
        return Ok(kind);
    }
    Ok(match word.as_str() {
        "" | "answered" | "answer" | "ответ" | "отвечен" | "отвечено" | "ответил" | "дозвон" | "разговор"
        | "talk" | "контакт" | "contact" | "success" | "успешно" | "promise" | "обещание" => {
            EventKind::Conversation
        }
        "hung up" | "hangup" | "бросил трубку" | "положил трубку" | "сброс после ответа" => {
            EventKind::AnsweredUnknown
        }
        "dropped" | "потерян" | "брошен" => EventKind::Abandoned,
        "third party" | "третье лицо" | "wrong person" | "не тот человек" | "ошиблись номером" => {
            EventKind::ThirdParty
        }
        "machine" | "answering machine" | "автоответчик" | "голосовая почта" | "voice mail" => {
            EventKind::Voicemail
        }
        "no answer"
        | "noanswer"
        | "не ответил"
        | "нет ответа"
        | "не берет трубку"
        | "недозвон"
        | "rejected"
        | "отклонен"
        | "сброс"
        | "declined" => EventKind::AttemptNoAnswer,
        "busy"
        | "занято"
        | "invalid"
        | "не существует"
        | "unreachable"
        | "недоступен"
        | "вне зоны"
        | "failed"
        | "ошибка"
        | "ошибка сети"
        | "not in service"
        | "congestion" => EventKind::AttemptUnconnected,
        _ => return Err(PastReason::OutcomeUnknown),
    })
}
