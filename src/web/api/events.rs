//! `POST /api/v1/events`: a contact made elsewhere, into the ledger, where the rules count it.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::fault::{Fault, filled, read};
use super::openapi::{answers, body, schema};
use crate::domain::{PhoneNumber, ToldReaction};
use crate::rules::event::EXACT_CHANNELS;
use crate::rules::{Agent, EventKind};

/// A message, a visit, a letter, a call of another system, a call of his to us.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EventBody {
    /// The event's own id. Told twice it changes nothing; with other contents it is refused.
    id: String,
    /// The person's id in the lists. It or the phone is there.
    person: Option<String>,
    /// The number in E.164 (+79991234567). Without a person everybody who has it is meant.
    phone: Option<String>,
    /// message, letter, visit, inbound_conversation, conversation, answered_unknown, voicemail and the like.
    kind: String,
    /// When it happened (RFC 3339); now where absent.
    #[schemars(with = "Option<String>")]
    at: Option<Timestamp>,
    /// The exact channel, such as sms, whatsapp, email; the kind's usual one where absent.
    channel: Option<String>,
    /// human or robot.
    agent: Option<String>,
    /// A creditor's name as the lists have it.
    creditor: Option<String>,
    /// The debt's id at the creditor; it is one of the person's.
    debt: Option<String>,
    /// What he did in it: complaint, dispute, opt_out, promise. A complaint and a dispute are cases and hold him from now on, as
    /// opt_out does; a promise is of a debt.
    #[serde(default)]
    reactions: Vec<String>,
    /// The last day on which he would pay what he promised, such as 2026-03-10; at most 180 days after the contact.
    #[schemars(with = "Option<String>")]
    promised_on: Option<Date>,
    /// How much of it, as text, such as "1234.50", in the debt's currency; all that he owed then where absent; what is above that is left out.
    promised_amount: Option<String>,
}

/// An event that was read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellEvent {
    pub id: String,
    /// It or the phone is there.
    pub person: Option<String>,
    pub phone: Option<PhoneNumber>,
    pub kind: EventKind,
    pub at: Option<Timestamp>,
    pub channel: Option<String>,
    pub agent: Option<Agent>,
    pub creditor: Option<String>,
    pub debt: Option<String>,
    /// But for the sum.
    pub reaction: ToldReaction,
    /// As it was written.
    pub promised_amount: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAnswer {
    /// It lies ahead.
    Ahead,
    /// The promise has no sum, or a day that was over; or it is a day or a sum without a promise.
    BadPromise,
    /// Another event was told by this id.
    Differs,
    /// It was told before.
    Known,
    New,
    /// No list has a creditor of that name.
    NoCreditor,
    /// The person has no debt of that id.
    NoDebt,
    /// Nobody has this id or number.
    NoPerson,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/events", post(tell))
}

async fn tell(State(api): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Fault> {
    let told = read::<EventBody>(bytes)?.check()?;
    let recorded = |status, word| Ok((status, Json(json!({ "recorded": word }))).into_response());
    match api.events.ask(told).await? {
        EventAnswer::New => recorded(StatusCode::CREATED, "new"),
        EventAnswer::Known => recorded(StatusCode::OK, "known"),
        EventAnswer::Ahead => Err(Fault::field("ahead", "the time lies ahead")),
        EventAnswer::BadPromise => Err(Fault::field(
            "bad_promise",
            "a promise has a day that is not over at the contact nor further off than 180 days, and a sum above nothing only with it",
        )),
        EventAnswer::Differs => {
            Err(Fault::new(StatusCode::CONFLICT, "id_reused", "another event was told by this id before"))
        }
        EventAnswer::NoCreditor => Err(Fault::new(
            StatusCode::NOT_FOUND,
            "no_creditor",
            "no list has a creditor of that name: leave it out where it is not known",
        )),
        EventAnswer::NoDebt => Err(Fault::new(
            StatusCode::NOT_FOUND,
            "no_debt",
            "the person has no debt of that id: leave the debt out where the contact was about none of his; a promise is of one",
        )),
        EventAnswer::NoPerson => {
            Err(Fault::new(StatusCode::NOT_FOUND, "no_person", "nobody has this id or number"))
        }
    }
}

impl EventBody {
    fn check(self) -> Result<TellEvent, Fault> {
        let phone = self.phone.as_deref().map(|text| {
            let told = "phone is a number such as +79991234567";
            PhoneNumber::parse(text).map_err(|_| Fault::field("malformed", told))
        });
        let (phone, person) = (phone.transpose()?, filled_opt("person", self.person)?);
        if phone.is_none() && person.is_none() {
            return Err(Fault::field("malformed", "person or phone must be there"));
        }
        let known = || EventKind::ALL.iter().filter(|kind| **kind != EventKind::InFlight);
        let kind = known().find(|kind| kind.code() == self.kind).copied().ok_or_else(|| {
            let codes: Vec<_> = known().map(|kind| kind.code()).collect();
            Fault::field("malformed", format!("kind is one of: {}", codes.join(", ")))
        })?;
        if let Some(channel) = &self.channel
            && !EXACT_CHANNELS.contains(&channel.as_str())
        {
            let told = format!("channel is one of: {}", EXACT_CHANNELS.join(", "));
            return Err(Fault::field("malformed", told));
        }
        let mut reaction = ToldReaction { promised_on: self.promised_on, ..ToldReaction::default() };
        if !self.reactions.iter().all(|word| reaction.take(word)) {
            let told = format!("reactions are of: {}", ToldReaction::WORDS.join(", "));
            return Err(Fault::field("malformed", told));
        }
        let agent = self.agent.as_deref().map(|word| {
            Agent::parse(word).ok_or_else(|| Fault::field("malformed", "agent is human or robot"))
        });
        Ok(TellEvent {
            id: filled("id", &self.id)?,
            person,
            phone,
            kind,
            at: self.at,
            channel: self.channel,
            agent: agent.transpose()?,
            creditor: filled_opt("creditor", self.creditor)?,
            debt: filled_opt("debt", self.debt)?,
            reaction,
            promised_amount: self.promised_amount,
        })
    }
}

fn filled_opt(field: &'static str, text: Option<String>) -> Result<Option<String>, Fault> {
    text.map(|text| filled(field, &text)).transpose()
}

/// The resource's part of the OpenAPI document.
pub(super) fn document() -> (&'static str, Value) {
    let recorded = json!({ "recorded": "new or known" });
    let post = json!({
        "summary": "Tell a contact made elsewhere",
        "description": "Message, letter, visit, call of another system or of the person to us: it goes into the ledger \
                        and is counted by the rules. What he did in it counts in the reports, holds him, and is judged.",
        "requestBody": body(schema::<EventBody>()),
        "responses": answers(&[
            (201, "Recorded", &recorded),
            (200, "Known already; nothing was changed", &recorded),
            (404, "Nobody has this id or number, the creditor is in no list, or the person has no such debt; nothing was written", &Value::Null),
            (409, "Another event was told by this id before", &Value::Null),
        ]),
    });
    ("/api/v1/events", json!({ "post": post }))
}
