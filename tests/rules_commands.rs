//! What `obzvon rules lint`, `diff` and `registry` say.

use std::io::{self, Write};

use obzvon::cli::rules::diff::diff_presets;
use obzvon::cli::rules::lint::lint_presets;
use obzvon::cli::rules::read_presets;
use obzvon::cli::rules::registry::{read_files, tell};
use obzvon::domain::PhoneNumber;
use obzvon::rules::Presets;
use obzvon::rules::limits::Limits;

fn said(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut output = Vec::new();
    write(&mut output);
    String::from_utf8(output).expect("UTF-8")
}

#[test]
fn nothing_in_the_shipped_presets_stops_the_dialling() {
    let text = said(|output| {
        let sound = lint_presets(&Presets::shipped(), None, &[], None, output).expect("memory");
        assert!(sound);
    });
    assert!(!text.contains("error:"), "{text}");
    assert!(text.contains("uk-conc-ofcom: note: calendar UK has no horizon"), "{text}");
}

#[test]
fn limits_that_loosen_are_named() {
    let limits = Limits::read("[[tighten]]\nid = \"ru.call.week\"\nlimit = 5\n").expect("limits");
    let text = said(|output| {
        let names = ["ru-230fz-safe".to_owned()];
        assert!(!lint_presets(&Presets::shipped(), Some(&limits), &names, None, output).expect("memory"));
    });
    assert!(text.starts_with("ru-230fz-safe: error: limits loosen ru.call.week"), "{text}");
}

fn diff(was: &Presets, old: &str, is: &Presets, new: &str, output: &mut Vec<u8>) -> io::Result<bool> {
    let (old, new) = (was.flatten(old).expect("there"), is.flatten(new).expect("there"));
    diff_presets((&old, was.calendars()), (&new, is.calendars()), output)
}

#[test]
fn a_holiday_taken_away_is_told_as_looser() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("rules")).expect("a folder");
    for file in ["core.toml", "ru.toml"] {
        let text = std::fs::read_to_string(format!("config/rules/{file}")).expect("shipped");
        let text = text.replace("\"2026-02-23\",", "");
        std::fs::write(folder.path().join("rules").join(file), text).expect("written");
    }
    let presets = read_presets(Some(folder.path())).expect("a folder of presets");
    let text = said(|output| {
        let shipped = Presets::shipped();
        assert!(!diff(&shipped, "ru-230fz", &presets, "ru-230fz", output).expect("memory"));
    });
    assert!(text.contains("~ calendar RU"), "{text}");
    assert!(text.contains("ru-230fz loosens ru-230fz: calendar RU (off, 2026-02-23)"), "{text}");
}

#[test]
fn a_later_end_of_a_calendar_is_told_as_looser() {
    let mut presets = Presets::default();
    for file in ["core.toml", "ru.toml"] {
        let text = std::fs::read_to_string(format!("config/rules/{file}")).expect("shipped");
        let text = text.replace("horizon = \"2026-12-31\"", "horizon = \"2027-12-31\"");
        presets.add(&text.replace("\"2026-05-11\"", "\"2026-05-11\", \"2027-01-01\"")).expect("sound");
    }
    let text = said(|output| {
        assert!(!diff(&Presets::shipped(), "ru-230fz", &presets, "ru-230fz", output).expect("memory"));
    });
    assert!(text.contains("calendar RU (horizon, 2026-12-31 to 2027-12-31)"), "{text}");
}

#[test]
fn a_diff_says_what_changes_and_which_way() {
    let presets = Presets::shipped();
    let text = said(|output| {
        assert!(!diff(&presets, "ru-230fz-safe", &presets, "ru-230fz-lenient", output).expect("memory"));
    });
    assert!(text.contains("~ ru.call.day (looser): kind.count.kinds:"), "{text}");
    assert!(text.contains("- ru.safe.end_guard (end_guard)"), "{text}");
    assert!(text.contains("ru-230fz-lenient loosens ru-230fz-safe:"), "{text}");
    let same = said(|output| {
        assert!(diff(&presets, "us-regf", &presets, "us-regf+us-ma", output).expect("memory"));
    });
    assert!(same.contains("+ us.ma.2in7 (cap)"), "{same}");
}

#[test]
fn a_registry_file_in_windows_1251_is_read() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let line =
        "900;0000000;0000099;100;x;\u{41e}\u{43c}\u{441}\u{43a}\u{430}\u{44f} \u{43e}\u{431}\u{43b}.\n";
    file.write_all(&encoding_rs::WINDOWS_1251.encode(line).0).expect("written");
    let text = said(|output| {
        let registry = read_files(&[file.path().to_owned()], &mut *output).expect("readable");
        let phone = PhoneNumber::parse("+79000000050").expect("E.164");
        tell(&registry, &phone, output).expect("memory");
    });
    assert_eq!(text, "1 ranges, 0 lines left out\nmobile=RU-OMS: Asia/Omsk\n");
}

#[test]
fn a_folder_of_presets_is_compared_like_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("rules")).expect("a folder");
    for file in ["core.toml", "ru.toml"] {
        let text = std::fs::read_to_string(format!("config/rules/{file}")).expect("shipped");
        let text = text.replace("{id=\"ru.safe.end_guard\", type=\"end_guard\", minutes=10}", "");
        let text = text.replace("rules = [\n  ,", "rules = [");
        std::fs::write(folder.path().join("rules").join(file), text).expect("written");
    }
    let presets = read_presets(Some(folder.path())).expect("a folder of presets");
    let text = said(|output| {
        assert!(
            !diff(&Presets::shipped(), "ru-230fz-safe", &presets, "ru-230fz-safe", output).expect("memory")
        );
    });
    assert!(text.contains("- ru.safe.end_guard"), "{text}");
    let linted = said(|output| assert!(!lint_presets(&presets, None, &[], None, output).expect("memory")));
    assert!(
        linted.contains("ru-230fz-safe: error: ru.safe.end_guard is looser than in the shipped"),
        "{linted}"
    );
}
