//! The page of a complaint's file: what was decided and why, what was dialled and said, what counted.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::gather::Dossier;
use super::html::Html;
use super::person_page::{same_person, settling, shared_phones, standing};
use super::words::{disposition, outcome};
use crate::domain::Language;
use crate::rules::{Caution, Explanation, ZoneSet, on_clocks};
use crate::store::{AttemptRow, Traced};

/// The whole page.
pub fn page(dossier: &Dossier) -> String {
    let zones = dossier.zones();
    let mut html = Html::new(&format!("Дело {0} · File of {0}", dossier.file.external_id));
    html.note((
        "Время — на часах человека; рядом UTC. Тексты решений составлены по записям журнала.",
        "Times are on the person's clocks, with UTC beside them. The words of decisions are made from their records.",
    ));
    damage(&mut html, dossier);
    changed(&mut html, dossier);
    person(&mut html, dossier);
    decisions(&mut html, dossier);
    attempts(&mut html, dossier, &zones);
    days(&mut html, dossier, &zones);
    ledger(&mut html, dossier, &zones);
    standing(&mut html, dossier);
    settling(&mut html, dossier, &zones);
    texts(&mut html, dossier);
    closing(&mut html, dossier, &zones);
    html.finish()
}

/// What of the record does not stand, before all else.
fn damage(html: &mut Html, dossier: &Dossier) {
    if dossier.damage.is_none() {
        return;
    }
    html.heading(("ВНИМАНИЕ: записи изменены", "ATTENTION: records were changed"));
    html.note((
        "Эти строки — не те, что записала программа. Пропавшая строка не говорит, чья она была: здесь всё, что нарушено \
         в цепочках этого человека.",
        "These rows are not what the program wrote. A row that is gone does not say whose it was: here is all that is \
         broken in this person's chains.",
    ));
    let both = dossier.damage.lines(true).into_iter().zip(dossier.damage.lines(false));
    let rows: Vec<_> = both.map(|(ru, en)| vec![ru, en]).collect();
    html.table(&[("Что", "What, in Russian"), ("По-английски", "What, in English")], &rows);
}

/// Whether a row stands, in both languages.
pub fn whole(stands: bool) -> String {
    if stands { "да / yes" } else { "НЕТ / NO" }.to_owned()
}

/// What no longer is what was kept.
fn changed(html: &mut Html, dossier: &Dossier) {
    if dossier.changed.is_empty() {
        return;
    }
    html.heading(("ВНИМАНИЕ: тексты изменены", "ATTENTION: texts were changed"));
    html.note((
        "Эти тексты — не те, что были сохранены: их контрольная сумма не сходится. По ним ничего доказать нельзя.",
        "These texts are not those that were kept: they fail their hash. Nothing can be proved by them.",
    ));
    let rows: Vec<_> = dossier.changed.iter().map(|name| vec![name.clone()]).collect();
    html.table(&[("Текст", "Text")], &rows);
}

fn person(html: &mut Html, dossier: &Dossier) {
    let file = &dossier.file;
    html.heading(("Кто", "Who"));
    let name = file.name.as_ref().map_or("", |name| name.reveal()).to_owned();
    let places = file.whereabouts.iter().flat_map(|id| [id.region.as_deref(), id.time_zone.as_deref()]);
    let place = places.flatten().collect::<Vec<_>>().join(", ");
    let row = vec![file.external_id.clone(), name, file.debtor_type.code().to_owned(), place];
    html.table(
        &[("Номер в списках", "Id in the lists"), ("Имя", "Name"), ("Тип", "Type"), ("Где", "Place")],
        &[row],
    );
    let phones = file.phones.iter().map(|phone| {
        vec![phone.number.as_e164().to_owned(), phone.relation.code().to_owned(), phone.state.clone()]
    });
    html.table(
        &[("Телефон", "Phone"), ("Чей", "Whose"), ("Состояние", "State")],
        &phones.collect::<Vec<_>>(),
    );
    same_person(html, dossier);
    shared_phones(html, dossier);
    let debts = file.debts.iter().map(|debt| {
        vec![
            debt.external_id.clone(),
            debt.creditor.clone(),
            debt.amount.reveal(),
            debt.due.to_string(),
            debt.state.clone(),
        ]
    });
    let heads = [
        ("Долг", "Debt"),
        ("Кредитор", "Creditor"),
        ("Сумма", "Amount"),
        ("Срок", "Due"),
        ("Состояние", "State"),
    ];
    html.table(&heads, &debts.collect::<Vec<_>>());
}

