//! From a report's row to the calls behind it.

use super::SheetWish;
use crate::domain::{Channel, Right, Role};
use crate::stats::{Sheet, SheetCell, SheetKind};
use crate::web::console::page::in_address;

/// Columns that say which calls a row is of, and the names of the calls' filters.
const FILTERS: [(&str, &str); 6] = [
    ("agent", "agent"),
    ("campaign", "campaign"),
    ("channel", "channel"),
    ("currency", "currency"),
    ("debtor_type", "debtor_type"),
    ("debt_kind", "debt_kind"),
];
/// Columns that cut a row in a way in which the calls' page can't be cut.
const NOT_FILTERS: [&str; 4] = ["age", "creditor", "day_part", "month"];

/// For each row the address of the calls that it counts; `None` where it counts something else, where the calls' page can't
/// be cut as it is, or the viewer may not see calls.
pub fn behind(sheet: &Sheet, wish: &SheetWish, role: Role) -> Vec<Option<String>> {
    let counts_calls = match wish.kind {
        SheetKind::Agents | SheetKind::Channels => true,
        SheetKind::Economics
        | SheetKind::Glossary
        | SheetKind::Kpi
        | SheetKind::Pareto
        | SheetKind::Promises
        | SheetKind::Types
        | SheetKind::Uplift
        | SheetKind::Wear => false,
    };
    let can = counts_calls
        && role.may(Right::SeeCalls)
        && !sheet.columns.iter().any(|column| NOT_FILTERS.contains(&column.key));
    let of = |(place, row): (usize, &Vec<SheetCell>)| {
        (can && !sheet.told.contains(&place)).then(|| address(sheet, row, wish)).flatten()
    };
    sheet.rows.iter().enumerate().map(of).collect()
}

/// The calls that one figure of the row counts, and just them; `None` where the calls' page can't tell them from others.
pub fn of_cell(behind: Option<&str>, key: &str) -> Option<String> {
    let also = match key {
        "answered" => "&outcome=answered&counted=action",
        // Calls in which the agent of the row talked.
        "talks" => "&counted=talk",
        _ => return None,
    };
    behind.map(|behind| format!("{behind}{also}"))
}

fn address(sheet: &Sheet, row: &[SheetCell], wish: &SheetWish) -> Option<String> {
    let mut parts = Vec::new();
    for (column, cell) in sheet.columns.iter().zip(row) {
        let Some((_, name)) = FILTERS.iter().find(|(key, _)| *key == column.key) else { continue };
        let value = match cell {
            SheetCell::Code { code, .. } => code,
            SheetCell::Text(text) => text,
            _ => return None,
        };
        // A letter or a visit is no call.
        if column.key == "channel" && !Channel::parse(value).is_some_and(is_a_call) {
            return None;
        }
        parts.push(format!("{name}={}", in_address(value)));
    }
    parts.extend(wish.days.from.map(|day| format!("from={day}")));
    parts.extend(wish.days.to.map(|day| format!("to={day}")));
    Some(format!("/calls?{}", parts.join("&")))
}

fn is_a_call(channel: Channel) -> bool {
    matches!(channel, Channel::AgentCall | Channel::InboundCall | Channel::Ivr | Channel::Voicemail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;
    use crate::stats::{Column, Cut};
    use crate::web::console::report::Days;

    fn sheet(keys: &[&'static str], row: &[&str]) -> Sheet {
        let column =
            |key: &&'static str| Column { key, name: String::new(), of: String::new(), is_pair: false };
        let cells = row.iter().map(|text| SheetCell::Text((*text).to_owned())).collect();
        Sheet { columns: keys.iter().map(column).collect(), rows: vec![cells], ..Sheet::default() }
    }

    fn behind_of(keys: &[&'static str], row: &[&str], role: Role) -> Option<String> {
        let days = Days { from: "2026-03-01".parse().ok(), to: None };
        let wish = SheetWish { kind: SheetKind::Channels, language: Language::En, days, cut: Cut::default() };
        behind(&sheet(keys, row), &wish, role).remove(0)
    }

    #[test]
    fn a_row_leads_to_its_calls_of_those_days_and_only_where_that_is_true() {
        let keys = ["campaign", "channel", "debtor_type"];
        let of = |channel| behind_of(&keys, &["a&b", channel, "idler"], Role::Supervisor);
        let wanted = "/calls?campaign=a%26b&channel=ivr&debtor_type=idler&from=2026-03-01";
        assert_eq!(of("ivr").as_deref(), Some(wanted));
        let cell = |key| of_cell(Some("/calls?a=b"), key);
        assert_eq!(cell("answered").as_deref(), Some("/calls?a=b&outcome=answered&counted=action"));
        assert_eq!(cell("talks").as_deref(), Some("/calls?a=b&counted=talk"));
        assert_eq!(cell("promise"), None, "calls can't be cut so");
        let mut told = sheet(&keys, &["a", "ivr", "idler"]);
        told.told = vec![0];
        let wish = SheetWish {
            kind: SheetKind::Channels,
            language: Language::En,
            days: Days::default(),
            cut: Cut::default(),
        };
        assert_eq!(behind(&told, &wish, Role::Supervisor), [None], "others made some of them");
        assert_eq!(of("letter"), None);
        assert_eq!(behind_of(&["creditor", "channel"], &["x", "ivr"], Role::Supervisor), None);
        assert_eq!(behind_of(&keys, &["a", "ivr", "idler"], Role::Agent), None);
    }
}
