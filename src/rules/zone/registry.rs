//! Number ranges and their regions, from the files of the state numbering registry.
//!
//! The registry publishes four files, for codes 3xx, 4xx, 8xx and 9xx: a header, then a line a range with code; from;
//! to; capacity; operator; region, and in newer ones more columns. Ranges may be as small as 50 numbers, so they are
//! kept as intervals. The raw region is kept; one that is not matched whole is unknown.

use std::collections::{BTreeSet, HashMap};

use super::regions::{self, Region};

/// Ranges of national numbers (ten digits) and the regions they are given out in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// By first number; none overlap.
    ranges: Vec<Range>,
    /// The codes that the files have lines of, sound or not.
    codes: BTreeSet<u16>,
    /// A line or a file could not be read at all: it may have been of any code.
    partly_unread: bool,
    /// The regions as the files write them, each once.
    raw: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: u64,
    /// The last number, included.
    to: u64,
    /// Absent: lines contradict each other.
    raw: Option<usize>,
}

/// Where a number is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenOut<'a> {
    /// The region as the registry writes it; absent: its lines contradict each other.
    pub raw: Option<&'a str>,
    /// Absent: not known.
    pub regions: Option<Vec<&'static Region>>,
}

/// A line that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {why}")]
pub struct LeftOut {
    pub file: String,
    pub line: u64,
    pub why: Why,
}

/// Why a line of the registry can't be used. Its numbers are then unknown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("fewer than six columns")]
    Columns,
    #[error("the code is not three digits")]
    Code,
    #[error("from or to is not seven digits, or to is before from")]
    Numbers,
    #[error("the capacity is not the count of its numbers")]
    Capacity,
    #[error("it overlaps the range of line {0} of {1}: the numbers of both are unknown")]
    Overlap(u64, String),
    #[error("not readable as a line of fields")]
    Unreadable,
}

impl Registry {
    /// Reads the files, each given by its name and text, and says what was left out.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<LeftOut>) {
        let (mut registry, mut left_out) = (Self::default(), Vec::new());
        let (mut lines, mut known) = (Vec::new(), HashMap::new());
        for (file, text) in files {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(b';')
                // The carriage return is trimmed; as part of the line's end it would shift the line numbers.
                .terminator(csv::Terminator::Any(b'\n'))
                .flexible(true)
                .has_headers(false)
                .trim(csv::Trim::All)
                .from_reader(text.as_bytes());
            for (record, count) in reader.records().zip(1..) {
                let line =
                    record.as_ref().ok().and_then(|record| record.position()).map_or(count, |at| at.line());
                let read = match &record {
                    Ok(record) if is_header(record) => continue,
                    Ok(record) => read_line(record),
                    Err(_) => Err(Why::Unreadable),
                };
                registry.note_code(record.as_ref().ok());
                match read {
                    Ok((from, to, raw)) => {
                        let raw = *known.entry(raw.to_owned()).or_insert_with(|| {
                            registry.raw.push(raw.to_owned());
                            registry.raw.len() - 1
                        });
                        lines.push((Range { from, to, raw: Some(raw) }, file, line));
                    }
                    Err(why) => {
                        if let Some((from, to)) = record.as_ref().ok().and_then(numbers_of) {
                            lines.push((Range { from, to, raw: None }, file, line));
                        }
                        left_out.push(LeftOut { file: file.to_owned(), line, why });
                    }
                }
            }
        }
        registry.ranges = without_overlaps(lines, &mut left_out);
        (registry, left_out)
    }

    /// The same where a file beside them could not be read: which codes it has is not known.
    #[must_use]
    pub fn with_unread_files(mut self) -> Self {
        self.partly_unread = true;
        self
    }

    fn note_code(&mut self, record: Option<&csv::StringRecord>) {
        let code = record.and_then(|record| digits(record.get(0)?, 3)).and_then(|code| code.try_into().ok());
        match code {
            Some(code) => _ = self.codes.insert(code),
            None => self.partly_unread = true,
        }
    }

    /// Whether the files have, or may have, the numbers of a dialling code: one of them that [`Registry::find`] does not
    /// place is unknown, and the code alone tells nothing of it.
    pub fn speaks_of(&self, code: u16) -> bool {
        self.partly_unread || self.codes.contains(&code)
    }

    /// Where a national number of ten digits is given out, if the registry tells.
    pub fn find(&self, number: u64) -> Option<GivenOut<'_>> {
        let after = self.ranges.partition_point(|range| range.from <= number);
        let range = self.ranges[..after].last().filter(|range| number <= range.to)?;
        let raw = range.raw.map(|raw| &*self.raw[raw]);
        Some(GivenOut { raw, regions: raw.and_then(regions::find) })
    }

    /// The count of ranges whose region is told.
    pub fn len(&self) -> usize {
        self.ranges.iter().filter(|range| range.raw.is_some()).count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The regions that are not matched, as the files write them: their numbers are unknown.
    pub fn unmatched(&self) -> Vec<&str> {
        self.raw.iter().map(String::as_str).filter(|raw| regions::find(raw).is_none()).collect()
    }
}

