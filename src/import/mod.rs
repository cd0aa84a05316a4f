//! Debtor lists from CSV and XLSX, normalised and checked row by row. Floor 3.
//!
//! In: a file and what it leaves out. Out: checked rows one by one, rejected ones with their reasons, and counts;
//! or one fault of the whole file, after which nothing of it may be kept. Memory does not grow with the file but
//! for one small entry a row, by which duplicates are known.

pub mod cell;
mod column;
mod fault;
mod head;
pub mod history;
mod list;
mod mapping;
pub mod payments;
mod peek;
mod preset;
mod reason;
mod record;
mod rejected;
mod row;
mod seen;
mod source;
pub mod spending;
mod zone_names;

pub use cell::{neutralise, one_phone};
pub use column::Column;
pub use fault::ImportFault;
pub use head::{FileColumn, parse_told};
pub use list::{Counts, Item, Options, read_list};
pub use mapping::Mapping;
pub use peek::{Glimpse, glimpse};
pub use preset::{Meaning, Preset, Skip};
pub use reason::Reason;
pub use record::Record;
pub use rejected::RejectedFile;
pub use row::RowReader;
pub use source::{Expect, each_record};
use zone_names::ZoneNames;