fn decisions(html: &mut Html, dossier: &Dossier) {
    html.heading(("Решения: звонить или нет", "Decisions: to call or not"));
    let rows: Vec<_> = dossier.decisions.iter().map(|traced| decision_row(traced, dossier)).collect();
    let heads = [
        ("№", "No."),
        ("Когда", "When"),
        ("Кампания", "Campaign"),
        ("Решение", "Decision"),
        ("Почему", "Why, in Russian"),
        ("По-английски", "Why, in English"),
        ("Повторено", "Given again"),
        ("Запись цела", "Record whole"),
    ];
    html.table(&heads, &rows);
    html.note(("Все правила каждого решения:", "Every rule of each decision:"));
    for traced in &dossier.decisions {
        let told = [Language::Ru, Language::En].map(|language| match explained(traced, dossier, language) {
            Some(explanation) => lines(&explanation),
            None => String::new(),
        });
        html.text(&format!("№ {}", traced.id), &told.join("\n"));
    }
}

fn decision_row(traced: &Traced, dossier: &Dossier) -> Vec<String> {
    let (mut when, mut made) = (String::new(), "не читается / unreadable".to_owned());
    if let Some(said) = &traced.said {
        when = moment(said.decision.at, &said.facts.zones);
        made = if said.decision.allow { "звонить / call" } else { "не звонить / no call" }.to_owned();
        if !said.decision.overridden.is_empty() {
            let rules: Vec<_> = said.decision.overridden.iter().map(ToString::to_string).collect();
            made += &format!("\nисключение / exception: {}", rules.join(", "));
        }
    }
    let rules = traced.said.as_ref().and_then(|said| dossier.rules.get(&said.rules));
    if let Some(caution) = rules.and_then(|rules| rules.preset.caution) {
        made += match caution {
            Caution::Lenient => "\nмягкое чтение закона / a lenient reading of the law",
            Caution::Own => "\nправила мягче поставленных / rules looser than those shipped",
        };
    }
    let summary =
        |language| explained(traced, dossier, language).map(|told| told.summary).unwrap_or_default();
    let again = match (traced.repeated, traced.last_repeated) {
        (0, _) => String::new(),
        (times, Some(last)) => format!("{times} ×, {last}"),
        (times, None) => format!("{times} ×"),
    };
    vec![
        traced.id.to_string(),
        when,
        traced.campaign.clone(),
        made,
        summary(Language::Ru),
        summary(Language::En),
        again,
        whole(traced.fits && dossier.damage.spares_decision(traced.id)),
    ]
}

/// The decision in words, as far as its rules are kept.
fn explained(traced: &Traced, dossier: &Dossier, language: Language) -> Option<Explanation> {
    let said = traced.said.as_ref()?;
    let rules = dossier.rules.get(&said.rules)?;
    Some(said.explain(rules, language))
}

fn lines(explanation: &Explanation) -> String {
    let lines = explanation
        .lines
        .iter()
        .map(|line| format!("{} {:<28} {}\n", if line.pass { "+" } else { "−" }, line.rule, line.text));
    lines.collect()
}

fn attempts(html: &mut Html, dossier: &Dossier, zones: &ZoneSet) {
    html.heading(("Звонки", "Calls"));
    let heads = [
        ("№", "No."),
        ("Решение", "Decision"),
        ("Начат", "Begun"),
        ("Телефон", "Phone"),
        ("Показан номер", "Number shown"),
        ("Линия", "Trunk"),
        ("Ход вызова по SIP, с от начала", "The call's way in SIP, s from its start"),
        ("Последнее слово сети", "The network's last word"),
        ("Исход", "Outcome"),
        ("Что сделал", "What he did"),
        ("Клавиши", "Keys"),
        ("Прозвучало, %", "Heard, %"),
        ("Сценарий", "Flow"),
        ("Версия настроек", "Configuration"),
        ("Запись цела", "Record whole"),
    ];
    let row = |attempt: &AttemptRow| {
        let stands = dossier.damage.spares("attempt", attempt.id.0);
        [attempt_row(attempt, zones), vec![whole(stands)]].concat()
    };
    let rows: Vec<_> = dossier.attempts.iter().map(row).collect();
    html.table(&heads, &rows);
}

fn attempt_row(attempt: &AttemptRow, zones: &ZoneSet) -> Vec<String> {
    let word = &attempt.last_word;
    let code = word.sip_code.map(|code| code.to_string());
    let q850 = word.q850.map(|cause| format!("Q.850 {cause}"));
    let last: Vec<_> =
        [code, word.reason.clone(), q850, attempt.hung_up_by.clone()].into_iter().flatten().collect();
    vec![
        attempt.id.to_string(),
        attempt.decision.map_or_else(|| "-".to_owned(), |decision| decision.to_string()),
        moment(attempt.reserved_at, zones),
        attempt.phone.as_e164().to_owned(),
        attempt.caller_id.as_e164().to_owned(),
        attempt.trunk.clone(),
        way(attempt),
        last.join(" "),
        outcome(attempt.outcome).to_owned(),
        disposition(attempt.disposition).to_owned(),
        attempt.keys.clone(),
        attempt.heard_percent.map(|percent| percent.to_string()).unwrap_or_default(),
        attempt.flow_version.clone(),
        attempt.config_version.clone(),
    ]
}