/// A first line of words, in any language.
fn is_header(record: &csv::StringRecord) -> bool {
    record.get(0).is_some_and(|code| !code.is_empty() && !code.contains(|c: char| c.is_ascii_digit()))
}

/// First and last number, and the region.
fn read_line(record: &csv::StringRecord) -> Result<(u64, u64, &str), Why> {
    let field = |column| record.get(column).ok_or(Why::Columns);
    let region = field(5)?;
    let code = digits(field(0)?, 3).filter(|&code| code >= 100).ok_or(Why::Code)?;
    let numbers = digits(field(1)?, 7).zip(digits(field(2)?, 7)).filter(|(from, to)| from <= to);
    let (from, to) = numbers.ok_or(Why::Numbers)?;
    if field(3)?.parse() != Ok(to - from + 1) {
        return Err(Why::Capacity);
    }
    let start = code * 10_000_000;
    Ok((start + from, start + to, region))
}

/// The numbers a line is about, whatever else is wrong with it.
fn numbers_of(record: &csv::StringRecord) -> Option<(u64, u64)> {
    let start = digits(record.get(0)?, 3)? * 10_000_000;
    let (from, to) = (digits(record.get(1)?, 7)?, digits(record.get(2)?, 7)?);
    Some((start + from.min(to), start + from.max(to)))
}

fn digits(text: &str, count: usize) -> Option<u64> {
    let sound = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if sound { text.parse().ok() } else { None }
}

