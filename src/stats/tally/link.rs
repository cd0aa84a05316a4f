//! What can't be added up day by day, because the same account counts once however often it was called: each call
//! is kept with the day of the one before, so that whatever a period begins with, it counts where that is before it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::basis::Basis;
use super::cell::{Counted, Key, month_of};
use super::count::{is_fault, is_his_own, is_taken_back};
use super::facts::{DebtFacts, What};
use super::table::{ACCOUNT, ACCOUNT_MONTH, AGENT_PAID, Counting, NEVER, Tally};
use crate::domain::{Channel, Currency};

/// Something that happened, and when the same, or what it follows, happened before.
struct Link {
    table: &'static Tally,
    /// But for `before_day`.
    keys: Vec<Key>,
    at: Timestamp,
    before: Option<Timestamp>,
    sums: Vec<i64>,
}

/// Adds the cells of the linked tables.
pub fn count_links(facts: &DebtFacts, basis: &Basis, into: &mut Counted) {
    for link in links(facts, basis) {
        let day = basis.day(link.at);
        let before = link.before.map_or(NEVER, |at| basis.day(at));
        put(&link, link.table, (day, before), into);
        if link.table.place == ACCOUNT.place {
            let before = if before == NEVER { NEVER } else { month_of(before) };
            put(&link, &ACCOUNT_MONTH, (month_of(day), before), into);
        }
    }
}

fn put(link: &Link, table: &'static Tally, (day, before): (i64, i64), into: &mut Counted) {
    let counts = |(counting, &sum): (&Counting, &i64)| match counting {
        // The second time on a day is never the first in a period.
        Counting::First if before == day => 0,
        Counting::After | Counting::Always | Counting::First => sum,
    };
    let sums: Vec<i64> = table.counts.iter().zip(&link.sums).map(counts).collect();
    if sums.iter().any(|&sum| sum != 0) {
        let keys = link.keys.iter().cloned().chain([Key::Number(before)]).collect();
        into.add(table, day, keys, &sums);
    }
}

/// The sums of one linked table for a part of time, counted without cells; by the keys but for `before_day`.
pub fn linked_in(
    facts: &DebtFacts,
    basis: &Basis,
    table: &Tally,
    (from, to): (Timestamp, Timestamp),
) -> BTreeMap<Vec<Key>, Vec<i64>> {
    let mut all: BTreeMap<Vec<Key>, Vec<i64>> = BTreeMap::new();
    let is_asked = |link: &Link| link.table.place == table.place && link.at >= from && link.at < to;
    for link in links(facts, basis).into_iter().filter(is_asked) {
        let earlier = link.before.is_none_or(|before| before < from);
        let sums = all.entry(link.keys).or_insert_with(|| vec![0; table.sums.len()]);
        for ((counting, more), sum) in table.counts.iter().zip(link.sums).zip(sums) {
            *sum += match counting {
                Counting::After => i64::from(!earlier) * more,
                Counting::Always => more,
                Counting::First => i64::from(earlier) * more,
            };
        }
    }
    all
}

fn links(facts: &DebtFacts, basis: &Basis) -> Vec<Link> {
    let mut links = account_links(facts);
    links.extend(agent_links(facts, basis));
    links
}

/// Calls that neither the trunk nor we spoiled or took back, and payments after them.
fn account_links(facts: &DebtFacts) -> Vec<Link> {
    let mut calls: BTreeMap<(i64, Currency), Vec<Timestamp>> = BTreeMap::new();
    let mut links = Vec::new();
    let keys = |campaign, currency: Currency| vec![Key::Number(campaign), Key::from(currency.code())];
    for action in &facts.actions {
        let is_placed = matches!(action.what, What::Call(_)) && !is_his_own(action);
        if !is_placed || is_taken_back(action) || is_fault(action) {
            continue;
        }
        let mine = calls.entry((action.campaign, action.currency)).or_default();
        links.push(Link {
            table: &ACCOUNT,
            keys: keys(action.campaign, action.currency),
            at: action.at,
            before: mine.last().copied(),
            sums: vec![1, action.amount_minor, 0],
        });
        mine.push(action.at);
    }
    for payment in &facts.payments {
        for ((campaign, _), calls) in calls.iter().filter(|((_, currency), _)| *currency == payment.currency)
        {
            let before = calls.iter().rev().find(|&&call| call <= payment.at).copied();
            // What was paid before the first call is not of the calls.
            if before.is_some() {
                let keys = keys(*campaign, payment.currency);
                let sums = vec![0, 0, payment.minor];
                links.push(Link { table: &ACCOUNT, keys, at: payment.at, before, sums });
            }
        }
    }
    links
}

/// A payment is of the agent whose talk was the last on the debt before it, within the window.
fn agent_links(facts: &DebtFacts, basis: &Basis) -> Vec<Link> {
    let window = basis.windows.of(Channel::AgentCall);
    let mut paid: BTreeMap<(&str, Currency), Timestamp> = BTreeMap::new();
    let mut links = Vec::new();
    for payment in &facts.payments {
        let last = facts.talks.iter().rev().find(|talk| talk.at <= payment.at);
        let Some(talk) = last.filter(|talk| payment.at.duration_since(talk.at) < window) else { continue };
        links.push(Link {
            table: &AGENT_PAID,
            keys: vec![Key::Code(talk.agent.clone().into()), Key::from(payment.currency.code())],
            at: payment.at,
            before: paid.insert((&talk.agent, payment.currency), payment.at),
            sums: vec![1, payment.minor],
        });
    }
    links
}
