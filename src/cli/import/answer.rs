//! What `obzvon import` says at its end.

use super::reading::Reading;
use crate::domain::Language;
use crate::domain::import_row::Upserted;
use crate::store::Filled;

/// What became of the list.
#[derive(Debug)]
pub struct Answer {
    pub read: Reading,
    /// Nothing was kept: the counts say what would have been.
    pub dry_run: bool,
    pub upserted: Upserted,
    /// Where a campaign was filled.
    pub filled: Option<Filled>,
}

impl Answer {
    /// For a person.
    pub fn text(&self, language: Language) -> String {
        let ru = language == Language::Ru;
        let say = |en: &'static str, russian: &'static str| if ru { russian } else { en };
        let counts = &self.read.counts;
        let mut lines = vec![(say("rows", "строк"), counts.rows)];
        lines.extend([
            (say("  new", "  новых"), self.upserted.new),
            (say("  changed", "  изменённых"), self.upserted.changed),
            (say("  unchanged", "  без изменений"), self.upserted.unchanged),
        ]);
        lines.push((say("  duplicate", "  повторных"), counts.duplicate));
        lines.push((say("  rejected", "  отклонённых"), counts.rejected));
        if counts.phones_left_out > 0 {
            lines.push((say("phones left out", "телефонов не прочитано"), counts.phones_left_out));
        }
        if let Some(filled) = self.filled {
            lines.push((say("campaign: queued", "кампания: в очереди"), filled.queued));
            if filled.resting > 0 {
                lines.push((
                    say("campaign: promised, resting", "кампания: обещаны, ждут срока"),
                    filled.resting,
                ));
            }
            lines.push((say("campaign: held for agents", "кампания: ждут оператора"), filled.held));
        }
        let mut text = Vec::new();
        if self.dry_run {
            let dry = say(
                "a dry run: nothing is kept; an import would come to this",
                "проба: ничего не сохранено; импорт дал бы",
            );
            text.push(dry.to_owned());
        }
        text.extend(lines.iter().map(|(what, count)| format!("{what}: {count}")));
        if let Some(file) = &self.read.rejected {
            text.push(format!("{}: {}", say("rejected rows", "отклонённые строки"), file.display()));
        }
        let passed_over = self.passed_over();
        if !passed_over.is_empty() {
            text.push(format!(
                "{}: {}",
                say("columns passed over", "столбцы без значения"),
                passed_over.join(", ")
            ));
        }
        text.join("\n")
    }

    /// For a program.
    pub fn json(&self) -> String {
        let read = &self.read;
        serde_json::json!({
            "dry_run": self.dry_run,
            "counts": read.counts,
            "upserted": self.upserted,
            "filled": self.filled,
            "rejected_file": read.rejected,
            "columns_passed_over": self.passed_over(),
        })
        .to_string()
    }

    fn passed_over(&self) -> Vec<&str> {
        let mapping = &self.read.mapping;
        let columns = mapping.header.iter().zip(&mapping.meanings);
        let passed = columns.filter(|(header, meaning)| meaning.is_none() && !header.is_empty());
        passed.map(|(header, _)| header.as_str()).collect()
    }
}
