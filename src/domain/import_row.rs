//! One checked row of a debtor list, as the importer hands it to the store.

use jiff::civil::Date;

use super::{DebtorType, Language, Money, PersonName, PhoneNumber};

/// One debt of one person. A person with several debts stands in several rows with one `person_id`; his name,
/// phones, zone, region and type are those of the last row, except that phones add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Line of the file, 1 for the header; of a spreadsheet, the row as the program shows it.
    pub line: u64,
    /// The debt's id at the creditor. Together with `creditor` it makes the import idempotent.
    pub external_id: String,
    /// The person's id in the lists. Without one in the file it is made of the first phone, so that two rows
    /// with one phone count as one person: the stricter reading.
    pub person_id: String,
    pub name: Option<PersonName>,
    /// At least one, in the order of the file, each once.
    pub phones: Vec<PhoneNumber>,
    /// An IANA name, known to the bundled zone data; an offset of the file is one of `Etc/…`.
    pub time_zone: Option<String>,
    /// The region as the file names it; the rules read zone evidence out of it.
    pub region: Option<String>,
    pub language: Language,
    /// `None` leaves the type a known person has; a new one becomes `Unknown`.
    pub debtor_type: Option<DebtorType>,
    pub creditor: String,
    /// Above zero.
    pub amount: Money,
    pub due: Date,
}

/// What became of the rows handed to the store. The sum is the number of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Upserted {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}
