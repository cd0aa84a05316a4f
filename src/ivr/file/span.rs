//! Spans of time as flow files write them: `6s`, `5m`, `14d`.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Seconds or minutes: `6s`, `5m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(pub Duration);

/// Days: `14d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days(pub u16);

impl Wait {
    pub fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = |unit: char, seconds: u64| -> Option<Self> {
            let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
            Some(Self::from_secs(number.checked_mul(seconds)?))
        };
        let wait = read('s', 1).or_else(|| read('m', 60));
        wait.ok_or_else(|| D::Error::custom(format!("{text:?} is no span: write 6s or 5m")))
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let days = text.strip_suffix('d').and_then(|number| number.parse().ok()).map(Self);
        days.ok_or_else(|| D::Error::custom(format!("{text:?} is no number of days: write 14d")))
    }
}

impl JsonSchema for Wait {
    fn schema_name() -> Cow<'static, str> {
        "Wait".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+[sm]$", "description": "Seconds or minutes: 6s, 5m." })
    }
}

impl JsonSchema for Days {
    fn schema_name() -> Cow<'static, str> {
        "Days".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+d$", "description": "Days: 14d." })
    }
}
