//! An agent's sound in his browser: `POST /api/v1/desk/sound` answers the page's offer, `/desk/headset` checks a headset.
//!
//! One request is the whole signalling: the server is an ICE-lite peer with one address, so there is nothing to trickle and
//! nothing to push; what becomes of the sound is the agent's state, which the desk's events tell.

mod page;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) use page::bar;

use super::super::Shared;
use super::super::guard::Viewer;
use super::texts::Texts;
use crate::domain::{Language, Right};
use crate::web::api::{Fault, answers, body, read, schema};

/// A browser that is to have an agent's sound.
#[derive(Debug, Clone)]
pub struct SoundAsked {
    /// His login.
    pub agent: String,
    /// The browser's SDP.
    pub offer: String,
    /// It is to hear itself only.
    pub check: bool,
    /// The session it comes back from by itself.
    pub before: Option<u64>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundAnswer {
    Answered {
        sdp: String,
        session: u64,
    },
    /// Too many headsets are being checked.
    Busy,
    /// Another window has the sound.
    Elsewhere,
    /// The offer can't be taken; why.
    Malformed(String),
    /// Who asks has no desk.
    NoDesk,
    /// No port is open for browsers.
    NotServed,
    /// His sound is his telephone's.
    Telephone,
}

impl SoundAnswer {
    /// The refusal's status, code and sentence.
    fn refusal(&self, language: Language) -> (StatusCode, &'static str, String) {
        let texts = Texts::of(language);
        let (status, code, text) = match self {
            Self::Answered { .. } | Self::NotServed => {
                (StatusCode::SERVICE_UNAVAILABLE, "not_served", texts.sound_not_served)
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", texts.sound_busy),
            Self::Elsewhere => (StatusCode::CONFLICT, "elsewhere", texts.sound_elsewhere),
            Self::Malformed(why) => {
                return (StatusCode::UNPROCESSABLE_ENTITY, "malformed", why.clone());
            }
            Self::NoDesk => (StatusCode::NOT_FOUND, "no_desk", texts.no_desk),
            Self::Telephone => (StatusCode::CONFLICT, "telephone", texts.sound_telephone),
        };
        (status, code, text.to_owned())
    }
}

/// An offer of sound alone is far shorter.
const OFFER_LIMIT: usize = 64 * 1024;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/desk/sound", post(offer))
        .route("/api/v1/desk/sound-check", post(check))
        .layer(DefaultBodyLimit::max(OFFER_LIMIT))
        .merge(page::routes())
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfferBody {
    /// The browser's SDP: sound in A-law (PCMA) both ways.
    offer: String,
    /// The session the page comes back from by itself: it does not take the sound from a window that has it meanwhile.
    before: Option<u64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    /// The browser's SDP: sound in A-law (PCMA) both ways.
    offer: String,
}

type Read = Result<Bytes, BytesRejection>;

async fn offer(viewer: Viewer, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    viewer.may(Right::WorkDesk)?;
    let OfferBody { offer, before } = read(bytes).map_err(Fault::into_response)?;
    ask(viewer, &shared, (offer, false, before)).await
}

async fn check(viewer: Viewer, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    viewer.may(Right::WorkDesk)?;
    let CheckBody { offer } = read(bytes).map_err(Fault::into_response)?;
    ask(viewer, &shared, (offer, true, None)).await
}

async fn ask(
    viewer: Viewer,
    shared: &Shared,
    (offer, check, before): (String, bool, Option<u64>),
) -> Result<Response, Response> {
    let language = viewer.language;
    let asked = SoundAsked { agent: viewer.login, offer, check, before };
    let answer = shared.console.desk.sound.ask(asked).await;
    match answer.map_err(|fault| Fault::from(fault).into_response())? {
        SoundAnswer::Answered { sdp, session } => {
            Ok(Json(json!({ "answer": sdp, "session": session })).into_response())
        }
        refused => {
            let (status, code, message) = refused.refusal(language);
            Err(Fault::new(status, code, message).into_response())
        }
    }
}

/// The resources' parts of the OpenAPI document.
pub(super) fn document() -> [(&'static str, Value); 2] {
    let answered = json!({ "answer": "v=0…", "session": 7 });
    let own: [(u16, &str, &Value); 5] = [
        (200, "The browser's SDP answer, and the session's number", &answered),
        (403, "The role has no desk", &Value::Null),
        (404, "No agent works under this login", &Value::Null),
        (409, "Another window has the sound, or it is a telephone's", &Value::Null),
        (503, "No port is open for browsers, or too many headsets are being checked", &Value::Null),
    ];
    let deed = |summary: &str, schema: schemars::Schema| {
        json!({ "post": {
            "summary": summary,
            "security": [{ "session": [] }],
            "x-right": "work_desk",
            "requestBody": body(schema),
            "responses": answers(&own),
        } })
    };
    [
        ("/api/v1/desk/sound", deed("Take the sound into this browser (WebRTC)", schema::<OfferBody>())),
        ("/api/v1/desk/sound-check", deed("Hear oneself half a second later", schema::<CheckBody>())),
    ]
}
