//! What other settings would have said of the same recordings.

use std::collections::BTreeMap;

use super::listening::Listening;
use super::manifest::Labelled;
use super::score::Score;
use super::words;
use crate::detect::{DetectorPlan, TalkPlan};
use crate::domain::Language;
use crate::domain::verdict::Verdict;

/// A setting's name, its value, and the plan that differs from the default in it alone; the shipped plan first. The settings are
/// called as in the code, in either language.
fn plans(language: Language) -> Vec<(String, DetectorPlan)> {
    let plan = |change: &dyn Fn(&mut TalkPlan)| {
        let mut plan = DetectorPlan::default();
        change(&mut plan.talk);
        plan
    };
    let shipped = match language {
        Language::En => "as shipped",
        Language::Ru => "как есть",
    };
    let mut plans = vec![(shipped.to_owned(), DetectorPlan::default())];
    for likely in [0.8, 0.9, 0.95, 0.99] {
        plans.push((format!("machine_above {likely}"), plan(&|talk| talk.machine_above = likely)));
    }
    for likely in [0.2, 0.3, 0.5, 0.6] {
        plans.push((format!("human_below {likely}"), plan(&|talk| talk.human_below = likely)));
    }
    for likely in [-1.0, 0.1, 0.25] {
        plans.push((format!("human_surely_below {likely}"), plan(&|talk| talk.human_surely_below = likely)));
    }
    for ms in [120, 240, 300, 400, 600] {
        plans.push((format!("wait_ms {ms}"), plan(&|talk| talk.wait_ms = ms)));
    }
    for likely in [0.8, 0.95, 2.0] {
        plans.push((format!("machine_after_all {likely}"), plan(&|talk| talk.machine_after_all = likely)));
    }
    for likely in [-1.0, 0.1, 0.3, 0.45] {
        plans.push((format!("human_after_all {likely}"), plan(&|talk| talk.human_after_all = likely)));
    }
    plans
}

/// By labelled recordings: what each setting would have lost and passed.
pub(super) fn by_truth(recordings: &[(Labelled, Vec<i16>)], language: Language) -> String {
    let rows = plans(language).into_iter().map(|(name, plan)| {
        let mut score = Score::default();
        for (label, samples) in recordings {
            score.add(label.clone(), Listening::to(samples, &plan));
        }
        format!("{name:<24} {}\n", score.brief())
    });
    format!("{:<24} {}\n{}", "", Score::brief_header(language), rows.collect::<String>())
}

/// By recordings without labels: how many of each verdict, and how many differ from those of the shipped settings.
pub(super) fn by_count(recordings: &[Vec<i16>], language: Language) -> String {
    let called = |verdict: Verdict| match language {
        Language::En => verdict.code(),
        Language::Ru => words::verdict(verdict, language),
    };
    let changed = match language {
        Language::En => "changed",
        Language::Ru => "изменилось",
    };
    let mut shipped = Vec::new();
    let mut text = String::new();
    for (name, plan) in plans(language) {
        let verdicts: Vec<_> =
            recordings.iter().map(|samples| called(Listening::to(samples, &plan).last.verdict)).collect();
        if shipped.is_empty() {
            shipped.clone_from(&verdicts);
        }
        let differ = verdicts.iter().zip(&shipped).filter(|(new, old)| new != old).count();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        verdicts.iter().for_each(|verdict| *counts.entry(verdict).or_default() += 1);
        let counts: Vec<String> =
            counts.iter().map(|(verdict, count)| format!("{verdict} {count}")).collect();
        text.push_str(&format!("{name:<24} {}; {changed} {differ}\n", counts.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cli::detect::sound_file;

    #[test]
    fn every_setting_tried_differs_from_the_shipped_ones_in_one_thing() {
        let shipped = format!("{:#?}", TalkPlan::default());
        let plans = plans(Language::En);
        assert_eq!(plans[0].1, DetectorPlan::default());
        for (name, plan) in &plans[1..] {
            let tried = format!("{:#?}", plan.talk);
            let differ: Vec<_> = tried.lines().zip(shipped.lines()).filter(|(new, old)| new != old).collect();
            let (setting, value) = name.split_once(' ').unwrap();
            assert_eq!(differ.len(), 1, "{name}");
            assert!(
                differ[0].0.trim().starts_with(&format!("{setting}: {value}")),
                "{name}: {}",
                differ[0].0
            );
        }
    }

    #[test]
    fn a_sweep_counts_the_verdicts_and_those_that_changed() {
        let mut hello = sound_file::read(Path::new("prompts/en/hello-end.wav")).unwrap();
        hello.extend([0; 8 * 6000]);
        let recordings = [hello, vec![0; 8 * 9000]];
        let told = by_count(&recordings, Language::En);
        assert_eq!(told.lines().count(), plans(Language::En).len());
        let line = |name: &str| told.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line("as shipped").ends_with(" human 1, silence 1; changed 0"), "{told}");
        let russian = by_count(&recordings, Language::Ru);
        let first = russian.lines().next().unwrap();
        assert!(
            first.starts_with("как есть") && first.ends_with(" тишина 1, человек 1; изменилось 0"),
            "{russian}"
        );
    }
}
