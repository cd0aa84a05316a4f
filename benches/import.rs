//! How fast a list is read and how much memory it takes: `cargo bench --bench import`.
//!
//! Writes lists of a million rows (`ROWS=…` for another number) and has the program itself read them: checked
//! only, and into an empty SQLite. Prints rows a second and the peak of the resident set. A word after `--` takes only
//! the measurements that have it in their name.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The most seconds and MB a million rows may take.
const AIM: (f64, u64) = (60.0, 300);

fn main() {
    let rows: u32 = std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let dir = tempfile::tempdir().expect("a folder");
    let utf8 = dir.path().join("utf8.csv");
    let cp1251 = dir.path().join("cp1251.csv");
    let xlsx = dir.path().join("list.xlsx");
    write_csv(&utf8, rows, |text| text.as_bytes().to_vec());
    write_csv(&cp1251, rows, |text| encoding_rs::WINDOWS_1251.encode(text).0.into_owned());
    write_xlsx(&xlsx, rows.min(1_000_000));
    println!("rows {rows}; aim: {} s and {} MB", AIM.0, AIM.1);
    println!("{:<28} {:>8} {:>12} {:>8}", "", "s", "rows/s", "MB");
    measure("CSV UTF-8, checked", &utf8, rows, &["--dry-run"]);
    measure("CSV Windows-1251, checked", &cp1251, rows, &["--dry-run"]);
    measure("XLSX, checked", &xlsx, rows.min(1_000_000), &["--dry-run"]);
    measure("CSV into empty SQLite", &utf8, rows, &[]);
    measure("the same list again", &utf8, rows, &[]);
}

fn measure(what: &str, list: &Path, rows: u32, arguments: &[&str]) {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--")).peekable();
    if words.peek().is_some() && !words.any(|word| what.contains(&word)) {
        return;
    }
    let config = list.with_file_name("config");
    copy(Path::new("config"), &config);
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .arg("import")
        .arg(list)
        .args(["--json", "--config"])
        .arg(&config)
        .args(arguments)
        .env("OBZVON__PROMPTS__DIR", Path::new("prompts").canonicalize().expect("the prompts"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let peak = watch(&mut child);
    let took = begun.elapsed().as_secs_f64();
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    println!("{what:<28} {took:>8.1} {:>12.0} {peak:>8}", f64::from(rows) / took);
}

/// The peak of the resident set, in MB, when the child has ended.
fn watch(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while matches!(child.try_wait(), Ok(None)) {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kb.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(20));
    }
    peak
}

const HEADER: [&str; 9] = [
    "Номер договора",
    "ID клиента",
    "ФИО",
    "Телефон",
    "Сумма долга",
    "Срок оплаты",
    "Кредитор",
    "Тип должника",
    "Регион",
];

fn row(n: u32) -> [String; 9] {
    [
        format!("Д-{n:08}"),
        format!("{}", n / 3 * 3),
        format!("Образцов{} Иван Иванович", n / 3),
        format!("8 (9{:02}) {:03}-{:02}-{:02}", n % 89 + 10, n / 10_000 % 1000, n / 100 % 100, n % 100),
        format!("{} {:03},{:02}", n % 90 + 1, n % 1000, n % 100),
        format!("{:02}.{:02}.2026", n % 28 + 1, n % 12 + 1),
        format!("ООО «Образец {}»", n % 20),
        "forgetful".to_owned(),
        "Свердловская область".to_owned(),
    ]
}

fn write_csv(path: &Path, rows: u32, encode: fn(&str) -> Vec<u8>) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut line =
        |cells: &[String]| file.write_all(&encode(&format!("{}\n", cells.join(";")))).expect("a line");
    line(&HEADER.map(str::to_owned));
    (0..rows).for_each(|n| line(&row(n)));
    file.flush().expect("the end of the file");
}

/// A workbook as Excel writes it: every text once in the table of shared strings, the cells by number.
fn write_xlsx(path: &Path, rows: u32) {
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    let mut book = ZipWriter::new(BufWriter::new(File::create(path).expect("a file")));
    for (name, text) in BOOK {
        book.start_file(name, packed).expect("a part");
        book.write_all(text.as_bytes()).expect("a part");
    }
    // As spreadsheets write them: each text once, sums and dates as numbers.
    let mut texts: HashMap<String, usize> = HashMap::new();
    let mut order = Vec::new();
    book.start_file("xl/worksheets/sheet1.xml", packed).expect("a part");
    let mut sheet = BufWriter::new(&mut book);
    write!(sheet, "<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:I{}\"/><sheetData>", rows + 1)
        .expect("a row");
    for n in 0..=rows {
        write!(sheet, "<row r=\"{}\">", n + 1).expect("a row");
        let cells = if n == 0 { HEADER.map(str::to_owned) } else { row(n - 1) };
        for (letter, cell) in ('A'..='I').zip(cells) {
            let number = cell.replace([' ', '\u{a0}'], "").replace(',', ".");
            if letter != 'D' && number.parse::<f64>().is_ok() {
                write!(sheet, "<c r=\"{letter}{}\"><v>{number}</v></c>", n + 1).expect("a cell");
                continue;
            }
            let next = texts.len();
            let at = *texts.entry(cell).or_insert_with_key(|text| {
                order.push(text.clone());
                next
            });
            write!(sheet, "<c r=\"{letter}{}\" t=\"s\"><v>{at}</v></c>", n + 1).expect("a cell");
        }
        write!(sheet, "</row>").expect("a row");
    }
    write!(sheet, "</sheetData></worksheet>").expect("a row");
    drop(sheet);
    book.start_file("xl/sharedStrings.xml", packed).expect("a part");
    let mut shared = BufWriter::new(&mut book);
    write!(shared, "<sst xmlns=\"{MAIN}\">").expect("a text");
    order.iter().for_each(|text| write!(shared, "<si><t>{text}</t></si>").expect("a text"));
    write!(shared, "</sst>").expect("a text");
    drop(shared);
    book.finish().expect("a workbook");
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

const BOOK: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    ),
];

/// The shipped configuration, next to the lists, so that its data folder is there too.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the configuration").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
