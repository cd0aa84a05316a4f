//! What a campaign's pacing has learned, by the hour of the day, and whom the campaign met before: what a restart and a night
//! must not lose.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::engine::conn::{Conn, Row, moment, values};
use super::{Fault, Store, StoreError};
use crate::domain::CampaignId;
use crate::pacing::{Earlier, Lessons};

/// What a lesson keeps of its weight in a day.
const KEPT_A_DAY: f64 = 0.7;
/// What a lesson of another hour weighs beside one of the hour that is asked about.
const OTHER_HOUR: f64 = 0.25;

impl Store {
    /// Adds what was learned in an `hour` of the day, 0 to 23 by the house's clock, to what is known of it; what is old fades.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_lessons(
        &self,
        campaign: CampaignId,
        hour: i8,
        fresh: Lessons,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let written =
            self.write(move |conn| Box::pin(async move { keep(conn, (campaign, hour), &fresh, now).await }));
        written.await.map_err(|source| StoreError::Lessons { campaign, source })
    }

    /// What is known at an `hour` of the day: most of that hour, less of the others, the older the less.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lessons(
        &self,
        campaign: CampaignId,
        hour: i8,
        now: Timestamp,
    ) -> Result<Lessons, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(LESSONS, values![campaign]).await?;
                rows.iter().try_fold(Lessons::default(), |sum, row| {
                    let (of_hour, kept_at, lessons) = read(row)?;
                    let near = if of_hour == i64::from(hour) { 1.0 } else { OTHER_HOUR };
                    let faded = lessons.faded_and(near * fading(kept_at, now), &Lessons::default());
                    Ok(sum.faded_and(1.0, &faded))
                })
            })
        });
        read.await.map_err(|source| StoreError::Lessons { campaign, source })
    }

    /// People of the campaign who answered since `from`, and those of them who were abandoned, by parts of that time, the
    /// oldest first. Calls that came in are none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn met(
        &self,
        campaign: CampaignId,
        from: Timestamp,
        part: Duration,
        now: Timestamp,
    ) -> Result<Vec<Earlier>, StoreError> {
        let part = i64::try_from(part.as_micros()).unwrap_or(i64::MAX).max(1);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(MET, values![campaign, from, part]).await?;
                let count = |row: &Row, at| Ok::<_, Fault>(u64::try_from(row.int(at)?).unwrap_or_default());
                let earlier = rows.iter().map(|row| {
                    let began = from.saturating_add(SignedDuration::from_micros(row.int(0)? * part));
                    let ago = now.duration_since(began.unwrap_or(from)).unsigned_abs();
                    Ok(Earlier { ago, answered: count(row, 1)?, abandoned: count(row, 2)? })
                });
                earlier.collect()
            })
        });
        read.await.map_err(|source| StoreError::Lessons { campaign, source })
    }
}

async fn keep(
    conn: &mut Conn,
    (campaign, hour): (CampaignId, i8),
    fresh: &Lessons,
    now: Timestamp,
) -> Result<(), Fault> {
    let hour = i64::from(hour);
    let known = conn.first(LESSON, values![campaign, hour]).await?;
    let known = known.as_ref().map(read).transpose()?;
    let (_, kept_at, lessons) = known.unwrap_or((hour, now, Lessons::default()));
    let both = lessons.faded_and(fading(kept_at, now), fresh);
    let body = serde_json::to_string(&both).expect("numbers and names");
    conn.run(KEEP, values![campaign, hour, now, body]).await.map(|_| ())
}

fn fading(kept_at: Timestamp, now: Timestamp) -> f64 {
    KEPT_A_DAY.powf(now.duration_since(kept_at).as_secs_f64().max(0.0) / 86_400.0)
}

/// A lesson that can't be read teaches nothing.
fn read(row: &Row) -> Result<(i64, Timestamp, Lessons), Fault> {
    let lessons = serde_json::from_str(&row.text(2)?).unwrap_or_default();
    Ok((row.int(0)?, moment(row.int(1)?)?, lessons))
}

const LESSONS: &str = "SELECT hour, kept_at, body FROM pacing_lesson WHERE campaign_id = $1 ORDER BY hour";
const LESSON: &str = "SELECT hour, kept_at, body FROM pacing_lesson WHERE campaign_id = $1 AND hour = $2";
const KEEP: &str = "INSERT INTO pacing_lesson (campaign_id, hour, kept_at, body) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (campaign_id, hour) DO UPDATE SET kept_at = EXCLUDED.kept_at, body = EXCLUDED.body";
const MET: &str = "SELECT (reserved_at - $2) / $3 AS part, COUNT(*), \
    CAST(SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END) AS BIGINT) FROM attempt \
    WHERE campaign_id = $1 AND reserved_at >= $2 AND channel <> 'inbound_call' \
    AND outcome IN ('abandoned', 'answered') GROUP BY part ORDER BY part";
