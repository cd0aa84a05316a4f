//! Codes in words, for screens. Files and `--json` keep the codes.

use crate::domain::Language;

/// Code, English, Russian.
type Word = (&'static str, &'static str, &'static str);

/// The word for a code of `table`; a code that is not there stands for itself.
fn word<'a>(table: &[Word], code: &'a str, language: Language) -> &'a str {
    let found = table.iter().find(|(known, ..)| *known == code);
    found.map_or(code, |(_, en, ru)| match language {
        Language::En => en,
        Language::Ru => ru,
    })
}

/// The word that opens a warning.
pub fn warning(language: Language) -> &'static str {
    match language {
        Language::En => "warning",
        Language::Ru => "предупреждение",
    }
}

/// What came of an attempt.
pub fn outcome(code: &str, language: Language) -> &str {
    word(&OUTCOMES, code, language)
}

/// What the debtor did.
pub fn disposition(code: &str, language: Language) -> &str {
    word(&DISPOSITIONS, code, language)
}

/// A mark in a call.
pub fn mark(code: &str, language: Language) -> &str {
    word(&MARKS, code, language)
}

/// Who ended a call.
pub fn hung_up_by(code: &str, language: Language) -> &str {
    word(&HUNG_UP, code, language)
}

pub fn channel(code: &str, language: Language) -> &str {
    word(&CHANNELS, code, language)
}

pub fn debtor_type(code: &str, language: Language) -> &str {
    word(&DEBTOR_TYPES, code, language)
}

pub fn debt_kind(code: &str, language: Language) -> &str {
    word(&DEBT_KINDS, code, language)
}

/// Where a contact stands.
pub fn contact_state(code: &str, language: Language) -> &str {
    word(&STATES, code, language)
}

/// Where a campaign stands.
pub fn campaign_state(code: &str, language: Language) -> &str {
    word(&CAMPAIGN_STATES, code, language)
}

/// A kind of entry of the ledger.
pub fn event(code: &str, language: Language) -> &str {
    word(&EVENTS, code, language)
}

/// Why a contact stands there: an outcome, a reason of its own, or the rule that forbade the call.
pub fn why(code: &str, language: Language) -> String {
    if let Some(awaited) = code.strip_prefix(CALL_DUE) {
        let due = language.pick("the call agreed is due", "пора звонить, как договорились");
        return format!("{due}: {}", why(awaited, language));
    }
    // The codes of skills have colons themselves, and names of creditors dots.
    if let Some((code, skills)) = code.split_once(':').filter(|(code, _)| WANTS_SKILLS.contains(code)) {
        let reason = word(&REASONS, code, language);
        return format!("{reason}: {}", skills.replace('+', ", "));
    }
    if code.contains('.') {
        let rule = if language == Language::Ru { "правило" } else { "rule" };
        return format!("{rule} {code}");
    }
    let reason = word(&REASONS, code, language);
    if reason == code { outcome(code, language).to_owned() } else { reason.to_owned() }
}

/// What a picture of a flow says of a step or of a way out of it: a kind, an outcome.
pub fn flow(code: &str, language: Language) -> String {
    let own = word(&FLOW, code, language);
    if own == code { disposition(code, language).to_owned() } else { own.to_owned() }
}

/// From what a person's clocks are concluded: `residence=RU-OMS;mobile=RU-MOW` and the like.
pub fn evidence(codes: &str, language: Language) -> String {
    let one = |clue: &str| match clue.split_once('=') {
        Some((what, place)) => format!("{} {place}", word(&EVIDENCE, what, language)),
        None => word(&EVIDENCE, clue, language).to_owned(),
    };
    codes.split(';').map(one).collect::<Vec<_>>().join(", ")
}

/// Before the reason why a call that was agreed is not made though its time has come.
pub const CALL_DUE: &str = "call_due:";
/// Reasons that are told with the skills of the agent who is waited for.
const WANTS_SKILLS: [&str; 3] = ["agent_awaited", "no_such_agent", "nobody_at_work"];

/// Whether the reason is told with the skills of the agent who is waited for, which are spelt as people like.
pub fn wants_skills(code: &str) -> bool {
    let code = code.strip_prefix(CALL_DUE).unwrap_or(code);
    code.split_once(':').is_some_and(|(code, _)| WANTS_SKILLS.contains(&code))
}

/// A figure of the channel report.
pub fn figure(key: &str, language: Language) -> &str {
    word(&FIGURES, key, language)
}

