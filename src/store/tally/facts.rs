//! Reading what is known of debts' actions and payments.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::{Channel, Currency, DebtKind, DebtorType, Disposition, Outcome};
use crate::rules::EventKind;
use crate::stats::{ActionFact, CallFact, DebtFacts, OutsideFact, PaymentFact, PromiseState, TalkFact, What};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, Row, Value, moment, moment_opt, values};

/// Whose debts are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    /// Those with an action or a payment in this time.
    Touched { from: Timestamp, to: Timestamp },
    /// Those with an id above `after`, up to `upto`.
    Debts { after: i64, upto: i64 },
}

/// The facts of debts by their ids, each debt's in order of time. A debt without an action and a payment is not there.
pub(super) async fn load(conn: &mut Conn, which: Which) -> Result<BTreeMap<i64, DebtFacts>, Fault> {
    let (range, sql): (Vec<Value>, &Queries) = match which {
        Which::Touched { from, to } => (values![from, to], &TOUCHED),
        Which::Debts { after, upto } => (values![after, upto], &DEBTS),
    };
    let mut all: BTreeMap<i64, Loaded> = BTreeMap::new();
    let (mut complaints, mut talks) = (BTreeSet::new(), Vec::new());
    for row in conn.all(sql.beside, range.clone()).await? {
        match row.text_opt(2)? {
            Some(agent) => talks.push((row.int(0)?, talk(&row, agent)?)),
            None => drop(complaints.insert(row.int(1)?)),
        }
    }
    for (debt, mut talk) in talks {
        talk.complaint = complaints.contains(&talk.attempt);
        all.entry(debt).or_default().talks.push(talk);
    }
    for row in conn.all(sql.attempts, range.clone()).await? {
        let id = row.int(1)?;
        let action = attempt(&row, complaints.contains(&id))?;
        all.entry(row.int(0)?).or_default().actions.push(((action.at, 0, id), action));
    }
    for row in conn.all(sql.outside, range.clone()).await? {
        let action = outside(&row)?;
        all.entry(row.int(0)?).or_default().actions.push(((action.at, 1, row.int(1)?), action));
    }
    for row in conn.all(sql.payments, range).await? {
        let payment = PaymentFact {
            at: moment(row.int(1)?)?,
            creditor: row.int(4)?,
            minor: row.int(2)?,
            currency: row.code(3, "currency", Currency::parse)?,
        };
        all.entry(row.int(0)?).or_default().payments.push(payment);
    }
    Ok(all.into_iter().map(|(debt, loaded)| (debt, loaded.in_order())).collect())
}

/// Actions with their place in time: two of one moment stand in the order in which they were written.
#[derive(Default)]
struct Loaded {
    actions: Vec<((Timestamp, u8, i64), ActionFact)>,
    payments: Vec<PaymentFact>,
    talks: Vec<TalkFact>,
}

impl Loaded {
    fn in_order(mut self) -> DebtFacts {
        self.actions.sort_by_key(|(place, _)| *place);
        DebtFacts {
            actions: self.actions.into_iter().map(|(_, action)| action).collect(),
            payments: self.payments,
            talks: self.talks,
        }
    }
}

fn talk(row: &Row, agent: String) -> Result<TalkFact, Fault> {
    Ok(TalkFact {
        attempt: row.int(1)?,
        agent,
        at: moment(row.int(3)?)?,
        call_at: moment(row.int(5)?)?,
        answered_at: moment_opt(row.int_opt(6)?)?,
        campaign: row.int(7)?,
        currency: row.code(8, "currency", Currency::parse)?,
        identified: row.int(9)? != 0,
        promise: row.code_opt(10, "promise", PromiseState::parse)?,
        complaint: false,
        came_in: row.int(11)? != 0,
    })
}

fn attempt(row: &Row, complaint: bool) -> Result<ActionFact, Fault> {
    let call = CallFact {
        trunk: row.text(12)?,
        outcome: row.code(13, "outcome", Outcome::parse)?,
        disposition: row.code_opt(14, "disposition", Disposition::parse)?,
        identified: row.int(15)? != 0,
        amount_heard: row.int(16)? != 0,
        connected: row.int_opt(17)?.is_some(),
        talk_us: row.int_opt(17)?.zip(row.int_opt(18)?).map_or(0, |(answered, ended)| ended - answered),
        line: moment_opt(row.int_opt(24)?)?.zip(moment_opt(row.int_opt(18)?)?),
        cost_micro: row.int_opt(19)?.unwrap_or(0),
        selected_at: moment_opt(row.int_opt(22)?)?,
    };
    let channel = row.code(3, "channel", Channel::parse)?;
    let promise = row.code_opt(20, "promise", PromiseState::parse)?.zip(row.int_opt(21)?);
    let nth = row.int_opt(23)?;
    Ok(ActionFact { nth, promise, complaint, ..action(row, channel, What::Call(call))? })
}

fn outside(row: &Row) -> Result<ActionFact, Fault> {
    let kind = row.code(12, "kind of event", EventKind::parse)?;
    let spoken = matches!(
        kind,
        EventKind::AnsweredUnknown
            | EventKind::Conversation
            | EventKind::InboundConversation
            | EventKind::ThirdParty
            | EventKind::Visit
    );
    let told = [14, 15, 16, 17].map(|column| row.int(column).map(|told| told != 0));
    let [promise, dispute, opt_out, complaint] = told;
    let (promise, dispute, opt_out) = (promise?, dispute?, opt_out?);
    let right_party = promise || matches!(kind, EventKind::Conversation | EventKind::InboundConversation);
    let spoken = spoken || promise || dispute || opt_out;
    let what = What::Outside(OutsideFact { spoken, right_party, promise, dispute, opt_out });
    let dated = row.code_opt(18, "promise", PromiseState::parse)?.zip(row.int_opt(19)?);
    let action = action(row, row.code(3, "channel", Channel::parse)?, what)?;
    Ok(ActionFact { nth: row.int_opt(13)?, promise: dated, complaint: complaint?, ..action })
}

