//! What does not stand, in words.

use crate::store::{Broken, BrokenRow, RowName, Wrong, WrongRow};

/// A decision that does not stand, a line without its end.
pub fn broken_line(chain: i64, broken: &Broken, ru: bool) -> String {
    let wrong = match (broken.wrong, ru) {
        (Wrong::Record, true) => "запись не та, что была подписана хешем",
        (Wrong::Record, false) => "the record is not what its hash was made of",
        (Wrong::Link, true) => "не продолжает предыдущую запись",
        (Wrong::Link, false) => "does not go on from the record before it",
        (Wrong::Missing, true) => "записи пропали",
        (Wrong::Missing, false) => "records are gone",
        (Wrong::Columns, true) => "столбцы говорят не то, что запись",
        (Wrong::Columns, false) => "the columns say otherwise than the record",
        (Wrong::Head, true) => "конец цепочки не тот",
        (Wrong::Head, false) => "the head of the chain says otherwise",
    };
    let decision = broken.decision.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let at = broken.at.map(|at| format!(" {at}")).unwrap_or_default();
    let seq = broken.seq;
    match ru {
        true => format!("решение {decision} (цепочка {chain}, запись {seq}){at}: {wrong}"),
        false => format!("decision {decision} (chain {chain}, record {seq}){at}: {wrong}"),
    }
}

/// A row that does not stand, a line without its end.
pub fn broken_row_line(broken: &BrokenRow, ru: bool) -> String {
    let name = broken.row.as_ref().map_or_else(|| "-".to_owned(), |row| row_name(row, ru));
    let place = broken.chain.zip(broken.seq).map(|(chain, seq)| match ru {
        true => format!(" (цепочка {chain}, звено {seq})"),
        false => format!(" (chain {chain}, link {seq})"),
    });
    format!("{name}{}: {}", place.unwrap_or_default(), wrong_row(broken.wrong, ru))
}

fn wrong_row(wrong: WrongRow, ru: bool) -> &'static str {
    match (wrong, ru) {
        (WrongRow::Changed, true) => "строка не та, что была записана",
        (WrongRow::Changed, false) => "the row is not what was written",
        (WrongRow::Gone, true) => "строки больше нет",
        (WrongRow::Gone, false) => "the row is gone",
        (WrongRow::Head, true) => "конец цепочки не тот",
        (WrongRow::Head, false) => "the head of the chain says otherwise",
        (WrongRow::Link, true) => "звено не продолжает предыдущее",
        (WrongRow::Link, false) => "the link does not go on from the one before it",
        (WrongRow::Missing, true) => "звенья пропали",
        (WrongRow::Missing, false) => "links are gone",
        (WrongRow::NotDialled, true) => "звонок разрешён, а записи о нём нет",
        (WrongRow::NotDialled, false) => "it allowed a call, and there is no such call",
        (WrongRow::Resealed, true) => "строка записана заново без действия, которое это позволяет",
        (WrongRow::Resealed, false) => "the row was written anew without an act that may change it so",
        (WrongRow::Undecided, true) => "решения, разрешившего этот звонок, нет",
        (WrongRow::Undecided, false) => "no decision allowed this call",
        (WrongRow::Unsealed, true) => "строка записана не программой",
        (WrongRow::Unsealed, false) => "the row was not written by the program",
    }
}

fn row_name(RowName { table, id }: &RowName, ru: bool) -> String {
    let (russian, english) = match table.as_str() {
        "access" => ("обращение к делу", "look into a file"),
        "attempt" => ("звонок", "call"),
        "consent" => ("согласие", "consent"),
        "decision" => ("решение", "decision"),
        "deed" => ("действие", "deed"),
        "denial_repeat" => ("повторы решения", "repetitions of decision"),
        "disposed" => ("итог звонка", "disposition of call"),
        "event" => ("журнал, запись", "ledger, entry"),
        "hold" => ("запрет", "hold"),
        "kin" => ("кто кому кто, пара", "who is whom, pair"),
        "person" => ("место человека", "place of person"),
        "person_link" => ("слияние или разделение", "merge or split"),
        "phone" => ("чей телефон", "whose is phone"),
        "preference" => ("просьба о времени", "wish"),
        "sealed_note" => ("сказанное списком или настройками", "what a list or a configuration told"),
        other => (other, other),
    };
    format!("{} {id}", if ru { russian } else { english })
}
