//! Lists as they come: every encoding, delimiter and habit; and files that are no lists.

use std::fs;
use std::path::{Path, PathBuf};

use obzvon::domain::{Currency, DebtorType, ImportRow, Language};
use obzvon::import::{Column, Counts, ImportFault, Item, Meaning, Options, Preset, RejectedFile, read_list};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tempfile::TempDir;

fn options() -> Options {
    with(Preset::default())
}

fn with(preset: Preset) -> Options {
    Options::new(preset, "RU", Currency::Rub, Language::Ru).expect("a sound preset")
}

#[derive(Debug, Default)]
struct Read {
    rows: Vec<ImportRow>,
    rejected: Vec<(u64, Vec<&'static str>)>,
    counts: Counts,
}

fn read_with(path: &Path, options: &Options) -> Result<Read, ImportFault> {
    let mut read = Read::default();
    let counts = read_list(path, options, &mut |item| {
        match item {
            Item::Heading { .. } => {}
            Item::Rejected { record, reasons, .. } => {
                read.rejected.push((record.line, reasons.iter().map(|reason| reason.code()).collect()));
            }
            Item::Row { row, .. } => read.rows.push(row),
        }
        Ok(())
    })?;
    read.counts = counts;
    assert_eq!(counts.rows, counts.sound + counts.duplicate + counts.rejected);
    Ok(read)
}

/// A file with these bytes.
fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("list");
    fs::write(&path, bytes).expect("a file");
    (dir, path)
}

fn read(bytes: &[u8]) -> Result<Read, ImportFault> {
    let (_dir, path) = file(bytes);
    read_with(&path, &options())
}

fn fault(bytes: &[u8]) -> &'static str {
    read(bytes).expect_err("a fault").code()
}

const SMALL: &str =
    "external_id;phone;amount;due;creditor\nA-1;8 999 123-45-67;1 234,50;31.12.2026;Ромашка\n";

fn check_small(read: &Read) {
    assert_eq!(read.counts, Counts { rows: 1, sound: 1, ..Counts::default() });
    let row = &read.rows[0];
    assert_eq!((row.external_id.as_str(), row.creditor.as_str()), ("A-1", "Ромашка"));
    assert_eq!(row.phones[0].as_e164(), "+79991234567");
    assert_eq!(row.amount.reveal(), "1234.50 RUB");
    assert_eq!(row.due.to_string(), "2026-12-31");
}

#[test]
fn the_shipped_example_is_read_whole() {
    let read = read_with(Path::new("tests/import/debtors.csv"), &options()).expect("a list");
    let counts = Counts { rows: 6, sound: 5, duplicate: 1, rejected: 0, phones_left_out: 1 };
    assert_eq!(read.counts, counts);
    let person = &read.rows[0];
    assert_eq!(
        person.name.as_ref().map(|name| name.reveal().to_owned()).as_deref(),
        Some("Образцова Мария Ивановна")
    );
    assert_eq!(
        person.phones.iter().map(|phone| phone.as_e164()).collect::<Vec<_>>(),
        ["+79990000001", "+74950000001"]
    );
    assert_eq!(person.debtor_type, Some(DebtorType::Forgetful));
    assert_eq!(person.time_zone.as_deref(), Some("Asia/Yekaterinburg"), "МСК+2, by 107-FZ");
    assert_eq!(read.rows[1].person_id, person.person_id, "two debts of one person");
    assert_ne!(read.rows[1].external_id, person.external_id);
    assert_eq!(read.rows[2].amount.currency, Currency::Usd);
    assert_eq!(read.rows[2].language, Language::En);
}

