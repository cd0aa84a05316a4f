//! Payments from a file: the creditor's id of the debt, the sum and the day, as a bank's export tells them.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::cell;
use super::column::{CREDITOR_HEADERS, DEBT_HEADERS, fold};
use super::head::Head;
use super::{Expect, FileColumn, ImportFault, Record, each_record};
use crate::domain::{Currency, Language, Money};

/// A column of such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidColumn {
    Amount,
    Creditor,
    Currency,
    Debt,
    Id,
    Kind,
    Time,
}

impl FileColumn for PaidColumn {
    const ALL: &'static [Self] =
        &[Self::Amount, Self::Creditor, Self::Currency, Self::Debt, Self::Id, Self::Kind, Self::Time];

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Amount => &["amount", "сумма", "сумма платежа", "sum", "оплачено", "paid"],
            Self::Creditor => CREDITOR_HEADERS,
            Self::Currency => &["currency", "валюта"],
            Self::Debt => DEBT_HEADERS,
            Self::Id => &[
                "id",
                "номер платежа",
                "id платежа",
                "payment id",
                "n платежа",
                "номер документа",
                "transaction id",
            ],
            Self::Kind => &["kind", "операция", "тип операции", "вид операции", "operation"],
            Self::Time => {
                &["time", "дата", "дата платежа", "дата и время", "date", "paid at", "datetime", "время"]
            }
        }
    }
}

/// How to read a file of payments.
#[derive(Clone, Debug)]
pub struct PaymentOptions {
    /// Whom the debts are owed to, where the file names nobody.
    pub creditor: Option<String>,
    /// Of sums that name none.
    pub currency: Currency,
    /// Where clocks stood that the file's times were read from; a date alone is its noon there.
    pub zone: TimeZone,
    /// What lies after this has not happened.
    pub now: Timestamp,
    /// Headers whose meaning is told, before those that are known.
    pub columns: Vec<(PaidColumn, String)>,
}

/// A payment as the file tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadPayment {
    /// The file's own id, else a digest of the row and of how many like it came before: the same when the file comes
    /// again.
    pub external_id: String,
    pub creditor: String,
    pub debt: String,
    pub amount: Money,
    pub paid_at: Timestamp,
    /// The payment of this id went back at `paid_at`: it is taken back.
    pub is_reversal: bool,
}

/// What a person paid appears in no log.
impl std::fmt::Debug for ReadPayment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadPayment").finish_non_exhaustive()
    }
}

/// Why a row was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidReason {
    AmountUnreadable,
    BeforeDebt,
    BeforePayment,
    CreditorMissing,
    CurrencyUnknown,
    DebtMissing,
    IdMissing,
    IdReused,
    InFuture,
    KindUnknown,
    NoDebt,
    NoPayment,
    OtherCurrency,
    TextTooLong,
    TimeUnreadable,
}

