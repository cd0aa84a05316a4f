//! Listens to recordings from the pages: written down before anything is heard, once however often a player asks for a part.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::house::House;
use crate::store::StoreError;
use crate::web::Listen;

/// Bytes a second of a recording (A-law, two sides).
const BYTES_A_SECOND: i64 = 16_000;

/// Listens that go on, each until its recording's length is over.
#[derive(Debug, Default)]
pub struct Listens(Mutex<HashMap<Listen, Timestamp>>);

impl Listens {
    fn go_on(&self, wish: &Listen, now: Timestamp) -> bool {
        self.lock().get(wish).is_some_and(|until| now < *until)
    }

    fn begin(&self, wish: Listen, long: SignedDuration, now: Timestamp) {
        let mut all = self.lock();
        all.retain(|_, until| now < *until);
        all.insert(wish, now.checked_add(long).unwrap_or(now));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Listen, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A recording's file, once the listen is written down. `None`: there is none any more.
///
/// # Errors
/// When the store fails: then nothing is given.
pub async fn recording(
    house: &House,
    listens: &Listens,
    wish: Listen,
) -> Result<Option<PathBuf>, StoreError> {
    let row = house.store.recording(wish.attempt).await?.filter(|row| row.deleted_at.is_none());
    let Some(row) = row else { return Ok(None) };
    let now = house.clock.wall();
    if !listens.go_on(&wish, now) {
        let what = format!("recording {}: listened, {}", wish.attempt, wish.why);
        house.store.note_access(row.person, &wish.who, &what, now).await?;
        listens.begin(wish, SignedDuration::from_secs(row.bytes / BYTES_A_SECOND), now);
    }
    Ok(Some(house.plans.load().config.daemon.data_dir.join(&row.file)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AttemptId;

    #[test]
    fn a_listen_goes_on_for_the_recordings_length_and_is_its_listeners_alone() {
        let wish = |who: &str| Listen { attempt: AttemptId(7), who: who.to_owned(), why: "case".to_owned() };
        let (listens, begun) = (Listens::default(), Timestamp::UNIX_EPOCH);
        let after = |s: i64| begun + SignedDuration::from_secs(s);
        assert!(!listens.go_on(&wish("anna"), begun));
        listens.begin(wish("anna"), SignedDuration::from_secs(90), begun);
        assert!(listens.go_on(&wish("anna"), after(89)));
        assert!(!listens.go_on(&wish("boris"), after(1)), "another one listens");
        assert!(!listens.go_on(&wish("anna"), after(90)), "once more is another listen");
    }
}
