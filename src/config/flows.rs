//! `flows/*.yaml`: checked together with the sound files they play and the promises campaigns allow.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::plan::{FlowsConfig, InboundConfig, PromptsConfig, RulesConfig};
use super::read::{Clause, Mistake, Place, Reading, words};
use crate::campaign::CampaignPlan;
use crate::domain::{DebtKind, Words, nearest};
use crate::ivr::{self, Flow, FlowFile, Policy};
use crate::rules::spot::Spot;

/// The flow files that could be read, by flow name, each with its path.
pub type FlowFiles = BTreeMap<String, (String, FlowFile)>;

/// Reads every flow file; a flow is called as its file.
pub fn read(reading: &Reading<'_>) -> FlowFiles {
    let mut files = FlowFiles::new();
    for path in reading.list("flows", &["yaml", "yml"]) {
        let Some(source) = reading.source(&path) else { continue };
        let (file, mistakes) = ivr::read_all(&source.text);
        mistakes.into_iter().for_each(|mistake| note(reading, &path, mistake));
        let Some(file) = file else { continue };
        if let Some(mistake) = ivr::misnamed(&source.text, &file, Path::new(&path)) {
            note(reading, &path, mistake);
        }
        match files.entry(file.flow.clone()) {
            Entry::Occupied(taken) => {
                let line = source.text.lines().position(|line| line.starts_with("flow:"));
                let line = line.and_then(|line| u32::try_from(line + 1).ok());
                let mistake = Mistake::Twice { name: taken.key().clone() };
                reading.note(Place::File { path, line }, "flow".to_owned(), mistake);
            }
            Entry::Vacant(free) => {
                free.insert((path, file));
            }
        }
    }
    files
}

/// Checks every flow. Its promises may reach no further than each campaign that plays it allows, and it tells first what
/// the rules of each ask for.
pub fn check(
    reading: &Reading<'_>,
    files: &FlowFiles,
    prompts: Option<&PromptsConfig>,
    (campaigns, rules, inbound): (&[Arc<CampaignPlan>], &RulesConfig, Option<&InboundConfig>),
) -> FlowsConfig {
    let sounds = prompts.map(|prompts| sounds(&prompts.dir)).unwrap_or_default();
    let mut flows = FlowsConfig::new();
    for (name, (path, file)) in files {
        // Who calls back may be of any campaign.
        let answers = inbound.is_some_and(|inbound| inbound.flow == *name);
        let playing = || campaigns.iter().filter(|plan| answers || plan.flows().any(|flow| flow == name));
        let mut policy = Policy::default();
        for preset in playing().filter_map(|campaign| rules.presets.get(&campaign.preset)) {
            let more = preset.notices.iter().filter(|notice| !policy.notices.contains(notice)).copied();
            let more: Vec<_> = more.collect();
            policy.notices.extend(more);
        }
        policy.no_debt =
            campaigns.iter().any(|plan| plan.is_service && plan.flow_for(DebtKind::Current) == name);
        if let Some(days) = playing().map(|campaign| campaign.limits.promise_within_days).min() {
            policy.promise_within_days = days.into();
        }
        match Flow::check(file, &policy, &sounds) {
            Ok(flow) => {
                flows.insert(name.clone(), Arc::new(flow));
            }
            Err(mistakes) => mistakes.into_iter().for_each(|mistake| note(reading, path, mistake)),
        }
    }
    if let Some(inbound) = inbound {
        check_inbound(reading, inbound, &flows);
    }
    flows
}

/// Both flows are there, and the one for strangers can tell nobody's debt.
fn check_inbound(reading: &Reading<'_>, inbound: &InboundConfig, flows: &FlowsConfig) {
    let note = |key: &str, mistake| {
        reading.note_spot("obzvon.toml", "", &Spot::default().then("inbound").then(key), mistake);
    };
    for (key, name) in [("flow", &inbound.flow), ("stranger_flow", &inbound.stranger_flow)] {
        if !flows.contains_key(name) {
            let nearest = nearest(name, flows.keys().map(String::as_str)).map(str::to_owned);
            let mistake = Mistake::NoSuch { what: words::FLOW, name: name.clone(), nearest };
            note(key, mistake);
        }
    }
    if flows.get(&inbound.stranger_flow).is_some_and(|flow| !flow.tells_nothing()) {
        note("stranger_flow", Mistake::Contradiction(TELLS_STRANGERS));
    }
}

const TELLS_STRANGERS: Clause = Clause {
    en: "the flow tells a name or a debt: who calls there is not known",
    ru: "сценарий называет имя или долг: кто туда звонит, неизвестно",
};

fn note(reading: &Reading<'_>, path: &str, mistake: ivr::Mistake) {
    let place = Place::File { path: path.to_owned(), line: mistake.line };
    let Words { en, ru } = mistake.text;
    reading.note(place, mistake.key, Mistake::Foreign { code: "flow", en, ru });
}

/// Sound files a flow may play, 8 kHz mono, by their paths from the folder of prompts.
pub fn sounds(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // A link is not followed: it could lead round in a circle.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && is_telephone_wav(&path) => {
                    let relative = path.strip_prefix(dir).ok().and_then(|path| path.to_str());
                    found.extend(relative.map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether the file begins as a WAV of 8 kHz mono in PCM, A-law or µ-law.
fn is_telephone_wav(path: &Path) -> bool {
    use std::io::Read;
    let mut head = Vec::with_capacity(512);
    let opened = fs::File::open(path);
    if opened.and_then(|file| file.take(512).read_to_end(&mut head)).is_err() {
        return false;
    }
    let Some(format) = format_chunk(&head) else { return false };
    let word = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
    matches!(word(0), 1 | 6 | 7) && word(2) == 1 && rate == 8000
}

/// The first 16 bytes of the `fmt ` chunk of a RIFF file's head.
fn format_chunk(head: &[u8]) -> Option<&[u8]> {
    (head.get(..4)? == b"RIFF" && head.get(8..12)? == b"WAVE").then_some(())?;
    let mut at = 12;
    loop {
        let size = u32::from_le_bytes(head.get(at + 4..at + 8)?.try_into().ok()?);
        if head.get(at..at + 4)? == b"fmt " {
            return head.get(at + 8..at + 24);
        }
        // Chunks are padded to even lengths.
        at = at.checked_add(8)?.checked_add(usize::try_from(size.checked_add(size % 2)?).ok()?)?;
    }
}
