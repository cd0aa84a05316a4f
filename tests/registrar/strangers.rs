//! Whoever proves nothing: the same words for everybody, nothing kept, nothing learned.

use crate::client::{Claim, Client, code, nonce_of, plain};
use crate::{ANNA, ANNAS, BORIS, BORIS_S, address, id, stack};

#[tokio::test]
async fn an_account_that_is_there_and_one_that_is_not_are_answered_alike() {
    let (stack, _events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let mut said = Vec::new();
    for user in [ANNA, "nobody"] {
        let text = client.register(user, "");
        said.push(plain(&client.ask(&text).await, &[user]));
        for password in ["wrong", ANNAS] {
            // Anna's right password by the weaker algorithm is no better than a wrong one.
            let claim = Claim { algorithm: "MD5", ..Claim::of(user, password) };
            said.push(plain(&client.come_in(&claim, "").await, &[user]));
        }
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("SIP/2.0 401")
            && said[0].contains("algorithm=SHA-256")
            && said[0].contains("algorithm=MD5")
    );
    assert!(stack.phones(&id(ANNA)).is_empty());
    assert_eq!(stack.counts().transactions + stack.counts().remembered, 0, "no memory of any of it");
}

#[tokio::test]
async fn nobody_registers_at_anothers_address() {
    let (stack, _events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let claim = Claim { to: ANNA, algorithm: "MD5", ..Claim::of(BORIS, BORIS_S) };
    let headers = format!("Contact: {}\r\n", client.contact());
    assert_eq!(code(&client.come_in(&claim, &headers).await), 403);
    assert!(stack.phones(&id(ANNA)).is_empty() && stack.phones(&id(BORIS)).is_empty());
}

#[tokio::test]
async fn a_copied_proof_opens_nothing() {
    let (stack, _events) = stack().await;
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let mut thief = Client::at("127.0.0.1", address(&stack)).await;
    let mut afar = Client::at("127.0.0.2", address(&stack)).await;
    let nonce = client.nonce().await;
    let home = format!("Contact: {}\r\n", client.contact());
    let claim = Claim::of(ANNA, ANNAS);
    let text = client.proven(&claim, &nonce, &home);
    let answer = client.ask(&text).await;
    assert_eq!(code(&answer), 200);
    assert_eq!(client.ask(&text).await, answer, "the same request again is a repetition");

    // The same use of the nonce for another Contact, from the same address and from afar; and the next use from afar.
    let there = format!("Contact: {}\r\n", thief.contact());
    let replayed = thief.proven(&claim, &nonce, &there);
    assert_eq!(code(&thief.ask(&replayed).await), 401);
    let replayed = afar.proven(&claim, &nonce, &there);
    assert_eq!(code(&afar.ask(&replayed).await), 401);
    let next = afar.proven(&Claim { nc: 2, ..claim.clone() }, &nonce, &there);
    let refused = afar.ask(&next).await;
    assert_eq!(code(&refused), 401, "the nonce was made for another source");
    let phones = stack.phones(&id(ANNA));
    assert_eq!(phones.len(), 1);
    assert_eq!(phones[0].source, client.socket.local_addr().unwrap());

    // Who knows the password goes on with the new nonce at once.
    assert!(refused.contains("stale=true"));
    let fresh = nonce_of(&refused);
    let own = format!("Contact: {}\r\n", afar.contact());
    let text = afar.proven(&claim, &fresh, &own);
    assert_eq!(code(&afar.ask(&text).await), 200);
}

#[tokio::test]
async fn without_a_registrar_the_method_is_not_allowed() {
    use obzvon::sip::{SipPlan, SipStack};
    let stack = SipStack::start(SipPlan::new("127.0.0.1:0".parse().unwrap(), "pbx.example")).await.unwrap();
    let mut client = Client::at("127.0.0.1", address(&stack)).await;
    let text = client.register(ANNA, "");
    assert_eq!(code(&client.ask(&text).await), 405);
}