impl PaidReason {
    pub fn code(self) -> &'static str {
        match self {
            Self::AmountUnreadable => "amount_unreadable",
            Self::BeforeDebt => "before_debt",
            Self::BeforePayment => "before_payment",
            Self::CreditorMissing => "creditor_missing",
            Self::CurrencyUnknown => "currency_unknown",
            Self::DebtMissing => "debt_missing",
            Self::IdMissing => "id_missing",
            Self::IdReused => "id_reused",
            Self::InFuture => "in_future",
            Self::KindUnknown => "kind_unknown",
            Self::NoDebt => "no_debt",
            Self::NoPayment => "no_payment",
            Self::OtherCurrency => "other_currency",
            Self::TextTooLong => "text_too_long",
            Self::TimeUnreadable => "time_unreadable",
        }
    }

    pub fn text(self, language: Language) -> &'static str {
        let (en, ru) = match self {
            Self::AmountUnreadable => ("no sum above 0", "сумма не читается или не больше 0"),
            Self::BeforeDebt => (
                "paid more than a year before the debt was due: the date is wrong, or another debt is meant",
                "оплачено больше чем за год до срока долга: неверна дата или имелся в виду другой долг",
            ),
            Self::BeforePayment => {
                ("taken back before it was paid: the date is wrong", "сторно раньше платежа: дата неверна")
            }
            Self::IdMissing => (
                "what is taken back has no id: name the payment's",
                "нет номера: у отзыва должен быть номер платежа",
            ),
            Self::KindUnknown => {
                ("the kind is neither payment nor storno", "операция — не платёж и не сторно")
            }
            Self::NoPayment => (
                "no payment of this id, debt and sum was told",
                "платежа с таким номером, долгом и суммой не было",
            ),
            Self::CreditorMissing => (
                "no creditor: name him in a column or with --creditor",
                "нет кредитора: столбец или --creditor",
            ),
            Self::CurrencyUnknown => {
                ("the currency is none of RUB, KZT, USD, EUR", "валюта не из RUB, KZT, USD, EUR")
            }
            Self::DebtMissing => ("no id of a debt", "нет номера долга"),
            Self::IdReused => {
                ("another payment was told by this id before", "под этим номером уже записан другой платёж")
            }
            Self::InFuture => ("the time lies ahead", "время ещё не наступило"),
            Self::NoDebt => {
                ("the creditor has no debt of that id", "у этого кредитора нет долга с таким номером")
            }
            Self::OtherCurrency => ("the debt is in another currency", "долг в другой валюте"),
            Self::TextTooLong => ("a text above 512 bytes", "текст длиннее 512 байт"),
            Self::TimeUnreadable => {
                ("the time is not one: write 2026-03-03 14:05", "время не читается: пишите 03.03.2026 14:05")
            }
        };
        match language {
            Language::En => en,
            Language::Ru => ru,
        }
    }
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PaymentCounts {
    /// Rows below the header; the sum of the next two.
    pub rows: u64,
    pub sound: u64,
    pub rejected: u64,
}

/// What is found in a file, in its order.
#[derive(Debug)]
pub enum PaymentItem<'a> {
    /// First of all. `total` is the size in the unit of `Record::done`.
    Heading {
        header: &'a [String],
        /// Those of the headers that mean nothing to us.
        unknown: &'a [String],
        total: u64,
    },
    Payment {
        payment: ReadPayment,
        record: &'a Record,
    },
    Rejected {
        record: &'a Record,
        reasons: &'a [PaidReason],
    },
}

/// Kinds of rows, folded; a row without one is a payment.
const PAYMENTS: [&str; 5] = ["", "payment", "платеж", "оплата", "зачисление"];
const REVERSALS: [&str; 6] = ["storno", "сторно", "reversal", "chargeback", "возврат", "отзыв"];

/// The longest text of a cell that is kept, in bytes.
const TEXT_LIMIT: usize = 512;

/// Reads the file and hands what it finds to `take`.
///
/// # Errors
/// A fault of the whole file, or what `take` answered.
pub fn read_payments(
    path: &Path,
    options: &PaymentOptions,
    take: &mut dyn FnMut(PaymentItem<'_>) -> Result<(), ImportFault>,
) -> Result<PaymentCounts, ImportFault> {
    let mut reader: Option<Reader<'_>> = None;
    let mut counts = PaymentCounts::default();
    each_record(path, &Expect::default(), &mut |record, total| {
        let Some(reader) = &mut reader else {
            let new = Reader::new(record, options)?;
            take(PaymentItem::Heading { header: new.head.header(), unknown: &new.head.unknown(), total })?;
            reader = Some(new);
            return Ok(());
        };
        if record.cells().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        counts.rows += 1;
        match reader.read(record) {
            Ok(payment) => {
                counts.sound += 1;
                take(PaymentItem::Payment { payment, record })
            }
            Err(reasons) => {
                counts.rejected += 1;
                take(PaymentItem::Rejected { record, reasons: &reasons })
            }
        }
    })?;
    match (reader, counts.rows) {
        (None, _) => Err(ImportFault::Empty),
        (Some(_), 0) => Err(ImportFault::NoRows),
        (Some(_), _) => Ok(counts),
    }
}

struct Reader<'o> {
    head: Head<PaidColumn>,
    options: &'o PaymentOptions,
    /// Rows without an id that look alike, so that two equal payments of a day are two.
    alike: HashMap<[u8; 16], u32>,
}

