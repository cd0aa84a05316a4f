//! The figures of a what-if, each with its numerator, its denominator and its definition.

use std::collections::BTreeMap;

use serde_json::json;

use super::past::Past;
use super::queue::Queue;
use crate::domain::Language;
use crate::stats::Ratio;
use crate::store::Period;

/// All that is told.
#[derive(Debug)]
pub struct Figures {
    pub new: String,
    pub days: u16,
    pub period: Period,
    pub past: Past,
    pub queue: Queue,
    /// The rules that refuse, in English and Russian.
    pub words: BTreeMap<String, [String; 2]>,
}

/// What each figure means: its key, its name in English and Russian, then the meaning in both.
const DEFINITIONS: [(&str, [&str; 2], &str, &str); 7] = [
    (
        "not_allowed",
        ["calls not allowed", "звонков не было бы"],
        "calls of the period that the new rules refuse at their moment / calls of the period; a call that the new rules refuse leaves no trace for later ones",
        "звонки за период, которые новые правила не разрешают в их момент / звонки за период; неразрешённый звонок не влияет на следующие",
    ),
    (
        "newly_allowed",
        ["denials no longer given", "отказы, которых не было бы"],
        "denials of the period that the new rules would not give at their moment / denials of the period, repeats not counted",
        "отказы за период, которых новые правила не дали бы в их момент / отказы за период без повторов",
    ),
    (
        "never_reachable",
        ["people never reachable", "людям не позвонить никогда"],
        "people in the queue whom no contact of theirs ever lets us call without a human act / people in the queue",
        "люди в очереди, которым без решения человека не позвонить никогда / люди в очереди",
    ),
    (
        "shift",
        ["shift", "сдвиг"],
        "earliest call by the new rules less the earliest by the rules in force, over contacts that have both; rules and the campaign's calendar together",
        "ближайший звонок по новым правилам минус ближайший по нынешним правилам, по контактам, у которых есть оба; вместе с календарём кампании",
    ),
    (
        "right_party_expected",
        ["confirmed identities", "подтверждения личности"],
        "sum over refused calls of (confirmed identities / actions) of the same channel, debtor type and kind of debt in the period",
        "сумма по неразрешённым звонкам долей (подтверждения личности / действия) того же канала, типа должника и вида долга за период",
    ),
    (
        "promises_expected",
        ["promises and links", "обещания и ссылки"],
        "the same of promises and payment links",
        "то же для обещаний и ссылок на оплату",
    ),
    (
        "left_out",
        ["left out", "не учтено"],
        "decisions and contacts without a proposal, a usable phone or a sound record",
        "решения и контакты без предложения, рабочего номера или целой записи",
    ),
];

impl Figures {
    pub fn json(&self) -> serde_json::Value {
        let (past, queue) = (&self.past, &self.queue);
        let ratio = |numerator, denominator| {
            let ratio = Ratio::new(numerator, denominator);
            json!({ "numerator": numerator, "denominator": denominator, "share": ratio.share() })
        };
        let definitions =
            DEFINITIONS.iter().map(|(key, _, en, ru)| json!({ "key": key, "en": en, "ru": ru }));
        json!({
            "new": self.new, "days": self.days, "from": self.period.from, "to": self.period.to,
            "not_allowed": ratio(past.refused, past.calls),
            "not_allowed_by_rule": past.by_rule,
            "newly_allowed": ratio(past.newly_allowed, past.denials),
            "never_reachable": ratio(queue.never_then, queue.people),
            "never_reachable_now": ratio(queue.never_now, queue.people),
            "shift": {
                "contacts": queue.shifts.len(), "later": queue.later(), "earlier": queue.earlier(),
                "median_s": queue.median(), "least_s": queue.shifts.first(), "most_s": queue.shifts.last(),
            },
            "cost": {
                "right_party_expected": past.right_party_expected, "right_party_happened": past.right_party_happened,
                "promises_expected": past.promises_expected,
            },
            "left_out": { "decisions": past.left_out, "contacts": queue.left_out },
            "definitions": definitions.collect::<Vec<_>>(),
        })
    }

