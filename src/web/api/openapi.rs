//! `GET /api/v1/openapi.json`: the API said in OpenAPI 3.1, put together from its resources.

use axum::routing::get;
use axum::{Json, Router};
use schemars::Schema;
use serde_json::{Map, Value, json};

use super::{Shared, cases, events, payments, quality};
use crate::web::console;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/openapi.json", get(|| async { Json(document()) }))
}

/// The whole document.
fn document() -> Value {
    let desk = console::desk_document();
    let own = [events::document()].into_iter().chain(payments::documents()).chain(cases::documents());
    let own = own.chain(quality::documents());
    let resources = own.chain(desk).chain(console::floor_document());
    let paths: Map<String, Value> = resources.map(|(path, part)| (path.to_owned(), part)).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "obzvon", "version": env!("CARGO_PKG_VERSION") },
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "obzvon" },
            },
            "schemas": { "Fault": {
                "type": "object",
                "required": ["fault", "message"],
                "properties": {
                    "fault": { "type": "string", "description": "A stable code" },
                    "message": { "type": "string" },
                },
            } },
        },
    })
}

/// A request's body of this schema.
pub(in crate::web) fn body(schema: Schema) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

/// A resource's own answers, an example of each where there is one, and those that every resource has.
pub(in crate::web) fn answers(own: &[(u16, &str, &Value)]) -> Value {
    let fault = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Fault" } } });
    let mut all = Map::new();
    for &(status, description, example) in own {
        let content = match example {
            Value::Null => fault.clone(),
            example => json!({ "application/json": { "example": example } }),
        };
        all.insert(status.to_string(), json!({ "description": description, "content": content }));
    }
    for (status, description) in [
        (400, "Not JSON"),
        (401, "No token, or another one"),
        (413, "The body is too large"),
        (422, "A field is missing, unknown or malformed"),
        (503, "Nothing was written: tell it again later"),
    ] {
        all.insert(status.to_string(), json!({ "description": description, "content": fault }));
    }
    Value::Object(all)
}
