//! What the columns of a file of past contacts mean, by their headers.

use super::super::cell::denature;
use super::super::column::{CREDITOR_HEADERS, DEBT_HEADERS, fold};
use super::super::{ImportFault, Record};

/// A column of such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastColumn {
    Agent,
    Channel,
    Creditor,
    Debt,
    Direction,
    Id,
    Outcome,
    Person,
    Phone,
    PromisedOn,
    PromisedSum,
    Reaction,
    Time,
}

impl PastColumn {
    pub const ALL: [Self; 13] = [
        Self::Agent,
        Self::Channel,
        Self::Creditor,
        Self::Debt,
        Self::Direction,
        Self::Id,
        Self::Outcome,
        Self::Person,
        Self::Phone,
        Self::PromisedOn,
        Self::PromisedSum,
        Self::Reaction,
        Self::Time,
    ];

    /// Its own word, the first of those it is known by.
    pub fn code(self) -> &'static str {
        self.words()[0]
    }

    /// The column of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.code() == code)
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Agent => &["agent", "кто звонил", "исполнитель", "оператор", "who called", "operator"],
            Self::Channel => &["channel", "канал", "способ", "вид взаимодействия", "type", "тип"],
            Self::Creditor => CREDITOR_HEADERS,
            Self::Debt => DEBT_HEADERS,
            Self::Direction => &["direction", "направление", "вх исх"],
            Self::Id => &["id", "call id", "id звонка", "номер звонка", "uuid", "event id"],
            Self::Outcome => {
                &["outcome", "результат", "итог", "исход", "статус", "result", "status", "disposition"]
            }
            Self::Person => &[
                "person",
                "person id",
                "id должника",
                "debtor id",
                "customer id",
                "id клиента",
                "код клиента",
                "client id",
            ],
            Self::Phone => &["phone", "телефон", "номер", "номер телефона", "phone number", "number"],
            Self::PromisedOn => &[
                "promised on",
                "promised",
                "обещал до",
                "обещал заплатить до",
                "дата обещания",
                "promise date",
            ],
            Self::PromisedSum => &["promised sum", "promised amount", "сумма обещания"],
            Self::Reaction => &["reaction", "reactions", "реакция", "реакции"],
            Self::Time => &[
                "time",
                "время",
                "дата",
                "дата и время",
                "дата звонка",
                "date",
                "datetime",
                "call time",
                "started at",
                "время звонка",
            ],
        }
    }

    fn of(header: &str) -> Option<Self> {
        let folded = fold(header);
        Self::ALL.into_iter().find(|column| column.words().contains(&folded.as_str()))
    }
}

/// Which column is which.
#[derive(Debug)]
pub(super) struct PastMapping {
    header: Vec<String>,
    meanings: Vec<Option<PastColumn>>,
}

impl PastMapping {
    /// Reads a header. `told` says what headers mean that are not known.
    pub fn read(header: &Record, told: &[(PastColumn, String)]) -> Result<Self, ImportFault> {
        let header: Vec<String> = header.cells().map(|cell| denature(cell).trim().to_owned()).collect();
        let meaning = |text: &String| match told.iter().find(|(_, header)| header == text) {
            Some((column, _)) => Some(*column),
            // A column that was told elsewhere is not taken twice.
            None => PastColumn::of(text).filter(|known| told.iter().all(|(column, _)| column != known)),
        };
        let meanings: Vec<_> = header.iter().map(meaning).collect();
        let mapping = Self { header, meanings };
        for column in PastColumn::ALL {
            let mut same = (0..mapping.header.len()).filter(|&at| mapping.meanings[at] == Some(column));
            if let (Some(first), Some(second)) = (same.next(), same.next()) {
                let headers = [mapping.header[first].clone(), mapping.header[second].clone()];
                return Err(ImportFault::Preset {
                    said: format!("`{}` and `{}` are both the {}", headers[0], headers[1], column.code()),
                });
            }
        }
        let who = mapping.at(PastColumn::Person).or(mapping.at(PastColumn::Phone));
        let lacking = [(PastColumn::Time, mapping.at(PastColumn::Time)), (PastColumn::Person, who)];
        let missing: Vec<String> = lacking
            .iter()
            .filter(|(_, at)| at.is_none())
            .map(|(column, _)| {
                format!("{} ({})", column.code(), column.words()[..4.min(column.words().len())].join(", "))
            })
            .collect();
        if missing.is_empty() {
            Ok(mapping)
        } else {
            Err(ImportFault::Preset { said: format!("no column for {}", missing.join("; ")) })
        }
    }

    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Headers that mean nothing to us: what stands below them is passed over.
    pub fn unknown(&self) -> Vec<String> {
        let named = self.header.iter().zip(&self.meanings);
        named
            .filter(|(text, meaning)| meaning.is_none() && !text.is_empty())
            .map(|(text, _)| text.clone())
            .collect()
    }

    /// The text in a column, without spaces around it; empty where there is none.
    pub fn text<'r>(&self, record: &'r Record, column: PastColumn) -> &'r str {
        self.at(column).map_or("", |at| denature(record.cell(at)).trim())
    }

    fn at(&self, column: PastColumn) -> Option<usize> {
        self.meanings.iter().position(|meaning| *meaning == Some(column))
    }
}