const OUTCOMES: [Word; 13] = [
    ("abandoned", "answered, nobody there", "ответил, а говорить было некому"),
    ("answered", "answered", "ответил"),
    ("busy", "busy", "занято"),
    ("cancelled", "taken back by us", "отменили мы"),
    ("failed_blocked", "blocked on the way", "заблокирован в пути"),
    ("failed_lost", "lost in a crash", "потерян при сбое"),
    ("failed_trunk", "fault of the trunk", "сбой линии"),
    ("failed_us", "fault of ours", "наш сбой"),
    ("invalid_number", "not in service, or a fax", "номер не обслуживается или факс"),
    ("machine", "answering machine", "автоответчик"),
    ("no_answer", "no answer", "не ответил"),
    ("rejected", "declined", "сбросил"),
    ("unwanted", "refused as unwanted", "отклонён как нежелательный"),
];

const DISPOSITIONS: [Word; 16] = [
    ("already_paid", "says he has paid", "говорит, что оплатил"),
    ("bankruptcy_claimed", "says he is bankrupt", "говорит, что банкрот"),
    ("callback_booked", "call again booked", "просил перезвонить"),
    ("connected", "talked to an agent", "говорил с оператором"),
    ("cut_off", "cut short, not by him", "прервано не им"),
    ("dispute", "disputes the debt", "оспаривает долг"),
    ("hung_up", "hung up", "положил трубку"),
    ("link_sent", "asked for a payment link", "попросил ссылку на оплату"),
    ("not_identified", "did not say who he is", "не подтвердил, что это он"),
    ("operator_asked", "asked for a person", "просил оператора"),
    ("promise_to_pay", "promised to pay", "обещал заплатить"),
    ("refused", "refused to pay", "отказался платить"),
    ("reminded", "heard the reminder", "выслушал напоминание"),
    ("stop_requested", "asked not to be called", "просил не звонить"),
    ("voicemail_left", "message left", "оставлено сообщение"),
    ("wrong_person", "wrong person", "не тот человек"),
];

const HUNG_UP: [Word; 3] = [
    ("callee", "ended by the person", "закончил человек"),
    ("network", "ended by the network", "закончила сеть"),
    ("us", "ended by us", "закончили мы"),
];

const MARKS: [Word; 6] = [
    ("first_key", "first key", "первая клавиша"),
    ("identity", "said who he is", "назвал себя"),
    ("objection", "objection", "возражение"),
    ("stage", "stage", "этап"),
    ("step", "step", "шаг"),
    ("trigger", "conflict", "конфликт"),
];

const CHANNELS: [Word; 11] = [
    ("agent_call", "call by an agent", "звонок оператора"),
    ("call", "call", "звонок"),
    ("email", "e-mail", "электронная почта"),
    ("inbound_call", "inbound call", "входящий звонок"),
    ("ivr", "automated call", "автоинформатор"),
    ("letter", "letter", "письмо"),
    ("messenger", "messenger", "мессенджер"),
    ("sms", "text message", "СМС"),
    ("video", "video call", "видеозвонок"),
    ("visit", "visit", "визит"),
    ("voicemail", "voicemail", "голосовая почта"),
];

const EVENTS: [Word; 13] = [
    ("abandoned", "answered, nobody there", "ответил, а говорить было некому"),
    ("amd_disconnect", "taken for a machine", "принят за автоответчик"),
    ("answered_unknown", "answered, not identified", "ответил, не представился"),
    ("attempt_no_answer", "no answer", "не ответил"),
    ("attempt_unconnected", "not reached", "не соединилось"),
    ("conversation", "talked", "поговорили"),
    ("in_flight", "being called", "звоним"),
    ("inbound_conversation", "called us", "позвонил сам"),
    ("letter", "letter sent", "отправлено письмо"),
    ("message", "message sent", "отправлено сообщение"),
    ("third_party", "another person", "ответил другой человек"),
    ("visit", "visited", "встреча"),
    ("voicemail", "answering machine", "автоответчик"),
];

const DEBTOR_TYPES: [Word; 6] = [
    ("forgetful", "forgetful", "забывчивый"),
    ("fraudster", "fraudster", "мошенник"),
    ("habitual", "habitual debtor", "хронический должник"),
    ("idler", "idler", "бездельник"),
    ("involuntary", "debtor in trouble", "должник поневоле"),
    ("unknown", "type not known", "тип неизвестен"),
];

const DEBT_KINDS: [Word; 3] = [
    ("collectible", "collectible", "к взысканию"),
    ("current", "not due yet", "срок не прошёл"),
    ("overdue", "overdue", "просрочен"),
];

