//! An agent whose sound is in his browser, in Chromium with a microphone that speaks a known tone.

use std::f64::consts::TAU;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::time::Instant;

use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier_config::CarrierConfig;
use obzvon::domain::Codec;
use obzvon::media::g711;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Page;
use crate::house::{House, REMINDERS, until};
use crate::office::{Debtor, furnished, import, plan, start};
use crate::shift::{patient, sign_in, until_state};

/// What the debtor's carrier plays, and what the agent says: apart from each other and from the notes of the music.
pub const DEBTOR_HZ: f64 = 610.0;
pub const AGENT_HZ: f64 = 1130.0;

/// Anna's house, with her sound in her browser.
fn browser_house(carrier: Option<&Carrier>, back_within_s: i64) -> House {
    furnished(with_browser(plan(carrier, "progressive"), back_within_s))
}

/// The same plan, with anna's sound in her browser.
pub fn with_browser(plan: CarrierConfig, back_within_s: i64) -> CarrierConfig {
    let free = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    plan.set("agents.toml", "agent.anna.leg", "browser")
        .set("agents.toml", "browser.bind", free.to_string())
        .set("agents.toml", "browser.back_within_s", back_within_s)
        .set("agents.toml", "wrap_up_s", 1)
        .set("agents.toml", "disposition_first", false)
        .set(REMINDERS, "record", true)
}

/// A voice of one tone with pauses, 48 kHz, so that nothing takes it for a hum to be filtered out.
pub fn voice(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("voice.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(&path, spec).expect("a file of our own");
    for n in 0..48_000_u32 {
        let speaks = n % 19_200 < 14_400;
        let sample = 12_000.0 * (TAU * AGENT_HZ * f64::from(n) / 48_000.0).sin();
        wav.write_sample(if speaks { sample as i16 } else { 0 }).expect("room on the disk");
    }
    wav.finalize().expect("room on the disk");
    path
}

/// Seconds in which a tone is in this sound at 8 kHz, in slices of a tenth.
pub fn seconds_of(samples: &[i16], hz: f64) -> f64 {
    let part = |slice: &[i16], of: fn(f64) -> f64| {
        slice.iter().enumerate().map(|(n, s)| f64::from(*s) * of(n as f64 / 8000.0 * TAU * hz)).sum::<f64>()
    };
    let loud = |slice: &&[i16]| part(slice, f64::sin).hypot(part(slice, f64::cos)) / 400.0 > 1_000.0;
    samples.chunks_exact(800).filter(loud).count() as f64 / 10.0
}

/// Seconds of one of the notes of the house's music.
fn seconds_of_music(samples: &[i16]) -> f64 {
    [261.6, 329.6, 392.0, 523.3, 440.0].iter().map(|hz| seconds_of(samples, *hz)).sum()
}

pub fn heard_by_debtor(folder: &Path, attempt: i64) -> Vec<i16> {
    let mut wav = hound::WavReader::open(folder.join(format!("{attempt}.wav"))).expect("what he heard");
    wav.samples::<i16>().map(|sample| sample.expect("a sample")).collect()
}

/// The recording's sides: the debtor, we.
fn recorded(house: &House, attempt: i64) -> [Vec<i16>; 2] {
    let copy = house.path("copy.wav");
    let out = copy.to_str().expect("UTF-8");
    house.run(&["recording", "listen", &attempt.to_string(), "--out", out, "--why", "a test"]);
    let bytes = std::fs::read(&copy).expect("a copy");
    let data = bytes.windows(4).position(|four| four == b"data").expect("a data chunk") + 8;
    [0, 1].map(|side| {
        bytes[data + side..].iter().step_by(2).map(|&byte| g711::decode(Codec::Pcma, byte)).collect()
    })
}

pub fn until_sound(page: &mut Page, state: &str) {
    let shown = format!("document.querySelector('#sound').dataset.state === {}", json!(state));
    page.until(&format!("the sound is {state}"), &shown);
}

fn mute(page: &mut Page, muted: bool) {
    page.press("F7");
    until_muted(page, muted);
}

/// What the page shows; a page that was opened anew has it from the server.
fn until_muted(page: &mut Page, muted: bool) {
    let shown =
        format!("document.querySelector('[data-call=mute]').getAttribute('aria-pressed') === '{muted}'");
    page.until(&format!("muted: {muted}"), &shown);
}

/// Waits until this tone is the loudest in what the page plays, whatever was said before it; gives the loudest otherwise.
pub fn loudest(page: &mut Page, hz: f64) -> f64 {
    page.eval(&LOUDEST.replace("WANTED", &hz.to_string())).as_f64().expect("a frequency")
}

const LOUDEST: &str = "(async () => {
    const context = new AudioContext();
    const ears = context.createAnalyser();
    ears.fftSize = 8192;
    context.createMediaStreamSource(document.querySelector('[data-part=ears]').srcObject).connect(ears);
    const heard = new Float32Array(ears.frequencyBinCount);
    let top = 0;
    for (let tries = 0; tries < 200 && Math.abs(top - WANTED) > 15; tries++) {
        await new Promise((done) => setTimeout(done, 100));
        ears.getFloatFrequencyData(heard);
        if (Math.max(...heard) > -60) top = heard.indexOf(Math.max(...heard)) * context.sampleRate / 8192;
    }
    await context.close();
    return top;
})()";

