//! The words of the wallboard's figures in both languages.

use crate::domain::Language;

/// Every word of the card of the day.
#[derive(Debug)]
pub struct Texts {
    /// Whose words these are.
    pub language: Language,
    pub today: &'static str,
    pub nothing: &'static str,
    pub lists: &'static str,
    pub campaigns: &'static str,
    pub campaign: &'static str,
    pub connected: &'static str,
    pub connected_how: &'static str,
    pub abandoned: &'static str,
    pub abandoned_how: &'static str,
    pub budget: &'static str,
    pub budget_how: &'static str,
    pub at_most: &'static str,
    pub pace: &'static str,
    pub no_pace: &'static str,
    pub by_lines: &'static str,
    pub by_seats: &'static str,
    pub free_lines: &'static str,
    pub faulty: &'static str,
    pub predictive: &'static str,
    pub progressive: &'static str,
    pub resting: &'static str,
    pub ready: &'static str,
    pub talking: &'static str,
    pub calls_out: &'static str,
    pub answer_rate: &'static str,
    pub risk: &'static str,
    pub accepted: &'static str,
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }
}

static EN: Texts = Texts {
    language: Language::En,
    today: "Today, and the pace",
    nothing: "No campaign has called today, and none runs. First a list, then a campaign that is started:",
    lists: "imports",
    campaigns: "campaigns",
    campaign: "Campaign",
    connected: "Connected",
    connected_how: "calls that somebody or something answered, of the calls out that ended today and that neither the trunk nor we spoiled: the connect rate of the reports.",
    abandoned: "Abandoned",
    abandoned_how: "people who answered and were served by nobody in time, of the people who answered.",
    budget: "Budget",
    budget_how: "abandoned in the window of the campaign's cap, of the people met in it, and the cap.",
    at_most: "at most",
    pace: "Pace and why",
    no_pace: "starts no calls",
    by_lines: "as lines allow: free",
    by_seats: "one call for each free agent: free",
    free_lines: "lines",
    faulty: "the line is faulty, one call at a time asks",
    predictive: "by prediction",
    progressive: "one by one: few agents, or little known today",
    resting: "rests: nobody at hand, or the shift ends",
    ready: "ready",
    talking: "talking",
    calls_out: "calls out",
    answer_rate: "people answer",
    risk: "one more finds nobody with",
    accepted: "accepted",
};

static RU: Texts = Texts {
    language: Language::Ru,
    today: "Сегодня и темп",
    nothing: "Сегодня никому не звонили, ни одна кампания не идёт. Сначала нужен список, потом пущенная кампания:",
    lists: "загрузки",
    campaigns: "кампании",
    campaign: "Кампания",
    connected: "Соединены",
    connected_how: "звонки, на которые кто-то или что-то ответило, из закончившихся сегодня исходящих, которые не испортили ни транк, ни мы: «доля соединений» отчётов.",
    abandoned: "Потеряны",
    abandoned_how: "люди, которые ответили и никого не дождались вовремя, из ответивших людей.",
    budget: "Запас",
    budget_how: "потерянные в окне предела кампании, из ответивших в нём людей, и сам предел.",
    at_most: "не больше",
    pace: "Темп и почему",
    no_pace: "звонков не начинает",
    by_lines: "сколько есть линий: свободно",
    by_seats: "по звонку на свободного оператора: свободно",
    free_lines: "линий",
    faulty: "линия сбоит, проверяем по одному звонку",
    predictive: "по прогнозу",
    progressive: "по одному: мало операторов или о сегодняшнем дне мало известно",
    resting: "отдых: никого под рукой или смена кончается",
    ready: "готовы",
    talking: "говорят",
    calls_out: "звонков в наборе",
    answer_rate: "люди отвечают",
    risk: "ещё один никого не застанет:",
    accepted: "допустимо",
};
