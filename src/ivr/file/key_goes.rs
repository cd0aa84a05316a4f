//! Where a key leads: a step, or a language, a step and the words that offer it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Texts;
use crate::domain::Language;

/// `menu`, or `{ lang: en, then: menu, offer: { ru: "…" } }`.
#[derive(Debug)]
pub struct KeyGoesFile {
    pub lang: Option<Language>,
    pub then: String,
    pub offer: Option<Texts>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    lang: Option<Language>,
    then: String,
    /// Said after the question in each of the other languages, where the debt can be told in this one.
    offer: Option<Texts>,
}

impl<'de> Deserialize<'de> for KeyGoesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = KeyGoesFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a step, or { lang, then, offer }")
    }

    fn visit_str<E: Error>(self, then: &str) -> Result<KeyGoesFile, E> {
        Ok(KeyGoesFile { lang: None, then: then.to_owned(), offer: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeyGoesFile, A::Error> {
        let Long { lang, then, offer } = Long::deserialize(MapAccessDeserializer::new(map))?;
        Ok(KeyGoesFile { lang, then, offer })
    }
}

impl JsonSchema for KeyGoesFile {
    fn schema_name() -> Cow<'static, str> {
        "KeyGoes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let long = Long::json_schema(generator);
        json_schema!({ "description": "A step, or a language to go on in and a step.",
                       "anyOf": [{ "type": "string" }, long] })
    }
}
