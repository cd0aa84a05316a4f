//! Which files of the folder may be changed from a screen: those that say whom we call, when and how often, and what is
//! said. What opens sockets, or may hold a secret, is changed at the machine.

use std::path::Path;

/// Files of the folder itself.
const FILES: [&str; 6] =
    ["cases.toml", "dispositions.toml", "limits.toml", "quality.toml", "script.toml", "statistics.toml"];

/// Campaigns' files.
const FOLDER: &str = "campaigns/";

/// Whether the file at `path` from the folder may be changed from a screen. A campaign's name there has small letters,
/// digits, `-` and `_`.
pub fn may_edit(path: &str) -> bool {
    let campaign = path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(".toml"));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    FILES.contains(&path)
        || campaign.is_some_and(|name| (1..=64).contains(&name.len()) && name.bytes().all(plain))
}

/// The files that are there and may be changed, and `limits.toml` even where it is not there yet.
pub fn editable(dir: &Path) -> Vec<String> {
    let of_folder = FILES.into_iter().filter(|name| *name == "limits.toml" || dir.join(name).exists());
    let mut paths: Vec<String> = of_folder.map(str::to_owned).collect();
    let entries = std::fs::read_dir(dir.join(FOLDER)).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    paths.extend(names.map(|name| format!("{FOLDER}{name}")).filter(|path| may_edit(path)));
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::may_edit;

    #[test]
    fn no_way_leads_out_of_the_folder_or_to_a_secret() {
        assert!(may_edit("limits.toml") && may_edit("campaigns/spring-2.toml"));
        for odd in [
            "trunks.toml",
            "obzvon.toml",
            "writeback.toml",
            "agents.toml",
            "../limits.toml",
            "campaigns/../trunks.toml",
            "campaigns/.toml",
            "campaigns/a/b.toml",
            "campaigns/A.toml",
            "rules/ru.toml",
            "",
        ] {
            assert!(!may_edit(odd), "{odd}");
        }
    }
}
