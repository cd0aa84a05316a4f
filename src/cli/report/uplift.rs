//! `obzvon report uplift`: what calling brings that would not have come anyway.

use jiff::SignedDuration;
use serde_json::json;

use crate::domain::{Language, Money};
use crate::stats::{Arm, Estimate, Uplift, decimal_sign, uplift};
use crate::store::{ExperimentLine, Period, Store};

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    window_days: u16,
    json: bool,
    language: Language,
) -> anyhow::Result<String> {
    let window = SignedDuration::from_hours(24 * i64::from(window_days));
    let lines = store.experiments_report(period, window).await?;
    let found: Vec<_> = lines.iter().map(|line| (line, uplift(&line.experiment, lines.len()))).collect();
    if json {
        let row = |(line, uplift): &(&ExperimentLine, Uplift)| {
            json!({
                "campaign": line.campaign, "currency": line.currency.code(), "window_days": window_days,
                "left_alone_percent": line.percent,
                "called": line.experiment.called, "left_alone": line.experiment.left_alone,
                "called_elsewhere": line.experiment.called_elsewhere,
                "cost_minor": line.experiment.cost_minor, "uplift": uplift,
            })
        };
        return Ok(format!("{}\n", json!(found.iter().map(row).collect::<Vec<_>>())));
    }
    if found.is_empty() {
        return Ok(nothing(language, window_days));
    }
    let mut text = String::new();
    for (line, uplift) in &found {
        text += &line_text(line, uplift, language);
    }
    Ok(text + &definition(language, window_days))
}

fn nothing(language: Language, days: u16) -> String {
    match language {
        Language::En => format!("nobody selected has had his {days} days yet\n"),
        Language::Ru => format!("ещё ни у кого из отобранных не прошло {days} дней\n"),
    }
}

fn line_text(line: &ExperimentLine, uplift: &Uplift, language: Language) -> String {
    let words = words(language);
    let money = |minor: f64| Money::new(minor.round() as i64, line.currency).shown(language);
    let arm = |name: &str, arm: Arm| {
        let each = arm.sums.mean().map(|mean| format!(", {} {}", money(mean), words.each));
        format!("  {name:<26} {}{}\n", arm.paid_share().shown(language), each.unwrap_or_default())
    };
    let told = |name: &str, found: Option<String>| {
        format!("  {name:<26} {}\n", found.unwrap_or_else(|| words.unknown.to_owned()))
    };
    let estimate = |name: &str, found: Option<Estimate>, digits: usize, unit: &str| {
        let shown = |Estimate { value, low, high }| {
            let figures = format!("{value:+.digits$} ({low:+.digits$} … {high:+.digits$})");
            format!("{} {unit}", decimal_sign(&figures, language))
        };
        told(name, found.map(shown))
    };
    let sum = |name: &str, found: Option<Estimate>| {
        let signed = |minor: f64| format!("{}{}", if minor.round() < 0.0 { "" } else { "+" }, money(minor));
        let shown =
            |Estimate { value, low, high }| format!("{} ({} … {})", signed(value), signed(low), signed(high));
        told(name, found.map(shown))
    };
    let unit = line.currency.sign(language);
    let cost = Money::new(line.experiment.cost_minor, line.currency).shown(language);
    let lot = line.percent.map_or_else(String::new, |percent| format!(" · {} {percent} %", words.lot));
    let head = format!("{} · {}{lot}\n", line.campaign, line.currency.code());
    // Nothing is said of what did not happen.
    let elsewhere = match line.experiment.called_elsewhere {
        0 => String::new(),
        _ => format!("  {:<26} {}\n", words.elsewhere, line.experiment.elsewhere_share()),
    };
    let small = if uplift.small { format!("  {}\n", words.small) } else { String::new() };
    [
        head,
        arm(words.called, line.experiment.called),
        arm(words.alone, line.experiment.left_alone),
        elsewhere,
        estimate(words.share, uplift.paid_share.map(|it| it.times(100.0)), 2, words.points),
        sum(words.sum, uplift.sum_each),
        sum(words.extra, uplift.extra),
        format!("  {:<26} {cost}\n", words.cost),
        estimate(words.price, uplift.cost_per_extra, 3, unit),
        small,
    ]
    .concat()
}

