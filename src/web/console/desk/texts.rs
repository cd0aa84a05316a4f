//! The desk's words in both languages.

use crate::domain::Language;

macro_rules! texts {
    ($($name:ident: $en:literal, $ru:literal;)+) => {
        /// Every word of the desk's own.
        #[derive(Debug)]
        pub struct Texts {
            $(pub $name: &'static str,)+
        }
        static EN: Texts = Texts { $($name: $en,)+ };
        static RU: Texts = Texts { $($name: $ru,)+ };
    };
}

texts! {
    title: "My desk", "Моё место";
    log_in: "Begin the shift", "Начать смену";
    log_out: "End the shift", "Закончить смену";
    ready: "Ready", "Готов";
    pause: "Pause", "Пауза";
    hold: "Hold", "Удержать";
    resume: "Take back", "Вернуть";
    mute: "Mute", "Микрофон";
    silence: "Card: do not record", "Карта: не записывать";
    record_again: "Record again", "Писать дальше";
    hand_on: "Hand on", "Перевести";
    hand_on_to: "Hand on to", "Кому перевести";
    hotline: "Creditor's hotline", "Горячая линия";
    ask: "Ask first", "Спросить";
    join: "All three", "Втроём";
    complete: "Leave it to him", "Оставить коллеге";
    leave: "Leave", "Выйти";
    colleagues: "A colleague has the call and writes it up.", "Звонок ведёт коллега: итог запишет он.";
    back: "Back", "Вернуться";
    hang_up: "Hang up", "Завершить";
    debtor: "On the line", "На линии";
    to_be_called: "To be called", "Кому звонить";
    was_on_the_line: "Was on the line", "Разговор окончен";
    then: "then:", "потом:";
    shift_ends: "end of the shift", "конец смены";
    his_clock: "Time there", "Время там";
    campaign: "Campaign", "Кампания";
    identity: "Identity", "Личность";
    identified: "confirmed", "подтверждена";
    not_identified: "not confirmed", "не подтверждена";
    identify: "It is he", "Это он";
    hidden: "What is owed is shown once it is known who is speaking.", "Долг виден, когда известно, кто говорит.";
    limits: "Limits", "Лимиты";
    creditor: "Creditor", "Кредитор";
    days: "days", "дн.";
    owed: "Owed", "Сумма";
    due: "Due", "Срок";
    debtor_type: "Type", "Тип";
    payments: "Payments", "Платежи";
    no_payment: "none was told", "не поступало";
    look: "Has he paid?", "Оплатил?";
    ask_paid: "Ask the creditor: has he paid?", "Спросить кредитора: оплачено?";
    asked_paid: "Asked whether it was paid", "Спросили, оплачено ли:";
    asked_owed: "Asked whether it is owed", "Спросили, должен ли:";
    says_came: "the money came", "деньги пришли";
    says_not_come: "no money came", "денег не было";
    says_owed: "it is owed", "должен";
    says_not_owed: "it is not owed", "не должен";
    no_answer: "no answer yet", "ответа ещё нет";
    not_sent: "not sent, his systems take no questions: his hotline, or the supervisor", "не отправлено, его системы не принимают вопросов: горячая линия или супервизор";
    promises: "Promises", "Обещания";
    history: "Contacts", "Контакты";
    none_yet: "none yet", "ещё не было";
    paid: "Paid meanwhile: thank him, ask for nothing.", "Долг оплачен: поблагодарите, ничего не просите.";
    script: "Script", "Сценарий";
    done: "done", "пройден";
    objections: "Objections", "Возражения";
    note: "Note", "Заметка";
    saved: "saved", "сохранено";
    not_saved: "not saved yet", "ещё не сохранено";
    outcome: "Outcome", "Итог";
    promise: "Promise", "Обещание";
    day: "Day", "День";
    sum: "Sum", "Сумма";
    within: "until", "до";
    at_least: "at least", "не меньше";
    callback: "Call again", "Перезвонить";
    callback_when: "When, on his clock", "Когда, по его часам";
    callback_mine: "I call myself", "Звоню сам";
    reason: "Why unpaid", "Почему не оплачено";
    not_asked: "not said", "не сказал";
    as_it_was: "as it was", "как было";
    complaint: "Complaint", "Жалоба";
    complained: "A complaint is open: no automatic calls.", "Жалоба открыта: автозвонки остановлены.";
    trigger: "Conflict", "Конфликт";
    save: "Save", "Записать";
    save_ready: "Save, ready", "Записать, готов";
    late: "the time is over", "время вышло";
    written: "Written up", "Записано";
    today: "Today", "Сегодня";
    mine: "Mine", "Я";
    team: "Team, each", "В среднем";
    talks: "talks", "разговоры";
    talk_time: "talk, min", "минут";
    promised: "promises", "обещания";
    money: "promised", "обещано";
    no_call: "Nobody is on the line.", "На линии никого нет.";
    no_call_ready: "The next call comes by itself.", "Следующий звонок придёт сам.";
    no_call_unheard: "Your phone is not there: no calls come before it is.", "Ваш телефон не на связи: пока его нет, звонков не будет.";
    no_call_mute_phone: "Nothing comes from your phone: no calls come before it is heard. Call 600 from it and hear yourself, or press Ready: it is called and tried.", "С вашего телефона не приходит ни звука: пока его не слышно, звонков не будет. Наберите с него 600 и услышьте себя или нажмите «Готов»: на него позвонят для проверки.";
    no_call_silent: "Switch the sound on with F1: no calls come before you are heard.", "Включите звук клавишей F1: пока вас не слышно, звонков не будет.";
    no_call_away: "Press Ready to get calls.", "Нажмите «Готов», чтобы получать звонки.";
    no_desk: "No agent works under this login. Add it to config/agents.toml.", "Под этим логином оператора нет. Добавьте его в config/agents.toml.";
    sound: "Sound", "Звук";
    sound_off: "off", "выключен";
    sound_connecting: "connecting", "соединяю";
    sound_on: "on", "есть";
    sound_connect: "Connect", "Включить";
    sound_stop: "Switch off", "Выключить";
    sound_elsewhere: "Your sound is in another window.", "Звук — в другом окне.";
    sound_forbidden: "The browser may not use the microphone: allow it beside the address.", "Браузеру нельзя пользоваться микрофоном: разрешите рядом с адресом.";
    sound_missing: "There is no microphone.", "Микрофон не найден.";
    sound_insecure: "Browsers give the microphone to HTTPS and localhost only.", "Микрофон браузер даёт только страницам по HTTPS и localhost.";
    sound_not_served: "The server has no port for browsers' sound.", "На сервере не открыт порт для звука браузеров.";
    sound_busy: "Too many headsets are being checked: try again in a minute.", "Слишком много проверок сразу: повторите через минуту.";
    sound_telephone: "Your sound is your telephone's.", "Ваш звук — в телефоне.";
    headset: "Headset check", "Проверка гарнитуры";
    headset_how: "Start and speak: you hear yourself half a second later.", "Начните и говорите: вы услышите себя через полсекунды.";
    sound_check: "Start", "Начать";
    usual_device: "as in the system", "как в системе";
    microphone: "Microphone", "Микрофон";
    speaker: "Headphones", "Наушники";
    quiet: "Take the room's noise out", "Убирать шум помещения";
    level: "How loud you are", "Громкость вашего голоса";
    loss: "loss", "потери";
    jitter: "jitter", "дрожание";
    milliseconds: "ms", "мс";
    round_trip: "there and back", "туда и обратно";
    not_heard: "You are not heard: look at the microphone.", "Вас не слышно: проверьте микрофон.";
    lossy: "Sound gets lost on the way: look at the network.", "Звук теряется по дороге: проверьте сеть.";
    slow: "The network is slow or uneven.", "Сеть медленная или неровная.";
    headset_good: "All is well.", "Всё в порядке.";
    preview: "Call now?", "Звонить?";
    deciding: "Deciding", "Решение";
    call: "Call", "Звонить";
    not_now: "Not now", "Не сейчас";
    skip: "Skip", "Пропустить";
    skip_why: "Why skip", "Почему пропускаете";
    lost: "No connection: trying again", "Нет связи: пробуем снова";
    not_done: "Not done: no connection. Press again once it is back", "Не сделано: нет связи. Когда она вернётся, нажмите ещё раз";
    leave_ask: "You are in a talk: it goes on without you. Leave", "Идёт разговор: он останется без вас. Уйти";
    failed: "That did not work: try again", "Не получилось: попробуйте ещё раз";
    sound_key: "F1 sound · ", "F1 звук · ";
    keys: "F2 identity · F3 complaint · F4 conflict · F5 has he paid · F6 hold · F7 mute · F8 hand on (then Enter) · F10 hotline · F9 hang up · digits: outcome · Ctrl+Enter: save, ready", "F2 личность · F3 жалоба · F4 конфликт · F5 оплатил? · F6 удержать · F7 микрофон · F8 перевести (затем Enter) · F10 горячая линия · F9 завершить · цифры: итог · Ctrl+Enter: записать, готов";
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }
}
