//! "I have paid": one key shows the money that is known now and what the creditor says, another press asks him, and one more
//! finds his hotline; in Chromium, with a real phone.

use std::time::Duration;

use obzvon::demo::carrier::Carrier;
use serde_json::{Value, json};

use crate::browser::Page;
use crate::house::until;
use crate::interface::signed_in;
use crate::office::{Debtor, TOKEN, furnished, import, number, plan, start};
use crate::phone::Phone;
use crate::shift::{fits, is_as_high_as_the_window, patient, sign_in, until_state};

const CREDITOR: &str = "Северный Банк";
/// Nobody answers there; it is only looked at.
const HOTLINE: usize = 70;

#[tokio::test(flavor = "multi_thread")]
async fn one_key_tells_whether_he_has_paid_and_another_press_asks_his_creditor() {
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let phone = Phone::start("anna").await;
    let config = plan(Some(&carrier), "progressive")
        .set("agents.toml", "agent.anna.leg", "nailed_up")
        .set("agents.toml", "agent.anna.contact", format!("sip:anna@127.0.0.1:{}", phone.sip_port))
        .set("agents.toml", &format!("hotline.{CREDITOR}.number"), number(HOTLINE))
        .set("agents.toml", "hotline.Водоканал.number", number(HOTLINE + 1));
    let house = furnished(config);
    import(&house, &[Debtor { name: "Анна Л.", creditor: CREDITOR }]);
    let daemon = start(&house);
    let anna = signed_in(&daemon, "anna").await;
    for to in ["logged_in", "ready"] {
        assert_eq!(anna.post("/state", json!({ "to": to })).await.0, 200);
    }
    for _ in 0..300 {
        if anna.see().await["state"]["code"] == "talking" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let to = |n: usize| json!({ "do": "transfer", "to": format!("number:{}", number(n)) });
    let fault = |answer: (u16, Value)| (answer.0, answer.1["fault"].clone());
    // Nothing of it before it is known who speaks.
    assert_eq!(fault(anna.post("/paid-question", json!({})).await), (409, json!("identity_first")));
    assert_eq!(fault(anna.post("/call", to(HOTLINE)).await), (409, json!("identity_first")));
    assert_eq!(fault(anna.post("/call", to(HOTLINE + 1)).await), (422, json!("number_refused")));
    let view = anna.see().await.to_string();
    assert!(!view.contains(CREDITOR) && !view.contains(&number(HOTLINE)), "{view}");

    let pay = |id: &str, amount: &str| {
        let payment = json!({ "id": id, "creditor": CREDITOR, "debt": "d0", "amount": amount }).to_string();
        assert_eq!(daemon.api("/api/v1/payments", Some(TOKEN), Some(&payment)).0, 201);
    };
    let base = daemon.base();
    let page = tokio::task::spawn_blocking(move || {
        let mut page = Page::open("ru");
        sign_in(&mut page, &base, "anna");
        until_state(&mut page, "talking");
        page.press("F2");
        page.until("the debt is shown", "!!document.querySelector('[data-look]')");
        page
    });
    let mut page = page.await.expect("she sees it");
    pay("p1", "150.00");
    let page = tokio::task::spawn_blocking(move || {
        page.press("F5");
        page.until(
            "the money of this second is shown",
            "document.querySelector('#debtor').innerText.includes('150,00')",
        );
        page.until("the press is stamped", "document.querySelector('#looked').textContent !== ''");
        page.until("Enter would ask", "document.activeElement.id === 'ask-paid'");
        page.picture("desk-paid-1-ru");
        page.press("Enter");
        page.until(
            "he was not asked: nobody takes it",
            "document.querySelector('#question').innerText.includes('не отправлено')",
        );
        let text = page.text("#question");
        assert!(text.contains("Спросили, оплачено ли") && text.contains("C-000001"), "{text}");
        assert_eq!(page.eval("document.querySelector('#ask-paid')"), Value::Null, "once");
        page.press("F10");
        let chosen =
            "document.activeElement.id === 'to' && document.activeElement.selectedOptions[0].textContent";
        assert_eq!(page.eval(chosen), json!(format!("{CREDITOR}: горячая линия")));
        assert!(!page.text("main").contains("Водоканал"), "another creditor's people are not offered");
        page.picture("desk-paid-2-ru");
        fits(&mut page);
        page
    });
    let mut page = page.await.expect("it is asked");
    let view = anna.see().await;
    let debt = &view["call"]["debt"];
    assert_eq!(debt["hotline"]["to"], json!(format!("number:{}", number(HOTLINE))));
    assert_eq!((&debt["question"]["about"], &debt["question"]["told"]), (&json!("paid"), &json!(false)));
    assert_eq!(
        fault(anna.post("/call", to(HOTLINE + 1)).await),
        (422, json!("number_refused")),
        "nobody else's"
    );
    let said = json!({ "owed": false, "text": "came on Friday" }).to_string();
    let path = "/api/v1/complaints/C-000001/creditor";
    let answered = daemon.api(path, Some(TOKEN), Some(&said));
    assert!(answered.0 < 300, "{answered:?}");
    tokio::task::spawn_blocking(move || {
        page.press("F5");
        page.until(
            "his word is shown",
            "document.querySelector('#question').innerText.includes('деньги пришли')",
        );
        page.eval("document.querySelector('form[action=\"/language\"] button').click()");
        page.until(
            "in English, too",
            "document.querySelector('#question')?.innerText.includes('the money came')",
        );
        let text = page.text("main");
        assert!(text.contains("Asked whether it was paid") && text.contains("Has he paid?"), "{text}");
        page.picture("desk-paid-3-en");
        is_as_high_as_the_window(&mut page);
        page.press("F9");
        until_state(&mut page, "wrap_up");
        assert!(page.troubles.is_empty(), "{:?}", page.troubles);
    })
    .await
    .expect("she knows");
    until("the call is over", || house.attempts().iter().any(|attempt| attempt["outcome"].is_string()));
    daemon.stop();
}
