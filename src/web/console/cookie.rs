//! The session's cookie by HTTPS: no other host and no plain page can set it (`__Host-`, RFC 6265bis §4.1.3.2), and it goes
//! no other way. In goes what browsers send, out what the session wants, and back.

use axum::extract::{Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// The cookie's name by HTTP.
pub const NAME: &str = "obzvon";
/// What its name begins with by HTTPS.
const OWN: &str = "__Host-";

/// Gives the cookie its name on the way out and takes it back on the way in. `https`: everything here is by HTTPS; else it is where
/// a proxy says so, which whoever lies about it does to his own session.
pub async fn of_this_host(State(https): State<bool>, mut request: Request, next: Next) -> Response {
    let by_proxy = request.headers().get("x-forwarded-proto").is_some_and(|way| way.as_bytes() == b"https");
    if !https && !by_proxy {
        return next.run(request).await;
    }
    read(request.headers_mut());
    let mut answer = next.run(request).await;
    name(answer.headers_mut());
    answer
}

/// The session finds its cookie under the plain name, and none that was set for that one.
fn read(headers: &mut HeaderMap) {
    let sent: Vec<_> = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    let kept = sent.iter().flat_map(|value| value.split(';')).map(str::trim).filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        match key.strip_prefix(OWN) {
            Some(NAME) => Some(format!("{NAME}={value}")),
            Some(_) | None => (key != NAME).then(|| pair.to_owned()),
        }
    });
    let kept = kept.collect::<Vec<_>>().join("; ");
    headers.remove(COOKIE);
    if let Ok(kept) = HeaderValue::try_from(kept)
        && !kept.is_empty()
    {
        headers.insert(COOKIE, kept);
    }
}

fn name(headers: &mut HeaderMap) {
    let set: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for value in set {
        let own = value.to_str().ok().filter(|text| text.starts_with(&format!("{NAME}="))).map(|text| {
            let secure = if text.contains("; Secure") { "" } else { "; Secure" };
            format!("{OWN}{text}{secure}")
        });
        let value = own.and_then(|own| HeaderValue::try_from(own).ok()).unwrap_or(value);
        headers.append(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: axum::http::HeaderName, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_cookie_that_a_plain_page_has_set_is_none_of_the_session() {
        let mut sent = header(COOKIE, &["obzvon=planted; other=1", "__Host-obzvon=own"]);
        read(&mut sent);
        assert_eq!(sent[COOKIE], "other=1; obzvon=own");
        let mut planted = header(COOKIE, &["obzvon=planted"]);
        read(&mut planted);
        assert!(!planted.contains_key(COOKIE));
    }

    #[test]
    fn what_is_set_has_the_hosts_name_and_goes_by_https_alone() {
        let mut set = header(SET_COOKIE, &["obzvon=id; HttpOnly; Path=/", "other=1"]);
        name(&mut set);
        let set: Vec<_> = set.get_all(SET_COOKIE).iter().collect();
        assert_eq!(set, ["__Host-obzvon=id; HttpOnly; Path=/; Secure", "other=1"]);
    }
}