const STATES: [Word; 5] = [
    ("done", "done", "закончены"),
    ("held", "held", "отложены"),
    ("in_flight", "being called", "звоним"),
    ("queued", "queued", "в очереди"),
    ("waiting", "waiting", "ждут"),
];

const CAMPAIGN_STATES: [Word; 4] = [
    ("draft", "not started", "не запущена"),
    ("paused", "paused", "приостановлена"),
    ("running", "running", "идёт"),
    ("stopped", "stopped", "остановлена"),
];

const REASONS: [Word; 45] = [
    ("agent_awaited", "called when an agent is free", "звоним, когда свободен оператор"),
    ("agent_missed", "the agent's phone was not picked up", "оператор не взял свою трубку"),
    ("agent_no_audio", "nothing is heard from the agent's phone", "телефон оператора молчит"),
    ("agent_wanted", "asked for an agent", "просил оператора"),
    ("behind_in_queue", "further back in the queue, not looked at", "дальше в очереди, не смотрели"),
    (
        "best_day_part",
        "waits for the part of the day he is reached in",
        "ждёт часов, когда его легче застать",
    ),
    ("budget_spent", "attempts used up", "попытки исчерпаны"),
    ("callback_agreed", "a call at an agreed time", "ждёт звонка в обещанное время"),
    ("campaign_draft", "the campaign has not been started", "кампания не запущена"),
    ("campaign_hours", "outside the campaign's hours", "вне часов кампании"),
    ("campaign_over", "the campaign is over", "кампания окончена"),
    ("campaign_paused", "the campaign is paused", "кампания приостановлена"),
    ("campaign_stopped", "the campaign is stopped for good", "кампания остановлена насовсем"),
    ("campaign_unknown", "the campaign is not configured", "кампании нет в конфигурации"),
    ("clock_stepped_back", "the clock was put back: not trusted", "часы переведены назад: им нет веры"),
    ("debt_not_open", "the debt is not open any more", "долг больше не открыт"),
    ("disputed", "disputes the debt or says it is paid", "оспаривает долг или говорит, что заплатил"),
    ("held_out", "left alone for comparison", "не звоним для сравнения"),
    ("kill_switch", "the kill switch is thrown", "включён аварийный стоп"),
    ("needs_agent", "for an agent", "нужен оператор"),
    ("no_caller_id", "no number to show", "нет номера для показа"),
    ("no_phone", "no usable number", "нет годного номера"),
    ("no_such_agent", "no agent has what he needs", "ни у одного оператора нет нужного навыка"),
    ("no_trunk", "no trunk for the number", "нет линии для номера"),
    (
        "nobody_at_work",
        "nobody who could talk to him is at work",
        "никого из тех, кто может с ним говорить, нет на смене",
    ),
    (
        "not_his_debt",
        "the debt is another person's: the contact was given to him",
        "долг другого человека: контакт передан ему",
    ),
    ("not_now", "the agent calls later", "оператор позвонит позже"),
    ("not_queued", "not in the queue", "не в очереди"),
    ("not_retried", "not tried again after that", "после такого не повторяем"),
    ("not_running", "the campaign does not run", "кампания не идёт"),
    ("off_target", "not aimed at any more", "больше не подходит"),
    ("outside_shift", "outside the shift", "вне смены"),
    ("owes", "owes something: reminders are for that", "есть долг: для него напоминания"),
    ("paid", "paid", "оплачен"),
    ("payment_reversed", "a payment was taken back", "платёж отозван"),
    ("person_in_call", "the person is in another call", "человек в другом разговоре"),
    (
        "phone_invalid",
        "the number is not in service, or a fax's; obzvon person phone says that it is usable after all",
        "номер не обслуживается или это факс; вернуть его: obzvon person phone",
    ),
    (
        "phone_wrong_person",
        "the number is another person's; obzvon person phone says that it is usable after all",
        "номер другого человека; вернуть его: obzvon person phone",
    ),
    ("reached", "reached", "человека застали"),
    ("skipped", "skipped by an agent", "оператор пропустил"),
    ("stopped", "asked not to be called", "просил не звонить"),
    ("trunks_full", "the lines are full", "линии заняты"),
    ("trunks_ill", "the lines are out of order", "линии неисправны"),
    (
        "unnamed",
        "the robot cannot say his name, by which he is to be asked: for an agent",
        "имя не озвучено, а спрашивать надо по имени: нужен оператор",
    ),
    ("unspeakable", "the voice lacks words for the debt", "нечем озвучить долг"),
];

