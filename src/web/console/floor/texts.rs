//! The words of the agents' page in both languages.

use crate::domain::Language;

/// Every word of this page.
#[derive(Debug)]
pub struct Texts {
    pub agents: &'static str,
    pub agent: &'static str,
    pub state: &'static str,
    pub since: &'static str,
    pub call: &'static str,
    pub talk: &'static str,
    pub ready: &'static str,
    pub wrap_up: &'static str,
    pub away: &'static str,
    pub no_audio: &'static str,
    pub none: &'static str,
    pub hear: &'static str,
    pub listen: &'static str,
    pub whisper: &'static str,
    pub barge: &'static str,
    pub take_over: &'static str,
    pub leave: &'static str,
    pub hear_how: &'static str,
    said: [(&'static str, &'static str); 7],
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }

    /// What came of a click, by its code; nothing of a code that is none of ours, which a link may have brought.
    pub fn said(&self, code: &str) -> Option<&'static str> {
        self.said.iter().find(|(of, _)| *of == code).map(|(_, words)| *words)
    }
}

static EN: Texts = Texts {
    agents: "Agents",
    agent: "Agent",
    state: "State",
    since: "For",
    call: "Call",
    talk: "In talks",
    ready: "Ready",
    wrap_up: "Wrap-up",
    away: "Away",
    no_audio: "No sound",
    none: "No agent yet: name them in config/agents.toml.",
    hear: "In the talk",
    listen: "Listen",
    whisper: "Whisper",
    barge: "Barge in",
    take_over: "Take over",
    leave: "Leave",
    hear_how: "Your phone is called first. Listen: nobody hears you. Whisper: the agent hears you. Barge in: the debtor too. Who, in whose talk and when is written down.",
    said: [
        ("done", "Done."),
        (
            "not_a_supervisor",
            "Not for you: agents.toml does not say that you supervise, or you have no phone.",
        ),
        ("phone_not_there", "Your phone is not there: talks are heard on a SIP phone, not in the browser."),
        ("no_talk", "The agent is in no talk."),
        ("not_there", "Listen first, with a phone that answers."),
        ("not_written", "It could not be written down, so it was not done."),
        ("refused", "Not now: he asks a colleague, or you have a call of your own."),
    ],
};

static RU: Texts = Texts {
    agents: "Операторы",
    agent: "Оператор",
    state: "Состояние",
    since: "Длится",
    call: "Звонок",
    talk: "Говорят",
    ready: "Готовы",
    wrap_up: "Разбор",
    away: "Пауза",
    no_audio: "Нет звука",
    none: "Операторов ещё нет: назовите их в config/agents.toml.",
    hear: "В разговоре",
    listen: "Слушать",
    whisper: "Шептать",
    barge: "Войти",
    take_over: "Забрать",
    leave: "Выйти",
    hear_how: "Сначала позвонит ваш телефон. Слушать: вас не слышит никто. Шептать: слышит оператор. Войти: слышит и должник. Кто вошёл, к кому и когда, записывается.",
    said: [
        ("done", "Сделано."),
        ("not_a_supervisor", "Вам нельзя: в agents.toml не указано supervises, или у вас нет телефона."),
        ("phone_not_there", "Ваш телефон не на связи: разговоры слушают с телефона SIP, не из браузера."),
        ("no_talk", "Оператор сейчас не говорит."),
        ("not_there", "Сначала слушайте: ваш телефон должен ответить."),
        ("not_written", "Записать это не удалось, поэтому не сделано."),
        ("refused", "Сейчас нельзя: оператор советуется с коллегой, или у вас свой звонок."),
    ],
};
