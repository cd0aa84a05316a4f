//! Why a file can't be read at all. A row with a mistake is no fault: it is rejected and the rest goes on.

use std::io;

use crate::domain::Language;

use super::Column;

/// A fault of the whole file; nothing of it may be kept.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text(Language::En))]
pub enum ImportFault {
    /// One field or one record beyond the limit; often a quote that was opened and never closed.
    Overlong {
        line: u64,
        limit: usize,
    },
    /// The quotes of a record do not close.
    BrokenQuote {
        line: u64,
    },
    /// An archive that unpacks to far more than a list can hold.
    Bomb {
        part: String,
    },
    /// Two columns for one thing.
    ColumnTwice {
        column: Column,
        headers: [String; 2],
    },
    Empty,
    HeaderTwice {
        header: String,
    },
    MissingColumns {
        missing: Vec<Column>,
    },
    /// None of the words that are `wanted` is in the header; some of them in English, and in Russian.
    NoColumn {
        wanted: [&'static str; 2],
        header: String,
    },
    NoRows,
    NoSheet {
        sheet: String,
    },
    Nul {
        line: u64,
    },
    /// Neither UTF-8 nor Windows-1251; the line is the first that is not UTF-8.
    NotText {
        line: u64,
    },
    /// An old spreadsheet or another kind of file.
    OtherKind {
        kind: &'static str,
    },
    Preset {
        said: String,
    },
    Read {
        source: io::Error,
    },
    /// Whoever took the rows wants no more.
    Stopped,
    TooManyColumns {
        limit: usize,
    },
    /// The spreadsheet is damaged.
    Workbook {
        source: calamine::XlsxError,
    },
    /// The archive of the spreadsheet is damaged.
    Archive {
        source: zip::result::ZipError,
    },
    Write {
        source: io::Error,
    },
}

impl ImportFault {
    /// A stable code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Archive { .. } => "archive",
            Self::Bomb { .. } => "bomb",
            Self::BrokenQuote { .. } => "broken_quote",
            Self::ColumnTwice { .. } => "column_twice",
            Self::Empty => "empty",
            Self::HeaderTwice { .. } => "header_twice",
            Self::MissingColumns { .. } => "missing_columns",
            Self::NoColumn { .. } => "missing_columns",
            Self::NoRows => "no_rows",
            Self::NoSheet { .. } => "no_sheet",
            Self::NotText { .. } => "not_text",
            Self::Nul { .. } => "nul",
            Self::OtherKind { .. } => "other_kind",
            Self::Overlong { .. } => "overlong",
            Self::Preset { .. } => "preset",
            Self::Read { .. } => "read",
            Self::Stopped => "stopped",
            Self::TooManyColumns { .. } => "too_many_columns",
            Self::Workbook { .. } => "workbook",
            Self::Write { .. } => "write",
        }
    }

    /// What is wrong and what to do.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Ru => self.russian(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Archive { .. } => {
                "the spreadsheet is damaged, or no XLSX: open it and save it anew as XLSX or CSV".into()
            }
            Self::Bomb { part } => format!("`{part}` unpacks to far more than a list can hold"),
            Self::BrokenQuote { line } => format!("line {line}: a quote is opened and not closed"),
            Self::ColumnTwice { column, headers: [first, second] } => {
                format!(
                    "the columns `{first}` and `{second}` both mean {}: rename the one that does not, or pass over it \
                     with a preset (columns.\"{second}\" = \"skip\"){}",
                    hint(*column),
                    more(*column, "; the debtor's own id is `person_id`")
                )
            }
            Self::Empty => "the file is empty".into(),
            Self::HeaderTwice { header } => format!("the header `{header}` is there twice"),
            Self::MissingColumns { missing } => {
                let columns: Vec<String> = missing.iter().map(|column| hint(*column)).collect();
                format!("no column for {}; name one so or use a preset", columns.join("; "))
            }
            Self::NoColumn { wanted: [wanted, _], header } => {
                format!("no column is named one of: {wanted}; the header reads `{header}`")
            }
            Self::NoRows => "there is a header and no row".into(),
            Self::NoSheet { sheet } => format!("there is no sheet `{sheet}`"),
            Self::NotText { line } => {
                format!("line {line} is neither UTF-8 nor Windows-1251; save the file as CSV UTF-8")
            }
            Self::Nul { line } => format!("line {line} holds a NUL byte: this is no text file"),
            Self::OtherKind { kind } => format!("this is {kind}; save it as CSV or XLSX"),
            Self::Overlong { line, limit } => {
                format!("line {line}: a field above {limit} bytes; is a quote not closed?")
            }
            Self::Preset { said } => format!("preset: {said}"),
            Self::Read { source } => format!("reading the file: {source}"),
            Self::Stopped => "stopped".into(),
            Self::TooManyColumns { limit } => format!("more than {limit} columns"),
            Self::Workbook { .. } => {
                "the spreadsheet is damaged: open it and save it anew as XLSX or CSV".into()
            }
            Self::Write { source } => format!("writing the rejected rows: {source}"),
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::Archive { .. } => {
                "таблица повреждена или это не XLSX: откройте её и сохраните заново как XLSX или CSV".into()
            }
            Self::Bomb { part } => format!("«{part}» распаковывается в размер, которого у списка не бывает"),
            Self::BrokenQuote { line } => format!("строка {line}: кавычка открыта и не закрыта"),
            Self::ColumnTwice { column, headers: [first, second] } => {
                format!(
                    "столбцы «{first}» и «{second}» оба значат {}: переименуйте лишний или пропустите его шаблоном \
                     (columns.\"{second}\" = \"skip\"){}",
                    hint(*column),
                    more(*column, "; номер самого должника — «person_id»")
                )
            }
            Self::Empty => "файл пуст".into(),
            Self::HeaderTwice { header } => format!("заголовок «{header}» встречается дважды"),
            Self::MissingColumns { missing } => {
                let columns: Vec<String> = missing.iter().map(|column| hint(*column)).collect();
                format!(
                    "нет столбца: {}; назовите так один из столбцов или возьмите шаблон",
                    columns.join("; ")
                )
            }
            Self::NoColumn { wanted: [_, wanted], header } => {
                format!("нет столбца с названием из этих: {wanted}; прочитан заголовок «{header}»")
            }
            Self::NoRows => "есть заголовок и ни одной строки".into(),
            Self::NoSheet { sheet } => format!("листа «{sheet}» нет"),
            Self::NotText { line } => {
                format!("строка {line}: не UTF-8 и не Windows-1251; сохраните файл как CSV UTF-8")
            }
            Self::Nul { line } => format!("строка {line}: нулевой байт, это не текстовый файл"),
            Self::OtherKind { kind } => format!("это {kind}; сохраните как CSV или XLSX"),
            Self::Overlong { line, limit } => {
                format!("строка {line}: поле длиннее {limit} байт; не закрыта кавычка?")
            }
            Self::Preset { said } => format!("шаблон: {said}"),
            Self::Read { source } => format!("чтение файла: {source}"),
            Self::Stopped => "остановлено".into(),
            Self::TooManyColumns { limit } => format!("столбцов больше {limit}"),
            Self::Workbook { .. } => {
                "таблица повреждена: откройте её и сохраните заново как XLSX или CSV".into()
            }
            Self::Write { source } => format!("запись отклонённых строк: {source}"),
        }
    }
}

/// What besides helps where a debt's id and a person's are taken for each other.
fn more(column: Column, said: &'static str) -> &'static str {
    if column == Column::ExternalId { said } else { "" }
}

/// `amount (amount, сумма, …)`.
fn hint(column: Column) -> String {
    let usual: Vec<&str> = column.words().iter().take(4).copied().collect();
    format!("{} ({})", column.code(), usual.join(", "))
}
