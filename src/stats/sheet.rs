//! A report as a table: a page shows it and an export writes it, so that both have the same numbers.

use super::kpi::decimal_sign;
use super::{Estimate, Kpi, KpiUnit, Ratio};
use crate::domain::{Currency, Language, Money};

/// A report in one language.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    pub columns: Vec<Column>,
    /// As many cells each as there are columns.
    pub rows: Vec<Vec<SheetCell>>,
    /// How it is to be read.
    pub notes: Vec<String>,
    pub charts: Vec<Chart>,
    /// Rows, by their place, that count what other systems told, too: no list of our calls is all of them.
    pub told: Vec<usize>,
}

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in files, which stays.
    pub key: &'static str,
    /// The name on screens.
    pub name: String,
    /// What is divided by what, or what is counted; empty where the name says it.
    pub of: String,
    /// Its cells are something of something: two fields in a file, `key` and `key_of`.
    pub is_pair: bool,
}

/// A value of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetCell {
    /// There is none, or it says nothing here.
    Absent,
    /// A code, which files have, and its word, which screens have.
    Code {
        code: String,
        word: String,
    },
    Count(u64),
    /// A number that was worked out, with as many digits behind the point.
    Decimal(f64, usize),
    /// A figure that is either of the kinds of pairs, in its unit.
    Figure {
        value: Kpi,
        unit: KpiUnit,
        currency: Currency,
    },
    Money(Money),
    /// A part of a whole that is no sample, so without an interval.
    Part {
        part: u64,
        whole: u64,
    },
    Share(Ratio),
    Text(String),
}

/// What is rather looked at than read.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    Lines(LineChart),
    Ranges(RangeChart),
}

/// Lines over two axes, both from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    pub title: String,
    /// What the axes measure, with the unit.
    pub across: String,
    pub upward: String,
    pub lines: Vec<Line>,
    /// Marks on the axis below: where, and what stands there.
    pub marks: Vec<(f64, String)>,
    /// A band that the lines should keep to, on the upward axis.
    pub guide: Option<(f64, f64)>,
}

/// One line of a chart, from left to right.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// Estimates with their intervals under each other, beside 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeChart {
    pub title: String,
    /// What the axis measures, with the unit.
    pub across: String,
    /// Each with its name, from above.
    pub ranges: Vec<(String, Estimate)>,
}

impl Column {
    /// The names of its fields in a file.
    pub fn fields(&self) -> Vec<String> {
        match self.is_pair {
            true => vec![self.key.to_owned(), format!("{}_of", self.key)],
            false => vec![self.key.to_owned()],
        }
    }
}

impl SheetCell {
    /// Its fields in a file: one, or two of a pair. Money is in minor units.
    pub fn fields(&self, is_pair: bool) -> Vec<String> {
        let mut fields = match self {
            Self::Absent => Vec::new(),
            Self::Code { code: text, .. } | Self::Text(text) => vec![text.clone()],
            Self::Count(count) => vec![count.to_string()],
            Self::Decimal(value, digits) => vec![decimal(*value, *digits)],
            Self::Figure { value: Kpi::Each { sum, count }, .. } => vec![sum.to_string(), count.to_string()],
            Self::Figure { value: Kpi::Share(ratio), .. } | Self::Share(ratio) => {
                vec![ratio.numerator.to_string(), ratio.denominator.to_string()]
            }
            Self::Money(money) => vec![money.minor.to_string()],
            Self::Figure { value: Kpi::Part { part, whole }, .. } | Self::Part { part, whole } => {
                vec![part.to_string(), whole.to_string()]
            }
        };
        fields.resize(if is_pair { 2 } else { 1 }, String::new());
        fields
    }

