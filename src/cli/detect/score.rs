//! How right the verdicts on labelled recordings are, and how soon they came.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::listening::{Judged, Listening};
use super::manifest::Labelled;
use crate::domain::Language;
use crate::domain::verdict::{Heard, Verdict};

/// Sums over recordings.
#[derive(Clone, Debug, Default)]
pub struct Score {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    label: Labelled,
    heard: Listening,
}

/// The share of each class among people and among machines in service. Denominators: calls a person, or a machine,
/// answered.
const SERVICE: [(&str, f64); 19] = [
    ("human-short-ru", 0.52),
    ("human-short-en", 0.18),
    ("human-natural", 0.08),
    ("human-noisy-ru", 0.06),
    ("human-noisy-en", 0.02),
    ("human-long-ru", 0.05),
    ("human-long-en", 0.02),
    ("human-read", 0.01),
    ("human-late-ru", 0.06),
    ("machine-ru", 0.34),
    ("machine-en", 0.10),
    ("machine-prompt", 0.28),
    ("machine-short-ru", 0.05),
    ("machine-short-en", 0.02),
    ("machine-home-ru", 0.03),
    ("machine-slow-ru", 0.06),
    ("machine-bot-ru", 0.08),
    ("machine-bot-en", 0.01),
    ("machine-music-ru", 0.03),
];

/// The share of a class in service; `None` for what is neither person nor machine there.
pub fn service_share(class: &str) -> Option<f64> {
    SERVICE.iter().find(|(name, _)| *name == class).map(|(_, share)| *share)
}

const ENGLISH_HEADER: &str = "verdict at the end: people lost % and in the service mix, machines passed % and in the mix, \
     human after the utterance's end s median and 95 %, machine s median and 95 %  |  the same by the first verdict";
const RUSSIAN_HEADER: &str = "вердикт в конце: людей потеряно % и в смеси службы, автоответчиков пропущено % и в смеси, \
     человек после конца первой реплики с: медиана и 95 %, автоответчик с: медиана и 95 %  |  то же по первому вердикту";

impl Score {
    pub fn add(&mut self, label: Labelled, heard: Listening) {
        self.rows.push(Row { label, heard });
    }

