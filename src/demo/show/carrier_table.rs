//! The carrier's side of the story: how many calls each persona got and how they ended.

use std::collections::BTreeMap;

use crate::demo::carrier::{CallRecord, Ending};
use crate::domain::Language;

/// A row of the table.
#[derive(Default)]
struct Row {
    calls: u32,
    answered: u32,
    endings: BTreeMap<String, u32>,
    keys: u32,
}

/// The carrier's calls by persona, as text lines; the most called first.
pub fn carrier_table(records: &[CallRecord], language: Language) -> String {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for record in records {
        let row = rows.entry(record.persona).or_default();
        row.calls += 1;
        row.answered += u32::from(record.answered.is_some());
        row.keys += u32::from(!record.keys_sent.is_empty());
        *row.endings.entry(ending(record.ending, language)).or_default() += 1;
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.calls));
    let head = match language {
        Language::En => ["at the carrier", "calls", "answered", "pressed keys", "how the calls ended"],
        Language::Ru => ["у оператора связи", "звонков", "ответили", "жали клавиши", "как кончались звонки"],
    };
    let mut text = format!("{:<18}{:>8}{:>10}{:>14}  {}\n", head[0], head[1], head[2], head[3], head[4]);
    for (persona, row) in rows {
        let endings: Vec<_> = row.endings.iter().map(|(ending, count)| format!("{ending} {count}")).collect();
        let endings = endings.join(", ");
        text.push_str(&format!(
            "{persona:<18}{:>8}{:>10}{:>14}  {endings}\n",
            row.calls, row.answered, row.keys
        ));
    }
    text
}

fn ending(ending: Option<Ending>, language: Language) -> String {
    let (en, ru) = match ending {
        None => ("still up", "ещё идёт"),
        Some(Ending::Cancelled) => ("we gave up ringing", "мы перестали звонить"),
        Some(Ending::HungUpByCallee) => ("callee hung up", "положил трубку он"),
        Some(Ending::HungUpByCaller) => ("we hung up", "положили трубку мы"),
        Some(Ending::NeverAcknowledged) => ("never acknowledged", "без подтверждения"),
        Some(Ending::Refused(code)) => return format!("SIP {code}:"),
        Some(Ending::Stopped) => ("stopped", "прерван"),
    };
    if language == Language::Ru { ru.to_owned() } else { en.to_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::demo::carrier::RtpCount;

    fn record(persona: &'static str, ending: Option<Ending>) -> CallRecord {
        CallRecord {
            attempt: Some(1),
            call_id: String::new(),
            number: String::new(),
            caller: String::new(),
            persona,
            began: Timestamp::UNIX_EPOCH,
            ringing: None,
            early_media: None,
            answered: None,
            acknowledged: None,
            ended: None,
            ending,
            invites: 1,
            keys_sent: String::new(),
            keys_heard: String::new(),
            reoffers: 0,
            rtp: RtpCount::default(),
        }
    }

    #[test]
    fn calls_are_counted_by_persona_and_ending() {
        let records = [
            record("voicemail", None),
            record("busy", Some(Ending::Refused(486))),
            record("busy", Some(Ending::Refused(486))),
            record("busy", Some(Ending::Cancelled)),
        ];
        assert_eq!(
            carrier_table(&records, Language::En),
            "at the carrier       calls  answered  pressed keys  how the calls ended\n\
             busy                     3         0             0  SIP 486: 2, we gave up ringing 1\n\
             voicemail                1         0             0  still up 1\n"
        );
    }
}