impl<'o> Reader<'o> {
    fn new(header: &Record, options: &'o PaymentOptions) -> Result<Self, ImportFault> {
        let wanted: [&[PaidColumn]; 3] = [&[PaidColumn::Debt], &[PaidColumn::Amount], &[PaidColumn::Time]];
        let head = Head::read(header, &options.columns, &wanted)?;
        Ok(Self { head, options, alike: HashMap::new() })
    }

    fn read(&mut self, record: &Record) -> Result<ReadPayment, Vec<PaidReason>> {
        let mut wrong = Vec::new();
        let text = |column| self.head.text(record, column);
        if PaidColumn::ALL.iter().any(|column| text(*column).len() > TEXT_LIMIT) {
            wrong.push(PaidReason::TextTooLong);
        }
        let creditor = match text(PaidColumn::Creditor) {
            "" => self.options.creditor.clone(),
            named => Some(named.to_owned()),
        };
        if creditor.is_none() {
            wrong.push(PaidReason::CreditorMissing);
        }
        let debt = text(PaidColumn::Debt).to_owned();
        if debt.is_empty() {
            wrong.push(PaidReason::DebtMissing);
        }
        let currency = match text(PaidColumn::Currency) {
            "" => Some(self.options.currency),
            named => cell::currency(named),
        };
        if currency.is_none() {
            wrong.push(PaidReason::CurrencyUnknown);
        }
        let kind = fold(text(PaidColumn::Kind));
        let is_reversal = REVERSALS.contains(&kind.as_str());
        if !is_reversal && !PAYMENTS.contains(&kind.as_str()) {
            wrong.push(PaidReason::KindUnknown);
        }
        if is_reversal && text(PaidColumn::Id).is_empty() {
            wrong.push(PaidReason::IdMissing);
        }
        // Some systems write what goes back below 0.
        let sum = text(PaidColumn::Amount);
        let sum = if is_reversal { sum.trim_start_matches(['-', '−']) } else { sum };
        let amount = currency.and_then(|currency| cell::money(sum, currency).ok()).filter(|it| it.minor > 0);
        if amount.is_none() && currency.is_some() {
            wrong.push(PaidReason::AmountUnreadable);
        }
        let paid_at = self.time(text(PaidColumn::Time)).map_err(|reason| wrong.push(reason)).ok();
        let (Some(creditor), Some(amount), Some(paid_at), true) =
            (creditor, amount, paid_at, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let external_id = match text(PaidColumn::Id) {
            "" => self.digest((&creditor, &debt), amount, self.moment(record, paid_at)),
            id => id.to_owned(),
        };
        Ok(ReadPayment { external_id, creditor, debt, amount, paid_at, is_reversal })
    }

    /// A time with its offset, or by the options' clock.
    fn time(&self, text: &str) -> Result<Timestamp, PaidReason> {
        let now = self.options.now;
        if let Ok(at) = text.parse::<Timestamp>() {
            return if at > now { Err(PaidReason::InFuture) } else { Ok(at) };
        }
        let date = cell::date(text, false).ok_or(PaidReason::TimeUnreadable)?;
        let clock = text.split([' ', 'T']).filter(|part| !part.is_empty()).nth(1);
        let time = match clock {
            Some(clock) => Some(clock.parse::<Time>().map_err(|_| PaidReason::TimeUnreadable)?),
            None => None,
        };
        let shown = date.to_datetime(time.unwrap_or(Time::constant(12, 0, 0, 0)));
        let at = self.options.zone.to_ambiguous_zoned_datetime(shown).later();
        let at = at.map_err(|_| PaidReason::TimeUnreadable)?.timestamp();
        let today = now.to_zoned_datetime(self.options.zone.clone()).date();
        match time {
            // It is not noon yet, and the payment is of this morning.
            None if at > now && date == today => Ok(now),
            _ if at > now => Err(PaidReason::InFuture),
            _ => Ok(at),
        }
    }

    /// The day of a payment, or its moment where the row tells it.
    fn moment(&self, record: &Record, paid_at: Timestamp) -> String {
        let text = self.head.text(record, PaidColumn::Time);
        let has_clock = text.contains([' ', 'T']) || text.parse::<Timestamp>().is_ok();
        let day = cell::date(text, false).filter(|_| !has_clock);
        day.map_or_else(|| paid_at.to_string(), |day| day.to_string())
    }

    /// What the row means, however it is written, and which of those alike it is.
    fn digest(&mut self, (creditor, debt): (&str, &str), amount: Money, when: String) -> String {
        let mut hasher = Sha256::new();
        let minor = amount.minor.to_string();
        for text in [creditor, debt, &minor, amount.currency.code(), &when] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hasher.finalize()[..16]);
        let nth = self.alike.entry(short).or_default();
        *nth += 1;
        format!("row-{}-{nth}", hex::encode(short))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<ReadPayment>, Vec<Vec<PaidReason>>, PaymentCounts) {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("paid.csv");
        std::fs::write(&file, text).expect("written");
        let options = PaymentOptions {
            creditor: Some("Water".into()),
            currency: Currency::Rub,
            zone: TimeZone::UTC,
            now: "2026-03-10T10:00:00Z".parse().expect("a timestamp"),
            columns: Vec::new(),
        };
        let (mut payments, mut rejected) = (Vec::new(), Vec::new());
        let counts = read_payments(&file, &options, &mut |item| {
            match item {
                PaymentItem::Heading { .. } => {}
                PaymentItem::Payment { payment, .. } => payments.push(payment),
                PaymentItem::Rejected { reasons, .. } => rejected.push(reasons.to_vec()),
            }
            Ok(())
        });
        (payments, rejected, counts.expect("a file of payments"))
    }

