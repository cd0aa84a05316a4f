//! Mutation fuzzing without a nightly compiler: seeds from `tests/corpus/`, a seeded engine, a time limit a target.
//!
//! `FUZZ_SECONDS` (3 by default) is the time each target gets, `FUZZ_SEED` (1) where the engine starts. A finding is
//! written to the system's scratch folder, and its path is in the failure; put it into the corpus with the fix.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use obzvon::domain::Codec;
use obzvon::sip::guard::{Judgement, judge};
use obzvon::sip::sdp::{LocalMedia, body_of, read};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// One thing that reads hostile bytes. To add one: a folder of seeds, a line here, a test below.
struct Target {
    corpus: &'static str,
    /// Words the format is made of; the engine strews them in.
    words: &'static [&'static str],
    /// Panics on a finding: a crash, or a broken promise.
    run: fn(&[u8]),
}

const SIP: Target = Target {
    corpus: "sip",
    words: &[
        "\r\n",
        "\r\n\r\n",
        "\n ",
        "SIP/2.0",
        "SIP/",
        "Via: ",
        "v:",
        "From",
        "To: ",
        "CSeq: 4294967295 INVITE",
        "Call-ID:",
        "Content-Length: -1",
        "l: 99999999999999999999",
        ";tag=",
        ";branch=z9hG4bK",
        "<sip:",
        "[::1]",
        "%00",
        "\"",
        "\\",
        ",",
        ":",
        "ACK ",
        "tel:",
        "Require: x",
        "Contact: *",
    ],
    run: run_sip,
};

const SDP: Target = Target {
    corpus: "sdp",
    words: &[
        "\r\n",
        "v=0",
        "o=",
        "c=IN IP4 ",
        "c=IN IP6 ::",
        "m=audio 65535 RTP/AVP 8",
        "m=audio 0 RTP/AVP",
        "a=rtpmap:8 ",
        "a=rtcp:65536",
        "a=rtcp:",
        "a=sendonly",
        "/",
        "255",
        "-1",
        "4294967296",
        "\0",
    ],
    run: run_sdp,
};

#[test]
fn sip_messages() {
    fuzz(&SIP);
}

#[test]
fn session_descriptions() {
    fuzz(&SDP);
}

/// Whatever comes is judged, and an answer is a whole SIP message that says the code it claims.
fn run_sip(bytes: &[u8]) {
    let source = "192.0.2.9:5060".parse().expect("an address");
    match judge(bytes, source, "obzvon") {
        Judgement::Answer { code, bytes } => {
            assert!(bytes.starts_with(format!("SIP/2.0 {code} ").as_bytes()), "status line");
            assert!(bytes.ends_with(b"\r\n\r\n"), "end of headers");
            let again = judge(&bytes, source, "obzvon");
            assert!(!matches!(again, Judgement::Answer { .. }), "an answer to an answer");
        }
        Judgement::Pass(message) => {
            let written = message.to_bytes();
            let again = judge(&written, source, "obzvon");
            assert!(!matches!(again, Judgement::KeepAlive), "a message became a ping");
        }
        Judgement::Drop(_) | Judgement::KeepAlive => {}
    }
}

/// Whatever comes is read or refused; what we answer can be read by a peer like us.
fn run_sdp(bytes: &[u8]) {
    let codecs = [Codec::Pcma, Codec::Pcmu];
    let read_once = read(bytes, &codecs);
    body_of("multipart/mixed; boundary=x", bytes);
    let mut local = LocalMedia::new("192.0.2.1:4000".parse().expect("an address"), codecs.to_vec(), 1);
    let answered = local.answer(bytes);
    assert_eq!(read_once.is_ok(), answered.is_ok(), "read and answer agree");
    if let Ok((answer, target)) = answered {
        let ours = read(answer.as_bytes(), &codecs).expect("our own answer");
        assert_eq!(ours.codec, target.codec);
        assert_eq!(ours.addr.port(), 4000);
    }
}

#[expect(clippy::disallowed_methods, reason = "the time given to a target is the clock's")]
fn fuzz(target: &Target) {
    let limit = Duration::from_secs(number("FUZZ_SECONDS", 3));
    let seed = number("FUZZ_SEED", 1);
    let corpus = corpus(target);
    let mut engine = Engine { rng: Pcg64Mcg::seed_from_u64(seed), words: target.words, corpus: &corpus };
    let started = Instant::now();
    let mut tried = 0u64;
    while started.elapsed() < limit {
        for _ in 0..256 {
            let input = engine.input();
            check(target, &input, &format!("seed {seed}, input {tried}"));
            tried += 1;
        }
    }
    println!("{}: {tried} inputs in {} s, no finding", target.corpus, limit.as_secs());
}

fn check(target: &Target, input: &[u8], name: &str) {
    let run = target.run;
    if catch_unwind(AssertUnwindSafe(|| run(input))).is_err() {
        let path = std::env::temp_dir().join(format!("finding-{}-{}", target.corpus, std::process::id()));
        std::fs::write(&path, input).expect("a file in the scratch folder");
        panic!("{}: a finding with {name}, kept in {}", target.corpus, path.display());
    }
}

/// Every seed itself is tried first.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target.corpus);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("a seed")).collect();
    assert!(!seeds.is_empty(), "no seeds for {}", target.corpus);
    for (seed, path) in seeds.iter().zip(&paths) {
        check(target, seed, &path.display().to_string());
    }
    seeds
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Makes inputs from seeds by small violence.
struct Engine<'a> {
    rng: Pcg64Mcg,
    words: &'a [&'static str],
    corpus: &'a [Vec<u8>],
}

impl Engine<'_> {
    fn input(&mut self) -> Vec<u8> {
        let mut bytes = self.seed();
        for _ in 0..self.rng.random_range(1..=6) {
            self.spoil(&mut bytes);
        }
        bytes
    }

    fn seed(&mut self) -> Vec<u8> {
        let at = self.rng.random_range(0..self.corpus.len());
        self.corpus[at].clone()
    }

    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        let at = self.place(bytes);
        match self.rng.random_range(0..9) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.rng.random_range(0..8);
                }
            }
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.rng.random();
                }
            }
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..(at + self.rng.random_range(1..32)).min(bytes.len()))),
            4 => {
                let end = (at + self.rng.random_range(1..64)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = self.place(bytes);
                bytes.splice(to..to, piece);
            }
            5 => {
                let word = self.words[self.rng.random_range(0..self.words.len())];
                bytes.splice(at..at, word.bytes());
            }
            6 => {
                // A line goes, or comes twice.
                let end = bytes[at..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |n| at + n + 1);
                let line = bytes[at..end].to_vec();
                let with = if self.rng.random() { [line.clone(), line].concat() } else { Vec::new() };
                bytes.splice(at..end, with);
            }
            7 => {
                let other = self.seed();
                let from = self.place(&other);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                // A number becomes an extreme one.
                let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|n| at + n) else {
                    return;
                };
                let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
                let extremes = ["0", "-1", "65535", "65536", "4294967296", "99999999999999999999"];
                bytes.splice(
                    start..start + length,
                    extremes[self.rng.random_range(0..extremes.len())].bytes(),
                );
            }
        }
        bytes.truncate(70_000);
    }

    /// A place in the bytes, or their end.
    fn place(&mut self, bytes: &[u8]) -> usize {
        self.rng.random_range(0..=bytes.len())
    }
}
