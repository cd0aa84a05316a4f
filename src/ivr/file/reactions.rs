//! What happens on silence or on a wrong key, time by time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Texts;

/// `{ 1: { say: …, then: … }, else: … }`.
#[derive(Debug, Default)]
pub struct ReactionsFile {
    /// By the count of silences (or wrong keys) in this question, from 1.
    pub by_count: BTreeMap<u8, ReactionFile>,
    /// The step when the tries are used up.
    pub otherwise: Option<String>,
}

/// What is said before the question is asked again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReactionFile {
    pub say: Texts,
    /// The step that follows; this one when left out.
    pub then: Option<String>,
}

impl<'de> Deserialize<'de> for ReactionsFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByCount)
    }
}

struct ByCount;

impl<'de> Visitor<'de> for ByCount {
    type Value = ReactionsFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("counts from 1, each with { say, then }, and else")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReactionsFile, A::Error> {
        let mut reactions = ReactionsFile::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "else" {
                reactions.otherwise = Some(map.next_value()?);
                continue;
            }
            let count = key.parse().ok().filter(|count| (1..=9).contains(count));
            let count =
                count.ok_or_else(|| A::Error::custom(format!("{key:?} is neither a count nor else")))?;
            reactions.by_count.insert(count, map.next_value()?);
        }
        Ok(reactions)
    }
}

impl JsonSchema for ReactionsFile {
    fn schema_name() -> Cow<'static, str> {
        "Reactions".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let reaction = generator.subschema_for::<ReactionFile>();
        json_schema!({
            "description": "By the count of it, from 1; else when the tries are used up.",
            "type": "object",
            "properties": { "else": { "type": "string" } },
            "patternProperties": { "^[1-9]$": reaction },
            "additionalProperties": false,
        })
    }
}
