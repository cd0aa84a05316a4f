//! Every figure has its definition: what is counted against what.

/// What a ratio of a report means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Definition {
    /// The column's name in files.
    pub key: &'static str,
    pub numerator: &'static str,
    pub denominator: &'static str,
    pub numerator_ru: &'static str,
    pub denominator_ru: &'static str,
}

/// The ratios of the reports, in the order they are printed.
pub const DEFINITIONS: [Definition; 7] = [
    Definition {
        key: "answered",
        numerator: "actions a person answered",
        denominator: "actions (calls that left; faults of trunk or ours left out)",
        numerator_ru: "действия, на которые ответил человек",
        denominator_ru: "действия (отправленные звонки, без сбоев линии и наших)",
    },
    Definition {
        key: "right_party",
        numerator: "actions in which the debtor confirmed who he is",
        denominator: "actions",
        numerator_ru: "действия, в которых должник подтвердил, что это он",
        denominator_ru: "действия",
    },
    Definition {
        key: "amount_heard",
        numerator: "actions in which the sum was played to its end after identification",
        denominator: "actions",
        numerator_ru: "действия, в которых сумма прозвучала до конца после подтверждения личности",
        denominator_ru: "действия",
    },
    Definition {
        key: "promise",
        numerator: "actions with a promise to pay or a request for a payment link",
        denominator: "actions in which the debtor confirmed who he is",
        numerator_ru: "действия с обещанием заплатить или запросом ссылки на оплату",
        denominator_ru: "действия, в которых должник подтвердил, что это он",
    },
    Definition {
        key: "paid",
        numerator: "debts with a payment after the action, within the window",
        denominator: "debts with at least one action",
        numerator_ru: "долги, по которым после действия пришёл платёж в пределах окна",
        denominator_ru: "долги, по которым было хотя бы одно действие",
    },
    Definition {
        key: "refused",
        numerator: "actions with a refusal, a dispute or a request to stop",
        denominator: "actions in which a person answered",
        numerator_ru: "действия с отказом, спором или просьбой не звонить",
        denominator_ru: "действия, на которые ответил человек",
    },
    Definition {
        key: "faults",
        numerator: "attempts that failed by the trunk or by us",
        denominator: "attempts",
        numerator_ru: "попытки, сорванные линией или нами",
        denominator_ru: "попытки",
    },
];

/// The definition of a column.
pub fn definition(key: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|d| d.key == key)
}
