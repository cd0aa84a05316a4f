//! Libraries as text, and announcements that begin alike.

use super::*;
use crate::detect::{Detector, DetectorPlan, FRAME};
use crate::domain::verdict::Heard;

/// Six seconds of babble: a buzz through resonances that wander by chance, other ones for each seed.
fn babble(seed: u32, seconds: usize) -> Vec<i16> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut chance = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let mut samples = Vec::new();
    while samples.len() < seconds * 8000 {
        let length = 600 + (chance() * 1000.0) as usize;
        let parts: [(f32, f32); 5] =
            std::array::from_fn(|_| (300.0 + 2800.0 * chance(), 500.0 + 2500.0 * chance()));
        let start = samples.len();
        samples.extend((start..start + length).map(|n| {
            let t = n as f32 / 8000.0;
            parts.iter().map(|(hertz, loud)| loud * (std::f32::consts::TAU * hertz * t).sin()).sum::<f32>()
                as i16
        }));
    }
    samples.truncate(seconds * 8000);
    samples
}

fn told(samples: &[i16], library: &Library) -> Vec<(Announcement, u32)> {
    let plan = DetectorPlan { library: library.clone().into(), ..DetectorPlan::default() };
    let mut detector = Detector::new(&plan);
    let said = |heard| match heard {
        Heard::Announced { says, at_ms } => Some((says, at_ms)),
        Heard::BeepEnded { .. } | Heard::BeepStarted { .. } | Heard::FellSilent { .. } => None,
        Heard::SpokeAgain { .. } | Heard::Verdict { .. } => None,
    };
    detector.listen(samples).into_iter().filter_map(said).collect()
}

fn library(entries: &[(Announcement, &[i16])]) -> Library {
    let mut library = Library::default();
    for (n, (says, samples)) in entries.iter().enumerate() {
        library.add(Entry::of(*says, &format!("a{n}"), samples).unwrap()).unwrap();
    }
    library
}

#[test]
fn each_is_known_by_its_own_meaning_and_told_once() {
    let (busy, off) = (babble(1, 5), babble(2, 5));
    let library = library(&[(Announcement::Busy, &busy), (Announcement::SwitchedOff, &off)]);
    for (samples, says) in [(&busy, Announcement::Busy), (&off, Announcement::SwitchedOff)] {
        let [(told, at_ms)] = told(&[&samples[..], samples].concat(), &library)[..] else {
            panic!("not once")
        };
        assert_eq!(told, says);
        assert!(at_ms <= 3000, "{at_ms}");
    }
    assert_eq!(told(&babble(3, 9), &library), []);
}

#[test]
fn two_that_begin_alike_are_told_when_they_part() {
    let (head, busy, off) = (babble(4, 3), babble(5, 4), babble(6, 4));
    let (busy, off) = ([&head[..], &busy].concat(), [&head[..], &off].concat());
    let library = library(&[(Announcement::Busy, &busy), (Announcement::SwitchedOff, &off)]);
    for (samples, says) in [(&busy, Announcement::Busy), (&off, Announcement::SwitchedOff)] {
        let [(told, at_ms)] = told(samples, &library)[..] else { panic!("not once") };
        assert_eq!(told, says);
        assert!((3000..5500).contains(&at_ms), "{at_ms}");
    }
    let alike = super::tests::library(&[(Announcement::Busy, &busy), (Announcement::Busy, &off)]);
    assert!(told(&busy, &alike)[0].1 <= 3000, "of one meaning it does not matter which");
}

#[test]
fn the_answer_lets_an_announcement_be_told_anew() {
    let off = babble(7, 4);
    let plan = DetectorPlan {
        library: library(&[(Announcement::SwitchedOff, &off)]).into(),
        ..DetectorPlan::default()
    };
    let mut detector = Detector::new(&plan);
    let tells = |detector: &mut Detector| {
        let heard = detector.listen(&off);
        heard.iter().filter(|heard| matches!(heard, Heard::Announced { .. })).count()
    };
    assert_eq!(tells(&mut detector), 1);
    assert_eq!(tells(&mut detector), 0);
    detector.answered();
    assert_eq!(tells(&mut detector), 1);
}

#[test]
fn a_library_is_read_as_it_was_written() {
    let mut quiet = babble(8, 2);
    quiet.splice(8000..8000, [0; 20 * FRAME]);
    let entry = Entry::of(Announcement::NotInService, "МТС-1", &quiet).unwrap();
    assert!(entry.print.iter().filter(|word| word.is_none()).count() >= 18);
    let text = format!("# a comment\n\n{entry}\n");
    let read = Library::parse(&text).unwrap();
    assert_eq!(read.entries(), [entry]);
}

#[test]
fn mistakes_are_told_with_their_line_or_name() {
    let entry = Entry::of(Announcement::Busy, "busy", &babble(9, 3)).unwrap();
    assert_eq!(Library::parse(&format!("{entry}\nbusy")), Err(LibraryError::Line { line: 2 }));
    assert_eq!(Library::parse("engaged x 00ff"), Err(LibraryError::Line { line: 1 }));
    assert_eq!(Library::parse("busy x 00fg"), Err(LibraryError::Line { line: 1 }));
    let twice = Library::parse(&format!("{entry}\n{entry}"));
    assert_eq!(twice, Err(LibraryError::Known { name: "busy".to_owned() }));
    let short = Entry::of(Announcement::Busy, "x", &babble(9, 1));
    assert_eq!(short, Err(LibraryError::TooShort { name: "x".to_owned(), frames: 50 }));
    assert!(matches!(Entry::of(Announcement::Busy, "a b", &babble(9, 3)), Err(LibraryError::Name { .. })));
}
