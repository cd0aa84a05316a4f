//! The flows we ship pass what every flow must pass.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use obzvon::ivr::{self, Flow, Policy};

fn flow_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/flows");
    let entries = std::fs::read_dir(folder).expect("the folder of flows");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ext| ext == "yaml")).collect();
    files.sort();
    files
}

fn checked(path: &Path) -> Flow {
    let text = std::fs::read_to_string(path).expect("a flow file");
    let file = ivr::read(&text).unwrap_or_else(|mistake| panic!("{}: {mistake}", path.display()));
    Flow::check(&file, &Policy::default(), &BTreeSet::new()).unwrap_or_else(|mistakes| {
        let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}:\n{}", path.display(), lines.join("\n"))
    })
}

#[test]
fn every_shipped_flow_passes_the_checker_and_is_named_as_its_file() {
    let files = flow_files();
    assert!(files.len() >= 4);
    for path in files {
        let flow = checked(&path);
        assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(flow.name()));
    }
}

#[test]
fn fixed_texts_come_once_each_and_hold_no_slot() {
    for path in flow_files() {
        let texts = ivr::fixed_texts(&checked(&path));
        assert!(!texts.is_empty());
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(texts.iter().all(|(_, text)| !text.contains(['{', '}'])));
    }
}
