//! A day in steps of five minutes.

use jiff::Timestamp;

use super::Period;
use crate::stats::DaySteps;
use crate::store::tally::Reading;
use crate::store::{Store, StoreError};

impl Store {
    /// What went on in the steps of a day of the house, from its beginning to the next one's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn day_steps(&self, day: Period, now: Timestamp) -> Result<DaySteps, StoreError> {
        let read = self
            .read(move |conn| Box::pin(async move { Reading::of(conn, day).await?.steps(conn, now).await }));
        read.await.map_err(|source| StoreError::Report { report: "day", source })
    }
}
