//! How loud the line has been of late, as shares of its time.

use std::collections::VecDeque;

/// Levels of the last one and a half seconds, in whole dB from -70 to 9.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    order: VecDeque<u8>,
    counts: [u8; 80],
}

impl Default for Levels {
    fn default() -> Self {
        Self { order: VecDeque::with_capacity(KEPT), counts: [0; 80] }
    }
}

impl Levels {
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Takes a level in dBm0.
    pub fn take(&mut self, level: f32) {
        if self.order.len() == KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.counts[usize::from(oldest)] -= 1;
        }
        let step = (level + 70.0).clamp(0.0, 79.0) as u8;
        self.counts[usize::from(step)] += 1;
        self.order.push_back(step);
    }

    /// The level that this share (0..=1) of the time was not louder than.
    pub fn share(&self, share: f32) -> f32 {
        let wanted = 1.0 + share * self.order.len() as f32;
        let mut found = 0.0;
        for (step, count) in self.counts.iter().enumerate() {
            found += f32::from(*count);
            if found >= wanted {
                return step as f32 - 70.0;
            }
        }
        -70.0
    }
}

const KEPT: usize = 75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_levels_are_forgotten() {
        let mut levels = Levels::default();
        (0..KEPT).for_each(|_| levels.take(-60.0));
        assert_eq!((levels.share(0.0), levels.share(0.5)), (-60.0, -60.0));
        (0..KEPT - 1).for_each(|_| levels.take(-30.0));
        assert_eq!((levels.share(0.0), levels.share(0.25)), (-60.0, -30.0));
        levels.take(-30.0);
        assert_eq!(levels.share(0.0), -30.0);
    }
}
