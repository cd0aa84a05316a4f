//! `obzvon flow test`: rehearses cases and shows what came out otherwise.

use std::path::PathBuf;
use std::sync::Arc;

use super::files::{self, Folder};
use crate::daemon::Clock;
use crate::ivr::CaseFile;

/// Rehearses the cases of `files` and tells whether all came out as expected.
pub fn rehearse(folder: &Folder, files: &[PathBuf]) -> anyhow::Result<bool> {
    let files =
        if files.is_empty() { files::yaml_files(&folder.flows().join("tests"))? } else { files.to_vec() };
    let (mut passed, mut failed) = (0, 0);
    for path in files {
        let cases = match CaseFile::read(&files::read(&path)?) {
            Ok(cases) => cases,
            Err(mistake) => {
                files::show(&path, &[mistake], folder.language());
                failed += 1;
                continue;
            }
        };
        let flow_path = folder.flow_file(&cases.flow);
        let flow = match folder.flow(&flow_path)? {
            Ok(flow) => Arc::new(flow),
            Err(mistakes) => {
                files::show(&flow_path, &mistakes, folder.language());
                failed += 1;
                continue;
            }
        };
        for case in &cases.cases {
            let failures = case.failures(&flow, Clock.now(), &super::heard);
            if failures.is_empty() {
                passed += 1;
            } else {
                failed += 1;
                println!("{}: {}\n  {}", path.display(), case.name, failures.join("\n  "));
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}
