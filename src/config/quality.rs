//! `quality.toml`: the form that talks are reviewed by, and how many are listened to. Without the file there is no form.

use super::plan::QualityConfig;
use super::read::{Clause, Mistake, Reading, Section};
use crate::domain::Stage;
use crate::quality::{Criterion, Form, Quota};

const FILE: &str = "quality.toml";

/// Reads the file, if it is there; `None` means noted.
pub fn quality(reading: &Reading<'_>) -> Option<QualityConfig> {
    if !reading.has(FILE) {
        return Some(QualityConfig::default());
    }
    let source = reading.source(FILE)?;
    reading.toml(&source, "quality", |root| {
        let quota = quota(&root.child("sampling"));
        let read = |(key, section): (String, Section<'_>)| criterion(key, &section);
        let criteria: Option<Vec<Criterion>> =
            root.children("criterion").into_iter().map(read).collect::<Vec<_>>().into_iter().collect();
        let mut form = Form { criteria: criteria? };
        // In the order of a talk; within a stage as they are written.
        form.criteria.sort_by_key(|criterion| criterion.stage);
        Some(QualityConfig { form, quota: quota? })
    })
}

fn quota(section: &Section<'_>) -> Option<Quota> {
    let usual = Quota::default();
    let read = |key, usual: u16| section.or(key, usual, |value| value.integer(0..=100));
    let quota = [
        read("random", usual.random),
        read("longest", usual.longest),
        read("triggers", usual.triggers),
        read("complaints", usual.complaints),
    ];
    section.finish();
    let [random, longest, triggers, complaints] = quota;
    Some(Quota { random: random?, longest: longest?, triggers: triggers?, complaints: complaints? })
}

fn criterion(key: String, section: &Section<'_>) -> Option<Criterion> {
    let stages = Stage::ALL.map(|stage| (stage.code(), stage));
    let stage = section.must("stage", STAGE, |value| value.one_of(&stages));
    let weight = section.or("weight", 1, |value| value.integer(1..=1000));
    let critical = section.or("critical", false, |value| value.flag());
    let text = |name| section.must(name, TEXT, |value| value.text());
    let (ru, en) = (text("ru"), text("en"));
    section.finish();
    if key.len() > 40 || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        section.note("stage", Mistake::Malformed { is: key, wants: KEY });
        return None;
    }
    Some(Criterion { key, stage: stage?, ru: ru?, en: en?, weight: weight?, critical: critical? })
}

const STAGE: Clause = Clause { en: "stage of a talk", ru: "этап разговора" };
const TEXT: Clause =
    Clause { en: "what the criterion is called", ru: "как называется критерий" };
const KEY: Clause = Clause {
    en: "a key of small letters, digits and _",
    ru: "ключ из строчных латинских букв, цифр и _",
};
