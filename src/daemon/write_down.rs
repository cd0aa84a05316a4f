//! What came of a call is written down, however long the database takes to be well again.

use std::time::Duration;

use tracing::warn;

use super::house::House;
use crate::store::{Closed, FinishRequest, StoreError};

/// Waits between tries; the last goes on.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];

/// Finishes an attempt. A full disk, another's lock, a lost server pass: it is tried until it is written, for a request
/// to stop was said once and stands nowhere else. Meanwhile the call counts as live, so that the end waits for it as
/// long as for any.
///
/// # Errors
/// What no other try can mend.
pub(super) async fn write_down(house: &House, request: FinishRequest) -> Result<Closed, StoreError> {
    let mut pauses = PAUSES.into_iter();
    let mut pause = PAUSES[0];
    loop {
        match house.store.finish(request.clone(), house.clock.wall()).await {
            Err(fault) if fault.may_pass() => {
                pause = pauses.next().unwrap_or(pause);
                let fault = format!("{:#}", anyhow::Error::from(fault));
                warn!(attempt = %request.attempt, fault, "what came of a call is not written yet: it is tried again");
                tokio::time::sleep(pause).await;
            }
            written => return written,
        }
    }
}