/// The moments of the call after its reservation, in seconds.
fn way(attempt: &AttemptRow) -> String {
    let stamps = &attempt.stamps;
    let moments = [
        ("INVITE", stamps.invite),
        ("100", stamps.trying),
        ("180", stamps.ringing),
        ("183", stamps.early_media),
        ("200", stamps.answer),
        ("звук / audio", stamps.first_audio),
        ("клавиша / key", stamps.first_key),
        ("конец / end", stamps.end),
    ];
    let told = moments.iter().filter_map(|&(what, at)| {
        let since = at?.duration_since(attempt.reserved_at).as_secs_f64();
        Some(format!("{what} {since:.3}"))
    });
    told.collect::<Vec<_>>().join("\n")
}

/// What the ledger has of each of the person's days.
fn days(html: &mut Html, dossier: &Dossier, zones: &ZoneSet) {
    html.heading(("Сколько чего в день, по его календарю", "How much of what a day, by his calendar"));
    let corrected: Vec<_> = dossier.ledger.iter().filter_map(|row| row.corrects).collect();
    let mut counts: BTreeMap<(String, &str), u32> = BTreeMap::new();
    for row in dossier.ledger.iter().filter(|row| row.kind != "in_flight" && !corrected.contains(&row.id)) {
        let day = match zones.zones().first() {
            Some(zone) => zone.tz().to_datetime(row.at).date().to_string(),
            None => row.at.strftime("%Y-%m-%d").to_string(),
        };
        *counts.entry((day, &row.kind)).or_default() += 1;
    }
    let rows = counts.into_iter().map(|((day, kind), count)| vec![day, kind.to_owned(), count.to_string()]);
    html.table(&[("День", "Day"), ("Событие", "Event"), ("Сколько", "Count")], &rows.collect::<Vec<_>>());
}

fn ledger(html: &mut Html, dossier: &Dossier, zones: &ZoneSet) {
    html.heading(("Журнал взаимодействий", "Ledger of contacts"));
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let rows = dossier.ledger.iter().map(|row| {
        vec![
            row.id.to_string(),
            moment(row.at, zones),
            row.person.clone(),
            row.kind.clone(),
            row.channel.clone(),
            row.phone.map(|digits| format!("+{digits}")).unwrap_or_default(),
            number(row.attempt),
            number(row.corrects),
            row.source.clone(),
            whole(dossier.damage.spares("event", row.id)),
        ]
    });
    let heads = [
        ("№", "No."),
        ("Когда", "When"),
        ("Человек", "Person"),
        ("Событие", "Event"),
        ("Канал", "Channel"),
        ("Телефон", "Phone"),
        ("Звонок", "Call"),
        ("Исправляет", "Corrects"),
        ("Откуда", "Source"),
        ("Запись цела", "Record whole"),
    ];
    html.table(&heads, &rows.collect::<Vec<_>>());
}

fn texts(html: &mut Html, dossier: &Dossier) {
    html.heading(("Что звучало", "What was said"));
    html.note((
        "Сценарий целиком, как он был в день звонка; до подтверждения личности о долге не говорится.",
        "The whole flow as it was on the day of the call; nothing of the debt is said before identity.",
    ));
    let mut shown: Vec<(&str, &str)> = Vec::new();
    for attempt in &dossier.attempts {
        let version = (attempt.flow_version.as_str(), attempt.config_version.as_str());
        if shown.contains(&version) {
            continue;
        }
        shown.push(version);
        let text = dossier.flow_text(attempt).unwrap_or("текст не сохранён / the text is not kept");
        html.text(&format!("{} ({})", version.0, version.1), text);
    }
}

fn closing(html: &mut Html, dossier: &Dossier, zones: &ZoneSet) {
    html.heading(("Записи разговоров", "Recordings"));
    let rows = dossier.recordings.iter().map(|one| {
        vec![one.attempt.to_string(), one.file.clone(), one.bytes.to_string(), one.sha256.clone()]
    });
    let heads = [("Звонок", "Call"), ("Файл", "File"), ("Байт", "Bytes"), ("SHA-256", "SHA-256")];
    html.table(&heads, &rows.collect::<Vec<_>>());
    html.heading(("Кто открывал дело", "Who opened this file"));
    let rows =
        dossier.accesses.iter().map(|one| vec![moment(one.at, zones), one.who.clone(), one.what.clone()]);
    html.table(&[("Когда", "When"), ("Кто", "Who"), ("Что", "What")], &rows.collect::<Vec<_>>());
}

/// On his clocks, and in UTC.
pub fn moment(at: Timestamp, zones: &ZoneSet) -> String {
    format!("{}\n{}", on_clocks(zones, at, Language::Ru), at.strftime("%Y-%m-%d %H:%M:%S UTC"))
}