    pub fn text(&self, language: Language) -> String {
        let ru = language == Language::Ru;
        let (past, queue) = (&self.past, &self.queue);
        let share = |numerator, denominator| Ratio::new(numerator, denominator).shown(language);
        let pick = |in_ru: &'static str, in_en: &'static str| if ru { in_ru } else { in_en };
        let (new, days) = (&self.new, self.days);
        let mut text = match ru {
            true => format!(
                "что изменит {new}: последние дни ({days}) и нынешняя очередь; ничего не изменено\n\n"
            ),
            false => format!(
                "what {new} would change: the last days ({days}) and the queue; nothing was changed\n\n"
            ),
        };
        let mut line = |head: &str, value: String| {
            text += format!("{head:<44} {value}").trim_end();
            text.push('\n');
        };
        line(pick("звонков не было бы", "calls not allowed"), share(past.refused, past.calls));
        for (rule, calls) in &past.by_rule {
            // A rule of its own is told in words; its name stands behind them.
            let words = self.words.get(rule).map(|[en, ru_words]| if ru { ru_words } else { en });
            let told = words.map_or_else(|| rule.clone(), |words| format!("{words}, {rule}"));
            line(&format!("  {calls}: {told}"), String::new());
        }
        let newly = share(past.newly_allowed, past.denials);
        line(pick("отказы, которых не было бы", "denials no longer given"), newly);
        let never = share(queue.never_then, queue.people);
        line(pick("людям не позвонить никогда", "people never reachable"), never);
        let never = share(queue.never_now, queue.people);
        line(pick("  по нынешним правилам", "  by the rules in force"), never);
        let all = queue.shifts.len();
        line(pick("ближайший звонок позже", "earliest call later"), format!("{}/{all}", queue.later()));
        line(pick("ближайший звонок раньше", "earliest call earlier"), format!("{}/{all}", queue.earlier()));
        let shift =
            |seconds: Option<i64>| seconds.map_or_else(|| "-".to_owned(), |seconds| span(seconds, ru));
        line(pick("  сдвиг, медиана", "  shift, median"), shift(queue.median()));
        let later = queue.shifts.last().copied().filter(|&most| most > 0);
        let earlier = queue.shifts.first().copied().filter(|&least| least < 0);
        line(pick("  сдвиг позже, наибольший", "  shift later, greatest"), shift(later));
        line(pick("  сдвиг раньше, наибольший", "  shift earlier, greatest"), shift(earlier));
        let cost = tenths(past.right_party_expected, ru);
        line(pick("цена: подтверждений личности, ожидание", "cost: confirmed identities, expected"), cost);
        line(pick("  было на деле", "  as it happened"), past.right_party_happened.to_string());
        let cost = tenths(past.promises_expected, ru);
        line(pick("цена: обещаний и ссылок, ожидание", "cost: promises and links, expected"), cost);
        let left_out = format!("{} + {}", past.left_out, queue.left_out);
        line(pick("не учтено: решений + контактов", "left out: decisions + contacts"), left_out);
        text += pick(
            "\nкак читать (числитель / знаменатель):\n",
            "\nhow to read it (numerator / denominator):\n",
        );
        for (_, [name, name_ru], en, in_ru) in DEFINITIONS {
            let (name, meaning) = if ru { (name_ru, in_ru) } else { (name, en) };
            text += &format!("  {name}: {meaning}\n");
        }
        text
    }
}

fn tenths(value: f64, ru: bool) -> String {
    let text = format!("{value:.1}");
    if ru { text.replace('.', ",") } else { text }
}

/// `+2 d 3 h 5 min`; below a minute in seconds, so that an earlier time never looks like none.
fn span(seconds: i64, ru: bool) -> String {
    if seconds.unsigned_abs() < 60 {
        let s = if ru { "с" } else { "s" };
        let sign = match seconds {
            ..0 => "−",
            0 => "",
            1.. => "+",
        };
        return format!("{sign}{} {s}", seconds.unsigned_abs());
    }
    let (sign, minutes) = (if seconds < 0 { "−" } else { "+" }, seconds.unsigned_abs() / 60);
    let (d, h, min) = if ru { ("дн.", "ч", "мин") } else { ("d", "h", "min") };
    format!("{sign}{} {d} {} {h} {} {min}", minutes / 1440, minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_says_which_way_however_short_it_is() {
        assert_eq!(span(-30, false), "−30 s");
        assert_eq!(span(0, false), "0 s");
        assert_eq!(span(45, true), "+45 с");
        assert_eq!(span(-3_660, false), "−0 d 1 h 1 min");
        assert_eq!(span(90_000, true), "+1 дн. 1 ч 0 мин");
    }
}
