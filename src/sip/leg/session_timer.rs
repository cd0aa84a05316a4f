//! Session timers (RFC 4028): who refreshes, and when the session is given up.

use std::pin::Pin;
use std::time::Duration;

use rsipstack::sip::HasHeaders;
use tokio::time::{Sleep, sleep};

use crate::sip::message::read;

/// The shortest interval we accept, in seconds (RFC 4028 section 4).
pub(super) const MIN_SE: u32 = 90;

/// What was agreed. `None` inside: the session has no limit.
pub(super) struct SessionTimer {
    agreed: Option<Agreed>,
    due: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Agreed {
    interval_s: u32,
    we_refresh: bool,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Refresh,
    /// The far end should have refreshed and has not.
    GiveUp,
}

/// What the 2xx to our own request agrees to.
pub(super) fn of_answer(answer: &impl HasHeaders, asked: Option<(u32, u32)>) -> SessionTimer {
    let agreed = read::value(answer, "Session-Expires").and_then(|value| {
        let interval_s = read::number(value).filter(|s| *s > 0)?;
        let by_them = read::param(value, "refresher").is_some_and(|who| who.eq_ignore_ascii_case("uas"));
        Some(Agreed { interval_s, we_refresh: !by_them })
    });
    // A far end without the extension leaves the refreshing to whoever asked for it (RFC 4028 section 7.2).
    let alone = asked.map(|(expires, _)| Agreed { interval_s: expires, we_refresh: true });
    SessionTimer::new(agreed.or(alone))
}

/// What the far end's refresh asks for, and the header that agrees. `Err` is the Min-SE to refuse with (422).
pub(super) fn of_request(request: &impl HasHeaders) -> Result<Option<(SessionTimer, String)>, u32> {
    let Some(value) = read::value(request, "Session-Expires") else { return Ok(None) };
    let Some(interval_s) = read::number(value) else { return Ok(None) };
    if interval_s < MIN_SE && read::has_token(request, "Supported", "timer") {
        return Err(MIN_SE);
    }
    let by_us = read::param(value, "refresher").is_some_and(|who| who.eq_ignore_ascii_case("uas"));
    let timer = SessionTimer::new(Some(Agreed { interval_s: interval_s.max(1), we_refresh: by_us }));
    let refresher = if by_us { "uas" } else { "uac" };
    Ok(Some((timer, format!("{interval_s};refresher={refresher}"))))
}

impl SessionTimer {
    /// Nothing was agreed.
    pub fn none() -> Self {
        Self::new(None)
    }

    fn new(agreed: Option<Agreed>) -> Self {
        let due = agreed.map(|agreed| Box::pin(sleep(agreed.wait())));
        Self { agreed, due }
    }

    /// The interval for our next refresh, in seconds.
    pub fn interval_s(&self) -> u32 {
        self.agreed.map_or(1_800, |agreed| agreed.interval_s)
    }

    /// Waits until something is due; for ever without an agreement.
    pub async fn due(&mut self) -> Due {
        match &mut self.due {
            Some(sleep) => sleep.await,
            None => std::future::pending().await,
        }
        self.due = None;
        if self.agreed.is_some_and(|agreed| agreed.we_refresh) { Due::Refresh } else { Due::GiveUp }
    }

    /// Tries a refresh again a little later, after a collision.
    pub fn again_in(&mut self, wait: Duration) {
        self.due = Some(Box::pin(sleep(wait)));
    }

    /// Takes a longer interval the far end insists on; at once due again.
    pub fn lengthen(&mut self, interval_s: u32) {
        self.agreed = Some(Agreed { interval_s, we_refresh: true });
        self.again_in(Duration::ZERO);
    }
}

impl Agreed {
    /// We refresh at half time; they have until the end less a third, at most 32 s (RFC 4028 section 10).
    fn wait(self) -> Duration {
        let interval = self.interval_s;
        let seconds = if self.we_refresh { interval / 2 } else { interval - (interval / 3).min(32) };
        Duration::from_secs(seconds.max(1).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_refresh_at_half_time_and_they_have_a_third_of_grace() {
        let wait = |interval_s, we_refresh| Agreed { interval_s, we_refresh }.wait().as_secs();
        assert_eq!([wait(1_800, true), wait(1_800, false)], [900, 1_768]);
        assert_eq!([wait(90, true), wait(90, false)], [45, 60]);
        assert_eq!([wait(1, true), wait(1, false)], [1, 1]);
    }
}
