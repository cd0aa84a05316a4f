//! The room's words in both languages.

use crate::domain::Language;

macro_rules! texts {
    ($($key:ident: $en:literal, $ru:literal;)+) => {
        /// Every word of the room.
        #[derive(Debug)]
        pub(in crate::web::console) struct Texts { $(pub $key: &'static str,)+ }
        static EN: Texts = Texts { $($key: $en,)+ };
        static RU: Texts = Texts { $($key: $ru,)+ };
    };
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }
}

texts! {
    agent: "Agent", "Оператор";
    angry: "Whom something set off", "Кого задело";
    angry_how: "Calls of the last seven days in which the agent marked a conflict. Listen, and open a case where one is due.",
        "Звонки за семь дней, в которых оператор отметил конфликт. Прослушайте и заведите дело, если нужно.";
    answer: "Answer", "Ответ";
    answered_calls: "calls answered", "звонков отвечено";
    call: "Call", "Звонок";
    calls: "His calls", "Его звонки";
    campaign: "Campaign", "Кампания";
    case: "Case", "Дело";
    cases: "Complaints and disputes", "Жалобы и споры";
    change_kind: "Change the kind", "Изменить вид";
    close: "Close the case", "Закрыть дело";
    closed_too: "closed ones too", "и закрытые";
    complaints_of: "with a complaint / answered", "с жалобой / отвечено";
    creditor: "Creditor", "Кредитор";
    creditor_late: "does not answer", "не отвечает";
    creditor_owed: "owed", "должен";
    creditor_not_owed: "not owed", "не должен";
    creditor_untold: "not sent: none of his systems takes questions", "не отправлено: его системы не принимают вопросы";
    creditor_asked: "asked, until", "спросили, до";
    creditor_said: "What the creditor says", "Ответ кредитора";
    contacts: "Other contacts", "Другие контакты";
    days: "days", "дн.";
    days_back: "Days back", "За сколько дней";
    debt: "Debt (its id at the creditor)", "Долг (номер у кредитора)";
    due: "Due", "Срок";
    ended: "How it ended", "Чем закончился";
    every_kind: "every kind", "любой вид";
    held: "Nobody calls him automatically while this case is open.", "Пока дело открыто, автоматических звонков нет.";
    history: "History", "История";
    id_or_phone: "His id in the lists, or his number +7…", "Его номер в списках или телефон +7…";
    justified: "justified", "обоснованно";
    justified_of: "justified / with a complaint", "обоснованных / с жалобой";
    keep_answer: "He was answered so", "Так ему ответили";
    kind: "Kind", "Вид";
    link: "It is about him", "Это о нём";
    malformed: "Something is missing, or can't be read.", "Чего-то не хватает, или это не прочесть.";
    measure: "What was done about it", "Что сделано";
    mine: "mine", "мои";
    marks: "Marks", "Отметок";
    no_angry: "Nobody was marked in seven days. An agent marks a conflict by F4 in the talk.", "За семь дней отметок нет. Оператор отмечает конфликт клавишей F4 в разговоре.";
    no_call: "No call of his.", "Звонков ему не было.";
    no_call_then: "Nobody answered a call in this time: ask for more days.", "За это время никто не ответил: укажите больше дней.";
    no_case: "No such case. Complaints and disputes come from calls, from agents (F3 at the desk), from the API, and by «Register a case»; closed ones are shown when you tick them.", "Таких дел нет. Жалобы и споры приходят со звонков, от операторов (F3 на месте), через API и по «Зарегистрировать»; закрытые видны, если отметить «и закрытые».";
    no_such_call: "There is no such call of his.", "Такого звонка ему нет.";
    no_such_debt: "He has no such debt.", "У него нет такого долга.";
    no_such_person: "Nobody has this id or number.", "Ни у кого нет такого номера в списках или телефона.";
    not_justified: "not justified", "необоснованно";
    note: "Note", "Заметка";
    number: "Number", "Номер";
    other_cases: "His other cases", "Другие его дела";
    overdue_are: "Overdue cases", "Просрочено дел";
    owner: "Owner", "Владелец";
    person: "Person", "Человек";
    received: "Received", "Получено";
    recording: "Recording (every listen is written down)", "Запись (каждое прослушивание записывается)";
    register: "Register a case", "Зарегистрировать дело";
    reopen: "Open again", "Открыть снова";
    several: "Several persons share this number: give the id.", "Этот телефон у нескольких: укажите номер в списках.";
    show: "Show", "Показать";
    small: "few calls: it may be chance", "мало звонков: может быть случайностью";
    source: "Source", "Откуда";
    state: "State", "Состояние";
    take: "Give to", "Отдать";
    too_long: "These words are longer than 16 kB (some 8,000 letters).", "Текст длиннее 16 кБ (около 8000 букв).";
    not_written: "Not written down. Your words, to be copied:", "Не записано. Ваш текст, чтобы скопировать:";
    triggers: "What sets people off", "Что выводит людей из себя";
    triggers_how: "Calls that a person answered; of these the ones of which a complaint came, by whatever way, and those in which the agent marked a conflict. In brackets the 95 % interval (Wilson).", "Звонки, на которые ответил человек; из них те, после которых пришла жалоба любым путём, и те, где оператор отметил конфликт. В скобках 95-процентный интервал (Уилсон).";
    triggers_of: "with a conflict marked / answered", "с отметкой «конфликт» / отвечено";
    unknown_person: "Without a person the case is registered and nobody is held: say whom it is about as soon as you know.", "Без человека дело регистрируется, но звонки не останавливаются: укажите его, как только он известен.";
    when: "When", "Когда";
    why: "Why", "Почему";
    words: "What he says", "Что он говорит";
}