const FLOW: [Word; 11] = [
    ("agent", "an agent", "оператор"),
    ("ask", "asks for a key", "спрашивает"),
    ("confirmed", "confirmed", "подтвердил"),
    ("connect", "connects", "соединяет"),
    ("hang up", "hangs up", "конец звонка"),
    ("no agent", "nobody is free", "никто не свободен"),
    ("no input", "silence", "тишина"),
    ("no match", "another key", "не та клавиша"),
    ("number", "asks for a number", "просит число"),
    ("right_party", "it is he", "это он"),
    ("say", "says", "говорит"),
];

const EVIDENCE: [Word; 7] = [
    ("country", "country of the number", "страна номера"),
    ("geographic", "city number", "городской номер"),
    ("mobile", "mobile number", "мобильный номер"),
    ("nothing", "nothing", "ничего"),
    ("registration", "registration", "регистрация"),
    ("residence", "address", "адрес"),
    ("stated", "his own word", "его слова"),
];

const FIGURES: [Word; 16] = [
    ("actions", "actions", "действия"),
    ("amount_heard", "sum heard", "услышали сумму"),
    ("answered", "answered", "ответили"),
    ("complaint", "complained", "пожаловались"),
    ("dispute", "disputed", "оспорили"),
    ("faults", "faults", "сбои"),
    ("kept", "kept their word", "сдержали слово"),
    ("money", "money", "деньги"),
    ("no_reaction", "no reaction", "без ответа"),
    ("opt_out", "opted out", "просят не звонить"),
    ("paid", "paid", "оплатили"),
    ("paid_in_full", "paid in full", "оплатили весь"),
    ("paid_in_part", "paid in part", "оплатили часть"),
    ("promise", "promised", "обещали"),
    ("refused", "refused", "отказались"),
    ("right_party", "right person", "нужный человек"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::DoneWhy;
    use crate::domain::contact::ContactState;
    use crate::domain::{Channel, DebtKind, DebtorType, Disposition, Outcome};
    use crate::rules::EventKind;
    use crate::stats::DEFINITIONS;
    use crate::store::{CampaignState, Gone};

    #[test]
    fn clocks_are_told_by_what_they_follow_from() {
        let told = evidence("residence=Etc/GMT-9;mobile=RU-MOW,RU-MOS", Language::Ru);
        assert_eq!(told, "адрес Etc/GMT-9, мобильный номер RU-MOW,RU-MOS");
        assert_eq!(evidence("nothing", Language::En), "nothing");
    }

    #[test]
    fn every_code_has_its_words() {
        let tables: [(&[Word], Vec<&str>); 11] = [
            (&EVENTS, EventKind::ALL.iter().map(|code| code.code()).collect()),
            (&OUTCOMES, Outcome::ALL.iter().map(|code| code.code()).collect()),
            (&DISPOSITIONS, Disposition::ALL.iter().map(|code| code.code()).collect()),
            (&CHANNELS, Channel::ALL.iter().map(|code| code.code()).collect()),
            (&DEBTOR_TYPES, DebtorType::ALL.iter().map(|code| code.code()).collect()),
            (&DEBT_KINDS, DebtKind::ALL.iter().map(|code| code.code()).collect()),
            (&STATES, ContactState::ALL.iter().map(|code| code.code()).collect()),
            (&CAMPAIGN_STATES, CampaignState::ALL.iter().map(|code| code.code()).collect()),
            (&REASONS, Gone::ALL.iter().map(|code| code.code()).collect()),
            (&REASONS, DoneWhy::ALL.iter().map(|code| code.code()).collect()),
            (&FIGURES, DEFINITIONS.iter().map(|definition| definition.key).collect()),
        ];
        for (table, codes) in tables {
            for code in codes {
                assert!(table.iter().any(|(known, ..)| *known == code), "{code} has no words");
            }
        }
    }

    #[test]
    fn a_reason_may_be_its_own_an_outcome_or_a_rule() {
        let own = REASONS.map(|(code, ..)| code);
        assert!(own.is_sorted(), "in the order of their codes");
        assert_eq!(why("needs_agent", Language::Ru), "нужен оператор");
        assert_eq!(why("busy", Language::En), "busy");
        assert_eq!(why("no_answer", Language::Ru), "не ответил");
        assert_eq!(why("ru.safe.gap", Language::Ru), "правило ru.safe.gap");
        assert_eq!(
            why("agent_awaited:creditor:S.A.+language:en", Language::En),
            "called when an agent is free: creditor:S.A., language:en"
        );
        assert_eq!(
            why("call_due:no_such_agent:language:en", Language::Ru),
            "пора звонить, как договорились: ни у одного оператора нет нужного навыка: language:en"
        );
    }
}
