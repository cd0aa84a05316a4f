//! `obzvon report glossary`: what every figure is and what it divides by what, those of cases and quality too.

use crate::cli::words;
use crate::domain::Language;
use crate::stats::{DEFINITIONS, KPIS, KpiDefinition};

/// A term that is no figure of a campaign: its name and its formula, in English and in Russian.
type Term = [&'static str; 4];

/// By agent and not by campaign: `report agents` has it.
const OCCUPANCY: [Term; 1] = [[
    "occupancy",
    "seconds talking, holding and writing up / seconds ready, reserved, ringing, talking, holding and writing up",
    "занятость",
    "секунды разговора, удержания и обработки / секунды готовности, резерва, звонка, разговора, удержания и обработки",
]];

/// `obzvon report channels`.
const ACTIONS: [Term; 3] = [
    [
        "action",
        "one use of a channel on a debt: a call of ours that left, a call of the debtor's own, or what other systems told",
        "действие",
        "одно обращение по долгу каким-либо каналом: наш отправленный звонок, звонок самого должника или сообщённое другими системами",
    ],
    [
        "inbound_call",
        "a debtor's own call: an action with its reactions; no call of the campaign's figures and no use in the wear of a channel",
        "входящий звонок",
        "звонок самого должника: действие со своими реакциями; не звонок в показателях кампании и не использование в износе канала",
    ],
    [
        "reaction",
        "what followed an action: answered, right person, sum heard, promise, payment in the window, dispute, complaint, opt-out; else nothing",
        "реакция",
        "что последовало за действием: ответ, нужный человек, услышанная сумма, обещание, платёж в окне, спор, жалоба, отказ от звонков; иначе ничего",
    ],
];

/// `obzvon complaints` and `/cases`.
const CASES: [Term; 6] = [
    [
        "case",
        "a complaint or a dispute, from whatever way it came; it is open until somebody closes it",
        "дело",
        "жалоба или спор, каким бы путём они ни пришли; открыто, пока кто-нибудь его не закроет",
    ],
    [
        "overdue case",
        "an open case whose last day for an answer is over; of all open cases",
        "просроченное дело",
        "открытое дело, последний день ответа по которому прошёл; из всех открытых дел",
    ],
    [
        "complaint rate",
        "calls of which a complaint came / calls that a person answered",
        "доля жалоб",
        "звонки, по которым пришла жалоба / звонки, на которые ответил человек",
    ],
    [
        "conflict rate",
        "calls in which the agent marked anger or a rude word / calls that a person answered",
        "доля конфликтов",
        "звонки, где оператор отметил гнев или грубость / звонки, на которые ответил человек",
    ],
    [
        "justified share",
        "complaints closed as justified / complaints",
        "доля обоснованных",
        "жалобы, закрытые как обоснованные / жалобы",
    ],
    [
        "complaints per action",
        "actions of which a complaint came / actions (uses of a channel on a debt)",
        "жалобы на действие",
        "действия, по которым пришла жалоба / действия (обращения по долгу каким-либо каналом)",
    ],
];

/// `obzvon quality report` and `/quality/report`.
const QUALITY: [Term; 6] = [
    [
        "raw mark",
        "weights of criteria met, half of those partly met / weights of criteria that applied; 0 where a critical one was not met",
        "исходная оценка",
        "веса выполненных критериев и половина частично выполненных / веса уместных критериев; 0, если не выполнен критический",
    ],
    [
        "kept mark",
        "100 % where the talk brought a payment within the window, unless a critical criterion was not met; else the raw mark",
        "итоговая оценка",
        "100 %, если разговор привёл к платежу в пределах окна и не нарушен критический критерий; иначе исходная",
    ],
    [
        "mean mark of an agent",
        "marks of his reviewed calls, a call that several reviewed once / his reviewed calls",
        "средняя оценка оператора",
        "оценки его проверенных звонков, звонок с несколькими оценками один раз / его проверенные звонки",
    ],
    [
        "criterion not met",
        "reviews in which it was not met / reviews in which it applied",
        "критерий не выполнен",
        "оценки, где он не выполнен / оценки, где он был уместен",
    ],
    [
        "mean difference (calibration)",
        "differences of the raw marks of each two reviewers of one call / such pairs",
        "средняя разница (калибровка)",
        "разницы исходных оценок каждых двух проверяющих одного звонка / такие пары",
    ],
    [
        "Krippendorff's alpha (calibration)",
        "1 - observed / expected squared differences of the criteria's values: 1 is agreement, 0 is chance",
        "альфа Криппендорфа (калибровка)",
        "1 − наблюдаемые / ожидаемые квадраты разниц по критериям: 1 — согласие, 0 — случайность",
    ],
];

/// `obzvon report uplift`, `wear`, `pareto`, `types`, `economics` and `agents`.
const MONEY: [Term; 9] = [
    [
        "uplift",
        "persons to be called who paid within the window / those persons, less the same of persons left alone by lot",
        "прирост (uplift)",
        "люди, которым полагался звонок и которые оплатили за окно / все такие люди, минус то же у оставленных без звонка по жребию",
    ],
    [
        "extra money",
        "mean sum paid by a person to be called, less that of one left alone, times the persons to be called",
        "лишние деньги",
        "средняя сумма на человека, которому полагался звонок, минус то же у оставленных, на число тех, кому полагался звонок",
    ],
    [
        "cost of an extra unit",
        "cost of the calls / extra money, where that is surely above nothing",
        "цена лишней единицы",
        "стоимость звонков / лишние деньги, если они несомненны",
    ],
    [
        "wear",
        "uses of a channel with the reaction, by the number of the use on the debtor over all his debts, as it was known at the time / uses of that number",
        "износ",
        "использования канала с реакцией по номеру использования на должнике по всем его долгам, как было известно тогда / использования с этим номером",
    ],
    [
        "Pareto share",
        "what the largest accounts, creditors or agents paid or brought together / all that was",
        "доля Парето",
        "сколько заплатили или принесли крупнейшие счета, кредиторы или операторы / всё вместе",
    ],
    [
        "types' share",
        "persons of the type now / all persons",
        "доля типа",
        "люди этого типа сейчас / все люди",
    ],
    [
        "gross margin",
        "(revenue by contract - cost) / revenue by contract; nothing without revenue",
        "валовая маржа",
        "(выручка по договору − затраты) / выручка по договору; без выручки её нет",
    ],
    [
        "agents' cost of a creditor",
        "agents' paid time at its price x talk and hold about his debts, whoever called / talk and hold about all creditors' debts",
        "затраты на операторов по кредитору",
        "оплаченное время операторов по его цене × разговоры и удержание по его долгам, кто бы ни звонил / разговоры и удержание по долгам всех кредиторов",
    ],
    [
        "agent's accounts",
        "contacts given to him that are not done, and what they owe",
        "счета оператора",
        "незавершённые контакты, закреплённые за ним, и сколько по ним должны",
    ],
];

/// A figure with the part of the glossary that it stands in, its name and what it divides by what.
pub struct Defined {
    pub part: &'static str,
    pub name: &'static str,
    pub formula: String,
}

/// Every figure, part by part.
pub fn defined(language: Language) -> Vec<Defined> {
    let say = |[en, ru]: [&'static str; 2]| if language == Language::Ru { ru } else { en };
    let calls = say(["Calls", "Звонки"]);
    let figures = KPIS.iter().map(|figure: &KpiDefinition| {
        let (name, formula) = figure.words(language);
        Defined { part: calls, name, formula: formula.to_owned() }
    });
    let actions = say(["Actions and reactions", "Действия и реакции"]);
    let ratios = DEFINITIONS.iter().map(|of| {
        let (numerator, denominator) = match language {
            Language::En => (of.numerator, of.denominator),
            Language::Ru => (of.numerator_ru, of.denominator_ru),
        };
        Defined {
            part: actions,
            name: words::figure(of.key, language),
            formula: format!("{numerator} / {denominator}"),
        }
    });
    let terms = |part: &'static str, terms: &'static [Term]| {
        terms.iter().map(move |&[en, en_formula, ru, ru_formula]| {
            let (name, formula) = if language == Language::Ru { (ru, ru_formula) } else { (en, en_formula) };
            Defined { part, name, formula: formula.to_owned() }
        })
    };
    figures
        .chain(terms(calls, &OCCUPANCY))
        .chain(terms(actions, &ACTIONS))
        .chain(ratios)
        .chain(terms(say(["Money and debtors", "Деньги и должники"]), &MONEY))
        .chain(terms(say(["Complaints and disputes", "Жалобы и споры"]), &CASES))
        .chain(terms(say(["Quality of talks", "Качество разговоров"]), &QUALITY))
        .collect()
}

/// What every figure means.
pub fn glossary(language: Language) -> String {
    let mut text = match language {
        Language::En => {
            "A call is an attempt whose INVITE left and that neither the trunk nor we spoiled. No figure counts test calls \
             (obzvon call).\n"
        }
        Language::Ru => {
            "Звонок — попытка, чей INVITE ушёл и которую не сорвали ни линия, ни мы. Проверочные звонки (obzvon call) не \
             входят ни в один показатель.\n"
        }
    }
    .to_owned();
    let mut part = "";
    for figure in defined(language) {
        if figure.part != part {
            part = figure.part;
            text += &format!("\n{part}\n");
        }
        text += &format!("{:<42} {}\n", figure.name, figure.formula);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_stands_under_the_name_that_its_column_has() {
        for language in [Language::En, Language::Ru] {
            let names: Vec<&str> = defined(language).iter().map(|figure| figure.name).collect();
            for of in &DEFINITIONS {
                assert!(names.contains(&words::figure(of.key, language)), "{}", of.key);
            }
        }
        let ru = defined(Language::Ru);
        assert!(ru.iter().all(|figure| !figure.name.is_ascii()), "no code under Russian");
    }
}