    /// As screens show it.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Absent => "—".to_owned(),
            Self::Code { word: text, .. } | Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Decimal(value, digits) => decimal_sign(&decimal(*value, *digits), language),
            Self::Figure { value, unit, currency } => value.shown(*unit, *currency, language),
            Self::Money(money) => money.shown(language),
            Self::Part { part, whole: 0 } => format!("{part}/0"),
            Self::Part { part, whole } => {
                let share = format!("{:.1} %", *part as f64 * 100.0 / *whole as f64);
                format!("{part}/{whole} = {}", decimal_sign(&share, language))
            }
            Self::Share(ratio) => ratio.shown(language),
        }
    }

    /// Whether it is a number: such columns stand to the right.
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Absent | Self::Code { .. } | Self::Text(_))
    }
}

/// What rounds to nothing has no sign.
fn decimal(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        Some(_) | None => text,
    }
}

impl Sheet {
    /// The first line of a file.
    pub fn header(&self) -> Vec<String> {
        self.columns.iter().flat_map(Column::fields).collect()
    }

    /// The other lines.
    pub fn records(&self) -> impl Iterator<Item = Vec<String>> {
        let record = |row: &Vec<SheetCell>| {
            let cells = self.columns.iter().zip(row);
            cells.flat_map(|(column, cell)| cell.fields(column.is_pair)).collect()
        };
        self.rows.iter().map(record)
    }
}

/// The reports that are sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    Agents,
    Channels,
    Economics,
    Glossary,
    Kpi,
    Pareto,
    Promises,
    Types,
    Uplift,
    Wear,
}

impl SheetKind {
    /// As the console lists them.
    pub const ALL: [Self; 10] = [
        Self::Channels,
        Self::Kpi,
        Self::Economics,
        Self::Agents,
        Self::Pareto,
        Self::Promises,
        Self::Wear,
        Self::Uplift,
        Self::Types,
        Self::Glossary,
    ];

    /// The name in addresses and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::Channels => "channels",
            Self::Economics => "economics",
            Self::Glossary => "glossary",
            Self::Kpi => "kpi",
            Self::Pareto => "pareto",
            Self::Promises => "promises",
            Self::Types => "types",
            Self::Uplift => "uplift",
            Self::Wear => "wear",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    #[test]
    fn a_page_and_a_file_have_the_same_numbers() {
        let column = |key, is_pair| Column { key, name: key.to_owned(), of: String::new(), is_pair };
        let sheet = Sheet {
            columns: vec![column("channel", false), column("paid", true), column("sum_minor", false)],
            rows: vec![
                vec![
                    SheetCell::Code { code: "ivr".into(), word: "автозвонок".into() },
                    SheetCell::Share(Ratio::new(3, 40)),
                    SheetCell::Money(Money::new(-10_050, Currency::Rub)),
                ],
                vec![SheetCell::Text("x".into()), SheetCell::Absent, SheetCell::Absent],
            ],
            ..Sheet::default()
        };
        assert_eq!(sheet.header(), ["channel", "paid", "paid_of", "sum_minor"]);
        let records: Vec<_> = sheet.records().collect();
        assert_eq!(records, [["ivr", "3", "40", "-10050"], ["x", "", "", ""]]);
        let shown: Vec<_> = sheet.rows[0].iter().map(|cell| cell.text(Language::En)).collect();
        assert!(shown[0] == "автозвонок" && shown[1].starts_with("3/40 = 7.5 %"), "{shown:?}");
        assert_eq!(shown[2], "−100.50\u{a0}RUB");
        assert_eq!(sheet.rows[0][2].text(Language::Ru), "−100,50\u{a0}₽");
        assert_eq!(SheetCell::Part { part: 1, whole: 4 }.text(Language::Ru), "1/4 = 25,0 %");
        let told = [-0.04, -0.06, 0.0].map(|value| SheetCell::Decimal(value, 1).text(Language::En));
        assert_eq!(told, ["0.0", "-0.1", "0.0"]);
    }

    #[test]
    fn every_sheet_is_known_by_its_code() {
        assert!(SheetKind::ALL.into_iter().all(|kind| SheetKind::parse(kind.code()) == Some(kind)));
    }
}
