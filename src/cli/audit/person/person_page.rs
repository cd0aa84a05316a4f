//! The page's part that stands about the person: who he is taken for, holds, consents, wishes, promises, payments.

use jiff::Timestamp;

use super::gather::Dossier;
use super::html::Html;
use super::page::{moment, whole};
use crate::cli::standing::in_words;
use crate::rules::ZoneSet;

/// The ids of the lists whose rows stand in this file beside his own.
pub fn same_person(html: &mut Html, dossier: &Dossier) {
    if dossier.kin.is_empty() && dossier.links.is_empty() {
        return;
    }
    html.note((
        "В деле есть записи и других номеров списков: они — этот же человек или считались им.",
        "Rows of other ids in the lists stand in this file: they are this person or were taken for him.",
    ));
    let kin = dossier.kin.iter().map(|kin| {
        let upto = kin.upto.map(|(_, split)| split.to_string()).unwrap_or_default();
        vec![kin.external_id.clone(), upto]
    });
    html.table(&[("Номер в списках", "Id in the lists"), ("До", "Until")], &kin.collect::<Vec<_>>());
    let links = dossier.links.iter().map(|link| {
        vec![
            link.at.to_string(),
            link.act.clone(),
            link.person.clone(),
            link.other.clone(),
            link.evidence.clone(),
        ]
    });
    let heads = [
        ("Когда", "When"),
        ("Что", "What"),
        ("Номер", "Id"),
        ("Другой номер", "Other id"),
        ("Основание", "Evidence"),
    ];
    html.table(&heads, &links.collect::<Vec<_>>());
}

/// Who else has his numbers, and what was done on them: it counts where a rule's scope is the telephone.
pub fn shared_phones(html: &mut Html, dossier: &Dossier) {
    if dossier.sharers.is_empty() && dossier.beside.is_empty() {
        return;
    }
    html.note((
        "Его номера есть и у других людей из списков; о чём с ними говорили, в это дело не входит.",
        "Others in the lists have numbers of his; what was spoken of with them is not of this file.",
    ));
    let rows = dossier.sharers.iter().map(|one| vec![one.phone.clone(), one.person.clone()]);
    html.table(&[("Телефон", "Phone"), ("Номер в списках", "Id in the lists")], &rows.collect::<Vec<_>>());
    let rows = dossier.beside.iter().map(|row| {
        vec![
            row.id.to_string(),
            row.at.to_string(),
            row.person.clone(),
            row.kind.clone(),
            row.channel.clone(),
            format!("+{}", row.phone),
            row.attempt.map(|attempt| attempt.to_string()).unwrap_or_default(),
        ]
    });
    let heads = [
        ("№", "No."),
        ("Когда", "When"),
        ("Номер в списках", "Id in the lists"),
        ("Событие", "Event"),
        ("Канал", "Channel"),
        ("Телефон", "Phone"),
        ("Звонок", "Call"),
    ];
    html.table(&heads, &rows.collect::<Vec<_>>());
}

pub fn standing(html: &mut Html, dossier: &Dossier) {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let heads = [("№", "No."), ("Что", "What"), ("С", "From"), ("До", "Until"), ("Основание", "Evidence")];
    let sealed = [&heads[..], &[("Запись цела", "Record whole")]].concat();
    html.heading(("Запреты", "Holds"));
    let holds = dossier.holds.iter().map(|hold| {
        let suspended = hold
            .suspended
            .iter()
            .map(|&(from, until)| format!("\nприостановлен / suspended {from} – {}", at(until)));
        let own = hold.holder == dossier.file.external_id;
        let holder =
            if own { String::new() } else { format!("\nпоставлен на / set for {}", hold.holder) };
        vec![
            hold.id.to_string(),
            hold.kind.code().to_owned() + &holder + &suspended.collect::<String>(),
            at(hold.from),
            at(hold.until),
            hold.evidence.clone().unwrap_or_default(),
            whole(dossier.damage.spares("hold", hold.id)),
        ]
    });
    html.table(&sealed, &holds.collect::<Vec<_>>());
    html.heading(("Согласия", "Consents"));
    let consents = dossier.consents.iter().map(|one| {
        vec![
            one.id.to_string(),
            one.kind.code().to_owned(),
            at(one.from),
            at(one.until),
            one.evidence.clone().unwrap_or_default(),
            whole(dossier.damage.spares("consent", one.id)),
        ]
    });
    html.table(&sealed, &consents.collect::<Vec<_>>());
    html.heading(("Когда просил не звонить", "When he asked not to be called"));
    let wishes = dossier.file.preferences.iter().map(|wish| {
        let evidence = wish.evidence.clone().unwrap_or_default();
        vec![wish.id.to_string(), in_words(wish.range), at(wish.from), at(wish.until), evidence]
    });
    html.table(&heads, &wishes.collect::<Vec<_>>());
    html.heading(("Что сделано вручную", "What was done by hand"));
    let deeds = dossier.deeds.iter().map(|deed| {
        vec![
            deed.at.to_string(),
            deed.who.clone(),
            deed.act.clone(),
            deed.row.to_string(),
            deed.evidence.clone(),
        ]
    });
    let heads = [("Когда", "When"), ("Кто", "Who"), ("Что", "What"), ("№", "No."), ("Основание", "Evidence")];
    html.table(&heads, &deeds.collect::<Vec<_>>());
}

/// What he promised, and what was paid.
pub fn settling(html: &mut Html, dossier: &Dossier, zones: &ZoneSet) {
    html.heading(("Обещания заплатить", "Promises to pay"));
    let promises = dossier.promises.iter().map(|promise| {
        vec![
            moment(promise.made_at, zones),
            promise.attempt.to_string(),
            promise.debt.clone(),
            promise.promised_on.to_string(),
            promise.amount.reveal(),
            promise.state.clone(),
        ]
    });
    let heads = [
        ("Когда", "When"),
        ("Звонок", "Call"),
        ("Долг", "Debt"),
        ("На какой день", "For which day"),
        ("Сумма", "Amount"),
        ("Состояние", "State"),
    ];
    html.table(&heads, &promises.collect::<Vec<_>>());
    html.heading(("Платежи", "Payments"));
    let payments = dossier.payments.iter().map(|payment| {
        vec![
            payment.external_id.clone(),
            payment.creditor.clone(),
            payment.debt.clone(),
            payment.amount.reveal(),
            moment(payment.paid_at, zones),
            moment(payment.received_at, zones),
        ]
    });
    let heads = [
        ("№", "No."),
        ("Кредитор", "Creditor"),
        ("Долг", "Debt"),
        ("Сумма", "Amount"),
        ("Оплачен", "Paid"),
        ("Узнали", "Told"),
    ];
    html.table(&heads, &payments.collect::<Vec<_>>());
}
