//! HTTPS: a certificate of the house's own, and one by file that is renewed while it runs.

use std::fs::{Permissions, set_permissions};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::sys::signal::Signal;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use crate::PASSWORD;
use crate::house::{House, Running, config, until};

/// A client that trusts nobody but this certificate.
fn trusting(pem: &Path) -> Client {
    let pem = std::fs::read(pem).expect("a certificate");
    let certificate = Certificate::from_pem(&pem).expect("PEM");
    let client = Client::builder().redirect(Policy::none()).tls_certs_only([certificate]);
    client.build().expect("a client")
}

fn tls_file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

fn pages_are_up(daemon: &Running) {
    until("the pages are there", || daemon.get("/healthz").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_with_a_certificate_of_its_own_speaks_https_alone() {
    let nowhere = ([127, 0, 0, 1], 9).into();
    let house = House::new(config(nowhere).set("obzvon.toml", "daemon.https.self_signed", true));
    house.add_user("auditor", "auditor", PASSWORD);
    let daemon = house.launch();
    pages_are_up(&daemon);
    let (status, said) = daemon.get("/healthz").expect("an answer");
    assert!(status == 400 && said.contains("https:// is spoken here"), "{said}");
    let address = daemon.base().trim_start_matches("http://").to_owned();
    let silent: Vec<_> = (0..50).map(|_| TcpStream::connect(&address).expect("taken")).collect();
    let own = house.path("data/https.pem");
    let (client, base) = (trusting(&own), format!("https://{address}"));
    let health = client.get(format!("{base}/healthz")).send().await.expect("nobody silent is waited for");
    assert_eq!(health.status().as_u16(), 200);
    let door = client.post(format!("{base}/sign-in")).body("login=auditor&password=correct+horse");
    let door = door.header("content-type", "application/x-www-form-urlencoded");
    let signed_in = door.send().await.expect("an answer");
    assert_eq!(signed_in.status().as_u16(), 303);
    let cookie = signed_in.headers()[SET_COOKIE].to_str().expect("text");
    assert!(cookie.contains("; Secure") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.starts_with("__Host-obzvon=") && cookie.contains("; Path=/"), "{cookie}");
    let id = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie").1;
    let page = async |cookie: String| {
        let page = client.get(format!("{base}/cases")).header(COOKIE, cookie).send().await;
        page.expect("an answer").status().as_u16()
    };
    assert_eq!(page(format!("__Host-obzvon={id}")).await, 200);
    assert_eq!(page(format!("obzvon={id}")).await, 303, "a plain page may have set that");
    assert_eq!(std::fs::metadata(&own).expect("kept").permissions().mode() & 0o777, 0o600);
    let told = house.log();
    let told = told.lines().find(|line| line.contains("certificate is our own")).expect("a line").to_owned();
    assert!(told.contains("\"sha256\":\"") && told.contains("https.pem"), "{told}");
    let made = std::fs::read(&own).expect("kept");
    drop(silent);
    daemon.stop();

    let again = house.launch();
    pages_are_up(&again);
    assert_eq!(std::fs::read(&own).expect("kept"), made, "it is made once");
    again.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_does_tls_the_cookie_goes_by_https_alone() {
    let (_house, daemon) = crate::house();
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let sign_in = |way: &'static str| {
        let door = client.post(format!("{}/sign-in", daemon.base()));
        let door =
            door.header("content-type", "application/x-www-form-urlencoded").header("x-forwarded-proto", way);
        door.body("login=auditor&password=correct+horse").send()
    };
    for (way, begins, is_secure) in [("https", "__Host-obzvon=", true), ("http", "obzvon=", false)] {
        let answer = sign_in(way).await.expect("an answer");
        let cookie = answer.headers()[SET_COOKIE].to_str().expect("text").to_owned();
        assert!(cookie.starts_with(begins), "{way}: {cookie}");
        assert_eq!(cookie.contains("; Secure"), is_secure, "{way}: {cookie}");
        let own = cookie.split(';').next().expect("a cookie");
        let page = client.get(format!("{}/cases", daemon.base())).header(COOKIE, own);
        let page = page.header("x-forwarded-proto", way).send().await.expect("an answer");
        assert_eq!(page.status().as_u16(), 200, "{way}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_by_sighup_and_another_ones_key_is_refused() {
    let nowhere = ([127, 0, 0, 1], 9).into();
    let files = config(nowhere).set("obzvon.toml", "daemon.https.certificate_file", "pages.pem").set(
        "obzvon.toml",
        "daemon.https.key_file",
        "pages.key",
    );
    let house = House::new(files);
    let lay = |certificate: &str, key: &str| {
        for (from, to) in [(certificate, "pages.pem"), (key, "pages.key")] {
            let to = house.path("config").join(to);
            std::fs::copy(tls_file(from), &to).expect("a file of our own");
            set_permissions(to, Permissions::from_mode(0o600)).expect("a file of our own");
        }
    };
    lay("carrier.pem", "carrier.key");
    let daemon = house.launch();
    pages_are_up(&daemon);
    let address = daemon.base().replace("http://127.0.0.1", "https://localhost");
    let greets = async |authority: &str| {
        trusting(&tls_file(authority)).get(format!("{address}/healthz")).send().await.is_ok()
    };
    assert!(greets("authority.pem").await && !greets("renewed.pem").await);
    lay("renewed.pem", "renewed.key");
    daemon.signal(Signal::SIGHUP);
    until("it is taken", || house.log().contains("the configuration was reloaded"));
    assert!(greets("renewed.pem").await && !greets("authority.pem").await);
    lay("renewed.pem", "carrier.key");
    daemon.signal(Signal::SIGHUP);
    until("it is refused", || house.log().contains("the reload was refused"));
    let log = house.log();
    let told = log.lines().find(|line| line.contains("the reload was refused")).expect("a line");
    assert!(told.contains("daemon.https.key_file: is not the key of the first certificate"), "{told}");
    assert!(greets("renewed.pem").await, "what was in force stays");
    daemon.stop();
}
