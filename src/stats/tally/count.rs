//! Counting a debt.

use std::borrow::Cow;

use jiff::Timestamp;

use super::basis::Basis;
use super::cell::{Age, Counted, DayPart, Key};
use super::facts::{ActionFact, CallFact, DebtFacts, PromiseState, What};
use super::link::count_links;
use super::step;
use super::table::{CALL, COST, EFFECT, PAYMENT, USE};
use super::talk::count_talks;
use crate::domain::{Channel, Disposition, Outcome};
use crate::stats::attribution::{Action, Attribution, Windows, credit};

/// Uses of a higher number are left out: there are few, and whoever got them is not like the others.
const LAST_USE: i64 = 10;

/// No report looks further than this after a selection.
const LONGEST_DAYS: i64 = 366;

/// Counts a debt into `into`: all of it, or what began in `among` (from, and before), by everything that is known of the
/// debt. What can't be added up from parts of time ([`ACCOUNT`](super::ACCOUNT) and the like, [`COST`]) is counted as a
/// whole only.
pub fn count(facts: &DebtFacts, basis: &Basis, among: Option<(Timestamp, Timestamp)>, into: &mut Counted) {
    let is_within = |at: Timestamp| among.is_none_or(|(from, to)| at >= from && at < to);
    let is_asked = |action: &ActionFact| is_within(action.at);
    for action in facts.actions.iter().filter(|action| is_asked(action)) {
        let What::Call(call) = &action.what else { continue };
        // A call of his own is none that we placed.
        if !is_his_own(action) {
            count_call(action, call, basis, into);
        }
        step::count_call(action, call, basis, into);
    }
    for payment in facts.payments.iter().filter(|payment| is_within(payment.at)) {
        let keys = vec![Key::Number(payment.creditor), code(payment.currency.code())];
        into.add(&PAYMENT, basis.day(payment.at), keys, &[1, payment.minor]);
    }
    count_talks(facts, basis, is_within, into);
    if among.is_none() {
        count_links(facts, basis, into);
        count_costs(facts, basis, into);
    }
    let windows = &basis.windows;
    let credits = credits(facts, windows);
    for (action, credited) in facts.actions.iter().zip(credits) {
        if is_taken_back(action) {
            continue;
        }
        if !is_asked(action) {
            continue;
        }
        let paid = paid_within(facts, windows, action);
        if let Some(nth) = action.nth.filter(|nth| *nth <= LAST_USE) {
            count_use(action, (nth, paid), basis, into);
        }
        count_effect(action, (paid, credited), basis, into);
    }
}

pub(super) fn is_taken_back(action: &ActionFact) -> bool {
    matches!(&action.what, What::Call(call) if call.outcome == Outcome::Cancelled)
}

pub(super) fn is_fault(action: &ActionFact) -> bool {
    matches!(&action.what, What::Call(CallFact { outcome: Outcome::Failed(_), .. }))
}

/// He called us.
pub(super) fn is_his_own(action: &ActionFact) -> bool {
    action.channel == Channel::InboundCall
}

/// What each rule credits each action with, in the order of [`Attribution::ALL`].
fn credits(facts: &DebtFacts, windows: &Windows) -> Vec<[i64; 3]> {
    let mut credits = vec![[0; 3]; facts.actions.len()];
    for payment in &facts.payments {
        let counts = |action: &ActionFact| {
            !is_taken_back(action) && !is_fault(action) && action.currency == payment.currency
        };
        let places: Vec<usize> = (0..facts.actions.len()).filter(|&n| counts(&facts.actions[n])).collect();
        let actions: Vec<Action> = places
            .iter()
            .map(|&n| Action { channel: facts.actions[n].channel, at: facts.actions[n].at })
            .collect();
        for (rule, of) in Attribution::ALL.into_iter().enumerate() {
            for (&place, minor) in places.iter().zip(credit(of, windows, &actions, payment.at, payment.minor))
            {
                credits[place][rule] += minor;
            }
        }
    }
    credits
}

/// What was paid within the action's window.
fn paid_within(facts: &DebtFacts, windows: &Windows, action: &ActionFact) -> i64 {
    let window = windows.of(action.channel);
    let counts = |payment: &&super::PaymentFact| {
        let since = payment.at.duration_since(action.at);
        payment.currency == action.currency && !since.is_negative() && since < window
    };
    facts.payments.iter().filter(counts).map(|payment| payment.minor).sum()
}

fn code(text: &'static str) -> Key {
    Key::Code(Cow::Borrowed(text))
}

