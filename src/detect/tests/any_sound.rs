//! What holds for any sound, in packets of any length.

use proptest::prelude::*;

use super::*;

/// Any call that pieces make.
fn calls() -> impl Strategy<Value = Vec<i16>> {
    let piece = prop_oneof![
        (20usize..1500).prop_map(|ms| Call::default().quiet(ms)),
        (0usize..2).prop_map(|n| Call::default().says(HELLO[n])),
        (0usize..4).prop_map(|n| Call::default().says(LONG[n])),
        (300.0f32..3000.0, 40usize..1500)
            .prop_map(|(hertz, ms)| Call::default().tone(&[(hertz, 5000.0)], ms)),
        (1usize..6).prop_map(|n| {
            (0..n).fold(Call::default(), |call, _| call.tone(&[(425.0, 5000.0)], 360).quiet(360))
        }),
    ];
    proptest::collection::vec(piece, 1..6)
        .prop_map(|pieces| pieces.into_iter().flat_map(|call| call.0).flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_length_of_packets_changes_nothing(samples in calls(), sizes in proptest::collection::vec(80usize..=480, 1..9)) {
        let whole = Detector::new(&DetectorPlan::default()).listen(&samples);
        let mut detector = Detector::new(&DetectorPlan::default());
        let (mut found, mut rest) = (Vec::new(), &samples[..]);
        for size in sizes.iter().cycle() {
            let (packet, later) = rest.split_at(*size.min(&rest.len()));
            found.extend(detector.listen(packet));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn each_verdict_stands_on_the_sound_up_to_its_time(samples in calls()) {
        let whole = Detector::new(&DetectorPlan::default()).listen(&samples);
        let verdicts: Vec<(usize, u32)> = whole
            .iter()
            .enumerate()
            .filter_map(|(n, heard)| match heard {
                Heard::Verdict { at_ms, .. } => Some((n, *at_ms)),
                Heard::Announced { .. } | Heard::BeepEnded { .. } | Heard::BeepStarted { .. } | Heard::FellSilent { .. } => None,
                Heard::SpokeAgain { .. } => None,
            })
            .collect();
        for (n, at_ms) in verdicts {
            let cut = &samples[..8 * at_ms as usize];
            let found = Detector::new(&DetectorPlan::default()).listen(cut);
            prop_assert_eq!(&found[..=n.min(found.len() - 1)], &whole[..=n]);
        }
    }

    #[test]
    fn no_sound_breaks_the_detector(samples in proptest::collection::vec(any::<i16>(), 0..20_000)) {
        Detector::new(&DetectorPlan::default()).listen(&samples);
    }
}
