//! `GET /api/v1/openapi.json`: the API said in OpenAPI 3.1, put together from its resources.

use axum::routing::get;
use axum::{Json, Router};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::{cases, events, hooks, payments, quality};
use crate::web::console;

/// It is no secret, and of the desk as well, which needs no token: it is there whether the rest of the API is or not.
pub(in crate::web) fn routes() -> Router {
    Router::new().route("/api/v1/openapi.json", get(|| async { Json(document()) }))
}

/// The whole document.
fn document() -> Value {
    let desk = console::desk_document();
    let own = [events::document()]
        .into_iter()
        .chain(payments::documents())
        .chain(cases::documents())
        .chain(hooks::documents());
    let own = own.chain(quality::documents());
    let resources = own.chain(desk).chain(console::floor_document()).chain(console::imports_document());
    let resources = resources.chain(console::users_document()).chain(console::course_document());
    let paths: Map<String, Value> = resources.map(|(path, part)| (path.to_owned(), part)).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "obzvon", "version": env!("CARGO_PKG_VERSION") },
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "signature": { "type": "apiKey", "in": "header", "name": "webhook-signature" },
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

/// What a body of this type looks like, whole: a reference would point into the document, not into the schema.
pub(in crate::web) fn schema<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// A number that names something.
pub(in crate::web) fn number() -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX })
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
        (401, "No token, or another one; a webhook that is not signed"),
        (413, "The body is too large"),
        (422, "A field is missing, unknown or malformed"),
        (503, "Nothing was written: tell it again later"),
    ] {
        all.insert(status.to_string(), json!({ "description": description, "content": fault }));
    }
    Value::Object(all)
}
