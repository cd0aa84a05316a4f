//! `obzvon audit replay`: every decision of a period made again from the log.

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::bar;
use crate::cli::report::is_forward;
use crate::domain::Language;
use crate::store::{Period, Replayed, Same, Store};

/// Makes every decision of a period again from the log, by the rules kept beside it, and says which differ; exit code 1 then
#[derive(Debug, Args)]
pub struct Replay {
    /// From this moment (2026-12-01T00:00:00Z)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Before this moment
    #[arg(long)]
    to: Option<Timestamp>,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
}

/// Decisions that differ, named one by one; more are only counted.
const NAMED: usize = 100;

/// What came of it.
#[derive(Default)]
struct Tally {
    same: u64,
    other_zone_data: u64,
    differing: u64,
    /// The first of those that differ.
    named: Vec<Replayed>,
}

impl Replay {
    pub(super) async fn run(self, store: &Store, language: Language) -> anyhow::Result<bool> {
        let from = self.from.unwrap_or(Timestamp::UNIX_EPOCH);
        let period = Period { from, to: self.to.unwrap_or(Timestamp::MAX) };
        is_forward(period, language)?;
        let bar = bar(store.count_decisions(period).await?);
        let mut tally = Tally::default();
        let made = store.replay_decisions(period, |again| {
            tally.take(again);
            bar.inc(1);
        });
        made.await?;
        bar.finish_and_clear();
        if self.json {
            println!("{}", tally.json());
        } else {
            print!("{}", tally.text(language));
        }
        Ok(tally.differing == 0)
    }
}

impl Tally {
    fn take(&mut self, again: Replayed) {
        match again.same {
            Same::Yes => self.same += 1,
            Same::OtherZoneData => self.other_zone_data += 1,
            Same::No | Same::EventsDiffer | Same::NoRules { .. } | Same::Unreadable => {
                self.differing += 1;
                if self.named.len() < NAMED {
                    self.named.push(again);
                }
            }
        }
    }

    fn all(&self) -> u64 {
        self.same + self.other_zone_data + self.differing
    }

    fn json(&self) -> serde_json::Value {
        let named = self
            .named
            .iter()
            .map(|again| json!({ "decision": again.decision, "at": again.at, "what": again.same.code() }));
        json!({
            "decisions": self.all(),
            "reproduced": self.same + self.other_zone_data,
            "of_these_by_other_zone_data": self.other_zone_data,
            "differing": self.differing,
            "named": named.collect::<Vec<_>>(),
        })
    }

    fn text(&self, language: Language) -> String {
        let ru = language == Language::Ru;
        let mut text = String::new();
        for again in &self.named {
            let head = if ru { "решение" } else { "decision" };
            text += &format!("{head} {} {}: {}\n", again.decision, again.at, what(&again.same, ru));
        }
        let (all, held) = (self.all(), self.same + self.other_zone_data);
        text += &match ru {
            true => format!("воспроизведено {held} из {all}, расходится {}\n", self.differing),
            false => format!("reproduced {held} of {all}, differing {}\n", self.differing),
        };
        if self.other_zone_data > 0 {
            text += &match ru {
                true => format!("из них по другому выпуску данных о поясах: {}\n", self.other_zone_data),
                false => format!("of these by another release of zone data: {}\n", self.other_zone_data),
            };
        }
        text
    }
}

fn what(same: &Same, ru: bool) -> String {
    match (same, ru) {
        (Same::Yes | Same::OtherZoneData, true) => "то же".to_owned(),
        (Same::Yes | Same::OtherZoneData, false) => "the same".to_owned(),
        (Same::No, true) => "теперь решается иначе, чем записано".to_owned(),
        (Same::No, false) => "is decided otherwise than was written".to_owned(),
        (Same::EventsDiffer, true) => "в журнале уже не те события".to_owned(),
        (Same::EventsDiffer, false) => "the ledger has other events than it rested on".to_owned(),
        (Same::NoRules { hash }, true) => format!("правил {hash} нет или их текст изменён"),
        (Same::NoRules { hash }, false) => format!("rules {hash} are not there, or their text was changed"),
        (Same::Unreadable, true) => "запись не читается".to_owned(),
        (Same::Unreadable, false) => "the record can't be read".to_owned(),
    }
}
