//! Mutation fuzzing without a nightly compiler: seeds from `tests/corpus/`, a seeded engine, a time limit a target.
//!
//! `FUZZ_SECONDS` (3 by default) is the time each target gets, `FUZZ_SEED` (1) where the engine starts. A finding is
//! written to the system's scratch folder, and its path is in the failure; put it into the corpus with the fix.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use obzvon::domain::{Codec, Currency, Language};
use obzvon::import::{Item, Options, Preset, RejectedFile, read_list};
use obzvon::media::replay;
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

/// Datagrams of one stream, each behind its length in two bytes.
const RTP: Target = Target {
    corpus: "rtp",
    words: &[
        "\x00\x10\u{0}",
        "\u{0}\u{c}",
        "\x01\x00",
        "\0\0\0\0",
        "\x7f\x7f\x7f\x7f",
        "e",
        "\x08",
        "\r",
        "H",
        "I",
        "K",
    ],
    run: run_rtp,
};

const CSV: Target = Target {
    corpus: "csv",
    words: &[
        ";",
        ",",
        "\t",
        "|",
        "\"",
        "\"\"",
        "\n",
        "\r\n",
        "\r",
        "\0",
        "\u{feff}",
        "phone",
        "телефон",
        "сумма",
        "amount",
        "due",
        "id",
        "=cmd|' /C calc'!A0",
        "+79990000001",
        "8 (999) 000-00-02",
        "1 234,50",
        "31.12.2026",
        "2026-02-30",
        "-",
        "PK\x03\x04",
    ],
    run: run_csv,
};

#[test]
fn sip_messages() {
    fuzz(&SIP);
}

#[test]
fn session_descriptions() {
    fuzz(&SDP);
}

#[test]
fn rtp_rtcp_and_telephone_events() {
    fuzz(&RTP);
}

#[test]
fn contact_lists() {
    fuzz(&CSV);
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

/// Whatever comes is heard or counted: no datagram is counted twice, and no key comes from nothing.
fn run_rtp(bytes: &[u8]) {
    let datagrams = datagrams(bytes);
    let heard = replay(datagrams.iter().copied());
    let counted = heard.received + heard.malformed + heard.foreign + heard.rtcp;
    assert!(counted <= datagrams.len() as u64, "{heard:?} of {}", datagrams.len());
    assert!(heard.keys.len() <= 2 * datagrams.len(), "{heard:?}");
    assert!(heard.keys.chars().all(|key| "0123456789*#ABCD".contains(key)), "{heard:?}");
}

/// Cuts the bytes at the lengths they name; a length too long takes the rest.
fn datagrams(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let [high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len()).min(1_500);
        let (datagram, behind) = rest.split_at(length);
        found.push(datagram);
        bytes = behind;
    }
    found
}

/// Whatever comes is a list, with every row either sound, known or rejected, or it is refused whole. What is
/// rejected can be written and read again as a list.
fn run_csv(bytes: &[u8]) {
    thread_local! {
        // In memory where the system has such a folder: a disk would be what is tried.
        static FOLDER: tempfile::TempDir =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a scratch folder");
    }
    FOLDER.with(|folder| {
        let (list, back) = (folder.path().join("list.csv"), folder.path().join("rejected.csv"));
        std::fs::write(&list, bytes).expect("a scratch file");
        let options = Options::new(Preset::default(), "RU", Currency::Rub, Language::Ru).expect("a preset");
        let mut rejected = RejectedFile::new(&back, Language::En);
        let (mut rows, mut refused) = (0, 0);
        let read = read_list(&list, &options, &mut |item| {
            match item {
                Item::Heading { mapping, .. } => rejected.heading(&mapping.header),
                Item::Rejected { record, reasons, .. } => {
                    assert!(!reasons.is_empty(), "rejected without a reason");
                    refused += 1;
                    rejected.write(record, reasons)?;
                }
                Item::Row { row, .. } => {
                    assert!(
                        !row.phones.is_empty() && row.phones.iter().all(is_e164),
                        "a row without a number"
                    );
                    rows += 1;
                }
            }
            Ok(())
        });
        match read {
            Ok(counts) => {
                assert_eq!((counts.sound, counts.rejected), (rows, refused));
                assert_eq!(counts.rows, counts.sound + counts.duplicate + counts.rejected);
                let written = rejected.finish().expect("the rejected rows");
                assert_eq!(written.is_some(), refused > 0);
                if let Some(path) = written {
                    let again = read_list(&path, &options, &mut |_| Ok(()));
                    assert!(again.is_ok(), "the rejected rows are no list: {again:?}");
                }
            }
            Err(_) => rejected.discard(),
        }
    });
}

fn is_e164(phone: &obzvon::domain::PhoneNumber) -> bool {
    let digits = phone.as_e164().strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
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