/// The columns that both have.
fn action(row: &Row, channel: Channel, what: What) -> Result<ActionFact, Fault> {
    Ok(ActionFact {
        at: moment(row.int(2)?)?,
        channel,
        debtor_type: row.code(4, "debtor type", DebtorType::parse)?,
        kind: row.code(5, "kind of debt", DebtKind::parse)?,
        creditor: row.int(6)?,
        campaign: row.int(7)?,
        hour: row.int_opt(8)?.and_then(|hour| u8::try_from(hour).ok()),
        age_days: row.int_opt(9)?,
        currency: row.code(10, "currency", Currency::parse)?,
        amount_minor: row.int(11)?,
        what,
        nth: None,
        promise: None,
        complaint: false,
    })
}

struct Queries {
    attempts: &'static str,
    outside: &'static str,
    payments: &'static str,
    beside: &'static str,
}

/// The readings; `$1` and `$2` bound the debts `d`. Those of test calls are left out.
macro_rules! queries {
    ($which:literal) => {
        Queries {
            attempts: concat!(
                "SELECT a.debt_id, a.id, a.reserved_at, a.channel, a.debtor_type, a.debt_kind, a.creditor_id, ",
                "a.campaign_id, a.local_hour, a.age_days, a.currency, a.amount_minor, a.trunk, a.outcome, ",
                "a.disposition, a.identified, ",
                "CAST(CASE WHEN a.grades LIKE '%\"amount_heard\"%' THEN 1 ELSE 0 END AS BIGINT), a.answer_at, ",
                "a.end_at, a.cost_micro, p.state, p.amount_minor, ",
                "CASE WHEN c.arm = 'called' AND COALESCE(c.arm_percent, 1) > 0 THEN c.selected_at END, a.nth_use, ",
                // His own call has its line from the beginning.
                "COALESCE(a.invite_at, CASE WHEN a.channel = 'inbound_call' THEN a.reserved_at END) FROM debt d ",
                "JOIN attempt a ON a.debt_id = d.id LEFT JOIN promise p ON p.attempt_id = a.id AND p.state <> 'void' ",
                "LEFT JOIN contact c ON c.id = a.contact_id WHERE a.outcome IS NOT NULL AND ",
                $which,
                " AND ",
                counts!("d")
            ),
            outside: concat!(
                "SELECT o.debt_id, o.event_id, o.at, o.channel, o.debtor_type, o.debt_kind, o.creditor_id, ",
                "CAST(0 AS BIGINT), o.local_hour, o.age_days, o.currency, o.amount_minor, e.kind, o.nth_use, ",
                "o.promise, o.dispute, o.opt_out, o.complaint, p.state, p.amount_minor ",
                "FROM debt d JOIN outside_action o ON o.debt_id = d.id JOIN event e ON e.id = o.event_id ",
                "LEFT JOIN promise p ON p.id = o.promise_id AND p.state <> 'void' WHERE NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = e.id) AND ",
                $which,
                " AND ",
                counts!("d")
            ),
            payments: concat!(
                "SELECT y.debt_id, y.paid_at, y.amount_minor, y.currency, d.creditor_id FROM debt d ",
                "JOIN payment y ON y.debt_id = d.id WHERE ",
                $which,
                " AND ",
                counts!("d"),
                " ORDER BY y.paid_at, y.id"
            ),
            // Complaints, which name no agent, and the talks of agents.
            beside: concat!(
                "SELECT r.debt_id, r.attempt_id, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), ",
                "CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT), ",
                "CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(0 AS BIGINT) FROM debt d JOIN reaction r ON r.debt_id = d.id ",
                "WHERE r.kind = 'complaint' AND r.attempt_id IS NOT NULL AND ",
                $which,
                " AND ",
                counts!("d"),
                " UNION ALL SELECT a.debt_id, a.id, s.agent, s.at, s.id, a.reserved_at, a.answer_at, a.campaign_id, ",
                "a.currency, a.identified, p.state, CAST(CASE WHEN a.channel = 'inbound_call' THEN 1 ELSE 0 END AS BIGINT) FROM debt d JOIN attempt a ON a.debt_id = d.id ",
                "JOIN agent_state s ON s.attempt_id = a.id ",
                "LEFT JOIN promise p ON p.attempt_id = a.id AND p.state <> 'void' WHERE s.state = 'talking' AND a.outcome IS NOT NULL AND ",
                $which,
                " AND ",
                counts!("d"),
                " ORDER BY 4, 5"
            ),
        }
    };
}

const DEBTS: Queries = queries!("d.id > $1 AND d.id <= $2");
const TOUCHED: Queries = queries!(
    "d.id IN (SELECT debt_id FROM attempt WHERE reserved_at >= $1 AND reserved_at < $2 \
     UNION SELECT debt_id FROM outside_action WHERE at >= $1 AND at < $2 \
     UNION SELECT debt_id FROM payment WHERE paid_at >= $1 AND paid_at < $2)"
);