    fn of(&self, truth: &str) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.label.truth == truth).collect()
    }

    /// Numerator: rows of the truth that are bad; denominator: all of it. Then the same by the weights of service, where
    /// a class is in service.
    fn share(&self, truth: &str, bad: impl Fn(&Row) -> bool) -> (usize, usize, Option<f64>) {
        let rows = self.of(truth);
        let count = rows.iter().filter(|row| bad(row)).count();
        let mut classes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for row in &rows {
            let sums = classes.entry(&row.label.class).or_default();
            *sums = (sums.0 + f64::from(u8::from(bad(row))), sums.1 + 1.0);
        }
        let weighed = |class: &str| service_share(class).unwrap_or(0.0);
        let whole: f64 = classes.keys().map(|class| weighed(class)).sum();
        let mix: f64 = classes.iter().map(|(class, (bad, all))| weighed(class) * bad / all).sum();
        (count, rows.len(), (whole > 0.0).then(|| mix / whole))
    }

    /// The goals in one line; [`Self::brief_header`] names them.
    pub fn brief(&self) -> String {
        let percent = |(count, all, mix): (usize, usize, Option<f64>)| {
            let mix = mix.map_or("-".to_owned(), |mix| format!("{:.1}", 100.0 * mix));
            format!("{:>5.1} {mix:>5}", 100.0 * count as f64 / all.max(1) as f64)
        };
        let seconds = |times: Option<(f64, f64)>| match times {
            Some((median, late)) => format!("{median:>5.2} {late:>5.2}"),
            None => format!("{:>5} {:>5}", "-", "-"),
        };
        let of = |of: fn(&Listening) -> Judged| {
            [
                percent(self.share("human", |row| is_lost(of(&row.heard)))),
                percent(self.share("machine", |row| is_passed(of(&row.heard)))),
                seconds(middle_and_late(self.delays(of))),
                seconds(middle_and_late(self.machine_times(of))),
            ]
            .join("   ")
        };
        format!("{}  |  {}", of(|heard| heard.last), of(|heard| heard.first))
    }

    /// What the columns of [`Self::brief`] are.
    pub fn brief_header(language: Language) -> &'static str {
        match language {
            Language::En => ENGLISH_HEADER,
            Language::Ru => RUSSIAN_HEADER,
        }
    }

    /// The least that is wanted of the detector and is not reached, by the verdict that stood at the end.
    pub fn missed_goals(&self) -> Vec<String> {
        let of = |heard: &Listening| heard.last;
        let (lost, people, lost_mix) = self.share("human", |row| is_lost(row.heard.last));
        let (passed, machines, passed_mix) = self.share("machine", |row| is_passed(row.heard.last));
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let late = |row: &Row| row.heard.last.verdict != Verdict::Human || row.heard.last.at_ms > 2000;
        let (waiting, ..) = self.share("human", late);
        let (delay, late_delay) = middle_and_late(self.delays(of)).unwrap_or_default();
        let (time, late_time) = middle_and_late(self.machine_times(of)).unwrap_or_default();
        let (tones_right, tones) = self.tones_right();
        let goals = [
            ("people lost", share(lost, people), 0.06),
            ("people lost, service mix", lost_mix.unwrap_or(f64::INFINITY), 0.02),
            ("machines passed", share(passed, machines), 0.2),
            ("machines passed, service mix", passed_mix.unwrap_or(f64::INFINITY), 0.12),
            ("a person's delay, median s", delay, 0.6),
            ("a person's delay, 95 % within s", late_delay, 1.2),
            ("people without a verdict after 2 s", share(waiting, people), 0.35),
            ("a machine's time, median s", time, 3.5),
            ("a machine's time, 95 % within s", late_time, 6.0),
            ("tones wrong", share(tones - tones_right, tones), 0.05),
            ("silence and music called human", self.mute_called_human() as f64, 0.0),
        ];
        let missed = goals.iter().filter(|(_, found, most)| found > most);
        missed.map(|(name, found, most)| format!("{name}: {found:.3}, at most {most}")).collect()
    }

    /// Tones that were told right, and all.
    fn tones_right(&self) -> (usize, usize) {
        let tones = ["sit", "busy", "congestion", "ringback", "fax"];
        let rows: Vec<&Row> = tones.iter().flat_map(|truth| self.of(truth)).collect();
        let right = rows.iter().filter(|row| row.heard.last.verdict.code() == row.label.truth).count();
        (right, rows.len())
    }

    /// Silence and music for which a person was taken, be it for a moment.
    fn mute_called_human(&self) -> usize {
        let human = |heard: &Heard| matches!(heard, Heard::Verdict { verdict: Verdict::Human, .. });
        let called = |row: &&&Row| row.heard.events.iter().any(human);
        let mute = [self.of("silence"), self.of("music")].concat();
        mute.iter().filter(called).count()
    }

    /// How long after the first utterance's end people were known.
    fn delays(&self, of: fn(&Listening) -> Judged) -> Vec<f64> {
        let rows = self.of("human").into_iter().filter(|row| of(&row.heard).verdict == Verdict::Human);
        rows.filter_map(|row| Some(seconds(of(&row.heard)) - row.label.first_end_s?)).collect()
    }

    fn machine_times(&self, of: fn(&Listening) -> Judged) -> Vec<f64> {
        let rows = self.of("machine").into_iter().map(|row| of(&row.heard));
        rows.filter(|judged| judged.verdict == Verdict::Machine).map(seconds).collect()
    }

    fn goals(&self, f: &mut Formatter<'_>, name: &str, of: fn(&Listening) -> Judged) -> fmt::Result {
        writeln!(f, "{name}")?;
        let line = |f: &mut Formatter<'_>, what: &str, (count, all, mix): (usize, usize, Option<f64>)| {
            let percent = 100.0 * count as f64 / all.max(1) as f64;
            let mix = mix.map_or("unknown".to_owned(), |mix| format!("{:>5.1} %", 100.0 * mix));
            writeln!(f, "  {what:<44} {count:>3} of {all:<3} {percent:>5.1} %   service mix {mix}")
        };
        let human = |row: &Row| of(&row.heard).verdict == Verdict::Human;
        let soon = |row: &Row| human(row) && of(&row.heard).at_ms <= 2000;
        line(f, "people: verdict human", self.share("human", human))?;
        line(
            f,
            "people lost (neither human nor unsure)",
            self.share("human", |row| is_lost(of(&row.heard))),
        )?;
        line(f, "machines passed (human or unsure)", self.share("machine", |row| is_passed(of(&row.heard))))?;
        line(f, "people with the verdict human within 2 s", self.share("human", soon))?;
        times(f, "human after the first utterance's end", self.delays(of))?;
        times(f, "machine after the answer", self.machine_times(of))
    }

    fn tones(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (right, all) = self.tones_right();
        writeln!(f, "tones right: {right} of {all}")?;
        let soon = self.rows.iter().filter(|row| {
            row.heard.last.verdict.code() == row.label.truth
                && matches!(
                    row.heard.last.verdict,
                    Verdict::Busy | Verdict::Congestion | Verdict::Fax | Verdict::Ringback | Verdict::Sit
                )
        });
        times(f, "tone after the answer", soon.map(|row| seconds(row.heard.last)).collect())?;
        let mute = self.of("silence").len() + self.of("music").len();
        writeln!(f, "silence and music called human: {} of {mute}", self.mute_called_human())
    }

    fn beeps(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ends: Vec<(Option<f64>, f64)> = self
            .rows
            .iter()
            .filter_map(|row| {
                let found = row.heard.beep.and_then(|(_, end)| end).map(|ms| f64::from(ms) / 1000.0);
                row.label.beep_end_s.map(|truth| (found, truth))
            })
            .collect();
        let good: Vec<f64> = ends
            .iter()
            .filter_map(|(found, truth)| found.map(|found| found - truth))
            .filter(|late| (-0.2..=0.5).contains(late))
            .collect();
        writeln!(f, "beep ends found within -0.2..0.5 s: {} of {}", good.len(), ends.len())?;
        times(f, "beep's end as told, against the truth", good)?;
        let heard_of = |rows: &[&Row]| rows.iter().filter(|row| row.heard.beep.is_some()).count();
        let quiet = [self.of("human"), self.of("music"), self.of("silence")].concat();
        writeln!(f, "false beeps on people, music and silence: {} of {}", heard_of(&quiet), quiet.len())?;
        let known = self.of("machine").into_iter().filter(|row| row.label.beep_known);
        let without: Vec<&Row> = known.filter(|row| row.label.beep_end_s.is_none()).collect();
        if self.rows.iter().all(|row| !row.label.beep_known) {
            return writeln!(
                f,
                "beeps on machines without one: unknown, for the table has no column beep_end_s"
            );
        }
        writeln!(f, "beeps on machines without one: {} of {}", heard_of(&without), without.len())
    }

    fn confusion(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const VERDICTS: [&str; 10] = [
            "human",
            "machine",
            "sit",
            "busy",
            "congestion",
            "ringback",
            "fax",
            "silence",
            "music",
            "unsure",
        ];
        let mut cells: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut classes: Vec<(&str, &str)> = Vec::new();
        for row in &self.rows {
            let key = (row.label.truth.as_str(), row.label.class.as_str());
            if !classes.contains(&key) {
                classes.push(key);
            }
            *cells.entry((&row.label.class, row.heard.last.verdict.code())).or_default() += 1;
        }
        write!(f, "{:<18}", "class")?;
        VERDICTS.iter().try_for_each(|verdict| write!(f, " {verdict:>10}"))?;
        writeln!(f)?;
        for (_, class) in classes {
            write!(f, "{class:<18}")?;
            for verdict in VERDICTS {
                match cells.get(&(class, verdict)) {
                    Some(count) => write!(f, " {count:>10}")?,
                    None => write!(f, " {:>10}", ".")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Display for Score {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.confusion(f)?;
        self.goals(f, "by the verdict that stood at the end", |heard| heard.last)?;
        self.goals(f, "by the first verdict", |heard| heard.first)?;
        self.tones(f)?;
        self.beeps(f)
    }
}

fn is_lost(judged: Judged) -> bool {
    !matches!(judged.verdict, Verdict::Human | Verdict::Unsure)
}

fn is_passed(judged: Judged) -> bool {
    matches!(judged.verdict, Verdict::Human | Verdict::Unsure)
}

fn seconds(judged: Judged) -> f64 {
    f64::from(judged.at_ms) / 1000.0
}

/// Median and 95th percentile.
fn middle_and_late(mut seconds: Vec<f64>) -> Option<(f64, f64)> {
    seconds.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        seconds.get((seconds.len() * percent / 100).min(seconds.len().saturating_sub(1))).copied()
    };
    Some((at(50)?, at(95)?))
}

fn times(f: &mut Formatter<'_>, what: &str, seconds: Vec<f64>) -> fmt::Result {
    match middle_and_late(seconds) {
        Some((median, late)) => writeln!(f, "  {what:<44} median {median:.2} s, 95 % within {late:.2} s"),
        None => writeln!(f, "  {what:<44} none"),
    }
}
