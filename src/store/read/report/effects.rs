//! Actions against what they brought.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Period;
use crate::domain::{Channel, Currency, DebtKind, DebtorType};
use crate::stats::{ActionRow, Axis, EFFECT, Key};
use crate::store::engine::conn::{Conn, Fault};
use crate::store::tally::sums;
use crate::store::{Store, StoreError};

impl Store {
    /// Actions that began in the period and what they brought, by channel, debtor type, kind of debt, currency and these
    /// axes, for the statistics to divide. What followed an action counts whenever it came, within the channel's window.
    /// Calls that we took back are no actions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn effects_report(&self, period: Period, by: &[Axis]) -> Result<Vec<ActionRow>, StoreError> {
        let by = by.to_vec();
        let read = self.read(move |conn| Box::pin(async move { effects(conn, period, &by).await }));
        read.await.map_err(|source| StoreError::Report { report: "channels", source })
    }
}

const KEYS: [&str; 4] = ["channel", "debtor_type", "debt_kind", "currency"];

async fn effects(conn: &mut Conn, period: Period, by: &[Axis]) -> Result<Vec<ActionRow>, Fault> {
    let columns = by.iter().filter_map(|axis| match axis {
        Axis::Age => Some("age"),
        Axis::Campaign => Some("campaign_id"),
        Axis::Creditor => Some("creditor_id"),
        Axis::DayPart => Some("day_part"),
        Axis::Month => None,
    });
    let columns: Vec<&'static str> = KEYS.into_iter().chain(columns).collect();
    let by_month = by.contains(&Axis::Month);
    let found = sums(conn, &EFFECT, period, &columns, by_month).await?;
    let creditors = names(conn, by.contains(&Axis::Creditor), "SELECT id, name FROM creditor").await?;
    let campaigns = names(conn, by.contains(&Axis::Campaign), "SELECT id, name FROM campaign").await?;
    let row = |(keys, sums): (Vec<Key>, Vec<i64>)| {
        let (month, keys) = if by_month { (keys.first(), &keys[1..]) } else { (None, &keys[..]) };
        let mut rest = keys[KEYS.len()..].iter();
        let mut value = |axis: &Axis| match axis {
            Axis::Age | Axis::DayPart => text(rest.next()),
            Axis::Campaign => named(&campaigns, rest.next()),
            Axis::Creditor => named(&creditors, rest.next()),
            Axis::Month => month_name(month),
        };
        Ok(ActionRow {
            channel: code(&keys[0], "channel", Channel::parse)?,
            debtor_type: code(&keys[1], "debtor type", DebtorType::parse)?,
            kind: code(&keys[2], "kind of debt", DebtKind::parse)?,
            currency: code(&keys[3], "currency", Currency::parse)?,
            by: by.iter().map(&mut value).collect(),
            sums,
        })
    };
    found.into_iter().map(row).collect()
}

/// Names by id, where they are wanted.
pub(super) async fn names(
    conn: &mut Conn,
    wanted: bool,
    sql: &'static str,
) -> Result<BTreeMap<i64, String>, Fault> {
    if !wanted {
        return Ok(BTreeMap::new());
    }
    conn.all(sql, Vec::new()).await?.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// The name of an id; nothing for what stands outside every campaign.
pub(super) fn named(names: &BTreeMap<i64, String>, key: Option<&Key>) -> String {
    match key {
        Some(Key::Number(id)) => names.get(id).cloned().unwrap_or_default(),
        Some(Key::Code(_)) | None => String::new(),
    }
}

fn text(key: Option<&Key>) -> String {
    match key {
        Some(Key::Code(code)) => code.clone().into_owned(),
        Some(Key::Number(number)) => number.to_string(),
        None => String::new(),
    }
}

/// `2026-03`.
fn month_name(key: Option<&Key>) -> String {
    let Some(Key::Number(day)) = key else { return String::new() };
    let at = Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or(Timestamp::MAX);
    let date = at.to_zoned_datetime(TimeZone::UTC).date();
    format!("{}-{:02}", date.year(), date.month())
}

/// A code of ours in a key.
pub(super) fn code<T>(key: &Key, what: &'static str, parse: fn(&str) -> Option<T>) -> Result<T, Fault> {
    match key {
        Key::Code(code) => parse(code).ok_or(Fault::Unreadable { what }),
        Key::Number(_) => Err(Fault::Unreadable { what }),
    }
}
