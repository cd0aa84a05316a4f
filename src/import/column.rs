//! What a list's columns may mean, and the headers people give them.

use serde::{Deserialize, Serialize};

/// How files of what has happened to debts (contacts, payments) head the creditor and the debt; the code first.
pub(super) const CREDITOR_HEADERS: &[&str] =
    &["creditor", "кредитор", "взыскатель", "организация", "банк", "client"];
pub(super) const DEBT_HEADERS: &[&str] =
    &["debt", "номер договора", "договор", "external id", "contract", "id долга", "debt id", "долг"];

/// A meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Amount,
    Creditor,
    Currency,
    DebtorType,
    Due,
    ExternalId,
    FirstName,
    Language,
    LastName,
    Name,
    Patronymic,
    PersonId,
    /// Any number of columns.
    Phone,
    Region,
    TimeZone,
}

impl Column {
    pub const ALL: [Self; 15] = [
        Self::Amount,
        Self::Creditor,
        Self::Currency,
        Self::DebtorType,
        Self::Due,
        Self::ExternalId,
        Self::FirstName,
        Self::Language,
        Self::LastName,
        Self::Name,
        Self::Patronymic,
        Self::PersonId,
        Self::Phone,
        Self::Region,
        Self::TimeZone,
    ];

    /// The code in presets and messages.
    pub fn code(self) -> &'static str {
        self.words()[0]
    }

    /// The code first, then the usual headers, folded as `fold` does.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Amount => &[
                "amount",
                "сумма",
                "сумма долга",
                "debt",
                "долг",
                "задолженность",
                "сумма задолженности",
                "остаток долга",
                "остаток",
                "debt amount",
                "amount due",
                "balance",
                "сумма к оплате",
                "к оплате",
            ],
            Self::Creditor => &[
                "creditor",
                "кредитор",
                "взыскатель",
                "организация",
                "компания",
                "банк",
                "client",
                "клиент кредитор",
            ],
            Self::Currency => &["currency", "валюта", "валюта долга", "валюта договора"],
            Self::DebtorType => {
                &["debtor type", "тип должника", "тип", "категория должника", "type", "категория"]
            }
            Self::Due => &[
                "due",
                "срок",
                "срок оплаты",
                "дата платежа",
                "due date",
                "срок платежа",
                "дата оплаты",
                "оплатить до",
                "payment date",
                "дата погашения",
                "срок погашения",
            ],
            Self::ExternalId => &[
                "external id",
                "номер договора",
                "договор",
                "contract",
                "id долга",
                "debt id",
                "id договора",
                "n договора",
                "contract number",
                "loan id",
                "лицевой счет",
                "account",
                "account number",
                "contract id",
                "id",
                "код долга",
            ],
            Self::FirstName => &["first name", "имя", "firstname", "given name"],
            Self::Language => &["language", "язык", "lang"],
            Self::LastName => &["last name", "фамилия", "lastname", "surname", "family name"],
            Self::Name => &[
                "name",
                "фио",
                "ф и о",
                "должник",
                "debtor",
                "full name",
                "debtor name",
                "фио должника",
                "имя должника",
                "заемщик",
                "наименование",
                "fio",
            ],
            Self::Patronymic => &["patronymic", "отчество", "middle name"],
            Self::PersonId => &[
                "person id",
                "id должника",
                "debtor id",
                "customer id",
                "id клиента",
                "код клиента",
                "client id",
                "person",
                "id заемщика",
                "инн",
                "inn",
            ],
            Self::Phone => &[
                "phone",
                "телефон",
                "тел",
                "мобильный",
                "мобильный телефон",
                "phone number",
                "mobile",
                "номер телефона",
                "сотовый",
                "домашний телефон",
                "рабочий телефон",
                "телефон должника",
                "контактный телефон",
                "home phone",
                "work phone",
                "mobile phone",
                "телефоны",
                "phones",
            ],
            Self::Region => {
                &["region", "регион", "область", "субъект", "субъект рф", "регион проживания", "state"]
            }
            Self::TimeZone => &[
                "time zone",
                "часовой пояс",
                "timezone",
                "tz",
                "пояс",
                "utc",
                "смещение",
                "разница во времени",
            ],
        }
    }

    /// The meaning a header has by itself. `Телефон 2` and `phone_3` are telephones.
    pub fn of(header: &str) -> Option<Self> {
        let folded = fold(header);
        let by_word = |word: &str| Self::ALL.into_iter().find(|column| column.words().contains(&word));
        by_word(&folded).or_else(|| {
            let plain = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
            by_word(plain).filter(|column| *column == Self::Phone)
        })
    }
}

/// Columns of files we write ourselves; they mean nothing on the way in.
pub const OURS: [&str; 2] = ["line", "reason"];

/// Small letters, ё as е, punctuation and several spaces as one space.
pub fn fold(header: &str) -> String {
    let plain = |c: char| match c {
        'ё' | 'Ё' => 'е',
        '№' => 'n',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    };
    let spaced: String = header.chars().map(plain).flat_map(char::to_lowercase).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn headers_are_known_in_both_languages_whatever_their_punctuation() {
        for (header, column) in [
            ("Номер договора", Column::ExternalId),
            ("№ договора", Column::ExternalId),
            ("external_id", Column::ExternalId),
            ("Ф.И.О.", Column::Name),
            ("Телефон 2", Column::Phone),
            ("phone2", Column::Phone),
            ("ТЕЛ.", Column::Phone),
            ("Сумма долга", Column::Amount),
            ("Срок оплаты", Column::Due),
            ("debtor_type", Column::DebtorType),
            ("Заёмщик", Column::Name),
        ] {
            assert_eq!(Column::of(header), Some(column), "{header}");
        }
        assert_eq!(Column::of("комментарий"), None);
        assert_eq!(Column::of("amount2"), None);
    }

    #[test]
    fn the_page_about_lists_names_every_column_and_every_header() {
        let page = include_str!("../../docs/lists.md");
        for column in Column::ALL {
            let code = column.code().replace(' ', "_");
            let row = page.lines().find(|line| line.starts_with(&format!("| `{code}` |")));
            let row = row.unwrap_or_else(|| panic!("{code} has no row"));
            let headers = column.words()[1..].join(", ");
            assert!(row.ends_with(&format!("| {headers} |")), "{code}: {headers}");
        }
        let rows = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, Column::ALL.len());
    }

    #[test]
    fn no_word_means_two_things_and_every_word_is_folded() {
        let mut seen = BTreeSet::new();
        for column in Column::ALL {
            for word in column.words() {
                assert!(seen.insert(*word), "{word}");
                assert_eq!(fold(word), *word);
            }
        }
    }
}