    #[test]
    fn a_banks_file_is_read_and_its_faults_have_reasons() {
        let (payments, rejected, counts) = read(
            "Номер платежа;Договор;Сумма;Дата платежа;Валюта\n\
             7;d1;1 234,50;03.03.2026 14:05;\n8;d2;0;03.03.2026;\n9;;5;01.04.2026;XXX\n10;d1;2;10.03.2026;RUB\n",
        );
        assert_eq!((counts.rows, counts.sound, counts.rejected), (4, 2, 2));
        assert_eq!((payments[0].external_id.as_str(), payments[0].amount.minor), ("7", 123_450));
        assert_eq!(payments[0].creditor, "Water");
        assert_eq!(payments[1].paid_at.to_string(), "2026-03-10T10:00:00Z", "of this morning");
        assert_eq!(rejected[0], [PaidReason::AmountUnreadable]);
        let all = [PaidReason::DebtMissing, PaidReason::CurrencyUnknown, PaidReason::InFuture];
        assert_eq!(rejected[1], all);
    }

    #[test]
    fn a_row_of_the_kind_storno_takes_the_payment_of_its_id_back() {
        let (read, rejected, _) = read(
            "id,debt,amount,date,операция\n7,d1,5,2026-03-01,Платёж\n7,d1,-5,2026-03-02,Сторно\n,d1,5,2026-03-02,storno\n\
             8,d1,5,2026-03-02,gift\n",
        );
        let kinds: Vec<_> =
            read.iter().map(|it| (it.external_id.as_str(), it.amount.minor, it.is_reversal)).collect();
        assert_eq!(kinds, [("7", 500, false), ("7", 500, true)]);
        assert_eq!(rejected, [[PaidReason::IdMissing], [PaidReason::KindUnknown]]);
    }

    #[test]
    fn equal_rows_without_an_id_are_two_payments_and_the_same_two_the_next_time() {
        let text = "debt,amount,date\nd1,5,2026-03-01\nd1,5,2026-03-01\n";
        let ids = |text| read(text).0.into_iter().map(|payment| payment.external_id).collect::<Vec<_>>();
        let first = ids(text);
        assert_ne!(first[0], first[1]);
        assert_eq!(first, ids(text));
        let otherwise = "debt;amount;date\nd1;5,00;01.03.2026\nd1;5.0;2026-03-01\n";
        assert_eq!(first, ids(otherwise), "however the same is written");
        let at_ten =
            ids("debt,amount,date\nd1,5,2026-03-01 10:00\nd1,5,01.03.2026 10:00:00\nd1,5,2026-03-01 11:00\n");
        assert!(at_ten.iter().all(|id| !first.contains(id)) && at_ten[1].ends_with("-2"), "{at_ten:?}");
    }
}
