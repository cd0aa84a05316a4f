//! A record becomes a checked row, or says everything that is wrong with it.

use rlibphonenumber::enums::Region;
use sha2::{Digest, Sha256};

use super::cell::{self, BadMoney, Phones};
use super::{Column, Mapping, Options, Reason, Record, ZoneNames};
use crate::domain::{ImportRow, Money, PersonName, PhoneNumber, is_made_up};

/// The longest id and the longest other text, in bytes.
const ID_LIMIT: usize = 128;
const TEXT_LIMIT: usize = 512;

/// Reads records of one file.
#[derive(Debug)]
pub struct RowReader {
    mapping: Mapping,
    phone_columns: Vec<usize>,
    options: Options,
    /// In the United States `12/31/2026` has its month first.
    month_first: bool,
    zones: ZoneNames,
}

impl RowReader {
    pub fn new(mapping: Mapping, options: Options) -> Self {
        let phone_columns = mapping.all(Column::Phone).collect();
        let month_first = options.region == Region::US;
        Self { mapping, phone_columns, options, month_first, zones: ZoneNames::default() }
    }

    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Reads one record. Also answers how many parts of its telephone cells were no numbers.
    ///
    /// # Errors
    /// Every mistake of the record.
    pub fn read(&mut self, record: &Record) -> Result<(ImportRow, u32), Vec<Reason>> {
        let mut wrong = Vec::new();
        let time_zone = self.zone(record, &mut wrong);
        let extra = (self.mapping.header.len()..record.len()).any(|at| !record.cell(at).trim().is_empty());
        if extra {
            wrong.push(Reason::WrongCellCount);
        }
        let external_id = self.id(record, Column::ExternalId, &mut wrong);
        if external_id.is_empty() {
            wrong.push(Reason::IdMissing);
        }
        let phones = self.phones(record, &mut wrong);
        let person_id = self.id(record, Column::PersonId, &mut wrong);
        let name = self.name(record, &mut wrong);
        let creditor = self.creditor(record, &mut wrong);
        let amount = self.amount(record, &mut wrong);
        let due = cell::date(self.text(record, Column::Due), self.month_first);
        if due.is_none() {
            wrong.push(Reason::DueUnreadable);
        }
        let language =
            self.word(record, Column::Language, cell::language, Reason::LanguageUnknown, &mut wrong);
        let debtor_type =
            self.word(record, Column::DebtorType, cell::debtor_type, Reason::DebtorTypeUnknown, &mut wrong);
        let region = self.limited(record, Column::Region, &mut wrong);
        let (Some(amount), Some(due), Some(first), true) =
            (amount, due, phones.sound.first(), wrong.is_empty())
        else {
            return Err(wrong);
        };
        let row = ImportRow {
            line: record.line,
            external_id: external_id.to_owned(),
            person_id: if person_id.is_empty() { id_by_phone(first) } else { person_id.to_owned() },
            name: (!name.is_empty()).then(|| PersonName::new(name)),
            phones: phones.sound,
            time_zone,
            region: (!region.is_empty()).then(|| region.to_owned()),
            language: language.unwrap_or(self.options.language),
            debtor_type,
            creditor: creditor.to_owned(),
            amount,
            due,
        };
        Ok((row, phones.unreadable))
    }

    /// The cell of a column, empty where there is no such column.
    fn text<'r>(&self, record: &'r Record, column: Column) -> &'r str {
        let cell = self.mapping.at(column).map_or("", |at| record.cell(at));
        cell::denature(cell).trim()
    }

    fn id<'r>(&self, record: &'r Record, column: Column, wrong: &mut Vec<Reason>) -> &'r str {
        let id = self.text(record, column);
        if id.len() > ID_LIMIT {
            wrong.push(Reason::IdTooLong);
        }
        id
    }

    fn limited<'r>(&self, record: &'r Record, column: Column, wrong: &mut Vec<Reason>) -> &'r str {
        let text = self.text(record, column);
        if text.len() > TEXT_LIMIT {
            wrong.push(Reason::TextTooLong);
        }
        text
    }

    fn phones(&self, record: &Record, wrong: &mut Vec<Reason>) -> Phones {
        let mut phones = Phones::default();
        for &at in &self.phone_columns {
            cell::phones(cell::denature(record.cell(at)), self.options.region, &mut phones);
        }
        if phones.sound.is_empty() {
            wrong.push(if phones.unreadable == 0 { Reason::PhoneMissing } else { Reason::PhoneUnreadable });
        }
        phones
    }

    /// The whole name, or its three parts put together.
    fn name(&self, record: &Record, wrong: &mut Vec<Reason>) -> String {
        let whole = self.limited(record, Column::Name, wrong);
        if !whole.is_empty() {
            return whole.to_owned();
        }
        let parts = [Column::LastName, Column::FirstName, Column::Patronymic];
        let parts = parts.map(|part| self.limited(record, part, wrong));
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn creditor<'r>(&'r self, record: &'r Record, wrong: &mut Vec<Reason>) -> &'r str {
        let said = self.limited(record, Column::Creditor, wrong);
        let creditor =
            if said.is_empty() { self.options.preset.creditor.as_deref().unwrap_or("") } else { said };
        if creditor.is_empty() {
            wrong.push(Reason::CreditorMissing);
        } else if is_made_up(creditor) {
            wrong.push(Reason::CreditorReserved);
        }
        creditor
    }

    fn amount(&self, record: &Record, wrong: &mut Vec<Reason>) -> Option<Money> {
        let currency = self.word(record, Column::Currency, cell::currency, Reason::CurrencyUnknown, wrong);
        let read = cell::money(self.text(record, Column::Amount), currency.unwrap_or(self.options.currency));
        let reason = match read {
            Ok(amount) if amount.minor > 0 => return Some(amount),
            Ok(_) => Reason::AmountNotPositive,
            Err(BadMoney::Ambiguous) => Reason::AmountAmbiguous,
            Err(BadMoney::TooFine) => Reason::AmountTooFine,
            Err(BadMoney::Unreadable) => Reason::AmountUnreadable,
        };
        wrong.push(reason);
        None
    }

    /// A cell of a closed set of words; an empty one says nothing.
    fn word<T>(
        &self,
        record: &Record,
        column: Column,
        read: fn(&str) -> Option<T>,
        unknown: Reason,
        wrong: &mut Vec<Reason>,
    ) -> Option<T> {
        let text = self.text(record, column);
        if text.is_empty() {
            return None;
        }
        let read = read(text);
        if read.is_none() {
            wrong.push(unknown);
        }
        read
    }

    fn zone(&mut self, record: &Record, wrong: &mut Vec<Reason>) -> Option<String> {
        let text = self.text(record, Column::TimeZone);
        if text.is_empty() {
            return None;
        }
        let zone = self.zones.read(text);
        if zone.is_none() {
            wrong.push(Reason::TimeZoneUnknown);
        }
        zone
    }
}

/// An id for a person whom the list gives none: the same phone, the same person. Hashed, since ids may be logged.
fn id_by_phone(phone: &PhoneNumber) -> String {
    let digest = Sha256::digest(phone.as_e164());
    format!("phone-{}", hex::encode(&digest[..10]))
}
