//! What the columns of a file of past contacts mean, by their headers.

use super::super::FileColumn;
use super::super::column::{CREDITOR_HEADERS, DEBT_HEADERS};

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

impl FileColumn for PastColumn {
    const ALL: &'static [Self] = &[
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
}