#[test]
fn a_list_is_read_alike_in_every_encoding_and_with_every_delimiter() {
    check_small(&read(SMALL.as_bytes()).expect("UTF-8"));
    check_small(&read(format!("\u{feff}{SMALL}").as_bytes()).expect("with a byte order mark"));
    check_small(&read(&encoding_rs::WINDOWS_1251.encode(SMALL).0).expect("Windows-1251"));
    check_small(&read(SMALL.replace('\n', "\r\n").as_bytes()).expect("CRLF"));
    check_small(&read(SMALL.trim_end().as_bytes()).expect("no newline at the end"));
    check_small(&read(SMALL.replace(';', "\t").as_bytes()).expect("tabs"));
    check_small(&read(SMALL.replace(',', ".").replace(';', ",").as_bytes()).expect("commas"));
}

#[test]
fn text_beyond_the_first_piece_is_told_apart_too() {
    // The first Russian letter stands after 100,000 bytes of ASCII.
    let mut list = "id;phone;amount;due;creditor\n".to_owned();
    for n in 0..3000 {
        list += &format!("A-{n};+79990000001;100;2026-12-31;Flower\n");
    }
    list += "B-1;+79990000001;100;2026-12-31;Ромашка\n";
    for bytes in [list.clone().into_bytes(), encoding_rs::WINDOWS_1251.encode(&list).0.into_owned()] {
        let read = read(&bytes).expect("a list");
        assert_eq!(read.rows.last().map(|row| row.creditor.as_str()), Some("Ромашка"));
        assert_eq!(read.rows.last().map(|row| row.line), Some(3002));
    }
}

#[test]
fn a_row_says_everything_that_is_wrong_with_it() {
    let list = "id;phone;amount;due;creditor;tz;type\n\
        ;123;1,234;32.12.2026;;Омск;хороший\n\
        A-2;;0;31.12.2026;Ромашка;;\n\
        A-3;+79990000001;10;31.12.2026;Ромашка;;;лишнее\n\
        A-4;+79990000001;10;31.12.2026;obzvon: test calls;;\n";
    let read = read(list.as_bytes()).expect("a list");
    let first = vec![
        "time_zone_unknown",
        "id_missing",
        "phone_unreadable",
        "creditor_missing",
        "amount_ambiguous",
        "due_unreadable",
        "debtor_type_unknown",
    ];
    let second = vec!["phone_missing", "amount_not_positive"];
    assert_eq!(
        read.rejected,
        [(2, first), (3, second), (4, vec!["wrong_cell_count"]), (5, vec!["creditor_reserved"])]
    );
}

#[test]
fn the_same_debt_again_is_a_duplicate_and_with_other_values_a_contradiction() {
    let row = "A-1;+79990000001;10;31.12.2026;Ромашка\n";
    let list = format!("id;phone;amount;due;creditor\n{row}{row}{}", row.replace(";10;", ";11;"));
    let read = read(list.as_bytes()).expect("a list");
    assert_eq!((read.counts.sound, read.counts.duplicate, read.counts.rejected), (1, 1, 1));
    assert_eq!(read.rejected, [(4, vec!["contradicts"])]);
}

#[test]
fn a_person_without_an_id_is_known_by_his_phone() {
    let list = "id;phone;amount;due;creditor\n\
        A-1;89990000001;10;31.12.2026;X\nA-2;+7 999 000-00-01;10;31.12.2026;X\nA-3;89990000002;10;31.12.2026;X\n";
    let read = read(list.as_bytes()).expect("a list");
    assert_eq!(read.rows[0].person_id, read.rows[1].person_id);
    assert_ne!(read.rows[0].person_id, read.rows[2].person_id);
    assert!(!read.rows[0].person_id.contains("999"), "the id does not show the number");
}