struct Words {
    called: &'static str,
    lot: &'static str,
    alone: &'static str,
    elsewhere: &'static str,
    each: &'static str,
    share: &'static str,
    points: &'static str,
    sum: &'static str,
    extra: &'static str,
    cost: &'static str,
    price: &'static str,
    unknown: &'static str,
    small: &'static str,
}

fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &Words {
            called: "called, paid",
            lot: "left alone by lot:",
            alone: "left alone, paid",
            elsewhere: "of them called by others",
            each: "each",
            share: "effect on the share",
            points: "points",
            sum: "effect on the sum, each",
            extra: "extra money in all",
            cost: "cost of the calls",
            price: "cost of an extra unit",
            unknown: "not known",
            small: "too few persons or payers for a verdict",
        },
        Language::Ru => &Words {
            called: "звонили, оплатили",
            lot: "без звонков по жребию:",
            alone: "не звонили, оплатили",
            elsewhere: "из них звонили другие",
            each: "на человека",
            share: "влияние на долю",
            points: "п. п.",
            sum: "влияние на сумму, на чел.",
            extra: "лишних денег всего",
            cost: "цена звонков",
            price: "цена лишней единицы",
            unknown: "неизвестно",
            small: "слишком мало людей или оплат, чтобы судить",
        },
    }
}

fn definition(language: Language, days: u16) -> String {
    match language {
        Language::En => format!(
            "\nHow to read it: persons who paid on the selected debt within {days} days of their selection / persons \
             drawn into the arm by lot; who was drawn by another share is compared by himself.\nA lot binds its own campaign: called by others are the left alone whom another campaign called within those days.\nWhoever was to be called counts as called, reached or not. Persons whose \
             {days} days are not over are left out.\nThe intervals of all campaigns hold at once in 95 cases of 100. \
             The cost of an extra unit is told only where extra money is sure.\n"
        ),
        Language::Ru => format!(
            "\nКак читать: люди, оплатившие отобранный долг за {days} дней после отбора / люди, попавшие в группу по \
             жребию; отобранные при другой доле сравниваются отдельно.\nЖребий действует на свою кампанию: звонили другие — те без звонков, кому в эти дни звонила другая кампания.\nКто должен был получить звонок, считается получившим, даже если до него не дозвонились. Кто ещё \
             не прожил {days} дней после отбора, не учтён.\nИнтервалы всех кампаний верны вместе в 95 случаях из 100. \
             Цена лишней единицы названа только там, где лишние деньги несомненны.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;
    use crate::stats::{Experiment, Sample};

    /// Persons of whom each third paid `sum` minor units.
    fn arm(persons: u64, sum: i64) -> Arm {
        let mut sums = Sample::default();
        (0..persons).for_each(|person| sums.add(if person % 3 == 0 { sum } else { 0 }));
        Arm { paid: persons.div_ceil(3), sums }
    }

    #[test]
    fn figures_have_the_signs_that_the_language_has_in_a_number() {
        let experiment = Experiment {
            called: arm(300, 1_500_050),
            left_alone: arm(90, 150_000),
            called_elsewhere: 0,
            cost_minor: 123_456,
        };
        let line = ExperimentLine {
            campaign: "reminders".to_owned(),
            currency: Currency::Rub,
            percent: Some(20),
            experiment,
        };
        let found = uplift(&line.experiment, 1);
        let [ru, en] = [Language::Ru, Language::En].map(|language| line_text(&line, &found, language));
        for told in [
            "100/300 = 33,3 % (28,2–38,8), 5\u{a0}000,17\u{a0}₽ на человека",
            "+4\u{a0}500,17\u{a0}₽ (+",
            "1\u{a0}234,56\u{a0}₽",
        ] {
            assert!(ru.contains(told), "{told} is not in\n{ru}");
        }
        // «п. п.», «чел.» are no figures.
        let point = ru.as_bytes().windows(2).any(|pair| pair[0] == b'.' && pair[1].is_ascii_digit());
        assert!(!point, "{ru}");
        assert!(en.contains("100/300 = 33.3 % (28.2–38.8), 5,000.17\u{a0}RUB each"), "{en}");
    }
}
