//! `obzvon report agents`: how agents spent their time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::domain::{AgentId, Currency, Language};
use crate::store::{AgentResult, AgentTimes, Period, Store};

type Results = BTreeMap<(AgentId, Currency), AgentResult>;

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    now: Timestamp,
    json: bool,
    language: Language,
) -> anyhow::Result<String> {
    let all = store.agent_times(period, now).await?;
    let results = store.agent_results(period).await?;
    if json {
        let lines: Vec<_> = all
            .iter()
            .map(|(agent, times)| {
                json!({
                    "agent": agent.as_str(),
                    "logged_in_s": times.logged_in().as_secs(),
                    "ready_s": times.ready.as_secs(),
                    "expecting_s": times.expecting.as_secs(),
                    "talking_s": times.talking.as_secs(),
                    "wrap_up_s": times.wrap_up.as_secs(),
                    "away_billable_s": times.away_billable.as_secs(),
                    "away_s": times.away.as_secs(),
                    "no_audio_s": times.no_audio.as_secs(),
                    "talks": times.talks,
                    "missed": times.missed,
                    "pauses_overrun": times.pauses_overrun,
                    "wrap_ups_ran_out": times.wrap_ups_ran_out,
                    "holds_overrun": times.holds_overrun,
                    "occupancy": occupancy(times),
                })
            })
            .collect();
        let results: Vec<_> = results
            .iter()
            .map(|((agent, currency), it)| {
                json!({
                    "agent": agent.as_str(), "currency": currency.code(), "accounts": it.accounts,
                    "value_minor": it.value_minor, "talks": it.talks, "right_party": it.right_party,
                    "promises": it.promises, "kept": it.kept, "broken": it.broken, "complaints": it.complaints,
                    "paid": it.paid, "paid_minor": it.paid_minor,
                })
            })
            .collect();
        return Ok(format!("{}\n", json!({ "times": lines, "results": results })));
    }
    let (none, heads, explained) = match language {
        Language::En => (
            "nobody was logged in in this time\n",
            [
                "agent",
                "logged in",
                "ready",
                "talking",
                "wrap-up",
                "paid away",
                "away",
                "no audio",
                "talks",
                "missed",
                "overrun",
                "occupancy",
            ],
            "occupancy: (talking and hold + wrap-up) / (ready + reserved and ringing + talking and hold + wrap-up); \
             overrun: pauses over their limit + wrap-ups that ran out\n",
        ),
        Language::Ru => (
            "за это время никто не работал\n",
            [
                "оператор",
                "в системе",
                "готов",
                "говорит",
                "обработка",
                "опл. пауза",
                "пауза",
                "нет звука",
                "разг.",
                "пропущ.",
                "превыш.",
                "занятость",
            ],
            "занятость: (разговор и удержание + обработка) / (готов + резерв и звонок + разговор и удержание + \
             обработка); превыш.: паузы дольше срока + обработка, не законченная вовремя\n",
        ),
    };
    if all.is_empty() && results.is_empty() {
        return Ok(none.to_owned());
    }
    let mut lines = vec![heads.map(str::to_owned)];
    for (agent, times) in &all {
        let occupancy = occupancy(times).map_or("—".to_owned(), |share| format!("{:.1} %", share * 100.0));
        lines.push([
            agent.to_string(),
            clock(times.logged_in()),
            clock(times.ready),
            clock(times.talking),
            clock(times.wrap_up),
            clock(times.away_billable),
            clock(times.away),
            clock(times.no_audio),
            times.talks.to_string(),
            times.missed.to_string(),
            (times.pauses_overrun + times.wrap_ups_ran_out + times.holds_overrun).to_string(),
            occupancy,
        ]);
    }
    let times = if all.is_empty() { String::new() } else { table(&lines) + explained };
    Ok(times + &results_text(&results, language))
}

/// What each was given and brought, the same table for everybody.
fn results_text(results: &Results, language: Language) -> String {
    if results.is_empty() {
        return String::new();
    }
    let (heads, explained) = match language {
        Language::En => (
            [
                "agent",
                "accounts",
                "value",
                "talks",
                "right person",
                "promises",
                "kept/judged",
                "paid debts",
                "paid sum",
                "paid/talks",
                "complaints",
            ],
            "accounts: given to him and not done; paid: debts whose payment came within the window of agents' calls after \
             his talk, the last one on the debt; kept/judged: promises kept / promises judged: kept, which may be before their day, or broken\n",
        ),
        Language::Ru => (
            [
                "оператор",
                "счетов",
                "на сумму",
                "разг.",
                "нужный чел.",
                "обещаний",
                "сдержано/срок",
                "оплат. долгов",
                "оплачено",
                "оплат/разг.",
                "жалоб",
            ],
            "счета: переданы ему и не закончены; оплачено: долги, платёж по которым пришёл в пределах окна звонков оператора \
             после его разговора, последнего по долгу; сдержано/срок: сдержанные обещания / обещания с исходом: сдержанные, в том числе раньше дня, и нарушенные\n",
        ),
    };
    let mut lines = vec![heads.map(str::to_owned)];
    for ((agent, currency), it) in results {
        let money = |minor| crate::domain::Money::new(minor, *currency).reveal();
        let share = |part: u64, of: u64| format!("{part}/{of}");
        lines.push([
            agent.to_string(),
            it.accounts.to_string(),
            money(it.value_minor),
            it.talks.to_string(),
            it.right_party.to_string(),
            it.promises.to_string(),
            share(it.kept, it.kept + it.broken),
            it.paid.to_string(),
            money(it.paid_minor),
            share(it.paid, it.talks),
            it.complaints.to_string(),
        ]);
    }
    format!("\n{}{explained}", table(&lines))
}

/// `None`: he was never at work.
fn occupancy(times: &AgentTimes) -> Option<f64> {
    let at_work = times.at_work().as_secs_f64();
    (at_work > 0.0).then(|| times.busy().as_secs_f64() / at_work)
}

/// `7:05:09`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Columns as wide as their widest cell, the first to the left, the others to the right.
fn table<const N: usize>(lines: &[[String; N]]) -> String {
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().enumerate().map(|(column, cell)| {
            let width = wide(column);
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}
