//! Requests outside any dialog of ours.
//!
//! An INVITE is declined neutrally, so that a debtor who calls back hears nothing that a third party may not. Calls in
//! would be taken here: this is the one place that sees such an INVITE, with its transaction still open.

use rsipstack::sip::headers::make_header;
use rsipstack::sip::{Method, StatusCode};
use rsipstack::transaction::transaction::Transaction;

use super::guard::{ALLOW, SUPPORTED};
use super::message::read;

/// Answers a request nobody here waits for.
pub(super) async fn answer(mut request: Box<Transaction>) {
    let in_dialog = read::value(&request.original, "To").is_some_and(|to| read::param(to, "tag").is_some());
    let code = match request.original.method {
        _ if in_dialog => 481,
        Method::Options => 200,
        Method::Invite => 480,
        Method::Bye | Method::Info | Method::Update | Method::PRack | Method::Notify | Method::Cancel => 481,
        _ => 405,
    };
    let mut headers = vec![make_header("Allow", ALLOW.to_owned())];
    if code == 200 {
        headers.push(make_header("Accept", "application/sdp".to_owned()));
        headers.push(make_header("Supported", SUPPORTED.to_owned()));
    }
    if let Err(error) = request.reply_with(StatusCode::from(code), headers, None).await {
        tracing::debug!(%error, code, "answering a stranger");
    }
}
