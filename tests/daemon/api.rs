//! What other systems tell over HTTP.

use serde_json::json;

use crate::house::{House, config};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn house() -> House {
    House::with_interface(TOKEN)
}

#[test]
fn an_event_is_told_once_whoever_shows_the_token() {
    let house = house();
    let daemon = house.start();
    let event = json!({ "id": "crm-7", "person": "p1", "kind": "message", "channel": "sms",
        "at": "2026-03-03T11:00:00Z" });
    let tell =
        |token, event: &serde_json::Value| daemon.api("/api/v1/events", token, Some(&event.to_string()));
    for token in [None, Some("0123456789abcdef0123456789abcdee")] {
        assert_eq!((tell(token, &event).0, &tell(token, &event).1["fault"]), (401, &json!("no_token")));
    }
    let token = Some(TOKEN);
    assert_eq!(tell(token, &event), (201, json!({ "recorded": "new" })));
    assert_eq!(tell(token, &event), (200, json!({ "recorded": "known" })));
    let with = |field: &str, value: serde_json::Value| {
        let mut other = event.clone();
        other[field] = value;
        let (code, answer) = tell(token, &other);
        (code, answer["fault"].as_str().unwrap_or_default().to_owned())
    };
    let fault = |code: u16, fault: &str| (code, fault.to_owned());
    assert_eq!(with("channel", json!("email")), fault(409, "id_reused"));
    assert_eq!(with("person", json!("nobody")), fault(404, "no_person"));
    let about = |id: &str, person: &str, debt: &str| {
        let event = json!({ "id": id, "person": person, "kind": "message", "debt": debt });
        let (code, answer) = tell(token, &event);
        (code, answer["fault"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(about("crm-8", "p1", "d0"), fault(404, "no_debt"), "it is another's");
    assert_eq!(about("crm-8", "p0", "d0"), fault(201, ""), "nothing was stored by that id");
    assert_eq!(with("at", json!("2999-01-01T00:00:00Z")), fault(422, "ahead"));
    for (field, value) in [
        ("kind", json!("in_flight")),
        ("channel", json!("bogus")),
        ("id", json!(" ")),
        ("agent", json!("dog")),
        ("phone", json!("123")),
        ("surprise", json!(1)),
        ("at", json!("yesterday")),
    ] {
        assert_eq!(with(field, value), fault(422, "malformed"), "{field}");
    }
    assert_eq!(daemon.api("/api/v1/events", token, Some("{")).0, 400);
    assert_eq!(daemon.api("/api/v1/events", token, Some(&"x".repeat(70_000))).0, 413);
    assert_eq!(daemon.api("/api/v1/nothing", token, None).0, 404);
    daemon.stop();
    let listed = house.run(&["event", "list", "p1"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(listed.contains("message") && listed.contains("sms"), "{listed}");
}

#[test]
fn a_payment_is_told_once_and_closes_the_debt() {
    let house = house();
    let daemon = house.start();
    let tell =
        |payment: serde_json::Value| daemon.api("/api/v1/payments", Some(TOKEN), Some(&payment.to_string()));
    let creditor = crate::house::CREDITOR;
    let payment = json!({ "id": "bank-1", "creditor": creditor, "debt": "d1", "amount": "1000000.00" });
    assert_eq!(tell(payment.clone()), (201, json!({ "recorded": "new", "debt_paid": true })));
    assert_eq!(tell(payment), (200, json!({ "recorded": "known" })));
    let other = json!({ "id": "bank-1", "creditor": creditor, "debt": "d1", "amount": "7.00" });
    assert_eq!((tell(other.clone()).0, &tell(other).1["fault"]), (409, &json!("id_reused")));
    let no_debt = json!({ "id": "bank-2", "creditor": creditor, "debt": "none", "amount": "10" });
    assert_eq!(tell(no_debt).1["fault"], "no_debt");
    let no_sum = json!({ "id": "bank-3", "creditor": creditor, "debt": "d0", "amount": "much" });
    assert_eq!(tell(no_sum).1["fault"], "malformed");
    daemon.stop();
}

#[test]
fn a_payment_is_taken_back_once_and_the_debt_is_owed_again() {
    let house = house();
    let daemon = house.start();
    let tell = |path: &str, body: serde_json::Value| daemon.api(path, Some(TOKEN), Some(&body.to_string()));
    let creditor = crate::house::CREDITOR;
    let payment = json!({ "id": "bank-1", "creditor": creditor, "debt": "d1", "amount": "1000000.00" });
    assert_eq!(tell("/api/v1/payments", payment.clone()).0, 201);
    let back = |payment: &str, at: &str| {
        let body =
            json!({ "creditor": creditor, "payment": payment, "why": "it bounced", "reversed_at": at });
        tell("/api/v1/payments/reversals", body)
    };
    let now = jiff::Timestamp::now().to_string();
    assert_eq!(back("bank-1", "2999-01-01T00:00:00Z").0, 422, "it lies ahead");
    assert_eq!(back("bank-1", &now), (201, json!({ "recorded": "new", "debt_opened": true })));
    assert_eq!(back("bank-1", &now), (200, json!({ "recorded": "known" })));
    assert_eq!((back("bank-9", &now).0, &back("bank-9", &now).1["fault"]), (404, &json!("no_payment")));
    let no_reason = json!({ "creditor": creditor, "payment": "bank-1", "why": " " });
    assert_eq!(tell("/api/v1/payments/reversals", no_reason).1["fault"], "malformed");
    assert_eq!(
        tell("/api/v1/payments", payment),
        (200, json!({ "recorded": "known" })),
        "it stays taken back"
    );
    daemon.stop();
}

#[test]
fn what_he_did_in_a_contact_is_told_with_it() {
    let house = house();
    let daemon = house.start();
    let event = json!({ "id": "crm-9", "person": "p1", "kind": "message", "channel": "sms", "debt": "d1",
        "at": "2026-03-03T11:00:00Z" });
    let tell = |id: &str, more: &[(&str, serde_json::Value)]| {
        let mut event = event.clone();
        event["id"] = json!(id);
        more.iter().for_each(|(field, value)| event[field] = value.clone());
        let (code, answer) = daemon.api("/api/v1/events", Some(TOKEN), Some(&event.to_string()));
        (code, answer["fault"].as_str().unwrap_or_default().to_owned())
    };
    let promise = ("reactions", json!(["promise"]));
    let fault = |code: u16, fault: &str| (code, fault.to_owned());
    assert_eq!(tell("1", &[("reactions", json!(["shrug"]))]), fault(422, "malformed"));
    assert_eq!(tell("1", &[("promised_on", json!("2026-03-10"))]), fault(422, "bad_promise"));
    assert_eq!(
        tell("1", &[promise.clone(), ("promised_on", json!("2026-03-01"))]),
        fault(422, "bad_promise")
    );
    assert_eq!(tell("1", &[promise.clone(), ("debt", json!(null))]), fault(404, "no_debt"));
    let whole = [promise, ("promised_on", json!("2026-03-10")), ("promised_amount", json!("10.50"))];
    assert_eq!(tell("1", &whole), fault(201, ""));
    assert_eq!(tell("1", &whole), fault(200, ""));
    assert_eq!(tell("1", &whole[..2]), fault(409, "id_reused"));
    assert_eq!(tell("2", &[("reactions", json!(["complaint"]))]), fault(201, ""));
    let (code, cases) = daemon.api("/api/v1/complaints", Some(TOKEN), None);
    assert_eq!((code, cases.to_string().matches("C-0000").count()), (200, 1), "{cases}");
    daemon.stop();
    let holds = house.run(&["hold", "list", "p1"]);
    assert!(holds.contains("complaint_open"), "{holds}");
}

#[test]
fn a_complaint_is_told_once_and_holds_the_person() {
    let house = house();
    let daemon = house.start();
    let path = "/api/v1/complaints";
    let told =
        json!({ "id": "mail-1", "kind": "ordinary", "source": "email", "person": "p1", "text": "stop it" });
    let tell = |case: &serde_json::Value| daemon.api(path, Some(TOKEN), Some(&case.to_string()));
    assert_eq!(daemon.api(path, None, Some(&told.to_string())).0, 401);
    assert_eq!(tell(&told), (201, json!({ "recorded": "new", "number": "C-000001", "held": true })));
    assert_eq!(tell(&told), (200, json!({ "recorded": "known", "number": "C-000001" })));
    let with = |field: &str, value: serde_json::Value| {
        let mut other = told.clone();
        other["id"] = json!("mail-2");
        other[field] = value;
        let (code, answer) = tell(&other);
        (code, answer["fault"].as_str().unwrap_or_default().to_owned())
    };
    for (field, value, code, fault) in [
        ("id", json!("mail-1"), 200, ""),
        ("kind", json!("rude"), 422, "malformed"),
        ("source", json!("agent"), 422, "malformed"),
        ("text", json!(" "), 422, "malformed"),
        ("surprise", json!(1), 422, "malformed"),
        ("person", json!("nobody"), 404, "no_person"),
        ("debt", json!("d0"), 404, "no_debt"),
        ("attempt", json!(99), 404, "no_attempt"),
    ] {
        assert_eq!(with(field, value), (code, fault.to_owned()), "{field}");
    }
    let (code, open) = daemon.api(path, Some(TOKEN), None);
    assert_eq!((code, open.as_array().map(Vec::len)), (200, Some(1)));
    let (code, one) = daemon.api(&format!("{path}/C-000001"), Some(TOKEN), None);
    assert_eq!((code, &one["state"], &one["person"]), (200, &json!("new"), &json!("p1")));
    assert_eq!(daemon.api(&format!("{path}/C-000002"), Some(TOKEN), None).0, 404);
    daemon.stop();
    assert!(house.run(&["hold", "list", "p1"]).contains("complaint_open"));
}

#[test]
fn the_document_of_the_api_names_every_resource_and_without_a_token_there_is_no_api() {
    let house = house();
    let daemon = house.start();
    let (code, document) = daemon.api("/api/v1/openapi.json", Some(TOKEN), None);
    assert_eq!((code, &document["openapi"]), (200, &json!("3.1.0")));
    for path in ["/api/v1/complaints", "/api/v1/events", "/api/v1/payments"] {
        let body = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["additionalProperties"], json!(false), "{path}: {document}");
        assert!(body["required"].as_array().is_some_and(|fields| fields.contains(&json!("id"))), "{path}");
    }
    assert_eq!(daemon.api("/healthz", None, None).0, 200, "health needs no token");
    daemon.stop();
    let without = House::new(config(([127, 0, 0, 1], 9).into()));
    let daemon = without.start();
    assert_eq!(daemon.api("/api/v1/cases", Some(TOKEN), None).0, 404);
    let (code, document) = daemon.api("/api/v1/openapi.json", None, None);
    assert!(
        code == 200 && document["paths"]["/api/v1/desk"].is_object(),
        "the desk's part is there all the same"
    );
    daemon.stop();
    let short =
        House::new(config(([127, 0, 0, 1], 9).into()).set("obzvon.toml", "api.token_env", "PATH_SHORT"));
    let refused = short.try_run(&["check", "--lang", "en"]);
    assert_eq!(refused.status.code(), Some(78), "a token that is not there is a mistake");
}

#[test]
fn quality_is_read_and_told_over_the_api() {
    let house = house();
    house.write("config/quality.toml", include_str!("../../config/quality.toml"));
    let daemon = house.start();
    let token = Some(TOKEN);
    let (code, form) = daemon.api("/api/v1/quality/form", token, None);
    let criteria = form.as_array().expect("criteria");
    assert!(code == 200 && !criteria.is_empty(), "{form}");
    assert_eq!(daemon.api("/api/v1/quality/lists", token, None), (200, json!([])));
    assert_eq!(daemon.api("/api/v1/quality/reviews?days=7", token, None), (200, json!([])));
    let fault = |path: &str, body: Option<&str>| {
        let (code, answer) = daemon.api(path, token, body);
        (code, answer["fault"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(fault("/api/v1/quality/lists/7", None), (404, "no_list".to_owned()));
    for wrong in ["days=0", "days=soon", "from=yesterday"] {
        let path = format!("/api/v1/quality/reviews?{wrong}");
        assert_eq!(fault(&path, None), (422, "malformed".to_owned()), "{wrong}");
    }
    let marks: serde_json::Map<_, _> =
        criteria.iter().map(|it| (it["key"].as_str().expect("a key").to_owned(), json!("met"))).collect();
    let mut told = json!({ "attempt": 1, "agent": "anna", "reviewer": "vera", "marks": marks });
    let tell = |told: &serde_json::Value| fault("/api/v1/quality/reviews", Some(&told.to_string()));
    assert_eq!(tell(&told), (422, "no_reviewer".to_owned()), "nobody is called vera");
    house.add_user("vera", "agent", "correct horse");
    assert_eq!(tell(&told), (422, "no_reviewer".to_owned()), "an agent reviews nobody");
    house.add_user("olga", "quality", "correct horse");
    told["reviewer"] = json!("olga");
    assert_eq!(tell(&told), (404, "no_talk".to_owned()), "she talked in no such call");
    told["reviewer"] = json!("anna");
    assert_eq!(tell(&told), (422, "own_talk".to_owned()));
    told["marks"] = json!({});
    assert_eq!(tell(&told), (422, "unfit_marks".to_owned()));
    told["marks"] = json!({ "greeting": "splendid" });
    assert_eq!(tell(&told), (422, "malformed".to_owned()));
    let (_, document) = daemon.api("/api/v1/openapi.json", token, None);
    for path in ["form", "lists", "lists/{id}", "reviews"] {
        assert!(document["paths"][format!("/api/v1/quality/{path}")].is_object(), "{path}");
    }
}
