//! The debtors' types now, and the ways they changed.

use super::Asked;
use super::column::{Both, DEBTOR_TYPE, debtor_type, pair, plain, say, told};
use crate::stats::{Ratio, Sheet, SheetCell};
use crate::store::{Store, StoreError};

/// Whether a line is of the types now or of a way that they changed.
const LINE: [(&str, Both); 2] = [("now", ("now", "сейчас")), ("changed", ("changed", "изменение"))];

pub async fn sheet(store: &Store, asked: Asked) -> Result<Sheet, StoreError> {
    let language = asked.language;
    let (shares, moves) = store.types_report(asked.period).await?;
    let all: u64 = shares.iter().map(|line| line.persons).sum();
    let changes: u64 = moves.iter().map(|line| line.persons).sum();
    let head = |nth: usize| {
        let (code, word) = LINE[nth];
        SheetCell::Code { code: code.to_owned(), word: say(language, word).to_owned() }
    };
    let now = shares.iter().map(|line| {
        vec![
            head(0),
            SheetCell::Absent,
            debtor_type(line.debtor_type.code(), language),
            SheetCell::Absent,
            SheetCell::Share(Ratio::new(line.persons, all)),
            SheetCell::Count(line.owing),
        ]
    });
    let changed = moves.iter().map(|line| {
        vec![
            head(1),
            debtor_type(line.was.code(), language),
            debtor_type(line.became.code(), language),
            SheetCell::Text(line.who.clone()),
            SheetCell::Part { part: line.persons, whole: changes },
            SheetCell::Absent,
        ]
    });
    Ok(Sheet {
        columns: vec![
            plain(language, "line", ("Line", "Строка")),
            plain(language, "was", ("Was", "Был")),
            plain(language, "debtor_type", DEBTOR_TYPE),
            told(
                language,
                "who",
                ("Who changed it", "Кто изменил"),
                (
                    "a person, a list, or a rule of the configuration",
                    "человек, список или правило конфигурации",
                ),
            ),
            pair(
                language,
                "persons",
                ("Persons", "Люди"),
                (
                    "now: persons of the type / all persons; changes: changes of this way and hand / all changes",
                    "сейчас: люди этого типа / все люди; изменения: в эту сторону этой рукой / все изменения",
                ),
            ),
            told(
                language,
                "owing",
                ("Owing", "С долгом"),
                ("of the persons, those with an open debt", "из этих людей те, у кого открыт долг"),
            ),
        ],
        rows: now.chain(changed).collect(),
        notes: Vec::new(),
        charts: Vec::new(),
        told: Vec::new(),
    })
}
