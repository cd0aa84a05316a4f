//! Reading what is known of debts' actions and payments.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::{Channel, Currency, DebtKind, DebtorType, Disposition, Outcome};
use crate::rules::{Agent, EventKind};
use crate::stats::{ActionFact, CallFact, DebtFacts, PaymentFact, PromiseState, What};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, Row, Value, moment, values};

/// Whose debts are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    /// Those with an action in this time.
    Acting { from: Timestamp, to: Timestamp },
    /// Those with an id above `after`, up to `upto`.
    Debts { after: i64, upto: i64 },
}

/// The debts' facts, each debt's in order of time. A debt without an action and a payment is not there.
pub(super) async fn load(conn: &mut Conn, which: Which) -> Result<Vec<DebtFacts>, Fault> {
    let (range, sql): (Vec<Value>, &Queries) = match which {
        Which::Acting { from, to } => (values![from, to], &ACTING),
        Which::Debts { after, upto } => (values![after, upto], &DEBTS),
    };
    let mut all: BTreeMap<i64, Loaded> = BTreeMap::new();
    let complaints = conn.all(sql.complaints, range.clone()).await?;
    let complaints = complaints.iter().map(|row| row.int(0)).collect::<Result<BTreeSet<_>, _>>()?;
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
            minor: row.int(2)?,
            currency: row.code(3, "currency", Currency::parse)?,
        };
        all.entry(row.int(0)?).or_default().payments.push(payment);
    }
    Ok(all.into_values().map(Loaded::in_order).collect())
}

/// Actions with their place in time: two of one moment stand in the order in which they were written.
#[derive(Default)]
struct Loaded {
    actions: Vec<((Timestamp, u8, i64), ActionFact)>,
    payments: Vec<PaymentFact>,
}

impl Loaded {
    fn in_order(mut self) -> DebtFacts {
        self.actions.sort_by_key(|(place, _)| *place);
        DebtFacts {
            actions: self.actions.into_iter().map(|(_, action)| action).collect(),
            payments: self.payments,
        }
    }
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
        cost_micro: row.int_opt(19)?.unwrap_or(0),
    };
    let channel = row.code(3, "channel", Channel::parse)?;
    let promise = row.code_opt(20, "promise", PromiseState::parse)?.zip(row.int_opt(21)?);
    Ok(ActionFact { promise, complaint, ..action(row, channel, What::Call(call))? })
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
    let right_party = matches!(kind, EventKind::Conversation | EventKind::InboundConversation);
    let what = What::Outside { spoken, right_party };
    let agent = row.code_opt(13, "agent", Agent::parse)?;
    action(row, channel(kind, agent, &row.text(3)?), what)
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
        promise: None,
        complaint: false,
    })
}

/// The channel of an entry that another system told.
fn channel(kind: EventKind, agent: Option<Agent>, exact: &str) -> Channel {
    match (kind, exact) {
        (EventKind::Letter, _) => Channel::Letter,
        (EventKind::Visit, _) => Channel::Visit,
        (EventKind::InboundConversation, _) => Channel::InboundCall,
        (EventKind::Voicemail | EventKind::AmdDisconnect, _) => Channel::Voicemail,
        (_, "video") => Channel::Video,
        (EventKind::Message, "sms") => Channel::Sms,
        (EventKind::Message, "email") => Channel::Email,
        (EventKind::Message, _) => Channel::Messenger,
        (
            EventKind::Abandoned
            | EventKind::AnsweredUnknown
            | EventKind::AttemptNoAnswer
            | EventKind::AttemptUnconnected
            | EventKind::Conversation
            | EventKind::InFlight
            | EventKind::ThirdParty,
            _,
        ) => match agent {
            Some(Agent::Human) => Channel::AgentCall,
            Some(Agent::Robot) | None => Channel::Ivr,
        },
    }
}

struct Queries {
    attempts: &'static str,
    outside: &'static str,
    payments: &'static str,
    complaints: &'static str,
}

/// The four readings; `$1` and `$2` bound the debts `d`. Those of test calls are left out.
macro_rules! queries {
    ($which:literal) => {
        Queries {
            attempts: concat!(
                "SELECT a.debt_id, a.id, a.reserved_at, a.channel, a.debtor_type, a.debt_kind, a.creditor_id, ",
                "a.campaign_id, a.local_hour, a.age_days, a.currency, a.amount_minor, a.trunk, a.outcome, ",
                "a.disposition, a.identified, ",
                "CAST(CASE WHEN a.grades LIKE '%\"amount_heard\"%' THEN 1 ELSE 0 END AS BIGINT), a.answer_at, ",
                "a.end_at, a.cost_micro, p.state, p.amount_minor FROM debt d JOIN attempt a ON a.debt_id = d.id ",
                "LEFT JOIN promise p ON p.attempt_id = a.id AND p.state <> 'void' WHERE a.outcome IS NOT NULL ",
                "AND a.channel <> 'inbound_call' AND ",
                $which,
                " AND ",
                counts!("d")
            ),
            outside: concat!(
                "SELECT o.debt_id, o.event_id, o.at, e.channel_exact, o.debtor_type, o.debt_kind, o.creditor_id, ",
                "CAST(0 AS BIGINT), o.local_hour, o.age_days, o.currency, o.amount_minor, e.kind, e.agent ",
                "FROM debt d JOIN outside_action o ON o.debt_id = d.id JOIN event e ON e.id = o.event_id ",
                "WHERE NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = e.id) AND ",
                $which,
                " AND ",
                counts!("d")
            ),
            payments: concat!(
                "SELECT y.debt_id, y.paid_at, y.amount_minor, y.currency FROM debt d ",
                "JOIN payment y ON y.debt_id = d.id WHERE ",
                $which,
                " AND ",
                counts!("d"),
                " ORDER BY y.paid_at, y.id"
            ),
            complaints: concat!(
                "SELECT r.attempt_id FROM debt d JOIN reaction r ON r.debt_id = d.id WHERE r.kind = 'complaint' ",
                "AND r.attempt_id IS NOT NULL AND ",
                $which,
                " AND ",
                counts!("d")
            ),
        }
    };
}

const DEBTS: Queries = queries!("d.id > $1 AND d.id <= $2");
const ACTING: Queries = queries!(
    "d.id IN (SELECT debt_id FROM attempt WHERE reserved_at >= $1 AND reserved_at < $2 \
     UNION SELECT debt_id FROM outside_action WHERE at >= $1 AND at < $2)"
);
