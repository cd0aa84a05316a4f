//! One sentence through an engine: real programs, a server, and everything that may go wrong with either.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use obzvon::domain::Language;
use obzvon::speech::sound::measure;
use obzvon::speech::{EnginePlan, EngineWay, HttpAddress};
use obzvon::synthesis::{EngineFault, SentenceCache, prepare, synthesise};

use crate::house::{tone, until, wav};
use crate::script;

fn is_speech(samples: &[i16]) {
    let measured = measure(samples);
    assert!((4000..40_000).contains(&samples.len()), "{} samples", samples.len());
    assert!((measured.active_dbov + 21.0).abs() < 3.0, "{} dBov", measured.active_dbov);
    assert_eq!(measured.clipped, 0);
}

fn command(words: &[&str], voice: &str, language: Language) -> EnginePlan {
    let way = EngineWay::Command(words.iter().map(|word| (*word).to_owned()).collect());
    let (voice, speed) = (voice.to_owned(), "140".to_owned());
    EnginePlan { language, way, voice, speed, time_limit: Duration::from_secs(60), workers: 1 }
}

#[test]
fn espeak_ng_says_a_name_in_both_languages() {
    let words = ["espeak-ng", "-v", "{voice}", "-s", "{speed}", "--stdin", "--stdout"];
    for (language, text) in [(Language::Ru, "Это Иван Петрович?"), (Language::En, "Is this Mary Smith?")]
    {
        let said = synthesise(&command(&words, language.code(), language), text);
        is_speech(&said.expect("espeak-ng is needed for this test: run scripts/test, which installs it"));
    }
}

/// The voices of the shipped packs are 180 MB, so this one runs where they are.
#[test]
fn festival_says_a_name_in_the_packs_own_voices_where_they_are_installed() {
    let voices = [
        (Language::Ru, "russian/msu_ru_nsh_clunits", "Это Иван Петрович?"),
        (Language::En, "us/cmu_us_slt_arctic_hts", "Is this Mary Smith?"),
    ];
    for (language, voice, text) in voices {
        let folder = std::path::Path::new("/usr/share/festival/voices").join(voice);
        if !folder.is_dir() {
            println!("not tried: no {voice} (Debian: festvox-ru, festvox-us-slt-hts)");
            continue;
        }
        let name = format!("voice_{}", voice.split_once('/').expect("a language").1);
        let plan = command(&["text2wave", "-eval", "({voice})"], &name, language);
        is_speech(&synthesise(&plan, text).expect("festival speaks"));
    }
}

#[test]
fn an_engine_that_hangs_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let pids = folder.path().join("pids");
    let plan = script(&format!("sleep 600 & echo $! > {}; cat > /dev/null; wait", pids.display()));
    let began = Instant::now();
    assert!(matches!(synthesise(&plan, "Это Иван?"), Err(EngineFault::TimeOut(_))));
    assert!(began.elapsed() < Duration::from_secs(60), "it came back by the time-out and not by the sleep");
    let pid = std::fs::read_to_string(pids).expect("the engine ran");
    // It is killed when the time-out is told; the kernel may take a moment to clear it away.
    until("what it started is gone", || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z")
    });
}

#[test]
fn what_an_engine_writes_beside_a_sound_is_no_sound_and_is_told_nowhere() {
    let cases = [
        ("cat", "no sound"),
        ("cat >&2; exit 3", "exit status: 3"),
        ("head -c 100000 /dev/urandom", "no sound"),
        ("true", "no sound"),
        ("kill -9 $$", "signal: 9"),
        ("printf 'RIFF....WAVEfmt '", "no sound"),
        ("yes", "MB"),
    ];
    for (text, expected) in cases {
        let fault = synthesise(&script(text), "Это Иван?").expect_err(text);
        assert!(fault.to_string().contains(expected), "{text}: {fault}");
        assert!(!format!("{fault:?}").contains("Иван"), "{text}: {fault:?}");
    }
    let mut plan = script("true");
    plan.way = EngineWay::Command(vec!["/nowhere/engine".to_owned()]);
    assert!(matches!(synthesise(&plan, "Это Иван?"), Err(EngineFault::Start { .. })));
}

#[test]
fn an_engine_that_does_not_read_its_text_is_judged_by_its_sound() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let wav = folder.path().join("tone.wav");
    tone(&wav, 440.0);
    let long = "Это Иван? ".repeat(20_000);
    is_speech(&synthesise(&script(&format!("cat {}", wav.display())), &long).expect("a sound"));
}

#[test]
fn a_tone_is_no_sentence() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("tone.wav");
    wav(&file, |second| (second * 2764.0).sin());
    let fault = synthesise(&script(&format!("cat {}", file.display())), "Это Иван?").expect_err("no voice");
    assert!(matches!(fault, EngineFault::Sound { .. }), "{fault:?}");
}

