//! An agent's shift by keyboard alone, in Chromium, with baresip for a phone; and names that would like to be more than text.

use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Script, Step};
use obzvon::demo::carrier::sound::synth::{Sound, tone};
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};
use serde_json::{Value, json};

use crate::browser::{HOSTILE, Page};
use crate::office::{Debtor, PASSWORD, house, import, start};
use crate::phone::Phone;

const CREDITOR: &str = "<b onclick=alert(2)>Вода & Ко</b>";

/// Answers, says hello, and listens until he is hung up on.
pub fn patient() -> CarrierPlan {
    let steps = vec![
        Step::Ring(180),
        Step::Wait(Duration::from_millis(500)),
        Step::Answer,
        Step::Play(Sound::Hello),
        // Who goes on speaking at once is taken for a machine.
        Step::Listen(Duration::from_millis(1_500)),
        Step::Loop(Sound::Ringback),
        Step::Listen(Duration::from_secs(170)),
        Step::HangUp,
    ];
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    // A voice, not a tone of the network.
    plan.sounds.replace(Sound::Ringback, tone(610.0, 1.0));
    plan.casting = Casting::Always(Script::new("patient", steps));
    plan
}

pub fn sign_in(page: &mut Page, base: &str, login: &str) {
    page.go(&format!("{base}/sign-in"));
    page.tab_to("input[name=login]");
    page.write(login);
    page.press("Tab");
    page.write(PASSWORD);
    page.press("Enter");
    page.until(
        "somebody is signed in",
        "location.pathname !== '/sign-in' && document.readyState === 'complete'",
    );
}

pub fn until_state(page: &mut Page, state: &str) {
    let shown = format!("document.querySelector('.state').dataset.state === {}", json!(state));
    page.until(&format!("his state is {state}"), &shown);
}

/// The one who is shown now is this debtor, and his name is text.
#[track_caller]
fn shows(page: &mut Page, name: &str) {
    let there = format!("document.querySelector('h1.name')?.textContent === {}", json!(name));
    page.until("the next one is shown", &there);
    let made = "document.querySelectorAll('main img, main iframe, main svg, main b[onclick], main script:not([src])').length";
    assert_eq!(page.eval(made), json!(0), "{name} became more than text");
    assert!(page.troubles.is_empty(), "{name}: {:?}", page.troubles);
}

