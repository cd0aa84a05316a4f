//! Something that is dear to find out and asked for by many: found out once for all who ask within a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// The last answer, and when it was found.
#[derive(Debug)]
pub struct Fresh<T> {
    good_for: Duration,
    last: Mutex<Option<(Instant, Arc<T>)>>,
}

impl<T> Fresh<T> {
    pub fn new(good_for: Duration) -> Self {
        Self { good_for, last: Mutex::default() }
    }

    /// The last answer while it is fresh, else a new one; who asks meanwhile waits for that one.
    ///
    /// # Errors
    /// Those of finding it out; the next who asks tries again.
    pub async fn ask<E>(&self, now: Instant, find: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let mut last = self.last.lock().await;
        if let Some((found, answer)) = &*last
            && now.saturating_duration_since(*found) < self.good_for
        {
            return Ok(Arc::clone(answer));
        }
        let answer = Arc::new(find.await?);
        *last = Some((now, Arc::clone(&answer)));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::Clock;
    use super::*;

    #[tokio::test]
    async fn all_who_ask_within_a_while_get_one_answer() {
        let (fresh, found) = (Fresh::new(Duration::from_secs(1)), AtomicU32::new(0));
        let find = async || Ok::<_, Infallible>(found.fetch_add(1, Ordering::Relaxed));
        let now = Clock.now();
        let ask = async |after: u64| {
            let Ok(answer) = fresh.ask(now + Duration::from_millis(after), find()).await;
            *answer
        };
        assert_eq!(tokio::join!(ask(0), ask(0), ask(999)), (0, 0, 0));
        assert_eq!((ask(1_000).await, ask(1_500).await), (1, 1));
    }

    #[tokio::test]
    async fn a_fault_is_not_kept() {
        let fresh = Fresh::new(Duration::from_secs(1));
        let now = Clock.now();
        assert_eq!(fresh.ask(now, async { Err::<u32, _>("broken") }).await, Err("broken"));
        assert_eq!(fresh.ask(now, async { Ok::<_, &str>(7) }).await.as_deref(), Ok(&7));
    }
}
