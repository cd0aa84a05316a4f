//! The room's words in both languages.

use crate::domain::Language;
use crate::quality::{Mark, Why};

macro_rules! texts {
    ($($key:ident: $en:literal, $ru:literal;)+) => {
        /// Every word of the room.
        #[derive(Debug)]
        pub(super) struct Texts { $(pub $key: &'static str,)+ }
        static EN: Texts = Texts { $($key: $en,)+ };
        static RU: Texts = Texts { $($key: $ru,)+ };
    };
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }

    pub fn mark(&self, mark: Mark) -> &'static str {
        match mark {
            Mark::Met => self.met,
            Mark::NotApplicable => self.not_applicable,
            Mark::NotMet => self.not_met,
            Mark::Partly => self.partly,
        }
    }

    pub fn drawn_for(&self, why: Why) -> &'static str {
        match why {
            Why::Complaint => self.complaint,
            Why::Longest => self.longest,
            Why::Random => self.random,
            Why::Trigger => self.trigger,
        }
    }
}

texts! {
    agent: "Agent", "Оператор";
    agent_or_all: "agent, or all", "оператор или все";
    agents: "Agents", "Операторы";
    alpha: "Krippendorff's alpha over the criteria (1: full agreement, 0: chance)", "Альфа Криппендорфа по критериям (1 — полное согласие, 0 — случайность)";
    before: "You have reviewed this talk already.", "Вы этот разговор уже оценили.";
    calibration: "Calibration: calls that several have reviewed", "Калибровка: звонки, которые оценили несколько человек";
    call: "Call", "Звонок";
    calls: "calls", "звонков";
    comment: "Comment", "Комментарий";
    complaint: "complaint", "жалоба";
    criteria: "Criteria: not met / reviews in which it applied", "Критерии: не выполнен / оценок, где был уместен";
    critical: "critical", "критический";
    days: "days", "дн.";
    days_back: "Days back", "За сколько дней";
    show: "Show", "Показать";
    difference: "mean difference of the raw marks: differences of all pairs / pairs, in percentage points", "средняя разница исходных оценок: разницы всех пар / пары, в процентных пунктах";
    draw: "Draw a list", "Составить список";
    for_payment: "the talk brought a payment: nothing is taken off", "разговор принёс платёж: оценка не снижена";
    figures: "Figures", "Показатели";
    himself: "Nobody reviews his own talk.", "Свой разговор не оценивают.";
    kept: "kept", "итоговая";
    kept_for_payment: "kept for a payment", "сохранено за платёж";
    kept_mean: "kept marks / calls", "итоговые / звонки";
    lists: "Lists of calls to listen to", "Списки для прослушивания";
    longest: "longest", "самый долгий";
    made: "Made", "Составлен";
    made_by: "By", "Кем";
    made_of: "Calls of", "Звонки за";
    marked: "Mark", "Оценка";
    met: "met", "выполнено";
    no_form: "There is no form: config/quality.toml has no criterion.", "Формы нет: в config/quality.toml нет ни одного критерия.";
    no_reviewer: "You may not review talks any more.", "Вы больше не можете оценивать разговоры.";
    no_talk: "The agent did not talk in such a call.", "Оператор в таком звонке не говорил.";
    not_applicable: "no occasion", "не было повода";
    not_met: "not met", "не выполнено";
    nothing: "Nothing yet: agents talk first, then a list of calls to listen to is drawn.", "Пока ничего: сначала операторы говорят, потом составляется список звонков для прослушивания.";
    pairs: "pairs", "пар";
    partly: "partly", "частично";
    quality: "Quality", "Качество";
    random: "by lot", "по жребию";
    raw: "raw", "исходная";
    raw_mean: "raw marks / calls", "исходные / звонки";
    recording: "Recording (every listen is written down)", "Запись (каждое прослушивание записывается)";
    report_how: "A call counts once, by the mean of its reviewers' marks. Raw: by the form. Kept: whole where the talk brought a payment within the window of agents' calls, unless a critical criterion was not met.", "Звонок считается один раз, по средней оценке проверявших. Исходная — по форме. Итоговая — полная, если разговор принёс платёж в пределах окна звонков оператора, кроме нарушенных критических.";
    review: "Review", "Оценить";
    reviewed: "Reviewed", "Оценено";
    reviewer: "Reviewer", "Проверял";
    reviews: "Reviews", "Оценок";
    save: "Save the review", "Сохранить оценку";
    seed: "Seed", "Зерно";
    small: "few calls: it may be chance", "мало звонков: может быть случайностью";
    team: "team", "команда";
    trigger: "conflict", "конфликт";
    unfit: "Every criterion needs a mark, and one at least must apply.", "Отметьте каждый критерий; хотя бы один должен быть уместен.";
    when: "When", "Когда";
    why: "Drawn for", "За что выбран";
}
