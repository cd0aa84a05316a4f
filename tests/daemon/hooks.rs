//! A creditor's system tells its own money by signed webhooks, and nobody else's.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use obzvon::domain::SigningKey;
use obzvon::writeback::sign;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::house::{CREDITOR, House, Running, config};

const BANK: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn house() -> House {
    let hooks = [("bank", CREDITOR), ("other", "Другой Банк")];
    let mut plan = config(([127, 0, 0, 1], 9).into());
    for (hook, creditor) in hooks {
        plan = plan.set("obzvon.toml", &format!("api.hook.{hook}.creditor"), creditor).set(
            "obzvon.toml",
            &format!("api.hook.{hook}.secret_file"),
            format!("{hook}.key"),
        );
    }
    let house = House::new(plan);
    for (hook, key) in [("bank", BANK), ("other", OTHER)] {
        let file = format!("config/{hook}.key");
        house.write(&file, key);
        let secret = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(house.path(&file), secret).expect("a file of our own");
    }
    house.import(2);
    house.run(&["campaign", "pause", "reminders"]);
    house
}

/// One message as it is sent.
struct Message {
    hook: &'static str,
    what: &'static str,
    unix_s: i64,
    signature: String,
    body: String,
}

impl Message {
    fn signed(key: &str, hook: &'static str, what: &'static str, body: &Value) -> Self {
        Self::sent_at(Timestamp::now().as_second(), key, (hook, what), body)
    }

    fn sent_at(unix_s: i64, key: &str, (hook, what): (&'static str, &'static str), body: &Value) -> Self {
        let (key, body) = (SigningKey::parse(key).expect("a key"), body.to_string());
        Self { hook, what, unix_s, signature: sign(&key, ID, unix_s, &body), body }
    }

    fn tell(&self, daemon: &Running) -> (u16, Value) {
        let address = format!("{}/api/v1/hooks/{}/{}", daemon.base(), self.hook, self.what);
        let asked = Client::new().post(address).body(self.body.clone()).header("webhook-id", ID);
        let asked = asked.header("webhook-timestamp", self.unix_s);
        let answer = asked.header("webhook-signature", &self.signature).send().expect("an answer");
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().expect("text")).expect("JSON"))
    }
}

const ID: &str = "msg_1";

#[test]
fn what_a_hook_is_told_is_its_creditors_own_money_told_once_and_signed_by_its_key() {
    let house = house();
    let daemon = house.start();
    let paid = json!({ "id": "A1", "debt": "d0", "amount": "1000.37" });
    let now = Timestamp::now().as_second();
    let refused = |message: Message| {
        let (status, told) = message.tell(&daemon);
        assert_eq!((status, &told["fault"]), (401, &json!("not_signed")), "{told}");
    };
    refused(Message::signed(OTHER, "bank", "payments", &paid));
    refused(Message::signed(BANK, "nobody", "payments", &paid));
    refused(Message::sent_at(now - 600, BANK, ("bank", "payments"), &paid));
    refused(Message::sent_at(now + 600, BANK, ("bank", "payments"), &paid));
    let changed = json!({ "id": "A1", "debt": "d0", "amount": "1.00" }).to_string();
    refused(Message { body: changed, ..Message::signed(BANK, "bank", "payments", &paid) });
    let unsigned = Client::new().post(format!("{}/api/v1/hooks/bank/payments", daemon.base()));
    assert_eq!(unsigned.body(paid.to_string()).send().expect("an answer").status().as_u16(), 401);

    // Another creditor finds no such debt, and names none but himself.
    let theirs = Message::signed(OTHER, "other", "payments", &paid).tell(&daemon);
    assert_eq!((theirs.0, &theirs.1["fault"]), (404, &json!("no_debt")));
    let mut named = paid.clone();
    named["creditor"] = json!(CREDITOR);
    let named = Message::signed(OTHER, "other", "payments", &named).tell(&daemon);
    assert_eq!((named.0, &named.1["fault"]), (422, &json!("malformed")));

    let mut message = Message::signed(BANK, "bank", "payments", &paid);
    assert_eq!(message.tell(&daemon), (201, json!({ "recorded": "new", "debt_paid": true })));
    assert_eq!(message.tell(&daemon), (200, json!({ "recorded": "known" })), "sent again as it was");
    message.signature = format!("v1,AAAA {}", message.signature);
    assert_eq!(message.tell(&daemon).0, 200, "the key is being changed");
    assert_eq!(house.count(&["done"]), 1, "who has paid is done with: {:?}", house.states());

    let back = json!({ "payment": "A1", "why": "bounced" });
    let theirs = Message::signed(OTHER, "other", "reversals", &back).tell(&daemon);
    assert_eq!((theirs.0, &theirs.1["fault"]), (404, &json!("no_payment")));
    let ours = Message::signed(BANK, "bank", "reversals", &back);
    assert_eq!(ours.tell(&daemon), (201, json!({ "recorded": "new", "debt_opened": true })));
    assert_eq!(ours.tell(&daemon), (200, json!({ "recorded": "known" })));
    daemon.stop();
}

#[test]
fn however_many_messages_of_strangers_come_the_log_has_a_few_lines_of_them() {
    let house = house();
    let daemon = house.start();
    let paid = json!({ "id": "A1", "debt": "d0", "amount": "1000.37" });
    let stranger = Message::signed(OTHER, "bank", "payments", &paid);
    let late = Message::sent_at(Timestamp::now().as_second() - 600, BANK, ("bank", "payments"), &paid);
    for _ in 0..20 {
        assert_eq!((stranger.tell(&daemon).0, late.tell(&daemon).0), (401, 401));
    }
    daemon.stop();
    let log = std::fs::read_to_string(house.path("log")).expect("a log");
    let told = log.lines().filter(|line| line.contains("refused")).count();
    // Once a minute, and what is left at the end.
    assert!((1..=5).contains(&told), "{told} lines in\n{log}");
    assert!(log.contains("webhooks were refused") && log.contains("bank"), "{log}");
}