fn count_call(action: &ActionFact, call: &CallFact, basis: &Basis, into: &mut Counted) {
    let keys = vec![
        Key::Number(action.campaign),
        Key::Code(Cow::Owned(call.trunk.clone())),
        code(action.channel.code()),
        code(call.outcome.code()),
        code(call.disposition.map_or("", Disposition::code)),
        code(action.currency.code()),
    ];
    let served = if call.outcome == Outcome::Answered { call.talk_us } else { 0 };
    let flags = [call.connected, call.identified].map(i64::from);
    let sums = [1, flags[0], flags[1], call.talk_us, served, call.cost_micro];
    into.add(&CALL, basis.day(action.at), keys, &sums);
}

fn count_use(action: &ActionFact, (nth, paid): (i64, i64), basis: &Basis, into: &mut Counted) {
    let said = said(action);
    let sums = [true, said.right_party, said.promise, paid > 0].map(i64::from);
    into.add(&USE, basis.day(action.at), vec![code(action.channel.code()), Key::Number(nth)], &sums);
}

/// What calls cost after their contact was drawn to be called. Calls before that were no part of the lot.
fn count_costs(facts: &DebtFacts, basis: &Basis, into: &mut Counted) {
    for action in &facts.actions {
        let What::Call(call) = &action.what else { continue };
        let drawn = call.selected_at.filter(|at| *at <= action.at && !is_his_own(action));
        let Some(selected) = drawn else { continue };
        let lag = action.at.duration_since(selected).as_hours() / 24;
        if lag < LONGEST_DAYS && call.cost_micro != 0 {
            let keys = vec![Key::Number(action.campaign), code(action.currency.code()), Key::Number(lag)];
            into.add(&COST, basis.day(selected), keys, &[call.cost_micro]);
        }
    }
}

/// What he did in the action itself.
struct Said {
    answered: bool,
    right_party: bool,
    amount_heard: bool,
    promise: bool,
    dispute: bool,
    opt_out: bool,
    refused: bool,
}

fn said(action: &ActionFact) -> Said {
    match &action.what {
        What::Outside(told) => Said {
            answered: told.spoken,
            right_party: told.right_party,
            amount_heard: false,
            promise: told.promise,
            dispute: told.dispute,
            opt_out: told.opt_out,
            refused: told.dispute || told.opt_out,
        },
        What::Call(call) => {
            let did = |any: &[Disposition]| call.disposition.is_some_and(|did| any.contains(&did));
            Said {
                answered: call.outcome == Outcome::Answered,
                right_party: call.identified,
                amount_heard: call.amount_heard,
                promise: did(&[Disposition::PromiseToPay, Disposition::LinkSent]),
                dispute: did(&[Disposition::Dispute]),
                opt_out: did(&[Disposition::StopRequested]) || call.outcome == Outcome::Unwanted,
                refused: did(&[Disposition::Refused, Disposition::Dispute, Disposition::StopRequested]),
            }
        }
    }
}

