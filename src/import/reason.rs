//! Why a row is rejected: a stable code, and words in both languages that name the column and never the value.

use crate::domain::Language;

/// One mistake of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    AmountAmbiguous,
    AmountNotPositive,
    AmountTooFine,
    AmountUnreadable,
    /// The same debt stands in an earlier line with other values.
    Contradicts {
        line: u64,
    },
    CreditorMissing,
    /// Test calls are owed to it: nothing counts such a debt, and no campaign takes it.
    CreditorReserved,
    CurrencyUnknown,
    DebtorTypeUnknown,
    DueUnreadable,
    IdMissing,
    IdTooLong,
    LanguageUnknown,
    PhoneMissing,
    PhoneUnreadable,
    TextTooLong,
    TimeZoneUnknown,
    WrongCellCount,
}

impl Reason {
    /// A stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::AmountAmbiguous => "amount_ambiguous",
            Self::AmountNotPositive => "amount_not_positive",
            Self::AmountTooFine => "amount_too_fine",
            Self::AmountUnreadable => "amount_unreadable",
            Self::Contradicts { .. } => "contradicts",
            Self::CreditorMissing => "creditor_missing",
            Self::CreditorReserved => "creditor_reserved",
            Self::CurrencyUnknown => "currency_unknown",
            Self::DebtorTypeUnknown => "debtor_type_unknown",
            Self::DueUnreadable => "due_unreadable",
            Self::IdMissing => "id_missing",
            Self::IdTooLong => "id_too_long",
            Self::LanguageUnknown => "language_unknown",
            Self::PhoneMissing => "phone_missing",
            Self::PhoneUnreadable => "phone_unreadable",
            Self::TextTooLong => "text_too_long",
            Self::TimeZoneUnknown => "time_zone_unknown",
            Self::WrongCellCount => "wrong_cell_count",
        }
    }

    /// What is wrong and what would be right.
    pub fn text(self, language: Language) -> String {
        let (en, ru) = match self {
            Self::AmountAmbiguous => (
                "the amount could be two: write 1234 or 1234.00",
                "сумму можно прочесть двояко: пишите 1234 или 1234,00",
            ),
            Self::AmountNotPositive => ("the amount is not above zero", "сумма не больше нуля"),
            Self::AmountTooFine => (
                "the amount has more than two digits after the mark",
                "в сумме больше двух знаков после запятой",
            ),
            Self::AmountUnreadable => ("the amount is not one", "сумма не читается"),
            Self::Contradicts { line } => {
                return match language {
                    Language::En => format!("the same debt stands in line {line} with other values"),
                    Language::Ru => format!("тот же долг стоит в строке {line} с другими значениями"),
                };
            }
            Self::CreditorMissing => ("no creditor", "не указан кредитор"),
            Self::CreditorReserved => (
                "this creditor's name is kept for test calls",
                "имя этого кредитора занято пробными звонками",
            ),
            Self::CurrencyUnknown => ("the currency is not known", "валюта не известна"),
            Self::DebtorTypeUnknown => ("the debtor's type is not known", "тип должника не известен"),
            Self::DueUnreadable => {
                ("the due date is not one: write 31.12.2026", "срок не читается: пишите 31.12.2026")
            }
            Self::IdMissing => ("no id of the debt", "не указан номер долга"),
            Self::IdTooLong => ("an id above 128 bytes", "номер длиннее 128 байт"),
            Self::LanguageUnknown => ("the language is neither ru nor en", "язык не ru и не en"),
            Self::PhoneMissing => ("no telephone number", "не указан телефон"),
            Self::PhoneUnreadable => {
                ("no telephone number that can be dialled", "нет телефона, который можно набрать")
            }
            Self::TextTooLong => {
                ("a name or another text above 512 bytes", "имя или другой текст длиннее 512 байт")
            }
            Self::TimeZoneUnknown => (
                "the time zone is not known: write Asia/Omsk, UTC+6 or МСК+3",
                "часовой пояс не известен: пишите Asia/Omsk, UTC+6 или МСК+3",
            ),
            Self::WrongCellCount => ("more cells than the header has", "ячеек больше, чем в заголовке"),
        };
        match language {
            Language::En => en.to_owned(),
            Language::Ru => ru.to_owned(),
        }
    }
}