#[test]
fn an_engine_that_is_down_is_given_up_after_a_few_sentences() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let cache = SentenceCache::below(folder.path());
    let texts = (0..1000).map(|n| format!("Это Иван {n}?")).collect();
    let mut told = 0;
    let prepared = prepare(&script("exit 1"), texts, &cache, || {
        told += 1;
        ControlFlow::Continue(())
    })
    .expect("nothing is kept");
    assert_eq!((prepared.made, prepared.failed + prepared.left), (0, 1000));
    assert!(prepared.failed < 20 && told == prepared.failed, "{prepared:?}");
    assert!(matches!(prepared.fault, Some(EngineFault::Status(_))));
}

/// A server on loopback that answers every request with these bytes, or never; the requests come back.
fn server(answer: Option<Vec<u8>>, requests: usize) -> (HttpAddress, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().expect("bound").port();
    let served = thread::spawn(move || {
        let take = |stream: std::io::Result<TcpStream>| {
            let mut stream = stream.expect("a caller");
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !is_whole(&request) {
                let got = stream.read(&mut part).expect("a request");
                request.extend(&part[..got]);
            }
            match &answer {
                Some(answer) => stream.write_all(answer).expect("the caller listens"),
                // Until the caller goes.
                None => drop(stream.read(&mut part)),
            }
            String::from_utf8(request).expect("UTF-8")
        };
        listener.incoming().take(requests).map(take).collect()
    });
    (HttpAddress { host: "127.0.0.1".to_owned(), port, path: "/tts".to_owned() }, served)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

fn over_http(address: HttpAddress, body: Option<&str>) -> EnginePlan {
    EnginePlan { way: EngineWay::Http { address, body: body.map(str::to_owned) }, ..script("") }
}

#[test]
fn a_server_says_a_name() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let wav = folder.path().join("tone.wav");
    tone(&wav, 440.0);
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\n".to_vec();
    answer.extend(std::fs::read(&wav).expect("a file of our own"));
    let (address, served) = server(Some(answer), 2);
    for body in [None, Some(r#"{"text": {text}}"#)] {
        is_speech(&synthesise(&over_http(address.clone(), body), "Это Иван?").expect("a sound"));
    }
    let requests = served.join().expect("served");
    assert!(requests[0].starts_with("POST /tts HTTP/1.1\r\n") && requests[0].ends_with("\r\n\r\nЭто Иван?"));
    assert!(requests[1].ends_with(r#"{"text": "Это Иван?"}"#), "{}", requests[1]);
}

#[test]
fn a_server_that_gives_its_answer_drop_by_drop_has_no_more_time_than_others() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().expect("bound").port();
    let drips = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let (mut request, mut part) = (Vec::new(), [0; 4096]);
        while !is_whole(&request) {
            let got = stream.read(&mut part).expect("a request");
            request.extend(&part[..got]);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\nRIFF")
            .expect("the caller listens");
        // A minute, unless the caller goes.
        (0..600)
            .take_while(|_| {
                thread::sleep(Duration::from_millis(100));
                stream.write_all(b"x").is_ok()
            })
            .count()
    });
    let address = HttpAddress { host: "127.0.0.1".to_owned(), port, path: "/tts".to_owned() };
    assert!(matches!(synthesise(&over_http(address, None), "Это Иван?"), Err(EngineFault::TimeOut(_))));
    assert!(drips.join().expect("dripped") < 600, "the caller went before the server was done");
}

#[test]
fn a_server_that_hangs_refuses_or_is_not_there_is_a_fault() {
    let (address, served) = server(None, 1);
    assert!(matches!(synthesise(&over_http(address, None), "Это Иван?"), Err(EngineFault::TimeOut(_))));
    served.join().expect("the caller went");
    let (address, served) = server(Some(b"HTTP/1.1 503 Busy\r\n\r\n".to_vec()), 1);
    assert!(matches!(synthesise(&over_http(address, None), "Это Иван?"), Err(EngineFault::Answer(503))));
    served.join().expect("served");
    let nobody = HttpAddress { host: "127.0.0.1".to_owned(), port: 1, path: "/".to_owned() };
    assert!(matches!(synthesise(&over_http(nobody, None), "Это Иван?"), Err(EngineFault::Http { .. })));
}

#[test]
fn the_preset_commands_of_the_shipped_configuration_are_sound_when_uncommented() {
    let text = std::fs::read_to_string("config/prompts.toml").expect("the shipped configuration");
    let blocks: Vec<&str> = text.split("\n\n").filter(|block| block.starts_with("# [engine.")).collect();
    assert!(blocks.len() >= 6);
    for block in blocks {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let copied = Command::new("cp").args(["-r", "config"]).arg(folder.path()).status().expect("cp");
        assert!(copied.success());
        let engine: String =
            block.lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
        let file = folder.path().join("config/prompts.toml");
        std::fs::write(&file, text.clone() + "\n" + &engine).expect("a file of our own");
        let prompts = std::path::Path::new("prompts").canonicalize().expect("the packs");
        let environment = [("OBZVON__PROMPTS__DIR".to_owned(), prompts.display().to_string())];
        let environment = environment.into_iter().collect();
        let config = obzvon::config::Config::load(&folder.path().join("config"), &environment);
        let config = config.unwrap_or_else(|problems| panic!("{block}\n{}", problems.render(Language::En)));
        assert_eq!(config.prompts.engines.len(), 1);
    }
}
