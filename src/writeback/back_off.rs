//! When to try again.

use std::time::Duration;

/// Pauses after the first try, the second, and so on, in seconds: those of Standard Webhooks. The last one repeats
/// until the message is taken: nothing is given up.
const PAUSES_S: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The pause after `tries` tries. `luck` in 0..1 spreads it by up to a fifth, so that a receiver that comes back is
/// not met by everything at once. `asked` is the receiver's `Retry-After`, believed up to a day.
pub fn back_off(tries: u32, asked: Option<Duration>, luck: f64) -> Duration {
    let nth = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX).min(PAUSES_S.len() - 1);
    let pause = Duration::from_secs(PAUSES_S[nth]);
    let longest = Duration::from_secs(PAUSES_S[PAUSES_S.len() - 1]);
    pause.mul_f64(1.0 + 0.2 * luck.clamp(0.0, 1.0)).max(asked.unwrap_or_default().min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_day_and_stay_there() {
        let seconds = |tries| back_off(tries, None, 0.0).as_secs();
        assert_eq!(
            [seconds(0), seconds(1), seconds(2), seconds(9), seconds(900)],
            [5, 5, 300, 86_400, 86_400]
        );
        assert_eq!(back_off(1, None, 1.0).as_secs(), 6);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_ever() {
        assert_eq!(back_off(1, Some(Duration::from_secs(60)), 0.0).as_secs(), 60);
        assert_eq!(back_off(2, Some(Duration::from_secs(60)), 0.0).as_secs(), 300);
        assert_eq!(back_off(1, Some(Duration::from_secs(999_999_999)), 0.0).as_secs(), 86_400);
    }
}
