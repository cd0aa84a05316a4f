//! What counts once a period: accounts called, debts paid to an agent.

use super::{Part, Reading, Sums, add, read};
use crate::stats::{ACCOUNT, ACCOUNT_MONTH, AGENT_PAID, Counting, Tally, linked_in, month_of};
use crate::store::Period;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::write::{DAY, MONTH};

impl Reading {
    /// The accounts called, by campaign and currency: the sums of [`ACCOUNT`].
    ///
    /// # Errors
    /// The database's.
    pub async fn accounts(&mut self, conn: &mut Conn) -> Result<Sums, Fault> {
        let is_month = |day: i64| month_of(day) == day;
        let by_month = self.whole_days().is_some_and(|(from, to)| is_month(from) && is_month(to));
        let (cells, level) = if by_month { (&ACCOUNT_MONTH, MONTH) } else { (&ACCOUNT, DAY) };
        self.linked(conn, &ACCOUNT, (cells, level)).await
    }

    /// Debts with a payment of an agent's, by agent and currency: the sums of [`AGENT_PAID`].
    ///
    /// # Errors
    /// The database's.
    pub async fn agent_paid(&mut self, conn: &mut Conn) -> Result<Sums, Fault> {
        self.linked(conn, &AGENT_PAID, (&AGENT_PAID, DAY)).await
    }

    async fn linked(
        &mut self,
        conn: &mut Conn,
        table: &'static Tally,
        (cells, level): (&'static Tally, i64),
    ) -> Result<Sums, Fault> {
        let mut all = Sums::new();
        let days = self.whole_days();
        let by = &table.keys[..table.keys.len() - 1];
        if let Some((from, to)) = days {
            for row in conn.all_built(sql(cells), values![level, month_of(from), to, from, to]).await? {
                let (keys, sums) = read(&row, table, by, false)?;
                add(&mut all, keys, &sums);
            }
        }
        if self.parts.iter().any(|part| matches!(part, Part::Rows { .. })) {
            let basis = self.basis.clone();
            let whole = days.map(|(from, to)| (self.basis.begins(from), self.basis.begins(to)));
            let asked = (self.period.from, self.period.to);
            // Whoever is met at an end is counted anew over all of the period, and not by the cells.
            for facts in self.ends(conn).await?.debts.values() {
                for (keys, sums) in linked_in(facts, &basis, table, asked) {
                    add(&mut all, keys, &sums);
                }
                let counted = whole.map(|whole| linked_in(facts, &basis, table, whole));
                for (keys, sums) in counted.into_iter().flatten() {
                    let less: Vec<i64> = sums.iter().map(|sum| -sum).collect();
                    add(&mut all, keys, &less);
                }
            }
        }
        all.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
        Ok(all)
    }

    /// The whole days of the period as a period.
    pub fn in_whole_days(&self) -> Option<Period> {
        let (from, to) = self.whole_days()?;
        Some(Period { from: self.basis.begins(from), to: self.basis.begins(to) })
    }

    /// The whole days of the period: the first, and the one after the last.
    fn whole_days(&self) -> Option<(i64, i64)> {
        let days = |part: &Part| match part {
            Part::Cells { days, .. } => Some(*days),
            Part::Rows { .. } => None,
        };
        let all: Vec<(i64, i64)> = self.parts.iter().filter_map(days).collect();
        all.first().zip(all.last()).map(|(first, last)| (first.0, last.1))
    }
}

fn sql(table: &Tally) -> String {
    let sum = |(counting, sum): (&Counting, &&str)| match counting {
        Counting::After => format!("CAST(SUM(CASE WHEN before_day >= $4 THEN {sum} ELSE 0 END) AS BIGINT)"),
        Counting::Always => format!("CAST(SUM({sum}) AS BIGINT)"),
        Counting::First => format!("CAST(SUM(CASE WHEN before_day < $4 THEN {sum} ELSE 0 END) AS BIGINT)"),
    };
    let keys = table.keys[..table.keys.len() - 1].join(", ");
    let sums: Vec<String> = table.counts.iter().zip(table.sums).map(sum).collect();
    format!(
        "SELECT {keys}, {} FROM {} WHERE level = $1 AND month >= $2 AND month < $3 AND day >= $4 AND day < $5 \
         GROUP BY {keys}",
        sums.join(", "),
        table.name
    )
}
