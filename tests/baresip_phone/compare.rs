//! Finds what was played in what was heard, by cross-correlation.

/// Samples in a window that is looked for: a quarter of a second.
const WINDOW: usize = 2000;
/// How far a window may stray from its neighbours before it counts as not found: 40 ms.
const STRAY: usize = 320;
/// The first window is looked for in so many samples: eight seconds.
const START: usize = 64_000;

/// How well the played sound was found.
#[derive(Debug)]
pub struct Found {
    /// Where in the recording the sound begins, in samples.
    pub at: usize,
    /// Windows with sound in them.
    pub windows: usize,
    /// The worst correlation of a window with what was heard in its place, 1 for the same sound.
    pub worst: f64,
    /// Milliseconds between the earliest and the latest window, when all are laid on the first: 0 without any gap.
    pub spread_ms: f64,
}

/// Looks for `played` in `heard` from a sample on, window by window in order.
pub fn find(played: &[i16], heard: &[i16], from: usize) -> Found {
    let loud: Vec<usize> = (0..played.len() / WINDOW)
        .map(|n| n * WINDOW)
        .filter(|&at| level(&played[at..][..WINDOW]) > 200.0)
        .collect();
    let first = *loud.first().expect("something was played");
    let (anchor, _) = best(&played[first..][..WINDOW], heard, from, from + START);
    // Negative when the recording begins in the middle of the sound.
    let offset = anchor as i64 - first as i64;
    let (mut worst, mut lags) = (1.0f64, Vec::new());
    for &at in &loud {
        let expected = at as i64 + lags.last().copied().unwrap_or(offset);
        let from = usize::try_from(expected - STRAY as i64).unwrap_or(0);
        let (place, likeness) = best(&played[at..][..WINDOW], heard, from, from + 2 * STRAY + WINDOW);
        worst = worst.min(likeness);
        lags.push(place as i64 - at as i64);
    }
    let (least, most) = (lags.iter().min(), lags.iter().max());
    let spread = most.zip(least).map_or(0, |(most, least)| most - least);
    let at = usize::try_from(offset).unwrap_or(0);
    Found { at, windows: loud.len(), worst, spread_ms: spread as f64 / 8.0 }
}

/// The place in `heard[from..to]` most like `window`, and how alike.
fn best(window: &[i16], heard: &[i16], from: usize, to: usize) -> (usize, f64) {
    let square = |sample: i16| i64::from(sample) * i64::from(sample);
    let own: i64 = window.iter().map(|&sample| square(sample)).sum();
    let last = to.min(heard.len()).saturating_sub(window.len());
    let mut there: i64 = heard.iter().skip(from).take(window.len()).map(|&sample| square(sample)).sum();
    let mut found = (from, 0.0);
    for place in from..last {
        let product: i64 =
            window.iter().zip(&heard[place..]).map(|(&a, &b)| i64::from(a) * i64::from(b)).sum();
        let likeness = product as f64 / (own as f64 * there as f64).sqrt().max(1.0);
        if likeness > found.1 {
            found = (place, likeness);
        }
        there += square(heard[place + window.len()]) - square(heard[place]);
    }
    found
}

/// Root mean square.
fn level(sound: &[i16]) -> f64 {
    (sound.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / sound.len() as f64).sqrt()
}

#[test]
fn a_gap_of_twenty_milliseconds_and_a_missing_piece_are_seen() {
    let noise = |seed: u32| {
        (0..16_000).scan(seed, |state, _| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 18) as i16 - 8192)
        })
    };
    let played: Vec<i16> = noise(1).collect();
    let mut heard = vec![0; 3000];
    heard.extend(&played);
    heard.extend([0; 400]); // the recording goes on
    let whole = find(&played, &heard, 0);
    assert!(
        whole.windows == 8 && whole.worst > 0.999 && whole.spread_ms == 0.0 && whole.at == 3000,
        "{whole:?}"
    );
    heard.splice(11_000..11_000, [0; 160]);
    assert_eq!(find(&played, &heard, 0).spread_ms, 20.0);
    heard[5000..7000].fill(0);
    assert!(find(&played, &heard, 0).worst < 0.5);
}