fn attempts(house: &crate::house::House) -> Vec<Value> {
    house.attempts()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_by_keyboard_from_the_first_preview_to_the_last_disposition() {
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let phone = Phone::start("anna").await;
    let house = house(Some(&carrier), "preview", Some(phone.sip_port));
    let debtors: Vec<_> = HOSTILE.iter().map(|name| Debtor { name, creditor: CREDITOR }).collect();
    import(&house, &debtors);
    let daemon = start(&house);
    let base = daemon.base();
    // The browser is spoken to by blocking pipes.
    let shift = tokio::task::spawn_blocking(move || {
        let mut page = Page::open("ru");
        work(&mut page, &base);
        promise(&mut page);
        complaint(&mut page);
        skip_the_rest(&mut page);
        let mut boss = Page::open("ru");
        look_around(&mut boss, &base);
    });
    if let Err(broken) = shift.await {
        println!(
            "{}",
            house.log().lines().filter(|line| line.contains("obzvon::daemon")).collect::<Vec<_>>().join("\n")
        );
        std::panic::resume_unwind(broken.into_panic());
    }
    let called = attempts(&house);
    assert_eq!(called.len(), 2, "{called:?}");
    let of = |n: usize, key: &str| called[n][key].as_str().unwrap_or_default().to_owned();
    assert_eq!((of(0, "outcome"), of(0, "disposition")), ("answered".into(), "promise_to_pay".into()));
    assert_eq!((of(1, "outcome"), of(1, "disposition")), ("answered".into(), "stop_requested".into()));
    let why = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(why.contains("complaint"), "the person is held: {why}");
    let log = house.log();
    assert!(!log.contains("onerror") && !log.contains("Вода"), "a debtor is in the log");
    daemon.stop();
}

/// Begins the shift: nobody is called before she is ready, and then she is shown the first one.
fn work(page: &mut Page, base: &str) {
    sign_in(page, base, "anna");
    until_state(page, "logged_out");
    page.picture("desk-1-off-ru");
    page.tab_to("[data-turn=logged_in]");
    page.press("Enter");
    until_state(page, "away");
    page.press("Ctrl+Enter");
    page.until("somebody is shown", "!!document.querySelector('#preview')");
    shows(page, HOSTILE[0]);
    let text = page.text("main");
    assert!(!text.contains("Вода") && !text.contains("000,50"), "the debt is told before the call: {text}");
    assert!(text.contains("••• •••-••-00"), "the number is masked: {text}");
    page.picture("desk-2-preview-ru");
}

/// Nothing of the desk lies outside a small screen, nor in a part of it that would have to be scrolled.
#[track_caller]
pub fn fits(page: &mut Page) {
    is_as_high_as_the_window(page);
    let cut = "['#debtor', '#middle', '#side'].filter((part) => { const { scrollHeight, clientHeight } = \
               document.querySelector(part); return scrollHeight > clientHeight; })";
    assert_eq!(page.eval(cut), json!([]), "these scroll");
}

/// Whatever is longer scrolls in its own column.
#[track_caller]
pub fn is_as_high_as_the_window(page: &mut Page) {
    let height = page.eval("document.documentElement.scrollHeight");
    assert!(height.as_u64().is_some_and(|height| height <= 768), "the desk is {height} high");
}

fn promise(page: &mut Page) {
    assert_eq!(page.text("#debtor h2"), "КОМУ ЗВОНИТЬ", "nobody is on the line yet");
    // Whoever presses twice calls, and does not hang up.
    page.press("F9");
    page.press("F9");
    until_state(page, "talking");
    assert_eq!(page.text("#debtor h2"), "НА ЛИНИИ");
    let text = page.text("main");
    assert!(text.contains("не подтверждена") && !text.contains("Вода"), "identity first: {text}");
    page.picture("desk-3-talking-ru");
    page.press("2");
    page.until("a time is asked for", "document.activeElement.name === 'callback'");
    page.eval("document.querySelector('#written').elements.mine.click()");
    page.press("F2");
    page.until("the debt is shown", "document.querySelector('#debtor').innerText.includes('Вода')");
    let chosen = "(() => { const form = document.querySelector('#written').elements; \
                  return [form.code.value, form.mine.checked]; })()";
    assert_eq!(page.eval(chosen), json!(["callback", false]), "what was filled in before identity stays");
    page.eval("document.querySelector('#written').reset(); wanted()");
    shows(page, HOSTILE[0]);
    page.tab_to("[data-stage=contact]");
    for stage in ["contact", "reason"] {
        page.until(
            "the stage may be ticked",
            &format!("!document.querySelector('[data-stage={stage}]').disabled"),
        );
        page.tab_to(&format!("[data-stage={stage}]"));
        page.press("Enter");
        let done = format!("document.querySelector('[data-stage={stage}]').disabled");
        page.until("the stage is done", &done);
    }
    let words = page.text(".stages li.now .words");
    assert!(words.contains("девять тысяч рублей"), "the sum as it is spoken: {words}");
    page.tab_to("[data-objection]");
    let objection = page.eval("document.activeElement.dataset.objection");
    page.press("Enter");
    let used = format!("document.querySelector('[data-objection={objection}]').parentElement.open");
    page.until("the answer is open", &used);
    page.press("Enter");
    page.until("and closed, so that all fits", &format!("!{used}"));
    chooses_once(page);
    page.tab_to("#text");
    page.eval(
        "window.whole = window.fetch; window.fetch = (to, how) => \
         String(to).includes('/note') ? Promise.reject(new TypeError('cut')) : window.whole(to, how)",
    );
    page.write("Зарплата 19-го, просит ссылку <b>");
    page.until(
        "the note could not be sent",
        "document.querySelector('#kept').textContent.startsWith('Нет связи')",
    );
    page.eval("window.fetch = window.whole");
    page.until("it is sent again by itself", "document.querySelector('#kept').textContent === 'сохранено'");
    let note = two_windows(page);
    page.picture("desk-4-identified-ru");
    fits(page);
    page.press("Tab");
    page.press("F6");
    until_state(page, "hold");
    page.press("F6");
    until_state(page, "talking");
    page.press("F7");
    page.until(
        "she is muted",
        "document.querySelector('[data-call=mute]').getAttribute('aria-pressed') === 'true'",
    );
    page.press("F7");
    page.press("F4");
    page.until(
        "the conflict is marked",
        "document.querySelector('[data-trigger]').getAttribute('aria-pressed') === 'true'",
    );
    page.press("F9");
    until_state(page, "wrap_up");
    assert_eq!(page.eval("document.querySelector('#text').value"), note);
    page.press("1");
    page.until("a promise is asked for", "!document.querySelector('.wanted[data-for=promise]').hidden");
    let day = |page: &mut Page, days: i64| {
        let set = format!(
            "(() => {{ const on = document.querySelector('[name=on]'); on.value = \
             new Date(Date.now() + {days} * 86400000).toISOString().slice(0, 10); \
             on.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        );
        page.eval(&set);
    };
    day(page, 60);
    page.until(
        "the refusal is told beside the field",
        "document.querySelector('#check').textContent.includes('Не позже')",
    );
    page.picture("desk-5-refused-ru");
    page.press("Ctrl+Enter");
    page.until("it is not taken", "document.querySelector('#why').textContent.includes('Не позже')");
    day(page, 3);
    page.until("it would be taken", "document.querySelector('#check').textContent === '✓'");
    let bottom = page.eval("Math.ceil(document.querySelector('#outcome').getBoundingClientRect().bottom)");
    assert!(bottom.as_u64().is_some_and(|bottom| bottom <= 768), "the buttons are at {bottom}");
    page.scheme("dark");
    page.picture("desk-6-promise-dark-ru");
    page.scheme("light");
    page.press("Ctrl+Enter");
    page.until("the next one is shown", "!!document.querySelector('#preview')");
    shows(page, HOSTILE[1]);
    page.until("the day counts it", "/обещания\\s+1/.test(document.querySelector('#day').innerText)");
}

/// What one window keeps the other shows; where they knew of different notes no word is lost. The note that is there then.
fn two_windows(page: &mut Page) -> Value {
    let base = page.eval("location.origin").as_str().expect("an address").to_owned();
    let mut other = Page::open("ru");
    sign_in(&mut other, &base, "anna");
    other.until("the note is there", "document.querySelector('#text')?.value.includes('Зарплата')");
    let at_the_end = |other: &mut Page| {
        other.tab_to("#text");
        other.eval("document.querySelector('#text').setSelectionRange(9999, 9999)");
    };
    let is_kept = "document.querySelector('#kept').textContent === 'сохранено'";
    at_the_end(&mut other);
    other.write(", перезвонит");
    other.until("it is kept", is_kept);
    page.until("the first one shows it", "document.querySelector('#text').value.endsWith('перезвонит')");
    // This one has not heard of what stands there now.
    other.eval("kept = 'another note'");
    at_the_end(&mut other);
    other.write(" сам");
    other.until("both stand there", "document.querySelector('#text').value.includes('\\n')");
    other.until("and are kept", is_kept);
    let both = other.eval("document.querySelector('#text').value");
    let text = both.as_str().expect("text");
    assert!(text.contains(", перезвонит\n") && text.ends_with(", перезвонит сам"), "{text}");
    page.until("the first one shows them", &format!("document.querySelector('#text').value === {both}"));
    both
}

/// Whom a call is to be handed on to stays chosen while the bar is renewed, and nobody takes the place of who is gone.
fn chooses_once(page: &mut Page) {
    let chosen = |page: &mut Page, to: &str| {
        page.eval(&format!("document.querySelector('#to').value = '{to}'; renew()"));
        page.until("the bar is renewed", "renewing === null");
        page.eval("document.querySelector('#to').value")
    };
    page.eval("document.querySelector('#to').append(new Option('gone', 'agent:gone'))");
    assert_eq!(chosen(page, "queue:lawyers"), json!("queue:lawyers"));
    page.eval("document.querySelector('#to').append(new Option('gone', 'agent:gone'))");
    assert_eq!(chosen(page, "agent:gone"), json!(""), "he is there no more");
}

fn complaint(page: &mut Page) {
    page.press("F9");
    until_state(page, "talking");
    page.press("F3");
    page.until("a case is open", "!document.querySelector('#complained').hidden");
    assert_eq!(
        page.eval("document.querySelector('.state').dataset.state"),
        json!("talking"),
        "the talk goes on"
    );
    page.until("the key that called may hang up", "Date.now() - calledAt > TWICE");
    page.press("F9");
    until_state(page, "wrap_up");
    page.press("1");
    assert_eq!(
        page.eval("document.querySelector('#written input[name=code]:checked')"),
        Value::Null,
        "nobody promises who has not said who he is"
    );
    page.press("9");
    page.press("Ctrl+Enter");
    page.until("the next one is shown", "!!document.querySelector('#preview')");
}

/// The other names: each is seen, and skipped with a reason, which is asked for.
fn skip_the_rest(page: &mut Page) {
    for (at, name) in HOSTILE.iter().enumerate().skip(2) {
        shows(page, name);
        if at == 2 {
            page.tab_to("[data-decide=skip]");
            page.press("Enter");
            page.until(
                "a reason is asked for",
                "document.querySelector('#why').innerText === 'Укажите, почему.'",
            );
        }
        page.tab_to("[name=reason]");
        page.write("знакомый <i>");
        page.tab_to("[data-decide=skip]");
        page.press("Enter");
        let gone = format!("document.querySelector('h1.name')?.textContent !== {}", json!(name));
        page.until("he is gone", &gone);
    }
    until_state(page, "ready");
    page.press("Alt+1");
    until_state(page, "away");
    page.picture("desk-7-pause-ru");
    page.eval("document.querySelector('form[action=\"/language\"] button').click()");
    page.until(
        "the desk speaks English",
        "document.documentElement.lang === 'en' && !!document.querySelector('#bar')",
    );
    assert!(page.text("main").contains("Nobody is on the line."), "it came back to the desk");
    page.picture("desk-8-pause-en");
    assert!(page.troubles.is_empty(), "{:?}", page.troubles);
}

/// The supervisor's pages, with the same people behind them.
fn look_around(page: &mut Page, base: &str) {
    sign_in(page, base, "boss");
    for path in ["/", "/campaigns", "/campaigns/reminders/why-not", "/reports"] {
        page.go(&format!("{base}{path}"));
        assert_eq!(
            page.eval("document.querySelectorAll('main img, main iframe, main script').length"),
            json!(0),
            "{path}"
        );
        page.picture(&format!("console{}", path.replace('/', "-")));
    }
    keeps_its_place(page, base);
    assert!(page.troubles.is_empty(), "{:?}", page.troubles);
}

/// A part that is renewed keeps the focus and a selected text; what moves keeps its focus where it goes.
fn keeps_its_place(page: &mut Page, base: &str) {
    page.go(&format!("{base}/"));
    page.tab_to("[data-live] a[href^='/campaigns/']");
    page.eval(
        "window.held = document.activeElement; getSelection().selectAllChildren(held); \
         window.renewals = () => performance.getEntriesByType('resource').filter((it) => it.name.endsWith('/live')).length; \
         window.before = renewals()",
    );
    page.until("the part is renewed twice", "renewals() >= before + 2");
    assert_eq!(page.eval("document.activeElement === held && held.isConnected"), json!(true));
    assert_eq!(page.eval("getSelection().toString() === held.textContent"), json!(true));
    let row = |to: &str| format!("<tr><td><a href=\"/campaigns/{to}/why-not\">{to}</a></td></tr>");
    let table = |rows: &[&str]| {
        json!(format!("<table><tbody>{}</tbody></table>", rows.iter().map(|to| row(to)).collect::<String>()))
    };
    let moved = format!(
        "(() => {{ const part = document.createElement('section'); document.querySelector('main').append(part); \
         part.innerHTML = {}; part.querySelector('a').focus(); renew(part, {}); \
         return document.activeElement.textContent; }})()",
        table(&["second"]),
        table(&["first", "second"]),
    );
    assert_eq!(page.eval(&moved), json!("second"), "not its neighbour");
}
