//! The messages.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::{AttemptId, DebtId, is_test};
use crate::store::engine::conn::{Conn, Fault, values};

/// A word to other systems, by the creditor's own ids, without names or numbers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Told<'a> {
    Attempt {
        attempt: AttemptId,
        campaign: &'a str,
        person: &'a str,
        debt: &'a str,
        creditor: &'a str,
        #[serde(flatten)]
        talk: TalkTold<'a>,
    },
    /// A complaint or a dispute of his was answered: he is to be told.
    CaseAnswered {
        /// `C-000017`.
        case: String,
        kind: &'static str,
        person: &'a str,
        debt: &'a str,
        creditor: &'a str,
        channel: &'static str,
        /// What he is told.
        answer: &'a str,
    },
    Payment {
        payment: &'a str,
        debt: &'a str,
        creditor: &'a str,
        amount_minor: i64,
        currency: &'static str,
        paid_at: Timestamp,
        /// The debt is paid in full.
        closed: bool,
    },
    /// A debtor says that he does not owe this, or has paid it: a question to the creditor.
    Dispute {
        /// `C-000017`: the answer names it.
        case: String,
        kind: &'static str,
        debt: &'a str,
        creditor: &'a str,
        /// `owed`: is it? `paid`: has the money come?
        question: &'static str,
        answer_by: Timestamp,
    },
    /// A channel brought no reaction: another one is wanted.
    NextAction {
        debt: &'a str,
        creditor: &'a str,
        /// The policy's name in the configuration.
        policy: &'a str,
        channel: &'static str,
        /// Uses of the channel on the person so far, and when the last one was.
        uses: i64,
        since: Timestamp,
        then: &'static str,
    },
    Promise {
        debt: &'a str,
        creditor: &'a str,
        promised_on: &'a str,
        /// `kept`, `broken`, `void` (settled by money from before the promise), or `open` again after a payment was taken
        /// back.
        state: &'static str,
        /// Paid from the call to the end of the last day, and after it.
        paid_minor: i64,
        paid_late_minor: i64,
    },
    /// A payment was taken back.
    Reversal {
        payment: &'a str,
        debt: &'a str,
        creditor: &'a str,
        amount_minor: i64,
        currency: &'static str,
        reversed_at: Timestamp,
        /// The debt was paid and is owed again.
        opened: bool,
    },
}

/// What came of an attempt. Where an agent talked it is told twice: when the call ends, and when he has written it up; the
/// last word counts.
#[derive(Debug, Serialize)]
pub struct TalkTold<'a> {
    pub outcome: &'static str,
    pub disposition: Option<&'static str>,
    pub identified: bool,
    pub promised_on: Option<Date>,
    pub asks: &'a [String],
    /// The agent's own words.
    #[serde(flatten)]
    pub written: Option<WrittenTold<'a>>,
}

/// What an agent wrote up.
#[derive(Debug, Serialize)]
pub struct WrittenTold<'a> {
    pub agent: &'a str,
    /// The house's own code of the disposition.
    pub written_as: &'a str,
    pub promised_minor: Option<i64>,
    pub currency: Option<&'static str>,
    /// Why it was not paid.
    pub reason: Option<&'a str>,
}

impl Told<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Attempt { .. } => "attempt",
            Self::Dispute { .. } => "dispute",
            Self::CaseAnswered { .. } => "case_answered",
            Self::NextAction { .. } => "next_action",
            Self::Payment { .. } => "payment",
            Self::Promise { .. } => "promise",
            Self::Reversal { .. } => "reversal",
        }
    }

    fn creditor(&self) -> &str {
        match self {
            Self::Attempt { creditor, .. }
            | Self::Dispute { creditor, .. }
            | Self::CaseAnswered { creditor, .. }
            | Self::NextAction { creditor, .. }
            | Self::Payment { creditor, .. }
            | Self::Promise { creditor, .. }
            | Self::Reversal { creditor, .. } => creditor,
        }
    }
}

/// Writes a message down, and who is to have it; of a test call there is nothing to tell. Gives how many systems are.
pub async fn tell(conn: &mut Conn, debt: DebtId, told: &Told<'_>, now: Timestamp) -> Result<u64, Fault> {
    if is_test(told.creditor()) {
        return Ok(0);
    }
    let payload = serde_json::to_string(told).expect("codes, numbers and text");
    let id = conn.one(MESSAGE, values![now, told.kind(), debt, payload]).await?.int(0)?;
    conn.run(FOR_WHOM, values![id, debt, now, told.creditor()]).await
}

const MESSAGE: &str = "INSERT INTO outbox (at, kind, debt_id, payload) VALUES ($1, $2, $3, $4) RETURNING id";
const FOR_WHOM: &str = "INSERT INTO delivery (endpoint, outbox_id, debt_id, next_try_at) \
    SELECT name, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM endpoint \
    WHERE creditor IN ('', $4) GROUP BY name";
