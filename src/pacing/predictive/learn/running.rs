//! Durations of which some still run: what runs counts by how long it has, or the short ones would be learned first.

use super::Ages;

/// Takes into account what was learned of `kinds`, which compete (one call ends in one way), and of those of `running`
/// age whose end is not known: cumulative incidence by Aalen and Johansen. Returns the share that each kind comes to.
///
/// All kinds have bins of the same width and number.
pub fn settle<const KINDS: usize>(
    mut kinds: [&mut Ages; KINDS],
    running: impl Iterator<Item = f64>,
) -> [f64; KINDS] {
    if kinds.iter().map(|kind| kind.total()).sum::<f64>() > MEMORY * KINDS as f64 {
        kinds.iter_mut().for_each(|kind| kind.halve());
    }
    let bins = kinds[0].counts().len();
    // Those who are still there when each bin begins: all that ended later, and what runs longer.
    let mut there = vec![0.0; bins + 1];
    for age in running {
        there[kinds[0].bin(age)] += 1.0;
    }
    for bin in (0..bins).rev() {
        let ended: f64 = kinds.iter().map(|kind| kind.counts()[bin]).sum();
        // What runs within the bin has not seen its end.
        there[bin] += there[bin + 1] + ended;
    }
    let mut shares = [0.0; KINDS];
    let mut incidence: [Vec<f64>; KINDS] = std::array::from_fn(|_| Vec::with_capacity(bins));
    let mut lasting = 1.0;
    for bin in 0..bins {
        let ended: [f64; KINDS] = std::array::from_fn(|nth| kinds[nth].counts()[bin]);
        let seen = ended.iter().sum::<f64>() + there[bin + 1];
        let part = if seen > 0.0 { lasting / seen } else { 0.0 };
        for (nth, count) in ended.into_iter().enumerate() {
            incidence[nth].push(count * part);
            shares[nth] += count * part;
        }
        lasting -= ended.iter().sum::<f64>() * part;
    }
    for (kind, incidence) in kinds.iter_mut().zip(&incidence) {
        kind.take(incidence);
    }
    shares
}

/// Above this many counts of a kind, on the mean, the old ones are halved, so that what is learned can change.
const MEMORY: f64 = 4000.0;

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing known before.
    fn ages() -> Ages {
        Ages::new(1.0, 40, 1e-9, |age| (age / 40.0).clamp(0.0, 1.0))
    }

    #[test]
    fn with_nothing_running_shares_are_those_of_the_counts() {
        let (mut short, mut long) = (ages(), ages());
        (0..30).for_each(|_| short.learn(2.5));
        (0..10).for_each(|nth| long.learn(10.5 + f64::from(nth)));
        let shares = settle([&mut short, &mut long], std::iter::empty());
        assert!((shares[0] - 0.75).abs() < 1e-6 && (shares[1] - 0.25).abs() < 1e-6, "{shares:?}");
        assert!((long.ended_by(15.0) - 0.5).abs() < 1e-6, "{}", long.ended_by(15.0));
    }

    #[test]
    fn early_refusals_do_not_stand_for_the_calls_that_still_ring() {
        // Sixty of a hundred are refused at once; of the rest the half is answered after ten seconds. Of a hundred
        // more, that were dialled three seconds ago, sixty are refused and nobody can have answered.
        let (mut refused, mut answered, mut silent) = (ages(), ages(), ages());
        (0..120).for_each(|_| refused.learn(0.5));
        (0..20).for_each(|_| answered.learn(10.5));
        (0..20).for_each(|_| silent.learn(30.5));
        let ringing = std::iter::repeat_n(3.0, 40);
        let shares = settle([&mut refused, &mut answered, &mut silent], ringing);
        assert!((shares[0] - 0.6).abs() < 1e-6, "{shares:?}");
        assert!((shares[1] - 0.2).abs() < 1e-6, "{shares:?}");
    }

    #[test]
    fn talks_that_still_run_lengthen_what_is_expected_of_a_talk() {
        let mut counted = ages();
        (0..10).for_each(|_| counted.learn(5.5));
        (0..10).for_each(|_| counted.learn(20.5));
        let mut alone = counted.clone();
        settle([&mut alone], std::iter::empty());
        settle([&mut counted], std::iter::repeat_n(15.0, 20));
        assert!((alone.lasts(10.0) - 0.5).abs() < 1e-6);
        assert!((counted.lasts(10.0) - 0.75).abs() < 1e-6, "{}", counted.lasts(10.0));
    }
}