/// The browser has asked whoever leaves a talk, and nothing else went wrong.
#[track_caller]
pub fn asked_to_stay(page: &mut Page) {
    let troubles = std::mem::take(&mut page.troubles);
    assert!(matches!(&troubles[..], [one] if one.contains("beforeunload")), "{troubles:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_in_the_browser_outlives_a_reload_and_ends_with_an_apology_when_the_page_is_closed() {
    let (spoken, heard) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let mut debtors = patient();
    debtors.recordings = Some(heard.path().to_owned());
    let carrier = Carrier::start(debtors).await.expect("a free port");
    let house = browser_house(Some(&carrier), 15);
    import(
        &house,
        &[("Анна", "Северный Банк"), ("Пётр", "Северный Банк")]
            .map(|(name, creditor)| Debtor { name, creditor }),
    );
    let daemon = start(&house);
    let (base, file) = (daemon.base(), voice(&spoken));
    let attempts = || house.attempts();
    let talk = tokio::task::spawn_blocking(move || {
        let mut page = Page::that_speaks("ru", &file);
        sign_in(&mut page, &base, "anna");
        page.until("her sound may be switched on", "!!document.querySelector('#sound')");
        page.eval("localStorage.setItem('sound.quiet', 'no')");
        page.tab_to("[data-turn=logged_in]");
        page.press("Enter");
        until_state(&mut page, "away");
        page.press("Ctrl+Enter");
        until_state(&mut page, "no_audio");
        assert!(page.eval("document.querySelector('#bar').dataset.attempt").is_null(), "nobody is called");
        page.picture("sound-1-off-ru");
        page.press("F1");
        until_sound(&mut page, "on");
        until_state(&mut page, "talking");
        page.picture("sound-2-talking-ru");
        let hz = loudest(&mut page, DEBTOR_HZ);
        assert!((hz - DEBTOR_HZ).abs() < 15.0, "{hz} Hz is heard in the browser");
        std::thread::sleep(std::time::Duration::from_secs(3));
        let attempt = page.eval("document.querySelector('#bar').dataset.attempt");
        mute(&mut page, true);
        let reloaded = Instant::now();
        page.go(&format!("{base}/desk"));
        asked_to_stay(&mut page);
        until_sound(&mut page, "on");
        println!("the sound was back {:.1} s after the page was left", reloaded.elapsed().as_secs_f64());
        until_state(&mut page, "talking");
        assert_eq!(page.eval("document.querySelector('#bar').dataset.attempt"), attempt, "the same call");
        until_muted(&mut page, true);
        mute(&mut page, false);
        std::thread::sleep(std::time::Duration::from_secs(3));
        // Muted, and then elsewhere in the house, where there is no sound: he hears music all the same.
        mute(&mut page, true);
        page.eval("localStorage.setItem('sound.wanted', 'no')");
        page.go(&format!("{base}/desk/headset"));
        asked_to_stay(&mut page);
        (page, base)
    });
    let (mut page, base) = match talk.await {
        Ok(done) => done,
        Err(broken) => {
            println!(
                "{}",
                house.log().lines().filter(|line| line.contains("obzvon::")).collect::<Vec<_>>().join("\n")
            );
            std::panic::resume_unwind(broken.into_panic());
        }
    };
    until("the call is over", || attempts().iter().any(|attempt| attempt["outcome"].is_string()));
    let after = tokio::task::spawn_blocking(move || {
        page.go(&format!("{base}/desk"));
        until_state(&mut page, "no_audio");
        assert!(page.troubles.is_empty(), "{:?}", page.troubles);
    });
    after.await.expect("she gets no call");
    daemon.stop();

    let attempts = attempts();
    let [attempt] = &attempts[..] else { panic!("without sound nobody is called: {attempts:?}") };
    let booked: (&Value, &Value) = (&"answered".into(), &"callback_booked".into());
    assert_eq!((&attempt["outcome"], &attempt["disposition"]), booked);
    let id = attempt["attempt"].as_i64().expect("a number");
    let heard = heard_by_debtor(heard.path(), id);
    let [debtor, us] = recorded(&house, id);
    let of = |samples: &[i16]| {
        (seconds_of(samples, DEBTOR_HZ), seconds_of(samples, AGENT_HZ), seconds_of_music(samples))
    };
    println!(
        "debtor's tone, agent's tone, music: he heard {:?} s; recorded of him {:?}, of us {:?}",
        of(&heard),
        of(&debtor),
        of(&us)
    );
    assert!(of(&heard).1 > 4.0 && of(&heard).2 > 4.0, "he heard the agent, and music when she was gone");
    assert!(of(&debtor).0 > 5.0 && of(&debtor).1 < 0.5, "the left side is the debtor's alone");
    // A word of the apology may touch his tone.
    assert!(of(&us).1 > 4.0 && of(&us).0 < 2.0, "the right side is ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_headset_is_checked_by_ear_and_figures_and_what_is_no_offer_is_refused() {
    let spoken = tempfile::tempdir().expect("a folder");
    let house = browser_house(None, 5);
    let daemon = start(&house);
    let (base, file) = (daemon.base(), voice(&spoken));
    let check = tokio::task::spawn_blocking(move || {
        let mut page = Page::that_speaks("en", &file);
        sign_in(&mut page, &base, "anna");
        page.go(&format!("{base}/desk/headset"));
        page.tab_to("[data-part=quiet]");
        page.press("Space");
        page.tab_to("[data-part=turn]");
        page.press("Enter");
        until_sound(&mut page, "on");
        page.until("she is judged", "document.querySelector('[data-part=verdict]').textContent !== ''");
        println!("{} {}", page.text("[data-part=figures]"), page.text("[data-part=verdict]"));
        assert!(page.text("[data-part=figures]").contains("loss"), "the figures are told");
        page.until("she is heard", "document.querySelector('[data-part=level]').value > 0.1");
        let hz = loudest(&mut page, AGENT_HZ);
        assert!((hz - AGENT_HZ).abs() < 15.0, "{hz} Hz comes back");
        page.picture("headset-en");
        page.press("Enter");
        until_sound(&mut page, "off");
        let asked = |page: &mut Page, path: &str, body: &str| {
            let fetch = format!(
                "fetch('/api/v1/desk/{path}', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }}, \
                 body: {} }}).then(async (answer) => [answer.status, (await answer.json()).fault])",
                json!(body)
            );
            page.eval(&fetch)
        };
        assert_eq!(asked(&mut page, "sound", "{\"offer\":\"v=0\"}"), json!([422, "malformed"]));
        assert_eq!(asked(&mut page, "sound-check", "{\"offer\":\"\"}"), json!([422, "malformed"]));
        assert!(page.troubles.is_empty(), "{:?}", page.troubles);
    });
    check.await.expect("it is checked");
    daemon.stop();
}