fn count_effect(action: &ActionFact, (paid, credited): (i64, [i64; 3]), basis: &Basis, into: &mut Counted) {
    let keys = vec![
        code(action.channel.code()),
        code(action.debtor_type.code()),
        code(action.kind.code()),
        Key::Number(action.creditor),
        Key::Number(action.campaign),
        code(DayPart::of(action.hour).code()),
        code(Age::of(action.age_days).code()),
        code(action.currency.code()),
    ];
    let (said, owed) = (said(action), action.amount_minor);
    let fault = is_fault(action);
    let (cost, talk) = match &action.what {
        What::Call(call) => (call.cost_micro, call.talk_us),
        What::Outside(_) => (0, 0),
    };
    let mut sums = vec![1, i64::from(fault), cost, talk];
    let mut put = |is: bool, minor: i64| sums.extend([i64::from(is), if is { minor } else { 0 }]);
    put(!fault, owed);
    let is_full = paid > 0 && paid >= owed;
    let (promise, promised) =
        (action.promise.map(|(state, _)| state), action.promise.map_or(0, |(_, sum)| sum));
    let reacted = [
        (said.answered, owed),
        (said.right_party, owed),
        (said.amount_heard, owed),
        (said.promise, owed),
        (promise.is_some(), promised),
        (promise == Some(PromiseState::Kept), promised),
        (promise == Some(PromiseState::Broken), promised),
        (!fault && paid > 0 && !is_full, paid),
        (!fault && is_full, paid),
        (said.dispute, owed),
        (action.complaint, owed),
        (said.opt_out, owed),
        (said.refused, owed),
    ];
    let nothing = !fault && reacted.iter().all(|(is, _)| !is);
    for (is, minor) in reacted {
        put(is, minor);
    }
    put(nothing, owed);
    // The columns stand in the order last, first, linear, as the rules do.
    for minor in credited {
        put(minor > 0, minor);
    }
    into.add(&EFFECT, basis.day(action.at), keys, &sums);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::super::link::linked_in;
    use super::super::{
        ACCOUNT, ACCOUNT_MONTH, AGENT_PAID, Counting, OutsideFact, PaymentFact, TalkFact, Tally, month_of,
    };
    use super::*;
    use crate::domain::{Currency, DebtKind, DebtorType, Fault};

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn basis() -> Basis {
        let windows = Windows {
            otherwise: SignedDuration::from_hours(24 * 7),
            by_channel: vec![(Channel::Letter, SignedDuration::from_hours(24 * 30))],
        };
        Basis { windows, ..Basis::default() }
    }

    fn call(hours: i64, outcome: Outcome) -> ActionFact {
        let call = CallFact {
            trunk: "main".into(),
            outcome,
            disposition: None,
            identified: outcome == Outcome::Answered,
            amount_heard: false,
            connected: outcome == Outcome::Answered,
            talk_us: 5_000_000,
            line: None,
            cost_micro: 10,
            selected_at: None,
        };
        ActionFact {
            at: at(hours),
            channel: Channel::Ivr,
            debtor_type: DebtorType::Forgetful,
            kind: DebtKind::Overdue,
            creditor: 1,
            campaign: 2,
            hour: Some(12),
            age_days: Some(40),
            currency: Currency::Rub,
            amount_minor: 1000,
            what: What::Call(call),
            nth: matches!(outcome, Outcome::Answered | Outcome::NoAnswer).then_some(1),
            promise: None,
            complaint: false,
        }
    }

    fn letter(hours: i64) -> ActionFact {
        let what = What::Outside(OutsideFact::default());
        ActionFact { channel: Channel::Letter, campaign: 0, what, ..call(hours, Outcome::NoAnswer) }
    }

    fn paid(hours: i64, minor: i64) -> PaymentFact {
        PaymentFact { at: at(hours), creditor: 1, currency: Currency::Rub, minor }
    }

    fn counted(facts: &DebtFacts) -> Counted {
        let mut counted = Counted::default();
        count(facts, &basis(), None, &mut counted);
        counted
    }

    /// The sum of a column over every cell of a channel.
    fn of(counted: &Counted, channel: &'static str, column: &str) -> i64 {
        let place = EFFECT.sum(column).expect("a column");
        let cells =
            counted.0.iter().filter(|(cell, _)| cell.table == 0 && cell.keys[0] == Key::from(channel));
        cells.map(|(_, sums)| sums[place]).sum()
    }

    #[test]
    fn each_channel_is_believed_for_its_own_time() {
        let facts = DebtFacts {
            actions: vec![letter(0), call(24, Outcome::Answered)],
            payments: vec![paid(24 * 12, 400)],
            talks: Vec::new(),
        };
        let counted = counted(&facts);
        assert_eq!(
            (of(&counted, "letter", "part_paid"), of(&counted, "letter", "part_paid_minor")),
            (1, 400)
        );
        assert_eq!(of(&counted, "ivr", "part_paid"), 0, "its week was over");
        assert_eq!(of(&counted, "letter", "credited_last_minor"), 400);
        assert_eq!((of(&counted, "ivr", "answered"), of(&counted, "ivr", "no_reaction")), (1, 0));
    }

    #[test]
    fn a_fault_and_a_call_taken_back_are_no_actions() {
        let facts = DebtFacts {
            actions: vec![
                call(0, Outcome::Failed(Fault::Trunk)),
                call(1, Outcome::Cancelled),
                call(2, Outcome::NoAnswer),
            ],
            payments: vec![paid(3, 1000)],
            talks: Vec::new(),
        };
        let counted = counted(&facts);
        let sums = ["attempts", "faults", "actions", "full_paid", "credited_first_minor"];
        assert_eq!(sums.map(|column| of(&counted, "ivr", column)), [2, 1, 1, 1, 1000]);
        let calls: i64 = counted.0.iter().filter(|(cell, _)| cell.table == 1).map(|(_, sums)| sums[0]).sum();
        assert_eq!(calls, 3);
        let uses: Vec<_> = counted.0.iter().filter(|(cell, _)| cell.table == 2).collect();
        assert_eq!((uses.len(), uses[0].1.as_slice()), (1, &[1, 0, 0, 1][..]));
        let accounts = linked_in(&facts, &basis(), &ACCOUNT, (at(0), at(9)));
        assert_eq!(accounts.into_values().collect::<Vec<_>>(), [[1, 1000, 1000]]);
    }

    fn facts() -> impl Strategy<Value = DebtFacts> {
        let outcomes = prop_oneof![
            Just(Outcome::Answered),
            Just(Outcome::NoAnswer),
            Just(Outcome::Cancelled),
            Just(Outcome::Failed(Fault::Trunk)),
        ];
        let actions = proptest::collection::vec((0_i64..2000, outcomes, any::<bool>()), 0..12);
        let payments = proptest::collection::vec((0_i64..2000, 1_i64..3000), 0..4);
        (actions, payments).prop_map(|(mut actions, payments)| {
            actions.sort_by_key(|(hours, ..)| *hours);
            let action =
                |(hours, outcome, outside)| if outside { letter(hours) } else { call(hours, outcome) };
            let actions: Vec<_> = actions.into_iter().map(action).collect();
            let mut payments: Vec<_> =
                payments.into_iter().map(|(hours, minor)| paid(hours, minor)).collect();
            payments.sort_by_key(|payment| payment.at);
            // Whoever answered talked with one of two agents.
            let answered = |action: &&ActionFact| said(action).answered;
            let talks =
                actions.iter().filter(answered).enumerate().map(|(n, action)| talk(n, action)).collect();
            DebtFacts { actions, payments, talks }
        })
    }

    fn talk(n: usize, action: &ActionFact) -> TalkFact {
        TalkFact {
            at: action.at,
            agent: ["anna", "boris"][n % 2].into(),
            attempt: i64::try_from(n).expect("a few"),
            call_at: action.at,
            answered_at: Some(action.at),
            campaign: action.campaign,
            currency: action.currency,
            identified: true,
            promise: None,
            complaint: false,
            came_in: false,
        }
    }

    /// The cells of a linked table between two days, as a report adds them up.
    fn add_up(counted: &Counted, table: &Tally, (from, to): (i64, i64)) -> BTreeMap<Vec<Key>, Vec<i64>> {
        let mut all = BTreeMap::new();
        for (cell, sums) in counted.0.iter().filter(|(cell, _)| cell.table == table.place) {
            let Some((Key::Number(before), keys)) = cell.keys.split_last() else { continue };
            if cell.day < from || cell.day >= to {
                continue;
            }
            let mine: &mut Vec<i64> = all.entry(keys.to_vec()).or_insert_with(|| vec![0; sums.len()]);
            for ((counting, sum), mine) in table.counts.iter().zip(sums).zip(mine) {
                *mine += match counting {
                    Counting::After => i64::from(*before >= from) * sum,
                    Counting::Always => *sum,
                    Counting::First => i64::from(*before < from) * sum,
                };
            }
        }
        all
    }

    proptest! {
        #[test]
        fn parts_of_time_add_up_to_the_whole(facts in facts(), cut in 0_i64..2000) {
            let whole = counted(&facts);
            let mut parts = Counted::default();
            for among in [(at(-1), at(cut)), (at(cut), at(3000))] {
                count(&facts, &basis(), Some(among), &mut parts);
            }
            count_links(&facts, &basis(), &mut parts);
            count_costs(&facts, &basis(), &mut parts);
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn an_account_counts_once_in_whatever_period(facts in facts(), from in 0_i64..80, long in 1_i64..80) {
            let (basis, counted) = (basis(), counted(&facts));
            let some = |all: BTreeMap<Vec<Key>, Vec<i64>>| {
                all.into_iter().filter(|(_, sums)| sums.iter().any(|&sum| sum != 0)).collect::<BTreeMap<_, _>>()
            };
            for (table, days) in [
                (&ACCOUNT, (from, from + long)),
                (&AGENT_PAID, (from, from + long)),
                (&ACCOUNT_MONTH, (month_of(from), month_of(from + long + 31))),
            ] {
                let among = (basis.begins(days.0), basis.begins(days.1));
                let asked = if table.place == ACCOUNT_MONTH.place { &ACCOUNT } else { table };
                let rows = linked_in(&facts, &basis, asked, among);
                prop_assert_eq!(some(add_up(&counted, table, days)), some(rows), "{}", table.name);
            }
        }

        #[test]
        fn every_rule_credits_the_same_money(facts in facts()) {
            let counted = counted(&facts);
            let sum = |column| of(&counted, "ivr", column) + of(&counted, "letter", column);
            let last = sum("credited_last_minor");
            prop_assert_eq!(last, sum("credited_first_minor"));
            prop_assert_eq!(last, sum("credited_linear_minor"));
            prop_assert!(last <= facts.payments.iter().map(|payment| payment.minor).sum::<i64>());
        }
    }
}
