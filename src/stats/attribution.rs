//! Which action a payment is credited to. A credit is not a cause: what would have come anyway is credited all the
//! same. Cause is measured by [`super::uplift`].

use jiff::{SignedDuration, Timestamp};

use crate::domain::Channel;

/// How a payment is divided among the actions before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// All of it to the last action.
    #[default]
    Last,
    /// All of it to the first one.
    First,
    /// In equal parts; a kopeck that can't be divided goes to the last action.
    Linear,
}

impl Attribution {
    pub const ALL: [Self; 3] = [Self::Last, Self::First, Self::Linear];

    /// The code in config and files.
    pub fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
            Self::Linear => "linear",
        }
    }

    /// On screens: the action that a payment is credited to.
    pub fn name(self, language: crate::domain::Language) -> &'static str {
        let (en, ru) = match self {
            Self::First => ("the first action", "первому действию"),
            Self::Last => ("the last action", "последнему действию"),
            Self::Linear => ("all in equal parts", "всем поровну"),
        };
        if language == crate::domain::Language::Ru { ru } else { en }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// How long after an action a reaction counts as its own, by channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    pub otherwise: SignedDuration,
    pub by_channel: Vec<(Channel, SignedDuration)>,
}

impl Windows {
    pub fn of(&self, channel: Channel) -> SignedDuration {
        self.by_channel.iter().find(|(it, _)| *it == channel).map_or(self.otherwise, |(_, window)| *window)
    }
}

/// One use of a channel on a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    pub channel: Channel,
    pub at: Timestamp,
}

/// Divides a payment of `minor` units that came at `paid_at` among a debt's `actions`, given in order of time. One
/// credit an action, in the same order; they add up to the payment, or to nothing where no action is within its window.
pub fn credit(
    rule: Attribution,
    windows: &Windows,
    actions: &[Action],
    paid_at: Timestamp,
    minor: i64,
) -> Vec<i64> {
    let due = |action: &Action| {
        let since = paid_at.duration_since(action.at);
        !since.is_negative() && since < windows.of(action.channel)
    };
    let credited: Vec<usize> = (0..actions.len()).filter(|&nth| due(&actions[nth])).collect();
    let mut credits = vec![0; actions.len()];
    let (Some(&first), Some(&last)) = (credited.first(), credited.last()) else { return credits };
    match rule {
        Attribution::First => credits[first] = minor,
        Attribution::Last => credits[last] = minor,
        Attribution::Linear => {
            let count = i64::try_from(credited.len()).expect("actions of one debt");
            for &nth in &credited {
                credits[nth] = minor / count;
            }
            credits[last] += minor % count;
        }
    }
    credits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n)
    }

    fn windows() -> Windows {
        Windows {
            otherwise: SignedDuration::from_hours(24 * 7),
            by_channel: vec![(Channel::Letter, SignedDuration::from_hours(24 * 30))],
        }
    }

    #[test]
    fn a_letter_is_believed_longer_than_a_call() {
        let actions = [(Channel::Letter, 0), (Channel::Ivr, 2), (Channel::Ivr, 12)]
            .map(|(channel, n)| Action { channel, at: day(n) });
        let of = |rule| credit(rule, &windows(), &actions, day(14), 100);
        assert_eq!(of(Attribution::Last), [0, 0, 100]);
        assert_eq!(of(Attribution::First), [100, 0, 0]);
        assert_eq!(of(Attribution::Linear), [50, 0, 50]);
        assert_eq!(credit(Attribution::Last, &windows(), &actions, day(40), 100), [0, 0, 0]);
    }

    proptest! {
        #[test]
        fn credits_add_up_to_the_payment(days in proptest::collection::vec(0_i64..60, 0..9), paid in 0_i64..60, minor in 1_i64..1_000_000) {
            let mut days = days;
            days.sort_unstable();
            let actions: Vec<_> = days.iter().map(|&n| Action { channel: Channel::Ivr, at: day(n) }).collect();
            let any = days.iter().any(|&n| (0..7).contains(&(paid - n)));
            for rule in Attribution::ALL {
                let credits = credit(rule, &windows(), &actions, day(paid), minor);
                prop_assert_eq!(credits.iter().sum::<i64>(), if any { minor } else { 0 });
                prop_assert!(credits.iter().all(|&credit| credit >= 0));
            }
        }
    }
}
