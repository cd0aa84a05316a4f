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
pub const DEFINITIONS: [Definition; 14] = [
    Definition {
        key: "answered",
        numerator: "actions a person answered",
        denominator: "actions (calls that left, the debtor's own calls, and uses told from outside; faults of trunk or ours left out)",
        numerator_ru: "действия, на которые ответил человек",
        denominator_ru: "действия (отправленные звонки, звонки самого должника и то, о чём сообщили извне; без сбоев линии и наших)",
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
        key: "kept",
        numerator: "promises kept",
        denominator: "promises judged: kept, which may be before their day, or broken",
        numerator_ru: "сдержанные обещания",
        denominator_ru: "обещания с исходом: сдержанные, в том числе раньше дня, и нарушенные",
    },
    Definition {
        key: "paid",
        numerator: "actions that a payment is credited to",
        denominator: "actions",
        numerator_ru: "действия, которым зачтён платёж",
        denominator_ru: "действия",
    },
    Definition {
        key: "paid_in_full",
        numerator: "actions after which all that was owed was paid within the channel's window",
        denominator: "actions",
        numerator_ru: "действия, после которых за окно канала оплачен весь долг",
        denominator_ru: "действия",
    },
    Definition {
        key: "paid_in_part",
        numerator: "actions after which a part was paid within the channel's window",
        denominator: "actions",
        numerator_ru: "действия, после которых за окно канала оплачена часть",
        denominator_ru: "действия",
    },
    Definition {
        key: "refused",
        numerator: "actions with a refusal, a dispute or a request to stop",
        denominator: "actions in which a person answered",
        numerator_ru: "действия с отказом, спором или просьбой не звонить",
        denominator_ru: "действия, на которые ответил человек",
    },
    Definition {
        key: "dispute",
        numerator: "actions in which the debt was disputed",
        denominator: "actions",
        numerator_ru: "действия, в которых долг оспорен",
        denominator_ru: "действия",
    },
    Definition {
        key: "complaint",
        numerator: "actions in which he complained",
        denominator: "actions",
        numerator_ru: "действия с жалобой",
        denominator_ru: "действия",
    },
    Definition {
        key: "opt_out",
        numerator: "actions in which he asked not to be called",
        denominator: "actions",
        numerator_ru: "действия с просьбой больше не звонить",
        denominator_ru: "действия",
    },
    Definition {
        key: "no_reaction",
        numerator: "actions that nothing of all this followed",
        denominator: "actions",
        numerator_ru: "действия, за которыми ничего из этого не последовало",
        denominator_ru: "действия",
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
