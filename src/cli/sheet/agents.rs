//! Agents: the same table for the whole team.

use std::collections::BTreeSet;

use super::Asked;
use super::column::{self, CURRENCY, money, pair, plain, say, told};
use crate::config::AgentsConfig;
use crate::domain::{AgentId, Language};
use crate::stats::{Column, Ratio, Sheet, SheetCell};
use crate::store::{AgentResult, AgentTimes, Store, StoreError};

pub async fn sheet(store: &Store, known: &AgentsConfig, asked: Asked) -> Result<Sheet, StoreError> {
    let times = store.agent_times(asked.period, asked.now).await?;
    let results = store.agent_results(asked.period).await?;
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for ((agent, currency), result) in &results {
        // His time is his, not a currency's: it stands in his first line.
        let mine = times.get(agent).filter(|_| seen.insert(agent));
        let head = vec![named(known, agent), column::currency(*currency)];
        let brought = brought(result, |minor| money(minor, *currency));
        rows.push([head, brought, spent(mine)].concat());
    }
    for (agent, mine) in times.iter().filter(|(agent, _)| !results.keys().any(|(of, _)| of == *agent)) {
        let head = vec![named(known, agent), SheetCell::Absent];
        rows.push([head, vec![SheetCell::Absent; BROUGHT], spent(Some(mine))].concat());
    }
    let notes = (
        "A payment is his whose talk on the debt was the last one before it, within the window of agents' calls. Times are in \
         seconds.",
        "Платёж — того, чей разговор по долгу был последним перед ним, в пределах окна звонков оператора. Время — в секундах.",
    );
    Ok(Sheet {
        columns: columns(asked.language),
        rows,
        notes: vec![say(asked.language, notes).to_owned()],
        charts: Vec::new(),
        told: Vec::new(),
    })
}

/// An agent by his name, as on the page of agents; files have his login.
fn named(known: &AgentsConfig, agent: &AgentId) -> SheetCell {
    let login = agent.to_string();
    match known.desks.get(agent).and_then(|desk| desk.display.as_ref()) {
        Some(name) => SheetCell::Code { word: format!("{name} ({login})"), code: login },
        None => SheetCell::Text(login),
    }
}

/// Cells of what an agent brought.
const BROUGHT: usize = 9;

fn columns(language: Language) -> Vec<Column> {
    let plain = |key, name| plain(language, key, name);
    let told = |key, name, of| told(language, key, name, of);
    let pair = |key, name, of| pair(language, key, name, of);
    vec![
        plain("agent", ("Agent", "Оператор")),
        plain("currency", CURRENCY),
        told("accounts", ("Accounts", "Счета"), ("given to him and not done", "переданы ему и не закончены")),
        told("value_minor", ("Their value", "На сумму"), ("what they owe", "сколько по ним должны")),
        plain("talks", ("Talks", "Разговоры")),
        pair(
            "right_party",
            ("Right person", "Нужный человек"),
            (
                "talks in which the debtor confirmed who he is / talks",
                "разговоры, где должник подтвердил, что это он / разговоры",
            ),
        ),
        plain("promises", ("Promises", "Обещания")),
        pair(
            "kept",
            ("Kept", "Сдержано"),
            (
                "promises kept / promises judged: kept, which may be before their day, or broken",
                "сдержанные обещания / обещания с исходом: сдержанные, в том числе раньше дня, и нарушенные",
            ),
        ),
        pair(
            "paid",
            ("Paid debts", "Оплачено долгов"),
            ("debts with a payment of his / talks", "долги с его платежом / разговоры"),
        ),
        told("paid_minor", ("Paid sum", "Оплачено"), ("the sum of his payments", "сумма его платежей")),
        pair(
            "complaints",
            ("Complaints", "Жалобы"),
            ("talks with a complaint / talks", "разговоры с жалобой / разговоры"),
        ),
        plain("logged_in_s", ("Logged in, s", "В системе, с")),
        told("talking_s", ("Talk, s", "Разговор, с"), ("talk and hold", "разговор и удержание")),
        plain("wrap_up_s", ("Wrap-up, s", "Обработка, с")),
        pair(
            "occupancy",
            ("Occupancy", "Занятость"),
            (
                "seconds talking, holding and writing up / those, ready, reserved and ringing",
                "секунды разговора, удержания и обработки / они же, готовность, резерв и звонок",
            ),
        ),
    ]
}

fn brought(it: &AgentResult, money: impl Fn(i64) -> SheetCell) -> Vec<SheetCell> {
    vec![
        SheetCell::Count(it.accounts),
        money(it.value_minor),
        SheetCell::Count(it.talks),
        SheetCell::Share(Ratio::new(it.right_party, it.talks)),
        SheetCell::Count(it.promises),
        SheetCell::Share(Ratio::new(it.kept, it.kept + it.broken)),
        // A debt talked of once may be paid twice: a part of a whole, but not a sample of it.
        SheetCell::Part { part: it.paid, whole: it.talks },
        money(it.paid_minor),
        SheetCell::Share(Ratio::new(it.complaints, it.talks)),
    ]
}

fn spent(times: Option<&AgentTimes>) -> Vec<SheetCell> {
    let Some(times) = times else { return vec![SheetCell::Absent; 4] };
    let busy = SheetCell::Part { part: times.busy().as_secs(), whole: times.at_work().as_secs() };
    let seconds = [times.logged_in(), times.talking, times.wrap_up];
    seconds.iter().map(|long| SheetCell::Count(long.as_secs())).chain([busy]).collect()
}
