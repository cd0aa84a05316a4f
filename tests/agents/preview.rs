//! Whom an agent is shown may pay before she has decided.

use std::time::Duration;

use jiff::Timestamp;
use obzvon::agents::State;
use obzvon::domain::{Currency, Money};
use obzvon::store::{NewPayment, Paid};

use crate::house::CREDITOR;
use crate::office::{Desk, Office, agents_phones, debtors, desk_phone, person};
use crate::program::Program;

/// The whole debt of the debtor whom a contact is of.
async fn pays(office: &Office, contact: i64) {
    let store = &office.inside().store;
    let contact = obzvon::domain::ContactId(contact);
    let file = store.desk_file(contact, None).await.expect("read").expect("his");
    let now = Timestamp::now();
    let payment = NewPayment {
        external_id: format!("of-{contact}"),
        creditor: CREDITOR.to_owned(),
        debt: file.contact.debt_external.clone(),
        amount: Money::new(file.contact.amount.minor, Currency::Rub),
        paid_at: now,
    };
    let paid = store.record_payment(payment, now).await.expect("recorded");
    assert!(matches!(paid, Paid::Recorded { closed: true, .. }), "{paid:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_to_decide_about_somebody_who_pays_meanwhile() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let talk = person(Duration::from_millis(300), Duration::from_secs(3));
    let carrier = debtors(talk, &[], folders[0].path()).await;
    let phone = agents_phones(desk_phone(), folders[1].path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phone.addr()), leg: "per_call" };
    let office = Office::open("preview", &carrier, 2, &[desk]).await;
    let anna = Program::of(&office, "anna", "agent").await;
    let told = async || anna.listen(|text| text.contains("not_called")).await;
    let first = anna.until_shown().await;
    let (told, ()) = tokio::join!(told(), async {
        // The desk listens first.
        tokio::time::sleep(Duration::from_secs(1)).await;
        pays(&office, first).await;
    });
    assert!(told.contains(r#""code":"paid""#) && told.contains("оплачен"), "{told}");
    assert!(matches!(office.state("anna"), State::Ready | State::Reserved { .. }), "she need do nothing");

    let second = anna.until_shown().await;
    assert_ne!(second, first);
    pays(&office, second).await;
    let call = anna.post("desk/preview", serde_json::json!({ "decide": "call" })).await;
    assert_eq!(call, (409, "paid".to_owned()));
    office.until(10, "nobody is left", || office.state("anna") == State::Ready).await;
    let db = rusqlite::Connection::open(office.house.path("data/obzvon.db")).expect("open");
    let mut rows = db.prepare("SELECT contact_id, decided FROM preview ORDER BY id").expect("asked");
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let rows: Vec<(i64, String)> =
        rows.query_map([], row).expect("read").map(|row| row.expect("read")).collect();
    assert_eq!(rows, [(first, "paid".to_owned()), (second, "paid".to_owned())]);
    let attempts = office.close().await;
    assert_eq!((carrier.calls().len(), attempts.len()), (0, 0));
}