/// Orders the ranges. Where some overlap and name different regions, all their numbers are unknown.
fn without_overlaps(mut lines: Vec<(Range, &str, u64)>, left_out: &mut Vec<LeftOut>) -> Vec<Range> {
    lines.sort_by_key(|(range, ..)| (range.from, range.to));
    let mut kept: Vec<(Range, &str, u64)> = Vec::new();
    for (range, file, line) in lines {
        match kept.last_mut() {
            Some((last, before, at)) if range.from <= last.to && range.raw != last.raw => {
                let why = Why::Overlap(*at, (*before).to_owned());
                left_out.push(LeftOut { file: file.to_owned(), line, why });
                *last = Range { to: last.to.max(range.to), raw: None, ..*last };
            }
            Some((last, ..)) if range.raw == last.raw && range.from <= last.to + 1 => {
                last.to = last.to.max(range.to);
            }
            _ => kept.push((range, file, line)),
        }
    }
    kept.into_iter().map(|(range, ..)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOBILE: &str = "\u{feff}АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН\r\n\
        900;0000000;0061999;62000;\"ООО \"\"Связь\"\"\";Краснодарский край;;1\r\n\
        900;0062000;0062049;50;ООО Связь;г. Москва * Московская область;;1\r\n\
        900;0062050;0062099;50;ООО Связь;Корякский округ|Камчатский край;;1\r\n\
        900;0062100;0062199;100;ООО Связь;Российская Федерация;;1\r\n\
        900;0062200;0062299;99;ООО Связь;Омская область;;1\r\n\
        90;0000000;0000099;100;ООО Связь;Омская область;;1\r\n\
        900;0063000;0062999;100;ООО Связь;Омская область;;1\r\n\
        900;0070000;0079999;10000;ООО Связь\r\n\
        901;0000000;0000999;1000;ООО Связь;Омская обл.;;1\r\n\
        901;0000500;0001499;1000;ООО Связь;Томская область;;1\r\n";
    const CITY: &str = "ABC;from;to;capacity;operator;region\n\
        401;2000000;2099999;100000;x;Калининградская обл.\n\
        401;2100000;2199999;100000;x;Калининградская обл.\n";

    fn code(registry: &Registry, number: u64) -> Vec<&'static str> {
        let given = registry.find(number).and_then(|given| given.regions).unwrap_or_default();
        given.iter().map(|region| region.code).collect()
    }

    #[test]
    fn ranges_of_fifty_numbers_are_told_apart() {
        let (registry, _) = Registry::read([("DEF-9xx.csv", MOBILE)]);
        assert_eq!(code(&registry, 9_000_061_999), ["RU-KDA"]);
        assert_eq!(code(&registry, 9_000_062_000), ["RU-MOW", "RU-MOS"]);
        assert_eq!(code(&registry, 9_000_062_049), ["RU-MOW", "RU-MOS"]);
        assert_eq!(code(&registry, 9_000_062_050), ["RU-KAM"]);
        assert_eq!(registry.find(9_000_069_999), None);
        assert_eq!(registry.find(9_009_999_999), None);
    }

    #[test]
    fn an_unmatched_region_is_kept_raw_and_unknown() {
        let (registry, _) = Registry::read([("DEF-9xx.csv", MOBILE)]);
        let given = registry.find(9_000_062_100).expect("in a range");
        assert_eq!((given.raw, given.regions), (Some("Российская Федерация"), None));
        assert_eq!(registry.unmatched(), ["Российская Федерация"]);
    }

    #[test]
    fn wrong_lines_are_left_out_with_file_line_and_reason() {
        let (registry, left_out) = Registry::read([("DEF-9xx.csv", MOBILE)]);
        let told: Vec<_> = left_out.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "DEF-9xx.csv:6: the capacity is not the count of its numbers",
                "DEF-9xx.csv:7: the code is not three digits",
                "DEF-9xx.csv:8: from or to is not seven digits, or to is before from",
                "DEF-9xx.csv:9: fewer than six columns",
                "DEF-9xx.csv:11: it overlaps the range of line 10 of DEF-9xx.csv: the numbers of both are unknown",
            ]
        );
        for number in [9_010_000_100, 9_010_000_600, 9_010_001_400] {
            assert_eq!(registry.find(number), Some(GivenOut { raw: None, regions: None }), "{number}");
        }
        assert_eq!(registry.find(9_010_001_500), None);
    }

    #[test]
    fn a_line_that_was_left_out_leaves_its_numbers_unknown_and_its_code_spoken_of() {
        let text = "402;3000000;3000099;99;x;Омская область\n402;3000050;3000149;100;x;Омская область\n";
        let (registry, left_out) = Registry::read([("ABC-4xx.csv", text)]);
        assert_eq!(left_out.len(), 2, "one for its count, one for its neighbour");
        assert_eq!(registry.find(4_023_000_060), Some(GivenOut { raw: None, regions: None }));
        assert!(registry.speaks_of(402) && !registry.speaks_of(403));
        let (unread, _) = Registry::read([("ABC-4xx.csv", "40?;2000000;2000099;100;x;Омская область\n")]);
        assert!(unread.speaks_of(403), "it may have been its line");
        assert!(
            !Registry::default().speaks_of(403) && Registry::default().with_unread_files().speaks_of(403)
        );
    }

    #[test]
    fn neighbouring_ranges_of_one_region_become_one() {
        let (registry, left_out) = Registry::read([("ABC-4xx.csv", CITY)]);
        assert_eq!((registry.len(), left_out.len()), (1, 0));
        assert_eq!(code(&registry, 4_012_150_000), ["RU-KGD"]);
    }
}
