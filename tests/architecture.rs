//! The house stands as `lib.rs` draws it: floors look down only, each outside library has one door, cores do no IO.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of `lib.rs`, from the ground up.
const FLOORS: [&[&str]; 5] = [
    &["domain"],
    &["agents", "detect", "ivr", "pacing", "rules", "speech", "stats", "trunk"],
    &["call", "campaign", "cases", "quality", "simulate"],
    &["config", "import", "media", "sip", "store", "synthesis", "web", "webrtc", "writeback"],
    &["cli", "daemon", "demo", "main"],
];

/// Libraries that speak to one outside thing or format, and the modules that may name them.
const DOORS: [(&str, &[&str]); 21] = [
    ("anyhow", &["cli", "daemon", "demo", "main"]),
    ("argon2", &["web"]),
    ("axum", &["web"]),
    ("calamine", &["import"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["cli", "demo"]),
    ("maud", &["web"]),
    ("nix", &["cli", "daemon", "media", "sip", "synthesis"]),
    ("prometheus_client", &["web"]),
    ("rcgen", &["daemon"]),
    ("reqwest", &["synthesis", "writeback"]),
    ("rsipstack", &["sip"]),
    ("rtcp_types", &["media"]),
    ("rtp_rs", &["media", "webrtc"]),
    ("rusqlite", &["store"]),
    ("sdp_types", &["sip"]),
    ("serde_saphyr", &["cli", "config", "ivr"]),
    ("sqlx", &["store"]),
    ("str0m", &["webrtc"]),
    ("tower_http", &["web"]),
    ("tower_sessions", &["web"]),
];

/// What a core (floors 0 to 2) may not name: clocks, tasks, sockets, files, threads, locks.
const NOT_IN_CORES: [&str; 10] = [
    "tokio::",
    "std::env::",
    "std::fs::",
    "std::io::",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process::",
    "std::sync::Mutex",
    "std::sync::mpsc",
    "std::thread::",
];

struct Source {
    path: PathBuf,
    /// The module of the house the file belongs to; `None` for `lib.rs`.
    module: Option<String>,
    /// The text without comments and string literals.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let inside = path.strip_prefix(&root).expect("under src").to_owned();
                let first = inside.iter().next().and_then(|name| name.to_str()).expect("a name in UTF-8");
                let module = first.strip_suffix(".rs").unwrap_or(first).to_owned();
                let code = bare(&fs::read_to_string(&path).expect("a source in UTF-8"));
                found.push(Source { path: inside, module: (module != "lib").then_some(module), code });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// Source text without comments, strings and characters, so that words in them are not taken for code.
fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let next = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut code = String::new();
    let mut at = 0;
    while at < chars.len() {
        let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
        let after_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        match chars[at] {
            '/' if next(at + 1) == '/' => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
            }
            '/' if next(at + 1) == '*' => {
                while at < chars.len() && !(chars[at] == '*' && next(at + 1) == '/') {
                    at += 1;
                }
                at += 2;
            }
            'r' if !after_word && next(at + 1 + hashes) == '"' => {
                at += hashes + 2;
                let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                while at < chars.len() && !chars[at..].starts_with(&close) {
                    at += 1;
                }
                at += close.len();
            }
            '"' => {
                at += 1;
                while at < chars.len() && chars[at] != '"' {
                    at += if chars[at] == '\\' { 2 } else { 1 };
                }
                at += 1;
            }
            '\'' if next(at + 1) == '\\' || next(at + 2) == '\'' => {
                at += if next(at + 1) == '\\' { 3 } else { 2 };
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            }
            other => {
                code.push(other);
                at += 1;
            }
        }
    }
    code
}

/// The modules of the house that `code` names after `crate::`, in groups too.
fn modules_named(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(heads(group)),
            None => named.extend(head(rest)),
        }
    }
    named
}

/// The first name of each path in a `use` group, up to its closing brace.
fn heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let (mut depth, mut begins) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && depth == 0 && !c.is_whitespace() => {
                heads.extend(head(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    heads
}

fn head(path: &str) -> Option<String> {
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

/// `code` names the library in a path or a `use`.
fn names_library(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + library.len()..];
        let starts_a_name = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '.'));
        starts_a_name && (after.starts_with("::") || after.starts_with(';') && code[..at].ends_with("use "))
    })
}

#[test]
fn every_module_has_its_floor() {
    let modules: BTreeSet<String> = sources().into_iter().filter_map(|source| source.module).collect();
    let strangers: Vec<_> = modules.iter().filter(|module| floor(module).is_none()).collect();
    assert!(strangers.is_empty(), "on no floor: {strangers:?}");
}

#[test]
fn a_module_uses_only_floors_below_its_own() {
    let mut crossings = Vec::new();
    for source in sources() {
        let Some(module) = &source.module else { continue };
        let own = floor(module).expect("every module has its floor");
        for used in modules_named(&source.code).into_iter().filter(|used| used != module) {
            let Some(other) = floor(&used) else { continue };
            // The top floor wires freely.
            if other > own || (other == own && own != FLOORS.len() - 1) {
                crossings.push(format!("{}: {module} uses {used}", source.path.display()));
            }
        }
    }
    assert!(crossings.is_empty(), "{}", crossings.join("\n"));
}

#[test]
fn each_outside_library_has_its_door() {
    let mut strays = Vec::new();
    for source in sources() {
        let module = source.module.as_deref().unwrap_or("lib");
        for (library, doors) in DOORS {
            if !doors.contains(&module) && names_library(&source.code, library) {
                strays.push(format!("{}: names {library}", source.path.display()));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn cores_do_no_io() {
    let mut strays = Vec::new();
    for source in sources() {
        let core = source.module.as_deref().and_then(floor).is_some_and(|floor| floor <= 2);
        let words = NOT_IN_CORES.iter().filter(|word| core && source.code.contains(**word));
        strays.extend(words.map(|word| format!("{}: {word}", source.path.display())));
        if core && source.code.contains("async fn") {
            strays.push(format!("{}: async fn", source.path.display()));
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn the_reader_of_sources_sees_groups_and_skips_comments_and_strings() {
    let code = bare(
        "// crate::web\nuse crate::{domain::{A, crate_x}, ivr as i};\nlet s = \"crate::sip\"; pub(in crate::call) fn f<'a>(c: char) { c == '\"' } $crate::media!()",
    );
    let named: Vec<_> = modules_named(&code).into_iter().collect();
    assert_eq!(named, ["call", "domain", "ivr", "media"]);
    assert!(names_library("use sqlx::Row;", "sqlx") && names_library("use sqlx;", "sqlx"));
    assert!(!names_library("crate::sqlx::x my_sqlx::y", "sqlx"));
}

#[test]
fn a_migration_has_a_number_of_its_own_and_stands_in_both_folders() {
    let names = |folder: &str| {
        let listed = fs::read_dir(Path::new("migrations").join(folder)).expect("the migrations");
        let names = listed.map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8"));
        names.collect::<BTreeSet<String>>()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite, postgres);
    let well_named = |name: &&String| {
        let (number, rest) = name.split_at(name.len().min(4));
        number.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with('_') && rest.ends_with(".sql")
    };
    assert_eq!(sqlite.iter().find(|name| !well_named(name)), None);
    let numbers: BTreeSet<&str> = sqlite.iter().map(|name| &name[..4]).collect();
    assert_eq!(numbers.len(), sqlite.len(), "two migrations of one number: {sqlite:?}");
}