#[test]
fn what_is_no_list_gets_a_clear_fault() {
    let header = "id;phone;amount;due;creditor\n";
    let row = "A-1;+79990000001;10;31.12.2026;Ромашка\n";
    assert_eq!(fault(b""), "empty");
    assert_eq!(fault(b"\n\n"), "empty");
    assert_eq!(fault(header.as_bytes()), "no_rows");
    assert_eq!(fault(format!("{header}{row}A\02;x\n").as_bytes()), "nul");
    assert_eq!(fault(format!("{header}{row}\"A-2;+79990000001;10\n").as_bytes()), "broken_quote");
    assert_eq!(fault(format!("{header}{row}\"{}", row.repeat(50_000)).as_bytes()), "overlong");
    assert_eq!(fault(format!("{header}{};1\n", "x".repeat(70_000)).as_bytes()), "overlong");
    assert_eq!(fault(";".repeat(1_000_000).as_bytes()), "too_many_columns");
    assert_eq!(fault(b"id;id;phone\n"), "header_twice");
    assert_eq!(fault("id;phone;amount;сумма;due;creditor\n".as_bytes()), "column_twice");
    assert_eq!(fault(b"id;phone;due\nA;1;2\n"), "missing_columns");
    assert_eq!(fault(b"\xff\xfei\0d\0"), "other_kind");
    assert_eq!(fault(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "other_kind");
    assert_eq!(fault(b"PK\x03\x04 this is no archive"), "archive");
    let mut broken = format!("{header}{}", row.repeat(10)).into_bytes();
    broken.extend([b'A', 0xD0, b'\n']);
    assert_eq!(fault(&broken), "not_text");
}

#[test]
fn a_fault_names_its_line_and_its_cure_in_both_languages() {
    let list = "id;phone;amount;due;creditor\nA-1;1;1;1;1\n\"A-2;1\n";
    let fault = read(list.as_bytes()).expect_err("a broken quote");
    assert_eq!(fault.text(Language::En), "line 3: a quote is opened and not closed");
    assert_eq!(fault.text(Language::Ru), "строка 3: кавычка открыта и не закрыта");
    let fault = read(b"phone;amount;due;creditor\n").expect_err("no id");
    assert!(fault.text(Language::En).starts_with("no column for external id (external id, "), "{fault}");
}

#[test]
fn quoted_cells_may_hold_delimiters_newlines_and_quotes() {
    let list = "id;phone;amount;due;creditor\n\
        A-1;\"8 999 000-00-01; 8 999 000-00-02\";10;31.12.2026;\"ООО \"\"Ромашка\"\"\nМосква\"\n\
        A-2;89990000001;10;31.12.2026;ООО \"Ромашка\"\n";
    let read = read(list.as_bytes()).expect("a list");
    assert_eq!(read.rows[0].phones.len(), 2);
    assert_eq!(read.rows[0].creditor, "ООО \"Ромашка\"\nМосква");
    assert_eq!((read.rows[1].creditor.as_str(), read.rows[1].line), ("ООО \"Ромашка\"", 4));
}

#[test]
fn rejected_rows_come_back_as_a_file_that_can_be_mended_and_read_again() {
    let (dir, path) = file(
        "id;phone;amount;due;creditor\n=A-1;+79990000001;x;31.12.2026;Ромашка\nA-2;+79990000001;5;31.12.2026;Я\n"
            .as_bytes(),
    );
    let out = dir.path().join("rejected.csv");
    let mut rejected = RejectedFile::new(&out, Language::Ru);
    read_list(&path, &options(), &mut |item| match item {
        Item::Heading { mapping, .. } => {
            rejected.heading(&mapping.header);
            Ok(())
        }
        Item::Rejected { record, reasons, .. } => rejected.write(record, reasons),
        Item::Row { .. } => Ok(()),
    })
    .expect("a list");
    assert_eq!(rejected.finish().expect("written"), Some(out.clone()));
    let text = fs::read_to_string(&out).expect("text");
    let expected = "\u{feff}id;phone;amount;due;creditor;line;reason\n\
        '=A-1;+79990000001;x;31.12.2026;Ромашка;2;amount_unreadable: сумма не читается\n";
    assert_eq!(text, expected);
    fs::write(&out, text.replace(";x;", ";7,50;")).expect("mended");
    let read = read_with(&out, &options()).expect("a list");
    assert_eq!((read.rows[0].external_id.as_str(), read.rows[0].amount.minor), ("=A-1", 750));
}

#[test]
fn nothing_is_written_when_nothing_is_rejected() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("rejected.csv");
    assert_eq!(RejectedFile::new(&out, Language::Ru).finish().expect("nothing"), None);
    assert!(!out.exists());
}

#[test]
fn a_preset_reads_headers_in_its_authors_words() {
    let (_dir, path) = file("Дело|Контакт|ОД|Дата\nA-1|89990000001|10|12/31/2026\n".as_bytes());
    let mut preset = Preset { delimiter: Some('|'), ..Preset::default() };
    for (header, column) in [
        ("Дело", Column::ExternalId),
        ("Контакт", Column::Phone),
        ("ОД", Column::Amount),
        ("Дата", Column::Due),
    ] {
        preset.columns.insert(header.into(), Meaning::Column(column));
    }
    preset.creditor = Some("Банк".into());
    preset.region = Some("US".into());
    let read = read_with(&path, &with(preset.clone())).expect("a list");
    assert_eq!(read.rejected, [(2, vec!["phone_unreadable"])], "in the United States that is no number");
    preset.region = Some("RU".into());
    assert_eq!(read_with(&path, &with(preset)).expect("a list").rejected, [(2, vec!["due_unreadable"])]);
}

/// A sheet with numbers and dates as Excel keeps them.
fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in ["Номер договора", "Телефон", "Сумма", "Срок", "Кредитор"].iter().enumerate()
    {
        sheet.write(0, u16::try_from(column).expect("five"), *header).expect("a cell");
    }
    let date = Format::new().set_num_format("dd.mm.yyyy");
    sheet.write(1, 0, "A-1").expect("a cell");
    sheet.write(1, 1, 79_991_234_567.0_f64).expect("a cell");
    sheet.write(1, 2, 1234.5_f64).expect("a cell");
    let due = ExcelDateTime::from_ymd(2026, 12, 31).expect("a date");
    sheet.write_with_format(1, 3, &due, &date).expect("a cell");
    sheet.write(1, 4, "Ромашка").expect("a cell");
    sheet.write(3, 0, "A-2").expect("a cell");
    book.save(path).expect("a workbook");
}

#[test]
fn a_spreadsheet_is_read_like_text() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("list.xlsx");
    workbook(&path);
    let read = read_with(&path, &options()).expect("a list");
    let row = &read.rows[0];
    assert_eq!((row.external_id.as_str(), row.line), ("A-1", 2));
    assert_eq!(row.phones[0].as_e164(), "+79991234567");
    assert_eq!(row.amount.reveal(), "1234.50 RUB");
    assert_eq!(row.due.to_string(), "2026-12-31");
    assert_eq!(read.rejected.len(), 1);
    assert_eq!(read.rejected[0].0, 4, "the row as the program numbers it");
    let preset = Preset { sheet: Some("Нет такого".into()), ..Preset::default() };
    assert_eq!(read_with(&path, &with(preset)).expect_err("no sheet").code(), "no_sheet");
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_opened() {
    use std::io::Write;
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("bomb.xlsx");
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).expect("a file"));
    let packed =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/worksheets/sheet1.xml", packed).expect("a part");
    for _ in 0..4 {
        archive.write_all(&vec![b' '; 1 << 20]).expect("blank");
    }
    archive.finish().expect("an archive");
    assert!(fs::metadata(&path).expect("a file").len() < 20_000);
    assert_eq!(read_with(&path, &options()).expect_err("a bomb").code(), "bomb");
}

mod properties {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_bytes_are_read_or_refused_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = super::read(&bytes);
        }

        #[test]
        fn any_cells_are_read_or_rejected(cells in prop::collection::vec("[^\0\"]{0,12}", 1..40)) {
            let list = format!("id;phone;amount;due;creditor\n{}\n", cells.join(";").replace(['\r', '\u{feff}'], ""));
            let _ = super::read(list.as_bytes());
        }
    }
}
